use core::net::Ipv4Addr;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use super::Record;
use super::config::AddressPool;
use crate::aaa::AddressRange;
use crate::expiring::Expiring;
use crate::journal::Journal;
use crate::pool::Pool;
use crate::{Nai, Time};

/// How much later than it is granted the lifetime of access can begin: until the grant is acknowledged,
/// or given up after its last repetition (RFC 5191 §9: 181 seconds, and a tenth more).
const LATE: Duration = Duration::from_secs(200);

/// Which session holds which care-of address, and whose those picked from the pool are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Addresses {
    /// The NAS's own: taken are those that are held and those that are left.
    pool: Pool,
    held: BTreeMap<Ipv4Addr, u32>,
    /// Those of the pool that a session holds.
    picked: BTreeMap<Ipv4Addr, Record>,
    /// Those of the pool that were picked before a restart.
    left: Expiring<Ipv4Addr, Nai>,
    /// The same by user.
    left_to: BTreeSet<(Nai, Ipv4Addr)>,
    journal: Journal<Ipv4Addr>,
}

impl Addresses {
    /// None held, none taken of this pool.
    pub(super) fn new(pool: Option<&AddressPool>) -> Addresses {
        let (none, all) = (Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST);
        let range = pool.map_or(AddressRange { first: all, last: none }, AddressPool::range);
        Addresses {
            pool: Pool::new(range),
            held: BTreeMap::new(),
            picked: BTreeMap::new(),
            left: Expiring::default(),
            left_to: BTreeSet::new(),
            journal: Journal::default(),
        }
    }

    /// Which session holds the address.
    pub(super) fn holder(&self, address: Ipv4Addr) -> Option<u32> {
        self.held.get(&address).copied()
    }

    /// Lets a session hold an address.
    pub(super) fn hold(&mut self, address: Ipv4Addr, session_id: u32) {
        self.held.insert(address, session_id);
        self.pool.occupy(address);
        if let Some(nai) = self.left.remove(&address) {
            self.left_to.remove(&(nai, address));
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
        self.pool.release(address);
        if self.picked.remove(&address).is_some() {
            self.journal.note(&address);
        }
    }

    /// The address of the pool that a user had before a restart, or else the first one that is
    /// nobody's.
    //= access.4.5
    //= access.5.9
    pub(super) fn free(&self, nai: Option<&Nai>) -> Option<Ipv4Addr> {
        let had = nai.and_then(|nai| {
            let all = (nai.clone(), Ipv4Addr::UNSPECIFIED)..=(nai.clone(), Ipv4Addr::BROADCAST);
            let mut all = self.left_to.range(all).map(|(_, address)| *address);
            all.find(|address| self.pool.contains(*address))
        });
        had.or_else(|| self.pool.free())
    }

    /// Forgets whose the addresses were that have outlived their access.
    pub(super) fn expire(&mut self, now: Time) {
        while let Some((address, nai)) = self.left.pop_ended(now) {
            self.left_to.remove(&(nai, address));
            self.pool.release(address);
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
        self.pool.occupy(address);
        if let Some(other) = self.left.insert(address, nai.clone(), until) {
            self.left_to.remove(&(other, address));
        }
        self.left_to.insert((nai, address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(last: u8) -> Ipv4Addr {
        Ipv4Addr::new(198, 51, 100, last)
    }

    fn nai(name: &str) -> Nai {
        Nai::new(name.as_bytes()).unwrap()
    }

    //= access.4.5
    //= access.5.5
    #[test]
    fn the_first_free_address_of_the_pool_is_picked() {
        let pool = AddressPool { first: at(10), last: at(12), prefix_length: 24 };
        let mut addresses = Addresses::new(Some(&pool));
        addresses.hold(at(9), 9);
        for (session_id, address) in (1..).zip([at(10), at(11), at(12)]) {
            assert_eq!(addresses.free(None), Some(address));
            addresses.hold(address, session_id);
        }
        assert_eq!(addresses.free(None), None);
        assert_eq!(addresses.holder(at(11)), Some(2));
        addresses.release(at(11));
        assert_eq!(addresses.free(None), Some(at(11)));
    }

    //= access.5.9
    #[test]
    fn what_was_somebody_s_before_a_restart_is_left_to_that_user() {
        let pool = AddressPool { first: at(10), last: at(12), prefix_length: 24 };
        let mut addresses = Addresses::new(Some(&pool));
        let until = |seconds: u64| Time::from_unix_micros(seconds * 1_000_000);
        // The last one is of another pool that was there before.
        for (last, name, ends) in [(10, "a", 5), (11, "b", 9), (20, "c", 9)] {
            addresses.restore(at(last), Record { nai: nai(name), until: until(ends) });
        }
        assert_eq!(addresses.free(Some(&nai("b"))), Some(at(11)));
        for other in [None, Some(&nai("c")), Some(&nai("d"))] {
            assert_eq!(addresses.free(other), Some(at(12)));
        }
        // Who has it again may lose it, and then it is nobody's.
        addresses.hold(at(11), 1);
        assert_eq!(addresses.free(Some(&nai("b"))), Some(at(12)));
        addresses.release(at(11));
        assert_eq!(addresses.free(None), Some(at(11)));
        addresses.expire(until(5));
        assert_eq!(addresses.free(Some(&nai("b"))), Some(at(10)));
        addresses.expire(until(9));
        assert_eq!(addresses, Addresses::new(Some(&pool)));
    }

    #[test]
    fn a_pool_may_be_empty_or_end_with_the_last_address_there_is() {
        let broadcast = Ipv4Addr::BROADCAST;
        let pool = AddressPool { first: broadcast, last: broadcast, prefix_length: 32 };
        let mut addresses = Addresses::new(Some(&pool));
        assert_eq!(addresses.free(None), Some(broadcast));
        addresses.hold(broadcast, 1);
        assert_eq!(addresses.free(None), None);
        let none = AddressPool { first: at(2), last: at(1), prefix_length: 24 };
        assert_eq!(Addresses::new(Some(&none)).free(None), None);
        assert_eq!(Addresses::new(None).free(None), None);
    }

    #[test]
    fn of_a_pool_that_is_too_large_only_the_beginning_is_used() {
        let (first, last) = (Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST);
        let pool = AddressPool { first, last, prefix_length: 0 };
        let mut addresses = Addresses::new(Some(&pool));
        addresses.hold(last, 1);
        addresses.hold(first, 2);
        assert_eq!(addresses.free(None), Some(Ipv4Addr::from_bits(1)));
    }
}
