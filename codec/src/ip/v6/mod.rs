//! IPv6 packets (RFC 8200) and their extension headers.
//!
//! ```
//! use dsboot_codec::ip::v6::{self, Packet};
//! use dsboot_spec::registry::ip::next_header;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A packet from a care-of address whose sender is known by its home address.
//! let home = "2001:db8:1::100".parse()?;
//! let mut payload = v6::home_address_header(next_header::NO_NEXT_HEADER, home).to_vec();
//! let packet = Packet::new(
//!     "2001:db8:f::77".parse()?,
//!     "2001:db8:1::1".parse()?,
//!     next_header::DESTINATION_OPTIONS,
//!     &payload,
//! );
//! let octets = packet.encode()?;
//!
//! let upper = Packet::decode(&octets)?.upper_layer()?;
//! assert_eq!(upper.protocol, next_header::NO_NEXT_HEADER);
//! assert_eq!(upper.home_address, Some(home));
//! assert_eq!(upper.source(), home);
//! # Ok(())
//! # }
//! ```

mod extension;
mod option;

use alloc::vec;
use alloc::vec::Vec;
use core::net::Ipv6Addr;

use crate::wire::number::{be_u8 as octet, be_u16 as word, be_u32 as double, be_u128 as address};
use cookie_factory::bytes::{be_u8, be_u16, be_u32};
use cookie_factory::combinator::slice;
use cookie_factory::sequence::tuple;
use dsboot_spec::registry::ip::{DEFAULT_TTL, EXTENSION_UNIT, IPV6_HEADER_LENGTH, next_header};

pub use extension::{
    Chain, Extension, Extensions, Fragment, UpperLayer, encapsulation_limit_header,
    fragment_header, home_address_header, type_2_routing_header,
};
pub use option::{DestinationOption, Options, OptionsIter};

use super::Pseudo;
use super::tunnel::Roomy;
use crate::wire::{append, chunk};
use crate::{Error, ErrorKind};

/// An IPv6 packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Packet<'a> {
    /// Traffic class.
    pub traffic_class: u8,
    /// Flow label: the low 20 bits.
    pub flow_label: u32,
    /// What the payload begins with, a [`next_header`].
    pub next_header: u8,
    /// Hop limit.
    pub hop_limit: u8,
    /// Source address in the header.
    pub source: Ipv6Addr,
    /// Destination address in the header.
    pub destination: Ipv6Addr,
    /// What follows the header: extension headers, if any, and upper layer.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// A packet of traffic class 0 and flow label 0, with hop limit 64.
    #[must_use]
    pub const fn new(
        source: Ipv6Addr,
        destination: Ipv6Addr,
        next_header: u8,
        payload: &'a [u8],
    ) -> Packet<'a> {
        Packet {
            traffic_class: 0,
            flow_label: 0,
            next_header,
            hop_limit: DEFAULT_TTL,
            source,
            destination,
            payload,
        }
    }

    /// Decodes the header; octets after the payload's length are left out.
    ///
    /// # Errors
    /// When version or payload length are wrong (RFC 8200 §3).
    pub fn decode(octets: &'a [u8]) -> Result<Packet<'a>, Error> {
        Packet::split(octets).map(|(packet, _)| packet)
    }

    /// Decodes the header and returns what stands after the payload: padding of a link or tunnel.
    ///
    /// # Errors
    /// Those of [`Packet::decode`].
    pub fn split(octets: &'a [u8]) -> Result<(Packet<'a>, &'a [u8]), Error> {
        let fixed = (double, word, octet, octet, address, address);
        //= wire.10.3
        let (rest, fields) = chunk::<IPV6_HEADER_LENGTH, _>(fixed, octets, 0, "wire.10.3")?;
        let [a, b, c, d, l, m, next_header, hop_limit, addresses @ ..] = *fields;
        let truncated = Error::new(ErrorKind::Truncated, IPV6_HEADER_LENGTH, "wire.10.3");
        let &[from, to] = addresses.as_chunks::<16>().0 else { return Err(truncated) };
        let (first, length) = (u32::from_be_bytes([a, b, c, d]), u16::from_be_bytes([l, m]));
        if first >> 28 != 6 {
            return Err(Error::new(ErrorKind::BadType, 0, "wire.10.3"));
        }
        //= wire.10.4
        let (payload, padding) = rest.split_at_checked(length.into()).ok_or(truncated)?;
        let packet = Packet {
            traffic_class: ((first >> 20) & 0xff) as u8,
            flow_label: first & FLOW_LABEL_MASK,
            next_header,
            hop_limit,
            source: Ipv6Addr::from(from),
            destination: Ipv6Addr::from(to),
            payload,
        };
        Ok((packet, padding))
    }

    /// Encodes the packet.
    ///
    /// # Errors
    /// When the payload is longer than 65535 octets or the flow label than 20 bits.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut octets = Vec::with_capacity(IPV6_HEADER_LENGTH + self.payload.len());
        self.append_to(&mut octets)?;
        Ok(octets)
    }

    /// Adds the packet to some octets.
    ///
    /// # Errors
    /// Those of [`Packet::encode`].
    pub fn append_to(&self, octets: &mut Vec<u8>) -> Result<(), Error> {
        let length = u16::try_from(self.payload.len())
            .map_err(|_| Error::new(ErrorKind::TooLong, 4, "wire.10.3"))?;
        if self.flow_label > FLOW_LABEL_MASK {
            return Err(Error::new(ErrorKind::TooLong, 1, "wire.10.3"));
        }
        let first = (6 << 28) | (u32::from(self.traffic_class) << 20) | self.flow_label;
        append(octets, |out| {
            tuple((
                be_u32(first),
                be_u16(length),
                be_u8(self.next_header),
                be_u8(self.hop_limit),
                slice(self.source.octets()),
                slice(self.destination.octets()),
            ))(out)
        });
        octets.extend_from_slice(self.payload);
        Ok(())
    }

    /// The packet as the next hop gets it with `room` octets before it for tunnels' headers, or `None`
    /// when it lives no longer.
    #[must_use]
    pub fn forwarded_with_room(&self, room: usize) -> Option<Roomy> {
        let forwarded = self.forwarded()?;
        let length = IPV6_HEADER_LENGTH + self.payload.len();
        Roomy::new(room, length, |octets| forwarded.append_to(octets)).ok()
    }

    /// The extension headers, every one validated.
    ///
    /// # Errors
    /// When one is malformed, or has an option or routing type that demands to discard the packet.
    pub fn extensions(&self) -> Result<Chain<'a>, Error> {
        Chain::decode(self)
    }

    /// What stands behind the extension headers, and between whom it is.
    ///
    /// # Errors
    /// Those of [`Packet::extensions`], and when this is a fragment.
    pub fn upper_layer(&self) -> Result<UpperLayer<'a>, Error> {
        self.extensions()?.upper_layer()
    }

    /// The packet in fragments of at most `mtu` octets, or whole if it is no longer than that. Its
    /// whole payload is cut: there must be no extension header that every router has to see.
    ///
    /// # Errors
    /// When it is too long for any packet, or `mtu` too small for any fragment.
    pub fn fragments(&self, mtu: usize, identification: u32) -> Result<Vec<Vec<u8>>, Error> {
        let whole = self.encode()?;
        if whole.len() <= mtu {
            return Ok(vec![whole]);
        }
        //= wire.10.26
        let room = mtu.saturating_sub(IPV6_HEADER_LENGTH + EXTENSION_UNIT);
        let room = room - room % EXTENSION_UNIT;
        if room == 0 {
            return Err(Error::new(ErrorKind::TooLong, 4, "wire.10.26"));
        }
        let parts = self.payload.chunks(room).enumerate();
        let fragments = parts.map(|(number, part)| {
            let offset = number * room;
            let more = offset + part.len() < self.payload.len();
            let header =
                fragment_header(self.next_header, Fragment { offset, more, identification });
            let payload = [&header[..], part].concat();
            Packet { next_header: next_header::FRAGMENT, payload: &payload, ..*self }.encode()
        });
        fragments.collect()
    }

    /// The packet as the next hop gets it, or `None` when it lives no longer (RFC 8200 §3).
    #[must_use]
    pub fn forwarded(&self) -> Option<Packet<'a>> {
        //= data-path.5.1
        let hop_limit = self.hop_limit.checked_sub(1).filter(|limit| *limit > 0)?;
        Some(Packet { hop_limit, ..*self })
    }

    /// The pseudo-header of a packet whose header holds the final addresses, that is, one without
    /// Home Address option and routing header.
    #[must_use]
    pub const fn pseudo(&self) -> Pseudo {
        Pseudo::v6(self.source, self.destination)
    }
}

const FLOW_LABEL_MASK: u32 = 0x000f_ffff;
