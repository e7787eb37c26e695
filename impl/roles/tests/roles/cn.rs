//! The correspondent.

use core::net::Ipv6Addr;

use dsboot_codec::ip::{icmp, v6};
use dsboot_roles::cn::Cn;
use dsboot_roles::count::Data;
use dsboot_roles::{Datagram, Effect, Effects, Input, Machine, Packet, Random, Time};
use dsboot_spec::registry::ip::icmpv6;

struct Nothing;

impl Random for Nothing {
    fn fill(&mut self, _: &mut [u8]) {
        panic!("a correspondent needs nothing random");
    }
}

fn address(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

fn handle(input: Input<'_>) -> Effects {
    Cn::new(address("2001:db8:c::1")).handle(Time::default(), &mut Nothing, input)
}

fn packet(kind: u8, destination: &str) -> Vec<u8> {
    let body = icmp::Echo { identifier: 0x1234, sequence: 0x5678, data: b"hello" }.encode();
    let message = icmp::Message::new(kind, &body);
    icmp::packet_v6(address("2001:db8:1::100"), address(destination), &message).unwrap()
}

fn dropped(octets: Vec<u8>) -> bool {
    let effects = handle(Input::Packet(&Packet { neighbour: None, octets }));
    effects.into_iter().eq([Effect::Count(Data::NotForUs.into())])
}

//= data-path.4.6
#[test]
fn an_echo_request_is_answered_by_its_reply() {
    let octets = packet(icmpv6::ECHO_REQUEST, "2001:db8:c::1");
    let effects = handle(Input::Packet(&Packet { neighbour: None, octets }));
    let Some(Effect::Packet(answer)) = effects.iter().next() else { panic!("no answer") };
    assert_eq!(effects.iter().count(), 1);
    let packet = v6::Packet::decode(&answer.octets).unwrap();
    assert_eq!(packet.source, address("2001:db8:c::1"));
    assert_eq!(packet.destination, address("2001:db8:1::100"));
    let message = icmp::Message::decode_v6(packet.payload, &packet.pseudo()).unwrap();
    assert_eq!((message.kind, message.code), (icmpv6::ECHO_REPLY, 0));
    let echo = icmp::Echo::decode(message.body).unwrap();
    assert_eq!((echo.identifier, echo.sequence, echo.data), (0x1234, 0x5678, &b"hello"[..]));
}

//= data-path.4.6
#[test]
fn anything_else_is_not() {
    assert!(dropped(packet(icmpv6::ECHO_REPLY, "2001:db8:c::1")));
    assert!(dropped(packet(icmpv6::ECHO_REQUEST, "2001:db8:c::2")));
    let mut broken = packet(icmpv6::ECHO_REQUEST, "2001:db8:c::1");
    *broken.last_mut().unwrap() ^= 1;
    assert!(dropped(broken));
    assert!(dropped(vec![0x45; 20]));
    let datagram = Datagram {
        source: (address("2001:db8:1::100"), 7).into(),
        destination: (address("2001:db8:c::1"), 7).into(),
        ttl: 64,
        neighbour: None,
        payload: vec![],
    };
    let effects = handle(Input::Datagram(&datagram));
    assert!(effects.into_iter().eq([Effect::Count(Data::NotForUs.into())]));
    assert!(handle(Input::Timeout).is_empty());
    assert_eq!(Cn::new(address("2001:db8:c::1")).poll_timeout(), None);
}
