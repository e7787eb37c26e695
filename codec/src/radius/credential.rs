//! What an Access-Request brings to authenticate its user.

use alloc::borrow::Cow;

use dsboot_spec::registry::radius::attribute;

use super::hidden::UserPassword;
use super::{Attribute, Authenticator, Packet};
use crate::{Error, ErrorKind, crypto};

/// What an Access-Request brings to authenticate its user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Credential<'a> {
    /// Nothing that is a credential by itself.
    None,
    /// A password.
    Password(UserPassword<'a>),
    /// An answer to a CHAP challenge.
    Chap(ChapExchange<'a>),
    /// An EAP packet; empty to ask for the start of EAP.
    Eap(Cow<'a, [u8]>),
}

/// A CHAP challenge with its answer (RFC 2865 §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChapExchange<'a> {
    /// Identifier of the challenge.
    pub identifier: u8,
    /// The challenge, from CHAP-Challenge or else the Request Authenticator.
    pub challenge: &'a [u8],
    /// The answer.
    pub response: &'a Authenticator,
}

impl ChapExchange<'_> {
    /// Whether the answer proves the secret.
    #[must_use]
    pub fn proves(&self, secret: &[u8]) -> bool {
        //= wire.4.19
        crypto::equal(&self.right(secret), self.response)
    }

    /// The answer that the secret gives.
    #[must_use]
    pub fn right(&self, secret: &[u8]) -> Authenticator {
        //= wire.4.19
        crypto::md5(&[&[self.identifier], secret, self.challenge])
    }
}

impl<'a> Packet<'a> {
    /// What this request brings to authenticate its user.
    ///
    /// # Errors
    /// When it brings more than one credential, or a challenge that is malformed or doubled.
    pub fn credential(&self) -> Result<Credential<'a>, Error> {
        //= wire.4.20
        let mut credentials = self.attributes().filter(|unit| {
            matches!(
                unit.value.kind(),
                attribute::USER_PASSWORD | attribute::CHAP_PASSWORD | attribute::ARAP_PASSWORD
            )
        });
        let eap = self.eap_message()?;
        let (first, second) = (credentials.next(), credentials.next());
        match (first, second.or(first.filter(|_| eap.is_some()))) {
            (_, Some(doubled)) => {
                Err(Error::new(ErrorKind::Misplaced, doubled.offset, "wire.4.20"))
            }
            (None, None) => Ok(eap.map_or(Credential::None, Credential::Eap)),
            (Some(one), None) => match one.value {
                Attribute::UserPassword(password) => Ok(Credential::Password(password)),
                Attribute::ChapPassword(chap) => Ok(Credential::Chap(ChapExchange {
                    identifier: chap.identifier,
                    challenge: self.challenge()?,
                    response: chap.response,
                })),
                _ => Ok(Credential::None),
            },
        }
    }

    fn challenge(&self) -> Result<&'a [u8], Error> {
        let mut challenges = self.attributes_of(attribute::CHAP_CHALLENGE);
        //= wire.4.19
        match (challenges.next(), challenges.next()) {
            (None, _) => Ok(self.authenticator()),
            (Some(unit), None) => match unit.value {
                Attribute::ChapChallenge(challenge) => Ok(challenge),
                _ => Err(Error::new(ErrorKind::BadLength, unit.offset + 1, "wire.4.19")),
            },
            (_, Some(unit)) => Err(Error::new(ErrorKind::Misplaced, unit.offset, "wire.4.19")),
        }
    }
}
