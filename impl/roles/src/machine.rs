use core::net::{IpAddr, SocketAddr};

use crate::{Random, Time, count::Reason};

/// A role, or a part of one, that is driven from outside.
pub trait Machine {
    /// Takes one input at time `now` and returns what is to be done about it.
    fn handle(&mut self, now: Time, random: &mut dyn Random, input: Input<'_>) -> Effects;

    /// When [`Input::Timeout`] is wanted next, if at all.
    fn poll_timeout(&self) -> Option<Time>;
}

/// What can happen to a role.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A UDP datagram for one of the role's sockets.
    Datagram(&'a Datagram),
    /// Any other IP packet that is addressed to the role or that it has to forward.
    Packet(&'a Packet),
    /// The time of [`Machine::poll_timeout`] has come.
    Timeout,
}

/// A UDP datagram, received or to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Datagram {
    /// Where it comes from. 0.0.0.0 where the sender has no address yet (RFC 3344 §3.6.1.1).
    pub source: SocketAddr,
    /// Where it goes.
    pub destination: SocketAddr,
    /// Time to live or hop limit.
    pub ttl: u8,
    /// Received: the neighbour on the link that it came from, if it came from the link.
    /// To be sent: the neighbour to hand it to, whatever the IP destination says; `None` leaves
    /// that to routing.
    pub neighbour: Option<LinkAddr>,
    /// The octets after the UDP header.
    pub payload: Vec<u8>,
}

/// An IP packet, received or to be sent, from its version octet on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Packet {
    /// As in [`Datagram::neighbour`].
    pub neighbour: Option<LinkAddr>,
    /// The whole packet.
    pub octets: Vec<u8>,
}

/// A neighbour on a link, by its link-layer address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkAddr(pub [u8; 6]);

impl LinkAddr {
    /// Everybody on the link.
    pub const BROADCAST: LinkAddr = LinkAddr([0xff; 6]);
}

/// What a role wants done, in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Send a UDP datagram.
    Datagram(Datagram),
    /// Send an IP packet.
    Packet(Packet),
    /// Hand an IP packet to the host's own programs.
    Deliver(Vec<u8>),
    /// Begin or cease to own an address.
    Address(AddressChange),
    /// Count something: most often, why an input was dropped.
    Count(Reason),
}

/// A change of the addresses that a host owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressChange {
    /// The host owns it from now on.
    Add(IpAddr),
    /// The host owns it no longer.
    Remove(IpAddr),
}

/// A list of [`Effect`]s with short ways to add to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Effects(Vec<Effect>);

impl Effects {
    /// None yet.
    #[must_use]
    pub const fn new() -> Effects {
        Effects(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, effect: Effect) {
        self.0.push(effect);
    }

    /// Adds a [`Effect::Count`].
    pub fn count(&mut self, reason: impl Into<Reason>) {
        self.push(Effect::Count(reason.into()));
    }

    /// Adds a [`Effect::Datagram`].
    pub fn send(&mut self, datagram: Datagram) {
        self.push(Effect::Datagram(datagram));
    }

    /// Appends all of `later`.
    pub fn append(&mut self, later: Effects) {
        self.0.extend(later.0);
    }

    /// The effects in order.
    pub fn iter(&self) -> core::slice::Iter<'_, Effect> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for Effects {
    type Item = Effect;
    type IntoIter = std::vec::IntoIter<Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Effects {
    type Item = &'a Effect;
    type IntoIter = core::slice::Iter<'a, Effect>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::Radius;

    #[test]
    fn effects_are_gone_through_in_order_whoever_has_them() {
        let mut effects = Effects::new();
        effects.count(Radius::PoolEmpty);
        effects.count(Radius::NoPrefix);
        let seen: Vec<Effect> = (&effects).into_iter().cloned().collect();
        assert_eq!(seen.len(), 2);
        assert_eq!(effects.iter().cloned().collect::<Vec<_>>(), seen);
        assert_eq!(effects.into_iter().collect::<Vec<_>>(), seen);
    }
}
