//! The captures in tests/captures, and what is in captures.

use std::fs;
use std::path::{Path, PathBuf};

use dsboot_codec::tree::{FRAGMENT, Node, Options, Protocol, Tree, Value};
use pcap_file::pcap::PcapReader;
use pcap_file::pcapng::{Block, PcapNgReader};

/// What is added to privileged ports where they may not be bound (wire.11.2).
const PORT_OFFSET: u16 = 20_000;

/// The committed captures.
pub(crate) fn files() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let is_capture =
        |file: &PathBuf| file.extension().is_some_and(|kind| kind == "pcap" || kind == "pcapng");
    let mut files: Vec<PathBuf> = files.filter(is_capture).collect();
    files.sort();
    files
}

/// The IP packets in them, but for fragments.
pub(crate) fn packets() -> Vec<Vec<u8>> {
    files().iter().flat_map(|file| ip_packets(&fs::read(file).unwrap())).collect()
}

/// The IP packets in a capture without what links put around them, on the ports of the registries
/// and with every checksum finished; fragments are left out, as some decoders put them together.
pub(crate) fn ip_packets(capture: &[u8]) -> Vec<Vec<u8>> {
    let frames = frames(capture);
    frames.iter().filter_map(|(link, frame)| ip_packet(*link, frame)).collect()
}

fn ip_packet(link: u32, frame: &[u8]) -> Option<Vec<u8>> {
    let protocol = Protocol::of_link_type(link)?;
    let tree = Tree::decode(protocol, frame, &Options::default());
    let is_packet = |node: &&Node| matches!(node.protocol, Some(Protocol::Ipv4 | Protocol::Ipv6));
    let packet = tree.nodes.iter().find(is_packet)?;
    if packet.find(FRAGMENT).is_some() {
        return None;
    }
    let mut octets = frame[packet.offset..packet.end()].to_vec();
    packet.visit(&mut |node| {
        let Some(Value::Unsigned(port)) = node.value() else { return };
        let moved = u16::try_from(*port).ok().and_then(|port| port.checked_sub(PORT_OFFSET));
        let is_known = |port: u16| Protocol::on_ports(port, 0) != Protocol::Data;
        if node.name.ends_with(" Port")
            && let Some(port) = moved.filter(|port| is_known(*port))
        {
            let at = node.offset - packet.offset;
            octets[at..at + 2].copy_from_slice(&port.to_be_bytes());
        }
    });
    let tree = Tree::decode(Protocol::Ip, &octets, &Options::default());
    Some(tree.fix_checksums(&Options::default()).unwrap())
}

/// The link type and the octets of each frame.
fn frames(capture: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut frames = Vec::new();
    if capture.starts_with(&[0x0a, 0x0d, 0x0d, 0x0a]) {
        let mut reader = PcapNgReader::new(capture).unwrap();
        while let Some(block) = reader.next_block() {
            if let Block::EnhancedPacket(packet) = block.unwrap() {
                let (interface, octets) = (packet.interface_id, packet.data.into_owned());
                let interface = &reader.interfaces()[usize::try_from(interface).unwrap()];
                frames.push((interface.linktype.into(), octets));
            }
        }
    } else {
        let mut reader = PcapReader::new(capture).unwrap();
        let link = reader.header().datalink.into();
        while let Some(packet) = reader.next_raw_packet() {
            frames.push((link, packet.unwrap().data.into_owned()));
        }
    }
    frames
}

/// Every committed capture is described, and all of them are small.
#[test]
fn captures_are_described_and_small() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures");
    let readme = fs::read_to_string(directory.join("README.md")).unwrap();
    let mut octets = 0;
    for file in files() {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        assert!(readme.contains(&format!("| `{name}` |")), "{name} is not described");
        octets += fs::metadata(&file).unwrap().len();
    }
    assert!((100_000..1_000_000).contains(&octets), "{octets} octets");
}
