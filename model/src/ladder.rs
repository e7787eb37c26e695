//! Runs as ladders: a line a step, a column a role.

use std::fmt::Write as _;

use dsboot_spec::Role;

use crate::action::{Action, Lifetime, Wish};
use crate::explore::Trace;
use crate::message::{Answer, Code, Decision, Grant, Hop, Kind, Message, Rrp, Rrq, Status, Update};
use crate::state::State;
use crate::system::System;

const WIDTH: usize = 8;

/// Draws a run: who takes part on top, then the steps in words.
#[must_use]
pub fn draw(system: &System, trace: &Trace) -> String {
    let setup = system.config.setup;
    let roles: Vec<Role> = Role::ALL
        .into_iter()
        .filter(|role| match role {
            Role::Fa => setup.care_of().via_fa(),
            Role::Aaaf => setup.scenario().is_subscription(),
            Role::Cn => false,
            _ => true,
        })
        .collect();
    let mut out = format!("{setup}, {}\n\n", trace.start.user);
    for role in &roles {
        let _ = write!(out, "{role:^WIDTH$}");
    }
    out.push('\n');
    let mut before = &trace.start;
    for (number, (action, after)) in trace.steps.iter().enumerate() {
        let line = match action {
            Action::Deliver(message) | Action::DeliverAmiss(message) => arrow(&roles, message),
            Action::Mobile(_) => mark(&roles, Role::Mn),
            Action::Expire(lifetime) => mark(&roles, owner(lifetime)),
        };
        let _ = writeln!(out, "{line} {:>2}. {}", number + 1, words(action));
        for sent in news(before, after) {
            let _ = writeln!(out, "{}     sent: {}", mark(&roles, sent.ends().0), message(&sent));
        }
        before = after;
    }
    out
}

/// A step in words.
#[must_use]
pub fn words(action: &Action) -> String {
    match action {
        Action::Deliver(m) => format!("{} arrives", message(m)),
        Action::DeliverAmiss(m) => format!("{} arrives; {}", message(m), action.kind()),
        Action::Mobile(Wish::Move(link)) => format!("the MN moves to {link}"),
        Action::Mobile(_) => action.kind().to_owned(),
        Action::Expire(Lifetime::Session(link, session)) => {
            format!("session {session} at the NAS of {link} runs out")
        }
        Action::Expire(Lifetime::Visitor(link)) => {
            format!("the visitor at the FA of {link} runs out")
        }
        Action::Expire(Lifetime::Binding(agent)) => format!("the binding at {agent} runs out"),
        Action::Expire(Lifetime::HomeBinding) => action.kind().to_owned(),
    }
}

/// A message in words.
#[must_use]
pub fn message(message: &Message) -> String {
    match message {
        Message::AccessRequest { session, link } => format!("access request {session}, {link}"),
        Message::AccessAsk { session, server, .. } => {
            format!("Access-Request A{session} for the {}", server.role())
        }
        Message::AccessAnswer { session, server, decision, .. } => {
            format!("answer A{session} of the {}: {}", server.role(), decided(decision))
        }
        Message::AccessReply { session, link, decision } => {
            format!("access reply {session}, {link}: {}", decided(decision))
        }
        Message::AccessEnd { session, .. } => format!("end of session {session}"),
        Message::AccessEnded { session, .. } => format!("end of session {session} acknowledged"),
        Message::Request(hop, rrq) => request(hop, rrq),
        Message::HomeAsk { ident, agent } => format!("Access-Request B{ident} of {agent}"),
        Message::HomeAnswer { ident, agent, answer } => match answer {
            Answer::Accept(grant) => {
                format!("Access-Accept B{ident} for {agent}: {}", given(grant))
            }
            Answer::NoAddress(_) => format!("Access-Accept B{ident} for {agent}, no address"),
            Answer::Reject => format!("Access-Reject B{ident} for {agent}"),
        },
        Message::Reply(hop, rrp) => reply(hop, rrp),
        Message::BindingUpdate(update) => format!("BU {}", updated(update)),
        Message::BindingAsk(update) => format!("Access-Request C{}", update.seq),
        Message::BindingAnswer { seq, accept: true } => format!("Access-Accept C{seq}"),
        Message::BindingAnswer { seq, accept: false } => format!("Access-Reject C{seq}"),
        Message::BindingAck { seq, status: Status::Accepted } => format!("BA {seq}, accepted"),
        Message::BindingAck { seq, status: Status::Stale } => format!("BA {seq}, not new"),
        Message::Leak(rrp) => format!("RRP {} to the HA", rrp.ident),
    }
}

fn decided(decision: &Decision) -> String {
    match decision {
        Decision::Granted { agent: Some(agent) } => format!("granted, {agent}"),
        Decision::Granted { agent: None } => "granted, no FHA".to_owned(),
        Decision::Refused => "refused".to_owned(),
    }
}

fn given(grant: &Grant) -> String {
    let Grant { address, home, nonce } = grant;
    format!("THOAv4 and CoA6 no. {address}, HoA6 and HA no. {home}, key {nonce}")
}

fn updated(update: &Update) -> String {
    let lifetime = if update.alive { "" } else { ", lifetime 0" };
    format!("{}, HoA6 no. {}, CoA6 no. {}{lifetime}", update.seq, update.home, update.care_of)
}

fn request(hop: &Hop, rrq: &Rrq) -> String {
    let kind = match rrq.kind {
        Kind::First => "first".to_owned(),
        Kind::Again => format!("again, key {}", rrq.key),
        Kind::Release => format!("lifetime 0, key {}", rrq.key),
    };
    let relayed = if matches!(hop, Hop::Core(_)) { " relayed" } else { "" };
    let whose = if rrq.colocated { "CCoA" } else { "FA's CoA" };
    format!("RRQ {}{relayed} ({kind}), {whose} on {}, for {}", rrq.ident, rrq.link, rrq.agent)
}

fn reply(hop: &Hop, rrp: &Rrp) -> String {
    let relayed = match (hop, rrp.code) {
        (Hop::Air(_), Code::Challenge) => "",
        (Hop::Air(_), _) => " relayed",
        _ => "",
    };
    let what = match (rrp.code, &rrp.grant) {
        (Code::Accepted, Some(grant)) => format!("accepted: {}", given(grant)),
        (Code::Accepted, None) => "accepted".to_owned(),
        (Code::Released, _) => "accepted, lifetime 0".to_owned(),
        (Code::NoAddress, _) => "130, no address".to_owned(),
        (Code::Identification, _) => "133, Identification".to_owned(),
        (Code::Challenge, _) => "denied by the FA, challenge".to_owned(),
    };
    let proof = if rrp.intact { "" } else { "; authenticator wrong" };
    format!("RRP {}{relayed}, {what}{proof}", rrp.ident)
}

const fn owner(lifetime: &Lifetime) -> Role {
    match lifetime {
        Lifetime::Session(..) => Role::Nas,
        Lifetime::Visitor(_) => Role::Fa,
        Lifetime::Binding(_) => Role::Fha,
        Lifetime::HomeBinding => Role::Ha,
    }
}

/// Messages sent in a step.
fn news(before: &State, after: &State) -> Vec<Message> {
    after.net.iter().filter(|m| !before.net.has(m)).copied().collect()
}

/// The columns with an arrow from sender to receiver.
fn arrow(roles: &[Role], message: &Message) -> String {
    let (from, to) = message.ends();
    let place = |role| roles.iter().position(|r| *r == role);
    let (Some(from), Some(to)) = (place(from), place(to)) else { return columns(roles, None) };
    let (left, right) = (from.min(to), from.max(to));
    let centre = |column: usize| column * WIDTH + WIDTH / 2;
    let mut line: Vec<char> = columns(roles, None).chars().collect();
    for (at, c) in line.iter_mut().enumerate() {
        if at > centre(left) && at < centre(right) {
            *c = '-';
        }
        if at + 1 == centre(right) && to == right {
            *c = '>';
        }
        if at == centre(left) + 1 && to == left {
            *c = '<';
        }
    }
    line.into_iter().collect()
}

fn mark(roles: &[Role], role: Role) -> String {
    columns(roles, Some(role))
}

fn columns(roles: &[Role], marked: Option<Role>) -> String {
    let mut line = String::new();
    for role in roles {
        let sign = if Some(*role) == marked { '*' } else { '|' };
        let _ = write!(line, "{:>1$}{sign}", "", WIDTH / 2);
        let _ = write!(line, "{:>1$}", "", WIDTH - WIDTH / 2 - 1);
    }
    line
}
