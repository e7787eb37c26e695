//! What authenticators should be, for tools that show or repair packets.

use dsboot_spec::registry::radius::{ATTRIBUTE_HEADER_LENGTH, attribute};

use super::auth::{message_authenticator, response_authenticator};
use super::{Authenticator, Packet};

impl Packet<'_> {
    /// The Response Authenticator that this response should have, if it answers the request with
    /// that authenticator (RFC 2865 §3).
    #[must_use]
    pub fn right_response_authenticator(
        &self,
        request_authenticator: &Authenticator,
        secret: &[u8],
    ) -> Authenticator {
        //= wire.4.5
        response_authenticator(self.octets(), request_authenticator, secret)
    }

    /// Where the value of the first Message-Authenticator stands, in octets from the start of the
    /// packet, and what it should be; a request is computed with its own authenticator, a response
    /// with that of its request (RFC 3579 §3.2). `None` if there is none of 16 octets.
    #[must_use]
    pub fn right_message_authenticator(
        &self,
        request_authenticator: &Authenticator,
        secret: &[u8],
    ) -> Option<(usize, Authenticator)> {
        let unit = self.attributes_of(attribute::MESSAGE_AUTHENTICATOR).next()?;
        if unit.raw.len() != ATTRIBUTE_HEADER_LENGTH + size_of::<Authenticator>() {
            return None;
        }
        let at = unit.offset + ATTRIBUTE_HEADER_LENGTH;
        //= wire.4.7
        Some((at, message_authenticator(self.octets(), at, request_authenticator, secret)))
    }
}
