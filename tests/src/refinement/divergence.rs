//! A run in which roles and model part.

use std::fmt;

use super::{Happening, Refinement};

/// A run in which roles and model part.
#[derive(Clone, Debug)]
pub struct Parted {
    /// What happened, from the beginning.
    pub run: Vec<Happening>,
    told: String,
}

impl Parted {
    pub(super) fn new(model: &Refinement, run: Vec<Happening>) -> Parted {
        let mut place = model.start.clone();
        let follower = crate::lockstep::Follower::clone(&place.follower).with_history();
        place.follower = std::sync::Arc::new(follower);
        for happening in &run {
            match model.happen(&place, *happening) {
                Some(next) => place = next,
                None => break,
            }
        }
        let told = place.parted.as_ref().map(ToString::to_string).unwrap_or_default();
        let undetermined = place.follower.bytes.undetermined.as_ref();
        let told = undetermined.map_or(told, |undetermined| format!("{undetermined:?}"));
        Parted { run, told }
    }
}

impl fmt::Display for Parted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for happening in &self.run {
            write!(f, "{happening} ")?;
        }
        write!(f, "\n{}", self.told)
    }
}
