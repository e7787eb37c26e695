//! Every run of the roles within a bound is one of the model.
//!
//! `cargo test -p dsboot-tests --test refinement -- --nocapture` prints the figures. The setups in
//! which a mobile node registers its own address through an agent are taken with an event only if
//! `DSBOOT_EXHAUSTIVE` is `most`. `DSBOOT_REFINEMENT_EVENTS` sets another bound for all of them.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::env;
use std::thread::available_parallelism;
use std::time::Instant;

use dsboot_spec::{CareOf, Setup};
use dsboot_tests::refinement::{Refinement, Report};

#[test]
fn every_step_of_the_roles_is_one_of_the_model() {
    for setup in Setup::ALL {
        let report = explore(setup, events(setup));
        assert!(report.steps > 60, "{setup}: only {} steps", report.steps);
    }
}

/// How many events a run has.
fn events(setup: Setup) -> u8 {
    let is_large = setup.care_of() == CareOf::ColocatedViaFa;
    let most = env::var("DSBOOT_EXHAUSTIVE").is_ok_and(|value| value == "most");
    match env::var("DSBOOT_REFINEMENT_EVENTS") {
        Ok(events) => events.parse().unwrap(),
        Err(_) => u8::from(most || !is_large),
    }
}

fn explore(setup: Setup, events: u8) -> Report {
    let start = Instant::now();
    let threads = available_parallelism().map_or(1, usize::from);
    let report = Refinement::new(setup, events).unwrap().explore(threads, None);
    eprintln!(
        "{setup}, {events} events: {} concrete states, {} abstract states; {} happened: {} steps, \
         {} stutters; {} timers too far away; depth {}; {:.1} s",
        report.concrete,
        report.abstract_states,
        report.happened,
        report.steps,
        report.stutters,
        report.cut_short,
        report.depth,
        start.elapsed().as_secs_f64()
    );
    if let Some(parted) = &report.parted {
        panic!("{setup}: {parted}");
    }
    report
}
