//! What decoding leaves apart: authenticators, and the checksum of the mobility header.

use std::hint::black_box;
use std::net::Ipv6Addr;

use dsboot_codec::ip::Pseudo;
use dsboot_codec::{mip4, mip6, radius};

use crate::messages::SECRET;
use crate::{Messages, wrong};

/// HMAC-MD5 over the Access-Request.
pub(crate) fn message_authenticator(messages: &Messages) {
    let Ok(packet) = radius::Packet::decode(&messages.access_request) else { wrong() };
    let right = packet.verify_request(black_box(SECRET));
    assert!(black_box(right).is_ok());
}

/// MD5 over MD5 over the Registration Request.
pub(crate) fn mn_aaa(messages: &Messages) {
    let Ok(mip4::Message::Request(request)) = mip4::Message::decode(&messages.rrq) else { wrong() };
    let authenticator = request.extensions.authenticator(mip4::AuthenticationKind::MnAaa).once();
    let challenge = request.extensions.mn_aaa_challenge();
    let right = authenticator
        .zip(challenge)
        .is_some_and(|(a, c)| a.verify_chap(black_box(b"AAA-shared-key-0"), c));
    assert!(black_box(right));
}

const CARE_OF: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xf, 0, 0, 0, 0, 0x77);
const HOME: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 0x100);
const HOME_AGENT: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 1);

/// The Internet checksum over the binding update.
pub(crate) fn mobility_checksum(messages: &Messages) {
    let pseudo = Pseudo::v6(HOME, HOME_AGENT);
    let header = mip6::Header::decode(black_box(&messages.bu), &pseudo);
    assert!(black_box(header).is_ok());
}

/// HMAC-SHA1 over SHA-1 over the binding update.
pub(crate) fn mobility_authenticator(messages: &Messages) {
    let node = mip6::Addresses { home: HOME, care_of: CARE_OF };
    let route = mip6::Route::from_mobile_node(node, HOME_AGENT);
    let Ok(packet) = mip6::Packet::from_parts(route, black_box(&messages.bu)) else { wrong() };
    let right = packet.mn_aaa().is_some_and(|option| option.verify(b"AAA-shared-key-0"));
    assert!(black_box(right));
}
