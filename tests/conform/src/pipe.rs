//! The tester's end of tunnels of IPv4 in IPv4: a raw socket, which takes CAP_NET_RAW.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use dsboot_codec::ip::tunnel::ipv4_in_ipv4;
use dsboot_codec::ip::v4;
use dsboot_codec::tree::Protocol as Spoken;
use dsboot_spec::registry::ip::{DEFAULT_TTL, protocol};
use socket2::{Domain, Protocol, Socket, Type};

use super::case::{Ending, missing};
use super::stage::Stage;

/// The longest packet.
const LONGEST: usize = 65_535;

/// An end of tunnels.
#[derive(Debug)]
pub(super) struct Pipe {
    name: &'static str,
    own: Ipv4Addr,
    socket: UdpSocket,
}

/// What has come out of a tunnel.
#[derive(Clone, Debug)]
pub(super) struct Out {
    /// The other end.
    pub(super) from: Ipv4Addr,
    /// The packet inside.
    pub(super) inner: Vec<u8>,
}

impl Pipe {
    /// An end at an address of this host.
    pub(super) fn open(name: &'static str, own: Ipv4Addr) -> Result<Pipe, Ending> {
        let open = || {
            let protocol = Protocol::from(i32::from(protocol::IPV4));
            let socket = Socket::new(Domain::IPV4, Type::RAW, Some(protocol))?;
            socket.set_header_included_v4(true)?;
            socket.bind(&SocketAddr::from((own, 0)).into())?;
            Ok::<_, std::io::Error>(UdpSocket::from(socket))
        };
        match open() {
            Ok(socket) => Ok(Pipe { name, own, socket }),
            Err(error) => missing(format!(
                "cannot be the end of a tunnel at {own}: {error}; it takes CAP_NET_RAW"
            )),
        }
    }

    /// Sends a packet through a tunnel.
    pub(super) fn send(
        &self,
        stage: &mut Stage<'_>,
        to: Ipv4Addr,
        inner: &[u8],
    ) -> Result<(), Ending> {
        let outer = v4::Packet::new(self.own, to, protocol::IPV4, inner);
        let Ok(packet) = (v4::Packet { ttl: DEFAULT_TTL, ..outer }).encode() else {
            return missing("a packet that fits");
        };
        stage.log(self.name, stage.target(), None, None, Spoken::Ipv4, &packet);
        let Some(packet) = stage.leaves(Spoken::Ipv4, &packet) else { return Ok(()) };
        match self.socket.send_to(&packet, SocketAddr::from((to, 0))) {
            Ok(_) => Ok(()),
            Err(error) => missing(format!("cannot send through a tunnel to {to}: {error}")),
        }
    }

    /// The next packet inside of which is what is looked for, within `patience`.
    pub(super) fn receive(
        &self,
        stage: &mut Stage<'_>,
        patience: Duration,
        is_wanted: impl Fn(&v4::Packet<'_>) -> bool,
    ) -> Option<Out> {
        let end = Instant::now() + patience;
        let mut octets = vec![0; LONGEST];
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.socket.set_read_timeout(Some(left)).is_err() {
                return None;
            }
            let Ok((length, _)) = self.socket.recv_from(&mut octets) else { continue };
            // Every such socket hears what is for any of them.
            let came = octets.get(..length).unwrap_or_default();
            let Ok(outer) = v4::Packet::decode(came) else { continue };
            let Ok(tunnelled) = ipv4_in_ipv4::unwrap(&outer) else { continue };
            if outer.destination != self.own || !is_wanted(&tunnelled.packet) {
                continue;
            }
            let Some(came) = stage.arrives(Spoken::Ipv4, came) else { continue };
            stage.log(stage.target(), self.name, None, None, Spoken::Ipv4, &came);
            return Some(Out { from: outer.source, inner: tunnelled.octets.to_vec() });
        }
    }
}
