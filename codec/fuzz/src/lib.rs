//! The codec under fuzzing: what the targets do with octets, and the seeds that they begin with.

pub mod entries;
pub mod seeds;
