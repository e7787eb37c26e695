//! The run's clock: virtual, but able to walk beside the real one.

use std::time::{Duration, Instant};

use dsboot_roles::Time;

/// How time passes while nothing is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// It jumps to whatever comes next.
    #[default]
    Jump,
    /// It passes as on the wall, because somebody outside the run takes part.
    RealTime,
}

#[derive(Clone, Debug)]
pub(super) struct Clock {
    now: Time,
    /// A real instant and the run's time at that instant, while the two walk together.
    anchor: Option<(Instant, Time)>,
}

impl Clock {
    pub(super) const fn new(start: Time) -> Clock {
        Clock { now: start, anchor: None }
    }

    pub(super) const fn now(&self) -> Time {
        self.now
    }

    /// To `at`, never back.
    pub(super) fn advance(&mut self, at: Time) {
        self.now = self.now.max(at);
    }

    /// Begins to walk beside the real clock, if it does not already.
    pub(super) fn walk(&mut self) {
        let now = self.now;
        self.anchor.get_or_insert_with(|| (Instant::now(), now));
    }

    /// Ceases to walk beside the real clock.
    pub(super) fn jump(&mut self) {
        self.anchor = None;
    }

    /// While walking: to the real clock's time, and how far that is from `to`.
    pub(super) fn read(&mut self, to: Time) -> Duration {
        if let Some((instant, time)) = self.anchor {
            self.advance((time + instant.elapsed()).min(to));
        }
        self.now.until(to)
    }
}
