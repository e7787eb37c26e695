//! Hidden steps, and those that say what was seen.

use std::collections::HashSet;

use dsboot_model::{Code, Guard, Ident, IdentSet, Link, Message, NUMBERS, Profile};
use dsboot_spec::Role;

use super::memo::{Memo, Step};
use super::{Explanation, Sights, WIDTH};
use crate::seen::{Channel, Seen, channel_of};

/// All states that are a hidden step away, and the states themselves.
pub(super) fn wander(before: &[Explanation], sights: Sights, memo: &mut Memo) -> Vec<Explanation> {
    let mut all = before.to_vec();
    let mut known: HashSet<u64> = before.iter().map(Explanation::mark).collect();
    let mut next = 0;
    while let Some(one) = all.get(next).cloned() {
        next += 1;
        let sights = one.sights(sights);
        for step in memo.steps(&one.node).iter() {
            if step.cost == 0 && all.len() < WIDTH * 8 && hides(step, sights) {
                let after = one.at(&step.next);
                if known.insert(after.mark()) {
                    all.push(after);
                }
            }
        }
    }
    all
}

/// Whether a step says nothing that would be seen.
pub(super) fn hides(step: &Step, sights: Sights) -> bool {
    step.said.iter().all(|message| sights.hides(message))
}

/// Puts into `found` the states in which the message has been said: now, or before.
pub(super) fn say(
    one: &Explanation,
    seen: &Seen,
    without: &[Guard],
    memo: &mut Memo,
    found: &mut Vec<Explanation>,
) {
    for message in one.node.state.network.iter().filter(|message| may_be(message, seen)) {
        if let Some(names) = one.names.fitting(seen, &message) {
            found.push(Explanation { node: one.node.clone(), names });
            break;
        }
    }
    let role: Role = seen.from();
    let mut take = |saying: &super::memo::Saying| {
        if !may_be(&saying.message, seen) {
            return;
        }
        if let Some(names) = one.names.fitting(seen, &saying.message) {
            if let Some(arrived) = &saying.arrived {
                found.push(Explanation { node: arrived.clone(), names: names.clone() });
            }
            found.push(Explanation { node: saying.next.clone(), names });
        }
    };
    if without.is_empty() {
        memo.sayings(&one.node, role).iter().for_each(&mut take);
    } else {
        memo.sayings_without(&one.node, role, without).iter().for_each(&mut take);
    }
}

/// Whether a message can be where one was seen.
pub(super) fn may_be(message: &Message, seen: &Seen) -> bool {
    let part = channel_of(message);
    part == seen.channel()
        || (matches!(seen, Seen::Reply { hop: None, .. }) && part == Channel::Relay)
}

/// The same states with what a capture cannot tell seen otherwise: what the records of the user
/// say, and whether the clocks agree.
pub(super) fn otherwise(before: &[Explanation], seen: &Seen, memo: &mut Memo) -> Vec<Explanation> {
    match seen {
        Seen::Reply { reply, .. } if reply.code == Code::Stale => {
            before.iter().map(|one| one.with_wrong_clock(memo)).collect()
        }
        Seen::AccessAnswer { .. }
        | Seen::AccessReply { .. }
        | Seen::RegistrationAnswer { .. }
        | Seen::Reply { .. } => {
            let mut all = Vec::new();
            for profile in Profile::ALL {
                for one in before {
                    let mut state = one.node.state;
                    if state.environment.profile != profile {
                        state.environment.profile = profile;
                        all.push(one.with(state, memo));
                    }
                }
            }
            all
        }
        _ => Vec::new(),
    }
}

/// A denial for the challenge, by an agent that has given others since, or to which it was used
/// before what is known begins: of time the model knows nothing.
pub(super) fn deny(before: &[Explanation], seen: &Seen, memo: &mut Memo) -> Vec<Explanation> {
    let mut found = Vec::new();
    let is_denial = matches!(seen, Seen::Reply { reply, .. } if reply.code == Code::Challenge);
    for one in before.iter().filter(|_| is_denial) {
        let mut strict = one.node.state;
        for link in Link::ALL {
            let fa = strict.fa.of_mut(link);
            fa.pending = IdentSet::default();
            (1..=NUMBERS).filter_map(Ident::new).for_each(|ident| fa.used.insert(ident));
        }
        let mut denied = Vec::new();
        say(&one.with(strict, memo), seen, &[], memo, &mut denied);
        for after in denied {
            let mut state = after.node.state;
            state.fa = one.node.state.fa;
            found.push(after.with(state, memo));
        }
    }
    found
}

/// Drops what stands there twice, and what there is no room for.
pub(super) fn settle(found: Vec<Explanation>, width: usize) -> Vec<Explanation> {
    let mut known = HashSet::new();
    let mut kept = Vec::new();
    for one in found {
        if known.insert(one.mark()) {
            kept.push(one);
        }
        if kept.len() >= width {
            break;
        }
    }
    kept
}
