//! The home binding, and what the HA sees.

use dsboot_spec::Role;

use super::{Promise, all, any, has_access};
use crate::message::Message;
use crate::state::State;
use crate::system::System;

/// A binding update has the parameters of a reply that the mobile node took before.
pub(super) const UPDATE_AFTER_REPLY: Promise = Promise {
    name: "no binding update before an accepted reply",
    sentences: &["home-binding.1.1", "registration.10.5", "registration.10.6"],
    sources: &["R-38", "R-39"],
    speaks: |_, s| any(s, |m| matches!(m, Message::BindingUpdate(_))),
    holds: |_, s| !s.history.wrong.early_update,
};

/// What the mobile node counts as bound, the HA has acknowledged and holds.
pub(super) const MN_AND_HA_AGREE: Promise = Promise {
    name: "MN and HA agree",
    sentences: &["home-binding.4.1", "home-binding.4.2", "home-binding.4.3", "home-binding.3.7"],
    sources: &["R-2", "R-39", "R-40"],
    speaks: |_, s| s.mn.home.bound != 0,
    holds: |_, s| !s.history.wrong.unbound,
};

/// The HA gets no IPv4 and no Mobile IPv4 message.
pub(super) const TRANSPARENT: Promise = Promise {
    name: "no IPv4 at the HA",
    sentences: &["data-path.3.6", "home-binding.3.10"],
    sources: &["R-1", "R-25"],
    speaks: |_, s| any(s, |m| m.ends().1 == Role::Ha),
    //= data-path.3.6
    holds: |_, s| all(s, |m| m.ends().1 != Role::Ha || !m.is_ipv4()),
};

/// The HA is not told of movements below one FHA, nor of refreshes there.
pub(super) const SILENT_BELOW_ONE_FHA: Promise = Promise {
    name: "the HA does not hear of what is below one FHA",
    sentences: &["movement.1.3", "movement.1.4"],
    sources: &["R-25", "H-20"],
    speaks: |_, s| s.mn.home.is_wanted() && s.mn.registration.is_some_and(|r| r.ident > 1),
    holds: |_, s| !s.history.wrong.needless_update,
};

/// A mobile node that is bound, and has nothing outstanding, gets its packets.
pub(super) const REACHED: Promise = Promise {
    name: "a bound MN is reached under its home address",
    sentences: &["movement.1.5", "movement.1.7", "movement.1.9", "data-path.7.1"],
    sources: &["R-22", "R-24", "R-38"],
    speaks: settled,
    holds: |system, s| {
        !settled(system, s) || {
            let via_fa = system.config.setup.care_of().via_fa();
            let carried = s.mn.link.is_some_and(|link| s.fa.at(link).carries());
            s.is_reached() && (!via_fa || carried)
        }
    },
};

fn settled(_: &System, state: &State) -> bool {
    let mn = &state.mn;
    let idle = mn.pending.is_none() && mn.home.waiting == 0 && !mn.leaving;
    idle && mn.home.bound != 0 && mn.tunnel().is_some() && has_access(state)
}
