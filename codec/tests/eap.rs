//! EAP packets: the recorded exchange, and each rule broken on purpose.
#![cfg(test)]

mod support;

use dsboot_codec::eap::{
    Body, Code, Expanded, Md5Challenge, Message, Method, Methods, Packet, encode, md5_value,
};
use dsboot_codec::{Error, ErrorKind};
use dsboot_spec::registry::eap::method;
use support::{access, octets};

/// A packet of this code with these octets after its header.
fn packet(code: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + data.len()).unwrap().to_be_bytes();
    [&[code, 9, length[0], length[1]], data].concat()
}

fn body(octets: &[u8]) -> Result<Body<'_>, Error> {
    Packet::decode(octets).unwrap().body()
}

#[test]
fn the_recorded_packets_say_what_they_should() {
    let vectors = access();
    let (challenge, value) =
        (octets(&vectors, "eap_md5_challenge"), octets(&vectors, "eap_md5_value"));
    let cases = [
        ("eap_request_identity", 0x41, Body::Request(Message::Identity(b""))),
        ("eap_response_identity", 0x41, Body::Response(Message::Identity(b"mn1@example.net"))),
        (
            "eap_request_md5",
            0x42,
            Body::Request(Message::Md5Challenge(Md5Challenge { value: &challenge, name: b"" })),
        ),
        (
            "eap_response_md5",
            0x42,
            Body::Response(Message::Md5Challenge(Md5Challenge {
                value: &value,
                name: b"mn1@example.net",
            })),
        ),
        ("eap_success", 0x42, Body::Success),
    ];
    for (name, identifier, expected) in cases {
        let octets = octets(&vectors, name);
        let packet = Packet::decode(&octets).unwrap();
        assert_eq!((packet.identifier(), packet.body()), (identifier, Ok(expected)));
        assert_eq!(packet.octets(), octets);
        assert_eq!(encode(identifier, &expected).unwrap(), octets);
        for length in 0..octets.len() {
            assert_eq!(Packet::decode(&octets[..length]).unwrap_err().sentence, "wire.7.1");
        }
    }
}

//= wire.7.11
//= wire.7.12
#[test]
fn the_recorded_response_proves_the_secret() {
    let vectors = access();
    let (challenge, secret) =
        (octets(&vectors, "eap_md5_challenge"), octets(&vectors, "eap_secret"));
    let value = md5_value(0x42, &secret, &challenge);
    assert_eq!(value.to_vec(), octets(&vectors, "eap_md5_value"));
    let response = Md5Challenge { value: &value, name: b"whoever" };
    assert!(response.proves(0x42, &secret, &challenge));
    assert!(!response.proves(0x43, &secret, &challenge));
    assert!(!response.proves(0x42, b"other", &challenge));
    assert!(!response.proves(0x42, &secret, &challenge[1..]));
    let shorter = Md5Challenge { value: &value[..15], name: b"" };
    assert!(!shorter.proves(0x42, &secret, &challenge));
    let longer = [&value[..], &[0]].concat();
    assert!(!Md5Challenge { value: &longer, name: b"" }.proves(0x42, &secret, &challenge));
}

//= wire.7.1
#[test]
fn a_packet_has_as_many_octets_as_it_says() {
    let cases: [(&[u8], Error); 6] = [
        (&[], Error::new(ErrorKind::Truncated, 0, "wire.7.1")),
        (&[3, 9, 0], Error::new(ErrorKind::Truncated, 2, "wire.7.1")),
        (&[3, 9, 0, 0], Error::new(ErrorKind::BadLength, 2, "wire.7.1")),
        (&[3, 9, 0, 3], Error::new(ErrorKind::BadLength, 2, "wire.7.1")),
        (&[1, 9, 0, 6, 1], Error::new(ErrorKind::Truncated, 0, "wire.7.1")),
        (&[1, 9, 255, 255, 1], Error::new(ErrorKind::Truncated, 0, "wire.7.1")),
    ];
    for (octets, expected) in cases {
        assert_eq!(Packet::decode(octets).unwrap_err(), expected, "{octets:?}");
    }
}

//= wire.7.2
#[test]
fn padding_is_cut() {
    let padded = [&packet(2, b"\x01mn")[..], &[0, 0, 0]].concat();
    let decoded = Packet::decode(&padded).unwrap();
    assert_eq!(decoded.octets(), &padded[..7]);
    assert_eq!(decoded.padding(), [0; 3]);
    assert_eq!(decoded.body(), Ok(Body::Response(Message::Identity(b"mn"))));
    // Success and Failure too.
    assert_eq!(Packet::decode(&[3, 9, 0, 4, 0]).unwrap().octets(), [3, 9, 0, 4]);
}

//= wire.7.3
#[test]
fn four_codes() {
    for code in 0..=255 {
        let data: &[u8] = if matches!(code, 3 | 4) { &[] } else { &[1] };
        let octets = packet(code, data);
        let decoded = Packet::decode(&octets);
        match code {
            1..=4 => assert_eq!(decoded.unwrap().code().number(), code),
            _ => {
                let expected = Error::new(ErrorKind::BadType, 0, "wire.7.3");
                assert_eq!(decoded.unwrap_err(), expected);
            }
        }
    }
}

//= wire.7.4
//= wire.7.5
#[test]
fn lengths_fit_their_code() {
    for (code, data, sentence) in [
        (1, &b""[..], "wire.7.5"),
        (2, b"", "wire.7.5"),
        (3, b"\0", "wire.7.4"),
        (4, b"\x01x", "wire.7.4"),
    ] {
        let octets = packet(code, data);
        let expected = Error::new(ErrorKind::BadLength, 2, sentence);
        assert_eq!(Packet::decode(&octets).unwrap_err(), expected);
    }
    let failure = packet(4, &[]);
    assert_eq!(body(&failure), Ok(Body::Failure));
    assert_eq!(Packet::decode(&failure).unwrap().method(), None);
    assert_eq!(encode(9, &Body::Failure).unwrap(), failure);
}

/// What the authenticator passes on without looking, for good and for ill.
//= wire.7.6
#[test]
fn other_types_are_kept() {
    let octets = packet(1, &[13, 0x20, 0xff]);
    let expected = Message::Other { method: 13, data: &[0x20, 0xff] };
    assert_eq!(body(&octets), Ok(Body::Request(expected)));
    assert_eq!(encode(9, &Body::Request(expected)).unwrap(), octets);
    let nak_in_request = packet(1, &[3, 4]);
    let decoded = Packet::decode(&nak_in_request).unwrap();
    assert_eq!((decoded.code(), decoded.method()), (Code::Request, Some(method::NAK)));
    // A type that has a form of its own has no other.
    for method in [1, 2, 3, 4, 254] {
        let body = Body::Response(Message::Other { method, data: b"\x01\0\0\0\0\0\0\0" });
        assert!(encode(9, &body).is_err(), "{method}");
    }
}

//= wire.7.7
#[test]
fn an_identity_is_what_is_there() {
    for identity in [&b""[..], b"mn1@home.example", b"mn\0"] {
        let octets = packet(2, &[&[1], identity].concat());
        assert_eq!(body(&octets), Ok(Body::Response(Message::Identity(identity))));
        assert_eq!(encode(9, &Body::Response(Message::Identity(identity))).unwrap(), octets);
    }
}

//= wire.7.8
#[test]
fn notifications_ask_with_text_and_answer_without() {
    let wrong = Err(Error::new(ErrorKind::BadLength, 5, "wire.7.8"));
    assert_eq!(body(&packet(1, &[2])), wrong);
    assert_eq!(body(&packet(2, &[2, b'x'])), wrong);
    assert_eq!(body(&packet(1, &[2, b'x'])), Ok(Body::Request(Message::Notification(b"x"))));
    assert_eq!(body(&packet(2, &[2])), Ok(Body::Response(Message::Notification(b""))));
    assert!(encode(9, &Body::Request(Message::Notification(b""))).is_err());
    assert!(encode(9, &Body::Response(Message::Notification(b"x"))).is_err());
}

//= wire.7.9
#[test]
fn a_nak_answers_and_names_a_type() {
    assert_eq!(body(&packet(2, &[3, 4])), Ok(Body::Response(Message::Nak(&[4]))));
    assert_eq!(body(&packet(2, &[3, 0])), Ok(Body::Response(Message::Nak(&[0]))));
    assert_eq!(body(&packet(2, &[3])), Err(Error::new(ErrorKind::Truncated, 5, "wire.7.9")));
    assert_eq!(body(&packet(1, &[3, 4])), Err(Error::new(ErrorKind::BadType, 4, "wire.7.9")));
    assert!(encode(9, &Body::Request(Message::Nak(&[4]))).is_err());
    assert!(encode(9, &Body::Response(Message::Nak(&[]))).is_err());
}

//= wire.7.10
#[test]
fn an_md5_value_has_its_size() {
    let md5 = |value, name| Ok(Body::Request(Message::Md5Challenge(Md5Challenge { value, name })));
    assert_eq!(body(&packet(1, b"\x04\x02abname")), md5(b"ab", b"name"));
    assert_eq!(body(&packet(1, b"\x04\x02ab")), md5(b"ab", b""));
    let wrong = |kind, offset| Err(Error::new(kind, offset, "wire.7.10"));
    assert_eq!(body(&packet(1, b"\x04")), wrong(ErrorKind::Truncated, 5));
    assert_eq!(body(&packet(1, b"\x04\0name")), wrong(ErrorKind::BadLength, 5));
    assert_eq!(body(&packet(1, b"\x04\x03ab")), wrong(ErrorKind::Truncated, 6));
    for length in [0, 256] {
        let value = vec![1; length];
        let challenge = Message::Md5Challenge(Md5Challenge { value: &value, name: b"" });
        assert_eq!(encode(9, &Body::Request(challenge)).unwrap_err().sentence, "wire.7.10");
    }
}

//= wire.7.13
#[test]
fn expanded_types() {
    let octets = packet(1, b"\xfe\x00\x7e\xd9\x00\x00\x00\x05data");
    let method = Method { vendor_id: 32473, number: 5 };
    let expected = Body::Request(Message::Expanded(Expanded { method, data: b"data" }));
    assert_eq!(body(&octets), Ok(expected));
    assert_eq!(encode(9, &expected).unwrap(), octets);
    let error = body(&packet(1, b"\xfe\x00\x7e\xd9\x00\x00\x00")).unwrap_err();
    assert_eq!((error.kind, error.sentence), (ErrorKind::Truncated, "wire.7.13"));
    let method = Method { vendor_id: 1 << 24, number: 5 };
    assert!(encode(9, &Body::Request(Message::Expanded(Expanded { method, data: b"" }))).is_err());
}

//= wire.7.14
#[test]
fn expanded_naks() {
    let head = b"\xfe\0\0\0\0\0\0\x03";
    let list = b"\xfe\0\0\0\0\0\0\x05\xfe\0\0\x14\0\0\0\x06";
    let octets = packet(2, &[&head[..], list].concat());
    let Ok(Body::Response(Message::ExpandedNak(methods))) = body(&octets) else { panic!("a Nak") };
    let named: Vec<_> = methods.into_iter().collect();
    let expected = [Method { vendor_id: 0, number: 5 }, Method { vendor_id: 20, number: 6 }];
    assert_eq!(named, expected);
    assert_eq!(encode(9, &Body::Response(Message::ExpandedNak(methods))).unwrap(), octets);

    let wrong = |kind, offset| Err(Error::new(kind, offset, "wire.7.14"));
    let with = |code, rest: &[u8]| packet(code, &[&head[..], rest].concat());
    assert_eq!(body(&with(1, list)), wrong(ErrorKind::BadType, 4));
    assert_eq!(body(&with(2, &[])), wrong(ErrorKind::BadLength, 12));
    assert_eq!(body(&with(2, &list[..15])), wrong(ErrorKind::BadLength, 12));
    let mut not_expanded = list.to_vec();
    not_expanded[8] = 4;
    assert_eq!(body(&with(2, &not_expanded)), wrong(ErrorKind::BadType, 20));
    assert!(Methods::decode(&list[..8]).is_ok());
    assert!(encode(9, &Body::Request(Message::ExpandedNak(methods))).is_err());
}

//= wire.7.15
#[test]
fn a_packet_has_no_more_octets_than_its_length_can_say() {
    let identity = vec![b'x'; 65_535 - 4];
    let body = |data| Body::Response(Message::Identity(data));
    assert_eq!(encode(9, &body(&identity[1..])).unwrap().len(), 65_535);
    let error = encode(9, &body(&identity)).unwrap_err();
    assert_eq!(error, Error::new(ErrorKind::TooLong, 2, "wire.7.15"));
}
