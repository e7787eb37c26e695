//! The mobility options that the bootstrap does not use: of Proxy Mobile IPv6, fast handovers,
//! cryptographically generated addresses, vendors and experiments.

use crate::wire::number::{
    be_u8 as octet, be_u16 as word, be_u32 as double, be_u64 as quad, be_u128,
};
use cookie_factory::bytes::{be_u8, be_u16, be_u32, be_u64};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::mip6::{dns_update_flag, option};
use nom::Parser;
use nom::combinator::{complete, opt, rest};

use super::option::{Code, MobilityOption, network_prefix};
use crate::form::whole;
use crate::wire::{Out, Written};

/// A link-layer address (RFC 5568 §6.4.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct LinkLayerAddress<'a> {
    /// Whose: 2 is the mobile node's.
    pub code: u8,
    /// The address.
    pub address: &'a [u8],
}

/// A name to be updated in the DNS (RFC 5026 §8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct DnsUpdate<'a> {
    /// In a BA a [`dns_update_status`](dsboot_spec::registry::mip6::dns_update_status).
    pub status: u8,
    /// R: whether the entry is to be removed.
    pub remove: bool,
    /// The 7 bits behind R, sent as zero, and ignored.
    pub reserved: u8,
    /// The name.
    pub name: &'a [u8],
}

/// What a vendor says (RFC 5094 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct VendorOption<'a> {
    /// Enterprise number.
    pub vendor: u32,
    /// The vendor's type.
    pub subtype: u8,
    /// The vendor's data.
    pub data: &'a [u8],
}

/// Authenticator of fast handovers (RFC 5568 §6.4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct FastBindingAuthorizationData<'a> {
    /// Under which association; 0 is for keys made by SEND.
    pub spi: u32,
    /// The authenticator.
    pub authenticator: &'a [u8],
}

/// The option of a type with this data.
pub(super) fn decode(kind: u8, data: &[u8]) -> Option<MobilityOption<'_>> {
    //= wire.9.23
    match kind {
        option::LINK_LAYER_ADDRESS => whole((octet, rest), data).map(|(code, address)| {
            MobilityOption::LinkLayerAddress(LinkLayerAddress { code, address })
        }),
        option::CGA_PARAMETERS_REQUEST => {
            data.is_empty().then_some(MobilityOption::CgaParametersRequest)
        }
        option::CGA_PARAMETERS => some(data).map(MobilityOption::CgaParameters),
        option::SIGNATURE => some(data).map(MobilityOption::Signature),
        option::PERMANENT_HOME_KEYGEN_TOKEN => {
            some(data).map(MobilityOption::PermanentHomeKeygenToken)
        }
        option::CARE_OF_TEST_INIT => data.is_empty().then_some(MobilityOption::CareOfTestInit),
        option::CARE_OF_TEST => whole(quad, data).map(MobilityOption::CareOfTest),
        option::DNS_UPDATE => whole((octet, octet, rest), data).map(|(status, flags, name)| {
            let remove = flags & dns_update_flag::REMOVE != 0;
            let reserved = flags & !dns_update_flag::REMOVE;
            MobilityOption::DnsUpdate(DnsUpdate { status, remove, reserved, name })
        }),
        option::EXPERIMENTAL => Some(MobilityOption::Experimental(data)),
        option::VENDOR_SPECIFIC => {
            whole((double, octet, rest), data).map(|(vendor, subtype, data)| {
                MobilityOption::VendorSpecific(VendorOption { vendor, subtype, data })
            })
        }
        option::SERVICE_SELECTION => some(data)
            .and_then(|data| core::str::from_utf8(data).ok())
            .map(MobilityOption::ServiceSelection),
        option::FAST_BINDING_AUTHORIZATION_DATA => {
            whole((double, rest), data).map(|(spi, authenticator)| {
                let data = FastBindingAuthorizationData { spi, authenticator };
                MobilityOption::FastBindingAuthorizationData(data)
            })
        }
        option::HOME_NETWORK_PREFIX => network_prefix(data).map(MobilityOption::HomeNetworkPrefix),
        option::HANDOFF_INDICATOR => code(data).map(MobilityOption::HandoffIndicator),
        option::ACCESS_TECHNOLOGY_TYPE => code(data).map(MobilityOption::AccessTechnologyType),
        option::LINK_LAYER_IDENTIFIER => whole((word, rest), data).map(|(reserved, identifier)| {
            MobilityOption::LinkLayerIdentifier { reserved, identifier }
        }),
        option::LINK_LOCAL_ADDRESS => {
            whole(be_u128.map(|bits| MobilityOption::LinkLocalAddress(bits.into())), data)
        }
        option::TIMESTAMP => whole(quad, data).map(MobilityOption::Timestamp),
        option::RESTART_COUNTER => whole(double, data).map(MobilityOption::RestartCounter),
        option::GRE_KEY => whole((word, opt(complete(double))), data)
            .map(|(reserved, key)| MobilityOption::GreKey { reserved, key }),
        //= wire.9.2
        _ => Some(MobilityOption::Unknown { kind, data }),
    }
}

/// An octet, and a number.
fn code(data: &[u8]) -> Option<Code> {
    whole((octet, octet), data).map(|(reserved, code)| Code { reserved, code })
}

/// Whether the data of an option is read as this option again.
pub(super) fn holds(option: &MobilityOption<'_>) -> bool {
    match *option {
        MobilityOption::CgaParameters(data)
        | MobilityOption::Signature(data)
        | MobilityOption::PermanentHomeKeygenToken(data) => !data.is_empty(),
        MobilityOption::ServiceSelection(service) => !service.is_empty(),
        MobilityOption::DnsUpdate(update) => update.reserved & dns_update_flag::REMOVE == 0,
        _ => true,
    }
}

/// At least one octet.
fn some(data: &[u8]) -> Option<&[u8]> {
    (!data.is_empty()).then_some(data)
}

/// Writes the data of an option.
pub(super) fn write<'o>(option: &MobilityOption<'_>, out: Out<'o>) -> Written<'o> {
    match *option {
        MobilityOption::LinkLayerAddress(LinkLayerAddress { code, address }) => {
            slice(address)(be_u8(code)(out)?)
        }
        MobilityOption::CgaParameters(data)
        | MobilityOption::Signature(data)
        | MobilityOption::PermanentHomeKeygenToken(data)
        | MobilityOption::Experimental(data) => slice(data)(out),
        MobilityOption::CareOfTest(value) | MobilityOption::Timestamp(value) => be_u64(value)(out),
        MobilityOption::DnsUpdate(DnsUpdate { status, remove, reserved, name }) => {
            let flags = if remove { dns_update_flag::REMOVE } else { 0 };
            slice(name)(slice([status, flags | reserved])(out)?)
        }
        MobilityOption::VendorSpecific(VendorOption { vendor, subtype, data }) => {
            slice(data)(be_u8(subtype)(be_u32(vendor)(out)?)?)
        }
        MobilityOption::ServiceSelection(service) => slice(service.as_bytes())(out),
        MobilityOption::FastBindingAuthorizationData(data) => {
            slice(data.authenticator)(be_u32(data.spi)(out)?)
        }
        MobilityOption::HandoffIndicator(Code { reserved, code })
        | MobilityOption::AccessTechnologyType(Code { reserved, code }) => {
            slice([reserved, code])(out)
        }
        MobilityOption::LinkLayerIdentifier { reserved, identifier } => {
            slice(identifier)(be_u16(reserved)(out)?)
        }
        MobilityOption::LinkLocalAddress(address) => slice(address.octets())(out),
        MobilityOption::RestartCounter(count) => be_u32(count)(out),
        MobilityOption::GreKey { reserved, key } => {
            let out = be_u16(reserved)(out)?;
            match key {
                Some(key) => be_u32(key)(out),
                None => Ok(out),
            }
        }
        _ => Ok(out),
    }
}
