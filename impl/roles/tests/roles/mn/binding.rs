//! The home binding, from the mobile node's side.

use crate::support::Done;
use core::time::Duration;

use dsboot_codec::mip6::{self, Message, UpdateFlags};
use dsboot_roles::count;
use dsboot_roles::mn::{AgentPolicy, BindingState};
use dsboot_roles::{Secret, keys};
use dsboot_spec::registry::mip6::status;

use super::bench::{
    Ack, Answer, Bench, CARE_OF2, MN_AAA_KEY, Seen, Update, care_of_v6, home_address, home_agent,
    nai,
};

/// Registered, with an update on its way.
fn updating() -> (Bench, Seen) {
    let mut bench = Bench::new();
    let asked = bench.attach(AgentPolicy::None).request();
    let seen = bench.reply(&asked, &Answer::default());
    (bench, seen)
}

/// Updates until time has passed, with the milliseconds they came after.
fn updates(bench: &mut Bench, seconds: u64) -> Vec<(u128, Update)> {
    let start = bench.now;
    let mut all = Vec::new();
    while bench.now.since(start) < Duration::from_secs(seconds) {
        let until = bench.now + Duration::from_millis(100);
        bench.now = until;
        if bench.mn.poll_timeout_is_due(until) {
            let seen = bench.pass(0);
            let at = bench.now.since(start).as_millis();
            all.extend(seen.updates().into_iter().map(|update| (at, update)));
        }
    }
    all
}

trait Due {
    fn poll_timeout_is_due(&self, now: dsboot_roles::Time) -> bool;
}

impl Due for dsboot_roles::mn::Mn {
    fn poll_timeout_is_due(&self, now: dsboot_roles::Time) -> bool {
        dsboot_roles::Machine::poll_timeout(self).is_some_and(|due| due <= now)
    }
}

//= home-binding.1.1
//= home-binding.1.2
//= home-binding.1.3
//= home-binding.1.4
//= home-binding.1.5
//= home-binding.1.7
//= data-path.1.1
#[test]
fn the_update_that_follows_the_registration() {
    let (bench, seen) = updating();
    let update = seen.update();
    assert_eq!((update.route.source, update.route.destination), (care_of_v6(), home_agent()));
    let addresses = (update.addresses.care_of, update.addresses.home);
    assert_eq!(addresses, (care_of_v6(), home_address()));
    let packet = mip6::Packet::decode(&update.octets).unwrap();
    let Message::BindingUpdate(message) = packet.message else { panic!("no update") };
    assert!(message.flags.contains(UpdateFlags::HOME_REGISTRATION.0));
    let options = message.options;
    assert_eq!(options.alternate_care_of_address().once(), Some(care_of_v6()));
    assert_eq!(options.nai(), Some(nai().octets()));
    let proof = packet.mn_aaa().unwrap();
    assert!(proof.verify(MN_AAA_KEY) && !proof.verify(super::bench::PASSWORD));
    assert!(update.lifetime.seconds() <= 1800 && update.lifetime.seconds() > 1700);
    assert_eq!(bench.mn.binding().state(), BindingState::Updating);
}

//= home-binding.4.8
#[test]
fn the_update_is_the_same_whichever_way_the_registration_went() {
    let (_, seen) = updating();
    let directly = seen.update();
    let (mut bench, seen) = super::at_agent();
    let answer = Answer { lifetime: 600, ..Answer::default() };
    let through_agent = bench.reply(&seen.request(), &answer).update();
    assert_eq!(directly.route, through_agent.route);
    // What differs is the lifetime, the Mesg-ID, and the authentication over them.
    let kinds = |update: &Update| -> Vec<u8> {
        let packet = mip6::Packet::decode(&update.octets).unwrap();
        packet.message.options().iter().map(|option| option.value.kind()).collect()
    };
    assert_eq!(kinds(&directly), kinds(&through_agent));
    assert_eq!(directly.octets.len(), through_agent.octets.len());
}

//= home-binding.1.7
#[test]
fn no_lifetime_beyond_the_registration() {
    let mut bench = Bench::with(|config| config.binding_lifetime = 100_000);
    let asked = bench.attach(AgentPolicy::None).request();
    let answer = Answer { lifetime: 103, ..Answer::default() };
    assert_eq!(bench.reply(&asked, &answer).update().lifetime.seconds(), 100);
}

//= home-binding.1.6
//= home-binding.1.8
//= home-binding.1.9
#[test]
fn an_unanswered_update_is_made_anew_in_growing_intervals() {
    let (mut bench, seen) = updating();
    let mut all = vec![(0, seen.update())];
    all.extend(updates(&mut bench, 120));
    let times: Vec<u128> = all.iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [0, 1500, 4500, 10_500, 22_500, 46_500, 78_500, 110_500]);
    for pair in all.windows(2) {
        let [(_, before), (_, after)] = pair else { unreachable!() };
        assert_eq!(after.sequence.0, before.sequence.0 + 1);
        assert!(after.message_id > before.message_id);
        let packet = mip6::Packet::decode(&after.octets).unwrap();
        assert!(packet.mn_aaa().unwrap().verify(MN_AAA_KEY));
    }
    // With a binding there is less to wait for.
    let (_, last) = all.pop().unwrap();
    let ack = bench.ack(&last, &Ack::default());
    bench.deliver(&ack);
    bench.act(|mn, now, random| mn.release(now, random)).update();
    assert_eq!(updates(&mut bench, 3).first().unwrap().0, 1000);
}

//= home-binding.1.10
#[test]
fn no_more_than_three_updates_a_second() {
    let (mut bench, mut seen) = updating();
    let start = bench.now;
    let mut sent = 1;
    loop {
        let refusal =
            Ack { status: status::SEQUENCE_OUT_OF_WINDOW, sequence: Some(7), ..Ack::default() };
        bench.acknowledge(&seen, &refusal);
        let due = dsboot_roles::Machine::poll_timeout(&bench.mn).unwrap();
        if due.since(start) >= Duration::from_secs(1) {
            break;
        }
        bench.now = due;
        seen = bench.pass(0);
        sent += seen.updates().len();
    }
    assert_eq!(sent, 3);
    // Whatever it is for.
    assert!(bench.act(|mn, now, random| mn.release(now, random)).updates().is_empty());
    assert_eq!(bench.mn.binding().state(), BindingState::Releasing);
    assert_eq!(bench.pass(1).updates().len(), 1);
}

//= home-binding.4.1
//= home-binding.4.2
//= keys.3.1
#[test]
fn acknowledgements_that_are_discarded() {
    let (mut bench, seen) = updating();
    let update = seen.update();
    let other = update.message_id.0 ^ 1;
    for ack in [
        Ack { key_of: Some(other), ..Ack::default() },
        Ack { sequence: Some(update.sequence.0 + 1), ..Ack::default() },
        Ack { message_id: Some(other), ..Ack::default() },
        Ack { message_id: Some(other), status: status::SEQUENCE_OUT_OF_WINDOW, ..Ack::default() },
        Ack { sequence: Some(9), status: status::MIPV6_ID_MISMATCH, ..Ack::default() },
        Ack { key_of: Some(other), status: 130, ..Ack::default() },
    ] {
        let seen = bench.acknowledge(&seen, &ack);
        assert!(
            seen.counts(count::Binding::Unproved) || seen.counts(count::Binding::Unsolicited),
            "{ack:?}"
        );
        assert_eq!(bench.mn.binding().state(), BindingState::Updating);
    }
    // From another home agent: two words of its address change places, which no checksum notices.
    let mut elsewhere = bench.ack(&update, &Ack::default());
    elsewhere[8..12].rotate_left(2);
    assert!(bench.deliver(&elsewhere).counts(count::Binding::Unsolicited));
    assert_eq!(bench.mn.binding().state(), BindingState::Updating);
    // One that comes too late.
    let old = bench.ack(&update, &Ack::default());
    let now = bench.pass(2);
    bench.deliver(&old);
    assert_eq!(bench.mn.binding().state(), BindingState::Updating);
    bench.acknowledge(&now, &Ack::default());
    assert_eq!(bench.mn.binding().state(), BindingState::Bound);
    let key = keys::mn_ha_key(&Secret::new(MN_AAA_KEY), other, &nai());
    let right = keys::mn_ha_key(&Secret::new(MN_AAA_KEY), update.message_id.0, &nai());
    assert_ne!(key, right);
}

//= home-binding.4.3
//= data-path.1.6
#[test]
fn the_home_address_is_used_when_bound_and_not_before() {
    let (mut bench, seen) = updating();
    let packet = super::data::from_home();
    let early = bench.act(|mn, now, _| mn.send_ipv6(now, &packet));
    assert!(early.is_silent() && early.counts(count::Data::NoBinding));
    bench.acknowledge(&seen, &Ack::default());
    let sent = bench.act(|mn, now, _| mn.send_ipv6(now, &packet));
    assert_eq!(sent.ipv6().len(), 1);
}

//= home-binding.4.4
#[test]
fn after_135_it_goes_on_from_the_number_given() {
    let (mut bench, seen) = updating();
    let status = status::SEQUENCE_OUT_OF_WINDOW;
    bench.acknowledge(&seen, &Ack { status, sequence: Some(40_000), ..Ack::default() });
    let seen = bench.pass(1);
    assert_eq!(seen.updates()[0].sequence.0, 40_001);
}

//= home-binding.4.5
#[test]
fn after_144_it_follows_the_home_agents_clock() {
    for offset in [1000_i32, -1000, i32::MIN] {
        let (mut bench, seen) = updating();
        let status = status::MIPV6_ID_MISMATCH;
        let theirs = bench.now.ntp_seconds().wrapping_add_signed(offset);
        let low = seen.update().message_id.0 & 0xffff_ffff;
        let message_id = Some(u64::from(theirs) << 32 | low);
        bench.acknowledge(&seen, &Ack { status, message_id, ..Ack::default() });
        let seen = bench.pass(1);
        let update = seen.updates().remove(0);
        assert!(update.message_id.seconds().wrapping_sub(theirs) <= 1);
        let ack = bench.ack(&seen.updates().pop().unwrap(), &Ack::default());
        bench.deliver(&ack);
        assert_eq!(bench.mn.binding().state(), BindingState::Bound);
    }
}

//= home-binding.4.6
#[test]
fn a_refusal_is_reported_and_146_ends_it() {
    for (status, tries_again) in [(130, true), (status::MIPV6_AUTH_FAIL, false)] {
        let (mut bench, seen) = updating();
        let seen = bench.acknowledge(&seen, &Ack { status, ..Ack::default() });
        assert!(seen.counts(count::Binding::Refused));
        assert_eq!(bench.mn.binding().state(), BindingState::Refused(status));
        assert!(bench.mn.binding().bound().is_none());
        assert!(bench.pass(100).updates().is_empty());
        // With the registration's next refresh.
        let asked = bench.act(|mn, now, random| mn.refresh(now, random)).request();
        let seen = bench.reply(&asked, &Answer::again());
        assert_eq!(!seen.updates().is_empty(), tries_again);
    }
}

//= home-binding.4.7
//= home-binding.1.1
#[test]
fn the_binding_ends_with_its_lifetime_and_with_the_registration() {
    let (mut bench, seen) = updating();
    let sent = bench.now;
    let packet = bench.ack(&seen.update(), &Ack { lifetime: Some(400), ..Ack::default() });
    bench.now = bench.now + Duration::from_millis(700);
    bench.deliver(&packet);
    assert_eq!(bench.mn.binding().bound().unwrap().1, sent + Duration::from_secs(400));
    // A lifetime beyond what was asked for is none.
    let mut bench = Bench::with(|config| config.binding_lifetime = 400);
    let asked = bench.attach(AgentPolicy::None).request();
    let seen = bench.reply(&asked, &Answer::default());
    bench.acknowledge(&seen, &Ack { lifetime: Some(900), ..Ack::default() });
    assert_eq!(bench.mn.binding().bound().unwrap().1, bench.now + Duration::from_secs(400));
    let (mut bench, seen) = updating();
    bench.acknowledge(&seen, &Ack { lifetime: Some(9000), ..Ack::default() });
    let ends = bench.mn.binding().bound().unwrap().1;
    assert!(ends <= bench.mn.held().unwrap().ends);
    // Nothing answers any more: it is over, and not updated without a registration.
    bench.paa.fha = None;
    bench.paa.care_of = Some(CARE_OF2);
    bench.attach(AgentPolicy::None);
    let seen = bench.pass(4000);
    assert!(bench.mn.binding().bound().is_none() && seen.updates().is_empty());
}

//= home-binding.4.7
#[test]
fn a_registration_made_shorter_while_the_update_is_under_way_ends_the_binding_too() {
    let (mut bench, first) = updating();
    let mut update = first.update();
    // Nothing acknowledges it until the registration is refreshed.
    let asked = loop {
        let seen = bench.pass(1);
        update = seen.updates().pop().unwrap_or(update);
        if let Some(asked) = seen.requests().pop() {
            break asked;
        }
    };
    let left = Duration::from_secs(update.lifetime.seconds().into());
    bench.reply(&asked, &Answer { lifetime: 60, ..Answer::again() });
    let ends = bench.mn.held().unwrap().ends;
    assert!(ends < bench.now + left);
    bench.deliver(&bench.ack(&update, &Ack::default()));
    assert_eq!(bench.mn.binding().bound().unwrap().1, ends);
}

//= home-binding.4.7
//= home-binding.1.7
#[test]
fn an_unanswered_update_for_less_time_leaves_no_more() {
    let mut bench = Bench::bound();
    let (_, before) = bench.mn.binding().bound().unwrap();
    // The update that refreshes it asks for what the registration has left, in units of 4 s.
    let asked = loop {
        let update = bench.pass(1).updates().pop();
        if let Some(update) = update {
            break update;
        }
    };
    let (_, ends) = bench.mn.binding().bound().unwrap();
    let asked = Duration::from_secs(asked.lifetime.seconds().into());
    assert_eq!(ends, before.min(bench.now + asked));
    assert!(ends < before);
}

//= home-binding.4.7
//= movement.2.8
#[test]
fn a_binding_whose_updates_stay_unanswered_is_lost() {
    let (mut bench, seen) = updating();
    bench.acknowledge(&seen, &Ack { lifetime: Some(100), ..Ack::default() });
    assert!(bench.pass(70).updates().is_empty());
    let seen = bench.pass(29);
    assert!(!seen.updates().is_empty());
    assert!(bench.mn.binding().bound().is_some());
    assert!(bench.pass(2).counts(count::Binding::Lost));
    assert_eq!(bench.mn.binding().state(), BindingState::Updating);
}

/// What a home agent that knows RFC 6275 alone answers an update by: no option but padding.
fn plain(update: &Update, status: u8, sequence: u16, lifetime: u64) -> Vec<u8> {
    let lifetime = mip6::Lifetime::from_seconds(lifetime);
    let answer = mip6::BindingAcknowledgement::new(status, mip6::Sequence(sequence), lifetime);
    let route = mip6::Route::to_mobile_node(home_agent(), update.addresses);
    mip6::Builder::new(answer).packet(&route).unwrap()
}

//= home-binding.4.1
#[test]
fn what_is_not_authenticated_is_taken_of_a_plain_home_agent_alone() {
    let (mut bench, seen) = updating();
    let update = seen.update();
    let seen = bench.deliver(&plain(&update, 0, update.sequence.0, 600));
    assert!(seen.counts(count::Binding::Unproved));
    assert_eq!(bench.mn.binding().state(), BindingState::Updating);
    // One with an authentication that is wrong is no better for being wrong.
    let mut bench = Bench::with(|config| config.plain_home_agent = true);
    let asked = bench.attach(AgentPolicy::None).request();
    let seen = bench.reply(&asked, &Answer::default());
    let wrong = bench.acknowledge(&seen, &Ack { key_of: Some(7), ..Ack::default() });
    assert!(wrong.counts(count::Binding::Unproved));
    bench.acknowledge(&seen, &Ack::default());
    assert_eq!(bench.mn.binding().state(), BindingState::Bound);
}

/// As RFC 6275 §9.5.4 and §10.3.1 have it: duplicate address detection before the answer, statuses
/// below 128 other than 0, lifetimes cut, and the sequence number that it has.
#[test]
fn a_plain_home_agent_is_registered_with() {
    let mut bench = Bench::with(|config| config.plain_home_agent = true);
    let asked = bench.attach(AgentPolicy::None).request();
    let first = bench.reply(&asked, &Answer::default()).update();
    // It still looks whether somebody else has the home address when the update is repeated, and
    // answers what it has heard first.
    let again = updates(&mut bench, 2).pop().unwrap().1;
    bench.deliver(&plain(&first, 0, first.sequence.0, 600));
    assert_eq!(bench.mn.binding().state(), BindingState::Updating);
    // It knows a later sequence number than it should.
    bench.deliver(&plain(&again, status::SEQUENCE_OUT_OF_WINDOW, 900, 0));
    let (_, next) = updates(&mut bench, 1).pop().unwrap();
    assert_eq!(next.sequence.0, 901);
    let before = bench.now;
    bench.deliver(&plain(&next, 1, 901, 600));
    let (_, ends) = bench.mn.binding().bound().unwrap();
    assert!(ends <= before + Duration::from_secs(600), "{ends:?}");
    let seen = bench.act(|mn, now, random| mn.release(now, random));
    let release = seen.update();
    assert_eq!(release.lifetime.seconds(), 0);
    bench.deliver(&plain(&release, 0, release.sequence.0, 0));
    assert_eq!(bench.mn.binding().state(), BindingState::Idle);
}
