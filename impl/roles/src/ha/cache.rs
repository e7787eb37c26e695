//! The binding cache, and what is remembered where no binding is.

use core::net::Ipv6Addr;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use dsboot_codec::mip6::Timestamp;

use super::{Association, HomeBinding};
use crate::{Nai, Time, expiring::Expiring, journal::Journal};

/// What a [`Record`] is kept under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The binding of a home address.
    Home(Ipv6Addr),
    /// What is remembered of a mobile node.
    Mark(Nai),
}

/// What a home agent keeps over a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A binding.
    Binding(HomeBinding),
    /// The Mesg-ID accepted last, and until when an older one could be replayed.
    Mark(Timestamp, Time),
}

/// The bindings by home address, and the mobile nodes that have them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Cache {
    bindings: Expiring<Ipv6Addr, HomeBinding>,
    /// The home address bound last, by mobile node.
    homes: BTreeMap<Nai, Ipv6Addr>,
    /// The Mesg-ID accepted last from a mobile node, while an older one could be replayed.
    marks: Expiring<Nai, Timestamp>,
    journal: Journal<Key>,
}

impl Cache {
    pub(super) fn len(&self) -> usize {
        self.bindings.len()
    }

    pub(super) fn get(&self, home: &Ipv6Addr) -> Option<&HomeBinding> {
        self.bindings.get(home)
    }

    /// All of them, by home address.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Ipv6Addr, &HomeBinding)> {
        self.bindings.iter()
    }

    /// Enters or replaces a binding; returns the one replaced.
    pub(super) fn insert(&mut self, home: Ipv6Addr, binding: HomeBinding) -> Option<HomeBinding> {
        self.journal.note(&Key::Home(home));
        self.homes.insert(binding.nai.clone(), home);
        let ends = binding.expires;
        self.bindings.insert(home, binding, ends)
    }

    pub(super) fn remove(&mut self, home: &Ipv6Addr) -> Option<HomeBinding> {
        let binding = self.bindings.remove(home)?;
        self.forget(home, &binding);
        Some(binding)
    }

    /// Takes out a binding that has run out by `now`.
    pub(super) fn pop_ended(&mut self, now: Time) -> Option<(Ipv6Addr, HomeBinding)> {
        let (home, binding) = self.bindings.pop_ended(now)?;
        self.forget(&home, &binding);
        Some((home, binding))
    }

    fn forget(&mut self, home: &Ipv6Addr, binding: &HomeBinding) {
        self.journal.note(&Key::Home(*home));
        if self.homes.get(&binding.nai) == Some(home) {
            self.homes.remove(&binding.nai);
        }
    }

    /// The association with a mobile node that a binding keeps.
    pub(super) fn association(&self, now: Time, nai: &Nai) -> Option<&Association> {
        let binding = self.bindings.get(self.homes.get(nai)?)?;
        Some(&binding.association).filter(|association| association.expires > now)
    }

    /// The Mesg-ID that is remembered of a mobile node.
    pub(super) fn mark(&self, nai: &Nai) -> Option<Timestamp> {
        self.marks.get(nai).copied()
    }

    /// Remembers the Mesg-ID accepted last.
    pub(super) fn remember(&mut self, now: Time, nai: Nai, message_id: Timestamp, keep: Duration) {
        self.journal.note(&Key::Mark(nai.clone()));
        self.marks.insert(nai, message_id, now + keep);
    }

    /// Forgets what could not be replayed any longer.
    pub(super) fn expire_marks(&mut self, now: Time) {
        while let Some((nai, _)) = self.marks.pop_ended(now) {
            self.journal.note(&Key::Mark(nai));
        }
    }

    /// When the next binding, or memory of one, ends.
    pub(super) fn next_end(&self) -> Option<Time> {
        [self.bindings.first_end(), self.marks.first_end()].into_iter().flatten().min()
    }

    pub(super) fn keep_journal(&mut self) {
        self.journal.keep();
    }

    pub(super) fn take_changed(&mut self) -> BTreeSet<Key> {
        self.journal.take()
    }

    //= movement.4.2
    pub(super) fn record(&self, key: &Key) -> Option<Record> {
        match key {
            Key::Home(home) => self.bindings.get(home).cloned().map(Record::Binding),
            Key::Mark(nai) => {
                let (mark, until) = (self.marks.get(nai)?, self.marks.end_of(nai)?);
                Some(Record::Mark(*mark, until))
            }
        }
    }

    pub(super) fn restore(&mut self, key: Key, record: Record) {
        match (key, record) {
            (Key::Home(home), Record::Binding(binding)) => {
                self.insert(home, binding);
            }
            (Key::Mark(nai), Record::Mark(mark, until)) => {
                self.marks.insert(nai, mark, until);
            }
            _ => {}
        }
    }
}
