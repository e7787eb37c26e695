//! Every run of the roles within a bound is one of the model.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

use dsboot_spec::Setup;
use dsboot_tests::refinement::Refinement;
use std::env;

#[test]
fn every_step_of_the_roles_is_one_of_the_model() {
    let events = env::var("DSBOOT_REFINEMENT_EVENTS").map_or(0, |n| n.parse().unwrap());
    for setup in Setup::ALL.into_iter().filter(|s| {
        env::var("ONLY").is_err()
            || env::var("ONLY").unwrap().split(',').any(|o| s.to_string() == o)
    }) {
        let start = std::time::Instant::now();
        let report = Refinement::new(setup, events).unwrap().explore(2, None);
        eprintln!(
            "{setup}: {} concrete, {} abstract, {} happened, {} steps, {} stutters, {} cut, depth {} {:?}",
            report.concrete,
            report.abstract_states,
            report.happened,
            report.steps,
            report.stutters,
            report.cut_short,
            report.depth,
            start.elapsed()
        );
        if let Some(parted) = report.parted {
            eprintln!("{parted}");
        }
    }
}
