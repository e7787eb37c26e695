//! The whole state space, checked while the page is used.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use dsboot_model::Bootstrap;
use dsboot_model::explore::{self, Progress};
use dsboot_model::properties::PROMISES;
use serde::Serialize;

use super::place::Place;

/// How far it is, and what is known.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Whole {
    /// Whether it was asked for.
    pub(super) begun: bool,
    /// Whether it has come to the end.
    pub(super) done: bool,
    /// States found.
    pub(super) states: usize,
    /// Steps found that change something.
    pub(super) transitions: usize,
    /// The longest of the shortest paths.
    pub(super) depth: usize,
    /// Seconds taken.
    pub(super) seconds: f64,
    /// At the end, for each property whether it holds, and else a shortest path that breaks it.
    pub(super) verdicts: Vec<Kept>,
}

/// The verdict on a property.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Kept {
    /// Whether it holds in every state; `None` if that is not known.
    pub(super) holds: Option<bool>,
    /// A shortest path that breaks it.
    pub(super) path: Option<Vec<usize>>,
}

/// Explores a model in a thread of its own, once.
pub(super) fn begin(model: Bootstrap, whole: &Arc<Mutex<Whole>>) {
    let Ok(mut now) = whole.lock() else { return };
    if now.begun {
        return;
    }
    now.begun = true;
    let whole = Arc::clone(whole);
    thread::spawn(move || {
        let begun = Instant::now();
        let note = |progress: Progress, done: bool, verdicts: Vec<Kept>| {
            if let Ok(mut now) = whole.lock() {
                let Progress { states, transitions, depth, .. } = progress;
                let seconds = begun.elapsed().as_secs_f64();
                *now = Whole { begun: true, done, states, transitions, depth, seconds, verdicts };
            }
        };
        let walk = explore::explore(model, |progress| {
            note(progress, false, Vec::new());
            ControlFlow::Continue(())
        });
        let verdict = |number: usize| Kept {
            holds: walk.keeps(number),
            path: walk.counterexample(number).and_then(|run| Place::path_of(&model, &run)),
        };
        note(walk.progress, walk.complete, (0..PROMISES.len()).map(verdict).collect());
    });
}
