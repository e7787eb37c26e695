//! When what is sent again, and when that ends.

use std::time::Duration;

use dsboot_roles::nas::Nas;
use dsboot_roles::pana::{AccessOutcome, Failure, Pac, PacConfig, Phase};
use dsboot_roles::{Machine, Random, Time};

use crate::nas::world::{NO_JITTER, World, nas_config, pac_config, short};

/// Always the same random octets.
struct Always(u32);

impl Random for Always {
    fn fill(&mut self, octets: &mut [u8]) {
        let value = self.0.to_be_bytes();
        for (octet, value) in octets.iter_mut().zip(value.into_iter().cycle()) {
            *octet = value;
        }
    }
}

/// Nominal waits, a tenth shorter and a tenth longer each time: RAND of 0, -100 and +100 per
/// mille.
const JITTERS: [u32; 3] = [100, 0, 200];

/// Seconds between the transmissions of a client that is never answered, the last one that until
/// it gives up, if it does.
fn waits(mut pac: Pac, mut now: Time, jitter: u32, most: usize) -> (Vec<f64>, Pac) {
    let mut waits = Vec::new();
    let mut octets = None;
    while let Some(due) = pac.poll_timeout().filter(|_| waits.len() < most) {
        waits.push(now.until(due).as_secs_f64());
        now = due;
        let effects = pac.timeout(now, &mut Always(jitter));
        let sent: Vec<_> = effects
            .into_iter()
            .filter_map(|effect| match effect {
                dsboot_roles::Effect::Datagram(datagram) => Some(datagram.payload),
                _ => None,
            })
            .collect();
        match &sent[..] {
            [] => break,
            [again] => assert_eq!(octets.get_or_insert_with(|| again.clone()), again),
            more => panic!("{more:?}"),
        }
    }
    (waits, pac)
}

fn close(actual: &[f64], expected: &[f64]) -> bool {
    actual.len() == expected.len() && actual.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.01)
}

//= access.2.18
//= access.2.8
#[test]
fn the_initiation_is_repeated_without_end() {
    let expected: [&[f64]; 3] = [
        &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 120.0, 120.0, 120.0],
        &[0.9, 1.71, 3.249, 6.1731, 11.7289, 22.2849, 42.3413, 80.4485, 108.0, 108.0],
        &[1.1, 2.31, 4.851, 10.1871, 21.3929, 44.9251, 94.3427, 132.0, 132.0, 132.0],
    ];
    for (jitter, expected) in JITTERS.into_iter().zip(expected) {
        let mut pac = Pac::new(pac_config());
        let now = Time::from_unix_micros(0);
        let _ = pac.start(now, &mut Always(jitter));
        let (waits, pac) = waits(pac, now, jitter, 10);
        assert!(close(&waits, expected), "{waits:?}");
        assert_eq!(pac.phase(), Phase::Initiating);
    }
}

//= access.2.16
//= access.2.17
#[test]
fn a_request_is_repeated_until_the_session_ends() {
    let expected: [&[f64]; 3] = [
        &[1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0, 30.0],
        &[0.9, 1.71, 3.249, 6.1731, 11.7289, 22.2849, 27.0, 27.0, 27.0, 27.0],
        &[1.1, 2.31, 4.851, 10.1871, 21.3929, 33.0, 33.0, 33.0, 33.0, 33.0],
    ];
    for (jitter, expected) in JITTERS.into_iter().zip(expected) {
        let World { mut pac, now, .. } = World::granted();
        let _ = pac.ping(now, &mut Always(jitter));
        let (waits, mut pac) = waits(pac, now, jitter, 20);
        assert!(close(&waits, expected), "{waits:?}");
        assert_eq!(pac.phase(), Phase::Closed);
        assert_eq!(pac.take_outcome(), Some(AccessOutcome::Failed(Failure::NoAnswer)));
    }
}

/// The NAS repeats by the same rules, and drops the session.
//= access.2.16
//= access.2.17
#[test]
fn a_request_of_the_nas_is_repeated_until_the_session_ends() {
    let mut world = World::granted();
    world.nas_random.first([&NO_JITTER[..]; 15]);
    world.loses = Box::new(|_| true);
    world.tell_nas(Nas::ping);
    let began = world.now;
    let mut sent = vec![0];
    while world.phases().1.is_some() {
        let due = world.nas.poll_timeout().unwrap();
        let before = world.sent.len();
        world.pass_to(due);
        if world.sent.len() > before {
            sent.push(began.until(due).as_secs());
        }
    }
    assert_eq!(sent, [0, 1, 3, 7, 15, 31, 61, 91, 121, 151]);
    assert_eq!(began.until(world.now), Duration::from_secs(181));
    assert!(world.sent.iter().all(|(datagram, _)| *datagram == world.sent[0].0));
    assert_eq!(world.counted("pana.retransmission"), 9);
    assert_eq!(world.counted("pana.no-answer"), 1);
}

#[test]
fn a_client_that_ends_its_session_stops_asking_at_some_time() {
    let mut world = World::granted();
    world.loses = Box::new(|_| true);
    world.tell_pac(Pac::terminate);
    world.pass(210);
    assert_eq!(world.pac.phase(), Phase::Closed);
    assert_eq!(world.outcomes, [AccessOutcome::Released]);
}

#[test]
fn a_result_that_is_never_acknowledged_grants_nothing_in_the_end() {
    let mut world = World::new();
    world.start();
    while !short(&world.last_to_nas()).starts_with("PAN eap2") {
        assert!(world.step());
    }
    world.steps(2);
    let known = world.sent.len();
    world.loses = Box::new(move |number| number >= known);
    world.settle();
    assert_eq!(world.admitted(), 1);
    world.pass(210);
    assert_eq!(world.admitted(), 0);
    assert_eq!(world.phases().1, None);
}

/// Once the second request has come, the first message is not repeated any more.
//= access.2.8
#[test]
fn the_initiation_stops_with_the_second_request() {
    let mut world = World::new();
    world.start();
    world.steps(2);
    assert_eq!(world.pac.phase(), Phase::Initiating);
    world.wire.clear();
    world.now = world.pac.poll_timeout().unwrap();
    world.tell_pac(Pac::timeout);
    assert_eq!(short(&world.last_to_nas()), "PCI v10");
    world.settle();
    assert_eq!(world.pac.phase(), Phase::Access);
    world.outcomes.clear();
    world.sent.clear();
    world.pass(600);
    assert_eq!(world.pana(), [""; 0]);
}

/// What comes too late for a closed session finds nothing to wait for.
#[test]
fn a_stalled_client_is_done_with() {
    let config = PacConfig { failed_session: Duration::from_secs(20), ..pac_config() };
    let mut world = World::with(config, nas_config());
    world.start();
    world.steps(4);
    assert_eq!(world.pac.phase(), Phase::Authenticating);
    world.wire.clear();
    world.loses = Box::new(|_| true);
    world.pass(19);
    assert_eq!(world.pac.phase(), Phase::Authenticating);
    world.pass(1);
    assert_eq!(world.pac.phase(), Phase::Closed);
    assert_eq!(world.outcomes, [AccessOutcome::Failed(Failure::Stalled)]);
    world.pass(300);
    assert_eq!(world.pac.poll_timeout(), None);
}
