//! PANA_AUTH_KEY (RFC 5191 §5.3) and the AUTH AVP (§5.4), with PRF_HMAC_SHA1 and
//! AUTH_HMAC_SHA1_160.

use alloc::vec::Vec;
use core::fmt;

use dsboot_spec::registry::pana::{AUTH_LENGTH, AVP_HEADER_LENGTH, KEY_LABEL, avp};
use zeroize::Zeroizing;

use super::{Avp, Message};
use crate::{Positioned, crypto};

/// What PANA_AUTH_KEY is derived from (RFC 5191 §5.3).
#[derive(Clone, Copy)]
pub struct KeyInput<'a> {
    /// The key that the EAP method has given.
    pub msk: &'a [u8],
    /// The PAR with S set, as sent, from the exchange that opened the session.
    pub initial_request: &'a [u8],
    /// The PAN with S set, as sent.
    pub initial_answer: &'a [u8],
    /// Value of the PaC's Nonce of this authentication.
    pub pac_nonce: &'a [u8],
    /// Value of the PAA's Nonce of this authentication.
    pub paa_nonce: &'a [u8],
    /// Value of Key-Id.
    pub key_id: u32,
}

/// A PANA_AUTH_KEY for AUTH_HMAC_SHA1_160; wiped when dropped and never printed.
#[derive(Clone)]
pub struct AuthKey(Zeroizing<Vec<u8>>);

impl AuthKey {
    /// Derives the key.
    ///
    /// ```
    /// use dsboot_codec::pana::{AuthKey, KeyInput};
    ///
    /// let key = AuthKey::derive(&KeyInput {
    ///     msk: &[0; 64],
    ///     initial_request: b"PAR with S",
    ///     initial_answer: b"PAN with S",
    ///     pac_nonce: &[1; 20],
    ///     paa_nonce: &[2; 20],
    ///     key_id: 1,
    /// });
    /// assert_eq!(key.octets().len(), 20);
    /// ```
    #[must_use]
    pub fn derive(input: &KeyInput<'_>) -> AuthKey {
        //= wire.6.16
        let seed = [
            KEY_LABEL,
            input.initial_request,
            input.initial_answer,
            input.pac_nonce,
            input.paa_nonce,
            &input.key_id.to_be_bytes(),
        ]
        .concat();
        AuthKey(prf_plus(input.msk, &seed, AUTH_LENGTH))
    }

    /// A key that was derived elsewhere.
    #[must_use]
    pub fn from_octets(octets: &[u8]) -> AuthKey {
        AuthKey(Zeroizing::new(octets.to_vec()))
    }

    /// The key itself.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }

    /// The value of an AUTH AVP that stands at octet `at` of a message, whatever stands there.
    #[must_use]
    pub fn auth_value(&self, octets: &[u8], at: usize) -> [u8; AUTH_LENGTH] {
        let (before, rest) = octets.split_at_checked(at).unwrap_or_default();
        let after = rest.get(AUTH_LENGTH..).unwrap_or_default();
        //= wire.6.15
        crypto::hmac_sha1(&self.0, &[before, &[0; AUTH_LENGTH], after])
    }
}

impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthKey({} octets)", self.0.len())
    }
}

/// prf+ with HMAC-SHA1 (RFC 4306 §2.13): `length` octets, at most 5100.
#[must_use]
pub fn prf_plus(key: &[u8], seed: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let mut output = Zeroizing::new(Vec::new());
    let mut last = Zeroizing::new(Vec::new());
    //= wire.6.17
    for counter in 1..=u8::MAX {
        if output.len() >= length {
            break;
        }
        *last = crypto::hmac_sha1(key, &[&last, seed, &[counter]]).to_vec();
        output.extend_from_slice(&last);
    }
    output.truncate(length);
    output
}

/// Why a message is not protected by the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unverified {
    /// There is no AUTH AVP.
    NoAuth,
    /// The AUTH AVP is wrong, or there is more than one.
    Auth,
}

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unverified::NoAuth => "no AUTH AVP",
            Unverified::Auth => "wrong AUTH AVP",
        })
    }
}

impl core::error::Error for Unverified {}

impl Message<'_> {
    /// Whether the message comes from a holder of the key.
    ///
    /// # Errors
    /// Says whether AUTH is missing or wrong.
    pub fn verify_auth(&self, key: &AuthKey) -> Result<(), Unverified> {
        let mut all = self.avps().filter(|unit| {
            matches!(unit.value, Avp::Auth(_) | Avp::Malformed { kind: avp::AUTH, .. })
        });
        //= wire.6.15
        match (all.next(), all.next()) {
            (None, _) => Err(Unverified::NoAuth),
            (Some(Positioned { offset, value: Avp::Auth(value), .. }), None) => {
                let expected = key.auth_value(self.octets(), offset + AVP_HEADER_LENGTH);
                crypto::equal(&expected, value).then_some(()).ok_or(Unverified::Auth)
            }
            _ => Err(Unverified::Auth),
        }
    }
}
