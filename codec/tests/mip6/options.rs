//! The rules of mobility options, each broken on purpose.

use core::net::{Ipv4Addr, Ipv6Addr};
use dsboot_codec::dsb::Prefixed;
use dsboot_codec::mip6::{
    Authentication, BindingError, BindingUpdate, Builder, Code, DnsUpdate, FastAuthorizationLength,
    FastBindingAuthorizationData, Header, Identifier, Ipv4AddressAcknowledgement, Ipv4HomeAddress,
    Lifetime, LinkLayerAddress, Message, MobilityOption, NatDetection, NetworkPrefix, NonceIndices,
    Options, Reading, Route, Sequence, Timestamp, UpdateFlags, VendorOption,
};
use dsboot_codec::{Error, ErrorKind, Found};
use dsboot_spec::registry::mip6::{Alignment, alignment, option};

use super::{CARE_OF, HOME, HOME_AGENT, NAI};

const START: usize = 12;

/// The one option in these octets, which are the options of a BU.
fn one(octets: &[u8]) -> MobilityOption<'_> {
    let options = Options::decode(octets, START).unwrap();
    let [option] = options.iter().collect::<Vec<_>>()[..] else { panic!("{options:?}") };
    assert_eq!((option.offset, option.raw), (START, octets));
    option.value
}

/// An option of this type with this data, and the same by value, both ways.
fn check(kind: u8, data: &[u8], expected: MobilityOption<'_>) {
    let length = u8::try_from(data.len()).unwrap();
    let octets = [&[kind, length], data].concat();
    assert_eq!(one(&octets), expected);
    assert_eq!(expected.encode().unwrap(), octets);
    assert_eq!(expected.kind(), kind);
}

/// No data of another length has a meaning under this type.
fn check_length(kind: u8, allowed: impl Fn(usize) -> bool) {
    for length in 0..=64 {
        let data = vec![4; length];
        let octets = [&[kind, u8::try_from(length).unwrap()], &data[..]].concat();
        let malformed = MobilityOption::Malformed { kind, data: &data };
        assert_eq!(one(&octets) != malformed, allowed(length), "type {kind} of {length}");
        //= wire.9.24
        match malformed.encode() {
            Ok(encoded) => assert!(!allowed(length) && encoded == octets),
            Err(error) => {
                assert!(allowed(length));
                assert_eq!((error.kind, error.sentence), (ErrorKind::BadValue, "wire.9.24"));
            }
        }
    }
}

//= wire.9.1
#[test]
fn options_fill_the_header() {
    let truncated = |offset| Err(Error::new(ErrorKind::Truncated, START + offset, "wire.9.1"));
    assert_eq!(Options::decode(&[1], START), truncated(1));
    assert_eq!(Options::decode(&[1, 1], START), truncated(2));
    assert_eq!(Options::decode(&[0, 0, 8, 3, 1, 2], START), truncated(4));
    let options = Options::decode(&[0, 0, 1, 0, 0, 1, 1, 7], START).unwrap();
    let found: Vec<_> = options.iter().map(|o| (o.offset, o.raw.len(), o.value)).collect();
    assert_eq!(
        found,
        [
            (12, 1, MobilityOption::Pad1),
            (13, 1, MobilityOption::Pad1),
            (14, 2, MobilityOption::PadN(&[])),
            (16, 1, MobilityOption::Pad1),
            (17, 3, MobilityOption::PadN(&[7])),
        ]
    );
    assert_eq!(options.octets().len(), 8);
}

//= wire.9.1
#[test]
fn no_option_is_longer_than_255_octets() {
    let identifier = |length| {
        let data = vec![b'a'; length];
        MobilityOption::MobileNodeIdentifier(Identifier::nai(&data)).encode()
    };
    assert_eq!(identifier(254).unwrap().len(), 257);
    assert_eq!(identifier(255), Err(Error::new(ErrorKind::TooLong, 1, "wire.9.1")));
    let data = [b'a'; 255];
    let built = Builder::new(BindingUpdate::new(Sequence(1), UpdateFlags(0), Lifetime::ZERO))
        .option(&MobilityOption::MobileNodeIdentifier(Identifier::nai(&data)))
        .option(&MobilityOption::Pad1)
        .header(&Route::direct(HOME, HOME_AGENT));
    assert_eq!(built, Err(Error::new(ErrorKind::TooLong, 1, "wire.9.1")));
}

//= wire.9.2
#[test]
fn what_is_not_understood_is_skipped_and_kept() {
    let octets = [200, 2, 1, 2, 3, 1, 9, 10, 8, 0, 0, 0, 5, 0, 0, 0, 6];
    let options = Options::decode(&octets, START).unwrap();
    let found: Vec<_> = options.iter().map(|option| option.value).collect();
    assert_eq!(
        found,
        [
            MobilityOption::Unknown { kind: 200, data: &[1, 2] },
            MobilityOption::Malformed { kind: 3, data: &[9] },
            MobilityOption::MessageId(Timestamp(0x0000_0005_0000_0006)),
        ]
    );
    assert_eq!(options.alternate_care_of_address(), Found::Absent);
    assert_eq!(options.message_id(), Found::Once(Timestamp(0x0000_0005_0000_0006)));
    for kind in [34, 77, 255] {
        check(kind, &[1, 2, 3], MobilityOption::Unknown { kind, data: &[1, 2, 3] });
    }
}

//= wire.9.3
#[test]
fn twice_is_not_understood() {
    let twice = |option: MobilityOption<'_>| [option.encode().unwrap(), option.encode().unwrap()];
    let octets = [
        twice(MobilityOption::AlternateCareOfAddress(CARE_OF)),
        twice(MobilityOption::MobileNodeIdentifier(Identifier::nai(NAI))),
        twice(MobilityOption::MessageId(Timestamp(1))),
        twice(MobilityOption::BindingRefreshAdvice(Lifetime::from_units(1))),
    ]
    .concat()
    .concat();
    let options = Options::decode(&octets, START).unwrap();
    assert_eq!(options.alternate_care_of_address(), Found::Many);
    assert_eq!(options.identifier(), Found::Many);
    assert_eq!(options.nai(), None);
    assert_eq!(options.message_id(), Found::Many);
    assert_eq!(options.binding_refresh_advice(), Found::Many);
    assert_eq!(options.binding_refresh_advice().once(), None);
}

fn prefix6(address: Ipv6Addr, length: u8) -> Prefixed<Ipv6Addr> {
    Prefixed::<Ipv6Addr>::new(address, length).unwrap()
}

fn prefix4(address: Ipv4Addr, length: u8) -> Prefixed<Ipv4Addr> {
    Prefixed::<Ipv4Addr>::new(address, length).unwrap()
}

const THOAV4: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);

/// One option of every kind that is known.
fn every() -> Vec<MobilityOption<'static>> {
    vec![
        MobilityOption::Pad1,
        MobilityOption::PadN(&[0; 3]),
        MobilityOption::BindingRefreshAdvice(Lifetime::from_units(7)),
        MobilityOption::AlternateCareOfAddress(CARE_OF),
        MobilityOption::NonceIndices(NonceIndices { home: 1, care_of: 2 }),
        MobilityOption::MobileNetworkPrefix(prefix6(HOME, 64).into()),
        MobilityOption::MobileNodeIdentifier(Identifier::nai(NAI)),
        MobilityOption::MessageId(Timestamp(9)),
        MobilityOption::Ipv4HomeAddress(Ipv4HomeAddress {
            prefix: prefix4(THOAV4, 32),
            prefix_wanted: true,
            reserved: 0,
        }),
        MobilityOption::Ipv4AddressAcknowledgement(Ipv4AddressAcknowledgement {
            status: 128,
            prefix: prefix4(THOAV4, 0),
            reserved: 0,
        }),
        MobilityOption::NatDetection(NatDetection {
            force_udp: true,
            reserved: 0,
            refresh_seconds: 110,
        }),
        MobilityOption::Ipv4CareOfAddress { reserved: 0, address: THOAV4 },
        MobilityOption::Unknown { kind: 77, data: &[1] },
        MobilityOption::BindingAuthorizationData(&[5; 12]),
        MobilityOption::Authentication(Authentication { subtype: 1, spi: 256, data: &[6; 12] }),
        MobilityOption::Authentication(Authentication { subtype: 2, spi: 3, data: &[6; 20] }),
    ]
}

fn built_options(options: &[MobilityOption<'_>]) -> Vec<u8> {
    let update = BindingUpdate::new(Sequence(1), UpdateFlags(0), Lifetime::ZERO);
    let builder = options.iter().fold(Builder::new(update), |builder, o| builder.option(o));
    builder.header(&Route::direct(HOME, HOME_AGENT)).unwrap()
}

//= wire.9.4
//= wire.9.16
#[test]
fn every_option_stands_where_its_alignment_allows() {
    for option in every() {
        for fill in 0..8 {
            // Something without alignment before it, to reach every position.
            let before = vec![3; fill];
            let before = MobilityOption::Unknown { kind: 99, data: &before };
            let octets = built_options(&[before, option]);
            assert!(octets.len().is_multiple_of(8));
            let header = Header::decode_unverified(&octets).unwrap();
            let Ok(Message::BindingUpdate(update)) = header.message() else { panic!() };
            let options: Vec<_> = update.options.iter().collect();
            let at = options.iter().position(|o| o.value == option).unwrap();
            let Alignment { multiple, offset } = alignment(option.kind());
            assert_eq!(options[at].offset % multiple, offset, "{option:?} after {fill}");
            // No more padding before it than one option, and that shorter than the alignment asks.
            let from = START + 2 + fill;
            let ends = matches!(
                option,
                MobilityOption::Authentication(_) | MobilityOption::BindingAuthorizationData(_)
            );
            let least = if ends { 8 } else { multiple };
            let padding = options[at].offset - from;
            assert!(padding < least, "{option:?} after {fill}");
            assert_eq!(at, if padding == 0 { 1 } else { 2 });
            if ends {
                assert_eq!(at, options.len() - 1, "{option:?} ends the header");
            }
        }
    }
}

//= wire.9.4
#[test]
fn padding_is_one_option_of_zeros() {
    for length in 0..8 {
        let data = vec![0xff; length];
        let octets = built_options(&[MobilityOption::Unknown { kind: 99, data: &data }]);
        let rest = &octets[START + 2 + length..];
        let expected: &[u8] = match (START + 2 + length).next_multiple_of(8) - START - 2 - length {
            0 => &[],
            1 => &[0],
            2 => &[1, 0],
            3 => &[1, 1, 0],
            4 => &[1, 2, 0, 0],
            5 => &[1, 3, 0, 0, 0],
            6 => &[1, 4, 0, 0, 0, 0],
            _ => &[1, 5, 0, 0, 0, 0, 0],
        };
        assert_eq!(rest, expected, "after {length}");
    }
}

//= wire.9.5
#[test]
fn alternate_care_of_address() {
    check(3, &CARE_OF.octets(), MobilityOption::AlternateCareOfAddress(CARE_OF));
    check_length(3, |length| length == 16);
}

//= wire.9.6
#[test]
fn refresh_advice_and_nonce_indices() {
    let advice = MobilityOption::BindingRefreshAdvice(Lifetime::from_units(450));
    check(2, &[0x01, 0xc2], advice);
    check_length(2, |length| length == 2);
    let indices = MobilityOption::NonceIndices(NonceIndices { home: 0x0102, care_of: 0x0304 });
    check(4, &[1, 2, 3, 4], indices);
    check_length(4, |length| length == 4);
}

//= wire.9.7
#[test]
fn binding_authorization_data_is_last() {
    check(5, &[7; 12], MobilityOption::BindingAuthorizationData(&[7; 12]));
    let option = MobilityOption::BindingAuthorizationData(&[7; 12]).encode().unwrap();
    let expected = Err(Error::new(ErrorKind::Misplaced, START, "wire.9.7"));
    for behind in [&[0][..], &[1, 0], &[99, 0], &option] {
        assert_eq!(Options::decode(&[&option, behind].concat(), START), expected, "{behind:?}");
    }
}

//= wire.9.8
#[test]
fn mobile_network_prefix() {
    let data = [&[0, 64][..], &HOME.octets()].concat();
    check(6, &data, MobilityOption::MobileNetworkPrefix(prefix6(HOME, 64).into()));
    check_length(6, |length| length == 18);
    let too_long = [&[0, 129][..], &HOME.octets()].concat();
    check(6, &too_long, MobilityOption::Malformed { kind: 6, data: &too_long });
    // What is reserved does not count, and is kept.
    let reserved = [&[0xff, 64][..], &HOME.octets()].concat();
    let prefix = NetworkPrefix { reserved: 0xff, prefix: prefix6(HOME, 64) };
    check(6, &reserved, MobilityOption::MobileNetworkPrefix(prefix));
}

//= wire.9.9
#[test]
fn mobile_node_identifier() {
    let data = [&[1][..], NAI].concat();
    let nai = Identifier { subtype: 1, data: NAI };
    check(8, &data, MobilityOption::MobileNodeIdentifier(nai));
    assert_eq!(nai.as_nai(), Some(NAI));
    check_length(8, |length| length > 0);
    let data = [&[2][..], NAI].concat();
    let other = Identifier { subtype: 2, data: NAI };
    check(8, &data, MobilityOption::MobileNodeIdentifier(other));
    assert_eq!(other.as_nai(), None);
    // An identifier of another kind beside it does not make the NAI ambiguous.
    let both = [
        MobilityOption::MobileNodeIdentifier(other).encode().unwrap(),
        MobilityOption::MobileNodeIdentifier(nai).encode().unwrap(),
    ]
    .concat();
    assert_eq!(Options::decode(&both, START).unwrap().nai(), Some(NAI));
}

//= wire.9.10
#[test]
fn message_id() {
    let data = [0xce, 0xa4, 0xd3, 0x10, 0, 0, 0, 1];
    let timestamp = Timestamp(0xcea4_d310_0000_0001);
    check(10, &data, MobilityOption::MessageId(timestamp));
    assert_eq!(timestamp.seconds(), 0xcea4_d310);
    check_length(10, |length| length == 8);
}

//= wire.9.11
#[test]
fn authentication() {
    let data = [&[1, 0, 0, 3, 0][..], &[7; 12]].concat();
    let value = Authentication { subtype: 1, spi: 0x300, data: &[7; 12] };
    check(9, &data, MobilityOption::Authentication(value));
    check_length(9, |length| length >= 5);
}

//= wire.9.12
#[test]
fn dual_stack_options() {
    let [a, b, c, d] = THOAV4.octets();
    for (head, length, prefix_wanted) in [(32 << 10, 32, false), (24 << 10 | 0x0200, 24, true)] {
        let [high, low] = u16::to_be_bytes(head);
        let prefix = prefix4(THOAV4, length);
        let value = Ipv4HomeAddress { prefix, prefix_wanted, reserved: 0 };
        check(29, &[high, low, a, b, c, d], MobilityOption::Ipv4HomeAddress(value));
    }
    for length in [0u16, 33, 63] {
        let [high, low] = (length << 10).to_be_bytes();
        let data = [high, low, a, b, c, d];
        check(29, &data, MobilityOption::Malformed { kind: 29, data: &data });
    }
    let prefix = prefix4(THOAV4, 24);
    let value = Ipv4AddressAcknowledgement { status: 133, prefix, reserved: 0 };
    check(30, &[133, 24 << 2, a, b, c, d], MobilityOption::Ipv4AddressAcknowledgement(value));
    let data = [0, 33 << 2, a, b, c, d];
    check(30, &data, MobilityOption::Malformed { kind: 30, data: &data });
    let value = NatDetection { force_udp: true, reserved: 0, refresh_seconds: 110 };
    check(31, &[0x80, 0, 0, 0, 0, 110], MobilityOption::NatDetection(value));
    let value = MobilityOption::Ipv4CareOfAddress { reserved: 0, address: THOAV4 };
    check(32, &[0, 0, a, b, c, d], value);
    for kind in [29, 30, 31, 32] {
        check_length(kind, |length| length == 6);
    }
    // Reserved bits do not count, and are kept.
    let prefix = prefix4(THOAV4, 32);
    let value = Ipv4HomeAddress { prefix, prefix_wanted: false, reserved: 0x01ff };
    check(29, &[0x81, 0xff, a, b, c, d], MobilityOption::Ipv4HomeAddress(value));
    let value = Ipv4AddressAcknowledgement { status: 0, prefix, reserved: 3 };
    check(30, &[0, 0x83, a, b, c, d], MobilityOption::Ipv4AddressAcknowledgement(value));
    let value = NatDetection { force_udp: false, reserved: 0x7fff, refresh_seconds: 1 };
    check(31, &[0x7f, 0xff, 0, 0, 0, 1], MobilityOption::NatDetection(value));
    let value = MobilityOption::Ipv4CareOfAddress { reserved: 0x0101, address: THOAV4 };
    check(32, &[1, 1, a, b, c, d], value);
}

/// Values that no octets are read as: each is refused, as it would come out as another one.
//= wire.9.24
#[test]
fn values_that_cannot_be() {
    let prefix = prefix4(THOAV4, 32);
    let none = prefix4(THOAV4, 0);
    let values = [
        MobilityOption::Ipv4HomeAddress(Ipv4HomeAddress {
            prefix: none,
            prefix_wanted: false,
            reserved: 0,
        }),
        MobilityOption::Ipv4HomeAddress(Ipv4HomeAddress {
            prefix,
            prefix_wanted: false,
            reserved: 0x0200,
        }),
        MobilityOption::Ipv4AddressAcknowledgement(Ipv4AddressAcknowledgement {
            status: 0,
            prefix,
            reserved: 4,
        }),
        MobilityOption::NatDetection(NatDetection {
            force_udp: false,
            reserved: 0x8000,
            refresh_seconds: 1,
        }),
        MobilityOption::DnsUpdate(DnsUpdate {
            status: 0,
            remove: false,
            reserved: 0x80,
            name: b"mn",
        }),
        MobilityOption::CgaParameters(&[]),
        MobilityOption::Signature(&[]),
        MobilityOption::PermanentHomeKeygenToken(&[]),
        MobilityOption::ServiceSelection(""),
        MobilityOption::Malformed { kind: 0, data: &[] },
        MobilityOption::Malformed { kind: 3, data: &[0; 16] },
        MobilityOption::Malformed { kind: 200, data: &[] },
        MobilityOption::Unknown { kind: 0, data: &[] },
        MobilityOption::Unknown { kind: 1, data: &[] },
        MobilityOption::Unknown { kind: 9, data: &[1] },
    ];
    for value in values {
        let error = value.encode().unwrap_err();
        assert_eq!((error.kind, error.sentence), (ErrorKind::BadValue, "wire.9.24"), "{value:?}");
    }
}

/// The options of other uses, each with its data.
fn others() -> Vec<(MobilityOption<'static>, Vec<u8>)> {
    let address = HOME.octets();
    let with = |head: &[u8], tail: &[u8]| [head, tail].concat();
    vec![
        (
            MobilityOption::LinkLayerAddress(LinkLayerAddress { code: 2, address: &[1, 2] }),
            vec![2, 1, 2],
        ),
        (MobilityOption::CgaParametersRequest, vec![]),
        (MobilityOption::CgaParameters(&[1]), vec![1]),
        (MobilityOption::Signature(&[1, 2]), vec![1, 2]),
        (MobilityOption::PermanentHomeKeygenToken(&[1, 2]), vec![1, 2]),
        (MobilityOption::CareOfTestInit, vec![]),
        (MobilityOption::CareOfTest(0x0102), vec![0, 0, 0, 0, 0, 0, 1, 2]),
        (
            MobilityOption::DnsUpdate(DnsUpdate {
                status: 130,
                remove: true,
                reserved: 1,
                name: b"mn",
            }),
            vec![130, 0x81, b'm', b'n'],
        ),
        (MobilityOption::Experimental(&[]), vec![]),
        (
            MobilityOption::VendorSpecific(VendorOption { vendor: 9, subtype: 1, data: &[5] }),
            vec![0, 0, 0, 9, 1, 5],
        ),
        (MobilityOption::ServiceSelection("ims"), b"ims".to_vec()),
        (
            MobilityOption::HomeNetworkPrefix(NetworkPrefix {
                reserved: 9,
                prefix: prefix6(HOME, 64),
            }),
            with(&[9, 64], &address),
        ),
        (MobilityOption::HandoffIndicator(3.into()), vec![0, 3]),
        (MobilityOption::HandoffIndicator(Code { reserved: 7, code: 3 }), vec![7, 3]),
        (MobilityOption::AccessTechnologyType(Code { reserved: 8, code: 4 }), vec![8, 4]),
        (
            MobilityOption::LinkLayerIdentifier { reserved: 0x0607, identifier: &[1, 2, 3] },
            vec![6, 7, 1, 2, 3],
        ),
        (MobilityOption::LinkLocalAddress(HOME), address.to_vec()),
        (MobilityOption::Timestamp(7), vec![0, 0, 0, 0, 0, 0, 0, 7]),
        (MobilityOption::RestartCounter(5), vec![0, 0, 0, 5]),
        (MobilityOption::GreKey { reserved: 0x0102, key: Some(6) }, vec![1, 2, 0, 0, 0, 6]),
        (MobilityOption::GreKey { reserved: 0, key: None }, vec![0, 0]),
        (
            MobilityOption::FastBindingAuthorizationData(FastBindingAuthorizationData {
                spi: 1,
                authenticator: &[7; 12],
            }),
            with(&[0, 0, 0, 1], &[7; 12]),
        ),
    ]
}

//= wire.9.4
//= wire.9.23
#[test]
fn options_of_other_uses() {
    for (option, data) in others() {
        check(option.kind(), &data, option);
        let sent = Builder::new(BindingError::new(1, HOME)).option(&option);
        let octets = sent.header(&Route::direct(CARE_OF, HOME)).unwrap();
        let header = Header::decode_unverified(&octets).unwrap();
        let message = header.message().unwrap();
        let found: Vec<_> = message.options().iter().filter(|o| o.value == option).collect();
        assert_eq!(found.len(), 1);
        let alignment = alignment(option.kind());
        assert_eq!(alignment.padding(found[0].offset), 0, "{option:?}");
    }
    check_length(option::CGA_PARAMETERS_REQUEST, |length| length == 0);
    check_length(option::CARE_OF_TEST_INIT, |length| length == 0);
    for kind in [option::CARE_OF_TEST, option::TIMESTAMP] {
        check_length(kind, |length| length == 8);
    }
    for kind in [
        option::LINK_LAYER_ADDRESS,
        option::CGA_PARAMETERS,
        option::SIGNATURE,
        option::PERMANENT_HOME_KEYGEN_TOKEN,
        option::SERVICE_SELECTION,
    ] {
        check_length(kind, |length| length >= 1);
    }
    for kind in [option::HANDOFF_INDICATOR, option::ACCESS_TECHNOLOGY_TYPE] {
        check_length(kind, |length| length == 2);
    }
    check_length(option::DNS_UPDATE, |length| length >= 2);
    check_length(option::VENDOR_SPECIFIC, |length| length >= 5);
    check_length(option::FAST_BINDING_AUTHORIZATION_DATA, |length| length >= 4);
    check_length(option::HOME_NETWORK_PREFIX, |length| length == 18);
    check_length(option::LINK_LAYER_IDENTIFIER, |length| length >= 2);
    check_length(option::LINK_LOCAL_ADDRESS, |length| length == 16);
    check_length(option::RESTART_COUNTER, |length| length == 4);
    check_length(option::GRE_KEY, |length| length == 2 || length == 6);
    let not_text = MobilityOption::Malformed { kind: option::SERVICE_SELECTION, data: &[0xff] };
    assert_eq!(one(&[option::SERVICE_SELECTION, 1, 0xff]), not_text);
}

//= wire.9.25
#[test]
fn authenticators_of_fast_handovers_end_the_message() {
    let option = [option::FAST_BINDING_AUTHORIZATION_DATA, 6, 0, 0, 0, 1, 7, 7];
    assert!(Options::decode(&option, 0).is_ok());
    let error = Options::decode(&[&option[..], &[0]].concat(), 8).unwrap_err();
    assert_eq!((error.kind, error.offset, error.sentence), (ErrorKind::Misplaced, 8, "wire.9.25"));
}

#[test]
fn every_known_type_has_an_option() {
    let known: Vec<u8> = option::TABLE.iter().map(|(kind, _)| *kind).collect();
    let others = others();
    let others = others.iter().map(|(option, _)| option.kind());
    let mut made: Vec<u8> =
        every().iter().map(MobilityOption::kind).chain(others).filter(|k| *k != 77).collect();
    made.sort_unstable();
    made.dedup();
    assert_eq!(made, known);
}

/// Every option as it is read, so that a change of one is seen.
#[test]
fn as_they_are_read() {
    let others = others();
    let options = every().into_iter().chain(others.into_iter().map(|(option, _)| option));
    let lines: Vec<String> = options
        .map(|option| {
            let octets = option.encode().unwrap();
            format!("{}\n  {:?}", hex::encode(&octets), one(&octets))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

//= wire.12.19
#[test]
fn length_of_fast_authorization() {
    // FBU-like: an update with option 21, SPI 7 and an authenticator of 12 octets.
    let update = BindingUpdate::new(Sequence(1), UpdateFlags(0), Lifetime::ZERO);
    let data = FastBindingAuthorizationData { spi: 7, authenticator: &[9; 12] };
    let option = MobilityOption::FastBindingAuthorizationData(data);
    let route = Route::direct(CARE_OF, HOME);
    let ours = Builder::new(update).option(&option).header(&route).unwrap();
    let at = ours.len() - 18;
    assert_eq!(ours[at..at + 2], [21, 16]);
    let mut stated = ours.clone();
    stated[at + 1] = 12;
    let mut reading = Reading::DEFAULT;
    reading.fast_authorization_length = FastAuthorizationLength::Authenticator;
    let last = |octets: &[u8], reading: &Reading| {
        let header = Header::decode_unverified(octets).unwrap();
        header.message_by(reading).map(|m| m.options().iter().last().map(|o| o.value == option))
    };
    assert_eq!(last(&ours, &Reading::DEFAULT), Ok(Some(true)));
    assert_eq!(last(&stated, &reading), Ok(Some(true)));
    // By the other reading neither is whole.
    assert!(last(&ours, &reading).is_err());
    assert!(last(&stated, &Reading::DEFAULT).is_err());
    // What was read by the other is written by ours.
    let header = Header::decode_unverified(&stated).unwrap();
    let again = Builder::new(header.message_by(&reading).unwrap()).header(&route).unwrap();
    assert_eq!(again, ours);
}
