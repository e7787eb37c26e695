//! Messages that are as hard to read as their length allows: work must grow with the length, and
//! no faster.

use std::hint::black_box;

use dsboot_codec::ip::v6;
use dsboot_codec::mip4::discovery::Discovery;
use dsboot_codec::{eap, ip, mip4, mip6, pana, radius};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;

/// Messages of a kind, of any length, that are read in full.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// What they are full of.
    pub name: &'static str,
    /// The longest that there are.
    pub longest: usize,
    /// One of about so many octets.
    pub make: fn(usize) -> Vec<u8>,
    /// Reads it; how many units there were.
    pub read: fn(&[u8]) -> usize,
}

/// The worst that is known of each protocol.
pub const BOUNDS: &[Bound] = &[
    Bound { name: "radius, empty attributes", longest: 4096, make: attributes, read: radius },
    Bound { name: "mip4, padding", longest: 60_000, make: |n| rrq(&[0], n), read: mip4 },
    Bound {
        name: "mip4, empty extensions",
        longest: 60_000,
        make: |n| rrq(&[200, 0], n),
        read: mip4,
    },
    Bound {
        name: "mip4, authenticators",
        longest: 60_000,
        make: |n| rrq(&[33, 4, 0, 0, 1, 0], n),
        read: mip4,
    },
    Bound {
        name: "discovery, empty extensions",
        longest: 60_000,
        make: advertisement,
        read: discovery,
    },
    Bound { name: "mip6, padding", longest: 2048, make: |n| mobility(&[0], n), read: mip6 },
    Bound { name: "mip6, authenticators", longest: 1784, make: authenticators, read: mip6 },
    Bound { name: "pana, empty AVPs", longest: 60_000, make: avps, read: pana },
    Bound { name: "eap, expanded Nak", longest: 60_000, make: nak, read: eap },
    Bound { name: "ipv6, padding in options", longest: 2048, make: options, read: ipv6 },
    Bound { name: "ipv6, extension headers", longest: 60_000, make: chain, read: ipv6 },
];

fn filled(head: &[u8], unit: &[u8], length: usize) -> Vec<u8> {
    let count = (length - head.len()) / unit.len();
    [head, &unit.repeat(count)].concat()
}

fn attributes(length: usize) -> Vec<u8> {
    let mut octets = filled(&[0; 20], &[79, 2], length);
    set(&mut octets, 0, &[1, 7]);
    let length = octets.len() as u16;
    set(&mut octets, 2, &length.to_be_bytes());
    octets
}

fn radius(octets: &[u8]) -> usize {
    let Ok(packet) = radius::Packet::decode(octets) else { return 0 };
    black_box((packet.user_name(), packet.vendor(DEFAULT_VENDOR_ID).parameters()));
    let _ = black_box((packet.credential(), packet.verify_request(b"secret")));
    packet.attributes().inspect(|unit| _ = black_box(unit)).count()
}

fn rrq(unit: &[u8], length: usize) -> Vec<u8> {
    let mut octets = filled(&[0; 24], unit, length);
    set(&mut octets, 0, &[1]);
    octets
}

fn mip4(octets: &[u8]) -> usize {
    let Ok(mip4::Message::Request(request)) = mip4::Message::decode(octets) else { return 0 };
    let extensions = request.extensions;
    let _ = black_box((extensions.check_order(), extensions.nai(), extensions.authorization()));
    extensions.iter().inspect(|unit| _ = black_box(unit)).count()
}

fn advertisement(length: usize) -> Vec<u8> {
    let mut octets = filled(&[9, 0, 0, 0, 0, 2, 0, 30], &[200, 0], length);
    let checksum = ip::checksum(&[&octets]);
    set(&mut octets, 2, &checksum.to_be_bytes());
    octets
}

fn discovery(octets: &[u8]) -> usize {
    let Ok(Discovery::Advertisement(advertisement)) = Discovery::decode(octets) else { return 0 };
    black_box((advertisement.mobility_agent(), advertisement.challenge()));
    advertisement.extensions().inspect(|unit| _ = black_box(unit)).count()
}

fn mobility(unit: &[u8], length: usize) -> Vec<u8> {
    let mut octets = filled(&[0; 12], unit, length - length % 8);
    octets.resize(octets.len().next_multiple_of(8), 0);
    let units = (octets.len() / 8 - 1) as u8;
    set(&mut octets, 0, &[59, units, 5]);
    octets
}

/// Of as many sub-types as may stand there: that of MN-AAA would have to be the last.
fn authenticators(length: usize) -> Vec<u8> {
    let options = (3..=255).flat_map(|subtype| [9, 5, subtype, 0, 0, 1, 0]);
    let options: Vec<u8> = options.take((length - 12) / 7 * 7).collect();
    let mut octets = mobility(&[0], length);
    // No padding may stand behind them.
    let at = octets.len() - options.len();
    set(&mut octets, at, &options);
    octets
}

fn mip6(octets: &[u8]) -> usize {
    let header = mip6::Header::decode_unverified(octets);
    let Ok(message) = header.and_then(|header| header.message()) else { return 0 };
    let options = message.options();
    black_box((options.nai(), options.message_id(), options.mn_ha(), options.mn_aaa()));
    options.iter().inspect(|unit| _ = black_box(unit)).count()
}

fn avps(length: usize) -> Vec<u8> {
    let mut octets = filled(&[0; 16], &[0, 6, 0, 0, 0, 0, 0, 0], length);
    let length = octets.len() as u16;
    set(&mut octets, 2, &length.to_be_bytes());
    set(&mut octets, 4, &[0x80, 0, 0, 2]);
    octets
}

fn pana(octets: &[u8]) -> usize {
    let Ok(message) = pana::Message::decode(octets) else { return 0 };
    let _ = black_box((message.validate(DEFAULT_VENDOR_ID), message.granted_lifetime()));
    message.avps().inspect(|unit| _ = black_box(unit)).count()
}

fn nak(length: usize) -> Vec<u8> {
    let head = [2, 7, 0, 0, 254, 0, 0, 0, 0, 0, 0, 3];
    let mut octets = filled(&head, &[254, 0, 0, 0, 0, 0, 0, 4], length);
    let length = octets.len() as u16;
    set(&mut octets, 2, &length.to_be_bytes());
    octets
}

fn eap(octets: &[u8]) -> usize {
    let body = eap::Packet::decode(octets).and_then(|packet| packet.body());
    let Ok(eap::Body::Response(eap::Message::ExpandedNak(methods))) = body else { return 0 };
    methods.into_iter().inspect(|method| _ = black_box(method)).count()
}

fn ipv6_packet(first: u8, payload: &[u8]) -> Vec<u8> {
    let packet = v6::Packet::new([0x20; 16].into(), [0x30; 16].into(), first, payload);
    packet.encode().unwrap_or_default()
}

fn options(length: usize) -> Vec<u8> {
    let mut header = vec![0; length - length % 8];
    let units = (header.len() / 8 - 1) as u8;
    set(&mut header, 0, &[59, units]);
    ipv6_packet(60, &header)
}

fn chain(length: usize) -> Vec<u8> {
    let mut headers = [60, 0, 1, 4, 0, 0, 0, 0].repeat(length / 8);
    let last = headers.len() - 8;
    set(&mut headers, last, &[59]);
    ipv6_packet(60, &headers)
}

fn ipv6(octets: &[u8]) -> usize {
    let Ok(packet) = v6::Packet::decode(octets) else { return 0 };
    let Ok(chain) = packet.extensions() else { return 0 };
    let _ = black_box(packet.upper_layer());
    chain.iter().inspect(|unit| _ = black_box(unit)).count()
}

fn set(octets: &mut [u8], at: usize, value: &[u8]) {
    octets.iter_mut().skip(at).zip(value).for_each(|(octet, value)| *octet = *value);
}
