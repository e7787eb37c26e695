//! Configurations for other people's servers.

pub mod freeradius;

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// A file of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name in the configuration's directory.
    pub name: &'static str,
    /// What stands in it.
    pub text: String,
    /// Whether secrets do.
    pub is_secret: bool,
}

impl File {
    /// Writes it. One with secrets is its owner's alone to read.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, directory: &Path) -> io::Result<()> {
        let mode = if self.is_secret { 0o600 } else { 0o644 };
        let path = directory.join(self.name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(mode);
        options.open(path)?.write_all(self.text.as_bytes())
    }
}
