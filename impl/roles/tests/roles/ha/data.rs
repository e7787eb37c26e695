//! Packets through the home agent.

use crate::support::{Done, Octets, v6 as address};
use core::net::Ipv6Addr;

use dsboot_codec::ip::tunnel::ipv6_in_ipv6;
use dsboot_codec::ip::{icmp, v4, v6};
use dsboot_roles::cn::Cn;
use dsboot_roles::count::{Binding, Data};
use dsboot_roles::{Effect, Input, Machine, Packet};
use dsboot_spec::registry::ip::{icmpv6, protocol};

use crate::ha::bench::{Bench, Update, care_of, ha, home};

fn cn() -> Ipv6Addr {
    address("2001:db8:c::1")
}

pub(crate) fn echo(source: &str, destination: &str) -> Vec<u8> {
    let body = icmp::Echo { identifier: 1, sequence: 2, data: b"ping" }.encode();
    let message = icmp::Message::new(icmpv6::ECHO_REQUEST, &body);
    icmp::packet_v6(address(source), address(destination), &message).unwrap()
}

pub(crate) fn outer(octets: &[u8]) -> v6::Packet<'_> {
    v6::Packet::decode(octets).unwrap()
}

/// A packet to the correspondent from `source`, tunnelled from `end`.
pub(crate) fn tunnelled(end: Ipv6Addr, source: Ipv6Addr) -> Vec<u8> {
    let inner = echo(&source.to_string(), "2001:db8:c::1");
    ipv6_in_ipv6::wrap(end, ha(), 64, None, &inner).unwrap()
}

fn with_hop_limit(octets: &[u8], hop_limit: u8) -> Vec<u8> {
    let mut octets = octets.to_vec();
    octets[7] = hop_limit;
    octets
}

fn bound() -> Bench {
    let mut bench = Bench::new();
    bench.bind(&Update::default());
    bench
}

//= data-path.4.1
//= data-path.5.1
//= home-binding.3.13
#[test]
fn what_is_for_a_home_address_goes_to_the_care_of_address() {
    let packet = echo("2001:db8:c::1", "2001:db8:1::100");
    let sent = bound().packet(packet.clone()).packet();
    let header = outer(&sent);
    assert_eq!((header.source, header.destination), (ha(), care_of()));
    let inner = ipv6_in_ipv6::unwrap(&header).unwrap();
    assert_eq!(inner.packet.encode().unwrap(), with_hop_limit(&packet, packet[7] - 1));
    assert!(bound().packet(with_hop_limit(&packet, 1)).is_dropped(Data::HopLimit));
}

//= data-path.5.5
//= data-path.5.6
#[test]
fn what_does_not_fit_into_the_tunnel_goes_in_fragments_or_not_at_all() {
    let of =
        |length: usize| v6::Packet::new(cn(), home(), 59, &vec![7; length - 40]).encode().unwrap();
    let mut bench = bound();
    assert_eq!(bench.packet(of(1240)).sent().iter().map(Vec::len).collect::<Vec<_>>(), [1280]);
    let all = bench.packet(of(1280)).sent();
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [1280, 96]);
    for octets in &all {
        let header = outer(octets);
        assert_eq!((header.source, header.destination), (ha(), care_of()));
    }
    let forwarded = with_hop_limit(&of(1280), 63);
    assert_eq!([&all[0][48..], &all[1][48..]].concat(), forwarded);
    let seen = bench.packet(of(1281));
    assert!(seen.counts(Data::TooBig));
    let error = seen.packet();
    assert_eq!((outer(&error).source, outer(&error).destination), (ha(), cn()));
    assert_eq!((error[40], &error[44..48]), (2, &1280_u32.to_be_bytes()[..]));
}

//= data-path.5.5
//= data-path.5.7
#[test]
fn fragments_from_the_mobile_node_are_put_together() {
    let inner = v6::Packet::new(home(), cn(), 59, &[7; 1240]).encode().unwrap();
    let whole = v6::Packet::new(care_of(), ha(), 41, &inner);
    let all = whole.fragments(1280, 5).unwrap();
    let mut bench = bound();
    assert!(bench.packet(all[0].clone()).is_silent());
    assert_eq!(bench.packet(all[1].clone()).packet(), with_hop_limit(&inner, 63));
    // From another care-of address, what they make is dropped like any other packet.
    let forged = v6::Packet { source: cn(), ..whole }.fragments(1280, 5).unwrap();
    assert!(bench.packet(forged[0].clone()).is_silent());
    assert!(bench.packet(forged[1].clone()).is_dropped(Data::WrongOuterSource));
    bench.packet(all[0].clone());
    assert!(bench.packet(all[0].clone()).is_dropped(Data::BadFragment));
    bench.pass(60);
    bench.timeout();
    assert!(bench.packet(all[1].clone()).is_silent());
}

//= data-path.4.3
//= data-path.7.1
#[test]
fn what_is_for_an_address_without_a_binding_is_dropped() {
    let to_home = echo("2001:db8:c::1", "2001:db8:1::100");
    let to_other = echo("2001:db8:c::1", "2001:db8:1::200");
    assert!(Bench::new().packet(to_home.clone()).is_dropped(Data::NoBinding));
    assert!(bound().packet(to_other).is_dropped(Data::NoBinding));
    let mut bench = bound();
    bench.pass(1800);
    bench.timeout();
    assert!(bench.packet(to_home.clone()).is_dropped(Data::NoBinding));
    assert!(bench.packet(tunnelled(care_of(), home())).is_dropped(Data::NoBinding));
    let mut bench = bound();
    bench.bind(&Update { sequence: 2, lifetime: 0, ..Update::default() });
    assert!(bench.packet(to_home).is_dropped(Data::NoBinding));
    assert!(bench.packet(tunnelled(care_of(), home())).is_dropped(Data::NoBinding));
}

//= data-path.4.2
//= data-path.4.3
#[test]
fn only_what_a_binding_covers_leaves_the_tunnel() {
    let stranger = address("2001:db8:f::78");
    assert!(bound().packet(tunnelled(stranger, home())).is_dropped(Data::WrongOuterSource));
    let other = address("2001:db8:1::200");
    assert!(bound().packet(tunnelled(care_of(), other)).is_dropped(Data::NoBinding));
    assert!(bound().packet(tunnelled(care_of(), care_of())).is_dropped(Data::NoBinding));
    let dying = with_hop_limit(&echo("2001:db8:1::100", "2001:db8:c::1"), 1);
    let dying = ipv6_in_ipv6::wrap(care_of(), ha(), 64, None, &dying).unwrap();
    assert!(bound().packet(dying).is_dropped(Data::HopLimit));
    let broken = v6::Packet::new(care_of(), ha(), protocol::IPV6, &[0x60; 20]).encode().unwrap();
    assert!(bound().packet(broken).is_dropped(Data::Malformed));
}

//= data-path.3.6
#[test]
fn what_is_not_for_a_home_agent_is_dropped() {
    let four =
        v4::Packet::new([192, 0, 2, 1].into(), [192, 0, 2, 2].into(), protocol::UDP, &[0; 8]);
    assert!(bound().packet(four.encode().unwrap()).is_dropped(Data::Malformed));
    let ping = echo("2001:db8:c::1", "2001:db8:1::1");
    assert!(bound().packet(ping).is_dropped(Binding::Unexpected));
}

//= data-path.5.4
#[test]
fn what_comes_from_a_tunnels_end_is_not_tunnelled_again() {
    for source in ["2001:db8:f::77", "2001:db8:1::1"] {
        let packet = echo(source, "2001:db8:1::100");
        assert!(bound().packet(packet).is_dropped(Data::WrongInnerSource));
    }
}

//= data-path.4.4
//= data-path.4.5
//= data-path.4.6
#[test]
fn mobile_node_and_correspondent_talk_under_the_home_address() {
    let mut bench = bound();
    let out = bench.packet(tunnelled(care_of(), home())).packet();
    let seen = outer(&out);
    assert_eq!((seen.source, seen.destination), (home(), cn()));
    assert_eq!(seen.upper_layer().unwrap().protocol, protocol::ICMPV6);
    assert_eq!(seen.hop_limit, 63);
    let mut correspondent = Cn::new(cn());
    let packet = Packet { neighbour: None, octets: out };
    let effects = correspondent.handle(bench.now, &mut Octets::default(), Input::Packet(&packet));
    let Some(Effect::Packet(answer)) = effects.iter().next() else { panic!("no answer") };
    assert_eq!(outer(&answer.octets).destination, home());
    let back = bench.packet(answer.octets.clone()).packet();
    let header = outer(&back);
    assert_eq!(header.destination, care_of());
    let inner = ipv6_in_ipv6::unwrap(&header).unwrap().packet;
    assert_eq!((inner.source, inner.destination), (cn(), home()));
    let message = icmp::Message::decode_v6(inner.payload, &inner.pseudo()).unwrap();
    assert_eq!(message.kind, icmpv6::ECHO_REPLY);
    assert_eq!(icmp::Echo::decode(message.body).unwrap().data, b"ping");
}
