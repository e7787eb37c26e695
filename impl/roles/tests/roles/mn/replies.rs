//! What the mobile node makes of replies.

use crate::support::Done;
use core::time::Duration;

use dsboot_codec::ip::v6;
use dsboot_codec::mip4::AuthenticationKind;
use dsboot_roles::count::Registration;
use dsboot_roles::mn::{AgentPolicy, BindingState, Outcome, Purpose};
use dsboot_spec::registry::mip4::code;

use super::bench::{
    AGENT_CARE_OF, AGENT_LINK, Ack, Answer, Bench, CARE_OF, Paa, THOAV4, advertisement, request,
};
use super::{CHALLENGE, at_agent};

fn asked() -> (Bench, dsboot_roles::Datagram) {
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    (bench, asked)
}

//= registration.10.1
//= registration.10.2
//= registration.10.3
//= registration.10.7
//= keys.1.10
#[test]
fn replies_that_are_discarded() {
    let other = Some(core::net::Ipv4Addr::new(203, 0, 113, 10));
    let unproved = Registration::ReplyUnproved;
    let cases = [
        (Answer { skewed: 1, ..Answer::default() }, Registration::Unsolicited),
        (Answer { proofs: 0, ..Answer::default() }, unproved),
        (Answer { proofs: 2, ..Answer::default() }, unproved),
        (Answer { signed_with: Some(b"another key"), ..Answer::default() }, unproved),
        (Answer { key: false, ..Answer::default() }, Registration::ReplyWithoutKey),
        (Answer { replay: 3, ..Answer::default() }, Registration::ReplyWithoutKey),
        (Answer { mirror: other, ..Answer::default() }, Registration::ReplyWithoutHome),
        (Answer { thoav4: [0; 4].into(), ..Answer::default() }, Registration::ReplyWithoutHome),
    ];
    for (answer, reason) in cases {
        let (mut bench, asked) = asked();
        let seen = bench.reply(&asked, &answer);
        assert!(seen.counts(reason) && seen.is_silent(), "{answer:?} {seen:?}");
        assert!(bench.mn.held().is_none() && bench.mn.requesting() == Some(Purpose::First));
        // The right one is still taken.
        let mirror = Some(THOAV4);
        bench.reply(&asked, &Answer { mirror, ..Answer::default() });
        assert!(bench.mn.held().is_some(), "{answer:?}");
    }
}

//= registration.10.1
#[test]
fn a_reply_to_a_request_before_the_last_one_is_discarded() {
    let (mut bench, first) = asked();
    let second = bench.pass(1).request();
    assert!(bench.reply(&first, &Answer::default()).counts(Registration::Unsolicited));
    bench.reply(&second, &Answer::default());
    assert!(bench.mn.held().is_some());
    // And so is one repeated.
    assert!(bench.reply(&second, &Answer::default()).counts(Registration::Unsolicited));
}

//= registration.10.4
//= registration.10.6
#[test]
fn addresses_after_the_authenticator_are_none() {
    let (mut bench, asked) = asked();
    let seen = bench.reply(&asked, &Answer { after: true, ..Answer::default() });
    assert!(bench.mn.held().is_some_and(|held| !held.is_complete()));
    assert!(seen.counts(Registration::Incomplete) && seen.updates().is_empty());
}

//= registration.10.6
#[test]
fn an_incomplete_bootstrap_is_reported_and_sends_no_update() {
    for answer in [
        Answer { home_agent: None, ..Answer::default() },
        Answer { care_of: None, ..Answer::default() },
        Answer { parameters: false, ..Answer::default() },
    ] {
        let (mut bench, asked) = asked();
        let seen = bench.reply(&asked, &answer);
        assert!(seen.counts(Registration::Incomplete) && seen.updates().is_empty());
        assert!(bench.mn.held().is_some());
        assert_eq!(bench.mn.binding().state(), BindingState::Idle);
        assert!(bench.pass(100).updates().is_empty());
    }
}

//= registration.10.8
//= registration.4.11
#[test]
fn after_133_it_follows_the_clock_of_the_fha_forward_and_back() {
    for clock in [3600, -3600, i32::MAX, i32::MIN] {
        let (mut bench, asked) = asked();
        let refusal = Answer { clock, ..Answer::refusing(code::IDENTIFICATION_MISMATCH) };
        assert!(bench.reply(&asked, &refusal).requests().is_empty(), "a second has to pass");
        let asked = bench.pass(1).request();
        let theirs = bench.now.ntp_seconds().wrapping_add_signed(clock);
        assert_eq!(request(&asked).header.identification.high(), theirs);
        bench.reply(&asked, &Answer::default());
        assert!(bench.mn.held().is_some());
    }
    // Where the clocks agree but for the second in which the answer was under way, what follows is
    // greater all the same.
    for clock in [-1, -2] {
        let (mut bench, first) = asked();
        let before = request(&first).header.identification;
        let refusal = Answer { clock, ..Answer::refusing(code::IDENTIFICATION_MISMATCH) };
        bench.reply(&first, &refusal);
        assert!(request(&bench.pass(1).request()).header.identification > before);
    }
    // One that nothing proves changes nothing.
    let (mut bench, asked) = asked();
    let refusal = Answer::refusing(code::IDENTIFICATION_MISMATCH);
    bench.reply(&asked, &Answer { clock: 3600, signed_with: Some(b"no"), ..refusal });
    let again = bench.pass(1).request();
    assert_eq!(request(&again).header.identification.high(), bench.now.ntp_seconds());
}

//= registration.10.8
#[test]
fn the_clock_of_the_fha_is_not_forgotten_with_a_registration() {
    let (mut bench, first) = asked();
    let clock = 3600;
    bench.reply(&first, &Answer { clock, ..Answer::refusing(code::IDENTIFICATION_MISMATCH) });
    let again = bench.pass(1).request();
    let seen = bench.reply(&again, &Answer::default());
    bench.acknowledge(&seen, &Ack::default());
    bench.pass(2);
    let seen = bench.act(|mn, now, random| mn.release(now, random));
    let release = bench.acknowledge(&seen, &Ack::default()).request();
    bench.reply(&release, &Answer { lifetime: 0, ..Answer::again() });
    assert!(bench.mn.pac().is_none());
    bench.pass(10_000);
    bench.paa = Paa::default();
    let anew = bench.attach(AgentPolicy::None).request();
    let theirs = bench.now.ntp_seconds().wrapping_add_signed(clock);
    assert_eq!(request(&anew).header.identification.high(), theirs);
}

//= registration.10.9
//= registration.4.14
#[test]
fn a_denied_challenge_is_answered_by_the_new_one() {
    for denial in [104, 105, 106] {
        let (mut bench, seen) = at_agent();
        let seen = bench.deny(&seen.request(), denial, 0, Some(b"challenge-2"));
        assert!(seen.requests().is_empty() && seen.counts(Registration::DeniedByAgent));
        let again = bench.pass(1).request();
        let again = request(&again);
        assert_eq!(again.extensions.challenge().once(), Some(&b"challenge-2"[..]));
        let proof = again.extensions.authenticator(AuthenticationKind::MnAaa).once();
        assert!(proof.unwrap().verify_chap(super::MN_AAA_KEY, b"challenge-2"));
        // Without a new challenge it asks for an advertisement.
        let (mut bench, seen) = at_agent();
        bench.pass(2);
        let asked = bench.pass(1).requests().pop().unwrap_or_else(|| seen.request());
        let seen = bench.deny(&asked, denial, 0, Some(CHALLENGE));
        assert!(seen.counts(Registration::Solicited), "{seen:?}");
    }
}

//= registration.4.13
#[test]
fn denials_do_not_make_it_ask_faster_and_faster() {
    let (mut bench, seen) = at_agent();
    let mut asked = vec![seen.request()];
    let mut times = vec![bench.now];
    // Every second request is denied for its challenge, the others are not answered.
    while bench.now.since(times[0]) < Duration::from_secs(200) {
        let Some(request) = bench.pass(1).requests().pop() else { continue };
        times.push(bench.now);
        asked.push(request.clone());
        if asked.len() % 2 == 0 {
            let fresh = asked.len().to_be_bytes();
            bench.deny(&request, code::STALE_CHALLENGE, 0, Some(&fresh));
        }
    }
    let waits: Vec<u64> = times.windows(2).map(|pair| pair[1].since(pair[0]).as_secs()).collect();
    assert_eq!(waits, [1, 1, 2, 1, 4, 1, 8, 1, 16, 1, 32, 1, 32, 1, 32, 1, 32, 1, 32]);
}

//= registration.10.9
#[test]
fn a_denial_gives_the_challenge_of_an_agent_not_heard_any_more() {
    let mut bench = Bench::new();
    bench.paa.care_of = None;
    bench.attach(AgentPolicy::Solicit(3));
    let advertisement = advertisement(AGENT_CARE_OF, 0, 2, CHALLENGE);
    bench.hear(AGENT_LINK, advertisement).request();
    let asked = bench.pass(3).requests().pop().unwrap();
    assert!(bench.mn.agent().is_none());
    bench.deny(&asked, code::STALE_CHALLENGE, 0, Some(b"challenge-2"));
    let again = bench.pass(1).request();
    assert_eq!(request(&again).extensions.challenge().once(), Some(&b"challenge-2"[..]));
}

//= registration.10.10
#[test]
fn a_lifetime_too_long_is_shortened() {
    let (mut bench, seen) = at_agent();
    let asked = seen.request();
    assert_eq!(request(&asked).header.lifetime, 600);
    bench.deny(&asked, code::FA_LIFETIME_TOO_LONG, 90, None);
    assert_eq!(request(&bench.pass(1).request()).header.lifetime, 90);
    // That is that agent's business, and no other link's.
    bench.paa.care_of = Some(CARE_OF);
    let asked = bench.attach(AgentPolicy::None).request();
    assert_eq!(request(&asked).header.lifetime, 1800);
}

//= registration.10.6
#[test]
fn a_bootstrap_that_has_become_incomplete_updates_nothing_any_more() {
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    let seen = bench.reply(&asked, &Answer { key_lifetime: 1800, ..Answer::default() });
    bench.acknowledge(&seen, &Ack::default());
    bench.pass(2);
    let asked = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    bench.reply(&asked, &Answer { home_agent: None, ..Answer::default() });
    assert_eq!(bench.mn.binding().state(), BindingState::Idle);
    assert!(bench.pass(1340).updates().is_empty());
}

//= registration.10.11
#[test]
fn a_lifetime_runs_from_the_sending_of_the_request() {
    for (granted, expected) in [(300, 300), (60_000, 1800)] {
        let (mut bench, asked) = asked();
        let sent = bench.now;
        bench.now = bench.now + Duration::from_millis(900);
        bench.reply(&asked, &Answer { lifetime: granted, ..Answer::default() });
        assert_eq!(bench.mn.held().unwrap().ends, sent + Duration::from_secs(expected));
        let expires = bench.mn.held().unwrap().association.expires;
        assert_eq!(expires, sent + Duration::from_secs(7200));
    }
}

//= registration.10.14
#[test]
fn accepted_for_no_time_is_not_registered() {
    let nothing = Answer { lifetime: 0, ..Answer::default() };
    let (mut bench, asked) = asked();
    let seen = bench.reply(&asked, &nothing);
    assert!(seen.counts(Registration::NothingGranted) && seen.updates().is_empty());
    assert!(bench.mn.held().is_none());
    assert_eq!(bench.mn.outcome(), Some(Outcome::Refused(code::ACCEPTED)));
    assert!(bench.pass(100).requests().is_empty());
    // Where there was a registration it is no more; the mobile node bootstraps anew, once.
    let mut bench = Bench::bound();
    bench.pass(2);
    let asked = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    bench.reply(&asked, &Answer { lifetime: 0, ..Answer::again() });
    assert!(bench.mn.held().is_none());
    assert_eq!(bench.mn.binding().state(), BindingState::Idle);
    let asked = bench.pass(1).request();
    assert!(request(&asked).header.home_address.is_unspecified());
    bench.reply(&asked, &nothing);
    assert!(bench.mn.held().is_none() && bench.pass(100).requests().is_empty());
}

//= registration.10.12
//= data-path.1.5
#[test]
fn there_is_no_tunnel_before_the_reply_and_after_the_registration() {
    let (mut bench, asked) = asked();
    let packet = v6::Packet {
        hop_limit: 64,
        ..v6::Packet::new(super::bench::home_address(), super::bench::home_agent(), 59, &[])
    };
    let packet = packet.encode().unwrap();
    assert!(bench.act(|mn, now, _| mn.send_ipv6(now, &packet)).is_silent());
    let seen = bench.reply(&asked, &Answer::default());
    assert_eq!(seen.tunnelled().len(), 1);
    bench.acknowledge(&seen, &Ack::default());
    assert_eq!(bench.act(|mn, now, _| mn.send_ipv6(now, &packet)).tunnelled().len(), 1);
    let ends = bench.mn.held().unwrap().ends;
    bench.pass(bench.now.until(ends).as_secs());
    bench.now = ends;
    assert!(bench.act(|mn, now, _| mn.send_ipv6(now, &packet)).is_silent());
}

//= registration.10.13
#[test]
fn an_agents_denial_ends_nothing_that_is_in_force() {
    let (mut bench, seen) = at_agent();
    bench.reply(&seen.request(), &Answer::default());
    bench.pass(2);
    let again = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    let before = bench.mn.held().cloned();
    for denial in [64, 66, 77, 78, 97] {
        bench.deny(&again, denial, 0, None);
        assert_eq!(bench.mn.held().cloned(), before);
        assert_eq!(bench.mn.outcome(), Some(Outcome::Registered));
    }
}

//= keys.1.1
//= keys.1.6
//= registration.10.2
#[test]
fn a_new_key_is_in_use_with_the_accepting_reply_and_not_before() {
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    bench.reply(&asked, &Answer { key_lifetime: 1800, ..Answer::default() });
    let old = bench.mn.held().unwrap().association.clone();
    // The key ends with the registration: the next request asks for another.
    bench.pass(2);
    let asked = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    assert_eq!(bench.mn.requesting(), Some(Purpose::First));
    let nonce = *b"another-nonce-16";
    bench.reply(&asked, &Answer { nonce, signed_with: Some(b"bad"), ..Answer::default() });
    assert_eq!(bench.mn.held().unwrap().association, old);
    // A refusal under the association there is (144), and one under the new key (130).
    let old_spi = old.mn_spi;
    bench.mn_spi = old_spi;
    bench.reply(&asked, &Answer { key: false, ..Answer::refusing(code::HA_BAD_AAA_AUTH) });
    assert_eq!(bench.mn.outcome(), Some(Outcome::Refused(code::HA_BAD_AAA_AUTH)));
    assert_eq!(bench.mn.held().unwrap().association, old);
    // It does not ask again at once.
    assert!(bench.pass(100).requests().is_empty());
    let asked = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    bench.reply(&asked, &Answer { nonce, ..Answer::refusing(code::HA_RESOURCES) });
    assert_eq!(bench.mn.held().unwrap().association, old);
    bench.pass(2);
    let asked = bench.act(|mn, now, random| mn.refresh(now, random)).request();
    bench.reply(&asked, &Answer { nonce, key_lifetime: 7200, ..Answer::default() });
    let new = bench.mn.held().unwrap().association.clone();
    assert!(new.key != old.key && new.mn_spi != old.mn_spi);
}

//= keys.1.6
//= registration.4.13
#[test]
fn a_refused_request_for_a_new_key_is_not_repeated_at_once() {
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    bench.reply(&asked, &Answer { key_lifetime: 1800, ..Answer::default() });
    let asked = bench.pass(1350).request();
    bench.reply(&asked, &Answer::refusing(code::HA_RESOURCES));
    assert!(bench.mn.held().is_some());
    assert!(bench.pass(224).requests().is_empty());
    bench.pass(1).request();
}
