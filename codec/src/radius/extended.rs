//! The extended type spaces of RFC 6929: more types, longer values, vendors of their own.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::wire::number::{be_u8 as octet, be_u32 as integer};
use cookie_factory::bytes::be_u8;
use cookie_factory::combinator::slice;
use dsboot_spec::registry::radius::{
    ATTRIBUTE_HEADER_LENGTH, EXTENDED_VENDOR_SPECIFIC, MAX_LONG_EXTENDED_VALUE_LENGTH, attribute,
    long_extended_flag,
};
use nom::combinator::rest;

use super::{Attribute, Packet};
use crate::form::whole;
use crate::wire::{Out, Written};
use crate::{Error, ErrorKind, Positioned};

/// An attribute of types 241 to 244 (RFC 6929 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Extended<'a> {
    /// The type, 241 to 244.
    pub kind: u8,
    /// The type within it.
    pub extended_type: u8,
    /// The value, at least one octet.
    pub data: &'a [u8],
}

impl<'a> Extended<'a> {
    /// What a vendor says in it, if it is a vendor's (RFC 6929 §2.4).
    #[must_use]
    pub fn vendor_specific(&self) -> Option<ExtendedVendorSpecific<'a>> {
        //= wire.5.22
        (self.extended_type == EXTENDED_VENDOR_SPECIFIC)
            .then(|| ExtendedVendorSpecific::decode(self.data))
            .flatten()
    }

    pub(super) fn decode(kind: u8, octets: &'a [u8]) -> Option<Extended<'a>> {
        //= wire.5.20
        let (extended_type, data): (u8, &[u8]) = whole((octet, rest), octets)?;
        (!data.is_empty()).then_some(Extended { kind, extended_type, data })
    }

    pub(super) const fn kind(&self) -> u8 {
        self.kind
    }

    pub(super) fn write<'o>(&self, out: Out<'o>) -> Written<'o> {
        slice(self.data)(be_u8(self.extended_type)(out)?)
    }

    pub(super) const fn holds(&self) -> bool {
        matches!(
            self.kind,
            attribute::EXTENDED_TYPE_1
                | attribute::EXTENDED_TYPE_2
                | attribute::EXTENDED_TYPE_3
                | attribute::EXTENDED_TYPE_4
        ) && !self.data.is_empty()
    }
}

/// An attribute of types 245 and 246, or a piece of one (RFC 6929 §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct LongExtended<'a> {
    /// The type, 245 or 246.
    pub kind: u8,
    /// The type within it.
    pub extended_type: u8,
    /// Bits of `long_extended_flag`; those without a meaning are kept.
    pub flags: u8,
    /// The value, or the piece of it: at least one octet.
    pub data: &'a [u8],
}

impl<'a> LongExtended<'a> {
    /// Whether the value goes on in the next attribute.
    #[must_use]
    pub const fn more(&self) -> bool {
        self.flags & long_extended_flag::MORE != 0
    }

    pub(super) fn decode(kind: u8, octets: &'a [u8]) -> Option<LongExtended<'a>> {
        //= wire.5.21
        let (extended_type, flags, data): (u8, u8, &[u8]) = whole((octet, octet, rest), octets)?;
        (!data.is_empty()).then_some(LongExtended { kind, extended_type, flags, data })
    }

    pub(super) const fn kind(&self) -> u8 {
        self.kind
    }

    pub(super) fn write<'o>(&self, out: Out<'o>) -> Written<'o> {
        slice(self.data)(be_u8(self.flags)(be_u8(self.extended_type)(out)?)?)
    }

    pub(super) const fn holds(&self) -> bool {
        is_long(self.kind) && !self.data.is_empty()
    }
}

/// What a vendor says in an extended type space (RFC 6929 §2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ExtendedVendorSpecific<'a> {
    /// Enterprise number.
    pub vendor_id: u32,
    /// The vendor's type.
    pub vendor_type: u8,
    /// The value, at least one octet.
    pub data: &'a [u8],
}

impl<'a> ExtendedVendorSpecific<'a> {
    /// Reads the value of an attribute whose Extended-Type is 26.
    #[must_use]
    pub fn decode(octets: &'a [u8]) -> Option<ExtendedVendorSpecific<'a>> {
        //= wire.5.22
        let (vendor_id, vendor_type, data): (u32, u8, &[u8]) =
            whole((integer, octet, rest), octets)?;
        (!data.is_empty()).then_some(ExtendedVendorSpecific { vendor_id, vendor_type, data })
    }

    /// The value of an attribute whose Extended-Type is 26.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [&self.vendor_id.to_be_bytes(), [self.vendor_type].as_slice(), self.data].concat()
    }
}

/// An extended attribute with its whole value, however many pieces it came in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ExtendedValue<'a> {
    /// The type, 241 to 246.
    pub kind: u8,
    /// The type within it.
    pub extended_type: u8,
    /// The value; borrowed unless it came in pieces.
    pub data: Cow<'a, [u8]>,
}

impl<'a> Packet<'a> {
    /// The extended attributes in their order, each with the offset of its first piece. Pieces
    /// without an end, or with one that does not follow, are left out.
    pub fn extended(&self) -> impl Iterator<Item = (usize, ExtendedValue<'a>)> {
        let mut attributes = self.attributes().peekable();
        core::iter::from_fn(move || {
            loop {
                let unit = attributes.next()?;
                match unit.value {
                    Attribute::Extended(Extended { kind, extended_type, data }) => {
                        let data = Cow::Borrowed(data);
                        return Some((unit.offset, ExtendedValue { kind, extended_type, data }));
                    }
                    Attribute::LongExtended(first) => {
                        let next = || attributes.next_if(|next| goes_on(&first, next));
                        if let Some(data) = joined(first, next) {
                            let LongExtended { kind, extended_type, .. } = first;
                            let value = ExtendedValue { kind, extended_type, data };
                            return Some((unit.offset, value));
                        }
                    }
                    _ => {}
                }
            }
        })
    }
}

/// Whether an attribute can be the next piece of a value.
fn goes_on(first: &LongExtended<'_>, next: &Positioned<'_, Attribute<'_>>) -> bool {
    //= wire.5.21
    matches!(next.value, Attribute::LongExtended(next)
        if next.kind == first.kind && next.extended_type == first.extended_type)
}

/// The value that a first piece begins, or `None` if it does not end.
fn joined<'a>(
    first: LongExtended<'a>,
    mut next: impl FnMut() -> Option<Positioned<'a, Attribute<'a>>>,
) -> Option<Cow<'a, [u8]>> {
    let mut data = Cow::Borrowed(first.data);
    let mut piece = first;
    while piece.more() {
        let Attribute::LongExtended(following) = next()?.value else { return None };
        data.to_mut().extend_from_slice(following.data);
        piece = following;
    }
    Some(data)
}

/// Whether a type is that of a long extended type space.
const fn is_long(kind: u8) -> bool {
    matches!(kind, attribute::LONG_EXTENDED_TYPE_1 | attribute::LONG_EXTENDED_TYPE_2)
}

/// A value in as many attributes of type 245 or 246 as it takes.
///
/// # Errors
/// When the value is empty, or the type neither.
pub fn encode_long_extended(kind: u8, extended_type: u8, value: &[u8]) -> Result<Vec<u8>, Error> {
    if !is_long(kind) {
        return Err(Error::new(ErrorKind::BadType, 0, "wire.5.21"));
    }
    if value.is_empty() {
        return Err(Error::new(ErrorKind::BadLength, ATTRIBUTE_HEADER_LENGTH, "wire.5.21"));
    }
    //= wire.5.21
    let mut pieces = value.chunks(MAX_LONG_EXTENDED_VALUE_LENGTH).peekable();
    let mut octets = Vec::new();
    while let Some(data) = pieces.next() {
        let flags = pieces.peek().map_or(0, |_| long_extended_flag::MORE);
        let piece = LongExtended { kind, extended_type, flags, data };
        Attribute::LongExtended(piece).append(&mut octets)?;
    }
    Ok(octets)
}
