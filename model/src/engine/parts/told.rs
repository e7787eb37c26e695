//! States as one worker tells them to another, and what they stand on as a checkpoint has it.

use super::{Ids, Parts, WORDS, messages, pack, unpack};
use crate::engine::{Failure, Pieces, count, size};

impl Parts {
    /// Tells another worker of a state.
    pub(in crate::engine) fn tell(&mut self, to: usize, ids: &Ids, words: &mut Vec<u64>) {
        let place = words.len();
        words.push(0);
        words.extend(pack(ids, 0));
        let mut new = 0;
        for (id, bit) in ids.iter().zip(0_u32..) {
            if self.pieces.is_news(to, *id) {
                new |= 1_u64 << bit;
                let part = self.pieces.words(*id);
                words.push(count(part.len()));
                words.extend_from_slice(part);
            }
        }
        if let Some(first) = words.get_mut(place) {
            *first = new;
        }
    }

    /// Hears of a state from another worker: from the front of `words`.
    pub(in crate::engine) fn hear(
        &mut self,
        from: usize,
        words: &mut &[u64],
    ) -> Result<Ids, Failure> {
        const MISHEARD: Failure = Failure::Internal("a state that was not told");
        let (new, rest) = words.split_first().ok_or(MISHEARD)?;
        let (numbers, mut rest) = rest.split_at_checked(WORDS).ok_or(MISHEARD)?;
        let mut ids = unpack(numbers)?;
        for (id, bit) in ids.iter_mut().zip(0_u32..) {
            let theirs = *id;
            if new >> bit & 1 == 1 {
                let (length, behind) = rest.split_first().ok_or(MISHEARD)?;
                let (part, behind) = behind.split_at_checked(size(*length)).ok_or(MISHEARD)?;
                rest = behind;
                self.measure(bit as usize, part);
                self.pieces.learn(from, theirs, part)?;
            }
            *id = self.pieces.meant(from, theirs).ok_or(MISHEARD)?;
        }
        *words = rest;
        Ok(ids)
    }

    /// Everything that states stand on.
    pub(in crate::engine) fn to_words(&self) -> Vec<u64> {
        self.pieces.to_words()
    }

    /// Out of words; `None` when they are none.
    pub(in crate::engine) fn of_words(words: &[u64]) -> Option<Parts> {
        let mut parts = Parts { pieces: Pieces::of_words(words)?, ..Parts::default() };
        for number in 0..parts.pieces.len() {
            let words = parts.pieces.words(u32::try_from(number).ok()?);
            let cell = size(*words.first()?);
            let many = messages(cell, words);
            let longest = parts.longest.get_mut(cell)?;
            *longest = (*longest).max(many);
        }
        Some(parts)
    }
}
