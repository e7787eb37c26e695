//! The conformance suite: another implementation of a role is asked, message by message, whether it
//! does what the specification says.
//!
//! A [`Profile`] says which role the target plays, where it is, which keys it shares with the
//! tester and what it claims to do. The tester plays everyone else of the figures, on sockets of
//! its own. A [`Case`] is one question with its clause; [`cases`] lists those of a role. [`run`]
//! asks them, many at a time where the target has no common state, and gives a [`Report`] from
//! which all forms of output are written.
//!
//! What a target answers is judged by codec, specification and model alone; the roles of this
//! project are a target like any other. Where the standards leave something open, every allowed
//! form passes.

mod aaa;
mod air;
mod case;
mod fa;
mod fault;
mod fha;
mod ha6;
mod keep;
mod ladder;
mod link;
mod mn;
mod nas;
mod pipe;
mod profile;
pub mod report;
mod run;
mod select;
mod server;
mod stage;
mod target;
mod tour;
mod vectors;

pub use case::{Case, Ending, Level, Outcome, Verdict};
pub use fault::{Fault, faults};
pub use keep::{Expectations, ExpectationsError};
pub use ladder::{Passed, describe};
pub use profile::{Profile, ProfileError, Under};
pub use report::{Report, Result as CaseResult};
pub use run::{Progress, Settings, SetupError, caught, run};
pub use select::{Selection, SelectionError};
pub use stage::Stage;

/// Every case of a role, in the order of their ids' groups.
#[must_use]
pub fn cases(under: Under) -> Vec<Case> {
    match under {
        Under::Fha => fha::cases(),
        Under::Aaa => aaa::cases(),
        Under::Ha6 => ha6::cases(),
        Under::Nas => nas::cases(),
        Under::Fa => fa::cases(),
        Under::Mn => mn::cases(),
    }
}
