//! A role crashes, and comes up again with what it keeps.

use std::sync::Arc;

use dsboot_model::Action;

use super::following::Happening;
use super::{Divergence, Follower};
use crate::abstraction::{HeldBack, Observer};
use crate::bytes::Station;

impl Follower {
    /// A station crashes and comes up again. Returns whether it could.
    ///
    /// # Errors
    ///
    /// When roles and model part.
    pub fn restart(&mut self, station: Station) -> Result<bool, Divergence> {
        // What is held back would be lost, which the model has sent.
        let is_busy = match station {
            // It would go on from the last Identification, which is as old as the crash: neither right
            // nor wrong for the model.
            Station::Mn(_) if !self.bytes.ahead(Station::Fha(0)).is_zero() => true,
            Station::Mn(mobile) => self
                .side(mobile)
                .is_none_or(|side| side.observer.held_back() != HeldBack::default()),
            _ => false,
        };
        if is_busy || !self.bytes.restart(station) {
            return Ok(false);
        }
        let action = crash_of(station);
        for side in &mut self.sides {
            Arc::make_mut(&mut side.observer).on_restart(station);
        }
        self.follow(&Happening {
            action,
            ..Happening::unasked(station, format!("{station:?} crashes and starts again"))
        })?;
        Ok(true)
    }
}

/// What the crash of a station is in the model. What it loses there is what it waits for; who waits for
/// nothing loses nothing.
fn crash_of(station: Station) -> Option<Action> {
    Some(match station {
        Station::Mn(_) => Action::MnRestarts,
        Station::Nas(site) => Action::NasRestarts(Observer::link(site)?),
        Station::Fa(site) => Action::FaRestarts(Observer::link(site)?),
        Station::Fha(which) => Action::FhaRestarts(Observer::fha(which)?),
        Station::Aaah => Action::AaahRestarts,
        Station::Ha => Action::HaRestarts,
        Station::Aaaf | Station::Cn => return None,
    })
}
