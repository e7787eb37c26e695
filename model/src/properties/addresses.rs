//! Who holds which address.

use super::{Kind, Promise, Verdict, agreement, of_sent};
use crate::{
    Action, Address, AddressSet, CareOf6, Config, FhaId, Hop, Leg, Message, Neighbour, Profile,
    State,
};

/// No address is held by two, and nobody holds two.
pub(super) const HELD_ONCE: Promise = Promise {
    name: "no address held by two",
    says: "no THOAv4 or IPv6 care-of address is held by two users, and repetition gives nobody a \
           second one",
    requirements: &["R-4", "R-45", "R-50", "H-13", "H-23"],
    sentences: &[
        "registration.6.11",
        "registration.6.12",
        "registration.6.13",
        "registration.6.18",
        "registration.7.18",
    ],
    kind: Kind::State(held_once),
};

fn held_once(_: &Config, state: &State) -> Verdict {
    let premise = FhaId::ALL.into_iter().any(|id| !state.aaah.assigned.of(id).is_empty());
    let kept = state.fha.iter().all(|(id, fha)| {
        let (assigned, others) = (*state.aaah.assigned.of(id), *state.aaah.others.of(id));
        let bound = fha.binding.map(|binding| binding.parameters.address);
        let bound_at_ha =
            state.ha.binding.filter(|b| b.care_of.fha == id).map(|b| b.care_of.address);
        let registered =
            state.mn.registration.filter(|r| r.fha == id).map(|r| r.parameters.address);
        let taken = others.and(fha.strangers);
        assigned.len() <= 1
            && assigned.without(others) == assigned
            && [bound, bound_at_ha, registered].into_iter().flatten().all(|a| !taken.contains(a))
    });
    Verdict::when(premise, kept)
}

/// What goes to an address that an FHA has bound comes to that FHA.
pub(super) const IN_PREFIX: Promise = Promise {
    name: "addresses lead to their FHA",
    says: "THOAv4 and IPv6 care-of address that an FHA has bound, or that the HA sends to, lie in the \
           prefix of that FHA",
    requirements: &["R-24", "H-13"],
    sentences: &["registration.6.5", "registration.6.10", "registration.6.18", "data-path.3.4"],
    kind: Kind::State(in_prefix),
};

fn in_prefix(_: &Config, state: &State) -> Verdict {
    let bound = state.fha.iter().filter_map(|(_, fha)| Some(fha.binding?.parameters.address));
    let mut all = bound.chain(state.ha.binding.map(|binding| binding.care_of.address)).peekable();
    let premise = all.peek().is_some();
    Verdict::when(premise, all.all(|address| address != Address::Stray))
}

/// Two users hold nothing in common.
pub(super) const APART: Promise = Promise {
    name: "two users hold nothing in common",
    says: "what one user holds of a pool, at an FHA, in its registration or at the HA is nothing \
           that the other holds, and of one home address there is one binding",
    requirements: &["R-4", "R-50", "H-13", "H-31"],
    sentences: &["registration.6.12", "registration.6.18", "registration.7.18", "home-binding.3.4"],
    kind: Kind::Together(apart),
};

/// What one user has of what two must not both have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Share {
    /// Whether he has asked for anything.
    asked: bool,
    /// Whether the HA has bound the home address that both have.
    home: bool,
    /// The addresses that are his in any way, by FHA.
    addresses: [AddressSet; 2],
    /// What his MN counts as registered, and whether that is bound for him where he thinks.
    registered: Option<(CareOf6, bool)>,
    /// What his MN counts as bound at the HA, and whether that is.
    bound: Option<(CareOf6, bool)>,
}

impl Share {
    /// What he has in a state.
    pub(crate) fn of(config: &Config, state: &State) -> Share {
        let of_one_pool = config.neighbour == Some(Neighbour::SameProvider);
        let holds = |id: FhaId| {
            let bound = state.fha.of(id).binding.map(|binding| binding.parameters.address);
            let registered = state.mn.registration.filter(|held| held.fha == id);
            let at_ha = state.ha.binding.filter(|bound| bound.care_of.fha == id);
            let assigned =
                if of_one_pool { *state.aaah.assigned.of(id) } else { AddressSet::default() };
            let held =
                [bound, registered.map(|r| r.parameters.address), at_ha.map(|b| b.care_of.address)];
            held.into_iter().flatten().fold(assigned, AddressSet::with)
        };
        let shared = state.environment.profile == Profile::SharedHome;
        Share {
            asked: state.mn.ident.is_some(),
            home: shared && state.ha.binding.is_some(),
            addresses: FhaId::ALL.map(holds),
            registered: state.mn.registration.map(|held| {
                let care_of = CareOf6 { fha: held.fha, address: held.parameters.address };
                (care_of, agreement::mn_fha(config, state) == Verdict::Kept)
            }),
            bound: state
                .mn
                .binding
                .map(|care_of| (care_of, agreement::mn_ha(config, state) == Verdict::Kept)),
        }
    }
}

/// Who agrees with an agent agrees alone.
pub(super) const ONE_TO_ONE: Promise = Promise {
    name: "one binding for one mobile node",
    says: "when two MNs count themselves as registered or bound, FHA and HA have a binding for each, \
           which is nobody else's",
    requirements: &["R-2", "R-4", "R-6", "R-50", "H-13", "H-31"],
    sentences: &[
        "registration.6.1",
        "registration.7.10",
        "registration.10.5",
        "home-binding.2.1",
        "home-binding.3.10",
        "home-binding.4.3",
    ],
    kind: Kind::Together(one_to_one),
};

fn one_to_one(one: &Share, two: &Share) -> Verdict {
    let apart = |one: Option<(CareOf6, bool)>, two: Option<(CareOf6, bool)>| match one.zip(two) {
        Some(((one, agreed), (two, also))) => Verdict::of(agreed && also && one != two),
        None => Verdict::Vacuous,
    };
    apart(one.registered, two.registered).and(apart(one.bound, two.bound))
}

fn apart(one: &Share, two: &Share) -> Verdict {
    let held = |share: &Share| share.addresses.iter().any(|addresses| !addresses.is_empty());
    // Both have asked, and one has got something.
    let premise = one.asked && two.asked && (held(one) || held(two));
    let mut both = one.addresses.iter().zip(&two.addresses);
    let addresses = both.all(|(one, two)| one.without(*two) == *one);
    Verdict::when(premise, addresses && !(one.home && two.home))
}

/// Below one FHA addresses stay, and the HA hears nothing.
pub(super) const STABLE: Promise = Promise {
    name: "movement below one FHA is not seen",
    says: "while a binding lives its addresses stay, and a new care-of address below the same FHA \
           causes no binding update",
    requirements: &["R-25", "H-20"],
    sentences: &["movement.1.3", "movement.1.4", "movement.2.4"],
    kind: Kind::Step(stable),
};

fn stable(_: &Config, before: &State, action: Action, after: &State) -> Verdict {
    let mut verdict = Verdict::Vacuous;
    for id in FhaId::ALL {
        let bindings = before.fha.of(id).binding.zip(after.fha.of(id).binding);
        if let Some((old, new)) = bindings.filter(|(old, new)| old.ident != new.ident) {
            if old.parameters != new.parameters {
                return Verdict::Broken;
            }
            verdict = Verdict::Kept;
        }
    }
    let registered = matches!(action, Action::Deliver(Message::Reply(..)))
        && after.mn.registration.is_some()
        && after.mn.registration != before.mn.registration;
    let bound = after.mn.registration.and_then(|registration| registration.care_of6());
    let asked = before.mn.update.map(|update| update.care_of);
    if registered && bound.is_some() && [before.mn.binding, asked].contains(&bound) {
        let silent = before.mn.seq == after.mn.seq;
        return if silent { Verdict::Kept } else { Verdict::Broken };
    }
    verdict
}

/// Agents ask about one thing at a time.
pub(super) const ASKED_ONCE: Promise = Promise {
    name: "one question at a time",
    says: "FHA and HA have one Access-Request outstanding at the most, and the FA has no part in \
           step 5",
    requirements: &["R-43", "H-23"],
    sentences: &["registration.6.2", "registration.5.6", "home-binding.2.9"],
    kind: Kind::Step(asked_once),
};

fn asked_once(_: &Config, before: &State, action: Action, after: &State) -> Verdict {
    let asked = of_sent(before, after, |message| match message {
        Message::RegistrationAsk(id, ..) => Some(before.fha.of(id).pending.is_none()),
        Message::BindingAsk(..) => Some(before.ha.pending.is_none()),
        _ => None,
    });
    // A question that was asked before is asked again by a replay.
    let replaced = match action {
        Action::Deliver(Message::Request(Hop::Direct | Hop::Relay, request)) => {
            let pending = |state: &State| state.fha.of(request.fha).pending;
            pending(before).is_some() && pending(before) != pending(after)
        }
        Action::Deliver(Message::Update(Leg::Plain, _)) => {
            before.ha.pending.is_some() && before.ha.pending != after.ha.pending
        }
        _ => false,
    };
    if replaced { Verdict::Broken } else { asked }
}
