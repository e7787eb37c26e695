//! A role at work: its machine between sockets, clock and TUN device.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dsboot_codec::ip;
use dsboot_roles::aaa::AaaConfig;
use dsboot_roles::{
    Datagram, Effect, Effects, Input, LinkAddr, Machine as _, Packet, Random, Time,
};
use dsboot_spec::registry::ip::IPV6_MINIMUM_MTU;
use rand::Rng as _;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{Instant, sleep_until};
use tracing::{debug, info, warn};
use tun_rs::{AsyncDevice, DeviceBuilder};

use super::build::Built;
use super::host::ip as run_ip;
use super::link::{Frame, Link};
use super::metrics::Metrics;
use super::mobile::Host;
use super::raw::Raw;
use super::sockets::Sockets;
use super::store::Store;
use super::tracer::Tracer;
use crate::wire;
use crate::world::Party;

/// How many events wait for a part before its readers do.
const WAITING: usize = 1024;

/// How long a mobile node may take to release everything before its host goes down.
const RELEASE: Duration = Duration::from_secs(10);

/// How many events are handled before what they have changed is kept, and what they ask for sent.
const TOGETHER: usize = 256;

/// The longest IP packet.
const LONGEST_PACKET: usize = 65_535;

/// Something that happens to a part.
#[derive(Debug)]
pub(super) enum Event {
    /// A datagram has come.
    Datagram { local: SocketAddr, from: SocketAddr, payload: Vec<u8> },
    /// A neighbour has sent something over the link.
    Frame(LinkAddr, Frame),
    /// A packet of an IPv4-in-IPv4 tunnel has come.
    Packet(Vec<u8>),
    /// The mobile node goes over to its next link.
    Move,
    /// The AAA server's files have changed.
    Reload(Box<AaaConfig>),
    /// The daemon ends.
    Stop,
}

/// Random octets: of a generator that is seeded, and now and then seeded anew, by the system.
struct System;

impl Random for System {
    fn fill(&mut self, octets: &mut [u8]) {
        // It panics on a system without random octets, which is one on which no key can be made.
        rand::rng().fill_bytes(octets);
    }
}

/// A role at work.
pub(super) struct Part {
    name: &'static str,
    machine: Party,
    host: Option<Host>,
    sockets: Sockets,
    tun: Option<AsyncDevice>,
    link: Option<Link>,
    raw: Option<Raw>,
    events: Receiver<Event>,
    sender: Sender<Event>,
    metrics: Metrics,
    tracer: Tracer,
    store: Option<Store>,
    /// When a mobile node that releases everything is not waited for any longer.
    ends: Option<Instant>,
}

impl Part {
    /// Opens what the role needs: sockets, TUN device, routes.
    pub(super) async fn open(
        built: Built,
        metrics: Metrics,
        tracer: Tracer,
    ) -> io::Result<(Part, Sender<Event>)> {
        let (sender, events) = mpsc::channel(WAITING);
        let mut sockets = Sockets::new(sender.clone());
        let host = built.mobile.map(Host::new);
        for local in built.sockets {
            let bound = match &built.link {
                Some(device) => sockets.bind_but_for(local, device),
                None => sockets.bind(local).await,
            };
            bound.map_err(|error| {
                let reason = format!("cannot bind UDP {local}: {error}");
                io::Error::new(error.kind(), reason)
            })?;
        }
        let link = match (&built.link, &host) {
            (Some(device), _) => Some(Link::open(device, sender.clone())?),
            (None, Some(host)) => host.open(&sender)?,
            (None, None) => None,
        };
        let raw = built.tunnels_at.map(|at| Raw::open(at, sender.clone())).transpose()?;
        let mut tun = None;
        if let Some(wanted) = &built.tun {
            tun = Some(open_tun(&wanted.name, host.is_some())?);
            if let Some(route) = &wanted.route {
                run_ip(&format!("-6 route replace {route} dev {}", wanted.name)).await?;
            }
        }
        let (name, mut machine, own) = (built.name, built.machine, sender.clone());
        let store = built.state.map(|state| Store::open(&state, name)).transpose()?;
        if let Some(store) = &store {
            store.restore(&mut machine)?;
        }
        let part = Part {
            name,
            machine,
            host,
            sockets,
            tun,
            link,
            raw,
            events,
            sender: own,
            metrics,
            tracer,
            store,
            ends: None,
        };
        Ok((part, sender))
    }

    /// Works until it is told to stop.
    pub(super) async fn run(mut self) -> io::Result<()> {
        info!(role = self.name, "ready");
        let effects = self.attach();
        if let Some(store) = &self.store {
            store.keep(&mut self.machine)?;
        }
        self.tracer.emitted(now(), self.name, &effects);
        self.carry_out(effects).await;
        let mut packet = vec![0; LONGEST_PACKET];
        loop {
            let due = self.machine.poll_timeout().map(|due| Instant::now() + now().until(due));
            let due = due.into_iter().chain(self.ends).min();
            let mut effects = tokio::select! {
                event = self.events.recv() => match self.on_event(event.unwrap_or(Event::Stop)) {
                    Some(effects) => effects,
                    None => return Ok(()),
                },
                read = receive(self.tun.as_ref(), &mut packet) => {
                    let octets = packet.get(..read?).unwrap_or_default();
                    self.on_packet(octets)
                }
                () = until(due) => {
                    self.tracer.timed_out(now(), self.name);
                    self.machine.handle(now(), &mut System, Input::Timeout)
                }
            };
            let is_over = self.take_waiting(&mut packet, &mut effects);
            if let Some(store) = &self.store {
                store.keep(&mut self.machine)?;
            }
            self.tracer.emitted(now(), self.name, &effects);
            self.carry_out(effects).await;
            self.tell_bindings();
            if is_over || self.is_over() {
                info!(role = self.name, "ended");
                return Ok(());
            }
        }
    }

    /// Handles what is waiting already. Returns whether that ends the part.
    fn take_waiting(&mut self, packet: &mut [u8], effects: &mut Effects) -> bool {
        for _ in 0..TOGETHER {
            let read = self.tun.as_ref().and_then(|tun| tun.try_recv(packet).ok());
            if let Some(read) = read {
                let octets = packet.get(..read).unwrap_or_default();
                effects.append(self.on_packet(octets));
            }
            match self.events.try_recv() {
                Ok(event) => match self.on_event(event) {
                    Some(more) => effects.append(more),
                    None => return true,
                },
                Err(_) if read.is_none() => return false,
                Err(_) => {}
            }
        }
        false
    }

    /// What is to be done about an event; `None` if the part ends by it.
    fn on_event(&mut self, event: Event) -> Option<Effects> {
        Some(match event {
            Event::Datagram { local, from, payload } => self.on_datagram(local, from, payload),
            Event::Frame(neighbour, frame) => self.on_frame(neighbour, frame),
            Event::Packet(octets) => self.on_received(&Packet { neighbour: None, octets }),
            Event::Move => self.go_on(),
            Event::Reload(config) => self.reload(*config),
            Event::Stop => return self.stop(),
        })
    }

    fn on_datagram(&mut self, local: SocketAddr, from: SocketAddr, payload: Vec<u8>) -> Effects {
        let datagram =
            Datagram { source: from, destination: local, ttl: 64, neighbour: None, payload };
        self.on_received_datagram(&datagram)
    }

    fn on_received_datagram(&mut self, datagram: &Datagram) -> Effects {
        let now = now();
        self.tracer.received(now, self.name, datagram);
        self.machine.handle(now, &mut System, Input::Datagram(datagram))
    }

    fn on_received(&mut self, packet: &Packet) -> Effects {
        let now = now();
        self.tracer.received_packet(now, self.name, packet);
        self.machine.handle(now, &mut System, Input::Packet(packet))
    }

    /// Something that a neighbour has sent over the link.
    fn on_frame(&mut self, neighbour: LinkAddr, frame: Frame) -> Effects {
        let is_for_host = match (&self.machine, frame.destination()) {
            // What else comes by here passes the agent on its way.
            (Party::Fa(fa), Some(to)) => to != fa.config().address && !to.is_broadcast(),
            _ => false,
        };
        match frame {
            // What the mobile node's host has a socket for comes by that.
            Frame::Datagram(datagram)
                if is_for_host
                    || (self.host.is_some() && self.sockets.has(datagram.destination)) =>
            {
                Effects::new()
            }
            Frame::Datagram(datagram) => {
                self.on_received_datagram(&Datagram { neighbour: Some(neighbour), ..datagram })
            }
            Frame::Packet(octets) => {
                self.on_received(&Packet { neighbour: Some(neighbour), octets })
            }
        }
    }

    /// Attaches a mobile node to the link that its host is on.
    fn attach(&mut self) -> Effects {
        let (Party::Mn(mn), Some(host)) = (&mut self.machine, &self.host) else {
            return Effects::new();
        };
        let Some(link) = host.link() else { return Effects::new() };
        info!(role = self.name, device = link.interface, "attaching");
        self.tracer.note(now(), &format!("{} attaches to {}", self.name, link.interface));
        mn.attach(now(), &mut System, link.attachment.clone())
    }

    /// Moves a mobile node to the next of its links.
    fn go_on(&mut self) -> Effects {
        let Some(host) = &mut self.host else { return Effects::new() };
        host.go_on();
        match host.open(&self.sender) {
            Ok(link) => self.link = link,
            Err(error) => warn!(role = self.name, %error),
        }
        self.attach()
    }

    /// A packet that the host has routed into the TUN device.
    fn on_packet(&mut self, octets: &[u8]) -> Effects {
        match &mut self.machine {
            Party::Mn(mn) => mn.send_ipv6(now(), octets),
            _ => self.on_received(&Packet { neighbour: None, octets: octets.to_vec() }),
        }
    }

    fn reload(&mut self, config: AaaConfig) -> Effects {
        if let Party::Aaa(aaa) = &mut self.machine {
            match aaa.reload(config) {
                Ok(()) => {
                    info!(role = self.name, "users, clients, FHAs and locations are reloaded");
                }
                Err(error) => warn!(role = self.name, %error, "everything stays as it was"),
            }
        }
        Effects::new()
    }

    /// Begins to end. `None` if there is nothing to be waited for.
    fn stop(&mut self) -> Option<Effects> {
        let Party::Mn(mn) = &mut self.machine else { return None };
        if self.ends.is_some() {
            return None;
        }
        info!(role = self.name, "releasing");
        self.tracer.note(now(), &format!("{} releases everything", self.name));
        self.ends = Some(Instant::now() + RELEASE);
        Some(mn.release(now(), &mut System))
    }

    fn is_over(&self) -> bool {
        let Party::Mn(mn) = &self.machine else { return false };
        self.ends.is_some_and(|ends| !mn.is_releasing() || ends <= Instant::now())
    }

    fn tell_bindings(&self) {
        match &self.machine {
            Party::Fha(fha) => self.metrics.bindings(self.name, fha.bindings().len()),
            Party::Ha(ha) => self.metrics.bindings(self.name, ha.binding_count()),
            Party::Mn(mn) => {
                self.metrics.bindings(self.name, mn.binding().bound().iter().count());
            }
            _ => {}
        }
    }

    async fn carry_out(&mut self, effects: Effects) {
        for effect in effects {
            if let Err(error) = self.carry_out_one(effect).await {
                warn!(role = self.name, %error);
            }
        }
    }

    async fn carry_out_one(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            Effect::Datagram(datagram) => self.send_datagram(datagram).await,
            Effect::Packet(packet) => self.send_packet(packet).await,
            Effect::Deliver(octets) => self.deliver(&octets).await,
            // FHA and home agent are the way to their whole prefixes, and need no single addresses.
            Effect::Address(change) => match (&self.machine, &mut self.host) {
                (Party::Mn(mn), Some(host)) => host.own(change, mn, &mut self.sockets).await,
                _ => Ok(()),
            },
            Effect::Count(reason) => {
                debug!(role = self.name, reason = reason.name());
                self.metrics.count(self.name, reason);
                Ok(())
            }
        }
    }
}

impl Part {
    async fn send_datagram(&mut self, datagram: Datagram) -> io::Result<()> {
        if let (Some(link), Some(neighbour)) = (&self.link, datagram.neighbour) {
            let packet = wire::udp_packet(&datagram).map_err(io::Error::other)?;
            return link.send(neighbour, &packet).await;
        }
        let Datagram { source, destination, ttl, payload, .. } = datagram;
        self.sockets.send(source, destination, ttl, &payload).await
    }

    async fn send_packet(&self, packet: Packet) -> io::Result<()> {
        match (packet.neighbour, ip::Packet::decode(&packet.octets)) {
            (Some(neighbour), _) => match &self.link {
                Some(link) => link.send(neighbour, &packet.octets).await,
                None => Err(lacks("there is no link to the neighbour")),
            },
            (None, Ok(ip::Packet::V4(header))) => match &self.raw {
                Some(raw) => raw.send(header.destination, &packet.octets).await,
                None => Err(lacks("there is no raw socket for IPv4 in IPv4")),
            },
            (None, _) => self.deliver(&packet.octets).await,
        }
    }

    /// Into the TUN device, and so to the host.
    async fn deliver(&self, octets: &[u8]) -> io::Result<()> {
        match &self.tun {
            Some(tun) => tun.send(octets).await.map(|_| ()),
            None => Ok(()),
        }
    }
}

fn lacks(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, what)
}

/// Makes a TUN device. A mobile node's programs see the MTU that goes through its tunnels.
fn open_tun(name: &str, is_mobile: bool) -> io::Result<AsyncDevice> {
    let mtu = if is_mobile { u16::try_from(IPV6_MINIMUM_MTU).unwrap_or(1280) } else { 1500 };
    DeviceBuilder::new().name(name).mtu(mtu).build_async().map_err(|error| {
        let reason = format!(
            "cannot make the TUN device {name}: {error}; it takes /dev/net/tun and CAP_NET_ADMIN"
        );
        io::Error::new(error.kind(), reason)
    })
}

/// A packet from a device; without one, nothing for ever.
async fn receive(tun: Option<&AsyncDevice>, octets: &mut [u8]) -> io::Result<usize> {
    match tun {
        Some(tun) => tun.recv(octets).await,
        None => std::future::pending().await,
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// The time by the host's clock.
fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_unix_micros(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}
