//! `dsboot audit`: captures of `dsboot run` are accepted, in whole and in part; what is edited in
//! them is rejected with the sentence that it breaks.

#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use boon::{Compiler, Schemas};
use dsboot::audit::judge;
use dsboot::decode::{Engine, Format, Keys, Piece, Pieces};
use dsboot_tests::audit::{Answer, Report, Settings};
use serde_json::Value;

/// Runs the command. Returns its exit status, and what it prints to both outputs.
fn dsboot(args: &[&str]) -> (i32, Vec<u8>, String) {
    let output = Command::cargo_bin("dsboot").expect("built").args(args).output().expect("runs");
    let code = output.status.code().expect("exits");
    (code, output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A capture of `dsboot run` with these arguments, as a file.
fn capture(directory: &Path, args: &[&str]) -> String {
    let name = format!("{}.pcapng", args.join(" ").replace(['/', ' '], "_"));
    let file = directory.join(name).to_str().expect("a path").to_owned();
    let (_, _, log) = dsboot(&[&["run", "--pcap", &file, "--ladder", "none"], args].concat());
    assert!(Path::new(&file).exists(), "{log}");
    file
}

fn packets(file: &str) -> Vec<Piece> {
    let pieces = Pieces::open(Some(Path::new(file)), Format::Auto, false).expect("a capture");
    pieces.collect::<Result<_, _>>().expect("packets")
}

/// The keys of `dsboot run`.
fn engine(directory: &Path) -> Engine {
    let file = directory.join("keys.toml");
    fs::write(&file, dsboot(&["decode", "--example-keys"]).1).expect("written");
    Engine::new(Keys::read(&file).expect("keys"), dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID)
}

fn audit(packets: &[Piece], engine: Option<&Engine>) -> Report {
    let pieces = packets.iter().cloned().map(Ok);
    judge(pieces, Settings::default(), engine.cloned()).expect("judged")
}

#[track_caller]
fn accepted(report: &Report) {
    assert_eq!(report.verdict, Answer::Accepted, "{:#?}", report.rejections);
}

/// Every setup, with nothing lost.
const SETUPS: [&[&str]; 6] = [
    &["integrated-colocated"],
    &["integrated-fa", "--coa", "fa"],
    &["integrated-fa", "--coa", "colocated-r"],
    &["subscription-colocated"],
    &["subscription-fa", "--coa", "fa"],
    &["subscription-fa", "--coa", "colocated-r"],
];

#[test]
fn every_setup_is_accepted_with_keys_and_without() {
    let directory = tempfile::tempdir().expect("a directory");
    let engine = engine(directory.path());
    for setup in SETUPS {
        let packets = packets(&capture(directory.path(), setup));
        let report = audit(&packets, Some(&engine));
        accepted(&report);
        assert_eq!(report.authenticators.wrong, 0);
        assert_eq!(report.authenticators.unverified, 0);
        assert_eq!(report.mobiles.len(), 1);
        assert!(report.mobiles[0].explained > 40, "{setup:?}");
        assert!(report.mobiles[0].scenario.starts_with(setup[0]), "{}", report.mobiles[0].scenario);
        let report = audit(&packets, None);
        accepted(&report);
        assert!(report.authenticators.unverified > 0 || report.authenticators.verified > 0);
    }
}

#[test]
fn the_command_answers_in_words_and_in_json() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = capture(directory.path(), &["integrated-colocated"]);
    let (code, out, log) = dsboot(&["audit", &file]);
    assert_eq!(code, 0, "{log}");
    let text = String::from_utf8(out).expect("UTF-8");
    assert!(text.starts_with("accepted"), "{text}");
    assert!(text.contains("Reg Req., for a key and addresses"), "{text}");

    let (code, out, log) = dsboot(&["audit", &file, "--json"]);
    assert_eq!(code, 0, "{log}");
    valid(&serde_json::from_slice(&out).expect("JSON"));
}

#[test]
fn an_octet_of_a_reply_breaks_its_sentence() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = capture(directory.path(), &["integrated-colocated"]);
    let mut octets = fs::read(&file).expect("read");
    // The home address 127.20.8.64 of the first registration reply.
    let reply = [3, 0, 2, 88, 127, 20, 8, 64];
    let starts = |window: &[u8]| window[0] == reply[0] && window[4..] == reply[4..];
    let place = octets.windows(8).position(starts).expect("a reply");
    octets[place + 7] = 65;
    fs::write(&file, octets).expect("written");
    let (code, out, log) = dsboot(&["audit", &file, "--json"]);
    assert_eq!(code, 1, "{log}");
    let report: Value = serde_json::from_slice(&out).expect("JSON");
    valid(&report);
    assert_eq!(report["verdict"], "rejected");
    assert_eq!(report["rejections"][0]["sentence"], "wire.10.14");
}

fn valid(report: &Value) {
    let schema: Value =
        serde_json::from_str(include_str!("../schemas/audit.schema.json")).expect("JSON");
    let mut compiler = Compiler::new();
    compiler.add_resource("audit.schema.json", schema).expect("a schema");
    let mut schemas = Schemas::new();
    let index = compiler.compile("audit.schema.json", &mut schemas).expect("a schema");
    if let Err(error) = schemas.validate(report, index) {
        panic!("{error}");
    }
}
