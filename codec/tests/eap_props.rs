//! EAP, with octets and values that nobody chose.
#![cfg(test)]

use dsboot_codec::eap::{Body, Code, Expanded, Md5Challenge, Message, Method, Packet, encode};
use proptest::collection::vec;
use proptest::prelude::*;

/// A request or response with a type that is known here.
fn octets() -> impl Strategy<Value = Vec<u8>> {
    let data =
        (1..=2_u8, any::<u8>(), prop_oneof![0..=6_u8, 254..=255_u8], vec(any::<u8>(), 0..40));
    data.prop_map(|(code, identifier, method, data)| {
        let length = u8::try_from(5 + data.len()).unwrap();
        [&[code, identifier, 0, length, method][..], &data].concat()
    })
}

proptest! {
    #[test]
    fn values_survive_their_octets(
        identifier: u8,
        value in vec(any::<u8>(), 1..=255),
        name in vec(any::<u8>(), 1..300),
        vendor_id in 1..(1_u32 << 24),
        number: u32,
        method in 7..=253_u8,
    ) {
        let messages = [
            Message::Identity(&name),
            Message::Md5Challenge(Md5Challenge { value: &value, name: &name }),
            Message::Expanded(Expanded { method: Method { vendor_id, number }, data: &name }),
            Message::OneTimePassword(&name),
            Message::GenericTokenCard(&name),
            Message::Other { method, data: &name },
        ];
        let nak = Body::Response(Message::Nak(&value));
        let notice = Body::Request(Message::Notification(&name));
        let bodies = messages.iter().flat_map(|m| [Body::Request(*m), Body::Response(*m)]);
        for body in bodies.chain([nak, notice, Body::Success, Body::Failure]) {
            let octets = encode(identifier, &body).unwrap();
            let packet = Packet::decode(&octets).unwrap();
            prop_assert_eq!((packet.identifier(), packet.body()), (identifier, Ok(body)));
        }
    }

    #[test]
    fn whatever_is_understood_is_encoded_as_it_came(octets in octets()) {
        let packet = Packet::decode(&octets).unwrap();
        match packet.body() {
            Ok(body) => prop_assert_eq!(encode(packet.identifier(), &body).unwrap(), octets),
            Err(error) => prop_assert!(error.offset <= octets.len()),
        }
    }
}

quickcheck::quickcheck! {
    fn any_octets_decode_or_say_where_they_fail(octets: Vec<u8>) -> bool {
        match Packet::decode(&octets) {
            Ok(packet) => {
                let _ = packet.body();
                let cut = packet.octets().len();
                matches!(packet.code(), Code::Success | Code::Failure) == packet.method().is_none()
                    && octets[..cut] == *packet.octets()
                    && octets[cut..] == *packet.padding()
            }
            Err(error) => error.offset <= octets.len() && error.sentence.starts_with("wire.7."),
        }
    }
}
