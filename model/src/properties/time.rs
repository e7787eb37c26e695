//! Lifetimes, replays, and what is left afterwards.

use super::{
    Kind, Promise, Verdict,
    agreement::{last_ack, last_reply},
};
use crate::{Access, Action, Code, Config, Fa, Hop, Leg, Message, State, message::Alike};

/// Lifetimes end in their order.
pub(super) const NESTED: Promise = Promise {
    name: "lifetimes nested",
    says: "the MN's registration ends before the FA's entry and the FHA's binding, its home \
           binding before its registration and before the HA's, and all before the AAAH's \
           assignment",
    requirements: &["H-18"],
    sentences: &[
        "data-path.7.2",
        "data-path.2.3",
        "registration.7.12",
        "registration.9.7",
        "registration.10.11",
        "home-binding.1.7",
        "home-binding.2.7",
        "home-binding.3.9",
        "home-binding.4.7",
        "keys.1.11",
        "keys.3.6",
        "movement.2.5",
    ],
    kind: Kind::State(nested),
};

fn nested(config: &Config, state: &State) -> Verdict {
    let mn = &state.mn;
    let letting_go = mn.request.is_some_and(|request| request.release);
    let ending = mn.update.is_some_and(|update| update.release);
    let registration = mn.registration.is_none_or(|held| {
        // An attacker can lead a request past the FA.
        let through_fa = config.care_of(held.care_of.link).via_fa() && config.attacker.is_none();
        let visitor = state.fa.of(held.care_of.link).visitor;
        letting_go
            || (state.fha.of(held.fha).binding.is_some() && (!through_fa || visitor.is_some()))
    });
    let binding = mn.binding.is_none_or(|bound| {
        let held = mn.registration.and_then(|registration| registration.care_of6());
        held == Some(bound) && (ending || state.ha.binding.is_some())
    });
    let at_fha = state.fha.iter().all(|(id, fha)| {
        let assigned = state.aaah.assigned.of(id);
        fha.binding.is_none_or(|binding| assigned.contains(binding.parameters.address))
    });
    let at_ha = state.ha.binding.is_none_or(|binding| {
        state.aaah.assigned.of(binding.care_of.fha).contains(binding.care_of.address)
    });
    let premise = mn.registration.is_some() || state.ha.binding.is_some();
    Verdict::when(premise, registration && binding && at_fha && at_ha)
}

/// Replays do nothing.
pub(super) const REPLAY: Promise = Promise {
    name: "replay changes nothing",
    says: "what was accepted already, or is older than that, changes no binding, visitor or \
           registration when it comes again, and no session of access is taken up or answered twice",
    requirements: &["R-36", "H-23", "H-26"],
    sentences: &[
        "access.3.1",
        "access.5.8",
        "registration.5.13",
        "registration.7.4",
        "registration.7.7",
        "registration.7.14",
        "registration.9.1",
        "registration.9.12",
        "home-binding.3.1",
        "movement.3.7",
    ],
    kind: Kind::Step(replay),
};

fn replay(_: &Config, before: &State, action: Action, after: &State) -> Verdict {
    let Action::Deliver(message) = action else { return Verdict::Vacuous };
    let network = &before.network;
    match message {
        Message::Request(Hop::Direct | Hop::Relay, crate::Request { fha, ident, .. })
        | Message::RegistrationAnswer(fha, ident, _) => {
            let old = last_reply(network, |reply| reply.fha == fha) >= Some(ident);
            let same = before.fha.of(fha).binding == after.fha.of(fha).binding;
            Verdict::when(old, same)
        }
        Message::Update(Leg::Plain, crate::Update { seq, .. }) | Message::BindingAnswer(seq, _) => {
            Verdict::when(last_ack(network) >= Some(seq), before.ha.binding == after.ha.binding)
        }
        Message::Request(Hop::Link, request) => {
            let mut replies = network.alike(Alike::Reply(Hop::Link, request.ident));
            let old = replies.any(|sent| {
                matches!(sent, Message::Reply(_, r)
                if matches!(r.code, Code::Accepted | Code::Released))
            });
            let (fa, then) =
                (before.fa.of(request.care_of.link), after.fa.of(request.care_of.link));
            let used_up = request.challenge.is_none_or(|challenge| {
                let relayed = |pending: bool| {
                    let mut requests = network.alike(Alike::Requests(Hop::Relay));
                    requests.any(|sent| {
                        matches!(sent, Message::Request(_, r)
                            if r.challenge == Some(challenge)
                                && r.care_of.link == request.care_of.link
                                && (!pending
                                    || (fa.pending.contains(r.ident) && request.repeats(&r))))
                    })
                };
                relayed(false) && !relayed(true)
            });
            Verdict::when(old || used_up, fa.visitor == then.visitor && (!used_up || fa == then))
        }
        Message::Reply(Hop::Relay, reply) => {
            let entry = |fa: &Fa| (fa.visitor, fa.pending);
            let (old, new) = (before.fa.of(reply.link), after.fa.of(reply.link));
            let replayed = !old.pending.contains(reply.ident);
            Verdict::when(replayed, entry(old) == entry(new))
        }
        Message::AccessReply(session, ..) => {
            let asking = before.mn.session == Some(session) && before.mn.access == Access::Asking;
            Verdict::when(!asking, before.mn == after.mn)
        }
        Message::AccessAnswer(session, link, ..) => {
            let nas = before.nas.of(link);
            let waited = nas.asking && nas.session == Some(session);
            let silent = || after.network.since(&before.network).next().is_none();
            Verdict::when(!waited, nas == after.nas.of(link) && silent())
        }
        Message::AccessRequest(session, link, _) => {
            // By what was said, as the NAS itself may not remember.
            let mut all = network.iter();
            let old = all.any(|sent| {
                matches!(sent, Message::AccessAsk(asked, of, ..)
                    if of == link && asked >= session)
            });
            Verdict::when(old, before.nas.of(link) == after.nas.of(link))
        }
        Message::Reply(_, reply) => {
            let old = before.mn.request.is_none_or(|request| request.ident != reply.ident);
            Verdict::when(old, before.mn == after.mn)
        }
        Message::Ack(Leg::Tunnel(_), ack) => {
            let old = before.mn.update.is_none_or(|update| update.seq != ack.seq);
            Verdict::when(old, before.mn == after.mn)
        }
        _ => Verdict::Vacuous,
    }
}

/// A release leaves nothing.
pub(super) const RELEASED: Promise = Promise {
    name: "release leaves nothing",
    says: "once the MN has let go and been answered, neither FHA nor MN holds anything of the \
           registration, nor the FA when it relays that answer, nor the HA when it has \
           acknowledged the home binding's end",
    requirements: &["R-3", "R-22", "R-24", "H-19"],
    sentences: &[
        "movement.3.3",
        "movement.3.4",
        "movement.3.5",
        "movement.3.6",
        "home-binding.3.12",
        "data-path.7.1",
    ],
    kind: Kind::Step(released),
};

fn released(_: &Config, before: &State, action: Action, after: &State) -> Verdict {
    match action {
        Action::Deliver(Message::Reply(Hop::Direct | Hop::Link, reply))
            if reply.code == Code::Released && after.mn.link != before.mn.link =>
        {
            let mn = &after.mn;
            let forgotten = mn.registration.is_none()
                && mn.binding.is_none()
                && mn.request.is_none()
                && mn.update.is_none();
            let fha = after.fha.of(reply.fha).binding.is_none();
            Verdict::of(forgotten && fha)
        }
        // A newer visitor stays (registration.9.12). An accepting reply that comes to the FA after
        // this one enters the visitor once more,
        // until that lifetime ends; the FHA has no binding then, and nothing is tunnelled for it.
        Action::Deliver(Message::Reply(Hop::Relay, reply))
            if reply.code == Code::Released
                && before.fa.of(reply.link).visitor <= Some(reply.ident)
                && before.fa.of(reply.link) != after.fa.of(reply.link) =>
        {
            Verdict::of(after.fa.of(reply.link).visitor.is_none())
        }
        Action::Deliver(Message::Ack(Leg::Tunnel(_), _))
            if before.mn.update.is_some_and(|update| update.release)
                && after.mn.update.is_none() =>
        {
            Verdict::of(after.ha.binding.is_none())
        }
        _ => Verdict::Vacuous,
    }
}

/// Who has come home leaves nothing behind.
pub(super) const HOME: Promise = Promise {
    name: "nothing is left at home",
    says: "after an MN has let go to be at home, and has been answered by HA and FHA, neither has a \
           binding for it, whatever arrives late",
    requirements: &["R-3", "R-25", "H-19"],
    sentences: &["movement.3.1", "movement.3.8", "home-binding.3.1", "home-binding.3.12"],
    kind: Kind::State(home),
};

fn home(_: &Config, state: &State) -> Verdict {
    let (State { mn, network, .. }, Some(ident)) = (state, state.mn.ident) else {
        return Verdict::Vacuous;
    };
    let mut answers = [Hop::Direct, Hop::Link]
        .into_iter()
        .flat_map(|hop| network.alike(Alike::Reply(hop, ident)))
        .filter_map(|sent| match sent {
            Message::Reply(_, reply) if reply.code == Code::Released && reply.key.is_some() => {
                Some(reply.fha)
            }
            _ => None,
        });
    let released = if mn.link.is_none() { answers.next() } else { None };
    let Some(fha) = released else { return Verdict::Vacuous };
    // One that somebody has made a release of says nothing of what the MN has told the HA.
    let told = |seq| {
        let ended = |update: crate::Update| update.seq == seq && update.release && update.intact;
        let mut updates = network.alike(Alike::Updates);
        let mut acks = network.alike(Alike::Ack(Leg::Plain, seq));
        updates.any(|sent| matches!(sent, Message::Update(_, update) if ended(update)))
            && acks.any(|sent| matches!(sent, Message::Ack(_, ack) if ack.accepted))
    };
    let kept = state.ha.binding.is_none() && state.fha.of(fha).binding.is_none();
    Verdict::when(mn.seq.is_none_or(told), kept)
}

/// In the end nothing is left.
pub(super) const LAPSED: Promise = Promise {
    name: "nothing outlives the last lifetime",
    says: "when every lifetime has ended no binding or visitor is left, and no late message makes \
           one (with an attacker: no binding, as its own reply enters a visitor at an agent, which \
           cannot tell)",
    requirements: &["H-18", "H-19"],
    sentences: &["movement.3.10", "registration.7.13", "registration.7.14", "home-binding.3.11"],
    kind: Kind::State(lapsed),
};

fn lapsed(config: &Config, state: &State) -> Verdict {
    let over = state.environment.gone
        && state.mn.link.is_none()
        && state.mn.ident.is_some()
        && state.fha.iter().all(|(_, fha)| fha.last >= state.mn.ident)
        && state.ha.last >= state.mn.seq;
    let nothing = state.ha.binding.is_none()
        && state.fha.iter().all(|(_, fha)| fha.binding.is_none())
        && (config.attacker.is_some() || state.fa.iter().all(|(_, fa)| fa.visitor.is_none()));
    Verdict::when(over, nothing)
}

/// The model is large enough for what happens in it.
pub(super) const IN_BOUNDS: Promise = Promise {
    name: "the model's counters suffice",
    says: "no counter and no store of the model overflows, so that no behaviour is cut off",
    requirements: &[],
    sentences: &[],
    kind: Kind::State(in_bounds),
};

fn in_bounds(_: &Config, state: &State) -> Verdict {
    Verdict::of(!state.history.out_of_bounds)
}

#[cfg(test)]
mod tests {
    use super::{Verdict, home};
    use crate::{
        Ack, Address, CareOf6, Code, Config, FhaId, Hop, Ident, Leg, Link, Message, Profile, Reply,
        Seq, State, Update, ha::Binding,
    };
    use dsboot_spec::Setup;

    /// An update that somebody has made a release of is none: the MN may have let go without telling
    /// the HA, and the binding there is not what "at home" forbids.
    #[test]
    fn altered_update_is_no_release() {
        let (ident, seq) =
            (Ident::after(None).expect("a first"), Seq::after(None).expect("a first"));
        let fha = FhaId::One;
        let care_of = CareOf6 { fha, address: Address::One };
        let told = |intact| {
            let mut state = State::initial(Profile::Entitled, 0);
            state.mn.ident = Some(ident);
            state.mn.seq = Some(seq);
            state.ha.binding = Some(Binding { care_of, seq });
            let (link, code, parameters, key) = (Link::A, Code::Released, None, Some(ident));
            let ack = Ack { seq, care_of, accepted: true, intact: true };
            state.network = [
                Message::Reply(Hop::Direct, Reply { ident, fha, link, code, parameters, key }),
                Message::Update(Leg::Plain, Update { seq, care_of, release: true, intact }),
                Message::Ack(Leg::Plain, ack),
            ]
            .into_iter()
            .collect();
            home(&Config::new(Setup::ALL[0], 0), &state)
        };
        assert_eq!(told(false), Verdict::Vacuous);
        assert_eq!(told(true), Verdict::Broken);
    }
}
