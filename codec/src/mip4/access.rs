//! Access messages: another way to carry the draft's steps 1 and 3, as experimental messages (type
//! 255, RFC 4064) with Mobile IPv4 extensions. They are read, for tools, but never sent.
//!
//! ```
//! use dsboot_codec::mip4::access::AccessMessage;
//!
//! let octets = [255, 2, 65, 0, 1, 2, 3, 4, 5, 6, 7, 8, 131, 1, b'a'];
//! let message = AccessMessage::decode(&octets)?;
//! assert_eq!((message.sub_type, message.code), (2, 65));
//! assert_eq!(message.extensions.nai().once(), Some(&b"a"[..]));
//! # Ok::<(), dsboot_codec::Error>(())
//! ```

use crate::wire::number::{be_u64, u8 as octet};
use dsboot_spec::registry::dsb::{ACCESS_HEADER_LENGTH, access_message};
use dsboot_spec::registry::mip4::message;

use super::{Extensions, Identification, Reading};
use crate::wire::parse;
use crate::{Error, ErrorKind};

/// An access message as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccessMessage<'a> {
    /// Request (1) or reply (2), see `registry::dsb::access_message`.
    pub sub_type: u8,
    /// The answer, like a Registration Reply's; 0 in a request.
    pub code: u8,
    /// Sent as zero, and ignored.
    pub reserved: u8,
    /// Matches request and reply.
    pub identification: Identification,
    /// What follows.
    pub extensions: Extensions<'a>,
}

impl<'a> AccessMessage<'a> {
    /// Decodes the payload of a UDP datagram whose first octet is 255.
    ///
    /// # Errors
    /// When it is another message, or an experimental one that is not ours: it is cut off, or
    /// its sub-type is neither 1 nor 2.
    pub fn decode(octets: &'a [u8]) -> Result<AccessMessage<'a>, Error> {
        let fields = (octet, octet, octet, octet, be_u64);
        //= wire.12.3
        let (_, (kind, sub_type, code, reserved, id)) = parse(fields, octets, 0, "wire.12.3")?;
        if kind != message::EXPERIMENTAL {
            return Err(Error::new(ErrorKind::BadType, 0, "wire.12.3"));
        }
        if access_message::name(sub_type).is_none() {
            return Err(Error::new(ErrorKind::BadType, 1, "wire.12.3"));
        }
        let extensions = Extensions::decode(octets, ACCESS_HEADER_LENGTH, &Reading::TOOL)?;
        let identification = Identification(id);
        Ok(AccessMessage { sub_type, code, reserved, identification, extensions })
    }
}
