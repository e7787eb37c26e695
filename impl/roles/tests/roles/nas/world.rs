//! A client, a NAS and an AAA server that does as it is told, on a wire that a test can cut.

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use dsboot_codec::eap::{self, Body, Md5Challenge, Message as Eap, Packet as EapPacket, md5_value};
use dsboot_codec::pana::{Avp, Flags, Kind, Message, MessageBuilder};
use dsboot_codec::radius::{Attribute, Packet, ResponseBuilder};
use dsboot_roles::nas::{Nas, NasConfig};
use dsboot_roles::pana::{AccessOutcome, Pac, PacConfig, Phase};
use dsboot_roles::radius::ClientConfig;
use dsboot_roles::{Datagram, Effect, Effects, Input, Machine, Nai, Random, Secret, Time};
use dsboot_spec::registry::radius::code;
use dsboot_spec::registry::{dsb, pana};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

pub(crate) const VENDOR: u32 = dsb::DEFAULT_VENDOR_ID;
pub(crate) const USER: &[u8] = b"mn1@example.net";
pub(crate) const PASSWORD: &[u8] = b"mn1-eap-secret";
pub(crate) const SECRET: &[u8] = b"nas-radius-secret-01";
pub(crate) const CHALLENGE: [u8; 16] = [
    0x9d, 0xc9, 0xc9, 0x42, 0xf5, 0xf5, 0x31, 0x07, 0xea, 0xc9, 0x81, 0x6c, 0x2f, 0x9a, 0xd9, 0xb8,
];
pub(crate) const STATE: &[u8] = b"state of the conversation";
/// No deviation from the nominal waits.
pub(crate) const NO_JITTER: [u8; 4] = [0, 0, 0, 100];

pub(crate) fn pac_addr() -> SocketAddr {
    "10.0.0.7:40716".parse().unwrap()
}

pub(crate) fn paa_addr() -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], pana::PORT))
}

pub(crate) fn radius_addr() -> SocketAddr {
    "192.0.2.10:49152".parse().unwrap()
}

pub(crate) fn aaa_addr() -> SocketAddr {
    "192.0.2.20:1812".parse().unwrap()
}

/// Random octets, the first ones as a test wants them.
pub(crate) struct Script {
    first: VecDeque<Vec<u8>>,
    rest: ChaCha8Rng,
}

impl Script {
    pub(crate) fn seeded(seed: u64) -> Script {
        Script { first: VecDeque::new(), rest: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// Hands out these octets first, each to a draw of just that length.
    pub(crate) fn first<const N: usize>(&mut self, octets: [&[u8]; N]) {
        self.first.extend(octets.map(<[u8]>::to_vec));
    }
}

impl Random for Script {
    fn fill(&mut self, octets: &mut [u8]) {
        match self.first.pop_front() {
            Some(wanted) => octets.copy_from_slice(&wanted),
            None => self.rest.fill_bytes(octets),
        }
    }
}

/// What the AAA server says to a response that would be right.
pub(crate) type Accept = fn(&mut ResponseBuilder);

/// How the AAA server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As it should.
    Well,
    /// Not at all, from the second round on.
    Silent,
    /// By this code and with this EAP code (0 for none), in the second round.
    Odd(u8, u8),
    /// By an Accept with EAP Success in the first round.
    Hasty,
}

pub(crate) struct Aaa {
    pub(crate) mood: Mood,
    pub(crate) accept: Accept,
    /// Every new request.
    pub(crate) requests: Vec<Vec<u8>>,
    answers: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Aaa {
    fn answer(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        if let Some(answer) = self.answers.get(request) {
            return answer.clone();
        }
        self.requests.push(request.to_vec());
        let packet = Packet::decode(request).unwrap();
        packet.verify_request(SECRET).unwrap();
        let answer = self.decide(&packet);
        self.answers.insert(request.to_vec(), answer.clone());
        answer
    }

    fn decide(&self, packet: &Packet<'_>) -> Option<Vec<u8>> {
        let received = packet.eap_message().unwrap().unwrap();
        let response = EapPacket::decode(&received).unwrap();
        assert_eq!(response.octets().len(), received.len(), "padding must not be passed on");
        let identifier = response.identifier();
        let result = |code: u8| [code, identifier, 0, 4];
        match (response.body().unwrap(), self.mood) {
            (Body::Response(Eap::Identity(_)), Mood::Hasty) => Some(sign(
                ResponseBuilder::new(code::ACCESS_ACCEPT, packet).eap_message(&result(3)),
            )),
            (Body::Response(Eap::Identity(_)), _) => {
                assert!(packet.state().is_absent());
                let value = Md5Challenge { value: &CHALLENGE, name: b"" };
                let next = Body::Request(Eap::Md5Challenge(value));
                let next = eap::encode(identifier.wrapping_add(1), &next).unwrap();
                let mut challenge = ResponseBuilder::new(code::ACCESS_CHALLENGE, packet);
                // Parameters are none of a challenge's business: to be ignored.
                challenge.attribute(&Attribute::SessionTimeout(7)).eap_message(&next);
                Some(sign(challenge.attribute(&Attribute::State(STATE))))
            }
            (_, Mood::Silent) => None,
            (_, Mood::Odd(code, eap)) => {
                let mut odd = ResponseBuilder::new(code, packet);
                (self.accept)(&mut odd);
                Some(sign(if eap == 0 { &mut odd } else { odd.eap_message(&result(eap)) }))
            }
            (Body::Response(Eap::Md5Challenge(proof)), _) => {
                assert_eq!(packet.state().once(), Some(STATE));
                let right = md5_value(identifier, PASSWORD, &CHALLENGE);
                if proof.value == right {
                    let mut accept = ResponseBuilder::new(code::ACCESS_ACCEPT, packet);
                    (self.accept)(&mut accept);
                    Some(sign(accept.eap_message(&result(3))))
                } else {
                    let mut reject = ResponseBuilder::new(code::ACCESS_REJECT, packet);
                    Some(sign(reject.eap_message(&result(4))))
                }
            }
            (other, _) => panic!("{other:?}"),
        }
    }
}

fn sign(response: &mut ResponseBuilder) -> Vec<u8> {
    response.sign_response(SECRET).unwrap()
}

pub(crate) fn nothing(_: &mut ResponseBuilder) {}

pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) pac_random: Script,
    pub(crate) nas_random: Script,
    pub(crate) pac: Pac,
    pub(crate) nas: Nas,
    pub(crate) aaa: Aaa,
    pub(crate) wire: VecDeque<Datagram>,
    /// Every datagram sent, and whether the wire took it.
    pub(crate) sent: Vec<(Datagram, bool)>,
    /// Every reason counted, in order.
    pub(crate) counts: Vec<&'static str>,
    /// Every outcome of the client.
    pub(crate) outcomes: Vec<AccessOutcome>,
    /// Which datagrams are lost, by their number from 0 on.
    pub(crate) loses: Box<dyn FnMut(usize) -> bool>,
}

pub(crate) fn pac_config() -> PacConfig {
    let user = Nai::new(USER).unwrap();
    PacConfig::new(paa_addr(), pac_addr(), user, Secret::new(PASSWORD))
}

pub(crate) fn nas_config() -> NasConfig {
    let radius = ClientConfig {
        local: radius_addr(),
        servers: vec![aaa_addr()],
        secret: Secret::new(SECRET),
        nas_ip: Some(Ipv4Addr::new(192, 0, 2, 10)),
        nas_ipv6: None,
        nas_identifier: Some("nas1.access.example".to_owned()),
        vendor_id: VENDOR,
        client_role: dsb::client_role::NAS,
        strict: false,
    };
    NasConfig::new(paa_addr(), radius)
}

impl World {
    pub(crate) fn new() -> World {
        World::with(pac_config(), nas_config())
    }

    pub(crate) fn with(pac: PacConfig, nas: NasConfig) -> World {
        World {
            now: Time::from_unix_micros(1_000_000_000_000_000),
            pac_random: Script::seeded(1),
            nas_random: Script::seeded(2),
            pac: Pac::new(pac),
            nas: Nas::new(nas),
            aaa: Aaa {
                mood: Mood::Well,
                accept: nothing,
                requests: Vec::new(),
                answers: BTreeMap::new(),
            },
            wire: VecDeque::new(),
            sent: Vec::new(),
            counts: Vec::new(),
            outcomes: Vec::new(),
            loses: Box::new(|_| false),
        }
    }

    /// A client that has been let in, and nothing on the wire.
    pub(crate) fn granted() -> World {
        let mut world = World::new();
        world.start();
        world.settle();
        assert_eq!(world.phases(), (Phase::Access, Some(Phase::Access)));
        world.outcomes.clear();
        world.counts.clear();
        world.sent.clear();
        world
    }

    pub(crate) fn carry_out(&mut self, effects: Effects) {
        for effect in effects {
            match effect {
                Effect::Datagram(datagram) => {
                    let lost = (self.loses)(self.sent.len());
                    self.sent.push((datagram.clone(), !lost));
                    if !lost {
                        self.wire.push_back(datagram);
                    }
                }
                Effect::Count(reason) => self.counts.push(reason.name()),
                other => panic!("{other:?}"),
            }
        }
        self.outcomes.extend(self.pac.take_outcome());
    }

    pub(crate) fn start(&mut self) {
        let effects = self.pac.start(self.now, &mut self.pac_random);
        self.carry_out(effects);
    }

    /// Has the client do something.
    pub(crate) fn tell_pac(&mut self, act: fn(&mut Pac, Time, &mut dyn Random) -> Effects) {
        let effects = act(&mut self.pac, self.now, &mut self.pac_random);
        self.carry_out(effects);
    }

    /// Has the NAS do something about its only session.
    pub(crate) fn tell_nas(&mut self, act: fn(&mut Nas, Time, &mut dyn Random, u32) -> Effects) {
        let session_id = self.session_id();
        let effects = act(&mut self.nas, self.now, &mut self.nas_random, session_id);
        self.carry_out(effects);
    }

    pub(crate) fn hand_pac(&mut self, datagram: &Datagram) {
        let effects = self.pac.handle(self.now, &mut self.pac_random, datagram);
        self.carry_out(effects);
    }

    pub(crate) fn hand_nas(&mut self, datagram: &Datagram) {
        let input = Input::Datagram(datagram);
        let effects = self.nas.handle(self.now, &mut self.nas_random, input);
        self.carry_out(effects);
    }

    /// Hands a datagram to whom it is for.
    pub(crate) fn deliver(&mut self, datagram: &Datagram) {
        if datagram.destination == aaa_addr() {
            if let Some(payload) = self.aaa.answer(&datagram.payload) {
                self.wire.push_back(Datagram {
                    source: datagram.destination,
                    destination: datagram.source,
                    payload,
                    ..*datagram
                });
            }
        } else if datagram.destination == paa_addr() || datagram.destination == radius_addr() {
            self.hand_nas(datagram);
        } else {
            self.hand_pac(datagram);
        }
    }

    /// Delivers the first datagram on the wire.
    pub(crate) fn step(&mut self) -> bool {
        let Some(datagram) = self.wire.pop_front() else { return false };
        self.deliver(&datagram);
        true
    }

    /// Delivers until the wire is empty.
    pub(crate) fn settle(&mut self) {
        for _ in 0..1000 {
            if !self.step() {
                return;
            }
        }
        panic!("the wire does not become empty");
    }

    /// Delivers `count` datagrams.
    pub(crate) fn steps(&mut self, count: usize) {
        for _ in 0..count {
            assert!(self.step(), "nothing on the wire");
        }
    }

    pub(crate) fn next_timeout(&self) -> Option<Time> {
        [self.pac.poll_timeout(), self.nas.poll_timeout()].into_iter().flatten().min()
    }

    /// Lets time pass to `until`, with everything due on the way.
    pub(crate) fn pass_to(&mut self, until: Time) {
        self.settle();
        while let Some(due) = self.next_timeout().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            if self.pac.poll_timeout().is_some_and(|due| due <= self.now) {
                let effects = self.pac.timeout(self.now, &mut self.pac_random);
                self.carry_out(effects);
            }
            if self.nas.poll_timeout().is_some_and(|due| due <= self.now) {
                let effects = self.nas.handle(self.now, &mut self.nas_random, Input::Timeout);
                self.carry_out(effects);
            }
            self.settle();
        }
        self.now = until;
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.pass_to(self.now + Duration::from_secs(seconds));
    }

    /// Where the session is, for the client and for the NAS.
    pub(crate) fn phases(&self) -> (Phase, Option<Phase>) {
        (self.pac.phase(), self.nas.sessions().next().map(|session| session.phase))
    }

    pub(crate) fn session_id(&self) -> u32 {
        self.nas.sessions().next().unwrap().session_id
    }

    pub(crate) fn admitted(&self) -> usize {
        self.nas.admitted().count()
    }

    /// How often a reason has been counted.
    pub(crate) fn counted(&self, reason: &str) -> usize {
        self.counts.iter().filter(|counted| **counted == reason).count()
    }

    /// Every PANA message sent, in short.
    pub(crate) fn pana(&self) -> Vec<String> {
        let ours = |datagram: &&(Datagram, bool)| {
            datagram.0.destination != aaa_addr() && datagram.0.source != aaa_addr()
        };
        self.sent.iter().filter(ours).map(|(datagram, _)| short(datagram)).collect()
    }

    /// The number of the client's last request; 0 before it has sent one.
    pub(crate) fn last_numbers_of_pac(&self) -> u32 {
        let requests = self.sent.iter().rev().filter(|(d, _)| d.destination == paa_addr());
        let mut requests = requests.filter_map(|(d, _)| Message::decode(&d.payload).ok());
        let last = requests.find(|m| m.flags().contains(Flags::REQUEST));
        last.map_or(0, |message| message.sequence())
    }

    /// The octets of the last PANA message sent to the client.
    pub(crate) fn last_to_pac(&self) -> Datagram {
        let to_pac = |datagram: &&(Datagram, bool)| datagram.0.source == paa_addr();
        self.sent.iter().rev().find(to_pac).unwrap().0.clone()
    }

    /// The octets of the last PANA message sent to the NAS.
    pub(crate) fn last_to_nas(&self) -> Datagram {
        let to_nas = |datagram: &&(Datagram, bool)| datagram.0.destination == paa_addr();
        self.sent.iter().rev().find(to_nas).unwrap().0.clone()
    }
}

/// A message in short: type and flags, and which AVPs.
pub(crate) fn short(datagram: &Datagram) -> String {
    let message = Message::decode(&datagram.payload).unwrap();
    let kind = match message.kind() {
        Some(Kind::Pci) => "PCI",
        Some(Kind::Par) => "PAR",
        Some(Kind::Pan) => "PAN",
        Some(Kind::Ptr) => "PTR",
        Some(Kind::Pta) => "PTA",
        Some(Kind::Pnr) => "PNR",
        Some(Kind::Pna) => "PNA",
        Some(Kind::Pry) => "PRY",
        None => "?",
    };
    let flags: String = pana::flag::TABLE
        .iter()
        .filter(|(bit, _)| *bit != pana::flag::REQUEST && message.flags().contains(Flags(*bit)))
        .map(|(_, name)| *name)
        .collect();
    let avps: String = message
        .avps()
        .map(|unit| match unit.value {
            Avp::Nonce(_) => " nonce".to_owned(),
            Avp::EapPayload(eap) => format!(" eap{}", eap[0]),
            Avp::ResultCode(code) => format!(" result{code}"),
            Avp::SessionLifetime(seconds) => format!(" lifetime{seconds}"),
            Avp::TerminationCause(cause) => format!(" cause{cause}"),
            Avp::Vendor(avp) => format!(" v{}", avp.code),
            other => format!(" avp{}", other.kind()),
        })
        .collect();
    format!("{kind}{}{flags}{avps}", if flags.is_empty() { "" } else { "." })
}

/// A datagram from the PAA to the client.
pub(crate) fn from_paa(message: &MessageBuilder) -> Datagram {
    datagram(paa_addr(), pac_addr(), message.encode().unwrap())
}

/// A datagram from the client to the PAA.
pub(crate) fn from_pac(message: &MessageBuilder) -> Datagram {
    datagram(pac_addr(), paa_addr(), message.encode().unwrap())
}

pub(crate) fn datagram(source: SocketAddr, destination: SocketAddr, payload: Vec<u8>) -> Datagram {
    Datagram { source, destination, ttl: 64, neighbour: None, payload }
}
