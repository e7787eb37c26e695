//! IPv4 and IPv6 packets, UDP, ICMP, and the tunnels made of them.
//!
//! | module | what |
//! |---|---|
//! | [`v4`] | IPv4 header and options (RFC 791) |
//! | [`v6`] | IPv6 header (RFC 8200), its extension headers, the Home Address option and the type 2 routing header (RFC 6275) |
//! | [`udp`] | UDP over both (RFC 768), and whole packets of it |
//! | [`icmp`] | ICMP for both (RFC 792, RFC 4443) |
//! | [`tunnel`] | one packet in another: IPv4 in IPv4, IPv6 in IPv4, IPv6 in IPv6, GRE, minimal |
//!
//! Decoding verifies every checksum; what has a wrong one is an [`Error`]. Fragments are decoded
//! as such and not put together: nothing looks into them.
//!
//! ```
//! use dsboot_codec::ip::{self, Packet, tunnel, udp};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A UDP datagram over IPv6 …
//! let inner = udp::packet("[2001:db8::1]:49152".parse()?, "[2001:db8::2]:7".parse()?, 64, b"hello")?;
//!
//! // … in an IPv4 tunnel (protocol 41) …
//! let outer = tunnel::ipv6_in_ipv4::wrap("192.0.2.1".parse()?, "192.0.2.2".parse()?, 64, &inner)?;
//!
//! // … and out again.
//! let Packet::V4(packet) = Packet::decode(&outer)? else { unreachable!() };
//! let tunnelled = tunnel::ipv6_in_ipv4::unwrap(&packet)?;
//! assert_eq!(tunnelled.octets, inner);
//!
//! let datagram = udp::decode_packet(tunnelled.octets)?;
//! assert_eq!((datagram.source.port(), datagram.payload), (49152, &b"hello"[..]));
//! # Ok(())
//! # }
//! ```

mod checksum;
pub mod icmp;
pub mod tunnel;
pub mod udp;
pub mod v4;
pub mod v6;

use core::net::{IpAddr, Ipv6Addr};

pub use checksum::{Pseudo, checksum};

use crate::{Error, ErrorKind};

/// An IP packet of either version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Packet<'a> {
    /// Version 4.
    V4(v4::Packet<'a>),
    /// Version 6.
    V6(v6::Packet<'a>),
}

impl<'a> Packet<'a> {
    /// Decodes the header of a packet of either version.
    ///
    /// # Errors
    /// Those of [`v4::Packet::decode`] and [`v6::Packet::decode`], and when the version is
    /// neither.
    pub fn decode(octets: &'a [u8]) -> Result<Packet<'a>, Error> {
        match version(octets) {
            Some(4) => v4::Packet::decode(octets).map(Packet::V4),
            Some(6) => v6::Packet::decode(octets).map(Packet::V6),
            Some(_) => Err(Error::new(ErrorKind::BadType, 0, "wire.10.1")),
            None => Err(Error::new(ErrorKind::Truncated, 0, "wire.10.1")),
        }
    }

    /// The source address in the header.
    #[must_use]
    pub const fn source(&self) -> IpAddr {
        match self {
            Packet::V4(packet) => IpAddr::V4(packet.source),
            Packet::V6(packet) => IpAddr::V6(packet.source),
        }
    }

    /// The destination address in the header.
    #[must_use]
    pub const fn destination(&self) -> IpAddr {
        match self {
            Packet::V4(packet) => IpAddr::V4(packet.destination),
            Packet::V6(packet) => IpAddr::V6(packet.destination),
        }
    }
}

/// The version of a packet, as far as its first octet tells.
#[must_use]
pub fn version(octets: &[u8]) -> Option<u8> {
    octets.first().map(|octet| octet >> 4)
}

/// Whether an address can be a home or care-of address: unicast, and of more than this link.
#[must_use]
pub const fn is_routable(address: Ipv6Addr) -> bool {
    !(address.is_multicast()
        || address.is_unspecified()
        || address.is_loopback()
        || address.is_unicast_link_local())
}
