//! What is wrong with an extension whose type is known, but whose value the type does not allow.

use dsboot_spec::registry::mip4::{
    dual_stack, extension, mobile_network, pmipv4, route_optimization, udp_tunnel,
};

use super::frame::{Body, Frame};
use super::read::{is_known, is_understood};
use super::reading::Forms;
use crate::{Error, ErrorKind};

/// Octets before the value: type and Length.
const SIMPLE: usize = 2;

/// What is wrong with the extension; `None` if it is understood, or of a type or sub-type that is
/// not known here.
pub(super) fn fault(frame: &Frame<'_>, forms: Forms) -> Option<Error> {
    if is_understood(frame, forms) {
        return None;
    }
    let error = |kind, at, sentence| Some(Error::new(kind, frame.offset + at, sentence));
    //= wire.2.48
    let data = match frame.body {
        Body::Simple(data) if frame.is_skippable() => data,
        Body::Simple(_) if is_known(frame) => {
            return error(ErrorKind::BadLength, 1, sentence(frame.kind)?);
        }
        Body::Long { .. } if is_known(frame) => {
            return error(ErrorKind::BadLength, 2, "wire.2.6");
        }
        _ => return None,
    };
    let sentence = sentence(frame.kind)?;
    let sub_type = data.first().copied();
    if !is_known_sub_type(frame.kind, sub_type) {
        return None;
    }
    match value_fault(frame.kind, data) {
        Some(at) => error(ErrorKind::BadValue, SIMPLE + at, sentence),
        None => error(ErrorKind::BadLength, 1, sentence),
    }
}

/// Where in a value that is as long as it should be the octet stands that is not allowed.
fn value_fault(kind: u8, data: &[u8]) -> Option<usize> {
    match (kind, data) {
        (extension::MOBILE_NETWORK, [mobile_network::REQUEST, _, _, _, _, _]) => Some(1),
        (extension::MOBILE_NETWORK, [_, _, _, _, _, _, _, _]) => Some(2),
        (extension::UDP_TUNNEL_REQUEST, [_, _, _, _, _, _]) => Some(4),
        // S is set without an address behind the flags, or the other way round.
        (extension::ROUTE_OPTIMIZATION, [_, _] | [_, _, _, _, _, _]) => Some(1),
        (extension::MESSAGE_STRING, [_, text @ ..]) => not_text(text).map(|at| at + 1),
        (extension::SERVICE_SELECTION, text) => not_text(text),
        _ => None,
    }
}

/// Where a text is no UTF-8.
fn not_text(octets: &[u8]) -> Option<usize> {
    core::str::from_utf8(octets).err().map(|error| error.valid_up_to())
}

/// Whether a simple extension from 128 on has a sub-type that is known here, or needs none.
fn is_known_sub_type(kind: u8, sub_type: Option<u8>) -> bool {
    let Some(sub_type) = sub_type else { return true };
    match kind {
        extension::UDP_TUNNEL_REQUEST => sub_type == udp_tunnel::TUNNEL,
        extension::PMIPV4_SKIPPABLE => pmipv4::name(sub_type).is_some(),
        extension::MOBILE_NETWORK => mobile_network::name(sub_type).is_some(),
        extension::DUAL_STACK => dual_stack::name(sub_type).is_some(),
        extension::ROUTE_OPTIMIZATION => sub_type == route_optimization::CAPABILITY,
        _ => true,
    }
}

/// The sentence that lays the value of a type out.
const fn sentence(kind: u8) -> Option<&'static str> {
    Some(match kind {
        extension::MOBILE_HOME_AUTHENTICATION
        | extension::MOBILE_FOREIGN_AUTHENTICATION
        | extension::FOREIGN_HOME_AUTHENTICATION => "wire.2.11",
        extension::UDP_TUNNEL_REPLY | extension::UDP_TUNNEL_REQUEST => "wire.2.20",
        extension::FA_ERROR => "wire.2.21",
        extension::GFA_ADDRESS
        | extension::HIERARCHICAL_FOREIGN_AGENT
        | extension::REPLAY_PROTECTION_STYLE
        | extension::REGIONAL_LIFETIME => "wire.2.36",
        extension::ROUTE_OPTIMIZATION_REPLY | extension::ROUTE_OPTIMIZATION => "wire.2.44",
        extension::ENCAPSULATING_DELIVERY | extension::MESSAGE_STRING => "wire.2.22",
        extension::NAI => "wire.2.9",
        extension::CHALLENGE => "wire.2.10",
        extension::NVSE_OLD => "wire.2.37",
        extension::NVSE => "wire.2.17",
        extension::NAI_CARRYING | extension::LINK_LAYER_ADDRESS => "wire.2.38",
        extension::REVOCATION_SUPPORT => "wire.2.39",
        extension::PMIPV4_SKIPPABLE => "wire.2.40",
        extension::MOBILE_NETWORK => "wire.2.41",
        extension::SERVICE_SELECTION => "wire.2.42",
        extension::DUAL_STACK => "wire.2.23",
        extension::EXPERIMENTAL_SKIPPABLE => "wire.2.46",
        _ => return None,
    })
}
