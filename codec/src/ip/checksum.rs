use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The Internet checksum (RFC 1071) over the concatenation of `parts`.
///
/// Over octets that contain their own right checksum it is zero.
#[must_use]
pub fn checksum(parts: &[&[u8]]) -> u16 {
    parts.iter().fold(Sum::default(), |sum, part| sum.add(part)).checksum()
}

/// The addresses that a checksum of an upper layer covers: its pseudo-header.
///
/// Where a packet has a Home Address option or a type 2 routing header these are not the
/// addresses of its IPv6 header, see [`UpperLayer`](crate::ip::v6::UpperLayer).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pseudo {
    /// Of an IPv4 packet (RFC 768).
    V4 {
        /// Source address.
        source: Ipv4Addr,
        /// Destination address.
        destination: Ipv4Addr,
    },
    /// Of an IPv6 packet (RFC 8200 §8.1).
    V6 {
        /// Address of the packet's final source.
        source: Ipv6Addr,
        /// Address of the packet's final destination.
        destination: Ipv6Addr,
    },
}

impl Pseudo {
    /// Between two IPv4 addresses.
    #[must_use]
    pub const fn v4(source: Ipv4Addr, destination: Ipv4Addr) -> Pseudo {
        Pseudo::V4 { source, destination }
    }

    /// Between two IPv6 addresses.
    #[must_use]
    pub const fn v6(source: Ipv6Addr, destination: Ipv6Addr) -> Pseudo {
        Pseudo::V6 { source, destination }
    }

    /// The source address.
    #[must_use]
    pub const fn source(&self) -> IpAddr {
        match self {
            Pseudo::V4 { source, .. } => IpAddr::V4(*source),
            Pseudo::V6 { source, .. } => IpAddr::V6(*source),
        }
    }

    /// The destination address.
    #[must_use]
    pub const fn destination(&self) -> IpAddr {
        match self {
            Pseudo::V4 { destination, .. } => IpAddr::V4(*destination),
            Pseudo::V6 { destination, .. } => IpAddr::V6(*destination),
        }
    }

    /// The checksum over this pseudo-header, for the upper layer `protocol`, and the
    /// concatenation of `parts`, which is the whole of the upper layer.
    #[must_use]
    pub fn checksum(&self, protocol: u8, parts: &[&[u8]]) -> u16 {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        let addresses = match self {
            Pseudo::V4 { source, destination } => {
                Sum::default().add(&source.octets()).add(&destination.octets())
            }
            Pseudo::V6 { source, destination } => {
                Sum::default().add(&source.octets()).add(&destination.octets())
            }
        };
        // IPv4 has narrower fields for length and protocol; the zeros before them add nothing.
        let header = addresses.add(&length.to_be_bytes()).add(&[0, 0, 0, protocol]);
        parts.iter().fold(header, |sum, part| sum.add(part)).checksum()
    }
}

/// The sum of 16-bit words, made of octets as they come.
#[derive(Clone, Copy, Default)]
struct Sum {
    total: u64,
    /// Whether the next octet is the low half of a word.
    low: bool,
}

impl Sum {
    #[inline]
    fn add(self, octets: &[u8]) -> Sum {
        let (sum, octets) = match octets.split_first() {
            Some((first, rest)) if self.low => (self.octet(*first), rest),
            _ => (self, octets),
        };
        // The sum is one of 16-bit words modulo 2^16 - 1, modulo which 2^64 is 1 too: four words
        // are added at once, and what is carried out at the top comes in again at the bottom.
        let (words, rest) = octets.as_chunks();
        let total = words.iter().fold(sum.total, |total, word| {
            let (total, carry) = total.overflowing_add(u64::from_be_bytes(*word));
            total + u64::from(carry)
        });
        rest.iter().fold(Sum { total, ..sum }, |sum, octet| sum.octet(*octet))
    }

    #[inline]
    fn octet(self, octet: u8) -> Sum {
        let value = if self.low { u64::from(octet) } else { u64::from(octet) << 8 };
        let (total, carry) = self.total.overflowing_add(value);
        Sum { total: total + u64::from(carry), low: !self.low }
    }

    /// One's complement of the one's complement sum.
    #[inline]
    fn checksum(self) -> u16 {
        let total = (self.total & 0xffff_ffff) + (self.total >> 32);
        let total = (total & 0xffff) + (total >> 16);
        let total = (total & 0xffff) + (total >> 16);
        let total = (total & 0xffff) + (total >> 16);
        !((total & 0xffff) as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of RFC 1071 §3.
    #[test]
    fn sums_as_the_example_of_the_rfc() {
        let octets = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(checksum(&[&octets]), !0xddf2);
        assert_eq!(checksum(&[&octets, &[0x22, 0x0d]]), 0);
    }

    #[test]
    fn parts_count_as_one_string() {
        let octets = [0xff, 0xff, 0x80, 0x01, 0x7f, 0xfe, 0x12];
        for split in 0..=octets.len() {
            let (head, tail) = octets.split_at(split);
            assert_eq!(checksum(&[head, tail]), checksum(&[&octets]), "split at {split}");
        }
    }

    /// What RFC 1071 §1 says, word by word.
    fn by_words(octets: &[u8]) -> u16 {
        let words = octets.chunks(2).map(|word| match *word {
            [high, low] => u32::from(u16::from_be_bytes([high, low])),
            [high] => u32::from(high) << 8,
            _ => 0,
        });
        let mut sum: u32 = words.sum();
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        !((sum & 0xffff) as u16)
    }

    #[test]
    fn four_words_at_once_are_summed_as_each_by_itself() {
        let mut octets = [0_u8; 67];
        let mut state = 0x9e37_79b9_u32;
        for round in 0..2000 {
            for octet in &mut octets {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Many words of all ones, so that carries run through.
                *octet =
                    if round % 2 == 0 { (state >> 24) as u8 } else { 0xff - (state >> 31) as u8 };
            }
            let (cut, split) = (round % octets.len(), state as usize % octets.len());
            let octets = &octets[cut..];
            let (head, tail) = octets.split_at(split.min(octets.len()));
            assert_eq!(checksum(&[octets]), by_words(octets), "{octets:02x?}");
            assert_eq!(checksum(&[head, tail]), by_words(octets), "{head:02x?} {tail:02x?}");
        }
    }
}
