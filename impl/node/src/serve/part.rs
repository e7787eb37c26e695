//! A role at work: its machine between sockets, clock and TUN device.

mod carry;

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dsboot_roles::aaa::AaaConfig;
use dsboot_roles::{Datagram, Effects, Input, LinkAddr, Machine as _, Packet, Random, Time};
use dsboot_spec::registry::ip::{DEFAULT_TTL, IPV6_MINIMUM_MTU};
use rand::Rng as _;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{Instant, sleep_until};
use tracing::{info, warn};
use tun_rs::{AsyncDevice, DeviceBuilder};

use super::build::Built;
use super::host::ip as run_ip;
use super::link::{Frame, Link};
use super::metrics::{Counts, Metrics};
use super::mobile::Host;
use super::raw::Raw;
use super::sockets::{Sockets, cannot_bind};
use super::store::Store;
use super::tracer::Tracer;
use crate::batch::{AT_ONCE, Inbox};
use crate::world::Party;

/// How many events wait for a part before its readers do.
const WAITING: usize = 1024;

/// How long a mobile node may take to release everything before its host goes down.
const RELEASE: Duration = Duration::from_secs(10);

/// How often everything that waits is handled before what that has changed is kept, and what it asks
/// for sent.
const TOGETHER: usize = 8;

/// The longest IP packet.
const LONGEST_PACKET: usize = 65_535;

/// Something that happens to a part.
#[derive(Debug)]
pub(super) enum Event {
    /// A neighbour has sent something over the link.
    Frame(LinkAddr, Frame),
    /// The mobile node goes over to its next link.
    Move,
    /// The AAA server's files have changed.
    Reload(Box<AaaConfig>),
    /// The daemon ends.
    Stop,
}

/// Room for what is read.
struct Room {
    inbox: Inbox,
    routed: Vec<u8>,
    /// The packet that is handled: its octets are where those of the last one were.
    packet: Packet,
}

impl Room {
    fn new() -> Room {
        Room { inbox: Inbox::new(), routed: vec![0; LONGEST_PACKET], packet: packet(&[]) }
    }
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
    counts: Counts,
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
        let mut sockets = Sockets::default();
        let host = built.mobile.map(Host::new);
        for local in built.sockets {
            let bound = match &built.link {
                Some(device) => sockets.bind_but_for(local, device),
                None => sockets.bind(local).await,
            };
            bound
                .map_err(|error| io::Error::new(error.kind(), cannot_bind("UDP", local, &error)))?;
        }
        let link = match (&built.link, &host) {
            (Some(device), _) => Some(Link::open(device, sender.clone())?),
            (None, Some(host)) => host.open(&sender)?,
            (None, None) => None,
        };
        let raw = built.tunnels_at.map(Raw::open).transpose()?;
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
            counts: metrics.of(name),
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
        self.tell_bindings();
        let mut room = Room::new();
        loop {
            let due = self.machine.poll_timeout().map(|due| Instant::now() + now().until(due));
            let due = due.into_iter().chain(self.ends).min();
            let mut effects = tokio::select! {
                event = self.events.recv() => match self.on_event(event.unwrap_or(Event::Stop)) {
                    Some(effects) => effects,
                    None => return Ok(()),
                },
                () = readable(&self.sockets, self.raw.as_ref(), self.tun.as_ref()) => Effects::new(),
                () = until(due) => {
                    self.tracer.timed_out(now(), self.name);
                    self.machine.handle(now(), &mut System, Input::Timeout)
                }
            };
            let is_over = self.take_waiting(&mut room, &mut effects)?;
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
    fn take_waiting(&mut self, room: &mut Room, effects: &mut Effects) -> io::Result<bool> {
        let locals = self.sockets.locals();
        for _ in 0..TOGETHER {
            let mut taken = 0;
            for local in &locals {
                taken += self.sockets.fill(*local, &mut room.inbox);
                for (from, payload) in room.inbox.iter() {
                    // Each comes from an address.
                    let Some(from) = from else { continue };
                    effects.append(self.on_datagram(*local, from, payload));
                }
            }
            if let Some(raw) = &self.raw {
                taken += raw.fill(&mut room.inbox);
                for (_, octets) in room.inbox.iter() {
                    room.packet.octets.clear();
                    room.packet.octets.extend_from_slice(octets);
                    effects.append(self.on_received(&room.packet));
                }
            }
            taken += self.take_routed(room, effects)?;
            match self.events.try_recv() {
                Ok(event) => match self.on_event(event) {
                    Some(more) => effects.append(more),
                    None => return Ok(true),
                },
                Err(_) if taken == 0 => return Ok(false),
                Err(_) => {}
            }
        }
        Ok(false)
    }

    /// Handles what the host has routed into the TUN device. Returns how much that is.
    fn take_routed(&mut self, room: &mut Room, effects: &mut Effects) -> io::Result<usize> {
        for taken in 0..AT_ONCE {
            let Some(tun) = &self.tun else { return Ok(taken) };
            match tun.try_recv(&mut room.routed) {
                Ok(length) => {
                    let octets = room.routed.get(..length).unwrap_or_default();
                    room.packet.octets.clear();
                    room.packet.octets.extend_from_slice(octets);
                    effects.append(self.on_packet(&room.packet));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(taken),
                Err(error) => return Err(error),
            }
        }
        Ok(AT_ONCE)
    }

    /// What is to be done about an event; `None` if the part ends by it.
    fn on_event(&mut self, event: Event) -> Option<Effects> {
        Some(match event {
            Event::Frame(neighbour, frame) => self.on_frame(neighbour, frame),
            Event::Move => self.go_on(),
            Event::Reload(config) => self.reload(*config),
            Event::Stop => return self.stop(),
        })
    }

    fn on_datagram(&mut self, local: SocketAddr, from: SocketAddr, payload: &[u8]) -> Effects {
        self.on_received_datagram(&Datagram {
            source: from,
            destination: local,
            ttl: DEFAULT_TTL,
            neighbour: None,
            payload: payload.to_vec(),
        })
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
    fn on_packet(&mut self, packet: &Packet) -> Effects {
        match &mut self.machine {
            Party::Mn(mn) => mn.send_ipv6(now(), &packet.octets),
            _ => self.on_received(packet),
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

    fn tell_bindings(&mut self) {
        let held = match &self.machine {
            Party::Fha(fha) => fha.bindings().len(),
            Party::Ha(ha) => ha.binding_count(),
            Party::Mn(mn) => mn.binding().bound().iter().count(),
            _ => return,
        };
        self.counts.bindings(held);
    }
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

/// Waits until something can be read.
async fn readable(sockets: &Sockets, raw: Option<&Raw>, tun: Option<&AsyncDevice>) {
    poll_fn(|context| {
        // Each of them is asked, so that each of them wakes.
        let ready = [
            sockets.poll_readable(context).is_ready(),
            raw.is_some_and(|raw| raw.poll_readable(context).is_ready()),
            tun.is_some_and(|tun| tun.poll_readable(context).is_ready()),
        ];
        if ready.contains(&true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// A packet that did not come by a link.
fn packet(octets: &[u8]) -> Packet {
    Packet { neighbour: None, octets: octets.to_vec() }
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
