//! Binding updates: leg C, the home agent's checks, and the acknowledgement.

use core::{net::Ipv6Addr, time::Duration};

use dsboot_codec::{
    dsb::{Parameter, Prefixed},
    ip::is_routable,
    mip6::{
        Addresses, BindingAcknowledgement, BindingError, Builder, Identifier, Lifetime, Message,
        MobilityOption, Packet, Route, Sequence, Timestamp,
    },
    radius::{Attribute, RequestBuilder, SubAttribute},
};
use dsboot_spec::registry::mip6::{FIRST_SPI, MN_HA_KEY_LENGTH, error_status, status};

use super::{Association, Ha, HomeBinding};
use crate::{
    AddressChange, Effect, Effects, Nai, Random, Time,
    count::Binding as Reason,
    fault::{Fault, is},
    radius::Answer,
};

/// The prefix length of an address on its own, in bits.
const HOST_PREFIX: u8 = 128;

/// A binding update as far as the home agent needs it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Update {
    pub(super) nai: Nai,
    pub(super) node: Addresses,
    /// Where it came from, and its acknowledgement goes.
    source: Ipv6Addr,
    pub(super) sequence: Sequence,
    lifetime: Lifetime,
    message_id: Timestamp,
    spi: u32,
    authenticator: [u8; 20],
    digest: [u8; 20],
    /// When it came.
    arrived: Time,
}

/// What the AAAH grants by an Access-Accept of leg C.
pub(super) struct Grant {
    association: Association,
    session_ends: Option<Time>,
}

impl Grant {
    /// Reads an Accept; `None` when it has no key that can be used.
    pub(super) fn read(answer: &Answer<'_>, now: Time) -> Option<Grant> {
        let vendor = answer.vendor();
        let after = |seconds: u32| now + Duration::from_secs(seconds.into());
        let key = answer.reveal(vendor.mip6_mn_ha_key().once()?)?;
        let spi = vendor.mip6_mn_ha_spi().once()?;
        //= keys.3.4
        (key.octets().len() == MN_HA_KEY_LENGTH && spi >= FIRST_SPI).then_some(Grant {
            association: Association {
                spi,
                key,
                expires: after(vendor.mip6_msa_lifetime().once()?),
            },
            session_ends: answer.packet().session_timeout().once().map(after),
        })
    }
}

impl Ha {
    /// A mobility message to the home agent.
    pub(super) fn on_mobility(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        octets: &[u8],
        effects: &mut Effects,
    ) {
        let Ok(packet) = Packet::decode(octets) else { return effects.count(Reason::Malformed) };
        match packet.message {
            Message::BindingUpdate(update) if update.flags.home_registration() => {}
            //= home-binding.2.13
            Message::Other { .. } => return self.unknown(&packet, effects),
            _ => return effects.count(Reason::Unexpected),
        }
        let update = match Update::read(now, &packet) {
            Ok(update) => update,
            Err(reason) => return effects.count(reason),
        };
        //= home-binding.2.14
        if let Some(option) = packet.message.options().mn_ha() {
            let association = self.association(now, &update.nai);
            let association = association.filter(|known| known.spi == option.value.spi);
            if association.is_some_and(|known| !packet.verify_mn_ha(known.key.octets())) {
                effects.count(Reason::BadAuthenticator);
                return self.refuse_under_old(now, &update, effects);
            }
        }
        self.ask(now, random, update, effects);
    }

    /// Asks the AAAH about an update.
    fn ask(&mut self, now: Time, random: &mut dyn Random, update: Update, effects: &mut Effects) {
        //= home-binding.2.9
        if self.pending.contains_key(&update.nai) && !is(Fault::HaAsksInParallel) {
            return effects.count(Reason::Parallel);
        }
        let (vendor_id, home_length) = (self.config.vendor_id, self.config.home_prefix.length());
        let build =
            |builder: &mut RequestBuilder| update.access_request(builder, vendor_id, home_length);
        //= home-binding.2.1
        //= home-binding.2.2
        if self.radius.send(now, random, update.nai.clone(), build, effects) {
            self.pending.insert(update.nai.clone(), update);
        }
    }

    /// Decides about an update that the AAAH has accepted.
    pub(super) fn decide(
        &mut self,
        now: Time,
        update: &Update,
        grant: &Grant,
        effects: &mut Effects,
    ) {
        let verdict = self.check(update);
        let association = &grant.association;
        let granted = self.lifetime(now, update, grant);
        // An accepting answer with lifetime 0 would tell that the binding is ended.
        let verdict = verdict.and(if granted == Lifetime::ZERO && !update.is_end() {
            Err(status::ADMINISTRATIVELY_PROHIBITED)
        } else {
            Ok(())
        });
        let lifetime = match verdict {
            Ok(()) if update.is_end() => {
                self.delete(now, update, effects);
                Lifetime::ZERO
            }
            Ok(()) => {
                self.bind(now, update, granted, association, effects);
                granted
            }
            Err(_) => Lifetime::ZERO,
        };
        effects.count(if verdict.is_ok() { Reason::Accepted } else { Reason::Denied });
        if is(Fault::HaStaysSilent) {
            return;
        }
        let status = verdict.err().unwrap_or(status::ACCEPTED);
        self.acknowledge(now, update, status, lifetime, association, effects);
    }

    /// Answers 146 under an association that the home agent already has; without one, in silence.
    pub(super) fn refuse_under_old(&self, now: Time, update: &Update, effects: &mut Effects) {
        if let Some(association) = self.association(now, &update.nai).cloned() {
            effects.count(Reason::Denied);
            let status = status::MIPV6_AUTH_FAIL;
            self.acknowledge(now, update, status, Lifetime::ZERO, &association, effects);
        }
    }

    /// Why an update that is the mobile node's is not accepted, if it is not.
    fn check(&self, update: &Update) -> Result<(), u8> {
        //= home-binding.3.1
        //= home-binding.3.14
        let bound = self.bindings.get(&update.node.home);
        let own = bound.filter(|binding| binding.nai == update.nai);
        let last = own.map(|binding| binding.message_id);
        let last = last.max(self.bindings.mark(&update.nai));
        let clock = Timestamp(update.arrived.ntp());
        let near = update.message_id.is_close_to(clock, self.config.tolerance);
        let stale = last.is_some_and(|last| update.message_id <= last);
        if !near || (stale && !is(Fault::HaTakesStale)) {
            return Err(status::MIPV6_ID_MISMATCH);
        }
        //= home-binding.3.2
        let greater = own.is_none_or(|binding| update.sequence.is_greater_than(binding.sequence));
        if !greater && !is(Fault::HaTakesStale) {
            return Err(status::SEQUENCE_OUT_OF_WINDOW);
        }
        //= home-binding.3.3
        if !self.config.home_prefix.contains(update.node.home) {
            return Err(status::NOT_HOME_SUBNET);
        }
        //= home-binding.3.4
        if own.is_none() && (bound.is_some() || update.node.home == self.config.address) {
            return Err(status::DAD_FAILED);
        }
        //= home-binding.3.5
        let full = self.bindings.len() >= self.config.capacity;
        if full && bound.is_none() && !update.is_end() {
            return Err(status::INSUFFICIENT_RESOURCES);
        }
        Ok(())
    }

    /// The lifetime that is granted.
    fn lifetime(&self, now: Time, update: &Update, grant: &Grant) -> Lifetime {
        //= home-binding.3.9
        let left = |ends: Time| now.until(ends).as_secs();
        let asked = u64::from(update.lifetime.seconds());
        //= keys.3.6
        let limits = [
            Some(u64::from(self.config.max_lifetime)),
            grant.session_ends.map(left),
            Some(left(grant.association.expires)),
        ];
        Lifetime::from_seconds(limits.into_iter().flatten().fold(asked, u64::min))
    }

    /// Enters the binding.
    fn bind(
        &mut self,
        now: Time,
        update: &Update,
        lifetime: Lifetime,
        association: &Association,
        effects: &mut Effects,
    ) {
        let expires = now + Duration::from_secs(lifetime.seconds().into());
        //= home-binding.3.10
        //= movement.1.9
        let binding = HomeBinding {
            nai: update.nai.clone(),
            care_of_address: update.node.care_of,
            sequence: update.sequence,
            message_id: update.message_id,
            expires,
            association: association.clone(),
        };
        //= home-binding.3.13
        if self.bindings.insert(update.node.home, binding).is_none() {
            effects.push(Effect::Address(AddressChange::Add(update.node.home.into())));
        }
    }

    fn delete(&mut self, now: Time, update: &Update, effects: &mut Effects) {
        //= home-binding.3.12
        self.remember(now, update.nai.clone(), update.message_id);
        if is(Fault::HaKeepsReleased) {
            return;
        }
        if self.bindings.remove(&update.node.home).is_some() {
            effects.push(Effect::Address(AddressChange::Remove(update.node.home.into())));
        }
    }

    fn acknowledge(
        &self,
        now: Time,
        update: &Update,
        status: u8,
        lifetime: Lifetime,
        association: &Association,
        effects: &mut Effects,
    ) {
        //= home-binding.3.6
        //= home-binding.3.7
        let sequence = match (status, self.bindings.get(&update.node.home)) {
            (status::SEQUENCE_OUT_OF_WINDOW, Some(binding)) => binding.sequence,
            _ => update.sequence,
        };
        let message_id = match status {
            status::MIPV6_ID_MISMATCH => update.message_id.corrected(Timestamp(now.ntp())),
            _ => update.message_id,
        };
        //= home-binding.3.8
        let back = Addresses { home: update.node.home, care_of: update.source };
        let packet = Builder::new(BindingAcknowledgement::new(status, sequence, lifetime))
            .option(&MobilityOption::MobileNodeIdentifier(Identifier::nai(update.nai.octets())))
            .option(&MobilityOption::MessageId(message_id))
            .sign_mn_ha(association.spi, association.key.octets())
            .packet(&Route::to_mobile_node(self.config.address, back));
        emit(packet, effects);
    }

    /// Answers a message of a type that nobody here knows.
    fn unknown(&self, packet: &Packet<'_>, effects: &mut Effects) {
        effects.count(Reason::Unexpected);
        if !is_routable(packet.route.source) {
            return;
        }
        let home = packet.route.home_address.unwrap_or(Ipv6Addr::UNSPECIFIED);
        let error = BindingError::new(error_status::UNKNOWN_MH_TYPE, home);
        let route = Route::direct(self.config.address, packet.route.source);
        emit(Builder::new(error).packet(&route), effects);
    }

    /// The association with a mobile node that a binding keeps.
    fn association(&self, now: Time, nai: &Nai) -> Option<&Association> {
        self.bindings.association(now, nai)
    }
}

impl Update {
    /// Reads an update; what must be dropped in silence is an error.
    fn read(now: Time, packet: &Packet<'_>) -> Result<Update, Reason> {
        let Message::BindingUpdate(update) = packet.message else {
            return Err(Reason::Unexpected);
        };
        //= home-binding.3.8
        let source = packet.route.source;
        if source.is_multicast() || source.is_unspecified() {
            return Err(Reason::Malformed);
        }
        //= home-binding.2.15
        let node = packet.addresses();
        if !is_routable(node.care_of) {
            return Err(Reason::Malformed);
        }
        //= home-binding.2.16
        let is_nonces = |option| matches!(option, MobilityOption::NonceIndices(_));
        if update.options.iter().any(|one| is_nonces(one.value)) {
            return Err(Reason::Malformed);
        }
        //= home-binding.2.11
        let nai = update.options.nai().and_then(Nai::new).ok_or(Reason::NoNai)?;
        let mn_aaa = packet.mn_aaa().ok_or(Reason::NoAuthentication)?;
        let authenticator =
            mn_aaa.authenticator.try_into().map_err(|_| Reason::NoAuthentication)?;
        //= home-binding.2.12
        let message_id = update.options.message_id().once().ok_or(Reason::NoMessageId)?;
        Ok(Update {
            nai,
            node,
            source,
            sequence: update.sequence,
            lifetime: update.lifetime,
            message_id,
            spi: mn_aaa.spi,
            authenticator,
            digest: mn_aaa.digest,
            arrived: now,
        })
    }

    /// Whether it asks for the binding's end.
    fn is_end(&self) -> bool {
        //= home-binding.3.12
        self.lifetime == Lifetime::ZERO || self.node.care_of == self.node.home
    }

    /// Fills the Access-Request of leg C.
    fn access_request(&self, builder: &mut RequestBuilder, vendor_id: u32, home_length: u8) {
        //= home-binding.2.3
        builder.attribute(&Attribute::UserName(self.nai.octets()));
        let home = Prefixed::<Ipv6Addr>::new(self.node.home, home_length);
        let care_of = Prefixed::<Ipv6Addr>::new(self.node.care_of, HOST_PREFIX);
        let parameters =
            [home.map(Parameter::Ipv6Hoa), care_of.map(Parameter::Ipv6Coa)].into_iter().flatten();
        let attributes = parameters.map(SubAttribute::from).chain([
            SubAttribute::Mip6MnAaaSpi(self.spi),
            SubAttribute::Mip6Authenticator(&self.authenticator),
            SubAttribute::Mip6MacMobilityData(&self.digest),
            SubAttribute::Mip6Timestamp(self.message_id.0),
        ]);
        for attribute in attributes {
            builder.sub_attribute(vendor_id, &attribute);
        }
    }
}

fn emit<E>(packet: Result<Vec<u8>, E>, effects: &mut Effects) {
    match packet {
        Ok(octets) => {
            effects.push(Effect::Packet(crate::Packet { neighbour: None, octets }));
        }
        Err(_) => effects.count(Reason::NotEncodable),
    }
}
