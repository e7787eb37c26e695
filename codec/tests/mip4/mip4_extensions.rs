//! Extensions, rule by rule.

use dsboot_codec::dsb::{Parameter, Prefixed, Wanted};
use dsboot_codec::mip4::{
    Authentication, AuthenticationKind, Builder, Extension, Message, MnFaKeyReply, MnHaKeyReply,
    UdpTunnelRequest, Vendor,
};
use dsboot_codec::{ErrorKind, Found};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_spec::registry::mip4::{MAX_NVSE_VALUE_LENGTH, extension as kind, message_string};

use super::{
    CONTEXT, THOAV4, extension, refusal, reply, reply_header, request, request_header,
    with_extensions,
};

fn encode(extension: Extension<'_>) -> Result<Vec<u8>, (ErrorKind, &'static str)> {
    match Builder::request(&request_header()).extension(extension).finish() {
        Ok(octets) => Ok(octets[24..].to_vec()),
        Err(error) => Err((error.kind, error.sentence)),
    }
}

//= wire.2.1
//= wire.2.2
#[test]
fn the_three_forms() {
    assert_eq!(encode(Extension::Challenge(&[1, 2])), Ok(vec![132, 2, 1, 2]));
    let text = Extension::MessageString { sub_type: message_string::HOME_AGENT, text: "no" };
    assert_eq!(encode(text), Ok(vec![145, 3, 1, b'n', b'o']));
    let key = Extension::MnFaKeyRequest { mn_spi: 0x0102_0304 };
    assert_eq!(encode(key), Ok(vec![40, 1, 0, 4, 1, 2, 3, 4]));
}

//= wire.2.3
#[test]
fn padding_is_read_and_not_written() {
    let octets = with_extensions(&[0, 132, 1, 9, 0, 0]);
    let all: Vec<_> = request(&octets).extensions.iter().map(|e| (e.offset, e.value)).collect();
    assert_eq!(
        all,
        [
            (24, Extension::Pad),
            (25, Extension::Challenge(&[9])),
            (28, Extension::Pad),
            (29, Extension::Pad),
        ]
    );
    assert_eq!(encode(Extension::Pad), Err((ErrorKind::BadType, "wire.2.3")));
}

//= wire.2.4
#[test]
fn unknown_up_to_127_refuses_the_message() {
    let known = [0, 32, 33, 34, 36, 38, 40, 41, 42, 43, 44, 45];
    for kind in (0..=127).filter(|kind| !known.contains(kind)) {
        let refused = refusal(&[132, 1, 9, kind, 0, 0, 0]);
        assert_eq!(refused, (ErrorKind::NotSkippable, 3, "wire.2.4"), "type {kind}");
    }
    // Types that are known, with sub-types that are not.
    for octets in
        [[36, 2, 0, 0], [40, 2, 0, 0], [41, 0, 0, 0], [43, 9, 0, 0], [44, 2, 1, 0], [45, 2, 1, 0]]
    {
        assert_eq!(refusal(&octets), (ErrorKind::NotSkippable, 0, "wire.2.4"), "{octets:?}");
    }
}

//= wire.2.5
#[test]
fn unknown_from_128_on_is_skipped() {
    let octets = with_extensions(&[128, 3, 1, 2, 3, 255, 0, 133, 1, 7]);
    let all: Vec<_> = request(&octets).extensions.iter().map(|e| e.value).collect();
    assert_eq!(
        all,
        [
            Extension::Unknown { kind: 128, data: &[1, 2, 3] },
            Extension::Unknown { kind: 255, data: &[] },
            Extension::Unknown { kind: 133, data: &[7] },
        ]
    );
    assert!(all.iter().all(Extension::is_unknown));
}

//= wire.2.6
//= wire.2.11
//= wire.2.12
//= wire.2.13
//= wire.2.14
//= wire.2.15
#[test]
fn lengths_that_refuse_the_message() {
    let long =
        |kind: u8, length: u8| [[kind, 1, 0, length].as_slice(), &vec![0; length.into()]].concat();
    let simple =
        |kind: u8, length: u8| [[kind, length].as_slice(), &vec![0; length.into()]].concat();
    let shortest =
        [(36, 20), (38, 6), (41, 30), (43, 32)].map(|(k, l)| (long(k, l), long(k, l - 1)));
    let exact = [(40, 4), (42, 4)]
        .map(|(k, l)| [(long(k, l), long(k, l - 1)), (long(k, l), long(k, l + 1))])
        .concat();
    let authentications = [32, 33, 34].map(|k| (simple(k, 4), simple(k, 3)));
    let tunnel = [(44, 6), (45, 2)]
        .map(|(k, l)| [(simple(k, l), simple(k, l - 1)), (simple(k, l), simple(k, l + 1))])
        .concat();
    for (right, wrong) in shortest.into_iter().chain(exact).chain(authentications).chain(tunnel) {
        assert!(Message::decode(&with_extensions(&right)).is_ok(), "{right:02x?}");
        assert_eq!(refusal(&wrong), (ErrorKind::BadLength, 0, "wire.2.6"), "{wrong:02x?}");
    }
}

//= wire.2.7
//= wire.2.9
//= wire.2.10
//= wire.2.17
//= wire.2.19
//= wire.2.20
//= wire.2.22
//= wire.2.23
#[test]
fn skippable_values_that_are_not_understood() {
    let cases: [&[u8]; 15] = [
        &[130, 1, 0],
        &[131, 0],
        &[132, 0],
        &[134, 7, 0, 0, 0, 0, 0, 0, 0],
        &[139, 1, 0],
        &[139, 3, 0, 4, 1],
        &[144, 5, 0, 0, 0, 0, 0],
        &[144, 6, 1, 0, 0, 0, 0, 0],
        &[144, 6, 0, 0, 0, 0, 0, 1],
        &[145, 1, 1],
        &[145, 2, 1, 0xff],
        &[152, 0],
        &[152, 2, 4, 0],
        &[152, 3, 3, 0, 0],
        &[152, 17, 1, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ];
    for octets in cases {
        let message = with_extensions(octets);
        let expected = Extension::Unknown { kind: octets[0], data: &octets[2..] };
        assert_eq!(extension(&message), expected);
        assert_eq!(encode(expected), Ok(octets.to_vec()));
    }
    for length in [254, 255] {
        let message =
            with_extensions(&[[131, length].as_slice(), &[b'a'; 255][..length.into()]].concat());
        assert!(extension(&message).is_unknown());
    }
    let longest = with_extensions(&[[131, 253].as_slice(), &[b'a'; 253]].concat());
    assert_eq!(request(&longest).extensions.nai(), Found::Once([b'a'; 253].as_slice()));
}

//= wire.2.8
#[test]
fn tools_keep_what_receivers_refuse() {
    let cases: [(&[u8], Extension<'_>); 6] = [
        (&[35, 2, 1, 2], Extension::Unknown { kind: 35, data: &[1, 2] }),
        (&[32, 1, 9], Extension::Unknown { kind: 32, data: &[9] }),
        (&[45, 2, 1, 64], Extension::Unknown { kind: 45, data: &[1, 64] }),
        (&[36, 2, 0, 1, 9], Extension::UnknownLong { kind: 36, sub_type: 2, data: &[9] }),
        (&[43, 1, 0, 1, 9], Extension::UnknownLong { kind: 43, sub_type: 1, data: &[9] }),
        (&[127, 5, 0, 2, 9, 9], Extension::ExperimentalNonSkippable { sub_type: 5, data: &[9, 9] }),
    ];
    for (octets, expected) in cases {
        let message = with_extensions(octets);
        assert!(Message::decode(&message).is_err());
        let Ok(Message::Request(kept)) = Message::decode_leniently(&message) else {
            panic!("not kept: {octets:?}")
        };
        assert_eq!(kept.extensions.iter().map(|e| e.value).collect::<Vec<_>>(), [expected]);
        assert_eq!(encode(expected), Ok(octets.to_vec()));
    }
    for kind in [36, 37, 38, 40, 41, 42, 43, 47, 48, 50, 127] {
        let message = with_extensions(&[kind, 1, 0, 1, 7]);
        let Ok(Message::Request(kept)) = Message::decode_leniently(&message) else {
            panic!("not in the long form: {kind}")
        };
        assert_eq!(kept.extensions.iter().count(), 1);
    }
    let cut = with_extensions(&[127, 5, 0, 2, 9]);
    assert_eq!(Message::decode_leniently(&cut).unwrap_err().sentence, "wire.1.9");
}

//= wire.2.14
#[test]
fn key_replies() {
    let nonce = [0xaa; 17];
    let fa = MnFaKeyReply { lifetime: 1, aaa_spi: 2, fa_spi: 3, algorithm: 4, nonce: &nonce };
    let octets = encode(Extension::MnFaKeyReply(fa)).unwrap();
    let head = [41, 1, 0, 31, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 4];
    assert_eq!(octets, [head.as_slice(), &nonce].concat());
    assert_eq!(request(&with_extensions(&octets)).extensions.mn_fa_key_reply(), Found::Once(fa));

    let short = MnHaKeyReply {
        lifetime: 1,
        aaa_spi: 2,
        ha_spi: 3,
        algorithm: 4,
        replay_method: 5,
        nonce: &nonce[..15],
    };
    assert_eq!(encode(Extension::MnHaKeyReply(short)), Err((ErrorKind::BadValue, "wire.2.26")));
    let long = MnHaKeyReply { nonce: &nonce, ..short };
    let octets = encode(Extension::MnHaKeyReply(long)).unwrap();
    let head = [43, 1, 0, 33, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 4, 0, 5];
    assert_eq!(octets, [head.as_slice(), &nonce].concat());
}

//= wire.2.15
//= wire.2.16
#[test]
fn critical_vendor_extensions_of_strangers_are_for_the_receiver_to_refuse() {
    let octets = [38, 9, 0, 7, 0, 0, 0, 1, 0xff, 0xfe, 5];
    let message = with_extensions(&octets);
    let vendor = Vendor { reserved: 9, ..Vendor::new(1, 0xfffe, &[5]) };
    assert_eq!(extension(&message), Extension::Cvse(vendor));
    assert_eq!(encode(Extension::Cvse(vendor)).unwrap(), octets);
    let too_much = Vendor { reserved: 0x0100, ..vendor };
    assert_eq!(encode(Extension::Cvse(too_much)).unwrap_err().0, ErrorKind::BadValue);
    assert_eq!(vendor.parameter(DEFAULT_VENDOR_ID), None);
    // Length counted from the octet after it, as RFC 3115 can also be read, does not fit.
    let other = [[38, 0, 0, 8].as_slice(), &octets[4..]].concat();
    assert_eq!(refusal(&other).0, ErrorKind::Truncated);
    assert_eq!(request(&message).extensions.of_kind(kind::CVSE).count(), 1);
}

//= wire.2.18
//= wire.11.3
#[test]
fn parameters_are_those_of_the_vendor_asked_for() {
    let octets = Builder::request(&request_header())
        .parameter(9, &Parameter::Thoav4(THOAV4))
        .parameter(32473, &Parameter::BootstrapRequest(Wanted(3)))
        .extension(Extension::Nvse(Vendor::new(9, 8, &[1])))
        .finish()
        .unwrap();
    let extensions = request(&octets).extensions;
    let of =
        |vendor| extensions.parameters(vendor).map(|p| (p.offset, p.value)).collect::<Vec<_>>();
    assert_eq!(of(9), [(24, Parameter::Thoav4(THOAV4))]);
    assert_eq!(of(32473), [(38, Parameter::BootstrapRequest(Wanted(3)))]);
    assert_eq!(of(1), []);
    assert_eq!(extensions.bootstrap(9).thoav4, Found::Once(THOAV4));
}

//= wire.2.19
#[test]
fn dynamic_ha_in_the_form_that_rfc_4433_draws() {
    let redirected = Extension::DynamicHa { sub_type: 2, home_agent: THOAV4 };
    assert_eq!(encode(redirected), Ok(vec![139, 2, 0, 4, 203, 0, 113, 9]));
    let other = Extension::DynamicHa { sub_type: 3, home_agent: THOAV4 };
    assert_eq!(encode(other), Err((ErrorKind::BadValue, "wire.2.26")));
    // The same type in the form of its number range.
    let message = with_extensions(&[139, 2, 0, 5, 132, 2, 9, 9]);
    let all: Vec<_> = request(&message).extensions.iter().map(|e| e.value).collect();
    assert_eq!(
        all,
        [Extension::Unknown { kind: 139, data: &[0, 5] }, Extension::Challenge(&[9, 9])]
    );
}

//= wire.2.20
#[test]
fn udp_tunnel_flags_and_reserved_fields() {
    let request = UdpTunnelRequest { encapsulation: 4, ..UdpTunnelRequest::new(false, true) };
    let octets = encode(Extension::UdpTunnelRequest(request)).unwrap();
    assert_eq!(octets, [144, 6, 0, 0, 0x40, 4, 0, 0]);
    // What is reserved does not count, and is kept.
    let octets = [144, 6, 0, 9, 0x7f, 4, 0, 0];
    let reserved = Extension::UdpTunnelRequest(UdpTunnelRequest { reserved: 0x093f, ..request });
    assert_eq!(extension(&with_extensions(&octets)), reserved);
    assert_eq!(encode(reserved).unwrap(), octets);

    let octets = [44, 6, 0, 64, 0x7f, 9, 0, 110];
    let message = with_extensions(&octets);
    let Extension::UdpTunnelReply(reply) = extension(&message) else { panic!("not understood") };
    assert!(!reply.force && !reply.is_accepted());
    assert_eq!((reply.keepalive, reply.reserved), (110, 0x7f09));
    assert_eq!(encode(Extension::UdpTunnelReply(reply)).unwrap(), octets);
}

//= wire.2.22
#[test]
fn delivery_style_and_text() {
    assert_eq!(encode(Extension::EncapsulatingDelivery), Ok(vec![130, 0]));
    let message = with_extensions(&[130, 0]);
    assert_eq!(extension(&message), Extension::EncapsulatingDelivery);
    let message = with_extensions(&[[145, 4, 2].as_slice(), "é!".as_bytes()].concat());
    assert_eq!(extension(&message), Extension::MessageString { sub_type: 2, text: "é!" });
}

//= wire.2.24
#[test]
fn what_stands_twice_is_not_found() {
    let octets = Builder::request(&request_header())
        .extension(Extension::Nai(b"a@b"))
        .extension(Extension::Nai(b"a@b"))
        .extension(Extension::MnHaKeyRequest { mn_spi: 1 })
        .extension(Extension::MnHaKeyRequest { mn_spi: 2 })
        .authenticate(AuthenticationKind::MobileHome, &CONTEXT)
        .authenticate(AuthenticationKind::MobileHome, &CONTEXT)
        .finish()
        .unwrap();
    let extensions = request(&octets).extensions;
    assert_eq!(extensions.nai(), Found::Many);
    assert_eq!(extensions.mn_ha_key_request(), Found::Many);
    assert_eq!(extensions.authenticator(AuthenticationKind::MobileHome), Found::Many);
    assert_eq!(extensions.fa_error(), Found::Absent);
    let firsts = extensions.of_kind(kind::MN_HA_KEY_REQUEST).map(|e| e.value).next();
    assert_eq!(firsts, Some(Extension::MnHaKeyRequest { mn_spi: 1 }));
    // Two challenges: no authenticator can be checked by either.
    let octets = with_extensions(&[132, 1, 7, 132, 1, 7]);
    assert_eq!(request(&octets).extensions.mn_aaa_challenge(), None);
}

//= wire.2.25
#[test]
fn order_of_extensions() {
    use AuthenticationKind::{ForeignHome, MnAaa, MobileForeign, MobileHome};
    let nonce = [0; 16];
    let mn_ha_reply = Extension::MnHaKeyReply(MnHaKeyReply {
        lifetime: 1,
        aaa_spi: 2,
        ha_spi: 3,
        algorithm: 1,
        replay_method: 2,
        nonce: &nonce,
    });
    let mn_fa_reply = Extension::MnFaKeyReply(MnFaKeyReply {
        lifetime: 1,
        aaa_spi: 2,
        fa_spi: 3,
        algorithm: 1,
        nonce: &nonce,
    });
    let misplaced = [
        (Extension::Nai(b"a@b"), MobileHome),
        (Extension::Nai(b"a@b"), MobileForeign),
        (Extension::Nai(b"a@b"), MnAaa),
        (Extension::MnFaKeyRequest { mn_spi: 300 }, MnAaa),
        (Extension::MnHaKeyRequest { mn_spi: 300 }, MnAaa),
        (Extension::Challenge(&[1]), MnAaa),
        (Extension::Challenge(&[1]), MobileForeign),
        (Extension::Challenge(&[1]), ForeignHome),
        (mn_ha_reply, MobileHome),
        (mn_fa_reply, MobileForeign),
        (Extension::TunnelingMode { reserved: 0 }, MobileHome),
        (Extension::EncapsulatingDelivery, MobileForeign),
    ];
    for (extension, authenticator) in misplaced {
        let early = Builder::request(&request_header())
            .extension(extension)
            .authenticate(authenticator, &CONTEXT)
            .finish()
            .unwrap();
        assert_eq!(request(&early).extensions.check_order(), Ok(()));
        let builder = Builder::request(&request_header()).authenticate(authenticator, &CONTEXT);
        let offset = builder.clone().finish().unwrap().len();
        let late = builder.extension(extension).finish().unwrap();
        let error = request(&late).extensions.check_order().unwrap_err();
        assert_eq!(
            (error.kind, error.offset, error.sentence),
            (ErrorKind::Misplaced, offset, "wire.2.25"),
        );
    }
    for (first, second) in [
        (MnAaa, MobileHome),
        (MobileForeign, MobileHome),
        (MobileForeign, MnAaa),
        (ForeignHome, MobileHome),
    ] {
        let build = |first, second| {
            Builder::request(&request_header())
                .authenticate(first, &CONTEXT)
                .authenticate(second, &CONTEXT)
                .finish()
                .unwrap()
        };
        assert!(request(&build(first, second)).extensions.check_order().is_err());
        assert!(request(&build(second, first)).extensions.check_order().is_ok());
    }
}

//= wire.2.26
#[test]
fn nothing_is_cut_to_fit() {
    let long = vec![b'x'; 0x1_0000];
    let too_long = Err((ErrorKind::TooLong, "wire.2.26"));
    let not_allowed = Err((ErrorKind::BadValue, "wire.2.26"));
    assert_eq!(encode(Extension::Nai(&long[..256])), too_long);
    assert_eq!(encode(Extension::Nai(&long[..254])), not_allowed);
    assert_eq!(encode(Extension::Nai(b"")), not_allowed);
    assert_eq!(encode(Extension::Challenge(b"")), not_allowed);
    assert_eq!(encode(Extension::Unknown { kind: 200, data: &long[..256] }), too_long);
    assert_eq!(encode(Extension::Unknown { kind: 36, data: &[1] }), not_allowed);
    assert_eq!(encode(Extension::UnknownLong { kind: 32, sub_type: 1, data: &[] }), not_allowed);
    assert_eq!(encode(Extension::UnknownLong { kind: 127, sub_type: 1, data: &long }), too_long);
    let vendor = |length| Vendor::new(1, 1, &long[..length]);
    assert!(encode(Extension::Nvse(vendor(MAX_NVSE_VALUE_LENGTH))).is_ok());
    assert_eq!(encode(Extension::Nvse(vendor(MAX_NVSE_VALUE_LENGTH + 1))), too_long);
    assert!(encode(Extension::Cvse(vendor(0xffff - 6))).is_ok());
    assert_eq!(encode(Extension::Cvse(vendor(0xffff - 5))), too_long);
    let authentication = Authentication { spi: 300, authenticator: &[0; 15] };
    assert_eq!(encode(Extension::MnAaaAuthentication(authentication)), not_allowed);
    // The first error stands, and later steps do not undo it.
    let built = Builder::request(&request_header())
        .extension(Extension::Nai(b""))
        .extension(Extension::Pad)
        .authenticate(AuthenticationKind::MobileHome, &CONTEXT)
        .finish();
    assert_eq!(built.unwrap_err().kind, ErrorKind::BadValue);
}

//= wire.2.35
#[test]
fn parameters_after_the_authenticator_do_not_count() {
    let home = Prefixed::<std::net::Ipv6Addr>::new("2001:db8::1".parse().unwrap(), 64).unwrap();
    let octets = Builder::reply(&reply_header())
        .parameter(DEFAULT_VENDOR_ID, &Parameter::Ipv6Hoa(home))
        .authenticate(AuthenticationKind::MobileHome, &CONTEXT)
        .parameter(DEFAULT_VENDOR_ID, &Parameter::Thoav4(THOAV4))
        .finish()
        .unwrap();
    let extensions = reply(&octets).extensions;
    let authenticator = extensions.authenticator(AuthenticationKind::MobileHome).once().unwrap();
    let learned = extensions.before(&authenticator).bootstrap(DEFAULT_VENDOR_ID);
    assert_eq!(learned.ipv6_hoa, Found::Once(home));
    assert!(learned.thoav4.is_absent());
    let after = extensions.after(&authenticator).bootstrap(DEFAULT_VENDOR_ID);
    assert_eq!(after.thoav4, Found::Once(THOAV4));
    assert!(after.ipv6_hoa.is_absent());
}

//= wire.2.48
#[test]
fn what_is_wrong_with_skipped_extensions_is_told() {
    /// What is wrong, at which octet of the extension, and by which sentence.
    type Fault = (ErrorKind, usize, &'static str);
    let cases: [(&[u8], Option<Fault>); 17] = [
        (&[148, 6, 0, 33, 1, 2, 3, 4], Some((ErrorKind::BadValue, 3, "wire.2.41"))),
        (&[148, 8, 1, 0, 33, 0, 1, 2, 3, 4], Some((ErrorKind::BadValue, 4, "wire.2.41"))),
        (&[148, 5, 0, 32, 1, 2, 3], Some((ErrorKind::BadLength, 1, "wire.2.41"))),
        (&[148, 0], Some((ErrorKind::BadLength, 1, "wire.2.41"))),
        (&[148, 6, 0, 32, 1, 2, 3, 4], None),
        (&[148, 2, 9, 9], None),
        (&[144, 6, 0, 0, 0, 0, 0, 1], Some((ErrorKind::BadValue, 6, "wire.2.20"))),
        (&[145, 4, 1, b'a', 0xff, b'b'], Some((ErrorKind::BadValue, 4, "wire.2.22"))),
        (&[145, 1, 1], Some((ErrorKind::BadLength, 1, "wire.2.22"))),
        (&[151, 1, 0x80], Some((ErrorKind::BadValue, 2, "wire.2.42"))),
        (&[153, 2, 1, 0x20], Some((ErrorKind::BadValue, 3, "wire.2.44"))),
        (&[131, 0], Some((ErrorKind::BadLength, 1, "wire.2.9"))),
        (&[152, 3, 3, 0, 0], Some((ErrorKind::BadLength, 1, "wire.2.23"))),
        (&[152, 3, 4, 0, 0], None),
        (&[32, 2, 0, 0], Some((ErrorKind::BadLength, 1, "wire.2.11"))),
        (&[40, 1, 0, 1, 0], Some((ErrorKind::BadLength, 2, "wire.2.6"))),
        (&[200, 1, 0], None),
    ];
    for (octets, expected) in cases {
        let message = with_extensions(octets);
        let Ok(Message::Request(request)) = Message::decode_leniently(&message) else {
            panic!("not a request")
        };
        let found: Vec<_> = request
            .extensions
            .faults()
            .map(|error| (error.kind, error.offset - 24, error.sentence))
            .collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{octets:?}");
        // What is wrong is unknown, and the other way round what is understood is not wrong.
        let unknown = request.extensions.iter().any(|extension| extension.value.is_unknown());
        assert!(expected.is_none() || unknown, "{octets:?}");
    }
}
