//! Roles and model driven by the same schedule: in order, and at random.
//!
//! The random schedules are made from a seed that is printed. `DSBOOT_LOCKSTEP_SEED` sets another
//! one, `DSBOOT_LOCKSTEP_SCHEDULES` sets how many schedules each setup runs. A divergence prints its
//! shortest schedule; a line with it in `schedules.txt` keeps it from coming back.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::cell::Cell;
use std::env;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use dsboot_model::{Config, Rule};
use dsboot_spec::Setup;
use dsboot_tests::bytes::Bytes;
use dsboot_tests::lockstep::{Event, Figures, Follower, schedule};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestError, TestRunner};
use proptest_state_machine::ReferenceStateMachine;

#[path = "lockstep/random.rs"]
mod random;

use random::Schedule;

/// The seed if nothing else is said: the same schedules in every run.
const SEED: u64 = 1;

/// How many schedules each setup runs if nothing else is said, with one mobile node and with two.
const SCHEDULES: u32 = 450;

/// How many events a schedule has.
const LENGTH: Range<usize> = 100..500;

/// How many movements are far more than the exhaustive search has.
const MOVEMENTS: usize = 10;

/// How a setup with two mobile nodes is marked.
const TWO: &str = " with two";

/// Everything arrives in the order of its sending; then movement, refresh, release.
#[test]
fn the_model_follows_every_setup_without_loss() {
    for setup in Setup::ALL {
        let mut follower = start(setup, 1);
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
        let (setup, mobiles) = match setup.strip_suffix(TWO) {
            Some(setup) => (setup, 2),
            None => (setup, 1),
        };
        let setup = Setup::ALL.into_iter().find(|known| known.to_string() == setup).unwrap();
        let events = schedule::read(events).unwrap();
        run(setup, mobiles, events.iter()).unwrap_or_else(|told| panic!("{told}"));
    }
}

macro_rules! at_random {
    ($($name:ident = $index:literal, $mobiles:literal;)+) => { $(
        #[test]
        fn $name() {
            at_random::<$mobiles>(Setup::ALL[$index]);
        }
    )+ };
}

at_random! {
    the_model_follows_integrated_colocated = 0, 1;
    the_model_follows_integrated_fa = 1, 1;
    the_model_follows_integrated_fa_colocated_r = 2, 1;
    the_model_follows_subscription_colocated = 3, 1;
    the_model_follows_subscription_fa = 4, 1;
    the_model_follows_subscription_fa_colocated_r = 5, 1;
    the_model_follows_two_in_integrated_colocated = 0, 2;
    the_model_follows_two_in_integrated_fa = 1, 2;
    the_model_follows_two_in_integrated_fa_colocated_r = 2, 2;
    the_model_follows_two_in_subscription_colocated = 3, 2;
    the_model_follows_two_in_subscription_fa = 4, 2;
    the_model_follows_two_in_subscription_fa_colocated_r = 5, 2;
}

/// What random schedules of a setup have come to.
#[derive(Clone, Copy, Default)]
struct Total {
    schedules: usize,
    figures: Figures,
    /// The most movements in one of them.
    movements: usize,
    /// How many had [`MOVEMENTS`] or more.
    far: usize,
}

impl Total {
    fn add(&mut self, figures: &Figures) {
        self.schedules += 1;
        self.figures.add(figures);
        self.movements = self.movements.max(figures.movements);
        self.far += usize::from(figures.movements >= MOVEMENTS);
    }
}

/// Runs random schedules of a setup, shrinks one that leads to a divergence, and prints figures.
fn at_random<const MOBILES: usize>(setup: Setup) {
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
    let name = named(setup, MOBILES);
    let total = Cell::new(Total::default());
    let strategy = Schedule::<MOBILES>::sequential_strategy(LENGTH);
    let result = runner.run(&strategy, |(_, events, seen)| {
        // Shrinking begins with what has not been seen.
        let see = |_: &Event| {
            let _ = seen.as_ref().map(|seen| seen.fetch_add(1, Ordering::SeqCst));
        };
        let figures = run(setup, MOBILES, events.iter().inspect(|event| see(event)));
        let figures = figures.map_err(TestCaseError::fail)?;
        let mut sum = total.get();
        sum.add(&figures);
        total.set(sum);
        Ok(())
    });
    let Total { schedules, figures, movements, far } = total.get();
    let Figures { events, inputs, steps, stutters, rules, movements: moved, .. } = figures;
    let missing: Vec<_> = rules.missing(&Config::new(setup, 0)).map(Rule::name).collect();
    eprintln!(
        "{name}: seed {seed}, {schedules} schedules, {events} events ({inputs} arrivals, timers and \
         wishes), {steps} model steps, {stutters} stutters; {moved} movements, {movements} at most in a \
         schedule, {MOVEMENTS} or more in {far} of them; rules not seen: {}",
        missing.join(" ")
    );
    match result {
        Ok(()) => assert!(far > 0, "{name}: no schedule had {MOVEMENTS} movements"),
        Err(TestError::Fail(told, (_, events, _))) => {
            panic!("{name}, seed {seed}: {told}\nkeep it as\n{name}:{}", schedule::written(&events))
        }
        Err(TestError::Abort(told)) => panic!("{name}, seed {seed}: {told}"),
    }
}

/// Runs a schedule. The error tells where roles and model part.
fn run<'a>(
    setup: Setup,
    mobiles: usize,
    events: impl Iterator<Item = &'a Event>,
) -> Result<Figures, String> {
    let mut follower = start(setup, mobiles);
    for event in events {
        follower.happen(*event).map_err(|divergence| format!("{setup}: {divergence}"))?;
    }
    Ok(follower.figures)
}

/// What a setup with so many mobile nodes is called in `schedules.txt`.
fn named(setup: Setup, mobiles: usize) -> String {
    format!("{setup}{}", if mobiles > 1 { TWO } else { "" })
}

/// A network of a setup in which nothing has happened.
fn start(setup: Setup, mobiles: usize) -> Follower {
    static STARTS: OnceLock<Vec<(Setup, usize, Follower)>> = OnceLock::new();
    let starts = STARTS.get_or_init(|| {
        let start = |setup| {
            let settings = Bytes::settings(setup, 1);
            let one = (setup, 1, Follower::new(&settings).unwrap());
            [one, (setup, 2, Follower::of_two(&settings).unwrap())]
        };
        Setup::ALL.into_iter().flat_map(start).collect()
    });
    let mut starts = starts.iter();
    starts.find(|start| (start.0, start.1) == (setup, mobiles)).unwrap().2.clone()
}
