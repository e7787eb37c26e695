//! The sockets of a part, and what comes in by them.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::task::{Context, Poll};

use dsboot_roles::Datagram;
use socket2::{Domain, Socket, Type};
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tracing::warn;

use crate::batch::{self, Inbox};

/// UDP sockets, each bound to an address of its own.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    sockets: Vec<Open>,
    /// Those that keep the host from answering that nobody is there.
    unread: Vec<Socket>,
}

/// A socket, and what its datagrams have as their TTL now.
#[derive(Debug)]
struct Open {
    local: SocketAddr,
    socket: UdpSocket,
    ttl: Option<u8>,
}

impl Sockets {
    /// Binds a socket, if it is not there.
    pub(super) async fn bind(&mut self, local: SocketAddr) -> io::Result<()> {
        if !self.has(local) {
            let socket = UdpSocket::bind(local).await?;
            self.sockets.push(Open { local, socket, ttl: None });
        }
        Ok(())
    }

    /// Binds a socket that hears everything but what comes by a device, whose frames are read
    /// otherwise. That goes to a second socket, which nobody reads.
    pub(super) fn bind_but_for(&mut self, local: SocketAddr, device: &str) -> io::Result<()> {
        let open = |device: Option<&str>| {
            let socket = Socket::new(Domain::for_address(local), Type::DGRAM, None)?;
            socket.set_reuse_address(true)?;
            socket.bind_device(device.map(str::as_bytes))?;
            socket.bind(&local.into())?;
            socket.set_nonblocking(true)?;
            io::Result::Ok(socket)
        };
        self.unread.push(open(Some(device))?);
        let socket = UdpSocket::from_std(open(None)?.into())?;
        self.sockets.push(Open { local, socket, ttl: None });
        Ok(())
    }

    /// Whether there is a socket at this address and port.
    pub(super) fn has(&self, local: SocketAddr) -> bool {
        self.sockets.iter().any(|open| open.local == local)
    }

    /// Where the sockets are.
    pub(super) fn locals(&self) -> Vec<SocketAddr> {
        self.sockets.iter().map(|open| open.local).collect()
    }

    /// Closes the sockets at an address.
    pub(super) fn close(&mut self, address: IpAddr) {
        self.sockets.retain(|open| open.local.ip() != address);
    }

    /// Ready when something waits at one of them.
    pub(super) fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()> {
        let is_ready = |open: &Open| open.socket.poll_recv_ready(context).is_ready();
        // Each of them is asked, so that each of them wakes.
        match self.sockets.iter().map(is_ready).fold(false, |any, one| any | one) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    /// Reads what waits at the socket that is bound to `local`; returns how much that is.
    pub(super) fn fill(&self, local: SocketAddr, inbox: &mut Inbox) -> usize {
        inbox.clear();
        let open = self.sockets.iter().find(|open| open.local == local);
        open.map_or(0, |open| fill(&open.socket, inbox))
    }

    /// Sends datagrams in their order, each from the socket that is bound to its source.
    pub(super) async fn send(&mut self, role: &str, datagrams: &[Datagram]) {
        let goes_on = |one: &Datagram, next: &Datagram| {
            one.source == next.source
                && one.ttl == next.ttl
                && one.destination.is_ipv4() == next.destination.is_ipv4()
        };
        for datagrams in datagrams.chunk_by(goes_on) {
            let Some(first) = datagrams.first() else { continue };
            let Some(open) = self.sockets.iter_mut().find(|open| open.local == first.source) else {
                warn!(role, source = %first.source, "no socket there");
                continue;
            };
            // To set it takes as long as a third of the sending.
            if first.destination.is_ipv4() && open.ttl != Some(first.ttl) {
                match open.socket.set_ttl(first.ttl.into()) {
                    Ok(()) => open.ttl = Some(first.ttl),
                    Err(error) => warn!(role, %error),
                }
            }
            let each = datagrams.iter();
            let each = each.map(|one| (one.destination, one.payload.as_slice()));
            send(role, &open.socket, &each.collect::<Vec<_>>()).await;
        }
    }
}

/// Why a socket cannot be bound, and what can be done about it.
pub(super) fn cannot_bind(kind: &str, at: SocketAddr, error: &io::Error) -> String {
    let (port, flag) = (at.port(), if kind == "UDP" { "-ulnp" } else { "-tlnp" });
    let hint = match error.kind() {
        io::ErrorKind::AddrInUse => format!("; `ss {flag} sport = {port}` says who has it"),
        io::ErrorKind::AddrNotAvailable => format!("; this host does not have {} now", at.ip()),
        io::ErrorKind::PermissionDenied => {
            "; a port below 1024 takes CAP_NET_BIND_SERVICE, or root".to_owned()
        }
        _ => String::new(),
    };
    format!("cannot bind {kind} {at}: {error}{hint}")
}

/// Reads what waits at a socket; returns how much that is.
pub(super) fn fill(socket: &UdpSocket, inbox: &mut Inbox) -> usize {
    // Where nothing waits, nothing is called.
    inbox.clear();
    // An error is one of an earlier datagram's way (ICMP); it is lost, as any may be.
    socket.try_io(Interest::READABLE, || inbox.fill(socket)).unwrap_or_default()
}

/// Sends through a socket, in order. What cannot be sent is lost, and logged.
pub(super) async fn send(role: &str, socket: &UdpSocket, datagrams: &[(SocketAddr, &[u8])]) {
    let mut left = datagrams;
    while !left.is_empty() {
        let sent = socket.async_io(Interest::WRITABLE, || {
            batch::send(socket, left.iter().map(|(to, octets)| (Some(*to), *octets)))
        });
        let gone = match sent.await {
            Ok(sent) => sent,
            Err(error) => {
                warn!(role, %error);
                1
            }
        };
        left = left.get(gone..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datagram(source: SocketAddr, destination: SocketAddr, payload: &[u8]) -> Datagram {
        Datagram { source, destination, ttl: 64, neighbour: None, payload: payload.to_vec() }
    }

    #[tokio::test]
    async fn what_was_read_is_read_once() {
        let mut sockets = Sockets::default();
        let [here, there]: [SocketAddr; 2] =
            ["127.0.0.1:0", "127.0.0.2:0"].map(|at| at.parse().unwrap());
        for local in [here, there] {
            sockets.bind(local).await.unwrap();
        }
        let own: Vec<_> =
            sockets.sockets.iter().map(|open| open.socket.local_addr().unwrap()).collect();
        sockets
            .send("test", &[datagram(here, own[1], b"one"), datagram(here, own[1], b"two")])
            .await;
        std::future::poll_fn(|context| sockets.poll_readable(context)).await;
        let mut inbox = Inbox::new();
        assert_eq!(sockets.fill(there, &mut inbox), 2);
        let seen: Vec<_> = inbox.iter().map(|(from, octets)| (from, octets.to_vec())).collect();
        assert_eq!(seen, [(Some(own[0]), b"one".to_vec()), (Some(own[0]), b"two".to_vec())]);
        // Nothing waits any more; the second time nothing is asked even.
        for _ in 0..2 {
            assert_eq!(sockets.fill(there, &mut inbox), 0);
            assert_eq!(inbox.iter().count(), 0);
        }
        assert_eq!(sockets.fill("127.0.0.3:9".parse().unwrap(), &mut inbox), 0);
    }
}
