//! AVPs (RFC 5191 §6.3, §8).

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::wire::number::{be_u16 as short, be_u32 as long, be_u128};
use cookie_factory::bytes::{be_u16, be_u32};
use cookie_factory::combinator::{cond, slice};
use cookie_factory::sequence::tuple;
use dsboot_spec::registry::pana::{
    AVP_ALIGNMENT, AVP_HEADER_LENGTH, NONCE_MAX_LENGTH, NONCE_MIN_LENGTH, avp, avp_flag,
};
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::take;
use nom::combinator::all_consuming;

use super::Message;
use crate::dsb::Parameter;
use crate::form::{Form, Integer, Octets, units};
use crate::wire::{self, NomError, Out, Parsed, Written, parse};
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

    /// Appends the AVP to a message. The offset of an error counts from the start of the AVP.
    pub(super) fn append(&self, octets: &mut Vec<u8>) -> Result<(), Error> {
        let start = octets.len();
        if octets.capacity() == 0 {
            octets.reserve(USUAL_LENGTH);
        }
        let vendor_id = match self {
            Avp::Vendor(avp) => Some(avp.vendor_id),
            _ => None,
        };
        let flags = vendor_id.map_or(0, |_| avp_flag::VENDOR);
        //= wire.6.3
        let head = (be_u16(self.kind()), be_u16(flags), be_u16(0), be_u16(0));
        let vendor = cond(vendor_id.is_some(), be_u32(vendor_id.unwrap_or_default()));
        wire::append(octets, |out| self.write(vendor(tuple(head)(out)?)?));
        let before = start + AVP_HEADER_LENGTH + vendor_id.map_or(0, |_| size_of::<u32>());
        let value = octets.get(before..).unwrap_or_default();
        //= wire.6.10
        let decodes = vendor_id.is_some() || Avp::decode(self.kind(), value) == *self;
        //= wire.6.6
        match (u16::try_from(value.len()), octets.get_mut(start + LENGTH_OFFSET..)) {
            (Ok(length), Some([high, low, ..])) if decodes => {
                [*high, *low] = length.to_be_bytes();
                //= wire.6.7
                octets.resize(octets.len() + padding_after(length.into()), 0);
                return Ok(());
            }
            _ => octets.truncate(start),
        }
        Err(match decodes {
            false => Error::new(ErrorKind::BadValue, AVP_HEADER_LENGTH, "wire.6.10"),
            true => Error::new(ErrorKind::TooLong, LENGTH_OFFSET, "wire.6.6"),
        })
    }
}

/// Octets that the AVPs of most messages fit into.
const USUAL_LENGTH: usize = 128;

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

    fn write(&self, out: Out) -> Written {
        slice(self.data)(out)
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
            (rest, _) = unit(rest, offset + octets.len() - rest.len())?;
        }
        Ok(Avps { rest: octets, offset })
    }
}

impl<'a> Iterator for Avps<'a> {
    type Item = Positioned<'a, Avp<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let (rest, value) = unit(self.rest, self.offset).ok()?;
        let (raw, rest) = self.rest.split_at_checked(self.rest.len() - rest.len())?;
        let offset = self.offset;
        self.rest = rest;
        self.offset += raw.len();
        Some(Positioned { offset, raw, value })
    }
}

/// Parses one AVP with its padding.
fn unit(octets: &[u8], offset: usize) -> Parsed<'_, Avp<'_>> {
    let (rest, (code, flags, length, _reserved)) =
        parse((short, short, short, short), octets, offset, "wire.6.5")?;
    let length = usize::from(length);
    //= wire.6.6
    let vendor = flags & avp_flag::VENDOR != 0;
    let (rest, vendor_id) =
        parse(nom::combinator::cond(vendor, long), rest, offset + AVP_HEADER_LENGTH, "wire.6.5")?;
    //= wire.6.5
    let at = offset + octets.len() - rest.len();
    let (rest, data) = parse(take(length), rest, at, "wire.6.5")?;
    //= wire.6.7
    let (rest, _) = parse(take(padding_after(length)), rest, at + length, "wire.6.7")?;
    let value = match vendor_id {
        //= wire.6.8
        Some(vendor_id) => Avp::Vendor(VendorAvp { vendor_id, code, data }),
        None => Avp::decode(code, data),
    };
    Ok((rest, value))
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

    fn encode(value: &&[u8], out: Out) -> Written {
        slice(*value)(out)
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

    fn encode(value: &SocketAddr, out: Out) -> Written {
        let out = match value.ip() {
            IpAddr::V4(ip) => slice(ip.octets())(out)?,
            IpAddr::V6(ip) => slice(ip.octets())(out)?,
        };
        be_u16(value.port())(out)
    }
}
