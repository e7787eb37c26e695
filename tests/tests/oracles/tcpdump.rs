//! tcpdump's words, one packet after the other.

use std::process::Command;
use std::time::Duration;

use dsboot_tests::{peers, process};

use crate::fields;
use crate::packets;
use crate::sequence::{self, Spoken};
use crate::table::Table;

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn tcpdump_says_what_we_do() {
    let Some(tcpdump) = peers::TCPDUMP.find() else { return };
    let packets = packets::all();
    let file = packets::file("tcpdump.pcap", packets);
    let mut command = Command::new(tcpdump);
    // Without resolving names, without the time, with all there is to say.
    command.args(["-n", "-t", "-vv", "-r"]).arg(file);
    let said = process::run(&mut command, "", PATIENCE).unwrap();
    assert!(said.status.success(), "{}", said.err);
    let mut spoken: Vec<Spoken> = Vec::new();
    for line in said.out.lines() {
        if line.starts_with("IP") {
            spoken.push(Vec::new());
        }
        words(line, spoken.last_mut().unwrap());
    }
    for (packet, spoken) in packets.iter().zip(&mut spoken) {
        // It stops at options that seem to it to be cut off; so one behind them is not missing.
        let said = spoken.iter().filter(|(name, _)| name == ADDRESS).count();
        let ours = fields::of(packet);
        let ours = ours.iter().filter(|field| field.name.ends_with("/Alternate Care-of Address"));
        if said < ours.count() {
            spoken.retain(|(name, _)| name != ADDRESS);
        }
    }
    let mut table = Table::of("tcpdump");
    sequence::compare(&mut table, packets, &spoken);
    table.finish(packets.len());
}

const ADDRESS: &str = "alternate care-of address";

/// What stands before an Identification: others are of ICMP and of EAP.
const ID: &str = ", id ";

/// What stands before a value, what ends it, and the name that it gets.
const MARKS: &[(&str, &str, &str)] = &[
    ("(tos ", ",", "ip tos"),
    (", ttl ", ",", "ip ttl"),
    (ID, ",", "ip id"),
    ("class ", ",", "ip6 class"),
    ("flowlabel ", ",", "ip6 flowlabel"),
    ("hlim ", ",", "ip6 hlim"),
    ("payload length: ", ")", "ip6 payload length"),
    ("homeaddr: ", ")", "home address option"),
    ("alt-CoA: ", ")", ADDRESS),
    ("seq#=", " ", "mobility sequence"),
    ("status=", " ", "mobility status"),
    (" Nonce Index=", " ", "nonce index"),
    ("Authenticator: ", "\n", "radius authenticator"),
    ("RADIUS, length: ", "\n", "radius length"),
    (" Attribute (", ")", "radius attribute"),
    (", length: ", ", Value", "radius attribute length"),
    ("Vendor Attribute: ", ",", "radius vendor attribute"),
    ("segleft=", ",", "segments left"),
    ("key=", ",", "gre key"),
    ("seq ", ",", "sequence"),
];

/// The values in a line, in order of place.
fn words(line: &str, spoken: &mut Spoken) {
    let mut found = Vec::new();
    let line = format!("{line}\n");
    for (before, after, name) in MARKS {
        let mut from = 0;
        while let Some(at) = line[from..].find(before).map(|at| from + at) {
            let start = at + before.len();
            let rest = &line[start..];
            let end = rest.find(|c: char| after.contains(c) || c == '\n').unwrap_or(rest.len());
            from = start;
            let of_header =
                line[..at].rfind("(tos ").is_some_and(|head| !line[head..at].contains(')'));
            if *before == ID && !of_header {
                continue;
            }
            found.push((start, (*name).to_owned(), normal(rest[..end].trim())));
        }
    }
    found.sort();
    spoken.extend(found.into_iter().map(|(_, name, value)| (name, value)));
}

/// Numbers in decimal.
fn normal(value: &str) -> String {
    match value.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok()) {
        Some(number) => number.to_string(),
        None => value.to_owned(),
    }
}
