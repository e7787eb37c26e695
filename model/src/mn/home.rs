//! The home binding: updates through the tunnel, and what the HA says to them.

use super::Mn;
use crate::{Ack, CareOf4, CareOf6, Guard, Leg, Message, Rule, Seq, Update, state::Cx};

impl Mn {
    /// Sends a binding update through the tunnel from that care-of address.
    //= home-binding.1.2
    //= home-binding.1.4
    //= home-binding.1.5
    //= data-path.1.1
    pub(super) fn update(
        &mut self,
        cx: &mut Cx<'_>,
        care_of: CareOf6,
        from: CareOf4,
        release: bool,
    ) {
        //= home-binding.1.6
        let Some(seq) = cx.in_bounds(Seq::after(self.seq)) else { return };
        cx.rule(if release { Rule::MnEndsBinding } else { Rule::MnUpdates });
        self.seq = Some(seq);
        let update = Update { seq, care_of, release, intact: true };
        self.update = Some(update);
        //= data-path.1.2
        //= data-path.1.3
        //= data-path.1.4
        cx.send(Message::Update(Leg::Tunnel(from), update));
    }

    /// The binding acknowledgement.
    pub(crate) fn on_ack(&mut self, cx: &mut Cx<'_>, ack: Ack) {
        let Some(update) = self.update else { return };
        //= home-binding.4.1
        if !ack.intact && cx.heeds(Guard::MnChecksAck) {
            return cx.rule(Rule::MnDropsUnprovedAck);
        }
        //= home-binding.4.2
        if update.seq != ack.seq && cx.heeds(Guard::MnMatchesAck) {
            return cx.rule(Rule::MnDropsOldAck);
        }
        //= home-binding.4.3
        //= home-binding.4.4
        //= home-binding.4.5
        //= home-binding.4.6
        if !ack.accepted && cx.heeds(Guard::MnAwaitsAck) {
            return;
        }
        cx.rule(Rule::MnIsBound);
        self.update = None;
        if update.release {
            self.binding = None;
            self.end_registration(cx);
        } else {
            self.binding = Some(update.care_of);
        }
    }

    /// Sends the unacknowledged update again.
    //= home-binding.1.9
    pub(crate) fn repeat_update(&mut self, cx: &mut Cx<'_>) {
        if let (Some(update), Some(registration)) = (self.update, self.registration) {
            cx.rule(Rule::MnRepeatsUpdate);
            if !cx.heeds(Guard::MnRepeatsUpdateAnew) {
                self.seq = self.seq.and_then(|seq| Seq::new(seq.get() - 1));
            }
            self.update(cx, update.care_of, registration.care_of, update.release);
        }
    }

    /// Updates the home binding before its lifetime ends.
    //= movement.2.8
    pub(crate) fn refresh_update(&mut self, cx: &mut Cx<'_>) {
        if let (Some(care_of6), Some(registration)) = (self.binding, self.registration) {
            cx.rule(Rule::MnRefreshesUpdate);
            self.update(cx, care_of6, registration.care_of, false);
        }
    }

    /// The home binding's lifetime has run out.
    //= home-binding.4.7
    pub(crate) fn lose_binding(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::MnLosesBinding);
        self.binding = None;
    }

    /// Asks for the home binding anew, as the one that it had has run out.
    //= home-binding.1.1
    pub(crate) fn bind_anew(&mut self, cx: &mut Cx<'_>) {
        let Some(registration) = self.registration else { return };
        if let Some(care_of6) = registration.care_of6() {
            cx.rule(Rule::MnBindsAnew);
            self.update(cx, care_of6, registration.care_of, false);
        }
    }
}
