//! Runs as ladders: a column a role, a line a step.
//!
//! What is delivered at once is one arrow. What is not is marked where it is sent, and comes later
//! or never: an arrow that ends in `x` is lost, or still under way when the run ends.

use dsboot_spec::{
    Role,
    chart::{Chart, Row, What},
};

use crate::{Action, Config, Message, System, explore::Trace};

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

    fn what(self, config: &Config, place: impl Fn(Role) -> usize) -> What {
        match self {
            Rung::Arrives { message, .. } | Rung::Lost(message) => What::Arrow {
                from: place(message.from()),
                to: place(message.to()),
                lost: matches!(self, Rung::Lost(_)),
            },
            Rung::Sent(message) => What::Mark { at: place(message.from()) },
            Rung::Does(Action::AaaForgets(link)) => {
                What::Mark { at: place(config.access_server(link).role()) }
            }
            Rung::Does(action) => What::Mark { at: place(action.actor()) },
        }
    }
}

/// A line of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The number of the step that it belongs to, from 1.
    pub step: usize,
    /// Which mobile node it is about, from 0.
    pub mobile: usize,
    /// What happens.
    pub rung: Rung,
}

/// The roles that take part in a setup, in the order of the figures.
#[must_use]
pub fn roles(config: &Config) -> Vec<Role> {
    let takes_part = |role: &Role| match role {
        Role::Fa => config.has_fa(),
        Role::Aaaf => config.has_subscription(),
        Role::Cn => false,
        _ => true,
    };
    Role::ALL.into_iter().filter(takes_part).collect()
}

/// The lines of a run.
#[must_use]
pub fn lines<M: System>(trace: &Trace<M>) -> Vec<Line> {
    let actions: Vec<M::Action> = trace.steps.iter().map(|(action, _)| *action).collect();
    let mut lines = Vec::new();
    let mut before = &trace.start;
    for (place, (of, after)) in trace.steps.iter().enumerate() {
        let step = place + 1;
        let (past, future) = actions.split_at(place.min(actions.len()));
        let future = future.get(1..).unwrap_or_default();
        let (mobile, action) = M::parts(*of);
        let rung = match action {
            Action::Deliver(message) => Rung::Arrives { message, again: past.contains(of) },
            _ => Rung::Does(action),
        };
        lines.push(Line { step, mobile, rung });
        for (mobile, (before, after)) in
            M::mobiles(before).iter().zip(M::mobiles(after)).enumerate()
        {
            for message in after.network.since(&before.network) {
                let arrival = M::whole(mobile, Action::Deliver(message));
                match future.iter().position(|next| *next == arrival) {
                    Some(0) => {}
                    Some(_) => lines.push(Line { step, mobile, rung: Rung::Sent(message) }),
                    None => lines.push(Line { step, mobile, rung: Rung::Lost(message) }),
                }
            }
        }
        before = after;
    }
    lines
}

/// A run, to be drawn. Of two mobile nodes each has a column of its own, and what the others do is
/// marked with the one that it is about.
#[must_use]
pub fn chart<M: System>(config: &Config, trace: &Trace<M>) -> Chart {
    let roles = roles(config);
    let mobiles = M::mobiles(&trace.start);
    let several = mobiles.len() > 1;
    let place = |role: Role, mobile: usize| {
        let place = roles.iter().position(|other| *other == role).unwrap_or(0);
        if role == Role::Mn { mobile } else { place + mobiles.len() - 1 }
    };
    let mut last = 0;
    let row = |Line { step, mobile, rung }: Line| {
        let stamp = if step == last { String::new() } else { format!("{step}.") };
        last = step;
        let label = rung.message().map(Message::step).unwrap_or_default();
        // The label stands apart from the words.
        let words = rung.words().replacen(&format!("{label}."), "", usize::from(label.len() == 1));
        let words = if several { format!("{words} [MN {}]", mobile + 1) } else { words };
        let what = rung.what(config, |role| place(role, mobile));
        Row { stamp, what, label: label.to_owned(), words }
    };
    let rows = lines(trace).into_iter().map(row).collect();
    let profiles: Vec<String> =
        mobiles.iter().map(|state| state.environment.profile.to_string()).collect();
    let names = |role: &Role| match role {
        Role::Mn if several => (1..=mobiles.len()).map(|number| format!("MN {number}")).collect(),
        _ => vec![role.to_string()],
    };
    Chart {
        title: format!("{}, {}", config.place(), profiles.join(" and ")),
        rows,
        lifelines: roles.iter().flat_map(names).collect(),
    }
}

/// Draws a run with letters, its title above it.
#[must_use]
pub fn draw<M: System>(config: &Config, trace: &Trace<M>) -> String {
    let chart = chart(config, trace);
    format!("{}\n\n{chart}", chart.title)
}
