use core::net::Ipv6Addr;

use crate::wire::number::{be_u8, be_u128};
use dsboot_spec::registry::ip::{UNKNOWN_OPTION_ACTION_MASK, ipv6_option, unknown_option_action};
use nom::Parser;
use nom::bytes::complete::take;
use nom::combinator::flat_map;

use crate::form::whole;
use crate::ip::is_routable;
use crate::wire::parse;
use crate::{Error, ErrorKind, Found, Positioned};

/// An option of a destination options or hop-by-hop options header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum DestinationOption<'a> {
    /// One octet of padding.
    Pad1,
    /// Two or more octets of padding, with what they hold.
    PadN(&'a [u8]),
    /// How many more tunnels the packet may enter (RFC 2473 §4.1.1).
    TunnelEncapsulationLimit(u8),
    /// The home address of the sender (RFC 6275 §6.3).
    HomeAddress(Ipv6Addr),
    /// An option that is not known here and whose type allows to skip it.
    Unknown {
        /// Option type.
        kind: u8,
        /// Option data.
        data: &'a [u8],
    },
}

/// The options of one header, every one validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options<'a> {
    octets: &'a [u8],
    offset: usize,
}

impl<'a> Options<'a> {
    /// Validates the options in `octets`, which begin at octet `offset` of the packet.
    ///
    /// # Errors
    /// When an option does not end where the header does, has a length that its type does not
    /// allow, or is unknown and of a type that demands to discard the packet (RFC 8200 §4.2).
    pub fn decode(octets: &'a [u8], offset: usize) -> Result<Options<'a>, Error> {
        let mut rest = octets;
        while !rest.is_empty() {
            let position = offset + octets.len() - rest.len();
            (rest, _) = option(rest, position)?;
        }
        Ok(Options { octets, offset })
    }

    /// The options in order, padding among them.
    #[must_use]
    pub const fn iter(&self) -> OptionsIter<'a> {
        OptionsIter { rest: self.octets, offset: self.offset }
    }

    /// The Home Address option.
    #[must_use]
    pub fn home_address(&self) -> Found<Positioned<'a, Ipv6Addr>> {
        self.iter()
            .filter_map(|Positioned { offset, raw, value }| match value {
                DestinationOption::HomeAddress(value) => Some(Positioned { offset, raw, value }),
                _ => None,
            })
            .collect()
    }

    /// The options as received.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }
}

impl<'a> IntoIterator for Options<'a> {
    type Item = Positioned<'a, DestinationOption<'a>>;
    type IntoIter = OptionsIter<'a>;

    fn into_iter(self) -> OptionsIter<'a> {
        self.iter()
    }
}

/// Iterator over [`Options`].
#[derive(Clone, Debug)]
pub struct OptionsIter<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Iterator for OptionsIter<'a> {
    type Item = Positioned<'a, DestinationOption<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let (rest, option) = option(self.rest, self.offset).ok()?;
        self.rest = rest;
        self.offset += option.raw.len();
        Some(option)
    }
}

type Decoded<'a> = (&'a [u8], Positioned<'a, DestinationOption<'a>>);

fn option(octets: &[u8], offset: usize) -> Result<Decoded<'_>, Error> {
    //= wire.10.7
    let (rest, kind) = parse(be_u8, octets, offset, "wire.10.7")?;
    let (rest, value) = match kind {
        ipv6_option::PAD1 => (rest, DestinationOption::Pad1),
        _ => {
            let (rest, data) = parse(flat_map(be_u8, take), rest, offset + 1, "wire.10.7")?;
            (rest, with_data(kind, data, offset)?)
        }
    };
    let raw = octets.get(..octets.len() - rest.len()).unwrap_or(octets);
    Ok((rest, Positioned { offset, raw, value }))
}

fn with_data(kind: u8, data: &[u8], offset: usize) -> Result<DestinationOption<'_>, Error> {
    let bad_length = |sentence| Error::new(ErrorKind::BadLength, offset + 1, sentence);
    match kind {
        ipv6_option::PADN => Ok(DestinationOption::PadN(data)),
        //= wire.10.23
        ipv6_option::TUNNEL_ENCAPSULATION_LIMIT => {
            whole(be_u8.map(DestinationOption::TunnelEncapsulationLimit), data)
                .ok_or(bad_length("wire.10.23"))
        }
        //= wire.10.8
        ipv6_option::HOME_ADDRESS => {
            let address =
                whole(be_u128.map(Ipv6Addr::from), data).ok_or(bad_length("wire.10.8"))?;
            //= wire.10.11
            if !is_routable(address) {
                return Err(Error::new(ErrorKind::BadValue, offset + 2, "wire.10.11"));
            }
            Ok(DestinationOption::HomeAddress(address))
        }
        //= wire.10.7
        _ if kind & UNKNOWN_OPTION_ACTION_MASK == unknown_option_action::SKIP => {
            Ok(DestinationOption::Unknown { kind, data })
        }
        _ => Err(Error::new(ErrorKind::NotSkippable, offset, "wire.10.7")),
    }
}
