//! The rules of UDP, each broken on purpose.

use core::net::SocketAddr;
use dsboot_codec::ip::udp::{Datagram, decode_packet, packet};
use dsboot_codec::ip::{Pseudo, v4, v6};
use dsboot_codec::{Error, ErrorKind};
use dsboot_spec::registry::ip::{next_header, protocol};

use super::{CARE_OF, CARE_OF6, FHA, HOME_AGENT6, HOME6, with_octet, with_word};

const V4: Pseudo = Pseudo::v4(CARE_OF, FHA);
const V6: Pseudo = Pseudo::v6(CARE_OF6, HOME_AGENT6);

fn error(
    kind: ErrorKind,
    offset: usize,
    sentence: &'static str,
) -> Result<Datagram<'static>, Error> {
    Err(Error::new(kind, offset, sentence))
}

//= wire.10.13
#[test]
fn a_datagram_is_as_long_as_it_says() {
    let octets = Datagram::new(434, 435, b"data").encode(&V4).unwrap();
    assert_eq!(octets.len(), 12);
    for length in 0..12 {
        let decoded = Datagram::decode(&octets[..length], &V4);
        assert_eq!(decoded.unwrap_err().sentence, "wire.10.13", "{length}");
        assert!(Datagram::decode_unverified(&octets[..length]).is_err());
    }
    for length in 0..8 {
        let octets = with_word(&octets, 4, length);
        assert_eq!(Datagram::decode(&octets, &V4), error(ErrorKind::BadLength, 4, "wire.10.13"));
    }
    let octets = [&octets[..], &[7; 3]].concat();
    assert_eq!(Datagram::decode(&octets, &V4).unwrap(), Datagram::new(434, 435, b"data"));
    let long = vec![0; 65_528];
    let too_long = Datagram::new(1, 2, &long).encode(&V4);
    assert_eq!(too_long, Err(Error::new(ErrorKind::TooLong, 4, "wire.10.13")));
    assert!(Datagram::new(1, 2, &long[1..]).encode(&V4).is_ok());
}

//= wire.10.14
#[test]
fn the_checksum_covers_addresses_header_and_data() {
    for (pseudo, other) in [(V4, Pseudo::v4(FHA, FHA)), (V6, Pseudo::v6(HOME6, HOME_AGENT6))] {
        for data in [&b"data"[..], b"odd", b""] {
            let octets = Datagram::new(434, 435, data).encode(&pseudo).unwrap();
            assert_eq!(Datagram::decode(&octets, &pseudo).unwrap().payload, data);
            let expected = error(ErrorKind::BadChecksum, 6, "wire.10.14");
            assert_eq!(Datagram::decode(&octets, &other), expected);
            for at in (0..octets.len()).filter(|at| !matches!(at, 4 | 5)) {
                let octets = with_octet(&octets, at, octets[at] ^ 0x20);
                assert_eq!(Datagram::decode(&octets, &pseudo), expected, "at {at}");
                assert!(Datagram::decode_unverified(&octets).is_ok());
            }
        }
    }
    // By hand: c633 + 644d + c000 + 0201 + 0011 + 000a (the pseudo-header) + 0001 + 0002 + 000a
    // + 6869 = 25512, folded 5514.
    let octets = Datagram::new(1, 2, b"hi").encode(&V4).unwrap();
    assert_eq!(octets[6..8], (!0x5514u16).to_be_bytes());
}

/// Data that makes the checksum zero.
fn data_with_checksum_zero(pseudo: &Pseudo) -> [u8; 2] {
    (0..=u16::MAX)
        .map(u16::to_be_bytes)
        .find(|data| {
            let octets = [&[0, 1, 0, 2, 0, 10, 0, 0][..], data].concat();
            pseudo.checksum(protocol::UDP, &[&octets]) == 0
        })
        .unwrap()
}

//= wire.10.14
#[test]
fn a_checksum_of_zero_is_sent_as_all_ones() {
    for pseudo in [V4, V6] {
        let data = data_with_checksum_zero(&pseudo);
        let datagram = Datagram::new(1, 2, &data);
        let octets = datagram.encode(&pseudo).unwrap();
        assert_eq!(octets[6..8], [0xff, 0xff]);
        assert_eq!(Datagram::decode(&octets, &pseudo), Ok(datagram));
    }
}

//= wire.10.15
#[test]
fn no_checksum_over_ipv4_alone() {
    let datagram = Datagram { has_checksum: false, ..Datagram::new(1, 2, b"data") };
    let octets = datagram.encode(&V4).unwrap();
    assert_eq!(octets[6..8], [0, 0]);
    assert_eq!(Datagram::decode(&octets, &V4), Ok(datagram));
    let expected = Error::new(ErrorKind::Missing, 6, "wire.10.15");
    assert_eq!(Datagram::decode(&octets, &V6), Err(expected));
    assert_eq!(datagram.encode(&V6), Err(expected));
}

#[test]
fn whole_packets_of_both_versions() {
    for (source, destination) in [
        ("198.51.100.77:49152", "192.0.2.1:434"),
        ("[2001:db8:f::77]:49152", "[2001:db8:1::1]:1812"),
    ] {
        let (source, destination): (SocketAddr, SocketAddr) =
            (source.parse().unwrap(), destination.parse().unwrap());
        let octets = packet(source, destination, 255, b"data").unwrap();
        let received = decode_packet(&octets).unwrap();
        assert_eq!((received.source, received.destination), (source, destination));
        assert_eq!((received.ttl, received.payload), (255, &b"data"[..]));
        let last = octets.len() - 1;
        let broken = with_octet(&octets, last, 0);
        let error = decode_packet(&broken).unwrap_err();
        assert_eq!((error.offset, error.sentence), (octets.len() - 12 + 6, "wire.10.14"));
    }
    let octets = packet("10.0.0.1:1".parse().unwrap(), "10.0.0.2:2".parse().unwrap(), 1, b"");
    assert!(v4::Packet::decode(&octets.unwrap()).unwrap().fragment.do_not_fragment());
    let mixed = packet("10.0.0.1:1".parse().unwrap(), "[::1]:2".parse().unwrap(), 1, b"");
    assert_eq!(mixed, Err(Error::new(ErrorKind::BadType, 0, "wire.10.14")));
}

//= wire.10.12
#[test]
fn behind_extension_headers_the_final_addresses_count() {
    let datagram = Datagram::new(1, 2, b"data").encode(&Pseudo::v6(HOME6, HOME_AGENT6)).unwrap();
    let payload = [&v6::home_address_header(next_header::UDP, HOME6)[..], &datagram].concat();
    let packet = v6::Packet::new(CARE_OF6, HOME_AGENT6, next_header::DESTINATION_OPTIONS, &payload);
    let octets = packet.encode().unwrap();
    assert_eq!(decode_packet(&octets).unwrap().source, SocketAddr::new(HOME6.into(), 1));
}
