//! The forms that only values of RADIUS have, and the types that stand for them.

use core::net::{Ipv4Addr, Ipv6Addr};

use crate::wire::number::{be_u8 as octet, be_u16 as short, be_u32 as integer, be_u128};
use cookie_factory::bytes::{be_u8, be_u16, be_u32};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::radius::AUTHENTICATOR_LENGTH;
use nom::Parser;
use nom::bytes::complete::tag;
use nom::combinator::rest;

use super::hidden::{Salted, UserPassword};
use crate::dsb::Prefixed;
use crate::form::{Form, whole};
use crate::wire::{Out, Written};

/// CHAP identifier and response (RFC 2865 §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ChapPassword<'a> {
    /// The identifier of the challenge.
    pub identifier: u8,
    /// MD5 over identifier, secret and challenge.
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::chance::array))]
    pub response: &'a [u8; AUTHENTICATOR_LENGTH],
}

/// The form of [`ChapPassword`].
pub(super) struct Chap;

impl Form for Chap {
    type Value<'a> = ChapPassword<'a>;

    fn decode(octets: &[u8]) -> Option<ChapPassword<'_>> {
        let (identifier, response) = octets.split_first()?;
        Some(ChapPassword { identifier: *identifier, response: response.try_into().ok()? })
    }

    fn encode<'o>(value: &ChapPassword<'_>, out: Out<'o>) -> Written<'o> {
        slice(value.response.as_slice())(be_u8(value.identifier)(out)?)
    }
}

/// An IPv6 prefix with as many octets as were sent (RFC 3162 §2.3).
///
/// ```
/// use dsboot_codec::radius::Ipv6Prefix;
///
/// let prefix = Ipv6Prefix::new("2001:db8:f::77".parse().unwrap(), 64).unwrap();
/// assert_eq!(prefix.address(), "2001:db8:f::".parse::<core::net::Ipv6Addr>().unwrap());
/// assert!(prefix.contains("2001:db8:f::1".parse().unwrap()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Ipv6Prefix {
    address: Ipv6Addr,
    length: u8,
    /// How many octets of the address are on the wire.
    sent: u8,
}

impl Ipv6Prefix {
    /// The first `length` bits of `address`; `None` when an address has not so many bits.
    #[must_use]
    pub const fn new(address: Ipv6Addr, length: u8) -> Option<Ipv6Prefix> {
        if length > 128 {
            return None;
        }
        let address = Ipv6Addr::from_bits(address.to_bits() & mask(length));
        Some(Ipv6Prefix { address, length, sent: length.div_ceil(8) })
    }

    /// The prefix, all other bits zero.
    #[must_use]
    pub const fn address(&self) -> Ipv6Addr {
        self.address
    }

    /// Length in bits, at most 128.
    #[must_use]
    pub const fn length(&self) -> u8 {
        self.length
    }

    /// Whether the address begins with the prefix.
    #[must_use]
    pub const fn contains(&self, address: Ipv6Addr) -> bool {
        address.to_bits() & mask(self.length) == self.address.to_bits()
    }
}

/// The first `length` bits of 128.
const fn mask(length: u8) -> u128 {
    match u128::MAX.checked_shr(length as u32) {
        Some(rest) => !rest,
        None => u128::MAX,
    }
}

/// The form of [`Ipv6Prefix`].
pub(super) struct Prefix6;

impl Form for Prefix6 {
    type Value<'a> = Ipv6Prefix;

    fn decode(octets: &[u8]) -> Option<Ipv6Prefix> {
        //= wire.5.6
        let (length, sent): (u8, &[u8]) =
            whole((tag(&[0][..]), octet, rest).map(|(_, l, s)| (l, s)), octets)?;
        let mut address = [0; 16];
        address.get_mut(..sent.len())?.copy_from_slice(sent);
        let prefix = Ipv6Prefix::new(Ipv6Addr::from(address), length)?;
        let enough = sent.len() >= usize::from(prefix.sent);
        let sent = u8::try_from(sent.len()).ok()?;
        (enough && prefix.address.octets() == address).then_some(Ipv6Prefix { sent, ..prefix })
    }

    fn encode<'o>(value: &Ipv6Prefix, out: Out<'o>) -> Written<'o> {
        let address = value.address.octets();
        let sent = address.get(..usize::from(value.sent)).unwrap_or(&address);
        slice(sent)(be_u8(value.length)(be_u8(0)(out)?)?)
    }
}

/// An IPv6 prefix whose address stands in full behind its length (RFC 5447 §4.2.4).
pub(super) struct LinkPrefix;

impl Form for LinkPrefix {
    type Value<'a> = Prefixed<Ipv6Addr>;

    fn decode(octets: &[u8]) -> Option<Prefixed<Ipv6Addr>> {
        //= wire.5.7
        let (length, address) = whole((octet, be_u128), octets)?;
        Prefixed::<Ipv6Addr>::new(Ipv6Addr::from_bits(address), length)
    }

    fn encode<'o>(value: &Prefixed<Ipv6Addr>, out: Out<'o>) -> Written<'o> {
        slice(value.address().octets())(be_u8(value.prefix_length())(out)?)
    }
}

/// An IPv4 home address and the length of its prefix (RFC 6572 §4.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct HomeIpv4 {
    /// The 10 bits before the prefix length: sent as zero, and ignored.
    pub reserved: u16,
    /// The address and the length of its prefix, at most 32.
    pub prefix: Prefixed<Ipv4Addr>,
}

/// The form of [`HomeIpv4`].
pub(super) struct HomeIpv4Form;

/// The bits of a prefix length in 6 bits.
const SIX_BITS: u16 = 0x003f;

impl Form for HomeIpv4Form {
    type Value<'a> = HomeIpv4;

    fn decode(octets: &[u8]) -> Option<HomeIpv4> {
        //= wire.5.23
        let (bits, address) = whole((short, integer), octets)?;
        let length = u8::try_from(bits & SIX_BITS).ok()?;
        let prefix = Prefixed::<Ipv4Addr>::new(Ipv4Addr::from_bits(address), length)?;
        Some(HomeIpv4 { reserved: bits >> SIX_BITS.trailing_ones(), prefix })
    }

    fn encode<'o>(value: &HomeIpv4, out: Out<'o>) -> Written<'o> {
        let reserved = value.reserved << SIX_BITS.trailing_ones();
        let bits = reserved | u16::from(value.prefix.prefix_length());
        slice(value.prefix.address().octets())(be_u16(bits)(out)?)
    }

    fn has(value: &HomeIpv4) -> bool {
        value.reserved.leading_zeros() >= SIX_BITS.trailing_ones()
    }
}

/// A vendor's number and what the vendor has to say (RFC 2865 §5.26).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct VendorSpecific<'a> {
    /// Enterprise number.
    pub vendor_id: u32,
    /// At least one octet; sub-attributes, if the vendor does as RFC 2865 recommends.
    pub data: &'a [u8],
}

/// The form of [`VendorSpecific`].
pub(super) struct Vendor;

impl Form for Vendor {
    type Value<'a> = VendorSpecific<'a>;

    fn decode(octets: &[u8]) -> Option<VendorSpecific<'_>> {
        let (vendor_id, data): (u32, &[u8]) = whole((integer, rest), octets)?;
        (!data.is_empty()).then_some(VendorSpecific { vendor_id, data })
    }

    fn encode<'o>(value: &VendorSpecific<'_>, out: Out<'o>) -> Written<'o> {
        slice(value.data)(be_u32(value.vendor_id)(out)?)
    }

    fn has(value: &VendorSpecific<'_>) -> bool {
        !value.data.is_empty()
    }
}

/// The form of [`UserPassword`].
pub(super) struct Password;

impl Form for Password {
    type Value<'a> = UserPassword<'a>;

    fn decode(octets: &[u8]) -> Option<UserPassword<'_>> {
        UserPassword::new(octets)
    }

    fn encode<'o>(value: &UserPassword<'_>, out: Out<'o>) -> Written<'o> {
        slice(value.octets())(out)
    }
}

/// The form of [`Salted`].
pub(super) struct SaltHidden;

impl Form for SaltHidden {
    type Value<'a> = Salted<'a>;

    fn decode(octets: &[u8]) -> Option<Salted<'_>> {
        Salted::new(octets)
    }

    fn encode<'o>(value: &Salted<'_>, out: Out<'o>) -> Written<'o> {
        slice(value.octets())(out)
    }
}
