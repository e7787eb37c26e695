use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;
use std::collections::BTreeSet;

use crate::aaa::AddressRange;
use crate::pana::FAILED_SESSION;
use crate::radius::ClientConfig;

/// What a network access server is configured with. Its name, its part (with or without a foreign
/// agent) and the vendor of the parameters stand in [`NasConfig::radius`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NasConfig {
    /// Where PANA clients reach it.
    pub paa: SocketAddr,
    /// How it reaches the AAA server.
    pub radius: ClientConfig,
    /// The addresses that it may give where the AAA server leaves that to it (H-34).
    pub pool: Option<AddressPool>,
    /// The care-of addresses of the foreign agent on the same host, if there is one: given to a
    /// user, such an address is shared and not held (H-33).
    pub foreign_agent: BTreeSet<Ipv4Addr>,
    /// How long a session lasts where the AAA server does not say, in seconds.
    pub default_lifetime: u32,
    /// How long an authentication may take before the session is dropped.
    pub failed_session: Duration,
    /// How many sessions there may be at a time.
    pub max_sessions: usize,
    /// How many sessions may be begun and not yet confirmed by the client; beyond that the
    /// oldest goes.
    pub max_begun: usize,
    /// NAS-Port-Id: on which of the server's links the users are.
    pub link: Option<String>,
}

/// A range of addresses on the link, of which [`AddressRange::MAX_LEN`] are used at the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressPool {
    /// The first address.
    pub first: Ipv4Addr,
    /// The last address.
    pub last: Ipv4Addr,
    /// Length of the prefix that they lie in.
    pub prefix_length: u8,
}

impl AddressPool {
    /// Those that are used.
    pub(super) fn range(&self) -> AddressRange {
        let longest = self.first.to_bits().saturating_add(AddressRange::MAX_LEN - 1);
        let last = Ipv4Addr::from_bits(self.last.to_bits().min(longest));
        AddressRange { first: self.first, last }
    }
}

impl NasConfig {
    /// The usual settings for everything but addresses and the way to the AAA server.
    #[must_use]
    pub const fn new(paa: SocketAddr, radius: ClientConfig) -> NasConfig {
        NasConfig {
            paa,
            radius,
            pool: None,
            foreign_agent: BTreeSet::new(),
            default_lifetime: 3600,
            failed_session: FAILED_SESSION,
            max_sessions: 65_536,
            max_begun: 4096,
            link: None,
        }
    }
}
