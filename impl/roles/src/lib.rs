//! The roles of draft-qin-mip6-dsbootstrapping-00 as deterministic machines without I/O.
//!
//! Every role is a value: [`Machine::handle`] takes the time, a source of random octets and one
//! [`Input`], changes the value and returns [`Effects`]; [`Machine::poll_timeout`] says when it
//! wants [`Input::Timeout`]. The same inputs always give the same octets. Nothing here opens a
//! socket, reads a clock, starts a thread or makes a random number of its own.

pub mod aaa;
mod association;
pub mod cn;
pub mod count;
pub mod eap;
mod expiring;
pub mod fa;
#[cfg(feature = "faults")]
pub mod fault;
#[cfg(not(feature = "faults"))]
mod fault;
pub mod fha;
mod fragments;
pub mod ha;
pub mod icmp;
mod journal;
pub mod keys;
mod machine;
pub mod mn;
mod nai;
pub mod nas;
pub mod pana;
mod pool;
pub mod radius;
mod random;
pub mod retransmit;
mod secret;
mod time;

pub use association::Association;
pub use machine::{AddressChange, Datagram, Effect, Effects, Input, LinkAddr, Machine, Packet};
pub use nai::Nai;
pub use random::Random;
pub use secret::Secret;
pub use time::Time;
