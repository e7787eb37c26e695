use dsboot_roles::aaa::{
    Aaa, AaaConfig, AaaKind, AddressRange, CareOfSource, ConfigError, Fha, Location,
};

use super::{MN1, config, nai, range};

fn error(change: impl FnOnce(&mut AaaConfig)) -> ConfigError {
    let mut config = config();
    change(&mut config);
    Aaa::new(config).unwrap_err()
}

fn location(config: &mut AaaConfig) -> &mut Location {
    config.locations.get_mut("nas1.access.example").unwrap()
}

fn fha(config: &mut AaaConfig) -> &mut Fha {
    config.fhas.get_mut("fha1.asp.example").unwrap()
}

//= access.1.5
//= keys.2.5
#[test]
fn an_aaaf_has_no_home_records() {
    let found = error(|config| config.kind = AaaKind::Aaaf);
    assert_eq!(found, ConfigError::HomeRecordAtAaaf(nai(MN1)));
}

//= registration.6.12
#[test]
fn addresses_belong_to_one_user_or_pool() {
    let found = error(|config| {
        let home = config.users.get(&nai(MN1)).unwrap().home.clone();
        config.users.get_mut(&nai(super::MN2)).unwrap().home = home;
    });
    assert_eq!(found, ConfigError::SharedHomeAddress("2001:db8:1::100".parse().unwrap()));

    let bad = |range: AddressRange| error(|config| fha(config).home_addresses = Some(range));
    let expected = ConfigError::BadPool("fha1.asp.example".into());
    let overlap = ConfigError::BadPool("fha2.asp.example".into());
    assert_eq!(bad(range("203.0.113.9", "203.0.113.90")), overlap);
    assert_eq!(bad(range("203.0.113.91", "203.0.113.99")), overlap);
    assert_eq!(bad(range("203.0.113.9", "203.0.113.8")), expected);
    assert_eq!(bad(range("10.0.0.0", "10.1.0.0")), expected);
    assert_eq!(bad(range("0.0.0.0", "255.255.255.255")), expected);
    let mut lower = config();
    fha(&mut lower).home_addresses = Some(range("10.0.0.0", "10.0.255.255"));
    assert!(Aaa::new(lower).is_ok());
    // The care-of addresses are addresses too.
    assert_eq!(bad(range("198.51.100.78", "198.51.100.79")), expected);
}

//= access.3.7
#[test]
fn an_fha_of_a_location_can_be_named() {
    let unknown = error(|config| location(config).fhas.push("fha3".into()));
    let expected =
        ConfigError::UnknownFha { location: "nas1.access.example".into(), fha: "fha3".into() };
    assert_eq!(unknown, expected);
    let expected = ConfigError::UnreachableFha("fha1.asp.example".into());
    let name = |address: Option<&str>, fqdn: Option<String>| {
        let address = address.map(|address| address.parse().unwrap());
        let (mut config, fqdn) = (config(), fqdn);
        *fha(&mut config) = Fha { address, fqdn, home_addresses: None };
        Aaa::new(config).map(|_| ())
    };
    assert_eq!(name(None, None), Err(expected.clone()));
    assert_eq!(name(Some("192.0.2.1"), Some("a".repeat(248))), Err(expected.clone()));
    assert_eq!(name(None, Some("fha.".into())), Err(expected));
    assert_eq!(name(None, Some("a".repeat(247))), Ok(()));
    assert_eq!(name(Some("192.0.2.1"), None), Ok(()));
}

#[test]
fn other_contradictions() {
    let found = error(|config| {
        location(config).care_of = CareOfSource::Pool {
            range: range("198.51.100.77", "198.51.100.78"),
            prefix_length: 33,
        };
    });
    assert_eq!(found, ConfigError::BadPrefix("nas1.access.example".into()));
    //= keys.1.9
    assert_eq!(error(|config| config.algorithm = 3), ConfigError::UnknownAlgorithm(3));
    let address = "192.0.2.1".parse().unwrap();
    let found = error(|config| {
        config.radius.clients.get_mut(&address).unwrap().names.clear();
    });
    assert_eq!(found, ConfigError::UselessClient(address));
    let found = error(|config| {
        config.radius.clients.get_mut(&address).unwrap().roles.clear();
    });
    assert_eq!(found, ConfigError::UselessClient(address));
}
