//! When a search stops before its end.

use std::fs;
use std::ops::ControlFlow;
use std::time::Instant;

use dsboot_model::explore::Progress;

/// The limits of one search.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// When it stops.
    pub(super) until: Option<Instant>,
    /// How many states it may find.
    pub(super) states: usize,
    /// How long the shortest paths may become that it follows.
    pub(super) depth: usize,
    /// How many octets the whole process may hold.
    pub(super) memory: u64,
}

/// Which limit stopped a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Its time.
    Time,
    /// Its states.
    States,
    /// Its depth.
    Depth,
    /// The memory of the process.
    Memory,
}

impl Limit {
    /// The option that sets it.
    #[must_use]
    pub const fn option(self) -> &'static str {
        match self {
            Limit::Time => "--timeout",
            Limit::States => "--max-states",
            Limit::Depth => "--max-depth",
            Limit::Memory => "--max-memory",
        }
    }
}

impl Limits {
    /// No limit.
    #[cfg(test)]
    pub(super) const NONE: Limits =
        Limits { until: None, states: usize::MAX, depth: usize::MAX, memory: u64::MAX };

    /// Which limit a search has reached.
    pub(super) fn reached(&self, progress: &Progress) -> Option<Limit> {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            Some(Limit::Time)
        } else if progress.states >= self.states {
            Some(Limit::States)
        } else if progress.depth > self.depth {
            Some(Limit::Depth)
        } else if self.memory < u64::MAX && resident().is_none_or(|octets| octets > self.memory) {
            Some(Limit::Memory)
        } else {
            None
        }
    }

    /// The same for a search that nothing but time and memory limits.
    pub(super) fn watch_second(&self) -> ControlFlow<()> {
        let free = Limits { states: usize::MAX, depth: usize::MAX, ..*self };
        match free.reached(&Progress::default()) {
            None => ControlFlow::Continue(()),
            Some(_) => ControlFlow::Break(()),
        }
    }
}

/// Octets that the process holds in memory; `None` where the system does not tell.
pub(super) fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
