//! Several runs beside each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Report;
use crate::Verdict;

/// Which cases ended otherwise in `after` than in `before`, a line each; empty when none did.
#[must_use]
pub fn compare(before: &Report, after: &Report) -> String {
    let of = |report: &Report| -> BTreeMap<String, Verdict> {
        report.results.iter().map(|result| (result.id.clone(), result.verdict)).collect()
    };
    let (old, new) = (of(before), of(after));
    let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let name = |verdict: Option<&Verdict>| verdict.map_or("not asked", |verdict| verdict.name());
    let mut text = String::new();
    for id in ids {
        let (was, is) = (old.get(id), new.get(id));
        if was != is {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{id}: {} -> {}", name(was), name(is));
        }
    }
    text
}

/// A table of cases and targets in Markdown: only cases that did not pass everywhere, and sums.
#[must_use]
pub fn matrix(reports: &[Report]) -> String {
    let ids: BTreeSet<&str> =
        reports.iter().flat_map(|report| &report.results).map(|one| one.id.as_str()).collect();
    let verdict = |report: &Report, id: &str| {
        report.results.iter().find(|one| one.id == id).map(|one| one.verdict)
    };
    let mut text = String::from("| case |");
    for report in reports {
        let _ = write!(text, " {} |", report.target.replace('|', "\\|"));
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(reports.len()));
    text.push('\n');
    for id in ids {
        let row: Vec<Option<Verdict>> = reports.iter().map(|report| verdict(report, id)).collect();
        if row.iter().all(|one| *one == Some(Verdict::Pass)) {
            continue;
        }
        let cells: Vec<&str> =
            row.iter().map(|one| one.map_or("", |verdict| verdict.name())).collect();
        let _ = writeln!(text, "| `{id}` | {} |", cells.join(" | "));
    }
    for verdict in Verdict::ALL {
        let counts: Vec<String> =
            reports.iter().map(|report| report.count(verdict).to_string()).collect();
        let _ = writeln!(text, "| **{verdict}** | {} |", counts.join(" | "));
    }
    text
}
