//! What is known of one mobile node.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use dsboot_codec::dsb::Wanted;
use dsboot_model::Hop;
use dsboot_spec::registry::mip4::request_flag;
use dsboot_spec::{CareOf, Role, Scenario};

use super::At;
use super::order::{Memo, Order, Sights, Unexplained};
use super::report::{MobileReport, Rejection, Report, Rung};
use super::seen::Seen;

/// So many of the last messages are kept for a ladder.
const LADDER: usize = 60;

/// So many requests, replies and updates are kept.
const KEPT: usize = 32;

/// So much that is wrong is kept until it is known whether it is this protocol.
const HELD: usize = 20;

/// So many ends of its messages are kept until then.
const ENDS: usize = 32;

/// What a mobile node is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Its NAI.
    Nai(Vec<u8>),
    /// Its IPv4 home address, where it has no NAI.
    Home(Ipv4Addr),
    /// Its IPv6 home address, where it has no NAI.
    Home6(std::net::Ipv6Addr),
    /// A PANA session without an identity: the NAS and the session.
    Session(IpAddr, u32),
}

/// A mobile node.
#[derive(Debug)]
pub(super) struct Mobile {
    name: String,
    marked: bool,
    held: Vec<Rejection>,
    /// Who has sent or got its messages, until it is known whether they are of this protocol.
    ends: Vec<(IpAddr, Role)>,
    /// What has been seen and is not judged yet.
    queue: Vec<Sight>,
    /// What was found wrong then.
    found: Vec<Rejection>,
    order: Order,
    /// What is shown of it from the beginning.
    sights: Sights,
    ladder: VecDeque<Rung>,
    explained: u64,
    rejected: bool,
    /// The packet of the first rejection: the ladder ends with it.
    first_wrong: Option<u64>,
    /// The packet that was seen last, and when.
    last: (u64, Option<Duration>),
    /// The servers of step 2 and step 5.
    pub(super) servers: (Option<IpAddr>, Option<IpAddr>),
    pub(super) facts: Facts,
}

/// A message that the model has a word for.
#[derive(Debug)]
struct Sight {
    at: At,
    seen: Seen,
    /// The packet of the message that it answers or passes on.
    about: Option<u64>,
}

/// What its messages have said.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) requests: VecDeque<Asked>,
    pub(super) replies: VecDeque<Answered>,
    pub(super) updates: VecDeque<Updated>,
    pub(super) acknowledgements: VecDeque<Acknowledged>,
    /// The greatest Identification since the clock was set.
    pub(super) identification: Option<u64>,
    /// Whether the clock may have been set back.
    pub(super) clock_set: bool,
    /// What the last Accept of step 2 assigned, and what step 3 told.
    pub(super) assigned: Option<Assigned>,
    /// What the last Accept of step 5 granted.
    pub(super) granted: Option<Granted>,
    /// What the last Accept of leg C allowed.
    pub(super) allowed: Option<Allowed>,
    /// The SPI that the MN chose for the association in use.
    pub(super) mn_spi: Option<u32>,
    /// The IPv6 parameters of the last accepting reply.
    pub(super) parameters: Option<Parameters6>,
    /// THOAv4.
    pub(super) home_address: Option<Ipv4Addr>,
    /// The FHA that it is held from.
    pub(super) home_agent: Option<Ipv4Addr>,
    /// When the registration ends, since 1970.
    pub(super) registered_until: Option<Duration>,
    /// The home agent that the last sequence number and Mesg-ID were for.
    pub(super) updated: Option<std::net::Ipv6Addr>,
    pub(super) sequence: Option<u16>,
    pub(super) message_id: Option<u64>,
    /// The Mesg-ID of the first update that was seen.
    pub(super) first_update: Option<u64>,
}

/// A registration request as it was seen.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) at: At,
    pub(super) hop: Hop,
    pub(super) identification: u64,
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) flags: u8,
    pub(super) lifetime: u16,
    pub(super) home_address: Ipv4Addr,
    pub(super) home_agent: Ipv4Addr,
    pub(super) care_of: Ipv4Addr,
    pub(super) mn_spi: Option<u32>,
    pub(super) first: bool,
    pub(super) challenge: Option<Vec<u8>>,
    /// Which parameters it asks for.
    pub(super) wanted: Option<Wanted>,
    /// Whether it has a foreign-home authenticator (34).
    pub(super) has_foreign_home: bool,
    /// Whether it asks for tunnels in UDP.
    pub(super) asks_for_udp: bool,
    /// The octets through the last authorization-enabling extension.
    pub(super) protected: Vec<u8>,
    /// What stands in RADIUS for the MN–AAA authenticator.
    pub(super) chap: Option<([u8; 17], Vec<u8>)>,
}

/// A registration reply as it was seen.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) low: u32,
    pub(super) code: u8,
    pub(super) hop: Hop,
    /// The octets through the MN–FHA authenticator.
    pub(super) protected: Vec<u8>,
}

/// A binding update as it was seen.
#[derive(Clone, Debug)]
pub(super) struct Updated {
    pub(super) at: At,
    /// Whether it was seen before the FHA.
    pub(super) tunnelled: bool,
    pub(super) sequence: u16,
    pub(super) message_id: Option<u64>,
    pub(super) lifetime: u32,
    pub(super) home: std::net::Ipv6Addr,
    pub(super) care_of: std::net::Ipv6Addr,
    /// Where it came from, and its acknowledgement goes.
    pub(super) source: std::net::Ipv6Addr,
    /// The mobility header.
    pub(super) octets: Vec<u8>,
    pub(super) authenticator: Option<Vec<u8>>,
    /// The SPI of the MN–AAA option.
    pub(super) aaa_spi: Option<u32>,
    pub(super) digest: Option<[u8; 20]>,
}

/// A binding acknowledgement as it was seen.
#[derive(Clone, Debug)]
pub(super) struct Acknowledged {
    pub(super) tunnelled: bool,
    pub(super) number: (u16, Option<u64>, u8),
    /// The mobility header.
    pub(super) octets: Vec<u8>,
}

/// What step 2 assigned.
#[derive(Clone, Debug, Default)]
pub(super) struct Assigned {
    pub(super) fha: Option<Ipv4Addr>,
    pub(super) fqdn: Option<String>,
    pub(super) care_of: Option<Ipv4Addr>,
    pub(super) mask: Option<Ipv4Addr>,
    pub(super) session_timeout: Option<u32>,
    /// Whether it had an EAP Success.
    pub(super) has_success: bool,
}

/// What leg C allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed {
    pub(super) message_id: Option<u64>,
    pub(super) spi: Option<u32>,
    pub(super) key_lifetime: Option<u32>,
    pub(super) session_timeout: Option<u32>,
}

/// What step 5 granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Granted {
    pub(super) address: Option<Ipv4Addr>,
    pub(super) parameters: Parameters6,
    pub(super) nonce: Option<Vec<u8>>,
    pub(super) aaa_spi: Option<u32>,
    pub(super) fha_spi: Option<u32>,
    pub(super) key_lifetime: Option<u32>,
    pub(super) algorithm: Option<u32>,
    pub(super) replay_method: Option<u32>,
    pub(super) session_timeout: Option<u32>,
}

/// IPv6 home address, home agent and care-of address, as their value octets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters6 {
    pub(super) home: Option<(std::net::Ipv6Addr, u8)>,
    pub(super) agent: Option<std::net::Ipv6Addr>,
    pub(super) care_of: Option<(std::net::Ipv6Addr, u8)>,
}

impl Asked {
    /// Whether the care-of address is the mobile node's own.
    pub(super) const fn is_colocated(&self) -> bool {
        self.flags & request_flag::DECAPSULATION != 0
    }
}

impl Parameters6 {
    pub(super) fn of(told: &dsboot_codec::dsb::Parameters<'_>) -> Parameters6 {
        let of = |prefixed: dsboot_codec::dsb::Prefixed<std::net::Ipv6Addr>| {
            (prefixed.address(), prefixed.prefix_length())
        };
        Parameters6 {
            home: told.ipv6_hoa.once().map(of),
            agent: told.home_agent.once(),
            care_of: told.ipv6_coa.once().map(of),
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.home.is_none() && self.agent.is_none() && self.care_of.is_none()
    }
}

impl Mobile {
    pub(super) fn new(key: &Key, arrangements: &[CareOf], is_complete: bool) -> Mobile {
        let name = match key {
            Key::Nai(nai) => String::from_utf8_lossy(nai).into_owned(),
            Key::Home(address) => format!("the mobile node with home address {address}"),
            Key::Home6(address) => format!("the mobile node with home address {address}"),
            Key::Session(nas, id) => format!("PANA session {id:#010x} at {nas}"),
        };
        Mobile {
            name,
            marked: false,
            held: Vec::new(),
            ends: Vec::new(),
            queue: Vec::new(),
            found: Vec::new(),
            order: Order::new(arrangements, is_complete),
            sights: if is_complete { Sights::ALL } else { Sights::default() },
            ladder: VecDeque::new(),
            explained: 0,
            rejected: false,
            first_wrong: None,
            last: (0, None),
            servers: (None, None),
            facts: Facts::default(),
        }
    }

    /// It bootstraps.
    pub(super) fn mark(&mut self, report: &mut Report) {
        if !std::mem::replace(&mut self.marked, true) {
            self.rejected |= !self.held.is_empty();
            for rejection in self.held.drain(..) {
                report.reject(rejection);
            }
        }
    }

    /// The ends of a message. Returns those that are now known to take part in a bootstrap.
    pub(super) fn met(
        &mut self,
        ends: impl IntoIterator<Item = (IpAddr, Role)>,
    ) -> Vec<(IpAddr, Role)> {
        for end in ends {
            if self.ends.len() < ENDS && !self.ends.contains(&end) {
                self.ends.push(end);
            }
        }
        if self.marked { std::mem::take(&mut self.ends) } else { Vec::new() }
    }

    /// The packet that was seen last.
    pub(super) const fn last(&self) -> u64 {
        self.last.0
    }

    /// When it was heard last.
    pub(super) const fn heard(&self) -> Option<Duration> {
        self.last.1
    }

    pub(super) const fn is_marked(&self) -> bool {
        self.marked
    }

    pub(super) fn reject(&mut self, rejection: Rejection, report: &mut Report) {
        let rejection = self.wrong(rejection);
        self.tell(rejection, report);
    }

    /// The next message.
    pub(super) fn saw(&mut self, at: At, seen: Seen, about: Option<u64>) {
        self.last = (at.turn, at.time);
        self.queue.push(Sight { at, seen, about });
    }

    /// Whether something is not judged yet.
    pub(super) const fn has_work(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Asks the model about what has been seen since; what it says is told by [`Mobile::tell_all`].
    pub(super) fn work(&mut self, memo: &mut Memo) {
        for Sight { at, seen, about } in std::mem::take(&mut self.queue) {
            // What belongs to a message from before the last beginning, the model knows no more.
            let explained = match about {
                Some(about) if about < self.order.begun() => Ok(()),
                _ => self.order.next(at.turn, &seen, about.is_none(), self.sights, memo),
            };
            self.climb(at, &seen);
            match explained {
                Ok(()) => self.explained += 1,
                Err(Unexplained { guard, allowed }) => {
                    let (sentence, why) = match guard {
                        Some(guard) => (guard.sentence(), format!(" ({guard} does not hold)")),
                        None => (sentence_of(&seen), String::new()),
                    };
                    let what = format!("no run of the protocol explains {}{why}", seen.words());
                    let mut rejection = Rejection::new(at.number, at.time, sentence, what);
                    rejection.allowed = allowed;
                    let rejection = self.wrong(rejection);
                    self.found.push(rejection);
                }
            }
        }
    }

    /// Tells what was found wrong.
    pub(super) fn tell_all(&mut self, report: &mut Report) {
        for rejection in std::mem::take(&mut self.found) {
            self.tell(rejection, report);
        }
    }

    /// Tells it, or holds it back until it is known whether it is this protocol.
    fn tell(&mut self, rejection: Rejection, report: &mut Report) {
        if self.marked {
            self.rejected = true;
            report.reject(rejection);
        } else if self.held.len() < HELD {
            self.held.push(rejection);
        }
    }

    /// Something is wrong with it, and the ladder ends there.
    fn wrong(&mut self, rejection: Rejection) -> Rejection {
        let packet = rejection.packet;
        if self.first_wrong.is_none_or(|first| packet < first) {
            self.first_wrong = Some(packet);
            self.ladder.retain(|rung| rung.packet <= packet);
        }
        if let Some(rung) = self.ladder.iter_mut().find(|rung| rung.packet == packet) {
            rung.wrong = true;
        }
        Rejection { mobile: Some(self.name.clone()), ..rejection }
    }

    fn climb(&mut self, at: At, seen: &Seen) {
        if self.first_wrong.is_some_and(|first| first < at.number) {
            return;
        }
        let wrong = self.first_wrong == Some(at.number);
        if self.ladder.len() >= LADDER {
            self.ladder.pop_front();
        }
        self.ladder.push_back(Rung {
            packet: at.number,
            from: seen.from().to_string(),
            to: seen.to().to_string(),
            step: seen.step().to_owned(),
            words: seen.words(),
            wrong,
        });
    }

    pub(super) fn report(self, told: Option<Scenario>) -> MobileReport {
        let Mobile { name, order, mut ladder, explained, rejected, servers, .. } = self;
        let one_server = matches!(servers, (Some(a), Some(b)) if a == b);
        if one_server || told.is_some_and(|scenario| !scenario.is_subscription()) {
            for rung in &mut ladder {
                for end in [&mut rung.from, &mut rung.to] {
                    if *end == Role::Aaaf.name() {
                        Role::Aaah.name().clone_into(end);
                    }
                }
            }
        }
        let kind = match servers {
            _ if told.is_some() => {
                told.map(|s| if s.is_subscription() { "subscription" } else { "integrated" })
            }
            (Some(a), Some(b)) => Some(if a == b { "integrated" } else { "subscription" }),
            _ => None,
        };
        let way = order.care_of().map(|care_of| match care_of {
            CareOf::Colocated => "colocated".to_owned(),
            other => format!("fa, care-of address {}", other.name()),
        });
        let scenario = match (kind, way) {
            (Some(kind), Some(way)) => format!("{kind}-{way}"),
            (Some(kind), None) => kind.to_owned(),
            (None, Some(way)) => way,
            (None, None) => "not told".to_owned(),
        };
        MobileReport {
            place: 0,
            name,
            scenario,
            accepted: !rejected,
            explained,
            ladder: ladder.into(),
        }
    }
}

impl Facts {
    pub(super) fn keep_request(&mut self, request: Asked) {
        keep(&mut self.requests, request);
    }

    pub(super) fn keep_reply(&mut self, reply: Answered) {
        keep(&mut self.replies, reply);
    }

    pub(super) fn keep_update(&mut self, update: Updated) {
        keep(&mut self.updates, update);
    }

    pub(super) fn keep_acknowledgement(&mut self, acknowledgement: Acknowledged) {
        keep(&mut self.acknowledgements, acknowledgement);
    }

    /// The newest request with these low 32 bits of its Identification.
    pub(super) fn request(&self, low: u32) -> Option<&Asked> {
        let is_it = |asked: &&Asked| asked.identification & u64::from(u32::MAX) == u64::from(low);
        self.requests.iter().rev().find(is_it)
    }
}

fn keep<T>(kept: &mut VecDeque<T>, one: T) {
    if kept.len() >= KEPT {
        kept.pop_front();
    }
    kept.push_back(one);
}

/// The sentence that says when such a message may be sent, where the model does not tell which
/// guard fails.
const fn sentence_of(seen: &Seen) -> &'static str {
    match seen {
        Seen::AccessRequest { .. } => "access.2.1",
        Seen::AccessAsk { .. } => "access.3.1",
        Seen::AccessAnswer { .. } => "access.3.5",
        Seen::AccessReply { .. } => "access.4.1",
        Seen::Request { hop: Hop::Relay, .. } => "registration.5.1",
        Seen::Request { hop: Hop::Link, .. } => "registration.3.3",
        Seen::Request { .. } => "registration.3.1",
        Seen::RegistrationAsk { .. } => "registration.6.1",
        Seen::RegistrationAnswer { .. } => "registration.6.8",
        Seen::Reply { hop: Some(Hop::Link), .. } => "registration.9.1",
        Seen::Reply { .. } => "registration.6.1",
        Seen::Update { tunnelled: true, .. } => "home-binding.1.1",
        Seen::Update { .. } => "data-path.3.1",
        Seen::BindingAsk { .. } => "home-binding.2.2",
        Seen::BindingAnswer { .. } => "home-binding.2.5",
        Seen::Ack { tunnelled: true, .. } => "data-path.3.4",
        Seen::Ack { .. } => "home-binding.2.1",
    }
}
