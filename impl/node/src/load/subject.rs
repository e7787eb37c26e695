//! What is asked of whom.

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dsboot_codec::mip4::Message;
use dsboot_codec::radius::{Authenticator, Ipv6Prefix, Packet};
use dsboot_roles::Time;
use dsboot_spec::registry::radius::code;
use rand::Rng as _;

use super::ask::{Asker, User};
use super::mobile::{Mobile, Verdict};

/// What tells an exchange that is under way from others.
pub type Key = u64;

/// What has become of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is over, as it should be.
    Done,
    /// It is over, and was refused: why.
    Refused(String),
    /// It goes on, by this request and under this key.
    Next(Key, Vec<u8>),
}

/// What load is made of.
pub trait Subject {
    /// Begins an exchange; `None` if none can be begun at the moment.
    fn begin(&mut self) -> Option<(Key, Vec<u8>)>;

    /// Takes an answer. `None` if it belongs to nothing.
    fn answer(&mut self, octets: &[u8]) -> Option<(Key, Outcome)>;

    /// What is sent instead of a request that was not answered, and under which key; `None` for
    /// nothing.
    fn repeat(&mut self, key: Key) -> Option<(Key, Vec<u8>)>;

    /// Gives up an exchange that was not answered.
    fn give_up(&mut self, key: Key);
}

/// The time by the host's clock.
pub(super) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_unix_micros(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}

/// Which leg an AAA server is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    /// Step 2, EAP in two rounds.
    Access,
    /// Step 5.
    Mobility,
}

/// Requests of a RADIUS client.
#[derive(Debug)]
pub struct Legs {
    asker: Asker,
    leg: Leg,
    users: Vec<User>,
    next_user: usize,
    prefix: Ipv6Prefix,
    /// By Identifier: whom it is about, and the request.
    pending: BTreeMap<u8, (usize, Vec<u8>)>,
    free: VecDeque<u8>,
}

impl Legs {
    /// Requests about users in turn.
    #[must_use]
    pub fn new(asker: Asker, leg: Leg, users: Vec<User>, prefix: Ipv6Prefix) -> Legs {
        let free = (0..=u8::MAX).collect();
        Legs { asker, leg, users, next_user: 0, prefix, pending: BTreeMap::new(), free }
    }

    fn origin(&mut self) -> Option<(u8, Authenticator)> {
        let identifier = self.free.pop_front()?;
        let mut authenticator = Authenticator::default();
        rand::rng().fill_bytes(&mut authenticator);
        Some((identifier, authenticator))
    }

    fn send(&mut self, identifier: u8, user: usize, request: Vec<u8>) -> (Key, Vec<u8>) {
        self.pending.insert(identifier, (user, request.clone()));
        (identifier.into(), request)
    }
}

impl Subject for Legs {
    fn begin(&mut self) -> Option<(Key, Vec<u8>)> {
        let at = self.next_user;
        let user = self.users.get(at)?.clone();
        let origin = self.origin()?;
        self.next_user = (at + 1) % self.users.len().max(1);
        let request = match self.leg {
            Leg::Access => self.asker.identity(origin, &user),
            Leg::Mobility => self.asker.mobility(origin, &user, Some(self.prefix), None),
        };
        Some(self.send(origin.0, at, request.ok()?))
    }

    fn answer(&mut self, octets: &[u8]) -> Option<(Key, Outcome)> {
        let packet = Packet::decode(octets).ok()?;
        let identifier = packet.identifier();
        let (_, request) = self.pending.get(&identifier)?;
        let asked = *Packet::decode(request).ok()?.authenticator();
        packet.verify_response(&asked, &self.asker.secret).ok()?;
        let (at, _) = self.pending.remove(&identifier)?;
        self.free.push_back(identifier);
        let outcome = match packet.code() {
            code::ACCESS_ACCEPT => Outcome::Done,
            code::ACCESS_CHALLENGE => {
                let user = self.users.get(at)?.clone();
                let origin = self.origin()?;
                let request = self.asker.response(origin, &user, octets)?;
                let (key, request) = self.send(origin.0, at, request);
                Outcome::Next(key, request)
            }
            _ => Outcome::Refused("Access-Reject".to_owned()),
        };
        Some((identifier.into(), outcome))
    }

    fn repeat(&mut self, key: Key) -> Option<(Key, Vec<u8>)> {
        let (_, request) = self.pending.get(&u8::try_from(key).ok()?)?;
        Some((key, request.clone()))
    }

    fn give_up(&mut self, key: Key) {
        if let Ok(identifier) = u8::try_from(key)
            && self.pending.remove(&identifier).is_some()
        {
            self.free.push_back(identifier);
        }
    }
}

/// Registrations of which the AAAH decides.
#[derive(Debug)]
pub struct Registrations {
    mobiles: Vec<Mobile>,
    /// Mobile nodes that wait for no reply.
    idle: VecDeque<usize>,
    /// By Identification.
    pending: BTreeMap<u64, usize>,
    lifetime: u16,
    /// The home addresses given, with whose they are.
    homes: BTreeMap<Ipv4Addr, usize>,
    /// When the last request was made.
    last: Time,
}

impl Registrations {
    /// Registrations of these, in turn, for so many seconds.
    #[must_use]
    pub fn new(mobiles: Vec<Mobile>, lifetime: u16) -> Registrations {
        let idle = (0..mobiles.len()).collect();
        let (pending, homes) = (BTreeMap::new(), BTreeMap::new());
        Registrations { mobiles, idle, pending, lifetime, homes, last: Time::default() }
    }

    /// The mobile nodes.
    #[must_use]
    pub fn mobiles(&self) -> &[Mobile] {
        &self.mobiles
    }

    /// A request of a mobile node. No two are made in the same microsecond, so that their
    /// Identifications tell them apart.
    fn request(&mut self, at: usize) -> Option<(Key, Vec<u8>)> {
        self.last = now().max(self.last + Duration::from_micros(1));
        let request = self.mobiles.get_mut(at)?.first(self.last, self.lifetime)?;
        let key = identification(&request)?;
        self.pending.insert(key, at);
        Some((key, request))
    }
}

impl Subject for Registrations {
    fn begin(&mut self) -> Option<(Key, Vec<u8>)> {
        let at = self.idle.pop_front()?;
        self.request(at)
    }

    fn answer(&mut self, octets: &[u8]) -> Option<(Key, Outcome)> {
        let key = identification(octets)?;
        let at = *self.pending.get(&key)?;
        let outcome = match self.mobiles.get_mut(at)?.take(now(), octets) {
            Verdict::Unproved => return None,
            Verdict::Refused(code) => Outcome::Refused(format!("code {code}")),
            Verdict::Registered(home) => match self.homes.insert(home, at) {
                Some(other) if other != at => Outcome::Refused("an address given twice".to_owned()),
                _ => Outcome::Done,
            },
        };
        self.pending.remove(&key);
        self.idle.push_back(at);
        Some((key, outcome))
    }

    fn repeat(&mut self, key: Key) -> Option<(Key, Vec<u8>)> {
        let at = self.pending.remove(&key)?;
        self.request(at)
    }

    fn give_up(&mut self, key: Key) {
        if let Some(at) = self.pending.remove(&key) {
            self.idle.push_back(at);
        }
    }
}

/// The low half of the Identification, which a reply repeats whatever it says.
fn identification(octets: &[u8]) -> Option<u64> {
    match Message::decode(octets).ok()? {
        Message::Request(request) => Some(request.header.identification.low().into()),
        Message::Reply(reply) => Some(reply.header.identification.low().into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use dsboot_codec::dsb::Prefixed;

    use super::*;

    #[test]
    fn requests_of_one_moment_are_told_apart() {
        let mobile = |number: u16| {
            let home = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, number);
            let user = User {
                nai: format!("mn{number}@home.example").into_bytes(),
                access_secret: b"secret".to_vec(),
                mn_aaa_key: b"key".to_vec(),
                home: Prefixed::<Ipv6Addr>::new(home, 64).unwrap(),
            };
            Mobile::new(user, Ipv4Addr::new(192, 0, 2, 8), Ipv4Addr::new(198, 51, 100, 1))
        };
        let mut subject = Registrations::new((0..500).map(mobile).collect(), 60);
        let mut keys: Vec<Key> =
            std::iter::from_fn(|| subject.begin()).map(|(key, _)| key).collect();
        assert_eq!(keys.len(), 500);
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 500);
    }
}
