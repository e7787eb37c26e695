//! Tours that the model makes of an AAA server: of leg A, and of what its AAAH decides about
//! registrations and binding updates.

mod access;
mod home;

use super::peer::{Answer, Client};
use crate::conform::Stage;
use crate::conform::case::{Cases, Ending, Outcome, ensure, missing};
use crate::conform::tour;

pub(super) fn add(cases: &mut Cases) {
    tour::add::<access::Walk>(
        cases,
        "eap",
        "access.3.5, access.3.6, access.3.7, access.3.8, access.6.13",
    );
    tour::add::<home::Walk>(
        cases,
        "mobility",
        "registration.6.8, registration.6.11, home-binding.2.5, home-binding.2.7, movement.4.3",
    );
}

/// What was asked last, and by whom.
#[derive(Debug)]
struct Last {
    client: Client,
    answer: Answer,
}

/// The question asked last once more, octet for octet, from the same port.
fn once_more(stage: &mut Stage<'_>, last: Option<&Last>) -> Result<Answer, Ending> {
    match last {
        Some(last) => last.client.answered(stage, &last.answer.request),
        None => missing("a question before"),
    }
}

/// An answer that was kept.
fn is_same(answer: &Answer, last: Option<&Last>) -> Outcome {
    let same = last.is_some_and(|last| last.answer.came.octets == answer.came.octets);
    ensure(same, "the same octets as before", || "others".to_owned())
}
