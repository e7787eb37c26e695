//! Packets of visitors on the agent's care-of address, on their way between link and FHA.

use core::net::{Ipv4Addr, SocketAddr};

use dsboot_codec::{
    ip::{self, tunnel::ipv4_in_ipv4, v4},
    mip4::TunnelData,
};
use dsboot_spec::registry::{
    ip::{DEFAULT_TTL, protocol},
    mip4::{ALL_AGENTS, ALL_ROUTERS},
};

use super::{Fa, Visitor};
use crate::{Datagram, Effect, Effects, LinkAddr, Packet, Random, Time, count::Data};

impl Fa {
    /// A packet from the link, or one of a tunnel to the care-of address.
    pub(super) fn on_packet(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        packet: &Packet,
        effects: &mut Effects,
    ) {
        let Ok(ip::Packet::V4(header)) = ip::Packet::decode(&packet.octets) else {
            return effects.count(Data::Malformed);
        };
        let to = header.destination;
        //= wire.11.5
        let is_to_agents = [ALL_AGENTS, ALL_ROUTERS, Ipv4Addr::BROADCAST, self.config.address];
        let is_to_agents = is_to_agents.contains(&to);
        match (packet.neighbour, header.protocol) {
            (Some(neighbour), protocol::ICMP) if is_to_agents => {
                self.on_solicitation(now, random, (neighbour, &header), effects);
            }
            (Some(neighbour), _) => self.take_from_visitor(neighbour, &header, effects),
            (None, protocol::IPV4) if header.destination == self.config.address => {
                match ipv4_in_ipv4::unwrap(&header) {
                    Ok(inner) => self.to_visitor(&inner.packet, false, effects, |visitor| {
                        visitor.fha == header.source
                    }),
                    Err(_) => effects.count(Data::Malformed),
                }
            }
            (None, _) => effects.count(Data::NotForUs),
        }
    }

    /// A packet of a UDP tunnel.
    pub(super) fn on_tunnel_data(
        &self,
        datagram: &Datagram,
        data: TunnelData<'_>,
        effects: &mut Effects,
    ) {
        //= data-path.6.8
        let reserved = datagram.payload.get(2..4);
        if data.next_header != protocol::IPV4 || reserved != Some(&[0, 0]) {
            return effects.count(Data::BadTunnelData);
        }
        match v4::Packet::decode(data.packet) {
            Ok(inner) => self.to_visitor(&inner, true, effects, |visitor| {
                datagram.source == SocketAddr::from((visitor.fha, self.config.port))
            }),
            Err(_) => effects.count(Data::Malformed),
        }
    }

    /// Into the tunnel: reverse tunnelling (RFC 3024).
    fn take_from_visitor(
        &self,
        neighbour: LinkAddr,
        packet: &v4::Packet<'_>,
        effects: &mut Effects,
    ) {
        //= data-path.2.1
        //= data-path.2.3
        //= registration.9.11
        let mut visitors = self.visitors_at(packet.source);
        let visitor = visitors.find(|v| v.tunnelled && v.station.neighbour == Some(neighbour));
        let Some(visitor) = visitor else { return effects.count(Data::NoBinding) };
        //= data-path.5.1
        let Some(Ok(inner)) = packet.forwarded().map(|packet| packet.encode()) else {
            return effects.count(Data::HopLimit);
        };
        let own = self.config.address;
        //= data-path.1.3
        if visitor.udp {
            effects.send(Datagram {
                source: (own, self.config.port).into(),
                destination: (visitor.fha, self.config.port).into(),
                ttl: DEFAULT_TTL,
                neighbour: None,
                payload: TunnelData::new(protocol::IPV4, &inner).encode(),
            });
        } else {
            match ipv4_in_ipv4::wrap(own, visitor.fha, DEFAULT_TTL, &inner) {
                Ok(octets) => effects.push(Effect::Packet(Packet { neighbour: None, octets })),
                Err(_) => effects.count(Data::Malformed),
            }
        }
    }

    /// Out of the tunnel, for which `is_from` tells whether it is the visitor's.
    fn to_visitor(
        &self,
        inner: &v4::Packet<'_>,
        udp: bool,
        effects: &mut Effects,
        is_from: impl Fn(&Visitor) -> bool,
    ) {
        //= data-path.2.3
        let known = || self.visitors_at(inner.destination).filter(|visitor| visitor.tunnelled);
        if known().next().is_none() {
            return effects.count(Data::NoBinding);
        }
        //= data-path.2.2
        let Some(visitor) = known().find(|visitor| is_from(visitor)) else {
            return effects.count(Data::WrongOuterSource);
        };
        if visitor.udp != udp {
            return effects.count(Data::WrongTunnelForm);
        }
        match inner.forwarded().map(|packet| packet.encode()) {
            Some(Ok(octets)) => {
                let neighbour = visitor.station.neighbour;
                effects.push(Effect::Packet(Packet { neighbour, octets }));
            }
            _ => effects.count(Data::HopLimit),
        }
    }
}
