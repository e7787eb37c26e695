//! What a link carried, from its capture.

use std::fs::File;
use std::io;
use std::path::Path;

use dsboot_spec::registry::ip::protocol;
use pcap_file::pcap::PcapReader;

/// EtherTypes.
const IPV4: [u8; 2] = [0x08, 0x00];
const IPV6: [u8; 2] = [0x86, 0xdd];
const ARP: [u8; 2] = [0x08, 0x06];

/// Where the protocol stands in a frame with IPv4.
const PROTOCOL: usize = 14 + 9;

/// How many frames of each kind a link carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// IPv4 with UDP inside.
    pub udp: u64,
    /// IPv4 with IPv4 inside.
    pub ipv4_in_ipv4: u64,
    /// IPv4 with IPv6 inside.
    pub ipv6_in_ipv4: u64,
    /// Other IPv4.
    pub other_ipv4: u64,
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
            *carried.place(&packet.data) += 1;
        }
        Ok(carried)
    }

    /// Where a frame is counted.
    fn place(&mut self, frame: &[u8]) -> &mut u64 {
        match frame.get(12..14).and_then(|kind| <[u8; 2]>::try_from(kind).ok()) {
            Some(IPV4) => match frame.get(PROTOCOL) {
                Some(&protocol::UDP) => &mut self.udp,
                Some(&protocol::IPV4) => &mut self.ipv4_in_ipv4,
                Some(&protocol::IPV6) => &mut self.ipv6_in_ipv4,
                _ => &mut self.other_ipv4,
            },
            Some(IPV6) => &mut self.ipv6,
            Some(ARP) => &mut self.arp,
            _ => &mut self.other,
        }
    }

    /// Whether there was anything of IPv4.
    #[must_use]
    pub const fn has_ipv4(&self) -> bool {
        self.udp + self.ipv4_in_ipv4 + self.ipv6_in_ipv4 + self.other_ipv4 + self.arp > 0
    }
}
