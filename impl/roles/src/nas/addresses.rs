use core::net::Ipv4Addr;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use super::Record;
use super::config::AddressPool;
use crate::expiring::Expiring;
use crate::journal::Journal;
use crate::{Nai, Time};

/// How much later than it is granted the lifetime of access can begin: until the grant is acknowledged,
/// or given up after its last repetition (RFC 5191 §9: 181 seconds, and a tenth more).
const LATE: Duration = Duration::from_secs(200);

/// Which session holds which care-of address, and whose those picked from the pool are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Addresses {
    held: BTreeMap<Ipv4Addr, u32>,
    /// Those of the pool that a session holds.
    picked: BTreeMap<Ipv4Addr, Record>,
    /// Those of the pool that were picked before a restart.
    left: Expiring<Ipv4Addr, Nai>,
    journal: Journal<Ipv4Addr>,
}

impl Addresses {
    /// Which session holds the address.
    pub(super) fn holder(&self, address: Ipv4Addr) -> Option<u32> {
        self.held.get(&address).copied()
    }

    /// Lets a session hold an address.
    pub(super) fn hold(&mut self, address: Ipv4Addr, session_id: u32) {
        self.held.insert(address, session_id);
        if self.left.remove(&address).is_some() {
            self.journal.note(&address);
        }
    }

    /// Notes whose an address of the pool is, which has been granted at `now` for a lifetime in seconds.
    //= access.5.9
    pub(super) fn note(&mut self, address: Ipv4Addr, nai: &Nai, now: Time, lifetime: u32) {
        let until = now + Duration::from_secs(lifetime.into()) + LATE;
        self.picked.insert(address, Record { nai: nai.clone(), until });
        self.journal.note(&address);
    }

    /// Takes an address back.
    //= access.5.5
    pub(super) fn release(&mut self, address: Ipv4Addr) {
        self.held.remove(&address);
        if self.picked.remove(&address).is_some() {
            self.journal.note(&address);
        }
    }

    /// The address of the pool that a user had before a restart, or else the first one that is
    /// nobody's.
    //= access.4.5
    //= access.5.9
    pub(super) fn free_in(&self, pool: &AddressPool, nai: Option<&Nai>) -> Option<Ipv4Addr> {
        let in_pool = pool.first..=pool.last;
        let mut left = self.left.iter().filter(|(address, _)| in_pool.contains(*address));
        if let Some((had, _)) = left.find(|(_, whose)| Some(*whose) == nai) {
            return Some(*had);
        }
        (pool.first.to_bits()..=pool.last.to_bits())
            .map(Ipv4Addr::from_bits)
            .find(|address| !self.held.contains_key(address) && self.left.get(address).is_none())
    }

    /// Forgets whose the addresses were that have outlived their access.
    pub(super) fn expire(&mut self, now: Time) {
        while let Some((address, _)) = self.left.pop_ended(now) {
            self.journal.note(&address);
        }
    }

    /// When that is wanted next.
    pub(super) fn due(&self) -> Option<Time> {
        self.left.first_end()
    }

    pub(super) fn keep_journal(&mut self) {
        self.journal.keep();
    }

    pub(super) fn take_changed(&mut self) -> BTreeSet<Ipv4Addr> {
        self.journal.take()
    }

    pub(super) fn record(&self, address: Ipv4Addr) -> Option<Record> {
        let left = || {
            let (nai, until) = (self.left.get(&address)?, self.left.end_of(&address)?);
            Some(Record { nai: nai.clone(), until })
        };
        self.picked.get(&address).cloned().or_else(left)
    }

    pub(super) fn restore(&mut self, address: Ipv4Addr, Record { nai, until }: Record) {
        self.left.insert(address, nai, until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(last: u8) -> Ipv4Addr {
        Ipv4Addr::new(198, 51, 100, last)
    }

    //= access.4.5
    //= access.5.5
    #[test]
    fn the_first_free_address_of_the_pool_is_picked() {
        let pool = AddressPool { first: at(10), last: at(12), prefix_length: 24 };
        let mut addresses = Addresses::default();
        addresses.hold(at(9), 9);
        for (session_id, address) in (1..).zip([at(10), at(11), at(12)]) {
            assert_eq!(addresses.free_in(&pool, None), Some(address));
            addresses.hold(address, session_id);
        }
        assert_eq!(addresses.free_in(&pool, None), None);
        assert_eq!(addresses.holder(at(11)), Some(2));
        addresses.release(at(11));
        assert_eq!(addresses.free_in(&pool, None), Some(at(11)));
    }

    #[test]
    fn a_pool_may_be_empty_or_end_with_the_last_address_there_is() {
        let broadcast = Ipv4Addr::BROADCAST;
        let pool = AddressPool { first: broadcast, last: broadcast, prefix_length: 32 };
        let mut addresses = Addresses::default();
        assert_eq!(addresses.free_in(&pool, None), Some(broadcast));
        addresses.hold(broadcast, 1);
        assert_eq!(addresses.free_in(&pool, None), None);
        let none = AddressPool { first: at(2), last: at(1), prefix_length: 24 };
        assert_eq!(addresses.free_in(&none, None), None);
    }
}
