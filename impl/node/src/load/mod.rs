//! Many mobile nodes at once: how much a server bears, and what it does beside a flood.

pub mod ask;
mod assigned;
mod engine;
mod flood;
mod mobile;
mod subject;
mod update;
mod way;

use std::io;
use std::time::Duration;

pub use assigned::care_of_addresses;
pub use engine::{Report, drive};
pub use flood::Flood;
pub use mobile::{Mobile, Verdict};
pub use subject::{Key, Leg, Legs, Outcome, Registrations, Subject};
pub use update::Updates;
pub use way::Way;

/// How much load there is to be.
#[derive(Clone)]
pub struct Settings {
    /// What it goes through.
    pub way: Way,
    /// How many exchanges are begun.
    pub count: u64,
    /// How many are under way at a time.
    pub window: usize,
    /// How many are begun a second at the most.
    pub rate: Option<u32>,
    /// For how long an answer is waited for before the request is sent once more.
    pub patience: Duration,
    /// How often a request is sent before its exchange counts as lost.
    pub tries: u32,
    /// How many wrong datagrams are sent beside them a second.
    pub flood: u32,
}

/// What keeps load from being made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The host does not let it.
    #[error("cannot send: {0}")]
    Way(#[source] io::Error),
    /// The host does not forward IPv6.
    #[error(
        "this host does not forward IPv6 between the home agent's TUN device and that of the load: \
         sysctl net.ipv6.conf.all.forwarding=1"
    )]
    Forwarding,
    /// There is nothing to begin with.
    #[error("{server} gives nobody an address, so that there is nobody to make load: {why}")]
    Nobody {
        /// Who was asked.
        server: std::net::SocketAddr,
        /// What came of it.
        why: String,
    },
}
