//! A host: the machines on it, the addresses it owns, what it has counted.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddrV4};

use dsboot_roles::{Machine, Time, count::Reason};

use super::HostId;
use crate::{LINK_PORT, Stream};

/// A machine of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId {
    pub(super) host: HostId,
    pub(super) index: usize,
}

impl PartId {
    /// The host that it runs on.
    #[must_use]
    pub const fn host(self) -> HostId {
        self.host
    }
}

/// A machine with what it wants to receive.
#[derive(Clone, Debug)]
pub struct Part<M> {
    /// Its name: the seed of its random octets.
    pub name: &'static str,
    /// The machine.
    pub machine: M,
    /// The UDP ports that it listens on, at every address of the host. Ports that it sends from
    /// are added by themselves.
    pub ports: Vec<u16>,
    /// Whether it gets what is no UDP datagram for this host.
    pub takes_packets: bool,
    /// Whether it gets datagrams that come to one of its ports from the link, to whatever IP
    /// address they are. A mobile node learns its home address only from a reply to that very
    /// address (RFC 3344 §3.7.2.3).
    pub takes_any_address: bool,
}

/// A host of the net.
#[derive(Debug)]
pub struct Host<M> {
    /// Its name in traces and captures, such as `NAS/FA`.
    pub name: String,
    pub(super) link_socket: SocketAddrV4,
    pub(super) addresses: BTreeSet<IpAddr>,
    pub(super) parts: Vec<(Part<M>, Stream)>,
    pub(super) counters: BTreeMap<Reason, u64>,
    pub(super) is_silent: bool,
}

impl<M: Machine> Host<M> {
    pub(super) fn new(name: &str, link_address: Ipv4Addr) -> Host<M> {
        Host {
            name: name.to_owned(),
            link_socket: SocketAddrV4::new(link_address, LINK_PORT),
            addresses: BTreeSet::new(),
            parts: Vec::new(),
            counters: BTreeMap::new(),
            is_silent: false,
        }
    }

    /// The addresses that it owns now.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.addresses.iter().copied()
    }

    /// How often it has counted each thing.
    #[must_use]
    pub const fn counters(&self) -> &BTreeMap<Reason, u64> {
        &self.counters
    }

    pub(super) fn owns(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address)
    }

    /// Which machine gets datagrams for a port.
    pub(super) fn listener(&self, port: u16) -> Option<usize> {
        self.parts.iter().position(|(part, _)| part.ports.contains(&port))
    }

    /// Which machine gets datagrams for a port at whatever address.
    pub(super) fn any_address_listener(&self, port: u16) -> Option<usize> {
        let takes =
            |(part, _): &(Part<M>, Stream)| part.takes_any_address && part.ports.contains(&port);
        self.parts.iter().position(takes)
    }

    /// Which machine gets other packets.
    pub(super) fn taker(&self) -> Option<usize> {
        self.parts.iter().position(|(part, _)| part.takes_packets)
    }

    /// Every port that some machine listens on.
    pub(super) fn ports(&self) -> impl Iterator<Item = u16> {
        self.parts.iter().flat_map(|(part, _)| part.ports.iter().copied())
    }

    /// The machine that wants to be woken first, and when.
    pub(super) fn next_timeout(&self) -> Option<(Time, usize)> {
        let timeouts = self.parts.iter().enumerate();
        timeouts.filter_map(|(i, (part, _))| Some((part.machine.poll_timeout()?, i))).min()
    }
}
