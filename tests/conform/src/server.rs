//! The tester as AAA server or home agent: one socket that all cases share, since a target knows one
//! server. A packet goes to the case whose user it names, or whose Identification it has.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use dsboot_codec::radius::Packet;
use dsboot_codec::tree::Protocol;

use super::case::Ending;
use super::stage::{Came, Stage};

/// How often the reader looks whether it is to end.
const LOOK: Duration = Duration::from_millis(100);

type Users = Mutex<BTreeMap<Vec<u8>, Sender<Came>>>;

/// The shared socket.
#[derive(Debug)]
pub(super) struct Server {
    name: &'static str,
    protocol: Protocol,
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    users: Arc<Users>,
    ends: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

/// A case's side of the server: what asks about its user.
#[derive(Debug)]
pub(super) struct Desk {
    name: &'static str,
    protocol: Protocol,
    local: SocketAddr,
    user: Vec<u8>,
    asked: Receiver<Came>,
    users: Arc<Users>,
}

/// Whom a packet is about.
type About = fn(&[u8]) -> Option<Vec<u8>>;

impl Server {
    /// An AAA server: packets are about the user that they name.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound.
    pub(super) fn aaa(local: SocketAddr) -> io::Result<Server> {
        let about: About =
            |octets| Packet::decode(octets).ok()?.user_name().once().map(<[u8]>::to_vec);
        Server::start(("AAAH", Protocol::Radius), local, about)
    }

    /// A home agent: requests are told apart by their Identification.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound.
    pub(super) fn home(local: SocketAddr) -> io::Result<Server> {
        let about: About = |octets| octets.get(16..24).map(<[u8]>::to_vec);
        Server::start(("HA", Protocol::Mip4), local, about)
    }

    /// Binds the socket and begins to read.
    fn start(
        (name, protocol): (&'static str, Protocol),
        local: SocketAddr,
        about: About,
    ) -> io::Result<Server> {
        let socket = Arc::new(UdpSocket::bind(local)?);
        socket.set_read_timeout(Some(LOOK))?;
        let users = Arc::new(Users::default());
        let ends = Arc::new(AtomicBool::new(false));
        let reader = {
            let (socket, users, ends) =
                (Arc::clone(&socket), Arc::clone(&users), Arc::clone(&ends));
            std::thread::spawn(move || {
                let mut octets = vec![0; 65_535];
                while !ends.load(Ordering::Relaxed) {
                    let Ok((length, from)) = socket.recv_from(&mut octets) else { continue };
                    let octets = octets.get(..length).unwrap_or_default().to_vec();
                    let user = about(&octets);
                    let users = lock(&users);
                    if let Some(desk) = user.and_then(|user| users.get(&user)) {
                        // A case that has ended wants nothing more.
                        let _ = desk.send(Came { from, octets });
                    }
                }
            })
        };
        Ok(Server { name, protocol, socket, local, users, ends, reader: Some(reader) })
    }

    /// Whatever asks about `user` from now on goes to the desk.
    pub(super) fn desk(&self, user: &[u8]) -> Desk {
        let (sender, asked) = channel();
        lock(&self.users).insert(user.to_vec(), sender);
        Desk {
            name: self.name,
            protocol: self.protocol,
            local: self.local,
            user: user.to_vec(),
            asked,
            users: Arc::clone(&self.users),
        }
    }

    /// Answers.
    pub(super) fn send(
        &self,
        stage: &mut Stage<'_>,
        to: SocketAddr,
        octets: &[u8],
    ) -> Result<(), Ending> {
        let who = stage.target();
        stage.log(self.name, who, Some(self.local), Some(to), self.protocol, octets);
        let Some(octets) = stage.leaves(self.protocol, octets) else { return Ok(()) };
        self.socket
            .send_to(&octets, to)
            .map(|_| ())
            .map_err(|error| Ending::Inconclusive(format!("cannot send to {to}: {error}")))
    }
}

impl Desk {
    /// The next packet about the user, within `patience`.
    pub(super) fn receive(&self, stage: &mut Stage<'_>, patience: Duration) -> Option<Came> {
        let mut came = self.asked.recv_timeout(patience).ok()?;
        came.octets = stage.arrives(self.protocol, &came.octets)?;
        let (who, local) = (stage.target(), Some(self.local));
        stage.log(who, self.name, Some(came.from), local, self.protocol, &came.octets);
        Some(came)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        lock(&self.users).remove(&self.user);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        if let Some(reader) = self.reader.take() {
            // It has nothing to say.
            let _ = reader.join();
        }
    }
}

fn lock(users: &Users) -> MutexGuard<'_, BTreeMap<Vec<u8>, Sender<Came>>> {
    users.lock().unwrap_or_else(PoisonError::into_inner)
}
