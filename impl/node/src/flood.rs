//! Bad datagrams from outside the run, at every socket of every host.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, UdpSocket};

use dsboot_codec::ip::{udp, v4, v6};
use dsboot_roles::{Machine, Random};
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::{pana, radius};

use crate::net::{Host, HostId, Net};
use crate::{Error, LINK_PORT, Ports, Stream};

/// Longest payload that is made up.
const MAX_LENGTH: usize = 300;

/// How many datagrams go to one socket before the net takes them in: few enough for the buffer
/// that the system gives a socket.
const BURST: u64 = 32;

/// Sends octets that no role has made to the sockets of a run's hosts.
///
/// A third of them is random from beginning to end; a third begins like a message of the protocol
/// whose socket it goes to, so that it passes the first look; a third is the beginning of something
/// that a host of the run has really sent.
#[derive(Debug)]
pub struct Flood {
    socket: UdpSocket,
    random: Stream,
    hosts: Vec<HostId>,
    /// Datagrams still to be sent to each host.
    left: u64,
    /// Datagrams to each host at a time.
    at_a_time: u64,
    sent: u64,
    /// What hosts of the run have sent, by the port it was for; whole packets by the link port.
    seen: BTreeMap<u16, Vec<Vec<u8>>>,
}

/// How many real payloads are kept to be truncated, for each port.
const MAX_SEEN: usize = 64;

impl Flood {
    /// A flood of `each` datagrams to each of these hosts, in `times` parts, from a socket at
    /// `from`.
    ///
    /// # Errors
    ///
    /// When that socket cannot be bound.
    pub fn new(
        from: Ipv4Addr,
        seed: u64,
        hosts: Vec<HostId>,
        each: u64,
        times: u64,
    ) -> Result<Flood, Error> {
        let address = SocketAddrV4::new(from, 0);
        let socket = UdpSocket::bind(address).map_err(|source| Error::Bind { address, source })?;
        let random = Stream::new(seed, "flood");
        let at_a_time = each.div_ceil(times.max(1));
        let seen = BTreeMap::new();
        Ok(Flood { socket, random, hosts, left: each, at_a_time, sent: 0, seen })
    }

    /// How many datagrams each host is still to get.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.left
    }

    /// How many have been sent to all hosts together.
    #[must_use]
    pub const fn sent(&self) -> u64 {
        self.sent
    }

    /// Remembers a packet that a host of the run has sent, to send its beginning later.
    pub fn remember(&mut self, packet: &[u8], ports: Ports) {
        let mut keep = |port, octets: &[u8]| {
            let seen: &mut Vec<_> = self.seen.entry(port).or_default();
            if seen.len() < MAX_SEEN && !octets.is_empty() {
                seen.push(octets.to_vec());
            }
        };
        keep(LINK_PORT, packet);
        if let Ok(datagram) = udp::decode_packet(packet) {
            keep(ports.of_wire(datagram.destination.port()), datagram.payload);
        }
    }

    /// Sends the next part, to the sockets of each host in turn, and has the net take it in.
    ///
    /// # Errors
    ///
    /// When it cannot be sent or taken in.
    pub fn pour<M: Machine>(&mut self, net: &mut Net<M>) -> Result<(), Error> {
        let mut count = self.at_a_time.min(self.left);
        self.left -= count;
        while count > 0 {
            let burst = count.min(BURST);
            count -= burst;
            for host in self.hosts.clone() {
                let sockets = net.sockets_of(host);
                let own: Vec<IpAddr> =
                    net.host(host).into_iter().flat_map(Host::addresses).collect();
                for to in sockets.iter().cycle().take(usize::try_from(burst).unwrap_or(0)) {
                    let port = net.settings().ports.of_wire(to.port());
                    self.send(*to, port, &own)?;
                }
            }
            net.take_in()?;
        }
        Ok(())
    }

    fn send(&mut self, to: SocketAddrV4, port: u16, own: &[IpAddr]) -> Result<(), Error> {
        let payload = match self.random.below(3) {
            0 => self.noise(),
            1 if port == LINK_PORT => self.lookalike_packet(own),
            1 => self.lookalike(port),
            _ => self.truncated(port),
        };
        self.sent += 1;
        self.socket.send_to(&payload, to).map(|_| ()).map_err(|source| Error::Send {
            from: SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0),
            to: SocketAddr::V4(to),
            octets: payload.len(),
            source,
        })
    }

    fn noise(&mut self) -> Vec<u8> {
        let mut octets = vec![0; self.random.below(MAX_LENGTH)];
        self.random.fill(&mut octets);
        octets
    }

    /// Noise under a beginning that is right: a known type and a length that fits.
    fn lookalike(&mut self, port: u16) -> Vec<u8> {
        let mut octets = self.noise();
        let length = u16::try_from(octets.len()).unwrap_or(u16::MAX).to_be_bytes();
        let kind = u8::try_from(self.random.below(5)).unwrap_or(0);
        let start: Vec<u8> = match port {
            pana::PORT => [&[0, 0], &length[..], &[kind << 5, 0, 0, kind]].concat(),
            radius::PORT => [&[kind, 0], &length[..]].concat(),
            _ => vec![kind],
        };
        for (octet, right) in octets.iter_mut().zip(start) {
            *octet = right;
        }
        octets
    }

    /// Noise in a packet that is for the host, or for nobody.
    fn lookalike_packet(&mut self, own: &[IpAddr]) -> Vec<u8> {
        const PROTOCOLS: [u8; 6] = [
            protocol::ICMP,
            protocol::IPV4,
            protocol::UDP,
            protocol::IPV6,
            protocol::ICMPV6,
            protocol::MOBILITY,
        ];
        let payload = self.noise();
        let which = self.random.below(PROTOCOLS.len());
        let protocol = PROTOCOLS.get(which).copied().unwrap_or(protocol::UDP);
        let to = own.get(self.random.below(own.len() + 1)).copied();
        let packet = match to.unwrap_or(IpAddr::V4(Ipv4Addr::BROADCAST)) {
            IpAddr::V4(to) => {
                let from = Ipv4Addr::from_bits(self.random_u32());
                v4::Packet::new(from, to, protocol, &payload).encode()
            }
            IpAddr::V6(to) => {
                let from = Ipv6Addr::from_bits(u128::from(self.random_u32()));
                v6::Packet::new(from, to, protocol, &payload).encode()
            }
        };
        // Too long it cannot be.
        packet.unwrap_or(payload)
    }

    fn random_u32(&mut self) -> u32 {
        let random: &mut dyn Random = &mut self.random;
        random.u32()
    }

    /// The beginning of a real payload.
    fn truncated(&mut self, port: u16) -> Vec<u8> {
        let seen = self.seen.get(&port).map_or(&[][..], Vec::as_slice);
        let Some(octets) = seen.get(self.random.below(seen.len())) else { return self.noise() };
        let length = self.random.below(octets.len());
        octets.get(..length).unwrap_or_default().to_vec()
    }
}
