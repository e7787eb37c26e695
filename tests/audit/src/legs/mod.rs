//! The messages of each leg: what they say in the model's words, and what the specification asks of
//! their fields.

mod access;
mod answers;
mod binding;
mod radius;
mod registration;
mod reply;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use dsboot_codec::tree::{Node, Role, Value};

use super::memory::Remembered;

/// Where an EAP packet is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    /// Between MN and NAS.
    Pana,
    /// Between NAS and AAA server.
    Radius,
}

/// An EAP packet.
#[derive(Clone, Copy, Debug)]
struct EapLast {
    side: Side,
    /// The NAS's address on that side.
    nas: IpAddr,
    code: u8,
    /// A fingerprint of its octets.
    mark: u64,
}

impl Side {
    const fn other(self) -> Side {
        match self {
            Side::Pana => Side::Radius,
            Side::Radius => Side::Pana,
        }
    }
}

/// What is remembered of the legs, whoever is concerned.
#[derive(Debug)]
pub(super) struct Legs {
    /// Questions to AAA servers.
    questions: Remembered<(SocketAddr, IpAddr, u8), radius::Question>,
    /// Questions that are about nobody who bootstraps.
    others: Remembered<(SocketAddr, IpAddr, u8), ()>,
    /// Clients and whom they have asked, with the first question.
    clients: Remembered<(SocketAddr, IpAddr), super::At>,
    /// PANA sessions.
    sessions: Remembered<(IpAddr, u32), access::Session>,
    /// Clients of PANA that have begun, and whether they announced support.
    announced: Remembered<SocketAddr, bool>,
    /// Who has which THOAv4 at which FHA, and until when, in microseconds since 1970.
    holders: Remembered<(Ipv4Addr, Ipv4Addr), (usize, u64)>,
    /// The challenges that agents have given.
    challenges: Remembered<(Ipv4Addr, Vec<u8>), ()>,
    /// EAP packets by mobile node, side and the fingerprint of their octets.
    eap: Remembered<(usize, Side, u64), ()>,
    /// Sessions by the EAP Responses to a method in them.
    responses: Remembered<u64, (IpAddr, u32)>,
    /// The last EAP packet of a mobile node: what is passed on to the other side must be the same.
    eap_last: Remembered<usize, EapLast>,
    /// The addresses of a NAS, to the MN and to the AAA server, between which it has passed EAP on.
    eap_ways: Remembered<(IpAddr, IpAddr), ()>,
    /// The State of the last Access-Challenge, by mobile node and client.
    states: Remembered<(usize, IpAddr), Vec<u8>>,
    /// The last session between NAS and MN: a translator may stand before several of these.
    pairs: Remembered<(SocketAddr, SocketAddr), u32>,
    /// The addresses of NAS and MN that have had a session.
    met: Remembered<(IpAddr, IpAddr), ()>,
    /// Requests of PANA between NAS and MN, by who is to answer (the NAS: true) and their number: the
    /// session that they name.
    asked: Remembered<(SocketAddr, SocketAddr, bool, u32), u32>,
    /// What agents have advertised last, by their addresses and those that they offer.
    agents: Remembered<Ipv4Addr, registration::Agent>,
}

impl Default for Legs {
    fn default() -> Legs {
        Legs {
            questions: Remembered::new(1 << 15),
            others: Remembered::new(1 << 14),
            clients: Remembered::new(1 << 12),
            sessions: Remembered::new(1 << 14),
            announced: Remembered::new(1 << 14),
            holders: Remembered::new(1 << 14),
            challenges: Remembered::new(1 << 14),
            eap: Remembered::new(1 << 14),
            responses: Remembered::new(1 << 14),
            eap_last: Remembered::new(1 << 14),
            eap_ways: Remembered::new(1 << 12),
            states: Remembered::new(1 << 14),
            pairs: Remembered::new(1 << 14),
            met: Remembered::new(1 << 14),
            asked: Remembered::new(1 << 14),
            agents: Remembered::new(1 << 12),
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

/// What is to be sent as zero and is not: reserved octets, flags without a meaning, padding. Only
/// where the protocol asks for it, not in the headers of IP.
pub(super) fn not_zero(node: &Node) -> Option<String> {
    let is_of_ip = node.sentence.starts_with("wire.10.");
    let is_set = match node.value()? {
        _ if is_of_ip => false,
        Value::Octets(octets) if node.name == "Padding" || node.name.starts_with("Reserved") => {
            octets.iter().any(|octet| *octet != 0)
        }
        Value::Unsigned(value) => node.name.starts_with("Reserved") && *value != 0,
        Value::Flags { set, .. } => set.iter().any(|name| name.starts_with("0x")),
        _ => false,
    };
    is_set.then(|| format!("{} is not zero", node.name))
}
