//! What was found, over all setups.

use std::time::Duration;

use dsboot_model::explore::{Exploration, Second, SeenStep, Trace};
use dsboot_model::properties::{PROMISES, Promise};
use dsboot_model::{Bootstrap, Config, System};

use super::limits::Limit;
use super::many::Engine;
use crate::Exit;

/// One setup, explored: twice, but by many workers once.
#[derive(Debug)]
pub struct Checked<M = Bootstrap> {
    /// What our walk says.
    pub walk: Exploration<M>,
    /// Which engine walked.
    pub engine: Engine,
    /// What stateright's says; `None` if it was not run to the end.
    pub second: Option<Second>,
    /// How long our walk took.
    pub elapsed: Duration,
    /// The limit that stopped it.
    pub stopped: Option<Limit>,
    /// The properties that are wanted; all of them, if it names none.
    pub wanted: Vec<&'static Promise>,
}

/// The verdict in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Every promise is kept in every state.
    Holds,
    /// A limit has cut the search; nothing failed in what was seen.
    Incomplete,
    /// A promise is broken, or the two searches do not agree.
    Fails,
}

impl Outcome {
    /// The word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Holds => "holds",
            Outcome::Incomplete => "incomplete",
            Outcome::Fails => "fails",
        }
    }

    const fn of(kept: Option<bool>) -> Outcome {
        match kept {
            Some(true) => Outcome::Holds,
            Some(false) => Outcome::Fails,
            None => Outcome::Incomplete,
        }
    }
}

impl<M: System> Checked<M> {
    /// What was explored.
    #[must_use]
    pub fn config(&self) -> &Config {
        self.walk.model.config()
    }

    /// The verdict on the promise of that number.
    #[must_use]
    pub fn on(&self, promise: usize) -> Outcome {
        Outcome::of(self.walk.keeps(promise))
    }

    /// Whether the promise of that number is asked for. That the model is large enough is always: without
    /// it the others say nothing.
    #[must_use]
    pub fn asks(&self, promise: usize) -> bool {
        self.wants(promise) && self.walk.asks(promise)
    }

    fn wants(&self, promise: usize) -> bool {
        PROMISES.get(promise).is_some_and(|promise| {
            self.wanted.is_empty()
                || !promise.is_about_protocol()
                || self.wanted.iter().any(|wanted| wanted.name == promise.name)
        })
    }

    /// A shortest path that breaks a promise that is asked for.
    #[must_use]
    pub fn counterexample(&self, promise: usize) -> Option<Trace<M>> {
        self.wants(promise).then(|| self.walk.counterexample(promise)).flatten()
    }

    /// The promises asked for whose premise did not come up.
    pub fn unmet(&self) -> impl Iterator<Item = &'static Promise> {
        let wanted = |promise: &&'static Promise| {
            PROMISES.iter().position(|p| p.name == promise.name).is_some_and(|n| self.wants(n))
        };
        self.walk.unmet().filter(wanted)
    }

    fn breaks(&self) -> bool {
        (0..PROMISES.len()).any(|promise| self.wants(promise) && self.on(promise) == Outcome::Fails)
    }

    /// Whether both searches say the same; `None` if one of them did not come to its end.
    #[must_use]
    pub fn searches_agree(&self) -> Option<bool> {
        let second = self.second.as_ref().filter(|_| self.walk.complete)?;
        let broken_here = |name: &&str| {
            let place = PROMISES.iter().position(|promise| promise.name == *name);
            place.is_some_and(|promise| self.on(promise) == Outcome::Fails)
        };
        let same_count = second.states == self.walk.progress.states;
        Some(same_count && second.broken.iter().all(broken_here))
    }

    /// The verdict on this setup.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        // The many workers' walk stands for itself: tests hold it against both others.
        let told = match self.engine {
            Engine::Stateright => self.searches_agree(),
            Engine::Timely => (self.walk.complete && self.all_told()).then_some(true),
        };
        match (self.breaks(), told) {
            (true, _) | (_, Some(false)) => Outcome::Fails,
            (false, Some(true)) => Outcome::Holds,
            (false, None) => Outcome::Incomplete,
        }
    }

    /// Whether there is a verdict on every promise.
    fn all_told(&self) -> bool {
        (0..PROMISES.len())
            .filter(|promise| self.asks(*promise))
            .all(|promise| self.walk.keeps(promise).is_some())
    }
}

/// All setups together.
#[derive(Debug)]
pub struct Summary<M = Bootstrap> {
    /// Each setup.
    pub checked: Vec<Checked<M>>,
}

/// The name of the promise that is about all setups at once.
pub(super) const SAME_VIEW: &str = "the HA's view is the same in all setups";

/// The sentence behind [`SAME_VIEW`].
pub(super) const SAME_VIEW_SENTENCE: &str = "home-binding.4.8";

impl<M: System> Summary<M> {
    /// Puts setups together.
    #[must_use]
    pub const fn new(checked: Vec<Checked<M>>) -> Summary<M> {
        Summary { checked }
    }

    /// Whether the HA can go through the same in every setup. It says nothing of one setup alone,
    /// nor of searches that were cut.
    //= home-binding.4.8
    #[must_use]
    pub fn same_view(&self) -> Option<bool> {
        let whole = self.checked.iter().all(|checked| checked.wanted.is_empty());
        let several = self.checked.len() > 1 && whole;
        let told = several && self.checked.iter().all(|checked| checked.walk.complete);
        told.then(|| self.steps_beyond().next().is_none())
    }

    /// Two setups and a run of the first that ends with what the HA cannot see in the second.
    #[must_use]
    pub fn other_view(&self) -> Option<(&Checked<M>, &Checked<M>, Trace<M>)> {
        self.steps_beyond()
            .find_map(|(one, two, step)| Some((one, two, one.walk.path_to_step(step)?)))
    }

    fn steps_beyond(&self) -> impl Iterator<Item = (&Checked<M>, &Checked<M>, SeenStep)> {
        let pairs = self.checked.split_first().into_iter().flat_map(|(first, others)| {
            others.iter().flat_map(move |other| [(first, other), (other, first)])
        });
        pairs.filter_map(|(one, two)| {
            Some((one, two, one.walk.views.first_beyond(&two.walk.views)?))
        })
    }

    /// The verdict over everything.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let worst = self.checked.iter().map(Checked::outcome).max().unwrap_or(Outcome::Incomplete);
        if self.same_view() == Some(false) { Outcome::Fails } else { worst }
    }

    /// The exit status: a cut search gives no verdict, which is not the same as holding.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self.outcome() {
            Outcome::Holds => Exit::Holds,
            Outcome::Incomplete => Exit::Environment,
            Outcome::Fails => Exit::Fails,
        }
    }

    /// The promises, each with its verdict over all setups.
    /// `None` for those that are asked for nowhere, although they are wanted.
    pub fn promises(&self) -> impl Iterator<Item = (&'static Promise, Option<Outcome>)> {
        let wanted = |place| self.checked.iter().any(|checked| checked.wants(place));
        PROMISES.iter().enumerate().filter(move |(place, _)| wanted(*place)).map(
            |(place, promise)| {
                let asking = self.checked.iter().filter(|checked| checked.asks(place));
                (promise, asking.map(|checked| checked.on(place)).max())
            },
        )
    }
}
