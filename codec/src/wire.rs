//! What every codec of this crate uses: nom results as [`Error`], cookie-factory output as a
//! vector, and the two answers that a sequence of units gives.

use alloc::vec::Vec;

use cookie_factory::lib::std::io;
use cookie_factory::{GenResult, WriteContext};
use nom::Parser;

use crate::{Error, ErrorKind};

/// A unit (attribute, AVP, extension, option) in its place in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Positioned<'a, T> {
    /// Where the unit begins, in octets from the start of the message.
    pub offset: usize,
    /// The unit as received: header and value, and padding if the unit has any.
    pub raw: &'a [u8],
    /// What the unit means.
    pub value: T,
}

/// How often a unit that should stand at most once was found, and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Found<T> {
    /// Not there.
    Absent,
    /// There once.
    Once(T),
    /// There more than once: which one counts is not known, so none does.
    Many,
}

impl<T> Found<T> {
    /// The value, if it was there exactly once.
    #[must_use]
    pub fn once(self) -> Option<T> {
        match self {
            Found::Once(value) => Some(value),
            Found::Absent | Found::Many => None,
        }
    }

    /// Whether it was not there at all.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        matches!(self, Found::Absent)
    }

    /// The same answer about a part or another form of the value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Found<U> {
        match self {
            Found::Absent => Found::Absent,
            Found::Once(value) => Found::Once(f(value)),
            Found::Many => Found::Many,
        }
    }
}

impl<T> FromIterator<T> for Found<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Found<T> {
        let mut values = values.into_iter();
        match (values.next(), values.next()) {
            (None, _) => Found::Absent,
            (Some(value), None) => Found::Once(value),
            (Some(_), Some(_)) => Found::Many,
        }
    }
}

/// The error type of the nom parsers in this crate.
pub(crate) type NomError<'a> = nom::error::Error<&'a [u8]>;

/// Parsers of integers in network order.
///
/// Those of nom read any kind of input octet by octet; these read slices at once.
pub(crate) mod number {
    use nom::error::{ErrorKind, ParseError};
    use nom::{Err, IResult};

    use super::NomError;

    /// What a parser here gives back.
    type Number<'a, T> = IResult<&'a [u8], T, NomError<'a>>;

    fn missing<T>(input: &[u8]) -> Number<'_, T> {
        Err(Err::Error(NomError::from_error_kind(input, ErrorKind::Eof)))
    }

    /// An octet.
    #[inline]
    pub(crate) fn u8(input: &[u8]) -> Number<'_, u8> {
        match input.split_first() {
            Some((value, rest)) => Ok((rest, *value)),
            None => missing(input),
        }
    }

    pub(crate) use u8 as be_u8;

    /// Declares the parser of an integer type of so many octets.
    macro_rules! integer {
        ($($parser:ident: $ty:ty;)*) => {
            $(#[inline]
            pub(crate) fn $parser(input: &[u8]) -> Number<'_, $ty> {
                match input.split_first_chunk() {
                    Some((octets, rest)) => Ok((rest, <$ty>::from_be_bytes(*octets))),
                    None => missing(input),
                }
            })*
        };
    }

    integer! {
        be_u16: u16;
        be_u32: u32;
        be_i32: i32;
        be_u64: u64;
        be_u128: u128;
    }

    /// An integer of 3 octets.
    #[inline]
    pub(crate) fn be_u24(input: &[u8]) -> Number<'_, u32> {
        match input.split_first_chunk() {
            Some(([a, b, c], rest)) => Ok((rest, u32::from_be_bytes([0, *a, *b, *c]))),
            None => missing(input),
        }
    }
}

/// What remains of the input and what was parsed, or why that failed.
pub(crate) type Parsed<'a, T> = Result<(&'a [u8], T), Error>;

/// Runs a nom parser over `input`, which begins at octet `base` of the message.
///
/// The parsers used in this crate fail for one reason only: the input ends too early.
#[inline]
pub(crate) fn parse<'a, T>(
    mut parser: impl Parser<&'a [u8], Output = T, Error = NomError<'a>>,
    input: &'a [u8],
    base: usize,
    sentence: &'static str,
) -> Parsed<'a, T> {
    parser.parse(input).map_err(|error| {
        let rest = match error {
            nom::Err::Error(error) | nom::Err::Failure(error) => error.input.len(),
            nom::Err::Incomplete(_) => 0,
        };
        Error::new(ErrorKind::Truncated, base + input.len() - rest, sentence)
    })
}

/// The first `N` octets of the input, which begins at octet `base` of the message, to be taken
/// apart at once. `fields` tells where a shorter input ends: in the first of these that is not
/// whole.
#[inline]
pub(crate) fn chunk<'a, const N: usize, T>(
    fields: impl Parser<&'a [u8], Output = T, Error = NomError<'a>>,
    input: &'a [u8],
    base: usize,
    sentence: &'static str,
) -> Parsed<'a, &'a [u8; N]> {
    match input.split_first_chunk() {
        Some((octets, rest)) => Ok((rest, octets)),
        None => Err(cut_off(fields, input, base, sentence)),
    }
}

#[cold]
fn cut_off<'a, T>(
    fields: impl Parser<&'a [u8], Output = T, Error = NomError<'a>>,
    input: &'a [u8],
    base: usize,
    sentence: &'static str,
) -> Error {
    let end = Error::new(ErrorKind::Truncated, base + input.len(), sentence);
    parse(fields, input, base, sentence).err().unwrap_or(end)
}

/// A vector that cookie-factory serializers can append to without `std`.
///
/// It is borrowed, so that what serializers hand on to each other fits into registers.
#[derive(Debug)]
pub(crate) struct Sink<'o>(&'o mut Vec<u8>);

impl io::Write for Sink<'_> {
    #[inline]
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(octets);
        Ok(octets.len())
    }
}

/// What a serializer writes to.
pub(crate) type Out<'o> = WriteContext<Sink<'o>>;

/// What a serializer gives back: what it has written to.
pub(crate) type Written<'o> = GenResult<Sink<'o>>;

/// The octets that a serializer writes.
#[inline]
pub(crate) fn serialize(serializer: impl FnOnce(Out<'_>) -> Written<'_>) -> Vec<u8> {
    serialize_about(USUAL_LENGTH, serializer)
}

/// The octets that a serializer writes, about so many.
#[inline]
pub(crate) fn serialize_about(
    length: usize,
    serializer: impl FnOnce(Out<'_>) -> Written<'_>,
) -> Vec<u8> {
    let mut octets = Vec::with_capacity(length);
    append(&mut octets, serializer);
    octets
}

/// Puts `value` at octet `at`, where there is room for it.
#[inline]
pub(crate) fn overwrite<const N: usize>(octets: &mut [u8], at: usize, value: [u8; N]) {
    if let Some(field) = octets.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *field = value;
    }
}

/// Octets that most of what is serialized at once fits into.
const USUAL_LENGTH: usize = 64;

/// Appends to a vector what a serializer writes.
#[inline]
pub(crate) fn append(octets: &mut Vec<u8>, serializer: impl FnOnce(Out<'_>) -> Written<'_>) {
    if serializer(WriteContext::from(Sink(octets))).is_err() {
        unreachable!("a vector takes every octet, and serializers here have no errors");
    }
}
