//! Steps 0 and 4: agent discovery, and registration requests.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use dsboot_codec::mip4::discovery::{AdvertisementFlags, Discovery, next_sequence};
use dsboot_codec::mip4::{self, AuthenticationKind, Extension};
use dsboot_model::{Hop, Owner};
use dsboot_spec::registry::mip4::{
    ADDRESS_ENTRY_WORDS, FIRST_FREE_SPI, advertisement_flag, message, replay_method, spi,
};

use super::super::carried::Carried;
use super::super::mobile::{Asked, Key, Mobile};
use super::super::seen::{Seen, SeenRequest};
use super::super::{At, Auditor};

/// Where Addr Entry Size stands in an advertisement.
const ENTRY_SIZE: usize = 5;

/// What an agent has advertised.
#[derive(Clone, Debug)]
pub(super) struct Agent {
    at: At,
    flags: AdvertisementFlags,
    sequence: u16,
    /// For how many seconds the advertisement is good.
    lifetime: u16,
    /// The longest registration that it takes, in seconds.
    registration: u16,
    care_of: Vec<Ipv4Addr>,
    /// How many of its advertisements have been seen.
    heard: u32,
}

/// Whoever has heard so many advertisements answers one of their challenges: an agent takes no
/// older ones (CHALLENGE_WINDOW of RFC 4721).
const CHALLENGE_WINDOW: u32 = 2;

impl Agent {
    /// Whether another advertisement may be the next one.
    fn may_precede(&self, next: &Agent) -> bool {
        let expected = next_sequence(self.sequence);
        let silence = self.at.time.zip(next.at.time).map(|(from, to)| to.saturating_sub(from));
        let is_long = silence.is_some_and(|time| time > Duration::from_secs(self.lifetime.into()));
        // The same again, the next one, the first after it was started anew, or all is forgotten.
        [self.sequence, expected, 0].contains(&next.sequence) || is_long
    }
}

impl Auditor {
    /// A message on the port of Mobile IPv4.
    pub(in super::super) fn mobile_ip(
        &mut self,
        at: At,
        carried: &Carried<'_>,
        message: &mip4::Message<'_>,
    ) {
        match message {
            mip4::Message::Request(request) => self.request(at, carried, request),
            mip4::Message::Reply(reply) => self.reply(at, carried, reply),
            mip4::Message::Unknown { kind, .. } if *kind != message::EXPERIMENTAL => {
                let what = format!("a message of type {kind} is none of Mobile IPv4");
                self.early(at, carried, "wire.1.1", what);
            }
            _ => {}
        }
    }

    /// Agent discovery.
    pub(in super::super) fn discovery(
        &mut self,
        at: At,
        carried: &Carried<'_>,
        message: &Discovery<'_>,
    ) {
        let Discovery::Advertisement(advertisement) = message else { return };
        let Some(agent) = advertisement.mobility_agent().once() else { return };
        let care_of: Vec<Ipv4Addr> = agent.care_of_addresses.iter().collect();
        let addresses: Vec<Ipv4Addr> =
            carried.source_v4().into_iter().chain(care_of.iter().copied()).collect();
        if let Some(challenge) = advertisement.challenge().once() {
            for address in &addresses {
                self.legs.challenges.insert((*address, challenge.to_vec()), ());
            }
        }
        let new = Agent {
            at,
            flags: agent.flags,
            sequence: agent.sequence,
            lifetime: advertisement.lifetime,
            registration: agent.lifetime,
            care_of,
            heard: 1,
        };
        self.check_advertisement(at, carried, &new);
        let before = addresses.first().and_then(|address| self.legs.agents.get(address));
        let heard = before.map_or(1, |before| before.heard.saturating_add(1));
        let new = Agent { heard, ..new };
        for address in addresses {
            self.legs.agents.insert(address, new.clone());
        }
    }

    fn check_advertisement(&mut self, at: At, carried: &Carried<'_>, new: &Agent) {
        let mut wrong = Vec::new();
        if carried.ttl != 1 && carried.source.is_ipv4() {
            let what = format!("the advertisement has TTL {}", carried.ttl);
            wrong.push(("registration.1.4", what));
        }
        if carried.octets.get(ENTRY_SIZE).is_some_and(|size| *size != ADDRESS_ENTRY_WORDS) {
            let what = "Addr Entry Size is not 2".to_owned();
            wrong.push(("wire.1.14", what));
        }
        let flags = new.flags;
        let only_fa = advertisement_flag::REGISTRATION_REQUIRED | advertisement_flag::BUSY;
        let is_odd = !flags.foreign_agent() && flags.0 & only_fa != 0;
        if !flags.is_agent() || is_odd || (flags.foreign_agent() && new.care_of.is_empty()) {
            let what = "the flags F, H, R, B and the care-of addresses do not go together";
            wrong.push(("wire.1.17", what.to_owned()));
        }
        let before = carried.source_v4().and_then(|source| self.legs.agents.get(&source));
        if let Some(before) = before.filter(|before| !before.may_precede(new)) {
            let what = format!(
                "the sequence number {} does not follow {}, of packet {}",
                new.sequence, before.sequence, before.at.number
            );
            wrong.push(("registration.1.5", what));
        }
        for (sentence, what) in wrong {
            self.early(at, carried, sentence, what);
        }
    }

    /// Who sends or gets a registration message.
    pub(super) fn registrant(&mut self, nai: Option<&[u8]>, home: Ipv4Addr) -> Option<usize> {
        match nai {
            Some(nai) => Some(self.mobile(Key::Nai(nai.to_vec()))),
            None if home.is_unspecified() => None,
            None => match self.by_home.get(&home) {
                Some(place) => Some(*place),
                None => Some(self.mobile(Key::Home(home))),
            },
        }
    }

    fn request(&mut self, at: At, carried: &Carried<'_>, message: &mip4::Request<'_>) {
        let header = message.header;
        let extensions = message.extensions;
        let Some(place) = self.registrant(extensions.nai().once(), header.home_address) else {
            return self.early(at, carried, "registration.4.1", "the request has no NAI".into());
        };
        let key_request = extensions.mn_ha_key_request().once();
        let first = key_request.is_some() || header.home_address.is_unspecified();
        let mn_aaa = extensions.authenticator(AuthenticationKind::MnAaa).once();
        let ours = extensions.iter().any(|extension| {
            matches!(extension.value, Extension::Nvse(vendor) if vendor.vendor == self.vendor)
        });
        if ours || bootstraps(message) {
            self.mark(place);
        }
        let owner = if header.flags.decapsulation() { Owner::Mn } else { Owner::Fa };
        let everything = header.lifetime == 0 && header.care_of_address == header.home_address;
        let asks_for_udp = extensions
            .iter()
            .any(|extension| matches!(extension.value, Extension::UdpTunnelRequest(_)));
        let has_foreign_home =
            extensions.authenticator(AuthenticationKind::ForeignHome).once().is_some();
        let hop = match carried.destination_v4() {
            Some(to) if to != header.home_agent => Hop::Link,
            _ if owner == Owner::Mn && carried.source_v4() == Some(header.care_of_address) => {
                Hop::Direct
            }
            // A translator of addresses stands before the FHA, and the mobile node asks for UDP.
            Some(_)
                if owner == Owner::Mn
                    && asks_for_udp
                    && extensions.challenge().once().is_none()
                    && !has_foreign_home
                    && !self.has_relayed(place, carried) =>
            {
                Hop::Direct
            }
            // A release of everything does not name the care-of address. What answers a challenge has
            // come through an agent.
            Some(_)
                if everything
                    && owner == Owner::Mn
                    && extensions.challenge().once().is_none()
                    && !self.has_relayed(place, carried) =>
            {
                Hop::Direct
            }
            _ => Hop::Relay,
        };
        let challenge = match hop {
            Hop::Direct => None,
            Hop::Link | Hop::Relay => extensions.challenge().once().map(<[u8]>::to_vec),
        };
        let under = extensions.authenticator(AuthenticationKind::MobileHome).once();
        let protected = extensions.authorization().map(|authorization| authorization.end());
        let chap = mn_aaa.and_then(|proof| {
            let credentials = proof.chap_credentials(extensions.mn_aaa_challenge()?)?;
            Some((credentials.password, credentials.challenge))
        });
        let asked = Asked {
            at,
            hop,
            identification: header.identification.0,
            from: carried.source,
            to: carried.destination,
            flags: header.flags.0,
            lifetime: header.lifetime,
            home_address: header.home_address,
            home_agent: header.home_agent,
            care_of: header.care_of_address,
            mn_spi: key_request,
            first,
            challenge: challenge.clone(),
            wanted: extensions.bootstrap(self.vendor).bootstrap_request.once(),
            has_foreign_home,
            asks_for_udp,
            protected: carried
                .octets
                .get(..protected.unwrap_or_default())
                .unwrap_or_default()
                .to_vec(),
            chap,
        };
        self.by_low.insert(header.identification.low(), place);
        self.check_way(at, place, carried, &asked);
        self.check_request(at, place, message, first);
        self.check_relay(at, place, &asked);
        let release = header.lifetime == 0;
        let seen = SeenRequest {
            identification: header.identification.0,
            fha: header.home_agent,
            care_of: (!everything).then_some(header.care_of_address),
            owner,
            under: under.map(|proof| proof.spi),
            first,
            release,
            challenge,
        };
        let mut about = None;
        if let Some(mobile) = self.mobiles.get_mut(place) {
            let mut known = mobile.facts.requests.iter();
            let passed_on = |known: &&Asked| known.identification == asked.identification;
            about = known.find(passed_on).map(|known| known.at.turn);
            mobile.facts.keep_request(asked);
        }
        self.saw(at, place, carried, Seen::Request { hop, request: seen }, about);
    }

    /// Whether a message comes from an agent that has relayed for a mobile node.
    fn has_relayed(&self, place: usize, carried: &Carried<'_>) -> bool {
        let from = carried.source.ip();
        let known = self.mobiles.get(place).into_iter().flat_map(|mobile| &mobile.facts.requests);
        let relays = |asked: &Asked| {
            (asked.hop == Hop::Relay && asked.from.ip() == from)
                || (asked.hop == Hop::Link && asked.to.ip() == from)
        };
        known.into_iter().any(relays)
            || carried.source_v4().is_some_and(|from| self.legs.agents.contains(&from))
    }

    /// From where to where a request goes, and how far.
    fn check_way(&mut self, at: At, place: usize, carried: &Carried<'_>, asked: &Asked) {
        let Some(from) = carried.source_v4() else { return };
        let release = asked.lifetime == 0;
        match asked.hop {
            Hop::Direct => {}
            Hop::Link => {
                let expected = match asked.flags & 0x20 {
                    0 => asked.home_address,
                    _ => asked.care_of,
                };
                let sentence =
                    if asked.flags & 0x20 == 0 { "registration.3.6" } else { "registration.3.5" };
                let what = format!("the request comes from {from}, not from {expected}");
                if !release || asked.flags & 0x20 == 0 {
                    self.must(from == expected, at, place, sentence, &what);
                }
                let ttl = if carried.destination.ip().is_multicast() { 1 } else { 255 };
                let what = format!("the request has TTL {}, not {ttl}", carried.ttl);
                self.must(carried.ttl == ttl, at, place, "registration.3.7", &what);
            }
            Hop::Relay if self.is_own_address(place, asked) => {
                let what = "D is not set with a co-located care-of address";
                self.reject(at, place, "registration.3.5", what);
            }
            Hop::Relay if asked.flags & 0x20 == 0 && !release => {
                let what =
                    format!("the relayed request comes from {from}, not from {}", asked.care_of);
                self.must(from == asked.care_of, at, place, "registration.5.7", &what);
            }
            Hop::Relay => {}
        }
    }

    /// Whether a request without D comes from an address that was assigned to the mobile node, or that
    /// it has registered as its own.
    fn is_own_address(&self, place: usize, asked: &Asked) -> bool {
        let Some(Mobile { facts, .. }) = self.mobiles.get(place) else { return false };
        let assigned = facts.assigned.as_ref().and_then(|assigned| assigned.care_of);
        let registered = |known: &Asked| known.is_colocated() && known.care_of == asked.care_of;
        !asked.is_colocated()
            && asked.from.ip() == IpAddr::V4(asked.care_of)
            && (assigned == Some(asked.care_of) || facts.requests.iter().any(registered))
    }

    /// The fields of a request.
    fn check_request(&mut self, at: At, place: usize, message: &mip4::Request<'_>, first: bool) {
        let mip4::Request { header, extensions, .. } = *message;
        let mut must = |holds: bool, sentence: &str, what: &str| {
            self.must(holds, at, place, sentence, what);
        };
        let flags = header.flags;
        must(flags.reverse_tunnel(), "registration.4.8", "T is not set");
        let extra = flags.broadcast()
            || flags.gre()
            || flags.minimal_encapsulation()
            || flags.simultaneous();
        must(!extra, "registration.4.8", "B, G, M or S is set");
        must(
            !flags.reserved_x() && flags.0 & 0x04 == 0,
            "registration.7.8",
            "a reserved flag is set",
        );
        must(
            !header.home_agent.is_unspecified(),
            "registration.2.1",
            "the Home Agent field is empty",
        );
        if header.lifetime != 0 {
            must(
                !header.care_of_address.is_unspecified(),
                "registration.3.5",
                "the care-of address is empty",
            );
        }
        let mn_aaa = extensions.authenticator(AuthenticationKind::MnAaa).once();
        if first {
            must(
                header.home_address.is_unspecified(),
                "registration.4.1",
                "the home address is not 0.0.0.0",
            );
            must(extensions.nai().once().is_some(), "registration.4.1", "there is no NAI");
            let spi = extensions.mn_ha_key_request().once();
            must(spi.is_some(), "registration.4.2", "there is no key generation request");
            must(
                spi.is_none_or(|spi| spi >= FIRST_FREE_SPI),
                "keys.1.8",
                "the SPI chosen is below 256",
            );
            must(
                mn_aaa.is_some(),
                "registration.4.3",
                "there is no MN-AAA authentication extension",
            );
            let chap = mn_aaa.is_none_or(|proof| proof.spi == spi::CHAP);
            must(chap, "registration.4.5", "the MN-AAA extension is not under CHAP_SPI");
            must(
                in_order(message, &[131, 134, 144, 42, 132, 36]),
                "registration.4.4",
                "the extensions are out of order",
            );
        } else {
            must(extensions.nai().once().is_some(), "movement.2.2", "there is no NAI");
            let proof = extensions.authenticator(AuthenticationKind::MobileHome).once();
            must(proof.is_some(), "movement.2.2", "there is no MN-FHA authenticator");
            must(
                in_order(message, &[131, 144, 32, 132, 36]),
                "movement.2.3",
                "the extensions are out of order",
            );
        }
        let (kept, set) = self
            .mobiles
            .get_mut(place)
            .map(|mobile| {
                let facts = &mut mobile.facts;
                let new = header.identification.0;
                let known = facts.requests.iter().any(|asked| asked.identification == new);
                let greater = known || facts.identification.is_none_or(|last| new > last);
                let set = std::mem::take(&mut facts.clock_set);
                if !known {
                    facts.identification = Some(new);
                }
                (greater || set, set && known)
            })
            .unwrap_or((true, false));
        if set {
            // What was known before is relayed now; the clock is still to be used.
            if let Some(mobile) = self.mobiles.get_mut(place) {
                mobile.facts.clock_set = true;
            }
        }
        self.must(
            kept,
            at,
            place,
            "registration.4.11",
            "the Identification is not greater than the last",
        );
    }

    /// What a foreign agent has made of a request, where both are seen.
    fn check_relay(&mut self, at: At, place: usize, asked: &Asked) {
        let Some(mobile) = self.mobiles.get(place) else { return };
        let mut wrong: Option<(&str, String)> = None;
        let earlier = mobile.facts.requests.iter().rev();
        match asked.hop {
            Hop::Relay => {
                let sent = earlier.clone().find(|known| {
                    known.hop == Hop::Link && known.identification == asked.identification
                });
                if let Some(sent) = sent {
                    if sent.protected != asked.protected {
                        wrong = Some((
                            "registration.5.2",
                            format!("the FA has changed the request of packet {}", sent.at.number),
                        ));
                    }
                    if asked.from.port() != sent.from.port() {
                        wrong = wrong.or(Some((
                            "registration.5.7",
                            "the FA has not kept the source port of the request".to_owned(),
                        )));
                    }
                } else if let Some(near) = earlier.clone().find(|known| {
                    // Close enough to be the same request with an octet changed.
                    known.hop == Hop::Link
                        && known.protected.len() == asked.protected.len()
                        && differ_in(&known.protected, &asked.protected) <= 2
                }) {
                    wrong = Some((
                        "registration.5.2",
                        format!("the FA has changed the request of packet {}", near.at.number),
                    ));
                }
            }
            Hop::Link => {
                let to = match asked.to.ip() {
                    IpAddr::V4(to) => to,
                    IpAddr::V6(_) => return,
                };
                let agent = self.legs.agents.get(&to);
                let heard = agent.is_some_and(|agent| agent.heard >= CHALLENGE_WINDOW);
                let attached = mobile.facts.assigned.is_some();
                wrong = agent.and_then(|agent| unfit(agent, asked, attached, earlier));
                if let Some(challenge) = &asked.challenge {
                    let given = self.legs.challenges.get(&(to, challenge.clone())).is_some();
                    // What was there before the capture may have given one too, and advertisements get
                    // lost: so only where it is seen how the mobile node comes to the link.
                    if heard && attached && !given {
                        wrong = Some((
                            "registration.4.6",
                            "the challenge is none that this agent has given".to_owned(),
                        ));
                    }
                }
            }
            Hop::Direct => {}
        }
        if let Some((sentence, what)) = wrong {
            self.reject(at, place, sentence, what);
        }
    }

    /// Something is wrong between ends of which it is not known whose they are.
    pub(in super::super) fn early(
        &mut self,
        at: At,
        carried: &Carried<'_>,
        sentence: &str,
        what: String,
    ) {
        let rejection = super::super::Rejection::new(at.number, at.time, sentence, what);
        let ends = carried.ends().to_vec();
        if ends.iter().any(|end| self.parties.contains(end)) {
            self.report.reject(rejection);
        } else if self.early.len() < super::super::EARLY {
            self.early.push(super::super::Early { ends, rejection });
        }
    }
}

/// Whether a request asks for a key and an address as only the first one of a bootstrap does. RFC
/// 3957 alone leaves open by which association it is proved, to whom it goes, and which tunnels it
/// asks for; what differs there is somebody's who does not bootstrap, unless something else tells.
fn bootstraps(message: &mip4::Request<'_>) -> bool {
    let mip4::Request { header, extensions, .. } = *message;
    let flags = header.flags;
    let others = flags.gre() || flags.minimal_encapsulation() || flags.simultaneous();
    let proof = extensions.authenticator(AuthenticationKind::MnAaa).once();
    let agent = header.home_agent;
    header.home_address.is_unspecified()
        && !(agent.is_unspecified() || agent.is_broadcast())
        && flags.reverse_tunnel()
        && !others
        && extensions.nai().once().is_some()
        && extensions.mn_ha_key_request().once().is_some()
        && proof.is_some_and(|proof| proof.spi == spi::CHAP)
}

/// What a request through an agent has against what that agent has advertised.
fn unfit<'a>(
    agent: &Agent,
    asked: &Asked,
    attached: bool,
    mut earlier: impl Iterator<Item = &'a Asked>,
) -> Option<(&'static str, String)> {
    let release = asked.lifetime == 0;
    let colocated = asked.flags & 0x20 != 0;
    let number = agent.at.number;
    if agent.registration != u16::MAX && asked.lifetime > agent.registration {
        let what = format!("the lifetime is longer than the agent's of packet {number}");
        return Some(("registration.4.10", what));
    }
    if !colocated && !release && !agent.care_of.contains(&asked.care_of) {
        let what = format!("the agent of packet {number} offers another care-of address");
        return Some(("registration.3.3", what));
    }
    if colocated && asked.first && !agent.flags.registration_required() {
        let what = format!("the agent of packet {number} does not ask for that (R)");
        return Some(("registration.3.2", what));
    }
    let is_new = asked.first && attached && !earlier.any(|known| known.to.ip() == asked.to.ip());
    (is_new && agent.flags.busy())
        .then(|| ("registration.1.9", format!("the agent of packet {number} is busy (B)")))
}

/// Whether those of the extensions that are named stand in that order.
fn in_order(message: &mip4::Request<'_>, order: &[u8]) -> bool {
    let places = message.extensions.iter().filter_map(|extension| {
        let kind = extension.raw.first()?;
        order.iter().position(|known| known == kind)
    });
    // The place of an extension for UDP tunnelling before the authenticator is all that is asked.
    let places: Vec<usize> = places.filter(|place| order.get(*place) != Some(&144)).collect();
    places.is_sorted()
}

/// In how many octets two of the same length differ.
pub(super) fn differ_in(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).filter(|(one, other)| one != other).count()
}

/// The replay method of everybody here.
pub(super) const TIMESTAMPS: u16 = replay_method::TIMESTAMPS;
