//! Which steps look at which cells.
//!
//! Every action belongs to one group. What the actions of a group do follows from the cells named
//! here alone, as long as no events are left: so it is found once for all states that have these
//! cells alike, out of a state that has nothing else. What is named here is held against the plain
//! rules in every walk, and for all states of the smaller setups in a test; too few cells are a
//! failure there, and never a state that is missed.

use super::cells::Cell::{
    self, Aaah, Access, Acks, Asked, BindingAnswers, BindingAsks, Bindings, Fa, Fha, Ha, Mn, Nas,
    Place, PlainAcks, PlainUpdates, RegistrationAnswers, RegistrationAsks, Relayed, Replies,
    RepliesToFa, Requests, Updates, Updating, User,
};
use crate::{Action, Hop, Leg, Message, State};

/// Steps that look at the same cells.
pub(super) struct Group {
    /// Of which states it is, by what the MN waits for.
    pub(super) when: fn(&State) -> bool,
    /// Looked at one after the other, until one shows that nothing changes. The last one shows
    /// what changes.
    pub(super) stages: &'static [Stage],
}

/// What is asked of some cells.
pub(super) struct Stage {
    pub(super) asks: Asks,
    /// Whether it looks at no messages but those with the number of what the MN waits for.
    pub(super) awaited: bool,
    pub(super) cells: &'static [Cell],
}

/// What these cells tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// Whether any action of the group can happen at whatever cost.
    Possible,
    /// Whether the MN is registered: of what it has left behind elsewhere nothing is free before.
    Registered,
    /// Whether any can happen that costs nothing and changes anything; what it does depends on more.
    Free,
    /// What all that cost nothing do.
    All,
}

/// The number of a group among all.
pub(super) const fn group_of(action: Action) -> usize {
    match action {
        Action::Inject(_) => GROUPS.len(),
        Action::Deliver(message) => match message {
            Message::AccessRequest(..) | Message::AccessAsk(..) | Message::AccessAnswer(..) => 0,
            Message::AccessReply(..) => 1,
            Message::Reply(Hop::Direct | Hop::Link, _) => 2,
            Message::Ack(Leg::Tunnel(_), _) => 3,
            Message::Advertisement(_) => 4,
            Message::Request(Hop::Direct | Hop::Relay, _) | Message::RegistrationAnswer(..) => 5,
            Message::Request(Hop::Link, _) | Message::Reply(Hop::Relay, _) => 6,
            Message::RegistrationAsk(..) => 7,
            Message::Update(Leg::Tunnel(_), _) => 8,
            Message::Update(Leg::Plain, _) => 9,
            Message::BindingAnswer(..) => 25,
            Message::BindingAsk(..) => 10,
            Message::Ack(Leg::Plain, _) => 11,
        },
        Action::NasGivesUp(_) => 0,
        Action::Depart => 12,
        Action::Attach(_) | Action::BindAnew => 13,
        Action::AskAgain => 14,
        Action::Repeat | Action::MnLosesRegistration => 15,
        Action::RepeatUpdate => 16,
        Action::GiveUpRelease => 23,
        Action::Retry => 17,
        Action::Lapse => 18,
        Action::StrangersLeave(_) | Action::StrangersBind(_) => 19,
        Action::OthersGiveBack(_) | Action::OthersTake(_) => 20,
        Action::AaahForgets(_) | Action::FhaForgetsKey(_) => 21,
        Action::Advertise(_) => 22,
        // Each of these takes an event.
        Action::Refresh
        | Action::Renew
        | Action::RefreshUpdate
        | Action::Release
        | Action::MnRestarts
        | Action::MnLosesBinding
        | Action::NasRestarts(_)
        | Action::AaaForgets(_)
        | Action::FaGivesUp(..)
        | Action::FaLosesVisitor(_)
        | Action::FaRestarts(_)
        | Action::FhaGivesUp(_)
        | Action::FhaLosesBinding(_)
        | Action::FhaRestarts(_)
        | Action::HaRestarts
        | Action::HaGivesUp
        | Action::HaLosesBinding
        | Action::AaahRestarts => GROUPS.len(),
    }
}

/// The cells that tell what an action does, whatever it costs.
pub(super) fn cells_of(action: Action) -> &'static [Cell] {
    let group = match action {
        // What the MN does at its own wish, or loses, as what it does when it is refused elsewhere.
        Action::Refresh
        | Action::Renew
        | Action::RefreshUpdate
        | Action::Release
        | Action::MnRestarts
        | Action::MnLosesBinding => group_of(Action::BindAnew),
        Action::NasRestarts(link) | Action::AaaForgets(link) => group_of(Action::NasGivesUp(link)),
        Action::FaGivesUp(..) | Action::FaLosesVisitor(_) | Action::FaRestarts(_) => OF_FA,
        Action::FhaGivesUp(_)
        | Action::FhaLosesBinding(_)
        | Action::FhaRestarts(_)
        | Action::StrangersBind(_) => OF_FHA,
        Action::HaRestarts | Action::HaGivesUp | Action::HaLosesBinding => OF_HA,
        Action::AaahRestarts => OF_AAAH,
        action => group_of(action),
    };
    let stages = GROUPS.get(group).map_or(&[][..], |group| group.stages);
    stages.last().map_or(&[], |stage| stage.cells)
}

/// The groups of what agents and servers do with requests and updates.
const OF_FA: usize = 6;
const OF_FHA: usize = 5;
const OF_HA: usize = 9;
const OF_AAAH: usize = 7;

macro_rules! group {
    ($($asks:ident $($awaited:literal)?: $($cell:ident)+;)+) => {
        group! { |_| true; $($asks $($awaited)?: $($cell)+;)+ }
    };
    ($when:expr; $($asks:ident $($awaited:literal)?: $($cell:ident)+;)+) => {
        Group {
            when: $when,
            stages: &[$(Stage {
                asks: Asks::$asks,
                awaited: false $(|| $awaited)?,
                cells: &[$($cell),+],
            }),+],
        }
    };
}

/// All groups, each at its number.
pub(super) const GROUPS: [Group; 26] = [
    group! { All: Place User Nas Access; },
    // What the MN does: what it sends, what is then no longer waited for, and what the order of
    // messages and agreement with FHA and HA have to do with that.
    group! {
        Free: Place Mn Access;
        All: Place Asked Updating Mn User Access Requests RegistrationAnswers Bindings Replies Updates
            PlainAcks Acks;
    },
    group! {
        Free: Place Asked Mn Replies;
        All: Place Asked Updating Mn User Ha Access Requests Bindings RegistrationAnswers Replies Updates
            PlainAcks Acks;
    },
    group! {
        Free: Place Updating Mn Acks;
        All: Place Asked Updating Mn User Ha Access Requests RegistrationAnswers Bindings Replies
            Updates PlainAcks Acks;
    },
    group! {
        Possible: Place Mn Access;
        All: Place Asked Updating Mn User Fa Bindings Fha Access Requests Relayed RegistrationAsks
            RegistrationAnswers Replies RepliesToFa Updates PlainAcks Acks;
    },
    group! {
        All: Asked Bindings Fha Requests Relayed RegistrationAsks RegistrationAnswers Replies
            RepliesToFa;
    },
    group! { All: Place Asked Fa Requests Relayed Replies RepliesToFa; },
    group! { All: User Aaah RegistrationAsks RegistrationAnswers; },
    group! { All: Bindings Updates PlainUpdates; },
    group! {
        Free: Updating Ha PlainUpdates BindingAsks;
        All: Updating Ha PlainUpdates BindingAsks BindingAnswers PlainAcks;
    },
    group! { All: User Aaah BindingAsks BindingAnswers; },
    group! { All: Updating Bindings PlainAcks Acks; },
    group! {
        Possible: User;
        All: Place Asked Updating Mn User Ha Access Requests RegistrationAnswers Bindings Replies
            Updates PlainAcks Acks;
    },
    group! {
        Free: Place Asked Updating Mn User;
        All: Place Asked Updating Mn User Ha Access Requests RegistrationAnswers Bindings Replies
            Updates PlainAcks Acks;
    },
    group! {
        Possible: Mn User;
        Free: Place Mn User Nas Access;
        All: Place Asked Updating Mn User Nas Ha Access Requests RegistrationAnswers Bindings Replies
            Updates PlainAcks Acks;
    },
    group! {
        Possible: Asked;
        Free true: Place Asked Mn Fa Bindings Fha Requests Relayed RegistrationAsks RegistrationAnswers
            Replies RepliesToFa;
        All: Place Asked Updating Mn User Fa Bindings Fha Ha Access Requests Relayed RegistrationAsks
            RegistrationAnswers Replies RepliesToFa Updates PlainAcks Acks;
    },
    group! {
        Possible: Place Updating Mn;
        Free true: Place Updating Mn Bindings Ha Updates PlainUpdates BindingAsks BindingAnswers PlainAcks
            Acks;
        All: Place Asked Updating Mn User Bindings Ha Access Requests RegistrationAnswers Replies
            Updates PlainUpdates BindingAsks BindingAnswers PlainAcks Acks;
    },
    group! {
        Possible: Place Asked Updating Mn User Aaah;
        All: Place Asked Updating Mn User Bindings Fha Aaah Ha Access Requests RegistrationAnswers
            Replies Updates PlainAcks Acks;
    },
    group! { Possible: Place User; All: Place Mn User Nas Fa Bindings Fha Aaah Ha; },
    group! { All: Fha; },
    group! { All: Aaah; },
    group! {
        Registered: Mn;
        Free: Mn Bindings Fha Aaah Ha RegistrationAnswers;
        All: Mn Bindings Fha Aaah Ha RegistrationAnswers Updates PlainUpdates;
    },
    group! { All: Place Mn User Access; },
    group! {
        waits_for_end;
        Possible: Updating Mn User;
        Free true: Place Updating Mn User Bindings Ha Updates PlainUpdates BindingAsks BindingAnswers
            PlainAcks Acks;
        All: Place Asked Updating Mn User Bindings Ha Access Requests RegistrationAnswers Replies
            Updates PlainUpdates BindingAsks BindingAnswers PlainAcks Acks;
    },
    group! {
        |state| !waits_for_end(state);
        Possible: Asked Updating Mn User;
        Free true: Place Asked Updating Mn User Fa Bindings Fha Requests Relayed RegistrationAsks
            RegistrationAnswers Replies RepliesToFa;
        All: Place Asked Updating Mn User Fa Bindings Fha Ha Access Requests Relayed RegistrationAsks
            RegistrationAnswers Replies RepliesToFa Updates PlainAcks Acks;
    },
    group! { All: Updating Ha BindingAnswers PlainAcks; },
];

/// Whether the MN waits for the end of its home binding.
fn waits_for_end(state: &State) -> bool {
    state.mn.update.is_some_and(|update| update.release)
}

/// Whether a group is this one, or the one that has the same actions in other states.
pub(super) fn is_of(action: Action, group: usize) -> bool {
    let of = group_of(action);
    of == group || matches!((of, group), (23, 24))
}

/// Promises about states that look at the same cells.
pub(super) struct Judges {
    pub(super) promises: &'static [&'static str],
    pub(super) cells: &'static [Cell],
}

/// Where a promise is not named here it is asked of whole states.
pub(super) const JUDGES: [Judges; 6] = [
    Judges {
        promises: &[
            "agreement of MN and FHA",
            "agreement of MN and HA",
            "nobody gets what is not his",
            "no address held by two",
            "addresses lead to their FHA",
            "bound means reachable",
            "lifetimes nested",
            "nothing outlives the last lifetime",
            "the model's counters suffice",
            "bootstrap can still complete",
            "everything can still be released",
            "bootstrap completes",
            "what is left ends",
        ],
        cells: &[Place, Asked, Updating, Mn, User, Nas, Fa, Bindings, Fha, Aaah, Ha],
    },
    Judges { promises: &["bound as the MN asked"], cells: &[Bindings, Ha, Requests, Updates] },
    Judges {
        promises: &["nothing before authorisation", "keys stay secret"],
        cells: &[Place, Mn, Bindings, Ha, Access, Requests, RegistrationAnswers, BindingAnswers],
    },
    Judges { promises: &["FA keeps visitors apart"], cells: &[Fa, RepliesToFa] },
    Judges { promises: &["no key is shared"], cells: &[Mn, Bindings, Fha, RegistrationAnswers] },
    Judges {
        promises: &["nothing is left at home"],
        cells: &[Place, Mn, Bindings, Ha, Replies, Updates, PlainUpdates, PlainAcks],
    },
];

#[cfg(test)]
mod tests {
    use super::JUDGES;
    use crate::properties::{Kind, PROMISES};

    /// What is not named is right, but takes the whole state each time.
    #[test]
    fn every_promise_about_states_is_named_once() {
        for promise in PROMISES.iter().filter(|promise| matches!(promise.kind, Kind::State(_))) {
            let named = JUDGES.iter().filter(|judges| judges.promises.contains(&promise.name));
            assert_eq!(named.count(), 1, "{}", promise.name);
        }
    }
}
