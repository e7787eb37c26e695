//! Machines from configurations.

use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
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
use dsboot_roles::{LinkAddr, Nai, Secret, fha, ha, nas};
use dsboot_spec::registry::{dsb::client_role, mip4, mip4::algorithm, pana};

use super::config::{self, AskerRole, Config, ConfigError, Kind, Tunnel};
use super::place::Place;
use super::sockets::cannot_bind;
use super::sound;
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

    /// What keeps the daemon from being started on this host now, which need not be wrong: it may be
    /// at work already, or the host's addresses be given later.
    ///
    /// # Errors
    ///
    /// When something is not as it must be.
    pub fn notes(&self) -> Result<Vec<String>, ConfigError> {
        let sockets = self.build()?.into_iter().flat_map(|built| built.sockets);
        let udp = sockets.filter_map(|at| Some(("UDP", at, UdpSocket::bind(at).err()?)));
        let metrics = self.config.daemon.metrics.into_iter();
        let tcp = metrics.filter_map(|at| Some(("TCP", at, TcpListener::bind(at).err()?)));
        Ok(udp.chain(tcp).map(|(kind, at, error)| cannot_bind(kind, at, &error)).collect())
    }

    /// The roles.
    pub(super) fn build(&self) -> Result<Vec<Built>, ConfigError> {
        let wrong = sound::wrong(&self.config);
        if !wrong.is_empty() {
            let each = wrong.iter().map(|(place, reason)| self.wrong_at(*place, reason).0);
            return Err(ConfigError(each.collect::<Vec<_>>().join("\n")));
        }
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
        let radius = self.client(&nas.radius, role, Place::table("nas.radius"))?;
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
        self.link_address(&fa.interface, Place::table("fa"))?;
        let mut config = FaConfig::new(fa.address);
        config.registration_required = fa.registration_required;
        config.udp_tunnelling = fa.udp_tunnelling;
        config.max_lifetime = fa.max_lifetime;
        config.advertise_every = fa.advertise_every.map(|every| Duration::from_secs(every.into()));
        config.visitor_limit = fa.capacity;
        for (nth, peer) in fa.home_agents.iter().enumerate() {
            let key = Place::table("fa.home_agent").nth(nth).key("key");
            let key = self.secret(&peer.key, key)?;
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
        let users = self.users_of(aaa)?;
        let clients = aaa.clients.iter().enumerate().map(|(nth, client)| {
            let secret = Place::table("aaa.client").nth(nth).key("secret");
            let secret = self.secret(&client.secret, secret)?;
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
            users,
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

    /// The users in the AAA server's file of them.
    fn users_of(&self, aaa: &config::Aaa) -> Result<BTreeMap<Nai, aaa::User>, ConfigError> {
        let path = self.directory.join(&aaa.users);
        if !path.exists() {
            let reason = format!(
                "there is no {0}; `dsboot serve --example users > {0}` makes one to begin with",
                path.display()
            );
            return Err(self.wrong_at(Place::table("aaa").key("users"), &reason));
        }
        let file: config::Users = config::read(&path)?;
        let mut users = BTreeMap::new();
        for (nth, user) in file.users.iter().enumerate() {
            let place = Place::table("user").nth(nth);
            let secret = |source: &SecretSource, key: &'static str| {
                let secret = source.read(&self.directory);
                secret.map_err(|reason| wrong_in(&path, place.key(key), &reason))
            };
            let access = user.access_secret.as_ref();
            let access = access.map(|source| secret(source, "access_secret")).transpose()?;
            let home = user.home.as_ref().map(|home| {
                Ok(HomeRecord {
                    mn_aaa_key: secret(&home.mn_aaa_key, "home.mn_aaa_key")?,
                    home_address: home.address.0,
                    home_agent: home.agent,
                })
            });
            let mobility = if user.mobility { Mobility::Any } else { Mobility::None };
            let read = aaa::User { access, mobility, home: home.transpose()? };
            if users.insert(user.nai.0.clone(), read).is_some() {
                let reason = format!("the user {} is there twice", user.nai.0);
                return Err(wrong_in(&path, place.key("nai"), &reason));
            }
        }
        Ok(users)
    }

    fn fha(&self, fha: &config::Fha) -> Result<Built, ConfigError> {
        let radius = self.client(&fha.radius, client_role::FHA, Place::table("fha.radius"))?;
        let sockets = vec![(fha.address, mip4::PORT).into(), radius.local];
        let mut config = FhaConfig::new(fha.address, fha.address6, fha.prefix.0, radius);
        config.udp_keepalive = fha.udp_keepalive;
        config.max_lifetime = fha.max_lifetime;
        config.capacity = fha.capacity;
        config.vendor_id = self.config.daemon.vendor_id;
        for (nth, peer) in fha.foreign_agents.iter().enumerate() {
            let key = Place::table("fha.foreign_agent").nth(nth).key("key");
            let key = self.secret(&peer.key, key)?;
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
        let radius = self.client(&ha.radius, client_role::HA, Place::table("ha.radius"))?;
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
        let table = Place::table("mn");
        let access = self.secret(&mn.access_secret, table.key("access_secret"))?;
        let key = self.secret(&mn.mn_aaa_key, table.key("mn_aaa_key"))?;
        let first = mn.links.first().ok_or_else(|| self.wrong("mn", "a [[mn.link]] is missing"))?;
        let address = self.link_address(&first.interface, Place::table("mn.link"))?;
        let mut config = MnConfig::new(mn.nai.0.clone(), access, key, address);
        config.tunnel = match mn.tunnel {
            Tunnel::Udp => TunnelForm::Udp,
            Tunnel::Ip => TunnelForm::Ip,
        };
        config.lifetime = mn.lifetime;
        config.binding_lifetime = mn.lifetime.into();
        config.plain_home_agent = mn.plain_home_agent;
        config.vendor_id = self.config.daemon.vendor_id;
        let links = mn.links.iter().enumerate().map(|(nth, link)| {
            self.link_address(&link.interface, Place::table("mn.link").nth(nth))?;
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
    fn link_address(&self, interface: &str, table: Place<'_>) -> Result<LinkAddr, ConfigError> {
        let path = Path::new("/sys/class/net").join(interface).join("address");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let octets: Vec<u8> =
            text.trim().split(':').filter_map(|octet| u8::from_str_radix(octet, 16).ok()).collect();
        let address = <[u8; 6]>::try_from(octets).ok().map(LinkAddr);
        address.ok_or_else(|| {
            let listed = fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
            let names = listed.map(|each| each.file_name().to_string_lossy().into_owned());
            let reason = format!(
                "there is no device {interface} with a link-layer address; this host has {}",
                names.collect::<Vec<_>>().join(", ")
            );
            self.wrong_at(table.key("interface"), &reason)
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
        table: Place<'_>,
    ) -> Result<ClientConfig, ConfigError> {
        let (nas_ip, nas_ipv6) = match client.local.ip() {
            IpAddr::V4(address) => (Some(address), None),
            IpAddr::V6(address) => (None, Some(address)),
        };
        Ok(ClientConfig {
            local: client.local,
            servers: client.servers.clone(),
            secret: self.secret(&client.secret, table.key("secret"))?,
            nas_ip,
            nas_ipv6,
            nas_identifier: Some(client.name.clone()),
            vendor_id: self.config.daemon.vendor_id,
            client_role,
            strict: client.strict,
        })
    }

    fn secret(&self, source: &SecretSource, place: Place<'_>) -> Result<Secret, ConfigError> {
        source.read(&self.directory).map_err(|reason| self.wrong_at(place, &reason))
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
        self.wrong_at(Place::table(table), reason)
    }

    /// What is wrong at a place of the configuration.
    fn wrong_at(&self, place: Place<'_>, reason: &str) -> ConfigError {
        wrong_in(&self.path, place, reason)
    }
}

/// What is wrong at a place of a file.
fn wrong_in(path: &Path, place: Place<'_>, reason: &str) -> ConfigError {
    let text = fs::read_to_string(path).unwrap_or_default();
    ConfigError(format!("{}:{}", path.display(), place.describe(&text, reason)))
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
