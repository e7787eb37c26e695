//! A foreign agent on a bench: mobile nodes on its link and FHAs behind it, made by hand.

use core::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use core::time::Duration;

use crate::support::{Done, Octets};
use dsboot_codec::ip::v4;
use dsboot_codec::mip4::discovery::{Advertisement, Discovery, solicitation};
use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Builder, Code, Extension, Identification, Message, Reply,
    ReplyHeader, Request, RequestFlags, RequestHeader, SecurityContext,
};
use dsboot_roles::fa::{Fa, FaConfig, ForeignHome};
use dsboot_roles::{Datagram, Effect, Effects, Input, LinkAddr, Machine, Packet, Secret, Time};
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::{ALL_AGENTS, PORT, REQUEST_TTL, code, request_flag};

pub(crate) const AGENT: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
pub(crate) const FHA: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
pub(crate) const PARTNER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
pub(crate) const THOAV4: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);
pub(crate) const COLOCATED: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 77);
pub(crate) const MN1: LinkAddr = LinkAddr([2, 0, 0, 0, 0, 1]);
pub(crate) const MN2: LinkAddr = LinkAddr([2, 0, 0, 0, 0, 2]);
pub(crate) const NAI1: &str = "mn1@home.example";
pub(crate) const NAI2: &str = "mn2@home.example";
pub(crate) const MN_PORT: u16 = 40_434;
const PARTNER_SPI: u32 = 0x3001;
const PARTNER_KEY: &[u8] = b"fa-fha-key-16-oc";

/// What a request says; tests change what they are about.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) nai: &'static str,
    pub(crate) flags: u8,
    pub(crate) lifetime: u16,
    pub(crate) home_address: Ipv4Addr,
    pub(crate) home_agent: Ipv4Addr,
    pub(crate) care_of: Ipv4Addr,
    pub(crate) identification: u64,
    pub(crate) neighbour: LinkAddr,
    pub(crate) challenge: Option<Vec<u8>>,
    /// What stands behind the last authenticator.
    pub(crate) behind: Vec<u8>,
}

impl Default for Ask {
    fn default() -> Ask {
        Ask {
            nai: NAI1,
            flags: request_flag::REVERSE_TUNNEL,
            lifetime: 1800,
            home_address: Ipv4Addr::UNSPECIFIED,
            home_agent: FHA,
            care_of: AGENT,
            identification: 0xcea4_d2a0_1234_5678,
            neighbour: MN1,
            challenge: None,
            behind: Vec::new(),
        }
    }
}

impl Ask {
    pub(crate) fn header(&self) -> RequestHeader {
        RequestHeader {
            flags: RequestFlags(self.flags),
            lifetime: self.lifetime,
            home_address: self.home_address,
            home_agent: self.home_agent,
            care_of_address: self.care_of,
            identification: Identification(self.identification),
        }
    }

    /// The octets that an agent must not touch: everything it has to know, and some that it need
    /// not know, up to the end of extension 36.
    pub(crate) fn protected(&self) -> Vec<u8> {
        let challenge = self.challenge.as_deref();
        Builder::request(&self.header())
            .extension(Extension::Nai(self.nai.as_bytes()))
            .extension(Extension::Unknown { kind: 200, data: b"never heard of" })
            .extension(Extension::MnFaKeyRequest { mn_spi: 0x1002 })
            .extension(Extension::MnHaKeyRequest { mn_spi: 0x1001 })
            .extensions(challenge.map(Extension::Challenge))
            .authenticate_chap(b"AAA-shared-key-0", challenge.unwrap_or(&[0]))
            .finish()
            .unwrap()
    }

    pub(crate) fn datagram(&self) -> Datagram {
        self.carrying([self.protected(), self.behind.clone()].concat())
    }

    /// These octets, from the same node.
    pub(crate) fn carrying(&self, payload: Vec<u8>) -> Datagram {
        Datagram {
            source: (self.home_address, MN_PORT).into(),
            destination: (AGENT, PORT).into(),
            ttl: REQUEST_TTL,
            neighbour: Some(self.neighbour),
            payload,
        }
    }
}

/// What a reply says.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) code: u8,
    pub(crate) lifetime: u16,
    pub(crate) nai: Option<&'static str>,
    pub(crate) home_address: Ipv4Addr,
    pub(crate) home_agent: Ipv4Addr,
    pub(crate) identification: u64,
    pub(crate) source: Ipv4Addr,
    /// Before extension 32.
    pub(crate) udp: Option<dsboot_codec::mip4::UdpTunnelReply>,
    /// Behind it.
    pub(crate) challenge: Option<Vec<u8>>,
    pub(crate) signed: bool,
}

impl Default for Answer {
    fn default() -> Answer {
        Answer {
            code: code::ACCEPTED,
            lifetime: 1800,
            nai: Some(NAI1),
            home_address: THOAV4,
            home_agent: FHA,
            identification: Ask::default().identification,
            source: FHA,
            udp: None,
            challenge: None,
            signed: false,
        }
    }
}

impl Answer {
    pub(crate) fn protected(&self) -> Builder {
        let context =
            SecurityContext { spi: 0x1001, algorithm: Algorithm::HmacMd5, key: b"the MN-FHA key" };
        Builder::reply(&ReplyHeader {
            code: Code(self.code),
            lifetime: self.lifetime,
            home_address: self.home_address,
            home_agent: self.home_agent,
            identification: Identification(self.identification),
        })
        .extensions(self.nai.map(|nai| Extension::Nai(nai.as_bytes())))
        .extension(Extension::Unknown { kind: 200, data: b"never heard of" })
        .extensions(self.udp.map(Extension::UdpTunnelReply))
        .authenticate(AuthenticationKind::MobileHome, &context)
    }

    pub(crate) fn datagram(&self) -> Datagram {
        let builder =
            self.protected().extensions(self.challenge.as_deref().map(Extension::Challenge));
        let builder = if self.signed {
            builder.authenticate(AuthenticationKind::ForeignHome, &partner())
        } else {
            builder
        };
        Datagram {
            source: (self.source, PORT).into(),
            destination: (AGENT, PORT).into(),
            ttl: 64,
            neighbour: None,
            payload: builder.finish().unwrap(),
        }
    }
}

/// The association with the FHA at [`PARTNER`].
pub(crate) fn partner() -> SecurityContext<'static> {
    SecurityContext { spi: PARTNER_SPI, algorithm: Algorithm::HmacMd5, key: PARTNER_KEY }
}

pub(crate) struct Bench {
    pub(crate) fa: Fa,
    pub(crate) now: Time,
    pub(crate) random: Octets,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        Bench::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut FaConfig)) -> Bench {
        let mut config = FaConfig::new(AGENT);
        let key = Secret::new(PARTNER_KEY);
        config.home_agents.insert(PARTNER, ForeignHome { spi: PARTNER_SPI, key });
        change(&mut config);
        Bench {
            fa: Fa::new(config),
            now: Time::from_unix_micros(1_700_000_000_000_000),
            random: Octets::default(),
        }
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    pub(crate) fn receive(&mut self, datagram: &Datagram) -> Seen {
        Seen(self.fa.handle(self.now, &mut self.random, Input::Datagram(datagram)))
    }

    pub(crate) fn packet(&mut self, neighbour: Option<LinkAddr>, octets: Vec<u8>) -> Seen {
        let packet = Packet { neighbour, octets };
        Seen(self.fa.handle(self.now, &mut self.random, Input::Packet(&packet)))
    }

    pub(crate) fn timeout(&mut self) -> Seen {
        Seen(self.fa.handle(self.now, &mut self.random, Input::Timeout))
    }

    pub(crate) fn solicit(&mut self, neighbour: LinkAddr) -> Seen {
        self.packet(Some(neighbour), solicitation_packet(1, &solicitation()))
    }

    /// The challenge that an advertisement gives to one node.
    pub(crate) fn challenge(&mut self, neighbour: LinkAddr) -> Vec<u8> {
        self.solicit(neighbour).challenge()
    }

    /// An ask that answers a challenge just heard.
    pub(crate) fn fresh(&mut self, ask: Ask) -> Ask {
        let challenge = Some(self.challenge(ask.neighbour));
        Ask { challenge, ..ask }
    }

    /// Relays such a request, and checks that it is relayed.
    pub(crate) fn relay(&mut self, ask: Ask) -> Ask {
        let ask = self.fresh(ask);
        self.receive(&ask.datagram()).relayed();
        ask
    }

    /// A whole registration.
    pub(crate) fn register(&mut self, ask: Ask, answer: &Answer) -> Ask {
        let ask = self.relay(ask);
        self.receive(&answer.datagram()).to_link();
        ask
    }
}

pub(crate) fn solicitation_packet(ttl: u8, icmp: &[u8]) -> Vec<u8> {
    let packet = v4::Packet::new(Ipv4Addr::UNSPECIFIED, ALL_AGENTS, protocol::ICMP, icmp);
    v4::Packet { ttl, ..packet }.encode().unwrap()
}

/// What the agent did.
#[derive(Debug)]
pub(crate) struct Seen(pub(crate) Effects);

impl Done for Seen {
    fn effects(&self) -> core::slice::Iter<'_, Effect> {
        self.0.iter()
    }
}

impl Seen {
    fn only_datagram(&self) -> Datagram {
        let all = self.datagrams();
        assert!(all.len() == 1 && self.packets().is_empty(), "{self:?}");
        assert_eq!(all[0].source, SocketAddr::from((AGENT, PORT)));
        all[0].clone()
    }

    /// The one request relayed; nothing else has been sent to anybody.
    pub(crate) fn relayed(&self) -> Datagram {
        let datagram = self.only_datagram();
        assert_eq!((datagram.neighbour, datagram.payload[0]), (None, 1), "{self:?}");
        datagram
    }

    /// The one reply to a mobile node.
    pub(crate) fn to_link(&self) -> Datagram {
        let datagram = self.only_datagram();
        assert!(datagram.neighbour.is_some() && datagram.payload[0] == 3, "{self:?}");
        datagram
    }

    /// The code of the one reply to a mobile node.
    pub(crate) fn code(&self) -> u8 {
        reply(&self.to_link()).header.code.0
    }

    /// The one advertisement, as an IPv4 packet.
    pub(crate) fn advertisement(&self) -> Packet {
        let all = self.packets();
        assert_eq!(all.len(), 1, "{self:?}");
        all[0].clone()
    }

    pub(crate) fn challenge(&self) -> Vec<u8> {
        let packet = self.advertisement();
        advertisement(&packet).challenge().once().unwrap().to_vec()
    }
}

pub(crate) fn advertisement(packet: &Packet) -> Advertisement<'_> {
    let packet = v4::Packet::decode(&packet.octets).unwrap();
    match Discovery::decode(packet.payload).unwrap() {
        Discovery::Advertisement(advertisement) => advertisement,
        other @ Discovery::Solicitation => panic!("no advertisement: {other:?}"),
    }
}

pub(crate) fn reply(datagram: &Datagram) -> Reply<'_> {
    match Message::decode(&datagram.payload).unwrap() {
        Message::Reply(reply) => reply,
        other => panic!("no reply: {other:?}"),
    }
}

pub(crate) fn request(datagram: &Datagram) -> Request<'_> {
    match Message::decode(&datagram.payload).unwrap() {
        Message::Request(request) => request,
        other => panic!("no request: {other:?}"),
    }
}

/// The challenge that a reply to a mobile node ends with.
pub(crate) fn next_challenge(datagram: &Datagram) -> Vec<u8> {
    reply(datagram).extensions.challenge().once().unwrap().to_vec()
}

/// Where a node without an address sends from.
pub(crate) fn nowhere() -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, MN_PORT)
}
