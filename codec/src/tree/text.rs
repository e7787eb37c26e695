//! A tree as text: a line for each part, with its offset, its octets and what they are.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::node::{Check, Content, Node, Role, Value, Verdict};
use super::{Tree, View};

/// Octets in one line.
const WIDTH: usize = 16;

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = Shown { tree: self, view: None };
        self.nodes.iter().try_for_each(|node| shown.show(f, node, 0))
    }
}

/// The nodes of a tree, or of a view of it.
struct Shown<'t> {
    tree: &'t Tree,
    view: Option<&'t View>,
}

impl Shown<'_> {
    fn show(&self, f: &mut fmt::Formatter<'_>, node: &Node, depth: usize) -> fmt::Result {
        match &node.content {
            Content::Group(children) => {
                line(f, node.offset, &[], depth, &title(node))?;
                faults(f, node, depth)?;
                children.iter().try_for_each(|child| self.show(f, child, depth + 1))
            }
            Content::Leaf(value) => {
                let mut words = words(node, value);
                // A tree that was read from a document may hold values that are not octets.
                let octets = super::encode::octets(node, value).unwrap_or_default();
                for (i, octets) in octets.chunks(WIDTH).enumerate() {
                    line(f, self.place(node, i * WIDTH), octets, depth, &words)?;
                    words = String::new();
                }
                if !words.is_empty() {
                    line(f, node.offset, &[], depth, &words)?;
                }
                faults(f, node, depth)?;
                self.together(f, node, depth)
            }
        }
    }

    /// Where an octet of a node is.
    fn place(&self, node: &Node, number: usize) -> usize {
        let last = self.view.and_then(|view| view.places(node.offset, number + 1).pop());
        last.map_or(node.offset + number, |last| last.end.saturating_sub(1))
    }

    /// Behind the last piece of a view, what they are together.
    fn together(&self, f: &mut fmt::Formatter<'_>, node: &Node, depth: usize) -> fmt::Result {
        let Role::Piece { view, .. } = node.role else { return Ok(()) };
        let Some(view) = self.tree.views.get(view) else { return Ok(()) };
        let last = view.pieces.iter().rfind(|piece| !piece.is_empty());
        if last.is_none_or(|last| last.start != node.offset) {
            return Ok(());
        }
        line(f, node.offset + node.length, &[], depth, &format!("{}:", view.name))?;
        let shown = Shown { tree: self.tree, view: Some(view) };
        view.nodes.iter().try_for_each(|node| shown.show(f, node, depth + 1))
    }
}

fn line(
    f: &mut fmt::Formatter<'_>,
    at: usize,
    octets: &[u8],
    depth: usize,
    words: &str,
) -> fmt::Result {
    let hex: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let (hex, width, indent) = (hex.join(" "), WIDTH * 3 - 1, depth * 2);
    let line = format!("{at:04x}  {hex:<width$}  {:indent$}{words}", "");
    writeln!(f, "{}", line.trim_end())
}

fn title(node: &Node) -> String {
    let references: Vec<&str> =
        [&*node.source, &*node.sentence].into_iter().filter(|text| !text.is_empty()).collect();
    if references.is_empty() {
        format!("{}", node.name)
    } else {
        format!("{}  [{}]", node.name, references.join("; "))
    }
}

fn words(node: &Node, value: &Value) -> String {
    let value = match value {
        Value::Unsigned(number) => match &*node.meaning {
            "" => format!("{number}"),
            meaning if meaning.starts_with("0x") || meaning.ends_with(" s") => meaning.into(),
            meaning => format!("{meaning} ({number})"),
        },
        Value::Flags { set, .. } if set.is_empty() => "none".into(),
        Value::Flags { set, .. } => set.join(" "),
        Value::Bits(bits) => {
            let all: Vec<String> =
                bits.iter().map(|bits| format!("{} {}", bits.name, bits.value)).collect();
            all.join(", ")
        }
        Value::Ipv4(address) => format!("{address}"),
        Value::Ipv6(address) | Value::Ipv6Prefix(address) => format!("{address}"),
        Value::Text(text) => format!("{text:?}"),
        Value::Octets(_) => node.meaning.clone(),
        Value::Time { .. } => node.meaning.clone(),
    };
    let name = &node.name;
    let said = if value.is_empty() { format!("{name}") } else { format!("{name}: {value}") };
    match &node.check {
        Some(check) => format!("{said}, {}", verdict(check)),
        None => said,
    }
}

fn verdict(check: &Check) -> String {
    let Check { verdict, by, expected } = check;
    let by = if by.is_empty() { String::new() } else { format!(" ({by})") };
    match verdict {
        Verdict::Verified => format!("right{by}"),
        Verdict::Wrong if expected.is_empty() => format!("WRONG{by}"),
        Verdict::Wrong => {
            let hex: String = expected.iter().map(|octet| format!("{octet:02x}")).collect();
            format!("WRONG{by}, should be {hex}")
        }
        Verdict::NoKey => format!("not verified{by}"),
    }
}

fn faults(f: &mut fmt::Formatter<'_>, node: &Node, depth: usize) -> fmt::Result {
    node.faults.iter().try_for_each(|fault| {
        let (width, indent) = (WIDTH * 3 - 1, depth * 2);
        let (kind, at, sentence) = (fault.kind, fault.offset, &fault.sentence);
        writeln!(f, "{at:04x}  {:<width$}  {:indent$}!! {kind} ({sentence})", "", "")
    })
}

/// A time of NTP in the calendar, to the microsecond.
pub(super) fn time(seconds: u32, fraction: u32) -> String {
    let unix = i64::from(seconds) - 2_208_988_800;
    let (days, second) = (unix.div_euclid(86_400), unix.rem_euclid(86_400));
    // Days since 1 March of the year 0, in eras of 400 years.
    let shifted = days + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = year + era * 400 + carry;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let micro = (u64::from(fraction) * 1_000_000) >> 32;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z")
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times() {
        assert_eq!(time(0, 0), "1900-01-01T00:00:00.000000Z");
        assert_eq!(time(2_208_988_800, 1 << 31), "1970-01-01T00:00:00.500000Z");
        assert_eq!(time(3_918_499_199, 0), "2024-03-03T23:59:59.000000Z");
        assert_eq!(time(u32::MAX, u32::MAX), "2036-02-07T06:28:15.999999Z");
    }
}
