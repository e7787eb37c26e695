//! From a machine's effects to sockets.

use std::net::{IpAddr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use dsboot_roles::{Datagram, Effect, Effects, LinkAddr, Machine, Packet};

use super::{Arrival, Event, Hop, HostId, LinkId, Net, PartId, topology};
use crate::record::{Carrier, Undeliverable, What};
use crate::{Error, wire};

/// For so long after a datagram to a foreign peer the clock walks beside the real one.
const FOREIGN_PATIENCE: Duration = Duration::from_secs(5);

impl<M: Machine> Net<M> {
    /// Does what a machine wants done, in order.
    pub(super) fn carry_out(&mut self, part: PartId, effects: Effects) -> Result<(), Error> {
        let host = part.host;
        for effect in effects {
            match effect {
                Effect::Datagram(datagram) => {
                    self.learn_port(part, datagram.source.port());
                    self.send_datagram(host, datagram)?;
                }
                Effect::Packet(packet) => self.send_packet(host, &packet)?,
                Effect::Deliver(packet) => self.record(What::Delivered { host, packet }),
                Effect::Address(change) => self.own(host, change)?,
                Effect::Count(reason) => self.count(host, reason),
            }
        }
        Ok(())
    }

    /// Sends a datagram to everybody whom it is for.
    fn send_datagram(&mut self, from: HostId, mut datagram: Datagram) -> Result<(), Error> {
        let receivers = match self.resolve(from, datagram.destination.ip(), datagram.neighbour) {
            Ok(receivers) => receivers,
            Err(why) => return self.send_abroad(from, &datagram, why),
        };
        for (link, to) in receivers {
            if let Some(tamper) = &mut self.tamper {
                tamper(from, to, &mut datagram);
            }
            let on_wire = self.on_wire(&datagram);
            let packet = wire::udp_packet(&on_wire).map_err(|e| self.emitted(from, &e))?;
            match self.plain_sockets(from, to, &on_wire) {
                Some((source, destination)) => {
                    if self.is_lost(link, from, to, Carrier::Socket, packet) {
                        continue;
                    }
                    if !self.sockets.is_bound(destination) {
                        self.drop(to, Undeliverable::NoPort, datagram.payload.len());
                        continue;
                    }
                    self.sockets.bind(source)?;
                    let ttl = datagram.ttl;
                    let payload = self.transfer(source, destination, ttl, &datagram.payload)?;
                    let what = Arrival::Datagram { source, destination, ttl, payload };
                    self.fly(link, from, to, what);
                }
                None => self.send_frame(link, from, to, &packet)?,
            }
        }
        Ok(())
    }

    /// Sends an IP packet to everybody whom it is for.
    fn send_packet(&mut self, from: HostId, packet: &Packet) -> Result<(), Error> {
        let destination = wire::destination(&packet.octets).map_err(|e| self.emitted(from, &e))?;
        match self.resolve(from, destination, packet.neighbour) {
            Ok(receivers) => {
                for (link, to) in receivers {
                    self.send_frame(link, from, to, &packet.octets)?;
                }
            }
            Err(why) => self.drop(from, why, packet.octets.len()),
        }
        Ok(())
    }

    /// Sends a whole IP packet between link sockets.
    fn send_frame(
        &mut self,
        link: LinkId,
        from: HostId,
        to: HostId,
        packet: &[u8],
    ) -> Result<(), Error> {
        let sockets = self.host(from).zip(self.host(to));
        let Some((source, destination)) = sockets.map(|(a, b)| (a.link_socket, b.link_socket))
        else {
            return Ok(());
        };
        if self.is_lost(link, from, to, Carrier::Frame, packet.to_vec()) {
            return Ok(());
        }
        let packet = self.transfer(source, destination, u8::MAX, packet)?;
        self.fly(link, from, to, Arrival::Frame(packet));
        Ok(())
    }

    /// Sends a datagram to a socket outside the run, if it may be sent there.
    fn send_abroad(
        &mut self,
        from: HostId,
        datagram: &Datagram,
        why: Undeliverable,
    ) -> Result<(), Error> {
        let on_wire = self.on_wire(datagram);
        let peer = on_wire.destination;
        let link = self.foreign_link(from, peer);
        let SocketAddr::V4(source) = on_wire.source else {
            self.drop(from, why, datagram.payload.len());
            return Ok(());
        };
        if link.is_none() && !self.foreign.heard.contains(&peer) {
            self.drop(from, why, datagram.payload.len());
            return Ok(());
        }
        if link.is_some() {
            self.foreign.awaited_until = Some(self.now() + FOREIGN_PATIENCE);
        }
        self.sockets.bind(source)?;
        if !self.is_own(IpAddr::V4(*source.ip())) {
            self.foreign.local.insert(source, from);
        }
        self.sockets.send(source, peer, datagram.ttl, &datagram.payload)?;
        let packet = wire::udp_packet(&on_wire).map_err(|e| self.emitted(from, &e))?;
        self.record(What::Foreign { host: from, peer, inbound: false, link, packet });
        Ok(())
    }

    /// Who gets a packet for this destination, and over which links.
    fn resolve(
        &self,
        from: HostId,
        destination: IpAddr,
        neighbour: Option<LinkAddr>,
    ) -> Result<Vec<(LinkId, HostId)>, Undeliverable> {
        let to_all = neighbour == Some(LinkAddr::BROADCAST)
            || neighbour.is_none() && wire::is_for_many(destination);
        if to_all || neighbour.is_some() {
            let fits = |host| to_all || neighbour == Some(topology::link_address(host));
            let found: Vec<_> =
                self.topology.neighbours(from).filter(|(_, host)| fits(*host)).collect();
            return if found.is_empty() { Err(Undeliverable::NoLink) } else { Ok(found) };
        }
        let to = match self.topology.route(destination) {
            Some(Hop::Host(host)) if host != from => Some(host),
            Some(Hop::Behind(gateway, link)) => self.owner_behind(gateway, link, destination)?,
            _ => self.hosts().find(|(id, h)| *id != from && h.owns(destination)).map(|(id, _)| id),
        };
        let to = to.ok_or(Undeliverable::NoRoute)?;
        let link = self.topology.between(from, to).ok_or(Undeliverable::NoLink)?;
        Ok(vec![(link, to)])
    }

    /// Who owns an address: the gateway, or the host behind it if the link to it is up.
    fn owner_behind(
        &self,
        gateway: HostId,
        link: LinkId,
        address: IpAddr,
    ) -> Result<Option<HostId>, Undeliverable> {
        let owns = |host: &HostId| self.host(*host).is_some_and(|h| h.owns(address));
        if owns(&gateway) {
            return Ok(Some(gateway));
        }
        let link = self.topology.link(link).filter(|l| l.is_up).ok_or(Undeliverable::NoLink)?;
        Ok(link.other_end(gateway).filter(owns))
    }

    /// The two sockets, if a datagram can travel from socket to socket: between IPv4 unicast
    /// addresses that its sender and its receiver own.
    fn plain_sockets(
        &self,
        from: HostId,
        to: HostId,
        on_wire: &Datagram,
    ) -> Option<(SocketAddrV4, SocketAddrV4)> {
        let (SocketAddr::V4(source), SocketAddr::V4(destination)) =
            (on_wire.source, on_wire.destination)
        else {
            return None;
        };
        let owns = |id, address| self.host(id).is_some_and(|h| h.owns(IpAddr::V4(address)));
        (owns(from, *source.ip()) && owns(to, *destination.ip())).then_some((source, destination))
    }

    /// Records a transmission and says whether it is lost.
    fn is_lost(
        &mut self,
        link: LinkId,
        from: HostId,
        to: HostId,
        carrier: Carrier,
        packet: Vec<u8>,
    ) -> bool {
        let probability = self.settings.loss;
        let lost = self.losses.get_mut(link.0).is_some_and(|s| s.happens(probability));
        self.record(What::Sent { link, from, to, carrier, lost, packet });
        lost
    }

    /// Through the system: sends from one bound socket and takes it out of the other.
    fn transfer(
        &mut self,
        from: SocketAddrV4,
        to: SocketAddrV4,
        ttl: u8,
        payload: &[u8],
    ) -> Result<Vec<u8>, Error> {
        self.sockets.send(from, SocketAddr::V4(to), ttl, payload)?;
        while let Some((sender, received)) = self.sockets.receive(to)? {
            if sender == SocketAddr::V4(from) {
                return Ok(received);
            }
            self.put_foreign(to, sender, received);
        }
        Err(Error::NotDelivered { from, to, octets: payload.len() })
    }

    /// Lets something arrive after the link's latency.
    fn fly(&mut self, link: LinkId, from: HostId, to: HostId, what: Arrival) {
        let latency = self.topology.link(link).map_or(Duration::ZERO, |l| l.latency);
        self.queue.push(self.now() + latency, Event::Arrival { link, from, to, what });
    }

    /// The datagram with the ports that the sockets have. Foreign sockets keep theirs.
    fn on_wire(&self, datagram: &Datagram) -> Datagram {
        let map = |at: SocketAddr| {
            if self.is_own(at.ip()) {
                SocketAddr::new(at.ip(), self.settings.ports.on_wire(at.port()))
            } else {
                at
            }
        };
        Datagram {
            source: map(datagram.source),
            destination: map(datagram.destination),
            ..datagram.clone()
        }
    }

    /// A machine that sends from a port gets what comes to it.
    fn learn_port(&mut self, part: PartId, port: u16) {
        let Some(host) = self.hosts.get_mut(part.host.0) else { return };
        if host.listener(port).is_none()
            && let Some((state, _)) = host.parts.get_mut(part.index)
        {
            state.ports.push(port);
        }
    }

    fn emitted(&self, host: HostId, error: &dsboot_codec::Error) -> Error {
        Error::Emitted { host: self.host_name(host).to_owned(), detail: error.to_string() }
    }
}
