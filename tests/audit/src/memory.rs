//! Maps that forget what is oldest, so that a capture of any length takes bounded memory.

use std::collections::HashMap;
use std::hash::Hash;

/// A map that keeps its newest entries: at least `room` of them, at most twice that.
#[derive(Debug)]
pub(super) struct Remembered<K, V> {
    new: HashMap<K, V>,
    old: HashMap<K, V>,
    room: usize,
}

impl<K: Hash + Eq, V> Remembered<K, V> {
    pub(super) fn new(room: usize) -> Self {
        Remembered { new: HashMap::new(), old: HashMap::new(), room }
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        if self.new.len() >= self.room {
            self.old = std::mem::take(&mut self.new);
        }
        self.old.remove(&key);
        self.new.insert(key, value);
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.new.get(key).or_else(|| self.old.get(key))
    }

    pub(super) fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.old.remove(key);
        self.new.remove(key);
    }

    pub(super) fn into_all(self) -> impl Iterator<Item = (K, V)> {
        self.new.into_iter().chain(self.old)
    }
}

impl<K: Hash + Eq + Clone, V> Remembered<K, V> {
    /// What is remembered, which is new by that.
    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if let Some((key, value)) = self.old.remove_entry(key) {
            self.insert(key, value);
        }
        self.new.get_mut(key)
    }

    /// The same, or something new.
    pub(super) fn get_or_new(&mut self, key: &K) -> &mut V
    where
        V: Default,
    {
        if self.get_mut(key).is_none() {
            self.insert(key.clone(), V::default());
        }
        self.new.entry(key.clone()).or_default()
    }
}

/// A fingerprint: the same whenever it is taken.
pub(super) fn mark(what: &impl Hash) -> u64 {
    const HASHER: ahash::RandomState = ahash::RandomState::with_seeds(1, 2, 3, 4);
    HASHER.hash_one(what)
}
