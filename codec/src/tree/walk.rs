//! A walk through octets from the first to the last, which leaves none out and none twice.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use super::node::{Bits, Check, Content, Fault, FlagSet, Name, Node, Role, Value, Verdict};
use super::{Options, Protocol, Tree, View};
use crate::{Error, ErrorKind};

/// A field of a fixed place.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) width: Width,
    pub(super) kind: Kind,
}

/// How many octets a field has.
#[derive(Clone, Copy)]
pub(super) enum Width {
    /// So many.
    Octets(usize),
    /// All that are left, at least so many.
    Rest(usize),
    /// So many, and again until none are left.
    Each(usize),
}

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A number.
    Unsigned,
    /// A number that is shown in base 16.
    Hex,
    /// A number of seconds.
    Seconds,
    /// A number of seconds, of which the largest stands for no end.
    Lifetime,
    /// A number of units of 4 seconds.
    FourSeconds,
    /// A number that has a name.
    Named(fn(u64) -> Option<&'static str>),
    /// A number in base 16 that may have a name.
    HexNamed(fn(u64) -> Option<&'static str>),
    /// Bits.
    Flags(FlagSet),
    /// Integers of some bits.
    Bits(&'static [(&'static str, u8)]),
    /// An address.
    Ipv4,
    /// An address.
    Ipv6,
    /// The start of an address.
    Ipv6Prefix,
    /// Text, or octets if it is none.
    Text,
    /// Octets.
    Octets,
    /// An authenticator.
    Authenticator,
    /// A time.
    Time,
    /// The length of the node around it: less, unit.
    Length(usize, usize),
}

/// A field of so many octets.
pub(super) const fn field(name: &'static str, octets: usize, kind: Kind) -> Field {
    Field { name, width: Width::Octets(octets), kind }
}

/// A field of all the octets that are left.
pub(super) const fn rest(name: &'static str, least: usize, kind: Kind) -> Field {
    Field { name, width: Width::Rest(least), kind }
}

/// A field of so many octets, one or more times, in all the octets that are left.
pub(super) const fn each(name: &'static str, octets: usize, kind: Kind) -> Field {
    Field { name, width: Width::Each(octets), kind }
}

/// What a unit's octets mean: its fields, and where that is said.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) source: &'static str,
    pub(super) sentence: &'static str,
    pub(super) fields: &'static [Field],
}

impl Layout {
    /// Whether so many octets can be these fields.
    pub(super) fn fits(&self, octets: usize) -> bool {
        let mut left = Some(octets);
        for field in self.fields {
            left = match field.width {
                Width::Octets(width) => left.and_then(|left| left.checked_sub(width)),
                Width::Rest(least) => left.filter(|left| *left >= least).map(|_| 0),
                Width::Each(width) => {
                    left.filter(|left| *left > 0 && left.is_multiple_of(width)).map(|_| 0)
                }
            };
        }
        left == Some(0)
    }
}

/// A layout: source, sentence, fields.
macro_rules! layout {
    ($source:literal, $sentence:literal, [$($field:expr),*]) => {
        crate::tree::walk::Layout {
            source: $source,
            sentence: $sentence,
            fields: const { &[$($field),*] },
        }
    };
}
pub(super) use layout;

/// A name function for a field from one of the registry.
macro_rules! named {
    ($name:path: $ty:ty) => {
        |number| <$ty>::try_from(number).ok().and_then($name)
    };
}
pub(super) use named;

/// What a walk has found.
pub(super) struct Found {
    pub(super) nodes: Vec<Node>,
    pub(super) views: Vec<View>,
}

impl Found {
    /// As a tree of this protocol.
    pub(super) fn tree(self, protocol: Protocol) -> Tree {
        Tree { protocol, nodes: self.nodes, views: self.views }
    }
}

/// What is left to walk through, and what has been seen.
pub(super) struct Scope<'a> {
    octets: &'a [u8],
    at: usize,
    depth: usize,
    pub(super) options: Options,
    nodes: Vec<Node>,
    /// What was put together so far, in all that is walked through.
    pub(super) views: Vec<View>,
}

impl<'a> Scope<'a> {
    pub(super) const fn new(octets: &'a [u8], options: Options) -> Scope<'a> {
        Scope { octets, at: 0, depth: 0, options, nodes: Vec::new(), views: Vec::new() }
    }

    /// What is left.
    pub(super) const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    /// How many packets and messages are around this one.
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// A walk through octets that do not lie here in one piece.
    pub(super) const fn apart<'o>(&self, octets: &'o [u8]) -> Scope<'o> {
        Scope {
            octets,
            at: 0,
            depth: self.depth,
            options: self.options,
            nodes: Vec::new(),
            views: Vec::new(),
        }
    }

    pub(super) fn finish(mut self) -> Found {
        self.leftover();
        Found { nodes: self.nodes, views: self.views }
    }

    /// A number that is still to be walked over.
    pub(super) fn ahead(&self, at: usize, width: usize) -> Option<usize> {
        let octets = self.octets.get(at..at + width)?;
        Some(octets.iter().fold(0, |number, octet| number << 8 | usize::from(*octet)))
    }

    /// Takes up to so many octets.
    fn take(&mut self, octets: usize) -> (usize, &'a [u8]) {
        let offset = self.at;
        let (taken, left) = self.octets.split_at(octets.min(self.octets.len()));
        self.octets = left;
        self.at += taken.len();
        (offset, taken)
    }

    /// Fields, one after the other; the first that is not whole ends them.
    pub(super) fn fields(&mut self, fields: &[Field]) -> &mut Self {
        for field in fields {
            self.field(field);
        }
        self
    }

    /// One field, and its node if there was an octet of it.
    pub(super) fn field(&mut self, field: &Field) -> Option<&mut Node> {
        let (width, whole) = match field.width {
            Width::Octets(width) => (width, self.octets.len() >= width),
            Width::Rest(least) => (self.octets.len(), self.octets.len() >= least),
            Width::Each(width) => {
                while self.octets.len() > width.max(1) {
                    self.field(&Field { width: Width::Octets(width), ..*field });
                }
                (width, self.octets.len() == width)
            }
        };
        let (offset, octets) = self.take(width);
        if octets.is_empty() {
            return None;
        }
        let mut node = Node::new(field.name, offset, octets.len());
        if whole {
            read(&mut node, octets, field.kind);
        } else {
            node.content = Content::Leaf(Value::Octets(octets.to_vec()));
        }
        self.nodes.push(node);
        self.nodes.last_mut()
    }

    /// A checksum, and what it should be, where that is known.
    pub(super) fn checksum(&mut self, right: Option<u16>) {
        let Some(node) = self.field(&field("Checksum", 2, Kind::Hex)) else { return };
        node.role = Role::Checksum;
        if let (Some(right), Content::Leaf(Value::Unsigned(found))) = (right, &node.content) {
            let wrong = *found != u64::from(right);
            node.check = Some(Check {
                verdict: if wrong { Verdict::Wrong } else { Verdict::Verified },
                by: String::new(),
                expected: if wrong { right.to_be_bytes().to_vec() } else { Vec::new() },
            });
        }
    }

    /// Says of the checksum before that only the pseudo-header is in it: who captured it on the
    /// sender's machine sees it before the network interface has made the rest.
    pub(super) fn unfinished(&mut self) {
        let check = self.nodes.last_mut().and_then(|node| node.check.as_mut());
        if let Some(check) = check {
            check.verdict = Verdict::NoKey;
            check.by = "left to the network interface".to_string();
        }
    }

    /// Says of the checksums in the packet before that they cannot be verified, as a part of what
    /// they cover is not there. An IPv4 header's covers nothing but the header.
    pub(super) fn not_whole(&mut self) {
        if let Some(packet) = self.nodes.last_mut() {
            doubt(packet);
        }
    }

    /// Octets as they are; all that are left when there are fewer.
    pub(super) fn raw(&mut self, name: impl Into<Name>, octets: usize) -> Option<&mut Node> {
        let (offset, octets) = self.take(octets);
        if octets.is_empty() {
            return None;
        }
        let mut node = Node::new(name, offset, octets.len());
        node.content = Content::Leaf(Value::Octets(octets.to_vec()));
        self.nodes.push(node);
        self.nodes.last_mut()
    }

    /// A part of so many octets, or all that are left, with what `walk` finds in it.
    pub(super) fn group(
        &mut self,
        name: impl Into<Name>,
        octets: usize,
        (source, sentence): (&'static str, &'static str),
        walk: impl FnOnce(&mut Scope<'a>),
    ) -> &mut Node {
        let (offset, octets) = self.take(octets);
        let mut inner = Scope {
            octets,
            at: offset,
            depth: self.depth,
            options: self.options,
            nodes: Vec::new(),
            views: core::mem::take(&mut self.views),
        };
        walk(&mut inner);
        let Found { nodes, views } = inner.finish();
        self.views = views;
        let mut node = Node::new(name, offset, octets.len());
        node.content = Content::Group(nodes);
        node.source = Name::Borrowed(source);
        node.sentence = Name::Borrowed(sentence);
        self.push(node)
    }

    /// A message of a protocol: a part that has a verdict of the protocol's decoder.
    pub(super) fn message(
        &mut self,
        protocol: Protocol,
        name: impl Into<Name>,
        octets: usize,
        about: (&'static str, &'static str),
        verdict: Result<(), Error>,
        walk: impl FnOnce(&mut Scope<'a>),
    ) {
        self.depth += 1;
        let base = self.at;
        let node = self.group(name, octets, about, walk);
        node.protocol = Some(protocol);
        if let Err(error) = verdict {
            blame(node, Fault::from(error.shifted(base)));
        }
        self.depth -= 1;
    }

    /// The fields of a layout, if it fits; else the octets as they are, and what is wrong.
    pub(super) fn layout(&mut self, layout: &Layout, unit: usize) {
        if layout.fits(self.octets.len()) {
            self.fields(layout.fields);
        } else {
            self.raw("Value, not of its type's form", usize::MAX);
            self.fault(ErrorKind::BadLength, unit, layout.sentence);
        }
    }

    /// Says what is wrong with the last node, or, where there is none yet, with an empty one.
    pub(super) fn fault(&mut self, kind: ErrorKind, offset: usize, sentence: &'static str) {
        let fault = Fault { kind, offset, sentence: Name::Borrowed(sentence) };
        if let Some(node) = self.nodes.last_mut() {
            node.faults.push(fault);
        } else {
            let mut node = Node::new("nothing", self.at, 0);
            node.content = Content::Leaf(Value::Octets(Vec::new()));
            node.faults.push(fault);
            self.nodes.push(node);
        }
    }

    /// Says what is wrong with a part of the last node, unless something is said of that part.
    pub(super) fn part_fault(&mut self, error: Error) {
        let fault = Fault::from(error);
        let parts = self.nodes.last_mut().map_or(&mut [] as &mut [Node], Node::children_mut);
        let part = parts.iter_mut().find(|part| part.end() > fault.offset);
        if let Some(part) = part.filter(|part| !has_faults(part)) {
            blame(part, fault);
        }
    }

    /// Walks through the next octets, so many or all that are left, without a node of their own.
    pub(super) fn inside(&mut self, octets: usize, walk: impl FnOnce(&mut Scope<'a>)) {
        let (here, behind) = self.octets.split_at(octets.min(self.octets.len()));
        self.octets = here;
        walk(self);
        self.leftover();
        self.octets = behind;
    }

    /// Where the walk is.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    fn push(&mut self, node: Node) -> &mut Node {
        let index = self.nodes.len();
        self.nodes.push(node);
        // It has just been put there.
        self.nodes.get_mut(index).unwrap_or_else(|| unreachable!("pushed"))
    }

    fn leftover(&mut self) {
        self.raw("Rest, not understood", usize::MAX);
    }
}

/// Puts a fault to the smallest part that has its octet, unless it is said there already.
fn blame(node: &mut Node, fault: Fault) {
    if said(node, &fault) {
        return;
    }
    let place = |child: &Node| child.offset <= fault.offset && fault.offset < child.end();
    match node.children().iter().position(place) {
        Some(index) => {
            if let Some(child) = node.children_mut().get_mut(index) {
                blame(child, fault);
            }
        }
        None => node.faults.push(fault),
    }
}

fn said(node: &Node, fault: &Fault) -> bool {
    let same = |known: &Fault| known.offset == fault.offset && known.sentence == fault.sentence;
    node.faults.iter().any(same) || node.children().iter().any(|child| said(child, fault))
}

fn has_faults(node: &Node) -> bool {
    !node.faults.is_empty() || node.children().iter().any(has_faults)
}

/// Reads the value of a field that is whole.
fn read(node: &mut Node, octets: &[u8], kind: Kind) {
    let number = || octets.iter().fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
    let (value, meaning) = match kind {
        Kind::Unsigned => (Value::Unsigned(number()), String::new()),
        Kind::Hex => (Value::Unsigned(number()), format!("{:#x}", number())),
        Kind::Length(less, unit) => {
            node.role = Role::Length { less, unit };
            let meaning = if unit == 1 {
                String::new()
            } else {
                format!("{} octets", number() * unit as u64 + less as u64)
            };
            (Value::Unsigned(number()), meaning)
        }
        Kind::Seconds => (Value::Unsigned(number()), format!("{} s", number())),
        Kind::Lifetime => {
            let endless = octets.iter().all(|octet| *octet == 0xff);
            let meaning = if endless { "no end".to_string() } else { format!("{} s", number()) };
            (Value::Unsigned(number()), meaning)
        }
        Kind::FourSeconds => (Value::Unsigned(number()), format!("{} s", number() * 4)),
        Kind::Named(name) => {
            (Value::Unsigned(number()), name(number()).unwrap_or_default().to_string())
        }
        Kind::HexNamed(name) => {
            let meaning = match name(number()) {
                Some(name) => format!("{:#x}, {name}", number()),
                None => format!("{:#x}", number()),
            };
            (Value::Unsigned(number()), meaning)
        }
        Kind::Flags(of) => (Value::Flags { of, set: of.names(number()) }, String::new()),
        Kind::Bits(fields) => (Value::Bits(bits(number(), octets.len(), fields)), String::new()),
        Kind::Ipv4 => match <[u8; 4]>::try_from(octets) {
            Ok(octets) => (Value::Ipv4(Ipv4Addr::from(octets)), String::new()),
            Err(_) => (Value::Octets(octets.to_vec()), String::new()),
        },
        Kind::Ipv6 => match <[u8; 16]>::try_from(octets) {
            Ok(octets) => (Value::Ipv6(Ipv6Addr::from(octets)), String::new()),
            Err(_) => (Value::Octets(octets.to_vec()), String::new()),
        },
        Kind::Ipv6Prefix => {
            let mut address = [0; 16];
            match address.get_mut(..octets.len()) {
                Some(start) => {
                    start.copy_from_slice(octets);
                    (Value::Ipv6Prefix(Ipv6Addr::from(address)), String::new())
                }
                None => (Value::Octets(octets.to_vec()), String::new()),
            }
        }
        Kind::Text => match core::str::from_utf8(octets) {
            Ok(text) => (Value::Text(text.to_string()), String::new()),
            Err(_) => (Value::Octets(octets.to_vec()), String::new()),
        },
        Kind::Authenticator => {
            node.role = Role::Authenticator;
            (Value::Octets(octets.to_vec()), String::new())
        }
        Kind::Octets => (Value::Octets(octets.to_vec()), String::new()),
        Kind::Time => {
            let [seconds, fraction] = [number() >> 32, number() & 0xffff_ffff]
                .map(|half| u32::try_from(half).unwrap_or_default());
            (Value::Time { seconds, fraction }, super::text::time(seconds, fraction))
        }
    };
    node.content = Content::Leaf(value);
    node.meaning = meaning;
}

fn bits(number: u64, octets: usize, fields: &[(&'static str, u8)]) -> Vec<Bits> {
    let mut left = octets * 8;
    let mut found = Vec::new();
    for (name, bits) in fields {
        left = left.saturating_sub(usize::from(*bits));
        let mask = (1_u64 << bits) - 1;
        let value = u32::try_from(number >> left & mask).unwrap_or_default();
        found.push(Bits { name: Name::Borrowed(name), bits: *bits, value });
    }
    found
}

fn doubt(node: &mut Node) {
    let of_the_header = node.protocol == Some(Protocol::Ipv4);
    node.faults.retain(|fault| fault.kind != ErrorKind::BadChecksum);
    for child in node.children_mut() {
        if child.role == Role::Checksum && of_the_header {
            continue;
        }
        if let (Role::Checksum, Some(check)) = (child.role, &mut child.check) {
            *check = Check {
                verdict: Verdict::NoKey,
                by: "the packet is not whole".to_string(),
                expected: Vec::new(),
            };
        }
        doubt(child);
    }
}
