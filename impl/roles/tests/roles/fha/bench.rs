//! An FHA on a bench: requests of a mobile node made by hand, and an AAAH that answers as told.

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;

use crate::support::{Done, Octets, back, v6};
use dsboot_codec::dsb::{Parameter, Parameters, Prefixed};
use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Builder, Extension, Identification, Message, Reply,
    RequestFlags, RequestHeader, SecurityContext, UdpTunnelRequest,
};
use dsboot_codec::radius::{
    Attribute, Ipv6Prefix, Packet, ResponseBuilder, SubAttribute, VendorSpecific,
};
use dsboot_roles::fha::{Fha, FhaConfig, ForeignAgent};
use dsboot_roles::radius::ClientConfig;
use dsboot_roles::{Datagram, Effect, Effects, Input, Machine, Nai, Secret, Time, keys};
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID, client_role, parameter};
use dsboot_spec::registry::mip4::{
    COLOCATED_CHALLENGE, PORT, algorithm, replay_method, request_flag,
};
use dsboot_spec::registry::radius::{PORT as RADIUS_PORT, attribute, code};

pub(crate) const FHA: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
pub(crate) const AAAH: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 200);
pub(crate) const CARE_OF: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 77);
pub(crate) const AGENT: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
pub(crate) const THOAV4: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);
pub(crate) const MN_AAA_KEY: &[u8] = b"AAA-shared-key-0";
pub(crate) const RADIUS_SECRET: &[u8] = b"radius-secret-16";
pub(crate) const MN_SPI: u32 = 0x1001;
pub(crate) const AGENT_SPI: u32 = 0x3001;
pub(crate) const AGENT_KEY: &[u8] = b"fa-fha-key-16-oc";
pub(crate) const NONCE: [u8; 16] = *b"nonce-of-16-octe";

pub(crate) fn home_address() -> Ipv6Addr {
    v6("2001:db8:1::100")
}

pub(crate) fn care_of_v6() -> Ipv6Addr {
    v6("2001:db8:f::77")
}

/// What an Accept says; tests change what they are about.
#[derive(Clone, Debug)]
pub(crate) struct Accept {
    pub(crate) thoav4: Option<Ipv4Addr>,
    pub(crate) care_of: Option<Ipv6Addr>,
    pub(crate) home_agent: Option<Ipv6Addr>,
    pub(crate) key: bool,
    pub(crate) nonce: bool,
    pub(crate) key_lifetime: u32,
    pub(crate) algorithm: u16,
    pub(crate) replay_method: u16,
    pub(crate) session: Option<u32>,
}

impl Default for Accept {
    fn default() -> Accept {
        Accept {
            thoav4: Some(THOAV4),
            care_of: Some(care_of_v6()),
            home_agent: Some(v6("2001:db8:1::1")),
            key: true,
            nonce: true,
            key_lifetime: 7200,
            algorithm: algorithm::HMAC_MD5,
            replay_method: replay_method::TIMESTAMPS,
            session: Some(3600),
        }
    }
}

/// What a request says; tests change what they are about.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) nai: &'static str,
    pub(crate) flags: u8,
    pub(crate) lifetime: u16,
    pub(crate) home_address: Ipv4Addr,
    pub(crate) home_agent: Ipv4Addr,
    pub(crate) care_of: Ipv4Addr,
    pub(crate) source: Ipv4Addr,
    pub(crate) key_request: bool,
    pub(crate) udp: Option<UdpTunnelRequest>,
    pub(crate) challenge: Option<Vec<u8>>,
    pub(crate) signed_by_agent: bool,
    /// Seconds by which the mobile node's clock is ahead.
    pub(crate) clock: i64,
}

impl Default for Ask {
    fn default() -> Ask {
        Ask {
            nai: "mn1@home.example",
            flags: request_flag::REVERSE_TUNNEL | request_flag::DECAPSULATION,
            lifetime: 1800,
            home_address: Ipv4Addr::UNSPECIFIED,
            home_agent: FHA,
            care_of: CARE_OF,
            source: CARE_OF,
            key_request: true,
            udp: None,
            challenge: None,
            signed_by_agent: false,
            clock: 0,
        }
    }
}

pub(crate) struct Bench {
    pub(crate) fha: Fha,
    pub(crate) now: Time,
    pub(crate) random: Octets,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        Bench::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut FhaConfig)) -> Bench {
        let radius = ClientConfig {
            local: (FHA, 1645).into(),
            servers: vec![(AAAH, RADIUS_PORT).into()],
            secret: Secret::new(RADIUS_SECRET),
            nas_ip: Some(FHA),
            nas_ipv6: None,
            nas_identifier: Some("fha1.asp.example".into()),
            vendor_id: DEFAULT_VENDOR_ID,
            client_role: client_role::FHA,
            strict: true,
        };
        let prefix = Ipv6Prefix::new(v6("2001:db8:f::"), 64).unwrap();
        let mut config = FhaConfig::new(FHA, v6("2001:db8:f::1"), prefix, radius);
        let agent = ForeignAgent { spi: AGENT_SPI, key: Secret::new(AGENT_KEY) };
        config.foreign_agents.insert(AGENT, agent);
        change(&mut config);
        Bench {
            fha: Fha::new(config),
            now: Time::from_unix_micros(1_700_000_000_000_000),
            random: Octets::default(),
        }
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    /// A first request, as it comes to the FHA.
    pub(crate) fn first(&self, ask: &Ask) -> Datagram {
        let challenge = ask.challenge.as_deref();
        let builder = Builder::request(&self.header(ask))
            .extension(Extension::Nai(ask.nai.as_bytes()))
            .extensions(ask.key_request.then_some(Extension::MnHaKeyRequest { mn_spi: MN_SPI }))
            .extensions(ask.udp.map(Extension::UdpTunnelRequest))
            .extensions(challenge.map(Extension::Challenge))
            .authenticate_chap(MN_AAA_KEY, challenge.unwrap_or(&COLOCATED_CHALLENGE));
        datagram(ask, builder)
    }

    /// A first request whose MN–AAA authenticator is made by HMAC under this SPI.
    pub(crate) fn first_by(&self, ask: &Ask, spi: u32) -> Datagram {
        let builder = Builder::request(&self.header(ask))
            .extension(Extension::Nai(ask.nai.as_bytes()))
            .extension(Extension::MnHaKeyRequest { mn_spi: MN_SPI })
            .authenticate(AuthenticationKind::MnAaa, &context(spi, MN_AAA_KEY));
        datagram(ask, builder)
    }

    /// A request under the association that the last accepting reply made.
    pub(crate) fn again(&self, ask: &Ask) -> Datagram {
        let binding = self.fha.bindings().get(&nai(ask.nai)).unwrap();
        let key = binding.association.key.clone();
        self.again_with(ask, binding.association.fha_spi, &key)
    }

    pub(crate) fn again_with(&self, ask: &Ask, spi: u32, key: &Secret) -> Datagram {
        let context = context(spi, key.octets());
        let builder = Builder::request(&self.header(ask))
            .extension(Extension::Nai(ask.nai.as_bytes()))
            .extensions(ask.udp.map(Extension::UdpTunnelRequest))
            .authenticate(AuthenticationKind::MobileHome, &context);
        datagram(ask, builder)
    }

    fn header(&self, ask: &Ask) -> RequestHeader {
        let clock = i32::try_from(ask.clock).unwrap();
        let high = self.now.ntp_seconds().wrapping_add_signed(clock);
        let low = u32::try_from(self.now.ntp() & u64::from(u32::MAX)).unwrap();
        RequestHeader {
            flags: RequestFlags(ask.flags),
            lifetime: ask.lifetime,
            home_address: ask.home_address,
            home_agent: ask.home_agent,
            care_of_address: ask.care_of,
            identification: Identification::new(high, low),
        }
    }

    pub(crate) fn receive(&mut self, datagram: &Datagram) -> Seen {
        Seen(self.fha.handle(self.now, &mut self.random, Input::Datagram(datagram)))
    }

    pub(crate) fn timeout(&mut self) -> Seen {
        Seen(self.fha.handle(self.now, &mut self.random, Input::Timeout))
    }

    /// The AAAH's Accept of a request of leg B.
    pub(crate) fn accept(&self, request: &Datagram, accept: &Accept) -> Datagram {
        let packet = Packet::decode(&request.payload).unwrap();
        let user = packet.user_name().once().unwrap();
        let mut builder = ResponseBuilder::new(code::ACCESS_ACCEPT, &packet);
        builder.attribute(&Attribute::UserName(user));
        if let Some(address) = accept.thoav4 {
            builder.attribute(&Attribute::FramedIpAddress(address));
        }
        if let Some(seconds) = accept.session {
            builder.attribute(&Attribute::SessionTimeout(seconds));
        }
        let prefixed = |address| Prefixed::<Ipv6Addr>::new(address, 64).unwrap();
        let parameters = [
            Some(Parameter::Ipv6Hoa(prefixed(home_address()))),
            accept.home_agent.map(Parameter::HomeAgent),
            accept.care_of.map(|address| Parameter::Ipv6Coa(prefixed(address))),
        ];
        let vendor = DEFAULT_VENDOR_ID;
        for parameter in parameters.into_iter().flatten() {
            builder.sub_attribute(vendor, &parameter.into());
        }
        if accept.key {
            let user = Nai::new(user).unwrap();
            let key = keys::mn_fha_key(&Secret::new(MN_AAA_KEY), &NONCE, &user);
            builder.hidden_key(vendor, parameter::MN_FHA_KEY, key.octets(), 7, RADIUS_SECRET);
        }
        if accept.nonce {
            builder.sub_attribute(vendor, &SubAttribute::KeyGenNonce(&NONCE));
        }
        for unit in [
            SubAttribute::AaaSpi(0x100),
            SubAttribute::KeyLifetime(accept.key_lifetime),
            SubAttribute::Algorithm(accept.algorithm.into()),
            SubAttribute::ReplayMethod(accept.replay_method.into()),
        ] {
            builder.sub_attribute(vendor, &unit);
        }
        back(request, builder.sign_response(RADIUS_SECRET).unwrap())
    }

    /// The same as an operator's own server may say it: in the opposite order, every second attribute
    /// of ours beside one that is for somebody else, with what it says to others.
    pub(crate) fn accept_in_its_own_way(&self, request: &Datagram) -> Datagram {
        let (usual, asked) = (self.accept(request, &Accept::default()), &request.payload);
        let usual = Packet::decode(&usual.payload).unwrap();
        let mut builder =
            ResponseBuilder::new(code::ACCESS_ACCEPT, &Packet::decode(asked).unwrap());
        builder.attribute(&Attribute::Class(b"first class"));
        let others = VendorSpecific { vendor_id: 9, data: b"\x01\x06ab=c" };
        let attributes: Vec<_> = usual.attributes().collect();
        for (number, unit) in attributes.iter().rev().enumerate() {
            if unit.value.kind() == attribute::MESSAGE_AUTHENTICATOR {
                continue;
            }
            builder.attribute(&unit.value);
            if number % 2 == 0 {
                builder.attribute(&Attribute::VendorSpecific(others));
            }
        }
        builder.attribute(&Attribute::ReplyMessage(b"Hello, %u"));
        builder.attribute(&Attribute::State(b"of no use"));
        builder.attribute(&Attribute::IdleTimeout(60));
        builder.attribute(&Attribute::ServiceType(2));
        builder.attribute(&Attribute::FramedIpNetmask(Ipv4Addr::BROADCAST));
        builder.attribute(&Attribute::Class(b"second class"));
        back(request, builder.sign_response(RADIUS_SECRET).unwrap())
    }

    pub(crate) fn reject(&self, request: &Datagram) -> Datagram {
        let packet = Packet::decode(&request.payload).unwrap();
        let builder = ResponseBuilder::new(code::ACCESS_REJECT, &packet);
        back(request, builder.sign_response(RADIUS_SECRET).unwrap())
    }

    /// A whole first registration, with what the FHA answered.
    pub(crate) fn register(&mut self, ask: &Ask, accept: &Accept) -> Seen {
        let asked = self.receive(&self.first(ask));
        let answer = self.accept(&asked.radius(), accept);
        self.receive(&answer)
    }
}

/// What the FHA did.
#[derive(Debug)]
pub(crate) struct Seen(pub(crate) Effects);

impl Done for Seen {
    fn effects(&self) -> core::slice::Iter<'_, Effect> {
        self.0.iter()
    }
}

impl Seen {
    /// The one request to the AAAH.
    pub(crate) fn radius(&self) -> Datagram {
        let all = self.datagrams();
        assert_eq!(all.len(), 1, "{self:?}");
        assert_eq!(all[0].destination.port(), RADIUS_PORT);
        all[0].clone()
    }

    /// The one registration reply.
    pub(crate) fn reply(&self) -> Datagram {
        let all = self.datagrams();
        assert_eq!(all.len(), 1, "{self:?}");
        assert_eq!(all[0].source, SocketAddr::from((FHA, PORT)));
        all[0].clone()
    }

    /// The code of the one registration reply.
    pub(crate) fn code(&self) -> u8 {
        decode(&self.reply()).header.code.0
    }
}

pub(crate) fn nai(text: &str) -> Nai {
    Nai::new(text.as_bytes()).unwrap()
}

pub(crate) fn context(spi: u32, key: &[u8]) -> SecurityContext<'_> {
    SecurityContext { spi, algorithm: Algorithm::HmacMd5, key }
}

/// The key that MN and FHA share after the registration of `nai`.
pub(crate) fn mn_fha_key(nai: &str) -> Secret {
    keys::mn_fha_key(&Secret::new(MN_AAA_KEY), &NONCE, &self::nai(nai))
}

pub(crate) fn decode(datagram: &Datagram) -> Reply<'_> {
    match Message::decode(&datagram.payload).unwrap() {
        Message::Reply(reply) => reply,
        other => panic!("no reply: {other:?}"),
    }
}

/// What a reply tells before its authenticator.
pub(crate) fn told<'a>(reply: &Reply<'a>) -> Parameters<'a> {
    let proof = reply.extensions.authenticator(AuthenticationKind::MobileHome).once().unwrap();
    reply.extensions.before(&proof).bootstrap(DEFAULT_VENDOR_ID)
}

/// Whether a reply is proved by the key of `nai` under the SPI that the mobile node chose.
pub(crate) fn is_proved(datagram: &Datagram, nai: &str) -> bool {
    let key = mn_fha_key(nai);
    let reply = decode(datagram);
    let proof = reply.extensions.authenticator(AuthenticationKind::MobileHome).once();
    proof.is_some_and(|proof| proof.verify(&context(MN_SPI, key.octets())))
}

fn datagram(ask: &Ask, builder: Builder) -> Datagram {
    let builder = if ask.signed_by_agent {
        builder.authenticate(AuthenticationKind::ForeignHome, &context(AGENT_SPI, AGENT_KEY))
    } else {
        builder
    };
    Datagram {
        source: (ask.source, PORT).into(),
        destination: (FHA, PORT).into(),
        ttl: 255,
        neighbour: None,
        payload: builder.finish().unwrap(),
    }
}
