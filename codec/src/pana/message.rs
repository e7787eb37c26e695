//! The message around the AVPs (RFC 5191 §6.2).

use crate::wire::number::{be_u16, be_u32};
use dsboot_spec::registry::pana::{HEADER_LENGTH, result};

use super::{Avp, Avps, Flags, Header, Kind};
use crate::dsb::Parameters;
use crate::wire::parse;
use crate::{Error, ErrorKind, Found};

/// A message whose header and framing are in order.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    header: Header,
    octets: &'a [u8],
    avps: Avps<'a>,
}

impl<'a> Message<'a> {
    /// Decodes the header and checks that the AVPs fill the message.
    ///
    /// # Errors
    /// When the message is to be discarded: too short, Message Length not that of the datagram,
    /// or an AVP that does not end inside.
    pub fn decode(octets: &'a [u8]) -> Result<Message<'a>, Error> {
        //= wire.6.1
        let (rest, (reserved, length, flags, message_type, session_id, sequence)) =
            parse((be_u16, be_u16, be_u16, be_u16, be_u32, be_u32), octets, 0, "wire.6.1")?;
        //= wire.6.2
        let length = usize::from(length);
        if length < HEADER_LENGTH {
            return Err(Error::new(ErrorKind::BadLength, 2, "wire.6.2"));
        }
        if length > octets.len() {
            return Err(Error::new(ErrorKind::Truncated, octets.len(), "wire.6.2"));
        }
        if length < octets.len() {
            return Err(Error::new(ErrorKind::Trailing, length, "wire.6.2"));
        }
        let flags = Flags(flags);
        let header = Header { reserved, flags, message_type, session_id, sequence };
        let avps = Avps::new(rest, HEADER_LENGTH)?;
        Ok(Message { header, octets, avps })
    }

    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Which message it is; `None` for a type that is not known, or an R flag it does not take.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        Kind::of(self.header.message_type, self.header.flags)
    }

    /// The flags.
    #[must_use]
    pub const fn flags(&self) -> Flags {
        self.header.flags
    }

    /// The Session Identifier.
    #[must_use]
    pub const fn session_id(&self) -> u32 {
        self.header.session_id
    }

    /// The Sequence Number.
    #[must_use]
    pub const fn sequence(&self) -> u32 {
        self.header.sequence
    }

    /// The message as received.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// All AVPs in their order.
    #[must_use]
    pub fn avps(&self) -> Avps<'a> {
        self.avps.clone()
    }

    /// The values that `pick` takes out of the AVPs, as one answer.
    pub fn find<T>(&self, pick: impl Fn(Avp<'a>) -> Option<T>) -> Found<T> {
        self.avps().filter_map(|unit| pick(unit.value)).collect()
    }

    /// How long the session lasts, in seconds, if this message is the one that grants it: the
    /// last PAR of an authentication that has succeeded. Session-Lifetime in any other message is
    /// to be ignored.
    #[must_use]
    pub fn granted_lifetime(&self) -> Option<u32> {
        //= wire.6.22
        let last = self.kind() == Some(Kind::Par) && self.flags().contains(Flags::COMPLETE);
        let success = last && self.result_code() == Found::Once(result::SUCCESS);
        self.session_lifetime().once().filter(|_| success)
    }

    /// The PRF algorithms offered (several) or chosen (one), in their order.
    pub fn prf_algorithms(&self) -> impl Iterator<Item = u32> {
        self.avps().filter_map(|unit| match unit.value {
            Avp::PrfAlgorithm(algorithm) => Some(algorithm),
            _ => None,
        })
    }

    /// The integrity algorithms offered (several) or chosen (one), in their order.
    pub fn integrity_algorithms(&self) -> impl Iterator<Item = u32> {
        self.avps().filter_map(|unit| match unit.value {
            Avp::IntegrityAlgorithm(algorithm) => Some(algorithm),
            _ => None,
        })
    }

    /// This project's parameters in the AVPs of a vendor.
    #[must_use]
    pub fn parameters(&self, vendor_id: u32) -> Parameters<'a> {
        //= wire.6.18
        let parameters = self.avps().filter_map(|unit| match unit.value {
            Avp::Vendor(avp) if avp.vendor_id == vendor_id => avp.parameter(),
            _ => None,
        });
        parameters.collect()
    }
}
