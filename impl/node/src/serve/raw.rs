//! IPv4 packets with IPv4 inside (RFC 2003) by a raw socket: no tunnel module of the kernel takes
//! part.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use dsboot_spec::registry::ip::protocol;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinHandle;

use super::part::Event;

/// The longest IP packet.
const LONGEST: usize = 65_535;

/// A raw socket for protocol 4, and its reader. tokio's type for datagrams does for it what it does
/// for UDP: `recv` and `sendto`.
#[derive(Debug)]
pub(super) struct Raw {
    socket: Arc<UdpSocket>,
    reader: JoinHandle<()>,
}

impl Raw {
    /// Opens it at an address of this host, 0.0.0.0 for all; what comes in goes to `events`.
    pub(super) fn open(at: Ipv4Addr, events: Sender<Event>) -> io::Result<Raw> {
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
        let socket = Arc::new(socket);
        let reading = Arc::clone(&socket);
        let reader = tokio::spawn(async move {
            let mut octets = vec![0; LONGEST];
            loop {
                // An error is one of an earlier packet's way (ICMP).
                let Ok(length) = reading.recv(&mut octets).await else { continue };
                let packet = octets.get(..length).unwrap_or_default().to_vec();
                if events.send(Event::Packet(packet)).await.is_err() {
                    return;
                }
            }
        });
        Ok(Raw { socket, reader })
    }

    /// Sends a whole packet.
    pub(super) async fn send(&self, to: Ipv4Addr, packet: &[u8]) -> io::Result<()> {
        self.socket.send_to(packet, SocketAddr::from((to, 0))).await.map(|_| ())
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.reader.abort();
    }
}
