//! Agent advertisements and solicitations.

use core::net::Ipv4Addr;

use dsboot_codec::mip4::discovery::{
    Advertisement, AdvertisementBuilder, AdvertisementFlags, Discovery, DiscoveryExtension, Router,
    next_sequence, solicitation,
};
use dsboot_codec::{Error, ErrorKind, Found, ip};
use dsboot_spec::registry::mip4::advertisement_flag::{
    BUSY, FOREIGN_AGENT, HOME_AGENT, REGISTRATION_REQUIRED, REVERSE_TUNNEL,
};

use super::{FA_COA, vector};

const AGENT: AdvertisementFlags = AdvertisementFlags(FOREIGN_AGENT);

fn advertisement(icmp: &[u8]) -> Advertisement<'_> {
    match Discovery::decode(icmp) {
        Ok(Discovery::Advertisement(advertisement)) => advertisement,
        other => panic!("not an advertisement: {other:?}"),
    }
}

/// The octets after the checksum as an advertisement with a right one.
fn of_body(code: u8, body: &[u8]) -> Vec<u8> {
    ip::icmp::Message { kind: 9, code, body }.encode_v4()
}

/// An advertisement with one router and these octets as extensions.
fn with_extensions(extensions: &[u8]) -> Vec<u8> {
    let head = [1, 2, 0, 30, 198, 51, 100, 1, 0, 0, 0, 0];
    of_body(0, &[&head, extensions].concat())
}

fn refusal(icmp: &[u8]) -> (ErrorKind, usize, &'static str) {
    let Err(Error { kind, offset, sentence }) = Discovery::decode(icmp) else {
        panic!("not refused: {icmp:02x?}")
    };
    (kind, offset, sentence)
}

//= wire.1.14
//= wire.1.16
//= wire.1.19
//= wire.1.20
#[test]
fn vector_decodes_and_is_built_again() {
    let octets = vector("agent_adv");
    let decoded = advertisement(&octets);
    assert_eq!((decoded.code, decoded.lifetime), (0, 1800));
    let routers: Vec<_> = decoded.routers().collect();
    assert_eq!(routers, [Router { address: FA_COA, preference: 0 }]);
    let agent = decoded.mobility_agent().once().unwrap();
    assert_eq!((agent.sequence, agent.lifetime), (1, 1800));
    assert_eq!(agent.flags, AdvertisementFlags(0x9100));
    assert!(agent.flags.registration_required() && agent.flags.reverse_tunnel());
    assert_eq!(agent.care_of_addresses.iter().collect::<Vec<_>>(), [FA_COA]);
    assert!(agent.care_of_addresses.contains(FA_COA));
    assert_eq!(decoded.prefix_lengths(), Found::Once([24].as_slice()));
    let challenge = decoded.challenge().once().unwrap();
    assert_eq!(challenge, hex::decode("a1b2c3d4e5f60718").unwrap());
    let offsets: Vec<_> = decoded.extensions().map(|e| (e.offset, e.raw.len())).collect();
    assert_eq!(offsets, [(16, 12), (28, 3), (31, 10), (41, 1)]);

    let built = AdvertisementBuilder::new(0, 1800, &routers)
        .mobility_agent(1, 1800, agent.flags, &[FA_COA])
        .prefix_lengths(&[24])
        .challenge(challenge)
        .finish()
        .unwrap();
    assert_eq!(built, octets);
}

//= wire.1.12
//= wire.1.13
#[test]
fn solicitations() {
    let octets = solicitation();
    assert_eq!(octets, [10, 0, 0xf5, 0xff, 0, 0, 0, 0]);
    assert_eq!(Discovery::decode(&octets), Ok(Discovery::Solicitation));
    let of = |code, body| ip::icmp::Message { kind: 10, code, body }.encode_v4();
    // Reserved and whatever follows it are ignored.
    assert_eq!(Discovery::decode(&of(0, &[1, 2, 3, 4, 5])), Ok(Discovery::Solicitation));
    assert_eq!(refusal(&of(0, &[0; 3])).0, ErrorKind::Truncated);
    assert_eq!(refusal(&of(1, &[0; 4])), (ErrorKind::BadType, 1, "wire.1.13"));
    let echo = ip::icmp::Message::new(8, &[0; 4]).encode_v4();
    assert_eq!(refusal(&echo), (ErrorKind::BadType, 0, "wire.1.12"));
}

//= wire.1.12
#[test]
fn every_wrong_bit_is_seen_by_the_checksum() {
    let octets = vector("agent_adv");
    for bit in 0..octets.len() * 8 {
        let mut wrong = octets.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(refusal(&wrong).0, ErrorKind::BadChecksum, "bit {bit}");
    }
}

//= wire.1.14
#[test]
fn the_router_part() {
    assert_eq!(refusal(&of_body(1, &[0, 2, 0, 30])), (ErrorKind::BadType, 1, "wire.1.14"));
    assert_eq!(refusal(&of_body(0, &[0, 1, 0, 30])), (ErrorKind::BadValue, 5, "wire.1.14"));
    assert_eq!(refusal(&of_body(0, &[0, 2, 0])).2, "wire.1.14");
    let cut = of_body(0, &[1, 2, 0, 30, 1, 2, 3, 4, 0, 0, 0]);
    assert_eq!(refusal(&cut).0, ErrorKind::Truncated);
    // Longer entries hold more after address and preference.
    let long =
        [2, 3, 0, 30, 1, 2, 3, 4, 0, 0, 0, 1, 9, 9, 9, 9, 5, 6, 7, 8, 0xff, 0xff, 0xff, 0xff];
    let long = of_body(16, &[long.as_slice(), &[9, 9, 9, 9]].concat());
    let routers: Vec<_> = advertisement(&long).routers().collect();
    assert_eq!(
        routers,
        [
            Router { address: Ipv4Addr::new(1, 2, 3, 4), preference: 1 },
            Router { address: Ipv4Addr::new(5, 6, 7, 8), preference: -1 },
        ]
    );
    // No router at all, no extension: a plain router's.
    let plain = of_body(0, &[0, 2, 0, 30]);
    assert_eq!(advertisement(&plain).routers().count(), 0);
    assert_eq!(advertisement(&plain).mobility_agent(), Found::Absent);

    let too_many = [Router { address: FA_COA, preference: 0 }; 256];
    let error = AdvertisementBuilder::new(0, 30, &too_many).finish().unwrap_err();
    assert_eq!((error.kind, error.sentence), (ErrorKind::TooLong, "wire.1.14"));
    let error = AdvertisementBuilder::new(7, 30, &[]).finish().unwrap_err();
    assert_eq!((error.kind, error.sentence), (ErrorKind::BadType, "wire.1.14"));
}

//= wire.1.15
#[test]
fn unknown_extensions() {
    let octets = with_extensions(&[200, 2, 7, 8, 255, 0]);
    let all: Vec<_> = advertisement(&octets).extensions().map(|e| e.value).collect();
    assert_eq!(
        all,
        [
            DiscoveryExtension::Unknown { kind: 200, data: &[7, 8] },
            DiscoveryExtension::ExperimentalSkippable(&[]),
        ]
    );
    // 36 has the long form on port 434 only, 32 a meaning there only.
    for kind in [1, 32, 36, 127] {
        let refused = refusal(&with_extensions(&[kind, 1, 0]));
        assert_eq!(refused, (ErrorKind::NotSkippable, 16, "wire.1.15"));
    }
    assert_eq!(refusal(&with_extensions(&[200, 3, 1])), (ErrorKind::Truncated, 18, "wire.1.15"));
}

//= wire.1.16
#[test]
fn length_of_the_mobility_agent_extension() {
    for length in 0..20 {
        let mut extension = vec![16, length];
        extension.resize(2 + usize::from(length), 0x10);
        let octets = with_extensions(&extension);
        if length >= 6 && (length - 6) % 4 == 0 {
            let agent = advertisement(&octets).mobility_agent().once().unwrap();
            assert_eq!(agent.care_of_addresses.iter().count(), usize::from(length - 6) / 4);
        } else {
            assert_eq!(refusal(&octets), (ErrorKind::BadLength, 16, "wire.1.16"));
        }
    }
    let addresses = [FA_COA; 63];
    let builder = |count| {
        AdvertisementBuilder::new(0, 30, &[]).mobility_agent(0, 1, AGENT, &addresses[..count])
    };
    assert!(builder(62).finish().is_ok());
    assert_eq!(builder(63).finish().unwrap_err().kind, ErrorKind::TooLong);
}

//= wire.1.17
#[test]
fn flags_that_contradict_each_other() {
    let build = |flags, addresses: &[Ipv4Addr]| {
        AdvertisementBuilder::new(0, 30, &[])
            .mobility_agent(0, 1800, AdvertisementFlags(flags), addresses)
            .finish()
    };
    assert!(build(HOME_AGENT, &[]).is_ok());
    assert!(build(FOREIGN_AGENT | BUSY | REGISTRATION_REQUIRED, &[FA_COA]).is_ok());
    let contradictions = [
        (0, [FA_COA].as_slice()),
        (REVERSE_TUNNEL, &[FA_COA]),
        (FOREIGN_AGENT, &[]),
        (HOME_AGENT | BUSY, &[]),
        (HOME_AGENT | REGISTRATION_REQUIRED, &[FA_COA]),
    ];
    for (flags, addresses) in contradictions {
        let error = build(flags, addresses).unwrap_err();
        assert_eq!((error.kind, error.sentence), (ErrorKind::BadValue, "wire.1.17"));
    }

    // A receiver does not believe them.
    let home_only = AdvertisementFlags(HOME_AGENT | BUSY | REGISTRATION_REQUIRED);
    assert!(!home_only.busy() && !home_only.registration_required());
    let neither = with_extensions(&[16, 6, 0, 0, 0, 0, 0x81, 0]);
    assert_eq!(advertisement(&neither).mobility_agent(), Found::Absent);
}

//= wire.1.18
#[test]
fn sequence_numbers_wrap_to_256() {
    assert_eq!(next_sequence(0), 1);
    assert_eq!(next_sequence(0xfffe), 0xffff);
    assert_eq!(next_sequence(0xffff), 256);
}

//= wire.1.19
#[test]
fn prefix_lengths_and_challenge() {
    let refused = refusal(&with_extensions(&[19, 2, 24, 24]));
    assert_eq!(refused, (ErrorKind::BadLength, 16, "wire.1.19"));
    assert_eq!(refusal(&with_extensions(&[24, 0])), (ErrorKind::BadLength, 16, "wire.1.19"));
    let twice = with_extensions(&[24, 1, 7, 24, 1, 8]);
    assert_eq!(advertisement(&twice).challenge(), Found::Many);

    let builder = AdvertisementBuilder::new(0, 30, &[]);
    let error = builder.clone().challenge(&[1, 2, 3]).finish().unwrap_err();
    assert_eq!((error.kind, error.sentence), (ErrorKind::BadLength, "wire.1.19"));
    assert!(builder.clone().challenge(&[0; 255]).finish().is_ok());
    assert_eq!(builder.clone().challenge(&[0; 256]).finish().unwrap_err().kind, ErrorKind::TooLong);
    let error = builder.prefix_lengths(&[24]).finish().unwrap_err();
    assert_eq!((error.kind, error.sentence), (ErrorKind::BadLength, "wire.1.19"));
}

//= wire.1.20
#[test]
fn padding_makes_the_length_even() {
    let build = |challenge: &[u8]| {
        AdvertisementBuilder::new(0, 30, &[]).challenge(challenge).finish().unwrap()
    };
    let (even, odd) = (build(&[1; 4]), build(&[1; 5]));
    assert_eq!((even.len(), odd.len()), (14, 16));
    assert_eq!(odd.last(), Some(&0));
    let kinds = |octets| advertisement(octets).extensions().map(|e| e.value).last();
    assert_eq!(kinds(&odd), Some(DiscoveryExtension::Pad));
    assert_eq!(kinds(&even), Some(DiscoveryExtension::Challenge(&[1; 4])));
    // More than one is tolerated.
    assert_eq!(advertisement(&with_extensions(&[0, 0, 0])).extensions().count(), 3);
}
