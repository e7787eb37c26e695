//! The message sequences of Figures 2, 3, 5 and 6 of the draft, as data.
//!
//! Two things differ from the drawings. The arrows between home agent and AAAH run from the HA to
//! the AAAH and back, as the draft's text and RADIUS have it (H-17). And where there is a foreign
//! agent, a step 0 precedes the figure: the advertisement that it is found by (H-26).

mod figure;
#[cfg(test)]
mod tests;

use core::fmt;

use crate::{CareOf, Role, Setup};

/// What an arrow of a figure carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// Step 0: the MN looks for an agent (RFC 3344 §2.1).
    AgentSolicitation,
    /// Step 0: the agent names its care-of address, its flags and a challenge.
    AgentAdvertisement,
    /// Step 1: the MN proves itself to the NAS (PANA and EAP).
    AccessRequest,
    /// Step 2: the NAS asks its AAA server (RADIUS leg A).
    RadiusAccessRequest,
    /// Step 2: the AAA server grants access and assigns an FHA.
    RadiusAccessAccept,
    /// Step 3: the NAS tells the MN the result, the FHA and its address.
    AccessReply,
    /// Step 4: the MN registers with the FHA (Mobile IPv4).
    RegistrationRequest,
    /// Step 5: the FHA asks the AAAH (RADIUS leg B).
    RegistrationAccessRequest,
    /// Step 5: the AAAH authorises and gives addresses and key.
    RegistrationAccessAccept,
    /// Step 6: the FHA gives the MN its addresses.
    RegistrationReply,
    /// The MN registers its IPv6 care-of address with the HA (Mobile IPv6).
    BindingUpdate,
    /// The HA asks the AAAH (RADIUS leg C).
    BindingAccessRequest,
    /// The AAAH authorises the binding.
    BindingAccessAccept,
    /// The HA has bound the MN.
    BindingAcknowledgement,
}

impl Message {
    /// What the figures write at the arrow; at those of step 0, the like.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Message::AgentSolicitation => "Agent Sol.",
            Message::AgentAdvertisement => "Agent Adv.",
            Message::AccessRequest | Message::RegistrationAccessRequest => "Access Req",
            Message::RadiusAccessRequest => "Access Request",
            Message::RadiusAccessAccept | Message::RegistrationAccessAccept => "Access Accept",
            Message::AccessReply => "Access Rep.",
            Message::RegistrationRequest => "Reg Req.",
            Message::RegistrationReply => "Reg Rep.",
            Message::BindingUpdate => "BU",
            Message::BindingAccessRequest => "Access-Req",
            Message::BindingAccessAccept => "Access-resp",
            Message::BindingAcknowledgement => "BA",
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One arrow of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// The figure's number for the step, `"0"` to `"6"`; the message's name where the figure has
    /// no number.
    pub label: &'static str,
    /// Which arrow of the step this is, from 1: a step may be a request and its answer, or a
    /// message and its relay.
    pub arrow: u8,
    /// Who sends.
    pub from: Role,
    /// Who receives.
    pub to: Role,
    /// What is sent.
    pub message: Message,
    /// The sentence of the specification by which it is sent.
    pub sentence: &'static str,
}

impl Step {
    /// Whether the draft draws this arrow: all but those of step 0.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        self.label != "0"
    }

    /// Whether the arrow hands on the message of the arrow before it.
    #[must_use]
    pub const fn is_relay(&self) -> bool {
        self.arrow == 2
            && matches!(self.message, Message::RegistrationRequest | Message::RegistrationReply)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.label == self.message.name() {
            write!(f, "{}: {} -> {}", self.message, self.from, self.to)
        } else {
            write!(f, "{}.{}: {} -> {}", self.label, self.message, self.from, self.to)
        }
    }
}

/// In which setups an arrow stands.
#[derive(Clone, Copy)]
enum When {
    Always,
    Integrated,
    Subscription,
    Direct,
    ViaFa,
    FaCareOf,
    ColocatedViaFa,
}

impl When {
    fn holds(self, setup: Setup) -> bool {
        match self {
            When::Always => true,
            When::Integrated => !setup.scenario().is_subscription(),
            When::Subscription => setup.scenario().is_subscription(),
            When::Direct => setup.care_of() == CareOf::Colocated,
            When::ViaFa => setup.care_of().via_fa(),
            When::FaCareOf => setup.care_of() == CareOf::ForeignAgent,
            When::ColocatedViaFa => setup.care_of() == CareOf::ColocatedViaFa,
        }
    }
}

const fn row(
    when: When,
    (label, arrow): (&'static str, u8),
    (from, to): (Role, Role),
    message: Message,
    sentence: &'static str,
) -> (When, Step) {
    (when, Step { label, arrow, from, to, message, sentence })
}

/// All four figures at once; a ladder is what holds in its setup, in this order.
const ARROWS: [(When, Step); 21] = {
    use Message::{
        AccessReply, AccessRequest, AgentAdvertisement, AgentSolicitation, BindingAccessAccept,
        BindingAccessRequest, BindingAcknowledgement, BindingUpdate, RadiusAccessAccept,
        RadiusAccessRequest, RegistrationAccessAccept, RegistrationAccessRequest,
        RegistrationReply, RegistrationRequest,
    };
    use Role::{Aaaf, Aaah, Fa, Fha, Ha, Mn, Nas};
    use When::{Always, ColocatedViaFa, Direct, FaCareOf, Integrated, Subscription, ViaFa};
    [
        row(ViaFa, ("0", 1), (Mn, Fa), AgentSolicitation, "registration.1.3"),
        row(ViaFa, ("0", 2), (Fa, Mn), AgentAdvertisement, "registration.1.1"),
        row(Always, ("1", 1), (Mn, Nas), AccessRequest, "access.2.1"),
        row(Integrated, ("2", 1), (Nas, Aaah), RadiusAccessRequest, "access.3.1"),
        row(Integrated, ("2", 2), (Aaah, Nas), RadiusAccessAccept, "access.3.5"),
        row(Subscription, ("2", 1), (Nas, Aaaf), RadiusAccessRequest, "access.3.1"),
        row(Subscription, ("2", 2), (Aaaf, Nas), RadiusAccessAccept, "access.3.5"),
        row(Always, ("3", 1), (Nas, Mn), AccessReply, "access.4.1"),
        row(Direct, ("4", 1), (Mn, Fha), RegistrationRequest, "registration.3.2"),
        row(FaCareOf, ("4", 1), (Mn, Fa), RegistrationRequest, "registration.3.3"),
        row(ColocatedViaFa, ("4", 1), (Mn, Fa), RegistrationRequest, "registration.3.4"),
        row(ViaFa, ("4", 2), (Fa, Fha), RegistrationRequest, "registration.5.1"),
        row(Always, ("5", 1), (Fha, Aaah), RegistrationAccessRequest, "registration.6.1"),
        row(Always, ("5", 2), (Aaah, Fha), RegistrationAccessAccept, "registration.6.8"),
        row(Direct, ("6", 1), (Fha, Mn), RegistrationReply, "registration.8.1"),
        row(ViaFa, ("6", 1), (Fha, Fa), RegistrationReply, "registration.8.1"),
        row(ViaFa, ("6", 2), (Fa, Mn), RegistrationReply, "registration.9.1"),
        row(Always, ("BU", 1), (Mn, Ha), BindingUpdate, "home-binding.1.1"),
        row(Always, ("Access-Req", 1), (Ha, Aaah), BindingAccessRequest, "home-binding.2.2"),
        row(Always, ("Access-resp", 1), (Aaah, Ha), BindingAccessAccept, "home-binding.2.5"),
        row(Always, ("BA", 1), (Ha, Mn), BindingAcknowledgement, "home-binding.3.7"),
    ]
};

/// The arrows of one setup, from the first advertisement or access request to the BA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ladder {
    setup: Setup,
}

impl Ladder {
    /// The ladder of a setup.
    #[must_use]
    pub const fn of(setup: Setup) -> Ladder {
        Ladder { setup }
    }

    /// Whose ladder it is.
    #[must_use]
    pub const fn setup(self) -> Setup {
        self.setup
    }

    /// The arrows from top to bottom.
    pub fn steps(self) -> impl Iterator<Item = Step> + Clone {
        ARROWS.into_iter().filter(move |(when, _)| when.holds(self.setup)).map(|(_, step)| step)
    }

    /// The roles that take part, in the order in which the figures draw them from left to right.
    pub fn roles(self) -> impl Iterator<Item = Role> + Clone {
        let takes_part = move |role| self.steps().any(|s| s.from == role || s.to == role);
        Role::ALL.into_iter().filter(move |role| takes_part(*role))
    }
}
