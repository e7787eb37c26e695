//! What a machine wants done.

use std::io;
use std::net::Ipv4Addr;

use dsboot_codec::ip;
use dsboot_roles::{Datagram, Effect, Effects, Packet};
use tracing::{debug, warn};

use super::Part;
use crate::wire;
use crate::world::Party;

/// What goes out together: datagrams that follow one another, or packets that do.
#[derive(Debug, Default)]
struct Outgoing {
    datagrams: Vec<Datagram>,
    packets: Vec<(Ipv4Addr, Vec<u8>)>,
}

impl Part {
    /// Does what the machine wants done, in order.
    pub(super) async fn carry_out(&mut self, effects: Effects) {
        let mut outgoing = Outgoing::default();
        for effect in effects {
            if let Err(error) = self.carry_out_one(effect, &mut outgoing).await {
                warn!(role = self.name, %error);
            }
        }
        self.send(&mut outgoing).await;
    }

    async fn carry_out_one(&mut self, effect: Effect, outgoing: &mut Outgoing) -> io::Result<()> {
        match effect {
            Effect::Datagram(datagram) => match (&self.link, datagram.neighbour) {
                (Some(link), Some(neighbour)) => {
                    let packet = wire::udp_packet(&datagram).map_err(io::Error::other)?;
                    link.send(neighbour, &packet).await
                }
                _ => {
                    self.send_packets(outgoing).await;
                    outgoing.datagrams.push(datagram);
                    Ok(())
                }
            },
            Effect::Packet(Packet { neighbour: Some(neighbour), octets }) => match &self.link {
                Some(link) => link.send(neighbour, &octets).await,
                None => Err(lacks("there is no link to the neighbour")),
            },
            Effect::Packet(Packet { neighbour: None, octets }) => {
                match ip::Packet::decode(&octets) {
                    Ok(ip::Packet::V4(header)) => {
                        let to = header.destination;
                        self.send_datagrams(outgoing).await;
                        outgoing.packets.push((to, octets));
                        Ok(())
                    }
                    _ => self.deliver(&octets).await,
                }
            }
            Effect::Deliver(octets) => self.deliver(&octets).await,
            Effect::Address(change) => {
                // What was to be sent before may need the addresses that are there.
                self.send(outgoing).await;
                match (&self.machine, &mut self.host) {
                    (Party::Mn(mn), Some(host)) => host.own(change, mn, &mut self.sockets).await,
                    // FHA and home agent are the way to their whole prefixes, and need no single
                    // addresses.
                    _ => Ok(()),
                }
            }
            Effect::Count(reason) => {
                debug!(role = self.name, reason = reason.name());
                self.counts.count(reason);
                Ok(())
            }
        }
    }

    async fn send(&mut self, outgoing: &mut Outgoing) {
        self.send_datagrams(outgoing).await;
        self.send_packets(outgoing).await;
    }

    async fn send_datagrams(&mut self, outgoing: &mut Outgoing) {
        self.sockets.send(self.name, &outgoing.datagrams).await;
        outgoing.datagrams.clear();
    }

    async fn send_packets(&self, outgoing: &mut Outgoing) {
        match &self.raw {
            _ if outgoing.packets.is_empty() => {}
            Some(raw) => raw.send(self.name, &outgoing.packets).await,
            None => {
                let error = lacks("there is no raw socket for IPv4 in IPv4");
                warn!(role = self.name, %error);
            }
        }
        outgoing.packets.clear();
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
