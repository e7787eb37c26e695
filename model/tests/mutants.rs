//! Every guard, taken out, is missed by a promise.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use dsboot_model::explore::{Exploration, explore};
use dsboot_model::ladder::draw;
use dsboot_model::mutants::Mutant;
use dsboot_model::properties::{self, PROMISES};
use dsboot_model::{Bootstrap, Config, Guard};
use dsboot_spec::Setup;

#[test]
fn every_mutant_is_caught() {
    let caught = |guard: &&Guard| Mutant::of(**guard).caught.is_some();
    let survivors: Vec<&str> =
        Guard::ALL.iter().filter(|guard| !caught(guard)).map(|guard| guard.name()).collect();
    assert_eq!(survivors, Vec::<&str>::new());
}

#[test]
fn there_are_many_guards() {
    assert!(Guard::ALL.len() >= 60);
}

#[test]
fn guards_have_names_of_their_own() {
    let names: BTreeSet<&str> = Guard::ALL.iter().map(|guard| guard.name()).collect();
    assert_eq!(names.len(), Guard::ALL.len());
}

fn without(guard: Guard, setup: Setup, events: u8) -> Exploration {
    let config = Config::new(setup, events).without(guard);
    explore(Bootstrap::new(config), |_| ControlFlow::Continue(()))
}

fn number_of(name: &str) -> usize {
    PROMISES.iter().position(|promise| promise.name == name).expect("a promise")
}

/// What stays possible can fail too: without its answer to the challenge the MN asks for ever.
#[test]
fn what_is_stuck_shows() {
    let stuck = number_of("bootstrap can still complete");
    assert_eq!(without(Guard::MnAnswersChallenge, Setup::ALL[0], 0).keeps(stuck), Some(true));
    let walk = without(Guard::MnAnswersChallenge, Setup::ALL[1], 0);
    assert_eq!((walk.complete, walk.keeps(stuck)), (true, Some(false)));
    assert!(walk.counterexample(stuck).is_some());
    // What is not possible does not come to pass either.
    let completes = number_of("bootstrap completes");
    assert_eq!(walk.keeps(completes), Some(false));
    let run = walk.counterexample(completes).expect("broken");
    assert!(!properties::is_complete(run.end()));
}

#[test]
fn runs_are_drawn_as_ladders() {
    let walk = without(Guard::FhaCopiesParameters, Setup::ALL[1], 0);
    let trace = walk.counterexample(number_of("reply as the AAAH assigned")).expect("broken");
    insta::assert_snapshot!("altered", draw(&walk.model.config, &trace));
    let walk = without(Guard::HaChecksSequence, Setup::ALL[3], 0);
    let trace = walk.counterexample(number_of("nothing counts twice")).expect("broken");
    insta::assert_snapshot!("replayed", draw(&walk.model.config, &trace));
}
