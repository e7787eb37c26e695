use core::net::{Ipv4Addr, SocketAddr};

use dsboot_codec::dsb::Wanted;
use dsboot_spec::registry::{dsb, mip4};

use crate::{LinkAddr, Nai, Secret};

/// What a mobile node is configured with out of band: who it is, and its secrets. No address of
/// the bootstrap is among it.
//= access.1.1
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MnConfig {
    /// Who it is.
    pub nai: Nai,
    /// Shared with the AAA server that decides about access: the AAAH when integrated, the AAAF
    /// when subscribed.
    pub access_password: Secret,
    /// Shared with the AAAH.
    pub mn_aaa_key: Secret,
    /// Its link-layer address.
    pub link: LinkAddr,
    /// UDP port of Mobile IPv4, 434 unless ports are offset.
    pub port: u16,
    /// The registration lifetime it asks for, in seconds.
    pub lifetime: u16,
    /// The binding lifetime it asks for, in seconds, as far as the registration lets it.
    pub binding_lifetime: u32,
    /// How its tunnels are made.
    pub tunnel: TunnelForm,
    /// Which parameters it says it wants, if it says so.
    pub wanted: Option<Wanted>,
    /// The vendor of the parameter space.
    pub vendor_id: u32,
    /// Whether its home agent is one of RFC 6275 that does not know RFC 4285, and leaves it to IPsec, or
    /// to nobody, to protect what it says: then an acknowledgement without authentication is taken too,
    /// whoever has sent it.
    pub plain_home_agent: bool,
}

/// The form of the Mobile IPv4 tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TunnelForm {
    /// IPv4 in IPv4 (RFC 2003).
    Ip,
    /// In UDP (RFC 3519), for hosts without the privilege to send raw IP.
    Udp,
}

/// A link that the mobile node attaches to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attachment {
    /// The address that it has there before it is admitted.
    pub provisional: Ipv4Addr,
    /// Its UDP port for PANA there.
    pub pana_port: u16,
    /// The PANA authentication agent.
    pub paa: SocketAddr,
    /// Whether it looks for a foreign agent.
    pub agents: AgentPolicy,
}

/// Whether a mobile node looks for a foreign agent on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AgentPolicy {
    /// It registers by itself unless an agent demands otherwise.
    None,
    /// It solicits this many times before it registers without having heard an agent.
    Solicit(u32),
}

impl MnConfig {
    /// The defaults of the RFCs for everything but identity, secrets and link-layer address.
    #[must_use]
    pub fn new(nai: Nai, access_password: Secret, mn_aaa_key: Secret, link: LinkAddr) -> MnConfig {
        MnConfig {
            nai,
            access_password,
            mn_aaa_key,
            link,
            port: mip4::PORT,
            lifetime: mip4::DEFAULT_LIFETIME,
            binding_lifetime: u32::from(mip4::DEFAULT_LIFETIME),
            tunnel: TunnelForm::Ip,
            wanted: None,
            vendor_id: dsb::DEFAULT_VENDOR_ID,
            plain_home_agent: false,
        }
    }
}
