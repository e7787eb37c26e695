//! The AAA server: the AAAH of an integrated provider, the AAAH of a mobility provider alone, or
//! the AAAF of an access provider. One machine; [`AaaKind`] says which legs it answers.
//!
//! | leg | client | what is proved | what is given |
//! |---|---|---|---|
//! | A ([`Leg::Access`]) | NAS | the access secret, by EAP | FHA, co-located address |
//! | B ([`Leg::Mobility`]) | FHA | the MN–AAA key, by CHAP | THOAv4, IPv6 parameters, MN–FHA key |
//! | C ([`Leg::Binding`]) | HA | the MN–AAA key, by RFC 4285 | MN–HA key |
//!
//! What a server checks of freshness: in leg A its own challenge. In leg B nothing, as the
//! challenge is the FA's or none and the Identification the FHA's to check; repeating a request
//! there assigns nothing new, and its fresh key goes to the FHA alone. In leg C nothing, as the
//! HA has to answer a stale Mesg-ID under the key that this server gives it.

mod access;
mod binding;
mod config;
mod mobility;
mod reply;

use core::net::{Ipv4Addr, Ipv6Addr};
use core::str;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use dsboot_codec::Found;
use dsboot_codec::dsb::Prefixed;
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::radius::retransmission;

pub use config::{
    AaaConfig, AaaKind, AddressRange, CareOfSource, ConfigError, Fha, HomeRecord, Location,
    Mobility, User,
};

use crate::expiring::Expiring;
use crate::journal::Journal;
use crate::pool::Pool;
use crate::radius::{Request, Server};
use crate::{Datagram, Effects, Input, Machine, Nai, Random, Time, count};
use access::Session;
use mobility::Assignment;
use reply::Reply;

/// How long an address outlives what it was given for: so much later than the server the client
/// may get the answer, and counts from there.
const LATE: Duration = Duration::from_secs(retransmission::MAXIMUM_DURATION_SECONDS);

/// What a request is about, told by the client's role alone (H-9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leg {
    /// A: the NAS asks for access (step 2).
    Access,
    /// B: the FHA asks about a registration (step 5).
    Mobility,
    /// C: the HA asks about a binding update.
    Binding,
}

impl Leg {
    /// The leg of clients in that role, a [`client_role`].
    #[must_use]
    pub const fn of(role: u32) -> Option<Leg> {
        match role {
            client_role::NAS | client_role::NAS_FA => Some(Leg::Access),
            client_role::FHA => Some(Leg::Mobility),
            client_role::HA => Some(Leg::Binding),
            _ => None,
        }
    }
}

/// An AAA server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Aaa {
    config: AaaConfig,
    server: Server,
    /// EAP conversations by State.
    sessions: Expiring<[u8; 16], Session>,
    /// Care-of addresses by user and name of the NAS.
    leases: Expiring<(Nai, String), Ipv4Addr>,
    /// By name of the NAS.
    care_of_pools: BTreeMap<String, Pool>,
    /// What users hold at FHAs, by user and name of the FHA.
    assignments: Expiring<(Nai, String), Assignment>,
    /// THOAv4 by name of the FHA.
    home_pools: BTreeMap<String, Pool>,
    journal: Journal<Key>,
}

/// What a [`Record`] is kept under: a user, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// What a user holds at the FHA of that name.
    Assignment(Nai, String),
    /// The care-of address that a user holds at the NAS of that name.
    Lease(Nai, String),
}

/// What an AAA server keeps over a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// The IPv4 address: THOAv4, or care-of address.
    pub address: Ipv4Addr,
    /// IPv6 care-of address that goes with a THOAv4.
    pub ipv6_coa: Option<Prefixed<Ipv6Addr>>,
    /// When what the last Accept granted ends.
    pub ends: Time,
    /// Until when the addresses stay taken.
    pub until: Time,
}

/// Why a request gets no accept and no challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Refusal {
    /// It gets no answer at all.
    Silence(count::Radius),
    /// It gets an Access-Reject.
    Reject(count::Radius),
    /// It gets an Access-Reject that carries an EAP packet.
    RejectEap(count::Radius, Vec<u8>),
}

impl From<count::Radius> for Refusal {
    fn from(reason: count::Radius) -> Refusal {
        Refusal::Reject(reason)
    }
}

/// What a user holds at an FHA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignmentView<'a> {
    /// The user.
    pub nai: &'a Nai,
    /// Name of the FHA.
    pub fha: &'a str,
    /// Temporary IPv4 home address.
    pub thoav4: Ipv4Addr,
    /// IPv6 care-of address, if one could be made.
    pub ipv6_coa: Option<Prefixed<Ipv6Addr>>,
    /// When what the last Accept granted ends. The addresses stay taken a little longer.
    pub ends: Time,
}

/// A co-located care-of address that a user holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseView<'a> {
    /// The user.
    pub nai: &'a Nai,
    /// Name of the NAS.
    pub nas: &'a str,
    /// The address.
    pub care_of: Ipv4Addr,
}

impl Aaa {
    /// A server that nobody has asked anything yet.
    ///
    /// # Errors
    /// When the configuration contradicts itself or the protocol.
    pub fn new(config: AaaConfig) -> Result<Aaa, ConfigError> {
        config.check()?;
        let home_pools = config.fhas.iter().filter_map(|(name, fha)| {
            fha.home_addresses.map(|range| (name.clone(), Pool::new(range)))
        });
        let care_of_pools =
            config.locations.iter().filter_map(|(name, location)| match location.care_of {
                CareOfSource::Pool { range, .. } => Some((name.clone(), Pool::new(range))),
                CareOfSource::None | CareOfSource::Nas => None,
            });
        Ok(Aaa {
            server: Server::new(config.radius.clone()),
            sessions: Expiring::default(),
            leases: Expiring::default(),
            care_of_pools: care_of_pools.collect(),
            assignments: Expiring::default(),
            home_pools: home_pools.collect(),
            journal: Journal::default(),
            config,
        })
    }

    /// What it was configured with.
    #[must_use]
    pub const fn config(&self) -> &AaaConfig {
        &self.config
    }

    /// Takes over the users, clients, FHAs, locations and lifetimes of another configuration. What
    /// has been assigned stays so, also where its pool is another one now; kind, sockets and
    /// vendor cannot be changed.
    ///
    /// # Errors
    /// When that configuration contradicts itself or the protocol; everything is as before then.
    pub fn reload(&mut self, config: AaaConfig) -> Result<(), ConfigError> {
        let mut fresh = Aaa::new(AaaConfig {
            kind: self.config.kind,
            addresses: self.config.addresses.clone(),
            vendor_id: self.config.vendor_id,
            ..config
        })?;
        for ((_, nas), address) in self.leases.iter() {
            if let Some(pool) = fresh.care_of_pools.get_mut(nas) {
                pool.occupy(*address);
            }
        }
        for ((_, fha), assignment) in self.assignments.iter() {
            if let Some(pool) = fresh.home_pools.get_mut(fha) {
                pool.occupy(assignment.thoav4);
            }
        }
        self.server.reload(fresh.config.radius.clone());
        self.care_of_pools = fresh.care_of_pools;
        self.home_pools = fresh.home_pools;
        self.config = fresh.config;
        Ok(())
    }

    /// What users hold at FHAs.
    pub fn assignments(&self) -> impl Iterator<Item = AssignmentView<'_>> {
        self.assignments.iter().map(|((nai, fha), assignment)| AssignmentView {
            nai,
            fha,
            thoav4: assignment.thoav4,
            ipv6_coa: assignment.ipv6_coa,
            ends: assignment.ends,
        })
    }

    /// The co-located care-of addresses that users hold.
    pub fn leases(&self) -> impl Iterator<Item = LeaseView<'_>> {
        self.leases.iter().map(|((nai, nas), care_of)| LeaseView { nai, nas, care_of: *care_of })
    }

    /// Whom the open EAP conversations are with, as far as that is known.
    pub fn sessions(&self) -> impl Iterator<Item = Option<&Nai>> {
        self.sessions.iter().map(|(_, session)| session.user())
    }

    /// Notes from now on what changes of what it keeps over a crash.
    pub fn keep_journal(&mut self) {
        self.journal.keep();
    }

    /// What has changed since the last time, if that is noted.
    pub fn take_changed(&mut self) -> BTreeSet<Key> {
        self.journal.take()
    }

    /// What it keeps under a key, if there is something.
    //= movement.4.3
    #[must_use]
    pub fn record(&self, key: &Key) -> Option<Record> {
        match key {
            Key::Assignment(nai, fha) => {
                let key = (nai.clone(), fha.clone());
                let Assignment { thoav4, ipv6_coa, ends } = *self.assignments.get(&key)?;
                let until = self.assignments.end_of(&key)?;
                Some(Record { address: thoav4, ipv6_coa, ends, until })
            }
            Key::Lease(nai, nas) => {
                let key = (nai.clone(), nas.clone());
                let (address, until) = (*self.leases.get(&key)?, self.leases.end_of(&key)?);
                Some(Record { address, ipv6_coa: None, ends: until, until })
            }
        }
    }

    /// Takes over what was kept before a crash.
    pub fn restore(&mut self, key: Key, record: Record) {
        let Record { address, ipv6_coa, ends, until } = record;
        match key {
            Key::Assignment(nai, fha) => {
                if let Some(pool) = self.home_pools.get_mut(&fha) {
                    pool.occupy(address);
                }
                let assignment = Assignment { thoav4: address, ipv6_coa, ends };
                self.assignments.insert((nai, fha), assignment, until);
            }
            Key::Lease(nai, nas) => {
                if let Some(pool) = self.care_of_pools.get_mut(&nas) {
                    pool.occupy(address);
                }
                self.leases.insert((nai, nas), address, until);
            }
        }
    }

    fn receive(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        datagram: &Datagram,
        effects: &mut Effects,
    ) {
        let Some(request) = self.server.receive(now, datagram, effects) else { return };
        let (counted, reply) = match self.decide(now, random, &request, effects) {
            Ok(reply) => (None, reply),
            Err(Refusal::Silence(reason)) => {
                effects.count(reason);
                return;
            }
            Err(Refusal::Reject(reason)) => (Some(reason), Reply::Reject { eap: None }),
            Err(Refusal::RejectEap(reason, eap)) => {
                (Some(reason), Reply::Reject { eap: Some(eap) })
            }
        };
        counted.into_iter().for_each(|reason| effects.count(reason));
        effects.count(reply.counted());
        let vendor_id = self.config.vendor_id;
        let write = |response: &mut _, secret: &[u8]| reply.write(vendor_id, secret, response);
        self.server.answer(now, &request, reply.code(), write, effects);
    }

    fn decide(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        request: &Request<'_>,
        effects: &mut Effects,
    ) -> Result<Reply, Refusal> {
        let (leg, name) = self.entitled(request)?;
        match leg {
            Leg::Access => self.access(now, random, &name, request, effects),
            Leg::Mobility => self.mobility(now, random, &name, request, effects),
            Leg::Binding => self.binding(now, random, request),
        }
    }

    /// What the request is about, and the name of the client that asks.
    ///
    /// A client that does not say which of its roles it is in, or under which of its names it
    /// asks, is taken at its entry's word if that leaves no doubt.
    fn entitled(&self, request: &Request<'_>) -> Result<(Leg, String), Refusal> {
        let refused = count::Radius::NotEntitled;
        let client = self.server.client(request.client()).ok_or(refused)?;
        let role = match request.packet().vendor(self.config.vendor_id).client_role() {
            Found::Once(role) => role,
            //= access.6.12
            Found::Absent | Found::Many => only(&client.roles).copied().ok_or(refused)?,
        };
        let leg = Leg::of(role).ok_or(refused)?;
        //= access.1.6
        if !self.config.kind.serves(leg) {
            return Err(Refusal::Silence(count::Radius::LegNotServed));
        }
        let name = match request.packet().nas_identifier() {
            Found::Once(name) => str::from_utf8(name).ok().and_then(|name| client.names.get(name)),
            Found::Absent | Found::Many => only(&client.names),
        };
        //= access.6.8
        //= registration.6.7
        match name {
            Some(name) if client.roles.contains(&role) => Ok((leg, name.clone())),
            _ => Err(refused.into()),
        }
    }

    /// The record of the user that a request is about.
    fn user(&self, request: &Request<'_>) -> Result<(Nai, &User), count::Radius> {
        let name = request.packet().user_name().once().ok_or(count::Radius::Incomplete)?;
        let nai = Nai::new(name).ok_or(count::Radius::Incomplete)?;
        let user = self.config.users.get(&nai).ok_or(count::Radius::UnknownUser)?;
        Ok((nai, user))
    }

    /// Ends what has reached its end.
    fn expire(&mut self, now: Time) {
        self.server.expire(now);
        while self.sessions.pop_ended(now).is_some() {}
        while let Some(((nai, nas), address)) = self.leases.pop_ended(now) {
            self.journal.note(&Key::Lease(nai, nas.clone()));
            if let Some(pool) = self.care_of_pools.get_mut(&nas) {
                pool.release(address);
            }
        }
        while let Some(((nai, fha), assignment)) = self.assignments.pop_ended(now) {
            self.journal.note(&Key::Assignment(nai, fha.clone()));
            if let Some(pool) = self.home_pools.get_mut(&fha) {
                pool.release(assignment.thoav4);
            }
        }
    }
}

impl Machine for Aaa {
    fn handle(&mut self, now: Time, random: &mut dyn Random, input: Input<'_>) -> Effects {
        let mut effects = Effects::new();
        self.expire(now);
        match input {
            Input::Datagram(datagram) => self.receive(now, random, datagram, &mut effects),
            // A server forwards nothing, and has no use for other packets.
            Input::Packet(_) => effects.count(count::Radius::Malformed),
            Input::Timeout => {}
        }
        effects
    }

    fn poll_timeout(&self) -> Option<Time> {
        let ends = [
            self.server.poll_timeout(),
            self.sessions.first_end(),
            self.leases.first_end(),
            self.assignments.first_end(),
        ];
        ends.into_iter().flatten().min()
    }
}

/// The one element of a set that has no other.
fn only<T>(set: &BTreeSet<T>) -> Option<&T> {
    let mut all = set.iter();
    all.next().filter(|_| all.next().is_none())
}
