use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};

use crate::Error;

/// Longest UDP payload there can be.
const MAX_PAYLOAD: usize = 65_507;

/// Every UDP socket of the run, by the address and port it is bound to.
#[derive(Debug)]
pub(crate) struct Sockets {
    poll: Poll,
    events: Events,
    table: BTreeMap<SocketAddrV4, Slot>,
    tokens: BTreeMap<Token, SocketAddrV4>,
    next: usize,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Slot {
    socket: UdpSocket,
    token: Token,
    ttl: Option<u8>,
}

impl Sockets {
    pub(crate) fn new() -> Result<Sockets, Error> {
        Ok(Sockets {
            poll: Poll::new().map_err(Error::Receive)?,
            events: Events::with_capacity(1_024),
            table: BTreeMap::new(),
            tokens: BTreeMap::new(),
            next: 0,
            buffer: vec![0; MAX_PAYLOAD],
        })
    }

    /// Binds a socket unless it is bound already.
    pub(crate) fn bind(&mut self, at: SocketAddrV4) -> Result<(), Error> {
        if self.table.contains_key(&at) {
            return Ok(());
        }
        let failed = |source| Error::Bind { address: at, source };
        let mut socket = UdpSocket::bind(SocketAddr::V4(at)).map_err(failed)?;
        let token = Token(self.next);
        self.next += 1;
        self.poll
            .registry()
            .register(&mut socket, token, Interest::READABLE)
            .map_err(Error::Receive)?;
        self.table.insert(at, Slot { socket, token, ttl: None });
        self.tokens.insert(token, at);
        Ok(())
    }

    /// Closes every socket of an address.
    pub(crate) fn unbind(&mut self, address: Ipv4Addr) {
        let tokens = &mut self.tokens;
        self.table.retain(|at, slot| {
            let keep = *at.ip() != address;
            if !keep {
                tokens.remove(&slot.token);
            }
            keep
        });
    }

    pub(crate) fn is_bound(&self, at: SocketAddrV4) -> bool {
        self.table.contains_key(&at)
    }

    /// All that are bound, in order.
    pub(crate) fn bound(&self) -> impl Iterator<Item = SocketAddrV4> {
        self.table.keys().copied()
    }

    /// Sends from a bound socket.
    pub(crate) fn send(
        &mut self,
        from: SocketAddrV4,
        to: SocketAddr,
        ttl: u8,
        payload: &[u8],
    ) -> Result<(), Error> {
        let failed = |source| Error::Send { from, to, octets: payload.len(), source };
        let slot = self
            .table
            .get_mut(&from)
            .ok_or_else(|| failed(io::Error::from(io::ErrorKind::NotConnected)))?;
        if slot.ttl != Some(ttl) {
            slot.socket.set_ttl(u32::from(ttl.max(1))).map_err(failed)?;
            slot.ttl = Some(ttl);
        }
        slot.socket.send_to(payload, to).map(|_| ()).map_err(failed)
    }

    /// Takes the next datagram that waits at a bound socket, if there is one.
    pub(crate) fn receive(
        &mut self,
        at: SocketAddrV4,
    ) -> Result<Option<(SocketAddr, Vec<u8>)>, Error> {
        let Some(slot) = self.table.get(&at) else { return Ok(None) };
        loop {
            match slot.socket.recv_from(&mut self.buffer) {
                Ok((length, from)) => {
                    let payload = self.buffer.get(..length).unwrap_or_default().to_vec();
                    return Ok(Some((from, payload)));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::Receive(error)),
            }
        }
    }

    /// Waits until datagrams wait somewhere or the time is over; says where.
    pub(crate) fn wait(&mut self, timeout: Duration) -> Result<Vec<SocketAddrV4>, Error> {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::Receive(error)),
        }
        let mut readable: Vec<_> = self
            .events
            .iter()
            .filter_map(|event| self.tokens.get(&event.token()))
            .copied()
            .collect();
        readable.sort_unstable();
        Ok(readable)
    }
}
