//! The message header (RFC 5191 §6.2).

use core::ops::BitOr;

use alloc::vec::Vec;

use cookie_factory::bytes::{be_u16, be_u32};
use dsboot_spec::registry::pana::{flag, message};

use crate::wire::append;

/// The messages (RFC 5191 §7, RFC 6345 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum Kind {
    /// PANA-Client-Initiation.
    Pci,
    /// PANA-Auth-Request.
    Par,
    /// PANA-Auth-Answer.
    Pan,
    /// PANA-Termination-Request.
    Ptr,
    /// PANA-Termination-Answer.
    Pta,
    /// PANA-Notification-Request.
    Pnr,
    /// PANA-Notification-Answer.
    Pna,
    /// PANA-Relay.
    Pry,
}

impl Kind {
    /// Every message.
    pub const ALL: [Kind; 8] =
        [Kind::Pci, Kind::Par, Kind::Pan, Kind::Ptr, Kind::Pta, Kind::Pnr, Kind::Pna, Kind::Pry];

    /// The Message Type and whether the R flag is set.
    #[must_use]
    pub const fn number(self) -> (u16, bool) {
        match self {
            Kind::Pci => (message::CLIENT_INITIATION, false),
            Kind::Par => (message::AUTH, true),
            Kind::Pan => (message::AUTH, false),
            Kind::Ptr => (message::TERMINATION, true),
            Kind::Pta => (message::TERMINATION, false),
            Kind::Pnr => (message::NOTIFICATION, true),
            Kind::Pna => (message::NOTIFICATION, false),
            Kind::Pry => (message::RELAY, false),
        }
    }

    /// The name without "PANA-", for example `Auth-Request`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Pci => "Client-Initiation",
            Kind::Par => "Auth-Request",
            Kind::Pan => "Auth-Answer",
            Kind::Ptr => "Termination-Request",
            Kind::Pta => "Termination-Answer",
            Kind::Pnr => "Notification-Request",
            Kind::Pna => "Notification-Answer",
            Kind::Pry => "Relay",
        }
    }

    pub(super) fn of(message_type: u16, flags: Flags) -> Option<Kind> {
        let number = (message_type, flags.contains(Flags::REQUEST));
        //= wire.6.4
        Kind::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// The Flags field; bits without a meaning are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Flags(pub u16);

impl Flags {
    /// No flag.
    pub const NONE: Flags = Flags(0);
    /// R: the message is a request.
    pub const REQUEST: Flags = Flags(flag::REQUEST);
    /// S: first request or answer of a session.
    pub const START: Flags = Flags(flag::START);
    /// C: last request or answer of an authentication.
    pub const COMPLETE: Flags = Flags(flag::COMPLETE);
    /// A: re-authentication.
    pub const RE_AUTHENTICATION: Flags = Flags(flag::RE_AUTHENTICATION);
    /// P: liveness test.
    pub const PING: Flags = Flags(flag::PING);
    /// I: the PaC has to get another IP address.
    pub const IP_RECONFIGURATION: Flags = Flags(flag::IP_RECONFIGURATION);
    /// E: pre-authentication (RFC 5873); without a meaning here.
    pub const PRE_AUTHENTICATION: Flags = Flags(flag::PRE_AUTHENTICATION);

    /// Whether all of these flags are set.
    #[must_use]
    pub const fn contains(self, flags: Flags) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// Those of these flags that are set.
    #[must_use]
    pub const fn and(self, flags: Flags) -> Flags {
        Flags(self.0 & flags.0)
    }
}

impl BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// The message header without the Message Length, which follows from the AVPs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Header {
    /// Reserved: sent as zero, ignored on receipt.
    pub reserved: u16,
    /// Flags.
    pub flags: Flags,
    /// Message Type, a [`message`] code point.
    pub message_type: u16,
    /// Session Identifier, chosen by the PAA.
    pub session_id: u32,
    /// Sequence Number.
    pub sequence: u32,
}

impl Header {
    /// The header of a message, R set as it demands.
    #[must_use]
    pub fn new(kind: Kind, flags: Flags, session_id: u32, sequence: u32) -> Header {
        let (message_type, request) = kind.number();
        let flags = if request { flags | Flags::REQUEST } else { flags };
        //= wire.6.3
        Header { reserved: 0, flags, message_type, session_id, sequence }
    }

    pub(super) fn append(&self, length: u16, octets: &mut Vec<u8>) {
        append(octets, |out| {
            let out = be_u16(length)(be_u16(self.reserved)(out)?)?;
            let out = be_u16(self.message_type)(be_u16(self.flags.0)(out)?)?;
            be_u32(self.sequence)(be_u32(self.session_id)(out)?)
        });
    }
}
