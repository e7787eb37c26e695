//! Types, fixed parts, lengths of the whole, and the order of extensions.

use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_spec::registry::mip4::{extension, message};

use super::super::document::{File, Group};
use super::super::make::{Check, Maker, Part, about, cut, join, part, put};
use super::{NAI, REPLY, REQUEST, long, simple};

/// Types, fixed parts, lengths of the whole.
pub(crate) fn messages() -> File {
    let mut file = File::new(
        "mip4_messages",
        "Mobile IPv4 messages",
        "Registration requests and replies, and tunnel data, as they stand in UDP (port 434).",
    );
    let mut maker = Maker::new(Check::Decode, Protocol::Mip4, "mip4");
    maker.invalid(
        "empty",
        "no octet",
        &[],
        about("wire.1.1", "a datagram without an octet is no message", "Truncated"),
    );
    for (name, parts) in [("request", request()), ("reply", reply())] {
        let octets = join(&parts);
        let fixed = if name == "request" { "wire.1.2" } else { "wire.1.3" };
        maker.valid(
            name,
            format!("a {name}"),
            &octets,
            about(fixed, "all is as it should be", "Normal"),
        );
        maker.truncations(name, &parts, (fixed, "wire.1.9"));
        for more in 1..=3 {
            let trailing = [octets.as_slice(), cut(&[0x83, 9, 9], more)].concat();
            maker.invalid(
                &format!("{name}-trailing-{more}"),
                format!("{more} octets more, which are no whole extension"),
                &trailing,
                about("wire.1.9", "extensions fill the datagram", "Trailing"),
            );
        }
    }
    for (kind, name, length) in OTHERS {
        let mut whole = vec![0; length];
        put(&mut whole, 0, &[kind]);
        let why = format!("its fixed part has {length} octets");
        let about_it = about("wire.1.22", why.clone(), "Normal");
        maker.valid(name, format!("a message of type {kind}"), &whole, about_it);
        for cut_to in 1..length {
            let id = format!("{name}-cut-{cut_to}");
            let comment = format!("a message of type {kind}, the first {cut_to} octets");
            let about_it = about("wire.1.22", why.clone(), "Truncated");
            maker.invalid(&id, comment, cut(&whole, cut_to), about_it);
        }
    }
    for bit in 0..8 {
        let mut octets = REQUEST.to_vec();
        put(&mut octets, 1, &[1 << bit]);
        maker.valid(
            &format!("request-flag-{bit}"),
            format!("flags {:#04x} alone", 1 << bit),
            &octets,
            about("wire.1.4", "every flag is kept as received, r and x too", "Reserved"),
        );
    }
    for lifetime in [0_u16, 1, 0x7fff, 0xfffe, 0xffff] {
        let mut octets = REQUEST.to_vec();
        put(&mut octets, 2, &lifetime.to_be_bytes());
        maker.valid(
            &format!("request-lifetime-{lifetime}"),
            format!("Lifetime {lifetime}"),
            &octets,
            about("wire.1.5", "0 ends the registration, 0xffff stands for no end", "Boundary"),
        );
    }
    for code in 0..=255_u8 {
        let mut octets = REPLY.to_vec();
        put(&mut octets, 1, &[code]);
        maker.valid(
            &format!("reply-code-{code}"),
            format!("Code {code}"),
            &octets,
            about(
                "wire.1.6",
                "a receiver takes every code, from its range if it has no name",
                "Boundary",
            ),
        );
    }
    for kind in (0..=255_u8).filter(|kind| message::name(*kind).is_none()) {
        let octets = [kind, 1, 2, 3];
        maker.valid(
            &format!("type-{kind}"),
            format!("a message of type {kind}"),
            &octets,
            about("wire.1.1", "a type that is not known is kept octet for octet", "UnknownType"),
        );
    }
    for length in 1..=4 {
        let octets = cut(&[4, 59, 0, 0], length);
        let why = "the header has 4 octets; what follows may be empty";
        if length < 4 {
            maker.invalid(
                &format!("tunnel-data-cut-{length}"),
                format!("tunnel data of {length} octets"),
                octets,
                about("wire.1.10", why, "Truncated"),
            );
        } else {
            maker.valid(
                "tunnel-data-empty",
                "tunnel data without a packet",
                octets,
                about("wire.1.10", why, "Boundary"),
            );
        }
    }
    for reserved in [[0, 1], [0x80, 0], [0xff, 0xff]] {
        let octets = [4, 59, reserved[0], reserved[1], 1, 2];
        maker.valid(
            &format!("tunnel-data-reserved-{:02x}{:02x}", reserved[0], reserved[1]),
            "tunnel data with reserved octets set",
            &octets,
            about("wire.1.10", "reserved octets are ignored on receipt", "Reserved"),
        );
    }
    file.test_groups.push(maker.finish());
    file.test_groups.push(order());
    file
}

/// The messages that the bootstrap does not use, with the octets of their fixed parts.
const OTHERS: [(u8, &str, usize); 14] = [
    (7, "revocation", 20),
    (15, "revocation-acknowledgment", 12),
    (16, "handoff-request", 24),
    (17, "handoff-reply", 24),
    (18, "regional-request", 24),
    (19, "regional-reply", 20),
    (20, "fast-binding-update", 24),
    (21, "fast-binding-acknowledgment", 20),
    (22, "notification", 24),
    (23, "notification-acknowledgment", 24),
    (24, "home-test-init", 10),
    (25, "care-of-test-init", 10),
    (26, "home-test", 20),
    (27, "care-of-test", 20),
];

/// A first request with all that it needs but its authenticator.
fn request() -> Vec<Part> {
    vec![
        part("fixed part", &REQUEST),
        part("NAI", &simple(extension::NAI, NAI)),
        part("MN-HA key request", &long(extension::MN_HA_KEY_REQUEST, 1, &[0, 0, 0x10, 1])),
        part(
            "MN-AAA authentication",
            &long(36, 1, &[&[0, 0, 0, 2], [0x5a; 16].as_slice()].concat()),
        ),
    ]
}

/// The reply to it.
fn reply() -> Vec<Part> {
    let key = [0, 0, 14, 16, 0, 0, 2, 0, 0, 0, 32, 1, 0, 1, 0, 2];
    let vendor = |kind: u8, value: &[u8]| {
        let [a, b, c, d] = DEFAULT_VENDOR_ID.to_be_bytes();
        simple(extension::NVSE, &[&[0, 0, a, b, c, d, 0, kind], value].concat())
    };
    let address =
        |last: u8| [[0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0].as_slice(), &[0; 7], &[last]].concat();
    vec![
        part("fixed part", &REPLY),
        part("NAI", &simple(extension::NAI, NAI)),
        part("MN-HA key reply", &long(43, 1, &[key.as_slice(), &[7; 16]].concat())),
        part("IPv6-HoA", &vendor(5, &[&[64], address(9).as_slice()].concat())),
        part("HA", &vendor(6, &address(1))),
        part(
            "Mobile-Home authentication",
            &simple(32, &[&[0, 0, 16, 1], [0x5a; 16].as_slice()].concat()),
        ),
    ]
}

/// What must stand before what.
fn order() -> Group {
    let mut maker = Maker::new(Check::Order, Protocol::Mip4, "mip4-order");
    let unit = |kind: u8| -> Vec<u8> {
        match kind {
            131 => simple(131, NAI),
            132 => simple(132, &[1, 2, 3, 4]),
            130 => simple(130, &[]),
            152 => simple(152, &[3, 0]),
            40 | 42 => long(kind, 1, &[0, 0, 16, 1]),
            41 => long(41, 1, &[0; 30]),
            43 => long(43, 1, &[0; 32]),
            36 => long(36, 1, &[0; 20]),
            kind => simple(kind, &[0; 20]),
        }
    };
    let pairs: [(&[u8], u8); 7] = [
        (&[131, 43, 152], 32),
        (&[131, 40, 42, 132, 32], 36),
        (&[131, 41, 130, 132, 36, 32], 33),
        (&[132, 36, 32], 34),
        (&[], 32),
        (&[], 33),
        (&[], 34),
    ];
    for (firsts, second) in pairs {
        for first in firsts {
            for (name, kinds) in [("kept", [*first, second]), ("broken", [second, *first])] {
                let octets = [REQUEST.to_vec(), unit(kinds[0]), unit(kinds[1])].concat();
                let id = format!("{first}-before-{second}-{name}");
                let comment = format!("extension {} before {}", kinds[0], kinds[1]);
                let why = format!("{first} stands before {second}");
                if name == "kept" {
                    maker.valid(&id, comment, &octets, about("wire.2.25", why, "Normal"));
                } else {
                    maker.invalid(&id, comment, &octets, about("wire.2.25", why, "Order"));
                }
            }
        }
    }
    maker.finish()
}
