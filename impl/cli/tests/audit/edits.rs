//! Captures of `dsboot run` with one octet edited: what is not noticed has a reason in
//! `edits.txt`.
//!
//! Checksums are made right again after each edit: what is edited is what somebody has sent, not what
//! a wire has garbled.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::hash::{DefaultHasher, Hash, Hasher};

use dsboot::decode::{Engine, Piece};
use dsboot_audit::{Answer, Auditor, Packet, Settings};
use dsboot_codec::tree::{Node, Options, Protocol, Role, Tree, Value};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;

use crate::support::{Known, SETUPS, capture, engine, keep_lore, known, packets, take_lore};

/// Why what is edited may go unnoticed: `with keys` or `without`, the field, a reason.
const REASONS: &str = include_str!("edits.txt");

/// An octet to be edited.
#[derive(Clone, Debug)]
struct Edit {
    /// The packet, from 0.
    packet: usize,
    /// The field.
    field: String,
    /// The packet's octets afterwards.
    octets: Vec<u8>,
}

/// What stands in for chance.
fn draw(what: &impl Hash) -> usize {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    usize::try_from(hasher.finish() >> 8).expect("a number")
}

/// The fields of a packet that are not of its first headers or a checksum, with the octets that may
/// be changed and by what.
fn fields(tree: &Tree) -> Vec<(String, usize, u8)> {
    fn below(node: &Node, path: &str, inside: bool, found: &mut Vec<(String, usize, u8)>) {
        let is_message = node.protocol.is_some_and(|protocol| {
            !matches!(protocol, Protocol::Ipv4 | Protocol::Ipv6 | Protocol::Udp)
        });
        let inside = inside || is_message;
        let path = match (inside, path.is_empty()) {
            (false, _) => String::new(),
            (true, true) => node.name.to_string(),
            (true, false) => format!("{path} > {}", node.name),
        };
        match node.value() {
            None => node.children().iter().for_each(|child| below(child, &path, inside, found)),
            Some(_) if !inside || node.length == 0 || node.role == Role::Checksum => {}
            Some(Value::Flags { .. }) => {
                let at = node.end() - 1;
                found.extend((0..8).map(|bit| (format!("{path} {:#04x}", 1 << bit), at, 1 << bit)));
            }
            Some(_) => {
                let at = node.offset + draw(&(&path, node.length)) % node.length;
                let change = u8::try_from(1 + draw(&path) % 255).expect("an octet");
                found.push((path, at, change));
            }
        }
    }
    let mut found = Vec::new();
    tree.nodes.iter().for_each(|node| below(node, "", false, &mut found));
    found
}

/// Edits of a capture: of each field in it one, somewhere.
fn edits(pieces: &[Piece], seed: usize) -> Vec<Edit> {
    let options = Options { vendor: DEFAULT_VENDOR_ID };
    let mut places: BTreeMap<String, Vec<(usize, usize, u8)>> = BTreeMap::new();
    for (packet, piece) in pieces.iter().enumerate() {
        let link = piece.link_type.and_then(Protocol::of_link_type).expect("a link type");
        let tree = Tree::decode(link, &piece.octets, &options);
        for (field, at, change) in fields(&tree) {
            places.entry(field).or_default().push((packet, at, change));
        }
    }
    let edit = |(field, places): (String, Vec<(usize, usize, u8)>)| {
        let (packet, at, change) = places[draw(&(&field, seed)) % places.len()];
        let mut octets = pieces[packet].octets.clone();
        octets[at] ^= change;
        let link = pieces[packet].link_type.and_then(Protocol::of_link_type).expect("known");
        let octets =
            Tree::decode(link, &octets, &options).fix_checksums(&options).unwrap_or(octets);
        Edit { packet, field, octets }
    };
    places.into_iter().map(edit).collect()
}

/// What is said of an edit, if it is noticed: the sentence that it breaks or, with keys, that something
/// could not be verified.
fn judge(packets: &[Known], edit: &Edit, engine: Option<&Engine>) -> Option<String> {
    let options = Options { vendor: DEFAULT_VENDOR_ID };
    let mut engine = engine.cloned();
    let mut auditor = Auditor::with(Settings::default(), take_lore());
    for (number, Known { piece, tree }) in (0..).zip(packets) {
        let place = usize::try_from(number).expect("small");
        let is_edited = place == edit.packet;
        let octets = if is_edited { &edit.octets } else { &piece.octets };
        let mut own;
        let tree = if is_edited || engine.is_some() {
            let link = piece.link_type.and_then(Protocol::of_link_type).expect("a link type");
            own = Tree::decode(link, octets, &options);
            if let Some(engine) = &mut engine {
                engine.examine(&mut own, octets);
            }
            &own
        } else {
            tree
        };
        let (number, time) = (number + 1, piece.time);
        auditor.packet(&Packet { number, time, octets, tree, cut: false });
    }
    let report = keep_lore(auditor);
    let first = report.rejections.first();
    assert_eq!(first.is_some(), report.verdict == Answer::Rejected, "{edit:?}");
    let rejected =
        first.map(|first| format!("{} (packet {}: {})", first.sentence, first.packet, first.what));
    let unverified = engine.is_some() && report.authenticators.unverified > 0;
    rejected.or(unverified.then(|| "not verified".to_owned()))
}

/// A line of the reasons.
struct Reason {
    keys: bool,
    field: String,
}

fn reasons() -> Vec<Reason> {
    let lines = REASONS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parse = |line: &str| {
        let (field, reason) = line.split_once(": ").unwrap_or_else(|| panic!("no reason: {line}"));
        assert!(reason.len() > 10, "a reason: {line}");
        let (keys, field) = field.split_once(' ').expect("with or without keys");
        assert!(matches!(keys, "always" | "without"), "{line}");
        Reason { keys: keys == "always", field: field.to_owned() }
    };
    lines.map(parse).collect()
}

impl Reason {
    fn fits(&self, field: &str, keys: bool) -> bool {
        (self.keys || !keys)
            && match (self.field.strip_prefix('*'), self.field.strip_suffix('*')) {
                (Some(_), Some(_)) => field.contains(self.field.trim_matches('*')),
                (Some(end), None) => field.ends_with(end),
                (None, Some(start)) => field.starts_with(start),
                (None, None) => field == self.field,
            }
    }
}

#[test]
fn an_octet_edited_is_noticed_or_there_is_a_reason() {
    let directory = tempfile::tempdir().expect("a directory");
    let engine = engine(directory.path());
    let is_exhaustive = env::var("DSBOOT_EXHAUSTIVE").is_ok_and(|how| how == "all");
    let rounds = if is_exhaustive { 4 } else { 1 };
    let reasons = reasons();
    let mut used = BTreeSet::new();
    let mut done = BTreeSet::new();
    let (mut tried, mut noticed, mut unexplained) = (0, 0, Vec::new());
    for (number, setup) in SETUPS.iter().enumerate() {
        let pieces = packets(&capture(directory.path(), setup));
        let packets = known(pieces.clone());
        for round in 0..rounds {
            for edit in edits(&pieces, number + round * SETUPS.len()) {
                // Of one field in one setup, unless all are to be tried.
                if !is_exhaustive && !done.insert(edit.field.clone()) {
                    continue;
                }
                let mut is_noticed = false;
                for (keys, engine) in [(false, None), (true, Some(&engine))] {
                    tried += 1;
                    // What is noticed without keys is noticed with them.
                    if is_noticed && !is_exhaustive {
                        noticed += 1;
                        continue;
                    }
                    let sentence = judge(&packets, &edit, engine);
                    println!(
                        "{} {}: {}",
                        if keys { "keys" } else { "none" },
                        edit.field,
                        sentence.as_deref().unwrap_or("accepted")
                    );
                    if sentence.is_some() {
                        is_noticed = true;
                        noticed += 1;
                        continue;
                    }
                    let fitting = reasons.iter().position(|reason| reason.fits(&edit.field, keys));
                    match fitting {
                        Some(reason) => drop(used.insert(reason)),
                        None => unexplained.push(format!(
                            "{} {}, packet {} of {setup:?}",
                            if keys { "always" } else { "without" },
                            edit.field,
                            edit.packet + 1
                        )),
                    }
                }
            }
        }
    }
    println!("{tried} edits, {noticed} noticed");
    assert!(tried > 400, "{tried}");
    assert!(unexplained.is_empty(), "not noticed:\n{}", unexplained.join("\n"));
    let idle = reasons.iter().enumerate().filter(|(place, _)| !used.contains(place));
    let idle: Vec<&str> = idle.map(|(_, reason)| &*reason.field).collect();
    assert!(is_exhaustive || idle.is_empty(), "reasons for what is noticed: {idle:?}");
}
