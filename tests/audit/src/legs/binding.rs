//! Binding updates and acknowledgements, and the tunnels around what the mobile node sends.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use dsboot_codec::ip::v6;
use dsboot_codec::mip6::{BindingAcknowledgement, BindingUpdate, Message, Packet};
use dsboot_model::Hop;
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip6::{spi, status, update_flag};

use super::super::carried::{Body, Carried, TunnelKind, v4_of};
use super::super::mobile::{Acknowledged, Key, Parameters6, Updated};
use super::super::seen::{Number, Seen};
use super::super::{At, Auditor};

impl Auditor {
    /// A mobility header.
    pub(in super::super) fn mobility(
        &mut self,
        at: At,
        carried: &Carried<'_>,
        packet: &Packet<'_>,
    ) {
        match &packet.message {
            Message::BindingUpdate(update) => self.update(at, carried, packet, update),
            Message::BindingAcknowledgement(ack) => self.acknowledgement(at, carried, packet, ack),
            _ => {}
        }
    }

    /// Something else in the tunnels of the protocol.
    pub(in super::super) fn data(&mut self, at: At, carried: &Carried<'_>) {
        self.check_tunnels(at, carried, None);
    }

    fn update(
        &mut self,
        at: At,
        carried: &Carried<'_>,
        packet: &Packet<'_>,
        update: &BindingUpdate<'_>,
    ) {
        let addresses = packet.addresses();
        let nai = update.options.nai();
        let place = match nai {
            Some(nai) => self.mobile(Key::Nai(nai.to_vec())),
            None => match self.by_v6.get(&addresses.home) {
                Some(place) => *place,
                None => self.mobile(Key::Home6(addresses.home)),
            },
        };
        let holder = self.by_v6.get(&addresses.home).copied();
        if let Some(holder) = holder.filter(|holder| nai.is_some() && *holder != place) {
            let what = format!("{} is another mobile node's home address", addresses.home);
            self.reject(at, holder, "home-binding.1.4", what);
        }
        let proof = update.options.mn_aaa();
        if bootstraps(packet, update) {
            self.mark(place);
        }
        self.by_v6.insert(addresses.home, place);
        self.by_v6.insert(addresses.care_of, place);
        let tunnelled = !carried.tunnels.is_empty();
        let release = update.lifetime.seconds() == 0;
        let message_id = update.options.message_id().once().map(|id| id.0);
        let new = Updated {
            at,
            tunnelled,
            sequence: update.sequence.0,
            message_id,
            lifetime: update.lifetime.seconds(),
            home: addresses.home,
            care_of: addresses.care_of,
            source: packet.route.source,
            octets: carried.octets.to_vec(),
            digest: packet.mn_aaa().map(|proof| proof.digest),
            authenticator: proof.map(|proof| proof.value.data.to_vec()),
            aaa_spi: proof.map(|proof| proof.value.spi),
        };
        let inner = carried.tunnels.iter().find(|tunnel| tunnel.kind == TunnelKind::Ipv6);
        let inner = inner.map(|tunnel| (tunnel.source, tunnel.destination));
        self.check_update(at, place, (packet, inner), update, &new);
        self.check_tunnels(at, carried, Some(place));
        self.check_forwarded(at, place, &new);
        let mut about = None;
        if let Some(mobile) = self.mobiles.get_mut(place) {
            let number = (new.sequence, new.message_id);
            let mut known = mobile.facts.updates.iter();
            let passed_on = |known: &&Updated| (known.sequence, known.message_id) == number;
            about = known.find(passed_on).map(|known| known.at.turn);
            mobile.facts.keep_update(new);
        }
        let number = Number { sequence: update.sequence.0, message_id };
        let seen = Seen::Update { tunnelled, number, care_of: addresses.care_of, release };
        self.saw(at, place, carried, seen, about);
    }

    fn check_update(
        &mut self,
        at: At,
        place: usize,
        (packet, tunnel): (&Packet<'_>, Option<(Ipv4Addr, Ipv4Addr)>),
        update: &BindingUpdate<'_>,
        new: &Updated,
    ) {
        let mut must = |holds: bool, sentence: &str, what: &str| {
            self.must(holds, at, place, sentence, what);
        };
        let flags = update.flags.0;
        let both =
            flags & update_flag::ACKNOWLEDGE != 0 && flags & update_flag::HOME_REGISTRATION != 0;
        must(both, "home-binding.1.3", "A or H is not set");
        let others = flags
            & !(update_flag::ACKNOWLEDGE
                | update_flag::HOME_REGISTRATION
                | update_flag::LINK_LOCAL_COMPATIBILITY
                | update_flag::KEY_MANAGEMENT);
        must(others == 0, "wire.8.11", "flags are set that a home registration here has not");
        let alternate = update.options.alternate_care_of_address().once();
        must(alternate.is_some(), "home-binding.1.3", "there is no Alternate Care-of Address");
        must(
            alternate.is_none_or(|care_of| care_of == packet.route.source),
            "home-binding.1.2",
            "the source is not the care-of address",
        );
        must(
            packet.route.home_address.is_some(),
            "home-binding.1.2",
            "there is no Home Address option",
        );
        must(
            update.options.nai().is_some(),
            "home-binding.1.4",
            "there is no Mobile Node Identifier with an NAI",
        );
        must(new.message_id.is_some(), "home-binding.1.4", "there is no Mesg-ID");
        let proof = update.options.mn_aaa();
        must(
            proof.is_some_and(|proof| proof.value.spi == spi::HMAC_SHA1),
            "home-binding.1.4",
            "there is no MN-AAA authentication option under SPI 3",
        );
        let Some(mobile) = self.mobiles.get_mut(place) else { return };
        let facts = &mut mobile.facts;
        let known = facts
            .updates
            .iter()
            .any(|update| (update.sequence, update.message_id) == (new.sequence, new.message_id));
        let mut wrong = None;
        // With another home agent the numbers begin anew.
        if facts.updated.replace(packet.route.destination) != Some(packet.route.destination) {
            (facts.sequence, facts.message_id) = (None, None);
        }
        if !known {
            let greater = facts.sequence.is_none_or(|last| {
                let ahead = new.sequence.wrapping_sub(last);
                ahead != 0 && ahead < 0x8000
            });
            if !greater {
                wrong =
                    Some(("home-binding.1.6", "the sequence number is not greater than the last"));
            }
            let later =
                facts.message_id.is_none_or(|last| new.message_id.is_none_or(|id| id > last));
            if !later {
                wrong = Some(("home-binding.1.6", "the Mesg-ID is not greater than the last"));
            }
            facts.sequence = Some(new.sequence);
            facts.message_id = new.message_id.or(facts.message_id);
            facts.first_update = facts.first_update.or(new.message_id);
            // Elsewhere there may have been another registration, which is not seen.
            let is_here = tunnel.is_some_and(|(home, agent)| {
                facts.home_address == Some(home) && facts.home_agent == Some(agent)
            });
            let until = facts.registered_until.filter(|_| is_here);
            let left = until.zip(at.time).map(|(until, now)| until.saturating_sub(now));
            if left.is_some_and(|left| u64::from(new.lifetime) > left.as_secs() + 1) {
                wrong = wrong
                    .or(Some(("home-binding.1.7", "the lifetime is longer than the registration")));
            }
            let told = facts.parameters.as_ref().filter(|_| is_here);
            let home = told.and_then(|told| told.home).map(|(home, _)| home);
            let agent = told.and_then(|told| told.agent);
            let care_of = told.and_then(|told| told.care_of).map(|(care_of, _)| care_of);
            if home.is_some_and(|home| home != new.home)
                || agent.is_some_and(|agent| agent != packet.route.destination)
                || care_of.is_some_and(|care_of| care_of != new.care_of)
            {
                wrong = wrong.or(Some(("home-binding.1.2", "home address, care-of address or home agent are not those of the registration reply")));
            }
        }
        if let Some((sentence, what)) = wrong {
            self.reject(at, place, sentence, what);
        }
    }

    /// An update is the same before and behind the FHA.
    fn check_forwarded(&mut self, at: At, place: usize, new: &Updated) {
        let Some(mobile) = self.mobiles.get(place) else { return };
        let changed = mobile.facts.updates.iter().rev().any(|update| {
            (update.sequence, update.message_id) == (new.sequence, new.message_id)
                && update.octets != new.octets
        });
        self.must(
            !changed,
            at,
            place,
            "data-path.3.3",
            "the binding update is not what was in the tunnel",
        );
    }

    fn acknowledgement(
        &mut self,
        at: At,
        carried: &Carried<'_>,
        packet: &Packet<'_>,
        ack: &BindingAcknowledgement<'_>,
    ) {
        let addresses = packet.addresses();
        let to = |address: Ipv6Addr| self.by_v6.get(&address).copied();
        let Some(place) = to(addresses.home).or_else(|| to(packet.route.destination)) else {
            let nai = ack.options.nai().map(|nai| Key::Nai(nai.to_vec()));
            let key = nai.unwrap_or(Key::Home6(addresses.home));
            let place = self.mobile(key);
            return self.acknowledged(at, carried, packet, ack, place);
        };
        self.acknowledged(at, carried, packet, ack, place);
    }

    fn acknowledged(
        &mut self,
        at: At,
        carried: &Carried<'_>,
        packet: &Packet<'_>,
        ack: &BindingAcknowledgement<'_>,
        place: usize,
    ) {
        let message_id = ack.options.message_id().once().map(|id| id.0);
        let proof = ack.options.mn_ha();
        let mut must = |holds: bool, sentence: &str, what: &str| {
            self.must(holds, at, place, sentence, what);
        };
        must(message_id.is_some(), "home-binding.3.7", "there is no Mesg-ID");
        must(proof.is_some(), "home-binding.3.7", "there is no MN-HA authentication option");
        must(
            proof.is_none_or(|proof| proof.value.spi >= 256),
            "keys.3.5",
            "the SPI of the MN-HA option is below 256",
        );
        must(status::name(ack.status).is_some(), "wire.8.9", "the status is none that is known");
        let low = |id: Option<u64>| id.map(|id| id & u64::from(u32::MAX));
        let about = self.mobiles.get(place).and_then(|mobile| {
            let mut updates = mobile.facts.updates.iter().rev();
            updates
                .find(|update| match ack.status {
                    status::MIPV6_ID_MISMATCH => low(update.message_id) == low(message_id),
                    _ => update.message_id == message_id,
                })
                .cloned()
        });
        let first = self.mobiles.get(place).and_then(|mobile| mobile.facts.first_update);
        // To the home address it goes as it is.
        let at_home = about.as_ref().is_some_and(|update| update.source == update.home);
        self.must(
            packet.route.routed_to.is_some() != at_home,
            at,
            place,
            "home-binding.3.8",
            if at_home {
                "there is a routing header on the way to the home address"
            } else {
                "there is no type 2 routing header"
            },
        );
        // What answers an update from before the first one that is seen, nothing is known of.
        let is_before = first.is_none_or(|first| message_id.is_some_and(|id| id < first));
        if about.is_none() && first.is_some() && is_before {
            return;
        }
        let answers = about.is_some() || is_before;
        self.must(
            answers,
            at,
            place,
            "home-binding.3.7",
            "the Mesg-ID is not that of a binding update",
        );
        let number = about.as_ref().map(|update| update.at.turn);
        let mut care_of = packet.route.destination;
        if let Some(update) = about {
            let same =
                update.sequence == ack.sequence.0 || ack.status == status::SEQUENCE_OUT_OF_WINDOW;
            self.must(
                same,
                at,
                place,
                "home-binding.3.7",
                "the sequence number is not the update's",
            );
            let within = !ack.is_accepted() || ack.lifetime.seconds() <= update.lifetime;
            self.must(
                within,
                at,
                place,
                "home-binding.3.9",
                "the lifetime is longer than the one asked for",
            );
            let home = packet.route.routed_to.is_none_or(|home| home == update.home);
            let what = "the routing header has not the home address of the update";
            self.must(home, at, place, "home-binding.3.8", what);
            let there = packet.route.destination == update.source;
            self.must(
                there,
                at,
                place,
                "home-binding.3.8",
                "it does not go to where the update came from",
            );
            // The model's goes to the care-of address.
            if there {
                care_of = update.care_of;
            }
        }
        self.check_tunnels(at, carried, Some(place));
        self.check_allowed(at, place, ack, message_id);
        let tunnelled = !carried.tunnels.is_empty();
        let new = Acknowledged {
            tunnelled,
            number: (ack.sequence.0, message_id, ack.status),
            octets: carried.octets.to_vec(),
        };
        self.check_passed_on(at, place, new);
        // The model forgets refusals that nobody waits for.
        let newest = self.mobiles.get(place).and_then(|mobile| mobile.facts.updates.back());
        if !ack.is_accepted() && newest.is_some_and(|update| update.message_id != message_id) {
            return;
        }
        let seen = Seen::Ack {
            tunnelled,
            number: Number { sequence: ack.sequence.0, message_id },
            care_of,
            accepted: ack.is_accepted(),
        };
        self.saw(at, place, carried, seen, number);
    }

    /// An acknowledgement is what the AAAH has allowed.
    fn check_allowed(
        &mut self,
        at: At,
        place: usize,
        ack: &BindingAcknowledgement<'_>,
        message_id: Option<u64>,
    ) {
        let Some(mobile) = self.mobiles.get(place) else { return };
        let Some(allowed) = mobile.facts.allowed.filter(|one| one.message_id == message_id) else {
            return;
        };
        let spi = ack.options.mn_ha().map(|proof| proof.value.spi);
        let same = allowed.spi.is_none() || spi.is_none() || spi == allowed.spi;
        let what = "the SPI of the MN-HA option is not the AAAH's";
        self.must(same, at, place, "keys.3.5", what);
        let lifetime = ack.lifetime.seconds();
        let within = |most: Option<u32>| !ack.is_accepted() || most.is_none_or(|it| lifetime <= it);
        let what = "the lifetime is longer than the key's";
        self.must(within(allowed.key_lifetime), at, place, "keys.3.6", what);
        let what = "the lifetime is longer than the AAAH's session timeout";
        self.must(within(allowed.session_timeout), at, place, "home-binding.3.9", what);
    }

    /// An acknowledgement is the same before and behind the FHA.
    fn check_passed_on(&mut self, at: At, place: usize, new: Acknowledged) {
        let Some(mobile) = self.mobiles.get_mut(place) else { return };
        let known = &mobile.facts.acknowledgements;
        let other =
            |known: &&Acknowledged| known.tunnelled != new.tunnelled && known.number == new.number;
        let changed = known.iter().any(|known| other(&known))
            && !known.iter().filter(other).any(|known| known.octets == new.octets);
        mobile.facts.keep_acknowledgement(new);
        let what = "the acknowledgement is not what the HA has sent";
        self.must(!changed, at, place, "data-path.3.4", what);
    }

    /// The nesting of what is in tunnels.
    fn check_tunnels(&mut self, at: At, carried: &Carried<'_>, place: Option<usize>) {
        let Some(inner) = carried.tunnels.iter().find(|tunnel| tunnel.kind == TunnelKind::Ipv6)
        else {
            return;
        };
        let known = place.or_else(|| {
            let of = |address| self.by_home.get(&address).copied();
            of(inner.source).or_else(|| of(inner.destination))
        });
        let Some(place) = known else { return };
        let plain = inner.tos == 0 && !inner.unfragmented;
        self.must(
            plain,
            at,
            place,
            "data-path.5.2",
            "the outer header of protocol 41 has not TOS 0 and DF clear",
        );
        let Some(mobile) = self.mobiles.get(place) else { return };
        let facts = &mobile.facts;
        let (Some(home), Some(agent)) = (facts.home_address, facts.home_agent) else { return };
        let up = inner.source == home;
        // What is still under way with an address from before is not judged.
        if !up && inner.destination != home {
            return;
        }
        let fhas = facts.requests.iter().map(|asked| asked.home_agent).chain([agent]);
        let fhas: Vec<Ipv4Addr> = fhas.collect();
        // What a translator has made of the care-of address counts too.
        let outer = carried.tunnels.iter().find(|tunnel| tunnel.kind != TunnelKind::Ipv6);
        let there = outer.map(|outer| if up { outer.destination } else { outer.source });
        let of_fha = facts.requests.iter().filter(|asked| Some(asked.home_agent) == there);
        let care_of: Vec<Ipv4Addr> = of_fha
            .clone()
            .flat_map(|asked| [Some(asked.care_of), v4_of(asked.from.ip())])
            .flatten()
            .collect();
        // Where the tunnel is seen, so are the requests that it comes of; but for those that went
        // through an agent on another way.
        let elsewhere =
            of_fha.clone().any(|asked| asked.hop != Hop::Direct && asked.is_colocated());
        let other = if up { inner.destination } else { inner.source };
        let ours = other == agent || fhas.contains(&other);
        let around = outer.is_none_or(|outer| {
            let (mn, fha) = match up {
                true => (outer.source, outer.destination),
                false => (outer.destination, outer.source),
            };
            let known = care_of.is_empty() || elsewhere || care_of.contains(&mn);
            (fhas.contains(&fha) || fha == agent) && known
        });
        let ip = if up { carried.source.ip() } else { carried.destination.ip() };
        let theirs = match (ip, &facts.parameters) {
            (IpAddr::V6(address), Some(_)) => self.by_v6.get(&address) == Some(&place),
            _ => true,
        };
        let to_home = tunnel_to_home(carried, up, facts.parameters.as_ref());
        if let Some((sentence, what)) = to_home {
            self.reject(at, place, sentence, what);
        }
        let sentence = if up { "data-path.1.1" } else { "data-path.3.4" };
        self.must(
            ours,
            at,
            place,
            sentence,
            "the tunnel of protocol 41 is not between THOAv4 and FHA",
        );
        let sentence = if up { "data-path.3.1" } else { "data-path.3.4" };
        self.must(
            around,
            at,
            place,
            sentence,
            "the Mobile IPv4 tunnel is not between care-of address and FHA",
        );
        let sentence = if up { "data-path.1.7" } else { "data-path.3.4" };
        self.must(
            theirs,
            at,
            place,
            sentence,
            "the packet in the tunnel is not of the mobile node's IPv6 care-of address",
        );
    }
}

/// Whether an update asks for a binding as only a mobile node does that has bootstrapped: by RFC 4285
/// without a key that HA and MN share already, and with everything that is needed for that here.
fn bootstraps(packet: &Packet<'_>, update: &BindingUpdate<'_>) -> bool {
    let home = packet.route.home_address;
    let proof = update.options.mn_aaa();
    update.flags.0 & update_flag::HOME_REGISTRATION != 0
        && home.is_some_and(|home| !home.is_unspecified())
        && update.options.mn_ha().is_none()
        && proof.is_some_and(|proof| proof.value.spi == spi::HMAC_SHA1)
        && update.options.nai().is_some()
        && update.options.message_id().once().is_some()
        && update.options.alternate_care_of_address().once().is_some()
}

/// What is wrong with the tunnel between mobile node and HA, if a packet is in one.
fn tunnel_to_home(
    carried: &Carried<'_>,
    up: bool,
    told: Option<&Parameters6>,
) -> Option<(&'static str, &'static str)> {
    let (home, _) = told?.home?;
    let agent = told?.agent?;
    let (care_of, _) = told?.care_of?;
    if !matches!(carried.body, Body::Data) {
        return None;
    }
    let outer = v6::Packet::decode(carried.octets).ok()?;
    let upper = outer.upper_layer().ok()?;
    let inner = upper.octets_of(protocol::IPV6).ok()?;
    let inner = v6::Packet::decode(inner).ok()?;
    // What is still under way with addresses from before is not judged.
    let (near, far) = match up {
        true => (outer.source, outer.destination),
        false => (outer.destination, outer.source),
    };
    if near != care_of {
        return None;
    }
    let theirs = if up { inner.source } else { inner.destination };
    if up && theirs != home {
        return Some(("data-path.1.7", "the packet for the HA is not of the IPv6 home address"));
    }
    if up && far != agent {
        return Some(("data-path.1.6", "the tunnel is not to the HA"));
    }
    (!up && (far != agent || theirs != home))
        .then_some(("data-path.4.1", "the tunnel is not from the HA, or not for the home address"))
}
