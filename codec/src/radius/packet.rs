//! The packet around the attributes (RFC 2865 §3).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::wire::number::{be_u8 as octet, be_u16 as integer};
use cookie_factory::bytes::be_u16;
use cookie_factory::combinator::slice;
use dsboot_spec::registry::radius::{
    ATTRIBUTE_HEADER_LENGTH, AUTHENTICATOR_LENGTH, HEADER_LENGTH, MAX_LENGTH, attribute,
};
use nom::bytes::complete::take;

use super::{Attribute, Authenticator, Ipv6Prefix, Vendor};
use crate::wire::{Out, Parsed, Written, append, parse};
use crate::{Error, ErrorKind, Found, Positioned};

/// A packet whose header and framing are in order.
#[derive(Clone, Debug)]
pub struct Packet<'a> {
    code: u8,
    identifier: u8,
    authenticator: &'a Authenticator,
    octets: &'a [u8],
    padding: &'a [u8],
    attributes: Units<'a, Attribute<'a>>,
}

impl<'a> Packet<'a> {
    /// Decodes the header and checks that the attributes fill the packet.
    ///
    /// # Errors
    /// When the packet is to be discarded: too short, Length out of range, or an attribute's
    /// Length out of step.
    pub fn decode(octets: &'a [u8]) -> Result<Packet<'a>, Error> {
        //= wire.4.1
        let (_, (code, identifier, length, authenticator)) =
            parse((octet, octet, integer, take(AUTHENTICATOR_LENGTH)), octets, 0, "wire.4.1")?;
        let authenticator = authenticator
            .try_into()
            .map_err(|_| Error::new(ErrorKind::Truncated, octets.len(), "wire.4.1"))?;
        let length = usize::from(length);
        //= wire.4.2
        if !(HEADER_LENGTH..=MAX_LENGTH).contains(&length) {
            return Err(Error::new(ErrorKind::BadLength, 2, "wire.4.2"));
        }
        //= wire.4.3
        let (padding, octets) = parse(take(length), octets, 0, "wire.4.1")?;
        let attributes = octets.get(HEADER_LENGTH..).unwrap_or_default();
        //= wire.4.4
        //= wire.5.1
        //= wire.5.2
        let attributes = Units::new(attributes, HEADER_LENGTH, Attribute::decode, "wire.4.4")?;
        Ok(Packet { code, identifier, authenticator, octets, padding, attributes })
    }

    /// The kind of packet, a [`code`](dsboot_spec::registry::radius::code).
    #[must_use]
    pub const fn code(&self) -> u8 {
        self.code
    }

    /// The number that ties a response to its request.
    #[must_use]
    pub const fn identifier(&self) -> u8 {
        self.identifier
    }

    /// The Authenticator field: of a request random, of a response a digest.
    #[must_use]
    pub const fn authenticator(&self) -> &'a Authenticator {
        self.authenticator
    }

    /// The packet as received, cut to its Length.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// What came after the packet, to be ignored.
    #[must_use]
    pub const fn padding(&self) -> &'a [u8] {
        self.padding
    }

    /// All attributes in their order.
    #[must_use]
    pub fn attributes(&self) -> Units<'a, Attribute<'a>> {
        self.attributes.clone()
    }

    /// The attributes of one type in their order, also those whose value is malformed.
    pub fn attributes_of(&self, kind: u8) -> impl Iterator<Item = Positioned<'a, Attribute<'a>>> {
        self.attributes().filter(move |unit| unit.value.kind() == kind)
    }

    /// The attributes whose value is not one that their type allows.
    pub fn malformed(&self) -> impl Iterator<Item = Positioned<'a, Attribute<'a>>> {
        self.attributes().filter(|unit| matches!(unit.value, Attribute::Malformed { .. }))
    }

    /// The values that `pick` takes out of the attributes, as one answer.
    //= wire.5.3
    pub fn find<T>(&self, pick: impl Fn(Attribute<'a>) -> Option<T>) -> Found<T> {
        self.attributes().filter_map(|unit| pick(unit.value)).collect()
    }

    /// The sub-attributes of one vendor.
    #[must_use]
    pub fn vendor(&self, vendor_id: u32) -> Vendor<'a> {
        Vendor::new(self.attributes(), vendor_id)
    }

    /// The values of Proxy-State in their order.
    pub fn proxy_states(&self) -> impl Iterator<Item = &'a [u8]> {
        self.attributes().filter_map(|unit| match unit.value {
            Attribute::ProxyState(state) => Some(state),
            _ => None,
        })
    }

    /// The values of Class in their order.
    pub fn classes(&self) -> impl Iterator<Item = &'a [u8]> {
        self.attributes().filter_map(|unit| match unit.value {
            Attribute::Class(class) => Some(class),
            _ => None,
        })
    }

    /// The values of Framed-IPv6-Prefix in their order.
    pub fn framed_ipv6_prefixes(&self) -> impl Iterator<Item = Ipv6Prefix> {
        self.attributes().filter_map(|unit| match unit.value {
            Attribute::FramedIpv6Prefix(prefix) => Some(prefix),
            _ => None,
        })
    }

    /// The EAP packet in the EAP-Message attributes, if there are any. It is empty in a request
    /// to start EAP (RFC 3579 §2.1).
    ///
    /// # Errors
    /// When another attribute stands between two EAP-Messages: the packet carries no EAP packet
    /// that could be told.
    pub fn eap_message(&self) -> Result<Option<Cow<'a, [u8]>>, Error> {
        let mut pieces = self.attributes_of(attribute::EAP_MESSAGE).peekable();
        //= wire.5.9
        let mut eap: Option<Cow<'a, [u8]>> = None;
        while let Some(piece) = pieces.next() {
            let data = piece.raw.get(ATTRIBUTE_HEADER_LENGTH..).unwrap_or_default();
            match &mut eap {
                None => eap = Some(Cow::Borrowed(data)),
                Some(eap) => eap.to_mut().extend_from_slice(data),
            }
            //= wire.5.10
            match pieces.peek() {
                Some(next) if next.offset != piece.offset + piece.raw.len() => {
                    return Err(Error::new(ErrorKind::Misplaced, next.offset, "wire.5.10"));
                }
                _ => {}
            }
        }
        Ok(eap)
    }
}

/// Units of type, length and value in their order, typed when they are asked for.
#[derive(Clone, Debug)]
pub struct Units<'a, T> {
    rest: &'a [u8],
    offset: usize,
    decode: fn(u8, &'a [u8]) -> T,
}

impl<'a, T> Units<'a, T> {
    /// The units in `octets`, which begin at octet `offset` of the packet.
    ///
    /// # Errors
    /// When the units do not fill the octets.
    pub(super) fn new(
        octets: &'a [u8],
        offset: usize,
        decode: fn(u8, &'a [u8]) -> T,
        sentence: &'static str,
    ) -> Result<Units<'a, T>, Error> {
        let mut rest = octets;
        while !rest.is_empty() {
            (rest, _) = unit(rest, offset + octets.len() - rest.len(), sentence)?;
        }
        Ok(Units { rest: octets, offset, decode })
    }
}

impl<'a, T> Iterator for Units<'a, T> {
    type Item = Positioned<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        let [kind, length, ..] = *self.rest else { return None };
        let (raw, rest) = self.rest.split_at_checked(length.into())?;
        let data = raw.get(ATTRIBUTE_HEADER_LENGTH..)?;
        let offset = self.offset;
        self.rest = rest;
        self.offset += raw.len();
        Some(Positioned { offset, raw, value: (self.decode)(kind, data) })
    }
}

/// Cuts one unit of type, length (which counts both) and value off: what is left, and type and
/// value.
#[inline]
fn unit<'a>(octets: &'a [u8], offset: usize, sentence: &'static str) -> Parsed<'a, (u8, &'a [u8])> {
    let truncated = |at| Err(Error::new(ErrorKind::Truncated, offset + at, sentence));
    let [kind, length, ..] = *octets else { return truncated(octets.len()) };
    let Some((unit, rest)) = octets.split_at_checked(length.into()) else {
        return truncated(ATTRIBUTE_HEADER_LENGTH);
    };
    match unit {
        [_, _, data @ ..] => Ok((rest, (kind, data))),
        _ => Err(Error::new(ErrorKind::BadLength, offset + 1, sentence)),
    }
}

/// Encodes a packet as it is, without computing an authenticator: what a decoder took apart, or a
/// packet made wrong on purpose. Packets to send come from a [`Builder`](super::Builder).
///
/// # Errors
/// When an attribute cannot be encoded or the packet is longer than 4096 octets.
pub fn encode<'a>(
    code: u8,
    identifier: u8,
    authenticator: &Authenticator,
    attributes: impl IntoIterator<Item = Attribute<'a>>,
) -> Result<Vec<u8>, Error> {
    let mut octets = Vec::with_capacity(USUAL_LENGTH);
    append(&mut octets, |out| header(code, identifier, 0, authenticator, out));
    for attribute in attributes {
        let base = octets.len();
        attribute.append(&mut octets).map_err(|error| error.shifted(base))?;
    }
    //= wire.4.2
    let length = length(octets.len())?;
    if let Some([_, _, high, low]) = octets.first_chunk_mut() {
        [*high, *low] = length.to_be_bytes();
    }
    Ok(octets)
}

/// Octets that most packets fit into.
const USUAL_LENGTH: usize = 256;

/// The Length of a packet of so many octets.
fn length(octets: usize) -> Result<u16, Error> {
    u16::try_from(octets)
        .ok()
        .filter(|length| usize::from(*length) <= MAX_LENGTH)
        .ok_or(Error::new(ErrorKind::TooLong, 2, "wire.4.2"))
}

fn header<'o>(
    code: u8,
    identifier: u8,
    length: u16,
    authenticator: &Authenticator,
    out: Out<'o>,
) -> Written<'o> {
    slice(authenticator)(be_u16(length)(slice([code, identifier])(out)?)?)
}

/// Puts the header before encoded attributes.
pub(super) fn frame(
    code: u8,
    identifier: u8,
    authenticator: &Authenticator,
    attributes: &[u8],
) -> Result<Vec<u8>, Error> {
    //= wire.4.2
    let length = length(HEADER_LENGTH + attributes.len())?;
    let mut octets = Vec::with_capacity(length.into());
    append(&mut octets, |out| {
        slice(attributes)(header(code, identifier, length, authenticator, out)?)
    });
    Ok(octets)
}
