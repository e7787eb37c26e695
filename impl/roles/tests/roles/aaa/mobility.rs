use core::net::{Ipv4Addr, Ipv6Addr};

use dsboot_codec::crypto::md5;
use dsboot_codec::radius::{Attribute, ChapPassword, Ipv6Prefix, SubAttribute};
use dsboot_roles::aaa::{AaaConfig, AaaKind, Mobility};
use dsboot_roles::count::Radius;
use dsboot_roles::keys::mn_fha_key;
use dsboot_roles::{Machine, Secret};
use dsboot_spec::registry::mip4::{algorithm, replay_method, spi};
use dsboot_spec::registry::radius::code;

use super::{
    Bench, FHA, FHA_SECRET, MN1, MN1_KEY, MN2, MN2_KEY, OTHER_FHA, Outcome, START, VENDOR, config,
    home, nai,
};

const ACCEPT: Option<u8> = Some(code::ACCESS_ACCEPT);
const REJECT: Option<u8> = Some(code::ACCESS_REJECT);

/// A request of leg B.
#[derive(Clone, Copy)]
struct Registration<'a> {
    fha: &'a str,
    nai: &'a [u8],
    key: &'a [u8],
    hint: Option<(&'a str, u8)>,
    thoav4: Option<Ipv4Addr>,
}

const MN1_AT_FHA: Registration<'_> = Registration {
    fha: FHA,
    nai: MN1,
    key: MN1_KEY,
    hint: Some(("2001:db8:f::", 64)),
    thoav4: None,
};
const MN2_AT_FHA: Registration<'_> = Registration { nai: MN2, key: MN2_KEY, ..MN1_AT_FHA };

impl Registration<'_> {
    fn ask(&self, bench: &mut Bench) -> Outcome {
        let challenge = [&[0x0f; 16][..], &[0]].concat();
        let response = md5(&[&[0], self.key, &challenge]);
        bench.ask(self.fha, FHA_SECRET, |request| {
            request
                .attribute(&Attribute::UserName(self.nai))
                .attribute(&Attribute::ChapPassword(ChapPassword {
                    identifier: 0,
                    response: &response,
                }))
                .attribute(&Attribute::ChapChallenge(&challenge))
                .sub_attribute(VENDOR, &SubAttribute::MnSpi(0x1001))
                .sub_attribute(VENDOR, &SubAttribute::FhaSpi(0x2001));
            if let Some((prefix, length)) = self.hint {
                let prefix = Ipv6Prefix::new(prefix.parse().unwrap(), length).unwrap();
                request.attribute(&Attribute::FramedIpv6Prefix(prefix));
            }
            if let Some(address) = self.thoav4 {
                request.attribute(&Attribute::FramedIpAddress(address));
            }
        })
    }
}

fn bench() -> Bench {
    Bench::new(config())
}

fn change(change: impl FnOnce(&mut AaaConfig)) -> Bench {
    let mut config = config();
    change(&mut config);
    Bench::new(config)
}

/// THOAv4 and IPv6 care-of address of an accept.
fn addresses(outcome: &Outcome) -> (Option<Ipv4Addr>, Option<Ipv6Addr>) {
    assert_eq!(outcome.code, ACCEPT);
    let packet = outcome.packet();
    let care_of = packet.vendor(VENDOR).parameters().ipv6_coa.once();
    (packet.framed_ip_address().once(), care_of.map(|prefixed| prefixed.address()))
}

fn key(outcome: &Outcome) -> Secret {
    let packet = outcome.packet();
    let hidden = packet.vendor(VENDOR).mn_fha_key().once().unwrap();
    let key = hidden.reveal(&outcome.request_authenticator, FHA_SECRET).unwrap();
    Secret::new(key.to_vec())
}

//= registration.6.8
//= registration.6.9
//= registration.6.10
#[test]
fn who_proves_the_key_gets_all_of_the_bootstrap() {
    let outcome = MN1_AT_FHA.ask(&mut bench());
    assert_eq!(outcome.counted, [Radius::Accepted]);
    let care_of: Ipv6Addr = "2001:db8:f::cb00:7109".parse().unwrap();
    let thoav4 = Ipv4Addr::new(203, 0, 113, 9);
    assert_eq!(addresses(&outcome), (Some(thoav4), Some(care_of)));
    let packet = outcome.packet();
    assert_eq!(packet.session_timeout().once(), Some(1800));
    let vendor = packet.vendor(VENDOR);
    let record = home(MN1_KEY, 0x100);
    assert_eq!(vendor.parameters().ipv6_hoa.once(), Some(record.home_address));
    assert_eq!(vendor.parameters().home_agent.once(), Some(record.home_agent));
    assert_eq!(vendor.parameters().ipv6_coa.once().unwrap().prefix_length(), 64);
    assert_eq!(vendor.aaa_spi().once(), Some(spi::CHAP));
    //= keys.1.11
    assert_eq!(vendor.key_lifetime().once(), Some(1800));
    //= keys.1.9
    assert_eq!(vendor.algorithm().once(), Some(algorithm::HMAC_MD5.into()));
    //= keys.1.10
    assert_eq!(vendor.replay_method().once(), Some(replay_method::TIMESTAMPS.into()));
}

//= keys.1.1
//= keys.1.3
//= keys.4.1
#[test]
fn the_key_is_that_of_the_nonce_and_comes_hidden() {
    let outcome = MN1_AT_FHA.ask(&mut bench());
    let packet = outcome.packet();
    let vendor = packet.vendor(VENDOR);
    let nonce = vendor.key_gen_nonce().once().unwrap();
    assert_eq!(nonce.len(), 16);
    let expected = mn_fha_key(&Secret::new(MN1_KEY), nonce, &nai(MN1));
    assert_eq!(key(&outcome), expected);
    let shown = outcome.octets.windows(20).any(|octets| octets == expected.octets());
    assert!(!shown, "the key is in the packet as it is");
    //= keys.1.5
    assert_eq!(vendor.sub_attributes().count(), 9);
}

//= keys.4.2
//= keys.4.4
#[test]
fn nobody_but_the_fha_can_tell_the_key() {
    let outcome = MN1_AT_FHA.ask(&mut bench());
    let expected = key(&outcome);
    let packet = outcome.packet();
    let hidden = packet.vendor(VENDOR).mn_fha_key().once().unwrap();
    for secret in [super::NAS_SECRET, super::HA_SECRET, MN2_KEY] {
        let revealed = hidden.reveal(&outcome.request_authenticator, secret);
        assert_ne!(revealed.map(|key| Secret::new(key.to_vec())), Some(expected.clone()));
    }
    // Nor is it the same salt twice.
    let mut bench = bench();
    let salts: std::collections::BTreeSet<_> = (0..20)
        .map(|_| {
            let outcome = MN1_AT_FHA.ask(&mut bench);
            let packet = outcome.packet();
            packet.vendor(VENDOR).mn_fha_key().once().unwrap().salt()
        })
        .collect();
    assert!(salts.len() > 15, "{salts:?}");
}

//= keys.2.4
#[test]
fn no_answer_has_a_secret_in_it() {
    let outcome = MN1_AT_FHA.ask(&mut bench());
    for secret in [MN1_KEY, super::MN1_ACCESS, FHA_SECRET] {
        assert!(!outcome.octets.windows(secret.len()).any(|octets| octets == secret));
    }
}

//= registration.6.11
//= keys.1.4
#[test]
fn asking_again_gives_the_same_addresses_and_another_key() {
    let mut bench = bench();
    let first = MN1_AT_FHA.ask(&mut bench);
    MN2_AT_FHA.ask(&mut bench);
    for _ in 0..5 {
        bench.pass(7);
        let again = MN1_AT_FHA.ask(&mut bench);
        assert_eq!(addresses(&again), addresses(&first));
        assert_ne!(key(&again), key(&first));
    }
    assert_eq!(bench.aaa.assignments().count(), 2);
}

//= movement.4.3
#[test]
fn assignments_outlive_a_crash() {
    let mut bench = bench();
    let mut again = bench.aaa.clone();
    bench.aaa.keep_journal();
    let first = MN1_AT_FHA.ask(&mut bench);
    let changed = bench.aaa.take_changed();
    assert!(!changed.is_empty() && bench.aaa.take_changed().is_empty());
    for key in changed {
        let record = bench.aaa.record(&key).unwrap();
        again.restore(key, record);
    }
    bench.aaa = again;
    assert_eq!(bench.aaa.assignments().count(), 1);
    bench.pass(7);
    let (a4, a6) = addresses(&MN1_AT_FHA.ask(&mut bench));
    assert_eq!((a4, a6), addresses(&first));
    assert_ne!(addresses(&MN2_AT_FHA.ask(&mut bench)).0, a4);
}

//= registration.6.12
#[test]
fn two_users_never_hold_one_address() {
    let mut bench = bench();
    let (a4, a6) = addresses(&MN1_AT_FHA.ask(&mut bench));
    let (b4, b6) = addresses(&MN2_AT_FHA.ask(&mut bench));
    assert_ne!(a4, b4);
    assert_ne!(a6, b6);
    // Nor by asking for the other's.
    let wish = Registration { fha: OTHER_FHA, thoav4: a4, ..MN2_AT_FHA };
    let (c4, _) = addresses(&wish.ask(&mut bench));
    assert_eq!(c4, Some(Ipv4Addr::new(203, 0, 113, 90)));
}

//= registration.6.11
//= registration.6.12
#[test]
fn under_any_order_of_requests_no_address_is_held_twice() {
    use dsboot_roles::Random as _;
    let mut bench = bench();
    let users = [MN1_AT_FHA, MN2_AT_FHA];
    let mut last = [[None; 2]; 2];
    for _ in 0..500 {
        let mut dice = [0; 3];
        bench.random.fill(&mut dice);
        let (user, fha) = (usize::from(dice[0] % 2), usize::from(dice[1] % 2));
        let request = Registration { fha: [FHA, OTHER_FHA][fha], ..users[user] };
        let held = addresses(&request.ask(&mut bench)).0;
        assert!(held.is_some());
        if let Some(before) = last[user][fha] {
            assert_eq!(held, Some(before), "an assignment changed while it lived");
        }
        last[user][fha] = held;
        let mut all: Vec<_> = bench.aaa.assignments().map(|held| held.thoav4).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count, "an address is held twice");
        bench.pass(u64::from(dice[2] % 60));
        if bench.aaa.assignments().count() < count {
            panic!("an assignment ended without its time being over");
        }
    }
}

#[test]
fn no_server_becomes_one_of_another_kind() {
    let mut bench = bench();
    let before = bench.aaa.config().clone();
    for kind in [AaaKind::AaahIntegrated, AaaKind::AaahSubscription, AaaKind::Aaaf] {
        bench.aaa.reload(AaaConfig { kind, ..before.clone() }).unwrap();
        assert_eq!(bench.aaa.config(), &before);
    }
}

//= registration.6.11
//= registration.6.12
#[test]
fn other_users_and_clients_leave_what_is_assigned() {
    let mut bench = bench();
    let first = addresses(&MN1_AT_FHA.ask(&mut bench));
    let mut config = bench.aaa.config().clone();
    let gone = config.users.remove(&nai(MN2)).unwrap();
    bench.aaa.reload(config.clone()).unwrap();
    assert_eq!(bench.aaa.assignments().count(), 1);
    let outcome = MN2_AT_FHA.ask(&mut bench);
    assert_eq!(outcome.counted, [Radius::UnknownUser, Radius::Rejected]);
    assert_eq!(addresses(&MN1_AT_FHA.ask(&mut bench)), first);
    // Back again, and given another address than the one that is held.
    config.users.insert(nai(MN2), gone);
    bench.aaa.reload(config.clone()).unwrap();
    assert_ne!(addresses(&MN2_AT_FHA.ask(&mut bench)).0, first.0);
    // What contradicts itself changes nothing.
    let before = bench.aaa.clone();
    config.radius.clients.values_mut().for_each(|client| client.names.clear());
    assert!(bench.aaa.reload(config).is_err());
    assert_eq!(bench.aaa, before);
}

//= movement.1.8
#[test]
fn home_address_and_home_agent_are_the_same_at_every_fha() {
    let mut bench = bench();
    let here = MN1_AT_FHA.ask(&mut bench);
    let there = Registration { fha: OTHER_FHA, hint: Some(("2001:db8:e::", 64)), ..MN1_AT_FHA };
    let there = there.ask(&mut bench);
    let home = |outcome: &Outcome| {
        let packet = outcome.packet();
        let parameters = packet.vendor(VENDOR).parameters();
        (parameters.ipv6_hoa.once().unwrap(), parameters.home_agent.once().unwrap())
    };
    assert_eq!(home(&here), home(&there));
    assert_ne!(addresses(&here), addresses(&there));
}

#[test]
fn a_thoav4_in_use_is_given_again_after_the_server_forgot_it() {
    let address = Ipv4Addr::new(203, 0, 113, 10);
    let refresh = Registration { thoav4: Some(address), ..MN1_AT_FHA };
    let mut bench = bench();
    assert_eq!(addresses(&refresh.ask(&mut bench)).0, Some(address));
    // But what is held counts more than what is wished for.
    let other = Registration { thoav4: Some(Ipv4Addr::new(203, 0, 113, 9)), ..MN1_AT_FHA };
    assert_eq!(addresses(&other.ask(&mut bench)).0, Some(address));
}

//= registration.6.13
#[test]
fn a_pool_used_up_gives_a_key_but_no_address() {
    let mut bench = change(|config| {
        let fha = config.fhas.get_mut("fha1.asp.example").unwrap();
        fha.home_addresses = Some(super::range("203.0.113.9", "203.0.113.9"));
    });
    MN1_AT_FHA.ask(&mut bench);
    let outcome = MN2_AT_FHA.ask(&mut bench);
    assert_eq!(outcome.counted, [Radius::PoolEmpty, Radius::Accepted]);
    assert_eq!(addresses(&outcome), (None, None));
    assert!(outcome.packet().vendor(VENDOR).parameters().ipv6_hoa.is_absent());
    key(&outcome);
    assert_eq!(bench.aaa.assignments().count(), 1);

    // It has addresses again when the other's has ended, 90 s after what was granted.
    bench.idle(1889);
    assert_eq!(addresses(&MN2_AT_FHA.ask(&mut bench)), (None, None));
    bench.idle(1);
    assert_eq!(addresses(&MN2_AT_FHA.ask(&mut bench)).0, Some(Ipv4Addr::new(203, 0, 113, 9)));
}

//= access.6.14
#[test]
fn what_ends_is_forgotten_without_being_asked() {
    let mut bench = bench();
    let fresh = bench.aaa.clone();
    MN1_AT_FHA.ask(&mut bench);
    let wake = |bench: &Bench| bench.aaa.poll_timeout().map(|time| time.since(START).as_secs());
    // First the answer kept for duplicates, then the assignment.
    assert_eq!(wake(&bench), Some(30));
    bench.idle(30);
    assert_eq!(wake(&bench), Some(1890));
    bench.idle(1860);
    assert_eq!(wake(&bench), None);
    assert_eq!(bench.aaa, fresh);
}

//= registration.6.10
#[test]
fn the_care_of_address_follows_the_hint() {
    let mut bench = bench();
    let (_, first) = addresses(&MN1_AT_FHA.ask(&mut bench));
    // Without a hint, what was given stays.
    let none = Registration { hint: None, ..MN1_AT_FHA };
    assert_eq!(addresses(&none.ask(&mut bench)).1, first);
    let moved = Registration { hint: Some(("2001:db8:e:1::", 96)), ..MN1_AT_FHA };
    let expected: Ipv6Addr = "2001:db8:e:1::cb00:7109".parse().unwrap();
    assert_eq!(addresses(&moved.ask(&mut bench)).1, Some(expected));

    for hint in [None, Some(("2001:db8:f::", 97))] {
        let outcome = Registration { hint, ..MN2_AT_FHA }.ask(&mut bench);
        assert_eq!(outcome.counted, [Radius::NoPrefix, Radius::Accepted]);
        assert_eq!(addresses(&outcome).1, None);
    }
}

/// A reject with nothing in it, and a server that gave nothing away.
fn refused(bench: &Bench, outcome: &Outcome, reason: Radius) {
    assert_eq!(outcome.code, REJECT);
    assert_eq!(outcome.counted, [reason, Radius::Rejected]);
    assert_eq!(outcome.octets.len(), 20 + 18);
    assert_eq!(bench.aaa.assignments().count(), 0);
}

//= registration.6.8
#[test]
fn who_does_not_prove_the_key_gets_nothing() {
    let cases = [
        (Registration { key: MN2_KEY, ..MN1_AT_FHA }, Radius::WrongSecret),
        // The secret for access is another one.
        (Registration { key: super::MN1_ACCESS, ..MN1_AT_FHA }, Radius::WrongSecret),
        (Registration { nai: b"nobody@x", ..MN1_AT_FHA }, Radius::UnknownUser),
    ];
    for (registration, reason) in cases {
        let mut bench = bench();
        let outcome = registration.ask(&mut bench);
        refused(&bench, &outcome, reason);
    }
}

//= registration.6.8
#[test]
fn a_wrong_key_takes_nothing_from_the_one_who_has_it() {
    let mut bench = bench();
    let first = MN1_AT_FHA.ask(&mut bench);
    let before: Vec<_> = bench.aaa.assignments().map(|held| (held.thoav4, held.ends)).collect();
    bench.pass(10);
    let wrong = Registration { key: b"wrong", ..MN1_AT_FHA }.ask(&mut bench);
    assert_eq!(wrong.code, REJECT);
    let after: Vec<_> = bench.aaa.assignments().map(|held| (held.thoav4, held.ends)).collect();
    assert_eq!(before, after);
    assert_eq!(addresses(&MN1_AT_FHA.ask(&mut bench)), addresses(&first));
}

//= registration.6.7
//= registration.6.8
#[test]
fn only_through_fhas_of_the_agreement_and_the_subscription() {
    let mut not_agreed = change(|config| {
        config.fhas.remove("fha1.asp.example");
        for location in config.locations.values_mut() {
            location.fhas.clear();
        }
    });
    let outcome = MN1_AT_FHA.ask(&mut not_agreed);
    refused(&not_agreed, &outcome, Radius::NotEntitled);

    let through =
        |mobility| change(|config| config.users.get_mut(&nai(MN1)).unwrap().mobility = mobility);
    for mobility in [Mobility::None, Mobility::Through(["fha2.asp.example".into()].into())] {
        let mut bench = through(mobility);
        let outcome = MN1_AT_FHA.ask(&mut bench);
        refused(&bench, &outcome, Radius::NotSubscribed);
    }
    let mut covered = through(Mobility::Through(["fha1.asp.example".into()].into()));
    assert_eq!(MN1_AT_FHA.ask(&mut covered).code, ACCEPT);
}

#[test]
fn without_chap_or_user_nothing_is_decided() {
    let mut bench = bench();
    let outcome = bench.ask(FHA, FHA_SECRET, |request| {
        request.attribute(&Attribute::UserName(MN1));
    });
    refused(&bench, &outcome, Radius::Incomplete);
    let outcome = bench.ask(FHA, FHA_SECRET, |request| {
        request.attribute(&Attribute::decode(3, &[0; 17]));
    });
    refused(&bench, &outcome, Radius::Incomplete);
}

#[test]
fn the_vector_of_leg_b_is_accepted() {
    let mut bench = change(|config| {
        let user = config.users.remove(&nai(MN1)).unwrap();
        config.users.insert(nai(b"mn1@home.example"), user);
        let client = config.radius.clients.get_mut(&"192.0.2.1".parse().unwrap()).unwrap();
        client.secret = Secret::new(*b"radius-secret-16");
    });
    let file = include_str!("../../../../../codec/tests/vectors/mobile-ip.json");
    let start = file.find("\"access_request_fha\": \"").unwrap() + 23;
    let octets: String = file[start..].chars().take_while(|c| *c != '"').collect();
    let outcome = bench.send(FHA, FHA_SECRET, hex::decode(octets).unwrap());
    let care_of: Ipv6Addr = "2001:db8:f::cb00:7109".parse().unwrap();
    assert_eq!(addresses(&outcome), (Some(Ipv4Addr::new(203, 0, 113, 9)), Some(care_of)));
}

#[test]
fn a_configured_algorithm_is_passed_on() {
    let mut bench = change(|config| config.algorithm = algorithm::HMAC_SHA1);
    let outcome = MN1_AT_FHA.ask(&mut bench);
    let packet = outcome.packet();
    assert_eq!(packet.vendor(VENDOR).algorithm().once(), Some(2));
}
