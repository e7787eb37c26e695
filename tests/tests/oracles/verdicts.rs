//! Packets that were changed somewhere: what is wrong with them to us, and what to tshark.
//!
//! Where one of us finds nothing wrong and the other does, what the other says must be listed in
//! verdicts.txt with the reason: `-` what we say, `+` what tshark says.

use std::collections::BTreeSet;

use dsboot_codec::ip::udp;
use dsboot_codec::tree::{Node, Options, Protocol, Tree, Value};
use dsboot_tests::tshark::{Tshark, Values};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use crate::generate;
use crate::packets;
use crate::table::Table;

/// How many changed packets of each protocol.
const EACH: usize = 2500;

/// The protocols, in the order of [`generate::packets`], and how much of a packet is changed.
const PROTOCOLS: [(&str, Part); 8] = [
    ("radius", Part::Datagram),
    ("mip4", Part::Datagram),
    ("pana", Part::Datagram),
    ("mh", Part::Payload),
    ("discovery", Part::Payload),
    ("icmp", Part::Payload),
    ("tunnel", Part::Payload),
    ("ip", Part::All),
];

/// What is changed; what is around it is made right for it.
#[derive(Clone, Copy)]
enum Part {
    /// What a UDP datagram carries.
    Datagram,
    /// What an IP packet carries.
    Payload,
    /// Everything.
    All,
}

#[test]
fn tshark_takes_for_malformed_what_we_do() {
    let Some(tshark) = Tshark::find() else { return };
    let tshark = tshark.with(&["-d udp.port==716,pana".to_owned()]);
    let mut table = Table::of("verdicts");
    let originals = generate::packets();
    let each = originals.len() / generate::KINDS_OF_PACKETS;
    let mut all = 0;
    for (number, (name, part)) in PROTOCOLS.into_iter().enumerate() {
        let mut random = ChaCha8Rng::seed_from_u64(number as u64);
        let originals = &originals[number * each..(number + 1) * each];
        let changed: Vec<Vec<u8>> = (0..EACH)
            .map(|i| change(&mut random, &originals[i % originals.len()], part))
            .filter(|packet| packet.len() >= 20)
            .collect();
        let file = packets::file(&format!("verdicts-{name}.pcap"), &changed);
        let fields = ["_ws.expert.severity", "_ws.expert.group", "_ws.expert.message"];
        let fields: Vec<&str> =
            ["frame.number", "_ws.malformed"].into_iter().chain(fields).collect();
        let theirs = tshark.fields(&file, "", &fields).unwrap();
        assert_eq!(theirs.len(), changed.len());
        for (packet, theirs) in changed.iter().zip(&theirs) {
            compare(&mut table, name, packet, &said(theirs));
        }
        all += changed.len();
    }
    // Most packets are the same to both.
    table.end(all, all / 2);
}

fn compare(table: &mut Table, name: &str, packet: &[u8], theirs: &BTreeSet<String>) {
    let tree = Tree::decode(Protocol::Ip, packet, &Options::default());
    let ours: BTreeSet<String> =
        tree.faults().map(|fault| format!("{} ({})", fault.kind, fault.sentence)).collect();
    if ours.is_empty() == theirs.is_empty() {
        return table.agree();
    }
    for fault in &ours {
        table.alone('-', &format!("{name}: {fault}"), || hex::encode(packet));
    }
    // What tshark loses its way at in whole messages too (tshark.txt).
    let unreadable = tree.nodes.iter().any(is_unreadable);
    for remark in theirs {
        let amid = if unreadable { ", amid extensions that it cannot cut" } else { "" };
        table.alone('+', &format!("{name}: {remark}{amid}"), || hex::encode(packet));
    }
}

/// Whether an extension is in it that tshark cannot cut: it takes its sub-type for its length, or padding
/// for a type and a length.
fn is_unreadable(node: &Node) -> bool {
    let is_long = node.find("Type").is_some_and(|kind| {
        let is = |number: u64| kind.value() == Some(&Value::Unsigned(number));
        (40..=43).chain([0, 36, 50, 139]).any(is) && node.name.contains("extension (")
    });
    is_long || node.children().iter().any(is_unreadable)
}

/// What is wrong to tshark: warnings and errors, but not those about security, with their numbers
/// left out.
fn said(row: &[Values]) -> BTreeSet<String> {
    const WARNING: u32 = 0x0060_0000;
    const SECURITY: u32 = 0x0a00_0000;
    let [_, layers, severities, groups, messages] = row else { return BTreeSet::new() };
    let number = |text: &String| text.parse::<u32>().unwrap_or_default();
    let remarks = severities.iter().zip(groups).zip(messages);
    let remarks = remarks
        .filter(|((severity, group), _)| number(severity) >= WARNING && number(group) != SECURITY);
    let without_numbers = |text: &str| -> String {
        let words = text
            .split_whitespace()
            .map(|word| if word.contains(|c: char| c.is_ascii_digit()) { "N" } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    // `#` begins a reason in the tables.
    let mut said: BTreeSet<String> = remarks
        .map(|(_, message)| without_numbers(message).replace('#', "number"))
        .filter(|message| !message.starts_with("Malformed Packet"))
        .collect();
    said.extend(layers.iter().filter(|layer| layer.starts_with('[')).cloned());
    said
}

/// A packet with something changed in it.
fn change(random: &mut ChaCha8Rng, packet: &[u8], part: Part) -> Vec<u8> {
    let header = if packet[0] >> 4 == 4 { 20 } else { 40 };
    let changed = match part {
        Part::Datagram => {
            let datagram = udp::decode_packet(packet).unwrap();
            let payload = mutate(random, datagram.payload);
            return udp::packet(datagram.source, datagram.destination, 64, &payload).unwrap();
        }
        Part::Payload => {
            let mut changed = packet[..header].to_vec();
            changed.extend(mutate(random, &packet[header..]));
            let length = u16::try_from(changed.len()).unwrap();
            if header == 20 {
                changed[2..4].copy_from_slice(&length.to_be_bytes());
            } else {
                changed[4..6].copy_from_slice(&(length - 40).to_be_bytes());
            }
            changed
        }
        Part::All => mutate(random, packet),
    };
    let options = Options::default();
    let tree = Tree::decode(Protocol::Ip, &changed, &options);
    tree.fix_checksums(&options).unwrap()
}

/// Octets with one or two changes.
fn mutate(random: &mut ChaCha8Rng, octets: &[u8]) -> Vec<u8> {
    let mut octets = octets.to_vec();
    let mut below = |n: usize| random.next_u32() as usize % n.max(1);
    for _ in 0..=below(2) {
        let at = below(octets.len());
        let Some(octet) = octets.get(at).copied() else { break };
        let end = octets.len().min(at + 1 + below(8));
        match below(8) {
            0 => octets[at] ^= 1 << below(8),
            1 => octets[at] = [0, 1, 0x7f, 0x80, 0xff][below(5)],
            2 => octets[at] = octet.wrapping_add(1),
            3 => octets[at] = octet.wrapping_sub(1),
            4 => octets.truncate(at),
            5 => drop(octets.drain(at..end)),
            6 => drop(octets.splice(
                at..at,
                (0..8).take(1 + below(8)).map(|i| octet.wrapping_mul(i)).collect::<Vec<u8>>(),
            )),
            _ => {
                let again = octets[at..end].to_vec();
                octets.splice(end..end, again);
            }
        }
    }
    octets
}
