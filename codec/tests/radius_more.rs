//! Attributes beyond those of the bootstrap, extended type spaces, other vendors, and packets that
//! are not about access.
#![cfg(test)]

use core::net::{IpAddr, Ipv4Addr};
use std::borrow::Cow;

use dsboot_codec::dsb::Prefixed;
use dsboot_codec::radius::{
    Attribute, Extended, ExtendedVendorSpecific, HomeIpv4, LongExtended, Packet, RequestBuilder,
    ResponseBuilder, SignedRequestBuilder, TaggedInteger, TaggedText, ThreeGpp2Attribute,
    TunnelPassword, Unverified, VendorSpecific, WimaxAttribute, encode, encode_long_extended,
    encode_wimax, hide_key,
};
use dsboot_codec::{ErrorKind, Found};
use dsboot_spec::registry::radius::{attribute, code, three_gpp2, vendor, wimax};
use dsboot_spec::registry::{Space, Value};

const SECRET: &[u8] = b"radius-secret-16";
const AUTHENTICATOR: [u8; 16] = [0x10; 16];

/// A packet with these attributes and no signature.
fn packet(attributes: &[Attribute<'_>]) -> Vec<u8> {
    encode(code::ACCESS_REQUEST, 1, &AUTHENTICATOR, attributes.iter().copied()).unwrap()
}

/// Values of the form that the registry gives, the first allowed and the second not.
fn samples(value: Value) -> (Vec<u8>, Option<Vec<u8>>) {
    let hidden = hide_key(&[7; 4], 1, &AUTHENTICATOR, SECRET).unwrap();
    match value {
        Value::Integer | Value::Date | Value::Ipv4 => (vec![1; 4], Some(vec![1; 5])),
        Value::Short => (vec![1; 2], Some(vec![1; 3])),
        Value::Integer64 | Value::InterfaceId => (vec![1; 8], Some(vec![1; 7])),
        Value::Ipv6 => (vec![1; 16], Some(vec![1; 4])),
        Value::Ipv6Prefix => (vec![0, 8, 0x20], Some(vec![0, 8])),
        Value::Ipv6WithLength => ([&[64][..], &[1; 16]].concat(), Some(vec![64; 16])),
        Value::Password => (vec![1; 16], Some(vec![1; 15])),
        Value::Salted => (hidden.clone(), Some(hidden[..10].to_vec())),
        Value::TaggedInteger => (vec![1, 0, 0, 13], Some(vec![0, 0, 13])),
        Value::TaggedText => (b"\x01home.example".to_vec(), Some(vec![1])),
        Value::TaggedSalted => ([&[1], &hidden[..]].concat(), Some(vec![1])),
        Value::Vendor => (vec![0, 0, 0, 9, 1], Some(vec![0, 0, 0, 9])),
        Value::Text | Value::Octets => (b"text".to_vec(), Some(vec![])),
        other => panic!("no sample of {other:?}"),
    }
}

/// Octets of fixed forms that the registry tells no more about than that they are octets, or
/// fields.
fn particular(kind: u8) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
    let exactly = |length| Some((vec![1; length], Some(vec![1; length + 1])));
    match kind {
        attribute::CHAP_PASSWORD => exactly(17),
        attribute::MESSAGE_AUTHENTICATOR | attribute::ARAP_PASSWORD => exactly(16),
        attribute::LOGIN_LAT_GROUP => exactly(32),
        attribute::ARAP_FEATURES => exactly(14),
        attribute::ARAP_CHALLENGE_RESPONSE | attribute::USER_PRIORITY_TABLE => exactly(8),
        attribute::CHAP_CHALLENGE => Some((vec![1; 5], Some(vec![1; 4]))),
        attribute::EAP_MESSAGE => Some((vec![], None)),
        // Asked for by a single NUL (RFC 4372 §2.1, RFC 7268 §2.2).
        attribute::CHARGEABLE_USER_IDENTITY | attribute::EAP_KEY_NAME => {
            Some((vec![0], Some(vec![])))
        }
        attribute::PMIP6_HOME_IPV4_HOA | attribute::PMIP6_VISITED_IPV4_HOA => {
            Some((vec![0, 24, 1, 2, 3, 4], Some(vec![0, 33, 1, 2, 3, 4])))
        }
        attribute::EXTENDED_TYPE_1..=attribute::EXTENDED_TYPE_4 => {
            Some((vec![1, 2], Some(vec![1])))
        }
        attribute::LONG_EXTENDED_TYPE_1 | attribute::LONG_EXTENDED_TYPE_2 => {
            Some((vec![1, 0, 2], Some(vec![1, 0])))
        }
        _ => None,
    }
}

//= wire.5.18
#[test]
fn every_attribute_of_the_registry_has_its_form() {
    for entry in attribute::SPACE.entries {
        let kind = u8::try_from(entry.number).unwrap();
        let (good, bad) = particular(kind).unwrap_or_else(|| samples(entry.value));
        let decoded = Attribute::decode(kind, &good);
        let name = entry.name;
        assert!(
            !matches!(decoded, Attribute::Malformed { .. } | Attribute::Unknown { .. }),
            "{name}"
        );
        assert_eq!((decoded.kind(), decoded.value()), (kind, good.clone()), "{name}");
        let length = u8::try_from(2 + good.len()).unwrap();
        assert_eq!(decoded.encode(), Ok([&[kind, length], &good[..]].concat()), "{name}");
        if let Some(bad) = bad {
            let malformed = Attribute::Malformed { kind, data: &bad };
            assert_eq!(Attribute::decode(kind, &bad), malformed, "{name}");
            assert_eq!(malformed.value(), bad, "{name}");
        }
    }
    for kind in [0, 17, 21, 54, 93, 191, 224, 247, 255] {
        assert!(matches!(Attribute::decode(kind, b"x"), Attribute::Unknown { .. }), "{kind}");
    }
}

//= wire.5.24
//= wire.5.25
#[test]
fn every_sub_attribute_of_other_vendors_has_its_form() {
    type Decode = fn(u8, &[u8]) -> (u8, Vec<u8>, bool);
    let check = |space: Space, decode: Decode| {
        for entry in space.entries {
            let kind = u8::try_from(entry.number).unwrap();
            let (good, bad) = match kind {
                wimax::RRQ_HA_IP if space.name == "wimax" => (vec![1; 16], Some(vec![1; 5])),
                _ => samples(entry.value),
            };
            assert_eq!(decode(kind, &good), (kind, good.clone(), true), "{}", entry.name);
            let bad = bad.unwrap();
            assert_eq!(decode(kind, &bad), (kind, bad.clone(), false), "{}", entry.name);
        }
    };
    check(three_gpp2::SPACE, |kind, data| {
        let value = ThreeGpp2Attribute::decode(kind, data);
        let understood = !matches!(value, ThreeGpp2Attribute::Malformed { .. });
        (value.kind(), value.value(), understood)
    });
    check(wimax::SPACE, |kind, data| {
        let value = WimaxAttribute::decode(kind, data);
        let understood = !matches!(value, WimaxAttribute::Malformed { .. });
        (value.kind(), value.value(), understood)
    });
}

//= wire.5.19
#[test]
fn tags() {
    let text = |octets| match Attribute::decode(attribute::TUNNEL_SERVER_ENDPOINT, octets) {
        Attribute::TunnelServerEndpoint(text) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(text(b"\x1fa"), TaggedText { tag: Some(31), text: b"a" });
    assert_eq!(text(b" a"), TaggedText { tag: None, text: b" a" });
    assert_eq!(text(b"\0a"), TaggedText { tag: Some(0), text: b"a" });
    assert_eq!(
        Attribute::decode(attribute::TUNNEL_TYPE, &[1, 0, 0, 12]),
        Attribute::TunnelType(TaggedInteger { tag: 1, value: 12 }),
    );
    let hidden = hide_key(b"key", 1, &AUTHENTICATOR, SECRET).unwrap();
    let password = [&[3], &hidden[..]].concat();
    let Attribute::TunnelPassword(TunnelPassword { tag: 3, password }) =
        Attribute::decode(attribute::TUNNEL_PASSWORD, &password)
    else {
        panic!("no password")
    };
    assert_eq!(password.reveal(&AUTHENTICATOR, SECRET).unwrap().as_slice(), b"key");
    // What would be read as something else is not sent.
    for attribute in [
        Attribute::TunnelClientEndpoint(TaggedText { tag: None, text: b"\x01a" }),
        Attribute::TunnelClientEndpoint(TaggedText { tag: Some(32), text: b"a" }),
        Attribute::TunnelPreference(TaggedInteger { tag: 1, value: 0x0100_0000 }),
    ] {
        assert_eq!(attribute.encode().unwrap_err().kind, ErrorKind::BadValue, "{attribute:?}");
    }
}

//= wire.5.23
#[test]
fn home_addresses_of_proxy_mobile_ipv6() {
    let octets = [0x00, 0x58, 192, 0, 2, 1];
    let home = HomeIpv4 {
        reserved: 1,
        prefix: Prefixed::<Ipv4Addr>::new(Ipv4Addr::new(192, 0, 2, 1), 24).unwrap(),
    };
    let kind = attribute::PMIP6_HOME_IPV4_HOA;
    assert_eq!(Attribute::decode(kind, &octets), Attribute::Pmip6HomeIpv4Hoa(home));
    assert_eq!(Attribute::Pmip6HomeIpv4Hoa(home).value(), octets);
    let packet = packet(&[Attribute::Pmip6HomeIpv4Hoa(home)]);
    assert_eq!(Packet::decode(&packet).unwrap().pmip6_home_ipv4_hoa(), Found::Once(home));
}

//= wire.5.20
//= wire.5.22
#[test]
fn extended_attributes_and_vendors_in_them() {
    let vendor = ExtendedVendorSpecific { vendor_id: 32473, vendor_type: 6, data: &[1, 2] };
    let data = vendor.encode();
    assert_eq!(data, [0, 0, 0x7e, 0xd9, 6, 1, 2]);
    let extended = Extended { kind: 241, extended_type: 26, data: &data };
    let octets = Attribute::Extended(extended).encode().unwrap();
    assert_eq!(octets, [&[241, 10, 26], &data[..]].concat());
    assert_eq!(Attribute::decode(241, &octets[2..]), Attribute::Extended(extended));
    assert_eq!(extended.vendor_specific(), Some(vendor));
    assert_eq!(Extended { extended_type: 25, ..extended }.vendor_specific(), None);
    for length in 0..6 {
        assert_eq!(ExtendedVendorSpecific::decode(&data[..length]), None);
    }
    assert!(matches!(Attribute::decode(244, &[1]), Attribute::Malformed { .. }));
}

//= wire.5.21
#[test]
fn long_values_in_pieces() {
    for length in [1, 251, 252, 502, 503, 1000] {
        let value: Vec<u8> = (0..length).map(|n: usize| n.to_be_bytes()[7]).collect();
        let attributes = encode_long_extended(245, 7, &value).unwrap();
        let octets = with_attributes(&attributes);
        let packet = Packet::decode(&octets).unwrap();
        assert_eq!(packet.attributes().count(), length.div_ceil(251));
        assert!(packet.attributes().rev_all_but_last_full());
        let found: Vec<_> = packet.extended().collect();
        assert_eq!(found.len(), 1);
        let (offset, found) = &found[0];
        assert_eq!((*offset, found.kind, found.extended_type), (20, 245, 7));
        assert_eq!(found.data, value);
        assert_eq!(matches!(found.data, Cow::Borrowed(_)), length <= 251);
    }
    assert_eq!(encode_long_extended(244, 7, &[1]).unwrap_err().kind, ErrorKind::BadType);
    assert_eq!(encode_long_extended(245, 7, &[]).unwrap_err().kind, ErrorKind::BadLength);

    let piece = |extended_type, flags, data| {
        Attribute::LongExtended(LongExtended { kind: 245, extended_type, flags, data })
    };
    let values = |attributes: &[Attribute<'_>]| -> Vec<(u8, Vec<u8>)> {
        let octets = packet(attributes);
        let packet = Packet::decode(&octets).unwrap();
        packet.extended().map(|(_, v)| (v.extended_type, v.data.into_owned())).collect()
    };
    // Reserved flags mean nothing; a value without an end, or one that is cut in two, none at all.
    assert_eq!(values(&[piece(7, 0x7f, b"a")]), [(7, b"a".to_vec())]);
    assert_eq!(values(&[piece(7, 0x80, b"a"), piece(7, 0, b"b")]), [(7, b"ab".to_vec())]);
    assert_eq!(values(&[piece(7, 0x80, b"a")]), []);
    assert_eq!(values(&[piece(7, 0x80, b"a"), piece(8, 0, b"b")]), [(8, b"b".to_vec())]);
    let between = [piece(7, 0x80, b"a"), Attribute::Class(b"c"), piece(7, 0, b"b")];
    assert_eq!(values(&between), [(7, b"b".to_vec())]);
}

/// A packet with attributes that are encoded already.
fn with_attributes(attributes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + attributes.len()).unwrap().to_be_bytes();
    [&[1, 1], &length[..], &AUTHENTICATOR, attributes].concat()
}

/// Whether all attributes but the last one are as long as attributes can be.
trait Full {
    fn rev_all_but_last_full(self) -> bool;
}

impl<'a, I: Iterator<Item = dsboot_codec::Positioned<'a, Attribute<'a>>>> Full for I {
    fn rev_all_but_last_full(self) -> bool {
        let lengths: Vec<usize> = self.map(|unit| unit.raw.len()).collect();
        lengths.split_last().is_none_or(|(_, full)| full.iter().all(|length| *length == 255))
    }
}

//= wire.5.24
#[test]
fn what_3gpp2_says() {
    let home_agent = ThreeGpp2Attribute::HomeAgentAddress(Ipv4Addr::new(192, 0, 2, 1));
    let spi = ThreeGpp2Attribute::MnHaSpi(0x1001);
    let (first, second) = (home_agent.encode().unwrap(), spi.encode().unwrap());
    assert_eq!(first, [7, 6, 192, 0, 2, 1]);
    let both = [&first[..], &second].concat();
    let vsa = |vendor_id, data| Attribute::VendorSpecific(VendorSpecific { vendor_id, data });
    let octets = packet(&[
        vsa(vendor::THREE_GPP2, &both),
        vsa(vendor::DOCUMENTATION, &first),
        vsa(vendor::THREE_GPP2, &[1, 1]),
    ]);
    let packet = Packet::decode(&octets).unwrap();
    let ours = packet.three_gpp2();
    assert_eq!(ours.sub_attributes().map(|unit| unit.value).collect::<Vec<_>>(), [home_agent, spi]);
    assert_eq!(ours.sub_attributes().map(|unit| unit.offset).collect::<Vec<_>>(), [26, 32]);
    assert_eq!(ours.home_agent_address(), Found::Once(Ipv4Addr::new(192, 0, 2, 1)));
    assert_eq!(ours.mip6_home_agent(), Found::Absent);
    let long = [1; 248];
    assert_eq!(ThreeGpp2Attribute::SKey(&long).encode().unwrap_err().kind, ErrorKind::TooLong);
}

//= wire.5.25
#[test]
fn what_wimax_says() {
    let visited = WimaxAttribute::VisitedAgentMip4(Ipv4Addr::new(192, 0, 2, 1));
    let home = WimaxAttribute::RequestHomeAgent(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)));
    let encoded = visited.encode().unwrap();
    assert_eq!(encoded, [26, 13, 0, 0, 0x60, 0xb5, 64, 7, 0, 192, 0, 2, 1]);
    let long: Vec<u8> = (0..=u8::MAX).cycle().take(600).collect();
    let pieces = encode_wimax(200, &long).unwrap();
    let octets = with_attributes(&[encoded, home.encode().unwrap(), pieces].concat());
    let packet = Packet::decode(&octets).unwrap();
    let wimax = packet.wimax();
    assert_eq!(wimax.visited_agent_mip4(), Found::Once(Ipv4Addr::new(192, 0, 2, 1)));
    assert_eq!(wimax.units().count(), 2 + 3);
    assert_eq!(wimax.units().filter(|unit| unit.value.continued()).count(), 2);
    let values: Vec<_> = wimax.values().map(|(kind, data)| (kind, data.len())).collect();
    assert_eq!(values, [(64, 4), (18, 4), (200, 600)]);
    assert_eq!(wimax.values().last().unwrap().1, long);

    fn vsa(data: &[u8]) -> Attribute<'_> {
        Attribute::VendorSpecific(VendorSpecific { vendor_id: vendor::WIMAX, data })
    }
    let count = |data: &[&[u8]]| {
        let attributes: Vec<_> = data.iter().map(|data| vsa(data)).collect();
        let octets = encode(1, 1, &AUTHENTICATOR, attributes).unwrap();
        let packet = Packet::decode(&octets).unwrap();
        (packet.wimax().units().count(), packet.wimax().values().count())
    };
    assert_eq!(count(&[&[64, 7, 0, 1, 2, 3, 4, 11, 3, 0]]), (2, 2));
    // A piece without the next one, and what is no sequence of sub-attributes.
    assert_eq!(count(&[&[64, 7, 0x80, 1, 2, 3, 4]]), (1, 0));
    assert_eq!(count(&[&[64, 7, 0x80, 1, 2, 3, 4], &[65, 4, 0, 1]]), (2, 1));
    for data in [&[64, 2][..], &[64, 2, 0], &[64, 8, 0, 1, 2, 3, 4], &[64]] {
        assert_eq!(count(&[data]), (0, 0), "{data:?}");
    }
}

//= wire.4.21
#[test]
fn status_server() {
    let octets = RequestBuilder::new(7, AUTHENTICATOR)
        .attribute(&Attribute::NasIdentifier(b"nas"))
        .sign_status_server(SECRET)
        .unwrap();
    let packet = Packet::decode(&octets).unwrap();
    assert_eq!(packet.code(), code::STATUS_SERVER);
    assert_eq!(packet.verify_request(SECRET), Ok(()));
    assert_eq!(packet.verify_request(b"other"), Err(Unverified::MessageAuthenticator));
    let bare = encode(code::STATUS_SERVER, 7, &AUTHENTICATOR, []).unwrap();
    let bare = Packet::decode(&bare).unwrap();
    assert_eq!(bare.verify_request(SECRET), Err(Unverified::NoMessageAuthenticator));
}

//= wire.4.22
//= wire.4.23
#[test]
fn requests_whose_authenticator_is_a_digest() {
    for (request, response) in [
        (code::ACCOUNTING_REQUEST, code::ACCOUNTING_RESPONSE),
        (code::DISCONNECT_REQUEST, code::DISCONNECT_NAK),
        (code::COA_REQUEST, code::COA_ACK),
    ] {
        let octets = SignedRequestBuilder::new(request, 9)
            .attribute(&Attribute::AcctStatusType(1))
            .attribute(&Attribute::AcctSessionId(b"s1"))
            .sign(SECRET)
            .unwrap();
        let packet = Packet::decode(&octets).unwrap();
        assert_eq!(packet.verify_request(SECRET), Ok(()));
        assert_eq!(packet.verify_request(b"other"), Err(Unverified::RequestAuthenticator));
        for at in 20..octets.len() {
            let mut changed = octets.clone();
            changed[at] ^= 1;
            if let Ok(changed) = Packet::decode(&changed) {
                assert_eq!(changed.verify_request(SECRET), Err(Unverified::RequestAuthenticator));
            }
        }
        // Without a Message-Authenticator, and with one that is wrong.
        let digest = |attributes: &[u8]| {
            let length = u16::try_from(20 + attributes.len()).unwrap().to_be_bytes();
            let start = [&[request, 9], &length[..]].concat();
            let sum = dsboot_codec::crypto::md5(&[&start, &[0; 16], attributes, SECRET]);
            [&start, &sum[..], attributes].concat()
        };
        let bare = digest(&[40, 6, 0, 0, 0, 1]);
        assert_eq!(Packet::decode(&bare).unwrap().verify_request(SECRET), Ok(()));
        let wrong = digest(&[&[80, 18][..], &[1; 16]].concat());
        assert_eq!(
            Packet::decode(&wrong).unwrap().verify_request(SECRET),
            Err(Unverified::MessageAuthenticator),
        );

        let answer = ResponseBuilder::new(response, &packet).sign_response(SECRET).unwrap();
        let answer = Packet::decode(&answer).unwrap();
        assert_eq!(answer.verify_response(packet.authenticator(), SECRET), Ok(()));
        let mut bare = vec![response, 9, 0, 20];
        let sum = dsboot_codec::crypto::md5(&[&bare, packet.authenticator(), SECRET]);
        bare.extend(sum);
        let bare = Packet::decode(&bare).unwrap();
        assert_eq!(bare.verify_response(packet.authenticator(), SECRET), Ok(()));
        assert_eq!(bare.verify_response(&[0; 16], SECRET), Err(Unverified::ResponseAuthenticator),);
    }
    let error = SignedRequestBuilder::new(code::ACCESS_REQUEST, 1).sign(SECRET).unwrap_err();
    assert_eq!((error.kind, error.sentence), (ErrorKind::BadType, "wire.4.22"));
}

/// Every attribute of the registry as it is read, so that a change of one is seen.
#[test]
fn as_they_are_read() {
    let lines: Vec<String> = attribute::SPACE
        .entries
        .iter()
        .map(|entry| {
            let kind = u8::try_from(entry.number).unwrap();
            let (good, _) = particular(kind).unwrap_or_else(|| samples(entry.value));
            let section = entry.section().unwrap();
            let read = Attribute::decode(kind, &good);
            format!("{kind} {} ({section})\n  {}\n  {read:?}", entry.name, hex::encode(&good))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
