//! The network `lossy`: the set of all messages ever sent.
//!
//! Each message in the set may be delivered to whom it is addressed, at any time, any number of
//! times, or never. That is loss (never), duplication (more than once), reordering (in any order)
//! and delay without bound (at any later time) at once, and needs no queue: as a message that was
//! sent may always come again, it never leaves the set, and sending it again adds nothing. The set
//! only grows, so it also is the record of what was said, against which the properties hold what
//! the roles believe.

use core::{fmt, hash};

use crate::Message;

/// How many messages a run has room for. One more is outside the model's bounds and shows as such.
pub const MESSAGES: usize = 96;

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
        let packed = message.pack();
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

    /// Takes out the messages that fit.
    pub(crate) fn forget(&mut self, dead: impl Fn(Message) -> bool) {
        let len = usize::from(self.len);
        let mut kept = 0;
        for place in 0..len {
            let packed = self.packed[place];
            if !Message::unpack(packed).is_some_and(&dead) {
                self.packed[kept] = packed;
                kept += 1;
            }
        }
        self.packed[kept..len].fill(0);
        self.len = kept as u8;
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
        let new = (self.len != before.len).then(|| self.packed().iter());
        new.into_iter()
            .flatten()
            .filter(|packed| before.packed().binary_search(packed).is_err())
            .filter_map(|packed| Message::unpack(*packed))
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

    fn packed(&self) -> &[u32] {
        self.packed.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl hash::Hash for Network {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.packed().hash(state);
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
