//! What the server answers.
//!
//! `/.status`, `/.states/…` and `/.runtocompletion` have the shape of stateright's Explorer, so
//! what was written for that works here too; `/.place/…` and `/.search/…` are what our page asks.
//! All take `?setup=N`; a path is that of stateright: the number of the initial state, then that
//! of each action.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dsboot_model::explore::{Fingerprint, Trace};
use dsboot_model::properties::{Kind, PROMISES, Promise, TO_THE_END, Verdict, is_kept};
use dsboot_model::{Action, Bootstrap, Profile, State, effort};
use dsboot_spec::chart;
use serde_json::{Value, json};
use stateright::Model as _;

use super::address;
use super::place::{Place, choices, figure};
use super::portrait;
use super::search::{Bounds, Goal, Standing, search};
use super::shown::Shown;
use super::whole::{self, Whole};

/// When a search that somebody waits for gives up.
const PATIENCE: Bounds = Bounds { states: 400_000, time: Duration::from_secs(20) };
/// How far the next arrow of a figure is looked for.
const NEAR: Bounds = Bounds { states: 3_000, time: Duration::from_secs(1) };

/// Everything that can be asked for.
#[derive(Debug)]
pub struct Site {
    models: Vec<Bootstrap>,
    whole: Vec<Arc<Mutex<Whole>>>,
    first: usize,
    listen: SocketAddr,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The octets.
    pub body: Vec<u8>,
}

impl Answer {
    fn new(status: u16, kind: &'static str, body: Vec<u8>) -> Answer {
        let headers = vec![
            ("Content-Type", kind),
            // Nothing from elsewhere; pictures bring their own style.
            ("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ];
        Answer { status, headers, body }
    }

    fn json(value: &Value) -> Answer {
        Answer::new(200, "application/json", value.to_string().into_bytes())
    }

    fn error(status: u16, why: &str) -> Answer {
        Answer::new(status, "text/plain; charset=utf-8", why.to_owned().into_bytes())
    }

    fn page(kind: &'static str, text: &str) -> Answer {
        Answer::new(200, kind, text.as_bytes().to_vec())
    }
}

impl Site {
    /// Over these models; the page begins with that of the number.
    #[must_use]
    pub fn new(models: &[Bootstrap], first: usize, listen: SocketAddr) -> Site {
        let whole = models.iter().map(|_| Arc::default()).collect();
        Site { models: models.to_vec(), whole, first, listen }
    }

    /// Answers.
    #[must_use]
    pub fn answer(&self, method: &str, url: &str, host: Option<&str>) -> Answer {
        if !address::is_ours(host, self.listen) {
            return Answer::error(403, "ask for this page by the address that it is served at");
        }
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let number = address::value(query, "setup").map_or(Some(self.first), |n| n.parse().ok());
        let model = number.and_then(|number| self.models.get(number));
        let whole = number.and_then(|number| self.whole.get(number));
        let (Some(model), Some(whole)) = (model, whole) else {
            return Answer::error(404, "there is no such setup");
        };
        let place = |path: &str| Place::at(model, path);
        match (method, path) {
            ("GET", "/") => {
                Answer::page("text/html; charset=utf-8", include_str!("page/index.html"))
            }
            ("GET", "/app.js") => {
                Answer::page("text/javascript; charset=utf-8", include_str!("page/app.js"))
            }
            ("GET", "/app.css") => {
                Answer::page("text/css; charset=utf-8", include_str!("page/app.css"))
            }
            ("GET", "/icon.svg") => Answer::page("image/svg+xml", include_str!("page/icon.svg")),
            ("GET", "/.setups") => Answer::json(&self.setups()),
            ("GET", "/.status") => Answer::json(&status(whole)),
            ("POST", "/.runtocompletion") => {
                whole::begin(*model, whole);
                Answer::page("text/plain", "")
            }
            ("GET", path) => {
                let (kind, rest) = path
                    .trim_start_matches('/')
                    .split_once('/')
                    .unwrap_or((path.trim_start_matches('/'), ""));
                let told = match kind {
                    ".states" => place(rest).map(|place| states(model, &place)),
                    ".place" => place(rest).map(|place| self.place(model, &place)),
                    ".search" => place(rest).map(|place| found(model, &place, query)),
                    _ => return Answer::error(404, "there is no such page"),
                };
                told.map_or_else(|e| Answer::error(404, &e.to_string()), |v| Answer::json(&v))
            }
            _ => Answer::error(405, "only GET"),
        }
    }

    fn setups(&self) -> Value {
        let setup = |(number, model): (usize, &Bootstrap)| {
            let setup = model.config.setup;
            json!({
                "number": number,
                "name": setup.to_string(),
                "figure": setup.scenario().figure(),
                "first": number == self.first,
            })
        };
        let properties = PROMISES.iter().enumerate().map(|(number, promise)| {
            let kind = kind(promise);
            json!({"number": number, "name": promise.name, "says": promise.says, "kind": kind,
                "sentences": promise.sentences, "requirements": promise.requirements})
        });
        json!({
            "setups": self.models.iter().enumerate().map(setup).collect::<Vec<_>>(),
            "properties": properties.collect::<Vec<_>>(),
        })
    }

    /// All that the page shows of a place.
    fn place(&self, model: &Bootstrap, place: &Place) -> Value {
        let shown = Shown(*model);
        let Some(trace) = &place.trace else {
            let starts = model.init_states();
            let next = starts.iter().enumerate().map(|(index, state)| {
                let profile = state.environment.profile.to_string();
                let cost = u8::from(state.environment.profile != Profile::Entitled);
                json!({"index": index, "action": profile, "kind": "start", "cost": cost,
                    "figure": index == 0})
            });
            return json!({"path": [], "next": next.collect::<Vec<_>>()});
        };
        let state = trace.end();
        let hint = hint(model, place, trace);
        let next = choices(model, state).into_iter().enumerate().filter_map(|(index, action)| {
            model.next_state(state, action)?;
            Some(json!({
                "index": index,
                "action": Shown::action(action),
                "kind": if matches!(action, Action::Deliver(_)) { "message" } else { "does" },
                "label": label(action),
                "cost": effort::cost(&model.config, state, action),
                "figure": hint == Some(index),
            }))
        });
        let drawn = figure(model, trace).into_iter().map(|(step, seen)| {
            json!({"label": step.label, "from": step.from.name(), "to": step.to.name(),
                "message": step.message.name(), "sentence": step.sentence, "step": seen})
        });
        let steps = trace.steps.iter().map(|(action, _)| Shown::action(*action));
        json!({
            "path": place.path,
            "svg": chart::svg(&[shown.chart(trace)]),
            "steps": steps.collect::<Vec<_>>(),
            "roles": portrait::portraits(model, state),
            "next": next.collect::<Vec<_>>(),
            "figure": drawn.collect::<Vec<_>>(),
            "properties": properties(model, trace),
        })
    }
}

/// How each property stands at the end of a run: after its last step.
fn properties(model: &Bootstrap, trace: &Trace) -> Vec<Value> {
    let state = trace.end();
    let before = trace.steps.iter().rev().nth(1).map_or(&trace.start, |(_, state)| state);
    let all = PROMISES.iter().enumerate().filter(|(_, promise)| promise.applies(&model.config));
    let stands = |(number, promise): (usize, &Promise)| {
        let verdict = match (promise.kind, trace.steps.last()) {
            (Kind::State(judge), _) => judge(&model.config, state),
            (Kind::Step(_), Some((action, _))) => {
                promise.judge(&model.config, before, *action, state)
            }
            _ => Verdict::Vacuous,
        };
        let stands = match (is_kept(number, &model.config, state), verdict, promise.kind) {
            (false, ..) | (_, Verdict::Broken, _) => "broken",
            (true, Verdict::Kept, _) => "kept",
            (true, Verdict::Vacuous, Kind::Possible { goal, .. }) if goal(state) => "reached",
            (true, Verdict::Vacuous, _) => "nothing to say",
        };
        json!({"number": number, "stands": stands})
    };
    all.map(stands).collect()
}

/// The first action on the shortest way to the figure's next arrow, if there is a short one on
/// which nothing happens that is not the protocol's.
fn hint(model: &Bootstrap, place: &Place, trace: &Trace) -> Option<usize> {
    let first_open =
        |trace: &Trace| figure(model, trace).iter().position(|(_, seen)| seen.is_none());
    let wanted = first_open(trace)?;
    // Breadth first over runs, as what is drawn depends on the run.
    let events = trace.end().environment.events;
    let mut open = std::collections::VecDeque::from([(place.path.clone(), trace.clone())]);
    let mut seen = std::collections::HashSet::from([*trace.end()]);
    while let Some((path, run)) = open.pop_front() {
        for (number, action) in choices(model, run.end()).into_iter().enumerate() {
            let Some(state) = model.next_state(run.end(), action) else { continue };
            if state.environment.events != events || seen.len() > NEAR.states {
                continue;
            }
            let mut longer = run.clone();
            longer.steps.push((action, state));
            let mut path = path.clone();
            path.push(number);
            if first_open(&longer).is_none_or(|first| first > wanted) {
                return path.get(place.path.len()).copied();
            }
            if seen.insert(state) {
                open.push_back((path, longer));
            }
        }
    }
    None
}

/// What `/.search` finds.
fn found(model: &Bootstrap, place: &Place, query: &str) -> Value {
    let standing = match address::value(query, "is").as_deref() {
        Some("broken") => Standing::Broken,
        Some("reached") => Standing::Reached,
        _ => Standing::Met,
    };
    let number = address::value(query, "property").and_then(|number| number.parse().ok());
    let words = address::value(query, "words").unwrap_or_default().to_lowercase();
    let words = words.split(',').map(str::trim).filter(|word| !word.is_empty());
    let goal = Goal {
        property: number.map(|number| (number, standing)),
        words: words.map(str::to_owned).collect(),
    };
    if goal.property.is_none() && goal.words.is_empty() {
        return json!({"path": null, "states": 0, "complete": true});
    }
    let found = search(model, place, &goal, PATIENCE);
    json!({"path": found.path, "states": found.states, "complete": found.complete})
}

/// stateright's `StateView`s: the initial states, or what every action leads to.
fn states(model: &Bootstrap, place: &Place) -> Value {
    let shown = Shown(*model);
    let properties: Vec<Value> = listed(&Whole::default());
    let view = |action: Option<String>, index: usize, run: &Trace| {
        let state = run.end();
        let words = shown.state(state);
        let mut view = json!({
            "state": words,
            "fingerprint": format!("{:?}", Fingerprint::of(state)),
            "properties": properties,
            "svg": chart::svg(&[shown.chart(run)]),
            "actionIndex": index,
        });
        if let (Some(action), Some(object)) = (action, view.as_object_mut()) {
            object.insert("action".to_owned(), action.into());
            object.insert("outcome".to_owned(), words.into());
        }
        view
    };
    let Some(trace) = &place.trace else {
        let starts = model.init_states().into_iter().enumerate();
        let start = |start: State| Trace { start, steps: Vec::new() };
        return starts.map(|(index, state)| view(None, index, &start(state))).collect();
    };
    let next = choices(model, trace.end()).into_iter().enumerate().map(|(index, action)| {
        let words = Shown::action(action);
        match model.next_state(trace.end(), action) {
            Some(state) => {
                let mut run = trace.clone();
                run.steps.push((action, state));
                view(Some(words), index, &run)
            }
            None => json!({"action": words, "properties": properties, "actionIndex": index}),
        }
    });
    next.collect()
}

/// stateright's `StatusView`, and the verdicts.
fn status(whole: &Mutex<Whole>) -> Value {
    let whole = whole.lock().map(|whole| whole.clone()).unwrap_or_default();
    let verdicts =
        whole.verdicts.iter().map(|kept| json!({"holds": kept.holds, "path": kept.path}));
    json!({
        "done": whole.done,
        "model": "Bootstrap",
        "state_count": whole.transitions,
        "unique_state_count": whole.states,
        "max_depth": whole.depth,
        "properties": listed(&whole),
        "recent_path": null,
        "begun": whole.begun,
        "seconds": whole.seconds,
        "verdicts": verdicts.collect::<Vec<_>>(),
    })
}

/// The properties as stateright lists them: expectation, name, path of a discovery.
fn listed(whole: &Whole) -> Vec<Value> {
    let joined =
        |path: &Vec<usize>| path.iter().map(usize::to_string).collect::<Vec<_>>().join("/");
    let mut all = vec![json!(["Always", TO_THE_END, null])];
    let told = PROMISES.iter().enumerate();
    let told = told.filter(|(_, p)| matches!(p.kind, Kind::State(_) | Kind::Step(_)));
    all.extend(told.map(|(number, promise)| {
        let path = whole.verdicts.get(number).and_then(|kept| kept.path.as_ref()).map(joined);
        json!(["Always", promise.name, path])
    }));
    all
}

const fn kind(promise: &Promise) -> &'static str {
    match promise.kind {
        Kind::State(_) | Kind::Together(_) => "state",
        Kind::Step(_) => "step",
        Kind::End(_) => "end",
        Kind::Possible { .. } => "possible",
        Kind::Eventually { .. } => "eventually",
    }
}

const fn label(action: Action) -> &'static str {
    match action {
        Action::Deliver(message) => message.step(),
        _ => "",
    }
}
