use std::collections::{BTreeMap, BTreeSet};

use crate::Time;

/// A map whose entries each end at a time of their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Expiring<K, V> {
    entries: BTreeMap<K, (Time, V)>,
    ends: BTreeSet<(Time, K)>,
}

impl<K, V> Default for Expiring<K, V> {
    fn default() -> Self {
        Expiring { entries: BTreeMap::new(), ends: BTreeSet::new() }
    }
}

impl<K: Ord + Clone, V> Expiring<K, V> {
    /// How many entries there are.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Adds or replaces an entry; returns the one replaced.
    pub(crate) fn insert(&mut self, key: K, value: V, ends: Time) -> Option<V> {
        let old = self.entries.insert(key.clone(), (ends, value));
        let old = old.map(|(end, value)| {
            self.ends.remove(&(end, key.clone()));
            value
        });
        self.ends.insert((ends, key));
        old
    }

    /// The entry of a key.
    #[must_use]
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|(_, value)| value)
    }

    /// The entry of a key, to be changed.
    #[must_use]
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key).map(|(_, value)| value)
    }

    /// When the entry of a key ends.
    #[must_use]
    pub(crate) fn end_of(&self, key: &K) -> Option<Time> {
        self.entries.get(key).map(|(end, _)| *end)
    }

    /// Every entry, by key.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, (_, value))| (key, value))
    }

    /// The entries from `key` on, by key.
    pub(crate) fn iter_from(&self, key: K) -> impl Iterator<Item = (&K, &V)> {
        self.entries.range(key..).map(|(key, (_, value))| (key, value))
    }

    /// The key of the entry that ends first.
    #[must_use]
    pub(crate) fn first_key(&self) -> Option<&K> {
        self.ends.first().map(|(_, key)| key)
    }

    /// Takes the entry of a key out.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let (end, value) = self.entries.remove(key)?;
        self.ends.remove(&(end, key.clone()));
        Some(value)
    }

    /// When the first entry ends.
    #[must_use]
    pub(crate) fn first_end(&self) -> Option<Time> {
        self.ends.first().map(|(end, _)| *end)
    }

    /// Takes out an entry whose end has come by `now`, if there is one.
    pub(crate) fn pop_ended(&mut self, now: Time) -> Option<(K, V)> {
        if self.first_end()? > now {
            return None;
        }
        self.pop_first()
    }

    /// Takes out the entry that ends first.
    pub(crate) fn pop_first(&mut self) -> Option<(K, V)> {
        let (_, key) = self.ends.pop_first()?;
        let (_, value) = self.entries.remove(&key)?;
        Some((key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Time {
        Time::from_unix_micros(second * 1_000_000)
    }

    #[test]
    fn entries_leave_in_the_order_of_their_ends() {
        let mut table = Expiring::default();
        table.insert("b", 1, at(3));
        table.insert("a", 2, at(5));
        table.insert("c", 3, at(4));
        assert_eq!(table.first_end(), Some(at(3)));
        assert_eq!(table.pop_ended(at(2)), None);
        assert_eq!(table.pop_ended(at(4)), Some(("b", 1)));
        assert_eq!(table.pop_ended(at(4)), Some(("c", 3)));
        assert_eq!(table.pop_ended(at(4)), None);
        assert_eq!(table.len(), 1);
    }

    #[test]
    fn a_replaced_or_removed_entry_leaves_no_end_behind() {
        let mut table = Expiring::default();
        table.insert("a", 1, at(1));
        assert_eq!(table.insert("a", 2, at(9)), Some(1));
        assert_eq!(table.first_end(), Some(at(9)));
        assert_eq!(table.remove(&"a"), Some(2));
        assert_eq!(table.len(), 0);
        assert_eq!(table.first_end(), None);
        assert_eq!(table, Expiring::default());
    }
}
