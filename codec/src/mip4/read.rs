//! What an extension that has been cut out means.

use dsboot_spec::registry::mip4::{
    MAX_NAI_LENGTH, MIN_GENERALIZED_LENGTH, MIN_NONCE_LENGTH, dual_stack, extension, fa_error,
    generalized_authentication, key_generation, udp_tunnel, udp_tunnel_flag,
};
use nom::bytes::complete::tag;
use nom::combinator::{all_consuming, map_opt, rest, verify};
use nom::number::complete::{be_u16, be_u32, be_u128, u8 as octet};
use nom::{IResult, Parser};

use super::extension::{
    Authentication, Extension, MnFaKeyReply, MnHaKeyReply, UdpTunnelReply, UdpTunnelRequest, Vendor,
};
use super::frame::{Body, Frame};
use super::header::ipv4;
use crate::wire::NomError;
use crate::{Error, ErrorKind};

/// The extension in `frame`, or why the message that holds it must be refused.
pub(super) fn read<'a>(frame: &Frame<'a>) -> Result<Extension<'a>, Error> {
    match understood(frame) {
        Some(extension) => Ok(extension),
        //= wire.2.5
        //= wire.2.7
        None if frame.is_skippable() => Ok(unknown(frame)),
        //= wire.2.6
        None if is_known(frame) => Err(Error::new(ErrorKind::BadLength, frame.offset, "wire.2.6")),
        //= wire.2.4
        None => Err(Error::new(ErrorKind::NotSkippable, frame.offset, "wire.2.4")),
    }
}

/// The extension in `frame`, kept even if the message that holds it must be refused.
pub(super) fn read_leniently<'a>(frame: &Frame<'a>) -> Extension<'a> {
    //= wire.2.8
    understood(frame).unwrap_or_else(|| unknown(frame))
}

const fn unknown<'a>(frame: &Frame<'a>) -> Extension<'a> {
    let kind = frame.kind;
    match frame.body {
        Body::Pad => Extension::Pad,
        Body::Simple(data) => Extension::Unknown { kind, data },
        Body::Long { sub_type, data } => Extension::UnknownLong { kind, sub_type, data },
    }
}

/// Whether type and sub-type are ones that we understand, so that only the rest can be wrong.
const fn is_known(frame: &Frame<'_>) -> bool {
    match (frame.kind, frame.body) {
        (
            extension::MOBILE_HOME_AUTHENTICATION
            | extension::MOBILE_FOREIGN_AUTHENTICATION
            | extension::FOREIGN_HOME_AUTHENTICATION
            | extension::CVSE,
            _,
        ) => true,
        (extension::GENERALIZED_AUTHENTICATION, Body::Long { sub_type, .. }) => {
            sub_type == generalized_authentication::MN_AAA
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
        _ => false,
    }
}

fn understood<'a>(frame: &Frame<'a>) -> Option<Extension<'a>> {
    match frame.body {
        //= wire.2.3
        Body::Pad => Some(Extension::Pad),
        Body::Simple(data) => simple(frame.kind, data),
        Body::Long { sub_type, data } => long(frame.kind, sub_type, data),
    }
}

fn simple(kind: u8, data: &[u8]) -> Option<Extension<'_>> {
    match kind {
        //= wire.2.11
        extension::MOBILE_HOME_AUTHENTICATION => {
            whole(authentication.map(Extension::MobileHomeAuthentication), data)
        }
        extension::MOBILE_FOREIGN_AUTHENTICATION => {
            whole(authentication.map(Extension::MobileForeignAuthentication), data)
        }
        extension::FOREIGN_HOME_AUTHENTICATION => {
            whole(authentication.map(Extension::ForeignHomeAuthentication), data)
        }
        extension::UDP_TUNNEL_REPLY => whole(udp_tunnel_reply, data),
        extension::FA_ERROR => whole(fa_error_status, data),
        //= wire.2.22
        extension::ENCAPSULATING_DELIVERY => {
            data.is_empty().then_some(Extension::EncapsulatingDelivery)
        }
        //= wire.2.9
        extension::NAI => {
            (1..=MAX_NAI_LENGTH).contains(&data.len()).then_some(Extension::Nai(data))
        }
        //= wire.2.10
        extension::CHALLENGE => (!data.is_empty()).then_some(Extension::Challenge(data)),
        extension::NVSE => whole(nvse, data),
        extension::UDP_TUNNEL_REQUEST => whole(udp_tunnel_request, data),
        extension::MESSAGE_STRING => whole(message_string, data),
        extension::DUAL_STACK => whole(dual_stack_extension, data),
        _ => None,
    }
}

fn long(kind: u8, sub_type: u8, data: &[u8]) -> Option<Extension<'_>> {
    match (kind, sub_type) {
        //= wire.2.15
        //= wire.2.16
        (extension::CVSE, _) => whole(vendor.map(Extension::Cvse), data),
        //= wire.2.12
        (extension::GENERALIZED_AUTHENTICATION, generalized_authentication::MN_AAA)
            if data.len() >= MIN_GENERALIZED_LENGTH =>
        {
            whole(authentication.map(Extension::MnAaaAuthentication), data)
        }
        //= wire.2.13
        (extension::MN_FA_KEY_REQUEST, key_generation::FROM_AAA) => {
            whole(be_u32.map(|mn_spi| Extension::MnFaKeyRequest { mn_spi }), data)
        }
        (extension::MN_HA_KEY_REQUEST, key_generation::FROM_AAA) => {
            whole(be_u32.map(|mn_spi| Extension::MnHaKeyRequest { mn_spi }), data)
        }
        (extension::MN_FA_KEY_REPLY, key_generation::FROM_AAA) => whole(mn_fa_key_reply, data),
        (extension::MN_HA_KEY_REPLY, key_generation::FROM_AAA) => whole(mn_ha_key_reply, data),
        //= wire.2.19
        (extension::DYNAMIC_HA, _) => {
            whole(ipv4.map(|home_agent| Extension::DynamicHa { sub_type, home_agent }), data)
        }
        _ => None,
    }
}

/// What the parser makes of all octets, if it takes them all.
fn whole<'a, T>(
    parser: impl Parser<&'a [u8], Output = T, Error = NomError<'a>>,
    octets: &'a [u8],
) -> Option<T> {
    all_consuming(parser).parse(octets).ok().map(|(_, value)| value)
}

fn authentication(input: &[u8]) -> IResult<&[u8], Authentication<'_>> {
    (be_u32, rest).map(|(spi, authenticator)| Authentication { spi, authenticator }).parse(input)
}

fn vendor(input: &[u8]) -> IResult<&[u8], Vendor<'_>> {
    (be_u32, be_u16, rest).map(|(vendor, kind, value)| Vendor { vendor, kind, value }).parse(input)
}

fn nvse(input: &[u8]) -> IResult<&[u8], Extension<'_>> {
    //= wire.2.17
    (be_u16, vendor).map(|(_reserved, vendor)| Extension::Nvse(vendor)).parse(input)
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
        .map(|(_, _reserved, flags, encapsulation, _)| {
            Extension::UdpTunnelRequest(UdpTunnelRequest {
                force: flags & udp_tunnel_flag::FORCE != 0,
                registration_required: flags & udp_tunnel_flag::REGISTRATION_REQUIRED != 0,
                encapsulation,
            })
        })
        .parse(input)
}

fn udp_tunnel_reply(input: &[u8]) -> IResult<&[u8], Extension<'_>> {
    //= wire.2.20
    (tag([udp_tunnel::TUNNEL].as_slice()), octet, octet, octet, be_u16)
        .map(|(_, code, flags, _reserved, keepalive)| {
            let force = flags & udp_tunnel_flag::FORCE != 0;
            Extension::UdpTunnelReply(UdpTunnelReply { code, force, keepalive })
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
            .map(|(code, prefix_length, _reserved, prefix)| Extension::PrefixReply {
                code,
                prefix_length,
                prefix,
            })
            .parse(input),
        (input, dual_stack::TUNNELING_MODE) => {
            octet.map(|_reserved| Extension::TunnelingMode).parse(input)
        }
        (input, _) => nom::combinator::fail().parse(input),
    }
}
