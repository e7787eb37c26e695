//! A correspondent: any IPv6 host, here one that answers echo requests.

use core::net::Ipv6Addr;

use dsboot_codec::ip::{icmp, v6};
use dsboot_spec::registry::ip::{icmpv6, protocol};

use crate::{Effect, Effects, Input, Machine, Packet, Random, Time, count::Data};

/// A correspondent node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cn {
    address: Ipv6Addr,
}

impl Cn {
    /// A correspondent that has this address.
    #[must_use]
    pub const fn new(address: Ipv6Addr) -> Cn {
        Cn { address }
    }

    /// Its address.
    #[must_use]
    pub const fn address(&self) -> Ipv6Addr {
        self.address
    }
}

impl Machine for Cn {
    fn handle(&mut self, _: Time, _: &mut dyn Random, input: Input<'_>) -> Effects {
        let mut effects = Effects::new();
        match input {
            Input::Packet(packet) => match answer(self.address, &packet.octets) {
                Some(octets) => effects.push(Effect::Packet(Packet { neighbour: None, octets })),
                None => effects.count(Data::NotForUs),
            },
            Input::Datagram(_) => effects.count(Data::NotForUs),
            Input::Timeout => {}
        }
        effects
    }

    fn poll_timeout(&self) -> Option<Time> {
        None
    }
}

/// The echo reply of the host `own` to a packet, if that is an echo request to it.
#[must_use]
pub fn answer(own: Ipv6Addr, octets: &[u8]) -> Option<Vec<u8>> {
    //= data-path.4.6
    let packet = v6::Packet::decode(octets).ok().filter(|packet| packet.destination == own)?;
    let upper = packet.upper_layer().ok().filter(|upper| upper.protocol == protocol::ICMPV6)?;
    let message = icmp::Message::decode_v6(upper.octets, &packet.pseudo()).ok()?;
    let request = (message.kind == icmpv6::ECHO_REQUEST).then_some(message)?;
    let reply = icmp::Message::new(icmpv6::ECHO_REPLY, request.body);
    icmp::packet_v6(own, packet.source, &reply).ok()
}
