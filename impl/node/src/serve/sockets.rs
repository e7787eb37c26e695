//! The sockets of a part, and what comes in by them.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use socket2::{Domain, Socket, Type};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinHandle;

use super::part::Event;

/// The longest UDP payload.
const LONGEST: usize = 65_535;

/// UDP sockets, each bound to an address of its own, and a reader for each.
#[derive(Debug)]
pub(super) struct Sockets {
    sockets: BTreeMap<SocketAddr, Open>,
    /// Those that keep the host from answering that nobody is there.
    unread: Vec<Socket>,
    events: Sender<Event>,
}

/// A socket, its reader, and what its datagrams have as their TTL now.
#[derive(Debug)]
struct Open {
    socket: Arc<UdpSocket>,
    reader: JoinHandle<()>,
    ttl: Option<u8>,
}

impl Sockets {
    pub(super) const fn new(events: Sender<Event>) -> Sockets {
        Sockets { sockets: BTreeMap::new(), unread: Vec::new(), events }
    }

    /// Binds a socket, if it is not there.
    pub(super) async fn bind(&mut self, local: SocketAddr) -> io::Result<()> {
        if self.sockets.contains_key(&local) {
            return Ok(());
        }
        self.read(local, UdpSocket::bind(local).await?);
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
        self.read(local, UdpSocket::from_std(open(None)?.into())?);
        Ok(())
    }

    fn read(&mut self, local: SocketAddr, socket: UdpSocket) {
        let socket = Arc::new(socket);
        let (reading, events) = (Arc::clone(&socket), self.events.clone());
        let reader = tokio::spawn(async move {
            let mut octets = vec![0; LONGEST];
            loop {
                // An error is one of an earlier datagram's way (ICMP); it is lost, as any may be.
                let Ok((length, from)) = reading.recv_from(&mut octets).await else { continue };
                let payload = octets.get(..length).unwrap_or_default().to_vec();
                if events.send(Event::Datagram { local, from, payload }).await.is_err() {
                    return;
                }
            }
        });
        self.sockets.insert(local, Open { socket, reader, ttl: None });
    }

    /// Whether there is a socket at this address and port.
    pub(super) fn has(&self, local: SocketAddr) -> bool {
        self.sockets.contains_key(&local)
    }

    /// Closes the sockets at an address.
    pub(super) fn close(&mut self, address: std::net::IpAddr) {
        self.sockets.retain(|local, open| {
            let stays = local.ip() != address;
            if !stays {
                open.reader.abort();
            }
            stays
        });
    }

    /// Sends a datagram from the socket that is bound to its source.
    pub(super) async fn send(
        &mut self,
        from: SocketAddr,
        to: SocketAddr,
        ttl: u8,
        payload: &[u8],
    ) -> io::Result<()> {
        let Some(open) = self.sockets.get_mut(&from) else {
            return Err(io::Error::new(io::ErrorKind::AddrNotAvailable, "no socket there"));
        };
        // To set it takes as long as a third of the sending.
        if to.is_ipv4() && open.ttl != Some(ttl) {
            open.socket.set_ttl(ttl.into())?;
            open.ttl = Some(ttl);
        }
        open.socket.send_to(payload, to).await.map(|_| ())
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        self.sockets.values().for_each(|open| open.reader.abort());
    }
}
