//! `dsboot vectors`: every decoder is held to every vector.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::collections::HashSet;
use std::fs;

use assert_cmd::Command;
use boon::{Compiler, Schemas};
use dsboot_codec::mip4::discovery::Discovery;
use dsboot_codec::mip4::{self, Algorithm, SecurityContext};
use dsboot_codec::tree::{Options, Protocol, Tree};
use dsboot_codec::{Error, eap, ip, mip6, pana, radius};
use dsboot_vectors::{Check, File, Group, Outcome, Vector, files};
use serde_json::Value;

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().filter_map(|c| c.to_digit(16)?.try_into().ok()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn all() -> Vec<File> {
    files()
}

/// What the protocol's decoder says of octets.
fn decode(protocol: Protocol, octets: &[u8]) -> Result<(), Error> {
    match protocol {
        Protocol::Ipv4 => ip::v4::Packet::decode(octets).map(drop),
        Protocol::Ipv6 => {
            ip::v6::Packet::decode(octets).and_then(|packet| packet.extensions().map(drop))
        }
        Protocol::Udp => ip::udp::Datagram::decode_unverified(octets).map(drop),
        Protocol::Icmp => Discovery::decode(octets).map(drop),
        Protocol::Mh => {
            mip6::Header::decode_unverified(octets).and_then(|header| header.message().map(drop))
        }
        Protocol::Mip4 => mip4::Message::decode(octets).map(drop),
        Protocol::Radius => radius::Packet::decode(octets).map(drop),
        Protocol::Pana => pana::Message::decode(octets)
            .and_then(|message| message.validate(Options::default().vendor).map(drop)),
        Protocol::Eap => eap::Packet::decode(octets).and_then(|packet| packet.body().map(drop)),
        other => panic!("no decoder for {other:?}"),
    }
}

/// Whether the authenticator that a group is about is right.
fn verify(group: &Group, octets_of_it: &[u8]) -> bool {
    let key = octets(group.key.as_deref().expect("a key"));
    let context = group.context.as_deref().map(octets);
    let mobile_ip = |algorithm| {
        let Ok(mip4::Message::Request(request)) = mip4::Message::decode(octets_of_it) else {
            return false;
        };
        request.extensions.authenticators().last().is_some_and(|authenticator| {
            authenticator.verify(&SecurityContext { spi: 0x1001, algorithm, key: &key })
        })
    };
    match group.check {
        Check::MobileIpHmacMd5 => mobile_ip(Algorithm::HmacMd5),
        Check::MobileIpHmacSha1 => mobile_ip(Algorithm::HmacSha1),
        Check::MobileIpPrefixSuffixMd5 => mobile_ip(Algorithm::PrefixSuffixMd5),
        Check::MobileIpChap => {
            let Ok(mip4::Message::Request(request)) = mip4::Message::decode(octets_of_it) else {
                return false;
            };
            let challenge = context.expect("a challenge");
            request
                .extensions
                .authenticators()
                .last()
                .is_some_and(|authenticator| authenticator.verify_chap(&key, &challenge))
        }
        Check::Mipv6MnAaa => mip6::Packet::decode(octets_of_it)
            .is_ok_and(|packet| packet.mn_aaa().is_some_and(|mn_aaa| mn_aaa.verify(&key))),
        Check::Mipv6MnHa => {
            mip6::Packet::decode(octets_of_it).is_ok_and(|packet| packet.verify_mn_ha(&key))
        }
        Check::RadiusRequest => radius::Packet::decode(octets_of_it)
            .is_ok_and(|packet| packet.verify_request(&key).is_ok()),
        Check::RadiusResponse => {
            let context: [u8; 16] =
                context.expect("a Request Authenticator").try_into().expect("16 octets");
            radius::Packet::decode(octets_of_it)
                .is_ok_and(|packet| packet.verify_response(&context, &key).is_ok())
        }
        Check::PanaAuth => pana::Message::decode(octets_of_it)
            .is_ok_and(|message| message.verify_auth(&pana::AuthKey::from_octets(&key)).is_ok()),
        Check::Decode | Check::Order => panic!("nothing to verify"),
    }
}

/// Why a vector does not hold, if it does not.
fn broken(group: &Group, vector: &Vector) -> Option<String> {
    let octets = octets(&vector.octets);
    let verdict = match group.check {
        Check::Decode => decode(group.protocol, &octets),
        Check::Order => mip4::Message::decode(&octets).and_then(|message| match message {
            mip4::Message::Request(request) => request.extensions.check_order(),
            _ => Ok(()),
        }),
        _ => {
            let right = verify(group, &octets);
            let wrong = right != (vector.result == Outcome::Valid);
            return wrong.then(|| format!("the authenticator is right: {right}"));
        }
    };
    match (vector.result, verdict) {
        (Outcome::Invalid, Err(error)) if error.sentence == vector.clause => None,
        (Outcome::Valid | Outcome::Acceptable, Ok(())) => {
            let tree = Tree::decode(group.protocol, &octets, &Options::default());
            let faults: Vec<_> = tree.faults().map(|fault| fault.sentence.to_string()).collect();
            match vector.result {
                Outcome::Valid if faults.is_empty() => None,
                Outcome::Acceptable if !faults.is_empty() => None,
                _ => Some(format!("faults {faults:?}")),
            }
        }
        (_, verdict) => Some(format!("{verdict:?}")),
    }
}

#[test]
fn every_decoder_is_held_to_every_vector() {
    let mut count = 0;
    let mut failures = Vec::new();
    for file in all() {
        for group in &file.test_groups {
            for vector in &group.tests {
                count += 1;
                if let Some(why) = broken(group, vector) {
                    let Vector { id, clause, result, octets, .. } = vector;
                    failures.push(format!("{id}: {result:?} by {clause}, but {why}: {octets}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
    println!("{count} vectors hold");
    assert!(count >= 2000, "only {count}");
}

#[test]
fn ids_are_unique_and_clauses_are_sentences() {
    let spec = ["wire", "keys"].map(|page| {
        fs::read_to_string(format!("{}/../../spec/{page}.md", env!("CARGO_MANIFEST_DIR")))
            .expect("the specification")
    });
    let mut ids = HashSet::new();
    for file in all() {
        for vector in file.test_groups.iter().flat_map(|group| &group.tests) {
            assert!(ids.insert(vector.id.clone()), "{} stands twice", vector.id);
            let sentence = format!("**{}**", vector.clause);
            assert!(spec.iter().any(|page| page.contains(&sentence)), "no {}", vector.clause);
        }
    }
}

/// A few that have to stay, whatever else is added.
#[test]
fn ids_stay() {
    let files = all();
    let find = |id: &str| {
        let all = files.iter().flat_map(|file| &file.test_groups).flat_map(|group| &group.tests);
        all.filter(|vector| vector.id == id).map(|vector| vector.octets.clone()).next()
    };
    for (id, start) in [
        ("mip4-request-cut-23", "0122070800000000c0000201c633644dcea4d2a0123456"),
        ("radius-length-19", "01070013"),
        ("pana-flags-s-and-c", "00000010e0000002"),
        ("eap-code-0", "00070005"),
        ("mh-bu-header-len-0", "3b000500"),
        ("known-mobile-ip-rrp_ok", "03000708"),
    ] {
        let octets = find(id).unwrap_or_else(|| panic!("{id} is gone"));
        assert!(octets.starts_with(start), "{id}: {octets}");
    }
}

#[test]
fn the_files_are_of_their_schema_and_always_the_same() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str| {
        let out = directory.path().join(name);
        let ended = Command::cargo_bin("dsboot")
            .expect("built")
            .args(["vectors", "--out"])
            .arg(&out)
            .output()
            .expect("runs");
        assert!(ended.status.success(), "{ended:?}");
        (out, String::from_utf8(ended.stdout).expect("UTF-8"))
    };
    let ((first, said), (second, _)) = (write("first"), write("second"));
    print!("{said}");
    let schema = fs::read_to_string(first.join("vectors.schema.json")).expect("the schema");
    let mut compiler = Compiler::new();
    let schema = serde_json::from_str(&schema).expect("JSON");
    compiler.add_resource("vectors.json", schema).expect("a schema");
    let mut schemas = Schemas::new();
    let index = compiler.compile("vectors.json", &mut schemas).expect("a schema");
    let mut count = 0;
    for entry in fs::read_dir(&first).expect("a directory") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("text");
        let name = path.file_name().expect("a name");
        assert_eq!(text, fs::read_to_string(second.join(name)).expect("text"));
        if name == "vectors.schema.json" {
            continue;
        }
        let file: Value = serde_json::from_str(&text).expect("JSON");
        if let Err(error) = schemas.validate(&file, index) {
            panic!("{}: {error:#}", path.display());
        }
        count += file["numberOfTests"].as_u64().expect("a number");
    }
    assert!(said.contains(&count.to_string()), "{count}: {said}");
}

/// Every vector as a document of its schema, and back.
#[test]
fn every_vector_goes_there_and_back_as_json() {
    let schema = include_str!("../schemas/decode.schema.json");
    let mut compiler = Compiler::new();
    let schema = serde_json::from_str(schema).expect("JSON");
    compiler.add_resource("decode.json", schema).expect("a schema");
    let mut schemas = Schemas::new();
    let index = compiler.compile("decode.json", &mut schemas).expect("a schema");
    let run = |args: &[&str], input: &str| {
        let mut command = Command::cargo_bin("dsboot").expect("built");
        let output = command.args(args).write_stdin(input).output().expect("runs");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    for group in all().iter().flat_map(|file| &file.test_groups) {
        let octets = group.tests.iter().map(|vector| vector.octets.as_str());
        let lines: Vec<&str> = octets.filter(|octets| !octets.is_empty()).collect();
        let as_protocol = ["decode", "--json", "--lines", "--as", group.protocol.name()];
        let documents = run(&as_protocol, &lines.join("\n"));
        assert_eq!(documents.lines().count(), lines.len());
        for document in documents.lines() {
            let document: Value = serde_json::from_str(document).expect("JSON");
            if let Err(error) = schemas.validate(&document, index) {
                panic!("{error:#}\n{document:#}");
            }
        }
        assert_eq!(run(&["encode"], &documents).trim_end(), lines.join("\n\n"));
    }
}
