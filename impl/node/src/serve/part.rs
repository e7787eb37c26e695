//! A role at work: its machine between sockets, clock and TUN device.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dsboot_roles::aaa::AaaConfig;
use dsboot_roles::{
    AddressChange, Datagram, Effect, Effects, Input, Machine as _, Packet, Random, Time,
};
use dsboot_spec::registry::{ip::IPV6_MINIMUM_MTU, pana};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{Instant, sleep_until};
use tracing::{debug, info, warn};
use tun_rs::{AsyncDevice, DeviceBuilder};

use super::build::{Built, Mobile};
use super::host::ip;
use super::metrics::Metrics;
use super::sockets::Sockets;
use crate::world::Party;

/// How many events wait for a part before its readers do.
const WAITING: usize = 1024;

/// How long a mobile node may take to release everything before its host goes down.
const RELEASE: Duration = Duration::from_secs(10);

/// The longest IP packet.
const LONGEST_PACKET: usize = 65_535;

/// Something that happens to a part.
#[derive(Debug)]
pub(super) enum Event {
    /// A datagram has come.
    Datagram { local: SocketAddr, from: SocketAddr, payload: Vec<u8> },
    /// The AAA server's files have changed.
    Reload(Box<AaaConfig>),
    /// The daemon ends.
    Stop,
}

/// Random octets of the system.
struct System;

impl Random for System {
    fn fill(&mut self, octets: &mut [u8]) {
        // A system without random octets is one on which no key can be made.
        if getrandom::fill(octets).is_err() {
            std::process::abort();
        }
    }
}

/// A role at work.
pub(super) struct Part {
    name: &'static str,
    machine: Party,
    mobile: Option<Mobile>,
    sockets: Sockets,
    tun: Option<AsyncDevice>,
    events: Receiver<Event>,
    metrics: Metrics,
    /// When a mobile node that releases everything is not waited for any longer.
    ends: Option<Instant>,
}

impl Part {
    /// Opens what the role needs: sockets, TUN device, routes.
    pub(super) async fn open(built: Built, metrics: Metrics) -> io::Result<(Part, Sender<Event>)> {
        let (sender, events) = mpsc::channel(WAITING);
        let mut sockets = Sockets::new(sender.clone());
        for local in built.sockets {
            sockets.bind(local).await.map_err(|error| {
                let reason = format!("cannot bind UDP {local}: {error}");
                io::Error::new(error.kind(), reason)
            })?;
        }
        let mut tun = None;
        if let Some(wanted) = &built.tun {
            tun = Some(open_tun(&wanted.name, built.mobile.is_some())?);
            if let Some(route) = &wanted.route {
                ip(&format!("-6 route replace {route} dev {}", wanted.name)).await?;
            }
        }
        let Built { name, machine, mobile, .. } = built;
        let part = Part { name, machine, mobile, sockets, tun, events, metrics, ends: None };
        Ok((part, sender))
    }

    /// Works until it is told to stop.
    pub(super) async fn run(mut self) -> io::Result<()> {
        info!(role = self.name, "ready");
        if let Some(mobile) = self.mobile.clone() {
            let (now, attachment) = (now(), mobile.attachment);
            if let Party::Mn(mn) = &mut self.machine {
                let effects = mn.attach(now, &mut System, attachment);
                self.carry_out(effects).await;
            }
        }
        let mut packet = vec![0; LONGEST_PACKET];
        loop {
            let due = self.machine.poll_timeout().map(|due| Instant::now() + now().until(due));
            let due = due.into_iter().chain(self.ends).min();
            let effects = tokio::select! {
                event = self.events.recv() => match event {
                    Some(Event::Datagram { local, from, payload }) => {
                        self.on_datagram(local, from, payload)
                    }
                    Some(Event::Reload(config)) => self.reload(*config),
                    Some(Event::Stop) | None => match self.stop() {
                        Some(effects) => effects,
                        None => return Ok(()),
                    },
                },
                read = receive(self.tun.as_ref(), &mut packet) => {
                    let octets = packet.get(..read?).unwrap_or_default();
                    self.on_packet(octets)
                }
                () = until(due) => self.machine.handle(now(), &mut System, Input::Timeout),
            };
            self.carry_out(effects).await;
            self.tell_bindings();
            if self.is_over() {
                info!(role = self.name, "ended");
                return Ok(());
            }
        }
    }

    fn on_datagram(&mut self, local: SocketAddr, from: SocketAddr, payload: Vec<u8>) -> Effects {
        let datagram =
            Datagram { source: from, destination: local, ttl: 64, neighbour: None, payload };
        self.machine.handle(now(), &mut System, Input::Datagram(&datagram))
    }

    /// A packet that the host has routed into the TUN device.
    fn on_packet(&mut self, octets: &[u8]) -> Effects {
        match &mut self.machine {
            Party::Mn(mn) => mn.send_ipv6(now(), octets),
            machine => {
                let packet = Packet { neighbour: None, octets: octets.to_vec() };
                machine.handle(now(), &mut System, Input::Packet(&packet))
            }
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
            Effect::Datagram(Datagram { source, destination, ttl, payload, .. }) => {
                self.sockets.send(source, destination, ttl, &payload).await
            }
            Effect::Packet(Packet { octets, .. }) | Effect::Deliver(octets) => {
                let Some(tun) = &self.tun else { return Ok(()) };
                tun.send(&octets).await.map(|_| ())
            }
            Effect::Address(change) => self.own(change).await,
            Effect::Count(reason) => {
                debug!(role = self.name, reason = reason.name());
                self.metrics.count(self.name, reason);
                Ok(())
            }
        }
    }

    /// Takes an address on or gives it up. FHA and home agent are the way to their whole prefixes,
    /// and need no single ones.
    async fn own(&mut self, change: AddressChange) -> io::Result<()> {
        let (Party::Mn(mn), Some(mobile)) = (&self.machine, &self.mobile) else { return Ok(()) };
        let (verb, address) = match change {
            AddressChange::Add(address) => ("replace", address),
            AddressChange::Remove(address) => ("del", address),
        };
        info!(role = self.name, %address, added = verb == "replace");
        let Mobile { interface, link, gateway, tun, port, .. } = mobile.clone();
        match address {
            IpAddr::V4(v4) => {
                if mn.held().is_some_and(|held| held.thoav4 == v4) {
                    // It stands in tunnelled packets alone.
                    return Ok(());
                }
                if verb == "del" {
                    self.sockets.close(address);
                }
                let changed =
                    ip(&format!("addr {verb} {v4}/{} dev {interface}", link.prefix_length)).await;
                if verb == "del" {
                    // The THOAv4 of an ended registration was never there.
                    return Ok(());
                }
                changed?;
                ip(&format!("route replace default via {gateway} dev {interface}")).await?;
                self.sockets.bind((v4, pana::PORT).into()).await?;
                self.sockets.bind((v4, port).into()).await
            }
            IpAddr::V6(v6) => {
                let home = mn.held().and_then(|held| held.home_address);
                if verb == "replace" && home.map(|home| home.address()) != Some(v6) {
                    // The care-of address stands in tunnelled packets alone.
                    return Ok(());
                }
                let changed = ip(&format!("-6 addr {verb} {v6}/128 dev {tun} nodad")).await;
                if verb == "del" {
                    return Ok(());
                }
                changed?;
                ip(&format!("-6 route replace default dev {tun} src {v6}")).await
            }
        }
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
