//! Every field of every packet, by its place, against tshark.

use dsboot_tests::tshark::Tshark;

use crate::fields::{self, Field, Said};
use crate::packets;
use crate::pdml::{self, Theirs};
use crate::table::Table;

#[test]
fn tshark_sees_every_field_as_we_do() {
    let Some(tshark) = Tshark::find() else { return };
    let mut table = Table::of("tshark");
    let packets = packets::all();
    let file = packets::file("tshark.pcap", packets);
    let theirs = pdml::packets(&tshark.pdml(&file).unwrap());
    assert_eq!(theirs.len(), packets.len());
    for (packet, theirs) in packets.iter().zip(theirs) {
        compare(&mut table, packet, &fields::of(packet), theirs);
    }
    table.finish(packets.len());
}

fn compare(table: &mut Table, packet: &[u8], ours: &[Field], mut theirs: Vec<Theirs>) {
    let lost = ours.iter().find(|field| table.has(&format!("~ {}", field.name)));
    let end = lost.map_or(packet.len() * 8, |field| field.bit);
    let ours = ours.iter().filter(|field| field.bit + field.bits <= end);
    theirs.retain(|field| field.bit + field.bits <= end);
    let mut used = vec![false; theirs.len()];
    for field in ours {
        let show = || format!("{:?} in {}", field.value, hex::encode(packet));
        let place = |theirs: &&Theirs| (theirs.bit, theirs.bits) == (field.bit, field.bits);
        let found: Vec<usize> = (0..theirs.len()).filter(|i| place(&&theirs[*i])).collect();
        if found.is_empty() && !fields::is_whole(field) {
            table.alone('-', &field.name, show);
        }
        for i in found {
            used[i] = true;
            let same = agrees(&field.value, &theirs[i]);
            let what = || format!("{} and not {}", theirs[i].show, show());
            table.pair(&field.name, &theirs[i].name, same, what);
        }
    }
    for (theirs, used) in theirs.iter().zip(used) {
        if !used {
            table.alone('+', &theirs.name, || format!("{theirs:?} in {}", hex::encode(packet)));
        }
    }
}

/// Whether tshark shows this value.
fn agrees(value: &Said, theirs: &Theirs) -> bool {
    let show = theirs.show.as_str();
    let octets = hex::decode(&theirs.value).unwrap_or_default();
    let digits: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    if !octets.is_empty() && digits.join(":") == show {
        return octets == value.octets(octets.len());
    }
    match value {
        Said::Number(number) => number_in(show) == Some(*number),
        Said::Ipv4(address) => show.parse() == Ok(*address),
        Said::Ipv6(address) => show.parse() == Ok(*address),
        Said::Text(text) => show == text && octets == text.as_bytes(),
        Said::Octets(value) => octets == *value,
        Said::Time(seconds, fraction) => {
            let nanoseconds = (u64::from(*fraction) * 1_000_000_000) >> 32;
            // Since 1900, or, with the first bit clear, since the counter began anew in 2036.
            let era = if *seconds >> 31 == 0 { 1_u64 << 32 } else { 0 };
            let second = (era + u64::from(*seconds)) % 86_400;
            let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
            show.contains(&format!(" {hour:02}:{minute:02}:{second:02}.{nanoseconds:09}"))
        }
    }
}

/// A number, in decimal or hexadecimal, or a word for one bit.
fn number_in(show: &str) -> Option<u64> {
    match show {
        "True" => return Some(1),
        "False" => return Some(0),
        _ => (),
    }
    match show.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        // Of 32 bits, with a sign.
        None if show.starts_with('-') => show.parse::<i32>().ok().map(|n| n.cast_unsigned().into()),
        None => show.parse().ok(),
    }
}
