//! Sessions that last: re-authentication, lifetimes, other addresses, and how many there may be.

use std::net::SocketAddr;

use dsboot_codec::pana::{Avp, Flags, Kind, Message, MessageBuilder};
use dsboot_roles::Datagram;
use dsboot_roles::nas::{Nas, NasConfig};
use dsboot_roles::pana::{AccessOutcome, Failure, Pac, PacConfig, Phase};

use crate::nas::parameters::{fha_and_care_of, nas_picks};
use crate::nas::world::{
    Mood, World, datagram, from_paa, nas_config, paa_addr, pac_addr, pac_config, short,
};

const ROUND: [&str; 6] = [
    "PAR nonce eap1",
    "PAN nonce eap2",
    "PAR eap1",
    "PAN eap2",
    "PAR.C result0 eap3 lifetime3600",
    "PAN.C",
];

fn nonces(sent: &[(Datagram, bool)]) -> Vec<Vec<u8>> {
    let messages = sent.iter().filter_map(|(datagram, _)| Message::decode(&datagram.payload).ok());
    messages.filter_map(|message| Some(message.nonce().once()?.to_vec())).collect()
}

//= access.5.1
//= access.5.2
//= access.2.20
#[test]
fn client_and_nas_begin_re_authentication() {
    let mut world = World::new();
    world.start();
    world.settle();
    let before = world.session_id();
    let mut seen = nonces(&world.sent);
    let ends = world.pac.access_ends();
    world.sent.clear();
    world.now = world.now + std::time::Duration::from_secs(100);

    world.tell_pac(Pac::reauthenticate);
    world.tell_pac(Pac::reauthenticate);
    world.steps(2);
    assert_eq!(world.phases(), (Phase::Reauthenticating, Some(Phase::Reauthenticating)));
    assert_eq!(world.admitted(), 1);
    assert_eq!(world.pac.access_ends(), ends, "the old lifetime runs on");
    world.settle();
    let expected: Vec<&str> = ["PNR.A", "PNA.A"].into_iter().chain(ROUND).collect();
    assert_eq!(world.pana(), expected);
    assert!(world.pac.access_ends() > ends);
    assert_eq!(world.outcomes.len(), 2);
    seen.extend(nonces(&world.sent));

    world.sent.clear();
    world.tell_nas(Nas::reauthenticate);
    world.tell_nas(Nas::reauthenticate);
    world.settle();
    assert_eq!(world.pana(), ROUND);
    assert_eq!(world.outcomes.len(), 3);
    assert_eq!(world.session_id(), before);
    seen.extend(nonces(&world.sent));
    assert_eq!(seen.len(), 6);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 6, "every nonce is fresh");
    assert_eq!(world.counted("nas.granted"), 3);
}

/// Both at once: the client does not listen to the other's EAP before it has its own answer.
#[test]
fn both_sides_begin_re_authentication_at_once() {
    let mut world = World::granted();
    world.tell_nas(Nas::reauthenticate);
    world.tell_pac(Pac::reauthenticate);
    world.step();
    assert_eq!(world.counts, ["pana.wrong-phase"]);
    assert_eq!(world.pac.phase(), Phase::Access);
    world.pass(3);
    assert_eq!(world.phases(), (Phase::Access, Some(Phase::Access)));
    assert!(matches!(world.outcomes[..], [AccessOutcome::Granted { .. }]));
    assert_eq!(world.aaa.requests.len(), 4);
}

//= access.5.2
#[test]
fn whatever_is_lost_in_a_re_authentication_it_comes_to_its_end() {
    for by_pac in [true, false] {
        for lost in 0..13 {
            let mut world = World::granted();
            world.loses = Box::new(move |number| number == lost);
            if by_pac {
                world.tell_pac(Pac::reauthenticate);
            } else {
                world.tell_nas(Nas::reauthenticate);
            }
            world.pass(10);
            let granted = matches!(world.outcomes[..], [AccessOutcome::Granted { .. }]);
            assert!(granted, "{by_pac} {lost} {:?}", world.pana());
            assert_eq!(world.phases(), (Phase::Access, Some(Phase::Access)));
        }
    }
}

/// Requests that become due while another is unanswered wait for their turn.
//= access.2.15
#[test]
fn one_request_at_a_time() {
    let mut world = World::granted();
    world.loses = Box::new(|number| number == 0);
    world.tell_pac(Pac::ping);
    world.tell_pac(Pac::reauthenticate);
    world.settle();
    assert_eq!(world.pana(), ["PNR.P"]);
    world.pass(2);
    assert_eq!(world.pana()[..4], ["PNR.P", "PNR.P", "PNA.P", "PNR.A"]);
    assert!(matches!(world.outcomes[..], [AccessOutcome::Granted { .. }]));

    // What is more urgent takes the place of what waits.
    world.sent.clear();
    world.loses = Box::new(|number| number == 0);
    world.pass(10);
    world.tell_pac(Pac::ping);
    world.tell_pac(Pac::reauthenticate);
    world.tell_pac(Pac::terminate);
    world.pass(2);
    assert_eq!(world.pana(), ["PNR.P", "PNR.P", "PNA.P", "PTR cause1", "PTA"]);
    assert_eq!(world.outcomes.last(), Some(&AccessOutcome::Released));
}

//= access.5.1
#[test]
fn a_client_that_keeps_its_session_renews_it_in_time() {
    let mut world = World::granted();
    world.pass(4 * 3600);
    assert_eq!(world.phases(), (Phase::Access, Some(Phase::Access)));
    assert_eq!(world.admitted(), 1);
    let renewed = world.pana().iter().filter(|message| *message == "PNR.A").count();
    assert_eq!(renewed, 5, "with a quarter of the lifetime left");
    assert!(world.outcomes.iter().all(|o| matches!(o, AccessOutcome::Granted { .. })));
}

//= access.5.4
#[test]
fn without_renewal_access_ends_on_both_sides() {
    let mut world = World::with(PacConfig { renew: false, ..pac_config() }, nas_config());
    world.start();
    world.settle();
    world.outcomes.clear();
    let sent = world.sent.len();
    world.pass(3599);
    assert_eq!(world.admitted(), 1);
    world.pass(1);
    assert_eq!(world.phases(), (Phase::Closed, None));
    assert_eq!(world.outcomes, [AccessOutcome::Failed(Failure::LifetimeOver)]);
    assert_eq!(world.counted("pana.lifetime-over"), 2);
    assert_eq!(world.sent.len(), sent);
}

/// The lifetime runs on during re-authentication.
//= access.5.4
#[test]
fn a_re_authentication_that_takes_too_long_does_not_prolong_access() {
    let mut world = World::with(PacConfig { renew: false, ..pac_config() }, nas_config());
    world.start();
    world.settle();
    world.aaa.mood = Mood::Silent;
    world.pass(3590);
    world.tell_pac(Pac::reauthenticate);
    world.settle();
    assert_eq!(world.phases(), (Phase::Reauthenticating, Some(Phase::Reauthenticating)));
    world.pass(10);
    assert_eq!(world.phases(), (Phase::Closed, None));
    world.pass(60);
    assert_eq!(world.counted("nas.aaa-silent"), 0, "no one is asked about a session that ended");
}

//= access.5.3
#[test]
fn a_failed_re_authentication_ends_access_on_both_sides() {
    use dsboot_spec::registry::radius::code::ACCESS_REJECT;
    for by_pac in [true, false] {
        let mut world = World::granted();
        world.aaa.mood = Mood::Odd(ACCESS_REJECT, 4);
        if by_pac {
            world.tell_pac(Pac::reauthenticate);
        } else {
            world.tell_nas(Nas::reauthenticate);
        }
        while world.pana().last().is_none_or(|last| last != "PAR.C result1 eap4") {
            assert!(world.step());
        }
        assert_eq!(world.admitted(), 0);
        world.settle();
        assert_eq!(world.phases(), (Phase::Closed, None));
        assert_eq!(world.outcomes, [AccessOutcome::Refused(1)]);
    }
}

/// The address picked at first stays; it is no reason to reconfigure again.
#[test]
fn a_re_authentication_keeps_the_address() {
    use dsboot_roles::nas::AddressPool;
    for accept in [nas_picks, fha_and_care_of] {
        let first = [198, 51, 100, 77].into();
        let pool = AddressPool { first, last: first, prefix_length: 24 };
        let nas = NasConfig { pool: Some(pool), ..nas_config() };
        let mut world = World::with(pac_config(), nas);
        world.aaa.accept = accept;
        world.start();
        world.settle();
        let moved = SocketAddr::from((first, 40716));
        let effects = world.pac.set_local(world.now, &mut world.pac_random, moved);
        world.carry_out(effects);
        world.settle();
        world.tell_pac(Pac::reauthenticate);
        world.settle();
        let care_of = |outcome: &AccessOutcome| match outcome {
            AccessOutcome::Granted { care_of, reconfigure, .. } => (*care_of, *reconfigure),
            other => panic!("{other:?}"),
        };
        let held = Some((first, 24));
        let told: Vec<_> = world.outcomes.iter().map(care_of).collect();
        assert_eq!(told, [(held, true), (held, false)]);
    }
}

//= access.4.17
#[test]
fn the_session_follows_the_client_to_another_address() {
    let moved: SocketAddr = "198.51.100.77:40716".parse().unwrap();
    let mut world = World::granted();
    let effects = world.pac.set_local(world.now, &mut world.pac_random, moved);
    world.carry_out(effects);
    assert_eq!(world.wire[0].source, moved);
    world.settle();
    assert_eq!(world.pana(), ["PNR.P", "PNA.P"]);
    assert_eq!(world.nas.sessions().next().unwrap().pac, moved);
    world.tell_nas(Nas::ping);
    assert_eq!(world.wire[0].destination, moved);
    world.settle();
    // Someone else may begin at the old address now, and nobody at the new one.
    let initiation = MessageBuilder::new(Kind::Pci, Flags::NONE, 0, 0).encode().unwrap();
    world.hand_nas(&datagram(pac_addr(), paa_addr(), initiation.clone()));
    assert_eq!(world.counted("pana.wrong-phase"), 0);
    world.hand_nas(&datagram(moved, paa_addr(), initiation));
    assert_eq!(world.counted("pana.wrong-phase"), 1);
}

/// A request under way when the client moves is repeated from the new address at once.
#[test]
fn a_request_under_way_moves_along() {
    let moved: SocketAddr = "198.51.100.77:40716".parse().unwrap();
    let mut world = World::granted();
    world.tell_pac(Pac::reauthenticate);
    let first = world.wire.pop_front().unwrap();
    let effects = world.pac.set_local(world.now, &mut world.pac_random, moved);
    world.carry_out(effects);
    assert_eq!(world.wire[0].payload, first.payload);
    assert_eq!(world.wire[0].source, moved);
    world.settle();
    assert_eq!(world.outcomes.len(), 1);
}

/// A client that has lost its session cannot begin another one at once, but soon.
#[test]
fn a_client_that_forgot_its_session_gets_in_again() {
    let mut world = World::granted();
    world.pac = Pac::new(pac_config());
    world.start();
    world.settle();
    assert_eq!(world.pana(), ["PCI v10", "PNR.P"]);
    assert_eq!(world.counts, ["pana.wrong-phase", "pana.unknown-session"]);
    world.pass(150);
    assert_eq!(world.admitted(), 1, "not yet");
    world.pass(250);
    assert_eq!(world.phases(), (Phase::Access, Some(Phase::Access)));
    assert!(matches!(world.outcomes[..], [AccessOutcome::Granted { .. }]));
    assert_eq!(world.counted("pana.no-answer"), 1);
}

fn initiation_from(port: u16) -> Datagram {
    let initiation = MessageBuilder::new(Kind::Pci, Flags::NONE, 0, 0).encode().unwrap();
    datagram(SocketAddr::from(([10, 0, 0, 7], port)), paa_addr(), initiation)
}

/// What the last offer says, confirmed from that port.
fn confirmation_from(port: u16, offer: &Datagram) -> Datagram {
    let offer = Message::decode(&offer.payload).unwrap();
    let answer = MessageBuilder::answering(&offer).encode().unwrap();
    datagram(SocketAddr::from(([10, 0, 0, 7], port)), paa_addr(), answer)
}

//= access.2.5
//= access.2.7
#[test]
fn clients_are_told_apart_by_address_and_port() {
    let mut world = World::new();
    world.hand_nas(&initiation_from(1));
    let first = world.last_to_pac();
    world.hand_nas(&initiation_from(2));
    let second = world.last_to_pac();
    assert_ne!(first.payload, second.payload);
    world.hand_nas(&initiation_from(1));
    assert_eq!(world.last_to_pac(), first);
    assert_eq!(world.counts, ["pana.duplicate"]);
    // Neither can confirm the other's.
    world.hand_nas(&confirmation_from(2, &first));
    assert_eq!(world.counted("pana.unknown-session"), 1);
    world.hand_nas(&confirmation_from(1, &first));
    world.hand_nas(&confirmation_from(2, &second));
    assert_eq!(world.nas.sessions().count(), 2);
}

//= access.2.6
//= access.6.14
#[test]
fn an_offer_is_not_repeated_by_itself_and_is_forgotten() {
    let mut world = World::new();
    world.hand_nas(&initiation_from(1));
    let offer = world.last_to_pac();
    world.wire.clear();
    world.pass(600);
    assert_eq!(world.sent.len(), 1);
    assert_eq!(world.next_timeout(), None);
    world.hand_nas(&confirmation_from(1, &offer));
    assert_eq!(world.counts, ["pana.unknown-session"]);
}

//= access.6.14
#[test]
fn of_too_many_offers_the_oldest_goes() {
    let mut world = World::with(pac_config(), NasConfig { max_begun: 2, ..nas_config() });
    let offers: Vec<Datagram> = (1..=3)
        .map(|port| {
            world.now = world.now + std::time::Duration::from_secs(1);
            world.hand_nas(&initiation_from(port));
            world.last_to_pac()
        })
        .collect();
    assert_eq!(world.counts, ["nas.too-many-sessions"]);
    for (port, offer) in (1..).zip(&offers) {
        world.hand_nas(&confirmation_from(port, offer));
    }
    assert_eq!(world.counted("pana.unknown-session"), 1);
    assert_eq!(world.nas.sessions().count(), 2);
}

//= access.2.11
//= access.6.14
#[test]
fn there_are_no_more_sessions_than_there_may_be() {
    let mut world = World::with(pac_config(), NasConfig { max_sessions: 1, ..nas_config() });
    for port in 1..=2 {
        world.hand_nas(&initiation_from(port));
        let offer = world.last_to_pac();
        world.hand_nas(&confirmation_from(port, &offer));
    }
    assert_eq!(world.nas.sessions().count(), 1);
    assert_eq!(world.counts, ["nas.too-many-sessions"]);
}

//= access.2.3
#[test]
fn a_session_identifier_is_neither_zero_nor_in_use() {
    let mut world = World::new();
    for (port, drawn, given) in [(1, 0u32, 1), (2, 0, 2), (3, 1, 3), (4, u32::MAX, u32::MAX)] {
        world.nas_random.first([&drawn.to_be_bytes()[..]]);
        world.hand_nas(&initiation_from(port));
        let offer = world.last_to_pac();
        assert_eq!(Message::decode(&offer.payload).unwrap().session_id(), given);
        // Whether confirmed or only begun.
        if port != 2 {
            world.hand_nas(&confirmation_from(port, &offer));
        }
    }
    world.nas_random.first([&u32::MAX.to_be_bytes()[..]]);
    world.hand_nas(&initiation_from(5));
    assert_eq!(Message::decode(&world.last_to_pac().payload).unwrap().session_id(), 4);
}

/// Answers of the NAS that carry EAP or a Nonce are none: only clients may put EAP there.
#[test]
fn the_nas_may_not_put_eap_into_an_answer() {
    let mut world = World::with(PacConfig { piggyback: false, ..pac_config() }, nas_config());
    world.start();
    while short(&world.last_to_nas()) != "PAR eap2" {
        assert!(world.step());
    }
    let request = world.last_to_nas();
    let request = Message::decode(&request.payload).unwrap();
    world.wire.clear();
    let pac = world.pac.clone();
    let cases = [
        (Avp::EapPayload(&[1, 1, 0, 5, 1]), "pana.misplaced-avp"),
        (Avp::Nonce(&[7; 20]), "pana.nonce"),
    ];
    for (avp, reason) in cases {
        let mut answer = MessageBuilder::answering(&request);
        answer.avp(&avp);
        world.hand_pac(&from_paa(&answer));
        assert_eq!(world.pac, pac);
        assert_eq!(world.counts.last(), Some(&reason));
    }
    world.hand_pac(&from_paa(&MessageBuilder::answering(&request)));
    assert_ne!(world.pac, pac);
}

/// After a session is lost, the client begins at its first address again.
#[test]
fn a_client_begins_anew_at_its_first_address() {
    let mut world = World::granted();
    let moved = "198.51.100.77:40716".parse().unwrap();
    let effects = world.pac.set_local(world.now, &mut world.pac_random, moved);
    world.carry_out(effects);
    world.settle();
    assert_eq!(world.pac.local(), moved);
    world.start();
    assert_eq!(world.wire[0].source, pac_addr());
    world.settle();
    assert!(matches!(world.outcomes[..], [AccessOutcome::Granted { .. }]));
}
