//! The result as tables, and counterexamples as ladders.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use dsboot_model::explore::Verdict;
use dsboot_model::ladder;

use super::report::{Checked, Outcome, SAME_VIEW, SAME_VIEW_SENTENCE, Summary};

/// Columns of a table that does not go to a terminal.
const PIPE_WIDTH: u16 = 118;

/// Everything as text.
pub(super) fn text(summary: &Summary) -> String {
    let mut out = format!("{}\n\n{}\n", setups(summary), promises(summary));
    for checked in &summary.checked {
        remarks(checked, &mut out);
    }
    for (promise, _, spoken_of) in summary.promises() {
        if !spoken_of {
            let _ = writeln!(out, "no state says anything about: {}", promise.name);
        }
    }
    for (kind, system) in summary.never_taken() {
        let _ = writeln!(out, "never taken in {}: {kind}", system.config.setup);
    }
    for checked in &summary.checked {
        counterexamples(checked, &mut out);
    }
    let _ = writeln!(out, "{}", conclusion(summary.outcome()));
    out
}

fn setups(summary: &Summary) -> Table {
    let mut table = table(&["setup", "states", "transitions", "depth", "time", "verdict"]);
    for checked in &summary.checked {
        let Checked { system, report, .. } = checked;
        table.add_row([
            system.config.setup.to_string(),
            report.states.to_string(),
            report.transitions.to_string(),
            report.depth.to_string(),
            format!("{:.2} s", report.elapsed.as_secs_f64()),
            checked.outcome().name().to_owned(),
        ]);
    }
    for column in table.column_iter_mut().skip(1).take(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn promises(summary: &Summary) -> Table {
    let mut table = table(&["property", "from", "sentences", "verdict"]);
    for (promise, outcome, _) in summary.promises() {
        table.add_row([
            promise.name.to_owned(),
            promise.sources.join(", "),
            promise.sentences.join(", "),
            outcome.name().to_owned(),
        ]);
    }
    if let Some(same) = summary.same_view() {
        let outcome = if same { Outcome::Holds } else { Outcome::Fails };
        table.add_row([SAME_VIEW, "R-1, R-25", SAME_VIEW_SENTENCE, outcome.name()]);
    }
    table
}

fn table(header: &[&str]) -> Table {
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

fn remarks(checked: &Checked, out: &mut String) {
    let setup = checked.system.config.setup;
    match (&checked.second, checked.searches_agree()) {
        (Some(second), Some(false)) => {
            let _ = writeln!(
                out,
                "{setup}: the two searches differ: {} states here, {} in the second, which breaks {:?}",
                checked.report.states, second.states, second.broken
            );
        }
        (None, _) if checked.report.complete => {
            let _ = writeln!(out, "{setup}: the second search was cut short");
        }
        _ => {}
    }
}

fn counterexamples(checked: &Checked, out: &mut String) {
    for finding in &checked.report.findings {
        if let Verdict::Fails(trace) = &finding.verdict {
            let drawn = ladder::draw(&checked.system, trace);
            let _ = writeln!(out, "\nFails: {}\n{drawn}", finding.name);
        }
    }
}

const fn conclusion(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Holds => "Every property holds in every state.",
        Outcome::Incomplete => {
            "INCOMPLETE: a limit has cut the search short; nothing is proved by it."
        }
        Outcome::Fails => "Something fails.",
    }
}
