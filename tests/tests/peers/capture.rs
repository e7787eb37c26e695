//! tshark reads the capture of whole runs, from bootstrap to release, of all six setups.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use dsboot_codec::ip::{self, udp};
use dsboot_codec::mip4::Message;
use dsboot_node::{
    Ports,
    capture::Capture,
    net::Carries,
    story::{Outputs, Story},
    world::people::RADIUS_SECRET,
};
use dsboot_spec::{
    Setup,
    registry::{mip4::extension, radius::code},
};
use dsboot_tests::tshark::{self, Tshark, Values};

use crate::network::settings;

/// A link of a run, by the setup's name and its own.
pub(crate) type LinkName = (String, String);

/// The capture of all setups, and which links it has to show.
pub(crate) struct Runs {
    pub(crate) file: PathBuf,
    links: BTreeMap<LinkName, Carries>,
}

/// Where the files of this target are kept, so that they can be looked at afterwards.
pub(crate) fn directory() -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers");
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// Written once for all tests.
pub(crate) fn runs() -> &'static Runs {
    static RUNS: OnceLock<Runs> = OnceLock::new();
    RUNS.get_or_init(|| {
        let file = directory().join("runs.pcapng");
        let capture = Some(Capture::create(&file).unwrap());
        let mut outputs = Outputs { capture, trace: None };
        let mut links = BTreeMap::new();
        for setup in Setup::ALL {
            let mut story = Story::begin(&settings(setup), None, &mut outputs).unwrap();
            for link in story.world.net.links() {
                links.insert((setup.to_string(), link.name.clone()), link.carries);
            }
            story.tell().unwrap();
            assert!(story.end().holds, "{setup}");
        }
        outputs.capture.unwrap().finish().unwrap();
        Runs { file, links }
    })
}

/// tshark as a reader of a run is told to call it, with the secret of all RADIUS legs.
pub(crate) fn reader() -> Option<Tshark> {
    let options = Ports::with_offset(20_000).unwrap().tshark_options();
    Some(with_secret(Tshark::find()?.with(&options), RADIUS_SECRET))
}

fn with_secret(tshark: Tshark, secret: &str) -> Tshark {
    tshark
        .preferring("radius.validate_authenticator:TRUE")
        .preferring(&format!("radius.shared_secret:{secret}"))
}

/// What tshark cannot read, though it is right: it takes the subtype of these Mobile IPv4
/// extensions (RFC 3957, long format of RFC 3344 §1.9) for their length, and goes on amid them.
const UNREADABLE: [u8; 4] = [
    extension::MN_FA_KEY_REQUEST,
    extension::MN_FA_KEY_REPLY,
    extension::MN_HA_KEY_REQUEST,
    extension::MN_HA_KEY_REPLY,
];

/// What tshark remarks on what is as it must be: layers that the remark is on, the remark, reason.
const REMARKS: [(&str, &str, &str); 3] = [
    (
        "ip:udp:pana:eap",
        "Vulnerable to MITM attacks. If possible, change EAP type.",
        "EAP-MD5 is what the demonstration network authenticates by",
    ),
    (
        "ip:udp:radius:eap",
        "Vulnerable to MITM attacks. If possible, change EAP type.",
        "EAP-MD5 is what the demonstration network authenticates by",
    ),
    ("ip:icmp", "\"Time To Live\" only 1", "advertisements and solicitations go no further"),
];

/// Extensions that tshark cannot read, in the Mobile IPv4 message of an IP packet, with where they
/// stand in the message.
fn unreadable(packet: &[u8]) -> Vec<(u8, usize, usize)> {
    let Ok(datagram) = udp::decode_packet(packet) else { return Vec::new() };
    let extensions = match Message::decode(datagram.payload) {
        Ok(Message::Request(request)) => request.extensions,
        Ok(Message::Reply(reply)) => reply.extensions,
        _ => return Vec::new(),
    };
    let kinds = extensions.iter().map(|e| (e.value.kind(), e.offset, e.raw.len()));
    kinds.filter(|(kind, _, _)| UNREADABLE.contains(kind)).collect()
}

/// The packets of a capture in their order; tshark numbers them from 1.
fn packets(tshark: &Tshark, file: &Path) -> Vec<Vec<u8>> {
    tshark.json(file, "").unwrap().iter().map(|p| tshark::octets(p).unwrap()).collect()
}

/// The numbers of the packets that tshark finds malformed or wrong.
fn malformed(tshark: &Tshark, file: &Path) -> BTreeSet<usize> {
    // Severity "error" and above.
    let filter = "_ws.malformed || _ws.expert.severity >= 0x00800000";
    let rows = tshark.fields(file, filter, &["frame.number"]).unwrap();
    rows.iter().map(|row| row[0][0].parse().unwrap()).collect()
}

#[test]
fn nothing_is_malformed_but_what_tshark_cannot_read() {
    let Some(tshark) = reader() else { return };
    let runs = runs();
    let packets = packets(&tshark, &runs.file);
    let numbered = || (1..).zip(&packets);
    let excepted: BTreeSet<usize> =
        numbered().filter(|(_, p)| !unreadable(p).is_empty()).map(|(number, _)| number).collect();
    let kinds: BTreeSet<u8> =
        packets.iter().flat_map(|p| unreadable(p)).map(|(kind, _, _)| kind).collect();
    // Both are in use, so both tests below are of something.
    assert_eq!(kinds, [extension::MN_HA_KEY_REQUEST, extension::MN_HA_KEY_REPLY].into());
    assert_eq!(malformed(&tshark, &runs.file), excepted);

    // Without those extensions tshark has nothing against these packets either.
    let readable: Vec<Vec<u8>> = excepted.iter().map(|n| without(&packets[n - 1])).collect();
    let file = directory().join("readable.pcap");
    fs::write(&file, tshark::pcap(readable.iter().map(Vec::as_slice))).unwrap();
    assert_eq!(malformed(&tshark, &file), BTreeSet::new());
    let rows = tshark.fields(&file, "mip", &["mip.ext.type"]).unwrap();
    assert_eq!(rows.len(), readable.len());
    for (row, packet) in rows.iter().zip(&readable) {
        assert_eq!(numbers(&row[0]), extension_types(packet));
    }
}

/// The packet without the extensions that tshark cannot read.
fn without(packet: &[u8]) -> Vec<u8> {
    let datagram = udp::decode_packet(packet).unwrap();
    let mut payload = datagram.payload.to_vec();
    for (_, offset, length) in unreadable(packet).into_iter().rev() {
        payload.drain(offset..offset + length);
    }
    udp::packet(datagram.source, datagram.destination, datagram.ttl, &payload).unwrap()
}

fn extension_types(packet: &[u8]) -> Vec<u64> {
    let datagram = udp::decode_packet(packet).unwrap();
    let extensions = match Message::decode(datagram.payload).unwrap() {
        Message::Request(request) => request.extensions,
        Message::Reply(reply) => reply.extensions,
        other => panic!("{other:?}"),
    };
    extensions.iter().map(|extension| extension.value.kind().into()).collect()
}

/// The values of a field as numbers, whether tshark writes them in decimal or hexadecimal.
pub(crate) fn numbers(values: &Values) -> Vec<u64> {
    let number = |text: &String| match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).unwrap(),
        None => text.parse().unwrap(),
    };
    values.iter().map(number).collect()
}

#[test]
fn tshark_remarks_on_nothing_else() {
    let Some(tshark) = reader() else { return };
    let fields = ["frame.protocols", "_ws.expert.message", "frame.comment"];
    // Above "comment", below "error"; notes of this project's own stand beside the remarks.
    let filter = "_ws.expert.severity >= 0x00200000 && !_ws.malformed";
    let rows = tshark.fields(&runs().file, filter, &fields).unwrap();
    let mut seen = BTreeSet::new();
    for row in rows {
        for message in row[1].iter().filter(|message| !row[2].contains(message)) {
            let remark = (row[0][0].clone(), message.clone());
            assert!(
                REMARKS.iter().any(|(layers, text, _)| *layers == remark.0 && *text == remark.1),
                "{remark:?}"
            );
            seen.insert(remark);
        }
    }
    assert_eq!(seen.len(), REMARKS.len(), "{seen:?}");
}

/// Codes of RADIUS answers whose Response Authenticator tshark calls right, and wrong.
fn authenticators(tshark: &Tshark, file: &Path) -> [Vec<u64>; 2] {
    let answers = ["radius.code", "radius.authenticator.valid", "radius.authenticator.invalid"];
    let rows = tshark.fields(file, "radius.code != 1", &answers).unwrap();
    let mut judged = [Vec::new(), Vec::new()];
    for row in rows {
        // It judges all answers whose request it has seen, and says both.
        let is_wrong = match (numbers(&row[1]).as_slice(), numbers(&row[2]).as_slice()) {
            ([1], [0]) => 0,
            ([0], [1]) => 1,
            other => panic!("not judged: {row:?} {other:?}"),
        };
        judged[is_wrong].extend(numbers(&row[0]));
    }
    judged
}

//= wire.4.5
#[test]
fn every_response_authenticator_is_right() {
    let Some(tshark) = reader() else { return };
    let file = &runs().file;
    let requests = tshark.fields(file, "radius.code == 1", &["frame.number"]).unwrap().len();
    let [right, wrong] = authenticators(&tshark, file);
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(right.len(), requests);
    let codes: BTreeSet<u64> = right.iter().copied().collect();
    assert_eq!(codes, [code::ACCESS_ACCEPT, code::ACCESS_CHALLENGE].map(u64::from).into());
    // tshark can tell: under another secret none is right.
    let [right, wrong] = authenticators(&with_secret(tshark, "another"), file);
    assert_eq!((right, wrong.len()), (vec![], requests));
}

/// What tshark says of the checksums of each packet: IPv4, UDP, ICMP, ICMPv6; 1 is right, 0 wrong,
/// of every header outside and inside of tunnels.
fn checksums(tshark: &Tshark, file: &Path) -> Vec<[Vec<u64>; 4]> {
    let fields = ["ip", "udp", "icmp", "icmpv6"].map(|p| format!("{p}.checksum.status"));
    let rows = tshark.fields(file, "", &fields.each_ref().map(String::as_str)).unwrap();
    rows.iter().map(|row| [0, 1, 2, 3].map(|i| numbers(&row[i]))).collect()
}

//= wire.10.2
//= wire.10.14
//= wire.10.16
#[test]
fn every_checksum_is_right() {
    let Some(tshark) = reader() else { return };
    let file = &runs().file;
    let layers = tshark.fields(file, "", &["frame.protocols"]).unwrap();
    let checksums = checksums(&tshark, file);
    assert_eq!(layers.len(), checksums.len());
    let mut verified = [0; 4];
    for (layers, statuses) in layers.iter().zip(&checksums) {
        for (i, protocol) in ["ip", "udp", "icmp", "icmpv6"].into_iter().enumerate() {
            let count = layers[0][0].split(':').filter(|layer| *layer == protocol).count();
            assert_eq!(statuses[i], vec![1; count], "{protocol} in {layers:?}");
            verified[i] += count;
        }
    }
    assert!(verified.iter().all(|count| *count > 0), "{verified:?}");
}

#[test]
fn tshark_sees_a_wrong_checksum_and_a_cut_message() {
    let Some(tshark) = reader() else { return };
    let packets = packets(&tshark, &runs().file);
    let is_readable = |p: &&Vec<u8>| {
        let datagram = udp::decode_packet(p);
        let payload = datagram.ok().map(|datagram| datagram.payload);
        unreadable(p).is_empty()
            && matches!(payload.map(Message::decode), Some(Ok(Message::Request(_))))
    };
    let good = packets.iter().find(is_readable).unwrap();
    let mut spoilt = good.clone();
    *spoilt.last_mut().unwrap() ^= 1;
    let datagram = udp::decode_packet(good).unwrap();
    let cut = &datagram.payload[..datagram.payload.len() - 1];
    let cut = udp::packet(datagram.source, datagram.destination, datagram.ttl, cut).unwrap();
    let file = directory().join("spoilt.pcap");
    fs::write(&file, tshark::pcap([good.as_slice(), &spoilt, &cut])).unwrap();
    let udp: Vec<_> = checksums(&tshark, &file).into_iter().map(|[_, udp, _, _]| udp).collect();
    assert_eq!(udp, [[1], [0], [1]]);
    assert_eq!(malformed(&tshark, &file), [2, 3].into());
}

/// The setup and the link of each interface that has packets, and what it carries.
fn interfaces(tshark: &Tshark, filter: &str) -> BTreeSet<LinkName> {
    let fields = ["frame.interface_description", "frame.interface_name"];
    let rows = tshark.fields(&runs().file, filter, &fields).unwrap();
    let link = |row: &Vec<Values>| {
        let (setup, described) = row[0][0].rsplit_once(": ").unwrap();
        assert_eq!(described, row[1][0]);
        (setup.to_owned(), described.to_owned())
    };
    rows.iter().map(link).collect()
}

#[test]
fn every_link_is_an_interface_with_its_name() {
    let Some(tshark) = reader() else { return };
    let runs = runs();
    let with_packets = interfaces(&tshark, "");
    for link in &with_packets {
        assert!(runs.links.contains_key(link), "{link:?}");
    }
    // Everything that can be on the way of a run is; FHAs are asked about at one home.
    for (setup, link) in runs.links.keys() {
        let name = (setup.clone(), link.clone());
        assert!(with_packets.contains(&name), "nothing on {name:?}");
    }
}

//= data-path.3.6
#[test]
fn home_agent_and_correspondent_see_no_ipv4() {
    let Some(tshark) = reader() else { return };
    let ends_at = |link: &LinkName, host| link.1.split('-').any(|end| end == host);
    let at_home: BTreeSet<LinkName> =
        runs().links.keys().filter(|l| ends_at(l, "HA") || ends_at(l, "CN")).cloned().collect();
    // FHA-HA, FHA2-HA, HA-AAAH, HA-CN in each setup.
    assert_eq!(at_home.len(), 4 * Setup::ALL.len());
    let with_ipv4 = interfaces(&tshark, "ip");
    assert_eq!(with_ipv4.intersection(&at_home).count(), 0);
    let with_ipv6 = interfaces(&tshark, "ipv6");
    assert!(at_home.is_subset(&with_ipv6));
    for link in &at_home {
        assert_eq!(runs().links[link], Carries::Ipv6);
    }
    // IPv4 is version 4 in the first octet too, whatever tshark makes of the interface.
    let all = packets(&tshark, &runs().file);
    let fields = ["frame.interface_description", "frame.interface_name"];
    let names = tshark.fields(&runs().file, "", &fields).unwrap();
    for (packet, name) in all.iter().zip(&names) {
        let host = |host| name[1][0].split('-').any(|end| end == host);
        let is_ipv6 = matches!(ip::Packet::decode(packet), Ok(ip::Packet::V6(_)));
        assert_eq!(is_ipv6, host("HA") || host("CN"), "{name:?}");
    }
}
