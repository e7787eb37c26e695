//! Between datagrams and whole IP packets.

use std::net::IpAddr;

use dsboot_codec::Error;
use dsboot_codec::ip::{Packet, udp};
use dsboot_roles::Datagram;
use dsboot_spec::registry::ip::protocol;

/// A datagram as an IP packet.
pub(crate) fn udp_packet(datagram: &Datagram) -> Result<Vec<u8>, Error> {
    udp::packet(datagram.source, datagram.destination, datagram.ttl, &datagram.payload)
}

/// The datagram in an IP packet; the neighbour that handed it over is left open.
pub(crate) fn udp_datagram(octets: &[u8]) -> Result<Datagram, Error> {
    let datagram = udp::decode_packet(octets)?;
    Ok(Datagram {
        source: datagram.source,
        destination: datagram.destination,
        ttl: datagram.ttl,
        neighbour: None,
        payload: datagram.payload.to_vec(),
    })
}

/// Where an IP packet goes.
pub(crate) fn destination(octets: &[u8]) -> Result<IpAddr, Error> {
    Packet::decode(octets).map(|packet| packet.destination())
}

/// Whether the payload of an IP packet is UDP, as far as its header tells.
pub(crate) fn is_udp(octets: &[u8]) -> bool {
    match Packet::decode(octets) {
        Ok(Packet::V4(packet)) => packet.protocol == protocol::UDP && !packet.fragment.is_part(),
        Ok(Packet::V6(packet)) => packet.next_header == protocol::UDP,
        Err(_) => false,
    }
}

/// Whether an address stands for more than one host.
pub(crate) fn is_for_many(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_broadcast() || address.is_multicast(),
        IpAddr::V6(address) => address.is_multicast(),
    }
}
