//! `dsboot serve` as a process of a test.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, thread};

use crate::process::Running;

/// A daemon that is at work; it is killed when this is dropped.
#[derive(Debug)]
pub struct Daemon {
    program: PathBuf,
    config: PathBuf,
    running: Running,
}

/// Why a daemon is not at work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DaemonError {
    /// It cannot be started.
    #[error("cannot start the daemon: {0}")]
    Start(#[from] io::Error),
    /// It ended before it was ready; its log.
    #[error("the daemon has ended: {0}")]
    Ended(String),
}

impl Daemon {
    /// Starts `program serve CONFIG` and waits until it is ready.
    ///
    /// # Errors
    ///
    /// When it does not become ready.
    pub fn start(program: &Path, config: &Path) -> Result<Daemon, DaemonError> {
        let running = start(program, config)?;
        Ok(Daemon { program: program.to_owned(), config: config.to_owned(), running })
    }

    /// Its process.
    pub fn id(&mut self) -> u32 {
        self.running.child().id()
    }

    /// Kills it where it stands, and starts it again.
    ///
    /// # Errors
    ///
    /// When it does not become ready.
    pub fn restart(&mut self) -> Result<(), DaemonError> {
        self.running.child().kill()?;
        self.running.child().wait()?;
        self.running = start(&self.program, &self.config)?;
        Ok(())
    }
}

impl DaemonError {
    /// Whether it is this host that does not let it be, where that need not be a failure: with
    /// `DSBOOT_PEERS=required` it is.
    #[must_use]
    pub fn is_excused(&self) -> bool {
        let required = env::var_os("DSBOOT_PEERS").is_some_and(|value| value == "required");
        !required && matches!(self, DaemonError::Ended(said) if said.contains("Permission denied"))
    }
}

fn start(program: &Path, config: &Path) -> Result<Running, DaemonError> {
    let mut command = Command::new(program);
    let mut running = Running::start(command.arg("serve").arg(config).stderr(Stdio::piped()))?;
    let log = running.child().stderr.take();
    let mut lines = log.map(BufReader::new).into_iter().flat_map(BufReader::lines);
    let mut said = String::new();
    for line in lines.by_ref().map_while(Result::ok) {
        if line.contains("ready") {
            // A pipe that nobody reads would keep the daemon from its work.
            thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
            return Ok(running);
        }
        said = said + &line + "\n";
    }
    Err(DaemonError::Ended(said))
}
