//! How to read what RADIUS servers and RFCs contradict each other about.

use dsboot_spec::registry::radius::{ATTRIBUTE_HEADER_LENGTH, attribute};

use super::value::{LinkPrefix, Prefix6};
use super::{Ipv6Prefix, Packet};
use crate::Found;
use crate::form::Form;

/// Which way attributes are read where there are two. Each field is named after its
/// contradiction; [`Reading::DEFAULT`] has what this project takes.
///
/// ```
/// use dsboot_codec::radius::{HomeLinkPrefix, Reading};
///
/// let mut deployed = Reading::DEFAULT;
/// deployed.home_link_prefix = HomeLinkPrefix::LikeFramedIpv6Prefix;
/// assert_ne!(deployed, Reading::default());
/// ```
//= wire.12.1
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Reading {
    /// The layout of MIP6-Home-Link-Prefix (125).
    pub home_link_prefix: HomeLinkPrefix,
}

impl Reading {
    /// What this project takes.
    pub const DEFAULT: Reading = Reading { home_link_prefix: HomeLinkPrefix::LengthAndAddress };
}

/// RFC 5447 §4.2.4 has a prefix length and 16 octets; decoders have read this attribute like
/// Framed-IPv6-Prefix (RFC 3162 §2.3), with a reserved octet before the length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HomeLinkPrefix {
    /// Prefix length and 16 octets.
    #[default]
    LengthAndAddress,
    /// A zero octet, prefix length, and as many octets as the prefix needs.
    LikeFramedIpv6Prefix,
}

impl Packet<'_> {
    /// The prefix in MIP6-Home-Link-Prefix by this reading.
    #[must_use]
    pub fn home_link_prefix_by(&self, reading: &Reading) -> Found<Ipv6Prefix> {
        let values = self
            .attributes_of(attribute::MIP6_HOME_LINK_PREFIX)
            .filter_map(|unit| unit.raw.get(ATTRIBUTE_HEADER_LENGTH..));
        //= wire.12.16
        let prefixes = values.filter_map(|value| match reading.home_link_prefix {
            HomeLinkPrefix::LengthAndAddress => LinkPrefix::decode(value)
                .and_then(|prefix| Ipv6Prefix::new(prefix.address(), prefix.prefix_length())),
            HomeLinkPrefix::LikeFramedIpv6Prefix => Prefix6::decode(value),
        });
        prefixes.collect()
    }
}
