//! What a packet carries, through its tunnels down to the message.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use dsboot_codec::ip::tunnel::{ipv4_in_ipv4, ipv6_in_ipv4};
use dsboot_codec::ip::{self, Packet, icmp, udp, v4, v6};
use dsboot_codec::mip4::discovery::Discovery;
use dsboot_codec::{mip4, mip6, pana, radius};
use dsboot_spec::registry;
use dsboot_spec::registry::ip::protocol;

/// As many packets in one another are looked through.
const DEPTH: usize = 6;

/// By so much the ports are moved up where they may not be bound (wire.11.2).
const PORT_OFFSET: u16 = 20_000;

/// The port of RADIUS before it had one of its own.
const OLD_RADIUS_PORT: u16 = 1645;

/// A message, and what was around it.
#[derive(Debug)]
pub(super) struct Carried<'a> {
    /// From where: the innermost packet's source.
    pub(super) source: SocketAddr,
    /// Where to: the innermost packet's destination.
    pub(super) destination: SocketAddr,
    /// Time to live or hop limit of the innermost packet.
    pub(super) ttl: u8,
    /// The tunnels around it, from the outside in.
    pub(super) tunnels: Vec<Tunnel>,
    /// The message.
    pub(super) body: Body<'a>,
    /// The octets of the message, for telling it from others.
    pub(super) octets: &'a [u8],
}

/// A tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tunnel {
    /// Mobile IPv4's, in IPv4 or UDP, or that of IPv6 in IPv4.
    pub(super) kind: TunnelKind,
    /// The outer source.
    pub(super) source: Ipv4Addr,
    /// The outer destination.
    pub(super) destination: Ipv4Addr,
    /// Type of service of the outer header.
    pub(super) tos: u8,
    /// Whether the outer header forbids fragments.
    pub(super) unfragmented: bool,
    /// Whether tunnel data in UDP says that something else than IPv4 is in it.
    pub(super) is_misnamed: bool,
}

/// Which tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TunnelKind {
    /// IPv4 in IPv4 (4).
    Ipv4,
    /// Mobile IPv4's tunnel data in UDP.
    Udp,
    /// IPv6 in IPv4 (41).
    Ipv6,
}

/// The message.
#[derive(Debug)]
pub(super) enum Body<'a> {
    /// Of Mobile IPv4.
    Mip4(mip4::Message<'a>),
    /// Of RADIUS.
    Radius(radius::Packet<'a>),
    /// Of PANA.
    Pana(pana::Message<'a>),
    /// Of agent discovery.
    Discovery(Discovery<'a>),
    /// A mobility header.
    Mobility(mip6::Packet<'a>),
    /// Something else, in tunnels of the protocol.
    Data,
}

/// Looks into an IP packet. `None` when there is nothing in it that the protocol knows.
pub(super) fn look(octets: &[u8]) -> Option<Carried<'_>> {
    let mut tunnels = Vec::new();
    packet(octets, &mut tunnels)
}

fn packet<'a>(octets: &'a [u8], tunnels: &mut Vec<Tunnel>) -> Option<Carried<'a>> {
    if tunnels.len() > DEPTH {
        return None;
    }
    match Packet::decode(octets).ok()? {
        Packet::V4(packet) => inside_v4(&packet, tunnels),
        Packet::V6(packet) => inside_v6(&packet, octets, tunnels),
    }
}

fn inside_v4<'a>(packet: &v4::Packet<'a>, tunnels: &mut Vec<Tunnel>) -> Option<Carried<'a>> {
    let tunnel = |kind| Tunnel {
        kind,
        source: packet.source,
        destination: packet.destination,
        tos: packet.tos,
        unfragmented: packet.fragment.do_not_fragment(),
        is_misnamed: false,
    };
    let (from, to) = (IpAddr::V4(packet.source), IpAddr::V4(packet.destination));
    match packet.protocol {
        protocol::UDP => {
            let datagram =
                udp::Datagram::decode_unverified(packet.payload_of(protocol::UDP).ok()?).ok()?;
            let ends = [
                SocketAddr::new(from, datagram.source_port),
                SocketAddr::new(to, datagram.destination_port),
            ];
            if let Some(mip4::Message::TunnelData(data)) = mobile_ip(ends, datagram.payload) {
                let is_misnamed = data.next_header != protocol::IPV4;
                tunnels.push(Tunnel { is_misnamed, ..tunnel(TunnelKind::Udp) });
                return self::packet(data.packet, tunnels);
            }
            let tunnels = std::mem::take(tunnels);
            datagram_in(ends, packet.ttl, datagram.payload, tunnels)
        }
        protocol::ICMP => {
            let octets = packet.payload_of(protocol::ICMP).ok()?;
            let message = icmp::Message::decode_v4(octets).ok()?;
            let ttl = packet.ttl;
            let body = Discovery::from_icmp(&message).map_or(Body::Data, Body::Discovery);
            let tunnels = std::mem::take(tunnels);
            let [source, destination] = [from, to].map(|at| SocketAddr::new(at, 0));
            Some(Carried { source, destination, ttl, tunnels, body, octets })
        }
        protocol::IPV4 => {
            let inner = ipv4_in_ipv4::unwrap(packet).ok()?;
            tunnels.push(tunnel(TunnelKind::Ipv4));
            self::packet(inner.octets, tunnels)
        }
        protocol::IPV6 => {
            let inner = ipv6_in_ipv4::unwrap(packet).ok()?;
            tunnels.push(tunnel(TunnelKind::Ipv6));
            self::packet(inner.octets, tunnels)
        }
        _ => None,
    }
}

fn inside_v6<'a>(
    packet: &v6::Packet<'a>,
    octets: &'a [u8],
    tunnels: &mut Vec<Tunnel>,
) -> Option<Carried<'a>> {
    let upper = packet.upper_layer().ok()?;
    let ttl = packet.hop_limit;
    match upper.protocol {
        protocol::UDP => {
            let datagram =
                udp::Datagram::decode_unverified(upper.octets_of(protocol::UDP).ok()?).ok()?;
            let ends = [
                SocketAddr::new(packet.source.into(), datagram.source_port),
                SocketAddr::new(packet.destination.into(), datagram.destination_port),
            ];
            datagram_in(ends, ttl, datagram.payload, std::mem::take(tunnels))
        }
        protocol::MOBILITY => {
            let ends = [packet.source, packet.destination];
            let [source, destination] = ends.map(|at| SocketAddr::new(at.into(), 0));
            let body = Body::Mobility(mip6::Packet::decode(octets).ok()?);
            let tunnels = std::mem::take(tunnels);
            Some(Carried { source, destination, ttl, tunnels, body, octets: upper.octets })
        }
        _ if !tunnels.is_empty() => {
            let ends = [packet.source, packet.destination];
            let [source, destination] = ends.map(|at| SocketAddr::new(at.into(), 0));
            let tunnels = std::mem::take(tunnels);
            Some(Carried { source, destination, ttl, tunnels, body: Body::Data, octets })
        }
        _ => None,
    }
}

/// A message of Mobile IPv4, if that is what goes between these ports.
fn mobile_ip(ends: [SocketAddr; 2], octets: &[u8]) -> Option<mip4::Message<'_>> {
    let is_it = ends.iter().any(|end| is(end.port(), registry::mip4::PORT));
    is_it.then(|| mip4::Message::decode_leniently(octets).ok()).flatten()
}

fn datagram_in<'a>(
    ends: [SocketAddr; 2],
    ttl: u8,
    octets: &'a [u8],
    tunnels: Vec<Tunnel>,
) -> Option<Carried<'a>> {
    let [source, destination] = ends;
    let uses = |port| ends.iter().any(|end| is(end.port(), port));
    let body = if uses(registry::mip4::PORT) {
        Body::Mip4(mobile_ip(ends, octets)?)
    } else if uses(registry::pana::PORT) {
        Body::Pana(pana::Message::decode(octets).ok()?)
    } else if uses(registry::radius::PORT) || uses(OLD_RADIUS_PORT) {
        Body::Radius(radius::Packet::decode(octets).ok()?)
    } else if tunnels.is_empty() {
        return None;
    } else {
        Body::Data
    };
    Some(Carried { source, destination, ttl, tunnels, body, octets })
}

/// Whether a port is that one, or that one where it may not be bound.
fn is(port: u16, wanted: u16) -> bool {
    port == wanted || port == wanted + PORT_OFFSET
}

impl Carried<'_> {
    /// Both ends' addresses.
    pub(super) fn ends(&self) -> [IpAddr; 2] {
        [self.source.ip(), self.destination.ip()]
    }

    /// The source, if it is IPv4.
    pub(super) fn source_v4(&self) -> Option<Ipv4Addr> {
        v4_of(self.source.ip())
    }

    /// The destination, if it is IPv4.
    pub(super) fn destination_v4(&self) -> Option<Ipv4Addr> {
        v4_of(self.destination.ip())
    }
}

/// An address, if it is IPv4.
pub(super) const fn v4_of(address: IpAddr) -> Option<Ipv4Addr> {
    match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}

/// The IP packet in a captured frame, by what the tree has found there.
pub(super) fn ip_packet<'a>(tree: &dsboot_codec::tree::Tree, octets: &'a [u8]) -> Option<&'a [u8]> {
    use dsboot_codec::tree::Protocol;
    let first = tree.nodes.iter().find_map(|node| {
        let mut found = None;
        node.visit(&mut |node| {
            let is_ip = matches!(node.protocol, Some(Protocol::Ipv4 | Protocol::Ipv6));
            if is_ip && found.is_none() {
                found = Some(node.offset);
            }
        });
        found
    })?;
    octets.get(first..).filter(|rest| ip::version(rest).is_some())
}
