//! Roles and model side by side: whatever the roles do, the model must be able to do.
//!
//! After every event the [`Follower`] looks at the roles through the [`abstraction`](crate::abstraction)
//! and searches the model's steps for those that lead to what is seen. An event that changes nothing
//! that the model knows is no step. Where several steps explain the same view, all of them are
//! kept until a later event tells them apart.

use std::fmt;
use std::time::Duration;

use dsboot_codec::ip;
use dsboot_model::{Action, Bootstrap, Config, Message, Profile, State};
use dsboot_node::Error;
use dsboot_node::world::Settings;
use dsboot_roles::Time;
use dsboot_spec::registry::ip::protocol;
use stateright::Model as _;

use crate::abstraction::{Observer, View};
use crate::bytes::{Bytes, Cargo, Flight, Station};

/// How many steps of the model one event of the roles may be: a timer may find several ends due.
const STEPS: usize = 3;

/// How many states that explain the same view are kept.
const STATES: usize = 64;

/// How old a request or update, or what answers it, may be when it is delivered. What is older is
/// lost: its timestamp is about to leave the tolerance, of which the model knows the fact but not
/// the second.
const FRESH: Duration = Duration::from_secs(5);

/// How old a request of leg A, or its answer, may be: a server knows a request again for 30 s, and
/// none comes later (RFC 5080 §2.2.2).
const ANSWERS_KEPT: Duration = Duration::from_secs(25);

/// What happens next to the roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// One of the things that are under way arrives and is then under way no longer.
    Deliver(usize),
    /// One of the things that have arrived arrives again.
    Duplicate(usize),
    /// One of the things that are under way is lost.
    Drop(usize),
    /// The next timer fires.
    Fire,
    /// So many milliseconds pass in which no timer fires.
    Wait(u64),
    /// The mobile node moves to a site.
    Move(usize),
    /// The mobile node refreshes its registration.
    Refresh,
    /// The mobile node lets go.
    Release,
}

/// The roles have done what the model cannot.
#[derive(Clone, Debug)]
pub struct Divergence {
    /// What happened.
    pub event: String,
    /// What was to be seen before, by the model.
    pub before: Box<View>,
    /// What is to be seen now, by the roles.
    pub after: Box<View>,
    /// What the model could have done at most differently: each possible step with what differs.
    pub nearest: Option<(String, Box<View>)>,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the model cannot follow: {}", self.event)?;
        writeln!(f, "what the roles did:")?;
        difference(f, &self.before, &self.after)?;
        if let Some((action, view)) = &self.nearest {
            writeln!(f, "the nearest step of the model, {action}, differs from the roles by:")?;
            difference(f, view, &self.after)?;
        }
        Ok(())
    }
}

impl std::error::Error for Divergence {}

/// The roles, what has been sent and not arrived, and the states of the model that explain it.
#[derive(Clone, Debug)]
pub struct Follower {
    /// The roles.
    pub bytes: Bytes,
    /// Steps of the model taken, and events that were none.
    pub steps: usize,
    /// Events that changed nothing that the model knows.
    pub stutters: usize,
    observer: Observer,
    model: Bootstrap,
    states: Vec<State>,
    under_way: Vec<usize>,
    arrived: Vec<usize>,
    /// Of each flight seen: when the mobile node sent what it is about.
    born: Vec<Time>,
}

impl Follower {
    /// A network in which nothing has happened.
    ///
    /// # Errors
    ///
    /// When the demonstration network cannot be put together on this machine.
    pub fn new(settings: &Settings) -> Result<Follower, Error> {
        let bytes = Bytes::new(settings)?;
        let model = Bootstrap::new(Config::new(settings.setup, u8::MAX));
        Ok(Follower {
            observer: Observer::new(&bytes),
            states: vec![State::initial(Profile::Entitled, u8::MAX)],
            bytes,
            model,
            steps: 0,
            stutters: 0,
            under_way: Vec::new(),
            arrived: Vec::new(),
            born: Vec::new(),
        })
    }

    /// Lets something happen. Returns whether it could.
    ///
    /// # Errors
    ///
    /// When the roles did what the model cannot.
    pub fn happen(&mut self, event: Event) -> Result<bool, Divergence> {
        self.lose_old();
        let what = match event {
            Event::Deliver(pick) => {
                let Some(place) = modulo(pick, self.under_way.len()) else { return Ok(false) };
                let flight = self.under_way.remove(place);
                self.arrived.push(flight);
                return self.deliver(flight);
            }
            Event::Duplicate(pick) => {
                let Some(place) = modulo(pick, self.arrived.len()) else { return Ok(false) };
                let flight = self.arrived.get(place).copied().unwrap_or_default();
                return self.deliver(flight);
            }
            Event::Drop(pick) => {
                let Some(place) = modulo(pick, self.under_way.len()) else { return Ok(false) };
                self.under_way.remove(place);
                return Ok(true);
            }
            Event::Fire => match self.bytes.fire() {
                None => return Ok(false),
                Some(station) => format!("a timer of {station:?} fires"),
            },
            Event::Wait(milliseconds) => {
                let end = self.bytes.now + Duration::from_millis(milliseconds);
                if self.bytes.next_timer().is_some_and(|(next, _)| next <= end) {
                    return Ok(false);
                }
                self.bytes.now = end;
                return Ok(true);
            }
            Event::Move(site) => {
                // From nowhere it comes to the first link, as in the model.
                let is_there = self.bytes.mn().is_some_and(|mn| mn.pac().is_some());
                let possible = if is_there { site != self.bytes.site } else { site == 0 };
                if !possible {
                    return Ok(false);
                }
                if self.bytes.mn().is_some_and(dsboot_roles::mn::Mn::is_releasing) {
                    return Ok(false);
                }
                self.bytes.attach(site);
                self.observer.on_attach(&self.bytes);
                format!("the mobile node moves to site {site}")
            }
            Event::Refresh => {
                if !self.is_settled() {
                    return Ok(false);
                }
                self.bytes.with_mn(|mn, now, random| mn.refresh(now, random));
                "the mobile node refreshes its registration".to_owned()
            }
            Event::Release => {
                if !self.is_settled() {
                    return Ok(false);
                }
                self.bytes.with_mn(|mn, now, random| mn.release(now, random));
                "the mobile node lets go".to_owned()
            }
        };
        self.follow(&what, None)?;
        Ok(true)
    }

    /// How many things are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }

    fn deliver(&mut self, flight: usize) -> Result<bool, Divergence> {
        if !self.bytes.is_deliverable(flight) || !self.is_fresh(flight) {
            return Ok(false);
        }
        let what = self.bytes.sent.get(flight).map(|flight| {
            let message = self.observer.message_of(&self.bytes, 0).map(|_| "");
            format!("{:?} receives from {:?}{}", flight.to, flight.from, message.unwrap_or(""))
        });
        self.bytes.deliver(flight);
        self.follow(&what.unwrap_or_default(), Some(flight))?;
        Ok(true)
    }

    /// Whether the mobile node is registered here and waits for nothing.
    fn is_settled(&self) -> bool {
        self.bytes.mn().is_some_and(|mn| {
            let here = mn.way().is_some_and(|way| {
                mn.held().is_some_and(|held| held.care_of_address == way.care_of_address)
            });
            here && mn.requesting().is_none() && !mn.is_releasing()
        })
    }

    /// Whether something can still arrive: PANA always, and whatever else carries no timestamp
    /// that would be too old. An agent takes only the challenge that it gave last, of which the
    /// model knows nothing: of several advertisements only the last arrives.
    fn is_fresh(&self, flight: usize) -> bool {
        let Some(sent) = self.bytes.sent.get(flight) else { return false };
        let last = self.bytes.sent.iter().rposition(is_advertisement);
        if is_advertisement(sent) && last != Some(flight) {
            return false;
        }
        if is_solicitation(sent) && self.bytes.mn().is_some_and(|mn| mn.agent().is_some()) {
            return false;
        }
        let born = self.born.get(flight).copied().unwrap_or(sent.sent);
        let age = self.bytes.now.since(born);
        match (sent.from, sent.to) {
            (Station::Mn, Station::Nas(_)) | (Station::Nas(_), Station::Mn) => true,
            (Station::Nas(_), _) | (_, Station::Nas(_)) => age <= ANSWERS_KEPT,
            _ => age <= FRESH,
        }
    }

    /// Takes note of what has been sent because of the flight `cause`, or of a timer or wish.
    fn register_new(&mut self, cause: Option<usize>) {
        for new in self.born.len()..self.bytes.sent.len() {
            let Some(flight) = self.bytes.sent.get(new) else { break };
            let same = |old: &&Flight| {
                (old.from, old.to, &old.what) == (flight.from, flight.to, &flight.what)
            };
            let before = self.bytes.sent.iter().take(new).position(|old| same(&old));
            let ancestor = before.or(cause.filter(|_| flight.from != Station::Mn));
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

    /// Looks at the roles, and has the model do the same.
    fn follow(&mut self, event: &str, cause: Option<usize>) -> Result<(), Divergence> {
        self.register_new(cause);
        let Some(view) = self.observer.look(&self.bytes) else { return Ok(()) };
        let stay: Vec<State> =
            self.states.iter().copied().filter(|state| view.is_of(state)).collect();
        if !stay.is_empty() {
            self.stutters += 1;
            self.states = stay;
            return Ok(());
        }
        let mut reached = self.states.clone();
        for depth in 1..=STEPS {
            reached = self.successors(&reached, depth);
            let mut explains: Vec<State> =
                reached.iter().copied().filter(|state| view.is_of(state)).collect();
            if !explains.is_empty() {
                explains.truncate(STATES);
                self.states = explains;
                self.steps += depth;
                return Ok(());
            }
        }
        Err(self.divergence(event, view))
    }

    /// What the model can do next. A second step at once can only be something unasked.
    fn successors(&self, states: &[State], depth: usize) -> Vec<State> {
        let mut next: Vec<State> = Vec::new();
        for state in states {
            let state = with_events(*state);
            let mut actions = Vec::new();
            self.model.actions(&state, &mut actions);
            for action in actions {
                if depth > 1 && matches!(action, Action::Deliver(_)) {
                    continue;
                }
                next.extend(self.model.next_state(&state, action).map(with_events));
            }
        }
        next.truncate(STATES * 16);
        next
    }

    fn divergence(&self, event: &str, after: View) -> Divergence {
        let before = self.states.first().map(View::of).unwrap_or_else(|| after.clone());
        let mut nearest: Option<(usize, String, View)> = None;
        for state in &self.states {
            let state = with_events(*state);
            let mut actions = Vec::new();
            self.model.actions(&state, &mut actions);
            for action in actions {
                let Some(next) = self.model.next_state(&state, action) else { continue };
                let view = View::of(&next);
                let apart = distance(&view, &after);
                if nearest.as_ref().is_none_or(|(least, ..)| apart < *least) {
                    nearest = Some((apart, format!("{action:?}"), view));
                }
            }
        }
        Divergence {
            event: event.to_owned(),
            before: Box::new(before),
            after: Box::new(after),
            nearest: nearest.map(|(_, action, view)| (action, Box::new(view))),
        }
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

fn with_events(mut state: State) -> State {
    state.environment.events = u8::MAX;
    state
}

fn modulo(pick: usize, length: usize) -> Option<usize> {
    pick.checked_rem(length)
}

/// In how many lines two views differ.
fn distance(a: &View, b: &View) -> usize {
    let (a, b) = (format!("{a:#?}"), format!("{b:#?}"));
    let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
    a.iter().filter(|line| !b.contains(line)).count()
        + b.iter().filter(|line| !a.contains(line)).count()
}

/// Writes what one view has and the other has not.
fn difference(f: &mut fmt::Formatter<'_>, from: &View, to: &View) -> fmt::Result {
    let lost: Vec<&Message> = from.network.difference(&to.network).collect();
    let gained: Vec<&Message> = to.network.difference(&from.network).collect();
    for (sign, messages) in [("-", lost), ("+", gained)] {
        for message in messages {
            writeln!(f, "  {sign} {message:?}")?;
        }
    }
    let (mut a, mut b) = (from.clone(), to.clone());
    a.network.clear();
    b.network.clear();
    let (a, b) = (format!("{a:#?}"), format!("{b:#?}"));
    let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
    for line in a.iter().filter(|line| !b.contains(line)) {
        writeln!(f, "  - {}", line.trim())?;
    }
    for line in b.iter().filter(|line| !a.contains(line)) {
        writeln!(f, "  + {}", line.trim())?;
    }
    Ok(())
}
