//! A mobile node on a bench: access network, agent, FHA and home agent answer as a test says.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;
use std::collections::BTreeSet;

pub(crate) use super::seen::{Seen, Update};
use crate::support::{Octets, back, v6};
use dsboot_codec::dsb::{Fqdn, Parameter, Prefixed};
use dsboot_codec::eap::{self, Body, Md5Challenge, Message as Eap, Packet as EapPacket, md5_value};
use dsboot_codec::ip;
use dsboot_codec::ip::tunnel::{ipv4_in_ipv4, ipv6_in_ipv4};
use dsboot_codec::ip::v4;
use dsboot_codec::mip4::discovery::{AdvertisementBuilder, AdvertisementFlags, Router};
use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Builder, Code, Extension, Identification, Message, MnHaKeyReply,
    ReplyHeader, Request, SecurityContext, TunnelData, UdpTunnelReply,
};
use dsboot_codec::mip6::{
    self, BindingAcknowledgement, Lifetime, MobilityOption, Route, Sequence, Timestamp,
};
use dsboot_codec::pana::{Avp, Flags, Kind, Message as Pana, MessageBuilder};
use dsboot_roles::mn::{AgentPolicy, Attachment, Mn, MnConfig, TunnelForm};
use dsboot_roles::{
    AddressChange, Datagram, Effect, Effects, Input, LinkAddr, Machine, Nai, Packet, Random,
    Secret, Time, keys,
};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::{
    ALL_SYSTEMS, PORT, algorithm, code, replay_method, udp_tunnel_reply,
};
use dsboot_spec::registry::{mip4::advertisement_flag, pana};

pub(crate) const FHA: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
pub(crate) const FHA2: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);
pub(crate) const PROVISIONAL: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 200);
pub(crate) const CARE_OF: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 77);
pub(crate) const CARE_OF2: Ipv4Addr = Ipv4Addr::new(198, 51, 101, 77);
pub(crate) const AGENT: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
/// The care-of address that the agent offers is not the address that it speaks from.
pub(crate) const AGENT_CARE_OF: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 2);
pub(crate) const AGENT_LINK: LinkAddr = LinkAddr([2, 0, 0, 0, 0, 1]);
pub(crate) const PAA: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 3);
pub(crate) const PAC_PORT: u16 = 40716;
pub(crate) const THOAV4: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);
pub(crate) const MN_AAA_KEY: &[u8] = b"AAA-shared-key-0";
pub(crate) const PASSWORD: &[u8] = b"access-password";
pub(crate) const NONCE: [u8; 16] = *b"nonce-of-16-octe";
pub(crate) const FHA_SPI: u32 = 0x2001;
pub(crate) const MN1: &[u8] = b"mn1@home.example";
const MD5_CHALLENGE: [u8; 16] = [7; 16];
const SESSION: u32 = 0x5e55;

pub(crate) fn home_address() -> Ipv6Addr {
    v6("2001:db8:1::100")
}

pub(crate) fn home_agent() -> Ipv6Addr {
    v6("2001:db8:1::1")
}

pub(crate) fn care_of_v6() -> Ipv6Addr {
    v6("2001:db8:f::77")
}

pub(crate) fn nai() -> Nai {
    Nai::new(MN1).unwrap()
}

/// The access network: what it says in step 3.
#[derive(Clone, Debug)]
pub(crate) struct Paa {
    pub(crate) fha: Option<Ipv4Addr>,
    pub(crate) fqdn: Option<&'static str>,
    pub(crate) care_of: Option<Ipv4Addr>,
    pub(crate) result: u32,
    pub(crate) is_silent: bool,
    /// Whether the access password has been proved.
    pub(crate) is_proved: bool,
    pub(crate) terminated: bool,
    sequence: u32,
}

impl Default for Paa {
    fn default() -> Paa {
        Paa {
            fha: Some(FHA),
            fqdn: None,
            care_of: Some(CARE_OF),
            result: pana::result::SUCCESS,
            is_silent: false,
            is_proved: false,
            terminated: false,
            sequence: 100,
        }
    }
}

impl Paa {
    fn request(&mut self, flags: Flags, fill: impl FnOnce(&mut MessageBuilder)) -> Vec<u8> {
        self.sequence += 1;
        let mut builder = MessageBuilder::new(Kind::Par, flags, SESSION, self.sequence);
        fill(&mut builder);
        builder.encode().unwrap()
    }

    fn answer(&mut self, received: &Datagram) -> Option<Datagram> {
        let message = Pana::decode(&received.payload).unwrap();
        let eap = message.eap_payload().once();
        let payload = match message.kind().unwrap() {
            _ if self.is_silent => return None,
            Kind::Pci => self.request(Flags::START, |_| {}),
            Kind::Pan if message.flags().contains(Flags::START) => {
                let value = Md5Challenge { value: &MD5_CHALLENGE, name: b"" };
                let body = Body::Request(Eap::Md5Challenge(value));
                let challenge = eap::encode(9, &body).unwrap();
                self.request(Flags::NONE, |request| {
                    request.avp(&Avp::Nonce(&[1; 16])).avp(&Avp::EapPayload(&challenge));
                })
            }
            Kind::Pan if eap.is_some() => {
                let response = EapPacket::decode(eap.unwrap()).unwrap();
                let Body::Response(Eap::Md5Challenge(proof)) = response.body().unwrap() else {
                    panic!("no MD5 response");
                };
                self.is_proved = proof.value == md5_value(9, PASSWORD, &MD5_CHALLENGE);
                self.last()
            }
            Kind::Pnr => MessageBuilder::answering(&message).encode().unwrap(),
            Kind::Ptr => {
                self.terminated = true;
                MessageBuilder::answering(&message).encode().unwrap()
            }
            _ => return None,
        };
        Some(Datagram {
            source: received.destination,
            destination: received.source,
            payload,
            ..*received
        })
    }

    fn last(&mut self) -> Vec<u8> {
        let granted = self.result == pana::result::SUCCESS;
        let Paa { fha, fqdn, care_of, result, .. } = *self;
        let moved = if care_of.is_some() { Flags::IP_RECONFIGURATION } else { Flags::NONE };
        let flags = if granted { Flags::COMPLETE | moved } else { Flags::COMPLETE };
        self.request(flags, |request| {
            request.avp(&Avp::ResultCode(result));
            request.avp(&Avp::EapPayload(if granted { &[3, 9, 0, 4] } else { &[4, 9, 0, 4] }));
            if !granted {
                return;
            }
            request.avp(&Avp::SessionLifetime(1_000_000));
            let vendor = DEFAULT_VENDOR_ID;
            if let Some(fha) = fha {
                request.parameter(vendor, &Parameter::FhaAddress(fha));
            }
            if let Some(fqdn) = fqdn {
                request.parameter(vendor, &Parameter::FhaFqdn(Fqdn::new(fqdn).unwrap()));
            }
            if let Some(care_of) = care_of {
                let prefixed = Prefixed::<Ipv4Addr>::new(care_of, 24).unwrap();
                request.parameter(vendor, &Parameter::ColocatedAddress(prefixed));
            }
        })
    }
}

/// What a registration reply says; tests change what they are about.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) code: u8,
    pub(crate) lifetime: u16,
    pub(crate) thoav4: Ipv4Addr,
    /// Whether a key generation reply stands in it.
    pub(crate) key: bool,
    pub(crate) key_lifetime: u32,
    pub(crate) replay: u16,
    pub(crate) nonce: [u8; 16],
    pub(crate) home_agent: Option<Ipv6Addr>,
    pub(crate) care_of: Option<Ipv6Addr>,
    /// Whether addresses stand in it at all.
    pub(crate) parameters: bool,
    pub(crate) mirror: Option<Ipv4Addr>,
    pub(crate) udp: Option<u16>,
    /// Whether the addresses stand after the authenticator instead of before it.
    pub(crate) after: bool,
    /// How often the authenticator stands in it.
    pub(crate) proofs: usize,
    /// Made with this key instead of the right one.
    pub(crate) signed_with: Option<&'static [u8]>,
    pub(crate) challenge: Option<&'static [u8]>,
    /// Seconds by which the FHA's clock is ahead, told in the high half.
    pub(crate) clock: i32,
    /// Added to the low half of the Identification.
    pub(crate) skewed: u32,
}

impl Default for Answer {
    fn default() -> Answer {
        Answer {
            code: code::ACCEPTED,
            lifetime: 1800,
            thoav4: THOAV4,
            key: true,
            key_lifetime: 7200,
            replay: replay_method::TIMESTAMPS,
            nonce: NONCE,
            home_agent: Some(home_agent()),
            care_of: Some(care_of_v6()),
            parameters: true,
            mirror: None,
            udp: None,
            after: false,
            proofs: 1,
            signed_with: None,
            challenge: None,
            clock: 0,
            skewed: 0,
        }
    }
}

impl Answer {
    /// To a later request.
    pub(crate) fn again() -> Answer {
        Answer { key: false, parameters: false, ..Answer::default() }
    }

    pub(crate) fn refusing(code: u8) -> Answer {
        Answer { code, lifetime: 0, parameters: false, ..Answer::default() }
    }
}

/// What an acknowledgement says.
#[derive(Clone, Debug)]
pub(crate) struct Ack {
    pub(crate) status: u8,
    pub(crate) sequence: Option<u16>,
    pub(crate) lifetime: Option<u64>,
    pub(crate) message_id: Option<u64>,
    pub(crate) key_of: Option<u64>,
    pub(crate) spi: u32,
}

impl Default for Ack {
    fn default() -> Ack {
        Ack {
            status: 0,
            sequence: None,
            lifetime: None,
            message_id: None,
            key_of: None,
            spi: 0x400,
        }
    }
}

pub(crate) struct Bench {
    pub(crate) mn: Mn,
    pub(crate) now: Time,
    pub(crate) random: Octets,
    pub(crate) paa: Paa,
    pub(crate) addresses: BTreeSet<IpAddr>,
    /// The SPI of the association that the FHA has.
    pub(crate) mn_spi: u32,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        Bench::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut MnConfig)) -> Bench {
        let (password, key) = (Secret::new(PASSWORD), Secret::new(MN_AAA_KEY));
        let mut config = MnConfig::new(nai(), password, key, LinkAddr([2, 0, 0, 0, 0, 9]));
        change(&mut config);
        Bench {
            mn: Mn::new(config),
            now: Time::from_unix_micros(1_700_000_000_000_000),
            random: Octets::default(),
            paa: Paa::default(),
            addresses: BTreeSet::new(),
            mn_spi: 0,
        }
    }

    /// Co-located, registered and bound.
    pub(crate) fn bound() -> Bench {
        Bench::bound_with(|_| {})
    }

    pub(crate) fn bound_with(change: impl FnOnce(&mut MnConfig)) -> Bench {
        let mut bench = Bench::with(change);
        let seen = bench.attach(AgentPolicy::None);
        let udp = (bench.mn.config().tunnel == TunnelForm::Udp).then_some(110);
        let seen = bench.reply(&seen.request(), &Answer { udp, ..Answer::default() });
        bench.acknowledge(&seen, &Ack::default());
        assert!(bench.mn.binding().bound().is_some());
        bench
    }

    pub(crate) fn attach(&mut self, agents: AgentPolicy) -> Seen {
        self.attach_from(PROVISIONAL, agents)
    }

    pub(crate) fn attach_from(&mut self, provisional: Ipv4Addr, agents: AgentPolicy) -> Seen {
        let paa = SocketAddr::from((PAA, pana::PORT));
        let attachment = Attachment { provisional, pana_port: PAC_PORT, paa, agents };
        self.act(|mn, now, random| mn.attach(now, random, attachment))
    }

    pub(crate) fn act(
        &mut self,
        act: impl FnOnce(&mut Mn, Time, &mut dyn Random) -> Effects,
    ) -> Seen {
        let effects = act(&mut self.mn, self.now, &mut self.random);
        self.carry_out(effects)
    }

    /// Does what the mobile node wants, lets the PAA answer, and returns all that was wanted.
    fn carry_out(&mut self, effects: Effects) -> Seen {
        let mut all = Vec::new();
        let mut next: Vec<Effect> = effects.into_iter().collect();
        while !next.is_empty() {
            let mut answers = Vec::new();
            for effect in &next {
                match effect {
                    Effect::Address(AddressChange::Add(address)) => {
                        assert!(self.addresses.insert(*address), "owned already: {address}");
                    }
                    Effect::Address(AddressChange::Remove(address)) => {
                        assert!(self.addresses.remove(address), "not owned: {address}");
                    }
                    Effect::Datagram(datagram) => {
                        self.check_source(datagram.source.ip());
                        if datagram.destination.ip() == PAA {
                            answers.extend(self.paa.answer(datagram));
                        }
                    }
                    Effect::Packet(packet) if packet.octets[0] >> 4 == 6 => {
                        let header = ip::v6::Packet::decode(&packet.octets).unwrap();
                        self.check_source(header.source.into());
                    }
                    Effect::Packet(packet) => {
                        let header = v4::Packet::decode(&packet.octets).unwrap();
                        self.check_source(header.source.into());
                    }
                    _ => {}
                }
            }
            all.append(&mut next);
            for answer in answers {
                let input = Input::Datagram(&answer);
                next.extend(self.mn.handle(self.now, &mut self.random, input));
            }
        }
        Seen(all)
    }

    /// Nothing leaves from an address that is not the mobile node's.
    fn check_source(&self, source: IpAddr) {
        assert!(source.is_unspecified() || self.addresses.contains(&source), "not owned: {source}");
    }

    pub(crate) fn receive(&mut self, datagram: &Datagram) -> Seen {
        let input = Input::Datagram(datagram);
        let effects = self.mn.handle(self.now, &mut self.random, input);
        self.carry_out(effects)
    }

    pub(crate) fn hear(&mut self, neighbour: LinkAddr, octets: Vec<u8>) -> Seen {
        let packet = Packet { neighbour: Some(neighbour), octets };
        let effects = self.mn.handle(self.now, &mut self.random, Input::Packet(&packet));
        self.carry_out(effects)
    }

    /// An IPv6 packet of the home link.
    pub(crate) fn hear_at_home(&mut self, octets: Vec<u8>) -> Seen {
        let packet = Packet { neighbour: None, octets };
        let effects = self.mn.handle(self.now, &mut self.random, Input::Packet(&packet));
        self.carry_out(effects)
    }

    /// Lets time pass, with everything due on the way.
    pub(crate) fn pass(&mut self, seconds: u64) -> Seen {
        let until = self.now + Duration::from_secs(seconds);
        let mut all = Vec::new();
        for _ in 0..10_000 {
            let Some(due) = self.mn.poll_timeout().filter(|due| *due <= until) else {
                self.now = until;
                return Seen(all);
            };
            self.now = self.now.max(due);
            let effects = self.mn.handle(self.now, &mut self.random, Input::Timeout);
            all.extend(self.carry_out(effects).0);
        }
        panic!("no end of timeouts");
    }

    /// An agent's advertisement.
    pub(crate) fn advertise(&mut self, flags: u16, challenge: &[u8]) -> Seen {
        self.hear(AGENT_LINK, advertisement(AGENT_CARE_OF, flags, 1800, challenge))
    }

    /// The datagram of a reply to a request.
    pub(crate) fn answer(&mut self, asked: &Datagram, answer: &Answer) -> Datagram {
        let request = request(asked);
        let key = keys::mn_fha_key(&Secret::new(MN_AAA_KEY), &answer.nonce, &nai());
        let spi = request.extensions.mn_ha_key_request().once().filter(|_| answer.key);
        self.mn_spi = spi.unwrap_or(self.mn_spi.max(FHA_SPI));
        let asked_id = request.header.identification;
        let high = match answer.code {
            code::IDENTIFICATION_MISMATCH => {
                self.now.ntp_seconds().wrapping_add_signed(answer.clock)
            }
            _ => asked_id.high(),
        };
        let header = ReplyHeader {
            code: Code(answer.code),
            lifetime: answer.lifetime,
            home_address: answer.thoav4,
            home_agent: request.header.home_agent,
            identification: Identification::new(high, asked_id.low().wrapping_add(answer.skewed)),
        };
        let prefixed = |address| Prefixed::<Ipv6Addr>::new(address, 64).unwrap();
        let addresses = [
            Some(Parameter::Ipv6Hoa(prefixed(home_address()))),
            answer.home_agent.map(Parameter::HomeAgent),
            answer.care_of.map(|address| Parameter::Ipv6Coa(prefixed(address))),
        ];
        let addresses = addresses.into_iter().flatten().filter(|_| answer.parameters);
        let with_addresses = |builder: Builder| {
            addresses.clone().fold(builder, |b, p| b.parameter(DEFAULT_VENDOR_ID, &p))
        };
        let mut builder = Builder::reply(&header).extension(Extension::Nai(MN1));
        if answer.key {
            builder = builder.extension(Extension::MnHaKeyReply(MnHaKeyReply {
                lifetime: answer.key_lifetime,
                aaa_spi: 0x100,
                ha_spi: FHA_SPI,
                algorithm: algorithm::HMAC_MD5,
                replay_method: answer.replay,
                nonce: &answer.nonce,
            }));
        }
        if !answer.after {
            builder = with_addresses(builder);
        }
        if let Some(mirror) = answer.mirror {
            builder = builder.parameter(DEFAULT_VENDOR_ID, &Parameter::Thoav4(mirror));
        }
        if let Some(keepalive) = answer.udp {
            let reply = UdpTunnelReply::new(udp_tunnel_reply::ACCEPTED, true, keepalive);
            builder = builder.extension(Extension::UdpTunnelReply(reply));
        }
        let key = answer.signed_with.unwrap_or(key.octets());
        let context = SecurityContext { spi: self.mn_spi, algorithm: Algorithm::HmacMd5, key };
        for _ in 0..answer.proofs {
            builder = builder.authenticate(AuthenticationKind::MobileHome, &context);
        }
        if answer.after {
            builder = with_addresses(builder);
        }
        builder = builder.extensions(answer.challenge.map(Extension::Challenge));
        back(asked, builder.finish().unwrap())
    }

    pub(crate) fn reply(&mut self, asked: &Datagram, answer: &Answer) -> Seen {
        let datagram = self.answer(asked, answer);
        self.receive(&datagram)
    }

    /// A denial of the agent's own.
    pub(crate) fn deny(
        &mut self,
        asked: &Datagram,
        code: u8,
        lifetime: u16,
        challenge: Option<&[u8]>,
    ) -> Seen {
        let request = request(asked);
        let header = ReplyHeader {
            code: Code(code),
            lifetime,
            home_address: request.header.home_address,
            home_agent: request.header.home_agent,
            identification: request.header.identification,
        };
        let builder = Builder::reply(&header).extensions(challenge.map(Extension::Challenge));
        self.receive(&back(asked, builder.finish().unwrap()))
    }

    /// The home agent's answer to the one update of `seen`.
    pub(crate) fn acknowledge(&mut self, seen: &Seen, ack: &Ack) -> Seen {
        let packet = self.ack(&seen.update(), ack);
        self.deliver(&packet)
    }

    pub(crate) fn ack(&self, update: &Update, ack: &Ack) -> Vec<u8> {
        let lifetime = ack.lifetime.unwrap_or(update.lifetime.seconds().into());
        let answer = BindingAcknowledgement::new(
            ack.status,
            Sequence(ack.sequence.unwrap_or(update.sequence.0)),
            Lifetime::from_seconds(lifetime),
        );
        let key_of = ack.key_of.unwrap_or(update.message_id.0);
        let key = keys::mn_ha_key(&Secret::new(MN_AAA_KEY), key_of, &nai());
        let message_id = Timestamp(ack.message_id.unwrap_or(update.message_id.0));
        mip6::Builder::new(answer)
            .option(&MobilityOption::MessageId(message_id))
            .sign_mn_ha(ack.spi, key.octets())
            .packet(&Route::to_mobile_node(home_agent(), update.addresses))
            .unwrap()
    }

    /// An IPv6 packet for the mobile node, as it comes out of the FHA.
    pub(crate) fn deliver(&mut self, packet: &[u8]) -> Seen {
        let held = self.mn.held().unwrap().clone();
        let inner = ipv6_in_ipv4::wrap(held.fha, held.thoav4, 64, packet).unwrap();
        self.deliver_inner(&inner)
    }

    /// An IPv4 packet of the FHA's tunnel.
    pub(crate) fn deliver_inner(&mut self, inner: &[u8]) -> Seen {
        let held = self.mn.held().unwrap().clone();
        if !held.colocated {
            return self.hear(AGENT_LINK, inner.to_vec());
        }
        if held.udp_keepalive.is_some() {
            let payload = TunnelData::new(protocol::IPV4, inner).encode();
            return self.receive(&tunnel_datagram(held.fha, held.care_of_address, payload));
        }
        let octets = ipv4_in_ipv4::wrap_own(held.fha, held.care_of_address, 64, inner).unwrap();
        let packet = Packet { neighbour: None, octets };
        let effects = self.mn.handle(self.now, &mut self.random, Input::Packet(&packet));
        self.carry_out(effects)
    }
}

pub(crate) fn request(datagram: &Datagram) -> Request<'_> {
    match Message::decode(&datagram.payload).unwrap() {
        Message::Request(request) => request,
        other => panic!("no request: {other:?}"),
    }
}

pub(crate) fn advertisement(
    care_of: Ipv4Addr,
    flags: u16,
    lifetime: u16,
    challenge: &[u8],
) -> Vec<u8> {
    let router = Router { address: AGENT, preference: 0 };
    let flags = AdvertisementFlags(advertisement_flag::FOREIGN_AGENT | flags);
    let icmp = AdvertisementBuilder::new(0, lifetime, &[router])
        .mobility_agent(0, 600, flags, &[care_of])
        .challenge(challenge)
        .finish()
        .unwrap();
    from_agent(&icmp, 1)
}

/// An ICMP packet of the agent to all on the link.
pub(crate) fn from_agent(icmp: &[u8], ttl: u8) -> Vec<u8> {
    let packet = v4::Packet::new(AGENT, ALL_SYSTEMS, protocol::ICMP, icmp);
    v4::Packet { ttl, ..packet }.encode().unwrap()
}

pub(crate) fn tunnel_datagram(source: Ipv4Addr, to: Ipv4Addr, payload: Vec<u8>) -> Datagram {
    Datagram {
        source: (source, PORT).into(),
        destination: (to, PORT).into(),
        ttl: 64,
        neighbour: None,
        payload,
    }
}
