//! The foreign home agent, sentence by sentence.

mod agent;
mod bench;
mod data;
mod ends;

use crate::support::Done;
use core::net::Ipv4Addr;
use core::time::Duration;

use crate::support::v6;
use bench::{AGENT, Accept, Ask, Bench, CARE_OF, FHA, THOAV4, care_of_v6, decode, nai, told};
use dsboot_codec::mip4::{AuthenticationKind, Identification, Message};
use dsboot_codec::radius::Packet;
use dsboot_roles::count::{Radius, Registration};
use dsboot_roles::{Machine, Secret};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_spec::registry::mip4::{REQUEST_LENGTH, code, extension, request_flag};

const MN1: &str = "mn1@home.example";
const MN2: &str = "mn2@home.example";

/// An ask of a registered mobile node.
fn registered() -> Ask {
    Ask { home_address: THOAV4, ..Ask::default() }
}

//= registration.6.1
//= registration.6.3
//= registration.6.4
//= registration.6.5
#[test]
fn a_first_request_is_asked_about_before_anything_else_happens() {
    let mut bench = Bench::new();
    let asked = bench.receive(&bench.first(&Ask::default()));
    let request = asked.radius();
    assert!(bench.fha.bindings().is_empty());
    let packet = Packet::decode(&request.payload).unwrap();
    packet.verify_request(bench::RADIUS_SECRET).unwrap();
    assert_eq!(packet.user_name().once(), Some(MN1.as_bytes()));
    assert_eq!(packet.chap_password().once().unwrap().identifier, 0);
    assert!(packet.framed_ip_address().is_absent());
    assert!(packet.framed_ipv6_prefixes().next().unwrap().contains(care_of_v6()));
    let dsboot_codec::radius::Credential::Chap(chap) = packet.credential().unwrap() else {
        panic!("no CHAP")
    };
    assert!(chap.proves(bench::MN_AAA_KEY) && !chap.proves(b"another"));
    let vendor = packet.vendor(DEFAULT_VENDOR_ID);
    assert_eq!(vendor.mn_spi().once(), Some(bench::MN_SPI));
    assert!(vendor.fha_spi().once().unwrap() >= 256);
}

#[test]
fn a_server_of_others_may_accept_in_its_own_way() {
    let [usual, own] = [false, true].map(|own| {
        let mut bench = Bench::new();
        let asked = bench.receive(&bench.first(&Ask::default())).radius();
        let answer = match own {
            true => bench.accept_in_its_own_way(&asked),
            false => bench.accept(&asked, &Accept::default()),
        };
        bench.receive(&answer).reply()
    });
    assert_eq!(usual, own);
}

//= registration.7.10
//= registration.8.1
//= registration.8.2
//= registration.8.3
//= registration.8.4
//= registration.8.6
//= registration.8.7
//= registration.2.1
//= registration.6.20
//= keys.1.7
#[test]
fn an_accept_makes_binding_and_reply() {
    let mut bench = Bench::new();
    let request = bench.first(&Ask::default());
    let asked = bench.receive(&request).radius();
    let seen = bench.receive(&bench.accept(&asked, &Accept::default()));
    let datagram = seen.reply();
    assert_eq!((datagram.source, datagram.destination), (request.destination, request.source));
    assert!(bench::is_proved(&datagram, MN1));
    let reply = decode(&datagram);
    assert_eq!(reply.header.code.0, code::ACCEPTED);
    assert_eq!((reply.header.home_address, reply.header.home_agent), (THOAV4, FHA));
    let identification = u64::from_be_bytes(request.payload[16..24].try_into().unwrap());
    assert_eq!(reply.header.identification, Identification(identification));
    let kinds: Vec<u8> = reply.extensions.iter().map(|e| e.value.kind()).collect();
    let nvse = extension::NVSE;
    let expected = [extension::NAI, extension::MN_HA_KEY_REPLY, nvse, nvse, nvse];
    assert_eq!(kinds, [&expected[..], &[extension::MOBILE_HOME_AUTHENTICATION]].concat());
    let key = reply.extensions.mn_ha_key_reply().once().unwrap();
    assert_eq!((key.nonce, key.lifetime, key.aaa_spi), (&bench::NONCE[..], 7200, 0x100));
    let parameters = told(&reply);
    assert_eq!(parameters.ipv6_hoa.once().unwrap().address(), bench::home_address());
    assert_eq!(parameters.ipv6_coa.once().unwrap().address(), care_of_v6());
    let binding = bench.fha.bindings().get(&nai(MN1)).unwrap();
    assert_eq!((binding.thoav4, binding.care_of_address), (THOAV4, CARE_OF));
    assert_eq!(binding.association.fha_spi, key.ha_spi);
    assert_eq!(binding.expires, bench.now + Duration::from_secs(1800));
}

//= registration.6.2
#[test]
fn one_question_about_a_mobile_node_at_a_time() {
    let mut bench = Bench::new();
    bench.receive(&bench.first(&Ask::default())).radius();
    bench.pass(1);
    let seen = bench.receive(&bench.first(&Ask::default()));
    assert!(seen.is_silent() && seen.counts(Registration::Parallel));
    // Another mobile node's is another matter.
    bench.receive(&bench.first(&Ask { nai: MN2, ..Ask::default() })).radius();
}

//= keys.2.2
#[test]
fn an_authenticator_that_only_the_requests_octets_prove_is_not_accepted() {
    let mut bench = Bench::new();
    let request = bench.first_by(&Ask::default(), 0x100);
    let Ok(Message::Request(decoded)) = Message::decode(&request.payload) else { panic!() };
    let proof = decoded.extensions.authenticator(AuthenticationKind::MnAaa).once().unwrap();
    assert!(proof.spi == 0x100 && proof.verify(&bench::context(0x100, bench::MN_AAA_KEY)));
    let seen = bench.receive(&request);
    assert!(seen.is_silent() && seen.counts(Registration::NotChap));
    assert!(bench.fha.pending().next().is_none());
}

//= registration.6.14
#[test]
fn a_reject_is_told_only_where_something_protects_the_denial() {
    let mut bench = Bench::new();
    let asked = bench.receive(&bench.first(&Ask::default())).radius();
    let seen = bench.receive(&bench.reject(&asked));
    assert!(seen.is_silent() && seen.counts(Registration::AaaRejected));
    assert!(bench.fha.bindings().is_empty());
    // An earlier association with the mobile node.
    bench.register(&Ask::default(), &Accept::default());
    bench.pass(1);
    let asked = bench.receive(&bench.first(&Ask::default())).radius();
    let denial = bench.receive(&bench.reject(&asked)).reply();
    assert_eq!(decode(&denial).header.code.0, code::HA_BAD_AAA_AUTH);
    assert!(bench::is_proved(&denial, MN1));
    assert!(bench.fha.bindings().get(&nai(MN1)).is_some());
    // An association with the foreign agent.
    let ask =
        Ask { nai: MN2, care_of: AGENT, source: AGENT, signed_by_agent: true, ..Ask::default() };
    let asked = bench.receive(&bench.first(&ask)).radius();
    let denial = bench.receive(&bench.reject(&asked)).reply();
    let proof = decode(&denial).extensions.authenticator(AuthenticationKind::ForeignHome).once();
    let context = bench::context(bench::AGENT_SPI, bench::AGENT_KEY);
    assert!(proof.unwrap().verify(&context));
}

//= registration.6.15
#[test]
fn a_silent_aaah_makes_the_fha_silent() {
    let mut bench = Bench::new();
    bench.receive(&bench.first(&Ask::default())).radius();
    let mut silent = false;
    while let Some(due) = bench.fha.poll_timeout() {
        bench.now = due;
        let seen = bench.timeout();
        silent |= seen.counts(Registration::AaaSilent);
        assert!(seen.datagrams().iter().all(|d| d.destination.port() == 1812));
    }
    assert!(silent && bench.fha.bindings().is_empty());
    assert_eq!(bench.fha.pending().count(), 0);
}

//= registration.6.16
#[test]
fn an_accept_without_key_or_nonce_is_none() {
    for (key, nonce) in [(false, true), (true, false)] {
        let mut bench = Bench::new();
        let seen = bench.register(&Ask::default(), &Accept { key, nonce, ..Accept::default() });
        assert!(seen.is_silent() && seen.counts(Registration::IncompleteAccept));
        assert!(bench.fha.bindings().is_empty());
    }
}

//= keys.1.9
//= keys.1.10
#[test]
fn a_key_of_an_unknown_kind_is_none() {
    for (algorithm, replay_method, is_known) in
        [(1, 2, true), (2, 2, true), (3, 2, false), (1, 1, false), (1, 3, false)]
    {
        let mut bench = Bench::new();
        let accept = Accept { algorithm, replay_method, ..Accept::default() };
        let seen = bench.register(&Ask::default(), &accept);
        assert_eq!(seen.is_silent(), !is_known, "{algorithm}, {replay_method}");
        assert_eq!(seen.counts(Registration::IncompleteAccept), !is_known);
        assert_eq!(bench.fha.bindings().is_empty(), !is_known);
    }
}

//= registration.6.17
//= registration.8.8
#[test]
fn an_accept_without_address_is_answered_by_130() {
    let mut bench = Bench::new();
    let accept = Accept { thoav4: None, ..Accept::default() };
    let seen = bench.register(&Ask::default(), &accept);
    assert_eq!(seen.code(), code::HA_RESOURCES);
    assert!(bench::is_proved(&seen.reply(), MN1));
    assert!(told(&decode(&seen.reply())).ipv6_hoa.is_absent());
    assert!(bench.fha.bindings().is_empty());
}

//= registration.6.18
#[test]
fn addresses_that_cannot_be_the_mobile_nodes_are_answered_by_129() {
    let outside = Accept { care_of: Some(v6("2001:db8:e::1")), ..Accept::default() };
    let mut bench = Bench::new();
    let seen = bench.register(&Ask::default(), &outside);
    assert_eq!(seen.code(), code::HA_PROHIBITED);
    assert!(bench::is_proved(&seen.reply(), MN1) && bench.fha.bindings().is_empty());
    // Addresses that another mobile node's binding holds.
    bench.register(&Ask::default(), &Accept::default());
    let other_v6 = Some(v6("2001:db8:f::78"));
    let other_v4 = Some(Ipv4Addr::new(203, 0, 113, 10));
    for accept in [
        Accept { care_of: other_v6, ..Accept::default() },
        Accept { thoav4: other_v4, ..Accept::default() },
    ] {
        bench.pass(1);
        let seen = bench.register(&Ask { nai: MN2, ..Ask::default() }, &accept);
        assert_eq!(seen.code(), code::HA_PROHIBITED);
        assert!(bench.fha.bindings().get(&nai(MN2)).is_none());
    }
    bench.pass(1);
    let free = Accept { care_of: other_v6, thoav4: other_v4, ..Accept::default() };
    assert_eq!(bench.register(&Ask { nai: MN2, ..Ask::default() }, &free).code(), code::ACCEPTED);
}

//= registration.6.19
#[test]
fn an_accept_without_home_agent_still_makes_a_binding() {
    let mut bench = Bench::new();
    let accept = Accept { home_agent: None, ..Accept::default() };
    let seen = bench.register(&Ask::default(), &accept);
    assert_eq!(seen.code(), code::ACCEPTED);
    assert!(told(&decode(&seen.reply())).home_agent.is_absent());
    assert_eq!(bench.fha.bindings().len(), 1);
}

//= registration.6.6
#[test]
fn a_bound_mobile_nodes_address_goes_with_the_question() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    bench.pass(1);
    let asked = bench.receive(&bench.first(&Ask::default())).radius();
    let packet = Packet::decode(&asked.payload).unwrap();
    assert_eq!(packet.framed_ip_address().once(), Some(THOAV4));
}

//= registration.7.2
//= keys.2.1
#[test]
fn what_cannot_be_judged_is_dropped_in_silence() {
    let mut bench = Bench::new();
    let whole = bench.first(&Ask::default());
    let cut = |length: usize| {
        let mut cut = whole.clone();
        cut.payload.truncate(length);
        cut
    };
    for (datagram, reason) in [
        (cut(REQUEST_LENGTH - 1), Registration::Malformed),
        (cut(whole.payload.len() - 1), Registration::Malformed),
        (cut(REQUEST_LENGTH), Registration::NoAuthorization),
        (bench.first(&Ask { key_request: false, ..Ask::default() }), Registration::NoKeyRequest),
        (bench.again_with(&registered(), 0x2001, &Secret::new(*b"k")), Registration::NoAssociation),
    ] {
        let seen = bench.receive(&datagram);
        assert!(seen.is_silent() && seen.counts(reason), "{reason:?}: {seen:?}");
    }
}

//= registration.7.1
//= movement.2.2
//= movement.2.4
//= movement.1.3
//= movement.1.5
#[test]
fn a_refresh_or_movement_is_the_fhas_own_affair() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    bench.pass(100);
    let elsewhere = Ipv4Addr::new(198, 51, 101, 5);
    let ask = Ask { care_of: elsewhere, source: elsewhere, ..registered() };
    let seen = bench.receive(&bench.again(&ask));
    assert_eq!(seen.code(), code::ACCEPTED);
    let datagram = seen.reply();
    assert!(bench::is_proved(&datagram, MN1));
    let reply = decode(&datagram);
    assert!(reply.extensions.mn_ha_key_reply().is_absent());
    assert_eq!(told(&reply).ipv6_coa.once().unwrap().address(), care_of_v6());
    let binding = bench.fha.bindings().get(&nai(MN1)).unwrap();
    assert_eq!((binding.thoav4, binding.care_of_address), (THOAV4, elsewhere));
    assert_eq!(bench.fha.bindings().len(), 1);
}

#[test]
fn a_request_under_an_association_names_the_address_that_goes_with_it() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    for home_address in [Ipv4Addr::UNSPECIFIED, Ipv4Addr::from_bits(THOAV4.to_bits() + 1)] {
        bench.pass(1);
        let before = bench.fha.bindings().get(&nai(MN1)).cloned();
        let seen = bench.receive(&bench.again(&Ask { home_address, ..registered() }));
        assert_eq!(seen.code(), code::HA_PROHIBITED, "{home_address}");
        assert_eq!(bench.fha.bindings().get(&nai(MN1)).cloned(), before);
    }
}

//= registration.7.3
#[test]
fn a_wrong_authenticator_changes_nothing() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    let before = bench.fha.clone();
    bench.pass(1);
    let spi = before.bindings().get(&nai(MN1)).unwrap().association.fha_spi;
    let forged = bench.again_with(&registered(), spi, &Secret::new(*b"not the key"));
    let seen = bench.receive(&forged);
    assert!(seen.counts(Registration::BadAuthenticator));
    assert_eq!(seen.code(), code::HA_MN_AUTHENTICATION);
    assert!(bench::is_proved(&seen.reply(), MN1));
    assert_eq!(bench.fha, before);
}

//= registration.7.3
#[test]
fn the_right_key_under_another_spi_proves_nothing() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    bench.pass(1);
    let spi = bench.fha.bindings().get(&nai(MN1)).unwrap().association.fha_spi;
    let other = bench.again_with(&registered(), spi ^ 0x1000, &bench::mn_fha_key(MN1));
    assert_eq!(bench.receive(&other).code(), code::HA_MN_AUTHENTICATION);
}

//= registration.7.4
#[test]
fn an_identification_that_is_not_new_is_answered_by_133() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    bench.pass(2);
    let first = bench.again(&registered());
    bench.pass(1);
    let second = bench.again(&registered());
    assert_eq!(bench.receive(&second).code(), code::ACCEPTED);
    let before = bench.fha.clone();
    let seen = bench.receive(&first);
    assert_eq!(seen.code(), code::IDENTIFICATION_MISMATCH);
    assert_eq!(bench.fha, before);
}

//= registration.7.5
//= registration.7.6
#[test]
fn a_clock_that_is_off_is_answered_by_133_and_the_key() {
    for clock in [-8, 8] {
        let mut bench = Bench::new();
        let ask = Ask { clock, ..Ask::default() };
        let request = bench.first(&ask);
        let asked = bench.receive(&request).radius();
        let seen = bench.receive(&bench.accept(&asked, &Accept::default()));
        assert_eq!(seen.code(), code::IDENTIFICATION_MISMATCH);
        let datagram = seen.reply();
        assert!(bench::is_proved(&datagram, MN1));
        let reply = decode(&datagram);
        assert!(reply.extensions.mn_ha_key_reply().once().is_some());
        let theirs = reply.header.identification;
        assert_eq!(theirs.high(), bench.now.ntp_seconds());
        assert_eq!(theirs.low().to_be_bytes(), request.payload[20..24]);
        assert!(bench.fha.bindings().is_empty());
    }
    let mut bench = Bench::new();
    let near = Ask { clock: 7, ..Ask::default() };
    assert_eq!(bench.register(&near, &Accept::default()).code(), code::ACCEPTED);
}

//= registration.7.16
#[test]
fn a_slow_aaah_makes_no_request_stale() {
    for (clock, expected) in [(7, code::ACCEPTED), (-8, code::IDENTIFICATION_MISMATCH)] {
        let mut bench = Bench::new();
        let asked = bench.receive(&bench.first(&Ask { clock, ..Ask::default() })).radius();
        bench.pass(15);
        let seen = bench.receive(&bench.accept(&asked, &Accept::default()));
        assert_eq!(seen.code(), expected);
        let told = decode(&seen.reply()).header.identification.high();
        let behind = bench.now.ntp_seconds() - told;
        assert_eq!(behind, if expected == code::ACCEPTED { 8 } else { 0 });
    }
}

//= registration.7.16
#[test]
fn what_was_accepted_meanwhile_makes_a_request_stale() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    bench.pass(2);
    let asked = bench.receive(&bench.first(&Ask::default())).radius();
    bench.pass(1);
    assert_eq!(bench.receive(&bench.again(&registered())).code(), code::ACCEPTED);
    let seen = bench.receive(&bench.accept(&asked, &Accept::default()));
    assert_eq!(seen.code(), code::IDENTIFICATION_MISMATCH);
}

//= registration.7.17
#[test]
fn nothing_to_grant_is_a_refusal() {
    let spent = Accept { session: Some(0), ..Accept::default() };
    let mut bench = Bench::new();
    let seen = bench.register(&Ask::default(), &spent);
    assert_eq!(seen.code(), code::HA_PROHIBITED);
    assert!(bench::is_proved(&seen.reply(), MN1));
    assert!(decode(&seen.reply()).extensions.mn_ha_key_reply().once().is_some());
    assert!(bench.fha.bindings().is_empty());
    // Nor by a refresh at the end of the session: what is in force stays so.
    let brief = Accept { session: Some(20), ..Accept::default() };
    bench.pass(1);
    bench.register(&Ask::default(), &brief);
    bench.now = bench.now + Duration::from_micros(19_500_000);
    let before = bench.fha.bindings().clone();
    let seen = bench.receive(&bench.again(&registered()));
    assert_eq!(seen.code(), code::HA_PROHIBITED);
    assert!(bench::is_proved(&seen.reply(), MN1));
    assert_eq!(*bench.fha.bindings(), before);
}

//= registration.7.7
#[test]
fn a_duplicate_gets_the_reply_already_given() {
    let mut bench = Bench::new();
    let request = bench.first(&Ask::default());
    let asked = bench.receive(&request).radius();
    let reply = bench.receive(&bench.accept(&asked, &Accept::default())).reply();
    let before = bench.fha.clone();
    bench.pass(3);
    let seen = bench.receive(&request);
    assert!(seen.counts(Registration::Duplicate));
    assert_eq!(seen.reply(), reply);
    assert_eq!(bench.fha, before);
}

//= registration.7.8
#[test]
fn what_the_fha_does_not_do_is_refused_under_the_key() {
    let usual = Ask::default().flags;
    let flags = |flags| Ask { flags, ..registered() };
    for (ask, expected) in [
        (flags(usual | request_flag::RESERVED_X), code::HA_POORLY_FORMED_REQUEST),
        (Ask { home_agent: Ipv4Addr::new(192, 0, 2, 2), ..registered() }, code::UNKNOWN_HOME_AGENT),
        (flags(request_flag::DECAPSULATION), code::HA_REVERSE_TUNNEL_MANDATORY),
        (flags(usual | request_flag::GRE), code::HA_ENCAPSULATION),
        (flags(usual | request_flag::MINIMAL_ENCAPSULATION), code::HA_ENCAPSULATION),
    ] {
        let mut bench = Bench::new();
        bench.register(&Ask::default(), &Accept::default());
        bench.pass(1);
        let seen = bench.receive(&bench.again(&ask));
        assert_eq!(seen.code(), expected);
        assert!(bench::is_proved(&seen.reply(), MN1));
    }
}

//= registration.7.11
#[test]
fn simultaneous_bindings_are_not_kept() {
    let mut bench = Bench::new();
    let flags = Ask::default().flags | request_flag::SIMULTANEOUS;
    let seen = bench.register(&Ask { flags, ..Ask::default() }, &Accept::default());
    assert_eq!(seen.code(), code::ACCEPTED_NOT_SIMULTANEOUS);
    bench.pass(1);
    let elsewhere = Ipv4Addr::new(198, 51, 101, 5);
    let ask = Ask { flags, care_of: elsewhere, source: elsewhere, ..registered() };
    bench.receive(&bench.again(&ask));
    assert_eq!(bench.fha.bindings().len(), 1);
}

//= keys.1.6
#[test]
fn a_new_key_replaces_the_old_one_only_with_acceptance() {
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    let old = bench.fha.bindings().get(&nai(MN1)).unwrap().association.clone();
    bench.pass(1);
    bench.register(&Ask::default(), &Accept { thoav4: None, ..Accept::default() });
    assert_eq!(bench.fha.bindings().get(&nai(MN1)).unwrap().association, old);
    bench.pass(1);
    bench.register(&Ask::default(), &Accept::default());
    let new = bench.fha.bindings().get(&nai(MN1)).unwrap().association.clone();
    assert_ne!(new.fha_spi, old.fha_spi);
    bench.pass(1);
    let stale = bench.again_with(&registered(), old.fha_spi, &old.key);
    assert_eq!(bench.receive(&stale).code(), code::HA_MN_AUTHENTICATION);
}

//= access.6.6
#[test]
fn an_answer_that_nobody_asked_for_is_dropped() {
    let mut bench = Bench::new();
    let asked = bench.receive(&bench.first(&Ask::default())).radius();
    let mut forged = bench.accept(&asked, &Accept::default());
    let last = forged.payload.len() - 1;
    forged.payload[last] ^= 1;
    let seen = bench.receive(&forged);
    assert!(seen.is_silent() && bench.fha.bindings().is_empty());
    let answer = bench.accept(&asked, &Accept::default());
    bench.receive(&answer).reply();
    let before = bench.fha.clone();
    let seen = bench.receive(&answer);
    assert!(seen.is_silent() && seen.counts(Radius::Unsolicited));
    assert_eq!(bench.fha, before);
}

//= wire.2.16
#[test]
fn a_critical_vendor_extension_is_refused() {
    use dsboot_codec::mip4::{Builder, Extension, Vendor};
    let mut bench = Bench::new();
    bench.register(&Ask::default(), &Accept::default());
    bench.pass(1);
    let again = Ask { home_address: THOAV4, ..Ask::default() };
    let association = bench.fha.bindings().get(&nai(again.nai)).unwrap().association.clone();
    let context = bench::context(association.fha_spi, association.key.octets());
    let critical = Extension::Cvse(Vendor { reserved: 0, vendor: 99, kind: 1, value: &[1] });
    let of = |before: bool| {
        let whole = bench.again(&again);
        let Ok(Message::Request(request)) = Message::decode(&whole.payload) else { unreachable!() };
        let builder = Builder::request(&request.header)
            .extension(Extension::Nai(again.nai.as_bytes()))
            .extensions(before.then_some(critical))
            .authenticate(AuthenticationKind::MobileHome, &context)
            .extensions((!before).then_some(critical));
        dsboot_roles::Datagram { payload: builder.finish().unwrap(), ..whole.clone() }
    };
    let (of_mn, of_fa) = (of(true), of(false));
    assert_eq!(bench.receive(&of_mn).code(), 140);
    assert_eq!(bench.receive(&of_fa).code(), 141);
    assert_eq!(bench.receive(&bench.again(&again)).code(), 0);
}
