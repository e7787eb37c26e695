use core::fmt;
use core::str::FromStr;

use crate::Role;

/// One of the four arrangements of section 4 of the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scenario {
    /// §4.1.1, Figure 2: the access provider is the mobility provider, co-located CoA.
    IntegratedColocated,
    /// §4.1.2, Figure 3: the access provider is the mobility provider, through a foreign agent.
    IntegratedFa,
    /// §4.2.1, Figure 5: mobility is subscribed with another provider, co-located CoA.
    SubscriptionColocated,
    /// §4.2.2, Figure 6: mobility is subscribed with another provider, through a foreign agent.
    SubscriptionFa,
}

impl Scenario {
    /// All four, in the order of the draft.
    pub const ALL: [Scenario; 4] = [
        Scenario::IntegratedColocated,
        Scenario::IntegratedFa,
        Scenario::SubscriptionColocated,
        Scenario::SubscriptionFa,
    ];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Scenario::IntegratedColocated => "integrated-colocated",
            Scenario::IntegratedFa => "integrated-fa",
            Scenario::SubscriptionColocated => "subscription-colocated",
            Scenario::SubscriptionFa => "subscription-fa",
        }
    }

    /// The number of the figure that draws the message sequence.
    #[must_use]
    pub const fn figure(self) -> u8 {
        match self {
            Scenario::IntegratedColocated => 2,
            Scenario::IntegratedFa => 3,
            Scenario::SubscriptionColocated => 5,
            Scenario::SubscriptionFa => 6,
        }
    }

    /// The section of the draft.
    #[must_use]
    pub const fn section(self) -> &'static str {
        match self {
            Scenario::IntegratedColocated => "4.1.1",
            Scenario::IntegratedFa => "4.1.2",
            Scenario::SubscriptionColocated => "4.2.1",
            Scenario::SubscriptionFa => "4.2.2",
        }
    }

    /// Whether mobility is subscribed with a provider other than the access provider (§4.2).
    #[must_use]
    pub const fn is_subscription(self) -> bool {
        matches!(self, Scenario::SubscriptionColocated | Scenario::SubscriptionFa)
    }

    /// Whether registration passes a foreign agent.
    #[must_use]
    pub const fn has_fa(self) -> bool {
        matches!(self, Scenario::IntegratedFa | Scenario::SubscriptionFa)
    }

    /// The AAA server that the NAS asks in step 2: AAAH when integrated, AAAF when subscribed.
    #[must_use]
    pub const fn access_aaa(self) -> Role {
        if self.is_subscription() { Role::Aaaf } else { Role::Aaah }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Scenario {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Scenario::ALL.into_iter().find(|s| s.name() == name).ok_or(UnknownName)
    }
}

/// The name given is none of the names listed in the type's `ALL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownName;

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown name")
    }
}

impl core::error::Error for UnknownName {}

/// Whose care-of address is registered, and by which way (§4 of the draft, cases 1, 2a, 2b).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CareOf {
    /// Case 1: co-located care-of address, registered with the FHA directly.
    Colocated,
    /// Case 2a: the foreign agent's care-of address, registered through it.
    ForeignAgent,
    /// Case 2b: co-located, but the advertisement's R bit sends registration through the FA.
    ColocatedViaFa,
}

impl CareOf {
    /// The name on the command line (`--coa`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            CareOf::Colocated => "colocated",
            CareOf::ForeignAgent => "fa",
            CareOf::ColocatedViaFa => "colocated-r",
        }
    }

    /// Whether the registration request goes to the foreign agent.
    #[must_use]
    pub const fn via_fa(self) -> bool {
        !matches!(self, CareOf::Colocated)
    }

    /// Whether the care-of address is the mobile node's own (D bit set).
    #[must_use]
    pub const fn is_colocated(self) -> bool {
        !matches!(self, CareOf::ForeignAgent)
    }
}

impl fmt::Display for CareOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for CareOf {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [CareOf::Colocated, CareOf::ForeignAgent, CareOf::ColocatedViaFa]
            .into_iter()
            .find(|c| c.name() == name)
            .ok_or(UnknownName)
    }
}

/// A scenario together with the care-of address that fits it: what is run, checked and drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Setup {
    scenario: Scenario,
    care_of: CareOf,
}

impl Setup {
    /// All six: two co-located ones, and each foreign-agent scenario with both its variants.
    pub const ALL: [Setup; 6] = [
        Setup { scenario: Scenario::IntegratedColocated, care_of: CareOf::Colocated },
        Setup { scenario: Scenario::IntegratedFa, care_of: CareOf::ForeignAgent },
        Setup { scenario: Scenario::IntegratedFa, care_of: CareOf::ColocatedViaFa },
        Setup { scenario: Scenario::SubscriptionColocated, care_of: CareOf::Colocated },
        Setup { scenario: Scenario::SubscriptionFa, care_of: CareOf::ForeignAgent },
        Setup { scenario: Scenario::SubscriptionFa, care_of: CareOf::ColocatedViaFa },
    ];

    /// The pair, or `None` where the draft knows no such combination (a co-located scenario has
    /// no foreign agent, a foreign-agent scenario always has one).
    #[must_use]
    pub fn new(scenario: Scenario, care_of: CareOf) -> Option<Setup> {
        (scenario.has_fa() == care_of.via_fa()).then_some(Setup { scenario, care_of })
    }

    /// The scenario.
    #[must_use]
    pub const fn scenario(self) -> Scenario {
        self.scenario
    }

    /// The care-of address and the way of registration.
    #[must_use]
    pub const fn care_of(self) -> CareOf {
        self.care_of
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.care_of {
            CareOf::Colocated => f.pad(self.scenario.name()),
            via_fa => write!(f, "{} ({via_fa})", self.scenario),
        }
    }
}
