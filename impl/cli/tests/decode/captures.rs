//! Captures of all kinds, whole and broken.

use std::fs;
use std::path::Path;

use dsboot::decode::{Format, Pieces};

use crate::support::{REQUEST, Validator, dsboot, hex, pcap, udp, visit};

#[test]
fn captures_of_other_links() {
    let packet = udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST));
    let ethernet =
        |tag: &[u8], kind: &[u8], packet: &[u8]| [&[2; 12], tag, kind, packet, &[0; 4]].concat();
    let frames = vec![
        ethernet(&[], &[8, 0], &packet),
        ethernet(&[0x81, 0, 0, 7], &[8, 0], &packet),
        ethernet(&[], &[8, 6], &[0; 28]),
    ];
    let ended = dsboot(&["decode"], &pcap(1, &frames));
    assert_eq!(ended.code, 0, "{}", ended.text());
    assert_eq!(ended.text().matches("Registration Request  [").count(), 2, "{}", ended.text());
    for part in ["2023-11-14T22:13:20.000005000Z", "VLAN Tag: 0x7", "ARP, not looked into"] {
        assert!(ended.text().contains(part), "{part} is missing:\n{}", ended.text());
    }
    let unknown = dsboot(&["decode"], &pcap(147, &[packet]));
    assert!(unknown.text().contains("link type 147 is not known here"), "{}", unknown.text());
}

/// A dump of a frame, as tshark -x and tcpdump -XX print it, is one of Ethernet.
#[test]
fn frames_in_hex_are_told_apart() {
    let packet = udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST));
    for kind in [&[8, 0][..], &[0x81, 0, 0, 7, 8, 0]] {
        let frame = [&[2; 12][..], kind, &packet].concat();
        let ended = dsboot(&["decode", "--json"], &frame);
        assert_eq!(ended.documents()[0]["protocol"], "ethernet", "{}", ended.text());
    }
}

/// Octets of a block of pcapng.
fn block(kind: u32, body: &[u8], big: bool) -> Vec<u8> {
    let padded = body.len().next_multiple_of(4);
    let number = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let length = number(u32::try_from(12 + padded).expect("short"));
    let padding = vec![0; padded - body.len()];
    [&number(kind)[..], &length, body, &padding, &length].concat()
}

/// A section of pcapng with packets on interfaces of these link types, each with a resolution of
/// time and an offset of seconds.
fn section(interfaces: &[(u16, u8, i64)], packets: &[(u32, Vec<u8>)], big: bool) -> Vec<u8> {
    let short = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let number = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let long = |n: i64| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let mut file = block(
        0x0a0d_0d0a,
        &[&number(0x1a2b_3c4d)[..], &short(1), &short(0), &long(-1)].concat(),
        big,
    );
    for (link_type, resolution, offset) in interfaces {
        let options = [
            &short(9)[..],
            &short(1),
            &[*resolution, 0, 0, 0],
            &short(14),
            &short(8),
            &long(*offset),
            &short(0),
            &short(0),
        ];
        let body = [&short(*link_type)[..], &[0; 2], &number(0), &options.concat()].concat();
        file.extend(block(1, &body, big));
    }
    for (interface, packet) in packets {
        let length = number(u32::try_from(packet.len()).expect("short"));
        // 7 units.
        let head = [&number(*interface)[..], &[0; 4], &number(7), &length, &length].concat();
        file.extend(block(6, &[&head[..], packet].concat(), big));
    }
    file
}

/// A packet behind the header that each link type has.
fn framed(link_type: u16, packet: &[u8]) -> Vec<u8> {
    let header: &[u8] = match link_type {
        0 => &[2, 0, 0, 0],
        1 => &[2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0x81, 0, 0, 7, 8, 0],
        113 => &[0, 0, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0, 8, 0],
        276 => &[8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0],
        _ => &[],
    };
    [header, packet].concat()
}

#[test]
fn sections_interfaces_and_orders_of_octets() {
    let packet = udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST));
    let of = |links: &[u16]| -> Vec<(u32, Vec<u8>)> {
        (0..).zip(links).map(|(i, link)| (i, framed(*link, &packet))).collect()
    };
    let little = section(&[(1, 6, 0), (113, 9, 10), (276, 3, -1)], &of(&[1, 113, 276]), false);
    let big = section(&[(0, 6, 0), (101, 0x80, 0)], &of(&[0, 101]), true);
    for file in [[&little[..], &big].concat(), [&big[..], &little].concat()] {
        let ended = dsboot(&["decode", "--json"], &file);
        assert_eq!(ended.code, 0, "{}{}", ended.err, ended.text());
        let documents = ended.documents();
        assert_eq!(documents.len(), 5);
        let mut times = Vec::new();
        for document in &documents {
            let summary = document["summary"].as_str().expect("text");
            assert!(summary.ends_with("Registration Request"), "{summary}");
            times.push(document["time"].as_str().expect("a time").to_owned());
        }
        times.sort();
        let second = |time: &str| format!("1970-01-01T00:00:{time}Z");
        let mut right =
            ["00.000007000", "10.000000007", "00.000000000", "00.000007000", "07.000000000"]
                .map(second);
        right.sort();
        assert_eq!(times, right);
    }
    // An interface of another section is none.
    let lost = section(&[(101, 6, 0)], &[(1, packet)], true);
    let ended = dsboot(&["decode", "--brief"], &lost);
    assert!(ended.text().contains("its interface, number 1, is not described"), "{}", ended.text());
    assert!(ended.text().contains("Registration Request"), "{}", ended.text());
}

#[test]
fn pcap_of_either_order_and_resolution() {
    let packet = udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST));
    for (magic, fraction) in [(0xa1b2_c3d4_u32, "000005000"), (0xa1b2_3c4d, "000000005")] {
        let mut file = pcap(101, std::slice::from_ref(&packet));
        file[..4].copy_from_slice(&magic.to_le_bytes());
        let time = format!("2023-11-14T22:13:20.{fraction}Z");
        let ended = dsboot(&["decode", "--brief"], &file);
        assert!(ended.text().contains(&time), "{}", ended.text());
        // The other order: of the version's two octets, and of all else's four.
        for at in (0..24).step_by(4).filter(|at| *at != 4).chain((24..40).step_by(4)) {
            file[at..at + 4].reverse();
        }
        file[4..6].reverse();
        file[6..8].reverse();
        let other = dsboot(&["decode", "--brief"], &file);
        assert_eq!(other.text(), ended.text(), "{}", other.err);
    }
}

/// A checksum that is wrong is one thing that is wrong.
#[test]
fn a_wrong_checksum_is_said_once() {
    let mut packet = udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST));
    packet[26] ^= 1;
    let ended = dsboot(&["decode", "--brief"], &pcap(101, &[packet]));
    let said: Vec<&str> = ended.text().lines().filter(|line| line.contains("!!")).collect();
    assert_eq!(said, ["      !! wrong checksum at octet 26 (wire.10.14)"]);
}

/// Wherever a capture is cut, what is whole is shown, and where it ends is said.
#[test]
fn captures_that_are_cut_are_shown_up_to_there() {
    let packet = udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST));
    let old = pcap(101, &vec![packet.clone(); 3]);
    let packets = vec![(0, packet.clone()); 3];
    let new = section(&[(101, 6, 0)], &packets, false);
    let (old_record, new_record) = (16 + packet.len(), 32 + packet.len().next_multiple_of(4));
    let starts = [24, new.len() - 3 * new_record];
    for ((file, record), start) in [(&old, old_record), (&new, new_record)].into_iter().zip(starts)
    {
        for left in [1, 15, 16, 17, record - 1, record + 1, 2 * record + 5] {
            let cut = &file[..start + left];
            let ended = dsboot(&["decode", "--brief"], cut);
            let whole = left / record;
            assert_eq!(ended.code, 2, "{left}: {}", ended.err);
            let shown = ended.text().matches("Registration Request").count();
            assert_eq!(shown, whole, "{left}: {}", ended.text());
            let place = format!(
                "packet {} of the capture, at octet {} of the file, cannot be read: it ends in the middle, {} octets",
                whole + 1,
                start + whole * record,
                left - whole * record,
            );
            assert!(ended.err.contains(&place), "{place} is missing in {}", ended.err);
        }
    }
    // A length that no packet has.
    let mut file = old;
    file[24 + old_record + 8..24 + old_record + 12].copy_from_slice(&u32::MAX.to_le_bytes());
    file.extend(vec![0; 9_000_000]);
    let ended = dsboot(&["decode", "--brief"], &file);
    assert_eq!((ended.code, ended.text().matches("Registration Request").count()), (2, 1));
    assert!(
        ended.err.contains("packet 2") && ended.err.contains("its length is wrong"),
        "{}",
        ended.err
    );
}

/// No octets make it stumble.
#[test]
fn captures_that_are_changed_are_read_or_refused() {
    let packet = udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST));
    let packets = vec![(0, packet.clone()), (1, framed(1, &packet))];
    let files = [
        pcap(101, &vec![packet.clone(); 2]),
        section(&[(101, 6, 0), (1, 9, 0)], &packets, false),
        section(&[(101, 6, 0), (1, 9, 0)], &packets, true),
    ];
    let mut read = 0;
    for file in &files {
        for at in 0..file.len() {
            for change in [1, 0x7f, 0x80, 0xff] {
                let mut file = file.clone();
                file[at] ^= change;
                let name = "changed".to_owned();
                let input = Box::new(std::io::Cursor::new(file));
                let Ok(pieces) = Pieces::read(input, name, Format::Auto, false) else { continue };
                read += pieces.take_while(Result::is_ok).count();
            }
        }
    }
    assert!(read > 4000, "only {read} packets");
}

/// A committed capture and its keys; how many packets and right authenticators it has at least, what
/// is wrong in it, and what the last packet is that is put together.
type Committed<'a> = (&'a str, &'a str, usize, usize, &'a [&'a str], &'a str);

/// The committed captures: all is read, what is in fragments is put together, every authenticator is
/// right but for the passwords that were wrong on purpose, and the same frames come back.
#[test]
fn the_committed_captures() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures");
    let path = |name: &str| directory.join(name).to_str().expect("a path").to_owned();
    let example = tempfile::NamedTempFile::new().expect("a file");
    fs::write(example.path(), dsboot::decode::EXAMPLE).expect("written");
    let example = example.path().to_str().expect("a path").to_owned();
    let keys = path("keys.toml");
    let validator = Validator::new();
    let all: [Committed<'_>; 8] = [
        ("run.pcapng", &example, 600, 400, &[], ""),
        ("eapol_test.pcap", &keys, 8, 13, &["Value"], ""),
        ("radclient.pcap", &keys, 14, 11, &["Hidden password"], "Access-Request"),
        ("cooked.pcap", &keys, 2, 3, &[], ""),
        ("cooked2.pcap", &keys, 2, 3, &[], ""),
        ("ping.pcap", &keys, 18, 0, &[], "Echo Reply"),
        ("scapy.pcap", &keys, 15, 0, &[], ""),
        ("tunnels.pcap", &keys, 16, 0, &[], "Binding Update"),
    ];
    for (name, keys, packets, authenticators, wrong, put_together) in all {
        let ended = dsboot(&["decode", "--json", "--keys", keys, &path(name)], b"");
        assert_eq!(ended.code, i32::from(!wrong.is_empty()), "{name}: {}", ended.err);
        let documents = ended.documents();
        assert!(documents.len() >= packets, "{name}: {} packets", documents.len());
        let (mut right, mut is_wrong) = (0, Vec::new());
        let mut last = String::new();
        for document in &documents {
            validator.check(document);
            let mut inner = document;
            while !inner["reassembled"].is_null() {
                inner = &inner["reassembled"];
                last = inner["summary"].as_str().expect("text").to_owned();
            }
            let views = document["views"].as_array().into_iter().flatten();
            for nodes in views.map(|view| &view["nodes"]).chain([&document["nodes"]]) {
                visit(nodes, &mut |node| match node["check"]["verdict"].as_str() {
                    Some("verified") => right += usize::from(node["role"] == "authenticator"),
                    Some("wrong") => {
                        is_wrong.push(node["name"].as_str().expect("a name").to_owned());
                    }
                    _ => (),
                });
            }
        }
        assert_eq!(is_wrong, wrong, "{name}");
        assert!(right >= authenticators, "{name}: {right} authenticators are right");
        assert!(last.ends_with(put_together), "{name}: {last}");
        assert!(!ended.err.contains("missing"), "{name}: {}", ended.err);
        let again = dsboot(&["encode", "--to", "pcapng"], &ended.out);
        let there = dsboot(&["decode", "--json", "--keys", keys], &again.out);
        assert_eq!(there.text().len(), ended.text().len(), "{name}");
        assert!(there.out == ended.out, "{name} does not come back the same");
    }
}

/// Where the sender has left the checksum to its network interface, that is said, and `--fix` makes
/// it.
#[test]
fn checksums_that_are_not_finished() {
    let packet = udp("198.51.100.77:434", "192.0.2.1:434", &hex(REQUEST));
    let mut unfinished = packet.clone();
    // The sum of the pseudo-header alone.
    let pseudo = [&packet[12..20], &[0, 17], &packet[24..26]].concat();
    let sum = !dsboot_codec::ip::checksum(&[&pseudo]);
    unfinished[26..28].copy_from_slice(&sum.to_be_bytes());
    let ended = dsboot(&["decode"], &unfinished);
    assert_eq!(ended.code, 0, "{}", ended.text());
    assert!(ended.text().contains("not verified (left to the network interface)"));
    let document = dsboot(&["decode", "--json"], &unfinished);
    let fixed = dsboot(&["encode", "--to", "binary", "--fix", "checksums"], &document.out);
    assert_eq!(fixed.out, packet);
    unfinished[26] ^= 1;
    assert_eq!(dsboot(&["decode"], &unfinished).code, 1);
}
