//! A home agent on a bench: binding updates made by hand, and an AAAH that answers as told.

use core::net::{Ipv6Addr, SocketAddr};
use core::time::Duration;

use crate::support::{Done, Octets, back, v6};
use dsboot_codec::mip6::{
    Addresses, BindingAcknowledgement, BindingUpdate, Builder, Identifier, Lifetime, Message,
    MobilityOption, NonceIndices, Packet as Mobility, Route, Sequence, Timestamp, UpdateFlags,
};
use dsboot_codec::radius::{
    Attribute, Ipv6Prefix, Packet as Radius, ResponseBuilder, SubAttribute,
};
use dsboot_roles::ha::{Ha, HaConfig};
use dsboot_roles::radius::ClientConfig;
use dsboot_roles::{Datagram, Effect, Effects, Input, Machine, Packet, Secret, Time};
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID, client_role, parameter};
use dsboot_spec::registry::mip6::update_flag;
use dsboot_spec::registry::radius::{PORT as RADIUS_PORT, code};

pub(crate) const MN1: &str = "mn1@home.example";
pub(crate) const MN2: &str = "mn2@home.example";
pub(crate) const MN_AAA_KEY: &[u8] = b"AAA-shared-key-0";
pub(crate) const RADIUS_SECRET: &[u8] = b"radius-secret-16";
pub(crate) const KEY: &[u8] = b"MN-HA key of 16!";
pub(crate) const SPI: u32 = 0x5001;

pub(crate) fn ha() -> Ipv6Addr {
    v6("2001:db8:1::1")
}

pub(crate) fn home() -> Ipv6Addr {
    v6("2001:db8:1::100")
}

pub(crate) fn care_of() -> Ipv6Addr {
    v6("2001:db8:f::77")
}

/// What a binding update says; tests change what they are about.
#[derive(Clone, Debug)]
pub(crate) struct Update {
    pub(crate) nai: Option<&'static str>,
    pub(crate) home: Ipv6Addr,
    pub(crate) care_of: Ipv6Addr,
    /// Where it comes from, if that is not the care-of address.
    pub(crate) source: Option<Ipv6Addr>,
    pub(crate) sequence: u16,
    pub(crate) lifetime: u64,
    pub(crate) flags: u16,
    pub(crate) message_id: bool,
    pub(crate) nonces: bool,
    pub(crate) mn_aaa: bool,
    /// SPI and key of an MN–HA option.
    pub(crate) mn_ha: Option<(u32, &'static [u8])>,
    /// Seconds by which the mobile node's clock is ahead.
    pub(crate) clock: i64,
}

impl Default for Update {
    fn default() -> Update {
        Update {
            nai: Some(MN1),
            home: home(),
            care_of: care_of(),
            source: None,
            sequence: 1,
            lifetime: 1800,
            flags: update_flag::ACKNOWLEDGE | update_flag::HOME_REGISTRATION,
            message_id: true,
            nonces: false,
            mn_aaa: true,
            mn_ha: None,
            clock: 0,
        }
    }
}

/// What an Accept says; tests change what they are about.
#[derive(Clone, Debug)]
pub(crate) struct Accept {
    pub(crate) key: Option<&'static [u8]>,
    pub(crate) spi: Option<u32>,
    pub(crate) key_lifetime: Option<u32>,
    pub(crate) session: Option<u32>,
}

impl Default for Accept {
    fn default() -> Accept {
        Accept { key: Some(KEY), spi: Some(SPI), key_lifetime: Some(1700), session: Some(1700) }
    }
}

pub(crate) struct Bench {
    pub(crate) ha: Ha,
    pub(crate) now: Time,
    pub(crate) random: Octets,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        Bench::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut HaConfig)) -> Bench {
        let radius = ClientConfig {
            local: (ha(), 1645).into(),
            servers: vec![(v6("2001:db8:1::a"), RADIUS_PORT).into()],
            secret: Secret::new(RADIUS_SECRET),
            nas_ip: None,
            nas_ipv6: Some(ha()),
            nas_identifier: Some("ha1.home.example".into()),
            vendor_id: DEFAULT_VENDOR_ID,
            client_role: client_role::HA,
            strict: true,
        };
        let prefix = Ipv6Prefix::new(v6("2001:db8:1::"), 64).unwrap();
        let mut config = HaConfig::new(ha(), prefix, radius);
        change(&mut config);
        Bench {
            ha: Ha::new(config),
            now: Time::from_unix_micros(1_700_000_000_123_456),
            random: Octets::default(),
        }
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    /// The Mesg-ID that an update made now has.
    pub(crate) fn message_id(&self, update: &Update) -> Timestamp {
        let clock = update.clock.cast_unsigned() << 32;
        Timestamp(self.now.ntp().wrapping_add(clock))
    }

    pub(crate) fn octets(&self, update: &Update) -> Vec<u8> {
        let flags = UpdateFlags(update.flags);
        let lifetime = Lifetime::from_seconds(update.lifetime);
        let message = BindingUpdate::new(Sequence(update.sequence), flags, lifetime);
        let mut builder =
            Builder::new(message).option(&MobilityOption::AlternateCareOfAddress(update.care_of));
        if let Some(nai) = update.nai {
            let identifier = Identifier::nai(nai.as_bytes());
            builder = builder.option(&MobilityOption::MobileNodeIdentifier(identifier));
        }
        if update.nonces {
            let nonces = NonceIndices { home: 1, care_of: 2 };
            builder = builder.option(&MobilityOption::NonceIndices(nonces));
        }
        if update.message_id {
            builder = builder.option(&MobilityOption::MessageId(self.message_id(update)));
        }
        if let Some((spi, key)) = update.mn_ha {
            builder = builder.sign_mn_ha(spi, key);
        }
        if update.mn_aaa {
            builder = builder.sign_mn_aaa(MN_AAA_KEY);
        }
        let source = update.source.unwrap_or(update.care_of);
        let node = Addresses { home: update.home, care_of: source };
        builder.packet(&Route::from_mobile_node(node, ha())).unwrap()
    }

    pub(crate) fn packet(&mut self, octets: Vec<u8>) -> Seen {
        let packet = Packet { neighbour: None, octets };
        Seen(self.ha.handle(self.now, &mut self.random, Input::Packet(&packet)))
    }

    pub(crate) fn receive(&mut self, datagram: &Datagram) -> Seen {
        Seen(self.ha.handle(self.now, &mut self.random, Input::Datagram(datagram)))
    }

    pub(crate) fn timeout(&mut self) -> Seen {
        Seen(self.ha.handle(self.now, &mut self.random, Input::Timeout))
    }

    pub(crate) fn update(&mut self, update: &Update) -> Seen {
        self.packet(self.octets(update))
    }

    /// A whole exchange, with what the home agent answered.
    pub(crate) fn exchange(&mut self, update: &Update, answer: &Accept) -> Seen {
        let asked = self.update(update).radius();
        self.receive(&accept(&asked, answer))
    }

    /// A binding of a mobile node; a second passes before the next.
    pub(crate) fn bind(&mut self, update: &Update) {
        let seen = self.exchange(update, &Accept::default());
        assert_eq!(seen.status(), 0, "{seen:?}");
        self.pass(1);
    }
}

/// The AAAH's Accept of a request of leg C.
pub(crate) fn accept(request: &Datagram, accept: &Accept) -> Datagram {
    let packet = Radius::decode(&request.payload).unwrap();
    let mut builder = ResponseBuilder::new(code::ACCESS_ACCEPT, &packet);
    if let Some(seconds) = accept.session {
        builder.attribute(&Attribute::SessionTimeout(seconds));
    }
    let vendor = DEFAULT_VENDOR_ID;
    if let Some(key) = accept.key {
        builder.hidden_key(vendor, parameter::MIP6_MN_HA_KEY, key, 7, RADIUS_SECRET);
    }
    if let Some(spi) = accept.spi {
        builder.sub_attribute(vendor, &SubAttribute::Mip6MnHaSpi(spi));
    }
    if let Some(seconds) = accept.key_lifetime {
        builder.sub_attribute(vendor, &SubAttribute::Mip6MsaLifetime(seconds));
    }
    back(request, builder.sign_response(RADIUS_SECRET).unwrap())
}

pub(crate) fn reject(request: &Datagram) -> Datagram {
    let packet = Radius::decode(&request.payload).unwrap();
    let builder = ResponseBuilder::new(code::ACCESS_REJECT, &packet);
    back(request, builder.sign_response(RADIUS_SECRET).unwrap())
}

/// What the home agent did.
#[derive(Debug)]
pub(crate) struct Seen(pub(crate) Effects);

impl Done for Seen {
    fn effects(&self) -> core::slice::Iter<'_, Effect> {
        self.0.iter()
    }
}

impl Seen {
    /// The one request to the AAAH; nobody has been answered.
    pub(crate) fn radius(&self) -> Datagram {
        let all = self.datagrams();
        assert!(all.len() == 1 && self.packets().is_empty(), "{self:?}");
        assert_eq!(all[0].destination, SocketAddr::from((v6("2001:db8:1::a"), RADIUS_PORT)));
        all[0].clone()
    }

    /// The packets sent, as octets.
    pub(crate) fn sent(&self) -> Vec<Vec<u8>> {
        self.packets().into_iter().map(|packet| packet.octets).collect()
    }

    /// The one packet sent.
    pub(crate) fn packet(&self) -> Vec<u8> {
        let all = self.sent();
        assert!(all.len() == 1 && self.datagrams().is_empty(), "{self:?}");
        all[0].clone()
    }

    /// The status of the one acknowledgement.
    pub(crate) fn status(&self) -> u8 {
        acknowledgement(&self.packet()).status
    }
}

pub(crate) fn mobility(octets: &[u8]) -> Mobility<'_> {
    Mobility::decode(octets).unwrap()
}

pub(crate) fn acknowledgement(octets: &[u8]) -> BindingAcknowledgement<'_> {
    match mobility(octets).message {
        Message::BindingAcknowledgement(acknowledgement) => acknowledgement,
        other => panic!("no acknowledgement: {other:?}"),
    }
}

/// Whether an acknowledgement is proved by `key`, under the SPI of the Accept.
pub(crate) fn is_proved(octets: &[u8], key: &[u8]) -> bool {
    let packet = mobility(octets);
    packet.verify_mn_ha(key) && packet.message.options().mn_ha().unwrap().value.spi == SPI
}
