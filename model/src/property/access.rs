//! Who is let in, by whom, and who gets which key.

use dsboot_spec::Role;

use super::{Promise, all, any};
use crate::config::User;
use crate::message::Message;
use crate::places::{Agent, Link};
use crate::state::State;
use crate::system::System;

/// No session, binding or home binding that an AAA server has not accepted.
pub(super) const NOTHING_BEFORE_AUTHORISATION: Promise = Promise {
    name: "nothing before authorisation",
    sentences: &[
        "access.3.5",
        "access.3.6",
        "access.4.6",
        "access.4.8",
        "registration.6.1",
        "registration.6.14",
        "registration.6.8",
        "home-binding.2.1",
        "home-binding.2.5",
        "home-binding.2.10",
    ],
    sources: &["R-6", "R-10", "R-36"],
    speaks: |_, s| s.ha.binding.is_some(),
    holds: all_authorised,
};

/// The NAS asks the server of its own network, and each server does its own work.
pub(super) const RIGHT_SERVER: Promise = Promise {
    name: "the right AAA server decides",
    sentences: &["access.1.2", "access.1.3", "access.1.5", "access.1.6", "access.3.12"],
    sources: &["R-28", "R-47", "R-49", "R-50"],
    speaks: |_, s| any(s, |m| matches!(m, Message::AccessAsk { .. })),
    holds: |system, s| {
        let expected = system.config.setup.scenario().access_aaa();
        let right = |m: &Message| match m {
            Message::AccessAsk { server, .. } | Message::AccessAnswer { server, .. } => {
                server.role() == expected
            }
            _ => true,
        };
        all(s, right) && Agent::ALL.iter().all(|a| *s.aaaf.granted.at(*a) == 0)
    },
};

/// A derived key travels from the AAAH to the FHA or the HA, hidden, and to nobody else.
pub(super) const KEYS_TO_THEIR_OWNERS: Promise = Promise {
    name: "keys reach their owners only",
    sentences: &["keys.1.5", "keys.2.4", "keys.3.3", "keys.4.1", "keys.4.4"],
    sources: &["R-53", "H-12", "H-32"],
    speaks: |_, s| any(s, Message::carries_key),
    holds: |_, s| {
        all(s, |m| {
            !m.carries_key() || matches!(m.ends(), (Role::Aaah, Role::Fha) | (Role::Aaah, Role::Ha))
        })
    },
};

fn all_authorised(_: &System, state: &State) -> bool {
    let refused = match state.user {
        User::NoAccess => Link::ALL.iter().all(|l| state.nas.at(*l).open.is_empty()),
        User::AccessOnly => !any(state, |m| matches!(m, Message::Request(..))),
        User::NoRegistration => Agent::ALL.iter().all(|a| state.fha.at(*a).binding.is_none()),
        User::NoBinding | User::Incomplete => state.ha.binding.is_none(),
        User::Subscribed => true,
    };
    refused && !state.history.wrong.unauthorised
}
