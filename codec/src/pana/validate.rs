//! What RFC 5191 §5.5 asks of a message by itself, without its session.

use dsboot_spec::registry::pana::{avp, avp_flag, flag, result};

use super::{Avp, Flags, Header, Kind, Message};
use crate::{Error, ErrorKind, Found, Positioned};

/// Where in the header the fields that are checked here begin, in octets.
const FLAGS: usize = 4;
const SESSION_ID: usize = 8;
const SEQUENCE: usize = 12;

/// The flags that mean something in RFC 5191.
const KNOWN_FLAGS: u16 = flag::REQUEST
    | flag::START
    | flag::COMPLETE
    | flag::RE_AUTHENTICATION
    | flag::PING
    | flag::IP_RECONFIGURATION;

/// Which way a message is taken where RFC 5191 and its implementations differ. Each field is named
/// after its contradiction; [`Reading::DEFAULT`] has what this project takes.
//= wire.12.1
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Reading {
    /// AVPs that are not understood.
    pub unknown_avps: UnknownAvps,
    /// Reserved fields and flags without a meaning.
    pub reserved: Reserved,
}

impl Reading {
    /// What this project takes.
    pub const DEFAULT: Reading =
        Reading { unknown_avps: UnknownAvps::Refused, reserved: Reserved::Ignored };
}

/// RFC 5191 §5.5 discards a message with an AVP that is not recognised, though §6.3 gives vendors
/// AVPs of their own and has no bit that says which must be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UnknownAvps {
    /// They make the message invalid.
    #[default]
    Refused,
    /// They are skipped.
    Skipped,
}

/// RFC 5191 §6.2 has reserved fields ignored; implementations discard messages where they are not
/// zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Reserved {
    /// They are ignored.
    #[default]
    Ignored,
    /// A message where they are not zero is invalid.
    Refused,
}

/// How often an AVP stands in a message (RFC 5191 §8, Figure 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Occurrence {
    Never,
    AtMostOnce,
    Once,
    AnyNumber,
}

/// The AVPs of the IETF whose number is limited.
const LIMITED: [u16; 13] = [
    avp::AUTH,
    avp::EAP_PAYLOAD,
    avp::INTEGRITY_ALGORITHM,
    avp::KEY_ID,
    avp::NONCE,
    avp::PRF_ALGORITHM,
    avp::RESULT_CODE,
    avp::SESSION_LIFETIME,
    avp::TERMINATION_CAUSE,
    avp::PAC_INFORMATION,
    avp::RELAYED_MESSAGE,
    avp::ENCRYPTION_ENCAPSULATION,
    avp::ENCRYPTION_ALGORITHM,
];

//= wire.6.19
fn occurrence(kind: Kind, code: u16) -> Occurrence {
    match (code, kind) {
        (avp::AUTH, Kind::Pci | Kind::Pry) => Occurrence::Never,
        (avp::AUTH, _) => Occurrence::AtMostOnce,
        (avp::EAP_PAYLOAD | avp::KEY_ID | avp::NONCE, Kind::Par | Kind::Pan) => {
            Occurrence::AtMostOnce
        }
        (avp::INTEGRITY_ALGORITHM | avp::PRF_ALGORITHM | avp::ENCRYPTION_ALGORITHM, Kind::Par) => {
            Occurrence::AnyNumber
        }
        (avp::INTEGRITY_ALGORITHM | avp::PRF_ALGORITHM | avp::ENCRYPTION_ALGORITHM, Kind::Pan) => {
            Occurrence::AtMostOnce
        }
        (avp::RESULT_CODE | avp::SESSION_LIFETIME, Kind::Par) => Occurrence::AtMostOnce,
        (avp::TERMINATION_CAUSE, Kind::Ptr) => Occurrence::Once,
        (avp::PAC_INFORMATION | avp::RELAYED_MESSAGE, Kind::Pry) => Occurrence::Once,
        _ => Occurrence::Never,
    }
}

impl Message<'_> {
    /// Checks flags, fixed header values and AVPs, and says which message it is.
    ///
    /// AVPs of the vendor are taken for this project's parameters; an AVP that is unknown, of
    /// another vendor, or encrypted makes the message invalid, as RFC 5191 §5.5 has it.
    ///
    /// # Errors
    /// Says what is wrong and where. The message is to be discarded without an answer.
    pub fn validate(&self, vendor_id: u32) -> Result<Kind, Error> {
        self.validate_by(vendor_id, &Reading::DEFAULT)
    }

    /// The same by a reading of what is contradictory.
    ///
    /// # Errors
    /// As [`Message::validate`].
    pub fn validate_by(&self, vendor_id: u32, reading: &Reading) -> Result<Kind, Error> {
        //= wire.12.18
        if reading.reserved == Reserved::Refused {
            self.validate_reserved()?;
        }
        //= wire.6.4
        let kind = self.kind().ok_or(Error::new(ErrorKind::BadType, FLAGS, "wire.6.4"))?;
        self.validate_header(kind)?;
        for unit in self.avps() {
            match understood(&unit, vendor_id) {
                //= wire.12.17
                Err(Error { kind: ErrorKind::NotSkippable, .. })
                    if reading.unknown_avps == UnknownAvps::Skipped => {}
                result => result?,
            }
        }
        LIMITED.into_iter().try_for_each(|code| self.validate_occurrence(kind, code))?;
        self.validate_positions()?;
        if kind == Kind::Par && self.flags().contains(Flags::COMPLETE) {
            self.validate_result()?;
        }
        Ok(kind)
    }

    fn validate_reserved(&self) -> Result<(), Error> {
        let Header { reserved, flags, .. } = *self.header();
        let refused = |at| Err(Error::new(ErrorKind::BadValue, at, "wire.12.18"));
        if reserved != 0 {
            return refused(0);
        }
        if flags.and(Flags(!KNOWN_FLAGS)) != Flags::NONE {
            return refused(FLAGS);
        }
        for unit in self.avps() {
            let [_, _, flags, more_flags, _, _, high, low, ..] = *unit.raw else { continue };
            let flags = u16::from_be_bytes([flags, more_flags]) & !avp_flag::VENDOR;
            if flags != 0 {
                return refused(unit.offset + 2);
            }
            if [high, low] != [0, 0] {
                return refused(unit.offset + 6);
            }
        }
        Ok(())
    }

    fn validate_header(&self, kind: Kind) -> Result<(), Error> {
        let flags = self.flags();
        let auth = matches!(kind, Kind::Par | Kind::Pan);
        let notification = matches!(kind, Kind::Pnr | Kind::Pna);
        let (start, complete) = (flags.contains(Flags::START), flags.contains(Flags::COMPLETE));
        let (ping, again) = (flags.contains(Flags::PING), flags.contains(Flags::RE_AUTHENTICATION));
        let check = |holds: bool, at, sentence| {
            holds.then_some(()).ok_or(Error::new(ErrorKind::BadValue, at, sentence))
        };
        //= wire.6.9
        check(if auth { !(start && complete) } else { !start && !complete }, FLAGS, "wire.6.9")?;
        //= wire.6.20
        check(if notification { ping != again } else { !ping && !again }, FLAGS, "wire.6.20")?;
        //= wire.6.21
        let reconfiguration = flags.contains(Flags::IP_RECONFIGURATION);
        check(!reconfiguration || kind == Kind::Par, FLAGS, "wire.6.21")?;
        //= wire.6.23
        let initiation = kind == Kind::Pci;
        check(!initiation || self.session_id() == 0, SESSION_ID, "wire.6.23")?;
        check(!initiation || self.sequence() == 0, SEQUENCE, "wire.6.23")
    }

    fn validate_occurrence(&self, kind: Kind, code: u16) -> Result<(), Error> {
        let mut units = self
            .avps()
            .filter(|unit| !matches!(unit.value, Avp::Vendor(_)) && unit.value.kind() == code);
        let (first, second) = (units.next(), units.next());
        let misplaced = |unit: Positioned<'_, Avp<'_>>| {
            Err(Error::new(ErrorKind::Misplaced, unit.offset, "wire.6.19"))
        };
        match (occurrence(kind, code), first, second) {
            (Occurrence::Never, Some(unit), _)
            | (Occurrence::AtMostOnce | Occurrence::Once, _, Some(unit)) => misplaced(unit),
            (Occurrence::Once, None, _) => {
                Err(Error::new(ErrorKind::Missing, self.octets().len(), "wire.6.19"))
            }
            _ => Ok(()),
        }
    }

    fn validate_positions(&self) -> Result<(), Error> {
        let misplaced = |offset| Err(Error::new(ErrorKind::Misplaced, offset, "wire.6.14"));
        let end = self.octets().len();
        //= wire.6.14
        for (index, unit) in self.avps().enumerate() {
            match unit.value {
                Avp::Auth(_) if unit.offset + unit.raw.len() != end => {
                    return misplaced(unit.offset);
                }
                Avp::TerminationCause(_) if index != 0 => return misplaced(unit.offset),
                _ => {}
            }
        }
        Ok(())
    }

    fn validate_result(&self) -> Result<(), Error> {
        let missing = Error::new(ErrorKind::Missing, self.octets().len(), "wire.6.24");
        //= wire.6.24
        match (self.result_code(), self.session_lifetime()) {
            (Found::Once(result::SUCCESS), Found::Absent) | (Found::Absent, _) => Err(missing),
            _ => Ok(()),
        }
    }
}

/// Whether an AVP is recognised and its value decoded.
fn understood(unit: &Positioned<'_, Avp<'_>>, vendor_id: u32) -> Result<(), Error> {
    match unit.value {
        //= wire.6.10
        Avp::Malformed { .. } => Err(Error::new(ErrorKind::BadLength, unit.offset, "wire.6.10")),
        //= wire.6.13
        Avp::Unknown { .. } | Avp::EncryptionEncap(_) => {
            Err(Error::new(ErrorKind::NotSkippable, unit.offset, "wire.6.13"))
        }
        Avp::Vendor(avp) if avp.vendor_id != vendor_id || avp.parameter().is_none() => {
            Err(Error::new(ErrorKind::NotSkippable, unit.offset, "wire.6.13"))
        }
        _ => Ok(()),
    }
}
