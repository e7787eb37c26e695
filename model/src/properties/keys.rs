//! Who has which key.

use super::{Kind, Promise, Verdict, of_sent};
use crate::{
    Action, Authorisation, Config, Fha, FhaId, Form, Hop, Ident, Message, Network, State, attacker,
    message::Alike,
};

/// Keys stay secret.
pub(super) const SECRECY: Promise = Promise {
    name: "keys stay secret",
    says: "nobody but MN, AAAH and the FHA concerned knows a key made for a registration",
    requirements: &["R-53", "H-12", "H-21"],
    sentences: &["keys.2.4", "keys.2.5", "keys.4.1", "keys.4.4", "access.1.4"],
    kind: Kind::State(secrecy),
};

fn secrecy(config: &Config, state: &State) -> Verdict {
    let made = attacker::made_keys(&state.network).next().is_some();
    let mut known = attacker::known_keys(config, &state.network).into_iter();
    Verdict::when(made, known.all(|(fha, _)| attacker::owns(config, fha)))
}

/// What MN and FHA prove to each other they prove under the same key.
pub(super) const SAME_KEY: Promise = Promise {
    name: "one key at both ends",
    says: "a later request is made under a key that the AAAH made for the FHA that it asks, and, if it \
           does not release, under that of the binding that it is about, as long as the FHA has one",
    requirements: &["R-53", "H-20"],
    sentences: &[
        "keys.1.6",
        "movement.1.2",
        "movement.1.6",
        "movement.1.12",
        "movement.2.2",
        "movement.2.6",
    ],
    kind: Kind::Step(same_key),
};

fn same_key(_: &Config, before: &State, _: Action, after: &State) -> Verdict {
    of_sent(before, after, |message| match message {
        Message::Request(Hop::Direct | Hop::Link, request) => {
            let Form::Again(key) = request.form else { return None };
            let bound = before.fha.of(request.fha).binding;
            let same = bound.is_none_or(|binding| binding.key == key);
            let fits = is_made_for(&before.network, request.fha, key);
            Some(fits && (request.release || same))
        }
        _ => None,
    })
}

/// A key belongs to one registration.
pub(super) const OF_ONE: Promise = Promise {
    name: "no key is shared",
    says: "every key that an FHA or the MN has the AAAH made for this user at this FHA, and no two FHAs \
           have the same",
    requirements: &["R-53", "H-12", "H-21"],
    sentences: &["keys.1.1", "keys.1.4", "keys.1.5", "keys.4.4", "registration.6.1"],
    kind: Kind::State(of_one),
};

fn of_one(_: &Config, state: &State) -> Verdict {
    let key = |fha| {
        let held: &Fha = state.fha.of(fha);
        held.binding.map(|binding| binding.key).or(held.mark)
    };
    let mut at_fha = FhaId::ALL.into_iter().filter_map(|fha| Some((fha, key(fha)?)));
    let at_mn = state.mn.registration.map(|held| (held.fha, held.key));
    let [one, two] = FhaId::ALL.map(key);
    let made = |(fha, key)| is_made_for(&state.network, fha, key);
    let kept = (one.is_none() || one != two) && at_fha.all(made) && at_mn.is_none_or(made);
    Verdict::when(one.or(two).is_some() || at_mn.is_some(), kept)
}

/// The AAAH is asked when it has to be.
pub(super) const WHEN_NEEDED: Promise = Promise {
    name: "a key is asked for when needed",
    says: "an MN that is registered with an FHA asks it for another key only because it wants one, or \
           because it does not know whether the FHA has made use of the last",
    requirements: &["R-25", "H-18", "H-20"],
    sentences: &["movement.1.2", "movement.1.12", "movement.2.2", "movement.2.6"],
    kind: Kind::Step(when_needed),
};

fn when_needed(_: &Config, before: &State, action: Action, after: &State) -> Verdict {
    of_sent(before, after, |message| match message {
        Message::Request(Hop::Direct | Hop::Link, request) if request.form == Form::First => {
            let held = after.mn.registration.filter(|held| held.fha == request.fha);
            let is_open = |held: crate::Registration| {
                let hops = [Hop::Direct, Hop::Link].into_iter().map(Alike::Requests);
                hops.flat_map(|hop| before.network.alike(hop)).any(|sent| {
                    matches!(sent, Message::Request(_, other)
                        if other.form == Form::First
                            && other.fha == held.fha
                            && other.ident > held.ident)
                })
            };
            Some(action == Action::Renew || held.is_none_or(is_open))
        }
        _ => None,
    })
}

/// Whether the AAAH has made a key for that FHA.
fn is_made_for(network: &Network, fha: FhaId, key: Ident) -> bool {
    let mut answers = network.alike(Alike::RegistrationAnswer(fha, key));
    answers
        .any(|answer| matches!(answer, Message::RegistrationAnswer(.., Authorisation::Granted(_))))
}
