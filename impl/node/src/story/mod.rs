//! What a run does, what it must show, and how that is told.

pub mod draw;
pub mod expect;
