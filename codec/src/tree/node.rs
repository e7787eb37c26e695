//! What a tree is made of.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use dsboot_spec::registry::{dsb, ip, mip4, mip6, pana};

use super::Protocol;
use crate::{Error, ErrorKind};

/// Text that is mostly known when the program is built.
pub type Name = Cow<'static, str>;

/// A part of a message: a field, or something made of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is, in the words of its RFC.
    pub name: Name,
    /// Where it begins, in octets from the start of all that was decoded.
    pub offset: usize,
    /// How many octets it has.
    pub length: usize,
    /// The protocol whose message begins here, if one does.
    pub protocol: Option<Protocol>,
    /// The section that defines it; empty in what a section of a node above covers.
    pub source: Name,
    /// The sentence in `spec/` about it; empty as `source` may be.
    pub sentence: Name,
    /// What the value stands for, in words; empty when the value says it all.
    pub meaning: String,
    /// What depends on other octets in it.
    pub role: Role,
    /// Its parts, or its value.
    pub content: Content,
    /// What is wrong here.
    pub faults: Vec<Fault>,
    /// What came of verifying it.
    pub check: Option<Check>,
}

impl Node {
    pub(super) fn new(name: impl Into<Name>, offset: usize, length: usize) -> Node {
        Node {
            name: name.into(),
            offset,
            length,
            protocol: None,
            source: Name::Borrowed(""),
            sentence: Name::Borrowed(""),
            meaning: String::new(),
            role: Role::Plain,
            content: Content::Group(Vec::new()),
            faults: Vec::new(),
            check: None,
        }
    }

    /// The parts; none of a leaf.
    #[must_use]
    pub fn children(&self) -> &[Node] {
        match &self.content {
            Content::Group(nodes) => nodes,
            Content::Leaf(_) => &[],
        }
    }

    /// The parts, to be changed.
    pub fn children_mut(&mut self) -> &mut [Node] {
        match &mut self.content {
            Content::Group(nodes) => nodes,
            Content::Leaf(_) => &mut [],
        }
    }

    /// The value; none of a group.
    #[must_use]
    pub const fn value(&self) -> Option<&Value> {
        match &self.content {
            Content::Group(_) => None,
            Content::Leaf(value) => Some(value),
        }
    }

    /// The first part of that name, at any depth.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Node> {
        self.children()
            .iter()
            .find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }

    /// Where it ends.
    #[must_use]
    pub const fn end(&self) -> usize {
        self.offset + self.length
    }

    /// This node and all below it, from the first octet to the last, groups before their parts.
    pub fn visit<'n>(&'n self, see: &mut impl FnMut(&'n Node)) {
        see(self);
        for child in self.children() {
            child.visit(see);
        }
    }
}

/// What a node has in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Parts, which cover all its octets in their order.
    Group(Vec<Node>),
    /// A value.
    Leaf(Value),
}

/// A value with its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An integer of 1 to 8 octets.
    Unsigned(u64),
    /// Bits with names: the names of those that are set, the highest first, and `0x…` for those
    /// without a name.
    Flags {
        /// Which bits there are.
        of: FlagSet,
        /// Those that are set.
        set: Vec<Name>,
    },
    /// Integers of some bits each, from the highest on; together they fill the octets.
    Bits(Vec<Bits>),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// The first octets of an IPv6 address, of which the rest is zero.
    Ipv6Prefix(Ipv6Addr),
    /// Text in UTF-8.
    Text(String),
    /// Anything else.
    Octets(Vec<u8>),
    /// A time of NTP.
    Time {
        /// Seconds since 1900.
        seconds: u32,
        /// Parts of 2^32 of a second.
        fraction: u32,
    },
}

/// An integer of some bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits {
    /// What it is.
    pub name: Name,
    /// How many bits it has.
    pub bits: u8,
    /// Its value.
    pub value: u32,
}

/// What in a leaf depends on other octets, and so changes with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing.
    Plain,
    /// It counts the octets of the node around it, without those of padding in it: that many
    /// less `less`, divided by `unit`.
    Length {
        /// Octets that are not counted.
        less: usize,
        /// How many octets count as one.
        unit: usize,
    },
    /// A checksum.
    Checksum,
    /// Made with a key over other octets.
    Authenticator,
    /// Fills up the node around it to a multiple of so many octets.
    Padding(usize),
    /// A piece of what a view has put together, whose octets count and not the value here.
    Piece {
        /// The view among those of the tree, from 0.
        view: usize,
        /// The piece among those of the view, from 0.
        number: usize,
    },
}

/// What is wrong, where, and against which sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Where, in octets from the start of all that was decoded.
    pub offset: usize,
    /// The sentence in `spec/` that is broken.
    pub sentence: Name,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault { kind: error.kind, offset: error.offset, sentence: Name::Borrowed(error.sentence) }
    }
}

/// What came of verifying a checksum or an authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// How it ended.
    pub verdict: Verdict,
    /// With what it was verified, or what would be needed for that.
    pub by: String,
    /// What should stand there; empty when that is not known.
    pub expected: Vec<u8>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Verified,
    /// It is not what it should be.
    Wrong,
    /// The key or the message that it depends on is not there, or it is not finished yet.
    NoKey,
}

/// The sets of flags that messages have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagSet {
    /// Of a Registration Request.
    Request,
    /// Of the mobility agent extension.
    Advertisement,
    /// Of the UDP tunnel extensions.
    UdpTunnel,
    /// Of a PANA message.
    Pana,
    /// Of a PANA AVP.
    PanaAvp,
    /// Of a binding update.
    Update,
    /// Of a binding acknowledgement.
    Acknowledgement,
    /// Of a NAT detection option.
    NatDetection,
    /// What a mobile node asks for.
    BootstrapRequest,
    /// Of a GRE packet.
    Gre,
    /// Without names.
    None,
}

impl FlagSet {
    /// Every one.
    pub const ALL: [FlagSet; 11] = [
        FlagSet::Request,
        FlagSet::Advertisement,
        FlagSet::UdpTunnel,
        FlagSet::Pana,
        FlagSet::PanaAvp,
        FlagSet::Update,
        FlagSet::Acknowledgement,
        FlagSet::NatDetection,
        FlagSet::BootstrapRequest,
        FlagSet::Gre,
        FlagSet::None,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            FlagSet::Request => "registration-request",
            FlagSet::Advertisement => "agent-advertisement",
            FlagSet::UdpTunnel => "udp-tunnel",
            FlagSet::Pana => "pana-message",
            FlagSet::PanaAvp => "pana-avp",
            FlagSet::Update => "binding-update",
            FlagSet::Acknowledgement => "binding-acknowledgement",
            FlagSet::NatDetection => "nat-detection",
            FlagSet::BootstrapRequest => "bootstrap-request",
            FlagSet::Gre => "gre",
            FlagSet::None => "none",
        }
    }

    /// The bits and their names, as the registry has them.
    #[must_use]
    pub fn table(self) -> Vec<(u64, &'static str)> {
        fn wide<T: Copy + Into<u64>>(table: &[(T, &'static str)]) -> Vec<(u64, &'static str)> {
            table.iter().map(|(bit, name)| ((*bit).into(), *name)).collect()
        }
        match self {
            FlagSet::Request => wide(mip4::request_flag::TABLE),
            FlagSet::Advertisement => wide(mip4::advertisement_flag::TABLE),
            FlagSet::UdpTunnel => wide(mip4::udp_tunnel_flag::TABLE),
            FlagSet::Pana => wide(pana::flag::TABLE),
            FlagSet::PanaAvp => wide(pana::avp_flag::TABLE),
            FlagSet::Update => wide(mip6::update_flag::TABLE),
            FlagSet::Acknowledgement => wide(mip6::acknowledgement_flag::TABLE),
            FlagSet::NatDetection => wide(mip6::nat_detection_flag::TABLE),
            FlagSet::BootstrapRequest => wide(dsb::bootstrap_request::TABLE),
            FlagSet::Gre => wide(ip::gre_flag::TABLE),
            FlagSet::None => Vec::new(),
        }
    }

    /// The names of the bits that are set.
    pub(super) fn names(self, bits: u64) -> Vec<Name> {
        let mut rest = bits;
        let mut names = Vec::new();
        for (bit, name) in self.table().into_iter().rev() {
            if bits & bit != 0 {
                names.push(Name::Borrowed(name));
                rest &= !bit;
            }
        }
        if rest != 0 {
            names.push(Name::Owned(format!("{rest:#x}")));
        }
        names
    }

    /// The bits of these names; `None` when one is not known.
    pub(super) fn bits(self, names: &[Name]) -> Option<u64> {
        let table = self.table();
        names.iter().try_fold(0, |bits, name| {
            let known = table.iter().find(|(_, known)| known == name).map(|(bit, _)| *bit);
            let number = || u64::from_str_radix(name.strip_prefix("0x")?, 16).ok();
            Some(bits | known.or_else(number)?)
        })
    }
}
