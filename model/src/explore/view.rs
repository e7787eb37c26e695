//! What the home agent sees, for comparing the setups with each other.
//!
//! The HA must not be able to tell the scenarios apart: whatever it can go through in one
//! it can go through in every other. So each exploration collects the steps that the HA can see:
//! its state and the messages it has received and sent, before and after. Two setups are the same
//! to it when they have the same of these.

use std::collections::HashMap;

use super::{Fingerprint, Prehashed};
use crate::{Ha, Network, Profile, State, System};

/// A step that the HA sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenStep {
    /// Where it was found first.
    pub(super) at: u64,
    /// What is seen of it.
    pub(super) view: Fingerprint,
}

/// Steps as the HA sees them.
#[derive(Clone, Debug, Default)]
pub struct Views {
    steps: HashMap<Fingerprint, u64, Prehashed>,
}

//= home-binding.4.8
/// What the HA sees of a state: itself, what it has been sent and what it has sent.
#[must_use]
pub fn of_ha(state: &State) -> Fingerprint {
    of_user(state.environment.profile).plus(of_agent(&state.ha)).plus(of_messages(&state.network))
}

/// What the user is like, as part of a view.
pub(crate) fn of_user(profile: Profile) -> Fingerprint {
    Fingerprint::of(&(0_u8, profile))
}

/// What the HA holds, as part of a view.
pub(crate) fn of_agent(ha: &Ha) -> Fingerprint {
    Fingerprint::of(&(1_u8, ha))
}

/// What it has been sent and has sent, as part of a view: the sum of all that, so that parts of it have
/// sums of their own.
pub(crate) fn of_messages(network: &Network) -> Fingerprint {
    let none = Fingerprint::of_halves(0, 0);
    let seen = network.of_home_agent();
    seen.into_iter()
        .flatten()
        .fold(none, |all, packed| all.plus(Fingerprint::of_words(&[2, (*packed).into()])))
}

/// The same of all mobile nodes, whichever is which.
pub(crate) fn of_has<M: System>(state: &M::State) -> Fingerprint {
    match M::mobiles(state) {
        [one, two] => {
            let (one, two) = (of_ha(one), of_ha(two));
            one.min(two).and(one.max(two))
        }
        mobiles => mobiles.first().map_or_else(|| Fingerprint::of(&()), of_ha),
    }
}

impl Views {
    /// A step to the state `to`; not kept when the HA sees nothing of it.
    pub(super) fn insert(&mut self, before: Fingerprint, after: Fingerprint, to: u32) {
        if before != after {
            self.steps.entry(before.and(after)).or_insert(to.into());
        }
    }

    /// Steps that another walk has found.
    pub(super) const fn of(steps: HashMap<Fingerprint, u64, Prehashed>) -> Views {
        Views { steps }
    }

    /// How many different steps the HA sees.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether it sees nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// A step, found as early as any, that the other setup does not have: for
    /// [`Exploration::path_to_step`](super::Exploration::path_to_step).
    #[must_use]
    pub fn first_beyond(&self, other: &Views) -> Option<SeenStep> {
        let beyond = self.steps.iter().filter(|(step, _)| !other.steps.contains_key(step));
        beyond.map(|(view, at)| SeenStep { at: *at, view: *view }).min()
    }
}
