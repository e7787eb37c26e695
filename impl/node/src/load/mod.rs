//! Many mobile nodes at once, for how much a server bears.

pub mod ask;
