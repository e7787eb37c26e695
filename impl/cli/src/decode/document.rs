//! A decoded message as a document and as text.

use std::io::{self, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dsboot_codec::tree::{FRAGMENT, Node, Protocol, Tree, Value, Verdict};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::input::Piece;
use super::keys::Learned;

/// The version of the document's form.
pub const DOCUMENT_VERSION: u32 = 1;

/// A decoded message; `schemas/decode.schema.json` describes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The version of this form.
    pub version: u32,
    /// The number of the message in its input, from 1.
    pub number: u64,
    /// When it was captured, since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "calendar")]
    pub time: Option<Duration>,
    /// The interface that it was captured on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// The number of its link type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_type: Option<u32>,
    /// How many octets there are.
    pub length: usize,
    /// How many it had before the capture cut it, if that is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_length: Option<u32>,
    /// What the capture says about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<String>,
    /// The messages in it, from the outermost to the innermost.
    pub summary: String,
    /// What is to be said about it besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Whether nothing is malformed and no checksum or authenticator is wrong.
    pub right: bool,
    /// The keys that were learned from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub learned: Vec<Learned>,
    /// Of a packet that was put together, the numbers of the messages that its fragments came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fragments: Vec<u64>,
    /// The packet of which this message has the last fragment, put together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reassembled: Option<Box<Document>>,
    /// Its octets.
    #[serde(flatten)]
    pub tree: Tree,
}

impl Document {
    pub(super) fn new(number: u64, piece: Piece, tree: Tree, learned: Vec<Learned>) -> Document {
        let length = piece.octets.len();
        let cut = |original: &u32| usize::try_from(*original).is_ok_and(|all| all > length);
        Document {
            version: DOCUMENT_VERSION,
            number,
            time: piece.time,
            interface: piece.interface,
            link_type: piece.link_type,
            length,
            original_length: piece.original_length.filter(cut),
            comments: piece.comments,
            summary: summary(&tree),
            notes: piece.notes,
            right: is_right(&tree),
            learned,
            fragments: Vec::new(),
            reassembled: None,
            tree,
        }
    }

    /// Adds the packet of which this has the last fragment.
    pub(super) fn put_together(&mut self, packet: Document) {
        self.right &= packet.right;
        self.reassembled = Some(Box::new(packet));
    }

    /// This and what was put together of its fragment, and so on.
    pub(super) fn all(&self) -> impl Iterator<Item = &Document> {
        std::iter::successors(Some(self), |document| document.reassembled.as_deref())
    }

    fn heading(&self) -> String {
        let number = |number: &u64| format!("#{number}");
        let mut words = match self.fragments.as_slice() {
            [] => vec![number(&self.number)],
            all => vec![format!(
                "put together from {}",
                all.iter().map(number).collect::<Vec<_>>().join(", ")
            )],
        };
        words.extend(self.time.map(calendar::text));
        words.extend(self.interface.clone());
        words.push(format!("{} octets", self.length));
        words.push(self.summary.clone());
        words.join("  ")
    }

    /// Writes one line, and what is wrong below it.
    pub(super) fn brief(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", self.heading())?;
        for note in self.notes.iter().chain(&self.comments) {
            writeln!(out, "      ({note})")?;
        }
        for fault in self.tree.faults() {
            let (kind, at, sentence) = (fault.kind, fault.offset, &fault.sentence);
            writeln!(out, "      !! {kind} at octet {at} ({sentence})")?;
        }
        let mut wrong = Vec::new();
        self.tree.visit(|node| {
            let is_wrong = node.check.as_ref().is_some_and(|check| check.verdict == Verdict::Wrong);
            // What does not decode for its checksum has been said above.
            let said = || self.tree.faults().any(|fault| fault.offset == node.offset);
            wrong.extend((is_wrong && !said()).then_some((&node.name, node.offset)));
        });
        for (name, at) in wrong {
            writeln!(out, "      !! wrong {name} at octet {at}")?;
        }
        self.reassembled.iter().try_for_each(|packet| packet.brief(out))
    }

    /// Writes every octet and what it is.
    pub(super) fn text(&self, out: &mut impl Write, captured: bool) -> io::Result<()> {
        if self.number > 1 || !self.fragments.is_empty() {
            writeln!(out)?;
        }
        if captured || self.number > 1 || !self.fragments.is_empty() {
            writeln!(out, "{}", self.heading())?;
        }
        for note in self.notes.iter().chain(&self.comments) {
            writeln!(out, "({note})")?;
        }
        write!(out, "{}", self.tree)?;
        for Learned { what, from, spis, key } in &self.learned {
            let spis: Vec<String> = spis.iter().map(|spi| format!("{spi:#x}")).collect();
            let spis = if spis.is_empty() {
                String::new()
            } else {
                format!(", SPI {}", spis.join(" and "))
            };
            writeln!(out, "learned: {what} key {key}{spis} (from {from})")?;
        }
        self.reassembled.iter().try_for_each(|packet| packet.text(out, captured))
    }
}

/// Whether nothing is malformed and nothing wrong.
fn is_right(tree: &Tree) -> bool {
    let mut right = tree.faults().next().is_none();
    tree.visit(|node| {
        right &= node.check.as_ref().is_none_or(|check| check.verdict != Verdict::Wrong);
    });
    right
}

/// The messages of a tree in one line.
fn summary(tree: &Tree) -> String {
    let mut words: Vec<String> = Vec::new();
    tree.visit(|node| {
        let between = |from: &str, to: &str| match (shown(node, from), shown(node, to)) {
            (Some(from), Some(to)) => format!(" {from} > {to}"),
            _ => String::new(),
        };
        words.extend(node.protocol.map(|protocol| match protocol {
            Protocol::Ipv4 => format!("IPv4{}", between("Source Address", "Destination Address")),
            Protocol::Ipv6 => format!("IPv6{}", between("Source Address", "Destination Address")),
            Protocol::Udp => format!("UDP{}", between("Source Port", "Destination Port")),
            Protocol::Icmp | Protocol::Icmpv6 => {
                let kind = node.children().first().map(|kind| kind.meaning.clone());
                kind.filter(|kind| !kind.is_empty()).unwrap_or_else(|| node.name.to_string())
            }
            _ => node.name.to_string(),
        }));
        if node.name == FRAGMENT {
            words.push("a fragment".to_owned());
        }
    });
    if words.is_empty() { tree.protocol.name().to_owned() } else { words.join(", ") }
}

fn shown(node: &Node, name: &str) -> Option<String> {
    match node.children().iter().find(|child| child.name == name)?.value()? {
        Value::Ipv4(address) => Some(address.to_string()),
        Value::Ipv6(address) => Some(address.to_string()),
        Value::Unsigned(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Times as RFC 3339 has them, in UTC and to the nanosecond.
mod calendar {
    use super::{Deserialize, Deserializer, Duration, Serializer, SystemTime, UNIX_EPOCH, de};

    pub(super) fn text(time: Duration) -> String {
        match UNIX_EPOCH.checked_add(time) {
            // Later than the year 9999 there is no form for it.
            Some(at) if time.as_secs() < 253_402_300_800 => {
                humantime::format_rfc3339_nanos(at).to_string()
            }
            _ => format!("{} s", time.as_secs()),
        }
    }

    pub(super) fn serialize<S: Serializer>(
        time: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.serialize_str(&text(*time)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let wrong = |_| de::Error::custom(format!("{text:?} is no time of RFC 3339"));
        let at: SystemTime = humantime::parse_rfc3339(&text).map_err(wrong)?;
        let before = |_| de::Error::custom(format!("{text:?} is before 1970"));
        at.duration_since(UNIX_EPOCH).map(Some).map_err(before)
    }
}
