//! Datagrams lost, doubled and late.

use std::collections::BTreeSet;

use dsboot_roles::pana::{AccessOutcome, PacConfig, Phase};

use crate::nas::world::{World, nas_config, pac_config};

fn world(piggyback: bool) -> World {
    let mut world = World::with(PacConfig { piggyback, ..pac_config() }, nas_config());
    world.aaa.accept = crate::nas::parameters::fha_and_care_of;
    world
}

/// How many datagrams the way in takes.
fn needed(piggyback: bool) -> usize {
    let mut world = world(piggyback);
    world.start();
    world.settle();
    world.sent.len()
}

fn check_in(world: &World, what: &str) {
    let granted = matches!(world.outcomes[..], [AccessOutcome::Granted { .. }]);
    assert!(granted, "{what}: {:?} after {:?}", world.outcomes, world.pana());
    assert_eq!(world.phases(), (Phase::Access, Some(Phase::Access)), "{what}");
    assert_eq!(world.pac.session_id(), Some(world.session_id()), "{what}");
    assert_eq!(world.counted("nas.granted"), 1, "{what}");
}

//= access.2.16
//= access.2.7
#[test]
fn whatever_one_datagram_is_lost_the_client_gets_in() {
    for piggyback in [true, false] {
        for lost in 0..needed(piggyback) {
            let mut world = world(piggyback);
            world.loses = Box::new(move |number| number == lost);
            world.start();
            world.pass(30);
            check_in(&world, &format!("piggyback {piggyback}, datagram {lost} lost"));
        }
    }
}

#[test]
fn whatever_two_datagrams_are_lost_the_client_gets_in() {
    for piggyback in [true, false] {
        let needed = needed(piggyback);
        for first in 0..needed {
            for second in first + 1..needed + 3 {
                let mut world = world(piggyback);
                world.loses = Box::new(move |number| number == first || number == second);
                world.start();
                world.pass(60);
                check_in(&world, &format!("piggyback {piggyback}, {first} and {second} lost"));
            }
        }
    }
}

#[test]
fn with_three_in_ten_lost_the_client_gets_in() {
    use dsboot_roles::Random;
    for seed in 0..60 {
        let mut world = world(seed % 2 == 0);
        let mut losses = crate::nas::world::Script::seeded(seed);
        world.loses = Box::new(move |_| {
            let mut octet = [0];
            losses.fill(&mut octet);
            octet[0] < 77
        });
        world.start();
        world.pass(900);
        // The AAA server may have seemed silent, or the agent: then once more.
        while !matches!(world.outcomes.last(), Some(AccessOutcome::Granted { .. })) {
            assert!(world.outcomes.len() < 5, "seed {seed}: {:?}", world.outcomes);
            if world.pac.phase() == Phase::Closed {
                world.start();
            }
            world.pass(900);
        }
        assert_eq!(world.phases(), (Phase::Access, Some(Phase::Access)), "seed {seed}");
    }
}

/// Duplicates, at once and late, change neither what follows nor the result.
//= access.2.14
#[test]
fn whatever_datagram_is_doubled_nothing_changes() {
    for piggyback in [true, false] {
        for delay in 0..6 {
            for doubled in 0..needed(piggyback) {
                let mut world = world(piggyback);
                world.start();
                let mut number = 0;
                let mut late = None;
                while let Some(datagram) = world.wire.pop_front() {
                    if number == doubled {
                        late = Some(datagram.clone());
                    }
                    world.deliver(&datagram);
                    if number == doubled + delay
                        && let Some(datagram) = late.take()
                    {
                        let aaa = world.aaa.requests.len();
                        world.deliver(&datagram);
                        assert_eq!(world.aaa.requests.len(), aaa);
                    }
                    number += 1;
                }
                if let Some(datagram) = late.take() {
                    world.deliver(&datagram);
                    world.settle();
                }
                check_in(&world, &format!("piggyback {piggyback}, {doubled} after {delay}"));
                // As many distinct messages as without the double.
                let distinct: BTreeSet<_> = world.sent.iter().map(|(d, _)| &d.payload).collect();
                assert_eq!(distinct.len(), needed(piggyback), "{:?}", world.pana());
            }
        }
    }
}

//= access.2.14
#[test]
fn a_repeated_request_gets_the_same_octets_even_after_the_end() {
    let mut world = World::granted();
    world.tell_pac(dsboot_roles::pana::Pac::terminate);
    let request = world.last_to_nas();
    world.settle();
    let answer = world.last_to_pac();
    for _ in 0..3 {
        let nas = world.nas.clone();
        let sent = world.sent.len();
        world.hand_nas(&request);
        assert_eq!(world.nas, nas);
        assert_eq!(world.sent.len(), sent + 1);
        assert_eq!(world.last_to_pac(), answer);
    }
    assert_eq!(world.counted("pana.duplicate"), 3);
    world.pass(300);
    world.hand_nas(&request);
    assert_eq!(world.counted("pana.unknown-session"), 1);
}

/// A client that was let in and moved before its acknowledgement arrived.
//= access.4.17
#[test]
fn a_lost_acknowledgement_does_not_keep_the_client_from_moving() {
    let moved = "198.51.100.77:40716".parse().unwrap();
    let mut world = world(true);
    let last = needed(true) - 1;
    world.loses = Box::new(move |number| number == last);
    world.start();
    world.settle();
    assert_eq!(world.phases(), (Phase::Access, Some(Phase::Authenticating)));
    assert_eq!(world.admitted(), 1, "granted is granted");
    let effects = world.pac.set_local(world.now, &mut world.pac_random, moved);
    world.carry_out(effects);
    world.settle();
    assert_eq!(world.phases(), (Phase::Access, Some(Phase::Access)));
    assert_eq!(world.nas.sessions().next().unwrap().pac, moved);
    assert_eq!(world.counted("pana.moved"), 1);
    world.pass(60);
    assert_eq!(world.counted("pana.retransmission"), 0);
}
