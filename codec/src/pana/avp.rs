//! AVPs (RFC 5191 §6.3, §8).

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::wire::number::{be_u16 as short, be_u32 as long, be_u128};
use cookie_factory::bytes::{be_u16, be_u32};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::pana::{
    AVP_ALIGNMENT, AVP_HEADER_LENGTH, NONCE_MAX_LENGTH, NONCE_MIN_LENGTH, avp, avp_flag,
};
use nom::Parser;
use nom::branch::alt;
use nom::combinator::all_consuming;

use super::Message;
use crate::dsb::Parameter;
use crate::form::{Form, Integer, Octets, units};
use crate::wire::{self, NomError, Out, Parsed, Written};
use crate::{Error, ErrorKind, Found, Positioned};

units! {
    /// An AVP: its code and what its value means.
    pub enum Avp<'a> in avp: u16, found by Message {
        /// Integrity value over the message.
        Auth(&'a [u8]): Octets<1> = AUTH => auth;
        /// One EAP packet.
        EapPayload(&'a [u8]): Octets<1> = EAP_PAYLOAD => eap_payload;
        /// An `integrity_algorithm`, offered or chosen.
        IntegrityAlgorithm(u32): Integer = INTEGRITY_ALGORITHM;
        /// Number of the MSK.
        KeyId(u32): Integer = KEY_ID => key_id;
        /// Random octets for the key derivation, 8 to 256.
        Nonce(&'a [u8]): NonceForm = NONCE => nonce;
        /// A `prf_algorithm`, offered or chosen.
        PrfAlgorithm(u32): Integer = PRF_ALGORITHM;
        /// A `result`.
        ResultCode(u32): Integer = RESULT_CODE => result_code;
        /// What is left of the session, in seconds.
        SessionLifetime(u32): Integer = SESSION_LIFETIME => session_lifetime;
        /// A `termination_cause`.
        TerminationCause(u32): Integer = TERMINATION_CAUSE => termination_cause;
        /// Address and port of the client behind a relay.
        PacInformation(SocketAddr): Endpoint = PAC_INFORMATION => pac_information;
        /// The message that is relayed.
        RelayedMessage(&'a [u8]): Octets<1> = RELAYED_MESSAGE => relayed_message;
        /// Encrypted AVPs; not decrypted here.
        EncryptionEncap(&'a [u8]): Octets<1> = ENCRYPTION_ENCAPSULATION => encryption_encap;
        /// An `encryption_algorithm`, offered or chosen.
        EncryptionAlgorithm(u32): Integer = ENCRYPTION_ALGORITHM;
    }
    /// An AVP in the code space of a vendor.
    with Vendor(VendorAvp<'a>) for []
}

impl Avp<'_> {
    /// The AVP as it stands in a message, with its padding.
    ///
    /// # Errors
    /// When the value does not have the form of its code or is longer than 65535 octets.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut octets = Vec::new();
        self.append(&mut octets).map(|()| octets)
    }

    /// The same with what is reserved around the value as it was received.
    ///
    /// # Errors
    /// As [`Avp::encode`], and when V is among the reserved flags.
    pub fn encode_with(&self, reserved: &AvpReserved) -> Result<Vec<u8>, Error> {
        let mut octets = Vec::new();
        self.append_with(reserved, &mut octets).map(|()| octets)
    }

    pub(super) fn append_with(
        &self,
        reserved: &AvpReserved,
        octets: &mut Vec<u8>,
    ) -> Result<(), Error> {
        //= wire.6.6
        if reserved.flags & avp_flag::VENDOR != 0 {
            return Err(Error::new(ErrorKind::BadValue, FLAGS_OFFSET, "wire.6.6"));
        }
        let start = octets.len();
        self.append(octets)?;
        let vendor = if matches!(self, Avp::Vendor(_)) { avp_flag::VENDOR } else { 0 };
        wire::overwrite(octets, start + FLAGS_OFFSET, (vendor | reserved.flags).to_be_bytes());
        wire::overwrite(octets, start + RESERVED_OFFSET, reserved.reserved.to_be_bytes());
        let length = octets.get(start..).map_or(0, value_length);
        let padding = octets.iter_mut().rev().take(padding_after(length)).rev();
        padding.zip(reserved.padding).for_each(|(octet, padding)| *octet = padding);
        Ok(())
    }

    /// Appends the AVP to a message. The offset of an error counts from the start of the AVP.
    pub(super) fn append(&self, octets: &mut Vec<u8>) -> Result<(), Error> {
        let vendor_id = match self {
            Avp::Vendor(avp) => Some(avp.vendor_id),
            _ => None,
        };
        //= wire.6.10
        if !self.holds() {
            return Err(Error::new(ErrorKind::BadValue, AVP_HEADER_LENGTH, "wire.6.10"));
        }
        append(octets, self.kind(), vendor_id, |out| self.write(out))
    }
}

/// Appends an AVP of this code, of a vendor or not.
#[inline]
pub(super) fn append(
    octets: &mut Vec<u8>,
    code: u16,
    vendor_id: Option<u32>,
    value: impl FnOnce(Out<'_>) -> Written<'_>,
) -> Result<(), Error> {
    let start = octets.len();
    let flags = vendor_id.map_or(0, |_| avp_flag::VENDOR);
    //= wire.6.3
    wire::append(octets, |out| {
        let out = be_u32(0)(be_u16(flags)(be_u16(code)(out)?)?)?;
        value(match vendor_id {
            Some(vendor_id) => be_u32(vendor_id)(out)?,
            None => out,
        })
    });
    let before = AVP_HEADER_LENGTH + vendor_id.map_or(0, |_| size_of::<u32>());
    let length = octets.len() - start - before;
    //= wire.6.6
    let Ok(field) = u16::try_from(length) else {
        octets.truncate(start);
        return Err(Error::new(ErrorKind::TooLong, LENGTH_OFFSET, "wire.6.6"));
    };
    wire::overwrite(octets, start + LENGTH_OFFSET, field.to_be_bytes());
    //= wire.6.7
    match padding_after(length) {
        0 => (),
        padding => octets.extend(core::iter::repeat_n(0, padding)),
    }
    Ok(())
}

/// What is reserved around the value of an AVP: sent as zero, and ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct AvpReserved {
    /// The flags without V.
    pub flags: u16,
    /// What stands behind AVP Length.
    pub reserved: u16,
    /// The padding behind the value, as many octets of it as there are.
    pub padding: [u8; AVP_ALIGNMENT - 1],
}

impl Positioned<'_, Avp<'_>> {
    /// What is reserved around the value, as it was received.
    #[must_use]
    pub fn reserved(&self) -> AvpReserved {
        let [_, _, flags, more, _, _, high, low, ..] = *self.raw else {
            return AvpReserved::default();
        };
        let mut padding = [0; AVP_ALIGNMENT - 1];
        let received = self.raw.iter().rev().take(padding_after(value_length(self.raw))).rev();
        padding.iter_mut().zip(received).for_each(|(octet, received)| *octet = *received);
        AvpReserved {
            flags: u16::from_be_bytes([flags, more]) & !avp_flag::VENDOR,
            reserved: u16::from_be_bytes([high, low]),
            padding,
        }
    }
}

/// The AVP Length of an AVP.
fn value_length(avp: &[u8]) -> usize {
    let field = avp.get(LENGTH_OFFSET..).and_then(<[u8]>::first_chunk);
    field.map_or(0, |field| u16::from_be_bytes(*field).into())
}

/// Where flags and the reserved field stand in an AVP.
const FLAGS_OFFSET: usize = 2;
const RESERVED_OFFSET: usize = 6;

/// Where AVP Length stands in an AVP.
const LENGTH_OFFSET: usize = 4;

/// An AVP in the code space of a vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct VendorAvp<'a> {
    /// Enterprise number.
    pub vendor_id: u32,
    /// The vendor's code.
    pub code: u16,
    /// The value.
    pub data: &'a [u8],
}

impl<'a> VendorAvp<'a> {
    /// What it means as a parameter of this project; `None` if it is not one.
    #[must_use]
    pub fn parameter(&self) -> Option<Parameter<'a>> {
        //= wire.6.18
        Parameter::decode(self.code, self.data)
    }

    const fn kind(&self) -> u16 {
        self.code
    }

    fn write<'o>(&self, out: Out<'o>) -> Written<'o> {
        slice(self.data)(out)
    }

    /// Whatever a vendor says is a value.
    #[expect(clippy::unused_self, reason = "as every unit that stands in another")]
    const fn holds(&self) -> bool {
        true
    }
}

/// AVPs in their order, typed when they are asked for.
#[derive(Clone, Debug)]
pub struct Avps<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Avps<'a> {
    /// The AVPs in `octets`, which begin at octet `offset` of the message.
    ///
    /// # Errors
    /// When the AVPs do not fill the octets.
    pub(super) fn new(octets: &'a [u8], offset: usize) -> Result<Avps<'a>, Error> {
        let mut rest = octets;
        while !rest.is_empty() {
            (rest, _) = cut(rest, offset + octets.len() - rest.len())?;
        }
        Ok(Avps { rest: octets, offset })
    }
}

impl<'a> Iterator for Avps<'a> {
    type Item = Positioned<'a, Avp<'a>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (rest, cut) = cut(self.rest, self.offset).ok()?;
        let value = match cut.vendor_id {
            //= wire.6.8
            Some(vendor_id) => Avp::Vendor(VendorAvp { vendor_id, code: cut.code, data: cut.data }),
            None => Avp::decode(cut.code, cut.data),
        };
        let offset = self.offset;
        self.rest = rest;
        self.offset += cut.raw.len();
        Some(Positioned { offset, raw: cut.raw, value })
    }
}

/// An AVP that has been cut out, but not yet read.
struct Cut<'a> {
    raw: &'a [u8],
    code: u16,
    vendor_id: Option<u32>,
    data: &'a [u8],
}

/// Cuts one AVP with its padding off the start of `octets`, which is octet `offset` of the
/// message.
#[inline]
fn cut(octets: &[u8], offset: usize) -> Parsed<'_, Cut<'_>> {
    let truncated = |at, sentence| Err(Error::new(ErrorKind::Truncated, offset + at, sentence));
    let Some(([c, o, f, l, high, low, ..], rest)) = octets.split_first_chunk::<AVP_HEADER_LENGTH>()
    else {
        return truncated(octets.len() & !1, "wire.6.5");
    };
    let (code, flags) = (u16::from_be_bytes([*c, *o]), u16::from_be_bytes([*f, *l]));
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    //= wire.6.6
    let (vendor_id, rest) = match (flags & avp_flag::VENDOR, rest.split_first_chunk()) {
        (0, _) => (None, rest),
        (_, Some((vendor_id, rest))) => (Some(u32::from_be_bytes(*vendor_id)), rest),
        (_, None) => return truncated(AVP_HEADER_LENGTH, "wire.6.5"),
    };
    //= wire.6.5
    let at = octets.len() - rest.len();
    let Some((data, rest)) = rest.split_at_checked(length) else {
        return truncated(at, "wire.6.5");
    };
    //= wire.6.7
    let Some((_, rest)) = rest.split_at_checked(padding_after(length)) else {
        return truncated(at + length, "wire.6.7");
    };
    let (raw, _) = octets.split_at_checked(octets.len() - rest.len()).unwrap_or((octets, &[]));
    Ok((rest, Cut { raw, code, vendor_id, data }))
}

/// Octets of padding after a value.
const fn padding_after(length: usize) -> usize {
    length.next_multiple_of(AVP_ALIGNMENT) - length
}

/// The form of a Nonce.
struct NonceForm;

impl Form for NonceForm {
    type Value<'a> = &'a [u8];

    fn decode(octets: &[u8]) -> Option<&[u8]> {
        //= wire.6.11
        (NONCE_MIN_LENGTH..=NONCE_MAX_LENGTH).contains(&octets.len()).then_some(octets)
    }

    fn encode<'o>(value: &&[u8], out: Out<'o>) -> Written<'o> {
        slice(*value)(out)
    }

    fn has(value: &&[u8]) -> bool {
        NonceForm::decode(value).is_some()
    }
}

/// The form of an address and a port (RFC 6345 §5.1).
struct Endpoint;

impl Form for Endpoint {
    type Value<'a> = SocketAddr;

    fn decode(octets: &[u8]) -> Option<SocketAddr> {
        let ipv4 = (long, short).map(|(ip, port)| (IpAddr::from(Ipv4Addr::from_bits(ip)), port));
        let ipv6 = (be_u128, short).map(|(ip, port)| (IpAddr::from(Ipv6Addr::from_bits(ip)), port));
        let mut either = alt((all_consuming::<_, NomError<'_>, _>(ipv4), all_consuming(ipv6)));
        either.parse(octets).ok().map(|(_, endpoint)| endpoint.into())
    }

    fn encode<'o>(value: &SocketAddr, out: Out<'o>) -> Written<'o> {
        let out = match value.ip() {
            IpAddr::V4(ip) => slice(ip.octets())(out)?,
            IpAddr::V6(ip) => slice(ip.octets())(out)?,
        };
        be_u16(value.port())(out)
    }

    fn has(value: &SocketAddr) -> bool {
        match value {
            SocketAddr::V4(_) => true,
            SocketAddr::V6(value) => value.flowinfo() == 0 && value.scope_id() == 0,
        }
    }
}
