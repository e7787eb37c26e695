//! IP, UDP and ICMP.

use dsboot_codec::Error;
use dsboot_codec::ip::{Packet, icmp, udp, v4, v6};
use dsboot_spec::registry::ip::{
    IPV4_HEADER_LENGTH, UDP_HEADER_LENGTH, icmpv4, icmpv6, ipv4_flag, ipv6_option, protocol,
    routing_type,
};

use super::{Page, flags, named};

impl<'a> Page<'a> {
    /// An IP packet of either version.
    pub(super) fn packet(&mut self, octets: &'a [u8]) -> Result<(), Error> {
        match Packet::decode(octets)? {
            Packet::V4(packet) => self.ipv4(octets, &packet),
            Packet::V6(packet) => self.ipv6(octets, &packet),
        }
    }

    fn ipv4(&mut self, octets: &'a [u8], packet: &v4::Packet<'a>) -> Result<(), Error> {
        let rest = self.fields(
            octets,
            &[
                (1, format!("IPv4, header of {} octets", packet.payload_offset())),
                (1, format!("Type of Service {}", packet.tos)),
                (2, format!("Total Length {}", packet.payload_offset() + packet.payload.len())),
                (2, format!("Identification {}", packet.identification)),
                (2, format!("Flags {}", flags(packet.fragment.0, ipv4_flag::TABLE))),
                (1, format!("Time to Live {}", packet.ttl)),
                (
                    1,
                    format!("Protocol {}", named(packet.protocol, protocol::name(packet.protocol))),
                ),
                (2, "Header Checksum".to_owned()),
                (4, format!("Source {}", packet.source)),
                (4, format!("Destination {}", packet.destination)),
                (packet.payload_offset() - IPV4_HEADER_LENGTH, "Options".to_owned()),
            ],
        );
        let after = rest.get(packet.payload.len()..).unwrap_or_default();
        self.inside(|page| page.upper_layer(packet.protocol, packet.payload))?;
        self.put(after, "after the packet's end");
        Ok(())
    }

    fn ipv6(&mut self, octets: &'a [u8], packet: &v6::Packet<'a>) -> Result<(), Error> {
        let next = packet.next_header;
        let rest = self.fields(
            octets,
            &[
                (
                    4,
                    format!(
                        "IPv6, Traffic Class {}, Flow Label {:#x}",
                        packet.traffic_class, packet.flow_label
                    ),
                ),
                (2, format!("Payload Length {}", packet.payload.len())),
                (1, format!("Next Header {}", named(next, protocol::name(next)))),
                (1, format!("Hop Limit {}", packet.hop_limit)),
                (16, format!("Source {}", packet.source)),
                (16, format!("Destination {}", packet.destination)),
            ],
        );
        let after = rest.get(packet.payload.len()..).unwrap_or_default();
        let chain = packet.extensions()?;
        for extension in &chain {
            self.inside(|page| page.extension_header(extension.raw, &extension.value))?;
        }
        let upper = chain.upper_layer()?;
        self.inside(|page| match upper.protocol {
            protocol::MOBILITY => page.mobility(upper.octets),
            other => page.upper_layer(other, upper.octets),
        })?;
        self.put(after, "after the packet's end");
        Ok(())
    }

    fn extension_header(
        &mut self,
        raw: &'a [u8],
        extension: &v6::Extension<'a>,
    ) -> Result<(), Error> {
        let next = raw.first().copied().unwrap_or_default();
        let next = (1, format!("Next Header {}", named(next, protocol::name(next))));
        let length = (1, format!("Hdr Ext Len: {} octets", raw.len()));
        match extension {
            v6::Extension::DestinationOptions(options)
            | v6::Extension::HopByHopOptions(options) => {
                self.fields(raw, &[next, length]);
                self.units(options.iter(), |option| {
                    let (kind, meaning) = match option {
                        v6::DestinationOption::Pad1 => (ipv6_option::PAD1, String::new()),
                        v6::DestinationOption::PadN(_) => (ipv6_option::PADN, String::new()),
                        v6::DestinationOption::TunnelEncapsulationLimit(limit) => {
                            (ipv6_option::TUNNEL_ENCAPSULATION_LIMIT, limit.to_string())
                        }
                        v6::DestinationOption::HomeAddress(address) => {
                            (ipv6_option::HOME_ADDRESS, address.to_string())
                        }
                        v6::DestinationOption::Unknown { kind, .. } => (*kind, String::new()),
                    };
                    let name = named(kind, ipv6_option::name(kind));
                    format!("option {name} {meaning}").trim_end().to_owned()
                });
            }
            v6::Extension::Type2Routing(home) => {
                let kind = routing_type::TYPE_2;
                let name = named(kind, routing_type::name(kind));
                self.fields(
                    raw,
                    &[
                        next,
                        length,
                        (1, format!("Routing Type {name}")),
                        (1, "Segments Left".to_owned()),
                        (4, "Reserved".to_owned()),
                        (16, format!("Home Address {home}")),
                    ],
                );
            }
            other => self.put(raw, format!("{other:?}")),
        }
        Ok(())
    }

    fn upper_layer(&mut self, kind: u8, octets: &'a [u8]) -> Result<(), Error> {
        match kind {
            protocol::IPV4 | protocol::IPV6 => self.packet(octets),
            protocol::UDP => {
                let datagram = udp::Datagram::decode_unverified(octets)?;
                let rest = self.fields(
                    octets,
                    &[
                        (2, format!("UDP Source Port {}", datagram.source_port)),
                        (2, format!("UDP Destination Port {}", datagram.destination_port)),
                        (2, format!("Length {}", UDP_HEADER_LENGTH + datagram.payload.len())),
                        (2, "Checksum".to_owned()),
                    ],
                );
                let after = rest.get(datagram.payload.len()..).unwrap_or_default();
                let (from, to) = (datagram.source_port, datagram.destination_port);
                self.inside(|page| page.payload(from, to, datagram.payload))?;
                self.put(after, "after the datagram's end");
                Ok(())
            }
            protocol::ICMP => {
                let message = icmp::Message::decode_v4(octets)?;
                self.icmp(octets, "ICMP", &message, icmpv4::name(message.kind));
                match message.kind {
                    icmpv4::ROUTER_SOLICITATION | icmpv4::ROUTER_ADVERTISEMENT => {
                        self.discovery(&message)
                    }
                    _ => self.echo(message.body),
                }
            }
            protocol::ICMPV6 => {
                let message = icmp::Message::decode_unverified(octets)?;
                self.icmp(octets, "ICMPv6", &message, icmpv6::name(message.kind));
                self.echo(message.body)
            }
            _ => {
                self.put(octets, "payload");
                Ok(())
            }
        }
    }

    fn echo(&mut self, body: &'a [u8]) -> Result<(), Error> {
        let echo = icmp::Echo::decode(body)?;
        let fields = [
            (2, format!("Identifier {}", echo.identifier)),
            (2, format!("Sequence Number {}", echo.sequence)),
            (echo.data.len(), "Data".to_owned()),
        ];
        self.fields(body, &fields);
        Ok(())
    }

    fn icmp(
        &mut self,
        octets: &'a [u8],
        protocol: &str,
        message: &icmp::Message<'_>,
        name: Option<&str>,
    ) {
        let fields = [
            (1, format!("{protocol} Type {}", named(message.kind, name))),
            (1, format!("Code {}", message.code)),
            (2, "Checksum".to_owned()),
        ];
        self.fields(octets, &fields);
    }
}
