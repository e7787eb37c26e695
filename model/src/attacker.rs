//! The network `attacker`: what somebody who hears everything can send (Dolev and Yao).
//!
//! The attacker hears every message, delivers any of them to anyone at any time, and makes new ones
//! out of what it knows. Keys, secrets and nonces are symbols: whoever does not know a key makes
//! nothing that is under it, and what is altered, or made up, is not what its authenticator covers.
//! RADIUS is under secrets of its own, so the attacker makes none of it unless it owns a client or
//! server. It asks no NAS for access in its own name: that is a user with a wrong secret
//! ([`Profile::WrongAccessSecret`](crate::Profile::WrongAccessSecret)).
//!
//! Losing, repeating and delaying costs the attacker nothing more than it costs the network `lossy`;
//! a message made or sent where it does not belong costs one event. What it sends does not count as
//! said: the set of messages stays the record of what the roles have said.

mod forged;

use crate::{
    Ack, Admission, CareOf4, CareOf6, Code, Config, FhaId, Form, Guard, Hop, Ident, Leg, Link,
    Message, Network, Owner, Parameters, Reply, Request, Seq, State, Update, config::Server,
    message::Alike, mn::Access,
};
use crate::{Address, Authorisation};

/// Whom the attacker owns, besides the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attacker {
    /// Nobody.
    Outside,
    /// The NAS and the FA of every link.
    Link,
    /// The AAAF.
    Aaaf,
    /// The MN, so that it tells the HA of care-of addresses that it was not given.
    Mn,
    /// The second FHA, with which the home provider has an agreement.
    Fha,
}

impl Attacker {
    /// All of them.
    pub const ALL: [Attacker; 5] =
        [Attacker::Outside, Attacker::Link, Attacker::Aaaf, Attacker::Mn, Attacker::Fha];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Attacker::Outside => "outside",
            Attacker::Link => "link",
            Attacker::Aaaf => "aaaf",
            Attacker::Mn => "mn",
            Attacker::Fha => "fha",
        }
    }
}

/// The MN–FHA keys that the attacker knows, by the FHA and the request that each was made for.
///
/// A key travels once, from the AAAH to the FHA, and hidden. Its nonce, which the MN is sent, is of
/// no use without the secret that MN and AAAH share.
//= keys.4.1
//= keys.4.4
#[must_use]
pub fn known_keys(config: &Config, network: &Network) -> Vec<(FhaId, Ident)> {
    let owns_secret =
        config.attacker == Some(Attacker::Aaaf) && !config.heeds(Guard::MnHasTwoSecrets);
    let knows_all = !config.heeds(Guard::KeysAreHidden) || owns_secret;
    if !knows_all && !acts_as_fha(config) {
        return Vec::new();
    }
    let asked_for = |fha, ident| {
        let hops = [Hop::Direct, Hop::Link].into_iter();
        let mut requests = hops.flat_map(|hop| network.alike(Alike::Request(hop, ident)));
        requests.any(|sent| matches!(sent, Message::Request(_, request) if request.fha == fha))
    };
    let given = |fha, ident| owns(config, fha) || !asked_for(fha, ident);
    let known = |key: &(FhaId, Ident)| knows_all || given(key.0, key.1);
    made_keys(network).filter(known).collect()
}

/// Whether the attacker owns that FHA.
pub(crate) fn owns(config: &Config, fha: FhaId) -> bool {
    config.attacker == Some(Attacker::Fha) && fha == FhaId::Two
}

/// Whether there is an attacker whom the AAAH takes for an FHA.
fn acts_as_fha(config: &Config) -> bool {
    config.attacker == Some(Attacker::Fha)
        || (config.attacker.is_some() && !config.heeds(Guard::ServersKnowClients))
}

/// The keys that the AAAH has made.
pub(crate) fn made_keys(network: &Network) -> impl Iterator<Item = (FhaId, Ident)> + '_ {
    network.alike(Alike::RegistrationAnswers).filter_map(|answer| match answer {
        Message::RegistrationAnswer(fha, ident, Authorisation::Granted(_)) => Some((fha, ident)),
        _ => None,
    })
}

/// Everything that the attacker can send now and that nobody else would deliver.
pub(crate) fn sendable(config: &Config, state: &State) -> Vec<Message> {
    let Some(attacker) = config.attacker else { return Vec::new() };
    let mut out = Vec::new();
    at_access(config, attacker, state, &mut out);
    for message in state.network.iter() {
        sent_elsewhere(config, state, message, &mut out);
    }
    replies(config, state, &mut out);
    forged::messages(config, state, &mut out);
    under_known_keys(config, state, &mut out);
    if attacker == Attacker::Mn {
        lies(state, &mut out);
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Steps 0 to 3. Step 3 is under nothing (H-30). Who owns the NAS of a link, or the AAAF, says there
/// what it likes.
fn at_access(config: &Config, attacker: Attacker, state: &State, out: &mut Vec<Message>) {
    let admissions = [
        Admission::Refused,
        Admission::Granted(None),
        Admission::Granted(Some(FhaId::One)),
        Admission::Granted(Some(FhaId::Two)),
    ];
    let (Some(session), Some(link)) = (state.mn.session, state.mn.link) else { return };
    if state.mn.access == Access::Asking {
        for admission in admissions {
            out.push(Message::AccessReply(session, link, admission));
            if attacker == Attacker::Aaaf && state.nas.of(link).asking {
                out.push(Message::AccessAnswer(session, link, Server::Aaaf, admission));
            }
        }
    }
    if attacker == Attacker::Link {
        // A NAS may hand a response on as if it had come on another link.
        for message in state.network.iter() {
            if let Message::AccessAsk(session, _, secret, server) = message {
                let elsewhere = |link| Message::AccessAsk(session, link, secret, server);
                out.extend(config.links().iter().copied().map(elsewhere));
            }
        }
    }
}

/// What was said, sent to somebody else or altered on the way.
fn sent_elsewhere(config: &Config, state: &State, message: Message, out: &mut Vec<Message>) {
    match message {
        Message::Request(_, request) => {
            // Straight to the FHA, or as if an FA had relayed it, whole or with another care-of
            // address or lifetime in it.
            let altered = |link| Request {
                care_of: CareOf4 { link, ..request.care_of },
                intact: request.intact && link == request.care_of.link,
                ..request
            };
            let lifetime = Request { release: !request.release, intact: false, ..request };
            let agent = Request { fha: request.fha.other(), intact: false, ..request };
            for hop in [Hop::Direct, Hop::Relay] {
                let links = config.links().iter().copied();
                out.extend(links.map(|link| Message::Request(hop, altered(link))));
                out.extend([lifetime, agent].map(|altered| Message::Request(hop, altered)));
            }
            // To the agent of the link that it names.
            if config.care_of(request.care_of.link).via_fa() {
                out.extend([lifetime, agent].map(|altered| Message::Request(Hop::Link, altered)));
            }
            // An FHA that has heard it asks about it as if it had been sent there.
            let heard = request.form == Form::First && request.intact;
            let to = request.fha.other();
            let asks = owns(config, to) || !config.heeds(Guard::ServersKnowClients);
            if heard && asks {
                out.push(Message::RegistrationAsk(to, request.ident, Server::Aaah, true));
            }
        }
        Message::Reply(_, reply) => {
            if let Some(link) = state.mn.link {
                let hop = hop_on(config, link);
                out.push(Message::Reply(hop, Reply { link, ..reply }));
            }
            out.push(Message::Reply(Hop::Relay, reply));
        }
        Message::Update(_, update) => {
            // As it is, or with another lifetime or care-of address in it.
            let CareOf6 { fha, address } = update.care_of;
            let elsewhere = CareOf6 { fha, address: address.other() };
            let updates = [
                update,
                Update { release: !update.release, intact: false, ..update },
                Update { care_of: elsewhere, intact: false, ..update },
            ];
            out.extend(updates.map(|update| Message::Update(Leg::Plain, update)));
            if let Some(binding) = state.fha.of(fha).binding {
                let tunnel = Leg::Tunnel(binding.care_of);
                out.extend(updates.map(|update| Message::Update(tunnel, update)));
            }
        }
        Message::Ack(_, ack) => {
            let altered = Ack { accepted: !ack.accepted, intact: false, ..ack };
            out.push(Message::Ack(Leg::Plain, altered));
            let care_of = state.mn.registration.map(|registration| registration.care_of);
            let sent = |care_of| [ack, altered].map(|ack| Message::Ack(Leg::Tunnel(care_of), ack));
            out.extend(care_of.into_iter().flat_map(sent));
        }
        _ => {}
    }
}

/// Replies to the MN's last request that are under no key that the MN could take for the right one.
fn replies(config: &Config, state: &State, out: &mut Vec<Message>) {
    let (Some(request), Some(link)) = (state.mn.request, state.mn.link) else { return };
    let hop = hop_on(config, link);
    let codes = [
        Code::Accepted,
        Code::Released,
        Code::Stale,
        Code::Unproved,
        Code::NoAddress,
        Code::Challenge,
        Code::Timeout,
    ];
    for code in codes {
        let parameters =
            (code == Code::Accepted).then_some(Parameters { address: Address::Two, ipv6: true });
        let Request { ident, fha, .. } = request;
        out.push(Message::Reply(hop, Reply { ident, fha, link, code, parameters, key: None }));
    }
}

/// What a known key lets the attacker say.
fn under_known_keys(config: &Config, state: &State, out: &mut Vec<Message>) {
    for (fha, key) in known_keys(config, &state.network) {
        let newest = Ident::after(state.mn.ident.max(state.fha.of(fha).last));
        let Some(ident) = newest else { continue };
        for release in [false, true] {
            out.push(Message::Request(
                Hop::Direct,
                Request {
                    ident,
                    fha,
                    care_of: CareOf4 { link: Link::B, owner: Owner::Mn },
                    form: Form::Again(key),
                    release,
                    challenge: None,
                    timely: true,
                    intact: true,
                },
            ));
        }
        if let (Some(request), Some(link)) = (state.mn.request, state.mn.link) {
            let parameters = Some(Parameters { address: Address::Two, ipv6: true });
            let code = Code::Accepted;
            let Request { ident, fha, .. } = request;
            let reply = Reply { ident, fha, link, code, parameters, key: Some(key) };
            out.push(Message::Reply(hop_on(config, link), reply));
        }
    }
}

/// What an MN that lies says to the HA: that it is where it was given no address.
//= home-binding.2.7
fn lies(state: &State, out: &mut Vec<Message>) {
    let Some(seq) = Seq::after(state.mn.seq.max(state.ha.last)) else { return };
    for fha in FhaId::ALL {
        let named = Address::ALL.into_iter().map(|address| CareOf6 { fha, address });
        let assigned = state.aaah.assigned.of(fha);
        let lies = named.filter(|care_of| !assigned.contains(care_of.address));
        out.extend(lies.map(|care_of| {
            let update = Update { seq, care_of, release: false, intact: true };
            Message::Update(Leg::Plain, update)
        }));
    }
}

const fn hop_on(config: &Config, link: Link) -> Hop {
    if config.care_of(link).via_fa() { Hop::Link } else { Hop::Direct }
}
