//! Any message as a tree: what each of its octets is, from the first to the last.
//!
//! [`Tree::decode`] takes octets of any of the protocols of this crate, and of whatever they carry
//! in one another: an IP packet down to the parameters in an attribute in RADIUS in UDP. Every
//! octet is in exactly one leaf. What is wrong is said where it is wrong, with the sentence of the
//! specification that it breaks, and the rest is still shown. The octets can be had back from the
//! values ([`Tree::encode`]).
//!
//! ```
//! use dsboot_codec::tree::{Options, Protocol, Tree};
//!
//! // An EAP request for the peer's identity.
//! let octets = [1, 7, 0, 5, 1];
//! let tree = Tree::decode(Protocol::Eap, &octets, &Options::default());
//! assert_eq!(tree.faults().count(), 0);
//! assert_eq!(tree.encode()?, octets);
//! assert!(tree.to_string().contains("Type: Identity (1)"), "{tree}");
//!
//! // One octet less is not enough, and is shown nevertheless.
//! let tree = Tree::decode(Protocol::Eap, &octets[..4], &Options::default());
//! assert_eq!(tree.faults().next().map(|fault| &*fault.sentence), Some("wire.7.1"));
//! # Ok::<(), dsboot_codec::tree::EncodeError>(())
//! ```
//!
//! With the feature `serde` a tree is also a document (the command's JSON), in both directions.

mod attribute;
mod detect;
mod dsb;
mod eap;
mod encode;
mod fix;
mod icmp;
mod ip;
#[cfg(feature = "serde")]
mod json;
mod link;
mod mip4;
mod mip4_extension;
mod mip6;
mod node;
mod pana;
mod radius;
mod radius_pieces;
mod text;
mod view;
mod walk;

use alloc::vec::Vec;

use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;

pub use encode::EncodeError;
pub use ip::{FRAGMENT, FRAGMENT_HEADER};
pub use node::{Bits, Check, Content, Fault, FlagSet, Name, Node, Role, Value, Verdict};
pub use view::View;
use walk::Scope;

/// Messages and packets in one another that are looked into; what is deeper is not decoded.
const MAX_DEPTH: usize = 24;

/// A decoded message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// What it was decoded as.
    pub protocol: Protocol,
    /// Its parts, which cover all octets in their order.
    pub nodes: Vec<Node>,
    /// What lies in pieces in it, put together.
    pub views: Vec<View>,
}

impl Tree {
    /// Decodes octets as a message of a protocol, and what it carries.
    #[must_use]
    pub fn decode(protocol: Protocol, octets: &[u8], options: &Options) -> Tree {
        let mut scope = Scope::new(octets, *options);
        scope.protocol(protocol);
        scope.finish().tree(protocol)
    }

    /// What octets are without a word about them: the protocol whose decoder takes them, or else
    /// the one that they look like; `None` if they look like none.
    #[must_use]
    pub fn detect(octets: &[u8]) -> Option<Protocol> {
        detect::detect(octets)
    }

    /// Calls `see` with every node, groups before their parts, and then with those of the views.
    pub fn visit<'n>(&'n self, mut see: impl FnMut(&'n Node)) {
        let views = self.views.iter().flat_map(|view| &view.nodes);
        for node in self.nodes.iter().chain(views) {
            node.visit(&mut see);
        }
    }

    /// All that is wrong, in order of place.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        let mut all = Vec::new();
        self.visit(|node| all.extend(&node.faults));
        all.sort_by_key(|fault| fault.offset);
        all.into_iter()
    }

    /// The leaves, which cover all octets once and in their order.
    pub fn leaves(&self) -> impl Iterator<Item = &Node> {
        let mut all = Vec::new();
        for node in &self.nodes {
            node.visit(&mut |node| all.extend(node.value().map(|_| node)));
        }
        all.into_iter()
    }

    /// The first node of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Node> {
        self.nodes
            .iter()
            .chain(self.views.iter().flat_map(|view| &view.nodes))
            .find_map(|node| if node.name == name { Some(node) } else { node.find(name) })
    }
}

/// What a tree depends on besides the octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The vendor whose parameters are the bootstrap's (wire.11.3).
    pub vendor: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options { vendor: DEFAULT_VENDOR_ID }
    }
}

/// What octets are to be decoded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Protocol {
    /// An IP packet of either version.
    Ip,
    /// An IPv4 packet.
    Ipv4,
    /// An IPv6 packet.
    Ipv6,
    /// A UDP datagram.
    Udp,
    /// A message of ICMP, agent discovery among them.
    Icmp,
    /// A message of ICMPv6.
    Icmpv6,
    /// A mobility header.
    Mh,
    /// What Mobile IPv4 sends on port 434.
    Mip4,
    /// A RADIUS packet.
    Radius,
    /// A PANA message.
    Pana,
    /// An EAP packet.
    Eap,
    /// An Ethernet frame.
    Ethernet,
    /// A packet behind the header of Linux's cooked captures.
    LinuxCooked,
    /// A packet behind the header of Linux's cooked captures, version 2.
    LinuxCooked2,
    /// A packet behind the address family of BSD's loopback.
    Loopback,
    /// Nothing known: octets.
    Data,
}

impl Protocol {
    /// Every one.
    pub const ALL: [Protocol; 16] = [
        Protocol::Ip,
        Protocol::Ipv4,
        Protocol::Ipv6,
        Protocol::Udp,
        Protocol::Icmp,
        Protocol::Icmpv6,
        Protocol::Mh,
        Protocol::Mip4,
        Protocol::Radius,
        Protocol::Pana,
        Protocol::Eap,
        Protocol::Ethernet,
        Protocol::LinuxCooked,
        Protocol::LinuxCooked2,
        Protocol::Loopback,
        Protocol::Data,
    ];

    /// Its short name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Protocol::Ip => "ip",
            Protocol::Ipv4 => "ipv4",
            Protocol::Ipv6 => "ipv6",
            Protocol::Udp => "udp",
            Protocol::Icmp => "icmp",
            Protocol::Icmpv6 => "icmpv6",
            Protocol::Mh => "mh",
            Protocol::Mip4 => "mip4",
            Protocol::Radius => "radius",
            Protocol::Pana => "pana",
            Protocol::Eap => "eap",
            Protocol::Ethernet => "ethernet",
            Protocol::LinuxCooked => "linux-sll",
            Protocol::LinuxCooked2 => "linux-sll2",
            Protocol::Loopback => "loopback",
            Protocol::Data => "data",
        }
    }

    /// The protocol of a short name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Protocol> {
        Protocol::ALL.into_iter().find(|protocol| protocol.name() == name)
    }
}

impl Scope<'_> {
    /// A message of a protocol, which nothing around it says more about.
    fn protocol(&mut self, protocol: Protocol) {
        match protocol {
            Protocol::Ip => self.ip(),
            Protocol::Ipv4 => self.ipv4(),
            Protocol::Ipv6 => self.ipv6(),
            Protocol::Udp => self.udp(None),
            Protocol::Icmp => self.icmp(),
            Protocol::Icmpv6 => self.icmpv6(None),
            Protocol::Mh => self.mobility(None),
            Protocol::Mip4 => self.mip4(),
            Protocol::Radius => self.radius(),
            Protocol::Pana => self.pana(),
            Protocol::Eap => self.eap(),
            Protocol::Ethernet => self.ethernet(),
            Protocol::LinuxCooked => self.linux_cooked(),
            Protocol::LinuxCooked2 => self.linux_cooked_2(),
            Protocol::Loopback => self.loopback(),
            Protocol::Data => {
                self.raw("Data", usize::MAX);
            }
        }
    }
}
