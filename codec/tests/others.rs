//! The small formats around Mobile IP, and the readings of Mobile IPv6, RADIUS and PANA.
#![cfg(test)]

use core::net::{Ipv4Addr, Ipv6Addr};

use dsboot_codec::dhcp::{self, AddressOption, PanaAgents};
use dsboot_codec::eap::{self, Body};
use dsboot_codec::ip::{Pseudo, icmp};
use dsboot_codec::mip6::discovery::{Discovery, Ipv6Addresses, NeighbourOptions};
use dsboot_codec::mip6::{
    Addresses, BindingUpdate, Builder, Header, Lifetime, MnAaaChecksum, Packet, PseudoHeader,
    Reading, Route, Sequence, UpdateFlags, auth,
};
use dsboot_codec::pana::{
    self, Avp, Flags, Kind, MessageBuilder, Reserved, UnknownAvps, VendorAvp,
};
use dsboot_codec::ppp::MobileIpv4;
use dsboot_codec::radius::{self, Attribute, HomeLinkPrefix, Ipv6Prefix};
use dsboot_codec::{Error, ErrorKind, Found, crypto};

const VENDOR: u32 = 32473;

fn v6(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

//= wire.10.29
#[test]
fn home_agents_and_pana_agents_by_dhcp() {
    let addresses = [Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(192, 0, 2, 2)];
    for (code, least) in [(68, 0), (136, 1)] {
        for count in 0..=2 {
            let encoded = dhcp::encode(code, &addresses[..count]);
            if count < least {
                assert_eq!(encoded.unwrap_err().kind, ErrorKind::BadLength);
                let error = AddressOption::decode(&[code, 0]).unwrap_err();
                assert_eq!((error.kind, error.offset), (ErrorKind::BadLength, 1));
                continue;
            }
            let octets = [encoded.unwrap(), vec![9]].concat();
            let (option, rest) = AddressOption::decode(&octets).unwrap();
            assert_eq!((option.code(), rest), (code, &[9][..]));
            assert_eq!(option.addresses().collect::<Vec<_>>(), addresses[..count]);
        }
    }
    let error = |octets: &[u8]| {
        let error = AddressOption::decode(octets).unwrap_err();
        assert_eq!(error.sentence, "wire.10.29");
        (error.kind, error.offset)
    };
    assert_eq!(error(&[67, 4, 1, 2, 3, 4]), (ErrorKind::BadType, 0));
    assert_eq!(error(&[68, 5, 1, 2, 3, 4, 5]), (ErrorKind::BadLength, 1));
    assert_eq!(error(&[68, 4, 1, 2, 3]).0, ErrorKind::Truncated);
    assert_eq!(error(&[]).0, ErrorKind::Truncated);
    assert_eq!(dhcp::encode(67, &[]).unwrap_err().kind, ErrorKind::BadType);
    assert!(dhcp::encode(68, &[Ipv4Addr::LOCALHOST; 63]).is_ok());
    let long = dhcp::encode(68, &[Ipv4Addr::LOCALHOST; 64]).unwrap_err();
    assert_eq!(long.kind, ErrorKind::TooLong);
}

//= wire.10.27
#[test]
fn home_address_by_ipcp() {
    let octets = [4, 6, 0, 0, 0, 0, 9];
    let (option, rest) = MobileIpv4::decode(&octets).unwrap();
    assert_eq!((option.home_address, rest), (Ipv4Addr::UNSPECIFIED, &[9][..]));
    assert_eq!(option.encode(), octets[..6]);
    for (octets, kind, offset) in [
        (&[3, 6, 0, 0, 0, 0][..], ErrorKind::BadType, 0),
        (&[4, 7, 0, 0, 0, 0, 0], ErrorKind::BadLength, 1),
        (&[4, 6, 0, 0, 0], ErrorKind::Truncated, 2),
        (&[4], ErrorKind::Truncated, 1),
    ] {
        let error = MobileIpv4::decode(octets).unwrap_err();
        assert_eq!(error, Error::new(kind, offset, "wire.10.27"));
    }
}

//= wire.10.28
#[test]
fn home_agents_and_prefixes_by_icmp() {
    let addresses = [v6("2001:db8::1").octets(), v6("2001:db8::2").octets()].concat();
    let prefix = [&[3, 4][..], &[0; 30], &[1, 1, 2, 0, 0, 0, 0, 1]].concat();
    let cases = [
        (Discovery::HomeAgentRequest { identifier: 7, reserved: 1 }, "00070001"),
        (
            Discovery::HomeAgentReply {
                identifier: 7,
                reserved: 0,
                addresses: Ipv6Addresses::new(&addresses).unwrap(),
            },
            "0007000020010db800000000000000000000000120010db8000000000000000000000002",
        ),
        (Discovery::PrefixSolicitation { identifier: 7, reserved: 1 }, "00070001"),
        (
            Discovery::PrefixAdvertisement {
                identifier: 7,
                flags: 0xc001,
                options: NeighbourOptions::decode(&prefix, 8).unwrap(),
            },
            concat!(
                "0007c001",
                "0304000000000000000000000000000000000000000000000000000000000000",
                "0101020000000001"
            ),
        ),
    ];
    let pseudo = Pseudo::v6(v6("2001:db8::9"), v6("2001:db8::1"));
    for (discovery, body) in cases {
        assert_eq!(hex::encode(discovery.encode()), body);
        let body = discovery.encode();
        let octets = icmp::Message::new(discovery.kind(), &body).encode_v6(&pseudo);
        let message = icmp::Message::decode_v6(&octets, &pseudo).unwrap();
        assert_eq!(Discovery::decode(&message), Ok(discovery));
        let other = icmp::Message { code: 1, ..message };
        assert_eq!(Discovery::decode(&other).unwrap_err().kind, ErrorKind::BadType);
        for length in 0..4 {
            let cut = icmp::Message { body: &body[..length], ..message };
            assert_eq!(Discovery::decode(&cut).unwrap_err().kind, ErrorKind::Truncated);
        }
    }
    let list = Ipv6Addresses::new(&addresses).unwrap();
    assert_eq!(list.iter().collect::<Vec<_>>(), [v6("2001:db8::1"), v6("2001:db8::2")]);
    let options = NeighbourOptions::decode(&prefix, 0).unwrap();
    assert_eq!(
        options.iter().map(|(kind, data)| (kind, data.len())).collect::<Vec<_>>(),
        [(3, 30), (1, 6)]
    );
    let decode = |kind, body| Discovery::decode(&icmp::Message::new(kind, body)).unwrap_err();
    assert_eq!(decode(143, &[0; 4]), Error::new(ErrorKind::BadType, 0, "wire.10.28"));
    assert_eq!(decode(148, &[0; 4]), Error::new(ErrorKind::BadType, 0, "wire.10.28"));
    assert_eq!(decode(145, &[0; 19]), Error::new(ErrorKind::Truncated, 23, "wire.10.28"));
    assert_eq!(decode(147, &[0; 5]).kind, ErrorKind::Truncated);
    assert_eq!(decode(147, &[0; 12]), Error::new(ErrorKind::BadLength, 9, "wire.10.28"));
    assert_eq!(decode(147, &[0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0]).kind, ErrorKind::Truncated,);
}

//= wire.7.16
#[test]
fn passwords_of_one_time_and_token_cards() {
    for (kind, make) in
        [(5, eap::Message::OneTimePassword as fn(_) -> _), (6, eap::Message::GenericTokenCard)]
    {
        let octets = eap::encode(9, &Body::Request(make(b"otp-md5 1"))).unwrap();
        assert_eq!(octets[4], kind);
        let packet = eap::Packet::decode(&octets).unwrap();
        assert_eq!(packet.body(), Ok(Body::Request(make(b"otp-md5 1"))));
        let empty = [2, 9, 0, 5, kind];
        let error = eap::Packet::decode(&empty).unwrap().body().unwrap_err();
        assert_eq!(error, Error::new(ErrorKind::Truncated, 5, "wire.7.16"));
        assert!(eap::encode(9, &Body::Response(make(b""))).is_err());
    }
}

/// A binding update as a whole packet, with an MN-AAA option.
fn update() -> Vec<u8> {
    let node = Addresses { home: v6("2001:db8:1::100"), care_of: v6("2001:db8:f::77") };
    let lifetime = Lifetime::from_seconds(1800);
    Builder::new(BindingUpdate::new(Sequence(1), UpdateFlags::HOME_REGISTRATION, lifetime))
        .sign_mn_aaa(b"secret")
        .packet(&Route::from_mobile_node(node, v6("2001:db8:1::1")))
        .unwrap()
}

//= wire.12.1
//= wire.12.14
#[test]
fn pseudo_header_of_rfc_3775() {
    let mut old = Reading::DEFAULT;
    old.pseudo_header = PseudoHeader::Rfc3775;
    let ours = update();
    assert!(Packet::decode(&ours).is_ok());
    assert_eq!(Packet::decode(&ours), Packet::decode_by(&ours, &Reading::default()));
    assert_eq!(Packet::decode_by(&ours, &old).unwrap_err().kind, ErrorKind::BadChecksum);
    // The same under the other pseudo-header.
    let packet = Packet::decode(&ours).unwrap();
    let mut header = packet.header.octets().to_vec();
    header[4..6].copy_from_slice(&[0, 0]);
    let sum = packet.route.pseudo().checksum(2, &[&header]);
    header[4..6].copy_from_slice(&sum.to_be_bytes());
    let pseudo = packet.route.pseudo();
    assert!(Header::decode_by(&header, &pseudo, &old).is_ok());
    assert_eq!(Header::decode(&header, &pseudo).unwrap_err().kind, ErrorKind::BadChecksum);
}

//= wire.12.15
#[test]
fn checksum_in_what_mn_aaa_covers() {
    let octets = update();
    let packet = Packet::decode(&octets).unwrap();
    let mut as_received = Reading::DEFAULT;
    as_received.mn_aaa_checksum = MnAaaChecksum::AsReceived;
    let (ours, theirs) = (packet.mn_aaa().unwrap(), packet.mn_aaa_by(&as_received).unwrap());
    assert!(ours.verify(b"secret") && !theirs.verify(b"secret"));
    let header = packet.header.octets();
    let covered = &header[..header.len() - 20];
    let node = packet.addresses();
    let digest = crypto::sha1(&[&node.care_of.octets(), &node.home.octets(), covered]);
    assert_eq!(theirs.digest, digest);
    assert_ne!(auth::mn_aaa(b"secret", &digest), *ours.authenticator);
    assert_eq!(packet.header.checksum(), header[4..6]);
}

//= wire.12.16
#[test]
fn layouts_of_the_home_link_prefix() {
    let mut like_framed = radius::Reading::DEFAULT;
    like_framed.home_link_prefix = HomeLinkPrefix::LikeFramedIpv6Prefix;
    let prefix = Ipv6Prefix::new(v6("2001:db8:1::"), 64).unwrap();
    let rfc = [&[64][..], &v6("2001:db8:1::").octets()].concat();
    let framed = [&[0, 64][..], &v6("2001:db8:1::").octets()[..8]].concat();
    let of = |value: &[u8], reading: &radius::Reading| {
        let attribute = [&[125, u8::try_from(value.len() + 2).unwrap()], value].concat();
        let length = u8::try_from(20 + attribute.len()).unwrap();
        let octets = [&[2, 1, 0, length][..], &[0; 16], &attribute].concat();
        let packet = radius::Packet::decode(&octets).unwrap();
        packet.home_link_prefix_by(reading).map(|prefix| (prefix.address(), prefix.length()))
    };
    let found = Found::Once((prefix.address(), prefix.length()));
    assert_eq!(of(&rfc, &radius::Reading::DEFAULT), found);
    assert_eq!(of(&framed, &like_framed), found);
    assert_eq!(of(&framed, &radius::Reading::default()), Found::Absent);
    assert_eq!(of(&rfc, &like_framed), Found::Absent);
    assert!(matches!(Attribute::decode(125, &framed), Attribute::Malformed { .. }));
}

//= wire.12.17
#[test]
fn pana_messages_with_other_avps() {
    let mut skipping = pana::Reading::DEFAULT;
    skipping.unknown_avps = UnknownAvps::Skipped;
    let initiation = |avp: &Avp<'_>| {
        MessageBuilder::new(Kind::Pci, Flags::NONE, 0, 0).avp(avp).encode().unwrap()
    };
    for avp in [
        Avp::Unknown { kind: 99, data: b"x" },
        Avp::Vendor(VendorAvp { vendor_id: 9, code: 1, data: b"x" }),
    ] {
        let octets = initiation(&avp);
        let message = pana::Message::decode(&octets).unwrap();
        let refused = message.validate(VENDOR).unwrap_err();
        assert_eq!((refused.kind, refused.sentence), (ErrorKind::NotSkippable, "wire.6.13"));
        assert_eq!(message.validate_by(VENDOR, &skipping), Ok(Kind::Pci));
    }
    // What is known and wrong is wrong in both.
    let malformed = initiation(&Avp::Malformed { kind: 4, data: b"x" });
    let message = pana::Message::decode(&malformed).unwrap();
    assert_eq!(message.validate_by(VENDOR, &skipping).unwrap_err().kind, ErrorKind::BadLength);
}

//= wire.12.18
#[test]
fn reserved_fields_of_pana() {
    let mut strict = pana::Reading::DEFAULT;
    strict.reserved = Reserved::Refused;
    let good = MessageBuilder::new(Kind::Par, Flags::NONE, 1, 2)
        .avp(&Avp::Nonce(&[7; 8]))
        .encode()
        .unwrap();
    let validate = |octets: &[u8], reading: &pana::Reading| {
        pana::Message::decode(octets).unwrap().validate_by(VENDOR, reading)
    };
    assert_eq!(validate(&good, &strict), Ok(Kind::Par));
    for (at, bit, offset) in [
        (0, 1, 0),
        (1, 1, 0),
        (4, 2, 4),
        (5, 1, 4),
        (18, 0x40, 18),
        (19, 1, 18),
        (22, 1, 22),
        (23, 1, 22),
    ] {
        let mut octets = good.clone();
        octets[at] |= bit;
        assert_eq!(validate(&octets, &pana::Reading::DEFAULT), Ok(Kind::Par), "octet {at}");
        let error = Error::new(ErrorKind::BadValue, offset, "wire.12.18");
        assert_eq!(validate(&octets, &strict), Err(error), "octet {at}");
    }
}

//= wire.10.30
#[test]
fn pana_agents_of_dhcpv6() {
    let agents = [Ipv6Addr::LOCALHOST, "2001:db8::1".parse().unwrap()];
    let octets = PanaAgents::encode(&agents).unwrap();
    assert_eq!(octets[..4], [0, 40, 0, 32]);
    let with_more = [octets.as_slice(), &[9]].concat();
    let (read, rest) = PanaAgents::decode(&with_more).unwrap();
    assert_eq!((read.addresses().collect::<Vec<_>>(), rest), (agents.to_vec(), &[9][..]));
    for length in 0..octets.len() {
        assert!(PanaAgents::decode(&octets[..length]).is_err(), "{length}");
    }
    let refused = |octets: &[u8]| PanaAgents::decode(octets).unwrap_err();
    assert_eq!(refused(&[0, 41, 0, 0]), Error::new(ErrorKind::BadType, 0, "wire.10.30"));
    assert_eq!(refused(&[0, 40, 0, 0]), Error::new(ErrorKind::BadLength, 2, "wire.10.30"));
    assert_eq!(refused(&[0, 40, 0, 1, 9]), Error::new(ErrorKind::BadLength, 2, "wire.10.30"));
    assert!(PanaAgents::encode(&[]).is_err());
    assert!(PanaAgents::encode(&[agents[0]; 4096]).is_err());
}
