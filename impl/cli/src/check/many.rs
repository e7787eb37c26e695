//! The engine of many workers: `--engine timely`, in this process or in several.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args as ClapArgs, ValueEnum};
use dsboot_model::engine::{self, Failure, Hosts, Plan};
use dsboot_model::{Config, System};
use indicatif::ProgressBar;

use super::limits::{Limit, Limits};
use super::report::Checked;
use crate::Exit;

/// Which engine, and how it goes about its work.
#[derive(Clone, Debug, ClapArgs)]
pub struct EngineArgs {
    /// What searches: stateright, and the walk beside it, one thread a setup; or many workers that
    /// share the states of one setup, in threads, processes and on hosts.
    #[arg(long, value_enum, default_value_t = Engine::Stateright)]
    pub engine: Engine,
    /// With --engine timely, the processes that share the work: a line host:port for each. Start
    /// each of them with the same options and --threads, and its own --process.
    #[arg(long, value_name = "FILE", requires = "process")]
    pub hosts: Option<PathBuf>,
    /// With --hosts, the line of this process, from 0.
    #[arg(long, value_name = "I", requires = "hosts")]
    pub process: Option<usize>,
    /// With --engine timely, write down between two levels what is known, to go on from there.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// With --checkpoint, how often.
    #[arg(long, value_name = "SECONDS", requires = "checkpoint", default_value_t = 60)]
    pub every: u64,
    /// With --engine timely, go on from what --checkpoint has written, with as many threads and
    /// processes.
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,
    /// With --engine timely, keep no edges: half the memory, and no word on what stays possible.
    #[arg(long)]
    pub no_goals: bool,
}

/// An engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// stateright, and our own walk.
    Stateright,
    /// Many workers, on timely dataflow.
    Timely,
}

impl Engine {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Engine::Stateright => "stateright",
            Engine::Timely => "timely",
        }
    }
}

impl EngineArgs {
    /// What is wrong with these together, for so many setups.
    pub(super) fn fault(&self, setups: usize) -> Option<&'static str> {
        let files = self.checkpoint.is_some() || self.resume.is_some();
        let only = files || self.hosts.is_some() || self.no_goals;
        if only && self.engine != Engine::Timely {
            Some("--hosts, --checkpoint, --resume and --no-goals are for --engine timely")
        } else if files && setups != 1 {
            Some("--checkpoint, --resume: name one scenario, and --coa if it has an agent")
        } else {
            None
        }
    }

    fn plan(&self, threads: usize, limits: &Limits) -> Result<Plan, (Exit, String)> {
        let hosts = match (&self.hosts, self.process) {
            (Some(path), Some(process)) => {
                Some(Hosts::read(path, process).map_err(|error| (Exit::Usage, error.to_string()))?)
            }
            _ => None,
        };
        let every = Duration::from_secs(self.every);
        Ok(Plan {
            hosts,
            states: limits.states,
            depth: limits.depth,
            goals: !self.no_goals,
            checkpoint: self.checkpoint.clone().map(|path| (path, every)),
            resume: self.resume.clone(),
            ..Plan::threads(threads)
        })
    }
}

/// One setup after the other, each by all workers.
pub(super) fn check_all<M: System>(
    models: impl Iterator<Item = M>,
    args: &EngineArgs,
    threads: usize,
    limits: impl Fn() -> Limits,
    bar: impl Fn(&Config) -> ProgressBar,
) -> Result<Vec<Checked<M>>, (Exit, String)> {
    let mut checked = Vec::new();
    for model in models {
        let limits = limits();
        let plan = args.plan(threads, &limits)?;
        let bar = bar(model.config());
        let result = check(model, &plan, limits, &bar);
        bar.finish_and_clear();
        checked.push(result.map_err(|failure| (exit(&failure), failure.to_string()))?);
    }
    Ok(checked)
}

const fn exit(failure: &Failure) -> Exit {
    match failure {
        Failure::Threads(_) | Failure::Read(..) | Failure::NoCheckpoint(..) => Exit::Usage,
        _ => Exit::Environment,
    }
}

fn check<M: System>(
    model: M,
    plan: &Plan,
    limits: Limits,
    bar: &ProgressBar,
) -> Result<Checked<M>, Failure> {
    let begun = Instant::now();
    let mut stopped = None;
    let watched = Limits { states: usize::MAX, depth: usize::MAX, ..limits };
    let walk = engine::explore(model, plan, |progress| {
        bar.set_position(u64::try_from(progress.states).unwrap_or(u64::MAX));
        bar.set_message(super::left(&progress, begun.elapsed()));
        stopped = stopped.or(watched.reached(&progress));
        if stopped.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    let by_workers = match walk.progress.states >= limits.states {
        true => Some(Limit::States),
        false => (walk.progress.depth >= limits.depth).then_some(Limit::Depth),
    };
    let stopped = if walk.complete { None } else { stopped.or(by_workers) };
    let elapsed = begun.elapsed();
    let wanted = Vec::new();
    Ok(Checked { walk, engine: Engine::Timely, second: None, elapsed, stopped, wanted })
}
