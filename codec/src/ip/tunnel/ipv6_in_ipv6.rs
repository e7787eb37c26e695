//! IPv6 in IPv6, next header 41 (RFC 2473): the tunnel between home agent and mobile node.

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use dsboot_spec::registry::ip::next_header;

use super::Tunnelled;
use crate::Error;
use crate::ip::v6::{Packet, encapsulation_limit_header};

/// Puts the packet `inner` into a tunnel from `source` to `destination`.
///
/// With a `limit` the outer packet says, in a destination options header of its own, how many
/// more tunnels it may enter.
///
/// # Errors
/// When `inner` is no IPv6 packet, or too long.
pub fn wrap(
    source: Ipv6Addr,
    destination: Ipv6Addr,
    hop_limit: u8,
    limit: Option<u8>,
    inner: &[u8],
) -> Result<Vec<u8>, Error> {
    //= wire.10.23
    Packet::decode(inner)?;
    let (first, payload) = match limit {
        //= wire.10.23
        Some(limit) => (
            next_header::DESTINATION_OPTIONS,
            [&encapsulation_limit_header(next_header::IPV6, limit), inner].concat(),
        ),
        None => (next_header::IPV6, inner.to_vec()),
    };
    Packet { hop_limit, ..Packet::new(source, destination, first, &payload) }.encode()
}

/// Takes the inner packet out of `outer`.
///
/// # Errors
/// When the extension headers of `outer` do not lead to another packet, or that is none of IPv6.
pub fn unwrap<'a>(outer: &Packet<'a>) -> Result<Tunnelled<'a, Packet<'a>>, Error> {
    //= wire.10.23
    let upper = outer.upper_layer()?;
    Tunnelled::split(upper.octets_of(next_header::IPV6)?, upper.offset, Packet::split)
}
