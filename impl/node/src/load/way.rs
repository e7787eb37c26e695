//! The way between load and the server that bears it.

use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsRawFd as _;
use std::sync::Arc;

use dsboot_codec::radius::Ipv6Prefix;
use mio::net::UdpSocket;
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};
use tun_rs::{DeviceBuilder, SyncDevice};

use super::LoadError;
use crate::batch::{self, Inbox};

/// What datagrams or packets go through.
#[derive(Clone)]
pub enum Way {
    /// A UDP socket for each who sends.
    Udp {
        /// The address that it comes from.
        local: IpAddr,
        /// Whom it is sent to.
        target: SocketAddr,
    },
    /// A TUN device that all IPv6 packets go through.
    Tun(Arc<SyncDevice>),
}

/// An end of a way.
pub(super) enum End {
    Udp(UdpSocket),
    Tun(Arc<SyncDevice>),
}

impl Way {
    /// By UDP.
    #[must_use]
    pub const fn udp(local: IpAddr, target: SocketAddr) -> Way {
        Way::Udp { local, target }
    }

    /// By a TUN device of this name, which is the way to the addresses of a prefix as long as this
    /// process runs.
    ///
    /// # Errors
    ///
    /// When the host does not let it, or does not forward what comes out of it.
    pub fn tun(name: &str, prefix: Ipv6Prefix) -> Result<Way, LoadError> {
        let forwards = fs::read_to_string("/proc/sys/net/ipv6/conf/all/forwarding");
        if forwards.is_ok_and(|text| text.trim() == "0") {
            return Err(LoadError::Forwarding);
        }
        // An address of the device is what makes the host send there; the first one is nobody's.
        let device = DeviceBuilder::new().name(name).mtu(1500);
        let device = device.ipv6(prefix.address(), prefix.length()).build_sync();
        let device = device.map_err(LoadError::Way)?;
        device.set_nonblocking(true).map_err(LoadError::Way)?;
        Ok(Way::Tun(Arc::new(device)))
    }

    pub(super) fn open(&self) -> io::Result<End> {
        match self {
            Way::Udp { local, target } => {
                let socket = UdpSocket::bind((*local, 0).into())?;
                socket.connect(*target)?;
                Ok(End::Udp(socket))
            }
            Way::Tun(device) => Ok(End::Tun(Arc::clone(device))),
        }
    }
}

impl End {
    pub(super) fn register(&mut self, registry: &Registry) -> io::Result<()> {
        match self {
            End::Udp(socket) => registry.register(socket, Token(0), Interest::READABLE),
            End::Tun(device) => {
                let device = device.as_raw_fd();
                registry.register(&mut SourceFd(&device), Token(0), Interest::READABLE)
            }
        }
    }

    /// Sends datagrams or packets. What the host has no room for is lost, as on any link; so is what
    /// nobody hears.
    pub(super) fn send(&self, each: &[Vec<u8>]) -> io::Result<()> {
        let mut left = each;
        while let Some(first) = left.first() {
            let sent = match self {
                End::Udp(socket) => {
                    batch::send(socket, left.iter().map(|octets| (None, octets.as_slice())))
                }
                End::Tun(device) => device.send(first).map(|_| 1),
            };
            let gone = match sent {
                Err(error) if error.kind() != io::ErrorKind::WouldBlock && !is_unheard(&error) => {
                    // A TUN device takes nothing that is no packet of IP.
                    match (self, error.kind()) {
                        (End::Tun(_), io::ErrorKind::InvalidInput) => 1,
                        _ => return Err(error),
                    }
                }
                sent => sent.unwrap_or(1),
            };
            left = left.get(gone..).unwrap_or_default();
        }
        Ok(())
    }

    /// Reads what has come, [`AT_ONCE`](batch::AT_ONCE) at the most; returns how much that is.
    pub(super) fn fill(&self, inbox: &mut Inbox) -> io::Result<usize> {
        loop {
            let read = match self {
                End::Udp(socket) => inbox.fill(socket),
                End::Tun(device) => inbox.fill_by(|octets| device.recv(octets)),
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(0),
                Err(error) if is_unheard(&error) => {}
                read => return read,
            }
        }
    }
}

/// Whether an error says that nobody heard an earlier datagram.
fn is_unheard(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ConnectionRefused
}
