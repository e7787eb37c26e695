//! What the FHA has to do with foreign agents.

use core::net::Ipv4Addr;

use crate::fha::bench::{AGENT, Accept, Ask, Bench, THOAV4, decode};
use crate::support::Done;
use dsboot_roles::count::Registration;
use dsboot_spec::registry::mip4::{code, extension};

//= registration.7.9
#[test]
fn an_agent_that_can_prove_itself_must() {
    let mut bench = Bench::new();
    let ask = Ask { care_of: AGENT, source: AGENT, ..Ask::default() };
    let seen = bench.receive(&bench.first(&ask));
    assert!(seen.counts(Registration::ForeignAgentUnproved));
    assert_eq!(seen.code(), code::HA_FA_AUTHENTICATION);
    let signed = bench.first(&Ask { signed_by_agent: true, ..ask });
    let mut forged = signed.clone();
    *forged.payload.last_mut().unwrap() ^= 1;
    assert_eq!(bench.receive(&forged).code(), code::HA_FA_AUTHENTICATION);
    bench.receive(&signed).radius();
}

//= registration.7.9
#[test]
fn a_release_through_an_agent_is_not_its_to_prove() {
    let mut bench = Bench::new();
    let ask = Ask { care_of: AGENT, source: AGENT, signed_by_agent: true, ..Ask::default() };
    bench.register(&ask, &Accept::default());
    bench.pass(1);
    let release = Ask { lifetime: 0, home_address: THOAV4, signed_by_agent: false, ..ask };
    assert_eq!(bench.receive(&bench.again(&release)).code(), code::ACCEPTED);
    assert!(bench.fha.bindings().is_empty());
}

//= registration.7.20
#[test]
fn an_agent_without_association_proves_nothing() {
    let mut bench = Bench::new();
    let elsewhere = Ipv4Addr::new(198, 51, 100, 77);
    let ask = Ask { care_of: elsewhere, source: elsewhere, ..Ask::default() };
    let signed = bench.first(&Ask { signed_by_agent: true, ..ask.clone() });
    let seen = bench.receive(&signed);
    assert!(seen.is_silent() && seen.counts(Registration::ForeignAgentUnproved));
    bench.receive(&bench.first(&ask)).radius();
}

//= registration.8.5
#[test]
fn the_agents_part_of_a_reply_stands_behind_the_authenticator() {
    let mut bench = Bench::new();
    let challenge = Some(b"challenge".to_vec());
    let ask =
        Ask { care_of: AGENT, source: AGENT, signed_by_agent: true, challenge, ..Ask::default() };
    let datagram = bench.register(&ask, &Accept::default()).reply();
    let reply = decode(&datagram);
    let kinds: Vec<u8> = reply.extensions.iter().map(|e| e.value.kind()).collect();
    let tail = [
        extension::MOBILE_HOME_AUTHENTICATION,
        extension::CHALLENGE,
        extension::FOREIGN_HOME_AUTHENTICATION,
    ];
    assert!(kinds.ends_with(&tail), "{kinds:?}");
    assert_eq!(reply.extensions.challenge().once(), Some(&b"challenge"[..]));
}
