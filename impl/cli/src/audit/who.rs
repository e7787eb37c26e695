//! The file that says who has which address.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use dsboot_audit::Who;
use serde::Deserialize;

/// A file with everything in it.
pub const EXAMPLE: &str = include_str!("who.toml");

/// What keeps the file from being read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WhoError {
    /// It cannot be opened.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It does not say what it should.
    #[error("{}: {source}(--example-who prints a file that can be read)", path.display())]
    Form {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: Box<toml::de::Error>,
    },
}

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    fha: Vec<Ipv4Addr>,
    fa: Vec<Ipv4Addr>,
    nas: Vec<IpAddr>,
    ha: Vec<IpAddr>,
    aaaf: Vec<IpAddr>,
    aaah: Vec<IpAddr>,
}

/// Reads the file.
pub(super) fn read(path: &Path) -> Result<Who, WhoError> {
    let text = fs::read_to_string(path)
        .map_err(|source| WhoError::Read { path: path.to_owned(), source })?;
    let File { fha, fa, nas, ha, aaaf, aaah } = toml::from_str(&text)
        .map_err(|source| WhoError::Form { path: path.to_owned(), source: Box::new(source) })?;
    Ok(Who { fha, fa, nas, ha, aaaf, aaah })
}
