//! Bad datagrams from outside the run, at every socket of every host.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};

use dsboot_roles::{Machine, Random as _};
use dsboot_spec::registry::{mip4, pana, radius};

use crate::net::{HostId, Net};
use crate::{Error, Stream};

/// Longest payload that is made up.
const MAX_LENGTH: usize = 300;

/// How many datagrams go to one socket before the net takes them in: few enough for the buffer
/// that the system gives a socket.
const BURST: u64 = 32;

/// Sends octets that no role has made to the sockets of a run's hosts.
///
/// A third of them is random from beginning to end; a third begins like a message of the protocol
/// whose port it goes to, so that it passes the first look; a third is the beginning of something
/// that a host of the run has really sent.
#[derive(Debug)]
pub struct Flood {
    socket: UdpSocket,
    random: Stream,
    /// Datagrams still to be sent to each host.
    left: u64,
    sent: u64,
    seen: Vec<Vec<u8>>,
}

/// How many real payloads are kept to be truncated.
const MAX_SEEN: usize = 256;

impl Flood {
    /// A flood of `each` datagrams to each host, from a socket at `from`.
    ///
    /// # Errors
    ///
    /// When that socket cannot be bound.
    pub fn new(from: Ipv4Addr, seed: u64, each: u64) -> Result<Flood, Error> {
        let address = SocketAddrV4::new(from, 0);
        let socket = UdpSocket::bind(address).map_err(|source| Error::Bind { address, source })?;
        let random = Stream::new(seed, "flood");
        Ok(Flood { socket, random, left: each, sent: 0, seen: Vec::new() })
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

    /// Remembers a payload that a host of the run has sent.
    pub fn remember(&mut self, payload: &[u8]) {
        if self.seen.len() < MAX_SEEN && !payload.is_empty() {
            self.seen.push(payload.to_vec());
        }
    }

    /// Sends up to `count` datagrams to each host, to its sockets in turn, and has the net take
    /// them in.
    ///
    /// # Errors
    ///
    /// When they cannot be sent or taken in.
    pub fn pour<M: Machine>(&mut self, net: &mut Net<M>, count: u64) -> Result<(), Error> {
        let mut count = count.min(self.left);
        self.left -= count;
        let hosts: Vec<HostId> = net.hosts().map(|(id, _)| id).collect();
        while count > 0 {
            let burst = count.min(BURST);
            count -= burst;
            for host in &hosts {
                let sockets = net.sockets_of(*host);
                for to in sockets.iter().cycle().take(usize::try_from(burst).unwrap_or(0)) {
                    self.send(*to, net.settings().ports.of_wire(to.port()))?;
                }
            }
            net.take_in()?;
        }
        Ok(())
    }

    fn send(&mut self, to: SocketAddrV4, port: u16) -> Result<(), Error> {
        let payload = self.payload(port);
        self.sent += 1;
        self.socket.send_to(&payload, to).map(|_| ()).map_err(|source| Error::Send {
            from: SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0),
            to: SocketAddr::V4(to),
            octets: payload.len(),
            source,
        })
    }

    fn payload(&mut self, port: u16) -> Vec<u8> {
        match self.random.below(3) {
            0 => self.noise(),
            1 => self.lookalike(port),
            _ => self.truncated(),
        }
    }

    fn noise(&mut self) -> Vec<u8> {
        let mut octets = vec![0; self.random.below(MAX_LENGTH)];
        self.random.fill(&mut octets);
        octets
    }

    /// Random octets under a beginning that is right: a known type and a length that fits.
    fn lookalike(&mut self, port: u16) -> Vec<u8> {
        let mut octets = self.noise();
        let length = u16::try_from(octets.len()).unwrap_or(u16::MAX).to_be_bytes();
        let kind = u8::try_from(self.random.below(5)).unwrap_or(0);
        let start: Vec<u8> = match port {
            pana::PORT => [&[0, 0], &length[..], &[kind << 5, 0, 0, kind]].concat(),
            radius::PORT => [&[kind, 0], &length[..]].concat(),
            mip4::PORT => vec![kind],
            _ => [&[0x45, 0], &length[..]].concat(),
        };
        for (octet, right) in octets.iter_mut().zip(start) {
            *octet = right;
        }
        octets
    }

    /// The beginning of a real payload.
    fn truncated(&mut self) -> Vec<u8> {
        let which = self.random.below(self.seen.len());
        let Some(octets) = self.seen.get(which) else { return self.noise() };
        let length = self.random.below(octets.len());
        octets.get(..length).unwrap_or_default().to_vec()
    }
}
