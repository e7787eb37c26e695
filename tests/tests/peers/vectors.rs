//! The recorded vectors, and the RADIUS packets of whole runs, read by tshark and scapy.

use std::{collections::BTreeMap, fs, path::Path, process::Command, time::Duration};

use dsboot_codec::ip::udp;
use dsboot_node::world::people::RADIUS_SECRET;
use dsboot_spec::registry::{mip4, radius};
use dsboot_tests::{
    peers, process,
    tshark::{self, Tshark},
};
use serde_json::Value;

use crate::capture::{directory, reader, runs};

const PATIENCE: Duration = Duration::from_secs(60);

/// The secret of leg B in the vectors.
const VECTOR_SECRET: &[u8] = b"radius-secret-16";

fn vectors(name: &str) -> Value {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codec/tests/vectors");
    serde_json::from_str(&fs::read_to_string(directory.join(name)).unwrap()).unwrap()
}

fn octets(vectors: &Value, name: &str) -> Vec<u8> {
    hex::decode(vectors[name].as_str().unwrap_or_else(|| panic!("no vector {name}"))).unwrap()
}

/// An Access-Request, the answer to it, and the secret that they are made with.
struct Exchange {
    secret: Vec<u8>,
    request: Vec<u8>,
    answer: Vec<u8>,
}

/// Asks scapy about exchanges. `None` without scapy.
fn scapy(exchanges: &[Exchange]) -> Option<Vec<Value>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/scapy_vectors.py");
    let mut command = Command::new(peers::SCAPY.find()?);
    let exchanges = exchanges.iter().map(|Exchange { secret, request, answer }| {
        serde_json::json!([secret, request, answer].map(hex::encode))
    });
    let input = Value::Array(exchanges.collect()).to_string();
    let said = process::run(command.arg(script), &input, PATIENCE).unwrap();
    assert!(said.status.success(), "{}", said.err);
    Some(serde_json::from_str(&said.out).unwrap())
}

//= wire.4.5
//= wire.4.7
//= wire.4.8
#[test]
fn scapy_verifies_the_vectors_authenticators() {
    let access = vectors("eap-md5-radius.json");
    let mobile = vectors("mobile-ip.json");
    let secret = octets(&access, "radius_secret");
    let pair = |vectors: &Value, secret: &[u8], request, answer| Exchange {
        secret: secret.to_vec(),
        request: octets(vectors, request),
        answer: octets(vectors, answer),
    };
    let mut exchanges = vec![
        pair(&access, &secret, "access_request_identity", "access_challenge"),
        pair(&access, &secret, "access_request_md5", "access_accept"),
        pair(&mobile, VECTOR_SECRET, "access_request_fha", "access_accept_fha"),
    ];
    let count = exchanges.len();
    // And it can tell.
    exchanges.push(pair(&access, b"another", "access_request_md5", "access_accept"));
    let Some(judged) = scapy(&exchanges) else { return };
    for (i, result) in judged.iter().enumerate() {
        for what in ["request", "answer", "response"] {
            assert_eq!(result[what], i < count, "{what} of exchange {i}");
        }
    }
}

//= access.6.5
#[test]
fn scapy_verifies_every_authenticator_of_the_runs() {
    let Some(tshark) = reader() else { return };
    let file = &runs().file;
    let numbers = tshark.fields(file, "radius", &["radius.code", "radius.reqframe"]).unwrap();
    let frames = tshark.fields(file, "radius", &["frame.number"]).unwrap();
    let packets = tshark.json(file, "radius").unwrap();
    let mut requests = BTreeMap::new();
    let mut exchanges = Vec::new();
    for ((row, frame), packet) in numbers.iter().zip(&frames).zip(&packets) {
        let packet = tshark::octets(packet).unwrap();
        let payload = udp::decode_packet(&packet).unwrap().payload.to_vec();
        let secret = RADIUS_SECRET.as_bytes().to_vec();
        if row[0] == [radius::code::ACCESS_REQUEST.to_string()] {
            requests.insert(frame[0][0].clone(), payload);
        } else {
            let request: &Vec<u8> = &requests[&row[1][0]];
            exchanges.push(Exchange { secret, request: request.clone(), answer: payload });
        }
    }
    assert!(exchanges.len() >= 60, "only {} answers", exchanges.len());
    assert_eq!(exchanges.len(), requests.len());
    let Some(judged) = scapy(&exchanges) else { return };
    assert_eq!(judged.len(), exchanges.len());
    for result in judged {
        for what in ["request", "answer", "response"] {
            assert_eq!(result[what], true, "{what}: {result}");
        }
    }
}

/// A vector as it travels, and what tshark reads in it.
type Reading = (&'static str, Carried, &'static [(&'static str, &'static [&'static str])]);

/// What a vector is, before it is an IP packet.
#[derive(Clone, Copy, Debug)]
enum Carried {
    /// An IP packet.
    Packet,
    /// The payload of UDP port 434.
    MobileIp,
}

/// Addresses, identifiers and numbers are those that the vectors were made from.
const READINGS: &[Reading] = &[
    (
        "rrq_rereg",
        Carried::MobileIp,
        &[
            ("mip.type", &["1"]),
            ("mip.flags", &["0x22"]),
            ("mip.life", &["1800"]),
            ("mip.homeaddr", &["203.0.113.9"]),
            ("mip.haaddr", &["192.0.2.1"]),
            ("mip.coa", &["198.51.100.77"]),
            ("mip.ext.type", &["131", "32"]),
            ("mip.nai", &["mn1@home.example"]),
            ("mip.auth.spi", &["0x00002001"]),
        ],
    ),
    (
        "rrp_133",
        Carried::MobileIp,
        &[
            ("mip.type", &["3"]),
            ("mip.code", &["133"]),
            ("mip.homeaddr", &["203.0.113.9"]),
            ("mip.haaddr", &["192.0.2.1"]),
            ("mip.ext.type", &["131", "32"]),
            ("mip.auth.spi", &["0x00001001"]),
        ],
    ),
    (
        "ipv6_bu",
        Carried::Packet,
        &[
            ("ipv6.src", &["2001:db8:f::77"]),
            ("ipv6.dst", &["2001:db8:1::1"]),
            ("ipv6.opt.mipv6.home_address", &["2001:db8:1::100"]),
            ("mip6.mhtype", &["5"]),
            ("mip6.acoa.acoa", &["2001:db8:f::77"]),
            ("mip6.mnid.identifier", &["mn1@home.example"]),
            ("mip6.auth.subtype", &["2"]),
            ("mip6.auth.mobility_spi", &["3"]),
        ],
    ),
    (
        "ipv6_ba",
        Carried::Packet,
        &[
            ("ipv6.src", &["2001:db8:1::1"]),
            ("ipv6.dst", &["2001:db8:f::77"]),
            ("ipv6.routing.mipv6.home_address", &["2001:db8:1::100"]),
            ("mip6.mhtype", &["6"]),
            ("mip6.ba.status", &["0"]),
            ("mip6.auth.subtype", &["1"]),
            ("mip6.auth.mobility_spi", &["768"]),
        ],
    ),
    (
        "ipv4_41_bu",
        Carried::Packet,
        &[
            ("ip.src", &["203.0.113.9"]),
            ("ip.dst", &["192.0.2.1"]),
            ("ip.checksum.status", &["1"]),
            ("mip6.mhtype", &["5"]),
        ],
    ),
    (
        "ipv4_4_41_bu",
        Carried::Packet,
        &[
            ("ip.src", &["198.51.100.1", "203.0.113.9"]),
            ("ip.dst", &["192.0.2.1", "192.0.2.1"]),
            ("ip.checksum.status", &["1", "1"]),
            ("mip6.mhtype", &["5"]),
        ],
    ),
];

#[test]
fn tshark_reads_the_vectors_as_they_were_made() {
    let Some(tshark) = Tshark::find() else { return };
    let vectors = vectors("mobile-ip.json");
    let port = mip4::PORT;
    let packets: Vec<Vec<u8>> = READINGS
        .iter()
        .map(|(name, carried, _)| match carried {
            Carried::Packet => octets(&vectors, name),
            Carried::MobileIp => {
                let (from, to) = (([198, 51, 100, 77], port), ([192, 0, 2, 1], port));
                udp::packet(from.into(), to.into(), 64, &octets(&vectors, name)).unwrap()
            }
        })
        .collect();
    let file = directory().join("vectors.pcap");
    fs::write(&file, tshark::pcap(packets.iter().map(Vec::as_slice))).unwrap();
    assert_eq!(tshark.fields(&file, "_ws.malformed", &["frame.number"]).unwrap().len(), 0);
    for (number, (name, _, fields)) in (1..).zip(READINGS) {
        let names: Vec<&str> = fields.iter().map(|(field, _)| *field).collect();
        let filter = format!("frame.number == {number}");
        let rows = tshark.fields(&file, &filter, &names).unwrap();
        for ((field, expected), found) in fields.iter().zip(&rows[0]) {
            assert_eq!(found, expected, "{field} of {name}");
        }
    }
}
