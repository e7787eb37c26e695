//! The order of the figures, and of the release.

use super::{Promise, any, has_access};
use crate::message::{Code, Decision, Hop, Kind, Message};
use crate::mn::Access;
use crate::state::State;
use crate::system::System;

/// No message without the one before it in Figures 2, 3, 5 and 6.
pub(super) const OF_THE_FIGURES: Promise = Promise {
    name: "order of the figures",
    sentences: &[
        "access.3.1",
        "access.4.1",
        "registration.3.1",
        "registration.5.1",
        "registration.6.1",
        "registration.8.9",
        "home-binding.1.1",
        "home-binding.2.1",
        "home-binding.2.2",
        "movement.1.1",
    ],
    sources: &["R-39", "R-40", "R-43"],
    speaks: |_, s| any(s, |m| matches!(m, Message::BindingAck { .. })),
    holds: |_, s| !s.history.wrong.out_of_order,
};

/// Home binding, then registration, then access.
pub(super) const OF_THE_RELEASE: Promise = Promise {
    name: "release from the outside in",
    sentences: &["movement.3.1", "movement.3.2"],
    sources: &["H-19"],
    speaks: |_, s| s.mn.leaving && s.mn.home.waiting != 0,
    holds: release_in_order,
};

fn release_in_order(_: &System, state: &State) -> bool {
    let mn = &state.mn;
    let no_home = mn.home.bound == 0 && mn.home.waiting == 0;
    let releasing = mn.pending.is_some_and(|p| p.kind == Kind::Release);
    let ending = matches!(mn.access, Access::Ending(_));
    (!releasing || no_home)
        && (!ending || (no_home && mn.pending.is_none() && mn.registration.is_none()))
}

/// Whether a message is sent for what precedes it in the figures.
///
/// Almost every message is the answer of its sender to the message just delivered. What the mobile
/// node sends of its own accord stands on what it holds since an earlier answer.
pub(crate) fn follows(sent: &Message, cause: Option<&Message>, before: &State) -> bool {
    use Message as M;
    match (*sent, cause.copied()) {
        (M::AccessRequest { .. }, None) => true,
        (M::AccessAsk { session, .. }, Some(M::AccessRequest { session: s, .. }))
        | (M::AccessAnswer { session, .. }, Some(M::AccessAsk { session: s, .. }))
        | (M::AccessReply { session, .. }, Some(M::AccessAnswer { session: s, .. }))
        | (M::AccessEnded { session, .. }, Some(M::AccessEnd { session: s, .. })) => session == s,
        (M::AccessEnd { .. }, _) => has_access(before),
        (M::Request(Hop::Direct | Hop::Air(_), _), Some(M::AccessReply { decision, .. })) => {
            matches!(decision, Decision::Granted { agent: Some(_) })
        }
        (M::Request(Hop::Direct | Hop::Air(_), _), _) => has_access(before),
        (M::Request(Hop::Core(_), rrq), Some(M::Request(Hop::Air(_), r))) => rrq.ident == r.ident,
        (M::HomeAsk { ident, .. }, Some(M::Request(Hop::Direct | Hop::Core(_), r))) => {
            r.ident == ident && r.kind == Kind::First
        }
        (M::HomeAnswer { ident, .. }, Some(M::HomeAsk { ident: i, .. })) => ident == i,
        (M::Reply(Hop::Direct | Hop::Core(_), rrp), Some(M::HomeAnswer { ident, .. })) => {
            rrp.ident == ident
        }
        (M::Reply(Hop::Direct | Hop::Core(_), rrp), Some(M::Request(_, rrq))) => {
            rrp.ident == rrq.ident && rrq.kind != Kind::First
        }
        (M::Reply(Hop::Air(_), rrp), Some(M::Request(Hop::Air(_), rrq))) => {
            rrp.ident == rrq.ident && rrp.code == Code::Challenge
        }
        (M::Reply(Hop::Air(_), rrp), Some(M::Reply(Hop::Core(_), r))) => rrp.ident == r.ident,
        (M::BindingUpdate(_), Some(M::Reply(_, rrp))) => rrp.code == Code::Accepted,
        (M::BindingUpdate(_), Some(M::BindingAck { .. }) | None) => before.mn.tunnel().is_some(),
        (M::BindingAsk(update), Some(M::BindingUpdate(u))) => update == u,
        (M::BindingAnswer { seq, .. }, Some(M::BindingAsk(u))) => seq == u.seq,
        (M::BindingAck { seq, .. }, Some(M::BindingAnswer { seq: s, accept })) => {
            seq == s && accept
        }
        // No figure has it; another promise speaks of it.
        (M::Leak(_), _) => true,
        _ => false,
    }
}

/// Whether a message that an FA relays is the one it got.
pub(crate) fn same_relayed(sent: &Message, cause: Option<&Message>) -> bool {
    match (sent, cause) {
        (Message::Request(Hop::Core(to), relayed), Some(Message::Request(Hop::Air(from), got))) => {
            to == from && relayed == got
        }
        (Message::Reply(Hop::Air(to), relayed), Some(Message::Reply(Hop::Core(from), got))) => {
            to == from && relayed == got
        }
        _ => true,
    }
}
