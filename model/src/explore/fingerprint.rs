//! States as 128 bits, the same on every platform.

use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A state's fingerprint. With 128 bits two of 10^8 states have the same one with a probability
/// below 10^-22.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The fingerprint of what is hashed.
    pub fn of<T: Hash>(value: &T) -> Fingerprint {
        let mut mixer = Mixer::BEGUN;
        value.hash(&mut mixer);
        mixer.end()
    }

    /// The fingerprint of words: each goes through both lanes, and both lanes through the end. It
    /// depends on nothing else, and stays as it is: checkpoints and other processes have it too.
    #[must_use]
    pub fn of_words(words: &[u64]) -> Fingerprint {
        let mut mixer = Mixer::BEGUN;
        words.iter().for_each(|word| mixer.mix(*word));
        mixer.end()
    }

    /// The upper and the lower half.
    #[must_use]
    pub const fn halves(self) -> (u64, u64) {
        halves(self.0)
    }

    /// The fingerprint of two halves.
    #[must_use]
    pub fn of_halves(upper: u64, lower: u64) -> Fingerprint {
        Fingerprint(u128::from(upper) << 64 | u128::from(lower))
    }

    /// The sum, for things that are put together from others in whatever order: each must have a
    /// fingerprint that no other kind of part has.
    #[must_use]
    pub(crate) const fn plus(self, other: Fingerprint) -> Fingerprint {
        Fingerprint(self.0.wrapping_add(other.0))
    }

    /// What the sum was before.
    #[must_use]
    pub(crate) const fn minus(self, other: Fingerprint) -> Fingerprint {
        Fingerprint(self.0.wrapping_sub(other.0))
    }

    /// The fingerprint of two of a kind side by side, in this order: half the work of
    /// [`Fingerprint::and`], for those that are as good as random.
    #[must_use]
    pub const fn beside(self, other: Fingerprint) -> Fingerprint {
        const ODD: u128 = 0x9e37_79b9_7f4a_7c15_d1b5_4a32_d192_ed03;
        Fingerprint(self.0.wrapping_mul(ODD).wrapping_add(other.0))
    }

    /// The fingerprint of two things in this order.
    #[must_use]
    pub fn and(self, other: Fingerprint) -> Fingerprint {
        Fingerprint::of(&(self.0, other.0))
    }
}

impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The lower half is as good as any hash of the whole.
        state.write_u64(halves(self.0).1);
    }
}

/// For maps whose keys are fingerprints already.
pub type Prehashed = BuildHasherDefault<Keep>;

/// A hasher that keeps the number it is given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keep(u64);

impl Hasher for Keep {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// Two lanes of multiply and fold.
struct Mixer {
    lanes: [u64; 2],
}

impl Mixer {
    const BEGUN: Mixer = Mixer { lanes: [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344] };

    #[inline]
    fn mix(&mut self, word: u64) {
        let [a, b] = self.lanes;
        self.lanes = [fold(a ^ word, 0x9e37_79b9_7f4a_7c15), fold(b ^ word, 0xd1b5_4a32_d192_ed03)];
    }

    fn end(&self) -> Fingerprint {
        let [a, b] = self.lanes;
        let (a, b) = (
            fold(a ^ b.rotate_left(32), 0xa076_1d64_78bd_642f),
            fold(b ^ a, 0xe703_7ed1_a0b4_28db),
        );
        Fingerprint::of_halves(a, b)
    }
}

/// The upper and the lower half.
#[expect(clippy::cast_possible_truncation, reason = "what is cut off is the other half")]
const fn halves(number: u128) -> (u64, u64) {
    ((number >> 64) as u64, number as u64)
}

/// Both halves of a product, one on the other, and the factor again so that 0 is no trap.
fn fold(word: u64, by: u64) -> u64 {
    let (high, low) = halves(u128::from(word) * u128::from(by));
    low ^ high ^ word.rotate_left(29) ^ by
}

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        halves(self.end().0).1
    }

    fn write(&mut self, bytes: &[u8]) {
        self.mix(bytes.len() as u64);
        for chunk in bytes.chunks(8) {
            let word = chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.mix(word);
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.mix(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.mix(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.mix(number);
    }

    fn write_u128(&mut self, number: u128) {
        let (high, low) = halves(number);
        self.mix(low);
        self.mix(high);
    }

    fn write_usize(&mut self, number: usize) {
        self.mix(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.mix(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    /// Checkpoints and other hosts have these numbers.
    #[test]
    fn fingerprints_of_words_never_change() {
        let of = |words: &[u64]| Fingerprint::of_words(words).halves();
        assert_eq!(of(&[]), (13_303_332_579_294_515_921, 2_442_535_810_360_952_121));
        assert_eq!(of(&[1, 2, 3]), (11_564_141_786_418_866_079, 2_632_562_252_356_696_240));
        assert_ne!(of(&[0]), of(&[0, 0]));
    }
}
