//! IPv6 in IPv4, protocol 41 (RFC 4213).

use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use dsboot_spec::registry::ip::protocol;

use super::{Roomy, Tunnelled};
use crate::ip::{v4, v6};
use crate::{Error, ErrorKind};

/// Puts the packet `inner` into a tunnel from `source` to `destination`.
///
/// Whether it is too large for the tunnel
/// ([`IPV6_IN_IPV4_MTU`](dsboot_spec::registry::ip::IPV6_IN_IPV4_MTU)) is for the caller to look
/// at, who has to answer by Packet Too Big.
///
/// # Errors
/// When `inner` is not exactly one IPv6 packet, or longer than an IPv4 packet can hold.
pub fn wrap(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    ttl: u8,
    inner: &[u8],
) -> Result<Vec<u8>, Error> {
    outer(source, destination, ttl, inner)?.encode()
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
    let header = outer(source, destination, ttl, inner.octets())?.header()?;
    inner.put_before(&header);
    Ok(())
}

fn outer(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    ttl: u8,
    inner: &[u8],
) -> Result<v4::Packet<'_>, Error> {
    //= wire.10.21
    let (_, padding) = v6::Packet::split(inner)?;
    if !padding.is_empty() {
        return Err(Error::new(ErrorKind::Trailing, inner.len() - padding.len(), "wire.10.21"));
    }
    //= data-path.5.2
    Ok(v4::Packet { ttl, ..v4::Packet::new(source, destination, protocol::IPV6, inner) })
}

/// Takes the inner packet out of `outer`; what stands after its payload is padding.
///
/// # Errors
/// When `outer` is a fragment or of another protocol, the inner packet is none of IPv6, or has a
/// source that no packet can come from.
pub fn unwrap<'a>(outer: &v4::Packet<'a>) -> Result<Tunnelled<'a, v6::Packet<'a>>, Error> {
    let octets = outer.payload_of(protocol::IPV6)?;
    Tunnelled::split(octets, outer.payload_offset(), |octets| {
        //= wire.10.22
        let (packet, padding) = v6::Packet::split(octets)?;
        if !can_be_source(packet.source) {
            return Err(Error::new(ErrorKind::BadValue, 8, "wire.10.22"));
        }
        Ok((packet, padding))
    })
}

/// Whether packets from this address may leave the tunnel (RFC 4213 §3.6).
fn can_be_source(address: Ipv6Addr) -> bool {
    let is_ipv4_compatible = address.segments().starts_with(&[0; 6]) && !address.is_unspecified();
    !(address.is_multicast() || is_ipv4_compatible || address.to_ipv4_mapped().is_some())
}
