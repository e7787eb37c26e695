//! Puts the demonstration network together.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use dsboot_codec::dsb::Wanted;
use dsboot_codec::radius::Ipv6Prefix;
use dsboot_roles::aaa::Aaa;
use dsboot_roles::cn::Cn;
use dsboot_roles::fa::{Fa, FaConfig, ForeignHome};
use dsboot_roles::fha::{Fha, FhaConfig, ForeignAgent};
use dsboot_roles::ha::{Ha, HaConfig};
use dsboot_roles::mn::{Mn, MnConfig, TunnelForm};
use dsboot_roles::nas::{AddressPool, Nas, NasConfig};
use dsboot_roles::{AddressChange, Secret};
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::{mip4, pana, radius};
use dsboot_spec::{CareOf, Role};

use super::people::{FOREIGN_HOME_KEY, FOREIGN_HOME_SPI};
use super::plan::{
    FIRST_HOST, IPV4_PREFIX_LENGTH, IPV6_PREFIX_LENGTH, Network, POOL_FIRST, POOL_SIZE, Plan,
};
use super::servers::{AAAH_HOST, FHA_NETWORKS, HA_NAME, Servers, fha_name, fha_of, nas_name};
use super::{Party, Settings, Site, World};
use crate::net::{self, Carries, Hop, HostId, Link, LinkId, Net, Part, PartId};
use crate::{Error, Lease, Ports};

/// How long a run waits for another one that uses the same addresses.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// The keepalive interval that the FHAs grant, in seconds (RFC 3519 §4.9).
const KEEPALIVE: u16 = 110;

/// From sending to arriving, in milliseconds.
mod latency {
    pub(super) const ACCESS: u64 = 2;
    pub(super) const NAS_AAA: u64 = 3;
    pub(super) const MN_FHA: u64 = 4;
    pub(super) const FA_FHA: u64 = 2;
    pub(super) const FHA_AAAH: u64 = 5;
    pub(super) const FHA_HA: u64 = 3;
    pub(super) const HA_AAAH: u64 = 1;
    pub(super) const HA_CN: u64 = 2;
}

impl World {
    /// Builds the network of a setup, sockets and all.
    ///
    /// # Errors
    ///
    /// When its addresses cannot be had, or its sockets cannot be bound.
    pub fn new(settings: &Settings) -> Result<World, Error> {
        let plan = Plan::numbered(settings.setup, settings.number);
        let lease = Lease::take(plan.base(), PATIENCE)?;
        let ports = match settings.port_offset {
            Some(offset) => {
                Ports::with_offset(offset).ok_or(Error::World("a port would pass 65535"))?
            }
            None => Ports::probe(plan.link_socket(FIRST_HOST))?,
        };
        let net = Net::new(net::Settings {
            start: settings.start,
            seed: settings.seed,
            loss: settings.loss,
            ports,
            network: plan.all(),
        })?;
        let servers = Servers {
            setup: settings.setup,
            number: settings.number,
            plan,
            faults: settings.faults,
            clients: &settings.clients,
        };
        Builder { settings, plan, servers, net, roles: BTreeMap::new() }.build(lease)
    }
}

struct Builder<'a> {
    settings: &'a Settings,
    plan: Plan,
    servers: Servers<'a>,
    net: Net<Party>,
    roles: BTreeMap<HostId, Vec<Role>>,
}

impl Builder<'_> {
    fn build(mut self, lease: Lease) -> Result<World, Error> {
        let mn = self.mobile_node()?;
        let access = self.access_hosts()?;
        let fhas = [self.fha(0)?, self.fha(1)?];
        let aaaf = self.settings.setup.scenario().is_subscription().then(|| self.aaaf());
        let aaaf = aaaf.transpose()?;
        let aaah = self.aaah()?;
        let ha = self.ha()?;
        let cn = self.cn()?;
        let mut sites = Vec::new();
        for (i, (network, (nas, fa))) in Network::ACCESS.into_iter().zip(access).enumerate() {
            let [first, second] = fhas;
            let (fha_network, fha) = match fha_of(i) {
                0 => (Network::Fha1, first),
                _ => (Network::Fha2, second),
            };
            let link = self.access_link(mn, nas, network);
            self.net.add_route(self.plan.prefix_v4(network), Hop::Behind(nas.host(), link));
            let to_server = self.link(nas, aaaf.unwrap_or(aaah), latency::NAS_AAA, Carries::Ipv4);
            if let (Some(foreign), 0) = (&self.settings.radius, i) {
                self.net.add_foreign_peer(SocketAddr::V4(foreign.address), to_server);
            }
            if fa.is_some() {
                self.link(nas, fha, latency::FA_FHA, Carries::Ipv4);
            }
            sites.push(Site { network, nas, fa, fha, fha_network, link });
        }
        for fha in fhas {
            if self.settings.setup.care_of().is_colocated() {
                self.link(mn, fha, latency::MN_FHA, Carries::Ipv4);
            }
            self.link(fha, aaah, latency::FHA_AAAH, Carries::Ipv4);
            self.link(fha, ha, latency::FHA_HA, Carries::Ipv6);
        }
        self.link(ha, aaah, latency::HA_AAAH, Carries::Ipv6);
        self.link(ha, cn, latency::HA_CN, Carries::Ipv6);
        self.routes(fhas, ha, cn);
        let sites = sites.try_into().map_err(|_| Error::World("there are three sites"))?;
        Ok(World {
            net: self.net,
            plan: self.plan,
            setup: self.settings.setup,
            mn,
            sites,
            fhas,
            aaaf,
            aaah,
            ha,
            cn,
            roles: self.roles,
            foreign_radius: self.settings.radius.as_ref().map(|foreign| foreign.address.port()),
            _lease: lease,
        })
    }

    fn mobile_node(&mut self) -> Result<PartId, Error> {
        let host = self.host("MN", &[Role::Mn])?;
        let person = self.settings.faults.user.person();
        let password = if self.settings.setup.scenario().is_subscription() {
            person.visited_password
        } else {
            person.home_password
        };
        let mut config = MnConfig::new(
            self.servers.nai(person)?,
            Secret::new(password),
            Secret::new(person.mn_aaa_key),
            self.net.link_address(host),
        );
        config.tunnel = TunnelForm::Udp;
        config.wanted = Some(Wanted::ADDRESSES);
        let machine = Party::Mn(Box::new(Mn::new(config)));
        Ok(self.part(host, Role::Mn, machine, &[pana::PORT, mip4::PORT], true))
    }

    /// The hosts of the access networks: a NAS each, with a foreign agent where there is one.
    fn access_hosts(&mut self) -> Result<Vec<(PartId, Option<PartId>)>, Error> {
        let has_fa = self.settings.setup.scenario().has_fa();
        let mut hosts = Vec::new();
        for (site, network) in Network::ACCESS.into_iter().enumerate() {
            let number = if site == 0 { String::new() } else { (site + 1).to_string() };
            let (name, roles): (_, &[Role]) = if has_fa {
                (format!("NAS{number}/FA{number}"), &[Role::Nas, Role::Fa])
            } else {
                (format!("NAS{number}"), &[Role::Nas])
            };
            let host = self.host(&name, roles)?;
            let address = self.plan.v4(network, FIRST_HOST);
            let nas = self.nas(site, network);
            let nas = self.part(host, Role::Nas, nas, &[pana::PORT], false);
            let fa = has_fa.then(|| {
                let fa = Party::Fa(Box::new(Fa::new(self.fa_config(network))));
                self.part(host, Role::Fa, fa, &[mip4::PORT], true)
            });
            self.net.own(host, AddressChange::Add(IpAddr::V4(address)))?;
            hosts.push((nas, fa));
        }
        Ok(hosts)
    }

    fn nas(&self, site: usize, network: Network) -> Party {
        let address = self.plan.v4(network, FIRST_HOST);
        let (role, name) = (self.servers.nas_role(), nas_name(site));
        let radius = match &self.settings.radius {
            Some(foreign) => {
                let server = SocketAddr::V4(foreign.address);
                let mut radius = self.servers.client(foreign.local.into(), server, name, role);
                radius.secret = foreign.secret.clone();
                // Rejects of common servers come without Message-Authenticator.
                radius.strict = false;
                radius
            }
            None => self.servers.client(address.into(), self.servers.access_server(), name, role),
        };
        let mut config = NasConfig::new((address, pana::PORT).into(), radius);
        if self.settings.setup.scenario().has_fa() {
            config.foreign_agent = BTreeSet::from([address]);
        }
        // Where somebody else's server leaves the address to the NAS.
        config.pool = self.settings.setup.care_of().is_colocated().then(|| AddressPool {
            first: self.plan.v4(network, POOL_FIRST),
            last: self.plan.v4(network, POOL_FIRST + POOL_SIZE - 1),
            prefix_length: IPV4_PREFIX_LENGTH,
        });
        Party::Nas(Box::new(Nas::new(config)))
    }

    fn fa_config(&self, network: Network) -> FaConfig {
        let mut config = FaConfig::new(self.plan.v4(network, FIRST_HOST));
        config.registration_required = self.settings.setup.care_of() == CareOf::ColocatedViaFa;
        config.udp_tunnelling = true;
        let home = ForeignHome { spi: FOREIGN_HOME_SPI, key: Secret::new(FOREIGN_HOME_KEY) };
        let fhas = FHA_NETWORKS.map(|fha| (self.plan.v4(fha, FIRST_HOST), home.clone()));
        config.home_agents = BTreeMap::from(fhas);
        config
    }

    fn fha(&mut self, which: usize) -> Result<PartId, Error> {
        let network = FHA_NETWORKS.get(which).copied().unwrap_or(Network::Fha1);
        let name = if which == 0 { "FHA".to_owned() } else { format!("FHA{}", which + 1) };
        let host = self.host(&name, &[Role::Fha])?;
        let address = self.plan.v4(network, FIRST_HOST);
        let server = (self.plan.v4(Network::Home, FIRST_HOST), radius::PORT).into();
        let client = self.servers.client(address.into(), server, fha_name(which), client_role::FHA);
        let address6 = self.plan.v6(network, FIRST_HOST.into());
        let mut config = FhaConfig::new(address, address6, self.prefix(network)?, client);
        config.udp_keepalive = Some(KEEPALIVE);
        if self.settings.setup.scenario().has_fa() {
            let agent = ForeignAgent { spi: FOREIGN_HOME_SPI, key: Secret::new(FOREIGN_HOME_KEY) };
            let agents = Network::ACCESS.map(|n| (self.plan.v4(n, FIRST_HOST), agent.clone()));
            config.foreign_agents = BTreeMap::from(agents);
        }
        let machine = Party::Fha(Box::new(Fha::new(config)));
        let part = self.part(host, Role::Fha, machine, &[mip4::PORT], true);
        self.net.own(host, AddressChange::Add(IpAddr::V4(address)))?;
        self.net.own(host, AddressChange::Add(IpAddr::V6(address6)))?;
        Ok(part)
    }

    fn aaaf(&mut self) -> Result<PartId, Error> {
        let config = self.servers.aaaf()?;
        self.aaa("AAAF", Role::Aaaf, config)
    }

    fn aaah(&mut self) -> Result<PartId, Error> {
        let config = self.servers.aaah()?;
        self.aaa("AAAH", Role::Aaah, config)
    }

    fn aaa(
        &mut self,
        name: &str,
        role: Role,
        config: dsboot_roles::aaa::AaaConfig,
    ) -> Result<PartId, Error> {
        let host = self.host(name, &[role])?;
        let addresses: Vec<IpAddr> = config.addresses.iter().map(|at| at.ip()).collect();
        let machine =
            Aaa::new(config).map_err(|_| Error::World("an AAA server's configuration"))?;
        let part = self.part(host, role, Party::Aaa(Box::new(machine)), &[radius::PORT], false);
        for address in addresses {
            self.net.own(host, AddressChange::Add(address))?;
        }
        Ok(part)
    }

    fn ha(&mut self) -> Result<PartId, Error> {
        let host = self.host("HA", &[Role::Ha])?;
        let address = self.plan.v6(Network::Home, FIRST_HOST.into());
        let server = (self.plan.v6(Network::Home, AAAH_HOST), radius::PORT).into();
        let client =
            self.servers.client(address.into(), server, HA_NAME.to_owned(), client_role::HA);
        let config = HaConfig::new(address, self.prefix(Network::Home)?, client);
        let machine = Party::Ha(Box::new(Ha::new(config)));
        let part = self.part(host, Role::Ha, machine, &[], true);
        self.net.own(host, AddressChange::Add(IpAddr::V6(address)))?;
        Ok(part)
    }

    fn cn(&mut self) -> Result<PartId, Error> {
        let host = self.host("CN", &[Role::Cn])?;
        let address = self.plan.v6(Network::Correspondent, FIRST_HOST.into());
        let part = self.part(host, Role::Cn, Party::Cn(Cn::new(address)), &[], true);
        self.net.own(host, AddressChange::Add(IpAddr::V6(address)))?;
        Ok(part)
    }

    fn prefix(&self, network: Network) -> Result<Ipv6Prefix, Error> {
        Ipv6Prefix::new(self.plan.v6(network, 0), IPV6_PREFIX_LENGTH)
            .ok_or(Error::World("an IPv6 prefix is too long"))
    }

    fn host(&mut self, name: &str, roles: &[Role]) -> Result<HostId, Error> {
        let number = u8::try_from(self.roles.len() + 1).unwrap_or(u8::MAX);
        let host = self.net.add_host(name, self.plan.link_socket(number))?;
        self.roles.insert(host, roles.to_vec());
        Ok(host)
    }

    fn part(
        &mut self,
        host: HostId,
        role: Role,
        machine: Party,
        ports: &[u16],
        takes_packets: bool,
    ) -> PartId {
        let takes_any_address = role == Role::Mn;
        let (name, ports) = (role.name(), ports.to_vec());
        let part = Part { name, machine, ports, takes_packets, takes_any_address };
        self.net.add_part(host, part)
    }

    fn access_link(&mut self, mn: PartId, nas: PartId, network: Network) -> LinkId {
        let is_first = network == Network::Access1;
        let link = self.new_link(mn, nas, latency::ACCESS, Carries::Ipv4);
        self.net.add_link(Link { is_local: true, is_up: is_first, ..link })
    }

    fn link(&mut self, a: PartId, b: PartId, milliseconds: u64, carries: Carries) -> LinkId {
        let link = self.new_link(a, b, milliseconds, carries);
        self.net.add_link(link)
    }

    fn new_link(&self, a: PartId, b: PartId, milliseconds: u64, carries: Carries) -> Link {
        let ends = [a.host(), b.host()];
        let [from, to] = ends.map(|host| self.net.host_name(host));
        Link {
            name: format!("{from}-{to}"),
            ends,
            latency: Duration::from_millis(milliseconds),
            carries,
            is_local: false,
            is_up: true,
        }
    }

    fn routes(&mut self, fhas: [PartId; 2], ha: PartId, cn: PartId) {
        for (network, fha) in FHA_NETWORKS.into_iter().zip(fhas) {
            self.net.add_route(self.plan.prefix_v4(network), Hop::Host(fha.host()));
            self.net.add_route(self.plan.prefix_v6(network), Hop::Host(fha.host()));
        }
        self.net.add_route(self.plan.prefix_v6(Network::Home), Hop::Host(ha.host()));
        self.net.add_route(self.plan.prefix_v6(Network::Correspondent), Hop::Host(cn.host()));
    }
}
