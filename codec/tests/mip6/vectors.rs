//! The recorded binding update and acknowledgement: what they say, and made again from nothing.

use dsboot_codec::ip::{Pseudo, v6};
use dsboot_codec::mip6::{
    AcknowledgementFlags, BindingAcknowledgement, BindingRefreshRequest, BindingUpdate, Builder,
    Header, Identifier, Lifetime, Message, MobilityOption, Options, Packet, Route, Sequence,
    Timestamp, UpdateFlags, auth, mn_ha_key,
};
use dsboot_spec::registry::mip6::{authentication_subtype, spi, status};

use super::{CARE_OF, HOME, HOME_AGENT, NAI, NODE, PSEUDO, SECRET, vector};

const MESSAGE_ID: Timestamp = Timestamp(0xcea4_d310_0000_0001);
const MN_HA_SPI: u32 = 0x300;

fn identifier() -> MobilityOption<'static> {
    MobilityOption::MobileNodeIdentifier(Identifier::nai(NAI))
}

fn update() -> Builder<'static> {
    let lifetime = Lifetime::from_seconds(1800);
    Builder::new(BindingUpdate::new(Sequence(1), UpdateFlags::HOME_REGISTRATION, lifetime))
        .option(&MobilityOption::AlternateCareOfAddress(CARE_OF))
        .option(&identifier())
        .option(&MobilityOption::MessageId(MESSAGE_ID))
        .sign_mn_aaa(SECRET)
}

fn acknowledgement(key: &[u8]) -> Builder<'_> {
    let lifetime = Lifetime::from_seconds(1800);
    Builder::new(BindingAcknowledgement::new(status::ACCEPTED, Sequence(1), lifetime))
        .option(&identifier())
        .option(&MobilityOption::MessageId(MESSAGE_ID))
        .sign_mn_ha(MN_HA_SPI, key)
}

//= wire.8.2
//= wire.8.8
//= wire.8.12
//= wire.8.14
//= wire.9.5
//= wire.9.9
//= wire.9.10
//= wire.9.11
#[test]
fn the_update_says_what_it_should() {
    let octets = vector("ipv6_bu");
    let packet = Packet::decode(&octets).unwrap();
    let route = Route {
        source: CARE_OF,
        destination: HOME_AGENT,
        home_address: Some(HOME),
        routed_to: None,
        hop_limit: 64,
    };
    assert_eq!(packet.route, route);
    assert_eq!(packet.addresses(), NODE);
    assert_eq!(packet.header.octets(), vector("mh_bu_mnaaa"));
    let Message::BindingUpdate(update) = packet.message else { panic!("{packet:?}") };
    assert_eq!(update.sequence, Sequence(1));
    assert_eq!(update.flags, UpdateFlags(0xc000));
    assert_eq!(update.lifetime.seconds(), 1800);
    let options: Vec<_> = update.options.iter().map(|o| (o.offset, o.raw.len(), o.value)).collect();
    let data = &octets[octets.len() - 20..];
    let authentication = dsboot_codec::mip6::Authentication {
        subtype: authentication_subtype::MN_AAA,
        spi: spi::HMAC_SHA1,
        data,
    };
    assert_eq!(
        options,
        [
            (12, 2, MobilityOption::PadN(&[])),
            (14, 18, MobilityOption::AlternateCareOfAddress(CARE_OF)),
            (32, 19, identifier()),
            (51, 7, MobilityOption::PadN(&[0; 5])),
            (58, 10, MobilityOption::MessageId(MESSAGE_ID)),
            (68, 1, MobilityOption::Pad1),
            (69, 27, MobilityOption::Authentication(authentication)),
        ]
    );
}

//= wire.8.9
#[test]
fn the_acknowledgement_says_what_it_should() {
    let octets = vector("ipv6_ba");
    let packet = Packet::decode(&octets).unwrap();
    let route = Route {
        source: HOME_AGENT,
        destination: CARE_OF,
        home_address: None,
        routed_to: Some(HOME),
        hop_limit: 64,
    };
    assert_eq!(packet.route, route);
    assert_eq!(packet.addresses(), NODE);
    assert_eq!(packet.header.octets(), vector("mh_ba_mnha"));
    let Message::BindingAcknowledgement(answer) = packet.message else { panic!("{packet:?}") };
    assert_eq!((answer.status, answer.flags), (0, AcknowledgementFlags(0)));
    assert_eq!((answer.sequence, answer.lifetime.seconds()), (Sequence(1), 1800));
    assert!(answer.is_accepted());
    assert_eq!(answer.options.nai(), Some(NAI));
    assert_eq!(answer.options.message_id().once(), Some(MESSAGE_ID));
    assert_eq!(answer.options.mn_ha().unwrap().value.spi, MN_HA_SPI);
}

//= wire.8.14
//= wire.9.4
//= wire.9.16
//= wire.10.8
//= wire.10.9
#[test]
fn both_are_made_again_from_nothing() {
    let made = update().packet(&Route::from_mobile_node(NODE, HOME_AGENT)).unwrap();
    assert_eq!(hex::encode(made), hex::encode(vector("ipv6_bu")));
    let key = mn_ha_key(SECRET, MESSAGE_ID, NAI);
    let made =
        acknowledgement(key.as_slice()).packet(&Route::to_mobile_node(HOME_AGENT, NODE)).unwrap();
    assert_eq!(hex::encode(made), hex::encode(vector("ipv6_ba")));
}

#[test]
fn what_was_decoded_is_encoded_to_the_same_octets() {
    for (name, route) in [
        ("mh_bu_mnaaa", Route::from_mobile_node(NODE, HOME_AGENT)),
        ("mh_ba_mnha", Route::to_mobile_node(HOME_AGENT, NODE)),
        ("mh_bu_min", Route::from_mobile_node(NODE, HOME_AGENT)),
        ("mh_brr", Route::direct(HOME_AGENT, HOME)),
    ] {
        let octets = vector(name);
        let header = Header::decode(&octets, &route.pseudo()).expect(name);
        let again = Builder::new(header.message().unwrap()).header(&route).unwrap();
        assert_eq!(hex::encode(again), hex::encode(octets), "{name}");
    }
}

//= wire.8.7
//= wire.8.8
//= wire.9.4
#[test]
fn the_shortest_messages() {
    let octets = vector("mh_bu_min");
    let header = Header::decode(&octets, &PSEUDO).unwrap();
    let Message::BindingUpdate(update) = header.message().unwrap() else { panic!("{header:?}") };
    let options: Vec<_> = update.options.iter().map(|o| o.value).collect();
    assert_eq!(options, [MobilityOption::PadN(&[0; 2])]);
    let route = Route::from_mobile_node(NODE, HOME_AGENT);
    let lifetime = Lifetime::from_seconds(1800);
    let made =
        Builder::new(BindingUpdate::new(Sequence(1), UpdateFlags::HOME_REGISTRATION, lifetime));
    assert_eq!(made.header(&route).unwrap(), octets);

    let octets = vector("mh_brr");
    let route = Route::direct(HOME_AGENT, HOME);
    let request = BindingRefreshRequest { reserved: 0, options: Options::NONE };
    let made = Builder::new(Message::BindingRefreshRequest(request)).header(&route).unwrap();
    assert_eq!(made, octets);
}

//= wire.9.17
//= wire.9.18
//= wire.9.20
#[test]
fn the_aaa_server_verifies_the_update() {
    let octets = vector("ipv6_bu");
    let packet = Packet::decode(&octets).unwrap();
    let mn_aaa = packet.mn_aaa().unwrap();
    assert_eq!(mn_aaa.digest.to_vec(), vector("mac_mobility_data"));
    assert_eq!(auth::mn_aaa(SECRET, &mn_aaa.digest), mn_aaa.authenticator);
    assert!(mn_aaa.verify(SECRET));
}

//= wire.9.17
//= wire.9.19
//= keys.3.2
#[test]
fn the_mobile_node_verifies_the_acknowledgement() {
    let octets = vector("ipv6_ba");
    let key = mn_ha_key(SECRET, MESSAGE_ID, NAI);
    assert_eq!(key.to_vec(), vector("k6_example"));
    assert!(Packet::decode(&octets).unwrap().verify_mn_ha(key.as_slice()));
}

//= wire.8.2
//= wire.10.12
#[test]
fn the_checksum_is_over_the_final_addresses() {
    for (name, wrong) in
        [("ipv6_bu", Pseudo::v6(CARE_OF, HOME_AGENT)), ("ipv6_ba", Pseudo::v6(HOME_AGENT, CARE_OF))]
    {
        let octets = vector(name);
        let upper = v6::Packet::decode(&octets).unwrap().upper_layer().unwrap();
        assert!(Header::decode(upper.octets, &upper.pseudo()).is_ok(), "{name}");
        let error = Header::decode(upper.octets, &wrong).unwrap_err();
        assert_eq!(error.sentence, "wire.8.2", "{name}");
    }
}

#[test]
fn no_truncation_is_decoded() {
    for name in ["ipv6_bu", "ipv6_ba"] {
        let octets = vector(name);
        for length in 0..octets.len() {
            let error = Packet::decode(&octets[..length]).unwrap_err();
            assert_eq!(error.sentence, "wire.10.3", "{name} of {length}");
        }
    }
    for name in ["mh_bu_mnaaa", "mh_ba_mnha", "mh_bu_min", "mh_brr"] {
        let octets = vector(name);
        for length in 0..octets.len() {
            let error = Header::decode_unverified(&octets[..length]).unwrap_err();
            assert_eq!(error.sentence, "wire.8.1", "{name} of {length}");
        }
    }
}

#[test]
fn no_octet_can_be_changed_unseen() {
    for name in ["ipv6_bu", "ipv6_ba"] {
        let octets = vector(name);
        let key = mn_ha_key(SECRET, MESSAGE_ID, NAI);
        for at in 0..octets.len() {
            // Traffic class, flow label, hop limit, padding and reserved octets.
            if matches!((name, at), (_, 1..=3 | 7) | ("ipv6_bu", 44..46) | ("ipv6_ba", 44..48)) {
                continue;
            }
            // The update's source counts for nothing beside an Alternate Care-of Address.
            if matches!((name, at), ("ipv6_bu", 8..24)) {
                continue;
            }
            let mut changed = octets.clone();
            changed[at] ^= 0x40;
            let passes = Packet::decode(&changed).is_ok_and(|packet| {
                packet.verify_mn_ha(key.as_slice())
                    || packet.mn_aaa().is_some_and(|mn_aaa| mn_aaa.verify(SECRET))
            });
            assert!(!passes, "{name} at {at}");
        }
    }
}
