//! Machines from configurations.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use dsboot_roles::aaa::{self, AaaConfig, AaaKind, CareOfSource, HomeRecord, Mobility};
use dsboot_roles::eap::server::Method;
use dsboot_roles::fa::{Fa, FaConfig, ForeignHome};
use dsboot_roles::fha::{FhaConfig, ForeignAgent};
use dsboot_roles::ha::HaConfig;
use dsboot_roles::mn::{AgentPolicy, Attachment, Mn, MnConfig, TunnelForm};
use dsboot_roles::nas::{AddressPool, NasConfig};
use dsboot_roles::radius::{ClientConfig, ClientEntry, ServerConfig};
use dsboot_roles::{LinkAddr, fha, ha, nas};
use dsboot_spec::registry::{dsb::client_role, mip4, mip4::algorithm, pana};

use super::config::{self, AskerRole, Config, ConfigError, Kind, Tunnel};
use super::value::SecretSource;
use crate::export::File;
use crate::export::freeradius::{self, Database};
use crate::world::Party;

/// How many answers an AAA server keeps, and how many conversations it has at a time.
const CONVERSATIONS: usize = 65_536;

/// A role that is ready to be run.
#[derive(Debug)]
pub(super) struct Built {
    /// Its name in logs and metrics.
    pub(super) name: &'static str,
    pub(super) machine: Party,
    /// The sockets that it has from the beginning.
    pub(super) sockets: Vec<SocketAddr>,
    /// The TUN device that its packets go through.
    pub(super) tun: Option<Tun>,
    /// The device of the link whose frames it takes.
    pub(super) link: Option<String>,
    /// The address whose IPv4-in-IPv4 tunnels it takes; 0.0.0.0: all of the host's.
    pub(super) tunnels_at: Option<Ipv4Addr>,
    /// What a mobile node's host has to do.
    pub(super) mobile: Option<Mobile>,
    /// Where what it holds is kept.
    pub(super) state: Option<PathBuf>,
}

/// A TUN device, and what is routed into it.
#[derive(Clone, Debug)]
pub(super) struct Tun {
    pub(super) name: String,
    pub(super) route: Option<String>,
}

/// What the host of a mobile node has to do.
#[derive(Clone, Debug)]
pub(super) struct Mobile {
    /// The links that it can be on, at least one.
    pub(super) links: Vec<MobileLink>,
    /// Which of them it is on.
    pub(super) at: usize,
    pub(super) tun: String,
    pub(super) port: u16,
}

/// A link that a mobile node can be on.
#[derive(Clone, Debug)]
pub(super) struct MobileLink {
    pub(super) attachment: Attachment,
    pub(super) interface: String,
    pub(super) prefix_length: u8,
    pub(super) gateway: Ipv4Addr,
}

/// A configuration with the directory that its files are looked for from.
#[derive(Clone, Debug)]
pub struct Builder {
    path: PathBuf,
    directory: PathBuf,
    config: Config,
    /// Where the trace goes, if not where the configuration says.
    trace: Option<PathBuf>,
}

impl Built {
    /// A role that has nothing but sockets.
    fn new(name: &'static str, machine: Party, sockets: Vec<SocketAddr>) -> Built {
        let (tun, link, tunnels_at, mobile) = (None, None, None, None);
        Built { name, machine, sockets, tun, link, tunnels_at, mobile, state: None }
    }
}

impl Builder {
    /// Reads the configuration in a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or something in it is not as it must be.
    pub fn read(path: &Path) -> Result<Builder, ConfigError> {
        let directory = path.parent().unwrap_or(Path::new(".")).to_owned();
        Ok(Builder { path: path.to_owned(), directory, config: Config::read(path)?, trace: None })
    }

    /// Has everything that the roles see and do written to this file.
    #[must_use]
    pub fn with_trace(self, file: &Path) -> Builder {
        Builder { trace: Some(file.to_owned()), ..self }
    }

    /// Where the trace goes, if there is one.
    pub(super) fn trace(&self) -> Option<PathBuf> {
        let configured = self.config.daemon.trace.as_ref();
        self.trace.clone().or_else(|| configured.map(|file| self.directory.join(file)))
    }

    /// What is for all roles.
    #[must_use]
    pub fn daemon(&self) -> &config::Daemon {
        &self.config.daemon
    }

    /// Whether everything that the configuration names is there.
    ///
    /// # Errors
    ///
    /// When something is not as it must be.
    pub fn check(&self) -> Result<Vec<&'static str>, ConfigError> {
        Ok(self.build()?.into_iter().map(|built| built.name).collect())
    }

    /// The roles.
    pub(super) fn build(&self) -> Result<Vec<Built>, ConfigError> {
        let Config { nas, aaa, fa, fha, ha, mn, .. } = &self.config;
        let mut built = Vec::new();
        if let Some(aaa) = aaa {
            built.push(self.aaa(aaa)?);
        }
        if let Some(nas) = nas {
            built.push(self.nas(nas)?);
        }
        if let Some(fa) = fa {
            built.push(self.fa(fa)?);
        }
        if let Some(fha) = fha {
            built.push(self.fha(fha)?);
        }
        if let Some(ha) = ha {
            built.push(self.ha(ha)?);
        }
        if let Some(mn) = mn {
            built.push(self.mn(mn)?);
        }
        Ok(built)
    }

    /// Users and clients of the AAA server as they stand in the files now.
    pub(super) fn aaa_config(&self) -> Result<Option<AaaConfig>, ConfigError> {
        let again = Builder::read(&self.path)?;
        again.config.aaa.as_ref().map(|aaa| again.aaa_of(aaa)).transpose()
    }

    /// The AAA server's configuration as one of FreeRADIUS, which is to lie in `directory` and has its
    /// pools in `database`.
    ///
    /// # Errors
    ///
    /// When something is not as it must be, or there is no AAA server.
    pub fn freeradius(
        &self,
        directory: &Path,
        database: &Database,
    ) -> Result<Vec<File>, ConfigError> {
        let config = self.aaa_config()?;
        let config = config.ok_or_else(|| self.wrong("aaa", "there is no such table"))?;
        Ok(freeradius::files(&config, directory, database))
    }

    fn nas(&self, nas: &config::Nas) -> Result<Built, ConfigError> {
        let fa = self.config.fa.as_ref().map(|fa| fa.address);
        let role = if fa.is_some() { client_role::NAS_FA } else { client_role::NAS };
        let radius = self.client(&nas.radius, role, "nas")?;
        let paa = SocketAddr::from((nas.address, pana::PORT));
        let sockets = vec![paa, radius.local];
        let mut config = NasConfig::new(paa, radius);
        config.pool = nas.pool.as_ref().map(|pool| AddressPool {
            first: pool.0.range.first,
            last: pool.0.range.last,
            prefix_length: pool.0.prefix_length,
        });
        config.foreign_agent = fa.into_iter().collect();
        let (machine, state) = (Party::Nas(Box::new(nas::Nas::new(config))), self.state());
        Ok(Built { state, ..Built::new("nas", machine, sockets) })
    }

    fn fa(&self, fa: &config::Fa) -> Result<Built, ConfigError> {
        self.link_address(&fa.interface, "fa")?;
        let mut config = FaConfig::new(fa.address);
        config.registration_required = fa.registration_required;
        config.udp_tunnelling = fa.udp_tunnelling;
        config.max_lifetime = fa.max_lifetime;
        config.advertise_every = fa.advertise_every.map(|every| Duration::from_secs(every.into()));
        config.visitor_limit = fa.capacity;
        for peer in &fa.home_agents {
            let key = self.secret(&peer.key, "fa.home_agent")?;
            config.home_agents.insert(peer.address, ForeignHome { spi: peer.spi, key });
        }
        let sockets = vec![(fa.address, mip4::PORT).into()];
        Ok(Built {
            link: Some(fa.interface.clone()),
            tunnels_at: Some(fa.address),
            state: self.state(),
            ..Built::new("fa", Party::Fa(Box::new(Fa::new(config))), sockets)
        })
    }

    fn aaa(&self, aaa: &config::Aaa) -> Result<Built, ConfigError> {
        let config = self.aaa_of(aaa)?;
        let sockets = config.addresses.clone();
        let machine = aaa::Aaa::new(config).map_err(|e| self.wrong("aaa", &e.to_string()))?;
        let state = self.state();
        Ok(Built { state, ..Built::new("aaa", Party::Aaa(Box::new(machine)), sockets) })
    }

    fn aaa_of(&self, aaa: &config::Aaa) -> Result<AaaConfig, ConfigError> {
        let users = self.directory.join(&aaa.users);
        let users: config::Users = config::read(&users)?;
        let users = users.users.iter().map(|user| Ok((user.nai.0.clone(), self.user(user)?)));
        let clients = aaa.clients.iter().map(|client| {
            let secret = self.secret(&client.secret, "aaa.client")?;
            let roles = client.roles.iter().map(|role| role.number()).collect();
            Ok((client.address, ClientEntry { secret, roles, names: client.names.clone() }))
        });
        let clients: BTreeMap<IpAddr, ClientEntry> = clients.collect::<Result<_, _>>()?;
        let fhas = aaa.fhas.iter().map(|fha| {
            let home_addresses = fha.home_addresses.as_ref().map(|range| range.0);
            let (address, fqdn) = (fha.address, fha.fqdn.clone());
            (fha.name.clone(), aaa::Fha { address, fqdn, home_addresses })
        });
        let locations = aaa.locations.iter().map(|location| {
            let care_of = location.care_of.as_ref().map_or(CareOfSource::None, |range| {
                let (range, prefix_length) = (range.0.range, range.0.prefix_length);
                CareOfSource::Pool { range, prefix_length }
            });
            (location.nas.clone(), aaa::Location { fhas: location.fhas.clone(), care_of })
        });
        let config = AaaConfig {
            kind: aaa.kind.into(),
            addresses: aaa.listen.clone(),
            vendor_id: self.config.daemon.vendor_id,
            radius: ServerConfig { clients, strict: true, max_answers: CONVERSATIONS },
            users: users.collect::<Result<_, ConfigError>>()?,
            fhas: fhas.collect(),
            locations: locations.collect(),
            method: Method::Md5,
            max_sessions: CONVERSATIONS,
            access_lifetime: aaa.access_lifetime,
            mobility_lifetime: aaa.mobility_lifetime,
            algorithm: algorithm::HMAC_MD5,
        };
        // A server that could not be made would not be reloaded either.
        aaa::Aaa::new(config.clone()).map_err(|e| self.wrong("aaa", &e.to_string()))?;
        Ok(config)
    }

    fn user(&self, user: &config::User) -> Result<aaa::User, ConfigError> {
        let access = user.access_secret.as_ref();
        let access = access.map(|secret| self.secret(secret, "aaa.users")).transpose()?;
        let home = user.home.as_ref().map(|home| {
            Ok(HomeRecord {
                mn_aaa_key: self.secret(&home.mn_aaa_key, "aaa.users")?,
                home_address: home.address.0,
                home_agent: home.agent,
            })
        });
        let mobility = if user.mobility { Mobility::Any } else { Mobility::None };
        Ok(aaa::User { access, mobility, home: home.transpose()? })
    }

    fn fha(&self, fha: &config::Fha) -> Result<Built, ConfigError> {
        let radius = self.client(&fha.radius, client_role::FHA, "fha")?;
        let sockets = vec![(fha.address, mip4::PORT).into(), radius.local];
        let mut config = FhaConfig::new(fha.address, fha.address6, fha.prefix.0, radius);
        config.udp_keepalive = fha.udp_keepalive;
        config.max_lifetime = fha.max_lifetime;
        config.capacity = fha.capacity;
        config.vendor_id = self.config.daemon.vendor_id;
        for peer in &fha.foreign_agents {
            let key = self.secret(&peer.key, "fha.foreign_agent")?;
            config.foreign_agents.insert(peer.address, ForeignAgent { spi: peer.spi, key });
        }
        let machine = Party::Fha(Box::new(fha::Fha::new(config)));
        let tun = Tun { name: fha.tun.clone(), route: Some(prefix(fha.prefix.0)) };
        let tun = fha.carries.then_some(tun);
        let tunnels_at = (fha.carries && fha.ip_tunnels).then_some(fha.address);
        let state = self.state();
        Ok(Built { tun, tunnels_at, state, ..Built::new("fha", machine, sockets) })
    }

    fn ha(&self, ha: &config::Ha) -> Result<Built, ConfigError> {
        let radius = self.client(&ha.radius, client_role::HA, "ha")?;
        if !ha.prefix.0.contains(ha.address) {
            return Err(self.wrong("ha", "the address does not lie in the prefix"));
        }
        if radius.servers.iter().chain([&radius.local]).any(SocketAddr::is_ipv4) {
            return Err(self.wrong("ha.radius", "a home agent asks over IPv6"));
        }
        let sockets = vec![radius.local];
        let mut config = HaConfig::new(ha.address, ha.prefix.0, radius);
        config.max_lifetime = ha.max_lifetime;
        config.capacity = ha.capacity;
        config.vendor_id = self.config.daemon.vendor_id;
        let machine = Party::Ha(Box::new(ha::Ha::new(config)));
        let tun = Some(Tun { name: ha.tun.clone(), route: Some(prefix(ha.prefix.0)) });
        Ok(Built { tun, state: self.state(), ..Built::new("ha", machine, sockets) })
    }

    fn mn(&self, mn: &config::Mn) -> Result<Built, ConfigError> {
        let access = self.secret(&mn.access_secret, "mn")?;
        let key = self.secret(&mn.mn_aaa_key, "mn")?;
        let first = mn.links.first().ok_or_else(|| self.wrong("mn", "a [[mn.link]] is missing"))?;
        let address = self.link_address(&first.interface, "mn.link")?;
        let mut config = MnConfig::new(mn.nai.0.clone(), access, key, address);
        config.tunnel = match mn.tunnel {
            Tunnel::Udp => TunnelForm::Udp,
            Tunnel::Ip => TunnelForm::Ip,
        };
        config.lifetime = mn.lifetime;
        config.binding_lifetime = mn.lifetime.into();
        config.vendor_id = self.config.daemon.vendor_id;
        let links = mn.links.iter().map(|link| {
            self.link_address(&link.interface, "mn.link")?;
            let agents = match link.solicit {
                0 => AgentPolicy::None,
                times => AgentPolicy::Solicit(times),
            };
            Ok(MobileLink {
                attachment: Attachment {
                    provisional: link.provisional.0.address,
                    pana_port: pana::PORT,
                    paa: (link.nas, pana::PORT).into(),
                    agents,
                },
                interface: link.interface.clone(),
                prefix_length: link.provisional.0.prefix_length,
                gateway: link.gateway.unwrap_or(link.nas),
            })
        });
        let mobile = Mobile {
            links: links.collect::<Result<_, ConfigError>>()?,
            at: 0,
            tun: mn.tun.clone(),
            port: config.port,
        };
        Ok(Built {
            tun: Some(Tun { name: mn.tun.clone(), route: None }),
            tunnels_at: (mn.tunnel == Tunnel::Ip).then_some(Ipv4Addr::UNSPECIFIED),
            mobile: Some(mobile),
            state: self.state(),
            ..Built::new("mn", Party::Mn(Box::new(Mn::new(config))), Vec::new())
        })
    }

    /// The link-layer address of a device of this host.
    fn link_address(&self, interface: &str, table: &str) -> Result<LinkAddr, ConfigError> {
        let path = Path::new("/sys/class/net").join(interface).join("address");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let octets: Vec<u8> =
            text.trim().split(':').filter_map(|octet| u8::from_str_radix(octet, 16).ok()).collect();
        let address = <[u8; 6]>::try_from(octets).ok().map(LinkAddr);
        address.ok_or_else(|| {
            self.wrong(table, &format!("there is no device {interface} with a link-layer address"))
        })
    }

    /// The directory of what is kept.
    fn state(&self) -> Option<PathBuf> {
        self.config.daemon.state.as_ref().map(|state| self.directory.join(state))
    }

    fn client(
        &self,
        client: &config::Client,
        client_role: u32,
        table: &str,
    ) -> Result<ClientConfig, ConfigError> {
        let (nas_ip, nas_ipv6) = match client.local.ip() {
            IpAddr::V4(address) => (Some(address), None),
            IpAddr::V6(address) => (None, Some(address)),
        };
        let other = client.servers.iter().any(|at| at.is_ipv4() != client.local.is_ipv4());
        if other || client.servers.is_empty() || client.local.port() == 0 {
            let reason = "local needs a port, and servers of the same version of IP";
            return Err(self.wrong(&format!("{table}.radius"), reason));
        }
        Ok(ClientConfig {
            local: client.local,
            servers: client.servers.clone(),
            secret: self.secret(&client.secret, &format!("{table}.radius"))?,
            nas_ip,
            nas_ipv6,
            nas_identifier: Some(client.name.clone()),
            vendor_id: self.config.daemon.vendor_id,
            client_role,
            strict: client.strict,
        })
    }

    fn secret(
        &self,
        source: &SecretSource,
        table: &str,
    ) -> Result<dsboot_roles::Secret, ConfigError> {
        source.read(&self.directory).map_err(|reason| self.wrong(table, &reason))
    }

    /// The table of the FHA.
    pub(super) const fn fha_config(&self) -> Option<&config::Fha> {
        self.config.fha.as_ref()
    }

    /// The table of the home agent.
    pub(super) const fn ha_config(&self) -> Option<&config::Ha> {
        self.config.ha.as_ref()
    }

    /// What is wrong with a table of the configuration as a whole.
    pub(super) fn wrong(&self, table: &str, reason: &str) -> ConfigError {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        let headings = BTreeSet::from([format!("[{table}]"), format!("[[{table}]]")]);
        let line = text.lines().position(|line| headings.contains(line.trim()));
        let line = line.map(|line| format!(":{}", line + 1)).unwrap_or_default();
        ConfigError(format!("{}{line}: [{table}]: {reason}", self.path.display()))
    }
}

impl AskerRole {
    const fn number(self) -> u32 {
        match self {
            AskerRole::Nas => client_role::NAS,
            AskerRole::NasFa => client_role::NAS_FA,
            AskerRole::Fha => client_role::FHA,
            AskerRole::Ha => client_role::HA,
        }
    }
}

impl From<Kind> for AaaKind {
    fn from(kind: Kind) -> AaaKind {
        match kind {
            Kind::Integrated => AaaKind::AaahIntegrated,
            Kind::Home => AaaKind::AaahSubscription,
            Kind::Visited => AaaKind::Aaaf,
        }
    }
}

fn prefix(prefix: dsboot_codec::radius::Ipv6Prefix) -> String {
    format!("{}/{}", prefix.address(), prefix.length())
}
