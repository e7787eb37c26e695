//! The rules of ICMP, each broken on purpose.

use dsboot_codec::ip::icmp::{Echo, Message, error_body, is_error_v6, packet_v6};
use dsboot_codec::ip::{Pseudo, v6};
use dsboot_codec::{Error, ErrorKind};
use dsboot_spec::registry::ip::{icmpv4, icmpv6, protocol};

use super::{CARE_OF6, HOME_AGENT6, HOME6, vector, with_octet};

const PSEUDO: Pseudo = Pseudo::v6(CARE_OF6, HOME_AGENT6);

//= wire.10.16
#[test]
fn type_code_and_checksum() {
    let message = Message { kind: icmpv4::ECHO_REQUEST, code: 7, body: b"odd" };
    let (four, six) = (message.encode_v4(), message.encode_v6(&PSEUDO));
    assert_eq!(Message::decode_v4(&four), Ok(message));
    assert_eq!(Message::decode_v6(&six, &PSEUDO), Ok(message));
    assert_eq!(Message::decode_unverified(&six), Ok(message));
    let bad = Err(Error::new(ErrorKind::BadChecksum, 2, "wire.10.16"));
    for at in 0..four.len() {
        assert_eq!(Message::decode_v4(&with_octet(&four, at, four[at] ^ 4)), bad, "at {at}");
        let six = with_octet(&six, at, six[at] ^ 4);
        assert_eq!(Message::decode_v6(&six, &PSEUDO), bad, "at {at}");
    }
    // Over IPv6 the addresses are covered, over IPv4 not.
    assert_eq!(Message::decode_v6(&six, &Pseudo::v6(HOME6, HOME_AGENT6)), bad);
    assert_eq!(Message::decode_v6(&four, &PSEUDO), bad);
    assert_eq!(PSEUDO.checksum(58, &[&six]), 0);
    for length in 0..4 {
        let error = Message::decode_v4(&four[..length]).unwrap_err();
        assert_eq!((error.kind, error.sentence), (ErrorKind::Truncated, "wire.10.16"));
    }
}

//= wire.10.17
#[test]
fn echo() {
    let body = [1, 2, 3, 4, b'd', b'a', b't', b'a'];
    let echo = Echo { identifier: 0x0102, sequence: 0x0304, data: b"data" };
    assert_eq!(Echo::decode(&body), Ok(echo));
    assert_eq!(echo.encode(), body);
    assert_eq!(Echo::decode(&body[..3]), Err(Error::new(ErrorKind::Truncated, 6, "wire.10.17")));
    let octets =
        packet_v6(CARE_OF6, HOME_AGENT6, &Message::new(icmpv6::ECHO_REQUEST, &body)).unwrap();
    let upper = v6::Packet::decode(&octets).unwrap().upper_layer().unwrap();
    let request = upper.octets_of(protocol::ICMPV6).unwrap();
    let request = Message::decode_v6(request, &upper.pseudo()).unwrap();
    assert_eq!((request.kind, request.body), (icmpv6::ECHO_REQUEST, &body[..]));
    assert_eq!((icmpv6::ECHO_REQUEST, icmpv6::ECHO_REPLY), (128, 129));
}

//= wire.10.18
#[test]
fn an_error_fits_into_the_minimum_mtu() {
    let small = vector("ipv6_bu");
    assert_eq!(error_body(1280, &small), [&[0, 0, 5, 0][..], &small].concat());
    for length in [1231, 1232, 1233, 3000] {
        let offending = vec![0x60; length];
        let body = error_body(1280, &offending);
        let message = Message::new(icmpv6::PACKET_TOO_BIG, &body);
        let octets = packet_v6(HOME_AGENT6, CARE_OF6, &message).unwrap();
        assert_eq!(octets.len(), (48 + length).min(1280), "{length}");
    }
    assert!(is_error_v6(icmpv6::PACKET_TOO_BIG) && is_error_v6(127));
    assert!(!is_error_v6(icmpv6::ECHO_REQUEST));
}
