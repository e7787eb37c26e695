//! A state's key: who owns it, and what is kept of it.

use super::{high, low, share};
use crate::explore::Fingerprint;

/// The [`Fingerprint`] of a state. It is made of nothing but the state, so it is the same in every
/// process, on every platform and after a checkpoint.
///
/// Of its 128 bits, 96 are kept: the lower 64, and the lower 32 of the upper half. The other 32 tell
/// which worker owns the state, so the states of one worker differ in the bits that are kept.
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

/// The key of a state, and which of so many workers owns it.
pub(super) fn of(state: Fingerprint, workers: usize) -> (Key, usize) {
    let (upper, _) = state.halves();
    (Key::of(state), share(high(upper).into(), 32, workers))
}
