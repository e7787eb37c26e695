//! The registry for other programs: a dictionary for FreeRADIUS and a dissector for Wireshark.

mod freeradius;
mod wireshark;

pub use freeradius::freeradius;
pub use wireshark::{LONG_EXTENSIONS, wireshark};

use crate::registry::dsb::parameter;

/// What a parameter's value octets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A prefix length in bits, and an IPv4 address.
    PrefixedIpv4,
    /// A prefix length in bits, and an IPv6 address.
    PrefixedIpv6,
    /// Text.
    Text,
    /// Flags in one octet.
    Flags,
    /// An integer of 4 octets.
    Integer,
    /// A key that is hidden with a salt.
    Hidden,
    /// A time of NTP.
    Time,
    /// Octets.
    Octets,
}

/// The form of a parameter's value (wire.2.28 to wire.2.31, wire.5.16, wire.5.17).
const fn form(kind: u8) -> Form {
    match kind {
        parameter::FHA_IPV4_ADDRESS | parameter::THOAV4 => Form::Ipv4,
        parameter::FHA_FQDN => Form::Text,
        parameter::COLOCATED_ADDRESS => Form::PrefixedIpv4,
        parameter::IPV6_HOA | parameter::IPV6_COA => Form::PrefixedIpv6,
        parameter::HA_IPV6_ADDRESS => Form::Ipv6,
        parameter::BOOTSTRAP_REQUEST => Form::Flags,
        parameter::MN_FHA_KEY | parameter::MN_FA_KEY | parameter::MIP6_MN_HA_KEY => Form::Hidden,
        parameter::CLIENT_ROLE
        | parameter::AAA_SPI
        | parameter::MN_SPI
        | parameter::FHA_SPI
        | parameter::KEY_LIFETIME
        | parameter::ALGORITHM
        | parameter::REPLAY_METHOD
        | parameter::MN_FA_MN_SPI
        | parameter::MN_FA_FA_SPI
        | parameter::MN_FA_KEY_LIFETIME
        | parameter::MIP6_MN_AAA_SPI
        | parameter::MIP6_MN_HA_SPI
        | parameter::MIP6_MSA_LIFETIME => Form::Integer,
        parameter::MIP6_TIMESTAMP => Form::Time,
        _ => Form::Octets,
    }
}
