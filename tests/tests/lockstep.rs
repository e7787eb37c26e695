//! Roles and model driven by the same schedule: in order, and at random.
//!
//! The random schedules are made from a seed that is printed. `DSBOOT_LOCKSTEP_SEED` sets another
//! one, `DSBOOT_LOCKSTEP_SCHEDULES` sets how many schedules each setup runs. A divergence prints its
//! shortest schedule; a line with it in `schedules.txt` keeps it from coming back.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::cell::Cell;
use std::env;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use dsboot_model::{Config, Rule};
use dsboot_spec::Setup;
use dsboot_tests::bytes::Bytes;
use dsboot_tests::lockstep::{Event, Figures, Follower, schedule};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestError, TestRunner};
use proptest_state_machine::ReferenceStateMachine;

/// The seed if nothing else is said: the same schedules in every run.
const SEED: u64 = 1;
#[path = "lockstep/random.rs"]
mod random;

use random::Schedule;

/// How many schedules each setup runs if nothing else is said.
const SCHEDULES: u32 = 200;

/// Everything arrives in the order of its sending; then movement, refresh, release.
#[test]
fn the_model_follows_every_setup_without_loss() {
    for setup in Setup::ALL {
        let mut follower = start(setup);
        let mut act = |event| match follower.happen(event) {
            Ok(happened) => happened,
            Err(divergence) => panic!("{setup}: {divergence}"),
        };
        let story =
            [Event::Move(0), Event::Refresh(0), Event::Move(1), Event::Move(2), Event::Release(0)];
        for event in story {
            act(Event::Wait(2000));
            assert!(act(event), "{setup}: {event}");
            while act(Event::Deliver(0)) {}
        }
        let steps = follower.figures.steps;
        assert!(steps > 45, "{setup}: only {steps} steps");
    }
}

/// Schedules that once led to a divergence.
#[test]
fn the_model_follows_every_schedule_that_is_kept() {
    let lines = include_str!("schedules.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (setup, events) = line.split_once(':').unwrap();
        let setup = Setup::ALL.into_iter().find(|known| known.to_string() == setup).unwrap();
        let events = schedule::read(events).unwrap();
        run(setup, events.iter()).unwrap_or_else(|told| panic!("{told}"));
    }
}

macro_rules! at_random {
    ($($name:ident = $index:literal;)+) => { $(
        #[test]
        fn $name() {
            at_random(Setup::ALL[$index]);
        }
    )+ };
}

at_random! {
    the_model_follows_integrated_colocated = 0;
    the_model_follows_integrated_fa = 1;
    the_model_follows_integrated_fa_colocated_r = 2;
    the_model_follows_subscription_colocated = 3;
    the_model_follows_subscription_fa = 4;
    the_model_follows_subscription_fa_colocated_r = 5;
}

/// Runs random schedules of a setup, shrinks one that leads to a divergence, and prints figures.
fn at_random(setup: Setup) {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = number("DSBOOT_LOCKSTEP_SEED").unwrap_or(SEED);
    let cases = number("DSBOOT_LOCKSTEP_SCHEDULES").map(|n| u32::try_from(n).unwrap());
    let mut runner = TestRunner::new(ProptestConfig {
        cases: cases.unwrap_or(SCHEDULES),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    });
    let total = Cell::new((0, Figures::default()));
    let result = runner.run(&Schedule::sequential_strategy(60..200), |(_, events, seen)| {
        // Shrinking begins with what has not been seen.
        let see = |_: &Event| {
            let _ = seen.as_ref().map(|seen| seen.fetch_add(1, Ordering::SeqCst));
        };
        let figures = run(setup, events.iter().inspect(|event| see(event)));
        let figures = figures.map_err(TestCaseError::fail)?;
        let (schedules, mut sum) = total.get();
        sum.add(&figures);
        total.set((schedules + 1, sum));
        Ok(())
    });
    let (schedules, Figures { events, steps, stutters, rules, .. }) = total.get();
    let missing: Vec<_> = rules.missing(&Config::new(setup, 0)).map(Rule::name).collect();
    eprintln!(
        "{setup}: seed {seed}, {schedules} schedules, {events} events, {steps} model steps, \
         {stutters} stutters; rules not seen: {}",
        missing.join(" ")
    );
    match result {
        Ok(()) => {}
        Err(TestError::Fail(told, (_, events, _))) => {
            panic!(
                "{setup}, seed {seed}: {told}\nkeep it as\n{setup}:{}",
                schedule::written(&events)
            )
        }
        Err(TestError::Abort(told)) => panic!("{setup}, seed {seed}: {told}"),
    }
}

/// Runs a schedule. The error tells where roles and model part.
fn run<'a>(setup: Setup, events: impl Iterator<Item = &'a Event>) -> Result<Figures, String> {
    let mut follower = start(setup);
    for event in events {
        follower.happen(*event).map_err(|divergence| format!("{setup}: {divergence}"))?;
    }
    Ok(follower.figures)
}

/// A network of a setup in which nothing has happened.
fn start(setup: Setup) -> Follower {
    static STARTS: OnceLock<Vec<Follower>> = OnceLock::new();
    let starts = STARTS.get_or_init(|| {
        let start = |setup| Follower::new(&Bytes::settings(setup, 1)).unwrap();
        Setup::ALL.into_iter().map(start).collect()
    });
    let place = Setup::ALL.into_iter().position(|known| known == setup).unwrap();
    starts.get(place).unwrap().clone()
}
