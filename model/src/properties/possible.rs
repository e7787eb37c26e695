//! What stays possible, whatever has happened (AG EF), and what comes to pass (under weak fairness).

use super::{Kind, Promise};
use crate::{State, effort};

/// What keeps an MN from being stuck on the way.
const OF_COMPLETION: &[&str] = &[
    "registration.4.12",
    "registration.10.8",
    "registration.10.9",
    "home-binding.1.9",
    "movement.2.7",
    "movement.3.9",
];

/// Bootstrapping can always be completed.
pub(super) const COMPLETE: Promise = Promise {
    name: "bootstrap can still complete",
    says: "from every state an entitled MN that has not gone for good can still become registered \
           and bound",
    requirements: &["R-2", "R-38", "H-19", "H-23"],
    sentences: OF_COMPLETION,
    kind: Kind::Possible { from: effort::is_to_complete, goal: is_complete },
};

/// Everything can always be let go.
//= movement.3.9
pub(super) const QUIET: Promise = Promise {
    name: "everything can still be released",
    says: "from every state it can still come to a state in which nobody holds anything",
    requirements: &["R-3", "H-18", "H-19"],
    sentences: &["movement.3.2", "movement.3.9", "movement.3.10"],
    kind: Kind::Possible { from: |_| true, goal: is_quiet },
};

/// Bootstrapping completes by itself, when nothing more gets in its way.
pub(super) const COMPLETES: Promise = Promise {
    name: "bootstrap completes",
    says: "an entitled MN that does not go for good becomes registered and bound at last, when what \
           can always happen does happen some time",
    requirements: &["R-2", "R-38", "H-19", "H-23"],
    sentences: OF_COMPLETION,
    kind: Kind::Eventually { from: effort::is_to_complete, goal: is_complete },
};

/// What is left ends by itself.
pub(super) const ENDS: Promise = Promise {
    name: "what is left ends",
    says: "after the MN has gone for good nobody holds anything any more at last, when what can \
           always happen does happen some time",
    requirements: &["R-3", "H-18", "H-19"],
    sentences: &["movement.3.2", "movement.3.10"],
    kind: Kind::Eventually { from: |state| state.environment.gone, goal: is_quiet },
};

/// Nobody gets stuck.
pub(super) const END: Promise = Promise {
    name: "nobody gets stuck",
    says: "a run comes to its end only when the MN has gone for good and nobody holds anything",
    requirements: &["H-10", "H-19", "H-23"],
    sentences: &["registration.4.12", "home-binding.1.9", "movement.3.2", "movement.3.10"],
    kind: Kind::End(|state| state.environment.gone && is_quiet(state)),
};

/// Whether the MN is registered from where it is and bound, with nothing under way.
#[must_use]
pub fn is_complete(state: &State) -> bool {
    let mn = &state.mn;
    let care_of = mn.registration_here().and_then(|registration| registration.care_of6());
    let under_way = mn.request.is_some() || mn.update.is_some() || mn.leaving;
    care_of.is_some() && care_of == mn.binding && !under_way
}

/// Whether nobody holds anything for the MN, and nobody waits for anything.
#[must_use]
pub fn is_quiet(state: &State) -> bool {
    let mn = &state.mn;
    mn.link.is_none()
        && mn.registration.is_none()
        && mn.binding.is_none()
        && state.nas.iter().all(|(_, nas)| !nas.asking)
        && state.fa.iter().all(|(_, fa)| fa.visitor.is_none() && fa.pending.is_empty())
        && state.fha.iter().all(|(_, fha)| fha.binding.is_none() && fha.pending.is_none())
        && state.fha.iter().all(|(id, _)| state.aaah.assigned.of(id).is_empty())
        && state.ha.binding.is_none()
        && state.ha.pending.is_none()
}
