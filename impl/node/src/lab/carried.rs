//! What a link carried, from its capture.

use std::fs::File;
use std::io;
use std::path::Path;

use pcap_file::pcap::PcapReader;

/// EtherTypes.
const IPV4: [u8; 2] = [0x08, 0x00];
const IPV6: [u8; 2] = [0x86, 0xdd];
const ARP: [u8; 2] = [0x08, 0x06];

/// How many frames of each kind a link carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// IPv4 packets.
    pub ipv4: u64,
    /// IPv6 packets.
    pub ipv6: u64,
    /// ARP packets: also a sign of IPv4.
    pub arp: u64,
    /// Anything else.
    pub other: u64,
}

impl Carried {
    /// Reads a capture of Ethernet frames. One that ends within a frame is read up to there.
    pub(super) fn read(path: &Path) -> io::Result<Carried> {
        let mut carried = Carried::default();
        let Ok(mut reader) = PcapReader::new(File::open(path)?) else { return Ok(carried) };
        while let Some(Ok(packet)) = reader.next_packet() {
            match packet.data.get(12..14).and_then(|kind| <[u8; 2]>::try_from(kind).ok()) {
                Some(IPV4) => carried.ipv4 += 1,
                Some(IPV6) => carried.ipv6 += 1,
                Some(ARP) => carried.arp += 1,
                _ => carried.other += 1,
            }
        }
        Ok(carried)
    }

    /// Whether there was anything of IPv4.
    #[must_use]
    pub const fn has_ipv4(&self) -> bool {
        self.ipv4 + self.arp > 0
    }
}
