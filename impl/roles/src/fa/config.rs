use core::{net::Ipv4Addr, time::Duration};
use std::collections::BTreeMap;

use dsboot_codec::mip4::{Algorithm, SecurityContext, discovery::AdvertisementFlags};
use dsboot_spec::registry::mip4::{
    CHALLENGE_WINDOW, DEFAULT_LIFETIME, PENDING_TIMEOUT, PORT, advertisement_flag,
};

use crate::Secret;

/// What a foreign agent is configured with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FaConfig {
    /// Its address on the link, which is the care-of address that it offers.
    pub address: Ipv4Addr,
    /// Its UDP port for Mobile IPv4, 434 unless ports are offset.
    pub port: u16,
    /// Whether a mobile node with a co-located care-of address must register through it too (R).
    pub registration_required: bool,
    /// Whether it advertises UDP tunnelling (U), and asks for it for its own care-of address.
    pub udp_tunnelling: bool,
    /// The longest registration lifetime that it accepts, in seconds.
    pub max_lifetime: u16,
    /// How often it advertises itself unasked; `None`: only when solicited.
    pub advertise_every: Option<Duration>,
    /// For how long an advertisement is good, in seconds.
    pub advertisement_lifetime: u16,
    /// How many of the challenges advertised last it takes (CHALLENGE_WINDOW).
    pub challenge_window: usize,
    /// How many requests may be pending, and for how long.
    pub pending_limit: usize,
    /// How long a request may be pending.
    pub pending_timeout: Duration,
    /// How many visitors it serves.
    pub visitor_limit: usize,
    /// Associations with FHAs (extension 34), by the FHA's address.
    pub home_agents: BTreeMap<Ipv4Addr, ForeignHome>,
}

/// An association between this agent and an FHA.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ForeignHome {
    /// Stands in extension 34, in both directions.
    pub spi: u32,
    /// The key, for HMAC-MD5.
    pub key: Secret,
}

impl FaConfig {
    /// The defaults of the RFCs.
    #[must_use]
    pub fn new(address: Ipv4Addr) -> FaConfig {
        FaConfig {
            address,
            port: PORT,
            registration_required: false,
            udp_tunnelling: false,
            max_lifetime: DEFAULT_LIFETIME,
            advertise_every: None,
            advertisement_lifetime: 30,
            challenge_window: CHALLENGE_WINDOW,
            pending_limit: 1024,
            pending_timeout: Duration::from_secs(PENDING_TIMEOUT.into()),
            visitor_limit: 65_536,
            home_agents: BTreeMap::new(),
        }
    }

    /// The flags that it advertises.
    #[must_use]
    pub fn flags(&self) -> AdvertisementFlags {
        let mut flags = advertisement_flag::FOREIGN_AGENT | advertisement_flag::REVERSE_TUNNEL;
        if self.registration_required {
            flags |= advertisement_flag::REGISTRATION_REQUIRED;
        }
        if self.udp_tunnelling {
            flags |= advertisement_flag::UDP_TUNNELLING;
        }
        AdvertisementFlags(flags)
    }
}

impl ForeignHome {
    /// The association as a context.
    pub(super) fn context(&self) -> SecurityContext<'_> {
        SecurityContext { spi: self.spi, algorithm: Algorithm::HmacMd5, key: self.key.octets() }
    }
}
