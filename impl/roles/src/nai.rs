use core::fmt;
use std::sync::Arc;

/// A network access identifier (RFC 4282), octet for octet as it came. Copies share its octets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nai(Arc<[u8]>);

impl Nai {
    /// The longest one that every message can carry, in octets: what fits into a User-Name.
    pub const MAX_LEN: usize = 253;

    /// The identifier, or `None` if it is empty or longer than [`Nai::MAX_LEN`].
    #[must_use]
    pub fn new(octets: &[u8]) -> Option<Nai> {
        (1..=Nai::MAX_LEN).contains(&octets.len()).then(|| Nai(octets.into()))
    }

    /// Its octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Nai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from_utf8_lossy(&self.0))
    }
}

impl fmt::Debug for Nai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nai({self})")
    }
}
