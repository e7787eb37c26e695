//! Messages to send.

use alloc::vec::Vec;

use dsboot_spec::registry::pana::AUTH_LENGTH;

use super::avp::append;
use super::{AuthKey, Avp, AvpReserved, Flags, Header, Kind, Message};
use crate::dsb::Parameter;
use crate::wire::overwrite;
use crate::{Error, ErrorKind};

/// A message being made: AVPs in the order they are added. An error in one step comes out at the
/// end.
#[derive(Clone, Debug)]
pub struct MessageBuilder {
    /// Header, its Message Length still zero, and AVPs.
    octets: Vec<u8>,
    failed: Option<Error>,
}

/// Octets that most messages fit into.
const USUAL_LENGTH: usize = 128;

/// Where the Message Length stands.
const LENGTH_OFFSET: usize = 2;

impl MessageBuilder {
    /// Starts a message; R is set as the message demands.
    #[must_use]
    pub fn new(kind: Kind, flags: Flags, session_id: u32, sequence: u32) -> MessageBuilder {
        MessageBuilder::with_header(Header::new(kind, flags, session_id, sequence))
    }

    /// Starts the answer to a request: same type, session and sequence number, and the flags S,
    /// C, A and P of the request.
    #[must_use]
    pub fn answering(request: &Message<'_>) -> MessageBuilder {
        let Header { flags, message_type, session_id, sequence, .. } = *request.header();
        //= wire.6.12
        let kept = Flags::START | Flags::COMPLETE | Flags::RE_AUTHENTICATION | Flags::PING;
        let flags = flags.and(kept);
        let header = Header { reserved: 0, flags, message_type, session_id, sequence };
        MessageBuilder::with_header(header)
    }

    /// Starts a message with a header as it is.
    #[must_use]
    pub fn with_header(header: Header) -> MessageBuilder {
        let mut octets = Vec::with_capacity(USUAL_LENGTH);
        header.append(0, &mut octets);
        MessageBuilder { octets, failed: None }
    }

    /// Adds an AVP.
    pub fn avp(&mut self, avp: &Avp<'_>) -> &mut Self {
        let base = self.octets.len();
        if let Err(error) = avp.append(&mut self.octets) {
            self.failed.get_or_insert(error.shifted(base));
        }
        self
    }

    /// Adds an AVP with what is reserved in it as it was received.
    pub fn avp_with(&mut self, avp: &Avp<'_>, reserved: &AvpReserved) -> &mut Self {
        let base = self.octets.len();
        if let Err(error) = avp.append_with(reserved, &mut self.octets) {
            self.failed.get_or_insert(error.shifted(base));
        }
        self
    }

    /// Adds a parameter as an AVP of a vendor.
    pub fn parameter(&mut self, vendor_id: u32, parameter: &Parameter<'_>) -> &mut Self {
        //= wire.6.18
        let code = parameter.kind().into();
        let base = self.octets.len();
        let vendor = Some(vendor_id);
        if let Err(error) = append(&mut self.octets, code, vendor, |out| parameter.write(out)) {
            self.failed.get_or_insert(error.shifted(base));
        }
        self
    }

    /// Adds an AVP octet for octet as it was received, header and padding included.
    pub fn raw(&mut self, avp: &[u8]) -> &mut Self {
        self.octets.extend_from_slice(avp);
        self
    }

    /// The message.
    ///
    /// # Errors
    /// The first error of a step before, or that the message is longer than 65535 octets.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        self.failed.map_or(Ok(()), Err)?;
        //= wire.6.2
        let length = u16::try_from(self.octets.len())
            .map_err(|_| Error::new(ErrorKind::TooLong, LENGTH_OFFSET, "wire.6.2"))?;
        let mut octets = self.octets.clone();
        overwrite(&mut octets, LENGTH_OFFSET, length.to_be_bytes());
        Ok(octets)
    }

    /// The message with an AUTH AVP at its end.
    ///
    /// # Errors
    /// As for [`MessageBuilder::encode`].
    pub fn encode_with_auth(&self, key: &AuthKey) -> Result<Vec<u8>, Error> {
        //= wire.6.14
        let mut octets = self.clone().avp(&Avp::Auth(&[0; AUTH_LENGTH])).encode()?;
        let at = octets.len() - AUTH_LENGTH;
        let value = key.auth_value(&octets, at);
        if let Some(field) = octets.get_mut(at..) {
            field.copy_from_slice(&value);
        }
        Ok(octets)
    }
}
