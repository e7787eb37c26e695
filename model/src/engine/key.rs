//! A state's key: who owns it, and what is kept of it.

use super::{high, low, share};
use crate::explore::Fingerprint;

/// The [`Fingerprint`] of a state. It is made of nothing but the state, so it is the same in every
/// process, on every platform and after a checkpoint.
///
/// Of its 128 bits, 96 are kept: the lower 64, and the lower 32 of the upper half.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The lower half of the fingerprint.
    pub tag: u64,
    /// The lower half of its upper half.
    pub top: u32,
}

impl Key {
    /// What is kept of a state's fingerprint.
    #[must_use]
    pub const fn of(state: Fingerprint) -> Key {
        let (upper, tag) = state.halves();
        Key { tag, top: low(upper) }
    }
}

/// How many bits of a fingerprint are kept.
pub(super) const BITS: i32 = 96;

/// What a state is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// No two states have the same, and it is made of nothing but the state.
    pub fingerprint: Fingerprint,
    /// Where it is at home: states of which this is the same belong to the same worker, and to each
    /// worker belongs an even share of all numbers. It is made of nothing but the state, too.
    pub home: u32,
}

impl Name {
    /// Its key, and which of so many workers owns the state.
    pub(super) const fn key(self, workers: usize) -> (Key, usize) {
        (Key::of(self.fingerprint), share(self.home as u64, 32, workers))
    }
}

impl From<Fingerprint> for Name {
    /// At home anywhere.
    fn from(fingerprint: Fingerprint) -> Name {
        Name { fingerprint, home: high(fingerprint.halves().0) }
    }
}
