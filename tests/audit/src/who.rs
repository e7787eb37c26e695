//! Who has which addresses, where a capture does not tell by itself.

use std::net::{IpAddr, Ipv4Addr};

/// Addresses of roles, as a person gives them. What is empty is worked out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// Foreign home agents.
    pub fha: Vec<Ipv4Addr>,
    /// Foreign agents.
    pub fa: Vec<Ipv4Addr>,
    /// Network access servers, by their addresses towards mobile nodes or AAA servers.
    pub nas: Vec<IpAddr>,
    /// Home agents.
    pub ha: Vec<IpAddr>,
    /// AAA servers of visited networks.
    pub aaaf: Vec<IpAddr>,
    /// AAA servers of home networks.
    pub aaah: Vec<IpAddr>,
}
