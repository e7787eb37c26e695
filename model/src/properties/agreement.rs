//! What two believe of each other.

use super::{Kind, Promise, Verdict, of_sent};
use crate::{
    Action, Authorisation, CareOf4, Code, Config, Form, Hop, Ident, Leg, Message, Network, Reply,
    Seq, State, message::Alike,
};

/// MN and FHA agree.
pub(super) const MN_FHA: Promise = Promise {
    name: "agreement of MN and FHA",
    says: "what the MN holds of its registration is what the FHA has bound, until the MN itself \
           asks for something else",
    requirements: &["R-2", "R-4", "R-21", "R-37", "R-38", "R-53"],
    sentences: &[
        "registration.2.1",
        "registration.7.10",
        "registration.7.11",
        "registration.10.1",
        "registration.10.5",
        "keys.1.1",
        "keys.1.6",
        "movement.1.2",
        "movement.1.5",
    ],
    kind: Kind::State(mn_fha),
};

pub(super) fn mn_fha(_: &Config, state: &State) -> Verdict {
    let Some(held) = state.mn.registration else { return Verdict::Vacuous };
    let bound = state.fha.of(held.fha).binding;
    let releasing = state.mn.request.is_some_and(|request| request.release);
    let same = bound.is_some_and(|bound| {
        (bound.care_of, bound.parameters, bound.ident, bound.key)
            == (held.care_of, held.parameters, held.ident, held.key)
    });
    let newer =
        bound.is_some_and(|bound| bound.ident >= held.ident && bound.parameters == held.parameters);
    let kept = if state.mn.ident == Some(held.ident) { same } else { newer || releasing };
    Verdict::of(kept)
}

/// MN and HA agree.
pub(super) const MN_HA: Promise = Promise {
    name: "agreement of MN and HA",
    says: "the care-of address that the MN counts as bound is the one that the HA has bound, until \
           the MN itself asks for something else",
    requirements: &["R-2", "R-40", "H-16", "H-32"],
    sentences: &[
        "home-binding.3.7",
        "home-binding.4.1",
        "home-binding.4.2",
        "home-binding.4.3",
        "keys.3.1",
        "movement.1.7",
        "movement.1.9",
    ],
    kind: Kind::State(mn_ha),
};

pub(super) fn mn_ha(_: &Config, state: &State) -> Verdict {
    let Some(believed) = state.mn.binding else { return Verdict::Vacuous };
    let bound = state.ha.binding;
    let releasing = state.mn.update.is_some_and(|update| update.release);
    let same = bound.is_some_and(|bound| {
        bound.care_of == believed && state.mn.seq.is_some_and(|seq| bound.seq <= seq)
    });
    Verdict::of(same || (releasing && bound.is_none()))
}

/// Nobody is moved by what is not proved.
pub(super) const PROOF: Promise = Promise {
    name: "nothing without proof",
    says: "a reply changes the MN only under the key of its request, a later request changes the \
           FHA's binding only under the key in use, and FHA and HA answer only under a key that the \
           AAAH has given them, the FHA a first request under that request's",
    requirements: &["R-36", "R-53", "H-8"],
    sentences: &[
        "registration.7.1",
        "registration.7.3",
        "registration.8.2",
        "registration.10.2",
        "registration.10.3",
        "registration.10.13",
        "registration.6.14",
        "home-binding.2.10",
        "home-binding.3.7",
        "keys.1.6",
        "keys.1.7",
    ],
    kind: Kind::Step(proof),
};

fn proof(_: &Config, before: &State, action: Action, after: &State) -> Verdict {
    proof_of_change(before, action, after).and(proof_of_answer(before, action, after))
}

fn proof_of_answer(before: &State, action: Action, after: &State) -> Verdict {
    let network = &before.network;
    of_sent(before, after, |message| match message {
        Message::Reply(hop @ (Hop::Direct | Hop::Relay), reply) => {
            // The number of a first request may stand in a later one that an attacker makes.
            let is_first = |sent| matches!(sent, Message::Request(_, r) if r.form == Form::First);
            let first = match action {
                Action::Deliver(Message::Request(_, request))
                | Action::Inject(Message::Request(_, request)) => request.form == Form::First,
                _ => network.alike(Alike::Request(hop, reply.ident)).any(is_first),
            };
            let key = reply.key.filter(|key| !first || *key == reply.ident);
            Some(key.is_some_and(|key| is_granted(network, &reply, key)))
        }
        Message::Ack(Leg::Plain, ack) => {
            let accepted = || network.contains(Message::BindingAnswer(ack.seq, true));
            Some(ack.intact && (ack.accepted || before.ha.binding.is_some() || accepted()))
        }
        _ => None,
    })
}

fn proof_of_change(before: &State, action: Action, after: &State) -> Verdict {
    match action {
        Action::Deliver(Message::Reply(Hop::Direct | Hop::Link, reply)) => {
            let what = |state: &State| {
                let mn = state.mn;
                (mn.registration, mn.request, mn.clock, mn.binding, mn.update, mn.link)
            };
            let key = before.mn.request.map(|request| match request.form {
                Form::First => reply.ident,
                Form::Again(key) => key,
            });
            let granted = key.is_some_and(|key| is_granted(&before.network, &reply, key));
            let proved = reply.key.is_some() && reply.key == key && granted;
            Verdict::of(proved || what(before) == what(after))
        }
        Action::Deliver(Message::Request(Hop::Direct | Hop::Relay, request)) => {
            let Form::Again(key) = request.form else { return Verdict::Vacuous };
            let (before, after) = (before.fha.of(request.fha), after.fha.of(request.fha));
            let known = before.binding.map(|binding| binding.key).or(before.mark);
            let proved = known == Some(key) && request.intact;
            Verdict::of(proved || before.binding == after.binding)
        }
        _ => Verdict::Vacuous,
    }
}

/// Whether the AAAH has made this key for the FHA that replies.
fn is_granted(network: &Network, reply: &Reply, key: Ident) -> bool {
    let mut answers = network.alike(Alike::RegistrationAnswer(reply.fha, key));
    answers
        .any(|answer| matches!(answer, Message::RegistrationAnswer(.., Authorisation::Granted(_))))
}

/// Everything counts once.
pub(super) const ONCE: Promise = Promise {
    name: "nothing counts twice",
    says: "requests and updates have numbers of their own; FHA and HA accept each once and never \
           an older one afterwards, and the FHA does not refuse what it accepted last; the MN takes \
           only the answer to its last, and the server of step 2 answers each question once",
    requirements: &["R-36", "H-23"],
    sentences: &[
        "access.6.9",
        "registration.4.11",
        "registration.4.12",
        "registration.7.4",
        "registration.7.7",
        "registration.10.1",
        "home-binding.1.6",
        "home-binding.1.9",
        "home-binding.3.1",
        "home-binding.3.2",
        "home-binding.4.2",
    ],
    kind: Kind::Step(once),
};

fn once(_: &Config, before: &State, action: Action, after: &State) -> Verdict {
    accepted_once(before, action, after).and(numbered(before, after))
}

fn numbered(before: &State, after: &State) -> Verdict {
    let network = &before.network;
    of_sent(before, after, |message| match message {
        Message::Request(hop @ (Hop::Direct | Hop::Link), request) => {
            Some(!network.any(Alike::Request(hop, request.ident)))
        }
        Message::Update(Leg::Tunnel(_), update) => {
            let used = |care_of| network.any(Alike::Update(Leg::Tunnel(care_of), update.seq));
            Some(!CareOf4::all().any(used))
        }
        // Who is asked again says what he said before.
        Message::AccessAnswer(session, link, server, _) => {
            let mut answers = network.alike(Alike::AccessAnswer(session, link));
            let by = |sent| matches!(sent, Message::AccessAnswer(_, _, by, _) if by == server);
            Some(!answers.any(by))
        }
        Message::Reply(Hop::Direct | Hop::Relay, reply) => {
            let last = before.fha.of(reply.fha).binding.map(|binding| binding.ident);
            let accepts = matches!(reply.code, Code::Accepted | Code::Released);
            (last == Some(reply.ident)).then_some(accepts)
        }
        _ => None,
    })
}

fn accepted_once(before: &State, action: Action, after: &State) -> Verdict {
    let Action::Deliver(message) = action else { return Verdict::Vacuous };
    let network = &before.network;
    match message {
        Message::Reply(Hop::Direct | Hop::Link, reply)
            if after.mn.registration != before.mn.registration =>
        {
            Verdict::of(before.mn.ident == Some(reply.ident))
        }
        Message::Ack(Leg::Tunnel(_), ack) if after.mn.update != before.mn.update => {
            Verdict::of(before.mn.update.is_some_and(|update| update.seq == ack.seq))
        }
        Message::Request(Hop::Direct | Hop::Relay, crate::Request { fha, .. })
        | Message::RegistrationAnswer(fha, ..)
            if after.fha.of(fha).binding != before.fha.of(fha).binding =>
        {
            let accepted = after.fha.of(fha).binding.map(|binding| binding.ident);
            let last = last_reply(network, |reply| reply.fha == fha);
            Verdict::of(accepted.is_none_or(|ident| last < Some(ident)))
        }
        Message::BindingAnswer(..) | Message::Update(Leg::Plain, _)
            if after.ha.binding != before.ha.binding =>
        {
            let accepted = after.ha.binding.map(|binding| binding.seq);
            Verdict::of(accepted.is_none_or(|seq| last_ack(network) < Some(seq)))
        }
        _ => Verdict::Vacuous,
    }
}

/// Nobody is bound who has not asked for it.
pub(super) const ASKED_FOR: Promise = Promise {
    name: "bound as the MN asked",
    says: "every binding at FHA and HA is one that the MN itself has asked for, with this care-of \
           address, in this request or update",
    requirements: &["R-6", "R-36", "R-53", "H-16"],
    sentences: &[
        "registration.6.8",
        "registration.7.1",
        "registration.7.10",
        "home-binding.2.5",
        "keys.2.5",
    ],
    kind: Kind::State(asked_for),
};

fn asked_for(_: &Config, state: &State) -> Verdict {
    let network = &state.network;
    let mut at_fha = state.fha.iter().filter_map(|(id, fha)| Some((id, fha.binding?)));
    let asked = |(fha, binding): (crate::FhaId, crate::FhaBinding)| {
        let own = [Hop::Direct, Hop::Link].map(|hop| Alike::Request(hop, binding.ident));
        let mut requests = own.into_iter().flat_map(|alike| network.alike(alike));
        requests.any(|sent| {
            matches!(sent, Message::Request(_, request)
                if (request.fha, request.care_of) == (fha, binding.care_of) && !request.release)
        })
    };
    let updated = state.ha.binding.is_none_or(|binding| {
        let tunnels =
            CareOf4::all().map(|care_of| Alike::Update(Leg::Tunnel(care_of), binding.seq));
        let mut updates = tunnels.flat_map(|alike| network.alike(alike));
        updates.any(|sent| {
            matches!(sent, Message::Update(_, update)
                if update.care_of == binding.care_of && !update.release)
        })
    });
    let premise = state.fha.iter().any(|(_, fha)| fha.binding.is_some());
    Verdict::when(premise || state.ha.binding.is_some(), at_fha.all(asked) && updated)
}

/// The newest request that an FHA has accepted, by what it has replied.
pub(super) fn last_reply(network: &Network, fits: impl Fn(&Reply) -> bool) -> Option<Ident> {
    let replies = [Hop::Direct, Hop::Relay].into_iter().map(Alike::Replies);
    let accepted = replies.flat_map(|hop| network.alike(hop)).filter_map(|message| match message {
        Message::Reply(_, reply) if matches!(reply.code, Code::Accepted | Code::Released) => {
            Some(reply)
        }
        _ => None,
    });
    accepted.filter(|reply| fits(reply)).map(|reply| reply.ident).max()
}

/// The newest update that the HA has accepted, by what it has acknowledged.
pub(super) fn last_ack(network: &Network) -> Option<Seq> {
    let acks = network.alike(Alike::Acks).filter_map(|message| match message {
        Message::Ack(Leg::Plain, ack) if ack.accepted => Some(ack.seq),
        _ => None,
    });
    acks.max()
}

/// The reply says what the AAAH said.
pub(super) const AS_ASSIGNED: Promise = Promise {
    name: "reply as the AAAH assigned",
    says: "the parameters of a reply are those of the accept that its key comes from",
    requirements: &["R-29", "R-37", "R-50", "H-7", "H-9"],
    sentences: &["registration.6.9", "registration.6.17", "registration.6.20", "registration.8.8"],
    kind: Kind::Step(as_assigned),
};

fn as_assigned(_: &Config, before: &State, _: Action, after: &State) -> Verdict {
    of_sent(before, after, |message| match message {
        Message::Reply(Hop::Direct | Hop::Relay, reply) => {
            let accepts = reply.code == Code::Accepted;
            let assigned = reply.key.zip(reply.parameters).is_some_and(|(key, parameters)| {
                let answer = Authorisation::Granted(Some(parameters));
                after.network.contains(Message::RegistrationAnswer(reply.fha, key, answer))
            });
            Some(if accepts { assigned } else { reply.parameters.is_none() })
        }
        _ => None,
    })
}

/// No word of somebody else's parts MN and FHA.
pub(super) const ENDS_AT_BOTH: Promise = Promise {
    name: "a registration ends at both ends",
    says: "no reply takes the MN's registration from it while the FHA has the binding under the same \
           key",
    requirements: &["R-36", "H-10", "H-19"],
    sentences: &["registration.7.3", "registration.10.13", "registration.10.15", "movement.3.3"],
    kind: Kind::Step(ends_at_both),
};

fn ends_at_both(_: &Config, before: &State, action: Action, after: &State) -> Verdict {
    let Action::Deliver(Message::Reply(Hop::Direct | Hop::Link, _)) = action else {
        return Verdict::Vacuous;
    };
    let Some(held) = before.mn.registration else { return Verdict::Vacuous };
    let bound = after.fha.of(held.fha).binding.is_some_and(|binding| binding.key == held.key);
    Verdict::of(after.mn.registration.is_some() || !bound)
}
