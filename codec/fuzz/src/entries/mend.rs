//! Checksums put right: octets that were changed at random would otherwise never get past them.

use dsboot_codec::ip::{self, Pseudo, v4, v6};
use dsboot_spec::registry::ip::{next_header, protocol};

/// How many packets in packets are looked into.
const DEPTH: usize = 4;

/// The packet with right checksums, as far as there are any: of IPv4 headers, UDP, ICMP, mobility
/// headers, GRE and minimal encapsulation, in tunnels too.
pub(super) fn mended(octets: &[u8]) -> Vec<u8> {
    let mut octets = octets.to_vec();
    mend(&mut octets, DEPTH);
    octets
}

fn mend(octets: &mut [u8], depth: usize) {
    match ip::version(octets) {
        _ if depth == 0 => (),
        Some(4) => mend_v4(octets, depth),
        Some(6) => mend_v6(octets, depth),
        _ => (),
    }
}

fn mend_v4(octets: &mut [u8], depth: usize) {
    let length = octets.first().map_or(0, |first| usize::from(first & 15) * 4);
    let Some(header) = octets.get_mut(..length).filter(|header| header.len() >= 20) else { return };
    put(header, 10, |header| ip::checksum(&[header]));
    let Ok(packet) = v4::Packet::decode(octets) else { return };
    let (start, end) = (packet.payload_offset(), packet.payload_offset() + packet.payload.len());
    let (kind, pseudo, part) = (packet.protocol, packet.pseudo(), packet.fragment.is_part());
    if !part {
        mend_upper(kind, &pseudo, &mut octets[start..end], depth);
    }
}

fn mend_v6(octets: &mut [u8], depth: usize) {
    let Ok(packet) = v6::Packet::decode(octets) else { return };
    let Ok(upper) = packet.upper_layer() else { return };
    let (kind, pseudo) = (upper.protocol, upper.pseudo());
    let (start, end) = (upper.offset, upper.offset + upper.octets.len());
    mend_upper(kind, &pseudo, &mut octets[start..end], depth);
}

fn mend_upper(kind: u8, pseudo: &Pseudo, octets: &mut [u8], depth: usize) {
    let is_v4 = matches!(pseudo, Pseudo::V4 { .. });
    match kind {
        protocol::IPV4 | protocol::IPV6 => mend(octets, depth - 1),
        protocol::UDP => {
            let length = field(octets, 4).filter(|length| *length >= 8);
            if let Some(octets) = length.and_then(|length| octets.get_mut(..length)) {
                // No checksum is one, too.
                if field(octets, 6) != Some(0) {
                    put(octets, 6, |octets| match pseudo.checksum(protocol::UDP, &[octets]) {
                        0 => 0xffff,
                        checksum => checksum,
                    });
                }
            }
        }
        protocol::ICMP if is_v4 => put(octets, 2, |octets| ip::checksum(&[octets])),
        protocol::ICMPV6 if !is_v4 => put(octets, 2, |octets| pseudo.checksum(kind, &[octets])),
        next_header::MOBILITY if !is_v4 => {
            let length = octets.get(1).map_or(0, |length| 8 + 8 * usize::from(*length));
            if let Some(octets) = octets.get_mut(..length) {
                put(octets, 4, |octets| pseudo.checksum(kind, &[octets]));
            }
        }
        protocol::GRE if octets.first().is_some_and(|flags| flags & 0x80 != 0) => {
            put(octets, 4, |octets| ip::checksum(&[octets]));
        }
        protocol::MINIMAL => {
            let with_source = octets.get(1).is_some_and(|flags| flags & 0x80 != 0);
            let length = if with_source { 12 } else { 8 };
            if let Some(octets) = octets.get_mut(..length) {
                put(octets, 2, |octets| ip::checksum(&[octets]));
            }
        }
        _ => (),
    }
}

fn field(octets: &[u8], at: usize) -> Option<usize> {
    let octets = octets.get(at..at + 2)?;
    Some(usize::from(octets[0]) << 8 | usize::from(octets[1]))
}

/// Puts a checksum at octet `at`, computed while that is zero.
fn put(octets: &mut [u8], at: usize, checksum: impl FnOnce(&[u8]) -> u16) {
    if octets.len() >= at + 2 {
        octets[at..at + 2].fill(0);
        let checksum = checksum(octets);
        octets[at..at + 2].copy_from_slice(&checksum.to_be_bytes());
    }
}
