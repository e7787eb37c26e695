use dsboot_codec::mip4::{Algorithm, SecurityContext};

use crate::{Secret, Time};

/// A mobility security association between MN and FHA (RFC 3957 §5, RFC 3344 §1.6), as either of
/// them holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Association {
    /// Chosen by the MN; stands in replies.
    pub mn_spi: u32,
    /// Chosen by the FHA; stands in requests.
    pub fha_spi: u32,
    /// The key.
    pub key: Secret,
    /// Authentication algorithm, as in the key generation reply.
    pub algorithm: u16,
    /// When the key may be used no longer.
    pub expires: Time,
}

impl Association {
    /// The association as it stands behind replies; `None` if its algorithm is not known.
    #[must_use]
    pub fn of_replies(&self) -> Option<SecurityContext<'_>> {
        //= keys.1.7
        self.context(self.mn_spi)
    }

    /// The association as it stands behind requests; `None` if its algorithm is not known.
    #[must_use]
    pub fn of_requests(&self) -> Option<SecurityContext<'_>> {
        //= keys.1.7
        self.context(self.fha_spi)
    }

    fn context(&self, spi: u32) -> Option<SecurityContext<'_>> {
        //= keys.1.9
        let algorithm = Algorithm::from_number(self.algorithm)?;
        Some(SecurityContext { spi, algorithm, key: self.key.octets() })
    }
}
