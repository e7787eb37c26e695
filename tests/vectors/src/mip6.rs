//! Mobile IPv6: mobility headers, options, authenticators.

use dsboot_codec::ip::Pseudo;
use dsboot_codec::mip6::{
    Addresses, BindingAcknowledgement, BindingUpdate, Builder, Identifier, Lifetime,
    MobilityOption, Packet, Route, Sequence, Timestamp, UpdateFlags,
};
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::{message, option};

use super::document::File;
use super::make::{Check, Maker, about, flip, put};
use super::unit::{Unit, units};

/// A mobility header with this data behind its checksum, which is not computed.
fn header(kind: u8, data: &[u8]) -> Vec<u8> {
    let units = u8::try_from((6 + data.len()) / 8).unwrap_or(1).saturating_sub(1);
    [&[59, units, kind, 0, 0, 0], data].concat()
}

/// A binding update with these options, padded behind them.
fn update(options: &[u8]) -> Vec<u8> {
    let mut data = [&[0, 1, 0xc0, 0, 1, 0xc2], options].concat();
    let padding = (8 - (6 + data.len()) % 8) % 8;
    match padding {
        0 => {}
        1 => data.push(0),
        more => {
            let length = u8::try_from(more - 2).unwrap_or_default();
            data.extend([1, length]);
            data.extend(vec![0; more - 2]);
        }
    }
    header(message::BINDING_UPDATE, &data)
}

fn unit(kind: u8, data: &[u8]) -> Vec<u8> {
    [&[kind, u8::try_from(data.len()).unwrap_or(u8::MAX)], data].concat()
}

/// The octets that each message has behind its checksum before its options.
const FIXED: [(u8, &str, usize, &str); 8] = [
    (0, "brr", 2, "wire.8.7"),
    (1, "hoti", 10, "wire.8.7"),
    (2, "coti", 10, "wire.8.7"),
    (3, "hot", 18, "wire.8.7"),
    (4, "cot", 18, "wire.8.7"),
    (5, "bu", 6, "wire.8.8"),
    (6, "ba", 6, "wire.8.9"),
    (7, "be", 18, "wire.8.10"),
];

/// Headers and messages.
pub(super) fn messages() -> File {
    let mut file = File::new(
        "mobility_headers",
        "Mobility headers",
        "Mobility headers without their IPv6 packet: the checksum is not part of the test.",
    );
    let mut maker = Maker::new(Check::Decode, Protocol::Mh, "mh");
    for (kind, name, fixed, clause) in FIXED {
        let mut data = vec![0; fixed];
        while (6 + data.len()) % 8 != 0 {
            data.push(0);
        }
        let whole = header(kind, &data);
        maker.valid(
            name,
            format!("MH Type {kind}"),
            &whole,
            about(clause, "all is as it should be", "Normal"),
        );
        let of = format!("MH Type {kind}, ");
        maker.cuts(&format!("{name}-"), &of, (&whole, 0), |_| {
            ("wire.8.1", "there are fewer octets than Header Len says")
        });
        for units in 0..(whole.len() / 8 - 1) {
            let mut octets = whole.clone();
            put(&mut octets, 1, &[u8::try_from(units).unwrap_or_default()]);
            maker.invalid(
                &format!("{name}-header-len-{units}"),
                format!("MH Type {kind} with Header Len {units}"),
                &octets,
                about("wire.8.5", format!("the message needs {} octets", 6 + fixed), "BadLength"),
            );
        }
        for proto in [0_u8, 6, 17, 58, 60, 135, 255] {
            let mut octets = whole.clone();
            put(&mut octets, 0, &[proto]);
            maker.invalid(
                &format!("{name}-payload-proto-{proto}"),
                format!("MH Type {kind} with Payload Proto {proto}"),
                &octets,
                about("wire.8.3", "Payload Proto is 59", "WrongForm"),
            );
        }
        let mut octets = whole.clone();
        put(&mut octets, 3, &[0xff]);
        maker.valid(
            &format!("{name}-reserved"),
            format!("MH Type {kind} with the reserved octet set"),
            &octets,
            about("wire.8.11", "reserved octets have no effect", "Reserved"),
        );
        maker.valid(
            &format!("{name}-followed"),
            format!("MH Type {kind} with octets behind the header"),
            &[whole.as_slice(), &[1; 9]].concat(),
            about("wire.8.1", "nothing behind the header is looked at", "Trailing"),
        );
    }
    for kind in (0..=255_u8).filter(|kind| message::name(*kind).is_none()) {
        maker.valid(
            &format!("type-{kind}"),
            format!("MH Type {kind}, which nobody has numbered"),
            &header(kind, &[1, 2]),
            about("wire.8.6", "an unknown type is kept whole", "UnknownType"),
        );
    }
    for bit in 0..16 {
        let flags = (1_u16 << bit).to_be_bytes();
        let mut octets = update(&[]);
        put(&mut octets, 8, &flags);
        maker.valid(
            &format!("bu-flag-{bit}"),
            format!("a binding update with bit {bit} of its flags alone"),
            &octets,
            about("wire.8.8", "flags are kept as received", "Reserved"),
        );
    }
    for status in 0..=255_u8 {
        let octets =
            header(message::BINDING_ACKNOWLEDGEMENT, &[status, 0, 0, 1, 1, 0xc2, 1, 2, 0, 0]);
        maker.valid(
            &format!("ba-status-{status}"),
            format!("a binding acknowledgement of status {status}"),
            &octets,
            about("wire.8.9", "below 128 accepts, any other refuses", "Boundary"),
        );
    }
    for lifetime in [0_u16, 1, 0xffff] {
        let mut octets = update(&[]);
        put(&mut octets, 10, &lifetime.to_be_bytes());
        maker.valid(
            &format!("bu-lifetime-{lifetime}"),
            format!("a binding update with Lifetime {lifetime}"),
            &octets,
            about("wire.8.12", "it counts units of 4 seconds; there is no infinity", "Boundary"),
        );
    }
    file.test_groups.push(maker.finish());
    file
}

/// Options and what they take.
const OPTIONS: [Unit; 27] = units![
    2, "binding-refresh-advice", "wire.9.6", 2..=2, &[0, 9];
    3, "alternate-care-of-address", "wire.9.5", 16..=16, &[0x20, 1];
    4, "nonce-indices", "wire.9.6", 4..=4, &[0, 1, 0, 2];
    6, "mobile-network-prefix", "wire.9.8", 18..=18, &[0, 64, 0x20, 1];
    7, "link-layer-address", "wire.9.23", 1..=255, &[2];
    8, "mobile-node-identifier", "wire.9.9", 1..=255, &[1];
    10, "mesg-id", "wire.9.10", 8..=8, &[0xce];
    11, "cga-parameters-request", "wire.9.23", 0..=0, &[];
    12, "cga-parameters", "wire.9.23", 1..=255, &[];
    13, "signature", "wire.9.23", 1..=255, &[];
    14, "permanent-home-keygen-token", "wire.9.23", 1..=255, &[];
    15, "care-of-test-init", "wire.9.23", 0..=0, &[];
    16, "care-of-test", "wire.9.23", 8..=8, &[];
    17, "dns-update", "wire.9.23", 2..=255, &[0, 0x80];
    19, "vendor-specific", "wire.9.23", 5..=255, &[0, 0, 0, 9, 1];
    20, "service-selection", "wire.9.23", 1..=255, &[];
    22, "home-network-prefix", "wire.9.23", 18..=18, &[0, 64];
    23, "handoff-indicator", "wire.9.23", 2..=2, &[0, 1];
    24, "access-technology-type", "wire.9.23", 2..=2, &[0, 4];
    25, "link-layer-identifier", "wire.9.23", 2..=255, &[0, 0];
    26, "link-local-address", "wire.9.23", 16..=16, &[0xfe, 0x80];
    27, "timestamp", "wire.9.23", 8..=8, &[];
    28, "restart-counter", "wire.9.23", 4..=4, &[];
    29, "ipv4-home-address", "wire.9.12", 6..=6, &[0x80, 0];
    30, "ipv4-address-acknowledgement", "wire.9.12", 6..=6, &[0, 0x80];
    31, "nat-detection", "wire.9.12", 6..=6, &[0x80, 0];
    32, "ipv4-care-of-address", "wire.9.12", 6..=6, &[0, 0];
];

/// Forms and places of options.
pub(super) fn options() -> File {
    let mut file = File::new(
        "mobility_options",
        "Mobility options",
        "A binding update with one option more, of every type and length, without its IPv6 packet.",
    );
    let mut maker = Maker::new(Check::Decode, Protocol::Mh, "mobility-option");
    for of in &OPTIONS {
        let kind = u8::try_from(of.kind).unwrap_or_default();
        for length in of.lengths() {
            let octets = update(&unit(kind, &of.value(length)));
            let id = format!("{}-{length}", of.name);
            let comment = format!("option {kind} ({}) with {length} octets of data", of.name);
            let why =
                format!("it has {} to {} octets of data", of.allowed.start(), of.allowed.end());
            if of.allowed.contains(&length) {
                maker.valid(&id, comment, &octets, about(of.clause, why, "Normal"));
            } else {
                maker.acceptable(
                    &id,
                    comment,
                    &octets,
                    about(of.clause, why + "; an option of another form is skipped", "WrongForm"),
                );
            }
        }
    }
    for (id, data, why) in [
        (
            "mobile-network-prefix-length-129",
            unit(6, &[&[0, 129][..], &[0; 16]].concat()),
            "a prefix length is at most 128",
        ),
        ("ipv4-home-address-prefix-0", unit(29, &[0, 0, 1, 2, 3, 4]), "a prefix length is 1 to 32"),
        (
            "ipv4-home-address-prefix-33",
            unit(29, &[33 << 2, 0, 1, 2, 3, 4]),
            "a prefix length is 1 to 32",
        ),
        (
            "ipv4-home-address-prefix-63",
            unit(29, &[0xfc, 0, 1, 2, 3, 4]),
            "a prefix length is 1 to 32",
        ),
    ] {
        let clause = if id.starts_with("mobile") { "wire.9.8" } else { "wire.9.12" };
        maker.acceptable(
            id,
            format!("{id}: {why}"),
            &update(&data),
            about(clause, why, "WrongForm"),
        );
    }
    for kind in (0..=255_u8).filter(|kind| option::name(*kind).is_none()) {
        maker.valid(
            &format!("unknown-{kind}"),
            format!("an option of type {kind}"),
            &update(&unit(kind, &[1, 2, 3])),
            about("wire.9.2", "an unknown option is skipped", "UnknownType"),
        );
    }
    places(&mut maker);
    file.test_groups.push(maker.finish());
    file
}

/// Where options stand and end.
fn places(maker: &mut Maker) {
    for length in [3_u8, 4, 100, 255] {
        let octets = header(5, &[0, 1, 0xc0, 0, 1, 0xc2, 8, length, 1, 2]);
        maker.invalid(
            &format!("beyond-{length}"),
            format!("a last option with Length {length} and 2 octets"),
            &octets,
            about("wire.9.1", "an option ends inside the header", "BadLength"),
        );
    }
    let octets = header(5, &[0, 1, 0xc0, 0, 1, 0xc2, 0, 0, 0, 8]);
    maker.invalid(
        "no-length",
        "a last octet that begins an option",
        &octets,
        about("wire.9.1", "an option has a Length", "Truncated"),
    );
    let mn_ha = unit(9, &[&[1, 0, 0, 3, 0][..], &[0; 12]].concat());
    let mn_aaa = unit(9, &[&[2, 0, 0, 0, 3][..], &[0; 20]].concat());
    let nai = unit(8, b"\x01mn1@home.example");
    let pad = |count: usize| vec![0; count];
    for (id, options, clause, why) in [
        (
            "mn-ha-last",
            [pad(1), mn_ha.clone()].concat(),
            "",
            "an authentication option ends the header",
        ),
        (
            "mn-aaa-last",
            [pad(1), mn_aaa.clone()].concat(),
            "",
            "an authentication option ends the header",
        ),
        (
            "both",
            [pad(1), mn_ha.clone(), pad(5), mn_aaa.clone()].concat(),
            "",
            "MN-AAA stands behind MN-HA, with padding between",
        ),
        (
            "both-wrong-order",
            [pad(1), mn_aaa.clone(), pad(5), mn_ha.clone()].concat(),
            "wire.9.14",
            "MN-AAA is the last option",
        ),
        (
            "mn-ha-twice",
            [pad(1), mn_ha.clone(), pad(5), mn_ha.clone()].concat(),
            "wire.9.14",
            "one authentication option of a sub-type",
        ),
        (
            "nai-behind",
            [pad(1), mn_ha.clone(), nai.clone(), pad(2)].concat(),
            "wire.9.13",
            "behind an authentication option there are only such",
        ),
        (
            "padding-behind",
            [mn_ha.clone(), pad(1)].concat(),
            "wire.9.13",
            "no padding stands behind the last authentication option",
        ),
    ] {
        let octets = update(&options);
        if clause.is_empty() {
            maker.valid(id, why, &octets, about("wire.9.13", why, "Normal"));
        } else {
            maker.invalid(id, why, &octets, about(clause, why, "Order"));
        }
    }
    let data = [&[0, 1, 0xc0, 0, 1, 0xc2][..], &unit(5, &[0; 12]), &pad(6)].concat();
    maker.invalid(
        "authorization-data-not-last",
        "Binding Authorization Data with padding behind it",
        &header(5, &data),
        about("wire.9.7", "it is the last option", "Order"),
    );
    let data = [&[0, 0, 0, 1, 1, 0xc2, 0][..], &mn_aaa].concat();
    maker.invalid(
        "mn-aaa-in-ba",
        "a binding acknowledgement with an MN-AAA option",
        &header(6, &data),
        about("wire.9.15", "an acknowledgement has no MN-AAA option", "Order"),
    );
    for (id, options) in [
        ("alternate-care-of-address", unit(3, &[0x20; 16])),
        ("mesg-id", unit(10, &[1; 8])),
        ("mobile-node-identifier", nai),
    ] {
        maker.valid(
            &format!("twice-{id}"),
            format!("two options of one kind: {id}"),
            &update(&options.repeat(2)),
            about("wire.9.3", "both count as not understood; the message is taken", "Duplicate"),
        );
    }
}

/// Binding updates and acknowledgements in their packets, with their authenticators.
pub(super) fn authenticators() -> File {
    let mut file = File::new(
        "mobility_authenticators",
        "Mobile IPv6 authentication options (RFC 4285)",
        "Whole IPv6 packets whose checksum is right, to be verified with the group's key.",
    );
    let key: [u8; 16] = *b"AAA-shared-key-0";
    let parse = |text: &str| text.parse().unwrap_or(core::net::Ipv6Addr::UNSPECIFIED);
    let node = Addresses { home: parse("2001:db8:1::100"), care_of: parse("2001:db8:f::77") };
    let home_agent = parse("2001:db8:1::1");
    let identifier = MobilityOption::MobileNodeIdentifier(Identifier::nai(b"mn1@home.example"));
    let message_id = MobilityOption::MessageId(Timestamp(0xcea4_d310_0000_0001));
    let update = BindingUpdate::new(
        Sequence(1),
        UpdateFlags::HOME_REGISTRATION,
        Lifetime::from_seconds(1800),
    );
    let request = Builder::new(update)
        .option(&MobilityOption::AlternateCareOfAddress(node.care_of))
        .option(&identifier)
        .option(&message_id)
        .sign_mn_aaa(&key)
        .packet(&Route::from_mobile_node(node, home_agent))
        .unwrap_or_default();
    let answer = BindingAcknowledgement::new(0, Sequence(1), Lifetime::from_seconds(1800));
    let answer = Builder::new(answer)
        .option(&identifier)
        .option(&message_id)
        .sign_mn_ha(0x300, &key)
        .packet(&Route::to_mobile_node(home_agent, node))
        .unwrap_or_default();
    for (check, name, made) in
        [(Check::Mipv6MnAaa, "mn-aaa", request), (Check::Mipv6MnHa, "mn-ha", answer)]
    {
        let mut maker = Maker::new(check, Protocol::Ipv6, name).keyed(&key, None);
        maker.valid(
            "right",
            "as it was made",
            &made,
            about("wire.9.17", "the authenticator is right", "Normal"),
        );
        for at in 64..made.len() {
            let mut octets = made.clone();
            flip(&mut octets, at, 1 << (at % 8));
            let octets = summed(octets, node, home_agent, name == "mn-aaa");
            if Packet::decode(&octets)
                .is_ok_and(|packet| packet.message.options().authentications().next().is_some())
                && octets != made
            {
                let comment = format!("octet {at} of the packet changed, and the checksum with it");
                let why = "the authenticator covers the header up to its SPI, and all its octets";
                let about_it = about("wire.9.17", why, "ModifiedMessage");
                maker.invalid(&format!("changed-{at}"), comment, &octets, about_it);
            }
        }
        file.test_groups.push(maker.finish());
    }
    file
}

/// The packet with a checksum that is right again. The header begins behind 64 octets.
fn summed(
    mut octets: Vec<u8>,
    node: Addresses,
    home_agent: core::net::Ipv6Addr,
    is_update: bool,
) -> Vec<u8> {
    let pseudo = if is_update {
        Pseudo::v6(node.home, home_agent)
    } else {
        Pseudo::v6(home_agent, node.home)
    };
    put(&mut octets, 68, &[0, 0]);
    let sum = pseudo.checksum(next_header::MOBILITY, &[octets.get(64..).unwrap_or_default()]);
    put(&mut octets, 68, &sum.to_be_bytes());
    octets
}
