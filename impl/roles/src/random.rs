/// Where a role's random octets come from; the caller supplies it with every input.
pub trait Random {
    /// Fills `octets` with random octets.
    fn fill(&mut self, octets: &mut [u8]);
}

impl dyn Random + '_ {
    /// `N` random octets.
    pub fn octets<const N: usize>(&mut self) -> [u8; N] {
        let mut octets = [0; N];
        self.fill(&mut octets);
        octets
    }

    /// A random 32-bit number.
    pub fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.octets())
    }

    /// A random factor in thousandths, uniform in −100..=100: the RAND of RFC 5191 §9 and
    /// RFC 5080 §2.2.1.
    pub fn jitter_per_mille(&mut self) -> i64 {
        i64::from(self.u32() % 201) - 100
    }
}
