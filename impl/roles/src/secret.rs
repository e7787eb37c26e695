use core::fmt;
use core::hash::{Hash, Hasher};

use dsboot_codec::crypto;
use zeroize::Zeroizing;

/// A key or password; wiped when dropped, never printed, and part of no message: no encoder takes
/// one, only the functions that make digests, authenticators and hidden keys of it.
//= keys.2.4
#[derive(Clone, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes over the octets.
    #[must_use]
    pub fn new(octets: impl Into<Vec<u8>>) -> Secret {
        Secret(Zeroizing::new(octets.into()))
    }

    /// The octets themselves, for a computation.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

//= keys.4.5
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} octets)", self.0.len())
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        crypto::equal(self.octets(), other.octets())
    }
}

impl Hash for Secret {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.octets().hash(state);
    }
}
