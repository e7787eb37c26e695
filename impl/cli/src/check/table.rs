//! The result as tables, and counterexamples as ladders.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use dsboot_model::explore::{Simulation, Trace};
use dsboot_model::properties::PROMISES;
use dsboot_model::{Config, System, ladder};
use dsboot_spec::chart::Chart;

use super::limits::Limit;
use super::many::Engine;
use super::report::{Checked, Outcome, SAME_VIEW, SAME_VIEW_SENTENCE, Summary};

/// Columns of a table that does not go to a terminal.
const PIPE_WIDTH: u16 = 118;

/// Everything as text; counterexamples are drawn in it if `drawn` says so.
pub(super) fn text<M: System>(summary: &Summary<M>, drawn: bool) -> String {
    let mut out = format!("{}\n\n{}\n", setups(summary), promises(summary));
    for checked in &summary.checked {
        remarks(checked, &mut out);
        coverage(checked, &mut out);
    }
    silent(summary, &mut out);
    for failure in failures(summary) {
        let Failure { name, says, config, trace, round } = failure;
        let _ = writeln!(out, "\nFails: {name}\n({says})\n");
        if drawn {
            let _ = writeln!(out, "{}", ladder::draw(&config, &trace));
        }
        if let Some(step) = round {
            let _ = writeln!(out, "From step {} on this goes round for ever.\n", step + 1);
        }
    }
    let _ = writeln!(out, "{}", conclusion(summary));
    out
}

fn setups<M: System>(summary: &Summary<M>) -> Table {
    let mut table =
        table(&["setup", "events", "states", "transitions", "depth", "time", "verdict"]);
    for checked in &summary.checked {
        let Checked { walk, elapsed, .. } = checked;
        table.add_row([
            checked.config().place(),
            checked.config().events.to_string(),
            walk.progress.states.to_string(),
            walk.progress.transitions.to_string(),
            walk.progress.depth.to_string(),
            format!("{:.2} s", elapsed.as_secs_f64()),
            checked.outcome().name().to_owned(),
        ]);
    }
    for column in table.column_iter_mut().skip(1).take(5) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn promises<M: System>(summary: &Summary<M>) -> Table {
    let mut table = table(&["property", "from", "sentences", "verdict"]);
    for (promise, outcome) in summary.promises() {
        table.add_row([
            promise.name.to_owned(),
            promise.requirements.join(", "),
            promise.sentences.join(", "),
            outcome.map_or("not asked", Outcome::name).to_owned(),
        ]);
    }
    if let Some(same) = summary.same_view() {
        let outcome = if same { Outcome::Holds } else { Outcome::Fails };
        table.add_row([SAME_VIEW, "R-1, R-25", SAME_VIEW_SENTENCE, outcome.name()]);
    }
    table
}

/// An empty table.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header.to_vec());
    if table.width().is_none() {
        table.set_width(PIPE_WIDTH);
    }
    table
}

fn remarks<M: System>(checked: &Checked<M>, out: &mut String) {
    let setup = checked.config().place();
    let _ = match (&checked.second, checked.searches_agree()) {
        (Some(second), Some(false)) => writeln!(
            out,
            "{setup}: the two searches differ: {} states here, {} in the second, which breaks {:?}",
            checked.walk.progress.states, second.states, second.broken
        ),
        (None, _) if checked.walk.complete && checked.engine == Engine::Stateright => {
            writeln!(out, "{setup}: the second search was cut short")
        }
        _ if !checked.walk.complete => {
            let open = checked.walk.progress.open;
            let other = match checked.engine {
                Engine::Stateright => "the number of states",
                Engine::Timely => "a limit of another process",
            };
            let limit = checked.stopped.map_or(other, Limit::option);
            writeln!(out, "{setup}: cut short by {limit} with {open} states not looked into")
        }
        _ => Ok(()),
    };
    if let Some(octets) = checked.walk.octets() {
        let rate = checked.walk.progress.states as f64 / checked.elapsed.as_secs_f64();
        let _ = writeln!(out, "{setup}: {rate:.0} states/s, {octets:.1} octets a state");
    }
}

/// What the walk never came to: nothing is said about it.
fn coverage<M: System>(checked: &Checked<M>, out: &mut String) {
    let setup = checked.config().place();
    for rule in checked.walk.rules.missing(checked.config()) {
        let _ = writeln!(out, "{setup}: rule never taken: {rule}");
    }
    for promise in checked.unmet() {
        let _ = writeln!(out, "{setup}: premise never met: {}", promise.name);
    }
}

/// Why what is not asked for is not.
fn silent<M: System>(summary: &Summary<M>, out: &mut String) {
    let Some(checked) = summary.checked.first() else { return };
    for (promise, outcome) in summary.promises() {
        if outcome.is_none() {
            let judged = "--engine stateright judges it".to_owned();
            let why = promise.silence(checked.config()).unwrap_or(judged);
            let _ = writeln!(out, "not asked: {}: {why}", promise.name);
        }
    }
}

/// The ladders of everything that fails.
pub(super) fn charts<M: System>(summary: &Summary<M>) -> Vec<Chart> {
    let chart = |failure: Failure<M>| {
        let chart = ladder::chart(&failure.config, &failure.trace);
        Chart { title: format!("{}: {}", failure.name, chart.title), ..chart }
    };
    failures(summary).into_iter().map(chart).collect()
}

/// Everything that fails, by name, each with its shortest run.
pub(super) fn broken<M: System>(
    summary: &Summary<M>,
) -> impl Iterator<Item = (Config, &'static str, Trace<M>)> {
    failures(summary).into_iter().map(|failure| (failure.config, failure.name, failure.trace))
}

/// What random walks in one setup have found.
pub(super) fn simulation<M: System>(model: &M, found: &Simulation<M>, drawn: bool) -> String {
    let setup = model.config().place();
    let Simulation { walks, steps, rules, broken } = found;
    let mut out = format!("{setup}: {walks} walks, {steps} steps\n");
    for rule in rules.missing(model.config()) {
        let _ = writeln!(out, "{setup}: rule never taken: {rule}");
    }
    for (promise, trace) in broken {
        if let Some(promise) = PROMISES.get(*promise) {
            let _ = writeln!(out, "\nFails: {}\n({})\n", promise.name, promise.says);
            if drawn {
                let _ = writeln!(out, "{}", ladder::draw(model.config(), trace));
            }
        }
    }
    if broken.is_empty() {
        let _ = writeln!(out, "{setup}: nothing fails in these walks, which proves nothing");
    }
    out
}

/// Something that fails, with a shortest run.
struct Failure<M: System> {
    name: &'static str,
    says: String,
    config: Config,
    trace: Trace<M>,
    /// Where a run that goes round for ever begins to.
    round: Option<usize>,
}

fn failures<M: System>(summary: &Summary<M>) -> Vec<Failure<M>> {
    let mut failures = Vec::new();
    for checked in &summary.checked {
        for (place, promise) in PROMISES.iter().enumerate() {
            if let Some(trace) = checked.counterexample(place) {
                let (name, says) = (promise.name, promise.says.to_owned());
                let round = checked.walk.goes_round_from(place);
                failures.push(Failure { name, says, config: *checked.config(), trace, round });
            }
        }
    }
    let view = summary.same_view().is_some_and(|same| !same).then(|| summary.other_view());
    failures.extend(view.flatten().map(|(one, two, trace)| Failure {
        name: SAME_VIEW,
        says: format!("no run of {} shows the HA this", two.config().place()),
        config: *one.config(),
        trace,
        round: None,
    }));
    failures
}

fn conclusion<M: System>(summary: &Summary<M>) -> String {
    match summary.outcome() {
        Outcome::Holds => {
            let bounds = summary.checked.iter().map(|checked| checked.walk.collision_bound());
            let bound: f64 = bounds.sum();
            format!(
                "Every property holds in every state. Two states were taken for one with a \
                 probability below {bound:.0e}."
            )
        }
        Outcome::Incomplete if summary.checked.iter().all(|checked| checked.walk.complete) => {
            "INCOMPLETE: every state was seen, and not everything was asked; nothing failed."
                .to_owned()
        }
        Outcome::Incomplete => {
            "INCOMPLETE: a limit has cut the search short; nothing is proved by it.".to_owned()
        }
        Outcome::Fails => "Something fails.".to_owned(),
    }
}
