use std::collections::BTreeSet;

use dsboot_codec::radius::{Attribute, Packet, RequestBuilder, ResponseBuilder, Salted, encode};
use dsboot_roles::count::Radius;
use dsboot_roles::radius::{Client, ClientConfig};
use dsboot_roles::{Datagram, Effects, Secret, Time};
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID, client_role, parameter};
use dsboot_spec::registry::radius::{attribute, code};

use super::{Octets, SECRET, START, answer, at, back, counted, sent, sent_once};

const ACCEPT: u8 = code::ACCESS_ACCEPT;

fn config() -> ClientConfig {
    ClientConfig {
        local: "192.0.2.1:41000".parse().unwrap(),
        servers: vec!["192.0.2.10:1812".parse().unwrap()],
        secret: Secret::new(SECRET),
        nas_ip: Some("192.0.2.1".parse().unwrap()),
        nas_ipv6: None,
        nas_identifier: Some("fha1.asp.example".into()),
        vendor_id: DEFAULT_VENDOR_ID,
        client_role: client_role::FHA,
        strict: true,
    }
}

fn two_servers() -> ClientConfig {
    let servers = vec!["192.0.2.10:1812".parse().unwrap(), "192.0.2.11:1812".parse().unwrap()];
    ClientConfig { servers, ..config() }
}

/// A client, and where its random octets come from.
struct Harness {
    client: Client<&'static str>,
    random: Octets,
}

impl Harness {
    fn new(config: ClientConfig) -> Harness {
        Harness { client: Client::new(config), random: Octets::default() }
    }

    fn send(&mut self, now: Time, tag: &'static str) -> Datagram {
        let mut effects = Effects::new();
        let build = |request: &mut RequestBuilder| {
            request.attribute(&Attribute::UserName(b"mn1@home.example"));
        };
        assert!(self.client.send(now, &mut self.random, tag, build, &mut effects));
        sent_once(&effects)
    }

    fn handle(&mut self, datagram: &Datagram) -> (Option<(&'static str, u8)>, Vec<Radius>) {
        let mut effects = Effects::new();
        let answered = self.client.handle(datagram, &mut effects);
        (answered.map(|(tag, answer)| (tag, answer.packet().code())), counted(&effects))
    }

    /// Lets the client act at the next time it asks for: the time, what it sends, counts and
    /// gives up.
    fn wake(&mut self) -> (Time, Vec<Datagram>, Vec<Radius>, Vec<&'static str>) {
        let now = self.client.poll_timeout().unwrap();
        let mut effects = Effects::new();
        let given_up = self.client.timeout(now, &mut self.random, &mut effects);
        (now, sent(&effects), counted(&effects), given_up)
    }
}

fn identifier(datagram: &Datagram) -> u8 {
    Packet::decode(&datagram.payload).unwrap().identifier()
}

//= access.3.4
//= access.6.5
#[test]
fn a_request_is_signed_first_and_says_who_asks() {
    let request = Harness::new(config()).send(START, "a");
    assert_eq!(request.source, config().local);
    assert_eq!(request.destination, config().servers[0]);
    let packet = Packet::decode(&request.payload).unwrap();
    assert_eq!(packet.verify_request(SECRET), Ok(()));
    let kinds: Vec<u8> = packet.attributes().map(|unit| unit.value.kind()).collect();
    let expected = [
        attribute::MESSAGE_AUTHENTICATOR,
        attribute::NAS_IP_ADDRESS,
        attribute::NAS_IDENTIFIER,
        attribute::VENDOR_SPECIFIC,
        attribute::USER_NAME,
    ];
    assert_eq!(kinds, expected);
    let role = packet.vendor(DEFAULT_VENDOR_ID).client_role().once();
    assert_eq!(role, Some(client_role::FHA));
}

//= access.6.1
//= access.6.2
#[test]
fn a_request_is_repeated_unchanged_and_given_up_by_30_seconds() {
    let mut harness = Harness::new(config());
    let first = harness.send(START, "a");
    let (mut last, mut wait) = (START, 2000.0);
    for _ in 1..=5 {
        let (now, repeated, counted, given_up) = harness.wake();
        if !given_up.is_empty() {
            assert_eq!((now, given_up), (at(30_000), vec!["a"]));
            assert_eq!(counted, [Radius::NoAnswer]);
            assert_eq!(repeated, []);
            assert_eq!(harness.client.poll_timeout(), None);
            return;
        }
        assert_eq!(repeated, std::slice::from_ref(&first));
        assert_eq!(counted, [Radius::Retransmission]);
        let waited = now.since(last).as_secs_f64() * 1000.0;
        assert!((wait * 0.9..=wait * 1.1).contains(&waited), "waited {waited} ms, not {wait}");
        (last, wait) = (now, waited * 2.0);
    }
    panic!("not given up");
}

//= access.6.3
#[test]
fn identifiers_in_use_are_not_used_again() {
    let mut harness = Harness::new(config());
    let requests: Vec<Datagram> = (0..256).map(|_| harness.send(START, "a")).collect();
    let identifiers: BTreeSet<u8> = requests.iter().map(identifier).collect();
    assert_eq!(identifiers.len(), 256);
    let authenticators: BTreeSet<[u8; 16]> = requests
        .iter()
        .map(|request| *Packet::decode(&request.payload).unwrap().authenticator())
        .collect();
    assert_eq!(authenticators.len(), 256);

    //= access.6.14
    let mut effects = Effects::new();
    let random = &mut harness.random;
    assert!(!harness.client.send(START, random, "b", |_| {}, &mut effects));
    assert_eq!(counted(&effects), [Radius::TooManyPending]);

    harness.handle(&answer(&requests[77], ACCEPT, SECRET));
    assert_eq!(identifier(&harness.send(START, "c")), 77);
}

#[test]
fn an_identifier_set_free_rests_before_it_is_used_again() {
    let mut harness = Harness::new(config());
    let first = harness.send(START, "a");
    harness.handle(&answer(&first, ACCEPT, SECRET));
    assert_ne!(identifier(&harness.send(START, "b")), identifier(&first));
}

//= access.6.6
#[test]
fn only_the_first_valid_answer_is_taken() {
    let mut harness = Harness::new(config());
    let request = harness.send(START, "a");
    let good = answer(&request, ACCEPT, SECRET);
    let count = |reason| (None, vec![reason]);

    let stranger = Datagram { source: "192.0.2.99:1812".parse().unwrap(), ..good.clone() };
    assert_eq!(harness.handle(&stranger), count(Radius::UnknownServer));
    let other_port = Datagram { source: "192.0.2.10:1813".parse().unwrap(), ..good.clone() };
    assert_eq!(harness.handle(&other_port), count(Radius::UnknownServer));
    let cut = back(&request, good.payload[..19].to_vec());
    assert_eq!(harness.handle(&cut), count(Radius::Malformed));
    let looped = back(&request, request.payload.clone());
    assert_eq!(harness.handle(&looped), count(Radius::UnexpectedCode));
    let forged = answer(&request, ACCEPT, b"another secret");
    assert_eq!(harness.handle(&forged), count(Radius::BadResponseAuthenticator));
    let mut unasked = good.clone();
    unasked.payload[1] ^= 1;
    assert_eq!(harness.handle(&unasked), count(Radius::Unsolicited));

    assert_eq!(harness.handle(&good), (Some(("a", ACCEPT)), vec![]));
    assert_eq!(harness.handle(&good), count(Radius::Unsolicited));
}

//= access.6.6
#[test]
fn an_answer_to_an_earlier_request_under_the_same_identifier_is_not_taken() {
    let mut harness = Harness::new(config());
    let early = harness.send(START, "early");
    harness.client.cancel(&"early");
    let late = (0..256).map(|_| harness.send(START, "late")).last().unwrap();
    assert_eq!(identifier(&late), identifier(&early));
    let reasons = harness.handle(&answer(&early, ACCEPT, SECRET));
    assert_eq!(reasons, (None, vec![Radius::BadResponseAuthenticator]));
}

/// An answer with a right Response Authenticator over these attributes, and no
/// Message-Authenticator.
fn unsigned(request: &Datagram, code: u8, attributes: &[Attribute<'_>]) -> Datagram {
    let packet = Packet::decode(&request.payload).unwrap();
    let attributes = || attributes.iter().copied();
    let mut octets =
        encode(code, packet.identifier(), packet.authenticator(), attributes()).unwrap();
    let digest = dsboot_codec::crypto::md5(&[&octets, SECRET]);
    octets = encode(code, packet.identifier(), &digest, attributes()).unwrap();
    back(request, octets)
}

//= access.6.5
#[test]
fn an_answer_without_message_authenticator_is_taken_only_leniently_and_without_eap() {
    let reject = |request: &Datagram| unsigned(request, code::ACCESS_REJECT, &[]);
    let mut strict = Harness::new(config());
    let request = strict.send(START, "a");
    let dropped = (None, vec![Radius::NoMessageAuthenticator]);
    assert_eq!(strict.handle(&reject(&request)), dropped);

    let mut lenient = Harness::new(ClientConfig { strict: false, ..config() });
    let request = lenient.send(START, "a");
    let eap = unsigned(&request, ACCEPT, &[Attribute::EapMessage(&[3, 1, 0, 4])]);
    assert_eq!(lenient.handle(&eap), dropped);
    let wrong = unsigned(&request, ACCEPT, &[Attribute::MessageAuthenticator(&[0; 16])]);
    assert_eq!(lenient.handle(&wrong), (None, vec![Radius::BadMessageAuthenticator]));
    assert_eq!(lenient.handle(&reject(&request)), (Some(("a", code::ACCESS_REJECT)), vec![]));
}

//= access.6.4
#[test]
fn after_silence_the_next_server_is_asked_anew() {
    let mut harness = Harness::new(two_servers());
    let first = harness.send(START, "a");
    let over = (0..5).map(|_| harness.wake()).find(|(_, _, counted, given_up)| {
        assert!(given_up.is_empty());
        *counted == [Radius::Failover]
    });
    let (now, datagrams, ..) = over.unwrap();
    let second = datagrams[0].clone();
    assert_eq!(now, at(30_000));
    assert_eq!(second.destination, two_servers().servers[1]);
    assert_eq!(second.source, first.source);
    let (a, b) =
        (Packet::decode(&first.payload).unwrap(), Packet::decode(&second.payload).unwrap());
    assert_ne!(a.identifier(), b.identifier());
    assert_ne!(a.authenticator(), b.authenticator());
    assert_eq!(b.verify_request(SECRET), Ok(()));
    let rest = |packet: &Packet<'_>| packet.octets()[38..].to_vec();
    assert_eq!(rest(&a), rest(&b));

    // From now on it is the one asked first.
    let servers = two_servers().servers;
    assert_eq!(harness.send(now, "b").destination, servers[1]);
    // The first one is too late, also when it answers for the second.
    assert_eq!(harness.handle(&answer(&first, ACCEPT, SECRET)), (None, vec![Radius::Unsolicited]));
    let good = answer(&second, ACCEPT, SECRET);
    let from_first = Datagram { source: servers[0], ..good.clone() };
    assert_eq!(harness.handle(&from_first), (None, vec![Radius::Unsolicited]));
    assert_eq!(harness.handle(&good), (Some(("a", ACCEPT)), vec![]));
}

//= access.6.4
#[test]
fn after_the_last_server_the_request_is_given_up() {
    let mut harness = Harness::new(two_servers());
    harness.send(START, "a");
    let mut asked = BTreeSet::new();
    for _ in 0..10 {
        let (now, datagrams, _, given_up) = harness.wake();
        asked.extend(datagrams.iter().map(|datagram| datagram.destination));
        if given_up == ["a"] {
            assert_eq!(now, at(60_000));
            assert_eq!(asked.len(), 2);
            assert_eq!(harness.client.poll_timeout(), None);
            return;
        }
    }
    panic!("not given up");
}

#[test]
fn nothing_is_repeated_before_its_time() {
    let mut harness = Harness::new(config());
    harness.send(START, "a");
    let (before, mut effects) = (harness.client.clone(), Effects::new());
    let given_up = harness.client.timeout(at(1799), &mut harness.random, &mut effects);
    assert!(given_up.is_empty() && effects.is_empty());
    assert_eq!(harness.client, before);
}

#[test]
fn a_cancelled_request_is_neither_repeated_nor_answered() {
    let mut harness = Harness::new(config());
    let request = harness.send(START, "a");
    harness.client.cancel(&"a");
    assert!(!harness.client.is_pending(&"a"));
    assert_eq!(harness.client.poll_timeout(), None);
    assert_eq!(harness.handle(&answer(&request, ACCEPT, SECRET)).1, [Radius::Unsolicited]);
}

//= keys.4.3
#[test]
fn a_hidden_key_is_revealed_under_the_request_authenticator() {
    let mut harness = Harness::new(config());
    let request = harness.send(START, "a");
    let packet = Packet::decode(&request.payload).unwrap();
    let accept = ResponseBuilder::new(ACCEPT, &packet)
        .hidden_key(DEFAULT_VENDOR_ID, parameter::MN_FHA_KEY, &[7; 20], 1, SECRET)
        .sign_response(SECRET)
        .unwrap();
    let datagram = back(&request, accept);
    let (_, answer) = harness.client.handle(&datagram, &mut Effects::new()).unwrap();
    let hidden = answer.vendor().mn_fha_key().once().unwrap();
    assert_eq!(answer.reveal(hidden), Some(Secret::new([7; 20])));

    let mut broken = hidden.octets().to_vec();
    broken[2] ^= 0x80;
    assert_eq!(answer.reveal(Salted::new(&broken).unwrap()), None);
}

#[test]
fn a_request_too_long_to_be_sent_is_counted() {
    let mut harness = Harness::new(config());
    let mut effects = Effects::new();
    let long = |request: &mut RequestBuilder| {
        request.attribute(&Attribute::UserName(&[b'a'; 254]));
    };
    assert!(!harness.client.send(START, &mut harness.random, "a", long, &mut effects));
    assert_eq!(counted(&effects), [Radius::NotEncodable]);
    assert!(sent(&effects).is_empty());
    assert_eq!(harness.client.poll_timeout(), None);
}
