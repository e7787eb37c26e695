//! Response Authenticator (RFC 2865 §3) and Message-Authenticator (RFC 3579 §3.2), over the
//! octets as received or as about to be sent.

use core::fmt;

use dsboot_spec::registry::radius::{
    ATTRIBUTE_HEADER_LENGTH, AUTHENTICATOR_LENGTH, HEADER_LENGTH, attribute,
};

use super::{Attribute, Authenticator, Packet};
use crate::{Positioned, crypto};

/// Why a packet is not what the holder of the secret sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unverified {
    /// The Response Authenticator does not match.
    ResponseAuthenticator,
    /// The Message-Authenticator does not match, is malformed, or is there more than once.
    MessageAuthenticator,
    /// There is no Message-Authenticator. All else is right.
    NoMessageAuthenticator,
}

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unverified::ResponseAuthenticator => "wrong Response Authenticator",
            Unverified::MessageAuthenticator => "wrong Message-Authenticator",
            Unverified::NoMessageAuthenticator => "no Message-Authenticator",
        })
    }
}

impl core::error::Error for Unverified {}

impl Packet<'_> {
    /// Whether this request comes from a holder of the secret.
    ///
    /// # Errors
    /// Says what is missing or wrong.
    pub fn verify_request(&self, secret: &[u8]) -> Result<(), Unverified> {
        self.verify_message_authenticator(self.authenticator(), secret)
    }

    /// Whether this response comes from a holder of the secret and answers the request with that
    /// authenticator.
    ///
    /// # Errors
    /// Says what is missing or wrong.
    pub fn verify_response(
        &self,
        request_authenticator: &Authenticator,
        secret: &[u8],
    ) -> Result<(), Unverified> {
        //= wire.4.6
        let expected = response_authenticator(self.octets(), request_authenticator, secret);
        if !crypto::equal(&expected, self.authenticator()) {
            return Err(Unverified::ResponseAuthenticator);
        }
        self.verify_message_authenticator(request_authenticator, secret)
    }

    fn verify_message_authenticator(
        &self,
        request_authenticator: &Authenticator,
        secret: &[u8],
    ) -> Result<(), Unverified> {
        let mut all = self.attributes_of(attribute::MESSAGE_AUTHENTICATOR);
        //= wire.4.9
        match (all.next(), all.next()) {
            (None, _) => Err(Unverified::NoMessageAuthenticator),
            (
                Some(Positioned { offset, value: Attribute::MessageAuthenticator(value), .. }),
                None,
            ) => {
                let at = offset + ATTRIBUTE_HEADER_LENGTH;
                let expected =
                    message_authenticator(self.octets(), at, request_authenticator, secret);
                crypto::equal(&expected, value)
                    .then_some(())
                    .ok_or(Unverified::MessageAuthenticator)
            }
            _ => Err(Unverified::MessageAuthenticator),
        }
    }
}

/// The Response Authenticator of a packet, whatever stands in its Authenticator field.
pub(super) fn response_authenticator(
    octets: &[u8],
    request_authenticator: &Authenticator,
    secret: &[u8],
) -> Authenticator {
    let (start, attributes) = around_authenticator(octets);
    //= wire.4.5
    crypto::md5(&[start, request_authenticator, attributes, secret])
}

/// The Message-Authenticator of a packet whose value stands at octet `at`, whatever stands there
/// and in the Authenticator field.
pub(super) fn message_authenticator(
    octets: &[u8],
    at: usize,
    request_authenticator: &Authenticator,
    secret: &[u8],
) -> Authenticator {
    let (start, attributes) = around_authenticator(octets);
    let (before, rest) = attributes.split_at_checked(at - HEADER_LENGTH).unwrap_or_default();
    let after = rest.get(AUTHENTICATOR_LENGTH..).unwrap_or_default();
    //= wire.4.7
    let zeros = [0; AUTHENTICATOR_LENGTH];
    crypto::hmac_md5(secret, &[start, request_authenticator, before, &zeros, after])
}

/// Code, Identifier and Length; and what follows the authenticator.
fn around_authenticator(octets: &[u8]) -> (&[u8], &[u8]) {
    let start = octets.get(..HEADER_LENGTH - AUTHENTICATOR_LENGTH).unwrap_or_default();
    (start, octets.get(HEADER_LENGTH..).unwrap_or_default())
}
