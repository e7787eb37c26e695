//! PANA against octets: a whole session with EAP-MD5, and AUTH and its key computed by hand.
#![cfg(test)]

mod support;

use dsboot_codec::pana::{
    AuthKey, Avp, Flags, Header, KeyInput, Kind, Message, MessageBuilder, Unverified, VendorAvp,
    prf_plus,
};
use dsboot_codec::{Error, ErrorKind, Found, eap};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID as VENDOR;
use dsboot_spec::registry::pana::{integrity_algorithm, prf_algorithm, result, termination_cause};
use support::{access, octets};

/// Every message of the vectors.
fn messages() -> Vec<Vec<u8>> {
    let vectors = access();
    let auth = &vectors["pana_auth"];
    let session = vectors["pana"].as_array().unwrap();
    let names = ["initial_request", "initial_answer", "last_request", "last_answer"];
    let with_auth = names.iter().map(|name| octets(auth, name));
    session.iter().map(|message| octets(message, "octets")).chain(with_auth).collect()
}

fn session(number: usize) -> Vec<u8> {
    messages().swap_remove(number - 1)
}

//= wire.6.5
//= wire.6.6
//= wire.6.7
#[test]
fn every_message_is_encoded_as_it_came() {
    for octets in messages() {
        let message = Message::decode(&octets).unwrap();
        let mut builder = MessageBuilder::with_header(*message.header());
        for unit in message.avps() {
            builder.avp(&unit.value);
        }
        assert_eq!(hex::encode(builder.encode().unwrap()), hex::encode(&octets));
        let mut builder = MessageBuilder::with_header(*message.header());
        for unit in message.avps() {
            builder.raw(unit.raw);
        }
        assert_eq!(builder.encode().unwrap(), octets);
    }
}

//= wire.6.1
//= wire.6.2
#[test]
fn no_truncation_of_a_message_decodes() {
    for octets in messages() {
        for length in 0..octets.len() {
            let error = Message::decode(&octets[..length]).unwrap_err();
            let sentence = if length < 16 { "wire.6.1" } else { "wire.6.2" };
            assert_eq!((error.kind, error.sentence), (ErrorKind::Truncated, sentence));
        }
    }
}

//= wire.6.4
#[test]
fn the_messages_of_a_session() {
    let expected: [(Kind, Flags, u32, u32); 15] = [
        (Kind::Pci, Flags::NONE, 0, 0),
        (Kind::Par, Flags::REQUEST | Flags::START, 0x5a5b_0001, 0x1122_3344),
        (Kind::Pan, Flags::START, 0x5a5b_0001, 0x1122_3344),
        (Kind::Par, Flags::REQUEST, 0x5a5b_0001, 0x1122_3345),
        (Kind::Pan, Flags::NONE, 0x5a5b_0001, 0x1122_3345),
        (Kind::Par, Flags::REQUEST, 0x5a5b_0001, 0x1122_3346),
        (Kind::Pan, Flags::NONE, 0x5a5b_0001, 0x1122_3346),
        (Kind::Par, Flags::REQUEST, 0x5a5b_0001, 0x0a0b_0c0d),
        (Kind::Pan, Flags::NONE, 0x5a5b_0001, 0x0a0b_0c0d),
        (Kind::Par, Flags::REQUEST | Flags::COMPLETE, 0x5a5b_0001, 0x1122_3347),
        (Kind::Pan, Flags::COMPLETE, 0x5a5b_0001, 0x1122_3347),
        (Kind::Pnr, Flags::REQUEST | Flags::PING, 0x5a5b_0001, 0x0a0b_0c0e),
        (Kind::Pna, Flags::PING, 0x5a5b_0001, 0x0a0b_0c0e),
        (Kind::Ptr, Flags::REQUEST, 0x5a5b_0001, 0x0a0b_0c0f),
        (Kind::Pta, Flags::NONE, 0x5a5b_0001, 0x0a0b_0c0f),
    ];
    for (octets, (kind, flags, session_id, sequence)) in messages().iter().zip(expected) {
        let message = Message::decode(octets).unwrap();
        assert_eq!(message.kind(), Some(kind));
        let header =
            Header { reserved: 0, flags, message_type: kind.number().0, session_id, sequence };
        assert_eq!(message.header(), &header);
        // The tenth carries AVPs of the vendor that were numbered before our parameters were.
        let expected = if sequence == 0x1122_3347 && kind == Kind::Par {
            Err(Error::new(ErrorKind::NotSkippable, 68, "wire.6.13"))
        } else {
            Ok(kind)
        };
        assert_eq!(message.validate(VENDOR), expected);
    }
}

//= wire.6.12
#[test]
fn answers_follow_their_requests() {
    // Without AVPs of their own: the numbers of request and answer.
    for (request, answer) in [(2, 3), (6, 7), (8, 9), (10, 11), (12, 13), (14, 15)] {
        let request = session(request);
        let built = MessageBuilder::answering(&Message::decode(&request).unwrap()).encode();
        assert_eq!(built.unwrap(), session(answer));
    }
    // I is the request's alone.
    let mut request = session(10);
    request[4] |= 0x04;
    let built = MessageBuilder::answering(&Message::decode(&request).unwrap()).encode();
    assert_eq!(built.unwrap(), session(11));
}

#[test]
fn what_the_messages_carry() {
    let vectors = access();
    let all = messages();
    let decode = |number: usize| Message::decode(&all[number - 1]).unwrap();
    let (identity, challenge) =
        (octets(&vectors, "eap_response_identity"), octets(&vectors, "eap_request_md5"));
    assert_eq!(decode(4).nonce().once().map(<[u8]>::len), Some(20));
    assert_eq!(decode(5).eap_payload(), Found::Once(&identity[..]));
    assert_eq!(decode(6).eap_payload(), Found::Once(&challenge[..]));
    assert_eq!(decode(6).nonce(), Found::Absent);
    let payload = decode(8).eap_payload().once().unwrap();
    assert_eq!(payload, octets(&vectors, "eap_response_md5"));
    assert_eq!(eap::Packet::decode(payload).unwrap().padding(), b"");
    assert_eq!(decode(10).result_code(), Found::Once(result::SUCCESS));
    assert_eq!(decode(10).granted_lifetime(), Some(3600));
    let vendor: Vec<_> = decode(10).avps().map(|unit| unit.value).skip(3).collect();
    let expected = [
        VendorAvp { vendor_id: VENDOR, code: 1, data: &[0x0a, 0x14, 0, 1] },
        VendorAvp { vendor_id: VENDOR, code: 2, data: &[0xc0, 0, 2, 0x4d] },
    ];
    assert_eq!(vendor, expected.map(Avp::Vendor));
    let parameters = decode(10).parameters(VENDOR);
    assert_eq!(parameters.fha_address, Found::Once("10.20.0.1".parse().unwrap()));
    assert_eq!(parameters.fha_fqdn, Found::Absent);
    assert_eq!(decode(14).termination_cause(), Found::Once(termination_cause::LOGOUT));
}

fn key() -> AuthKey {
    let vectors = access();
    let of = |name| octets(&vectors["pana_auth"], name);
    AuthKey::derive(&KeyInput {
        msk: &of("msk"),
        initial_request: &of("initial_request"),
        initial_answer: &of("initial_answer"),
        pac_nonce: &of("pac_nonce"),
        paa_nonce: &of("paa_nonce"),
        key_id: u32::from_be_bytes(of("key_id").try_into().unwrap()),
    })
}

//= wire.6.16
//= wire.6.17
#[test]
fn the_key_is_derived() {
    let vectors = access();
    assert_eq!(key().octets(), octets(&vectors["pana_auth"], "auth_key"));
    assert_eq!(format!("{:?}", key()), "AuthKey(20 octets)");
}

/// RFC 4306 §2.13, block by block.
//= wire.6.17
#[test]
fn prf_plus_goes_on_block_by_block() {
    use dsboot_codec::crypto::hmac_sha1;
    let first = hmac_sha1(b"key", &[b"seed", &[1]]);
    let second = hmac_sha1(b"key", &[&first, b"seed", &[2]]);
    let third = hmac_sha1(b"key", &[&second, b"seed", &[3]]);
    let all = [first, second, third].concat();
    for length in [0, 1, 20, 21, 45, 60] {
        assert_eq!(*prf_plus(b"key", b"seed", length), all[..length]);
    }
    assert_eq!(prf_plus(b"key", b"seed", 6000).len(), 255 * 20);
}

//= wire.6.14
//= wire.6.15
#[test]
fn the_last_messages_are_built_and_verified() {
    let vectors = access();
    let of = |name| octets(&vectors["pana_auth"], name);
    let key = key();
    let fha = [0x0a, 0x14, 0, 1];
    let request = MessageBuilder::new(Kind::Par, Flags::COMPLETE, 0x5a5b_0002, 0x1122_3347)
        .avp(&Avp::ResultCode(result::SUCCESS))
        .avp(&Avp::EapPayload(&[3, 0x42, 0, 4]))
        .avp(&Avp::KeyId(1))
        .avp(&Avp::SessionLifetime(3600))
        .avp(&Avp::Vendor(VendorAvp { vendor_id: VENDOR, code: 1, data: &fha }))
        .encode_with_auth(&key)
        .unwrap();
    assert_eq!(request, of("last_request"));
    let request = Message::decode(&request).unwrap();
    assert_eq!(request.validate(VENDOR), Ok(Kind::Par));
    assert_eq!(request.verify_auth(&key), Ok(()));
    let answer = MessageBuilder::answering(&request)
        .avp(&Avp::KeyId(request.key_id().once().unwrap()))
        .encode_with_auth(&key)
        .unwrap();
    assert_eq!(answer, of("last_answer"));
    assert_eq!(Message::decode(&answer).unwrap().verify_auth(&key), Ok(()));

    let start = of("initial_request");
    let start = Message::decode(&start).unwrap();
    assert_eq!(start.prf_algorithms().collect::<Vec<_>>(), [prf_algorithm::PRF_HMAC_SHA1]);
    let integrity: Vec<_> = start.integrity_algorithms().collect();
    assert_eq!(integrity, [integrity_algorithm::AUTH_HMAC_SHA1_160]);
    assert_eq!(start.verify_auth(&key), Err(Unverified::NoAuth));
}

//= wire.6.15
#[test]
fn no_changed_octet_verifies() {
    let vectors = access();
    let (original, key) = (octets(&vectors["pana_auth"], "last_request"), key());
    for at in 0..original.len() {
        let mut changed = original.clone();
        changed[at] ^= 1;
        let verified = Message::decode(&changed).is_ok_and(|m| m.verify_auth(&key).is_ok());
        assert!(!verified, "octet {at}");
    }
    // Two of them, or one that is too short.
    let message = Message::decode(&original).unwrap();
    let auth = message.auth().once().unwrap();
    for values in [&[auth, auth][..], &[&auth[..19]], &[&[][..]]] {
        let mut builder = MessageBuilder::with_header(*message.header());
        message.avps().filter(|unit| !matches!(unit.value, Avp::Auth(_))).for_each(|unit| {
            builder.raw(unit.raw);
        });
        for value in values {
            let length = u8::try_from(value.len()).unwrap();
            builder.raw(&[0, 1, 0, 0, 0, length, 0, 0]).raw(value);
            builder.raw(&[0; 4][..value.len().next_multiple_of(4) - value.len()]);
        }
        let octets = builder.encode().unwrap();
        let verified = Message::decode(&octets).unwrap().verify_auth(&key);
        assert_eq!(verified, Err(Unverified::Auth));
    }
}
