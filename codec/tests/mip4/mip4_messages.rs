//! Fixed parts, and what is refused of a message as a whole.

use core::net::Ipv4Addr;

use dsboot_codec::mip4::{
    Builder, Code, Identification, Message, RequestFlags, RequestHeader, TunnelData, is_infinite,
};
use dsboot_codec::{Error, ErrorKind};
use dsboot_spec::registry::mip4::{LIFETIME_INFINITE, message, request_flag};

use super::{reply, reply_header, request, request_header, with_extensions};

//= wire.1.1
#[test]
fn the_first_octet_tells_the_message() {
    assert_eq!(Message::decode(&[]), Err(Error::new(ErrorKind::Truncated, 0, "wire.1.1")));
    let laid_out = |kind: &u8| matches!(kind, 1 | 3 | 4 | 7 | 15..=27);
    for kind in (0..=255).filter(|kind| !laid_out(kind)) {
        let octets = [kind, 1, 2];
        let decoded = Message::decode(&octets).unwrap();
        assert_eq!(decoded, Message::Unknown { kind, octets: &octets });
        assert_eq!(decoded.kind(), kind);
    }
    assert_eq!(message::name(15), Some("Registration Revocation Acknowledgment"));
}

//= wire.1.2
//= wire.1.3
//= wire.1.9
#[test]
fn cut_off_fixed_parts() {
    let request = Builder::request(&request_header()).finish().unwrap();
    assert_eq!(request.len(), 24);
    for length in 1..24 {
        let error = Message::decode(&request[..length]).unwrap_err();
        assert_eq!((error.kind, error.sentence), (ErrorKind::Truncated, "wire.1.2"));
    }
    let reply = Builder::reply(&reply_header()).finish().unwrap();
    assert_eq!(reply.len(), 20);
    for length in 1..20 {
        let error = Message::decode(&reply[..length]).unwrap_err();
        assert_eq!((error.kind, error.sentence), (ErrorKind::Truncated, "wire.1.3"));
    }
    // The same octets with an extension that goes on after the datagram's end.
    let error = Message::decode(&with_extensions(&[131, 5, 1, 2, 3, 4])).unwrap_err();
    assert_eq!((error.kind, error.sentence), (ErrorKind::Truncated, "wire.1.9"));
    let error = Message::decode(&with_extensions(&[42, 1, 0])).unwrap_err();
    assert_eq!((error.kind, error.sentence), (ErrorKind::Truncated, "wire.1.9"));
}

//= wire.1.2
#[test]
fn places_of_the_fields() {
    let header = RequestHeader {
        flags: RequestFlags(0x02),
        lifetime: 0x0304,
        home_address: Ipv4Addr::new(5, 6, 7, 8),
        home_agent: Ipv4Addr::new(9, 10, 11, 12),
        care_of_address: Ipv4Addr::new(13, 14, 15, 16),
        identification: Identification(0x1112_1314_1516_1718),
    };
    let octets = Builder::request(&header).finish().unwrap();
    assert_eq!(octets, (1..=24).collect::<Vec<u8>>());
}

//= wire.1.4
#[test]
fn all_eight_flags_are_kept() {
    for bits in 0..=255 {
        let header = RequestHeader { flags: RequestFlags(bits), ..request_header() };
        let octets = Builder::request(&header).finish().unwrap();
        assert_eq!(octets[1], bits);
        let flags = request(&octets).header.flags;
        assert_eq!(flags, RequestFlags(bits));
        let set = |mask| bits & mask != 0;
        assert_eq!(flags.simultaneous(), set(0x80));
        assert_eq!(flags.broadcast(), set(0x40));
        assert_eq!(flags.decapsulation(), set(0x20));
        assert_eq!(flags.minimal_encapsulation(), set(0x10));
        assert_eq!(flags.gre(), set(0x08));
        assert_eq!(flags.reverse_tunnel(), set(request_flag::REVERSE_TUNNEL));
        assert_eq!(flags.reserved_x(), set(0x01));
    }
}

//= wire.1.5
#[test]
fn lifetimes_are_seconds() {
    assert!(RequestHeader { lifetime: 0, ..request_header() }.is_deregistration());
    assert!(!RequestHeader { lifetime: 1, ..request_header() }.is_deregistration());
    assert!(is_infinite(LIFETIME_INFINITE));
    assert!(!is_infinite(0xfffe));
}

//= wire.1.6
#[test]
fn whose_code_it_is() {
    let accepted: Vec<u8> = (0..=255).filter(|code| Code(*code).is_accepted()).collect();
    assert_eq!(accepted, (0..=8).collect::<Vec<u8>>());
    let foreign: Vec<u8> = (0..=255).filter(|code| Code(*code).is_from_foreign_agent()).collect();
    assert_eq!(foreign, (64..=127).chain([194]).collect::<Vec<u8>>());
    assert_eq!(Code(104).name(), Some("FA: unknown_challenge"));
    assert_eq!(Code(9).name(), None);
}

//= wire.1.7
//= wire.1.8
#[test]
fn identification_has_two_halves() {
    let identification = Identification(0x0102_0304_0506_0708);
    assert_eq!((identification.high(), identification.low()), (0x0102_0304, 0x0506_0708));
    assert_eq!(Identification::new(0x0102_0304, 0x0506_0708), identification);
    assert_eq!(identification.answered_with(9), Identification(0x0000_0009_0506_0708));
    assert!(Identification::new(1, 0) > Identification::new(0, u32::MAX));
}

//= wire.1.10
#[test]
fn tunnel_data() {
    let packet = [0x60, 0, 0, 0];
    let octets = TunnelData::new(41, &packet).encode();
    assert_eq!(octets, [4, 41, 0, 0, 0x60, 0, 0, 0]);
    // Reserved is kept, and ignored.
    assert_eq!(
        Message::decode(&[4, 41, 1, 2, 0x60, 0, 0, 0]),
        Ok(Message::TunnelData(TunnelData { reserved: 0x0102, ..TunnelData::new(41, &packet) })),
    );
    assert_eq!(Message::decode(&[4, 4, 0, 0]), Ok(Message::TunnelData(TunnelData::new(4, &[]))),);
    for length in 1..4 {
        let error = Message::decode(&octets[..length]).unwrap_err();
        assert_eq!((error.kind, error.sentence), (ErrorKind::Truncated, "wire.1.10"));
    }
}

//= wire.1.11
#[test]
fn what_is_not_part_of_a_value_is_still_there() {
    // Reserved octets of NVSE, and an extension nobody knows.
    let extensions = [134, 8, 0xaa, 0xbb, 0, 0, 0x7e, 0xd9, 0, 9, 200, 2, 7, 7];
    let message = with_extensions(&extensions);
    let decoded = request(&message);
    assert_eq!(decoded.octets, message);
    let copied = decoded
        .extensions
        .iter()
        .fold(Builder::request(&decoded.header), |builder, extension| builder.copy(&extension));
    assert_eq!(copied.finish().unwrap(), message);
    let places: Vec<_> =
        decoded.extensions.iter().map(|e| (e.offset, e.raw.len(), e.value.kind())).collect();
    assert_eq!(places, [(24, 10, 134), (34, 4, 200)]);

    let message = Builder::reply(&reply_header()).finish().unwrap();
    assert_eq!(reply(&message).octets, message);
}
