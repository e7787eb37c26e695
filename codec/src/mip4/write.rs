//! Extensions to octets.

use alloc::vec::Vec;

use cookie_factory::SerializeFn;
use cookie_factory::bytes::{be_u8, be_u16, be_u32};
use cookie_factory::combinator::slice;
use cookie_factory::sequence::{pair, tuple};
use dsboot_spec::registry::mip4::{
    dual_stack, fa_error, generalized_authentication, key_generation, udp_tunnel, udp_tunnel_flag,
};

use super::extension::{Authentication, Extension, Vendor};
use super::frame::Frame;
use super::read::read_leniently;
use crate::wire::{Sink, serialize};
use crate::{Error, ErrorKind};

/// The octets of an extension that will stand at `offset`.
///
/// # Errors
/// When the octets would not be read as this extension again: a value too long for its Length, or
/// one that the type does not allow. Padding is never written into registration messages.
pub(super) fn write(extension: &Extension<'_>, offset: usize) -> Result<Vec<u8>, Error> {
    //= wire.2.26
    let refused = |kind| Error::new(kind, offset, "wire.2.26");
    let octets = form(extension).ok_or(refused(ErrorKind::TooLong))?;
    match Frame::cut(&octets, offset) {
        Ok(([], frame)) if read_leniently(&frame) == *extension => Ok(octets),
        _ => Err(refused(ErrorKind::BadValue)),
    }
}

/// The octets of an extension, if its Length can tell how many there are.
fn form(extension: &Extension<'_>) -> Option<Vec<u8>> {
    let kind = extension.kind();
    match *extension {
        Extension::Pad => Some(serialize(be_u8(kind))),
        Extension::Unknown { data, .. } => simple(kind, slice(data)),
        Extension::UnknownLong { sub_type, data, .. } => long(kind, sub_type, slice(data)),
        Extension::Nai(nai) => simple(kind, slice(nai)),
        Extension::Challenge(challenge) => simple(kind, slice(challenge)),
        Extension::MobileHomeAuthentication(value)
        | Extension::MobileForeignAuthentication(value)
        | Extension::ForeignHomeAuthentication(value) => simple(kind, authentication(value)),
        Extension::MnAaaAuthentication(value) => {
            long(kind, generalized_authentication::MN_AAA, authentication(value))
        }
        Extension::Cvse(value) => long(kind, 0, vendor(value)),
        //= wire.2.17
        Extension::Nvse(value) => simple(kind, pair(be_u16(0), vendor(value))),
        Extension::MnFaKeyRequest { mn_spi } | Extension::MnHaKeyRequest { mn_spi } => {
            long(kind, key_generation::FROM_AAA, be_u32(mn_spi))
        }
        Extension::MnFaKeyReply(reply) => {
            let head = (be_u32(reply.lifetime), be_u32(reply.aaa_spi), be_u32(reply.fa_spi));
            let tail = (be_u16(reply.algorithm), slice(reply.nonce));
            long(kind, key_generation::FROM_AAA, pair(tuple(head), tuple(tail)))
        }
        Extension::MnHaKeyReply(reply) => {
            let head = (be_u32(reply.lifetime), be_u32(reply.aaa_spi), be_u32(reply.ha_spi));
            let tail = (be_u16(reply.algorithm), be_u16(reply.replay_method), slice(reply.nonce));
            long(kind, key_generation::FROM_AAA, pair(tuple(head), tuple(tail)))
        }
        Extension::FaError { status } => simple(kind, pair(be_u8(fa_error::STATUS), be_u8(status))),
        Extension::EncapsulatingDelivery => simple(kind, slice([])),
        Extension::DynamicHa { sub_type, home_agent } => {
            long(kind, sub_type, slice(home_agent.octets()))
        }
        Extension::UdpTunnelRequest(request) => {
            let flags = flag(request.force, udp_tunnel_flag::FORCE)
                | flag(request.registration_required, udp_tunnel_flag::REGISTRATION_REQUIRED);
            let head = (be_u8(udp_tunnel::TUNNEL), be_u8(0), be_u8(flags));
            simple(kind, pair(tuple(head), pair(be_u8(request.encapsulation), be_u16(0))))
        }
        Extension::UdpTunnelReply(reply) => {
            let flags = flag(reply.force, udp_tunnel_flag::FORCE);
            let head = (be_u8(udp_tunnel::TUNNEL), be_u8(reply.code), be_u8(flags));
            simple(kind, pair(tuple(head), pair(be_u8(0), be_u16(reply.keepalive))))
        }
        Extension::MessageString { sub_type, text } => {
            simple(kind, pair(be_u8(sub_type), slice(text.as_bytes())))
        }
        Extension::PrefixRequest { prefix_length, prefix } => {
            let head = (be_u8(dual_stack::PREFIX_REQUEST), be_u8(prefix_length));
            simple(kind, pair(tuple(head), slice(prefix.octets())))
        }
        Extension::PrefixReply { code, prefix_length, prefix } => {
            let head = (be_u8(dual_stack::PREFIX_REPLY), be_u8(code), be_u8(prefix_length));
            simple(kind, pair(tuple(head), pair(be_u8(0), slice(prefix.octets()))))
        }
        Extension::TunnelingMode => simple(kind, pair(be_u8(dual_stack::TUNNELING_MODE), be_u8(0))),
    }
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
fn simple(kind: u8, data: impl SerializeFn<Sink>) -> Option<Vec<u8>> {
    let data = serialize(data);
    //= wire.2.1
    let length = u8::try_from(data.len()).ok()?;
    Some(serialize(tuple((be_u8(kind), be_u8(length), slice(data)))))
}

/// Type, sub-type, 16-bit Length, data.
fn long(kind: u8, sub_type: u8, data: impl SerializeFn<Sink>) -> Option<Vec<u8>> {
    let data = serialize(data);
    //= wire.2.2
    let length = u16::try_from(data.len()).ok()?;
    Some(serialize(tuple((be_u8(kind), be_u8(sub_type), be_u16(length), slice(data)))))
}
