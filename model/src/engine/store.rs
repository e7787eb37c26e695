//! What a worker knows of the states that it owns.

use super::{Failure, Key, high, join, low, share};

/// A state: its worker, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The worker that owns it.
    pub worker: u16,
    /// Its number among those of that worker, in the order in which they were found.
    pub index: u32,
}

/// How a state was found first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It is the initial state of that number.
    Start(u32),
    /// By a step from another state.
    Step(Place),
}

/// No worker: what follows is the number of an initial state.
const NOBODY: u16 = u16::MAX;

impl Origin {
    /// As a word.
    pub(super) const fn word(self) -> u64 {
        match self {
            Origin::Start(number) => (NOBODY as u64) << 48 | number as u64,
            Origin::Step(Place { worker, index }) => (worker as u64) << 48 | index as u64,
        }
    }

    /// Out of a word.
    pub(super) fn of(word: u64) -> Origin {
        let [a, b, ..] = word.to_be_bytes();
        match u16::from_be_bytes([a, b]) {
            NOBODY => Origin::Start(low(word)),
            worker => Origin::Step(Place { worker, index: low(word) }),
        }
    }
}

/// The states of a worker.
///
/// `slots` is a hash table with open addressing: each slot has the number of a state, from 1, and
/// `top` of its key, so that seldom more than one slot and one key are looked at. A state's home is
/// where its `tag` falls among all slots. Everything else is in the order in which states were
/// found.
#[derive(Debug, Default)]
pub(super) struct Store {
    slots: Vec<u64>,
    pub(super) tags: Vec<u64>,
    pub(super) tops: Vec<u32>,
    pub(super) origins: Vec<u64>,
    /// What holds in each state that has been looked into: two bits for each goal.
    pub(super) marks: Vec<u8>,
    /// Where each level begins.
    pub(super) levels: Vec<u32>,
}

#[expect(clippy::indexing_slicing, reason = "slots hold numbers of states that are there")]
impl Store {
    /// A store with these states.
    pub(super) fn of(
        (tags, tops, origins): (Vec<u64>, Vec<u32>, Vec<u64>),
        marks: Vec<u8>,
        levels: Vec<u32>,
    ) -> Store {
        let mut store = Store { slots: Vec::new(), tags, tops, origins, marks, levels };
        store.grow(store.tags.len() * 5 / 3);
        store
    }

    /// How many states there are.
    pub(super) const fn len(&self) -> usize {
        self.tags.len()
    }

    /// The key of a state.
    pub(super) fn key(&self, index: u32) -> Option<Key> {
        let place = index as usize;
        Some(Key { tag: *self.tags.get(place)?, top: *self.tops.get(place)? })
    }

    /// How a state was found.
    pub(super) fn origin(&self, index: u32) -> Option<Origin> {
        self.origins.get(index as usize).map(|word| Origin::of(*word))
    }

    /// The level that a state is on, from 1.
    pub(super) fn level(&self, index: u32) -> usize {
        self.levels.partition_point(|begin| *begin <= index)
    }

    /// Brings nearer the slots where these keys are at home, and then the tags of the states that are
    /// found there: the loads depend on nothing, so they overlap.
    pub(super) fn touch<I: Iterator<Item = Key>>(&self, keys: impl Fn() -> I) {
        let home = |key: Key| share(key.tag, 64, self.slots.len());
        let slots = keys().filter_map(|key| self.slots.get(home(key)));
        std::hint::black_box(slots.fold(0, |all, slot| all ^ slot));
        let tags = keys().filter_map(|key| {
            let chain = self.slots.get(home(key)..).unwrap_or_default();
            let chain = chain.iter().take_while(|slot| **slot != 0);
            let index = low(*chain.take(8).find(|slot| high(**slot) == key.top)?) - 1;
            self.tags.get(index as usize)
        });
        std::hint::black_box(tags.fold(0, |all, tag| all ^ tag));
    }

    /// The number of the state of that key.
    pub(super) fn find(&self, key: Key) -> Option<u32> {
        self.slot(key).ok()
    }

    /// Puts a state in: its number, and whether it is new.
    pub(super) fn insert(&mut self, key: Key, origin: Origin) -> Result<(u32, bool), Failure> {
        // Four of five slots are taken at most.
        if self.len() * 5 >= self.slots.len() * 4 {
            self.grow((self.slots.len() * 13 / 10).max(1024));
        }
        let slot = match self.slot(key) {
            Ok(index) => return Ok((index, false)),
            Err(slot) => slot,
        };
        let index = u32::try_from(self.len()).map_err(|_| Failure::TooMany)?;
        let number = index.checked_add(1).ok_or(Failure::TooMany)?;
        self.slots[slot] = join(key.top, number);
        make_room(&mut self.tags);
        make_room(&mut self.tops);
        make_room(&mut self.origins);
        make_room(&mut self.marks);
        self.tags.push(key.tag);
        self.tops.push(key.top);
        self.origins.push(origin.word());
        Ok((index, true))
    }

    /// How many octets the states take.
    pub(super) const fn octets(&self) -> usize {
        8 * (self.slots.capacity() + self.tags.capacity() + self.origins.capacity())
            + 4 * (self.tops.capacity() + self.levels.capacity())
            + self.marks.capacity()
    }

    /// The number of the state of that key, or the free slot that it would get.
    fn slot(&self, key: Key) -> Result<u32, usize> {
        let mut slot = share(key.tag, 64, self.slots.len());
        loop {
            match self.slots.get(slot).copied() {
                None if self.slots.is_empty() => return Err(0),
                None => slot = 0,
                Some(0) => return Err(slot),
                Some(taken) => {
                    let index = low(taken) - 1;
                    if high(taken) == key.top && self.tags[index as usize] == key.tag {
                        return Ok(index);
                    }
                    slot += 1;
                }
            }
        }
    }

    fn grow(&mut self, slots: usize) {
        // The old ones go first, so that there are never both.
        self.slots = Vec::new();
        self.slots = vec![0; slots];
        for (number, (tag, top)) in (1..).zip(self.tags.iter().zip(&self.tops)) {
            let mut slot = share(*tag, 64, slots);
            while self.slots[slot] != 0 {
                slot = if slot + 1 == slots { 0 } else { slot + 1 };
            }
            self.slots[slot] = join(*top, number);
        }
    }
}

/// Grows by a quarter, not by a whole.
fn make_room<T>(items: &mut Vec<T>) {
    if items.len() == items.capacity() {
        items.reserve_exact((items.len() / 4).max(1024));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{Key, Origin, Place, Store};

    #[test]
    fn store_is_a_set() {
        let mut store = Store::default();
        let mut known = HashMap::new();
        let mut number = 7_u64;
        for round in 0..200_000_u32 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // Few tags and few tops, so that every kind of likeness comes up; and the last slots.
            let tag = if round % 2 == 0 { u64::MAX - number % 1000 } else { number >> 50 };
            let key = Key { tag, top: u32::from(number.to_be_bytes()[0] % 8) };
            let next = u32::try_from(known.len()).expect("few");
            let expected = *known.entry(key).or_insert(next);
            let found = store.insert(key, Origin::Start(round)).expect("room");
            assert_eq!(found, (expected, expected == next));
            assert_eq!((store.find(key), store.key(expected)), (Some(expected), Some(key)));
        }
        assert_eq!(store.len(), known.len());
        assert_eq!(store.find(Key { tag: 1, top: 99 }), None);
    }

    #[test]
    fn few_octets_a_state() {
        let mut store = Store::default();
        for number in 1..400_000_u64 {
            let tag = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            store.insert(Key { tag, top: 1 }, Origin::Start(0)).expect("room");
            let states = store.len();
            assert!(states < 10_000 || store.octets() <= 40 * states, "{states}");
        }
    }

    #[test]
    fn origins_come_back() {
        let place = Place { worker: 4095, index: u32::MAX };
        for origin in [Origin::Start(6), Origin::Step(place)] {
            assert_eq!(Origin::of(origin.word()), origin);
        }
    }
}
