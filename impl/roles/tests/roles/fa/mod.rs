//! The foreign agent, sentence by sentence.

mod advertise;
mod bench;
mod data;
mod replies;

use crate::support::Done;
use core::net::Ipv4Addr;
use core::time::Duration;

use bench::{
    AGENT, Answer, Ask, Bench, COLOCATED, FHA, MN1, MN2, NAI2, PARTNER, THOAV4, next_challenge,
    partner, reply, request,
};
use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Builder, Extension, Identification, SecurityContext,
};
use dsboot_roles::Machine;
use dsboot_roles::count::Registration;
use dsboot_spec::registry::mip4::{PORT, code, request_flag};

/// An extension 32 over a request.
fn later(ask: &Ask, challenge: Option<&[u8]>) -> Builder {
    let context = SecurityContext { spi: 0x2001, algorithm: Algorithm::HmacMd5, key: b"a key" };
    Builder::request(&ask.header())
        .extension(Extension::Nai(ask.nai.as_bytes()))
        .extensions(challenge.map(Extension::Challenge))
        .authenticate(AuthenticationKind::MobileHome, &context)
}

//= registration.2.1
//= registration.5.1
//= registration.5.2
//= registration.5.3
//= registration.5.4
//= registration.5.6
//= registration.5.7
#[test]
fn a_request_goes_on_octet_for_octet_to_the_home_agent_it_names_and_to_nobody_else() {
    let mut bench = Bench::new();
    let behind = vec![201, 3, b'f', b'o', b'r', 145, 3, 1, b'F', b'A'];
    let ask = bench.fresh(Ask { behind, ..Ask::default() });
    let seen = bench.receive(&ask.datagram());
    let relayed = seen.relayed();
    assert_eq!(relayed.payload, ask.protected());
    assert_eq!((relayed.source, relayed.destination), ((AGENT, PORT).into(), (FHA, PORT).into()));
    assert!(seen.counts(Registration::RelayedRequest));
    // The way back.
    let back = bench.receive(&Answer::default().datagram()).to_link();
    assert_eq!((back.neighbour, back.destination.port()), (Some(MN1), bench::MN_PORT));
    assert_eq!(reply(&back).header.home_agent, FHA);
}

//= registration.5.2
//= registration.5.3
#[test]
fn what_the_last_authenticator_covers_is_left_alone() {
    let mut bench = Bench::new();
    let challenge = bench.challenge(MN1);
    let ask = Ask { home_address: THOAV4, ..Ask::default() };
    let protected = later(&ask, None)
        .extension(Extension::Challenge(&challenge))
        .authenticate_chap(b"AAA-shared-key-0", &challenge)
        .finish()
        .unwrap();
    let behind = [&protected[..], &[201, 2, 0, 0]].concat();
    assert_eq!(bench.receive(&ask.carrying(behind)).relayed().payload, protected);
}

//= registration.5.8
//= registration.5.10
//= registration.5.17
#[test]
fn what_the_agent_does_not_do_is_denied() {
    let usual = Ask::default();
    let flags = |flags| Ask { flags: usual.flags | flags, ..usual.clone() };
    let foreign = Ask { care_of: COLOCATED, ..usual.clone() };
    let to = |home_agent| Ask { home_agent, ..usual.clone() };
    for (ask, expected) in [
        (flags(request_flag::RESERVED_X), code::FA_POORLY_FORMED_REQUEST),
        (flags(request_flag::GRE), code::FA_ENCAPSULATION),
        (flags(request_flag::MINIMAL_ENCAPSULATION), code::FA_ENCAPSULATION),
        (to(AGENT), code::INVALID_HOME_AGENT),
        (to(Ipv4Addr::BROADCAST), code::INVALID_HOME_AGENT),
        (to(Ipv4Addr::new(224, 0, 0, 11)), code::INVALID_HOME_AGENT),
        (to(Ipv4Addr::UNSPECIFIED), code::FA_NONZERO_HA_REQUIRED),
        (foreign, code::FA_INVALID_CARE_OF_ADDRESS),
    ] {
        let mut bench = Bench::new();
        let ask = bench.fresh(ask);
        let seen = bench.receive(&ask.datagram());
        assert_eq!(seen.code(), expected);
        assert!(seen.counts(Registration::DeniedByAgent));
        assert_eq!(bench.fa.pending(), 0);
        let datagram = seen.to_link();
        let reply = reply(&datagram);
        assert_eq!(reply.header.identification, Identification(ask.identification));
        assert_eq!(reply.header.home_address, ask.home_address);
        assert_eq!(reply.header.home_agent, ask.home_agent);
        assert_eq!(reply.header.lifetime, ask.lifetime);
        // The challenge is new, and good for the next request.
        let challenge = Some(next_challenge(&datagram));
        assert_ne!(challenge, ask.challenge);
        bench.receive(&Ask { challenge, ..Ask::default() }.datagram()).relayed();
    }
}

//= registration.5.8
#[test]
fn a_foreign_care_of_address_is_for_those_who_decapsulate_or_leave() {
    let decapsulates = request_flag::REVERSE_TUNNEL | request_flag::DECAPSULATION;
    let own = Ask { flags: decapsulates, care_of: COLOCATED, ..Ask::default() };
    Bench::new().relay(own);
    let gone = Ask { lifetime: 0, home_address: THOAV4, care_of: THOAV4, ..Ask::default() };
    Bench::new().relay(gone);
}

//= registration.5.9
#[test]
fn a_lifetime_too_long_is_denied_with_the_longest() {
    let mut bench = Bench::with(|config| config.max_lifetime = 600);
    let ask = bench.fresh(Ask { lifetime: 601, ..Ask::default() });
    let datagram = bench.receive(&ask.datagram()).to_link();
    let reply = reply(&datagram);
    assert_eq!((reply.header.code.0, reply.header.lifetime), (code::FA_LIFETIME_TOO_LONG, 600));
    bench.relay(Ask { lifetime: 600, ..Ask::default() });
}

//= registration.5.11
#[test]
fn a_missing_challenge_is_denied() {
    let seen = Bench::new().receive(&Ask::default().datagram());
    assert_eq!(seen.code(), code::MISSING_CHALLENGE);
}

//= registration.5.12
#[test]
fn a_challenge_that_was_not_offered_to_this_node_is_denied() {
    let mut bench = Bench::new();
    let theirs = bench.challenge(MN2);
    for challenge in [vec![0xee; 8], theirs.clone()] {
        let ask = Ask { challenge: Some(challenge), ..Ask::default() };
        assert_eq!(bench.receive(&ask.datagram()).code(), code::UNKNOWN_CHALLENGE);
    }
    // Of two given to one node the last one counts.
    let last = bench.challenge(MN2);
    let ask = |challenge| Ask { challenge: Some(challenge), neighbour: MN2, ..Ask::default() };
    bench.receive(&ask(last).datagram()).relayed();
    assert_eq!(bench.receive(&ask(theirs).datagram()).code(), code::UNKNOWN_CHALLENGE);
}

//= registration.5.13
#[test]
fn a_challenge_is_good_once() {
    let mut bench = Bench::new();
    let ask = bench.register(Ask::default(), &Answer::default());
    bench.pass(1);
    let identification = ask.identification + 1;
    let again = Ask { identification, ..ask.clone() };
    assert_eq!(bench.receive(&ask.datagram()).code(), code::STALE_CHALLENGE);
    assert_eq!(bench.receive(&again.datagram()).code(), code::STALE_CHALLENGE);
    // Nobody has been served by that: the next one is.
    bench.relay(again);
}

//= registration.5.13
//= registration.5.5
#[test]
fn while_a_request_is_pending_it_may_be_repeated() {
    let mut bench = Bench::new();
    let ask = bench.relay(Ask::default());
    assert_eq!(bench.receive(&ask.datagram()).relayed().payload, ask.protected());
    assert_eq!(bench.fa.pending(), 1);
    let identification = ask.identification + 1;
    let again = Ask { identification, ..ask.clone() };
    bench.receive(&again.datagram()).relayed();
    assert_eq!(bench.fa.pending(), 2);
    // Another request than the one pending, another node, or another place.
    let identification = ask.identification + 2;
    for other in [
        Ask { home_agent: PARTNER, ..again.clone() },
        Ask { flags: 0, ..again.clone() },
        Ask { neighbour: MN2, ..again.clone() },
    ] {
        let other = Ask { identification, ..other };
        assert_eq!(bench.receive(&other.datagram()).code(), code::STALE_CHALLENGE);
    }
    assert_eq!(bench.fa.pending(), 2);
}

//= registration.5.5
#[test]
fn a_copy_from_elsewhere_does_not_lead_the_reply_there() {
    let mut bench = Bench::new();
    let ask = bench.relay(Ask::default());
    let copy = Ask { neighbour: MN2, ..ask };
    assert!(bench.receive(&copy.datagram()).is_silent());
    let back = bench.receive(&Answer::default().datagram()).to_link();
    assert_eq!(back.neighbour, Some(MN1));
}

//= registration.5.14
#[test]
fn a_challenge_that_nothing_answers_is_dropped_in_silence() {
    let mut bench = Bench::new();
    let challenge = bench.challenge(MN1);
    let ask = Ask { home_address: THOAV4, ..Ask::default() };
    let before = bench.fa.clone();
    // Extension 32 alone does not answer it, nor one that stands before it.
    let behind = later(&ask, None).extension(Extension::Challenge(&challenge)).finish().unwrap();
    let covered = later(&ask, Some(&challenge)).finish().unwrap();
    let none = Builder::request(&ask.header())
        .extension(Extension::Nai(ask.nai.as_bytes()))
        .extension(Extension::Challenge(&challenge))
        .finish()
        .unwrap();
    let before_it = Builder::relay(&Ask::default().protected())
        .extension(Extension::Challenge(&challenge))
        .finish()
        .unwrap();
    for octets in [behind, covered, none, before_it] {
        let seen = bench.receive(&ask.carrying(octets));
        assert!(seen.is_dropped(Registration::NoAuthorization), "{seen:?}");
        assert_eq!(bench.fa, before);
    }
    // Extension 33 does.
    let context = SecurityContext { spi: 0x4001, algorithm: Algorithm::HmacMd5, key: b"a key" };
    let answered = later(&ask, None)
        .extension(Extension::Challenge(&challenge))
        .authenticate(AuthenticationKind::MobileForeign, &context);
    let relayed = bench.receive(&ask.carrying(answered.finish().unwrap())).relayed();
    assert_eq!(relayed.payload, later(&ask, None).finish().unwrap());
}

#[test]
fn what_is_no_message_is_dropped_in_silence() {
    let mut bench = Bench::new();
    let ask = bench.fresh(Ask::default());
    let whole = ask.datagram().payload;
    let unknown = ask.carrying(vec![200; 24]);
    assert!(bench.receive(&unknown).is_dropped(Registration::Unexpected));
    for length in [0, 23, whole.len() - 1] {
        let cut = ask.carrying(whole[..length].to_vec());
        assert!(bench.receive(&cut).is_dropped(Registration::Malformed));
    }
    let bare = ask.carrying(whole[..24].to_vec());
    assert!(bench.receive(&bare).is_dropped(Registration::NoAuthorization));
}

//= registration.5.15
#[test]
fn pending_requests_are_limited_in_number() {
    let mut bench = Bench::with(|config| config.pending_limit = 1);
    let first = bench.relay(Ask::default());
    let other = bench.fresh(Ask { nai: NAI2, neighbour: MN2, ..Ask::default() });
    assert_eq!(bench.receive(&other.datagram()).code(), code::FA_RESOURCES);
    // The one that is there may be repeated, and makes room by its reply.
    bench.receive(&first.datagram()).relayed();
    bench.receive(&Answer::default().datagram()).to_link();
    bench.relay(Ask { nai: NAI2, neighbour: MN2, ..Ask::default() });
}

//= registration.5.15
#[test]
fn pending_requests_are_limited_in_time() {
    let mut bench = Bench::new();
    let ask = bench.relay(Ask::default());
    let due = bench.now + Duration::from_secs(7);
    assert_eq!(bench.fa.poll_timeout(), Some(due));
    bench.pass(6);
    assert!(bench.timeout().is_silent());
    bench.pass(1);
    let datagram = bench.timeout().to_link();
    let denial = reply(&datagram);
    assert_eq!(denial.header.code.0, code::FA_TIMEOUT);
    assert_eq!(denial.header.identification, Identification(ask.identification));
    assert_eq!(datagram.neighbour, Some(MN1));
    assert_eq!(bench.fa.pending(), 0);
    let late = bench.receive(&Answer::default().datagram());
    assert!(late.is_dropped(Registration::Unsolicited));
}

//= registration.5.16
#[test]
fn an_agent_that_can_prove_itself_does_so_at_the_end() {
    let mut bench = Bench::new();
    let ask = bench.fresh(Ask { home_agent: PARTNER, ..Ask::default() });
    let relayed = bench.receive(&ask.datagram()).relayed();
    assert!(relayed.payload.starts_with(&ask.protected()));
    let message = request(&relayed);
    let proof = message.extensions.authenticator(AuthenticationKind::ForeignHome).once().unwrap();
    assert!(proof.verify(&partner()));
    assert_eq!(proof.end(), relayed.payload.len());
    // But for whom it has no key, for an address that is not its own, and on leaving.
    let flags = request_flag::REVERSE_TUNNEL | request_flag::DECAPSULATION;
    for ask in [
        Ask::default(),
        Ask { home_agent: PARTNER, flags, care_of: COLOCATED, ..Ask::default() },
        Ask { home_agent: PARTNER, lifetime: 0, home_address: THOAV4, ..Ask::default() },
    ] {
        let mut bench = Bench::new();
        let ask = bench.fresh(ask);
        assert_eq!(bench.receive(&ask.datagram()).relayed().payload, ask.protected());
    }
}

#[test]
fn without_room_for_another_visitor_no_request_goes_on() {
    let mut bench = Bench::with(|config| config.visitor_limit = 1);
    bench.register(Ask::default(), &Answer::default());
    let other = bench.fresh(Ask { nai: NAI2, neighbour: MN2, ..Ask::default() });
    assert_eq!(bench.receive(&other.datagram()).code(), code::FA_RESOURCES);
    let identification = Ask::default().identification + 1;
    bench.relay(Ask { home_address: THOAV4, identification, ..Ask::default() });
}
