//! The foreign agent: advertises itself, relays registrations between mobile node and FHA without
//! touching what they protect, and tunnels for the mobile nodes on its care-of address.

mod advertise;
mod config;
mod data;
mod relay;

use core::net::{Ipv4Addr, SocketAddrV4};
use std::collections::{BTreeSet, VecDeque};

use dsboot_codec::mip4::{Identification, Message};

pub use config::{FaConfig, ForeignHome};

use crate::{
    Datagram, Effects, Input, LinkAddr, Machine, Nai, Random, Time, count::Registration,
    expiring::Expiring, journal::Journal,
};

/// A challenge that the agent has offered.
pub type Challenge = [u8; 8];

/// A foreign agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fa {
    config: FaConfig,
    /// Of the next advertisement.
    sequence: u16,
    next_advertisement: Option<Time>,
    /// Challenges advertised to everybody, the last one at the end.
    advertised: VecDeque<Challenge>,
    /// The challenge last given to one mobile node alone.
    given: Expiring<Station, Challenge>,
    /// Challenges used up, each with who has used it.
    used: Expiring<(Nai, Vec<u8>), ()>,
    pending: Expiring<Exchange, Pending>,
    /// By home address and FHA.
    //= registration.9.11
    visitors: Expiring<(Ipv4Addr, Ipv4Addr), Visitor>,
    journal: Journal<Key>,
}

/// What a [`Record`] is kept under: the visitor's home address, and its FHA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The temporary IPv4 home address.
    pub home: Ipv4Addr,
    /// With whom it is registered.
    pub fha: Ipv4Addr,
}

/// What an FA keeps over a crash. What it has relayed and offered it does not: the mobile node asks
/// again, and answers another challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// A visitor.
    pub visitor: Visitor,
    /// When its registration ends.
    pub ends: Time,
}

/// A mobile node as the agent meets it on the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Station {
    /// Its link-layer address, where it is known.
    pub neighbour: Option<LinkAddr>,
    /// Its IP address and UDP port; 0.0.0.0 if it has none.
    pub source: SocketAddrV4,
}

/// What request and reply are matched by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Exchange {
    who: Who,
    /// Low half of the Identification.
    identification: u32,
}

/// By what a mobile node is known in a registration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Who {
    /// While it has no home address.
    Nai(Nai),
    /// Afterwards.
    Home(Ipv4Addr),
}

/// A request relayed and not answered yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Pending {
    /// The request as it came.
    octets: Vec<u8>,
    station: Station,
    fha: Ipv4Addr,
    challenge: Option<Vec<u8>>,
}

/// A mobile node registered through this agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Visitor {
    /// Where it is on the link.
    pub station: Station,
    /// With whom it is registered.
    pub fha: Ipv4Addr,
    /// Whether the agent's care-of address is the one registered, so that the agent tunnels.
    pub tunnelled: bool,
    /// Whether that tunnel is in UDP.
    pub udp: bool,
    /// Of the reply that entered it.
    pub identification: Identification,
}

impl Fa {
    /// A foreign agent without visitors, that advertises itself from the first timeout on.
    #[must_use]
    pub fn new(config: FaConfig) -> Fa {
        let next_advertisement = config.advertise_every.map(|_| Time::default());
        Fa {
            config,
            sequence: 0,
            next_advertisement,
            advertised: VecDeque::new(),
            given: Expiring::default(),
            used: Expiring::default(),
            pending: Expiring::default(),
            visitors: Expiring::default(),
            journal: Journal::default(),
        }
    }

    /// What it is configured with.
    #[must_use]
    pub fn config(&self) -> &FaConfig {
        &self.config
    }

    /// The mobile nodes registered through it, by home address.
    pub fn visitors(&self) -> impl Iterator<Item = (&Ipv4Addr, &Visitor)> {
        self.visitors.iter().map(|((home, _), visitor)| (home, visitor))
    }

    /// Notes from now on what changes of what it keeps over a crash.
    pub fn keep_journal(&mut self) {
        self.journal.keep();
    }

    /// What has changed since the last time, if that is noted.
    pub fn take_changed(&mut self) -> BTreeSet<Key> {
        self.journal.take()
    }

    /// What it keeps under a key, if there is something.
    #[must_use]
    pub fn record(&self, key: &Key) -> Option<Record> {
        let key = (key.home, key.fha);
        let (visitor, ends) = self.visitors.get(&key).zip(self.visitors.end_of(&key))?;
        Some(Record { visitor: visitor.clone(), ends })
    }

    /// Takes over what was kept before a crash.
    pub fn restore(&mut self, key: Key, record: Record) {
        self.visitors.insert((key.home, key.fha), record.visitor, record.ends);
    }

    /// The visitors with this home address, one an FHA.
    fn visitors_at(&self, home: Ipv4Addr) -> impl Iterator<Item = &Visitor> {
        let from = (home, Ipv4Addr::UNSPECIFIED);
        let visitors = self.visitors.iter_from(from);
        visitors.take_while(move |((h, _), _)| *h == home).map(|(_, visitor)| visitor)
    }

    /// Whether it serves as many visitors as it can.
    fn is_full(&self) -> bool {
        self.visitors.len() >= self.config.visitor_limit
    }

    /// How many requests it has relayed that have not been answered yet.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// The low halves of the Identifications of these requests.
    pub fn pending_identifications(&self) -> impl Iterator<Item = u32> {
        self.pending.iter().map(|(exchange, _)| exchange.identification)
    }

    fn on_datagram(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        datagram: &Datagram,
        effects: &mut Effects,
    ) {
        match Message::decode(&datagram.payload) {
            Ok(Message::Request(request)) => {
                self.on_request(now, random, datagram, &request, effects);
            }
            Ok(Message::Reply(reply)) => self.on_reply(now, random, datagram, &reply, effects),
            Ok(Message::TunnelData(data)) => self.on_tunnel_data(datagram, data, effects),
            Ok(_) => effects.count(Registration::Unexpected),
            Err(_) => effects.count(Registration::Malformed),
        }
    }

    fn on_timeout(&mut self, now: Time, random: &mut dyn Random, effects: &mut Effects) {
        while let Some((_, pending)) = self.pending.pop_ended(now) {
            self.give_up(now, random, &pending, effects);
        }
        //= registration.9.9
        //= data-path.2.3
        //= movement.3.10
        while let Some(((home, fha), _)) = self.visitors.pop_ended(now) {
            self.journal.note(&Key { home, fha });
            effects.count(Registration::VisitorExpired);
        }
        while self.given.pop_ended(now).is_some() {}
        while self.used.pop_ended(now).is_some() {}
        if self.next_advertisement.is_some_and(|due| due <= now) {
            self.advertise(now, random, effects);
        }
    }
}

impl Machine for Fa {
    fn handle(&mut self, now: Time, random: &mut dyn Random, input: Input<'_>) -> Effects {
        let mut effects = Effects::new();
        match input {
            Input::Datagram(datagram) => self.on_datagram(now, random, datagram, &mut effects),
            Input::Packet(packet) => self.on_packet(now, random, packet, &mut effects),
            Input::Timeout => self.on_timeout(now, random, &mut effects),
        }
        effects
    }

    fn poll_timeout(&self) -> Option<Time> {
        let tables = [
            self.pending.first_end(),
            self.visitors.first_end(),
            self.given.first_end(),
            self.used.first_end(),
        ];
        let next = tables.into_iter().chain([self.next_advertisement]).flatten().min();
        next.filter(|next| *next < Time::NEVER)
    }
}
