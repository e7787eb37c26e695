//! The ICMPv6 messages by which a mobile node finds home agents and the prefixes of its home link
//! (RFC 6275 §6.5 to §6.8).
//!
//! ```
//! use dsboot_codec::ip::icmp;
//! use dsboot_codec::mip6::discovery::{self, Discovery};
//!
//! let body = Discovery::HomeAgentRequest { identifier: 7, reserved: 0 }.encode();
//! let message = icmp::Message::new(144, &body);
//! let decoded = Discovery::decode(&message)?;
//! assert_eq!(decoded, Discovery::HomeAgentRequest { identifier: 7, reserved: 0 });
//! # Ok::<(), dsboot_codec::Error>(())
//! ```

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use crate::wire::number::{be_u8 as octet, be_u16 as word};
use cookie_factory::bytes::be_u16;
use cookie_factory::combinator::slice;
use cookie_factory::sequence::tuple;
use dsboot_spec::registry::ip::{EXTENSION_UNIT, ICMP_HEADER_LENGTH, icmpv6};
use nom::bytes::complete::take;

use crate::ip::icmp;
use crate::wire::{parse, serialize};
use crate::{Error, ErrorKind};

/// A message of home agent discovery or mobile prefix discovery, without its ICMP header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Discovery<'a> {
    /// Type 144: asks for home agents (§6.5).
    HomeAgentRequest {
        /// Matches request and reply.
        identifier: u16,
        /// Sent as zero, and ignored.
        reserved: u16,
    },
    /// Type 145: home agents, the most preferred first (§6.6).
    HomeAgentReply {
        /// That of the request.
        identifier: u16,
        /// Sent as zero, and ignored.
        reserved: u16,
        /// Their addresses.
        addresses: Ipv6Addresses<'a>,
    },
    /// Type 146: asks for the prefixes of the home link (§6.7).
    PrefixSolicitation {
        /// Matches solicitation and advertisement.
        identifier: u16,
        /// Sent as zero, and ignored.
        reserved: u16,
    },
    /// Type 147: those prefixes (§6.8).
    PrefixAdvertisement {
        /// That of the solicitation; without one, whatever the home agent chose.
        identifier: u16,
        /// M and O: bits of `registry::ip::mobile_prefix_flag`; reserved ones are kept.
        flags: u16,
        /// Options of neighbour discovery.
        options: NeighbourOptions<'a>,
    },
}

impl<'a> Discovery<'a> {
    /// Decodes the body of an ICMPv6 message; offsets count from the ICMP type.
    ///
    /// # Errors
    /// When it is of another type or code, cut off, has addresses or options that are not whole, or
    /// an option of length 0.
    pub fn decode(message: &icmp::Message<'a>) -> Result<Discovery<'a>, Error> {
        //= wire.10.28
        if !matches!(
            message.kind,
            icmpv6::HOME_AGENT_DISCOVERY_REQUEST..=icmpv6::MOBILE_PREFIX_ADVERTISEMENT
        ) {
            return Err(Error::new(ErrorKind::BadType, 0, "wire.10.28"));
        }
        if message.code != 0 {
            return Err(Error::new(ErrorKind::BadType, 1, "wire.10.28"));
        }
        let (rest, (identifier, bits)) =
            parse((word, word), message.body, ICMP_HEADER_LENGTH, "wire.10.28")?;
        Ok(match message.kind {
            icmpv6::HOME_AGENT_DISCOVERY_REQUEST => {
                Discovery::HomeAgentRequest { identifier, reserved: bits }
            }
            icmpv6::HOME_AGENT_DISCOVERY_REPLY => {
                let addresses = Ipv6Addresses::new(rest).ok_or(Error::new(
                    ErrorKind::Truncated,
                    FIXED_LENGTH + rest.len(),
                    "wire.10.28",
                ))?;
                Discovery::HomeAgentReply { identifier, reserved: bits, addresses }
            }
            icmpv6::MOBILE_PREFIX_SOLICITATION => {
                Discovery::PrefixSolicitation { identifier, reserved: bits }
            }
            _ => {
                let options = NeighbourOptions::decode(rest, FIXED_LENGTH)?;
                Discovery::PrefixAdvertisement { identifier, flags: bits, options }
            }
        })
    }

    /// The ICMP type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Discovery::HomeAgentRequest { .. } => icmpv6::HOME_AGENT_DISCOVERY_REQUEST,
            Discovery::HomeAgentReply { .. } => icmpv6::HOME_AGENT_DISCOVERY_REPLY,
            Discovery::PrefixSolicitation { .. } => icmpv6::MOBILE_PREFIX_SOLICITATION,
            Discovery::PrefixAdvertisement { .. } => icmpv6::MOBILE_PREFIX_ADVERTISEMENT,
        }
    }

    /// The body of the ICMPv6 message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (identifier, bits, rest) = match *self {
            Discovery::HomeAgentRequest { identifier, reserved }
            | Discovery::PrefixSolicitation { identifier, reserved } => {
                (identifier, reserved, [].as_slice())
            }
            Discovery::HomeAgentReply { identifier, reserved, addresses } => {
                (identifier, reserved, addresses.octets())
            }
            Discovery::PrefixAdvertisement { identifier, flags, options } => {
                (identifier, flags, options.octets())
            }
        };
        serialize(|out| tuple((be_u16(identifier), be_u16(bits), slice(rest)))(out))
    }
}

/// Octets before addresses and options, the ICMP header among them.
const FIXED_LENGTH: usize = ICMP_HEADER_LENGTH + 4;

/// IPv6 addresses, one behind the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Ipv6Addresses<'a>(&'a [u8]);

impl<'a> Ipv6Addresses<'a> {
    /// The addresses in these octets; `None` if they are not 16 for each.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Option<Ipv6Addresses<'a>> {
        if octets.len().is_multiple_of(16) { Some(Ipv6Addresses(octets)) } else { None }
    }

    /// Each of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Ipv6Addr> + use<'a> {
        self.0.as_chunks::<16>().0.iter().copied().map(Ipv6Addr::from_octets)
    }

    /// The addresses as they stand.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.0
    }
}

/// Options of neighbour discovery (RFC 4861 §4.6), whole and of a length that is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct NeighbourOptions<'a>(&'a [u8]);

impl<'a> NeighbourOptions<'a> {
    /// Checks the options in `octets`, which begin at octet `offset` of the message.
    ///
    /// # Errors
    /// When one is not whole, or has the length 0.
    pub fn decode(octets: &'a [u8], offset: usize) -> Result<NeighbourOptions<'a>, Error> {
        let mut rest = octets;
        while !rest.is_empty() {
            let at = offset + octets.len() - rest.len();
            //= wire.10.28
            let (_, (_, units)) = parse((octet, octet), rest, at, "wire.10.28")?;
            if units == 0 {
                return Err(Error::new(ErrorKind::BadLength, at + 1, "wire.10.28"));
            }
            (rest, _) = parse(take(EXTENSION_UNIT * usize::from(units)), rest, at, "wire.10.28")?;
        }
        Ok(NeighbourOptions(octets))
    }

    /// Each option: its type, and what stands behind its length.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &'a [u8])> + use<'a> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let [kind, units, ..] = *rest else { return None };
            let (option, behind) = rest.split_at_checked(EXTENSION_UNIT * usize::from(units))?;
            rest = behind;
            Some((kind, option.get(2..)?))
        })
    }

    /// The options as they stand.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.0
    }
}
