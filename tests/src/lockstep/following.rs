//! What the model makes of what has happened to the roles.

use dsboot_model::{Action, Bootstrap, Message, Rules, State};
use dsboot_spec::Role;
use stateright::Model as _;

use std::sync::Arc;

use super::{Divergence, Follower};
use crate::abstraction::View;

/// How many steps of the model one event of the roles may be: a timer may find several ends due.
const STEPS: usize = 3;

/// How many states that explain the same view are kept.
const STATES: usize = 64;

/// A state of the model, and by which steps and rules it was reached.
#[derive(Clone, Copy)]
struct Reached {
    state: State,
    rules: Rules,
    steps: usize,
    /// The steps, from the first.
    way: [Option<Action>; STEPS + 1],
}

impl Reached {
    fn still(state: State) -> Reached {
        Reached { state, rules: Rules::default(), steps: 0, way: [None; STEPS + 1] }
    }

    /// One step further.
    fn further(mut self, action: Action, state: State, rules: Rules) -> Reached {
        if let Some(place) = self.way.get_mut(self.steps) {
            *place = Some(action);
        }
        self.rules.merge(rules);
        Reached { state, steps: self.steps + 1, ..self }
    }
}

/// What has just happened to the roles.
pub(super) struct Happening {
    /// In words.
    pub(super) what: String,
    /// The role that it happened to.
    pub(super) role: Role,
    /// The flight that arrived, if one did.
    pub(super) cause: Option<usize>,
    /// What the model calls the arrival, if it has a name for it.
    pub(super) action: Option<Action>,
    /// Whether the role may leave what has arrived out of account.
    pub(super) may_be_lost: bool,
    /// Whether it answers a challenge that its agent has replaced by another.
    pub(super) is_overtaken: bool,
    /// Whether it was a round of PANA without a name in the model.
    pub(super) is_pana: bool,
    /// Whether the mobile node was made to do something.
    pub(super) is_wish: bool,
}

impl Happening {
    /// Something that nobody's message caused.
    pub(super) const fn unasked(role: Role, what: String) -> Happening {
        Happening {
            what,
            role,
            cause: None,
            action: None,
            may_be_lost: false,
            is_overtaken: false,
            is_pana: false,
            is_wish: false,
        }
    }

    /// Something that the mobile node was made to do.
    pub(super) fn wished(what: String) -> Happening {
        Happening { is_wish: true, ..Happening::unasked(Role::Mn, what) }
    }
}

impl Follower {
    /// Looks at the roles, and has the model do the same.
    //
    // What the model does with a message that arrives, the roles have to do too. What nobody asked
    // for, somebody's timer or wish, is for the roles to choose, among what the model allows to
    // the role that acts.
    pub(super) fn follow(&mut self, happening: &Happening) -> Result<(), Divergence> {
        if let Some(taken) = &mut self.taken {
            taken.clear();
        }
        let seen = self.view.clone().filter(|_| !self.bytes.has_changed);
        let view = match seen {
            // Nobody's message, and nothing came of it.
            Some(_) if happening.action.is_none() => {
                self.figures.stutters += 1;
                return Ok(());
            }
            Some(view) => view,
            None => {
                self.register_new(happening.cause);
                let Some(view) = Arc::make_mut(&mut self.observer).look(&self.bytes) else {
                    return Ok(());
                };
                Arc::new(view)
            }
        };
        self.view = Some(Arc::clone(&view));
        let mut reached: Vec<Reached> =
            self.states.iter().map(|state| self.on_arrival(*state, happening.action)).collect();
        if happening.may_be_lost {
            reached.extend(self.states.iter().map(|state| Reached::still(*state)));
        }
        if happening.is_overtaken
            && let Some(Action::Deliver(Message::Request(_, request))) = happening.action
        {
            reached.extend(self.states.iter().map(|state| {
                let used = &mut { *state };
                let fa = used.fa.of_mut(request.care_of.link);
                request.challenge.into_iter().for_each(|challenge| fa.used.insert(challenge));
                self.on_arrival(*used, happening.action)
            }));
        }
        for _ in 0..=STEPS {
            let held_back = self.observer.held_back();
            let explains = |reached: &&Reached| view.is_behind(held_back, &reached.state);
            let explain: Vec<Reached> = reached.iter().filter(explains).copied().collect();
            if !explain.is_empty() {
                self.go_on(happening, explain);
                return Ok(());
            }
            reached = reached.iter().flat_map(|reached| self.unasked(reached, happening)).collect();
            reached.truncate(STATES * 16);
        }
        Err(self.divergence(happening, View::clone(&view)))
    }

    /// What a message that arrives makes of a state: nothing, where the model does not know that
    /// it can come, or has no use for it.
    fn on_arrival(&self, state: State, action: Option<Action>) -> Reached {
        let before = Reached::still(state);
        let Some(action) = action else { return before };
        let Some(step) = self.model.step(&state, action) else { return before };
        let after = with_events(step.state);
        match after == state {
            true => Reached { rules: step.rules, ..before },
            false => before.further(action, after, step.rules),
        }
    }

    /// What a role can do next that no message with a name made it do.
    fn unasked<'a>(
        &'a self,
        reached: &'a Reached,
        happening: &'a Happening,
    ) -> impl Iterator<Item = Reached> + 'a {
        let mut actions = Vec::new();
        self.model.actions(&reached.state, &mut actions);
        if self.waits_in_vain() && !actions.contains(&Action::HaLosesBinding) {
            actions.push(Action::HaLosesBinding);
        }
        let allowed = move |action: &Action| match action {
            // The rounds of PANA have no names, so the one that brings the response has none.
            Action::Deliver(Message::AccessRequest(..)) => happening.is_pana,
            Action::Deliver(_) => false,
            // What arrives with a name has to be taken, and nothing else is done at once; but the
            // reply opens the way for an update that found none.
            action if happening.action.is_some() => {
                *action == Action::RepeatUpdate && happening.role == Role::Mn
            }
            // Nobody has crashed, moved or let go who was not made to.
            Action::MnRestarts
            | Action::FaRestarts(_)
            | Action::FhaRestarts(_)
            | Action::HaRestarts
            | Action::AaahRestarts => false,
            Action::Attach(_) | Action::Release | Action::Depart | Action::Lapse => {
                happening.is_wish
            }
            action => action.actor() == happening.role,
        };
        actions.into_iter().filter(allowed).filter_map(|action| self.step(reached, action))
    }

    /// Whether the home agent may have let go of a binding although the mobile node waits for the
    /// answer to its update: it could not be heard and has long been waiting for the answer to a
    /// later one, or it has asked for less than it has been waiting by now.
    fn waits_in_vain(&self) -> bool {
        let asked_until = self.bytes.mn().and_then(|mn| mn.binding().asked_until());
        self.observer.is_beyond(&self.bytes) || asked_until.is_some_and(|end| end <= self.bytes.now)
    }

    fn step(&self, from: &Reached, action: Action) -> Option<Reached> {
        let model = match action {
            Action::HaLosesBinding if self.waits_in_vain() => &self.timeless,
            _ => &self.model,
        };
        let step = model.step(&from.state, action)?;
        let state = with_events(step.state);
        (state != from.state).then(|| from.further(action, state, step.rules))
    }

    /// Takes note of what explains the roles.
    fn go_on(&mut self, happening: &Happening, mut explain: Vec<Reached>) {
        let mut seen: Vec<State> = Vec::new();
        explain.retain(|reached| {
            let new = !seen.contains(&reached.state);
            if new {
                seen.push(reached.state);
            }
            new
        });
        seen.truncate(STATES);
        let steps = explain.first().map_or(0, |reached| reached.steps);
        if let Some(history) = &mut self.history
            && (steps > 0 || happening.action.is_some())
        {
            history.push(match steps {
                0 => format!("{}: no step", happening.what),
                _ => happening.what.clone(),
            });
        }
        if let Some(taken) = &mut self.taken {
            for before in &self.states {
                for reached in &explain {
                    taken.extend(steps_between(&self.model, before, reached));
                }
            }
        }
        self.figures.steps += steps;
        self.figures.stutters += usize::from(steps == 0);
        self.figures.states = self.figures.states.max(seen.len());
        if let Some(reached) = explain.first() {
            self.figures.rules.merge(reached.rules);
        }
        self.states = seen;
    }

    fn divergence(&self, happening: &Happening, after: View) -> Divergence {
        let before = self.states.first().map(View::of).unwrap_or_else(|| after.clone());
        let mut nearest: Option<(usize, String, View)> = None;
        let mut offer = |name: String, state: &State| {
            let view = View::of(state);
            let apart = view.distance(&after);
            if nearest.as_ref().is_none_or(|(least, ..)| apart < *least) {
                nearest = Some((apart, name, view));
            }
        };
        for state in &self.states {
            let arrived = self.on_arrival(*state, happening.action);
            if arrived.steps == 0 {
                offer("nothing".to_owned(), &arrived.state);
            } else {
                offer("to take the message".to_owned(), &arrived.state);
            }
            let mut actions = Vec::new();
            self.model.actions(&arrived.state, &mut actions);
            for action in actions {
                if let Some(next) = self.step(&arrived, action) {
                    let word = if matches!(action, Action::Deliver(_)) {
                        "receives"
                    } else {
                        "does, unasked"
                    };
                    offer(format!("{} {word}: {action}", action.actor()), &next.state);
                }
            }
        }
        Divergence {
            schedule: self.events.clone(),
            history: self.history.clone().unwrap_or_default(),
            event: happening.what.clone(),
            before: Box::new(before),
            after: Box::new(after),
            nearest: nearest.map(|(_, action, view)| (action, Box::new(view))),
        }
    }
}

fn with_events(mut state: State) -> State {
    state.environment.events = u8::MAX;
    state
}

/// The steps by which a state was reached from another, if it was that one; each with the state
/// that it was taken in.
fn steps_between(model: &Bootstrap, from: &State, reached: &Reached) -> Vec<(State, Action)> {
    let mut state = *from;
    let mut steps = Vec::new();
    for action in reached.way.into_iter().flatten() {
        steps.push((state, action));
        let Some(step) = model.step(&state, action) else { return Vec::new() };
        state = with_events(step.state);
    }
    if state == reached.state { steps } else { Vec::new() }
}
