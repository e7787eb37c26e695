//! The rules with one guard taken out, each to be caught by a promise.
//!
//! A guard that can be missing without any promise noticing is either of no use, or the promises
//! have a hole there.

use std::ops::ControlFlow;

use dsboot_spec::Setup;

use crate::{
    Bootstrap, Config, Guard,
    explore::{Exploration, Trace, explore},
    properties::{PROMISES, Promise},
};

/// A mutant that a promise caught.
#[derive(Clone, Debug)]
pub struct Caught {
    /// Where.
    pub config: Config,
    /// By which promise.
    pub by: &'static Promise,
    /// A shortest run that breaks it.
    pub run: Trace,
}

/// What came of a guard taken out.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The guard.
    pub guard: Guard,
    /// Who noticed; `None` if nobody did.
    pub caught: Option<Caught>,
}

impl Mutant {
    /// Takes the guard out and looks for a promise that notices: with as few events as possible,
    /// and in whichever setup it shows there first. Nobody has noticed when there is none within
    /// [`EVENTS`].
    #[must_use]
    pub fn of(guard: Guard) -> Mutant {
        let attempts = (0..=EVENTS).flat_map(|events| Setup::ALL.map(|setup| (events, setup)));
        let attempt = |(events, setup)| attempt(Config::new(setup, events).without(guard));
        Mutant { guard, caught: attempts.into_iter().find_map(attempt) }
    }
}

/// How many events mutants are given at most.
pub const EVENTS: u8 = 2;

/// How many states of a mutant are looked at in one setup: without its guard it may go on for ever.
pub const STATES: usize = 1_500_000;

fn attempt(config: Config) -> Option<Caught> {
    let walk = explore(Bootstrap::new(config), |progress| {
        match progress.broken == 0 && progress.states < STATES {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    });
    caught(config, &walk)
}

/// The promise with the shortest counterexample.
fn caught(config: Config, walk: &Exploration) -> Option<Caught> {
    let runs = PROMISES.iter().enumerate().filter(|(_, by)| by.is_about_protocol());
    let runs = runs.filter_map(|(place, by)| {
        let run = walk.counterexample(place)?;
        Some(Caught { config, by, run })
    });
    runs.min_by_key(|caught| caught.run.steps.len())
}
