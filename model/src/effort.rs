//! What may happen when, and at what cost: the bound of the model.
//!
//! The protocol has no end: a mobile node may move for ever. What is bounded is what no message
//! causes. Each such *event* costs one of [`Config::events`]:
//!
//! * a timer that fires although the answer could still come, a movement, a refresh, a release
//!   after which the MN comes back;
//! * a lifetime that runs out, a server that stays silent, a pool that runs dry;
//! * a message that comes again after it had its effect, where that could have an effect again.
//!
//! All else is free: every first delivery, at any time and in any order; every repeated delivery
//! that changes nothing; the loss of anything, which is a delivery that never happens. What has to
//! follow is free too: the repetition of a request that can no longer be answered ([`Hope`]),
//! access after a release, the end of what the MN has left behind at another FHA, the end of
//! everything after the MN has gone for good. So however the
//! events are spent, the protocol itself never stops for want of them, and "can still complete"
//! is about the protocol, not about the bound.
//!
//! There are no seconds. What time decides is which end can come before which other, and that
//! follows from who counts what from when (H-18); these orders are conditions here.

use crate::{
    Action, Authorisation, Code, FhaId, Form, Guard, Hop, Ident, Leg, Link, Message, Network,
    Profile, Server, State, attacker,
    config::Config,
    message::Alike,
    mn::{Access, Agent, Clock},
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

/// The actions that name neither a link nor an FHA nor a message.
pub const OF_ONE: [Action; 19] = [
    Action::MnRestarts,
    Action::AaahRestarts,
    Action::HaRestarts,
    Action::AskAgain,
    Action::Repeat,
    Action::Refresh,
    Action::Renew,
    Action::Retry,
    Action::RepeatUpdate,
    Action::RefreshUpdate,
    Action::BindAnew,
    Action::Release,
    Action::Depart,
    Action::Lapse,
    Action::GiveUpRelease,
    Action::MnLosesRegistration,
    Action::MnLosesBinding,
    Action::HaGivesUp,
    Action::HaLosesBinding,
];

/// Every action that can happen in a state and for which there are events left, in a fixed order.
pub(crate) fn actions(config: &Config, state: &State, actions: &mut Vec<Action>) {
    for_each(config, state, |action, _| actions.push(action));
}

/// The same, each with what it costs.
pub(crate) fn for_each(config: &Config, state: &State, take: impl FnMut(Action, u8)) {
    for_each_of(config, state, |_| true, take);
}

/// The same, of those that are wanted.
pub(crate) fn for_each_of(
    config: &Config,
    state: &State,
    wanted: impl Fn(Action) -> bool,
    mut take: impl FnMut(Action, u8),
) {
    const OF_LINK: [fn(Link) -> Action; 7] = [
        Action::NasRestarts,
        Action::AaaForgets,
        Action::Attach,
        Action::NasGivesUp,
        Action::Advertise,
        Action::FaLosesVisitor,
        Action::FaRestarts,
    ];
    const OF_FHA: [fn(FhaId) -> Action; 9] = [
        Action::StrangersBind,
        Action::StrangersLeave,
        Action::FhaRestarts,
        Action::FhaGivesUp,
        Action::FhaLosesBinding,
        Action::FhaForgetsKey,
        Action::AaahForgets,
        Action::OthersTake,
        Action::OthersGiveBack,
    ];
    let mut offer = |action| match wanted(action).then(|| cost(config, state, action)).flatten() {
        Some(cost) if cost <= state.environment.events => take(action, cost),
        _ => {}
    };
    OF_ONE.into_iter().for_each(&mut offer);
    for link in config.links().iter().copied() {
        OF_LINK.into_iter().for_each(|action| offer(action(link)));
        for ident in state.fa.of(link).pending.iter() {
            offer(Action::FaGivesUp(link, ident));
        }
    }
    for fha in FhaId::ALL {
        OF_FHA.into_iter().for_each(|action| offer(action(fha)));
    }
    state.network.iter().map(Action::Deliver).for_each(&mut offer);
    // Whatever the attacker makes takes an event.
    if state.environment.events > 0 {
        attacker::sendable(config, state).into_iter().map(Action::Inject).for_each(offer);
    }
}

/// How many events an action costs; `None` when it cannot happen.
#[must_use]
pub fn cost(config: &Config, state: &State, action: Action) -> Option<u8> {
    match action {
        Action::Deliver(message) => {
            let again = || had_effect(config, state, message);
            is_deliverable(state, message).then(|| u8::from(again()))
        }
        Action::Inject(message) => config.attacker.is_some().then(|| {
            let by_network = state.network.contains(message) && is_deliverable(state, message);
            if by_network { u8::MAX } else { 1 }
        }),
        Action::NasGivesUp(_)
        | Action::NasRestarts(_)
        | Action::AaaForgets(_)
        | Action::Advertise(_)
        | Action::FaRestarts(_)
        | Action::FaGivesUp(..)
        | Action::FaLosesVisitor(_) => cost_on_link(config, state, action),
        Action::FhaRestarts(_)
        | Action::HaRestarts
        | Action::FhaGivesUp(_)
        | Action::FhaLosesBinding(_)
        | Action::FhaForgetsKey(_)
        | Action::HaGivesUp
        | Action::HaLosesBinding
        | Action::AaahRestarts
        | Action::StrangersBind(_)
        | Action::StrangersLeave(_)
        | Action::AaahForgets(_)
        | Action::OthersTake(_)
        | Action::OthersGiveBack(_) => cost_at_home(config, state, action),
        _ => cost_of_mn(config, state, action),
    }
}

/// Whether a message reaches its addressee. A link carries only between those who are on it: what
/// the MN has not sent or received before it leaves a link is lost. Everybody else is always there.
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

/// Whether a message has been received before and had its effect, so that it would be a replay.
fn had_effect(config: &Config, state: &State, message: Message) -> bool {
    let network = &state.network;
    match message {
        // The MN has heard the agent, and has no need of another challenge.
        Message::Advertisement(_) => {
            let needed = state.mn.request.is_some() && hope_of_request(config, state) == Hope::Lost;
            state.mn.agent != Agent::Unheard && !needed
        }
        Message::Request(Hop::Link, request) => {
            let relayed =
                |sent| matches!(sent, Message::Request(_, r) if r.intact == request.intact);
            network.alike(Alike::Request(Hop::Relay, request.ident)).any(relayed)
                || is_replied(network, Hop::Link, request)
        }
        // One that somebody made up under the same number has no effect on it.
        Message::Request(hop @ (Hop::Direct | Hop::Relay), request) => {
            let crate::Request { fha, ident, intact, .. } = request;
            let asked = Message::RegistrationAsk(fha, ident, Server::Aaah, intact);
            network.contains(asked) || is_replied(network, hop, request)
        }
        Message::Reply(Hop::Relay, reply) => network.contains(Message::Reply(Hop::Link, reply)),
        Message::Update(Leg::Plain, update) => {
            let crate::Update { seq, care_of, intact, .. } = update;
            network.contains(Message::BindingAsk(seq, care_of, Server::Aaah, intact))
        }
        Message::Ack(Leg::Plain, ack) => was_tunnelled(state, ack.seq, ack.intact),
        _ => false,
    }
}

/// Whether a reply to this request, as it is, has been sent.
fn is_replied(network: &Network, hop: Hop, request: crate::Request) -> bool {
    let mut replies = network.alike(Alike::Reply(hop, request.ident));
    // A 131 under its own key was to an altered one.
    let refutes_altered = |reply: &crate::Reply| {
        let own = matches!(request.form, Form::Again(key) if reply.key == Some(key));
        reply.code == Code::Unproved && own
    };
    // What another FHA says is to one that somebody sent elsewhere.
    replies.any(|sent| {
        matches!(sent, Message::Reply(_, reply)
            if (reply.fha, reply.link) == (request.fha, request.care_of.link)
                && !refutes_altered(&reply))
    })
}

fn was_tunnelled(state: &State, seq: crate::Seq, intact: bool) -> bool {
    let mut tunnelled = state.network.alike(Alike::TunnelledAcks);
    tunnelled.any(|sent| {
        matches!(sent, Message::Ack(_, other)
        if (other.seq, other.intact) == (seq, intact))
    })
}

fn cost_of_mn(config: &Config, state: &State, action: Action) -> Option<u8> {
    let mn = &state.mn;
    let here = mn.registration_here().is_some();
    let staying = !mn.leaving && !state.environment.gone;
    let waiting = || mn.request.map(|_| hope_of_request(config, state));
    let updating = || mn.update.map(|_| hope_of_update(state));
    match action {
        Action::Attach(link) => match mn.link {
            _ if !staying => None,
            // Where links differ it may begin on any.
            None => (link == Link::A || config.roams).then_some(0),
            Some(now) => (link != now).then_some(1),
        },
        Action::AskAgain if mn.access == Access::Asking => {
            Some(u8::from(hope_of_access(state) == Hope::Alive))
        }
        //= access.5.4
        Action::AskAgain if matches!(mn.access, Access::Granted(_)) => (!mn.leaving).then_some(1),
        // Whom a server has refused that had lost its conversation may ask again.
        Action::AskAgain if mn.access == Access::Refused => {
            let has_access = state.environment.profile != Profile::WrongAccessSecret;
            (staying && has_access).then_some(0)
        }
        Action::Repeat => waiting().map(|hope| {
            let has_challenge = !uses_fa(config, mn.link) || mn.agent == Agent::Fresh;
            u8::from(hope != Hope::Lost || !has_challenge)
        }),
        Action::Refresh | Action::Renew => {
            (here && mn.request.is_none() && !mn.leaving).then_some(1)
        }
        Action::Retry if staying && mn.request.is_none() && !here && mn.knows_way(config) => {
            let Access::Granted(Some(fha)) = mn.access else { return None };
            let strangers = state.fha.of(fha).strangers;
            let crowded = match config.neighbour {
                None => !strangers.is_empty(),
                Some(_) => state.aaah.next(fha).is_some_and(|address| strangers.contains(address)),
            };
            let free = state.aaah.can_assign(fha)
                && !crowded
                && state.environment.profile.may_register(fha);
            Some(u8::from(!free))
        }
        Action::RepeatUpdate if here => updating().map(|hope| u8::from(hope != Hope::Lost)),
        Action::RefreshUpdate => {
            let can = mn.binding.is_some() && mn.update.is_none() && !mn.leaving;
            (can && here).then_some(1)
        }
        Action::BindAnew => {
            let complete = mn.registration.is_some_and(|r| r.care_of6().is_some());
            let unbound = mn.binding.is_none() && mn.update.is_none() && mn.request.is_none();
            let minds = config.heeds(Guard::MnUpdatesForNewCareOf);
            (here && complete && unbound && !mn.leaving && minds).then_some(0)
        }
        Action::Release => (here && staying).then_some(1),
        Action::MnRestarts => (mn.link.is_some() && !state.environment.gone).then_some(1),
        Action::Depart => (!state.environment.gone).then_some(0),
        Action::Lapse => (state.environment.gone && mn.link.is_none()).then_some(0),
        Action::GiveUpRelease if mn.leaving => {
            let of_update = updating().filter(|_| mn.update.is_some_and(|update| update.release));
            let of_request = || waiting().filter(|_| mn.request.is_some_and(|r| r.release));
            of_update.or_else(of_request).map(|hope| u8::from(hope == Hope::Alive))
        }
        Action::MnLosesRegistration => {
            mn.registration.map(|_| u8::from(waiting() != Some(Hope::Gone)))
        }
        Action::MnLosesBinding => mn.binding.map(|_| 1),
        _ => None,
    }
}

fn cost_on_link(config: &Config, state: &State, action: Action) -> Option<u8> {
    let mn = &state.mn;
    let possible = match action {
        Action::NasGivesUp(link) | Action::NasRestarts(link) => state.nas.of(link).asking,
        Action::AaaForgets(link) => {
            let nas = state.nas.of(link);
            let answered = |session| state.network.any(Alike::AccessAnswer(session, link));
            nas.asking && !nas.session.is_some_and(answered)
        }
        Action::Advertise(link) => {
            let wanted = mn.link == Some(link) && mn.agent == Agent::Unheard;
            let shown = || state.network.contains(Message::Advertisement(link));
            return (wanted && uses_fa(config, Some(link)) && !shown()).then_some(0);
        }
        Action::FaRestarts(link) => !state.fa.of(link).pending.is_empty(),
        Action::FaGivesUp(link, ident) => state.fa.of(link).pending.contains(ident),
        //= registration.9.7
        Action::FaLosesVisitor(link) => state.fa.of(link).visitor.is_some_and(|ident| {
            let registered = mn.registration.is_some_and(|r| r.care_of.link == link);
            !(registered || waits_for(state, ident)) || !config.heeds(Guard::FaKeepsVisitor)
        }),
        _ => false,
    };
    possible.then_some(1)
}

fn cost_at_home(config: &Config, state: &State, action: Action) -> Option<u8> {
    let mn = &state.mn;
    let possible = match action {
        Action::FhaRestarts(fha) => {
            let mut after = *state.fha.of(fha);
            after.crash(config);
            after != *state.fha.of(fha)
        }
        Action::HaRestarts => {
            let mut after = state.ha;
            after.crash(config);
            after != state.ha
        }
        Action::FhaGivesUp(fha) => state.fha.of(fha).pending.is_some(),
        // The MN counts from the sending of its request, so its registration ends first.
        //= registration.10.11
        //= data-path.7.2
        Action::FhaLosesBinding(fha) => state.fha.of(fha).binding.is_some_and(|binding| {
            let registered = mn.registration.is_some_and(|r| r.fha == fha);
            !(registered || waits_for(state, binding.ident))
                || !config.heeds(Guard::MnCountsFromSending)
        }),
        // The lifetime that was granted is over, and so is that of the MN and of the HA.
        //= registration.7.18
        Action::FhaForgetsKey(fha) => {
            let registered = mn.registration.is_some_and(|r| r.fha == fha);
            let bound = state.ha.binding.is_some_and(|binding| binding.care_of.fha == fha);
            let asked = state.ha.pending.is_some_and(|update| update.care_of.fha == fha);
            let counted = (registered || bound || asked) && config.heeds(Guard::FhaWaitsForEnd);
            let possible = state.fha.of(fha).mark.is_some() && !counted;
            return possible.then_some(u8::from(!is_elsewhere(state, fha)));
        }
        Action::HaGivesUp => state.ha.pending.is_some(),
        //= home-binding.1.7
        //= home-binding.3.9
        Action::HaLosesBinding => state.ha.binding.is_some_and(|binding| {
            let waits = mn.update.is_some_and(|update| update.seq == binding.seq);
            !(mn.binding.is_some() || waits) || !config.heeds(Guard::MnCountsBindingFromSending)
        }),
        // What FHA and HA grant ends within what the AAAH granted, which keeps its own record
        // for longer by the time that an answer may take.
        //= registration.7.12
        //= movement.2.5
        //= keys.3.6
        Action::AaahForgets(fha) => {
            let assigned = !state.aaah.assigned.of(fha).is_empty();
            let kept = config.heeds(Guard::AaahKeepsAssignment);
            let possible = assigned && !(kept && is_assignment_in_use(state, fha));
            return possible.then_some(u8::from(!is_elsewhere(state, fha)));
        }
        Action::AaahRestarts => {
            let answered = || state.network.any(Alike::RegistrationAnswers);
            !state.aaah.restarted && !state.environment.gone && answered()
        }
        Action::StrangersBind(fha) => state.fha.of(fha).free_for_strangers().is_some(),
        Action::StrangersLeave(fha) => {
            return (!state.fha.of(fha).strangers.is_empty()).then_some(0);
        }
        Action::OthersTake(fha) => !state.aaah.free(fha).is_empty(),
        Action::OthersGiveBack(fha) => {
            return (!state.aaah.others.of(fha).is_empty()).then_some(0);
        }
        _ => false,
    };
    possible.then_some(1)
}

/// Whether the MN is registered at another FHA: what it has left behind here ends by itself.
fn is_elsewhere(state: &State, fha: FhaId) -> bool {
    state.mn.registration.is_some_and(|registration| registration.fha != fha)
}

/// Whether FHA or HA hold something by an assignment, or are about to.
fn is_assignment_in_use(state: &State, fha: FhaId) -> bool {
    let at_fha = state.fha.of(fha);
    let granted = |ident| {
        let mut answers = state.network.alike(Alike::RegistrationAnswer(fha, ident));
        answers.any(|answer| {
            matches!(answer, Message::RegistrationAnswer(_, _, Authorisation::Granted(_)))
        })
    };
    at_fha.binding.is_some()
        || at_fha.kept.is_some()
        || at_fha.pending.is_some_and(|(request, _)| granted(request.ident))
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
    let asked = nas.session < Some(session) || (nas.session == Some(session) && nas.asking);
    let replied = || state.network.any(Alike::AccessReply(session, link));
    if asked || replied() { Hope::Alive } else { Hope::Lost }
}

/// What can become of the registration request that the MN waits for.
#[must_use]
pub fn hope_of_request(config: &Config, state: &State) -> Hope {
    let Some(request) = state.mn.request else { return Hope::Gone };
    let (hop, through) = match uses_fa(config, state.mn.link) {
        true => (Hop::Link, passes_fa(state, &request)),
        false => (Hop::Direct, true),
    };
    let key = match request.form {
        Form::First => request.ident,
        Form::Again(key) => key,
    };
    let clock_is_wrong = state.mn.clock == Clock::Wrong;
    let answered = |hop| {
        state.network.alike(Alike::Reply(hop, request.ident)).any(|message| {
            matches!(message, Message::Reply(_, reply)
                if reply.key == Some(key)
                    && (hop == Hop::Relay || state.mn.link == Some(reply.link))
                    && reply.code != Code::Unproved
                    && (reply.code != Code::Stale || clock_is_wrong))
        })
    };
    if answered(hop) {
        return Hope::Alive;
    }
    let fha = state.fha.of(request.fha);
    let known = fha.binding.map(|binding| binding.key).or(fha.mark);
    let superseded = matches!(request.form, Form::Again(key) if known != Some(key));
    let fresh = fha.last.is_none_or(|last| request.ident > last)
        && (request.timely || clock_is_wrong)
        && !is_forgotten(state, &request);
    let at_fha = (fresh && !superseded) || (hop == Hop::Link && answered(Hop::Relay));
    match (at_fha, through) {
        (true, true) => Hope::Alive,
        _ if superseded => Hope::Gone,
        _ => Hope::Lost,
    }
}

/// Whether the FHA has asked about a request, and forgotten it by a crash.
fn is_forgotten(state: &State, request: &crate::Request) -> bool {
    let crate::Request { ident, fha, .. } = *request;
    let refused = || {
        let answer = Message::RegistrationAnswer(fha, ident, Authorisation::Refused);
        state.network.contains(answer)
    };
    let waits = state.fha.of(fha).pending.is_some_and(|(pending, _)| pending.ident == ident);
    !waits && state.network.any(Alike::RegistrationAsk(fha, ident)) && !refused()
}

/// Whether the FA of the MN's link waits for the reply to a request, or would relay it.
fn passes_fa(state: &State, request: &crate::Request) -> bool {
    let Some(fa) = state.mn.link.map(|link| state.fa.of(link)) else { return false };
    let unused = request.challenge.is_some_and(|challenge| !fa.used.contains(challenge));
    let repeated = || {
        let relayed = |ident| state.network.alike(Alike::Request(Hop::Relay, ident));
        fa.pending.iter().flat_map(relayed).any(|sent| {
            matches!(sent, Message::Request(_, other)
                if other.challenge == request.challenge && request.repeats(&other))
        })
    };
    let relayed = || state.network.contains(Message::Request(Hop::Relay, *request));
    (fa.pending.contains(request.ident) && relayed()) || unused || repeated()
}

/// What can become of the binding update that the MN waits for.
#[must_use]
pub fn hope_of_update(state: &State) -> Hope {
    let Some(update) = state.mn.update else { return Hope::Gone };
    // While another has the home address, the HA refuses.
    //= home-binding.3.4
    if state.ha.is_home_taken && state.ha.binding.is_none() {
        return Hope::Gone;
    }
    let binding = state.fha.of(update.care_of.fha).binding;
    let carried = binding.filter(|binding| {
        Some(binding.care_of.link) == state.mn.link
            && binding.parameters.address == update.care_of.address
    });
    let Some(carried) = carried else { return Hope::Gone };
    let here = Leg::Tunnel(carried.care_of);
    let network = &state.network;
    let accepted = |leg| {
        let mut acks = network.alike(Alike::Ack(leg, update.seq));
        acks.any(|ack| matches!(ack, Message::Ack(_, ack) if ack.accepted && ack.intact))
    };
    if accepted(here) || (accepted(Leg::Plain) && !was_tunnelled(state, update.seq, true)) {
        return Hope::Alive;
    }
    let seq = update.seq;
    let refusal = crate::Ack { seq, care_of: update.care_of, accepted: false, intact: true };
    let refused = network.contains(Message::BindingAnswer(seq, false))
        || network.contains(Message::Ack(Leg::Plain, refusal));
    let forgotten = state.ha.pending.is_none_or(|pending| pending.seq != seq)
        && network.any(Alike::BindingAsk(seq));
    let fresh = state.ha.last.is_none_or(|last| seq > last) && !refused && !forgotten;
    let sent = || {
        network.contains(Message::Update(Leg::Plain, update))
            || network.contains(Message::Update(here, update))
    };
    if fresh && sent() { Hope::Alive } else { Hope::Lost }
}

/// Whether the MN is where a bootstrap is to succeed: it has not gone, and user and configuration
/// are right.
#[must_use]
pub const fn is_to_complete(state: &State) -> bool {
    !state.environment.gone
        && matches!(state.environment.profile, Profile::Entitled | Profile::WrongClock)
}

#[cfg(test)]
mod tests {
    use super::is_replied;
    use crate::{CareOf4, Code, FhaId, Form, Hop, Ident, Link, Message, Owner, Reply, Request};

    /// Somebody sends the MN's request to another FHA too, which refutes it: the FHA that it is meant
    /// for has said nothing by that, so that it is no event when the request comes there.
    #[test]
    fn what_another_fha_says_is_no_reply() {
        let key = Ident::after(None).expect("a first");
        let ident = Ident::after(Some(key)).expect("a second");
        let (fha, link, challenge) = (FhaId::Two, Link::C, None);
        let care_of = CareOf4 { link, owner: Owner::Mn };
        let (form, release, timely, intact) = (Form::Again(ident), true, true, true);
        let request = Request { ident, fha, care_of, form, release, challenge, timely, intact };
        let said = |fha| {
            let (code, parameters, key) = (Code::Unproved, None, Some(key));
            let reply = Reply { ident, fha, link, code, parameters, key };
            is_replied(
                &[Message::Reply(Hop::Direct, reply)].into_iter().collect(),
                Hop::Direct,
                request,
            )
        };
        assert!(!said(FhaId::One));
        assert!(said(FhaId::Two));
    }
}
