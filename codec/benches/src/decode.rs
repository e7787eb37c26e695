//! Every unit of a message read as what its type says, from octets.

use std::hint::black_box;

use dsboot_codec::ip::{tunnel, v4};
use dsboot_codec::{mip4, mip6, pana, radius};

use crate::{Messages, wrong};

pub(crate) fn access_request(messages: &Messages) {
    let Ok(packet) = radius::Packet::decode(black_box(&messages.access_request)) else { wrong() };
    for unit in packet.attributes() {
        black_box(&unit);
    }
}

pub(crate) fn rrq(messages: &Messages) {
    let Ok(message) = mip4::Message::decode(black_box(&messages.rrq)) else { wrong() };
    let mip4::Message::Request(request) = message else { wrong() };
    black_box(&request.header);
    for unit in request.extensions.iter() {
        black_box(&unit);
    }
}

pub(crate) fn bu(messages: &Messages) {
    let Ok(header) = mip6::Header::decode_unverified(black_box(&messages.bu)) else { wrong() };
    let Ok(message) = header.message() else { wrong() };
    black_box(&message);
    for unit in message.options().iter() {
        black_box(&unit);
    }
}

pub(crate) fn pana(messages: &Messages) {
    let Ok(message) = pana::Message::decode(black_box(&messages.pana)) else { wrong() };
    black_box(message.header());
    for unit in message.avps() {
        black_box(&unit);
    }
}

/// With both checksums.
pub(crate) fn tunnel(messages: &Messages) {
    let Ok(outer) = v4::Packet::decode(black_box(&messages.tunnel)) else { wrong() };
    let Ok(middle) = tunnel::ipv4_in_ipv4::unwrap(&outer) else { wrong() };
    let Ok(inner) = tunnel::ipv6_in_ipv4::unwrap(&middle.packet) else { wrong() };
    black_box((&outer, &middle, &inner));
}
