//! stateright's own search over the same system.

use std::thread;
use std::time::{Duration, Instant};

use stateright::{Checker, Model};

use crate::system::System;

/// What stateright says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Second {
    /// Different states.
    pub states: usize,
    /// Promises for which it found a state that breaks them, sorted by name.
    pub broken: Vec<&'static str>,
}

/// Lets stateright search depth-first to the end; `None` if the time is not enough.
///
/// Its own timeout does not count for one thread, and a search that it cuts looks like a complete
/// one, so the clock is ours. It also stops looking as soon as every promise is broken,
/// which is why the count of states is to be compared for a system that keeps one.
#[must_use]
pub fn second(system: &System, timeout: Option<Duration>) -> Option<Second> {
    let begun = Instant::now();
    let checker = system.checker().spawn_dfs();
    while !checker.is_done() {
        if timeout.is_some_and(|t| begun.elapsed() >= t) {
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
    let checker = checker.join();
    let mut broken: Vec<_> = checker.discoveries().into_keys().collect();
    broken.sort_unstable();
    Some(Second { states: checker.unique_state_count(), broken })
}
