//! Sockets, clocks and captures around the roles of draft-qin-mip6-dsbootstrapping-00.
//!
//! A [`net::Net`] holds hosts with their machines and moves datagrams between them over real UDP
//! sockets of the loopback interface, by a virtual clock, in an order that the seed alone decides.
//! [`capture`] writes what it moves as pcapng, [`trace`] writes everything it did as JSON lines.

mod batch;
mod error;
mod flood;
mod lease;
mod ports;
mod queue;
mod random;
mod record;
mod sockets;
mod wire;

pub mod capture;
pub mod export;
pub mod kept;
pub mod lab;
pub mod load;
pub mod net;
pub mod serve;
pub mod sight;
pub mod story;
pub mod trace;
pub mod world;

pub use error::Error;
pub use flood::Flood;
pub use lease::Lease;
pub use ports::Ports;
pub use random::{Probability, Stream};
pub use record::{Carrier, Record, Undeliverable, What};

/// The UDP port of the link sockets, which carry whole IP packets between hosts.
pub const LINK_PORT: u16 = 20_041;
