//! The rules of RFC 4285, each broken on purpose.

use dsboot_codec::mip6::{
    Addresses, Authentication, BindingAcknowledgement, BindingUpdate, Builder, Header, Identifier,
    Lifetime, Message, MnAaa, MobilityOption, Options, Packet, Route, Sequence, Timestamp,
    UpdateFlags, auth::MobilityData, mn_ha_key,
};
use dsboot_codec::{Error, ErrorKind, crypto};
use dsboot_spec::registry::mip6::{TIMESTAMP_TOLERANCE_SECONDS, spi};

use super::{CARE_OF, HOME, HOME_AGENT, NAI, NODE, SECRET, resum, sealed};

const KEY: &[u8] = b"sixteen octets!!";

fn update() -> BindingUpdate<'static> {
    BindingUpdate::new(Sequence(1), UpdateFlags::HOME_REGISTRATION, Lifetime::from_units(450))
}

fn answer() -> BindingAcknowledgement<'static> {
    BindingAcknowledgement::new(0, Sequence(1), Lifetime::from_units(450))
}

fn away() -> Route {
    Route::from_mobile_node(NODE, HOME_AGENT)
}

fn back() -> Route {
    Route::to_mobile_node(HOME_AGENT, NODE)
}

fn option(subtype: u8, length: usize) -> Vec<u8> {
    let data = vec![7; length];
    let value = Authentication { subtype, spi: 256, data: &data };
    MobilityOption::Authentication(value).encode().unwrap()
}

fn misplaced(offset: usize, sentence: &'static str) -> Result<Options<'static>, Error> {
    Err(Error::new(ErrorKind::Misplaced, offset, sentence))
}

//= wire.9.13
#[test]
fn nothing_but_authentication_stands_behind_authentication() {
    let (mn_ha, mn_aaa) = (option(1, 12), option(2, 20));
    let identifier = MobilityOption::MobileNodeIdentifier(Identifier::nai(NAI)).encode().unwrap();
    let decode = |parts: &[&[u8]]| Options::decode(&parts.concat(), 12).map(|_| Options::NONE);
    let fine = Ok(Options::NONE);
    assert_eq!(decode(&[&identifier, &mn_ha]), fine);
    assert_eq!(decode(&[&identifier, &mn_aaa]), fine);
    assert_eq!(decode(&[&identifier, &mn_ha, &mn_aaa]), fine);
    assert_eq!(decode(&[&identifier, &mn_ha, &[1, 3, 0, 0, 0], &mn_aaa]), fine);
    assert_eq!(decode(&[&identifier, &mn_ha, &[0, 0], &mn_aaa]), fine);
    assert_eq!(decode(&[&mn_ha, &identifier]), misplaced(31, "wire.9.13"));
    assert_eq!(decode(&[&mn_ha, &identifier, &mn_aaa]), misplaced(31, "wire.9.13"));
    assert_eq!(decode(&[&mn_ha, &[0]]), misplaced(31, "wire.9.13"));
    assert_eq!(decode(&[&mn_ha, &[1, 0]]), misplaced(31, "wire.9.13"));
    assert_eq!(decode(&[&mn_ha, &[99, 0]]), misplaced(31, "wire.9.13"));
    // The builder makes none of these either.
    let built = Builder::new(update())
        .sign_mn_ha(256, KEY)
        .option(&MobilityOption::MobileNodeIdentifier(Identifier::nai(NAI)))
        .header(&away());
    assert_eq!(built.unwrap_err().sentence, "wire.9.13");
}

//= wire.9.14
#[test]
fn one_of_a_sub_type_and_mn_aaa_last() {
    let (mn_ha, mn_aaa, other) = (option(1, 12), option(2, 20), option(200, 12));
    let decode = |parts: &[&[u8]]| Options::decode(&parts.concat(), 12).map(|_| Options::NONE);
    assert_eq!(decode(&[&mn_aaa, &mn_ha]), misplaced(12, "wire.9.14"));
    assert_eq!(decode(&[&mn_aaa, &other]), misplaced(12, "wire.9.14"));
    assert_eq!(decode(&[&mn_aaa, &[0]]), misplaced(12, "wire.9.14"));
    assert_eq!(decode(&[&mn_ha, &mn_ha]), misplaced(31, "wire.9.14"));
    assert_eq!(decode(&[&mn_ha, &other, &mn_ha]), misplaced(50, "wire.9.14"));
    assert_eq!(decode(&[&other, &other]), misplaced(31, "wire.9.14"));
    assert_eq!(decode(&[&other, &mn_ha, &mn_aaa]), Ok(Options::NONE));
    let built = Builder::new(update()).sign_mn_aaa(SECRET).sign_mn_ha(256, KEY).header(&away());
    assert_eq!(built.unwrap_err().sentence, "wire.9.14");
}

//= wire.9.15
#[test]
fn no_mn_aaa_in_an_acknowledgement() {
    let built = Builder::new(answer()).sign_mn_aaa(SECRET).header(&back());
    assert_eq!(built, Err(Error::new(ErrorKind::Misplaced, 13, "wire.9.15")));
    let pseudo = back().pseudo();
    let octets = [&[59, 0, 6, 0, 0, 0, 0, 0, 0, 1, 1, 0xc2, 0][..], &option(2, 20)].concat();
    let octets = sealed(&pseudo, &octets);
    let header = Header::decode(&octets, &pseudo).unwrap();
    let expected = Error::new(ErrorKind::Misplaced, 13, "wire.9.15");
    assert_eq!(header.message(), Err(expected));
}

//= wire.9.16
#[test]
fn authentication_ends_the_header_at_8n_5() {
    for length in 0..16 {
        let nai = vec![b'a'; length];
        let identifier = MobilityOption::MobileNodeIdentifier(Identifier::nai(&nai));
        for (both, builder) in [
            (false, Builder::new(update()).option(&identifier).sign_mn_ha(256, KEY)),
            (false, Builder::new(update()).option(&identifier).sign_mn_aaa(SECRET)),
            (
                true,
                Builder::new(update()).option(&identifier).sign_mn_ha(256, KEY).sign_mn_aaa(SECRET),
            ),
        ] {
            let octets = builder.packet(&away()).unwrap();
            let packet = Packet::decode(&octets).unwrap();
            let options = packet.message.options();
            let offsets: Vec<_> = options.authentications().map(|o| o.offset % 8).collect();
            assert_eq!(offsets, if both { vec![5, 5] } else { vec![5] });
            let last = options.iter().last().unwrap();
            assert!(matches!(last.value, MobilityOption::Authentication(_)));
        }
    }
}

/// The octets that RFC 4285 §5.1 names, put together by hand.
fn covered(addresses: Addresses, header: &[u8], offset: usize) -> Vec<u8> {
    let mut header = header[..offset + 7].to_vec();
    header[4..6].fill(0);
    [&addresses.care_of.octets()[..], &addresses.home.octets(), &header].concat()
}

//= wire.9.17
//= wire.9.19
//= wire.9.20
#[test]
fn both_authenticators_cover_what_precedes_them() {
    let octets = Builder::new(update())
        .option(&MobilityOption::MobileNodeIdentifier(Identifier::nai(NAI)))
        .sign_mn_ha(256, KEY)
        .sign_mn_aaa(SECRET)
        .packet(&away())
        .unwrap();
    let packet = Packet::decode(&octets).unwrap();
    let header = packet.header.octets();
    let options = packet.message.options();
    let (mn_ha, mn_aaa) = (options.mn_ha().unwrap(), options.mn_aaa().unwrap());
    let data = covered(NODE, header, mn_ha.offset);
    assert_eq!(mn_ha.value.data, &crypto::hmac_sha1(KEY, &[&data])[..12]);
    let digest = crypto::sha1(&[&covered(NODE, header, mn_aaa.offset)]);
    assert_eq!(mn_aaa.value.data, crypto::hmac_sha1(SECRET, &[&digest]));
    assert!(packet.verify_mn_ha(KEY) && !packet.verify_mn_ha(SECRET));
    let found = packet.mn_aaa().unwrap();
    assert_eq!(found, MnAaa { spi: 3, authenticator: mn_aaa.value.data, digest });
    assert!(found.verify(SECRET) && !found.verify(KEY));
}

//= wire.9.17
#[test]
fn every_covered_octet_counts_but_the_checksum() {
    let octets = Builder::new(answer())
        .option(&MobilityOption::MobileNodeIdentifier(Identifier::nai(NAI)))
        .sign_mn_ha(256, KEY)
        .header(&back())
        .unwrap();
    let length = octets.len();
    for at in 0..length {
        let mut changed = octets.clone();
        changed[at] ^= 0x01;
        let header = Header::decode_unverified(&changed);
        let Some(option) = header.ok().and_then(|header| header.message().ok()?.options().mn_ha())
        else {
            // A length, type or sub-type that leaves no such option.
            continue;
        };
        let header = header.unwrap();
        let right = MobilityData::of(NODE, &header, &option).unwrap().mn_ha(KEY);
        assert_eq!(right == option.value.data, matches!(at, 4 | 5), "at {at}");
    }
}

//= wire.9.18
#[test]
fn which_addresses_are_covered() {
    let other = "2001:db8:e::5".parse().unwrap();
    let verifies = |builder: Builder<'_>, route: Route, expected: Addresses| {
        let octets = builder.sign_mn_ha(256, KEY).packet(&route).unwrap();
        let packet = Packet::decode(&octets).unwrap();
        assert_eq!(packet.addresses(), expected);
        assert!(packet.verify_mn_ha(KEY));
        let option = packet.message.options().mn_ha().unwrap();
        let data = covered(expected, packet.header.octets(), option.offset);
        assert_eq!(option.value.data, &crypto::hmac_sha1(KEY, &[&data])[..12]);
    };
    let alternate = MobilityOption::AlternateCareOfAddress(other);
    verifies(Builder::new(update()), away(), NODE);
    verifies(
        Builder::new(update()).option(&alternate),
        away(),
        Addresses { home: HOME, care_of: other },
    );
    let at_home = Addresses { home: HOME, care_of: HOME };
    verifies(Builder::new(update()), Route::direct(HOME, HOME_AGENT), at_home);
    verifies(Builder::new(answer()), back(), NODE);
    verifies(Builder::new(answer()), Route::direct(HOME_AGENT, HOME), at_home);
    // Two alternates: none counts.
    verifies(Builder::new(update()).option(&alternate).option(&alternate), away(), NODE);
    assert_ne!(CARE_OF, other);
}

//= wire.9.19
#[test]
fn mn_ha_needs_its_option_a_right_key_and_12_octets() {
    let unsigned = Builder::new(answer()).packet(&back()).unwrap();
    assert!(!Packet::decode(&unsigned).unwrap().verify_mn_ha(KEY));
    for spi in [0, 3, 255] {
        let built = Builder::new(answer()).sign_mn_ha(spi, KEY).packet(&back());
        assert_eq!(built, Err(Error::new(ErrorKind::BadValue, 0, "wire.9.19")));
    }
    assert!(Builder::new(answer()).sign_mn_ha(256, KEY).packet(&back()).is_ok());
    // All 20 octets of the MAC, or 4 of them, are not its first 12.
    for length in [4, 20] {
        let value =
            |data| MobilityOption::Authentication(Authentication { subtype: 1, spi: 256, data });
        let blank = vec![0; length];
        let octets = Builder::new(answer()).option(&value(&blank)).packet(&back()).unwrap();
        let packet = Packet::decode(&octets).unwrap();
        let option = packet.message.options().mn_ha().unwrap();
        let data = covered(NODE, packet.header.octets(), option.offset);
        let mac = crypto::hmac_sha1(KEY, &[&data]);
        let octets = Builder::new(answer()).option(&value(&mac[..length])).packet(&back()).unwrap();
        assert!(!Packet::decode(&octets).unwrap().verify_mn_ha(KEY), "{length} octets");
    }
}

//= wire.9.20
#[test]
fn mn_aaa_is_verified_under_spi_3_alone() {
    let digest = [9; 20];
    let authenticator = crypto::hmac_sha1(SECRET, &[&digest]);
    let option = MnAaa { spi: spi::HMAC_SHA1, authenticator: &authenticator, digest };
    assert!(option.verify(SECRET));
    for spi in [0, 1, 5, 256] {
        assert!(!MnAaa { spi, ..option }.verify(SECRET), "SPI {spi}");
    }
    assert!(!MnAaa { authenticator: &authenticator[..12], ..option }.verify(SECRET));
    assert!(!MnAaa { authenticator: &[], ..option }.verify(SECRET));
    assert!(!MnAaa { digest: [8; 20], ..option }.verify(SECRET));
    let unsigned = Builder::new(update()).packet(&away()).unwrap();
    assert_eq!(Packet::decode(&unsigned).unwrap().mn_aaa(), None);
}

//= wire.9.21
#[test]
fn a_timestamp_is_close_or_not() {
    const SECOND: u64 = 1 << 32;
    let now = Timestamp(0xcea4_d310_8000_0000);
    let close = |time| Timestamp(time).is_close_to(now, TIMESTAMP_TOLERANCE_SECONDS);
    assert!(close(now.0) && close(now.0 + 7 * SECOND) && close(now.0 - 7 * SECOND));
    assert!(!close(now.0 + 7 * SECOND + 1) && !close(now.0 - 7 * SECOND - 1));
    assert!(Timestamp(now.0 + 10 * SECOND).is_close_to(now, 10));
    // Across the end of the era.
    let late = Timestamp(u64::MAX - SECOND);
    assert!(Timestamp(SECOND).is_close_to(late, 3) && late.is_close_to(Timestamp(SECOND), 3));
    assert!(Timestamp(2) > Timestamp(1));
}

//= wire.9.22
#[test]
fn the_answer_to_a_timestamp_has_the_answerers_seconds() {
    let sent = Timestamp(0x1111_1111_2222_2222);
    let now = Timestamp(0x3333_3333_4444_4444);
    assert_eq!(sent.corrected(now), Timestamp(0x3333_3333_2222_2222));
}

//= keys.3.2
#[test]
fn the_mn_ha_key_is_of_secret_timestamp_and_nai() {
    let time = Timestamp(0x0102_0304_0506_0708);
    let key = mn_ha_key(SECRET, time, NAI);
    let mac = crypto::hmac_sha1(SECRET, &[&[1, 2, 3, 4, 5, 6, 7, 8], NAI]);
    assert_eq!(key.as_slice(), &mac[..16]);
    assert_ne!(key, mn_ha_key(b"other", time, NAI));
    assert_ne!(key, mn_ha_key(SECRET, Timestamp(1), NAI));
    assert_ne!(key, mn_ha_key(SECRET, time, b"mn2@home.example"));
}

#[test]
fn a_changed_checksum_breaks_no_authenticator() {
    let octets = Builder::new(answer()).sign_mn_ha(256, KEY).packet(&back()).unwrap();
    // Both addresses swapped in the pseudo-header only: another checksum, the same MAC.
    let packet = Packet::decode(&octets).unwrap();
    let mut header = packet.header.octets().to_vec();
    resum(&away().pseudo(), &mut header);
    let header = Header::decode(&header, &away().pseudo()).unwrap();
    let Ok(Message::BindingAcknowledgement(answer)) = header.message() else { panic!() };
    let option = answer.options.mn_ha().unwrap();
    let data = MobilityData::of(NODE, &header, &option).unwrap();
    assert_eq!(data.mn_ha(KEY), option.value.data);
}

#[test]
fn builders_do_not_show_their_keys() {
    let shown = format!("{:?}", Builder::new(answer()).sign_mn_ha(256, KEY));
    assert!(shown.contains("Signature") && !shown.contains("115, 105, 120"), "{shown}");
}
