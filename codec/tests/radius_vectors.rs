//! RADIUS against octets that others made: a recorded exchange with a server, the examples of
//! RFC 2865 §7, and packets of leg B computed by hand.
#![cfg(test)]

mod support;

use std::net::Ipv4Addr;

use dsboot_codec::dsb::{Parameter, Prefixed};
use dsboot_codec::radius::{
    Attribute, Authenticator, ChapPassword, Credential, Ipv6Prefix, Packet, RequestBuilder,
    ResponseBuilder, Salted, SubAttribute, Unverified, encode, hide_key, hide_password,
};
use dsboot_codec::{Found, eap};
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID, client_role, parameter};
use dsboot_spec::registry::radius::{attribute, code};
use serde_json::Value;
use support::{access, octets};

/// Secret, and Request Authenticator, of the vectors of leg B.
const FHA_SECRET: &[u8] = b"radius-secret-16";
const FHA_REQUEST_AUTHENTICATOR: Authenticator = [
    0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
];

fn mobile_ip() -> Value {
    serde_json::from_str(include_str!("vectors/mobile-ip.json")).unwrap()
}

/// Every RADIUS packet that the vectors hold.
fn packets() -> Vec<Vec<u8>> {
    let (access, mobile_ip) = (access(), mobile_ip());
    let rfc = &access["rfc2865"];
    let of = |vectors: &Value, names: &[&str]| -> Vec<Vec<u8>> {
        names.iter().map(|name| octets(vectors, name)).collect()
    };
    [
        of(
            &access,
            &["access_request_identity", "access_challenge", "access_request_md5", "access_accept"],
        ),
        of(rfc, &["pap_request", "pap_accept", "chap_request", "chap_accept"]),
        of(&mobile_ip, &["access_request_fha", "access_accept_fha"]),
    ]
    .concat()
}

//= wire.4.4
//= wire.5.1
#[test]
fn every_packet_is_encoded_as_it_came() {
    for octets in packets() {
        let packet = Packet::decode(&octets).unwrap();
        let attributes = packet.attributes().map(|unit| unit.value);
        let again =
            encode(packet.code(), packet.identifier(), packet.authenticator(), attributes).unwrap();
        assert_eq!(again, octets);
        assert_eq!(packet.malformed().count(), 0);
        for unit in packet.attributes() {
            assert_eq!(&octets[unit.offset..unit.offset + unit.raw.len()], unit.raw);
        }
    }
}

#[test]
fn no_truncation_of_a_packet_decodes() {
    for octets in packets() {
        for length in 0..octets.len() {
            let error = Packet::decode(&octets[..length]).unwrap_err();
            assert_eq!(error.sentence, "wire.4.1");
            assert_eq!(error.offset, length.min(error.offset));
        }
    }
}

//= wire.4.5
//= wire.4.6
//= wire.4.7
//= wire.4.8
#[test]
fn the_recorded_authenticators_verify() {
    let vectors = access();
    let secret = octets(&vectors, "radius_secret");
    let authenticator = |name| -> Authenticator { octets(&vectors, name).try_into().unwrap() };
    for (request, response, ra) in [
        ("access_request_identity", "access_challenge", authenticator("request_authenticator_1")),
        ("access_request_md5", "access_accept", authenticator("request_authenticator_2")),
    ] {
        let (request, response) = (octets(&vectors, request), octets(&vectors, response));
        let (request, response) =
            (Packet::decode(&request).unwrap(), Packet::decode(&response).unwrap());
        assert_eq!(request.authenticator(), &ra);
        assert_eq!(request.verify_request(&secret), Ok(()));
        assert_eq!(response.verify_response(&ra, &secret), Ok(()));
        assert_eq!(request.verify_request(b"other"), Err(Unverified::MessageAuthenticator));
        assert_eq!(response.verify_response(&ra, b"other"), Err(Unverified::ResponseAuthenticator));
        assert_eq!(
            response.verify_response(&[0; 16], &secret),
            Err(Unverified::ResponseAuthenticator)
        );
    }
}

/// Whatever octet is changed, the packet is refused: if not by its framing, by an authenticator.
//= wire.4.6
//= wire.4.9
#[test]
fn no_changed_octet_verifies() {
    let vectors = access();
    let secret = octets(&vectors, "radius_secret");
    let ra = octets(&vectors, "request_authenticator_2").try_into().unwrap();
    for (name, response) in [("access_request_md5", false), ("access_accept", true)] {
        let original = octets(&vectors, name);
        for at in 0..original.len() {
            let mut changed = original.clone();
            changed[at] ^= 1;
            let verified = Packet::decode(&changed).is_ok_and(|packet| {
                let checked = if response {
                    packet.verify_response(&ra, &secret)
                } else {
                    packet.verify_request(&secret)
                };
                checked.is_ok()
            });
            assert!(!verified, "{name}, octet {at}");
        }
    }
}

//= wire.5.9
#[test]
fn the_recorded_exchange_says_what_it_should() {
    let vectors = access();
    let of = |name| octets(&vectors, name);
    let (identity, challenge, md5, accept) = (
        of("access_request_identity"),
        of("access_challenge"),
        of("access_request_md5"),
        of("access_accept"),
    );
    let [identity, challenge, md5, accept] =
        [&identity, &challenge, &md5, &accept].map(|octets| Packet::decode(octets).unwrap());

    assert_eq!(identity.code(), code::ACCESS_REQUEST);
    assert_eq!(identity.identifier(), 0x11);
    assert_eq!(identity.user_name(), Found::Once(&b"mn1@example.net"[..]));
    assert_eq!(identity.nas_ip_address(), Found::Once(Ipv4Addr::LOCALHOST));
    assert_eq!(identity.nas_identifier(), Found::Once(&b"nas1.access.example"[..]));
    assert_eq!(identity.nas_port(), Found::Once(7));
    assert_eq!(identity.nas_port_type(), Found::Once(5));
    assert_eq!(identity.calling_station_id(), Found::Once(&b"02-00-00-00-00-01"[..]));
    assert_eq!(identity.framed_mtu(), Found::Once(1400));
    assert_eq!(identity.state(), Found::Absent);
    let eap = |packet: &Packet<'_>| packet.eap_message().unwrap().unwrap().into_owned();
    assert_eq!(eap(&identity), of("eap_response_identity"));

    assert_eq!(challenge.code(), code::ACCESS_CHALLENGE);
    assert_eq!(challenge.state(), Found::Once(&of("state")[..]));
    assert_eq!(eap(&challenge), of("eap_request_md5"));

    assert_eq!(md5.state(), Found::Once(&of("state")[..]));
    assert_eq!(eap(&md5), of("eap_response_md5"));
    assert_eq!(md5.credential(), Ok(Credential::Eap(of("eap_response_md5").into())));

    assert_eq!(accept.code(), code::ACCESS_ACCEPT);
    assert_eq!(accept.session_timeout(), Found::Once(3600));
    assert_eq!(eap(&accept), of("eap_success"));
    // Another vendor's attribute 7, of another form than our parameter 7.
    let foreign: Vec<_> = accept.vendor(5535).sub_attributes().map(|unit| unit.value).collect();
    assert_eq!(foreign, [SubAttribute::Malformed { kind: 7, data: &[10, 20, 0, 1] }]);
    assert_eq!(accept.vendor(DEFAULT_VENDOR_ID).sub_attributes().count(), 0);
}

//= wire.4.5
//= wire.4.12
//= wire.4.19
#[test]
fn examples_of_rfc_2865() {
    let vectors = access();
    let vectors = &vectors["rfc2865"];
    let of = |name| octets(vectors, name);
    let (secret, password) = (of("secret"), of("password"));

    let (request, accept) = (of("pap_request"), of("pap_accept"));
    let (request, accept) = (Packet::decode(&request).unwrap(), Packet::decode(&accept).unwrap());
    let ra = request.authenticator();
    let Ok(Credential::Password(hidden)) = request.credential() else { panic!("a password") };
    assert_eq!(*hidden.reveal(ra, &secret), password);
    assert_eq!(hide_password(&password, ra, &secret).unwrap(), hidden.octets());
    // These packets are older than Message-Authenticator; that it is missing is said last.
    let verified = accept.verify_response(ra, &secret);
    assert_eq!(verified, Err(Unverified::NoMessageAuthenticator));
    let others: Vec<_> = accept.attributes().map(|unit| unit.value).collect();
    assert_eq!(
        others,
        [
            Attribute::ServiceType(1),
            Attribute::LoginService(0),
            Attribute::LoginIpHost([192, 168, 1, 3].into()),
        ]
    );

    let (request, accept) = (of("chap_request"), of("chap_accept"));
    let (request, accept) = (Packet::decode(&request).unwrap(), Packet::decode(&accept).unwrap());
    let Ok(Credential::Chap(chap)) = request.credential() else { panic!("a CHAP response") };
    assert_eq!(chap.identifier, 22);
    assert_eq!(chap.challenge, request.authenticator());
    assert!(chap.proves(&password));
    assert!(!chap.proves(b"arctangens"));
    let verified = accept.verify_response(request.authenticator(), &secret);
    assert_eq!(verified, Err(Unverified::NoMessageAuthenticator));
    assert_eq!(accept.framed_ip_address(), Found::Once(Ipv4Addr::new(255, 255, 255, 254)));
}

//= wire.4.19
#[test]
fn the_request_of_leg_b_proves_the_mobile_node() {
    let vectors = mobile_ip();
    let request = octets(&vectors, "access_request_fha");
    let request = Packet::decode(&request).unwrap();
    assert_eq!(request.verify_request(FHA_SECRET), Ok(()));
    let Ok(Credential::Chap(chap)) = request.credential() else { panic!("a CHAP response") };
    assert!(chap.proves(b"AAA-shared-key-0"));
    let prefixes: Vec<_> = request.framed_ipv6_prefixes().collect();
    assert_eq!(prefixes, [Ipv6Prefix::new("2001:db8:f::".parse().unwrap(), 64).unwrap()]);
}

//= wire.4.7
//= wire.4.10
#[test]
fn the_request_of_leg_b_is_built_octet_for_octet() {
    let vectors = mobile_ip();
    let password = octets(&vectors, "chap_password_value");
    let built = RequestBuilder::new(7, FHA_REQUEST_AUTHENTICATOR)
        .attribute(&Attribute::UserName(b"mn1@home.example"))
        .attribute(&Attribute::NasIpAddress(Ipv4Addr::new(192, 0, 2, 1)))
        .attribute(&Attribute::NasIdentifier(b"fha1.asp.example"))
        .attribute(&Attribute::ChapPassword(ChapPassword {
            identifier: password[0],
            response: password[1..].try_into().unwrap(),
        }))
        .attribute(&Attribute::ChapChallenge(&octets(&vectors, "chap_challenge_value")))
        .attribute(&Attribute::FramedIpv6Prefix(
            Ipv6Prefix::new("2001:db8:f::".parse().unwrap(), 64).unwrap(),
        ))
        .sign_request(FHA_SECRET)
        .unwrap();
    assert_eq!(hex::encode(built), vectors["access_request_fha"].as_str().unwrap());
}

//= wire.4.8
//= wire.4.11
//= wire.4.14
//= wire.5.14
//= wire.5.15
#[test]
fn the_accept_of_leg_b_is_built_octet_for_octet() {
    let vectors = mobile_ip();
    let request = octets(&vectors, "access_request_fha");
    let home = |address: &str| Prefixed::<std::net::Ipv6Addr>::new(address.parse().unwrap(), 64);
    let nonce: [u8; 16] = std::array::from_fn(|at| u8::try_from(at).unwrap());
    let vendor = DEFAULT_VENDOR_ID;
    let built = ResponseBuilder::new(code::ACCESS_ACCEPT, &Packet::decode(&request).unwrap())
        .attribute(&Attribute::UserName(b"mn1@home.example"))
        .attribute(&Attribute::FramedIpAddress(Ipv4Addr::new(203, 0, 113, 9)))
        .attribute(&Attribute::SessionTimeout(3600))
        .sub_attribute(vendor, &Parameter::Ipv6Hoa(home("2001:db8:1::100").unwrap()).into())
        .sub_attribute(vendor, &Parameter::HomeAgent("2001:db8:1::1".parse().unwrap()).into())
        .sub_attribute(vendor, &Parameter::Ipv6Coa(home("2001:db8:f::77").unwrap()).into())
        .hidden_key(vendor, parameter::MN_FHA_KEY, &octets(&vectors, "mn_fha_key"), 1, FHA_SECRET)
        .sub_attribute(vendor, &SubAttribute::KeyGenNonce(&nonce))
        .sign_response(FHA_SECRET)
        .unwrap();
    assert_eq!(hex::encode(built), vectors["access_accept_fha"].as_str().unwrap());
}

//= wire.4.14
//= wire.4.16
//= wire.5.12
#[test]
fn the_accept_of_leg_b_says_what_it_should() {
    let vectors = mobile_ip();
    let accept = octets(&vectors, "access_accept_fha");
    let accept = Packet::decode(&accept).unwrap();
    assert_eq!(accept.verify_response(&FHA_REQUEST_AUTHENTICATOR, FHA_SECRET), Ok(()));
    assert_eq!(accept.framed_ip_address(), Found::Once(Ipv4Addr::new(203, 0, 113, 9)));
    let vendor = accept.vendor(DEFAULT_VENDOR_ID);
    let parameters = vendor.parameters();
    assert_eq!(parameters.home_agent, Found::Once("2001:db8:1::1".parse().unwrap()));
    let home = parameters.ipv6_hoa.once().unwrap();
    assert_eq!((home.address(), home.prefix_length()), ("2001:db8:1::100".parse().unwrap(), 64));
    assert_eq!(vendor.key_gen_nonce().once().unwrap().len(), 16);
    assert_eq!(vendor.client_role(), Found::Absent);

    let hidden = vendor.mn_fha_key().once().unwrap();
    assert_eq!(hidden.salt(), [0x80, 0x01]);
    assert_eq!(hidden.octets(), octets(&vectors, "salted_key"));
    let key = hidden.reveal(&FHA_REQUEST_AUTHENTICATOR, FHA_SECRET).unwrap();
    assert_eq!(*key, octets(&vectors, "mn_fha_key"));
    assert_eq!(
        hide_key(&key, 0x0001, &FHA_REQUEST_AUTHENTICATOR, FHA_SECRET).unwrap(),
        octets(&vectors, "salted_key")
    );
    assert_eq!(hidden.reveal(&FHA_REQUEST_AUTHENTICATOR, b"another secret"), None);
    assert_eq!(Salted::new(&octets(&vectors, "salted_key")).unwrap(), hidden);
}

/// The conversation of the recorded exchange, made with our builders.
//= wire.4.10
//= wire.4.18
//= wire.5.11
#[test]
fn an_exchange_of_our_own() {
    let secret = b"nas-radius-secret-01";
    let request = RequestBuilder::new(0x12, [9; 16])
        .attribute(&Attribute::UserName(b"mn1@example.net"))
        .sub_attribute(DEFAULT_VENDOR_ID, &SubAttribute::ClientRole(client_role::NAS))
        .attribute(&Attribute::ProxyState(b"one"))
        .eap_message(&octets(&access(), "eap_response_identity"))
        .attribute(&Attribute::ProxyState(b"two"))
        .sign_request(secret)
        .unwrap();
    let request = Packet::decode(&request).unwrap();
    assert_eq!(request.verify_request(secret), Ok(()));
    assert_eq!(request.vendor(DEFAULT_VENDOR_ID).client_role(), Found::Once(client_role::NAS));
    let first = request.attributes().next().unwrap();
    assert_eq!(first.value.kind(), attribute::MESSAGE_AUTHENTICATOR);

    let success = eap::encode(0x42, &eap::Body::Success).unwrap();
    let accept = ResponseBuilder::new(code::ACCESS_ACCEPT, &request)
        .eap_message(&success)
        .attribute(&Attribute::Class(b"gold"))
        .sign_response(secret)
        .unwrap();
    let accept = Packet::decode(&accept).unwrap();
    assert_eq!(accept.identifier(), 0x12);
    assert_eq!(accept.verify_response(request.authenticator(), secret), Ok(()));
    assert_eq!(accept.proxy_states().collect::<Vec<_>>(), [b"one", b"two"]);
    assert_eq!(accept.classes().collect::<Vec<_>>(), [b"gold"]);
    let first = accept.attributes().next().unwrap();
    assert_eq!(first.value.kind(), attribute::MESSAGE_AUTHENTICATOR);
}
