//! The mobile node's tunnels: IPv6 in IPv4 to the FHA, inside the Mobile IPv4 tunnel.

use core::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use dsboot_codec::{
    ip::{
        self, icmp,
        tunnel::{Roomy, ipv4_in_ipv4, ipv6_in_ipv4, ipv6_in_ipv6},
        v4, v6,
    },
    mip4::TunnelData,
};
use dsboot_spec::registry::ip::{
    DEFAULT_TTL, IPV4_HEADER_LENGTH, IPV6_IN_IPV4_MTU, IPV6_MINIMUM_MTU, icmpv4, next_header,
    protocol,
};

use super::{Mn, registration::own_end};
use crate::{
    Datagram, Effect, Effects, LinkAddr, Packet, Time, count::Data, fragments::Taken,
    icmp::packet_too_big,
};

/// The keepalive interval where the FHA leaves it to the mobile node (RFC 3519 §4.9).
const DEFAULT_KEEPALIVE_SECONDS: u16 = 110;

/// Octets of the headers that go before a packet in the widest tunnel: IPv4 in IPv4.
const ROOM: usize = 2 * IPV4_HEADER_LENGTH;

/// Where the Mobile IPv4 tunnel begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    /// At the mobile node itself.
    Own,
    /// At the foreign agent, which is this neighbour.
    Agent(LinkAddr),
}

impl Mn {
    /// Sends an IPv6 packet of the host's own, from the IPv6 home address, by way of the home
    /// agent. Dropped and counted while there is no binding.
    pub fn send_ipv6(&mut self, now: Time, packet: &[u8]) -> Effects {
        let mut effects = Effects::new();
        let Some((binding, ends)) = self.binding.bound() else {
            effects.count(Data::NoBinding);
            return effects;
        };
        if ends <= now {
            effects.count(Data::NoBinding);
            return effects;
        }
        let (home, agent) = (binding.home_address, binding.home_agent);
        //= data-path.1.7
        if !v6::Packet::decode(packet).is_ok_and(|packet| packet.source == home) {
            effects.count(Data::WrongInnerSource);
            return effects;
        }
        //= data-path.5.6
        if packet.len() > IPV6_MINIMUM_MTU {
            effects.count(Data::TooBig);
            let error = packet_too_big(home, packet, IPV6_MINIMUM_MTU);
            error.into_iter().for_each(|error| effects.push(Effect::Deliver(error)));
            return effects;
        }
        //= data-path.1.6
        //= data-path.5.5
        self.fragments_sent = self.fragments_sent.wrapping_add(1);
        let care_of = binding.care_of_address;
        let outer = v6::Packet::new(care_of, agent, next_header::IPV6, packet);
        match outer.fragments(IPV6_IN_IPV4_MTU, self.fragments_sent) {
            Ok(packets) => self.tunnel_all(now, packets, &mut effects),
            Err(_) => effects.count(Data::Malformed),
        }
        effects
    }

    /// Whether packets can be sent to the FHA.
    pub(super) fn has_tunnel(&self) -> bool {
        self.tunnel_entry().is_some()
    }

    /// Where the tunnel of the registration begins, if that is on the link that the mobile node is
    /// on: from another one nothing can be sent before it is registered there.
    fn tunnel_entry(&self) -> Option<Entry> {
        //= movement.1.10
        let held = self.registrar.held()?;
        if held.colocated {
            return (self.colocated_address() == Some(held.care_of_address)).then_some(Entry::Own);
        }
        let agent = self.agents.agent().filter(|_| self.admitted.is_some())?;
        (agent.care_of_address == held.care_of_address).then_some(Entry::Agent(agent.neighbour))
    }

    /// Sends packets from the IPv6 care-of address.
    pub(super) fn tunnel_all(&mut self, now: Time, packets: Vec<Vec<u8>>, effects: &mut Effects) {
        for packet in packets {
            self.tunnel(now, &packet, effects);
        }
    }

    pub(super) fn on_tunnel_data(
        &mut self,
        now: Time,
        datagram: &Datagram,
        data: TunnelData<'_>,
        effects: &mut Effects,
    ) {
        //= data-path.6.8
        let reserved = datagram.payload.get(2..4);
        if data.next_header != protocol::IPV4 || reserved != Some(&[0, 0]) {
            return effects.count(Data::BadTunnelData);
        }
        let Some(held) = self.registrar.held() else { return effects.count(Data::NoBinding) };
        if held.udp_keepalive.is_none() {
            return effects.count(Data::WrongTunnelForm);
        }
        if datagram.source != SocketAddr::V4(own_end(&self.config, held.fha)) {
            return effects.count(Data::WrongOuterSource);
        }
        match v4::Packet::decode(data.packet) {
            Ok(inner) => self.on_inner(now, &inner, effects),
            Err(_) => effects.count(Data::Malformed),
        }
    }

    /// A packet from the link: an agent's advertisement, or a tunnel's.
    pub(super) fn on_packet(&mut self, now: Time, packet: &Packet, effects: &mut Effects) {
        if self.is_telling_at_home() {
            return self.binding.handle(now, &packet.octets, effects);
        }
        let Ok(ip::Packet::V4(header)) = ip::Packet::decode(&packet.octets) else {
            return effects.count(Data::Malformed);
        };
        if header.protocol == protocol::ICMP
            && let Some(neighbour) = packet.neighbour
        {
            let registered = self.registrar.held().map(|held| held.care_of_address);
            self.agents.handle(now, neighbour, &header, registered, effects);
            return;
        }
        let Some(held) = self.registrar.held() else { return effects.count(Data::NoBinding) };
        match (header.protocol, self.tunnel_entry()) {
            //= data-path.1.2
            (protocol::IPV4, Some(Entry::Own)) if header.destination == held.care_of_address => {
                if held.udp_keepalive.is_some() {
                    return effects.count(Data::WrongTunnelForm);
                }
                if header.source != held.fha {
                    return effects.count(Data::WrongOuterSource);
                }
                match ipv4_in_ipv4::unwrap(&header) {
                    Ok(inner) => self.on_inner(now, &inner.packet, effects),
                    Err(_) => effects.count(Data::Malformed),
                }
            }
            // The FHA may have the care-of address of this link before its reply is here, and its
            // agent deliver by it (RFC 3344 §4.2.2).
            _ if !held.colocated && header.destination == held.thoav4 => {
                let agent = self.agents.agent().filter(|_| self.admitted.is_some());
                if agent.is_none_or(|agent| Some(agent.neighbour) != packet.neighbour) {
                    return effects.count(Data::WrongOuterSource);
                }
                self.on_inner(now, &header, effects);
            }
            _ => effects.count(Data::NotForUs),
        }
    }

    /// An IPv4 packet to the THOAv4, out of the Mobile IPv4 tunnel.
    fn on_inner(&mut self, now: Time, inner: &v4::Packet<'_>, effects: &mut Effects) {
        let Some(held) = self.registrar.held() else { return };
        if (inner.source, inner.destination) != (held.fha, held.thoav4) {
            return effects.count(Data::WrongInnerSource);
        }
        if inner.protocol == protocol::ICMP {
            // The answer to a keepalive has done its work by coming.
            return;
        }
        let Ok(tunnelled) = ipv6_in_ipv4::unwrap(inner) else {
            return effects.count(Data::NotSixInFour);
        };
        let care_of = held.ipv6_care_of_address.map(|prefixed| prefixed.address());
        if Some(tunnelled.packet.destination) != care_of {
            return effects.count(Data::NotForUs);
        }
        match tunnelled.packet.next_header {
            next_header::IPV6 => self.take_from_home_agent(&tunnelled.packet, effects),
            next_header::FRAGMENT => self.take_fragment(now, &tunnelled.packet, effects),
            _ => self.binding.handle(now, tunnelled.octets, effects),
        }
    }

    /// A part of a packet of the tunnel from the home agent.
    fn take_fragment(&mut self, now: Time, part: &v6::Packet<'_>, effects: &mut Effects) {
        let agent = self.binding.bound().map(|(binding, _)| binding.home_agent);
        if agent != Some(part.source) {
            return effects.count(Data::WrongOuterSource);
        }
        //= data-path.5.5
        match self.fragments.take(now, part) {
            Some(Taken::Whole(octets)) => match v6::Packet::decode(&octets) {
                Ok(outer) => self.take_from_home_agent(&outer, effects),
                Err(_) => effects.count(Data::Malformed),
            },
            Some(Taken::Kept) => {}
            Some(Taken::Dropped) => effects.count(Data::BadFragment),
            None => effects.count(Data::Malformed),
        }
    }

    /// A packet to the home address, out of the tunnel from the home agent.
    fn take_from_home_agent(&self, outer: &v6::Packet<'_>, effects: &mut Effects) {
        let Some((binding, _)) = self.binding.bound() else {
            return effects.count(Data::NoBinding);
        };
        if outer.source != binding.home_agent {
            return effects.count(Data::WrongOuterSource);
        }
        match ipv6_in_ipv6::unwrap(outer) {
            Ok(inner) if inner.packet.destination == binding.home_address => {
                effects.push(Effect::Deliver(inner.octets.to_vec()));
            }
            Ok(_) => effects.count(Data::NotForUs),
            Err(_) => effects.count(Data::Malformed),
        }
    }

    /// Sends an IPv6 packet from the care-of address.
    fn tunnel(&mut self, now: Time, packet: &[u8], effects: &mut Effects) {
        //= data-path.1.5
        //= registration.10.12
        let Some(held) = self.registrar.held().filter(|held| held.ends > now) else {
            return effects.count(Data::NoBinding);
        };
        //= data-path.5.3
        if packet.len() > IPV6_IN_IPV4_MTU {
            return effects.count(Data::TooBig);
        }
        //= data-path.1.1
        let mut octets = Roomy::copy(ROOM, packet);
        match ipv6_in_ipv4::wrap_in_place(held.thoav4, held.fha, DEFAULT_TTL, &mut octets) {
            Ok(()) => self.send_inner(now, octets, effects),
            Err(_) => effects.count(Data::Malformed),
        }
    }

    /// Sends an IPv4 packet from the THOAv4 into the Mobile IPv4 tunnel.
    fn send_inner(&mut self, now: Time, mut inner: Roomy, effects: &mut Effects) {
        let (Some(held), Some(entry)) = (self.registrar.held(), self.tunnel_entry()) else {
            return effects.count(Data::NoBinding);
        };
        match (entry, held.udp_keepalive) {
            //= data-path.1.3
            (Entry::Agent(neighbour), _) => {
                let neighbour = Some(neighbour);
                let octets = inner.into_octets();
                effects.push(Effect::Packet(Packet { neighbour, octets }));
            }
            //= data-path.1.2
            //= data-path.1.4
            //= data-path.6.4
            (Entry::Own, Some(_)) => {
                TunnelData::wrap_in_place(protocol::IPV4, &mut inner);
                effects.send(Datagram {
                    source: own_end(&self.config, held.care_of_address).into(),
                    destination: own_end(&self.config, held.fha).into(),
                    ttl: DEFAULT_TTL,
                    neighbour: None,
                    payload: inner.into_octets(),
                });
                self.tunnel_used = Some(now);
            }
            (Entry::Own, None) => {
                let (own, fha) = (held.care_of_address, held.fha);
                match ipv4_in_ipv4::wrap_in_place(own, fha, DEFAULT_TTL, &mut inner) {
                    Ok(()) => {
                        let octets = inner.into_octets();
                        effects.push(Effect::Packet(Packet { neighbour: None, octets }));
                    }
                    Err(_) => effects.count(Data::Malformed),
                }
            }
        }
    }

    /// When a keepalive is due in a UDP tunnel of the mobile node's own.
    pub(super) fn keepalive_due(&self) -> Option<Time> {
        let held = self.registrar.held()?;
        let interval = match held.udp_keepalive? {
            0 => DEFAULT_KEEPALIVE_SECONDS,
            interval => interval,
        };
        let used = self.tunnel_used.filter(|_| self.tunnel_entry() == Some(Entry::Own))?;
        Some(used + Duration::from_secs(interval.into()))
    }

    pub(super) fn keep_alive(&mut self, now: Time, effects: &mut Effects) {
        //= data-path.6.7
        if self.keepalive_due().is_some_and(|due| due <= now) {
            self.send_keepalive(now, effects);
        }
    }

    /// Shows the FHA the end of a UDP tunnel of which the registration, having come through an
    /// agent, has not told the port.
    pub(super) fn show_tunnel_end(&mut self, now: Time, effects: &mut Effects) {
        //= data-path.6.6
        let through_agent = self.way().is_some_and(|way| way.colocated && way.agent.is_some());
        if through_agent && self.registrar.held().is_some_and(|held| held.udp_keepalive.is_some()) {
            self.send_keepalive(now, effects);
        }
    }

    /// Keeps what is between the ends of a UDP tunnel open.
    fn send_keepalive(&mut self, now: Time, effects: &mut Effects) {
        let Some(held) = self.registrar.held() else { return };
        let (own, fha): (Ipv4Addr, Ipv4Addr) = (held.thoav4, held.fha);
        let echo = icmp::Echo { identifier: 0, sequence: 0, data: &[] }.encode();
        let icmp = icmp::Message::new(icmpv4::ECHO_REQUEST, &echo).encode_v4();
        if let Ok(packet) = v4::Packet::new(own, fha, protocol::ICMP, &icmp).encode() {
            self.send_inner(now, Roomy::copy(0, &packet), effects);
        }
    }
}
