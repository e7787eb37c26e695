//! Cases for a Mobile IPv6 home agent: one that asks an AAA server about updates, or any other as
//! far as it claims.

mod answer;
mod binding;
mod bu;
mod form;
mod lifetime;
mod malformed;
mod order;
mod peer;
mod proof;
mod question;
mod tour;
mod vectors;

use dsboot_spec::registry::mip6::status as registry;

use crate::Stage;
use crate::case::{Case, Cases, Ending, Outcome, ensure, fail, missing};
use bu::Bu;
use peer::{Ack, Node};

pub(super) use peer::probe;

/// All of them.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Cases::of("ha6");
    answer::add(&mut cases);
    lifetime::add(&mut cases);
    order::add(&mut cases);
    form::add(&mut cases);
    malformed::add(&mut cases);
    proof::add(&mut cases);
    question::add(&mut cases);
    binding::add(&mut cases);
    tour::add(&mut cases);
    vectors::add(&mut cases);
    cases.finish()
}

/// What a target may do with an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Allowed {
    /// Statuses of an acknowledgement.
    statuses: &'static [u8],
    /// Whether no acknowledgement at all is right as well.
    silence: bool,
}

const ACCEPTED: Allowed = Allowed { statuses: &[0, 1], silence: false };
const SILENCE: Allowed = Allowed { statuses: &[], silence: true };
/// Any refusal, or none.
const REFUSED: Allowed = Allowed { statuses: &REFUSALS, silence: true };
/// Nothing that it does with it is wrong.
const ANYTHING: Allowed = Allowed {
    statuses: &[
        0, 1, 128, 129, 130, 131, 132, 133, 134, 135, 139, 140, 141, 142, 143, 144, 145, 146, 174,
    ],
    silence: true,
};
/// What may come of an update that is right, when the target may still have a binding.
const ESTABLISHING: Allowed = Allowed { statuses: &[0, 1, 135], silence: false };
const REFUSALS: [u8; 16] =
    [128, 129, 130, 131, 132, 133, 134, 135, 139, 140, 141, 142, 144, 145, 146, 174];

const fn status(statuses: &'static [u8]) -> Allowed {
    Allowed { statuses, silence: false }
}

const fn status_or_silence(statuses: &'static [u8]) -> Allowed {
    Allowed { statuses, silence: true }
}

impl Allowed {
    fn words(self) -> String {
        let all: Vec<String> = self.statuses.iter().map(|status| named(*status)).collect();
        match (self.statuses, self.silence) {
            ([], _) => "no acknowledgement".to_owned(),
            (all, true) if *all == REFUSALS => "no acknowledgement, or a refusal".to_owned(),
            (_, false) => format!("an acknowledgement with status {}", all.join(" or ")),
            (_, true) => format!("no acknowledgement, or one with status {}", all.join(" or ")),
        }
    }

    /// Whether what is allowed changes the target's state.
    fn accepts(self) -> bool {
        self.statuses.iter().any(|status| *status < 128)
    }
}

/// A status with its name.
fn named(status: u8) -> String {
    registry::name(status).map_or_else(|| status.to_string(), |name| format!("{status} ({name})"))
}

type Change = fn(&mut Bu, &Node);

/// A first update, changed; then one that is right.
fn changed_first(stage: &mut Stage<'_>, change: Change, allowed: Allowed) -> Outcome {
    let mut node = Node::new(stage)?;
    let mut update = node.update(stage);
    change(&mut update, &node);
    node.exchange(stage, &update, allowed)?;
    if allowed.accepts() { Ok(()) } else { still_served(stage, &mut node) }
}

/// An update of a binding, changed; then one that is right, to see that nothing has been lost.
fn changed_again(stage: &mut Stage<'_>, change: Change, allowed: Allowed) -> Outcome {
    let mut node = Node::bound(stage)?;
    let mut update = node.update(stage);
    change(&mut update, &node);
    node.exchange(stage, &update, allowed)?;
    if allowed.accepts() { Ok(()) } else { still_served(stage, &mut node) }
}

/// What was refused has changed nothing: a right update is accepted.
fn still_served(stage: &mut Stage<'_>, node: &mut Node) -> Outcome {
    let update = node.update(stage);
    match node.exchange(stage, &update, ACCEPTED) {
        Err(Ending::Fail { seen, .. }) => fail("a right update is accepted after it", seen),
        other => other.map(|_| ()),
    }
}

/// Whether a binding is there, told by an update with a number that is not greater: with a binding
/// it has to be refused by 135, and without one there is nothing to compare it with.
fn ensure_bound(stage: &mut Stage<'_>, node: &mut Node, is_bound: bool) -> Outcome {
    let mut update = node.update(stage);
    node.sequence = node.sequence.wrapping_sub(1);
    update.sequence = node.sequence;
    let expected = if is_bound { status(&[135]) } else { ACCEPTED };
    match node.exchange(stage, &update, expected) {
        Err(Ending::Fail { seen, .. }) => {
            let what = if is_bound { "a binding" } else { "no binding" };
            fail(format!("{what}, which an update with the last number shows"), seen)
        }
        other => other.map(|_| ()),
    }
}
