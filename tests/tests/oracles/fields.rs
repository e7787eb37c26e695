//! What our tree says of a packet, field by field, each with the bits that it is made of.

use std::net::{Ipv4Addr, Ipv6Addr};

use dsboot_codec::tree::{Node, Options, Protocol, Tree, Value};

/// A field of a packet.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The protocol, what the field is a part of, and its name: `radius User-Name (1)/Text`.
    pub(crate) name: String,
    /// The first bit, from the start of the packet.
    pub(crate) bit: usize,
    /// How many bits.
    pub(crate) bits: usize,
    /// What it says.
    pub(crate) value: Said,
}

/// A value, whoever says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Number(u64),
    Ipv4(Ipv4Addr),
    Ipv6(Ipv6Addr),
    Text(String),
    Octets(Vec<u8>),
    /// Seconds since 1900, and parts of 2^32 of a second.
    Time(u32, u32),
}

impl Said {
    /// The octets of it, so many of a number.
    pub(crate) fn octets(&self, length: usize) -> Vec<u8> {
        match self {
            Said::Number(number) => number.to_be_bytes()[8_usize.saturating_sub(length)..].to_vec(),
            Said::Ipv4(address) => address.octets().to_vec(),
            Said::Ipv6(address) => address.octets().to_vec(),
            Said::Text(text) => text.clone().into_bytes(),
            Said::Octets(octets) => octets.clone(),
            Said::Time(seconds, fraction) => {
                [seconds.to_be_bytes(), fraction.to_be_bytes()].concat()
            }
        }
    }
}

/// The fields at the head of a unit.
const HEADS: [&str; 16] = [
    "Type",
    "Length",
    "Vendor-Type",
    "Vendor-Length",
    "Code",
    "Flags",
    "Reserved",
    "Padding",
    "AVP Code",
    "AVP Flags",
    "AVP Length",
    "Vendor-Id",
    "Vendor/Org-ID",
    "Opt Data Len",
    "SPI",
    "Authenticator",
];

/// The fields of a packet, in order.
pub(crate) fn of(packet: &[u8]) -> Vec<Field> {
    let tree = Tree::decode(Protocol::Ip, packet, &Options::default());
    let mut fields = Vec::new();
    for node in &tree.nodes {
        walk(node, "", "", &mut fields, packet);
    }
    fields
}

/// Whether a field is the whole value of a unit, which need not be a field to others.
pub(crate) fn is_whole(field: &Field) -> bool {
    field.name.ends_with("/all")
}

/// The value of a unit of type, length and value, as octets.
fn value_of_unit(node: &Node, protocol: &str, fields: &mut Vec<Field>, packet: &[u8]) {
    let [kind, length, value, ..] = node.children() else { return };
    if kind.name.ends_with("Type") && ["Length", "Vendor-Length"].contains(&&*length.name) {
        let value = value.offset..node.end();
        let (bit, bits) = (value.start * 8, value.len() * 8);
        let name = format!("{protocol} {}/all", node.name);
        fields.push(Field { name, bit, bits, value: Said::Octets(packet[value].to_vec()) });
    }
}

fn walk(node: &Node, protocol: &'static str, above: &str, fields: &mut Vec<Field>, packet: &[u8]) {
    let protocol = node.protocol.map_or(protocol, Protocol::name);
    let Some(value) = node.value() else {
        value_of_unit(node, protocol, fields, packet);
        let above = if node.protocol.is_some() { "message" } else { &node.name };
        for child in node.children() {
            walk(child, protocol, above, fields, packet);
        }
        return;
    };
    if node.length == 0 {
        return;
    }
    // The head of a unit is the same whatever the unit.
    let is_head = above.contains('(') && HEADS.contains(&&*node.name);
    let above = if is_head { "*" } else { above };
    // `#` begins a reason in the tables.
    let name = format!("{protocol} {above}/{}", node.name.replace('#', "number"));
    let (bit, bits) = (node.offset * 8, node.length * 8);
    let mut add = |name: String, bit, bits, value| fields.push(Field { name, bit, bits, value });
    match value {
        Value::Unsigned(number) => add(name, bit, bits, Said::Number(*number)),
        Value::Ipv4(address) => add(name, bit, bits, Said::Ipv4(*address)),
        Value::Ipv6(address) if node.length == 16 => add(name, bit, bits, Said::Ipv6(*address)),
        Value::Ipv6Prefix(address) => add(name, bit, bits, Said::Ipv6(*address)),
        Value::Text(text) => add(name, bit, bits, Said::Text(text.clone())),
        Value::Time { seconds, fraction } => add(name, bit, bits, Said::Time(*seconds, *fraction)),
        Value::Bits(parts) => {
            let mut at = bit;
            for part in parts {
                let width = usize::from(part.bits);
                add(format!("{name}.{}", part.name), at, width, Said::Number(part.value.into()));
                at += width;
            }
        }
        Value::Flags { of, set } => {
            let octets = &packet[node.offset..node.end()];
            let whole = octets.iter().fold(0, |whole, octet| whole << 8 | u64::from(*octet));
            add(name.clone(), bit, bits, Said::Number(whole));
            for (mask, flag) in of.table().into_iter().filter(|(mask, _)| mask.count_ones() == 1) {
                let at = bit + bits - 1 - mask.trailing_zeros() as usize;
                let is_set = set.iter().any(|name| name == flag);
                add(format!("{name}.{flag}"), at, 1, Said::Number(is_set.into()));
            }
        }
        _ => {
            let octets = packet[node.offset..node.end()].to_vec();
            add(name, bit, bits, Said::Octets(octets));
        }
    }
}
