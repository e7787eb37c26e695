//! How the mobile node lets go, is switched off, or crashes.

use super::{Mn, Registration};
use crate::{Form, Guard, Profile, Rule, state::Cx};

impl Mn {
    /// Begins to let go of everything.
    //= movement.3.1
    //= movement.3.8
    pub(crate) fn release(&mut self, cx: &mut Cx<'_>) {
        let Some(registration) = self.registration else { return };
        self.leaving = true;
        self.request = None;
        let asked = self.update.map(|update| update.care_of);
        let asked = asked.filter(|_| cx.heeds(Guard::MnReleasesWhatItAskedFor));
        match self.binding.or(asked).filter(|_| cx.heeds(Guard::MnReleasesInOrder)) {
            Some(care_of6) => self.update(cx, care_of6, registration.care_of, true),
            None => self.end_registration(cx),
        }
    }

    /// The second step of a release.
    //= movement.3.2
    pub(super) fn end_registration(&mut self, cx: &mut Cx<'_>) {
        if let Some(Registration { fha, key, .. }) = self.registration {
            cx.rule(Rule::MnEndsRegistration);
            self.request(cx, fha, Form::Again(key), true);
        }
    }

    /// Goes on with a release, as the answer fails to come.
    //= movement.3.2
    pub(crate) fn give_up_release(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::MnGivesUpRelease);
        if self.update.is_some_and(|update| update.release) {
            self.binding = None;
            self.update = None;
            self.end_registration(cx);
        } else {
            self.is_released(cx);
        }
    }

    pub(super) fn is_released(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::MnIsReleased);
        self.forget(cx);
    }

    /// Is switched off: no word to anybody.
    pub(crate) fn go_off(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::MnGoesOff);
        self.forget(cx);
    }

    /// Has crashed and starts again.
    pub(crate) fn restart(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::MnRestarts);
        self.forget(cx);
        //= registration.4.11
        //= home-binding.1.6
        if !cx.heeds(Guard::MnNumbersByClock) {
            self.ident = None;
            self.seq = None;
        }
    }

    /// Is as before the bootstrap, but for what protects against replay.
    //= movement.3.6
    pub(super) fn forget(&mut self, cx: &Cx<'_>) {
        let Mn { session, ident, seq, clock, registration, .. } = *self;
        *self = Mn { session, ident, seq, clock, ..Mn::new(Profile::Entitled) };
        if !cx.heeds(Guard::MnForgets) {
            self.registration = registration;
        }
    }
}
