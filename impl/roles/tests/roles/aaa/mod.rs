//! The AAA server on its three legs, against requests made with the codec.

mod access;
mod binding;
mod config;
mod mobility;
mod noise;
mod roles;

use core::net::IpAddr;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::support::Octets;
use dsboot_codec::dsb::Prefixed;
use dsboot_codec::radius::{Packet, RequestBuilder};
use dsboot_roles::aaa::{
    Aaa, AaaConfig, AaaKind, AddressRange, CareOfSource, Fha, HomeRecord, Location, Mobility, User,
};
use dsboot_roles::count::{Radius, Reason};
use dsboot_roles::eap::server::Method;
use dsboot_roles::radius::{ClientEntry, ServerConfig};
use dsboot_roles::{Datagram, Effect, Effects, Input, Machine, Nai, Random, Secret, Time};
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID as VENDOR, client_role};
use dsboot_spec::registry::mip4::algorithm;

const START: Time = Time::from_unix_micros(1_000_000_000_000_000);
const NAS_SECRET: &[u8] = b"nas-radius-secret-01";
const FHA_SECRET: &[u8] = b"radius-secret-16";
const HA_SECRET: &[u8] = b"ha-radius-secret";
const NAS: &str = "127.0.0.1:41000";
const OTHER_NAS: &str = "192.0.2.4:41000";
const FHA: &str = "192.0.2.1:41000";
const OTHER_FHA: &str = "192.0.2.3:41000";
const HA: &str = "[2001:db8:1::1]:41000";
const MN1: &[u8] = b"mn1@example.net";
const MN2: &[u8] = b"mn2@example.net";
const MN1_ACCESS: &[u8] = b"mn1-eap-secret";
const MN1_KEY: &[u8] = b"AAA-shared-key-0";
const MN2_KEY: &[u8] = b"AAA-shared-key-2";

/// Gives the octets of a script, and then others.
#[derive(Default)]
struct Script {
    octets: VecDeque<u8>,
    rest: Octets,
}

impl Random for Script {
    fn fill(&mut self, octets: &mut [u8]) {
        self.rest.fill(octets);
        for (octet, wanted) in
            octets.iter_mut().zip(core::iter::from_fn(|| self.octets.pop_front()))
        {
            *octet = wanted;
        }
    }
}

fn nai(octets: &[u8]) -> Nai {
    Nai::new(octets).unwrap()
}

fn home(key: &[u8], host: u16) -> HomeRecord {
    let address = core::net::Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, host);
    HomeRecord {
        mn_aaa_key: Secret::new(key),
        home_address: Prefixed::<core::net::Ipv6Addr>::new(address, 64).unwrap(),
        home_agent: "2001:db8:1::1".parse().unwrap(),
    }
}

fn client(secret: &[u8], roles: &[u32], name: &str) -> ClientEntry {
    ClientEntry {
        secret: Secret::new(secret),
        roles: roles.iter().copied().collect(),
        names: BTreeSet::from([name.into()]),
    }
}

fn range(first: &str, last: &str) -> AddressRange {
    AddressRange { first: first.parse().unwrap(), last: last.parse().unwrap() }
}

/// An AAAH of an integrated provider with two NASs, two FHAs, an HA and two users.
fn config() -> AaaConfig {
    let ip = |address: &str| address.parse::<IpAddr>().unwrap();
    let nas = [client_role::NAS, client_role::NAS_FA];
    let clients = BTreeMap::from([
        (ip("127.0.0.1"), client(NAS_SECRET, &nas[..1], "nas1.access.example")),
        (ip("192.0.2.4"), client(NAS_SECRET, &nas, "nas2.access.example")),
        (ip("192.0.2.1"), client(FHA_SECRET, &[client_role::FHA], "fha1.asp.example")),
        (ip("192.0.2.3"), client(FHA_SECRET, &[client_role::FHA], "fha2.asp.example")),
        (ip("2001:db8:1::1"), client(HA_SECRET, &[client_role::HA], "ha1.msp.example")),
    ]);
    let user = |access: &[u8], home| User {
        access: Some(Secret::new(access)),
        mobility: Mobility::Any,
        home: Some(home),
    };
    let users = BTreeMap::from([
        (nai(MN1), user(MN1_ACCESS, home(MN1_KEY, 0x100))),
        (nai(MN2), user(b"mn2-eap-secret", home(MN2_KEY, 0x200))),
    ]);
    let fha = |address: &str, fqdn: &str, home_addresses| Fha {
        address: Some(address.parse().unwrap()),
        fqdn: Some(fqdn.into()),
        home_addresses: Some(home_addresses),
    };
    let fhas = BTreeMap::from([
        (
            "fha1.asp.example".into(),
            fha("192.0.2.1", "fha1.asp.example", range("203.0.113.9", "203.0.113.10")),
        ),
        (
            "fha2.asp.example".into(),
            fha("192.0.2.3", "fha2.asp.example", range("203.0.113.90", "203.0.113.91")),
        ),
    ]);
    let pool =
        CareOfSource::Pool { range: range("198.51.100.77", "198.51.100.78"), prefix_length: 24 };
    let at = |fhas: &[&str], care_of| Location {
        fhas: fhas.iter().map(|name| (*name).into()).collect(),
        care_of,
    };
    let locations = BTreeMap::from([
        ("nas1.access.example".into(), at(&["fha1.asp.example", "fha2.asp.example"], pool)),
        ("nas2.access.example".into(), at(&["fha2.asp.example"], CareOfSource::Nas)),
    ]);
    AaaConfig {
        kind: AaaKind::AaahIntegrated,
        addresses: vec![
            "192.0.2.10:1812".parse().unwrap(),
            "[2001:db8:1::a]:1812".parse().unwrap(),
        ],
        vendor_id: VENDOR,
        radius: ServerConfig { clients, strict: true, max_answers: 1000 },
        users,
        fhas,
        locations,
        method: Method::Md5,
        max_sessions: 4,
        access_lifetime: 3600,
        mobility_lifetime: 1800,
        algorithm: algorithm::HMAC_MD5,
    }
}

/// A server with a clock and random octets, and requests for it.
struct Bench {
    aaa: Aaa,
    now: Time,
    random: Script,
    identifier: u8,
}

/// What came of a request: the answer, verified, and what was counted.
struct Outcome {
    code: Option<u8>,
    octets: Vec<u8>,
    request_authenticator: [u8; 16],
    counted: Vec<Radius>,
}

impl Outcome {
    fn packet(&self) -> Packet<'_> {
        Packet::decode(&self.octets).unwrap()
    }

    /// The EAP packet in the answer.
    fn eap(&self) -> Option<Vec<u8>> {
        self.packet().eap_message().unwrap().map(|eap| eap.into_owned())
    }
}

impl Bench {
    fn new(config: AaaConfig) -> Bench {
        let aaa = Aaa::new(config).unwrap();
        Bench { aaa, now: START, random: Script::default(), identifier: 0 }
    }

    fn pass(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    /// Lets the server act whenever it asks for it until `seconds` from now.
    fn idle(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        while let Some(time) = self.aaa.poll_timeout().filter(|time| *time <= end) {
            assert!(time > self.now, "woken again for nothing");
            self.now = time;
            assert!(self.aaa.handle(time, &mut self.random, Input::Timeout).is_empty());
        }
        self.now = end;
    }

    /// Sends a new request from a client.
    fn ask(
        &mut self,
        source: &str,
        secret: &[u8],
        build: impl FnOnce(&mut RequestBuilder),
    ) -> Outcome {
        self.identifier = self.identifier.wrapping_add(1);
        let authenticator = [self.identifier; 16];
        let mut request = RequestBuilder::new(self.identifier, authenticator);
        build(&mut request);
        let octets = request.sign_request(secret).unwrap();
        self.send(source, secret, octets)
    }

    /// Sends octets from a client, and checks that what comes back is signed and goes back.
    fn send(&mut self, source: &str, secret: &[u8], payload: Vec<u8>) -> Outcome {
        let source = source.parse().unwrap();
        let destination = self.aaa.config().addresses[0];
        let datagram = Datagram { source, destination, ttl: 64, neighbour: None, payload };
        let effects: Effects =
            self.aaa.handle(self.now, &mut self.random, Input::Datagram(&datagram));
        let (mut counted, mut answers) = (Vec::new(), Vec::new());
        for effect in effects {
            match effect {
                Effect::Count(Reason::Radius(reason)) => counted.push(reason),
                Effect::Datagram(answer) => answers.push(answer),
                other => panic!("unexpected {other:?}"),
            }
        }
        let request_authenticator =
            Packet::decode(&datagram.payload).map_or([0; 16], |packet| *packet.authenticator());
        assert!(answers.len() <= 1);
        let Some(answer) = answers.pop() else {
            return Outcome { code: None, octets: Vec::new(), request_authenticator, counted };
        };
        assert_eq!((answer.source, answer.destination), (destination, source));
        let packet = Packet::decode(&answer.payload).unwrap();
        assert_eq!(packet.verify_response(&request_authenticator, secret), Ok(()));
        let code = Some(packet.code());
        Outcome { code, octets: answer.payload, request_authenticator, counted }
    }
}
