//! The rules of IPv4 headers, each broken on purpose.

use dsboot_codec::ip::v4::{Fragment, Packet};
use dsboot_codec::ip::{self, tunnel};
use dsboot_codec::{Error, ErrorKind};
use dsboot_spec::registry::ip::protocol;

use super::{FHA, THOAV4, resummed, vector, with_octet, with_word};

fn error(kind: ErrorKind, offset: usize, sentence: &'static str) -> Result<Packet<'static>, Error> {
    Err(Error::new(kind, offset, sentence))
}

//= wire.10.1
#[test]
fn version_and_lengths() {
    let octets = vector("ipv4_41_bu");
    assert_eq!(Packet::decode(&octets[..19]), error(ErrorKind::Truncated, 16, "wire.10.1"));
    for version in [0, 5, 6, 15] {
        let octets = resummed(&with_octet(&octets, 0, version << 4 | 5));
        assert_eq!(Packet::decode(&octets), error(ErrorKind::BadType, 0, "wire.10.1"));
    }
    for words in 0..5 {
        let octets = with_octet(&octets, 0, 0x40 | words);
        assert_eq!(Packet::decode(&octets), error(ErrorKind::BadLength, 0, "wire.10.1"));
    }
    for total in [0, 19] {
        let octets = resummed(&with_word(&octets, 2, total));
        assert_eq!(Packet::decode(&octets), error(ErrorKind::BadLength, 2, "wire.10.1"));
    }
    let longer = resummed(&with_word(&octets, 2, 181));
    assert_eq!(Packet::decode(&longer), error(ErrorKind::Truncated, 20, "wire.10.1"));
    // A header of more words than there are.
    assert_eq!(
        Packet::decode(&with_word(&with_octet(&octets[..20], 0, 0x46), 2, 24)),
        error(ErrorKind::Truncated, 20, "wire.10.1")
    );
}

//= wire.10.1
#[test]
fn either_version_or_none() {
    assert_eq!(ip::version(&[]), None);
    assert_eq!(ip::version(&[0x60]), Some(6));
    let expected = |kind| Err(Error::new(kind, 0, "wire.10.1"));
    assert_eq!(ip::Packet::decode(&[]), expected(ErrorKind::Truncated));
    assert_eq!(ip::Packet::decode(&[0x50; 40]), expected(ErrorKind::BadType));
    let octets = vector("ipv6_bu");
    let packet = ip::Packet::decode(&octets).unwrap();
    assert_eq!(packet.source().to_string(), "2001:db8:f::77");
    let octets = vector("ipv4_41_bu");
    assert_eq!(ip::Packet::decode(&octets).unwrap().destination(), FHA);
}

//= wire.10.1
#[test]
fn options_are_kept() {
    let plain = Packet::new(THOAV4, FHA, protocol::UDP, b"payload");
    for length in 0..=44 {
        let options = vec![1; length];
        let packet = Packet { options: &options, ..plain };
        let encoded = packet.encode();
        if length % 4 == 0 && length <= 40 {
            let octets = encoded.unwrap();
            assert_eq!(usize::from(octets[0] & 0x0f) * 4, 20 + length);
            let decoded = Packet::decode(&octets).unwrap();
            assert_eq!(decoded, packet);
            assert_eq!(&octets[decoded.payload_offset()..], b"payload");
        } else {
            assert_eq!(encoded, Err(Error::new(ErrorKind::TooLong, 20, "wire.10.1")));
        }
    }
}

//= wire.10.1
#[test]
fn no_packet_is_longer_than_65535_octets() {
    let payload = vec![0; 65_516];
    let packet = |payload| Packet::new(THOAV4, FHA, protocol::UDP, payload);
    assert_eq!(packet(&payload[1..]).encode().unwrap().len(), 65_535);
    assert_eq!(packet(&payload).encode(), Err(Error::new(ErrorKind::TooLong, 2, "wire.10.1")));
}

//= wire.10.2
#[test]
fn the_header_checksum() {
    let octets = vector("ipv4_41_bu");
    for at in (1..20).filter(|at| !matches!(at, 2 | 3)) {
        let octets = with_octet(&octets, at, octets[at] ^ 0x10);
        let expected = error(ErrorKind::BadChecksum, 10, "wire.10.2");
        assert_eq!(Packet::decode(&octets), expected, "at {at}");
    }
    // The payload is not covered.
    assert!(Packet::decode(&with_octet(&octets, 20, 0)).is_ok());
    // An example whose checksum is known: RFC 791 in the words of many a textbook.
    let example = hex::decode("45000073000040004011b861c0a80001c0a800c7").unwrap();
    let packet = [&example[..], &[0; 95]].concat();
    assert_eq!(Packet::decode(&packet).unwrap().encode().unwrap(), packet);
}

//= wire.10.4
#[test]
fn what_follows_is_padding() {
    let octets = vector("ipv4_41_bu");
    let padded = [&octets[..], &[0; 6]].concat();
    let (packet, padding) = Packet::split(&padded).unwrap();
    assert_eq!(packet, Packet::decode(&octets).unwrap());
    assert_eq!(padding, [0; 6]);
}

//= wire.10.5
#[test]
fn fragments_are_not_looked_into() {
    let octets = vector("ipv4_41_bu");
    for (bits, part, offset) in [
        (0x0000, false, 0),
        (0x4000, false, 0),
        (0x8000, false, 0),
        (0x2000, true, 0),
        (0x0001, true, 8),
        (0x1fff, true, 65_528),
        (0x2003, true, 24),
    ] {
        let octets = resummed(&with_word(&octets, 6, bits));
        let packet = Packet::decode(&octets).unwrap();
        assert_eq!(packet.fragment, Fragment(bits));
        assert_eq!(packet.fragment.is_part(), part, "{bits:#x}");
        assert_eq!(packet.fragment.offset(), offset);
        assert_eq!(packet.fragment.do_not_fragment(), bits == 0x4000);
        assert_eq!(packet.fragment.more_fragments(), bits & 0x2000 != 0);
        let expected = Err(Error::new(ErrorKind::BadValue, 6, "wire.10.5"));
        let payload = packet.payload_of(protocol::IPV6);
        assert_eq!(payload, if part { expected } else { Ok(&octets[20..]) });
        assert_eq!(tunnel::ipv6_in_ipv4::unwrap(&packet).is_ok(), !part);
        assert_eq!(packet.encode().unwrap(), octets);
    }
}

//= wire.10.5
#[test]
fn the_protocol_is_the_headers() {
    let octets = vector("ipv4_41_bu");
    let packet = Packet::decode(&octets).unwrap();
    let expected = Error::new(ErrorKind::BadType, 9, "wire.10.5");
    assert_eq!(packet.payload_of(protocol::IPV4), Err(expected));
    assert_eq!(tunnel::ipv4_in_ipv4::unwrap(&packet), Err(expected));
    assert_eq!(tunnel::minimal::unwrap(&packet), Err(expected));
}

//= data-path.5.1
#[test]
fn time_to_live_is_counted_down_to_one() {
    let plain = Packet::new(THOAV4, FHA, protocol::UDP, b"payload");
    for ttl in 0..=255 {
        let forwarded = Packet { ttl, ..plain }.forwarded();
        let expected = (ttl > 1).then(|| Packet { ttl: ttl - 1, ..plain });
        assert_eq!(forwarded, expected, "{ttl}");
    }
}
