//! UDP datagrams (RFC 768), and whole IP packets that hold one.

use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

use crate::wire::number::be_u16 as word;
use cookie_factory::bytes::be_u16;
use cookie_factory::combinator::slice;
use dsboot_spec::registry::ip::{UDP_HEADER_LENGTH, protocol};
use nom::bytes::complete::take;

use super::{Packet, Pseudo, v4, v6};
use crate::wire::{overwrite, parse, serialize_about};
use crate::{Error, ErrorKind};

/// Where the checksum stands.
const CHECKSUM_OFFSET: usize = 6;

/// A UDP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Datagram<'a> {
    /// Source port.
    pub source_port: u16,
    /// Destination port.
    pub destination_port: u16,
    /// Whether it has a checksum; without one only over IPv4.
    pub has_checksum: bool,
    /// The data.
    pub payload: &'a [u8],
}

impl<'a> Datagram<'a> {
    /// A datagram with checksum.
    #[must_use]
    pub const fn new(source_port: u16, destination_port: u16, payload: &'a [u8]) -> Datagram<'a> {
        Datagram { source_port, destination_port, has_checksum: true, payload }
    }

    /// Decodes a datagram and verifies its checksum; octets after its Length are left out.
    ///
    /// # Errors
    /// When the Length is wrong, or the checksum is, or is missing where it must not be.
    pub fn decode(octets: &'a [u8], pseudo: &Pseudo) -> Result<Datagram<'a>, Error> {
        let (datagram, covered) = Datagram::split(octets)?;
        let bad = Err(Error::new(ErrorKind::BadChecksum, CHECKSUM_OFFSET, "wire.10.14"));
        match (datagram.has_checksum, pseudo) {
            //= wire.10.14
            (true, _) if pseudo.checksum(protocol::UDP, &[covered]) != 0 => bad,
            //= wire.10.15
            (false, Pseudo::V6 { .. }) => {
                Err(Error::new(ErrorKind::Missing, CHECKSUM_OFFSET, "wire.10.15"))
            }
            _ => Ok(datagram),
        }
    }

    /// Decodes a datagram without a look at its checksum, for where addresses are not known.
    ///
    /// # Errors
    /// When the Length is wrong.
    pub fn decode_unverified(octets: &'a [u8]) -> Result<Datagram<'a>, Error> {
        Datagram::split(octets).map(|(datagram, _)| datagram)
    }

    /// The datagram, and the octets that its checksum covers.
    fn split(octets: &'a [u8]) -> Result<(Datagram<'a>, &'a [u8]), Error> {
        //= wire.10.13
        let (_, (source_port, destination_port, length, checksum)) =
            parse((word, word, word, word), octets, 0, "wire.10.13")?;
        let (_, covered) = parse(take(length), octets, 0, "wire.10.13")?;
        let payload = covered.get(UDP_HEADER_LENGTH..);
        let payload = payload.ok_or(Error::new(ErrorKind::BadLength, 4, "wire.10.13"))?;
        //= wire.10.15
        let has_checksum = checksum != 0;
        Ok((Datagram { source_port, destination_port, has_checksum, payload }, covered))
    }

    /// Encodes the datagram, with its checksum if it is to have one.
    ///
    /// # Errors
    /// When it is longer than 65535 octets, or is to have no checksum over IPv6.
    pub fn encode(&self, pseudo: &Pseudo) -> Result<Vec<u8>, Error> {
        let length = u16::try_from(UDP_HEADER_LENGTH + self.payload.len())
            .map_err(|_| Error::new(ErrorKind::TooLong, 4, "wire.10.13"))?;
        if !self.has_checksum && matches!(pseudo, Pseudo::V6 { .. }) {
            return Err(Error::new(ErrorKind::Missing, CHECKSUM_OFFSET, "wire.10.15"));
        }
        let mut octets = serialize_about(length.into(), |out| {
            let out = be_u16(self.destination_port)(be_u16(self.source_port)(out)?)?;
            slice(self.payload)(be_u16(0)(be_u16(length)(out)?)?)
        });
        if self.has_checksum {
            //= wire.10.14
            let checksum = match pseudo.checksum(protocol::UDP, &[&octets]) {
                0 => 0xffff_u16,
                checksum => checksum,
            };
            overwrite(&mut octets, CHECKSUM_OFFSET, checksum.to_be_bytes());
        }
        Ok(octets)
    }
}

/// A UDP datagram that was a whole IP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Received<'a> {
    /// From where; over IPv6 the final source.
    pub source: SocketAddr,
    /// Where to; over IPv6 the final destination.
    pub destination: SocketAddr,
    /// Time to live or hop limit.
    pub ttl: u8,
    /// The data.
    pub payload: &'a [u8],
}

/// A whole IP packet with a UDP datagram.
///
/// IPv4 packets have DF set and identification 0, which stands for "never fragmented"
/// (RFC 6864 §4.1).
///
/// # Errors
/// When source and destination are not of the same IP version, or the packet is too long.
pub fn packet(
    source: SocketAddr,
    destination: SocketAddr,
    ttl: u8,
    payload: &[u8],
) -> Result<Vec<u8>, Error> {
    let datagram = Datagram::new(source.port(), destination.port(), payload);
    match (source.ip(), destination.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            let datagram = datagram.encode(&Pseudo::v4(from, to))?;
            let fragment = v4::Fragment::DO_NOT_FRAGMENT;
            let packet = v4::Packet::new(from, to, protocol::UDP, &datagram);
            v4::Packet { ttl, fragment, ..packet }.encode()
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            let datagram = datagram.encode(&Pseudo::v6(from, to))?;
            let packet = v6::Packet::new(from, to, protocol::UDP, &datagram);
            v6::Packet { hop_limit: ttl, ..packet }.encode()
        }
        _ => Err(Error::new(ErrorKind::BadType, 0, "wire.10.14")),
    }
}

/// Decodes a whole IP packet with a UDP datagram, and verifies its checksums.
///
/// # Errors
/// When a header is wrong, it is a fragment, or no UDP.
pub fn decode_packet(octets: &[u8]) -> Result<Received<'_>, Error> {
    let (ttl, pseudo, offset, datagram) = match Packet::decode(octets)? {
        Packet::V4(packet) => {
            let datagram = packet.payload_of(protocol::UDP)?;
            (packet.ttl, packet.pseudo(), packet.payload_offset(), datagram)
        }
        Packet::V6(packet) => {
            let upper = packet.upper_layer()?;
            (packet.hop_limit, upper.pseudo(), upper.offset, upper.octets_of(protocol::UDP)?)
        }
    };
    let datagram = Datagram::decode(datagram, &pseudo).map_err(|error| error.shifted(offset))?;
    Ok(Received {
        source: SocketAddr::new(pseudo.source(), datagram.source_port),
        destination: SocketAddr::new(pseudo.destination(), datagram.destination_port),
        ttl,
        payload: datagram.payload,
    })
}
