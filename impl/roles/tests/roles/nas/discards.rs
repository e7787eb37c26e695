//! Messages that are discarded in silence, each for its reason.

use dsboot_codec::pana::{Avp, Flags, Kind, Message, MessageBuilder, VendorAvp};
use dsboot_roles::nas::Nas;
use dsboot_roles::pana::{Pac, PacConfig};
use dsboot_roles::{Datagram, Input, Machine, Packet};

use crate::nas::world::{
    VENDOR, World, aaa_addr, datagram, from_paa, from_pac, nas_config, paa_addr, pac_addr,
    pac_config, radius_addr, short,
};

const IDENTITY: Avp<'_> = Avp::EapPayload(&[1, 1, 0, 5, 1]);
const NONCE: Avp<'_> = Avp::Nonce(&[7; 20]);

/// Hands `datagram` to the client, or the NAS: nothing may come of it but that reason.
fn is_discarded(world: &mut World, datagram: &Datagram, reason: &str) {
    let what = Message::decode(&datagram.payload).map(|_| short(datagram)).unwrap_or_default();
    let before = (world.pac.clone(), world.nas.clone());
    let (counted, sent) = (world.counts.len(), world.sent.len());
    world.deliver(datagram);
    assert_eq!(world.counts[counted..], [reason], "{what}");
    assert_eq!(world.sent.len(), sent, "{what}");
    assert!(before == (world.pac.clone(), world.nas.clone()), "{what} changes something");
}

/// The number of the next request that the receiver of `last` can expect.
fn after(last: &Datagram) -> (u32, u32) {
    let message = Message::decode(&last.payload).unwrap();
    (message.session_id(), message.sequence().wrapping_add(1))
}

fn message(kind: Kind, flags: Flags, (session_id, sequence): (u32, u32)) -> MessageBuilder {
    MessageBuilder::new(kind, flags, session_id, sequence)
}

fn with(kind: Kind, flags: Flags, numbers: (u32, u32), avps: &[Avp<'_>]) -> MessageBuilder {
    let mut message = message(kind, flags, numbers);
    for avp in avps {
        message.avp(avp);
    }
    message
}

/// A client that has just answered `last`, and what it may expect next.
fn client_after(last: &str) -> (World, (u32, u32)) {
    let mut world = World::new();
    world.start();
    while world.pac.session_id().is_none() || short(&world.last_to_nas()) != last {
        assert!(world.step());
    }
    world.wire.clear();
    world.counts.clear();
    let numbers = after(&world.last_to_pac());
    (world, numbers)
}

//= access.2.19
#[test]
fn octets_that_are_no_message_of_the_protocol() {
    let (mut world, numbers) = client_after("PAN nonce eap2");
    let par = with(Kind::Par, Flags::NONE, numbers, &[IDENTITY]).encode().unwrap();
    let raw = |octets: &[u8]| datagram(paa_addr(), pac_addr(), octets.to_vec());
    let patched = |at: usize, octet: u8| {
        let mut octets = par.clone();
        octets[at] = octet;
        raw(&octets)
    };
    let cases = [
        (raw(b""), "pana.malformed"),
        (raw(&par[..15]), "pana.malformed"),
        (raw(&par[..par.len() - 1]), "pana.malformed"),
        (raw(&[&par[..], &[0]].concat()), "pana.malformed"),
        (patched(7, 99), "pana.unknown-message"),
        (patched(4, 0x88), "pana.bad-header"),
        (patched(4, 0xe0), "pana.bad-header"),
    ];
    for (datagram, reason) in cases {
        is_discarded(&mut world, &datagram, reason);
        let to_nas = Datagram { source: pac_addr(), destination: paa_addr(), ..datagram.clone() };
        is_discarded(&mut world, &to_nas, reason);
    }
    // Reserved fields and unknown flags are not looked at.
    world.hand_pac(&patched(1, 9));
    assert_eq!(short(&world.last_to_nas()), "PAN eap2");
}

//= access.2.19
//= access.2.4
#[test]
fn avps_that_may_not_be_there_or_are_missing() {
    let (mut world, numbers) = client_after("PAN nonce eap2");
    let other = |vendor_id, code| Avp::Vendor(VendorAvp { vendor_id, code, data: &[0; 4] });
    let unknown = Avp::Unknown { kind: 4711, data: b"x" };
    let cases: [(&[Avp<'_>], &str); 14] = [
        (&[], "pana.missing-avp"),
        (&[Avp::SessionLifetime(1)], "pana.missing-avp"),
        (&[IDENTITY, IDENTITY], "pana.misplaced-avp"),
        (&[Avp::TerminationCause(1), IDENTITY], "pana.misplaced-avp"),
        (&[IDENTITY, unknown], "pana.unknown-avp"),
        (&[IDENTITY, other(VENDOR + 1, 1)], "pana.unknown-avp"),
        (&[IDENTITY, other(VENDOR, 99)], "pana.unknown-avp"),
        (&[IDENTITY, Avp::EncryptionEncap(b"x")], "pana.unknown-avp"),
        (&[IDENTITY, NONCE], "pana.nonce"),
        (&[IDENTITY, Avp::Auth(&[0; 20])], "pana.security-association"),
        (&[IDENTITY, Avp::KeyId(1)], "pana.security-association"),
        (&[IDENTITY, Avp::PrfAlgorithm(2)], "pana.security-association"),
        (&[IDENTITY, Avp::IntegrityAlgorithm(7)], "pana.security-association"),
        (&[IDENTITY, Avp::EncryptionAlgorithm(1)], "pana.security-association"),
    ];
    for (avps, reason) in cases {
        let request = with(Kind::Par, Flags::NONE, numbers, avps);
        is_discarded(&mut world, &from_paa(&request), reason);
    }
    let mut short_nonce = with(Kind::Par, Flags::NONE, numbers, &[IDENTITY]);
    short_nonce.raw(&[0, 5, 0, 0, 0, 4, 0, 0, 1, 2, 3, 4]);
    is_discarded(&mut world, &from_paa(&short_nonce), "pana.bad-avp");
    let no_result = with(Kind::Par, Flags::COMPLETE, numbers, &[IDENTITY]);
    is_discarded(&mut world, &from_paa(&no_result), "pana.missing-avp");
    let no_lifetime = with(Kind::Par, Flags::COMPLETE, numbers, &[Avp::ResultCode(0)]);
    is_discarded(&mut world, &from_paa(&no_lifetime), "pana.missing-avp");
}

/// An offer of a session that would need a key is none for a client whose method gives none.
#[test]
fn an_offer_that_demands_a_key() {
    let mut world = World::new();
    world.start();
    world.wire.clear();
    let offer =
        with(Kind::Par, Flags::START, (1, 1), &[Avp::PrfAlgorithm(2), Avp::IntegrityAlgorithm(7)]);
    is_discarded(&mut world, &from_paa(&offer), "pana.security-association");
    let nonce = with(Kind::Par, Flags::START, (1, 1), &[NONCE]);
    is_discarded(&mut world, &from_paa(&nonce), "pana.nonce");
    is_discarded(
        &mut world,
        &from_paa(&message(Kind::Par, Flags::START, (0, 1))),
        "pana.bad-header",
    );
}

//= access.2.9
#[test]
fn nonces_where_they_must_or_may_not_be() {
    let (mut world, numbers) = client_after("PAN.S");
    let first = with(Kind::Par, Flags::NONE, numbers, &[IDENTITY]);
    is_discarded(&mut world, &from_paa(&first), "pana.nonce");
    let refusal = with(Kind::Par, Flags::COMPLETE, numbers, &[Avp::ResultCode(1)]);
    is_discarded(&mut world, &from_paa(&refusal), "pana.nonce");

    let mut world = World::new();
    world.start();
    world.steps(4);
    let request = Message::decode(&world.last_to_pac().payload).unwrap().header().to_owned();
    world.wire.clear();
    let answer = |avps: &[Avp<'_>]| {
        with(Kind::Pan, Flags::NONE, (request.session_id, request.sequence), avps)
    };
    is_discarded(&mut world, &from_pac(&answer(&[])), "pana.nonce");
    let response = with(Kind::Par, Flags::NONE, (request.session_id, 1), &[IDENTITY, NONCE]);
    is_discarded(&mut world, &from_pac(&response), "pana.nonce");
    world.hand_nas(&from_pac(&answer(&[NONCE])));
    assert_eq!(world.counts.len(), 2, "{:?}", world.counts);
}

//= access.2.13
//= access.2.15
#[test]
fn numbers_and_identifiers_that_are_not_the_ones() {
    let (mut world, (session_id, next)) = client_after("PAN nonce eap2");
    for (numbers, reason) in [
        ((session_id, next.wrapping_add(1)), "pana.bad-sequence"),
        ((session_id, next.wrapping_sub(2)), "pana.bad-sequence"),
        ((session_id ^ 1, next), "pana.unknown-session"),
        ((0, next), "pana.unknown-session"),
    ] {
        let request = with(Kind::Par, Flags::NONE, numbers, &[IDENTITY]);
        is_discarded(&mut world, &from_paa(&request), reason);
    }
    // The number of the last request, but another request.
    let other = message(Kind::Pnr, Flags::PING, (session_id, next.wrapping_sub(1)));
    is_discarded(&mut world, &from_paa(&other), "pana.bad-sequence");
    // Nothing of ours is outstanding.
    let answer = message(Kind::Pan, Flags::NONE, (session_id, next));
    is_discarded(&mut world, &from_paa(&answer), "pana.unexpected-answer");

    let mut world = World::granted();
    world.tell_pac(Pac::ping);
    let ping = Message::decode(&world.last_to_nas().payload).unwrap().header().to_owned();
    world.wire.clear();
    for (kind, flags, sequence) in [
        (Kind::Pna, Flags::PING, ping.sequence + 1),
        (Kind::Pna, Flags::RE_AUTHENTICATION, ping.sequence),
        (Kind::Pta, Flags::NONE, ping.sequence),
        (Kind::Pan, Flags::NONE, ping.sequence),
    ] {
        let answer = message(kind, flags, (ping.session_id, sequence));
        is_discarded(&mut world, &from_paa(&answer), "pana.unexpected-answer");
    }
}

//= access.2.13
#[test]
fn the_first_number_of_a_client_is_taken_as_it_comes_and_the_next_not() {
    let mut world = World::granted();
    let session_id = world.session_id();
    world.hand_nas(&from_pac(&message(Kind::Pnr, Flags::PING, (session_id, 4711))));
    assert_eq!(short(&world.last_to_pac()), "PNA.P");
    world.wire.clear();
    for sequence in [4710, 4713, 0] {
        let next = from_pac(&message(Kind::Pnr, Flags::PING, (session_id, sequence)));
        is_discarded(&mut world, &next, "pana.bad-sequence");
    }
    world.hand_nas(&from_pac(&message(Kind::Pnr, Flags::PING, (session_id, 4712))));
    assert_eq!(world.sent.len(), 2);
}

/// Messages by their names, and why each is discarded.
type Discarded<'a> = &'a [(&'a str, &'a str)];

/// Every message that a PAA can send.
fn all_from_paa(numbers: (u32, u32)) -> Vec<(&'static str, MessageBuilder)> {
    let result = [Avp::ResultCode(1)];
    vec![
        ("PAR.S", message(Kind::Par, Flags::START, numbers)),
        ("PAR", with(Kind::Par, Flags::NONE, numbers, &[IDENTITY])),
        ("PAR nonce", with(Kind::Par, Flags::NONE, numbers, &[NONCE, IDENTITY])),
        ("PAR.C", with(Kind::Par, Flags::COMPLETE, numbers, &result)),
        ("PTR", with(Kind::Ptr, Flags::NONE, numbers, &[Avp::TerminationCause(4)])),
        ("PNR.P", message(Kind::Pnr, Flags::PING, numbers)),
        ("PNR.A", message(Kind::Pnr, Flags::RE_AUTHENTICATION, numbers)),
        ("PCI", message(Kind::Pci, Flags::NONE, (0, 0))),
    ]
}

//= access.2.19
//= access.2.20
#[test]
fn messages_that_do_not_fit_the_phase_of_the_client() {
    const PHASE: &str = "pana.wrong-phase";
    const SESSION: &str = "pana.unknown-session";
    let idle = || (World::new(), (9, 9));
    let initiating = || {
        let mut world = World::new();
        world.start();
        world.wire.clear();
        (world, (9, 9))
    };
    let granted = || {
        let world = World::granted();
        let last = world.nas.sessions().next().unwrap().session_id;
        (world, last)
    };
    let access = || {
        let (mut world, session_id) = granted();
        world.tell_nas(Nas::ping);
        world.settle();
        world.counts.clear();
        let (_, next) = after(&world.last_to_pac());
        (world, (session_id, next))
    };
    let terminating = || {
        let (mut world, numbers) = access();
        world.tell_pac(Pac::terminate);
        world.wire.clear();
        (world, numbers)
    };
    let closed = || {
        let (mut world, numbers) = terminating();
        let request = world.last_to_nas();
        world.hand_nas(&request);
        world.settle();
        world.counts.clear();
        (world, numbers)
    };
    type Start<'a> = &'a dyn Fn() -> (World, (u32, u32));
    let cases: [(Start<'_>, Discarded<'_>); 7] = [
        (
            &idle,
            &[
                ("PAR.S", PHASE),
                ("PAR", SESSION),
                ("PAR.C", SESSION),
                ("PTR", SESSION),
                ("PNR.P", SESSION),
                ("PCI", SESSION),
            ],
        ),
        (
            &initiating,
            &[("PAR", SESSION), ("PAR.C", SESSION), ("PTR", SESSION), ("PNR.P", SESSION)],
        ),
        (
            &|| client_after("PAN.S"),
            &[("PTR", PHASE), ("PNR.P", PHASE), ("PNR.A", PHASE), ("PCI", SESSION)],
        ),
        (
            &|| client_after("PAN nonce eap2"),
            &[("PAR.S", PHASE), ("PTR", PHASE), ("PNR.P", PHASE), ("PNR.A", PHASE)],
        ),
        (&access, &[("PAR.S", PHASE), ("PAR.C", PHASE), ("PNR.A", PHASE), ("PCI", SESSION)]),
        (
            &terminating,
            &[("PAR.S", PHASE), ("PAR nonce", PHASE), ("PAR.C", PHASE), ("PNR.A", PHASE)],
        ),
        (
            &closed,
            &[
                ("PAR.S", PHASE),
                ("PAR", PHASE),
                ("PAR.C", PHASE),
                ("PTR", PHASE),
                ("PNR.P", PHASE),
                ("PNR.A", PHASE),
            ],
        ),
    ];
    for (number, (start, discarded)) in cases.into_iter().enumerate() {
        let (mut world, numbers) = start();
        let messages = all_from_paa(numbers);
        for (name, reason) in discarded {
            let (_, message) = messages.iter().find(|(known, _)| known == name).unwrap();
            let before = world.counts.len();
            is_discarded(&mut world, &from_paa(message), reason);
            assert_eq!(world.counts.len(), before + 1, "case {number}");
        }
    }
}

/// Every message that a PaC can send.
fn all_from_pac(numbers: (u32, u32)) -> Vec<(&'static str, MessageBuilder)> {
    vec![
        ("PAR.S", message(Kind::Par, Flags::START, numbers)),
        ("PAR", with(Kind::Par, Flags::NONE, numbers, &[IDENTITY])),
        ("PAR empty", message(Kind::Par, Flags::NONE, numbers)),
        ("PAR.C", with(Kind::Par, Flags::COMPLETE, numbers, &[Avp::ResultCode(1)])),
        ("PTR", with(Kind::Ptr, Flags::NONE, numbers, &[Avp::TerminationCause(1)])),
        ("PNR.P", message(Kind::Pnr, Flags::PING, numbers)),
        ("PNR.A", message(Kind::Pnr, Flags::RE_AUTHENTICATION, numbers)),
        ("PCI", message(Kind::Pci, Flags::NONE, (0, 0))),
        ("PAN.S", message(Kind::Pan, Flags::START, numbers)),
        ("PAN", message(Kind::Pan, Flags::NONE, numbers)),
    ]
}

//= access.2.19
#[test]
fn messages_that_do_not_fit_the_phase_of_the_nas() {
    const PHASE: &str = "pana.wrong-phase";
    const SESSION: &str = "pana.unknown-session";
    const ANSWER: &str = "pana.unexpected-answer";
    let none = World::new;
    let begun = || {
        let mut world = World::new();
        world.start();
        world.steps(1);
        world.wire.clear();
        world
    };
    let authenticating = || {
        let mut world = World::new();
        world.start();
        world.steps(3);
        world.wire.clear();
        world
    };
    let concluding = || {
        let mut world = World::with(
            PacConfig { password: dsboot_roles::Secret::new(*b"wrong"), ..pac_config() },
            nas_config(),
        );
        world.start();
        while short(&world.last_to_nas()) != "PAN.C" {
            assert!(world.step());
        }
        world.wire.clear();
        world.counts.clear();
        world
    };
    let closed = || {
        let mut world = World::granted();
        world.tell_pac(Pac::terminate);
        world.settle();
        world.counts.clear();
        world
    };
    let everything: &[(&str, &str)] =
        &[("PAR", SESSION), ("PTR", SESSION), ("PNR.P", SESSION), ("PAN", SESSION)];
    type Start<'a> = &'a dyn Fn() -> World;
    let cases: [(Start<'_>, Discarded<'_>); 5] = [
        (&none, everything),
        (&begun, everything),
        (
            &authenticating,
            &[
                ("PAR.S", PHASE),
                ("PAR.C", PHASE),
                ("PAR empty", "pana.missing-avp"),
                ("PTR", PHASE),
                ("PNR.P", PHASE),
                ("PNR.A", PHASE),
                ("PCI", PHASE),
                ("PAN.S", ANSWER),
                ("PAN", ANSWER),
            ],
        ),
        (&concluding, &[("PAR", PHASE), ("PTR", PHASE), ("PNR.P", PHASE), ("PNR.A", PHASE)]),
        (&closed, &[("PAN", ANSWER)]),
    ];
    for (start, discarded) in cases {
        let mut world = start();
        let session_id = world.nas.sessions().next().map_or(9, |session| session.session_id);
        let next = world.last_numbers_of_pac().wrapping_add(1);
        let messages = all_from_pac((session_id, next));
        for (name, reason) in discarded {
            let (_, message) = messages.iter().find(|(known, _)| known == name).unwrap();
            is_discarded(&mut world, &from_pac(message), reason);
        }
    }
    let mut world = World::granted();
    let session_id = world.session_id();
    let messages = all_from_pac((session_id, 77));
    for name in ["PAR", "PAR.C", "PAR.S"] {
        let (_, message) = messages.iter().find(|(known, _)| *known == name).unwrap();
        is_discarded(&mut world, &from_pac(message), PHASE);
    }
}

/// A confirmation that is not one.
#[test]
fn confirmations_that_are_none() {
    let mut world = World::new();
    world.start();
    world.steps(1);
    let offer = Message::decode(&world.last_to_pac().payload).unwrap().header().to_owned();
    world.wire.clear();
    let numbers = (offer.session_id, offer.sequence);
    let cases = [
        (with(Kind::Pan, Flags::START, numbers, &[IDENTITY]), "pana.misplaced-avp"),
        (with(Kind::Pan, Flags::START, numbers, &[NONCE]), "pana.nonce"),
        (
            message(Kind::Pan, Flags::START, (offer.session_id, offer.sequence + 1)),
            "pana.unexpected-answer",
        ),
        (
            message(Kind::Pan, Flags::START, (offer.session_id + 1, offer.sequence)),
            "pana.unknown-session",
        ),
        (
            with(Kind::Pan, Flags::START, numbers, &[Avp::PrfAlgorithm(2)]),
            "pana.security-association",
        ),
    ];
    for (message, reason) in cases {
        is_discarded(&mut world, &from_pac(&message), reason);
    }
    world.hand_nas(&from_pac(&message(Kind::Pan, Flags::START, numbers)));
    assert_eq!(short(&world.last_to_pac()), "PAR nonce eap1");
}

/// Only the agent that was asked is listened to.
#[test]
fn strangers_and_other_sockets() {
    let (mut world, numbers) = client_after("PAN nonce eap2");
    let request = with(Kind::Par, Flags::NONE, numbers, &[IDENTITY]);
    for source in ["10.0.0.1:717", "10.0.0.2:716"] {
        let stranger = Datagram { source: source.parse().unwrap(), ..from_paa(&request) };
        is_discarded(&mut world, &stranger, "pana.unknown-peer");
    }
    let nas = world.nas.clone();
    let elsewhere = datagram(aaa_addr(), "192.0.2.10:7".parse().unwrap(), Vec::new());
    world.hand_nas(&elsewhere);
    assert_eq!(world.counts.last(), Some(&"pana.not-ours"));
    let packet = Packet { neighbour: None, octets: vec![0x45] };
    let effects = world.nas.handle(world.now, &mut world.nas_random, Input::Packet(&packet));
    world.carry_out(effects);
    assert_eq!(world.counted("pana.not-ours"), 2);
    let forged = datagram("192.0.2.66:1812".parse().unwrap(), radius_addr(), vec![2; 20]);
    is_discarded(&mut world, &forged, "radius.client.unknown-server");
    assert_eq!(world.nas, nas);
}

/// Whatever a client says in a session that its NAS has lost by a crash is said in vain, however often,
/// until it begins anew.
//= access.5.8
#[test]
fn sessions_from_before_a_restart() {
    let (mut world, numbers) = client_after("PAN nonce eap2");
    world.nas = Nas::new(nas_config());
    for message in [
        with(Kind::Pan, Flags::NONE, numbers, &[NONCE, IDENTITY]),
        message(Kind::Pan, Flags::COMPLETE, numbers),
        message(Kind::Pnr, Flags::PING, numbers),
    ] {
        is_discarded(&mut world, &from_pac(&message), "pana.unknown-session");
    }
}

/// EAP packets of the client that the NAS does not pass on.
//= access.2.25
#[test]
fn eap_packets_that_are_not_passed_on() {
    let eap: [(&[u8], &str); 5] = [
        (&[2, 1], "eap.malformed"),
        (&[1, 0x41, 0, 5, 1], "eap.unexpected-code"),
        (&[2, 0x40, 0, 6, 1, b'm'], "eap.identifier"),
        (&[2, 0x41, 0, 5, 1], "eap.no-identity"),
        (&[2, 0x41, 0, 6, 3, 4], "eap.no-identity"),
    ];
    for (packet, reason) in eap {
        let mut world = World::new();
        world.nas_random.first([&[0, 0, 0, 1], &[0, 0, 0, 1], &[0x41]]);
        world.start();
        world.steps(3);
        world.wire.clear();
        let message = with(Kind::Par, Flags::NONE, (1, 9), &[Avp::EapPayload(packet)]);
        world.hand_nas(&from_pac(&message));
        assert_eq!(world.counts, [reason]);
        assert_eq!(short(&world.last_to_pac()), "PAN", "acknowledged by PANA all the same");
        assert!(!world.nas.sessions().next().unwrap().asking);
    }
}
