//! EAP packets (RFC 3748).
//!
//! A pass-through authenticator looks at the header alone: [`Packet::decode`] checks that much
//! and no more. Peer and server go on with [`Packet::body`].
//!
//! ```
//! use dsboot_codec::eap::{self, Body, Md5Challenge, Message, Packet};
//!
//! # fn main() -> Result<(), dsboot_codec::Error> {
//! let request = eap::encode(7, &Body::Request(Message::Md5Challenge(Md5Challenge {
//!     value: &[0xc5; 16],
//!     name: b"",
//! })))?;
//!
//! let packet = Packet::decode(&request)?;
//! if let Body::Request(Message::Md5Challenge(challenge)) = packet.body()? {
//!     let value = eap::md5_value(packet.identifier(), b"secret", challenge.value);
//!     let answer = Body::Response(Message::Md5Challenge(Md5Challenge { value: &value, name: b"mn1" }));
//!     let response = eap::encode(packet.identifier(), &answer)?;
//!     assert_eq!(response.len(), 4 + 1 + 1 + 16 + 3);
//! }
//! # Ok(())
//! # }
//! ```

mod encode;
mod message;

use crate::wire::number::{be_u8, be_u16};
use dsboot_spec::registry::eap::{HEADER_LENGTH, code};
use nom::bytes::complete::take;

pub use encode::encode;
pub use message::{Body, Expanded, Md5Challenge, Message, Method, Methods, md5_value};

use crate::wire::parse;
use crate::{Error, ErrorKind};

/// The Code field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum Code {
    /// From authenticator to peer.
    Request,
    /// From peer to authenticator.
    Response,
    /// The peer is authenticated.
    Success,
    /// The peer is not authenticated.
    Failure,
}

impl Code {
    /// The octet on the wire.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Code::Request => code::REQUEST,
            Code::Response => code::RESPONSE,
            Code::Success => code::SUCCESS,
            Code::Failure => code::FAILURE,
        }
    }

    const fn from_number(number: u8) -> Option<Code> {
        match number {
            code::REQUEST => Some(Code::Request),
            code::RESPONSE => Some(Code::Response),
            code::SUCCESS => Some(Code::Success),
            code::FAILURE => Some(Code::Failure),
            _ => None,
        }
    }
}

/// An EAP packet whose header is in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Packet<'a> {
    code: Code,
    identifier: u8,
    octets: &'a [u8],
    padding: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Decodes the header and cuts the packet to its Length.
    ///
    /// # Errors
    /// When the packet is to be discarded for its Code, its Length, or too few octets
    /// (RFC 3748 §4).
    pub fn decode(octets: &'a [u8]) -> Result<Packet<'a>, Error> {
        //= wire.7.1
        let (_, (number, identifier, length)) =
            parse((be_u8, be_u8, be_u16), octets, 0, "wire.7.1")?;
        //= wire.7.3
        let code =
            Code::from_number(number).ok_or(Error::new(ErrorKind::BadType, 0, "wire.7.3"))?;
        let length = usize::from(length);
        if length < HEADER_LENGTH {
            return Err(Error::new(ErrorKind::BadLength, 2, "wire.7.1"));
        }
        //= wire.7.2
        let (padding, octets) = parse(take(length), octets, 0, "wire.7.1")?;
        match code {
            //= wire.7.5
            Code::Request | Code::Response if length == HEADER_LENGTH => {
                Err(Error::new(ErrorKind::BadLength, 2, "wire.7.5"))
            }
            //= wire.7.4
            Code::Success | Code::Failure if length != HEADER_LENGTH => {
                Err(Error::new(ErrorKind::BadLength, 2, "wire.7.4"))
            }
            _ => Ok(Packet { code, identifier, octets, padding }),
        }
    }

    /// What kind of packet it is.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The number that ties a response, success or failure to its request.
    #[must_use]
    pub const fn identifier(&self) -> u8 {
        self.identifier
    }

    /// The packet cut to its Length, as it is to be passed on.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// What came after the packet, to be ignored.
    #[must_use]
    pub const fn padding(&self) -> &'a [u8] {
        self.padding
    }

    /// The Type of a request or response.
    #[must_use]
    pub fn method(&self) -> Option<u8> {
        self.octets.get(HEADER_LENGTH).copied()
    }

    /// The whole meaning of the packet.
    ///
    /// # Errors
    /// When the Type-Data is not what its Type demands; such a packet is discarded by peer and
    /// server, but a pass-through authenticator passes it on.
    pub fn body(&self) -> Result<Body<'a>, Error> {
        let data = self.octets.get(HEADER_LENGTH..).unwrap_or_default();
        Ok(match self.code {
            Code::Success => Body::Success,
            Code::Failure => Body::Failure,
            Code::Request => Body::Request(message::decode(Code::Request, data)?),
            Code::Response => Body::Response(message::decode(Code::Response, data)?),
        })
    }
}
