//! `dsboot serve`: roles as a daemon.

use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;

use clap::Args;
use dsboot_node::serve::{Builder, ConfigError, EXAMPLES, ServeError, serve};
use tracing_subscriber::EnvFilter;

use crate::Exit;

/// Run one or more roles as a daemon, configured by a TOML file
///
/// SIGTERM ends it in order (a mobile node releases everything first); SIGHUP has an AAA server read
/// its users and clients again. Logs go to standard error; DSBOOT_LOG sets how much (`info`,
/// `dsboot_node=debug`).
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// The configuration.
    #[arg(value_name = "CONFIG", required_unless_present = "example")]
    pub config: Option<PathBuf>,

    /// Say whether everything in the configuration is as it must be, and end. What only keeps it from
    /// being started now, such as a port in use, is noted.
    #[arg(long)]
    pub check: bool,

    /// Write everything that the roles see and do to a file, one JSON object a line
    /// (schemas/trace.schema.json); it goes on at the file's end.
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,

    /// Print a commented configuration of this role, and end; `users` is the file of an AAA server's
    /// users.
    #[arg(long, value_name = "ROLE", value_parser = role, conflicts_with = "config")]
    pub example: Option<&'static str>,
}

/// What keeps a daemon from its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// As the node says.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What was to be printed could not be.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl Error {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            Error::Serve(ServeError::Host(_)) => Exit::Environment,
            _ => Exit::Usage,
        }
    }
}

/// Does what `args` say.
///
/// # Errors
///
/// When the configuration cannot be used, or the host lacks what a role needs.
pub fn run(args: &ServeArgs, out: &mut dyn Write) -> Result<bool, Error> {
    if let Some(example) = args.example {
        out.write_all(example.as_bytes())?;
        return Ok(true);
    }
    let Some(path) = &args.config else { return Ok(false) };
    let mut builder = Builder::read(path)?;
    if let Some(file) = &args.trace {
        builder = builder.with_trace(file);
    }
    if args.check {
        let roles = builder.check()?.join(", ");
        for note in builder.notes()? {
            writeln!(io::stderr(), "note: if it were started now: {note}")?;
        }
        writeln!(out, "{}: as it must be; roles: {roles}", path.display())?;
        return Ok(true);
    }
    let filter = EnvFilter::try_from_env("DSBOOT_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
    serve(&builder)?;
    Ok(true)
}

/// The sample of a role.
fn role(name: &str) -> Result<&'static str, String> {
    let found = EXAMPLES.iter().find(|(role, _)| *role == name);
    found
        .map(|(_, text)| *text)
        .ok_or_else(|| format!("there are {}", EXAMPLES.map(|(role, _)| role).join(", ")))
}
