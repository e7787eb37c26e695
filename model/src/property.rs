//! What the protocol promises.
//!
//! Safety: a condition on every state that can be reached; what it has to know of the past stands in
//! [`crate::state::History`]. Liveness: from every state that can be reached, a goal can be reached still (AG EF).

mod access;
mod binding;
pub(crate) mod order;
mod registration;

use crate::config::User;
use crate::message::Message;
use crate::mn::Access;
use crate::state::State;
use crate::system::System;

/// A condition on every state.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    /// What is promised, in words.
    pub name: &'static str,
    /// The sentences of the specification behind it.
    pub sentences: &'static [&'static str],
    /// The requirements of the draft, and the holes, that it comes from.
    pub sources: &'static [&'static str],
    /// Whether the state is one of which the promise says something. A promise of which no state
    /// says anything would hold for nothing.
    pub speaks: fn(&System, &State) -> bool,
    /// The condition.
    pub holds: fn(&System, &State) -> bool,
}

/// A goal that is to stay in reach.
#[derive(Clone, Copy, Debug)]
pub struct Goal {
    /// The goal, in words.
    pub name: &'static str,
    /// The sentences of the specification behind it.
    pub sentences: &'static [&'static str],
    /// The requirements of the draft, and the holes, that it comes from.
    pub sources: &'static [&'static str],
    /// Whether the goal must be in reach of this state.
    pub wanted: fn(&System, &State) -> bool,
    /// Whether this state is the goal.
    pub reached: fn(&System, &State) -> bool,
}

/// Every promise.
pub const ALL: &[Promise] = &[
    order::OF_THE_FIGURES,
    access::NOTHING_BEFORE_AUTHORISATION,
    access::RIGHT_SERVER,
    access::KEYS_TO_THEIR_OWNERS,
    registration::WAY,
    registration::FA_KEEPS_OCTETS,
    registration::PARAMETERS_OF_THE_ACCEPT,
    registration::MN_AND_FHA_AGREE,
    registration::MN_TRUSTS_PROOF_ONLY,
    registration::ONE_ASSIGNMENT,
    registration::NO_ADDRESS_TWICE,
    registration::NO_REPLAY,
    registration::LIFETIMES_NESTED,
    binding::UPDATE_AFTER_REPLY,
    binding::MN_AND_HA_AGREE,
    binding::TRANSPARENT,
    binding::SILENT_BELOW_ONE_FHA,
    binding::REACHED,
    order::OF_THE_RELEASE,
    registration::RELEASE_DELETES,
];

/// Every goal.
pub const GOALS: &[Goal] = &[
    Goal {
        name: "bootstrapping can still complete",
        sentences: &["registration.10.5", "home-binding.4.3", "movement.3.9"],
        sources: &["R-2", "R-38", "H-23"],
        wanted: |_, s| s.user == User::Subscribed && s.mn.link.is_some() && !s.mn.leaving,
        reached: |_, s| s.is_bootstrapped(),
    },
    Goal {
        name: "Mobile IPv4 can still be had without an IPv6 home",
        sentences: &["registration.6.19", "registration.10.6"],
        sources: &["R-38", "H-24"],
        wanted: |_, s| {
            matches!(s.user, User::Incomplete | User::NoBinding)
                && s.mn.link.is_some()
                && !s.mn.leaving
        },
        reached: |_, s| s.mn.pending.is_none() && s.mn.tunnel().is_some(),
    },
    //= movement.3.9
    Goal {
        name: "everything can still be released",
        sentences: &["movement.3.6", "movement.3.9", "movement.3.10", "registration.7.13"],
        sources: &["R-3", "H-18", "H-19"],
        wanted: |_, _| true,
        reached: |_, s| s.is_released(),
    },
];

/// Whether any message ever sent fits; a promise about messages speaks of states with such a one.
fn any(state: &State, fits: impl FnMut(&Message) -> bool) -> bool {
    state.net.any(fits)
}

/// Whether all messages ever sent fit.
fn all(state: &State, fits: impl FnMut(&Message) -> bool) -> bool {
    state.net.iter().all(fits)
}

/// Whether the mobile node has access where it is.
fn has_access(state: &State) -> bool {
    matches!(state.mn.access, Access::Granted { .. })
}
