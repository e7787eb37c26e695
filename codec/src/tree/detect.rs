//! What octets are when nobody says it.

use super::Protocol;
use crate::{eap, ip, mip4, mip6, pana, radius};

/// The protocol that octets are of. Those that are whole and right are told first, by their
/// decoders; then those that at least begin like a message.
pub(super) fn detect(octets: &[u8]) -> Option<Protocol> {
    decoded(octets).or_else(|| resembled(octets))
}

fn decoded(octets: &[u8]) -> Option<Protocol> {
    match ip::Packet::decode(octets) {
        Ok(ip::Packet::V4(_)) => return Some(Protocol::Ipv4),
        Ok(ip::Packet::V6(_)) => return Some(Protocol::Ipv6),
        Err(_) => (),
    }
    if is_framed(octets) {
        return Some(Protocol::Ethernet);
    }
    let message = |octets| mip4::Message::decode(octets);
    if radius::Packet::decode(octets).is_ok() {
        Some(Protocol::Radius)
    } else if pana::Message::decode(octets).is_ok() {
        Some(Protocol::Pana)
    } else if mip6::Header::decode_unverified(octets).is_ok() {
        Some(Protocol::Mh)
    } else if eap::Packet::decode(octets).is_ok_and(|packet| packet.padding().is_empty()) {
        Some(Protocol::Eap)
    } else if mip4::discovery::Discovery::decode(octets).is_ok() {
        Some(Protocol::Icmp)
    } else if message(octets).is_ok_and(|message| !is_unknown(&message)) {
        Some(Protocol::Mip4)
    } else {
        None
    }
}

/// Whether there is a whole IP packet behind a header of Ethernet, tagged or not.
fn is_framed(octets: &[u8]) -> bool {
    let kind = |at: usize| octets.get(at..at + 2).and_then(|kind| <[u8; 2]>::try_from(kind).ok());
    let at = if kind(12) == Some([0x81, 0x00]) { 16 } else { 12 };
    let packet = octets.get(at + 2..).map(ip::Packet::decode);
    matches!(
        (kind(at), packet),
        (Some([0x08, 0x00]), Some(Ok(ip::Packet::V4(_))))
            | (Some([0x86, 0xdd]), Some(Ok(ip::Packet::V6(_))))
    )
}

const fn is_unknown(message: &mip4::Message<'_>) -> bool {
    matches!(message, mip4::Message::Unknown { .. })
}

/// By what the first octets say.
fn resembled(octets: &[u8]) -> Option<Protocol> {
    let [first, second, third, fourth, ..] = *octets else { return None };
    let length = usize::from(u16::from_be_bytes([third, fourth]));
    let counted = length == octets.len();
    match first {
        0x45..=0x4f if octets.len() >= 20 => Some(Protocol::Ipv4),
        0x60..=0x6f if octets.len() >= 40 => Some(Protocol::Ipv6),
        0 if second == 0 && octets.len() >= 16 => Some(Protocol::Pana),
        59 => Some(Protocol::Mh),
        1 | 3 if octets.len() >= 20 && !counted => Some(Protocol::Mip4),
        1..=5 | 11 | 40..=45 if octets.len() >= 20 => Some(Protocol::Radius),
        1..=4 if counted => Some(Protocol::Eap),
        9 | 10 => Some(Protocol::Icmp),
        1..=4 => Some(Protocol::Mip4),
        _ => None,
    }
}
