//! What may happen when, and at what cost: the bound of the model.
//!
//! The protocol has no end: a mobile node may move for ever. What is bounded is what no message
//! causes. Each such *event* costs one of [`Config::events`]: a timer that fires although the
//! answer could still come, a movement, a refresh, a release, a lifetime that runs out, a server
//! that stays silent, a pool that runs dry. Deliveries cost nothing, and what has to follow costs
//! nothing either: the repetition of a request that can no longer be answered, access after a
//! release, the end of what nobody holds any more. So however the events are spent, the protocol
//! itself never stops for want of them, and "can still complete" is about the protocol, not about
//! the bound. A message that is never delivered is a loss that costs nothing.
//!
//! There are no seconds. What time decides is which end can come before which other, and that
//! follows from who counts what from when (H-18); these orders are conditions here.

use crate::{
    Action, Authorisation, Code, FhaId, Form, Guard, Hop, Ident, Leg, Link, Message, State,
    config::Config,
    mn::{Access, Agent, Clock},
    nas::Phase,
};

/// What can become of a request that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hope {
    /// The answer can still come.
    Alive,
    /// It cannot, but that to another request of the same form can.
    Lost,
    /// Neither can.
    Gone,
}

/// Every action that can happen in a state and for which there are events left, in a fixed order.
pub(crate) fn actions(config: &Config, state: &State, actions: &mut Vec<Action>) {
    const OF_ONE: [Action; 15] = [
        Action::AskAgain,
        Action::Repeat,
        Action::Refresh,
        Action::Renew,
        Action::Retry,
        Action::RepeatUpdate,
        Action::RefreshUpdate,
        Action::Release,
        Action::Depart,
        Action::Lapse,
        Action::GiveUpRelease,
        Action::MnLosesRegistration,
        Action::MnLosesBinding,
        Action::HaGivesUp,
        Action::HaLosesBinding,
    ];
    const OF_LINK: [fn(Link) -> Action; 5] = [
        Action::Attach,
        Action::NasGivesUp,
        Action::NasEnds,
        Action::Advertise,
        Action::FaLosesVisitor,
    ];
    const OF_FHA: [fn(FhaId) -> Action; 6] = [
        Action::FhaGivesUp,
        Action::FhaLosesBinding,
        Action::FhaForgetsKey,
        Action::AaahForgets,
        Action::OthersTake,
        Action::OthersGiveBack,
    ];
    let mut offer = |action| {
        if cost(config, state, action).is_some_and(|cost| cost <= state.environment.events) {
            actions.push(action);
        }
    };
    OF_ONE.into_iter().for_each(&mut offer);
    for link in Link::ALL {
        OF_LINK.into_iter().for_each(|action| offer(action(link)));
        for ident in state.fa.of(link).pending.iter() {
            offer(Action::FaGivesUp(link, ident));
        }
    }
    for fha in FhaId::ALL {
        OF_FHA.into_iter().for_each(|action| offer(action(fha)));
    }
    state.network.iter().map(Action::Deliver).for_each(offer);
}

/// How many events an action costs; `None` when it cannot happen.
#[must_use]
pub fn cost(config: &Config, state: &State, action: Action) -> Option<u8> {
    match action {
        Action::Deliver(message) => {
            is_deliverable(state, message).then(|| u8::from(has_had_effect(config, state, message)))
        }
        Action::NasGivesUp(_)
        | Action::NasEnds(_)
        | Action::Advertise(_)
        | Action::FaGivesUp(..)
        | Action::FaLosesVisitor(_) => cost_on_link(config, state, action),
        Action::FhaGivesUp(_)
        | Action::FhaLosesBinding(_)
        | Action::FhaForgetsKey(_)
        | Action::HaGivesUp
        | Action::HaLosesBinding
        | Action::AaahForgets(_)
        | Action::OthersTake(_)
        | Action::OthersGiveBack(_) => cost_at_home(config, state, action),
        _ => cost_of_mn(config, state, action),
    }
}

/// Whether a message reaches its addressee: the MN only where it is, everybody else always.
fn is_deliverable(state: &State, message: Message) -> bool {
    let link = match message {
        Message::Advertisement(link)
        | Message::AccessRequest(_, link, _)
        | Message::AccessReply(_, link, _) => link,
        Message::Request(Hop::Link, request) => request.care_of.link,
        Message::Reply(Hop::Direct | Hop::Link, reply) => reply.link,
        Message::Ack(Leg::Tunnel(care_of), _) => care_of.link,
        _ => return true,
    };
    state.mn.link == Some(link)
}

/// Whether a message has been received before and had its effect, so that it is a replay.
fn has_had_effect(config: &Config, state: &State, message: Message) -> bool {
    let network = &state.network;
    match message {
        Message::Advertisement(_) => {
            let needed = state.mn.request.is_some() && hope_of_request(config, state) == Hope::Lost;
            state.mn.agent != Agent::Unheard && !needed
        }
        Message::Request(Hop::Link, request) => network.iter().any(|sent| {
            matches!(sent, Message::Request(Hop::Relay, relayed) if relayed.ident == request.ident)
                || matches!(sent, Message::Reply(Hop::Link, reply) if reply.ident == request.ident)
        }),
        Message::Request(_, request) => network.iter().any(|sent| match sent {
            Message::RegistrationAsk(_, ident, ..) => ident == request.ident,
            Message::Reply(Hop::Direct | Hop::Relay, reply) => reply.ident == request.ident,
            _ => false,
        }),
        Message::Reply(Hop::Relay, reply) => network.contains(Message::Reply(Hop::Link, reply)),
        Message::Update(Leg::Plain, update) => network.iter().any(
            |sent| matches!(sent, Message::BindingAsk(seq, ..) if seq == update.seq),
        ),
        Message::Ack(Leg::Plain, ack) => network.iter().any(
            |sent| matches!(sent, Message::Ack(Leg::Tunnel(_), other) if other == ack),
        ),
        _ => false,
    }
}

fn cost_of_mn(config: &Config, state: &State, action: Action) -> Option<u8> {
    let mn = &state.mn;
    let settled = mn.registration_here().is_some() && mn.request.is_none() && !mn.leaving;
    let staying = !mn.leaving && !state.environment.gone;
    let waiting = mn.request.map(|_| hope_of_request(config, state));
    let updating = mn.update.map(|_| hope_of_update(state));
    match action {
        Action::Attach(link) => match mn.link {
            _ if !staying => None,
            None => (link == Link::A).then_some(0),
            Some(now) => (link != now).then_some(1),
        },
        Action::AskAgain => {
            let free = hope_of_access(state) != Hope::Alive;
            (mn.access == Access::Asking).then_some(u8::from(!free))
        }
        Action::Repeat => waiting.map(|hope| {
            let has_challenge = !uses_fa(config, mn.link) || mn.agent == Agent::Fresh;
            u8::from(hope != Hope::Lost || !has_challenge)
        }),
        Action::Refresh | Action::Renew => settled.then_some(1),
        Action::Retry => {
            let idle = staying && mn.request.is_none() && mn.registration_here().is_none();
            let fha = config.fha_of(mn.link?);
            let free = state.aaah.can_assign(fha) && state.environment.profile.may_register(fha);
            (idle && mn.knows_way(config)).then_some(u8::from(!free))
        }
        Action::RepeatUpdate => {
            let hope = updating.filter(|_| mn.registration_here().is_some());
            hope.map(|hope| u8::from(hope != Hope::Lost))
        }
        Action::RefreshUpdate => {
            let can = mn.binding.is_some() && mn.update.is_none() && !mn.leaving;
            (can && mn.registration_here().is_some()).then_some(1)
        }
        Action::Release => {
            let can = mn.registration_here().is_some() && staying;
            can.then_some(1)
        }
        Action::GoOff => (mn.link.is_some() && staying).then_some(1),
        Action::Depart => (!state.environment.gone).then_some(0),
        Action::Lapse => (state.environment.gone && mn.link.is_none()).then_some(0),
        Action::GiveUpRelease => {
            let of_update = updating.filter(|_| mn.update.is_some_and(|update| update.release));
            let of_request = waiting.filter(|_| mn.request.is_some_and(|request| request.release));
            let hope = of_update.or(of_request).filter(|_| mn.leaving);
            hope.map(|hope| u8::from(hope == Hope::Alive))
        }
        Action::MnLosesRegistration => {
            mn.registration.map(|_| u8::from(waiting != Some(Hope::Gone)))
        }
        Action::MnLosesBinding => mn.binding.map(|_| 1),
        _ => None,
    }
}

fn cost_on_link(config: &Config, state: &State, action: Action) -> Option<u8> {
    let mn = &state.mn;
    match action {
        Action::NasGivesUp(link) => (state.nas.of(link).phase == Phase::Asking).then_some(1),
        Action::NasEnds(link) => {
            let nas = state.nas.of(link);
            let in_use = mn.link == Some(link)
                && mn.session == nas.session
                && matches!(mn.access, Access::Asking | Access::Granted(_));
            (nas.phase == Phase::Open && !in_use).then_some(0)
        }
        Action::Advertise(link) => {
            let shown = state.network.contains(Message::Advertisement(link));
            (uses_fa(config, Some(link)) && mn.link == Some(link) && !shown).then_some(0)
        }
        Action::FaGivesUp(link, ident) => {
            state.fa.of(link).pending.contains(ident).then_some(1)
        }
        //= registration.9.7
        Action::FaLosesVisitor(link) => {
            let ident = state.fa.of(link).visitor?;
            let used = mn.registration.is_some_and(|r| r.care_of.link == link)
                || waits_for(state, ident);
            (!used || !config.heeds(Guard::FaKeepsVisitor)).then_some(1)
        }
        _ => None,
    }
}

fn cost_at_home(config: &Config, state: &State, action: Action) -> Option<u8> {
    let mn = &state.mn;
    match action {
        Action::FhaGivesUp(fha) => state.fha.of(fha).pending.map(|_| 1),
        // The MN counts from the sending of its request, so its registration ends first.
        //= registration.10.11
        //= data-path.7.2
        Action::FhaLosesBinding(fha) => {
            let binding = state.fha.of(fha).binding?;
            let used =
                mn.registration.is_some_and(|r| r.fha == fha) || waits_for(state, binding.ident);
            (!used || !config.heeds(Guard::MnCountsFromSending)).then_some(1)
        }
        Action::FhaForgetsKey(fha) => state.fha.of(fha).mark.map(|_| 1),
        Action::HaGivesUp => state.ha.pending.map(|_| 1),
        //= home-binding.3.9
        //= home-binding.1.7
        Action::HaLosesBinding => {
            let binding = state.ha.binding?;
            let used =
                mn.binding.is_some() || mn.update.is_some_and(|update| update.seq == binding.seq);
            (!used || !config.heeds(Guard::MnCountsBindingFromSending)).then_some(1)
        }
        // What FHA and HA grant ends within what the AAAH granted, which keeps its own record
        // for longer by the time that an answer may take.
        //= registration.7.12
        //= movement.2.5
        //= keys.3.6
        Action::AaahForgets(fha) => {
            let assigned = !state.aaah.assigned.of(fha).is_empty();
            let used = is_assignment_in_use(state, fha);
            (assigned && !(used && config.heeds(Guard::AaahKeepsAssignment))).then_some(1)
        }
        Action::OthersTake(fha) => (!state.aaah.free(fha).is_empty()).then_some(1),
        Action::OthersGiveBack(fha) => (!state.aaah.others.of(fha).is_empty()).then_some(0),
        _ => None,
    }
}

/// Whether FHA or HA hold something by an assignment, or are about to.
fn is_assignment_in_use(state: &State, fha: FhaId) -> bool {
    let at_fha = state.fha.of(fha);
    let granted = at_fha.pending.is_some_and(|(request, _)| {
        state.network.iter().any(|message| {
            matches!(message, Message::RegistrationAnswer(f, ident, Authorisation::Granted(_))
                if f == fha && ident == request.ident)
        })
    });
    at_fha.binding.is_some()
        || granted
        || state.ha.binding.is_some_and(|binding| binding.care_of.fha == fha)
        || state.ha.pending.is_some_and(|update| update.care_of.fha == fha)
}

/// Whether the MN waits for the answer to this request.
fn waits_for(state: &State, ident: Ident) -> bool {
    state.mn.request.is_some_and(|request| request.ident == ident)
}

fn uses_fa(config: &Config, link: Option<Link>) -> bool {
    link.is_some_and(|link| config.care_of(link).via_fa())
}

/// What can become of the access that the MN asks for.
#[must_use]
pub fn hope_of_access(state: &State) -> Hope {
    let (Some(session), Some(link)) = (state.mn.session, state.mn.link) else { return Hope::Gone };
    let nas = state.nas.of(link);
    let over = nas.session >= Some(session)
        && !(nas.session == Some(session) && nas.phase == Phase::Asking);
    let replied = state.network.iter().any(|message| {
        matches!(message, Message::AccessReply(s, l, _) if (s, l) == (session, link))
    });
    if over && !replied { Hope::Lost } else { Hope::Alive }
}

/// What can become of the registration request that the MN waits for.
#[must_use]
pub fn hope_of_request(config: &Config, state: &State) -> Hope {
    let Some(request) = state.mn.request else { return Hope::Gone };
    let fha = state.fha.of(request.fha);
    let key = match request.form {
        Form::First => request.ident,
        Form::Again(key) => key,
    };
    let answered = |wanted: fn(Hop) -> bool| {
        state.network.iter().any(|message| {
            matches!(message, Message::Reply(hop, reply) if wanted(hop)
                && reply.ident == request.ident
                && reply.key == Some(key)
                && (reply.code != Code::Stale || state.mn.clock == Clock::Wrong)
                && !matches!(reply.code, Code::Challenge | Code::Timeout))
        })
    };
    if answered(|hop| hop != Hop::Relay) {
        return Hope::Alive;
    }
    let known = fha.binding.map(|binding| binding.key).or(fha.mark);
    let superseded = matches!(request.form, Form::Again(key) if known != Some(key));
    let fresh = fha.last.is_none_or(|last| request.ident > last)
        && (request.timely || state.mn.clock == Clock::Wrong);
    let at_fha = answered(|hop| hop == Hop::Relay) || (fresh && !superseded);
    let through = !uses_fa(config, state.mn.link) || passes_fa(state, request.ident);
    match (at_fha, through) {
        (true, true) => Hope::Alive,
        _ if superseded => Hope::Gone,
        _ => Hope::Lost,
    }
}

/// Whether the FA of the MN's link has relayed a request, or would, and waits for the reply.
fn passes_fa(state: &State, ident: Ident) -> bool {
    let Some(fa) = state.mn.link.map(|link| state.fa.of(link)) else { return false };
    let challenge = state.mn.request.and_then(|request| request.challenge);
    let unused = challenge.is_some_and(|challenge| !fa.used.contains(challenge));
    let repeated = state.network.iter().any(|message| {
        matches!(message, Message::Request(Hop::Link, other)
            if other.challenge == challenge && fa.pending.contains(other.ident))
    });
    fa.pending.contains(ident) || unused || repeated
}

/// What can become of the binding update that the MN waits for.
#[must_use]
pub fn hope_of_update(state: &State) -> Hope {
    let Some(update) = state.mn.update else { return Hope::Gone };
    let binding = state.fha.of(update.care_of.fha).binding;
    let carried = binding.filter(|binding| {
        Some(binding.care_of.link) == state.mn.link
            && binding.parameters.address == update.care_of.address
    });
    let Some(carried) = carried else { return Hope::Gone };
    let acknowledged = |message| {
        matches!(message, Message::Ack(leg, ack)
            if ack.seq == update.seq && ack.accepted && (leg == Leg::Plain || leg == Leg::Tunnel(carried.care_of)))
    };
    if state.network.iter().any(acknowledged) {
        return Hope::Alive;
    }
    let refused = state.network.contains(Message::BindingAnswer(update.seq, false));
    let fresh = state.ha.last.is_none_or(|last| update.seq > last) && !refused;
    let sent = state.network.contains(Message::Update(Leg::Plain, update))
        || state.network.contains(Message::Update(Leg::Tunnel(carried.care_of), update));
    if fresh && sent { Hope::Alive } else { Hope::Lost }
}
