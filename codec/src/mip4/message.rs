use alloc::vec::Vec;

use cookie_factory::bytes::{be_u8, be_u16};
use cookie_factory::combinator::slice;
use cookie_factory::sequence::tuple;
use dsboot_spec::registry::mip4::{REPLY_LENGTH, REQUEST_LENGTH, message};
use nom::Parser;
use nom::combinator::rest;
use nom::number::complete::{be_u16 as u16_be, u8 as octet};

use super::extensions::Extensions;
use super::header::{ReplyHeader, RequestHeader};
use crate::Error;
use crate::wire::{parse, serialize};

/// A message to or from UDP port 434.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Message<'a> {
    /// Registration Request (type 1).
    Request(Request<'a>),
    /// Registration Reply (type 3).
    Reply(Reply<'a>),
    /// Tunnel Data (type 4, RFC 3519).
    TunnelData(TunnelData<'a>),
    /// Any other, octet for octet.
    Unknown {
        /// The type.
        kind: u8,
        /// The whole message, its type included.
        octets: &'a [u8],
    },
}

impl<'a> Message<'a> {
    /// Decodes the payload of a UDP datagram.
    ///
    /// # Errors
    /// When the message must be discarded: it is cut off ([`Truncated`](crate::ErrorKind::Truncated)), holds an
    /// extension that is not understood and not to be skipped ([`NotSkippable`](crate::ErrorKind::NotSkippable)), or
    /// one that may not be skipped and has a wrong length ([`BadLength`](crate::ErrorKind::BadLength)).
    pub fn decode(octets: &'a [u8]) -> Result<Message<'a>, Error> {
        Message::decode_by(octets, Extensions::decode)
    }

    /// Decodes for display: like [`Message::decode`], but keeps as unknown what a receiver may not
    /// skip. Not for receivers.
    ///
    /// # Errors
    /// When the message or an extension is cut off.
    pub fn decode_leniently(octets: &'a [u8]) -> Result<Message<'a>, Error> {
        //= wire.2.8
        Message::decode_by(octets, Extensions::decode_leniently)
    }

    fn decode_by(
        octets: &'a [u8],
        extensions: impl Fn(&'a [u8], usize) -> Result<Extensions<'a>, Error>,
    ) -> Result<Message<'a>, Error> {
        //= wire.1.1
        let (_, kind) = parse(octet, octets, 0, "wire.1.1")?;
        match kind {
            message::REGISTRATION_REQUEST => {
                let (_, header) = parse(RequestHeader::parse, octets, 0, "wire.1.2")?;
                let extensions = extensions(octets, REQUEST_LENGTH)?;
                Ok(Message::Request(Request { header, extensions, octets }))
            }
            message::REGISTRATION_REPLY => {
                let (_, header) = parse(ReplyHeader::parse, octets, 0, "wire.1.3")?;
                let extensions = extensions(octets, REPLY_LENGTH)?;
                Ok(Message::Reply(Reply { header, extensions, octets }))
            }
            message::TUNNEL_DATA => TunnelData::decode(octets).map(Message::TunnelData),
            _ => Ok(Message::Unknown { kind, octets }),
        }
    }

    /// The message's type, see `registry::mip4::message`.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Message::Request(_) => message::REGISTRATION_REQUEST,
            Message::Reply(_) => message::REGISTRATION_REPLY,
            Message::TunnelData(_) => message::TUNNEL_DATA,
            Message::Unknown { kind, .. } => *kind,
        }
    }
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

/// A packet in a UDP tunnel (RFC 3519 §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TunnelData<'a> {
    /// IP protocol number of the packet: 4 for IPv4, 41 for IPv6 (RFC 5454 §3.9).
    pub next_header: u8,
    /// The packet.
    pub packet: &'a [u8],
}

impl<'a> TunnelData<'a> {
    fn decode(octets: &'a [u8]) -> Result<TunnelData<'a>, Error> {
        //= wire.1.10
        let parser = (octet, octet, u16_be, rest)
            .map(|(_, next_header, _reserved, packet)| TunnelData { next_header, packet });
        parse(parser, octets, 0, "wire.1.10").map(|(_, data)| data)
    }

    /// The octets of the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        //= wire.1.10
        serialize(tuple((
            be_u8(message::TUNNEL_DATA),
            be_u8(self.next_header),
            be_u16(0),
            slice(self.packet),
        )))
    }
}
