//! Whether there is a run of the model that shows what a capture shows: all its states that explain
//! what has been seen so far of one mobile node, followed from message to message.
//!
//! What no link of the capture shows is a hidden step. Before the first message of a mobile node
//! everything is hidden: the capture may begin in the middle.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use dsboot_model::{
    Bootstrap, Clock, Config, FhaId, Guard, Hop, Message, NUMBERS, Profile, Request, State,
};
use dsboot_spec::{CareOf, Scenario, Setup};

mod openings;
mod steps;

use openings::openings;
use steps::{deny, hidden_steps, otherwise, possible, said, say, settle, wander};

use super::seen::{Channel, Names, Seen, channel_of};

/// As many states that explain the same are kept.
const WIDTH: usize = 32;

/// As many states are looked at for what hidden steps lead to.
const HIDDEN_STATES: usize = 4_000;

/// What hidden events, each as the model counts them, may come before a message at most.
const HIDDEN_EVENTS: u8 = 3;

/// So much of the model's numbers is left free.
const MARGIN: u8 = 5;

/// As many messages can be looked at again, when one is not explained.
const MEMORY: usize = 12;

/// The model's arrangements that a capture may be of, as far as they differ in messages.
const CARE_OF: [CareOf; 3] = [CareOf::Colocated, CareOf::ForeignAgent, CareOf::ColocatedViaFa];

/// What explains what has been seen of a mobile node.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    explanations: Vec<Explanation>,
    /// The arrangements that come into question.
    arrangements: Vec<CareOf>,
    /// The last messages, each with what explained what was before it.
    past: VecDeque<(Vec<Explanation>, Seen)>,
    /// No run explains what has been seen; nothing more is asked.
    is_lost: bool,
    /// The packet that the explanations begin with.
    begun: u64,
    /// The mobile node has come to more networks than the model has; its next request is a new
    /// beginning.
    is_beyond: bool,
    /// Everything is seen from the beginning.
    is_complete: bool,
}

/// A state of the model, and what its symbols stand for.
#[derive(Clone, Debug)]
struct Explanation {
    care_of: CareOf,
    state: Box<State>,
    names: Names,
}

/// Why a message is not explained.
#[derive(Clone, Debug)]
pub(super) struct Unexplained {
    /// The guard without which it would be, if there is one.
    pub(super) guard: Option<Guard>,
    /// What the same role could have said.
    pub(super) allowed: Vec<String>,
}

/// Which parts of the network the capture shows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sights(u16);

impl Sights {
    /// Everything is seen.
    pub(super) const ALL: Sights = Sights(!(1 << Channel::Never as u16));

    /// That part is seen.
    pub(super) const fn add(&mut self, channel: Channel) {
        self.0 |= 1 << channel as u16;
    }

    const fn has(self, channel: Channel) -> bool {
        self.0 & (1 << channel as u16) != 0
    }

    /// Whether nothing is seen of how the mobile node moves and registers.
    fn is_of_home_only(self) -> bool {
        use Channel::{Access, Direct, LegA, LegB, Link, Relay, Tunnel};
        ![Access, LegA, Link, Direct, Relay, LegB, Tunnel].into_iter().any(|part| self.has(part))
    }

    /// Whether a message would not be seen.
    fn hides(self, message: &Message) -> bool {
        !self.has(channel_of(message))
    }
}

impl Order {
    /// Nothing has been seen; these arrangements come into question.
    pub(super) fn new(arrangements: &[CareOf], is_complete: bool) -> Order {
        let arrangements =
            CARE_OF.into_iter().filter(|care_of| arrangements.contains(care_of)).collect();
        Order { arrangements, is_complete, ..Order::default() }
    }

    /// The next message.
    pub(super) fn next(
        &mut self,
        packet: u64,
        seen: &Seen,
        sights: Sights,
    ) -> Result<(), Unexplained> {
        if self.is_lost {
            return Ok(());
        }
        if self.is_beyond {
            if !matches!(seen, Seen::Request { hop: Hop::Direct | Hop::Link, .. }) {
                return Ok(());
            }
            self.is_beyond = false;
        }
        if self.explanations.is_empty() || (self.is_at_the_bound() && begins_something(seen)) {
            return self.begin(packet, seen, sights);
        }
        let before = std::mem::take(&mut self.explanations);
        let mut found = explain(&before, seen, sights, &[], WIDTH);
        if found.is_empty() {
            let otherwise = otherwise(&before, seen);
            found = explain(&otherwise, seen, sights, &[], WIDTH);
        }
        if found.is_empty() {
            found = settle(deny(&before, seen), WIDTH);
        }
        if found.is_empty() {
            found = self.look_again(seen, sights);
        }
        if found.is_empty() && changes_arrangement(&before, seen) {
            self.explanations.clear();
            return self.begin(packet, seen, sights);
        }
        if found.is_empty() && sights.is_of_home_only() && is_elsewhere(&before, seen) {
            self.explanations.clear();
            return self.begin(packet, seen, sights);
        }
        if found.is_empty() && before.iter().all(|one| one.names.has_no_room_for(seen)) {
            self.past.clear();
            self.begun = packet;
            self.is_beyond = true;
            return Ok(());
        }
        if found.is_empty() {
            let why = Unexplained {
                guard: broken_guard(&before, seen, sights),
                allowed: allowed(&before, seen, sights),
            };
            self.is_lost = true;
            self.past.clear();
            return Err(why);
        }
        self.remember(before, seen);
        self.explanations = found;
        Ok(())
    }

    /// The packet that the explanations begin with: what was before is no more known.
    pub(super) const fn begun(&self) -> u64 {
        self.begun
    }

    /// The care-of addresses that all explanations agree on.
    pub(super) fn care_of(&self) -> Option<CareOf> {
        let first = self.explanations.first()?.care_of;
        self.explanations.iter().all(|one| one.care_of == first).then_some(first)
    }

    fn remember(&mut self, before: Vec<Explanation>, seen: &Seen) {
        if self.past.len() >= MEMORY {
            self.past.pop_front();
        }
        self.past.push_back((before, seen.clone()));
    }

    /// Goes through the last messages once more and keeps all that explains them, not only what
    /// does so in the fewest steps.
    fn look_again(&self, seen: &Seen, sights: Sights) -> Vec<Explanation> {
        let Some((start, _)) = self.past.front() else { return Vec::new() };
        let mut set = start.clone();
        let again = self.past.iter().map(|(_, seen)| seen).chain([seen]);
        for seen in again {
            let more = wander(&set, sights);
            set = explain(&more, seen, sights, &[], WIDTH * 4);
        }
        set
    }

    /// Begins with a message: with nothing known of what was before it.
    fn begin(&mut self, packet: u64, seen: &Seen, sights: Sights) -> Result<(), Unexplained> {
        self.begun = packet;
        self.past.clear();
        if std::mem::take(&mut self.is_complete) {
            let first = |care_of: &CareOf| {
                let with = |profile| State::initial(profile, u8::MAX);
                let states = [Profile::Entitled, Profile::WrongClock].map(with);
                let (care_of, names) = (*care_of, Names::default());
                states.map(|state| Explanation {
                    care_of,
                    state: Box::new(state),
                    names: names.clone(),
                })
            };
            let from: Vec<Explanation> = self.arrangements.iter().flat_map(first).collect();
            self.explanations = explain(&from, seen, sights, &[], WIDTH * 4);
            if self.explanations.is_empty() {
                self.is_lost = true;
                let allowed = allowed(&from, seen, sights);
                return Err(Unexplained { guard: broken_guard(&from, seen, sights), allowed });
            }
            return Ok(());
        }
        let mut found = Vec::new();
        for care_of in &self.arrangements {
            let openings = openings(*care_of);
            found.extend(openings.of(seen).filter_map(|(message, state)| {
                let mut names = Names::default();
                let fits = names.fits(seen, message);
                fits.then(|| Explanation { care_of: *care_of, state: Box::new(*state), names })
            }));
        }
        if matches!(seen.channel(), Channel::Access | Channel::LegA) {
            let moved = self.arrangements.iter().flat_map(|care_of| {
                openings(*care_of).explanations(*care_of, |openings| &openings.moved)
            });
            let moved: Vec<Explanation> = moved.collect();
            found.extend(explain(&moved, seen, Sights::default(), &[], WIDTH * 2));
        }
        if found.is_empty() {
            let from: Vec<Explanation> = self
                .arrangements
                .iter()
                .flat_map(|care_of| {
                    openings(*care_of).explanations(*care_of, |openings| &openings.states)
                })
                .collect();
            found = explain(&from, seen, Sights::default(), &[], WIDTH);
        }
        if found.is_empty() {
            self.is_lost = true;
            return Err(Unexplained { guard: None, allowed: Vec::new() });
        }
        self.explanations = settle(found, WIDTH * 4);
        Ok(())
    }

    fn is_at_the_bound(&self) -> bool {
        let near = NUMBERS - MARGIN;
        self.explanations.iter().any(|one| {
            let mn = &one.state.mn;
            mn.ident.is_some_and(|ident| ident.get() >= near)
                || mn.seq.is_some_and(|seq| seq.get() >= near)
                || mn.session.is_some_and(|session| session.get() >= near)
                || one.state.network.len() + usize::from(MARGIN) * 4 >= dsboot_model::MESSAGES
        })
    }
}

/// Whether with a message something begins that needs nothing of what was before.
const fn begins_something(seen: &Seen) -> bool {
    matches!(
        seen,
        Seen::AccessRequest { .. }
            | Seen::Request { hop: Hop::Direct | Hop::Link, .. }
            | Seen::Update { tunnelled: true, .. }
    )
}

/// Whether a message is of another IPv6 care-of address than all before: the mobile node has moved,
/// and that takes more hidden steps than are looked for.
fn is_elsewhere(before: &[Explanation], seen: &Seen) -> bool {
    let care_of = match seen {
        Seen::Update { care_of, .. } | Seen::Ack { care_of, .. } => Some(*care_of),
        Seen::BindingAsk { care_of, .. } => *care_of,
        _ => None,
    };
    care_of.is_some_and(|care_of| !before.iter().any(|one| one.names.knows(care_of)))
}

/// Whether a request is of another arrangement than what has been seen: the mobile node has come to
/// a network of another kind, and the model knows only one in a run.
fn changes_arrangement(before: &[Explanation], seen: &Seen) -> bool {
    let Seen::Request { hop, request } = seen else { return false };
    let of = match (hop, request.owner) {
        (Hop::Direct, _) => CareOf::Colocated,
        (_, dsboot_model::Owner::Fa) => CareOf::ForeignAgent,
        (_, dsboot_model::Owner::Mn) => CareOf::ColocatedViaFa,
    };
    before.iter().all(|one| one.care_of != of)
}

/// The model of an arrangement. Which AAA server answers step 2 makes no difference to the messages.
fn model(care_of: CareOf, without: &[Guard]) -> Bootstrap {
    let scenario = match care_of {
        CareOf::Colocated => Scenario::IntegratedColocated,
        _ => Scenario::IntegratedFa,
    };
    let [first, ..] = Setup::ALL;
    let setup = Setup::new(scenario, care_of).unwrap_or(first);
    let config =
        without.iter().fold(Config::new(setup, u8::MAX), |config, guard| config.without(*guard));
    Bootstrap::new(config)
}

/// The states in which a message has just been said, by the fewest hidden steps before it.
fn explain(
    before: &[Explanation],
    seen: &Seen,
    sights: Sights,
    without: &[Guard],
    width: usize,
) -> Vec<Explanation> {
    let mut found = Vec::new();
    for one in before {
        say(one, seen, without, &mut found);
    }
    if found.is_empty() {
        found = explain_hidden(before, seen, sights, without);
    }
    settle(found, width)
}

/// As [`explain`], with steps before that no link shows.
fn explain_hidden(
    before: &[Explanation],
    seen: &Seen,
    sights: Sights,
    without: &[Guard],
) -> Vec<Explanation> {
    let mut found = Vec::new();
    let mut known: HashSet<u64> = before.iter().map(Explanation::mark).collect();
    // By the events that they cost, and then by their steps.
    let mut waiting: [VecDeque<Explanation>; HIDDEN_EVENTS as usize + 1] = Default::default();
    if let Some(first) = waiting.first_mut() {
        first.extend(before.iter().cloned());
    }
    for cost in 0..waiting.len() {
        while let Some(one) = waiting.get_mut(cost).and_then(VecDeque::pop_front) {
            for (more, next) in hidden_steps(&one, sights, without) {
                if known.len() > HIDDEN_STATES || !known.insert(next.mark()) {
                    continue;
                }
                say(&next, seen, without, &mut found);
                if let Some(place) = waiting.get_mut(cost + usize::from(more)) {
                    place.push_back(next);
                }
            }
        }
        if !found.is_empty() || known.len() > HIDDEN_STATES {
            break;
        }
    }
    found
}

/// The guard without which a message would be explained.
fn broken_guard(before: &[Explanation], seen: &Seen, sights: Sights) -> Option<Guard> {
    let some: Vec<Explanation> = before.iter().take(4).cloned().collect();
    let explains = |guard: &&Guard| {
        let mut found = Vec::new();
        let near = some.iter().flat_map(|one| {
            let further = hidden_steps(one, sights, &[]);
            further.filter(|(cost, _)| *cost == 0).map(|(_, next)| next)
        });
        for one in some.iter().cloned().chain(near) {
            say(&one, seen, &[**guard], &mut found);
        }
        !found.is_empty()
    };
    Guard::ALL.iter().find(explains).copied()
}

/// What the sender could have said instead, in words.
fn allowed(before: &[Explanation], seen: &Seen, sights: Sights) -> Vec<String> {
    let mut words = Vec::new();
    for one in before.iter().take(8) {
        let near = hidden_steps(one, sights, &[]).filter(|(cost, _)| *cost == 0);
        for one in [one.clone()].into_iter().chain(near.map(|(_, next)| next)) {
            let model = model(one.care_of, &[]);
            for action in possible(&one.state, seen) {
                let Some((_, messages)) = said(&model, &one.state, action) else { continue };
                for message in messages {
                    let said = one.words(&message);
                    if !words.contains(&said) && words.len() < 8 {
                        words.push(said);
                    }
                }
            }
        }
    }
    words
}

impl Explanation {
    fn with(&self, state: State) -> Explanation {
        Explanation { care_of: self.care_of, state: Box::new(state), names: self.names.clone() }
    }

    /// The same, with the requests that wait made by a clock that is wrong.
    fn with_wrong_clock(mut self) -> Explanation {
        let newest = self.state.mn.ident;
        let late = |request: Request| {
            let timely = request.timely && Some(request.ident) != newest;
            Request { timely, ..request }
        };
        let network = &mut self.state.network;
        *network = network
            .iter()
            .map(|message| match message {
                Message::Request(hop, request) => Message::Request(hop, late(request)),
                other => other,
            })
            .collect();
        for fha in FhaId::ALL {
            let pending = &mut self.state.fha.of_mut(fha).pending;
            *pending = pending.map(|(request, hop)| (late(request), hop));
        }
        self.state.mn.request = self.state.mn.request.map(late);
        self.state.mn.clock = Clock::Wrong;
        self
    }

    /// A fingerprint, without how many events are left.
    fn mark(&self) -> u64 {
        let mut state = *self.state;
        state.environment.events = 0;
        let mut hasher = DefaultHasher::new();
        (self.care_of, state, &self.names).hash(&mut hasher);
        hasher.finish()
    }

    /// A message in the words of the capture.
    fn words(&self, message: &Message) -> String {
        let mut text = message.to_string();
        for fha in FhaId::ALL {
            if let Some(address) = self.names.fha(fha) {
                text = text.replace(&fha.to_string(), &format!("FHA {address}"));
            }
        }
        text
    }
}
