//! Model and implementation held against each other, and both against the specification.

pub mod abstraction;
pub mod bytes;
pub mod citations;
pub mod daemon;
pub mod freeradius;
pub mod houses;
pub mod lockstep;
pub mod peers;
pub mod postgresql;
pub mod process;
pub mod refinement;
pub mod tshark;
