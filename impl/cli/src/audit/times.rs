//! Packets in the order of their times: several queues of an interface, or several interfaces,
//! write them a little out of it.

use std::collections::BTreeMap;
use std::time::Duration;

/// So many packets are held back, as one that comes later may be earlier.
const HELD: usize = 64;

/// What is earlier by more than this belongs to another capture, put behind the first.
const APART: Duration = Duration::from_secs(1);

/// Puts what an iterator gives in the order of its times, as far as it is near by.
pub(super) struct Timely<I, T> {
    source: Option<I>,
    /// By the capture that it is of, its time, and its place.
    held: BTreeMap<(u64, Duration, u64), T>,
    capture: u64,
    latest: Duration,
    place: u64,
}

impl<I, T> Timely<I, T> {
    pub(super) fn new(source: I) -> Timely<I, T> {
        let latest = Duration::ZERO;
        Timely { source: Some(source), held: BTreeMap::new(), capture: 0, latest, place: 0 }
    }
}

impl<I: Iterator<Item = (Option<Duration>, T)>, T> Iterator for Timely<I, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        while self.held.len() < HELD {
            let Some((time, one)) = self.source.as_mut().and_then(Iterator::next) else {
                self.source = None;
                break;
            };
            let time = time.unwrap_or(self.latest);
            if time + APART < self.latest {
                self.capture += 1;
                self.latest = time;
            }
            self.latest = self.latest.max(time);
            self.place += 1;
            self.held.insert((self.capture, time, self.place), one);
        }
        self.held.pop_first().map(|(_, one)| one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(times: &[Option<u64>]) -> Vec<usize> {
        let packets = times.iter().enumerate();
        let packets = packets.map(|(n, time)| (time.map(Duration::from_millis), n));
        Timely::new(packets).collect()
    }

    #[test]
    fn what_is_near_by_is_put_in_order() {
        assert_eq!(sorted(&[Some(5), Some(3), Some(4), Some(3)]), [1, 3, 2, 0]);
        // Without a time: where it stands.
        assert_eq!(sorted(&[Some(5), None, Some(4), Some(6)]), [2, 0, 1, 3]);
    }

    #[test]
    fn captures_put_behind_each_other_stay_so() {
        assert_eq!(sorted(&[Some(9_000), Some(9_001), Some(10), Some(9)]), [0, 1, 3, 2]);
    }

    #[test]
    fn not_more_is_held_than_fits() {
        let many: Vec<_> = (0..1_000).map(|n| Some(n / 100 * 100 + 99 - n % 100)).collect();
        assert_eq!(sorted(&many).len(), 1_000);
    }
}
