//! What went to and fro in a case: for ladders, captures and reports.

use std::fmt::Write as _;
use std::net::SocketAddr;

use dsboot_codec::eap;
use dsboot_codec::ip::{udp, v4, v6};
use dsboot_codec::mip4;
use dsboot_codec::mip6;
use dsboot_codec::pana;
use dsboot_codec::radius::{Attribute, Packet};
use dsboot_codec::tree::{Options, Protocol, Tree};
use dsboot_spec::chart::{Chart, Row, What};
use dsboot_spec::registry::ip::{icmpv4, next_header, protocol};
use dsboot_spec::registry::mip4::PORT as MIP4_PORT;
use dsboot_spec::registry::mip6 as registry;
use dsboot_spec::registry::pana::PORT as PANA_PORT;
use dsboot_spec::registry::radius as radius_registry;
use serde::{Deserialize, Serialize};

/// A datagram that was sent or received, or something else that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// Microseconds since the case began.
    pub at: u64,
    /// Who sent it, or did it.
    pub from: String,
    /// Who received it; the same as `from` for what is no datagram.
    pub to: String,
    /// Source address and port.
    pub source: Option<SocketAddr>,
    /// Destination address and port.
    pub destination: Option<SocketAddr>,
    /// Which protocol the octets are of, by its short name.
    pub protocol: String,
    /// What it is, in a line.
    pub words: String,
    /// The octets after the UDP header, in hex.
    pub octets: String,
}

impl Passed {
    /// The octets.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        let digits = self.octets.as_bytes();
        digits
            .chunks(2)
            .filter_map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok())
            .collect()
    }

    /// Every octet with its field, value and section.
    #[must_use]
    pub fn annotated(&self, vendor: u32) -> String {
        match Protocol::from_name(&self.protocol) {
            Some(protocol) => {
                Tree::decode(protocol, &self.payload(), &Options { vendor }).to_string()
            }
            None => String::new(),
        }
    }
}

/// The ladder of a case.
pub(super) fn chart(title: &str, passed: &[Passed]) -> Chart {
    let mut lifelines: Vec<String> = Vec::new();
    let mut place = |name: &str| {
        lifelines.iter().position(|known| known == name).unwrap_or_else(|| {
            lifelines.push(name.to_owned());
            lifelines.len() - 1
        })
    };
    let rows = passed
        .iter()
        .map(|one| {
            let (from, to) = (place(&one.from), place(&one.to));
            let what = if from == to {
                What::Mark { at: from }
            } else {
                What::Arrow { from, to, lost: false }
            };
            let stamp = format!("{}.{:03}", one.at / 1_000_000, one.at / 1000 % 1000);
            Row { stamp, what, label: String::new(), words: one.words.clone() }
        })
        .collect();
    Chart { title: title.to_owned(), lifelines, rows }
}

/// The protocol that is spoken at one of these ports, as far as the suite knows.
pub(super) fn spoken_at(at: [Option<SocketAddr>; 2], hint: Option<Protocol>) -> Protocol {
    let spoken = |port| match port {
        MIP4_PORT => Some(Protocol::Mip4),
        PANA_PORT => Some(Protocol::Pana),
        radius_registry::PORT => Some(Protocol::Radius),
        _ => None,
    };
    let known = at.into_iter().flatten().find_map(|address| spoken(address.port()));
    hint.or(known).unwrap_or(Protocol::Data)
}

/// What octets are, in a line.
#[must_use]
pub fn describe(protocol: Protocol, octets: &[u8]) -> String {
    let known = match protocol {
        Protocol::Mip4 => registration(octets),
        Protocol::Radius => radius(octets),
        Protocol::Pana => access(octets),
        Protocol::Ipv6 => packet(octets),
        Protocol::Ipv4 => datagram(octets),
        _ => None,
    };
    let length = octets.len();
    match known {
        Some(words) => words,
        None => format!("malformed {} ({length} octets)", protocol.name()),
    }
}

fn registration(octets: &[u8]) -> Option<String> {
    use mip4::Message;
    match Message::decode_leniently(octets).ok()? {
        Message::Request(request) => {
            let header = request.header;
            let kinds: Vec<String> =
                request.extensions.iter().map(|one| one.value.kind().to_string()).collect();
            Some(format!(
                "RRQ lifetime {} HoA {} HA {} CoA {} flags {:#04x} id {:016x} [{}]",
                header.lifetime,
                header.home_address,
                header.home_agent,
                header.care_of_address,
                header.flags.0,
                header.identification.0,
                kinds.join(" ")
            ))
        }
        Message::Reply(reply) => {
            let header = reply.header;
            let kinds: Vec<String> =
                reply.extensions.iter().map(|one| one.value.kind().to_string()).collect();
            Some(format!(
                "RRP code {} lifetime {} HoA {} HA {} id {:016x} [{}]",
                header.code.0,
                header.lifetime,
                header.home_address,
                header.home_agent,
                header.identification.0,
                kinds.join(" ")
            ))
        }
        other => Some(format!("Mobile IPv4 message {}", other.kind())),
    }
}

fn radius(octets: &[u8]) -> Option<String> {
    let packet = Packet::decode(octets).ok()?;
    let code = radius_registry::code::name(packet.code());
    let mut words = code.map_or_else(|| format!("code {}", packet.code()), str::to_owned);
    let _ = write!(words, " id {}", packet.identifier());
    if let Some(user) = packet.user_name().once() {
        let _ = write!(words, " user {}", String::from_utf8_lossy(user));
    }
    if let Ok(Some(eap)) = packet.eap_message() {
        let _ = write!(words, " {}", eap_words(&eap));
    }
    let kinds: Vec<String> = packet
        .attributes()
        .filter(|one| !matches!(one.value, Attribute::UserName(_)))
        .map(|one| one.value.kind().to_string())
        .collect();
    let _ = write!(words, " [{}]", kinds.join(" "));
    Some(words)
}

/// What an EAP packet is, in a few words.
pub(super) fn eap_words(octets: &[u8]) -> String {
    let Ok(packet) = eap::Packet::decode(octets) else { return "EAP-Start".to_owned() };
    match packet.method() {
        Some(method) => {
            format!("EAP {:?} {} type {method}", packet.code(), packet.identifier())
        }
        None => format!("EAP {:?} {}", packet.code(), packet.identifier()),
    }
}

/// What goes over a foreign agent's link.
fn datagram(octets: &[u8]) -> Option<String> {
    let packet = v4::Packet::decode(octets).ok()?;
    let (from, to) = (packet.source, packet.destination);
    if let Ok(payload) = packet.payload_of(protocol::UDP) {
        let datagram = udp::Datagram::decode_unverified(payload).ok()?;
        let is_access = [datagram.source_port, datagram.destination_port].contains(&PANA_PORT);
        let message = match (is_access, datagram.payload) {
            (true, octets) => access(octets).unwrap_or_else(|| "malformed PANA".to_owned()),
            (false, [4, 4, 0, 0, inside @ ..]) => tunnelled(inside)?,
            (false, octets) => {
                registration(octets).unwrap_or_else(|| "malformed Mobile IPv4".to_owned())
            }
        };
        return Some(format!("{message}; {from} to {to}"));
    }
    if [protocol::IPV4, protocol::IPV6].contains(&packet.protocol) {
        let words = if packet.protocol == protocol::IPV4 {
            tunnelled(packet.payload)?
        } else {
            self::packet(packet.payload).unwrap_or_else(|| "malformed IPv6".to_owned())
        };
        return Some(format!("{words}; {from} to {to}"));
    }
    let kind = packet.payload.first().copied().filter(|_| packet.protocol == protocol::ICMP);
    let words = match kind {
        Some(icmpv4::ROUTER_ADVERTISEMENT) => "agent advertisement",
        Some(icmpv4::ROUTER_SOLICITATION) => "agent solicitation",
        _ => "IPv4",
    };
    Some(format!("{words}; {from} to {to}, {} octets", octets.len()))
}

/// What stands in an IPv4 packet that a tunnel carries.
fn tunnelled(octets: &[u8]) -> Option<String> {
    let inner = v4::Packet::decode(octets).ok()?;
    match inner.protocol {
        protocol::IPV6 => packet(inner.payload),
        _ => Some(format!("tunnelled protocol {}, {} octets", inner.protocol, octets.len())),
    }
}

/// A packet with a mobility header, whatever is wrong with it; or any other.
fn packet(octets: &[u8]) -> Option<String> {
    use mip6::Message;
    let whole = v6::Packet::decode(octets).ok()?;
    let upper = whole.upper_layer().ok()?;
    let (from, to) = (whole.source, whole.destination);
    let way = match (upper.home_address, upper.routed_to) {
        (Some(home), _) => format!("{from} to {to}, HoA {home}"),
        (None, Some(home)) => format!("{from} to {to}, routed to {home}"),
        (None, None) => format!("{from} to {to}"),
    };
    let other = || format!("IPv6 {way}: protocol {}, {} octets", upper.protocol, octets.len());
    if upper.protocol != next_header::MOBILITY {
        return Some(other());
    }
    let kind = upper.octets.get(2).copied().unwrap_or_default();
    let name = registry::message::name(kind).unwrap_or("unknown");
    Some(match mip6::Packet::decode(octets) {
        Ok(packet) => match packet.message {
            Message::BindingUpdate(update) => format!(
                "BU seq {} flags {:#06x} lifetime {} s; {way}",
                update.sequence.0,
                update.flags.0,
                update.lifetime.seconds()
            ),
            Message::BindingAcknowledgement(ack) => format!(
                "BA status {} seq {} lifetime {} s; {way}",
                ack.status,
                ack.sequence.0,
                ack.lifetime.seconds()
            ),
            Message::BindingError(error) => format!("BE status {}; {way}", error.status),
            _ => format!("{name} (MH Type {kind}); {way}"),
        },
        Err(error) => format!("{name} (MH Type {kind}), to be discarded: {error}; {way}"),
    })
}

fn access(octets: &[u8]) -> Option<String> {
    let message = pana::Message::decode(octets).ok()?;
    let name = message.kind().map_or("?", pana::Kind::name);
    let kinds: Vec<String> = message.avps().map(|one| one.value.kind().to_string()).collect();
    Some(format!(
        "{name} flags {:#06x} session {:#x} seq {} [{}]",
        message.flags().0,
        message.session_id(),
        message.sequence(),
        kinds.join(" ")
    ))
}
