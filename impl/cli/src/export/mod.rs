//! `dsboot export`: configurations for other people's servers, and a model for another checker.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use dsboot_model::promela;
use dsboot_node::export::freeradius::Database;
use dsboot_node::serve::{Builder, ConfigError};
use dsboot_spec::Scenario;

use crate::Exit;

/// Write a configuration for somebody else's server, or a model for somebody else's checker
#[derive(Clone, Debug, Args)]
pub struct ExportArgs {
    /// For which.
    #[command(subcommand)]
    pub target: Target,
}

/// The programs that something can be written for.
#[derive(Clone, Debug, Subcommand)]
pub enum Target {
    /// FreeRADIUS 3 as AAA server: dictionary, policy, clients, users, and pools in SQL
    ///
    /// It then answers as `dsboot serve` does with the same configuration. Run it with
    /// `freeradius -d DIR`. What is assigned is in DIR/pools.sqlite, or in a PostgreSQL database that
    /// several servers share.
    Freeradius(FreeradiusArgs),
    /// The base model of a scenario in Promela, for spin
    ///
    /// One entitled mobile node over the network `lossy`, and no events: what `dsboot check SCENARIO
    /// --events 0` searches. The text says how it is searched. It goes to
    /// standard output.
    Promela(PromelaArgs),
}

/// Which model is written in Promela.
#[derive(Clone, Debug, Args)]
pub struct PromelaArgs {
    /// The scenario; two are written so.
    #[arg(value_name = "SCENARIO", value_parser = promela::SCENARIOS.map(Scenario::name),
          default_value = Scenario::IntegratedColocated.name())]
    pub scenario: String,

    /// How many such networks stand side by side: the number of states is that of one to this power.
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u8).range(1..=i64::from(promela::NETWORKS)))]
    pub networks: u8,
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

    /// Have the pools in this PostgreSQL database, as libpq's connection string has it. The tables are
    /// made once, by `psql CONNECTION -f DIR/schema.sql`.
    #[arg(long, value_name = "CONNECTION", value_parser = connection)]
    pub postgresql: Option<String>,
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
    let args = match &args.target {
        Target::Freeradius(args) => args,
        Target::Promela(args) => {
            let text = args
                .scenario
                .parse()
                .ok()
                .and_then(|scenario| promela::promela(scenario, args.networks));
            out.write_all(text.unwrap_or_default().as_bytes())?;
            return Ok(true);
        }
    };
    let builder = Builder::read(&args.config)?;
    let failed = |error| Error::Write(args.out.display().to_string(), error);
    fs::create_dir_all(&args.out).map_err(failed)?;
    let directory = args.out.canonicalize().map_err(failed)?;
    let database = args.postgresql.clone().map_or(Database::Sqlite, Database::Postgresql);
    for file in builder.freeradius(&directory, &database)? {
        file.write(&directory).map_err(failed)?;
    }
    writeln!(out, "written; now: freeradius -d {}", directory.display())?;
    Ok(true)
}

/// FreeRADIUS takes what has no `=` for the mere name of a database.
fn connection(text: &str) -> Result<String, String> {
    match text.contains('=') {
        true => Ok(text.to_owned()),
        false => Err("write it as \"host=db.example dbname=radius user=radius\"".to_owned()),
    }
}
