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

/// A table of cases and targets in Markdown: cases in which something is amiss with any, and sums.
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
        if row.iter().flatten().all(|one| matches!(one, Verdict::Pass | Verdict::Skipped)) {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Report, compare, matrix};

    fn report(target: &str, verdicts: &[(&str, &str)]) -> Report {
        let result = |(id, verdict): &(&str, &str)| {
            json!({
                "id": id, "purpose": "", "level": "MUST", "sentences": [], "rfcs": [], "rule": null,
                "verdict": verdict, "expected": "", "seen": "", "notes": [], "known": null,
                "again": "", "seconds": 0.0, "passed": [],
            })
        };
        let results: Vec<_> = verdicts.iter().map(result).collect();
        let report = json!({
            "version": "0", "target": target, "role": "aaa", "seed": 1, "began": 0, "seconds": 0.0,
            "vendor": 1, "results": results, "unmet": [],
        });
        serde_json::from_value(report).expect("a report")
    }

    #[test]
    fn a_matrix_has_what_is_amiss_with_any_target() {
        let one = report("one", &[("a.1", "pass"), ("a.2", "skipped"), ("a.3", "fail")]);
        let other = report("o|her", &[("a.1", "pass"), ("a.2", "skipped"), ("a.4", "crash")]);
        let text = matrix(&[one, other]);
        assert!(text.starts_with("| case | one | o\\|her |\n|---|---|---|\n"), "{text}");
        assert!(text.contains("| `a.3` | fail |  |\n| `a.4` |  | crash |\n"), "{text}");
        assert!(!text.contains("`a.1`") && !text.contains("`a.2`"), "{text}");
        assert!(text.contains("| **pass** | 1 | 1 |"), "{text}");
    }

    #[test]
    fn a_comparison_has_what_has_changed() {
        let before = report("one", &[("a.1", "pass"), ("a.2", "skipped"), ("a.3", "fail")]);
        let after = report("one", &[("a.1", "fail"), ("a.2", "skipped")]);
        assert_eq!(compare(&before, &after), "a.1: pass -> fail\na.3: fail -> not asked\n");
        assert_eq!(compare(&before, &before), "");
    }
}
