//! Mobile IPv6: the check vectors, each rule broken on purpose, and random input.
#![cfg(test)]

mod authentication;
mod messages;
mod options;
mod random;
mod vectors;

use core::net::Ipv6Addr;
use dsboot_codec::ip::Pseudo;
use dsboot_codec::mip6::Addresses;
use dsboot_spec::registry::ip::next_header;

const HOME: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 0x100);
const CARE_OF: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xf, 0, 0, 0, 0, 0x77);
const HOME_AGENT: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 1);
const NODE: Addresses = Addresses { home: HOME, care_of: CARE_OF };
const NAI: &[u8] = b"mn1@home.example";
const SECRET: &[u8] = b"AAA-shared-key-0";
const PSEUDO: Pseudo = Pseudo::v6(HOME, HOME_AGENT);

/// The check vector of this name.
fn vector(name: &str) -> Vec<u8> {
    let all: serde_json::Value =
        serde_json::from_str(include_str!("../vectors/mobile-ip.json")).unwrap();
    hex::decode(all[name].as_str().unwrap_or_else(|| panic!("no vector {name}"))).unwrap()
}

/// The mobility header of these octets with length and checksum put right for `pseudo`.
fn sealed(pseudo: &Pseudo, octets: &[u8]) -> Vec<u8> {
    let mut octets = octets.to_vec();
    octets[1] = u8::try_from(octets.len() / 8 - 1).unwrap();
    resum(pseudo, &mut octets);
    octets
}

/// Puts the checksum of a mobility header right for `pseudo`.
fn resum(pseudo: &Pseudo, octets: &mut [u8]) {
    octets[4..6].fill(0);
    let sum = pseudo.checksum(next_header::MOBILITY, &[octets]);
    octets[4..6].copy_from_slice(&sum.to_be_bytes());
}
