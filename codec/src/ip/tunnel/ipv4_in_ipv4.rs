//! IPv4 in IPv4, protocol 4 (RFC 2003): the tunnel of Mobile IPv4.

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use dsboot_spec::registry::ip::protocol;

use super::{Roomy, Tunnelled};
use crate::ip::v4::{Fragment, Packet};
use crate::{Error, ErrorKind};

/// Puts a packet that is forwarded into a tunnel from `source` to `destination`.
///
/// # Errors
/// When `inner` is no IPv4 packet, lives no longer, has an end of the tunnel as its source, or is
/// too long.
pub fn wrap(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    ttl: u8,
    inner: &[u8],
) -> Result<Vec<u8>, Error> {
    around(source, destination, ttl, &not_of(source, destination, inner)?, inner)
}

/// The same as [`wrap`] in the room before `inner`.
///
/// # Errors
/// Those of [`wrap`]; then `inner` stays as it was.
pub fn wrap_in_place(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    ttl: u8,
    inner: &mut Roomy,
) -> Result<(), Error> {
    not_of(source, destination, inner.octets())?;
    wrap_own_in_place(source, destination, ttl, inner)
}

/// A packet that does not come from an end of the tunnel.
fn not_of(source: Ipv4Addr, destination: Ipv4Addr, inner: &[u8]) -> Result<Packet<'_>, Error> {
    let packet = Packet::decode(inner)?;
    //= data-path.5.4
    //= wire.10.20
    if packet.source == source || packet.source == destination {
        return Err(Error::new(ErrorKind::BadValue, 12, "wire.10.20"));
    }
    Ok(packet)
}

/// Puts a packet that the encapsulator has made itself, so that it cannot have come out of a
/// loop, into a tunnel from `source` to `destination`.
///
/// # Errors
/// When `inner` is no IPv4 packet, lives no longer, or is too long.
pub fn wrap_own(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    ttl: u8,
    inner: &[u8],
) -> Result<Vec<u8>, Error> {
    around(source, destination, ttl, &Packet::decode(inner)?, inner)
}

/// The same as [`wrap_own`] in the room before `inner`.
///
/// # Errors
/// Those of [`wrap_own`]; then `inner` stays as it was.
pub fn wrap_own_in_place(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    ttl: u8,
    inner: &mut Roomy,
) -> Result<(), Error> {
    let octets = inner.octets();
    let packet = outer(source, destination, ttl, &Packet::decode(octets)?, octets)?;
    let header = packet.header()?;
    inner.put_before(&header);
    Ok(())
}

/// The outer packet around `inner`, whose octets are these.
fn around(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    ttl: u8,
    inner: &Packet<'_>,
    octets: &[u8],
) -> Result<Vec<u8>, Error> {
    outer(source, destination, ttl, inner, octets)?.encode()
}

fn outer<'a>(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    ttl: u8,
    inner: &Packet<'_>,
    octets: &'a [u8],
) -> Result<Packet<'a>, Error> {
    let packet = alive(*inner)?;
    //= data-path.5.2
    //= wire.10.19
    let fragment = match packet.fragment.do_not_fragment() {
        true => Fragment::DO_NOT_FRAGMENT,
        false => Fragment::WHOLE,
    };
    let outer = Packet::new(source, destination, protocol::IPV4, octets);
    Ok(Packet { tos: packet.tos, ttl, fragment, ..outer })
}

/// Takes the inner packet out of `outer`.
///
/// # Errors
/// When `outer` is a fragment or of another protocol, or the inner packet is none of IPv4 or lives
/// no longer.
pub fn unwrap<'a>(outer: &Packet<'a>) -> Result<Tunnelled<'a, Packet<'a>>, Error> {
    let octets = outer.payload_of(protocol::IPV4)?;
    Tunnelled::split(octets, outer.payload_offset(), |octets| {
        let (packet, padding) = Packet::split(octets)?;
        Ok((alive(packet)?, padding))
    })
}

/// A packet whose time to live is 0 neither enters nor leaves a tunnel.
fn alive(packet: Packet<'_>) -> Result<Packet<'_>, Error> {
    //= wire.10.20
    match packet.ttl {
        0 => Err(Error::new(ErrorKind::BadValue, 8, "wire.10.20")),
        _ => Ok(packet),
    }
}
