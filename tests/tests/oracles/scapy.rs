//! scapy's fields by their names.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use dsboot_tests::{peers, process};

use crate::packets;
use crate::sequence::{self, Spoken};
use crate::table::Table;

const PATIENCE: Duration = Duration::from_secs(180);

#[test]
fn scapy_says_of_every_field_what_we_do() {
    let Some(python) = peers::SCAPY.find() else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/scapy_fields.py");
    let packets = packets::all();
    let input: Vec<String> = packets.iter().map(hex::encode).collect();
    let input = serde_json::to_string(&input).unwrap();
    let said = process::run(Command::new(python).arg(script), &input, PATIENCE).unwrap();
    assert!(said.status.success(), "{}", said.err);
    let spoken: Vec<Spoken> = serde_json::from_str(&said.out).unwrap();
    let mut table = Table::of("scapy");
    sequence::compare(&mut table, packets, &spoken);
    table.finish(packets.len());
}
