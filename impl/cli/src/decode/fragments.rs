//! Fragments of IP packets put together (RFC 791 §3.2, RFC 8200 §4.5), in bounded memory.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::time::Duration;

use dsboot_codec::ip;
use dsboot_codec::tree::{FRAGMENT, FRAGMENT_HEADER, Name, Node, Protocol, Tree, Value};
use dsboot_spec::registry::ip::{IPV4_HEADER_LENGTH, IPV6_HEADER_LENGTH};

/// So long a fragment waits for the others, by the time of the capture (RFC 8200 §4.5).
const PATIENCE: Duration = Duration::from_secs(60);

/// So many octets of fragments are kept; those of the oldest packets are given up for new ones.
const MEMORY: usize = 4 << 20;

/// So many packets are waited for at once.
const PACKETS: usize = 4096;

/// Octets of the largest packet.
const LARGEST: usize = 65_535;

/// Fragments of packets that are not whole yet.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    waiting: HashMap<Key, Waiting>,
    /// Octets in all of them.
    octets: usize,
    /// How many packets have been begun.
    begun: u64,
    /// How many packets were given up.
    given_up: u64,
}

/// What the fragments of one packet have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    interface: Option<String>,
    /// What is around it, the outermost first.
    around: Vec<Around>,
    between: (IpAddr, IpAddr),
    /// Of IPv4.
    protocol: Option<u8>,
    identification: u64,
}

/// What is around a fragment: the names of the messages, and of packets between whom they go.
type Around = (Name, Option<(IpAddr, IpAddr)>);

/// A packet of which fragments are missing.
#[derive(Debug)]
struct Waiting {
    number: u64,
    since: Option<Duration>,
    /// The numbers of the messages that its fragments came in.
    messages: Vec<u64>,
    /// The header of the first fragment.
    header: Option<Vec<u8>>,
    parts: BTreeMap<usize, Vec<u8>>,
    /// Where the last one ends.
    end: Option<usize>,
}

/// A fragment as it stands in a message.
#[derive(Debug)]
struct Fragment {
    key: Key,
    /// Octets of the packet's payload before it.
    offset: usize,
    more: bool,
    /// The header of the whole packet, but for its length.
    header: Vec<u8>,
    octets: Vec<u8>,
}

/// What came of a fragment.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Others are missing.
    Waits,
    /// It was the last one; all that it came in, and the packet.
    Whole { messages: Vec<u64>, octets: Vec<u8> },
    /// It cannot be used.
    Useless(&'static str),
}

impl Fragments {
    /// Takes the fragment in a message, if it has one.
    pub(super) fn take(
        &mut self,
        message: u64,
        time: Option<Duration>,
        interface: Option<&String>,
        tree: &Tree,
        octets: &[u8],
    ) -> Option<Outcome> {
        let mut around = Vec::new();
        let node = tree.nodes.iter().find_map(|node| find(node, &mut around))?;
        let fragment = match fragment(node, interface.cloned(), around, octets) {
            Ok(fragment) => fragment,
            Err(why) => return Some(Outcome::Useless(why)),
        };
        Some(self.add(message, time, fragment))
    }

    /// How many packets were not put together, as fragments of them were missing.
    pub(super) fn incomplete(&self) -> u64 {
        self.given_up + self.waiting.len() as u64
    }

    fn add(&mut self, message: u64, time: Option<Duration>, fragment: Fragment) -> Outcome {
        let Fragment { key, offset, more, header, octets } = fragment;
        let is_old = |waiting: &Waiting| {
            let age = time.zip(waiting.since).and_then(|(now, then)| now.checked_sub(then));
            age.is_some_and(|age| age > PATIENCE)
        };
        if self.waiting.get(&key).is_some_and(is_old) {
            self.give_up(&key);
        }
        let begun = &mut self.begun;
        let waiting = self.waiting.entry(key.clone()).or_insert_with(|| {
            *begun += 1;
            Waiting {
                number: *begun,
                since: time,
                messages: Vec::new(),
                header: None,
                parts: BTreeMap::new(),
                end: None,
            }
        });
        let end = offset + octets.len();
        if waiting.parts.get(&offset).is_some_and(|known| *known == octets) {
            return Outcome::Waits;
        }
        if waiting.contradicts(offset, end, more) {
            self.give_up(&key);
            return Outcome::Useless(
                "it overlaps another fragment: the packet is not put together",
            );
        }
        if !waiting.messages.contains(&message) {
            waiting.messages.push(message);
        }
        if offset == 0 {
            waiting.header = Some(header);
        }
        if !more {
            waiting.end = Some(end);
        }
        self.octets += octets.len();
        waiting.parts.insert(offset, octets);
        if let Some(whole) = waiting.whole() {
            let messages = self.remove(&key).map(|waiting| waiting.messages).unwrap_or_default();
            return Outcome::Whole { messages, octets: whole };
        }
        self.make_room(&key);
        Outcome::Waits
    }

    /// Gives up the oldest packets but this one, until what is left may be kept.
    fn make_room(&mut self, but: &Key) {
        while self.octets > MEMORY || self.waiting.len() > PACKETS {
            let others = self.waiting.iter().filter(|(key, _)| *key != but);
            let oldest = others.min_by_key(|(_, waiting)| waiting.number);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { return };
            self.give_up(&key);
        }
    }

    fn give_up(&mut self, key: &Key) {
        self.given_up += u64::from(self.remove(key).is_some());
    }

    fn remove(&mut self, key: &Key) -> Option<Waiting> {
        let waiting = self.waiting.remove(key)?;
        self.octets -= waiting.parts.values().map(Vec::len).sum::<usize>();
        Some(waiting)
    }
}

impl Waiting {
    /// Whether a fragment cannot be of the packet that the others are of.
    fn contradicts(&self, offset: usize, end: usize, more: bool) -> bool {
        let before = self.parts.range(..end).next_back();
        let overlaps = before.is_some_and(|(at, octets)| at + octets.len() > offset);
        let beyond = self.end.is_some_and(|last| end > last || (!more && end != last));
        let last = self.parts.last_key_value().map(|(at, octets)| at + octets.len());
        overlaps || beyond || (!more && last.is_some_and(|last| last > end))
    }

    /// The packet, if nothing of it is missing.
    fn whole(&self) -> Option<Vec<u8>> {
        let mut packet = self.header.clone()?;
        let end = self.end?;
        let header = packet.len();
        for (at, octets) in &self.parts {
            if *at + header != packet.len() {
                return None;
            }
            packet.extend(octets);
        }
        (packet.len() == header + end).then_some(())?;
        complete(&mut packet);
        Some(packet)
    }
}

/// Sets the length and the checksum of a packet that was put together.
fn complete(packet: &mut [u8]) {
    let all = packet.len();
    match packet.first().map(|first| first >> 4) {
        Some(4) => {
            let header = usize::from(packet.first().map_or(0, |first| first & 0xf)) * 4;
            write(packet, 2, all);
            write(packet, 10, 0);
            let sum = ip::checksum(&[packet.get(..header).unwrap_or_default()]);
            write(packet, 10, sum.into());
        }
        _ => write(packet, 4, all.saturating_sub(IPV6_HEADER_LENGTH)),
    }
}

fn write(octets: &mut [u8], at: usize, value: usize) {
    let value = u16::try_from(value).unwrap_or(u16::MAX).to_be_bytes();
    if let Some(place) = octets.get_mut(at..at + 2) {
        place.copy_from_slice(&value);
    }
}

/// The packet that is a fragment, and what is around it.
fn find<'n>(node: &'n Node, around: &mut Vec<Around>) -> Option<&'n Node> {
    let is_packet = matches!(node.protocol, Some(Protocol::Ipv4 | Protocol::Ipv6));
    if is_packet && node.children().iter().any(|child| child.name == FRAGMENT) {
        return Some(node);
    }
    around.push((node.name.clone(), Some(node).filter(|_| is_packet).and_then(between)));
    let found = node.children().iter().find_map(|child| find(child, around));
    if found.is_none() {
        around.pop();
    }
    found
}

fn between(node: &Node) -> Option<(IpAddr, IpAddr)> {
    let address = |name: &str| match child(node, name)?.value()? {
        Value::Ipv4(address) => Some(IpAddr::from(*address)),
        Value::Ipv6(address) => Some(IpAddr::from(*address)),
        _ => None,
    };
    Some((address("Source Address")?, address("Destination Address")?))
}

fn child<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    node.children().iter().find(|child| child.name == name)
}

fn number(node: &Node, name: &str) -> Option<u64> {
    match child(node, name)?.value()? {
        Value::Unsigned(number) => Some(*number),
        _ => None,
    }
}

/// A packet that is a fragment.
fn fragment(
    node: &Node,
    interface: Option<String>,
    around: Vec<Around>,
    octets: &[u8],
) -> Result<Fragment, &'static str> {
    let no_header = "its header is not whole";
    let packet = octets.get(node.offset..node.end()).ok_or(no_header)?;
    let between = between(node).ok_or(no_header)?;
    let data = child(node, FRAGMENT).ok_or(no_header)?;
    let payload = octets.get(data.offset..data.end()).ok_or(no_header)?;
    let start = data.offset - node.offset;
    let (said, protocol, identification, place, header) = if node.protocol == Some(Protocol::Ipv4) {
        let mut header = packet.get(..start).filter(|h| h.len() >= IPV4_HEADER_LENGTH);
        let mut header = header.take().ok_or(no_header)?.to_vec();
        let place = u16_at(packet, 6).ok_or(no_header)?;
        // Of the flags only DF stays.
        write(&mut header, 6, usize::from(place & 0x4000));
        let identification = number(node, "Identification").ok_or(no_header)?;
        let protocol = packet.get(9).copied();
        let place = (usize::from(place & 0x1fff) * 8, place & 0x2000 != 0);
        (number(node, "Total Length"), protocol, identification, place, header)
    } else {
        let at = node.children().iter().position(|child| child.name == FRAGMENT_HEADER);
        let at = at.ok_or(no_header)?;
        let children = node.children();
        let (before, part) = children.split_at_checked(at).ok_or(no_header)?;
        let part = part.first().ok_or(no_header)?;
        let mut header = packet.get(..part.offset - node.offset).ok_or(no_header)?.to_vec();
        // What named the fragment header names what follows it.
        let next = before.last().filter(|node| !node.children().is_empty());
        let next = next.map_or(6, |header| header.offset - node.offset);
        let following = octets.get(part.offset).copied().ok_or(no_header)?;
        *header.get_mut(next).ok_or(no_header)? = following;
        let place = u16_at(octets, part.offset + 2).ok_or(no_header)?;
        let identification = number(part, "Identification").ok_or(no_header)?;
        let place = (usize::from(place & 0xfff8), place & 1 != 0);
        let said = number(node, "Payload Length").map(|length| length + IPV6_HEADER_LENGTH as u64);
        (said, None, identification, place, header)
    };
    let (offset, more) = place;
    if said != Some(packet.len() as u64) {
        return Err("it is not whole");
    }
    if more && !payload.len().is_multiple_of(8) {
        return Err("its length is no multiple of 8, though others follow");
    }
    if header.len() + offset + payload.len() > LARGEST {
        return Err("it ends behind what a packet can have");
    }
    let key = Key { interface, around, between, protocol, identification };
    Ok(Fragment { key, offset, more, header, octets: payload.to_vec() })
}

fn u16_at(octets: &[u8], at: usize) -> Option<u16> {
    octets.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}
