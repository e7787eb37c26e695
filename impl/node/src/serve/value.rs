//! Values as they stand in a configuration.

use std::fmt::{self, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::{env, fs, io};

use dsboot_codec::dsb::Prefixed;
use dsboot_codec::radius::Ipv6Prefix;
use dsboot_roles::aaa::AddressRange;
use dsboot_roles::{Nai, Secret};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Where a secret stands. Never the secret itself: a configuration is shown around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// In a file, without the end of its last line.
    File(PathBuf),
    /// In a variable of the environment.
    Env(String),
}

impl SecretSource {
    /// The secret. Files are looked for from `directory`.
    ///
    /// # Errors
    ///
    /// A sentence that says what is missing and where.
    pub fn read(&self, directory: &Path) -> Result<Secret, String> {
        let text = match self {
            SecretSource::File(path) => {
                let path = directory.join(path);
                fs::read(&path).map_err(|error| no_secret(&path, &error))?
            }
            SecretSource::Env(name) => env::var(name)
                .map_err(|_| {
                    format!("the variable {name}, which should hold a secret, is not set")
                })?
                .into_bytes(),
        };
        let end = text.iter().rposition(|octet| !b"\r\n".contains(octet)).map_or(0, |at| at + 1);
        match text.get(..end) {
            Some(secret) if !secret.is_empty() => Ok(Secret::new(secret)),
            _ => Err(format!("{self}, which should hold a secret, holds nothing")),
        }
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretSource::File(path) => write!(f, "the file {}", path.display()),
            SecretSource::Env(name) => write!(f, "the variable {name}"),
        }
    }
}

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SecretSource, D::Error> {
        deserializer.deserialize_map(SourceVisitor)
    }
}

/// Reads a [`SecretSource`]. Whatever else stands there may be the secret itself, and is not shown.
struct SourceVisitor;

impl SourceVisitor {
    fn refuse<T, E: de::Error>() -> Result<T, E> {
        Err(E::custom(SourceVisitor::FORM))
    }

    const FORM: &'static str = "a secret never stands in a configuration itself: write \
                                { file = \"secrets/NAME\" } or { env = \"NAME\" }";
}

impl<'de> Visitor<'de> for SourceVisitor {
    type Value = SecretSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{ file = \"secrets/NAME\" } or { env = \"NAME\" }")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<SecretSource, M::Error> {
        let source = match map.next_entry::<String, String>()? {
            Some((kind, path)) if kind == "file" => SecretSource::File(path.into()),
            Some((kind, name)) if kind == "env" => SecretSource::Env(name),
            _ => return SourceVisitor::refuse(),
        };
        if map.next_key::<de::IgnoredAny>()?.is_some() {
            return SourceVisitor::refuse();
        }
        Ok(source)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<SecretSource, E> {
        SourceVisitor::refuse()
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<SecretSource, E> {
        SourceVisitor::refuse()
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<SecretSource, E> {
        SourceVisitor::refuse()
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<SecretSource, E> {
        SourceVisitor::refuse()
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, _: A) -> Result<SecretSource, A::Error> {
        SourceVisitor::refuse()
    }
}

/// A value that is written as a string of its own form.
pub trait Written: Sized {
    /// How it is written, for those who wrote it otherwise.
    const FORM: &'static str;

    /// The value, if the text is of that form.
    fn parse(text: &str) -> Option<Self>;
}

/// Reads a [`Written`] value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String", bound = "T: Written")]
pub struct Text<T>(pub T);

impl<T: Written> TryFrom<String> for Text<T> {
    type Error = String;

    fn try_from(text: String) -> Result<Text<T>, String> {
        T::parse(&text).map(Text).ok_or_else(|| format!("\"{text}\" is not {}", T::FORM))
    }
}

impl Written for Nai {
    const FORM: &'static str = "a network access identifier, such as \"mn@home.example\"";

    fn parse(text: &str) -> Option<Nai> {
        Nai::new(text.as_bytes())
    }
}

impl Written for Ipv6Prefix {
    const FORM: &'static str = "an IPv6 prefix, such as \"2001:db8:8::/64\"";

    fn parse(text: &str) -> Option<Ipv6Prefix> {
        let (address, length) = split::<Ipv6Addr, u8>(text, '/')?;
        Ipv6Prefix::new(address, length)
    }
}

impl Written for Prefixed<Ipv6Addr> {
    const FORM: &'static str = "an IPv6 address with the length of its prefix, such as \
                                \"2001:db8:6::100/64\"";

    fn parse(text: &str) -> Option<Prefixed<Ipv6Addr>> {
        let (address, length) = split::<Ipv6Addr, u8>(text, '/')?;
        Prefixed::<Ipv6Addr>::new(address, length)
    }
}

impl Written for AddressRange {
    const FORM: &'static str = "a range of addresses, such as \"192.0.2.64-192.0.2.127\"";

    fn parse(text: &str) -> Option<AddressRange> {
        let (first, last) = split::<Ipv4Addr, Ipv4Addr>(text, '-')?;
        Some(AddressRange { first, last }).filter(|range| !range.is_empty())
    }
}

/// Addresses of a link, with the length of the prefix that they lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkRange {
    /// The addresses.
    pub range: AddressRange,
    /// Length of the prefix.
    pub prefix_length: u8,
}

impl Written for LinkRange {
    const FORM: &'static str = "a range of addresses with the length of their prefix, such as \
                                \"192.0.2.64-192.0.2.127/24\"";

    fn parse(text: &str) -> Option<LinkRange> {
        let (range, length) = text.rsplit_once('/')?;
        let prefix_length = length.parse().ok().filter(|length| *length <= 32)?;
        Some(LinkRange { range: AddressRange::parse(range)?, prefix_length })
    }
}

/// An IPv4 address with the length of its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkAddress {
    /// The address.
    pub address: Ipv4Addr,
    /// Length of the prefix.
    pub prefix_length: u8,
}

impl Written for LinkAddress {
    const FORM: &'static str = "an IPv4 address with the length of its prefix, such as \
                                \"192.0.2.200/24\"";

    fn parse(text: &str) -> Option<LinkAddress> {
        let (address, prefix_length) = split::<Ipv4Addr, u8>(text, '/')?;
        (prefix_length <= 32).then_some(LinkAddress { address, prefix_length })
    }
}

fn split<A: FromStr, B: FromStr>(text: &str, at: char) -> Option<(A, B)> {
    let (first, second) = text.split_once(at)?;
    Some((first.trim().parse().ok()?, second.trim().parse().ok()?))
}

/// What keeps the secret in a file from being read; where it is not there, how to make it.
fn no_secret(path: &Path, error: &io::Error) -> String {
    let mut reason = format!("cannot read the secret in {}: {error}", path.display());
    if error.kind() == io::ErrorKind::NotFound {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = directory.unwrap_or(Path::new("."));
        let _ = write!(
            reason,
            "; make it: mkdir -p -m 700 {} && head -c 18 /dev/urandom | base64 > {}; who shares it \
             needs the same",
            directory.display(),
            path.display()
        );
    }
    reason
}

/// What keeps a file from being read.
pub(super) fn cannot_read(path: &Path, error: &io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_their_form_and_in_no_other() {
        let range = Text::<LinkRange>::try_from("192.0.2.64-192.0.2.127/24".to_owned()).unwrap().0;
        assert_eq!((range.range.len(), range.prefix_length), (64, 24));
        for wrong in
            ["192.0.2.64-192.0.2.127", "192.0.2.64-192.0.2.127/33", "192.0.2.9-192.0.2.8/24"]
        {
            let error = Text::<LinkRange>::try_from(wrong.to_owned()).unwrap_err();
            assert!(error.contains(wrong) && error.contains("such as"), "{error}");
        }
        assert!(Ipv6Prefix::parse("2001:db8::/64").is_some());
        assert!(Ipv6Prefix::parse("2001:db8::/129").is_none());
        assert!(Nai::parse("").is_none());
    }

    #[test]
    fn a_secret_that_stands_in_a_configuration_is_refused_and_not_shown() {
        #[derive(Debug, Deserialize)]
        struct Table {
            secret: SecretSource,
        }
        let read = |text: &str| toml::from_str::<Table>(text).map_err(|e| e.message().to_owned());
        let right = read("secret = { file = \"key\" }").unwrap();
        assert_eq!(right.secret, SecretSource::File("key".into()));
        let right = read("secret.env = \"KEY\"").unwrap();
        assert_eq!(right.secret, SecretSource::Env("KEY".to_owned()));
        for wrong in [
            "\"sesame77\"",
            "77",
            "7.7",
            "true",
            "[\"sesame77\"]",
            "{ sesame77 = \"x\" }",
            "{ file = \"x\", env = \"sesame77\" }",
            "{ value = \"sesame77\" }",
            "{}",
        ] {
            let error = read(&format!("secret = {wrong}")).unwrap_err();
            assert!(error.contains("never stands in a configuration"), "{wrong}: {error}");
            assert!(!error.contains("77"), "{wrong}: {error}");
        }
    }

    #[test]
    fn secrets_come_from_files_and_from_nowhere_else_unless_said() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("key"), "s e c r e t \r\n").unwrap();
        let secret = SecretSource::File("key".into()).read(directory.path()).unwrap();
        assert_eq!(secret.octets(), b"s e c r e t ");
        fs::write(directory.path().join("empty"), "\n").unwrap();
        let error = SecretSource::File("empty".into()).read(directory.path()).unwrap_err();
        assert!(error.contains("empty"), "{error}");
        let error = SecretSource::Env("DSBOOT_NO_SUCH".into()).read(directory.path()).unwrap_err();
        assert!(error.contains("DSBOOT_NO_SUCH"), "{error}");
    }
}
