//! `dsboot check`: the model, explored to the end.

pub(crate) mod json;
mod limits;
mod many;
mod modes;
mod mutants;
pub(crate) mod parallel;
mod report;
mod table;
#[cfg(test)]
mod tests;
mod traces;

use std::io::{self, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Args as ClapArgs, ValueEnum};
use dsboot_model::explore::{self, Progress, Run, Trace};
use dsboot_model::properties::Promise;
use dsboot_model::{Attacker, Bootstrap, Config, Guard, Neighbour, System, Two};
use dsboot_spec::Setup;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::ladder::{LadderArgs, Ladders};
use crate::setups::SetupArgs;
use crate::{Exit, Output, names};
pub use limits::Limit;
use limits::Limits;
pub use many::{Engine, EngineArgs};
use modes::Mode;
use mutants::Mutants;
pub use report::{Checked, Outcome, Summary};

/// The arguments of `dsboot check`.
#[derive(Clone, Debug, ClapArgs)]
pub struct Args {
    /// Which scenarios.
    #[command(flatten)]
    pub setups: SetupArgs,
    /// Between which links the mobile node moves: those of one setup, which are all alike, or links
    /// of all four scenarios.
    #[arg(long, value_enum, default_value_t = Movement::Within,
        conflicts_with_all = ["scenarios", "coa", "mutants", "replay"])]
    pub movement: Movement,
    /// Mobile nodes: with two, they compete for addresses, agents and servers.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=2),
        default_value_t = 1, conflicts_with_all = ["mutants", "export", "replay"])]
    pub mobiles: u8,
    /// With --mobiles 2, home providers: with two, each mobile node has one of its own, and both are
    /// behind the same foreign home agents.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=2),
        default_value_t = 1)]
    pub providers: u8,
    /// With --mobiles 2, tell states apart that differ only in which mobile node is which.
    #[arg(long)]
    pub no_symmetry: bool,
    /// What the network may do to messages.
    #[arg(long, value_enum, default_value_t = Network::Lossy)]
    pub network: Network,
    /// Events (timers that fire early, movements, refreshes, releases, lifetimes that run out,
    /// servers that stay silent, crashes, replays, messages of the attacker) in one run at most; by
    /// default 2, 1 with an attacker, and 0 with two mobile nodes.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(..=6))]
    pub events: Option<u8>,
    /// With --network attacker, whom the attacker owns.
    #[arg(long, value_enum, default_value_t = Owns::Nobody)]
    pub owns: Owns,
    /// Read the draft alone, without what fills its holes (see dsboot findings).
    #[arg(long, conflicts_with = "mutants")]
    pub literal: bool,
    /// Take a guard out of the rules, to see what comes of it (--mutants lists them).
    #[arg(long, value_name = "GUARD", value_parser = names::guard(), hide_possible_values = true, conflicts_with = "mutants")]
    pub without: Vec<Guard>,
    /// Ask only for these properties: of the others nothing is said.
    #[arg(long, value_name = "NAME", value_parser = names::property(),
        hide_possible_values = true)]
    pub property: Vec<&'static Promise>,
    /// Setups explored at the same time, or workers with --engine timely; by default, as many as the
    /// machine has processors.
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub threads: Option<usize>,
    /// Which engine searches.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// Take out every guard of the rules, one at a time, and say which property notices.
    #[arg(long, conflicts_with_all = ["scenarios", "coa", "events", "timeout", "max_states"])]
    pub mutants: bool,
    /// With --mutants, draw the shortest run that shows each (so do --ladder and --ladder-file).
    #[arg(long, requires = "mutants")]
    pub ladders: bool,
    /// How counterexamples are drawn, and where to.
    #[command(flatten)]
    pub ladder: LadderArgs,
    /// Write the result as JSON (schemas/check.schema.json, mutants.schema.json) to standard output.
    #[arg(long)]
    pub json: bool,
    /// Give up after so many seconds in each setup; the result is then incomplete.
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// Give up after so many states in each setup; the result is then incomplete.
    #[arg(long, value_name = "N")]
    pub max_states: Option<usize>,
    /// Follow no path of more states than this; the result is then incomplete.
    #[arg(long, value_name = "N")]
    pub max_depth: Option<usize>,
    /// Give up when the process holds so many MiB; the result is then incomplete.
    #[arg(long, value_name = "MIB")]
    pub max_memory: Option<u64>,
    /// Write every counterexample below this directory: as a run for --replay, and as ITF.
    #[arg(long, value_name = "DIR")]
    pub traces: Option<PathBuf>,
    /// Take a run again that --traces has written, draw it, and say what it breaks.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["mutants", "scenarios", "json"])]
    pub replay: Option<PathBuf>,
    /// Write the state graph of one setup, as Graphviz (.dot) or Aldebaran (.aut).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["mutants", "replay", "json"])]
    pub export: Option<PathBuf>,
    /// Take so many random walks in each setup instead of searching; that proves nothing.
    #[arg(long, value_name = "WALKS", conflicts_with_all = ["mutants", "replay", "export", "json"])]
    pub simulate: Option<u64>,
    /// With --simulate, where the random numbers begin: the same seed gives the same walks.
    #[arg(long, value_name = "N", requires = "simulate", default_value_t = 1)]
    pub seed: u64,
    /// With --simulate, steps of a walk at most.
    #[arg(long, value_name = "N", requires = "simulate", default_value_t = 500)]
    pub steps: usize,
}

/// Said where somebody is to be owned and nobody is there to own him.
pub(crate) const OWNS_NOBODY: &str = "--owns is about an attacker; add --network attacker";

/// Between which links the mobile node moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Movement {
    /// Those of one setup.
    Within,
    /// Those of all four scenarios.
    Between,
}

/// What the network may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Network {
    /// Lose, duplicate, reorder and delay every message.
    Lossy,
    /// The network is the attacker: it hears everything, and sends what it can make of it to anyone.
    Attacker,
}

impl Network {
    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Network::Lossy => "lossy",
            Network::Attacker => "attacker",
        }
    }
}

/// Whom an attacker owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Owns {
    /// Nobody.
    Nobody,
    /// NAS and FA of every link.
    Link,
    /// The AAAF.
    Aaaf,
    /// The mobile node, which tells the HA of care-of addresses that it was not given.
    Mn,
    /// The second FHA, with which the home provider has an agreement.
    Fha,
}

impl Owns {
    /// Who works against the roles on such a network.
    pub(crate) const fn attacker(self, network: Network) -> Option<Attacker> {
        if matches!(network, Network::Lossy) {
            return None;
        }
        Some(match self {
            Owns::Nobody => Attacker::Outside,
            Owns::Link => Attacker::Link,
            Owns::Aaaf => Attacker::Aaaf,
            Owns::Mn => Attacker::Mn,
            Owns::Fha => Attacker::Fha,
        })
    }
}

/// Runs the command: the result goes to standard output, progress to standard error if that is a
/// terminal.
#[must_use]
pub fn run(args: &Args) -> Exit {
    let setups = args.setups();
    if setups.is_empty() {
        let _ = writeln!(
            io::stderr(),
            "error: --coa is about foreign agents, and the scenarios named have none"
        );
        return Exit::Usage;
    }
    if let Some(fault) = args.fault() {
        return complain(fault, Exit::Usage);
    }
    if let Some(fault) = args.engine.fault(setups.len()) {
        return complain(fault, Exit::Usage);
    }
    let mode = Mode::of(args);
    if let Some(flag) = mode.idle(args) {
        return complain(&format!("{flag} has no effect with {}", mode.option()), Exit::Usage);
    }
    if args.max_memory.is_some() && limits::resident().is_none() {
        return complain(
            "this system does not tell how much memory a process holds",
            Exit::Environment,
        );
    }
    if args.ladders && args.json && args.ladder.file.is_none() {
        let fault = "--ladders has no effect with --json, which has the runs anyway; say with \
                     --ladder-file where ladders go";
        return complain(fault, Exit::Usage);
    }
    let ladders = match args.ladder.begin(args.json) {
        Ok(ladders) => ladders,
        Err(error) => return complain(&error.to_string(), Exit::Usage),
    };
    match mode {
        Mode::Mutants => modes::mutants(&hunt(args), args, ladders),
        Mode::Replay(path) => modes::replay(path, ladders),
        Mode::Export(path) => modes::export(&setups, args, path),
        Mode::Simulate(walks) => modes::simulate(&setups, args, walks, ladders),
        Mode::Check if args.mobiles == 1 => {
            report(check_all(&setups, args, Bootstrap::new), args, ladders)
        }
        Mode::Check => report(check_all(&setups, args, |config| args.two(config)), args, ladders),
    }
}

/// Writes what was found to where it belongs.
fn report<M: System>(checked: CheckedAll<M>, args: &Args, mut ladders: Ladders) -> Exit
where
    Trace<M>: Into<Run>,
{
    let summary = match checked {
        Ok(checked) => &Summary::new(checked),
        Err((exit, what)) => return complain(&what, exit),
    };
    if let Some(dir) = &args.traces
        && let Err(error) = traces::write(table::broken(summary), dir)
    {
        return complain(&format!("{}: {error}", dir.display()), Exit::Environment);
    }
    let text = if args.json {
        json::text(summary, args.network)
    } else {
        table::text(summary, ladders.are_inline())
    };
    table::charts(summary).into_iter().for_each(|chart| ladders.add(chart));
    tell(&text, ladders, summary.exit())
}

/// Writes what there is to say, and the ladders, each to where it belongs.
fn tell(text: &str, ladders: Ladders, exit: Exit) -> Exit {
    let alone = ladders.are_alone();
    if let Err(error) = ladders.finish(&mut Output::new(io::stdout().lock())) {
        return complain(&error.to_string(), Exit::Usage);
    }
    if alone {
        let _ = io::stderr().lock().write_all(text.as_bytes());
        return exit;
    }
    print(text, exit)
}

fn complain(what: &str, exit: Exit) -> Exit {
    let _ = writeln!(io::stderr(), "error: {what}");
    exit
}

/// Writes a result to standard output.
pub(crate) fn print(text: &str, exit: Exit) -> Exit {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => exit,
        // Who reads no further has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit,
        Err(_) => Exit::Environment,
    }
}

/// As many threads as were asked for, or as there are processors.
pub(crate) fn threads(asked: Option<usize>) -> usize {
    let all = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    asked.unwrap_or_else(all)
}

impl Args {
    /// The setups to check, in the draft's order.
    #[must_use]
    pub fn setups(&self) -> Vec<Setup> {
        if self.movement == Movement::Between {
            return Setup::ALL.into_iter().take(1).collect();
        }
        self.setups.setups()
    }

    /// What is asked for and would have no effect.
    fn fault(&self) -> Option<&'static str> {
        let alone = self.mobiles == 1;
        if self.network == Network::Lossy && self.owns != Owns::Nobody {
            Some(OWNS_NOBODY)
        } else if alone && self.providers > 1 {
            Some("--providers 2 is about two mobile nodes; add --mobiles 2")
        } else if alone && self.no_symmetry {
            Some("--no-symmetry is about two mobile nodes; add --mobiles 2")
        } else {
            None
        }
    }

    fn threads(&self) -> usize {
        threads(self.threads)
    }

    fn config(&self, setup: Setup) -> Config {
        let attacker = self.owns.attacker(self.network);
        let neighbour = match (self.mobiles, self.providers) {
            (1, _) => None,
            (_, 1) => Some(Neighbour::SameProvider),
            _ => Some(Neighbour::OtherProvider),
        };
        let roams = self.movement == Movement::Between;
        let config = Config { roams, attacker, neighbour, ..Config::new(setup, self.events()) };
        let config = if self.literal { config.literal() } else { config };
        self.without.iter().fold(config, |config, guard| config.without(*guard))
    }

    fn two(&self, config: Config) -> Two {
        Two { symmetry: !self.no_symmetry, ..Two::new(config) }
    }

    /// An attacker makes many more states of each event, and two mobile nodes as many as there are
    /// pairs of the states of one.
    fn events(&self) -> u8 {
        self.events.unwrap_or(match (self.network, self.mobiles) {
            (Network::Lossy, 1) => Config::EVENTS,
            (Network::Attacker, 1) => 1,
            _ => 0,
        })
    }

    fn limits(&self) -> Limits {
        Limits {
            until: self.timeout.map(|seconds| Instant::now() + Duration::from_secs(seconds)),
            states: self.max_states.unwrap_or(usize::MAX),
            depth: self.max_depth.unwrap_or(usize::MAX),
            memory: self.max_memory.map_or(u64::MAX, |mebibytes| mebibytes.saturating_mul(1 << 20)),
        }
    }
}

/// Every setup, or why there is no result.
type CheckedAll<M> = Result<Vec<Checked<M>>, (Exit, String)>;

/// Explores the setups: side by side, each search on one thread, so that what it finds does not
/// depend on how many there are; or one after the other, each by many workers.
fn check_all<M: System>(
    setups: &[Setup],
    args: &Args,
    model: impl Fn(Config) -> M + Sync,
) -> CheckedAll<M> {
    let bars = bars();
    let model = |setup: &Setup| model(args.config(*setup));
    let mut checked = if args.engine.engine == Engine::Stateright {
        parallel::map(setups, args.threads(), |setup| check(model(setup), args, &bars))
    } else {
        let models = setups.iter().map(model);
        let bar = |config: &Config| bars.add(progress(config));
        many::check_all(models, &args.engine, args.threads(), || args.limits(), bar)?
    };
    checked.iter_mut().for_each(|checked| checked.wanted.clone_from(&args.property));
    Ok(checked)
}

/// Progress goes to a terminal only.
fn bars() -> MultiProgress {
    let bars = MultiProgress::new();
    if !io::stderr().is_terminal() {
        bars.set_draw_target(ProgressDrawTarget::hidden());
    }
    bars
}

fn hunt(args: &Args) -> Mutants {
    let bar = bars().add(ProgressBar::new(u64::try_from(Guard::ALL.len()).unwrap_or(0)));
    let mutants = Mutants::hunt(Guard::ALL, args.threads(), |mutant| {
        bar.set_message(mutant.guard.name());
        bar.inc(1);
    });
    bar.finish_and_clear();
    mutants
}

fn check<M: System>(model: M, args: &Args, bars: &MultiProgress) -> Checked<M> {
    let bar = bars.add(progress(model.config()));
    let checked = check_model(model, args.limits(), &bar);
    bar.finish_and_clear();
    checked
}

/// Walks twice. What is left of the time is the second search's.
fn check_model<M: System>(model: M, limits: Limits, bar: &ProgressBar) -> Checked<M> {
    let shown = |states: usize| bar.set_position(u64::try_from(states).unwrap_or(u64::MAX));
    let begun = Instant::now();
    let mut stopped = None;
    let walk = explore::explore(model, |progress: Progress| {
        shown(progress.states);
        bar.set_message(left(&progress, begun.elapsed()));
        stopped = limits.reached(&progress);
        if stopped.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let elapsed = begun.elapsed();
    bar.set_message("second search");
    let second = walk.complete.then(|| {
        explore::second(model, |states| {
            shown(states);
            limits.watch_second()
        })
    });
    let second = second.flatten();
    let wanted = Vec::new();
    Checked { walk, engine: Engine::Stateright, second, elapsed, stopped, wanted }
}

/// What is known to be left: nobody knows how many more states those will lead to.
fn left(progress: &Progress, elapsed: Duration) -> String {
    let open = u32::try_from(progress.open).unwrap_or(u32::MAX);
    let done = u32::try_from(progress.states).unwrap_or(u32::MAX).saturating_sub(open).max(1);
    let left = elapsed.as_secs_f64() * f64::from(open) / f64::from(done);
    format!("depth {}, {open} open, {left:.0} s left at least", progress.depth)
}

fn progress(config: &Config) -> ProgressBar {
    let template = "{spinner} {prefix}: {human_pos} states, {per_sec}, {elapsed} {msg}";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::new_spinner().with_style(style).with_prefix(config.place())
}

/// A number of threads.
pub(crate) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least one".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("{error}")),
    }
}
