//! Tours that the model makes of an AAA server: of leg A, and of what its AAAH decides about
//! registrations and binding updates.

mod access;
mod home;

use std::time::Duration;

use super::peer::{Answer, Client};
use crate::Stage;
use crate::case::{Cases, Ending, Outcome, ensure, missing};
use crate::tour;

/// How soon a question is repeated.
const REPETITION: Duration = Duration::from_millis(100);

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
    let Some(Last { client, answer }) = last else { return missing("a question before") };
    // A server that is not done yet with a question passes it over (RFC 5080 §2.2.2), so a client
    // repeats it neither at once nor only once.
    stage.pause(REPETITION);
    match client.ask(stage, &answer.request, stage.silence())? {
        Some(answer) => Ok(answer),
        None => client.answered(stage, &answer.request),
    }
}

/// An answer that was kept.
fn is_same(answer: &Answer, last: Option<&Last>) -> Outcome {
    let same = last.is_some_and(|last| last.answer.came.octets == answer.came.octets);
    ensure(same, "the same octets as before", || "others".to_owned())
}
