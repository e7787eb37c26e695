//! The Mobile IPv6 home agent, sentence by sentence.

mod bench;
mod data;
mod source;

use crate::support::{Done, v6};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::collections::BTreeSet;

use bench::{
    Accept, Bench, KEY, MN_AAA_KEY, MN1, MN2, RADIUS_SECRET, SPI, Update, accept, acknowledgement,
    care_of, ha, home, is_proved, mobility, reject,
};
use dsboot_codec::mip6::{
    Addresses, BindingRefreshRequest, Builder, Message, Options, Route, Sequence, Timestamp,
};
use dsboot_codec::radius::Packet as RadiusPacket;
use dsboot_roles::count::{Binding, Radius};
use dsboot_roles::ha::Key;
use dsboot_roles::{AddressChange, Effect, Machine};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_spec::registry::mip6::{error_status, spi, status, update_flag};

const OTHER_KEY: &[u8] = b"another key, 16.";

fn other_home() -> Ipv6Addr {
    v6("2001:db8:1::200")
}

fn later(sequence: u16) -> Update {
    Update { sequence, ..Update::default() }
}

//= home-binding.2.1
//= home-binding.2.2
//= home-binding.2.3
//= home-binding.2.4
#[test]
fn an_update_is_asked_about_before_anything_else_happens() {
    let mut bench = Bench::new();
    let update = Update::default();
    let octets = bench.octets(&update);
    let seen = bench.packet(octets.clone());
    let request = seen.radius();
    assert_eq!(bench.ha.bindings().count(), 0);
    assert!(!seen.0.iter().any(|effect| matches!(effect, Effect::Address(_))));
    assert!(request.source.is_ipv6() && request.destination.is_ipv6());
    let packet = RadiusPacket::decode(&request.payload).unwrap();
    packet.verify_request(RADIUS_SECRET).unwrap();
    assert_eq!(packet.user_name().once(), Some(MN1.as_bytes()));
    let vendor = packet.vendor(DEFAULT_VENDOR_ID);
    let told = vendor.parameters();
    assert_eq!(told.ipv6_hoa.once().unwrap().address(), home());
    assert_eq!(told.ipv6_coa.once().unwrap().address(), care_of());
    let sent = mobility(&octets).mn_aaa().unwrap();
    assert_eq!(vendor.mip6_mn_aaa_spi().once(), Some(spi::HMAC_SHA1));
    assert_eq!(vendor.mip6_authenticator().once().unwrap()[..], *sent.authenticator);
    assert_eq!(vendor.mip6_mac_mobility_data().once(), Some(&sent.digest));
    assert!(sent.verify(MN_AAA_KEY));
    assert_eq!(vendor.mip6_timestamp().once(), Some(bench.message_id(&update).0));
}

//= home-binding.2.4
#[test]
fn the_aaah_is_not_asked_over_ipv4() {
    let mut bench = Bench::with(|config| {
        config.radius.servers = vec![(Ipv4Addr::new(192, 0, 2, 200), 1812).into()];
    });
    assert!(bench.update(&Update::default()).is_silent());
    while let Some(due) = bench.ha.poll_timeout() {
        bench.now = due;
        assert!(bench.timeout().is_silent());
    }
    assert_eq!(bench.ha.pending().count(), 0);
}

//= home-binding.3.6
//= home-binding.3.7
//= home-binding.3.8
//= home-binding.3.10
//= home-binding.3.13
#[test]
fn an_accept_makes_binding_and_acknowledgement() {
    let mut bench = Bench::new();
    let update = Update { sequence: 77, ..Update::default() };
    let seen = bench.exchange(&update, &Accept::default());
    let octets = seen.packet();
    assert!(is_proved(&octets, KEY) && !is_proved(&octets, OTHER_KEY));
    let packet = mobility(&octets);
    assert_eq!((packet.route.source, packet.route.destination), (ha(), care_of()));
    assert_eq!(packet.route.routed_to, Some(home()));
    let answer = acknowledgement(&octets);
    assert_eq!((answer.status, answer.sequence), (status::ACCEPTED, Sequence(77)));
    let message_id = bench.message_id(&update);
    assert_eq!(answer.options.message_id().once(), Some(message_id));
    assert_eq!(answer.options.nai(), Some(MN1.as_bytes()));
    let binding = bench.ha.binding(home()).unwrap();
    assert_eq!((binding.nai.octets(), binding.care_of_address), (MN1.as_bytes(), care_of()));
    assert_eq!((binding.sequence, binding.message_id), (Sequence(77), message_id));
    let defended = Effect::Address(AddressChange::Add(IpAddr::V6(home())));
    assert_eq!(seen.0.iter().filter(|effect| **effect == defended).count(), 1);
}

//= home-binding.3.9
//= keys.3.6
#[test]
fn no_lifetime_reaches_past_what_limits_it() {
    let usual = Accept { key_lifetime: Some(9000), session: Some(9000), ..Accept::default() };
    for (asked, most, accept, granted) in [
        (1800, 3600, usual.clone(), 1800),
        (1800, 600, usual.clone(), 600),
        (1800, 3600, Accept { session: Some(1003), ..usual.clone() }, 1000),
        (1800, 3600, Accept { key_lifetime: Some(800), ..usual.clone() }, 800),
        (1800, 3600, Accept { session: None, ..usual }, 1800),
    ] {
        let mut bench = Bench::with(|config| config.max_lifetime = most);
        let seen = bench.exchange(&Update { lifetime: asked, ..Update::default() }, &accept);
        assert_eq!(acknowledgement(&seen.packet()).lifetime.seconds(), granted);
        let expires = bench.ha.binding(home()).unwrap().expires;
        assert_eq!(bench.now.until(expires).as_secs(), u64::from(granted));
    }
    // Nothing left to grant is no acceptance, which would tell that the binding is ended.
    let mut bench = Bench::new();
    let over = Accept { session: Some(3), ..Accept::default() };
    let seen = bench.exchange(&Update::default(), &over);
    assert_eq!(seen.status(), status::ADMINISTRATIVELY_PROHIBITED);
    assert_eq!(bench.ha.bindings().count(), 0);
}

//= home-binding.2.9
#[test]
fn one_question_about_a_mobile_node_at_a_time() {
    let mut bench = Bench::new();
    bench.update(&Update::default()).radius();
    assert!(bench.update(&later(2)).is_dropped(Binding::Parallel));
    let other = Update { nai: Some(MN2), home: other_home(), ..Update::default() };
    bench.update(&other).radius();
    assert_eq!(bench.ha.pending().count(), 2);
}

//= home-binding.2.10
#[test]
fn a_reject_changes_nothing_and_is_told_only_under_an_association() {
    let mut bench = Bench::new();
    let asked = bench.update(&Update::default()).radius();
    assert!(bench.receive(&reject(&asked)).is_dropped(Binding::AaaRejected));
    assert_eq!((bench.ha.bindings().count(), bench.ha.pending().count()), (0, 0));

    bench.bind(&Update::default());
    let before = bench.ha.binding(home()).cloned();
    let moved = Update { care_of: v6("2001:db8:e::5"), ..later(2) };
    let asked = bench.update(&moved).radius();
    let octets = bench.receive(&reject(&asked)).packet();
    let answer = acknowledgement(&octets);
    assert_eq!((answer.status, answer.sequence), (status::MIPV6_AUTH_FAIL, Sequence(2)));
    assert_eq!(answer.lifetime.seconds(), 0);
    assert!(is_proved(&octets, KEY));
    assert_eq!(bench.ha.binding(home()).cloned(), before);
    // One whose association is over is not told.
    bench.bind(&later(3));
    let mut bench = Bench::new();
    let accept = Accept { key_lifetime: Some(100), ..Accept::default() };
    bench.exchange(&Update::default(), &accept).packet();
    bench.pass(100);
    let asked = bench.update(&later(2)).radius();
    assert!(bench.receive(&reject(&asked)).is_dropped(Binding::AaaRejected));
}

//= home-binding.2.10
#[test]
fn a_silent_aaah_makes_the_home_agent_silent() {
    let mut bench = Bench::new();
    bench.update(&Update::default()).radius();
    let mut silent = false;
    while let Some(due) = bench.ha.poll_timeout() {
        bench.now = due;
        let seen = bench.timeout();
        silent |= seen.counts(Binding::AaaSilent);
        assert!(seen.packets().is_empty());
    }
    assert!(silent);
    assert_eq!((bench.ha.bindings().count(), bench.ha.pending().count()), (0, 0));
}

//= home-binding.2.1
//= keys.3.4
//= keys.3.5
//= keys.4.3
#[test]
fn an_accept_without_a_usable_key_is_none() {
    for answer in [
        Accept { key: None, ..Accept::default() },
        Accept { key: Some(&KEY[..15]), ..Accept::default() },
        Accept { spi: None, ..Accept::default() },
        Accept { spi: Some(255), ..Accept::default() },
        Accept { key_lifetime: None, ..Accept::default() },
    ] {
        let mut bench = Bench::new();
        let seen = bench.exchange(&Update::default(), &answer);
        assert!(seen.is_dropped(Binding::IncompleteAccept), "{answer:?}");
        assert_eq!(bench.ha.bindings().count(), 0);
    }
}

#[test]
fn an_answer_that_nobody_asked_for_is_dropped() {
    let mut bench = Bench::new();
    let asked = bench.update(&Update::default()).radius();
    let answer = accept(&asked, &Accept::default());
    let mut forged = answer.clone();
    *forged.payload.last_mut().unwrap() ^= 1;
    assert!(bench.receive(&forged).is_silent());
    assert_eq!(bench.ha.bindings().count(), 0);
    bench.receive(&answer).packet();
    let before = bench.ha.clone();
    assert!(bench.receive(&answer).is_dropped(Radius::Unsolicited));
    assert_eq!(bench.ha, before);
    let mut elsewhere = answer;
    elsewhere.destination.set_port(434);
    assert!(bench.receive(&elsewhere).is_dropped(Binding::Unexpected));
}

//= home-binding.2.11
//= home-binding.2.12
#[test]
fn what_cannot_be_asked_about_is_dropped_in_silence() {
    let usual = Update::default();
    for (update, reason) in [
        (Update { nai: None, ..usual.clone() }, Binding::NoNai),
        (Update { mn_aaa: false, ..usual.clone() }, Binding::NoAuthentication),
        (Update { message_id: false, ..usual.clone() }, Binding::NoMessageId),
        (Update { flags: update_flag::ACKNOWLEDGE, ..usual.clone() }, Binding::Unexpected),
    ] {
        let mut bench = Bench::new();
        assert!(bench.update(&update).is_dropped(reason), "{reason:?}");
        assert_eq!(bench.ha.pending().count(), 0);
    }
    let mut bench = Bench::new();
    let mut broken = bench.octets(&usual);
    *broken.last_mut().unwrap() ^= 1;
    assert!(bench.packet(broken).is_dropped(Binding::Malformed));
    let refresh = BindingRefreshRequest { reserved: 0, options: Options::NONE };
    let refresh = Builder::new(Message::BindingRefreshRequest(refresh))
        .packet(&Route::direct(care_of(), ha()))
        .unwrap();
    assert!(bench.packet(refresh).is_dropped(Binding::Unexpected));
}

//= home-binding.2.13
#[test]
fn an_unknown_message_is_answered_by_a_binding_error() {
    let mut bench = Bench::new();
    let unknown = |source: &str| {
        let message = Message::Other { kind: 99, data: &[0; 2] };
        Builder::new(message).packet(&Route::direct(v6(source), ha())).unwrap()
    };
    let octets = bench.packet(unknown("2001:db8:f::77")).packet();
    let packet = mobility(&octets);
    assert_eq!((packet.route.source, packet.route.destination), (ha(), care_of()));
    let Message::BindingError(error) = packet.message else { panic!("no error: {packet:?}") };
    assert_eq!(error.status, error_status::UNKNOWN_MH_TYPE);
    // No Home Address option has told one.
    assert_eq!(error.home_address, Ipv6Addr::UNSPECIFIED);
    // One that has told one gets it back.
    let message = Message::Other { kind: 99, data: &[0; 2] };
    let node = Addresses { home: home(), care_of: care_of() };
    let away = Route::from_mobile_node(node, ha());
    let octets = bench.packet(Builder::new(message).packet(&away).unwrap()).packet();
    let Message::BindingError(error) = mobility(&octets).message else { panic!("no error") };
    assert_eq!(error.home_address, home());
    // But not where nobody could be answered.
    for source in ["::", "ff02::1"] {
        assert!(bench.packet(unknown(source)).is_silent());
    }
}

//= home-binding.2.14
#[test]
fn an_mn_ha_option_is_checked_before_the_aaah_is_asked() {
    let mut bench = Bench::new();
    let signed = |spi, key| Update { mn_ha: Some((spi, key)), ..later(2) };
    // Without an association there is nothing to check it by.
    bench.bind(&Update { sequence: 1, ..signed(SPI, OTHER_KEY) });
    let before = bench.ha.clone();
    let seen = bench.update(&signed(SPI, OTHER_KEY));
    assert!(seen.counts(Binding::BadAuthenticator));
    assert_eq!(seen.status(), status::MIPV6_AUTH_FAIL);
    assert!(is_proved(&seen.packet(), KEY));
    assert_eq!(bench.ha, before);
    bench.bind(&signed(SPI, KEY));
    // Under another SPI it is another association's.
    bench.update(&Update { sequence: 3, ..signed(SPI + 1, OTHER_KEY) }).radius();
}

//= home-binding.3.1
#[test]
fn a_mesg_id_too_far_from_the_clock_is_corrected() {
    for clock in [-8, 8] {
        let mut bench = Bench::new();
        let update = Update { clock, ..Update::default() };
        let asked = bench.update(&update).radius();
        let sent = bench.message_id(&update);
        bench.now = bench.now + core::time::Duration::from_micros(300_000);
        let octets = bench.receive(&accept(&asked, &Accept::default())).packet();
        let answer = acknowledgement(&octets);
        assert_eq!((answer.status, answer.sequence), (status::MIPV6_ID_MISMATCH, Sequence(1)));
        assert_eq!(answer.lifetime.seconds(), 0);
        let theirs = answer.options.message_id().once().unwrap();
        assert_eq!(theirs.seconds(), bench.now.ntp_seconds());
        assert_eq!(theirs.0 & 0xffff_ffff, sent.0 & 0xffff_ffff);
        assert!(is_proved(&octets, KEY));
        assert_eq!(bench.ha.bindings().count(), 0);
    }
    for clock in [-7, 7] {
        let near = Update { clock, ..Update::default() };
        assert_eq!(Bench::new().exchange(&near, &Accept::default()).status(), 0);
    }
}

//= home-binding.3.14
#[test]
fn a_slow_aaah_makes_no_update_stale() {
    for (clock, expected) in [(7, 0), (-8, status::MIPV6_ID_MISMATCH)] {
        let mut bench = Bench::new();
        let asked = bench.update(&Update { clock, ..Update::default() }).radius();
        bench.pass(15);
        let octets = bench.receive(&accept(&asked, &Accept::default())).packet();
        assert_eq!(acknowledgement(&octets).status, expected);
    }
}

//= access.6.15
//= home-binding.2.4
#[test]
fn without_a_server_over_ipv6_nothing_waits() {
    let ipv4 = "192.0.2.1:1812".parse().unwrap();
    for servers in [vec![], vec![ipv4]] {
        let mut bench = Bench::with(|config| config.radius.servers.clone_from(&servers));
        for sequence in 1..3 {
            let seen = bench.update(&later(sequence));
            assert!(seen.is_dropped(Radius::NoServer), "{seen:?}");
        }
        assert_eq!(bench.ha.pending().count(), 0);
        assert_eq!(bench.ha.poll_timeout(), None);
    }
}

//= home-binding.3.1
#[test]
fn a_mesg_id_that_is_not_new_is_refused() {
    let mut bench = Bench::new();
    let replayed = bench.octets(&Update::default());
    bench.bind(&Update { sequence: 1, ..Update::default() });
    let before = bench.ha.binding(home()).cloned();
    let old = Update { clock: -1, ..later(2) };
    assert_eq!(bench.exchange(&old, &Accept::default()).status(), status::MIPV6_ID_MISMATCH);
    let older = Update { clock: -2, ..later(3) };
    assert_eq!(bench.exchange(&older, &Accept::default()).status(), status::MIPV6_ID_MISMATCH);
    let asked = bench.packet(replayed).radius();
    let seen = bench.receive(&accept(&asked, &Accept::default()));
    assert_eq!(seen.status(), status::MIPV6_ID_MISMATCH);
    assert_eq!(bench.ha.binding(home()).cloned(), before);
    assert!(before.is_some_and(|binding| binding.message_id < Timestamp(bench.now.ntp())));
}

//= home-binding.3.1
#[test]
fn the_last_mesg_id_outlives_the_binding() {
    let end = Update { lifetime: 0, ..later(2) };
    // Ended by the mobile node; there had been a binding, or none.
    for bound in [true, false] {
        let mut bench = Bench::new();
        let delayed = bench.octets(&Update { sequence: 9, ..Update::default() });
        if bound {
            bench.bind(&Update::default());
        } else {
            bench.pass(1);
        }
        bench.bind(&end);
        let asked = bench.packet(delayed).radius();
        let seen = bench.receive(&accept(&asked, &Accept::default()));
        assert_eq!(seen.status(), status::MIPV6_ID_MISMATCH);
        assert_eq!(bench.ha.bindings().count(), 0);
    }
    // Ended by its lifetime.
    let mut bench = Bench::new();
    bench.bind(&Update { lifetime: 4, ..Update::default() });
    let delayed = bench.octets(&Update { clock: -1, ..later(2) });
    bench.pass(3);
    bench.timeout();
    assert_eq!(bench.ha.bindings().count(), 0);
    let asked = bench.packet(delayed).radius();
    let seen = bench.receive(&accept(&asked, &Accept::default()));
    assert_eq!(seen.status(), status::MIPV6_ID_MISMATCH);
    // It is forgotten when the clock alone keeps a replay out.
    bench.pass(15);
    bench.timeout();
    assert_eq!(bench.ha.poll_timeout(), None);
}

/// The home agent after a crash, with what had been stored when its last answer left.
fn crash(bench: &mut Bench, stored: &mut BTreeSet<Key>) {
    stored.append(&mut bench.ha.take_changed());
    let mut again = Bench::new().ha;
    for key in stored.iter() {
        if let Some(record) = bench.ha.record(key) {
            again.restore(key.clone(), record);
        }
    }
    again.keep_journal();
    bench.ha = again;
}

//= movement.4.2
#[test]
fn what_was_acknowledged_outlives_a_crash() {
    let mut bench = Bench::new();
    let mut stored = BTreeSet::new();
    bench.ha.keep_journal();
    let replayed = bench.octets(&Update { sequence: 7, ..Update::default() });
    bench.bind(&Update::default());
    let bound = bench.ha.binding(home()).cloned();
    crash(&mut bench, &mut stored);
    assert!(bound.is_some());
    assert_eq!(bench.ha.binding(home()).cloned(), bound);
    // The Mesg-ID accepted last is known, while there is a binding and when it has gone.
    for end in [false, true] {
        if end {
            bench.bind(&Update { lifetime: 0, ..later(8) });
            crash(&mut bench, &mut stored);
        }
        let before = bench.ha.binding(home()).cloned();
        assert_eq!(before.is_none(), end);
        let asked = bench.packet(replayed.clone()).radius();
        let seen = bench.receive(&accept(&asked, &Accept::default()));
        assert_eq!(seen.status(), status::MIPV6_ID_MISMATCH);
        assert_eq!(bench.ha.binding(home()).cloned(), before);
    }
}

//= home-binding.3.2
//= home-binding.3.7
#[test]
fn a_sequence_number_that_is_not_greater_is_answered_by_the_last() {
    let mut bench = Bench::new();
    bench.bind(&later(0xfff0));
    for sequence in [0xfff0, 0xffef, 0x7ff0] {
        let seen = bench.exchange(&later(sequence), &Accept::default());
        let octets = seen.packet();
        let answer = acknowledgement(&octets);
        assert_eq!(answer.status, status::SEQUENCE_OUT_OF_WINDOW);
        assert_eq!(answer.sequence, Sequence(0xfff0));
        assert!(is_proved(&octets, KEY));
        assert_eq!(bench.ha.binding(home()).unwrap().sequence, Sequence(0xfff0));
        bench.pass(1);
    }
    bench.bind(&later(3));
    // Without a binding any will do.
    bench.bind(&Update { lifetime: 0, ..later(4) });
    bench.bind(&later(1));
}

//= home-binding.3.3
#[test]
fn a_home_address_of_another_link_is_refused() {
    let mut bench = Bench::new();
    let update = Update { home: v6("2001:db8:2::100"), ..Update::default() };
    let octets = bench.exchange(&update, &Accept::default()).packet();
    assert_eq!(acknowledgement(&octets).status, status::NOT_HOME_SUBNET);
    assert!(is_proved(&octets, KEY));
    assert_eq!(bench.ha.bindings().count(), 0);
}

//= home-binding.3.4
#[test]
fn a_home_address_that_another_holds_is_refused() {
    let mut bench = Bench::new();
    let own = Update { home: ha(), ..Update::default() };
    assert_eq!(bench.exchange(&own, &Accept::default()).status(), status::DAD_FAILED);
    bench.pass(1);
    bench.bind(&later(1));
    let before = bench.ha.binding(home()).cloned();
    for lifetime in [1800, 0] {
        let thief = Update { nai: Some(MN2), lifetime, ..later(2) };
        assert_eq!(bench.exchange(&thief, &Accept::default()).status(), status::DAD_FAILED);
        assert_eq!(bench.ha.binding(home()).cloned(), before);
        bench.pass(1);
    }
}

//= home-binding.3.5
#[test]
fn a_full_cache_takes_no_new_binding() {
    let mut bench = Bench::with(|config| config.capacity = 1);
    bench.bind(&later(1));
    let other = Update { nai: Some(MN2), home: other_home(), ..Update::default() };
    let seen = bench.exchange(&other, &Accept::default());
    assert_eq!(seen.status(), status::INSUFFICIENT_RESOURCES);
    bench.bind(&later(2));
    // Nothing to end is no lack of room.
    bench.bind(&Update { lifetime: 0, ..other });
}

//= home-binding.3.6
#[test]
fn an_answer_is_given_unasked() {
    let silent = Update { flags: update_flag::HOME_REGISTRATION, ..Update::default() };
    assert_eq!(Bench::new().exchange(&silent, &Accept::default()).status(), 0);
    let refused = Update { home: ha(), ..silent };
    let seen = Bench::new().exchange(&refused, &Accept::default());
    assert_eq!(seen.status(), status::DAD_FAILED);
}

//= home-binding.3.11
//= home-binding.3.13
#[test]
fn a_binding_ends_with_its_lifetime() {
    let mut bench = Bench::new();
    bench.exchange(&Update { lifetime: 400, ..Update::default() }, &Accept::default()).packet();
    assert_eq!(bench.ha.poll_timeout(), Some(bench.ha.binding(home()).unwrap().expires));
    bench.pass(399);
    assert!(bench.timeout().0.is_empty());
    bench.pass(1);
    let seen = bench.timeout();
    assert!(seen.is_dropped(Binding::Expired));
    let gone = Effect::Address(AddressChange::Remove(IpAddr::V6(home())));
    assert!(seen.0.iter().any(|effect| *effect == gone));
    assert_eq!(bench.ha.bindings().count(), 0);
}

//= home-binding.3.12
//= movement.3.7
//= movement.3.9
#[test]
fn lifetime_0_and_being_at_home_end_the_binding() {
    for end in [Update { lifetime: 0, ..later(2) }, Update { care_of: home(), ..later(2) }] {
        let mut bench = Bench::new();
        bench.bind(&later(1));
        let seen = bench.exchange(&end, &Accept::default());
        let octets = seen.packet();
        let answer = acknowledgement(&octets);
        assert_eq!((answer.status, answer.lifetime.seconds()), (status::ACCEPTED, 0));
        assert!(is_proved(&octets, KEY));
        assert_eq!(mobility(&octets).route.destination, end.care_of);
        assert_eq!(bench.ha.bindings().count(), 0);
        let gone = Effect::Address(AddressChange::Remove(IpAddr::V6(home())));
        assert!(seen.0.iter().any(|effect| *effect == gone));
        // Once more does no harm, and a new binding is possible.
        bench.pass(1);
        bench.bind(&Update { sequence: 3, ..end });
        bench.bind(&later(4));
    }
}

//= movement.1.9
#[test]
fn a_new_care_of_address_replaces_the_old_one() {
    let mut bench = Bench::new();
    bench.bind(&later(1));
    let elsewhere = v6("2001:db8:e::5");
    let seen = bench.exchange(&Update { care_of: elsewhere, ..later(2) }, &Accept::default());
    assert_eq!(mobility(&seen.packet()).route.destination, elsewhere);
    assert!(!seen.0.iter().any(|effect| matches!(effect, Effect::Address(_))));
    let all: Vec<_> = bench.ha.bindings().collect();
    assert_eq!((all.len(), all[0].1.care_of_address), (1, elsewhere));
    let out = bench.packet(data::echo("2001:db8:c::1", "2001:db8:1::100")).packet();
    assert_eq!(data::outer(&out).destination, elsewhere);
    // Nor is anything taken from there any more.
    let from_old = data::tunnelled(care_of(), home());
    assert!(bench.packet(from_old).is_dropped(dsboot_roles::count::Data::WrongOuterSource));
}
