//! stateright's own search over the same model.

use std::ops::ControlFlow;
use std::thread;
use std::time::Duration;

use stateright::Checker;

use crate::System;

/// What stateright says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Second {
    /// Different states.
    pub states: usize,
    /// Promises about states and steps for which it found a state that breaks them, by name,
    /// sorted.
    pub broken: Vec<&'static str>,
}

/// Lets stateright search depth-first to the end on one thread, or until `watch`, asked with the
/// states found so far, says to stop: then there is nothing to tell.
///
/// stateright's own timeout does not count for one thread, and what it cuts looks complete.
pub fn second<M: System>(
    model: M,
    mut watch: impl FnMut(usize) -> ControlFlow<()>,
) -> Option<Second> {
    let checker = model.checker().spawn_dfs();
    while !checker.is_done() {
        if watch(checker.unique_state_count()).is_break() {
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
    let checker = checker.join();
    let mut broken: Vec<_> = checker.discoveries().into_keys().collect();
    broken.sort_unstable();
    Some(Second { states: checker.unique_state_count(), broken })
}
