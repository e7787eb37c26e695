//! What must hold, each promise with the requirements and sentences that it comes from.
//!
//! A promise is about states, about steps, or about what stays possible. Each tells when its
//! premise holds, so that a promise that was kept only because it never came to the test shows.

mod addresses;
mod agreement;
mod keys;
mod order;
mod possible;
mod time;
mod way;

use stateright::Property;

use crate::{Action, Attacker, Config, Message, Neighbour, State, System};

pub use addresses::Share;
pub use possible::{is_complete, is_quiet};

/// What a promise says of a state or a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing: its premise does not hold there.
    Vacuous,
    /// It is kept.
    Kept,
    /// It is broken.
    Broken,
}

impl Verdict {
    /// Kept or broken.
    #[must_use]
    pub const fn of(kept: bool) -> Verdict {
        if kept { Verdict::Kept } else { Verdict::Broken }
    }

    /// Both: broken if one is, vacuous if both are.
    #[must_use]
    pub const fn and(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Verdict::Broken, _) | (_, Verdict::Broken) => Verdict::Broken,
            (Verdict::Kept, _) | (_, Verdict::Kept) => Verdict::Kept,
            _ => Verdict::Vacuous,
        }
    }

    /// The verdict, if the premise holds.
    #[must_use]
    pub const fn when(premise: bool, kept: bool) -> Verdict {
        if premise { Verdict::of(kept) } else { Verdict::Vacuous }
    }
}

/// What a promise is about.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Every state.
    State(fn(&Config, &State) -> Verdict),
    /// Every step: state before, action, state after.
    Step(fn(&Config, &State, Action, &State) -> Verdict),
    /// Every state of two mobile nodes.
    Together(fn(&Share, &Share) -> Verdict),
    /// Every state from which nothing leads on.
    End(fn(&State) -> bool),
    /// From every state of the one kind, a state of the other kind can be reached (AG EF).
    Possible {
        /// From where.
        from: fn(&State) -> bool,
        /// To where.
        goal: fn(&State) -> bool,
    },
    /// From every state of the one kind, a state of the other kind is reached, whatever happens:
    /// what can happen all the time, takes no event and is not the MN's wish to go for good, does
    /// happen some time (weak fairness).
    Eventually {
        /// From where.
        from: fn(&State) -> bool,
        /// To where.
        goal: fn(&State) -> bool,
    },
}

impl Kind {
    /// Whether it is about states that are to be reached.
    #[must_use]
    pub const fn has_goal(self) -> bool {
        matches!(self, Kind::Possible { .. } | Kind::Eventually { .. })
    }
}

/// Something that must hold.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    /// What it promises, in a few words.
    pub name: &'static str,
    /// The same in a sentence.
    pub says: &'static str,
    /// The requirements and holes of the draft that it comes from.
    pub requirements: &'static [&'static str],
    /// The sentences of the specification.
    pub sentences: &'static [&'static str],
    /// What it is about.
    pub kind: Kind,
}

impl Promise {
    /// Whether it is about the protocol, not about the model's own bounds.
    #[must_use]
    pub fn is_about_protocol(&self) -> bool {
        !self.sentences.is_empty()
    }

    /// Whether it is asked for there.
    #[must_use]
    pub fn applies(&self, config: &Config) -> bool {
        let is_of_fa = [way::PROTECTED.name, way::VISITORS.name].contains(&self.name);
        let is_of_two = matches!(self.kind, Kind::Together(_));
        (!is_of_fa || config.has_fa())
            && (!is_of_two || config.neighbour.is_some())
            && (config.literal || self.unpromised(config.attacker).is_none())
    }

    /// Why it is not asked for there, if it is not.
    #[must_use]
    pub fn silence(&self, config: &Config) -> Option<String> {
        if self.applies(config) {
            None
        } else if matches!(self.kind, Kind::Together(_)) && config.neighbour.is_none() {
            Some("there is one mobile node".to_owned())
        } else if let Some((why, sentence)) = self.unpromised(config.attacker) {
            Some(format!("not promised against an attacker: {why} ({sentence})"))
        } else {
            Some("there is no foreign agent".to_owned())
        }
    }

    /// Why nobody promises it against this attacker, if there is one, and the sentence that lives with
    /// that.
    fn unpromised(&self, attacker: Option<Attacker>) -> Option<(&'static str, &'static str)> {
        const OF_MN: &[(&str, &str, &str)] = &[
            (
                agreement::ASKED_FOR.name,
                "the MN tells the HA what it does not tell its FHA",
                "home-binding.2.7",
            ),
            (time::LAPSED.name, "an MN that lies has not gone for good", "home-binding.2.7"),
            (time::HOME.name, "an MN that lies has not come home", "home-binding.2.7"),
            (
                addresses::HELD_ONCE.name,
                "the AAAH does not hear that the FHA has refused what it assigned",
                "registration.6.18",
            ),
        ];
        const STANDS_IN: &str = "an FHA that the home trusts can stand in for any";
        const OF_FHA: &[&str] = &[
            order::AUTHORISATION.name,
            order::ENTITLEMENT.name,
            agreement::MN_FHA.name,
            agreement::PROOF.name,
            agreement::ASKED_FOR.name,
            keys::OF_ONE.name,
            keys::SAME_KEY.name,
            addresses::HELD_ONCE.name,
            addresses::APART.name,
            addresses::ONE_TO_ONE.name,
            time::NESTED.name,
            time::LAPSED.name,
            time::HOME.name,
            possible::QUIET.name,
            possible::ENDS.name,
            possible::END.name,
        ];
        const ALL: &[(&str, &str, &str)] = &[
            (order::FIGURES.name, "what proves nothing anybody can say at any time", "access.4.13"),
            (
                order::RELEASE_IN_ORDER.name,
                "an old update that is handed on binds the MN at the HA once more",
                "movement.3.2",
            ),
            (way::FHA_AS_ASSIGNED.name, "step 3 proves nothing", "access.4.13"),
            (
                way::PROTECTED.name,
                "what comes from an FA unprotected anybody can say in its name",
                "registration.10.2",
            ),
            (
                way::VISITORS.name,
                "FA and FHA need not share a key, so anybody can answer in the FHA's name",
                "registration.9.4",
            ),
            (
                way::DATA.name,
                "whoever can lead a request past the FA, or keep packets, cuts the MN off",
                "data-path.7.1",
            ),
            (
                possible::COMPLETE.name,
                "who keeps the MN and its servers apart for ever keeps it from them",
                "movement.3.9",
            ),
            (
                possible::COMPLETES.name,
                "who keeps the MN and its servers apart for ever keeps it from them",
                "movement.3.9",
            ),
        ];
        let of_mn = match attacker? {
            Attacker::Fha if OF_FHA.contains(&self.name) => {
                return Some((STANDS_IN, "registration.6.7"));
            }
            Attacker::Mn => OF_MN,
            _ => &[],
        };
        let found = ALL.iter().chain(of_mn).find(|(name, ..)| *name == self.name);
        found.map(|(_, why, sentence)| (*why, *sentence))
    }

    fn is_about_completion(&self) -> bool {
        [possible::COMPLETE.name, possible::COMPLETES.name].contains(&self.name)
    }

    /// What it says of a step: of the step itself, or of the state that it leads to.
    #[must_use]
    pub fn judge(&self, config: &Config, before: &State, action: Action, after: &State) -> Verdict {
        match self.kind {
            Kind::State(judge) => judge(config, after),
            Kind::Step(judge) => judge(config, before, action, after),
            Kind::End(_) | Kind::Together(_) => Verdict::Vacuous,
            Kind::Possible { .. } | Kind::Eventually { .. } => Verdict::Vacuous,
        }
    }

    /// What it says of a state.
    #[must_use]
    pub fn of_state(&self, config: &Config, mobiles: &[State]) -> Verdict {
        match (self.kind, mobiles) {
            (Kind::State(judge), _) => mobiles
                .iter()
                .map(|state| judge(config, state))
                .fold(Verdict::Vacuous, Verdict::and),
            (Kind::Together(judge), [one, two]) => {
                judge(&Share::of(config, one), &Share::of(config, two))
            }
            _ => Verdict::Vacuous,
        }
    }

    /// For what must stay possible: whether it must from this state, and whether the state is one
    /// that must be reachable. Of two mobile nodes it must for both at once.
    #[must_use]
    pub fn of_possibility(&self, config: &Config, mobiles: &[State]) -> (bool, bool) {
        self.of_each(config, mobiles.iter().map(|state| self.of_one(state)))
    }

    /// Of one mobile node: whether it must be possible for it, and whether that is reached.
    pub(crate) fn of_one(&self, state: &State) -> (bool, bool) {
        match self.kind {
            Kind::Possible { from, goal } | Kind::Eventually { from, goal } => {
                (from(state), goal(state))
            }
            _ => (false, false),
        }
    }

    /// The same of all of them, by what it is of each.
    pub(crate) fn of_each(
        &self,
        config: &Config,
        mut mobiles: impl Iterator<Item = (bool, bool)> + Clone,
    ) -> (bool, bool) {
        if !self.kind.has_goal() {
            return (false, false);
        }
        let concerned = mobiles.clone().any(|(from, _)| from);
        // Who has gone for good need no longer be waited for.
        let released = matches!(self.kind, Kind::Eventually { .. }) && !concerned;
        // Two providers that know nothing of each other may have one address for both.
        //= registration.6.18
        let reached = match config.neighbour {
            Some(Neighbour::OtherProvider) if self.is_about_completion() => {
                mobiles.any(|(_, goal)| goal) || released
            }
            _ => mobiles.all(|(from, goal)| goal || (concerned && !from)) || released,
        };
        (concerned, reached)
    }
}

/// All promises.
pub const PROMISES: &[Promise] = &[
    order::FIGURES,
    order::AUTHORISATION,
    order::ENTITLEMENT,
    order::UPDATE_WHEN_REGISTERED,
    order::RELEASE_IN_ORDER,
    agreement::MN_FHA,
    agreement::MN_HA,
    agreement::PROOF,
    agreement::ONCE,
    agreement::ASKED_FOR,
    keys::SECRECY,
    keys::OF_ONE,
    agreement::AS_ASSIGNED,
    keys::SAME_KEY,
    keys::WHEN_NEEDED,
    agreement::ENDS_AT_BOTH,
    addresses::HELD_ONCE,
    addresses::IN_PREFIX,
    addresses::APART,
    addresses::ONE_TO_ONE,
    addresses::STABLE,
    addresses::ASKED_ONCE,
    way::CARE_OF,
    way::FHA_AS_ASSIGNED,
    way::SERVER,
    way::PROTECTED,
    way::VISITORS,
    way::TRANSPARENT,
    way::DATA,
    time::NESTED,
    time::REPLAY,
    time::RELEASED,
    time::HOME,
    time::LAPSED,
    time::IN_BOUNDS,
    possible::COMPLETE,
    possible::QUIET,
    possible::COMPLETES,
    possible::ENDS,
    possible::END,
];

/// How many promises there are at most.
const MOST: usize = 48;
const _: () = assert!(PROMISES.len() <= MOST);

/// What the attacker sends is judged like everything that arrives.
pub(crate) const fn as_delivery(action: Action) -> Action {
    match action {
        Action::Inject(message) => Action::Deliver(message),
        other => other,
    }
}

/// The promises about steps that a step breaks, as in [`History`](crate::History).
pub(crate) fn broken(config: &Config, before: &State, action: Action, after: &State) -> u64 {
    let mut broken = 0;
    let action = as_delivery(action);
    for (index, promise) in PROMISES.iter().enumerate() {
        // Seldom is anything broken, so whether the promise applies is asked last.
        if let Kind::Step(judge) = promise.kind
            && judge(config, before, action, after) == Verdict::Broken
            && promise.applies(config)
        {
            broken |= 1 << index;
        }
    }
    broken
}

/// Whether a promise is not broken in a state, nor by the way there.
#[must_use]
pub fn is_kept(promise: usize, config: &Config, state: &State) -> bool {
    are_kept(promise, config, core::slice::from_ref(state))
}

/// The same of a state of one or more mobile nodes.
#[must_use]
pub fn are_kept(number: usize, config: &Config, mobiles: &[State]) -> bool {
    let Some(promise) = PROMISES.get(number) else { return true };
    let kept_on_the_way = mobiles.iter().all(|state| state.history.broken & (1 << number) == 0);
    kept_on_the_way
        && (!promise.applies(config) || promise.of_state(config, mobiles) != Verdict::Broken)
}

fn holds<M: System, const PROMISE: usize>(model: &M, state: &M::State) -> bool {
    are_kept(PROMISE, model.config(), M::mobiles(state))
}

/// A property that every state has. stateright ends a search when every property has failed, and
/// leaves a state in which all fail: with this one it goes on to the end.
pub const TO_THE_END: &str = "the search goes on to the end";

/// The promises about states and steps as stateright takes them: conditions are plain functions
/// there, so there is one for each promise.
pub(crate) fn for_stateright<M: System>() -> Vec<Property<M>> {
    macro_rules! conditions {
        ($($promise:literal)+) => { [$(holds::<M, $promise>),+] };
    }
    let conditions: [fn(&M, &M::State) -> bool; MOST] = conditions! {
        0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
        16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
        32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47
    };
    let mut properties = vec![Property::always(TO_THE_END, |_: &M, _: &M::State| true)];
    for (promise, condition) in PROMISES.iter().zip(conditions) {
        if matches!(promise.kind, Kind::State(_) | Kind::Step(_) | Kind::Together(_)) {
            properties.push(Property::always(promise.name, condition));
        }
    }
    properties
}

/// Judges every message that a step has sent; vacuous if there is none that the judge is about.
fn of_sent(before: &State, after: &State, judge: impl Fn(Message) -> Option<bool>) -> Verdict {
    let mut verdict = Verdict::Vacuous;
    for message in after.network.since(&before.network) {
        match judge(message) {
            None => {}
            Some(true) => verdict = Verdict::Kept,
            Some(false) => return Verdict::Broken,
        }
    }
    verdict
}
