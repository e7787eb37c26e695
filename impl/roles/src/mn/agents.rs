//! Step 0: looking for a foreign agent.

use core::{net::Ipv4Addr, time::Duration};

use dsboot_codec::{
    ip::v4,
    mip4::discovery::{AdvertisementFlags, Discovery, solicitation},
};
use dsboot_spec::registry::{
    ip::protocol,
    mip4::{ALL_AGENTS, LIFETIME_INFINITE, LINK_TTL},
};

use super::AgentPolicy;
use crate::{Effect, Effects, LinkAddr, Packet, Time, count::Registration};

/// The least time between two solicitations (RFC 3344 §2.4).
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest time between two solicitations (RFC 3344 §2.4).
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A foreign agent as its last advertisement shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Agent {
    /// Where on the link it is.
    pub neighbour: LinkAddr,
    /// Its address: where requests go.
    pub address: Ipv4Addr,
    /// The care-of address that it offers.
    pub care_of_address: Ipv4Addr,
    /// What it demands and can do.
    pub flags: AdvertisementFlags,
    /// The longest registration lifetime that it accepts, in seconds.
    pub max_lifetime: u16,
    /// The challenge that the next request has to answer.
    pub challenge: Option<Vec<u8>>,
    /// When it counts as gone.
    expires: Option<Time>,
}

/// The search for an agent on the link that the mobile node is on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Agents {
    heard: Option<Agent>,
    /// Solicitations that may still be sent.
    left: u32,
    wait: Duration,
    next: Option<Time>,
}

impl Agents {
    /// Starts on a new link, where nothing has been heard yet.
    pub(super) fn attach(&mut self, now: Time, policy: AgentPolicy, effects: &mut Effects) {
        //= movement.1.10
        *self = Agents::default();
        if let AgentPolicy::Solicit(times) = policy {
            self.left = times;
            self.wait = FIRST_WAIT;
            self.solicit(now, effects);
        }
    }

    /// The agent that has been heard and is not gone.
    pub(super) fn agent(&self) -> Option<&Agent> {
        self.heard.as_ref()
    }

    /// Whether more solicitations are to come before it is certain that there is no agent.
    pub(super) fn is_looking(&self) -> bool {
        self.heard.is_none() && self.next.is_some()
    }

    /// Sets the challenge that an agent gave with a reply.
    pub(super) fn set_challenge(&mut self, challenge: Vec<u8>) {
        if let Some(agent) = &mut self.heard {
            agent.challenge = Some(challenge);
        }
    }

    /// Solicits once for what only a new advertisement tells, if the last time is not just now.
    pub(super) fn ask(&mut self, now: Time, effects: &mut Effects) {
        if self.next.is_none() {
            self.wait = FIRST_WAIT;
            self.solicit(now, effects);
        }
    }

    /// An ICMP packet from the link. Returns whether an agent has been heard. `registered` is the
    /// agent's care-of address under which the mobile node is registered, if it is under one.
    pub(super) fn handle(
        &mut self,
        now: Time,
        neighbour: LinkAddr,
        packet: &v4::Packet<'_>,
        registered: Option<Ipv4Addr>,
        effects: &mut Effects,
    ) -> bool {
        //= registration.1.4
        let decoded = Discovery::decode(packet.payload);
        let (Ok(Discovery::Advertisement(advertisement)), LINK_TTL) = (decoded, packet.ttl) else {
            effects.count(Registration::BadDiscovery);
            return false;
        };
        //= registration.1.6
        let agent = advertisement.mobility_agent().once();
        let Some(agent) = agent.filter(|agent| agent.flags.foreign_agent()) else { return false };
        //= registration.1.2
        let Some(care_of_address) = agent.care_of_addresses.first() else { return false };
        //= registration.1.9
        if agent.flags.busy() && registered != Some(care_of_address) {
            effects.count(Registration::AgentBusy);
            return false;
        }
        let lifetime = advertisement.lifetime;
        self.heard = Some(Agent {
            neighbour,
            address: packet.source,
            care_of_address,
            flags: agent.flags,
            max_lifetime: agent.lifetime,
            challenge: advertisement.challenge().once().map(<[u8]>::to_vec),
            //= registration.1.7
            expires: (lifetime != LIFETIME_INFINITE)
                .then(|| now + Duration::from_secs(lifetime.into())),
        });
        //= registration.1.3
        self.next = None;
        true
    }

    pub(super) fn timeout(&mut self, now: Time, effects: &mut Effects) {
        //= registration.1.7
        let gone = self.heard.as_ref().and_then(|agent| agent.expires).is_some_and(|e| e <= now);
        if gone {
            self.heard = None;
            self.left = self.left.max(1);
            self.wait = FIRST_WAIT;
            self.solicit(now, effects);
        } else if self.next.is_some_and(|next| next <= now) {
            if self.left == 0 {
                self.next = None;
            } else {
                self.solicit(now, effects);
            }
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Time> {
        let expires = self.heard.as_ref().and_then(|agent| agent.expires);
        [self.next, expires].into_iter().flatten().min()
    }

    fn solicit(&mut self, now: Time, effects: &mut Effects) {
        //= registration.1.3
        self.left = self.left.saturating_sub(1);
        self.next = Some(now + self.wait);
        self.wait = (self.wait * 2).min(LONGEST_WAIT);
        //= wire.11.5
        let icmp = solicitation();
        let packet = v4::Packet::new(Ipv4Addr::UNSPECIFIED, ALL_AGENTS, protocol::ICMP, &icmp);
        //= registration.1.4
        match (v4::Packet { ttl: LINK_TTL, ..packet }).encode() {
            Ok(octets) => {
                effects.count(Registration::Solicited);
                let neighbour = Some(LinkAddr::BROADCAST);
                effects.push(Effect::Packet(Packet { neighbour, octets }));
            }
            Err(_) => effects.count(Registration::NotEncodable),
        }
    }
}
