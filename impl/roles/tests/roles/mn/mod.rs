//! The mobile node, sentence by sentence.

mod bench;
mod binding;
mod data;
mod movement;
mod replies;
mod seen;

use crate::support::Done;
use core::net::Ipv4Addr;
use core::time::Duration;

use bench::{
    AGENT, AGENT_CARE_OF, AGENT_LINK, Answer, Bench, CARE_OF, FHA, MN_AAA_KEY, MN1, PROVISIONAL,
    advertisement, from_agent, request,
};
use dsboot_codec::dsb::Wanted;
use dsboot_codec::mip4::{AuthenticationKind, Identification};
use dsboot_roles::Effect;
use dsboot_roles::count::Registration;
use dsboot_roles::mn::AgentPolicy;
use dsboot_spec::registry::mip4::{
    COLOCATED_CHALLENGE, REQUEST_TTL, advertisement_flag, extension, request_flag,
};
use dsboot_spec::registry::pana;

const CHALLENGE: &[u8] = b"challenge-1";
const R: u16 = advertisement_flag::REGISTRATION_REQUIRED;

/// A bench at a foreign agent whose care-of address it is to use.
fn at_agent() -> (Bench, bench::Seen) {
    let mut bench = Bench::new();
    bench.paa.care_of = None;
    bench.attach(AgentPolicy::Solicit(3));
    let seen = bench.advertise(0, CHALLENGE);
    (bench, seen)
}

//= access.1.1
#[test]
fn an_identity_and_two_secrets_are_all_it_begins_with() {
    let bench = Bench::new();
    assert!(bench.mn.held().is_none() && bench.mn.admitted().is_none());
    assert!(bench.mn.agent().is_none() && bench.mn.binding().bound().is_none());
    let shown = format!("{:?}", bench.mn.config());
    assert!(!shown.contains("192.0.2.") && !shown.contains("2001:db8"), "{shown}");
}

//= access.1.4
//= access.4.12
//= registration.3.1
#[test]
fn it_proves_the_access_password_and_registers_only_when_admitted() {
    let mut bench = Bench::new();
    bench.paa.is_silent = true;
    let mut seen = bench.attach(AgentPolicy::None);
    seen.0.extend(bench.pass(3).0);
    assert!(seen.requests().is_empty() && bench.mn.way().is_none());
    bench.paa.is_silent = false;
    let seen = bench.pass(60);
    assert!(bench.paa.is_proved);
    assert!(!seen.requests().is_empty());
}

//= access.4.14
//= access.4.15
//= movement.1.11
#[test]
fn without_fha_or_access_it_asks_for_no_registration() {
    let mut bench = Bench::new();
    bench.paa.fha = None;
    bench.paa.fqdn = Some("fha1.asp.example");
    let seen = bench.attach(AgentPolicy::None);
    assert!(seen.requests().is_empty() && seen.counts(Registration::NoFha));
    assert!(bench.pass(100).requests().is_empty());
    // Name and address: the address.
    bench.paa.fha = Some(FHA);
    assert_eq!(bench.attach(AgentPolicy::None).request().destination.ip(), FHA);
    let mut bench = Bench::new();
    bench.paa.result = pana::result::AUTHENTICATION_REJECTED;
    bench.attach(AgentPolicy::None);
    assert!(bench.mn.admitted().is_none() && bench.pass(100).requests().is_empty());
}

//= access.4.13
//= registration.10.5
#[test]
fn what_step_3_says_is_a_hint_until_the_fha_has_proved_itself() {
    let mut bench = Bench::new();
    let seen = bench.attach(AgentPolicy::None);
    assert_eq!(bench.mn.admitted().unwrap().fha, Some(FHA));
    assert!(bench.mn.held().is_none());
    let asked = seen.request();
    bench.reply(&asked, &Answer { signed_with: Some(b"no key"), ..Answer::default() });
    assert!(bench.mn.held().is_none());
    bench.reply(&asked, &Answer::default());
    let held = bench.mn.held().unwrap();
    assert_eq!((held.thoav4, held.fha, held.care_of_address), (bench::THOAV4, FHA, CARE_OF));
    assert_eq!(held.home_address.unwrap().address(), bench::home_address());
    assert_eq!(held.home_agent.unwrap(), bench::home_agent());
    assert_eq!(held.ipv6_care_of_address.unwrap().address(), bench::care_of_v6());
    assert_eq!(held.association.fha_spi, bench::FHA_SPI);
}

//= access.4.16
#[test]
fn an_address_that_is_the_agents_is_not_taken_as_its_own() {
    let mut bench = Bench::new();
    bench.paa.care_of = Some(AGENT_CARE_OF);
    let seen = bench.attach(AgentPolicy::Solicit(3));
    // Nobody knows yet whose it is.
    assert!(!bench.addresses.contains(&AGENT_CARE_OF.into()) && seen.requests().is_empty());
    let asked = bench.advertise(0, CHALLENGE).request();
    let header = request(&asked).header;
    assert_eq!(header.care_of_address, AGENT_CARE_OF);
    assert!(!header.flags.decapsulation());
    assert!(!bench.addresses.contains(&AGENT_CARE_OF.into()));
    bench.reply(&asked, &Answer::default());
    assert!(!bench.mn.held().unwrap().colocated);
}

//= access.4.17
#[test]
fn an_address_of_its_own_is_shown_to_the_paa() {
    let mut bench = Bench::new();
    let seen = bench.attach(AgentPolicy::None);
    let to_paa: Vec<_> =
        seen.datagrams().into_iter().filter(|d| d.destination.ip() == bench::PAA).collect();
    assert_eq!(to_paa[0].source.ip(), PROVISIONAL);
    assert_eq!(to_paa.last().unwrap().source.ip(), CARE_OF);
    assert!(bench.addresses.contains(&CARE_OF.into()));
    assert!(!bench.addresses.contains(&PROVISIONAL.into()));
}

//= registration.3.2
//= registration.3.5
//= registration.3.7
//= registration.2.1
//= registration.4.1
//= registration.4.2
//= registration.4.3
//= registration.4.4
//= registration.4.5
//= registration.4.7
//= registration.4.8
//= keys.1.8
#[test]
fn the_first_request_straight_to_the_fha() {
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    assert_eq!((asked.source.ip(), asked.destination.ip()), (CARE_OF.into(), FHA.into()));
    assert_eq!((asked.ttl, asked.neighbour), (REQUEST_TTL, None));
    let request = request(&asked);
    let header = request.header;
    assert_eq!(header.flags.0, request_flag::REVERSE_TUNNEL | request_flag::DECAPSULATION);
    assert_eq!((header.home_address, header.home_agent), (Ipv4Addr::UNSPECIFIED, FHA));
    assert_eq!(header.care_of_address, CARE_OF);
    let kinds: Vec<u8> = request.extensions.iter().map(|e| e.value.kind()).collect();
    let expected =
        [extension::NAI, extension::MN_HA_KEY_REQUEST, extension::GENERALIZED_AUTHENTICATION];
    assert_eq!(kinds, expected);
    assert_eq!(request.extensions.nai().once(), Some(MN1));
    assert!(request.extensions.mn_ha_key_request().once().unwrap() >= 256);
    let proof = request.extensions.authenticator(AuthenticationKind::MnAaa).once().unwrap();
    assert!(proof.verify_chap(MN_AAA_KEY, &COLOCATED_CHALLENGE));
    assert!(!proof.verify_chap(bench::PASSWORD, &COLOCATED_CHALLENGE));
}

/// The same octets over and over.
struct Fixed(u32);

impl dsboot_roles::Random for Fixed {
    fn fill(&mut self, octets: &mut [u8]) {
        let value = self.0.to_be_bytes();
        octets.iter_mut().zip(value.iter().cycle()).for_each(|(octet, value)| *octet = *value);
    }
}

//= keys.1.8
#[test]
fn an_spi_in_use_is_not_chosen_again() {
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    bench.reply(&asked, &Answer { key_lifetime: 1800, ..Answer::default() });
    let used = bench.mn.held().unwrap().association.mn_spi;
    bench.pass(2);
    for value in [used, 7] {
        let mut mn = bench.mn.clone();
        let sent = mn.refresh(bench.now, &mut Fixed(value)).into_iter().find_map(|effect| {
            if let Effect::Datagram(datagram) = effect { Some(datagram) } else { None }
        });
        let sent = sent.unwrap();
        let spi = request(&sent).extensions.mn_ha_key_request().once().unwrap();
        assert!(spi >= 256 && spi != used);
    }
}

//= registration.4.9
//= registration.4.4
#[test]
fn what_it_wants_stands_after_the_nai() {
    let wanted = Wanted::ADDRESSES;
    let mut bench = Bench::with(|config| config.wanted = Some(wanted));
    let asked = bench.attach(AgentPolicy::None).request();
    let request = request(&asked);
    let kinds: Vec<u8> = request.extensions.iter().map(|e| e.value.kind()).collect();
    assert_eq!(kinds[..2], [extension::NAI, extension::NVSE]);
}

//= registration.1.2
//= registration.3.3
//= registration.3.6
//= registration.4.4
//= registration.4.6
//= registration.4.10
#[test]
fn through_an_agent_with_its_care_of_address() {
    let (mut bench, seen) = at_agent();
    let asked = seen.request();
    assert!(asked.source.ip().is_unspecified());
    assert_eq!((asked.destination.ip(), asked.neighbour), (AGENT.into(), Some(AGENT_LINK)));
    let first = request(&asked);
    assert_eq!((first.header.care_of_address, first.header.home_agent), (AGENT_CARE_OF, FHA));
    assert!(!first.header.flags.decapsulation());
    assert_eq!(first.header.lifetime, 600);
    assert_eq!(first.extensions.challenge().once(), Some(CHALLENGE));
    let kinds: Vec<u8> = first.extensions.iter().map(|e| e.value.kind()).collect();
    let end = [extension::CHALLENGE, extension::GENERALIZED_AUTHENTICATION];
    assert_eq!(kinds, [&[extension::NAI, extension::MN_HA_KEY_REQUEST], &end[..]].concat());
    let proof = first.extensions.authenticator(AuthenticationKind::MnAaa).once().unwrap();
    assert!(proof.verify_chap(MN_AAA_KEY, CHALLENGE));
    // A later one comes from the home address, and answers the challenge that came last.
    bench.reply(&asked, &Answer { challenge: Some(b"challenge-2"), ..Answer::default() });
    bench.pass(2);
    let again = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    assert_eq!(again.source.ip(), bench::THOAV4);
    assert_eq!(request(&again).extensions.challenge().once(), Some(&b"challenge-2"[..]));
    bench.reply(&again, &Answer::again());
    bench.advertise(0, b"challenge-3");
    bench.pass(2);
    let again = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    assert_eq!(request(&again).extensions.challenge().once(), Some(&b"challenge-3"[..]));
}

//= registration.3.4
//= registration.3.5
#[test]
fn through_an_agent_that_demands_it_with_an_address_of_its_own() {
    let mut bench = Bench::new();
    let seen = bench.attach(AgentPolicy::Solicit(3));
    // Not directly while an agent is awaited.
    assert!(seen.requests().is_empty() && bench.mn.admitted().is_some());
    let asked = bench.advertise(R, CHALLENGE).request();
    assert_eq!((asked.source.ip(), asked.destination.ip()), (CARE_OF.into(), AGENT.into()));
    let header = request(&asked).header;
    assert_eq!(header.care_of_address, CARE_OF);
    assert!(header.flags.decapsulation());
    assert_eq!(request(&asked).extensions.challenge().once(), Some(CHALLENGE));
}

//= registration.3.2
//= registration.4.6
#[test]
fn an_agent_that_demands_nothing_is_passed_by() {
    let mut bench = Bench::new();
    bench.attach(AgentPolicy::Solicit(3));
    let asked = bench.advertise(0, CHALLENGE).request();
    assert_eq!(asked.destination.ip(), FHA);
    assert!(request(&asked).extensions.challenge().is_absent());
    // What says it is an agent's denial is nobody's.
    let seen = bench.deny(&asked, 104, 0, Some(b"challenge-x"));
    assert!(seen.counts(Registration::Unexpected));
}

//= registration.1.3
//= registration.1.4
//= registration.3.2
//= wire.11.5
#[test]
fn it_solicits_in_growing_intervals_until_an_agent_is_heard() {
    let mut bench = Bench::new();
    let mut times = Vec::new();
    let mut seen = bench.attach(AgentPolicy::Solicit(4));
    let start = bench.now;
    for _ in 0..100 {
        for packet in seen.packets() {
            let header = dsboot_codec::ip::v4::Packet::decode(&packet.octets).unwrap();
            assert_eq!((header.ttl, header.payload[0]), (1, 10));
            assert_eq!(header.destination, Ipv4Addr::new(224, 0, 0, 11));
            times.push(bench.now.since(start).as_secs());
        }
        if !seen.requests().is_empty() {
            break;
        }
        seen = bench.pass(1);
    }
    assert_eq!(times, [0, 1, 3, 7]);
    assert_eq!(bench.now.since(start).as_secs(), 15);
    assert_eq!(seen.request().destination.ip(), FHA);
    // One that is heard ends it.
    let mut bench = Bench::new();
    bench.attach(AgentPolicy::Solicit(4));
    bench.advertise(0, CHALLENGE);
    assert!(!bench.pass(20).counts(Registration::Solicited));
}

//= registration.1.4
//= registration.1.6
#[test]
fn what_is_no_agents_advertisement_is_not_taken_for_one() {
    let mut bench = Bench::new();
    bench.attach(AgentPolicy::Solicit(3));
    let good = advertisement(AGENT_CARE_OF, 0, 1800, CHALLENGE);
    let mut far = dsboot_codec::ip::v4::Packet::decode(&good).unwrap();
    far.ttl = 2;
    let far = far.encode().unwrap();
    let mut damaged = good.clone();
    *damaged.last_mut().unwrap() ^= 1;
    for octets in [far, damaged] {
        assert!(bench.hear(AGENT_LINK, octets).counts(Registration::BadDiscovery));
        assert!(bench.mn.agent().is_none());
    }
    let router = dsboot_codec::mip4::discovery::Router { address: AGENT, preference: 0 };
    let builder = || dsboot_codec::mip4::discovery::AdvertisementBuilder::new(0, 1800, &[router]);
    let home = dsboot_codec::mip4::discovery::AdvertisementFlags(advertisement_flag::HOME_AGENT);
    for icmp in [builder().finish(), builder().mobility_agent(0, 600, home, &[]).finish()] {
        bench.hear(AGENT_LINK, from_agent(&icmp.unwrap(), 1));
        assert!(bench.mn.agent().is_none());
    }
    // A home agent's, though it tells a care-of address.
    let packet = dsboot_codec::ip::v4::Packet::decode(&good).unwrap();
    let mut body = packet.payload[4..].to_vec();
    body[18..20].copy_from_slice(&advertisement_flag::HOME_AGENT.to_be_bytes());
    let icmp = dsboot_codec::ip::icmp::Message::new(packet.payload[0], &body).encode_v4();
    bench.hear(AGENT_LINK, from_agent(&icmp, 1));
    assert!(bench.mn.agent().is_none());
    bench.hear(AGENT_LINK, good);
    assert!(bench.mn.agent().is_some());
}

//= registration.1.9
#[test]
fn a_busy_agent_is_for_those_that_it_serves_already() {
    let busy = advertisement_flag::BUSY;
    let mut bench = Bench::new();
    bench.paa.care_of = None;
    bench.attach(AgentPolicy::Solicit(3));
    let seen = bench.advertise(busy, CHALLENGE);
    assert!(seen.counts(Registration::AgentBusy) && seen.is_silent());
    assert!(bench.mn.agent().is_none() && bench.mn.way().is_none());
    // It has room again.
    let asked = bench.advertise(0, CHALLENGE).request();
    bench.reply(&asked, &Answer::default());
    // And none: whom it serves stays with it.
    bench.advertise(busy, b"challenge-2");
    bench.pass(2);
    let asked = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    assert_eq!(asked.destination.ip(), AGENT);
}

//= registration.1.7
#[test]
fn an_agent_not_heard_for_its_lifetime_is_gone() {
    let mut bench = Bench::new();
    bench.attach(AgentPolicy::Solicit(3));
    bench.hear(AGENT_LINK, advertisement(AGENT_CARE_OF, R, 30, CHALLENGE));
    bench.pass(29);
    assert!(bench.mn.agent().is_some());
    bench.hear(AGENT_LINK, advertisement(AGENT_CARE_OF, R, 30, CHALLENGE));
    bench.pass(29);
    assert!(bench.mn.agent().is_some());
    assert!(bench.pass(1).counts(Registration::Solicited));
    assert!(bench.mn.agent().is_none());
}

//= registration.4.11
//= registration.4.12
//= registration.4.13
//= registration.4.14
#[test]
fn an_unanswered_request_is_sent_anew_in_growing_intervals() {
    let (mut bench, seen) = at_agent();
    let start = bench.now;
    let mut sent = vec![(0, seen.request())];
    while bench.now.since(start) < Duration::from_secs(140) {
        let seen = bench.pass(1);
        let seconds = bench.now.since(start).as_secs();
        sent.extend(seen.requests().into_iter().map(|request| (seconds, request)));
    }
    let times: Vec<u64> = sent.iter().map(|(seconds, _)| *seconds).collect();
    assert_eq!(times, [0, 1, 3, 7, 15, 31, 63, 95, 127]);
    let ids: Vec<Identification> =
        sent.iter().map(|(_, datagram)| request(datagram).header.identification).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    assert_eq!(ids[5].high(), (start + Duration::from_secs(31)).ntp_seconds());
    assert!(sent.iter().all(|(_, d)| request(d).extensions.challenge().once() == Some(CHALLENGE)));
}

//= registration.4.13
#[test]
fn there_is_a_second_between_two_requests_whatever_the_reason() {
    let mut bench = Bench::bound();
    bench.pass(5);
    bench.act(|mn, now, random| mn.refresh(now, random)).request();
    assert!(bench.act(|mn, now, random| mn.refresh(now, random)).requests().is_empty());
    bench.pass(1).request();
}

//= registration.4.6
//= registration.4.14
#[test]
fn a_request_sent_again_answers_the_challenge_heard_last() {
    let (mut bench, _) = at_agent();
    assert!(bench.advertise(0, b"challenge-2").requests().is_empty());
    let again = bench.pass(1).request();
    assert_eq!(request(&again).extensions.challenge().once(), Some(&b"challenge-2"[..]));
}
