//! The messages and extensions that the bootstrap does not use, octet by octet.

use core::net::Ipv4Addr;

use dsboot_codec::dsb::Prefixed;
use dsboot_codec::mip4::access::AccessMessage;
use dsboot_codec::mip4::discovery::{
    AdvertisementBuilder, CareOfAddresses, Discovery, DiscoveryExtension,
};
use dsboot_codec::mip4::{
    Authentication, AuthenticationKind, Builder, Extension, FixedPart, FlowBinding,
    HandoffReplyHeader, HandoffRequestHeader, Identification, Message,
    MobileCorrespondentAuthentication, Multipath, NotificationAcknowledgementHeader,
    NotificationHeader, RevocationAcknowledgementHeader, RevocationHeader, RevocationSupport,
    RouteOptimizationCapability, RouteOptimizationReply, TestHeader, TestInitHeader, Vendor,
};
use dsboot_codec::{ErrorKind, ip::icmp};
use dsboot_spec::registry::mip4::{extension, message};

use super::{reply_header, request_header};

const HOME: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);
const AGENT: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const CARE_OF: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 77);

/// The fixed parts with the octets that they are.
fn fixed_parts() -> Vec<(FixedPart, &'static str)> {
    let identification = Identification(0x0102_0304_0506_0708);
    let test_init = TestInitHeader { reserved: 9, cookie: 0x1112_1314_1516_1718 };
    let test = TestHeader {
        reserved: 9,
        nonce_index: 0x0a0b,
        cookie: 0x1112_1314_1516_1718,
        token: 0x2122_2324_2526_2728,
    };
    vec![
        (
            FixedPart::Revocation(RevocationHeader {
                reserved: 1,
                flags: 0xc001,
                home_address: HOME,
                home_domain_address: AGENT,
                foreign_domain_address: CARE_OF,
                identifier: 0x0102_0304,
            }),
            "0701c001cb007109c0000201c633644d01020304",
        ),
        (
            FixedPart::RevocationAcknowledgement(RevocationAcknowledgementHeader {
                reserved: 1,
                flags: 0x8001,
                home_address: HOME,
                identifier: 0x0102_0304,
            }),
            "0f018001cb00710901020304",
        ),
        (
            FixedPart::HandoffRequest(HandoffRequestHeader {
                flags: 0x81,
                reserved: 2,
                lifetime: 1800,
                reserved_2: 3,
                home_address: HOME,
                home_agent: AGENT,
                identification,
            }),
            "1081000207080003cb007109c00002010102030405060708",
        ),
        (
            FixedPart::HandoffReply(HandoffReplyHeader {
                flags: 0x40,
                reserved: 2,
                code: 1,
                lifetime: 0,
                reserved_2: 3,
                home_address: HOME,
                home_agent: AGENT,
                identification,
            }),
            "1140020100000003cb007109c00002010102030405060708",
        ),
        (
            FixedPart::RegionalRequest(request_header()),
            "1222070800000000c0000201c633644dcea4d2a012345678",
        ),
        (FixedPart::RegionalReply(reply_header()), "13000708cb007109c0000201cea4d2a012345678"),
        (
            FixedPart::FastBindingUpdate(request_header()),
            "1422070800000000c0000201c633644dcea4d2a012345678",
        ),
        (
            FixedPart::FastBindingAcknowledgement(reply_header()),
            "15000708cb007109c0000201cea4d2a012345678",
        ),
        (
            FixedPart::Notification(NotificationHeader {
                direction: 2,
                flags: 0x8001,
                home_address: HOME,
                home_agent: AGENT,
                care_of_address: CARE_OF,
                identification,
            }),
            "16028001cb007109c0000201c633644d0102030405060708",
        ),
        (
            FixedPart::NotificationAcknowledgement(NotificationAcknowledgementHeader {
                direction: 0,
                code: 133,
                reserved: 7,
                home_address: HOME,
                home_agent: AGENT,
                care_of_address: CARE_OF,
                identification,
            }),
            "17008507cb007109c0000201c633644d0102030405060708",
        ),
        (FixedPart::HomeTestInit(test_init), "18091112131415161718"),
        (FixedPart::CareOfTestInit(test_init), "19091112131415161718"),
        (FixedPart::HomeTest(test), "1a090a0b11121314151617182122232425262728"),
        (FixedPart::CareOfTest(test), "1b090a0b11121314151617182122232425262728"),
    ]
}

//= wire.1.1
//= wire.1.22
#[test]
fn every_message_has_its_fixed_part_and_extensions() {
    for (fixed, octets) in fixed_parts() {
        let octets = hex::decode(octets).unwrap();
        assert_eq!(Builder::message(&fixed).finish(), Ok(octets.clone()), "{fixed:?}");

        let extended = Builder::message(&fixed).extension(Extension::Nai(b"a@b")).finish().unwrap();
        let decoded = Message::decode(&extended).unwrap();
        assert_eq!(decoded.fixed_part(), Some(fixed));
        assert_eq!(decoded.kind(), octets[0]);
        assert_eq!(decoded.extensions().unwrap().nai().once(), Some(&b"a@b"[..]));
        assert_eq!(decoded.encode(), extended);
        assert!(message::name(decoded.kind()).is_some());

        for length in 1..octets.len() {
            let error = Message::decode(&octets[..length]).unwrap_err();
            assert_eq!((error.kind, error.sentence), (ErrorKind::Truncated, "wire.1.22"));
            assert!(error.offset <= length);
        }
    }
}

//= wire.1.22
#[test]
fn flags_of_revocations() {
    let revocation = |flags| RevocationHeader {
        reserved: 0,
        flags,
        home_address: HOME,
        home_domain_address: AGENT,
        foreign_domain_address: CARE_OF,
        identifier: 1,
    };
    assert!(revocation(0x8000).is_from_home_agent() && !revocation(0x8000).informs());
    assert!(revocation(0x4000).informs() && !revocation(0x4000).is_from_home_agent());
    let acknowledgement = |flags| RevocationAcknowledgementHeader {
        reserved: 0,
        flags,
        home_address: HOME,
        identifier: 1,
    };
    assert!(acknowledgement(0x8000).informs() && !acknowledgement(0x7fff).informs());
}

/// The extensions with the octets that they are.
fn extensions() -> Vec<(Extension<'static>, &'static str)> {
    let prefix = Prefixed::<Ipv4Addr>::new(Ipv4Addr::new(10, 1, 0, 0), 16).unwrap();
    let value = Authentication { spi: 0x0102_0304, authenticator: &[7; 16] };
    let vendor = Vendor::new(32473, 1, &[0xaa]);
    let addresses = CareOfAddresses::new(&[198, 51, 100, 77, 192, 0, 2, 1]).unwrap();
    vec![
        (Extension::FaFaAuthentication(value), "240200140102030407070707070707070707070707070707"),
        (Extension::MnGfaAuthentication(value), "240300140102030407070707070707070707070707070707"),
        (Extension::MnParAuthentication(value), "240400140102030407070707070707070707070707070707"),
        (Extension::CvseOld(vendor), "2500000700007ed90001aa"),
        (Extension::NvseOld(vendor), "8509000000007ed90001aa"),
        (Extension::GfaAddress { reserved: 0, address: AGENT }, "2e060000c0000201"),
        (Extension::PerNodeAuthentication { method: 1 }, "2f01000101"),
        (Extension::GreKey { key: 0x0102_0304 }, "3000000401020304"),
        (
            Extension::RouteOptimizationReply(RouteOptimizationReply { flags: 0xa0, code: 16 }),
            "310201b0",
        ),
        (
            Extension::MobileCorrespondentAuthentication(MobileCorrespondentAuthentication {
                reserved: 0,
                home_nonce_index: 1,
                care_of_nonce_index: 2,
                authenticator: &[7; 16],
            }),
            "311602000001000207070707070707070707070707070707",
        ),
        (Extension::CareOfAddresses { reserved: 0, addresses }, "310a0300c633644dc0000201"),
        (Extension::PrefixAdvertisement(&[0x40, 1, 2, 3, 4]), "320100054001020304"),
        (Extension::ExperimentalNonSkippable { sub_type: 9, data: &[1, 2] }, "7f0900020102"),
        (Extension::NaiCarrying { sub_type: 1, nai: b"ha@b" }, "88050168614062"),
        (
            Extension::RevocationSupport(RevocationSupport {
                reserved: 0,
                inform: true,
                timestamp: 0x0102_0304,
            }),
            "8906800001020304",
        ),
        (
            Extension::LinkLayerAddress { sub_type: 3, address: &[1, 2, 3, 4, 5, 6] },
            "8a0703010203040506",
        ),
        (Extension::HierarchicalForeignAgent { reserved: 0, address: CARE_OF }, "8c060000c633644d"),
        (
            Extension::ReplayProtectionStyle { style: 1, identification: Identification(2) },
            "8d0a00010000000000000002",
        ),
        (Extension::RegionalLifetime { reserved: 0, seconds: 1800 }, "8e06000000000708"),
        (Extension::InterfaceId(b"eth0"), "93050165746830"),
        (Extension::DeviceId { id_type: 1, identifier: &[1, 2] }, "930402010102"),
        (Extension::SubscriberId { id_type: 1, identifier: &[1, 2] }, "930403010102"),
        (Extension::AccessTechnology(2), "93020402"),
        (Extension::MobileNetworkRequest(prefix), "940600100a010000"),
        (
            Extension::MobileNetworkAcknowledgement {
                explicit: true,
                code: 2,
                reserved: 0,
                prefix,
            },
            "9408010210000a010000",
        ),
        (
            Extension::MobileNetworkAcknowledgement {
                explicit: false,
                code: 0,
                reserved: 0,
                prefix,
            },
            "9408020010000a010000",
        ),
        (Extension::ServiceSelection("ims"), "9703696d73"),
        (
            Extension::RouteOptimizationCapability(RouteOptimizationCapability {
                flags: 0xc0,
                home_address: None,
            }),
            "990201c0",
        ),
        (
            Extension::RouteOptimizationCapability(RouteOptimizationCapability {
                flags: 0x20,
                home_address: Some(HOME),
            }),
            "99060120cb007109",
        ),
        (
            Extension::Multipath(Multipath {
                access_technology: 4,
                label: 1,
                binding_id: 2,
                flags: 0x80,
            }),
            "9a01000404010280",
        ),
        (
            Extension::FlowBinding(FlowBinding {
                action: 1,
                bindings: &[2, 3],
                selector_format: 1,
                selector: &[0xaa],
            }),
            "9a02000601020203 01aa",
        ),
        (Extension::ExperimentalSkippable { sub_type: 9, data: &[1, 2] }, "ff03090102"),
    ]
}

fn octets(hex_with_spaces: &str) -> Vec<u8> {
    hex::decode(hex_with_spaces.replace(' ', "")).unwrap()
}

/// A request with these extensions.
fn request(extensions: &[u8]) -> Vec<u8> {
    [&Builder::request(&request_header()).finish().unwrap(), extensions].concat()
}

//= wire.2.36
//= wire.2.37
//= wire.2.38
//= wire.2.39
//= wire.2.40
//= wire.2.41
//= wire.2.42
//= wire.2.43
//= wire.2.44
//= wire.2.45
//= wire.2.46
//= wire.2.47
#[test]
fn every_extension_has_its_octets() {
    for (extension, hex) in extensions() {
        let octets = octets(hex);
        assert_eq!(extension.encode(), Ok(octets.clone()), "{extension:?}");
        assert_eq!(extension.kind(), octets[0]);
        assert!(extension::name(octets[0]).is_some() && !extension.is_unknown());

        let message = request(&octets);
        let decoded = Message::decode_leniently(&message).unwrap();
        let read: Vec<_> = decoded.extensions().unwrap().iter().collect();
        assert_eq!(read.len(), 1, "{extension:?}");
        assert_eq!((read[0].value, read[0].raw, read[0].offset), (extension, &octets[..], 24));
    }
}

/// Octets of known types that their types do not allow.
const MALFORMED: &[&str] = &[
    "2402000f010203040707070707070707070707",
    "2e050000000000",
    "2f010000",
    "2f02000101",
    "300000050102030405",
    "3002000401020304",
    "310101",
    "310301b000",
    "31050200000100",
    "31020300",
    "31050300c63364",
    "32010000",
    "880101",
    "89058000010203",
    "8a0103",
    "8c0500000a0000",
    "8d020001",
    "8e0400000708",
    "930101",
    "93020201",
    "9303040202",
    "940600210a010000",
    "9408030210000a010000",
    "9700",
    "9701ff",
    "99060140cb007109",
    "99020120",
    "990202c0",
    "ff00",
];

//= wire.2.36
//= wire.2.38
//= wire.2.39
//= wire.2.40
//= wire.2.41
//= wire.2.42
//= wire.2.43
//= wire.2.44
//= wire.2.45
//= wire.2.46
//= wire.2.47
#[test]
fn values_that_their_type_does_not_allow_are_kept_as_octets() {
    for hex in MALFORMED {
        let octets = octets(hex);
        let message = request(&octets);
        let decoded = match Message::decode_leniently(&message) {
            Ok(decoded) => decoded,
            Err(error) => panic!("{hex}: {error}"),
        };
        for extension in decoded.extensions().unwrap().iter() {
            assert!(extension.value.is_unknown(), "{hex}: {:?}", extension.value);
            assert_eq!(extension.value.encode(), Ok(extension.raw.to_vec()), "{hex}");
        }
        assert_eq!(decoded.encode(), message);
    }
}

//= wire.2.47
#[test]
fn authenticators_of_other_pairs_enable_no_authorization() {
    for (kind, sub_type) in [
        (AuthenticationKind::FaFa, 2),
        (AuthenticationKind::MnGfa, 3),
        (AuthenticationKind::MnPar, 4),
    ] {
        let message = Builder::request(&request_header())
            .authenticate(kind, &super::CONTEXT)
            .finish()
            .unwrap();
        assert_eq!(message[25], sub_type);
        let extensions = Message::decode_leniently(&message).unwrap().extensions().unwrap();
        assert_eq!(extensions.authorization(), None);
        let found = extensions.authenticator(kind).once().unwrap();
        assert!(found.verify(&super::CONTEXT));
        assert_eq!(found.covered(), &message[..32]);
    }
}

//= wire.2.44
//= wire.2.45
#[test]
fn what_cannot_be_read_again_is_not_sent() {
    let capability = |flags, home_address| {
        Extension::RouteOptimizationCapability(RouteOptimizationCapability { flags, home_address })
    };
    for extension in [
        capability(0x20, None),
        capability(0x80, Some(HOME)),
        Extension::RouteOptimizationReply(RouteOptimizationReply { flags: 0x10, code: 0 }),
        Extension::RouteOptimizationReply(RouteOptimizationReply { flags: 0, code: 32 }),
        Extension::FlowBinding(FlowBinding {
            action: 0,
            bindings: &[],
            selector_format: 1,
            selector: &[],
        }),
        Extension::FlowBinding(FlowBinding {
            action: 0,
            bindings: &[1; 256],
            selector_format: 1,
            selector: &[],
        }),
        Extension::ServiceSelection(""),
        Extension::InterfaceId(&[]),
        Extension::Unknown { kind: extension::GRE_KEY, data: &[] },
        Extension::UnknownLong { kind: extension::NAI, sub_type: 0, data: &[] },
    ] {
        let error = extension.encode().unwrap_err();
        assert_eq!(
            (error.kind, error.sentence),
            (ErrorKind::BadValue, "wire.2.26"),
            "{extension:?}"
        );
    }
    let long = Extension::Unknown { kind: 200, data: &[0; 256] }.encode().unwrap_err();
    assert_eq!(long.kind, ErrorKind::TooLong);
    assert!(RouteOptimizationReply { flags: 0, code: 15 }.is_accepted());
    assert!(!RouteOptimizationReply { flags: 0, code: 16 }.is_accepted());
}

//= wire.1.21
#[test]
fn extensions_of_advertisements() {
    let plain = AdvertisementBuilder::new(0, 30, &[]).finish().unwrap();
    let with = |extensions: &[u8]| {
        let body = [&plain[4..], extensions].concat();
        icmp::Message { kind: 9, code: 0, body: &body }.encode_v4()
    };
    for (octets, expected) in [
        (&[136, 3, 1, b'h', b'a'][..], DiscoveryExtension::NaiCarrying { sub_type: 1, nai: b"ha" }),
        (
            &[140, 5, 7, 192, 0, 2, 1],
            DiscoveryExtension::LinkLayerAddress { sub_type: 7, address: &[192, 0, 2, 1] },
        ),
        (&[255, 2, 1, 2], DiscoveryExtension::ExperimentalSkippable(&[1, 2])),
        (&[127, 2, 1, 2], DiscoveryExtension::ExperimentalNonSkippable(&[1, 2])),
        (&[136, 1, 1], DiscoveryExtension::Unknown { kind: 136, data: &[1] }),
        (&[140, 0], DiscoveryExtension::Unknown { kind: 140, data: &[] }),
        (&[126, 0], DiscoveryExtension::Unknown { kind: 126, data: &[] }),
        (&[16, 1, 0], DiscoveryExtension::Unknown { kind: 16, data: &[0] }),
    ] {
        let icmp = with(octets);
        let Ok(Discovery::Advertisement(lenient)) = Discovery::decode_leniently(&icmp) else {
            panic!("{octets:?}")
        };
        let read: Vec<_> = lenient.extensions().map(|extension| extension.value).collect();
        assert_eq!(read, [expected]);
        assert_eq!(Discovery::decode(&icmp).is_ok(), octets[0] >= 128, "{octets:?}");
    }
}

//= wire.12.3
#[test]
fn access_messages_are_read_where_they_are_looked_for() {
    let header = [255, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    let octets = [&header[..], &[131, 1, b'a', 36, 1, 0, 20], &[0; 20]].concat();
    let access = AccessMessage::decode(&octets).unwrap();
    assert_eq!((access.sub_type, access.code), (1, 0));
    assert_eq!(access.identification, Identification(0x0102_0304_0506_0708));
    assert_eq!(access.extensions.nai().once(), Some(&b"a"[..]));
    assert_eq!(access.extensions.iter().count(), 2);
    assert_eq!(
        Message::decode(&octets),
        Ok(Message::Unknown { kind: message::EXPERIMENTAL, octets: &octets }),
    );

    let error = |octets: &[u8]| AccessMessage::decode(octets).map(|_| ()).unwrap_err();
    assert_eq!((error(&header[..11]).kind, error(&header[..11]).offset), (ErrorKind::Truncated, 4));
    let other = |at: usize, octet: u8| {
        let mut octets = header;
        octets[at] = octet;
        (error(&octets).kind, error(&octets).offset)
    };
    assert_eq!(other(0, 1), (ErrorKind::BadType, 0));
    assert_eq!(other(1, 3), (ErrorKind::BadType, 1));
}

/// Every message and extension of this file as it is read, so that a change of one is seen.
#[test]
fn as_they_are_read() {
    let mut lines = Vec::new();
    for (_, hex) in fixed_parts() {
        let octets = octets(hex);
        let message = Message::decode(&octets).unwrap();
        lines.push(format!("{hex}\n  {:?}", message.fixed_part().unwrap()));
    }
    for (_, hex) in extensions() {
        let message = request(&octets(hex));
        let decoded = Message::decode_leniently(&message).unwrap();
        let read: Vec<_> = decoded.extensions().unwrap().iter().map(|e| e.value).collect();
        lines.push(format!("{}\n  {read:?}", hex.replace(' ', "")));
    }
    insta::assert_snapshot!(lines.join("\n"));
}
