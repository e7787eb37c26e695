//! The packets that all decoders are asked about.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use dsboot_codec::ip::udp;
use dsboot_node::Probability;
use dsboot_node::capture::Capture;
use dsboot_node::story::{Outputs, Story};
use dsboot_node::world::{Settings, people::Faults};
use dsboot_roles::Time;
use dsboot_spec::Setup;
use dsboot_tests::bytes::{Bytes, Cargo};
use dsboot_tests::tshark;

use crate::{captures, generate};

/// Generated packets, always the same, each different packet of the bootstrap of all setups, of
/// whole runs of them, and of the committed captures.
pub(crate) fn all() -> &'static [Vec<u8>] {
    static ALL: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let others: BTreeSet<Vec<u8>> =
            bootstraps().into_iter().chain(runs()).chain(captures::packets()).collect();
        generate::packets().into_iter().chain(others).collect()
    })
}

/// Those of them, in IPv4, that carry RADIUS.
pub(crate) fn in_radius() -> Vec<Vec<u8>> {
    let is_radius = |packet: &&Vec<u8>| {
        let ports = |p: udp::Received<'_>| [p.source.port(), p.destination.port()].contains(&1812);
        packet[0] >> 4 == 4 && udp::decode_packet(packet).is_ok_and(ports)
    };
    all().iter().filter(is_radius).cloned().collect()
}

/// The RADIUS packets in them.
pub(crate) fn radius() -> Vec<Vec<u8>> {
    let packets = in_radius();
    packets.iter().map(|packet| udp::decode_packet(packet).unwrap().payload.to_vec()).collect()
}

fn settings(setup: Setup) -> Settings {
    Settings {
        setup,
        number: 0,
        start: Time::from_unix_micros(1_800_000_000_000_000),
        seed: 1,
        loss: Probability::NEVER,
        port_offset: Some(20_000),
        faults: Faults::default(),
        clients: Vec::new(),
        radius: None,
    }
}

/// The IP packets of whole runs, from bootstrap to release, as `dsboot run --pcap` captures them.
fn runs() -> Vec<Vec<u8>> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("runs.pcapng");
    let capture = Some(Capture::create(&file).unwrap());
    let mut outputs = Outputs { capture, trace: None };
    for setup in Setup::ALL {
        let settings = settings(setup);
        let mut story = Story::begin(&settings, None, &mut outputs).unwrap();
        story.tell().unwrap();
        assert!(story.end().holds, "{setup}");
    }
    outputs.capture.unwrap().finish().unwrap();
    captures::ip_packets(&fs::read(file).unwrap())
}

fn bootstraps() -> BTreeSet<Vec<u8>> {
    let mut packets = BTreeSet::new();
    for setup in Setup::ALL {
        let mut bytes = Bytes::new(&Bytes::settings(setup, 1)).unwrap();
        bytes.attach(0, 0);
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
