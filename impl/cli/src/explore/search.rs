//! The shortest way to a state that is as one wants it.

use std::collections::{HashSet, VecDeque};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use dsboot_model::explore::{Fingerprint, Prehashed, explore};
use dsboot_model::properties::{Kind, PROMISES, Promise, Verdict, is_kept};
use dsboot_model::{Action, Bootstrap, State};
use stateright::Model as _;

use super::place::{Place, choices};
use super::portrait;

/// How a property is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has something to say: its premise holds.
    Met,
    /// It is broken.
    Broken,
    /// What it says must stay possible is the case.
    Reached,
}

/// What is looked for: all of it at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Goal {
    /// A property, and how it is to stand.
    pub(super) property: Option<(usize, Standing)>,
    /// Words, each of which must be in a line of what the roles hold.
    pub(super) words: Vec<String>,
}

/// When a search gives up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// After so many states.
    pub(super) states: usize,
    /// After so much time.
    pub(super) time: Duration,
}

/// What came of a search.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The path there.
    pub(super) path: Option<Vec<usize>>,
    /// How many states were looked at.
    pub(super) states: usize,
    /// Whether there is nothing more to look at. If not, it may still be somewhere.
    pub(super) complete: bool,
}

/// Looks for the nearest state behind a place that is as wanted. The place itself does not count.
#[must_use]
pub(super) fn search(model: &Bootstrap, from: &Place, goal: &Goal, bounds: Bounds) -> Found {
    if let Some((number, Standing::Broken)) = goal.property
        && PROMISES.get(number).is_some_and(|promise| promise.kind.has_goal())
    {
        return of_whole(model, number, bounds);
    }
    let until = Instant::now() + bounds.time;
    let mut seen: HashSet<Fingerprint, Prehashed> = HashSet::default();
    let mut nodes: Vec<(Option<usize>, usize)> = Vec::new();
    let mut open = VecDeque::new();
    let starts = match &from.trace {
        Some(trace) => vec![(None, *trace.end())],
        None => model.init_states().into_iter().enumerate().map(|(i, s)| (Some(i), s)).collect(),
    };
    for (number, state) in starts {
        seen.insert(Fingerprint::of(&state));
        if let Some(number) = number {
            nodes.push((None, number));
            if goal.is_met_by_state(model, &state) {
                return found(from, &nodes, nodes.len(), seen.len());
            }
            open.push_back((nodes.len(), state));
        } else {
            open.push_back((0, state));
        }
    }
    while let Some((node, state)) = open.pop_front() {
        if seen.len() >= bounds.states || Instant::now() >= until {
            return Found { path: None, states: seen.len(), complete: false };
        }
        for (number, action) in choices(model, &state).into_iter().enumerate() {
            let Some(next) = model.next_state(&state, action) else { continue };
            let is_new = seen.insert(Fingerprint::of(&next));
            // A step into a known state can be the one that is looked for.
            let is_it = goal.is_met(model, &state, action, &next);
            if is_new || is_it {
                nodes.push((node.checked_sub(1), number));
            }
            if is_it {
                return found(from, &nodes, nodes.len(), seen.len());
            }
            if is_new {
                open.push_back((nodes.len(), next));
            }
        }
    }
    Found { path: None, states: seen.len(), complete: true }
}

/// The nearest state, from the beginning, behind which a property's goal cannot be reached any more, or
/// need not be: only the whole graph shows it.
fn of_whole(model: &Bootstrap, number: usize, bounds: Bounds) -> Found {
    let until = Instant::now() + bounds.time;
    let walk = explore(*model, |progress| {
        match progress.states >= bounds.states || Instant::now() >= until {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    let path = walk.counterexample(number).and_then(|trace| {
        let start = model.init_states().iter().position(|state| *state == trace.start)?;
        let mut state = trace.start;
        let steps = trace.steps.iter().map(|(action, after)| {
            let place = choices(model, &state).iter().position(|choice| choice == action);
            state = *after;
            place
        });
        [Some(start)].into_iter().chain(steps).collect()
    });
    Found { path, states: walk.progress.states, complete: walk.complete }
}

/// The path to a node, which are numbered from 1.
fn found(from: &Place, nodes: &[(Option<usize>, usize)], node: usize, states: usize) -> Found {
    let mut tail = Vec::new();
    let mut at = node.checked_sub(1);
    while let Some((parent, number)) = at.and_then(|at| nodes.get(at)) {
        tail.push(*number);
        at = *parent;
    }
    let path = from.path.iter().copied().chain(tail.into_iter().rev()).collect();
    Found { path: Some(path), states, complete: true }
}

impl Goal {
    fn is_met(&self, model: &Bootstrap, before: &State, action: Action, after: &State) -> bool {
        let stands = self.property.is_none_or(|(number, standing)| {
            PROMISES.get(number).is_some_and(|promise| {
                let verdict = promise.judge(&model.config, before, action, after);
                stands(model, (number, promise), standing, verdict, after)
            })
        });
        stands && self.has_words(model, after)
    }

    fn is_met_by_state(&self, model: &Bootstrap, state: &State) -> bool {
        let stands = self.property.is_none_or(|(number, standing)| {
            PROMISES.get(number).is_some_and(|promise| {
                let verdict = match promise.kind {
                    Kind::State(judge) => judge(&model.config, state),
                    _ => Verdict::Vacuous,
                };
                stands(model, (number, promise), standing, verdict, state)
            })
        });
        stands && self.has_words(model, state)
    }

    fn has_words(&self, model: &Bootstrap, state: &State) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let lines = portrait::lines(model, state);
        let lines: Vec<_> = lines.into_iter().map(|line| line.to_lowercase()).collect();
        self.words.iter().all(|word| lines.iter().any(|line| line.contains(word.as_str())))
    }
}

fn stands(
    model: &Bootstrap,
    (number, promise): (usize, &Promise),
    standing: Standing,
    verdict: Verdict,
    state: &State,
) -> bool {
    let is_end = || choices(model, state).iter().all(|a| model.next_state(state, *a).is_none());
    match (standing, promise.kind) {
        (Standing::Met, Kind::State(_) | Kind::Step(_)) => verdict != Verdict::Vacuous,
        (Standing::Met, Kind::Possible { from, .. } | Kind::Eventually { from, .. }) => from(state),
        (Standing::Met, Kind::End(_)) => is_end(),
        (Standing::Broken, Kind::State(_) | Kind::Step(_)) => {
            verdict == Verdict::Broken || !is_kept(number, &model.config, state)
        }
        (Standing::Broken, Kind::End(judge)) => !judge(state) && is_end(),
        (Standing::Reached, Kind::Possible { goal, .. } | Kind::Eventually { goal, .. }) => {
            goal(state)
        }
        // See `of_whole`.
        (Standing::Broken, Kind::Possible { .. } | Kind::Eventually { .. })
        | (Standing::Reached, _)
        | (_, Kind::Together(_)) => false,
    }
}
