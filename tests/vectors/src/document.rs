//! The files: Wycheproof's form, with clauses in the place of bugs.

use std::collections::BTreeMap;

use dsboot_codec::tree::{Options, Protocol, Tree, Value};
use serde::Serialize;

use super::make::{Check, Outcome};

/// A file of vectors.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// Its name, without `.json`.
    #[serde(skip)]
    pub name: &'static str,
    /// What the vectors are of.
    pub algorithm: &'static str,
    /// The schema's name.
    pub schema: &'static str,
    /// The version of the program that wrote it.
    pub generator_version: &'static str,
    /// How many vectors there are.
    pub number_of_tests: usize,
    /// What the file is about.
    pub header: Vec<String>,
    /// What the flags mean.
    pub notes: BTreeMap<&'static str, Note>,
    /// The vectors.
    pub test_groups: Vec<Group>,
}

/// What a flag means.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// In what way a decoder may fail.
    pub bug_type: &'static str,
    /// What is tested.
    pub description: &'static str,
}

/// Vectors that are used in the same way.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// What is to be done with the octets.
    #[serde(rename = "type")]
    pub check: Check,
    /// What they are.
    #[serde(serialize_with = "name")]
    pub protocol: Protocol,
    /// The key, in hex, of authenticators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What else verifying needs, in hex: the Request Authenticator of the request answered, or the
    /// challenge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The vectors.
    pub tests: Vec<Vector>,
}

fn name<S: serde::Serializer>(protocol: &Protocol, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(protocol.name())
}

/// One vector.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Vector {
    /// Its number in the file, from 1.
    pub tc_id: usize,
    /// Its name, which stays.
    pub id: String,
    /// What it is.
    pub comment: String,
    /// The sentence of the specification that it tests.
    pub clause: &'static str,
    /// Why the result is what it is.
    pub why: String,
    /// The octets, in hex.
    pub octets: String,
    /// What is to come of it.
    pub result: Outcome,
    /// Kinds of things that it tests.
    pub flags: Vec<&'static str>,
    /// What a valid message means, leaf by leaf.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Leaf>,
}

/// A leaf of a message.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Leaf {
    /// The names of what it stands in, and its own.
    pub path: String,
    /// Where it begins, in octets.
    pub offset: usize,
    /// How many octets it has.
    pub length: usize,
    /// Its value.
    pub value: serde_json::Value,
}

impl File {
    /// An empty file.
    pub(super) fn new(name: &'static str, algorithm: &'static str, header: &str) -> File {
        File {
            name,
            algorithm,
            schema: super::SCHEMA_NAME,
            generator_version: env!("CARGO_PKG_VERSION"),
            number_of_tests: 0,
            header: vec![header.to_owned()],
            notes: BTreeMap::new(),
            test_groups: Vec::new(),
        }
    }

    /// Counts, numbers, and says what the flags are and what valid messages mean.
    pub(super) fn finish(&mut self) {
        let mut number = 0;
        for group in &mut self.test_groups {
            for vector in &mut group.tests {
                number += 1;
                vector.tc_id = number;
                for flag in &vector.flags {
                    self.notes.insert(flag, super::make::note(flag));
                }
                if vector.result == Outcome::Valid && group.check == Check::Decode {
                    let octets = hex::decode(&vector.octets).unwrap_or_default();
                    vector.fields = fields(group.protocol, &octets);
                }
            }
        }
        self.number_of_tests = number;
    }

    /// How many vectors have that outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        let all = self.test_groups.iter().flat_map(|group| &group.tests);
        all.filter(|vector| vector.result == outcome).count()
    }
}

/// The leaves of a message.
fn fields(protocol: Protocol, octets: &[u8]) -> Vec<Leaf> {
    fn gather(nodes: &[dsboot_codec::tree::Node], path: &str, all: &mut Vec<Leaf>) {
        for node in nodes {
            let path = if path.is_empty() {
                node.name.to_string()
            } else {
                format!("{path}/{}", node.name)
            };
            if let Some(value) = node.value() {
                let (offset, length) = (node.offset, node.length);
                all.push(Leaf { path: path.clone(), offset, length, value: json(value) });
            }
            gather(node.children(), &path, all);
        }
    }
    let mut all = Vec::new();
    gather(&Tree::decode(protocol, octets, &Options::default()).nodes, "", &mut all);
    all
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Unsigned(number) => (*number).into(),
        Value::Flags { set, .. } => set.iter().map(ToString::to_string).collect(),
        Value::Bits(fields) => fields
            .iter()
            .map(|field| (field.name.to_string(), field.value.into()))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Ipv4(address) => address.to_string().into(),
        Value::Ipv6(address) | Value::Ipv6Prefix(address) => address.to_string().into(),
        Value::Text(text) => text.as_str().into(),
        Value::Octets(octets) => hex::encode(octets).into(),
        Value::Time { seconds, fraction } => {
            serde_json::json!({ "seconds": seconds, "fraction": fraction })
        }
    }
}
