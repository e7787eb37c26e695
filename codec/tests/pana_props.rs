//! PANA, with octets and values that nobody chose.
#![cfg(test)]

use std::net::SocketAddr;

use dsboot_codec::pana::{
    AuthKey, Avp, Flags, Header, KeyInput, Kind, Message, MessageBuilder, VendorAvp,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const VENDOR: u32 = 32473;

fn key(msk: &[u8]) -> AuthKey {
    let (initial_request, initial_answer) = (&b"request"[..], &b"answer"[..]);
    let nonce: &[u8] = &[1; 20];
    let input = KeyInput {
        msk,
        initial_request,
        initial_answer,
        pac_nonce: nonce,
        paa_nonce: nonce,
        key_id: 1,
    };
    AuthKey::derive(&input)
}

/// Octets that look like AVPs, with codes and vendors that are known here.
fn avp_octets() -> impl Strategy<Value = Vec<u8>> {
    let avp = (0..16_u8, any::<u16>(), vec(any::<u8>(), 0..40), any::<[u8; 4]>());
    vec(avp, 0..8).prop_map(|avps| {
        let octets = avps.into_iter().flat_map(|(code, bits, value, padding)| {
            let vendor = bits & 0x8000 != 0;
            let [flags, reserved] = bits.to_be_bytes();
            let length = u8::try_from(value.len()).unwrap();
            let padded = value.len().next_multiple_of(4) - value.len();
            let vendor_id = VENDOR.to_be_bytes();
            [
                &[0, code, flags, 0, 0, length, reserved, 0][..],
                if vendor { &vendor_id } else { &[] },
                &value,
                &padding[..padded],
            ]
            .concat()
        });
        octets.collect()
    })
}

/// Asks a message everything; only whether it panics matters.
fn ask_everything(message: &Message<'_>) {
    let _ = (message.validate(VENDOR), message.kind(), message.granted_lifetime());
    let _ = (message.parameters(VENDOR), message.verify_auth(&key(b"msk")));
    let _ = (message.prf_algorithms().count(), message.integrity_algorithms().count());
    let _ = MessageBuilder::answering(message).encode();
}

proptest! {
    #[test]
    fn values_survive_their_octets(
        kind in select(&Kind::ALL[..]),
        bits: u16,
        session_id: u32,
        sequence: u32,
        reserved: u16,
        number: u32,
        nonce in vec(any::<u8>(), 8..=256),
        octets in vec(any::<u8>(), 1..100),
        endpoint: ([u8; 4], [u8; 16], u16),
        code: u16,
    ) {
        let (message_type, _) = kind.number();
        let header = Header { reserved, flags: Flags(bits), message_type, session_id, sequence };
        let avps = [
            Avp::Auth(&octets),
            Avp::EapPayload(&octets),
            Avp::IntegrityAlgorithm(number),
            Avp::KeyId(number),
            Avp::Nonce(&nonce),
            Avp::PrfAlgorithm(number),
            Avp::ResultCode(number),
            Avp::SessionLifetime(number),
            Avp::TerminationCause(number),
            Avp::PacInformation(SocketAddr::from((endpoint.0, endpoint.2))),
            Avp::PacInformation(SocketAddr::from((endpoint.1, endpoint.2))),
            Avp::RelayedMessage(&octets),
            Avp::EncryptionEncap(&octets),
            Avp::EncryptionAlgorithm(number),
            Avp::Vendor(VendorAvp { vendor_id: number, code, data: &octets }),
            Avp::Malformed { kind: 5, data: &[] },
            Avp::Unknown { kind: 0x4000, data: &octets },
        ];
        let mut builder = MessageBuilder::with_header(header);
        for avp in &avps {
            builder.avp(avp);
        }
        let sent = builder.encode().unwrap();
        let decoded = Message::decode(&sent).unwrap();
        prop_assert_eq!(decoded.header(), &header);
        prop_assert_eq!(decoded.avps().map(|unit| unit.value).collect::<Vec<_>>(), avps);
    }

    #[test]
    fn whatever_decodes_is_encoded_as_it_came(bits: u16, message_type in 0..7_u16, avps in avp_octets()) {
        let header =
            Header { reserved: bits, flags: Flags(bits), message_type, session_id: 0, sequence: 0 };
        let octets = MessageBuilder::with_header(header).raw(&avps).encode().unwrap();
        let decoded = Message::decode(&octets).unwrap();
        ask_everything(&decoded);
        let mut again = MessageBuilder::with_header(*decoded.header());
        for unit in decoded.avps() {
            again.raw(unit.raw);
        }
        prop_assert_eq!(again.encode().unwrap(), octets);
    }

    #[test]
    fn no_octets_make_it_panic(octets in vec(any::<u8>(), 0..200)) {
        let framed = MessageBuilder::new(Kind::Par, Flags::NONE, 1, 1).raw(&octets).encode().unwrap();
        for octets in [&octets, &framed] {
            if let Ok(decoded) = Message::decode(octets) {
                ask_everything(&decoded);
            }
        }
    }

    //= wire.6.15
    #[test]
    fn only_the_key_verifies(msk in vec(any::<u8>(), 1..80), id: u32) {
        let other = [&[msk[0] ^ 1], &msk[1..]].concat();
        let octets = MessageBuilder::new(Kind::Pan, Flags::COMPLETE, id, id)
            .avp(&Avp::KeyId(id))
            .encode_with_auth(&key(&msk))
            .unwrap();
        let decoded = Message::decode(&octets).unwrap();
        prop_assert_eq!(decoded.validate(VENDOR), Ok(Kind::Pan));
        prop_assert!(decoded.verify_auth(&key(&msk)).is_ok());
        prop_assert!(decoded.verify_auth(&key(&other)).is_err());
    }
}

quickcheck::quickcheck! {
    fn any_octets_decode_or_say_where_they_fail(octets: Vec<u8>) -> bool {
        match Message::decode(&octets) {
            Ok(message) => {
                ask_everything(&message);
                message.octets() == octets
            }
            Err(error) => error.offset <= octets.len() && error.sentence.starts_with("wire.6."),
        }
    }

    fn one_avp_survives(code: u16, data: Vec<u8>) -> bool {
        let avp = Avp::decode(code, &data);
        avp.value() == data && avp.kind() == code
    }
}
