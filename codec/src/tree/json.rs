//! A tree as a document, by serde.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::ops::Range;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::node::{Bits, Check, Content, Fault, FlagSet, Name, Node, Role, Value, Verdict};
use super::{Protocol, Tree, View};
use crate::ErrorKind;

#[derive(Serialize, Deserialize)]
#[serde(rename = "Tree")]
struct TreeDocument<'t> {
    protocol: Protocol,
    nodes: Cow<'t, [Node]>,
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    views: Cow<'t, [View]>,
}

/// A view as it stands in a document.
#[derive(Serialize, Deserialize)]
#[serde(rename = "View", deny_unknown_fields)]
struct ViewDocument<'v> {
    name: Name,
    pieces: Vec<PieceDocument>,
    nodes: Cow<'v, [Node]>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PieceDocument {
    offset: usize,
    length: usize,
}

impl Serialize for View {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let piece =
            |piece: &Range<usize>| PieceDocument { offset: piece.start, length: piece.len() };
        ViewDocument {
            name: self.name.clone(),
            pieces: self.pieces.iter().map(piece).collect(),
            nodes: Cow::Borrowed(&self.nodes),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for View {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<View, D::Error> {
        let ViewDocument { name, pieces, nodes } = ViewDocument::deserialize(deserializer)?;
        let piece = |piece: &PieceDocument| {
            let end = piece.offset.checked_add(piece.length);
            end.map(|end| piece.offset..end).ok_or_else(|| de::Error::custom("a piece has no end"))
        };
        let pieces = pieces.iter().map(piece).collect::<Result<_, _>>()?;
        Ok(View { name, pieces, nodes: nodes.into_owned() })
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (nodes, views) = (Cow::Borrowed(&*self.nodes), Cow::Borrowed(&*self.views));
        TreeDocument { protocol: self.protocol, nodes, views }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        let TreeDocument { protocol, nodes, views } = TreeDocument::deserialize(deserializer)?;
        Ok(Tree { protocol, nodes: nodes.into_owned(), views: views.into_owned() })
    }
}

impl Serialize for Protocol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Protocol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Protocol, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Protocol::from_name(&name)
            .ok_or_else(|| de::Error::custom(format!("{name:?} is no protocol")))
    }
}

/// A node as it stands in a document: what is empty is left out.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Node", deny_unknown_fields)]
struct NodeDocument<'n> {
    name: Name,
    offset: usize,
    length: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    protocol: Option<Protocol>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    source: Name,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    sentence: Name,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flags: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Datum>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    meaning: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<RoleDocument>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check: Option<CheckDocument>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    faults: Vec<FaultDocument>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    children: Option<Cow<'n, [Node]>>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Unsigned,
    Flags,
    Bits,
    Ipv4,
    Ipv6,
    Ipv6Prefix,
    Text,
    Octets,
    Time,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Datum {
    Number(u64),
    Text(String),
    Names(Vec<Name>),
    Bits(Vec<BitsDocument>),
    Time { seconds: u32, fraction: u32 },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BitsDocument {
    name: Name,
    bits: u8,
    value: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum RoleDocument {
    Length { less: usize, unit: usize },
    Checksum,
    Authenticator,
    Padding { multiple: usize },
    Piece { view: usize, number: usize },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckDocument {
    verdict: VerdictDocument,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    by: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    expected: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum VerdictDocument {
    Verified,
    Wrong,
    NoKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultDocument {
    kind: String,
    offset: usize,
    sentence: Name,
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (mut kind, mut flags, mut value, mut children) = (None, None, None, None);
        match &self.content {
            Content::Group(nodes) => children = Some(Cow::Borrowed(nodes.as_slice())),
            Content::Leaf(leaf) => {
                let (leaf_kind, datum) = datum(leaf);
                kind = Some(leaf_kind);
                value = Some(datum);
                if let Value::Flags { of, .. } = leaf {
                    flags = Some(Name::Borrowed(of.name()));
                }
            }
        }
        let document = NodeDocument {
            name: self.name.clone(),
            offset: self.offset,
            length: self.length,
            protocol: self.protocol,
            source: self.source.clone(),
            sentence: self.sentence.clone(),
            kind,
            flags,
            value,
            meaning: self.meaning.clone(),
            role: match self.role {
                Role::Plain => None,
                Role::Length { less, unit } => Some(RoleDocument::Length { less, unit }),
                Role::Checksum => Some(RoleDocument::Checksum),
                Role::Authenticator => Some(RoleDocument::Authenticator),
                Role::Padding(multiple) => Some(RoleDocument::Padding { multiple }),
                Role::Piece { view, number } => Some(RoleDocument::Piece { view, number }),
            },
            check: self.check.as_ref().map(CheckDocument::from),
            faults: self.faults.iter().map(FaultDocument::from).collect(),
            children,
        };
        document.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        let document = NodeDocument::deserialize(deserializer)?;
        let NodeDocument { name, offset, length, protocol, source, sentence, .. } = document;
        let wrong = |why: &str| de::Error::custom(format!("{name} at octet {offset}: {why}"));
        let content = match (document.children, document.kind, document.value) {
            (Some(nodes), None, None) => Content::Group(nodes.into_owned()),
            (None, Some(kind), Some(datum)) => {
                Content::Leaf(leaf(kind, datum, document.flags.as_deref()).map_err(&wrong)?)
            }
            _ => return Err(wrong("a node has either children, or type and value")),
        };
        let faults = document.faults.into_iter().map(Fault::try_from).collect::<Result<_, _>>();
        let check = document.check.map(Check::try_from).transpose();
        Ok(Node {
            faults: faults.map_err(&wrong)?,
            check: check.map_err(&wrong)?,
            name,
            offset,
            length,
            protocol,
            source,
            sentence,
            meaning: document.meaning,
            role: match document.role {
                None => Role::Plain,
                Some(RoleDocument::Length { less, unit }) => Role::Length { less, unit },
                Some(RoleDocument::Checksum) => Role::Checksum,
                Some(RoleDocument::Authenticator) => Role::Authenticator,
                Some(RoleDocument::Padding { multiple }) => Role::Padding(multiple),
                Some(RoleDocument::Piece { view, number }) => Role::Piece { view, number },
            },
            content,
        })
    }
}

fn datum(value: &Value) -> (Kind, Datum) {
    match value {
        Value::Unsigned(number) => (Kind::Unsigned, Datum::Number(*number)),
        Value::Flags { set, .. } => (Kind::Flags, Datum::Names(set.clone())),
        Value::Bits(fields) => {
            let document = |field: &Bits| BitsDocument {
                name: field.name.clone(),
                bits: field.bits,
                value: field.value,
            };
            (Kind::Bits, Datum::Bits(fields.iter().map(document).collect()))
        }
        Value::Ipv4(address) => (Kind::Ipv4, Datum::Text(address.to_string())),
        Value::Ipv6(address) => (Kind::Ipv6, Datum::Text(address.to_string())),
        Value::Ipv6Prefix(address) => (Kind::Ipv6Prefix, Datum::Text(address.to_string())),
        Value::Text(text) => (Kind::Text, Datum::Text(text.clone())),
        Value::Octets(octets) => (Kind::Octets, Datum::Text(hex(octets))),
        Value::Time { seconds, fraction } => {
            (Kind::Time, Datum::Time { seconds: *seconds, fraction: *fraction })
        }
    }
}

fn leaf(kind: Kind, datum: Datum, flags: Option<&str>) -> Result<Value, &'static str> {
    Ok(match (kind, datum) {
        (Kind::Unsigned, Datum::Number(number)) => Value::Unsigned(number),
        (Kind::Flags, Datum::Names(set)) => {
            let known = FlagSet::ALL.into_iter().find(|of| Some(of.name()) == flags);
            Value::Flags { of: known.ok_or("`flags` names no set of flags")?, set }
        }
        // An empty list can be either.
        (Kind::Bits, Datum::Names(names)) if names.is_empty() => Value::Bits(Vec::new()),
        (Kind::Bits, Datum::Bits(fields)) => Value::Bits(
            fields
                .into_iter()
                .map(|field| Bits { name: field.name, bits: field.bits, value: field.value })
                .collect(),
        ),
        (Kind::Ipv4, Datum::Text(text)) => {
            Value::Ipv4(text.parse().map_err(|_| "the value is no IPv4 address")?)
        }
        (Kind::Ipv6, Datum::Text(text)) => {
            Value::Ipv6(text.parse().map_err(|_| "the value is no IPv6 address")?)
        }
        (Kind::Ipv6Prefix, Datum::Text(text)) => {
            Value::Ipv6Prefix(text.parse().map_err(|_| "the value is no IPv6 address")?)
        }
        (Kind::Text, Datum::Text(text)) => Value::Text(text),
        (Kind::Octets, Datum::Text(text)) => {
            Value::Octets(unhex(&text).ok_or("the value is no even number of hex digits")?)
        }
        (Kind::Time, Datum::Time { seconds, fraction }) => Value::Time { seconds, fraction },
        _ => return Err("the value is not of its type"),
    })
}

impl From<&Check> for CheckDocument {
    fn from(check: &Check) -> CheckDocument {
        let verdict = match check.verdict {
            Verdict::Verified => VerdictDocument::Verified,
            Verdict::Wrong => VerdictDocument::Wrong,
            Verdict::NoKey => VerdictDocument::NoKey,
        };
        CheckDocument { verdict, by: check.by.clone(), expected: hex(&check.expected) }
    }
}

impl TryFrom<CheckDocument> for Check {
    type Error = &'static str;

    fn try_from(document: CheckDocument) -> Result<Check, &'static str> {
        let verdict = match document.verdict {
            VerdictDocument::Verified => Verdict::Verified,
            VerdictDocument::Wrong => Verdict::Wrong,
            VerdictDocument::NoKey => Verdict::NoKey,
        };
        let expected = unhex(&document.expected).ok_or("`expected` is not in hex")?;
        Ok(Check { verdict, by: document.by, expected })
    }
}

/// Each kind of error with its name in documents.
const KINDS: [(ErrorKind, &str); 10] = [
    (ErrorKind::Truncated, "truncated"),
    (ErrorKind::BadLength, "bad-length"),
    (ErrorKind::BadType, "bad-type"),
    (ErrorKind::BadValue, "bad-value"),
    (ErrorKind::BadChecksum, "bad-checksum"),
    (ErrorKind::NotSkippable, "not-skippable"),
    (ErrorKind::Misplaced, "misplaced"),
    (ErrorKind::Missing, "missing"),
    (ErrorKind::Trailing, "trailing"),
    (ErrorKind::TooLong, "too-long"),
];

impl From<&Fault> for FaultDocument {
    fn from(fault: &Fault) -> FaultDocument {
        let name = KINDS.iter().find(|(kind, _)| *kind == fault.kind).map(|(_, name)| *name);
        let kind = name.unwrap_or("other").to_string();
        FaultDocument { kind, offset: fault.offset, sentence: fault.sentence.clone() }
    }
}

impl TryFrom<FaultDocument> for Fault {
    type Error = &'static str;

    fn try_from(document: FaultDocument) -> Result<Fault, &'static str> {
        let kind = KINDS.iter().find(|(_, name)| *name == document.kind).map(|(kind, _)| *kind);
        let kind = kind.ok_or("a fault's `kind` is not known")?;
        Ok(Fault { kind, offset: document.offset, sentence: document.sentence })
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        // Nothing can go wrong when writing to a string.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
