//! What comes before what.

use super::{Kind, Promise, Verdict, of_sent};
use crate::{
    Access, Action, Admission, Authorisation, Code, Config, Hop, Leg, Message, Network, Profile,
    State, message::Alike,
};

/// The arrows of the figures come in their order.
pub(super) const FIGURES: Promise = Promise {
    name: "order of the figures",
    says: "every message follows the one that the figures draw before it",
    requirements: &["R-26", "R-33", "R-39", "R-40", "R-43"],
    sentences: &[
        "access.3.1",
        "access.4.1",
        "registration.3.1",
        "registration.6.1",
        "registration.8.1",
        "home-binding.1.1",
        "home-binding.2.1",
    ],
    kind: Kind::Step(figures),
};

fn figures(_: &Config, before: &State, _: Action, after: &State) -> Verdict {
    of_sent(before, after, |message| Some(has_cause(before, message)))
}

/// Whether what the figures draw before a message was sent before.
fn has_cause(before: &State, message: Message) -> bool {
    let network = &before.network;
    let asked = |ident| {
        network.any(Alike::Request(Hop::Direct, ident))
            || network.any(Alike::Request(Hop::Relay, ident))
    };
    match message {
        Message::Advertisement(_) | Message::AccessRequest(..) => true,
        Message::AccessAsk(session, link, secret, _) => {
            network.contains(Message::AccessRequest(session, link, secret))
        }
        Message::AccessAnswer(session, link, server, _) => network.iter().any(|sent| {
            matches!(sent, Message::AccessAsk(s, l, _, by) if (s, l, by) == (session, link, server))
        }),
        Message::AccessReply(session, link, _) => network.any(Alike::AccessAnswer(session, link)),
        Message::Request(Hop::Relay, request) => {
            network.any(Alike::Request(Hop::Link, request.ident))
        }
        Message::Request(hop, request) => {
            let link = request.care_of.link;
            let heard = hop != Hop::Link || network.contains(Message::Advertisement(link));
            heard && before.mn.session.is_some_and(|session| {
                let mut replies = network.alike(Alike::AccessReply(session, link));
                replies.any(|reply| {
                    matches!(reply, Message::AccessReply(_, _, Admission::Granted(Some(_))))
                })
            })
        }
        Message::RegistrationAsk(_, ident, ..) => asked(ident),
        Message::RegistrationAnswer(fha, ident, _) => {
            network.any(Alike::RegistrationAsk(fha, ident))
        }
        Message::Reply(Hop::Link, reply) => match reply.code {
            Code::Challenge | Code::Timeout => network.any(Alike::Request(Hop::Link, reply.ident)),
            _ => network.any(Alike::Reply(Hop::Relay, reply.ident)),
        },
        Message::Reply(_, reply) => {
            let first = reply.key == Some(reply.ident);
            let answered = network.any(Alike::RegistrationAnswer(reply.fha, reply.ident));
            asked(reply.ident) && (!first || answered)
        }
        Message::Update(Leg::Tunnel(_), _) => {
            is_accepted(network, Hop::Direct) || is_accepted(network, Hop::Link)
        }
        Message::Update(Leg::Plain, update) => network.iter().any(
            |sent| matches!(sent, Message::Update(Leg::Tunnel(_), tunnelled) if tunnelled == update),
        ),
        Message::BindingAsk(seq, ..) => network.iter().any(
            |sent| matches!(sent, Message::Update(Leg::Plain, update) if update.seq == seq),
        ),
        Message::BindingAnswer(seq, _) => network.any(Alike::BindingAsk(seq)),
        Message::Ack(Leg::Plain, ack) => match ack.accepted {
            true => network.contains(Message::BindingAnswer(ack.seq, true)),
            false => network.any(Alike::BindingAnswer(ack.seq)),
        },
        Message::Ack(Leg::Tunnel(_), ack) => network.contains(Message::Ack(Leg::Plain, ack)),
    }
}

/// Whether an accepting reply has been sent to the MN.
fn is_accepted(network: &Network, hop: Hop) -> bool {
    let mut replies = network.alike(Alike::Replies(hop));
    replies.any(|reply| matches!(reply, Message::Reply(_, reply) if reply.code == Code::Accepted))
}

/// Nobody holds anything that an AAA server has not granted.
pub(super) const AUTHORISATION: Promise = Promise {
    name: "nothing before authorisation",
    says: "access, binding, parameters and home binding exist only after the AAA server's accept",
    requirements: &["R-6", "R-9", "R-36"],
    sentences: &[
        "access.3.5",
        "access.4.12",
        "registration.6.1",
        "registration.6.14",
        "registration.6.16",
        "home-binding.2.1",
        "home-binding.2.10",
    ],
    kind: Kind::State(authorisation),
};

fn authorisation(config: &Config, state: &State) -> Verdict {
    let network = &state.network;
    let granted = |fha, key, parameters| {
        let answer = Authorisation::Granted(Some(parameters));
        network.contains(Message::RegistrationAnswer(fha, key, answer))
    };
    let mut bindings = state.fha.iter().filter_map(|(id, fha)| Some((id, fha.binding?)));
    let registration = state.mn.registration;
    let admitted = matches!(state.mn.access, Access::Granted(_));
    let premise = admitted || registration.is_some() || state.ha.binding.is_some();
    let kept = bindings.all(|(id, binding)| granted(id, binding.key, binding.parameters))
        && registration.is_none_or(|r| {
            network.iter().any(|sent| {
                matches!(sent, Message::RegistrationAnswer(fha, key, Authorisation::Granted(_))
                    if (fha, key) == (r.fha, r.key))
            })
        })
        && state
            .ha
            .binding
            .is_none_or(|binding| network.contains(Message::BindingAnswer(binding.seq, true)))
        // What the MN believes of its access gives it nothing: the NAS decides, and an attacker can
        // say anything (access.4.13).
        && (!admitted || is_admitted(state) || config.attacker.is_some());
    Verdict::when(premise, kept)
}

fn is_admitted(state: &State) -> bool {
    let (Some(session), Some(link)) = (state.mn.session, state.mn.link) else { return false };
    let mut answers = state.network.alike(Alike::AccessAnswer(session, link));
    answers.any(|answer| matches!(answer, Message::AccessAnswer(.., Admission::Granted(_))))
}

/// Who has no right to something does not get it.
pub(super) const ENTITLEMENT: Promise = Promise {
    name: "nobody gets what is not his",
    says: "a wrong secret, a missing subscription or agreement never leads to what it stands for",
    requirements: &["R-6", "R-10", "R-45", "H-24"],
    sentences: &[
        "access.3.6",
        "access.3.8",
        "access.4.14",
        "registration.6.7",
        "registration.6.8",
        "registration.10.6",
        "movement.1.11",
    ],
    kind: Kind::State(entitlement),
};

fn entitlement(config: &Config, state: &State) -> Verdict {
    let profile = state.environment.profile;
    // Whom an attacker tells that he has access may try; the NAS keeps his packets, which is no
    // part of this model.
    let attacked = config.attacker.is_some();
    if attacked && profile == Profile::WrongAccessSecret {
        return Verdict::Vacuous;
    }
    let unbound = state.ha.binding.is_none() && state.mn.binding.is_none();
    let nothing_at = state.fha.iter().all(|(id, fha)| {
        profile.may_register(id)
            || (fha.binding.is_none()
                && state.aaah.assigned.of(id).is_empty()
                && state.mn.registration.is_none_or(|registration| registration.fha != id))
    });
    let kept = nothing_at
        && match profile {
            Profile::Entitled
            | Profile::WrongClock
            | Profile::NoAgreement
            | Profile::SharedHome => true,
            Profile::WrongHomeSecret => unbound,
            Profile::WrongAccessSecret => {
                unbound
                    && !matches!(state.mn.access, Access::Granted(_))
                    && state.mn.ident.is_none()
            }
            Profile::NoMobility => unbound && (attacked || state.mn.ident.is_none()),
            Profile::NoIpv6 => unbound && (attacked || state.mn.seq.is_none()),
        };
    Verdict::when(!profile.is_entitled() && state.mn.session.is_some(), kept)
}

/// A binding update has a registration behind it.
pub(super) const UPDATE_WHEN_REGISTERED: Promise = Promise {
    name: "update only when registered",
    says: "the MN sends a binding update only with the parameters and through the tunnel of its \
           registration in force",
    requirements: &["R-22", "R-23", "R-38", "R-39", "H-18", "H-24"],
    sentences: &[
        "home-binding.1.1",
        "home-binding.1.2",
        "registration.10.6",
        "registration.10.12",
        "data-path.1.1",
        "data-path.1.5",
    ],
    kind: Kind::Step(update_when_registered),
};

fn update_when_registered(_: &Config, before: &State, _: Action, after: &State) -> Verdict {
    of_sent(before, after, |message| match message {
        Message::Update(Leg::Tunnel(from), update) => {
            Some(after.mn.registration.is_some_and(|registration| {
                registration.care_of == from && registration.care_of6() == Some(update.care_of)
            }))
        }
        _ => None,
    })
}

/// A release goes from the inside out.
pub(super) const RELEASE_IN_ORDER: Promise = Promise {
    name: "release in order",
    says: "the MN lets go of its registration only when the HA holds no binding any more, its \
           time is over, or the HA does not answer",
    requirements: &["H-19"],
    sentences: &["movement.3.1", "movement.3.2"],
    kind: Kind::Step(release_in_order),
};

fn release_in_order(_: &Config, before: &State, action: Action, after: &State) -> Verdict {
    of_sent(before, after, |message| match message {
        Message::Request(Hop::Direct | Hop::Link, request) if request.release => {
            let gave_up = matches!(action, Action::GiveUpRelease | Action::Repeat);
            let is_over = before.mn.binding.is_none() && before.mn.update.is_none();
            let told = after.ha.binding.is_none() && after.mn.binding.is_none();
            Some(gave_up || is_over || told)
        }
        _ => None,
    })
}
