//! The messages of each leg: what they say in the model's words, and what the specification asks of
//! their fields.

mod access;
mod binding;
mod radius;
mod registration;
mod reply;

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use dsboot_codec::tree::{Node, Role};

use super::memory::Remembered;

/// What is remembered of the legs, whoever is concerned.
#[derive(Debug)]
pub(super) struct Legs {
    /// Questions to AAA servers.
    questions: Remembered<(SocketAddr, IpAddr, u8), radius::Question>,
    /// Clients that have asked.
    clients: HashSet<IpAddr>,
    /// PANA sessions.
    sessions: HashMap<(IpAddr, u32), access::Session>,
    /// Clients of PANA that have begun, and whether they announced support.
    announced: Remembered<IpAddr, bool>,
    /// Who has which THOAv4 at which FHA, and until when, in microseconds since 1970.
    holders: HashMap<(Ipv4Addr, Ipv4Addr), (usize, u64)>,
    /// The challenges that agents have given.
    challenges: Remembered<(Ipv4Addr, Vec<u8>), ()>,
    /// Agents that have been heard.
    agents: HashSet<Ipv4Addr>,
}

impl Default for Legs {
    fn default() -> Legs {
        Legs {
            questions: Remembered::new(1 << 15),
            clients: HashSet::new(),
            sessions: HashMap::new(),
            announced: Remembered::new(1 << 14),
            holders: HashMap::new(),
            challenges: Remembered::new(1 << 14),
            agents: HashSet::new(),
        }
    }
}

/// Whether a wrong checksum of UDP is what the sender's kernel leaves for its hardware to finish:
/// the sum over the pseudo-header alone, not complemented.
pub(super) fn is_left_to_hardware(node: &Node, octets: &[u8]) -> bool {
    if node.role != Role::Checksum {
        return false;
    }
    let Some(checksum) = octets.get(node.offset..node.end()) else { return false };
    // The checksum is the fourth field of a UDP header that stands behind an IP header.
    let Some(udp) = node.offset.checked_sub(6) else { return false };
    let Some([high, low, ..]) = octets.get(udp + 4..udp + 6) else { return false };
    let length = u16::from_be_bytes([*high, *low]);
    let sum_over = |addresses: &[u8]| {
        let (pairs, _) = addresses.as_chunks::<2>();
        let words = pairs.iter().map(|pair| u32::from(u16::from_be_bytes(*pair)));
        let mut sum = words.sum::<u32>() + 17 + u32::from(length);
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        sum
    };
    let found = checksum.try_into().map(u16::from_be_bytes).map(u32::from).unwrap_or_default();
    let before = |many: usize| octets.get(udp.checked_sub(many)?..udp);
    before(8).is_some_and(|addresses| sum_over(addresses) == found)
        || before(32).is_some_and(|addresses| sum_over(addresses) == found)
}
