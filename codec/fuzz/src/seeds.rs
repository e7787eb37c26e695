//! What fuzzing and exhaustive change begin with: the recorded vectors and every message of every
//! ladder, each whole and in its parts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use dsboot_codec::ip::{self, v4, v6};
use dsboot_codec::mip4::{Message, discovery::Discovery};
use dsboot_codec::mip6::{Header, MobilityOption};
use dsboot_codec::radius::Attribute;
use dsboot_codec::tree::{Protocol, Tree};
use dsboot_codec::{eap, pana, radius};
use dsboot_spec::registry::ip::protocol;

use crate::entries::{ENTRIES, Entry};

/// Octets, and where they are from.
pub type Octets = BTreeMap<Vec<u8>, String>;

/// Where the codec is, from where this is compiled.
fn codec() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    if here.ends_with("fuzz") { here.parent().unwrap_or(here) } else { here }
}

/// The recorded vectors.
///
/// # Errors
/// When they cannot be read.
pub fn vectors() -> io::Result<Octets> {
    let mut found = Octets::new();
    for name in ["mobile-ip.json", "eap-md5-radius.json"] {
        let text = fs::read_to_string(codec().join("tests/vectors").join(name))?;
        strings(&serde_json::from_str(&text)?, name, &mut found);
    }
    Ok(found)
}

/// Every string of hexadecimal digits below `value`.
fn strings(value: &serde_json::Value, path: &str, found: &mut Octets) {
    match value {
        serde_json::Value::String(text) => {
            if let Ok(octets) = hex::decode(text) {
                found.entry(octets).or_insert(path.to_owned());
            }
        }
        serde_json::Value::Array(values) => {
            for (i, value) in values.iter().enumerate() {
                strings(value, &format!("{path}/{i}"), found);
            }
        }
        serde_json::Value::Object(values) => {
            values.iter().for_each(|(key, value)| strings(value, &format!("{path}/{key}"), found));
        }
        _ => (),
    }
}

/// Every message of every ladder, from the snapshots of annotated octets.
///
/// # Errors
/// When they cannot be read.
pub fn ladders() -> io::Result<Octets> {
    let mut found = Octets::new();
    for file in fs::read_dir(codec().join("../tests/tests/snapshots"))? {
        let path = file?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        for message in text.split("\n# ").skip(1) {
            let title = message.lines().next().unwrap_or_default();
            let octets: Vec<u8> = message.lines().filter_map(annotated).flatten().collect();
            if !octets.is_empty() {
                found.entry(octets).or_insert(format!("{name}: {title}"));
            }
        }
    }
    Ok(found)
}

/// The octets of a line `0010  e0 00 00 0b   what it is`.
fn annotated(line: &str) -> Option<Vec<u8>> {
    let (offset, rest) = line.split_once("  ")?;
    usize::from_str_radix(offset, 16).ok().filter(|_| offset.len() == 4)?;
    let octets = rest.split("  ").next()?;
    octets.split(' ').map(|octet| u8::from_str_radix(octet, 16).ok()).collect()
}

/// What stands in octets as something that an entry point takes by itself.
pub fn parts(octets: &[u8], found: &mut BTreeSet<Vec<u8>>) {
    if octets.is_empty() || !found.insert(octets.to_vec()) {
        return;
    }
    if let Ok(packet) = v4::Packet::decode(octets) {
        upper(packet.protocol, packet.payload, found);
    }
    if let Ok(packet) = v6::Packet::decode(octets)
        && let Ok(upper_layer) = packet.upper_layer()
    {
        upper(upper_layer.protocol, upper_layer.octets, found);
    }
    if let Ok(packet) = radius::Packet::decode(octets) {
        for unit in packet.attributes() {
            found.insert([&unit.raw[..1], &unit.raw[2..]].concat());
            if let Attribute::VendorSpecific(specific) = unit.value {
                found.insert(specific.data.to_vec());
                for unit in specific.sub_attributes(0).into_iter().flatten() {
                    found.insert([&[0], &unit.raw[..1], &unit.raw[2..]].concat());
                    found.insert(unit.raw[2..].to_vec());
                }
            }
        }
        if let Ok(Some(eap)) = packet.eap_message() {
            parts(&eap, found);
        }
    }
    if let Ok(Message::Request(request)) = Message::decode_leniently(octets) {
        found.extend(request.extensions.iter().map(|unit| unit.raw.to_vec()));
        found.extend(octets.get(24..).map(<[u8]>::to_vec));
    }
    if let Ok(Message::Reply(reply)) = Message::decode_leniently(octets) {
        found.extend(reply.extensions.iter().map(|unit| unit.raw.to_vec()));
        found.extend(octets.get(20..).map(<[u8]>::to_vec));
    }
    if let Ok(message) = Header::decode_unverified(octets).and_then(|header| header.message()) {
        let options = message.options().iter().filter(|unit| unit.raw.len() > 2);
        found.extend(options.map(|unit| [&unit.raw[..1], &unit.raw[2..]].concat()));
    }
    if let Ok(message) = pana::Message::decode(octets) {
        for unit in message.avps() {
            if let pana::Avp::EapPayload(eap) = unit.value {
                parts(eap, found);
            }
        }
    }
}

fn upper(kind: u8, octets: &[u8], found: &mut BTreeSet<Vec<u8>>) {
    match kind {
        protocol::UDP => {
            if let Ok(datagram) = ip::udp::Datagram::decode_unverified(octets) {
                parts(datagram.payload, found);
            }
        }
        _ => parts(octets, found),
    }
}

/// Octets that an entry point takes, made of `all` and their parts.
#[must_use]
pub fn of(entry: &Entry, all: &Octets) -> Vec<Vec<u8>> {
    let mut found = BTreeSet::new();
    all.keys().for_each(|octets| parts(octets, &mut found));
    if entry.name == "udp" {
        found = found.iter().filter_map(|octets| datagrams(octets)).flatten().collect();
    }
    if entry.name == "tree" {
        let kind = |octets: &[u8]| {
            let protocol = Tree::detect(octets)?;
            Protocol::ALL.iter().position(|one| *one == protocol)?.try_into().ok()
        };
        let whole = all.keys().filter_map(|octets| Some([&[kind(octets)?], &octets[..]].concat()));
        found = whole.collect();
    }
    found.retain(|octets| entry.run(octets).is_ok_and(|reading| is_one(entry, octets, reading)));
    found.into_iter().collect()
}

/// A short payload in datagrams over both versions of IP.
fn datagrams(octets: &[u8]) -> Option<[Vec<u8>; 2]> {
    let payload = Some(octets).filter(|octets| octets.len() <= 8)?;
    let v4 =
        ip::udp::packet(([192, 0, 2, 1], 434).into(), ([192, 0, 2, 2], 434).into(), 64, payload);
    let v6 = ip::udp::packet(([0x20; 16], 7).into(), ([0x30; 16], 7).into(), 64, payload);
    Some([v4.ok()?, v6.ok()?])
}

/// Whether octets are of the kind that an entry is for, and not only harmless to it.
fn is_one(entry: &Entry, octets: &[u8], reading: crate::entries::Reading) -> bool {
    match entry.name {
        "mip4" => matches!(octets.first(), Some(1 | 3 | 4)),
        "discovery" => Discovery::decode(octets).is_ok(),
        "icmp" => matches!(octets.first(), Some(0 | 8 | 9 | 10 | 128 | 129)),
        "mip6" => octets.first() == Some(&59),
        "eap" => eap::Packet::decode(octets).is_ok_and(|packet| packet.padding().is_empty()),
        "radius_attribute" => {
            let attribute = octets.split_first().map(|(kind, data)| Attribute::decode(*kind, data));
            !matches!(attribute, Some(Attribute::Unknown { .. } | Attribute::Malformed { .. }))
        }
        "mip6_option" => {
            let option =
                octets.split_first().map(|(kind, data)| MobilityOption::decode(*kind, data));
            use MobilityOption::{Malformed, Unknown};
            !matches!(option, Some(Unknown { .. } | Malformed { .. }))
        }
        "parameter" | "radius_vendor" | "radius_hidden" | "ip_tunnel" => reading.units > 0,
        _ => true,
    }
}

/// An entry with its seeds.
pub type Seeds = (&'static Entry, Vec<Vec<u8>>);

/// The entries with their seeds.
///
/// # Errors
/// When vectors or ladders cannot be read.
pub fn all() -> io::Result<Vec<Seeds>> {
    let mut octets = vectors()?;
    octets.extend(ladders()?);
    Ok(ENTRIES.iter().map(|entry| (entry, of(entry, &octets))).collect())
}
