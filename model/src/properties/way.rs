//! Which way things go, and through whose hands unchanged.

use super::{Kind, Promise, Verdict, of_sent};
use crate::{
    Action, Admission, Code, Config, Hop, Leg, Message, Owner, Server, State, data_path,
    message::Alike,
};
use dsboot_spec::{CareOf, Role};

/// The request goes where the care-of address says.
pub(super) const CARE_OF: Promise = Promise {
    name: "request goes where the care-of address says",
    says: "co-located: straight to the FHA; the FA's address, or R set: to the FA, and only then with \
           an answer to its challenge; D and the Care-of Address field fit",
    requirements: &["R-16", "R-17", "R-18", "R-19", "R-20", "R-41"],
    sentences: &[
        "registration.3.2",
        "registration.3.3",
        "registration.3.4",
        "registration.3.5",
        "registration.4.6",
        "registration.5.1",
        "movement.1.10",
    ],
    kind: Kind::Step(care_of),
};

fn care_of(config: &Config, before: &State, _: Action, after: &State) -> Verdict {
    of_sent(before, after, |message| match message {
        Message::Request(hop @ (Hop::Direct | Hop::Link), request) => {
            let care_of = request.care_of;
            let way = match config.care_of(care_of.link) {
                CareOf::Colocated => (Hop::Direct, Owner::Mn),
                CareOf::ForeignAgent => (Hop::Link, Owner::Fa),
                CareOf::ColocatedViaFa => (Hop::Link, Owner::Mn),
            };
            let answers = request.challenge.is_some() == (hop == Hop::Link);
            Some((hop, care_of.owner) == way && answers && after.mn.link == Some(care_of.link))
        }
        _ => None,
    })
}

/// The FHA is the one that was assigned.
pub(super) const FHA_AS_ASSIGNED: Promise = Promise {
    name: "FHA as assigned",
    says: "the NAS names the FHA that its AAA server assigned for the location, and the MN \
           registers with that one",
    requirements: &["R-10", "R-12", "R-31", "R-32", "R-48", "R-51"],
    sentences: &[
        "access.3.7",
        "access.4.2",
        "access.4.4",
        "access.4.14",
        "registration.3.1",
        "movement.1.6",
    ],
    kind: Kind::Step(fha_as_assigned),
};

fn fha_as_assigned(config: &Config, before: &State, _: Action, after: &State) -> Verdict {
    of_sent(before, after, |message| match message {
        Message::AccessReply(session, link, told) => {
            let mut answers = before.network.alike(Alike::AccessAnswer(session, link));
            let by_location = !matches!(told, Admission::Granted(Some(fha))
                if fha != config.fha_of(link));
            Some(
                by_location
                    && answers
                        .any(|a| matches!(a, Message::AccessAnswer(.., said) if said == told)),
            )
        }
        Message::Request(Hop::Direct | Hop::Link, request) => {
            let told = Admission::Granted(Some(request.fha));
            let link = request.care_of.link;
            Some(before.mn.session.is_some_and(|session| {
                before.network.contains(Message::AccessReply(session, link, told))
            }))
        }
        _ => None,
    })
}

/// The right AAA server is asked, and proved to with the right secret.
pub(super) const SERVER: Promise = Promise {
    name: "the right AAA server decides",
    says: "the NAS asks the AAAH when integrated and the AAAF when subscribed; FHA and HA ask the \
           AAAH always",
    requirements: &["R-14", "R-28", "R-44", "R-46", "R-47", "R-49", "R-50", "H-21"],
    sentences: &[
        "access.1.2",
        "access.1.3",
        "access.1.4",
        "access.1.5",
        "access.1.6",
        "registration.4.3",
        "home-binding.2.2",
    ],
    kind: Kind::Step(server),
};

fn server(config: &Config, before: &State, _: Action, after: &State) -> Verdict {
    of_sent(before, after, |message| match message {
        Message::AccessRequest(_, link, secret) => Some(secret == config.access_server(link)),
        Message::AccessAsk(_, link, secret, server) => {
            let of_access = config.access_server(link);
            Some((secret, server) == (of_access, of_access))
        }
        Message::RegistrationAsk(_, _, server, _) | Message::BindingAsk(_, _, server, _) => {
            Some(server == Server::Aaah)
        }
        _ => None,
    })
}

/// The FA changes nothing that is protected.
pub(super) const PROTECTED: Promise = Promise {
    name: "FA keeps what is protected",
    says: "what the FA relays is what it received, up to the authenticator, and of requests only \
           those that answer a challenge",
    requirements: &["R-20", "R-42", "R-43", "H-8"],
    sentences: &["registration.5.2", "registration.5.11", "registration.9.1", "registration.9.2"],
    kind: Kind::Step(protected),
};

fn protected(config: &Config, before: &State, _: Action, after: &State) -> Verdict {
    let verdict = of_sent(before, after, |message| match message {
        Message::Request(Hop::Relay, request) => {
            let received = before.network.contains(Message::Request(Hop::Link, request));
            Some(received && request.challenge.is_some())
        }
        Message::Reply(Hop::Link, reply)
            if !matches!(reply.code, Code::Challenge | Code::Timeout) =>
        {
            Some(before.network.contains(Message::Reply(Hop::Relay, reply)))
        }
        _ => None,
    });
    // Without an FA there is nothing that this could be about.
    if config.has_fa() { verdict } else { Verdict::Vacuous }
}

/// Visitors are those whom the FHA has accepted.
pub(super) const VISITORS: Promise = Promise {
    name: "FA keeps visitors apart",
    says: "whom the FA has in its visitor list the FHA has accepted, by the request that is entered \
           there",
    requirements: &["R-20", "R-43"],
    sentences: &["registration.9.1", "registration.9.7"],
    kind: Kind::State(visitors),
};

fn visitors(_: &Config, state: &State) -> Verdict {
    let visitors = state.fa.iter().filter_map(|(_, fa)| fa.visitor);
    let accepted = |ident| {
        let mut replies = state.network.alike(Alike::Reply(Hop::Relay, ident));
        replies.any(|sent| matches!(sent, Message::Reply(_, r) if r.code == Code::Accepted))
    };
    visitors.map(|ident| Verdict::of(accepted(ident))).fold(Verdict::Vacuous, Verdict::and)
}

/// The HA sees IPv6, and only what a binding allows.
pub(super) const TRANSPARENT: Promise = Promise {
    name: "HA sees plain IPv6 only",
    says: "nothing of IPv4 reaches the HA, what leaves the FHA has the binding's IPv6 care-of \
           address, and what comes back goes to the binding's care-of address",
    requirements: &["R-1", "R-22", "R-23", "R-24", "R-25", "H-13", "H-14"],
    sentences: &[
        "data-path.3.1",
        "data-path.3.2",
        "data-path.3.3",
        "data-path.3.4",
        "data-path.3.5",
        "data-path.3.6",
        "home-binding.2.4",
        "home-binding.3.10",
        "home-binding.4.8",
        "movement.1.5",
    ],
    kind: Kind::Step(transparent),
};

fn transparent(_: &Config, before: &State, action: Action, after: &State) -> Verdict {
    let through = match action {
        Action::Deliver(Message::Update(Leg::Tunnel(from), _)) => Some(from),
        _ => None,
    };
    of_sent(before, after, |message| match message {
        Message::Update(Leg::Plain, update) => {
            let bound = before.fha.of(update.care_of.fha).binding;
            let allowed = bound.is_some_and(|b| {
                let inner = b.care_of6(update.care_of.fha) == Some(update.care_of);
                inner && through.is_none_or(|outer| outer == b.care_of)
            });
            Some(allowed && !message.is_ipv4())
        }
        Message::Ack(Leg::Tunnel(care_of), ack) => {
            let bound = before.fha.of(ack.care_of.fha).binding;
            let held = |b: crate::FhaBinding| b.care_of6(ack.care_of.fha) == Some(ack.care_of);
            Some(bound.is_some_and(|b| b.care_of == care_of && held(b)))
        }
        //= home-binding.2.4
        //= data-path.3.6
        _ if message.to() == Role::Ha => Some(!message.is_ipv4()),
        _ => None,
    })
}

/// Packets flow.
pub(super) const DATA: Promise = Promise {
    name: "bound means reachable",
    says: "once registered and bound, with nothing under way, packets go both ways through the \
           tunnels, and nowhere else",
    requirements: &["R-22", "R-23", "R-24", "R-38"],
    sentences: &[
        "data-path.1.1",
        "data-path.1.6",
        "data-path.2.1",
        "data-path.2.2",
        "data-path.3.4",
        "data-path.4.1",
        "data-path.4.4",
        "data-path.7.1",
        "home-binding.3.13",
    ],
    kind: Kind::State(data),
};

fn data(_: &Config, state: &State) -> Verdict {
    let mn = &state.mn;
    let settled = mn.registration_here().is_some_and(|held| mn.ident == Some(held.ident))
        && mn.request.is_none()
        && mn.update.is_none();
    Verdict::when(settled && mn.binding.is_some(), data_path::is_open(state))
}
