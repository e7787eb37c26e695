//! What states are put together from, by number.
//!
//! States far outnumber the parts that they are put together from. A worker writes a state as the
//! numbers of its parts, and keeps of every part what it is. What a number means it tells another
//! worker once; that one has numbers of its own, and remembers which is which.

use std::collections::HashMap;

use super::{Failure, high, join, low, size};
use crate::explore::{Fingerprint, Prehashed};

/// Parts of states, each with a number.
#[derive(Debug, Default)]
pub struct Pieces {
    numbers: HashMap<Fingerprint, u32, Prehashed>,
    fingerprints: Vec<Fingerprint>,
    /// Where each part's words end.
    ends: Vec<u64>,
    words: Vec<u64>,
    spoken: Spoken,
}

/// What workers have told each other of what has numbers.
#[derive(Debug, Default)]
pub(super) struct Spoken {
    /// For each worker the numbers of what it has been told, a bit for each.
    told: Vec<Vec<u64>>,
    /// For each worker, by the numbers that it uses, this one's number and 1.
    heard: Vec<Vec<u32>>,
}

impl Spoken {
    /// Whether the worker `to` has to be told what a number is; from now on it knows it.
    pub(super) fn is_news(&mut self, to: usize, number: u32) -> bool {
        if self.told.len() <= to {
            self.told.resize_with(to + 1, Vec::new);
        }
        self.told.get_mut(to).is_some_and(|told| insert(told, number))
    }

    /// What the number of another worker means here.
    #[inline]
    pub(super) fn meant(&self, from: usize, theirs: u32) -> Option<u32> {
        self.heard.get(from)?.get(theirs as usize)?.checked_sub(1)
    }

    /// Remembers what the number of another worker means here.
    pub(super) fn means(&mut self, from: usize, theirs: u32, own: u32) {
        if self.heard.len() <= from {
            self.heard.resize_with(from + 1, Vec::new);
        }
        let theirs = theirs as usize;
        if let Some(heard) = self.heard.get_mut(from) {
            if heard.len() <= theirs {
                heard.resize(theirs + 1, 0);
            }
            if let Some(slot) = heard.get_mut(theirs) {
                *slot = own + 1;
            }
        }
    }
}

/// What a number is told with when it comes for the first time: how many words follow, and this.
const FIRST: u32 = 1 << 31;

impl Pieces {
    /// The number of the part that is these words, and whether it is a new one.
    ///
    /// # Errors
    ///
    /// If there are no more numbers.
    pub fn number(&mut self, words: &[u64]) -> Result<(u32, bool), Failure> {
        let fingerprint = Fingerprint::of_words(words);
        if let Some(number) = self.numbers.get(&fingerprint) {
            return Ok((*number, false));
        }
        let number = u32::try_from(self.ends.len()).map_err(|_| Failure::TooMany)?;
        self.numbers.insert(fingerprint, number);
        self.fingerprints.push(fingerprint);
        self.words.extend_from_slice(words);
        self.ends.push(super::count(self.words.len()));
        Ok((number, true))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The words of a part; none when there is no such part.
    #[must_use]
    pub fn words(&self, number: u32) -> &[u64] {
        let place = number as usize;
        let end = |place: usize| self.ends.get(place).map_or(0, |end| size(*end));
        let begin = place.checked_sub(1).map_or(0, end);
        self.words.get(begin..end(place)).unwrap_or_default()
    }

    /// The fingerprint of a part, which is that of its words.
    ///
    /// # Errors
    ///
    /// If there is no such part.
    pub fn fingerprint(&self, number: u32) -> Result<Fingerprint, Failure> {
        self.fingerprints.get(number as usize).copied().ok_or(NO_PART)
    }

    /// The fingerprints of all, in the order of their numbers.
    pub(super) fn fingerprints(&self) -> &[Fingerprint] {
        &self.fingerprints
    }

    /// Puts a part behind `words` as the worker `to` understands it.
    pub fn tell(&mut self, to: usize, number: u32, words: &mut Vec<u64>) {
        if self.is_news(to, number) {
            let part = self.words(number);
            words.push(join(FIRST | low(super::count(part.len())), number));
            words.extend_from_slice(part);
        } else {
            words.push(number.into());
        }
    }

    /// Whether the worker `to` has to be told of a part; from now on it knows it.
    pub(super) fn is_news(&mut self, to: usize, number: u32) -> bool {
        self.spoken.is_news(to, number)
    }

    /// Takes a part from the front of `words` as the worker `from` has told it: its number here, and
    /// whether it is a new one.
    ///
    /// # Errors
    ///
    /// If that is nothing that [`Pieces::tell`] says.
    pub fn hear(&mut self, from: usize, words: &mut &[u64]) -> Result<(u32, bool), Failure> {
        const MISHEARD: Failure = Failure::Internal("a part that was not told");
        let (told, rest) = words.split_first().ok_or(MISHEARD)?;
        *words = rest;
        if high(*told) & FIRST == 0 {
            return Ok((self.meant(from, low(*told)).ok_or(MISHEARD)?, false));
        }
        let length = (high(*told) & !FIRST) as usize;
        let (part, rest) = rest.split_at_checked(length).ok_or(MISHEARD)?;
        *words = rest;
        self.learn(from, low(*told), part)
    }

    /// What the number of another worker means here.
    pub(super) fn meant(&self, from: usize, theirs: u32) -> Option<u32> {
        self.spoken.meant(from, theirs)
    }

    /// Learns what the number of another worker means: this one's number, and whether the part is a
    /// new one.
    pub(super) fn learn(
        &mut self,
        from: usize,
        theirs: u32,
        part: &[u64],
    ) -> Result<(u32, bool), Failure> {
        let (own, new) = self.number(part)?;
        self.spoken.means(from, theirs, own);
        Ok((own, new))
    }

    /// All parts, in the order of their numbers.
    #[must_use]
    pub fn to_words(&self) -> Vec<u64> {
        let mut words = Vec::with_capacity(self.words.len() + self.ends.len());
        for number in (0..).take(self.len()) {
            let part = self.words(number);
            words.push(super::count(part.len()));
            words.extend_from_slice(part);
        }
        words
    }

    /// The parts that are in these words; `None` when that is not what is in them.
    #[must_use]
    pub fn of_words(mut words: &[u64]) -> Option<Pieces> {
        let mut pieces = Pieces::default();
        while let Some((length, rest)) = words.split_first() {
            let (part, rest) = rest.split_at_checked(size(*length))?;
            words = rest;
            pieces.number(part).ok().filter(|(_, new)| *new)?;
        }
        Some(pieces)
    }
}

/// What is said of a number that nothing has.
pub(super) const NO_PART: Failure = Failure::Internal("a part that is none");

/// Puts a number into a set; whether it is new there.
fn insert(set: &mut Vec<u64>, number: u32) -> bool {
    let (place, bit) = (number as usize / 64, 1 << (number % 64));
    if set.len() <= place {
        set.resize(place + 1, 0);
    }
    set.get_mut(place).is_some_and(|word| {
        let new = *word & bit == 0;
        *word |= bit;
        new
    })
}

#[cfg(test)]
mod tests {
    use super::Pieces;

    /// Two workers tell each other parts, and each understands the other's numbers.
    #[test]
    fn parts_are_told_once() {
        let (mut one, mut two) = (Pieces::default(), Pieces::default());
        let parts: Vec<Vec<u64>> =
            (0..200_u64).map(|n| (0..n % 7).map(|m| n * m).collect()).collect();
        let mut length = 0;
        for (round, part) in parts.iter().chain(parts.iter().rev()).enumerate() {
            // The other one knows some of them already, by another number.
            if round % 3 == 0 {
                two.number(&[round as u64]).expect("room");
            }
            let (number, _) = one.number(part).expect("room");
            let mut words = Vec::new();
            one.tell(5, number, &mut words);
            length += words.len();
            let mut rest = words.as_slice();
            let (there, _) = two.hear(1, &mut rest).expect("told");
            assert_eq!((two.words(there), rest), (part.as_slice(), [].as_slice()));
            assert_eq!(one.fingerprint(number).ok(), two.fingerprint(there).ok());
            // What a number means is told to each worker by itself.
            assert!(two.hear(3, &mut [number.into()].as_slice()).is_err());
        }
        // Each part once, and a number every time.
        let all: usize = (0..).take(one.len()).map(|number| one.words(number).len()).sum();
        assert_eq!(length, all + 2 * parts.len());
        let again = Pieces::of_words(&one.to_words()).expect("parts");
        assert_eq!(again.to_words(), one.to_words());
        assert!(Pieces::of_words(&[5, 1]).is_none());
    }
}
