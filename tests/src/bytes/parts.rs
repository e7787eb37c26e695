//! Who is on a network of octets, and what they send to each other.

use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use dsboot_node::kept::Kept;
use dsboot_node::world::Party;
use dsboot_roles::{Datagram, Effects, Machine as _, Packet, Random, Time};

/// Who is on the network. Sites are counted from 0, as in [`World::sites`](super::World::sites); the first two lie
/// below FHA 0, the third below FHA 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Station {
    /// A mobile node.
    Mn(usize),
    /// The NAS of a site.
    Nas(usize),
    /// The foreign agent of a site.
    Fa(usize),
    /// An FHA.
    Fha(usize),
    /// The AAA server of the visited network.
    Aaaf,
    /// The AAA server of the home network.
    Aaah,
    /// The home agent.
    Ha,
    /// The correspondent.
    Cn,
}

/// Something that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Flight {
    /// Who sent it.
    pub from: Station,
    /// Who gets it.
    pub to: Station,
    /// On which link it reaches a mobile node, if it goes to one.
    pub site: Option<usize>,
    /// When it was sent.
    pub sent: Time,
    /// What was sent.
    pub what: Cargo,
    /// A fingerprint of what is said by whom to whom, whenever that is.
    pub key: u64,
}

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cargo {
    /// A UDP datagram.
    Datagram(Datagram),
    /// Any other IP packet.
    Packet(Packet),
}

/// Where a station's random octets come from: they are fixed by who it is, the run's seed, and how
/// many it has drawn, so that a copy of it draws the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entropy {
    seed: u64,
    drawn: u64,
}

impl Entropy {
    pub(super) fn new(seed: u64, station: Station) -> Entropy {
        let mut hasher = DefaultHasher::new();
        (seed, station).hash(&mut hasher);
        Entropy { seed: hasher.finish(), drawn: 0 }
    }
}

impl Random for Entropy {
    fn fill(&mut self, octets: &mut [u8]) {
        for chunk in octets.chunks_mut(8) {
            self.drawn += 1;
            // SplitMix64.
            let z = self.seed.wrapping_add(self.drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let drawn = (z ^ (z >> 31)).to_be_bytes();
            chunk.iter_mut().zip(drawn).for_each(|(octet, drawn)| *octet = drawn);
        }
    }
}

/// A station, the machine of its role, and its random octets.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub(super) station: Station,
    pub(super) party: Arc<Party>,
    /// What it would have after a crash.
    pub(super) kept: Arc<Kept>,
    pub(super) entropy: Entropy,
    /// How far its clock is ahead of the network's.
    pub(super) ahead: Duration,
    /// A fingerprint of all of it.
    pub(super) print: u64,
}

impl Seat {
    pub(super) fn new(station: Station, mut party: Party, entropy: Entropy) -> Seat {
        let kept = Arc::new(Kept::begin(&mut party));
        let party = Arc::new(party);
        let mut seat = Seat { station, party, kept, entropy, ahead: Duration::ZERO, print: 0 };
        seat.print = seat.fingerprint();
        seat
    }

    /// When its next timer fires, by the network's clock.
    pub(super) fn due(&self) -> Option<Time> {
        let time = self.party.poll_timeout()?;
        let micros = u64::try_from(self.ahead.as_micros()).unwrap_or_default();
        Some(Time::from_unix_micros(time.unix_micros().saturating_sub(micros)))
    }

    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.station, &self.party, &self.kept, self.entropy).hash(&mut hasher);
        hasher.finish()
    }
}

/// A machine did not do the same again: its octets depend on something that it was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undetermined {
    /// Whose machine.
    pub station: Station,
    /// What it did, and what it did when asked again from the same state.
    pub effects: [Effects; 2],
}
