//! The headers that links put before packets in captures.

use alloc::string::String;

use super::Protocol;
use super::walk::{Field, Kind, Scope, field};

/// Types of what a link carries (IEEE 802 numbers).
mod ether_type {
    pub(super) const IPV4: usize = 0x0800;
    pub(super) const ARP: usize = 0x0806;
    pub(super) const VLAN: usize = 0x8100;
    pub(super) const IPV6: usize = 0x86dd;
    pub(super) const SERVICE_VLAN: usize = 0x88a8;
}

const TYPE: Field = field("Type", 2, Kind::HexNamed(ether_type_name));

impl Protocol {
    /// What a capture's packets are, by the number of its link type (LINKTYPE_ of pcap); `None`
    /// for a link that is not known here.
    #[must_use]
    pub const fn of_link_type(link_type: u32) -> Option<Protocol> {
        Some(match link_type {
            0 | 108 => Protocol::Loopback,
            1 => Protocol::Ethernet,
            12 | 14 | 101 => Protocol::Ip,
            113 => Protocol::LinuxCooked,
            228 => Protocol::Ipv4,
            229 => Protocol::Ipv6,
            276 => Protocol::LinuxCooked2,
            _ => return None,
        })
    }
}

impl Scope<'_> {
    pub(super) fn ethernet(&mut self) {
        let mut kind = self.ahead(12, 2);
        let mut tags = 0;
        while let Some(ether_type::VLAN | ether_type::SERVICE_VLAN) = kind {
            tags += 1;
            kind = self.ahead(12 + 4 * tags, 2);
        }
        self.group("Ethernet header", 14 + 4 * tags, ("IEEE 802.3", ""), |s| {
            s.fields(&[field("Destination", 6, Kind::Octets), field("Source", 6, Kind::Octets)]);
            for _ in 0..tags {
                s.fields(&[TYPE, field("VLAN Tag", 2, Kind::Hex)]);
            }
            s.field(&TYPE);
        });
        self.by_ether_type(kind);
    }

    pub(super) fn linux_cooked(&mut self) {
        let kind = self.ahead(14, 2);
        self.group("Linux cooked header", 16, ("LINKTYPE_LINUX_SLL", ""), |s| {
            s.fields(&[
                field("Packet Type", 2, Kind::Unsigned),
                field("ARPHRD Type", 2, Kind::Unsigned),
                field("Address Length", 2, Kind::Unsigned),
                field("Address", 8, Kind::Octets),
                TYPE,
            ]);
        });
        self.by_ether_type(kind);
    }

    pub(super) fn linux_cooked_2(&mut self) {
        let kind = self.ahead(0, 2);
        self.group("Linux cooked header", 20, ("LINKTYPE_LINUX_SLL2", ""), |s| {
            s.fields(&[
                TYPE,
                field("Reserved", 2, Kind::Hex),
                field("Interface Index", 4, Kind::Unsigned),
                field("ARPHRD Type", 2, Kind::Unsigned),
                field("Packet Type", 1, Kind::Unsigned),
                field("Address Length", 1, Kind::Unsigned),
                field("Address", 8, Kind::Octets),
            ]);
        });
        self.by_ether_type(kind);
    }

    /// The address family of BSD loopback is in the order of the machine that captured, and its
    /// number for IPv6 differs from system to system; the packet says its version itself.
    pub(super) fn loopback(&mut self) {
        self.raw("Address family", 4);
        match crate::ip::version(self.octets()) {
            Some(4 | 6) => self.ip(),
            _ => {
                self.raw("Payload, not looked into", usize::MAX);
            }
        }
    }

    fn by_ether_type(&mut self, kind: Option<usize>) {
        match kind {
            Some(ether_type::IPV4) if !self.is_empty() => self.ipv4(),
            Some(ether_type::IPV6) if !self.is_empty() => self.ipv6(),
            _ => {
                let name = kind.and_then(|kind| ether_type_name(kind as u64)).unwrap_or("payload");
                self.raw(String::from(name) + ", not looked into", usize::MAX);
            }
        }
    }
}

fn ether_type_name(kind: u64) -> Option<&'static str> {
    match usize::try_from(kind).ok()? {
        ether_type::IPV4 => Some("IPv4"),
        ether_type::ARP => Some("ARP"),
        ether_type::VLAN => Some("VLAN tag"),
        ether_type::IPV6 => Some("IPv6"),
        ether_type::SERVICE_VLAN => Some("service VLAN tag"),
        _ => None,
    }
}
