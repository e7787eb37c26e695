//! The file that a daemon is configured by.

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use dsboot_codec::dsb::Prefixed;
use dsboot_codec::radius::Ipv6Prefix;
use dsboot_roles::Nai;
use dsboot_roles::aaa::AddressRange;
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::value::{LinkAddress, LinkRange, SecretSource, Text, cannot_read};

/// A configuration: what the daemon as a whole does, and a table for each role that it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What is for all roles.
    #[serde(default)]
    pub daemon: Daemon,
    /// A network access server.
    pub nas: Option<Nas>,
    /// An AAA server.
    pub aaa: Option<Aaa>,
    /// A foreign agent.
    pub fa: Option<Fa>,
    /// A foreign home agent.
    pub fha: Option<Fha>,
    /// A Mobile IPv6 home agent.
    pub ha: Option<Ha>,
    /// A mobile node.
    pub mn: Option<Mn>,
}

/// What is for all roles.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Daemon {
    /// Where Prometheus finds the counters, at the path `/metrics`.
    pub metrics: Option<SocketAddr>,
    /// The directory in which a role keeps what it holds over a crash, beside the configuration
    /// unless it begins with a slash; without, it begins with nothing. A NAS keeps nothing.
    pub state: Option<PathBuf>,
    /// The file to which everything that its roles see and do is written, a line each; beside the
    /// configuration unless it begins with a slash.
    pub trace: Option<PathBuf>,
    /// The user that it goes on as once everything is open; without, the one that began it.
    pub user: Option<String>,
    /// The vendor of the parameter space.
    pub vendor_id: u32,
}

impl Default for Daemon {
    fn default() -> Daemon {
        Daemon { metrics: None, state: None, trace: None, user: None, vendor_id: DEFAULT_VENDOR_ID }
    }
}

/// How a role asks an AAA server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// From where it asks: an address of this host and a port of its own.
    pub local: SocketAddr,
    /// Whom it asks, in this order.
    pub servers: Vec<SocketAddr>,
    /// The secret that it shares with them.
    pub secret: SecretSource,
    /// The name under which they know it (NAS-Identifier).
    pub name: String,
    /// Whether an answer without Message-Authenticator is discarded even without EAP.
    #[serde(default = "yes")]
    pub strict: bool,
}

/// A network access server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nas {
    /// Its address on the link of the mobile nodes, where PANA clients reach it.
    pub address: Ipv4Addr,
    /// The addresses that it may give where the AAA server leaves that to it.
    pub pool: Option<Text<LinkRange>>,
    /// How it asks.
    pub radius: Client,
}

/// An AAA server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aaa {
    /// Which of the draft's servers it is.
    pub kind: Kind,
    /// Where it hears.
    pub listen: Vec<SocketAddr>,
    /// The file of its users.
    pub users: PathBuf,
    /// For how long access is granted, in seconds.
    #[serde(default = "two_hours")]
    pub access_lifetime: u32,
    /// For how long mobility is granted, in seconds.
    #[serde(default = "one_hour")]
    pub mobility_lifetime: u32,
    /// Who may ask it.
    #[serde(default, rename = "client")]
    pub clients: Vec<Asker>,
    /// The FHAs that it knows.
    #[serde(default, rename = "fha")]
    pub fhas: Vec<KnownFha>,
    /// The NASes' links.
    #[serde(default, rename = "location")]
    pub locations: Vec<Location>,
}

/// Which of the draft's AAA servers a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// AAAH where access and mobility provider are one.
    Integrated,
    /// AAAH of a mobility provider alone.
    Home,
    /// AAAF.
    Visited,
}

/// A client of an AAA server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asker {
    /// Its address.
    pub address: IpAddr,
    /// Shared with it.
    pub secret: SecretSource,
    /// What it may say to be.
    pub roles: BTreeSet<AskerRole>,
    /// The names that it may give.
    pub names: BTreeSet<String>,
}

/// What a client of an AAA server may say to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskerRole {
    /// A NAS.
    Nas,
    /// A NAS with a foreign agent on the same host.
    NasFa,
    /// A foreign home agent.
    Fha,
    /// A home agent.
    Ha,
}

/// An FHA as an AAA server knows it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFha {
    /// The name that it gives in its requests.
    pub name: String,
    /// Its address, as mobile nodes are told.
    pub address: Option<Ipv4Addr>,
    /// Its domain name, as mobile nodes are told.
    pub fqdn: Option<String>,
    /// The temporary home addresses of its mobile nodes.
    pub home_addresses: Option<Text<AddressRange>>,
}

/// A NAS's link as an AAA server knows it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// The name that the NAS gives.
    pub nas: String,
    /// The FHAs for this link by name, the best first.
    pub fhas: Vec<String>,
    /// The co-located care-of addresses there; without, mobile nodes have those of the FA.
    pub care_of: Option<Text<LinkRange>>,
}

/// A foreign agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fa {
    /// Its address on the link, which is the care-of address that it offers.
    pub address: Ipv4Addr,
    /// The device of that link.
    pub interface: String,
    /// Whether mobile nodes with care-of addresses of their own must register through it (R).
    #[serde(default)]
    pub registration_required: bool,
    /// Whether its tunnels are in UDP (RFC 3519) instead of IPv4 in IPv4.
    #[serde(default)]
    pub udp_tunnelling: bool,
    /// The longest registration, in seconds.
    #[serde(default = "half_an_hour")]
    pub max_lifetime: u16,
    /// How often it advertises itself, in seconds; without, only when solicited.
    pub advertise_every: Option<u16>,
    /// How many visitors it serves.
    #[serde(default = "bindings")]
    pub capacity: usize,
    /// The FHAs that it has an association with.
    #[serde(default, rename = "home_agent")]
    pub home_agents: Vec<MobilityPeer>,
}

/// The other side of an association between foreign agent and FHA (extension 34).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MobilityPeer {
    /// Its address.
    pub address: Ipv4Addr,
    /// The SPI, the same in both directions.
    pub spi: u32,
    /// The key.
    pub key: SecretSource,
}

/// A foreign home agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fha {
    /// Its IPv4 address.
    pub address: Ipv4Addr,
    /// Its address on the IPv6 side, from which its ICMPv6 errors come.
    pub address6: Ipv6Addr,
    /// The prefix of the IPv6 care-of addresses; this host must be the way to it.
    pub prefix: Text<Ipv6Prefix>,
    /// Keepalive interval of UDP tunnels in seconds; without, none is granted.
    #[serde(default = "keepalive")]
    pub udp_keepalive: Option<u16>,
    /// Whether it takes tunnels of IPv4 in IPv4 too, which takes CAP_NET_RAW.
    #[serde(default = "yes")]
    pub ip_tunnels: bool,
    /// The foreign agents that it has an association with.
    #[serde(default, rename = "foreign_agent")]
    pub foreign_agents: Vec<MobilityPeer>,
    /// The longest registration, in seconds.
    #[serde(default = "half_an_hour")]
    pub max_lifetime: u16,
    /// How many bindings it holds.
    #[serde(default = "bindings")]
    pub capacity: usize,
    /// Whether it carries packets too; if not it is for tests alone, and takes no TUN device.
    #[serde(default = "yes")]
    pub carries: bool,
    /// Name of the TUN device to be made.
    #[serde(default = "fha_tun")]
    pub tun: String,
    /// How it asks the AAAH.
    pub radius: Client,
}

/// A Mobile IPv6 home agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ha {
    /// Its address, in the home prefix.
    pub address: Ipv6Addr,
    /// The prefix of the home addresses; this host must be the way to it.
    pub prefix: Text<Ipv6Prefix>,
    /// The longest binding, in seconds.
    #[serde(default = "one_hour")]
    pub max_lifetime: u32,
    /// How many bindings it holds.
    #[serde(default = "bindings")]
    pub capacity: usize,
    /// Name of the TUN device to be made.
    #[serde(default = "ha_tun")]
    pub tun: String,
    /// How it asks the AAAH: over IPv6.
    pub radius: Client,
}

/// A mobile node.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mn {
    /// Who it is.
    pub nai: Text<Nai>,
    /// The secret for access.
    pub access_secret: SecretSource,
    /// The key that it shares with its AAAH.
    pub mn_aaa_key: SecretSource,
    /// The form of its tunnel where it has a care-of address of its own.
    #[serde(default)]
    pub tunnel: Tunnel,
    /// The links that it can be on. It begins on the first, and SIGUSR1 moves it to the next.
    #[serde(rename = "link")]
    pub links: Vec<MnLink>,
    /// Name of the TUN device to be made, under which programs have the IPv6 home address.
    #[serde(default = "mn_tun")]
    pub tun: String,
    /// The registration lifetime that it asks for, in seconds.
    #[serde(default = "half_an_hour")]
    pub lifetime: u16,
    /// Whether its home agent is one of RFC 6275 without RFC 4285, whose acknowledgements are taken
    /// without authentication.
    #[serde(default)]
    pub plain_home_agent: bool,
}

/// The form of a mobile node's own tunnel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tunnel {
    /// In UDP (RFC 3519).
    #[default]
    Udp,
    /// IPv4 in IPv4 (RFC 2003), which takes CAP_NET_RAW.
    Ip,
}

/// A link that a mobile node can be on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MnLink {
    /// Its device.
    pub interface: String,
    /// The address that the mobile node has there before it is admitted.
    pub provisional: Text<LinkAddress>,
    /// The way out of that link; without, the NAS.
    pub gateway: Option<Ipv4Addr>,
    /// The NAS.
    pub nas: Ipv4Addr,
    /// How often it looks for a foreign agent there before it does without; 0: it does not look.
    #[serde(default)]
    pub solicit: u32,
}

/// The users of an AAA server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Users {
    /// Each of them.
    #[serde(default, rename = "user")]
    pub users: Vec<User>,
}

/// A user of an AAA server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The user's name.
    pub nai: Text<Nai>,
    /// The secret for access; without, the user has none here.
    pub access_secret: Option<SecretSource>,
    /// Whether the user has mobility.
    #[serde(default = "yes")]
    pub mobility: bool,
    /// What only the user's AAAH knows.
    pub home: Option<Home>,
}

/// What only a user's AAAH knows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Home {
    /// The key shared with the user's mobile node.
    pub mn_aaa_key: SecretSource,
    /// IPv6 home address.
    pub address: Text<Prefixed<Ipv6Addr>>,
    /// The user's home agent.
    pub agent: Ipv6Addr,
}

/// Why a configuration cannot be used: a sentence with file, line and reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or something in it is not as it must be.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let config: Config = read(path)?;
        let has_role = config.nas.is_some()
            || config.aaa.is_some()
            || config.fa.is_some()
            || config.fha.is_some()
            || config.ha.is_some()
            || config.mn.is_some();
        if has_role {
            Ok(config)
        } else {
            let path = path.display();
            Err(ConfigError(format!(
                "{path}: no role; one of [nas], [fa], [aaa], [fha], [ha], [mn]"
            )))
        }
    }
}

/// Reads a TOML file; errors say the line.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text = fs::read_to_string(path).map_err(|e| ConfigError(cannot_read(path, &e)))?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| format!(":{}", before.matches('\n').count() + 1));
        let (path, line) = (path.display(), line.unwrap_or_default());
        ConfigError(format!("{path}{line}: {}", plain(error.message())))
    })
}

/// A parser's message in words that need no knowledge of the program.
fn plain(message: &str) -> String {
    const WORDS: [(&str, &str); 7] = [
        ("expected u16", "expected a number from 0 to 65535"),
        ("expected u32", "expected a number from 0 to 4294967295"),
        ("expected usize", "expected a number from 0 on"),
        (
            "invalid socket address syntax",
            "expected an address with a port, such as \"192.0.2.1:1812\" or \"[2001:db8::1]:1812\"",
        ),
        ("invalid IPv4 address syntax", "expected an IPv4 address, such as \"192.0.2.1\""),
        ("invalid IPv6 address syntax", "expected an IPv6 address, such as \"2001:db8::1\""),
        ("invalid IP address syntax", "expected an IPv4 or IPv6 address"),
    ];
    WORDS.iter().fold(message.to_owned(), |text, (of, to)| text.replace(of, to))
}

const fn yes() -> bool {
    true
}

const fn half_an_hour() -> u16 {
    1800
}

const fn one_hour() -> u32 {
    3600
}

const fn two_hours() -> u32 {
    7200
}

#[expect(clippy::unnecessary_wraps, reason = "the default of an option")]
const fn keepalive() -> Option<u16> {
    Some(110)
}

const fn bindings() -> usize {
    65_536
}

fn fha_tun() -> String {
    "dsb-fha".to_owned()
}

fn ha_tun() -> String {
    "dsb-ha".to_owned()
}

fn mn_tun() -> String {
    "dsb-mn".to_owned()
}
