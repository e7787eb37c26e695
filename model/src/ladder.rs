//! Runs as ladders: a column a role, a line a step.
//!
//! What is delivered at once is one arrow. What is not is marked where it is sent, and comes later
//! or never: an arrow that ends in `x` is lost, or still under way when the run ends.

use core::fmt::Write as _;

use dsboot_spec::{Role, Setup};

use crate::{Action, Message, State, explore::Trace};

/// Characters from one role's line to the next.
const WIDTH: usize = 8;

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

    fn line(self, roles: &[Role]) -> String {
        match self {
            Rung::Arrives { message, .. } => arrow(roles, message, None),
            Rung::Lost(message) => arrow(roles, message, Some('x')),
            Rung::Sent(message) => columns(roles, Some(message.from())),
            Rung::Does(action) => columns(roles, Some(action.actor())),
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

/// Draws a run.
#[must_use]
pub fn draw(setup: Setup, trace: &Trace) -> String {
    let roles = roles(setup);
    let mut out = format!("{setup}, {}\n\n", trace.start.environment.profile);
    for role in &roles {
        let _ = write!(out, "{role:^WIDTH$}");
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    let mut last = 0;
    for (number, rung) in rungs(trace) {
        let shown = if number == last { String::new() } else { format!("{number}.") };
        let _ = writeln!(out, "{} {shown:>3} {}", rung.line(&roles), rung.words());
        last = number;
    }
    out
}

fn sent<'a>(before: &'a State, after: &'a State) -> impl Iterator<Item = Message> + 'a {
    after.network.since(&before.network)
}

/// The columns with an arrow from sender to receiver.
fn arrow(roles: &[Role], message: Message, end: Option<char>) -> String {
    let place = |role| roles.iter().position(|r| *r == role);
    let mut line: Vec<char> = columns(roles, None).chars().collect();
    if let (Some(from), Some(to)) = (place(message.from()), place(message.to())) {
        let centre = |column: usize| column * WIDTH + WIDTH / 2;
        let (left, right) = (centre(from.min(to)) + 1, centre(from.max(to)) - 1);
        let (head, tip) = if from < to { (right, '>') } else { (left, '<') };
        for (at, sign) in line.iter_mut().enumerate() {
            if at == head {
                *sign = end.unwrap_or(tip);
            } else if (left..=right).contains(&at) {
                *sign = '-';
            }
        }
    }
    line.into_iter().collect()
}

fn columns(roles: &[Role], marked: Option<Role>) -> String {
    let mut line = String::new();
    for role in roles {
        let sign = if Some(*role) == marked { '*' } else { '|' };
        let _ = write!(line, "{0:1$}{sign}{0:2$}", "", WIDTH / 2, WIDTH - WIDTH / 2 - 1);
    }
    line
}
