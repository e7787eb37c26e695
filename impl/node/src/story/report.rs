//! What is told of a run. `impl/cli/schemas/run.schema.json` describes the JSON of it.

use std::collections::BTreeMap;

use dsboot_roles::Time;
use dsboot_spec::Setup;
use serde::Serialize;

use super::expect::{Checklist, Observation};

/// A run of one setup.
#[derive(Clone, Debug, Serialize)]
pub struct RunReport {
    /// The scenario, by its name on the command line.
    pub scenario: &'static str,
    /// The care-of address, by its name on the command line.
    pub care_of: &'static str,
    /// The figure of the draft.
    pub figure: u8,
    /// The section of the draft.
    pub section: &'static str,
    /// What was done to it on purpose, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub injection: Option<&'static str>,
    /// Whether everything was as it must be.
    pub holds: bool,
    /// The phases in their order.
    pub phases: Vec<PhaseReport>,
    /// What each host counted, by the names of the counters.
    pub counters: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// What the net could not deliver, by host and reason.
    pub undelivered: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// Packets sent.
    pub sent: u64,
    /// Packets lost on the way.
    pub lost: u64,
    /// Datagrams from outside that were poured over the hosts.
    pub poured: u64,
    /// Seconds that passed by the run's clock.
    pub seconds: f64,
}

/// A phase of a run.
#[derive(Clone, Debug, Serialize)]
pub struct PhaseReport {
    /// Its name.
    pub name: &'static str,
    /// Whether everything in it was as it must be.
    pub holds: bool,
    /// When it began, in seconds since the run began.
    pub began: f64,
    /// How long it took, in seconds.
    pub took: f64,
    /// What had to be seen, in this order.
    pub steps: Vec<StepReport>,
    /// What was not to be seen.
    pub forbidden: Vec<ForbiddenReport>,
    /// What had to be the case at its end.
    pub checks: Vec<Check>,
    /// What each side had at its end.
    pub ends: Vec<End>,
    /// Every packet sent.
    pub messages: Vec<MessageReport>,
    /// What the messages are made from, to be drawn.
    #[serde(skip)]
    pub observations: Vec<Observation>,
    /// When it began, by the run's clock.
    #[serde(skip)]
    pub start: Time,
}

/// An arrow of a ladder, and whether it was seen.
#[derive(Clone, Debug, Serialize)]
pub struct StepReport {
    /// The figure's step.
    pub label: &'static str,
    /// Which arrow of the step.
    pub arrow: u8,
    /// Who sends.
    pub from: &'static str,
    /// Who receives.
    pub to: &'static str,
    /// What is sent.
    pub message: String,
    /// The sentence of the specification by which it is sent.
    pub sentence: &'static str,
    /// Whether the phase may go on without it, because there is loss.
    pub may_be_lost: bool,
    /// When it was seen, in seconds since the phase began; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<f64>,
}

/// A message that was not to be seen, and whether it was.
#[derive(Clone, Debug, Serialize)]
pub struct ForbiddenReport {
    /// The message.
    pub message: String,
    /// The sentence of the specification that forbids it.
    pub sentence: &'static str,
    /// When it was seen, in seconds since the phase began; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<f64>,
}

/// Something that had to be the case.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What.
    pub what: String,
    /// The sentence of the specification that says so.
    pub sentence: &'static str,
    /// Whether it was.
    pub holds: bool,
}

/// A value that one side had at the end of a phase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct End {
    /// The host.
    pub host: String,
    /// What it is.
    pub what: &'static str,
    /// The value.
    pub value: String,
}

/// A packet that was sent.
#[derive(Clone, Debug, Serialize)]
pub struct MessageReport {
    /// When, in seconds since the phase began.
    pub at: f64,
    /// The sending host.
    pub from: String,
    /// The receiving host.
    pub to: String,
    /// The figure's step, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'static str>,
    /// What it is.
    pub what: String,
    /// The tunnels around it, from the outside in.
    pub tunnels: Vec<&'static str>,
    /// Whether it was lost.
    pub lost: bool,
}

impl RunReport {
    /// An empty report of a run that has not begun.
    #[must_use]
    pub fn new(setup: Setup) -> RunReport {
        let scenario = setup.scenario();
        RunReport {
            scenario: scenario.name(),
            care_of: setup.care_of().name(),
            figure: scenario.figure(),
            section: scenario.section(),
            injection: None,
            holds: false,
            phases: Vec::new(),
            counters: BTreeMap::new(),
            undelivered: BTreeMap::new(),
            sent: 0,
            lost: 0,
            poured: 0,
            seconds: 0.0,
        }
    }
}

impl StepReport {
    /// The steps of a checklist, with times since `start`.
    #[must_use]
    pub fn all(checklist: &Checklist, start: Time) -> Vec<StepReport> {
        let step = |(e, seen): (&super::expect::Expected, Option<Time>)| StepReport {
            label: e.label,
            arrow: e.arrow,
            from: e.from.name(),
            to: e.to.name(),
            message: e.kind.name(),
            sentence: e.sentence,
            may_be_lost: e.may_be_lost,
            seen: seen.map(|at| seconds(start, at)),
        };
        checklist.expected().map(step).collect()
    }
}

impl ForbiddenReport {
    /// What a checklist forbids, with times since `start`.
    #[must_use]
    pub fn all(checklist: &Checklist, start: Time) -> Vec<ForbiddenReport> {
        let forbidden = checklist.forbidden().map(|(f, seen)| ForbiddenReport {
            message: f.kind.name(),
            sentence: f.sentence,
            seen: seen.map(|at| seconds(start, at)),
        });
        forbidden.collect()
    }
}

/// Seconds from `start` to `at`, to the microsecond.
#[must_use]
pub fn seconds(start: Time, at: Time) -> f64 {
    at.since(start).as_secs_f64()
}
