//! Forms of extensions, and of the parameters in them.

use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_spec::registry::mip4::extension;

use super::super::document::{File, Group};
use super::super::make::{Check, Maker, about, cut};
use super::super::unit::{Unit, units};
use super::{NAI, REPLY, REQUEST, long, simple};

/// Extensions of the simple form, and what they take.
const SIMPLE: [Unit; 16] = units![
    32, "mobile-home", "wire.2.11", 4..=255, &[0, 0, 16, 1];
    33, "mobile-foreign", "wire.2.11", 4..=255, &[0, 0, 16, 1];
    34, "foreign-home", "wire.2.11", 4..=255, &[0, 0, 16, 1];
    44, "udp-tunnel-reply", "wire.2.20", 6..=6, &[0, 0, 0x80, 0, 0, 110];
    45, "fa-error", "wire.2.21", 2..=2, &[0, 68];
    130, "encapsulating-delivery", "wire.2.22", 0..=0, &[];
    131, "nai", "wire.2.9", 1..=253, &[];
    132, "challenge", "wire.2.10", 1..=255, &[];
    136, "nai-carrying", "wire.2.38", 2..=255, &[1];
    137, "revocation-support", "wire.2.39", 6..=6, &[0x80, 0];
    138, "link-layer-address", "wire.2.38", 2..=255, &[1];
    140, "hierarchical-foreign-agent", "wire.2.36", 6..=6, &[0, 0, 192, 0, 2, 1];
    141, "replay-protection-style", "wire.2.36", 10..=10, &[0, 2];
    142, "regional-lifetime", "wire.2.36", 6..=6, &[0, 0, 0, 0, 14, 16];
    145, "message-string", "wire.2.22", 2..=255, &[1];
    151, "service-selection", "wire.2.42", 1..=255, &[];
];

/// Those of the long form, with their sub-type 1.
const LONG: [Unit; 5] = units![
    36, "mn-aaa", "wire.2.12", 20..=300, &[0, 0, 0, 2];
    40, "mn-fa-key-request", "wire.2.13", 4..=4, &[0, 0, 16, 2];
    41, "mn-fa-key-reply", "wire.2.14", 30..=300, &[0, 0, 14, 16, 0, 0, 2, 0, 0, 0, 32, 1, 0, 1];
    42, "mn-ha-key-request", "wire.2.13", 4..=4, &[0, 0, 16, 1];
    43, "mn-ha-key-reply", "wire.2.14", 32..=300, &[0, 0, 14, 16, 0, 0, 2, 0, 0, 0, 32, 1, 0, 1, 0, 2];
];

/// Forms of all extensions, one by one behind the fixed part of a request.
pub(crate) fn extensions() -> File {
    let mut file = File::new(
        "mip4_extensions",
        "Mobile IPv4 extensions",
        "A request with one extension more, of every type and length, and of types that nobody knows.",
    );
    let mut maker = Maker::new(Check::Decode, Protocol::Mip4, "mip4-extension");
    for (unit, is_long) in
        SIMPLE.iter().map(|unit| (unit, false)).chain(LONG.iter().map(|unit| (unit, true)))
    {
        let kind = u8::try_from(unit.kind).unwrap_or_default();
        for length in unit.lengths() {
            let value = unit.value(length);
            if !is_long && length > 255 {
                continue;
            }
            let octets =
                behind(&if is_long { long(kind, 1, &value) } else { simple(kind, &value) });
            let id = format!("{}-{length}", unit.name);
            let comment = format!("extension {kind} ({}) with {length} octets of data", unit.name);
            let (least, most) = (unit.allowed.start(), unit.allowed.end());
            let why = format!("it has {least} to {most} octets of data");
            if unit.allowed.contains(&length) {
                maker.valid(&id, comment, &octets, about(unit.clause, why, "Normal"));
            } else if kind < 128 {
                maker.invalid(
                    &id,
                    comment,
                    &octets,
                    about(
                        // Without a sub-type it is none that is known.
                        if matches!(kind, 44 | 45) && length == 0 {
                            "wire.2.4"
                        } else {
                            "wire.2.6"
                        },
                        why + "; a wrong Length of a type up to 127 discards the message",
                        "BadLength",
                    ),
                );
            } else {
                maker.acceptable(
                    &id,
                    comment,
                    &octets,
                    about(unit.clause, why + "; from type 128 on it is skipped", "WrongForm"),
                );
            }
        }
        let whole = behind(&if is_long {
            long(kind, 1, &unit.value(*unit.allowed.start()))
        } else {
            simple(kind, &unit.value(*unit.allowed.start()))
        });
        let header = if is_long { 4 } else { 2 };
        for length in REQUEST.len() + 1..whole.len() {
            if *unit.allowed.start() + header == 2 {
                continue;
            }
            let id = format!("{}-cut-{}", unit.name, length - REQUEST.len());
            maker.invalid(
                &id,
                format!("extension {kind}, the first {} octets", length - REQUEST.len()),
                cut(&whole, length),
                about("wire.1.9", "the extension ends beyond the datagram", "Truncated"),
            );
        }
    }
    unknown(&mut maker);
    forms_of_others(&mut maker);
    file.test_groups.push(maker.finish());
    file.test_groups.push(parameters());
    file
}

/// Types and sub-types that nobody knows.
fn unknown(maker: &mut Maker) {
    for kind in 1..=255_u8 {
        // 37 and the types below that have the long form are not among those without a name.
        if extension::name(kind).is_some() || is_named_elsewhere(kind) {
            continue;
        }
        let octets = behind(&[simple(kind, &[1, 2, 3]), simple(extension::NAI, NAI)].concat());
        let id = format!("unknown-{kind}");
        let comment =
            format!("an extension of type {kind}, which nobody knows, and the NAI behind it");
        if kind < 128 {
            maker.invalid(
                &id,
                comment,
                &octets,
                about("wire.2.4", "an unknown type up to 127 discards the message", "UnknownType"),
            );
        } else {
            maker.valid(
                &id,
                comment,
                &octets,
                about(
                    "wire.2.5",
                    "an unknown type from 128 on is skipped by its Length, and the rest is read",
                    "UnknownType",
                ),
            );
        }
    }
    for (kind, sub_type) in [(36_u8, 99_u8), (40, 2), (41, 2), (42, 2), (43, 2), (40, 0), (42, 255)]
    {
        let octets = behind(&long(kind, sub_type, &[0; 32]));
        maker.invalid(
            &format!("sub-type-{kind}-{sub_type}"),
            format!("extension {kind} of sub-type {sub_type}"),
            &octets,
            about(
                "wire.2.4",
                "an unknown sub-type of a type up to 127 discards the message",
                "UnknownType",
            ),
        );
    }
    for (kind, name) in [(44_u8, "udp-tunnel-reply"), (45, "fa-error")] {
        let data: &[u8] = if kind == 44 { &[9, 0, 0, 0, 0, 0] } else { &[9, 68] };
        let octets = behind(&simple(kind, data));
        maker.invalid(
            &format!("{name}-sub-type-9"),
            format!("extension {kind} of sub-type 9"),
            &octets,
            about(
                "wire.2.4",
                "an unknown sub-type of a type up to 127 discards the message",
                "UnknownType",
            ),
        );
    }
}

/// Extensions whose form is not only a length.
fn forms_of_others(maker: &mut Maker) {
    for (name, octets) in
        [("requested", [139, 1, 0, 4, 192, 0, 2, 1]), ("redirected", [139, 2, 0, 4, 192, 0, 2, 1])]
    {
        maker.valid(
            &format!("dynamic-ha-{name}"),
            format!("a {name} home agent as RFC 4433 draws it"),
            &behind(&octets),
            about("wire.2.19", "sub-type 1 or 2 and 0x0004 tell the drawn form", "Normal"),
        );
    }
    for (sub_type, length, data) in [(1_u8, 18_usize, 17_usize), (2, 20, 19), (3, 2, 1)] {
        let mut lengths = vec![0, 1, length - 1, length, length + 1];
        lengths.dedup();
        for wrong in lengths {
            let value = [&[sub_type][..], &vec![0; wrong.saturating_sub(1)]].concat();
            let octets = behind(&simple(152, cut(&value, wrong)));
            let id = format!("dual-stack-{sub_type}-length-{wrong}");
            let comment = format!("extension 152 of sub-type {sub_type} and Length {wrong}");
            let why = format!("sub-type {sub_type} has Length {length}, {data} octets behind it");
            if wrong == length {
                maker.valid(&id, comment, &octets, about("wire.2.23", why, "Normal"));
            } else {
                maker.acceptable(
                    &id,
                    comment,
                    &octets,
                    about("wire.2.23", why + "; it is skipped", "WrongForm"),
                );
            }
        }
    }
    for pads in 1..=4 {
        let octets = behind(&[vec![0; pads], simple(extension::NAI, NAI)].concat());
        maker.valid(
            &format!("pad-{pads}"),
            format!("{pads} octets of padding before the NAI"),
            &octets,
            about("wire.2.3", "type 0 is a single octet without Length", "Boundary"),
        );
    }
}

/// Whether a registry that is larger than ours names a type.
const fn is_named_elsewhere(kind: u8) -> bool {
    matches!(kind, 46 | 50 | 138 | 140..=143 | 149 | 150)
}

/// Bootstrap parameters and what they take.
pub(crate) const PARAMETERS: [Unit; 8] = units![
    1, "fha-ipv4-address", "wire.2.28", 4..=4, &[192, 0, 2, 1];
    2, "fha-fqdn", "wire.2.29", 1..=247, &[];
    3, "co-located-address", "wire.2.30", 5..=5, &[24, 198, 51, 100, 77];
    4, "thoav4", "wire.2.28", 4..=4, &[203, 0, 113, 9];
    5, "ipv6-hoa", "wire.2.30", 17..=17, &[64, 0x20, 1, 0x0d, 0xb8];
    6, "ha-ipv6-address", "wire.2.28", 16..=16, &[0x20, 1, 0x0d, 0xb8];
    7, "ipv6-coa", "wire.2.30", 17..=17, &[64, 0x20, 1, 0x0d, 0xb8];
    10, "bootstrap-request", "wire.2.31", 1..=1, &[7];
];

/// Values that a parameter does not allow although they have its length.
pub(crate) fn wrong_values() -> Vec<(u8, &'static str, Vec<u8>, &'static str)> {
    vec![
        (2, "fqdn-dot-at-end", b"fha.example.".to_vec(), "a name has no dot at its end"),
        (2, "fqdn-space", b"fha example".to_vec(), "a name is of visible ASCII"),
        (2, "fqdn-nul", b"fha\0".to_vec(), "a name is of visible ASCII"),
        (2, "fqdn-utf8", "fh\u{e4}.example".as_bytes().to_vec(), "a name is of visible ASCII"),
        (
            3,
            "co-located-prefix-33",
            vec![33, 198, 51, 100, 77],
            "a prefix length of IPv4 is at most 32",
        ),
        (
            3,
            "co-located-prefix-255",
            vec![255, 198, 51, 100, 77],
            "a prefix length of IPv4 is at most 32",
        ),
        (
            5,
            "hoa-prefix-129",
            [&[129], [0x20; 16].as_slice()].concat(),
            "a prefix length of IPv6 is at most 128",
        ),
        (
            7,
            "coa-prefix-129",
            [&[129], [0x20; 16].as_slice()].concat(),
            "a prefix length of IPv6 is at most 128",
        ),
        (
            7,
            "coa-prefix-255",
            [&[255], [0x20; 16].as_slice()].concat(),
            "a prefix length of IPv6 is at most 128",
        ),
    ]
}

fn parameters() -> Group {
    let mut maker = Maker::new(Check::Decode, Protocol::Mip4, "mip4-parameter");
    let vendor = |vendor: u32, kind: u16, value: &[u8]| {
        let data = [&[0, 0][..], &vendor.to_be_bytes(), &kind.to_be_bytes(), value].concat();
        [REPLY.as_slice(), &simple(extension::NVSE, &data)].concat()
    };
    for unit in &PARAMETERS {
        for length in unit.lengths() {
            let octets = vendor(DEFAULT_VENDOR_ID, unit.kind, &unit.value(length));
            let id = format!("{}-{length}", unit.name);
            let comment = format!("parameter {} ({}) with {length} octets", unit.kind, unit.name);
            let why = format!("it has {} to {} octets", unit.allowed.start(), unit.allowed.end());
            if unit.allowed.contains(&length) {
                maker.valid(&id, comment, &octets, about(unit.clause, why, "Normal"));
            } else {
                maker.acceptable(
                    &id,
                    comment,
                    &octets,
                    about("wire.2.33", why + "; any other is skipped", "WrongForm"),
                );
            }
        }
    }
    for (kind, id, value, why) in wrong_values() {
        let octets = vendor(DEFAULT_VENDOR_ID, kind.into(), &value);
        maker.acceptable(
            id,
            format!("parameter {kind}: {why}"),
            &octets,
            about("wire.2.33", format!("{why}; it is skipped"), "WrongForm"),
        );
    }
    for other in [0_u32, 9, 5535, 24757, 32472, 32474, 0x00ff_ffff] {
        let octets = vendor(other, 1, &[192, 0, 2, 1]);
        maker.valid(
            &format!("vendor-{other}"),
            format!("an extension of vendor {other}"),
            &octets,
            about(
                "wire.2.18",
                "the types of another vendor are its own, and are skipped",
                "UnknownType",
            ),
        );
    }
    maker.finish()
}

/// A request with this extension.
fn behind(unit: &[u8]) -> Vec<u8> {
    [REQUEST.as_slice(), unit].concat()
}
