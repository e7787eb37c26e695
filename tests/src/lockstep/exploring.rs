//! What the exhaustive refinement asks of a [`Follower`]: everything that can happen next, to copies
//! of it, and when two of them are the same.

use std::hash::{Hash, Hasher};

use dsboot_model::{Action, State};
use dsboot_node::Error;
use dsboot_roles::Time;
use dsboot_spec::Setup;

use super::{Divergence, Event, Follower};
use crate::abstraction::HeldBack;
use crate::bytes::{Amiss, Flight, Station};

impl Follower {
    /// A network in which nothing has happened and a delivery takes no time, so that what does not
    /// depend on each other can happen in either order with the same result. It remembers nothing
    /// of how it came about, but the model's steps of the last event.
    ///
    /// # Errors
    ///
    /// When the demonstration network cannot be put together on this machine.
    pub fn frozen(setup: Setup, seed: u64, amiss: Amiss) -> Result<Follower, Error> {
        let mut follower = Follower::of_amiss(setup, seed, amiss)?;
        follower.bytes = follower.bytes.with_frozen_time();
        follower.history = None;
        follower.taken = Some(Vec::new());
        Ok(follower)
    }

    /// The same, keeping what happens from now on in words.
    #[must_use]
    pub fn with_history(mut self) -> Follower {
        self.history = Some(Vec::new());
        self
    }

    /// What has happened, in words, if that is kept.
    #[must_use]
    pub fn history(&self) -> &[String] {
        self.history.as_deref().unwrap_or_default()
    }

    /// The steps of the model that the last event was, each with the state that it was taken in.
    #[must_use]
    pub fn taken(&self) -> &[(State, Action)] {
        self.taken.as_deref().unwrap_or_default()
    }

    /// The states of the model that explain what is to be seen.
    pub fn states(&self) -> impl Iterator<Item = &State> {
        self.sides.iter().flat_map(|side| &side.states)
    }

    /// Whether a rate limit holds something of the mobile node back.
    #[must_use]
    pub fn holds_back(&self) -> bool {
        self.sides.iter().any(|side| side.observer.held_back() != HeldBack::default())
    }

    /// What can arrive now, by its fingerprint, and whether it has arrived before.
    pub fn deliverable(&self) -> impl Iterator<Item = (u64, bool)> + '_ {
        let all = self.bytes.sent.iter().enumerate();
        let able =
            all.filter(|(place, _)| self.bytes.is_deliverable(*place) && self.is_fresh(*place));
        able.map(|(place, flight)| (flight.key, !self.under_way.contains(&place)))
    }

    /// Something that was sent, by its fingerprint.
    #[must_use]
    pub fn flight(&self, key: u64) -> Option<&Flight> {
        self.bytes.sent.iter().find(|flight| flight.key == key).map(AsRef::as_ref)
    }

    /// Has something arrive, for the first time or again. Returns whether it could.
    ///
    /// # Errors
    ///
    /// When roles and model part.
    pub fn arrive(&mut self, key: u64) -> Result<bool, Divergence> {
        let Some(flight) = self.bytes.sent.iter().position(|flight| flight.key == key) else {
            return Ok(false);
        };
        let delivered = self.deliver(flight);
        if self.under_way.contains(&flight) {
            self.under_way.retain(|other| *other != flight);
            self.arrived.push(flight);
        }
        delivered
    }

    /// Has an altered copy of something arrive. Returns whether it could.
    ///
    /// # Errors
    ///
    /// When roles and model part.
    pub fn arrive_altered(&mut self, key: u64, pick: usize) -> Result<bool, Divergence> {
        let flight = self.bytes.sent.iter().position(|flight| flight.key == key);
        flight.map_or(Ok(false), |flight| self.corrupt(flight, pick))
    }

    /// Nothing arrives until the timer of a station has fired, and all those that are due before
    /// it. Returns whether it was among the next `limit`.
    ///
    /// # Errors
    ///
    /// When roles and model part.
    pub fn elapse(&mut self, station: Station, limit: usize) -> Result<bool, Divergence> {
        for _ in 0..limit {
            if self.is_at_the_bound() {
                return Ok(false);
            }
            match self.fire()? {
                Some(fired) if fired == station => return Ok(true),
                Some(_) => {}
                None => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Has a mobile node move, refresh its registration or let go. Returns whether it could.
    ///
    /// # Errors
    ///
    /// When roles and model part.
    pub fn act(&mut self, event: Event) -> Result<bool, Divergence> {
        self.let_happen(event)
    }

    /// Feeds everything to a hasher that the future depends on. Whatever may be in another order
    /// without making a difference is brought into the same.
    pub fn hash_state(&self, hasher: &mut impl Hasher) {
        self.bytes.hash_roles(hasher);
        for side in &self.sides {
            side.observer.hash_facts(hasher);
            side.states.hash(hasher);
        }
        let mut flights: Vec<(u64, Option<Time>, bool)> = self
            .bytes
            .sent
            .iter()
            .enumerate()
            .filter(|(place, _)| self.is_fresh(*place))
            .map(|(place, flight)| {
                let born = self.born.get(place).copied();
                (flight.key, born, self.under_way.contains(&place))
            })
            .collect();
        flights.sort_unstable();
        flights.hash(hasher);
    }
}
