//! Several datagrams by one system call, as a call costs as much as a short datagram does.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd;

use nix::sys::socket::{
    ControlMessage, MsgFlags, MultiHeaders, SockaddrLike as _, SockaddrStorage, recvmmsg, sendmmsg,
};

/// How many datagrams go through a call at the most.
pub(crate) const AT_ONCE: usize = 32;

/// The longest datagram.
const LONGEST: usize = 65_535;

/// Datagrams that have come by one call.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    octets: Vec<u8>,
    /// Of each datagram the length, and whom it is from.
    got: Vec<(usize, Option<SocketAddr>)>,
}

impl Inbox {
    /// Room for datagrams, with none in it.
    pub(crate) fn new() -> Inbox {
        // Memory of which only what is ever written to is there.
        Inbox { octets: vec![0; AT_ONCE * LONGEST], got: Vec::with_capacity(AT_ONCE) }
    }

    /// Takes out what was there.
    pub(crate) fn clear(&mut self) {
        self.got.clear();
    }

    /// Reads what waits at a socket that does not block, in the place of what was there; returns how
    /// many datagrams that are, [`AT_ONCE`] at the most.
    ///
    /// # Errors
    /// When nothing waits ([`io::ErrorKind::WouldBlock`]), or the socket has an error.
    pub(crate) fn fill(&mut self, socket: &impl AsRawFd) -> io::Result<usize> {
        self.clear();
        let mut headers = MultiHeaders::<SockaddrStorage>::preallocate(AT_ONCE, None);
        let slots = self.octets.chunks_mut(LONGEST).map(|slot| [IoSliceMut::new(slot)]);
        let mut slots: Vec<[IoSliceMut<'_>; 1]> = slots.collect();
        let (socket, flags) = (socket.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
        let received = recvmmsg(socket, &mut headers, slots.iter_mut(), flags, None)?;
        self.got.extend(received.map(|one| (one.bytes, one.address.as_ref().and_then(address))));
        Ok(self.got.len())
    }

    /// Reads a packet by a call that reads one, in the place of what was there.
    ///
    /// # Errors
    /// Those of the call.
    pub(crate) fn fill_by(
        &mut self,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.clear();
        let Some(slot) = self.octets.chunks_mut(LONGEST).next() else { return Ok(0) };
        self.got.push((read(slot)?, None));
        Ok(1)
    }

    /// What has been read: whom it is from, where the socket tells that, and the octets.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Option<SocketAddr>, &[u8])> {
        let slots = self.octets.chunks(LONGEST).zip(&self.got);
        slots.map(|(slot, (length, from))| (*from, slot.get(..*length).unwrap_or_default()))
    }
}

/// Sends the first [`AT_ONCE`] of some datagrams, each to its address or to whom the socket is connected
/// to; returns how many of them were sent.
///
/// # Errors
/// When the first one cannot be sent.
pub(crate) fn send<'d>(
    socket: &impl AsRawFd,
    datagrams: impl Iterator<Item = (Option<SocketAddr>, &'d [u8])>,
) -> io::Result<usize> {
    let datagrams = datagrams.take(AT_ONCE);
    let (to, octets): (Vec<_>, Vec<_>) = datagrams
        .map(|(to, octets)| (to.map(SockaddrStorage::from), [IoSlice::new(octets)]))
        .unzip();
    let mut headers = MultiHeaders::preallocate(to.len(), None);
    let nothing: [ControlMessage<'_>; 0] = [];
    let (socket, flags) = (socket.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
    let sent = sendmmsg(socket, &mut headers, octets.iter(), &to, nothing, flags)?;
    Ok(sent.count())
}

fn address(storage: &SockaddrStorage) -> Option<SocketAddr> {
    // A connected socket need not say whom something is from.
    storage.family()?;
    let v4 = storage.as_sockaddr_in().map(|at| SocketAddrV4::from(*at).into());
    v4.or_else(|| storage.as_sockaddr_in6().map(|at| SocketAddrV6::from(*at).into()))
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;

    #[test]
    fn datagrams_come_whole_in_order_and_with_their_sender() {
        for host in ["127.0.0.1:0", "[::1]:0"] {
            let (here, there) = (UdpSocket::bind(host).unwrap(), UdpSocket::bind(host).unwrap());
            let to = there.local_addr().unwrap();
            let datagrams: Vec<Vec<u8>> =
                (0..40_u8).map(|number| vec![number; usize::from(number) * 30]).collect();
            let mut left = &datagrams[..];
            let mut inbox = Inbox::new();
            let mut seen = Vec::new();
            while !left.is_empty() {
                let those = left.iter().map(|octets| (Some(to), octets.as_slice()));
                left = &left[send(&here, those).unwrap()..];
                while let Ok(count) = inbox.fill(&there) {
                    assert_eq!(inbox.iter().count(), count);
                    assert!(inbox.iter().all(|(from, _)| from == here.local_addr().ok()));
                    seen.extend(inbox.iter().map(|(_, octets)| octets.to_vec()));
                }
            }
            assert_eq!(seen, datagrams);
            let nothing = inbox.fill(&there).unwrap_err();
            assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
            assert_eq!(inbox.iter().count(), 0);
        }
    }

    #[test]
    fn a_connected_socket_needs_no_address() {
        let (here, there) =
            (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        here.connect(there.local_addr().unwrap()).unwrap();
        assert_eq!(send(&here, [(None, &b"abc"[..])].into_iter()).unwrap(), 1);
        let mut inbox = Inbox::new();
        assert_eq!(inbox.fill(&there).unwrap(), 1);
        assert_eq!(inbox.iter().next().unwrap().1, b"abc");
    }
}
