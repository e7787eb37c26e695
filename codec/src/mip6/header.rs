use crate::wire::number::{be_u8, be_u16};
use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::{HEADER_LENGTH, HEADER_UNIT};
use nom::bytes::complete::take;

use super::message::Message;
use super::reading::Reading;
use crate::ip::Pseudo;
use crate::wire::parse;
use crate::{Error, ErrorKind};

/// Where the checksum stands in a mobility header.
pub(super) const CHECKSUM_OFFSET: usize = 4;

/// A mobility header whose framing is in order (RFC 6275 §6.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header<'a> {
    kind: u8,
    reserved: u8,
    octets: &'a [u8],
}

impl<'a> Header<'a> {
    /// Decodes the framing of a mobility header and verifies its checksum.
    ///
    /// # Errors
    /// When the message is to be discarded for its length, its checksum or its Payload Proto; an
    /// error at octet 0 about the latter is what ICMP Parameter Problem points at.
    pub fn decode(octets: &'a [u8], pseudo: &Pseudo) -> Result<Header<'a>, Error> {
        Header::decode_by(octets, pseudo, &Reading::DEFAULT)
    }

    /// The same by a reading of what the RFCs contradict each other about.
    ///
    /// # Errors
    /// As [`Header::decode`].
    pub fn decode_by(
        octets: &'a [u8],
        pseudo: &Pseudo,
        reading: &Reading,
    ) -> Result<Header<'a>, Error> {
        let header = Header::split(octets)?;
        //= wire.8.2
        if pseudo.checksum(reading.pseudo_header.next_header(), &[header.octets]) != 0 {
            return Err(Error::new(ErrorKind::BadChecksum, CHECKSUM_OFFSET, "wire.8.2"));
        }
        header.checked()
    }

    /// Decodes the framing of a mobility header without a look at its checksum, for where
    /// addresses are not known.
    ///
    /// # Errors
    /// When the length or Payload Proto is wrong.
    pub fn decode_unverified(octets: &'a [u8]) -> Result<Header<'a>, Error> {
        Header::split(octets)?.checked()
    }

    /// The MH Type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        self.kind
    }

    /// The octet behind the MH Type: sent as zero, and ignored.
    #[must_use]
    pub const fn reserved(&self) -> u8 {
        //= wire.8.11
        self.reserved
    }

    /// The checksum as received.
    #[must_use]
    pub fn checksum(&self) -> [u8; 2] {
        let field = self.octets.get(CHECKSUM_OFFSET..).and_then(<[u8]>::first_chunk);
        field.copied().unwrap_or_default()
    }

    /// The whole mobility header as received, without what may have followed it.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// The message.
    ///
    /// # Errors
    /// When the header is shorter than its message, or an option is not whole or misplaced.
    pub fn message(&self) -> Result<Message<'a>, Error> {
        self.message_by(&Reading::DEFAULT)
    }

    /// The same by a reading of what the RFCs contradict each other about.
    ///
    /// # Errors
    /// As [`Header::message`].
    pub fn message_by(&self, reading: &Reading) -> Result<Message<'a>, Error> {
        let data = self.octets.get(HEADER_LENGTH..).unwrap_or_default();
        Message::decode(self.kind, data, reading.fast_authorization_length)
    }

    fn split(octets: &'a [u8]) -> Result<Header<'a>, Error> {
        let fixed = (be_u8, be_u8, be_u8, be_u8, be_u16);
        //= wire.8.1
        let (_, (_, length, kind, reserved, _)) = parse(fixed, octets, 0, "wire.8.1")?;
        let length = HEADER_UNIT * (1 + usize::from(length));
        let (_, octets) = parse(take(length), octets, 0, "wire.8.1")?;
        Ok(Header { kind, reserved, octets })
    }

    fn checked(self) -> Result<Header<'a>, Error> {
        //= wire.8.3
        if self.octets.first() != Some(&next_header::NO_NEXT_HEADER) {
            return Err(Error::new(ErrorKind::BadValue, 0, "wire.8.3"));
        }
        Ok(self)
    }
}
