//! How bindings end, and what is left of them.

use crate::support::Done;
use core::net::Ipv4Addr;
use core::time::Duration;
use std::collections::BTreeSet;

use dsboot_roles::count::Registration;
use dsboot_roles::fha::Key;
use dsboot_roles::{AddressChange, Effect, Machine};
use dsboot_spec::registry::mip4::code;

use crate::fha::bench::{Accept, Ask, Bench, THOAV4, care_of_v6, decode, nai, told};
use crate::fha::{MN1, MN2, registered};

//= registration.7.12
//= movement.2.5
//= keys.1.11
#[test]
fn no_lifetime_reaches_past_what_limits_it() {
    let granted = |asked, max: u16, accept: &Accept| {
        let mut bench = Bench::with(|config| config.max_lifetime = max);
        let seen = bench.register(&Ask { lifetime: asked, ..Ask::default() }, accept);
        decode(&seen.reply()).header.lifetime
    };
    let usual = Accept::default();
    assert_eq!(granted(600, 1800, &usual), 600);
    assert_eq!(granted(9000, 1800, &usual), 1800);
    assert_eq!(granted(9000, 9000, &usual), 3600);
    assert_eq!(granted(9000, 9000, &Accept { key_lifetime: 500, ..Accept::default() }), 500);
    assert_eq!(granted(u16::MAX, u16::MAX, &usual), 3600);
    // A refresh gets no more than what is left.
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &usual);
    bench.pass(1700);
    bench.receive(&bench.again(&registered()));
    bench.pass(1700);
    let seen = bench.receive(&bench.again(&registered()));
    assert_eq!(decode(&seen.reply()).header.lifetime, 200);
}

//= registration.7.13
//= registration.8.9
//= movement.3.10
#[test]
fn a_binding_ends_with_its_lifetime_and_nobody_is_told() {
    let mut bench = Bench::new();
    bench.register(&Ask { lifetime: 60, ..Ask::default() }, &Accept::default());
    assert_eq!(bench.fha.poll_timeout(), Some(bench.now + Duration::from_secs(60)));
    bench.pass(59);
    bench.timeout();
    assert_eq!(bench.fha.bindings().len(), 1);
    bench.pass(1);
    let seen = bench.timeout();
    assert!(seen.is_silent() && seen.counts(Registration::Expired));
    assert!(bench.fha.bindings().is_empty());
    let gone = Effect::Address(AddressChange::Remove(care_of_v6().into()));
    assert!(seen.0.iter().any(|effect| *effect == gone));
}

//= registration.7.18
#[test]
fn what_a_binding_had_is_nobody_elses_until_its_lifetime_is_over() {
    let mut bench = Bench::new();
    bench.register(&Ask { lifetime: 100, ..Ask::default() }, &Accept::default());
    bench.pass(1);
    let all = Ask { lifetime: 0, care_of: THOAV4, ..registered() };
    assert_eq!(bench.receive(&bench.again(&all)).code(), code::ACCEPTED);
    assert!(bench.fha.bindings().is_empty());
    // 158 s after the registration its 100 s and 60 more are not over.
    let elsewhere = Some(Ipv4Addr::new(203, 0, 113, 10));
    let other = Some(crate::support::v6("2001:db8:f::78"));
    for (seconds, accept, answer) in [
        (1, Accept::default(), code::HA_PROHIBITED),
        (1, Accept { thoav4: elsewhere, ..Accept::default() }, code::HA_PROHIBITED),
        (1, Accept { care_of: other, ..Accept::default() }, code::HA_PROHIBITED),
        (154, Accept::default(), code::HA_PROHIBITED),
        (4, Accept::default(), code::ACCEPTED),
    ] {
        bench.pass(seconds);
        bench.timeout();
        let seen = bench.register(&Ask { nai: MN2, ..Ask::default() }, &accept);
        assert_eq!(seen.code(), answer, "{seconds}");
    }
}

//= registration.7.18
#[test]
fn who_comes_back_has_its_own_addresses() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    bench.pass(1);
    bench.receive(&bench.again(&Ask { lifetime: 0, care_of: THOAV4, ..registered() }));
    bench.pass(1);
    assert_eq!(bench.register(&Ask::default(), &Accept::default()).code(), code::ACCEPTED);
}

//= registration.7.14
#[test]
fn a_replay_is_known_after_the_binding_has_gone() {
    let mut bench = Bench::new();
    let first = bench.first(&Ask { lifetime: 2, ..Ask::default() });
    let asked = bench.receive(&first).radius();
    bench.receive(&bench.accept(&asked, &Accept::default()));
    bench.pass(3);
    bench.timeout();
    assert!(bench.fha.bindings().is_empty());
    let asked = bench.receive(&first).radius();
    let seen = bench.receive(&bench.accept(&asked, &Accept::default()));
    assert_eq!(seen.code(), code::IDENTIFICATION_MISMATCH);
    assert!(bench.fha.bindings().is_empty());
}

//= registration.7.14
#[test]
fn what_was_on_its_way_before_a_release_is_known_after_it() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    bench.pass(1);
    let late = bench.first(&Ask::default());
    bench.pass(1);
    bench.receive(&bench.again(&Ask { lifetime: 0, care_of: THOAV4, ..registered() }));
    let asked = bench.receive(&late).radius();
    let seen = bench.receive(&bench.accept(&asked, &Accept::default()));
    assert_eq!(seen.code(), code::IDENTIFICATION_MISMATCH);
    assert!(bench.fha.bindings().is_empty());
}

//= movement.3.7
#[test]
fn a_release_is_known_for_a_minute() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    bench.pass(1);
    let spi = bench.fha.bindings().get(&nai(MN1)).unwrap().association.fha_spi;
    let all = Ask { lifetime: 0, care_of: THOAV4, ..registered() };
    assert_eq!(bench.receive(&bench.again(&all)).code(), code::ACCEPTED);
    for (seconds, is_known) in [(59, true), (2, false)] {
        bench.pass(seconds);
        bench.timeout();
        let again = bench.again_with(&all, spi, &crate::fha::bench::mn_fha_key(MN1));
        assert_eq!(bench.receive(&again).is_silent(), !is_known);
    }
}

#[test]
fn no_association_outlives_its_key() {
    let mut bench = Bench::new();
    let accept = Accept { key_lifetime: 100, ..Accept::default() };
    bench.register(&Ask { lifetime: 100, ..Ask::default() }, &accept);
    bench.pass(98);
    let spi = bench.fha.bindings().get(&nai(MN1)).unwrap().association.fha_spi;
    let all = Ask { lifetime: 0, care_of: THOAV4, ..registered() };
    assert_eq!(bench.receive(&bench.again(&all)).code(), code::ACCEPTED);
    for (seconds, is_known) in [(1, true), (1, false)] {
        bench.pass(seconds);
        let again = bench.again_with(&all, spi, &crate::fha::bench::mn_fha_key(MN1));
        assert_eq!(bench.receive(&again).is_silent(), !is_known);
    }
}

#[test]
fn who_releases_without_an_association_is_told_the_key_of_the_answer() {
    let mut bench = Bench::new();
    let seen = bench.register(&Ask { lifetime: 0, ..Ask::default() }, &Accept::default());
    let datagram = seen.reply();
    let reply = decode(&datagram);
    assert_eq!((reply.header.code.0, reply.header.lifetime), (code::ACCEPTED, 0));
    assert!(crate::fha::bench::is_proved(&datagram, MN1));
    assert!(reply.extensions.mn_ha_key_reply().once().is_some());
    assert!(bench.fha.bindings().is_empty());
}

//= registration.7.15
#[test]
fn the_ipv6_care_of_address_is_defended_while_there_is_a_binding() {
    let mut bench = Bench::new();
    let seen = bench.register(&Ask::default(), &Accept::default());
    let defended = Effect::Address(AddressChange::Add(care_of_v6().into()));
    assert!(seen.0.iter().any(|effect| *effect == defended));
}

//= movement.3.3
//= movement.3.4
//= movement.3.5
//= movement.3.7
#[test]
fn a_deregistration_ends_what_it_names_and_may_be_repeated() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    bench.pass(1);
    let other = Ask { lifetime: 0, care_of: Ipv4Addr::new(198, 51, 101, 5), ..registered() };
    assert_eq!(bench.receive(&bench.again(&other)).code(), code::ACCEPTED);
    assert_eq!(bench.fha.bindings().len(), 1, "that address is not bound");
    bench.pass(1);
    let all = Ask { lifetime: 0, care_of: THOAV4, ..registered() };
    let spi = bench.fha.bindings().get(&nai(MN1)).unwrap().association.fha_spi;
    let seen = bench.receive(&bench.again(&all));
    let datagram = seen.reply();
    let reply = decode(&datagram);
    assert_eq!((reply.header.code.0, reply.header.lifetime), (code::ACCEPTED, 0));
    assert!(crate::fha::bench::is_proved(&datagram, MN1) && told(&reply).ipv6_hoa.is_absent());
    assert!(bench.fha.bindings().is_empty());
    let gone = Effect::Address(AddressChange::Remove(care_of_v6().into()));
    assert!(seen.0.iter().any(|effect| *effect == gone));
    bench.pass(1);
    let again = bench.again_with(&all, spi, &crate::fha::bench::mn_fha_key(MN1));
    assert_eq!(bench.receive(&again).code(), code::ACCEPTED);
    // And a new bootstrap is possible.
    bench.pass(1);
    assert_eq!(bench.register(&Ask::default(), &Accept::default()).code(), code::ACCEPTED);
}

/// The FHA after a crash, with what had been stored when its last answer left.
fn crash(bench: &mut Bench, stored: &mut BTreeSet<Key>) {
    stored.append(&mut bench.fha.take_changed());
    let mut again = Bench::new().fha;
    for key in stored.iter() {
        if let Some(record) = bench.fha.record(key) {
            again.restore(key.clone(), record);
        }
    }
    again.keep_journal();
    bench.fha = again;
}

//= movement.4.1
#[test]
fn what_was_answered_outlives_a_crash() {
    let mut bench = Bench::new();
    let mut stored = BTreeSet::new();
    bench.fha.keep_journal();
    bench.register(&Ask::default(), &Accept::default());
    let bound = bench.fha.bindings().get(&nai(MN1)).cloned();
    crash(&mut bench, &mut stored);
    assert!(bound.is_some());
    assert_eq!(bench.fha.bindings().get(&nai(MN1)).cloned(), bound);
    // The key is there: it goes on without the AAAH.
    bench.pass(1);
    let refresh = bench.again(&registered());
    assert_eq!(bench.receive(&refresh).code(), code::ACCEPTED);
    bench.pass(1);
    let all = Ask { lifetime: 0, care_of: THOAV4, ..registered() };
    let end = bench.again(&all);
    assert_eq!(bench.receive(&end).code(), code::ACCEPTED);
    crash(&mut bench, &mut stored);
    // What was accepted is known, and the address kept.
    assert_eq!(bench.receive(&refresh).code(), code::IDENTIFICATION_MISMATCH);
    assert!(bench.fha.bindings().is_empty());
    let other = Ask { nai: MN2, ..Ask::default() };
    assert_eq!(bench.register(&other, &Accept::default()).code(), code::HA_PROHIBITED);
}
