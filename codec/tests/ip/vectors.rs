//! The recorded packets of the data path: what they say, and made again from nothing.

use dsboot_codec::ip::icmp::Message;
use dsboot_codec::ip::v6::Extension;
use dsboot_codec::ip::{Packet, tunnel, v4, v6};
use dsboot_codec::mip6;
use dsboot_spec::registry::ip::{icmpv4, next_header, protocol};

use super::{CARE_OF, CARE_OF6, FA, FHA, HOME_AGENT6, HOME6, THOAV4, vector};

const NAMES: [&str; 5] =
    ["ipv6_bu", "ipv6_ba", "ipv4_41_bu", "ipv4_4_41_bu", "ipv4_41_bu_ccoa_direct"];

#[test]
fn what_was_decoded_is_encoded_to_the_same_octets() {
    for name in NAMES {
        let octets = vector(name);
        let again = match Packet::decode(&octets).unwrap() {
            Packet::V4(packet) => packet.encode(),
            Packet::V6(packet) => packet.encode(),
        };
        assert_eq!(again.unwrap(), octets, "{name}");
    }
}

#[test]
fn no_truncation_is_decoded() {
    for name in NAMES {
        let octets = vector(name);
        for length in 0..octets.len() {
            let error = Packet::decode(&octets[..length]).unwrap_err();
            assert!(matches!(error.sentence, "wire.10.1" | "wire.10.3"), "{name} of {length}");
        }
    }
}

//= wire.10.19
//= wire.10.21
//= wire.10.22
#[test]
fn the_tunnels_of_the_data_path() {
    let inner = vector("ipv6_bu");
    let direct = vector("ipv4_41_bu_ccoa_direct");
    let middle = vector("ipv4_41_bu");
    let outer = vector("ipv4_4_41_bu");

    let packet = v4::Packet::decode(&outer).unwrap();
    let expected = v4::Packet::new(FA, FHA, protocol::IPV4, &middle);
    assert_eq!(packet, v4::Packet { identification: 2, ..expected });
    let tunnelled = tunnel::ipv4_in_ipv4::unwrap(&packet).unwrap();
    assert_eq!(tunnelled.octets, middle);
    let expected = v4::Packet::new(THOAV4, FHA, protocol::IPV6, &inner);
    assert_eq!(tunnelled.packet, v4::Packet { identification: 1, ..expected });
    let tunnelled = tunnel::ipv6_in_ipv4::unwrap(&tunnelled.packet).unwrap();
    assert_eq!(tunnelled.octets, inner);
    assert_eq!((tunnelled.packet.source, tunnelled.packet.destination), (CARE_OF6, HOME_AGENT6));

    let packet = v4::Packet::decode(&direct).unwrap();
    assert_eq!((packet.source, packet.destination), (CARE_OF, FHA));
    assert_eq!(tunnel::ipv6_in_ipv4::unwrap(&packet).unwrap().octets, inner);

    // And in again; what differs is the identification that the recording has.
    let numbered = |octets: Vec<u8>, identification| {
        let packet = v4::Packet::decode(&octets).unwrap();
        v4::Packet { identification, ..packet }.encode().unwrap()
    };
    let made = numbered(tunnel::ipv6_in_ipv4::wrap(THOAV4, FHA, 64, &inner).unwrap(), 1);
    assert_eq!(made, middle);
    let made = numbered(tunnel::ipv4_in_ipv4::wrap(FA, FHA, 64, &made).unwrap(), 2);
    assert_eq!(made, outer);
    let made = numbered(tunnel::ipv6_in_ipv4::wrap(CARE_OF, FHA, 64, &inner).unwrap(), 1);
    assert_eq!(made, direct);
}

//= wire.10.6
//= wire.10.8
//= wire.10.9
//= wire.10.12
#[test]
fn the_extension_headers_of_update_and_acknowledgement() {
    let octets = vector("ipv6_bu");
    let packet = v6::Packet::decode(&octets).unwrap();
    let upper = packet.upper_layer().unwrap();
    assert_eq!((upper.protocol, upper.offset), (next_header::MOBILITY, 64));
    assert_eq!(upper.octets, vector("mh_bu_mnaaa"));
    assert_eq!((upper.source(), upper.destination()), (HOME6, HOME_AGENT6));
    assert_eq!((upper.header_source, upper.header_destination), (CARE_OF6, HOME_AGENT6));
    let chain = packet.extensions().unwrap();
    let [header] = chain.iter().collect::<Vec<_>>()[..] else { panic!("{chain:?}") };
    assert_eq!((header.offset, header.raw), (40, &octets[40..64]));
    assert_eq!(header.raw, v6::home_address_header(next_header::MOBILITY, HOME6));
    let Extension::DestinationOptions(options) = header.value else { panic!("{header:?}") };
    let found: Vec<_> = options.iter().map(|option| (option.offset, option.value)).collect();
    assert_eq!(
        found,
        [
            (42, v6::DestinationOption::PadN(&[0, 0])),
            (46, v6::DestinationOption::HomeAddress(HOME6)),
        ]
    );

    let octets = vector("ipv6_ba");
    let packet = v6::Packet::decode(&octets).unwrap();
    let upper = packet.upper_layer().unwrap();
    assert_eq!((upper.source(), upper.destination()), (HOME_AGENT6, HOME6));
    assert_eq!(upper.header_destination, CARE_OF6);
    let chain = packet.extensions().unwrap();
    let [header] = (&chain).into_iter().collect::<Vec<_>>()[..] else { panic!("{chain:?}") };
    assert_eq!(header.value, Extension::Type2Routing(HOME6));
    assert_eq!(header.raw, v6::type_2_routing_header(next_header::MOBILITY, HOME6));
}

#[test]
fn the_update_survives_all_tunnels() {
    let octets = vector("ipv4_4_41_bu");
    let outer = v4::Packet::decode(&octets).unwrap();
    let middle = tunnel::ipv4_in_ipv4::unwrap(&outer).unwrap();
    let inner = tunnel::ipv6_in_ipv4::unwrap(&middle.packet).unwrap();
    let update = mip6::Packet::decode(inner.octets).unwrap();
    assert!(update.mn_aaa().unwrap().verify(b"AAA-shared-key-0"));
}

//= wire.10.16
#[test]
fn the_agent_advertisement_is_icmp() {
    let octets = vector("agent_adv");
    let message = Message::decode_v4(&octets).unwrap();
    assert_eq!((message.kind, message.code), (icmpv4::ROUTER_ADVERTISEMENT, 0));
    assert_eq!(message.body, &octets[4..]);
    assert_eq!(message.encode_v4(), octets);
}
