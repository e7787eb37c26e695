//! Every message of every ladder as annotated hex: what the octets of a bootstrap are.
//!
//! All roles of a setup run on the network of octets with a fixed seed and clock, so the octets
//! are fixed. A message that was shown before in the same octets is not shown again.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;

use dsboot_codec::ip::{Packet as IpPacket, udp};
use dsboot_codec::mip4::discovery::Discovery;
use dsboot_codec::mip6::Header;
use dsboot_codec::pana::{Flags, Message as PanaMessage};
use dsboot_codec::tree::{Options, Protocol, Tree};
use dsboot_codec::{mip4, radius};
use dsboot_spec::ladder::{Ladder, Message, Step};
use dsboot_spec::registry::{ip, mip4 as mobile_ipv4, mip6, pana, radius as access_protocol};
use dsboot_spec::{CareOf, Role, Setup};
use dsboot_tests::bytes::{Bytes, Cargo, Flight, Station};

#[test]
fn every_message_of_every_ladder() {
    let mut shown: HashMap<String, String> = HashMap::new();
    for setup in Setup::ALL {
        let mut bytes = Bytes::new(&Bytes::settings(setup, 1)).unwrap();
        bytes.attach(0, 0);
        bytes.settle(0);

        let ladder: Vec<Step> = Ladder::of(setup).steps().collect();
        let place = |step: Option<Step>| {
            ladder.iter().position(|arrow| Some(*arrow) == step).unwrap_or(ladder.len())
        };
        let mut flights: Vec<(Option<Step>, &Flight)> =
            bytes.sent.iter().map(|flight| (arrow(setup, flight), flight.as_ref())).collect();
        flights.sort_by_key(|(step, _)| place(*step));
        for arrow in &ladder {
            assert!(flights.iter().any(|(step, _)| *step == Some(*arrow)), "{setup}: no {arrow}");
        }

        let mut page = String::new();
        for (i, (step, flight)) in flights.into_iter().enumerate() {
            let title = match step {
                Some(step) => step.to_string(),
                None => "keepalive of the tunnel".to_owned(),
            };
            writeln!(page, "# {i:02} {title}\n{}", way(flight)).unwrap();
            let hex = annotate(flight).to_string();
            match shown.entry(hex) {
                Entry::Occupied(shown) => page.push_str(shown.get()),
                Entry::Vacant(first) => {
                    page.push_str(first.key());
                    first.insert(format!("(the octets of message {i:02} of {setup})\n"));
                }
            }
            page.push('\n');
        }
        let name = match setup.care_of() {
            CareOf::Colocated => setup.scenario().name().to_owned(),
            via_fa => format!("{}-{via_fa}", setup.scenario().name()),
        };
        insta::assert_snapshot!(name, page);
    }
}

/// The octets with their meaning: every one of them, once, and nothing wrong.
fn annotate(flight: &Flight) -> Tree {
    let (protocol, octets) = match &flight.what {
        Cargo::Datagram(datagram) => {
            let (from, to) = (datagram.source.port(), datagram.destination.port());
            (Protocol::on_ports(from, to), &datagram.payload)
        }
        Cargo::Packet(packet) => (Protocol::Ip, &packet.octets),
    };
    let tree = Tree::decode(protocol, octets, &Options::default());
    let faults: Vec<_> = tree.faults().collect();
    assert!(faults.is_empty(), "{faults:?} in\n{tree}");
    assert_eq!(tree.encode().unwrap(), *octets, "not every octet once:\n{tree}");
    tree
}

/// From whom to whom, and by which addresses.
fn way(flight: &Flight) -> String {
    let (from, to) = (role(flight.from), role(flight.to));
    match &flight.what {
        Cargo::Datagram(datagram) => format!(
            "{from} -> {to}, UDP {} -> {}, TTL {}, {} octets",
            datagram.source,
            datagram.destination,
            datagram.ttl,
            datagram.payload.len()
        ),
        Cargo::Packet(packet) => format!("{from} -> {to}, IP, {} octets", packet.octets.len()),
    }
}

fn role(station: Station) -> Role {
    match station {
        Station::Mn(_) => Role::Mn,
        Station::Nas(_) => Role::Nas,
        Station::Fa(_) => Role::Fa,
        Station::Fha(_) => Role::Fha,
        Station::Aaaf => Role::Aaaf,
        Station::Aaah => Role::Aaah,
        Station::Ha => Role::Ha,
        Station::Cn => Role::Cn,
    }
}

/// The arrow of the ladder that a message is, or is a part of: an access request and its answer
/// take several rounds, and BU and BA go through the tunnels hop by hop.
fn arrow(setup: Setup, flight: &Flight) -> Option<Step> {
    let message = message(flight)?;
    let (from, to) = (role(flight.from), role(flight.to));
    let steps = || Ladder::of(setup).steps().filter(|step| step.message == message);
    let drawn = steps().find(|step| (step.from, step.to) == (from, to));
    let arrow = drawn.or_else(|| steps().next());
    assert!(arrow.is_some(), "{setup}: {flight:?}");
    arrow
}

/// What a message is; the keepalives of the UDP tunnel are none of a ladder's.
fn message(flight: &Flight) -> Option<Message> {
    let datagram = match &flight.what {
        Cargo::Datagram(datagram) => datagram,
        Cargo::Packet(packet) => return tunnelled(flight, &packet.octets),
    };
    let ports = [datagram.source.port(), datagram.destination.port()];
    if ports.contains(&pana::PORT) {
        let decoded = PanaMessage::decode(&datagram.payload).unwrap();
        let complete = decoded.flags().contains(Flags::COMPLETE);
        Some(if complete { Message::AccessReply } else { Message::AccessRequest })
    } else if ports.contains(&access_protocol::PORT) {
        let code = radius::Packet::decode(&datagram.payload).unwrap().code();
        let request = code == access_protocol::code::ACCESS_REQUEST;
        let client = role(if request { flight.from } else { flight.to });
        Some(match (client, request) {
            (Role::Fha, true) => Message::RegistrationAccessRequest,
            (Role::Fha, false) => Message::RegistrationAccessAccept,
            (Role::Ha, true) => Message::BindingAccessRequest,
            (Role::Ha, false) => Message::BindingAccessAccept,
            (_, true) => Message::RadiusAccessRequest,
            (_, false) => Message::RadiusAccessAccept,
        })
    } else {
        assert!(ports.contains(&mobile_ipv4::PORT), "{flight:?}");
        match mip4::Message::decode(&datagram.payload).unwrap() {
            mip4::Message::Request(_) => Some(Message::RegistrationRequest),
            mip4::Message::Reply(_) => Some(Message::RegistrationReply),
            mip4::Message::TunnelData(data) => tunnelled(flight, data.packet),
            _ => panic!("{flight:?}"),
        }
    }
}

/// What an IP packet is: agent discovery, or a BU or BA in however many tunnels.
fn tunnelled(flight: &Flight, octets: &[u8]) -> Option<Message> {
    match IpPacket::decode(octets).unwrap() {
        IpPacket::V4(packet) => match packet.protocol {
            ip::protocol::ICMP => match Discovery::decode(packet.payload) {
                Ok(Discovery::Solicitation) => Some(Message::AgentSolicitation),
                Ok(Discovery::Advertisement(_)) => Some(Message::AgentAdvertisement),
                Err(_) => None,
            },
            ip::protocol::UDP => {
                let datagram = udp::decode_packet(octets).unwrap();
                match mip4::Message::decode(datagram.payload).unwrap() {
                    mip4::Message::TunnelData(data) => tunnelled(flight, data.packet),
                    _ => panic!("{flight:?}"),
                }
            }
            _ => tunnelled(flight, packet.payload),
        },
        IpPacket::V6(packet) => {
            let upper = packet.upper_layer().unwrap();
            if upper.protocol == ip::protocol::IPV6 {
                return tunnelled(flight, upper.octets);
            }
            match Header::decode(upper.octets, &upper.pseudo()).unwrap().kind() {
                mip6::message::BINDING_UPDATE => Some(Message::BindingUpdate),
                mip6::message::BINDING_ACKNOWLEDGEMENT => Some(Message::BindingAcknowledgement),
                kind => panic!("mobility header {kind}"),
            }
        }
    }
}
