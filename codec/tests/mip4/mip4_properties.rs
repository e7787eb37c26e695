//! Whatever octets and whatever values there are.

use core::net::Ipv4Addr;

use dsboot_codec::dsb::{Fqdn, Parameter, Prefixed, Wanted};
use dsboot_codec::mip4::discovery::{
    Advertisement, AdvertisementBuilder, AdvertisementFlags, Discovery, Router,
};
use dsboot_codec::mip4::{
    Algorithm, Authentication, AuthenticationKind, Builder, Code, Extension, Extensions,
    Identification, Message, MnFaKeyReply, MnHaKeyReply, ReplyHeader, RequestFlags, RequestHeader,
    SecurityContext, UdpTunnelReply, UdpTunnelRequest, Vendor,
};
use dsboot_codec::{Positioned, ip};
use dsboot_spec::registry::mip4::extension;
use proptest::collection::vec;
use proptest::prelude::*;
use quickcheck::QuickCheck;

use super::mip4_vectors::{extensions, messages};
use super::{vector, with_extensions};

/// Tries a property on random octets.
fn quickcheck_octets(property: fn(Vec<u8>) -> bool) {
    QuickCheck::new().tests(2000).quickcheck(property);
}

/// Looks at everything a decoded message has, and says whether its octets are all accounted for.
fn is_sound(octets: &[u8]) -> bool {
    match Message::decode_leniently(octets) {
        Ok(Message::Request(request)) => {
            copies(Builder::request(&request.header), &request.extensions, octets)
        }
        Ok(Message::Reply(reply)) => {
            copies(Builder::reply(&reply.header), &reply.extensions, octets)
        }
        Ok(Message::Unknown { kind, octets: kept }) => octets[0] == kind && octets == kept,
        Ok(message) => {
            let again = message.fixed_part().zip(message.extensions());
            message.encode() == octets
                && again.is_none_or(|(fixed, extensions)| {
                    copies(Builder::message(&fixed), &extensions, octets)
                })
        }
        Err(error) => error.offset <= octets.len(),
    }
}

/// Whether the fixed part and the extensions one after the other are the message again.
fn copies(fixed: Builder, extensions: &Extensions<'_>, octets: &[u8]) -> bool {
    let mut offset = fixed.clone().finish().unwrap().len();
    for Positioned { offset: found, raw, .. } in extensions.iter() {
        if found != offset || octets[offset..offset + raw.len()] != *raw {
            return false;
        }
        offset += raw.len();
    }
    for authenticator in extensions.authenticators() {
        let (before, after) = (extensions.before(&authenticator), extensions.after(&authenticator));
        let parts = before.iter().count() + 1 + after.iter().count();
        if parts != extensions.iter().count()
            || extensions.octets_through(&authenticator).len() != authenticator.end()
        {
            return false;
        }
    }
    if extensions.check_order().is_err_and(|error| error.offset >= offset) {
        return false;
    }
    let copied =
        extensions.iter().fold(fixed, |builder, extension| builder.copy(&extension)).finish();
    offset == octets.len() && copied.as_deref() == Ok(octets)
}

/// Whether what an advertisement says is built again the same, as far as we build.
fn advertisement_is_sound(advertisement: &Advertisement<'_>) -> bool {
    let places = advertisement.extensions().all(|extension| !extension.raw.is_empty());
    places && advertisement.routers().count() <= 255
}

fn mutations(octets: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..octets.len()).flat_map(move |at| {
        [0x00, 0x01, 0x04, 0x7f, 0x80, 0xff].map(|value| {
            let mut mutated = octets.to_vec();
            mutated[at] = value;
            mutated
        })
    })
}

//= wire.1.11
#[test]
fn vectors_cut_and_changed() {
    let single = extensions().into_iter().map(|extension| with_extensions(&extension));
    for octets in messages().into_iter().chain(single) {
        for length in 0..=octets.len() {
            let cut = &octets[..length];
            assert!(is_sound(cut), "{cut:02x?}");
        }
        for mutated in mutations(&octets) {
            assert!(is_sound(&mutated), "{mutated:02x?}");
        }
    }
}

#[test]
fn advertisement_cut_and_changed() {
    let octets = vector("agent_adv");
    let (code, body) = (octets[1], &octets[4..]);
    let refused_or_sound = |body: &[u8]| {
        let icmp = ip::icmp::Message { kind: 9, code, body };
        match Discovery::from_icmp(&icmp) {
            Ok(Discovery::Advertisement(advertisement)) => advertisement_is_sound(&advertisement),
            Ok(Discovery::Solicitation) => false,
            Err(error) => error.offset <= body.len() + 4,
        }
    };
    for length in 0..=body.len() {
        assert!(refused_or_sound(&body[..length]));
    }
    assert!(mutations(body).all(|body| refused_or_sound(&body)));
    // The last octet is padding, which no checksum misses.
    for length in 0..octets.len() - 1 {
        assert!(Discovery::decode(&octets[..length]).is_err());
    }
}

//= wire.1.11
#[test]
fn octets_of_any_kind() {
    quickcheck_octets(|octets| is_sound(&octets));
    quickcheck_octets(|octets| is_sound(&[&[1; 24], octets.as_slice()].concat()));
    quickcheck_octets(|octets| is_sound(&[&[3; 20], octets.as_slice()].concat()));
    quickcheck_octets(|octets| {
        let icmp = ip::icmp::Message { kind: 9, code: 0, body: &octets };
        match Discovery::from_icmp(&icmp) {
            Ok(Discovery::Advertisement(advertisement)) => advertisement_is_sound(&advertisement),
            other => other.is_err(),
        }
    });
}

/// An extension that owns its octets.
#[derive(Clone, Debug)]
enum Owned {
    Authentication(AuthenticationKind, u32, Vec<u8>),
    Vendor(bool, u32, u16, Vec<u8>),
    Requests(u32),
    MnFaKeyReply(u32, u32, u32, u16, Vec<u8>),
    MnHaKeyReply(u32, u32, u32, u16, u16, Vec<u8>),
    Tunnel(bool, bool, u8, u16),
    Status(u8),
    Nai(Vec<u8>),
    Challenge(Vec<u8>),
    DynamicHa(bool, Ipv4Addr),
    Text(u8, String),
    Prefix(u8, u8, u128),
    Unknown(u8, Vec<u8>),
}

impl Owned {
    /// The extensions of this sort with these octets.
    fn extensions(&self) -> Vec<Extension<'_>> {
        match self {
            Owned::Authentication(kind, spi, authenticator) => {
                let authentication = Authentication { spi: *spi, authenticator };
                vec![match kind {
                    AuthenticationKind::MobileHome => {
                        Extension::MobileHomeAuthentication(authentication)
                    }
                    AuthenticationKind::MobileForeign => {
                        Extension::MobileForeignAuthentication(authentication)
                    }
                    AuthenticationKind::ForeignHome => {
                        Extension::ForeignHomeAuthentication(authentication)
                    }
                    AuthenticationKind::MnAaa => Extension::MnAaaAuthentication(authentication),
                    AuthenticationKind::FaFa => Extension::FaFaAuthentication(authentication),
                    AuthenticationKind::MnGfa => Extension::MnGfaAuthentication(authentication),
                    _ => Extension::MnParAuthentication(authentication),
                }]
            }
            Owned::Vendor(critical, vendor, kind, value) => {
                let vendor = Vendor::new(*vendor, *kind, value);
                vec![if *critical { Extension::Cvse(vendor) } else { Extension::Nvse(vendor) }]
            }
            Owned::Requests(mn_spi) => vec![
                Extension::MnFaKeyRequest { mn_spi: *mn_spi },
                Extension::MnHaKeyRequest { mn_spi: *mn_spi },
                Extension::EncapsulatingDelivery,
                Extension::TunnelingMode { reserved: 0 },
            ],
            Owned::MnFaKeyReply(lifetime, aaa_spi, fa_spi, algorithm, nonce) => {
                vec![Extension::MnFaKeyReply(MnFaKeyReply {
                    lifetime: *lifetime,
                    aaa_spi: *aaa_spi,
                    fa_spi: *fa_spi,
                    algorithm: *algorithm,
                    nonce,
                })]
            }
            Owned::MnHaKeyReply(lifetime, aaa_spi, ha_spi, algorithm, replay_method, nonce) => {
                vec![Extension::MnHaKeyReply(MnHaKeyReply {
                    lifetime: *lifetime,
                    aaa_spi: *aaa_spi,
                    ha_spi: *ha_spi,
                    algorithm: *algorithm,
                    replay_method: *replay_method,
                    nonce,
                })]
            }
            Owned::Tunnel(force, required, octet, keepalive) => vec![
                Extension::UdpTunnelRequest(UdpTunnelRequest {
                    encapsulation: *octet,
                    ..UdpTunnelRequest::new(*force, *required)
                }),
                Extension::UdpTunnelReply(UdpTunnelReply::new(*octet, *force, *keepalive)),
            ],
            Owned::Status(status) => vec![Extension::FaError { status: *status }],
            Owned::Nai(nai) => vec![Extension::Nai(nai)],
            Owned::Challenge(challenge) => vec![Extension::Challenge(challenge)],
            Owned::DynamicHa(redirected, home_agent) => vec![Extension::DynamicHa {
                sub_type: 1 + u8::from(*redirected),
                home_agent: *home_agent,
            }],
            Owned::Text(sub_type, text) => {
                vec![Extension::MessageString { sub_type: *sub_type, text }]
            }
            Owned::Prefix(code, prefix_length, prefix) => vec![
                Extension::PrefixRequest {
                    prefix_length: *prefix_length,
                    prefix: (*prefix).into(),
                },
                Extension::PrefixReply {
                    code: *code,
                    prefix_length: *prefix_length,
                    reserved: 0,
                    prefix: (*prefix).into(),
                },
            ],
            Owned::Unknown(kind, data) => vec![Extension::Unknown { kind: *kind, data }],
        }
    }
}

fn any_kind() -> impl Strategy<Value = AuthenticationKind> {
    prop_oneof![
        Just(AuthenticationKind::MobileHome),
        Just(AuthenticationKind::MobileForeign),
        Just(AuthenticationKind::ForeignHome),
        Just(AuthenticationKind::MnAaa),
    ]
}

fn any_extension() -> impl Strategy<Value = Owned> {
    let nonce = || vec(any::<u8>(), 16..40);
    prop_oneof![
        (any_kind(), any::<u32>(), vec(any::<u8>(), 16..30))
            .prop_map(|(kind, spi, octets)| Owned::Authentication(kind, spi, octets)),
        (any::<bool>(), any::<u32>(), any::<u16>(), vec(any::<u8>(), 0..248)).prop_map(
            |(critical, vendor, kind, value)| Owned::Vendor(critical, vendor, kind, value)
        ),
        any::<u32>().prop_map(Owned::Requests),
        (any::<u32>(), any::<u32>(), any::<u32>(), any::<u16>(), nonce())
            .prop_map(|(a, b, c, d, nonce)| Owned::MnFaKeyReply(a, b, c, d, nonce)),
        (any::<u32>(), any::<u32>(), any::<u32>(), any::<u16>(), any::<u16>(), nonce())
            .prop_map(|(a, b, c, d, e, nonce)| Owned::MnHaKeyReply(a, b, c, d, e, nonce)),
        any::<(bool, bool, u8, u16)>().prop_map(|(f, r, o, k)| Owned::Tunnel(f, r, o, k)),
        any::<u8>().prop_map(Owned::Status),
        vec(any::<u8>(), 1..254).prop_map(Owned::Nai),
        vec(any::<u8>(), 1..256).prop_map(Owned::Challenge),
        any::<(bool, Ipv4Addr)>().prop_map(|(r, address)| Owned::DynamicHa(r, address)),
        (any::<u8>(), "\\PC{1,60}").prop_map(|(sub_type, text)| Owned::Text(sub_type, text)),
        any::<(u8, u8, u128)>()
            .prop_map(|(code, length, prefix)| Owned::Prefix(code, length, prefix)),
        (155..=254_u8, vec(any::<u8>(), 0..256))
            .prop_map(|(kind, data)| Owned::Unknown(kind, data)),
    ]
}

fn any_request() -> impl Strategy<Value = RequestHeader> {
    any::<(u8, u16, Ipv4Addr, Ipv4Addr, Ipv4Addr, u64)>().prop_map(
        |(flags, lifetime, home_address, home_agent, care_of_address, identification)| {
            RequestHeader {
                flags: RequestFlags(flags),
                lifetime,
                home_address,
                home_agent,
                care_of_address,
                identification: Identification(identification),
            }
        },
    )
}

fn any_reply() -> impl Strategy<Value = ReplyHeader> {
    any::<(u8, u16, Ipv4Addr, Ipv4Addr, u64)>().prop_map(
        |(code, lifetime, home_address, home_agent, identification)| ReplyHeader {
            code: Code(code),
            lifetime,
            home_address,
            home_agent,
            identification: Identification(identification),
        },
    )
}

proptest! {
    //= wire.1.11
    #[test]
    fn requests_survive_their_octets(
        header in any_request(),
        owned in vec(any_extension(), 0..8),
    ) {
        let extensions: Vec<_> = owned.iter().flat_map(Owned::extensions).collect();
        let octets = Builder::request(&header).extensions(extensions.clone()).finish().unwrap();
        let Ok(Message::Request(request)) = Message::decode(&octets) else {
            return Err(TestCaseError::fail("not a request"));
        };
        prop_assert_eq!(request.header, header);
        let found: Vec<_> = request.extensions.iter().map(|extension| extension.value).collect();
        prop_assert_eq!(found, extensions);
        prop_assert!(is_sound(&octets));
    }

    //= wire.1.11
    #[test]
    fn replies_survive_their_octets(
        header in any_reply(),
        owned in vec(any_extension(), 0..8),
    ) {
        let extensions: Vec<_> = owned.iter().flat_map(Owned::extensions).collect();
        let octets = Builder::reply(&header).extensions(extensions.clone()).finish().unwrap();
        let Ok(Message::Reply(reply)) = Message::decode(&octets) else {
            return Err(TestCaseError::fail("not a reply"));
        };
        prop_assert_eq!(reply.header, header);
        let found: Vec<_> = reply.extensions.iter().map(|extension| extension.value).collect();
        prop_assert_eq!(found, extensions);
    }

    /// What is understood of any octets is written as the same octets.
    #[test]
    fn extensions_read_are_written_the_same(
        kind in prop::sample::select(extension::TABLE).prop_map(|(kind, _)| kind),
        sub_type in 0..4_u8,
        data in vec(prop_oneof![Just(0), Just(1), any::<u8>()], 0..40),
    ) {
        let length = u8::try_from(data.len()).unwrap();
        let simple = [[kind, length + 1, sub_type].as_slice(), &data].concat();
        let long = [[kind, sub_type, 0, length].as_slice(), &data].concat();
        let octets =
            if matches!(kind, 36..=43 | 47 | 48 | 50 | 127 | 154) { long } else { simple };
        let message = with_extensions(&octets);
        if let Ok(Message::Request(request)) = Message::decode_leniently(&message) {
            for extension in request.extensions.iter().filter(|e| e.value != Extension::Pad) {
                let written =
                    Builder::request(&request.header).extension(extension.value).finish().unwrap();
                prop_assert_eq!(written.len(), 24 + extension.raw.len());
                let again = Message::decode_leniently(&written).unwrap();
                let Message::Request(again) = again else {
                    return Err(TestCaseError::fail("not a request"));
                };
                let again: Vec<_> = again.extensions.iter().collect();
                prop_assert_eq!(again.iter().map(|e| e.value).collect::<Vec<_>>(), [extension.value]);
                prop_assert_eq!(again[0].raw, extension.raw);
            }
        }
    }

    //= wire.3.1
    #[test]
    fn authenticators_hold_until_a_bit_changes(
        header in any_request(),
        kind in any_kind(),
        owned in vec(any_extension(), 0..4),
        spi in 256..=u32::MAX,
        key in vec(any::<u8>(), 0..100),
        sha in any::<bool>(),
        bit in any::<prop::sample::Index>(),
    ) {
        let algorithm = if sha { Algorithm::HmacSha1 } else { Algorithm::HmacMd5 };
        let context = SecurityContext { spi, algorithm, key: &key };
        let mut octets = Builder::request(&header)
            .extensions(owned.iter().flat_map(Owned::extensions))
            .authenticate(kind, &context)
            .finish()
            .unwrap();
        let verifies = |octets: &[u8]| match Message::decode(octets) {
            Ok(Message::Request(request)) => {
                request.extensions.authenticators().last().is_some_and(|a| a.verify(&context))
            }
            _ => false,
        };
        prop_assert!(verifies(&octets));
        let bit = bit.index(octets.len() * 8);
        octets[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!verifies(&octets));
    }

    //= wire.2.27
    #[test]
    fn parameters_travel_in_extensions(
        vendor in any::<u32>(),
        v4 in any::<Ipv4Addr>(),
        v6 in any::<u128>(),
        length in 0..=128_u8,
        name in "[a-z]{1,10}\\.[a-z]{1,10}",
        wanted in any::<u8>(),
    ) {
        let on6 = Prefixed::<std::net::Ipv6Addr>::new(v6.into(), length).unwrap();
        let on4 = Prefixed::<Ipv4Addr>::new(v4, length / 4).unwrap();
        let parameters = [
            Parameter::FhaAddress(v4),
            Parameter::FhaFqdn(Fqdn::new(&name).unwrap()),
            Parameter::ColocatedAddress(on4),
            Parameter::Thoav4(v4),
            Parameter::Ipv6Hoa(on6),
            Parameter::HomeAgent(v6.into()),
            Parameter::Ipv6Coa(on6),
            Parameter::BootstrapRequest(Wanted(wanted)),
        ];
        let octets = parameters
            .iter()
            .fold(Builder::relay(&with_extensions(&[])), |builder, parameter| {
                builder.parameter(vendor, parameter)
            })
            .finish()
            .unwrap();
        let Ok(Message::Request(request)) = Message::decode(&octets) else {
            return Err(TestCaseError::fail("not a request"));
        };
        let found: Vec<_> = request.extensions.parameters(vendor).map(|p| p.value).collect();
        prop_assert_eq!(found, parameters);
        prop_assert_eq!(request.extensions.parameters(vendor ^ 1).count(), 0);
    }

    //= wire.1.14
    //= wire.1.16
    #[test]
    fn advertisements_survive_their_octets(
        code in prop_oneof![Just(0_u8), Just(16)],
        lifetime in any::<u16>(),
        routers in vec(any::<(Ipv4Addr, i32)>(), 0..8),
        (sequence, registration, flags) in any::<(u16, u16, u16)>(),
        addresses in vec(any::<Ipv4Addr>(), 1..63),
        challenge in vec(any::<u8>(), 4..256),
    ) {
        let routers: Vec<_> = routers
            .into_iter()
            .map(|(address, preference)| Router { address, preference })
            .collect();
        let lengths = vec![24; routers.len()];
        let flags = AdvertisementFlags(flags | 0x1000);
        let octets = AdvertisementBuilder::new(code, lifetime, &routers)
            .mobility_agent(sequence, registration, flags, &addresses)
            .prefix_lengths(&lengths)
            .challenge(&challenge)
            .finish()
            .unwrap();
        let Ok(Discovery::Advertisement(found)) = Discovery::decode(&octets) else {
            return Err(TestCaseError::fail("not an advertisement"));
        };
        prop_assert_eq!((found.code, found.lifetime), (code, lifetime));
        prop_assert_eq!(found.routers().collect::<Vec<_>>(), routers);
        let agent = found.mobility_agent().once().unwrap();
        prop_assert_eq!((agent.sequence, agent.lifetime, agent.flags), (sequence, registration, flags));
        prop_assert_eq!(agent.care_of_addresses.iter().collect::<Vec<_>>(), addresses);
        prop_assert_eq!(found.challenge().once(), Some(challenge.as_slice()));
        prop_assert_eq!(found.prefix_lengths().once(), Some(lengths.as_slice()));
        prop_assert_eq!(octets.len() % 2, 0);
    }
}
