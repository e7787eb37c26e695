//! Cases for a mobile node, which begins by itself: it is started anew for each. The tester is the whole
//! network beyond its link.

mod access;
mod ack;
mod agent;
mod eap;
mod fha;
mod first;
mod ha;
mod later;
mod movement;
mod outcome;
mod paa;
mod reply;
mod tour;
mod update;
mod vectors;
mod world;

use crate::Stage;
use crate::case::{Case, Cases, Ending, Outcome, ensure, fail, missing, still};
use world::World;

/// All of them.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Cases::of("mn");
    access::add(&mut cases);
    eap::add(&mut cases);
    outcome::add(&mut cases);
    cases.claiming(&["bootstrap"], first::add);
    cases.claiming(&["bootstrap"], reply::add);
    cases.claiming(&["bootstrap", "ipv6"], update::add);
    cases.claiming(&["bootstrap", "ipv6"], ack::add);
    cases.claiming(&["bootstrap"], later::add);
    cases.claiming(&["bootstrap", "ipv6"], movement::add);
    agent::add(&mut cases);
    tour::add(&mut cases);
    vectors::add(&mut cases);
    cases.finish()
}

/// Whether the target begins at all.
pub(super) fn probe(stage: &mut Stage<'_>) -> bool {
    World::new(stage).is_ok()
}
