//! The rules of PANA messages, each broken on purpose.
#![cfg(test)]

use std::net::SocketAddr;

use dsboot_codec::dsb::{Parameter, Prefixed, Wanted};
use dsboot_codec::pana::{Avp, Flags, Header, Kind, Message, MessageBuilder, VendorAvp};
use dsboot_codec::{Error, ErrorKind, Found};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID as VENDOR;
use dsboot_spec::registry::pana::{avp, result};

/// A message of this kind with flags that it may have, and these AVPs.
fn message(kind: Kind, avps: &[Avp<'_>]) -> Vec<u8> {
    let flags = match kind {
        Kind::Pnr | Kind::Pna => Flags::PING,
        _ => Flags::NONE,
    };
    let number = if kind == Kind::Pci { 0 } else { 9 };
    let mut builder = MessageBuilder::new(kind, flags, number, number);
    for avp in avps {
        builder.avp(avp);
    }
    builder.encode().unwrap()
}

/// A PAR with these octets for AVPs.
fn raw(avps: &[u8]) -> Vec<u8> {
    MessageBuilder::new(Kind::Par, Flags::NONE, 9, 9).raw(avps).encode().unwrap()
}

/// What is wrong, where, and which sentence it breaks.
type Fault = (ErrorKind, usize, &'static str);

fn validate(octets: &[u8]) -> Result<Kind, Fault> {
    let checked = Message::decode(octets).and_then(|message| message.validate(VENDOR));
    checked.map_err(|error| (error.kind, error.offset, error.sentence))
}

/// A value of each IETF AVP that has a limit, in the order of its codes.
fn samples() -> [Avp<'static>; 13] {
    [
        Avp::Auth(&[0; 20]),
        Avp::EapPayload(&[3, 1, 0, 4]),
        Avp::IntegrityAlgorithm(7),
        Avp::KeyId(1),
        Avp::Nonce(&[0; 20]),
        Avp::PrfAlgorithm(2),
        Avp::ResultCode(result::AUTHENTICATION_REJECTED),
        Avp::SessionLifetime(1),
        Avp::TerminationCause(1),
        Avp::PacInformation(SocketAddr::from(([192, 0, 2, 1], 716))),
        Avp::RelayedMessage(&[0; 16]),
        Avp::EncryptionEncap(&[0; 16]),
        Avp::EncryptionAlgorithm(1),
    ]
}

//= wire.6.1
//= wire.6.2
#[test]
fn message_length_is_that_of_the_datagram() {
    let good = message(Kind::Pta, &[]);
    assert_eq!(validate(&good), Ok(Kind::Pta));
    assert_eq!(validate(&good[..15]), Err((ErrorKind::Truncated, 12, "wire.6.1")));
    let cases = [
        (0, ErrorKind::BadLength, 2),
        (15, ErrorKind::BadLength, 2),
        (17, ErrorKind::Truncated, 16),
        (u8::MAX, ErrorKind::Truncated, 16),
    ];
    for (length, kind, offset) in cases {
        let mut octets = good.clone();
        octets[3] = length;
        assert_eq!(validate(&octets), Err((kind, offset, "wire.6.2")), "{length}");
    }
    let longer = [&good[..], &[0; 4]].concat();
    assert_eq!(validate(&longer), Err((ErrorKind::Trailing, 16, "wire.6.2")));
    let large = vec![0; 60_000];
    let error = MessageBuilder::new(Kind::Par, Flags::NONE, 9, 9)
        .avp(&Avp::EapPayload(&large))
        .avp(&Avp::EapPayload(&large))
        .encode()
        .unwrap_err();
    assert_eq!(error, Error::new(ErrorKind::TooLong, 2, "wire.6.2"));
}

//= wire.6.3
#[test]
fn reserved_fields_are_ignored_and_kept() {
    let mut octets = message(Kind::Par, &[Avp::KeyId(1), Avp::EapPayload(&[3, 1, 0, 4])]);
    octets[0] = 0xaa; // Reserved
    octets[4] |= 0x03; // E and a reserved flag
    octets[5] = 0xff; // reserved flags
    octets[18] = 0x7f; // AVP flags but V
    octets[22] = 0x55; // Reserved of the AVP
    assert_eq!(validate(&octets), Ok(Kind::Par));
    let decoded = Message::decode(&octets).unwrap();
    assert_eq!(decoded.key_id(), Found::Once(1));
    assert_eq!(decoded.header().reserved, 0xaa00);
    assert_eq!(decoded.flags(), Flags(0x83ff));
    let mut again = MessageBuilder::with_header(*decoded.header());
    for unit in decoded.avps() {
        again.raw(unit.raw);
    }
    assert_eq!(again.encode().unwrap(), octets);
    // What we make from it has them zero.
    let answer = MessageBuilder::answering(&decoded).avp(&Avp::KeyId(1)).encode().unwrap();
    assert_eq!(hex::encode(&answer[..4]), "0000001c");
    assert_eq!(hex::encode(&answer[4..8]), "00000002");
    assert_eq!(hex::encode(&answer[16..]), "000400000004000000000001");
    assert_eq!(Header::new(Kind::Par, Flags::NONE, 1, 1).reserved, 0);
}

//= wire.6.4
#[test]
fn types_and_their_request_flag() {
    for message_type in [0, 1, 2, 3, 4, 5, 6, 716, 0xffff] {
        for request in [false, true] {
            let flags = if request { Flags::REQUEST } else { Flags::NONE };
            let header = Header { reserved: 0, flags, message_type, session_id: 0, sequence: 0 };
            let octets = MessageBuilder::with_header(header).encode().unwrap();
            let kind = Message::decode(&octets).unwrap().kind();
            let known = matches!((message_type, request), (1 | 5, false) | (2..=4, _));
            assert_eq!(kind.is_some(), known, "{message_type}, {request}");
            if !known {
                assert_eq!(validate(&octets), Err((ErrorKind::BadType, 4, "wire.6.4")));
            }
        }
    }
    for kind in Kind::ALL {
        let (message_type, request) = kind.number();
        let flags = Header::new(kind, Flags::NONE, 0, 0).flags;
        assert_eq!(flags.contains(Flags::REQUEST), request);
        assert_eq!(request, kind.name().ends_with("Request"), "{message_type}");
    }
}

//= wire.6.5
//= wire.6.6
//= wire.6.7
#[test]
fn avps_fill_the_message() {
    let cases: [(&[u8], Fault); 6] = [
        (&[0, 4, 0, 0], (ErrorKind::Truncated, 20, "wire.6.5")),
        (&[0, 4, 0, 0, 0, 4, 0, 0], (ErrorKind::Truncated, 24, "wire.6.5")),
        (&[0, 4, 0, 0, 0, 5, 0, 0, 0, 0, 0, 1], (ErrorKind::Truncated, 24, "wire.6.5")),
        (&[0, 1, 0x80, 0, 0, 0, 0, 0], (ErrorKind::Truncated, 24, "wire.6.5")),
        (&[0, 1, 0x80, 0, 0, 4, 0, 0, 0, 0, 0x7e, 0xd9], (ErrorKind::Truncated, 28, "wire.6.5")),
        (&[0, 2, 0, 0, 0, 5, 0, 0, 1, 1, 0, 5, 1], (ErrorKind::Truncated, 29, "wire.6.7")),
    ];
    for (avps, expected) in cases {
        assert_eq!(validate(&raw(avps)), Err(expected), "{avps:?}");
    }
    // What the padding holds makes no difference, and is kept.
    let padded =
        raw(&[0, 2, 0, 0, 0, 5, 0, 0, 1, 1, 0, 5, 1, 9, 9, 9, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 7]);
    let decoded = Message::decode(&padded).unwrap();
    assert_eq!(decoded.eap_payload(), Found::Once(&[1, 1, 0, 5, 1][..]));
    assert_eq!(decoded.key_id(), Found::Once(7));
    let units: Vec<_> = decoded.avps().collect();
    assert_eq!((units[0].offset, units[0].raw.len(), units[1].offset), (16, 16, 32));
    for length in 8..=13_u8 {
        let value = vec![0xee; usize::from(length)];
        let sent = message(Kind::Par, &[Avp::Nonce(&value), Avp::KeyId(7)]);
        assert_eq!(sent[21], length);
        let padding = &sent[24 + usize::from(length)..sent.len() - 12];
        assert!(padding.len() < 4 && padding.iter().all(|octet| *octet == 0));
        assert_eq!(sent.len() % 4, 0);
        assert_eq!(Message::decode(&sent).unwrap().key_id(), Found::Once(7));
    }
}

//= wire.6.8
#[test]
fn vendors_have_codes_of_their_own() {
    let fha = VendorAvp { vendor_id: VENDOR, code: avp::AUTH, data: &[192, 0, 2, 1] };
    let octets = message(Kind::Pci, &[Avp::Vendor(fha)]);
    let decoded = Message::decode(&octets).unwrap();
    assert_eq!(decoded.auth(), Found::Absent);
    assert_eq!(decoded.parameters(VENDOR + 1).fha_address, Found::Absent);
    assert!(decoded.parameters(VENDOR).fha_address.once().is_some());
    // AUTH itself may neither stand in a PCI nor before another AVP.
    assert_eq!(validate(&octets), Ok(Kind::Pci));
    assert_eq!(validate(&message(Kind::Pta, &[Avp::Vendor(fha), Avp::Vendor(fha)])), Ok(Kind::Pta));
}

//= wire.6.9
//= wire.6.20
//= wire.6.21
#[test]
fn flags_fit_their_message() {
    let names = [
        (Flags::START, 'S'),
        (Flags::COMPLETE, 'C'),
        (Flags::RE_AUTHENTICATION, 'A'),
        (Flags::PING, 'P'),
        (Flags::IP_RECONFIGURATION, 'I'),
    ];
    for kind in Kind::ALL {
        for choice in 0..32 {
            let chosen: Vec<_> =
                names.iter().enumerate().filter(|(bit, _)| choice >> bit & 1 == 1).collect();
            let flags = chosen.iter().fold(Flags::NONE, |all, (_, (flag, _))| all | *flag);
            let text: String = chosen.iter().map(|(_, (_, name))| *name).collect();
            let number = if kind == Kind::Pci { 0 } else { 9 };
            let mut builder = MessageBuilder::new(kind, flags, number, number);
            match kind {
                Kind::Ptr => {
                    builder.avp(&Avp::TerminationCause(1));
                }
                Kind::Pry => {
                    builder.avp(&samples()[9]).avp(&samples()[10]);
                }
                Kind::Par => {
                    builder.avp(&samples()[6]);
                }
                _ => {}
            }
            let allowed = match kind {
                Kind::Par => matches!(&text[..], "" | "S" | "C" | "I" | "SI" | "CI"),
                Kind::Pan => matches!(&text[..], "" | "S" | "C"),
                Kind::Pnr | Kind::Pna => matches!(&text[..], "A" | "P"),
                _ => text.is_empty(),
            };
            let checked = validate(&builder.encode().unwrap());
            assert_eq!(checked.is_ok(), allowed, "{kind:?} {text}");
            if let Err((error, offset, sentence)) = checked {
                assert_eq!((error, offset), (ErrorKind::BadValue, 4));
                let expected = match sentence {
                    "wire.6.9" => text.contains(['S', 'C']),
                    "wire.6.20" => {
                        text.contains(['A', 'P']) || matches!(kind, Kind::Pnr | Kind::Pna)
                    }
                    "wire.6.21" => text.contains('I'),
                    _ => false,
                };
                assert!(expected, "{kind:?} {text} {sentence}");
            }
        }
    }
}

//= wire.6.10
//= wire.6.11
#[test]
fn values_have_their_form() {
    for code in 1..=13_u8 {
        for length in 0..=300_u16 {
            let [high, low] = length.to_be_bytes();
            let padded = usize::from(length).next_multiple_of(4);
            let octets = raw(&[&[0, code, 0, 0, high, low, 0, 0][..], &vec![0; padded]].concat());
            let fits = match u16::from(code) {
                avp::NONCE => (8..=256).contains(&length),
                avp::PAC_INFORMATION => matches!(length, 6 | 18),
                avp::AUTH
                | avp::EAP_PAYLOAD
                | avp::RELAYED_MESSAGE
                | avp::ENCRYPTION_ENCAPSULATION => length > 0,
                _ => length == 4,
            };
            let first = Message::decode(&octets).unwrap().avps().next().unwrap().value;
            assert_eq!(!matches!(first, Avp::Malformed { .. }), fits, "code {code}, {length}");
            if !fits {
                let expected = Err((ErrorKind::BadLength, 16, "wire.6.10"));
                assert_eq!(validate(&octets), expected, "code {code}, {length}");
            }
        }
    }
    for short in [Avp::Nonce(&[0; 7]), Avp::Nonce(&[0; 257]), Avp::Auth(&[])] {
        let error = MessageBuilder::new(Kind::Par, Flags::NONE, 9, 9).avp(&short).encode();
        assert_eq!(error.unwrap_err(), Error::new(ErrorKind::BadValue, 16 + 8, "wire.6.10"));
    }
    let too_long = vec![0; 65_536];
    let error = Avp::EapPayload(&too_long).encode().unwrap_err();
    assert_eq!(error, Error::new(ErrorKind::TooLong, 4, "wire.6.6"));
}

//= wire.6.13
#[test]
fn what_is_not_understood_spoils_the_message() {
    let vendor = |vendor_id, code, data| Avp::Vendor(VendorAvp { vendor_id, code, data });
    let cases = [
        Avp::Unknown { kind: 14, data: &[0; 4] },
        Avp::Unknown { kind: 0, data: &[0; 4] },
        vendor(VENDOR + 1, 1, &[192, 0, 2, 1]),
        vendor(VENDOR, 8, &[0; 4]),
        vendor(VENDOR, 257, &[0; 4]),
        vendor(VENDOR, 1, &[0; 5]),
        Avp::EncryptionEncap(&[0; 16]),
    ];
    for avp in cases {
        let octets = message(Kind::Par, &[Avp::KeyId(1), avp]);
        let expected = Err((ErrorKind::NotSkippable, 28, "wire.6.13"));
        assert_eq!(validate(&octets), expected, "{avp:?}");
    }
}

//= wire.6.14
#[test]
fn fixed_positions() {
    let (auth, cause) = (samples()[0], samples()[8]);
    let vendor = Avp::Vendor(VendorAvp { vendor_id: VENDOR, code: 1, data: &[192, 0, 2, 1] });
    assert_eq!(validate(&message(Kind::Ptr, &[cause, vendor, auth])), Ok(Kind::Ptr));
    let misplaced = |offset| Err((ErrorKind::Misplaced, offset, "wire.6.14"));
    assert_eq!(validate(&message(Kind::Ptr, &[vendor, cause])), misplaced(32));
    assert_eq!(validate(&message(Kind::Ptr, &[cause, auth, vendor])), misplaced(28));
    assert_eq!(validate(&message(Kind::Pta, &[auth, vendor])), misplaced(16));
}

//= wire.6.18
#[test]
fn parameters_travel_as_vendor_avps() {
    let care_of =
        Prefixed::<std::net::Ipv4Addr>::new("198.51.100.77".parse().unwrap(), 24).unwrap();
    let octets = MessageBuilder::new(Kind::Pci, Flags::NONE, 0, 0)
        .parameter(VENDOR, &Parameter::ColocatedAddress(care_of))
        .parameter(VENDOR, &Parameter::BootstrapRequest(Wanted::ADDRESSES))
        .encode()
        .unwrap();
    let expected = "00038000000500000000\
                    7ed918c633644d000000\
                    000a80000001000000007ed907000000";
    assert_eq!(hex::encode(&octets[16..]), expected);
    let decoded = Message::decode(&octets).unwrap();
    assert_eq!(decoded.validate(VENDOR), Ok(Kind::Pci));
    let parameters = decoded.parameters(VENDOR);
    assert_eq!(parameters.colocated_address, Found::Once(care_of));
    assert_eq!(parameters.bootstrap_request, Found::Once(Wanted::ADDRESSES));
}

/// RFC 5191 §8, Figure 4, column by column; then the AVPs of RFC 6345 and 6786. `0` not at all,
/// `?` at most once, `*` any number, `1` exactly once.
//= wire.6.19
#[test]
fn occurrences() {
    let columns: [(Kind, &str); 8] = [
        (Kind::Pci, "0000000000000"),
        (Kind::Par, "??*??*??0000*"),
        (Kind::Pan, "??????000000?"),
        (Kind::Ptr, "?000000010000"),
        (Kind::Pta, "?000000000000"),
        (Kind::Pnr, "?000000000000"),
        (Kind::Pna, "?000000000000"),
        (Kind::Pry, "0000000001100"),
    ];
    for (kind, column) in columns {
        let needed: Vec<_> =
            samples().into_iter().zip(column.chars()).filter(|(_, c)| *c == '1').collect();
        assert_eq!(
            validate(&message(kind, &needed.iter().map(|(a, _)| *a).collect::<Vec<_>>())),
            Ok(kind)
        );
        for (sample, rule) in samples().into_iter().zip(column.chars()) {
            // Encrypted AVPs are never understood, see the rule on that.
            if matches!(sample, Avp::EncryptionEncap(_)) {
                continue;
            }
            for count in 0..=2 {
                let others = needed.iter().map(|(avp, _)| *avp).filter(|avp| *avp != sample);
                let mut avps: Vec<_> = others.collect();
                let at = if matches!(sample, Avp::TerminationCause(_)) { 0 } else { avps.len() };
                (0..count).for_each(|_| avps.insert(at, sample));
                let fits = match rule {
                    '0' => count == 0,
                    '?' => count <= 1,
                    '1' => count == 1,
                    _ => true,
                };
                let checked = validate(&message(kind, &avps));
                assert_eq!(checked.is_ok(), fits, "{kind:?}: {count} of {sample:?}");
                if let Err((error, _, sentence)) = checked {
                    let missing = rule == '1' && count == 0;
                    let expected = if missing { ErrorKind::Missing } else { ErrorKind::Misplaced };
                    assert_eq!((error, sentence), (expected, "wire.6.19"));
                }
            }
        }
    }
}

//= wire.6.22
//= wire.6.24
#[test]
fn results_and_lifetimes() {
    let last = |flags: Flags, avps: &[Avp<'_>]| {
        let mut builder = MessageBuilder::new(Kind::Par, flags, 9, 9);
        for avp in avps {
            builder.avp(avp);
        }
        builder.encode().unwrap()
    };
    let (success, refused) =
        (Avp::ResultCode(result::SUCCESS), Avp::ResultCode(result::AUTHORIZATION_REJECTED));
    let lifetime = Avp::SessionLifetime(60);
    let cases: [(Flags, &[Avp<'_>], bool, Option<u32>); 7] = [
        (Flags::COMPLETE, &[success, lifetime], true, Some(60)),
        (Flags::COMPLETE, &[success], false, None),
        (Flags::COMPLETE, &[refused], true, None),
        (Flags::COMPLETE, &[refused, lifetime], true, None),
        (Flags::COMPLETE, &[lifetime], false, None),
        (Flags::NONE, &[success, lifetime], true, None),
        (Flags::NONE, &[lifetime], true, None),
    ];
    for (flags, avps, valid, granted) in cases {
        let octets = last(flags, avps);
        assert_eq!(Message::decode(&octets).unwrap().granted_lifetime(), granted, "{avps:?}");
        let missing = Err((ErrorKind::Missing, octets.len(), "wire.6.24"));
        assert_eq!(validate(&octets), if valid { Ok(Kind::Par) } else { missing }, "{avps:?}");
    }
    // Only a request grants.
    let mut answer = last(Flags::COMPLETE, &[success, lifetime]);
    answer[4] &= 0x7f;
    assert_eq!(Message::decode(&answer).unwrap().granted_lifetime(), None);
}

//= wire.6.23
#[test]
fn an_initiation_has_no_session_yet() {
    for (session_id, sequence, offset) in [(1, 0, 8), (0, 1, 12)] {
        let octets = MessageBuilder::new(Kind::Pci, Flags::NONE, session_id, sequence).encode();
        let expected = Err((ErrorKind::BadValue, offset, "wire.6.23"));
        assert_eq!(validate(&octets.unwrap()), expected);
    }
}
