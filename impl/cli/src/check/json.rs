//! The result as JSON, as `schemas/check.schema.json` describes it.

use dsboot_model::explore::Trace;
use dsboot_model::ladder::{self, Rung};
use dsboot_model::properties::{PROMISES, Promise};
use dsboot_model::{Attacker, Bootstrap, Rule};
use serde_json::{Value, json};

use super::Network;
use super::limits::Limit;
use super::report::{Checked, Summary};
use super::traces::kept;

/// Everything as one JSON text with a newline at its end.
pub(super) fn text(summary: &Summary, network: Network) -> String {
    let view = summary.same_view().map(|_| summary.other_view());
    let difference = view.flatten().map(|(one, two, trace)| {
        json!({
            "setup": one.setup().to_string(),
            "not_in": two.setup().to_string(),
            "run": run(&one.walk.model, &trace),
        })
    });
    let value = json!({
        "verdict": summary.outcome().name(),
        "network": network.name(),
        "same_ha_view": summary.same_view(),
        "ha_view_difference": difference,
        "setups": summary.checked.iter().map(setup).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn setup(checked: &Checked) -> Value {
    let Checked { walk, second, elapsed, stopped } = checked;
    let config = &walk.model.config;
    let never_taken: Vec<&str> = walk.rules.missing(config).map(Rule::name).collect();
    let never_met: Vec<&str> = walk.unmet().map(|promise| promise.name).collect();
    let properties: Vec<Value> = PROMISES
        .iter()
        .enumerate()
        .filter(|(_, promise)| promise.applies(config))
        .map(|(place, promise)| property(checked, place, promise))
        .collect();
    json!({
        "scenario": config.setup.scenario().name(),
        "care_of": config.setup.care_of().name(),
        "events": config.events,
        "attacker": config.attacker.map(Attacker::name),
        "literal": config.literal,
        "complete": walk.complete,
        "stopped_by": stopped.map(Limit::option),
        "states": walk.progress.states,
        "states_of_second_search": second.as_ref().map(|s| s.states),
        "collision_bound": walk.collision_bound(),
        "transitions": walk.progress.transitions,
        "depth": walk.progress.depth,
        "seconds": elapsed.as_secs_f64(),
        "verdict": checked.outcome().name(),
        "properties": properties,
        "rules_never_taken": never_taken,
        "premises_never_met": never_met,
    })
}

fn property(checked: &Checked, place: usize, promise: &Promise) -> Value {
    json!({
        "name": promise.name,
        "says": promise.says,
        "requirements": promise.requirements,
        "sentences": promise.sentences,
        "verdict": checked.on(place).name(),
        "premise_met": checked.walk.premises.get(place),
        "counterexample": checked.walk.counterexample(place).map(|trace| run(&checked.walk.model, &trace)),
    })
}

/// A run.
pub(crate) fn run(model: &Bootstrap, trace: &Trace) -> Value {
    json!({
        "profile": trace.start.environment.profile.to_string(),
        "replay": kept(model, trace),
        "steps": ladder::rungs(trace).into_iter().map(step).collect::<Vec<_>>(),
    })
}

fn step((number, rung): (usize, Rung)) -> Value {
    let (kind, from, to) = match rung {
        Rung::Arrives { message, .. } => ("arrives", message.from(), message.to()),
        Rung::Sent(message) => ("sent", message.from(), message.to()),
        Rung::Lost(message) => ("lost", message.from(), message.to()),
        Rung::Does(action) => ("does", action.actor(), action.actor()),
    };
    json!({
        "step": number,
        "kind": kind,
        "from": from.to_string(),
        "to": to.to_string(),
        "words": rung.words(),
    })
}
