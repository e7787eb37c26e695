//! The rules of the mobility header, each broken on purpose.

use core::net::Ipv6Addr;
use dsboot_codec::ip::{Pseudo, v6};
use dsboot_codec::mip6::{
    AcknowledgementFlags, BindingAcknowledgement, BindingError, BindingRefreshRequest,
    BindingUpdate, Builder, Header, Lifetime, Message, MobilityOption, Options, OtherMessage,
    Packet, Reading, Route, Sequence, Status144, Test, TestInit, UpdateFlags,
};
use dsboot_codec::{Error, ErrorKind};
use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::{acknowledgement_flag, error_status, message, update_flag};

use super::{CARE_OF, HOME, HOME_AGENT, NODE, PSEUDO, resum, sealed, vector};

fn decode(octets: &[u8]) -> Result<Message<'_>, Error> {
    Header::decode(octets, &PSEUDO).and_then(|header| header.message())
}

//= wire.8.1
#[test]
fn a_header_is_as_long_as_it_says() {
    let short = [59, 0, 5, 0, 0];
    assert_eq!(
        Header::decode(&short, &PSEUDO),
        Err(Error::new(ErrorKind::Truncated, 4, "wire.8.1"))
    );
    let mut octets = vector("mh_bu_min");
    octets[1] = 2;
    assert_eq!(
        Header::decode(&octets, &PSEUDO),
        Err(Error::new(ErrorKind::Truncated, 0, "wire.8.1"))
    );
    // What follows is not looked at, not even by the checksum.
    let octets = [&vector("mh_bu_min")[..], &[0xaa; 9]].concat();
    let header = Header::decode(&octets, &PSEUDO).unwrap();
    assert_eq!(header.octets(), vector("mh_bu_min"));
}

//= wire.8.1
#[test]
fn no_header_is_longer_than_2048_octets() {
    let route = Route::direct(HOME, HOME_AGENT);
    let longest = vec![7; 2048 - 6];
    let message = Message::Other { kind: message::HEARTBEAT, data: &longest };
    let octets = Builder::new(message).header(&route).unwrap();
    assert_eq!((octets.len(), octets[1]), (2048, 255));
    assert_eq!(decode(&octets), Ok(message));
    let too_long = vec![7; 2048 - 5];
    let message = Message::Other { kind: message::HEARTBEAT, data: &too_long };
    assert_eq!(
        Builder::new(message).header(&route),
        Err(Error::new(ErrorKind::TooLong, 1, "wire.8.1"))
    );
}

//= wire.8.2
#[test]
fn a_wrong_checksum_is_seen_before_all_else() {
    let octets = vector("mh_bu_min");
    let expected = Err(Error::new(ErrorKind::BadChecksum, 4, "wire.8.2"));
    for at in 0..octets.len() {
        if at != 1 {
            let mut octets = octets.clone();
            octets[at] ^= 1;
            assert_eq!(Header::decode(&octets, &PSEUDO), expected, "at {at}");
            let unverified = Header::decode_unverified(&octets);
            assert_eq!(unverified.is_ok(), at != 0, "at {at}");
        }
    }
    assert_eq!(Header::decode(&octets, &Pseudo::v6(CARE_OF, HOME_AGENT)), expected);
    assert_eq!(Header::decode(&octets, &Pseudo::v6(HOME, CARE_OF)), expected);
}

//= wire.8.2
#[test]
fn the_pseudo_header_has_next_header_135() {
    let octets = vector("mh_bu_min");
    assert_eq!(PSEUDO.checksum(135, &[&octets]), 0);
    assert_ne!(PSEUDO.checksum(2, &[&octets]), 0);
}

//= wire.8.3
#[test]
fn payload_proto_is_59() {
    let mut octets = vector("mh_bu_min");
    octets[0] = next_header::IPV6;
    resum(&PSEUDO, &mut octets);
    let expected = Err(Error::new(ErrorKind::BadValue, 0, "wire.8.3"));
    assert_eq!(Header::decode(&octets, &PSEUDO), expected);
    assert_eq!(Header::decode_unverified(&octets), expected);
}

//= wire.8.4
#[test]
fn only_an_update_has_a_home_address_option_and_only_an_acknowledgement_a_routing_header() {
    let away = Route::from_mobile_node(NODE, HOME_AGENT);
    let back = Route::to_mobile_node(HOME_AGENT, NODE);
    let update = Message::from(BindingUpdate::new(
        Sequence(1),
        UpdateFlags::HOME_REGISTRATION,
        Lifetime::ZERO,
    ));
    let answer = BindingAcknowledgement::new(0, Sequence(1), Lifetime::ZERO).into();
    let error = BindingError::new(error_status::UNKNOWN_MH_TYPE, HOME).into();
    let expected = Err(Error::new(ErrorKind::Misplaced, 2, "wire.8.4"));
    for (message, route, allowed) in [
        (update, away, true),
        (update, back, false),
        (answer, back, true),
        (answer, away, false),
        (error, away, false),
        (error, back, false),
        (error, Route::direct(HOME_AGENT, CARE_OF), true),
        (Message::Other { kind: 100, data: &[0; 2] }, away, true),
        (Message::Other { kind: 100, data: &[0; 2] }, back, false),
    ] {
        let built = Builder::new(message).packet(&route);
        // The same message on the way it may not go, made around the builder.
        let header =
            Builder::new(message).header(&Route { home_address: None, routed_to: None, ..route });
        let header = sealed(&route.pseudo(), &header.unwrap());
        let packet = with_extension(&route, &header);
        if allowed {
            assert_eq!(built.as_ref(), Ok(&packet));
            assert_eq!(Packet::decode(&packet).unwrap().route, route);
        } else {
            assert_eq!(built, expected);
            let expected = Error::new(ErrorKind::Misplaced, 40 + 24 + 2, "wire.8.4");
            assert_eq!(Packet::decode(&packet), Err(expected));
        }
    }
}

fn with_extension(route: &Route, header: &[u8]) -> Vec<u8> {
    let next = next_header::MOBILITY;
    let (first, extension) = match (route.home_address, route.routed_to) {
        (Some(home), _) => {
            (next_header::DESTINATION_OPTIONS, v6::home_address_header(next, home).to_vec())
        }
        (_, Some(home)) => (next_header::ROUTING, v6::type_2_routing_header(next, home).to_vec()),
        _ => (next, Vec::new()),
    };
    let payload = [&extension, header].concat();
    v6::Packet::new(route.source, route.destination, first, &payload).encode().unwrap()
}

//= wire.8.5
#[test]
fn a_header_is_long_enough_for_its_message() {
    let expected = Err(Error::new(ErrorKind::BadLength, 1, "wire.8.5"));
    for (kind, least) in [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (5, 1), (6, 1), (7, 2)] {
        for units in 0..3 {
            let mut octets = vec![0; 8 + 8 * units];
            octets[0] = next_header::NO_NEXT_HEADER;
            octets[2] = kind;
            let octets = sealed(&PSEUDO, &octets);
            let decoded = decode(&octets);
            if units < least {
                assert_eq!(decoded, expected, "type {kind}, {units} units");
            } else {
                assert_eq!(decoded.unwrap().kind(), kind);
            }
        }
    }
}

//= wire.8.6
#[test]
fn an_unknown_message_is_kept() {
    for kind in 8..=255 {
        let octets = sealed(&PSEUDO, &[59, 0, kind, 0, 0, 0, 0xab, 0xcd]);
        let message = decode(&octets).unwrap();
        assert_eq!(message, Message::Other { kind, data: &[0xab, 0xcd] });
        let again = Builder::new(message).header(&Route::direct(HOME, HOME_AGENT));
        assert_eq!(again.unwrap(), octets);
    }
}

/// The message of this type with these octets behind its checksum.
fn message_of(kind: u8, data: &[u8]) -> Message<'static> {
    let octets = sealed(&PSEUDO, &[&[59, 0, kind, 0, 0, 0], data].concat());
    decode(octets.leak()).unwrap()
}

const PADDING: [u8; 4] = [1, 2, 0, 0];

//= wire.8.7
#[test]
fn return_routability_messages() {
    let Message::BindingRefreshRequest(request) = message_of(0, &[0xab, 0xcd]) else { panic!() };
    assert_eq!(request.reserved, 0xabcd);
    let init = [&[0xab, 0xcd][..], &[1, 2, 3, 4, 5, 6, 7, 8]].concat();
    let expected = |options| TestInit { reserved: 0xabcd, cookie: 0x0102_0304_0506_0708, options };
    let message = message_of(1, &init);
    assert_eq!(message, Message::HomeTestInit(expected(message.options())));
    let message = message_of(2, &init);
    assert_eq!(message, Message::CareOfTestInit(expected(message.options())));
    let test = [&init[..], &[9, 9, 9, 9, 9, 9, 9, 9]].concat();
    let expected = |options| Test {
        nonce_index: 0xabcd,
        cookie: 0x0102_0304_0506_0708,
        token: 0x0909_0909_0909_0909,
        options,
    };
    let message = message_of(3, &test);
    assert_eq!(message, Message::HomeTest(expected(message.options())));
    let message = message_of(4, &test);
    assert_eq!(message, Message::CareOfTest(expected(message.options())));
}

//= wire.8.8
#[test]
fn update_flags() {
    let bits = "AHLKMRPFTB";
    let table = update_flag::TABLE.iter().rev();
    for (letter, (at, (flag, name))) in bits.chars().zip(table.enumerate()) {
        assert_eq!((*flag, *name), (0x8000 >> at, letter.to_string().as_str()));
    }
    let data = [&[0, 7, 0xff, 0xff, 0, 9][..], &PADDING].concat();
    let Message::BindingUpdate(update) = message_of(5, &data) else { panic!() };
    assert_eq!((update.sequence, update.flags), (Sequence(7), UpdateFlags(0xffff)));
    assert_eq!(update.lifetime.units(), 9);
    assert!(UpdateFlags(0x8000).acknowledge() && !UpdateFlags(0x7fff).acknowledge());
    assert!(UpdateFlags(0x4000).home_registration() && !UpdateFlags(0xbfff).home_registration());
}

//= wire.8.9
#[test]
fn acknowledgement_status_and_flags() {
    let bits = "KRPTB";
    let table = acknowledgement_flag::TABLE.iter().rev();
    for (letter, (at, (flag, name))) in bits.chars().zip(table.enumerate()) {
        assert_eq!((*flag, *name), (0x80 >> at, letter.to_string().as_str()));
    }
    for status in 0..=255 {
        let data = [&[status, 0x81, 0, 7, 0, 9][..], &PADDING].concat();
        let Message::BindingAcknowledgement(answer) = message_of(6, &data) else { panic!() };
        assert_eq!((answer.status, answer.flags), (status, AcknowledgementFlags(0x81)));
        assert_eq!((answer.sequence, answer.lifetime.units()), (Sequence(7), 9));
        assert_eq!(answer.is_accepted(), status < 128);
        assert!(answer.flags.key_management());
    }
}

//= wire.8.10
#[test]
fn binding_error() {
    let data = [&[2, 0xaa][..], &HOME.octets()].concat();
    let message = message_of(7, &data);
    let expected = BindingError {
        status: error_status::UNKNOWN_MH_TYPE,
        reserved: 0xaa,
        home_address: HOME,
        options: message.options(),
    };
    assert_eq!(message, Message::BindingError(expected));
}

//= wire.8.11
#[test]
fn reserved_octets_are_kept_and_sent_as_zero() {
    let route = Route::direct(HOME, HOME_AGENT);
    let update = BindingUpdate::new(Sequence(1), UpdateFlags(0xc03f), Lifetime::ZERO);
    let plain = Builder::new(update).header(&route).unwrap();
    assert_eq!(plain[3], 0);
    let octets = Builder::new(update).reserved(0xaa).header(&route).unwrap();
    let header = Header::decode(&octets, &route.pseudo()).unwrap();
    assert_eq!(header.reserved(), 0xaa);
    let Ok(Message::BindingUpdate(decoded)) = header.message() else { panic!() };
    assert_eq!(decoded.flags, UpdateFlags(0xc03f));
    let error = Builder::new(BindingError::new(1, Ipv6Addr::UNSPECIFIED)).header(&route).unwrap();
    assert_eq!(error[7], 0);
    let request = BindingRefreshRequest { reserved: 0, options: Options::NONE };
    let octets = Builder::new(Message::BindingRefreshRequest(request)).header(&route).unwrap();
    assert_eq!(octets[6..8], [0, 0]);
}

//= wire.8.12
#[test]
fn lifetimes_are_in_units_of_4_seconds_rounded_down() {
    for (seconds, units) in [
        (0, 0),
        (3, 0),
        (4, 1),
        (7, 1),
        (1800, 450),
        (262_139, 65_534),
        (262_140, 65_535),
        (262_144, 65_535),
        (u64::MAX, 65_535),
    ] {
        let lifetime = Lifetime::from_seconds(seconds);
        assert_eq!(lifetime.units(), units, "{seconds} s");
        assert_eq!(lifetime.seconds(), u32::from(units) * 4);
    }
}

//= wire.8.13
#[test]
fn sequence_numbers_wrap() {
    for last in [0, 15, 32767, 32768, 65535] {
        for ahead in 0..=u16::MAX {
            let number = Sequence(u16::wrapping_add(last, ahead));
            let greater = number.is_greater_than(Sequence(last));
            assert_eq!(greater, (1..=32767).contains(&ahead), "{last} + {ahead}");
        }
        assert!(Sequence(last).next().is_greater_than(Sequence(last)));
    }
}

//= wire.8.14
#[test]
fn at_home_there_is_neither_option_nor_routing_header() {
    let node = dsboot_codec::mip6::Addresses { home: HOME, care_of: HOME };
    let away = Route::from_mobile_node(node, HOME_AGENT);
    assert_eq!(away, Route::direct(HOME, HOME_AGENT));
    let back = Route::to_mobile_node(HOME_AGENT, node);
    assert_eq!(back, Route::direct(HOME_AGENT, HOME));
    let update = BindingUpdate::new(Sequence(2), UpdateFlags::HOME_REGISTRATION, Lifetime::ZERO);
    let octets = Builder::new(update)
        .option(&MobilityOption::AlternateCareOfAddress(HOME))
        .packet(&away)
        .unwrap();
    assert_eq!(octets[6], next_header::MOBILITY);
    assert_eq!(Packet::decode(&octets).unwrap().addresses(), node);
}

//= wire.12.20
#[test]
fn status_144_has_two_meanings() {
    let answer = |status| BindingAcknowledgement::new(status, Sequence(1), Lifetime::ZERO);
    let mut other = Reading::DEFAULT;
    other.status_144 = Status144::ForcedUdpRefused;
    assert_eq!(answer(144).status_144_by(&Reading::DEFAULT), Some(Status144::IdMismatch));
    assert_eq!(answer(144).status_144_by(&other), Some(Status144::ForcedUdpRefused));
    assert_eq!(answer(145).status_144_by(&other), None);
    assert_eq!(answer(0).status_144_by(&other), None);
}

/// Every message of another use, with what stands behind its checksum, reserved bits set.
fn other_messages() -> Vec<(u8, Vec<u8>)> {
    let home_agents = [&[1, 0xaa][..], &HOME_AGENT.octets(), &[1, 4, 0, 0, 0, 0]].concat();
    vec![
        (8, vec![0, 7, 0xff, 0xff, 0, 9]),
        (9, vec![128, 0xff, 0, 7, 0, 9]),
        (10, vec![0xab, 0xcd]),
        (11, vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        (12, home_agents),
        (13, vec![0xff, 0xfd, 0, 0, 0, 7, 1, 2, 0, 0]),
        (14, vec![0, 7, 0xff, 3, 1, 0]),
        (15, vec![0, 7, 0xff, 128, 0, 0]),
        (16, vec![1, 2, 0, 7, 0xff, 0xff, 1, 2, 0, 0]),
        (17, vec![0, 7, 0xab, 0xcd, 0xff, 0xff]),
        (18, vec![0, 7, 0xff, 128, 0, 9]),
    ]
}

//= wire.8.15
#[test]
fn messages_of_other_uses() {
    for (kind, data) in other_messages() {
        let message = OtherMessage::decode(kind, &data).unwrap().unwrap();
        assert_eq!(message.kind(), kind);
        assert_eq!(message.encode(), data, "{message:?}");
        // In a header it is kept whole, and read when that is asked for.
        let sent = Builder::new(Message::Other { kind, data: &message.encode() });
        let octets = sent.header(&Route::direct(CARE_OF, HOME_AGENT)).unwrap();
        let header = Header::decode_unverified(&octets).unwrap();
        let kept = header.message().unwrap();
        assert!(matches!(kept, Message::Other { .. }));
        let read = kept.other().unwrap().unwrap();
        assert_eq!(read.kind(), kind);
        // What is shorter than its fields is refused, and nothing of it makes a panic.
        for length in 0..data.len() {
            if let Ok(Some(cut)) = OtherMessage::decode(kind, &data[..length]) {
                assert_eq!(cut.encode(), data[..length]);
            }
        }
        if kind != 11 {
            let error = OtherMessage::decode(kind, &[]).unwrap_err();
            assert_eq!((error.kind, error.sentence), (ErrorKind::BadLength, "wire.8.5"));
        }
    }
    let data = [&[2, 0][..], &HOME_AGENT.octets()].concat();
    assert!(OtherMessage::decode(12, &data).is_err(), "two addresses are said, one is there");
    assert_eq!(OtherMessage::decode(19, &[]), Ok(None));
    let update = BindingUpdate::new(Sequence(1), UpdateFlags(0), Lifetime::ZERO);
    assert_eq!(Message::BindingUpdate(update).other(), Ok(None));
    let (kind, data) = other_messages().swap_remove(4);
    let Ok(Some(OtherMessage::HomeAgentSwitch(switch))) = OtherMessage::decode(kind, &data) else {
        panic!("not a switch")
    };
    assert_eq!(switch.addresses.iter().collect::<Vec<_>>(), [HOME_AGENT]);
    assert_eq!((switch.reserved, switch.options.iter().count()), (0xaa, 1));
}
