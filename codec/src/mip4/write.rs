//! Extensions to octets.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use cookie_factory::SerializeFn;
use cookie_factory::bytes::{be_u8, be_u16, be_u32, be_u64};
use cookie_factory::combinator::{cond, slice};
use cookie_factory::sequence::{pair, tuple};
use dsboot_spec::registry::mip4::{
    dual_stack, fa_error, gre_key, key_generation, mobile_network, multipath, pmipv4,
    pmipv4_authentication, prefix_advertisement, route_optimization, route_optimization_reply,
    udp_tunnel, udp_tunnel_flag,
};

use super::extension::{Authentication, Extension, Vendor};
use super::frame::Frames;
use super::read::read_leniently;
use super::reading::Forms;
use crate::dsb::Prefixed;
use crate::wire::{self, Out, Sink, Written};
use crate::{Error, ErrorKind};

/// Appends an extension to a message.
///
/// # Errors
/// When the octets would not be read as this extension again: a value too long for its Length, or
/// one that the type does not allow. Nothing is appended then.
pub(super) fn append(extension: &Extension<'_>, octets: &mut Vec<u8>) -> Result<(), Error> {
    let start = octets.len();
    wire::append(octets, |out| form(extension, out));
    let written = octets.get_mut(start..).unwrap_or_default();
    //= wire.2.26
    let error = match set_length(extension, written) {
        None => ErrorKind::TooLong,
        Some(()) => match Frames::of_registration(written, start, Forms::DEFAULT).next() {
            Some(Ok(frame))
                if frame.raw.len() == written.len()
                    && read_leniently(&frame, Forms::DEFAULT) == *extension =>
            {
                return Ok(());
            }
            _ => ErrorKind::BadValue,
        },
    };
    octets.truncate(start);
    Err(Error::new(error, start, "wire.2.26"))
}

/// Sets the Length of an extension that is otherwise written; `None` if it cannot tell how many
/// octets there are.
fn set_length(extension: &Extension<'_>, octets: &mut [u8]) -> Option<()> {
    let length = octets.len();
    match (has_long_form(extension), octets) {
        (_, [_]) => {}
        //= wire.2.2
        (true, [_, _, high, low, ..]) => {
            [*high, *low] = u16::try_from(length.checked_sub(4)?).ok()?.to_be_bytes();
        }
        //= wire.2.1
        (false, [_, octet, ..]) => *octet = u8::try_from(length.checked_sub(2)?).ok()?,
        _ => return None,
    }
    Some(())
}

const fn has_long_form(extension: &Extension<'_>) -> bool {
    matches!(
        extension,
        Extension::UnknownLong { .. }
            | Extension::MnAaaAuthentication(_)
            | Extension::FaFaAuthentication(_)
            | Extension::MnGfaAuthentication(_)
            | Extension::MnParAuthentication(_)
            | Extension::CvseOld(_)
            | Extension::Cvse(_)
            | Extension::MnFaKeyRequest { .. }
            | Extension::MnFaKeyReply(_)
            | Extension::MnHaKeyRequest { .. }
            | Extension::MnHaKeyReply(_)
            | Extension::PerNodeAuthentication { .. }
            | Extension::GreKey { .. }
            | Extension::PrefixAdvertisement(_)
            | Extension::ExperimentalNonSkippable { .. }
            | Extension::DynamicHa { .. }
            | Extension::Multipath(_)
            | Extension::FlowBinding(_)
    )
}

/// Writes an extension whose Length is still zero.
fn form(extension: &Extension<'_>, out: Out) -> Written {
    let kind = extension.kind();
    if let Some((sub_type, value)) = extension.generalized() {
        return long(kind, sub_type, authentication(value))(out);
    }
    match *extension {
        Extension::Pad => be_u8(kind)(out),
        Extension::Unknown { data, .. } => simple(kind, slice(data))(out),
        Extension::UnknownLong { sub_type, data, .. }
        | Extension::ExperimentalNonSkippable { sub_type, data } => {
            long(kind, sub_type, slice(data))(out)
        }
        Extension::Nai(octets) | Extension::Challenge(octets) => simple(kind, slice(octets))(out),
        Extension::MobileHomeAuthentication(value)
        | Extension::MobileForeignAuthentication(value)
        | Extension::ForeignHomeAuthentication(value) => simple(kind, authentication(value))(out),
        Extension::CvseOld(value) | Extension::Cvse(value) => long(kind, 0, vendor(value))(out),
        //= wire.2.17
        Extension::NvseOld(value) | Extension::Nvse(value) => {
            simple(kind, pair(be_u16(0), vendor(value)))(out)
        }
        Extension::MnFaKeyRequest { mn_spi } | Extension::MnHaKeyRequest { mn_spi } => {
            long(kind, key_generation::FROM_AAA, be_u32(mn_spi))(out)
        }
        Extension::MnFaKeyReply(reply) => {
            let head = (be_u32(reply.lifetime), be_u32(reply.aaa_spi), be_u32(reply.fa_spi));
            let tail = (be_u16(reply.algorithm), slice(reply.nonce));
            long(kind, key_generation::FROM_AAA, pair(tuple(head), tuple(tail)))(out)
        }
        Extension::MnHaKeyReply(reply) => {
            let head = (be_u32(reply.lifetime), be_u32(reply.aaa_spi), be_u32(reply.ha_spi));
            let tail = (be_u16(reply.algorithm), be_u16(reply.replay_method), slice(reply.nonce));
            long(kind, key_generation::FROM_AAA, pair(tuple(head), tuple(tail)))(out)
        }
        Extension::FaError { status } => {
            simple(kind, pair(be_u8(fa_error::STATUS), be_u8(status)))(out)
        }
        Extension::EncapsulatingDelivery => simple(kind, slice([]))(out),
        Extension::DynamicHa { sub_type, home_agent } => {
            long(kind, sub_type, slice(home_agent.octets()))(out)
        }
        Extension::UdpTunnelRequest(request) => {
            let flags = flag(request.force, udp_tunnel_flag::FORCE)
                | flag(request.registration_required, udp_tunnel_flag::REGISTRATION_REQUIRED);
            let head = (be_u8(udp_tunnel::TUNNEL), be_u8(0), be_u8(flags));
            simple(kind, pair(tuple(head), pair(be_u8(request.encapsulation), be_u16(0))))(out)
        }
        Extension::UdpTunnelReply(reply) => {
            let flags = flag(reply.force, udp_tunnel_flag::FORCE);
            let head = (be_u8(udp_tunnel::TUNNEL), be_u8(reply.code), be_u8(flags));
            simple(kind, pair(tuple(head), pair(be_u8(0), be_u16(reply.keepalive))))(out)
        }
        Extension::MessageString { sub_type, text } => {
            simple(kind, pair(be_u8(sub_type), slice(text.as_bytes())))(out)
        }
        Extension::PrefixRequest { prefix_length, prefix } => {
            let head = (be_u8(dual_stack::PREFIX_REQUEST), be_u8(prefix_length));
            simple(kind, pair(tuple(head), slice(prefix.octets())))(out)
        }
        Extension::PrefixReply { code, prefix_length, prefix } => {
            let head = (be_u8(dual_stack::PREFIX_REPLY), be_u8(code), be_u8(prefix_length));
            simple(kind, pair(tuple(head), pair(be_u8(0), slice(prefix.octets()))))(out)
        }
        Extension::TunnelingMode => {
            simple(kind, pair(be_u8(dual_stack::TUNNELING_MODE), be_u8(0)))(out)
        }
        _ => form_of_others(extension, out),
    }
}

/// The same for the extensions that no node of the bootstrap sends.
fn form_of_others(extension: &Extension<'_>, out: Out) -> Written {
    let kind = extension.kind();
    match *extension {
        //= wire.2.36
        Extension::GfaAddress(address) | Extension::HierarchicalForeignAgent(address) => {
            simple(kind, pair(be_u16(0), slice(address.octets())))(out)
        }
        Extension::ReplayProtectionStyle { style, identification } => {
            simple(kind, pair(be_u16(style), be_u64(identification.0)))(out)
        }
        Extension::RegionalLifetime(seconds) => simple(kind, pair(be_u16(0), be_u32(seconds)))(out),
        Extension::PerNodeAuthentication { method } => {
            long(kind, pmipv4_authentication::PER_NODE, be_u8(method))(out)
        }
        Extension::GreKey { key } => long(kind, gre_key::KEY, be_u32(key))(out),
        Extension::RouteOptimizationReply(reply) => {
            simple(kind, pair(be_u8(route_optimization_reply::REPLY), be_u8(reply.octet())))(out)
        }
        Extension::MobileCorrespondentAuthentication(value) => {
            let sub_type = route_optimization_reply::MOBILE_CORRESPONDENT_AUTHENTICATION;
            let indices = (be_u16(value.home_nonce_index), be_u16(value.care_of_nonce_index));
            let head = tuple((be_u8(sub_type), be_u8(0), tuple(indices)));
            simple(kind, pair(head, slice(value.authenticator)))(out)
        }
        Extension::CareOfAddresses(addresses) => {
            let head = pair(be_u8(route_optimization_reply::CARE_OF_ADDRESS), be_u8(0));
            simple(kind, pair(head, slice(addresses.octets())))(out)
        }
        Extension::PrefixAdvertisement(data) => {
            long(kind, prefix_advertisement::PREFIXES, slice(data))(out)
        }
        Extension::NaiCarrying { sub_type, nai: data }
        | Extension::LinkLayerAddress { sub_type, address: data }
        | Extension::ExperimentalSkippable { sub_type, data } => {
            simple(kind, pair(be_u8(sub_type), slice(data)))(out)
        }
        Extension::RevocationSupport(support) => {
            simple(kind, pair(be_u16(support.flags()), be_u32(support.timestamp)))(out)
        }
        Extension::InterfaceId(identifier) => {
            simple(kind, pair(be_u8(pmipv4::INTERFACE_ID), slice(identifier)))(out)
        }
        Extension::DeviceId { id_type, identifier } => {
            let head = pair(be_u8(pmipv4::DEVICE_ID), be_u8(id_type));
            simple(kind, pair(head, slice(identifier)))(out)
        }
        Extension::SubscriberId { id_type, identifier } => {
            let head = pair(be_u8(pmipv4::SUBSCRIBER_ID), be_u8(id_type));
            simple(kind, pair(head, slice(identifier)))(out)
        }
        Extension::AccessTechnology(technology) => {
            simple(kind, pair(be_u8(pmipv4::ACCESS_TECHNOLOGY), be_u8(technology)))(out)
        }
        Extension::MobileNetworkRequest(prefix) => {
            simple(kind, pair(be_u8(mobile_network::REQUEST), network(prefix, None)))(out)
        }
        Extension::MobileNetworkAcknowledgement { explicit, code, prefix } => {
            let sub_type =
                if explicit { mobile_network::EXPLICIT } else { mobile_network::IMPLICIT };
            let head = pair(be_u8(sub_type), be_u8(code));
            simple(kind, pair(head, network(prefix, Some(0))))(out)
        }
        Extension::ServiceSelection(identifier) => simple(kind, slice(identifier.as_bytes()))(out),
        Extension::RouteOptimizationCapability(capability) => {
            let head = (be_u8(route_optimization::CAPABILITY), be_u8(capability.flags));
            let address = capability.home_address.map_or([0; 4], |address| address.octets());
            let tail = cond(capability.home_address.is_some(), slice(address));
            simple(kind, pair(tuple(head), tail))(out)
        }
        Extension::Multipath(path) => {
            let head = (be_u8(path.access_technology), be_u8(path.label));
            let tail = (be_u8(path.binding_id), be_u8(path.flags));
            long(kind, multipath::MULTIPATH, pair(tuple(head), tuple(tail)))(out)
        }
        Extension::FlowBinding(flow) => {
            // More than 255 bindings come out as fewer, and so are not sent.
            let count = u8::try_from(flow.bindings.len()).unwrap_or(u8::MAX);
            let head = (be_u8(flow.action), be_u8(count), slice(flow.bindings));
            let tail = (be_u8(flow.selector_format), slice(flow.selector));
            long(kind, multipath::FLOW_BINDING, pair(tuple(head), tuple(tail)))(out)
        }
        _ => Ok(out),
    }
}

/// A prefix length, perhaps a reserved octet, and a prefix.
fn network(prefix: Prefixed<Ipv4Addr>, reserved: Option<u8>) -> impl SerializeFn<Sink> {
    tuple((
        be_u8(prefix.prefix_length()),
        cond(reserved.is_some(), be_u8(reserved.unwrap_or_default())),
        slice(prefix.address().octets()),
    ))
}

fn authentication(value: Authentication<'_>) -> impl SerializeFn<Sink> {
    pair(be_u32(value.spi), slice(value.authenticator))
}

fn vendor(value: Vendor<'_>) -> impl SerializeFn<Sink> {
    tuple((be_u32(value.vendor), be_u16(value.kind), slice(value.value)))
}

const fn flag(set: bool, mask: u8) -> u8 {
    if set { mask } else { 0 }
}

/// Type, 8-bit Length, data.
fn simple(kind: u8, data: impl SerializeFn<Sink>) -> impl SerializeFn<Sink> {
    tuple((be_u8(kind), be_u8(0), data))
}

/// Type, sub-type, 16-bit Length, data.
fn long(kind: u8, sub_type: u8, data: impl SerializeFn<Sink>) -> impl SerializeFn<Sink> {
    tuple((be_u8(kind), be_u8(sub_type), be_u16(0), data))
}
