//! Packets of pcapng captures.

use std::io::Read;
use std::time::Duration;

use pcap_file::PcapError;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketOption;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::{Block, PcapNgReader};

use super::input::Piece;

/// The first octets of a pcapng file.
const PCAPNG: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

/// The first octets of a pcap file: in both orders, with microseconds or nanoseconds.
const PCAP: [[u8; 4]; 4] = [
    [0xa1, 0xb2, 0xc3, 0xd4],
    [0xd4, 0xc3, 0xb2, 0xa1],
    [0xa1, 0xb2, 0x3c, 0x4d],
    [0x4d, 0x3c, 0xb2, 0xa1],
];

pub(super) fn is_pcap(octets: &[u8]) -> bool {
    PCAP.iter().any(|magic| octets.starts_with(magic))
}

pub(super) fn is_pcapng(octets: &[u8]) -> bool {
    octets.starts_with(&PCAPNG)
}

/// The next packet of a capture; other blocks are passed over.
pub(super) fn next<R: Read>(reader: &mut PcapNgReader<R>) -> Result<Option<Piece>, PcapError> {
    loop {
        let Some(block) = reader.next_block() else { return Ok(None) };
        let (index, time, original_length, octets, comments) = match block? {
            Block::EnhancedPacket(packet) => {
                let comments = packet.options.iter().filter_map(|option| match option {
                    EnhancedPacketOption::Comment(text) => Some(text.to_string()),
                    _ => None,
                });
                let comments: Vec<String> = comments.collect();
                // The library takes every unit for a nanosecond.
                let units = u64::try_from(packet.timestamp.as_nanos()).ok();
                let octets = packet.data.into_owned();
                (packet.interface_id, units, packet.original_len, octets, comments)
            }
            Block::SimplePacket(packet) => {
                let length = usize::try_from(packet.original_len).unwrap_or(usize::MAX);
                let mut octets = packet.data.into_owned();
                octets.truncate(length);
                (0, None, packet.original_len, octets, Vec::new())
            }
            Block::Packet(packet) => {
                let units = Some(packet.timestamp);
                let octets = packet.data.into_owned();
                (packet.interface_id.into(), units, packet.original_len, octets, Vec::new())
            }
            _ => continue,
        };
        let interface = usize::try_from(index).ok().and_then(|i| reader.interfaces().get(i));
        return Ok(Some(Piece {
            time: time.zip(interface).map(|(units, interface)| since_1970(units, interface)),
            link_type: interface.map(|interface| interface.linktype.into()),
            interface: interface.and_then(name),
            comments,
            original_length: Some(original_length),
            octets,
        }));
    }
}

fn name(interface: &InterfaceDescriptionBlock<'_>) -> Option<String> {
    interface.options.iter().find_map(|option| match option {
        InterfaceDescriptionOption::IfName(name) => Some(name.to_string()),
        _ => None,
    })
}

/// The time that so many units of an interface are: microseconds, unless it says otherwise.
fn since_1970(units: u64, interface: &InterfaceDescriptionBlock<'_>) -> Duration {
    let resolution = interface.options.iter().find_map(|option| match option {
        InterfaceDescriptionOption::IfTsResol(resolution) => Some(*resolution),
        _ => None,
    });
    let resolution = resolution.unwrap_or(6);
    let exponent = u32::from(resolution & 0x7f);
    let base: u128 = if resolution & 0x80 == 0 { 10 } else { 2 };
    let second = base.checked_pow(exponent).unwrap_or(u128::MAX);
    let nanos = u128::from(units).saturating_mul(1_000_000_000) / second.max(1);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}
