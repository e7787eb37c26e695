//! Minimal encapsulation, protocol 55 (RFC 2004): the outer header is the inner one, changed.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use crate::wire::number::{be_u8 as octet, be_u16 as word, be_u32 as address};
use cookie_factory::combinator::{cond, slice};
use dsboot_spec::registry::ip::{MINIMAL_SOURCE_PRESENT, protocol};
use nom::combinator::cond as optional;

use crate::ip::checksum;
use crate::ip::v4;
use crate::wire::{overwrite, parse, serialize_about};
use crate::{Error, ErrorKind};

/// Where the checksum of the forwarding header stands.
const CHECKSUM_OFFSET: usize = 2;

/// Octets of a forwarding header with the source address.
const LONGEST_HEADER: usize = 12;

/// Puts `packet` into a tunnel from `source` to `destination`.
///
/// # Errors
/// When `packet` is a fragment, or too long.
pub fn wrap(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    packet: &v4::Packet<'_>,
) -> Result<Vec<u8>, Error> {
    //= wire.10.25
    if packet.fragment.is_part() {
        return Err(Error::new(ErrorKind::BadValue, 6, "wire.10.25"));
    }
    let has_source = packet.source != source;
    let flags = if has_source { MINIMAL_SOURCE_PRESENT } else { 0 };
    let mut payload = serialize_about(LONGEST_HEADER + packet.payload.len(), |out| {
        let out = slice([packet.protocol, flags, 0, 0])(out)?;
        let out = slice(packet.destination.octets())(out)?;
        cond(has_source, slice(packet.source.octets()))(out)
    });
    let sum = checksum(&[&payload]);
    overwrite(&mut payload, CHECKSUM_OFFSET, sum.to_be_bytes());
    payload.extend_from_slice(packet.payload);
    let outer = v4::Packet { source, destination, protocol: protocol::MINIMAL, ..*packet };
    v4::Packet { payload: &payload, ..outer }.encode()
}

/// The packet that `outer` was before it entered the tunnel.
///
/// # Errors
/// When `outer` is a fragment or of another protocol, or the forwarding header is too short or has
/// a wrong checksum.
pub fn unwrap<'a>(outer: &v4::Packet<'a>) -> Result<v4::Packet<'a>, Error> {
    let octets = outer.payload_of(protocol::MINIMAL)?;
    let base = outer.payload_offset();
    //= wire.10.25
    let (rest, (protocol, flags, _, to)) =
        parse((octet, octet, word, address), octets, base, "wire.10.25")?;
    let has_source = flags & MINIMAL_SOURCE_PRESENT != 0;
    let (payload, from) = parse(optional(has_source, address), rest, base + 8, "wire.10.25")?;
    let header = octets.get(..octets.len() - payload.len()).unwrap_or(octets);
    if checksum(&[header]) != 0 {
        return Err(Error::new(ErrorKind::BadChecksum, base + CHECKSUM_OFFSET, "wire.10.25"));
    }
    Ok(v4::Packet {
        protocol,
        source: from.map_or(outer.source, Ipv4Addr::from),
        destination: Ipv4Addr::from(to),
        payload,
        ..*outer
    })
}
