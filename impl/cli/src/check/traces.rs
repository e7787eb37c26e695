//! Runs as files: to be kept, replayed, and read by other tools.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::{error, fmt, fs};

use dsboot_model::explore::{Impossible, Run, Trace};
use dsboot_model::properties::PROMISES;
use dsboot_model::{
    ActionCode, Attacker, Bootstrap, Config, Guard, Neighbour, NoAction, Of, Profile, State,
    System, Two,
};
use dsboot_spec::Setup;
use serde_json::{Value, json};

use super::json::providers;

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
pub(super) fn kept(config: &Config, run: &Run) -> Value {
    let without: Vec<&str> = Guard::ALL
        .iter()
        .filter(|guard| !config.heeds(**guard))
        .map(|guard| guard.name())
        .collect();
    let (profiles, actions) = match run {
        Run::Alone(trace) => parts(trace),
        Run::Two(trace) => parts(trace),
    };
    json!({
        "roams": config.roams,
        "scenario": config.setup.scenario().name(),
        "care_of": config.setup.care_of().name(),
        "providers": providers(config),
        "events": config.events,
        "attacker": config.attacker.map(Attacker::name),
        "literal": config.literal,
        "without": without,
        "profiles": profiles,
        "actions": actions,
    })
}

/// The profiles of the users, and the actions.
fn parts<M: System>(trace: &Trace<M>) -> (Vec<&'static str>, Vec<String>) {
    let mobiles = M::mobiles(&trace.start);
    let profiles = mobiles.iter().map(|state| state.environment.profile.name()).collect();
    (profiles, trace.steps.iter().map(|(action, _)| M::code(*action)).collect())
}

/// A run in the informal trace format of Apalache, Quint and their friends. What is held for the
/// second of two mobile nodes is in variables of its own.
fn itf<M: System>(config: &Config, trace: &Trace<M>, name: &str) -> Value {
    let first = ("init".to_owned(), &trace.start);
    let others = trace.steps.iter().map(|(action, state)| (M::code(*action), state));
    let states: Vec<Value> = std::iter::once(first)
        .chain(others)
        .enumerate()
        .map(|(index, (action, state))| itf_state(index, &action, M::mobiles(state)))
        .collect();
    let names = ["mn", "nas", "fa", "fha", "aaah", "ha", "network", "environment"];
    let mobiles = 0..M::mobiles(&trace.start).len();
    let vars = mobiles.flat_map(|mobile| names.map(|name| variable(name, mobile)));
    let vars: Vec<String> = std::iter::once("action".to_owned()).chain(vars).collect();
    json!({
        "#meta": {
            "format": "ITF",
            "source": "dsboot check",
            "description": format!("{}: {name}", config.place()),
        },
        "vars": vars,
        "states": states,
    })
}

fn variable(name: &str, mobile: usize) -> String {
    if mobile == 0 { name.to_owned() } else { format!("{name}_{}", mobile + 1) }
}

fn itf_state(index: usize, action: &str, mobiles: &[State]) -> Value {
    let mut out = json!({ "#meta": { "index": index }, "action": action });
    for (mobile, state) in mobiles.iter().enumerate() {
        let network: Vec<String> =
            state.network.iter().map(|message| format!("{message:?}")).collect();
        let values = [
            ("mn", json!(format!("{:?}", state.mn))),
            ("nas", json!(format!("{:?}", state.nas))),
            ("fa", json!(format!("{:?}", state.fa))),
            ("fha", json!(format!("{:?}", state.fha))),
            ("aaah", json!(format!("{:?}", state.aaah))),
            ("ha", json!(format!("{:?}", state.ha))),
            ("network", json!({ "#set": network })),
            ("environment", json!(format!("{:?}", state.environment))),
        ];
        for (name, value) in values {
            if let Some(object) = out.as_object_mut() {
                object.insert(variable(name, mobile), value);
            }
        }
    }
    out
}

/// Writes counterexamples below a directory: each as a run to be replayed, and as ITF.
pub(super) fn write<M: System>(
    broken: impl Iterator<Item = (Config, &'static str, Trace<M>)>,
    dir: &Path,
) -> io::Result<()>
where
    Trace<M>: Into<Run>,
{
    fs::create_dir_all(dir)?;
    for (config, promise, trace) in broken {
        let name = file_name(&config, promise);
        let itf = itf(&config, &trace, promise);
        for (ending, value) in [("json", kept(&config, &trace.into())), ("itf.json", itf)] {
            fs::write(dir.join(format!("{name}.{ending}")), format!("{value:#}\n"))?;
        }
    }
    Ok(())
}

fn file_name(config: &Config, promise: &str) -> String {
    let setup = config.setup;
    let place = match config.roams {
        true => "roaming".to_owned(),
        false => format!("{} {}", setup.scenario().name(), setup.care_of().name()),
    };
    let words = format!("{place} {promise}");
    words.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Takes a kept run again.
pub(super) fn replay(path: &Path) -> Result<(Config, Run), NoReplay> {
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
    config.roams = value.get("roams").and_then(Value::as_bool).unwrap_or(false);
    config.literal = value.get("literal").and_then(Value::as_bool).unwrap_or(false);
    if let Some(name) = value.get("attacker").and_then(Value::as_str) {
        let attacker = Attacker::ALL.into_iter().find(|attacker| attacker.name() == name);
        config = config.against(attacker.ok_or(NoReplay::Lacks("attacker"))?);
    }
    for name in words("without")? {
        let guard = Guard::ALL.iter().find(|guard| guard.name() == name);
        config = config.without(*guard.ok_or(NoReplay::Lacks("without"))?);
    }
    let (profiles, actions) = (words("profiles")?, words("actions")?);
    let profile = |name: &str| {
        let all = Profile::ALL.into_iter().chain([Profile::SharedHome]);
        all.into_iter().find(|profile| profile.name() == name).ok_or(NoReplay::Lacks("profiles"))
    };
    let run = match *profiles.as_slice() {
        [name] => {
            let actions: Result<Vec<ActionCode>, _> = actions.into_iter().map(str::parse).collect();
            let actions = actions.map_err(NoReplay::NoAction)?.into_iter().map(|code| code.0);
            let model = Bootstrap::new(config);
            let start = model.starting(profile(name)?).ok_or(NoReplay::Lacks("events"))?;
            Trace::replay(&model, start, actions).map_err(NoReplay::Impossible)?.into()
        }
        [one, two] => {
            let providers = value.get("providers").and_then(Value::as_u64);
            let neighbour =
                Neighbour::ALL.into_iter().find(|n| Some(n.providers().into()) == providers);
            config = config.beside(neighbour.ok_or(NoReplay::Lacks("providers"))?);
            let actions: Result<Vec<Of>, _> = actions.into_iter().map(Of::from_code).collect();
            let model = Two::new(config).plain();
            let start = model.starting([profile(one)?, profile(two)?]);
            let start = start.ok_or(NoReplay::Lacks("events"))?;
            let actions = actions.map_err(NoReplay::NoAction)?;
            Trace::replay(&model, start, actions).map_err(NoReplay::Impossible)?.into()
        }
        _ => return Err(NoReplay::Lacks("profiles")),
    };
    Ok((config, run))
}

/// What a run breaks, and the run itself if it is to be drawn there.
pub(super) fn told(config: &Config, run: &Run, drawn: bool) -> String {
    let mut out = if drawn { run.draw(config) + "\n" } else { String::new() };
    let breaks = run.breaks(*config);
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
