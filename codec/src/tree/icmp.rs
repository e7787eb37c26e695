//! ICMP for both versions, and the agent discovery in it.

use alloc::format;

use dsboot_spec::registry::ip::{icmpv4, icmpv6, icmpv6_parameter_problem, protocol};
use dsboot_spec::registry::mip4::{
    advertisement_code, discovery_extension, link_layer_address, nai_carrying,
};

use super::Protocol;
use super::node::FlagSet;
use super::walk::{Field, Kind, Layout, Scope, field, named, rest};
use crate::ErrorKind;
use crate::ip::{Pseudo, icmp};
use crate::mip4::discovery::Discovery;

const CODE: Field = field("Code", 1, Kind::Unsigned);
const DATA: Field = rest("Data", 0, Kind::Octets);
const QUOTED: Field = rest("Packet that caused it, as far as quoted", 0, Kind::Octets);

/// Octets of an echo's identifier and sequence number.
const ECHO_LENGTH: usize = 4;

const ECHO: [Field; 3] =
    [field("Identifier", 2, Kind::Unsigned), field("Sequence Number", 2, Kind::Unsigned), DATA];

impl<'a> Scope<'a> {
    pub(super) fn icmp(&mut self) {
        let octets = self.octets();
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok()).unwrap_or_default();
        let discovery = matches!(kind, icmpv4::ROUTER_ADVERTISEMENT | icmpv4::ROUTER_SOLICITATION);
        let verdict = if discovery {
            Discovery::decode(octets).map(drop)
        } else {
            icmp::Message::decode_v4(octets).map(drop)
        };
        let right = super::ip::icmp_sum(octets);
        let about = match kind {
            icmpv4::ROUTER_ADVERTISEMENT => ("RFC 1256 §3, RFC 3344 §2.1", "wire.1.14"),
            icmpv4::ROUTER_SOLICITATION => ("RFC 1256 §3, RFC 3344 §2.2", "wire.1.13"),
            icmpv4::ECHO_REQUEST | icmpv4::ECHO_REPLY => ("RFC 792", "wire.10.17"),
            _ => ("RFC 792", "wire.10.16"),
        };
        self.message(Protocol::Icmp, "ICMP message", octets.len(), about, verdict, |s| {
            s.field(&field("Type", 1, Kind::Named(named!(icmpv4::name: u8))));
            if kind == icmpv4::ROUTER_ADVERTISEMENT {
                s.field(&field("Code", 1, Kind::Named(named!(advertisement_code::name: u8))));
            } else {
                s.field(&CODE);
            }
            s.checksum(Some(right));
            match kind {
                icmpv4::ECHO_REPLY | icmpv4::ECHO_REQUEST => s.echo(),
                icmpv4::ROUTER_SOLICITATION => {
                    s.fields(&[field("Reserved", 4, Kind::Hex), DATA]);
                }
                icmpv4::ROUTER_ADVERTISEMENT => s.advertisement(),
                icmpv4::DESTINATION_UNREACHABLE
                | icmpv4::TIME_EXCEEDED
                | icmpv4::PARAMETER_PROBLEM => {
                    s.fields(&[field("Rest of Header", 4, Kind::Hex), QUOTED]);
                }
                _ => {
                    s.field(&DATA);
                }
            }
        });
    }

    fn echo(&mut self) {
        let left = self.octets().len();
        self.fields(&ECHO);
        // What has not even a checksum is said to be truncated already.
        if (1..ECHO_LENGTH).contains(&left) {
            self.fault(ErrorKind::Truncated, self.at(), "wire.10.17");
        }
    }

    fn advertisement(&mut self) {
        let (routers, words) = (self.ahead(0, 1), self.ahead(1, 1));
        self.fields(&[
            field("Num Addrs", 1, Kind::Unsigned),
            field("Addr Entry Size", 1, Kind::Unsigned),
            field("Lifetime", 2, Kind::Seconds),
        ]);
        let entry = words.unwrap_or_default() * 4;
        for _ in 0..routers.unwrap_or_default() {
            if self.is_empty() || entry < 8 {
                break;
            }
            self.group("Router", entry, ("RFC 1256 §3", "wire.1.14"), |s| {
                s.fields(&[
                    field("Router Address", 4, Kind::Ipv4),
                    field("Preference Level", 4, Kind::Hex),
                    rest("More of the entry", 0, Kind::Octets),
                ]);
            });
        }
        while !self.is_empty() {
            self.discovery_extension();
        }
    }

    fn discovery_extension(&mut self) {
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok()).unwrap_or_default();
        let name = discovery_extension::name(kind).unwrap_or("unknown");
        let title = format!("{name} extension ({kind})");
        if kind == discovery_extension::PAD {
            self.group(title, 1, ("RFC 3344 §2.1.3", "wire.1.20"), |s| {
                s.field(&field("Type", 1, Kind::Unsigned));
            });
            return;
        }
        let length = self.ahead(1, 1).unwrap_or_default();
        let at = self.at();
        let (source, sentence) = match kind {
            discovery_extension::MOBILITY_AGENT => ("RFC 3344 §2.1.1", "wire.1.16"),
            discovery_extension::PREFIX_LENGTHS => ("RFC 3344 §2.1.2", "wire.1.19"),
            discovery_extension::CHALLENGE => ("RFC 4721 §2", "wire.1.19"),
            discovery_extension::EXPERIMENTAL_NON_SKIPPABLE => ("RFC 4064 §4.2", "wire.1.21"),
            discovery_extension::NAI_CARRYING => ("RFC 3846 §3", "wire.1.21"),
            discovery_extension::LINK_LAYER_ADDRESS => ("RFC 4881 §9", "wire.1.21"),
            discovery_extension::EXPERIMENTAL_SKIPPABLE => ("RFC 4064 §4.4", "wire.1.21"),
            _ => ("RFC 3344 §1.8", "wire.1.15"),
        };
        self.group(title, 2 + length, (source, sentence), |s| {
            s.fields(&[field("Type", 1, Kind::Unsigned), field("Length", 1, Kind::Length(2, 1))]);
            if s.octets().len() != length {
                s.raw("Data", usize::MAX);
                return;
            }
            match kind {
                discovery_extension::MOBILITY_AGENT if length >= 6 && length % 4 == 2 => {
                    s.fields(&[
                        field("Sequence Number", 2, Kind::Unsigned),
                        field("Registration Lifetime", 2, Kind::Lifetime),
                        field("Flags", 2, Kind::Flags(FlagSet::Advertisement)),
                    ]);
                    while !s.is_empty() {
                        s.field(&field("Care-of Address", 4, Kind::Ipv4));
                    }
                }
                discovery_extension::PREFIX_LENGTHS => {
                    while !s.is_empty() {
                        s.field(&field("Prefix Length", 1, Kind::Unsigned));
                    }
                }
                discovery_extension::NAI_CARRYING => {
                    let kind = Kind::Named(named!(nai_carrying::name: u8));
                    s.fields(&[field("Sub-Type", 1, kind), rest("NAI", 1, Kind::Text)]);
                }
                discovery_extension::LINK_LAYER_ADDRESS => {
                    let kind = Kind::Named(named!(link_layer_address::name: u8));
                    s.fields(&[field("Sub-Type", 1, kind), rest("Address", 1, Kind::Octets)]);
                }
                discovery_extension::CHALLENGE if length > 0 => {
                    let fields = const { &[rest("Challenge", 1, Kind::Octets)] };
                    s.layout(&Layout { source, sentence, fields }, at);
                }
                _ => {
                    s.raw("Data", usize::MAX);
                }
            }
        });
    }

    pub(super) fn icmpv6(&mut self, pseudo: Option<&Pseudo>) {
        let octets = self.octets();
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok()).unwrap_or_default();
        let verdict = match pseudo {
            Some(pseudo) => icmp::Message::decode_v6(octets, pseudo).map(drop),
            None => icmp::Message::decode_unverified(octets).map(drop),
        };
        let right = pseudo.map(|pseudo| super::ip::sum(pseudo, protocol::ICMPV6, octets, 2));
        let source = match kind {
            icmpv6::HOME_AGENT_DISCOVERY_REQUEST => "RFC 6275 §6.5",
            icmpv6::HOME_AGENT_DISCOVERY_REPLY => "RFC 6275 §6.6",
            icmpv6::MOBILE_PREFIX_SOLICITATION => "RFC 6275 §6.7",
            icmpv6::MOBILE_PREFIX_ADVERTISEMENT => "RFC 6275 §6.8",
            icmpv6::ROUTER_SOLICITATION..=icmpv6::NEIGHBOUR_ADVERTISEMENT => "RFC 4861 §4",
            _ => "RFC 4443 §2.1",
        };
        let about = (source, "wire.10.16");
        self.message(Protocol::Icmpv6, "ICMPv6 message", octets.len(), about, verdict, |s| {
            s.field(&field("Type", 1, Kind::Named(named!(icmpv6::name: u8))));
            if kind == icmpv6::PARAMETER_PROBLEM {
                s.field(&field("Code", 1, Kind::Named(named!(icmpv6_parameter_problem::name: u8))));
            } else {
                s.field(&CODE);
            }
            s.checksum(right);
            s.icmpv6_body(kind);
        });
    }

    fn icmpv6_body(&mut self, kind: u8) {
        const RESERVED: Field = field("Reserved", 2, Kind::Hex);
        const IDENTIFIER: Field = field("Identifier", 2, Kind::Unsigned);
        const TARGET: Field = field("Target Address", 16, Kind::Ipv6);
        match kind {
            icmpv6::ECHO_REQUEST | icmpv6::ECHO_REPLY => {
                self.echo();
                self
            }
            icmpv6::ROUTER_SOLICITATION => {
                self.field(&field("Reserved", 4, Kind::Hex));
                self.neighbour_options()
            }
            icmpv6::NEIGHBOUR_SOLICITATION => {
                self.fields(&[field("Reserved", 4, Kind::Hex), TARGET]).neighbour_options()
            }
            icmpv6::NEIGHBOUR_ADVERTISEMENT => {
                let flags = &[("R", 1), ("S", 1), ("O", 1), ("Reserved", 29)];
                self.fields(&[field("R, S, O and Reserved", 4, Kind::Bits(flags)), TARGET])
                    .neighbour_options()
            }
            icmpv6::PACKET_TOO_BIG => self.fields(&[field("MTU", 4, Kind::Unsigned), QUOTED]),
            icmpv6::PARAMETER_PROBLEM => {
                self.fields(&[field("Pointer", 4, Kind::Unsigned), QUOTED])
            }
            icmpv6::DESTINATION_UNREACHABLE | icmpv6::TIME_EXCEEDED => {
                self.fields(&[field("Unused", 4, Kind::Hex), QUOTED])
            }
            icmpv6::HOME_AGENT_DISCOVERY_REQUEST | icmpv6::MOBILE_PREFIX_SOLICITATION => {
                self.fields(&[IDENTIFIER, RESERVED, DATA])
            }
            icmpv6::HOME_AGENT_DISCOVERY_REPLY => {
                self.fields(&[IDENTIFIER, RESERVED]);
                while self.octets().len() >= 16 {
                    self.field(&field("Home Agent Address", 16, Kind::Ipv6));
                }
                self.fields(&[DATA])
            }
            icmpv6::MOBILE_PREFIX_ADVERTISEMENT => {
                let flags = &[("M", 1), ("O", 1), ("Reserved", 14)];
                self.fields(&[IDENTIFIER, field("M, O and Reserved", 2, Kind::Bits(flags))])
                    .neighbour_options()
            }
            _ => self.fields(&[DATA]),
        };
    }

    /// Options of neighbour discovery (RFC 4861 §4.6), whose Length counts units of 8 octets.
    fn neighbour_options(&mut self) -> &mut Self {
        while let Some(length) = self.ahead(1, 1).filter(|length| *length > 0) {
            let kind = self.ahead(0, 1).unwrap_or_default();
            let (name, fields): (_, &[Field]) = match (kind, length) {
                (1, _) => ("Source Link-Layer Address", &[LINK_LAYER]),
                (2, _) => ("Target Link-Layer Address", &[LINK_LAYER]),
                (3, 4) => ("Prefix Information", &PREFIX_INFORMATION),
                _ => ("Neighbour discovery", &[DATA]),
            };
            let title = format!("{name} option ({kind})");
            self.group(title, 8 * length, ("RFC 4861 §4.6", "wire.10.28"), |s| {
                s.fields(&[
                    field("Type", 1, Kind::Unsigned),
                    field("Length", 1, Kind::Length(0, 8)),
                ]);
                s.fields(fields);
            });
        }
        self.fields(&[DATA])
    }
}

const LINK_LAYER: Field = rest("Link-Layer Address", 1, Kind::Octets);

const PREFIX_INFORMATION: [Field; 6] = [
    field("Prefix Length", 1, Kind::Unsigned),
    field("L, A, R and Reserved", 1, Kind::Bits(&[("L", 1), ("A", 1), ("R", 1), ("Reserved", 5)])),
    field("Valid Lifetime", 4, Kind::Seconds),
    field("Preferred Lifetime", 4, Kind::Seconds),
    field("Reserved2", 4, Kind::Hex),
    field("Prefix", 16, Kind::Ipv6),
];
