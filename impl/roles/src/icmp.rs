//! ICMPv6 errors that a tunnel end answers with.

use core::net::Ipv6Addr;

use dsboot_codec::ip::{icmp, is_routable, v6};
use dsboot_spec::registry::ip::{icmpv6, protocol};

/// Packet Too Big from `own` about the packet in `offending` (RFC 4443 §3.2), or `None` where
/// none may be sent: about another error, or to what is no unicast address (RFC 4443 §2.4 e).
#[must_use]
pub fn packet_too_big(own: Ipv6Addr, offending: &[u8], mtu: usize) -> Option<Vec<u8>> {
    //= data-path.5.3
    let packet = v6::Packet::decode(offending).ok()?;
    if !is_routable(packet.source) || packet.destination.is_multicast() {
        return None;
    }
    let is_error = packet.upper_layer().is_ok_and(|upper| {
        upper.protocol == protocol::ICMPV6
            && upper.octets.first().is_some_and(|kind| icmp::is_error_v6(*kind))
    });
    let body = icmp::error_body(u32::try_from(mtu).ok()?, offending);
    let message = icmp::Message::new(icmpv6::PACKET_TOO_BIG, &body);
    if is_error { None } else { icmp::packet_v6(own, packet.source, &message).ok() }
}
