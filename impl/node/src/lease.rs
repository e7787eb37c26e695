use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Error, LINK_PORT};

/// The right to use one /16 of loopback addresses; others that want it wait until it is dropped.
///
/// The addresses of a run stand in its octets, so a run cannot move to other ones; runs at the
/// same time (tests, above all) take turns instead. The lease is a socket, which the system closes
/// whatever becomes of the process.
#[derive(Debug)]
pub struct Lease {
    _socket: UdpSocket,
    network: Ipv4Addr,
}

impl Lease {
    /// Takes the lease for `network`/16, waiting for at most `patience` until it is free.
    ///
    /// # Errors
    ///
    /// [`Error::Busy`] when it did not become free, [`Error::Bind`] when the loopback addresses
    /// are not to be had at all.
    pub fn take(network: Ipv4Addr, patience: Duration) -> Result<Lease, Error> {
        let [a, b, ..] = network.octets();
        let address = SocketAddrV4::new(Ipv4Addr::new(a, b, 255, 254), LINK_PORT);
        let start = Instant::now();
        loop {
            match UdpSocket::bind(address) {
                Ok(socket) => return Ok(Lease { _socket: socket, network }),
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                    return Err(Error::Bind { address, source: error });
                }
                Err(_) if start.elapsed() >= patience => {
                    return Err(Error::Busy { network, waited: start.elapsed() });
                }
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// The network of the addresses.
    #[must_use]
    pub const fn network(&self) -> Ipv4Addr {
        self.network
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let network = Ipv4Addr::new(127, 198, 0, 0);
        let first = Lease::take(network, Duration::ZERO).unwrap();
        assert!(matches!(Lease::take(network, Duration::ZERO), Err(Error::Busy { .. })));
        drop(first);
        assert_eq!(Lease::take(network, Duration::ZERO).unwrap().network(), network);
    }
}
