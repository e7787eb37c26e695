//! The home agent's tunnel: between home address and care-of address, IPv6 in IPv6.

use dsboot_codec::ip::{self, tunnel::ipv6_in_ipv6, v6};
use dsboot_spec::registry::ip::{DEFAULT_TTL, next_header};

use super::Ha;
use crate::{
    Effect, Effects, Packet, Random, Time,
    count::{Binding as Reason, Data},
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
            return self.intercept(&header, effects);
        }
        match header.upper_layer() {
            Ok(upper) if upper.protocol == next_header::MOBILITY => {
                self.on_mobility(now, random, &packet.octets, effects);
            }
            Ok(upper) if upper.protocol == next_header::IPV6 => {
                self.out_of_tunnel(&header, effects);
            }
            Ok(_) => effects.count(Reason::Unexpected),
            Err(_) => effects.count(Data::Malformed),
        }
    }

    /// A packet to a home address goes to the care-of address.
    fn intercept(&self, packet: &v6::Packet<'_>, effects: &mut Effects) {
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
        //= home-binding.3.13
        //= data-path.4.1
        let care_of = binding.care_of_address;
        match ipv6_in_ipv6::wrap(self.config.address, care_of, DEFAULT_TTL, None, &inner) {
            Ok(octets) => effects.push(Effect::Packet(Packet { neighbour: None, octets })),
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
            Some(Ok(octets)) => effects.push(Effect::Packet(Packet { neighbour: None, octets })),
            _ => effects.count(Data::HopLimit),
        }
    }
}
