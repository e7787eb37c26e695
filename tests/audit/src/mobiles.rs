//! The mobile nodes that are followed at the moment.

use std::collections::HashMap;
use std::time::Duration;

use dsboot_spec::CareOf;

use super::mobile::{Key, Mobile};

/// So many are followed at once. When there are more, the quarter that has been silent for longest is
/// given up; whoever comes again after that is taken for somebody whose beginning was not seen.
pub const MOBILES: usize = 2_000;

/// Whoever has been silent for so long is followed no more: every lifetime of Mobile IPv4 but the
/// infinite one is over.
pub const IDLE: Duration = Duration::from_secs(86_400);

/// Mobile nodes, each by a number that no other has had.
#[derive(Debug)]
pub(super) struct Mobiles {
    by_place: HashMap<usize, Mobile>,
    by_key: HashMap<Key, usize>,
    next: usize,
    /// How many may be followed at once.
    room: usize,
}

impl Mobiles {
    pub(super) fn new(room: usize) -> Mobiles {
        Mobiles { by_place: HashMap::new(), by_key: HashMap::new(), next: 0, room: room.max(4) }
    }

    pub(super) fn get(&self, place: usize) -> Option<&Mobile> {
        self.by_place.get(&place)
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut Mobile> {
        self.by_place.get_mut(&place)
    }

    /// Those of which something is not judged yet, the first ones first.
    pub(super) fn busy(&mut self) -> Vec<&mut Mobile> {
        let mut busy: Vec<_> =
            self.by_place.iter_mut().filter(|(_, mobile)| mobile.has_work()).collect();
        busy.sort_unstable_by_key(|(place, _)| **place);
        busy.into_iter().map(|(_, mobile)| mobile).collect()
    }

    /// The number of the mobile node with a key, if it is followed.
    pub(super) fn place(&self, key: &Key) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    /// Follows another one.
    pub(super) fn follow(&mut self, key: Key, arrangements: &[CareOf], complete: bool) -> usize {
        let place = self.next;
        self.next += 1;
        self.by_place.insert(place, Mobile::new(&key, arrangements, complete));
        self.by_key.insert(key, place);
        place
    }

    /// Gives up those for which there is no room.
    pub(super) fn make_room(&mut self) -> Vec<(usize, Mobile)> {
        if self.by_place.len() < self.room {
            return Vec::new();
        }
        let mut last: Vec<_> =
            self.by_place.iter().map(|(place, mobile)| (mobile.last(), *place)).collect();
        last.sort_unstable();
        let given_up = last.into_iter().take(self.room / 4).map(|(_, place)| place).collect();
        self.take(given_up)
    }

    /// Gives up those that have been silent since long before `now`.
    pub(super) fn drop_idle(&mut self, now: Duration) -> Vec<(usize, Mobile)> {
        let is_idle = |mobile: &Mobile| mobile.heard().is_some_and(|heard| heard + IDLE < now);
        let idle = self.by_place.iter().filter(|(_, mobile)| is_idle(mobile));
        let idle = idle.map(|(place, _)| *place).collect();
        self.take(idle)
    }

    /// All that are left.
    pub(super) fn into_all(self) -> impl Iterator<Item = (usize, Mobile)> {
        self.by_place.into_iter()
    }

    fn take(&mut self, places: Vec<usize>) -> Vec<(usize, Mobile)> {
        let taken: Vec<_> =
            places.into_iter().filter_map(|at| self.by_place.remove_entry(&at)).collect();
        if !taken.is_empty() {
            let Mobiles { by_place, by_key, .. } = self;
            by_key.retain(|_, place| by_place.contains_key(place));
        }
        taken
    }
}
