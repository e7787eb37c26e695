//! The tester as AAA server: one socket that all cases share, since a target knows one server. A
//! packet goes to the case whose user it names.

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
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    users: Arc<Users>,
    ends: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

/// A case's side of the server: what asks about its user.
#[derive(Debug)]
pub(super) struct Desk {
    user: Vec<u8>,
    asked: Receiver<Came>,
    users: Arc<Users>,
}

impl Server {
    /// Binds the socket and begins to read.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound.
    pub(super) fn start(local: SocketAddr) -> io::Result<Server> {
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
                    let user = Packet::decode(&octets)
                        .ok()
                        .and_then(|packet| packet.user_name().once().map(<[u8]>::to_vec));
                    let users = lock(&users);
                    if let Some(desk) = user.and_then(|user| users.get(&user)) {
                        // A case that has ended wants nothing more.
                        let _ = desk.send(Came { from, octets });
                    }
                }
            })
        };
        Ok(Server { socket, local, users, ends, reader: Some(reader) })
    }

    /// Whatever asks about `user` from now on goes to the desk.
    pub(super) fn desk(&self, user: &[u8]) -> Desk {
        let (sender, asked) = channel();
        lock(&self.users).insert(user.to_vec(), sender);
        Desk { user: user.to_vec(), asked, users: Arc::clone(&self.users) }
    }

    /// Answers.
    pub(super) fn send(
        &self,
        stage: &mut Stage<'_>,
        to: SocketAddr,
        octets: &[u8],
    ) -> Result<(), Ending> {
        let who = stage.target();
        stage.log("AAAH", who, Some(self.local), Some(to), Protocol::Radius, octets);
        self.socket
            .send_to(octets, to)
            .map(|_| ())
            .map_err(|error| Ending::Inconclusive(format!("cannot send to {to}: {error}")))
    }

    /// Where it hears.
    pub(super) const fn local(&self) -> SocketAddr {
        self.local
    }
}

impl Desk {
    /// The next packet about the user, within `patience`.
    pub(super) fn receive(&self, stage: &mut Stage<'_>, patience: Duration) -> Option<Came> {
        let came = self.asked.recv_timeout(patience).ok()?;
        let (who, local) = (stage.target(), stage.server.map(Server::local));
        stage.log(who, "AAAH", Some(came.from), local, Protocol::Radius, &came.octets);
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
