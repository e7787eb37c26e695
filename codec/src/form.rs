//! Units of a type number and a value, as RADIUS attributes and PANA AVPs are: the forms that
//! values have, and the table from which a protocol's units are made.

use core::net::{Ipv4Addr, Ipv6Addr};

use crate::wire::number::{
    be_u16 as short_integer, be_u32 as integer, be_u64 as long_integer, be_u128,
};
use cookie_factory::bytes::{be_u16, be_u32, be_u64};
use cookie_factory::combinator::slice;
use nom::Parser;
use nom::combinator::all_consuming;

use crate::wire::{NomError, Out, Written};

/// A form: which octets are a value, and the value of which octets.
pub(crate) trait Form {
    /// What the octets stand for.
    type Value<'a>;

    /// The value, or `None` when the octets do not have this form.
    fn decode(octets: &[u8]) -> Option<Self::Value<'_>>;

    /// Writes the octets.
    fn encode<'o>(value: &Self::Value<'_>, out: Out<'o>) -> Written<'o>;

    /// Whether the octets of this value are read as this value again: it is one that the form
    /// has, however it was made. Most forms have every value of their type.
    #[inline]
    fn has(_value: &Self::Value<'_>) -> bool {
        true
    }
}

/// Any octets, at least `MIN` of them. (The attribute sets the upper bound.)
pub(crate) struct Octets<const MIN: usize>;

impl<const MIN: usize> Form for Octets<MIN> {
    type Value<'a> = &'a [u8];

    fn decode(octets: &[u8]) -> Option<&[u8]> {
        (octets.len() >= MIN).then_some(octets)
    }

    fn encode<'o>(value: &&[u8], out: Out<'o>) -> Written<'o> {
        slice(*value)(out)
    }

    #[inline]
    fn has(value: &&[u8]) -> bool {
        value.len() >= MIN
    }
}

/// Exactly `N` octets.
pub(crate) struct Exactly<const N: usize>;

impl<const N: usize> Form for Exactly<N> {
    type Value<'a> = &'a [u8; N];

    fn decode(octets: &[u8]) -> Option<&[u8; N]> {
        octets.try_into().ok()
    }

    fn encode<'o>(value: &&[u8; N], out: Out<'o>) -> Written<'o> {
        slice(value.as_slice())(out)
    }
}

/// An integer in 2 octets.
pub(crate) struct ShortInteger;

impl Form for ShortInteger {
    type Value<'a> = u16;

    fn decode(octets: &[u8]) -> Option<u16> {
        whole(short_integer, octets)
    }

    fn encode<'o>(value: &u16, out: Out<'o>) -> Written<'o> {
        be_u16(*value)(out)
    }
}

/// An integer in 4 octets.
pub(crate) struct Integer;

impl Form for Integer {
    type Value<'a> = u32;

    fn decode(octets: &[u8]) -> Option<u32> {
        whole(integer, octets)
    }

    fn encode<'o>(value: &u32, out: Out<'o>) -> Written<'o> {
        be_u32(*value)(out)
    }
}

/// An integer in 8 octets.
pub(crate) struct LongInteger;

impl Form for LongInteger {
    type Value<'a> = u64;

    fn decode(octets: &[u8]) -> Option<u64> {
        whole(long_integer, octets)
    }

    fn encode<'o>(value: &u64, out: Out<'o>) -> Written<'o> {
        be_u64(*value)(out)
    }
}

/// An IPv4 address.
pub(crate) struct Address;

impl Form for Address {
    type Value<'a> = Ipv4Addr;

    fn decode(octets: &[u8]) -> Option<Ipv4Addr> {
        whole(integer.map(Ipv4Addr::from_bits), octets)
    }

    fn encode<'o>(value: &Ipv4Addr, out: Out<'o>) -> Written<'o> {
        slice(value.octets())(out)
    }
}

/// An IPv6 address.
pub(crate) struct Address6;

impl Form for Address6 {
    type Value<'a> = Ipv6Addr;

    fn decode(octets: &[u8]) -> Option<Ipv6Addr> {
        whole(be_u128.map(Ipv6Addr::from_bits), octets)
    }

    fn encode<'o>(value: &Ipv6Addr, out: Out<'o>) -> Written<'o> {
        slice(value.octets())(out)
    }
}

/// What the parser makes of all octets, if it takes them all.
#[inline]
pub(crate) fn whole<'a, T>(
    parser: impl Parser<&'a [u8], Output = T, Error = NomError<'a>>,
    octets: &'a [u8],
) -> Option<T> {
    all_consuming(parser).parse(octets).ok().map(|(_, value)| value)
}

/// Declares the typed units of one number space: the enum, how to decode and encode a value,
/// for units that stand at most once a getter on what holds them, and a last variant for types
/// that have a home elsewhere.
macro_rules! units {
    (
        $(#[$doc:meta])*
        $vis:vis enum $units:ident<'a> in $numbers:ident: $number_type:ty, found by $holder:ident {
            $($(#[$unit_doc:meta])*
            $unit:ident($value:ty): $form:ty = $number:ident $(=> $getter:ident)?;)*
        }
        $(
            $(#[$shared_doc:meta])*
            with $shared:ident($shared_value:ty) for [$($shared_number:ident),*]
        )*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[non_exhaustive]
        $vis enum $units<'a> {
            $($(#[$unit_doc])* $unit($value),)*
            $($(#[$shared_doc])* $shared($shared_value),)*
            /// A type that is known here with a value that it does not allow, octet for octet.
            Malformed {
                /// The type number.
                kind: $number_type,
                /// The value.
                data: &'a [u8],
            },
            /// A type that is not known here, octet for octet.
            Unknown {
                /// The type number.
                kind: $number_type,
                /// The value.
                data: &'a [u8],
            },
        }

        impl<'a> $units<'a> {
            /// What the value octets of a type mean.
            #[must_use]
            pub fn decode(kind: $number_type, data: &'a [u8]) -> $units<'a> {
                match kind {
                    $($numbers::$number => match <$form>::decode(data) {
                        Some(value) => $units::$unit(value),
                        None => $units::Malformed { kind, data },
                    },)*
                    $($($numbers::$shared_number => {
                        match <$shared_value>::decode(kind.into(), data) {
                            Some(value) => $units::$shared(value),
                            None => $units::Malformed { kind, data },
                        }
                    })*)*
                    _ => $units::Unknown { kind, data },
                }
            }

            /// The type number.
            #[must_use]
            pub const fn kind(&self) -> $number_type {
                match self {
                    $($units::$unit(_) => $numbers::$number,)*
                    $($units::$shared(value) => value.kind(),)*
                    $units::Malformed { kind, .. } | $units::Unknown { kind, .. } => *kind,
                }
            }

            /// The value octets.
            #[must_use]
            pub fn value(&self) -> alloc::vec::Vec<u8> {
                $crate::wire::serialize(|out| self.write(out))
            }

            /// Writes the value octets.
            pub(crate) fn write<'o>(&self, out: $crate::wire::Out<'o>) -> $crate::wire::Written<'o> {
                match self {
                    $($units::$unit(value) => <$form>::encode(value, out),)*
                    $($units::$shared(value) => value.write(out),)*
                    $units::Malformed { data, .. } | $units::Unknown { data, .. } => {
                        cookie_factory::combinator::slice(*data)(out)
                    }
                }
            }

            /// Whether the value octets mean this again.
            #[inline]
            pub(crate) fn holds(&self) -> bool {
                match self {
                    $($units::$unit(value) => <$form as $crate::form::Form>::has(value),)*
                    $($units::$shared(value) => value.holds(),)*
                    $units::Malformed { kind, data } => {
                        matches!($units::decode(*kind, data), $units::Malformed { .. })
                    }
                    $units::Unknown { kind, data } => {
                        matches!($units::decode(*kind, data), $units::Unknown { .. })
                    }
                }
            }
        }

        #[cfg(feature = "arbitrary")]
        impl<'a> arbitrary::Arbitrary<'a> for $units<'a> {
            fn arbitrary(u: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
                let kind = match u.ratio(1_u8, 8)? {
                    true => u.arbitrary()?,
                    false => u.choose($numbers::TABLE)?.0,
                };
                Ok($units::decode(kind, $crate::chance::value(u)?))
            }
        }

        impl<'a> $holder<'a> {
            $($(
                #[doc = concat!("The value of [`", stringify!($units), "::", stringify!($unit), "`].")]
                #[must_use]
                pub fn $getter(&self) -> Found<$value> {
                    self.find(|unit| match unit {
                        $units::$unit(value) => Some(value),
                        _ => None,
                    })
                }
            )?)*
        }
    };
}
pub(crate) use units;
