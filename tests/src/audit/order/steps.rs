//! Steps of the model: hidden ones, and those that say what was seen.

use std::collections::HashSet;

use dsboot_model::{
    Action, Bootstrap, Code, FhaId, Guard, Hop, Ident, IdentSet, Link, Message, NUMBERS, Profile,
    Reply, Request, State, effort,
};
use dsboot_spec::Role;
use stateright::Model as _;

use super::{Explanation, HIDDEN_EVENTS, Sights, WIDTH, model};
use crate::audit::seen::{Channel, Seen, can_act, channel_of};

/// All states that are a hidden step away, and the states themselves.
pub(super) fn wander(before: &[Explanation], sights: Sights) -> Vec<Explanation> {
    let mut all = before.to_vec();
    let mut known: HashSet<u64> = before.iter().map(Explanation::mark).collect();
    let mut next = 0;
    while let Some(one) = all.get(next).cloned() {
        next += 1;
        for (cost, step) in hidden_steps(&one, sights, &[]) {
            if cost == 0 && all.len() < WIDTH * 8 && known.insert(step.mark()) {
                all.push(step);
            }
        }
    }
    all
}

/// The steps from a state that say nothing that would be seen, with the events that they cost.
pub(super) fn hidden_steps<'a>(
    one: &'a Explanation,
    sights: Sights,
    without: &'a [Guard],
) -> impl Iterator<Item = (u8, Explanation)> + 'a {
    let model = model(one.care_of, without);
    let mut actions = Vec::new();
    model.actions(&one.state, &mut actions);
    actions.into_iter().filter_map(move |action| {
        if !is_of_interest(action) {
            return None;
        }
        let cost = effort::cost(&model.config, &one.state, action)?;
        let state = model.step(&one.state, action)?.state;
        let changes = state != *one.state;
        let hides = state.network.since(&one.state.network).all(|message| sights.hides(&message));
        (changes && hides).then(|| (cost.min(HIDDEN_EVENTS + 1), one.with(state)))
    })
}

/// Whether an action belongs to what is looked for: of what other users do, a capture of one tells
/// nothing.
pub(super) const fn is_of_interest(action: Action) -> bool {
    !matches!(
        action,
        Action::Depart
            | Action::Lapse
            | Action::Inject(_)
            | Action::StrangersBind(_)
            | Action::StrangersLeave(_)
            | Action::OthersGiveBack(_)
            | Action::FhaRestarts(_)
            | Action::HaRestarts
            | Action::AaahRestarts
    )
}

/// Puts into `found` the states in which the message has been said: now, or before.
pub(super) fn say(one: &Explanation, seen: &Seen, without: &[Guard], found: &mut Vec<Explanation>) {
    let state = &one.state;
    for message in state.network.iter().filter(|message| may_be(message, seen)) {
        let mut names = one.names.clone();
        if names.fits(seen, &message) {
            found.push(Explanation { names, ..one.clone() });
            break;
        }
    }
    let model = model(one.care_of, without);
    for action in possible(state, seen) {
        let Some((next, messages)) = said(&model, state, action) else { continue };
        for message in messages {
            let mut names = one.names.clone();
            if names.fits(seen, &message) {
                let state = Box::new(next);
                let after = Explanation { care_of: one.care_of, state, names };
                let arrived = model.step(&after.state, Action::Deliver(message));
                let own = message.to() == Role::Mn;
                // What comes to the mobile node arrives while it is there, or never.
                found.extend(arrived.filter(|_| own).map(|step| after.with(step.state)));
                found.push(after);
            }
        }
    }
}

/// Whether a message can be where one was seen.
fn may_be(message: &Message, seen: &Seen) -> bool {
    let part = channel_of(message);
    part == seen.channel()
        || (matches!(seen, Seen::Reply { hop: None, .. }) && part == Channel::Relay)
}

/// What an action leads to, and what is said by it: also what the model forgets at once, as nobody
/// waits for it.
pub(super) fn said(
    model: &Bootstrap,
    state: &State,
    action: Action,
) -> Option<(State, Vec<Message>)> {
    let next = model.step(state, action)?.state;
    let mut messages: Vec<Message> = next.network.since(&state.network).collect();
    let about = match action {
        Action::FaGivesUp(_, ident)
        | Action::Deliver(
            Message::Request(_, Request { ident, .. })
            | Message::RegistrationAnswer(_, ident, _)
            | Message::Reply(Hop::Relay, Reply { ident, .. }),
        ) => Some(ident),
        _ => None,
    };
    let request = about.and_then(|ident| {
        let mut requests = state.network.iter().filter_map(|message| match message {
            Message::Request(_, request) => Some(request),
            _ => None,
        });
        requests.find(|request| request.ident == ident)
    });
    if messages.is_empty() && request.is_some() {
        // The same with somebody who waits.
        let mut waiting = *state;
        waiting.mn.request = request;
        let next = model.step(&waiting, action)?.state;
        messages.extend(next.network.since(&waiting.network));
    }
    Some((next, messages))
}

/// The same states with what a capture cannot tell seen otherwise: what the records of the user
/// say, and whether the clocks agree.
pub(super) fn otherwise(before: &[Explanation], seen: &Seen) -> Vec<Explanation> {
    match seen {
        Seen::Reply { reply, .. } if reply.code == Code::Stale => {
            before.iter().cloned().map(Explanation::with_wrong_clock).collect()
        }
        Seen::AccessAnswer { .. }
        | Seen::AccessReply { .. }
        | Seen::RegistrationAnswer { .. }
        | Seen::Reply { .. } => {
            let with = |profile| {
                before.iter().cloned().map(move |mut one: Explanation| {
                    one.state.environment.profile = profile;
                    one
                })
            };
            Profile::ALL.into_iter().flat_map(with).collect()
        }
        _ => Vec::new(),
    }
}

/// A denial for the challenge, by an agent that has given others since, or to which it was used
/// before what is known begins: of time the model knows nothing.
pub(super) fn deny(before: &[Explanation], seen: &Seen) -> Vec<Explanation> {
    let mut found = Vec::new();
    let is_denial = matches!(seen, Seen::Reply { reply, .. } if reply.code == Code::Challenge);
    for one in before.iter().filter(|_| is_denial) {
        let mut strict = one.clone();
        for link in Link::ALL {
            let fa = strict.state.fa.of_mut(link);
            fa.pending = IdentSet::default();
            (1..=NUMBERS).filter_map(Ident::new).for_each(|ident| fa.used.insert(ident));
        }
        let mut denied = Vec::new();
        say(&strict, seen, &[], &mut denied);
        for after in &mut denied {
            after.state.fa = one.state.fa;
        }
        found.append(&mut denied);
    }
    found
}

/// What the sender of a message can do.
pub(super) fn possible(state: &State, seen: &Seen) -> Vec<Action> {
    let deliveries = state.network.iter().map(Action::Deliver);
    let mut actions: Vec<Action> =
        deliveries.filter(|action| can_act(action.actor(), seen)).collect();
    match seen.from() {
        Role::Mn => {
            let own = effort::OF_ONE.into_iter().filter(|action| action.actor() == Role::Mn);
            actions.extend(own.filter(|action| is_of_interest(*action)));
            actions.extend(Link::ALL.map(Action::Attach));
        }
        Role::Fa => {
            for link in Link::ALL {
                let pending = state.fa.of(link).pending;
                actions.extend(pending.iter().map(|ident| Action::FaGivesUp(link, ident)));
            }
        }
        Role::Fha => actions.extend(FhaId::ALL.map(Action::FhaGivesUp)),
        _ => {}
    }
    actions
}

/// Drops what stands there twice, and what there is no room for; events are never used up.
pub(super) fn settle(found: Vec<Explanation>, width: usize) -> Vec<Explanation> {
    let mut known = HashSet::new();
    let mut kept = Vec::new();
    for mut one in found {
        one.state.environment.events = u8::MAX;
        if known.insert(one.mark()) {
            kept.push(one);
        }
        if kept.len() >= width {
            break;
        }
    }
    kept
}
