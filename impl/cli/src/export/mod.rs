//! `dsboot export`: configurations for other people's servers.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use dsboot_node::serve::{Builder, ConfigError};

use crate::Exit;

/// Write a configuration for somebody else's server
#[derive(Clone, Debug, Args)]
pub struct ExportArgs {
    /// For which.
    #[command(subcommand)]
    pub target: Target,
}

/// The servers that a configuration can be written for.
#[derive(Clone, Debug, Subcommand)]
pub enum Target {
    /// FreeRADIUS 3 as AAA server: dictionary, policy, clients, users, and pools in SQL
    ///
    /// It then answers as `dsboot serve` does with the same configuration. Run it with
    /// `freeradius -d DIR`. What is assigned is in DIR/pools.sqlite.
    Freeradius(FreeradiusArgs),
}

/// How the configuration for FreeRADIUS is made.
#[derive(Clone, Debug, Args)]
pub struct FreeradiusArgs {
    /// The AAA server's configuration, as of `dsboot serve`.
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,

    /// Where it is written to. Files that are there are replaced; what is assigned stays.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// What keeps a configuration from being written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file cannot be written.
    #[error("cannot write to {0}: {1}")]
    Write(String, #[source] io::Error),
    /// What was to be printed could not be.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl Error {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// Does what `args` say.
///
/// # Errors
///
/// When the configuration cannot be used, or a file not be written.
pub fn run(args: &ExportArgs, out: &mut dyn Write) -> Result<bool, Error> {
    let Target::Freeradius(args) = &args.target;
    let builder = Builder::read(&args.config)?;
    let failed = |error| Error::Write(args.out.display().to_string(), error);
    fs::create_dir_all(&args.out).map_err(failed)?;
    let directory = args.out.canonicalize().map_err(failed)?;
    for file in builder.freeradius(&directory)? {
        file.write(&directory).map_err(failed)?;
    }
    writeln!(out, "written; now: freeradius -d {}", directory.display())?;
    Ok(true)
}
