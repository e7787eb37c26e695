use std::fmt;
use std::net::SocketAddr;

use dsboot_roles::{AddressChange, Time, count::Reason};

use crate::net::{HostId, LinkId};

/// Something that happened on the net or at a host, as an observer of everything sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When.
    pub at: Time,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A host sent an IP packet to another host.
    Sent {
        /// Over which link.
        link: LinkId,
        /// Who sent.
        from: HostId,
        /// Who is to receive.
        to: HostId,
        /// How it travels.
        carrier: Carrier,
        /// Whether it was lost on the way.
        lost: bool,
        /// The packet from its version octet on, with the ports that the sockets have.
        packet: Vec<u8>,
    },
    /// A host received what another one sent.
    Received {
        /// Over which link.
        link: LinkId,
        /// Who sent.
        from: HostId,
        /// Who received.
        to: HostId,
        /// Octets of the UDP payload or of the frame.
        octets: usize,
    },
    /// A datagram came from or went to a socket that is not the run's.
    Foreign {
        /// The host of the run.
        host: HostId,
        /// The foreign socket.
        peer: SocketAddr,
        /// Whether it came from there.
        inbound: bool,
        /// The link that the foreign socket stands at, when it is one that was asked for.
        link: Option<LinkId>,
        /// The whole as an IP packet.
        packet: Vec<u8>,
    },
    /// What came for a host, or what it wanted to send, went no further.
    Dropped {
        /// The host.
        host: HostId,
        /// Why.
        why: Undeliverable,
        /// Octets of the UDP payload or of the packet.
        octets: usize,
    },
    /// A host counted something.
    Counted {
        /// The host.
        host: HostId,
        /// What.
        reason: Reason,
    },
    /// A host began or ceased to own an address.
    Address {
        /// The host.
        host: HostId,
        /// Which, and which of the two.
        change: AddressChange,
    },
    /// A host's programs got an IP packet.
    Delivered {
        /// The host.
        host: HostId,
        /// The packet.
        packet: Vec<u8>,
    },
    /// A machine's timer ran out.
    TimedOut {
        /// Its host.
        host: HostId,
    },
    /// The run itself did something to the net, such as moving the mobile node.
    Note(String),
}

/// How a packet travels between the run's hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// As a UDP datagram from socket to socket.
    Socket,
    /// Whole, inside a datagram between the hosts' link sockets.
    Frame,
}

/// Why something was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Undeliverable {
    /// No route to the destination.
    NoRoute,
    /// The link to the next host is down or there is none.
    NoLink,
    /// Nobody at the destination has that address now.
    NoAddress,
    /// Nobody at the destination listens on that port.
    NoPort,
    /// The host has no machine for packets of this kind.
    NoTaker,
    /// What came in a frame is no IP packet, or its checksum is wrong.
    Malformed,
    /// The host has been silenced.
    Silent,
}

impl Undeliverable {
    /// A short name for traces.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Undeliverable::NoRoute => "net.no-route",
            Undeliverable::NoLink => "net.no-link",
            Undeliverable::NoAddress => "net.no-address",
            Undeliverable::NoPort => "net.no-port",
            Undeliverable::NoTaker => "net.no-taker",
            Undeliverable::Malformed => "net.malformed",
            Undeliverable::Silent => "net.silent",
        }
    }
}

impl fmt::Display for Undeliverable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
