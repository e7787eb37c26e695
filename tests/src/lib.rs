//! Model and implementation held against each other, and both against the specification.

pub mod citations;
pub mod houses;
pub mod peers;
