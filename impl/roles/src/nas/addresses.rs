use core::net::Ipv4Addr;
use std::collections::BTreeMap;

use super::config::AddressPool;

/// Which session holds which care-of address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Addresses {
    held: BTreeMap<Ipv4Addr, u32>,
}

impl Addresses {
    /// Which session holds the address.
    pub(super) fn holder(&self, address: Ipv4Addr) -> Option<u32> {
        self.held.get(&address).copied()
    }

    /// Lets a session hold an address.
    pub(super) fn hold(&mut self, address: Ipv4Addr, session_id: u32) {
        self.held.insert(address, session_id);
    }

    /// Takes an address back.
    //= access.5.5
    pub(super) fn release(&mut self, address: Ipv4Addr) {
        self.held.remove(&address);
    }

    /// The first address of the pool that no session holds.
    //= access.4.5
    pub(super) fn free_in(&self, pool: &AddressPool) -> Option<Ipv4Addr> {
        let (first, last) = (pool.first.to_bits(), pool.last.to_bits());
        if first > last {
            return None;
        }
        let held = self.held.range(pool.first..=pool.last).map(|(address, _)| address.to_bits());
        // Held addresses come in ascending order: the first that is missing is free.
        let mut free = Some(first);
        for address in held {
            match free {
                Some(candidate) if candidate == address => free = candidate.checked_add(1),
                _ => break,
            }
        }
        free.filter(|free| *free <= last).map(Ipv4Addr::from_bits)
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
            assert_eq!(addresses.free_in(&pool), Some(address));
            addresses.hold(address, session_id);
        }
        assert_eq!(addresses.free_in(&pool), None);
        assert_eq!(addresses.holder(at(11)), Some(2));
        addresses.release(at(11));
        assert_eq!(addresses.free_in(&pool), Some(at(11)));
    }

    #[test]
    fn a_pool_may_be_empty_or_end_with_the_last_address_there_is() {
        let broadcast = Ipv4Addr::BROADCAST;
        let pool = AddressPool { first: broadcast, last: broadcast, prefix_length: 32 };
        let mut addresses = Addresses::default();
        assert_eq!(addresses.free_in(&pool), Some(broadcast));
        addresses.hold(broadcast, 1);
        assert_eq!(addresses.free_in(&pool), None);
        let none = AddressPool { first: at(2), last: at(1), prefix_length: 24 };
        assert_eq!(addresses.free_in(&none), None);
    }
}
