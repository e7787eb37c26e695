use core::fmt;

/// A participant of the bootstrap, named as in section 2 of the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Mobile node: dual-stack, its home is a Mobile IPv6 network.
    Mn,
    /// Network access server: PANA authentication agent and RADIUS client (steps 1 to 3).
    Nas,
    /// Foreign agent of RFC 3344; shares a host with the NAS where the figures draw `NAS/FA`.
    Fa,
    /// Foreign home agent: the Mobile IPv4 "home agent" of the visited network.
    Fha,
    /// AAA server of the visited network; only in the subscription scenarios.
    Aaaf,
    /// AAA server of the home network, which alone holds the user record.
    Aaah,
    /// Mobile IPv6 home agent; owns no IPv4.
    Ha,
    /// Correspondent node that the mobile node talks to once bound.
    Cn,
}

impl Role {
    /// Every role, in the order in which the figures draw them from left to right.
    pub const ALL: [Role; 8] =
        [Role::Mn, Role::Nas, Role::Fa, Role::Fha, Role::Aaaf, Role::Aaah, Role::Ha, Role::Cn];

    /// The short name used in figures, counters, captures and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Role::Mn => "MN",
            Role::Nas => "NAS",
            Role::Fa => "FA",
            Role::Fha => "FHA",
            Role::Aaaf => "AAAF",
            Role::Aaah => "AAAH",
            Role::Ha => "HA",
            Role::Cn => "CN",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
