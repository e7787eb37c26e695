//! RADIUS: packets, attributes, authenticators.

use dsboot_codec::radius::{Attribute, Packet, RequestBuilder, ResponseBuilder, SubAttribute};
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID, parameter};
use dsboot_spec::registry::radius::{attribute, code};
use dsboot_spec::registry::{Entry, Value};

use super::document::{File, Group};
use super::make::{Check, Maker, about, flip, put};
use super::mip4::{PARAMETERS, wrong_values};
use super::unit::{Unit, units};

const SECRET: &[u8] = b"radius-secret-16";
const AUTHENTICATOR: [u8; 16] = [16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31];

/// A packet with these attributes and the Length that they need.
fn packet(code: u8, attributes: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(20 + attributes.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[code, 7, high, low][..], &AUTHENTICATOR, attributes].concat()
}

fn unit(kind: u8, value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(2 + value.len()).unwrap_or(u8::MAX);
    [&[kind, length], value].concat()
}

/// Header and framing.
pub(super) fn packets() -> File {
    let mut file = File::new(
        "radius_packets",
        "RADIUS packets",
        "Header and framing of RADIUS packets, as they stand in UDP (port 1812).",
    );
    let mut maker = Maker::new(Check::Decode, Protocol::Radius, "radius");
    let attributes =
        [unit(1, b"mn1@home.example"), unit(4, &[192, 0, 2, 1]), unit(32, b"fha1.asp.example")]
            .concat();
    let whole = packet(1, &attributes);
    maker.valid(
        "request",
        "an Access-Request with three attributes",
        &whole,
        about("wire.4.1", "all is as it should be", "Normal"),
    );
    maker.cuts("request-", "", (&whole, 0), |length| match length {
        ..20 => ("wire.4.1", "a packet has at least 20 octets"),
        _ => ("wire.4.1", "there are fewer octets than Length says"),
    });
    for length in (0..20_u16).chain([4097, 5000, 0x8000, 0xffff]) {
        let mut octets = whole.clone();
        octets.resize(4200, 0);
        put(&mut octets, 2, &length.to_be_bytes());
        maker.invalid(
            &format!("length-{length}"),
            format!("Length {length}"),
            &octets,
            about("wire.4.2", "Length is from 20 to 4096", "BadLength"),
        );
    }
    for more in [1_usize, 2, 16, 100] {
        let octets = [whole.as_slice(), &vec![0xee; more]].concat();
        maker.valid(
            &format!("padded-{more}"),
            format!("{more} octets behind the packet"),
            &octets,
            about("wire.4.3", "octets behind what Length says are ignored", "Trailing"),
        );
    }
    for code in 0..=255_u8 {
        maker.valid(
            &format!("code-{code}"),
            format!("Code {code}"),
            &packet(code, &attributes),
            about("wire.4.1", "framing does not depend on the Code", "Boundary"),
        );
    }
    for (name, tail) in [
        ("length-0", &[1, 0][..]),
        ("length-1", &[1, 1]),
        ("no-length", &[1]),
        ("beyond", &[1, 3]),
        ("far-beyond", &[1, 255, 9]),
    ] {
        let octets = packet(1, &[attributes.as_slice(), tail].concat());
        maker.invalid(
            &format!("attribute-{name}"),
            format!("a last attribute of {tail:?}"),
            &octets,
            about(
                "wire.4.4",
                "each attribute has a Length of at least 2 and ends inside the packet",
                "BadLength",
            ),
        );
        let octets = packet(1, &[tail, attributes.as_slice()].concat());
        if name != "no-length" && name != "beyond" && name != "far-beyond" {
            maker.invalid(
                &format!("first-attribute-{name}"),
                format!("a first attribute of {tail:?}"),
                &octets,
                about("wire.4.4", "each attribute has a Length of at least 2", "BadLength"),
            );
        }
    }
    for count in [0_usize, 1, 100, 1000, 2038] {
        let octets = packet(1, &[79, 2].repeat(count));
        maker.valid(
            &format!("attributes-{count}"),
            format!("{count} empty EAP-Messages"),
            &octets,
            about("wire.4.2", "a packet may have 4096 octets", "Boundary"),
        );
    }
    file.test_groups.push(maker.finish());
    file
}

/// Attributes and what they take.
const ATTRIBUTES: [Unit; 34] = units![
    attribute::USER_NAME, "user-name", "wire.5.8", 1..=253, &[];
    attribute::CHAP_PASSWORD, "chap-password", "wire.5.8", 17..=17, &[];
    attribute::NAS_IP_ADDRESS, "nas-ip-address", "wire.5.8", 4..=4, &[192, 0, 2, 1];
    attribute::NAS_PORT, "nas-port", "wire.5.8", 4..=4, &[];
    attribute::SERVICE_TYPE, "service-type", "wire.5.8", 4..=4, &[0, 0, 0, 2];
    attribute::FRAMED_PROTOCOL, "framed-protocol", "wire.5.8", 4..=4, &[0, 0, 0, 1];
    attribute::FRAMED_IP_ADDRESS, "framed-ip-address", "wire.5.8", 4..=4, &[203, 0, 113, 9];
    attribute::FRAMED_IP_NETMASK, "framed-ip-netmask", "wire.5.8", 4..=4, &[255, 255, 255, 0];
    attribute::FRAMED_MTU, "framed-mtu", "wire.5.8", 4..=4, &[0, 0, 5, 0x78];
    attribute::REPLY_MESSAGE, "reply-message", "wire.5.8", 1..=253, &[];
    attribute::STATE, "state", "wire.5.8", 1..=253, &[];
    attribute::CLASS, "class", "wire.5.8", 1..=253, &[];
    attribute::SESSION_TIMEOUT, "session-timeout", "wire.5.8", 4..=4, &[0, 0, 14, 16];
    attribute::IDLE_TIMEOUT, "idle-timeout", "wire.5.8", 4..=4, &[0, 0, 1, 0];
    attribute::TERMINATION_ACTION, "termination-action", "wire.5.8", 4..=4, &[0, 0, 0, 1];
    attribute::CALLED_STATION_ID, "called-station-id", "wire.5.8", 1..=253, &[];
    attribute::CALLING_STATION_ID, "calling-station-id", "wire.5.8", 1..=253, &[];
    attribute::NAS_IDENTIFIER, "nas-identifier", "wire.5.8", 1..=253, &[];
    attribute::PROXY_STATE, "proxy-state", "wire.5.8", 1..=253, &[];
    attribute::CHAP_CHALLENGE, "chap-challenge", "wire.5.8", 5..=253, &[];
    attribute::NAS_PORT_TYPE, "nas-port-type", "wire.5.8", 4..=4, &[0, 0, 0, 5];
    attribute::MESSAGE_AUTHENTICATOR, "message-authenticator", "wire.5.8", 16..=16, &[];
    attribute::NAS_PORT_ID, "nas-port-id", "wire.5.8", 1..=253, &[];
    attribute::NAS_IPV6_ADDRESS, "nas-ipv6-address", "wire.5.8", 16..=16, &[0x20, 1];
    attribute::FRAMED_INTERFACE_ID, "framed-interface-id", "wire.5.8", 8..=8, &[];
    attribute::ERROR_CAUSE, "error-cause", "wire.5.8", 4..=4, &[0, 0, 0, 202];
    attribute::MIP6_FEATURE_VECTOR, "mip6-feature-vector", "wire.5.8", 8..=8, &[0];
    attribute::MIP6_HOME_LINK_PREFIX, "mip6-home-link-prefix", "wire.5.7", 17..=17, &[64, 0x20, 1];
    attribute::FRAMED_IPV6_ADDRESS, "framed-ipv6-address", "wire.5.8", 16..=16, &[0x20, 1];
    attribute::TUNNEL_TYPE, "tunnel-type", "wire.5.19", 4..=4, &[0, 0, 0, 12];
    attribute::FRAMED_ROUTING, "framed-routing", "wire.5.18", 4..=4, &[0, 0, 0, 0];
    attribute::FILTER_ID, "filter-id", "wire.5.18", 1..=253, &[];
    attribute::EVENT_TIMESTAMP, "event-timestamp", "wire.5.18", 4..=4, &[0x65];
    attribute::PORT_LIMIT, "port-limit", "wire.5.18", 4..=4, &[0, 0, 0, 1];
];

/// Sub-attributes of ours besides the parameters, and what they take.
const SUB_ATTRIBUTES: [Unit; 11] = units![
    parameter::CLIENT_ROLE, "client-role", "wire.5.16", 4..=4, &[0, 0, 0, 3];
    parameter::KEY_GEN_NONCE, "key-gen-nonce", "wire.5.16", 16..=247, &[];
    parameter::AAA_SPI, "aaa-spi", "wire.5.16", 4..=4, &[0, 0, 2, 0];
    parameter::MN_SPI, "mn-spi", "wire.5.16", 4..=4, &[0, 0, 16, 1];
    parameter::FHA_SPI, "fha-spi", "wire.5.16", 4..=4, &[0, 0, 32, 1];
    parameter::KEY_LIFETIME, "key-lifetime", "wire.5.16", 4..=4, &[0, 0, 14, 16];
    parameter::ALGORITHM, "algorithm", "wire.5.16", 4..=4, &[0, 0, 0, 1];
    parameter::REPLAY_METHOD, "replay-method", "wire.5.16", 4..=4, &[0, 0, 0, 2];
    parameter::MIP6_AUTHENTICATOR, "mip6-authenticator", "wire.5.16", 20..=20, &[];
    parameter::MIP6_MAC_MOBILITY_DATA, "mip6-mac-mobility-data", "wire.5.16", 20..=20, &[];
    parameter::MIP6_TIMESTAMP, "mip6-timestamp", "wire.5.16", 8..=8, &[];
];

/// Forms of all attributes.
pub(super) fn attributes() -> File {
    let mut file = File::new(
        "radius_attributes",
        "RADIUS attributes",
        "An Access-Accept with one attribute, of every type and length.",
    );
    let mut maker = Maker::new(Check::Decode, Protocol::Radius, "radius-attribute");
    for of in &ATTRIBUTES {
        forms(&mut maker, of);
    }
    for of in attribute::SPACE.entries.iter().filter_map(registered) {
        forms(&mut maker, &of);
    }
    for length in (0..=130)
        .step_by(1)
        .filter(|length| length % 16 == 0 || length % 16 == 1 || length % 16 == 15)
    {
        let octets = packet(1, &unit(attribute::USER_PASSWORD, &vec![0x5a; length]));
        let id = format!("user-password-{length}");
        let comment = format!("User-Password of {length} octets");
        let why = "it has 16 to 128 octets in whole blocks";
        if length % 16 == 0 && (16..=128).contains(&length) {
            maker.valid(&id, comment, &octets, about("wire.4.13", why, "Boundary"));
        } else {
            maker.acceptable(&id, comment, &octets, about("wire.5.2", why, "WrongForm"));
        }
    }
    for (prefix, octets_sent, fits) in [
        (0_u8, 0_usize, true),
        (0, 16, true),
        (64, 8, true),
        (64, 16, true),
        (64, 7, false),
        (128, 16, true),
        (128, 15, false),
        (129, 16, false),
        (255, 16, false),
        (48, 6, true),
        (49, 6, false),
        (49, 7, true),
    ] {
        let value = [&[0, prefix][..], &vec![0; octets_sent]].concat();
        let octets = packet(2, &unit(attribute::FRAMED_IPV6_PREFIX, &value));
        let id = format!("framed-ipv6-prefix-{prefix}-{octets_sent}");
        let comment = format!("Framed-IPv6-Prefix /{prefix} with {octets_sent} octets of prefix");
        let why = "the prefix is all there, and its length at most 128";
        if fits {
            maker.valid(&id, comment, &octets, about("wire.5.6", why, "Boundary"));
        } else {
            maker.acceptable(&id, comment, &octets, about("wire.5.2", why, "WrongForm"));
        }
    }
    for (name, value, why) in [
        ("reserved", [1, 64, 0x20, 1, 0, 0, 0, 0, 0, 0], "the first octet is zero"),
        ("bits-behind", [0, 60, 0x20, 1, 0, 0, 0, 0, 0, 1], "all bits behind the prefix are zero"),
    ] {
        let octets = packet(2, &unit(attribute::FRAMED_IPV6_PREFIX, &value));
        maker.acceptable(
            &format!("framed-ipv6-prefix-{name}"),
            format!("Framed-IPv6-Prefix: {why}"),
            &octets,
            about("wire.5.2", why, "WrongForm"),
        );
    }
    for kind in (192..=240_u8).chain([0]) {
        let octets = packet(2, &unit(kind, &[1, 2, 3]));
        maker.valid(
            &format!("unknown-{kind}"),
            format!("an attribute of type {kind}, which nobody has numbered"),
            &octets,
            about("wire.5.1", "an unknown type is skipped", "UnknownType"),
        );
    }
    file.test_groups.push(maker.finish());
    file.test_groups.push(sub_attributes());
    file
}

/// An attribute of every length.
fn forms(maker: &mut Maker, of: &Unit) {
    let kind = u8::try_from(of.kind).unwrap_or_default();
    for length in of.lengths().into_iter().filter(|length| *length <= 253) {
        let octets = packet(2, &unit(kind, &of.value(length)));
        let id = format!("{}-{length}", of.name.to_lowercase());
        let comment = format!("attribute {kind} ({}) with {length} octets of value", of.name);
        let why = format!("its value has {} to {} octets", of.allowed.start(), of.allowed.end());
        if of.allowed.contains(&length) {
            maker.valid(&id, comment, &octets, about(of.clause, why, "Normal"));
        } else {
            let why = why + "; an attribute of another form counts as absent";
            maker.acceptable(&id, comment, &octets, about("wire.5.2", why, "WrongForm"));
        }
    }
}

/// What the registry says of an attribute that is not among [`ATTRIBUTES`]; nothing of those of
/// whose length it does not say all.
fn registered(entry: &Entry) -> Option<Unit> {
    let kind = u16::try_from(entry.number).ok()?;
    let has_more = matches!(
        u8::try_from(kind).ok()?,
        attribute::LOGIN_LAT_GROUP
            | attribute::ARAP_PASSWORD
            | attribute::ARAP_FEATURES
            | attribute::ARAP_CHALLENGE_RESPONSE
            | attribute::USER_PRIORITY_TABLE
            | attribute::EAP_MESSAGE
    );
    if has_more || ATTRIBUTES.iter().any(|of| of.kind == kind) {
        return None;
    }
    let allowed = match entry.value {
        Value::Text | Value::Octets => 1..=253,
        Value::Short => 2..=2,
        Value::Integer | Value::Date | Value::Ipv4 => 4..=4,
        Value::Integer64 | Value::InterfaceId => 8..=8,
        Value::Ipv6 => 16..=16,
        _ => return None,
    };
    Some(Unit { kind, name: entry.name, clause: "wire.5.18", allowed, start: &[] })
}

fn vendor(vendor: u32, data: &[u8]) -> Vec<u8> {
    packet(2, &unit(attribute::VENDOR_SPECIFIC, &[&vendor.to_be_bytes(), data].concat()))
}

fn sub_attributes() -> Group {
    let mut maker = Maker::new(Check::Decode, Protocol::Radius, "radius-vendor");
    for of in PARAMETERS.iter().chain(&SUB_ATTRIBUTES) {
        let kind = u8::try_from(of.kind).unwrap_or_default();
        for length in of.lengths().into_iter().filter(|length| *length <= 247) {
            let octets = vendor(DEFAULT_VENDOR_ID, &unit(kind, &of.value(length)));
            let id = format!("{}-{length}", of.name);
            let comment =
                format!("sub-attribute {kind} ({}) with {length} octets of value", of.name);
            let why =
                format!("its value has {} to {} octets", of.allowed.start(), of.allowed.end());
            if of.allowed.contains(&length) {
                maker.valid(&id, comment, &octets, about(of.clause, why, "Normal"));
            } else {
                maker.acceptable(
                    &id,
                    comment,
                    &octets,
                    about("wire.5.2", why + "; one of another form counts as absent", "WrongForm"),
                );
            }
        }
    }
    for (kind, id, value, why) in wrong_values() {
        let octets = vendor(DEFAULT_VENDOR_ID, &unit(kind, &value));
        maker.acceptable(
            id,
            format!("sub-attribute {kind}: {why}"),
            &octets,
            about("wire.5.2", why, "WrongForm"),
        );
    }
    for (kind, name) in [
        (parameter::MN_FHA_KEY, "mn-fha-key"),
        (parameter::MN_FA_KEY, "mn-fa-key"),
        (parameter::MIP6_MN_HA_KEY, "mip6-mn-ha-key"),
    ] {
        for (salt, length, fits, clause) in [
            (0x80_u8, 16_usize, true, "wire.4.14"),
            (0xff, 32, true, "wire.4.14"),
            (0x80, 240, true, "wire.4.14"),
            (0x00, 16, false, "wire.4.15"),
            (0x7f, 32, false, "wire.4.15"),
            (0x80, 0, false, "wire.4.14"),
            (0x80, 15, false, "wire.4.14"),
            (0x80, 17, false, "wire.4.14"),
        ] {
            let value = [&[salt, 1][..], &vec![0x5a; length]].concat();
            let octets = vendor(DEFAULT_VENDOR_ID, &unit(kind, &value));
            let id = format!("{name}-salt-{salt:02x}-{length}");
            let comment = format!("a hidden key: salt {salt:02x}01 and {length} octets");
            let why = "a salt with its first bit set, and whole blocks of 16";
            if fits {
                maker.valid(&id, comment, &octets, about(clause, why, "Normal"));
            } else {
                maker.acceptable(&id, comment, &octets, about("wire.5.2", why, "WrongForm"));
            }
        }
    }
    for (name, data) in [
        ("beyond", &[1, 7, 192, 0, 2, 1][..]),
        ("length-1", &[1, 1]),
        ("length-0", &[1, 0, 0]),
        ("one-octet", &[1]),
        ("second-beyond", &[1, 6, 192, 0, 2, 1, 4, 3]),
    ] {
        let octets = vendor(DEFAULT_VENDOR_ID, data);
        maker.acceptable(
            &format!("framing-{name}"),
            format!("Vendor-Specific with {data:?}"),
            &octets,
            about(
                "wire.5.13",
                "it is not filled by sub-attributes, and is skipped as a whole",
                "BadLength",
            ),
        );
    }
    for other in [0_u32, 9, 311, 32472, 32474] {
        maker.valid(
            &format!("of-vendor-{other}"),
            format!("Vendor-Specific of vendor {other}"),
            &vendor(other, &[1, 7, 1, 2]),
            about(
                "wire.5.12",
                "what another vendor says need not be sub-attributes",
                "UnknownType",
            ),
        );
    }
    maker.finish()
}

/// Requests and responses with their authenticators.
pub(super) fn authenticators() -> File {
    let mut file = File::new(
        "radius_authenticators",
        "RADIUS authenticators",
        "Requests and responses to be verified with the group's key; the context of a response is the \
         authenticator of its request.",
    );
    let request = RequestBuilder::new(7, AUTHENTICATOR)
        .attribute(&Attribute::UserName(b"mn1@home.example"))
        .attribute(&Attribute::NasIdentifier(b"fha1.asp.example"))
        .sub_attribute(DEFAULT_VENDOR_ID, &SubAttribute::MnSpi(0x1001))
        .sign_request(SECRET)
        .unwrap_or_default();
    let mut maker =
        Maker::new(Check::RadiusRequest, Protocol::Radius, "radius-request").keyed(SECRET, None);
    checked(&mut maker, &request, "wire.4.7");
    let without = packet(1, &unit(1, b"mn1@home.example"));
    maker.invalid(
        "without",
        "without Message-Authenticator",
        &without,
        about("wire.4.9", "a packet is verified only with one", "BadAuthenticator"),
    );
    file.test_groups.push(maker.finish());

    let Ok(asked) = Packet::decode(&request) else { return file };
    let response = ResponseBuilder::new(code::ACCESS_ACCEPT, &asked)
        .attribute(&Attribute::SessionTimeout(3600))
        .hidden_key(DEFAULT_VENDOR_ID, parameter::MN_FHA_KEY, &[7; 20], 1, SECRET)
        .sign_response(SECRET)
        .unwrap_or_default();
    let mut maker = Maker::new(Check::RadiusResponse, Protocol::Radius, "radius-response")
        .keyed(SECRET, Some(&AUTHENTICATOR));
    checked(&mut maker, &response, "wire.4.5");
    file.test_groups.push(maker.finish());
    file
}

fn checked(maker: &mut Maker, made: &[u8], clause: &'static str) {
    maker.valid(
        "right",
        "as it was made",
        made,
        about(clause, "every authenticator is right", "Normal"),
    );
    for at in 0..made.len() {
        let mut octets = made.to_vec();
        flip(&mut octets, at, 1 << (at % 8));
        let comment = format!("octet {at} changed");
        // What no longer decodes is refused for that.
        if Packet::decode(&octets).is_ok() {
            maker.invalid(
                &format!("changed-{at}"),
                comment,
                &octets,
                about(clause, "authenticators cover every octet of the packet", "ModifiedMessage"),
            );
        }
    }
}
