//! The options of DHCP that bear on this protocol: home agents (RFC 2132 §8.13) and PANA agents
//! (RFC 5192).
//!
//! ```
//! use core::net::Ipv4Addr;
//! use dsboot_codec::dhcp::{self, AddressOption};
//!
//! // What an option field may hold: a home agent, and what comes after it.
//! let octets = [68, 4, 192, 0, 2, 1, 255];
//! let (option, rest) = AddressOption::decode(&octets)?;
//! assert_eq!(option.addresses().collect::<Vec<_>>(), [Ipv4Addr::new(192, 0, 2, 1)]);
//! assert_eq!(rest, [255]);
//! assert_eq!(dhcp::encode(68, &[Ipv4Addr::new(192, 0, 2, 1)])?, octets[..6]);
//! # Ok::<(), dsboot_codec::Error>(())
//! ```

use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use crate::wire::number::{be_u16 as word, u8 as octet};
use cookie_factory::bytes::{be_u8, be_u16};
use cookie_factory::combinator::slice;
use cookie_factory::multi::all;
use cookie_factory::sequence::tuple;
use dsboot_spec::registry::dhcp::{option, option_v6};
use nom::multi::length_data;

use crate::wire::{parse, serialize};
use crate::{Error, ErrorKind};

/// Octets of an IPv4 address.
const ADDRESS: usize = 4;

/// A DHCPv4 option that lists IPv4 addresses, the most preferred first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AddressOption<'a> {
    code: u8,
    octets: &'a [u8],
}

impl<'a> AddressOption<'a> {
    /// Decodes an option of code 68 or 136, and returns what stands behind it.
    ///
    /// # Errors
    /// When it has another code, is not whole, or its length is not that of addresses: of any
    /// number of home agents, or of one PANA agent at least.
    pub fn decode(octets: &'a [u8]) -> Result<(AddressOption<'a>, &'a [u8]), Error> {
        //= wire.10.29
        let (rest, (code, data)) = parse((octet, length_data(octet)), octets, 0, "wire.10.29")?;
        let (code, data): (u8, &[u8]) = (code, data);
        let least = least(code).ok_or(Error::new(ErrorKind::BadType, 0, "wire.10.29"))?;
        if !data.len().is_multiple_of(ADDRESS) || data.len() < least {
            return Err(Error::new(ErrorKind::BadLength, 1, "wire.10.29"));
        }
        Ok((AddressOption { code, octets: data }, rest))
    }

    /// The option's code, see `registry::dhcp::option`.
    #[must_use]
    pub const fn code(&self) -> u8 {
        self.code
    }

    /// The addresses, the most preferred first.
    pub fn addresses(&self) -> impl Iterator<Item = Ipv4Addr> + use<'a> {
        self.octets.as_chunks::<ADDRESS>().0.iter().copied().map(Ipv4Addr::from_octets)
    }
}

/// How many octets of addresses an option has at least; `None` for one that lists none.
const fn least(code: u8) -> Option<usize> {
    match code {
        option::MOBILE_IP_HOME_AGENT => Some(0),
        option::PANA_AGENT => Some(ADDRESS),
        _ => None,
    }
}

/// The octets of an option that lists these addresses.
///
/// # Errors
/// When the code is neither 68 nor 136, there are more than 63 addresses, or no PANA agent.
pub fn encode(code: u8, addresses: &[Ipv4Addr]) -> Result<Vec<u8>, Error> {
    //= wire.10.29
    let least = least(code).ok_or(Error::new(ErrorKind::BadType, 0, "wire.10.29"))?;
    let length = u8::try_from(ADDRESS * addresses.len())
        .map_err(|_| Error::new(ErrorKind::TooLong, 1, "wire.10.29"))?;
    if usize::from(length) < least {
        return Err(Error::new(ErrorKind::BadLength, 1, "wire.10.29"));
    }
    Ok(serialize(|out| {
        let addresses = all(addresses.iter().map(|address| slice(address.octets())));
        tuple((be_u8(code), be_u8(length), addresses))(out)
    }))
}

/// The DHCPv6 option that lists PANA agents, the most preferred first (RFC 5192 §4).
///
/// ```
/// use dsboot_codec::dhcp::PanaAgents;
///
/// let agent = "2001:db8::1".parse::<core::net::Ipv6Addr>()?;
/// let octets = PanaAgents::encode(&[agent])?;
/// let (agents, rest) = PanaAgents::decode(&octets)?;
/// assert_eq!(agents.addresses().collect::<Vec<_>>(), [agent]);
/// assert!(rest.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PanaAgents<'a>(&'a [u8]);

/// Octets of an IPv6 address.
const ADDRESS_V6: usize = 16;

impl<'a> PanaAgents<'a> {
    /// Decodes an option of code 40, and returns what stands behind it.
    ///
    /// # Errors
    /// When it has another code, is not whole, or does not list one address at least.
    pub fn decode(octets: &'a [u8]) -> Result<(PanaAgents<'a>, &'a [u8]), Error> {
        //= wire.10.30
        let (rest, (code, data)) = parse((word, length_data(word)), octets, 0, "wire.10.30")?;
        let (code, data): (u16, &[u8]) = (code, data);
        if code != option_v6::PANA_AGENT {
            return Err(Error::new(ErrorKind::BadType, 0, "wire.10.30"));
        }
        if data.is_empty() || !data.len().is_multiple_of(ADDRESS_V6) {
            return Err(Error::new(ErrorKind::BadLength, 2, "wire.10.30"));
        }
        Ok((PanaAgents(data), rest))
    }

    /// The addresses, the most preferred first.
    pub fn addresses(&self) -> impl Iterator<Item = Ipv6Addr> + use<'a> {
        self.0.as_chunks::<ADDRESS_V6>().0.iter().copied().map(Ipv6Addr::from)
    }

    /// The octets of an option that lists these addresses.
    ///
    /// # Errors
    /// When there is none, or there are more than 4095.
    pub fn encode(addresses: &[Ipv6Addr]) -> Result<Vec<u8>, Error> {
        //= wire.10.30
        let length = u16::try_from(ADDRESS_V6 * addresses.len())
            .map_err(|_| Error::new(ErrorKind::TooLong, 2, "wire.10.30"))?;
        if length == 0 {
            return Err(Error::new(ErrorKind::BadLength, 2, "wire.10.30"));
        }
        Ok(serialize(|out| {
            let out = be_u16(length)(be_u16(option_v6::PANA_AGENT)(out)?)?;
            all(addresses.iter().map(|address| slice(address.octets())))(out)
        }))
    }
}
