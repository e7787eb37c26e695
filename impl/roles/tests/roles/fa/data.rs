//! Packets of visitors.

use crate::support::Done;
use core::net::Ipv4Addr;

use dsboot_codec::ip::tunnel::ipv4_in_ipv4;
use dsboot_codec::ip::v4;
use dsboot_codec::mip4::{Extension, TunnelData, UdpTunnelReply, UdpTunnelRequest};
use dsboot_roles::count::Data;
use dsboot_roles::{Datagram, Machine};
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::{PORT, request_flag};

use crate::fa::bench::{
    AGENT, Answer, Ask, Bench, COLOCATED, FHA, MN1, MN2, NAI2, PARTNER, Seen, THOAV4, request,
};

/// A packet as the visitor hands it over, or as it comes out of the tunnel for it.
fn inner(source: Ipv4Addr, destination: Ipv4Addr, ttl: u8) -> Vec<u8> {
    let packet = v4::Packet::new(source, destination, protocol::IPV6, b"six in four");
    v4::Packet { ttl, tos: 0x10, ..packet }.encode().unwrap()
}

fn outward() -> Vec<u8> {
    inner(THOAV4, FHA, 64)
}

fn inward() -> Vec<u8> {
    inner(FHA, THOAV4, 64)
}

fn visited() -> Bench {
    let mut bench = Bench::new();
    bench.register(Ask::default(), &Answer::default());
    bench
}

fn visited_by_udp(granted: Option<u8>) -> Bench {
    let mut bench = Bench::with(|config| config.udp_tunnelling = true);
    let udp = granted.map(|code| UdpTunnelReply::new(code, false, 110));
    bench.register(Ask::default(), &Answer { udp, ..Answer::default() });
    bench
}

fn from_tunnel(bench: &mut Bench, source: Ipv4Addr, inner: &[u8]) -> Seen {
    bench.packet(None, ipv4_in_ipv4::wrap_own(source, AGENT, 64, inner).unwrap())
}

fn tunnel_data(bench: &mut Bench, source: (Ipv4Addr, u16), payload: Vec<u8>) -> Seen {
    bench.receive(&Datagram {
        source: source.into(),
        destination: (AGENT, PORT).into(),
        ttl: 64,
        neighbour: None,
        payload,
    })
}

fn in_udp(inner: &[u8]) -> Vec<u8> {
    TunnelData::new(protocol::IPV4, inner).encode()
}

//= data-path.1.3
//= data-path.2.1
//= data-path.5.1
#[test]
fn a_visitors_packet_goes_through_the_agents_tunnel() {
    let all = visited().packet(Some(MN1), outward()).packets();
    assert!(all.len() == 1 && all[0].neighbour.is_none());
    let outer = v4::Packet::decode(&all[0].octets).unwrap();
    assert_eq!((outer.source, outer.destination, outer.protocol), (AGENT, FHA, protocol::IPV4));
    assert_eq!(outer.payload, inner(THOAV4, FHA, 63));
    assert!(visited().packet(Some(MN1), inner(THOAV4, FHA, 1)).is_dropped(Data::HopLimit));
}

//= data-path.2.1
#[test]
fn a_visitors_ping_is_its_packet_and_no_solicitation() {
    let ping = v4::Packet::new(THOAV4, FHA, protocol::ICMP, &[8, 0, 0xf7, 0xff, 0, 0, 0, 0]);
    let all = visited().packet(Some(MN1), ping.encode().unwrap()).packets();
    assert_eq!(v4::Packet::decode(&all[0].octets).unwrap().destination, FHA);
}

//= data-path.2.1
//= data-path.2.3
#[test]
fn only_a_visitors_packets_are_tunnelled() {
    let other = Ipv4Addr::new(203, 0, 113, 10);
    let mut bench = visited();
    assert!(bench.packet(Some(MN1), inner(other, FHA, 64)).is_dropped(Data::NoBinding));
    assert!(bench.packet(Some(MN2), outward()).is_dropped(Data::NoBinding));
    assert!(bench.packet(None, outward()).is_dropped(Data::NotForUs));
    assert!(bench.packet(Some(MN1), vec![0x60; 40]).is_dropped(Data::Malformed));
    // Nor those of a node that is its own tunnel end.
    let mut bench = Bench::new();
    let flags = request_flag::REVERSE_TUNNEL | request_flag::DECAPSULATION;
    bench.register(Ask { flags, care_of: COLOCATED, ..Ask::default() }, &Answer::default());
    assert!(bench.packet(Some(MN1), outward()).is_dropped(Data::NoBinding));
    assert!(from_tunnel(&mut bench, FHA, &inward()).is_dropped(Data::NoBinding));
}

//= registration.9.11
#[test]
fn two_fhas_may_give_the_same_home_address() {
    let mut bench = visited();
    let second = Ask { nai: NAI2, neighbour: MN2, home_agent: PARTNER, ..Ask::default() };
    let identification = second.identification + 1;
    let second = Ask { identification, ..second };
    let granted = Answer {
        nai: Some(NAI2),
        home_agent: PARTNER,
        source: PARTNER,
        identification,
        signed: true,
        ..Answer::default()
    };
    bench.register(second.clone(), &granted);
    assert_eq!(bench.fa.visitors().count(), 2);
    let sent_by = |bench: &mut Bench, neighbour, fha| {
        let all = bench.packet(Some(neighbour), inner(THOAV4, fha, 64)).packets();
        v4::Packet::decode(&all[0].octets).unwrap().destination
    };
    assert_eq!(sent_by(&mut bench, MN1, FHA), FHA);
    assert_eq!(sent_by(&mut bench, MN2, PARTNER), PARTNER);
    for (fha, neighbour) in [(FHA, MN1), (PARTNER, MN2)] {
        let all = from_tunnel(&mut bench, fha, &inner(fha, THOAV4, 64)).packets();
        assert_eq!(all[0].neighbour, Some(neighbour));
    }
    // The end of one is not the end of the other.
    let home_address = THOAV4;
    let end = Ask { lifetime: 0, home_address, identification: identification + 1, ..second };
    let ended = Answer { lifetime: 0, identification: identification + 1, ..granted };
    bench.register(end, &ended);
    assert_eq!(bench.fa.visitors().count(), 1);
    assert_eq!(sent_by(&mut bench, MN1, FHA), FHA);
    assert!(bench.packet(Some(MN2), inner(THOAV4, PARTNER, 64)).is_dropped(Data::NoBinding));
}

//= registration.9.10
#[test]
fn an_endless_registration_does_not_end() {
    for (asked, granted, stays) in [(0xffff, 0xffff, true), (0xffff, 0xfffe, false)] {
        let mut bench = Bench::with(|config| config.max_lifetime = 0xffff);
        let answer = Answer { lifetime: granted, ..Answer::default() };
        bench.register(Ask { lifetime: asked, ..Ask::default() }, &answer);
        bench.pass(4000);
        bench.timeout();
        assert_eq!(bench.fa.poll_timeout().is_none(), stays, "nothing but its end is to come");
        bench.pass(70_000);
        bench.timeout();
        assert_eq!(bench.fa.visitors().count(), usize::from(stays));
    }
}

//= data-path.2.2
//= data-path.5.1
#[test]
fn out_of_the_tunnel_a_packet_goes_to_its_visitor() {
    let all = from_tunnel(&mut visited(), FHA, &inward()).packets();
    assert_eq!((all.len(), all[0].neighbour), (1, Some(MN1)));
    assert_eq!(all[0].octets, inner(FHA, THOAV4, 63));
    let last = inner(FHA, THOAV4, 1);
    assert!(from_tunnel(&mut visited(), FHA, &last).is_dropped(Data::HopLimit));
}

//= data-path.2.2
#[test]
fn only_the_visitors_fha_reaches_it() {
    let mut bench = visited();
    assert!(from_tunnel(&mut bench, PARTNER, &inward()).is_dropped(Data::WrongOuterSource));
    let other = inner(FHA, Ipv4Addr::new(203, 0, 113, 10), 64);
    assert!(from_tunnel(&mut bench, FHA, &other).is_dropped(Data::NoBinding));
    let elsewhere = ipv4_in_ipv4::wrap_own(FHA, COLOCATED, 64, &inward()).unwrap();
    assert!(bench.packet(None, elsewhere).is_dropped(Data::NotForUs));
    let mut broken = ipv4_in_ipv4::wrap_own(FHA, AGENT, 64, &inward()).unwrap();
    broken[20] = 0;
    assert!(bench.packet(None, broken).is_dropped(Data::Malformed));
}

//= data-path.2.3
//= data-path.7.1
#[test]
fn after_its_lifetime_nothing_passes() {
    let mut bench = visited();
    bench.pass(1800);
    bench.timeout();
    assert!(bench.packet(Some(MN1), outward()).is_dropped(Data::NoBinding));
    assert!(from_tunnel(&mut bench, FHA, &inward()).is_dropped(Data::NoBinding));
    // The same after it has left.
    let mut bench = visited();
    let identification = Ask::default().identification + 1;
    let ask = Ask { home_address: THOAV4, lifetime: 0, identification, ..Ask::default() };
    bench.register(ask, &Answer { lifetime: 0, identification, ..Answer::default() });
    assert!(bench.packet(Some(MN1), outward()).is_dropped(Data::NoBinding));
    assert!(from_tunnel(&mut bench, FHA, &inward()).is_dropped(Data::NoBinding));
}

//= data-path.2.1
#[test]
fn a_visitor_that_comes_back_elsewhere_on_the_link_is_heard_from_there() {
    let mut bench = visited();
    let identification = Ask::default().identification + 1;
    let ask = Ask { home_address: THOAV4, neighbour: MN2, identification, ..Ask::default() };
    bench.register(ask, &Answer { identification, ..Answer::default() });
    assert_eq!(bench.packet(Some(MN2), outward()).packets().len(), 1);
    assert!(bench.packet(Some(MN1), outward()).is_dropped(Data::NoBinding));
    assert_eq!(from_tunnel(&mut bench, FHA, &inward()).packets()[0].neighbour, Some(MN2));
}

//= data-path.6.2
#[test]
fn for_its_own_address_the_agent_asks_for_udp() {
    let mut bench = Bench::with(|config| config.udp_tunnelling = true);
    let ask = bench.fresh(Ask::default());
    let relayed = bench.receive(&ask.datagram()).relayed();
    assert!(relayed.payload.starts_with(&ask.protected()));
    let message = request(&relayed);
    let behind = message.extensions.after(&message.extensions.authorization().unwrap());
    let asked = behind.iter().map(|extension| extension.value).collect::<Vec<_>>();
    let own = UdpTunnelRequest::new(true, false);
    assert_eq!(asked, [Extension::UdpTunnelRequest(own)]);
    // For another's it does not.
    let flags = request_flag::REVERSE_TUNNEL | request_flag::DECAPSULATION;
    let other = bench.fresh(Ask { flags, care_of: COLOCATED, ..Ask::default() });
    assert_eq!(bench.receive(&other.datagram()).relayed().payload, other.protected());
}

//= data-path.6.4
#[test]
fn a_udp_tunnel_is_used_where_it_is_granted() {
    let mut bench = visited_by_udp(Some(0));
    let sent = bench.packet(Some(MN1), outward());
    assert!(sent.packets().is_empty());
    let sent = sent.datagrams();
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].source, sent[0].destination), ((AGENT, PORT).into(), (FHA, PORT).into()));
    assert_eq!(sent[0].payload, in_udp(&inner(THOAV4, FHA, 63)));
    let back = tunnel_data(&mut bench, (FHA, PORT), in_udp(&inward())).packets();
    assert_eq!((back.len(), back[0].neighbour), (1, Some(MN1)));
    assert_eq!(back[0].octets, inner(FHA, THOAV4, 63));
    assert!(from_tunnel(&mut bench, FHA, &inward()).is_dropped(Data::WrongTunnelForm));
    // Declined, or not spoken of: raw IP.
    for granted in [Some(64), None] {
        let mut bench = visited_by_udp(granted);
        assert_eq!(bench.packet(Some(MN1), outward()).packets().len(), 1);
        let seen = tunnel_data(&mut bench, (FHA, PORT), in_udp(&inward()));
        assert!(seen.is_dropped(Data::WrongTunnelForm));
    }
}

//= data-path.2.2
//= data-path.6.8
#[test]
fn tunnel_data_from_others_or_of_another_form_is_dropped() {
    let mut bench = visited_by_udp(Some(0));
    for source in [(PARTNER, PORT), (FHA, PORT + 1)] {
        let seen = tunnel_data(&mut bench, source, in_udp(&inward()));
        assert!(seen.is_dropped(Data::WrongOuterSource));
    }
    for (at, value) in [(1, protocol::IPV6), (2, 1), (3, 1)] {
        let mut payload = in_udp(&inward());
        payload[at] = value;
        assert!(tunnel_data(&mut bench, (FHA, PORT), payload).is_dropped(Data::BadTunnelData));
    }
    let seen = tunnel_data(&mut bench, (FHA, PORT), in_udp(b"no packet"));
    assert!(seen.is_dropped(Data::Malformed));
}
