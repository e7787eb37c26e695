//! Decoders that say values but not places: what they say under a name, in order, against what our
//! tree says under the names that the table puts beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::fields::{self, Field, Said};
use crate::table::Table;

/// What a decoder says of a packet: names and values, in order.
pub(crate) type Spoken = Vec<(String, String)>;

/// Compares packets with what was said of them.
pub(crate) fn compare(table: &mut Table, packets: &[Vec<u8>], spoken: &[Spoken]) {
    assert_eq!(packets.len(), spoken.len(), "not every packet was read");
    let all: Vec<(Vec<Field>, &Spoken)> =
        packets.iter().map(|packet| fields::of(packet)).zip(spoken).collect();
    let all: Vec<_> = all
        .into_iter()
        .filter(|(ours, _)| !ours.iter().any(|field| table.has(&format!("~ {}", field.name))))
        .collect();
    table.suggest(|names| suggestions(&all, names));
    for ((ours, theirs), packet) in all.iter().zip(packets) {
        for name in theirs.iter().map(|(name, _)| name).collect::<BTreeSet<_>>() {
            let values: Vec<&String> =
                theirs.iter().filter(|(n, _)| n == name).map(|(_, value)| value).collect();
            let names = table.ours(name);
            if names.is_empty() {
                table.alone('+', name, || format!("{values:?}"));
                continue;
            }
            let ours: Vec<&Field> = ours.iter().filter(|f| names.contains(&f.name)).collect();
            let what = || format!("{values:?} and not {ours:?} in {}", hex::encode(packet));
            if ours.len() == values.len() {
                for (field, value) in ours.iter().zip(&values) {
                    table.pair(&field.name, name, same(&field.value, value), what);
                }
            } else {
                let first = names.first().cloned().unwrap_or_default();
                table.pair(&first, name, false, what);
            }
        }
    }
}

/// Whether a value is said in these words.
pub(crate) fn same(ours: &Said, theirs: &str) -> bool {
    let is_hex = |octets: &[u8]| hex::decode(theirs).is_ok_and(|theirs| theirs == octets);
    match ours {
        Said::Number(number) => theirs.parse() == Ok(*number) || is_hex(&number.to_be_bytes()),
        Said::Ipv4(address) => theirs.parse() == Ok(*address),
        Said::Ipv6(address) => theirs.parse() == Ok(*address),
        Said::Text(text) => theirs == text || is_hex(text.as_bytes()),
        Said::Octets(octets) => {
            is_hex(octets)
                || theirs.as_bytes() == octets
                || value_of(theirs, octets.len()) == *octets
        }
        Said::Time(seconds, fraction) => {
            theirs.parse() == Ok(u64::from(*seconds) << 32 | u64::from(*fraction))
        }
    }
}

/// The octets of a number or an address, if it has so many; none otherwise.
fn value_of(theirs: &str, length: usize) -> Vec<u8> {
    let number = theirs.parse().map(u64::to_be_bytes).unwrap_or_default();
    match (length, theirs.parse::<IpAddr>()) {
        (4, Ok(IpAddr::V4(address))) => address.octets().to_vec(),
        (16, Ok(IpAddr::V6(address))) => address.octets().to_vec(),
        (1 | 4, Err(_)) if theirs.parse::<u64>().is_ok() => number[8 - length..].to_vec(),
        _ => Vec::new(),
    }
}

/// For each name of theirs that the table does not have, the field of ours that most often says
/// the same.
fn suggestions(
    all: &[(Vec<Field>, &Spoken)],
    known: &dyn Fn(&str) -> bool,
) -> BTreeMap<String, String> {
    let mut said: BTreeMap<&str, usize> = BTreeMap::new();
    let mut equal: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (ours, theirs) in all {
        for name in theirs.iter().map(|(name, _)| name).collect::<BTreeSet<_>>() {
            *said.entry(name).or_default() += 1;
            let values: Vec<_> = theirs.iter().filter(|(n, _)| n == name).collect();
            for field in ours.iter().map(|field| &field.name).collect::<BTreeSet<_>>() {
                let ours: Vec<_> = ours.iter().filter(|f| f.name == *field).collect();
                let equals = ours.len() == values.len()
                    && ours.iter().zip(&values).all(|(f, (_, value))| same(&f.value, value));
                *equal.entry((name, field)).or_default() += usize::from(equals);
            }
        }
    }
    let mut best: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for ((name, field), count) in equal {
        let entry = best.entry(name.to_owned()).or_default();
        if count > entry.0 && !known(name) && count * 2 > said[name] {
            *entry = (count, field.to_owned());
        }
    }
    let found = best.into_iter().filter(|(_, (count, _))| *count > 0);
    found.map(|(name, (_, field))| (name, field)).collect()
}
