//! What every bench needs.

use core::net::Ipv6Addr;

use dsboot_roles::{Datagram, Effect, Packet, Random, count::Reason};

/// Octets that do not come round (splitmix64): every call gives other ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Octets(u64);

impl Random for Octets {
    fn fill(&mut self, octets: &mut [u8]) {
        for octet in octets {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *octet = mixed.to_be_bytes()[0];
        }
    }
}

/// An IPv6 address as it is written.
pub(crate) fn v6(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

/// The way back of a datagram that a role has sent, with another payload.
pub(crate) fn back(asked: &Datagram, payload: Vec<u8>) -> Datagram {
    Datagram {
        source: asked.destination,
        destination: asked.source,
        ttl: 64,
        neighbour: asked.neighbour,
        payload,
    }
}

/// What a role did.
pub(crate) trait Done {
    fn effects(&self) -> core::slice::Iter<'_, Effect>;

    fn datagrams(&self) -> Vec<Datagram> {
        let sent = |effect: &Effect| match effect {
            Effect::Datagram(datagram) => Some(datagram.clone()),
            _ => None,
        };
        self.effects().filter_map(sent).collect()
    }

    fn packets(&self) -> Vec<Packet> {
        let sent = |effect: &Effect| match effect {
            Effect::Packet(packet) => Some(packet.clone()),
            _ => None,
        };
        self.effects().filter_map(sent).collect()
    }

    fn is_silent(&self) -> bool {
        self.datagrams().is_empty() && self.packets().is_empty()
    }

    fn counts(&self, reason: impl Into<Reason>) -> bool {
        let counted = Effect::Count(reason.into());
        self.effects().any(|effect| *effect == counted)
    }

    fn is_dropped(&self, reason: impl Into<Reason>) -> bool {
        self.is_silent() && self.counts(reason)
    }
}
