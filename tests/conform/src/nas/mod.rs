//! Cases for a network access server: PANA agent, EAP authenticator and RADIUS client.

mod ask;
pub(super) mod pac;
mod phase;
mod result;
mod session;
mod tour;
mod vectors;

use crate::Stage;
use crate::case::{Case, Cases, Ending, Outcome, ensure, fail, missing};
use pac::{Heard, Msg, Pac};

pub(super) use pac::probe;

/// What is wrong with a message, and how it gets so.
type Wrong = (&'static str, fn(&mut Msg));

/// All of them.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = Cases::of("nas");
    session::add(&mut cases);
    ask::add(&mut cases);
    result::add(&mut cases);
    phase::add(&mut cases);
    tour::add(&mut cases);
    vectors::add(&mut cases);
    cases.finish()
}

/// Nothing comes; what is repeated does not count.
fn silent(stage: &mut Stage<'_>, pac: &mut Pac) -> Outcome {
    match pac.hear(stage, stage.silence()) {
        None => Ok(()),
        Some(heard) => {
            let kind = heard.message().ok().and_then(|message| message.kind());
            let name = kind.map_or("something", dsboot_codec::pana::Kind::name);
            fail("no answer", format!("PANA-{name}"))
        }
    }
}

/// Nobody is asked about the user.
fn unasked(stage: &mut Stage<'_>, pac: &Pac) -> Outcome {
    match pac.asked(stage, stage.silence()) {
        None => Ok(()),
        Some(_) => fail("no Access-Request", "an Access-Request"),
    }
}
