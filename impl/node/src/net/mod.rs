//! Moves what machines emit between hosts, over real sockets, in an order that never changes.
//!
//! Every datagram between two IPv4 unicast addresses is sent from a UDP socket bound to the one to
//! a UDP socket bound to the other, on this machine's loopback interface. What cannot travel so
//! (ICMP, IPv6, IP in IP, senders without an address, multicast) is sent as a whole IP packet
//! inside a datagram between the *link sockets* of the two hosts, port [`crate::LINK_PORT`].
//!
//! Time is virtual: a packet takes its link's latency, and when nothing is under way the clock
//! jumps to the next timeout. What is due at the same time happens in the order in which it was
//! caused. With the same machines, seed and loss the same octets travel.

mod arrive;
mod clock;
mod host;
mod send;
#[cfg(test)]
mod tests;
mod topology;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

use dsboot_roles::{AddressChange, Datagram, Effects, LinkAddr, Machine, Random, Time};

use crate::queue::Queue;
use crate::record::{Record, What};
use crate::sockets::Sockets;
use crate::{Error, Ports, Probability, Stream};
use clock::Clock;
pub use clock::Pace;
pub use host::{Host, Part, PartId};
use topology::Topology;
pub use topology::{Carries, Hop, HostId, Link, LinkId, Prefix};

/// Most foreign sockets that are remembered for being answered.
const MAX_HEARD: usize = 1_024;

/// So many timeouts of one host without time passing mean that it will never stop.
const STUCK_AFTER: u32 = 1_000;

/// What may be done to a datagram between two hosts before it is sent, to show what bad input
/// gets.
pub type Tamper = Box<dyn FnMut(HostId, HostId, &mut Datagram)>;

/// How a net behaves.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// When it starts.
    pub start: Time,
    /// The seed of everything random.
    pub seed: u64,
    /// How likely each transmission is to be lost.
    pub loss: Probability,
    /// The ports of its sockets.
    pub ports: Ports,
    /// The network whose addresses are the run's own; all others are foreign.
    pub network: Prefix,
}

/// Hosts, links, and what is under way between them.
pub struct Net<M> {
    settings: Settings,
    clock: Clock,
    pace: Pace,
    hosts: Vec<Host<M>>,
    topology: Topology,
    losses: Vec<Stream>,
    sockets: Sockets,
    queue: Queue<Event>,
    records: Vec<Record>,
    tamper: Option<Tamper>,
    foreign: Foreign,
    /// Whether packets from outside the run are recorded, not only what comes of them.
    records_foreign: bool,
    /// The host that timed out last, when, and how often in a row at that time.
    last_timeout: Option<(HostId, Time, u32)>,
}

/// Sockets outside the run that may be sent to.
#[derive(Debug, Default)]
struct Foreign {
    /// Those asked for, with the links at whose far ends they stand in for a host.
    peers: BTreeMap<SocketAddr, Vec<LinkId>>,
    /// Those that have sent something, to be answered.
    heard: BTreeSet<SocketAddr>,
    /// Sockets of hosts at addresses of this machine that are not the run's own.
    local: BTreeMap<SocketAddrV4, HostId>,
    /// Until when an answer of one of the peers is waited for in real time.
    awaited_until: Option<Time>,
}

/// Something that is to happen.
#[derive(Debug)]
enum Event {
    /// A host receives what another one sent.
    Arrival { link: LinkId, from: HostId, to: HostId, what: Arrival },
    /// A socket of the run has received a datagram from outside the run.
    Foreign { at: SocketAddrV4, from: SocketAddr, payload: Vec<u8> },
}

/// What a host receives from another one.
#[derive(Debug)]
enum Arrival {
    /// A datagram, from socket to socket.
    Datagram { source: SocketAddrV4, destination: SocketAddrV4, ttl: u8, payload: Vec<u8> },
    /// An IP packet, between link sockets.
    Frame(Vec<u8>),
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Something happened; there may be more.
    Did,
    /// Nothing is left to do before the time given, which it now is.
    Reached,
}

impl<M: Machine> Net<M> {
    /// A net without hosts.
    ///
    /// # Errors
    ///
    /// When the system has no means left to wait for sockets.
    pub fn new(settings: Settings) -> Result<Net<M>, Error> {
        Ok(Net {
            settings,
            clock: Clock::new(settings.start),
            pace: Pace::Jump,
            hosts: Vec::new(),
            topology: Topology::default(),
            losses: Vec::new(),
            sockets: Sockets::new()?,
            queue: Queue::new(),
            records: Vec::new(),
            tamper: None,
            foreign: Foreign::default(),
            records_foreign: true,
            last_timeout: None,
        })
    }

    /// Adds a host with its link socket at `link_address`.
    ///
    /// # Errors
    ///
    /// When the link socket cannot be bound.
    pub fn add_host(&mut self, name: &str, link_address: Ipv4Addr) -> Result<HostId, Error> {
        let host = Host::new(name, link_address);
        self.sockets.bind(host.link_socket)?;
        self.hosts.push(host);
        Ok(HostId(self.hosts.len() - 1))
    }

    /// Adds a machine to a host. Addresses come afterwards, by [`Net::own`].
    pub fn add_part(&mut self, host: HostId, part: Part<M>) -> PartId {
        let Some(state) = self.hosts.get_mut(host.0) else { return PartId { host, index: 0 } };
        let random = Stream::new(self.settings.seed, &format!("{}:{}", state.name, part.name));
        state.parts.push((part, random));
        PartId { host, index: state.parts.len() - 1 }
    }

    /// Adds a link.
    pub fn add_link(&mut self, link: Link) -> LinkId {
        self.losses.push(Stream::new(self.settings.seed, &link.name));
        self.topology.links.push(link);
        LinkId(self.topology.links.len() - 1)
    }

    /// Adds a route that every host knows.
    pub fn add_route(&mut self, prefix: Prefix, hop: Hop) {
        self.topology.routes.push((prefix, hop));
    }

    /// Lets a host own an address from now on, or no longer.
    ///
    /// # Errors
    ///
    /// When a socket for it cannot be bound.
    pub fn own(&mut self, host: HostId, change: AddressChange) -> Result<(), Error> {
        let Some(state) = self.hosts.get_mut(host.0) else { return Ok(()) };
        let ports = self.settings.ports;
        match change {
            AddressChange::Add(address) => {
                state.addresses.insert(address);
                if let IpAddr::V4(address) = address {
                    for port in state.ports() {
                        self.sockets.bind(SocketAddrV4::new(address, ports.on_wire(port)))?;
                    }
                }
            }
            AddressChange::Remove(address) => {
                state.addresses.remove(&address);
                if let IpAddr::V4(address) = address {
                    self.sockets.unbind(address);
                }
            }
        }
        self.record(What::Address { host, change });
        Ok(())
    }

    /// Puts a link up or down.
    pub fn set_link(&mut self, link: LinkId, is_up: bool) {
        if let Some(link) = self.topology.links.get_mut(link.0) {
            link.is_up = is_up;
        }
    }

    /// Silences a host (it receives nothing and its timers stand still), or ends that.
    pub fn set_silent(&mut self, host: HostId, is_silent: bool) {
        if let Some(host) = self.hosts.get_mut(host.0) {
            host.is_silent = is_silent;
        }
    }

    /// Sets or ends what is done to every datagram before it is sent.
    pub fn set_tamper(&mut self, tamper: Option<Tamper>) {
        self.tamper = tamper;
    }

    /// Sets how time passes.
    pub const fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    /// Lets a socket outside the run stand in for a host at the far end of `link`, and of those
    /// given before: datagrams to it are sent there, and while it owes an answer the clock walks
    /// beside the real one.
    pub fn add_foreign_peer(&mut self, peer: SocketAddr, link: LinkId) {
        self.foreign.peers.entry(peer).or_default().push(link);
    }

    /// Sets whether packets from outside the run are recorded (they are), or only what comes of
    /// them.
    pub const fn set_records_foreign(&mut self, records: bool) {
        self.records_foreign = records;
    }

    /// Has a machine do something that no packet and no timer asks for.
    ///
    /// # Errors
    ///
    /// As [`Net::step`].
    pub fn act(
        &mut self,
        part: PartId,
        act: impl FnOnce(&mut M, Time, &mut dyn Random) -> Effects,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let Some(host) = self.hosts.get_mut(part.host.0) else { return Ok(()) };
        let Some((state, random)) = host.parts.get_mut(part.index) else { return Ok(()) };
        let effects = act(&mut state.machine, now, random);
        self.carry_out(part, effects)
    }

    /// Does the next thing that is due, or lets time pass up to `until` if nothing is.
    ///
    /// # Errors
    ///
    /// When a socket cannot be bound, a datagram cannot be sent or does not arrive, or a machine
    /// emits nonsense.
    pub fn step(&mut self, until: Time) -> Result<Step, Error> {
        let due_by_then = |net: &Self| net.next_due().filter(|due| *due <= until);
        let due = due_by_then(self);
        let to = due.unwrap_or(until);
        if self.walks_beside_real_time() {
            self.clock.walk();
            self.wait_for_foreign(to)?;
            if self.clock.now() < to || due_by_then(self) != due {
                return Ok(Step::Did);
            }
        } else {
            self.clock.jump();
            self.clock.advance(to);
        }
        if due.is_some() {
            self.do_next()?;
            return Ok(Step::Did);
        }
        Ok(Step::Reached)
    }

    /// Takes in what waits at the sockets and comes from outside the run; it is handled by the
    /// next steps.
    ///
    /// # Errors
    ///
    /// When receiving fails.
    pub fn take_in(&mut self) -> Result<(), Error> {
        let now = self.now();
        self.wait_for_foreign(now)
    }

    /// Whether something is due at `at` or before.
    #[must_use]
    pub fn has_due(&self, at: Time) -> bool {
        self.next_due().is_some_and(|due| due <= at)
    }

    /// Steps until `until`.
    ///
    /// # Errors
    ///
    /// As [`Net::step`].
    pub fn run(&mut self, until: Time) -> Result<(), Error> {
        while self.step(until)? == Step::Did {}
        Ok(())
    }

    /// The time now.
    #[must_use]
    pub const fn now(&self) -> Time {
        self.clock.now()
    }

    /// Takes everything that has happened since the last call.
    pub fn take_records(&mut self) -> Vec<Record> {
        std::mem::take(&mut self.records)
    }

    /// Adds a note to the records.
    pub fn note(&mut self, text: impl Into<String>) {
        self.record(What::Note(text.into()));
    }

    /// A host.
    #[must_use]
    pub fn host(&self, id: HostId) -> Option<&Host<M>> {
        self.hosts.get(id.0)
    }

    /// The name of a host.
    #[must_use]
    pub fn host_name(&self, id: HostId) -> &str {
        self.host(id).map_or("?", |host| &host.name)
    }

    /// Every host with its number.
    pub fn hosts(&self) -> impl Iterator<Item = (HostId, &Host<M>)> {
        self.hosts.iter().enumerate().map(|(i, host)| (HostId(i), host))
    }

    /// A machine.
    #[must_use]
    pub fn machine(&self, part: PartId) -> Option<&M> {
        self.host(part.host)?.parts.get(part.index).map(|(part, _)| &part.machine)
    }

    /// Every link, in the order of their numbers.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.topology.links
    }

    /// Every socket of a host, its link socket last.
    #[must_use]
    pub fn sockets_of(&self, id: HostId) -> Vec<SocketAddrV4> {
        let Some(host) = self.host(id) else { return Vec::new() };
        let own = self.sockets.bound().filter(|at| host.owns(IpAddr::V4(*at.ip())));
        own.chain([host.link_socket]).collect()
    }

    /// How the net behaves.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The link address of a host.
    #[must_use]
    pub fn link_address(&self, host: HostId) -> LinkAddr {
        topology::link_address(host)
    }
}
