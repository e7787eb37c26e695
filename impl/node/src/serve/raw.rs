//! IPv4 packets with IPv4 inside (RFC 2003) by a raw socket: no tunnel module of the kernel takes
//! part.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::task::{Context, Poll};

use dsboot_spec::registry::ip::protocol;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use super::sockets;
use crate::batch::Inbox;

/// A raw socket for protocol 4. tokio's type for datagrams does for it what it does for UDP: it tells
/// when something can be read or written.
#[derive(Debug)]
pub(super) struct Raw(UdpSocket);

impl Raw {
    /// Opens it at an address of this host, 0.0.0.0 for all.
    pub(super) fn open(at: Ipv4Addr) -> io::Result<Raw> {
        let open = || {
            let kind = Protocol::from(i32::from(protocol::IPV4));
            let socket = Socket::new(Domain::IPV4, Type::RAW, Some(kind))?;
            socket.set_header_included_v4(true)?;
            socket.bind(&SocketAddr::from((at, 0)).into())?;
            socket.set_nonblocking(true)?;
            UdpSocket::from_std(socket.into())
        };
        let socket = open().map_err(|error: io::Error| {
            let reason = format!("cannot open a raw socket at {at}: {error}; it takes CAP_NET_RAW");
            io::Error::new(error.kind(), reason)
        })?;
        Ok(Raw(socket))
    }

    /// Ready when something waits.
    pub(super) fn poll_readable(&self, context: &mut Context<'_>) -> Poll<()> {
        self.0.poll_recv_ready(context).map(|_| ())
    }

    /// Reads what waits.
    pub(super) fn fill(&self, inbox: &mut Inbox) -> usize {
        sockets::fill(&self.0, inbox)
    }

    /// Sends whole packets.
    pub(super) async fn send(&self, role: &str, packets: &[(Ipv4Addr, Vec<u8>)]) {
        let each = packets.iter();
        let each = each.map(|(to, octets)| (SocketAddr::from((*to, 0)), octets.as_slice()));
        sockets::send(role, &self.0, &each.collect::<Vec<_>>()).await;
    }
}
