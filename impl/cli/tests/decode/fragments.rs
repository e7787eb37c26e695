//! Fragments of IP packets, put together.

use dsboot_codec::ip::{self, v4};
use serde_json::Value;

use crate::support::{REQUEST, Validator, dsboot, hex, pcap, udp};

/// A datagram with a registration request, which may be cut.
fn datagram() -> Vec<u8> {
    cut(&udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST)), 1024).remove(0)
}

/// Fragments of an IPv4 packet of so many octets of payload.
fn cut(packet: &[u8], octets: usize) -> Vec<Vec<u8>> {
    let (header, payload) = packet.split_at(20);
    let count = payload.len().div_ceil(octets);
    let parts = payload.chunks(octets).enumerate().map(|(i, part)| {
        let mut fragment = [header, part].concat();
        let length = u16::try_from(fragment.len()).expect("short");
        let place = u16::try_from(i * octets / 8).expect("short");
        let more = if i + 1 < count { 0x2000 } else { 0 };
        fragment[2..4].copy_from_slice(&length.to_be_bytes());
        fragment[6..8].copy_from_slice(&(place | more).to_be_bytes());
        fragment[10..12].copy_from_slice(&[0; 2]);
        let sum = ip::checksum(&[&fragment[..20]]);
        fragment[10..12].copy_from_slice(&sum.to_be_bytes());
        fragment
    });
    parts.collect()
}

/// Fragments of an IPv6 packet.
fn cut6(packet: &[u8], octets: usize) -> Vec<Vec<u8>> {
    let (header, payload) = packet.split_at(40);
    let count = payload.len().div_ceil(octets);
    let parts = payload.chunks(octets).enumerate().map(|(i, part)| {
        let place = u16::try_from(i * octets).expect("short") | u16::from(i + 1 < count);
        let fragment = [&[header[6], 0][..], &place.to_be_bytes(), &[0, 0, 0, 9]].concat();
        let mut whole = [header, &fragment, part].concat();
        let length = u16::try_from(whole.len() - 40).expect("short");
        whole[4..6].copy_from_slice(&length.to_be_bytes());
        whole[6] = 44;
        whole
    });
    parts.collect()
}

/// An IPv4 packet around another one.
fn around(from: &str, to: &str, protocol: u8, packet: &[u8]) -> Vec<u8> {
    let (from, to) = (from.parse().expect("an address"), to.parse().expect("an address"));
    v4::Packet::new(from, to, protocol, packet).encode().expect("fits")
}

fn decode(frames: &[Vec<u8>]) -> Vec<Value> {
    let ended = dsboot(&["decode", "--json"], &pcap(101, frames));
    assert_eq!(ended.code, 0, "{}", ended.text());
    let documents = ended.documents();
    let validator = Validator::new();
    documents.iter().for_each(|document| validator.check(document));
    let again = dsboot(&["encode", "--to", "binary"], &ended.out);
    assert!(again.out == frames.concat(), "the frames do not come again");
    documents
}

/// What a document of a packet put together gives again.
fn octets(document: &Value) -> Vec<u8> {
    dsboot(&["encode", "--to", "binary"], document.to_string().as_bytes()).out
}

#[test]
fn a_fragment_alone_is_said_to_be_one() {
    let parts = cut(&datagram(), 32);
    let ended = dsboot(&["decode", "--brief"], &pcap(101, &parts[1..]));
    assert_eq!(ended.code, 0, "{}", ended.text());
    assert!(ended.text().contains("a fragment"), "{}", ended.text());
    assert!(ended.err.contains("packets of which fragments are missing: 1"), "{}", ended.err);
}

#[test]
fn fragments_in_any_order_are_put_together() {
    let whole = datagram();
    let parts = cut(&whole, 24);
    let orders: [Vec<usize>; 3] = [vec![0, 1, 2, 3], vec![3, 1, 0, 2], vec![1, 1, 3, 2, 3, 0]];
    for order in orders {
        let frames: Vec<Vec<u8>> = order.iter().map(|i| parts[*i].clone()).collect();
        let documents = decode(&frames);
        let (last, others) = documents.split_last().expect("documents");
        assert!(others.iter().all(|document| document["reassembled"].is_null()));
        let packet = &last["reassembled"];
        assert_eq!(packet["fragments"].as_array().expect("numbers").len(), 4);
        assert_eq!(octets(packet), whole);
        assert!(packet["summary"].as_str().expect("text").ends_with("Registration Request"));
    }
    let ended = dsboot(&["decode"], &pcap(101, &parts));
    for part in ["put together from #1, #2, #3, #4", "MN-NAI: \"mn1@home.example\""] {
        assert!(ended.text().contains(part), "{part} is missing:\n{}", ended.text());
    }
    let hex: Vec<String> = parts.iter().map(|part| hex_of(part)).collect();
    let ended = dsboot(&["decode"], hex.join("\n\n").as_bytes());
    assert!(ended.text().contains("put together from #1, #2, #3, #4"), "{}", ended.text());
}

fn hex_of(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Fragments of IPv6 in IPv4, the packets of the tunnel in fragments too, and all of it in UDP.
#[test]
fn fragments_in_fragments_and_tunnels() {
    let mobile = udp("[2001:db8:f::77]:4000", "[2001:db8:1::1]:5000", &[7; 200]);
    let mut frames = Vec::new();
    for part in cut6(&mobile, 104) {
        let inner = around("203.0.113.9", "192.0.2.1", 41, &part);
        let tunnel = [&[4, 4, 0, 0][..], &inner].concat();
        let mut outer = udp("198.51.100.1:434", "192.0.2.1:434", &tunnel);
        // Each packet has an identification of its own.
        outer[5] = u8::try_from(frames.len()).expect("few");
        frames.extend(cut(&outer, 80));
    }
    let documents = decode(&frames);
    let chain = |document: &Value| {
        let outer = &document["reassembled"];
        (!outer.is_null(), octets(&outer["reassembled"]))
    };
    let found: Vec<_> = documents.iter().map(chain).collect();
    assert_eq!(found.iter().filter(|(outer, _)| *outer).count(), 2);
    assert_eq!(found.last().expect("documents").1, mobile);
}

#[test]
fn fragments_that_contradict_each_other_are_not_put_together() {
    let parts = cut(&datagram(), 24);
    let mut other = parts[1].clone();
    other[30] ^= 1;
    let mut wide = cut(&datagram(), 32)[1].clone();
    wide[7] -= 1;
    let sum = {
        wide[10..12].copy_from_slice(&[0; 2]);
        ip::checksum(&[&wide[..20]])
    };
    wide[10..12].copy_from_slice(&sum.to_be_bytes());
    for bad in [other, wide] {
        let frames = [&parts[..2], &[bad]].concat();
        let ended = dsboot(&["decode", "--brief"], &pcap(101, &frames));
        assert!(ended.text().contains("it overlaps another fragment"), "{}", ended.text());
        assert!(!ended.text().contains("put together from"), "{}", ended.text());
    }
    // What the capture has cut cannot be used.
    let mut file = pcap(101, &parts);
    file.truncate(24 + 16 + 40);
    file[24 + 8..24 + 12].copy_from_slice(&40_u32.to_le_bytes());
    let ended = dsboot(&["decode", "--brief"], &file);
    assert!(ended.text().contains("of the fragment: it is not whole"), "{}", ended.text());
}

/// The oldest fragments are given up when there are too many, and those that waited too long.
#[test]
fn fragments_are_kept_in_bounded_memory() {
    let parts = cut(&datagram(), 24);
    let other = |i: u32| {
        let packet = udp("10.0.0.1:1", "10.0.0.2:2", &[0; 1400]);
        let mut part = cut(&packet, 1200)[0].clone();
        part[12..16].copy_from_slice(&i.to_be_bytes());
        part[10..12].copy_from_slice(&[0; 2]);
        let sum = ip::checksum(&[&part[..20]]);
        part[10..12].copy_from_slice(&sum.to_be_bytes());
        part
    };
    let between = |count: u32| {
        let others: Vec<Vec<u8>> = (0..count).map(other).collect();
        let frames = [&parts[..2], &others, &parts[2..]].concat();
        let ended = dsboot(&["decode", "--brief"], &pcap(101, &frames));
        assert_eq!(ended.code, 0, "{}", ended.err);
        ended.text().contains("put together from")
    };
    assert!(between(3000));
    assert!(!between(4000));

    let mut late = pcap(101, &parts);
    let last = late.len() - parts[3].len() - 16;
    late[last..last + 4].copy_from_slice(&1_700_000_061_u32.to_le_bytes());
    let ended = dsboot(&["decode", "--brief"], &late);
    assert!(!ended.text().contains("put together from"), "{}", ended.text());
}
