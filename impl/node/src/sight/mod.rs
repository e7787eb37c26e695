//! What a packet is, in the words of the figures.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use dsboot_codec::ip::icmp::{Echo, Message as Icmp};
use dsboot_codec::ip::{Packet, tunnel, udp, v4, v6};
use dsboot_codec::{eap, mip4, mip6, pana, radius};
use dsboot_spec::Role;
use dsboot_spec::ladder::Message;
use dsboot_spec::registry::ip::{icmpv4, icmpv6, protocol};
use dsboot_spec::registry::{self, eap::method};

use crate::Ports;

/// What a packet is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The message in it, in the innermost packet.
    pub kind: Kind,
    /// The message in a few words.
    pub text: String,
    /// The tunnels around the message, from the outside in: `UDP`, `IPv4`, `41`, `IPv6`.
    pub tunnels: Vec<&'static str>,
}

/// The messages that the figures draw, and those around them that a run tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One that the figures draw, in its accepting form, if there is more than one.
    Drawn(Message),
    /// A refusing answer of the NAS to the MN.
    AccessRefused,
    /// A RADIUS Access-Reject.
    RadiusReject,
    /// A registration reply that refuses, with its code.
    RegistrationRefused(u8),
    /// A registration request with lifetime 0.
    Deregistration,
    /// A reply that accepts a deregistration.
    DeregistrationReply,
    /// A binding update with lifetime 0.
    BindingRelease,
    /// A binding acknowledgement that refuses, with its status.
    BindingRefused(u8),
    /// A PANA-Termination-Request.
    Termination,
    /// A PANA-Termination-Answer.
    TerminationAnswer,
    /// An ICMPv6 echo request.
    EchoRequest,
    /// An ICMPv6 echo reply.
    EchoReply,
    /// Anything else that is understood.
    Other,
    /// Not understood.
    Unknown,
}

impl Kind {
    /// A name for reports.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Kind::Drawn(message) => message.name().to_owned(),
            Kind::AccessRefused => "Access Rep. (refused)".to_owned(),
            Kind::RadiusReject => "Access Reject".to_owned(),
            Kind::RegistrationRefused(code) => format!("Reg Rep. (code {code})"),
            Kind::Deregistration => "Reg Req. (lifetime 0)".to_owned(),
            Kind::DeregistrationReply => "Reg Rep. (lifetime 0)".to_owned(),
            Kind::BindingRelease => "BU (lifetime 0)".to_owned(),
            Kind::BindingRefused(status) => format!("BA (status {status})"),
            Kind::Termination => "PANA termination request".to_owned(),
            Kind::TerminationAnswer => "PANA termination answer".to_owned(),
            Kind::EchoRequest => "echo request".to_owned(),
            Kind::EchoReply => "echo reply".to_owned(),
            Kind::Other => "something else".to_owned(),
            Kind::Unknown => "something not understood".to_owned(),
        }
    }

    /// The message of the ladder, if it is one.
    #[must_use]
    pub const fn message(self) -> Option<Message> {
        match self {
            Kind::Drawn(message) => Some(message),
            _ => None,
        }
    }
}

/// By which ports protocols are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lens {
    /// The protocols' ports of the run.
    pub ports: Ports,
    /// Another port that RADIUS is spoken on: of somebody else's server.
    pub radius: Option<u16>,
}

impl Sight {
    /// Looks at an IP packet with these ports, sent to a host with these roles or from one.
    ///
    /// A RADIUS packet does not say which leg it is on; its client's host does.
    #[must_use]
    pub fn of(packet: &[u8], lens: Lens, ends: [&[Role]; 2]) -> Sight {
        let mut eye = Eye { lens, ends, tunnels: Vec::new() };
        let (kind, text) =
            eye.packet(packet).unwrap_or_else(|| (Kind::Unknown, "not understood".to_owned()));
        Sight { kind, text, tunnels: eye.tunnels }
    }
}

/// What is looked with, and the tunnels it has passed.
struct Eye<'a> {
    lens: Lens,
    ends: [&'a [Role]; 2],
    tunnels: Vec<&'static str>,
}

/// A message and what is said of it; nothing if it is not understood.
type Seen = Option<(Kind, String)>;

impl Eye<'_> {
    fn packet(&mut self, octets: &[u8]) -> Seen {
        match Packet::decode(octets).ok()? {
            Packet::V4(packet) => self.v4(&packet, octets),
            Packet::V6(packet) => self.v6(&packet, octets),
        }
    }

    fn v4(&mut self, packet: &v4::Packet<'_>, octets: &[u8]) -> Seen {
        match packet.protocol {
            protocol::UDP => self.udp(octets),
            protocol::ICMP => icmpv4(packet.payload_of(protocol::ICMP).ok()?),
            protocol::IPV4 => {
                self.tunnels.push("IPv4");
                self.packet(tunnel::ipv4_in_ipv4::unwrap(packet).ok()?.octets)
            }
            protocol::IPV6 => {
                self.tunnels.push("41");
                self.packet(tunnel::ipv6_in_ipv4::unwrap(packet).ok()?.octets)
            }
            _ => None,
        }
    }

    fn v6(&mut self, packet: &v6::Packet<'_>, octets: &[u8]) -> Seen {
        let upper = packet.upper_layer().ok()?;
        match upper.protocol {
            protocol::UDP => self.udp(octets),
            protocol::IPV6 => {
                self.tunnels.push("IPv6");
                self.packet(tunnel::ipv6_in_ipv6::unwrap(packet).ok()?.octets)
            }
            protocol::MOBILITY => mobility(&mip6::Packet::decode(octets).ok()?),
            protocol::ICMPV6 => icmpv6(&Icmp::decode_v6(upper.octets, &upper.pseudo()).ok()?),
            _ => None,
        }
    }

    fn udp(&mut self, octets: &[u8]) -> Seen {
        let datagram = udp::decode_packet(octets).ok()?;
        let ports = [datagram.source.port(), datagram.destination.port()];
        let is = |port| ports.iter().any(|p| self.lens.ports.of_wire(*p) == port);
        let is_foreign_radius = self.lens.radius.is_some_and(|port| ports.contains(&port));
        if is(registry::pana::PORT) {
            pana(datagram.payload)
        } else if is(registry::mip4::PORT) {
            self.mip4(datagram.payload)
        } else if is(registry::radius::PORT) || is_foreign_radius {
            self.radius(datagram.payload)
        } else {
            None
        }
    }

    fn mip4(&mut self, octets: &[u8]) -> Seen {
        match mip4::Message::decode_leniently(octets).ok()? {
            mip4::Message::Request(request) => Some(registration_request(&request)),
            mip4::Message::Reply(reply) => Some(registration_reply(&reply)),
            mip4::Message::TunnelData(data) => {
                self.tunnels.push("UDP");
                self.packet(data.packet)
            }
            _ => None,
        }
    }

    fn radius(&self, octets: &[u8]) -> Seen {
        let packet = radius::Packet::decode(octets).ok()?;
        let at = |role: &[Role]| self.ends.iter().any(|end| role.iter().any(|r| end.contains(r)));
        let (leg, request, accept) = if at(&[Role::Nas]) {
            ("A", Message::RadiusAccessRequest, Message::RadiusAccessAccept)
        } else if at(&[Role::Fha]) {
            ("B", Message::RegistrationAccessRequest, Message::RegistrationAccessAccept)
        } else {
            ("C", Message::BindingAccessRequest, Message::BindingAccessAccept)
        };
        let eap = packet.eap_message().ok().flatten();
        let inside = eap.as_deref().and_then(eap_text);
        let name = registry::radius::code::name(packet.code())?;
        let mut text = format!("{name} (leg {leg})");
        if let Some(inside) = &inside {
            let _ = write!(text, ", {inside}");
        }
        let kind = match packet.code() {
            // The round that asks for the identity is not drawn.
            registry::radius::code::ACCESS_REQUEST if eap.is_some() => {
                let proves = eap.as_deref().is_some_and(is_proof);
                if proves { Kind::Drawn(request) } else { Kind::Other }
            }
            registry::radius::code::ACCESS_REQUEST => Kind::Drawn(request),
            registry::radius::code::ACCESS_ACCEPT => Kind::Drawn(accept),
            registry::radius::code::ACCESS_REJECT => Kind::RadiusReject,
            _ => Kind::Other,
        };
        Some((kind, text))
    }
}

fn pana(octets: &[u8]) -> Seen {
    let message = pana::Message::decode(octets).ok()?;
    let kind = message.kind()?;
    let flags = message.flags();
    let mut text = kind.name().to_owned();
    for (flag, letter) in [
        (pana::Flags::START, 'S'),
        (pana::Flags::COMPLETE, 'C'),
        (pana::Flags::RE_AUTHENTICATION, 'A'),
        (pana::Flags::PING, 'P'),
        (pana::Flags::IP_RECONFIGURATION, 'I'),
    ] {
        if flags.contains(flag) {
            let _ = write!(text, " {letter}");
        }
    }
    let eap = message.eap_payload().once();
    if let Some(inside) = eap.and_then(eap_text) {
        let _ = write!(text, ", {inside}");
    }
    let is_last = flags.contains(pana::Flags::COMPLETE);
    let granted = message.result_code().once().map(|code| code == registry::pana::result::SUCCESS);
    let kind = match kind {
        pana::Kind::Ptr => Kind::Termination,
        pana::Kind::Pta => Kind::TerminationAnswer,
        pana::Kind::Par if is_last && granted == Some(true) => Kind::Drawn(Message::AccessReply),
        pana::Kind::Par if is_last => Kind::AccessRefused,
        _ if eap.is_some_and(is_proof) => Kind::Drawn(Message::AccessRequest),
        _ => Kind::Other,
    };
    Some((kind, text))
}

/// Whether an EAP packet is the peer's answer to a method: neither identity nor notification nor
/// refusal.
fn is_proof(octets: &[u8]) -> bool {
    eap::Packet::decode(octets).is_ok_and(|packet| {
        packet.code() == eap::Code::Response
            && packet.method().is_some_and(|m| {
                ![method::IDENTITY, method::NOTIFICATION, method::NAK].contains(&m)
            })
    })
}

fn eap_text(octets: &[u8]) -> Option<String> {
    let packet = eap::Packet::decode(octets).ok()?;
    let code = match packet.code() {
        eap::Code::Request => "EAP Request",
        eap::Code::Response => "EAP Response",
        eap::Code::Success => "EAP Success",
        eap::Code::Failure => "EAP Failure",
    };
    Some(match packet.method().and_then(method::name) {
        Some(method) => format!("{code}/{method}"),
        None => code.to_owned(),
    })
}

fn registration_request(request: &mip4::Request<'_>) -> (Kind, String) {
    let header = &request.header;
    let mut text = format!(
        "registration request, HoA {}, CoA {}, {} s",
        header.home_address, header.care_of_address, header.lifetime
    );
    if header.flags.decapsulation() {
        text.push_str(", D");
    }
    if header.is_deregistration() {
        (Kind::Deregistration, text)
    } else {
        (Kind::Drawn(Message::RegistrationRequest), text)
    }
}

fn registration_reply(reply: &mip4::Reply<'_>) -> (Kind, String) {
    let header = &reply.header;
    let mut text = format!("registration reply, code {}", header.code.0);
    if !header.code.is_accepted() {
        if let Some(name) = header.code.name() {
            let _ = write!(text, " ({name})");
        }
        return (Kind::RegistrationRefused(header.code.0), text);
    }
    let _ = write!(text, ", HoA {}, {} s", header.home_address, header.lifetime);
    if header.lifetime == 0 {
        (Kind::DeregistrationReply, text)
    } else {
        (Kind::Drawn(Message::RegistrationReply), text)
    }
}

fn icmpv4(octets: &[u8]) -> Seen {
    let message = Icmp::decode_v4(octets).ok()?;
    let text = |name: &str| Some(name.to_owned());
    match message.kind {
        icmpv4::ROUTER_SOLICITATION => {
            Some((Kind::Drawn(Message::AgentSolicitation), text("agent solicitation")?))
        }
        icmpv4::ROUTER_ADVERTISEMENT => {
            Some((Kind::Drawn(Message::AgentAdvertisement), text("agent advertisement")?))
        }
        kind => Some((Kind::Other, format!("ICMP {}", icmpv4::name(kind)?))),
    }
}

fn icmpv6(message: &Icmp<'_>) -> Seen {
    let echo = |name: &str| {
        let echo = Echo::decode(message.body).ok()?;
        Some(format!("ICMPv6 echo {name} {}", echo.sequence))
    };
    match message.kind {
        icmpv6::ECHO_REQUEST => Some((Kind::EchoRequest, echo("request")?)),
        icmpv6::ECHO_REPLY => Some((Kind::EchoReply, echo("reply")?)),
        kind => Some((Kind::Other, format!("ICMPv6 {}", icmpv6::name(kind)?))),
    }
}

fn mobility(packet: &mip6::Packet<'_>) -> Seen {
    match &packet.message {
        mip6::Message::BindingUpdate(update) => {
            let seconds = update.lifetime.seconds();
            let text = format!("binding update {}, {seconds} s", update.sequence.0);
            let kind = match seconds {
                0 => Kind::BindingRelease,
                _ => Kind::Drawn(Message::BindingUpdate),
            };
            Some((kind, text))
        }
        mip6::Message::BindingAcknowledgement(answer) => {
            let text = format!(
                "binding acknowledgement {}, status {}, {} s",
                answer.sequence.0,
                answer.status,
                answer.lifetime.seconds()
            );
            let kind = if answer.status < registry::mip6::FIRST_REJECTING_STATUS {
                Kind::Drawn(Message::BindingAcknowledgement)
            } else {
                Kind::BindingRefused(answer.status)
            };
            Some((kind, text))
        }
        message => Some((Kind::Other, registry::mip6::message::name(message.kind())?.to_owned())),
    }
}
