use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::collections::{BTreeMap, BTreeSet};

use dsboot_codec::dsb::{Fqdn, Prefixed};
use dsboot_codec::mip4::Algorithm;

use super::Leg;
use crate::eap::server::Method;
use crate::radius::ServerConfig;
use crate::{Nai, Secret};

/// Which of the draft's AAA servers this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AaaKind {
    /// The AAAH where access and mobility provider are one: answers NAS, FHA and HA.
    AaahIntegrated,
    /// The AAAH of a mobility provider alone: answers FHA and HA.
    AaahSubscription,
    /// The AAAF of an access provider alone: answers the NAS.
    Aaaf,
}

impl AaaKind {
    /// Whether this server answers requests of that leg.
    #[must_use]
    pub const fn serves(self, leg: Leg) -> bool {
        match self {
            //= access.1.2
            AaaKind::AaahIntegrated => true,
            //= access.1.3
            AaaKind::AaahSubscription => matches!(leg, Leg::Mobility | Leg::Binding),
            //= access.1.6
            AaaKind::Aaaf => matches!(leg, Leg::Access),
        }
    }
}

/// What an AAA server is told by its operator.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AaaConfig {
    /// Which server it is.
    pub kind: AaaKind,
    /// The sockets it hears requests on, IPv4 and IPv6.
    pub addresses: Vec<SocketAddr>,
    /// Vendor-Id of the project's own attributes.
    pub vendor_id: u32,
    /// The clients, and how strict the server is with them.
    pub radius: ServerConfig,
    /// The users by name.
    pub users: BTreeMap<Nai, User>,
    /// The FHAs by the NAS-Identifier of their requests.
    pub fhas: BTreeMap<String, Fha>,
    /// The links by the NAS-Identifier of the NAS that serves them.
    pub locations: BTreeMap<String, Location>,
    /// The EAP method that users prove themselves by.
    pub method: Method,
    /// How many EAP conversations are open at most.
    pub max_sessions: usize,
    /// Session-Timeout of leg A, in seconds.
    pub access_lifetime: u32,
    /// Session-Timeout of leg B and lifetime of its keys, in seconds.
    pub mobility_lifetime: u32,
    /// What MN and FHA authenticate by: an
    /// [`algorithm`](dsboot_spec::registry::mip4::algorithm).
    pub algorithm: u16,
}

/// What a server knows of a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User {
    /// The secret for access; `None` when the user may not use this access.
    pub access: Option<Secret>,
    /// Through which FHAs the user's subscription lets mobility be used.
    pub mobility: Mobility,
    /// What only the user's own AAAH knows.
    pub home: Option<HomeRecord>,
}

/// What a subscription says about mobility.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Mobility {
    /// No mobility.
    None,
    /// Through every FHA there is.
    Any,
    /// Through the FHAs of these names.
    Through(BTreeSet<String>),
}

impl Mobility {
    /// Whether the subscription covers that FHA.
    #[must_use]
    pub fn covers(&self, fha: &str) -> bool {
        match self {
            Mobility::None => false,
            Mobility::Any => true,
            Mobility::Through(names) => names.contains(fha),
        }
    }
}

/// A user's record in the home network.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HomeRecord {
    /// The key that the user shares with this server.
    pub mn_aaa_key: Secret,
    /// The user's IPv6 home address and the length of its prefix.
    pub home_address: Prefixed<Ipv6Addr>,
    /// The user's Mobile IPv6 home agent.
    pub home_agent: Ipv6Addr,
}

/// An FHA that a server can assign (AAAF, AAAH integrated) or has an agreement with (AAAH).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fha {
    /// Its address, as the MN is told.
    pub address: Option<Ipv4Addr>,
    /// Its domain name, as the MN is told.
    pub fqdn: Option<String>,
    /// Where the THOAv4 of its MNs come from; without, it has none to give.
    pub home_addresses: Option<AddressRange>,
}

/// Where a NAS is, and what is to be had there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// The FHAs for this location by name, the best first.
    pub fhas: Vec<String>,
    /// Where the co-located care-of address comes from.
    pub care_of: CareOfSource,
}

/// Where a co-located care-of address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CareOfSource {
    /// From nowhere: the MN uses a foreign agent's.
    None,
    /// From the NAS (H-34).
    Nas,
    /// From a pool of this server.
    Pool {
        /// The addresses.
        range: AddressRange,
        /// Length of the prefix that they lie in, at most 32.
        prefix_length: u8,
    },
}

/// IPv4 addresses from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressRange {
    /// The first address.
    pub first: Ipv4Addr,
    /// The last address.
    pub last: Ipv4Addr,
}

impl AddressRange {
    /// How many addresses a range may have: what one pool keeps track of.
    pub const MAX_LEN: u32 = 1 << 16;

    /// How many addresses there are.
    #[must_use]
    pub const fn len(&self) -> u32 {
        match self.last.to_bits().checked_sub(self.first.to_bits()) {
            Some(rest) => rest.saturating_add(1),
            None => 0,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    const fn overlaps(&self, other: &AddressRange) -> bool {
        self.first.to_bits() <= other.last.to_bits() && other.first.to_bits() <= self.last.to_bits()
    }
}

/// Why a configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A user's home record at a server that is not to have one.
    #[error("an AAAF must not hold the home record of {0}")]
    HomeRecordAtAaaf(Nai),
    /// Two users with one IPv6 home address.
    #[error("the home address {0} belongs to two users")]
    SharedHomeAddress(Ipv6Addr),
    /// A location that names an FHA that is not there.
    #[error("location {location} names the unknown FHA {fha}")]
    UnknownFha {
        /// The location.
        location: String,
        /// The name.
        fha: String,
    },
    /// An FHA of a location with neither address nor domain name, or with a name that an
    /// attribute cannot carry.
    #[error("FHA {0} needs an address, or a domain name of 1 to 247 octets")]
    UnreachableFha(String),
    /// A pool that is empty, too large, or has another one's addresses.
    #[error("the pool of {0} is empty, too large, or overlaps another one")]
    BadPool(String),
    /// A prefix longer than 32 bits.
    #[error("the prefix of location {0} is longer than 32 bits")]
    BadPrefix(String),
    /// An algorithm that is not one of Mobile IPv4's.
    #[error("there is no algorithm {0} for MN and FHA")]
    UnknownAlgorithm(u16),
    /// A client without a role or without a name: none of its requests could be answered.
    #[error("client {0} needs a role and a name")]
    UselessClient(core::net::IpAddr),
}

impl AaaConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        self.check_users()?;
        self.check_locations()?;
        self.check_pools()?;
        if Algorithm::from_number(self.algorithm).is_none() {
            return Err(ConfigError::UnknownAlgorithm(self.algorithm));
        }
        let mut clients = self.radius.clients.iter();
        match clients.find(|(_, client)| client.roles.is_empty() || client.names.is_empty()) {
            Some((address, _)) => Err(ConfigError::UselessClient(*address)),
            None => Ok(()),
        }
    }

    fn check_users(&self) -> Result<(), ConfigError> {
        let mut home_addresses = BTreeSet::new();
        for (nai, user) in &self.users {
            let Some(home) = &user.home else { continue };
            //= access.1.5
            //= keys.2.5
            if self.kind == AaaKind::Aaaf {
                return Err(ConfigError::HomeRecordAtAaaf(nai.clone()));
            }
            //= registration.6.12
            if !home_addresses.insert(home.home_address.address()) {
                return Err(ConfigError::SharedHomeAddress(home.home_address.address()));
            }
        }
        Ok(())
    }

    fn check_locations(&self) -> Result<(), ConfigError> {
        for (location, Location { fhas, care_of }) in &self.locations {
            if let CareOfSource::Pool { prefix_length: 33.., .. } = care_of {
                return Err(ConfigError::BadPrefix(location.clone()));
            }
            for name in fhas {
                let fha = self.fhas.get(name).ok_or_else(|| ConfigError::UnknownFha {
                    location: location.clone(),
                    fha: name.clone(),
                })?;
                let fqdn_fits = fha.fqdn.as_deref().is_none_or(|name| Fqdn::new(name).is_some());
                if (fha.address.is_none() && fha.fqdn.is_none()) || !fqdn_fits {
                    return Err(ConfigError::UnreachableFha(name.clone()));
                }
            }
        }
        Ok(())
    }

    fn check_pools(&self) -> Result<(), ConfigError> {
        let care_of = self.locations.iter().filter_map(|(name, location)| match location.care_of {
            CareOfSource::Pool { range, .. } => Some((name, range)),
            CareOfSource::None | CareOfSource::Nas => None,
        });
        let home = self.fhas.iter().filter_map(|(name, fha)| Some((name, fha.home_addresses?)));
        let mut seen: Vec<AddressRange> = Vec::new();
        for (name, range) in care_of.chain(home) {
            //= registration.6.12
            //= access.3.10
            let fits = (1..=AddressRange::MAX_LEN).contains(&range.len());
            if !fits || seen.iter().any(|other| other.overlaps(&range)) {
                return Err(ConfigError::BadPool(name.clone()));
            }
            seen.push(range);
        }
        Ok(())
    }
}
