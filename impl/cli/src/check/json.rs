//! The result as JSON, as `schemas/check.schema.json` describes it.

use dsboot_model::explore::{Trace, Verdict};
use dsboot_model::ladder;
use serde_json::{Value, json};

use super::report::{Checked, Summary, outcome_of};

/// Everything as one JSON text with a newline at its end.
pub(super) fn text(summary: &Summary) -> String {
    let never_taken: Vec<Value> = summary
        .never_taken()
        .into_iter()
        .map(|(kind, system)| json!({ "setup": system.config.setup.to_string(), "action": kind }))
        .collect();
    let value = json!({
        "verdict": summary.outcome().name(),
        "network": "lossy",
        "same_ha_view": summary.same_view(),
        "setups": summary.checked.iter().map(setup).collect::<Vec<_>>(),
        "never_taken": never_taken,
    });
    format!("{value:#}\n")
}

fn setup(checked: &Checked) -> Value {
    let Checked { system, report, second } = checked;
    let properties: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let counterexample = match &finding.verdict {
                Verdict::Fails(trace) => Some(steps(trace)),
                Verdict::Holds | Verdict::Unknown => None,
            };
            json!({
                "name": finding.name,
                "sentences": finding.sentences,
                "sources": finding.sources,
                "verdict": outcome_of(finding).name(),
                "spoken_of": finding.spoken_of,
                "counterexample": counterexample,
            })
        })
        .collect();
    json!({
        "scenario": system.config.setup.scenario().name(),
        "care_of": system.config.setup.care_of().name(),
        "incidents": system.config.incidents,
        "complete": report.complete,
        "states": report.states,
        "states_of_second_search": second.as_ref().map(|s| s.states),
        "transitions": report.transitions,
        "depth": report.depth,
        "seconds": report.elapsed.as_secs_f64(),
        "verdict": checked.outcome().name(),
        "properties": properties,
    })
}

fn steps(trace: &Trace) -> Value {
    json!({
        "user": trace.start.user.to_string(),
        "steps": trace.steps.iter().map(|(action, _)| ladder::words(action)).collect::<Vec<_>>(),
    })
}
