//! IP, UDP, ICMP and tunnels: the check vectors, each rule broken on purpose, and random input.
#![cfg(test)]

mod icmp;
mod random;
mod tunnel;
mod udp;
mod v4;
mod v6;
mod vectors;

use core::net::{Ipv4Addr, Ipv6Addr};

const CARE_OF: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 77);
const FA: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
const FHA: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const THOAV4: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 9);
const HOME6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 0x100);
const CARE_OF6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xf, 0, 0, 0, 0, 0x77);
const HOME_AGENT6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 1);

/// The check vector of this name.
fn vector(name: &str) -> Vec<u8> {
    let all: serde_json::Value =
        serde_json::from_str(include_str!("../vectors/mobile-ip.json")).unwrap();
    hex::decode(all[name].as_str().unwrap_or_else(|| panic!("no vector {name}"))).unwrap()
}

/// The octets with the two at `at` set to `value`.
fn with_word(octets: &[u8], at: usize, value: u16) -> Vec<u8> {
    let mut octets = octets.to_vec();
    octets[at..at + 2].copy_from_slice(&value.to_be_bytes());
    octets
}

/// The octets with the one at `at` set to `value`.
fn with_octet(octets: &[u8], at: usize, value: u8) -> Vec<u8> {
    let mut octets = octets.to_vec();
    octets[at] = value;
    octets
}

/// An IPv4 packet with its header checksum put right.
fn resummed(octets: &[u8]) -> Vec<u8> {
    let header = usize::from(octets[0] & 0x0f) * 4;
    let octets = with_word(octets, 10, 0);
    let sum = dsboot_codec::ip::checksum(&[&octets[..header]]);
    with_word(&octets, 10, sum)
}
