//! Replies on their way through the agent.

use crate::support::Done;
use core::net::Ipv4Addr;

use dsboot_codec::mip4::{
    AuthenticationKind, Builder, Code, Extension, Identification, ReplyHeader,
};
use dsboot_roles::count::Registration;
use dsboot_roles::{Datagram, Machine};
use dsboot_spec::registry::mip4::{PORT, code, request_flag};

use crate::fa::bench::{
    AGENT, Answer, Ask, Bench, COLOCATED, FHA, MN_PORT, MN1, MN2, NAI2, PARTNER, THOAV4,
    next_challenge, nowhere, partner, reply,
};

/// The FA Error that a reply reaches the mobile node with.
fn fault(ask: Ask, answer: &Answer) -> Option<u8> {
    let mut bench = Bench::new();
    bench.relay(ask);
    let back = bench.receive(&answer.datagram()).to_link();
    assert_eq!(reply(&back).header.code.0, answer.code);
    assert!(back.payload.starts_with(&answer.protected().finish().unwrap()));
    reply(&back).extensions.fa_error().once()
}

//= registration.9.2
//= registration.9.3
#[test]
fn a_reply_goes_on_octet_for_octet_with_a_new_challenge_behind() {
    let mut bench = Bench::new();
    let ask = bench.relay(Ask { home_agent: PARTNER, ..Ask::default() });
    let challenge = ask.challenge.clone();
    let answer = Answer {
        challenge,
        signed: true,
        source: PARTNER,
        home_agent: PARTNER,
        ..Answer::default()
    };
    let seen = bench.receive(&answer.datagram());
    assert!(seen.counts(Registration::RelayedReply));
    let back = seen.to_link();
    let fresh = next_challenge(&back);
    assert_ne!(Some(&fresh), ask.challenge.as_ref());
    let expected = answer.protected().extension(Extension::Challenge(&fresh)).finish().unwrap();
    assert_eq!(back.payload, expected);
    // It is good for the next request.
    let identification = ask.identification + 1;
    let next = Ask { challenge: Some(fresh), identification, ..Ask::default() };
    bench.receive(&next.datagram()).relayed();
}

//= registration.9.2
//= registration.9.3
#[test]
fn a_denial_without_the_mobile_nodes_proof_goes_on_up_to_what_is_for_the_agent() {
    let mut bench = Bench::new();
    let ask = bench.relay(Ask { home_agent: PARTNER, ..Ask::default() });
    let header = ReplyHeader {
        code: Code(code::HA_BAD_AAA_AUTH),
        lifetime: 0,
        home_address: Ipv4Addr::UNSPECIFIED,
        home_agent: PARTNER,
        identification: Identification(ask.identification),
    };
    let for_mobile = || Builder::reply(&header).extension(Extension::Nai(ask.nai.as_bytes()));
    let whole = for_mobile()
        .extensions(ask.challenge.as_deref().map(Extension::Challenge))
        .authenticate(AuthenticationKind::ForeignHome, &partner());
    let datagram = Answer { source: PARTNER, ..Answer::default() }.datagram();
    let datagram = Datagram { payload: whole.finish().unwrap(), ..datagram };
    let back = bench.receive(&datagram).to_link();
    let fresh = next_challenge(&back);
    let expected = for_mobile().extension(Extension::Challenge(&fresh)).finish().unwrap();
    assert_eq!(back.payload, expected);
}

//= registration.9.1
//= registration.5.5
#[test]
fn a_reply_needs_its_request() {
    let usual = Answer::default();
    let identification = usual.identification ^ 1;
    let wrong = [
        Answer { identification, ..usual.clone() },
        Answer { nai: Some(NAI2), ..usual.clone() },
        Answer { nai: None, ..usual.clone() },
        Answer { source: PARTNER, ..usual.clone() },
    ];
    let mut bench = Bench::new();
    assert!(bench.receive(&usual.datagram()).is_dropped(Registration::Unsolicited));
    bench.relay(Ask::default());
    let before = bench.fa.clone();
    for answer in wrong {
        assert!(bench.receive(&answer.datagram()).is_dropped(Registration::Unsolicited));
        assert_eq!(bench.fa, before);
    }
    // The high half of the Identification is the FHA's.
    let identification = usual.identification ^ (1 << 40);
    let answer = Answer { identification, ..usual };
    bench.receive(&answer.datagram()).to_link();
    assert!(bench.receive(&answer.datagram()).is_dropped(Registration::Unsolicited));
}

//= registration.5.5
//= registration.9.1
#[test]
fn of_a_node_with_a_home_address_that_address_counts() {
    let mut bench = Bench::new();
    bench.relay(Ask { home_address: THOAV4, ..Ask::default() });
    let other = Ipv4Addr::new(203, 0, 113, 10);
    let wrong = Answer { home_address: other, ..Answer::default() };
    assert!(bench.receive(&wrong.datagram()).is_dropped(Registration::Unsolicited));
    // Two requests with one Identification, of two nodes without an address, are two.
    let mut bench = Bench::new();
    bench.relay(Ask::default());
    bench.relay(Ask { nai: NAI2, neighbour: MN2, ..Ask::default() });
    let second = Answer { nai: Some(NAI2), home_address: other, ..Answer::default() };
    assert_eq!(bench.receive(&second.datagram()).to_link().neighbour, Some(MN2));
    let first = bench.receive(&Answer::default().datagram()).to_link();
    assert_eq!(first.neighbour, Some(MN1));
}

//= registration.9.4
#[test]
fn a_home_agent_that_can_prove_itself_must() {
    let ask = Ask { home_agent: PARTNER, ..Ask::default() };
    let answer = Answer { source: PARTNER, home_agent: PARTNER, ..Answer::default() };
    let unsigned = answer.datagram();
    let mut forged = Answer { signed: true, ..answer.clone() }.datagram();
    *forged.payload.last_mut().unwrap() ^= 1;
    for datagram in [unsigned, forged] {
        let mut bench = Bench::new();
        let ask = bench.relay(ask.clone());
        let seen = bench.receive(&datagram);
        assert!(seen.counts(Registration::HomeAgentUnproved));
        let datagram = seen.to_link();
        let denial = reply(&datagram);
        assert_eq!(denial.header.code.0, code::FA_HA_AUTHENTICATION);
        assert!(denial.header.home_address.is_unspecified());
        assert_eq!(denial.header.identification.0, ask.identification);
        assert_eq!(bench.fa.visitors().count(), 0);
    }
    let mut bench = Bench::new();
    bench.register(ask, &Answer { signed: true, ..answer });
    assert_eq!(bench.fa.visitors().count(), 1);
}

//= registration.9.5
#[test]
fn another_challenge_than_the_requests_is_told() {
    let other = Answer { challenge: Some(vec![9; 8]), ..Answer::default() };
    assert_eq!(fault(Ask::default(), &other), Some(code::HA_WRONG_CHALLENGE));
    let refused = Answer { code: code::HA_BAD_AAA_AUTH, ..other };
    assert_eq!(fault(Ask::default(), &refused), Some(code::HA_WRONG_CHALLENGE));
    assert_eq!(fault(Ask::default(), &Answer::default()), None);
    let mut bench = Bench::new();
    let ask = bench.relay(Ask::default());
    let same = Answer { challenge: ask.challenge, ..Answer::default() };
    let back = bench.receive(&same.datagram()).to_link();
    assert!(reply(&back).extensions.fa_error().is_absent());
}

//= registration.9.6
#[test]
fn what_an_accepting_reply_lacks_is_told() {
    let usual = Answer::default();
    let later = Ask { home_address: THOAV4, ..Ask::default() };
    let nowhere = Ipv4Addr::UNSPECIFIED;
    let no_nai = Answer { nai: None, ..usual.clone() };
    assert_eq!(fault(later, &no_nai), Some(code::MISSING_NAI));
    let no_agent = Answer { home_agent: nowhere, ..usual.clone() };
    assert_eq!(fault(Ask::default(), &no_agent), Some(code::MISSING_HOME_AGENT));
    let no_address = Answer { home_address: nowhere, ..usual.clone() };
    assert_eq!(fault(Ask::default(), &no_address), Some(code::MISSING_HOMEADDR));
    let refused = Answer { code: code::HA_RESOURCES, ..no_address.clone() };
    assert_eq!(fault(Ask::default(), &refused), None);
    // Nobody is entered under no address.
    let mut bench = Bench::new();
    bench.register(Ask::default(), &no_address);
    assert_eq!(bench.fa.visitors().count(), 0);
}

//= registration.9.7
#[test]
fn acceptance_makes_a_visitor_and_its_end_unmakes_it() {
    let mut bench = Bench::new();
    bench.relay(Ask::default());
    let refusal = Answer { code: code::HA_RESOURCES, ..Answer::default() };
    bench.receive(&refusal.datagram()).to_link();
    assert_eq!((bench.fa.pending(), bench.fa.visitors().count()), (0, 0));

    bench.register(
        Ask { identification: 2, ..Ask::default() },
        &Answer { identification: 2, ..Answer::default() },
    );
    assert_eq!(bench.fa.pending(), 0);
    let (home, visitor) = bench.fa.visitors().next().unwrap();
    assert_eq!((*home, visitor.fha, visitor.tunnelled), (THOAV4, FHA, true));
    assert_eq!((visitor.station.neighbour, visitor.station.source), (Some(MN1), nowhere()));

    // A refusal leaves the visitor alone.
    let later = |identification| Ask { home_address: THOAV4, identification, ..Ask::default() };
    bench.register(later(3), &Answer { identification: 3, ..refusal });
    assert_eq!(bench.fa.visitors().count(), 1);
    // Its own wish does not.
    let ends = Answer { identification: 4, lifetime: 0, ..Answer::default() };
    bench.register(Ask { lifetime: 0, ..later(4) }, &ends);
    assert_eq!(bench.fa.visitors().count(), 0);
}

/// The network delays replies as it likes.
//= registration.9.12
#[test]
fn an_older_reply_leaves_the_visitor_alone() {
    let first = Ask::default();
    let again = |identification, lifetime| Ask {
        home_address: THOAV4,
        identification,
        lifetime,
        ..Ask::default()
    };
    let answer =
        |identification, lifetime| Answer { identification, lifetime, ..Answer::default() };
    let number = first.identification;
    for (old_lifetime, other) in [(0, false), (60, false), (0, true)] {
        let mut bench = Bench::new();
        bench.register(first.clone(), &Answer::default());
        bench.relay(again(number + 1, old_lifetime));
        bench.register(again(number + 2, 1800), &answer(number + 2, 1800));
        let entered = bench.fa.visitors().next().unwrap().1.clone();
        assert_eq!(entered.identification.0, number + 2);

        let seen = bench.receive(&answer(number + 1, old_lifetime).datagram());
        assert!(seen.counts(Registration::OldReply));
        // It is relayed all the same.
        seen.to_link();
        assert_eq!(bench.fa.visitors().next().map(|(_, visitor)| visitor), Some(&entered));
        bench.pass(61);
        bench.timeout();
        assert_eq!(bench.fa.visitors().count(), 1);

        // The same, and a newer one, count.
        if other {
            bench.register(again(number + 3, 0), &answer(number + 3, 0));
            assert_eq!(bench.fa.visitors().count(), 0);
        }
    }
}

//= registration.9.7
#[test]
fn whose_address_is_its_own_is_not_tunnelled_for() {
    let mut bench = Bench::new();
    let flags = request_flag::REVERSE_TUNNEL | request_flag::DECAPSULATION;
    bench.register(Ask { flags, care_of: COLOCATED, ..Ask::default() }, &Answer::default());
    assert!(!bench.fa.visitors().next().unwrap().1.tunnelled);
}

//= registration.9.7
//= registration.9.9
//= movement.3.10
//= data-path.7.2
#[test]
fn a_visitor_is_forgotten_with_its_lifetime() {
    for (asked, granted, lives) in [(1800, 600, 600), (300, 600, 300)] {
        let mut bench = Bench::new();
        bench.relay(Ask { lifetime: asked, ..Ask::default() });
        // The mobile node counts from its request, so its registration ends no later.
        bench.pass(2);
        bench.receive(&Answer { lifetime: granted, ..Answer::default() }.datagram()).to_link();
        bench.pass(lives - 1);
        assert!(bench.timeout().is_silent());
        assert_eq!(bench.fa.visitors().count(), 1);
        bench.pass(1);
        assert!(bench.fa.poll_timeout().is_some_and(|due| due <= bench.now));
        let seen = bench.timeout();
        assert!(seen.is_dropped(Registration::VisitorExpired));
        assert_eq!(bench.fa.visitors().count(), 0);
    }
}

//= registration.9.8
#[test]
fn a_reply_finds_its_way_over_the_link() {
    let mut bench = Bench::new();
    // A denial, to a node without and with a home address.
    let back = bench.receive(&Ask::default().datagram()).to_link();
    assert_eq!(back.destination, (Ipv4Addr::BROADCAST, MN_PORT).into());
    assert_eq!((back.source, back.neighbour), ((AGENT, PORT).into(), Some(MN1)));
    let later = Ask { home_address: THOAV4, ..Ask::default() };
    let back = bench.receive(&later.datagram()).to_link();
    assert_eq!((back.destination, back.neighbour), ((THOAV4, MN_PORT).into(), Some(MN1)));
    // The FHA's replies, without and with one.
    bench.relay(Ask::default());
    let nothing = Ipv4Addr::UNSPECIFIED;
    let answer = Answer { code: code::HA_RESOURCES, home_address: nothing, ..Answer::default() };
    let back = bench.receive(&answer.datagram()).to_link();
    assert_eq!(back.destination, (Ipv4Addr::BROADCAST, MN_PORT).into());
    bench.relay(Ask::default());
    let back = bench.receive(&Answer::default().datagram()).to_link();
    assert_eq!((back.destination, back.neighbour), ((THOAV4, MN_PORT).into(), Some(MN1)));
    // Who is not known on the link gets it where it is.
    let mut bench = Bench::new();
    let mut datagram = Ask::default().datagram();
    datagram.neighbour = None;
    datagram.source = (COLOCATED, MN_PORT).into();
    let back = bench.receive(&datagram).datagrams();
    assert_eq!((back[0].destination, back[0].neighbour), ((COLOCATED, MN_PORT).into(), None));
}
