//! ICMP messages for IPv4 (RFC 792) and IPv6 (RFC 4443): type, code, checksum and body.
//!
//! The bodies of agent discovery are decoded by [`mip4`](crate::mip4).
//!
//! ```
//! use dsboot_codec::ip::{Pseudo, icmp::{Echo, Message}};
//! use dsboot_spec::registry::ip::icmpv6;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let pseudo = Pseudo::v6("2001:db8::1".parse()?, "2001:db8::2".parse()?);
//! let body = Echo { identifier: 1, sequence: 2, data: b"ping" }.encode();
//! let octets = Message::new(icmpv6::ECHO_REQUEST, &body).encode_v6(&pseudo);
//!
//! let message = Message::decode_v6(&octets, &pseudo)?;
//! assert_eq!(message.kind, icmpv6::ECHO_REQUEST);
//! assert_eq!(Echo::decode(message.body)?.data, b"ping");
//! # Ok(())
//! # }
//! ```

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use crate::wire::number::{be_u8 as octet, be_u16 as word};
use cookie_factory::bytes::{be_u16, be_u32};
use cookie_factory::combinator::slice;
use cookie_factory::sequence::tuple;
use dsboot_spec::registry::ip::{
    ICMP_HEADER_LENGTH, IPV6_HEADER_LENGTH, IPV6_MINIMUM_MTU, icmpv6, protocol,
};

use super::{Pseudo, checksum, v6};
use crate::wire::{overwrite, parse, serialize, serialize_about};
use crate::{Error, ErrorKind};

/// Where the checksum stands.
const CHECKSUM_OFFSET: usize = 2;

/// An ICMP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Message<'a> {
    /// Type: an [`icmpv4`](dsboot_spec::registry::ip::icmpv4) or
    /// [`icmpv6`].
    pub kind: u8,
    /// What the type leaves open.
    pub code: u8,
    /// What follows the checksum.
    pub body: &'a [u8],
}

impl<'a> Message<'a> {
    /// A message of code 0.
    #[must_use]
    pub const fn new(kind: u8, body: &'a [u8]) -> Message<'a> {
        Message { kind, code: 0, body }
    }

    /// Decodes a message over IPv4 and verifies its checksum.
    ///
    /// # Errors
    /// When it is too short, or its checksum wrong.
    pub fn decode_v4(octets: &'a [u8]) -> Result<Message<'a>, Error> {
        let message = Message::decode_unverified(octets)?;
        //= wire.10.16
        if checksum(&[octets]) != 0 {
            return Err(Error::new(ErrorKind::BadChecksum, CHECKSUM_OFFSET, "wire.10.16"));
        }
        Ok(message)
    }

    /// Decodes a message over IPv6 and verifies its checksum.
    ///
    /// # Errors
    /// When it is too short, or its checksum wrong.
    pub fn decode_v6(octets: &'a [u8], pseudo: &Pseudo) -> Result<Message<'a>, Error> {
        let message = Message::decode_unverified(octets)?;
        //= wire.10.16
        if pseudo.checksum(protocol::ICMPV6, &[octets]) != 0 {
            return Err(Error::new(ErrorKind::BadChecksum, CHECKSUM_OFFSET, "wire.10.16"));
        }
        Ok(message)
    }

    /// Decodes a message without a look at its checksum.
    ///
    /// # Errors
    /// When it is too short.
    pub fn decode_unverified(octets: &'a [u8]) -> Result<Message<'a>, Error> {
        //= wire.10.16
        let (body, (kind, code, _)) = parse((octet, octet, word), octets, 0, "wire.10.16")?;
        Ok(Message { kind, code, body })
    }

    /// Encodes the message for IPv4.
    #[must_use]
    pub fn encode_v4(&self) -> Vec<u8> {
        //= wire.10.16
        self.encode(|octets| checksum(&[octets]))
    }

    /// Encodes the message for IPv6.
    #[must_use]
    pub fn encode_v6(&self, pseudo: &Pseudo) -> Vec<u8> {
        //= wire.10.16
        self.encode(|octets| pseudo.checksum(protocol::ICMPV6, &[octets]))
    }

    fn encode(&self, checksum: impl FnOnce(&[u8]) -> u16) -> Vec<u8> {
        let mut octets = serialize_about(ICMP_HEADER_LENGTH + self.body.len(), |out| {
            slice(self.body)(slice([self.kind, self.code, 0, 0])(out)?)
        });
        let sum = checksum(&octets);
        overwrite(&mut octets, CHECKSUM_OFFSET, sum.to_be_bytes());
        octets
    }
}

/// The body of an echo request or reply (RFC 792, RFC 4443 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Echo<'a> {
    /// Which sender.
    pub identifier: u16,
    /// Which of its requests.
    pub sequence: u16,
    /// What the reply repeats.
    pub data: &'a [u8],
}

impl<'a> Echo<'a> {
    /// Decodes the body.
    ///
    /// # Errors
    /// When it is too short.
    pub fn decode(body: &'a [u8]) -> Result<Echo<'a>, Error> {
        //= wire.10.17
        let (data, (identifier, sequence)) =
            parse((word, word), body, ICMP_HEADER_LENGTH, "wire.10.17")?;
        Ok(Echo { identifier, sequence, data })
    }

    /// Encodes the body.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        serialize(|out| {
            tuple((be_u16(self.identifier), be_u16(self.sequence), slice(self.data)))(out)
        })
    }
}

/// A whole IPv6 packet with an ICMP message.
///
/// # Errors
/// When it is too long.
pub fn packet_v6(
    source: Ipv6Addr,
    destination: Ipv6Addr,
    message: &Message<'_>,
) -> Result<Vec<u8>, Error> {
    let octets = message.encode_v6(&Pseudo::v6(source, destination));
    v6::Packet::new(source, destination, protocol::ICMPV6, &octets).encode()
}

/// The body of an ICMPv6 error: its 32-bit field (MTU of Packet Too Big, pointer of Parameter
/// Problem) and as much of `offending` as fits into a packet of the minimum MTU
/// (RFC 4443 §2.4 c).
#[must_use]
pub fn error_body(field: u32, offending: &[u8]) -> Vec<u8> {
    const ROOM: usize = IPV6_MINIMUM_MTU - IPV6_HEADER_LENGTH - ICMP_HEADER_LENGTH - 4;
    //= wire.10.18
    let quoted = offending.get(..ROOM).unwrap_or(offending);
    serialize(|out| tuple((be_u32(field), slice(quoted)))(out))
}

/// Whether a message over IPv6 is an error: one that never answers another (RFC 4443 §2.4 e).
#[must_use]
pub const fn is_error_v6(kind: u8) -> bool {
    kind < icmpv6::ECHO_REQUEST
}
