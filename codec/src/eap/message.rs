use core::slice::Iter;

use crate::wire::number::{be_u8, be_u24, be_u32};
use dsboot_spec::registry::eap::{HEADER_LENGTH, MD5_VALUE_LENGTH, method};
use nom::bytes::complete::take;
use nom::combinator::rest;

use super::Code;
use crate::wire::parse;
use crate::{Error, ErrorKind, crypto};

/// The whole meaning of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum Body<'a> {
    /// Asks the peer.
    Request(Message<'a>),
    /// Answers a request.
    Response(Message<'a>),
    /// The peer is authenticated.
    Success,
    /// The peer is not authenticated.
    Failure,
}

/// What a request asks or a response answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Message<'a> {
    /// In a request a prompt, which may be empty; in a response the identity (RFC 3748 §5.1).
    Identity(&'a [u8]),
    /// In a request a text to show; in a response nothing (RFC 3748 §5.2).
    Notification(&'a [u8]),
    /// The method types that the peer would do instead, or a single 0 (RFC 3748 §5.3.1).
    Nak(&'a [u8]),
    /// Challenge or response of the MD5 method (RFC 3748 §5.4).
    Md5Challenge(Md5Challenge<'a>),
    /// One-time password: in a request the challenge to show, in a response what the user typed
    /// (RFC 3748 §5.5).
    OneTimePassword(&'a [u8]),
    /// Generic token card: in a request a text to show, in a response what the user typed
    /// (RFC 3748 §5.6).
    GenericTokenCard(&'a [u8]),
    /// A method of a vendor, or of the IETF in long form (RFC 3748 §5.7).
    Expanded(Expanded<'a>),
    /// The methods, in long form, that the peer would do instead (RFC 3748 §5.3.2).
    ExpandedNak(Methods<'a>),
    /// Any other method, octet for octet.
    Other {
        /// The Type.
        method: u8,
        /// The Type-Data.
        data: &'a [u8],
    },
}

/// Type-Data of the MD5 method (RFC 3748 §5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Md5Challenge<'a> {
    /// Challenge or response, 1 to 255 octets.
    pub value: &'a [u8],
    /// Name of the sender; may be empty and is not compared with anything.
    pub name: &'a [u8],
}

impl Md5Challenge<'_> {
    /// Whether this response proves the secret for a challenge sent under `identifier`.
    #[must_use]
    pub fn proves(&self, identifier: u8, secret: &[u8], challenge: &[u8]) -> bool {
        //= wire.7.12
        crypto::equal(self.value, &md5_value(identifier, secret, challenge))
    }
}

/// The value of an MD5 response to `challenge`, in a packet with `identifier`.
#[must_use]
pub fn md5_value(identifier: u8, secret: &[u8], challenge: &[u8]) -> [u8; MD5_VALUE_LENGTH] {
    //= wire.7.11
    crypto::md5(&[&[identifier], secret, challenge])
}

/// Type-Data of an expanded type (RFC 3748 §5.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Expanded<'a> {
    /// Which method.
    pub method: Method,
    /// What the method says.
    pub data: &'a [u8],
}

/// A method type in long form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Method {
    /// Enterprise number of the vendor in 24 bits; 0 is the IETF.
    pub vendor_id: u32,
    /// The vendor's method; with vendor 0 the number of a [`method`].
    pub number: u32,
}

/// The list of an expanded Nak: one or more methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Methods<'a>(&'a [u8]);

/// Octets of one method in the list of an expanded Nak: Type, Vendor-Id and Vendor-Type.
const METHOD_LENGTH: usize = 8;

impl<'a> Methods<'a> {
    /// The list in `octets`, each method in 8 octets that begin with type 254.
    ///
    /// # Errors
    /// When it is empty or not such a list (RFC 3748 §5.3.2).
    pub fn decode(octets: &'a [u8]) -> Result<Methods<'a>, Error> {
        //= wire.7.14
        if octets.is_empty() || !octets.len().is_multiple_of(METHOD_LENGTH) {
            return Err(Error::new(ErrorKind::BadLength, 0, "wire.7.14"));
        }
        match octets.chunks_exact(METHOD_LENGTH).position(|m| m.first() != Some(&method::EXPANDED))
        {
            Some(wrong) => Err(Error::new(ErrorKind::BadType, wrong * METHOD_LENGTH, "wire.7.14")),
            None => Ok(Methods(octets)),
        }
    }

    /// The list as it is sent.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.0
    }
}

impl<'a> IntoIterator for Methods<'a> {
    type Item = Method;
    type IntoIter =
        core::iter::Map<Iter<'a, [u8; METHOD_LENGTH]>, fn(&[u8; METHOD_LENGTH]) -> Method>;

    fn into_iter(self) -> Self::IntoIter {
        let (methods, _) = self.0.as_chunks();
        methods.iter().map(|[_, a, b, c, number @ ..]| Method {
            vendor_id: u32::from_be_bytes([0, *a, *b, *c]),
            number: u32::from_be_bytes(*number),
        })
    }
}

/// Decodes Type and Type-Data of a request or response.
pub(super) fn decode(code: Code, octets: &[u8]) -> Result<Message<'_>, Error> {
    const DATA: usize = HEADER_LENGTH + 1;
    let response = code == Code::Response;
    let (data, kind) = parse(be_u8, octets, HEADER_LENGTH, "wire.7.5")?;
    Ok(match kind {
        //= wire.7.7
        method::IDENTITY => Message::Identity(data),
        //= wire.7.8
        method::NOTIFICATION if response == data.is_empty() => Message::Notification(data),
        method::NOTIFICATION => return Err(Error::new(ErrorKind::BadLength, DATA, "wire.7.8")),
        //= wire.7.9
        method::NAK if !response => {
            return Err(Error::new(ErrorKind::BadType, HEADER_LENGTH, "wire.7.9"));
        }
        method::NAK if data.is_empty() => {
            return Err(Error::new(ErrorKind::Truncated, DATA, "wire.7.9"));
        }
        method::NAK => Message::Nak(data),
        method::MD5_CHALLENGE => Message::Md5Challenge(md5_challenge(data)?),
        //= wire.7.16
        method::OTP | method::GTC if data.is_empty() => {
            return Err(Error::new(ErrorKind::Truncated, DATA, "wire.7.16"));
        }
        method::OTP => Message::OneTimePassword(data),
        method::GTC => Message::GenericTokenCard(data),
        method::EXPANDED => expanded(code, data)?,
        //= wire.7.6
        _ => Message::Other { method: kind, data },
    })
}

fn md5_challenge(data: &[u8]) -> Result<Md5Challenge<'_>, Error> {
    const DATA: usize = HEADER_LENGTH + 1;
    //= wire.7.10
    let (value_and_name, size) = parse(be_u8, data, DATA, "wire.7.10")?;
    if size == 0 {
        return Err(Error::new(ErrorKind::BadLength, DATA, "wire.7.10"));
    }
    let (name, value) = parse(take(size), value_and_name, DATA + 1, "wire.7.10")?;
    Ok(Md5Challenge { value, name })
}

fn expanded(code: Code, data: &[u8]) -> Result<Message<'_>, Error> {
    const DATA: usize = HEADER_LENGTH + 1;
    //= wire.7.13
    let (_, (vendor_id, number, data)) = parse((be_u24, be_u32, rest), data, DATA, "wire.7.13")?;
    let method = Method { vendor_id, number };
    //= wire.7.14
    if method == NAK {
        if code != Code::Response {
            return Err(Error::new(ErrorKind::BadType, HEADER_LENGTH, "wire.7.14"));
        }
        let list = Methods::decode(data);
        return list.map(Message::ExpandedNak).map_err(|error| error.shifted(DATA + 7));
    }
    Ok(Message::Expanded(Expanded { method, data }))
}

/// The expanded Nak as a method (RFC 3748 §5.3.2).
pub(super) const NAK: Method = Method { vendor_id: 0, number: method::NAK as u32 };
