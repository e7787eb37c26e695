//! What is explored: the setup, the users, how much may go wrong, and which rule is broken.

use std::fmt;

use dsboot_spec::Setup;

/// The bounds and variants of one exploration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Which of the figures, with which care-of address.
    pub setup: Setup,
    /// How many incidents may happen in one run, of whatever kinds: a retransmission, a refresh, a
    /// movement, a lifetime that runs out, a denial, another attachment.
    ///
    /// Only what makes a run longer than needed is bounded. The messages that a role owes are
    /// never counted, so the bound does not keep a run from its end.
    pub incidents: u8,
    /// A rule that is deliberately broken, to see that a property notices.
    pub fault: Option<Fault>,
}

impl Config {
    /// How many incidents are explored where nothing else is said.
    pub const INCIDENTS: u8 = 1;

    /// The usual bounds, and no rule broken.
    #[must_use]
    pub const fn new(setup: Setup) -> Config {
        Config { setup, incidents: Config::INCIDENTS, fault: None }
    }

    /// Whether this rule is the broken one.
    #[must_use]
    pub fn broken(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }
}

/// What the AAA servers know of the user. All of them are explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum User {
    /// Has everything.
    Subscribed,
    /// May use the access network, and has no mobility there.
    AccessOnly,
    /// Has a wrong secret for access, or is unknown there.
    NoAccess,
    /// Gets access; the AAAH refuses the registration, for a wrong secret, no subscription, or no
    /// agreement with the FHA.
    NoRegistration,
    /// Gets access and registers; the AAAH refuses every home binding.
    NoBinding,
    /// Gets access and registers; the record has no IPv6 home address and no HA.
    Incomplete,
}

impl User {
    /// All of them.
    pub const ALL: [User; 6] = [
        User::Subscribed,
        User::AccessOnly,
        User::NoAccess,
        User::NoRegistration,
        User::NoBinding,
        User::Incomplete,
    ];
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            User::Subscribed => "a subscribed user",
            User::AccessOnly => "a user with access only",
            User::NoAccess => "a user without access",
            User::NoRegistration => "a user whom the AAAH refuses",
            User::NoBinding => "a user whose home bindings the AAAH refuses",
            User::Incomplete => "a user whose record has no IPv6 home",
        })
    }
}

/// A rule that is deliberately broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The FHA accepts a first request without waiting for the AAAH.
    FhaRepliesBeforeAccept,
    /// The MN registers directly although an FA is to be used.
    MnIgnoresFa,
    /// The FHA acknowledges a deregistration and keeps the binding.
    FhaKeepsBinding,
    /// The AAAH assigns another address to every request.
    AaahAssignsAnew,
    /// The AAAH gives the same address out at both FHAs.
    AaahSharesAddress,
    /// The AAAH gives another home address at another FHA.
    AaahMovesHome,
    /// The MN sends a binding update as soon as it has access.
    MnUpdatesBeforeReply,
    /// The MN keeps its home binding when its registration ends.
    MnOutlivesRegistration,
    /// The FHA ends a binding before the MN's registration ends.
    FhaEndsEarly,
    /// The FA changes the parameters in a reply.
    FaAltersReply,
    /// The FA changes the parameters in a reply, and the MN does not check the authenticator.
    MnTrustsFa,
    /// The FHA puts other parameters into its reply than it was given.
    FhaAltersGrant,
    /// The FHA takes requests with an old Identification.
    FhaTakesReplay,
    /// The HA takes updates with an old sequence number and Mesg-ID.
    HaTakesReplay,
    /// The HA binds and answers without asking the AAAH.
    HaDoesNotAsk,
    /// The NAS asks the AAAH where it is to ask the AAAF, and the other way round.
    NasAsksOtherServer,
    /// The NAS takes a refusal for a grant.
    NasGrantsRefused,
    /// The MN deregisters from the FHA before the HA.
    MnReleasesInsideOut,
    /// The FHA sends its reply to the HA too.
    FhaTellsHa,
    /// The MN sends a binding update after a movement below the same FHA.
    MnUpdatesOnSameAgent,
    /// The MN waits for an answer to its release for ever.
    MnNeverGivesUp,
    /// The FHA never forgets that it has asked.
    FhaKeepsAsking,
    /// The FHA holds another address than it puts into its reply.
    FhaHoldsOther,
    /// The FHA keeps the old care-of address when the MN has moved.
    FhaKeepsCareOf,
    /// The MN takes a refusal of its binding update for an acceptance.
    MnTakesRefusal,
    /// The MN discards an accepting reply without IPv6 parameters.
    MnDropsIncomplete,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 26] = [
        Fault::FhaRepliesBeforeAccept,
        Fault::MnIgnoresFa,
        Fault::FhaKeepsBinding,
        Fault::AaahAssignsAnew,
        Fault::AaahSharesAddress,
        Fault::AaahMovesHome,
        Fault::MnUpdatesBeforeReply,
        Fault::MnOutlivesRegistration,
        Fault::FhaEndsEarly,
        Fault::FaAltersReply,
        Fault::MnTrustsFa,
        Fault::FhaAltersGrant,
        Fault::FhaTakesReplay,
        Fault::HaTakesReplay,
        Fault::HaDoesNotAsk,
        Fault::NasAsksOtherServer,
        Fault::NasGrantsRefused,
        Fault::MnReleasesInsideOut,
        Fault::FhaTellsHa,
        Fault::MnUpdatesOnSameAgent,
        Fault::MnNeverGivesUp,
        Fault::FhaKeepsAsking,
        Fault::FhaHoldsOther,
        Fault::FhaKeepsCareOf,
        Fault::MnTakesRefusal,
        Fault::MnDropsIncomplete,
    ];
}
