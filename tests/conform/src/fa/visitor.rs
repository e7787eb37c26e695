//! The visitor and the home agent that a foreign agent is tested with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use dsboot_codec::ip::{icmp, udp, v4};
use dsboot_codec::mip4::discovery::{Discovery, solicitation};
use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Builder, Code, Extension, Identification, ReplyHeader,
    RequestFlags, RequestHeader,
};
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::{
    ALL_ROUTERS, FIRST_FREE_SPI, PORT, advertisement_flag, request_flag,
};

use super::{fail, missing};
use crate::Stage;
use crate::case::Ending;
use crate::fha::peer::Sa;
use crate::fha::rrq::{Part, Rrq, Tweak};
use crate::link::{EVERYBODY, Mac, Station};
use crate::profile::octets;
use crate::server::{Desk, Server};
use crate::stage::Came;

/// The lifetime that is asked for where a case says nothing else, in seconds.
pub(super) const LIFETIME: u16 = 120;

/// What an agent says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Agent {
    pub(super) mac: Mac,
    pub(super) destination: Mac,
    pub(super) source: Option<Ipv4Addr>,
    pub(super) ttl: u8,
    pub(super) code: u8,
    pub(super) advertised: u16,
    pub(super) sequence: u16,
    pub(super) lifetime: u16,
    pub(super) flags: u16,
    pub(super) care_of: Vec<Ipv4Addr>,
    pub(super) challenge: Option<Vec<u8>>,
}

/// A mobile node on the link.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) station: Station,
    /// The address that it sends from.
    pub(super) address: Ipv4Addr,
    pub(super) port: u16,
    pub(super) home_address: Ipv4Addr,
    pub(super) home_agent: Ipv4Addr,
    pub(super) nai: Option<Vec<u8>>,
    pub(super) key: Vec<u8>,
    pub(super) agent: Agent,
    pub(super) sa: Sa,
    /// Whether its home agent is the one that shares an association with the agent.
    of_partner: bool,
    last: u64,
}

/// A reply as it came over the link.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) to: Mac,
    pub(super) destination: Ipv4Addr,
    pub(super) source_port: u16,
    pub(super) port: u16,
    pub(super) octets: Vec<u8>,
}

impl Reply {
    pub(super) fn code(&self) -> u8 {
        self.octets.get(1).copied().unwrap_or(u8::MAX)
    }
}

impl Visitor {
    /// A visitor that no other case has, which has heard the agent.
    pub(super) fn new(stage: &mut Stage<'_>) -> Result<Visitor, Ending> {
        let mut visitor = Visitor::unheard(stage, 0)?;
        visitor.agent = visitor.solicit(stage)?;
        Ok(visitor)
    }

    /// One of several of a case, which has not heard the agent.
    pub(super) fn unheard(stage: &mut Stage<'_>, which: u8) -> Result<Visitor, Ending> {
        let Some(link) = stage.link else { return missing("tester.link") };
        let IpAddr::V4(home_agent) = stage.profile.tester.address else {
            return missing("an IPv4 tester.address");
        };
        let [_, _, high, low] = stage.number.to_be_bytes();
        let home_address = Ipv4Addr::new(10, 200 + which, high, low);
        let station = link.station(stage.number, which, home_address);
        let key: [u8; 16] = stage.random();
        let nai = stage
            .profile
            .claims("nai")
            .then(|| format!("mn{}-{which}@conform.example", stage.number).into_bytes());
        Ok(Visitor {
            station,
            address: home_address,
            port: 20_000 + u16::from_be_bytes([high & 0x3f, low]),
            home_address,
            home_agent,
            nai,
            key: key.to_vec(),
            agent: Agent::default(),
            sa: Sa {
                spi: FIRST_FREE_SPI + stage.number,
                algorithm: Algorithm::HmacMd5,
                key: key.to_vec(),
            },
            of_partner: false,
            last: 0,
        })
    }

    /// A visitor of the home agent that shares an association with the agent.
    pub(super) fn of_partner(stage: &mut Stage<'_>) -> Result<(Visitor, Sa), Ending> {
        let Some(partner) = &stage.profile.target.home_agent else {
            return Err(Ending::Skip("the profile names no target.home_agent".to_owned()));
        };
        let sa = Sa { spi: partner.spi, algorithm: Algorithm::HmacMd5, key: octets(&partner.key) };
        let home_agent = partner.address;
        let visitor = Visitor::new(stage)?;
        Ok((Visitor { home_agent, of_partner: true, ..visitor }, sa))
    }

    /// Sends a packet to the agent.
    pub(super) fn packet(
        &self,
        stage: &mut Stage<'_>,
        to: Mac,
        packet: &[u8],
    ) -> Result<(), Ending> {
        match stage.link {
            Some(link) => link.send(stage, (self.station.own, to), packet),
            None => missing("tester.link"),
        }
    }

    /// Looks for the agent.
    pub(super) fn solicit(&self, stage: &mut Stage<'_>) -> Result<Agent, Ending> {
        self.ask_for(stage, 1, |_| {})?;
        match self.advertisement(stage, stage.patience()) {
            Some(agent) => Ok(agent),
            None => fail("an agent advertisement", "none"),
        }
    }

    /// Sends a solicitation, changed.
    pub(super) fn ask_for(
        &self,
        stage: &mut Stage<'_>,
        ttl: u8,
        change: impl Fn(&mut Vec<u8>),
    ) -> Result<(), Ending> {
        let mut icmp = solicitation();
        change(&mut icmp);
        let packet = v4::Packet::new(self.address, ALL_ROUTERS, protocol::ICMP, &icmp);
        match (v4::Packet { ttl, ..packet }).encode() {
            Ok(octets) => self.packet(stage, EVERYBODY, &octets),
            Err(error) => missing(format!("a solicitation cannot be made: {error}")),
        }
    }

    /// The next advertisement that is for this visitor alone, or else for everybody.
    pub(super) fn advertisement(&self, stage: &mut Stage<'_>, patience: Duration) -> Option<Agent> {
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let frame = self.station.receive(stage, left)?;
            let Ok(packet) = v4::Packet::decode(&frame.packet) else { continue };
            if packet.protocol != protocol::ICMP
                || icmp::Message::decode_v4(packet.payload).is_err()
            {
                continue;
            }
            let Ok(Discovery::Advertisement(heard)) = Discovery::decode(packet.payload) else {
                continue;
            };
            let Some(mobility) = heard.mobility_agent().once() else { continue };
            return Some(Agent {
                mac: frame.from,
                destination: frame.to,
                source: Some(packet.source),
                ttl: packet.ttl,
                code: heard.code,
                advertised: heard.lifetime,
                sequence: mobility.sequence,
                lifetime: mobility.lifetime,
                flags: mobility.flags.0,
                care_of: mobility.care_of_addresses.iter().collect(),
                challenge: heard.challenge().once().map(<[u8]>::to_vec),
            });
        }
    }

    /// An Identification greater than all before; no other case's has the same low half.
    fn identification(&mut self, stage: &Stage<'_>) -> Identification {
        let step = self.last & 0xff;
        let low =
            (u64::from(stage.number) << 12) | u64::from(self.station.own[1]) << 8 | (step + 1);
        self.last = (stage.ntp() & !0xffff_ffff) | low;
        Identification(self.last)
    }

    /// A request as it must be, under an association that the home agent has.
    pub(super) fn request(&mut self, stage: &Stage<'_>) -> Rrq {
        let header = RequestHeader {
            // What was not advertised is not asked for.
            flags: RequestFlags(if self.agent.flags & advertisement_flag::REVERSE_TUNNEL == 0 {
                0
            } else {
                request_flag::REVERSE_TUNNEL
            }),
            lifetime: LIFETIME.min(self.agent.lifetime),
            home_address: self.home_address,
            home_agent: self.home_agent,
            care_of_address: self.agent.care_of.first().copied().unwrap_or(Ipv4Addr::UNSPECIFIED),
            identification: self.identification(stage),
        };
        let auth = Part::Auth {
            kind: AuthenticationKind::MobileHome,
            sa: self.sa.clone(),
            tweak: Tweak::Right,
        };
        let mut parts: Vec<Part> = self.nai().into_iter().chain([auth]).collect();
        // An answered challenge needs the proof of extension 36 behind it.
        if let Some(challenge) = &self.agent.challenge {
            parts.push(Part::of(Extension::Challenge(challenge)));
            let (key, challenge) = (self.key.clone(), challenge.clone());
            parts.push(Part::Aaa { key, challenge, tweak: Tweak::Right });
        }
        Rrq { header, parts }
    }

    /// A first request: without home address, asking for a key.
    pub(super) fn first(&mut self, stage: &Stage<'_>) -> Rrq {
        let mut request = self.request(stage);
        request.header.home_address = Ipv4Addr::UNSPECIFIED;
        request.without(32);
        let at = usize::from(self.nai.is_some());
        let ask = Part::of(Extension::MnHaKeyRequest { mn_spi: self.sa.spi });
        request.parts.insert(at, ask);
        request
    }

    fn nai(&self) -> Option<Part> {
        self.nai.as_ref().map(|nai| Part::of(Extension::Nai(nai)))
    }

    /// Sends octets to the agent's port 434.
    pub(super) fn send(&self, stage: &mut Stage<'_>, octets: &[u8]) -> Result<(), Ending> {
        let IpAddr::V4(agent) = stage.profile.target.address.ip() else {
            return missing("an IPv4 target.address");
        };
        let source = SocketAddr::from((self.address, self.port));
        let to = SocketAddr::from((agent, stage.profile.target.address.port()));
        match udp::packet(source, to, 64, octets) {
            Ok(packet) => self.packet(stage, self.agent.mac, &packet),
            Err(error) => missing(format!("a datagram cannot be made: {error}")),
        }
    }

    /// The home agent's side of the requests with this Identification.
    pub(super) fn home(&self, stage: &Stage<'_>, request: &Rrq) -> Result<Desk, Ending> {
        match self.agent_of(stage) {
            Some(home) => Ok(home.desk(&request.header.identification.0.to_be_bytes())),
            None => missing("tester.address"),
        }
    }

    /// The tester as its home agent.
    const fn agent_of<'s>(&self, stage: &Stage<'s>) -> Option<&'s Server> {
        if self.of_partner { stage.partner } else { stage.home }
    }

    /// The next registration message for this visitor.
    pub(super) fn reply(&self, stage: &mut Stage<'_>, patience: Duration) -> Option<Reply> {
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let frame = self.station.receive(stage, left)?;
            let Ok(packet) = v4::Packet::decode(&frame.packet) else { continue };
            let Ok(octets) = packet.payload_of(protocol::UDP) else { continue };
            let Ok(datagram) = udp::Datagram::decode_unverified(octets) else { continue };
            let for_me = frame.to == self.station.own || packet.destination == self.home_address;
            // Nothing but our agent is bound to one port on both sides.
            let is_reply = datagram.source_port == PORT || datagram.destination_port == self.port;
            if is_reply && for_me {
                return Some(Reply {
                    to: frame.to,
                    destination: packet.destination,
                    source_port: datagram.source_port,
                    port: datagram.destination_port,
                    octets: datagram.payload.to_vec(),
                });
            }
        }
    }

    /// What the home agent replies to a request.
    pub(super) fn answer(&self, request: &Rrq, code: u8) -> ReplyHeader {
        let asked = &request.header;
        let home_address = if asked.home_address.is_unspecified() && code <= 1 {
            self.home_address
        } else {
            asked.home_address
        };
        ReplyHeader {
            code: Code(code),
            lifetime: asked.lifetime,
            home_address,
            home_agent: self.home_agent,
            identification: asked.identification,
        }
    }

    /// The octets of a reply under the association.
    pub(super) fn signed(&self, header: &ReplyHeader, more: &[Part]) -> Result<Vec<u8>, Ending> {
        let mut octets = Builder::reply(header)
            .extensions(self.nai.as_ref().map(|nai| Extension::Nai(nai)))
            .finish()
            .map_err(|error| Ending::Inconclusive(format!("a reply cannot be made: {error}")))?;
        for part in more {
            if let Part::Raw(raw) = part {
                octets.extend(raw);
            }
        }
        Builder::relay(&octets)
            .authenticate(AuthenticationKind::MobileHome, &self.sa.context())
            .finish()
            .map_err(|error| Ending::Inconclusive(format!("a reply cannot be made: {error}")))
    }

    /// Sends octets as home agent to where a request came from.
    pub(super) fn respond(
        &self,
        stage: &mut Stage<'_>,
        request: &Came,
        octets: &[u8],
    ) -> Result<(), Ending> {
        match self.agent_of(stage) {
            Some(home) => home.send(stage, request.from, octets),
            None => missing("tester.address"),
        }
    }

    /// Registers.
    pub(super) fn register(&mut self, stage: &mut Stage<'_>) -> Result<(), Ending> {
        let request = self.request(stage);
        let desk = self.home(stage, &request)?;
        self.send(stage, &request.octets())?;
        let Some(came) = desk.receive(stage, stage.patience()) else {
            return missing("a relayed request");
        };
        let octets = self.signed(&self.answer(&request, 0), &[])?;
        self.respond(stage, &came, &octets)?;
        match self.reply(stage, stage.patience()) {
            Some(reply) => {
                self.learn(&reply);
                Ok(())
            }
            None => missing("a relayed reply"),
        }
    }

    /// Takes the challenge of a reply for the next request.
    pub(super) fn learn(&mut self, reply: &Reply) {
        use dsboot_codec::mip4::Message;
        if let Ok(Message::Reply(reply)) = Message::decode_leniently(&reply.octets)
            && self.agent.challenge.is_some()
            && let Some(challenge) = reply
                .extensions
                .iter()
                .filter_map(|one| match one.value {
                    Extension::Challenge(challenge) => Some(challenge),
                    _ => None,
                })
                .last()
        {
            self.agent.challenge = Some(challenge.to_vec());
        }
    }
}

/// Whether the target answers at all.
pub(crate) fn probe(stage: &mut Stage<'_>) -> bool {
    Visitor::new(stage).is_ok()
}
