//! The home agent: IPv6 and nothing else, so that it is the same in all scenarios.

use crate::{Ack, CareOf6, Config, Guard, Leg, Message, Rule, Seq, Server, Update, state::Cx};

/// The HA, as far as one mobile node goes.
//= home-binding.4.8
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ha {
    /// The update that the AAAH has been asked about.
    pub pending: Option<Update>,
    /// The binding.
    pub binding: Option<Binding>,
    /// No Mesg-ID up to this one is accepted any more: it was accepted, or it is so long ago that
    /// it is no longer near the clock.
    pub last: Option<Seq>,
    /// Whether somebody else holds the home address, which two records have by mistake.
    pub is_home_taken: bool,
}

/// An entry of the binding cache.
//= home-binding.3.10
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Binding {
    /// The mobile node's care-of address.
    pub care_of: CareOf6,
    /// The sequence number accepted last.
    pub seq: Seq,
}

impl Ha {
    /// A binding update.
    pub(crate) fn on_update(&mut self, cx: &mut Cx<'_>, update: Update) {
        //= home-binding.2.9
        if self.pending.is_some() && cx.heeds(Guard::HaAsksOnce) {
            return cx.rule(Rule::HaDropsParallel);
        }
        //= home-binding.2.1
        //= home-binding.2.2
        //= home-binding.2.3
        cx.rule(Rule::HaAsks);
        self.pending = Some(update);
        let Update { seq, care_of, intact, .. } = update;
        let server = if cx.heeds(Guard::HaAsksAaah) { Server::Aaah } else { Server::Aaaf };
        cx.send(Message::BindingAsk(seq, care_of, server, intact));
        if !cx.heeds(Guard::HaAwaitsAccept) {
            self.decide(cx, true);
        }
    }

    /// The AAAH has decided about an update.
    pub(crate) fn on_answer(&mut self, cx: &mut Cx<'_>, seq: Seq, accepted: bool) {
        // RADIUS proves of an answer to which question it belongs: that to an update as it was made
        // is none to the same altered.
        let own = |update: Update| {
            let same = update.intact || !accepted || !cx.heeds(Guard::AaahChecksUpdate);
            update.seq == seq && same
        };
        let asked = |update: Update| own(update) || !cx.heeds(Guard::HaMatchesAnswer);
        if self.pending.is_some_and(asked) {
            self.decide(cx, accepted);
        }
    }

    fn decide(&mut self, cx: &mut Cx<'_>, accepted: bool) {
        let Some(update) = self.pending.take() else { return };
        //= home-binding.2.10
        if !accepted {
            let has_key = self.binding.is_some();
            cx.rule(if has_key { Rule::HaRefuses } else { Rule::HaStaysSilent });
            if !cx.heeds(Guard::HaKeepsOnReject) {
                self.binding = None;
            }
            if has_key || !cx.heeds(Guard::HaNeedsKey) {
                acknowledge(cx, &update, false);
            }
            return;
        }
        //= home-binding.3.1
        //= home-binding.3.2
        let fresh = self.last.is_none_or(|last| update.seq > last);
        if !fresh && cx.heeds(Guard::HaChecksSequence) {
            cx.rule(Rule::HaRefusesStale);
            return acknowledge(cx, &update, false);
        }
        //= home-binding.3.4
        if self.binding.is_none() && self.is_home_taken && cx.heeds(Guard::HaDefendsHomeAddress) {
            cx.rule(Rule::HaRefusesHeldHome);
            return acknowledge(cx, &update, false);
        }
        self.last = self.last.max(Some(update.seq));
        if update.release {
            //= home-binding.3.12
            cx.rule(Rule::HaReleases);
            if cx.heeds(Guard::HaReleases) {
                self.end(cx);
            }
        } else {
            //= movement.1.9
            let again = self.binding.is_some();
            cx.rule(if again { Rule::HaBindsAgain } else { Rule::HaBinds });
            let old = self.binding.filter(|_| !cx.heeds(Guard::HaTakesNewCareOf));
            let care_of = old.map_or(update.care_of, |old| old.care_of);
            self.binding = Some(Binding { care_of, seq: update.seq });
        }
        acknowledge(cx, &update, true);
    }

    /// The binding's lifetime has run out.
    //= home-binding.3.11
    pub(crate) fn lose_binding(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::HaLosesBinding);
        self.end(cx);
    }

    fn end(&mut self, cx: &Cx<'_>) {
        self.binding = None;
        if !cx.heeds(Guard::HaRemembers) {
            self.last = None;
        }
    }

    /// The AAAH does not answer. By then the update's Mesg-ID is far from the clock; what somebody
    /// altered says nothing of the MN's.
    //= home-binding.2.10
    pub(crate) fn give_up(&mut self, cx: &mut Cx<'_>) {
        if let Some(update) = self.pending.take() {
            cx.rule(Rule::HaGivesUp);
            self.last = self.last.max(Some(update.seq).filter(|_| update.intact));
            if !cx.heeds(Guard::HaKeepsOnSilence) {
                self.binding = None;
            }
        }
    }

    /// Has crashed, and keeps what it has stored.
    //= movement.4.2
    pub(crate) fn crash(&mut self, config: &Config) {
        self.pending = None;
        if !config.heeds(Guard::HaKeepsBinding) {
            self.binding = None;
        }
        if !config.heeds(Guard::HaKeepsMark) {
            self.last = self.binding.map(|binding| binding.seq);
        }
    }

    /// Every Mesg-ID up to `newest` is far from the clock. Who does not look at a clock has nothing to
    /// go by once the binding is gone.
    pub(crate) fn outlive(&mut self, config: &Config, newest: Option<Seq>) {
        self.last = self.last.max(newest);
        if self.binding.is_none() && !config.heeds(Guard::HaChecksClock) {
            self.last = None;
        }
    }

    /// All that waits or has a lifetime is over, and every Mesg-ID up to `newest` is far from the
    /// clock.
    pub(crate) fn lapse(&mut self, newest: Option<Seq>) {
        let is_home_taken = self.is_home_taken;
        *self = Ha { last: self.last.max(newest), is_home_taken, ..Ha::default() };
    }
}

//= home-binding.3.6
//= home-binding.3.7
//= home-binding.3.8
fn acknowledge(cx: &mut Cx<'_>, update: &Update, accepted: bool) {
    let Update { seq, care_of, .. } = *update;
    let intact = cx.heeds(Guard::HaProvesAck);
    cx.send(Message::Ack(Leg::Plain, Ack { seq, care_of, accepted, intact }));
}
