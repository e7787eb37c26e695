use alloc::vec::Vec;
use core::fmt;

use dsboot_spec::registry::mip4::{CHAP_CHALLENGE_TAIL, FIRST_FREE_SPI, algorithm, spi};

use super::extension::{Authentication, Extension};
use crate::Positioned;
use crate::crypto::{equal, hmac_md5, hmac_sha1, md5};

/// Between whom an authenticator is: the authentication extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum AuthenticationKind {
    /// Type 32: mobile node and home agent, here the FHA.
    MobileHome,
    /// Type 33: mobile node and foreign agent.
    MobileForeign,
    /// Type 34: foreign agent and home agent.
    ForeignHome,
    /// Type 36, sub-type 1: mobile node and AAA server.
    MnAaa,
    /// Type 36, sub-type 2: two foreign agents.
    FaFa,
    /// Type 36, sub-type 3: mobile node and gateway foreign agent.
    MnGfa,
    /// Type 36, sub-type 4: mobile node and previous access router.
    MnPar,
}

impl AuthenticationKind {
    /// How many there are.
    pub(super) const COUNT: usize = 7;

    /// The kind of an extension, if it is one of them and understood.
    #[must_use]
    pub const fn of(extension: &Extension<'_>) -> Option<AuthenticationKind> {
        match extension {
            Extension::MobileHomeAuthentication(_) => Some(AuthenticationKind::MobileHome),
            Extension::MobileForeignAuthentication(_) => Some(AuthenticationKind::MobileForeign),
            Extension::ForeignHomeAuthentication(_) => Some(AuthenticationKind::ForeignHome),
            Extension::MnAaaAuthentication(_) => Some(AuthenticationKind::MnAaa),
            Extension::FaFaAuthentication(_) => Some(AuthenticationKind::FaFa),
            Extension::MnGfaAuthentication(_) => Some(AuthenticationKind::MnGfa),
            Extension::MnParAuthentication(_) => Some(AuthenticationKind::MnPar),
            _ => None,
        }
    }

    /// Whether it authorizes a registration at the home agent (RFC 3344 §3.5.2, RFC 4721 §6).
    #[must_use]
    pub const fn enables_authorization(self) -> bool {
        //= wire.3.14
        matches!(self, AuthenticationKind::MobileHome | AuthenticationKind::MnAaa)
    }

    /// The extension of this kind.
    pub(super) const fn extension(self, authentication: Authentication<'_>) -> Extension<'_> {
        match self {
            AuthenticationKind::MobileHome => Extension::MobileHomeAuthentication(authentication),
            AuthenticationKind::MobileForeign => {
                Extension::MobileForeignAuthentication(authentication)
            }
            AuthenticationKind::ForeignHome => Extension::ForeignHomeAuthentication(authentication),
            AuthenticationKind::MnAaa => Extension::MnAaaAuthentication(authentication),
            AuthenticationKind::FaFa => Extension::FaFaAuthentication(authentication),
            AuthenticationKind::MnGfa => Extension::MnGfaAuthentication(authentication),
            AuthenticationKind::MnPar => Extension::MnParAuthentication(authentication),
        }
    }
}

/// How an authenticator is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum Algorithm {
    /// HMAC-MD5, 16 octets: the default (RFC 3344 §3.5.1).
    HmacMd5,
    /// HMAC-SHA1, 20 octets, not truncated.
    HmacSha1,
    /// MD5 over key, data, key: 16 octets, only for old peers (RFC 3344 §5.1).
    PrefixSuffixMd5,
}

impl Algorithm {
    /// The algorithm that a key generation reply names, if it is one of ours (RFC 3957 §4).
    #[must_use]
    pub const fn from_number(number: u16) -> Option<Algorithm> {
        //= wire.3.5
        match number {
            algorithm::HMAC_MD5 => Some(Algorithm::HmacMd5),
            algorithm::HMAC_SHA1 => Some(Algorithm::HmacSha1),
            _ => None,
        }
    }

    /// The number by which a key generation reply names it; prefix+suffix MD5 has none.
    #[must_use]
    pub const fn number(self) -> Option<u16> {
        //= wire.3.5
        match self {
            Algorithm::HmacMd5 => Some(algorithm::HMAC_MD5),
            Algorithm::HmacSha1 => Some(algorithm::HMAC_SHA1),
            Algorithm::PrefixSuffixMd5 => None,
        }
    }

    /// The length of its authenticators in octets.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Algorithm::HmacMd5 | Algorithm::PrefixSuffixMd5 => 16,
            Algorithm::HmacSha1 => 20,
        }
    }

    /// The authenticator over these octets.
    #[must_use]
    pub fn authenticate(self, key: &[u8], covered: &[u8]) -> Vec<u8> {
        match self {
            //= wire.3.2
            Algorithm::HmacMd5 => hmac_md5(key, &[covered]).into(),
            //= wire.3.3
            Algorithm::HmacSha1 => hmac_sha1(key, &[covered]).into(),
            //= wire.3.4
            Algorithm::PrefixSuffixMd5 => md5(&[key, covered, key]).into(),
        }
    }
}

/// What two nodes agreed on under an SPI (RFC 3344 §1.6).
#[derive(Clone, Copy)]
pub struct SecurityContext<'k> {
    /// Names this context in messages; 256 or more.
    pub spi: u32,
    /// Makes the authenticators.
    pub algorithm: Algorithm,
    /// The shared secret, of any length.
    pub key: &'k [u8],
}

impl SecurityContext<'_> {
    /// Whether the SPI is one that a security context may have.
    pub(super) const fn is_usable(&self) -> bool {
        //= wire.3.7
        self.spi >= FIRST_FREE_SPI
    }
}

impl fmt::Debug for SecurityContext<'_> {
    /// Leaves the key out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecurityContext")
            .field("spi", &self.spi)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// An authenticator as it was received, with the octets it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Authenticator<'a> {
    /// Between whom.
    pub kind: AuthenticationKind,
    /// Selects the security context.
    pub spi: u32,
    /// Where its extension begins, in octets from the start of the message.
    pub offset: usize,
    value: &'a [u8],
    covered: &'a [u8],
}

impl<'a> Authenticator<'a> {
    pub(super) fn of(
        message: &'a [u8],
        extension: &Positioned<'a, Extension<'a>>,
    ) -> Option<Authenticator<'a>> {
        let kind = AuthenticationKind::of(&extension.value)?;
        let Authentication { spi, authenticator } = match extension.value {
            Extension::MobileHomeAuthentication(authentication)
            | Extension::MobileForeignAuthentication(authentication)
            | Extension::ForeignHomeAuthentication(authentication) => authentication,
            ref extension => extension.generalized()?.1,
        };
        //= wire.3.1
        let end = extension.offset + extension.raw.len() - authenticator.len();
        let covered = message.get(..end)?;
        Some(Authenticator { kind, spi, offset: extension.offset, value: authenticator, covered })
    }

    /// Where its extension ends, in octets from the start of the message.
    #[must_use]
    pub const fn end(&self) -> usize {
        self.covered.len() + self.value.len()
    }

    /// The octets it covers, as received: the message up to and including the extension's SPI.
    #[must_use]
    pub const fn covered(&self) -> &'a [u8] {
        self.covered
    }

    /// The authenticator's own octets.
    #[must_use]
    pub const fn value(&self) -> &'a [u8] {
        self.value
    }

    /// Whether it is right under `context`. It is not if the SPI is another one, or reserved.
    #[must_use]
    pub fn verify(&self, context: &SecurityContext<'_>) -> bool {
        //= wire.3.6
        let right =
            || equal(&context.algorithm.authenticate(context.key, self.covered), self.value);
        //= wire.3.7
        //= wire.3.8
        self.spi == context.spi && context.is_usable() && right()
    }

    /// Whether it is an MN–AAA authenticator under CHAP_SPI and right for this key and challenge
    /// (RFC 4721 §8); see [`Extensions::mn_aaa_challenge`](super::Extensions::mn_aaa_challenge).
    #[must_use]
    pub fn verify_chap(&self, key: &[u8], challenge: &[u8]) -> bool {
        self.is_chap()
            && chap(key, self.covered, challenge).is_some_and(|right| equal(&right, self.value))
    }

    /// What a RADIUS client asks its server with in place of the mobile node; `None` if this is
    /// not an MN–AAA authenticator under CHAP_SPI or the challenge is empty.
    #[must_use]
    pub fn chap_credentials(&self, challenge: &[u8]) -> Option<ChapCredentials> {
        if !self.is_chap() {
            return None;
        }
        //= wire.3.10
        let (identifier, tail) = head_and_tail(challenge)?;
        let response: [u8; 16] = self.value.try_into().ok()?;
        let mut password = [identifier; 17];
        password.iter_mut().skip(1).zip(response).for_each(|(to, from)| *to = from);
        Some(ChapCredentials { password, challenge: [&md5(&[self.covered]), tail].concat() })
    }

    fn is_chap(&self) -> bool {
        self.kind == AuthenticationKind::MnAaa && self.spi == spi::CHAP
    }
}

/// An MN–AAA authenticator under CHAP_SPI in the form of RADIUS attributes' values
/// (RFC 2865 §5.3, §5.40).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChapCredentials {
    /// CHAP-Password: the challenge's first octet as identifier, then the authenticator.
    pub password: [u8; 17],
    /// CHAP-Challenge: the digest of what the authenticator covers, then the challenge's last
    /// 237 octets at most.
    pub challenge: Vec<u8>,
}

/// The MN–AAA authenticator under CHAP_SPI; `None` if the challenge is empty.
pub(super) fn chap(key: &[u8], covered: &[u8], challenge: &[u8]) -> Option<[u8; 16]> {
    //= wire.3.9
    let (first, tail) = head_and_tail(challenge)?;
    Some(md5(&[&[first], key, &md5(&[covered]), tail]))
}

/// The first octet of a challenge, and its last 237 octets or, if it is shorter, all of it.
fn head_and_tail(challenge: &[u8]) -> Option<(u8, &[u8])> {
    let (_, tail) = challenge.split_at(challenge.len().saturating_sub(CHAP_CHALLENGE_TAIL));
    challenge.first().map(|first| (*first, tail))
}
