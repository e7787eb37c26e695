//! Whatever the input: no panic, and what was made is understood again.

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use dsboot_codec::ip::icmp::Message;
use dsboot_codec::ip::tunnel::{gre, ipv4_in_ipv4, ipv6_in_ipv4, ipv6_in_ipv6, minimal};
use dsboot_codec::ip::v6::Extension;
use dsboot_codec::ip::{Packet, Pseudo, checksum, udp, v4, v6};
use proptest::prelude::*;

use super::{resummed, vector};

fn payload() -> impl Strategy<Value = &'static [u8]> {
    prop::collection::vec(any::<u8>(), 0..60).prop_map(|data| &*data.leak())
}

fn packet4() -> impl Strategy<Value = v4::Packet<'static>> {
    let options =
        prop::collection::vec(any::<[u8; 4]>(), 0..=10).prop_map(|words| &*words.concat().leak());
    (any::<(u8, u16, u16, u8, u8, Ipv4Addr, Ipv4Addr)>(), options, payload()).prop_map(
        |(
            (tos, identification, fragment, ttl, protocol, source, destination),
            options,
            payload,
        )| {
            v4::Packet {
                tos,
                identification,
                fragment: v4::Fragment(fragment),
                ttl,
                protocol,
                source,
                destination,
                options,
                payload,
            }
        },
    )
}

fn packet6() -> impl Strategy<Value = v6::Packet<'static>> {
    (any::<(u8, u8, u8, Ipv6Addr, Ipv6Addr)>(), 0u32..1 << 20, payload()).prop_map(
        |((traffic_class, next_header, hop_limit, source, destination), flow_label, payload)| {
            v6::Packet {
                traffic_class,
                flow_label,
                next_header,
                hop_limit,
                source,
                destination,
                payload,
            }
        },
    )
}

/// Everything that can be asked of a packet, for the sake of panics.
fn ask(octets: &[u8]) {
    match Packet::decode(octets) {
        Ok(Packet::V4(packet)) => {
            assert!(octets.starts_with(&packet.encode().unwrap()));
            if let Ok(tunnelled) = ipv4_in_ipv4::unwrap(&packet) {
                ask(tunnelled.octets);
            }
            if let Ok(tunnelled) = ipv6_in_ipv4::unwrap(&packet) {
                ask(tunnelled.octets);
            }
            let _ = (minimal::unwrap(&packet), gre::Packet::decode(packet.payload));
        }
        Ok(Packet::V6(packet)) => {
            assert!(octets.starts_with(&packet.encode().unwrap()));
            if let Ok(chain) = packet.extensions() {
                let mut offset = 40;
                for header in &chain {
                    assert_eq!(header.offset, offset);
                    offset += header.raw.len();
                    if let Extension::DestinationOptions(options) = header.value {
                        let together: usize = options.iter().map(|option| option.raw.len()).sum();
                        assert_eq!(together, options.octets().len());
                    }
                }
                if let Ok(upper) = chain.upper_layer() {
                    assert_eq!(upper.offset, offset);
                }
            }
            let _ = ipv6_in_ipv6::unwrap(&packet).map(|tunnelled| ask(tunnelled.octets));
        }
        Err(_) => (),
    }
    let _ = (udp::decode_packet(octets), udp::Datagram::decode_unverified(octets));
    let _ = Message::decode_v4(octets);
}

proptest! {
    #[test]
    fn ipv4_packets(packet in packet4(), rest in payload()) {
        let octets = packet.encode().unwrap();
        prop_assert_eq!(v4::Packet::decode(&octets), Ok(packet));
        let longer = [&octets[..], rest].concat();
        prop_assert_eq!(v4::Packet::split(&longer), Ok((packet, rest)));
        for length in 0..octets.len() {
            prop_assert!(v4::Packet::decode(&octets[..length]).is_err());
        }
    }

    #[test]
    fn ipv6_packets(packet in packet6(), rest in payload()) {
        let octets = packet.encode().unwrap();
        prop_assert_eq!(v6::Packet::decode(&octets), Ok(packet));
        let longer = [&octets[..], rest].concat();
        prop_assert_eq!(v6::Packet::split(&longer), Ok((packet, rest)));
        for length in 0..octets.len() {
            prop_assert!(v6::Packet::decode(&octets[..length]).is_err());
        }
    }

    #[test]
    fn udp_packets(source: (bool, u32, u128, u16), to: (u32, u128, u16), ttl: u8, data in payload()) {
        let (four, from4, from6, from_port) = source;
        let (to4, to6, to_port) = to;
        let (from, to) = if four {
            (Ipv4Addr::from(from4).into(), Ipv4Addr::from(to4).into())
        } else {
            (Ipv6Addr::from(from6).into(), Ipv6Addr::from(to6).into())
        };
        let (from, to) = (SocketAddr::new(from, from_port), SocketAddr::new(to, to_port));
        let octets = udp::packet(from, to, ttl, data).unwrap();
        let received = udp::decode_packet(&octets).unwrap();
        prop_assert_eq!((received.source, received.destination), (from, to));
        prop_assert_eq!((received.ttl, received.payload), (ttl, data));
    }

    #[test]
    fn tunnels(packet4 in packet4(), packet6 in packet6(), ends: (Ipv4Addr, Ipv4Addr, Ipv6Addr), limit: Option<u8>) {
        let inner = packet4.encode().unwrap();
        if let Ok(octets) = ipv4_in_ipv4::wrap(ends.0, ends.1, 64, &inner) {
            let outer = v4::Packet::decode(&octets).unwrap();
            prop_assert_eq!(ipv4_in_ipv4::unwrap(&outer).unwrap().octets, inner);
        } else {
            prop_assert!(packet4.ttl == 0 || [ends.0, ends.1].contains(&packet4.source));
        }
        if let Ok(octets) = minimal::wrap(ends.0, ends.1, &packet4) {
            let outer = v4::Packet::decode(&octets).unwrap();
            prop_assert_eq!(minimal::unwrap(&outer), Ok(packet4));
        } else {
            prop_assert!(packet4.fragment.is_part());
        }
        let inner = packet6.encode().unwrap();
        let octets = ipv6_in_ipv4::wrap(ends.0, ends.1, 64, &inner).unwrap();
        if let Ok(tunnelled) = ipv6_in_ipv4::unwrap(&v4::Packet::decode(&octets).unwrap()) {
            prop_assert_eq!((tunnelled.packet, tunnelled.octets), (packet6, &inner[..]));
        }
        let octets = ipv6_in_ipv6::wrap(ends.2, ends.2, 64, limit, &inner).unwrap();
        let tunnelled = ipv6_in_ipv6::unwrap(&v6::Packet::decode(&octets).unwrap()).unwrap().packet;
        prop_assert_eq!(tunnelled, packet6);
    }

    #[test]
    fn gre_packets(protocol: u16, has_checksum: bool, key: Option<u32>, sequence: Option<u32>, payload in payload()) {
        let packet = gre::Packet {
 has_checksum, key, sequence, ..gre::Packet::new(protocol, payload) };
        let octets = packet.encode();
        prop_assert_eq!(gre::Packet::decode(&octets), Ok(packet));
    }

    #[test]
    fn icmp_messages(kind: u8, code: u8, body in payload(), from: Ipv6Addr, to: Ipv6Addr) {
        let message = Message { kind, code, body };
        let (four, six) = (message.encode_v4(), message.encode_v6(&Pseudo::v6(from, to)));
        prop_assert_eq!(Message::decode_v4(&four), Ok(message));
        prop_assert_eq!(Message::decode_v6(&six, &Pseudo::v6(from, to)), Ok(message));
    }

    #[test]
    fn any_extension_headers(
        first in prop_oneof![Just(0u8), Just(43), Just(44), Just(51), Just(60)],
        payload in prop::collection::vec(
            prop_oneof![0u8..6, Just(43), Just(44), Just(51), Just(60), Just(0xc9), any::<u8>()],
            0..80,
        ),
    ) {
        let address = "2001:db8::1".parse().unwrap();
        ask(&v6::Packet::new(address, address, first, &payload).encode().unwrap());
    }

    #[test]
    fn any_change_of_a_packet(
        name in prop_oneof![
            Just("ipv6_bu"), Just("ipv6_ba"), Just("ipv4_41_bu"), Just("ipv4_4_41_bu")
        ],
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut octets = vector(name);
        for (at, value) in changes {
            *at.get_mut(&mut octets) = value;
        }
        ask(&octets);
        // With the outer checksum right, more is looked at.
        if octets[0] == 0x45 {
            ask(&resummed(&octets));
        }
    }
}

quickcheck::quickcheck! {
    fn any_octets(octets: Vec<u8>) -> bool {
        ask(&octets);
        true
    }

    fn a_checksum_makes_the_sum_right(octets: Vec<u8>, at: usize) -> bool {
        let mut octets = octets;
        octets.extend([0, 0]);
        let at = at % (octets.len() / 2) * 2;
        octets[at..at + 2].fill(0);
        let sum = checksum(&[&octets]);
        octets[at..at + 2].copy_from_slice(&sum.to_be_bytes());
        checksum(&[&octets]) == 0
    }
}
