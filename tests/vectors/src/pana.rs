//! PANA: messages, AVPs.

use dsboot_codec::pana::{AuthKey, Avp, Flags, Kind, Message, MessageBuilder};
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_spec::registry::pana::{avp, avp_flag};

use super::document::File;
use super::make::{Check, Maker, about, flip, put};
use super::mip4::{PARAMETERS, wrong_values};
use super::unit::{Unit, units};

/// A message with these AVPs and the Message Length that they need.
fn message(flags: u16, kind: u16, avps: &[u8]) -> Vec<u8> {
    let length = u16::try_from(16 + avps.len()).unwrap_or(u16::MAX);
    let header = [0_u16, length, flags, kind].map(u16::to_be_bytes).concat();
    [&header[..], &[0x5a, 0x5b, 0, 1, 0x11, 0x22, 0x33, 0x47], avps].concat()
}

/// An AVP with its padding.
fn unit(code: u16, vendor: Option<u32>, value: &[u8]) -> Vec<u8> {
    let flags = if vendor.is_some() { avp_flag::VENDOR } else { 0 };
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    let mut octets = [code, flags, length, 0].map(u16::to_be_bytes).concat();
    octets.extend(vendor.into_iter().flat_map(u32::to_be_bytes));
    octets.extend(value);
    octets.resize(octets.len().next_multiple_of(4), 0);
    octets
}

const R: u16 = 0x8000;
const S: u16 = 0x4000;
const C: u16 = 0x2000;
const A: u16 = 0x1000;
const P: u16 = 0x0800;
const I: u16 = 0x0400;

/// Header, flags, framing, occurrence.
pub(super) fn messages() -> File {
    let mut file = File::new(
        "pana_messages",
        "PANA messages",
        "Header, flags and framing of PANA messages, as they stand in UDP (port 716).",
    );
    let mut maker = Maker::new(Check::Decode, Protocol::Pana, "pana");
    let eap = unit(avp::EAP_PAYLOAD, None, &[1, 7, 0, 5, 1]);
    let whole = message(R, 2, &eap);
    maker.valid(
        "request",
        "a PAR with an EAP packet",
        &whole,
        about("wire.6.1", "all is as it should be", "Normal"),
    );
    maker.cuts("request-", "", (&whole, 0), |length| match length {
        ..16 => ("wire.6.1", "a message has at least 16 octets"),
        _ => ("wire.6.2", "Message Length is that of the datagram"),
    });
    for more in [1_usize, 4, 16] {
        maker.invalid(
            &format!("request-trailing-{more}"),
            format!("{more} octets behind the message"),
            &[whole.as_slice(), &vec![0; more]].concat(),
            about("wire.6.2", "Message Length is that of the datagram", "Trailing"),
        );
    }
    for length in (0..16_u16).chain([17, 20, 0xffff]) {
        let mut octets = whole.clone();
        put(&mut octets, 2, &length.to_be_bytes());
        maker.invalid(
            &format!("length-{length}"),
            format!("Message Length {length}"),
            &octets,
            about("wire.6.2", "Message Length is that of the datagram", "BadLength"),
        );
    }
    for kind in (0..=255_u16).chain([0x100, 0x1234, 0xffff]) {
        let octets = message(R, kind, &[]);
        if kind == 0 || kind > 5 {
            maker.invalid(
                &format!("type-{kind}"),
                format!("Message Type {kind}"),
                &octets,
                about("wire.6.4", "there are types 1 to 5", "UnknownType"),
            );
        }
    }
    for (name, flags, kind) in [("initiation", R, 1_u16), ("relay", R, 5)] {
        maker.invalid(
            &format!("{name}-with-r"),
            format!("type {kind} with R set"),
            &message(flags, kind, &[]),
            about("wire.6.4", "R is clear in types 1 and 5", "WrongForm"),
        );
    }
    flags(&mut maker);
    framing(&mut maker);
    file.test_groups.push(maker.finish());
    file.test_groups.push(auth());
    file
}

/// Flags where they may not be.
fn flags(maker: &mut Maker) {
    for (id, flags, kind, clause, why) in [
        ("s-and-c", R | S | C, 2_u16, "wire.6.9", "S and C are not both set"),
        ("s-in-ptr", R | S, 3, "wire.6.9", "S is clear except in a PAR or PAN"),
        ("c-in-ptr", R | C, 3, "wire.6.9", "C is clear except in a PAR or PAN"),
        ("s-in-pnr", R | S | P, 4, "wire.6.9", "S is clear except in a PAR or PAN"),
        ("a-and-p", R | A | P, 4, "wire.6.20", "exactly one of A and P is set in a PNR"),
        ("neither", R, 4, "wire.6.20", "exactly one of A and P is set in a PNR"),
        ("a-in-par", R | A, 2, "wire.6.20", "A is clear outside of PNR and PNA"),
        ("p-in-par", R | P, 2, "wire.6.20", "P is clear outside of PNR and PNA"),
        ("i-in-pan", I, 2, "wire.6.21", "I is clear except in a PAR"),
        ("i-in-ptr", R | I, 3, "wire.6.21", "I is clear except in a PAR"),
    ] {
        let avps =
            if kind == 3 { unit(avp::TERMINATION_CAUSE, None, &[0, 0, 0, 1]) } else { Vec::new() };
        maker.invalid(
            &format!("flags-{id}"),
            format!("type {kind} with flags {flags:#06x}"),
            &message(flags, kind, &avps),
            about(clause, why, "WrongForm"),
        );
    }
}

/// Reserved flags, the framing of AVPs, and AVPs that stand there twice.
fn framing(maker: &mut Maker) {
    let eap = unit(avp::EAP_PAYLOAD, None, &[1, 7, 0, 5, 1]);
    for bit in 0..10 {
        let octets = message(R | 1 << bit, 2, &eap);
        maker.valid(
            &format!("reserved-flag-{bit}"),
            format!("a PAR with bit {bit} of its flags set"),
            &octets,
            about("wire.6.3", "flags without a meaning are ignored", "Reserved"),
        );
    }
    for (name, tail) in [
        ("half-header", &[0_u8, 2, 0, 0][..]),
        ("value-beyond", &[0, 2, 0, 0, 0, 5, 0, 0, 1, 7, 0, 5]),
        ("vendor-beyond", &[0, 1, 0x80, 0, 0, 0, 0, 0]),
        ("length-ffff", &[0, 2, 0, 0, 0xff, 0xff, 0, 0, 1, 2, 3, 4]),
    ] {
        maker.invalid(
            &format!("avp-{name}"),
            format!("an AVP of {tail:?}"),
            &message(R, 2, tail),
            about("wire.6.5", "an AVP ends inside the message", "Truncated"),
        );
    }
    for (id, avps) in [
        ("eap-payload", [eap.clone(), eap.clone()].concat()),
        ("result-code", unit(avp::RESULT_CODE, None, &[0; 4]).repeat(2)),
        ("nonce", unit(avp::NONCE, None, &[7; 8]).repeat(2)),
        ("session-lifetime", unit(avp::SESSION_LIFETIME, None, &[0, 0, 1, 0]).repeat(2)),
        ("key-id", unit(avp::KEY_ID, None, &[0, 0, 0, 1]).repeat(2)),
    ] {
        maker.invalid(
            &format!("twice-{id}"),
            format!("two AVPs of one kind: {id}"),
            &message(R, 2, &avps),
            about("wire.6.19", "each may stand there once", "Duplicate"),
        );
    }
}

fn auth() -> super::Group {
    let key: [u8; 20] = *b"PANA_AUTH_KEY-000001";
    let made = MessageBuilder::new(Kind::Ptr, Flags::NONE, 0x5a5b_0001, 0x1122_3347)
        .avp(&Avp::TerminationCause(1))
        .encode_with_auth(&AuthKey::from_octets(&key))
        .unwrap_or_default();
    let mut maker = Maker::new(Check::PanaAuth, Protocol::Pana, "pana-auth").keyed(&key, None);
    maker.valid("right", "as it was made", &made, about("wire.6.15", "AUTH is right", "Normal"));
    for at in 0..made.len() {
        let mut octets = made.clone();
        flip(&mut octets, at, 1 << (at % 8));
        if Message::decode(&octets).is_ok() {
            maker.invalid(
                &format!("changed-{at}"),
                format!("octet {at} changed"),
                &octets,
                about("wire.6.15", "AUTH covers every octet of the message", "ModifiedMessage"),
            );
        }
    }
    maker.finish()
}

/// IETF AVPs that a PAR may have, and what they take.
const AVPS: [Unit; 8] = units![
    avp::INTEGRITY_ALGORITHM, "integrity-algorithm", "wire.6.10", 4..=4, &[0, 0, 0, 7];
    avp::KEY_ID, "key-id", "wire.6.10", 4..=4, &[0, 0, 0, 1];
    avp::NONCE, "nonce", "wire.6.11", 8..=256, &[];
    avp::PRF_ALGORITHM, "prf-algorithm", "wire.6.10", 4..=4, &[0, 0, 0, 2];
    avp::RESULT_CODE, "result-code", "wire.6.10", 4..=4, &[0, 0, 0, 1];
    avp::SESSION_LIFETIME, "session-lifetime", "wire.6.10", 4..=4, &[0, 0, 14, 16];
    avp::EAP_PAYLOAD, "eap-payload", "wire.6.10", 1..=300, &[1, 7, 0, 5, 1];
    avp::ENCRYPTION_ALGORITHM, "encryption-algorithm", "wire.6.10", 4..=4, &[0, 0, 0, 1];
];

/// Forms of all AVPs.
pub(super) fn avps() -> File {
    let mut file =
        File::new("pana_avps", "PANA AVPs", "A PAR with one AVP, of every kind and length.");
    let mut maker = Maker::new(Check::Decode, Protocol::Pana, "pana-avp");
    for of in AVPS.iter().filter(|of| of.kind != avp::EAP_PAYLOAD) {
        for length in of.lengths() {
            let flags =
                if of.kind == avp::NONCE || of.kind == avp::RESULT_CODE { R } else { R | S };
            let flags =
                if matches!(of.kind, avp::SESSION_LIFETIME | avp::KEY_ID) { R } else { flags };
            let octets = message(flags, 2, &unit(of.kind, None, &of.value(length)));
            let id = format!("{}-{length}", of.name);
            let comment = format!("AVP {} ({}) with {length} octets of value", of.kind, of.name);
            let why =
                format!("its value has {} to {} octets", of.allowed.start(), of.allowed.end());
            if of.allowed.contains(&length) {
                maker.valid(&id, comment, &octets, about(of.clause, why, "Normal"));
            } else {
                maker.invalid(&id, comment, &octets, about("wire.6.10", why, "WrongForm"));
            }
        }
    }
    for of in &PARAMETERS {
        for length in of.lengths() {
            let octets = message(R, 2, &unit(of.kind, Some(DEFAULT_VENDOR_ID), &of.value(length)));
            let id = format!("{}-{length}", of.name);
            let comment =
                format!("vendor AVP {} ({}) with {length} octets of value", of.kind, of.name);
            let why =
                format!("its value has {} to {} octets", of.allowed.start(), of.allowed.end());
            if of.allowed.contains(&length) {
                maker.valid(&id, comment, &octets, about("wire.6.18", why, "Normal"));
            } else {
                maker.invalid(
                    &id,
                    comment,
                    &octets,
                    about(
                        "wire.6.13",
                        why + "; an AVP that is not understood discards the message",
                        "WrongForm",
                    ),
                );
            }
        }
    }
    for (kind, id, value, why) in wrong_values() {
        let octets = message(R, 2, &unit(kind.into(), Some(DEFAULT_VENDOR_ID), &value));
        maker.invalid(
            id,
            format!("vendor AVP {kind}: {why}"),
            &octets,
            about("wire.6.13", why, "WrongForm"),
        );
    }
    for code in [0_u16, 14, 15, 100, 255, 256, 0xffff] {
        maker.invalid(
            &format!("unknown-{code}"),
            format!("AVP {code}, which nobody has numbered"),
            &message(R, 2, &unit(code, None, &[1])),
            about("wire.6.13", "an AVP that is not understood discards the message", "UnknownType"),
        );
    }
    for (vendor, code) in [
        (9_u32, 1_u16),
        (32472, 1),
        (DEFAULT_VENDOR_ID, 11),
        (DEFAULT_VENDOR_ID, 99),
        (DEFAULT_VENDOR_ID, 0x0101),
    ] {
        maker.invalid(
            &format!("vendor-{vendor}-{code}"),
            format!("AVP {code} of vendor {vendor}"),
            &message(R, 2, &unit(code, Some(vendor), &[192, 0, 2, 1])),
            about("wire.6.13", "an AVP that is not understood discards the message", "UnknownType"),
        );
    }
    file.test_groups.push(maker.finish());
    file
}
