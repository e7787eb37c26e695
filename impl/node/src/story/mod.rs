//! What a run does, what it must show, and how that is told.

pub mod checks;
pub mod draw;
pub mod expect;
pub mod inject;
mod phase;
pub mod report;
mod run;

pub use phase::FOREIGN_PATIENCE;
pub use run::{Outputs, Story};
