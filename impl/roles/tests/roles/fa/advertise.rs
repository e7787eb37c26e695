//! Step 0.

use crate::support::Done;
use core::net::Ipv4Addr;
use core::time::Duration;
use std::collections::BTreeSet;

use dsboot_codec::ip::v4;
use dsboot_codec::mip4::discovery::solicitation;
use dsboot_roles::count::Registration;
use dsboot_roles::{LinkAddr, Machine};
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::code;

use crate::fa::bench::{
    AGENT, Answer, Ask, Bench, MN1, MN2, NAI2, advertisement, next_challenge, solicitation_packet,
};

fn advertising() -> Bench {
    Bench::with(|config| config.advertise_every = Some(Duration::from_secs(10)))
}

//= registration.1.1
//= registration.1.4
#[test]
fn a_solicitation_is_answered_to_the_node_that_asks() {
    let mut bench = Bench::with(|config| {
        config.registration_required = true;
        config.udp_tunnelling = true;
        config.max_lifetime = 900;
    });
    let packet = bench.solicit(MN1).advertisement();
    assert_eq!(packet.neighbour, Some(MN1));
    let header = v4::Packet::decode(&packet.octets).unwrap();
    assert_eq!((header.source, header.destination), (AGENT, Ipv4Addr::BROADCAST));
    assert_eq!(header.ttl, 1);
    let heard = advertisement(&packet);
    let agent = heard.mobility_agent().once().unwrap();
    assert_eq!(agent.care_of_addresses.first(), Some(AGENT));
    assert_eq!(agent.lifetime, 900);
    assert!(agent.flags.foreign_agent() && agent.flags.reverse_tunnel());
    assert!(agent.flags.registration_required() && agent.flags.udp_tunnelling());
    assert!(heard.challenge().once().unwrap().len() >= 4);
    // The flags are the configured ones.
    let packet = Bench::new().solicit(MN1).advertisement();
    let flags = advertisement(&packet).mobility_agent().once().unwrap().flags;
    assert!(!flags.registration_required() && !flags.udp_tunnelling());
}

//= wire.11.5
#[test]
fn solicitations_go_to_agents_routers_or_everybody() {
    let to = |octets: [u8; 4]| {
        let icmp = solicitation();
        let source = Ipv4Addr::UNSPECIFIED;
        let packet = v4::Packet::new(source, octets.into(), protocol::ICMP, &icmp);
        v4::Packet { ttl: 1, ..packet }.encode().unwrap()
    };
    for good in [[224, 0, 0, 11], [224, 0, 0, 2], [255; 4], AGENT.octets()] {
        assert_eq!(Bench::new().packet(Some(MN1), to(good)).packets().len(), 1, "{good:?}");
    }
    for other in [[224, 0, 0, 1], [239, 1, 1, 1], [203, 0, 113, 9]] {
        assert!(Bench::new().packet(Some(MN1), to(other)).is_silent(), "{other:?}");
    }
}

//= registration.1.1
//= registration.1.4
//= wire.11.5
#[test]
fn everybody_hears_the_agent_at_its_intervals() {
    let mut bench = advertising();
    for _ in 0..3 {
        assert!(bench.fa.poll_timeout().is_some_and(|due| due <= bench.now));
        let packet = bench.timeout().advertisement();
        assert_eq!(packet.neighbour, Some(LinkAddr::BROADCAST));
        let header = v4::Packet::decode(&packet.octets).unwrap();
        assert_eq!((header.destination, header.ttl), (Ipv4Addr::new(224, 0, 0, 1), 1));
        assert_eq!(bench.fa.poll_timeout(), Some(bench.now + Duration::from_secs(10)));
        assert!(bench.timeout().is_silent());
        bench.pass(10);
    }
}

//= registration.1.10
#[test]
fn an_agent_that_is_full_says_so() {
    let mut bench = Bench::with(|config| config.visitor_limit = 1);
    let says_busy = |bench: &mut Bench| {
        let packet = bench.solicit(MN2).advertisement();
        let flags = advertisement(&packet).mobility_agent().once().unwrap().flags;
        assert!(flags.foreign_agent());
        flags.busy()
    };
    assert!(!says_busy(&mut bench));
    bench.register(Ask::default(), &Answer::default());
    assert!(says_busy(&mut bench));
    bench.pass(1800);
    bench.timeout();
    assert!(!says_busy(&mut bench));
}

//= registration.1.4
#[test]
fn solicitations_from_beyond_the_link_or_broken_ones_are_dropped() {
    let mut bench = Bench::new();
    let before = bench.fa.clone();
    let mut broken = solicitation();
    broken[2] ^= 1;
    for packet in [solicitation_packet(2, &solicitation()), solicitation_packet(1, &broken)] {
        assert!(bench.packet(Some(MN1), packet).is_dropped(Registration::BadDiscovery));
    }
    assert_eq!(bench.fa, before);
}

//= registration.1.5
#[test]
fn the_sequence_starts_at_0_and_goes_on_with_256() {
    let mut bench = Bench::new();
    let mut sequence = || {
        let packet = bench.solicit(MN1).advertisement();
        advertisement(&packet).mobility_agent().once().unwrap().sequence
    };
    for expected in 0..=u16::MAX {
        assert_eq!(sequence(), expected);
    }
    assert_eq!((sequence(), sequence()), (256, 257));
}

//= registration.1.8
#[test]
fn no_challenge_is_offered_twice() {
    let mut bench = advertising();
    let mut offered = BTreeSet::new();
    for round in 0..20 {
        assert!(offered.insert(bench.timeout().challenge()));
        assert!(offered.insert(bench.challenge(MN1)));
        assert!(offered.insert(bench.challenge(MN2)));
        let identification = Ask::default().identification + round;
        let ask = Ask { identification, ..Ask::default() };
        bench.relay(ask);
        let answer = Answer { identification, ..Answer::default() };
        let back = bench.receive(&answer.datagram()).to_link();
        assert!(offered.insert(next_challenge(&back)));
        let denial = bench.receive(&Ask::default().datagram()).to_link();
        assert!(offered.insert(next_challenge(&denial)));
        bench.pass(10);
    }
}

//= registration.5.12
//= registration.5.13
#[test]
fn the_last_two_advertised_challenges_are_everybodys() {
    let mut bench = advertising();
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(bench.timeout().challenge());
        bench.pass(10);
    }
    let ask = |challenge: &Vec<u8>, identification| Ask {
        challenge: Some(challenge.clone()),
        identification,
        ..Ask::default()
    };
    let refused = bench.receive(&ask(&heard[0], 1).datagram()).code();
    assert_eq!(refused, code::UNKNOWN_CHALLENGE);
    bench.receive(&ask(&heard[1], 2).datagram()).relayed();
    bench.receive(&ask(&heard[2], 3).datagram()).relayed();
    // Used by one is not used by all.
    let other = Ask { nai: NAI2, neighbour: MN2, ..ask(&heard[2], 4) };
    bench.receive(&other.datagram()).relayed();
}

//= registration.5.12
#[test]
fn solicited_challenges_do_not_push_out_the_advertised_ones() {
    let mut bench = advertising();
    let heard = bench.timeout().challenge();
    for node in 0..100 {
        bench.solicit(LinkAddr([6, 0, 0, 0, 0, node]));
    }
    bench.receive(&Ask { challenge: Some(heard), ..Ask::default() }.datagram()).relayed();
}
