//! The Mobile IPv6 home agent: knows nothing of IPv4, asks the AAAH about every binding update,
//! and tunnels between home address and care-of address.

mod cache;
mod config;
mod data;
mod update;

use core::{
    net::{Ipv6Addr, SocketAddr},
    time::Duration,
};
use std::collections::{BTreeMap, BTreeSet};

use dsboot_codec::mip6::{Sequence, Timestamp};
use dsboot_spec::registry::radius::code;

pub use cache::{Key, Record};
pub use config::HaConfig;

use crate::{
    AddressChange, Datagram, Effect, Effects, Input, Machine, Nai, Random, Secret, Time,
    count::{Binding as Reason, Radius},
    fault::{Fault, is},
    fragments::Fragments,
    radius::Client,
};
use cache::Cache;
use update::{Grant, Update};

/// A Mobile IPv6 home agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ha {
    config: HaConfig,
    /// The binding cache, by home address.
    bindings: Cache,
    /// Updates that wait for the AAAH.
    pending: BTreeMap<Nai, Update>,
    radius: Client<Nai>,
    /// What has come of fragmented packets of the tunnels.
    fragments: Fragments,
    /// How many packets have entered tunnels, modulo 2^32: the Identification of fragments.
    fragments_sent: u32,
}

/// An entry of the binding cache.
//= home-binding.3.10
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HomeBinding {
    /// Whose it is.
    pub nai: Nai,
    /// Where the mobile node is.
    pub care_of_address: Ipv6Addr,
    /// The sequence number accepted last.
    pub sequence: Sequence,
    /// The Mesg-ID accepted last.
    pub message_id: Timestamp,
    /// When the binding ends.
    pub expires: Time,
    /// The key of the last exchange.
    pub association: Association,
}

/// A security association between mobile node and home agent (RFC 4285 §4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Association {
    /// Stands in updates and acknowledgements.
    pub spi: u32,
    /// The key.
    pub key: Secret,
    /// When the key may be used no longer.
    pub expires: Time,
}

impl Ha {
    /// A home agent without bindings.
    #[must_use]
    pub fn new(config: HaConfig) -> Ha {
        let mut radius = config.radius.clone();
        //= home-binding.2.4
        radius.servers.retain(SocketAddr::is_ipv6);
        let radius = Client::new(radius);
        Ha {
            config,
            bindings: Cache::default(),
            pending: BTreeMap::new(),
            radius,
            fragments: Fragments::default(),
            fragments_sent: 0,
        }
    }

    /// What it is configured with.
    #[must_use]
    pub fn config(&self) -> &HaConfig {
        &self.config
    }

    /// The binding cache, by home address.
    pub fn bindings(&self) -> impl Iterator<Item = (&Ipv6Addr, &HomeBinding)> {
        self.bindings.iter()
    }

    /// How many bindings there are.
    #[must_use]
    pub fn binding_count(&self) -> usize {
        self.bindings.len()
    }

    /// The binding of a home address.
    #[must_use]
    pub fn binding(&self, home_address: Ipv6Addr) -> Option<&HomeBinding> {
        self.bindings.get(&home_address)
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

    /// Whose updates wait for the AAAH, with the sequence number of each.
    pub fn pending(&self) -> impl Iterator<Item = (&Nai, Sequence)> {
        self.pending.iter().map(|(nai, update)| (nai, update.sequence))
    }

    /// An answer of the AAAH.
    fn on_answer(&mut self, now: Time, datagram: &Datagram, effects: &mut Effects) {
        let Some((nai, answer)) = self.radius.handle(datagram, effects) else { return };
        let Some(update) = self.pending.remove(&nai) else { return };
        match answer.packet().code() {
            code::ACCESS_ACCEPT => match Grant::read(&answer, now) {
                Some(grant) => self.decide(now, &update, &grant, effects),
                None => effects.count(Reason::IncompleteAccept),
            },
            //= home-binding.2.10
            code::ACCESS_REJECT => {
                effects.count(Reason::AaaRejected);
                self.refuse_under_old(now, &update, effects);
            }
            _ => effects.count(Radius::UnexpectedCode),
        }
    }

    fn on_timeout(&mut self, now: Time, random: &mut dyn Random, effects: &mut Effects) {
        //= home-binding.2.10
        for nai in self.radius.timeout(now, random, effects) {
            self.pending.remove(&nai);
            effects.count(Reason::AaaSilent);
        }
        self.bindings.expire_marks(now);
        self.fragments.expire(now);
        //= home-binding.3.11
        while let Some((home, binding)) = self.bindings.pop_ended(now) {
            effects.count(Reason::Expired);
            self.remember(now, binding.nai, binding.message_id);
            effects.push(Effect::Address(AddressChange::Remove(home.into())));
        }
    }

    /// Keeps the Mesg-ID accepted last where no binding does, while an older one could be
    /// replayed.
    fn remember(&mut self, now: Time, nai: Nai, message_id: Timestamp) {
        let keep = Duration::from_secs(u64::from(self.config.tolerance) * 2 + 1);
        if !is(Fault::HaForgetsMesgId) {
            self.bindings.remember(now, nai, message_id, keep);
        }
    }
}

impl Machine for Ha {
    fn handle(&mut self, now: Time, random: &mut dyn Random, input: Input<'_>) -> Effects {
        let mut effects = Effects::new();
        match input {
            Input::Datagram(datagram) if datagram.destination == self.config.radius.local => {
                self.on_answer(now, datagram, &mut effects);
            }
            Input::Datagram(_) => effects.count(Reason::Unexpected),
            Input::Packet(packet) => self.on_packet(now, random, packet, &mut effects),
            Input::Timeout => self.on_timeout(now, random, &mut effects),
        }
        effects
    }

    fn poll_timeout(&self) -> Option<Time> {
        let others = [self.radius.poll_timeout(), self.fragments.poll_timeout()];
        others.into_iter().chain([self.bindings.next_end()]).flatten().min()
    }
}
