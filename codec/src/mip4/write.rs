//! Extensions to octets.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use cookie_factory::bytes::{be_u8, be_u16, be_u32, be_u64};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::mip4::{
    dual_stack, fa_error, gre_key, key_generation, mobile_network, multipath, pmipv4,
    pmipv4_authentication, prefix_advertisement, route_optimization, route_optimization_reply,
    udp_tunnel, udp_tunnel_flag,
};

use super::extension::{Authentication, Extension, Vendor};
use super::frame::Frames;
use super::holds::holds;
use super::read::read_leniently;
use super::reading::Forms;
use crate::dsb::Prefixed;
use crate::wire::{self, Out, Written};
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
        Some(())
            if holds(extension) && (!extension.is_unknown() || is_read(extension, written)) =>
        {
            return Ok(());
        }
        Some(()) => ErrorKind::BadValue,
    };
    octets.truncate(start);
    Err(Error::new(error, start, "wire.2.26"))
}

/// Whether `octets` are read as this extension. Of a known type its value tells that, of an
/// unknown one what else the type could be.
fn is_read(extension: &Extension<'_>, octets: &[u8]) -> bool {
    match Frames::of_registration(octets, 0, Forms::DEFAULT).next() {
        Some(Ok(frame)) => {
            frame.raw.len() == octets.len() && read_leniently(&frame, Forms::DEFAULT) == *extension
        }
        _ => false,
    }
}

/// Sets the Length of an extension that is otherwise written; `None` if it cannot tell how many
/// octets there are.
#[inline]
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
#[inline]
fn form<'o>(extension: &Extension<'_>, out: Out<'o>) -> Written<'o> {
    let kind = extension.kind();
    if let Some((sub_type, value)) = extension.generalized() {
        return authentication(value, long(kind, sub_type, out)?);
    }
    match *extension {
        Extension::Pad => be_u8(kind)(out),
        Extension::Unknown { data, .. } => slice(data)(simple(kind, out)?),
        Extension::UnknownLong { sub_type, data, .. }
        | Extension::ExperimentalNonSkippable { sub_type, data } => {
            slice(data)(long(kind, sub_type, out)?)
        }
        Extension::Nai(octets) | Extension::Challenge(octets) => slice(octets)(simple(kind, out)?),
        Extension::MobileHomeAuthentication(value)
        | Extension::MobileForeignAuthentication(value)
        | Extension::ForeignHomeAuthentication(value) => authentication(value, simple(kind, out)?),
        Extension::CvseOld(value) | Extension::Cvse(value) => {
            let [_, reserved] = value.reserved.to_be_bytes();
            vendor(value, long(kind, reserved, out)?)
        }
        //= wire.2.17
        Extension::NvseOld(value) | Extension::Nvse(value) => {
            vendor(value, be_u16(value.reserved)(simple(kind, out)?)?)
        }
        Extension::MnFaKeyRequest { mn_spi } | Extension::MnHaKeyRequest { mn_spi } => {
            be_u32(mn_spi)(long(kind, key_generation::FROM_AAA, out)?)
        }
        Extension::MnFaKeyReply(reply) => {
            let out = long(kind, key_generation::FROM_AAA, out)?;
            let out = be_u32(reply.aaa_spi)(be_u32(reply.lifetime)(out)?)?;
            let out = be_u16(reply.algorithm)(be_u32(reply.fa_spi)(out)?)?;
            slice(reply.nonce)(out)
        }
        Extension::MnHaKeyReply(reply) => {
            let out = long(kind, key_generation::FROM_AAA, out)?;
            let out = be_u32(reply.aaa_spi)(be_u32(reply.lifetime)(out)?)?;
            let out = be_u16(reply.algorithm)(be_u32(reply.ha_spi)(out)?)?;
            slice(reply.nonce)(be_u16(reply.replay_method)(out)?)
        }
        Extension::FaError { status } => slice([fa_error::STATUS, status])(simple(kind, out)?),
        Extension::EncapsulatingDelivery => simple(kind, out),
        Extension::DynamicHa { sub_type, home_agent } => {
            slice(home_agent.octets())(long(kind, sub_type, out)?)
        }
        Extension::UdpTunnelRequest(request) => {
            let [reserved, flags] = request.reserved.to_be_bytes();
            let flags = flags
                | flag(request.force, udp_tunnel_flag::FORCE)
                | flag(request.registration_required, udp_tunnel_flag::REGISTRATION_REQUIRED);
            let octets = [udp_tunnel::TUNNEL, reserved, flags, request.encapsulation, 0, 0];
            slice(octets)(simple(kind, out)?)
        }
        Extension::UdpTunnelReply(reply) => {
            let [flags, reserved] = reply.reserved.to_be_bytes();
            let flags = flags | flag(reply.force, udp_tunnel_flag::FORCE);
            let octets = [udp_tunnel::TUNNEL, reply.code, flags, reserved];
            be_u16(reply.keepalive)(slice(octets)(simple(kind, out)?)?)
        }
        Extension::MessageString { sub_type, text } => {
            slice(text.as_bytes())(be_u8(sub_type)(simple(kind, out)?)?)
        }
        Extension::PrefixRequest { prefix_length, prefix } => {
            let head = [dual_stack::PREFIX_REQUEST, prefix_length];
            slice(prefix.octets())(slice(head)(simple(kind, out)?)?)
        }
        Extension::PrefixReply { code, prefix_length, reserved, prefix } => {
            let head = [dual_stack::PREFIX_REPLY, code, prefix_length, reserved];
            slice(prefix.octets())(slice(head)(simple(kind, out)?)?)
        }
        Extension::TunnelingMode { reserved } => {
            slice([dual_stack::TUNNELING_MODE, reserved])(simple(kind, out)?)
        }
        _ => form_of_others(extension, out),
    }
}

/// The same for the extensions that no node of the bootstrap sends.
fn form_of_others<'o>(extension: &Extension<'_>, out: Out<'o>) -> Written<'o> {
    let kind = extension.kind();
    match *extension {
        //= wire.2.36
        Extension::GfaAddress { reserved, address }
        | Extension::HierarchicalForeignAgent { reserved, address } => {
            slice(address.octets())(be_u16(reserved)(simple(kind, out)?)?)
        }
        Extension::ReplayProtectionStyle { style, identification } => {
            be_u64(identification.0)(be_u16(style)(simple(kind, out)?)?)
        }
        Extension::RegionalLifetime { reserved, seconds } => {
            be_u32(seconds)(be_u16(reserved)(simple(kind, out)?)?)
        }
        Extension::PerNodeAuthentication { method } => {
            be_u8(method)(long(kind, pmipv4_authentication::PER_NODE, out)?)
        }
        Extension::GreKey { key } => be_u32(key)(long(kind, gre_key::KEY, out)?),
        Extension::RouteOptimizationReply(reply) => {
            slice([route_optimization_reply::REPLY, reply.octet()])(simple(kind, out)?)
        }
        Extension::MobileCorrespondentAuthentication(value) => {
            let sub_type = route_optimization_reply::MOBILE_CORRESPONDENT_AUTHENTICATION;
            let out = slice([sub_type, value.reserved])(simple(kind, out)?)?;
            let out = be_u16(value.care_of_nonce_index)(be_u16(value.home_nonce_index)(out)?)?;
            slice(value.authenticator)(out)
        }
        Extension::CareOfAddresses { reserved, addresses } => {
            let head = [route_optimization_reply::CARE_OF_ADDRESS, reserved];
            slice(addresses.octets())(slice(head)(simple(kind, out)?)?)
        }
        Extension::PrefixAdvertisement(data) => {
            slice(data)(long(kind, prefix_advertisement::PREFIXES, out)?)
        }
        Extension::NaiCarrying { sub_type, nai: data }
        | Extension::LinkLayerAddress { sub_type, address: data }
        | Extension::ExperimentalSkippable { sub_type, data } => {
            slice(data)(be_u8(sub_type)(simple(kind, out)?)?)
        }
        Extension::RevocationSupport(support) => {
            be_u32(support.timestamp)(be_u16(support.flags())(simple(kind, out)?)?)
        }
        Extension::InterfaceId(identifier) => {
            slice(identifier)(be_u8(pmipv4::INTERFACE_ID)(simple(kind, out)?)?)
        }
        Extension::DeviceId { id_type, identifier } => {
            slice(identifier)(slice([pmipv4::DEVICE_ID, id_type])(simple(kind, out)?)?)
        }
        Extension::SubscriberId { id_type, identifier } => {
            slice(identifier)(slice([pmipv4::SUBSCRIBER_ID, id_type])(simple(kind, out)?)?)
        }
        Extension::AccessTechnology(technology) => {
            slice([pmipv4::ACCESS_TECHNOLOGY, technology])(simple(kind, out)?)
        }
        Extension::MobileNetworkRequest(prefix) => {
            let head = [mobile_network::REQUEST, prefix.prefix_length()];
            network(prefix, slice(head)(simple(kind, out)?)?)
        }
        Extension::MobileNetworkAcknowledgement { explicit, code, reserved, prefix } => {
            let sub_type =
                if explicit { mobile_network::EXPLICIT } else { mobile_network::IMPLICIT };
            let head = [sub_type, code, prefix.prefix_length(), reserved];
            network(prefix, slice(head)(simple(kind, out)?)?)
        }
        Extension::ServiceSelection(identifier) => slice(identifier.as_bytes())(simple(kind, out)?),
        Extension::RouteOptimizationCapability(capability) => {
            let head = [route_optimization::CAPABILITY, capability.flags];
            let out = slice(head)(simple(kind, out)?)?;
            match capability.home_address {
                Some(address) => slice(address.octets())(out),
                None => Ok(out),
            }
        }
        Extension::Multipath(path) => {
            let octets = [path.access_technology, path.label, path.binding_id, path.flags];
            slice(octets)(long(kind, multipath::MULTIPATH, out)?)
        }
        Extension::FlowBinding(flow) => {
            // More than 255 bindings cannot be counted, and are not sent.
            let count = u8::try_from(flow.bindings.len()).unwrap_or(u8::MAX);
            let out = slice([flow.action, count])(long(kind, multipath::FLOW_BINDING, out)?)?;
            slice(flow.selector)(be_u8(flow.selector_format)(slice(flow.bindings)(out)?)?)
        }
        _ => Ok(out),
    }
}

fn network(prefix: Prefixed<Ipv4Addr>, out: Out<'_>) -> Written<'_> {
    slice(prefix.address().octets())(out)
}

#[inline]
fn authentication<'o>(value: Authentication<'_>, out: Out<'o>) -> Written<'o> {
    slice(value.authenticator)(be_u32(value.spi)(out)?)
}

fn vendor<'o>(value: Vendor<'_>, out: Out<'o>) -> Written<'o> {
    slice(value.value)(be_u16(value.kind)(be_u32(value.vendor)(out)?)?)
}

const fn flag(set: bool, mask: u8) -> u8 {
    if set { mask } else { 0 }
}

/// Type and 8-bit Length.
#[inline]
fn simple(kind: u8, out: Out<'_>) -> Written<'_> {
    slice([kind, 0])(out)
}

/// Type, sub-type and 16-bit Length.
#[inline]
fn long(kind: u8, sub_type: u8, out: Out<'_>) -> Written<'_> {
    slice([kind, sub_type, 0, 0])(out)
}
