//! Packets through the FHA.

use crate::support::{Done, v6 as address};
use core::net::Ipv4Addr;

use dsboot_codec::ip::tunnel::{ipv4_in_ipv4, ipv6_in_ipv4};
use dsboot_codec::ip::{icmp, v4, v6};
use dsboot_codec::mip4::{Message, TunnelData, UdpTunnelRequest};
use dsboot_roles::count::Data;
use dsboot_roles::{Datagram, Effect, Input, Machine, Packet};
use dsboot_spec::registry::ip::{icmpv4, icmpv6, protocol};
use dsboot_spec::registry::mip4::PORT;

use crate::fha::bench::{Accept, Ask, Bench, CARE_OF, FHA, Seen, THOAV4, care_of_v6};

const UDP: UdpTunnelRequest = UdpTunnelRequest::new(true, false);

/// An echo request between two IPv6 addresses, with so many octets of data.
fn echo(source: &str, destination: &str, data: usize) -> Vec<u8> {
    let body = icmp::Echo { identifier: 1, sequence: 2, data: &vec![0; data] }.encode();
    let message = icmp::Message::new(icmpv6::ECHO_REQUEST, &body);
    icmp::packet_v6(address(source), address(destination), &message).unwrap()
}

/// A packet from the mobile node to a correspondent as it stands in the Mobile IPv4 tunnel.
fn inner() -> Vec<u8> {
    let packet = echo("2001:db8:f::77", "2001:db8:c::1", 8);
    ipv6_in_ipv4::wrap(THOAV4, FHA, 64, &packet).unwrap()
}

fn bound() -> Bench {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    bench
}

fn bound_by_udp(registration_required: bool) -> Bench {
    let mut bench = Bench::with(|config| config.udp_keepalive = Some(110));
    let udp = Some(UdpTunnelRequest { registration_required, ..UDP });
    bench.register(&Ask { udp, ..Ask::default() }, &Accept::default());
    bench
}

impl Bench {
    fn packet(&mut self, octets: Vec<u8>) -> Seen {
        let packet = Packet { neighbour: None, octets };
        Seen(self.fha.handle(self.now, &mut self.random, Input::Packet(&packet)))
    }

    fn tunnel_data(&mut self, source: (Ipv4Addr, u16), inner: &[u8]) -> Seen {
        let payload = TunnelData::new(protocol::IPV4, inner).encode();
        self.receive(&Datagram {
            source: source.into(),
            destination: (FHA, PORT).into(),
            ttl: 64,
            neighbour: None,
            payload,
        })
    }
}

impl Seen {
    fn packets(&self) -> Vec<Vec<u8>> {
        let sent = |effect: &Effect| match effect {
            Effect::Packet(packet) => Some(packet.octets.clone()),
            _ => None,
        };
        self.0.iter().filter_map(sent).collect()
    }

    fn drops(&self, reason: Data) -> bool {
        self.packets().is_empty() && self.is_silent() && self.counts(reason)
    }
}

//= data-path.3.3
//= data-path.5.1
#[test]
fn out_of_the_tunnel_goes_plain_ipv6() {
    let outer = ipv4_in_ipv4::wrap(CARE_OF, FHA, 64, &inner()).unwrap();
    let [packet] = &bound().packet(outer).packets()[..] else { panic!("not one packet") };
    let packet = v6::Packet::decode(packet).unwrap();
    assert_eq!((packet.source, packet.destination), (care_of_v6(), address("2001:db8:c::1")));
    assert_eq!(packet.hop_limit, 63);
}

//= data-path.3.1
//= data-path.3.2
//= data-path.7.1
#[test]
fn only_what_a_binding_covers_leaves_the_tunnel() {
    let foreign = Ipv4Addr::new(198, 51, 100, 78);
    let outer = ipv4_in_ipv4::wrap(foreign, FHA, 64, &inner()).unwrap();
    assert!(bound().packet(outer).drops(Data::WrongOuterSource));

    let unknown = ipv6_in_ipv4::wrap(
        Ipv4Addr::new(203, 0, 113, 99),
        FHA,
        64,
        &echo("2001:db8:f::77", "2001:db8:c::1", 8),
    );
    let outer = ipv4_in_ipv4::wrap(CARE_OF, FHA, 64, &unknown.unwrap()).unwrap();
    assert!(bound().packet(outer).drops(Data::NoBinding));

    let forged = echo("2001:db8:f::78", "2001:db8:c::1", 8);
    let forged = ipv6_in_ipv4::wrap(THOAV4, FHA, 64, &forged).unwrap();
    let outer = ipv4_in_ipv4::wrap(CARE_OF, FHA, 64, &forged).unwrap();
    assert!(bound().packet(outer).drops(Data::WrongInnerSource));

    let outer = ipv4_in_ipv4::wrap(CARE_OF, FHA, 64, &inner()).unwrap();
    assert!(Bench::new().packet(outer).drops(Data::NoBinding));
}

//= data-path.3.7
//= data-path.3.6
#[test]
fn no_ipv4_leaves_the_tunnel() {
    let packet = v4::Packet::new(THOAV4, Ipv4Addr::new(192, 0, 2, 77), protocol::UDP, &[0; 8]);
    let outer = ipv4_in_ipv4::wrap(CARE_OF, FHA, 64, &packet.encode().unwrap()).unwrap();
    assert!(bound().packet(outer).drops(Data::NotSixInFour));
}

//= data-path.3.4
#[test]
fn what_is_for_a_defended_address_goes_into_the_tunnel() {
    let packet = echo("2001:db8:1::1", "2001:db8:f::77", 8);
    let [outer] = &bound().packet(packet).packets()[..] else { panic!("not one packet") };
    let outer = v4::Packet::decode(outer).unwrap();
    assert_eq!((outer.source, outer.destination), (FHA, CARE_OF));
    let middle = ipv4_in_ipv4::unwrap(&outer).unwrap();
    assert_eq!((middle.packet.source, middle.packet.destination), (FHA, THOAV4));
    let inner = ipv6_in_ipv4::unwrap(&middle.packet).unwrap();
    assert_eq!(inner.packet.destination, care_of_v6());
}

//= data-path.3.5
#[test]
fn an_address_that_nobody_holds_is_a_dead_end() {
    let packet = echo("2001:db8:1::1", "2001:db8:f::99", 8);
    assert!(bound().packet(packet).drops(Data::NoBinding));
}

//= data-path.5.3
#[test]
fn what_is_too_big_is_answered_by_the_tunnels_mtu() {
    let fits = bound().packet(echo("2001:db8:1::1", "2001:db8:f::77", 1280 - 48));
    assert_eq!(v4::Packet::decode(&fits.packets()[0]).unwrap().protocol, protocol::IPV4);
    let seen = bound().packet(echo("2001:db8:1::1", "2001:db8:f::77", 1280 - 47));
    assert!(seen.counts(Data::TooBig));
    let error = &seen.packets()[0];
    let packet = v6::Packet::decode(error).unwrap();
    assert_eq!(packet.destination, address("2001:db8:1::1"));
    let message = icmp::Message::decode_v6(packet.payload, &packet.pseudo()).unwrap();
    assert_eq!(message.kind, icmpv6::PACKET_TOO_BIG);
    assert_eq!(message.body[..4], 1280_u32.to_be_bytes());
}

//= data-path.6.3
//= data-path.6.4
//= data-path.6.5
#[test]
fn a_udp_tunnel_has_the_ends_of_its_registration() {
    let mut bench = bound_by_udp(false);
    assert_eq!(bench.tunnel_data((CARE_OF, PORT), &inner()).packets().len(), 1);
    assert!(bench.tunnel_data((CARE_OF, 435), &inner()).drops(Data::WrongOuterSource));
    let foreign = Ipv4Addr::new(198, 51, 100, 78);
    assert!(bench.tunnel_data((foreign, PORT), &inner()).drops(Data::WrongOuterSource));
    let back = bench.packet(echo("2001:db8:1::1", "2001:db8:f::77", 8)).datagrams();
    assert_eq!(back[0].destination, (CARE_OF, PORT).into());
    assert!(matches!(Message::decode(&back[0].payload), Ok(Message::TunnelData(_))));
    // Not where raw tunnelling was agreed, and the other way round.
    assert!(bound().tunnel_data((CARE_OF, PORT), &inner()).drops(Data::WrongTunnelForm));
    let outer = ipv4_in_ipv4::wrap(CARE_OF, FHA, 64, &inner()).unwrap();
    assert!(bench.packet(outer).drops(Data::WrongTunnelForm));
}

//= data-path.6.4
#[test]
fn the_end_of_a_udp_tunnel_moves_with_its_mobile_node() {
    let mut bench = bound_by_udp(false);
    bench.pass(1);
    let elsewhere = Ipv4Addr::new(198, 51, 101, 5);
    let udp = Some(UDP);
    let ask = Ask { care_of: elsewhere, source: elsewhere, udp, ..crate::fha::registered() };
    bench.receive(&bench.again(&ask));
    let back = bench.packet(echo("2001:db8:1::1", "2001:db8:f::77", 8)).datagrams();
    assert_eq!(back[0].destination, (elsewhere, PORT).into());
    assert!(bench.tunnel_data((CARE_OF, PORT), &inner()).drops(Data::WrongOuterSource));
}

//= data-path.6.3
#[test]
fn udp_is_granted_only_where_it_is_asked_for_and_configured() {
    let granted = |udp, keepalive| {
        let mut bench = Bench::with(|config| config.udp_keepalive = keepalive);
        let seen = bench.register(&Ask { udp, ..Ask::default() }, &Accept::default());
        let reply = seen.reply();
        let reply = crate::fha::bench::decode(&reply);
        let answer = reply.extensions.unique(|extension| match extension {
            dsboot_codec::mip4::Extension::UdpTunnelReply(reply) => Some(reply),
            _ => None,
        });
        answer.once().map(|reply| (reply.is_accepted(), reply.keepalive))
    };
    assert_eq!(granted(Some(UDP), Some(110)), Some((true, 110)));
    assert_eq!(granted(Some(UDP), None), Some((false, 0)));
    assert_eq!(granted(None, Some(110)), None);
}

//= data-path.6.6
#[test]
fn through_an_agent_the_tunnel_end_shows_itself() {
    let mut bench = bound_by_udp(true);
    let to_mobile = echo("2001:db8:1::1", "2001:db8:f::77", 8);
    assert!(bench.packet(to_mobile.clone()).drops(Data::TunnelEndUnknown));
    assert_eq!(bench.tunnel_data((CARE_OF, 40_000), &inner()).packets().len(), 1);
    assert_eq!(bench.packet(to_mobile).datagrams()[0].destination, (CARE_OF, 40_000).into());
    assert!(bench.tunnel_data((CARE_OF, PORT), &inner()).drops(Data::WrongOuterSource));
}

//= data-path.6.7
#[test]
fn a_keepalive_is_answered_through_the_tunnel() {
    let mut bench = bound_by_udp(false);
    let body = icmp::Echo { identifier: 0, sequence: 0, data: &[] }.encode();
    let request = icmp::Message::new(icmpv4::ECHO_REQUEST, &body).encode_v4();
    let keepalive = v4::Packet::new(THOAV4, FHA, protocol::ICMP, &request).encode().unwrap();
    let answer = bench.tunnel_data((CARE_OF, PORT), &keepalive).datagrams();
    let Ok(Message::TunnelData(data)) = Message::decode(&answer[0].payload) else {
        panic!("no tunnel data")
    };
    let packet = v4::Packet::decode(data.packet).unwrap();
    let message = icmp::Message::decode_v4(packet.payload).unwrap();
    assert_eq!((message.kind, packet.destination), (icmpv4::ECHO_REPLY, THOAV4));
}

//= data-path.6.8
#[test]
fn tunnel_data_of_another_form_is_dropped() {
    let mut bench = bound_by_udp(false);
    for (at, value) in [(1, protocol::IPV6), (2, 1), (3, 1)] {
        let mut payload = TunnelData::new(protocol::IPV4, &inner()).encode();
        payload[at] = value;
        let seen = bench.receive(&Datagram {
            source: (CARE_OF, PORT).into(),
            destination: (FHA, PORT).into(),
            ttl: 64,
            neighbour: None,
            payload,
        });
        assert!(seen.drops(Data::BadTunnelData));
    }
}
