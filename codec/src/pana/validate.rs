//! What RFC 5191 §5.5 asks of a message by itself, without its session.

use dsboot_spec::registry::pana::{avp, result};

use super::{Avp, Flags, Kind, Message};
use crate::{Error, ErrorKind, Found, Positioned};

/// Where in the header the fields that are checked here begin, in octets.
const FLAGS: usize = 4;
const SESSION_ID: usize = 8;
const SEQUENCE: usize = 12;

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
        //= wire.6.4
        let kind = self.kind().ok_or(Error::new(ErrorKind::BadType, FLAGS, "wire.6.4"))?;
        self.validate_header(kind)?;
        for unit in self.avps() {
            understood(&unit, vendor_id)?;
        }
        LIMITED.into_iter().try_for_each(|code| self.validate_occurrence(kind, code))?;
        self.validate_positions()?;
        if kind == Kind::Par && self.flags().contains(Flags::COMPLETE) {
            self.validate_result()?;
        }
        Ok(kind)
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
