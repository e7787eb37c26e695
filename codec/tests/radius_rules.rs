//! The rules of RADIUS packets and attributes, each broken on purpose.
#![cfg(test)]

use dsboot_codec::crypto::hmac_md5;
use dsboot_codec::dsb::{Fqdn, Parameter};
use dsboot_codec::radius::{
    Attribute, Authenticator, Credential, Ipv6Prefix, Packet, RequestBuilder, ResponseBuilder,
    Salted, SubAttribute, Unverified, UserPassword, VendorSpecific, encode, hide_key,
    hide_password,
};
use dsboot_codec::{Error, ErrorKind, Found};
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID as VENDOR, parameter};
use dsboot_spec::registry::radius::{attribute, code};

const SECRET: &[u8] = b"secret";
const RA: Authenticator = [0x5a; 16];

/// An Access-Request with these octets for attributes.
fn packet(attributes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + attributes.len()).unwrap().to_be_bytes();
    [&[1, 7, length[0], length[1]], &RA[..], attributes].concat()
}

/// What becomes of one attribute in a packet.
fn one(kind: u8, value: &[u8]) -> Vec<u8> {
    packet(&[&[kind, u8::try_from(2 + value.len()).unwrap()], value].concat())
}

fn error(octets: &[u8]) -> Error {
    Packet::decode(octets).unwrap_err()
}

//= wire.4.1
#[test]
fn a_packet_has_as_many_octets_as_it_says() {
    assert_eq!(error(&[]), Error::new(ErrorKind::Truncated, 0, "wire.4.1"));
    assert_eq!(error(&packet(&[])[..19]), Error::new(ErrorKind::Truncated, 4, "wire.4.1"));
    let mut longer = packet(b"\x01\x03a");
    longer[3] += 1;
    assert_eq!(error(&longer), Error::new(ErrorKind::Truncated, 0, "wire.4.1"));
}

//= wire.4.2
#[test]
fn length_has_bounds() {
    for (length, fits) in [(0u16, false), (19, false), (20, true), (4096, true), (4097, false)] {
        let mut octets = packet(&[]);
        octets[2..4].copy_from_slice(&length.to_be_bytes());
        octets.resize(20 + 16 * 255, 0);
        octets.resize(6000, 0);
        // Fill with whole attributes of a type that nobody knows.
        for at in (20..usize::from(length.max(20))).step_by(4) {
            octets[at..at + 4].copy_from_slice(&[250, 4, 0, 0]);
        }
        let decoded = Packet::decode(&octets);
        assert_eq!(decoded.is_ok(), fits, "{length}");
        if let Err(error) = decoded {
            assert_eq!(error, Error::new(ErrorKind::BadLength, 2, "wire.4.2"));
        }
    }
    let long = [1; 253];
    let attributes = |count| std::iter::repeat_n(Attribute::Class(&long), count);
    assert_eq!(encode(1, 7, &RA, attributes(15)).unwrap().len(), 20 + 15 * 255);
    let error = encode(1, 7, &RA, attributes(16)).unwrap_err();
    assert_eq!(error, Error::new(ErrorKind::TooLong, 2, "wire.4.2"));
}

//= wire.4.3
#[test]
fn padding_is_ignored() {
    let request = RequestBuilder::new(7, RA)
        .attribute(&Attribute::UserName(b"mn"))
        .sign_request(SECRET)
        .unwrap();
    let padded = [&request[..], b"\x01\x03a\xff"].concat();
    let decoded = Packet::decode(&padded).unwrap();
    assert_eq!(decoded.octets(), request);
    assert_eq!(decoded.padding(), b"\x01\x03a\xff");
    assert_eq!(decoded.user_name(), Found::Once(&b"mn"[..]));
    assert_eq!(decoded.verify_request(SECRET), Ok(()));
}

//= wire.4.4
#[test]
fn attributes_fill_the_packet() {
    let cases: [(&[u8], Error); 5] = [
        (&[1], Error::new(ErrorKind::Truncated, 21, "wire.4.4")),
        (&[1, 0], Error::new(ErrorKind::BadLength, 21, "wire.4.4")),
        (&[1, 1], Error::new(ErrorKind::BadLength, 21, "wire.4.4")),
        (&[1, 4, b'a'], Error::new(ErrorKind::Truncated, 22, "wire.4.4")),
        (&[1, 3, b'a', 200, 4, 0], Error::new(ErrorKind::Truncated, 25, "wire.4.4")),
    ];
    for (attributes, expected) in cases {
        assert_eq!(error(&packet(attributes)), expected, "{attributes:?}");
    }
}

//= wire.4.9
#[test]
fn message_authenticator_is_there_once_and_whole() {
    let signed = RequestBuilder::new(7, RA).sign_request(SECRET).unwrap();
    assert_eq!(Packet::decode(&signed).unwrap().verify_request(SECRET), Ok(()));
    let own = &signed[20..];
    let cases: [(Vec<u8>, Unverified); 4] = [
        (packet(&[]), Unverified::NoMessageAuthenticator),
        (packet(&[own, own].concat()), Unverified::MessageAuthenticator),
        (one(80, &[0; 15]), Unverified::MessageAuthenticator),
        (one(80, &[0; 16]), Unverified::MessageAuthenticator),
    ];
    for (octets, expected) in cases {
        let verified = Packet::decode(&octets).unwrap().verify_request(SECRET);
        assert_eq!(verified, Err(expected), "{octets:?}");
    }
    // Two, of which the first is right for the packet with both.
    let mut doubled = packet(&[&[80, 18], &[0; 16][..], &[80, 18], &[1; 16]].concat());
    let value = hmac_md5(SECRET, &[&doubled]);
    doubled[22..38].copy_from_slice(&value);
    let verified = Packet::decode(&doubled).unwrap().verify_request(SECRET);
    assert_eq!(verified, Err(Unverified::MessageAuthenticator));
}

//= wire.4.12
//= wire.4.13
#[test]
fn passwords_are_hidden_in_whole_blocks() {
    for (length, hidden) in [(0, 16), (1, 16), (16, 16), (17, 32), (128, 128)] {
        let password = vec![b'p'; length];
        let octets = hide_password(&password, &RA, SECRET).unwrap();
        assert_eq!(octets.len(), hidden);
        let revealed = UserPassword::new(&octets).unwrap().reveal(&RA, SECRET);
        assert_eq!(*revealed, password);
        let request = RequestBuilder::new(7, RA)
            .user_password(&password, SECRET)
            .sign_request(SECRET)
            .unwrap();
        let request = Packet::decode(&request).unwrap();
        let Ok(Credential::Password(found)) = request.credential() else { panic!("a password") };
        assert_eq!(found.octets(), octets);
    }
    let error = hide_password(&[b'p'; 129], &RA, SECRET).unwrap_err();
    assert_eq!(error, Error::new(ErrorKind::TooLong, 0, "wire.4.13"));
    for length in [0, 15, 17, 144] {
        assert_eq!(UserPassword::new(&vec![0; length]), None, "{length}");
    }
    // A password may hold zero octets, only not at its end.
    let octets = hide_password(b"a\0b\0", &RA, SECRET).unwrap();
    assert_eq!(**UserPassword::new(&octets).unwrap().reveal(&RA, SECRET), *b"a\0b");
}

//= wire.4.15
//= wire.4.16
#[test]
fn hidden_keys_have_a_form() {
    let hidden = hide_key(&[7; 20], 0x0102, &RA, SECRET).unwrap();
    assert_eq!(hidden[..2], [0x81, 0x02]);
    let mut unmarked = hidden.clone();
    unmarked[0] &= 0x7f;
    for octets in [&[][..], &[0x80], &[0x80, 1], &hidden[..33], &unmarked] {
        assert_eq!(Salted::new(octets), None, "{octets:?}");
        assert_eq!(
            SubAttribute::decode(parameter::MN_FHA_KEY, octets),
            SubAttribute::Malformed { kind: parameter::MN_FHA_KEY, data: octets }
        );
    }
    // The length octet is the first of what is hidden: 20 here. In two blocks it may be 16 to 31.
    for (length, fits) in
        [(0, false), (15, false), (16, true), (31, true), (32, false), (255, false)]
    {
        let mut changed = hidden.clone();
        changed[2] ^= 20 ^ length;
        let key = Salted::new(&changed).unwrap().reveal(&RA, SECRET);
        assert_eq!(key.map(|key| key.len()), fits.then_some(usize::from(length)), "{length}");
    }
    assert!(hide_key(&[7; 239], 1, &RA, SECRET).is_ok());
    let error = hide_key(&[7; 240], 1, &RA, SECRET).unwrap_err();
    assert_eq!(error, Error::new(ErrorKind::TooLong, 0, "wire.4.14"));
}

//= wire.4.17
//= wire.5.17
#[test]
fn salts_differ_and_only_keys_are_hidden() {
    let request = packet(&[]);
    let request = Packet::decode(&request).unwrap();
    let answer = |first: (u8, u16), second: (u8, u16)| {
        ResponseBuilder::new(code::ACCESS_ACCEPT, &request)
            .hidden_key(VENDOR, first.0, &[1; 16], first.1, SECRET)
            .hidden_key(VENDOR, second.0, &[2; 16], second.1, SECRET)
            .sign_response(SECRET)
    };
    assert!(answer((16, 1), (24, 2)).is_ok());
    assert!(answer((16, 1), (36, 3)).is_ok());
    // The top bit makes no difference: it is always set.
    assert_eq!(answer((16, 1), (24, 0x8001)).unwrap_err().sentence, "wire.4.17");
    for kind in [1, 17, 18, 25, 99] {
        assert_eq!(answer((16, 1), (kind, 2)).unwrap_err().sentence, "wire.5.17", "{kind}");
    }
}

//= wire.4.11
//= wire.4.18
#[test]
fn an_answer_follows_its_request() {
    let request = packet(b"\x21\x03b\x01\x03n\x21\x03a\x21\x02");
    let request = Packet::decode(&request).unwrap();
    let answer = ResponseBuilder::new(code::ACCESS_REJECT, &request).sign_response(SECRET).unwrap();
    let answer = Packet::decode(&answer).unwrap();
    assert_eq!((answer.code(), answer.identifier()), (code::ACCESS_REJECT, 7));
    assert_eq!(answer.proxy_states().collect::<Vec<_>>(), [b"b", b"a"]);
    assert_eq!(answer.user_name(), Found::Absent);
}

//= wire.4.19
#[test]
fn a_chap_challenge_is_not_replaced() {
    let response = [&[3, 19, 9][..], &[0; 16]].concat();
    let with = |rest: &[u8]| packet(&[&response, rest].concat());
    let challenge = |octets: &[u8]| match Packet::decode(octets).unwrap().credential() {
        Ok(Credential::Chap(chap)) => Ok(chap.challenge.to_vec()),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err((error.kind, error.sentence)),
    };
    assert_eq!(challenge(&with(&[])), Ok(RA.to_vec()));
    assert_eq!(challenge(&with(b"\x3c\x0712345")), Ok(b"12345".to_vec()));
    assert_eq!(challenge(&with(b"\x3c\x061234")), Err((ErrorKind::BadLength, "wire.4.19")));
    assert_eq!(
        challenge(&with(b"\x3c\x0712345\x3c\x0712345")),
        Err((ErrorKind::Misplaced, "wire.4.19"))
    );
}

//= wire.4.20
#[test]
fn one_credential() {
    let password = [&[2, 18][..], &[0; 16]].concat();
    let chap = [&[3, 19, 9][..], &[0; 16]].concat();
    let arap = [&[70, 18][..], &[0; 16]].concat();
    let eap = [79, 6, 2, 1, 0, 4].to_vec();
    let parts = [password, chap, arap, eap];
    for (first, one) in parts.iter().enumerate() {
        assert!(Packet::decode(&packet(one)).unwrap().credential().is_ok());
        for (second, other) in parts.iter().enumerate() {
            let octets = packet(&[&one[..], other].concat());
            let credential = Packet::decode(&octets).unwrap().credential();
            // Two EAP-Messages are one EAP packet.
            if first == second && first == 3 {
                assert!(matches!(credential, Ok(Credential::Eap(eap)) if eap.len() == 8));
            } else {
                let error = credential.unwrap_err();
                assert_eq!((error.kind, error.sentence), (ErrorKind::Misplaced, "wire.4.20"));
            }
        }
    }
    assert_eq!(Packet::decode(&packet(&[])).unwrap().credential(), Ok(Credential::None));
}

//= wire.5.1
//= wire.5.2
//= wire.5.3
#[test]
fn what_is_not_understood_does_no_harm() {
    let octets = packet(b"\xfa\x04zz\x1b\x05\0\0\0\x01\x03n\x1b\x06\0\0\0\x09");
    let decoded = Packet::decode(&octets).unwrap();
    let units: Vec<_> = decoded.attributes().map(|unit| unit.value).collect();
    assert_eq!(
        units,
        [
            Attribute::Unknown { kind: 250, data: b"zz" },
            Attribute::Malformed { kind: attribute::SESSION_TIMEOUT, data: &[0; 3] },
            Attribute::UserName(b"n"),
            Attribute::SessionTimeout(9),
        ]
    );
    assert_eq!(decoded.session_timeout(), Found::Once(9));
    assert_eq!(decoded.malformed().count(), 1);
    assert_eq!(decoded.attributes_of(attribute::SESSION_TIMEOUT).count(), 2);
    assert_eq!(encode(1, 7, &RA, units).unwrap(), octets);

    let doubled = packet(b"\x1b\x06\0\0\0\x09\x1b\x06\0\0\0\x09");
    assert_eq!(Packet::decode(&doubled).unwrap().session_timeout(), Found::Many);
    let malformed = one(attribute::SESSION_TIMEOUT, &[0; 5]);
    assert_eq!(Packet::decode(&malformed).unwrap().session_timeout(), Found::Absent);
}

//= wire.5.7
//= wire.5.8
#[test]
fn forms_of_attributes() {
    let table: [(&[u8], &[usize]); 7] = [
        (&[4, 5, 6, 7, 8, 9, 12, 27, 28, 29, 61, 101], &[4]),
        (&[80, 95, 168], &[16]),
        (&[96, 124], &[8]),
        (&[3, 125], &[17]),
        (&[1, 18, 24, 25, 30, 31, 32, 33, 87], &[1, 2, 253]),
        (&[60], &[5, 6, 253]),
        (&[26], &[5, 6, 253]),
    ];
    for (kinds, lengths) in table {
        for (kind, length) in kinds.iter().flat_map(|kind| (0..=253).map(move |l| (*kind, l))) {
            let shortest = *lengths.first().unwrap();
            let fits = if lengths.len() > 1 { length >= shortest } else { length == shortest };
            let data = vec![0; length];
            let malformed =
                Attribute::decode(kind, &data) == Attribute::Malformed { kind, data: &data };
            assert_eq!(!malformed, fits, "type {kind}, {length} octets");
        }
    }
    let prefix = |length: u8| Attribute::decode(125, &[&[length][..], &[0; 16]].concat()).kind();
    assert_eq!(prefix(128), 125);
    let long = [&[129][..], &[0; 16]].concat();
    assert!(matches!(Attribute::decode(125, &long), Attribute::Malformed { .. }));
}

//= wire.5.6
#[test]
fn forms_of_a_prefix() {
    let cases: [(&[u8], bool); 13] = [
        (&[0, 0], true),
        (&[0, 64, 0x20, 1, 0xd, 0xb8, 0, 0xf, 0, 0], true),
        (&[0, 64, 0x20, 1, 0xd, 0xb8, 0, 0xf, 0, 0, 0, 0], true),
        (&[0, 60, 0x20, 1, 0xd, 0xb8, 0, 0xf, 0, 0xf0], true),
        (&[0, 128, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], true),
        (&[], false),
        (&[0], false),
        (&[1, 0], false),
        (&[0, 129, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], false),
        (&[0, 64, 0x20, 1, 0xd, 0xb8, 0, 0xf, 0], false),
        (&[0, 60, 0x20, 1, 0xd, 0xb8, 0, 0xf, 0, 0xf8], false),
        (&[0, 0, 1], false),
        (&[0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], false),
    ];
    for (octets, fits) in cases {
        let decoded = Attribute::decode(attribute::FRAMED_IPV6_PREFIX, octets);
        assert_eq!(matches!(decoded, Attribute::FramedIpv6Prefix(_)), fits, "{octets:?}");
        assert_eq!(decoded.value(), octets);
    }
    let address = "2001:db8:f::77".parse().unwrap();
    assert!(Ipv6Prefix::new(address, 128).unwrap().contains(address));
    assert!(!Ipv6Prefix::new(address, 128).unwrap().contains("2001:db8:f::78".parse().unwrap()));
    assert_eq!(Ipv6Prefix::new(address, 129), None);
}

//= wire.5.4
//= wire.5.5
#[test]
fn what_may_not_be_received_is_not_sent() {
    let error = |attribute: Attribute<'_>| attribute.encode().unwrap_err().sentence;
    assert_eq!(error(Attribute::UserName(b"")), "wire.5.4");
    assert_eq!(error(Attribute::ChapChallenge(&[0; 4])), "wire.5.4");
    assert_eq!(error(Attribute::Unknown { kind: 1, data: b"n" }), "wire.5.4");
    assert_eq!(error(Attribute::Class(&[0; 254])), "wire.5.5");
    assert!(Attribute::Class(&[0; 253]).encode().is_ok());
    let error = |unit: SubAttribute<'_>| unit.encode().unwrap_err().sentence;
    assert_eq!(error(SubAttribute::KeyGenNonce(&[0; 15])), "wire.5.4");
    assert_eq!(error(SubAttribute::KeyGenNonce(&[0; 248])), "wire.5.5");
    assert!(SubAttribute::KeyGenNonce(&[0; 247]).encode().is_ok());
    // The first error of a builder comes out at its end, where it happened.
    let failed = RequestBuilder::new(7, RA)
        .attribute(&Attribute::UserName(b""))
        .attribute(&Attribute::Class(&[0; 254]))
        .sign_request(SECRET)
        .unwrap_err();
    assert_eq!(failed, Error::new(ErrorKind::BadValue, 20 + 18 + 2, "wire.5.4"));
}

//= wire.5.9
//= wire.5.11
#[test]
fn eap_packets_are_split_and_joined() {
    for (length, pieces) in [(0, 1), (1, 1), (253, 1), (254, 2), (506, 2), (507, 3), (1020, 5)] {
        let eap: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let octets = RequestBuilder::new(7, RA).eap_message(&eap).sign_request(SECRET).unwrap();
        let decoded = Packet::decode(&octets).unwrap();
        let lengths: Vec<_> =
            decoded.attributes_of(attribute::EAP_MESSAGE).map(|unit| unit.raw.len()).collect();
        assert_eq!(lengths.len(), pieces, "{length}");
        assert!(lengths[..pieces - 1].iter().all(|length| *length == 255));
        assert_eq!(decoded.eap_message().unwrap().unwrap(), eap);
    }
    assert_eq!(Packet::decode(&packet(&[])).unwrap().eap_message(), Ok(None));
}

//= wire.5.10
#[test]
fn eap_messages_stand_together() {
    let apart = packet(b"\x4f\x03a\x01\x03n\x4f\x03b");
    let error = Packet::decode(&apart).unwrap().eap_message().unwrap_err();
    assert_eq!(error, Error::new(ErrorKind::Misplaced, 26, "wire.5.10"));
    let together = packet(b"\x01\x03n\x4f\x03a\x4f\x03b\x01\x03n");
    assert_eq!(Packet::decode(&together).unwrap().eap_message().unwrap().unwrap(), &b"ab"[..]);
}

//= wire.5.3
//= wire.5.12
//= wire.5.13
#[test]
fn parameters_are_found_wherever_they_stand() {
    let vsa = |vendor_id: u32, data: &[u8]| {
        Attribute::VendorSpecific(VendorSpecific { vendor_id, data }).encode().unwrap()
    };
    let octets = packet(
        &[
            vsa(VENDOR, b"\x13\x06\0\0\x10\x01\x14\x06\0\0\x20\x01"),
            vsa(VENDOR + 1, b"\x12\x06\0\0\0\x09"),
            vsa(VENDOR, b"\x63\x03?\x15\x05\0\0\0"),
            // Not filled by sub-attributes: none of it counts.
            vsa(VENDOR, b"\x16\x06\0\0\0\x01\x17"),
            vsa(VENDOR, b"\x16\x06\0\0\0\x01\x17\x01"),
            vsa(VENDOR, b"\x0b\x06\0\0\0\x03\x12\x06\0\0\0\x07"),
        ]
        .concat(),
    );
    let decoded = Packet::decode(&octets).unwrap();
    let vendor = decoded.vendor(VENDOR);
    assert_eq!(vendor.mn_spi(), Found::Once(0x1001));
    assert_eq!(vendor.fha_spi(), Found::Once(0x2001));
    assert_eq!(vendor.aaa_spi(), Found::Once(7));
    assert_eq!(vendor.client_role(), Found::Once(3));
    assert_eq!(vendor.key_lifetime(), Found::Absent);
    assert_eq!(vendor.algorithm(), Found::Absent);
    assert_eq!(decoded.vendor(VENDOR + 1).aaa_spi(), Found::Once(9));
    let units: Vec<_> = vendor.sub_attributes().collect();
    assert_eq!(units.len(), 6);
    for unit in &units {
        assert_eq!(&octets[unit.offset..unit.offset + unit.raw.len()], unit.raw);
    }
    assert_eq!(units[2].value, SubAttribute::Unknown { kind: 0x63, data: b"?" });
    assert_eq!(units[3].value, SubAttribute::Malformed { kind: 0x15, data: &[0; 3] });
    let broken = VendorSpecific { vendor_id: VENDOR, data: b"\x16\x06\0\0\0\x01\x17" };
    let error = broken.sub_attributes(100).unwrap_err();
    assert_eq!(error, Error::new(ErrorKind::Truncated, 100 + 6 + 7, "wire.5.13"));
    // All of it is kept.
    let attributes = decoded.attributes().map(|unit| unit.value);
    assert_eq!(encode(1, 7, &RA, attributes).unwrap(), octets);

    let doubled = packet(
        &[vsa(VENDOR, b"\x13\x06\0\0\x10\x01"), vsa(VENDOR, b"\x13\x06\0\0\x10\x01")].concat(),
    );
    assert_eq!(Packet::decode(&doubled).unwrap().vendor(VENDOR).mn_spi(), Found::Many);
}

//= wire.5.14
//= wire.5.15
#[test]
fn shared_parameters_in_attributes_of_their_own() {
    let octets = RequestBuilder::new(7, RA)
        .sub_attribute(VENDOR, &Parameter::FhaAddress("192.0.2.1".parse().unwrap()).into())
        .sub_attribute(VENDOR, &Parameter::FhaFqdn(Fqdn::new("fha1.asp.example").unwrap()).into())
        .sign_request(SECRET)
        .unwrap();
    let vsas: Vec<_> = octets[20 + 18..].chunks(12).map(hex::encode).collect();
    assert_eq!(vsas[0], "1a0c00007ed90106c0000201");
    assert_eq!(vsas[1], "1a1800007ed9021266686131");
    let parameters = Packet::decode(&octets).unwrap().vendor(VENDOR).parameters();
    assert_eq!(parameters.fha_fqdn.once().unwrap().as_str(), "fha1.asp.example");
}

//= wire.5.16
#[test]
fn forms_of_sub_attributes() {
    let table: [(&[u8], usize, usize); 5] = [
        (&[11, 18, 19, 20, 21, 22, 23, 26, 27, 28, 32, 37, 38], 4, 4),
        (&[17, 25], 16, 247),
        (&[33, 34], 20, 20),
        (&[35], 8, 8),
        (&[5, 7], 17, 17),
    ];
    for (kinds, least, most) in table {
        for (kind, length) in kinds.iter().flat_map(|kind| (0..=247).map(move |l| (*kind, l))) {
            let data = vec![0; length];
            let decoded = SubAttribute::decode(kind, &data);
            let malformed = decoded == SubAttribute::Malformed { kind, data: &data };
            assert_eq!(!malformed, (least..=most).contains(&length), "{kind}, {length} octets");
        }
    }
}
