//! When an unanswered message is sent again: the algorithm of RFC 3315 §14, which RADIUS
//! (RFC 5080 §2.2.1) and PANA (RFC 5191 §9) share.

use core::time::Duration;

use crate::{Random, Time};

/// How often and how long a message is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// IRT: the first wait.
    pub initial: Duration,
    /// MRT: the longest wait, before the random variation.
    pub maximum: Duration,
    /// MRC: how often the message is sent in all, if that is limited.
    pub count: Option<u32>,
    /// MRD: how long after the first transmission the exchange has failed, if that is limited.
    pub duration: Option<Duration>,
}

/// The timer of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timer {
    schedule: Schedule,
    began: Time,
    sent: u32,
    /// RT: the wait that runs now.
    wait: Duration,
    due: Time,
}

/// What is to be done when a [`Timer`] is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Due {
    /// Send the message once more.
    Repeat,
    /// The exchange has failed.
    GiveUp,
}

impl Timer {
    /// The timer of a message sent for the first time at `now`.
    #[must_use]
    pub fn start(schedule: Schedule, now: Time, random: &mut dyn Random) -> Timer {
        let wait = varied(schedule.initial, schedule.initial, random);
        let mut timer = Timer { schedule, began: now, sent: 1, wait, due: now };
        timer.wait_from(now);
        timer
    }

    /// When it is due.
    #[must_use]
    pub const fn due(&self) -> Time {
        self.due
    }

    /// Counts a transmission at `now` and starts the wait after it, or says that there is none
    /// to be.
    pub fn expire(&mut self, now: Time, random: &mut dyn Random) -> Due {
        let Schedule { maximum, count, duration, .. } = self.schedule;
        if count.is_some_and(|count| self.sent >= count)
            || duration.is_some_and(|duration| now >= self.began + duration)
        {
            return Due::GiveUp;
        }
        self.wait = varied(self.wait.saturating_mul(2), self.wait, random);
        if self.wait > maximum {
            self.wait = varied(maximum, maximum, random);
        }
        self.sent = self.sent.saturating_add(1);
        self.wait_from(now);
        Due::Repeat
    }

    fn wait_from(&mut self, now: Time) {
        let next = now + self.wait;
        self.due = match self.schedule.duration {
            Some(duration) => next.min(self.began + duration),
            None => next,
        };
    }
}

/// `wait` plus RAND times `base`.
fn varied(wait: Duration, base: Duration, random: &mut dyn Random) -> Duration {
    let per_mille = random.jitter_per_mille();
    let part = base.saturating_mul(u32::try_from(per_mille.unsigned_abs()).unwrap_or(0)) / 1000;
    if per_mille < 0 { wait.saturating_sub(part) } else { wait.saturating_add(part) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Always the same jitter.
    struct Jitter(u32);

    impl Random for Jitter {
        fn fill(&mut self, octets: &mut [u8]) {
            octets.copy_from_slice(&self.0.to_be_bytes());
        }
    }

    const RADIUS: Schedule = Schedule {
        initial: Duration::from_secs(2),
        maximum: Duration::from_secs(16),
        count: Some(5),
        duration: Some(Duration::from_secs(30)),
    };

    /// Milliseconds from the start at which the message is sent again, the last one that at
    /// which it is given up.
    fn schedule(schedule: Schedule, jitter: u32, most: usize) -> Vec<u128> {
        let start = Time::from_unix_micros(0);
        let mut random = Jitter(jitter);
        let mut timer = Timer::start(schedule, start, &mut random);
        let mut times = Vec::new();
        loop {
            let now = timer.due();
            times.push(now.since(start).as_millis());
            if timer.expire(now, &mut random) == Due::GiveUp || times.len() == most {
                return times;
            }
        }
    }

    #[test]
    fn the_waits_double_and_the_exchange_ends_in_time() {
        assert_eq!(schedule(RADIUS, 100, 9), [2000, 6000, 14_000, 30_000]);
        assert_eq!(schedule(RADIUS, 0, 9), [1800, 5220, 11_718, 24_064, 30_000]);
        assert_eq!(schedule(RADIUS, 200, 9), [2200, 6820, 16_522, 30_000]);
    }

    #[test]
    fn the_longest_wait_is_varied_too() {
        let pana = Schedule {
            initial: Duration::from_secs(1),
            maximum: Duration::from_secs(4),
            count: None,
            duration: None,
        };
        assert_eq!(schedule(pana, 100, 5), [1000, 3000, 7000, 11_000, 15_000]);
        assert_eq!(schedule(pana, 200, 5), [1100, 3410, 7810, 12_210, 16_610]);
    }

    #[test]
    fn the_count_ends_it_without_a_duration() {
        let thrice = Schedule { count: Some(3), duration: None, ..RADIUS };
        assert_eq!(schedule(thrice, 100, 9), [2000, 6000, 14_000]);
    }
}
