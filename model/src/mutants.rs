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

/// How many events mutants are given at most.
pub const EVENTS: u8 = 2;

/// Looks for a promise that catches the rules without a guard: with as few events as possible, and
/// in whichever setup it shows there first. `None` if there is none within [`EVENTS`].
#[must_use]
pub fn hunt(guard: Guard) -> Option<Caught> {
    let attempts = (0..=EVENTS).flat_map(|events| Setup::ALL.map(|setup| (events, setup)));
    attempts.into_iter().find_map(|(events, setup)| {
        let config = Config::new(setup, events).without(guard);
        let walk = explore(Bootstrap::new(config), |progress| match progress.broken {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        });
        caught(config, &walk)
    })
}

/// The promise with the shortest counterexample.
fn caught(config: Config, walk: &Exploration) -> Option<Caught> {
    let runs = PROMISES.iter().enumerate().filter_map(|(place, by)| {
        let run = walk.counterexample(place)?;
        Some(Caught { config, by, run })
    });
    runs.min_by_key(|caught| caught.run.steps.len())
}
