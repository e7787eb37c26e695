//! FreeRADIUS's radsniff: every attribute by its name.

use std::process::Command;
use std::time::Duration;

use dsboot_tests::{freeradius, peers, process};

use crate::packets;
use crate::sequence::{self, Spoken};
use crate::table::Table;

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn radsniff_says_of_every_attribute_what_we_do() {
    let Some(radsniff) = peers::RADSNIFF.find() else { return };
    let radius = packets::in_radius();
    let file = packets::file("radsniff.pcap", &radius);
    let directory = tempfile::tempdir().unwrap();
    freeradius::write_dictionary(directory.path()).unwrap();
    let mut command = Command::new(radsniff);
    command.args(["-x", "-s", "unused", "-d"]).arg(directory.path()).arg("-I").arg(file);
    let said = process::run(&mut command, "", PATIENCE).unwrap();
    // It ends as if it had failed whenever a file has come to its end.
    assert!(said.out.contains("Done sniffing"), "{}{}", said.out, said.err);
    let mut spoken: Vec<Spoken> = Vec::new();
    for line in said.out.lines() {
        match line.strip_prefix('\t').and_then(|line| line.split_once(" = ")) {
            Some((name, value)) => spoken.last_mut().unwrap().extend(said_of(name, value)),
            // What has no answer is told of once more.
            None if line.contains(" Id ") && !line.contains("** norsp **") => {
                spoken.push(Vec::new());
            }
            None => (),
        }
    }
    let mut table = Table::of("radsniff");
    sequence::compare(&mut table, &radius, &spoken);
    table.finish(radius.len());
}

/// The values in a line: of a prefix its length and its address.
pub(crate) fn said_of(name: &str, value: &str) -> Vec<(String, String)> {
    let value = value.trim_matches('"');
    let value = value.strip_prefix("0x").unwrap_or(value);
    if name == "Framed-Interface-Id" {
        let groups = value.split(':').map(|group| format!("{group:0>4}"));
        return vec![(name.to_owned(), groups.collect())];
    }
    match value.split_once('/') {
        Some((address, length)) if name.ends_with("-Prefix") => vec![
            (name.to_owned(), address.to_owned()),
            (format!("{name} length"), length.to_owned()),
        ],
        _ => vec![(name.to_owned(), value.to_owned())],
    }
}
