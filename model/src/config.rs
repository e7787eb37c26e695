//! What is fixed in a run: the arrangement, the bounds, and which guards are in force.

use dsboot_spec::{CareOf, Role, Scenario, Setup};

use crate::{Attacker, FhaId, Guard, Guards, Link};

/// What is fixed in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The scenario and the kind of care-of address.
    pub setup: Setup,
    /// Whether the links are not all as `setup` says, but of all four scenarios: each movement is one
    /// between two of these. See [`Config::scenario_of`].
    pub roams: bool,
    /// How often in a run something happens that no message causes: a timer fires although the
    /// answer could still come, the mobile node moves, refreshes or lets go, a role gives up
    /// waiting, a lifetime runs out, a pool runs dry. See [`crate::effort`].
    pub events: u8,
    /// Who the other mobile node is, if there are two.
    pub neighbour: Option<Neighbour>,
    /// Who works against the roles; `None` is the network `lossy`.
    pub attacker: Option<Attacker>,
    /// Whether it is the draft that is read, and not our filling of its holes: then what nobody can
    /// promise against an attacker is asked for all the same.
    pub literal: bool,
    /// The guards that the rules heed. All of them, but for tests of the properties.
    pub guards: Guards,
}

impl Config {
    /// As many events as an ordinary check allows.
    pub const EVENTS: u8 = 2;

    /// The setup with these many events, and every guard in force.
    #[must_use]
    pub const fn new(setup: Setup, events: u8) -> Config {
        Config {
            setup,
            roams: false,
            events,
            neighbour: None,
            attacker: None,
            literal: false,
            guards: Guards::ALL,
        }
    }

    /// The MN roams between links of all four scenarios.
    #[must_use]
    pub const fn roaming(events: u8) -> Config {
        Config { roams: true, ..Config::new(Setup::ALL[0], events) }
    }

    /// The same against an attacker.
    #[must_use]
    pub const fn against(mut self, attacker: Attacker) -> Config {
        self.attacker = Some(attacker);
        self
    }

    /// The same with a second mobile node. See [`Two`](crate::Two).
    #[must_use]
    pub const fn beside(mut self, neighbour: Neighbour) -> Config {
        self.neighbour = Some(neighbour);
        self
    }

    /// The same by the draft alone, without what fills its holes.
    #[must_use]
    pub fn literal(self) -> Config {
        let unasked = crate::findings::unasked().into_iter();
        unasked.fold(Config { literal: true, ..self }, |config, guard| config.without(guard))
    }

    /// The same with one guard taken out.
    #[must_use]
    pub const fn without(mut self, guard: Guard) -> Config {
        self.guards = self.guards.without(guard);
        self
    }

    /// Whether a guard is in force.
    #[must_use]
    pub const fn heeds(&self, guard: Guard) -> bool {
        self.guards.contains(guard)
    }

    /// Whether there are foreign agents.
    #[must_use]
    pub const fn has_fa(&self) -> bool {
        self.roams || self.setup.care_of().via_fa()
    }

    /// Whether there are links without a foreign agent.
    #[must_use]
    pub const fn links_without_fa(&self) -> bool {
        self.roams || !self.setup.care_of().via_fa()
    }

    /// The links that the MN may attach to.
    #[must_use]
    pub const fn links(&self) -> &'static [Link] {
        if self.roams { &Link::EVERY } else { &Link::ALL }
    }

    /// Whether the access operator has an AAA server of its own that knows the user.
    #[must_use]
    pub const fn has_subscription(&self) -> bool {
        self.roams || self.setup.scenario().is_subscription()
    }

    /// How many mobile nodes there are.
    #[must_use]
    pub const fn mobiles(&self) -> u8 {
        1 + self.neighbour.is_some() as u8
    }

    /// Where it is, and who is there beside one mobile node, in words.
    #[must_use]
    pub fn place(&self) -> String {
        let beside = match self.neighbour {
            None => "",
            Some(Neighbour::SameProvider) => ", two MNs",
            Some(Neighbour::OtherProvider) => ", two MNs of two providers",
        };
        match self.roams {
            true => format!("roaming{beside}"),
            false => format!("{}{beside}", self.setup),
        }
    }

    /// The options of `dsboot check` that ask for this.
    pub(crate) fn options(&self) -> Vec<String> {
        let Config { setup, roams, events, neighbour, attacker, literal, guards } = *self;
        let mut options = vec![setup.scenario().name().to_owned()];
        if setup.care_of().via_fa() {
            options.push(format!("--coa {}", setup.care_of().name()));
        }
        if roams {
            options = vec!["--movement between".to_owned()];
        }
        if let Some(neighbour) = neighbour {
            options.push(format!("--mobiles 2 --providers {}", neighbour.providers()));
        }
        if let Some(attacker) = attacker {
            options.push("--network attacker".to_owned());
            if attacker != Attacker::Outside {
                options.push(format!("--owns {}", attacker.name()));
            }
        }
        options.push(format!("--events {events}"));
        let unasked = if literal { crate::findings::unasked() } else { Vec::new() };
        if literal {
            options.push("--literal".to_owned());
        }
        // Nobody reads the draft alone with a guard that it does not ask for.
        let asked = unasked.iter().filter(|guard| guards.contains(**guard));
        options.extend(asked.map(|guard| format!("(with {guard})")));
        let out = Guard::ALL.iter().filter(|guard| !guards.contains(**guard));
        let without = out.filter(|guard| !unasked.contains(guard));
        options.extend(without.map(|guard| format!("--without {guard}")));
        options
    }

    /// What care-of address a link offers.
    #[must_use]
    pub const fn care_of(&self, link: Link) -> CareOf {
        if self.roams { Config::kind(link).1 } else { self.setup.care_of() }
    }

    /// The scenario of a link. Where the MN roams: below the first FHA its own operator's without
    /// agent and a foreign one's with an agent, below the second its own operator's with an agent
    /// and a foreign one's without.
    #[must_use]
    pub const fn scenario_of(&self, link: Link) -> Scenario {
        if self.roams { Config::kind(link).0 } else { self.setup.scenario() }
    }

    const fn kind(link: Link) -> (Scenario, CareOf) {
        match link {
            Link::A => (Scenario::IntegratedColocated, CareOf::Colocated),
            Link::B => (Scenario::SubscriptionFa, CareOf::ForeignAgent),
            Link::C => (Scenario::IntegratedFa, CareOf::ColocatedViaFa),
            Link::D => (Scenario::SubscriptionColocated, CareOf::Colocated),
        }
    }

    /// The FHA that is assigned on a link: by location, and here nothing else differs.
    //= access.3.7
    #[must_use]
    pub const fn fha_of(&self, link: Link) -> FhaId {
        match link {
            Link::A | Link::B => FhaId::One,
            Link::C | Link::D => FhaId::Two,
        }
    }

    /// The server that the NAS of a link asks.
    //= access.1.2
    //= access.1.3
    #[must_use]
    pub const fn access_server(&self, link: Link) -> Server {
        match self.scenario_of(link).access_aaa() {
            Role::Aaaf => Server::Aaaf,
            _ => Server::Aaah,
        }
    }
}

/// The other one of two mobile nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Neighbour {
    /// Of the same home provider: one AAAH, one pool for each FHA, one HA.
    SameProvider,
    /// Of another home provider, whose AAAH knows nothing of this one's, behind the same FHAs.
    OtherProvider,
}

impl Neighbour {
    /// Both.
    pub const ALL: [Neighbour; 2] = [Neighbour::SameProvider, Neighbour::OtherProvider];

    /// How many home providers there are.
    #[must_use]
    pub const fn providers(self) -> u8 {
        match self {
            Neighbour::SameProvider => 1,
            Neighbour::OtherProvider => 2,
        }
    }
}

/// An AAA server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Server {
    /// That of the visited network.
    Aaaf,
    /// That of the home network.
    Aaah,
}

/// What user and environment are like from the beginning. Each profile is an initial state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// The user may do everything, and everything is configured right.
    Entitled,
    /// As [`Profile::Entitled`], but the mobile node's clock is wrong.
    WrongClock,
    /// The secret for access is wrong.
    WrongAccessSecret,
    /// The user has access but no mobility service, so no FHA is named.
    NoMobility,
    /// The secret for the home network is wrong.
    WrongHomeSecret,
    /// The home provider has no agreement with the first FHA.
    NoAgreement,
    /// The user's record has no IPv6 parameters.
    NoIpv6,
    /// As [`Profile::Entitled`], but another user's record has the same home address. Only of two
    /// users, and of both.
    SharedHome,
}

impl Profile {
    /// All that a user alone can be like.
    pub const ALL: [Profile; 7] = [
        Profile::Entitled,
        Profile::WrongClock,
        Profile::WrongAccessSecret,
        Profile::NoMobility,
        Profile::WrongHomeSecret,
        Profile::NoAgreement,
        Profile::NoIpv6,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Profile::Entitled => "entitled",
            Profile::WrongClock => "wrong-clock",
            Profile::WrongAccessSecret => "wrong-access-secret",
            Profile::NoMobility => "no-mobility",
            Profile::WrongHomeSecret => "wrong-home-secret",
            Profile::NoAgreement => "no-agreement",
            Profile::NoIpv6 => "no-ipv6",
            Profile::SharedHome => "shared-home",
        }
    }

    /// Whether bootstrapping is to succeed in the end.
    #[must_use]
    pub const fn is_entitled(self) -> bool {
        matches!(self, Profile::Entitled | Profile::WrongClock)
    }

    /// Whether this FHA may serve the user, by secret, subscription and agreement.
    #[must_use]
    pub const fn may_register(self, fha: FhaId) -> bool {
        match self {
            Profile::Entitled | Profile::WrongClock | Profile::NoIpv6 | Profile::SharedHome => true,
            Profile::WrongAccessSecret | Profile::NoMobility | Profile::WrongHomeSecret => false,
            Profile::NoAgreement => matches!(fha, FhaId::Two),
        }
    }
}
