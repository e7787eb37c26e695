//! Registration: its way, its parameters, its order in time.

use dsboot_spec::CareOf;

use super::{Promise, all, any};
use crate::message::{Code, Hop, Message};
use crate::places::Agent;
use crate::state::State;
use crate::system::System;

/// Requests and replies go by the FA, or not, as the care-of address has it.
pub(super) const WAY: Promise = Promise {
    name: "registration goes the way of its care-of address",
    sentences: &[
        "registration.3.2",
        "registration.3.3",
        "registration.3.4",
        "registration.3.5",
        "registration.8.7",
        "movement.1.10",
    ],
    sources: &["R-16", "R-17", "R-19", "R-20", "R-41", "R-43"],
    speaks: |_, s| any(s, |m| matches!(m, Message::Reply(..))),
    holds: |system, s| {
        let care_of = system.config.setup.care_of();
        let fits = |hop: &Hop| (*hop == Hop::Direct) == (care_of == CareOf::Colocated);
        all(s, |m| match m {
            Message::Request(hop, rrq) => {
                let here = match hop {
                    Hop::Direct => true,
                    Hop::Air(link) | Hop::Core(link) => *link == rrq.link,
                };
                fits(hop) && here && rrq.colocated == care_of.is_colocated()
            }
            Message::Reply(hop, _) => fits(hop),
            _ => true,
        })
    },
};

/// What the FA relays is what it got.
pub(super) const FA_KEEPS_OCTETS: Promise = Promise {
    name: "the FA keeps the protected octets",
    sentences: &["registration.5.2", "registration.9.1", "registration.9.2"],
    sources: &["R-20", "R-42", "H-8"],
    speaks: |system, s| {
        !system.config.setup.care_of().via_fa()
            || any(s, |m| matches!(m, Message::Reply(Hop::Air(_), r) if r.code == Code::Accepted))
    },
    holds: |_, s| !s.history.wrong.altered,
};

/// The FHA copies what the AAAH gave.
pub(super) const PARAMETERS_OF_THE_ACCEPT: Promise = Promise {
    name: "the reply has the parameters of the Accept",
    sentences: &["registration.6.20", "registration.8.1", "registration.8.8", "movement.2.4"],
    sources: &["R-37", "R-50", "H-9"],
    speaks: |_, s| any(s, |m| matches!(m, Message::Reply(_, r) if r.grant.is_some())),
    holds: |_, s| !s.history.wrong.unlike_accept,
};

/// What the mobile node holds is what the FHA holds, for the same request.
pub(super) const MN_AND_FHA_AGREE: Promise = Promise {
    name: "MN and FHA agree",
    sentences: &["registration.10.5", "registration.7.10", "registration.7.11", "keys.1.1"],
    sources: &["R-2", "R-21", "R-38", "R-53"],
    speaks: |_, s| s.mn.registration.is_some(),
    holds: |_, s| {
        s.mn.registration.is_none_or(|own| {
            s.fha.at(own.agent).binding.is_none_or(|binding| {
                binding.ident != own.ident
                    || (binding.grant == own.grant && binding.link == own.link)
            })
        })
    },
};

/// The mobile node holds only what a good authenticator proves to be its FHA's.
pub(super) const MN_TRUSTS_PROOF_ONLY: Promise = Promise {
    name: "the MN trusts no parameter without proof",
    sentences: &["registration.10.2", "registration.10.4", "access.4.13", "access.1.1"],
    sources: &["R-36", "H-8", "H-30"],
    speaks: |_, s| s.mn.registration.is_some(),
    holds: |_, s| !s.history.wrong.unproven,
};

/// The AAAH gives the user one address at an FHA, and one home.
pub(super) const ONE_ASSIGNMENT: Promise = Promise {
    name: "no double assignment",
    sentences: &["registration.6.11", "movement.1.8", "access.3.10"],
    sources: &["H-23", "R-25"],
    speaks: |_, s| s.mn.idents > 1 && *s.history.given.0.at(Agent::One) != 0,
    holds: |_, s| !s.history.wrong.double,
};

/// No THOAv4 or IPv6 care-of address in two bindings.
pub(super) const NO_ADDRESS_TWICE: Promise = Promise {
    name: "no address in two bindings",
    sentences: &["registration.7.10", "registration.7.11"],
    sources: &["R-4", "R-50"],
    speaks: |_, s| Agent::ALL.iter().all(|a| s.fha.at(*a).binding.is_some()),
    holds: |_, s| match (s.fha.at(Agent::One).binding, s.fha.at(Agent::Two).binding) {
        (Some(one), Some(two)) => one.grant.address != two.grant.address,
        _ => true,
    },
};

/// A message that comes again changes nothing.
pub(super) const NO_REPLAY: Promise = Promise {
    name: "a replay changes nothing",
    sentences: &[
        "registration.7.4",
        "registration.7.7",
        "registration.7.14",
        "home-binding.3.1",
        "home-binding.3.2",
        "movement.3.7",
    ],
    sources: &["H-16", "H-23"],
    speaks: |_, s| any(s, |m| matches!(m, Message::Reply(_, r) if r.code == Code::Identification)),
    holds: |_, s| !s.history.wrong.went_back,
};

/// Nobody's lifetime outlasts what it stands on.
pub(super) const LIFETIMES_NESTED: Promise = Promise {
    name: "lifetimes are nested",
    sentences: &[
        "data-path.7.2",
        "registration.10.11",
        "home-binding.1.7",
        "home-binding.4.7",
        "registration.7.12",
        "keys.1.11",
    ],
    sources: &["H-18", "R-22"],
    speaks: |_, s| s.mn.home.bound != 0,
    holds: nested,
};

/// After an acknowledged release nothing is left where it was acknowledged.
pub(super) const RELEASE_DELETES: Promise = Promise {
    name: "release leaves nothing behind",
    sentences: &["movement.3.3", "movement.3.5", "movement.3.6", "home-binding.3.12"],
    sources: &["R-22", "R-24", "H-19"],
    speaks: |_, s| s.history.deregistered.is_some() && s.history.unbound,
    holds: |_, s| {
        let at_fha = s.history.deregistered.is_some_and(|a| s.fha.at(a).binding.is_some());
        let at_ha = s.history.unbound && s.ha.binding.is_some();
        !at_fha && !at_ha
    },
};

fn nested(system: &System, state: &State) -> bool {
    let mn = &state.mn;
    let home_on_registration = mn.home.bound == 0 || mn.registration.is_some();
    let at_home =
        mn.home.bound == 0 || state.ha.binding.is_some_and(|update| update.seq >= mn.home.bound);
    let below = mn.registration.is_none_or(|own| {
        let at_fha =
            state.fha.at(own.agent).binding.is_some_and(|binding| binding.ident >= own.ident);
        let via_fa = system.config.setup.care_of().via_fa();
        let at_fa = !via_fa || state.fa.at(own.link).visitor >= own.ident;
        at_fha && at_fa
    });
    home_on_registration && at_home && below
}
