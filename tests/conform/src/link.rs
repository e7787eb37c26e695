//! A link of mobile nodes and a foreign agent, by the frames that go over it. All cases share the
//! device; each has a link-layer address of its own, and hears what is for it or for everybody.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dsboot_codec::tree::Protocol;
use nix::sys::socket::{AddressFamily, SockFlag, SockProtocol, SockType, bind, socket};

use super::case::Ending;
use super::stage::Stage;

/// A link-layer address.
pub(super) type Mac = [u8; 6];

/// The link-layer address of everybody.
pub(super) const EVERYBODY: Mac = [0xff; 6];

/// Octets of an Ethernet header.
const HEADER: usize = 14;
const IPV4: [u8; 2] = [0x08, 0x00];
const ARP: [u8; 2] = [0x08, 0x06];

/// How often the reader looks whether it is to end.
const LOOK: Duration = Duration::from_millis(100);

/// Who hears, by link-layer address.
type Ears = Mutex<BTreeMap<Mac, Ear>>;

/// Somebody who hears.
#[derive(Debug)]
struct Ear {
    /// The IPv4 address; 0.0.0.0 for who has all that nobody else has.
    address: Ipv4Addr,
    /// Whether what is for everybody is for this one too.
    takes_all: bool,
    frames: Sender<Frame>,
}

/// A frame that has come.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) to: Mac,
    pub(super) from: Mac,
    pub(super) packet: Vec<u8>,
    /// When.
    pub(super) at: Instant,
}

/// The device.
#[derive(Debug)]
pub(super) struct Link {
    socket: Arc<UdpSocket>,
    ears: Arc<Ears>,
    ends: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

/// A case's side of the link.
#[derive(Debug)]
pub(super) struct Station {
    pub(super) own: Mac,
    /// Another link-layer address of the same.
    second: Option<Mac>,
    frames: Receiver<Frame>,
    ears: Arc<Ears>,
}

impl Link {
    /// Opens a device.
    ///
    /// # Errors
    ///
    /// Why not, and what it takes.
    pub(super) fn open(device: &str) -> Result<Link, String> {
        let told = |error: io::Error| {
            format!("cannot open the link {device}: {error}; it takes CAP_NET_RAW, and the device")
        };
        let open = || -> io::Result<UdpSocket> {
            let missing = || io::Error::new(io::ErrorKind::NotFound, "there is no such device");
            let mut all = nix::ifaddrs::getifaddrs()?.filter(|one| one.interface_name == device);
            let address = all.find_map(|one| one.address?.as_link_addr().copied());
            let address = address.ok_or_else(missing)?;
            let flags = SockFlag::SOCK_CLOEXEC;
            let protocol = SockProtocol::EthAll;
            let socket = socket(AddressFamily::Packet, SockType::Raw, flags, protocol)?;
            bind(socket.as_raw_fd(), &address)?;
            // The standard library's type for datagrams does for it what it does for UDP.
            Ok(UdpSocket::from(socket))
        };
        let socket = Arc::new(open().map_err(told)?);
        socket.set_read_timeout(Some(LOOK)).map_err(told)?;
        let (ears, ends) = (Arc::new(Ears::default()), Arc::new(AtomicBool::new(false)));
        let reader = {
            let (socket, ears, ends) = (Arc::clone(&socket), Arc::clone(&ears), Arc::clone(&ends));
            std::thread::spawn(move || {
                let mut octets = vec![0; 65_535];
                while !ends.load(Ordering::Relaxed) {
                    let Ok(length) = socket.recv(&mut octets) else { continue };
                    let frame = octets.get(..length).unwrap_or_default();
                    if let Some(answer) = hear(frame, &ears) {
                        // A neighbour that is not found is none of the reader's business.
                        let _ = socket.send(&answer);
                    }
                }
            })
        };
        Ok(Link { socket, ears, ends, reader: Some(reader) })
    }

    /// A station that no other case has, with this IPv4 address.
    pub(super) fn station(&self, number: u32, which: u8, address: Ipv4Addr) -> Station {
        let [_, high, middle, low] = number.to_be_bytes();
        let own = [0x02, which, 0x0c, high, middle, low];
        let (sender, frames) = channel();
        lock(&self.ears).insert(own, Ear { address, takes_all: true, frames: sender });
        Station { own, second: None, frames, ears: Arc::clone(&self.ears) }
    }

    /// A station that has every IPv4 address of the link and beyond, but for `neighbour`, which has a
    /// link-layer address of its own.
    pub(super) fn everywhere(&self, number: u32, neighbour: Ipv4Addr) -> Station {
        let mut station = self.station(number, 0, Ipv4Addr::UNSPECIFIED);
        let mut second = station.own;
        second[1] = 1;
        let mut ears = lock(&self.ears);
        if let Some(Ear { frames, .. }) = ears.get(&station.own) {
            let frames = frames.clone();
            ears.insert(second, Ear { address: neighbour, takes_all: false, frames });
        }
        station.second = Some(second);
        station
    }

    /// Sends an IPv4 packet.
    pub(super) fn send(
        &self,
        stage: &mut Stage<'_>,
        (from, to): (Mac, Mac),
        packet: &[u8],
    ) -> Result<(), Ending> {
        let who = if stage.target() == "MN" { "network" } else { "MN" };
        stage.log(who, stage.target(), None, None, Protocol::Ipv4, packet);
        let Some(packet) = stage.leaves(Protocol::Ipv4, packet) else { return Ok(()) };
        self.socket
            .send(&[&to[..], &from, &IPV4, &packet].concat())
            .map(|_| ())
            .map_err(|error| Ending::Inconclusive(format!("cannot send a frame: {error}")))
    }
}

/// Gives a frame to those whom it is for; the answer to a question for a neighbour's address.
fn hear(frame: &[u8], ears: &Ears) -> Option<Vec<u8>> {
    let to: Mac = frame.get(..6)?.try_into().ok()?;
    let from: Mac = frame.get(6..12)?.try_into().ok()?;
    let payload = frame.get(HEADER..)?;
    let ears = lock(ears);
    // What the tester sends itself comes back by the socket.
    if ears.contains_key(&from) {
        return None;
    }
    if frame.get(12..HEADER)? == ARP {
        let wanted: [u8; 4] = payload.get(24..28)?.try_into().ok()?;
        let is_question = payload.get(6..8)? == [0, 1];
        let (asker, asker4) = (payload.get(8..14)?, payload.get(14..18)?);
        let of = |sought: [u8; 4]| ears.iter().find(|(_, ear)| ear.address.octets() == sought);
        // Who asks for his own address wants to know whether it is anybody else's.
        let anybody = || of([0; 4]).filter(|_| asker4 != wanted && asker4 != [0; 4]);
        let (own, _) = of(wanted).or_else(anybody)?;
        let head = [0, 1, 8, 0, 6, 4, 0, 2];
        return is_question
            .then(|| [&from[..], own, &ARP, &head, own, &wanted, asker, asker4].concat());
    }
    if frame.get(12..HEADER)? == IPV4 {
        let heard = Frame { to, from, packet: payload.to_vec(), at: Instant::now() };
        let for_many = to.first().is_some_and(|first| first & 1 == 1);
        for (own, ear) in ears.iter() {
            if (for_many && ear.takes_all) || *own == to {
                // A case that has ended wants nothing more.
                let _ = ear.frames.send(heard.clone());
            }
        }
    }
    None
}

impl Station {
    /// The other link-layer address of a station that has two.
    pub(super) fn second(&self) -> Mac {
        self.second.unwrap_or(self.own)
    }

    /// The next frame, within `patience`.
    pub(super) fn receive(&self, stage: &mut Stage<'_>, patience: Duration) -> Option<Frame> {
        let mut frame = self.frames.recv_timeout(patience).ok()?;
        frame.packet = stage.arrives(Protocol::Ipv4, &frame.packet)?;
        let who = if stage.target() == "MN" { "network" } else { "MN" };
        stage.log(stage.target(), who, None, None, Protocol::Ipv4, &frame.packet);
        Some(frame)
    }
}

impl Drop for Station {
    fn drop(&mut self) {
        let mut ears = lock(&self.ears);
        for own in self.second.iter().chain([&self.own]) {
            ears.remove(own);
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

fn lock(ears: &Ears) -> MutexGuard<'_, BTreeMap<Mac, Ear>> {
    ears.lock().unwrap_or_else(PoisonError::into_inner)
}
