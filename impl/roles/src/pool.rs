use core::net::Ipv4Addr;
use std::collections::BTreeSet;

use crate::aaa::AddressRange;

/// The addresses of a range, each taken or free.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Pool {
    range: AddressRange,
    /// From this offset on, all are free.
    rest: u32,
    /// The free ones below.
    gaps: BTreeSet<u32>,
}

impl Pool {
    /// A pool with all its addresses free.
    pub(crate) const fn new(range: AddressRange) -> Pool {
        Pool { range, rest: 0, gaps: BTreeSet::new() }
    }

    /// Takes the address wanted if it is one of the pool's and free, otherwise the first free
    /// one. `None` when none is left.
    pub(crate) fn take(&mut self, wanted: Option<Ipv4Addr>) -> Option<Ipv4Addr> {
        let wanted = wanted.and_then(|address| self.offset(address));
        let offset = wanted.filter(|offset| self.is_free(*offset)).or_else(|| self.first_free())?;
        self.gaps.extend(self.rest..offset);
        self.gaps.remove(&offset);
        self.rest = self.rest.max(offset + 1);
        Some(self.address(offset))
    }

    /// Takes this address, if it is one of the pool's and free.
    pub(crate) fn occupy(&mut self, address: Ipv4Addr) {
        if self.offset(address).is_some_and(|offset| self.is_free(offset)) {
            self.take(Some(address));
        }
    }

    /// The first free address from the beginning, if there is one.
    pub(crate) fn free(&self) -> Option<Ipv4Addr> {
        Some(self.address(self.first_free()?))
    }

    /// Whether the address is one of the pool's.
    pub(crate) fn contains(&self, address: Ipv4Addr) -> bool {
        self.offset(address).is_some()
    }

    /// Gives an address back.
    pub(crate) fn release(&mut self, address: Ipv4Addr) {
        let Some(offset) = self.offset(address).filter(|offset| *offset < self.rest) else {
            return;
        };
        self.gaps.insert(offset);
        // One state for one set of addresses, whatever happened before.
        while self.rest.checked_sub(1).is_some_and(|last| self.gaps.remove(&last)) {
            self.rest -= 1;
        }
    }

    fn address(&self, offset: u32) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.range.first.to_bits() + offset)
    }

    fn offset(&self, address: Ipv4Addr) -> Option<u32> {
        let offset = address.to_bits().checked_sub(self.range.first.to_bits())?;
        (offset < self.range.len()).then_some(offset)
    }

    fn is_free(&self, offset: u32) -> bool {
        offset >= self.rest || self.gaps.contains(&offset)
    }

    fn first_free(&self) -> Option<u32> {
        let rest = (self.rest < self.range.len()).then_some(self.rest);
        self.gaps.first().copied().or(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> Ipv4Addr {
        Ipv4Addr::new(203, 0, 113, last)
    }

    fn pool() -> Pool {
        Pool::new(AddressRange { first: address(10), last: address(13) })
    }

    //= registration.6.12
    #[test]
    fn every_address_is_given_once_and_then_none() {
        let mut pool = pool();
        let given: Vec<_> = (0..6).map(|_| pool.take(None)).collect();
        let expected = [Some(10), Some(11), Some(12), Some(13), None, None];
        assert_eq!(given, expected.map(|last| last.map(address)));
    }

    #[test]
    fn a_wish_is_granted_when_it_can_be() {
        let mut pool = pool();
        assert_eq!(pool.take(Some(address(12))), Some(address(12)));
        assert_eq!(pool.take(Some(address(12))), Some(address(10)));
        assert_eq!(pool.take(Some(address(14))), Some(address(11)));
        assert_eq!(pool.take(Some(address(9))), Some(address(13)));
        assert_eq!(pool.take(None), None);
    }

    #[test]
    fn an_address_that_was_not_taken_cannot_be_given_back() {
        let mut pool = pool();
        pool.release(address(12));
        assert_eq!(pool, self::pool());
    }

    #[test]
    fn an_address_given_back_is_given_again_and_leaves_no_trace() {
        let mut pool = pool();
        pool.take(Some(address(13)));
        pool.take(None);
        pool.release(address(10));
        pool.release(address(10));
        pool.release(address(200));
        assert_eq!(pool.take(None), Some(address(10)));
        pool.release(address(10));
        pool.release(address(13));
        assert_eq!(pool, self::pool());
    }
}
