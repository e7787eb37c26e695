//! The mobile node's tunnels.

use crate::support::{Done, v6};
use core::net::SocketAddr;

use dsboot_codec::ip::tunnel::{ipv6_in_ipv4, ipv6_in_ipv6};
use dsboot_codec::ip::{v4, v6};
use dsboot_codec::mip4::{Extension, Message, TunnelData};
use dsboot_roles::Datagram;
use dsboot_roles::count::Data;
use dsboot_roles::mn::{AgentPolicy, TunnelForm};
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::{PORT, advertisement_flag};

use super::bench::{
    AGENT_LINK, Ack, Answer, Bench, CARE_OF, FHA, THOAV4, care_of_v6, home_address, home_agent,
    request, tunnel_datagram,
};
use super::{CHALLENGE, R, at_agent};

fn packet(source: core::net::Ipv6Addr, to: core::net::Ipv6Addr, payload: &[u8]) -> Vec<u8> {
    let packet = v6::Packet::new(source, to, 59, payload);
    v6::Packet { hop_limit: 64, ..packet }.encode().unwrap()
}

fn peer() -> core::net::Ipv6Addr {
    v6("2001:db8:c::c")
}

/// A packet of a program on the mobile node.
pub(crate) fn from_home() -> Vec<u8> {
    packet(home_address(), peer(), b"hello")
}

fn bound_through_agent() -> Bench {
    let (mut bench, seen) = at_agent();
    let seen = bench.reply(&seen.request(), &Answer::default());
    bench.acknowledge(&seen, &Ack::default());
    bench
}

//= data-path.1.1
//= data-path.1.2
//= data-path.1.6
#[test]
fn from_an_address_of_its_own() {
    let mut bench = Bench::bound();
    let seen = bench.act(|mn, now, _| mn.send_ipv6(now, &from_home()));
    let outer = seen.packets().remove(0);
    let outer = v4::Packet::decode(&outer.octets).unwrap();
    assert_eq!((outer.source, outer.destination, outer.protocol), (CARE_OF, FHA, protocol::IPV4));
    let inner = v4::Packet::decode(outer.payload).unwrap();
    assert_eq!((inner.source, inner.destination, inner.protocol), (THOAV4, FHA, protocol::IPV6));
    let six = seen.ipv6().remove(0);
    let six = v6::Packet::decode(&six).unwrap();
    assert_eq!((six.source, six.destination), (care_of_v6(), home_agent()));
    assert_eq!(ipv6_in_ipv6::unwrap(&six).unwrap().octets, from_home());
}

//= data-path.1.3
#[test]
fn through_the_agent_with_its_care_of_address() {
    let mut bench = bound_through_agent();
    let seen = bench.act(|mn, now, _| mn.send_ipv6(now, &from_home()));
    let sent = seen.packets().remove(0);
    assert_eq!(sent.neighbour, Some(AGENT_LINK));
    let header = v4::Packet::decode(&sent.octets).unwrap();
    assert_eq!((header.source, header.destination, header.protocol), (THOAV4, FHA, protocol::IPV6));
    // And back: from the agent only.
    let inner = packet(peer(), home_address(), b"to you");
    let outer = ipv6_in_ipv6::wrap(home_agent(), care_of_v6(), 64, None, &inner).unwrap();
    let four = ipv6_in_ipv4::wrap(FHA, THOAV4, 64, &outer).unwrap();
    assert_eq!(bench.deliver(&outer).delivered(), [inner]);
    let stranger = dsboot_roles::LinkAddr([2, 0, 0, 0, 0, 0x66]);
    let seen = bench.hear(stranger, four);
    assert!(seen.delivered().is_empty() && seen.counts(Data::WrongOuterSource));
}

//= data-path.1.4
#[test]
fn data_passes_by_an_agent_that_demands_registration() {
    let mut bench = Bench::new();
    bench.attach(AgentPolicy::Solicit(3));
    let asked = bench.advertise(R, CHALLENGE).request();
    assert_eq!(asked.destination.ip(), super::AGENT);
    let seen = bench.reply(&asked, &Answer::default());
    bench.acknowledge(&seen, &Ack::default());
    let seen = bench.act(|mn, now, _| mn.send_ipv6(now, &from_home()));
    let sent = seen.packets().remove(0);
    let outer = v4::Packet::decode(&sent.octets).unwrap();
    assert_eq!(sent.neighbour, None);
    assert_eq!((outer.source, outer.destination), (CARE_OF, FHA));
}

//= data-path.1.7
#[test]
fn only_the_home_address_is_sent_from() {
    let mut bench = Bench::bound();
    for source in [peer(), care_of_v6(), home_agent()] {
        let foreign = packet(source, peer(), b"x");
        let seen = bench.act(|mn, now, _| mn.send_ipv6(now, &foreign));
        assert!(seen.is_silent() && seen.counts(Data::WrongInnerSource));
    }
    assert!(bench.act(|mn, now, _| mn.send_ipv6(now, b"no packet")).is_silent());
}

//= data-path.5.5
#[test]
fn a_packet_of_1280_octets_goes_in_fragments() {
    let mut bench = Bench::bound();
    for (length, expected) in [(1240, &[1280][..]), (1241, &[1280, 49 + 8]), (1280, &[1280, 96])] {
        let sent = packet(home_address(), peer(), &vec![7; length - 40]);
        let seen = bench.act(|mn, now, _| mn.send_ipv6(now, &sent));
        let all = seen.ipv6();
        let lengths: Vec<usize> = all.iter().map(Vec::len).collect();
        assert_eq!(lengths, expected, "{length}");
        for octets in &all {
            let outer = v6::Packet::decode(octets).unwrap();
            assert_eq!((outer.source, outer.destination), (care_of_v6(), home_agent()));
        }
        let payloads = all.iter().map(|octets| &octets[if all.len() == 1 { 40 } else { 48 }..]);
        assert_eq!(payloads.collect::<Vec<_>>().concat(), sent);
    }
    // No two of them have the same Identification.
    let sent = packet(home_address(), peer(), &[7; 1240]);
    let mut one =
        || bench.act(|mn, now, _| mn.send_ipv6(now, &sent)).ipv6().remove(0)[44..48].to_vec();
    assert_ne!(one(), one());
}

//= data-path.5.5
//= data-path.5.7
#[test]
fn fragments_from_the_home_agent_are_put_together() {
    let mut bench = Bench::bound();
    let inner = packet(peer(), home_address(), &[7; 1240]);
    let outer = v6::Packet::new(home_agent(), care_of_v6(), 41, &inner);
    let all = outer.fragments(1280, 5).unwrap();
    assert!(bench.deliver(&all[1]).delivered().is_empty());
    assert_eq!(bench.deliver(&all[0]).delivered(), [&inner[..]]);
    // Another's are not kept, and one too many spoils the packet.
    let forged = v6::Packet { source: peer(), ..outer }.fragments(1280, 5).unwrap();
    let before = bench.mn.clone();
    assert!(bench.deliver(&forged[0]).counts(Data::WrongOuterSource));
    assert_eq!(bench.mn, before);
    bench.deliver(&all[0]);
    assert!(bench.deliver(&all[0]).counts(Data::BadFragment));
    assert!(bench.deliver(&all[1]).delivered().is_empty());
    // What is not whole after a minute is forgotten.
    bench.deliver(
        &v6::Packet::new(home_agent(), care_of_v6(), 41, &inner).fragments(1280, 6).unwrap()[0],
    );
    bench.pass(60);
    assert!(bench.deliver(&outer.fragments(1280, 6).unwrap()[1]).delivered().is_empty());
}

//= data-path.5.6
#[test]
fn what_is_too_big_is_said_to_be() {
    let mut bench = Bench::bound();
    let too_big = packet(home_address(), peer(), &[0; 1280 - 40 + 1]);
    let seen = bench.act(|mn, now, _| mn.send_ipv6(now, &too_big));
    assert!(seen.is_silent() && seen.counts(Data::TooBig));
    let error = seen.delivered().remove(0);
    assert_eq!((error[40], &error[44..48]), (2, &1280_u32.to_be_bytes()[..]));
}

#[test]
fn only_the_home_agents_tunnel_is_delivered() {
    let mut bench = Bench::bound();
    let inner = packet(peer(), home_address(), b"to you");
    let wrap = |from, to, inner: &[u8]| ipv6_in_ipv6::wrap(from, to, 64, None, inner).unwrap();
    let good = wrap(home_agent(), care_of_v6(), &inner);
    assert_eq!(bench.deliver(&good).delivered(), [&inner[..]]);
    let other = packet(peer(), v6("2001:db8:1::101"), b"to another");
    for (packet, reason) in [
        (wrap(peer(), care_of_v6(), &inner), Data::WrongOuterSource),
        (wrap(home_agent(), peer(), &inner), Data::NotForUs),
        (wrap(home_agent(), care_of_v6(), &other), Data::NotForUs),
    ] {
        let seen = bench.deliver(&packet);
        assert!(seen.delivered().is_empty() && seen.counts(reason), "{reason:?}");
    }
    // Not from the FHA, or not to the home address there.
    for (source, to) in [(CARE_OF, THOAV4), (FHA, CARE_OF)] {
        let four = ipv6_in_ipv4::wrap(source, to, 64, &good).unwrap();
        let seen = bench.deliver_inner(&four);
        assert!(seen.delivered().is_empty() && seen.counts(Data::WrongInnerSource));
    }
}

fn udp() -> Bench {
    Bench::bound_with(|config| config.tunnel = TunnelForm::Udp)
}

/// The one datagram of tunnel data.
fn data(datagrams: &[Datagram]) -> (Datagram, Vec<u8>) {
    let [datagram] = datagrams else { panic!("not one: {datagrams:?}") };
    match Message::decode(&datagram.payload).unwrap() {
        Message::TunnelData(data) => (datagram.clone(), data.packet.to_vec()),
        other => panic!("no tunnel data: {other:?}"),
    }
}

//= data-path.6.1
//= data-path.6.2
#[test]
fn a_tunnel_in_udp_is_asked_for() {
    let request_of = |asked: &Datagram| {
        request(asked).extensions.iter().find_map(|extension| match extension.value {
            Extension::UdpTunnelRequest(udp) => Some((udp.force, udp.registration_required)),
            _ => None,
        })
    };
    let with_udp = || Bench::with(|config| config.tunnel = TunnelForm::Udp);
    let mut bench = with_udp();
    let asked = bench.attach(AgentPolicy::None).request();
    assert_eq!(request_of(&asked), Some((true, false)));
    let kinds: Vec<u8> = request(&asked).extensions.iter().map(|e| e.value.kind()).collect();
    assert_eq!(kinds.last(), Some(&36));
    for (flags, care_of, expected) in [
        (R | advertisement_flag::UDP_TUNNELLING, Some(CARE_OF), Some((true, true))),
        (R, Some(CARE_OF), None),
        (advertisement_flag::UDP_TUNNELLING, None, None),
    ] {
        let mut bench = with_udp();
        bench.paa.care_of = care_of;
        bench.attach(AgentPolicy::Solicit(3));
        let asked = bench.advertise(flags, CHALLENGE).request();
        assert_eq!(request_of(&asked), expected);
    }
    let mut bench = Bench::new();
    assert_eq!(request_of(&bench.attach(AgentPolicy::None).request()), None);
}

//= data-path.6.4
//= data-path.6.8
#[test]
fn tunnel_data_in_udp() {
    let mut bench = udp();
    let seen = bench.act(|mn, now, _| mn.send_ipv6(now, &from_home()));
    let (datagram, inner) = data(&seen.datagrams());
    assert_eq!(datagram.source, SocketAddr::from((CARE_OF, PORT)));
    assert_eq!(datagram.destination, SocketAddr::from((FHA, PORT)));
    assert_eq!(datagram.payload[..4], [4, 4, 0, 0]);
    assert_eq!(v4::Packet::decode(&inner).unwrap().source, THOAV4);
    let back = packet(peer(), home_address(), b"to you");
    let outer = ipv6_in_ipv6::wrap(home_agent(), care_of_v6(), 64, None, &back).unwrap();
    let inner = ipv6_in_ipv4::wrap(FHA, THOAV4, 64, &outer).unwrap();
    let good = TunnelData::new(protocol::IPV4, &inner).encode();
    assert_eq!(bench.receive(&tunnel_datagram(FHA, CARE_OF, good.clone())).delivered(), [back]);
    let other = TunnelData::new(protocol::IPV6, &outer).encode();
    let mut reserved = good.clone();
    reserved[3] = 1;
    for (source, payload, reason) in [
        (FHA, other, Data::BadTunnelData),
        (FHA, reserved, Data::BadTunnelData),
        (CARE_OF, good.clone(), Data::WrongOuterSource),
    ] {
        let seen = bench.receive(&tunnel_datagram(source, CARE_OF, payload));
        assert!(seen.delivered().is_empty() && seen.counts(reason), "{reason:?}");
    }
    // The other form is not taken than the one agreed on.
    let mut raw = Bench::bound();
    let seen = raw.receive(&tunnel_datagram(FHA, CARE_OF, good));
    assert!(seen.delivered().is_empty() && seen.counts(Data::WrongTunnelForm));
}

//= data-path.6.7
#[test]
fn a_keepalive_when_nothing_was_sent_for_the_interval() {
    let mut bench = udp();
    bench.pass(60);
    bench.act(|mn, now, _| mn.send_ipv6(now, &from_home()));
    assert!(bench.pass(109).datagrams().is_empty());
    let (_, inner) = data(&bench.pass(1).datagrams());
    let header = v4::Packet::decode(&inner).unwrap();
    assert_eq!((header.source, header.destination), (THOAV4, FHA));
    assert_eq!((header.protocol, header.payload[0]), (protocol::ICMP, 8));
    assert_eq!(bench.pass(110).tunnelled().len(), 1);
    // Also when nothing has been sent there at all.
    let mut bench = Bench::with(|config| config.tunnel = TunnelForm::Udp);
    let asked = bench.attach(AgentPolicy::None).request();
    let answer = Answer { udp: Some(110), parameters: false, ..Answer::default() };
    assert!(bench.reply(&asked, &answer).tunnelled().is_empty());
    assert!(bench.pass(109).tunnelled().is_empty());
    assert_eq!(bench.pass(1).tunnelled().len(), 1);
}

//= data-path.6.6
//= data-path.6.7
#[test]
fn a_keepalive_at_once_after_registration_through_an_agent() {
    let mut bench = Bench::with(|config| config.tunnel = TunnelForm::Udp);
    bench.attach(AgentPolicy::Solicit(3));
    let flags = R | advertisement_flag::UDP_TUNNELLING;
    let asked = bench.advertise(flags, CHALLENGE).request();
    let seen = bench.reply(&asked, &Answer { udp: Some(0), ..Answer::default() });
    let echoes = |seen: &super::bench::Seen| {
        let is_echo = |octets: &&Vec<u8>| octets[9] == protocol::ICMP;
        seen.tunnelled().iter().filter(is_echo).count()
    };
    assert_eq!(echoes(&seen), 1);
    assert!(seen.tunnelled().len() == 2, "and the update");
    bench.acknowledge(&seen, &Ack::default());
    // Interval 0 leaves it to the mobile node.
    assert_eq!(echoes(&bench.pass(109)), 0);
    assert_eq!(echoes(&bench.pass(1)), 1);
}
