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
use dsboot_model::{Action, Bootstrap, Config, Guard, Message, NUMBERS, Neighbour, Rules, State};
use dsboot_node::Error;
use dsboot_node::world::Settings;
use dsboot_roles::Time;
use dsboot_roles::fha::TunnelEnd;
use dsboot_roles::mn::Mn;
use dsboot_roles::pana::Phase;
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::{Role, Setup};

use following::Happening;

pub use divergence::Divergence;
pub use schedule::Event;

use crate::abstraction::{HeldBack, Observer, View, told};
use crate::bytes::{Amiss, Bytes, Cargo, Flight, Station};

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

/// How many sites there are.
pub const SITES: usize = 3;

/// How many timers fire in one sleep at most: somebody who finds no PAA asks for ever.
const SLEEP: usize = 128;

/// How many timers fire before the one that is waited for at most.
const SILENCE: usize = 2_000;

/// How much of the model's numbers and of its network is left free for one more event.
const MARGIN: u8 = 3;

/// What is held and said about one mobile node, and the states of the model that explain it.
#[derive(Clone, Debug)]
struct Side {
    observer: Arc<Observer>,
    /// What was to be seen when last looked at.
    view: Option<Arc<View>>,
    states: Vec<State>,
}

/// The roles, what has been sent and not arrived, and the states of the model that explain it.
#[derive(Clone, Debug)]
pub struct Follower {
    /// The roles.
    pub bytes: Bytes,
    /// What has come of it so far.
    pub figures: Figures,
    /// One for each mobile node.
    sides: Vec<Side>,
    /// The steps of the model that the last event was, if it is asked for them.
    taken: Option<Vec<(State, Action)>>,
    model: Bootstrap,
    /// The model without the rule that the mobile node's time of a home binding ends first.
    timeless: Bootstrap,
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
    /// What happened to single machines: arrivals, timers, wishes, crashes.
    pub inputs: usize,
    /// Movements, first attachments not among them.
    pub movements: usize,
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
        self.inputs += other.inputs;
        self.movements += other.movements;
        self.steps += other.steps;
        self.stutters += other.stutters;
        self.states = self.states.max(other.states);
        self.rules.merge(other.rules);
    }
}

impl Side {
    /// Whether the mobile node is on no link.
    fn is_away(&self) -> bool {
        self.states.iter().all(|state| state.mn.link.is_none())
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
        Ok(Follower::of(bytes, config, Amiss::Nothing))
    }

    /// The same where something is amiss.
    ///
    /// # Errors
    ///
    /// As [`Follower::new`].
    pub fn of_amiss(setup: Setup, seed: u64, amiss: Amiss) -> Result<Follower, Error> {
        let bytes = Bytes::new(&Bytes::settings_amiss(setup, seed, amiss))?;
        let bytes = bytes.with_lasting_agents().with_amiss(amiss);
        Ok(Follower::of(bytes, Config::new(setup, u8::MAX), amiss))
    }

    /// The same with two mobile nodes of one home, behind the same agents and servers.
    ///
    /// # Errors
    ///
    /// As [`Follower::new`].
    pub fn of_two(settings: &Settings) -> Result<Follower, Error> {
        let bytes = Bytes::new(settings)?.with_lasting_agents().with_second_mobile();
        let config = Config::new(settings.setup, u8::MAX).beside(Neighbour::SameProvider);
        Ok(Follower::of(bytes, config, Amiss::Nothing))
    }

    fn of(bytes: Bytes, config: Config, amiss: Amiss) -> Follower {
        let side = |mobile| Side {
            observer: Arc::new(Observer::new(&bytes, mobile)),
            view: None,
            states: vec![amiss.initial(u8::MAX)],
        };
        Follower {
            sides: (0..bytes.mobiles()).map(side).collect(),
            taken: None,
            bytes,
            model: Bootstrap::new(config),
            timeless: Bootstrap::new(config.without(Guard::MnCountsBindingFromSending)),
            figures: Figures::default(),
            under_way: Vec::new(),
            arrived: Vec::new(),
            born: Vec::new(),
            events: Vec::new(),
            history: Some(Vec::new()),
        }
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
        self.sides.iter().any(|side| {
            side.states.first().is_none_or(|state| {
                let mn = &state.mn;
                mn.ident.is_some_and(|ident| ident.get() >= near)
                    || mn.seq.is_some_and(|seq| seq.get() >= near)
                    || mn.session.is_some_and(|session| session.get() >= near)
                    || state.network.len() + usize::from(MARGIN) * 2 >= dsboot_model::MESSAGES
            })
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
                self.elapse(*station, SILENCE)
            }
            Event::Wait(milliseconds) => {
                let end = self.bytes.now + Duration::from_millis(milliseconds);
                if self.bytes.next_timer().is_some_and(|(next, _)| next <= end) {
                    return Ok(false);
                }
                self.bytes.now = end;
                Ok(true)
            }
            // Of several mobile nodes, the remainder tells which one.
            Event::Move(pick) => {
                let Some(mobile) = modulo(pick / SITES, self.sides.len()) else { return Ok(false) };
                self.attach(mobile, pick % SITES)
            }
            Event::Refresh(mobile) => self.wish(mobile, "refreshes its registration", |bytes| {
                bytes.with_mn(mobile, |mn, now, random| mn.refresh(now, random));
            }),
            Event::Release(mobile) => self.wish(mobile, "lets go", |bytes| {
                bytes.with_mn(mobile, |mn, now, random| mn.release(now, random));
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
        if let (Station::Mn(mobile), Station::Fa(_)) | (Station::Fa(_), Station::Mn(mobile)) =
            (from, to)
            && self.side(mobile).is_none_or(|side| side.is_away())
        {
            return Ok(false);
        }
        let named = self.named(flight);
        let message = named.map(|(_, message)| message);
        let mobile = named.map(|(mobile, _)| mobile).or(mobile_of(from)).or(mobile_of(to));
        let side = mobile.and_then(|mobile| self.side(mobile));
        let what = message.map_or_else(|| format!("something, from {from:?}"), told);
        let may_be_lost = match (to, message) {
            // Without access, some tunnels are open and some are not.
            (Station::Mn(mobile), Some(Message::Ack(..))) if !self.is_admitted(mobile) => true,
            // To a mobile node that has not answered a round yet, somebody has answered in its name, with
            // what it said when it was here before.
            (Station::Mn(mobile), Some(Message::AccessReply(..))) if self.is_at_first(mobile) => {
                true
            }
            // An update that found no way out replaces the one before all the same.
            (Station::Mn(_), _) => side.is_some_and(|side| side.observer.is_beyond(&self.bytes)),
            (Station::Fha(which), Some(Message::Ack(..))) => {
                mobile.is_some_and(|mobile| !self.is_reachable(which, mobile))
            }
            _ => false,
        };
        let is_overtaken = side.is_some_and(|side| side.observer.is_overtaken(&self.bytes, flight));
        self.bytes.deliver(flight);
        self.follow(&Happening {
            what: format!("{to:?} receives {what}"),
            role: role_of(to),
            mobile,
            cause: Some(flight),
            action: message.map(Action::Deliver),
            may_be_lost,
            is_overtaken,
            is_pana: message.is_none() && matches!((from, to), (Station::Mn(_), Station::Nas(_))),
            is_wish: false,
        })?;
        Ok(true)
    }

    /// What the model calls the arrival of a flight, and which mobile node that is about.
    fn named(&self, flight: usize) -> Option<(usize, Message)> {
        let sides = self.sides.iter().enumerate();
        let mut named =
            sides.filter_map(|(mobile, side)| Some((mobile, side.observer.message_of(flight)?)));
        named.next()
    }

    /// What is about a mobile node.
    fn side(&self, mobile: usize) -> Option<&Side> {
        self.sides.get(mobile)
    }

    /// Whether a mobile node is attached nowhere.
    #[must_use]
    pub fn is_nowhere(&self, mobile: usize) -> bool {
        self.bytes.mn(mobile).is_none_or(|mn| mn.pac().is_none())
    }

    fn is_admitted(&self, mobile: usize) -> bool {
        self.bytes.mn(mobile).is_some_and(|mn| mn.admitted().is_some())
    }

    /// Whether a mobile node asks for access and has answered no question of the NAS yet.
    fn is_at_first(&self, mobile: usize) -> bool {
        let pac = self.bytes.mn(mobile).and_then(Mn::pac);
        pac.is_some_and(|pac| pac.phase() == Phase::Initiating)
    }

    /// Whether an FHA knows to which port its tunnel leads. The mobile node shows it, by what it
    /// sends first (RFC 3519 §4.4).
    fn is_reachable(&self, which: usize, mobile: usize) -> bool {
        let nai = self.bytes.mn(mobile).map(|mn| &mn.config().nai);
        let binding = self.bytes.fha(which).and_then(|fha| fha.bindings().get(nai?));
        binding
            .is_none_or(|binding| !matches!(binding.tunnel, TunnelEnd::Udp(end) if end.port() == 0))
    }

    /// The next timer fires. Returns whose it was.
    fn fire(&mut self) -> Result<Option<Station>, Divergence> {
        let fired = self.bytes.fire();
        if let Some(station) = fired {
            let what = format!("a timer of {station:?} fires");
            self.follow(&Happening::unasked(station, what))?;
        }
        Ok(fired)
    }

    fn attach(&mut self, mobile: usize, site: usize) -> Result<bool, Divergence> {
        // From nowhere it comes to the first link, as in the model.
        let possible = match self.is_nowhere(mobile) {
            true => site == 0,
            false => site != self.bytes.site(mobile),
        };
        let is_releasing = self.bytes.mn(mobile).is_some_and(Mn::is_releasing);
        // What is held back would be dropped, which the model has sent.
        let is_busy =
            self.side(mobile).is_none_or(|side| side.observer.held_back() != HeldBack::default());
        if !possible || is_busy || is_releasing {
            return Ok(false);
        }
        self.figures.movements += usize::from(!self.is_nowhere(mobile));
        self.bytes.attach(mobile, site);
        if let Some(side) = self.sides.get_mut(mobile) {
            Arc::make_mut(&mut side.observer).on_attach(&self.bytes);
        }
        let what = format!("{:?} moves to site {site}", Station::Mn(mobile));
        self.follow(&Happening::wished(mobile, what))?;
        Ok(true)
    }

    /// A mobile node does something that it may do only where it is registered and at rest.
    fn wish(
        &mut self,
        mobile: usize,
        what: &str,
        act: impl Fn(&mut Bytes),
    ) -> Result<bool, Divergence> {
        // What is held back would be replaced, which the model has sent.
        let Some(side) = self.side(mobile) else { return Ok(false) };
        if !self.is_settled(mobile) || side.observer.held_back() != HeldBack::default() {
            return Ok(false);
        }
        act(&mut self.bytes);
        self.follow(&Happening::wished(mobile, format!("{:?} {what}", Station::Mn(mobile))))?;
        Ok(true)
    }

    /// Whether a mobile node is registered here, knows whom it needs, and waits for nothing.
    fn is_settled(&self, mobile: usize) -> bool {
        let needs_agent = self.bytes.setup.care_of().via_fa();
        self.bytes.mn(mobile).filter(|mn| !needs_agent || mn.agent().is_some()).is_some_and(|mn| {
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
            let mut later = self.bytes.sent.iter().skip(flight + 1);
            let same = |later: &Arc<Flight>| (later.from, later.to) == (sent.from, sent.to);
            if later.any(|later| same(later) && is_advertisement(later)) {
                return false;
            }
        }
        if let Some(mobile) = is_solicitation(sent)
            && self.bytes.mn(mobile).is_some_and(|mn| mn.agent().is_some())
        {
            return false;
        }
        let born = self.born.get(flight).copied().unwrap_or(sent.sent);
        let age = self.bytes.now.since(born);
        match (sent.from, sent.to) {
            (Station::Mn(_), Station::Nas(_)) | (Station::Nas(_), Station::Mn(_)) => age <= ROUND,
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
                (Station::Mn(_), Station::Nas(_)) => {
                    self.bytes.sent.get(*cause).is_some_and(|sent| sent.from == flight.to)
                }
                (from, _) => mobile_of(from).is_none(),
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

/// Which mobile node solicits by this, if one does.
fn is_solicitation(flight: &Flight) -> Option<usize> {
    mobile_of(flight.from).filter(|_| is_discovery(flight))
}

/// Which mobile node a station is, if it is one.
const fn mobile_of(station: Station) -> Option<usize> {
    match station {
        Station::Mn(mobile) => Some(mobile),
        _ => None,
    }
}

/// The role that a station plays.
const fn role_of(station: Station) -> Role {
    match station {
        Station::Mn(_) => Role::Mn,
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
