//! What must come to pass: whether a run can miss it, and the way round that does.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::{Exploration, Fingerprint, fair, fair::Trap, has_to_happen};
use crate::{System, properties::Kind, properties::PROMISES};

/// A step within a part of the graph: to which of its states, by the action at which place.
type Inner = (usize, usize);

/// How many states a strongly connected part may have to be looked at. A larger one counts as one
/// in which a run can stay.
const LARGEST: usize = 10_000;

impl<M: System> Exploration<M> {
    /// Judges what must come to pass under weak fairness, exactly.
    pub(super) fn judge_liveness(&mut self) {
        let with_goal = PROMISES.iter().enumerate().filter(|(_, p)| p.kind.has_goal());
        for (place, (number, promise)) in with_goal.enumerate() {
            let eventually = matches!(promise.kind, Kind::Eventually { .. });
            if !eventually || !promise.applies(self.model.config()) {
                continue;
            }
            for trap in self.graph.traps(2 * place) {
                let Some(round) = self.way_round(&trap) else { continue };
                if let (Some(broken), Some(first)) = (self.broken.get_mut(number), trap.first()) {
                    *broken = Some(*first);
                }
                if let Some(kept) = self.rounds.get_mut(number).filter(|_| trap.len() > 1) {
                    *kept = Some(round);
                }
                break;
            }
        }
    }

    /// The places of the actions of a fair way round from the first state of a trap; empty when it
    /// rests there, `None` when no run can stay.
    fn way_round(&self, trap: &Trap) -> Option<Vec<usize>> {
        if trap.len() == 1 || trap.len() > LARGEST {
            return Some(Vec::new());
        }
        let part = Part::of(self, trap)?;
        fair::is_fair(&part.actions).then(|| part.round())
    }

    fn state(&self, index: u32) -> Option<M::State> {
        let (root, places) = self.graph.path(index);
        let mut state = *self.model.init_states().get(root)?;
        let mut actions = Vec::new();
        for place in places {
            actions.clear();
            self.model.actions(&state, &mut actions);
            state = self.model.take(&state, *actions.get(place)?)?.state;
        }
        Some(state)
    }
}

/// A strongly connected part, with what can happen in each of its states.
struct Part {
    /// What has to happen, and whether it stays within.
    actions: Vec<Vec<(String, bool)>>,
    /// The steps within, each with the action if it has to happen.
    inner: Vec<Vec<(Inner, Option<String>)>>,
}

impl Part {
    fn of<M: System>(walk: &Exploration<M>, trap: &Trap) -> Option<Part> {
        let states: Option<Vec<M::State>> = trap.iter().map(|index| walk.state(*index)).collect();
        let states = states?;
        let numbers: HashMap<Fingerprint, usize> =
            states.iter().enumerate().map(|(number, s)| (Fingerprint::of(s), number)).collect();
        let mut part = Part { actions: Vec::new(), inner: Vec::new() };
        for state in &states {
            let (mut musts, mut inner) = (Vec::new(), Vec::new());
            let mut actions = Vec::new();
            walk.model.actions(state, &mut actions);
            for (place, action) in actions.iter().enumerate() {
                let Some(step) = walk.model.take(state, *action).filter(|s| s.state != *state)
                else {
                    continue;
                };
                let to = numbers.get(&Fingerprint::of(&step.state)).copied();
                let must = has_to_happen::<M>(state, *action, &step.state);
                let name = must.then(|| M::code(*action));
                musts.extend(name.clone().map(|name| (name, to.is_some())));
                inner.extend(to.map(|to| ((to, place), name)));
            }
            part.actions.push(musts);
            part.inner.push(inner);
        }
        Some(part)
    }

    /// A way from the first state through all states and by every action that has to happen, back
    /// to the first.
    fn round(&self) -> Vec<usize> {
        let mut way = Vec::new();
        let mut at = 0;
        let mut taken = BTreeSet::new();
        for state in 0..self.inner.len() {
            at = self.go(at, state, &mut way);
            for ((to, place), name) in self.inner.get(state).into_iter().flatten() {
                if let Some(name) = name
                    && taken.insert(name.clone())
                {
                    at = self.go(at, state, &mut way);
                    way.push(*place);
                    at = if at == state { *to } else { at };
                }
            }
        }
        self.go(at, 0, &mut way);
        way
    }

    /// Goes the shortest way from one state to another, and is there.
    fn go(&self, from: usize, to: usize, way: &mut Vec<usize>) -> usize {
        let mut found: HashMap<usize, Inner> = HashMap::from([(from, (from, 0))]);
        let mut open = VecDeque::from([from]);
        while let Some(state) = open.pop_front().filter(|state| *state != to) {
            for ((next, place), _) in self.inner.get(state).into_iter().flatten() {
                if !found.contains_key(next) {
                    found.insert(*next, (state, *place));
                    open.push_back(*next);
                }
            }
        }
        let mut back = Vec::new();
        let mut at = to;
        while at != from {
            let Some((before, place)) = found.get(&at) else { return from };
            back.push(*place);
            at = *before;
        }
        way.extend(back.into_iter().rev());
        to
    }
}
