//! Where one extension ends and the next begins.

use dsboot_spec::registry::mip4::{FIRST_SKIPPABLE, discovery_extension, dynamic_ha, extension};
use nom::bytes::complete::{tag, take};
use nom::combinator::{peek, verify};
use nom::multi::length_data;
use nom::number::complete::{be_u16, u8 as octet};
use nom::sequence::pair;
use nom::{IResult, Parser};

use crate::Error;
use crate::wire::parse;

/// One extension, cut out but not yet read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) offset: usize,
    pub(crate) raw: &'a [u8],
    pub(crate) kind: u8,
    pub(crate) body: Body<'a>,
}

/// What follows the type, by the three forms that there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body<'a> {
    /// Nothing, not even a Length.
    Pad,
    /// An 8-bit Length, and what it counts.
    Simple(&'a [u8]),
    /// A sub-type (or reserved octet), a 16-bit Length, and what it counts.
    Long { sub_type: u8, data: &'a [u8] },
}

/// What is left, and the extension that was cut out before it.
type Cut<'a> = Result<(&'a [u8], Frame<'a>), Error>;

impl<'a> Frame<'a> {
    /// Cuts the first extension out of `input`, which begins at `offset` of a registration
    /// message.
    pub(crate) fn cut(input: &'a [u8], offset: usize) -> Cut<'a> {
        //= wire.1.9
        Frame::cut_by(body, input, offset, "wire.1.9")
    }

    /// Cuts the first extension out of `input`, which begins at `offset` of an ICMP message:
    /// there the long form does not exist.
    pub(crate) fn cut_icmp(input: &'a [u8], offset: usize) -> Cut<'a> {
        //= wire.1.15
        Frame::cut_by(icmp_body, input, offset, "wire.1.15")
    }

    /// One extension after the other from `input`, which begins at `offset` of a message; the
    /// first that cannot be cut ends the sequence.
    pub(crate) fn sequence(
        cut: fn(&'a [u8], usize) -> Cut<'a>,
        input: &'a [u8],
        offset: usize,
    ) -> impl Iterator<Item = Result<Frame<'a>, Error>> {
        let mut next = (input, offset);
        core::iter::from_fn(move || {
            let (input, offset) = next;
            if input.is_empty() {
                return None;
            }
            let result = cut(input, offset);
            next = match &result {
                Ok((rest, frame)) => (rest, offset + frame.raw.len()),
                Err(_) => (&[], offset),
            };
            Some(result.map(|(_, frame)| frame))
        })
    }

    fn cut_by(
        body: impl Fn(u8, &'a [u8]) -> IResult<&'a [u8], Body<'a>>,
        input: &'a [u8],
        offset: usize,
        sentence: &'static str,
    ) -> Cut<'a> {
        let cut = |input| {
            let (rest, kind) = octet(input)?;
            body(kind, rest).map(|(rest, body)| (rest, (kind, body)))
        };
        let (rest, (kind, body)) = parse(cut, input, offset, sentence)?;
        let (raw, _) = input.split_at(input.len() - rest.len());
        Ok((rest, Frame { offset, raw, kind, body }))
    }

    /// Whether a receiver that does not understand the extension skips it.
    pub(crate) const fn is_skippable(&self) -> bool {
        self.kind >= FIRST_SKIPPABLE
    }
}

/// Whether a type has a 16-bit Length: those of the registry in the long form, and CVSE.
const fn is_long(kind: u8) -> bool {
    matches!(
        kind,
        extension::GENERALIZED_AUTHENTICATION
            | extension::CVSE_OLD
            | extension::CVSE
            | extension::MN_FA_KEY_REQUEST
            | extension::MN_FA_KEY_REPLY
            | extension::MN_HA_KEY_REQUEST
            | extension::MN_HA_KEY_REPLY
            | extension::PMIPV4_NON_SKIPPABLE
            | extension::GRE_KEY
            | extension::NETWORK_REALM
            | extension::EXPERIMENTAL_NON_SKIPPABLE
    )
}

fn body(kind: u8, input: &[u8]) -> IResult<&[u8], Body<'_>> {
    match kind {
        //= wire.2.3
        extension::PAD => Ok((input, Body::Pad)),
        //= wire.2.2
        kind if is_long(kind) => long(input),
        //= wire.2.19
        extension::DYNAMIC_HA if peek(dynamic_ha_header).parse(input).is_ok() => long(input),
        //= wire.2.1
        _ => simple(input),
    }
}

fn icmp_body(kind: u8, input: &[u8]) -> IResult<&[u8], Body<'_>> {
    match kind {
        //= wire.1.20
        discovery_extension::PAD => Ok((input, Body::Pad)),
        //= wire.1.15
        _ => simple(input),
    }
}

fn simple(input: &[u8]) -> IResult<&[u8], Body<'_>> {
    length_data(octet).map(Body::Simple).parse(input)
}

fn long(input: &[u8]) -> IResult<&[u8], Body<'_>> {
    pair(octet, length_data(be_u16))
        .map(|(sub_type, data)| Body::Long { sub_type, data })
        .parse(input)
}

/// Type 139 is drawn in the long form although its number promises the simple one; a receiver
/// can tell them apart only by looking.
fn dynamic_ha_header(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let sub_type = verify(octet, |sub_type| {
        [dynamic_ha::REQUESTED, dynamic_ha::REDIRECTED].contains(sub_type)
    });
    (sub_type, tag([0, 4].as_slice()), take(4_usize)).map(|(_, _, address)| address).parse(input)
}
