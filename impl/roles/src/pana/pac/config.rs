use core::net::{Ipv4Addr, SocketAddr};
use core::time::Duration;

use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;

use crate::pana::FAILED_SESSION;
use crate::{Nai, Secret};

/// Whom a client asks for access, and as whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PacConfig {
    /// The authentication agent.
    pub paa: SocketAddr,
    /// Where the client sends from at first.
    pub local: SocketAddr,
    /// Who the user is.
    pub identity: Nai,
    /// Shared with the AAA server that the NAS asks.
    pub password: Secret,
    /// Vendor-Id of the project's own AVPs.
    pub vendor_id: u32,
    /// Whether EAP responses go into the answer instead of a request of the client's own.
    pub piggyback: bool,
    /// Whether the client begins re-authentication by itself while it has access.
    pub renew: bool,
    /// How long an authentication may take before it has failed.
    pub failed_session: Duration,
}

impl PacConfig {
    /// The usual settings for everything but addresses, user and password.
    #[must_use]
    pub const fn new(
        paa: SocketAddr,
        local: SocketAddr,
        identity: Nai,
        password: Secret,
    ) -> PacConfig {
        PacConfig {
            paa,
            local,
            identity,
            password,
            vendor_id: DEFAULT_VENDOR_ID,
            piggyback: true,
            renew: true,
            failed_session: FAILED_SESSION,
        }
    }
}

/// What came of an attempt to gain, keep or give up access.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AccessOutcome {
    /// The user may use the link, for the first time or for longer.
    Granted {
        /// The FHA assigned, by address.
        fha: Option<Ipv4Addr>,
        /// The FHA assigned, by name.
        fha_fqdn: Option<String>,
        /// The care-of address assigned, with the length of its prefix.
        care_of: Option<(Ipv4Addr, u8)>,
        /// Whether the client has to use another address from now on: the one above.
        reconfigure: bool,
        /// How long access lasts from now.
        lifetime: Duration,
    },
    /// The NAS said no, by this [`result`](dsboot_spec::registry::pana::result).
    Refused(u32),
    /// There is no access, without the NAS having refused it.
    Failed(Failure),
    /// The client has given up its session.
    Released,
}

/// Why there is no access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// The authentication did not come to an end in time.
    Stalled,
    /// A request stayed without answer.
    NoAnswer,
    /// The NAS granted access, but EAP has not succeeded.
    Eap,
    /// The lifetime ended.
    LifetimeOver,
    /// The NAS ended the session, with this termination cause.
    Terminated(u32),
}
