//! What the FHA does with packets: out of the tunnel, and into it.

use core::net::{SocketAddr, SocketAddrV4};

use dsboot_codec::{
    ip::{
        self, icmp,
        tunnel::{Roomy, ipv4_in_ipv4, ipv6_in_ipv4},
        v4, v6,
    },
    mip4::TunnelData,
};
use dsboot_spec::registry::ip::{
    DEFAULT_TTL, IPV4_HEADER_LENGTH, IPV6_IN_IPV4_MTU, icmpv4, protocol,
};

use super::{Binding, Fha, TunnelEnd};
use crate::{
    Datagram, Effect, Effects, Nai, Packet,
    count::Data,
    fault::{Fault, is},
    icmp::packet_too_big,
};

impl Fha {
    /// A packet of a UDP tunnel.
    pub(super) fn on_tunnel_data(
        &mut self,
        datagram: &Datagram,
        data: TunnelData<'_>,
        effects: &mut Effects,
    ) {
        //= data-path.6.8
        let reserved = datagram.payload.get(2..4);
        if data.next_header != protocol::IPV4 || reserved != Some(&[0, 0]) {
            return effects.count(Data::BadTunnelData);
        }
        let Ok(inner) = v4::Packet::decode(data.packet) else {
            return effects.count(Data::Malformed);
        };
        //= data-path.7.1
        let Some((nai, binding)) = self.bindings.holder(inner.source) else {
            return effects.count(Data::NoBinding);
        };
        let SocketAddr::V4(source) = datagram.source else { return effects.count(Data::Malformed) };
        //= data-path.6.5
        let TunnelEnd::Udp(end) = binding.tunnel else {
            return effects.count(Data::WrongTunnelForm);
        };
        //= data-path.6.6
        let is_first = end.port() == 0 && source.ip() == end.ip();
        if end != source && !is_first && !is(Fault::FhaTakesAnyTunnel) {
            return effects.count(Data::WrongOuterSource);
        }
        let nai = nai.clone();
        if is_first {
            self.bindings.set_tunnel(&nai, TunnelEnd::Udp(source));
        }
        self.on_inner(&nai, &inner, effects);
    }

    /// A packet that is addressed to the FHA, or to an address that it defends.
    pub(super) fn on_packet(&mut self, packet: &Packet, effects: &mut Effects) {
        match ip::Packet::decode(&packet.octets) {
            Ok(ip::Packet::V4(outer)) => self.on_ipv4(&outer, effects),
            Ok(ip::Packet::V6(inner)) => self.to_mobile(&inner, &packet.octets, effects),
            Err(_) => effects.count(Data::Malformed),
        }
    }

    /// A packet of an IPv4-in-IPv4 tunnel.
    fn on_ipv4(&mut self, outer: &v4::Packet<'_>, effects: &mut Effects) {
        if outer.destination != self.config.address {
            return effects.count(Data::NotForUs);
        }
        let Ok(tunnelled) = ipv4_in_ipv4::unwrap(outer) else {
            return effects.count(Data::Malformed);
        };
        let Some((nai, binding)) = self.bindings.holder(tunnelled.packet.source) else {
            return effects.count(Data::NoBinding);
        };
        if binding.tunnel != TunnelEnd::Ip {
            return effects.count(Data::WrongTunnelForm);
        }
        //= data-path.3.1
        if outer.source != binding.care_of_address {
            return effects.count(Data::WrongOuterSource);
        }
        let nai = nai.clone();
        self.on_inner(&nai, &tunnelled.packet, effects);
    }

    /// A packet that came out of the tunnel of `nai`.
    fn on_inner(&self, nai: &Nai, inner: &v4::Packet<'_>, effects: &mut Effects) {
        let Some(binding) = self.bindings.get(nai) else { return };
        if inner.destination == self.config.address && inner.protocol == protocol::ICMP {
            return self.on_keepalive(binding, inner, effects);
        }
        //= data-path.3.7
        if inner.destination != self.config.address || inner.protocol != protocol::IPV6 {
            return effects.count(Data::NotSixInFour);
        }
        let Ok(tunnelled) = ipv6_in_ipv4::unwrap(inner) else {
            return effects.count(Data::Malformed);
        };
        //= data-path.3.2
        if Some(tunnelled.packet.source) != binding.defended() {
            return effects.count(Data::WrongInnerSource);
        }
        //= data-path.3.3
        //= data-path.3.6
        match tunnelled.packet.forwarded().map(|packet| packet.encode()) {
            Some(Ok(octets)) => effects.push(Effect::Packet(Packet { neighbour: None, octets })),
            _ => effects.count(Data::HopLimit),
        }
    }

    /// An echo request to the FHA keeps the tunnel open (RFC 3519 §4.9).
    fn on_keepalive(&self, binding: &Binding, inner: &v4::Packet<'_>, effects: &mut Effects) {
        //= data-path.6.7
        let request = icmp::Message::decode_v4(inner.payload);
        let Some(request) = request.ok().filter(|message| message.kind == icmpv4::ECHO_REQUEST)
        else {
            return effects.count(Data::NotSixInFour);
        };
        let reply = icmp::Message::new(icmpv4::ECHO_REPLY, request.body).encode_v4();
        let (own, home) = (self.config.address, binding.thoav4);
        if let Ok(octets) = v4::Packet::new(own, home, protocol::ICMP, &reply).encode() {
            let packet = Roomy::copy(binding.tunnel.header_length(), &octets);
            self.tunnel(binding, packet, effects);
        }
    }

    /// An IPv6 packet to an address of the FHA's prefix.
    fn to_mobile(&self, packet: &v6::Packet<'_>, octets: &[u8], effects: &mut Effects) {
        //= data-path.3.5
        let Some((_, binding)) = self.bindings.care_of(packet.destination) else {
            return effects.count(Data::NoBinding);
        };
        //= data-path.5.1
        let room = binding.tunnel.header_length() + IPV4_HEADER_LENGTH;
        let Some(mut forwarded) = packet.forwarded_with_room(room) else {
            return effects.count(Data::HopLimit);
        };
        //= data-path.5.3
        if forwarded.octets().len() > IPV6_IN_IPV4_MTU {
            effects.count(Data::TooBig);
            let error = packet_too_big(self.config.address6, octets, IPV6_IN_IPV4_MTU);
            let error = error.map(|octets| Effect::Packet(Packet { neighbour: None, octets }));
            return error.into_iter().for_each(|error| effects.push(error));
        }
        //= data-path.3.4
        let (own, home) = (self.config.address, binding.thoav4);
        match ipv6_in_ipv4::wrap_in_place(own, home, DEFAULT_TTL, &mut forwarded) {
            Ok(()) => self.tunnel(binding, forwarded, effects),
            Err(_) => effects.count(Data::Malformed),
        }
    }

    /// Sends an IPv4 packet of the FHA's own through the tunnel of a binding.
    fn tunnel(&self, binding: &Binding, mut inner: Roomy, effects: &mut Effects) {
        let own = self.config.address;
        match binding.tunnel {
            TunnelEnd::Ip => {
                let care_of = binding.care_of_address;
                match ipv4_in_ipv4::wrap_own_in_place(own, care_of, DEFAULT_TTL, &mut inner) {
                    Ok(()) => {
                        let octets = inner.into_octets();
                        effects.push(Effect::Packet(Packet { neighbour: None, octets }));
                    }
                    Err(_) => effects.count(Data::Malformed),
                }
            }
            //= data-path.6.6
            TunnelEnd::Udp(end) if end.port() == 0 => effects.count(Data::TunnelEndUnknown),
            //= data-path.6.4
            TunnelEnd::Udp(end) => {
                TunnelData::wrap_in_place(protocol::IPV4, &mut inner);
                effects.send(Datagram {
                    source: SocketAddrV4::new(own, self.config.port).into(),
                    destination: end.into(),
                    ttl: DEFAULT_TTL,
                    neighbour: None,
                    payload: inner.into_octets(),
                });
            }
        }
    }
}

impl TunnelEnd {
    /// Octets that the tunnel puts before a packet, without what the host adds to a datagram.
    const fn header_length(self) -> usize {
        match self {
            TunnelEnd::Ip => IPV4_HEADER_LENGTH,
            TunnelEnd::Udp(_) => TunnelData::HEADER_LENGTH,
        }
    }
}
