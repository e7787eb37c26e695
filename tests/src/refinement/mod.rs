//! Every run of the roles within a bound, and whether the model has it too.
//!
//! The roles on a network of octets are a [`stateright::Model`] of their own. Its state is what all
//! roles hold, every datagram said, and the states of the protocol's model that show the same; its
//! steps are what can happen to the roles. After each of them the model must have been able to do
//! the same, by a step or by none ([`Follower`]). So the states reached are a simulation of the roles
//! by the model, and a step that the model has not is shown by the shortest run that leads to it.
//!
//! What makes the space finite, and nothing else is left out:
//!
//! * A run has a bounded number of *events*: whatever is not the first arrival of something. First
//!   arrivals are free, in any order, at any later time, or never.
//! * Time stands still while things arrive, and goes on when a timer fires. So what does not depend
//!   on each other leads to the same state in either order.
//! * Random octets are fixed by who draws them, and how many it has drawn before. No role does
//!   anything else because of their values, as long as they differ.

mod divergence;
mod graph;

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use dsboot_model::{Action, Rules, State};
use dsboot_node::Error;
use dsboot_spec::Setup;
use stateright::{Checker as _, Model, Property};

pub use divergence::Parted;
pub use graph::{Coverage, Taken};

use crate::bytes::{Amiss, Station};
use crate::lockstep::{Divergence, Event, Follower};

/// How many timers may fire while nothing arrives.
const SILENCE: usize = 64;

/// At which places what arrives is altered, before it is altered nowhere.
const ALTERED: [usize; 3] = [0, 9, 22];

/// What can happen next to the roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Happening {
    /// Something said arrives for the first time. It is named by its fingerprint.
    Arrives(u64),
    /// Something arrives again.
    ArrivesAgain(u64),
    /// A copy of something arrives that somebody without a key has changed, at one place of several.
    ArrivesAltered(u64, usize),
    /// Nothing arrives until a timer of this station has fired, and all that are due before.
    TimeOut(Station),
    /// A station crashes and comes up again, with what it keeps over a crash.
    Restarts(Station),
    /// The mobile node moves to a site, refreshes its registration or lets go.
    Acts(Event),
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Happening::Arrives(key) => write!(f, "d{key:016x}"),
            Happening::ArrivesAgain(key) => write!(f, "x{key:016x}"),
            Happening::ArrivesAltered(key, pick) => write!(f, "c{key:016x}/{pick}"),
            Happening::TimeOut(station) => write!(f, "t{station:?}"),
            Happening::Restarts(station) => write!(f, "k{station:?}"),
            Happening::Acts(event) => write!(f, "{event}"),
        }
    }
}

/// A state of all roles, and what the model makes of it.
#[derive(Clone, Debug)]
pub struct Place {
    follower: Arc<Follower>,
    events: u8,
    /// Where roles and model have parted.
    parted: Option<Arc<Divergence>>,
    /// A fingerprint of all but the events.
    print: u64,
}

impl Place {
    fn new(follower: Follower, events: u8, parted: Option<Divergence>) -> Place {
        let mut hasher = DefaultHasher::new();
        parted.is_some().hash(&mut hasher);
        follower.hash_state(&mut hasher);
        let print = hasher.finish();
        Place { follower: Arc::new(follower), events, parted: parted.map(Arc::new), print }
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Place) -> bool {
        (self.print, self.events) == (other.print, other.events)
    }
}

impl Hash for Place {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.print, self.events).hash(state);
    }
}

/// The roles of a setup on a network of octets.
#[derive(Debug)]
pub struct Refinement {
    /// The setup.
    pub setup: Setup,
    amiss: Amiss,
    start: Place,
    /// What the roles do wrong.
    #[cfg(feature = "faults")]
    fault: Option<dsboot_roles::fault::Fault>,
    seen: Mutex<Seen>,
    happened: AtomicUsize,
    steps: AtomicUsize,
    stutters: AtomicUsize,
    cut_short: AtomicUsize,
}

/// What of the model has been seen.
#[derive(Debug, Default)]
struct Seen {
    rules: Rules,
    states: HashSet<u64>,
    edges: HashSet<(u64, Action)>,
}

/// What an exploration has found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The setup.
    pub setup: Setup,
    /// States of the roles, with what the model makes of them.
    pub concrete: usize,
    /// States of the model that one of them shows.
    pub abstract_states: usize,
    /// What happened to the roles, in all states together.
    pub happened: usize,
    /// How much of that was a step of the model, or several.
    pub steps: usize,
    /// How much of it the model does not see.
    pub stutters: usize,
    /// How often a timer was so far away that it was not waited for.
    pub cut_short: usize,
    /// The length of the longest of the shortest runs to a state.
    pub depth: usize,
    /// The rules of the model that steps were made of.
    pub rules: Rules,
    /// Which steps of the model without events have been taken.
    pub without_events: Coverage,
    /// Which of its steps with as many events as the roles had.
    pub with_events: Coverage,
    /// The first run found in which roles and model part.
    pub parted: Option<Box<Parted>>,
}

impl Refinement {
    /// The runs of a setup with so many events.
    ///
    /// # Errors
    ///
    /// When the demonstration network cannot be put together on this machine.
    pub fn new(setup: Setup, events: u8) -> Result<Refinement, Error> {
        Refinement::of_amiss(setup, events, Amiss::Nothing)
    }

    /// The same where something is amiss.
    ///
    /// # Errors
    ///
    /// As [`Refinement::new`].
    pub fn of_amiss(setup: Setup, events: u8, amiss: Amiss) -> Result<Refinement, Error> {
        let follower = Follower::frozen(setup, 1, amiss)?;
        Ok(Refinement {
            setup,
            amiss,
            start: Place::new(follower, events, None),
            #[cfg(feature = "faults")]
            fault: None,
            seen: Mutex::default(),
            happened: AtomicUsize::new(0),
            steps: AtomicUsize::new(0),
            stutters: AtomicUsize::new(0),
            cut_short: AtomicUsize::new(0),
        })
    }

    /// The same with roles that do one thing wrong.
    #[cfg(feature = "faults")]
    #[must_use]
    pub const fn with_fault(mut self, fault: dsboot_roles::fault::Fault) -> Refinement {
        self.fault = Some(fault);
        self
    }

    /// Goes through all of them, or until about so many states have been found.
    #[must_use]
    pub fn explore(self, threads: usize, states: Option<NonZeroUsize>) -> Report {
        let checker = self.checker().threads(threads);
        let checker = match states {
            Some(states) => checker.target_state_count(states.get()),
            None => checker,
        };
        let checker = checker.spawn_bfs().join();
        let model = checker.model();
        let parted = checker.discoveries().into_values().next();
        let parted = parted.map(|path| Box::new(Parted::new(model, path.into_actions())));
        let seen = model.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Report {
            setup: model.setup,
            concrete: checker.unique_state_count(),
            abstract_states: seen.states.len(),
            happened: model.happened.load(Ordering::Relaxed),
            steps: model.steps.load(Ordering::Relaxed),
            stutters: model.stutters.load(Ordering::Relaxed),
            cut_short: model.cut_short.load(Ordering::Relaxed),
            depth: checker.max_depth(),
            rules: seen.rules,
            without_events: Coverage::new(model.setup, model.amiss, 0, &seen.edges),
            with_events: Coverage::new(model.setup, model.amiss, model.start.events, &seen.edges),
            parted,
        }
    }

    /// Lets something happen. `None` if it cannot.
    fn happen(&self, place: &Place, happening: Happening) -> Option<Place> {
        #[cfg(feature = "faults")]
        dsboot_roles::fault::choose(self.fault);
        let mut follower = Follower::clone(&place.follower);
        let result = match happening {
            Happening::Arrives(key) | Happening::ArrivesAgain(key) => follower.arrive(key),
            Happening::ArrivesAltered(key, pick) => follower.arrive_altered(key, pick),
            Happening::TimeOut(station) => follower.elapse(station, SILENCE),
            Happening::Restarts(station) => follower.restart(station),
            Happening::Acts(event) => follower.act(event),
        };
        let parted = match result {
            Ok(true) => None,
            Ok(false) => return None,
            Err(divergence) => Some(divergence),
        };
        let events = place.events - cost(place, happening);
        Some(Place::new(follower, events, parted))
    }

    fn note(&self, before: &Place, after: &Place) {
        self.happened.fetch_add(1, Ordering::Relaxed);
        let is_step = before.follower.figures.steps != after.follower.figures.steps;
        let counter = if is_step { &self.steps } else { &self.stutters };
        counter.fetch_add(1, Ordering::Relaxed);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.rules.merge(after.follower.figures.rules);
        seen.states.extend(after.follower.states().map(print_of));
        let taken = after.follower.taken().iter();
        seen.edges.extend(taken.map(|(state, action)| (print_of(state), *action)));
    }
}

/// How many events something costs.
fn cost(place: &Place, happening: Happening) -> u8 {
    match happening {
        Happening::Arrives(_) => 0,
        // From nowhere: that is how it begins, and begins anew.
        Happening::Acts(Event::Move(_)) if place.follower.is_nowhere(0) => 0,
        Happening::TimeOut(Station::Mn(_)) if place.follower.holds_back() => 0,
        _ => 1,
    }
}

/// A fingerprint of a state of the model, however many events it has left.
fn print_of(state: &State) -> u64 {
    let mut state = *state;
    state.environment.events = 0;
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

impl Model for Refinement {
    type State = Place;
    type Action = Happening;

    fn init_states(&self) -> Vec<Place> {
        vec![self.start.clone()]
    }

    fn actions(&self, place: &Place, actions: &mut Vec<Happening>) {
        if place.parted.is_some() {
            return;
        }
        let follower = &place.follower;
        for (key, again) in follower.deliverable() {
            actions.push(match again {
                false => Happening::Arrives(key),
                true => Happening::ArrivesAgain(key),
            });
            actions.extend(ALTERED.map(|pick| Happening::ArrivesAltered(key, pick)));
        }
        let timers = follower.bytes.waiting().map(|(station, _)| Happening::TimeOut(station));
        actions.extend(timers);
        actions.extend(follower.bytes.stations().map(Happening::Restarts));
        actions.extend((0..3).map(|site| Happening::Acts(Event::Move(site))));
        actions.extend([Event::Refresh(0), Event::Release(0)].map(Happening::Acts));
        actions.retain(|happening| cost(place, *happening) <= place.events);
    }

    fn next_state(&self, place: &Place, happening: Happening) -> Option<Place> {
        let next = self.happen(place, happening);
        let Some(next) = next else {
            if matches!(happening, Happening::TimeOut(_)) {
                self.cut_short.fetch_add(1, Ordering::Relaxed);
            }
            return None;
        };
        self.note(place, &next);
        // What changes nothing costs nothing, and leads nowhere.
        (next.print != place.print).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Refinement>> {
        vec![Property::always("the model can do the same", |_, place: &Place| {
            place.parted.is_none() && place.follower.bytes.undetermined.is_none()
        })]
    }
}
