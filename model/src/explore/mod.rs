//! The whole graph of a model, walked level by level.
//!
//! stateright checks the promises about states and steps. This walk does what it cannot be asked
//! for: it keeps the edges, so that what must stay possible can be told exactly (backwards from
//! the goal); its levels are exact, so that the first state found is at the end of a shortest
//! path; it collects which rules and which premises came up; and it knows whether it has reached
//! the end. Its counts are a second opinion on stateright's.

mod export;
mod fair;
mod fingerprint;
mod graph;
mod lasso;
mod second;
mod simulate;
mod trace;
pub(crate) mod view;

use std::collections::{HashMap, hash_map::Entry};
use std::ops::ControlFlow;

use crate::{
    Action, Bootstrap, Rules, Step, System,
    engine::{self, Coverage, Outcome},
    properties::{Kind, PROMISES, Promise, Verdict, as_delivery},
};

pub use export::{GraphForm, export};
pub use fingerprint::{Fingerprint, Prehashed};
pub use second::{Second, second};
pub use simulate::{Simulation, simulate};
pub use trace::{Impossible, Run, Trace};
pub use view::{SeenStep, Views, of_ha};

pub(crate) use view::of_has;

use graph::Graph;

/// How many states are expanded between two looks at the watch.
const ROUND: usize = 1024;

/// How far a walk has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Different states found.
    pub states: usize,
    /// Steps that lead from one state to another.
    pub transitions: usize,
    /// The longest of the shortest paths, counted in states.
    pub depth: usize,
    /// States found and not expanded.
    pub open: usize,
    /// The promises about the protocol that something found so far breaks: bit *i* is that of
    /// [`PROMISES`]`[i]`.
    pub broken: u64,
}

/// What came of a walk.
#[derive(Debug)]
pub struct Exploration<M = Bootstrap> {
    /// What was walked.
    pub model: M,
    /// Whether it came to the end of the state space. If not, nothing is proved by it.
    pub complete: bool,
    /// Counts.
    pub progress: Progress,
    /// The rules that were applied.
    pub rules: Rules,
    /// For each promise, whether its premise came up.
    pub premises: Vec<bool>,
    /// For each promise, a state at the end of a shortest path that breaks it.
    broken: Vec<Option<u32>>,
    /// For each promise broken by a run that goes round for ever, the way round from that state.
    rounds: Vec<Option<Vec<usize>>>,
    /// What the HA saw.
    pub views: Views,
    graph: Graph,
    /// What the engine found, when it was the engine that walked.
    walked: Option<Outcome<Coverage>>,
}

/// Walks the graph of a model to its end, or until `watch` says to stop.
pub fn explore<M: System>(
    model: M,
    mut watch: impl FnMut(Progress) -> ControlFlow<()>,
) -> Exploration<M> {
    let mut walk = Walk::new(model);
    let mut level = walk.begin();
    let mut stopped = false;
    while !level.is_empty() && !stopped {
        walk.out.progress.depth += 1;
        let mut next = Vec::new();
        for (place, (index, state)) in level.iter().enumerate() {
            if place % ROUND == 0 {
                walk.out.progress.open = level.len() - place + next.len();
                walk.out.progress.broken = walk.out.broken();
                if watch(walk.out.progress).is_break() {
                    stopped = true;
                    break;
                }
            }
            if !walk.expand(*index, state, &mut next) {
                stopped = true;
                break;
            }
        }
        level = next;
    }
    walk.out.complete = !stopped;
    if !stopped {
        walk.out.progress.open = 0;
        walk.out.judge_possibilities();
        walk.out.judge_liveness();
    }
    walk.out.progress.broken = walk.out.broken();
    walk.out
}

/// The path of a run of the engine, and one step more of which the HA sees that.
fn trace_of<M: System>(
    model: &M,
    run: &engine::Run,
    view: Option<Fingerprint>,
) -> Option<Trace<M>> {
    let ways = run.steps.iter().map(|key| Way::To(*key)).chain(view.map(Way::Seen));
    path(model, run.start, ways)
}

/// Which step a path takes.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// That of the action at this place.
    At(usize),
    /// The first one that leads to the state of that key.
    To(engine::Key),
    /// The first one of which the HA sees that.
    Seen(Fingerprint),
}

impl Way {
    fn action<M: System>(self, model: &M, state: &M::State) -> Option<M::Action> {
        let mut actions = Vec::new();
        model.actions(state, &mut actions);
        let leads = |action: &M::Action| {
            let Some(step) = model.take(state, *action) else { return false };
            match self {
                Way::At(_) => false,
                Way::To(key) => engine::Key::of(M::fingerprint(&step.state)) == key,
                Way::Seen(view) => of_has::<M>(state).and(of_has::<M>(&step.state)) == view,
            }
        };
        match self {
            Way::At(place) => actions.get(place).copied(),
            _ => actions.into_iter().find(leads),
        }
    }
}

/// The path from that initial state on those ways, each mobile node with its name.
fn path<M: System>(
    model: &M,
    start: usize,
    ways: impl IntoIterator<Item = Way>,
) -> Option<Trace<M>> {
    let mut state = *model.init_states().get(start)?;
    let plain = model.plain();
    let mut trace = Trace { start: state, steps: Vec::new() };
    let mut exchanged = false;
    for way in ways {
        let action = way.action(model, &state)?;
        let step = model.take(&state, action)?;
        let (mobile, what) = M::parts(action);
        let told = M::whole(if exchanged { 1 - mobile } else { mobile }, what);
        let then = plain.take(trace.end(), told)?;
        trace.steps.push((told, then.state));
        state = step.state;
        exchanged ^= step.exchanged;
    }
    Some(trace)
}

/// Whether a step is one that has to be taken some time, if it can be all the time: it takes no
/// event, and is not the MN's wish to go for good.
fn has_to_happen<M: System>(before: &M::State, action: M::Action, after: &M::State) -> bool {
    let left = |state| M::mobiles(state).first().map(|state| state.environment.events);
    left(before) == left(after) && M::parts(action).1 != Action::Depart
}

/// A walk under way.
struct Walk<M: System> {
    model: M,
    seen: HashMap<Fingerprint, u32, Prehashed>,
    actions: Vec<M::Action>,
    out: Exploration<M>,
}

impl<M: System> Walk<M> {
    fn new(model: M) -> Walk<M> {
        let out = Exploration {
            model,
            complete: false,
            progress: Progress::default(),
            rules: Rules::default(),
            premises: vec![false; PROMISES.len()],
            broken: vec![None; PROMISES.len()],
            rounds: vec![None; PROMISES.len()],
            views: Views::default(),
            graph: Graph::default(),
            walked: None,
        };
        Walk { model, seen: HashMap::default(), actions: Vec::new(), out }
    }

    /// Finds the initial states.
    fn begin(&mut self) -> Vec<(u32, M::State)> {
        let mut level = Vec::new();
        for state in self.model.init_states() {
            if let Entry::Vacant(entry) = self.seen.entry(Fingerprint::of(&state)) {
                let Some(index) = self.out.graph.add(None) else { break };
                entry.insert(index);
                self.out.find(index, &state);
                level.push((index, state));
            }
        }
        self.out.progress.states = level.len();
        level
    }

    /// Takes every step from a state. `false` when there are more states than can be numbered.
    fn expand(&mut self, index: u32, state: &M::State, next: &mut Vec<(u32, M::State)>) -> bool {
        let view = of_has::<M>(state);
        let steps = self.out.progress.transitions;
        let mut actions = std::mem::take(&mut self.actions);
        actions.clear();
        self.model.actions(state, &mut actions);
        let mut room = true;
        let mut goes_on = false;
        for (place, action) in actions.iter().enumerate() {
            let Some(step) = self.model.take(state, *action) else { continue };
            self.out.rules.merge(step.rules);
            self.out.premises_of_step(state, *action, &step);
            if step.state == *state {
                continue;
            }
            self.out.progress.transitions += 1;
            goes_on |= has_to_happen::<M>(state, *action, &step.state);
            let to = match self.seen.entry(Fingerprint::of(&step.state)) {
                Entry::Occupied(entry) => *entry.get(),
                Entry::Vacant(entry) => {
                    let Some(new) = self.out.graph.add(Some((index, place))) else {
                        room = false;
                        break;
                    };
                    entry.insert(new);
                    self.out.find(new, &step.state);
                    self.out.progress.states += 1;
                    next.push((new, step.state));
                    new
                }
            };
            self.out.graph.link(to);
            self.out.views.insert(view, of_has::<M>(&step.state), to);
        }
        self.out.graph.close(goes_on);
        if steps == self.out.progress.transitions && room {
            self.out.end(index, state);
        }
        self.actions = actions;
        room
    }
}

impl<M: System> Exploration<M> {
    /// What the engine found.
    pub(crate) fn of(model: M, mut outcome: Outcome<Coverage>) -> Exploration<M> {
        let met = |(bit, _)| outcome.notes.premises >> bit & 1 == 1;
        let premises = (0_u32..).zip(PROMISES).map(met).collect();
        let views = Views::of(std::mem::take(&mut outcome.notes.views));
        let mut out = Exploration {
            complete: outcome.complete,
            progress: outcome.progress,
            rules: outcome.notes.rules,
            premises,
            views,
            walked: Some(outcome),
            ..Walk::new(model).out
        };
        out.progress.broken = out.broken();
        out
    }

    /// Octets that the sets of states take, over the states, where the engine has counted them.
    #[must_use]
    pub fn octets(&self) -> Option<f64> {
        self.walked.as_ref().map(|walked| walked.octets)
    }

    fn is_broken(&self, promise: usize) -> bool {
        match &self.walked {
            Some(walked) => walked.broken.get(promise).is_some_and(Option::is_some),
            None => self.broken.get(promise).is_some_and(Option::is_some),
        }
    }

    /// Whether this walk judges a promise: the setup has what it is about, and what comes to pass
    /// under weak fairness takes a walk that keeps its edges.
    #[must_use]
    pub fn asks(&self, promise: usize) -> bool {
        PROMISES.get(promise).is_some_and(|promise| {
            let takes_edges = matches!(promise.kind, Kind::Eventually { .. });
            promise.applies(self.model.config()) && !(takes_edges && self.walked.is_some())
        })
    }

    /// Whether a promise is kept; `None` when that cannot be told, as the walk did not reach the
    /// end and nothing broke it before.
    #[must_use]
    pub fn keeps(&self, promise: usize) -> Option<bool> {
        if self.is_broken(promise) {
            return Some(false);
        }
        let is_goal = |promise: &Promise| {
            matches!(promise.kind, Kind::Possible { .. }) && promise.applies(self.model.config())
        };
        let left_out = self.walked.as_ref().is_some_and(|walked| !walked.goals)
            && PROMISES.get(promise).is_some_and(is_goal);
        let takes_edges = PROMISES
            .get(promise)
            .is_some_and(|promise| matches!(promise.kind, Kind::Eventually { .. }));
        let left_out = left_out || (takes_edges && self.walked.is_some());
        (self.complete && !left_out).then_some(true)
    }

    fn broken(&self) -> u64 {
        let judged = PROMISES.iter().enumerate();
        let broken =
            judged.filter(|(n, promise)| promise.is_about_protocol() && self.is_broken(*n));
        broken.fold(0, |bits, (number, _)| bits | 1 << number)
    }

    /// The promises whose premise did not come up, although the setup has what they are about.
    pub fn unmet(&self) -> impl Iterator<Item = &'static Promise> {
        let premises = PROMISES.iter().zip(&self.premises).enumerate();
        let unmet = premises.filter(|(number, (_, met))| !**met && self.asks(*number));
        unmet.map(|(_, (promise, _))| promise)
    }

    /// A shortest path that breaks a promise: it ends in the state that breaks it, with the step
    /// that does, or in a state from which something is not possible any more.
    #[must_use]
    pub fn counterexample(&self, promise: usize) -> Option<Trace<M>> {
        if let Some(walked) = &self.walked {
            return trace_of(&self.model, walked.broken.get(promise)?.as_ref()?, None);
        }
        let index = self.broken.get(promise).copied().flatten()?;
        let (start, mut places) = self.graph.path(index);
        places.extend(self.rounds.get(promise).into_iter().flatten().flatten());
        path(&self.model, start, places.into_iter().map(Way::At))
    }

    /// Where the counterexample of a promise goes round for ever: the number of its steps before it
    /// first comes to where it ends.
    #[must_use]
    pub fn goes_round_from(&self, promise: usize) -> Option<usize> {
        self.rounds.get(promise)?.as_ref()?;
        let index = self.broken.get(promise).copied().flatten()?;
        Some(self.graph.path(index).1.len())
    }

    /// A shortest path that ends with a step of [`Views::first_beyond`]; `None` when it leads through
    /// another process.
    #[must_use]
    pub fn path_to_step(&self, step: SeenStep) -> Option<Trace<M>> {
        let SeenStep { at, view } = step;
        match &self.walked {
            Some(walked) => trace_of(&self.model, &walked.run_by(at)?, Some(view)),
            None => self.path_to(u32::try_from(at).ok()?),
        }
    }

    /// A shortest path to a state. Where states were taken for one that differ only in which mobile
    /// node is which, it is told as one and the same run: each keeps its name.
    #[must_use]
    pub fn path_to(&self, index: u32) -> Option<Trace<M>> {
        let (start, places) = self.graph.path(index);
        path(&self.model, start, places.into_iter().map(Way::At))
    }

    /// The probability that two states were taken for one, at most: pairs of states over the
    /// number of fingerprints.
    #[must_use]
    pub fn collision_bound(&self) -> f64 {
        if let Some(walked) = &self.walked {
            return walked.collision_bound();
        }
        let states = self.progress.states as f64;
        states * states / 2.0_f64.powi(129)
    }

    /// Judges a state that has just been found.
    fn find(&mut self, index: u32, state: &M::State) {
        let config = self.model.config();
        let mobiles = M::mobiles(state);
        let mut marks = 0;
        let mut possibilities = 0;
        for (promise, (broken, premise)) in
            PROMISES.iter().zip(self.broken.iter_mut().zip(&mut self.premises))
        {
            if !promise.applies(config) {
                possibilities += usize::from(promise.kind.has_goal());
                continue;
            }
            match promise.kind {
                Kind::State(_) | Kind::Together(_) => match promise.of_state(config, mobiles) {
                    Verdict::Vacuous => {}
                    Verdict::Kept => *premise = true,
                    Verdict::Broken => {
                        *premise = true;
                        broken.get_or_insert(index);
                    }
                },
                Kind::Step(_) | Kind::End(_) => {}
                Kind::Possible { .. } | Kind::Eventually { .. } => {
                    let (from, goal) = promise.of_possibility(config, mobiles);
                    *premise |= from;
                    marks |= (u16::from(from) | u16::from(goal) << 1) << (2 * possibilities);
                    possibilities += 1;
                }
            }
        }
        for (promise, broken) in self.broken.iter_mut().enumerate() {
            if mobiles.iter().any(|state| state.history.broken & (1 << promise) != 0) {
                broken.get_or_insert(index);
            }
        }
        self.graph.mark(marks);
    }

    /// Judges a state without a way on.
    fn end(&mut self, index: u32, state: &M::State) {
        let judged = PROMISES.iter().zip(self.broken.iter_mut().zip(&mut self.premises));
        for (promise, (broken, premise)) in judged {
            if let Kind::End(is_end) = promise.kind
                && promise.applies(self.model.config())
            {
                *premise = true;
                if !M::mobiles(state).iter().all(is_end) {
                    broken.get_or_insert(index);
                }
            }
        }
    }

    /// Notes which premises a step meets.
    fn premises_of_step(&mut self, before: &M::State, action: M::Action, step: &Step<M::State>) {
        let (mobile, action) = M::parts(action);
        let action = as_delivery(action);
        let then = if step.exchanged { 1 - mobile } else { mobile };
        let Some(before) = M::mobiles(before).get(mobile) else { return };
        let Some(after) = M::mobiles(&step.state).get(then) else { return };
        for (promise, premise) in PROMISES.iter().zip(&mut self.premises) {
            if let (Kind::Step(judge), false) = (promise.kind, *premise) {
                *premise = judge(self.model.config(), before, action, after) != Verdict::Vacuous;
            }
        }
    }

    /// Walks back from the goals of what must stay possible.
    fn judge_possibilities(&mut self) {
        let with_goal = PROMISES.iter().zip(&mut self.broken).filter(|(p, _)| p.kind.has_goal());
        for (place, (promise, broken)) in with_goal.enumerate() {
            if matches!(promise.kind, Kind::Possible { .. }) {
                *broken = self.graph.first_stuck(2 * place);
            }
        }
    }
}
