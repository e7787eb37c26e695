//! Values hidden under the shared secret: User-Password (RFC 2865 §5.2) and salt-hidden strings
//! (RFC 2868 §3.5).

use alloc::vec::Vec;

use dsboot_spec::registry::radius::{AUTHENTICATOR_LENGTH, MAX_PASSWORD_LENGTH};
use zeroize::Zeroizing;

use super::Authenticator;
use crate::{Error, ErrorKind, crypto};

/// The block of the cipher: one MD5 digest.
const BLOCK: usize = AUTHENTICATOR_LENGTH;

/// Octets of the salt.
const SALT: usize = 2;

/// The top bit of the salt, which is always set.
const SALT_MARK: u16 = 0x8000;

/// A password as hidden in User-Password: 16 to 128 octets, in blocks of 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct UserPassword<'a>(&'a [u8]);

impl<'a> UserPassword<'a> {
    /// Takes hidden octets; `None` when they are not 1 to 8 whole blocks.
    #[must_use]
    pub fn new(octets: &'a [u8]) -> Option<UserPassword<'a>> {
        //= wire.4.13
        let fits = blocks(octets) && octets.len() <= MAX_PASSWORD_LENGTH;
        fits.then_some(UserPassword(octets))
    }

    /// The hidden octets.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.0
    }

    /// The password, without the padding.
    #[must_use]
    pub fn reveal(
        &self,
        request_authenticator: &Authenticator,
        secret: &[u8],
    ) -> Zeroizing<Vec<u8>> {
        //= wire.4.12
        let mut password = reveal(self.0, [request_authenticator, &[]], secret);
        let length = password.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1);
        password.truncate(length);
        password
    }
}

/// Hides a password for User-Password.
///
/// # Errors
/// When it is longer than 128 octets.
pub fn hide_password(
    password: &[u8],
    request_authenticator: &Authenticator,
    secret: &[u8],
) -> Result<Vec<u8>, Error> {
    //= wire.4.13
    if password.len() > MAX_PASSWORD_LENGTH {
        return Err(Error::new(ErrorKind::TooLong, 0, "wire.4.13"));
    }
    //= wire.4.12
    let mut padded = Zeroizing::new(password.to_vec());
    padded.resize(password.len().max(1).next_multiple_of(BLOCK), 0);
    Ok(hide(&padded, [request_authenticator, &[]], secret))
}

/// A key as hidden in a sub-attribute: a salt and whole blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Salted<'a> {
    salt: &'a [u8; SALT],
    hidden: &'a [u8],
    octets: &'a [u8],
}

impl<'a> Salted<'a> {
    /// Takes salt and hidden octets; `None` when the salt has its top bit clear or whole blocks
    /// do not follow.
    #[must_use]
    pub fn new(octets: &'a [u8]) -> Option<Salted<'a>> {
        //= wire.4.15
        let (salt, hidden) = octets.split_first_chunk::<SALT>()?;
        let marked = u16::from_be_bytes(*salt) & SALT_MARK != 0;
        (marked && blocks(hidden)).then_some(Salted { salt, hidden, octets })
    }

    /// The salt, different for each key in a packet.
    #[must_use]
    pub const fn salt(&self) -> [u8; SALT] {
        *self.salt
    }

    /// Salt and hidden octets.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// What is hidden; `None` when it does not fit with its length, as when the secret is wrong.
    #[must_use]
    pub fn reveal(
        &self,
        request_authenticator: &Authenticator,
        secret: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        //= wire.4.14
        let plain = reveal(self.hidden, [request_authenticator, self.salt], secret);
        //= wire.4.16
        let (length, rest) = plain.split_first()?;
        let (key, padding) = rest.split_at_checked(usize::from(*length))?;
        (padding.len() < BLOCK).then(|| Zeroizing::new(key.to_vec()))
    }
}

/// Hides a key under a salt, whose top bit is set here.
///
/// # Errors
/// When the key is longer than a sub-attribute holds (239 octets).
///
/// ```
/// use dsboot_codec::radius::{Salted, hide_key};
///
/// let hidden = hide_key(&[7; 20], 0x0001, &[0x10; 16], b"secret").unwrap();
/// assert_eq!(hidden.len(), 2 + 32);
/// let key = Salted::new(&hidden).unwrap().reveal(&[0x10; 16], b"secret");
/// assert_eq!(key.unwrap().as_slice(), [7; 20]);
/// ```
pub fn hide_key(
    key: &[u8],
    salt: u16,
    request_authenticator: &Authenticator,
    secret: &[u8],
) -> Result<Vec<u8>, Error> {
    // The longest value that a sub-attribute takes is 247 octets: the salt and 15 blocks.
    const LONGEST: usize = 15 * BLOCK - 1;
    let length = u8::try_from(key.len()).ok().filter(|length| usize::from(*length) <= LONGEST);
    let length = length.ok_or(Error::new(ErrorKind::TooLong, 0, "wire.4.14"))?;
    //= wire.4.15
    let salt = (salt | SALT_MARK).to_be_bytes();
    //= wire.4.14
    let mut plain = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    plain.push(length);
    plain.extend_from_slice(key);
    let whole = plain.len().next_multiple_of(BLOCK);
    plain.resize(whole, 0);
    let mut octets = salt.to_vec();
    octets.extend(hide(&plain, [request_authenticator, &salt], secret));
    Ok(octets)
}

/// Whether the octets are whole blocks, at least one.
fn blocks(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.len().is_multiple_of(BLOCK)
}

/// Hides whole blocks: each under the digest of the secret and the block before it, the first
/// under that of the secret and `start`.
fn hide(plain: &[u8], start: [&[u8]; 2], secret: &[u8]) -> Vec<u8> {
    let mut hidden = Vec::with_capacity(plain.len());
    let mut pad = pad(secret, start);
    for block in plain.chunks(BLOCK) {
        let from = hidden.len();
        hidden.extend(block.iter().zip(pad).map(|(octet, pad)| octet ^ pad));
        pad = self::pad(secret, [hidden.get(from..).unwrap_or_default(), &[]]);
    }
    hidden
}

/// Undoes [`hide`].
fn reveal(hidden: &[u8], start: [&[u8]; 2], secret: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(hidden.len()));
    let mut pad = pad(secret, start);
    for block in hidden.chunks(BLOCK) {
        plain.extend(block.iter().zip(pad).map(|(octet, pad)| octet ^ pad));
        pad = self::pad(secret, [block, &[]]);
    }
    plain
}

fn pad(secret: &[u8], [first, second]: [&[u8]; 2]) -> [u8; BLOCK] {
    crypto::md5(&[secret, first, second])
}
