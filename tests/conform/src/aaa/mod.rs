//! Cases for an AAA server.

mod binding;
mod eap;
mod exchange;
mod mobility;
mod packet;
mod password;
mod peer;
mod question;
mod state;
mod tour;
mod vectors;

use crate::case::{Case, Cases};

pub(super) use peer::probe;

/// All of them.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Cases::of("aaa");
    packet::add(&mut cases);
    exchange::add(&mut cases);
    eap::add(&mut cases);
    state::add(&mut cases);
    mobility::add(&mut cases);
    binding::add(&mut cases);
    tour::add(&mut cases);
    vectors::add(&mut cases);
    password::add(&mut cases);
    cases.finish()
}
