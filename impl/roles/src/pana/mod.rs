//! PANA (RFC 5191): the client and the authentication agent, as far as they concern one session.
//!
//! Both sides exchange numbered requests and answers, at most one request at a time in either
//! direction; what a request or an answer means depends on the phase that the session is in. The
//! state machines are those of RFC 5609 but for what RFC 5191 says otherwise.
//!
//! The EAP method gives no key here, so no message carries AUTH and none that does is accepted.

mod exchange;
mod paa;
mod pac;

pub(crate) use paa::{Begun, PaaEvent, PaaSession, Terms, Verdict};
pub use pac::{AccessOutcome, Failure, Pac, PacConfig};

use core::net::SocketAddr;
use core::time::Duration;

use dsboot_codec::pana::{Kind, Message};
use dsboot_codec::{ErrorKind, pana::Avp};

use crate::{Datagram, Effects, LinkAddr, Random, Time, count::Access};

/// How long an authentication may take before the session is given up, unless configured
/// otherwise (RFC 5609 §7.2 names no number): longer than a request is retransmitted.
pub const FAILED_SESSION: Duration = Duration::from_secs(240);

/// How long the last answer of an ended session is kept for a request repeated: longer than a
/// request is retransmitted.
const LINGER: Duration = FAILED_SESSION;

/// The time to live of the datagrams.
const TTL: u8 = 64;

/// Where a session is (RFC 5191 §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// There is no session, or not any more.
    Closed,
    /// The PaC asks for a session; EAP has not begun.
    Initiating,
    /// Authentication and authorisation.
    Authenticating,
    /// Access is granted.
    Access,
    /// Access is granted, and EAP runs once more.
    Reauthenticating,
    /// A termination request waits for its answer.
    Terminating,
}

impl Phase {
    /// Whether access is granted.
    #[must_use]
    pub const fn has_access(self) -> bool {
        matches!(self, Phase::Access | Phase::Reauthenticating)
    }
}

/// What a machine has at hand while it takes an input.
pub(crate) struct Step<'a> {
    pub(crate) now: Time,
    pub(crate) random: &'a mut dyn Random,
    pub(crate) effects: &'a mut Effects,
}

/// The message in a datagram, if it is in order by itself.
pub(crate) fn read(datagram: &Datagram, vendor_id: u32) -> Result<(Kind, Message<'_>), Access> {
    //= access.2.19
    let message = Message::decode(&datagram.payload).map_err(|_| Access::Malformed)?;
    let kind = message.validate(vendor_id).map_err(|error| match error.kind {
        ErrorKind::BadType => Access::UnknownMessage,
        ErrorKind::BadLength => Access::BadAvp,
        ErrorKind::NotSkippable => Access::UnknownAvp,
        ErrorKind::Misplaced => Access::MisplacedAvp,
        ErrorKind::Missing => Access::MissingAvp,
        _ => Access::BadHeader,
    })?;
    //= access.2.4
    if message.avps().any(|unit| assumes_key(&unit.value)) {
        return Err(Access::SecurityAssociation);
    }
    Ok((kind, message))
}

/// Whether an AVP has a meaning only with a security association.
const fn assumes_key(avp: &Avp<'_>) -> bool {
    matches!(
        avp,
        Avp::Auth(_)
            | Avp::KeyId(_)
            | Avp::PrfAlgorithm(_)
            | Avp::IntegrityAlgorithm(_)
            | Avp::EncryptionAlgorithm(_)
    )
}

/// Refuses a Nonce where none may be, and its absence where one must be.
fn check_nonce(message: &Message<'_>, wanted: bool) -> Result<(), Access> {
    //= access.2.9
    if message.nonce().is_absent() == wanted { Err(Access::Nonce) } else { Ok(()) }
}

const fn datagram(
    source: SocketAddr,
    destination: SocketAddr,
    neighbour: Option<LinkAddr>,
    payload: Vec<u8>,
) -> Datagram {
    Datagram { source, destination, ttl: TTL, neighbour, payload }
}
