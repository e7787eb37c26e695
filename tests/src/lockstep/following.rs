//! What the model makes of what has happened to the roles.

use dsboot_model::{Action, Bootstrap, FhaId, Message, Rules, State};
use dsboot_spec::Role;
use stateright::Model as _;

use std::sync::Arc;

use super::{Divergence, Follower, Side, mobile_of, role_of};
use crate::abstraction::{Observer, View};
use crate::bytes::Station;

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
    /// The mobile node that it is about, if it is about one.
    pub(super) mobile: Option<usize>,
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
    pub(super) const fn unasked(station: Station, what: String) -> Happening {
        Happening {
            what,
            role: role_of(station),
            mobile: mobile_of(station),
            cause: None,
            action: None,
            may_be_lost: false,
            is_overtaken: false,
            is_pana: false,
            is_wish: false,
        }
    }

    /// Something that a mobile node was made to do.
    pub(super) fn wished(mobile: usize, what: String) -> Happening {
        Happening { is_wish: true, ..Happening::unasked(Station::Mn(mobile), what) }
    }

    /// What of it concerns a mobile node: nothing may come of what is another's.
    fn concerns(&self, mobile: usize) -> bool {
        self.mobile.is_none_or(|concerned| concerned == mobile)
    }
}

impl Follower {
    /// Looks at the roles, and has the model do the same.
    //
    // What the model does with a message that arrives, the roles have to do too. What nobody asked
    // for, somebody's timer or wish, is for the roles to choose, among what the model allows to
    // the role that acts.
    pub(super) fn follow(&mut self, happening: &Happening) -> Result<(), Divergence> {
        self.figures.inputs += 1;
        if let Some(taken) = &mut self.taken {
            taken.clear();
        }
        if self.bytes.has_changed {
            self.register_new(happening.cause);
        }
        let mut sides = std::mem::take(&mut self.sides);
        tell(&mut sides);
        let mut steps = 0;
        let mut result = Ok(());
        for (mobile, side) in sides.iter_mut().enumerate() {
            match self.follow_side(mobile, side, happening) {
                Ok(taken) => steps += taken,
                Err(divergence) => {
                    result = Err(divergence);
                    break;
                }
            }
        }
        self.sides = sides;
        self.figures.steps += steps;
        self.figures.stutters += usize::from(steps == 0);
        if let Some(history) = &mut self.history
            && (steps > 0 || happening.action.is_some())
        {
            history.push(match steps {
                0 => format!("{}: no step", happening.what),
                _ => happening.what.clone(),
            });
        }
        result
    }

    /// What has come of it for one mobile node. Returns how many steps of the model that was.
    fn follow_side(
        &mut self,
        mobile: usize,
        side: &mut Side,
        happening: &Happening,
    ) -> Result<usize, Divergence> {
        let concerns = happening.concerns(mobile);
        let action = happening.action.filter(|_| concerns);
        let before = side.observer.held_back();
        let view = match side.view.clone().filter(|_| !self.bytes.has_changed) {
            Some(view) => view,
            None => {
                let Some(view) = Arc::make_mut(&mut side.observer).look(&self.bytes) else {
                    return Ok(0);
                };
                Arc::new(view)
            }
        };
        // Nobody's message, or one that is about another, and nothing came of it.
        let is_same = side.view.as_ref() == Some(&view) && side.observer.held_back() == before;
        if is_same && action.is_none() {
            return Ok(0);
        }
        side.view = Some(Arc::clone(&view));
        let states = &side.states;
        let mut reached: Vec<Reached> =
            states.iter().map(|state| self.on_arrival(*state, action)).collect();
        if happening.may_be_lost && concerns {
            reached.extend(states.iter().map(|state| Reached::still(*state)));
        }
        if happening.is_overtaken
            && let Some(Action::Deliver(Message::Request(_, request))) = action
        {
            reached.extend(states.iter().map(|state| {
                let used = &mut { *state };
                let fa = used.fa.of_mut(request.care_of.link);
                request.challenge.into_iter().for_each(|challenge| fa.used.insert(challenge));
                self.on_arrival(*used, action)
            }));
        }
        let held_back = side.observer.held_back();
        for _ in 0..=STEPS {
            let explains = |reached: &&Reached| view.is_behind(held_back, &reached.state);
            let explain: Vec<Reached> = reached.iter().filter(explains).copied().collect();
            if !explain.is_empty() {
                return Ok(self.go_on(side, explain));
            }
            if !concerns {
                break;
            }
            let waits_in_vain = self.waits_in_vain(mobile, &side.observer);
            reached = reached
                .iter()
                .flat_map(|reached| self.unasked(reached, happening, waits_in_vain))
                .collect();
            reached.truncate(STATES * 16);
        }
        Err(self.divergence(mobile, side, happening, View::clone(&view)))
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
        waits_in_vain: bool,
    ) -> impl Iterator<Item = Reached> + 'a {
        let mut actions = Vec::new();
        self.model.actions(&reached.state, &mut actions);
        if waits_in_vain && !actions.contains(&Action::HaLosesBinding) {
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
            // What others hold is known from the roles.
            Action::StrangersBind(_)
            | Action::StrangersLeave(_)
            | Action::OthersTake(_)
            | Action::OthersGiveBack(_) => false,
            // Nobody has crashed, moved or let go who was not made to.
            Action::MnRestarts
            | Action::NasRestarts(_)
            | Action::AaaForgets(_)
            | Action::FaRestarts(_)
            | Action::FhaRestarts(_)
            | Action::HaRestarts
            | Action::AaahRestarts => false,
            Action::Attach(_) | Action::Release | Action::Depart | Action::Lapse => {
                happening.is_wish
            }
            action => action.actor() == happening.role,
        };
        actions
            .into_iter()
            .filter(allowed)
            .filter_map(move |action| self.step(reached, action, waits_in_vain))
    }

    /// Whether the home agent may have let go of a binding although the mobile node waits for the
    /// answer to its update: it could not be heard and has long been waiting for the answer to a
    /// later one, or it has asked for less than it has been waiting by now.
    fn waits_in_vain(&self, mobile: usize, observer: &Observer) -> bool {
        let asked_until = self.bytes.mn(mobile).and_then(|mn| mn.binding().asked_until());
        observer.is_beyond(&self.bytes) || asked_until.is_some_and(|end| end <= self.bytes.now)
    }

    fn step(&self, from: &Reached, action: Action, waits_in_vain: bool) -> Option<Reached> {
        let model = match action {
            Action::HaLosesBinding if waits_in_vain => &self.timeless,
            _ => &self.model,
        };
        let step = model.step(&from.state, action)?;
        let state = with_events(step.state);
        (state != from.state).then(|| from.further(action, state, step.rules))
    }

    /// Takes note of what explains the roles. Returns how many steps that was.
    fn go_on(&mut self, side: &mut Side, mut explain: Vec<Reached>) -> usize {
        let mut seen: Vec<State> = Vec::new();
        explain.retain(|reached| {
            let new = !seen.contains(&reached.state);
            if new {
                seen.push(reached.state);
            }
            new
        });
        seen.truncate(STATES);
        if let Some(taken) = &mut self.taken {
            for before in &side.states {
                for reached in &explain {
                    taken.extend(steps_between(&self.model, before, reached));
                }
            }
        }
        self.figures.states = self.figures.states.max(seen.len());
        side.states = seen;
        let Some(reached) = explain.first() else { return 0 };
        self.figures.rules.merge(reached.rules);
        reached.steps
    }

    fn divergence(
        &self,
        mobile: usize,
        side: &Side,
        happening: &Happening,
        after: View,
    ) -> Divergence {
        let action = happening.action.filter(|_| happening.concerns(mobile));
        let waits_in_vain = self.waits_in_vain(mobile, &side.observer);
        let before = side.states.first().map(View::of).unwrap_or_else(|| after.clone());
        let mut nearest: Option<(usize, String, View)> = None;
        let mut offer = |name: String, state: &State| {
            let view = View::of(state);
            let apart = view.distance(&after);
            if nearest.as_ref().is_none_or(|(least, ..)| apart < *least) {
                nearest = Some((apart, name, view));
            }
        };
        for state in &side.states {
            let arrived = self.on_arrival(*state, action);
            if arrived.steps == 0 {
                offer("nothing".to_owned(), &arrived.state);
            } else {
                offer("to take the message".to_owned(), &arrived.state);
            }
            let mut actions = Vec::new();
            self.model.actions(&arrived.state, &mut actions);
            for action in actions {
                if let Some(next) = self.step(&arrived, action, waits_in_vain) {
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
            mobile: (self.bytes.mobiles() > 1).then_some(mobile),
            event: happening.what.clone(),
            before: Box::new(before),
            after: Box::new(after),
            nearest: nearest.map(|(_, action, view)| Box::new((action, view))),
        }
    }
}

/// Lets the model of each mobile node know what the roles hold for the other one.
fn tell(sides: &mut [Side]) {
    let [one, two] = sides else { return };
    let of = |side: &Side| side.states.first().copied();
    let (Some(first), Some(second)) = (of(one), of(two)) else { return };
    for (side, other) in [(one, second), (two, first)] {
        for state in &mut side.states {
            for id in FhaId::ALL {
                state.fha.of_mut(id).strangers = other.fha.of(id).held();
                *state.aaah.others.of_mut(id) = *other.aaah.assigned.of(id);
            }
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
