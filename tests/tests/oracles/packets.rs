//! The packets that all decoders are asked about.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use dsboot_codec::ip::udp;
use dsboot_spec::Setup;
use dsboot_tests::bytes::{Bytes, Cargo};
use dsboot_tests::tshark;

/// Generated packets, always the same, and each different packet of the bootstrap of all setups.
pub(crate) fn all() -> &'static [Vec<u8>] {
    static ALL: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    ALL.get_or_init(|| crate::generate::packets().into_iter().chain(bootstraps()).collect())
}

fn bootstraps() -> BTreeSet<Vec<u8>> {
    let mut packets = BTreeSet::new();
    for setup in Setup::ALL {
        let mut bytes = Bytes::new(&Bytes::settings(setup, 1)).unwrap();
        bytes.attach(0);
        bytes.settle(0);
        packets.extend(bytes.sent.iter().map(|flight| match &flight.what {
            Cargo::Packet(packet) => packet.octets.clone(),
            Cargo::Datagram(datagram) => {
                let (from, to) = (datagram.source, datagram.destination);
                udp::packet(from, to, datagram.ttl, &datagram.payload).unwrap()
            }
        }));
    }
    packets
}

/// A capture of packets, where they can be looked at afterwards.
pub(crate) fn file(name: &str, packets: &[Vec<u8>]) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oracles");
    fs::create_dir_all(&directory).unwrap();
    let file = directory.join(name);
    fs::write(&file, tshark::pcap(packets.iter().map(Vec::as_slice))).unwrap();
    file
}
