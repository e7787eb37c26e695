//! What an extension that has been cut out means.

use core::net::Ipv4Addr;

use crate::wire::number::{be_u16, be_u32, be_u64, be_u128, u8 as octet};
use dsboot_spec::registry::mip4::{
    MIN_GENERALIZED_LENGTH, MIN_NONCE_LENGTH, dual_stack, extension, fa_error,
    generalized_authentication, gre_key, is_long_extension, key_generation, mobile_network,
    multipath, pmipv4, pmipv4_authentication, prefix_advertisement, route_optimization,
    route_optimization_reply, udp_tunnel, udp_tunnel_flag,
};
use nom::bytes::complete::tag;
use nom::combinator::{complete, map_opt, opt, rest, verify};
use nom::multi::length_data;
use nom::{IResult, Parser};

use super::discovery::CareOfAddresses;
use super::extension::{
    Authentication, Extension, FlowBinding, MnFaKeyReply, MnHaKeyReply,
    MobileCorrespondentAuthentication, Multipath, RevocationSupport, RouteOptimizationCapability,
    RouteOptimizationReply, UdpTunnelReply, UdpTunnelRequest, Vendor,
};
use super::frame::{Body, Frame};
use super::header::{Identification, ipv4};
use super::reading::{Forms, Reader, Understood};
use crate::dsb::Prefixed;
use crate::form::whole;
use crate::{Error, ErrorKind};

/// Whether this reader may go on behind an extension that is not to be skipped, or why the
/// message that holds it must be refused.
#[inline]
pub(super) fn check(frame: &Frame<'_>, reader: &Reader, forms: Forms) -> Result<(), Error> {
    let node = match reader {
        //= wire.2.8
        Reader::Tool => return Ok(()),
        Reader::Node(node) => node,
    };
    let refused = |kind, sentence| Err(Error::new(kind, frame.offset, sentence));
    match is_understood(frame, forms) {
        true if is_for(frame, node) => Ok(()),
        //= wire.2.6
        false if is_known(frame) && is_for(frame, node) => {
            refused(ErrorKind::BadLength, "wire.2.6")
        }
        //= wire.12.2
        //= wire.2.4
        _ => refused(ErrorKind::NotSkippable, "wire.2.4"),
    }
}

/// The extension in `frame`, kept even if the message that holds it must be refused.
#[inline]
pub(super) fn read_leniently<'a>(frame: &Frame<'a>, forms: Forms) -> Extension<'a> {
    //= wire.2.8
    understood(frame, forms).unwrap_or_else(|| unknown(frame))
}

/// The extension of a type with this value, in the form that the type has by default.
pub(super) fn from_parts(kind: u8, sub_type: u8, data: &[u8]) -> Extension<'_> {
    let body = match kind {
        extension::PAD => Body::Pad,
        kind if is_long_extension(kind)
            || matches!(kind, extension::DYNAMIC_HA | extension::MULTIPATH) =>
        {
            Body::Long { sub_type, data }
        }
        _ => Body::Simple(data),
    };
    read_leniently(&Frame { offset: 0, raw: &[], kind, body }, Forms::DEFAULT)
}

const fn unknown<'a>(frame: &Frame<'a>) -> Extension<'a> {
    let kind = frame.kind;
    match frame.body {
        Body::Pad => Extension::Pad,
        Body::Simple(data) => Extension::Unknown { kind, data },
        Body::Long { sub_type, data } => Extension::UnknownLong { kind, sub_type, data },
    }
}

/// Whether a node understands the extension, by type and sub-type.
fn is_for(frame: &Frame<'_>, node: &Understood) -> bool {
    match (frame.kind, frame.body) {
        (extension::GENERALIZED_AUTHENTICATION, Body::Long { sub_type, .. }) => {
            node.contains_generalized(sub_type)
        }
        (kind, _) => node.contains(kind),
    }
}

/// Whether type and sub-type are ones that we can read, so that only the rest can be wrong.
pub(super) fn is_known(frame: &Frame<'_>) -> bool {
    match (frame.kind, frame.body) {
        (
            extension::MOBILE_HOME_AUTHENTICATION
            | extension::MOBILE_FOREIGN_AUTHENTICATION
            | extension::FOREIGN_HOME_AUTHENTICATION
            | extension::CVSE_OLD
            | extension::CVSE
            | extension::GFA_ADDRESS
            | extension::EXPERIMENTAL_NON_SKIPPABLE,
            _,
        ) => true,
        (extension::GENERALIZED_AUTHENTICATION, Body::Long { sub_type, .. }) => {
            generalized_authentication::name(sub_type).is_some()
        }
        (
            extension::MN_FA_KEY_REQUEST
            | extension::MN_FA_KEY_REPLY
            | extension::MN_HA_KEY_REQUEST
            | extension::MN_HA_KEY_REPLY,
            Body::Long { sub_type, .. },
        ) => sub_type == key_generation::FROM_AAA,
        (extension::UDP_TUNNEL_REPLY, Body::Simple([sub_type, ..])) => {
            *sub_type == udp_tunnel::TUNNEL
        }
        (extension::FA_ERROR, Body::Simple([sub_type, ..])) => *sub_type == fa_error::STATUS,
        (extension::PMIPV4_NON_SKIPPABLE, Body::Long { sub_type, .. }) => {
            sub_type == pmipv4_authentication::PER_NODE
        }
        (extension::GRE_KEY, Body::Long { sub_type, .. }) => sub_type == gre_key::KEY,
        (extension::ROUTE_OPTIMIZATION_REPLY, Body::Simple([sub_type, ..])) => {
            route_optimization_reply::name(*sub_type).is_some()
        }
        (extension::PREFIX_ADVERTISEMENT, Body::Long { sub_type, .. }) => {
            sub_type == prefix_advertisement::PREFIXES
        }
        _ => false,
    }
}

/// Whether the extension has a meaning, without reading it where its length tells that already.
#[inline]
pub(super) fn is_understood(frame: &Frame<'_>, forms: Forms) -> bool {
    match (frame.kind, frame.body) {
        (
            extension::MOBILE_HOME_AUTHENTICATION
            | extension::MOBILE_FOREIGN_AUTHENTICATION
            | extension::FOREIGN_HOME_AUTHENTICATION,
            Body::Simple(data),
        ) => authentication(data).is_some(),
        (extension::GENERALIZED_AUTHENTICATION, Body::Long { sub_type, data }) => {
            generalized_authentication::name(sub_type).is_some()
                && data.len() >= MIN_GENERALIZED_LENGTH
        }
        (
            extension::MN_FA_KEY_REQUEST | extension::MN_HA_KEY_REQUEST,
            Body::Long { sub_type: key_generation::FROM_AAA, data },
        ) => data.len() == size_of::<u32>(),
        _ => understood(frame, forms).is_some(),
    }
}

#[inline]
fn understood<'a>(frame: &Frame<'a>, forms: Forms) -> Option<Extension<'a>> {
    match frame.body {
        //= wire.2.3
        Body::Pad => Some(Extension::Pad),
        Body::Simple(data) => simple(frame.kind, data, forms),
        Body::Long { sub_type, data } => long(frame.kind, sub_type, data),
    }
}

/// The simple form. What every bootstrap has is read in place, the rest elsewhere.
#[inline]
fn simple(kind: u8, data: &[u8], forms: Forms) -> Option<Extension<'_>> {
    match kind {
        //= wire.2.9
        extension::NAI => {
            (1..=forms.longest_nai()).contains(&data.len()).then_some(Extension::Nai(data))
        }
        //= wire.2.11
        extension::MOBILE_HOME_AUTHENTICATION => {
            authentication(data).map(Extension::MobileHomeAuthentication)
        }
        //= wire.2.17
        extension::NVSE => reserved_and_vendor(data).map(Extension::Nvse),
        _ => other_simple(kind, data, forms),
    }
}

fn other_simple(kind: u8, data: &[u8], forms: Forms) -> Option<Extension<'_>> {
    match kind {
        //= wire.2.11
        extension::MOBILE_FOREIGN_AUTHENTICATION => {
            authentication(data).map(Extension::MobileForeignAuthentication)
        }
        extension::FOREIGN_HOME_AUTHENTICATION => {
            authentication(data).map(Extension::ForeignHomeAuthentication)
        }
        extension::UDP_TUNNEL_REPLY => whole(udp_tunnel_reply, data),
        extension::FA_ERROR => whole(fa_error_status, data),
        //= wire.2.36
        extension::GFA_ADDRESS => reserved_and_address(data)
            .map(|(reserved, address)| Extension::GfaAddress { reserved, address }),
        extension::HIERARCHICAL_FOREIGN_AGENT => reserved_and_address(data)
            .map(|(reserved, address)| Extension::HierarchicalForeignAgent { reserved, address }),
        extension::REPLAY_PROTECTION_STYLE => replay_protection_style(data, forms),
        extension::REGIONAL_LIFETIME => whole((be_u16, be_u32), data)
            .map(|(reserved, seconds)| Extension::RegionalLifetime { reserved, seconds }),
        extension::ROUTE_OPTIMIZATION_REPLY => route_optimization_answer(data),
        //= wire.2.22
        extension::ENCAPSULATING_DELIVERY => {
            data.is_empty().then_some(Extension::EncapsulatingDelivery)
        }
        //= wire.2.10
        extension::CHALLENGE => (!data.is_empty()).then_some(Extension::Challenge(data)),
        //= wire.2.37
        extension::NVSE_OLD => reserved_and_vendor(data).map(Extension::NvseOld),
        //= wire.2.38
        extension::NAI_CARRYING => {
            with_sub_type(data).map(|(sub_type, nai)| Extension::NaiCarrying { sub_type, nai })
        }
        extension::LINK_LAYER_ADDRESS => with_sub_type(data)
            .map(|(sub_type, address)| Extension::LinkLayerAddress { sub_type, address }),
        //= wire.2.39
        extension::REVOCATION_SUPPORT => whole((be_u16, be_u32), data).map(|(flags, timestamp)| {
            Extension::RevocationSupport(RevocationSupport::of(flags, timestamp))
        }),
        extension::UDP_TUNNEL_REQUEST => whole(udp_tunnel_request, data),
        extension::MESSAGE_STRING => whole(message_string, data),
        extension::PMIPV4_SKIPPABLE => proxy(data),
        extension::MOBILE_NETWORK => mobile_network(data),
        //= wire.2.42
        extension::SERVICE_SELECTION => text(data).map(Extension::ServiceSelection),
        extension::DUAL_STACK => whole(dual_stack_extension, data),
        extension::ROUTE_OPTIMIZATION => route_optimization_capability(data),
        //= wire.2.46
        extension::EXPERIMENTAL_SKIPPABLE => {
            let (sub_type, data) = data.split_first()?;
            Some(Extension::ExperimentalSkippable { sub_type: *sub_type, data })
        }
        _ => None,
    }
}

/// The long form. What every bootstrap has is read in place, the rest elsewhere.
#[inline]
fn long(kind: u8, sub_type: u8, data: &[u8]) -> Option<Extension<'_>> {
    match (kind, sub_type) {
        //= wire.2.12
        (extension::GENERALIZED_AUTHENTICATION, generalized_authentication::MN_AAA) => {
            generalized(data).map(Extension::MnAaaAuthentication)
        }
        //= wire.2.13
        (extension::MN_HA_KEY_REQUEST, key_generation::FROM_AAA) => {
            mn_spi(data).map(|mn_spi| Extension::MnHaKeyRequest { mn_spi })
        }
        _ => other_long(kind, sub_type, data),
    }
}

fn other_long(kind: u8, sub_type: u8, data: &[u8]) -> Option<Extension<'_>> {
    match (kind, sub_type) {
        (extension::GENERALIZED_AUTHENTICATION, _) => {
            let value = generalized(data)?;
            match sub_type {
                //= wire.2.47
                generalized_authentication::FA_FA => Some(Extension::FaFaAuthentication(value)),
                generalized_authentication::MN_GFA => Some(Extension::MnGfaAuthentication(value)),
                generalized_authentication::MN_PAR => Some(Extension::MnParAuthentication(value)),
                _ => None,
            }
        }
        //= wire.2.37
        (extension::CVSE_OLD, _) => vendor(sub_type.into(), data).map(Extension::CvseOld),
        //= wire.2.15
        //= wire.2.16
        (extension::CVSE, _) => vendor(sub_type.into(), data).map(Extension::Cvse),
        //= wire.2.13
        (extension::MN_FA_KEY_REQUEST, key_generation::FROM_AAA) => {
            mn_spi(data).map(|mn_spi| Extension::MnFaKeyRequest { mn_spi })
        }
        (extension::MN_FA_KEY_REPLY, key_generation::FROM_AAA) => whole(mn_fa_key_reply, data),
        (extension::MN_HA_KEY_REPLY, key_generation::FROM_AAA) => whole(mn_ha_key_reply, data),
        //= wire.2.40
        (extension::PMIPV4_NON_SKIPPABLE, pmipv4_authentication::PER_NODE) => {
            whole(octet, data).map(|method| Extension::PerNodeAuthentication { method })
        }
        //= wire.2.43
        (extension::GRE_KEY, gre_key::KEY) => {
            whole(be_u32, data).map(|key| Extension::GreKey { key })
        }
        //= wire.2.44
        (extension::PREFIX_ADVERTISEMENT, prefix_advertisement::PREFIXES) => {
            (!data.is_empty()).then_some(Extension::PrefixAdvertisement(data))
        }
        //= wire.2.46
        (extension::EXPERIMENTAL_NON_SKIPPABLE, _) => {
            Some(Extension::ExperimentalNonSkippable { sub_type, data })
        }
        //= wire.2.19
        (extension::DYNAMIC_HA, _) => {
            whole(ipv4, data).map(|home_agent| Extension::DynamicHa { sub_type, home_agent })
        }
        (extension::MULTIPATH, multipath::MULTIPATH) => whole((octet, octet, octet, octet), data)
            .map(|(access_technology, label, binding_id, flags)| {
                Extension::Multipath(Multipath { access_technology, label, binding_id, flags })
            }),
        (extension::MULTIPATH, multipath::FLOW_BINDING) => flow_binding(data),
        _ => None,
    }
}

#[inline]
fn authentication(data: &[u8]) -> Option<Authentication<'_>> {
    let (spi, authenticator) = data.split_first_chunk()?;
    Some(Authentication { spi: u32::from_be_bytes(*spi), authenticator })
}

#[inline]
fn generalized(data: &[u8]) -> Option<Authentication<'_>> {
    authentication(data).filter(|_| data.len() >= MIN_GENERALIZED_LENGTH)
}

#[inline]
fn mn_spi(data: &[u8]) -> Option<u32> {
    data.try_into().ok().map(u32::from_be_bytes)
}

#[inline]
fn vendor(reserved: u16, data: &[u8]) -> Option<Vendor<'_>> {
    let (vendor, kind, value) = whole((be_u32, be_u16, rest), data)?;
    Some(Vendor { reserved, vendor, kind, value })
}

fn reserved_and_vendor(data: &[u8]) -> Option<Vendor<'_>> {
    let (reserved, data) = data.split_first_chunk()?;
    vendor(u16::from_be_bytes(*reserved), data)
}

fn reserved_and_address(data: &[u8]) -> Option<(u16, Ipv4Addr)> {
    whole((be_u16, ipv4), data)
}

/// A sub-type, and at least one octet.
fn with_sub_type(data: &[u8]) -> Option<(u8, &[u8])> {
    let (sub_type, data) = data.split_first()?;
    (!data.is_empty()).then_some((*sub_type, data))
}

/// UTF-8, at least one octet.
fn text(data: &[u8]) -> Option<&str> {
    core::str::from_utf8(data).ok().filter(|text| !text.is_empty())
}

fn prefix(length: u8, address: Ipv4Addr) -> Option<Prefixed<Ipv4Addr>> {
    Prefixed::<Ipv4Addr>::new(address, length)
}

fn replay_protection_style(data: &[u8], forms: Forms) -> Option<Extension<'_>> {
    //= wire.12.6
    let (style, id) = if forms.style_as_stated() {
        (whole(be_u16, data)?, 0)
    } else {
        whole((be_u16, be_u64), data)?
    };
    Some(Extension::ReplayProtectionStyle { style, identification: Identification(id) })
}

fn proxy(data: &[u8]) -> Option<Extension<'_>> {
    //= wire.2.40
    match *data {
        [pmipv4::INTERFACE_ID, ref id @ ..] if !id.is_empty() => Some(Extension::InterfaceId(id)),
        [pmipv4::DEVICE_ID, id_type, ref identifier @ ..] if !identifier.is_empty() => {
            Some(Extension::DeviceId { id_type, identifier })
        }
        [pmipv4::SUBSCRIBER_ID, id_type, ref identifier @ ..] if !identifier.is_empty() => {
            Some(Extension::SubscriberId { id_type, identifier })
        }
        [pmipv4::ACCESS_TECHNOLOGY, technology] => Some(Extension::AccessTechnology(technology)),
        _ => None,
    }
}

fn mobile_network(data: &[u8]) -> Option<Extension<'_>> {
    //= wire.2.41
    let (sub_type, data) = data.split_first()?;
    if *sub_type == mobile_network::REQUEST {
        let (length, address) = whole((octet, ipv4), data)?;
        return prefix(length, address).map(Extension::MobileNetworkRequest);
    }
    let explicit = match *sub_type {
        mobile_network::EXPLICIT => true,
        mobile_network::IMPLICIT => false,
        _ => return None,
    };
    let (code, length, reserved, address) = whole((octet, octet, octet, ipv4), data)?;
    let prefix = prefix(length, address)?;
    Some(Extension::MobileNetworkAcknowledgement { explicit, code, reserved, prefix })
}

fn route_optimization_capability(data: &[u8]) -> Option<Extension<'_>> {
    //= wire.2.44
    let tail = (octet, octet, opt(complete(ipv4)));
    let (sub_type, flags, home_address) = whole(tail, data)?;
    (sub_type == route_optimization::CAPABILITY)
        .then(|| RouteOptimizationCapability::of(flags, home_address))
        .flatten()
        .map(Extension::RouteOptimizationCapability)
}

fn route_optimization_answer(data: &[u8]) -> Option<Extension<'_>> {
    //= wire.2.44
    let (sub_type, data) = data.split_first()?;
    match *sub_type {
        route_optimization_reply::REPLY => whole(octet, data)
            .map(|octet| Extension::RouteOptimizationReply(RouteOptimizationReply::of(octet))),
        route_optimization_reply::MOBILE_CORRESPONDENT_AUTHENTICATION => {
            let fields = (octet, be_u16, be_u16, rest);
            let (reserved, home_nonce_index, care_of_nonce_index, authenticator) =
                whole(fields, data)?;
            Some(Extension::MobileCorrespondentAuthentication(MobileCorrespondentAuthentication {
                reserved,
                home_nonce_index,
                care_of_nonce_index,
                authenticator,
            }))
        }
        route_optimization_reply::CARE_OF_ADDRESS => {
            let (reserved, addresses) = data.split_first()?;
            let (reserved, addresses) = (*reserved, CareOfAddresses::new(addresses)?);
            let some = addresses.first().is_some();
            some.then_some(Extension::CareOfAddresses { reserved, addresses })
        }
        _ => None,
    }
}

fn flow_binding(data: &[u8]) -> Option<Extension<'_>> {
    //= wire.2.45
    let fields = (octet, length_data(octet), octet, rest);
    let (action, bindings, selector_format, selector): (u8, &[u8], u8, &[u8]) =
        whole(fields, data)?;
    (!bindings.is_empty()).then_some(Extension::FlowBinding(FlowBinding {
        action,
        bindings,
        selector_format,
        selector,
    }))
}

fn nonce(input: &[u8]) -> IResult<&[u8], &[u8]> {
    //= wire.2.14
    verify(rest, |nonce: &[u8]| nonce.len() >= MIN_NONCE_LENGTH).parse(input)
}

fn mn_ha_key_reply(input: &[u8]) -> IResult<&[u8], Extension<'_>> {
    //= wire.2.14
    (be_u32, be_u32, be_u32, be_u16, be_u16, nonce)
        .map(|(lifetime, aaa_spi, ha_spi, algorithm, replay_method, nonce)| {
            Extension::MnHaKeyReply(MnHaKeyReply {
                lifetime,
                aaa_spi,
                ha_spi,
                algorithm,
                replay_method,
                nonce,
            })
        })
        .parse(input)
}

fn mn_fa_key_reply(input: &[u8]) -> IResult<&[u8], Extension<'_>> {
    //= wire.2.14
    (be_u32, be_u32, be_u32, be_u16, nonce)
        .map(|(lifetime, aaa_spi, fa_spi, algorithm, nonce)| {
            Extension::MnFaKeyReply(MnFaKeyReply { lifetime, aaa_spi, fa_spi, algorithm, nonce })
        })
        .parse(input)
}

fn udp_tunnel_request(input: &[u8]) -> IResult<&[u8], Extension<'_>> {
    //= wire.2.20
    (tag([udp_tunnel::TUNNEL].as_slice()), octet, octet, octet, tag([0, 0].as_slice()))
        .map(|(_, reserved, flags, encapsulation, _)| {
            let known = udp_tunnel_flag::FORCE | udp_tunnel_flag::REGISTRATION_REQUIRED;
            Extension::UdpTunnelRequest(UdpTunnelRequest {
                force: flags & udp_tunnel_flag::FORCE != 0,
                registration_required: flags & udp_tunnel_flag::REGISTRATION_REQUIRED != 0,
                encapsulation,
                reserved: u16::from_be_bytes([reserved, flags & !known]),
            })
        })
        .parse(input)
}

fn udp_tunnel_reply(input: &[u8]) -> IResult<&[u8], Extension<'_>> {
    //= wire.2.20
    (tag([udp_tunnel::TUNNEL].as_slice()), octet, octet, octet, be_u16)
        .map(|(_, code, flags, reserved, keepalive)| {
            let force = flags & udp_tunnel_flag::FORCE != 0;
            let reserved = u16::from_be_bytes([flags & !udp_tunnel_flag::FORCE, reserved]);
            Extension::UdpTunnelReply(UdpTunnelReply { code, force, keepalive, reserved })
        })
        .parse(input)
}

fn fa_error_status(input: &[u8]) -> IResult<&[u8], Extension<'_>> {
    //= wire.2.21
    (tag([fa_error::STATUS].as_slice()), octet)
        .map(|(_, status)| Extension::FaError { status })
        .parse(input)
}

fn message_string(input: &[u8]) -> IResult<&[u8], Extension<'_>> {
    //= wire.2.22
    let text = map_opt(rest, |text: &[u8]| core::str::from_utf8(text).ok());
    (octet, verify(text, |text: &str| !text.is_empty()))
        .map(|(sub_type, text)| Extension::MessageString { sub_type, text })
        .parse(input)
}

fn dual_stack_extension(input: &[u8]) -> IResult<&[u8], Extension<'_>> {
    let ipv6 = || be_u128.map(Into::into);
    //= wire.2.23
    match octet(input)? {
        (input, dual_stack::PREFIX_REQUEST) => (octet, ipv6())
            .map(|(prefix_length, prefix)| Extension::PrefixRequest { prefix_length, prefix })
            .parse(input),
        (input, dual_stack::PREFIX_REPLY) => (octet, octet, octet, ipv6())
            .map(|(code, prefix_length, reserved, prefix)| Extension::PrefixReply {
                code,
                prefix_length,
                reserved,
                prefix,
            })
            .parse(input),
        (input, dual_stack::TUNNELING_MODE) => {
            octet.map(|reserved| Extension::TunnelingMode { reserved }).parse(input)
        }
        (input, _) => nom::combinator::fail().parse(input),
    }
}
