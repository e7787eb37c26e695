//! What came of a walk.

use super::store::{Origin, Store};
use super::{Key, Notes, Place, key};
use crate::explore::Progress;

/// A shortest run: an initial state by its number, and the states behind it by their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Which initial state.
    pub start: usize,
    /// Where each step leads.
    pub steps: Vec<Key>,
}

/// What came of a walk.
#[derive(Debug)]
pub struct Outcome<N> {
    /// Whether it came to the end of the state space. If not, nothing is proved by it.
    pub complete: bool,
    /// Counts, over all processes.
    pub progress: Progress,
    /// What all workers have noted.
    pub notes: N,
    /// For each promise, a shortest run that breaks it.
    pub broken: Vec<Option<Run>>,
    /// Whether it was told what stays possible.
    pub goals: bool,
    /// Octets that the sets of states of this process take, over the states in them.
    pub octets: f64,
    /// The states of this process, by worker; empty for workers of others.
    pub(super) stores: Vec<Store>,
}

impl<N: Notes> Outcome<N> {
    /// The probability that two states were taken for one, at most: pairs of states over the number
    /// of keys.
    #[must_use]
    pub fn collision_bound(&self) -> f64 {
        let states = self.progress.states as f64;
        states * states / 2.0_f64.powi(key::BITS + 1)
    }

    /// A shortest run to where a step begins, as [`Origin`] writes it.
    pub(crate) fn run_by(&self, step: u64) -> Option<Run> {
        let Origin::Step(from) = Origin::of(step) else { return None };
        self.run_to(from)
    }

    /// A shortest run to a state; `None` when it leads through another process.
    #[must_use]
    pub fn run_to(&self, place: Place) -> Option<Run> {
        let mut steps = Vec::new();
        let mut place = place;
        loop {
            let store = self.stores.get(usize::from(place.worker))?;
            match store.origin(place.index)? {
                Origin::Start(number) => {
                    steps.reverse();
                    return Some(Run { start: number as usize, steps });
                }
                Origin::Step(from) => {
                    steps.push(store.key(place.index)?);
                    place = from;
                }
            }
        }
    }
}
