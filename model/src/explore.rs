//! Exploration to the end.
//!
//! A breadth-first search of our own, in one thread: it gives the shortest way to whatever breaks a
//! promise, keeps the graph for the goals, knows itself whether it came to the end, and notes what
//! was never taken. stateright's search over the same [`System`] is the second witness.

mod graph;
mod second;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::time::{Duration, Instant};

use crate::action::{Action, Kind};
use crate::ha::Ha;
use crate::message::Message;
use crate::property::{self, Goal, Promise};
use crate::state::State;
use crate::system::System;

use dsboot_spec::Role;
use graph::Graph;
pub use second::{Second, second};

/// When to give up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// After this time.
    pub timeout: Option<Duration>,
    /// After this many states.
    pub max_states: Option<usize>,
}

/// A run from the beginning: the first state, and each step with the state it led to.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The beginning.
    pub start: State,
    /// The steps.
    pub steps: Vec<(Action, State)>,
}

/// What became of a promise or goal.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It holds in all states that were seen; when the search is complete, in all.
    Holds,
    /// It fails; this is a shortest run to where it does.
    Fails(Box<Trace>),
    /// Not known, as the search was cut short.
    Unknown,
}

/// A promise or goal with its verdict.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What is promised.
    pub name: &'static str,
    /// The sentences behind it.
    pub sentences: &'static [&'static str],
    /// Requirements and holes behind it.
    pub sources: &'static [&'static str],
    /// What became of it.
    pub verdict: Verdict,
    /// Whether any state was seen of which it says something.
    pub spoken_of: bool,
}

/// All that the HA ever received and held; to be compared between setups.
//= home-binding.4.8
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HaView {
    /// Messages delivered to it.
    pub received: BTreeSet<Message>,
    /// States it was in.
    pub held: HashSet<Ha>,
}

/// The result of a search.
#[derive(Clone, Debug)]
pub struct Report {
    /// Whether every state that can be reached was seen.
    pub complete: bool,
    /// Different states.
    pub states: usize,
    /// Steps between them that change something.
    pub transitions: usize,
    /// Steps to the farthest state, by the shortest way.
    pub depth: usize,
    /// Time it took.
    pub elapsed: Duration,
    /// Promises, then goals.
    pub findings: Vec<Finding>,
    /// How often each kind of action was taken.
    pub taken: BTreeMap<Kind, u64>,
    /// What the HA has seen.
    pub ha_view: HaView,
}

impl Report {
    /// Kinds of actions that the setup has and that were never taken.
    #[must_use]
    pub fn never_taken(&self, system: &System) -> Vec<Kind> {
        Action::kinds(system.config.setup.care_of().via_fa())
            .into_iter()
            .filter(|kind| !self.taken.contains_key(kind))
            .collect()
    }

    /// Whether anything fails.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.findings.iter().any(|f| matches!(f.verdict, Verdict::Fails(_)))
    }
}

/// Explores a system; `progress` hears from time to time how many states were found.
pub fn explore(system: &System, limits: Limits, progress: &mut dyn FnMut(usize)) -> Report {
    let mut search = Search::new(system, limits);
    search.run(progress);
    search.report()
}

/// The number of a state, in the order of discovery.
type Id = u32;

struct Search<'a> {
    system: &'a System,
    limits: Limits,
    begun: Instant,
    complete: bool,
    seen: HashMap<u64, Id>,
    frontier: VecDeque<(Id, State)>,
    /// For each state: the one it was found from (itself at the beginning) and its distance.
    found: Vec<(Id, u32)>,
    graph: Graph,
    /// For each promise: the first state that breaks it, and whether any state spoke of it.
    promises: Vec<(Option<Id>, bool)>,
    taken: BTreeMap<Kind, u64>,
    ha_view: HaView,
}

impl<'a> Search<'a> {
    fn new(system: &'a System, limits: Limits) -> Search<'a> {
        Search {
            system,
            limits,
            begun: Instant::now(),
            complete: true,
            seen: HashMap::new(),
            frontier: VecDeque::new(),
            found: Vec::new(),
            graph: Graph::new(property::GOALS.len()),
            promises: vec![(None, false); property::ALL.len()],
            taken: BTreeMap::new(),
            ha_view: HaView::default(),
        }
    }

    fn run(&mut self, progress: &mut dyn FnMut(usize)) {
        for start in self.system.starts() {
            self.meet(None, start);
        }
        let mut actions = Vec::new();
        let mut turns = 0_u32;
        while let Some((from, state)) = self.frontier.pop_front() {
            turns = turns.wrapping_add(1);
            if turns.is_multiple_of(1024) {
                progress(self.found.len());
            }
            if self.must_stop() {
                self.complete = false;
                return;
            }
            actions.clear();
            self.system.offers(&state, &mut actions);
            for action in &actions {
                if let Some(next) = self.system.step(&state, *action) {
                    *self.taken.entry(action.kind()).or_default() += 1;
                    self.look_at_ha(*action, &next);
                    let to = self.meet(Some(from), next);
                    self.graph.edge(from, to);
                }
            }
        }
    }

    fn must_stop(&self) -> bool {
        self.limits.timeout.is_some_and(|t| self.begun.elapsed() >= t)
            || self.limits.max_states.is_some_and(|m| self.found.len() >= m)
    }

    /// Numbers a state; a new one is examined and queued.
    fn meet(&mut self, from: Option<Id>, state: State) -> Id {
        let print = fingerprint(&state);
        if let Some(known) = self.seen.get(&print) {
            return *known;
        }
        let id = Id::try_from(self.found.len()).unwrap_or(Id::MAX);
        self.seen.insert(print, id);
        let distance = from.map_or(0, |f| self.distance(f) + 1);
        self.found.push((from.unwrap_or(id), distance));
        for (promise, (broken, spoken)) in property::ALL.iter().zip(&mut self.promises) {
            *spoken |= (promise.speaks)(self.system, &state);
            if broken.is_none() && !(promise.holds)(self.system, &state) {
                *broken = Some(id);
            }
        }
        self.graph.node(
            property::GOALS.iter().map(|goal| {
                ((goal.wanted)(self.system, &state), (goal.reached)(self.system, &state))
            }),
        );
        self.frontier.push_back((id, state));
        id
    }

    fn look_at_ha(&mut self, action: Action, after: &State) {
        if let Action::Deliver(message) = action
            && message.ends().1 == Role::Ha
        {
            self.ha_view.received.insert(message);
            self.ha_view.held.insert(after.ha);
        }
    }

    fn distance(&self, id: Id) -> u32 {
        self.entry(id).1
    }

    fn entry(&self, id: Id) -> (Id, u32) {
        self.found.get(id as usize).copied().unwrap_or((id, 0))
    }

    /// Finds the run to a state again, from the beginning.
    fn trace(&self, id: Id) -> Option<Trace> {
        let mut way = vec![id];
        let mut at = id;
        while self.entry(at).0 != at {
            at = self.entry(at).0;
            way.push(at);
        }
        way.reverse();
        let number = |state: &State| self.seen.get(&fingerprint(state)).copied();
        let start = self.system.starts().into_iter().find(|s| number(s) == Some(at))?;
        let mut steps = Vec::new();
        let mut state = start.clone();
        for wanted in way.into_iter().skip(1) {
            let mut actions = Vec::new();
            self.system.offers(&state, &mut actions);
            let (action, next) = actions.into_iter().find_map(|action| {
                let next = self.system.step(&state, action)?;
                (number(&next) == Some(wanted)).then_some((action, next))
            })?;
            steps.push((action, next.clone()));
            state = next;
        }
        Some(Trace { start, steps })
    }

    fn verdict(&self, broken: Option<Id>) -> Verdict {
        match broken.and_then(|id| self.trace(id)) {
            Some(trace) => Verdict::Fails(Box::new(trace)),
            None if self.complete => Verdict::Holds,
            None => Verdict::Unknown,
        }
    }

    fn report(self) -> Report {
        let mut findings = Vec::new();
        for (promise, (broken, spoken_of)) in property::ALL.iter().zip(&self.promises) {
            let Promise { name, sentences, sources, .. } = *promise;
            let verdict = self.verdict(*broken);
            findings.push(Finding { name, sentences, sources, verdict, spoken_of: *spoken_of });
        }
        // Without the whole graph, that a goal is out of reach cannot be told.
        let unreached = if self.complete { self.graph.out_of_reach() } else { Vec::new() };
        for (number, goal) in property::GOALS.iter().enumerate() {
            let Goal { name, sentences, sources, .. } = *goal;
            let verdict = self.verdict(unreached.get(number).copied().flatten());
            let spoken_of = self.graph.is_wanted(number);
            findings.push(Finding { name, sentences, sources, verdict, spoken_of });
        }
        Report {
            complete: self.complete,
            states: self.found.len(),
            transitions: self.graph.edges(),
            depth: self.found.iter().map(|(_, d)| *d as usize).max().unwrap_or(0),
            elapsed: self.begun.elapsed(),
            findings,
            taken: self.taken,
            ha_view: self.ha_view,
        }
    }
}

/// 64 bits of a state. With n states, two of them share a fingerprint with a probability of about
/// n²/2^65; the second search, with another hash, would then count otherwise.
fn fingerprint(state: &State) -> u64 {
    let mut hasher = Folded(0x243f_6a88_85a3_08d3);
    state.hash(&mut hasher);
    hasher.finish()
}

/// A hash by 128-bit products folded in half: states are many small fields, for which a keyed hash
/// takes most of the time of a search. Nobody chooses states to make them collide.
struct Folded(u64);

impl Folded {
    fn mix(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let [low, high] = [product & u128::from(u64::MAX), product >> 64];
        self.0 = u64::try_from(low ^ high).unwrap_or_default().rotate_left(23);
    }
}

impl Hasher for Folded {
    fn finish(&self) -> u64 {
        let mut last = Folded(self.0);
        last.mix(0x1319_8a2e_0370_7344);
        last.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.mix(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.mix(u64::from(value));
    }

    fn write_u16(&mut self, value: u16) {
        self.mix(u64::from(value));
    }

    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.mix(value as u64);
    }
}
