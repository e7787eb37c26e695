//! The demonstration network: who is where, with which addresses and secrets.
//!
//! Three access networks, each with a NAS (and, where the setup has one, a foreign agent on the
//! same host); the first two lie below one FHA, the third below another. A home network with AAAH
//! and home agent, a visited network's AAAF in the subscription scenarios, a correspondent.

mod build;
mod party;
pub mod people;
mod plan;
mod servers;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, UdpSocket};

use dsboot_roles::mn::{AgentPolicy, Attachment, Mn};
use dsboot_roles::{Effects, Random, Secret, Time};
use dsboot_spec::registry::pana;
use dsboot_spec::{Role, Setup};

use crate::net::{HostId, LinkId, Net, PartId};
use crate::sight::Lens;
use crate::story::expect::Cast;
use crate::{Error, Lease, Ports, Probability};
pub use build::PATIENCE;
pub use party::Party;
use people::Faults;
pub use plan::{
    FIRST_HOST, IPV4_PREFIX_LENGTH, IPV6_PREFIX_LENGTH, Network, POOL_FIRST, POOL_SIZE,
    PROVISIONAL_HOST, Plan,
};

/// How many times the mobile node solicits before it gives up on foreign agents: where there is
/// one, it is needed, and so never.
const SOLICITATIONS: u32 = u32::MAX;

/// What a network is to be like.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which setup.
    pub setup: Setup,
    /// Which of several that are alike: each has addresses and users of its own. 0 is the one that
    /// `impl/node/README.md` shows.
    pub number: u16,
    /// When it starts.
    pub start: Time,
    /// The seed of everything random.
    pub seed: u64,
    /// How likely each transmission is to be lost.
    pub loss: Probability,
    /// What is added to the protocols' ports; if not said, what can be bound decides.
    pub port_offset: Option<u16>,
    /// What is wrong in it, on purpose.
    pub faults: Faults,
    /// RADIUS clients from outside the run that its AAA servers answer too.
    pub clients: Vec<Ipv4Addr>,
    /// A RADIUS server from outside the run that the NAS asks in step 2.
    pub radius: Option<ForeignServer>,
}

/// Somebody else's RADIUS server.
#[derive(Clone, Debug)]
pub struct ForeignServer {
    address: SocketAddrV4,
    local: Ipv4Addr,
    secret: Secret,
}

impl ForeignServer {
    /// A server at `address`, asked from whichever address of this machine leads there.
    ///
    /// # Errors
    ///
    /// When no way leads there.
    pub fn new(address: SocketAddrV4, secret: Secret) -> Result<ForeignServer, Error> {
        let unspecified = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
        let socket = UdpSocket::bind(unspecified)
            .map_err(|source| Error::Bind { address: unspecified, source })?;
        let local = socket.connect(address).and_then(|()| socket.local_addr());
        match local {
            Ok(SocketAddr::V4(local)) => Ok(ForeignServer { address, local: *local.ip(), secret }),
            Ok(SocketAddr::V6(_)) => Err(Error::World("an IPv4 socket has an IPv6 address")),
            Err(source) => Err(Error::Unreachable { address, source }),
        }
    }

    /// Where it is.
    #[must_use]
    pub const fn address(&self) -> SocketAddrV4 {
        self.address
    }
}

/// A place that the mobile node can attach to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its access network.
    pub network: Network,
    /// The NAS there.
    pub nas: PartId,
    /// The foreign agent there, if the setup has one.
    pub fa: Option<PartId>,
    /// The FHA that serves it.
    pub fha: PartId,
    /// That FHA's network.
    pub fha_network: Network,
    /// The link between the mobile node and it.
    link: LinkId,
}

/// The demonstration network of one setup.
pub struct World {
    /// Hosts, links and what is under way.
    pub net: Net<Party>,
    /// Its addresses.
    pub plan: Plan,
    /// Which setup it is of.
    pub setup: Setup,
    /// The mobile node.
    pub mn: PartId,
    /// Where it can attach to, in the order in which it does.
    pub sites: [Site; 3],
    /// The FHAs.
    pub fhas: [PartId; 2],
    /// The server of the visited network, in the subscription scenarios.
    pub aaaf: Option<PartId>,
    /// The server of the home network.
    pub aaah: PartId,
    /// The home agent.
    pub ha: PartId,
    /// The correspondent.
    pub cn: PartId,
    roles: BTreeMap<HostId, Vec<Role>>,
    /// The port of somebody else's RADIUS server.
    foreign_radius: Option<u16>,
    _lease: Lease,
}

impl World {
    /// The roles that a host plays.
    #[must_use]
    pub fn roles(&self, host: HostId) -> &[Role] {
        self.roles.get(&host).map_or(&[], Vec::as_slice)
    }

    /// Who plays which role while the mobile node is at this site.
    #[must_use]
    pub fn cast(&self, site: &Site) -> Cast {
        let always = [(Role::Mn, self.mn), (Role::Aaah, self.aaah), (Role::Ha, self.ha)];
        let here = [(Role::Cn, self.cn), (Role::Nas, site.nas), (Role::Fha, site.fha)];
        let maybe = [site.fa.map(|fa| (Role::Fa, fa)), self.aaaf.map(|aaaf| (Role::Aaaf, aaaf))];
        let all = always.into_iter().chain(here).chain(maybe.into_iter().flatten());
        all.map(|(role, part)| (role, part.host())).collect()
    }

    /// Brings the mobile node to a site.
    ///
    /// # Errors
    ///
    /// As [`Net::step`].
    pub fn attach(&mut self, site: &Site) -> Result<(), Error> {
        for other in self.sites {
            self.net.set_link(other.link, other.link == site.link);
        }
        let name = self.net.host_name(site.nas.host()).to_owned();
        self.net.note(format!("the mobile node attaches to {name}"));
        let agents = match site.fa {
            Some(_) => AgentPolicy::Solicit(SOLICITATIONS),
            None => AgentPolicy::None,
        };
        let attachment = Attachment {
            provisional: self.plan.v4(site.network, PROVISIONAL_HOST),
            pana_port: pana::PORT,
            paa: (self.plan.v4(site.network, FIRST_HOST), pana::PORT).into(),
            agents,
        };
        self.with_mn(|mn, now, random| mn.attach(now, random, attachment))
    }

    /// Has the mobile node do something.
    ///
    /// # Errors
    ///
    /// As [`Net::step`].
    pub fn with_mn(
        &mut self,
        act: impl FnOnce(&mut Mn, Time, &mut dyn Random) -> Effects,
    ) -> Result<(), Error> {
        self.net.act(self.mn, |party, now, random| match party {
            Party::Mn(mn) => act(mn, now, random),
            _ => Effects::new(),
        })
    }

    /// The mobile node.
    #[must_use]
    pub fn mn(&self) -> Option<&Mn> {
        match self.net.machine(self.mn)? {
            Party::Mn(mn) => Some(mn),
            _ => None,
        }
    }

    /// The address of the correspondent.
    #[must_use]
    pub fn cn_address(&self) -> Ipv6Addr {
        self.plan.v6(Network::Correspondent, FIRST_HOST.into())
    }

    /// The ports of its sockets.
    #[must_use]
    pub fn ports(&self) -> Ports {
        self.net.settings().ports
    }

    /// By which ports its packets are told.
    #[must_use]
    pub fn lens(&self) -> Lens {
        Lens { ports: self.ports(), radius: self.foreign_radius }
    }

    /// Its hosts with their names, as ladders draw them from left to right.
    #[must_use]
    pub fn lifelines(&self) -> Vec<(HostId, &str)> {
        self.net.hosts().map(|(id, host)| (id, host.name.as_str())).collect()
    }
}
