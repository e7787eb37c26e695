//! The roles on a network of octets that a test schedules: every datagram ever sent can be
//! delivered again, later, in another order, or never, and timers fire when the test says so.
//!
//! The machines are those of the demonstration network of `dsboot-node`, taken off their sockets.

use std::net::IpAddr;
use std::time::Duration;

use dsboot_node::world::{FIRST_HOST, Network, Party, Plan, Settings, World};
use dsboot_node::{Error, Probability, Stream};
use dsboot_roles::{
    Datagram, Effect, Effects, Input, LinkAddr, Machine as _, Packet, Time,
    aaa::Aaa,
    fa::{Fa, FaConfig},
    fha::Fha,
    ha::Ha,
    mn::{AgentPolicy, Attachment, Mn},
    nas::Nas,
};
use dsboot_spec::Setup;
use dsboot_spec::registry::{mip4, pana};

/// How long each delivery takes.
const LATENCY: Duration = Duration::from_millis(3);

/// Who is on the network. Sites are counted from 0, as in [`World::sites`]; the first two lie
/// below FHA 0, the third below FHA 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Station {
    /// The mobile node.
    Mn,
    /// The NAS of a site.
    Nas(usize),
    /// The foreign agent of a site.
    Fa(usize),
    /// An FHA.
    Fha(usize),
    /// The AAA server of the visited network.
    Aaaf,
    /// The AAA server of the home network.
    Aaah,
    /// The home agent.
    Ha,
    /// The correspondent.
    Cn,
}

/// Something that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Flight {
    /// Who sent it.
    pub from: Station,
    /// Who gets it.
    pub to: Station,
    /// On which link it reaches the mobile node, if it goes there.
    pub site: Option<usize>,
    /// When it was sent.
    pub sent: Time,
    /// What was sent.
    pub what: Cargo,
}

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cargo {
    /// A UDP datagram.
    Datagram(Datagram),
    /// Any other IP packet.
    Packet(Packet),
}

/// All roles of a setup, and everything that they have sent.
#[derive(Clone, Debug)]
pub struct Bytes {
    /// Which setup.
    pub setup: Setup,
    /// Where the mobile node is.
    pub site: usize,
    /// The time of everybody's clock.
    pub now: Time,
    /// Everything sent so far.
    pub sent: Vec<Flight>,
    plan: Plan,
    stations: Vec<(Station, Party, Stream)>,
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
            (Station::Mn, Some(world.mn)),
            (Station::Aaaf, world.aaaf),
            (Station::Aaah, Some(world.aaah)),
            (Station::Ha, Some(world.ha)),
            (Station::Cn, Some(world.cn)),
        ];
        let sites = world.sites.iter().enumerate();
        let sites = sites
            .flat_map(|(i, site)| [(Station::Nas(i), Some(site.nas)), (Station::Fa(i), site.fa)]);
        let fhas = world.fhas.iter().enumerate().map(|(i, fha)| (Station::Fha(i), Some(*fha)));
        let stations = parts
            .into_iter()
            .chain(sites)
            .chain(fhas)
            .filter_map(|(station, part)| {
                let party = world.net.machine(part?)?.clone();
                let stream = Stream::new(settings.seed, &format!("{station:?}"));
                Some((station, party, stream))
            })
            .collect();
        let links = world.sites.map(|site| world.net.link_address(site.nas.host()));
        Ok(Bytes {
            setup: settings.setup,
            site: 0,
            now: settings.start,
            sent: Vec::new(),
            plan: world.plan,
            stations,
            links,
        })
    }

    /// The same network with agents that never count as gone, however long they are not heard.
    #[must_use]
    pub fn with_lasting_agents(mut self) -> Bytes {
        for (_, party, _) in &mut self.stations {
            if let Party::Fa(fa) = party {
                let config = fa.config().clone();
                let config = FaConfig { advertisement_lifetime: mip4::LIFETIME_INFINITE, ..config };
                **fa = Fa::new(config);
            }
        }
        self
    }

    /// Settings under which nothing is wrong.
    #[must_use]
    pub fn settings(setup: Setup, seed: u64) -> Settings {
        Settings {
            setup,
            start: Time::from_unix_micros(1_800_000_000_000_000),
            seed,
            loss: Probability::NEVER,
            port_offset: Some(20_000),
            faults: dsboot_node::world::people::Faults::default(),
            clients: Vec::new(),
            radius: None,
        }
    }

    /// Brings the mobile node to a site.
    pub fn attach(&mut self, site: usize) {
        self.site = site;
        let Some(network) = Network::ACCESS.get(site).copied() else { return };
        let agents = match self.setup.scenario().has_fa() {
            true => AgentPolicy::Solicit(u32::MAX),
            false => AgentPolicy::None,
        };
        let attachment = Attachment {
            provisional: self.plan.v4(network, dsboot_node::world::PROVISIONAL_HOST),
            pana_port: pana::PORT,
            paa: (self.plan.v4(network, FIRST_HOST), pana::PORT).into(),
            agents,
        };
        self.with_mn(|mn, now, random| mn.attach(now, random, attachment));
    }

    /// Has the mobile node do something.
    pub fn with_mn(&mut self, act: impl FnOnce(&mut Mn, Time, &mut Stream) -> Effects) {
        let now = self.now;
        let mut effects = Effects::new();
        if let Some((_, Party::Mn(mn), random)) =
            self.stations.iter_mut().find(|(station, ..)| *station == Station::Mn)
        {
            effects = act(mn, now, random);
        }
        self.carry_out(Station::Mn, effects);
    }

    /// Whether something sent can still reach whom it was sent to: what is under way on a link
    /// that the mobile node leaves is lost, in both directions.
    #[must_use]
    pub fn is_deliverable(&self, flight: usize) -> bool {
        self.sent.get(flight).is_some_and(|flight| match (flight.from, flight.to) {
            (Station::Mn, Station::Nas(site) | Station::Fa(site)) => site == self.site,
            _ => flight.site.is_none_or(|site| site == self.site),
        })
    }

    /// Delivers something that was sent, for the first time or again.
    pub fn deliver(&mut self, flight: usize) {
        let Some(flight) = self.sent.get(flight).cloned() else { return };
        self.deliver_as(flight.to, &flight.what);
    }

    /// Delivers something that nobody here has sent so.
    pub fn deliver_as(&mut self, to: Station, what: &Cargo) {
        self.now = self.now + LATENCY;
        match what {
            Cargo::Datagram(datagram) => self.handle(to, Input::Datagram(datagram)),
            Cargo::Packet(packet) => self.handle(to, Input::Packet(packet)),
        }
    }

    /// When the next timer fires, and whose it is.
    #[must_use]
    pub fn next_timer(&self) -> Option<(Time, Station)> {
        let due = |(station, party, _): &(Station, Party, Stream)| {
            party.poll_timeout().map(|time| (time, *station))
        };
        self.stations.iter().filter_map(due).min()
    }

    /// Lets time pass until the next timer fires, and fires it. Returns whose it was.
    pub fn fire(&mut self) -> Option<Station> {
        let (time, station) = self.next_timer()?;
        self.now = self.now.max(time);
        self.handle(station, Input::Timeout);
        Some(station)
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

    /// The mobile node.
    #[must_use]
    pub fn mn(&self) -> Option<&Mn> {
        match self.party(Station::Mn)? {
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

    /// A fingerprint of every role's state: equal when nothing has changed.
    #[must_use]
    pub fn snapshot(&self) -> String {
        let states: Vec<_> =
            self.stations.iter().map(|(station, party, _)| (station, party)).collect();
        format!("{states:?}")
    }

    fn party(&self, station: Station) -> Option<&Party> {
        self.stations.iter().find(|(s, ..)| *s == station).map(|(_, party, _)| party)
    }

    fn handle(&mut self, station: Station, input: Input<'_>) {
        let now = self.now;
        let mut effects = Effects::new();
        if let Some((_, party, random)) = self.stations.iter_mut().find(|(s, ..)| *s == station) {
            effects = party.handle(now, random, input);
        }
        self.carry_out(station, effects);
    }

    fn carry_out(&mut self, from: Station, effects: Effects) {
        for effect in effects {
            let (what, to) = match effect {
                Effect::Datagram(datagram) => {
                    let port = datagram.destination.port();
                    let to = self.way(from, datagram.neighbour, datagram.destination.ip(), port);
                    (Cargo::Datagram(self.as_received(from, datagram)), to)
                }
                Effect::Packet(packet) => {
                    let Some(destination) = destination(&packet.octets) else { continue };
                    let to = self.way(from, packet.neighbour, destination, mip4::PORT);
                    (Cargo::Packet(self.packet_as_received(from, packet)), to)
                }
                Effect::Deliver(_) | Effect::Address(_) | Effect::Count(_) => continue,
            };
            if let Some((to, site)) = to {
                self.sent.push(Flight { from, to, site, sent: self.now, what });
            }
        }
    }

    /// Who gets what is sent to an address, and on which link if that is the mobile node.
    fn way(
        &self,
        from: Station,
        neighbour: Option<LinkAddr>,
        address: IpAddr,
        port: u16,
    ) -> Option<(Station, Option<usize>)> {
        if neighbour.is_some() {
            return match from {
                Station::Mn => Some((Station::Fa(self.site), None)),
                Station::Fa(site) | Station::Nas(site) => Some((Station::Mn, Some(site))),
                _ => None,
            };
        }
        let sites = Network::ACCESS.into_iter().enumerate();
        let fhas = [Network::Fha1, Network::Fha2].into_iter().enumerate();
        let (mut sites, mut fhas) = (sites, fhas);
        match address {
            IpAddr::V4(v4) => {
                let within = |network| self.plan.prefix_v4(network).contains(address);
                if let Some((site, network)) = sites.find(|(_, network)| within(*network)) {
                    let is_host = v4 == self.plan.v4(network, FIRST_HOST);
                    return Some(match (is_host, port) {
                        (false, _) => (Station::Mn, Some(site)),
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
            _ => self.mn().map_or(LinkAddr::BROADCAST, |mn| mn.config().link),
        }
    }
}

fn destination(packet: &[u8]) -> Option<IpAddr> {
    dsboot_codec::ip::Packet::decode(packet).ok().map(|packet| packet.destination())
}
