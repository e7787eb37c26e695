//! Every run of the roles within a bound is one of the model, and which steps of the model none of
//! them takes.
//!
//! `cargo test -p dsboot-tests --test refinement -- --nocapture` prints the figures. The setups in
//! which a mobile node registers its own address through an agent are taken with an event only if
//! `DSBOOT_EXHAUSTIVE` is `most`. `DSBOOT_REFINEMENT_EVENTS` sets another bound for all of them,
//! `DSBOOT_REFINEMENT_STATES` stops each after about so many states, and `DSBOOT_REFINEMENT_ONLY` takes one
//! alone, as the figures name it: `integrated-colocated, amiss AccessSecret`.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::collections::BTreeSet;
use std::env;
use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Instant;

use dsboot_model::{Config, Rules};
use dsboot_spec::{CareOf, Setup};
use dsboot_tests::bytes::Amiss;
use dsboot_tests::refinement::{Coverage, Refinement, Report};

#[test]
fn every_step_of_the_roles_is_one_of_the_model() {
    let mut rules = Rules::default();
    let mut coverage = Coverage::default();
    for setup in Setup::ALL.into_iter().filter(|setup| is_wanted(*setup, Amiss::Nothing)) {
        let report = explore(setup, events(setup), Amiss::Nothing);
        assert!(report.steps > 60, "{setup}: only {} steps", report.steps);
        rules.merge(report.rules);
        coverage.add(&report.with_events);
    }
    for amiss in Amiss::ALL {
        let mut setups = Setup::ALL.into_iter().filter(|setup| amiss.is_possible(*setup));
        let setup = setups.next().unwrap();
        if is_wanted(setup, amiss) {
            rules.merge(explore(setup, events(setup), amiss).rules);
        }
    }
    if number("DSBOOT_REFINEMENT_STATES").is_some() || env::var("DSBOOT_REFINEMENT_ONLY").is_ok() {
        return;
    }
    eprintln!("steps of the model that a run of the roles has taken, by kind:\n{coverage}");
    let mut missing: BTreeSet<String> =
        coverage.missing().map(|kind| format!("step {kind}")).collect();
    let configs = Setup::ALL.map(|setup| Config::new(setup, 0));
    let of_any = configs.iter().flat_map(|config| rules.missing(config));
    missing.extend(of_any.map(|rule| format!("rule {rule}")));
    let expected = expected();
    let unexplained: Vec<_> = missing.difference(&expected).collect();
    assert!(
        unexplained.is_empty(),
        "no run of the roles takes, and no reason says why: {unexplained:?}"
    );
    // With a wider bound some are taken.
    if is_narrow() {
        assert_eq!(missing, expected, "what no run of the roles takes");
    }
}

/// What of the model no run takes, each with a reason.
fn expected() -> BTreeSet<String> {
    let lines = include_str!("not-taken.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let named = lines.map(|line| line.split_once(": ").unwrap());
    named
        .map(|(name, reason)| {
            assert!(reason.len() > 20, "{name} needs a reason");
            name.to_owned()
        })
        .collect()
}

/// Whether the runs are taken with the bound of which `not-taken.txt` tells.
fn is_narrow() -> bool {
    env::var("DSBOOT_REFINEMENT_EVENTS").is_err() && !is_most()
}

/// Whether `DSBOOT_REFINEMENT_ONLY`, if it is set, names this setup.
fn is_wanted(setup: Setup, amiss: Amiss) -> bool {
    env::var("DSBOOT_REFINEMENT_ONLY")
        .map_or(true, |only| only == format!("{setup}, amiss {amiss:?}"))
}

fn number(name: &str) -> Option<usize> {
    env::var(name).ok().map(|text| text.parse().unwrap())
}

fn is_most() -> bool {
    env::var("DSBOOT_EXHAUSTIVE").is_ok_and(|value| value == "most")
}

/// How many events a run has.
fn events(setup: Setup) -> u8 {
    let is_large = setup.care_of() == CareOf::ColocatedViaFa;
    match env::var("DSBOOT_REFINEMENT_EVENTS") {
        Ok(events) => events.parse().unwrap(),
        Err(_) => u8::from(is_most() || !is_large),
    }
}

fn explore(setup: Setup, events: u8, amiss: Amiss) -> Report {
    let start = Instant::now();
    let threads = available_parallelism().map_or(1, usize::from);
    let states = number("DSBOOT_REFINEMENT_STATES").and_then(NonZeroUsize::new);
    let report = Refinement::of_amiss(setup, events, amiss).unwrap().explore(threads, states);
    let (none, some) = (report.without_events.total(), report.with_events.total());
    eprintln!(
        "{setup}, amiss {amiss:?}, events {events}: {} concrete states, {} abstract states; {} happened: {} steps, \
         {} stutters; {} timers too far away; depth {}; of the model's steps {} of {} without \
         events, {} of {} with as many; {:.1} s",
        report.concrete,
        report.abstract_states,
        report.happened,
        report.steps,
        report.stutters,
        report.cut_short,
        report.depth,
        none.taken,
        none.all,
        some.taken,
        some.all,
        start.elapsed().as_secs_f64()
    );
    if none.taken != none.all && amiss == Amiss::Nothing {
        eprintln!("without events:\n{}", report.without_events);
    }
    if let Some(parted) = &report.parted {
        panic!("{setup}, amiss {amiss:?}: {parted}");
    }
    report
}
