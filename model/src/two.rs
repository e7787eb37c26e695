//! Two mobile nodes in one network.
//!
//! Each has its own [`State`]: what every role holds and was told about it. Where what is held for
//! one is in the way of the other they meet: the pool of the AAAH, the addresses that an FHA has
//! bound, the home address at the HA, an agent that takes one for the other. What a role thus knows
//! of the other stands in the state of each, as what strangers hold.
//!
//! Nobody but their names tells the two apart, so a state and the same with the two exchanged are
//! one ([`Two::symmetry`]): of both the lesser one stands for them, which is exact.

use core::fmt;

use stateright::{Model, Property};

use crate::{
    Action, ActionCode, AddressSet, Bootstrap, Config, FhaId, Guard, Hop, Link, Message, NoAction,
    Profile, Reply, State, Step, System,
    config::Neighbour,
    effort, engine,
    explore::Fingerprint,
    pack::{Pack, Packer, Unpacker},
    properties,
};

/// The model of a setup with two mobile nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Two {
    /// What is fixed in a run.
    pub config: Config,
    /// Whether states that differ only in which mobile node is which are one.
    pub symmetry: bool,
    /// What the two users are like; any two that there are events for, if this is `None`.
    pub users: Option<[Profile; 2]>,
}

/// What concerns each of two mobile nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Both {
    mobiles: [State; 2],
}

/// An action of, or for, one of two mobile nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Of {
    /// Whether it is the second one.
    pub second: bool,
    /// The action.
    pub action: Action,
}

impl Two {
    /// The model with two mobile nodes, of one home provider unless the configuration says
    /// otherwise.
    #[must_use]
    pub const fn new(config: Config) -> Two {
        let neighbour = match config.neighbour {
            Some(neighbour) => neighbour,
            None => Neighbour::SameProvider,
        };
        Two { config: Config { neighbour: Some(neighbour), ..config }, symmetry: true, users: None }
    }

    pub(crate) const fn of_one(self) -> Bootstrap {
        Bootstrap { config: self.config }
    }

    /// Where a run of two users begins; `None` when there are not enough events for what is amiss
    /// with them. A home address that both records have is amiss once.
    #[must_use]
    pub fn starting(&self, profiles: [Profile; 2]) -> Option<Both> {
        let amiss = match profiles {
            [Profile::SharedHome, Profile::SharedHome] => {
                (self.config.neighbour == Some(Neighbour::SameProvider)).then_some(1)?
            }
            _ if profiles.contains(&Profile::SharedHome) => return None,
            _ => profiles.map(|profile| u8::from(profile != Profile::Entitled)).iter().sum(),
        };
        let events = self.config.events.checked_sub(amiss)?;
        let mut both = Both { mobiles: profiles.map(|profile| State::initial(profile, events)) };
        let _ = self.settle(&mut both);
        Some(both)
    }

    /// Lets each know what the other holds, and puts the lesser one first. Whether that has
    /// exchanged them.
    fn settle(&self, both: &mut Both) -> bool {
        let [one, two] = &mut both.mobiles;
        let events = one.environment.events.min(two.environment.events);
        let (of_one, of_two) = (self.shown(one), self.shown(two));
        self.see(one, of_two, events);
        self.see(two, of_one, events);
        let exchanged = self.symmetry && two < one;
        if exchanged {
            both.mobiles.swap(0, 1);
        }
        exchanged
    }

    /// What the roles hold for a mobile node, as far as they see it when they are about the other.
    pub(crate) fn shown(&self, state: &State) -> Shown {
        let of_one_pool = self.config.neighbour == Some(Neighbour::SameProvider);
        let assigned =
            |id| if of_one_pool { *state.aaah.assigned.of(id) } else { AddressSet::default() };
        let shared = state.environment.profile == Profile::SharedHome;
        Shown {
            held: FhaId::ALL.map(|id| state.fha.of(id).held()),
            assigned: FhaId::ALL.map(assigned),
            at_home: shared && state.ha.binding.is_some(),
        }
    }

    /// What the roles see of the other one.
    pub(crate) fn seen(state: &State) -> Shown {
        Shown {
            held: FhaId::ALL.map(|id| state.fha.of(id).strangers),
            assigned: FhaId::ALL.map(|id| *state.aaah.others.of(id)),
            at_home: state.ha.is_home_taken,
        }
    }

    /// Lets the roles see what they hold for the other one, when so many events are left.
    pub(crate) fn see(&self, state: &mut State, other: Shown, events: u8) {
        for ((id, held), assigned) in FhaId::ALL.into_iter().zip(other.held).zip(other.assigned) {
            state.fha.of_mut(id).strangers = held;
            if self.config.neighbour == Some(Neighbour::SameProvider) {
                *state.aaah.others.of_mut(id) = assigned;
            }
        }
        state.ha.is_home_taken = other.at_home;
        state.environment.events = events;
    }

    /// What a crash of a role does to what it holds for the other one.
    pub(crate) fn crash(&self, other: &mut State, crash: Crash) {
        match crash {
            Crash::Nas(link) => other.nas.of_mut(link).crash(&self.config),
            Crash::Fa(link) => other.fa.of_mut(link).crash(&self.config),
            Crash::Fha(fha) => other.fha.of_mut(fha).crash(&self.config),
            Crash::Ha => other.ha.crash(&self.config),
            Crash::Aaah => other.aaah.crash(&self.config),
        }
    }

    /// Whether no role takes one user for the other.
    pub(crate) const fn tells_apart(&self) -> bool {
        self.config.heeds(Guard::FaTellsVisitorsApart)
            && self.config.heeds(Guard::FhaTellsUsersApart)
            && self.config.heeds(Guard::HaTellsUsersApart)
    }

    /// Who goes by numbers alone takes an answer for one to be for the other.
    fn mistaken(&self, other: &State, action: Action) -> Option<Action> {
        let Action::Deliver(message) = action else { return None };
        let (guard, message, waits) = match message {
            //= registration.9.1
            Message::Reply(Hop::Relay, reply) => {
                let waits = other.fa.of(reply.link).pending.contains(reply.ident);
                // The key that it is under is none of the other's.
                let reply = Reply { key: None, ..reply };
                (Guard::FaTellsVisitorsApart, Message::Reply(Hop::Relay, reply), waits)
            }
            //= registration.6.1
            Message::RegistrationAnswer(fha, ident, _) => {
                let pending = other.fha.of(fha).pending;
                let waits = pending.is_some_and(|(request, _)| request.ident == ident);
                (Guard::FhaTellsUsersApart, message, waits)
            }
            //= home-binding.2.1
            Message::BindingAnswer(seq, _) => {
                let waits = other.ha.pending.is_some_and(|update| update.seq == seq);
                (Guard::HaTellsUsersApart, message, waits)
            }
            _ => return None,
        };
        (waits && !self.config.heeds(guard)).then_some(Action::Deliver(message))
    }
}

impl System for Two {
    fn config(&self) -> &Config {
        &self.config
    }

    fn take(&self, before: &Both, of: Of) -> Option<Step<Both>> {
        if is_of_strangers(of.action) {
            return None;
        }
        let [one, two] = &before.mobiles;
        let taken = self.of_one().step(if of.second { two } else { one }, of.action)?;
        Some(self.together(before, of, taken))
    }

    fn for_each_step(&self, before: &Both, mut take: impl FnMut(Of, &Step<Both>)) {
        let model = self.of_one();
        for (second, state) in [false, true].into_iter().zip(&before.mobiles) {
            effort::for_each(&self.config, state, |action, cost| {
                if !is_of_strangers(action) {
                    let of = Of { second, action };
                    take(of, &self.together(before, of, model.step_at(state, action, cost)));
                }
            });
        }
    }

    fn mobiles(both: &Both) -> &[State] {
        &both.mobiles
    }

    fn parts(of: Of) -> (usize, Action) {
        (usize::from(of.second), of.action)
    }

    fn whole(mobile: usize, action: Action) -> Of {
        Of { second: mobile == 1, action }
    }

    fn code(of: Of) -> String {
        format!("{}:{}", 1 + u8::from(of.second), ActionCode(of.action))
    }

    fn fingerprint(both: &Both) -> Fingerprint {
        let [one, two] = &both.mobiles;
        engine::fingerprint(one).beside(engine::fingerprint(two))
    }

    fn options(&self) -> Vec<String> {
        let Two { config, symmetry, users } = self;
        let mut options = config.options();
        if !symmetry {
            options.push("--no-symmetry".to_owned());
        }
        // No option asks for these.
        options.extend(users.map(|[one, two]| format!("(users: {one} and {two})")));
        options
    }

    fn plain(self) -> Two {
        Two { symmetry: false, ..self }
    }
}

impl Two {
    /// A step of one mobile node, with what it does to the other.
    fn together(&self, before: &Both, of: Of, taken: Step) -> Step<Both> {
        let Of { second, action } = of;
        let [one, two] = &before.mobiles;
        let other = if second { one } else { two };
        let model = self.of_one();
        let (mut mine, mut other, mut rules) = (taken.state, *other, taken.rules);
        if let Some(action) = self.mistaken(&other, action) {
            mine = State { environment: mine.environment, ..if second { *two } else { *one } };
            let was = other;
            rules = model.apply(&mut other, action);
            other.history.broken |= properties::broken(&self.config, &was, action, &other);
        }
        if let Some(crash) = Crash::of(action) {
            self.crash(&mut other, crash);
        }
        let mut state = Both { mobiles: if second { [other, mine] } else { [mine, other] } };
        let exchanged = self.settle(&mut state);
        Step { state, rules, exchanged }
    }
}

impl Model for Two {
    type State = Both;
    type Action = Of;

    /// One for each two profiles for which there are events.
    fn init_states(&self) -> Vec<Both> {
        let mut starts = Vec::new();
        let profiles = || Profile::ALL.into_iter().chain([Profile::SharedHome]);
        for one in profiles() {
            for two in profiles() {
                let wanted = self.users.is_none_or(|users| users == [one, two]);
                if wanted && (one <= two || !self.symmetry) {
                    starts.extend(self.starting([one, two]));
                }
            }
        }
        starts
    }

    fn actions(&self, both: &Both, actions: &mut Vec<Of>) {
        for (second, state) in [false, true].into_iter().zip(&both.mobiles) {
            let mut own = Vec::new();
            self.of_one().actions(state, &mut own);
            own.retain(|action| !is_of_strangers(*action));
            actions.extend(own.into_iter().map(|action| Of { second, action }));
        }
    }

    /// `None` where the step changes nothing, as the delivery of what was received before.
    fn next_state(&self, both: &Both, of: Of) -> Option<Both> {
        self.take(both, of).map(|step| step.state).filter(|next| next != both)
    }

    fn properties(&self) -> Vec<Property<Two>> {
        properties::for_stateright()
    }
}

/// The other mobile node is in the place of strangers.
pub(crate) const fn is_of_strangers(action: Action) -> bool {
    matches!(
        action,
        Action::StrangersBind(_)
            | Action::StrangersLeave(_)
            | Action::OthersTake(_)
            | Action::OthersGiveBack(_)
    )
}

/// What is held for one mobile node, as far as it is in the way of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The addresses that each FHA keeps for it.
    held: [AddressSet; 2],
    /// Those of the pools of the AAAH, where both have the same.
    assigned: [AddressSet; 2],
    /// Whether the home address is bound, where both have the same.
    at_home: bool,
}

impl Shown {
    /// The same as thirteen bits.
    pub(crate) fn bits(self) -> u16 {
        let sets = self.held.into_iter().chain(self.assigned);
        sets.fold(self.at_home.into(), |bits, set| bits << 3 | u16::from(set.bits()))
    }
}

/// A crash of a role that serves both mobile nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crash {
    /// The NAS of a link restarts.
    Nas(Link),
    /// The FA of a link restarts.
    Fa(Link),
    /// An FHA restarts.
    Fha(FhaId),
    /// The HA restarts.
    Ha,
    /// The AAAH restarts.
    Aaah,
}

impl Crash {
    /// The crash that an action is, if it is one.
    pub(crate) const fn of(action: Action) -> Option<Crash> {
        match action {
            Action::NasRestarts(link) => Some(Crash::Nas(link)),
            Action::FaRestarts(link) => Some(Crash::Fa(link)),
            Action::FhaRestarts(fha) => Some(Crash::Fha(fha)),
            Action::HaRestarts => Some(Crash::Ha),
            Action::AaahRestarts => Some(Crash::Aaah),
            _ => None,
        }
    }
}

impl Both {
    /// These two, as they are.
    pub(crate) const fn of(mobiles: [State; 2]) -> Both {
        Both { mobiles }
    }

    /// The same with the two exchanged.
    #[must_use]
    pub const fn exchanged(&self) -> Both {
        let [one, two] = self.mobiles;
        Both { mobiles: [two, one] }
    }
}

impl Pack for Both {
    fn pack(&self, to: &mut Packer<'_>) {
        self.mobiles.iter().for_each(|state| state.pack(to));
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Both> {
        Some(Both { mobiles: [State::unpack(from)?, State::unpack(from)?] })
    }
}

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MN {}: {}", 1 + u8::from(self.second), self.action)
    }
}

impl Of {
    /// The action that the word is for.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn from_code(word: &str) -> Result<Of, NoAction> {
        let (mobile, word) = word.split_once(':').unwrap_or(("", word));
        let action = word.parse::<ActionCode>()?.0;
        match mobile {
            "1" => Ok(Of { second: false, action }),
            "2" => Ok(Of { second: true, action }),
            _ => Err(NoAction::new(word)),
        }
    }
}
