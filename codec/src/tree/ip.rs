//! IP packets, UDP, and what is tunnelled in them.

use alloc::vec;

use dsboot_spec::registry::ip::{
    EXTENSION_UNIT, IPV4_HEADER_LENGTH, IPV6_HEADER_LENGTH, UDP_HEADER_LENGTH, gre_flag,
    gre_protocol, ipv6_option, next_header, protocol, routing_type,
};
use dsboot_spec::registry::mip6::DSMIPV6_PORT;
use dsboot_spec::registry::{mip4 as mobile_ipv4, pana, radius};

use super::mip6::Around;
use super::node::FlagSet;
use super::walk::{Field, Kind, Scope, field, named, rest};
use super::{MAX_DEPTH, Protocol};
use crate::ip::{Pseudo, checksum, tunnel, udp, v4, v6, version};
use crate::mip6::Route;
use crate::{Error, ErrorKind};

/// What is added to the ports where privileged ones may not be bound (wire.11.2).
const PORT_OFFSET: u16 = 20_000;

/// Ports of RADIUS besides [`radius::PORT`]: accounting, both in their old places, and dynamic
/// authorization in its own place and where it was before it had one (RFC 2865 §3, RFC 2866 §3,
/// RFC 5176 §2).
const RADIUS_PORTS: [u16; 5] = [1813, 1645, 1646, 3799, 1700];

/// The name of what a fragment of an IP packet carries, which nothing is known of by itself.
pub const FRAGMENT: &str = "Fragment, not looked into";

/// The name of the header that makes an IPv6 packet a fragment.
pub const FRAGMENT_HEADER: &str = "Fragment header";

const PROTOCOL: Kind = Kind::Named(named!(protocol::name: u8));
const NEXT_HEADER: Field = field("Next Header", 1, PROTOCOL);
const TYPE: Field = field("Type", 1, Kind::Hex);
const UNIT: usize = EXTENSION_UNIT;

/// Between whom an upper layer goes, as far as it is known, for its checksum.
#[derive(Clone, Copy)]
enum Way {
    V4(Pseudo),
    V6(Route),
}

impl Scope<'_> {
    /// A packet of the version that it says.
    pub(super) fn ip(&mut self) {
        match version(self.octets()) {
            Some(6) => self.ipv6(),
            _ => self.ipv4(),
        }
    }

    pub(super) fn ipv4(&mut self) {
        let octets = self.octets();
        let header = self.ahead(0, 1).map_or(0, |first| (first & 0x0f) * 4);
        let total = self.ahead(2, 2).filter(|total| *total >= header.max(IPV4_HEADER_LENGTH));
        let length = total.unwrap_or(octets.len()).min(octets.len());
        let right = octets.get(..header).filter(|header| header.len() >= IPV4_HEADER_LENGTH);
        let right = right.map(|header| sum_around(header, 10));
        let verdict = v4::Packet::decode(octets).map(drop);
        let about = ("RFC 791 §3.1", "wire.10.1");
        self.message(Protocol::Ipv4, "IPv4 packet", length, about, verdict, |s| {
            let (fragment, kind) = (s.ahead(6, 2), s.ahead(9, 1));
            let way = Way::V4(Pseudo::v4(address4(octets, 12), address4(octets, 16)));
            s.fields(&[
                field("Version and IHL", 1, Kind::Bits(&[("Version", 4), ("IHL", 4)])),
                field("Type of Service", 1, Kind::Hex),
                field("Total Length", 2, Kind::Length(0, 1)),
                field("Identification", 2, Kind::Unsigned),
                field(
                    "Flags and Fragment Offset",
                    2,
                    Kind::Bits(&[("Reserved", 1), ("DF", 1), ("MF", 1), ("Fragment Offset", 13)]),
                ),
                field("Time to Live", 1, Kind::Unsigned),
                field("Protocol", 1, PROTOCOL),
            ]);
            s.checksum(right);
            s.fields(&[
                field("Source Address", 4, Kind::Ipv4),
                field("Destination Address", 4, Kind::Ipv4),
            ]);
            if header > IPV4_HEADER_LENGTH {
                s.raw("Options", header - IPV4_HEADER_LENGTH);
            }
            let part = fragment
                .is_some_and(|f| v4::Fragment(u16::try_from(f).unwrap_or_default()).is_part());
            if part {
                s.raw(FRAGMENT, usize::MAX);
            } else {
                s.upper(kind.and_then(|kind| u8::try_from(kind).ok()).unwrap_or_default(), way);
            }
        });
        if total.is_some_and(|total| total > octets.len()) {
            self.not_whole();
        }
        self.raw("After the packet's end", usize::MAX);
    }

    pub(super) fn ipv6(&mut self) {
        let octets = self.octets();
        let payload = self.ahead(4, 2).unwrap_or_default();
        let length = (IPV6_HEADER_LENGTH + payload).min(octets.len());
        let verdict = v6::Packet::decode(octets).and_then(|packet| packet.extensions().map(drop));
        let about = ("RFC 8200 §3", "wire.10.3");
        self.message(Protocol::Ipv6, "IPv6 packet", length, about, verdict, |s| {
            let next = s.ahead(6, 1).and_then(|next| u8::try_from(next).ok());
            let mut route = Route::direct(address6(octets, 8), address6(octets, 24));
            s.fields(&[
                field(
                    "Version, Traffic Class and Flow Label",
                    4,
                    Kind::Bits(&[("Version", 4), ("Traffic Class", 8), ("Flow Label", 20)]),
                ),
                field("Payload Length", 2, Kind::Length(IPV6_HEADER_LENGTH, 1)),
                NEXT_HEADER,
                field("Hop Limit", 1, Kind::Unsigned),
                field("Source Address", 16, Kind::Ipv6),
                field("Destination Address", 16, Kind::Ipv6),
            ]);
            if let Some(upper) = next.and_then(|next| s.extension_headers(next, &mut route)) {
                s.upper(upper, Way::V6(route));
            }
        });
        if IPV6_HEADER_LENGTH + payload > octets.len() {
            self.not_whole();
        }
        self.raw("After the packet's end", usize::MAX);
    }

    /// Extension headers, and what follows them; nothing if that is only a part of it.
    fn extension_headers(&mut self, first: u8, route: &mut Route) -> Option<u8> {
        let mut next = first;
        loop {
            let octets = self.octets();
            let kind = next;
            let (unit, less, name, source) = match kind {
                next_header::HOP_BY_HOP_OPTIONS => {
                    (UNIT, 8, "Hop-by-Hop Options header", "RFC 8200 §4.3")
                }
                next_header::DESTINATION_OPTIONS => {
                    (UNIT, 8, "Destination Options header", "RFC 8200 §4.6")
                }
                next_header::ROUTING => (UNIT, 8, "Routing header", "RFC 8200 §4.4"),
                next_header::AH => (4, 8, "Authentication header", "RFC 4302 §2"),
                next_header::FRAGMENT => (0, 8, FRAGMENT_HEADER, "RFC 8200 §4.5"),
                _ => return Some(kind),
            };
            next = u8::try_from(self.ahead(0, 1)?).ok()?;
            let length = less + unit * self.ahead(1, 1).unwrap_or_default();
            let whole = octets.len() >= length;
            let part =
                kind == next_header::FRAGMENT && self.ahead(2, 2).is_some_and(|f| f & !0x6 != 0);
            self.group(name, length, (source, "wire.10.6"), |s| {
                s.field(&NEXT_HEADER);
                match kind {
                    next_header::FRAGMENT => s.fields(&[
                        field("Reserved", 1, Kind::Hex),
                        field(
                            "Fragment Offset and M",
                            2,
                            Kind::Bits(&[("Fragment Offset", 13), ("Res", 2), ("M", 1)]),
                        ),
                        field("Identification", 4, Kind::Hex),
                    ]),
                    next_header::AH => s.fields(&[
                        field("Payload Len", 1, Kind::Length(8, 4)),
                        field("Reserved", 2, Kind::Hex),
                        field("SPI", 4, Kind::Hex),
                        field("Sequence Number", 4, Kind::Unsigned),
                        rest("ICV", 0, Kind::Authenticator),
                    ]),
                    _ => s.fields(&[field("Hdr Ext Len", 1, Kind::Length(8, UNIT))]),
                };
                match kind {
                    next_header::ROUTING => s.routing(route),
                    next_header::HOP_BY_HOP_OPTIONS | next_header::DESTINATION_OPTIONS => {
                        s.options(route);
                    }
                    _ => (),
                }
            });
            if part {
                self.raw(FRAGMENT, usize::MAX);
            }
            if part || !whole {
                return None;
            }
        }
    }

    fn routing(&mut self, route: &mut Route) {
        let kind = self.ahead(0, 1);
        self.fields(&[
            field("Routing Type", 1, Kind::Named(named!(routing_type::name: u8))),
            field("Segments Left", 1, Kind::Unsigned),
            field("Reserved", 4, Kind::Hex),
        ]);
        if kind == Some(usize::from(routing_type::TYPE_2)) && self.octets().len() == 16 {
            route.routed_to = Some(address6(self.octets(), 0));
            self.field(&field("Home Address", 16, Kind::Ipv6));
        }
    }

    fn options(&mut self, route: &mut Route) {
        while let Some(kind) = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok()) {
            let name = ipv6_option::name(kind).unwrap_or("unknown");
            let title = alloc::format!("{name} option ({kind:#04x})");
            if kind == ipv6_option::PAD1 {
                self.group(title, 1, ("RFC 8200 §4.2", "wire.10.7"), |s| {
                    s.field(&TYPE);
                });
                continue;
            }
            let length = self.ahead(1, 1).unwrap_or_default();
            let (about, value) = match (kind, length) {
                (ipv6_option::HOME_ADDRESS, 16) => {
                    if self.octets().len() >= 18 {
                        route.home_address = Some(address6(self.octets(), 2));
                    }
                    (("RFC 6275 §6.3", "wire.10.8"), field("Home Address", 16, Kind::Ipv6))
                }
                (ipv6_option::TUNNEL_ENCAPSULATION_LIMIT, 1) => (
                    ("RFC 2473 §4.1.1", "wire.10.23"),
                    field("Tunnel Encapsulation Limit", 1, Kind::Unsigned),
                ),
                (ipv6_option::PADN, _) => {
                    (("RFC 8200 §4.2", "wire.10.7"), rest("Padding", 0, Kind::Octets))
                }
                _ => (("RFC 8200 §4.2", "wire.10.7"), rest("Option Data", 0, Kind::Octets)),
            };
            self.group(title, 2 + length, about, |s| {
                s.fields(&[TYPE, field("Opt Data Len", 1, Kind::Length(2, 1)), value]);
            });
        }
    }

    /// What a packet carries.
    fn upper(&mut self, kind: u8, way: Way) {
        let deep = self.depth() >= MAX_DEPTH;
        match (kind, way) {
            _ if deep => {
                self.raw("Payload, too deep to be looked into", usize::MAX);
            }
            (protocol::IPV4, _) => self.ipv4(),
            (protocol::IPV6, _) => self.ipv6(),
            (protocol::UDP, _) => self.udp(Some(&way.pseudo())),
            (protocol::ICMP, Way::V4(_)) => self.icmp(),
            (protocol::ICMPV6, Way::V6(_)) => self.icmpv6(Some(&way.pseudo())),
            (protocol::MOBILITY, Way::V6(route)) => self.mobility(Some(&Around { route })),
            (protocol::GRE, _) => self.gre(),
            (protocol::MINIMAL, Way::V4(_)) => self.minimal(),
            (protocol::NO_NEXT_HEADER, _) => {
                self.raw("After the last header", usize::MAX);
            }
            _ => {
                self.raw("Payload", usize::MAX);
            }
        }
    }

    pub(super) fn udp(&mut self, pseudo: Option<&Pseudo>) {
        let octets = self.octets();
        let said = self.ahead(4, 2);
        let whole = said.is_none_or(|said| said <= octets.len());
        let length = said.filter(|length| *length >= UDP_HEADER_LENGTH && whole);
        let length = length.unwrap_or(octets.len());
        let covered = octets.get(..length).unwrap_or(octets);
        let without = self.ahead(6, 2) == Some(0) && !matches!(pseudo, Some(Pseudo::V6 { .. }));
        let right = pseudo.filter(|_| whole && !without).map(|pseudo| {
            match sum(pseudo, protocol::UDP, covered, 6) {
                0 => 0xffff,
                sum => sum,
            }
        });
        let unfinished = right.is_some_and(|right| {
            let begun =
                pseudo.map(|pseudo| !sum(pseudo, protocol::UDP, &vec![0; covered.len()], 6));
            let found = self.ahead(6, 2).and_then(|found| u16::try_from(found).ok());
            found != Some(right) && found == begun
        });
        let verdict = match pseudo {
            Some(pseudo) if !unfinished => udp::Datagram::decode(octets, pseudo).map(drop),
            _ => udp::Datagram::decode_unverified(octets).map(drop),
        };
        let ports = [self.ahead(0, 2), self.ahead(2, 2)];
        let about = ("RFC 768", "wire.10.13");
        self.message(Protocol::Udp, "UDP datagram", length, about, verdict, |s| {
            s.fields(&[
                field("Source Port", 2, Kind::Unsigned),
                field("Destination Port", 2, Kind::Unsigned),
                field("Length", 2, Kind::Length(0, 1)),
            ]);
            s.checksum(right);
            if unfinished {
                s.unfinished();
            }
            if !s.is_empty() {
                s.by_port(ports);
            }
        });
        self.raw("After the datagram's end", usize::MAX);
    }

    fn by_port(&mut self, [source, destination]: [Option<usize>; 2]) {
        let port = |port: Option<usize>| port.and_then(|port| port.try_into().ok()).unwrap_or(0);
        match Protocol::on_ports(port(source), port(destination)) {
            Protocol::Ip if !matches!(version(self.octets()), Some(4 | 6)) => {
                self.raw("Data", usize::MAX);
            }
            protocol => self.protocol(protocol),
        }
    }

    pub(super) fn gre(&mut self) {
        let octets = self.octets();
        let flags = self.ahead(0, 2).unwrap_or_default();
        let has = |flag: u16| flags & usize::from(flag) != 0;
        let kind = self.ahead(2, 2).and_then(|kind| u16::try_from(kind).ok());
        let verdict = tunnel::gre::Packet::decode(octets).map(drop);
        let about = ("RFC 2784 §2", "wire.10.24");
        self.group("GRE packet", usize::MAX, about, |s| {
            s.fields(&[
                field("Flags and Version", 2, Kind::Flags(FlagSet::Gre)),
                field("Protocol Type", 2, Kind::HexNamed(named!(gre_protocol::name: u16))),
            ]);
            if has(gre_flag::CHECKSUM) {
                s.checksum(Some(sum_around(octets, 4)));
                s.field(&field("Reserved1", 2, Kind::Hex));
            }
            if has(gre_flag::KEY) {
                s.field(&field("Key", 4, Kind::Hex));
            }
            if has(gre_flag::SEQUENCE) {
                s.field(&field("Sequence Number", 4, Kind::Unsigned));
            }
            match kind {
                Some(gre_protocol::IPV4) if !s.is_empty() => s.ipv4(),
                Some(gre_protocol::IPV6) if !s.is_empty() => s.ipv6(),
                _ => {
                    s.raw("Payload", usize::MAX);
                }
            }
        });
        self.judge(verdict, octets.len());
    }

    pub(super) fn minimal(&mut self) {
        let octets = self.octets();
        let has_source = self.ahead(1, 1).is_some_and(|flags| flags & 0x80 != 0);
        let header = octets.get(..if has_source { 12 } else { 8 });
        let wrong = match header {
            Some(header) if checksum(&[header]) == 0 => Ok(()),
            Some(_) => Err(Error::new(ErrorKind::BadChecksum, 2, "wire.10.25")),
            None => Err(Error::new(ErrorKind::Truncated, octets.len(), "wire.10.25")),
        };
        let about = ("RFC 2004 §3", "wire.10.25");
        self.group("Minimal forwarding header and payload", usize::MAX, about, |s| {
            s.fields(&[
                field("Protocol", 1, PROTOCOL),
                field("S and Reserved", 1, Kind::Bits(&[("S", 1), ("Reserved", 7)])),
            ]);
            s.checksum(header.map(|header| sum_around(header, 2)));
            s.field(&field("Original Destination Address", 4, Kind::Ipv4));
            if has_source {
                s.field(&field("Original Source Address", 4, Kind::Ipv4));
            }
            s.raw("Payload", usize::MAX);
        });
        self.judge(wrong, octets.len());
    }

    /// Puts what a decoder has against the last node, which has so many octets, to it.
    fn judge(&mut self, verdict: Result<(), Error>, octets: usize) {
        let at = self.at() - octets;
        if let Err(error) = verdict {
            self.fault(error.kind, at + error.offset, error.sentence);
        }
    }
}

impl Protocol {
    /// What UDP carries between these ports: those of the registries, or these moved up by 20000
    /// (wire.11.2).
    #[must_use]
    pub fn on_ports(source: u16, destination: u16) -> Protocol {
        let is = |known: u16| {
            [source, destination]
                .iter()
                .any(|port| *port == known || Some(*port) == known.checked_add(PORT_OFFSET))
        };
        if is(pana::PORT) {
            Protocol::Pana
        } else if is(mobile_ipv4::PORT) {
            Protocol::Mip4
        } else if is(radius::PORT) || RADIUS_PORTS.into_iter().any(is) {
            Protocol::Radius
        } else if is(DSMIPV6_PORT) {
            Protocol::Ip
        } else {
            Protocol::Data
        }
    }
}

impl Way {
    fn pseudo(&self) -> Pseudo {
        match self {
            Way::V4(pseudo) => *pseudo,
            Way::V6(route) => route.pseudo(),
        }
    }
}

/// The checksum of octets without the two at `at`, where it stands.
fn sum_around(octets: &[u8], at: usize) -> u16 {
    let (before, rest) = octets.split_at(octets.len().min(at));
    checksum(&[before, &[0, 0], rest.get(2..).unwrap_or_default()])
}

/// The checksum of an upper layer without the two octets at `at`, where it stands.
pub(super) fn sum(pseudo: &Pseudo, protocol: u8, octets: &[u8], at: usize) -> u16 {
    let (before, rest) = octets.split_at(octets.len().min(at));
    pseudo.checksum(protocol, &[before, &[0, 0], rest.get(2..).unwrap_or_default()])
}

/// The checksum of an ICMP message of IPv4.
pub(super) fn icmp_sum(octets: &[u8]) -> u16 {
    sum_around(octets, 2)
}

fn address4(octets: &[u8], at: usize) -> core::net::Ipv4Addr {
    let address = octets.get(at..at + 4).and_then(|octets| <[u8; 4]>::try_from(octets).ok());
    address.unwrap_or_default().into()
}

fn address6(octets: &[u8], at: usize) -> core::net::Ipv6Addr {
    let address = octets.get(at..at + 16).and_then(|octets| <[u8; 16]>::try_from(octets).ok());
    address.unwrap_or_default().into()
}
