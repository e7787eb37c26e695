//! The file with the keys.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use dsboot_codec::mip4::Algorithm;
use serde::Deserialize;
use serde::de::{self, Deserializer};

/// A file that says all that there can be in one.
pub const EXAMPLE: &str = include_str!("example.toml");

/// What keeps keys from being read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is something wrong in it.
    #[error("{}: {why}(`dsboot decode --example-keys` prints a file that is right)", .path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        why: String,
    },
}

/// All keys.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// RADIUS secrets.
    #[serde(default)]
    pub radius: Vec<RadiusSecret>,
    /// Passwords of users.
    #[serde(default)]
    pub password: Vec<Password>,
    /// Keys of mobile nodes and their AAA servers.
    #[serde(default)]
    pub mn_aaa: Vec<MnAaaKey>,
    /// Keys of Mobile IPv4.
    #[serde(default)]
    pub mobile_ip: Vec<MobileIpKey>,
    /// Keys of mobile nodes and their Mobile IPv6 home agents.
    #[serde(default)]
    pub mn_ha: Vec<MnHaKey>,
    /// Keys of PANA sessions.
    #[serde(default)]
    pub pana: Vec<PanaKey>,
}

/// A RADIUS secret.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RadiusSecret {
    /// The client's address; without one, any client.
    pub client: Option<IpAddr>,
    /// The secret.
    pub secret: Key,
}

/// The password of a user.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Key,
}

/// The key of a mobile node and its AAA server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MnAaaKey {
    /// Whose it is.
    pub nai: String,
    /// The key.
    pub key: Key,
    /// The algorithm of authenticators that are not under `CHAP_SPI`.
    #[serde(default)]
    pub algorithm: AlgorithmName,
}

/// A key of Mobile IPv4.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MobileIpKey {
    /// Its SPI.
    pub spi: u32,
    /// The key.
    pub key: Key,
    /// The algorithm.
    #[serde(default)]
    pub algorithm: AlgorithmName,
}

/// A key of a mobile node and its Mobile IPv6 home agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MnHaKey {
    /// Its SPI.
    pub spi: u32,
    /// The key.
    pub key: Key,
}

/// A key of a PANA session.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanaKey {
    /// The session; without one, any.
    pub session: Option<u32>,
    /// The key of the EAP method.
    pub msk: Option<Key>,
    /// `PANA_AUTH_KEY`.
    pub auth_key: Option<Key>,
}

/// The name of an algorithm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlgorithmName {
    /// HMAC-MD5.
    #[default]
    HmacMd5,
    /// HMAC-SHA1, all 20 octets.
    HmacSha1,
    /// MD5 over key, data and key.
    PrefixSuffixMd5,
}

impl From<AlgorithmName> for Algorithm {
    fn from(name: AlgorithmName) -> Algorithm {
        match name {
            AlgorithmName::HmacMd5 => Algorithm::HmacMd5,
            AlgorithmName::HmacSha1 => Algorithm::HmacSha1,
            AlgorithmName::PrefixSuffixMd5 => Algorithm::PrefixSuffixMd5,
        }
    }
}

/// Octets of a key; not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(pub Vec<u8>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} octets)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        let text = String::deserialize(deserializer)?;
        let Some(hex) = text.strip_prefix("hex:") else { return Ok(Key(text.into_bytes())) };
        let octets = hex::decode(hex);
        octets.map(Key).map_err(|_| de::Error::custom("behind `hex:` stands no hex"))
    }
}

impl Keys {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is not of its form.
    pub fn read(path: &Path) -> Result<Keys, KeysError> {
        let read = fs::read_to_string(path);
        let text = read.map_err(|source| KeysError::Read { path: path.to_owned(), source })?;
        Keys::parse(&text).map_err(|why| KeysError::Form { path: path.to_owned(), why })
    }

    /// Reads text of the file's form.
    ///
    /// # Errors
    ///
    /// What is wrong in it, and where.
    pub fn parse(text: &str) -> Result<Keys, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    /// The secret of a client, or that of all clients.
    pub(super) fn radius_secret(&self, client: Option<IpAddr>) -> Option<&[u8]> {
        let own =
            self.radius.iter().find(|secret| secret.client.is_some_and(|c| Some(c) == client));
        // A packet without addresses around it can be of any client.
        let alone = self.radius.first().filter(|_| client.is_none() && self.radius.len() == 1);
        let any = self.radius.iter().find(|secret| secret.client.is_none());
        own.or(any).or(alone).map(|secret| secret.secret.0.as_slice())
    }

    /// The passwords that a user may have.
    pub(super) fn passwords<'k>(&'k self, user: &[u8]) -> impl Iterator<Item = &'k [u8]> + use<'k> {
        let user = user.to_vec();
        let own = self.password.iter().filter(move |password| password.user.as_bytes() == user);
        own.map(|password| password.password.0.as_slice())
    }

    /// The key of a mobile node and its AAA server.
    pub(super) fn mn_aaa(&self, nai: &[u8]) -> Option<&MnAaaKey> {
        self.mn_aaa.iter().find(|key| key.nai.as_bytes() == nai)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_right() {
        let keys = Keys::parse(EXAMPLE).unwrap();
        let (secret, other) = (&b"dsboot-radius-secret"[..], &b"other"[..]);
        assert_eq!(keys.radius_secret("192.0.2.1".parse().ok()), Some(secret));
        let own = "[[radius]]\nclient = \"192.0.2.1\"\nsecret = \"other\"\n";
        let keys = Keys::parse(&[EXAMPLE, own].concat()).unwrap();
        assert_eq!(keys.radius_secret("192.0.2.1".parse().ok()), Some(other));
        assert_eq!(keys.radius_secret("192.0.2.2".parse().ok()), Some(secret));
        assert_eq!(keys.mn_ha[0].key.0.len(), 16);
        assert_eq!(format!("{:?}", keys.mn_aaa[0].key), "Key(16 octets)");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let why = Keys::parse("[[radius]]\nsecrets = \"x\"\n").unwrap_err();
        assert!(why.contains("line 2") && why.contains("secret"), "{why}");
        assert!(Keys::parse("[[mn_ha]]\nspi = 1\nkey = \"hex:0\"").is_err());
    }
}
