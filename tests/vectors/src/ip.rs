//! IPv4, IPv6, UDP, ICMP.

use dsboot_codec::ip::{checksum, udp, v6};
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::ip::{ipv6_option, next_header};

use super::document::{File, Group};
use super::make::{Check, Maker, about, cut, flip, put};

/// Headers and checksums.
pub(super) fn packets() -> File {
    let mut file = File::new(
        "ip_packets",
        "IPv4 and IPv6 packets",
        "Headers, extension headers, lengths and checksums.",
    );
    file.test_groups.push(v4());
    file.test_groups.push(datagrams());
    file.test_groups.push(v6_packets());
    file
}

fn packet(from: &str, to: &str) -> Vec<u8> {
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) => {
            udp::packet(from, to, 64, b"octets of no protocol").unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The packet with a header checksum that is right again.
fn summed(mut octets: Vec<u8>) -> Vec<u8> {
    put(&mut octets, 10, &[0, 0]);
    let header = usize::from(octets.first().copied().unwrap_or_default() & 15) * 4;
    let sum = checksum(&[cut(&octets, header)]);
    put(&mut octets, 10, &sum.to_be_bytes());
    octets
}

fn v4() -> Group {
    let mut maker = Maker::new(Check::Decode, Protocol::Ipv4, "ipv4");
    let whole = packet("198.51.100.77:40000", "192.0.2.1:40001");
    maker.valid(
        "packet",
        "a packet",
        &whole,
        about("wire.10.1", "all is as it should be", "Normal"),
    );
    maker.cuts("", "", (&whole, 1), |_| ("wire.10.1", "the packet ends before its Total Length"));
    for version in (0..16_u8).filter(|version| *version != 4) {
        let mut octets = whole.clone();
        put(&mut octets, 0, &[version << 4 | 5]);
        maker.invalid(
            &format!("version-{version}"),
            format!("version {version}"),
            &summed(octets),
            about("wire.10.1", "the version is 4", "WrongForm"),
        );
    }
    for words in 0..5_u8 {
        let mut octets = whole.clone();
        put(&mut octets, 0, &[0x40 | words]);
        maker.invalid(
            &format!("ihl-{words}"),
            format!("IHL {words}"),
            &octets,
            about("wire.10.1", "a header has at least 5 words", "BadLength"),
        );
    }
    for total in (0..20_u16).chain([50, 1000, 0xffff]) {
        let mut octets = whole.clone();
        put(&mut octets, 2, &total.to_be_bytes());
        maker.invalid(
            &format!("total-length-{total}"),
            format!("Total Length {total}"),
            &summed(octets),
            about("wire.10.1", "Total Length covers the header, and is all there", "BadLength"),
        );
    }
    for bit in 0..16 {
        let mut octets = whole.clone();
        flip(&mut octets, 10 + bit / 8, 1 << (bit % 8));
        maker.invalid(
            &format!("checksum-bit-{bit}"),
            format!("bit {bit} of the checksum flipped"),
            &octets,
            about("wire.10.2", "the checksum has to be right", "BadChecksum"),
        );
    }
    for at in [1_usize, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19] {
        let mut octets = whole.clone();
        flip(&mut octets, at, 0x04);
        maker.invalid(
            &format!("header-octet-{at}"),
            format!("octet {at} of the header changed"),
            &octets,
            about("wire.10.2", "the checksum covers the header", "BadChecksum"),
        );
    }
    for more in [1_usize, 6, 46] {
        maker.valid(
            &format!("padded-{more}"),
            format!("{more} octets behind the packet"),
            &[whole.as_slice(), &vec![0; more]].concat(),
            about("wire.10.4", "octets behind the packet's end are padding", "Trailing"),
        );
    }
    for (id, fragment) in [("more", [0x20, 0]), ("offset", [0, 9]), ("both", [0x20, 9])] {
        let mut octets = whole.clone();
        put(&mut octets, 6, &fragment);
        maker.valid(
            &format!("fragment-{id}"),
            "a fragment, in which no UDP is to be looked for".to_owned(),
            &summed(octets),
            about("wire.10.5", "what a packet carries is not decoded from a fragment", "Boundary"),
        );
    }
    maker.finish()
}

fn datagrams() -> Group {
    let mut maker = Maker::new(Check::Decode, Protocol::Udp, "udp");
    let whole = packet("198.51.100.77:40000", "192.0.2.1:40001");
    let whole = whole.get(20..).unwrap_or_default();
    maker.valid(
        "datagram",
        "a datagram",
        whole,
        about("wire.10.13", "all is as it should be", "Normal"),
    );
    maker.cuts("", "", (whole, 1), |_| ("wire.10.13", "there are fewer octets than Length says"));
    for length in (0..8_u16).chain([30, 0xffff]) {
        let mut octets = whole.to_vec();
        put(&mut octets, 4, &length.to_be_bytes());
        maker.invalid(
            &format!("length-{length}"),
            format!("Length {length}"),
            &octets,
            about("wire.10.13", "Length is at least 8, and all there", "BadLength"),
        );
    }
    for more in [1_usize, 9] {
        maker.valid(
            &format!("followed-{more}"),
            format!("{more} octets behind the datagram"),
            &[whole, &vec![0; more]].concat(),
            about("wire.10.13", "what is behind Length is no part of it", "Trailing"),
        );
    }
    maker.finish()
}

fn v6_packets() -> Group {
    let mut maker = Maker::new(Check::Decode, Protocol::Ipv6, "ipv6");
    let whole = packet("[2001:db8::1]:40000", "[2001:db8::2]:40001");
    maker.valid(
        "packet",
        "a packet",
        &whole,
        about("wire.10.3", "all is as it should be", "Normal"),
    );
    maker.cuts("", "", (&whole, 1), |_| ("wire.10.3", "the packet ends before its Payload Length"));
    for version in (0..16_u8).filter(|version| *version != 6) {
        let mut octets = whole.clone();
        put(&mut octets, 0, &[version << 4]);
        maker.invalid(
            &format!("version-{version}"),
            format!("version {version}"),
            &octets,
            about("wire.10.3", "the version is 6", "WrongForm"),
        );
    }
    for more in [1_usize, 12] {
        maker.valid(
            &format!("padded-{more}"),
            format!("{more} octets behind the packet"),
            &[whole.as_slice(), &vec![0; more]].concat(),
            about("wire.10.4", "octets behind the packet's end are padding", "Trailing"),
        );
    }
    extension_headers(&mut maker);
    options_of_headers(&mut maker);
    repeated_headers(&mut maker);
    maker.finish()
}

/// Home Address options and routing headers.
fn extension_headers(maker: &mut Maker) {
    let home = "2001:db8:1::100".parse().unwrap_or(core::net::Ipv6Addr::UNSPECIFIED);
    let option = v6::home_address_header(next_header::NO_NEXT_HEADER, home).to_vec();
    let routing = v6::type_2_routing_header(next_header::NO_NEXT_HEADER, home).to_vec();
    maker.valid(
        "home-address",
        "a Home Address option",
        &with(60, &option),
        about("wire.10.8", "all is as it should be", "Normal"),
    );
    maker.valid(
        "type-2-routing",
        "a type 2 routing header",
        &with(43, &routing),
        about("wire.10.9", "all is as it should be", "Normal"),
    );
    for (name, next, header, clause) in [
        ("home-address", 60_u8, &option, "wire.10.6"),
        ("type-2-routing", 43, &routing, "wire.10.6"),
    ] {
        for length in 1..header.len() {
            maker.invalid(
                &format!("{name}-cut-{length}"),
                format!("{name}, the first {length} octets of the header"),
                &with(next, cut(header, length)),
                about(clause, "each header is whole", "Truncated"),
            );
        }
        for (id, address) in [
            ("unspecified", [0; 16]),
            ("loopback", {
                let mut a = [0; 16];
                a[15] = 1;
                a
            }),
            ("multicast", [0xff; 16]),
            ("link-local", {
                let mut a = [0; 16];
                a[0] = 0xfe;
                a[1] = 0x80;
                a
            }),
        ] {
            let mut octets = header.clone();
            put(&mut octets, 8, &address);
            maker.invalid(
                &format!("{name}-{id}"),
                format!("{name} with a {id} address"),
                &with(next, &octets),
                about(
                    "wire.10.11",
                    "the address is unicast and of more than its link",
                    "WrongForm",
                ),
            );
        }
    }
    for left in [0_u8, 2, 3, 255] {
        let mut octets = routing.clone();
        put(&mut octets, 3, &[left]);
        maker.invalid(
            &format!("type-2-segments-{left}"),
            format!("a type 2 routing header with Segments Left {left}"),
            &with(43, &octets),
            about("wire.10.9", "Segments Left is 1", "WrongForm"),
        );
    }
    for (kind, left, fits) in [
        (0_u8, 0_u8, true),
        (0, 1, false),
        (3, 0, true),
        (3, 1, false),
        (253, 0, true),
        (253, 7, false),
    ] {
        let octets = [59, 0, kind, left, 0, 0, 0, 0];
        let id = format!("routing-{kind}-{left}");
        let comment = format!("a routing header of type {kind} with Segments Left {left}");
        let why = "another routing header is skipped only when nothing is left of it";
        if fits {
            maker.valid(&id, comment, &with(43, &octets), about("wire.10.10", why, "UnknownType"));
        } else {
            maker.invalid(
                &id,
                comment,
                &with(43, &octets),
                about("wire.10.10", why, "UnknownType"),
            );
        }
    }
}

/// Options in extension headers.
fn options_of_headers(maker: &mut Maker) {
    for kind in [0x02_u8, 0x1e, 0x3e, 0x42, 0x7e, 0x82, 0xbe, 0xc2, 0xfe] {
        let octets = [59, 0, kind, 4, 0, 0, 0, 0];
        let (id, comment) = (
            format!("option-{kind:02x}"),
            format!("an unknown destination option of type {kind:#04x}"),
        );
        let why = "it is skipped where the two highest bits of its type are 0";
        if kind < 0x40 {
            maker.valid(&id, comment, &with(60, &octets), about("wire.10.7", why, "UnknownType"));
        } else {
            maker.invalid(&id, comment, &with(60, &octets), about("wire.10.7", why, "UnknownType"));
        }
    }
    for length in [5_u8, 6, 100, 255] {
        let octets = [59, 0, 1, length, 0, 0, 0, 0];
        maker.invalid(
            &format!("padn-{length}"),
            format!("a PadN of {length} octets where 4 are left"),
            &with(60, &octets),
            about("wire.10.7", "options fill the header", "BadLength"),
        );
    }
    for length in [0_u8, 4, 15, 17] {
        let mut octets = vec![59, 2, ipv6_option::HOME_ADDRESS, length];
        octets.resize(24, 0);
        if usize::from(length) + 4 <= octets.len() {
            maker.invalid(
                &format!("home-address-length-{length}"),
                format!("a Home Address option with Length {length}"),
                &with(60, &octets),
                about("wire.10.8", "it holds one address", "BadLength"),
            );
        }
    }
}

/// Headers that may be there once.
fn repeated_headers(maker: &mut Maker) {
    let home = "2001:db8:1::100".parse().unwrap_or(core::net::Ipv6Addr::UNSPECIFIED);
    let option = v6::home_address_header(next_header::NO_NEXT_HEADER, home).to_vec();
    let routing = v6::type_2_routing_header(next_header::NO_NEXT_HEADER, home).to_vec();
    let twice = [
        &option
            .iter()
            .enumerate()
            .map(|(i, octet)| if i == 0 { 60 } else { *octet })
            .collect::<Vec<u8>>()[..],
        &option,
    ]
    .concat();
    maker.invalid(
        "home-address-twice",
        "two Home Address options",
        &with(60, &twice),
        about("wire.10.8", "it is there once at most", "Duplicate"),
    );
    let twice = [
        &routing
            .iter()
            .enumerate()
            .map(|(i, octet)| if i == 0 { 43 } else { *octet })
            .collect::<Vec<u8>>()[..],
        &routing,
    ]
    .concat();
    maker.invalid(
        "type-2-twice",
        "two type 2 routing headers",
        &with(43, &twice),
        about("wire.10.9", "it is the only one of its kind", "Duplicate"),
    );
}

/// A packet with this behind its header.
fn with(next: u8, payload: &[u8]) -> Vec<u8> {
    match ("2001:db8:f::77".parse(), "2001:db8:1::1".parse()) {
        (Ok(from), Ok(to)) => v6::Packet::new(from, to, next, payload).encode().unwrap_or_default(),
        _ => Vec::new(),
    }
}
