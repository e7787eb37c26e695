//! A page that needs no other file.

use minijinja::{AutoEscape, Environment, context};
use serde::Serialize;

use super::Report;
use crate::Verdict;

const PAGE: &str = include_str!("page.html");

#[derive(Serialize)]
struct Row<'r> {
    id: &'r str,
    purpose: &'r str,
    level: String,
    clauses: String,
    verdict: &'static str,
    known: Option<&'r str>,
    detail: Option<String>,
}

/// The report as a page.
pub(super) fn write(report: &Report) -> Result<String, String> {
    let rows: Vec<Row<'_>> = report
        .results
        .iter()
        .map(|result| Row {
            id: &result.id,
            purpose: &result.purpose,
            level: format!("{:?}", result.level).to_uppercase(),
            clauses: result.clauses(),
            verdict: result.verdict.name(),
            known: result.known.as_deref(),
            detail: (result.verdict != Verdict::Pass).then(|| match result.verdict {
                Verdict::Skipped => result.seen.clone(),
                _ => result.detail(report.vendor),
            }),
        })
        .collect();
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("page", PAGE).map_err(|error| error.to_string())?;
    let page = environment.get_template("page").map_err(|error| error.to_string())?;
    page.render(context! {
        target => report.target,
        role => report.role.name(),
        summary => report.summary(),
        seed => report.seed,
        version => report.version,
        unmet => report.unmet,
        rows => rows,
    })
    .map_err(|error| error.to_string())
}
