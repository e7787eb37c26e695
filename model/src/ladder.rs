//! Runs as ladders: a column a role, a line a step.
//!
//! What is delivered at once is one arrow. What is not is marked where it is sent, and comes later
//! or never: an arrow that ends in `x` is lost, or still under way when the run ends.

use dsboot_spec::{
    Role, Setup,
    chart::{Chart, Row, What},
};

use crate::{Action, Message, State, explore::Trace};

/// A line of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// A message arrives.
    Arrives {
        /// Which.
        message: Message,
        /// Whether it arrived before.
        again: bool,
    },
    /// A message is sent that arrives later, not at once.
    Sent(Message),
    /// A message is sent that does not arrive in this run.
    Lost(Message),
    /// Somebody does something unasked.
    Does(Action),
}

impl Rung {
    /// In words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Rung::Arrives { message, again: false } => message.to_string(),
            Rung::Arrives { message, again: true } => format!("{message} (again)"),
            Rung::Sent(message) => format!("sent: {message}"),
            Rung::Lost(message) => format!("{message} (does not arrive)"),
            Rung::Does(action) => action.to_string(),
        }
    }

    /// The message that it is about, if it is about one.
    #[must_use]
    pub const fn message(self) -> Option<Message> {
        match self {
            Rung::Arrives { message, .. } | Rung::Sent(message) | Rung::Lost(message) => {
                Some(message)
            }
            Rung::Does(_) => None,
        }
    }

    fn what(self, roles: &[Role]) -> What {
        let place = |role| roles.iter().position(|r| *r == role).unwrap_or(0);
        match self {
            Rung::Arrives { message, .. } | Rung::Lost(message) => What::Arrow {
                from: place(message.from()),
                to: place(message.to()),
                lost: matches!(self, Rung::Lost(_)),
            },
            Rung::Sent(message) => What::Mark { at: place(message.from()) },
            Rung::Does(action) => What::Mark { at: place(action.actor()) },
        }
    }
}

/// The roles that take part in a setup, in the order of the figures.
#[must_use]
pub fn roles(setup: Setup) -> Vec<Role> {
    let takes_part = |role: &Role| match role {
        Role::Fa => setup.care_of().via_fa(),
        Role::Aaaf => setup.scenario().is_subscription(),
        Role::Cn => false,
        _ => true,
    };
    Role::ALL.into_iter().filter(takes_part).collect()
}

/// The lines of a run, each with the number of the step that it belongs to, from 1.
#[must_use]
pub fn rungs(trace: &Trace) -> Vec<(usize, Rung)> {
    let actions: Vec<Action> = trace.steps.iter().map(|(action, _)| *action).collect();
    let mut rungs = Vec::new();
    let mut before = &trace.start;
    for (place, (action, after)) in trace.steps.iter().enumerate() {
        let number = place + 1;
        let (past, future) = actions.split_at(place.min(actions.len()));
        let future = future.get(1..).unwrap_or_default();
        rungs.push((
            number,
            match action {
                Action::Deliver(message) => {
                    Rung::Arrives { message: *message, again: past.contains(action) }
                }
                _ => Rung::Does(*action),
            },
        ));
        for message in sent(before, after) {
            let arrival = future.iter().position(|next| *next == Action::Deliver(message));
            match arrival {
                Some(0) => {}
                Some(_) => rungs.push((number, Rung::Sent(message))),
                None => rungs.push((number, Rung::Lost(message))),
            }
        }
        before = after;
    }
    rungs
}

/// A run, to be drawn.
#[must_use]
pub fn chart(setup: Setup, trace: &Trace) -> Chart {
    let roles = roles(setup);
    let mut last = 0;
    let mut row = |(number, rung): (usize, Rung)| {
        let stamp = if number == last { String::new() } else { format!("{number}.") };
        last = number;
        let label = rung.message().map(Message::step).unwrap_or_default();
        // The label stands apart from the words.
        let words = rung.words().replacen(&format!("{label}."), "", usize::from(label.len() == 1));
        Row { stamp, what: rung.what(&roles), label: label.to_owned(), words }
    };
    Chart {
        title: format!("{setup}, {}", trace.start.environment.profile),
        rows: rungs(trace).into_iter().map(&mut row).collect(),
        lifelines: roles.iter().map(Role::to_string).collect(),
    }
}

/// Draws a run with letters, its title above it.
#[must_use]
pub fn draw(setup: Setup, trace: &Trace) -> String {
    let chart = chart(setup, trace);
    format!("{}\n\n{chart}", chart.title)
}

fn sent<'a>(before: &'a State, after: &'a State) -> impl Iterator<Item = Message> + 'a {
    after.network.since(&before.network)
}
