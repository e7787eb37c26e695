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

#[test]
fn what_is_lost_is_no_reason_to_reject() {
    let directory = tempfile::tempdir().expect("a directory");
    for (setup, seed) in SETUPS.iter().cycle().zip(1..=12) {
        let seed = seed.to_string();
        let loss = if seed.len() > 1 { "0.1" } else { "0.3" };
        let args = [setup, &["--loss", loss, "--seed", &seed][..]].concat();
        let report = audit(&packets(&capture(directory.path(), &args)), None);
        assert_eq!(report.verdict, Answer::Accepted, "{args:?}: {:#?}", report.rejections);
        assert!(report.repeated > 0, "{args:?}");
    }
}

#[test]
fn all_setups_in_one_capture_are_accepted() {
    let directory = tempfile::tempdir().expect("a directory");
    accepted(&audit(&packets(&capture(directory.path(), &[])), None));
}

/// The packets of the links that have `part` in their name.
fn only(packets: &[Piece], keep: impl Fn(&str) -> bool) -> Vec<Piece> {
    let kept = |piece: &&Piece| piece.interface.as_deref().is_some_and(&keep);
    packets.iter().filter(kept).cloned().collect()
}

#[test]
fn each_link_alone_is_accepted() {
    let directory = tempfile::tempdir().expect("a directory");
    for setup in &SETUPS[..2] {
        let all = packets(&capture(directory.path(), setup));
        let mut links: Vec<String> = all.iter().filter_map(|one| one.interface.clone()).collect();
        links.sort();
        links.dedup();
        for link in &links {
            let report = audit(&only(&all, |name| name == link), None);
            // Between HA and correspondent there is no bootstrap.
            let expected = match &**link {
                "HA-CN" => Answer::NotThisProtocol,
                _ => Answer::Accepted,
            };
            assert_eq!(report.verdict, expected, "{setup:?} {link}: {:#?}", report.rejections);
        }
    }
}

#[test]
fn a_capture_may_begin_anywhere() {
    let directory = tempfile::tempdir().expect("a directory");
    for setup in &SETUPS[..1] {
        let all = packets(&capture(directory.path(), setup));
        for begin in (0..all.len() - 30).step_by(3) {
            let report = audit(&all[begin..], None);
            assert_eq!(
                report.verdict,
                Answer::Accepted,
                "{setup:?} {begin}: {:#?}",
                report.rejections
            );
        }
    }
}

#[test]
fn two_runs_interleaved_are_told_apart() {
    let directory = tempfile::tempdir().expect("a directory");
    let [one, other] =
        [SETUPS[0], SETUPS[4]].map(|setup| packets(&capture(directory.path(), setup)));
    // What is made over the name, and sent on by AAA servers, would be of another user's.
    let other = only(&other, |link| !link.contains("AAA"));
    let other: Vec<Piece> = other.iter().map(renamed).collect();
    let mut both = Vec::new();
    for place in 0..one.len().max(other.len()) {
        both.extend(one.get(place).cloned());
        both.extend(other.get(place).cloned());
    }
    let report = audit(&both, None);
    accepted(&report);
    assert_eq!(report.mobiles.len(), 2);
}

/// The same packet of a user of another name. Octets change their places by an even number, so that
/// every checksum stays right.
fn renamed(piece: &Piece) -> Piece {
    let mut octets = piece.octets.clone();
    let (from, to) = (b"mn@home.example", b"mn@hemo.example");
    let places: Vec<usize> = octets
        .windows(from.len())
        .enumerate()
        .filter(|(_, window)| window == from)
        .map(|(place, _)| place)
        .collect();
    for place in places {
        octets.iter_mut().skip(place).zip(to).for_each(|(octet, new)| *octet = *new);
    }
    Piece { octets, ..piece.clone() }
}

#[test]
fn the_traces_of_runs_are_accepted_and_nothing_in_them_is_hidden() {
    let directory = tempfile::tempdir().expect("a directory");
    for (setup, more) in SETUPS.iter().cycle().zip([
        &[][..],
        &["--loss", "0.1", "--seed", "3"],
        &["--loss", "0.3", "--seed", "4"],
        &["--loss", "0.2", "--seed", "5"],
        &[],
        &[],
    ]) {
        let file = directory.path().join("run.ndjson");
        let trace = file.to_str().expect("a path");
        let args = [&["run", "--trace", trace, "--ladder", "none"], *setup, more].concat();
        let (_, _, log) = dsboot(&args);
        let (code, out, _) = dsboot(&["audit", trace]);
        assert_eq!(code, 0, "{args:?} {log} {}", String::from_utf8_lossy(&out));
    }
    // A line taken out is a message that nobody has sent.
    let file = directory.path().join("run.ndjson");
    let trace = file.to_str().expect("a path");
    dsboot(&["run", "integrated-colocated", "--trace", trace, "--ladder", "none"]);
    let text = fs::read_to_string(&file).expect("read");
    let is_accept = |line: &&str| {
        line.contains("\"sent\"") && line.contains("AAAH") && line.contains("\"step\":\"5\"")
    };
    let accept = text.lines().filter(is_accept).nth(1).expect("step 5 is answered");
    fs::write(&file, text.replace(&format!("{accept}\n"), "")).expect("written");
    let (code, out, _) = dsboot(&["audit", trace]);
    let text = String::from_utf8(out).expect("UTF-8");
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("registration.6.1"), "{text}");
}

#[test]
fn what_is_no_bootstrap_is_not_judged() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("other.pcapng").to_str().expect("a path").to_owned();
    // Of a capture only what the correspondent sees: echo and its reply.
    let all = packets(&capture(directory.path(), SETUPS[0]));
    let report = audit(&only(&all, |link| link == "HA-CN"), None);
    assert_eq!(report.verdict, Answer::NotThisProtocol);
    for (octets, message) in [(&b""[..], "is empty"), (&b"\x0a\x0d\x0d\x0a"[..], "capture")] {
        fs::write(&file, octets).expect("written");
        let (code, _, log) = dsboot(&["audit", &file]);
        assert_eq!(code, 2);
        assert!(log.contains(message), "{log}");
    }
    fs::write(&file, "0122070800000000").expect("written");
    let (code, _, log) = dsboot(&["audit", &file]);
    assert_eq!(code, 2);
    assert!(log.contains("is no capture"), "{log}");
    fs::write(&file, "{\"event\": 7}").expect("written");
    let (code, _, log) = dsboot(&["audit", &file]);
    assert_eq!(code, 2);
    assert!(log.contains("line 1"), "{log}");
}
