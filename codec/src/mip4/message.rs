use alloc::vec::Vec;

use crate::wire::number::{be_u16 as u16_be, u8 as octet};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::mip4::{REPLY_LENGTH, REQUEST_LENGTH, message};
use nom::Parser;
use nom::combinator::rest;

use super::extensions::Extensions;
use super::fixed::FixedPart;
use super::header::{Code, ReplyHeader, RequestHeader};
use super::reading::{Denial, Reading, ReservedFlags};
use crate::ip::tunnel::Roomy;
use crate::wire::{append, parse};
use crate::{Error, ErrorKind};

/// Octets of Tunnel Data before the packet.
const TUNNEL_DATA_HEADER: usize = 4;

/// A message to or from UDP port 434.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Registration Request (type 1).
    Request(Request<'a>),
    /// Registration Reply (type 3).
    Reply(Reply<'a>),
    /// Tunnel Data (type 4, RFC 3519).
    TunnelData(TunnelData<'a>),
    /// A message that is laid out in [`FixedPart`], but none of the bootstrap's.
    Other(Other<'a>),
    /// Any other, octet for octet; an experimental one (type 255) too.
    Unknown {
        /// The type.
        kind: u8,
        /// The whole message, its type included.
        octets: &'a [u8],
    },
}

impl<'a> Message<'a> {
    /// Decodes the payload of a UDP datagram, as a node of the bootstrap.
    ///
    /// # Errors
    /// When the message must be discarded: it is cut off ([`ErrorKind::Truncated`]), holds an
    /// extension that is not understood and not to be skipped ([`ErrorKind::NotSkippable`]), or
    /// one that may not be skipped and has a wrong length ([`ErrorKind::BadLength`]).
    #[inline]
    pub fn decode(octets: &'a [u8]) -> Result<Message<'a>, Error> {
        Message::decode_by(octets, &Reading::DEFAULT)
    }

    /// Decodes for display: like [`Message::decode`], but keeps what a receiver may not skip. Not
    /// for receivers.
    ///
    /// # Errors
    /// When the message or an extension is cut off.
    pub fn decode_leniently(octets: &'a [u8]) -> Result<Message<'a>, Error> {
        //= wire.2.8
        Message::decode_by(octets, &Reading::TOOL)
    }

    /// Decodes by a reading of what the RFCs contradict each other about.
    ///
    /// # Errors
    /// As [`Message::decode`], and when the reading refuses the message's reserved flags
    /// ([`ErrorKind::BadValue`]).
    pub fn decode_by(octets: &'a [u8], reading: &Reading) -> Result<Message<'a>, Error> {
        //= wire.1.1
        let Some(&kind) = octets.first() else {
            return Err(Error::new(ErrorKind::Truncated, 0, "wire.1.1"));
        };
        match kind {
            message::REGISTRATION_REQUEST => {
                let (_, header) = parse(RequestHeader::parse, octets, 0, "wire.1.2")?;
                check_flags(&header, reading)?;
                let extensions = Extensions::decode(octets, REQUEST_LENGTH, reading)?;
                Ok(Message::Request(Request { header, extensions, octets }))
            }
            message::REGISTRATION_REPLY => {
                let (_, header) = parse(ReplyHeader::parse, octets, 0, "wire.1.3")?;
                let extensions = Extensions::decode(octets, REPLY_LENGTH, reading)?;
                Ok(Message::Reply(Reply { header, extensions, octets }))
            }
            message::TUNNEL_DATA => TunnelData::decode(octets).map(Message::TunnelData),
            _ => match FixedPart::parser(kind) {
                Some(parser) => {
                    let (rest, fixed) = parse(parser, octets, 0, "wire.1.22")?;
                    if let FixedPart::RegionalRequest(header) = &fixed {
                        check_flags(header, reading)?;
                    }
                    let start = octets.len() - rest.len();
                    let extensions = Extensions::decode(octets, start, reading)?;
                    Ok(Message::Other(Other { fixed, extensions, octets }))
                }
                None => Ok(Message::Unknown { kind, octets }),
            },
        }
    }

    /// The message's type, see `registry::mip4::message`.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Message::Request(_) => message::REGISTRATION_REQUEST,
            Message::Reply(_) => message::REGISTRATION_REPLY,
            Message::TunnelData(_) => message::TUNNEL_DATA,
            Message::Other(other) => other.fixed.kind(),
            Message::Unknown { kind, .. } => *kind,
        }
    }

    /// The fixed part, of a message that has extensions.
    #[must_use]
    pub const fn fixed_part(&self) -> Option<FixedPart> {
        match self {
            Message::Request(request) => Some(FixedPart::Request(request.header)),
            Message::Reply(reply) => Some(FixedPart::Reply(reply.header)),
            Message::Other(other) => Some(other.fixed),
            Message::TunnelData(_) | Message::Unknown { .. } => None,
        }
    }

    /// The extensions, of a message that has some.
    #[must_use]
    pub const fn extensions(&self) -> Option<Extensions<'a>> {
        match self {
            Message::Request(request) => Some(request.extensions),
            Message::Reply(reply) => Some(reply.extensions),
            Message::Other(other) => Some(other.extensions),
            Message::TunnelData(_) | Message::Unknown { .. } => None,
        }
    }

    /// The octets of the message: from its values and, of extensions, from the octets that they
    /// were read from.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        //= wire.1.11
        match (self.fixed_part(), self.extensions(), self) {
            (Some(fixed), Some(extensions), _) => {
                let mut octets = Vec::new();
                append(&mut octets, |out| slice(extensions.octets())(fixed.write(out)?));
                octets
            }
            (_, _, Message::TunnelData(data)) => data.encode(),
            (_, _, Message::Unknown { octets, .. }) => octets.to_vec(),
            _ => Vec::new(),
        }
    }
}

/// Refuses what the reading has refused.
const fn check_flags(header: &RequestHeader, reading: &Reading) -> Result<(), Error> {
    //= wire.12.10
    if matches!(reading.reserved_flags, ReservedFlags::RefusedX) && header.flags.reserved_x() {
        return Err(Error::new(ErrorKind::BadValue, 1, "wire.12.10"));
    }
    Ok(())
}

/// A message that is none of the bootstrap's, as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Other<'a> {
    /// The fixed part, by its type.
    pub fixed: FixedPart,
    /// What follows it.
    pub extensions: Extensions<'a>,
    /// The whole message.
    pub octets: &'a [u8],
}

/// A Registration Request as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Request<'a> {
    /// The fixed part.
    pub header: RequestHeader,
    /// What follows it.
    pub extensions: Extensions<'a>,
    /// The whole message.
    pub octets: &'a [u8],
}

/// A Registration Reply as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reply<'a> {
    /// The fixed part.
    pub header: ReplyHeader,
    /// What follows it.
    pub extensions: Extensions<'a>,
    /// The whole message.
    pub octets: &'a [u8],
}

impl Reply<'_> {
    /// The code that counts by this reading: that of extension 45, where a foreign agent has
    /// something against a reply that accepts, or that in the fixed part.
    #[must_use]
    pub fn code_by(&self, reading: &Reading) -> Code {
        //= wire.12.11
        let error = match reading.denial {
            Denial::FaError => self.extensions.fa_error().once(),
            Denial::Rewritten => None,
        };
        error.map_or(self.header.code, Code)
    }
}

/// A packet in a UDP tunnel (RFC 3519 §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct TunnelData<'a> {
    /// IP protocol number of the packet: 4 for IPv4, 41 for IPv6 (RFC 5454 §3.9).
    pub next_header: u8,
    /// Sent as zero, and ignored.
    pub reserved: u16,
    /// The packet.
    pub packet: &'a [u8],
}

impl<'a> TunnelData<'a> {
    /// A packet of the IP protocol `next_header` to tunnel.
    #[must_use]
    pub const fn new(next_header: u8, packet: &'a [u8]) -> TunnelData<'a> {
        TunnelData { next_header, reserved: 0, packet }
    }

    fn decode(octets: &'a [u8]) -> Result<TunnelData<'a>, Error> {
        //= wire.1.10
        let parser = (octet, octet, u16_be, rest)
            .map(|(_, next_header, reserved, packet)| TunnelData { next_header, reserved, packet });
        parse(parser, octets, 0, "wire.1.10").map(|(_, data)| data)
    }

    /// The octets of the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [&self.header()[..], self.packet].concat()
    }

    /// The message around a packet of the IP protocol `next_header`, in the room before that.
    pub fn wrap_in_place(next_header: u8, packet: &mut Roomy) {
        packet.put_before(&TunnelData::new(next_header, &[]).header());
    }

    /// What stands before the packet.
    const fn header(&self) -> [u8; TUNNEL_DATA_HEADER] {
        //= wire.1.10
        let [high, low] = self.reserved.to_be_bytes();
        [message::TUNNEL_DATA, self.next_header, high, low]
    }

    /// Octets before the packet.
    pub const HEADER_LENGTH: usize = TUNNEL_DATA_HEADER;
}
