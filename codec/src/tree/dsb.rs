//! The bootstrap's own parameters, in whatever carries them.

use dsboot_spec::registry::dsb::{client_role, parameter};
use dsboot_spec::registry::mip4::{algorithm, replay_method};

use super::node::FlagSet;
use super::walk::{Field, Kind, Layout, Scope, field, layout, named, rest};
use crate::ErrorKind;
use crate::dsb::Parameter;

/// The name of a parameter.
pub(super) fn name(kind: usize) -> &'static str {
    u8::try_from(kind).ok().and_then(parameter::name).unwrap_or("unknown parameter")
}

/// The name of a parameter for a field.
pub(super) fn name_of(kind: u64) -> Option<&'static str> {
    u8::try_from(kind).ok().and_then(parameter::name)
}

impl Scope<'_> {
    /// The value of a parameter of the kinds that Mobile IPv4, PANA and RADIUS carry, in all the
    /// octets that are left of the unit that begins at `unit`. What is none breaks `sentence`.
    pub(super) fn parameter(&mut self, kind: usize, unit: usize, sentence: &'static str) {
        let value = self.octets();
        let understood = u16::try_from(kind).ok().and_then(|kind| Parameter::decode(kind, value));
        let fits = layout(kind).filter(|layout| layout.fits(value.len()));
        match fits {
            Some(layout) => {
                self.fields(layout.fields);
            }
            None => {
                self.raw("Value, not understood", usize::MAX);
            }
        }
        if understood.is_none() {
            self.fault(ErrorKind::BadValue, unit, sentence);
        }
    }

    /// The value of a sub-attribute of ours.
    pub(super) fn sub_attribute(&mut self, kind: usize, unit: usize, is_malformed: bool) {
        let value = self.octets();
        match layout(kind).filter(|layout| layout.fits(value.len())) {
            Some(layout) => {
                self.fields(layout.fields);
            }
            None => {
                self.raw("Value", usize::MAX);
            }
        }
        if is_malformed {
            self.fault(ErrorKind::BadValue, unit, "wire.5.2");
        }
    }
}

/// The value of a parameter.
pub(super) fn layout(kind: usize) -> Option<Layout> {
    const PREFIX_LENGTH: Field = field("Prefix Length", 1, Kind::Unsigned);
    const IPV4: Field = field("Address", 4, Kind::Ipv4);
    const IPV6: Field = field("Address", 16, Kind::Ipv6);
    const SPI: Field = field("SPI", 4, Kind::Hex);
    const SECONDS: Field = field("Lifetime", 4, Kind::Seconds);
    const SALT: Field = field("Salt", 2, Kind::Hex);
    const HIDDEN: Field = rest("Hidden key", 16, Kind::Octets);
    Some(match u8::try_from(kind).ok()? {
        parameter::FHA_IPV4_ADDRESS | parameter::THOAV4 => layout!("", "wire.2.28", [IPV4]),
        parameter::FHA_FQDN => layout!("", "wire.2.29", [rest("Name", 1, Kind::Text)]),
        parameter::COLOCATED_ADDRESS => layout!("", "wire.2.30", [PREFIX_LENGTH, IPV4]),
        parameter::IPV6_HOA | parameter::IPV6_COA => {
            layout!("", "wire.2.30", [PREFIX_LENGTH, IPV6])
        }
        parameter::HA_IPV6_ADDRESS => layout!("", "wire.2.28", [IPV6]),
        parameter::BOOTSTRAP_REQUEST => {
            layout!("", "wire.2.31", [field("Wanted", 1, Kind::Flags(FlagSet::BootstrapRequest))])
        }
        parameter::CLIENT_ROLE => {
            layout!(
                "",
                "wire.5.16",
                [field("Role", 4, Kind::Named(named!(client_role::name: u32)))]
            )
        }
        parameter::MN_FHA_KEY | parameter::MN_FA_KEY | parameter::MIP6_MN_HA_KEY => {
            layout!("", "wire.5.17", [SALT, HIDDEN])
        }
        parameter::KEY_GEN_NONCE | parameter::MN_FA_KEY_GEN_NONCE => {
            layout!("", "wire.5.16", [rest("Nonce", 16, Kind::Octets)])
        }
        parameter::AAA_SPI
        | parameter::MN_SPI
        | parameter::FHA_SPI
        | parameter::MN_FA_MN_SPI
        | parameter::MN_FA_FA_SPI
        | parameter::MIP6_MN_AAA_SPI
        | parameter::MIP6_MN_HA_SPI => layout!("", "wire.5.16", [SPI]),
        parameter::KEY_LIFETIME | parameter::MN_FA_KEY_LIFETIME | parameter::MIP6_MSA_LIFETIME => {
            layout!("", "wire.5.16", [SECONDS])
        }
        parameter::ALGORITHM => layout!(
            "",
            "wire.5.16",
            [field("Algorithm", 4, Kind::Named(named!(algorithm::name: u16)))]
        ),
        parameter::REPLAY_METHOD => layout!(
            "",
            "wire.5.16",
            [field("Replay Method", 4, Kind::Named(named!(replay_method::name: u16)))]
        ),
        parameter::MIP6_AUTHENTICATOR => {
            layout!("", "wire.5.16", [field("Authentication Data", 20, Kind::Octets)])
        }
        parameter::MIP6_MAC_MOBILITY_DATA => {
            layout!("", "wire.5.16", [field("Digest", 20, Kind::Octets)])
        }
        parameter::MIP6_TIMESTAMP => {
            layout!("", "wire.5.16", [field("Timestamp", 8, Kind::Time)])
        }
        _ => return None,
    })
}
