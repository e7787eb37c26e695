//! Who is linked to whom, and which way an address lies.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use dsboot_roles::LinkAddr;

/// A host of the run, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostId(pub(crate) usize);

/// A link of the run, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub(crate) usize);

impl LinkId {
    /// Its place in [`super::Net::links`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0
    }
}

/// What packets a link carries, as far as a capture is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carries {
    /// IPv4 only.
    Ipv4,
    /// IPv6 only.
    Ipv6,
}

/// A way from one host to another: an arrow of the figures, or the link under it.
#[derive(Clone, Debug)]
pub struct Link {
    /// The name in captures, such as `MN-NAS`.
    pub name: String,
    /// Its two ends.
    pub ends: [HostId; 2],
    /// From sending to arriving.
    pub latency: Duration,
    /// What it carries.
    pub carries: Carries,
    /// Whether its ends are neighbours: hand frames to each other by link address, and hear what
    /// is sent to all.
    pub is_local: bool,
    /// Whether it is there now; a mobile node that is elsewhere leaves its link down.
    pub is_up: bool,
}

impl Link {
    /// The other end, if `host` is one of the two.
    #[must_use]
    pub fn other_end(&self, host: HostId) -> Option<HostId> {
        match self.ends {
            [a, b] if a == host => Some(b),
            [a, b] if b == host => Some(a),
            _ => None,
        }
    }
}

/// A network: an address and the number of leading bits that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    address: IpAddr,
    length: u8,
}

impl Prefix {
    /// An IPv4 network.
    #[must_use]
    pub const fn v4(address: Ipv4Addr, length: u8) -> Prefix {
        Prefix { address: IpAddr::V4(address), length }
    }

    /// An IPv6 network.
    #[must_use]
    pub const fn v6(address: Ipv6Addr, length: u8) -> Prefix {
        Prefix { address: IpAddr::V6(address), length }
    }

    /// Whether `address` lies in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let length = u32::from(self.length);
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - length.min(32)).unwrap_or(0);
                u32::from(network) & mask == u32::from(address) & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - length.min(128)).unwrap_or(0);
                u128::from(network) & mask == u128::from(address) & mask
            }
            _ => false,
        }
    }
}

/// Where packets to a network go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// To this host, which serves the whole network (or forwards into it).
    Host(HostId),
    /// To the owner of the address: this host, or the host at the other end of this link of its
    /// while the link is up.
    Behind(HostId, LinkId),
}

/// Links and routes.
#[derive(Clone, Debug, Default)]
pub(super) struct Topology {
    pub(super) links: Vec<Link>,
    pub(super) routes: Vec<(Prefix, Hop)>,
}

impl Topology {
    /// The first link that is up between two hosts.
    pub(super) fn between(&self, a: HostId, b: HostId) -> Option<LinkId> {
        let found = self.links.iter().position(|l| l.is_up && l.other_end(a) == Some(b))?;
        Some(LinkId(found))
    }

    /// The neighbours of a host: the other ends of its local links that are up.
    pub(super) fn neighbours(&self, host: HostId) -> impl Iterator<Item = (LinkId, HostId)> {
        let local = self.links.iter().enumerate().filter(|(_, l)| l.is_local && l.is_up);
        local.filter_map(move |(i, l)| Some((LinkId(i), l.other_end(host)?)))
    }

    /// Whether two hosts are neighbours.
    pub(super) fn are_neighbours(&self, a: HostId, b: HostId) -> bool {
        self.neighbours(a).any(|(_, other)| other == b)
    }

    /// The most specific route to an address.
    pub(super) fn route(&self, to: IpAddr) -> Option<Hop> {
        let fitting = self.routes.iter().filter(|(prefix, _)| prefix.contains(to));
        fitting.max_by_key(|(prefix, _)| prefix.length).map(|(_, hop)| *hop)
    }

    pub(super) fn link(&self, id: LinkId) -> Option<&Link> {
        self.links.get(id.0)
    }
}

/// The link address of the host with this number: locally administered, unicast.
pub(super) fn link_address(HostId(number): HostId) -> LinkAddr {
    let [.., high, low] = number.to_be_bytes();
    LinkAddr([0x02, 0, 0, 0, high, low])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_count_leading_bits() {
        let prefix = Prefix::v4(Ipv4Addr::new(127, 20, 1, 0), 24);
        assert!(prefix.contains(IpAddr::V4(Ipv4Addr::new(127, 20, 1, 255))));
        assert!(!prefix.contains(IpAddr::V4(Ipv4Addr::new(127, 20, 2, 0))));
        assert!(!prefix.contains(IpAddr::V6(Ipv6Addr::LOCALHOST)));
        assert!(Prefix::v4(Ipv4Addr::UNSPECIFIED, 0).contains(IpAddr::V4(Ipv4Addr::BROADCAST)));
        let prefix = Prefix::v6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 0), 64);
        assert!(prefix.contains(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 9, 9, 9, 9))));
        assert!(!prefix.contains(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 2, 0, 0, 0, 0))));
    }

    #[test]
    fn the_most_specific_route_wins() {
        let wide = (Prefix::v4(Ipv4Addr::new(127, 0, 0, 0), 8), Hop::Host(HostId(1)));
        let narrow =
            (Prefix::v4(Ipv4Addr::new(127, 1, 0, 0), 16), Hop::Behind(HostId(0), LinkId(0)));
        let topology = Topology { links: Vec::new(), routes: vec![wide, narrow] };
        assert_eq!(topology.route(IpAddr::V4(Ipv4Addr::new(127, 1, 2, 3))), Some(narrow.1));
        assert_eq!(topology.route(IpAddr::V4(Ipv4Addr::new(127, 2, 2, 3))), Some(wide.1));
        assert_eq!(topology.route(IpAddr::V4(Ipv4Addr::new(10, 2, 2, 3))), None);
    }
}
