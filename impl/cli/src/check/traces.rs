//! Runs as files: to be kept, replayed, and read by other tools.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::{error, fmt, fs};

use dsboot_model::explore::{Impossible, Trace};
use dsboot_model::ladder;
use dsboot_model::properties::PROMISES;
use dsboot_model::{ActionCode, Attacker, Bootstrap, Config, Guard, NoAction, Profile, State};
use dsboot_spec::Setup;
use serde_json::{Value, json};

use super::report::{Checked, Summary};

/// Why a run cannot be replayed.
#[derive(Debug)]
pub(super) enum NoReplay {
    /// The file cannot be read.
    Unreadable(io::Error),
    /// It is not JSON.
    NoJson(serde_json::Error),
    /// Something is missing or unknown in it.
    Lacks(&'static str),
    /// A word that is no action.
    NoAction(NoAction),
    /// The rules do not allow it.
    Impossible(Impossible),
}

impl fmt::Display for NoReplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoReplay::Unreadable(error) => write!(f, "cannot be read: {error}"),
            NoReplay::NoJson(error) => write!(f, "is no JSON: {error}"),
            NoReplay::Lacks(what) => write!(f, "has no valid `{what}`"),
            NoReplay::NoAction(error) => error.fmt(f),
            NoReplay::Impossible(error) => error.fmt(f),
        }
    }
}

impl error::Error for NoReplay {}

/// A run as it is kept: enough to take it again.
pub(super) fn kept(model: &Bootstrap, trace: &Trace) -> Value {
    let config = &model.config;
    let without: Vec<&str> = Guard::ALL
        .iter()
        .filter(|guard| !config.heeds(**guard))
        .map(|guard| guard.name())
        .collect();
    let actions: Vec<String> =
        trace.steps.iter().map(|(action, _)| ActionCode(*action).to_string()).collect();
    json!({
        "scenario": config.setup.scenario().name(),
        "care_of": config.setup.care_of().name(),
        "events": config.events,
        "attacker": config.attacker.map(Attacker::name),
        "literal": config.literal,
        "without": without,
        "profile": trace.start.environment.profile.name(),
        "actions": actions,
    })
}

/// A run in the informal trace format of Apalache, Quint and their friends.
fn itf(model: &Bootstrap, trace: &Trace, name: &str) -> Value {
    let first = ("init".to_owned(), &trace.start);
    let others = trace.steps.iter().map(|(action, state)| (ActionCode(*action).to_string(), state));
    let states: Vec<Value> = std::iter::once(first)
        .chain(others)
        .enumerate()
        .map(|(index, (action, state))| itf_state(index, &action, state))
        .collect();
    json!({
        "#meta": {
            "format": "ITF",
            "source": "dsboot check",
            "description": format!("{}: {name}", model.config.setup),
        },
        "vars": ["action", "mn", "nas", "fa", "fha", "aaah", "ha", "network", "environment"],
        "states": states,
    })
}

fn itf_state(index: usize, action: &str, state: &State) -> Value {
    let network: Vec<String> = state.network.iter().map(|message| format!("{message:?}")).collect();
    json!({
        "#meta": { "index": index },
        "action": action,
        "mn": format!("{:?}", state.mn),
        "nas": format!("{:?}", state.nas),
        "fa": format!("{:?}", state.fa),
        "fha": format!("{:?}", state.fha),
        "aaah": format!("{:?}", state.aaah),
        "ha": format!("{:?}", state.ha),
        "network": { "#set": network },
        "environment": format!("{:?}", state.environment),
    })
}

/// Writes every counterexample below a directory: as a run to be replayed, and as ITF.
pub(super) fn write(summary: &Summary, dir: &Path) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(dir)?;
    let mut written = Vec::new();
    for checked in &summary.checked {
        for (place, promise) in PROMISES.iter().enumerate() {
            if let Some(trace) = checked.walk.counterexample(place) {
                let model = &checked.walk.model;
                let name = file_name(checked, promise.name);
                for (ending, value) in
                    [("json", kept(model, &trace)), ("itf.json", itf(model, &trace, promise.name))]
                {
                    let path = dir.join(format!("{name}.{ending}"));
                    fs::write(&path, format!("{value:#}\n"))?;
                    written.push(path);
                }
            }
        }
    }
    Ok(written)
}

fn file_name(checked: &Checked, promise: &str) -> String {
    let setup = checked.setup();
    let words = format!("{} {} {promise}", setup.scenario().name(), setup.care_of().name());
    words.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Takes a kept run again.
pub(super) fn replay(path: &Path) -> Result<(Bootstrap, Trace), NoReplay> {
    let text = fs::read_to_string(path).map_err(NoReplay::Unreadable)?;
    let value: Value = serde_json::from_str(&text).map_err(NoReplay::NoJson)?;
    let word =
        |name: &'static str| value.get(name).and_then(Value::as_str).ok_or(NoReplay::Lacks(name));
    let words = |name: &'static str| -> Result<Vec<&str>, NoReplay> {
        let list = value.get(name).and_then(Value::as_array).ok_or(NoReplay::Lacks(name))?;
        list.iter().map(|word| word.as_str().ok_or(NoReplay::Lacks(name))).collect()
    };
    let (scenario, care_of) = (word("scenario")?, word("care_of")?);
    let setup = Setup::ALL
        .into_iter()
        .find(|s| s.scenario().name() == scenario && s.care_of().name() == care_of)
        .ok_or(NoReplay::Lacks("scenario"))?;
    let events =
        value.get("events").and_then(Value::as_u64).and_then(|events| u8::try_from(events).ok());
    let mut config = Config::new(setup, events.ok_or(NoReplay::Lacks("events"))?);
    config.literal = value.get("literal").and_then(Value::as_bool).unwrap_or(false);
    if let Some(name) = value.get("attacker").and_then(Value::as_str) {
        let attacker = Attacker::ALL.into_iter().find(|attacker| attacker.name() == name);
        config = config.against(attacker.ok_or(NoReplay::Lacks("attacker"))?);
    }
    for name in words("without")? {
        let guard = Guard::ALL.iter().find(|guard| guard.name() == name);
        config = config.without(*guard.ok_or(NoReplay::Lacks("without"))?);
    }
    let profile = word("profile")?;
    let profile = Profile::ALL.into_iter().find(|p| p.name() == profile);
    let profile = profile.ok_or(NoReplay::Lacks("profile"))?;
    let mut actions = Vec::new();
    for action in words("actions")? {
        actions.push(action.parse::<ActionCode>().map_err(NoReplay::NoAction)?.0);
    }
    let model = Bootstrap::new(config);
    let start = model.starting(profile).ok_or(NoReplay::Lacks("events"))?;
    let trace = Trace::replay(&model, start, actions).map_err(NoReplay::Impossible)?;
    Ok((model, trace))
}

/// A run drawn, and what it breaks.
pub(super) fn told(model: &Bootstrap, trace: &Trace) -> String {
    let mut out = ladder::draw(model.config.setup, trace);
    out.push('\n');
    let breaks = trace.breaks(model);
    for (promise, step) in &breaks {
        if let Some(promise) = PROMISES.get(*promise) {
            let _ = writeln!(out, "Step {step} breaks: {}", promise.name);
        }
    }
    if breaks.is_empty() {
        out.push_str("It breaks no property of states and steps.\n");
    }
    out
}
