//! Values with a tag, which groups the attributes of one tunnel (RFC 2868 §3).

use crate::wire::number::{be_u8 as octet, be_u24 as triple};
use cookie_factory::bytes::{be_u8, be_u24};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::radius::{MAX_TAG, MAX_TAGGED_INTEGER};
use nom::combinator::rest;

use super::hidden::Salted;
use crate::form::{Form, whole};
use crate::wire::{Out, Written};

/// An integer of 24 bits behind a tag (RFC 2868 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct TaggedInteger {
    /// The tunnel that this is about, 1 to 31; anything else stands for none.
    pub tag: u8,
    /// The integer, at most 24 bits.
    pub value: u32,
}

/// The form of [`TaggedInteger`].
pub(super) struct TaggedIntegerForm;

impl Form for TaggedIntegerForm {
    type Value<'a> = TaggedInteger;

    fn decode(octets: &[u8]) -> Option<TaggedInteger> {
        //= wire.5.19
        whole((octet, triple), octets).map(|(tag, value)| TaggedInteger { tag, value })
    }

    fn encode<'o>(value: &TaggedInteger, out: Out<'o>) -> Written<'o> {
        // What has more than 24 bits is no value of this form, and is not sent.
        be_u24(value.value & MAX_TAGGED_INTEGER)(be_u8(value.tag)(out)?)
    }

    fn has(value: &TaggedInteger) -> bool {
        value.value <= MAX_TAGGED_INTEGER
    }
}

/// A text, perhaps behind a tag (RFC 2868 §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct TaggedText<'a> {
    /// The tunnel that this is about, 1 to 31, or 0 for none; `None` where the value begins with
    /// the text, whose first octet is then above 31.
    pub tag: Option<u8>,
    /// At least one octet.
    pub text: &'a [u8],
}

/// The form of [`TaggedText`].
pub(super) struct TaggedTextForm;

impl Form for TaggedTextForm {
    type Value<'a> = TaggedText<'a>;

    fn decode(octets: &[u8]) -> Option<TaggedText<'_>> {
        let (first, text) = octets.split_first()?;
        //= wire.5.19
        match *first {
            tag @ ..=MAX_TAG => (!text.is_empty()).then_some(TaggedText { tag: Some(tag), text }),
            _ => Some(TaggedText { tag: None, text: octets }),
        }
    }

    fn encode<'o>(value: &TaggedText<'_>, out: Out<'o>) -> Written<'o> {
        let out = match value.tag {
            Some(tag) => be_u8(tag)(out)?,
            None => out,
        };
        slice(value.text)(out)
    }

    fn has(value: &TaggedText<'_>) -> bool {
        match (value.tag, value.text.first()) {
            (_, None) => false,
            (Some(tag), _) => tag <= MAX_TAG,
            (None, Some(first)) => *first > MAX_TAG,
        }
    }
}

/// A password behind a tag, hidden with a salt (RFC 2868 §3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct TunnelPassword<'a> {
    /// The tunnel that this is about, 1 to 31; anything else stands for none.
    pub tag: u8,
    /// The password.
    pub password: Salted<'a>,
}

/// The form of [`TunnelPassword`].
pub(super) struct TunnelPasswordForm;

impl Form for TunnelPasswordForm {
    type Value<'a> = TunnelPassword<'a>;

    fn decode(octets: &[u8]) -> Option<TunnelPassword<'_>> {
        //= wire.5.19
        let (tag, hidden) = whole((octet, rest), octets)?;
        Some(TunnelPassword { tag, password: Salted::new(hidden)? })
    }

    fn encode<'o>(value: &TunnelPassword<'_>, out: Out<'o>) -> Written<'o> {
        slice(value.password.octets())(be_u8(value.tag)(out)?)
    }
}
