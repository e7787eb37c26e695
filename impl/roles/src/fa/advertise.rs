//! Step 0: advertisements and their challenges.

use core::{net::Ipv4Addr, time::Duration};

use dsboot_codec::{
    ip::v4,
    mip4::discovery::{AdvertisementBuilder, AdvertisementFlags, Discovery, next_sequence},
};
use dsboot_spec::registry::{
    ip::protocol,
    mip4::{ALL_SYSTEMS, LINK_TTL, advertisement_code, advertisement_flag},
};

use super::{Challenge, Fa, Station};
use crate::{Effect, Effects, LinkAddr, Packet, Random, Time, count::Registration};

/// How many challenges are remembered as given to single nodes, or as used up.
const CHALLENGES: usize = 4096;

/// For how long they are remembered.
const KEEP: Duration = Duration::from_secs(3600);

impl Fa {
    /// Advertises to everybody on the link, with a challenge for all.
    pub(super) fn advertise(&mut self, now: Time, random: &mut dyn Random, effects: &mut Effects) {
        let challenge = random.octets();
        self.advertised.push_back(challenge);
        while self.advertised.len() > self.config.challenge_window {
            self.advertised.pop_front();
        }
        self.next_advertisement = self.config.advertise_every.map(|every| now + every);
        //= wire.11.5
        self.emit(LinkAddr::BROADCAST, ALL_SYSTEMS, &challenge, effects);
    }

    /// Answers a solicitation.
    pub(super) fn on_solicitation(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        from: (LinkAddr, &v4::Packet<'_>),
        effects: &mut Effects,
    ) {
        let (neighbour, solicitation) = from;
        //= registration.1.4
        let understood = Discovery::decode(solicitation.payload);
        if solicitation.ttl != LINK_TTL || !matches!(understood, Ok(Discovery::Solicitation)) {
            return effects.count(Registration::BadDiscovery);
        }
        let address = solicitation.source;
        let destination = if address.is_unspecified() { Ipv4Addr::BROADCAST } else { address };
        let challenge = self.fresh_challenge(now, random, Station::of_link(neighbour));
        self.emit(neighbour, destination, &challenge, effects);
    }

    /// A challenge for one mobile node alone.
    pub(super) fn fresh_challenge(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        station: Station,
    ) -> Challenge {
        //= registration.1.8
        let challenge = random.octets();
        if self.given.len() >= CHALLENGES {
            self.given.pop_first();
        }
        self.given.insert(station.on_link(), challenge, now + KEEP);
        challenge
    }

    /// Whether the agent has offered a challenge to this node, or to all lately.
    pub(super) fn has_offered(&self, challenge: &[u8], station: Station) -> bool {
        // Of a node that sends by IP alone the link-layer address is not known: it has the
        // challenge that some node on the link was given, and must be that node.
        let is_of = |given: &Station| station.neighbour.is_none() || *given == station.on_link();
        self.given.iter().any(|(given, c)| c == challenge && is_of(given))
            || self.advertised.iter().any(|advertised| advertised == challenge)
    }

    /// Remembers a challenge as used by `nai`.
    pub(super) fn use_up(&mut self, now: Time, nai: crate::Nai, challenge: Vec<u8>) {
        if self.used.len() >= CHALLENGES {
            self.used.pop_first();
        }
        self.used.insert((nai, challenge), (), now + KEEP);
    }

    fn emit(
        &mut self,
        neighbour: LinkAddr,
        destination: Ipv4Addr,
        challenge: &Challenge,
        effects: &mut Effects,
    ) {
        //= registration.1.1
        let config = &self.config;
        //= registration.1.10
        let busy = if self.is_full() { advertisement_flag::BUSY } else { 0 };
        let flags = AdvertisementFlags(config.flags().0 | busy);
        let icmp = AdvertisementBuilder::new(
            advertisement_code::NO_COMMON_TRAFFIC,
            config.advertisement_lifetime,
            &[],
        )
        .mobility_agent(self.sequence, config.max_lifetime, flags, &[config.address])
        .challenge(challenge)
        .finish();
        //= registration.1.5
        self.sequence = next_sequence(self.sequence);
        let packet = icmp.and_then(|icmp| {
            let packet = v4::Packet::new(self.config.address, destination, protocol::ICMP, &icmp);
            //= registration.1.4
            v4::Packet { ttl: LINK_TTL, ..packet }.encode()
        });
        match packet {
            Ok(octets) => {
                effects.push(Effect::Packet(Packet { neighbour: Some(neighbour), octets }));
            }
            Err(_) => effects.count(Registration::NotEncodable),
        }
    }
}

impl Station {
    /// The node whatever its IP address is, which changes when it gets a home address.
    fn on_link(self) -> Station {
        self.neighbour.map_or(self, Station::of_link)
    }

    /// A node of which only the link-layer address is known.
    fn of_link(neighbour: LinkAddr) -> Station {
        let source = core::net::SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
        Station { neighbour: Some(neighbour), source }
    }
}
