//! IPv4 packets (RFC 791).

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use crate::wire::number::{be_u8 as octet, be_u16 as word, be_u32 as address};
use cookie_factory::bytes::be_u16;
use cookie_factory::combinator::slice;
use dsboot_spec::registry::ip::{
    DEFAULT_TTL, IPV4_FRAGMENT_OFFSET_MASK, IPV4_HEADER_LENGTH, IPV4_OPTIONS_MAX_LENGTH, ipv4_flag,
};

use super::{Pseudo, checksum};
use crate::wire::{chunk, overwrite, serialize_about};
use crate::{Error, ErrorKind};

/// Where the header checksum stands.
const CHECKSUM_OFFSET: usize = 10;

/// The unit of the header length and of options, in octets.
const WORD: usize = 4;

/// An IPv4 packet.
///
/// ```
/// use dsboot_codec::ip::v4::Packet;
/// use dsboot_spec::registry::ip::protocol;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let packet = Packet::new("192.0.2.1".parse()?, "192.0.2.2".parse()?, protocol::UDP, b"data");
/// let octets = Packet { ttl: 1, ..packet }.encode()?;
/// assert_eq!(Packet::decode(&octets)?.ttl, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Packet<'a> {
    /// Type of service.
    pub tos: u8,
    /// What the fragments of one packet have in common.
    pub identification: u16,
    /// Flags and fragment offset.
    pub fragment: Fragment,
    /// Time to live.
    pub ttl: u8,
    /// What the payload is, a [`protocol`](dsboot_spec::registry::ip::protocol).
    pub protocol: u8,
    /// Source address.
    pub source: Ipv4Addr,
    /// Destination address.
    pub destination: Ipv4Addr,
    /// The options as they stand: up to 40 octets, a multiple of 4.
    pub options: &'a [u8],
    /// What follows the header.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// A packet without options that may be fragmented: type of service 0, identification 0,
    /// time to live 64.
    #[must_use]
    pub const fn new(
        source: Ipv4Addr,
        destination: Ipv4Addr,
        protocol: u8,
        payload: &'a [u8],
    ) -> Packet<'a> {
        Packet {
            tos: 0,
            identification: 0,
            fragment: Fragment(0),
            ttl: DEFAULT_TTL,
            protocol,
            source,
            destination,
            options: &[],
            payload,
        }
    }

    /// Decodes a packet; octets after its Total Length are left out.
    ///
    /// # Errors
    /// When version, lengths or header checksum are wrong (RFC 791 §3.1, RFC 1122 §3.2.1).
    pub fn decode(octets: &'a [u8]) -> Result<Packet<'a>, Error> {
        Packet::split(octets).map(|(packet, _)| packet)
    }

    /// Decodes a packet and returns what stands after its Total Length: padding of a link, mostly.
    ///
    /// # Errors
    /// Those of [`Packet::decode`].
    pub fn split(octets: &'a [u8]) -> Result<(Packet<'a>, &'a [u8]), Error> {
        let fixed = (octet, octet, word, word, word, octet, octet, word, address, address);
        //= wire.10.1
        let (rest, fields) = chunk::<IPV4_HEADER_LENGTH, _>(fixed, octets, 0, "wire.10.1")?;
        let [version_ihl, tos, t, l, i, d, f, o, ttl, protocol, _, _, a, b, c, e, addresses @ ..] =
            *fields;
        let (from, to) = (Ipv4Addr::new(a, b, c, e), Ipv4Addr::from(addresses));
        let (identification, fragment) = (u16::from_be_bytes([i, d]), u16::from_be_bytes([f, o]));
        if version_ihl >> 4 != 4 {
            return Err(Error::new(ErrorKind::BadType, 0, "wire.10.1"));
        }
        let header_length = usize::from(version_ihl & 0x0f) * WORD;
        let total = usize::from(u16::from_be_bytes([t, l]));
        let options_length = header_length.checked_sub(IPV4_HEADER_LENGTH).ok_or(Error::new(
            ErrorKind::BadLength,
            0,
            "wire.10.1",
        ))?;
        let payload_length = total.checked_sub(header_length).ok_or(Error::new(
            ErrorKind::BadLength,
            2,
            "wire.10.1",
        ))?;
        let (options, rest) = cut(rest, options_length, IPV4_HEADER_LENGTH)?;
        let header = octets.get(..header_length).unwrap_or(octets);
        //= wire.10.2
        if checksum(&[header]) != 0 {
            return Err(Error::new(ErrorKind::BadChecksum, CHECKSUM_OFFSET, "wire.10.2"));
        }
        //= wire.10.4
        let (payload, padding) = cut(rest, payload_length, header_length)?;
        let packet = Packet {
            tos,
            identification,
            fragment: Fragment(fragment),
            ttl,
            protocol,
            source: from,
            destination: to,
            options,
            payload,
        };
        Ok((packet, padding))
    }

    /// Encodes the packet, with its checksum.
    ///
    /// # Errors
    /// When the options are not of a length that a header can have, or the packet is longer than
    /// 65535 octets.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut octets = self.header_before(self.payload.len())?;
        octets.extend_from_slice(self.payload);
        Ok(octets)
    }

    /// The header alone, as it stands before the payload.
    ///
    /// # Errors
    /// Those of [`Packet::encode`].
    pub(crate) fn header(&self) -> Result<Vec<u8>, Error> {
        self.header_before(0)
    }

    /// The header, with room behind it.
    fn header_before(&self, room: usize) -> Result<Vec<u8>, Error> {
        let options_length = self.options.len();
        //= wire.10.1
        if options_length > IPV4_OPTIONS_MAX_LENGTH || !options_length.is_multiple_of(WORD) {
            return Err(Error::new(ErrorKind::TooLong, IPV4_HEADER_LENGTH, "wire.10.1"));
        }
        let header_length = IPV4_HEADER_LENGTH + options_length;
        let too_long = |_| Error::new(ErrorKind::TooLong, 2, "wire.10.1");
        let total = u16::try_from(header_length + self.payload.len()).map_err(too_long)?;
        let version_ihl = 0x40 | u8::try_from(header_length / WORD).map_err(too_long)?;
        let mut octets = serialize_about(header_length + room, |out| {
            let out = be_u16(total)(slice([version_ihl, self.tos])(out)?)?;
            let out = be_u16(self.fragment.0)(be_u16(self.identification)(out)?)?;
            let out = slice([self.ttl, self.protocol, 0, 0])(out)?;
            let out = slice(self.destination.octets())(slice(self.source.octets())(out)?)?;
            slice(self.options)(out)
        });
        //= wire.10.2
        let sum = checksum(&[&octets]);
        overwrite(&mut octets, CHECKSUM_OFFSET, sum.to_be_bytes());
        Ok(octets)
    }

    /// The pseudo-header for the checksum of the payload.
    #[must_use]
    pub const fn pseudo(&self) -> Pseudo {
        Pseudo::v4(self.source, self.destination)
    }

    /// The payload, if it is all of what was sent and of this protocol.
    ///
    /// # Errors
    /// When this is a fragment, or of another protocol.
    pub fn payload_of(&self, protocol: u8) -> Result<&'a [u8], Error> {
        //= wire.10.5
        if self.fragment.is_part() {
            return Err(Error::new(ErrorKind::BadValue, 6, "wire.10.5"));
        }
        if self.protocol != protocol {
            return Err(Error::new(ErrorKind::BadType, 9, "wire.10.5"));
        }
        Ok(self.payload)
    }

    /// Where the payload begins, in octets from the start of the packet.
    #[must_use]
    pub const fn payload_offset(&self) -> usize {
        IPV4_HEADER_LENGTH + self.options.len()
    }

    /// The packet as the next hop gets it, or `None` when it lives no longer (RFC 1812 §5.3.1).
    #[must_use]
    pub fn forwarded(&self) -> Option<Packet<'a>> {
        //= data-path.5.1
        let ttl = self.ttl.checked_sub(1).filter(|ttl| *ttl > 0)?;
        Some(Packet { ttl, ..*self })
    }
}

/// The first `length` octets of a part of the packet that begins at octet `offset`, and the rest.
#[inline]
fn cut(octets: &[u8], length: usize, offset: usize) -> Result<(&[u8], &[u8]), Error> {
    let truncated = Error::new(ErrorKind::Truncated, offset, "wire.10.1");
    octets.split_at_checked(length).ok_or(truncated)
}

/// Flags and fragment offset of an IPv4 header; the bit without a meaning is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Fragment(pub u16);

impl Fragment {
    /// The whole packet, which may be fragmented.
    pub const WHOLE: Fragment = Fragment(0);
    /// The whole packet, which may not be fragmented.
    pub const DO_NOT_FRAGMENT: Fragment = Fragment(ipv4_flag::DO_NOT_FRAGMENT);

    /// Whether it may not be fragmented (DF).
    #[must_use]
    pub const fn do_not_fragment(self) -> bool {
        self.0 & ipv4_flag::DO_NOT_FRAGMENT != 0
    }

    /// Whether more fragments follow (MF).
    #[must_use]
    pub const fn more_fragments(self) -> bool {
        self.0 & ipv4_flag::MORE_FRAGMENTS != 0
    }

    /// Where the payload stands in that of the whole packet, in octets.
    #[must_use]
    pub const fn offset(self) -> usize {
        (self.0 & IPV4_FRAGMENT_OFFSET_MASK) as usize * 8
    }

    /// Whether this is not the whole packet.
    #[must_use]
    pub const fn is_part(self) -> bool {
        self.more_fragments() || self.offset() != 0
    }
}
