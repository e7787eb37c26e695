//! What is noted of each step for the promises. No rule of a role reads it.

use crate::action::Action;
use crate::message::{Answer, Code, Decision, Grant, Hop, Kind, Message, Status};
use crate::places::{Agent, Link};
use crate::property::order;
use crate::state::State;

/// Notes a step.
pub(crate) fn remember(before: &State, after: &mut State, action: Action) {
    let cause = match action {
        Action::Deliver(message) | Action::DeliverAmiss(message) => Some(message),
        Action::Mobile(_) | Action::Expire(_) => None,
    };
    let news: Vec<Message> = after.net.iter().filter(|m| !before.net.has(m)).copied().collect();
    for sent in news {
        note_sent(&sent, cause.as_ref(), before, after);
    }
    note_authority(before, after, cause.as_ref());
    if let Some(message) = cause {
        note_taken(&message, before, after);
    }
    let back = Agent::ALL.iter().any(|a| after.fha.at(*a).last < before.fha.at(*a).last);
    after.history.wrong.went_back |= back || after.ha.last < before.ha.last;
}

/// A message that is new in the network.
fn note_sent(sent: &Message, cause: Option<&Message>, before: &State, after: &mut State) {
    let mn = after.mn;
    let (given, home) = &mut after.history.given;
    let wrong = &mut after.history.wrong;
    wrong.out_of_order |= !order::follows(sent, cause, before);
    wrong.altered |= !order::same_relayed(sent, cause);
    match *sent {
        Message::HomeAnswer { agent, answer: Answer::Accept(grant), .. } => {
            let known = given.at_mut(agent);
            wrong.double |= *known != 0 && *known != grant.address;
            wrong.double |= *home != 0 && *home != grant.home;
            (*known, *home) = (grant.address, grant.home);
        }
        Message::Reply(Hop::Direct | Hop::Core(_), rrp) => {
            let source = source(cause, before);
            wrong.unlike_accept |= rrp.grant.is_some() && rrp.grant != source;
            wrong.unlike_accept |= rrp.grant.is_some() != (rrp.code == Code::Accepted);
        }
        Message::BindingUpdate(update) => {
            let held = mn.registration.or(before.mn.registration).map(|r| r.grant);
            wrong.early_update |= held.is_none_or(|grant| {
                grant.address != update.care_of || grant.home != update.home || grant.home == 0
            });
        }
        _ => {}
    }
}

/// Where the parameters of a reply have to come from: the Accept just delivered, or the binding
/// that a later request is about.
fn source(cause: Option<&Message>, before: &State) -> Option<Grant> {
    match cause {
        Some(Message::HomeAnswer { answer: Answer::Accept(grant), .. }) => Some(*grant),
        Some(Message::Request(_, rrq)) if rrq.kind != Kind::First => {
            before.fha.at(rrq.agent).binding.map(|b| b.grant)
        }
        _ => None,
    }
}

/// What came into being, and whether the answer just delivered entitles to it.
fn note_authority(before: &State, after: &mut State, cause: Option<&Message>) {
    let opened = Link::ALL.iter().any(|l| {
        after.nas.at(*l).open != before.nas.at(*l).open
            && after.nas.at(*l).open.iter().any(|s| !before.nas.at(*l).open.has(s))
    });
    let let_in =
        matches!(cause, Some(Message::AccessAnswer { decision: Decision::Granted { .. }, .. }));
    let keyed = Agent::ALL.iter().any(|a| {
        let nonce = |s: &State| s.fha.at(*a).binding.map(|b| b.grant.nonce);
        nonce(after).is_some() && nonce(after) != nonce(before)
    });
    let accepted = matches!(cause, Some(Message::HomeAnswer { answer: Answer::Accept(_), .. }));
    let bound = after.ha.last != before.ha.last
        || after.ha.binding.is_some() && after.ha.binding != before.ha.binding;
    let allowed = matches!(cause, Some(Message::BindingAnswer { accept: true, .. }));
    after.history.wrong.unauthorised |=
        (opened && !let_in) || (keyed && !accepted) || (bound && !allowed);
}

/// What the mobile node made of a message.
fn note_taken(message: &Message, before: &State, after: &mut State) {
    let State { mn, ha, history, .. } = after;
    match *message {
        Message::Reply(Hop::Direct | Hop::Air(_), rrp) => {
            let changed = mn.registration.is_some() && mn.registration != before.mn.registration;
            history.wrong.unproven |= changed && (!rrp.intact || rrp.key == 0);
            let address = |r: Option<crate::mn::Registration>| r.map(|r| r.grant.address);
            history.wrong.needless_update |= changed
                && address(mn.registration) == address(before.mn.registration)
                && before.mn.home.is_wanted()
                && mn.seqs > before.mn.seqs;
            let released = |p: crate::mn::Pending| p.kind == Kind::Release && p.ident == rrp.ident;
            if rrp.code == Code::Released && before.mn.pending.is_some_and(released) {
                history.deregistered = Some(rrp.agent);
            }
        }
        Message::BindingAck { seq, status } => {
            history.wrong.unbound |= mn.home.bound == seq
                && before.mn.home.bound != seq
                && ha.binding.is_none_or(|held| held.seq < seq);
            let accepted = status == Status::Accepted;
            if accepted && before.mn.home.leaving && before.mn.home.waiting == seq {
                history.unbound = true;
            }
        }
        _ => {}
    }
}
