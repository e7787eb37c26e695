//! Agent discovery.

use dsboot_codec::mip4::discovery::solicitation;
use dsboot_codec::tree::Protocol;

use super::super::document::File;
use super::super::make::{Check, Maker, about, cut, put};
use super::simple;

/// Advertisements and solicitations.
pub(crate) fn discovery() -> File {
    let mut file = File::new(
        "agent_discovery",
        "ICMP router discovery with Mobile IPv4 extensions",
        "Agent advertisements and solicitations from their ICMP type on, as IPv4 carries them.",
    );
    let mut maker = Maker::new(Check::Decode, Protocol::Icmp, "discovery");
    let whole = sum(&solicitation());
    maker.valid(
        "solicitation",
        "a solicitation",
        &whole,
        about("wire.1.13", "all is as it should be", "Normal"),
    );
    for code in [1_u8, 16, 255] {
        let mut octets = whole.clone();
        put(&mut octets, 1, &[code]);
        maker.invalid(
            &format!("solicitation-code-{code}"),
            format!("a solicitation of code {code}"),
            &sum(&octets),
            about("wire.1.13", "its code is 0", "WrongForm"),
        );
    }
    for length in 4..8 {
        maker.invalid(
            &format!("solicitation-cut-{length}"),
            format!("a solicitation of {length} octets"),
            &sum(cut(&whole, length)),
            about("wire.1.13", "there are 4 reserved octets", "Truncated"),
        );
    }
    advertisements(&mut maker);
    extensions(&mut maker);
    let octets = advertisement(16, 1, 2, &all());
    maker.flips(
        "advertisement",
        &octets,
        4..octets.len(),
        &about("wire.10.16", "its checksum has to be right", "BadChecksum"),
    );
    file.test_groups.push(maker.finish());
    file
}

/// Fixed parts of advertisements.
fn advertisements(maker: &mut Maker) {
    maker.valid(
        "advertisement",
        "an advertisement of a foreign agent",
        &advertisement(16, 1, 2, &all()),
        about("wire.1.14", "all is as it should be", "Normal"),
    );
    maker.valid(
        "advertisement-no-router",
        "an advertisement without router address",
        &advertisement(0, 0, 2, &agent()),
        about("wire.1.14", "Num Addrs may be 0", "Boundary"),
    );
    maker.valid(
        "advertisement-plain",
        "an advertisement of a router that is no agent",
        &advertisement(0, 1, 2, &ROUTER),
        about("wire.1.14", "without extension 16 it is a plain one", "Normal"),
    );
    for code in [1_u8, 15, 17, 255] {
        maker.invalid(
            &format!("advertisement-code-{code}"),
            format!("code {code}"),
            &advertisement(code, 1, 2, &all()),
            about("wire.1.14", "its code is 0 or 16", "WrongForm"),
        );
    }
    for words in [0_u8, 1] {
        maker.invalid(
            &format!("advertisement-entry-size-{words}"),
            format!("Addr Entry Size {words}"),
            &advertisement(0, 1, words, &all()),
            about("wire.1.14", "Addr Entry Size is at least 2", "BadLength"),
        );
    }
    for routers in [3_u8, 100, 255] {
        maker.invalid(
            &format!("advertisement-routers-{routers}"),
            format!("Num Addrs {routers}, more than there are"),
            &advertisement(0, routers, 2, &ROUTER),
            about("wire.1.14", "the entries end beyond the message", "Truncated"),
        );
    }
}

/// Extensions of advertisements.
fn extensions(maker: &mut Maker) {
    for length in 0..=24_usize {
        let data: Vec<u8> = [0, 7, 7, 8, 0x91, 0]
            .into_iter()
            .chain([198, 51, 100, 1].into_iter().cycle())
            .take(length)
            .collect();
        let octets = advertisement(0, 0, 2, &simple(16, &data));
        let id = format!("mobility-agent-{length}");
        let comment = format!("extension 16 with Length {length}");
        let why = "its Length is 6 + 4N";
        if length >= 6 && length % 4 == 2 {
            maker.valid(&id, comment, &octets, about("wire.1.16", why, "Normal"));
        } else {
            maker.invalid(&id, comment, &octets, about("wire.1.16", why, "BadLength"));
        }
    }
    for length in [0_usize, 1, 2, 3] {
        let octets =
            advertisement(0, 1, 2, &[&ROUTER[..], &simple(19, &vec![24; length])].concat());
        let (id, comment) =
            (format!("prefix-lengths-{length}"), format!("{length} prefix lengths for one router"));
        let why = "there is one prefix length for each router address";
        if length == 1 {
            maker.valid(&id, comment, &octets, about("wire.1.19", why, "Normal"));
        } else {
            maker.invalid(&id, comment, &octets, about("wire.1.19", why, "BadLength"));
        }
    }
    for length in [0_usize, 1, 3, 4, 255] {
        let octets = advertisement(0, 0, 2, &simple(24, &vec![0xa1; length]));
        let (id, comment) =
            (format!("challenge-{length}"), format!("a challenge of {length} octets"));
        let why = "a challenge has at least one octet when it is received";
        if length > 0 {
            maker.valid(&id, comment, &octets, about("wire.1.19", why, "Boundary"));
        } else {
            maker.invalid(&id, comment, &octets, about("wire.1.19", why, "BadLength"));
        }
    }
    for kind in [1_u8, 2, 15, 17, 18, 20, 23, 25, 100, 126, 128, 129, 200, 254] {
        let octets = advertisement(0, 0, 2, &[agent(), simple(kind, &[1, 2])].concat());
        let (id, comment) =
            (format!("unknown-{kind}"), format!("an extension of type {kind}, which nobody knows"));
        if kind < 128 {
            maker.invalid(
                &id,
                comment,
                &octets,
                about(
                    "wire.1.15",
                    "an unknown type up to 127 discards the advertisement",
                    "UnknownType",
                ),
            );
        } else {
            maker.valid(
                &id,
                comment,
                &octets,
                about("wire.1.15", "an unknown type from 128 on is skipped", "UnknownType"),
            );
        }
    }
}

/// The entry of a router.
const ROUTER: [u8; 8] = [198, 51, 100, 1, 0, 0, 0, 0];

/// What makes an advertisement a foreign agent's.
fn agent() -> Vec<u8> {
    simple(16, &[0, 7, 7, 8, 0x91, 0, 198, 51, 100, 1])
}

/// A router and every extension.
fn all() -> Vec<u8> {
    [&ROUTER[..], &agent(), &simple(19, &[24]), &simple(24, &[1, 2, 3, 4])].concat()
}

fn advertisement(code: u8, routers: u8, words: u8, rest: &[u8]) -> Vec<u8> {
    sum(&[&[9, code, 0, 0, routers, words, 0, 30][..], rest].concat())
}

/// The message with a checksum that is right.
fn sum(octets: &[u8]) -> Vec<u8> {
    let mut octets = octets.to_vec();
    put(&mut octets, 2, &[0, 0]);
    let sum = dsboot_codec::ip::checksum(&[&octets]);
    put(&mut octets, 2, &sum.to_be_bytes());
    octets
}
