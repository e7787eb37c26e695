//! `dsboot audit`: captures of `dsboot run` are accepted, in whole and in part; what is edited in
//! them is rejected with the sentence that it breaks.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests"
)]

mod cuts;
mod edits;
mod oddities;
mod others;
mod strangers;
mod support;

use std::fs;

use dsboot::decode::Piece;
use dsboot_audit::Answer;
use serde_json::Value;

use support::{SETUPS, accepted, audit, capture, dsboot, engine, only, packets, renamed, valid};

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
fn a_trace_cut_anywhere_is_judged_by_what_is_there() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("run.ndjson");
    let trace = file.to_str().expect("a path");
    dsboot(&["run", "integrated-fa", "--trace", trace, "--ladder", "none", "--seed", "4"]);
    let text = fs::read_to_string(&file).expect("read");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for begin in (0..lines.len() - 100).step_by(97) {
        for (end, tail) in [(lines.len(), 0), (lines.len() - 40, 25), (begin + 99, 60)] {
            let whole = lines[begin..end - 1].concat();
            let rest = lines[end - 1];
            // The last line is whole, or breaks off.
            let last = if tail == 0 { rest } else { &rest[..tail.min(rest.len() / 2)] };
            fs::write(&file, format!("{whole}{last}")).expect("written");
            let (code, out, log) = dsboot(&["audit", trace, "--ladder", "none"]);
            let out = String::from_utf8_lossy(&out);
            assert!(!out.starts_with("rejected"), "{begin} to {end}: {out}{log}");
            assert!(code == 0 || out.starts_with("not this protocol"), "{begin} {end}: {log}");
            assert_eq!(tail > 0, out.contains("breaks off"), "{begin} to {end}: {out}");
        }
    }
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
