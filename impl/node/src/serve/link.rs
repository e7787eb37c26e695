//! A link, by the frames that go over it: for agents and mobile nodes that know each other by
//! link-layer address, before or without an IP address that routes lead to.

use std::io;
use std::net::Ipv4Addr;
use std::os::fd::AsRawFd as _;
use std::sync::Arc;

use dsboot_codec::ip::{Pseudo, udp, v4};
use dsboot_roles::{Datagram, LinkAddr};
use dsboot_spec::registry::ip::{icmpv4, protocol};
use dsboot_spec::registry::mip4;
use nix::sys::socket::{AddressFamily, SockFlag, SockProtocol, SockType, bind, socket};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinHandle;

use super::part::Event;

/// Octets of an Ethernet header: two addresses and the type of what follows.
const HEADER: usize = 14;

/// The type of IPv4.
const IPV4: [u8; 2] = [0x08, 0x00];

/// The longest frame that is read.
const LONGEST: usize = 65_535;

/// A packet socket on a device, and its reader. tokio's type for datagrams does for it what it does
/// for UDP: `recv` and `send`.
#[derive(Debug)]
pub(super) struct Link {
    socket: Arc<UdpSocket>,
    own: LinkAddr,
    reader: JoinHandle<()>,
}

/// What a frame has brought, as far as Mobile IPv4 has a use for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A UDP datagram for Mobile IPv4's port.
    Datagram(Datagram),
    /// An agent's solicitation or advertisement, or a packet with IPv6 inside.
    Packet(Vec<u8>),
}

impl Link {
    /// Opens the link of a device; what comes in by it goes to `events`.
    pub(super) fn open(interface: &str, events: Sender<Event>) -> io::Result<Link> {
        let explain = |error: nix::Error| {
            let reason = format!("cannot open the link {interface}: {error}; it takes CAP_NET_RAW");
            io::Error::new(io::Error::from(error).kind(), reason)
        };
        let no_device = || {
            let reason = format!("there is no device {interface} with a link-layer address");
            io::Error::new(io::ErrorKind::NotFound, reason)
        };
        // The address of a device that the system lists has no protocol, which leaves the socket
        // the one that it was made with.
        let listed = nix::ifaddrs::getifaddrs().map_err(explain)?;
        let mut listed = listed.filter(|found| found.interface_name == interface);
        let device = listed.find_map(|found| found.address?.as_link_addr().copied());
        let device = device.ok_or_else(no_device)?;
        let own = LinkAddr(device.addr().ok_or_else(no_device)?);
        let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
        let socket = socket(AddressFamily::Packet, SockType::Raw, flags, SockProtocol::EthIp);
        let socket = socket.map_err(explain)?;
        bind(socket.as_raw_fd(), &device).map_err(explain)?;
        let socket = Arc::new(UdpSocket::from_std(socket.into())?);
        let reading = Arc::clone(&socket);
        let reader = tokio::spawn(async move {
            let mut octets = vec![0; LONGEST];
            loop {
                // A device that is down reads as an error until it is up again.
                let Ok(length) = reading.recv(&mut octets).await else {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    continue;
                };
                let frame = octets.get(..length).unwrap_or_default();
                let Some((neighbour, frame)) = Frame::read(frame) else { continue };
                if events.send(Event::Frame(neighbour, frame)).await.is_err() {
                    return;
                }
            }
        });
        Ok(Link { socket, own, reader })
    }

    /// Sends an IPv4 packet to a neighbour.
    pub(super) async fn send(&self, to: LinkAddr, packet: &[u8]) -> io::Result<()> {
        let frame = [&to.0[..], &self.own.0, &IPV4, packet].concat();
        self.socket.send(&frame).await.map(|_| ())
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Frame {
    /// What an Ethernet frame brings, and whom it is from.
    pub(super) fn read(frame: &[u8]) -> Option<(LinkAddr, Frame)> {
        let neighbour = LinkAddr(frame.get(6..12)?.try_into().ok()?);
        if frame.get(12..HEADER)? != IPV4 {
            return None;
        }
        let octets = frame.get(HEADER..)?;
        let (packet, padding) = v4::Packet::split(octets).ok()?;
        let octets = octets.get(..octets.len() - padding.len())?;
        let kind = packet.payload.first().copied();
        let taken = match packet.protocol {
            protocol::UDP => Frame::Datagram(datagram(&packet)?),
            protocol::IPV6 => Frame::Packet(octets.to_vec()),
            protocol::ICMP
                if kind == Some(icmpv4::ROUTER_ADVERTISEMENT)
                    || kind == Some(icmpv4::ROUTER_SOLICITATION) =>
            {
                Frame::Packet(octets.to_vec())
            }
            _ => return None,
        };
        Some((neighbour, taken))
    }

    /// Where it goes.
    pub(super) fn destination(&self) -> Option<Ipv4Addr> {
        match self {
            Frame::Datagram(datagram) => match datagram.destination {
                std::net::SocketAddr::V4(to) => Some(*to.ip()),
                std::net::SocketAddr::V6(_) => None,
            },
            Frame::Packet(octets) => v4::Packet::decode(octets).ok().map(|p| p.destination),
        }
    }
}

/// The datagram for Mobile IPv4's port in a packet, if there is a whole and sound one.
fn datagram(packet: &v4::Packet<'_>) -> Option<Datagram> {
    let octets = packet.payload_of(protocol::UDP).ok()?;
    let pseudo = packet.pseudo();
    let datagram = udp::Datagram::decode_unverified(octets).ok()?;
    if datagram.destination_port != mip4::PORT {
        return None;
    }
    let is_sound =
        udp::Datagram::decode(octets, &pseudo).is_ok() || is_left_to_device(octets, &pseudo);
    is_sound.then(|| Datagram {
        source: (packet.source, datagram.source_port).into(),
        destination: (packet.destination, datagram.destination_port).into(),
        ttl: packet.ttl,
        neighbour: None,
        payload: datagram.payload.to_vec(),
    })
}

/// Whether the checksum was left to the device to complete, as it is between hosts of one machine:
/// it is the sum of the pseudo-header alone then.
fn is_left_to_device(octets: &[u8], pseudo: &Pseudo) -> bool {
    let whole = octets.get(4..6).and_then(|length| length.try_into().ok()).map(u16::from_be_bytes);
    let header_alone =
        whole.map(|length| !pseudo.checksum(protocol::UDP, &[&vec![0; length.into()]]));
    let given = octets.get(6..8).and_then(|sum| sum.try_into().ok()).map(u16::from_be_bytes);
    given.is_some() && given == header_alone
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: LinkAddr = LinkAddr([2, 0, 0, 0, 0, 7]);

    fn frame(packet: &[u8]) -> Vec<u8> {
        let mut frame = [&LinkAddr::BROADCAST.0[..], &FROM.0, &IPV4, packet].concat();
        // Short frames are padded.
        frame.resize(frame.len().max(60), 0);
        frame
    }

    fn request(port: u16, payload: &[u8]) -> Vec<u8> {
        let (from, to) = (([0, 0, 0, 0], 434).into(), ([192, 0, 2, 1], port).into());
        udp::packet(from, to, 1, payload).unwrap()
    }

    #[test]
    fn a_request_without_source_address_is_taken_with_its_neighbour() {
        let (neighbour, taken) = Frame::read(&frame(&request(mip4::PORT, b"abc"))).unwrap();
        assert_eq!(neighbour, FROM);
        let Frame::Datagram(datagram) = &taken else { panic!("{taken:?}") };
        assert_eq!((datagram.ttl, datagram.payload.as_slice()), (1, &b"abc"[..]));
        assert_eq!(taken.destination(), Some([192, 0, 2, 1].into()));
        assert!(datagram.source.ip().is_unspecified());
    }

    #[test]
    fn checksums_are_verified_unless_they_are_left_to_the_device() {
        let mut packet = request(mip4::PORT, b"abcd");
        let pseudo = Pseudo::v4([0, 0, 0, 0].into(), [192, 0, 2, 1].into());
        packet[26] ^= 1;
        assert_eq!(Frame::read(&frame(&packet)), None);
        let partial = !pseudo.checksum(protocol::UDP, &[&[0; 12]]);
        packet[26..28].copy_from_slice(&partial.to_be_bytes());
        assert!(Frame::read(&frame(&packet)).is_some());
    }

    #[test]
    fn what_is_not_of_mobile_ip_is_left_to_the_host() {
        assert_eq!(Frame::read(&frame(&request(53, b"abc"))), None);
        let packet = |protocol, payload: &[u8]| {
            let (from, to) = ([203, 0, 113, 64].into(), [192, 0, 2, 8].into());
            frame(&v4::Packet::new(from, to, protocol, payload).encode().unwrap())
        };
        assert!(Frame::read(&packet(protocol::IPV6, &[0x60])).is_some());
        assert!(Frame::read(&packet(protocol::ICMP, &[icmpv4::ROUTER_SOLICITATION])).is_some());
        assert_eq!(Frame::read(&packet(protocol::ICMP, &[icmpv4::ECHO_REQUEST])), None);
        assert_eq!(Frame::read(&packet(6, &[])), None);
        let mut ipv6 = packet(protocol::IPV6, &[0x60]);
        ipv6[12] = 0x86;
        assert_eq!(Frame::read(&ipv6), None);
        assert_eq!(Frame::read(&ipv6[..10]), None);
    }
}
