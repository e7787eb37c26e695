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
use dsboot_tests::bytes::{Amiss, Bytes};
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

/// How many where something is amiss.
const AMISS_SCHEDULES: u32 = 60;

/// Everything arrives in the order of its sending; then movement, refresh, release.
#[test]
fn the_model_follows_every_setup_without_loss() {
    for setup in Setup::ALL {
        let mut follower = start(setup, 1, Amiss::Nothing).follower.clone();
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
        let start = starts().iter().find(|start| start.name == setup).unwrap();
        let events = schedule::read(events).unwrap();
        run(start, events.iter()).unwrap_or_else(|told| panic!("{told}"));
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

/// Runs random schedules of a setup.
fn at_random<const MOBILES: usize>(setup: Setup) {
    let start = start(setup, MOBILES, Amiss::Nothing);
    let far = follow::<MOBILES>(start, SCHEDULES).far;
    assert!(far > 0, "{}: no schedule had {MOVEMENTS} movements", start.name);
}

/// Where something is amiss, roles and model refuse alike.
#[test]
fn the_model_follows_where_something_is_amiss() {
    for amiss in Amiss::ALL {
        for setup in Setup::ALL.into_iter().filter(|setup| amiss.is_possible(*setup)) {
            follow::<1>(start(setup, 1, amiss), AMISS_SCHEDULES);
        }
    }
}

/// Runs random schedules from a start, shrinks one that leads to a divergence, and prints figures.
fn follow<const MOBILES: usize>(start: &Start, schedules: u32) -> Total {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = number("DSBOOT_LOCKSTEP_SEED").unwrap_or(SEED);
    let cases = number("DSBOOT_LOCKSTEP_SCHEDULES").map(|n| u32::try_from(n).unwrap());
    let mut runner = TestRunner::new(ProptestConfig {
        cases: cases.unwrap_or(schedules),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    });
    let total = Cell::new(Total::default());
    let strategy = Schedule::<MOBILES>::sequential_strategy(LENGTH);
    let result = runner.run(&strategy, |(_, events, seen)| {
        // Shrinking begins with what has not been seen.
        let see = |_: &Event| {
            let _ = seen.as_ref().map(|seen| seen.fetch_add(1, Ordering::SeqCst));
        };
        let figures = run(start, events.iter().inspect(|event| see(event)));
        let figures = figures.map_err(TestCaseError::fail)?;
        let mut sum = total.get();
        sum.add(&figures);
        total.set(sum);
        Ok(())
    });
    let total = total.get();
    tell(start, seed, &total);
    let name = &start.name;
    match result {
        Ok(()) => total,
        Err(TestError::Fail(told, (_, events, _))) => {
            panic!("{name}, seed {seed}: {told}\nkeep it as\n{name}:{}", schedule::written(&events))
        }
        Err(TestError::Abort(told)) => panic!("{name}, seed {seed}: {told}"),
    }
}

/// Prints what has come of schedules.
fn tell(start: &Start, seed: u64, total: &Total) {
    let Total { schedules, figures, movements, far } = *total;
    let Figures { events, inputs, steps, stutters, rules, movements: moved, .. } = figures;
    let missing: Vec<_> = rules.missing(&Config::new(start.setup, 0)).map(Rule::name).collect();
    eprintln!(
        "{}: seed {seed}, {schedules} schedules, {events} events ({inputs} arrivals, timers and \
         wishes), {steps} model steps, {stutters} stutters; {moved} movements, {movements} at most in a \
         schedule, {MOVEMENTS} or more in {far} of them; rules not seen: {}",
        start.name,
        missing.join(" ")
    );
}

/// Runs a schedule. The error tells where roles and model part.
fn run<'a>(start: &Start, events: impl Iterator<Item = &'a Event>) -> Result<Figures, String> {
    let mut follower = start.follower.clone();
    for event in events {
        follower.happen(*event).map_err(|divergence| format!("{}: {divergence}", start.name))?;
    }
    Ok(follower.figures)
}

/// A network in which nothing has happened.
struct Start {
    setup: Setup,
    mobiles: usize,
    amiss: Amiss,
    /// What it is called in `schedules.txt`.
    name: String,
    follower: Follower,
}

/// The start of a setup with so many mobile nodes.
fn start(setup: Setup, mobiles: usize, amiss: Amiss) -> &'static Start {
    let is_it =
        |start: &&Start| (start.setup, start.mobiles, start.amiss) == (setup, mobiles, amiss);
    starts().iter().find(is_it).unwrap()
}

/// All starts that schedules are run from.
fn starts() -> &'static [Start] {
    static STARTS: OnceLock<Vec<Start>> = OnceLock::new();
    STARTS.get_or_init(|| {
        let mut starts = Vec::new();
        for setup in Setup::ALL {
            let settings = Bytes::settings(setup, 1);
            let mut add = |mobiles, amiss, name, follower| {
                starts.push(Start { setup, mobiles, amiss, name, follower });
            };
            let one = Follower::new(&settings).unwrap();
            add(1, Amiss::Nothing, setup.to_string(), one);
            let two = Follower::of_two(&settings).unwrap();
            add(2, Amiss::Nothing, format!("{setup} with two"), two);
            for amiss in Amiss::ALL.into_iter().filter(|amiss| amiss.is_possible(setup)) {
                let follower = Follower::of_amiss(setup, 1, amiss).unwrap();
                add(1, amiss, format!("{setup} amiss {amiss:?}"), follower);
            }
        }
        starts
    })
}
