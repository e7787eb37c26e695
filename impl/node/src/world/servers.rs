//! The configurations of the AAA servers and of their clients.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use dsboot_codec::dsb::Prefixed;
use dsboot_roles::aaa::{
    AaaConfig, AaaKind, AddressRange, CareOfSource, Fha, HomeRecord, Location, Mobility, User,
};
use dsboot_roles::eap::server::Method;
use dsboot_roles::radius::{ClientConfig, ClientEntry, ServerConfig};
use dsboot_roles::{Nai, Secret};
use dsboot_spec::Setup;
use dsboot_spec::registry::{dsb, dsb::client_role, mip4::algorithm, radius};

use super::people::{self, Faults, Person, RADIUS_SECRET};
use super::plan::{
    FIRST_HOST, IPV4_PREFIX_LENGTH, IPV6_PREFIX_LENGTH, Network, POOL_FIRST, POOL_SIZE, Plan,
};
use crate::Error;

/// The port that RADIUS clients send from.
const CLIENT_PORT: u16 = 49_812;

/// Session-Timeout of leg A, in seconds.
const ACCESS_LIFETIME: u32 = 7_200;

/// Session-Timeout of leg B and lifetime of its keys, in seconds.
const MOBILITY_LIFETIME: u32 = 3_600;

/// The name of the NAS at a site, counted from 0.
pub(super) fn nas_name(site: usize) -> String {
    format!("nas{}.visited.example", site + 1)
}

/// The name of an FHA, counted from 0.
pub(super) fn fha_name(fha: usize) -> String {
    format!("fha{}.visited.example", fha + 1)
}

/// The name of the home agent.
pub(super) const HA_NAME: &str = "ha.home.example";

/// The FHA that serves a site.
pub(super) const fn fha_of(site: usize) -> usize {
    if site < 2 { 0 } else { 1 }
}

/// The networks of the two FHAs.
pub(super) const FHA_NETWORKS: [Network; 2] = [Network::Fha1, Network::Fha2];

/// What AAA servers and their clients are configured from.
#[derive(Clone, Debug)]
pub(super) struct Servers<'a> {
    pub(super) setup: Setup,
    pub(super) number: u16,
    pub(super) plan: Plan,
    pub(super) faults: Faults,
    /// Clients from outside the run that the servers answer too.
    pub(super) clients: &'a [Ipv4Addr],
}

impl Servers<'_> {
    /// The name of a user here.
    pub(super) fn nai(&self, person: Person) -> Result<Nai, Error> {
        let name = person.nai_at(self.number);
        Nai::new(name.as_bytes()).ok_or(Error::World("an NAI is too long"))
    }

    /// The server that the NAS asks.
    pub(super) fn access_server(&self) -> SocketAddr {
        let network = match self.setup.scenario().is_subscription() {
            true => Network::Visited,
            false => Network::Home,
        };
        (self.plan.v4(network, FIRST_HOST), radius::PORT).into()
    }

    /// The AAAF, in the subscription scenarios.
    pub(super) fn aaaf(&self) -> Result<AaaConfig, Error> {
        let at = self.plan.v4(Network::Visited, FIRST_HOST);
        let mut config = self.server(AaaKind::Aaaf, vec![(at, radius::PORT).into()]);
        config.locations = self.locations();
        config.fhas = self.fhas(false);
        config.radius.clients = self.nas_clients().chain(self.foreign_clients()).collect();
        for person in people::ALL {
            let access = Some(Secret::new(person.visited_password));
            let user = User { access, mobility: mobility(person), home: None };
            config.users.insert(self.nai(person)?, user);
        }
        Ok(config)
    }

    /// The AAAH.
    pub(super) fn aaah(&self) -> Result<AaaConfig, Error> {
        let is_subscription = self.setup.scenario().is_subscription();
        let kind =
            if is_subscription { AaaKind::AaahSubscription } else { AaaKind::AaahIntegrated };
        let at = self.plan.v4(Network::Home, FIRST_HOST);
        let at6 = self.plan.v6(Network::Home, AAAH_HOST);
        let addresses = vec![(at, radius::PORT).into(), (at6, radius::PORT).into()];
        let mut config = self.server(kind, addresses);
        let mut clients: BTreeMap<_, _> =
            self.fha_clients().chain([self.ha_client()]).chain(self.foreign_clients()).collect();
        if !is_subscription {
            config.locations = self.locations();
            clients.extend(self.nas_clients());
        }
        config.fhas = self.fhas(true);
        config.radius.clients = clients;
        for person in people::ALL {
            let access = (!is_subscription).then(|| Secret::new(person.home_password));
            let home = Some(HomeRecord {
                mn_aaa_key: Secret::new(person.mn_aaa_key),
                home_address: Prefixed::<std::net::Ipv6Addr>::new(
                    self.plan.v6(Network::Home, person.home_host),
                    IPV6_PREFIX_LENGTH,
                )
                .ok_or(Error::World("a home address has no such prefix"))?,
                home_agent: self.plan.v6(Network::Home, FIRST_HOST.into()),
            });
            let user = User { access, mobility: mobility(person), home };
            config.users.insert(self.nai(person)?, user);
        }
        Ok(config)
    }

    /// A RADIUS client on this host, that asks this server.
    pub(super) fn client(
        &self,
        local: IpAddr,
        server: SocketAddr,
        name: String,
        client_role: u32,
    ) -> ClientConfig {
        let (nas_ip, nas_ipv6) = match local {
            IpAddr::V4(address) => (Some(address), None),
            IpAddr::V6(address) => (None, Some(address)),
        };
        ClientConfig {
            local: SocketAddr::new(local, CLIENT_PORT),
            servers: vec![server],
            secret: Secret::new(RADIUS_SECRET),
            nas_ip,
            nas_ipv6,
            nas_identifier: Some(name),
            vendor_id: dsb::DEFAULT_VENDOR_ID,
            client_role,
            strict: true,
        }
    }

    /// The role that a NAS of this setup claims.
    pub(super) fn nas_role(&self) -> u32 {
        if self.setup.scenario().has_fa() { client_role::NAS_FA } else { client_role::NAS }
    }

    fn server(&self, kind: AaaKind, addresses: Vec<SocketAddr>) -> AaaConfig {
        AaaConfig {
            kind,
            addresses,
            vendor_id: dsb::DEFAULT_VENDOR_ID,
            radius: ServerConfig { clients: BTreeMap::new(), strict: true, max_answers: 1_024 },
            users: BTreeMap::new(),
            fhas: BTreeMap::new(),
            locations: BTreeMap::new(),
            method: Method::Md5,
            max_sessions: 256,
            access_lifetime: ACCESS_LIFETIME,
            mobility_lifetime: MOBILITY_LIFETIME,
            algorithm: algorithm::HMAC_MD5,
        }
    }

    fn locations(&self) -> BTreeMap<String, Location> {
        let location = |(site, network): (usize, Network)| {
            let fhas = if self.faults.no_fha { Vec::new() } else { vec![fha_name(fha_of(site))] };
            let care_of = if self.setup.care_of().is_colocated() {
                CareOfSource::Pool { range: self.pool(network), prefix_length: IPV4_PREFIX_LENGTH }
            } else {
                CareOfSource::None
            };
            (nas_name(site), Location { fhas, care_of })
        };
        Network::ACCESS.into_iter().enumerate().map(location).collect()
    }

    fn fhas(&self, is_home: bool) -> BTreeMap<String, Fha> {
        let has_pool = is_home && !self.faults.no_home_addresses;
        let fhas = FHA_NETWORKS.into_iter().enumerate().map(|(i, network)| {
            let fha = Fha {
                address: Some(self.plan.v4(network, FIRST_HOST)),
                fqdn: Some(fha_name(i)),
                home_addresses: has_pool.then(|| self.pool(network)),
            };
            (fha_name(i), fha)
        });
        fhas.collect()
    }

    fn pool(&self, network: Network) -> AddressRange {
        AddressRange {
            first: self.plan.v4(network, POOL_FIRST),
            last: self.plan.v4(network, POOL_FIRST + POOL_SIZE - 1),
        }
    }

    fn nas_clients(&self) -> impl Iterator<Item = (IpAddr, ClientEntry)> {
        Network::ACCESS.into_iter().enumerate().map(|(site, network)| {
            let address = self.plan.v4(network, FIRST_HOST).into();
            (address, entry([self.nas_role()], [nas_name(site)]))
        })
    }

    fn fha_clients(&self) -> impl Iterator<Item = (IpAddr, ClientEntry)> {
        let agreed = if self.faults.no_agreement { 0 } else { FHA_NETWORKS.len() };
        FHA_NETWORKS.into_iter().enumerate().take(agreed).map(|(i, network)| {
            let address = self.plan.v4(network, FIRST_HOST).into();
            (address, entry([client_role::FHA], [fha_name(i)]))
        })
    }

    fn ha_client(&self) -> (IpAddr, ClientEntry) {
        let address = self.plan.v6(Network::Home, FIRST_HOST.into()).into();
        (address, entry([client_role::HA], [HA_NAME.to_owned()]))
    }

    /// Clients from outside may claim to be whichever client they like.
    fn foreign_clients(&self) -> impl Iterator<Item = (IpAddr, ClientEntry)> {
        let roles = [client_role::NAS, client_role::NAS_FA, client_role::FHA, client_role::HA];
        let names = (0..3).map(nas_name).chain((0..2).map(fha_name)).chain([HA_NAME.to_owned()]);
        let entry = entry(roles, names);
        self.clients.iter().map(move |address| (IpAddr::V4(*address), entry.clone()))
    }
}

/// The host part of the AAAH's IPv6 address.
pub(super) const AAAH_HOST: u16 = 0xa;

fn entry(
    roles: impl IntoIterator<Item = u32>,
    names: impl IntoIterator<Item = String>,
) -> ClientEntry {
    let roles = BTreeSet::from_iter(roles);
    ClientEntry { secret: Secret::new(RADIUS_SECRET), roles, names: BTreeSet::from_iter(names) }
}

fn mobility(person: Person) -> Mobility {
    if person.has_mobility { Mobility::Any } else { Mobility::None }
}
