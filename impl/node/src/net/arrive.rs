//! From sockets and timers to a machine's inputs.

use std::net::{IpAddr, SocketAddr, SocketAddrV4};

use dsboot_roles::{Datagram, Input, LinkAddr, Machine, Packet, Time, count::Reason};

use super::{Arrival, Event, HostId, LinkId, MAX_HEARD, Net, Pace, PartId, STUCK_AFTER, topology};
use crate::record::{Record, Undeliverable, What};
use crate::{Error, wire};

/// The link address of whoever sends to a link socket from outside the run.
const FOREIGN_LINK_ADDRESS: LinkAddr = LinkAddr([0x02, 0xff, 0, 0, 0, 0]);

/// The time to live that a foreign datagram is taken to have had.
const FOREIGN_TTL: u8 = 64;

impl<M: Machine> Net<M> {
    /// When something is due next, arrivals before timeouts.
    pub(super) fn next_due(&self) -> Option<Time> {
        let timeout = self.next_timeout().map(|(at, _)| at);
        let due = [self.queue.next_time(), timeout].into_iter().flatten().min();
        due.map(|due| due.max(self.now()))
    }

    /// Does what is due now.
    pub(super) fn do_next(&mut self) -> Result<(), Error> {
        let now = self.now();
        if self.queue.next_time().is_some_and(|at| at <= now) {
            match self.queue.pop() {
                Some((_, Event::Arrival { link, from, to, what })) => {
                    self.arrive(link, from, to, what)
                }
                Some((_, Event::Foreign { at, from, payload })) => {
                    self.arrive_from_abroad(at, from, &payload)
                }
                None => Ok(()),
            }
        } else if let Some((_, part)) = self.next_timeout().filter(|(at, _)| *at <= now) {
            self.time_out(part)
        } else {
            Ok(())
        }
    }

    /// Whether the clock has to walk beside the real one now.
    pub(super) fn walks_beside_real_time(&self) -> bool {
        self.pace == Pace::RealTime
            || self.foreign.awaited_until.is_some_and(|until| self.now() < until)
    }

    /// Walks up to `to`, or until something comes from outside the run.
    pub(super) fn wait_for_foreign(&mut self, to: Time) -> Result<(), Error> {
        let left = self.clock.read(to);
        for at in self.sockets.wait(left)? {
            while let Some((from, payload)) = self.sockets.receive(at)? {
                self.put_foreign(at, from, payload);
            }
        }
        self.clock.read(to);
        Ok(())
    }

    /// Queues what came from outside the run, to be handled next.
    pub(super) fn put_foreign(&mut self, at: SocketAddrV4, from: SocketAddr, payload: Vec<u8>) {
        if self.foreign.peers.contains_key(&from) {
            self.foreign.awaited_until = None;
        }
        if self.foreign.heard.len() >= MAX_HEARD {
            self.foreign.heard.pop_first();
        }
        self.foreign.heard.insert(from);
        self.queue.push(self.now(), Event::Foreign { at, from, payload });
    }

    fn arrive(
        &mut self,
        link: LinkId,
        from: HostId,
        to: HostId,
        what: Arrival,
    ) -> Result<(), Error> {
        let octets = match &what {
            Arrival::Datagram { payload, .. } => payload.len(),
            Arrival::Frame(packet) => packet.len(),
        };
        if !self.topology.link(link).is_some_and(|l| l.is_up) {
            self.drop(to, Undeliverable::NoLink, octets);
            return Ok(());
        }
        if self.host(to).is_none_or(|host| host.is_silent) {
            self.drop(to, Undeliverable::Silent, octets);
            return Ok(());
        }
        self.record(What::Received { link, from, to, octets });
        match what {
            Arrival::Datagram { source, destination, ttl, payload } => {
                let is_near = self.topology.are_neighbours(from, to);
                let datagram = self.of_wire(Datagram {
                    source: SocketAddr::V4(source),
                    destination: SocketAddr::V4(destination),
                    ttl,
                    neighbour: is_near.then(|| topology::link_address(from)),
                    payload,
                });
                self.take_datagram(to, &datagram)
            }
            Arrival::Frame(octets) => self.take_frame(to, topology::link_address(from), octets),
        }
    }

    fn arrive_from_abroad(
        &mut self,
        at: SocketAddrV4,
        from: SocketAddr,
        payload: &[u8],
    ) -> Result<(), Error> {
        let here = self.hosts().find(|(_, h)| h.link_socket == at || h.owns(IpAddr::V4(*at.ip())));
        let here = here.map(|(id, host)| (id, host.link_socket == at, host.is_silent));
        let here = here.or_else(|| self.foreign.local.get(&at).map(|host| (*host, false, false)));
        let Some((host, is_frame, is_silent)) = here else { return Ok(()) };
        if is_silent {
            self.drop(host, Undeliverable::Silent, payload.len());
            return Ok(());
        }
        if is_frame {
            return self.take_frame(host, FOREIGN_LINK_ADDRESS, payload.to_vec());
        }
        let on_wire = Datagram {
            source: from,
            destination: SocketAddr::V4(at),
            ttl: FOREIGN_TTL,
            neighbour: None,
            payload: payload.to_vec(),
        };
        if self.records_foreign
            && let Ok(packet) = wire::udp_packet(&on_wire)
        {
            let link = self.foreign_link(host, from);
            self.record(What::Foreign { host, peer: from, inbound: true, link, packet });
        }
        let datagram = self.of_wire(on_wire);
        self.take_datagram(host, &datagram)
    }

    /// A frame at a host: a UDP datagram for it, or some other packet for its machines.
    fn take_frame(
        &mut self,
        host: HostId,
        neighbour: LinkAddr,
        octets: Vec<u8>,
    ) -> Result<(), Error> {
        let length = octets.len();
        let Ok(destination) = wire::destination(&octets) else {
            self.drop(host, Undeliverable::Malformed, length);
            return Ok(());
        };
        let is_here =
            wire::is_for_many(destination) || self.host(host).is_some_and(|h| h.owns(destination));
        if wire::is_udp(&octets) {
            let datagram = wire::udp_datagram(&octets);
            let datagram = datagram
                .map(|on_wire| self.of_wire(Datagram { neighbour: Some(neighbour), ..on_wire }));
            match datagram {
                Ok(datagram) if is_here => return self.take_datagram(host, &datagram),
                Ok(datagram) => {
                    let port = datagram.destination.port();
                    let listener = self.host(host).and_then(|h| h.any_address_listener(port));
                    if let Some(index) = listener {
                        return self.input(PartId { host, index }, Input::Datagram(&datagram));
                    }
                }
                Err(_) if is_here => {
                    self.drop(host, Undeliverable::Malformed, length);
                    return Ok(());
                }
                // Its checksum is its receiver's to verify.
                Err(_) => {}
            }
        }
        match self.host(host).and_then(super::Host::taker) {
            Some(index) => {
                let packet = Packet { neighbour: Some(neighbour), octets };
                self.input(PartId { host, index }, Input::Packet(&packet))
            }
            None => {
                self.drop(host, Undeliverable::NoTaker, length);
                Ok(())
            }
        }
    }

    fn take_datagram(&mut self, host: HostId, datagram: &Datagram) -> Result<(), Error> {
        let destination = datagram.destination.ip();
        let listener = self.host(host).and_then(|h| h.listener(datagram.destination.port()));
        let is_abroad = !self.is_own(destination);
        let is_here = is_abroad
            || wire::is_for_many(destination)
            || self.host(host).is_some_and(|h| h.owns(destination));
        match listener {
            Some(index) if is_here => self.input(PartId { host, index }, Input::Datagram(datagram)),
            Some(_) => {
                self.drop(host, Undeliverable::NoAddress, datagram.payload.len());
                Ok(())
            }
            None => {
                self.drop(host, Undeliverable::NoPort, datagram.payload.len());
                Ok(())
            }
        }
    }

    fn time_out(&mut self, part: PartId) -> Result<(), Error> {
        let now = self.now();
        let times = match self.last_timeout {
            Some((host, at, times)) if host == part.host && at == now => times + 1,
            _ => 1,
        };
        self.last_timeout = Some((part.host, now, times));
        if times > STUCK_AFTER {
            let host = self.host_name(part.host).to_owned();
            return Err(Error::Stuck { host, at: now.to_string() });
        }
        self.record(What::TimedOut { host: part.host });
        self.input(part, Input::Timeout)
    }

    fn input(&mut self, part: PartId, input: Input<'_>) -> Result<(), Error> {
        self.act(part, |machine, now, random| machine.handle(now, random, input))
    }

    /// The link of this host at whose far end that foreign socket stands in for another one.
    pub(super) fn foreign_link(&self, host: HostId, peer: SocketAddr) -> Option<LinkId> {
        let is_here = |id: &&LinkId| {
            self.topology.link(**id).is_some_and(|link| link.other_end(host).is_some())
        };
        self.foreign.peers.get(&peer)?.iter().find(is_here).copied()
    }

    /// Which machine wants to be woken first, and when.
    fn next_timeout(&self) -> Option<(Time, PartId)> {
        let awake = self.hosts().filter(|(_, host)| !host.is_silent);
        awake
            .filter_map(|(id, host)| {
                let (at, index) = host.next_timeout()?;
                Some((at, PartId { host: id, index }))
            })
            .min()
    }

    /// The datagram with the ports that the roles know.
    fn of_wire(&self, on_wire: Datagram) -> Datagram {
        let map = |at: SocketAddr| {
            if self.is_own(at.ip()) {
                SocketAddr::new(at.ip(), self.settings.ports.of_wire(at.port()))
            } else {
                at
            }
        };
        Datagram { source: map(on_wire.source), destination: map(on_wire.destination), ..on_wire }
    }

    /// Whether an address is of the run's network, or of no network at all.
    pub(super) fn is_own(&self, address: IpAddr) -> bool {
        address.is_ipv6()
            || address.is_unspecified()
            || wire::is_for_many(address)
            || self.settings.network.contains(address)
    }

    pub(super) fn drop(&mut self, host: HostId, why: Undeliverable, octets: usize) {
        self.record(What::Dropped { host, why, octets });
    }

    pub(super) fn count(&mut self, host: HostId, reason: Reason) {
        if let Some(host) = self.hosts.get_mut(host.0) {
            *host.counters.entry(reason).or_default() += 1;
        }
        self.record(What::Counted { host, reason });
    }

    pub(super) fn record(&mut self, what: What) {
        self.records.push(Record { at: self.clock.now(), what });
    }
}
