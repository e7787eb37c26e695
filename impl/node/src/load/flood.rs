//! Wrong datagrams beside right ones.

use std::io;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use super::Settings;
use super::way::End;

/// How many right requests are kept to be sent wrong or again.
const KEPT: usize = 64;

/// Sends wrong, truncated and repeated datagrams at a rate of its own, from the same host.
pub struct Flood {
    end: End,
    rate: u32,
    sent: u64,
    seen: Vec<Vec<u8>>,
    random: ChaCha8Rng,
}

impl Flood {
    pub(super) fn new(settings: &Settings) -> io::Result<Flood> {
        let end = settings.way.open()?;
        let random = ChaCha8Rng::seed_from_u64(1);
        Ok(Flood { end, rate: settings.flood, sent: 0, seen: Vec::new(), random })
    }

    /// Takes note of a right request.
    pub(super) fn learn(&mut self, request: &[u8]) {
        if self.rate == 0 {
            return;
        }
        if self.seen.len() < KEPT {
            self.seen.push(request.to_vec());
        } else {
            let at = self.below(KEPT);
            if let Some(kept) = self.seen.get_mut(at) {
                *kept = request.to_vec();
            }
        }
    }

    /// Sends what is due after `elapsed`; returns how many that were.
    pub(super) fn send(&mut self, elapsed: Duration) -> io::Result<u64> {
        let due = u128::from(self.rate) * elapsed.as_micros() / 1_000_000;
        let most = usize::try_from(self.rate / 10).unwrap_or(usize::MAX);
        let mut wrong = Vec::new();
        // A tenth of a second's worth at a time at the most, so that it never holds up what is right.
        while u128::from(self.sent) < due && wrong.len() < most {
            wrong.push(self.wrong());
            self.sent += 1;
        }
        self.end.send(&wrong)?;
        Ok(wrong.len() as u64)
    }

    /// A datagram that asks for nothing that may be given: octets of no meaning, a request cut
    /// short, one that was altered, or one that was sent before.
    fn wrong(&mut self) -> Vec<u8> {
        let at = self.below(self.seen.len());
        let mut octets = self.seen.get(at).cloned().unwrap_or_default();
        let place = self.below(octets.len());
        match self.below(4) {
            0 => {
                octets = vec![0; place];
                self.random.fill_bytes(&mut octets);
            }
            1 => octets.truncate(place),
            2 => {
                if let Some(octet) = octets.get_mut(place) {
                    *octet ^= 1 << (self.random.next_u32() % 8);
                }
            }
            _ => {}
        }
        octets
    }

    /// A number below `bound`, 0 for a bound of 0.
    fn below(&mut self, bound: usize) -> usize {
        let random = usize::try_from(self.random.next_u32()).unwrap_or_default();
        random.checked_rem(bound).unwrap_or_default()
    }
}
