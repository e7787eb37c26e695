//! RADIUS between a client (NAS, FHA, HA) and an AAA server: retransmission and matching of
//! answers on one side, the list of clients and the duplicate cache on the other.

mod client;
mod server;

pub use client::{Answer, Client, ClientConfig};
pub use server::{ClientEntry, Request, Server, ServerConfig};

use dsboot_codec::radius::Unverified;

use crate::count;

/// The time to live of the datagrams.
const TTL: u8 = 64;

/// What an authenticator that does not match counts as.
const fn reason(unverified: Unverified) -> count::Radius {
    match unverified {
        Unverified::ResponseAuthenticator => count::Radius::BadResponseAuthenticator,
        Unverified::NoMessageAuthenticator => count::Radius::NoMessageAuthenticator,
        _ => count::Radius::BadMessageAuthenticator,
    }
}
