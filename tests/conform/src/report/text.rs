//! Reports in letters: detail, TAP, Markdown.

use std::fmt::Write as _;

use super::{Report, Result};
use crate::Verdict;
use crate::ladder::{Passed, chart};

/// All that there is to say of a case that did not go well.
pub(super) fn detail(result: &Result, vendor: u32) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(text, "{} {}", result.id, result.verdict);
    let _ = writeln!(text, "  {}", result.purpose);
    let level = format!("{:?}", result.level).to_uppercase();
    let _ = writeln!(text, "  clause:   {} ({level})", result.clauses());
    for sentence in &result.says {
        let _ = writeln!(text, "            {}", folded(sentence, 88).join("\n              "));
    }
    if let Some(rule) = &result.rule {
        let _ = writeln!(text, "  model:    {rule}");
    }
    if !result.expected.is_empty() {
        let _ = writeln!(text, "  expected: {}", result.expected);
    }
    let _ = writeln!(text, "  seen:     {}", result.seen);
    if let Some(reason) = &result.known {
        let _ = writeln!(text, "  known:    {reason}");
    }
    for note in &result.notes {
        let _ = writeln!(text, "  note:     {note}");
    }
    let _ = writeln!(text, "  again:    {}", result.again);
    let _ = write!(text, "\n{}", ladder(&result.id, &result.passed, vendor));
    text
}

/// A text in lines of a width.
fn folded(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What passed, as a ladder and octet by octet.
pub(super) fn ladder(title: &str, passed: &[Passed], vendor: u32) -> String {
    let mut text = format!("{}\n", chart(title, passed));
    for one in passed {
        let octets = one.annotated(vendor);
        if !octets.is_empty() {
            let (from, to) = (&one.from, &one.to);
            let _ = writeln!(text, "{from} to {to}: {}\n{octets}", one.words);
        }
    }
    text
}

/// The Test Anything Protocol.
pub(super) fn tap(report: &Report) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", report.results.len());
    for (at, result) in report.results.iter().enumerate() {
        let ok = !result.verdict.is_bad() && result.verdict != Verdict::Inconclusive;
        let ok = if ok { "ok" } else { "not ok" };
        let directive = match (&result.known, result.verdict) {
            (Some(reason), _) => format!(" # TODO {reason}"),
            (None, Verdict::Skipped) => format!(" # SKIP {}", result.seen),
            (None, _) => String::new(),
        };
        let (id, purpose) = (&result.id, result.purpose.replace('#', "\\#"));
        let _ = writeln!(text, "{ok} {} - {id} {purpose}{directive}", at + 1);
        if !matches!(result.verdict, Verdict::Pass | Verdict::Skipped) {
            let quoted = |words: &str| serde_json::Value::from(words).to_string();
            let _ = writeln!(text, "  ---");
            let _ = writeln!(text, "  verdict: {}", result.verdict);
            let _ = writeln!(text, "  expected: {}", quoted(&result.expected));
            let _ = writeln!(text, "  seen: {}", quoted(&result.seen));
            let _ = writeln!(text, "  clauses: {}", quoted(&result.clauses()));
            let _ = writeln!(text, "  again: {}", quoted(&result.again));
            let _ = writeln!(text, "  ...");
        }
    }
    text
}

/// A page in Markdown.
pub(super) fn markdown(report: &Report) -> String {
    let mut text = format!("# {} as {}\n\n{}\n\n", report.target, report.role, report.summary());
    for line in &report.unmet {
        let _ = writeln!(text, "* expectation not met: {line}");
    }
    let _ = writeln!(text, "| case | verdict | level | clauses | purpose |\n|---|---|---|---|---|");
    for result in &report.results {
        let verdict = match &result.known {
            Some(_) => format!("{} (known)", result.verdict),
            None => result.verdict.to_string(),
        };
        let cell = |words: &str| words.replace('|', "\\|").replace('\n', " ");
        let _ = writeln!(
            text,
            "| `{}` | {verdict} | {} | {} | {} |",
            result.id,
            format!("{:?}", result.level).to_uppercase(),
            cell(&result.clauses()),
            cell(&result.purpose)
        );
    }
    for result in &report.results {
        if !matches!(result.verdict, Verdict::Pass | Verdict::Skipped) {
            let detail = detail(result, report.vendor);
            let _ = writeln!(text, "\n## {}\n\n```text\n{detail}```", result.id);
        }
    }
    text
}
