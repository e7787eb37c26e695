//! `dsboot run`: the real roles on real sockets of this machine.

mod args;
mod text;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, fs};

use dsboot_node::capture::Capture;
use dsboot_node::net::Pace;
use dsboot_node::story::inject::INJECTIONS;
use dsboot_node::story::report::RunReport;
use dsboot_node::story::{Outputs, Story};
use dsboot_node::trace::Trace;
use dsboot_node::world::people::Faults;
use dsboot_node::world::{ForeignServer, Plan, Settings};
use dsboot_node::{Lease, Ports};
use dsboot_roles::{Secret, Time};
use dsboot_spec::Setup;
use serde::Serialize;

pub use args::RunArgs;

use crate::Exit;
use crate::ladder::LadderError;

/// The version of the JSON document's form.
const DOCUMENT_VERSION: u32 = 1;

/// When the first setup's clock starts: 2026-01-01 00:00:00 UTC.
const START: Duration = Duration::from_secs(1_767_225_600);

/// So much later starts the clock of each next setup, so that captures of several are in order.
const APART: Duration = Duration::from_secs(86_400);

/// The variable with the secret of somebody else's RADIUS server.
const SECRET_VARIABLE: &str = "DSBOOT_RADIUS_SECRET";

/// What keeps a run from being made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The network could not be built, or failed.
    #[error(transparent)]
    Node(#[from] dsboot_node::Error),
    /// More than one setup where there can only be one.
    #[error("--{0} needs one scenario, and with a foreign agent --coa too; {1} are meant")]
    NotOne(&'static str, usize),
    /// There is no such setup.
    #[error("--coa is about foreign agents, and the scenarios named have none")]
    None,
    /// Somebody else's server cannot be asked over IPv6.
    #[error("--radius takes an IPv4 address")]
    NotIpv4,
    /// There is no secret for somebody else's server.
    #[error(
        "the secret of that RADIUS server is missing: --radius-secret FILE, or {SECRET_VARIABLE}"
    )]
    NoSecret,
    /// The secret cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Secret {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The ports would pass 65535.
    #[error("--port-offset is too large")]
    PortOffset,
    /// The ladders cannot be drawn as asked for.
    #[error(transparent)]
    Ladder(#[from] LadderError),
    /// What was to be printed could not be.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl RunError {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        use dsboot_node::Error;
        match self {
            RunError::Node(
                Error::Bind { .. }
                | Error::Busy { .. }
                | Error::Send { .. }
                | Error::NotDelivered { .. }
                | Error::Receive(_)
                | Error::Unreachable { .. },
            ) => Exit::Environment,
            RunError::Node(Error::Write { .. }) => Exit::Usage,
            RunError::Node(_) => Exit::Fails,
            _ => Exit::Usage,
        }
    }
}

/// What `--json` prints; `schemas/run.schema.json` describes it.
#[derive(Debug, Serialize)]
struct Document<'a> {
    /// The version of this form.
    version: u32,
    /// The seed of everything random.
    seed: u64,
    /// What was added to the ports 434, 716 and 1812.
    port_offset: u16,
    /// What tshark needs to be told about the ports.
    tshark: Vec<String>,
    /// Whether every run holds.
    holds: bool,
    /// The runs in their order.
    runs: &'a [RunReport],
}

/// Runs what `args` say, writes to `out` what is asked for and to `log` what else is to be said.
/// Returns whether everything holds.
///
/// # Errors
///
/// When the arguments contradict themselves, or the machine does not let the run be made.
pub fn run(args: &RunArgs, out: &mut dyn Write, log: &mut dyn Write) -> Result<bool, RunError> {
    if args.list_injections {
        return list_injections(out).map(|()| true);
    }
    let setups = args.setups.setups();
    check(args, &setups)?;
    let foreign = foreign_server(args)?;
    let mut ladders = args.ladder.begin(args.json)?;
    let mut outputs = Outputs {
        capture: args.pcap.as_deref().map(Capture::create).transpose()?,
        trace: args.trace.as_deref().map(Trace::create).transpose()?,
    };
    let mut reports = Vec::new();
    let mut ports = Ports::REAL;
    for setup in setups {
        let settings = settings(args, setup, foreign.clone());
        let network = Plan::of(setup).base();
        if matches!(Lease::take(network, Duration::ZERO), Err(dsboot_node::Error::Busy { .. })) {
            text::waiting(network, log)?;
        }
        let mut story = Story::begin(&settings, args.inject, &mut outputs)?;
        ports = story.world.ports();
        match (args.inject, &settings.radius) {
            (Some(injection), _) => story.tell_injected(injection)?,
            (None, Some(server)) => {
                text::asking(server.address(), log)?;
                story.tell_at_one_place()?;
            }
            (None, None) => story.tell()?,
        }
        if let Some(seconds) = args.hold {
            text::held(&story.world, seconds, log)?;
            log.flush()?;
            story.world.net.set_pace(Pace::RealTime);
            story.go_on(Duration::from_secs(seconds))?;
        }
        let names: BTreeMap<_, _> =
            story.world.lifelines().iter().map(|(id, name)| (*id, (*name).to_owned())).collect();
        let report = story.end();
        let charts = text::charts(&report, &names);
        if !args.json && !ladders.are_alone() {
            text::report(&report, ladders.are_inline().then_some(&charts[..]), out)?;
        }
        charts.into_iter().for_each(|chart| ladders.add(chart));
        reports.push(report);
    }
    let captured = outputs.capture.map(Capture::finish).transpose()?.is_some();
    outputs.trace.map(Trace::finish).transpose()?;
    let holds = reports.iter().all(|report| report.holds);
    if args.json {
        let tshark = ports.tshark_options();
        let (version, seed, port_offset) = (DOCUMENT_VERSION, args.seed, ports.offset());
        let document = Document { version, seed, port_offset, tshark, holds, runs: &reports };
        serde_json::to_writer_pretty(&mut *out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        text::summary(&reports, if ladders.are_alone() { &mut *log } else { &mut *out })?;
    }
    ladders.finish(out)?;
    if let Some(path) = args.pcap.as_deref().filter(|_| captured) {
        text::captured(path, ports, log)?;
    }
    Ok(holds)
}

/// What the arguments must not say together.
fn check(args: &RunArgs, setups: &[Setup]) -> Result<(), RunError> {
    let needs_one = [(args.hold.is_some(), "hold"), (args.radius.is_some(), "radius")];
    let needs_one = needs_one.into_iter().find(|(is_given, _)| *is_given);
    match (setups.len(), needs_one) {
        (0, _) => Err(RunError::None),
        (2.., Some((_, flag))) => Err(RunError::NotOne(flag, setups.len())),
        _ => Ok(()),
    }?;
    let fits = args.port_offset.is_none_or(|offset| Ports::with_offset(offset).is_some());
    if fits { Ok(()) } else { Err(RunError::PortOffset) }
}

fn settings(args: &RunArgs, setup: Setup, radius: Option<ForeignServer>) -> Settings {
    // Somebody outside has a clock of their own.
    let is_shared = args.hold.is_some() || radius.is_some();
    let number = Setup::ALL.iter().position(|s| *s == setup).and_then(|n| u32::try_from(n).ok());
    let start = if is_shared {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(START)
    } else {
        START + APART * number.unwrap_or(0)
    };
    Settings {
        setup,
        number: 0,
        start: Time::from_unix_micros(u64::try_from(start.as_micros()).unwrap_or(0)),
        seed: args.seed,
        loss: args.loss,
        port_offset: args.port_offset,
        faults: Faults::default(),
        clients: args.radius_client.clone(),
        radius,
    }
}

fn foreign_server(args: &RunArgs) -> Result<Option<ForeignServer>, RunError> {
    let Some(address) = args.radius else { return Ok(None) };
    let SocketAddr::V4(address) = address else { return Err(RunError::NotIpv4) };
    let secret = match &args.radius_secret {
        Some(path) => read_secret(path)?,
        None => env::var(SECRET_VARIABLE).map_err(|_| RunError::NoSecret)?,
    };
    Ok(Some(ForeignServer::new(address, Secret::new(secret))?))
}

/// The secret in a file, without the end of its line.
fn read_secret(path: &Path) -> Result<String, RunError> {
    let text = fs::read_to_string(path)
        .map_err(|source| RunError::Secret { path: path.to_owned(), source })?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn list_injections(out: &mut dyn Write) -> Result<(), RunError> {
    for injection in &INJECTIONS {
        writeln!(out, "{:<22} {}", injection.name, injection.about)?;
        writeln!(out, "{:<22} -> {}", "", injection.outcome)?;
    }
    Ok(())
}
