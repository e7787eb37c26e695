use core::{
    net::{Ipv4Addr, Ipv6Addr},
    time::Duration,
};
use std::collections::BTreeMap;

use dsboot_codec::radius::Ipv6Prefix;
use dsboot_spec::registry;

use crate::{Secret, radius::ClientConfig};

/// What a foreign home agent is configured with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FhaConfig {
    /// Its IPv4 address: the Home Agent field of every request it serves.
    pub address: Ipv4Addr,
    /// Its address on its IPv6 side, from which it sends ICMPv6 errors.
    pub address6: Ipv6Addr,
    /// Its UDP port for Mobile IPv4, 434 unless ports are offset.
    pub port: u16,
    /// The prefix of its IPv6 side, from which IPv6 care-of addresses come (H-13).
    pub prefix: Ipv6Prefix,
    /// The longest lifetime that it grants, in seconds.
    pub max_lifetime: u16,
    /// How far an Identification may be from its clock (RFC 3344 §5.7.1).
    pub tolerance: Duration,
    /// How many bindings it holds, and how many requests may wait for the AAAH at a time.
    pub capacity: usize,
    /// Whether it grants UDP tunnelling to those who ask for it, and with which keepalive interval
    /// in seconds (RFC 3519).
    pub udp_keepalive: Option<u16>,
    /// The vendor of the parameter space.
    pub vendor_id: u32,
    /// How it reaches the AAAH.
    pub radius: ClientConfig,
    /// Associations with foreign agents (extension 34), by the agent's address.
    pub foreign_agents: BTreeMap<Ipv4Addr, ForeignAgent>,
}

/// An association between this FHA and a foreign agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ForeignAgent {
    /// Stands in extension 34, in both directions.
    pub spi: u32,
    /// The key, for HMAC-MD5.
    pub key: Secret,
}

impl FhaConfig {
    /// The defaults of the RFCs for everything but addresses and the way to the AAAH.
    #[must_use]
    pub fn new(
        address: Ipv4Addr,
        address6: Ipv6Addr,
        prefix: Ipv6Prefix,
        radius: ClientConfig,
    ) -> FhaConfig {
        FhaConfig {
            address,
            address6,
            port: registry::mip4::PORT,
            prefix,
            max_lifetime: registry::mip4::DEFAULT_LIFETIME,
            tolerance: Duration::from_secs(registry::mip4::TIMESTAMP_TOLERANCE.into()),
            capacity: 65_536,
            udp_keepalive: None,
            vendor_id: registry::dsb::DEFAULT_VENDOR_ID,
            radius,
            foreign_agents: BTreeMap::new(),
        }
    }

    /// Whether an address lies in the prefix of the IPv6 side.
    #[must_use]
    pub fn owns(&self, address: Ipv6Addr) -> bool {
        self.prefix.contains(address)
    }
}
