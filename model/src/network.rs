//! The lossy network.

use crate::message::Message;

/// The set of all messages that were ever sent, but for those that can have no effect any more.
///
/// Each may be delivered to its addressee at any time, any number of times, or never. That is
/// exactly loss (never), duplication (again), reordering (in any order) and delay without bound
/// (after anything else), in one rule. A message sent twice with the same contents is one element:
/// a retransmission of the same octets is the same as another delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Network {
    /// Sorted, so that equal sets are equal values.
    sent: Vec<Message>,
}

impl Network {
    /// Adds a message; one that is there already stays there.
    pub fn send(&mut self, message: Message) {
        if let Err(place) = self.sent.binary_search(&message) {
            self.sent.insert(place, message);
        }
    }

    /// Whether this message is there.
    #[must_use]
    pub fn has(&self, message: &Message) -> bool {
        self.sent.binary_search(message).is_ok()
    }

    /// Forgets what nobody will act on any more; see [`crate::State::settle`].
    pub fn retain(&mut self, keep: impl FnMut(&Message) -> bool) {
        self.sent.retain(keep);
    }

    /// Every message that can still be delivered with an effect, in no meaningful order.
    pub fn iter(&self) -> std::slice::Iter<'_, Message> {
        self.sent.iter()
    }

    /// Whether any message fits.
    pub fn any(&self, fits: impl FnMut(&Message) -> bool) -> bool {
        self.sent.iter().any(fits)
    }
}
