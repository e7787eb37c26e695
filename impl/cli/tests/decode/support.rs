//! What the tests of `decode` and `encode` have in common.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

/// A registration request, the first of a mobile node with a co-located address.
pub(crate) const REQUEST: &str = "0122070800000000c0000201c633644dcea4d2a01234567883106d6e3140686f6d652e65786\
    16d706c652a010004000010012401001400000002bfb8eb113f94082fddfb0def317f0016";

pub(crate) const KEYS: &str =
    "[[mn_aaa]]\nnai = \"mn1@home.example\"\nkey = \"AAA-shared-key-0\"\n";

pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("UTF-8")
    }

    pub(crate) fn documents(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

pub(crate) fn dsboot(args: &[&str], input: &[u8]) -> Ended {
    let mut command = Command::cargo_bin("dsboot").expect("built");
    let output = command.args(args).write_stdin(input).output().expect("runs");
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    Ended { code: output.status.code().expect("exits"), out: output.stdout, err }
}

/// All setups of `dsboot run`, captured, and the example of a keys file, which is of their network.
pub(crate) fn run(directory: &Path, args: &[&str]) -> (String, String) {
    let file = |name: &str| directory.join(name).to_str().expect("a path").to_owned();
    let (capture, keys) = (file("run.pcapng"), file("keys.toml"));
    let ended = dsboot(&[&["run", "--pcap", &capture], args].concat(), b"");
    assert_eq!(ended.code, 0, "{}", ended.err);
    fs::write(&keys, dsboot(&["decode", "--example-keys"], b"").out).expect("written");
    (capture, keys)
}

pub(crate) struct Validator {
    pub(crate) schemas: Schemas,
    pub(crate) index: SchemaIndex,
}

impl Validator {
    pub(crate) fn new() -> Validator {
        let schema = include_str!("../../schemas/decode.schema.json");
        let mut compiler = Compiler::new();
        let schema = serde_json::from_str(schema).expect("JSON");
        compiler.add_resource("decode.json", schema).expect("a schema");
        let mut schemas = Schemas::new();
        let index = compiler.compile("decode.json", &mut schemas).expect("a schema");
        Validator { schemas, index }
    }

    pub(crate) fn check(&self, document: &Value) {
        if let Err(error) = self.schemas.validate(document, self.index) {
            panic!("{error:#}\n{document:#}");
        }
    }
}

pub(crate) fn visit<'n>(nodes: &'n Value, see: &mut impl FnMut(&'n Value)) {
    for node in nodes.as_array().into_iter().flatten() {
        see(node);
        visit(&node["children"], see);
    }
}

pub(crate) fn visit_mut(nodes: &mut Value, change: &mut impl FnMut(&mut Value)) {
    for node in nodes.as_array_mut().into_iter().flatten() {
        change(node);
        visit_mut(&mut node["children"], change);
    }
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)?.try_into().ok()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

pub(crate) fn udp(from: &str, to: &str, payload: &[u8]) -> Vec<u8> {
    let (from, to) = (from.parse().expect("an address"), to.parse().expect("an address"));
    dsboot_codec::ip::udp::packet(from, to, 64, payload).expect("fits")
}

/// A pcap file of the old kind.
pub(crate) fn pcap(link_type: u32, frames: &[Vec<u8>]) -> Vec<u8> {
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

/// The check vectors of the codec.
pub(crate) fn vectors(name: &str) -> Value {
    let path = format!("{}/../../codec/tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).expect("vectors")).expect("JSON")
}

/// Decodes messages, a line each, with these keys, and shows them.
pub(crate) fn with_keys(protocol: &str, keys: &str, messages: &[&Value]) -> Ended {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("keys.toml");
    fs::write(&path, keys).expect("written");
    let lines: Vec<&str> = messages.iter().map(|hex| hex.as_str().expect("hex")).collect();
    let keys = path.to_str().expect("a path");
    let args = ["decode", "--lines", "--as", protocol, "--keys", keys];
    dsboot(&args, lines.join("\n").as_bytes())
}
