//! Release: the home binding first, then the registration, then access.

use super::{BindingState, Mn, Outcome, agents::Agents};
use crate::{
    Effects, Random, Time,
    fault::{Fault, is},
    pana::Phase,
};

/// How far a release has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Release {
    /// The home agent is being told.
    Binding,
    /// The FHA is being told.
    Registration,
    /// The PAA is being told.
    Access,
}

impl Mn {
    /// Ends binding, registration and access, in this order, each when the one before is
    /// answered or given up.
    pub fn release(&mut self, now: Time, random: &mut dyn Random) -> Effects {
        //= movement.3.1
        //= movement.3.2
        let mut effects = Effects::new();
        self.wants_registration = false;
        self.release = Some(Release::Binding);
        if is(Fault::MnReleasesOutsideIn) {
            self.binding.forget();
        }
        let packets = self.binding.release(now, random, &mut effects);
        self.send_updates(now, packets, &mut effects);
        self.advance(now, random, &mut effects);
        effects
    }

    /// Whether binding and registration have been let go of, and access alone is left.
    #[must_use]
    pub fn is_leaving_access(&self) -> bool {
        self.release == Some(Release::Access)
    }

    pub(super) fn advance_release(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        effects: &mut Effects,
    ) {
        let told = self.binding.state() == BindingState::Idle;
        if self.release == Some(Release::Binding) && told && !self.agents.is_looking() {
            self.release = Some(Release::Registration);
            let begun = self
                .way()
                .is_some_and(|way| self.registrar.release(now, random, &self.config, way, effects));
            if !begun {
                self.registrar.forget();
            }
        }
        let registered = self.registrar.held().is_some() || self.registrar.requesting().is_some();
        if self.release == Some(Release::Registration) && !registered {
            self.release = Some(Release::Access);
            self.outcome = Some(Outcome::Released);
            if let Some(pac) = &mut self.pac {
                effects.append(pac.terminate(now, random));
            }
        }
        let admitted = self.pac.as_ref().is_some_and(|pac| pac.phase() != Phase::Closed);
        if self.release == Some(Release::Access) && !admitted {
            //= movement.3.6
            //= movement.3.9
            self.release = None;
            self.pac = None;
            self.admitted = None;
            self.attachment = None;
            self.agents = Agents::default();
            self.tunnel_used = None;
            self.own_addresses(effects);
            self.advance_home(now, random, effects);
        }
    }
}
