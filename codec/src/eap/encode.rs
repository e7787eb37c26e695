use alloc::vec::Vec;

use cookie_factory::SerializeFn;
use cookie_factory::bytes::{be_u8, be_u16, be_u24, be_u32};
use cookie_factory::combinator::slice;
use cookie_factory::lib::std::io;
use cookie_factory::sequence::tuple;
use dsboot_spec::registry::eap::{HEADER_LENGTH, method};

use super::message::{NAK, decode};
use super::{Body, Code, Message, Method};
use crate::wire::serialize;
use crate::{Error, ErrorKind};

/// Encodes a packet under `identifier`.
///
/// # Errors
/// When the body is not allowed in a packet of its code, an MD5 value is longer than 255 octets,
/// or the packet longer than 65535.
pub fn encode(identifier: u8, body: &Body<'_>) -> Result<Vec<u8>, Error> {
    let (code, data) = match body {
        Body::Success => (Code::Success, Vec::new()),
        Body::Failure => (Code::Failure, Vec::new()),
        Body::Request(message) => (Code::Request, type_and_data(Code::Request, message)?),
        Body::Response(message) => (Code::Response, type_and_data(Code::Response, message)?),
    };
    //= wire.7.15
    let length = u16::try_from(HEADER_LENGTH + data.len())
        .map_err(|_| Error::new(ErrorKind::TooLong, 2, "wire.7.15"))?;
    Ok(serialize(|out| {
        tuple((be_u8(code.number()), be_u8(identifier), be_u16(length), slice(data.as_slice())))(
            out,
        )
    }))
}

fn type_and_data(code: Code, message: &Message<'_>) -> Result<Vec<u8>, Error> {
    let octets = match message {
        Message::Identity(data) => serialize(|out| plain(method::IDENTITY, data)(out)),
        Message::Notification(data) => serialize(|out| plain(method::NOTIFICATION, data)(out)),
        Message::Nak(methods) => serialize(|out| plain(method::NAK, methods)(out)),
        Message::Md5Challenge(challenge) => {
            let size = u8::try_from(challenge.value.len())
                .map_err(|_| Error::new(ErrorKind::TooLong, HEADER_LENGTH + 1, "wire.7.10"))?;
            serialize(|out| {
                tuple((
                    be_u8(method::MD5_CHALLENGE),
                    be_u8(size),
                    slice(challenge.value),
                    slice(challenge.name),
                ))(out)
            })
        }
        Message::OneTimePassword(data) => serialize(|out| plain(method::OTP, data)(out)),
        Message::GenericTokenCard(data) => serialize(|out| plain(method::GTC, data)(out)),
        Message::Expanded(expanded) => serialize(|out| long(expanded.method, expanded.data)(out)),
        Message::ExpandedNak(methods) => serialize(|out| long(NAK, methods.octets())(out)),
        Message::Other { method, data } => serialize(|out| plain(*method, data)(out)),
    };
    // What may not be received may not be sent: one home for the rules, in the decoder.
    match decode(code, &octets)? {
        decoded if decoded == *message => Ok(octets),
        _ => Err(Error::new(ErrorKind::BadType, HEADER_LENGTH, "wire.7.6")),
    }
}

fn plain<W: io::Write>(kind: u8, data: &[u8]) -> impl SerializeFn<W> {
    tuple((be_u8(kind), slice(data)))
}

fn long<W: io::Write>(kind: Method, data: &[u8]) -> impl SerializeFn<W> {
    tuple((be_u8(method::EXPANDED), be_u24(kind.vendor_id), be_u32(kind.number), slice(data)))
}
