//! What can happen.

use crate::message::{Hop, Message};
use crate::places::{Agent, Link};

/// One step of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A message arrives.
    Deliver(Message),
    /// A message arrives while something is amiss with its receiver: the FA does not know the
    /// challenge any more, the AAAH has no address left, the clocks of FHA or HA and of the mobile
    /// node differ too much.
    DeliverAmiss(Message),
    /// The mobile node acts of its own accord.
    Mobile(Wish),
    /// A lifetime runs out.
    Expire(Lifetime),
}

/// What the mobile node does of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wish {
    /// Comes to the first link.
    Attach,
    /// Moves to another link.
    Move(Link),
    /// Asks for access again, in a new session.
    AccessAgain,
    /// Sends an unanswered registration request again.
    RequestAgain,
    /// Refreshes the registration.
    Refresh,
    /// Bootstraps with the same FHA anew, for a new key.
    Rekey,
    /// Sends the binding update again, or refreshes the home binding.
    UpdateAgain,
    /// Finds that its registration has run out.
    RegistrationOver,
    /// Finds that its home binding has run out.
    HomeOver,
    /// Begins to release everything.
    Leave,
    /// Waits no longer for the answer to a step of its release.
    GiveUp,
}

/// A lifetime at another role than the mobile node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lifetime {
    /// That of a session at a NAS.
    Session(Link, u8),
    /// That of the visitor at an FA.
    Visitor(Link),
    /// That of the binding at an FHA.
    Binding(Agent),
    /// That of the binding at the HA.
    HomeBinding,
}

/// Kinds of actions, for the count of what was ever taken.
pub type Kind = &'static str;

impl Action {
    /// The kind of this action, in words.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Action::Deliver(message) => delivered(message),
            Action::DeliverAmiss(message) => match message {
                Message::Request(..) => "the FA does not know the challenge",
                Message::HomeAsk { .. } => "the AAAH has no address left",
                Message::HomeAnswer { .. } => "the clocks of MN and FHA differ",
                _ => "the clocks of MN and HA differ",
            },
            Action::Mobile(wish) => match wish {
                Wish::Attach => "the MN comes",
                Wish::Move(_) => "the MN moves",
                Wish::AccessAgain => "the MN asks for access again",
                Wish::RequestAgain => "the MN sends its request again",
                Wish::Refresh => "the MN refreshes its registration",
                Wish::Rekey => "the MN asks for a new key",
                Wish::UpdateAgain => "the MN sends its update again",
                Wish::RegistrationOver => "the MN's registration runs out",
                Wish::HomeOver => "the MN's home binding runs out",
                Wish::Leave => "the MN releases",
                Wish::GiveUp => "the MN waits no longer",
            },
            Action::Expire(lifetime) => match lifetime {
                Lifetime::Session(..) => "a session at the NAS runs out",
                Lifetime::Visitor(_) => "the visitor at the FA runs out",
                Lifetime::Binding(_) => "the binding at the FHA runs out",
                Lifetime::HomeBinding => "the binding at the HA runs out",
            },
        }
    }

    /// All kinds that a setup has, with an FA or without.
    #[must_use]
    pub fn kinds(via_fa: bool) -> Vec<Kind> {
        let only_fa = [
            "a request reaches the FA",
            "the FA's request reaches the FHA",
            "a reply reaches the FA",
            "the FA's reply reaches the MN",
            "the FA does not know the challenge",
            "the visitor at the FA runs out",
        ];
        let only_direct = ["a request reaches the FHA", "a reply reaches the MN"];
        let always = [
            "an access request reaches the NAS",
            "leg A reaches the AAA server",
            "leg A comes back",
            "step 3 reaches the MN",
            "the end of access reaches the NAS",
            "the end of access comes back",
            "leg B reaches the AAAH",
            "leg B comes back",
            "a binding update reaches the HA",
            "leg C reaches the AAAH",
            "leg C comes back",
            "an acknowledgement reaches the MN",
            "the AAAH has no address left",
            "the clocks of MN and FHA differ",
            "the clocks of MN and HA differ",
            "the MN comes",
            "the MN moves",
            "the MN asks for access again",
            "the MN sends its request again",
            "the MN refreshes its registration",
            "the MN asks for a new key",
            "the MN sends its update again",
            "the MN's registration runs out",
            "the MN's home binding runs out",
            "the MN releases",
            "the MN waits no longer",
            "a session at the NAS runs out",
            "the binding at the FHA runs out",
            "the binding at the HA runs out",
        ];
        let mut kinds = always.to_vec();
        if via_fa {
            kinds.extend(only_fa);
        } else {
            kinds.extend(only_direct);
        }
        kinds
    }
}

const fn delivered(message: &Message) -> Kind {
    match message {
        Message::AccessRequest { .. } => "an access request reaches the NAS",
        Message::AccessAsk { .. } => "leg A reaches the AAA server",
        Message::AccessAnswer { .. } => "leg A comes back",
        Message::AccessReply { .. } => "step 3 reaches the MN",
        Message::AccessEnd { .. } => "the end of access reaches the NAS",
        Message::AccessEnded { .. } => "the end of access comes back",
        Message::Request(Hop::Direct, _) => "a request reaches the FHA",
        Message::Request(Hop::Air(_), _) => "a request reaches the FA",
        Message::Request(Hop::Core(_), _) => "the FA's request reaches the FHA",
        Message::HomeAsk { .. } => "leg B reaches the AAAH",
        Message::HomeAnswer { .. } => "leg B comes back",
        Message::Reply(Hop::Direct, _) => "a reply reaches the MN",
        Message::Reply(Hop::Core(_), _) => "a reply reaches the FA",
        Message::Reply(Hop::Air(_), _) => "the FA's reply reaches the MN",
        Message::BindingUpdate(_) => "a binding update reaches the HA",
        Message::BindingAsk(_) => "leg C reaches the AAAH",
        Message::BindingAnswer { .. } => "leg C comes back",
        Message::BindingAck { .. } => "an acknowledgement reaches the MN",
        Message::Leak(_) => "a Mobile IPv4 message reaches the HA",
    }
}
