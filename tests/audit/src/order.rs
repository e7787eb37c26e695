//! Whether there is a run of the model that shows what a capture shows: all its states that explain
//! what has been seen so far of one mobile node, followed from message to message.
//!
//! What no link of the capture shows is a hidden step. Before the first message of a mobile node
//! everything is hidden: the capture may begin in the middle.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;

use dsboot_model::{
    Bootstrap, Clock, Config, FhaId, Guard, Hop, Message, NUMBERS, Profile, Request, State,
};
use dsboot_spec::{CareOf, Scenario, Setup};

mod memo;
mod openings;
mod sights;
mod steps;

pub(super) use memo::Memo;

use memo::{Hidden, Node};
use openings::openings;
use steps::{deny, hides, may_be, otherwise, say, settle, wander};

pub(super) use sights::Sights;

use super::seen::{Channel, Named, Seen};

/// As many states that explain the same are kept.
const WIDTH: usize = 32;

/// As many states are looked at for what hidden steps lead to, from all explanations together.
const HIDDEN_STATES: usize = 8_192;

/// And from each so many at least.
const HIDDEN_FROM_EACH: usize = 64;

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
    /// There was no room for all explanations: what none of those left explains may still be right.
    is_partial: bool,
}

/// A state of the model, and what its symbols stand for.
#[derive(Clone, Debug)]
struct Explanation {
    node: Arc<Node>,
    names: Named,
}

/// Why a message is not explained.
#[derive(Clone, Debug)]
pub(super) struct Unexplained {
    /// The guard without which it would be, if there is one.
    pub(super) guard: Option<Guard>,
    /// What the same role could have said.
    pub(super) allowed: Vec<String>,
}

impl Order {
    /// Nothing has been seen; these arrangements come into question.
    pub(super) fn new(arrangements: &[CareOf], is_complete: bool) -> Order {
        let arrangements =
            CARE_OF.into_iter().filter(|care_of| arrangements.contains(care_of)).collect();
        Order { arrangements, is_complete, ..Order::default() }
    }

    /// The next message; `is_new` unless it was seen before on its way.
    pub(super) fn next(
        &mut self,
        packet: u64,
        seen: &Seen,
        is_new: bool,
        sights: Sights,
        memo: &mut Memo,
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
        // With a message that was begun before, what follows would belong to what is known no more.
        let may_begin = is_new && begins_something(seen);
        if self.explanations.is_empty() || (may_begin && self.is_at_the_bound()) {
            return self.begin(packet, seen, sights, memo);
        }
        let before = std::mem::take(&mut self.explanations);
        if changes_arrangement(&before, seen) {
            return self.begin(packet, seen, sights, memo);
        }
        let mut found = self.settle(explain_at_once(&before, seen, sights, memo), WIDTH);
        if found.is_empty() {
            // What costs no events comes first: most of what is not known is found there.
            let otherwise = otherwise(&before, seen, memo);
            found = explain_at_once(&otherwise, seen, sights, memo);
            found.extend(deny(&before, seen, memo));
            for before in [&before, &otherwise] {
                if found.is_empty() {
                    found = explain_hidden(before, seen, sights, 1..=HIDDEN_EVENTS, memo);
                }
            }
            found = self.settle(found, WIDTH);
        }
        if found.is_empty() {
            found = self.look_again(seen, sights, memo);
        }
        if found.is_empty()
            && before.iter().all(|one| one.sights(sights).is_of_home_only())
            && is_elsewhere(&before, seen)
        {
            self.explanations.clear();
            return self.begin(packet, seen, sights, memo);
        }
        if found.is_empty() && before.iter().all(|one| one.names.has_no_room_for(seen)) {
            self.past.clear();
            self.begun = packet;
            self.is_beyond = true;
            return Ok(());
        }
        if found.is_empty() && self.is_unsure(&before, sights, memo) {
            // What belongs to a message of before is judged no more.
            if is_new {
                return self.begin(packet, seen, sights, memo);
            }
            self.past.clear();
            self.begun = packet + 1;
            return Ok(());
        }
        if found.is_empty() {
            let why = Unexplained {
                guard: broken_guard(&before, seen, sights, memo),
                allowed: allowed(&before, seen, sights, memo),
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
        let first = self.explanations.first()?.node.care_of;
        self.explanations.iter().all(|one| one.node.care_of == first).then_some(first)
    }

    fn remember(&mut self, before: Vec<Explanation>, seen: &Seen) {
        if self.past.len() >= MEMORY {
            self.past.pop_front();
        }
        self.past.push_back((before, seen.clone()));
    }

    /// Goes through the last messages once more and keeps all that explains them, not only what
    /// does so in the fewest steps.
    fn look_again(&self, seen: &Seen, sights: Sights, memo: &mut Memo) -> Vec<Explanation> {
        let Some((start, _)) = self.past.front() else { return Vec::new() };
        let mut set = start.clone();
        let again = self.past.iter().map(|(_, seen)| seen).chain([seen]);
        for seen in again {
            let more = wander(&set, sights, memo);
            set = explain(&more, seen, sights, WIDTH * 4, memo);
        }
        set
    }

    /// Begins with a message: with nothing known of what was before it.
    fn begin(
        &mut self,
        packet: u64,
        seen: &Seen,
        sights: Sights,
        memo: &mut Memo,
    ) -> Result<(), Unexplained> {
        self.begun = packet;
        self.is_partial = false;
        self.past.clear();
        if std::mem::take(&mut self.is_complete) {
            let mut from = Vec::new();
            for care_of in &self.arrangements {
                for profile in [Profile::Entitled, Profile::WrongClock] {
                    let node = memo.node(*care_of, State::initial(profile, u8::MAX));
                    from.push(Explanation { node, names: Named::default() });
                }
            }
            self.explanations = explain(&from, seen, sights, WIDTH * 4, memo);
            if self.explanations.is_empty() {
                self.is_lost = true;
                let guard = broken_guard(&from, seen, sights, memo);
                return Err(Unexplained { guard, allowed: allowed(&from, seen, sights, memo) });
            }
            return Ok(());
        }
        let nobody = Named::default();
        let openings_of = |care_of: &CareOf| {
            let fitting = openings(*care_of).of(seen).filter_map(|(message, node)| {
                let names = nobody.fitting(seen, message)?;
                Some(Explanation { node: Arc::clone(node), names })
            });
            fitting.collect::<Vec<_>>().into_iter()
        };
        // No arrangement takes the room of another.
        let mut found = in_turn(self.arrangements.iter().map(openings_of).collect());
        let all = |which: fn(&openings::Openings) -> &Vec<Arc<Node>>| {
            let nodes = self.arrangements.iter().flat_map(move |care_of| which(openings(*care_of)));
            let explain =
                |node: &Arc<Node>| Explanation { node: Arc::clone(node), names: Named::default() };
            nodes.map(explain).collect::<Vec<_>>()
        };
        if matches!(seen.channel(), Channel::Access | Channel::LegA) {
            let moved = all(|openings| &openings.moved);
            found.extend(explain(&moved, seen, Sights::default(), WIDTH * 2, memo));
        }
        if found.is_empty() {
            let from = all(|openings| &openings.states);
            found = explain(&from, seen, Sights::default(), WIDTH, memo);
        }
        // Of what was before nothing is known, so nothing that comes first is wrong: where the search
        // finds no beginning for it, the next message is one.
        self.explanations = self.settle(found, WIDTH * 4);
        Ok(())
    }

    /// As [`settle`]; it is remembered when there is no room for all.
    fn settle(&mut self, found: Vec<Explanation>, width: usize) -> Vec<Explanation> {
        let many = found.len();
        let kept = settle(found, width);
        self.is_partial |= kept.len() >= width && many > width;
        kept
    }

    /// Whether something may explain what nothing does that has been looked at: there was no room for
    /// all explanations, or for all hidden steps.
    fn is_unsure(&self, before: &[Explanation], sights: Sights, memo: &mut Memo) -> bool {
        let most = most_hidden(before.len());
        sights != Sights::ALL
            && (self.is_partial
                || before.iter().any(|one| {
                    let sights = one.sights(sights);
                    let hidden = Hidden { sights, most, cost: HIDDEN_EVENTS };
                    memo.is_more_hidden(&one.node, hidden)
                }))
    }

    fn is_at_the_bound(&self) -> bool {
        let near = NUMBERS - MARGIN;
        self.explanations.iter().any(|one| {
            let mn = &one.node.state.mn;
            mn.ident.is_some_and(|ident| ident.get() >= near)
                || mn.seq.is_some_and(|seq| seq.get() >= near)
                || mn.session.is_some_and(|session| session.get() >= near)
                || one.node.state.network.len() + usize::from(MARGIN) * 4 >= dsboot_model::MESSAGES
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
    before.iter().all(|one| one.node.care_of != of)
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
    width: usize,
    memo: &mut Memo,
) -> Vec<Explanation> {
    let mut found = explain_at_once(before, seen, sights, memo);
    if found.is_empty() {
        found = explain_hidden(before, seen, sights, 1..=HIDDEN_EVENTS, memo);
    }
    settle(found, width)
}

/// As [`explain`], with no hidden steps before or such that cost no events.
fn explain_at_once(
    before: &[Explanation],
    seen: &Seen,
    sights: Sights,
    memo: &mut Memo,
) -> Vec<Explanation> {
    let mut found = Vec::new();
    for one in before {
        say(one, seen, &[], memo, &mut found);
    }
    if found.is_empty() {
        found = explain_hidden(before, seen, sights, 0..=0, memo);
    }
    found
}

/// How many hidden states are looked at from each of so many: the more there is to begin with, the
/// fewer.
fn most_hidden(from: usize) -> usize {
    (HIDDEN_STATES / from.max(1).next_power_of_two()).max(HIDDEN_FROM_EACH)
}

/// As [`explain`], with hidden steps before, of as few events as can be.
fn explain_hidden(
    before: &[Explanation],
    seen: &Seen,
    sights: Sights,
    costs: RangeInclusive<u8>,
    memo: &mut Memo,
) -> Vec<Explanation> {
    let most = most_hidden(before.len());
    for cost in costs {
        let mut of_each = Vec::new();
        for one in before {
            let hidden = Hidden { sights: one.sights(sights), most, cost };
            let mut found = Vec::new();
            for (message, places) in memo.sayable(&one.node, hidden, seen.from()).iter() {
                if may_be(message, seen)
                    && let Some(names) = one.names.fitting(seen, message)
                {
                    let at = |node| Explanation { node: Arc::clone(node), names: names.clone() };
                    found.extend(places.iter().map(at));
                }
            }
            if !found.is_empty() {
                of_each.push(found.into_iter());
            }
        }
        if !of_each.is_empty() {
            return in_turn(of_each);
        }
    }
    Vec::new()
}

/// One of each, and again, so that where there is no room for all none is left out altogether.
fn in_turn(mut of_each: Vec<std::vec::IntoIter<Explanation>>) -> Vec<Explanation> {
    let mut all = Vec::new();
    while !of_each.is_empty() {
        of_each.retain_mut(|one| one.next().map(|next| all.push(next)).is_some());
    }
    all
}

/// The states that are no or one hidden step without an event away.
fn near(one: &Explanation, sights: Sights, memo: &mut Memo) -> Vec<Explanation> {
    let steps = memo.steps(&one.node);
    let sights = one.sights(sights);
    let free = steps.iter().filter(|step| step.cost == 0 && hides(step, sights));
    let mut near = vec![one.clone()];
    near.extend(free.map(|step| one.at(&step.next)));
    near
}

/// The guard without which a message would be explained.
fn broken_guard(
    before: &[Explanation],
    seen: &Seen,
    sights: Sights,
    memo: &mut Memo,
) -> Option<Guard> {
    let some: Vec<Explanation> =
        before.iter().take(4).flat_map(|one| near(one, sights, memo)).collect();
    Guard::ALL.iter().copied().find(|guard| {
        let mut found = Vec::new();
        some.iter().any(|one| {
            say(one, seen, &[*guard], memo, &mut found);
            !found.is_empty()
        })
    })
}

/// What the sender could have said instead, in words.
fn allowed(before: &[Explanation], seen: &Seen, sights: Sights, memo: &mut Memo) -> Vec<String> {
    let mut words = Vec::new();
    for one in before.iter().take(8) {
        for one in near(one, sights, memo) {
            for saying in memo.sayings(&one.node, seen.from()).iter() {
                let said = one.words(&saying.message);
                if !words.contains(&said) && words.len() < 8 {
                    words.push(said);
                }
            }
        }
    }
    words
}

impl Explanation {
    /// What the capture shows, if this is what happens; `sights` it shows in any case.
    fn sights(&self, sights: Sights) -> Sights {
        sights.and(self.names.sights())
    }

    /// The same names in another state.
    fn at(&self, node: &Arc<Node>) -> Explanation {
        Explanation { node: Arc::clone(node), names: self.names.clone() }
    }

    fn with(&self, state: State, memo: &mut Memo) -> Explanation {
        Explanation { node: memo.node(self.node.care_of, state), names: self.names.clone() }
    }

    /// The same, with the requests that wait made by a clock that is wrong.
    fn with_wrong_clock(&self, memo: &mut Memo) -> Explanation {
        let mut state = self.node.state;
        let newest = state.mn.ident;
        let late = |request: Request| {
            let timely = request.timely && Some(request.ident) != newest;
            Request { timely, ..request }
        };
        state.network = state
            .network
            .iter()
            .map(|message| match message {
                Message::Request(hop, request) => Message::Request(hop, late(request)),
                other => other,
            })
            .collect();
        for fha in FhaId::ALL {
            let pending = &mut state.fha.of_mut(fha).pending;
            *pending = pending.map(|(request, hop)| (late(request), hop));
        }
        state.mn.request = state.mn.request.map(late);
        state.mn.clock = Clock::Wrong;
        self.with(state, memo)
    }

    /// A fingerprint, without how many events are left.
    fn mark(&self) -> u64 {
        self.node.mark ^ self.names.mark().rotate_left(32)
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
