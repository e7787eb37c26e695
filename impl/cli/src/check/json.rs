//! The result as JSON, as `schemas/check.schema.json` describes it.

use dsboot_model::explore::{Run, Trace};
use dsboot_model::ladder::{self, Line, Rung};
use dsboot_model::properties::{PROMISES, Promise};
use dsboot_model::{Attacker, Config, Neighbour, Rule, System};
use serde_json::{Value, json};

use super::Network;
use super::limits::Limit;
use super::report::{Checked, Summary};
use super::traces::kept;

/// Everything as one JSON text with a newline at its end.
pub(super) fn text<M: System>(summary: &Summary<M>, network: Network) -> String
where
    Trace<M>: Into<Run>,
{
    let view = summary.same_view().map(|_| summary.other_view());
    let difference = view.flatten().map(|(one, two, trace)| {
        json!({
            "setup": one.config().place(),
            "not_in": two.config().place(),
            "run": run(one.config(), &trace.into()),
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

fn setup<M: System>(checked: &Checked<M>) -> Value
where
    Trace<M>: Into<Run>,
{
    let Checked { walk, engine, second, elapsed, stopped, .. } = checked;
    let config = checked.config();
    let never_taken: Vec<&str> = walk.rules.missing(config).map(Rule::name).collect();
    let never_met: Vec<&str> = checked.unmet().map(|promise| promise.name).collect();
    let properties: Vec<Value> = PROMISES
        .iter()
        .enumerate()
        .filter(|(place, _)| checked.asks(*place))
        .map(|(place, promise)| property(checked, place, promise))
        .collect();
    json!({
        "roams": config.roams,
        "scenario": config.setup.scenario().name(),
        "care_of": config.setup.care_of().name(),
        "mobiles": config.mobiles(),
        "providers": providers(config),
        "events": config.events,
        "attacker": config.attacker.map(Attacker::name),
        "literal": config.literal,
        "engine": engine.name(),
        "octets_per_state": walk.octets(),
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

fn property<M: System>(checked: &Checked<M>, place: usize, promise: &Promise) -> Value
where
    Trace<M>: Into<Run>,
{
    json!({
        "name": promise.name,
        "says": promise.says,
        "requirements": promise.requirements,
        "sentences": promise.sentences,
        "verdict": checked.on(place).name(),
        "premise_met": checked.walk.premises.get(place),
        "goes_round_from": checked.walk.goes_round_from(place).map(|step| step + 1),
        "counterexample": checked.counterexample(place).map(|trace| run(checked.config(), &trace.into())),
    })
}

/// How many home providers there are.
pub(super) fn providers(config: &Config) -> u8 {
    config.neighbour.map_or(1, Neighbour::providers)
}

/// A run.
pub(crate) fn run(config: &Config, run: &Run) -> Value {
    let told = match run {
        Run::Alone(trace) => told(trace),
        Run::Two(trace) => told(trace),
    };
    json!({ "profile": told.0, "replay": kept(config, run), "steps": told.1 })
}

/// The users in words, and the steps.
fn told<M: System>(trace: &Trace<M>) -> (String, Vec<Value>) {
    let mobiles = M::mobiles(&trace.start);
    let profiles: Vec<String> =
        mobiles.iter().map(|state| state.environment.profile.to_string()).collect();
    let several = mobiles.len() > 1;
    let steps = ladder::lines(trace).into_iter().map(|line| step(line, several)).collect();
    (profiles.join(" and "), steps)
}

fn step(Line { step, mobile, rung }: Line, several: bool) -> Value {
    let (kind, from, to) = match rung {
        Rung::Arrives { message, .. } => ("arrives", message.from(), message.to()),
        Rung::Sent(message) => ("sent", message.from(), message.to()),
        Rung::Lost(message) => ("lost", message.from(), message.to()),
        Rung::Does(action) => ("does", action.actor(), action.actor()),
    };
    json!({
        "step": step,
        "mobile": if several { mobile + 1 } else { 1 },
        "kind": kind,
        "from": from.to_string(),
        "to": to.to_string(),
        "words": rung.words(),
    })
}
