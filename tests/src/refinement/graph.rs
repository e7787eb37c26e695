//! The other direction: which steps of the model no run of the roles has taken.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use dsboot_model::{Action, ActionCode, Bootstrap, Config, Message};
use dsboot_spec::Setup;
use stateright::Model as _;

use super::print_of;
use crate::bytes::Amiss;

/// The steps of the model within a bound, by kind, and how many of each kind runs of the roles have
/// taken. A step is an action in a state.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    kinds: BTreeMap<String, Taken>,
}

/// How many steps of a kind have been taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Steps of the model.
    pub all: usize,
    /// Those of them that a run of the roles has taken.
    pub taken: usize,
}

impl Coverage {
    /// The steps of the model of a setup, for a user who does not go for good, with so many events;
    /// `edges` are those that have been taken.
    pub(super) fn new(
        setup: Setup,
        amiss: Amiss,
        events: u8,
        edges: &HashSet<(u64, Action)>,
    ) -> Coverage {
        let model = Bootstrap::new(Config::new(setup, events));
        let mut coverage = Coverage::default();
        let start = amiss.initial(events);
        let (mut states, mut open) = (HashSet::from([start]), vec![start]);
        let mut counted = HashSet::new();
        let mut actions = Vec::new();
        while let Some(state) = open.pop() {
            actions.clear();
            model.actions(&state, &mut actions);
            for action in actions.drain(..).filter(|action| *action != Action::Depart) {
                let Some(next) = model.next_state(&state, action) else { continue };
                let edge = (print_of(&state), action);
                if counted.insert(edge) {
                    let kind = coverage.kinds.entry(kind(action)).or_default();
                    kind.all += 1;
                    kind.taken += usize::from(edges.contains(&edge));
                }
                if states.insert(next) {
                    open.push(next);
                }
            }
        }
        coverage
    }

    /// The kinds of which not one step has been taken.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        let missing = self.kinds.iter().filter(|(_, taken)| taken.taken == 0);
        missing.map(|(kind, _)| kind.as_str())
    }

    /// All kinds together.
    #[must_use]
    pub fn total(&self) -> Taken {
        self.kinds.values().fold(Taken::default(), |sum, kind| Taken {
            all: sum.all + kind.all,
            taken: sum.taken + kind.taken,
        })
    }

    /// Adds the steps of another setup.
    pub fn add(&mut self, other: &Coverage) {
        for (kind, more) in &other.kinds {
            let sum = self.kinds.entry(kind.clone()).or_default();
            sum.all += more.all;
            sum.taken += more.taken;
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, Taken { all, taken }) in &self.kinds {
            writeln!(f, "  {kind:24} {taken:>8} of {all:>8}")?;
        }
        Ok(())
    }
}

/// The kind of an action: a delivery by what is delivered, everything else by its name.
fn kind(action: Action) -> String {
    match action {
        Action::Deliver(message) | Action::Inject(message) => {
            format!("deliver {}", name_of(message))
        }
        action => {
            let code = ActionCode(action).to_string();
            code.split(':').next().unwrap_or_default().to_owned()
        }
    }
}

/// What is delivered.
const fn name_of(message: Message) -> &'static str {
    match message {
        Message::Advertisement(..) => "advertisement",
        Message::AccessRequest(..) => "access-request",
        Message::AccessAsk(..) => "access-ask",
        Message::AccessAnswer(..) => "access-answer",
        Message::AccessReply(..) => "access-reply",
        Message::Request(..) => "request",
        Message::RegistrationAsk(..) => "registration-ask",
        Message::RegistrationAnswer(..) => "registration-answer",
        Message::Reply(..) => "reply",
        Message::Update(..) => "update",
        Message::BindingAsk(..) => "binding-ask",
        Message::BindingAnswer(..) => "binding-answer",
        Message::Ack(..) => "ack",
    }
}
