//! `dsboot lab`: the hosts of a figure in network namespaces.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use dsboot_node::lab::{
    LabError, Servers, Settings, down, enter_user_namespace, is_root, lacks, run as run_lab, up,
};
use dsboot_node::serve::config::Tunnel;
use dsboot_spec::{CareOf, Scenario};

use crate::Exit;
use crate::setups::{SetupArgs, care_of, scenario};

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
    /// Bootstrap, send IPv6 traffic through the IPv4 access network, move, release, and take
    /// everything down again
    ///
    /// Every host is a network namespace with a `dsboot serve` of its own; every link is captured.
    /// It takes iproute2, iputils-ping, iperf3 and dumpcap, and root or a machine that lets everybody
    /// make user namespaces and open /dev/net/tun; it says which of the two it used.
    Run(RunArgs),
    /// Build the hosts, bootstrap, and leave everything standing to be looked at
    ///
    /// It says how to go in there. `dsboot lab down` ends it. It takes root; in a user namespace nothing
    /// could be entered from outside.
    Up(UpArgs),
    /// Take down what `dsboot lab up` has built: the mobile node releases everything, daemons end,
    /// namespaces go
    Down(DownArgs),
}

/// What is built to stand.
#[derive(Clone, Debug, Args)]
pub struct UpArgs {
    /// Which scenario.
    #[arg(value_name = "SCENARIO", value_parser = scenario())]
    pub scenario: Scenario,

    /// Of a scenario with a foreign agent, the kind of care-of address.
    #[arg(long, value_parser = care_of())]
    pub coa: Option<CareOf>,

    /// As for `lab run`.
    #[command(flatten)]
    pub kind: KindArgs,

    /// Where configurations and logs go.
    #[arg(long, value_name = "DIR", default_value = "dsboot-lab")]
    pub directory: PathBuf,
}

/// Which lab is taken down.
#[derive(Clone, Debug, Args)]
pub struct DownArgs {
    /// The directory that `lab up` was given.
    #[arg(long, value_name = "DIR", default_value = "dsboot-lab")]
    pub directory: PathBuf,
}

/// What a lab is made of.
#[derive(Clone, Copy, Debug, Args)]
pub struct KindArgs {
    /// The form of tunnels that begin at the mobile node: IPv4 in IPv4, or in UDP (RFC 3519).
    #[arg(long, value_name = "ip|udp", default_value = "ip", value_parser = tunnel)]
    pub tunnel: Tunnel,

    /// The AAA servers: those of `dsboot serve`, or FreeRADIUS as `dsboot export freeradius`
    /// configures it.
    #[arg(long, value_name = "embedded|freeradius", default_value = "embedded", value_parser = servers)]
    pub aaa: Servers,
}

/// How a lab is run.
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// Which scenarios.
    #[command(flatten)]
    pub setups: SetupArgs,

    /// What it is made of.
    #[command(flatten)]
    pub kind: KindArgs,

    /// Use a user namespace, also as root.
    #[arg(long)]
    pub user_namespace: bool,

    /// Where configurations, logs and captures go, a directory for each scenario.
    #[arg(long, value_name = "DIR", default_value = "dsboot-lab")]
    pub directory: PathBuf,

    /// Write everything that every daemon sees and does to `trace.ndjson` beside its captures, one JSON
    /// object a line (schemas/trace.schema.json). TCP is slow then.
    #[arg(long)]
    pub trace: bool,

    /// For how many seconds TCP is transferred, with a movement in the middle; 0: not at all.
    #[arg(long, value_name = "SECONDS", default_value_t = 8)]
    pub transfer: u32,
}

/// What keeps a lab from being run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The machine lacks something.
    #[error("{0}")]
    Lacks(String),
    /// A scenario does not know this kind of care-of address.
    #[error("--coa is for the scenarios with a foreign agent")]
    NoSuchSetup,
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
            Error::Print(_)
            | Error::NoSuchSetup
            | Error::Lab(LabError::Stands(_) | LabError::NoneStands(_)) => Exit::Usage,
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
    match &args.action {
        Action::Run(args) => run_all(args, out),
        Action::Up(args) => run_up(args, out),
        Action::Down(args) => Ok(down(&args.directory, out)?),
    }
}

fn run_up(args: &UpArgs, out: &mut dyn Write) -> Result<bool, Error> {
    let UpArgs { scenario, coa, kind: KindArgs { tunnel, aaa: servers }, directory } = args.clone();
    // Without a kind, the agent's own address: the first of the scenario's setups.
    let setup = SetupArgs { scenarios: vec![scenario], coa }.setups().first().copied();
    let setup = setup.ok_or(Error::NoSuchSetup)?;
    if !is_root() {
        let lack = "lab up takes root: sudo dsboot lab up; lab run can do with a user namespace";
        return Err(Error::Lacks(lack.to_owned()));
    }
    if let Some(lack) = lacks(servers) {
        return Err(Error::Lacks(lack));
    }
    let program = std::env::current_exe().map_err(Error::Program)?;
    let (transfer, is_traced) = (0, false);
    Ok(up(&Settings { setup, tunnel, servers, program, directory, transfer, is_traced }, out)?)
}

fn run_all(args: &RunArgs, out: &mut dyn Write) -> Result<bool, Error> {
    let program = std::env::current_exe().map_err(Error::Program)?;
    enter_user_namespace(&program, args.user_namespace)
        .map_err(|error| Error::Lacks(format!("cannot run `unshare` of util-linux: {error}")))?;
    let KindArgs { tunnel, aaa: servers } = args.kind;
    if let Some(lack) = lacks(servers) {
        return Err(Error::Lacks(lack));
    }
    let mut holds = true;
    for setup in args.setups.setups() {
        let name = match setup.care_of() {
            CareOf::Colocated => setup.scenario().name().to_owned(),
            care_of => format!("{}-{}", setup.scenario().name(), care_of.name()),
        };
        let directory = args.directory.join(name);
        let transfer = args.transfer;
        let program = program.clone();
        let is_traced = args.trace;
        holds &= run_lab(
            &Settings { setup, tunnel, servers, program, directory, transfer, is_traced },
            out,
        )?;
        writeln!(out)?;
    }
    Ok(holds)
}

fn servers(name: &str) -> Result<Servers, String> {
    let all = [Servers::Embedded, Servers::FreeRadius];
    let found = all.into_iter().find(|servers| servers.name() == name);
    found.ok_or_else(|| all.map(Servers::name).join(" or "))
}

fn tunnel(name: &str) -> Result<Tunnel, String> {
    match name {
        "ip" => Ok(Tunnel::Ip),
        "udp" => Ok(Tunnel::Udp),
        _ => Err("ip or udp".to_owned()),
    }
}
