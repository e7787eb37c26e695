use core::net::Ipv6Addr;

use dsboot_codec::radius::Ipv6Prefix;
use dsboot_spec::registry::{dsb, mip6};

use crate::radius::ClientConfig;

/// What a Mobile IPv6 home agent is configured with. There is no IPv4 in it.
//= home-binding.3.10
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HaConfig {
    /// Its address: where binding updates and tunnels of mobile nodes go.
    pub address: Ipv6Addr,
    /// The prefix of the home link.
    pub home_prefix: Ipv6Prefix,
    /// The longest binding that it grants, in seconds.
    pub max_lifetime: u32,
    /// How far a Mesg-ID may be from its clock, in seconds.
    pub tolerance: u32,
    /// How many bindings it holds.
    pub capacity: usize,
    /// The vendor of the parameter space.
    pub vendor_id: u32,
    /// How it reaches the AAAH: over IPv6.
    pub radius: ClientConfig,
}

impl HaConfig {
    /// The defaults of the RFCs for everything but addresses and the way to the AAAH.
    #[must_use]
    pub fn new(address: Ipv6Addr, home_prefix: Ipv6Prefix, radius: ClientConfig) -> HaConfig {
        HaConfig {
            address,
            home_prefix,
            max_lifetime: 3600,
            tolerance: mip6::TIMESTAMP_TOLERANCE_SECONDS,
            capacity: 65_536,
            vendor_id: dsb::DEFAULT_VENDOR_ID,
            radius,
        }
    }
}
