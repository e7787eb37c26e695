//! `dsboot lab`: the hosts of a figure in network namespaces.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use dsboot_node::lab::{LabError, Settings, lacks, run as run_lab};
use dsboot_spec::Scenario;

use crate::Exit;

/// Build the hosts of a figure as network namespaces of this machine, with a daemon each
#[derive(Clone, Debug, Args)]
pub struct LabArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What a lab can do.
#[derive(Clone, Debug, Subcommand)]
pub enum Action {
    /// Bootstrap, send IPv6 traffic through the IPv4 access network, release, and take everything
    /// down again
    ///
    /// Every host is a network namespace with a `dsboot serve` of its own; every link is captured.
    /// It takes root, iproute2, iputils-ping, iperf3 and dumpcap.
    Run(RunArgs),
}

/// How a lab is run.
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// Scenarios to run; without any, those with a co-located care-of address.
    #[arg(value_name = "SCENARIO", value_parser = scenario)]
    pub scenarios: Vec<Scenario>,

    /// Where configurations, logs and captures go, a directory for each scenario.
    #[arg(long, value_name = "DIR", default_value = "dsboot-lab")]
    pub directory: PathBuf,

    /// For how many seconds TCP is transferred; 0: not at all.
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    pub transfer: u32,
}

/// What keeps a lab from being run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The machine lacks something.
    #[error("{0}")]
    Lacks(String),
    /// As the node says.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The command cannot be found by itself.
    #[error("cannot find this command's own file: {0}")]
    Program(#[source] io::Error),
    /// What was to be printed could not be.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl Error {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            Error::Print(_) => Exit::Usage,
            _ => Exit::Environment,
        }
    }
}

/// Does what `args` say. Returns whether everything held.
///
/// # Errors
///
/// When the machine lacks something.
pub fn run(args: &LabArgs, out: &mut dyn Write) -> Result<bool, Error> {
    let Action::Run(args) = &args.action;
    if let Some(lack) = lacks() {
        return Err(Error::Lacks(lack));
    }
    let program = std::env::current_exe().map_err(Error::Program)?;
    let named = |scenario: &Scenario| {
        if args.scenarios.is_empty() {
            !scenario.has_fa()
        } else {
            args.scenarios.contains(scenario)
        }
    };
    let mut holds = true;
    for scenario in Scenario::ALL.into_iter().filter(named) {
        let directory = args.directory.join(scenario.name());
        let (program, transfer) = (program.clone(), args.transfer);
        holds &= run_lab(&Settings { scenario, program, directory, transfer }, out)?;
        writeln!(out)?;
    }
    Ok(holds)
}

fn scenario(name: &str) -> Result<Scenario, String> {
    let colocated = Scenario::ALL.into_iter().filter(|scenario| !scenario.has_fa());
    let names: Vec<_> = colocated.map(Scenario::name).collect();
    match name.parse::<Scenario>() {
        Ok(scenario) if !scenario.has_fa() => Ok(scenario),
        Ok(_) => Err(format!("daemons have no foreign agent yet; there are {}", names.join(", "))),
        Err(_) => Err(format!("the scenarios are {}", names.join(", "))),
    }
}
