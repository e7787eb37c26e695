//! The profile of a target: a TOML file.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use dsboot_codec::mip4::RequestFlags;
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;
use dsboot_spec::registry::mip4::request_flag;
use serde::{Deserialize, Deserializer, Serialize};

/// The role that a target plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Under {
    /// A foreign home agent, or any Mobile IPv4 home agent.
    Fha,
    /// An AAA server.
    Aaa,
    /// A Mobile IPv6 home agent.
    Ha6,
    /// A network access server.
    Nas,
    /// A foreign agent.
    Fa,
    /// A mobile node.
    Mn,
}

impl Under {
    /// All of them.
    pub const ALL: [Under; 6] =
        [Under::Fha, Under::Aaa, Under::Ha6, Under::Nas, Under::Fa, Under::Mn];

    /// Its name in ids and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Under::Fha => "fha",
            Under::Aaa => "aaa",
            Under::Ha6 => "ha6",
            Under::Nas => "nas",
            Under::Fa => "fa",
            Under::Mn => "mn",
        }
    }

    /// What a target of it is called in ladders.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Under::Fha => "FHA",
            Under::Aaa => "AAA",
            Under::Ha6 => "HA",
            Under::Nas => "NAS",
            Under::Fa => "FA",
            Under::Mn => "MN",
        }
    }

    /// The role of that name; `ha4` is another name of `fha`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Under> {
        let name = if name == "ha4" { "fha" } else { name };
        Under::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What a target of the role can claim, with what each claim means. Without `claims` in a
    /// profile, all of it is claimed.
    #[must_use]
    pub const fn claims(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Under::Fha => &[
                (
                    "bootstrap",
                    "registers by MN-AAA authentication and RADIUS, with key generation (the draft)",
                ),
                ("ipv6", "copies the IPv6 parameters of an Access-Accept into the reply"),
                ("reverse-tunnel-only", "refuses requests without T by 138 (registration.7.8)"),
                ("nai", "identifies mobile nodes by the NAI extension"),
                ("timestamps", "replay protection by timestamps"),
                ("133-authenticated", "answers a wrong Identification by an authenticated 133"),
                ("simultaneous-none", "keeps one binding a mobile node"),
                ("encapsulation-none", "knows no GRE and no minimal encapsulation"),
                (
                    "vendor-critical",
                    "answers an unknown critical vendor extension by 140 (RFC 3115)",
                ),
                ("5944", "follows RFC 5944 where it mends RFC 3344"),
                ("tunnel", "carries packets through tunnels of IPv4 in IPv4 (protocol 4)"),
                (
                    "udp-tunnel",
                    "grants tunnels in UDP, and carries packets through them (RFC 3519)",
                ),
            ],
            Under::Aaa => &[
                ("eap", "leg A: EAP-MD5 through a NAS"),
                ("pap", "knows users by User-Password (RFC 2865 §5.2)"),
                ("chap", "knows users by CHAP (RFC 2865 §5.3)"),
                ("fha-assignment", "leg A: assigns an FHA and a care-of address"),
                ("mobility", "leg B: verifies CHAP for an FHA and assigns addresses and keys"),
                ("binding", "leg C: verifies binding updates for a home agent"),
                ("strict", "demands Message-Authenticator in every request (access.6.5)"),
                ("duplicates", "answers a retransmission by the same octets (RFC 5080)"),
                ("roles", "refuses a leg that the client is not entitled to (access.6.8)"),
                ("status-server", "answers Status-Server (RFC 5997)"),
                ("persistent", "keeps what it has assigned over a restart (movement.4.3)"),
                (
                    "same-rounds",
                    "refuses unknown users after as many rounds as known ones (access.3.6)",
                ),
            ],
            Under::Ha6 => &[
                (
                    "bootstrap",
                    "authenticates updates by the MN-AAA option and asks an AAA server (the draft)",
                ),
                ("replay", "replay protection by the Mesg-ID option (RFC 4285 §6)"),
                ("binding-error", "answers unknown messages by a Binding Error"),
                ("intercept", "tunnels what comes for a bound home address to its care-of address"),
                ("reverse-tunnel", "takes what a mobile node sends through the tunnel"),
                ("icmp", "answers malformed mobility headers by an ICMP Parameter Problem"),
            ],
            Under::Fa => &[
                (
                    "bootstrap",
                    "relays first requests of mobile nodes without home address (the draft)",
                ),
                ("nai", "knows mobile nodes by the NAI extension (RFC 2794)"),
                ("challenge", "offers challenges and asks for them (RFC 4721)"),
                ("timeout", "gives a request up after 7 s, by 78"),
                ("tunnel", "carries packets for visitors out of tunnels of IPv4 in IPv4"),
                ("reverse-tunnel", "carries packets of visitors into such tunnels (RFC 3024)"),
                ("5944", "follows RFC 5944 where it mends RFC 3344"),
            ],
            Under::Nas => &[
                (
                    "bootstrap",
                    "tells FHA and care-of address to clients that ask for them (the draft)",
                ),
                ("pool", "gives addresses of its own where the AAA server leaves that to it"),
            ],
            Under::Mn => &[
                (
                    "bootstrap",
                    "takes FHA and care-of address from its NAS, and asks for keys (the draft)",
                ),
                ("agents", "looks for foreign agents, and registers through them"),
                ("ipv6", "binds its IPv6 home address at its home agent (RFC 4285)"),
                ("release", "gives everything back when its process is told to end (SIGTERM)"),
                ("renew", "asks for access again before the session of its access ends"),
            ],
        }
    }
}

impl fmt::Display for Under {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What is known of a target.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What the target is called in reports.
    pub name: String,
    /// The role that it plays.
    pub role: Under,
    /// What it claims to do; everything when this is left out.
    pub claims: Option<BTreeSet<String>>,
    /// How many cases may run at a time; 1 for a target that cannot be asked by several.
    #[serde(default = "sixteen")]
    pub jobs: usize,
    /// Milliseconds without an answer that count as silence.
    #[serde(default = "silence")]
    pub silence: u64,
    /// Milliseconds that an answer may take.
    #[serde(default = "patience")]
    pub patience: u64,
    /// The vendor number of the bootstrap parameters.
    #[serde(default = "vendor")]
    pub vendor: u32,
    /// The target.
    pub target: Target,
    /// The tester's side.
    pub tester: Tester,
    /// For an FHA or home agent: mobile nodes that it is configured with.
    #[serde(default, rename = "mobile")]
    pub mobiles: Vec<Mobile>,
    /// For a home agent of Mobile IPv6 that asks no AAA server: mobile nodes that it knows. Without
    /// any, it is to take every home address of its prefix.
    #[serde(default, rename = "mobile6")]
    pub mobiles6: Vec<Mobile6>,
    /// For an AAA server: its users. For a mobile node: itself, one of them.
    #[serde(default, rename = "user")]
    pub users: Vec<User>,
    /// Where the file was read from; `start` and the others run there.
    #[serde(skip)]
    pub directory: PathBuf,
}

/// The target's side.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Where it hears: UDP address and port; of a home agent of Mobile IPv6 the address alone. A mobile
    /// node is known by its link.
    #[serde(default = "anywhere", deserialize_with = "with_or_without_port")]
    pub address: SocketAddr,
    /// The command that starts it, with its arguments; without one it runs already. A mobile node is
    /// started anew for each case, with `{link}` as the name of the link that it is to be on, and is
    /// killed after it.
    #[serde(default)]
    pub start: Vec<String>,
    /// The command that starts a mobile node which looks for foreign agents, where that is another.
    #[serde(default)]
    pub seek: Vec<String>,
    /// The command that has a mobile node go over to its next link, or back; `{pid}` is its process,
    /// `{link}` the name of the link.
    #[serde(default)]
    pub moves: Vec<String>,
    /// The command that stops it, where ending its process is not enough.
    #[serde(default)]
    pub stop: Vec<String>,
    /// The command that brings it back to where it began, where it is not started here.
    #[serde(default)]
    pub reset: Vec<String>,
    /// Milliseconds from start to first case, at most; a target that answers is not waited for.
    #[serde(default = "ready")]
    pub ready: u64,
    /// From where the target asks its AAA server.
    pub radius: Option<IpAddr>,
    /// The longest lifetime that it grants, in seconds, where it has one.
    pub max_lifetime: Option<u32>,
    /// How far clocks may differ, in seconds, where its security associations say something else than
    /// 7 (RFC 5944 §5.7.1).
    #[serde(default = "tolerance")]
    pub tolerance: u64,
    /// Flags of registration requests where a case is not about them, by their letters: `DT` where it
    /// claims to be an FHA, otherwise `D`.
    #[serde(default, deserialize_with = "letters")]
    pub flags: Option<RequestFlags>,
    /// The prefix from which an FHA wants IPv6 care-of addresses, or of a home link: 64 bits.
    pub prefix: Option<Ipv6Addr>,
    /// A foreign agent that shares an association with it.
    pub foreign_agent: Option<Agent>,
    /// Of a foreign agent: another home agent, which shares an association with it.
    pub home_agent: Option<Agent>,
}

/// A mobility agent that the tester plays, with which the target shares an association.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// Its address, one of this host.
    pub address: Ipv4Addr,
    /// The SPI, both ways.
    pub spi: u32,
    /// The key.
    pub key: String,
}

/// The tester's side.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tester {
    /// From where mobile nodes speak.
    #[serde(default = "nowhere")]
    pub address: IpAddr,
    /// The TUN device that the tester makes for its mobile nodes, where they speak IPv6.
    #[serde(default = "device")]
    pub tun: String,
    /// The device of the link on which the tester's mobile nodes visit a foreign agent; the other
    /// end is the agent's. `address` is the home agent's then.
    pub link: Option<String>,
    /// The devices of the links on which a mobile node is visited by cases, one at a time on each.
    #[serde(default)]
    pub links: Vec<String>,
    /// The prefix of 64 bits from which mobile nodes have their IPv6 care-of addresses; it is
    /// routed into that device.
    pub care_of: Option<Ipv6Addr>,
    /// Another address of this host, for what comes from elsewhere.
    pub other: Option<IpAddr>,
    /// An address of this host where the correspondent of a home agent's mobile nodes is: IPv6 of an
    /// FHA's, IPv4 of any other's. The way from there to the mobile nodes is through the target.
    pub correspondent: Option<IpAddr>,
    /// Where the tester hears as AAA server.
    pub aaa: Option<SocketAddr>,
    /// The RADIUS secret that it shares with the target there.
    pub secret: Option<String>,
    /// As a NAS that asks the target.
    pub nas: Option<Asker>,
    /// As an FHA that asks the target.
    pub fha: Option<Asker>,
    /// As a home agent that asks the target.
    pub ha: Option<Asker>,
    /// An address from which the target does not know any client.
    pub stranger: Option<IpAddr>,
}

/// The tester as RADIUS client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asker {
    /// Its address.
    pub address: IpAddr,
    /// Where the target hears for this client, if not at `target.address`.
    pub server: Option<SocketAddr>,
    /// The secret that it shares with the target.
    pub secret: String,
    /// The name that it gives (NAS-Identifier).
    pub name: String,
}

/// A mobile node that a home agent is configured with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mobile {
    /// Its NAI, where the home agent knows it by one.
    pub nai: Option<String>,
    /// Its home address.
    pub home_address: Ipv4Addr,
    /// The SPI, both ways.
    pub spi: u32,
    /// The key: text, or hex after `0x`.
    pub key: String,
    /// How authenticators are made: `hmac-md5`, `hmac-sha1` or `prefix-suffix-md5`.
    #[serde(default = "hmac_md5")]
    pub algorithm: String,
}

/// A mobile node that a home agent of Mobile IPv6 is configured with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mobile6 {
    /// Its home address.
    pub home_address: Ipv6Addr,
    /// Its NAI, where it has to give one.
    pub nai: Option<String>,
    /// The association by which updates and acknowledgements are authenticated (RFC 4285 §5.1),
    /// where there is one.
    pub association: Option<Association6>,
}

/// An association between a mobile node and its home agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Association6 {
    /// The SPI, both ways.
    pub spi: u32,
    /// The key: text, or hex after `0x`.
    pub key: String,
}

/// A user of an AAA server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The name.
    pub nai: String,
    /// The secret for access.
    pub access_secret: Option<String>,
    /// The key for mobility.
    pub mn_aaa_key: Option<String>,
    /// The IPv6 home address of the record.
    pub home_address: Option<Ipv6Addr>,
    /// The home agent of the record.
    pub home_agent: Option<Ipv6Addr>,
    /// Whether the user has mobility.
    #[serde(default = "yes")]
    pub mobility: bool,
}

/// Why a profile cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProfileError(pub String);

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is not as it must be; the sentence says where and why.
    pub fn read(path: &Path) -> Result<Profile, ProfileError> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|e| ProfileError(format!("cannot read {shown}: {e}")))?;
        let mut profile = Profile::parse(&text)
            .map_err(|ProfileError(why)| ProfileError(format!("{shown}: {why}")))?;
        profile.directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Ok(profile)
    }

    /// Reads a profile from its text.
    ///
    /// # Errors
    ///
    /// When it is not as it must be.
    pub fn parse(text: &str) -> Result<Profile, ProfileError> {
        let profile: Profile = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            ProfileError(format!("line {line}: {}", error.message()))
        })?;
        profile.check_claims(text)?;
        profile.check()?;
        Ok(profile)
    }

    /// Looks for a claim that is none of the role, and for its line.
    fn check_claims(&self, text: &str) -> Result<(), ProfileError> {
        #[derive(Deserialize)]
        struct Claims {
            #[serde(default)]
            claims: Vec<toml::Spanned<String>>,
        }
        let known = self.role.claims();
        let told: Claims = toml::from_str(text).map_err(|error| ProfileError(error.to_string()))?;
        for claim in told.claims {
            let name = claim.get_ref();
            if !known.iter().any(|(own, _)| own == name) {
                let before = text.get(..claim.span().start).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                let (role, names) = (self.role, names.join(", "));
                return Err(ProfileError(format!(
                    "line {line}: claims: {name:?} is none of the role {role}; there are {names}"
                )));
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), ProfileError> {
        let needs = |there: bool, what: &str| {
            let why = || ProfileError(format!("for the role {}, {what} is needed", self.role));
            if there { Ok(()) } else { Err(why()) }
        };
        let is_known = self.role == Under::Mn || !self.target.address.ip().is_unspecified();
        needs(is_known, "target.address")?;
        match self.role {
            Under::Fha | Under::Aaa | Under::Nas | Under::Fa
                if self.tester.address.is_unspecified() =>
            {
                needs(false, "tester.address")
            }
            Under::Fha if self.claims("bootstrap") => {
                needs(self.tester.aaa.is_some(), "tester.aaa")?;
                needs(self.tester.secret.is_some(), "tester.secret")
            }
            Under::Fha => needs(!self.mobiles.is_empty(), "at least one [[mobile]]"),
            Under::Aaa => {
                needs(!self.users.is_empty(), "at least one [[user]]")?;
                let askers = [&self.tester.nas, &self.tester.fha, &self.tester.ha];
                needs(askers.iter().any(|asker| asker.is_some()), "tester.nas, .fha or .ha")
            }
            Under::Fa => needs(self.tester.link.is_some(), "tester.link"),
            Under::Mn => {
                needs(!self.tester.links.is_empty(), "tester.links")?;
                needs(!self.users.is_empty(), "a [[user]]")?;
                let target = &self.target;
                let begins = !target.start.is_empty() || !target.reset.is_empty();
                needs(begins, "target.start or target.reset")
            }
            Under::Nas => {
                needs(self.tester.aaa.is_some(), "tester.aaa")?;
                needs(self.tester.secret.is_some(), "tester.secret")
            }
            Under::Ha6 => {
                needs(self.target.address.is_ipv6(), "an IPv6 target.address")?;
                needs(self.target.prefix.is_some(), "target.prefix")?;
                needs(self.tester.care_of.is_some(), "tester.care_of")?;
                let asks = self.claims("bootstrap");
                needs(!asks || self.tester.aaa.is_some(), "tester.aaa")?;
                needs(!asks || self.tester.secret.is_some(), "tester.secret")
            }
        }
    }

    /// The flags of a registration request that is about none.
    #[must_use]
    pub fn flags(&self) -> RequestFlags {
        let tunnel = ["bootstrap", "reverse-tunnel-only"].iter().any(|claim| self.claims(claim));
        let tunnel = if tunnel { request_flag::REVERSE_TUNNEL } else { 0 };
        self.target.flags.unwrap_or(RequestFlags(tunnel | request_flag::DECAPSULATION))
    }

    /// Whether the target claims something.
    #[must_use]
    pub fn claims(&self, claim: &str) -> bool {
        self.claims.as_ref().is_none_or(|claims| claims.contains(claim))
    }
}

/// Octets of a secret: text as it is, hex after `0x`.
#[must_use]
pub(super) fn octets(text: &str) -> Vec<u8> {
    let hex = text.strip_prefix("0x").filter(|hex| hex.len() % 2 == 0);
    let decoded = hex.and_then(|hex| {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok())
            .collect::<Option<Vec<u8>>>()
    });
    decoded.unwrap_or_else(|| text.as_bytes().to_vec())
}

/// `192.0.2.1:434`, or `2001:db8::1`, which stands for port 0.
fn with_or_without_port<'d, D: Deserializer<'d>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    let alone = || text.parse().map(|address: IpAddr| SocketAddr::new(address, 0));
    text.parse().or_else(|_| alone()).map_err(|_| {
        let why = format!("{text:?} is no address; write ADDRESS:PORT, of IPv6 [ADDRESS]:PORT");
        serde::de::Error::custom(why)
    })
}

/// Letters of RFC 5944 §3.3.
fn letters<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Option<RequestFlags>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let flag = |letter| match letter {
        'S' => Ok(request_flag::SIMULTANEOUS),
        'B' => Ok(request_flag::BROADCAST),
        'D' => Ok(request_flag::DECAPSULATION),
        'M' => Ok(request_flag::MINIMAL_ENCAPSULATION),
        'G' => Ok(request_flag::GRE),
        'T' => Ok(request_flag::REVERSE_TUNNEL),
        _ => {
            let why = format!("flags: {letter:?} is none of the letters S, B, D, M, G and T");
            Err(serde::de::Error::custom(why))
        }
    };
    let flags = text.chars().map(flag).try_fold(0, |all, flag| Ok(all | flag?))?;
    Ok(Some(RequestFlags(flags)))
}

const fn anywhere() -> SocketAddr {
    SocketAddr::new(nowhere(), 0)
}

const fn nowhere() -> IpAddr {
    IpAddr::V4(Ipv4Addr::UNSPECIFIED)
}

fn device() -> String {
    "ct-mn".to_owned()
}

const fn sixteen() -> usize {
    16
}

const fn silence() -> u64 {
    400
}

const fn patience() -> u64 {
    1500
}

const fn ready() -> u64 {
    2000
}

const fn tolerance() -> u64 {
    7
}

const fn vendor() -> u32 {
    DEFAULT_VENDOR_ID
}

fn hmac_md5() -> String {
    "hmac-md5".to_owned()
}

const fn yes() -> bool {
    true
}
