//! The network `lossy`: the set of all messages ever sent.
//!
//! Each message in the set may be delivered to whom it is addressed, at any time, any number of
//! times, or never. That is loss (never), duplication (more than once), reordering (in any order)
//! and delay without bound (at any later time) at once, and needs no queue: as a message that was
//! sent may always come again, it never leaves the set, and sending it again adds nothing. The set
//! only grows, so it also is the record of what was said, against which the properties hold what
//! the roles believe.

use core::{cmp::Ordering, fmt, hash, ops::Range};

use crate::{
    Message,
    message::Alike,
    pack::{Pack, Packer, Unpacker},
};

/// How many messages a run has room for. One more is outside the model's bounds and shows as such.
pub const MESSAGES: usize = 112;

/// The set of all messages ever sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// In ascending order, and 0 behind them.
    packed: [u32; MESSAGES],
    len: u8,
}

impl Network {
    /// Nothing has been sent.
    pub const EMPTY: Network = Network { packed: [0; MESSAGES], len: 0 };

    /// Puts a message in. `false` when there is no room for it.
    #[must_use]
    pub fn send(&mut self, message: Message) -> bool {
        self.send_packed(message.pack())
    }

    /// The same with a message as it is kept.
    pub(crate) fn send_packed(&mut self, packed: u32) -> bool {
        let Err(place) = self.packed().binary_search(&packed) else { return true };
        let len = usize::from(self.len);
        let Some(moved) = self.packed.get_mut(place..=len) else { return false };
        moved.rotate_right(1);
        if let Some(slot) = moved.first_mut() {
            *slot = packed;
        }
        self.len += 1;
        true
    }

    /// Takes out those of the messages that are dead.
    pub(crate) fn forget(&mut self, alike: Alike, dead: impl Fn(Message) -> bool) {
        let range = self.range(alike);
        let mut kept = range.start;
        for place in range.clone() {
            let Some(packed) = self.packed.get(place).copied() else { return };
            if !Message::unpack(packed).is_some_and(&dead) {
                if let Some(slot) = self.packed.get_mut(kept) {
                    *slot = packed;
                }
                kept += 1;
            }
        }
        let len = usize::from(self.len);
        if kept != range.end {
            self.packed.copy_within(range.end..len, kept);
            let gone = range.end - kept;
            self.packed.iter_mut().skip(len - gone).take(gone).for_each(|slot| *slot = 0);
            self.len -= u8::try_from(gone).unwrap_or(self.len);
        }
    }

    /// Those that are alike.
    pub(crate) fn alike(&self, alike: Alike) -> impl Iterator<Item = Message> + '_ {
        let found = self.packed.get(self.range(alike)).unwrap_or_default();
        found.iter().filter_map(|packed| Message::unpack(*packed))
    }

    /// Those that the HA has sent or may receive, as they are kept.
    pub(crate) fn of_home_agent(&self) -> [&[u32]; 3] {
        [Alike::PlainUpdates, Alike::OfLegC, Alike::PlainAcks]
            .map(|alike| self.packed.get(self.range(alike)).unwrap_or_default())
    }

    /// Whether there are any of that kind.
    pub(crate) fn any(&self, alike: Alike) -> bool {
        !self.range(alike).is_empty()
    }

    fn range(&self, alike: Alike) -> Range<usize> {
        let (bits, width) = alike.prefix();
        let packed = self.packed();
        let begin = packed.partition_point(|packed| *packed < bits);
        let rest = packed.get(begin..).unwrap_or_default();
        let shift = u32::BITS - width;
        let many = rest.iter().take_while(|packed| **packed >> shift == bits >> shift).count();
        begin..begin + many
    }

    /// Whether a message has been sent.
    #[must_use]
    pub fn contains(&self, message: Message) -> bool {
        self.packed().binary_search(&message.pack()).is_ok()
    }

    /// All of them, in an order that depends on nothing but the set.
    pub fn iter(&self) -> impl Iterator<Item = Message> + '_ {
        self.packed().iter().filter_map(|packed| Message::unpack(*packed))
    }

    /// Those that an older state of the same network did not have.
    pub fn since<'a>(&'a self, before: &'a Network) -> impl Iterator<Item = Message> + 'a {
        // Both are sorted, and most of the time they begin and end alike.
        let (new, old) = (self.packed(), before.packed());
        let same = new.iter().zip(old).take_while(|(new, old)| new == old).count();
        let mut old = old.get(same..).unwrap_or_default().iter().peekable();
        let new = new.get(same..).unwrap_or_default().iter();
        let is_new = move |packed: &&u32| {
            while old.next_if(|old| *old < *packed).is_some() {}
            old.next_if_eq(packed).is_none()
        };
        new.filter(is_new).filter_map(|packed| Message::unpack(*packed))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All of them as they are kept.
    pub(crate) fn packed(&self) -> &[u32] {
        self.packed.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl Ord for Network {
    fn cmp(&self, other: &Network) -> Ordering {
        self.packed().cmp(other.packed())
    }
}

impl PartialOrd for Network {
    fn partial_cmp(&self, other: &Network) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl hash::Hash for Network {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.packed().hash(state);
    }
}

impl Pack for Network {
    fn pack(&self, to: &mut Packer<'_>) {
        self.len.pack(to);
        self.packed().iter().for_each(|packed| packed.pack(to));
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Network> {
        let mut network = Network { len: u8::unpack(from)?, ..Network::EMPTY };
        for slot in network.packed.get_mut(..usize::from(network.len))? {
            *slot = u32::unpack(from)?;
        }
        Some(network)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<Message> for Network {
    /// The set of these messages; those for which there is no room are left out.
    fn from_iter<I: IntoIterator<Item = Message>>(messages: I) -> Network {
        let mut network = Network::EMPTY;
        for message in messages {
            let _ = network.send(message);
        }
        network
    }
}
