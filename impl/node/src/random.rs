use dsboot_roles::Random;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// A stream of random octets that is fixed by the run's seed and the name of who draws from it.
///
/// Every role and every link has its own, so that what one of them draws never shifts what
/// another one gets.
#[derive(Clone, Debug)]
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream called `name` in the run with this seed.
    #[must_use]
    pub fn new(seed: u64, name: &str) -> Stream {
        Stream(ChaCha8Rng::seed_from_u64(seed ^ fnv1a(name.as_bytes())))
    }

    /// Whether an event of this probability happens this time. One draw.
    pub fn happens(&mut self, probability: Probability) -> bool {
        u64::from(self.0.next_u32()) < probability.0
    }

    /// A number below `bound`, which is not zero; 0 if it is.
    pub fn below(&mut self, bound: usize) -> usize {
        let drawn = usize::try_from(self.0.next_u32()).unwrap_or(0);
        drawn.checked_rem(bound).unwrap_or(0)
    }
}

impl Random for Stream {
    fn fill(&mut self, octets: &mut [u8]) {
        self.0.fill_bytes(octets);
    }
}

/// A probability, kept as the number of 32-bit draws out of 2^32 that hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Probability(u64);

impl Probability {
    /// Never.
    pub const NEVER: Probability = Probability(0);

    /// From 0 to 1, both included; `None` for anything else.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0..=1 times 2^32 fits"
    )]
    pub fn new(value: f64) -> Option<Probability> {
        let hits = (value * 4_294_967_296.0) as u64;
        (0.0..=1.0).contains(&value).then_some(Probability(hits))
    }
}

/// FNV-1a: spreads names over seeds; nothing secret hangs on it.
fn fnv1a(octets: &[u8]) -> u64 {
    octets.iter().fold(0xcbf2_9ce4_8422_2325, |hash, octet| {
        (hash ^ u64::from(*octet)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_and_name_give_the_same_octets() {
        let draw = |seed, name| {
            let mut octets = [0; 32];
            Stream::new(seed, name).fill(&mut octets);
            octets
        };
        assert_eq!(draw(1, "MN"), draw(1, "MN"));
        assert_ne!(draw(1, "MN"), draw(1, "NAS"));
        assert_ne!(draw(1, "MN"), draw(2, "MN"));
    }

    #[test]
    fn probabilities_are_kept() {
        let hits = |p| {
            let mut stream = Stream::new(7, "link");
            (0..10_000).filter(|_| stream.happens(Probability::new(p).unwrap())).count()
        };
        assert_eq!(hits(0.0), 0);
        assert_eq!(hits(1.0), 10_000);
        assert!((2_800..3_200).contains(&hits(0.3)), "{}", hits(0.3));
        assert_eq!(Probability::new(1.1), None);
        assert_eq!(Probability::new(-0.1), None);
        assert_eq!(Probability::new(f64::NAN), None);
    }
}
