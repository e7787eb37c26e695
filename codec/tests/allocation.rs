//! Decoding allocates nothing: every vector, every message of every ladder and their parts, read
//! to the last unit, whether they decode or not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::hint::black_box;

use allocation_counter::measure;
use dsboot_codec::ip::{Pseudo, icmp, tunnel, udp, v4, v6};
use dsboot_codec::mip4::discovery::Discovery;
use dsboot_codec::{dsb, eap, ip, mip4, mip6, pana, radius};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID as VENDOR;

#[allow(dead_code, unreachable_pub, reason = "shared with the fuzz targets")]
#[path = "../fuzz/src/entries/mod.rs"]
mod entries;
#[allow(dead_code, unreachable_pub, reason = "shared with the fuzz targets")]
#[path = "../fuzz/src/seeds.rs"]
mod seeds;

/// Reads to the last unit; how many units there were.
type Read = fn(&[u8]) -> usize;

const READERS: &[(&str, Read)] = &[
    ("radius", radius_packet),
    ("mip4", mip4_message),
    ("discovery", discovery),
    ("mip6", mobility_header),
    ("mip6 packet", mobility_packet),
    ("pana", pana_message),
    ("eap", eap_packet),
    ("ip", ip_packet),
    ("parameter", parameter),
];

fn radius_packet(octets: &[u8]) -> usize {
    let Ok(packet) = radius::Packet::decode(octets) else { return 0 };
    black_box((packet.user_name(), packet.session_timeout(), packet.vendor(VENDOR).parameters()));
    let _ =
        black_box((packet.verify_request(b"secret"), packet.verify_response(&[0; 16], b"secret")));
    packet.attributes().inspect(|unit| _ = black_box(unit)).count()
        + packet.vendor(VENDOR).sub_attributes().inspect(|unit| _ = black_box(unit)).count()
}

fn mip4_message(octets: &[u8]) -> usize {
    let _ = black_box(mip4::Message::decode(octets));
    let extensions = match mip4::Message::decode_leniently(octets) {
        Ok(mip4::Message::Request(request)) => request.extensions,
        Ok(mip4::Message::Reply(reply)) => reply.extensions,
        _ => return 0,
    };
    black_box((extensions.nai(), extensions.mn_ha_key_reply(), extensions.bootstrap(VENDOR)));
    for authenticator in extensions.authenticators() {
        black_box(authenticator.verify_chap(b"key", b"challenge"));
    }
    extensions.iter().inspect(|unit| _ = black_box(unit)).count()
}

fn discovery(octets: &[u8]) -> usize {
    let Ok(Discovery::Advertisement(advertisement)) = Discovery::decode(octets) else { return 0 };
    black_box(advertisement.mobility_agent());
    advertisement.extensions().inspect(|unit| _ = black_box(unit)).count()
}

fn mobility_header(octets: &[u8]) -> usize {
    let header = mip6::Header::decode_unverified(octets);
    let Ok(message) = header.and_then(|header| header.message()) else { return 0 };
    message.options().iter().inspect(|unit| _ = black_box(unit)).count()
}

fn mobility_packet(octets: &[u8]) -> usize {
    let Ok(packet) = mip6::Packet::decode(octets) else { return 0 };
    black_box((packet.mn_aaa(), packet.verify_mn_ha(b"key")));
    1
}

fn pana_message(octets: &[u8]) -> usize {
    let Ok(message) = pana::Message::decode(octets) else { return 0 };
    let _ = black_box((message.validate(VENDOR), message.parameters(VENDOR)));
    message.avps().inspect(|unit| _ = black_box(unit)).count()
}

fn eap_packet(octets: &[u8]) -> usize {
    let Ok(packet) = eap::Packet::decode(octets) else { return 0 };
    usize::from(black_box(packet.body()).is_ok())
}

fn ip_packet(octets: &[u8]) -> usize {
    let _ = black_box(udp::decode_packet(octets));
    let _ = black_box(icmp::Message::decode_v4(octets));
    let _ =
        black_box(icmp::Message::decode_v6(octets, &Pseudo::v6([1; 16].into(), [2; 16].into())));
    if let Ok(outer) = v4::Packet::decode(octets) {
        let _ = black_box(tunnel::ipv4_in_ipv4::unwrap(&outer));
        let _ = black_box(tunnel::ipv6_in_ipv4::unwrap(&outer));
        let _ = black_box(tunnel::minimal::unwrap(&outer));
        return usize::from(black_box(tunnel::gre::Packet::decode(outer.payload)).is_ok());
    }
    let Ok(packet) = v6::Packet::decode(octets) else { return 0 };
    let _ = black_box(ip::Packet::decode(octets));
    packet.extensions().map_or(0, |chain| chain.iter().inspect(|u| _ = black_box(u)).count())
}

fn parameter(octets: &[u8]) -> usize {
    let Some((kind, value)) = octets.split_first() else { return 0 };
    usize::from(black_box(dsb::Parameter::decode((*kind).into(), value)).is_some())
}

#[test]
fn decoding_allocates_nothing() {
    let mut all = seeds::vectors().unwrap();
    all.extend(seeds::ladders().unwrap());
    let mut octets = BTreeSet::new();
    all.keys().for_each(|message| seeds::parts(message, &mut octets));
    for (name, read) in READERS {
        let mut units = 0;
        for octets in &octets {
            // As it is, and cut off.
            for octets in [&octets[..], &octets[..octets.len() / 2]] {
                let allocated = measure(|| units += read(octets));
                assert_eq!(allocated.count_total, 0, "{name} allocates for {octets:02x?}");
            }
        }
        println!("{name}: {units} units in {} inputs", 2 * octets.len());
        assert!(units > 0, "{name} read nothing");
    }
}

#[test]
fn allocations_are_seen() {
    assert_eq!(measure(|| _ = black_box(vec![0_u8; 7])).count_total, 1);
}
