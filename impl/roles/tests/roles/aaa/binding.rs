use core::net::Ipv6Addr;

use dsboot_codec::crypto::{hmac_sha1, md5};
use dsboot_codec::dsb::{Parameter, Prefixed};
use dsboot_codec::radius::{Attribute, ChapPassword, Ipv6Prefix, SubAttribute};
use dsboot_roles::Secret;
use dsboot_roles::count::Radius;
use dsboot_roles::keys::mn_ha_key;
use dsboot_spec::registry::mip6::FIRST_SPI;
use dsboot_spec::registry::radius::code;

use super::{
    Bench, FHA, FHA_SECRET, HA, HA_SECRET, MN1, MN1_KEY, MN2, MN2_KEY, Outcome, VENDOR, config, nai,
};

const ACCEPT: Option<u8> = Some(code::ACCESS_ACCEPT);
const REJECT: Option<u8> = Some(code::ACCESS_REJECT);
const MN1_COA: &str = "2001:db8:f::cb00:7109";

/// A request of leg C.
#[derive(Clone, Copy)]
struct Update<'a> {
    nai: &'a [u8],
    key: &'a [u8],
    home_address: &'a str,
    care_of: &'a str,
    spi: u32,
    timestamp: Option<u64>,
}

const UPDATE: Update<'_> = Update {
    nai: MN1,
    key: MN1_KEY,
    home_address: "2001:db8:1::100",
    care_of: MN1_COA,
    spi: 3,
    timestamp: Some(0xcea4_d310_0000_0001),
};

fn prefixed(address: &str) -> Prefixed<Ipv6Addr> {
    Prefixed::<Ipv6Addr>::new(address.parse().unwrap(), 128).unwrap()
}

impl Update<'_> {
    fn ask(&self, bench: &mut Bench) -> Outcome {
        let digest = [0xd1; 20];
        let authenticator = hmac_sha1(self.key, &[&digest]);
        bench.ask(HA, HA_SECRET, |request| {
            request
                .attribute(&Attribute::UserName(self.nai))
                .sub_attribute(VENDOR, &Parameter::Ipv6Hoa(prefixed(self.home_address)).into())
                .sub_attribute(VENDOR, &Parameter::Ipv6Coa(prefixed(self.care_of)).into())
                .sub_attribute(VENDOR, &SubAttribute::Mip6MnAaaSpi(self.spi))
                .sub_attribute(VENDOR, &SubAttribute::Mip6Authenticator(&authenticator))
                .sub_attribute(VENDOR, &SubAttribute::Mip6MacMobilityData(&digest));
            if let Some(timestamp) = self.timestamp {
                request.sub_attribute(VENDOR, &SubAttribute::Mip6Timestamp(timestamp));
            }
        })
    }
}

/// A server at which both users are registered, MN1 first.
fn bench() -> Bench {
    let mut bench = Bench::new(config());
    for (name, key) in [(MN1, MN1_KEY), (MN2, MN2_KEY)] {
        let response = md5(&[&[0], key, &[7; 17]]);
        let outcome = bench.ask(FHA, FHA_SECRET, |request| {
            let prefix = Ipv6Prefix::new("2001:db8:f::".parse().unwrap(), 64).unwrap();
            request
                .attribute(&Attribute::UserName(name))
                .attribute(&Attribute::ChapPassword(ChapPassword {
                    identifier: 0,
                    response: &response,
                }))
                .attribute(&Attribute::ChapChallenge(&[7; 17]))
                .attribute(&Attribute::FramedIpv6Prefix(prefix));
        });
        assert_eq!(outcome.code, ACCEPT);
    }
    bench
}

fn key(outcome: &Outcome) -> Secret {
    assert_eq!(outcome.code, ACCEPT);
    let packet = outcome.packet();
    let hidden = packet.vendor(VENDOR).mip6_mn_ha_key().once().unwrap();
    let key = hidden.reveal(&outcome.request_authenticator, HA_SECRET).unwrap();
    Secret::new(key.to_vec())
}

//= home-binding.2.5
//= home-binding.2.8
//= keys.3.1
//= keys.3.3
//= keys.3.5
//= keys.4.1
#[test]
fn a_proved_binding_update_gets_a_key() {
    let mut bench = bench();
    bench.pass(100);
    let outcome = UPDATE.ask(&mut bench);
    assert_eq!(outcome.counted, [Radius::Accepted]);
    let expected = mn_ha_key(&Secret::new(MN1_KEY), 0xcea4_d310_0000_0001, &nai(MN1));
    assert_eq!(key(&outcome), expected);
    assert!(!outcome.octets.windows(16).any(|octets| octets == expected.octets()));
    let packet = outcome.packet();
    let vendor = packet.vendor(VENDOR);
    assert!(vendor.mip6_mn_ha_spi().once().unwrap() >= FIRST_SPI);
    assert_eq!(packet.user_name().once(), Some(MN1));
    // The session ends with the registration that gave the care-of address.
    //= keys.3.6
    assert_eq!(packet.session_timeout().once(), Some(1700));
    assert_eq!(vendor.mip6_msa_lifetime().once(), Some(1700));
}

#[test]
fn each_mesg_id_has_its_key() {
    let mut bench = bench();
    let first = key(&UPDATE.ask(&mut bench));
    let later = Update { timestamp: Some(0xcea4_d310_0000_0002), ..UPDATE };
    assert_ne!(key(&later.ask(&mut bench)), first);
    assert_eq!(key(&UPDATE.ask(&mut bench)), first);
}

//= home-binding.2.7
#[test]
fn the_home_address_itself_is_a_care_of_address() {
    let at_home = Update { care_of: UPDATE.home_address, ..UPDATE };
    let outcome = at_home.ask(&mut Bench::new(config()));
    key(&outcome);
    assert_eq!(outcome.packet().session_timeout().once(), Some(1800));
}

fn refused(outcome: &Outcome, reason: Radius) {
    assert_eq!(outcome.code, REJECT);
    assert_eq!(outcome.counted, [reason, Radius::Rejected]);
    assert_eq!(outcome.octets.len(), 20 + 18);
}

//= home-binding.2.5
//= home-binding.2.6
//= home-binding.2.7
#[test]
fn a_binding_update_that_does_not_fit_the_record_is_refused() {
    let cases = [
        (Update { key: MN2_KEY, ..UPDATE }, Radius::WrongSecret),
        (Update { key: super::MN1_ACCESS, ..UPDATE }, Radius::WrongSecret),
        (Update { spi: 5, ..UPDATE }, Radius::WrongSecret),
        (Update { nai: b"nobody@x", ..UPDATE }, Radius::UnknownUser),
        (Update { home_address: "2001:db8:1::200", ..UPDATE }, Radius::WrongHomeAddress),
        // Another user's, and nobody's.
        (Update { care_of: "2001:db8:f::cb00:710a", ..UPDATE }, Radius::WrongCareOfAddress),
        (Update { care_of: "2001:db8:f::1", ..UPDATE }, Radius::WrongCareOfAddress),
        (Update { timestamp: None, ..UPDATE }, Radius::Incomplete),
    ];
    for (update, reason) in cases {
        refused(&update.ask(&mut bench()), reason);
    }
    let second = Update {
        nai: MN2,
        key: MN2_KEY,
        home_address: "2001:db8:1::200",
        care_of: "2001:db8:f::cb00:710a",
        ..UPDATE
    };
    assert_eq!(second.ask(&mut bench()).code, ACCEPT);
}

//= home-binding.2.7
#[test]
fn a_care_of_address_is_good_while_its_registration_may_live() {
    let mut bench = bench();
    bench.pass(1799);
    let outcome = UPDATE.ask(&mut bench);
    assert_eq!(outcome.packet().session_timeout().once(), Some(1));
    bench.pass(1);
    refused(&UPDATE.ask(&mut bench), Radius::WrongCareOfAddress);
}

//= home-binding.3.1
#[test]
fn a_stale_mesg_id_gets_a_key_so_that_the_ha_can_say_so() {
    let stale = Update { timestamp: Some(1), ..UPDATE };
    key(&stale.ask(&mut bench()));
}

//= access.6.12
#[test]
fn an_attribute_given_twice_counts_as_missing() {
    let mut bench = bench();
    let digest = [0xd1; 20];
    let authenticator = hmac_sha1(MN1_KEY, &[&digest]);
    let ask = |bench: &mut Bench, times: usize| {
        bench.ask(HA, HA_SECRET, |request| {
            request
                .attribute(&Attribute::UserName(MN1))
                .sub_attribute(VENDOR, &Parameter::Ipv6Hoa(prefixed(UPDATE.home_address)).into())
                .sub_attribute(VENDOR, &Parameter::Ipv6Coa(prefixed(MN1_COA)).into())
                .sub_attribute(VENDOR, &SubAttribute::Mip6MnAaaSpi(3))
                .sub_attribute(VENDOR, &SubAttribute::Mip6Authenticator(&authenticator))
                .sub_attribute(VENDOR, &SubAttribute::Mip6Timestamp(1));
            for _ in 0..times {
                let digest = SubAttribute::Mip6MacMobilityData(&digest);
                request.sub_attribute(VENDOR, &digest);
            }
        })
    };
    assert_eq!(ask(&mut bench, 1).code, ACCEPT);
    refused(&ask(&mut bench, 2), Radius::Incomplete);
    refused(&ask(&mut bench, 0), Radius::Incomplete);
}
