//! Response Authenticator (RFC 2865 §3) and Message-Authenticator (RFC 3579 §3.2), over the
//! octets as received or as about to be sent.

use core::fmt;

use dsboot_spec::registry::radius::{
    ATTRIBUTE_HEADER_LENGTH, AUTHENTICATOR_LENGTH, HEADER_LENGTH, attribute, code,
};

use super::{Attribute, Authenticator, Packet};
use crate::{Positioned, crypto};

/// Why a packet is not what the holder of the secret sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unverified {
    /// The Request Authenticator, where it is a digest, does not match.
    RequestAuthenticator,
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
            Unverified::RequestAuthenticator => "wrong Request Authenticator",
            Unverified::ResponseAuthenticator => "wrong Response Authenticator",
            Unverified::MessageAuthenticator => "wrong Message-Authenticator",
            Unverified::NoMessageAuthenticator => "no Message-Authenticator",
        })
    }
}

impl core::error::Error for Unverified {}

impl Packet<'_> {
    /// Whether this request comes from a holder of the secret: an Access-Request or Status-Server
    /// by its Message-Authenticator, a request of another kind (accounting, disconnect, change of
    /// authorization) by its Request Authenticator and, if it has one, its
    /// Message-Authenticator.
    ///
    /// # Errors
    /// Says what is missing or wrong.
    pub fn verify_request(&self, secret: &[u8]) -> Result<(), Unverified> {
        if !is_authenticated_request(self.code()) {
            return self.verify_message_authenticator(self.authenticator(), secret);
        }
        //= wire.4.22
        let expected = response_authenticator(self.octets(), &NO_AUTHENTICATOR, secret);
        if !crypto::equal(&expected, self.authenticator()) {
            return Err(Unverified::RequestAuthenticator);
        }
        self.verify_message_authenticator(&NO_AUTHENTICATOR, secret).or_else(may_lack)
    }

    /// Whether this response comes from a holder of the secret and answers the request with that
    /// authenticator. What answers an accounting, disconnect or change of authorization request
    /// need not have a Message-Authenticator.
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
        let verified = self.verify_message_authenticator(request_authenticator, secret);
        //= wire.4.23
        if answers_authenticated_request(self.code()) {
            verified.or_else(may_lack)
        } else {
            verified
        }
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

/// What stands for the Request Authenticator in the digest that becomes it (RFC 2866 §3).
pub(super) const NO_AUTHENTICATOR: Authenticator = [0; AUTHENTICATOR_LENGTH];

/// Whether the authenticator of a request with this code is a digest over it.
pub(super) const fn is_authenticated_request(code: u8) -> bool {
    //= wire.4.22
    matches!(code, code::ACCOUNTING_REQUEST | code::DISCONNECT_REQUEST | code::COA_REQUEST)
}

/// Whether a response with this code answers one of these requests.
const fn answers_authenticated_request(code: u8) -> bool {
    matches!(
        code,
        code::ACCOUNTING_RESPONSE
            | code::DISCONNECT_ACK
            | code::DISCONNECT_NAK
            | code::COA_ACK
            | code::COA_NAK
    )
}

/// A packet that need not have a Message-Authenticator, but not a wrong one either.
fn may_lack(unverified: Unverified) -> Result<(), Unverified> {
    match unverified {
        Unverified::NoMessageAuthenticator => Ok(()),
        wrong => Err(wrong),
    }
}

/// The Response Authenticator of a packet, whatever stands in its Authenticator field; with
/// [`NO_AUTHENTICATOR`] the Request Authenticator of an accounting request and the like.
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
