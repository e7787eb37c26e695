//! What has no end must not need memory without end.

#![cfg(target_os = "linux")]

use std::fs;
use std::process::Command;

use crate::support::{REQUEST, hex, pcap, udp};

/// How much memory a program may have in all, in KiB: its code, its stack, and the 8 MB that the
/// library reads captures with. The trees of all packets together have over a gigabyte.
const LIMIT: u32 = 100_000;

/// What a shell says, with the program in `DSBOOT` and a capture in `CAPTURE`.
fn shell(script: &str, capture: &std::path::Path) -> String {
    let program = assert_cmd::cargo::cargo_bin("dsboot");
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {LIMIT}; {script}")]);
    let output = command.env("DSBOOT", program).env("CAPTURE", capture).output().expect("runs");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{script}: {err}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn a_hundred_thousand_packets_in_bounded_memory() {
    let directory = tempfile::tempdir().expect("a directory");
    let capture = directory.path().join("large.pcap");
    // Each has padding behind the request, which is read as extensions of one octet each.
    let request = [hex(REQUEST), vec![0; 4]].concat();
    let packet = udp("198.51.100.77:434", "192.0.2.1:434", &request);
    let one = pcap(101, &[packet]);
    let (header, record) = one.split_at(24);
    let file = [header, &record.repeat(100_000)].concat();
    fs::write(&capture, &file).expect("written");
    assert!(file.len() > 12_000_000);
    let count = shell("\"$DSBOOT\" decode --brief \"$CAPTURE\" | wc -l", &capture);
    assert_eq!(count.trim(), "100000");

    // As documents, and back: fewer, since they take longer.
    let some = [header, &record.repeat(4_000)].concat();
    fs::write(&capture, &some).expect("written");
    let script = "\"$DSBOOT\" decode --json \"$CAPTURE\" | \"$DSBOOT\" encode --to binary | wc -c";
    let octets = shell(script, &capture);
    assert_eq!(octets.trim(), (4_000 * (record.len() - 16)).to_string());
}
