//! The foreign home agent: the mobile node's Mobile IPv4 home agent in the visited network, and
//! the place where its IPv6 packets leave and enter the IPv4 tunnel.

mod bindings;
mod config;
mod data;
mod grant;
mod reply;
mod request;

use core::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};
use std::collections::{BTreeMap, BTreeSet};

use dsboot_codec::{
    mip4::{Code, Identification, Message},
    radius::RequestBuilder,
};
use dsboot_spec::registry::{
    mip4::{FIRST_FREE_SPI, LIFETIME_INFINITE, code},
    radius::code as radius_code,
};

pub(crate) use bindings::ADDRESS_KEPT;
pub use bindings::{
    Binding, Bindings, Given, Ipv6Parameters, Key, KeyTold, Mark, Record, TunnelEnd,
};
pub use config::{FhaConfig, ForeignAgent};

use crate::{
    AddressChange, Datagram, Effect, Effects, Input, Machine, Nai, Random, Time,
    count::{Radius, Registration},
    fault::{Fault, is},
    radius::Client,
};
use grant::Grant;
use reply::Reply;
use request::{Proof, Request};

/// How long a released MN may repeat its deregistration and is answered.
const REPEATED_DEREGISTRATION: Duration = Duration::from_secs(60);

/// A foreign home agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fha {
    config: FhaConfig,
    bindings: Bindings,
    pending: BTreeMap<Nai, Pending>,
    radius: Client<Nai>,
}

/// A request that waits for the AAAH.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Pending {
    request: Request,
    /// When it came.
    arrived: Time,
    /// The SPI that the FHA offers for the new association.
    fha_spi: u32,
}

/// Why a request is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refusal {
    code: Code,
    /// The Identification of the reply, where it is not the request's.
    identification: Option<Identification>,
}

impl From<u8> for Refusal {
    fn from(code: u8) -> Refusal {
        Refusal { code: Code(code), identification: None }
    }
}

impl Fha {
    /// A foreign home agent without bindings.
    #[must_use]
    pub fn new(config: FhaConfig) -> Fha {
        let radius = Client::new(config.radius.clone());
        Fha { config, bindings: Bindings::default(), pending: BTreeMap::new(), radius }
    }

    /// What it is configured with.
    #[must_use]
    pub fn config(&self) -> &FhaConfig {
        &self.config
    }

    /// Notes from now on what changes of what it keeps over a crash.
    pub fn keep_journal(&mut self) {
        self.bindings.keep_journal();
    }

    /// What has changed since the last time, if that is noted.
    pub fn take_changed(&mut self) -> BTreeSet<Key> {
        self.bindings.take_changed()
    }

    /// What it keeps under a key, if there is something.
    #[must_use]
    pub fn record(&self, key: &Key) -> Option<Record> {
        self.bindings.record(key)
    }

    /// Takes over what was kept before a crash.
    pub fn restore(&mut self, key: Key, record: Record) {
        self.bindings.restore(key, record);
    }

    /// The bindings that it holds.
    #[must_use]
    pub fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    /// Whose requests wait for the AAAH, with the Identification of each.
    pub fn pending(&self) -> impl Iterator<Item = (&Nai, Identification)> {
        self.pending.iter().map(|(nai, pending)| (nai, pending.request.identification))
    }

    fn on_request(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        datagram: &Datagram,
        effects: &mut Effects,
    ) {
        let holder = |home| self.bindings.holder(home).map(|(nai, _)| nai.clone());
        let request = match Request::read(datagram, holder) {
            Ok(request) => request.with_parameters_of(self.config.vendor_id),
            Err(reason) => return effects.count(reason),
        };
        //= registration.7.20
        if request.is_by_unknown_agent(&self.config) {
            return effects.count(Registration::ForeignAgentUnproved);
        }
        //= registration.7.7
        if let Some(reply) = self.reply_given_to(&request) {
            effects.count(Registration::Duplicate);
            if is(Fault::FhaProlongsOnDuplicate) {
                self.bindings.prolong(&request.nai);
            }
            return effects.send(request.answer(reply));
        }
        //= registration.7.9
        if !request.foreign_agent_proved(&self.config) {
            effects.count(Registration::ForeignAgentUnproved);
            return self.refuse_under_old(now, &request, code::HA_FA_AUTHENTICATION, effects);
        }
        match request.proof {
            Proof::Association { spi } => self.on_known(now, &request, spi, effects),
            Proof::Aaa { .. } => self.ask(now, random, request, effects),
        }
    }

    /// The reply given to the request accepted last, if this is the same request again.
    fn reply_given_to(&self, request: &Request) -> Option<Vec<u8>> {
        if is(Fault::FhaForgetsReply) {
            return None;
        }
        let binding = self.bindings.get(&request.nai)?;
        let Given { request: digest, lifetime, key } = &binding.given;
        if *digest != request.digest() {
            return None;
        }
        let reply = Reply::accept(request, &self.config, binding, *lifetime);
        reply.maybe_key(key.as_ref(), &binding.association).sign(&binding.association)
    }

    /// Step 5: asks the AAAH about a request that only it can judge.
    fn ask(&mut self, now: Time, random: &mut dyn Random, request: Request, effects: &mut Effects) {
        //= registration.6.2
        if self.pending.contains_key(&request.nai) && !is(Fault::FhaAsksInParallel) {
            return effects.count(Registration::Parallel);
        }
        let fha_spi = self.choose_spi(&request.nai, random);
        let current = self.bindings.get(&request.nai).map(|binding| binding.thoav4);
        let build = |builder: &mut RequestBuilder| {
            request.access_request(builder, &self.config, fha_spi, current);
        };
        //= registration.6.1
        if self.radius.send(now, random, request.nai.clone(), build, effects) {
            self.pending.insert(request.nai.clone(), Pending { request, arrived: now, fha_spi });
        }
    }

    /// An SPI for a new association with an MN: unreserved, and not the one in use.
    fn choose_spi(&self, nai: &Nai, random: &mut dyn Random) -> u32 {
        //= keys.1.8
        let used = self.bindings.get(nai).map(|binding| binding.association.fha_spi);
        let spi = random.u32().max(FIRST_FREE_SPI);
        if used == Some(spi) { spi.checked_add(1).unwrap_or(FIRST_FREE_SPI) } else { spi }
    }

    fn on_answer(&mut self, now: Time, datagram: &Datagram, effects: &mut Effects) {
        let Some((nai, answer)) = self.radius.handle(datagram, effects) else { return };
        let Some(Pending { request, arrived, fha_spi }) = self.pending.remove(&nai) else { return };
        match answer.packet().code() {
            radius_code::ACCESS_ACCEPT => {}
            //= registration.6.14
            radius_code::ACCESS_REJECT => {
                effects.count(Registration::AaaRejected);
                return self.refuse_under_old(now, &request, code::HA_BAD_AAA_AUTH, effects);
            }
            _ => return effects.count(Radius::UnexpectedCode),
        }
        //= registration.6.16
        let Some(grant) = Grant::read(&answer, &request, fha_spi, now) else {
            return effects.count(Registration::IncompleteAccept);
        };
        //= registration.7.16
        let decision =
            self.check(now, arrived, &request).and_then(|()| self.check_grant(&request, &grant));
        match decision {
            Ok(()) if request.lifetime == 0 => {
                let reply = Reply::released(&request, &self.config).key(&grant);
                let signed = reply.sign(&grant.association);
                self.deregister(now, &request, signed, effects);
            }
            Ok(()) => self.accept_first(now, &request, &grant, effects),
            Err(Refusal { code, identification }) => {
                //= registration.7.6
                let reply = Reply::refuse(&request, &self.config, code, identification).key(&grant);
                refuse(&request, reply.sign(&grant.association), effects);
            }
        }
    }

    /// A request under an association that is there already.
    fn on_known(&mut self, now: Time, request: &Request, spi: u32, effects: &mut Effects) {
        //= registration.7.1
        let Some(association) = self.bindings.association(&request.nai, now).cloned() else {
            return effects.count(Registration::NoAssociation);
        };
        //= registration.7.3
        let proved = request.proved_by(&association) || is(Fault::FhaTakesUnproved);
        if association.fha_spi != spi || !proved {
            effects.count(Registration::BadAuthenticator);
            return self.refuse_under_old(now, request, code::HA_MN_AUTHENTICATION, effects);
        }
        match self.check(now, now, request).and_then(|()| self.check_home(request)) {
            Ok(()) if request.lifetime == 0 => {
                let signed = Reply::released(request, &self.config).sign(&association);
                self.deregister(now, request, signed, effects);
            }
            Ok(()) => self.accept_again(now, request, effects),
            Err(Refusal { code, identification }) => {
                let reply = Reply::refuse(request, &self.config, code, identification);
                refuse(request, reply.sign(&association), effects);
            }
        }
    }

    /// Refuses what has not been proved, under an association that is there for other reasons;
    /// without one, in silence.
    fn refuse_under_old(&self, now: Time, request: &Request, code: u8, effects: &mut Effects) {
        let reply = Reply::refuse(request, &self.config, Code(code), None);
        let signed = match self.bindings.association(&request.nai, now) {
            Some(association) => reply.sign(association),
            None => reply.sign_for_agent_alone(),
        };
        if signed.is_some() {
            refuse(request, signed, effects);
        }
    }

    /// What every request must satisfy once its authenticator has been found right; it came at
    /// `arrived`.
    fn check(&self, now: Time, arrived: Time, request: &Request) -> Result<(), Refusal> {
        //= registration.7.4
        let last = self.bindings.last_identification(&request.nai);
        let greater = last.is_none_or(|last| request.identification > last);
        let fresh = greater || is(Fault::FhaTakesStale);
        //= registration.7.5
        let apart = request.identification.high().abs_diff(arrived.ntp_seconds());
        if !fresh || u64::from(apart) > self.config.tolerance.as_secs() {
            return Err(Refusal {
                code: Code(code::IDENTIFICATION_MISMATCH),
                identification: Some(request.identification.answered_with(now.ntp_seconds())),
            });
        }
        //= registration.7.8
        let flags = request.flags;
        if flags.reserved_x() {
            Err(code::HA_POORLY_FORMED_REQUEST.into())
        } else if request.home_agent != self.config.address {
            Err(code::UNKNOWN_HOME_AGENT.into())
        } else if !flags.reverse_tunnel() {
            Err(code::HA_REVERSE_TUNNEL_MANDATORY.into())
        } else if flags.minimal_encapsulation() || flags.gre() {
            Err(code::HA_ENCAPSULATION.into())
        } else if let Some(code) = request.refused_vendor() {
            Err(code.into())
        } else {
            Ok(())
        }
    }

    /// What the AAAH granted must be usable here.
    fn check_grant(&self, request: &Request, grant: &Grant) -> Result<(), Refusal> {
        if request.lifetime == 0 {
            return Ok(());
        }
        //= registration.6.17
        let thoav4 = grant.thoav4.ok_or(code::HA_RESOURCES)?;
        //= registration.6.18
        //= registration.7.18
        let care_of = grant.ipv6.care_of_address.map(|prefixed| prefixed.address());
        if care_of.is_some_and(|address| !self.config.owns(address))
            || !self.bindings.are_free_for(&request.nai, thoav4, care_of)
        {
            return Err(code::HA_PROHIBITED.into());
        }
        let full = self.bindings.len() >= self.config.capacity;
        if full && self.bindings.get(&request.nai).is_none() {
            return Err(code::HA_RESOURCES.into());
        }
        Ok(())
    }

    /// A request under an association names the home address that goes with it.
    fn check_home(&self, request: &Request) -> Result<(), Refusal> {
        let bound = self.bindings.get(&request.nai).map(|binding| binding.thoav4);
        if request.lifetime == 0 || bound == Some(request.home_address) {
            Ok(())
        } else {
            Err(code::HA_PROHIBITED.into())
        }
    }

    fn accept_first(&mut self, now: Time, request: &Request, grant: &Grant, effects: &mut Effects) {
        let Some(thoav4) = grant.thoav4 else { return };
        //= registration.6.19
        let binding = Binding {
            thoav4,
            care_of_address: request.care_of_address,
            tunnel: request.tunnel_end(&self.config),
            ipv6: grant.ipv6.clone(),
            identification: request.identification,
            expires: now,
            session_ends: grant.session_ends,
            association: grant.association.clone(),
            given: Given::default(),
        };
        self.bind(now, request, binding, Some(grant), effects);
    }

    /// A refresh or a movement: everything stays but way, end and time.
    fn accept_again(&mut self, now: Time, request: &Request, effects: &mut Effects) {
        let Some(old) = self.bindings.get(&request.nai) else { return };
        //= movement.1.3
        //= movement.1.5
        let care_of_address = match is(Fault::FhaKeepsOldCareOf) {
            true => old.care_of_address,
            false => request.care_of_address,
        };
        let binding = Binding {
            care_of_address,
            tunnel: request.tunnel_end(&self.config).known_from(old.tunnel),
            identification: request.identification,
            ..old.clone()
        };
        self.bind(now, request, binding, None, effects);
    }

    /// Enters `binding`, with its lifetime decided here, and answers.
    fn bind(
        &mut self,
        now: Time,
        request: &Request,
        mut binding: Binding,
        grant: Option<&Grant>,
        effects: &mut Effects,
    ) {
        let lifetime = self.lifetime(now, request.lifetime, &binding);
        //= registration.7.17
        if lifetime == 0 {
            let code = Code(code::HA_PROHIBITED);
            let reply = Reply::refuse(request, &self.config, code, None)
                .maybe_key(grant.map(|grant| &grant.key), &binding.association);
            return refuse(request, reply.sign(&binding.association), effects);
        }
        binding.expires = now + Duration::from_secs(lifetime.into());
        let reply = Reply::accept(request, &self.config, &binding, lifetime)
            .maybe_key(grant.map(|grant| &grant.key), &binding.association);
        let Some(octets) = reply.sign(&binding.association) else {
            return effects.count(Registration::NotEncodable);
        };
        binding.given = Given {
            request: request.digest(),
            lifetime,
            key: grant.map(|grant| grant.key.clone()),
        };
        //= registration.7.10
        //= registration.7.11
        //= registration.7.15
        let old = self.bindings.get(&request.nai).and_then(Binding::defended);
        let new = binding.defended();
        self.bindings.insert(request.nai.clone(), binding);
        defend(old, new, effects);
        effects.count(Registration::Accepted);
        effects.send(request.answer(octets));
    }

    /// What is granted of a lifetime asked for, in seconds.
    fn lifetime(&self, now: Time, asked: u16, binding: &Binding) -> u16 {
        //= registration.7.12
        //= movement.2.5
        //= keys.1.11
        let ends = binding.session_ends.min(binding.association.expires);
        let left = u16::try_from(now.until(ends).as_secs()).unwrap_or(u16::MAX);
        if is(Fault::FhaOutlivesSession) {
            return LIFETIME_INFINITE - 1;
        }
        asked.min(self.config.max_lifetime).min(left).min(LIFETIME_INFINITE - 1)
    }

    fn deregister(
        &mut self,
        now: Time,
        request: &Request,
        signed: Option<Vec<u8>>,
        effects: &mut Effects,
    ) {
        let Some(octets) = signed else {
            return effects.count(Registration::NotEncodable);
        };
        //= movement.3.3
        let everything = request.care_of_address == request.home_address;
        let meant = self.bindings.get(&request.nai).is_some_and(|binding| {
            everything || binding.care_of_address == request.care_of_address
        });
        if meant && !is(Fault::FhaKeepsReleased) {
            //= movement.3.5
            let keep = self.keep();
            let ended = self.bindings.end(&request.nai, request.identification, now, keep);
            defend(ended.and_then(|binding| binding.defended()), None, effects);
        } else {
            //= movement.3.7
            self.bindings.raise(&request.nai, request.identification);
        }
        effects.count(Registration::Released);
        effects.send(request.answer(octets));
    }

    /// How long an MN whose binding has ended is remembered: longer than its last request could
    /// be replayed, and as long as it may repeat its deregistration.
    fn keep(&self) -> Duration {
        //= registration.7.14
        (self.config.tolerance * 2).max(REPEATED_DEREGISTRATION)
    }

    fn on_timeout(&mut self, now: Time, random: &mut dyn Random, effects: &mut Effects) {
        //= registration.6.15
        for nai in self.radius.timeout(now, random, effects) {
            self.pending.remove(&nai);
            effects.count(Registration::AaaSilent);
        }
        //= registration.7.13
        //= movement.3.10
        for binding in self.bindings.expire(now, self.keep()) {
            effects.count(Registration::Expired);
            defend(binding.defended(), None, effects);
        }
    }
}

impl Machine for Fha {
    fn handle(&mut self, now: Time, random: &mut dyn Random, input: Input<'_>) -> Effects {
        let mut effects = Effects::new();
        match input {
            Input::Datagram(datagram) if datagram.destination == self.config.radius.local => {
                self.on_answer(now, datagram, &mut effects);
            }
            Input::Datagram(datagram) => match Message::decode(&datagram.payload) {
                Ok(Message::Request(_)) => self.on_request(now, random, datagram, &mut effects),
                Ok(Message::TunnelData(data)) => self.on_tunnel_data(datagram, data, &mut effects),
                Ok(_) => effects.count(Registration::Unexpected),
                Err(_) => effects.count(Registration::Malformed),
            },
            Input::Packet(packet) => self.on_packet(packet, &mut effects),
            Input::Timeout => self.on_timeout(now, random, &mut effects),
        }
        effects
    }

    fn poll_timeout(&self) -> Option<Time> {
        [self.radius.poll_timeout(), self.bindings.next_end()].into_iter().flatten().min()
    }
}

/// Sends a refusal, if it could be made.
fn refuse(request: &Request, signed: Option<Vec<u8>>, effects: &mut Effects) {
    match signed {
        Some(octets) => {
            effects.count(Registration::Refused);
            effects.send(request.answer(octets));
        }
        None => effects.count(Registration::NotEncodable),
    }
}

/// Gives up one IPv6 care-of address and takes on another.
fn defend(old: Option<Ipv6Addr>, new: Option<Ipv6Addr>, effects: &mut Effects) {
    if old != new {
        let changes = [
            old.map(|a| AddressChange::Remove(IpAddr::V6(a))),
            new.map(|a| AddressChange::Add(IpAddr::V6(a))),
        ];
        changes.into_iter().flatten().for_each(|change| effects.push(Effect::Address(change)));
    }
}
