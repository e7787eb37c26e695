//! The way in and out, as it goes when nothing is lost.

use std::time::Duration;

use dsboot_codec::pana::{Flags, Kind, Message, MessageBuilder};
use dsboot_roles::nas::Nas;
use dsboot_roles::pana::{AccessOutcome, Failure, Pac, PacConfig, Phase};

use crate::nas::world::{World, from_paa, nas_config, pac_addr, pac_config, short};

const GRANTED: AccessOutcome = AccessOutcome::Granted {
    fha: None,
    fha_fqdn: None,
    care_of: None,
    reconfigure: false,
    lifetime: Duration::from_secs(3600),
};

//= access.2.1
//= access.2.2
//= access.2.3
//= access.2.4
//= access.2.9
//= access.2.10
//= access.4.1
#[test]
fn a_client_that_answers_in_answers() {
    let mut world = World::new();
    world.start();
    world.settle();
    let expected = [
        "PCI v10",
        "PAR.S",
        "PAN.S",
        "PAR nonce eap1",
        "PAN nonce eap2",
        "PAR eap1",
        "PAN eap2",
        "PAR.C result0 eap3 lifetime3600",
        "PAN.C",
    ];
    assert_eq!(world.pana(), expected);
    assert_eq!(world.outcomes, [GRANTED]);
    assert_eq!(world.phases(), (Phase::Access, Some(Phase::Access)));
    assert_eq!(world.admitted(), 1);
    assert_eq!(world.counts, ["nas.granted"]);
    assert_eq!(world.pac.session_id(), Some(world.session_id()));
    assert_ne!(world.session_id(), 0);
}

//= access.2.10
//= access.3.1
#[test]
fn a_client_that_answers_in_requests() {
    let mut world = World::with(PacConfig { piggyback: false, ..pac_config() }, nas_config());
    world.start();
    world.settle();
    let expected = [
        "PCI v10",
        "PAR.S",
        "PAN.S",
        "PAR nonce eap1",
        "PAN nonce",
        "PAR eap2",
        "PAN",
        "PAR eap1",
        "PAN",
        "PAR eap2",
        "PAN",
        "PAR.C result0 eap3 lifetime3600",
        "PAN.C",
    ];
    assert_eq!(world.pana(), expected);
    assert_eq!(world.outcomes, [GRANTED]);
}

/// The NAS acknowledges before it has asked the AAA server, not after.
#[test]
fn the_bare_answer_does_not_wait_for_the_aaa_server() {
    let mut world = World::with(PacConfig { piggyback: false, ..pac_config() }, nas_config());
    world.start();
    while world.aaa.requests.is_empty() {
        assert!(world.step());
    }
    assert_eq!(world.pana().last().unwrap(), "PAN");
}

//= access.2.12
#[test]
fn requests_are_numbered_and_the_number_wraps() {
    let mut world = World::with(PacConfig { piggyback: false, ..pac_config() }, nas_config());
    world.nas_random.first([&[1, 2, 3, 4], &[0xff, 0xff, 0xff, 0xfe]]);
    world.pac_random.first([&[0, 0, 0, 0], &[9; 20], &[0xff; 4]]);
    world.start();
    world.settle();
    let numbers = |kind: Kind| -> Vec<u32> {
        let messages = world.sent.iter().filter_map(|(d, _)| Message::decode(&d.payload).ok());
        messages.filter(|m| m.kind() == Some(kind)).map(|m| m.sequence()).collect()
    };
    assert_eq!(numbers(Kind::Par), [u32::MAX - 1, u32::MAX, u32::MAX, 0, 0, 1]);
    assert_eq!(numbers(Kind::Pan), [u32::MAX - 1, u32::MAX, u32::MAX, 0, 0, 1]);
    assert_eq!(world.outcomes, [GRANTED]);
}

//= access.2.21
#[test]
fn answers_go_to_the_port_that_was_sent_from() {
    let mut world = World::new();
    world.start();
    world.settle();
    for (datagram, _) in &world.sent {
        let ports = (datagram.source.port(), datagram.destination.port());
        assert!([(40716, 716), (716, 40716), (49152, 1812)].contains(&ports), "{ports:?}");
    }
}

//= access.5.6
#[test]
fn either_side_asks_whether_the_other_is_there() {
    let mut world = World::granted();
    world.tell_pac(Pac::ping);
    world.tell_pac(Pac::ping);
    world.settle();
    world.tell_nas(Nas::ping);
    world.settle();
    assert_eq!(world.pana(), ["PNR.P", "PNA.P", "PNR.P", "PNA.P"]);
    assert_eq!(world.counts, [""; 0]);
    // Not too often.
    world.tell_pac(Pac::ping);
    world.pass(9);
    world.tell_pac(Pac::ping);
    assert_eq!(world.sent.len(), 4);
    world.pass(1);
    world.tell_pac(Pac::ping);
    assert_eq!(world.sent.len(), 5);
}

//= access.5.7
#[test]
fn the_client_ends_its_session() {
    let mut world = World::granted();
    world.tell_pac(Pac::terminate);
    assert_eq!(world.phases(), (Phase::Terminating, Some(Phase::Access)));
    world.settle();
    assert_eq!(world.pana(), ["PTR cause1", "PTA"]);
    assert_eq!(world.outcomes, [AccessOutcome::Released]);
    assert_eq!(world.phases(), (Phase::Closed, Some(Phase::Closed)));
    assert_eq!(world.admitted(), 0);
    // The last answer is kept for a while, and then nothing.
    world.pass(300);
    assert_eq!(world.phases(), (Phase::Closed, None));
    assert_eq!(world.next_timeout(), None);
}

//= access.5.7
#[test]
fn the_nas_ends_the_session() {
    let mut world = World::granted();
    world.tell_nas(Nas::terminate);
    assert_eq!(world.admitted(), 0, "from the moment it is decided");
    world.settle();
    assert_eq!(world.pana(), ["PTR cause4", "PTA"]);
    assert_eq!(world.outcomes, [AccessOutcome::Failed(Failure::Terminated(4))]);
    assert_eq!(world.phases(), (Phase::Closed, None));
}

//= access.5.7
#[test]
fn both_sides_end_the_session_at_once() {
    let mut world = World::granted();
    world.tell_pac(Pac::terminate);
    world.tell_nas(Nas::terminate);
    world.settle();
    assert_eq!(world.outcomes, [AccessOutcome::Released]);
    assert_eq!(world.phases(), (Phase::Closed, Some(Phase::Closed)));
    world.pass(300);
    assert_eq!(world.phases(), (Phase::Closed, None));
    assert_eq!(world.sent.len(), 4, "nothing is repeated: {:?}", world.pana());
}

/// A request with S that nobody asked for crosses the client initiation.
#[test]
fn an_offer_that_crosses_the_initiation_is_taken() {
    let mut world = World::new();
    world.start();
    let offer = MessageBuilder::new(Kind::Par, Flags::START, 77, 5);
    world.hand_pac(&from_paa(&offer));
    assert_eq!(short(&world.last_to_nas()), "PAN.S");
    assert_eq!(world.pac.session_id(), Some(77));
    // The PAA answers the initiation nevertheless: the last offer counts.
    world.settle();
    assert_eq!(world.outcomes, [GRANTED]);
    assert_eq!(world.pac.session_id(), Some(world.session_id()));
}

/// An EAP Request in the offer itself is answered in the answer.
#[test]
fn an_offer_may_bring_the_first_eap_request() {
    use dsboot_codec::pana::Avp;
    let mut offer = MessageBuilder::new(Kind::Par, Flags::START, 77, 5);
    offer.avp(&Avp::EapPayload(&[1, 1, 0, 5, 1]));
    for (piggyback, expected) in
        [(true, &["PCI v10", "PAN.S eap2"][..]), (false, &["PCI v10", "PAN.S", "PAR eap2"])]
    {
        let mut world = World::with(PacConfig { piggyback, ..pac_config() }, nas_config());
        world.start();
        world.hand_pac(&from_paa(&offer));
        assert_eq!(world.pana(), expected);
    }
}

#[test]
fn whoever_gives_up_before_access_does_so_silently() {
    for steps in 0..6 {
        let mut world = World::new();
        world.start();
        world.steps(steps);
        let sent = world.sent.len();
        world.tell_pac(Pac::terminate);
        assert_eq!(world.sent.len(), sent);
        assert_eq!(world.outcomes, [AccessOutcome::Released]);
        assert_eq!(world.pac.phase(), Phase::Closed);
        world.pass(600);
        assert_eq!(world.phases(), (Phase::Closed, None));
        assert_eq!(world.pac.local(), pac_addr());
    }
}

/// Released is released: a new session may begin at once, from the same address.
#[test]
fn after_a_release_the_client_gets_in_again() {
    let mut world = World::granted();
    let first = world.session_id();
    world.tell_pac(Pac::terminate);
    world.settle();
    world.start();
    world.settle();
    assert_eq!(world.outcomes.last(), Some(&GRANTED));
    let admitted: Vec<u32> = world.nas.admitted().map(|session| session.session_id).collect();
    assert_eq!(admitted, [world.pac.session_id().unwrap()]);
    assert_ne!(admitted, [first]);
}
