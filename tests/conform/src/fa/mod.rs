//! Cases for a foreign agent: one of the draft, or any of Mobile IPv4 as far as it claims.

mod advertise;
mod data;
mod deny;
mod home;
mod relay;
mod reply;
mod tour;
mod vectors;
mod visitor;

use crate::Stage;
use crate::case::{Case, Cases, Ending, Outcome, ensure, fail, missing};
use crate::fha::rrq::Rrq;
use crate::server::Desk;
use visitor::{Reply, Visitor};

pub(super) use visitor::probe;

/// All of them.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Cases::of("fa");
    advertise::add(&mut cases);
    relay::add(&mut cases);
    deny::add(&mut cases);
    reply::add(&mut cases);
    data::add(&mut cases);
    home::add(&mut cases);
    tour::add(&mut cases);
    vectors::add(&mut cases);
    cases.finish()
}

type Change = fn(&mut Rrq, &Visitor);

/// A request, changed, that is neither relayed nor denied by a code that is none of `codes`.
fn kept_back(
    stage: &mut Stage<'_>,
    codes: &[u8],
    silence: bool,
    change: impl Fn(&mut Rrq, &Visitor),
) -> Result<Option<(Rrq, Reply)>, Ending> {
    let mut visitor = Visitor::new(stage)?;
    let mut request = visitor.request(stage);
    change(&mut request, &visitor);
    let octets = request.octets();
    let denied = not_relayed(stage, &visitor, &request, &octets, codes, silence)?;
    still_serves(stage, &mut visitor)?;
    Ok(denied.map(|reply| (request, reply)))
}

/// The same of octets.
fn not_relayed(
    stage: &mut Stage<'_>,
    visitor: &Visitor,
    request: &Rrq,
    octets: &[u8],
    codes: &[u8],
    silence: bool,
) -> Result<Option<Reply>, Ending> {
    let desk = visitor.home(stage, request)?;
    visitor.send(stage, octets)?;
    let all: Vec<String> = codes.iter().map(ToString::to_string).collect();
    let expected = match (codes, silence) {
        ([], _) => "neither relayed nor answered".to_owned(),
        (_, true) => format!("not relayed; denied, if at all, by {}", all.join(" or ")),
        (_, false) => format!("not relayed; denied by {}", all.join(" or ")),
    };
    let patience = if silence { stage.silence() } else { stage.patience() };
    let reply = visitor.reply(stage, patience);
    if desk.receive(stage, std::time::Duration::from_millis(50)).is_some() {
        return fail(expected, "it is relayed");
    }
    match reply {
        Some(reply) if codes.contains(&reply.code()) => Ok(Some(reply)),
        Some(reply) => fail(expected, format!("a reply with code {}", reply.code())),
        None if silence => Ok(None),
        None => fail(expected, "no reply"),
    }
}

/// A right request is relayed.
fn still_serves(stage: &mut Stage<'_>, visitor: &mut Visitor) -> Outcome {
    visitor.agent = visitor.solicit(stage).or_else(|ending| match ending {
        Ending::Fail { seen, .. } => fail("a solicitation is answered after it", seen),
        other => Err(other),
    })?;
    let request = visitor.request(stage);
    match relayed(stage, visitor, &request) {
        Ok(_) => Ok(()),
        Err(Ending::Fail { seen, .. }) => fail("a right request is relayed after it", seen),
        Err(other) => Err(other),
    }
}

/// Sends a request that is relayed; how it came to the home agent.
fn relayed(
    stage: &mut Stage<'_>,
    visitor: &Visitor,
    request: &Rrq,
) -> Result<(crate::stage::Came, Desk), Ending> {
    let desk = visitor.home(stage, request)?;
    visitor.send(stage, &request.octets())?;
    match desk.receive(stage, stage.patience()) {
        Some(came) => Ok((came, desk)),
        None => match visitor.reply(stage, std::time::Duration::from_millis(50)) {
            Some(reply) => fail("it is relayed", format!("a reply with code {}", reply.code())),
            None => fail("it is relayed", "nothing"),
        },
    }
}
