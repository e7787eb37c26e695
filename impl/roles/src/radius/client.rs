use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;
use std::collections::BTreeMap;

use dsboot_codec::radius::{
    Attribute, Authenticator, Packet, RequestBuilder, Salted, SubAttribute, Unverified, Vendor,
};
use dsboot_spec::registry::radius::{attribute, code, retransmission};

use super::{TTL, reason};
use crate::fault::{Fault, is};
use crate::retransmit::{Due, Schedule, Timer};
use crate::{Datagram, Effects, Random, Secret, Time, count};

/// RFC 5080 §2.2.1.
const SCHEDULE: Schedule = Schedule {
    initial: Duration::from_secs(retransmission::INITIAL_SECONDS),
    maximum: Duration::from_secs(retransmission::MAXIMUM_SECONDS),
    count: Some(retransmission::MAXIMUM_COUNT),
    duration: Some(Duration::from_secs(retransmission::MAXIMUM_DURATION_SECONDS)),
};

/// Who a client is and whom it asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientConfig {
    /// Where requests come from and answers go to: one socket, of the client's own.
    pub local: SocketAddr,
    /// The servers, in the order in which they are tried.
    pub servers: Vec<SocketAddr>,
    /// Shared with every one of the servers.
    pub secret: Secret,
    /// NAS-IP-Address, if the client has an IPv4 address.
    pub nas_ip: Option<Ipv4Addr>,
    /// NAS-IPv6-Address, if the client has an IPv6 address.
    pub nas_ipv6: Option<Ipv6Addr>,
    /// NAS-Identifier: the name under which the servers know the client.
    pub nas_identifier: Option<String>,
    /// Vendor-Id of the project's own attributes.
    pub vendor_id: u32,
    /// Client-Role: a [`client_role`](dsboot_spec::registry::dsb::client_role).
    pub client_role: u32,
    /// Whether an answer without Message-Authenticator is discarded even when it carries no EAP
    /// packet. Some servers send rejects without one.
    pub strict: bool,
}

/// A RADIUS client: keeps requests until they are answered or given up.
///
/// `T` is the caller's tag of a request. At most 256 requests are pending: one for each
/// Identifier of the one source port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Client<T> {
    config: ClientConfig,
    pending: BTreeMap<u8, Pending<T>>,
    /// Where the search for the next Identifier begins.
    next: u8,
    /// Which server new requests go to.
    preferred: usize,
}

/// A request on its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Pending<T> {
    tag: T,
    /// Which server it went to.
    server: usize,
    /// How many servers may still be tried after this one.
    alternatives: usize,
    octets: Vec<u8>,
    timer: Timer,
}

impl<T: Clone + PartialEq> Client<T> {
    /// A client with nothing pending.
    #[must_use]
    pub const fn new(config: ClientConfig) -> Client<T> {
        Client { config, pending: BTreeMap::new(), next: 0, preferred: 0 }
    }

    /// Who it is and whom it asks.
    #[must_use]
    pub const fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// Sends an Access-Request, to which `build` adds what is particular to it.
    ///
    /// Message-Authenticator stands first, then who asks: NAS-IP-Address, NAS-IPv6-Address,
    /// NAS-Identifier and Client-Role. Returns whether it was sent; if not, that has been
    /// counted, and the tag comes back neither with an answer nor as given up.
    #[must_use]
    pub fn send(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        tag: T,
        build: impl FnOnce(&mut RequestBuilder),
        effects: &mut Effects,
    ) -> bool {
        let alternatives = self.config.servers.len().saturating_sub(1);
        let send_to = (self.preferred, alternatives);
        let build = |config: &ClientConfig, request: &mut RequestBuilder| {
            introduce(config, request);
            build(request);
        };
        self.transmit(now, random, tag, send_to, build, effects)
    }

    /// Takes a datagram that came to [`ClientConfig::local`]. Returns the answer if it is one to
    /// a pending request, which is then pending no longer; otherwise counts why it is dropped.
    pub fn handle<'d>(
        &mut self,
        datagram: &'d Datagram,
        effects: &mut Effects,
    ) -> Option<(T, Answer<'d>)> {
        match self.check(datagram) {
            Ok((identifier, answer)) => {
                //= access.6.6
                let pending = self.pending.remove(&identifier)?;
                Some((pending.tag, answer))
            }
            Err(reason) => {
                effects.count(reason);
                None
            }
        }
    }

    /// Repeats what is due, and returns the tags of the requests given up: no server has
    /// answered.
    #[must_use]
    pub fn timeout(&mut self, now: Time, random: &mut dyn Random, effects: &mut Effects) -> Vec<T> {
        let due: Vec<u8> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.timer.due() <= now)
            .map(|(identifier, _)| *identifier)
            .collect();
        let mut given_up = Vec::new();
        for identifier in due {
            given_up.extend(self.expire(now, random, identifier, effects));
        }
        given_up
    }

    /// When [`Client::timeout`] is wanted next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time> {
        self.pending.values().map(|pending| pending.timer.due()).min()
    }

    /// Forgets the requests with this tag: an answer to them counts as unsolicited.
    pub fn cancel(&mut self, tag: &T) {
        self.pending.retain(|_, pending| pending.tag != *tag);
    }

    /// Whether a request with this tag is pending.
    #[must_use]
    pub fn is_pending(&self, tag: &T) -> bool {
        self.pending.values().any(|pending| pending.tag == *tag)
    }

    /// The answer in a datagram, and the Identifier of the request it answers.
    fn check<'d>(&self, datagram: &'d Datagram) -> Result<(u8, Answer<'d>), count::Radius> {
        //= access.6.6
        if !self.config.servers.contains(&datagram.source) {
            return Err(count::Radius::UnknownServer);
        }
        let packet = Packet::decode(&datagram.payload).map_err(|_| count::Radius::Malformed)?;
        if !matches!(
            packet.code(),
            code::ACCESS_ACCEPT | code::ACCESS_REJECT | code::ACCESS_CHALLENGE
        ) {
            return Err(count::Radius::UnexpectedCode);
        }
        let identifier = packet.identifier();
        let request = self
            .pending
            .get(&identifier)
            .filter(|pending| self.config.servers.get(pending.server) == Some(&datagram.source))
            .and_then(|pending| Packet::decode(&pending.octets).ok())
            .ok_or(count::Radius::Unsolicited)?;
        //= access.6.5
        match packet.verify_response(request.authenticator(), self.config.secret.octets()) {
            Err(Unverified::NoMessageAuthenticator) if self.may_lack_signature(&packet) => {}
            Err(_) if is(Fault::ClientTakesAnyAnswer) => {}
            verified => verified.map_err(reason)?,
        }
        let answer = Answer {
            packet,
            request_authenticator: *request.authenticator(),
            secret: self.config.secret.clone(),
            vendor_id: self.config.vendor_id,
        };
        Ok((identifier, answer))
    }

    /// Whether an answer is taken without Message-Authenticator: never with EAP (RFC 3579 §3.2).
    fn may_lack_signature(&self, packet: &Packet<'_>) -> bool {
        !self.config.strict && matches!(packet.eap_message(), Ok(None))
    }

    /// Sends a request under a fresh Identifier and Request Authenticator.
    fn transmit(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        tag: T,
        (server, alternatives): (usize, usize),
        build: impl FnOnce(&ClientConfig, &mut RequestBuilder),
        effects: &mut Effects,
    ) -> bool {
        //= access.6.15
        if self.config.servers.get(server).is_none() {
            effects.count(count::Radius::NoServer);
            return false;
        }
        //= access.6.3
        let Some(identifier) = self.unused_identifier() else {
            effects.count(count::Radius::TooManyPending);
            return false;
        };
        let mut request = RequestBuilder::new(identifier, random.octets());
        build(&self.config, &mut request);
        let Ok(octets) = request.sign_request(self.config.secret.octets()) else {
            effects.count(count::Radius::NotEncodable);
            return false;
        };
        let timer = Timer::start(SCHEDULE, now, random);
        let pending = Pending { tag, server, alternatives, octets, timer };
        self.emit(&pending, effects);
        self.pending.insert(identifier, pending);
        self.next = identifier.wrapping_add(1);
        true
    }

    /// The first Identifier from `next` on that is not in use.
    fn unused_identifier(&self) -> Option<u8> {
        //= access.6.14
        (0..=u8::MAX)
            .map(|step| self.next.wrapping_add(step))
            .find(|identifier| !self.pending.contains_key(identifier))
    }

    fn emit(&self, pending: &Pending<T>, effects: &mut Effects) {
        if let Some(server) = self.config.servers.get(pending.server) {
            //= access.6.2
            effects.send(Datagram {
                source: self.config.local,
                destination: *server,
                ttl: TTL,
                neighbour: None,
                payload: pending.octets.clone(),
            });
        }
    }

    /// Repeats a request, or sends it to the next server, or gives it up and returns its tag.
    fn expire(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        identifier: u8,
        effects: &mut Effects,
    ) -> Option<T> {
        let mut pending = self.pending.remove(&identifier)?;
        //= access.6.1
        if pending.timer.expire(now, random) == Due::Repeat {
            effects.count(count::Radius::Retransmission);
            self.emit(&pending, effects);
            self.pending.insert(identifier, pending);
            return None;
        }
        let Pending { tag, server, alternatives, octets, .. } = pending;
        //= access.6.4
        if let Some(alternatives) = alternatives.checked_sub(1) {
            let server = (server + 1) % self.config.servers.len();
            self.preferred = server;
            effects.count(count::Radius::Failover);
            let send_to = (server, alternatives);
            let copy = |_: &ClientConfig, request: &mut RequestBuilder| copy(&octets, request);
            if self.transmit(now, random, tag.clone(), send_to, copy, effects) {
                return None;
            }
        }
        effects.count(count::Radius::NoAnswer);
        Some(tag)
    }
}

/// Says who asks.
fn introduce(config: &ClientConfig, request: &mut RequestBuilder) {
    //= access.3.4
    if let Some(address) = config.nas_ip {
        request.attribute(&Attribute::NasIpAddress(address));
    }
    if let Some(address) = config.nas_ipv6 {
        request.attribute(&Attribute::NasIpv6Address(address));
    }
    if let Some(name) = &config.nas_identifier {
        request.attribute(&Attribute::NasIdentifier(name.as_bytes()));
    }
    request.sub_attribute(config.vendor_id, &SubAttribute::ClientRole(config.client_role));
}

/// Adds all attributes of the request in `octets` but its Message-Authenticator.
fn copy(octets: &[u8], request: &mut RequestBuilder) {
    let attributes = Packet::decode(octets).map(|packet| packet.attributes());
    for unit in attributes.into_iter().flatten() {
        if unit.value.kind() != attribute::MESSAGE_AUTHENTICATOR {
            request.attribute(&unit.value);
        }
    }
}

/// A verified answer.
#[derive(Clone, Debug)]
pub struct Answer<'d> {
    packet: Packet<'d>,
    request_authenticator: Authenticator,
    secret: Secret,
    vendor_id: u32,
}

impl<'d> Answer<'d> {
    /// The packet: an Access-Accept, -Reject or -Challenge.
    #[must_use]
    pub const fn packet(&self) -> &Packet<'d> {
        &self.packet
    }

    /// What the answer says in the project's own attributes.
    #[must_use]
    pub fn vendor(&self) -> Vendor<'d> {
        self.packet.vendor(self.vendor_id)
    }

    /// The key that the server hid in an attribute of this answer; `None` when it does not fit
    /// with its length.
    #[must_use]
    pub fn reveal(&self, hidden: Salted<'_>) -> Option<Secret> {
        //= keys.4.3
        let key = hidden.reveal(&self.request_authenticator, self.secret.octets())?;
        Some(Secret::new(key.to_vec()))
    }
}
