//! Other links, refresh and release.

use crate::support::{Done, v6};
use core::time::Duration;

use dsboot_codec::mip4::AuthenticationKind;
use dsboot_roles::count::{Data, Registration};
use dsboot_roles::mn::{AgentPolicy, BindingState, Outcome, Purpose};
use dsboot_spec::registry::mip4::{code, extension};
use dsboot_spec::registry::pana;

use super::bench::{
    AGENT, AGENT_CARE_OF, Ack, Answer, Bench, CARE_OF, CARE_OF2, FHA, FHA2, PROVISIONAL, THOAV4,
    request,
};
use super::{CHALLENGE, at_agent};

//= movement.1.1
//= movement.1.2
//= movement.1.3
//= movement.1.4
//= movement.1.10
//= movement.2.2
//= movement.2.3
//= movement.2.4
#[test]
fn below_the_same_fha_it_registers_again_and_updates_nothing() {
    let mut bench = Bench::bound();
    bench.pass(10);
    let before = bench.mn.held().unwrap().clone();
    bench.paa.care_of = Some(CARE_OF2);
    bench.paa.is_silent = true;
    let seen = bench.attach(AgentPolicy::None);
    // Without access there is neither a request nor a tunnel.
    assert!(seen.requests().is_empty());
    let packet = super::data::from_home();
    assert!(bench.act(|mn, now, _| mn.send_ipv6(now, &packet)).counts(Data::NoBinding));
    bench.paa.is_silent = false;
    let mut seen = bench.pass(10);
    let asked = seen.requests().remove(0);
    assert_eq!((asked.source.ip(), asked.destination.ip()), (CARE_OF2.into(), FHA.into()));
    let again = request(&asked);
    assert_eq!((again.header.home_address, again.header.care_of_address), (THOAV4, CARE_OF2));
    let kinds: Vec<u8> = again.extensions.iter().map(|e| e.value.kind()).collect();
    assert_eq!(kinds, [extension::NAI, extension::MOBILE_HOME_AUTHENTICATION]);
    let proof = again.extensions.authenticator(AuthenticationKind::MobileHome).once().unwrap();
    assert!(proof.verify(&before.association.of_requests().unwrap()));
    // Not from the care-of address that is registered, which belongs to the link it has left.
    assert!(bench.act(|mn, now, _| mn.send_ipv6(now, &packet)).is_silent());
    let asked = seen.requests().pop().unwrap();
    seen = bench.reply(&asked, &Answer::again());
    assert!(seen.updates().is_empty() && bench.pass(60).updates().is_empty());
    let held = bench.mn.held().unwrap();
    assert_eq!(held.care_of_address, CARE_OF2);
    assert_eq!((held.thoav4, held.home_address), (before.thoav4, before.home_address));
    assert_eq!(held.ipv6_care_of_address, before.ipv6_care_of_address);
    assert_eq!(held.home_agent, before.home_agent);
    assert_eq!(bench.mn.binding().state(), BindingState::Bound);
    assert!(!bench.addresses.contains(&CARE_OF.into()));
}

//= movement.1.6
//= movement.1.7
//= home-binding.4.3
//= home-binding.4.7
#[test]
fn below_another_fha_it_bootstraps_anew_and_updates_its_binding() {
    let mut bench = Bench::bound();
    bench.pass(10);
    bench.paa.care_of = Some(CARE_OF2);
    bench.paa.fha = Some(FHA2);
    let asked = bench.attach(AgentPolicy::None).request();
    assert_eq!(asked.destination.ip(), FHA2);
    let first = request(&asked);
    assert!(first.header.home_address.is_unspecified());
    assert!(!first.extensions.mn_ha_key_request().is_absent());
    assert!(first.extensions.authenticator(AuthenticationKind::MnAaa).once().is_some());
    assert!(first.extensions.authenticator(AuthenticationKind::MobileHome).is_absent());
    assert!(bench.mn.held().is_none());
    // Without a registration it is not bound, even before the next one is answered.
    assert!(bench.mn.binding().bound().is_none());
    assert_eq!(bench.mn.binding().state(), BindingState::Idle);
    let care_of = v6("2001:db8:e::77");
    let seen = bench.reply(&asked, &Answer { care_of: Some(care_of), ..Answer::default() });
    assert_eq!(seen.update().addresses.care_of, care_of);
    assert_eq!(seen.update().addresses.home, super::bench::home_address());
    assert_eq!(bench.mn.binding().state(), BindingState::Updating);
    // There is a binding already, so there is less to wait for.
    let due = dsboot_roles::Machine::poll_timeout(&bench.mn).unwrap();
    assert_eq!(due, bench.now + Duration::from_secs(1));
    // The home agent knows the new address when it has said so.
    let packet = super::data::from_home();
    assert!(bench.act(|mn, now, _| mn.send_ipv6(now, &packet)).counts(Data::NoBinding));
    bench.acknowledge(&seen, &Ack::default());
    assert_eq!(bench.act(|mn, now, _| mn.send_ipv6(now, &packet)).ipv6().len(), 1);
}

//= home-binding.4.3
//= movement.1.7
#[test]
fn back_at_an_fha_it_is_bound_when_the_home_agent_says_so_again() {
    let mut bench = Bench::bound();
    bench.pass(10);
    bench.paa.fha = Some(FHA2);
    bench.paa.care_of = Some(CARE_OF2);
    let asked = bench.attach(AgentPolicy::None).request();
    let care_of = v6("2001:db8:e::77");
    // The home agent may have taken this update, whose acknowledgement does not come.
    let seen = bench.reply(&asked, &Answer { care_of: Some(care_of), ..Answer::default() });
    assert_eq!(seen.update().addresses.care_of, care_of);
    bench.pass(1);
    bench.paa.fha = Some(FHA);
    bench.paa.care_of = Some(CARE_OF);
    let asked = bench.attach(AgentPolicy::None).request();
    let seen = bench.reply(&asked, &Answer::default());
    let seen = if seen.updates().is_empty() { bench.pass(1) } else { seen };
    assert!(bench.mn.binding().bound().is_none());
    bench.acknowledge(&seen, &Ack::default());
    assert!(bench.mn.binding().bound().is_some());
}

//= home-binding.1.1
#[test]
fn an_update_that_found_no_way_is_made_anew_where_there_is_one() {
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    assert_eq!(bench.reply(&asked, &Answer::default()).updates().len(), 1);
    // Away from the tunnel it is repeated, at longer and longer intervals, and goes nowhere.
    bench.paa.care_of = Some(CARE_OF2);
    bench.paa.is_silent = true;
    bench.attach(AgentPolicy::None);
    assert!(bench.pass(40).updates().is_empty());
    bench.paa.is_silent = false;
    let asked = bench.attach(AgentPolicy::None).request();
    let seen = bench.reply(&asked, &Answer::again());
    let seen = bench.acknowledge(&seen, &Ack::default());
    assert!(seen.updates().is_empty() && bench.mn.binding().bound().is_some());
}

//= movement.1.10
#[test]
fn way_and_challenge_are_those_of_the_link_it_is_on() {
    let (mut bench, seen) = at_agent();
    bench.reply(&seen.request(), &Answer::default());
    bench.pass(2);
    bench.paa.care_of = Some(CARE_OF);
    let asked = bench.attach(AgentPolicy::None).request();
    assert_eq!((asked.source.ip(), asked.destination.ip()), (CARE_OF.into(), FHA.into()));
    assert!(request(&asked).header.flags.decapsulation());
    assert!(request(&asked).extensions.challenge().is_absent());
    bench.reply(&asked, &Answer::again());
    // And back.
    bench.pass(2);
    bench.paa.care_of = None;
    assert!(bench.attach(AgentPolicy::Solicit(3)).requests().is_empty());
    let asked = bench.advertise(0, b"challenge-9").request();
    assert_eq!((asked.source.ip(), asked.destination.ip()), (THOAV4.into(), AGENT.into()));
    assert_eq!(request(&asked).header.care_of_address, AGENT_CARE_OF);
    assert_eq!(request(&asked).extensions.challenge().once(), Some(&b"challenge-9"[..]));
    let kinds: Vec<u8> = request(&asked).extensions.iter().map(|e| e.value.kind()).collect();
    let end = [extension::CHALLENGE, extension::GENERALIZED_AUTHENTICATION];
    let start = [extension::NAI, extension::MOBILE_HOME_AUTHENTICATION];
    assert_eq!(kinds, [start, end].concat());
}

//= movement.1.11
#[test]
fn where_access_is_refused_its_bindings_run_out() {
    let mut bench = Bench::bound();
    bench.pass(10);
    bench.paa.result = pana::result::AUTHORIZATION_REJECTED;
    bench.attach(AgentPolicy::None);
    let ends = bench.mn.held().unwrap().ends;
    let seen = bench.pass(3600);
    assert!(seen.requests().is_empty() && seen.updates().is_empty());
    assert!(seen.counts(Registration::Lost) && bench.now > ends);
    assert!(bench.mn.held().is_none() && bench.mn.binding().bound().is_none());
}

//= movement.2.1
//= movement.2.4
//= movement.2.8
//= data-path.7.2
#[test]
fn registration_and_binding_are_refreshed_before_they_end() {
    let mut bench = Bench::bound();
    let (mut requests, mut updates) = (0, 0);
    for _ in 0..6000 {
        let seen = bench.pass(1);
        for update in seen.updates() {
            let left = bench.now.until(bench.mn.held().unwrap().ends);
            assert!(u64::from(update.lifetime.seconds()) <= left.as_secs());
            let ack = bench.ack(&update, &Ack::default());
            bench.deliver(&ack);
            updates += 1;
        }
        for asked in seen.requests() {
            assert_eq!(request(&asked).header.home_address, THOAV4);
            bench.reply(&asked, &Answer { key_lifetime: 0, ..Answer::again() });
            requests += 1;
        }
        let (_, bound) = bench.mn.binding().bound().unwrap();
        let held = bench.mn.held().unwrap();
        assert!(bench.now < bound && bound <= held.ends && held.is_complete());
        if requests == 3 {
            break;
        }
    }
    assert!((requests, updates >= 3) == (3, true), "{requests} {updates}");
}

//= data-path.7.2
//= home-binding.4.7
#[test]
fn a_shorter_registration_shortens_the_binding() {
    let mut bench = Bench::bound();
    bench.pass(2);
    let asked = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    bench.reply(&asked, &Answer { lifetime: 100, ..Answer::again() });
    let ends = bench.mn.held().unwrap().ends;
    assert_eq!(bench.mn.binding().bound().unwrap().1, ends);
}

//= movement.2.5
//= movement.2.6
#[test]
fn before_session_or_key_end_it_asks_for_a_new_key() {
    // The key.
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    bench.reply(&asked, &Answer { key_lifetime: 3000, ..Answer::default() });
    let asked = bench.pass(1400).requests().remove(0);
    assert!(request(&asked).header.home_address.is_unspecified());
    assert_eq!(bench.mn.requesting(), Some(Purpose::First));
    // The session: less is granted than before.
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    bench.reply(&asked, &Answer { key_lifetime: 100_000, ..Answer::default() });
    let asked = bench.pass(1350).request();
    assert_eq!(request(&asked).header.home_address, THOAV4);
    bench.reply(&asked, &Answer { lifetime: 400, ..Answer::again() });
    let asked = bench.pass(300).request();
    assert!(request(&asked).header.home_address.is_unspecified());
}

//= movement.1.2
//= movement.2.6
#[test]
fn a_movement_waits_for_no_new_key() {
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    bench.reply(&asked, &Answer { key_lifetime: 2000, ..Answer::default() });
    bench.pass(300);
    // So little is left of the key that a refresh would ask for another one.
    bench.paa.care_of = Some(CARE_OF2);
    let asked = bench.attach(AgentPolicy::None).request();
    assert_eq!(request(&asked).header.home_address, THOAV4);
    assert_eq!(bench.mn.requesting(), Some(Purpose::Again));
    bench.reply(&asked, &Answer { lifetime: 1500, ..Answer::again() });
    bench.pass(2);
    let asked = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    assert!(request(&asked).header.home_address.is_unspecified());
}

//= movement.2.7
//= movement.3.9
//= movement.3.10
#[test]
fn a_registration_lost_is_bootstrapped_anew() {
    let mut bench = Bench::bound();
    let ends = bench.mn.held().unwrap().ends;
    let last = bench.pass(1799).requests();
    assert!(last.iter().all(|d| request(d).header.home_address == THOAV4));
    let seen = bench.pass(2);
    assert!(bench.now > ends && seen.counts(Registration::Lost));
    assert!(bench.mn.held().is_none() && bench.mn.binding().bound().is_none());
    let asked = seen.requests().pop().unwrap_or_else(|| bench.pass(2).request());
    assert!(request(&asked).header.home_address.is_unspecified());
    assert!(!bench.addresses.contains(&THOAV4.into()));
    let seen = bench.reply(&asked, &Answer::default());
    bench.acknowledge(&seen, &Ack::default());
    assert_eq!(bench.mn.binding().state(), BindingState::Bound);
}

//= movement.2.7
#[test]
fn a_refresh_that_the_fha_refuses_is_bootstrapped_anew() {
    let mut bench = Bench::bound();
    bench.pass(2);
    let asked = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    let refusal = Answer { key: false, ..Answer::refusing(code::HA_RESOURCES) };
    assert!(bench.reply(&asked, &refusal).requests().is_empty(), "a second has to pass");
    assert!(bench.mn.held().is_none());
    let asked = bench.pass(1).request();
    assert!(request(&asked).header.home_address.is_unspecified());
    bench.reply(&asked, &Answer::refusing(code::HA_RESOURCES));
    assert_eq!(bench.mn.outcome(), Some(Outcome::Refused(code::HA_RESOURCES)));
    assert!(bench.pass(100).requests().is_empty());
}

/// Somebody has altered the request on its way: that ends nothing, and what is asked is asked again.
//= registration.10.15
#[test]
fn a_131_is_passed_over() {
    let mut bench = Bench::bound();
    bench.pass(2);
    let refuted = Answer { key: false, ..Answer::refusing(code::HA_MN_AUTHENTICATION) };
    let held = bench.mn.held().cloned();
    let asked = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    let seen = bench.reply(&asked, &refuted);
    assert!(seen.requests().is_empty() && seen.counts(Registration::Denied));
    assert_eq!(bench.mn.held().cloned(), held);
    // It goes on as without an answer.
    let again = bench.pass(2).request();
    assert_eq!(request(&again).header.home_address, THOAV4);
    bench.reply(&again, &Answer::again());
    assert_eq!(bench.mn.requesting(), None);
    // A release waits for a better answer too.
    let seen = bench.act(|mn, now, random| mn.release(now, random));
    let asked = bench.acknowledge(&seen, &Ack::default()).request();
    bench.reply(&asked, &refuted);
    assert!(bench.mn.held().is_some() && !bench.paa.terminated);
    let again = bench.pass(2).request();
    bench.reply(&again, &Answer { lifetime: 0, ..Answer::again() });
    assert_eq!(bench.mn.outcome(), Some(Outcome::Released));
}

/// While it is open which key the FHA has, the AAAH is asked.
//= movement.1.12
#[test]
fn after_an_unanswered_request_for_a_key_it_keeps_to_the_first_form() {
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    bench.reply(&asked, &Answer { key_lifetime: 1800, ..Answer::default() });
    bench.pass(2);
    bench.act(|mn, now, random| mn.refresh(now, random)).request();
    assert_eq!(bench.mn.requesting(), Some(Purpose::First));
    // Its reply is lost, and the mobile node moves.
    bench.pass(1);
    let asked = bench.attach(AgentPolicy::None).request();
    assert!(request(&asked).header.home_address.is_unspecified());
    assert!(bench.mn.held().is_some());
    let nonce = *b"another-nonce-16";
    bench.reply(&asked, &Answer { nonce, key_lifetime: 7200, ..Answer::default() });
    // Now it is known.
    bench.pass(2);
    bench.attach(AgentPolicy::None);
    assert_eq!(bench.mn.requesting(), Some(Purpose::Again));
}

//= registration.4.11
//= home-binding.1.6
#[test]
fn what_has_changed_of_its_numbers_is_told_once() {
    let mut bench = Bench::bound();
    let before = bench.mn.take_changed().unwrap();
    assert_eq!(bench.mn.take_changed(), None);
    bench.pass(10);
    let seen = bench.act(|mn, now, random| mn.release(now, random));
    let of_update = bench.mn.take_changed().unwrap();
    assert!(of_update.message_id > before.message_id);
    bench.acknowledge(&seen, &Ack::default()).request();
    assert!(bench.mn.take_changed().unwrap().identification > of_update.identification);
    assert_eq!(bench.mn.take_changed(), None);
}

//= movement.3.1
//= movement.3.2
//= movement.3.3
//= movement.3.6
//= movement.3.9
#[test]
fn release_goes_from_the_inside_out() {
    let mut bench = Bench::bound();
    bench.pass(10);
    let seen = bench.act(|mn, now, random| mn.release(now, random));
    assert_eq!(seen.update().lifetime.seconds(), 0);
    assert!(seen.requests().is_empty() && !bench.paa.terminated);
    let seen = bench.acknowledge(&seen, &Ack::default());
    let asked = seen.request();
    let header = request(&asked).header;
    assert_eq!((header.lifetime, header.home_address), (0, THOAV4));
    assert_eq!(header.care_of_address, THOAV4);
    assert!(!bench.paa.terminated);
    bench.reply(&asked, &Answer { lifetime: 0, ..Answer::again() });
    assert!(bench.paa.terminated);
    assert_eq!(bench.mn.outcome(), Some(Outcome::Released));
    assert!(bench.addresses.is_empty(), "{:?}", bench.addresses);
    assert!(bench.mn.held().is_none() && bench.mn.admitted().is_none());
    assert!(bench.mn.pac().is_none() && bench.mn.agent().is_none());
    assert_eq!(bench.mn.binding().state(), BindingState::Idle);
    assert!(bench.pass(10_000).0.is_empty());
    // And again from the beginning.
    bench.paa = super::bench::Paa::default();
    let asked = bench.attach(AgentPolicy::None).request();
    let seen = bench.reply(&asked, &Answer::default());
    bench.acknowledge(&seen, &Ack::default());
    assert_eq!(bench.mn.binding().state(), BindingState::Bound);
}

//= movement.3.2
#[test]
fn each_step_of_a_release_is_given_up_after_its_last_repetition() {
    let mut bench = Bench::bound();
    bench.pass(10);
    let start = bench.now;
    let mut updates = bench.act(|mn, now, random| mn.release(now, random)).updates();
    let mut requests = Vec::new();
    bench.paa.is_silent = true;
    while requests.is_empty() {
        let seen = bench.pass(1);
        updates.extend(seen.updates());
        requests.extend(seen.requests());
    }
    assert_eq!((updates.len(), bench.now.since(start).as_secs()), (5, 31));
    assert!(updates.iter().all(|update| update.lifetime.seconds() == 0));
    let start = bench.now;
    while bench.mn.held().is_some() {
        requests.extend(bench.pass(1).requests());
    }
    assert_eq!((requests.len(), bench.now.since(start).as_secs()), (5, 31));
    assert!(bench.mn.is_releasing());
    bench.pass(3600);
    assert!(!bench.mn.is_releasing() && bench.addresses.is_empty());
    assert!(bench.pass(10_000).0.is_empty());
}

//= registration.4.14
#[test]
fn a_release_answers_the_challenge_of_the_denial_before() {
    let (mut bench, seen) = at_agent();
    let seen = bench.reply(&seen.request(), &Answer::default());
    bench.acknowledge(&seen, &Ack::default());
    bench.pass(2);
    let seen = bench.act(|mn, now, random| mn.release(now, random));
    let asked = bench.acknowledge(&seen, &Ack::default()).request();
    assert_eq!(request(&asked).header.lifetime, 0);
    bench.deny(&asked, code::FA_TIMEOUT, 0, Some(b"challenge-7"));
    let again = bench.pass(4).requests().remove(0);
    assert_eq!(request(&again).header.lifetime, 0);
    assert_eq!(request(&again).extensions.challenge().once(), Some(&b"challenge-7"[..]));
}

//= movement.3.6
#[test]
fn nothing_is_left_of_an_agent_after_the_release() {
    let (mut bench, seen) = at_agent();
    let seen = bench.reply(&seen.request(), &Answer::default());
    bench.acknowledge(&seen, &Ack::default());
    bench.pass(2);
    let seen = bench.act(|mn, now, random| mn.release(now, random));
    let asked = bench.acknowledge(&seen, &Ack::default()).request();
    assert_eq!(asked.destination.ip(), AGENT);
    bench.reply(&asked, &Answer { lifetime: 0, ..Answer::again() });
    assert!(bench.mn.agent().is_none());
    assert!(bench.pass(10_000).0.is_empty());
}

//= movement.3.8
#[test]
fn home_is_used_when_everything_else_is_released() {
    let mut bench = Bench::bound();
    bench.pass(10);
    let seen = bench.act(|mn, now, random| mn.come_home(now, random));
    assert_eq!(seen.update().lifetime.seconds(), 0);
    assert!(!bench.mn.is_at_home());
    let asked = bench.acknowledge(&seen, &Ack::default()).request();
    assert_eq!(request(&asked).header.lifetime, 0);
    assert!(!bench.mn.is_at_home() && bench.addresses.contains(&CARE_OF.into()));
    bench.reply(&asked, &Answer { lifetime: 0, ..Answer::again() });
    assert!(bench.paa.terminated && bench.mn.is_at_home());
    assert_eq!(bench.addresses, [super::bench::home_address().into()].into());
    assert!(bench.pass(10_000).0.is_empty());
    // Away again.
    bench.paa = super::bench::Paa::default();
    let asked = bench.attach(AgentPolicy::None).request();
    assert!(!bench.mn.is_at_home());
    let seen = bench.reply(&asked, &Answer::default());
    bench.acknowledge(&seen, &Ack::default());
    assert_eq!(bench.mn.binding().state(), BindingState::Bound);
}

//= movement.3.8
#[test]
fn a_home_agent_that_was_not_reached_is_told_at_home() {
    let mut bench = Bench::bound();
    bench.pass(10);
    let home = super::bench::home_address();
    bench.act(|mn, now, random| mn.come_home(now, random));
    bench.paa.is_silent = true;
    let mut at_home = Vec::new();
    while at_home.is_empty() {
        let seen = bench.pass(1);
        at_home = seen.plain_updates();
        assert!(!bench.mn.is_at_home());
        assert!(bench.now < dsboot_roles::Time::from_unix_micros(1_700_001_000_000_000));
    }
    let update = at_home.remove(0);
    assert_eq!((update.addresses.home, update.addresses.care_of), (home, home));
    assert_eq!(update.lifetime.seconds(), 0);
    // It goes on asking, for as long as there may be a binding.
    assert!(bench.pass(300).plain_updates().len() > 5);
    assert!(!bench.mn.is_at_home());
    let update = loop {
        if let Some(update) = bench.pass(1).plain_updates().pop() {
            break update;
        }
    };
    let ack = bench.ack(&update, &Ack::default());
    bench.hear_at_home(ack);
    assert!(bench.mn.is_at_home());
    assert_eq!(bench.addresses, [home.into()].into());
    assert!(bench.pass(10_000).0.is_empty());
}

//= movement.3.8
#[test]
fn a_home_agent_that_never_answers_is_waited_for_as_long_as_it_may_hold_a_binding() {
    let mut bench = Bench::bound();
    let (_, ends) = bench.mn.binding().bound().unwrap();
    bench.act(|mn, now, random| mn.come_home(now, random));
    bench.paa.is_silent = true;
    bench.pass(ends.since(bench.now).as_secs() - 1);
    assert!(!bench.mn.is_at_home());
    bench.pass(60);
    assert!(bench.mn.is_at_home());
}

//= movement.3.1
#[test]
fn a_registration_elsewhere_is_released_where_it_is() {
    let mut bench = Bench::bound();
    bench.pass(10);
    // Release interrupts a movement to another FHA before it is registered there.
    bench.paa.fha = Some(FHA2);
    bench.paa.is_silent = true;
    bench.attach_from(PROVISIONAL, AgentPolicy::Solicit(2));
    bench.paa.is_silent = false;
    bench.act(|mn, now, random| mn.release(now, random));
    let seen = bench.pass(40);
    for asked in seen.requests() {
        assert_eq!(request(&asked).header.home_agent, FHA);
    }
    assert!(!seen.requests().is_empty());
}

//= movement.2.1
#[test]
fn a_refresh_waits_for_a_way() {
    let (mut bench, seen) = at_agent();
    bench.reply(&seen.request(), &Answer { lifetime: 600, ..Answer::default() });
    // The agent falls silent before the refresh is due.
    bench.now = bench.now + Duration::from_secs(1);
    bench.hear(
        super::bench::AGENT_LINK,
        super::bench::advertisement(AGENT_CARE_OF, 0, 30, CHALLENGE),
    );
    assert!(bench.pass(500).requests().is_empty());
    bench.advertise(0, b"challenge-5");
    let asked = bench.pass(1).requests().remove(0);
    assert_eq!(request(&asked).extensions.challenge().once(), Some(&b"challenge-5"[..]));
}
