//! A packet with room before it.

use alloc::vec::Vec;

/// A packet with room before it, for the headers of the tunnels that it is put into: so it is written
/// once, however often it is wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roomy {
    octets: Vec<u8>,
    /// Where the packet begins.
    begin: usize,
}

impl Roomy {
    /// `write` adds a packet of about `length` octets to what it is given; before it are `room` octets.
    pub fn new<E>(
        room: usize,
        length: usize,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<Roomy, E> {
        let mut octets = Vec::with_capacity(room + length);
        octets.resize(room, 0);
        write(&mut octets)?;
        Ok(Roomy { octets, begin: room })
    }

    /// A copy of a packet, with so much room before it.
    #[must_use]
    pub fn copy(room: usize, packet: &[u8]) -> Roomy {
        let mut octets = Vec::with_capacity(room + packet.len());
        octets.resize(room, 0);
        octets.extend_from_slice(packet);
        Roomy { octets, begin: room }
    }

    /// The packet.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.octets.get(self.begin..).unwrap_or_default()
    }

    /// The packet; it is moved if there is room left before it.
    #[must_use]
    pub fn into_octets(mut self) -> Vec<u8> {
        if self.begin > 0 {
            self.octets.drain(..self.begin);
        }
        self.octets
    }

    /// Puts a header before the packet. If there is not enough room, it is made.
    pub(crate) fn put_before(&mut self, header: &[u8]) {
        if self.begin < header.len() {
            let missing = header.len() - self.begin;
            self.octets.splice(..0, core::iter::repeat_n(0, missing));
            self.begin = header.len();
        }
        self.begin -= header.len();
        let field = self.octets.get_mut(self.begin..self.begin + header.len());
        if let Some(field) = field {
            field.copy_from_slice(header);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_stand_before_the_packet_whatever_room_there_is() {
        for room in 0..9 {
            let mut packet = Roomy::copy(room, b"packet");
            assert_eq!(packet.octets(), b"packet");
            packet.put_before(b"ab");
            packet.put_before(b"");
            packet.put_before(b"cde");
            assert_eq!(packet.octets(), b"cdeabpacket", "{room}");
            assert_eq!(packet.into_octets(), b"cdeabpacket", "{room}");
        }
    }

    #[test]
    fn a_packet_wrapped_in_place_is_the_one_wrapped_by_copies() {
        use crate::ip::tunnel::{ipv4_in_ipv4, ipv6_in_ipv4};
        use crate::ip::v6;
        use crate::mip4::TunnelData;

        let [own, far, home] = [[192, 0, 2, 8], [198, 51, 100, 1], [203, 0, 113, 9]];
        let [own, far, home] = [own, far, home].map(core::net::Ipv4Addr::from);
        let [from, to] = ["2001:db8::1", "2001:db8::2"].map(|at| at.parse().unwrap());
        let packet = v6::Packet { hop_limit: 9, ..v6::Packet::new(from, to, 59, b"payload") };
        let forwarded = packet.forwarded().unwrap().encode().unwrap();
        let inner = ipv6_in_ipv4::wrap(own, home, 64, &forwarded).unwrap();
        for room in [0, 4, 20, 24, 40, 60] {
            let mut octets = packet.forwarded_with_room(room).unwrap();
            assert_eq!(octets.octets(), forwarded);
            ipv6_in_ipv4::wrap_in_place(own, home, 64, &mut octets).unwrap();
            assert_eq!(octets.octets(), inner);
            let mut datagram = octets.clone();
            TunnelData::wrap_in_place(4, &mut datagram);
            assert_eq!(datagram.into_octets(), TunnelData::new(4, &inner).encode());
            let mut outer = octets.clone();
            ipv4_in_ipv4::wrap_own_in_place(own, far, 64, &mut outer).unwrap();
            let expected = ipv4_in_ipv4::wrap_own(own, far, 64, &inner).unwrap();
            assert_eq!(outer.octets(), expected);
            assert!(ipv4_in_ipv4::wrap_in_place(own, far, 64, &mut octets).is_err());
            assert_eq!(octets.octets(), inner);
            ipv4_in_ipv4::wrap_in_place(home, far, 64, &mut octets).unwrap();
            assert_eq!(octets.into_octets(), ipv4_in_ipv4::wrap(home, far, 64, &inner).unwrap());
        }
        let last = v6::Packet { hop_limit: 1, ..packet };
        assert_eq!(last.forwarded_with_room(20), None);
        assert!(ipv6_in_ipv4::wrap_in_place(own, home, 64, &mut Roomy::copy(20, b"none")).is_err());
    }

    #[test]
    fn what_cannot_be_written_is_no_packet() {
        assert_eq!(Roomy::new(3, 3, |_| Err(7)), Err(7));
        let written = Roomy::new(3, 3, |octets| {
            octets.extend_from_slice(b"abc");
            Ok::<(), ()>(())
        });
        assert_eq!(written, Ok(Roomy::copy(3, b"abc")));
    }
}
