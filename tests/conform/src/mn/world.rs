//! The network around a mobile node under test, by the frames of its link: NAS, foreign agent and FHA
//! are what answers there. What each of them says is in `paa`, `fha` and `ha`.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4};
use std::time::{Duration, Instant};

use dsboot_codec::ip::{udp, v4};
use dsboot_codec::mip4::TunnelData;
use dsboot_spec::registry::ip::{icmpv4, protocol};
use dsboot_spec::registry::mip4::PORT;
use dsboot_spec::registry::pana::PORT as PANA_PORT;

use super::fha::{Asked, Registered};
use super::missing;
use crate::Stage;
use crate::case::Ending;
use crate::link::{Frame, Mac, Station};
use crate::nas::pac::Heard;
use crate::profile::octets;
use crate::stage::Came;
use crate::target::Process;

/// The FHA that the tester is, where a case says nothing else.
pub(super) const FHA: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 8);

/// Another one.
pub(super) const OTHER_FHA: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 9);

/// The foreign agent, where the profile says nothing else.
const AGENT: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 2);

/// Octets of an IPv4 header with everything that goes before what it carries in UDP.
const TUNNEL_DATA: u8 = 4;

/// Something that the mobile node has sent.
#[derive(Clone, Debug)]
pub(super) enum Said {
    /// A PANA message, and to whom.
    Access(Heard, SocketAddr),
    /// A registration request.
    Request(Asked),
    /// An IPv6 packet in a tunnel.
    Tunnelled(Tunnelled),
    /// An IPv4 packet of another kind in a tunnel: it is kept alive.
    Kept,
    /// An agent solicitation, by its IPv4 packet.
    Solicitation(Frame),
    /// Anything else.
    Other,
}

/// How a packet was tunnelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In UDP (RFC 3519).
    Udp,
    /// IPv4 in IPv4 (RFC 2003).
    Ip,
    /// Not yet: a foreign agent will do it.
    Agent,
}

/// A packet that has come out of the mobile node's tunnel.
#[derive(Clone, Debug)]
pub(super) struct Tunnelled {
    pub(super) form: Form,
    /// Source and destination of the outermost header.
    pub(super) outer: (SocketAddrV4, SocketAddrV4),
    /// The same of the IPv4 header inside.
    pub(super) inner: (Ipv4Addr, Ipv4Addr),
    /// Whether the header of protocol 41 has DF clear and TOS 0.
    pub(super) is_plain: bool,
    /// What that carries.
    pub(super) payload: Vec<u8>,
    /// To which link-layer address it went.
    pub(super) to: Mac,
    /// The Next Header and reserved octets of a UDP tunnel.
    pub(super) head: Vec<u8>,
    /// When it came.
    pub(super) at: Instant,
}

/// Who the mobile node is.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) nai: Vec<u8>,
    pub(super) access_secret: Vec<u8>,
    pub(super) aaa_key: Vec<u8>,
    pub(super) home: Ipv6Addr,
    pub(super) home_agent: Ipv6Addr,
}

/// Everybody around one mobile node.
#[derive(Debug)]
pub(super) struct World {
    pub(super) station: Station,
    /// The mobile node's link-layer address.
    mac: Mac,
    inbox: VecDeque<Said>,
    pub(super) who: Identity,
    /// The address and port of the mobile node's PANA client, and the NAS's as it sees it.
    pub(super) pac: SocketAddr,
    pub(super) paa: SocketAddr,
    /// The PANA session, and the number of the next request of ours.
    pub(super) session: u32,
    pub(super) number: u32,
    /// The foreign agent's address, which is the care-of address that it offers.
    pub(super) agent: Ipv4Addr,
    /// The co-located care-of address that the NAS gives.
    pub(super) care_of: Ipv4Addr,
    /// What the last accepting reply gave.
    pub(super) registered: Option<Registered>,
}

impl World {
    /// A mobile node that has just begun, up to its first PANA-Client-Initiation.
    pub(super) fn new(stage: &mut Stage<'_>) -> Result<World, Ending> {
        World::begin(stage, false)
    }

    /// One that looks for foreign agents.
    pub(super) fn seeking(stage: &mut Stage<'_>) -> Result<World, Ending> {
        World::begin(stage, true)
    }

    fn begin(stage: &mut Stage<'_>, seeks: bool) -> Result<World, Ending> {
        let (Some(link), Some(device), Some(user)) =
            (stage.link, stage.profile.tester.links.get(stage.slot), stage.profile.users.first())
        else {
            return missing("tester.links");
        };
        let agent = match stage.profile.tester.address {
            IpAddr::V4(address) if !address.is_unspecified() => address,
            _ => AGENT,
        };
        let (Some(access), Some(key)) = (&user.access_secret, &user.mn_aaa_key) else {
            return missing("user.access_secret and user.mn_aaa_key");
        };
        let home = Ipv6Addr::new(0x2001, 0xdb8, 6, 1, 0, 0, 0, 0x100);
        let home_agent = Ipv6Addr::new(0x2001, 0xdb8, 6, 1, 0, 0, 0, 1);
        let who = Identity {
            nai: user.nai.clone().into_bytes(),
            access_secret: octets(access),
            aaa_key: octets(key),
            home: user.home_address.unwrap_or(home),
            home_agent: user.home_agent.unwrap_or(home_agent),
        };
        stage.key(format!(
            "[[mn_aaa]]\nnai = \"{}\"\nkey = \"hex:{}\"\n",
            user.nai,
            hex::encode(&who.aaa_key)
        ));
        let station = link.everywhere(stage.number, agent);
        let mobile = Process::mobile(stage.profile, device, seeks);
        stage.mobile = Some(mobile.map_err(Ending::Inconclusive)?);
        stage.mark("MN", "begins");
        let nowhere = SocketAddr::from((Ipv4Addr::UNSPECIFIED, PANA_PORT));
        let mut world = World {
            station,
            mac: [0; 6],
            inbox: VecDeque::new(),
            who,
            pac: nowhere,
            paa: nowhere,
            session: stage.random_u32() | 1,
            number: stage.random_u32(),
            agent,
            care_of: Ipv4Addr::UNSPECIFIED,
            registered: None,
        };
        let ready = Duration::from_millis(stage.profile.target.ready);
        world.await_initiation(stage, ready)?;
        Ok(world)
    }

    /// The next that is of a kind, within `patience`; what is not is kept.
    pub(super) fn next<T>(
        &mut self,
        stage: &mut Stage<'_>,
        patience: Duration,
        pick: impl Fn(&Said) -> Option<T>,
    ) -> Option<T> {
        let end = Instant::now() + patience;
        for at in 0..self.inbox.len() {
            if let Some(found) = self.inbox.get(at).and_then(&pick) {
                self.inbox.remove(at);
                return Some(found);
            }
        }
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let Some(frame) = self.station.receive(stage, left) else { continue };
            self.mac = frame.from;
            let said = Said::read(&frame);
            match pick(&said) {
                Some(found) => return Some(found),
                None => self.inbox.push_back(said),
            }
        }
    }

    /// Hears for a while; all that has come in it, and what was kept.
    pub(super) fn hear_all(&mut self, stage: &mut Stage<'_>, time: Duration) -> Vec<Said> {
        let nothing: Option<()> = self.next(stage, time, |_| None);
        debug_assert!(nothing.is_none());
        self.inbox.drain(..).collect()
    }

    /// Sends an IPv4 packet to the mobile node, from the NAS's side.
    pub(super) fn packet(&self, stage: &mut Stage<'_>, packet: &[u8]) -> Result<(), Ending> {
        self.packet_from(stage, self.station.own, packet)
    }

    /// The same from the foreign agent.
    pub(super) fn packet_of_agent(
        &self,
        stage: &mut Stage<'_>,
        packet: &[u8],
    ) -> Result<(), Ending> {
        self.packet_from(stage, self.station.second(), packet)
    }

    fn packet_from(&self, stage: &mut Stage<'_>, from: Mac, packet: &[u8]) -> Result<(), Ending> {
        match stage.link {
            Some(link) => link.send(stage, (from, self.mac), packet),
            None => missing("tester.links"),
        }
    }

    /// Sends a datagram to the mobile node, from the NAS's side.
    pub(super) fn datagram(
        &self,
        stage: &mut Stage<'_>,
        (from, to): (SocketAddr, SocketAddr),
        octets: &[u8],
    ) -> Result<(), Ending> {
        match udp::packet(from, to, 64, octets) {
            Ok(packet) => self.packet(stage, &packet),
            Err(error) => missing(format!("a datagram cannot be made: {error}")),
        }
    }
}

impl Said {
    fn read(frame: &Frame) -> Said {
        read(frame).unwrap_or(Said::Other)
    }
}

fn read(frame: &Frame) -> Option<Said> {
    let packet = v4::Packet::decode(&frame.packet).ok()?;
    let ends = |source, destination| {
        (
            SocketAddrV4::new(packet.source, source),
            SocketAddrV4::new(packet.destination, destination),
        )
    };
    match packet.protocol {
        protocol::ICMP if packet.payload.first() == Some(&icmpv4::ROUTER_SOLICITATION) => {
            Some(Said::Solicitation(frame.clone()))
        }
        protocol::IPV4 => inner(frame, (Form::Ip, &[]), ends(0, 0), packet.payload),
        protocol::IPV6 => inner(frame, (Form::Agent, &[]), ends(0, 0), &frame.packet),
        protocol::UDP => {
            let octets = packet.payload_of(protocol::UDP).ok()?;
            let datagram = udp::Datagram::decode_unverified(octets).ok()?;
            let (from, to) = ends(datagram.source_port, datagram.destination_port);
            let octets = datagram.payload;
            match (to.port(), octets.first().copied()) {
                (PANA_PORT, _) => {
                    let came = Came { from: from.into(), octets: octets.to_vec() };
                    Some(Said::Access(Heard { came }, to.into()))
                }
                (PORT, Some(TUNNEL_DATA)) => {
                    let (head, inside) = octets.split_at_checked(4)?;
                    inner(frame, (Form::Udp, head), (from, to), inside)
                }
                (PORT, _) => Some(Said::Request(Asked {
                    from,
                    to,
                    ttl: packet.ttl,
                    neighbour: frame.to,
                    octets: octets.to_vec(),
                    at: frame.at,
                })),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What a tunnel to the FHA carries.
fn inner(
    frame: &Frame,
    (form, head): (Form, &[u8]),
    outer: (SocketAddrV4, SocketAddrV4),
    octets: &[u8],
) -> Option<Said> {
    let inner = v4::Packet::decode(octets).ok()?;
    let tunnelled = Tunnelled {
        form,
        outer,
        inner: (inner.source, inner.destination),
        is_plain: inner.tos == 0 && !inner.fragment.do_not_fragment(),
        payload: inner.payload.to_vec(),
        to: frame.to,
        head: head.to_vec(),
        at: frame.at,
    };
    Some(if inner.protocol == protocol::IPV6 { Said::Tunnelled(tunnelled) } else { Said::Kept })
}

/// Octets of a UDP tunnel.
pub(super) fn tunnel_data(packet: &[u8]) -> Vec<u8> {
    TunnelData::new(protocol::IPV4, packet).encode()
}
