//! What comes of an attempt when it is not success.

use dsboot_codec::pana::{Avp, Flags, Kind, Message, MessageBuilder};
use dsboot_codec::radius::{Attribute, ResponseBuilder};
use dsboot_roles::Secret;
use dsboot_roles::pana::{AccessOutcome, Failure, PacConfig, Phase};
use dsboot_spec::registry::pana::result;
use dsboot_spec::registry::radius::code;

use crate::nas::parameters::{fha_and_care_of, nas_picks};
use crate::nas::world::{Accept, Mood, World, from_paa, nas_config, pac_config, short};

/// What a client is told, what it makes of it, and what the NAS counts.
fn refused(mood: Mood, accept: Accept) -> (String, AccessOutcome, &'static str) {
    let mut world = World::new();
    world.aaa.mood = mood;
    world.aaa.accept = accept;
    world.start();
    world.settle();
    let last = short(&world.last_to_pac());
    assert_eq!(world.phases(), (Phase::Closed, None), "{last}");
    assert_eq!(short(&world.last_to_nas()), "PAN.C", "acknowledged all the same");
    assert_eq!(world.admitted(), 0);
    assert_eq!(world.counted("nas.granted"), 0);
    (last, world.outcomes.pop().unwrap(), world.counts[0])
}

//= access.4.6
//= access.4.8
#[test]
fn a_wrong_password_is_an_authentication_rejected() {
    let config = PacConfig { password: Secret::new(*b"wrong"), ..pac_config() };
    let mut world = World::with(config, nas_config());
    world.aaa.accept = fha_and_care_of;
    world.start();
    world.settle();
    assert_eq!(short(&world.last_to_pac()), "PAR.C result1 eap4");
    assert_eq!(world.outcomes, [AccessOutcome::Refused(result::AUTHENTICATION_REJECTED)]);
    assert_eq!(world.counts, ["nas.authentication-rejected"]);
    assert_eq!(world.phases(), (Phase::Closed, None));
}

//= access.4.6
//= access.4.10
#[test]
fn a_reject_is_a_reject_whatever_is_in_it() {
    let rejected = AccessOutcome::Refused(result::AUTHENTICATION_REJECTED);
    let count = "nas.authentication-rejected";
    for (eap, message) in [
        (0, "PAR.C result1"),
        (4, "PAR.C result1 eap4"),
        // A Success would contradict the result, and a Request cannot be answered any more.
        (3, "PAR.C result1"),
        (1, "PAR.C result1"),
    ] {
        let told = refused(Mood::Odd(code::ACCESS_REJECT, eap), fha_and_care_of);
        assert_eq!(told, (message.to_owned(), rejected.clone(), count));
    }
}

//= access.4.7
//= access.4.8
#[test]
fn an_accept_without_success_is_an_authorization_rejected() {
    let rejected = AccessOutcome::Refused(result::AUTHORIZATION_REJECTED);
    for (eap, message) in [(0, "PAR.C result2"), (4, "PAR.C result2 eap4"), (1, "PAR.C result2")] {
        let told = refused(Mood::Odd(code::ACCESS_ACCEPT, eap), fha_and_care_of);
        assert_eq!(told, (message.to_owned(), rejected.clone(), "nas.no-success"));
    }
}

//= access.4.8
#[test]
fn what_the_nas_cannot_grant_is_an_authorization_rejected() {
    let no_time: Accept = |accept: &mut ResponseBuilder| {
        accept.attribute(&Attribute::SessionTimeout(0));
    };
    let rejected = AccessOutcome::Refused(result::AUTHORIZATION_REJECTED);
    let message = "PAR.C result2 eap3";
    for (accept, count) in [(nas_picks as Accept, "nas.pool-empty"), (no_time, "nas.no-lifetime")] {
        let told = refused(Mood::Well, accept);
        assert_eq!(told, (message.to_owned(), rejected.clone(), count));
    }
}

/// The peer drops a Success that comes before it has done its method, and takes no access.
//= access.4.12
//= access.2.24
#[test]
fn a_success_before_the_method_is_none() {
    let mut world = World::new();
    world.aaa.mood = Mood::Hasty;
    world.start();
    world.settle();
    assert_eq!(short(&world.last_to_pac()), "PAR.C result0 eap3 lifetime3600");
    assert_eq!(short(&world.last_to_nas()), "PAN.C");
    assert_eq!(world.outcomes, [AccessOutcome::Failed(Failure::Eap)]);
    assert_eq!(world.pac.phase(), Phase::Closed);
    assert_eq!(world.counted("eap.peer.early-success"), 1);
}

/// A grant with an EAP packet that is no Success to the last Response grants nothing.
//= access.4.12
#[test]
fn a_grant_needs_a_success_in_its_place() {
    let packets: [Option<&[u8]>; 5] =
        [None, Some(&[4, 0, 0, 4]), Some(&[3, 9, 0, 4]), Some(&[1, 9, 0, 5, 1]), Some(&[3])];
    for eap in packets {
        let mut world = World::new();
        world.start();
        while short(&world.last_to_nas()) != "PAN eap2" {
            assert!(world.step());
        }
        let challenge = world.last_to_pac();
        let header = *Message::decode(&challenge.payload).unwrap().header();
        let mut grant = MessageBuilder::new(
            Kind::Par,
            Flags::COMPLETE,
            header.session_id,
            header.sequence.wrapping_add(1),
        );
        grant.avp(&Avp::ResultCode(0)).avp(&Avp::SessionLifetime(60));
        if let Some(eap) = eap {
            grant.avp(&Avp::EapPayload(eap));
        }
        world.wire.clear();
        world.hand_pac(&from_paa(&grant));
        assert_eq!(world.outcomes, [AccessOutcome::Failed(Failure::Eap)], "{eap:?}");
        assert_eq!(short(&world.last_to_nas()), "PAN.C");
    }
}

//= access.4.9
#[test]
fn a_silent_aaa_server_ends_the_session_in_silence() {
    let mut world = World::new();
    world.aaa.mood = Mood::Silent;
    world.start();
    world.settle();
    let told = world.pana();
    assert_eq!(world.phases(), (Phase::Authenticating, Some(Phase::Authenticating)));
    assert!(world.nas.sessions().next().unwrap().asking);
    world.pass(31);
    assert_eq!(world.phases(), (Phase::Authenticating, None));
    assert_eq!(world.counted("nas.aaa-silent"), 1);
    world.pass(210);
    assert_eq!(world.pana(), told, "nothing was said about it");
    assert_eq!(world.outcomes, [AccessOutcome::Failed(Failure::Stalled)]);
    assert_eq!(world.counted("pana.stalled"), 1);
    assert_eq!(world.pac.phase(), Phase::Closed);
}

/// A challenge with nothing to ask cannot be told to the client.
//= access.4.9
#[test]
fn an_empty_challenge_ends_the_session_in_silence() {
    for eap in [0, 3, 4] {
        let mut world = World::new();
        world.aaa.mood = Mood::Odd(code::ACCESS_CHALLENGE, eap);
        world.start();
        world.settle();
        assert_eq!(short(&world.last_to_pac()), "PAR eap1");
        assert_eq!(world.phases(), (Phase::Authenticating, None));
        assert_eq!(world.counts, ["nas.empty-challenge"]);
    }
}

/// An authentication that the client leaves unfinished does not stay.
//= access.2.11
#[test]
fn an_unfinished_session_is_dropped_in_time() {
    let mut world = World::with(PacConfig { piggyback: false, ..pac_config() }, nas_config());
    world.start();
    while !world.pana().contains(&"PAN nonce".to_owned()) {
        assert!(world.step());
    }
    // The client acknowledges the first EAP Request, and falls silent.
    world.step();
    world.wire.clear();
    world.pac = dsboot_roles::pana::Pac::new(pac_config());
    world.pass(239);
    assert_eq!(world.phases().1, Some(Phase::Authenticating));
    world.pass(1);
    assert_eq!(world.phases().1, None);
    assert_eq!(world.counts, ["pana.stalled"]);
    assert_eq!(world.pana().last().unwrap(), "PAR eap2", "nothing is said about it");
}
