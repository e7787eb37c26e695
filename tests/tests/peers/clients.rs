//! eapol_test, radclient and scapy instead of our NAS and our FHA.

use std::{
    fs,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    process::Command,
    time::Duration,
};

use dsboot_node::world::people::{GUEST, LODGER, RADIUS_SECRET};
use dsboot_roles::count::Radius;
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID, client_role, parameter};
use dsboot_spec::registry::radius::{attribute, code};
use dsboot_tests::{
    freeradius, peers,
    process::{self, Said},
};

use crate::network::{OUTSIDE, OnAir, colocated};

const PATIENCE: Duration = Duration::from_secs(40);
const NAS: &str = "nas1.visited.example";
const FHA: &str = "fha1.visited.example";

/// Whether eapol_test gets in, and what it said. `None` without it.
fn eapol_test(server: SocketAddr, user: &str, password: &str, secret: &str) -> Option<Said> {
    let program = peers::EAPOL_TEST.find()?;
    let directory = tempfile::tempdir().unwrap();
    let configuration = directory.path().join("network.conf");
    let text = format!(
        "network={{\n\tkey_mgmt=IEEE8021X\n\teap=MD5\n\tidentity=\"{user}\"\n\
         \tpassword=\"{password}\"\n}}\n"
    );
    fs::write(&configuration, text).unwrap();
    let (role, vendor) = (parameter::CLIENT_ROLE, DEFAULT_VENDOR_ID);
    let role = format!("26:x:{vendor:08x}{role:02x}06{:08x}", client_role::NAS);
    let mut command = Command::new(program);
    // EAP-MD5 gives no keys (-n).
    command.arg("-c").arg(configuration).args(["-n", "-t", "8", "-s", secret]);
    command.args(["-a", &server.ip().to_string(), "-p", &server.port().to_string()]);
    command.args(["-A", &OUTSIDE.to_string(), "-N", &format!("32:s:{NAS}"), "-N", &role]);
    Some(process::run(&mut command, "", PATIENCE).unwrap())
}

//= access.3.5
//= access.3.6
#[test]
fn eapol_test_is_let_in_by_its_password_alone() {
    // The visited network's server, and the home network's.
    for (figure, password) in [(5, GUEST.visited_password), (2, GUEST.home_password)] {
        let network = OnAir::start(colocated(figure));
        let server = network.access;
        let Some(said) = eapol_test(server, GUEST.nai, password, RADIUS_SECRET) else { return };
        assert!(said.status.success(), "{}", said.out);
        assert!(said.out.ends_with("\nSUCCESS\n"), "{}", said.out);
        for (user, password) in [(GUEST.nai, "wrong"), ("stranger@home.example", password)] {
            let said = eapol_test(server, user, password, RADIUS_SECRET).unwrap();
            assert!(!said.status.success(), "{user} {password}: {}", said.out);
            // Refused by the server, not left without an answer.
            assert!(said.out.contains("code=3 (Access-Reject)"), "{}", said.out);
        }
        let counted = network.stop();
        assert_eq!(counted.of(Radius::WrongSecret), 1);
        assert_eq!(counted.of(Radius::UnknownUser), 1);
    }
}

//= access.6.7
#[test]
fn eapol_test_with_another_radius_secret_hears_nothing() {
    let network = OnAir::start(colocated(5));
    let said = eapol_test(network.access, GUEST.nai, GUEST.visited_password, "another");
    let Some(said) = said else { return };
    assert!(!said.status.success(), "{}", said.out);
    assert!(said.out.contains("Sending RADIUS message"), "{}", said.out);
    assert!(!said.out.contains("Received RADIUS message"), "{}", said.out);
    let counted = network.stop();
    assert!(counted.of(Radius::BadMessageAuthenticator) > 0, "{counted:?}");
}

/// Sends one Access-Request, twice if unanswered. `None` without radclient.
fn radclient(server: SocketAddr, secret: &str, attributes: &str) -> Option<Said> {
    let program = peers::RADCLIENT.find()?;
    let directory = tempfile::tempdir().unwrap();
    freeradius::write_dictionary(directory.path()).unwrap();
    let mut command = Command::new(program);
    command.args(["-x", "-r", "2", "-t", "1", "-d"]).arg(directory.path());
    command.args([&server.to_string(), "auth", secret]);
    Some(process::run(&mut command, attributes, PATIENCE).unwrap())
}

fn mobility(user: &str, key: &str) -> String {
    format!(
        "User-Name = \"{user}\", CHAP-Password = \"{key}\", NAS-Identifier = \"{FHA}\", \
         DSB-Client-Role = {}, DSB-MN-SPI = 0x00001001, DSB-FHA-SPI = 0x00002001, \
         Framed-IPv6-Prefix = 2001:db8:50:8::/64",
        client_role::FHA
    )
}

const SIGNED: &str = ", Message-Authenticator = 0x00";

//= registration.6.8
//= registration.6.9
#[test]
fn radclient_gets_what_an_fha_gets() {
    let network = OnAir::start(colocated(5));
    let request = mobility(GUEST.nai, GUEST.mn_aaa_key) + SIGNED;
    let Some(said) = radclient(network.home, RADIUS_SECRET, &request) else { return };
    assert!(said.status.success(), "{said:?}");
    assert!(said.out.contains("Received Access-Accept"), "{}", said.out);
    let value = |name: &str| {
        let received = said.out.split("Received Access-Accept").nth(1).unwrap();
        let line = received.lines().find_map(|line| line.trim().strip_prefix(name));
        let line = line.unwrap_or_else(|| panic!("no {name} in {received}"));
        line.trim_start_matches(" = ").to_owned()
    };
    // radclient has taken the hiding off the key.
    let octets = |text: String| hex::decode(text.trim_start_matches("0x")).unwrap();
    let nonce = octets(value("DSB-Key-Gen-Nonce"));
    let key = octets(value("DSB-MN-FHA-Key"));
    let expected = dsboot_codec::crypto::hmac_sha1(
        GUEST.mn_aaa_key.as_bytes(),
        &[&nonce, GUEST.nai.as_bytes()],
    );
    assert_eq!(key, expected);
    let thoav4: Ipv4Addr = value("Framed-IP-Address").parse().unwrap();
    assert!(octets(value("DSB-IPv6-CoA")).ends_with(&thoav4.octets()));
    assert_eq!(octets(value("DSB-IPv6-HoA")).len(), 17);
    assert!(value("DSB-HA-IPv6-Address").parse::<Ipv6Addr>().is_ok());
    drop(network);
}

#[test]
fn radclient_is_refused_or_left_without_answer_as_it_deserves() {
    let network = OnAir::start(colocated(5));
    let right = mobility(GUEST.nai, GUEST.mn_aaa_key);
    let cases = [
        // Request, secret, and what is received, if anything.
        (mobility(GUEST.nai, "wrong") + SIGNED, RADIUS_SECRET, Some("Access-Reject")),
        (mobility("stranger@home.example", "x") + SIGNED, RADIUS_SECRET, Some("Access-Reject")),
        (mobility(LODGER.nai, LODGER.mn_aaa_key) + SIGNED, RADIUS_SECRET, Some("Access-Reject")),
        (right.clone(), RADIUS_SECRET, None),
        (right + SIGNED, "another", None),
    ];
    for (request, secret, expected) in cases {
        let Some(said) = radclient(network.home, secret, &request) else { return };
        assert!(!said.status.success(), "{request}: {}", said.out);
        match expected {
            Some(answer) => assert!(said.out.contains(&format!("Received {answer}")), "{said:?}"),
            None => {
                assert!(!said.out.contains("Received"), "{request}: {}", said.out);
                assert!(said.out.contains("No reply from server"), "{request}: {}", said.out);
            }
        }
    }
    let counted = network.stop();
    assert_eq!(counted.of(Radius::WrongSecret), 1);
    assert_eq!(counted.of(Radius::UnknownUser), 1);
    assert_eq!(counted.of(Radius::NotSubscribed), 1);
    // Each of the two was sent twice.
    assert_eq!(counted.of(Radius::NoMessageAuthenticator), 2);
    assert_eq!(counted.of(Radius::BadMessageAuthenticator), 2);
}

/// What scapy thinks of the home server's answer to a request that scapy made. `None` without it.
fn scapy(server: SocketAddr, key: &str) -> Option<serde_json::Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/scapy_client.py");
    let mut command = Command::new(peers::SCAPY.find()?);
    command.arg(script).args([&server.ip().to_string(), &server.port().to_string()]);
    command.args([RADIUS_SECRET, GUEST.nai, key, FHA, &client_role::FHA.to_string()]);
    let said = process::run(&mut command, "", PATIENCE).unwrap();
    assert!(said.status.success(), "{}", said.err);
    Some(serde_json::from_str(&said.out).unwrap())
}

//= access.6.5
//= access.6.9
//= wire.4.5
//= wire.4.7
//= wire.4.10
#[test]
fn scapy_verifies_our_answers() {
    let network = OnAir::start(colocated(5));
    let accept =
        [attribute::FRAMED_IP_ADDRESS, attribute::SESSION_TIMEOUT, attribute::VENDOR_SPECIFIC];
    let cases = [
        (GUEST.mn_aaa_key, code::ACCESS_ACCEPT, accept.as_slice()),
        ("wrong", code::ACCESS_REJECT, &[]),
    ];
    for (key, code, attributes) in cases {
        let Some(said) = scapy(network.home, key) else { return };
        assert_eq!(said["code"], code);
        assert_eq!(said["id"], 77);
        let types = said["types"].as_array().unwrap();
        for expected in attributes {
            assert!(types.contains(&(*expected).into()), "{said}");
        }
        for holds in [
            "response authenticator",
            "message authenticator",
            "message authenticator first",
            "same octets again",
        ] {
            assert_eq!(said[holds], true, "{holds}: {said}");
        }
    }
    let counted = network.stop();
    assert_eq!(counted.of(Radius::Duplicate), 2);
}
