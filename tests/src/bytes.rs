//! The roles on a network of octets that a test schedules: every datagram ever sent can be
//! delivered again, later, in another order, or never, and timers fire when the test says so.
//!
//! The machines are those of the demonstration network of `dsboot-node`, taken off their sockets.

mod amiss;
mod parts;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use dsboot_node::world::{
    FIRST_HOST, Network, PROVISIONAL_HOST, Party, Plan, Settings, World, people,
};
use dsboot_node::{Error, Probability};
use dsboot_roles::{
    AddressChange, Datagram, Effect, Effects, Input, LinkAddr, Machine as _, Nai, Packet, Secret,
    Time,
    aaa::Aaa,
    fa::{Fa, FaConfig},
    fha::Fha,
    ha::Ha,
    mn::{AgentPolicy, Attachment, Mn, MnConfig},
    nas::Nas,
};
use dsboot_spec::Setup;
use dsboot_spec::registry::{mip4, pana};

pub use amiss::Amiss;
use parts::Seat;
pub use parts::{Cargo, Entropy, Flight, Station, Undetermined};

/// How long each delivery takes, unless it is to take no time.
const LATENCY: Duration = Duration::from_millis(3);

/// The link-layer address of the second mobile node.
const SECOND_LINK_ADDRESS: LinkAddr = LinkAddr([2, 0, 0, 0, 1, 2]);

/// All roles of a setup, and everything that they have sent.
///
/// A copy shares what has not changed since.
#[derive(Clone, Debug)]
pub struct Bytes {
    /// Which setup.
    pub setup: Setup,
    /// Where each mobile node is.
    sites: [usize; 2],
    /// Which mobile node had an address last.
    owners: BTreeMap<IpAddr, usize>,
    /// The time of everybody's clock.
    pub now: Time,
    /// Everything sent so far.
    pub sent: Vec<Arc<Flight>>,
    /// Whether the last thing that happened has changed a role, or had something sent.
    pub has_changed: bool,
    /// The first machine that did not do the same again, if that is watched.
    pub undetermined: Option<Box<Undetermined>>,
    /// What NASes have sent before this flight is about conversations that they or their server have
    /// forgotten.
    conversations_from: usize,
    latency: Duration,
    is_watched: bool,
    seed: u64,
    plan: Plan,
    seats: Vec<Seat>,
    links: [LinkAddr; 3],
}

impl Bytes {
    /// The network of a setup, with nothing begun.
    ///
    /// # Errors
    ///
    /// When the demonstration network cannot be put together on this machine.
    pub fn new(settings: &Settings) -> Result<Bytes, Error> {
        let world = World::new(settings)?;
        let parts = [
            (Station::Mn(0), Some(world.mn)),
            (Station::Aaaf, world.aaaf),
            (Station::Aaah, Some(world.aaah)),
            (Station::Ha, Some(world.ha)),
            (Station::Cn, Some(world.cn)),
        ];
        let sites = world.sites.iter().enumerate();
        let sites = sites
            .flat_map(|(i, site)| [(Station::Nas(i), Some(site.nas)), (Station::Fa(i), site.fa)]);
        let fhas = world.fhas.iter().enumerate().map(|(i, fha)| (Station::Fha(i), Some(*fha)));
        let seats = parts
            .into_iter()
            .chain(sites)
            .chain(fhas)
            .filter_map(|(station, part)| {
                let party = world.net.machine(part?)?.clone();
                Some(Seat::new(station, party, Entropy::new(settings.seed, station)))
            })
            .collect();
        let links = world.sites.map(|site| world.net.link_address(site.nas.host()));
        Ok(Bytes {
            setup: settings.setup,
            sites: [0; 2],
            owners: BTreeMap::new(),
            now: settings.start,
            sent: Vec::new(),
            has_changed: false,
            undetermined: None,
            conversations_from: 0,
            latency: LATENCY,
            is_watched: false,
            seed: settings.seed,
            plan: world.plan,
            seats,
            links,
        })
    }

    /// The same network with agents that never count as gone, however long they are not heard.
    #[must_use]
    pub fn with_lasting_agents(mut self) -> Bytes {
        for seat in &mut self.seats {
            if let Party::Fa(fa) = seat.party.as_ref() {
                let config = fa.config().clone();
                let config = FaConfig { advertisement_lifetime: mip4::LIFETIME_INFINITE, ..config };
                let party = Party::Fa(Box::new(Fa::new(config)));
                *seat = Seat::new(seat.station, party, seat.entropy);
            }
        }
        self
    }

    /// The same network, with what is amiss of agents and servers.
    #[must_use]
    pub(crate) fn with_amiss(mut self, amiss: Amiss) -> Bytes {
        for seat in &mut self.seats {
            if matches!(seat.station, Station::Fha(_)) {
                seat.ahead = amiss.ahead();
            }
            if let (Station::Aaah, Party::Aaa(aaah)) = (seat.station, seat.party.as_ref())
                && let Some(aaah) = amiss.change_aaah(aaah)
            {
                *seat = Seat::new(seat.station, Party::Aaa(Box::new(aaah)), seat.entropy);
            }
        }
        self
    }

    /// How far a station's clock is ahead of the network's.
    #[must_use]
    pub fn ahead(&self, station: Station) -> Duration {
        let seat = self.seats.iter().find(|seat| seat.station == station);
        seat.map_or(Duration::ZERO, |seat| seat.ahead)
    }

    /// The same network with a second mobile node, of another user.
    #[must_use]
    pub fn with_second_mobile(mut self) -> Bytes {
        let people::Person { nai, visited_password, home_password, mn_aaa_key, .. } = people::GUEST;
        let password = match self.setup.scenario().is_subscription() {
            true => visited_password,
            false => home_password,
        };
        if let (Some(first), Some(nai)) = (self.mn(0), Nai::new(nai.as_bytes())) {
            let config = MnConfig {
                nai,
                access_password: Secret::new(password),
                mn_aaa_key: Secret::new(mn_aaa_key),
                link: SECOND_LINK_ADDRESS,
                ..first.config().clone()
            };
            let entropy = Entropy::new(self.seed, Station::Mn(1));
            self.seats.push(Seat::new(
                Station::Mn(1),
                Party::Mn(Box::new(Mn::new(config))),
                entropy,
            ));
        }
        self
    }

    /// How many mobile nodes there are.
    #[must_use]
    pub fn mobiles(&self) -> usize {
        self.seats.iter().filter(|seat| matches!(seat.station, Station::Mn(_))).count()
    }

    /// Where a mobile node is.
    #[must_use]
    pub fn site(&self, mobile: usize) -> usize {
        self.sites.get(mobile).copied().unwrap_or_default()
    }

    /// The same network in which a delivery takes no time, and each machine is asked twice for what
    /// it does, to see whether that is determined by what it is given.
    #[must_use]
    pub const fn with_frozen_time(mut self) -> Bytes {
        self.latency = Duration::ZERO;
        self.is_watched = true;
        self
    }

    /// Settings under which nothing is wrong.
    #[must_use]
    pub fn settings(setup: Setup, seed: u64) -> Settings {
        Bytes::settings_amiss(setup, seed, Amiss::Nothing)
    }

    /// Settings under which something is amiss.
    #[must_use]
    pub(crate) fn settings_amiss(setup: Setup, seed: u64, amiss: Amiss) -> Settings {
        Settings {
            setup,
            number: 0,
            start: Time::from_unix_micros(1_800_000_000_000_000),
            seed,
            loss: Probability::NEVER,
            port_offset: Some(20_000),
            faults: amiss.faults(),
            clients: Vec::new(),
            radius: None,
        }
    }

    /// Brings a mobile node to a site.
    pub fn attach(&mut self, mobile: usize, site: usize) {
        if let Some(at) = self.sites.get_mut(mobile) {
            *at = site;
        }
        let Some(network) = Network::ACCESS.get(site).copied() else { return };
        let agents = match self.setup.scenario().has_fa() {
            true => AgentPolicy::Solicit(u32::MAX),
            false => AgentPolicy::None,
        };
        let attachment = Attachment {
            provisional: self.plan.v4(network, PROVISIONAL_HOST + u8::from(mobile > 0)),
            pana_port: pana::PORT,
            paa: (self.plan.v4(network, FIRST_HOST), pana::PORT).into(),
            agents,
        };
        self.with_mn(mobile, |mn, now, random| mn.attach(now, random, attachment.clone()));
    }

    /// Has a mobile node do something.
    pub fn with_mn(&mut self, mobile: usize, act: impl Fn(&mut Mn, Time, &mut Entropy) -> Effects) {
        self.act(Station::Mn(mobile), |party, now, random| match party {
            Party::Mn(mn) => act(mn, now, random),
            _ => Effects::new(),
        });
    }

    /// Whether something sent can still reach whom it was sent to: what is under way on a link
    /// that a mobile node leaves is lost, in both directions.
    #[must_use]
    pub fn is_deliverable(&self, flight: usize) -> bool {
        let is_before_crash = flight < self.conversations_from;
        self.sent.get(flight).is_some_and(|flight| match (flight.from, flight.to) {
            (Station::Mn(mobile), Station::Nas(site) | Station::Fa(site)) => {
                self.is_on_link(mobile, site)
            }
            (Station::Nas(_), Station::Aaaf | Station::Aaah) => !is_before_crash,
            (_, Station::Mn(mobile)) => {
                flight.site.is_none_or(|site| self.is_on_link(mobile, site))
            }
            _ => true,
        })
    }

    /// Whether a mobile node is on the link of a site.
    fn is_on_link(&self, mobile: usize, site: usize) -> bool {
        site == self.site(mobile) && self.mn(mobile).is_some_and(|mn| mn.pac().is_some())
    }

    /// Delivers something that was sent, for the first time or again.
    pub fn deliver(&mut self, flight: usize) {
        let Some(flight) = self.sent.get(flight).cloned() else { return };
        self.deliver_as(flight.to, &flight.what);
    }

    /// Delivers something that nobody here has sent so.
    pub fn deliver_as(&mut self, to: Station, what: &Cargo) {
        self.now = self.now + self.latency;
        match what {
            Cargo::Datagram(datagram) => self.handle(to, Input::Datagram(datagram)),
            Cargo::Packet(packet) => self.handle(to, Input::Packet(packet)),
        }
    }

    /// When the next timer fires, and whose it is.
    #[must_use]
    pub fn next_timer(&self) -> Option<(Time, Station)> {
        let due = |seat: &Seat| seat.due().map(|time| (time, seat.station));
        self.seats.iter().filter_map(due).min()
    }

    /// Lets time pass until the next timer fires, and fires it. Returns whose it was.
    pub fn fire(&mut self) -> Option<Station> {
        let (time, station) = self.next_timer()?;
        self.now = self.now.max(time);
        self.handle(station, Input::Timeout);
        Some(station)
    }

    /// A station crashes and comes up again, with what it has written down before anything left that
    /// told of it. Returns whether it could.
    pub fn restart(&mut self, station: Station) -> bool {
        if self.is_server_of_access(station) {
            // A server that has forgotten a conversation has to refuse whoever goes on with it,
            // whoever that is: of that the model knows nothing.
            //= access.6.13
            if self.is_conversing() {
                return false;
            }
            self.conversations_from = self.sent.len();
        }
        // The server takes what comes again after that for new, as its Identifier is another's.
        if matches!(station, Station::Nas(_)) {
            self.conversations_from = self.sent.len();
        }
        self.has_changed = true;
        let Some(seat) = self.seats.iter_mut().find(|seat| seat.station == station) else {
            return false;
        };
        let Some(anew) = seat.kept.restarted(&seat.party) else { return false };
        seat.party = Arc::new(anew);
        seat.print = seat.fingerprint();
        true
    }

    /// Whether a NAS asks this server about access.
    fn is_server_of_access(&self, station: Station) -> bool {
        match self.setup.scenario().is_subscription() {
            true => station == Station::Aaaf,
            false => station == Station::Aaah,
        }
    }

    /// Whether somebody is about to be let in.
    fn is_conversing(&self) -> bool {
        let servers = [Station::Aaaf, Station::Aaah].into_iter().filter_map(|at| self.aaa(at));
        let mut nases = (0..3).filter_map(|site| self.nas(site));
        servers.flat_map(Aaa::sessions).next().is_some()
            || nases.any(|nas| nas.sessions().any(|session| session.asking))
    }

    /// Everybody who is on the network.
    pub fn stations(&self) -> impl Iterator<Item = Station> + '_ {
        self.seats.iter().map(|seat| seat.station)
    }

    /// Delivers everything in the order of its sending, and fires no timer, until nothing is left
    /// that has not been delivered. `from` is the first flight to deliver.
    pub fn settle(&mut self, from: usize) {
        let mut next = from;
        while next < self.sent.len() {
            if self.is_deliverable(next) {
                self.deliver(next);
            }
            next += 1;
        }
    }

    /// A mobile node.
    #[must_use]
    pub fn mn(&self, mobile: usize) -> Option<&Mn> {
        match self.party(Station::Mn(mobile))? {
            Party::Mn(mn) => Some(mn),
            _ => None,
        }
    }

    /// A NAS.
    #[must_use]
    pub fn nas(&self, site: usize) -> Option<&Nas> {
        match self.party(Station::Nas(site))? {
            Party::Nas(nas) => Some(nas),
            _ => None,
        }
    }

    /// A foreign agent.
    #[must_use]
    pub fn fa(&self, site: usize) -> Option<&Fa> {
        match self.party(Station::Fa(site))? {
            Party::Fa(fa) => Some(fa),
            _ => None,
        }
    }

    /// An FHA.
    #[must_use]
    pub fn fha(&self, which: usize) -> Option<&Fha> {
        match self.party(Station::Fha(which))? {
            Party::Fha(fha) => Some(fha),
            _ => None,
        }
    }

    /// An AAA server.
    #[must_use]
    pub fn aaa(&self, station: Station) -> Option<&Aaa> {
        match self.party(station)? {
            Party::Aaa(aaa) => Some(aaa),
            _ => None,
        }
    }

    /// The home agent.
    #[must_use]
    pub fn ha(&self) -> Option<&Ha> {
        match self.party(Station::Ha)? {
            Party::Ha(ha) => Some(ha),
            _ => None,
        }
    }

    /// The addresses of the network.
    #[must_use]
    pub fn plan(&self) -> Plan {
        self.plan
    }

    /// Everybody who is on the network and has something to wait for, and until when.
    pub fn waiting(&self) -> impl Iterator<Item = (Station, Time)> + '_ {
        self.seats.iter().filter_map(|seat| Some((seat.station, seat.due()?)))
    }

    /// A fingerprint of every role's state: equal when nothing has changed.
    #[must_use]
    pub fn snapshot(&self) -> String {
        let states: Vec<_> = self.seats.iter().map(|seat| (seat.station, &seat.party)).collect();
        format!("{states:?}")
    }

    /// Feeds fingerprints of all machines, their random octets, the time and the places of the mobile
    /// nodes to a hasher.
    pub fn hash_roles(&self, hasher: &mut impl std::hash::Hasher) {
        (self.sites, &self.owners, self.now).hash(hasher);
        self.seats.iter().for_each(|seat| seat.print.hash(hasher));
    }

    fn party(&self, station: Station) -> Option<&Party> {
        self.seats.iter().find(|seat| seat.station == station).map(|seat| seat.party.as_ref())
    }

    fn handle(&mut self, station: Station, input: Input<'_>) {
        self.act(station, |party, now, random| party.handle(now, random, input));
    }

    /// Has a station do something, and sends what comes of it.
    fn act(&mut self, station: Station, act: impl Fn(&mut Party, Time, &mut Entropy) -> Effects) {
        self.has_changed = false;
        let Some(seat) = self.seats.iter_mut().find(|seat| seat.station == station) else { return };
        let now = self.now + seat.ahead;
        let before = self.is_watched.then(|| seat.clone());
        let effects = act(Arc::make_mut(&mut seat.party), now, &mut seat.entropy);
        Arc::make_mut(&mut seat.kept).keep(Arc::make_mut(&mut seat.party));
        if let Some(Seat { mut party, mut entropy, print, .. }) = before {
            let again = act(Arc::make_mut(&mut party), now, &mut entropy);
            let is_same = again == effects && party == seat.party && entropy == seat.entropy;
            if !is_same && self.undetermined.is_none() {
                let effects = [effects.clone(), again];
                self.undetermined = Some(Box::new(Undetermined { station, effects }));
            }
            seat.print = seat.fingerprint();
            self.has_changed = seat.print != print;
        } else {
            self.has_changed = true;
        }
        self.carry_out(station, effects);
    }

    fn carry_out(&mut self, from: Station, effects: Effects) {
        for effect in effects {
            let (what, to) = match effect {
                Effect::Datagram(datagram) => {
                    let port = datagram.destination.port();
                    let to = self.ways(from, datagram.neighbour, datagram.destination.ip(), port);
                    (Cargo::Datagram(self.as_received(from, datagram)), to)
                }
                Effect::Packet(packet) => {
                    let Some(destination) = destination(&packet.octets) else { continue };
                    let to = self.ways(from, packet.neighbour, destination, mip4::PORT);
                    (Cargo::Packet(self.packet_as_received(from, packet)), to)
                }
                Effect::Address(AddressChange::Add(address)) => {
                    if let Station::Mn(mobile) = from {
                        self.owners.insert(address, mobile);
                    }
                    continue;
                }
                Effect::Deliver(_) | Effect::Address(_) | Effect::Count(_) => continue,
            };
            for (to, site) in to {
                self.send(from, to, site, what.clone());
            }
        }
    }

    fn send(&mut self, from: Station, to: Station, site: Option<usize>, what: Cargo) {
        let mut hasher = DefaultHasher::new();
        (from, to, site, &what).hash(&mut hasher);
        let key = hasher.finish();
        // Where time stands still, what is said again is what was said before.
        if self.is_watched && self.sent.iter().any(|flight| flight.key == key) {
            return;
        }
        self.has_changed = true;
        self.sent.push(Arc::new(Flight { from, to, site, sent: self.now, what, key }));
    }

    /// Who gets what is sent to a neighbour or an address, and on which link if that is a mobile node.
    fn ways(
        &self,
        from: Station,
        neighbour: Option<LinkAddr>,
        address: IpAddr,
        port: u16,
    ) -> Vec<(Station, Option<usize>)> {
        match (neighbour, from) {
            (None, _) => self.way(address, port).into_iter().collect(),
            (Some(_), Station::Mn(mobile)) => vec![(Station::Fa(self.site(mobile)), None)],
            (Some(neighbour), Station::Fa(site) | Station::Nas(site)) => {
                let is_meant =
                    |mn: &Mn| neighbour == LinkAddr::BROADCAST || neighbour == mn.config().link;
                let all =
                    (0..self.mobiles()).filter(|mobile| self.mn(*mobile).is_some_and(is_meant));
                all.map(|mobile| (Station::Mn(mobile), Some(site))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Who gets what is sent to an address, and on which link if that is a mobile node.
    fn way(&self, address: IpAddr, port: u16) -> Option<(Station, Option<usize>)> {
        let sites = Network::ACCESS.into_iter().enumerate();
        let fhas = [Network::Fha1, Network::Fha2].into_iter().enumerate();
        let (mut sites, mut fhas) = (sites, fhas);
        match address {
            IpAddr::V4(v4) => {
                let within = |network| self.plan.prefix_v4(network).contains(address);
                if let Some((site, network)) = sites.find(|(_, network)| within(*network)) {
                    let is_host = v4 == self.plan.v4(network, FIRST_HOST);
                    let owner = || self.owners.get(&address).copied().unwrap_or_default();
                    return Some(match (is_host, port) {
                        (false, _) => (Station::Mn(owner()), Some(site)),
                        (true, mip4::PORT) => (Station::Fa(site), None),
                        (true, _) => (Station::Nas(site), None),
                    });
                }
                let fha = fhas.find(|(_, network)| within(*network));
                let servers = [(Network::Visited, Station::Aaaf), (Network::Home, Station::Aaah)];
                fha.map(|(i, _)| Station::Fha(i))
                    .or(servers.into_iter().find(|(n, _)| within(*n)).map(|(_, server)| server))
                    .map(|station| (station, None))
            }
            IpAddr::V6(v6) => {
                let within = |network| self.plan.prefix_v6(network).contains(address);
                let station = if let Some((i, _)) = fhas.find(|(_, network)| within(*network)) {
                    Station::Fha(i)
                } else if within(Network::Correspondent) {
                    Station::Cn
                } else {
                    let aaah = self.aaa(Station::Aaah)?;
                    let is_aaah =
                        aaah.config().addresses.iter().any(|at| at.ip() == IpAddr::V6(v6));
                    if is_aaah { Station::Aaah } else { Station::Ha }
                };
                Some((station, None))
            }
        }
    }

    fn as_received(&self, from: Station, datagram: Datagram) -> Datagram {
        let neighbour = datagram.neighbour.map(|_| self.link_of(from));
        Datagram { neighbour, ..datagram }
    }

    fn packet_as_received(&self, from: Station, packet: Packet) -> Packet {
        let neighbour = packet.neighbour.map(|_| self.link_of(from));
        Packet { neighbour, ..packet }
    }

    /// The link-layer address of a station of an access network.
    fn link_of(&self, station: Station) -> LinkAddr {
        match station {
            Station::Nas(site) | Station::Fa(site) => {
                self.links.get(site).copied().unwrap_or(LinkAddr::BROADCAST)
            }
            Station::Mn(mobile) => {
                self.mn(mobile).map_or(LinkAddr::BROADCAST, |mn| mn.config().link)
            }
            _ => LinkAddr::BROADCAST,
        }
    }
}

fn destination(packet: &[u8]) -> Option<IpAddr> {
    dsboot_codec::ip::Packet::decode(packet).ok().map(|packet| packet.destination())
}
