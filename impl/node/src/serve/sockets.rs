//! The sockets of a part, and what comes in by them.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinHandle;

use super::part::Event;

/// The longest UDP payload.
const LONGEST: usize = 65_535;

/// UDP sockets, each bound to an address of its own, and a reader for each.
#[derive(Debug)]
pub(super) struct Sockets {
    sockets: BTreeMap<SocketAddr, (Arc<UdpSocket>, JoinHandle<()>)>,
    events: Sender<Event>,
}

impl Sockets {
    pub(super) const fn new(events: Sender<Event>) -> Sockets {
        Sockets { sockets: BTreeMap::new(), events }
    }

    /// Binds a socket, if it is not there.
    pub(super) async fn bind(&mut self, local: SocketAddr) -> io::Result<()> {
        if self.sockets.contains_key(&local) {
            return Ok(());
        }
        let socket = Arc::new(UdpSocket::bind(local).await?);
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
        self.sockets.insert(local, (socket, reader));
        Ok(())
    }

    /// Closes the sockets at an address.
    pub(super) fn close(&mut self, address: std::net::IpAddr) {
        self.sockets.retain(|local, (_, reader)| {
            let stays = local.ip() != address;
            if !stays {
                reader.abort();
            }
            stays
        });
    }

    /// Sends a datagram from the socket that is bound to its source.
    pub(super) async fn send(
        &self,
        from: SocketAddr,
        to: SocketAddr,
        ttl: u8,
        payload: &[u8],
    ) -> io::Result<()> {
        let Some((socket, _)) = self.sockets.get(&from) else {
            return Err(io::Error::new(io::ErrorKind::AddrNotAvailable, "no socket there"));
        };
        if to.is_ipv4() {
            socket.set_ttl(ttl.into())?;
        }
        socket.send_to(payload, to).await.map(|_| ())
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        self.sockets.values().for_each(|(_, reader)| reader.abort());
    }
}
