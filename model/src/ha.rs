//! The home agent, which knows IPv6 only.

use crate::config::{Config, Fault};
use crate::message::{Message, Status, Update};
use crate::network::Network;

/// What the HA holds of the mobile node: nothing of IPv4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
//= home-binding.3.10
pub struct Ha {
    /// The binding: the update last accepted.
    pub binding: Option<Update>,
    /// The update about which the AAAH was asked.
    pub asking: Option<Update>,
    /// The last sequence number accepted, which outlives the binding; 0 for none.
    pub last: u8,
}

impl Ha {
    /// Takes a binding update and asks the AAAH.
    //= home-binding.2.1
    //= home-binding.2.2
    //= home-binding.2.3
    //= home-binding.2.9
    pub fn on_update(&mut self, update: &Update, config: &Config, net: &mut Network) {
        if self.asking.is_some() {
            return;
        }
        if config.broken(Fault::HaDoesNotAsk) {
            self.bind(update, config, net);
            return;
        }
        self.asking = Some(*update);
        net.send(Message::BindingAsk(*update));
    }

    /// Takes the AAAH's answer.
    pub fn on_answer(&mut self, seq: u8, accept: bool, config: &Config, net: &mut Network) {
        let Some(update) = self.asking.filter(|u| u.seq == seq) else { return };
        self.asking = None;
        //= home-binding.2.10
        if accept {
            self.bind(&update, config, net);
        }
    }

    /// Takes the AAAH's answer while the mobile node's clock is too far from its own.
    //= home-binding.3.1
    pub fn on_answer_clocks_differ(&mut self, seq: u8, accept: bool, net: &mut Network) {
        if self.asking.is_some_and(|u| u.seq == seq) && accept {
            self.asking = None;
            acknowledge(seq, Status::Stale, net);
        }
    }

    /// Replaces, makes or deletes the one binding.
    fn bind(&mut self, update: &Update, config: &Config, net: &mut Network) {
        //= home-binding.3.1
        //= home-binding.3.2
        if update.seq <= self.last && !config.broken(Fault::HaTakesReplay) {
            acknowledge(update.seq, Status::Stale, net);
            return;
        }
        //= home-binding.3.12
        //= movement.1.9
        self.last = update.seq;
        self.binding = update.alive.then_some(*update);
        acknowledge(update.seq, Status::Accepted, net);
    }

    /// The binding's lifetime has run out. The last sequence number stays known.
    //= home-binding.3.11
    pub const fn expire(&mut self) {
        self.binding = None;
    }

    /// Where packets for the home address go.
    #[must_use]
    //= data-path.4.3
    pub fn forwards(&self) -> Option<u8> {
        self.binding.map(|b| b.care_of)
    }
}

/// Answers an update, under the key of this exchange.
//= home-binding.3.7
//= keys.3.1
fn acknowledge(seq: u8, status: Status, net: &mut Network) {
    net.send(Message::BindingAck { seq, status });
}
