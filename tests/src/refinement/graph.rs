//! The other direction.

/// A step.
#[derive(Clone, Copy, Debug)]
pub struct Missing;
