use core::net::Ipv4Addr;

use crate::wire::number::{be_u16 as u16_be, be_u32 as u32_be, be_u64 as u64_be, u8 as octet};
use cookie_factory::bytes::{be_u16, be_u64};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::mip4::{
    LIFETIME_INFINITE, REPLY_LENGTH, REQUEST_LENGTH, code, request_flag,
};
use nom::combinator::fail;
use nom::{IResult, Parser};

use crate::wire::{NomError, Out, Written};

/// The fixed part of a Registration Request, without its type (RFC 3344 §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct RequestHeader {
    /// What the mobile node asks for.
    pub flags: RequestFlags,
    /// Seconds until the registration ends; 0 ends it now, 0xffff never.
    pub lifetime: u16,
    /// The mobile node's home address; 0.0.0.0 asks for one (RFC 2794).
    pub home_address: Ipv4Addr,
    /// The home agent's address: here the FHA's.
    pub home_agent: Ipv4Addr,
    /// The end of the tunnel: the foreign agent's address or, with D, the mobile node's own.
    pub care_of_address: Ipv4Addr,
    /// Matches request and reply, and protects against replay.
    pub identification: Identification,
}

impl RequestHeader {
    /// Whether the request ends a registration instead of making one.
    #[must_use]
    pub const fn is_deregistration(&self) -> bool {
        //= wire.1.5
        self.lifetime == 0
    }

    #[inline]
    pub(super) fn parse(input: &[u8]) -> IResult<&[u8], RequestHeader> {
        match input.split_first_chunk() {
            Some((octets, rest)) => Ok((rest, RequestHeader::of(octets))),
            None => cut_off((octet, octet, u16_be, ipv4, ipv4, ipv4, u64_be), input),
        }
    }

    /// Reads all fields, the type in front being known.
    #[inline]
    const fn of(octets: &[u8; REQUEST_LENGTH]) -> RequestHeader {
        //= wire.1.2
        let [_, flags, l, m, h, i, j, k, a, b, c, d, e, f, g, n, id @ ..] = *octets;
        RequestHeader {
            flags: RequestFlags(flags),
            lifetime: u16::from_be_bytes([l, m]),
            home_address: Ipv4Addr::new(h, i, j, k),
            home_agent: Ipv4Addr::new(a, b, c, d),
            care_of_address: Ipv4Addr::new(e, f, g, n),
            identification: Identification(u64::from_be_bytes(id)),
        }
    }

    pub(super) fn write<'o>(&self, kind: u8, out: Out<'o>) -> Written<'o> {
        //= wire.1.2
        let out = be_u16(self.lifetime)(slice([kind, self.flags.0])(out)?)?;
        let out = slice(self.home_agent.octets())(slice(self.home_address.octets())(out)?)?;
        be_u64(self.identification.0)(slice(self.care_of_address.octets())(out)?)
    }
}

/// The fixed part of a Registration Reply, without its type (RFC 3344 §3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ReplyHeader {
    /// The answer.
    pub code: Code,
    /// Seconds granted; with code 69 the foreign agent's longest; else without meaning in a denial.
    pub lifetime: u16,
    /// The mobile node's home address: the request's, or the one assigned (THOAv4).
    pub home_address: Ipv4Addr,
    /// The home agent's own unicast address: here the FHA's.
    pub home_agent: Ipv4Addr,
    /// From the request, as its replay protection demands.
    pub identification: Identification,
}

impl ReplyHeader {
    #[inline]
    pub(super) fn parse(input: &[u8]) -> IResult<&[u8], ReplyHeader> {
        match input.split_first_chunk() {
            Some((octets, rest)) => Ok((rest, ReplyHeader::of(octets))),
            None => cut_off((octet, octet, u16_be, ipv4, ipv4, u64_be), input),
        }
    }

    /// Reads all fields, the type in front being known.
    #[inline]
    const fn of(octets: &[u8; REPLY_LENGTH]) -> ReplyHeader {
        //= wire.1.3
        let [_, code, l, m, h, i, j, k, a, b, c, d, id @ ..] = *octets;
        ReplyHeader {
            code: Code(code),
            lifetime: u16::from_be_bytes([l, m]),
            home_address: Ipv4Addr::new(h, i, j, k),
            home_agent: Ipv4Addr::new(a, b, c, d),
            identification: Identification(u64::from_be_bytes(id)),
        }
    }

    pub(super) fn write<'o>(&self, kind: u8, out: Out<'o>) -> Written<'o> {
        //= wire.1.3
        let out = be_u16(self.lifetime)(slice([kind, self.code.0])(out)?)?;
        let out = slice(self.home_agent.octets())(slice(self.home_address.octets())(out)?)?;
        be_u64(self.identification.0)(out)
    }
}

/// Whether a Lifetime field of a request, reply or advertisement stands for "without end".
#[must_use]
pub const fn is_infinite(lifetime: u16) -> bool {
    //= wire.1.5
    lifetime == LIFETIME_INFINITE
}

/// The flags octet of a request: bits of `registry::mip4::request_flag`, reserved ones kept.
//= wire.1.4
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct RequestFlags(pub u8);

impl RequestFlags {
    /// S: earlier bindings are to be kept.
    #[must_use]
    pub const fn simultaneous(self) -> bool {
        self.0 & request_flag::SIMULTANEOUS != 0
    }

    /// B: the home network's broadcasts are wanted.
    #[must_use]
    pub const fn broadcast(self) -> bool {
        self.0 & request_flag::BROADCAST != 0
    }

    /// D: the mobile node decapsulates, its care-of address is co-located.
    #[must_use]
    pub const fn decapsulation(self) -> bool {
        self.0 & request_flag::DECAPSULATION != 0
    }

    /// M: minimal encapsulation is wanted.
    #[must_use]
    pub const fn minimal_encapsulation(self) -> bool {
        self.0 & request_flag::MINIMAL_ENCAPSULATION != 0
    }

    /// G: GRE is wanted.
    #[must_use]
    pub const fn gre(self) -> bool {
        self.0 & request_flag::GRE != 0
    }

    /// T: reverse tunnelling is wanted.
    #[must_use]
    pub const fn reverse_tunnel(self) -> bool {
        self.0 & request_flag::REVERSE_TUNNEL != 0
    }

    /// x: the reserved bit that agents may refuse.
    #[must_use]
    pub const fn reserved_x(self) -> bool {
        self.0 & request_flag::RESERVED_X != 0
    }
}

/// The Code field of a reply; numbers and names are in `registry::mip4::code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Code(pub u8);

impl Code {
    /// Whether the registration was accepted (RFC 5944 §6.4: 0 to 8).
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        //= wire.1.6
        self.0 <= 8
    }

    /// Whether the foreign agent says so by itself, so that no home agent's authenticator
    /// protects it (64 to 127, and 194 of RFC 5944 §3.4).
    #[must_use]
    pub const fn is_from_foreign_agent(self) -> bool {
        //= wire.1.6
        matches!(self.0, 64..=127 | code::INVALID_HOME_AGENT)
    }

    /// The registry's name for it.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        code::name(self.0)
    }
}

/// The Identification field: two halves of 32 bits (RFC 3344 §5.7).
///
/// As a timestamp it is NTP time: seconds since 1900, then their fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Identification(pub u64);

impl Identification {
    /// From its halves: with timestamps NTP seconds and their fraction, with nonces the home
    /// agent's and the mobile node's.
    #[must_use]
    pub const fn new(high: u32, low: u32) -> Identification {
        //= wire.1.7
        Identification(((high as u64) << 32) | low as u64)
    }

    /// The high half.
    #[must_use]
    pub const fn high(self) -> u32 {
        //= wire.1.7
        (self.0 >> 32) as u32
    }

    /// The low half, which every reply copies.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
    pub const fn low(self) -> u32 {
        //= wire.1.7
        self.0 as u32
    }

    /// What a reply with code 133 carries: this low half, and the home agent's high half, which
    /// is its clock's NTP seconds or the next nonce.
    #[must_use]
    pub const fn answered_with(self, high: u32) -> Identification {
        //= wire.1.8
        Identification::new(high, self.low())
    }
}

/// What is wrong with octets that are fewer than these fields: the first that is not whole.
#[cold]
fn cut_off<'a, T, U>(
    mut fields: impl Parser<&'a [u8], Output = U, Error = NomError<'a>>,
    input: &'a [u8],
) -> IResult<&'a [u8], T> {
    fields.parse(input).and_then(|(rest, _)| fail().parse(rest))
}

pub(super) fn ipv4(input: &[u8]) -> IResult<&[u8], Ipv4Addr> {
    u32_be.map(Ipv4Addr::from).parse(input)
}
