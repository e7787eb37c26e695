//! Fragments of the IPv6 tunnel between mobile node and home agent, at its exit.

use core::{net::Ipv6Addr, time::Duration};
use std::collections::BTreeMap;

use dsboot_codec::ip::v6::{Extension, Fragment, Packet};

use crate::{Time, expiring::Expiring};

/// For how long the rest of a packet is waited for (RFC 8200 §4.5).
const PATIENCE: Duration = Duration::from_secs(60);

/// For how many packets.
const PACKETS: usize = 64;

/// The most octets that a packet may have behind its header.
const LONGEST: usize = 4096 - 40;

/// Packets of which not all fragments have come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Fragments {
    waiting: Expiring<Key, Parts>,
}

/// What the fragments of one packet have in common.
type Key = (Ipv6Addr, Ipv6Addr, u32);

/// The fragments of a packet that have come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Parts {
    /// By offset.
    parts: BTreeMap<usize, Vec<u8>>,
    /// How many octets they make together, where the last one has come.
    length: Option<usize>,
    /// A packet with a part that cannot be right: every further part of it is dropped.
    spoilt: bool,
}

/// What becomes of a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It makes this packet whole.
    Whole(Vec<u8>),
    /// Others are still to come.
    Kept,
    /// It is dropped, and all others of its packet with it.
    Dropped,
}

impl Fragments {
    /// Takes a fragment; `None` if `packet` is none.
    pub(crate) fn take(&mut self, now: Time, packet: &Packet<'_>) -> Option<Taken> {
        let chain = packet.extensions().ok()?;
        let header = chain.iter().next()?;
        let (Extension::Fragment(part), [next, ..]) = (header.value, header.raw) else {
            return None;
        };
        let data = packet.payload.get(header.raw.len()..)?;
        //= data-path.5.7
        let key = (packet.source, packet.destination, part.identification);
        let mut parts = self.waiting.remove(&key).unwrap_or_default();
        if !parts.add(part, data) {
            self.keep(now, key, Parts { spoilt: true, ..Parts::default() });
            return Some(Taken::Dropped);
        }
        //= data-path.5.5
        let Some(payload) = parts.whole() else {
            self.keep(now, key, parts);
            return Some(Taken::Kept);
        };
        let whole = Packet { next_header: *next, payload: &payload, ..*packet };
        Some(whole.encode().map_or(Taken::Dropped, Taken::Whole))
    }

    /// Forgets the packets whose rest has not come in time.
    pub(crate) fn expire(&mut self, now: Time) {
        while self.waiting.pop_ended(now).is_some() {}
    }

    /// When [`Fragments::expire`] is wanted next.
    pub(crate) fn poll_timeout(&self) -> Option<Time> {
        self.waiting.first_end()
    }

    fn keep(&mut self, now: Time, key: Key, parts: Parts) {
        //= data-path.5.7
        if self.waiting.len() >= PACKETS {
            self.waiting.pop_first();
        }
        self.waiting.insert(key, parts, now + PATIENCE);
    }
}

impl Parts {
    /// Adds a part, if it fits with the others.
    fn add(&mut self, part: Fragment, data: &[u8]) -> bool {
        let end = part.offset + data.len();
        let before = self.parts.range(..end).next_back();
        let overlaps = before.is_some_and(|(at, octets)| at + octets.len() > part.offset);
        let odd = part.more && (data.is_empty() || !data.len().is_multiple_of(8));
        let past = self.length.is_some_and(|length| end > length || !part.more);
        let last_is_not = !part.more && self.parts.range(end..).next().is_some();
        if self.spoilt || overlaps || odd || past || last_is_not || end > LONGEST {
            return false;
        }
        if !part.more {
            self.length = Some(end);
        }
        self.parts.insert(part.offset, data.to_vec());
        true
    }

    /// What the parts make, when none is missing.
    fn whole(&self) -> Option<Vec<u8>> {
        let length = self.length?;
        let octets: Vec<u8> = self.parts.values().flatten().copied().collect();
        (octets.len() == length).then_some(octets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: u8 = 41;

    fn at(second: u64) -> Time {
        Time::from_unix_micros(second * 1_000_000)
    }

    fn packet(payload: &[u8]) -> Packet<'_> {
        Packet::new(Ipv6Addr::LOCALHOST, Ipv6Addr::UNSPECIFIED, NEXT, payload)
    }

    fn take(fragments: &mut Fragments, now: Time, octets: &[u8]) -> Taken {
        fragments.take(now, &Packet::decode(octets).unwrap()).unwrap()
    }

    //= data-path.5.5
    #[test]
    fn in_any_order_the_parts_make_the_packet() {
        let payload: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let all = packet(&payload).fragments(400, 7).unwrap();
        assert_eq!(all.len(), 3);
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut fragments = Fragments::default();
            let taken = order.map(|which: usize| take(&mut fragments, at(0), &all[which]));
            let whole = Taken::Whole(packet(&payload).encode().unwrap());
            assert_eq!(taken, [Taken::Kept, Taken::Kept, whole]);
            assert_eq!(fragments, Fragments::default());
        }
        assert_eq!(Fragments::default().take(at(0), &packet(&payload)), None);
    }

    //= data-path.5.7
    #[test]
    fn what_does_not_fit_spoils_the_packet() {
        let payload = [1; 1000];
        let all = packet(&payload).fragments(400, 7).unwrap();
        // The second one again, and the rest too late to make it good.
        let mut fragments = Fragments::default();
        assert_eq!(take(&mut fragments, at(0), &all[1]), Taken::Kept);
        for octets in [&all[1], &all[0], &all[2], &all[1]] {
            assert_eq!(take(&mut fragments, at(0), octets), Taken::Dropped);
        }
        // Another end than the last one's, and more than may be.
        let others = [(352, false, 8), (352, false, 800), (1_000, true, 8), (4_056, true, 8)];
        for (offset, more, length) in others {
            let part = Fragment { offset, more, identification: 7 };
            let header = dsboot_codec::ip::v6::fragment_header(NEXT, part);
            let other = [&header[..], &vec![2; length]].concat();
            let other = Packet { next_header: 44, ..packet(&other) }.encode().unwrap();
            let mut fragments = Fragments::default();
            take(&mut fragments, at(0), &all[2]);
            assert_eq!(take(&mut fragments, at(0), &other), Taken::Dropped, "{offset}");
        }
        // No multiple of 8 octets.
        let part = Fragment { offset: 0, more: true, identification: 7 };
        let header = dsboot_codec::ip::v6::fragment_header(NEXT, part);
        let odd = [&header[..], &[1; 9]].concat();
        let odd = Packet { next_header: 44, ..packet(&odd) }.encode().unwrap();
        assert_eq!(take(&mut Fragments::default(), at(0), &odd), Taken::Dropped);
    }

    //= data-path.5.7
    #[test]
    fn nothing_is_waited_for_without_end() {
        let payload = [1; 1000];
        let mut fragments = Fragments::default();
        for identification in 0..1000 {
            let all = packet(&payload).fragments(400, identification).unwrap();
            assert_eq!(take(&mut fragments, at(0), &all[0]), Taken::Kept);
        }
        assert_eq!(fragments.waiting.len(), PACKETS);
        assert_eq!(fragments.poll_timeout(), Some(at(60)));
        fragments.expire(at(60));
        assert_eq!(fragments, Fragments::default());
    }
}
