//! `dsboot decode` and `dsboot encode` from outside.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use boon::{Compiler, SchemaIndex, Schemas};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A registration request, the first of a mobile node with a co-located address.
const REQUEST: &str = "0122070800000000c0000201c633644dcea4d2a01234567883106d6e3140686f6d652e65786\
    16d706c652a010004000010012401001400000002bfb8eb113f94082fddfb0def317f0016";

const KEYS: &str = "[[mn_aaa]]\nnai = \"mn1@home.example\"\nkey = \"AAA-shared-key-0\"\n";

struct Ended {
    code: i32,
    out: Vec<u8>,
    err: String,
}

impl Ended {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("UTF-8")
    }

    fn documents(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

fn dsboot(args: &[&str], input: &[u8]) -> Ended {
    let mut command = Command::cargo_bin("dsboot").expect("built");
    let output = command.args(args).write_stdin(input).output().expect("runs");
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    Ended { code: output.status.code().expect("exits"), out: output.stdout, err }
}

/// All setups of `dsboot run`, captured, and the example of a keys file, which is of their network.
fn run(directory: &Path, args: &[&str]) -> (String, String) {
    let file = |name: &str| directory.join(name).to_str().expect("a path").to_owned();
    let (capture, keys) = (file("run.pcapng"), file("keys.toml"));
    let ended = dsboot(&[&["run", "--pcap", &capture], args].concat(), b"");
    assert_eq!(ended.code, 0, "{}", ended.err);
    fs::write(&keys, dsboot(&["decode", "--example-keys"], b"").out).expect("written");
    (capture, keys)
}

struct Validator {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Validator {
    fn new() -> Validator {
        let schema = include_str!("../schemas/decode.schema.json");
        let mut compiler = Compiler::new();
        let schema = serde_json::from_str(schema).expect("JSON");
        compiler.add_resource("decode.json", schema).expect("a schema");
        let mut schemas = Schemas::new();
        let index = compiler.compile("decode.json", &mut schemas).expect("a schema");
        Validator { schemas, index }
    }

    fn check(&self, document: &Value) {
        if let Err(error) = self.schemas.validate(document, self.index) {
            panic!("{error:#}\n{document:#}");
        }
    }
}

fn visit<'n>(nodes: &'n Value, see: &mut impl FnMut(&'n Value)) {
    for node in nodes.as_array().into_iter().flatten() {
        see(node);
        visit(&node["children"], see);
    }
}

fn visit_mut(nodes: &mut Value, change: &mut impl FnMut(&mut Value)) {
    for node in nodes.as_array_mut().into_iter().flatten() {
        change(node);
        visit_mut(&mut node["children"], change);
    }
}

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

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)?.try_into().ok()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
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

fn udp(from: &str, to: &str, payload: &[u8]) -> Vec<u8> {
    let (from, to) = (from.parse().expect("an address"), to.parse().expect("an address"));
    dsboot_codec::ip::udp::packet(from, to, 64, payload).expect("fits")
}

/// A pcap file of the old kind.
fn pcap(link_type: u32, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut file =
        [0xa1b2_c3d4_u32, 0x0002_0004, 0, 0, 65535, link_type].map(u32::to_le_bytes).concat();
    file[4..8].copy_from_slice(&[2, 0, 4, 0]);
    for frame in frames {
        let length = u32::try_from(frame.len()).expect("short");
        file.extend([1_700_000_000, 5, length, length].map(u32::to_le_bytes).concat());
        file.extend(frame);
    }
    file
}

#[test]
fn captures_of_other_links() {
    let packet = udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST));
    let ethernet =
        |tag: &[u8], kind: &[u8], packet: &[u8]| [&[2; 12], tag, kind, packet, &[0; 4]].concat();
    let frames = vec![
        ethernet(&[], &[8, 0], &packet),
        ethernet(&[0x81, 0, 0, 7], &[8, 0], &packet),
        ethernet(&[], &[8, 6], &[0; 28]),
    ];
    let ended = dsboot(&["decode"], &pcap(1, &frames));
    assert_eq!(ended.code, 0, "{}", ended.text());
    assert_eq!(ended.text().matches("Registration Request  [").count(), 2, "{}", ended.text());
    for part in ["2023-11-14T22:13:20.000005000Z", "VLAN Tag: 0x7", "ARP, not looked into"] {
        assert!(ended.text().contains(part), "{part} is missing:\n{}", ended.text());
    }
    let unknown = dsboot(&["decode"], &pcap(147, &[packet]));
    assert!(unknown.text().contains("link type 147 is not known here"), "{}", unknown.text());
}

#[test]
fn fragments_are_said_to_be_some() {
    let mut packet = udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST));
    packet[6] = 0x20;
    let document = dsboot(&["decode", "--json"], &packet).documents().remove(0);
    let fixed = dsboot(&["encode", "--fix", "checksums"], document.to_string().as_bytes());
    let ended = dsboot(&["decode", "--brief"], &fixed.out);
    assert_eq!(ended.code, 0, "{}", ended.text());
    assert!(ended.text().contains("a fragment, not looked into"), "{}", ended.text());
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
        (&["decode", "--format", "pcap"], b"00", "packet 0"),
        (&["decode"], truncated, "ends in the middle"),
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

/// The check vectors of the codec.
fn vectors(name: &str) -> Value {
    let path = format!("{}/../../codec/tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).expect("vectors")).expect("JSON")
}

/// Decodes messages, a line each, with these keys, and shows them.
fn with_keys(protocol: &str, keys: &str, messages: &[&Value]) -> Ended {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("keys.toml");
    fs::write(&path, keys).expect("written");
    let lines: Vec<&str> = messages.iter().map(|hex| hex.as_str().expect("hex")).collect();
    let keys = path.to_str().expect("a path");
    let args = ["decode", "--lines", "--as", protocol, "--keys", keys];
    dsboot(&args, lines.join("\n").as_bytes())
}

#[test]
fn passwords_and_responses_of_rfc_2865() {
    let vectors = &vectors("eap-md5-radius")["rfc2865"];
    let keys = "[[radius]]\nsecret = \"xyzzy5461\"\n";
    let messages = [&vectors["pap_request"], &vectors["pap_accept"]];
    let ended = with_keys("radius", keys, &messages);
    assert_eq!(ended.code, 0, "{}", ended.text());
    for part in ["decrypted: \"arctangent\"", "Response Authenticator, right (secret of"] {
        assert!(ended.text().contains(part), "{part} is missing:\n{}", ended.text());
    }
    let alone = with_keys("radius", keys, &messages[1..]);
    assert_eq!(alone.code, 0);
    assert!(alone.text().contains("not verified (its request was not seen)"), "{}", alone.text());
    let other = with_keys("radius", "[[radius]]\nsecret = \"other\"\n", &messages);
    assert_eq!(other.code, 1, "{}", other.text());
}

#[test]
fn keys_are_derived_from_nonces_and_used_for_what_follows() {
    let vectors = vectors("mobile-ip");
    let messages = ["rrq_ccoa_chapspi", "rrp_ok", "rrq_rereg"].map(|name| &vectors[name]);
    let ended = with_keys("mip4", KEYS, &messages);
    assert_eq!(ended.code, 0, "{}", ended.text());
    let key = vectors["mn_fha_key"].as_str().expect("hex");
    for part in [
        "right (MN-AAA key of mn1@home.example)",
        &format!("learned: MN-FHA key {key}, SPI 0x1001 and 0x2001 (from an RFC 3957 nonce)"),
        "right (key of SPI 0x1001, learned",
        "right (key of SPI 0x2001, learned",
    ] {
        assert!(ended.text().contains(part), "{part} is missing:\n{}", ended.text());
    }
    let without = with_keys("mip4", "", &messages);
    assert_eq!(without.code, 0);
    assert!(without.text().contains("not verified (no MN-AAA key of"), "{}", without.text());

    let given = format!("[[mobile_ip]]\nspi = 0x2001\nkey = \"hex:{key}\"\n");
    let ended = with_keys("mip4", &given, &messages[2..]);
    assert!(ended.text().contains("right (key of SPI 0x2001)"), "{}", ended.text());
}

#[test]
fn pana_is_verified_by_the_msk_and_by_the_key_itself() {
    let vectors = &vectors("eap-md5-radius")["pana_auth"];
    let names = ["initial_request", "initial_answer"];
    let opening = names.map(|name| &vectors[name]);
    let nonces = [("a pan", "pac_nonce", 0_u16), ("a par", "paa_nonce", 0x8000)];
    let messages: Vec<Value> = nonces
        .iter()
        .map(|(_, name, flags)| {
            let nonce = hex(vectors[name].as_str().expect("hex"));
            let mut message = [0_u16, 16 + 8 + 20, *flags, 2].map(u16::to_be_bytes).concat();
            message.extend([0x5a, 0x5b, 0, 2, 0x11, 0x22, 0x33, 0x45, 0, 5, 0, 0, 0, 20, 0, 0]);
            message.extend(nonce);
            json!(message.iter().map(|octet| format!("{octet:02x}")).collect::<String>())
        })
        .collect();
    let last = [&vectors["last_request"], &vectors["last_answer"]];
    let all: Vec<&Value> = opening.into_iter().chain(&messages).chain(last).collect();
    let text = |name: &str| vectors[name].as_str().expect("hex").to_owned();
    let by_msk = format!("[[pana]]\nmsk = \"hex:{}\"\n", text("msk"));
    let by_key =
        format!("[[pana]]\nsession = 0x5a5b0002\nauth_key = \"hex:{}\"\n", text("auth_key"));
    for keys in [by_msk, by_key] {
        let ended = with_keys("pana", &keys, &all);
        let right = ended.text().matches("AUTH value, right (PANA_AUTH_KEY of session").count();
        assert_eq!(right, 2, "{}", ended.text());
        assert_eq!(ended.code, 0, "{}", ended.text());
    }
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
