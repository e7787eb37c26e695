//! Every guard, taken out, is missed by a promise, and every promise misses some guard.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use dsboot_model::explore::{Exploration, explore};
use dsboot_model::ladder::draw;
use dsboot_model::mutants::{self, Caught, Mutant};
use dsboot_model::properties::{self, PROMISES, Promise};
use dsboot_model::{Attacker, Bootstrap, Config, Guard, Neighbour, Two};
use dsboot_spec::Setup;

/// Where each is noticed. To look there alone is quick; who is noticed nowhere is looked for everywhere.
const NOTICED: &str = include_str!("mutants.txt");

/// Promises that are broken where another one is broken earlier: each with the guard that is missed, and
/// whether that takes two mobile nodes.
const OTHERS: &[(&str, Guard, Option<Neighbour>)] = &[
    ("one binding for one mobile node", Guard::FhaKeepsAddress, Some(Neighbour::OtherProvider)),
    ("everything can still be released", Guard::MnForgets, None),
    ("what is left ends", Guard::MnForgets, None),
    ("nobody gets stuck", Guard::MnForgets, None),
];

#[test]
fn every_mutant_is_caught() {
    let lines: Vec<&str> = NOTICED.lines().filter(|line| !line.starts_with('#')).collect();
    let of =
        |guard: Guard| lines.iter().find(|line| line.split(" | ").next() == Some(guard.name()));
    let wrong = Mutex::new(Vec::new());
    let broken = Mutex::new(BTreeSet::new());
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(guard) = Guard::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
            let known = of(*guard).and_then(|line| {
                let there = line_of_place(*guard, line)?;
                Caught::in_place(there).filter(|caught| told(*guard, caught) == **line)
            });
            let caught = known.clone().or_else(|| Mutant::of(*guard).caught);
            if known.is_none() {
                let now = caught.as_ref().map_or("nobody".to_owned(), |c| told(*guard, c));
                wrong.lock().expect("whole").push(format!("{guard}: {now}"));
            }
            let names = caught.into_iter().flat_map(|caught| caught.broken).map(|by| by.name);
            broken.lock().expect("whole").extend(names);
        }
    };
    thread::scope(|scope| {
        let many = thread::available_parallelism().map_or(1, usize::from);
        (0..many).for_each(|_| drop(scope.spawn(work)));
    });
    let wrong = wrong.into_inner().expect("whole");
    assert!(wrong.is_empty(), "not as tests/mutants.txt has it:\n{}", wrong.join("\n"));
    assert_eq!(lines.len(), Guard::ALL.len(), "a line for a guard that there is not");

    // Each promise can fail.
    let broken = broken.into_inner().expect("whole");
    let of_protocol = PROMISES.iter().filter(|promise| promise.is_about_protocol());
    let unbroken = of_protocol.map(|promise| promise.name).filter(|name| !broken.contains(name));
    let others: Vec<&str> = OTHERS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(unbroken.collect::<Vec<_>>(), others);
}

#[test]
fn every_other_promise_can_fail() {
    for (name, guard, neighbour) in OTHERS {
        let place = number_of(name);
        let keeps = match neighbour {
            None => without(*guard, Setup::ALL[0], 0).keeps(place),
            Some(neighbour) => {
                let config = Config::new(Setup::ALL[0], 0).beside(*neighbour).without(*guard);
                explore(Two::new(config), |_| ControlFlow::Continue(())).keeps(place)
            }
        };
        assert_eq!(keeps, Some(false), "{name}");
    }
}

/// The place of a line, with the guard taken out there.
fn line_of_place(guard: Guard, line: &str) -> Option<Config> {
    mutants::attempts(guard).find(|config| line.starts_with(&place(guard, config)))
}

fn place(guard: Guard, config: &Config) -> String {
    let attacker = config.attacker.map_or("-", Attacker::name);
    format!("{guard} | {} | {attacker} | {} | ", config.place(), config.events)
}

fn told(guard: Guard, caught: &Caught) -> String {
    let Promise { name, .. } = caught.by;
    format!("{}{name} | {}", place(guard, &caught.config), caught.run.len())
}

#[test]
fn guards_have_names_of_their_own() {
    let names: BTreeSet<&str> = Guard::ALL.iter().map(|guard| guard.name()).collect();
    assert_eq!(names.len(), Guard::ALL.len());
    assert!(names.len() >= 60);
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
