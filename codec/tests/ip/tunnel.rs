//! The rules of tunnels, each broken on purpose.

use core::net::Ipv6Addr;
use dsboot_codec::ip::tunnel::{gre, ipv4_in_ipv4, ipv6_in_ipv4, ipv6_in_ipv6, minimal};
use dsboot_codec::ip::{v4, v6};
use dsboot_codec::{Error, ErrorKind};
use dsboot_spec::registry::ip::{gre_protocol, next_header, protocol};

use super::{CARE_OF, CARE_OF6, FHA, HOME_AGENT6, HOME6, THOAV4, vector, with_octet};

fn error<T>(kind: ErrorKind, offset: usize, sentence: &'static str) -> Result<T, Error> {
    Err(Error::new(kind, offset, sentence))
}

fn inner4(change: impl Fn(&mut v4::Packet<'_>)) -> Vec<u8> {
    let mut packet = v4::Packet::new(THOAV4, FHA, protocol::UDP, b"data");
    change(&mut packet);
    packet.encode().unwrap()
}

//= wire.10.19
//= data-path.5.2
#[test]
fn the_outer_header_of_ipv4_in_ipv4() {
    for (tos, fragment, outer_fragment) in [
        (0x00, v4::Fragment(0), v4::Fragment(0)),
        (0xb8, v4::Fragment(0x4000), v4::Fragment(0x4000)),
        (0x01, v4::Fragment(0x2001), v4::Fragment(0)),
        (0x01, v4::Fragment(0x6000), v4::Fragment(0x4000)),
    ] {
        let inner = inner4(|packet| {
            packet.tos = tos;
            packet.fragment = fragment;
            packet.ttl = 3;
            packet.options = &[1, 1, 1, 0];
        });
        let octets = ipv4_in_ipv4::wrap(CARE_OF, FHA, 77, &inner).unwrap();
        let outer = v4::Packet::decode(&octets).unwrap();
        let expected = v4::Packet::new(CARE_OF, FHA, protocol::IPV4, &inner);
        assert_eq!(outer, v4::Packet { tos, fragment: outer_fragment, ttl: 77, ..expected });
        let tunnelled = ipv4_in_ipv4::unwrap(&outer).unwrap();
        assert_eq!(tunnelled.octets, inner);
        assert_eq!(tunnelled.packet.ttl, 3);
    }
}

//= wire.10.19
#[test]
fn only_ipv4_goes_into_ipv4_in_ipv4() {
    let wrapped = ipv4_in_ipv4::wrap(CARE_OF, FHA, 64, &vector("ipv6_bu"));
    assert_eq!(wrapped.unwrap_err().sentence, "wire.10.1");
    let other = v4::Packet::new(CARE_OF, FHA, protocol::IPV4, b"no packet");
    let error = ipv4_in_ipv4::unwrap(&other).unwrap_err();
    assert_eq!((error.sentence, error.offset), ("wire.10.1", 20 + 9));
}

//= wire.10.20
//= data-path.5.4
#[test]
fn what_may_not_enter_or_leave_ipv4_in_ipv4() {
    let dead = inner4(|packet| packet.ttl = 0);
    let wrapped = ipv4_in_ipv4::wrap(CARE_OF, FHA, 64, &dead);
    assert_eq!(wrapped, error(ErrorKind::BadValue, 8, "wire.10.20"));
    let outer = v4::Packet::new(CARE_OF, FHA, protocol::IPV4, &dead);
    let unwrapped = ipv4_in_ipv4::unwrap(&outer);
    assert_eq!(unwrapped, error(ErrorKind::BadValue, 28, "wire.10.20"));
    let inner = inner4(|packet| packet.ttl = 1);
    assert!(ipv4_in_ipv4::wrap(CARE_OF, FHA, 64, &inner).is_ok());
    for (source, destination) in [(THOAV4, FHA), (FHA, THOAV4)] {
        let wrapped = ipv4_in_ipv4::wrap(source, destination, 64, &inner);
        assert_eq!(wrapped, error(ErrorKind::BadValue, 12, "wire.10.20"));
    }
    // What the encapsulator has made itself has its source.
    let octets = ipv4_in_ipv4::wrap_own(THOAV4, CARE_OF, 64, &inner).unwrap();
    let outer = v4::Packet::decode(&octets).unwrap();
    assert_eq!((outer.source, outer.destination), (THOAV4, CARE_OF));
    assert_eq!(ipv4_in_ipv4::unwrap(&outer).unwrap().octets, inner);
    let wrapped = ipv4_in_ipv4::wrap_own(THOAV4, CARE_OF, 64, &dead);
    assert_eq!(wrapped, error(ErrorKind::BadValue, 8, "wire.10.20"));
}

//= wire.10.21
//= data-path.5.2
#[test]
fn the_outer_header_of_ipv6_in_ipv4() {
    let inner = v6::Packet::new(CARE_OF6, HOME_AGENT6, next_header::NO_NEXT_HEADER, &[9; 33]);
    let inner = v6::Packet { traffic_class: 0xff, hop_limit: 2, ..inner }.encode().unwrap();
    let octets = ipv6_in_ipv4::wrap(THOAV4, FHA, 77, &inner).unwrap();
    assert_eq!(octets.len(), 33 + 60);
    let outer = v4::Packet::decode(&octets).unwrap();
    let expected = v4::Packet::new(THOAV4, FHA, protocol::IPV6, &inner);
    assert_eq!(outer, v4::Packet { ttl: 77, ..expected });
    assert_eq!((outer.tos, outer.fragment, outer.options), (0, v4::Fragment(0), &[][..]));
    assert_eq!(ipv6_in_ipv4::unwrap(&outer).unwrap().octets, inner);
    // Exactly one packet goes in.
    let padded = [&inner[..], &[0; 4]].concat();
    let wrapped = ipv6_in_ipv4::wrap(THOAV4, FHA, 77, &padded);
    assert_eq!(wrapped, error(ErrorKind::Trailing, 73, "wire.10.21"));
    let wrapped = ipv6_in_ipv4::wrap(THOAV4, FHA, 77, &inner4(|_| ()));
    assert_eq!(wrapped.unwrap_err().sentence, "wire.10.3");
}

//= wire.10.22
#[test]
fn the_inner_packet_of_ipv6_in_ipv4_has_its_own_length() {
    let inner = vector("ipv6_bu");
    let padded = [&inner[..], &[0; 4]].concat();
    let outer = v4::Packet::new(THOAV4, FHA, protocol::IPV6, &padded);
    assert_eq!(ipv6_in_ipv4::unwrap(&outer).unwrap().octets, inner);
    let outer = v4::Packet { payload: &inner[..100], ..outer };
    assert_eq!(ipv6_in_ipv4::unwrap(&outer), error(ErrorKind::Truncated, 60, "wire.10.3"));
}

//= wire.10.22
#[test]
fn no_impossible_source_leaves_ipv6_in_ipv4() {
    for (source, allowed) in [
        ("2001:db8::1", true),
        ("fe80::1", true),
        ("::", true),
        ("::1", false),
        ("::192.0.2.1", false),
        ("::ffff:192.0.2.1", false),
        ("ff02::1", false),
    ] {
        let from: Ipv6Addr = source.parse().unwrap();
        let inner = v6::Packet::new(from, HOME_AGENT6, next_header::NO_NEXT_HEADER, &[]);
        let octets = ipv6_in_ipv4::wrap(THOAV4, FHA, 64, &inner.encode().unwrap()).unwrap();
        let outer = v4::Packet::decode(&octets).unwrap();
        let unwrapped = ipv6_in_ipv4::unwrap(&outer).map(|tunnelled| tunnelled.packet);
        let refused = error(ErrorKind::BadValue, 28, "wire.10.22");
        assert_eq!(unwrapped, if allowed { Ok(inner) } else { refused }, "{source}");
    }
}

//= wire.10.23
#[test]
fn ipv6_in_ipv6_with_and_without_limit() {
    let inner = v6::Packet::new(HOME6, HOME_AGENT6, next_header::NO_NEXT_HEADER, b"data");
    let inner = inner.encode().unwrap();
    let octets = ipv6_in_ipv6::wrap(CARE_OF6, HOME_AGENT6, 77, None, &inner).unwrap();
    let outer = v6::Packet::decode(&octets).unwrap();
    let expected = v6::Packet::new(CARE_OF6, HOME_AGENT6, next_header::IPV6, &inner);
    assert_eq!(outer, v6::Packet { hop_limit: 77, ..expected });
    assert_eq!(ipv6_in_ipv6::unwrap(&outer).unwrap().octets, inner);

    let octets = ipv6_in_ipv6::wrap(CARE_OF6, HOME_AGENT6, 77, Some(4), &inner).unwrap();
    let outer = v6::Packet::decode(&octets).unwrap();
    assert_eq!(outer.next_header, next_header::DESTINATION_OPTIONS);
    assert_eq!(outer.payload[..8], [41, 0, 4, 1, 4, 1, 1, 0]);
    let tunnelled = ipv6_in_ipv6::unwrap(&outer).unwrap();
    assert_eq!((tunnelled.octets, tunnelled.packet.source), (&inner[..], HOME6));

    let wrapped = ipv6_in_ipv6::wrap(CARE_OF6, HOME_AGENT6, 77, None, &inner4(|_| ()));
    assert_eq!(wrapped.unwrap_err().sentence, "wire.10.3");
    let outer = v6::Packet { payload: &outer.payload[..40], ..outer };
    assert_eq!(ipv6_in_ipv6::unwrap(&outer), error(ErrorKind::Truncated, 48 + 24, "wire.10.3"));
    let outer = v6::Packet { next_header: next_header::IPV4, ..outer };
    assert_eq!(ipv6_in_ipv6::unwrap(&outer), error(ErrorKind::BadType, 40, "wire.10.5"));
}

//= wire.10.24
#[test]
fn gre_has_the_fields_that_it_announces() {
    for has_checksum in [false, true] {
        for key in [None, Some(0x0102_0304)] {
            for sequence in [None, Some(0x0506_0708)] {
                let plain = gre::Packet::new(gre_protocol::IPV6, b"odd");
                let packet = gre::Packet { has_checksum, key, sequence, ..plain };
                let octets = packet.encode();
                let fields = [has_checksum, key.is_some(), sequence.is_some()];
                let fields = fields.into_iter().filter(|field| *field).count();
                assert_eq!(octets.len(), 4 + 4 * fields + 3);
                assert_eq!(octets[2..4], [0x86, 0xdd]);
                assert_eq!(gre::Packet::decode(&octets), Ok(packet));
                for length in 0..4 + 4 * fields {
                    assert!(gre::Packet::decode(&octets[..length]).is_err(), "{length}");
                }
            }
        }
    }
    let all = gre::Packet {
        has_checksum: true,
        key: Some(1),
        sequence: Some(2),
        ..gre::Packet::new(gre_protocol::IPV4, &[])
    };
    let octets = all.encode();
    assert_eq!(octets[..4], [0xb0, 0, 8, 0]);
    assert_eq!(octets[6..], [0, 0, 0, 0, 0, 1, 0, 0, 0, 2]);
    // What is reserved does not count, and is kept; what means discard is never sent.
    let reserved = gre::Packet { reserved: 0x03f8, reserved_1: 0x0102, ..all };
    let octets = reserved.encode();
    assert_eq!(octets[..4], [0xb3, 0xf8, 8, 0]);
    assert_eq!(octets[6..8], [1, 2]);
    assert_eq!(gre::Packet::decode(&octets), Ok(reserved));
    assert_eq!(gre::Packet { reserved: 0xffff, ..all }.encode()[..2], [0xb3, 0xf8]);
}

//= wire.10.24
#[test]
fn gre_bits_that_mean_discard_and_wrong_checksums() {
    let octets = gre::Packet::new(gre_protocol::IPV4, b"data").encode();
    for bit in 0..16 {
        let [high, low] = (0x8000u16 >> bit).to_be_bytes();
        let octets = [&[high, low][..], &octets[2..], &[0; 4]].concat();
        let decoded = gre::Packet::decode(&octets);
        match bit {
            1 | 4 | 5 | 13.. => {
                assert_eq!(decoded, error(ErrorKind::BadValue, 0, "wire.10.24"), "bit {bit}");
            }
            0 => assert_eq!(decoded, error(ErrorKind::BadChecksum, 4, "wire.10.24")),
            _ => assert!(decoded.is_ok(), "bit {bit}"),
        }
    }
    let summed = gre::Packet { has_checksum: true, ..gre::Packet::new(0x0800, b"data") }.encode();
    for at in 2..summed.len() {
        let octets = with_octet(&summed, at, summed[at] ^ 1);
        let expected = error(ErrorKind::BadChecksum, 4, "wire.10.24");
        assert_eq!(gre::Packet::decode(&octets), expected, "at {at}");
    }
}

//= wire.10.25
#[test]
fn minimal_encapsulation_and_back() {
    let packet = v4::Packet::new(THOAV4, FHA, protocol::UDP, b"data");
    let packet = v4::Packet { tos: 5, ttl: 9, options: &[1, 1, 1, 0], ..packet };
    for (source, header) in [(CARE_OF, 12), (THOAV4, 8)] {
        let octets = minimal::wrap(source, HOME, &packet).unwrap();
        let outer = v4::Packet::decode(&octets).unwrap();
        assert_eq!((outer.source, outer.destination), (source, HOME));
        assert_eq!((outer.protocol, outer.ttl, outer.tos), (protocol::MINIMAL, 9, 5));
        assert_eq!(outer.payload.len(), header + 4);
        assert_eq!(outer.payload[..2], [protocol::UDP, if header == 12 { 0x80 } else { 0 }]);
        assert_eq!(minimal::unwrap(&outer), Ok(packet));
        for length in 0..header {
            let outer = v4::Packet { payload: &outer.payload[..length], ..outer };
            assert_eq!(minimal::unwrap(&outer).unwrap_err().sentence, "wire.10.25", "{length}");
        }
        for at in 0..header {
            let payload = with_octet(outer.payload, at, outer.payload[at] ^ 1);
            let outer = v4::Packet { payload: &payload, ..outer };
            let expected = error(ErrorKind::BadChecksum, 24 + 2, "wire.10.25");
            assert_eq!(minimal::unwrap(&outer), expected, "at {at}");
        }
    }
    let part = v4::Packet { fragment: v4::Fragment(1), ..packet };
    let wrapped = minimal::wrap(CARE_OF, HOME, &part);
    assert_eq!(wrapped, error(ErrorKind::BadValue, 6, "wire.10.25"));
}

const HOME: core::net::Ipv4Addr = core::net::Ipv4Addr::new(192, 0, 2, 200);
