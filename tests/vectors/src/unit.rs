//! Units of a type and a value: which lengths a type allows, and a value that it does.

use std::ops::RangeInclusive;

/// A type of unit.
pub(super) struct Unit {
    /// Its number.
    pub(super) kind: u16,
    /// Its name, for ids.
    pub(super) name: &'static str,
    /// The sentence about its form.
    pub(super) clause: &'static str,
    /// How many octets of value it takes.
    pub(super) allowed: RangeInclusive<usize>,
    /// The first octets of a value; zeros follow.
    pub(super) start: &'static [u8],
}

impl Unit {
    /// A value of so many octets.
    pub(super) fn value(&self, length: usize) -> Vec<u8> {
        let mut value = self.start.to_vec();
        value.resize(length.max(self.start.len()), 0x41);
        value.truncate(length);
        value
    }

    /// Lengths to try: some that are allowed, and all from 0 to a few more than are.
    pub(super) fn lengths(&self) -> Vec<usize> {
        let (least, most) = (*self.allowed.start(), *self.allowed.end());
        let mut lengths: Vec<usize> = (0..=least + 4).collect();
        if most > least + 4 {
            lengths.extend([(least + most) / 2, most - 1, most]);
        }
        lengths.dedup();
        lengths
    }
}

macro_rules! units {
    ($($kind:expr, $name:literal, $clause:literal, $allowed:expr, $start:expr;)*) => {
        [$(Unit {
            kind: $kind as u16,
            name: $name,
            clause: $clause,
            allowed: $allowed,
            start: $start,
        }),*]
    };
}
pub(super) use units;
