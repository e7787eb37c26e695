//! What the NAS asks the AAA server.

use std::net::Ipv4Addr;

use dsboot_codec::pana::{Avp, Flags, Kind, MessageBuilder};
use dsboot_codec::radius::{Attribute, Packet};
use dsboot_roles::nas::NasConfig;
use dsboot_roles::pana::Pac;
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::radius::attribute;

use crate::nas::world::{STATE, USER, VENDOR, World, from_pac, nas_config, pac_config};

//= access.3.1
//= access.3.2
//= access.3.3
//= access.3.4
#[test]
fn each_request_says_who_asks_about_whom() {
    let nas = NasConfig { link: Some("link 1".to_owned()), ..nas_config() };
    let mut world = World::with(pac_config(), nas);
    world.start();
    world.settle();
    world.tell_pac(Pac::reauthenticate);
    world.settle();
    assert_eq!(world.aaa.requests.len(), 4);
    let states = [None, Some(STATE), None, Some(STATE)];
    for (octets, state) in world.aaa.requests.iter().zip(states) {
        let request = Packet::decode(octets).unwrap();
        let first = request.attributes().next().unwrap().value.kind();
        assert_eq!(first, attribute::MESSAGE_AUTHENTICATOR);
        assert_eq!(request.user_name().once(), Some(USER));
        assert_eq!(request.nas_ip_address().once(), Some(Ipv4Addr::new(192, 0, 2, 10)));
        assert_eq!(request.nas_identifier().once(), Some(&b"nas1.access.example"[..]));
        assert_eq!(request.calling_station_id().once(), Some(&b"10.0.0.7"[..]));
        assert_eq!(request.nas_port_id().once(), Some(&b"link 1"[..]));
        assert_eq!(request.framed_mtu().once(), Some(1400));
        assert_eq!(request.vendor(VENDOR).client_role().once(), Some(client_role::NAS));
        assert_eq!(request.state().once(), state);
        assert!(request.user_password().is_absent() && request.chap_password().is_absent());
    }
}

/// A long EAP packet travels in as many attributes as it takes, and nothing after its Length does.
#[test]
fn a_long_eap_packet_is_passed_on_whole_and_without_padding() {
    let mut world = World::new();
    world.nas_random.first([&[0, 0, 0, 1], &[0, 0, 0, 1], &[0x41]]);
    world.start();
    world.steps(3);
    let identity = MessageBuilder::new(Kind::Par, Flags::NONE, 1, 9)
        .avp(&Avp::EapPayload(&[2, 0x41, 0, 7, 1, b'm', b'n', 0, 0]))
        .clone();
    world.wire.clear();
    world.hand_nas(&from_pac(&identity));
    world.steps(1); // the bare answer, which the client drops
    world.steps(2); // the AAA server's round
    let mut eap = vec![2, 0x42, 0x01, 0x42, 4, 16];
    eap.resize(0x142, 7);
    eap.extend([0; 3]);
    let mut response = MessageBuilder::new(Kind::Par, Flags::NONE, 1, 10);
    response.avp(&Avp::EapPayload(&eap));
    world.hand_nas(&from_pac(&response));
    let (request, _) = world.sent.iter().rev().find(|(d, _)| d.destination.port() == 1812).unwrap();
    let request = Packet::decode(&request.payload).unwrap();
    assert_eq!(request.eap_message().unwrap().unwrap(), &eap[..0x142]);
    assert_eq!(request.attributes_of(attribute::EAP_MESSAGE).count(), 2);
    assert_eq!(request.user_name().once(), Some(&b"mn"[..]));
    let after = request.attributes().skip_while(|unit| unit.value.kind() != attribute::EAP_MESSAGE);
    assert!(after.skip(2).all(|unit| matches!(unit.value, Attribute::State(_))));
}

/// As many requests as a client of one port may have pending: the rest is dropped in silence.
//= access.4.9
#[test]
fn a_session_that_cannot_ask_is_dropped() {
    let mut world = World::new();
    world.loses = Box::new(|_| true);
    for port in 0..=256u16 {
        let from = std::net::SocketAddr::from(([10, 0, 1, 0], 1000 + port));
        let as_sent =
            |message: &MessageBuilder| dsboot_roles::Datagram { source: from, ..from_pac(message) };
        world.hand_nas(&as_sent(&MessageBuilder::new(Kind::Pci, Flags::NONE, 0, 0)));
        let offer = world.last_to_pac();
        let offer = dsboot_codec::pana::Message::decode(&offer.payload).unwrap();
        world.hand_nas(&as_sent(&MessageBuilder::answering(&offer)));
        let asked = world.last_to_pac();
        let asked = dsboot_codec::pana::Message::decode(&asked.payload).unwrap();
        let identifier = asked.eap_payload().once().unwrap()[1];
        let eap = [2, identifier, 0, 6, 1, b'm'];
        let mut answer = MessageBuilder::answering(&asked);
        answer.avp(&Avp::Nonce(&[1; 20])).avp(&Avp::EapPayload(&eap));
        world.hand_nas(&as_sent(&answer));
    }
    assert_eq!(world.counts, ["radius.client.too-many-pending"]);
    assert_eq!(world.nas.sessions().count(), 256);
}
