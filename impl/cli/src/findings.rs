//! `dsboot findings`: what the draft alone does not guarantee.

use std::fmt::Write as _;

use clap::Args as ClapArgs;
use dsboot_model::Attacker;
use dsboot_model::findings::{FINDINGS, Finding, Shown};
use serde_json::{Value, json};

use crate::Exit;
use crate::check::{at_least_one, json as as_json, parallel, print, threads};
use crate::names;

/// The arguments of `dsboot findings`.
#[derive(Clone, Debug, ClapArgs)]
pub struct Args {
    /// Only these (F-1, F-2, …).
    #[arg(value_name = "FINDING", value_parser = names::finding(), hide_possible_values = true)]
    pub only: Vec<&'static Finding>,
    /// Write the result as JSON (schemas/findings.schema.json) to standard output.
    #[arg(long)]
    pub json: bool,
    /// Write the page spec/findings.md to standard output instead, without runs.
    #[arg(long, conflicts_with_all = ["json", "only"])]
    pub page: bool,
    /// Findings shown at the same time; by default, as many as the machine has processors.
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub threads: Option<usize>,
}

/// Runs the command. Exit status 0: each finding is shown, and closed by what fills its hole.
#[must_use]
pub fn run(args: &Args) -> Exit {
    if args.page {
        return print(&page(), Exit::Holds);
    }
    let wanted = |finding: &&Finding| {
        args.only.is_empty() || args.only.iter().any(|named| named.id == finding.id)
    };
    let findings: Vec<&Finding> = FINDINGS.iter().filter(wanted).collect();
    let shown = parallel::map(&findings, threads(args.threads), |finding| finding.show());
    let told: Vec<(&Finding, Option<Shown>)> = findings.into_iter().zip(shown).collect();
    let text = if args.json { json(&told) } else { told.iter().map(text).collect() };
    let all = told.iter().all(|(_, shown)| shown.as_ref().is_some_and(|shown| shown.closed));
    print(&text, Exit::of(all))
}

fn text((finding, shown): &(&Finding, Option<Shown>)) -> String {
    let Finding { id, title, section, says, plain, hole, closed_by, breaks, keeps, .. } = finding;
    let mut out = format!("{id}  {title}\n\nDraft {section}: {says}.\n{plain}\n\n");
    match shown {
        None => out.push_str("NOT SHOWN: no run within the bounds goes wrong.\n"),
        Some(Shown { config, run, closed }) => {
            let drawn = run.draw(config);
            let _ = writeln!(out, "Broken without it: {breaks}\n\n{drawn}");
            let against = match finding.kept_against {
                _ if finding.kept_against == finding.attacker => "",
                Some(Attacker::Outside) => ", against an attacker who owns nobody",
                Some(_) => ", against another attacker",
                None => ", without attacker",
            };
            let verdict = match closed {
                true => "kept in every state with it",
                false => "NOT kept with it",
            };
            let _ = writeln!(
                out,
                "{} by {hole} ({}): \"{keeps}\" is {verdict}{against}.\n",
                how(finding),
                closed_by.join(", ")
            );
        }
    }
    out
}

fn json(told: &[(&Finding, Option<Shown>)]) -> String {
    let findings: Vec<Value> = told
        .iter()
        .map(|(finding, shown)| {
            json!({
                "id": finding.id,
                "title": finding.title,
                "section": finding.section,
                "says": finding.says,
                "plain": finding.plain,
                "hole": finding.hole,
                "closed_by": finding.closed_by,
                "without": finding.without.iter().map(|guard| guard.name()).collect::<Vec<_>>(),
                "attacker": finding.attacker.map(Attacker::name),
                "kept_against": finding.kept_against.map(Attacker::name),
                "breaks": finding.breaks,
                "keeps": finding.keeps,
                "closed": shown.as_ref().map(|shown| shown.closed),
                "run": shown.as_ref().map(|shown| {
                    as_json::run(&shown.config, &shown.run)
                }),
            })
        })
        .collect();
    format!("{:#}\n", json!({ "findings": findings }))
}

/// The page of the specification.
#[must_use]
pub fn page() -> String {
    let mut out =
        "# Findings\n\nWhat goes wrong when the draft is read without what fills its holes. \
                   `dsboot findings` shows each by\nthe shortest run of the model, and that it is \
                   closed. This page is written by `dsboot findings --page`.\n"
            .to_owned();
    for finding in FINDINGS {
        let Finding { id, title, section, says, plain, hole, closed_by, breaks, .. } = finding;
        let _ = write!(out, "\n## {id}: {title}\n");
        for paragraph in [
            format!("{section} of the draft: {says}."),
            (*plain).to_owned(),
            format!("Broken: {breaks}. {} by {hole}: {}.", how(finding), closed_by.join(", ")),
        ] {
            let _ = write!(out, "\n{}\n", wrapped(&paragraph));
        }
    }
    out
}

/// What is done about it.
fn how(finding: &Finding) -> &'static str {
    if finding.is_limited() { "Limited" } else { "Closed" }
}

/// A paragraph in lines of at most 100 characters.
fn wrapped(paragraph: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in paragraph.split(' ') {
        let more = word.chars().count() + 1;
        if length > 0 && length + more > 100 {
            out.push('\n');
            length = 0;
        } else if length > 0 {
            out.push(' ');
        }
        out.push_str(word);
        length += more;
    }
    out
}
