//! Many mobile nodes at once: how much a server bears, and what it does beside a flood.

pub mod ask;
mod engine;
mod flood;
mod mobile;
mod subject;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

pub use engine::{Report, drive};
pub use flood::Flood;
pub use mobile::{Mobile, Verdict};
pub use subject::{Key, Leg, Legs, Outcome, Registrations, Subject};

/// How much load there is to be.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Whom it is sent to.
    pub target: SocketAddr,
    /// The address that it comes from.
    pub local: std::net::IpAddr,
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
    #[error("cannot send from {0}: {1}")]
    Socket(std::net::IpAddr, #[source] io::Error),
}
