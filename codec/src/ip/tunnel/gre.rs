//! GRE, protocol 47 (RFC 2784), with key and sequence number (RFC 2890).

use alloc::vec::Vec;

use crate::wire::number::{be_u16 as word, be_u32 as double};
use cookie_factory::bytes::{be_u16, be_u32};
use cookie_factory::combinator::{cond, slice};
use cookie_factory::sequence::pair;
use dsboot_spec::registry::ip::{GRE_MUST_BE_ZERO, gre_flag};
use nom::combinator::cond as optional;

use crate::ip::checksum;
use crate::wire::{overwrite, parse, serialize_about};
use crate::{Error, ErrorKind};

/// Where the checksum stands, if there is one.
const CHECKSUM_OFFSET: usize = 4;

/// Octets of a header that has everything.
const LONGEST_HEADER: usize = 16;

/// The flags that mean something here.
const KNOWN: u16 = gre_flag::CHECKSUM | gre_flag::KEY | gre_flag::SEQUENCE;

/// A GRE header and what it carries: the payload of an IPv4 packet of protocol 47.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Packet<'a> {
    /// The flags without a meaning: sent as zero, and ignored. Those that mean discard are never
    /// sent.
    pub reserved: u16,
    /// What the payload is, a [`gre_protocol`](dsboot_spec::registry::ip::gre_protocol).
    pub protocol: u16,
    /// Whether it has a checksum.
    pub has_checksum: bool,
    /// What stands behind the checksum: sent as zero, and ignored.
    pub reserved_1: u16,
    /// Which flow.
    pub key: Option<u32>,
    /// Which packet of the flow.
    pub sequence: Option<u32>,
    /// The inner packet.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// A packet without checksum, key and sequence number.
    #[must_use]
    pub const fn new(protocol: u16, payload: &'a [u8]) -> Packet<'a> {
        Packet {
            reserved: 0,
            protocol,
            has_checksum: false,
            reserved_1: 0,
            key: None,
            sequence: None,
            payload,
        }
    }

    /// Decodes a packet and verifies its checksum if it has one.
    ///
    /// # Errors
    /// When it is too short, a bit is set that means discard, or the checksum is wrong.
    pub fn decode(octets: &'a [u8]) -> Result<Packet<'a>, Error> {
        //= wire.10.24
        let (rest, (flags, protocol)) = parse((word, word), octets, 0, "wire.10.24")?;
        if flags & GRE_MUST_BE_ZERO != 0 {
            return Err(Error::new(ErrorKind::BadValue, 0, "wire.10.24"));
        }
        let has = |flag| flags & flag != 0;
        let fields = (
            optional(has(gre_flag::CHECKSUM), (word, word)),
            optional(has(gre_flag::KEY), double),
            optional(has(gre_flag::SEQUENCE), double),
        );
        let (payload, (sum, key, sequence)) = parse(fields, rest, CHECKSUM_OFFSET, "wire.10.24")?;
        let has_checksum = sum.is_some();
        if has_checksum && checksum(&[octets]) != 0 {
            return Err(Error::new(ErrorKind::BadChecksum, CHECKSUM_OFFSET, "wire.10.24"));
        }
        let (reserved, reserved_1) = (flags & !KNOWN, sum.map_or(0, |(_, reserved)| reserved));
        Ok(Packet { reserved, protocol, has_checksum, reserved_1, key, sequence, payload })
    }

    /// Encodes the packet.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let flag = |there, flag| if there { flag } else { 0 };
        let flags = flag(self.has_checksum, gre_flag::CHECKSUM)
            | flag(self.key.is_some(), gre_flag::KEY)
            | flag(self.sequence.is_some(), gre_flag::SEQUENCE);
        let reserved = self.reserved & !(GRE_MUST_BE_ZERO | KNOWN);
        let mut octets = serialize_about(LONGEST_HEADER + self.payload.len(), |out| {
            let out = be_u16(self.protocol)(be_u16(flags | reserved)(out)?)?;
            let checksum = pair(be_u16(0), be_u16(self.reserved_1));
            let out = cond(self.has_checksum, checksum)(out)?;
            let out = cond(self.key.is_some(), be_u32(self.key.unwrap_or_default()))(out)?;
            let sequence = be_u32(self.sequence.unwrap_or_default());
            slice(self.payload)(cond(self.sequence.is_some(), sequence)(out)?)
        });
        if self.has_checksum {
            //= wire.10.24
            let sum = checksum(&[&octets]);
            overwrite(&mut octets, CHECKSUM_OFFSET, sum.to_be_bytes());
        }
        octets
    }
}
