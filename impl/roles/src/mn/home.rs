//! Coming home: the home link is used when nothing is left of what was taken on elsewhere.

use super::{BindingState, Mn, binding::Remains};
use crate::{Effect, Effects, Packet, Random, Time};

/// How far the mobile node has come home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Homecoming {
    /// It gives back what it holds on the link that it is about to leave.
    Releasing(Remains),
    /// That has not reached the home agent, which it tells from the home link.
    Telling(Remains),
    /// It uses the home link.
    Home(Remains),
}

impl Mn {
    /// Comes to its home link from where it is: ends binding, registration and access there as
    /// [`Mn::release`] does, tells the home agent from the home link if it could not be told from
    /// there, and then takes its home address on. A mobile node that has no home address is not
    /// at home anywhere; it releases what it has.
    pub fn come_home(&mut self, now: Time, random: &mut dyn Random) -> Effects {
        self.homecoming = self.binding.remains(now).map(Homecoming::Releasing);
        self.release(now, random)
    }

    /// Whether it uses its home link, under its home address.
    #[must_use]
    pub fn is_at_home(&self) -> bool {
        matches!(self.homecoming, Some(Homecoming::Home(_)))
    }

    /// Goes on with coming home when the visited link has been left.
    pub(super) fn advance_home(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        effects: &mut Effects,
    ) {
        //= movement.3.8
        match self.homecoming {
            None => self.binding.abandon(),
            Some(Homecoming::Releasing(home)) => match self.binding.remains(now) {
                Some(remains) => {
                    self.homecoming = Some(Homecoming::Telling(home));
                    self.own_addresses(effects);
                    let updates = self.binding.release_at_home(now, random, remains, effects);
                    send_at_home(updates, effects);
                }
                None => self.homecoming = Some(Homecoming::Home(home)),
            },
            Some(Homecoming::Telling(home)) if self.binding.state() == BindingState::Idle => {
                self.homecoming = Some(Homecoming::Home(home));
            }
            Some(Homecoming::Telling(_) | Homecoming::Home(_)) => {}
        }
        self.own_addresses(effects);
    }

    /// Sends updates the way that leads to the home agent from where the mobile node is.
    pub(super) fn send_updates(&mut self, now: Time, updates: Vec<Vec<u8>>, effects: &mut Effects) {
        match self.homecoming {
            Some(Homecoming::Telling(_)) => send_at_home(updates, effects),
            _ => {
                if !updates.is_empty() && !self.has_tunnel() {
                    self.binding.find_no_way();
                }
                self.tunnel_all(now, updates, effects);
            }
        }
    }

    /// Whether an IPv6 packet from the link may be the home agent's answer.
    pub(super) fn is_telling_at_home(&self) -> bool {
        matches!(self.homecoming, Some(Homecoming::Telling(_)))
    }
}

/// Sends IPv6 packets as they are, on the home link.
fn send_at_home(packets: Vec<Vec<u8>>, effects: &mut Effects) {
    for octets in packets {
        effects.push(Effect::Packet(Packet { neighbour: None, octets }));
    }
}
