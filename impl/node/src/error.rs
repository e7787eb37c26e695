use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::PathBuf;
use std::time::Duration;

/// What can go wrong around the roles. Every message says what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A socket could not be bound.
    #[error("cannot bind UDP {address}: {source}; {}", bind_advice(.source))]
    Bind {
        /// The address and port wanted.
        address: SocketAddrV4,
        /// What the system said.
        source: io::Error,
    },
    /// Another run keeps the loopback addresses that this one needs.
    #[error(
        "another dsboot run has been using {network}/16 for {} s; end it, or wait for it",
        .waited.as_secs()
    )]
    Busy {
        /// The network of the addresses.
        network: Ipv4Addr,
        /// How long this run has waited.
        waited: Duration,
    },
    /// A datagram could not be handed to the system.
    #[error(
        "cannot send {octets} octets from {from} to {to}: {source}; is the loopback interface up \
         (`ip link set lo up`), and does no packet filter stand in between?"
    )]
    Send {
        /// The sending socket.
        from: SocketAddrV4,
        /// The receiving socket.
        to: SocketAddr,
        /// The payload's length.
        octets: usize,
        /// What the system said.
        source: io::Error,
    },
    /// A datagram was sent on the loopback interface and is not there.
    #[error(
        "{octets} octets sent from {from} to {to} did not arrive; does a packet filter drop \
         loopback traffic (`nft list ruleset`)?"
    )]
    NotDelivered {
        /// The sending socket.
        from: SocketAddrV4,
        /// The receiving socket.
        to: SocketAddrV4,
        /// The payload's length.
        octets: usize,
    },
    /// Receiving or waiting failed.
    #[error("cannot receive from the run's sockets: {0}; see `ulimit -n` for the files allowed")]
    Receive(#[source] io::Error),
    /// A machine asks to be woken without end.
    #[error("{host} asks for a timeout at {at} s again and again; this is a bug, please report it")]
    Stuck {
        /// The host that the machine runs on.
        host: String,
        /// The time it asks for.
        at: String,
    },
    /// A machine emitted something that cannot be put on a wire.
    #[error("{host} emitted what is no IP packet: {detail}; this is a bug, please report it")]
    Emitted {
        /// The host that the machine runs on.
        host: String,
        /// What is wrong with it.
        detail: String,
    },
    /// No way leads to somebody else's server.
    #[error("cannot reach {address}: {source}; is the address right, and the network up?")]
    Unreachable {
        /// The server.
        address: SocketAddrV4,
        /// What the system said.
        source: io::Error,
    },
    /// The demonstration network contradicts itself.
    #[error("the demonstration network is wrong: {0}; this is a bug, please report it")]
    World(&'static str),
    /// A capture or trace could not be written.
    #[error("cannot write {}: {source}; choose another place", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn bind_advice(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrNotAvailable => {
            "the loopback interface must be up and have 127.0.0.0/8: `ip link set lo up`"
        }
        io::ErrorKind::PermissionDenied => {
            "choose unprivileged ports with `--port-offset 20000`, or allow low ones: `sysctl \
             net.ipv4.ip_unprivileged_port_start=434`"
        }
        io::ErrorKind::AddrInUse => {
            "another program has it: see `ss -lun`, or choose other ports with `--port-offset`"
        }
        _ => "loopback UDP sockets are needed",
    }
}
