//! tshark's dissection with the place of every field, as PDML.

/// A field that tshark shows.
#[derive(Clone, Debug)]
pub(crate) struct Theirs {
    pub(crate) name: String,
    /// The first bit, from the start of what it was read from, and how many bits.
    pub(crate) bit: usize,
    pub(crate) bits: usize,
    /// Its value for people.
    pub(crate) show: String,
    /// Its octets in hexadecimal, of a field of bits its value.
    pub(crate) value: String,
}

/// The fields of each packet in a PDML document: one element a line, as tshark writes it.
pub(crate) fn packets(document: &str) -> Vec<Vec<Theirs>> {
    let mut packets = Vec::new();
    let mut malformed = false;
    // EAP in RADIUS is put together from its fragments first, and its places count from there.
    let (mut fragment, mut base) = (None, 0);
    for line in document.lines().map(str::trim_start) {
        if line.starts_with("<packet") {
            packets.push(Vec::new());
            malformed = false;
            (fragment, base) = (None, 0);
        }
        if line.starts_with("<proto name=\"eap\"") {
            base = fragment.unwrap_or(0);
        } else if line.starts_with("</proto>") {
            base = 0;
        }
        malformed |= line.starts_with("<proto name=\"_ws.malformed\"");
        let hidden = line.contains(" hide=\"yes\"");
        if !line.starts_with("<field ") || hidden || malformed {
            continue;
        }
        let get = |name: &str| attribute(line, name);
        let (Some(name), Some(place)) = (get("name"), place(line)) else { continue };
        let is_frame = ["frame.", "num", "len", "caplen", "timestamp"];
        if name.is_empty() || is_frame.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        let (bit, bits) = (base + place.0, place.1);
        if name == "radius.eap_fragment" {
            fragment = fragment.or(Some(bit));
        }
        let (show, value) = (get("show").unwrap_or_default(), get("value").unwrap_or_default());
        packets.last_mut().unwrap().push(Theirs { name, bit, bits, show, value });
    }
    packets
}

/// The bits of a field: those in its pattern, as in `..1. .... = Reverse Tunneling: True`, or else
/// all of its octets.
fn place(line: &str) -> Option<(usize, usize)> {
    let number = |name| attribute(line, name)?.parse::<usize>().ok();
    let (octet, octets) = (number("pos")?, number("size")?);
    if octets == 0 {
        return None;
    }
    let shown = attribute(line, "showname").unwrap_or_default();
    let pattern = shown.split(" = ").next().filter(|_| shown.contains(" = "));
    let pattern: Option<Vec<char>> = pattern
        .filter(|pattern| pattern.chars().all(|c| matches!(c, '.' | '0' | '1' | ' ')))
        .map(|pattern| pattern.chars().filter(|c| *c != ' ').collect());
    match pattern {
        Some(pattern) => {
            let first = pattern.iter().position(|c| *c != '.')?;
            let last = pattern.iter().rposition(|c| *c != '.')?;
            Some((octet * 8 + first, last + 1 - first))
        }
        None => Some((octet * 8, octets * 8)),
    }
}

fn attribute(line: &str, name: &str) -> Option<String> {
    let start = line.find(&format!(" {name}=\""))? + name.len() + 3;
    let text = line[start..].split('"').next()?;
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    Some(text.replace("&#x27;", "'").replace("&apos;", "'").replace("&amp;", "&"))
}
