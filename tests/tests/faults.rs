//! Roles that do one thing wrong at a time: each is noticed, by the exhaustive refinement or by
//! random schedules with the model beside them. Prints by which, in which setup, and how soon.
//!
//! `cargo test -p dsboot-tests --features faults --test faults -- --nocapture`

#![expect(clippy::unwrap_used, reason = "tests")]

use std::num::NonZeroUsize;

use dsboot_roles::fault::{self, Fault};
use dsboot_spec::Setup;
use dsboot_tests::bytes::Bytes;
use dsboot_tests::lockstep::{Figures, Follower};
use dsboot_tests::refinement::Refinement;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use proptest_state_machine::ReferenceStateMachine as _;

#[path = "lockstep/random.rs"]
mod random;

/// After how many schedules the random search has not noticed a fault.
const SCHEDULES: usize = 1200;

/// After how many states of a setup the exhaustive search has not noticed it.
const STATES: NonZeroUsize = NonZeroUsize::new(40_000).unwrap();

#[test]
fn every_fault_is_noticed() {
    let starts =
        Setup::ALL.map(|setup| (setup, Follower::new(&Bytes::settings(setup, 1)).unwrap()));
    eprintln!("{:28} {:18} by", "fault", "sentence");
    let mut unnoticed = Vec::new();
    for fault in Fault::ALL.iter().copied() {
        let refinement = refined(fault);
        let lockstep = at_random(fault, &starts);
        eprintln!(
            "{:28} {:18} {:60} {}",
            fault.name(),
            fault.sentence(),
            refinement.as_deref().unwrap_or("-"),
            lockstep.as_deref().unwrap_or("-")
        );
        if refinement.is_none() && lockstep.is_none() {
            unnoticed.push(fault.name());
        }
    }
    assert!(unnoticed.is_empty(), "not noticed: {unnoticed:?}");
}

/// Every run with one event, in the setups of one kind of scenario.
fn refined(fault: Fault) -> Option<String> {
    Setup::ALL.into_iter().take(3).find_map(|setup| {
        let refinement = Refinement::new(setup, 1).unwrap().with_fault(fault);
        let report = refinement.explore(2, Some(STATES));
        let parted = report.parted?;
        assert!(parted.to_string().contains("| cannot do the same"), "{fault:?}: {parted}");
        let (run, states) = (parted.run.len(), report.concrete);
        Some(format!("refinement: {setup}, {run} steps, {states} states"))
    })
}

/// Runs random schedules, in all setups in turn, until one parts roles and model.
fn at_random(fault: Fault, starts: &[(Setup, Follower)]) -> Option<String> {
    fault::choose(Some(fault));
    let noticed = notice(starts);
    fault::choose(None);
    let (setup, schedules, Figures { events, .. }) = noticed?;
    Some(format!("lockstep: {setup}, schedule {schedules}, {events} events"))
}

/// Which setup, the how manieth schedule, and how far that one had come.
fn notice(starts: &[(Setup, Follower)]) -> Option<(Setup, usize, Figures)> {
    let strategy = random::Schedule::<1>::sequential_strategy(60..200);
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
