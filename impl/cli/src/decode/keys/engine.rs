//! Goes through the messages of a tree with what is known of keys, and keeps what it learns.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::ops::Range;

use dsboot_codec::mip4::Algorithm;
use dsboot_codec::tree::{Check, Content, Name, Node, Protocol, Tree, Value, Verdict, View};
use serde::{Deserialize, Serialize};

use super::Keys;
use super::eap::{Carrier, Conversation};

/// As many requests and keys are remembered; older ones are forgotten.
const MEMORY: usize = 4096;

/// A key that came from what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learned {
    /// Between whom it is.
    pub what: Name,
    /// How it was learned.
    pub from: Name,
    /// Its SPIs.
    pub spis: Vec<u32>,
    /// Its octets, in hex.
    pub key: String,
}

/// What is known of keys, from a file and from the messages seen.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    pub(super) keys: Keys,
    vendor: u32,
    /// Request Authenticators of RADIUS by client, its port, server and identifier.
    pub(super) requests: Remembered<RequestKey, super::radius::Request>,
    /// Keys of Mobile IPv4 by SPI.
    pub(super) mobile_ip: Remembered<u32, Vec<(Vec<u8>, Algorithm)>>,
    /// Keys of mobile nodes and Mobile IPv6 home agents by NAI.
    pub(super) mn_ha: Remembered<Vec<u8>, Vec<Vec<u8>>>,
    /// NAIs by IPv6 home address, from binding updates.
    pub(super) homes: Remembered<Ipv6Addr, Vec<u8>>,
    /// PANA sessions.
    pub(super) sessions: Remembered<u32, super::pana::Session>,
    /// EAP conversations.
    pub(super) conversations: Remembered<Carrier, Conversation>,
    learned: Vec<Learned>,
}

/// What names a request of RADIUS.
pub(super) type RequestKey = (Option<IpAddr>, Option<IpAddr>, Option<u16>, u8);

/// A map that forgets its oldest entries.
#[derive(Clone, Debug)]
pub(super) struct Remembered<K, V> {
    map: HashMap<K, (u64, V)>,
    count: u64,
}

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Remembered { map: HashMap::new(), count: 0 }
    }
}

impl<K: std::hash::Hash + Eq + Clone, V> Remembered<K, V> {
    pub(super) fn insert(&mut self, key: K, value: V) {
        self.count += 1;
        self.map.insert(key, (self.count, value));
        if self.map.len() > MEMORY {
            let oldest = self.count.saturating_sub(MEMORY as u64 / 2);
            self.map.retain(|_, (count, _)| *count > oldest);
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.map.get(key).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.map.get_mut(key).map(|(_, value)| value)
    }
}

/// Between whom a message goes.
#[derive(Clone, Debug, Default)]
pub(super) struct Way {
    pub(super) source: Option<IpAddr>,
    pub(super) destination: Option<IpAddr>,
    pub(super) source_port: Option<u16>,
    pub(super) destination_port: Option<u16>,
    /// Where the IPv6 packet around it stands.
    pub(super) ipv6: Option<Range<usize>>,
    /// Whether a message of RADIUS or PANA is around it.
    pub(super) carried: bool,
}

/// What is to be put into a tree: by the offset of a leaf, what became of it.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) checks: Vec<(usize, Check)>,
    pub(super) meanings: Vec<(usize, String)>,
}

impl Findings {
    pub(super) fn check(&mut self, at: usize, found: &[u8], right: &[u8], by: impl Into<String>) {
        let is_right = found == right;
        let verdict = if is_right { Verdict::Verified } else { Verdict::Wrong };
        let expected = if is_right { Vec::new() } else { right.to_vec() };
        self.checks.push((at, Check { verdict, by: by.into(), expected }));
    }

    /// Checks against what each of the keys gives; without one there is no `lacking`.
    pub(super) fn any(
        &mut self,
        at: usize,
        found: &[u8],
        right: impl IntoIterator<Item = (Vec<u8>, String)>,
        lacking: &str,
    ) {
        let mut first = None;
        for (right, by) in right {
            if right == found {
                return self.check(at, found, &right, by);
            }
            first.get_or_insert((right, by));
        }
        match first {
            Some((right, by)) => self.check(at, found, &right, by),
            None => self.no_key(at, format!("no {lacking}")),
        }
    }

    pub(super) fn no_key(&mut self, at: usize, by: impl Into<String>) {
        let check = Check { verdict: Verdict::NoKey, by: by.into(), expected: Vec::new() };
        self.checks.push((at, check));
    }
}

impl Engine {
    /// An engine that knows these keys.
    #[must_use]
    pub fn new(keys: Keys, vendor: u32) -> Engine {
        Engine { keys, vendor, ..Engine::default() }
    }

    /// The vendor whose parameters are the bootstrap's.
    pub(super) const fn vendor(&self) -> u32 {
        self.vendor
    }

    /// Verifies what can be verified in a tree of these octets, opens what can be opened, and
    /// remembers what later messages need. Returns the keys that it has learned from it.
    pub fn examine(&mut self, tree: &mut Tree, octets: &[u8]) -> Vec<Learned> {
        let mut messages = Vec::new();
        for node in &tree.nodes {
            gather(node, &Way::default(), &mut messages);
        }
        let mut findings = Findings::default();
        for (protocol, range, way) in messages {
            let Some(message) = octets.get(range.clone()) else { continue };
            let at = range.start;
            match protocol {
                Protocol::Radius => self.radius(message, at, &way, &mut findings),
                Protocol::Eap if !way.carried => {
                    self.eap(message, |number| at + number, &Carrier::None, None, &mut findings);
                }
                Protocol::Mip4 => self.mip4(message, at, &mut findings),
                Protocol::Pana => self.pana(message, at, &mut findings),
                Protocol::Mh => {
                    let packet = way.ipv6.as_ref().and_then(|range| octets.get(range.clone()));
                    self.mip6(packet, at, &mut findings);
                }
                _ => (),
            }
        }
        for (at, check) in findings.checks {
            set(tree, at, &mut |node| node.check = Some(check.clone()));
        }
        for (at, meaning) in findings.meanings {
            set(tree, at, &mut |node| node.meaning.clone_from(&meaning));
        }
        std::mem::take(&mut self.learned)
    }

    /// Takes note of a key that is new, so that it is told.
    pub(super) fn learn(
        &mut self,
        what: &'static str,
        from: &'static str,
        spis: Vec<u32>,
        key: &[u8],
    ) {
        let (what, from) = (Name::Borrowed(what), Name::Borrowed(from));
        self.learned.push(Learned { what, from, spis, key: hex::encode(key) });
    }

    /// A key of Mobile IPv4 under an SPI. Returns whether it is new.
    pub(super) fn learn_mobile_ip(&mut self, spi: u32, key: &[u8], algorithm: Algorithm) -> bool {
        let entry = (key.to_vec(), algorithm);
        match self.mobile_ip.get_mut(&spi) {
            Some(known) if known.contains(&entry) => false,
            Some(known) => {
                known.insert(0, entry);
                known.truncate(8);
                true
            }
            None => {
                self.mobile_ip.insert(spi, vec![entry]);
                true
            }
        }
    }

    /// A key of a mobile node and its Mobile IPv6 home agent. Returns whether it is new.
    pub(super) fn learn_mn_ha(&mut self, nai: &[u8], key: &[u8]) -> bool {
        match self.mn_ha.get_mut(&nai.to_vec()) {
            Some(known) if known.iter().any(|known| known == key) => false,
            Some(known) => {
                known.insert(0, key.to_vec());
                known.truncate(8);
                true
            }
            None => {
                self.mn_ha.insert(nai.to_vec(), vec![key.to_vec()]);
                true
            }
        }
    }
}

/// The messages of a node, in the order of their octets, with the way that each goes.
fn gather(node: &Node, way: &Way, messages: &mut Vec<(Protocol, Range<usize>, Way)>) {
    let mut way = way.clone();
    let range = node.offset..node.end();
    if let Some(protocol) = node.protocol {
        match protocol {
            Protocol::Ipv4 => {
                way = Way { source: address(node, "Source Address"), ..Way::default() };
                way.destination = address(node, "Destination Address");
            }
            Protocol::Ipv6 => {
                way = Way { source: address(node, "Source Address"), ..Way::default() };
                way.destination = address(node, "Destination Address");
                way.ipv6 = Some(range.clone());
            }
            Protocol::Udp => {
                way.source_port = port(node, "Source Port");
                way.destination_port = port(node, "Destination Port");
            }
            _ => (),
        }
        messages.push((protocol, range, way.clone()));
        way.carried |= matches!(protocol, Protocol::Radius | Protocol::Pana);
    }
    for child in node.children() {
        gather(child, &way, messages);
    }
}

fn address(node: &Node, name: &str) -> Option<IpAddr> {
    match node.children().iter().find(|child| child.name == name)?.value()? {
        Value::Ipv4(address) => Some((*address).into()),
        Value::Ipv6(address) => Some((*address).into()),
        _ => None,
    }
}

fn port(node: &Node, name: &str) -> Option<u16> {
    match node.children().iter().find(|child| child.name == name)?.value()? {
        Value::Unsigned(port) => u16::try_from(*port).ok(),
        _ => None,
    }
}

/// Changes the leaf that begins at an octet, in the view that has it or else in the tree.
fn set(tree: &mut Tree, at: usize, change: &mut impl FnMut(&mut Node)) {
    let is_in = |view: &&mut View| view.pieces.iter().any(|piece| piece.contains(&at));
    match tree.views.iter_mut().find(is_in) {
        Some(view) => set_in(&mut view.nodes, at, change),
        None => set_in(&mut tree.nodes, at, change),
    };
}

fn set_in(nodes: &mut [Node], at: usize, change: &mut impl FnMut(&mut Node)) -> bool {
    nodes.iter_mut().any(|node| match node.content {
        Content::Leaf(_) if node.offset == at && node.length > 0 => {
            change(node);
            true
        }
        _ => set_in(node.children_mut(), at, change),
    })
}
