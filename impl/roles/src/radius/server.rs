use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use dsboot_codec::radius::{Authenticator, Credential, Packet, ResponseBuilder, Unverified};
use dsboot_spec::registry::radius::{code, duplicate_detection};

use super::{TTL, reason};
use crate::expiring::Expiring;
use crate::{Datagram, Effects, Secret, Time, count};

/// How long an answer is kept to be given again.
const KEPT: Duration = Duration::from_secs(duplicate_detection::MAXIMUM_SECONDS);

/// Whom a server answers, and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerConfig {
    /// The clients, by the address that their requests come from.
    pub clients: BTreeMap<IpAddr, ClientEntry>,
    /// Whether a request without Message-Authenticator is discarded even when it carries a
    /// password or a CHAP response. (Others are discarded always: RFC 3579 §3.3.)
    pub strict: bool,
    /// How many answers are kept at most; beyond that the oldest goes.
    pub max_answers: usize,
}

/// A client that the server's provider has an agreement with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientEntry {
    /// Shared with this client.
    pub secret: Secret,
    /// What it may claim to be: [`client_role`](dsboot_spec::registry::dsb::client_role)s.
    pub roles: BTreeSet<u32>,
    /// The NAS-Identifiers that it may give: its own or, for a proxy, those of the clients
    /// behind it.
    pub names: BTreeSet<String>,
}

/// The RADIUS half of a server: knows its clients, checks their requests, signs the answers, and
/// gives the same answer to the same request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    config: ServerConfig,
    answers: Expiring<Origin, Answered>,
}

/// What tells one exchange from another for a while (RFC 5080 §2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Origin {
    client: SocketAddr,
    socket: SocketAddr,
    identifier: u8,
}

/// An answer given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Answered {
    authenticator: Authenticator,
    octets: Vec<u8>,
}

/// A verified request that has not been answered before.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    packet: Packet<'a>,
    origin: Origin,
}

impl<'a> Request<'a> {
    /// The Access-Request.
    #[must_use]
    pub const fn packet(&self) -> &Packet<'a> {
        &self.packet
    }

    /// The address that the request came from, which says whose it is.
    #[must_use]
    pub const fn client(&self) -> IpAddr {
        self.origin.client.ip()
    }
}

impl Server {
    /// A server that has answered nothing yet.
    #[must_use]
    pub fn new(config: ServerConfig) -> Server {
        Server { config, answers: Expiring::default() }
    }

    /// Takes over other clients; the answers given stay known.
    pub fn reload(&mut self, config: ServerConfig) {
        self.config = config;
    }

    /// What is known of a client.
    #[must_use]
    pub fn client(&self, address: IpAddr) -> Option<&ClientEntry> {
        self.config.clients.get(&address)
    }

    /// Takes a datagram. Returns the request in it if it is to be decided upon; one that was
    /// answered before is answered again, and anything else counted and dropped.
    pub fn receive<'d>(
        &mut self,
        now: Time,
        datagram: &'d Datagram,
        effects: &mut Effects,
    ) -> Option<Request<'d>> {
        self.expire(now);
        let packet = match self.check(datagram) {
            Ok(packet) => packet,
            Err(reason) => {
                effects.count(reason);
                return None;
            }
        };
        let origin = Origin {
            client: datagram.source,
            socket: datagram.destination,
            identifier: packet.identifier(),
        };
        match self.answers.get(&origin) {
            //= access.6.9
            Some(answered) if answered.authenticator == *packet.authenticator() => {
                effects.count(count::Radius::Duplicate);
                effects.send(answer(origin, answered.octets.clone()));
                None
            }
            //= access.6.10
            _ => {
                self.answers.remove(&origin);
                Some(Request { packet, origin })
            }
        }
    }

    /// Answers a request by a packet of `code`, to which `build` adds attributes; it is handed
    /// the secret shared with the client. What proxies left in the request is copied.
    pub fn answer(
        &mut self,
        now: Time,
        request: &Request<'_>,
        code: u8,
        build: impl FnOnce(&mut ResponseBuilder, &[u8]),
        effects: &mut Effects,
    ) {
        let Some(client) = self.config.clients.get(&request.client()) else { return };
        //= access.6.11
        let mut response = ResponseBuilder::new(code, &request.packet);
        build(&mut response, client.secret.octets());
        //= access.6.5
        let Ok(octets) = response.sign_response(client.secret.octets()) else {
            effects.count(count::Radius::NotEncodable);
            return;
        };
        //= access.6.14
        if self.answers.len() >= self.config.max_answers {
            self.answers.pop_first();
        }
        let authenticator = *request.packet.authenticator();
        let answered = Answered { authenticator, octets: octets.clone() };
        self.answers.insert(request.origin, answered, now + KEPT);
        effects.send(answer(request.origin, octets));
    }

    /// Forgets the answers that have been kept long enough.
    pub fn expire(&mut self, now: Time) {
        while self.answers.pop_ended(now).is_some() {}
    }

    /// When [`Server::expire`] is wanted next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time> {
        self.answers.first_end()
    }

    /// The request in a datagram, if it comes from a client.
    fn check<'d>(&self, datagram: &'d Datagram) -> Result<Packet<'d>, count::Radius> {
        //= access.6.7
        let client = self.client(datagram.source.ip()).ok_or(count::Radius::UnknownClient)?;
        let packet = Packet::decode(&datagram.payload).map_err(|_| count::Radius::Malformed)?;
        if packet.code() != code::ACCESS_REQUEST {
            return Err(count::Radius::UnexpectedCode);
        }
        match packet.verify_request(client.secret.octets()) {
            Err(Unverified::NoMessageAuthenticator) if self.may_lack_signature(&packet) => {}
            verified => verified.map_err(reason)?,
        }
        Ok(packet)
    }

    /// Whether a request is taken without Message-Authenticator: never with EAP, and never
    /// without a credential that is made with a secret (RFC 3579 §3.2, §3.3).
    fn may_lack_signature(&self, packet: &Packet<'_>) -> bool {
        let credential = packet.credential();
        !self.config.strict
            && matches!(credential, Ok(Credential::Password(_) | Credential::Chap(_)))
    }
}

/// The way back.
fn answer(origin: Origin, payload: Vec<u8>) -> Datagram {
    Datagram {
        source: origin.socket,
        destination: origin.client,
        ttl: TTL,
        neighbour: None,
        payload,
    }
}
