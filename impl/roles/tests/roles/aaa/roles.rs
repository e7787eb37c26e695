//! Which requests a server answers at all, and from whom.

use dsboot_codec::crypto::md5;
use dsboot_codec::radius::{Attribute, RequestBuilder, SubAttribute};
use dsboot_roles::aaa::{AaaConfig, AaaKind, Leg};
use dsboot_roles::count::Radius;
use dsboot_roles::{Input, Machine, Packet};
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::radius::code;

use super::{
    Bench, FHA, FHA_SECRET, HA, HA_SECRET, MN1, MN1_KEY, NAS, NAS_SECRET, OTHER_NAS, Outcome,
    VENDOR, config,
};

const REJECT: Option<u8> = Some(code::ACCESS_REJECT);
const SECRETS: [(&str, &[u8]); 3] = [(NAS, NAS_SECRET), (FHA, FHA_SECRET), (HA, HA_SECRET)];

fn of_kind(kind: AaaKind) -> Bench {
    let mut config = config();
    config.kind = kind;
    if kind == AaaKind::Aaaf {
        config.users.values_mut().for_each(|user| user.home = None);
    }
    Bench::new(config)
}

/// A request that says what it is.
fn claim(bench: &mut Bench, (source, secret): (&str, &[u8]), role: u32) -> Outcome {
    bench.ask(source, secret, |request| {
        request.attribute(&Attribute::UserName(MN1));
        request.sub_attribute(VENDOR, &SubAttribute::ClientRole(role));
    })
}

//= access.1.2
//= access.1.3
//= access.1.6
//= registration.6.7
#[test]
fn each_kind_of_server_answers_its_legs_and_no_others() {
    let roles = [client_role::NAS, client_role::FHA, client_role::HA];
    let cases = [
        (AaaKind::AaahIntegrated, [true, true, true]),
        (AaaKind::AaahSubscription, [false, true, true]),
        (AaaKind::Aaaf, [true, false, false]),
    ];
    for (kind, answered) in cases {
        for ((client, role), answered) in SECRETS.into_iter().zip(roles).zip(answered) {
            let outcome = claim(&mut of_kind(kind), client, role);
            assert_eq!(kind.serves(Leg::of(role).unwrap()), answered);
            assert_eq!(outcome.code.is_some(), answered, "{kind:?}, role {role}");
            if !answered {
                assert_eq!(outcome.counted, [Radius::LegNotServed]);
            }
        }
    }
}

//= access.6.8
//= registration.6.7
#[test]
fn a_client_is_refused_every_leg_but_its_own() {
    let roles = [client_role::NAS, client_role::FHA, client_role::HA];
    for (own, client) in SECRETS.into_iter().enumerate() {
        for (other, role) in roles.into_iter().enumerate() {
            let outcome = claim(&mut Bench::new(config()), client, role);
            assert_eq!(outcome.code, REJECT);
            let refused = outcome.counted == [Radius::NotEntitled, Radius::Rejected];
            assert_eq!(refused, own != other, "client {own} as role {role}");
        }
        let outcome = claim(&mut Bench::new(config()), client, 9);
        assert_eq!(outcome.counted, [Radius::NotEntitled, Radius::Rejected]);
    }
}

#[test]
fn a_client_of_one_role_need_not_say_which() {
    let reject = |source, secret, build: fn(&mut RequestBuilder)| {
        let mut bench = Bench::new(config());
        let outcome = bench.ask(source, secret, build);
        assert_eq!(outcome.code, REJECT);
        outcome.counted[0]
    };
    assert_eq!(reject(FHA, FHA_SECRET, |_| {}), Radius::Incomplete);
    // This one is configured with two.
    assert_eq!(reject(OTHER_NAS, NAS_SECRET, |_| {}), Radius::NotEntitled);
    // A role said twice counts as not said.
    let twice = |request: &mut RequestBuilder| {
        for role in [client_role::NAS, client_role::NAS] {
            request.sub_attribute(VENDOR, &SubAttribute::ClientRole(role));
        }
    };
    //= access.6.12
    assert_eq!(reject(OTHER_NAS, NAS_SECRET, twice), Radius::NotEntitled);
    assert_eq!(reject(NAS, NAS_SECRET, twice), Radius::Incomplete);
}

#[test]
fn a_client_asks_under_its_own_name() {
    let named = |name: &'static [u8]| {
        let mut bench = Bench::new(config());
        let outcome = bench.ask(FHA, FHA_SECRET, |request| {
            request.attribute(&Attribute::NasIdentifier(name));
        });
        outcome.counted[0]
    };
    assert_eq!(named(b"fha1.asp.example"), Radius::Incomplete);
    assert_eq!(named(b"fha2.asp.example"), Radius::NotEntitled);
    assert_eq!(named(b"\xff"), Radius::NotEntitled);
}

fn behind_a_proxy(config: &mut AaaConfig) {
    let proxy = config.radius.clients.get_mut(&"192.0.2.1".parse().unwrap()).unwrap();
    proxy.names.insert("fha2.asp.example".into());
}

//= access.6.11
#[test]
fn through_a_proxy_the_name_says_which_fha_asks() {
    let mut config = config();
    behind_a_proxy(&mut config);
    let mut bench = Bench::new(config);
    let response = md5(&[&[0], MN1_KEY, &[7; 17]]);
    for (name, thoav4) in
        [("fha1.asp.example", "203.0.113.9"), ("fha2.asp.example", "203.0.113.90")]
    {
        let outcome = bench.ask(FHA, FHA_SECRET, |request| {
            request
                .attribute(&Attribute::UserName(MN1))
                .attribute(&Attribute::NasIdentifier(name.as_bytes()))
                .attribute(&Attribute::decode(3, &[&[0][..], &response].concat()))
                .attribute(&Attribute::ChapChallenge(&[7; 17]))
                .attribute(&Attribute::ProxyState(b"mark"));
        });
        let packet = outcome.packet();
        assert_eq!(packet.framed_ip_address().once(), Some(thoav4.parse().unwrap()));
        assert_eq!(packet.proxy_states().collect::<Vec<_>>(), [b"mark"]);
    }
    // Without a name it is not known which of the two.
    let outcome = bench.ask(FHA, FHA_SECRET, |_| {});
    assert_eq!(outcome.counted[0], Radius::NotEntitled);
}

//= access.6.7
#[test]
fn noise_leaves_no_trace() {
    let mut bench = Bench::new(config());
    let before = bench.aaa.clone();
    let forged = |bench: &mut Bench, source: &str| {
        bench.ask(source, b"guessed", |request| {
            request.attribute(&Attribute::UserName(MN1));
        })
    };
    assert_eq!(forged(&mut bench, FHA).counted, [Radius::BadMessageAuthenticator]);
    assert_eq!(forged(&mut bench, "192.0.2.77:1").counted, [Radius::UnknownClient]);
    for length in [0, 1, 19, 20, 21, 300] {
        let octets = (0..=250u8).cycle().step_by(37).take(length).collect();
        let outcome = bench.send(FHA, FHA_SECRET, octets);
        assert_eq!((outcome.code, outcome.counted.len()), (None, 1));
    }
    let packet = Packet { neighbour: None, octets: vec![0x45; 40] };
    let effects = bench.aaa.handle(bench.now, &mut bench.random, Input::Packet(&packet));
    assert_eq!(effects.iter().count(), 1);
    assert_eq!(bench.aaa, before);
}
