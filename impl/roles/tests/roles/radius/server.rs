use std::collections::{BTreeMap, BTreeSet};

use dsboot_codec::radius::{Attribute, Packet, RequestBuilder, encode};
use dsboot_roles::count::Radius;
use dsboot_roles::radius::{ClientEntry, Server, ServerConfig};
use dsboot_roles::{Datagram, Effects, Secret, Time};
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::radius::code;

use super::{SECRET, START, at, counted, sent_once};

fn config() -> ServerConfig {
    let client = |secret: &[u8]| ClientEntry {
        secret: Secret::new(secret),
        roles: BTreeSet::from([client_role::HA]),
        names: BTreeSet::from(["ha1.msp.example".into()]),
    };
    ServerConfig {
        clients: BTreeMap::from([
            ("192.0.2.1".parse().unwrap(), client(SECRET)),
            ("2001:db8:1::1".parse().unwrap(), client(b"six")),
        ]),
        strict: true,
        max_answers: 4,
    }
}

fn datagram(source: &str, payload: Vec<u8>) -> Datagram {
    Datagram {
        source: source.parse().unwrap(),
        destination: "192.0.2.10:1812".parse().unwrap(),
        ttl: 64,
        neighbour: None,
        payload,
    }
}

fn request(identifier: u8, authenticator: [u8; 16], secret: &[u8]) -> Vec<u8> {
    RequestBuilder::new(identifier, authenticator)
        .attribute(&Attribute::ProxyState(b"first"))
        .attribute(&Attribute::UserName(b"mn1@home.example"))
        .attribute(&Attribute::ProxyState(b"second"))
        .sign_request(secret)
        .unwrap()
}

/// Lets the server receive; answers what is to be decided by an accept with a Session-Timeout of
/// `decision`.
fn receive(server: &mut Server, now: Time, datagram: &Datagram, decision: u32) -> (bool, Effects) {
    let mut effects = Effects::new();
    let Some(request) = server.receive(now, datagram, &mut effects) else {
        return (false, effects);
    };
    let accept = |response: &mut dsboot_codec::radius::ResponseBuilder, _: &[u8]| {
        response.attribute(&Attribute::SessionTimeout(decision));
    };
    server.answer(now, &request, code::ACCESS_ACCEPT, accept, &mut effects);
    (true, effects)
}

//= access.6.5
//= access.6.11
#[test]
fn an_answer_is_signed_and_returns_the_marks_of_proxies() {
    let asked = datagram("192.0.2.1:41000", request(9, [1; 16], SECRET));
    let (_, effects) = receive(&mut Server::new(config()), START, &asked, 600);
    let answered = sent_once(&effects);
    assert_eq!((answered.source, answered.destination), (asked.destination, asked.source));
    let packet = Packet::decode(&answered.payload).unwrap();
    assert_eq!(packet.verify_response(&[1; 16], SECRET), Ok(()));
    assert_eq!(packet.identifier(), 9);
    assert_eq!(packet.octets()[20], 80);
    assert_eq!(packet.proxy_states().collect::<Vec<_>>(), [&b"first"[..], b"second"]);
    assert_eq!(packet.session_timeout().once(), Some(600));
}

//= access.6.7
#[test]
fn requests_of_strangers_and_forgeries_get_silence() {
    let good = request(9, [1; 16], SECRET);
    let unsigned = encode(
        code::ACCESS_REQUEST,
        9,
        &[1; 16],
        [Attribute::UserName(b"mn1@home.example"), Attribute::NasIpAddress([192, 0, 2, 1].into())],
    )
    .unwrap();
    let mut changed = good.clone();
    changed[45] ^= 1;
    let mut accept = good.clone();
    accept[0] = code::ACCESS_ACCEPT;
    let from_client = "192.0.2.1:41000";
    let cases = [
        ("192.0.2.2:41000", good.clone(), Radius::UnknownClient),
        (from_client, good[..good.len() - 1].to_vec(), Radius::Malformed),
        (from_client, accept, Radius::UnexpectedCode),
        (from_client, changed, Radius::BadMessageAuthenticator),
        (from_client, request(9, [1; 16], b"six"), Radius::BadMessageAuthenticator),
        (from_client, unsigned, Radius::NoMessageAuthenticator),
        ("[2001:db8:1::1]:41000", good, Radius::BadMessageAuthenticator),
    ];
    for (source, payload, reason) in cases {
        let mut server = Server::new(config());
        let (new, effects) = receive(&mut server, START, &datagram(source, payload), 600);
        assert!(!new);
        assert_eq!(counted(&effects), [reason]);
        assert_eq!(effects.iter().count(), 1, "nothing sent");
        assert_eq!(server, Server::new(config()));
    }
    let six = datagram("[2001:db8:1::1]:41000", request(9, [1; 16], b"six"));
    assert!(receive(&mut Server::new(config()), START, &six, 600).0);
}

//= access.6.7
#[test]
fn leniently_a_credential_stands_in_for_the_message_authenticator() {
    let lenient = ServerConfig { strict: false, ..config() };
    let chap = Attribute::decode(3, &[7; 17]);
    let password = Attribute::decode(2, &[7; 16]);
    let eap = Attribute::EapMessage(&[]);
    let cases: [(&[Attribute<'_>], bool); 6] = [
        (&[chap], true),
        (&[password], true),
        (&[chap, password], false),
        (&[eap], false),
        (&[chap, eap], false),
        (&[Attribute::UserName(b"mn1")], false),
    ];
    for (attributes, taken) in cases {
        let octets = encode(code::ACCESS_REQUEST, 1, &[1; 16], attributes.iter().copied()).unwrap();
        let datagram = datagram("192.0.2.1:41000", octets);
        let (new, effects) = receive(&mut Server::new(lenient.clone()), START, &datagram, 600);
        assert_eq!(new, taken, "{attributes:?}");
        if !taken {
            assert_eq!(counted(&effects), [Radius::NoMessageAuthenticator]);
        }
        assert!(!receive(&mut Server::new(config()), START, &datagram, 600).0);
    }
}

//= access.6.9
#[test]
fn a_repeated_request_gets_the_same_octets_without_a_new_decision() {
    let mut server = Server::new(config());
    let asked = datagram("192.0.2.1:41000", request(9, [1; 16], SECRET));
    let (_, first) = receive(&mut server, START, &asked, 600);
    let (new, second) = receive(&mut server, at(29_999), &asked, 1);
    assert!(!new);
    assert_eq!(counted(&second), [Radius::Duplicate]);
    assert_eq!(sent_once(&first), sent_once(&second));

    assert_eq!(server.poll_timeout(), Some(at(30_000)));
    let (new, third) = receive(&mut server, at(30_000), &asked, 1);
    assert!(new);
    assert_ne!(sent_once(&first), sent_once(&third));
}

//= access.6.10
#[test]
fn what_differs_in_source_identifier_or_authenticator_is_decided_anew() {
    let mut server = Server::new(config());
    let asked = |source, identifier, authenticator| {
        datagram(source, request(identifier, [authenticator; 16], SECRET))
    };
    assert!(receive(&mut server, START, &asked("192.0.2.1:41000", 9, 1), 1).0);
    assert!(receive(&mut server, START, &asked("192.0.2.1:41001", 9, 1), 2).0);
    assert!(receive(&mut server, START, &asked("192.0.2.1:41000", 8, 1), 3).0);
    let elsewhere = Datagram {
        destination: "192.0.2.11:1812".parse().unwrap(),
        ..asked("192.0.2.1:41000", 9, 1)
    };
    assert!(receive(&mut server, START, &elsewhere, 4).0);
    assert!(receive(&mut server, START, &asked("192.0.2.1:41000", 9, 2), 5).0);
    // The new authenticator has taken the place of the old one.
    assert!(!receive(&mut server, START, &asked("192.0.2.1:41000", 9, 2), 6).0);
    assert!(receive(&mut server, START, &asked("192.0.2.1:41000", 9, 1), 7).0);
}

//= access.6.10
#[test]
fn a_new_authenticator_takes_the_old_ones_place_before_it_is_answered() {
    let mut server = Server::new(config());
    let asked =
        |authenticator| datagram("192.0.2.1:41000", request(9, [authenticator; 16], SECRET));
    assert!(receive(&mut server, START, &asked(1), 1).0);
    assert!(server.receive(START, &asked(2), &mut Effects::new()).is_some());
    assert!(receive(&mut server, START, &asked(1), 2).0);
}

//= access.6.14
#[test]
fn answers_are_kept_up_to_a_limit_and_for_a_time() {
    let mut server = Server::new(config());
    for identifier in 0..5u8 {
        let asked = datagram("192.0.2.1:41000", request(identifier, [1; 16], SECRET));
        assert!(receive(&mut server, at(identifier.into()), &asked, 1).0);
    }
    // The limit is 4: the oldest has gone, the others have not.
    let asked = |identifier| datagram("192.0.2.1:41000", request(identifier, [1; 16], SECRET));
    assert!(!receive(&mut server, at(10), &asked(1), 1).0);
    assert!(receive(&mut server, at(10), &asked(0), 1).0);

    server.expire(at(40_000));
    assert_eq!(server, Server::new(config()));
}
