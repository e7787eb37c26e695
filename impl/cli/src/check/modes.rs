//! What `dsboot check` does other than to search, and which options mean something then.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use dsboot_model::explore::{self, GraphForm, Run, Simulation, Trace};
use dsboot_model::{Bootstrap, Config, System};
use dsboot_spec::Setup;
use dsboot_spec::chart::Chart;

use super::mutants::Mutants;
use super::{Args, Engine, Movement, Network, complain, parallel, table, tell, traces};
use crate::Exit;
use crate::ladder::{Form, Ladders};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode<'a> {
    /// A search.
    Check,
    /// Every guard taken out.
    Mutants,
    /// A run taken again.
    Replay(&'a Path),
    /// The state graph.
    Export(&'a Path),
    /// So many random walks.
    Simulate(u64),
}

impl<'a> Mode<'a> {
    pub(super) fn of(args: &'a Args) -> Mode<'a> {
        match args {
            _ if args.mutants => Mode::Mutants,
            Args { replay: Some(path), .. } => Mode::Replay(path),
            Args { export: Some(path), .. } => Mode::Export(path),
            Args { simulate: Some(walks), .. } => Mode::Simulate(*walks),
            _ => Mode::Check,
        }
    }

    /// The option that asks for it.
    pub(super) const fn option(self) -> &'static str {
        match self {
            Mode::Check => "a search",
            Mode::Mutants => "--mutants",
            Mode::Replay(_) => "--replay",
            Mode::Export(_) => "--export",
            Mode::Simulate(_) => "--simulate",
        }
    }

    /// An option that is there and would have no effect.
    pub(super) fn idle(self, args: &Args) -> Option<&'static str> {
        const MUTANTS: u8 = 1;
        const REPLAY: u8 = 2;
        const EXPORT: u8 = 4;
        const SIMULATE: u8 = 8;
        const ALL: u8 = MUTANTS | REPLAY | EXPORT | SIMULATE;
        let bit = match self {
            Mode::Check => 0,
            Mode::Mutants => MUTANTS,
            Mode::Replay(_) => REPLAY,
            Mode::Export(_) => EXPORT,
            Mode::Simulate(_) => SIMULATE,
        };
        let ladder = args.ladder.form != Form::Text || args.ladder.file.is_some();
        let given = [
            (args.network != Network::Lossy, "--network", MUTANTS | REPLAY),
            (args.movement != Movement::Within, "--movement", REPLAY),
            (args.providers > 1, "--providers", MUTANTS | REPLAY | EXPORT),
            (args.no_symmetry, "--no-symmetry", ALL),
            (args.events.is_some(), "--events", MUTANTS | REPLAY),
            (args.literal, "--literal", REPLAY),
            (!args.without.is_empty(), "--without", REPLAY),
            (!args.property.is_empty(), "--property", ALL),
            (args.threads.is_some(), "--threads", REPLAY | EXPORT),
            (args.engine.engine != Engine::Stateright, "--engine timely", ALL),
            (ladder, "--ladder", EXPORT),
            (args.timeout.is_some(), "--timeout", ALL),
            (args.max_states.is_some(), "--max-states", MUTANTS | REPLAY | SIMULATE),
            (args.max_depth.is_some(), "--max-depth", ALL),
            (args.max_memory.is_some(), "--max-memory", ALL),
            (args.traces.is_some(), "--traces", MUTANTS | REPLAY | EXPORT),
        ];
        given.into_iter().find(|(is, _, idle)| *is && idle & bit != 0).map(|(_, flag, _)| flag)
    }
}

/// Says who noticed which mutant.
pub(super) fn mutants(mutants: &Mutants, args: &Args, mut ladders: Ladders) -> Exit {
    let mut text = if args.json { mutants.json() } else { mutants.table() };
    if args.ladders && ladders.are_inline() {
        text += &mutants.ladders();
    }
    mutants.charts().for_each(|chart| ladders.add(chart));
    tell(&text, ladders, mutants.exit())
}

/// Takes a kept run again: exit status as of a check that has found what it breaks.
pub(super) fn replay(path: &Path, mut ladders: Ladders) -> Exit {
    match traces::replay(path) {
        Ok((config, run)) => {
            let holds = run.breaks(config).is_empty();
            let text = traces::told(&config, &run, ladders.are_inline());
            ladders.add(run.chart(&config));
            tell(&text, ladders, Exit::of(holds))
        }
        Err(error) => complain(&format!("{}: {error}", path.display()), Exit::Usage),
    }
}

/// Writes the graph of one setup.
pub(super) fn export(setups: &[Setup], args: &Args, path: &Path) -> Exit {
    let form = match path.extension().and_then(|ending| ending.to_str()) {
        Some("dot") => GraphForm::Dot,
        Some("aut") => GraphForm::Aut,
        _ => return complain("--export: the file is to end in .dot or .aut", Exit::Usage),
    };
    let [setup] = setups else {
        return complain("--export: name one scenario, and --coa if it has an agent", Exit::Usage);
    };
    let model = Bootstrap::new(args.config(*setup));
    let most = args.max_states.unwrap_or(usize::MAX);
    // What cannot be written is known before the work, and what was there is kept until then.
    let is_new = !path.exists();
    let opened = File::options().create(true).append(true).open(path).map(drop);
    let begin = || File::create(path).map(BufWriter::new);
    match opened.and_then(|()| explore::export(&model, form, most, begin)) {
        Ok(Some(states)) => {
            let place = model.config.place();
            super::print(&format!("{states} states of {place}\n"), Exit::Holds)
        }
        Ok(None) => {
            if is_new {
                let _ = std::fs::remove_file(path);
            }
            complain("--max-states: the graph has more; nothing is written", Exit::Environment)
        }
        Err(error) => complain(&format!("{}: {error}", path.display()), Exit::Environment),
    }
}

/// Random walks. What they do not find they do not exclude.
pub(super) fn simulate(setups: &[Setup], args: &Args, walks: u64, ladders: Ladders) -> Exit {
    match args.mobiles {
        1 => simulate_all(setups, args, walks, ladders, Bootstrap::new),
        _ => simulate_all(setups, args, walks, ladders, |config| args.two(config)),
    }
}

fn simulate_all<M: System>(
    setups: &[Setup],
    args: &Args,
    walks: u64,
    mut ladders: Ladders,
    model: impl Fn(Config) -> M + Sync,
) -> Exit
where
    Trace<M>: Into<Run>,
{
    let found = parallel::map(setups, args.threads(), |setup| {
        let model = model(args.config(*setup));
        (model, explore::simulate(model, args.seed, walks, args.steps))
    });
    if let Some(dir) = &args.traces
        && let Err(error) = traces::write(broken(&found), dir)
    {
        return complain(&format!("{}: {error}", dir.display()), Exit::Environment);
    }
    let holds = found.iter().all(|(_, found)| found.broken.is_empty());
    let drawn = ladders.are_inline();
    let told = found.iter().map(|(model, found)| table::simulation(model, found, drawn));
    let text: String = told.collect();
    for (config, promise, trace) in broken(&found) {
        let chart = dsboot_model::ladder::chart(&config, &trace);
        let title = format!("{promise}: {}", chart.title);
        ladders.add(Chart { title, ..chart });
    }
    tell(&text, ladders, Exit::of(holds))
}

fn broken<M: System>(
    found: &[(M, Simulation<M>)],
) -> impl Iterator<Item = (Config, &'static str, Trace<M>)> + '_ {
    found.iter().flat_map(|(model, found)| {
        found.broken.iter().filter_map(|(promise, trace)| {
            let promise = dsboot_model::properties::PROMISES.get(*promise)?;
            Some((*model.config(), promise.name, trace.clone()))
        })
    })
}
