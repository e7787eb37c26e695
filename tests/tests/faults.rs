//! Roles that do one thing wrong at a time: each is noticed by random schedules with the model
//! beside them. Prints by which setup, and after how many schedules, events and model steps.
//!
//! `cargo test -p dsboot-tests --features faults --test faults -- --nocapture`

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use dsboot_roles::fault::{self, Fault};
use dsboot_spec::Setup;
use dsboot_tests::bytes::Bytes;
use dsboot_tests::lockstep::{Figures, Follower};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use proptest_state_machine::ReferenceStateMachine as _;

#[path = "lockstep/random.rs"]
mod random;

/// After how many schedules a fault counts as unnoticed.
const SCHEDULES: usize = 1200;

#[test]
fn every_fault_is_noticed() {
    let starts =
        Setup::ALL.map(|setup| (setup, Follower::new(&Bytes::settings(setup, 1)).unwrap()));
    eprintln!(
        "{:28} {:18} {:30} {:>9} {:>7} {:>6}",
        "fault", "sentence", "noticed in", "schedules", "events", "steps"
    );
    let mut unnoticed = Vec::new();
    for fault in Fault::ALL.iter().copied() {
        fault::choose(Some(fault));
        let notice = notice(&starts);
        fault::choose(None);
        let (name, sentence) = (fault.name(), fault.sentence());
        match notice {
            Some((setup, schedules, Figures { events, steps, .. })) => eprintln!(
                "{name:28} {sentence:18} {:30} {schedules:>9} {events:>7} {steps:>6}",
                setup.to_string()
            ),
            None => {
                eprintln!("{name:28} {sentence:18} not noticed");
                unnoticed.push(name);
            }
        }
    }
    assert!(unnoticed.is_empty(), "not noticed: {unnoticed:?}");
}

/// Runs random schedules, in all setups in turn, until one parts roles and model: which setup, the
/// how manieth schedule, and how far that one had come.
fn notice(starts: &[(Setup, Follower)]) -> Option<(Setup, usize, Figures)> {
    let strategy = random::Schedule::sequential_strategy(60..200);
    let config = Config { rng_seed: RngSeed::Fixed(1), ..Config::default() };
    let mut runner = TestRunner::new(config);
    for (schedule, (setup, start)) in starts.iter().cycle().take(SCHEDULES).enumerate() {
        let (_, events, _) = strategy.new_tree(&mut runner).unwrap().current();
        let mut follower = start.clone();
        if events.iter().any(|event| follower.happen(*event).is_err()) {
            return Some((*setup, schedule + 1, follower.figures));
        }
    }
    None
}
