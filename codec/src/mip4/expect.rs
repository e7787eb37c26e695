//! What authenticators should be, for tools that show or repair messages.

use alloc::vec::Vec;

use super::auth::{Authenticator, SecurityContext, chap};

impl Authenticator<'_> {
    /// What this authenticator should be under `context`, whatever SPI it names.
    #[must_use]
    pub fn right(&self, context: &SecurityContext<'_>) -> Vec<u8> {
        //= wire.3.1
        context.algorithm.authenticate(context.key, self.covered())
    }

    /// What this authenticator should be under CHAP_SPI (RFC 4721 §8); `None` if the challenge is
    /// empty.
    #[must_use]
    pub fn right_chap(&self, key: &[u8], challenge: &[u8]) -> Option<[u8; 16]> {
        //= wire.3.9
        chap(key, self.covered(), challenge)
    }
}
