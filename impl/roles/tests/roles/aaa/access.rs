use dsboot_codec::eap::{self, Body, Md5Challenge, Message, md5_value};
use dsboot_codec::radius::{Attribute, RequestBuilder};
use dsboot_roles::aaa::{AaaConfig, CareOfSource, Mobility};
use dsboot_roles::count::Radius;
use dsboot_roles::{Machine, Secret};
use dsboot_spec::registry::radius::{ADDRESS_NAS_SELECTS, attribute, code};

use super::{
    Bench, MN1, MN1_ACCESS, MN2, NAS, NAS_SECRET, OTHER_NAS, Outcome, VENDOR, config, nai,
};

const ACCEPT: Option<u8> = Some(code::ACCESS_ACCEPT);
const REJECT: Option<u8> = Some(code::ACCESS_REJECT);
const CHALLENGE: Option<u8> = Some(code::ACCESS_CHALLENGE);

/// A peer and a NAS in one: what a request of leg A is made of.
struct Peer<'a> {
    source: &'a str,
    user_name: Option<&'a [u8]>,
    identity: &'a [u8],
    secret: &'a [u8],
}

const PEER: Peer<'_> =
    Peer { source: NAS, user_name: Some(MN1), identity: MN1, secret: MN1_ACCESS };

impl Peer<'_> {
    fn ask(&self, bench: &mut Bench, eap: &[u8], state: Option<&[u8]>) -> Outcome {
        bench.ask(self.source, NAS_SECRET, |request: &mut RequestBuilder| {
            if let Some(name) = self.user_name {
                request.attribute(&Attribute::UserName(name));
            }
            if self.source == OTHER_NAS {
                let role = dsboot_codec::radius::SubAttribute::ClientRole(2);
                request.sub_attribute(VENDOR, &role);
            }
            request.eap_message(eap);
            if let Some(state) = state {
                request.attribute(&Attribute::State(state));
            }
        })
    }

    fn identify(&self, bench: &mut Bench) -> Outcome {
        let identity = Body::Response(Message::Identity(self.identity));
        self.ask(bench, &eap::encode(0x41, &identity).unwrap(), None)
    }

    /// The response to a challenge.
    fn response(&self, challenge: &Outcome, name: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let octets = challenge.eap().unwrap();
        let request = eap::Packet::decode(&octets).unwrap();
        let Body::Request(Message::Md5Challenge(asked)) = request.body().unwrap() else {
            panic!("no MD5 challenge: {request:?}")
        };
        let value = md5_value(request.identifier(), self.secret, asked.value);
        let answer = Message::Md5Challenge(Md5Challenge { value: &value, name });
        let response = eap::encode(request.identifier(), &Body::Response(answer)).unwrap();
        (response, state(challenge))
    }

    /// Both rounds.
    fn attach(&self, bench: &mut Bench) -> Outcome {
        let challenge = self.identify(bench);
        assert_eq!(challenge.code, CHALLENGE);
        let (response, state) = self.response(&challenge, b"");
        self.ask(bench, &response, Some(&state))
    }
}

fn state(challenge: &Outcome) -> Vec<u8> {
    challenge.packet().state().once().unwrap().to_vec()
}

fn bench() -> Bench {
    Bench::new(config())
}

fn hex(octets: &str) -> Vec<u8> {
    hex::decode(octets.replace(char::is_whitespace, "")).unwrap()
}

/// Packets 1 and 3 of the exchange recorded with FreeRADIUS.
fn recorded() -> [Vec<u8>; 2] {
    [
        hex("0111008dfb02aa291084ab167459a1d9c6d38c3f01116d6e31406578616d706c
             652e6e657404067f00000120156e6173312e6163636573732e6578616d706c65
             0506000000073d06000000051f1330322d30302d30302d30302d30302d30310c
             06000005784f1602410014016d6e31406578616d706c652e6e6574501211f31d
             784b4f0321c2dce3e031b49d82"),
        hex("011200b063f8e427a8cbd3e5f8fc87d471a1bafb01116d6e31406578616d706c
             652e6e657404067f00000120156e6173312e6163636573732e6578616d706c65
             0506000000073d06000000051f1330322d30302d30302d30302d30302d30310c
             06000005784f270242002504100620da41c51b3defcd95f5a48b498b216d6e31
             406578616d706c652e6e65741812dcd3dd4edc91d95a9d407bde5c3279275012
             08c291f1d315d874ae867fd8a8b404c8"),
    ]
}

//= access.2.26
//= access.3.5
//= access.3.11
#[test]
fn the_recorded_exchange_runs_with_our_server_too() {
    let mut bench = bench();
    // What FreeRADIUS drew: the challenge, and its State.
    let drawn = hex("9dc9c942f5f53107eac9816c2f9ad9b8 dcd3dd4edc91d95a9d407bde5c327927");
    bench.random.octets.extend(drawn);
    let [first, second] = recorded();

    let challenge = bench.send(NAS, NAS_SECRET, first);
    assert_eq!(challenge.code, CHALLENGE);
    let md5_request = hex("0142001604109dc9c942f5f53107eac9816c2f9ad9b8");
    assert_eq!(challenge.eap(), Some(md5_request));
    assert_eq!(state(&challenge), hex("dcd3dd4edc91d95a9d407bde5c327927"));

    let accept = bench.send(NAS, NAS_SECRET, second);
    assert_eq!(accept.code, ACCEPT);
    assert_eq!(accept.counted, [Radius::Accepted]);
    assert_eq!(accept.eap(), Some(hex("03420004")));
    assert_eq!(accept.packet().session_timeout().once(), Some(3600));
    assert_eq!(accept.packet().user_name().once(), Some(MN1));
    assert_eq!(bench.aaa.sessions().count(), 0);
}

//= access.3.7
//= access.3.9
//= access.3.12
#[test]
fn a_user_gets_the_fha_and_the_care_of_address_of_the_location() {
    let mut bench = bench();
    let accept = PEER.attach(&mut bench);
    let packet = accept.packet();
    assert_eq!(packet.framed_ip_address().once(), Some("198.51.100.77".parse().unwrap()));
    assert_eq!(packet.framed_ip_netmask().once(), Some("255.255.255.0".parse().unwrap()));
    let parameters = packet.vendor(VENDOR).parameters();
    assert_eq!(parameters.fha_address.once(), Some("192.0.2.1".parse().unwrap()));
    assert_eq!(parameters.fha_fqdn.once().unwrap().as_str(), "fha1.asp.example");
    // Nothing else is in it: no home address, no key.
    let kinds: Vec<u8> = packet.attributes().map(|unit| unit.value.kind()).collect();
    assert_eq!(kinds, [80, 1, 8, 9, 27, 26, 26, 79]);

    let elsewhere = Peer { source: OTHER_NAS, ..PEER }.attach(&mut bench);
    let packet = elsewhere.packet();
    assert_eq!(packet.framed_ip_address().once(), Some(ADDRESS_NAS_SELECTS));
    assert!(packet.framed_ip_netmask().is_absent());
    let fha = packet.vendor(VENDOR).parameters().fha_address.once();
    assert_eq!(fha, Some("192.0.2.3".parse().unwrap()));
}

fn change(change: impl FnOnce(&mut AaaConfig)) -> Bench {
    let mut config = config();
    change(&mut config);
    Bench::new(config)
}

fn fha(accept: &Outcome) -> Option<core::net::Ipv4Addr> {
    assert_eq!(accept.code, ACCEPT);
    accept.packet().vendor(VENDOR).parameters().fha_address.once()
}

//= access.3.7
//= access.3.8
#[test]
fn the_fha_depends_on_subscription_and_location() {
    let covered = |mobility| {
        let mut bench = change(|config| {
            config.users.get_mut(&nai(MN1)).unwrap().mobility = mobility;
        });
        let accept = PEER.attach(&mut bench);
        (fha(&accept), accept.counted)
    };
    let second = Mobility::Through(["fha2.asp.example".into()].into());
    assert_eq!(covered(second), (Some("192.0.2.3".parse().unwrap()), vec![Radius::Accepted]));
    let without = (None, vec![Radius::NoFha, Radius::Accepted]);
    assert_eq!(covered(Mobility::None), without);
    assert_eq!(covered(Mobility::Through(["fha9".into()].into())), without);

    let mut nowhere = change(|config| {
        config.locations.get_mut("nas1.access.example").unwrap().fhas.clear();
    });
    assert_eq!(fha(&PEER.attach(&mut nowhere)), None);
    let mut unknown = change(|config| config.locations.clear());
    let accept = PEER.attach(&mut unknown);
    assert_eq!(fha(&accept), None);
    assert!(accept.packet().framed_ip_address().is_absent());
}

#[test]
fn with_a_foreign_agents_care_of_address_none_is_given() {
    let mut bench = change(|config| {
        config.locations.get_mut("nas1.access.example").unwrap().care_of = CareOfSource::None;
    });
    let accept = PEER.attach(&mut bench);
    assert!(accept.packet().framed_ip_address().is_absent());
    assert_eq!(fha(&accept), Some("192.0.2.1".parse().unwrap()));
}

//= access.3.10
#[test]
fn a_care_of_address_is_one_users_until_its_time_is_over() {
    let mut bench = bench();
    let care_of = |accept: &Outcome| accept.packet().framed_ip_address().once();
    let other = Peer { user_name: Some(MN2), identity: MN2, secret: b"mn2-eap-secret", ..PEER };
    let first = care_of(&PEER.attach(&mut bench));
    let second = care_of(&other.attach(&mut bench));
    assert_eq!(first, Some("198.51.100.77".parse().unwrap()));
    assert_eq!(second, Some("198.51.100.78".parse().unwrap()));
    bench.pass(1800);
    assert_eq!(care_of(&other.attach(&mut bench)), second);
    assert_eq!(bench.aaa.leases().count(), 2);

    // The first lease ends, its holder having been silent; the second was renewed.
    bench.idle(1830);
    let left: Vec<_> = bench.aaa.leases().map(|lease| lease.nai.clone()).collect();
    assert_eq!(left, [nai(MN2)]);
    bench.idle(1800);
    assert_eq!(bench.aaa.leases().count(), 0);
    assert_eq!(bench.aaa.poll_timeout(), None);
    assert_eq!(care_of(&other.attach(&mut bench)), first);
}

#[test]
fn when_no_care_of_address_is_left_the_user_gets_access_without() {
    let mut bench = change(|config| {
        let pool = CareOfSource::Pool {
            range: super::range("198.51.100.77", "198.51.100.77"),
            prefix_length: 24,
        };
        config.locations.get_mut("nas1.access.example").unwrap().care_of = pool;
    });
    PEER.attach(&mut bench);
    let other = Peer { user_name: Some(MN2), identity: MN2, secret: b"mn2-eap-secret", ..PEER };
    let accept = other.attach(&mut bench);
    assert_eq!(accept.code, ACCEPT);
    assert_eq!(accept.counted, [Radius::PoolEmpty, Radius::Accepted]);
    assert!(accept.packet().framed_ip_address().is_absent());
}

/// A reject and what is in it.
fn rejected(outcome: &Outcome, eap: Option<&str>, reason: Radius) {
    assert_eq!(outcome.code, REJECT);
    assert_eq!(outcome.eap(), eap.map(hex));
    assert_eq!(outcome.counted, [reason, Radius::Rejected]);
    let kinds = outcome.packet().attributes().map(|unit| unit.value.kind());
    assert!(
        kinds
            .into_iter()
            .all(|kind| [attribute::MESSAGE_AUTHENTICATOR, attribute::EAP_MESSAGE].contains(&kind))
    );
}

//= access.3.6
#[test]
fn who_may_not_is_refused_after_the_same_rounds() {
    let failure = Some("04420004");
    let wrong = Peer { secret: b"wrong", ..PEER };
    rejected(&wrong.attach(&mut bench()), failure, Radius::WrongSecret);
    let unknown = Peer { user_name: Some(b"nobody@x"), identity: b"nobody@x", ..PEER };
    rejected(&unknown.attach(&mut bench()), failure, Radius::UnknownUser);
    let mut unsubscribed = change(|config| {
        config.users.get_mut(&nai(MN1)).unwrap().access = None;
    });
    rejected(&PEER.attach(&mut unsubscribed), failure, Radius::NotSubscribed);
    assert_eq!(unsubscribed.aaa.leases().count(), 0);
    // Nor does an empty secret come from having none.
    let empty = Peer { secret: b"", ..PEER };
    rejected(&empty.attach(&mut unsubscribed), failure, Radius::NotSubscribed);
}

//= access.3.2
#[test]
fn the_user_name_must_be_the_identity_in_every_round() {
    let other = Peer { user_name: Some(MN2), ..PEER };
    rejected(&other.identify(&mut bench()), None, Radius::IdentityMismatch);
    let mut bench = bench();
    let challenge = PEER.identify(&mut bench);
    let (response, state) = PEER.response(&challenge, b"");
    let changed = other.ask(&mut bench, &response, Some(&state));
    rejected(&changed, None, Radius::IdentityMismatch);

    let missing = Peer { user_name: None, ..PEER };
    assert_eq!(missing.attach(&mut self::bench()).code, ACCEPT);
    let long = [b'a'; 254];
    let too_long = Peer { user_name: Some(&long[..253]), identity: &long, ..PEER };
    rejected(&too_long.identify(&mut self::bench()), None, Radius::IdentityMismatch);
}

//= access.6.12
#[test]
fn an_attribute_given_twice_does_not_count() {
    let mut bench = bench();
    let identity = eap::encode(1, &Body::Response(Message::Identity(MN1))).unwrap();
    let twice = |bench: &mut Bench, attribute: Attribute<'_>| {
        bench.ask(NAS, NAS_SECRET, |request| {
            request.attribute(&attribute).attribute(&attribute).eap_message(&identity);
        })
    };
    rejected(&twice(&mut bench, Attribute::UserName(MN1)), None, Radius::IdentityMismatch);
    let state = state(&PEER.identify(&mut bench));
    rejected(&twice(&mut bench, Attribute::State(&state)), None, Radius::UnknownState);
}

#[test]
fn the_name_in_the_response_does_not_matter() {
    for length in [0, 15, 300] {
        let mut bench = bench();
        let challenge = PEER.identify(&mut bench);
        let (response, state) = PEER.response(&challenge, &vec![b'n'; length]);
        assert_eq!(PEER.ask(&mut bench, &response, Some(&state)).code, ACCEPT, "{length}");
    }
}

//= access.6.13
#[test]
fn a_state_is_good_for_one_response_from_where_it_was_given() {
    let mut bench = bench();
    let challenge = PEER.identify(&mut bench);
    let (response, state) = PEER.response(&challenge, b"");
    rejected(&PEER.ask(&mut bench, &response, None), None, Radius::UnknownState);
    let other = [state[0] ^ 1].iter().chain(&state[1..]).copied().collect::<Vec<u8>>();
    rejected(&PEER.ask(&mut bench, &response, Some(&other)), None, Radius::UnknownState);
    rejected(&PEER.ask(&mut bench, &response, Some(&state[1..])), None, Radius::UnknownState);
    let elsewhere = Peer { source: OTHER_NAS, ..PEER };
    rejected(&elsewhere.ask(&mut bench, &response, Some(&state)), None, Radius::UnknownState);

    assert_eq!(PEER.ask(&mut bench, &response, Some(&state)).code, ACCEPT);
    rejected(&PEER.ask(&mut bench, &response, Some(&state)), None, Radius::UnknownState);
}

//= access.6.13
#[test]
fn a_failed_response_uses_the_state_up() {
    let mut bench = bench();
    let challenge = PEER.identify(&mut bench);
    let (good, state) = PEER.response(&challenge, b"");
    let (bad, _) = Peer { secret: b"wrong", ..PEER }.response(&challenge, b"");
    assert_eq!(PEER.ask(&mut bench, &bad, Some(&state)).code, REJECT);
    rejected(&PEER.ask(&mut bench, &good, Some(&state)), None, Radius::UnknownState);
}

#[test]
fn broken_and_misplaced_eap_is_refused() {
    let cases: [(&str, Option<&str>); 6] = [
        // A response under another identifier.
        ("024300060304", None),
        // A length beyond the data, and data beyond the length.
        ("0242002504100620", None),
        ("024200060304 000000", None),
        // Success is not for us.
        ("03420004", None),
        // A request is declined (RFC 3579 §2.6.2).
        ("0109000501", Some("020900060300")),
        // No header.
        ("0242", None),
    ];
    for (octets, answer) in cases {
        let mut bench = bench();
        let challenge = PEER.identify(&mut bench);
        let outcome = PEER.ask(&mut bench, &hex(octets), Some(&state(&challenge)));
        rejected(&outcome, answer, Radius::BadEap);
    }
}

#[test]
fn a_peer_that_wants_another_method_is_refused() {
    let mut bench = bench();
    let challenge = PEER.identify(&mut bench);
    let nak = hex("02420006030d");
    let outcome = PEER.ask(&mut bench, &nak, Some(&state(&challenge)));
    rejected(&outcome, Some("04420004"), Radius::NoCommonMethod);
    // So is one that answers something else than it was asked.
    let challenge = PEER.identify(&mut bench);
    let identity = eap::encode(0x42, &Body::Response(Message::Identity(MN1))).unwrap();
    let outcome = PEER.ask(&mut bench, &identity, Some(&state(&challenge)));
    rejected(&outcome, Some("04420004"), Radius::WrongSecret);
}

#[test]
fn a_nas_may_let_the_server_ask_for_the_identity() {
    let mut bench = bench();
    let start = PEER.ask(&mut bench, &[], None);
    assert_eq!(start.code, CHALLENGE);
    assert_eq!(start.eap(), Some(hex("0100000501")));
    assert_eq!(bench.aaa.sessions().collect::<Vec<_>>(), [None]);
    let identity = |id| eap::encode(id, &Body::Response(Message::Identity(MN1))).unwrap();
    let challenge = PEER.ask(&mut bench, &identity(0), Some(&state(&start)));
    assert_eq!(challenge.code, CHALLENGE);
    assert_ne!(state(&challenge), state(&start));
    let (response, state_after) = PEER.response(&challenge, b"");
    assert_eq!(PEER.ask(&mut bench, &response, Some(&state_after)).code, ACCEPT);

    let start = PEER.ask(&mut bench, &[], None);
    let wrong = PEER.ask(&mut bench, &identity(7), Some(&state(&start)));
    rejected(&wrong, None, Radius::BadEap);
}

#[test]
fn without_eap_there_is_no_access() {
    let mut bench = bench();
    let chap = Attribute::decode(attribute::CHAP_PASSWORD, &[0; 17]);
    let outcome = bench.ask(NAS, NAS_SECRET, |request| {
        request.attribute(&Attribute::UserName(MN1)).attribute(&chap);
    });
    rejected(&outcome, None, Radius::Incomplete);
}

//= access.6.9
#[test]
fn a_repeated_response_gets_the_same_answer() {
    let mut bench = bench();
    let drawn = hex("9dc9c942f5f53107eac9816c2f9ad9b8 dcd3dd4edc91d95a9d407bde5c327927");
    bench.random.octets.extend(drawn);
    let [first, second] = recorded();
    for packet in [first, second] {
        let answer = bench.send(NAS, NAS_SECRET, packet.clone());
        let before = bench.aaa.clone();
        bench.pass(10);
        let again = bench.send(NAS, NAS_SECRET, packet);
        assert_eq!(again.octets, answer.octets);
        assert_eq!(again.counted, [Radius::Duplicate]);
        assert_eq!(bench.aaa, before);
    }
}

//= access.6.14
#[test]
fn conversations_have_a_limit_and_an_end() {
    let mut bench = bench();
    let first = PEER.identify(&mut bench);
    for _ in 1..4 {
        assert_eq!(PEER.identify(&mut bench).code, CHALLENGE);
    }
    let refused = PEER.identify(&mut bench);
    assert_eq!((refused.code, refused.counted), (None, vec![Radius::TooManySessions]));
    // Those that have begun go on.
    let (response, state) = PEER.response(&first, b"");
    assert_eq!(PEER.ask(&mut bench, &response, Some(&state)).code, ACCEPT);

    let late = PEER.identify(&mut bench);
    bench.idle(60);
    assert_eq!(bench.aaa.sessions().count(), 0);
    let (response, state) = PEER.response(&late, b"");
    rejected(&PEER.ask(&mut bench, &response, Some(&state)), None, Radius::UnknownState);
    assert_eq!(PEER.attach(&mut bench).code, ACCEPT);
}

//= keys.4.5
#[test]
fn secrets_do_not_show() {
    let mut bench = bench();
    PEER.attach(&mut bench);
    let shown = format!("{:?}", bench.aaa);
    for secret in [MN1_ACCESS, NAS_SECRET, super::MN1_KEY] {
        let octets = Secret::new(secret);
        assert!(!shown.contains(&format!("{:?}", octets.octets())));
        assert!(!shown.contains(core::str::from_utf8(secret).unwrap()));
    }
}
