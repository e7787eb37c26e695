//! Roles and model side by side: whatever the roles do, the model must be able to do, and what
//! the model does with a message that arrives, the roles must do.
//!
//! After every event the [`Follower`] looks at the roles through the [`abstraction`](crate::abstraction)
//! and searches the model's steps for those that lead to what is seen. An event that changes nothing
//! that the model knows is no step. Where several steps explain the same view, all of them are
//! kept until a later event tells them apart.

mod altering;
mod divergence;
mod exploring;
mod following;
mod restarting;
pub mod schedule;

use std::sync::Arc;
use std::time::Duration;

use dsboot_codec::ip;
use dsboot_model::{Action, Bootstrap, Config, Guard, Message, NUMBERS, Profile, Rules, State};
use dsboot_node::Error;
use dsboot_node::world::Settings;
use dsboot_roles::Time;
use dsboot_roles::fha::TunnelEnd;
use dsboot_roles::mn::Mn;
use dsboot_spec::Role;
use dsboot_spec::registry::ip::protocol;

use following::Happening;

pub use divergence::Divergence;
pub use schedule::Event;

use crate::abstraction::{HeldBack, Observer, View, told};
use crate::bytes::{Bytes, Cargo, Flight, Station};

/// How old a request or update, or what answers it, may be when it is delivered. What is older is
/// lost: its timestamp is about to leave the tolerance, of which the model knows the fact but not
/// the second.
const FRESH: Duration = Duration::from_secs(5);

/// How old a request of leg A, or its answer, may be: a server knows a request again for 30 s, and
/// none comes later (RFC 5080 §2.2.2).
const ANSWERS_KEPT: Duration = Duration::from_secs(20);

/// How old a round of PANA may be: between two questions of a NAS to its server, which forgets
/// what it has begun after 60 s, there is one.
const ROUND: Duration = Duration::from_secs(15);

/// How many timers fire in one sleep at most.
const SLEEP: usize = 2_000;

/// How much of the model's numbers and of its network is left free for one more event.
const MARGIN: u8 = 3;

/// The roles, what has been sent and not arrived, and the states of the model that explain it.
#[derive(Clone, Debug)]
pub struct Follower {
    /// The roles.
    pub bytes: Bytes,
    /// What has come of it so far.
    pub figures: Figures,
    observer: Arc<Observer>,
    /// What was to be seen when last looked at.
    view: Option<Arc<View>>,
    /// The steps of the model that the last event was, if it is asked for them.
    taken: Option<Vec<(State, Action)>>,
    model: Bootstrap,
    /// The model without the rule that the mobile node's time of a home binding ends first.
    timeless: Bootstrap,
    states: Vec<State>,
    under_way: Vec<usize>,
    arrived: Vec<usize>,
    /// Of each flight seen: when that was sent which it repeats, answers or passes on.
    born: Vec<Time>,
    events: Vec<Event>,
    /// What has happened, in words, if that is kept.
    history: Option<Vec<String>>,
}

/// Counts over one schedule, or over many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Events that happened.
    pub events: usize,
    /// Steps of the model taken.
    pub steps: usize,
    /// Events that changed nothing that the model knows.
    pub stutters: usize,
    /// The most states of the model that explained the same.
    pub states: usize,
    /// The rules that the steps were made of.
    pub rules: Rules,
}

impl Figures {
    /// Adds those of another schedule.
    pub fn add(&mut self, other: &Figures) {
        self.events += other.events;
        self.steps += other.steps;
        self.stutters += other.stutters;
        self.states = self.states.max(other.states);
        self.rules.merge(other.rules);
    }
}

impl Follower {
    /// A network in which nothing has happened.
    ///
    /// # Errors
    ///
    /// When the demonstration network cannot be put together on this machine.
    pub fn new(settings: &Settings) -> Result<Follower, Error> {
        let bytes = Bytes::new(settings)?.with_lasting_agents();
        let config = Config::new(settings.setup, u8::MAX);
        Ok(Follower {
            observer: Arc::new(Observer::new(&bytes)),
            view: None,
            taken: None,
            states: vec![State::initial(Profile::Entitled, u8::MAX)],
            bytes,
            model: Bootstrap::new(config),
            timeless: Bootstrap::new(config.without(Guard::MnCountsBindingFromSending)),
            figures: Figures::default(),
            under_way: Vec::new(),
            arrived: Vec::new(),
            born: Vec::new(),
            events: Vec::new(),
            history: Some(Vec::new()),
        })
    }

    /// Lets something happen. Returns whether it could.
    ///
    /// # Errors
    ///
    /// When roles and model part.
    pub fn happen(&mut self, event: Event) -> Result<bool, Divergence> {
        self.lose_old();
        if self.is_at_the_bound() {
            return Ok(false);
        }
        self.events.push(event);
        let happened = self.let_happen(event)?;
        self.figures.events += usize::from(happened);
        Ok(happened)
    }

    /// Whether the model has no room for much more: its numbers or its network are used up.
    #[must_use]
    pub fn is_at_the_bound(&self) -> bool {
        let near = NUMBERS - MARGIN;
        self.states.first().is_none_or(|state| {
            let mn = &state.mn;
            mn.ident.is_some_and(|ident| ident.get() >= near)
                || mn.seq.is_some_and(|seq| seq.get() >= near)
                || mn.session.is_some_and(|session| session.get() >= near)
                || state.network.len() + usize::from(MARGIN) * 2 >= dsboot_model::MESSAGES
        })
    }

    /// How many things are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    fn let_happen(&mut self, event: Event) -> Result<bool, Divergence> {
        match event {
            Event::Next if self.under_way.is_empty() => self.fire().map(|fired| fired.is_some()),
            Event::Next => self.let_happen(Event::Deliver(0)),
            Event::Deliver(pick) => {
                let Some(place) = modulo(pick, self.under_way.len()) else { return Ok(false) };
                let flight = self.under_way.remove(place);
                let delivered = self.deliver(flight);
                self.arrived.push(flight);
                delivered
            }
            Event::Duplicate(pick) => {
                let Some(place) = modulo(pick, self.arrived.len()) else { return Ok(false) };
                self.deliver(self.arrived.get(place).copied().unwrap_or_default())
            }
            Event::Corrupt(pick) => self.corrupt_any(pick),
            Event::Drop(pick) => {
                let Some(place) = modulo(pick, self.under_way.len()) else { return Ok(false) };
                self.under_way.remove(place);
                Ok(true)
            }
            Event::Fire => self.fire().map(|fired| fired.is_some()),
            Event::Sleep => {
                let steps = self.figures.steps;
                for _ in 0..SLEEP {
                    if self.fire()?.is_none() || self.figures.steps != steps {
                        break;
                    }
                }
                Ok(self.figures.steps != steps)
            }
            Event::Silence(pick) => {
                let waiting: Vec<Station> = self.bytes.waiting().map(|(who, _)| who).collect();
                let Some(place) = modulo(pick, waiting.len()) else { return Ok(false) };
                let Some(station) = waiting.get(place) else { return Ok(false) };
                self.elapse(*station, SLEEP)
            }
            Event::Wait(milliseconds) => {
                let end = self.bytes.now + Duration::from_millis(milliseconds);
                if self.bytes.next_timer().is_some_and(|(next, _)| next <= end) {
                    return Ok(false);
                }
                self.bytes.now = end;
                Ok(true)
            }
            Event::Move(site) => self.attach(site),
            Event::Refresh => self.wish("refreshes its registration", |bytes| {
                bytes.with_mn(|mn, now, random| mn.refresh(now, random));
            }),
            Event::Release => self.wish("lets go", |bytes| {
                bytes.with_mn(|mn, now, random| mn.release(now, random));
            }),
            Event::Restart(pick) => {
                let stations: Vec<Station> = self.bytes.stations().collect();
                let Some(place) = modulo(pick, stations.len()) else { return Ok(false) };
                stations.get(place).map_or(Ok(false), |station| self.restart(*station))
            }
        }
    }

    fn deliver(&mut self, flight: usize) -> Result<bool, Divergence> {
        if !self.bytes.is_deliverable(flight) || !self.is_fresh(flight) {
            return Ok(false);
        }
        let Some((from, to)) = self.bytes.sent.get(flight).map(|sent| (sent.from, sent.to)) else {
            return Ok(false);
        };
        // What it has let go of, the mobile node no longer shares a link with.
        let is_away = self.states.iter().all(|state| state.mn.link.is_none());
        if is_away
            && matches!((from, to), (Station::Mn, Station::Fa(_)) | (Station::Fa(_), Station::Mn))
        {
            return Ok(false);
        }
        let message = self.observer.message_of(flight);
        let what = message.map_or_else(|| format!("something, from {from:?}"), told);
        let may_be_lost = match (to, message) {
            // Without access, some tunnels are open and some are not.
            (Station::Mn, Some(Message::Ack(..))) if !self.is_admitted() => true,
            // An update that found no way out replaces the one before all the same.
            (Station::Mn, _) => self.observer.is_beyond(&self.bytes),
            (Station::Fha(which), Some(Message::Ack(..))) => !self.is_reachable(which),
            _ => false,
        };
        let is_overtaken = self.observer.is_overtaken(&self.bytes, flight);
        self.bytes.deliver(flight);
        self.follow(&Happening {
            what: format!("{to:?} receives {what}"),
            role: role_of(to),
            cause: Some(flight),
            action: message.map(Action::Deliver),
            may_be_lost,
            is_overtaken,
            is_pana: message.is_none() && from == Station::Mn && matches!(to, Station::Nas(_)),
            is_wish: false,
        })?;
        Ok(true)
    }

    /// Whether the mobile node is attached nowhere.
    #[must_use]
    pub fn is_nowhere(&self) -> bool {
        self.bytes.mn().is_none_or(|mn| mn.pac().is_none())
    }

    fn is_admitted(&self) -> bool {
        self.bytes.mn().is_some_and(|mn| mn.admitted().is_some())
    }

    /// Whether an FHA knows to which port its tunnel leads. The mobile node shows it, by what it
    /// sends first (RFC 3519 §4.4).
    fn is_reachable(&self, which: usize) -> bool {
        let fha = self.bytes.fha(which);
        fha.and_then(|fha| fha.bindings().iter().next()).is_none_or(
            |(_, binding)| !matches!(binding.tunnel, TunnelEnd::Udp(end) if end.port() == 0),
        )
    }

    /// The next timer fires. Returns whose it was.
    fn fire(&mut self) -> Result<Option<Station>, Divergence> {
        let fired = self.bytes.fire();
        if let Some(station) = fired {
            let what = format!("a timer of {station:?} fires");
            self.follow(&Happening::unasked(role_of(station), what))?;
        }
        Ok(fired)
    }

    fn attach(&mut self, site: usize) -> Result<bool, Divergence> {
        // From nowhere it comes to the first link, as in the model.
        let possible = if self.is_nowhere() { site == 0 } else { site != self.bytes.site };
        // What is held back would be dropped, which the model has sent.
        let is_busy = self.observer.held_back() != HeldBack::default();
        if !possible || is_busy || self.bytes.mn().is_some_and(Mn::is_releasing) {
            return Ok(false);
        }
        self.bytes.attach(site);
        Arc::make_mut(&mut self.observer).on_attach(&self.bytes);
        let what = format!("the mobile node moves to site {site}");
        self.follow(&Happening::wished(what))?;
        Ok(true)
    }

    /// The mobile node does something that it may do only where it is registered and at rest.
    fn wish(&mut self, what: &str, act: impl Fn(&mut Bytes)) -> Result<bool, Divergence> {
        // What is held back would be replaced, which the model has sent.
        if !self.is_settled() || self.observer.held_back() != HeldBack::default() {
            return Ok(false);
        }
        act(&mut self.bytes);
        self.follow(&Happening::wished(format!("the mobile node {what}")))?;
        Ok(true)
    }

    /// Whether the mobile node is registered here, knows whom it needs, and waits for nothing.
    fn is_settled(&self) -> bool {
        let needs_agent = self.bytes.setup.care_of().via_fa();
        self.bytes.mn().filter(|mn| !needs_agent || mn.agent().is_some()).is_some_and(|mn| {
            let here = mn.way().is_some_and(|way| {
                mn.held().is_some_and(|held| {
                    (held.care_of_address, held.fha) == (way.care_of_address, way.fha)
                })
            });
            here && mn.requesting().is_none() && !mn.is_releasing()
        })
    }

    /// Whether something can still arrive: what is not so old that time decides about it, which the
    /// model has not. An agent takes only the challenge that it gave last, of which the
    /// model knows nothing: of several advertisements only the last arrives.
    fn is_fresh(&self, flight: usize) -> bool {
        let Some(sent) = self.bytes.sent.get(flight) else { return false };
        if is_advertisement(sent) {
            // Each that arrives in the model brings a challenge of its own.
            if self.arrived.contains(&flight) {
                return false;
            }
            let later = self.bytes.sent.iter().skip(flight + 1);
            if later.filter(|later| later.from == sent.from).any(|later| is_advertisement(later)) {
                return false;
            }
        }
        if is_solicitation(sent) && self.bytes.mn().is_some_and(|mn| mn.agent().is_some()) {
            return false;
        }
        let born = self.born.get(flight).copied().unwrap_or(sent.sent);
        let age = self.bytes.now.since(born);
        match (sent.from, sent.to) {
            (Station::Mn, Station::Nas(_)) | (Station::Nas(_), Station::Mn) => age <= ROUND,
            (Station::Nas(_), _) | (_, Station::Nas(_)) => age <= ANSWERS_KEPT,
            _ => age <= FRESH,
        }
    }

    /// Takes note of what has been sent because of the flight `cause`, or of a timer or wish.
    fn register_new(&mut self, cause: Option<usize>) {
        for new in self.born.len()..self.bytes.sent.len() {
            let Some(flight) = self.bytes.sent.get(new) else { break };
            let before = self.bytes.sent.iter().take(new).position(|old| old.key == flight.key);
            let cause = cause.filter(|cause| match (flight.from, flight.to) {
                (Station::Nas(_), _) => false,
                (Station::Mn, Station::Nas(_)) => {
                    self.bytes.sent.get(*cause).is_some_and(|sent| sent.from == flight.to)
                }
                (from, _) => from != Station::Mn,
            });
            let ancestor = before.or(cause);
            let born = ancestor.and_then(|ancestor| self.born.get(ancestor).copied());
            self.born.push(born.unwrap_or(flight.sent));
            self.under_way.push(new);
        }
    }

    /// What has become too old under way is lost.
    fn lose_old(&mut self) {
        let fresh: Vec<usize> =
            self.under_way.iter().copied().filter(|flight| self.is_fresh(*flight)).collect();
        self.under_way = fresh;
    }
}

/// Whether this is step 0, in either direction.
fn is_discovery(flight: &Flight) -> bool {
    let Cargo::Packet(packet) = &flight.what else { return false };
    matches!(ip::Packet::decode(&packet.octets),
        Ok(ip::Packet::V4(packet)) if packet.protocol == protocol::ICMP)
}

fn is_advertisement(flight: &Flight) -> bool {
    matches!(flight.from, Station::Fa(_)) && is_discovery(flight)
}

fn is_solicitation(flight: &Flight) -> bool {
    flight.from == Station::Mn && is_discovery(flight)
}

/// The role that a station plays.
const fn role_of(station: Station) -> Role {
    match station {
        Station::Mn => Role::Mn,
        Station::Nas(_) => Role::Nas,
        Station::Fa(_) => Role::Fa,
        Station::Fha(_) => Role::Fha,
        Station::Aaaf => Role::Aaaf,
        Station::Aaah => Role::Aaah,
        Station::Ha => Role::Ha,
        Station::Cn => Role::Cn,
    }
}

fn modulo(pick: usize, length: usize) -> Option<usize> {
    pick.checked_rem(length)
}
