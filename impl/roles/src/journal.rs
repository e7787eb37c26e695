use core::hash::{Hash, Hasher};
use std::collections::BTreeSet;

/// The keys of what has changed since it was asked for last, where somebody keeps what a machine
/// holds over a crash. It is no part of the machine's state: two that differ here alone are equal.
#[derive(Clone, Debug)]
pub(crate) struct Journal<K>(Option<BTreeSet<K>>);

impl<K> Default for Journal<K> {
    /// Nobody keeps anything.
    fn default() -> Journal<K> {
        Journal(None)
    }
}

impl<K> PartialEq for Journal<K> {
    fn eq(&self, _: &Journal<K>) -> bool {
        true
    }
}

impl<K> Eq for Journal<K> {}

impl<K> Hash for Journal<K> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl<K: Ord + Clone> Journal<K> {
    /// From now on changes are noted.
    pub(crate) fn keep(&mut self) {
        self.0.get_or_insert_default();
    }

    /// Notes a change.
    pub(crate) fn note(&mut self, key: &K) {
        if let Some(changed) = &mut self.0 {
            changed.insert(key.clone());
        }
    }

    /// What has changed since the last time.
    pub(crate) fn take(&mut self) -> BTreeSet<K> {
        self.0.as_mut().map(core::mem::take).unwrap_or_default()
    }
}

/// What was kept last of something that is kept as a whole. As a [`Journal`], no part of the
/// machine's state.
#[derive(Clone, Debug)]
pub(crate) struct Latest<T>(Option<T>);

impl<T> Default for Latest<T> {
    fn default() -> Latest<T> {
        Latest(None)
    }
}

impl<T> PartialEq for Latest<T> {
    fn eq(&self, _: &Latest<T>) -> bool {
        true
    }
}

impl<T> Eq for Latest<T> {}

impl<T> Hash for Latest<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl<T: PartialEq + Clone> Latest<T> {
    /// The value, if it is another one than the last time.
    pub(crate) fn change(&mut self, value: T) -> Option<T> {
        (self.0.as_ref() != Some(&value)).then(|| self.0.insert(value).clone())
    }
}
