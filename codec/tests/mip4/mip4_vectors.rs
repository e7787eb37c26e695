//! Messages computed by hand, decoded, verified, and built again from typed values.

use core::net::Ipv6Addr;

use dsboot_codec::dsb::{Parameter, Prefixed};
use dsboot_codec::mip4::keys::{MnIdentifier, RegistrationKey};
use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Builder, Code, Extension, Identification, Message, MnHaKeyReply,
    ReplyHeader, RequestFlags, RequestHeader, SecurityContext, UdpTunnelReply, UdpTunnelRequest,
    Vendor,
};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_spec::registry::mip4::{COLOCATED_CHALLENGE, code, spi};

use super::{
    AAA_KEY, FA_COA, FHA, THOAV4, extension, reply, reply_header, request, request_header, vector,
    with_extensions,
};

const NAI: Extension<'static> = Extension::Nai(b"mn1@home.example");
const CHALLENGE: [u8; 8] = [0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0x07, 0x18];
const NONCE: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

fn key() -> RegistrationKey {
    RegistrationKey::derive(AAA_KEY, &NONCE, &MnIdentifier::Nai(b"mn1@home.example"))
}

fn on_prefix(address: &str) -> Prefixed<Ipv6Addr> {
    Prefixed::<Ipv6Addr>::new(address.parse().unwrap(), 64).unwrap()
}

/// Every message on port 434 that the vectors hold.
pub(crate) fn messages() -> Vec<Vec<u8>> {
    [
        "rrq_ccoa_chapspi",
        "rrq_faco_chapspi",
        "rrq_ccoa_hmacmd5",
        "rrp_ok",
        "rrq_rereg",
        "rrp_133",
        "acc_req_255",
        "acc_rep_255_noauth",
    ]
    .map(vector)
    .into()
}

/// Every registration extension that the vectors hold by itself.
pub(crate) fn extensions() -> Vec<Vec<u8>> {
    [
        "ext_cvse",
        "ext_nvse",
        "ext139_requested_ha",
        "ext152_prefix_req",
        "ext152_prefix_rep",
        "ext152_tunmode",
        "ext144",
        "ext44",
        "ext45",
    ]
    .map(vector)
    .into()
}

//= wire.1.2
//= wire.1.4
//= wire.1.7
//= wire.2.13
#[test]
fn first_request_with_a_co_located_address() {
    let octets = vector("rrq_ccoa_chapspi");
    let decoded = request(&octets);
    assert_eq!(decoded.header, request_header());
    assert_eq!(decoded.extensions.nai().once(), Some(b"mn1@home.example".as_slice()));
    assert_eq!(decoded.extensions.mn_ha_key_request().once(), Some(0x1001));
    assert!(decoded.extensions.challenge().is_absent());
    assert_eq!(decoded.extensions.check_order(), Ok(()));

    let built = Builder::request(&request_header())
        .extension(NAI)
        .extension(Extension::MnHaKeyRequest { mn_spi: 0x1001 })
        .authenticate_chap(AAA_KEY, &COLOCATED_CHALLENGE)
        .finish()
        .unwrap();
    assert_eq!(built, octets);
}

//= wire.3.9
//= wire.3.10
//= wire.3.11
#[test]
fn chap_response_with_the_challenge_0() {
    let octets = vector("rrq_ccoa_chapspi");
    let decoded = request(&octets);
    let challenge = decoded.extensions.mn_aaa_challenge().unwrap();
    assert_eq!(challenge, COLOCATED_CHALLENGE);

    let authenticator = decoded.extensions.authenticator(AuthenticationKind::MnAaa).once().unwrap();
    assert_eq!(authenticator.spi, spi::CHAP);
    assert_eq!(authenticator.value(), vector("rrq_ccoa_authenticator"));
    assert!(authenticator.verify_chap(AAA_KEY, challenge));
    assert!(!authenticator.verify_chap(AAA_KEY, &[1]));
    assert!(!authenticator.verify_chap(b"another key", challenge));

    let credentials = authenticator.chap_credentials(challenge).unwrap();
    assert_eq!(credentials.password, *vector("chap_password_value"));
    assert_eq!(credentials.challenge, vector("chap_challenge_value"));
    assert!(credentials.challenge.starts_with(&vector("rrq_ccoa_inner_md5")));
}

//= wire.2.10
//= wire.3.9
//= wire.3.10
#[test]
fn first_request_through_a_foreign_agent() {
    let octets = vector("rrq_faco_chapspi");
    let decoded = request(&octets);
    assert!(!decoded.header.flags.decapsulation());
    assert!(decoded.header.flags.reverse_tunnel());
    assert_eq!(decoded.extensions.challenge().once(), Some(CHALLENGE.as_slice()));
    assert_eq!(decoded.extensions.check_order(), Ok(()));

    let challenge = decoded.extensions.mn_aaa_challenge().unwrap();
    let authenticator = decoded.extensions.authorization().unwrap();
    assert!(authenticator.verify_chap(AAA_KEY, challenge));
    let credentials = authenticator.chap_credentials(challenge).unwrap();
    assert_eq!(credentials.password, *vector("rrq_fa_chap_password"));
    assert_eq!(credentials.challenge, vector("rrq_fa_chap_challenge"));

    let header =
        RequestHeader { flags: RequestFlags(0x02), care_of_address: FA_COA, ..request_header() };
    let built = Builder::request(&header)
        .extension(NAI)
        .extension(Extension::MnHaKeyRequest { mn_spi: 0x1001 })
        .extensions(Some(Extension::Challenge(&CHALLENGE)))
        .authenticate_chap(AAA_KEY, &CHALLENGE)
        .finish()
        .unwrap();
    assert_eq!(built, octets);
}

//= wire.2.12
//= wire.3.8
#[test]
fn first_request_with_hmac() {
    let octets = vector("rrq_ccoa_hmacmd5");
    let context = SecurityContext { spi: 0x100, algorithm: Algorithm::HmacMd5, key: AAA_KEY };
    let decoded = request(&octets);
    let authenticator = decoded.extensions.authenticator(AuthenticationKind::MnAaa).once().unwrap();
    assert!(authenticator.verify(&context));
    assert!(!authenticator.verify_chap(AAA_KEY, &COLOCATED_CHALLENGE));
    assert_eq!(authenticator.chap_credentials(&COLOCATED_CHALLENGE), None);

    let built = Builder::request(&request_header())
        .extension(NAI)
        .extension(Extension::MnHaKeyRequest { mn_spi: 0x1001 })
        .authenticate(AuthenticationKind::MnAaa, &context)
        .finish()
        .unwrap();
    assert_eq!(built, octets);
}

//= wire.3.12
//= wire.3.13
#[test]
fn key_between_mobile_node_and_fha() {
    assert_eq!(key().octets().as_slice(), vector("mn_fha_key"));

    let octets = vector("rrq_ccoa_chapspi");
    assert_eq!(MnIdentifier::of(&request(&octets)), Some(MnIdentifier::Nai(b"mn1@home.example")));
    let ambiguous = Builder::request(&request_header()).extensions([NAI, NAI]).finish().unwrap();
    assert_eq!(MnIdentifier::of(&request(&ambiguous)), None);
    let anonymous = Builder::request(&RequestHeader { home_address: THOAV4, ..request_header() })
        .finish()
        .unwrap();
    let identifier = MnIdentifier::of(&request(&anonymous)).unwrap();
    assert_eq!(identifier, MnIdentifier::HomeAddress(THOAV4));
    assert_eq!(
        RegistrationKey::derive(AAA_KEY, &NONCE, &identifier),
        RegistrationKey::derive(AAA_KEY, &NONCE, &MnIdentifier::Nai(&THOAV4.octets())),
    );
}

//= wire.1.3
//= wire.2.14
//= wire.2.17
//= wire.2.27
//= wire.2.35
//= wire.3.2
#[test]
fn reply_with_the_bootstrap_parameters() {
    let octets = vector("rrp_ok");
    let key = key();
    let context = SecurityContext { spi: 0x1001, algorithm: Algorithm::HmacMd5, key: key.octets() };
    let parameters = [
        Parameter::Ipv6Hoa(on_prefix("2001:db8:1::100")),
        Parameter::HomeAgent("2001:db8:1::1".parse().unwrap()),
        Parameter::Ipv6Coa(on_prefix("2001:db8:f::77")),
    ];
    let key_reply = MnHaKeyReply {
        lifetime: 3600,
        aaa_spi: 0x200,
        ha_spi: 0x2001,
        algorithm: 1,
        replay_method: 2,
        nonce: &NONCE,
    };

    let decoded = reply(&octets);
    assert_eq!(decoded.header, reply_header());
    assert_eq!(decoded.extensions.mn_ha_key_reply().once(), Some(key_reply));
    let authenticator =
        decoded.extensions.authenticator(AuthenticationKind::MobileHome).once().unwrap();
    assert!(authenticator.verify(&context));
    let covered = decoded.extensions.before(&authenticator);
    let found: Vec<_> =
        covered.parameters(DEFAULT_VENDOR_ID).map(|parameter| parameter.value).collect();
    assert_eq!(found, parameters);
    assert_eq!(decoded.extensions.check_order(), Ok(()));

    // The RADIUS attributes of leg B have the same value octets.
    let accept = vector("access_accept_fha");
    for parameter in parameters {
        let value = parameter.encode();
        assert!(octets.windows(value.len()).any(|window| window == value));
        assert!(accept.windows(value.len()).any(|window| window == value));
    }

    let built = parameters
        .iter()
        .fold(
            Builder::reply(&reply_header())
                .extension(NAI)
                .extension(Extension::MnHaKeyReply(key_reply)),
            |builder, parameter| builder.parameter(DEFAULT_VENDOR_ID, parameter),
        )
        .authenticate(AuthenticationKind::MobileHome, &context)
        .finish()
        .unwrap();
    assert_eq!(built, octets);
}

//= wire.3.1
//= wire.3.7
#[test]
fn registration_with_the_key_learned() {
    let octets = vector("rrq_rereg");
    let key = key();
    let context = SecurityContext { spi: 0x2001, algorithm: Algorithm::HmacMd5, key: key.octets() };
    let decoded = request(&octets);
    let authenticator =
        decoded.extensions.authenticator(AuthenticationKind::MobileHome).once().unwrap();
    assert!(authenticator.verify(&context));
    assert!(!authenticator.verify(&SecurityContext { spi: 0x1001, ..context }));
    assert_eq!(authenticator.covered(), &octets[..octets.len() - 16]);

    let built = Builder::request(&decoded.header)
        .extension(NAI)
        .authenticate(AuthenticationKind::MobileHome, &context)
        .finish()
        .unwrap();
    assert_eq!(built, octets);
}

//= wire.1.6
//= wire.1.8
#[test]
fn identification_mismatch() {
    let rereg = vector("rrq_rereg");
    let octets = vector("rrp_133");
    let key = key();
    let context = SecurityContext { spi: 0x1001, algorithm: Algorithm::HmacMd5, key: key.octets() };
    let asked = request(&rereg).header.identification;
    assert_eq!(asked, Identification::new(0xcea4_d300, 0x9abc_def0));

    let header = ReplyHeader {
        code: Code(code::IDENTIFICATION_MISMATCH),
        identification: asked.answered_with(0xcea4_e000),
        ..reply_header()
    };
    assert_eq!(reply(&octets).header, header);
    assert!(!header.code.is_accepted());
    assert!(!header.code.is_from_foreign_agent());
    let built = Builder::reply(&header)
        .extension(NAI)
        .authenticate(AuthenticationKind::MobileHome, &context)
        .finish()
        .unwrap();
    assert_eq!(built, octets);
}

//= wire.2.15
//= wire.2.17
//= wire.2.19
//= wire.2.20
//= wire.2.21
//= wire.2.23
#[test]
fn single_extensions() {
    let home_agent: Ipv6Addr = "2001:db8:1::".parse().unwrap();
    let value = &vector("ext_nvse")[10..];
    let vendor = Vendor::new(DEFAULT_VENDOR_ID, 5, value);
    let cases = [
        ("ext_cvse", Extension::Cvse(vendor)),
        ("ext_nvse", Extension::Nvse(vendor)),
        ("ext139_requested_ha", Extension::DynamicHa { sub_type: 1, home_agent: FHA }),
        ("ext152_prefix_req", Extension::PrefixRequest { prefix_length: 64, prefix: home_agent }),
        (
            "ext152_prefix_rep",
            Extension::PrefixReply { code: 0, prefix_length: 64, reserved: 0, prefix: home_agent },
        ),
        ("ext152_tunmode", Extension::TunnelingMode { reserved: 0 }),
        ("ext144", Extension::UdpTunnelRequest(UdpTunnelRequest::new(true, false))),
        ("ext44", Extension::UdpTunnelReply(UdpTunnelReply::new(0, true, 110))),
        ("ext45", Extension::FaError { status: code::FA_HA_AUTHENTICATION }),
    ];
    for (name, expected) in cases {
        let octets = with_extensions(&vector(name));
        assert_eq!(extension(&octets), expected, "{name}");
        let built = Builder::request(&request_header()).extension(expected).finish().unwrap();
        assert_eq!(built, octets, "{name}");
    }
}

//= wire.1.1
#[test]
fn other_messages_are_kept() {
    for name in ["acc_req_255", "acc_rep_255_noauth"] {
        let octets = vector(name);
        assert_eq!(Message::decode(&octets), Ok(Message::Unknown { kind: 255, octets: &octets }));
    }
}
