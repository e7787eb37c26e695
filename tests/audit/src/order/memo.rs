//! What the model's steps lead to, remembered: mobile nodes do much the same, and each does it in
//! many states that explain what is seen of it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use dsboot_model::{
    Action, Bootstrap, FhaId, Guard, Hop, Link, Message, Reply, Request, State, effort,
};
use dsboot_spec::{CareOf, Role};
use stateright::Model as _;

use super::super::memory::{Remembered, mark};
use super::{HIDDEN_EVENTS, Sights, hides, model};

/// So many states, and the steps from so many of them, are remembered at least.
const ROOM: usize = 1 << 13;

/// So many states are kept that a message may lead to.
const PLACES: usize = 64;

/// A state of an arrangement's model, with as many events left as there can be.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) care_of: CareOf,
    pub(super) state: State,
    /// A fingerprint.
    pub(super) mark: u64,
}

/// A step that changes something.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The events that it costs.
    pub(super) cost: u8,
    pub(super) next: Arc<Node>,
    /// What is said by it.
    pub(super) said: Box<[Message]>,
}

/// Something that a role can say.
#[derive(Clone, Debug)]
pub(super) struct Saying {
    pub(super) message: Message,
    pub(super) next: Arc<Node>,
    /// The state in which it has arrived too, if it goes to the mobile node: what comes to it
    /// arrives while it is there, or never.
    pub(super) arrived: Option<Arc<Node>>,
}

/// What is known of hidden steps from a state: the sights, the most states that are looked at, and the
/// events that they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Hidden {
    pub(super) sights: Sights,
    pub(super) most: usize,
    pub(super) cost: u8,
}

/// Messages that a role can have said, and the states that this may have led to.
pub(super) type Sayable = Arc<[(Message, Box<[Arc<Node>]>)]>;

/// Remembers states and their steps.
#[derive(Debug)]
pub(in super::super) struct Memo {
    nodes: Remembered<u64, Arc<Node>>,
    steps: Remembered<u64, Arc<[Step]>>,
    sayings: Remembered<(u64, u8), Arc<[Saying]>>,
    /// States behind hidden steps.
    hidden: Remembered<(u64, Hidden), Arc<[Arc<Node>]>>,
    /// What can be said there, by role.
    sayable: Remembered<(u64, Hidden, u8), Sayable>,
}

impl Default for Memo {
    fn default() -> Memo {
        Memo {
            nodes: Remembered::new(ROOM),
            steps: Remembered::new(ROOM),
            sayings: Remembered::new(ROOM),
            hidden: Remembered::new(ROOM / 8),
            sayable: Remembered::new(ROOM / 8),
        }
    }
}

impl Node {
    pub(super) fn new(care_of: CareOf, mut state: State) -> Node {
        state.environment.events = u8::MAX;
        let mark = mark(&(care_of, &state));
        Node { care_of, state, mark }
    }
}

impl Memo {
    /// A state.
    pub(super) fn node(&mut self, care_of: CareOf, state: State) -> Arc<Node> {
        let new = Node::new(care_of, state);
        if let Some(known) = self.nodes.get(&new.mark) {
            return Arc::clone(known);
        }
        let new = Arc::new(new);
        self.nodes.insert(new.mark, Arc::clone(&new));
        new
    }

    /// The steps from a state that are of interest and change something.
    pub(super) fn steps(&mut self, node: &Node) -> Arc<[Step]> {
        if let Some(known) = self.steps.get(&node.mark) {
            return Arc::clone(known);
        }
        let model = model(node.care_of, &[]);
        let mut actions = Vec::new();
        model.actions(&node.state, &mut actions);
        let step = |action: Action| {
            let cost = effort::cost(&model.config, &node.state, action)?;
            let mut state = model.follow(&node.state, action)?;
            state.environment.events = u8::MAX;
            if state == node.state {
                return None;
            }
            let said = state.network.since(&node.state.network).collect();
            Some((cost.min(HIDDEN_EVENTS + 1), state, said))
        };
        let found: Vec<_> =
            actions.into_iter().filter(|action| is_of_interest(*action)).filter_map(step).collect();
        let steps: Arc<[Step]> = found
            .into_iter()
            .map(|(cost, state, said)| Step { cost, next: self.node(node.care_of, state), said })
            .collect();
        self.steps.insert(node.mark, Arc::clone(&steps));
        steps
    }

    /// What a role can say in a state; the one that answers step 2 is called AAAF.
    pub(super) fn sayings(&mut self, node: &Node, role: Role) -> Arc<[Saying]> {
        let key = (node.mark, role as u8);
        if let Some(known) = self.sayings.get(&key) {
            return Arc::clone(known);
        }
        let sayings: Arc<[Saying]> = self.sayings_without(node, role, &[]).into();
        self.sayings.insert(key, Arc::clone(&sayings));
        sayings
    }

    /// What a role can have said after hidden steps from a state.
    pub(super) fn sayable(&mut self, node: &Arc<Node>, hidden: Hidden, role: Role) -> Sayable {
        let key = (node.mark, hidden, role as u8);
        if let Some(known) = self.sayable.get(&key) {
            return Arc::clone(known);
        }
        let mut messages: Vec<Message> = Vec::new();
        let mut after: HashMap<Message, Vec<Arc<Node>>> = HashMap::new();
        let mut add = |message: Message, next: &Arc<Node>| {
            let places = after.entry(message).or_insert_with(|| {
                messages.push(message);
                Vec::new()
            });
            if places.len() < PLACES && !places.iter().any(|known| known.mark == next.mark) {
                places.push(Arc::clone(next));
            }
        };
        for there in self.hidden(node, hidden).iter() {
            for message in there.state.network.since(&node.state.network) {
                add(message, there);
            }
            for saying in self.sayings(there, role).iter() {
                if let Some(arrived) = &saying.arrived {
                    add(saying.message, arrived);
                }
                add(saying.message, &saying.next);
            }
        }
        let sayable: Sayable = messages
            .into_iter()
            .filter_map(|message| Some((message, after.remove(&message)?.into_boxed_slice())))
            .collect();
        self.sayable.insert(key, Arc::clone(&sayable));
        sayable
    }

    /// Whether there was no room for all states that hidden steps of up to that cost lead to.
    pub(super) fn is_more_hidden(&mut self, node: &Arc<Node>, hidden: Hidden) -> bool {
        let many = |cost| self.hidden(node, Hidden { cost, ..hidden }).len();
        (0..=hidden.cost).map(many).sum::<usize>() >= hidden.most
    }

    /// The states that hidden steps of that cost lead to and none of less, nearest first.
    fn hidden(&mut self, node: &Arc<Node>, hidden: Hidden) -> Arc<[Arc<Node>]> {
        let key = (node.mark, hidden);
        if let Some(known) = self.hidden.get(&key) {
            return Arc::clone(known);
        }
        let mut lower = vec![(0, Arc::clone(node))];
        for cost in 0..hidden.cost {
            let level = self.hidden(node, Hidden { cost, ..hidden });
            lower.extend(level.iter().map(|there| (cost, Arc::clone(there))));
        }
        let mut known: HashSet<u64> = lower.iter().map(|(_, there)| there.mark).collect();
        let mut found = Vec::new();
        for (spent, there) in lower {
            self.add_hidden(&there, hidden.cost - spent, hidden, &mut known, &mut found);
        }
        let mut next = 0;
        while let Some(there) = found.get(next).cloned() {
            next += 1;
            self.add_hidden(&there, 0, hidden, &mut known, &mut found);
        }
        let found: Arc<[Arc<Node>]> = found.into();
        self.hidden.insert(key, Arc::clone(&found));
        found
    }

    /// Adds what a hidden step of that cost leads to.
    fn add_hidden(
        &mut self,
        from: &Node,
        cost: u8,
        hidden: Hidden,
        known: &mut HashSet<u64>,
        found: &mut Vec<Arc<Node>>,
    ) {
        for step in self.steps(from).iter() {
            if step.cost == cost
                && known.len() <= hidden.most
                && hides(step, hidden.sights)
                && known.insert(step.next.mark)
            {
                found.push(Arc::clone(&step.next));
            }
        }
    }

    /// The same of a model without some of its guards.
    pub(super) fn sayings_without(
        &mut self,
        node: &Node,
        role: Role,
        without: &[Guard],
    ) -> Vec<Saying> {
        let model = model(node.care_of, without);
        let mut sayings = Vec::new();
        let mut known = HashSet::new();
        for action in possible(&node.state, role) {
            let Some((next, messages)) = said(&model, &node.state, action) else { continue };
            for message in messages {
                let own = message.to() == Role::Mn;
                let arrived = own.then(|| model.follow(&next, Action::Deliver(message))).flatten();
                let next = self.node(node.care_of, next);
                let arrived = arrived.map(|state| self.node(node.care_of, state));
                if known.insert((message, next.mark)) {
                    sayings.push(Saying { message, next, arrived });
                }
            }
        }
        sayings
    }
}

/// Whether an action belongs to what is looked for: of what other users do, a capture of one tells
/// nothing.
pub(super) const fn is_of_interest(action: Action) -> bool {
    !matches!(
        action,
        Action::Depart
            | Action::Lapse
            | Action::Inject(_)
            | Action::StrangersBind(_)
            | Action::StrangersLeave(_)
            | Action::OthersGiveBack(_)
            | Action::NasRestarts(_)
            | Action::AaaForgets(_)
            | Action::FhaRestarts(_)
            | Action::HaRestarts
            | Action::AaahRestarts
    )
}

/// What an action leads to, and what is said by it: also what the model forgets at once, as nobody
/// waits for it.
fn said(model: &Bootstrap, state: &State, action: Action) -> Option<(State, Vec<Message>)> {
    let next = model.follow(state, action)?;
    let mut messages: Vec<Message> = next.network.since(&state.network).collect();
    let about = match action {
        Action::FaGivesUp(_, ident)
        | Action::Deliver(
            Message::Request(_, Request { ident, .. })
            | Message::RegistrationAnswer(_, ident, _)
            | Message::Reply(Hop::Relay, Reply { ident, .. }),
        ) => Some(ident),
        _ => None,
    };
    let request = about.and_then(|ident| {
        let mut requests = state.network.iter().filter_map(|message| match message {
            Message::Request(_, request) => Some(request),
            _ => None,
        });
        requests.find(|request| request.ident == ident)
    });
    if messages.is_empty() && request.is_some() {
        // The same with somebody who waits.
        let mut waiting = *state;
        waiting.mn.request = request;
        let next = model.follow(&waiting, action)?;
        messages.extend(next.network.since(&waiting.network));
    }
    Some((next, messages))
}

/// What a role can do; for AAAF, either server.
fn possible(state: &State, role: Role) -> Vec<Action> {
    let acts = |actor: Role| match role {
        Role::Aaaf => matches!(actor, Role::Aaaf | Role::Aaah),
        _ => actor as u8 == role as u8,
    };
    let deliveries = state.network.iter().map(Action::Deliver);
    let mut actions: Vec<Action> = deliveries.filter(|action| acts(action.actor())).collect();
    match role {
        Role::Mn => {
            let own = effort::OF_ONE.into_iter().filter(|action| action.actor() == Role::Mn);
            actions.extend(own.filter(|action| is_of_interest(*action)));
            actions.extend(Link::ALL.map(Action::Attach));
        }
        Role::Fa => {
            for link in Link::ALL {
                let pending = state.fa.of(link).pending;
                actions.extend(pending.iter().map(|ident| Action::FaGivesUp(link, ident)));
            }
        }
        Role::Fha => actions.extend(FhaId::ALL.map(Action::FhaGivesUp)),
        _ => {}
    }
    actions
}
