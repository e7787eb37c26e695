//! Small numbers by fingerprints, one look at memory for each.

use super::{high, join, low};
use crate::explore::Fingerprint;

/// Numbers by fingerprints, of which 96 bits are kept.
///
/// A hash table with open addressing; a slot is the lower half of a fingerprint, and a word of what is
/// kept of its upper half and of the number. A slot is free while its number is [`FREE`].
#[derive(Debug, Default)]
pub(super) struct Table {
    slots: Vec<[u64; 2]>,
    taken: usize,
}

/// No number.
const FREE: u32 = u32::MAX;

impl Table {
    /// The number of a fingerprint.
    #[inline]
    pub(super) fn get(&self, key: Fingerprint) -> Option<u32> {
        let (upper, lower) = key.halves();
        let mut place = self.home(lower);
        loop {
            let [own, other] = *self.slots.get(place)?;
            if low(other) == FREE {
                return None;
            }
            if own == lower && high(other) == low(upper) {
                return Some(low(other));
            }
            place = self.after(place);
        }
    }

    /// Brings the place where a fingerprint is looked for nearer: what it has does not matter.
    #[inline]
    pub(super) fn touch(&self, key: Fingerprint) -> u64 {
        self.slots.get(self.home(key.halves().1)).map_or(0, |[own, _]| *own)
    }

    /// Puts in a number, which is not the largest one, for a fingerprint that has none.
    pub(super) fn insert(&mut self, key: Fingerprint, number: u32) {
        if 4 * self.taken >= 3 * self.slots.len() {
            let more = (2 * self.slots.len()).max(64);
            let slots = std::mem::replace(&mut self.slots, vec![[0, join(0, FREE)]; more]);
            for slot in slots.into_iter().filter(|[_, other]| low(*other) != FREE) {
                self.put(slot);
            }
        }
        let (upper, lower) = key.halves();
        self.put([lower, join(low(upper), number)]);
        self.taken += 1;
    }

    fn put(&mut self, slot: [u64; 2]) {
        let mut place = self.home(slot[0]);
        while let Some(taken) = self.slots.get_mut(place) {
            if low(taken[1]) == FREE {
                *taken = slot;
                return;
            }
            place = self.after(place);
        }
    }

    #[inline]
    fn home(&self, lower: u64) -> usize {
        super::size(lower) & self.slots.len().wrapping_sub(1)
    }

    #[inline]
    const fn after(&self, place: usize) -> usize {
        (place + 1) & self.slots.len().wrapping_sub(1)
    }

    #[cfg(test)]
    /// How many octets it takes.
    pub(super) const fn octets(&self) -> usize {
        16 * self.slots.capacity()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::Table;
    use crate::explore::Fingerprint;

    #[test]
    fn table_is_a_map() {
        let (mut table, mut known) = (Table::default(), HashMap::new());
        for round in 0..20_000_u64 {
            // Many alike in what tells their place, and in one half.
            let key = Fingerprint::of_halves(round % 61, (round * round) % 7919);
            let next = u32::try_from(known.len()).expect("few");
            assert_eq!(table.get(key), known.get(&key.halves()).copied());
            known.entry(key.halves()).or_insert_with(|| {
                table.insert(key, next);
                next
            });
            assert_eq!(table.get(key), known.get(&key.halves()).copied());
        }
        assert!(known.len() > 5_000 && table.octets() > 16 * known.len());
    }
}
