//! `dsboot decode` and `dsboot encode` from outside.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod captures;
mod fragments;
mod keys;
mod streams;
mod support;

use std::fs;

use proptest::prelude::*;
use serde_json::json;

use support::{KEYS, REQUEST, Validator, dsboot, hex, pcap, run, udp, visit, visit_mut};

#[test]
fn every_message_of_every_ladder_goes_there_and_back_and_is_verified() {
    let directory = tempfile::tempdir().expect("a directory");
    let (capture, keys) = run(directory.path(), &[]);
    let validator = Validator::new();

    let decoded = dsboot(&["decode", "--json", "--keys", &keys, &capture], b"");
    assert_eq!(decoded.code, 0, "{}", decoded.err);
    let documents = decoded.documents();
    assert!(documents.len() > 500, "only {} packets", documents.len());
    let (mut verified, mut learned) = (0, 0);
    for document in &documents {
        validator.check(document);
        assert_eq!(document["right"], true, "{document:#}");
        learned += document["learned"].as_array().map_or(0, Vec::len);
        visit(&document["nodes"], &mut |node| {
            if node["role"] == "authenticator" {
                assert_eq!(node["check"]["verdict"], "verified", "{node:#}");
                verified += 1;
            }
        });
    }
    assert!(verified > 300 && learned > 20, "{verified} verified, {learned} learned");

    let again = dsboot(&["encode", "--to", "pcapng"], &decoded.out);
    assert_eq!(again.code, 0, "{}", again.err);
    let there = dsboot(&["decode", "--json", "--keys", &keys], &again.out);
    assert_eq!(there.text(), decoded.text());

    let hex = dsboot(&["encode"], &decoded.out);
    let packets: Vec<&str> = hex.text().trim_end().split("\n\n").collect();
    assert_eq!(packets.len(), documents.len());
    for (hex, document) in packets.iter().zip(&documents) {
        assert_eq!(hex.len() / 2, document["length"], "{document:#}");
    }

    // And with an octet changed, or cut off behind one.
    let mut changed = String::new();
    for (i, packet) in packets.iter().enumerate() {
        let at = i * 37 % (packet.len() / 2) * 2;
        let (before, rest) = packet.split_at(at);
        changed += &format!("{before}ff{}\n\n{}\n\n", &rest[2..], &packet[..at + 2]);
    }
    let decoded = dsboot(&["decode", "--json", "--as", "ip", "--keys", &keys], changed.as_bytes());
    assert_eq!(decoded.code, 1, "{}", decoded.err);
    let again = dsboot(&["encode"], &decoded.out);
    assert_eq!(again.text().trim_end(), changed.trim_end());
}

#[test]
fn all_ways_to_write_a_message_give_the_same_tree() {
    let plain = dsboot(&["decode"], REQUEST.as_bytes());
    assert_eq!((plain.code, plain.err.as_str()), (0, ""));
    for part in [
        "Registration Request  [RFC 3344 §3.3; wire.1.2]",
        "Flags: D T",
        "MN-NAI: \"mn1@home.example\"",
        "SPI: 0x2, CHAP_SPI",
    ] {
        assert!(plain.text().contains(part), "{part} is missing:\n{}", plain.text());
    }
    let octets = hex(REQUEST);
    let binary = dsboot(&["decode", "-"], &octets);
    assert_eq!(binary.text(), plain.text());
    let colons: Vec<String> = octets.iter().map(|octet| format!("{octet:02X}")).collect();
    assert_eq!(dsboot(&["decode"], colons.join(":").as_bytes()).text(), plain.text());
    let named = dsboot(&["decode", "--as", "mip4", "--format", "hex"], REQUEST.as_bytes());
    assert_eq!(named.text(), plain.text());
}

#[test]
fn what_is_wrong_is_shown_in_its_place_and_the_rest_too() {
    let cut = &REQUEST[..REQUEST.len() - 2];
    let ended = dsboot(&["decode"], cut.as_bytes());
    assert_eq!(ended.code, 1);
    for part in ["!! truncated (wire.1.9)", "Mobile Node SPI: 0x1001", "Cut off"] {
        assert!(ended.text().contains(part), "{part} is missing:\n{}", ended.text());
    }
    let brief = dsboot(&["decode", "--brief"], cut.as_bytes());
    assert_eq!(brief.code, 1);
    assert!(brief.text().contains("!! truncated at octet"), "{}", brief.text());
}

#[test]
fn a_wrong_authenticator_is_a_failure_with_the_right_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let keys = directory.path().join("keys.toml");
    fs::write(&keys, KEYS.replace("key-0", "key-1")).expect("written");
    let keys = keys.to_str().expect("a path");
    let ended = dsboot(&["decode", "--keys", keys], REQUEST.as_bytes());
    assert_eq!(ended.code, 1, "{}", ended.text());
    assert!(ended.text().contains("WRONG (MN-AAA key of mn1@home.example), should be"));
    assert!(ended.err.contains("1 wrong"), "{}", ended.err);
}

#[test]
fn values_that_were_changed_take_effect_and_all_that_follows_is_computed() {
    let directory = tempfile::tempdir().expect("a directory");
    let keys = directory.path().join("keys.toml");
    fs::write(&keys, KEYS.replace("mn1@home", "somebody-else@home")).expect("written");
    let keys = keys.to_str().expect("a path");
    let packet = udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST));

    let mut document = dsboot(&["decode", "--json"], &packet).documents().remove(0);
    visit_mut(&mut document["nodes"], &mut |node| match node["name"].as_str() {
        Some("MN-NAI") => node["value"] = json!("somebody-else@home.example"),
        Some("Flags") => node["value"] = json!(["S", "D", "T"]),
        Some("Care-of Address") => node["value"] = json!("198.51.100.78"),
        _ => {}
    });
    let text = document.to_string();

    let as_it_is = dsboot(&["encode", "--to", "binary"], text.as_bytes());
    assert_eq!(as_it_is.out.len(), packet.len() + 10);
    let broken = dsboot(&["decode"], &as_it_is.out);
    assert_eq!(broken.code, 1);

    let fix = "lengths,checksums,authenticators";
    let args = ["encode", "--to", "binary", "--fix", fix, "--keys", keys];
    let fixed = dsboot(&args, text.as_bytes());
    assert_eq!(fixed.code, 0, "{}", fixed.err);
    let ended = dsboot(&["decode", "--keys", keys], &fixed.out);
    assert_eq!(ended.code, 0, "{}", ended.text());
    for part in ["somebody-else@home", "S D T", "198.51.100.78", "right (MN-AAA key of somebody"] {
        assert!(ended.text().contains(part), "{part} is missing:\n{}", ended.text());
    }
}

#[test]
fn input_that_is_wrong_is_a_usage_error_that_says_what_to_do() {
    let document = dsboot(&["decode", "--json"], REQUEST.as_bytes()).out;
    let truncated = &pcap(1, &[vec![0; 60]])[..70];
    for (args, input, part) in [
        (&["decode"][..], &b""[..], "is empty"),
        (&["decode"], b"{\"version\":1}", "dsboot encode"),
        (&["decode"], b"hello", "--format binary"),
        (&["decode"], b"123", "odd"),
        (&["decode", "/no/such/file"], b"", "/no/such/file"),
        (&["decode", "--keys", "/no/such/file"], b"00", "/no/such/file"),
        (&["decode", "--as", "ipx"], b"00", "radius"),
        (&["decode", "--format", "pcap"], b"00", "is no capture"),
        (&["decode"], truncated, "packet 1 of the capture, at octet 24 of the file"),
        (&["encode"], b"", "decode --json"),
        (&["encode"], b"{}", "document 1"),
        (&["encode"], b"00", "document 1"),
        (&["encode", "--fix", "authenticators"], &document, "--keys"),
        (&["encode", "--to", "pcapng"], &document, "mip4"),
    ] {
        let ended = dsboot(args, input);
        assert_eq!(ended.code, 2, "{args:?}: {}", ended.err);
        assert!(ended.err.contains(part), "{args:?}: {part} is missing in {}", ended.err);
    }
    let large =
        String::from_utf8(document).expect("UTF-8").replace("\"value\":1800", "\"value\":65536");
    let ended = dsboot(&["encode"], large.as_bytes());
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("Lifetime at octet 2: the number is too large"), "{}", ended.err);
}

#[test]
fn both_sides_of_radius_are_signed_anew() {
    let directory = tempfile::tempdir().expect("a directory");
    let (capture, keys) = run(directory.path(), &["integrated-colocated"]);
    let mut documents = dsboot(&["decode", "--json", &capture], b"").documents();
    let mut changed = 0;
    for document in &mut documents {
        visit_mut(&mut document["nodes"], &mut |node| {
            let is = |name: &str| node["name"] == name;
            if is("Session-Timeout (27)") {
                node["children"][2]["value"] = json!(77);
                changed += 1;
            } else if is("NAS-Identifier (32)") {
                node["children"][2]["value"] = json!("a-longer-name.visited.example");
                changed += 1;
            }
        });
    }
    assert!(changed > 10, "only {changed} values");
    let text: String = documents.iter().map(|document| document.to_string() + "\n").collect();
    let fix = ["--fix", "lengths,checksums,authenticators", "--keys", &keys];
    let fixed = dsboot(&[&["encode", "--to", "pcapng"][..], &fix].concat(), text.as_bytes());
    assert_eq!(fixed.code, 0, "{}", fixed.err);
    let ended = dsboot(&["decode", "--brief", "--keys", &keys], &fixed.out);
    assert_eq!(ended.code, 0, "{}", ended.text());
    let broken = dsboot(&["encode", "--to", "pcapng", "--fix", "lengths"], text.as_bytes());
    assert_eq!(dsboot(&["decode", "--keys", &keys], &broken.out).code, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Many messages at once, each changed somewhere or nothing but octets.
    #[test]
    fn whatever_is_decoded_is_encoded_again(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        noise in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..90), 1..10),
        protocol in prop::sample::select(vec!["ip", "radius", "mip4", "pana", "mh", "eap", "icmp"]),
    ) {
        let request = hex(REQUEST);
        let changed = changes.iter().map(|(at, octet)| {
            let mut request = request.clone();
            let at = at.index(request.len());
            request[at] = *octet;
            request
        });
        let all: Vec<Vec<u8>> = changed.chain(noise).collect();
        let text: String = all.iter().map(|octets| {
            octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>() + "\n\n"
        }).collect();
        let decoded = dsboot(&["decode", "--json", "--as", protocol], text.as_bytes());
        prop_assert!(decoded.code < 2, "{}", decoded.err);
        let encoded = dsboot(&["encode"], &decoded.out);
        prop_assert_eq!(encoded.text().trim(), text.trim());
    }
}
