//! The home agent's tunnel: between home address and care-of address, IPv6 in IPv6.

use dsboot_codec::ip::{self, tunnel::ipv6_in_ipv6, v6};
use dsboot_spec::registry::ip::{IPV6_IN_IPV4_MTU, IPV6_MINIMUM_MTU, next_header};

use super::Ha;
use crate::{
    Effect, Effects, Packet, Random, Time,
    count::{Binding as Reason, Data},
    fragments::Taken,
    icmp::packet_too_big,
};

impl Ha {
    /// A packet to the home agent, or to an address of the home link.
    pub(super) fn on_packet(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        packet: &Packet,
        effects: &mut Effects,
    ) {
        //= data-path.3.6
        let Ok(ip::Packet::V6(header)) = ip::Packet::decode(&packet.octets) else {
            return effects.count(Data::Malformed);
        };
        if header.destination != self.config.address {
            return self.intercept(&header, &packet.octets, effects);
        }
        match header.upper_layer() {
            Ok(upper) if upper.protocol == next_header::MOBILITY => {
                self.on_mobility(now, random, &packet.octets, effects);
            }
            Ok(upper) if upper.protocol == next_header::IPV6 => {
                self.out_of_tunnel(&header, effects);
            }
            Ok(_) => effects.count(Reason::Unexpected),
            Err(_) => self.take_fragment(now, &header, effects),
        }
    }

    /// A part of a packet of a tunnel from a mobile node.
    fn take_fragment(&mut self, now: Time, part: &v6::Packet<'_>, effects: &mut Effects) {
        //= data-path.5.5
        match self.fragments.take(now, part) {
            Some(Taken::Whole(octets)) => match v6::Packet::decode(&octets) {
                Ok(outer) => self.out_of_tunnel(&outer, effects),
                Err(_) => effects.count(Data::Malformed),
            },
            Some(Taken::Kept) => {}
            Some(Taken::Dropped) => effects.count(Data::BadFragment),
            None => effects.count(Data::Malformed),
        }
    }

    /// A packet to a home address goes to the care-of address.
    fn intercept(&mut self, packet: &v6::Packet<'_>, octets: &[u8], effects: &mut Effects) {
        //= data-path.4.3
        let Some(binding) = self.bindings.get(&packet.destination) else {
            return effects.count(Data::NoBinding);
        };
        //= data-path.5.4
        if [binding.care_of_address, self.config.address].contains(&packet.source) {
            return effects.count(Data::WrongInnerSource);
        }
        //= data-path.5.1
        let Some(Ok(inner)) = packet.forwarded().map(|packet| packet.encode()) else {
            return effects.count(Data::HopLimit);
        };
        //= data-path.5.6
        if inner.len() > IPV6_MINIMUM_MTU {
            effects.count(Data::TooBig);
            let error = packet_too_big(self.config.address, octets, IPV6_MINIMUM_MTU);
            return error.into_iter().for_each(|octets| emit(octets, effects));
        }
        //= home-binding.3.13
        //= data-path.4.1
        //= data-path.5.5
        let care_of = binding.care_of_address;
        let outer = v6::Packet::new(self.config.address, care_of, next_header::IPV6, &inner);
        self.fragments_sent = self.fragments_sent.wrapping_add(1);
        match outer.fragments(IPV6_IN_IPV4_MTU, self.fragments_sent) {
            Ok(packets) => packets.into_iter().for_each(|octets| emit(octets, effects)),
            Err(_) => effects.count(Data::Malformed),
        }
    }

    /// A packet from a mobile node, to be sent on.
    fn out_of_tunnel(&self, outer: &v6::Packet<'_>, effects: &mut Effects) {
        let Ok(inner) = ipv6_in_ipv6::unwrap(outer) else {
            return effects.count(Data::Malformed);
        };
        //= data-path.4.2
        //= data-path.4.3
        let Some(binding) = self.bindings.get(&inner.packet.source) else {
            return effects.count(Data::NoBinding);
        };
        if binding.care_of_address != outer.source {
            return effects.count(Data::WrongOuterSource);
        }
        //= data-path.5.1
        match inner.packet.forwarded().map(|packet| packet.encode()) {
            //= data-path.4.4
            //= data-path.4.5
            Some(Ok(octets)) => emit(octets, effects),
            _ => effects.count(Data::HopLimit),
        }
    }
}

/// Sends an IPv6 packet.
fn emit(octets: Vec<u8>, effects: &mut Effects) {
    effects.push(Effect::Packet(Packet { neighbour: None, octets }));
}
