use core::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use dsboot_codec::{
    Positioned, crypto,
    dsb::Parameter,
    mip4::{
        Algorithm, AuthenticationKind, Extension, Identification, Message, RequestFlags,
        SecurityContext, UdpTunnelRequest,
    },
    radius::{Attribute, ChapPassword, RequestBuilder, SubAttribute},
};
use dsboot_spec::registry::{self, mip4::FIRST_FREE_SPI};

use super::{FhaConfig, ForeignAgent, TunnelEnd};
use crate::{Association, Datagram, Nai, count::Registration};

/// A registration request as far as the FHA needs it, with its octets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Request {
    pub(super) octets: Vec<u8>,
    /// Where it came from, and where on this host it arrived: the reply goes the way back.
    pub(super) source: SocketAddrV4,
    destination: SocketAddrV4,
    pub(super) nai: Nai,
    pub(super) flags: RequestFlags,
    pub(super) lifetime: u16,
    pub(super) home_address: Ipv4Addr,
    pub(super) home_agent: Ipv4Addr,
    pub(super) care_of_address: Ipv4Addr,
    pub(super) identification: Identification,
    pub(super) proof: Proof,
    /// The SPI that the MN chose for the key it asks for.
    pub(super) key_request: Option<u32>,
    pub(super) challenge: Option<Vec<u8>>,
    wanted: Option<u8>,
    tunnel: Option<UdpTunnelRequest>,
    /// Whether `tunnel` was asked for by the FA, behind the authenticator, for itself.
    tunnel_is_agents: bool,
}

/// Who can tell whether the request is the mobile node's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Proof {
    /// The FHA itself, by the association that this SPI names.
    Association { spi: u32 },
    /// The AAAH, by these CHAP values.
    Aaa { password: [u8; 17], challenge: Vec<u8> },
}

impl Request {
    /// Reads a datagram that holds a registration request. `nai_of` tells to whom a home address
    /// is assigned.
    pub(super) fn read(
        datagram: &Datagram,
        nai_of: impl FnOnce(Ipv4Addr) -> Option<Nai>,
    ) -> Result<Request, Registration> {
        //= registration.7.2
        let Ok(Message::Request(message)) = Message::decode(&datagram.payload) else {
            return Err(Registration::Malformed);
        };
        let (SocketAddr::V4(source), SocketAddr::V4(destination)) =
            (datagram.source, datagram.destination)
        else {
            return Err(Registration::Malformed);
        };
        let (header, extensions) = (message.header, message.extensions);
        let last = extensions.authorization().ok_or(Registration::NoAuthorization)?;
        //= registration.7.1
        let authorization =
            extensions.authenticator(AuthenticationKind::MobileHome).once().unwrap_or(last);
        let covered = extensions.before(&authorization);
        let nai = match covered.nai().once() {
            Some(octets) => Nai::new(octets),
            None => nai_of(header.home_address),
        };
        let key_request = covered.mn_ha_key_request().once();
        let proof = if authorization.kind == AuthenticationKind::MobileHome {
            Proof::Association { spi: authorization.spi }
        } else {
            //= keys.2.1
            //= keys.2.2
            let credentials = covered
                .mn_aaa_challenge()
                .and_then(|challenge| authorization.chap_credentials(challenge))
                .ok_or(Registration::NotChap)?;
            if key_request.is_none_or(|spi| spi < FIRST_FREE_SPI) {
                return Err(Registration::NoKeyRequest);
            }
            Proof::Aaa { password: credentials.password, challenge: credentials.challenge }
        };
        let own = covered.unique(udp_tunnel_request).once();
        let agents = extensions.after(&last).unique(udp_tunnel_request).once();
        Ok(Request {
            octets: datagram.payload.clone(),
            source,
            destination,
            nai: nai.ok_or(Registration::NoNai)?,
            flags: header.flags,
            lifetime: header.lifetime,
            home_address: header.home_address,
            home_agent: header.home_agent,
            care_of_address: header.care_of_address,
            identification: header.identification,
            proof,
            key_request,
            challenge: extensions.challenge().once().map(<[u8]>::to_vec),
            wanted: None,
            tunnel: own.or(agents),
            tunnel_is_agents: own.is_none(),
        })
    }

    /// The same, with the Bootstrap-Request flags in the vendor's number space.
    pub(super) fn with_parameters_of(mut self, vendor_id: u32) -> Request {
        if let Ok(Message::Request(message)) = Message::decode(&self.octets) {
            let wanted = message.extensions.bootstrap(vendor_id).bootstrap_request.once();
            self.wanted = wanted.map(|wanted| wanted.0);
        }
        self
    }

    /// Whether the MN–FHA authenticator is right under an association.
    pub(super) fn proved_by(&self, association: &Association) -> bool {
        let Ok(Message::Request(message)) = Message::decode(&self.octets) else { return false };
        let Some(context) = association.of_requests() else { return false };
        message
            .extensions
            .authenticator(AuthenticationKind::MobileHome)
            .once()
            .is_some_and(|authenticator| authenticator.verify(&context))
    }

    /// The code that refuses a critical vendor extension, if there is one: we know none.
    pub(super) fn refused_vendor(&self) -> Option<u8> {
        //= wire.2.16
        let Ok(Message::Request(message)) = Message::decode(&self.octets) else { return None };
        let extensions = message.extensions;
        let is_critical = |one: &Positioned<'_, Extension<'_>>| {
            matches!(one.value, Extension::Cvse(_) | Extension::CvseOld(_))
        };
        let last = extensions.authorization()?;
        let of_mn = extensions.before(&last).iter().any(|one| is_critical(&one));
        let of_fa = extensions.after(&last).iter().any(|one| is_critical(&one));
        match (of_mn, of_fa) {
            (true, _) => Some(registry::mip4::code::HA_CVSE_FROM_MN),
            (false, true) => Some(registry::mip4::code::HA_CVSE_FROM_FA),
            (false, false) => None,
        }
    }

    /// The association with the foreign agent that relayed the request, if there is one.
    pub(super) fn foreign_agent<'c>(&self, config: &'c FhaConfig) -> Option<&'c ForeignAgent> {
        config.foreign_agents.get(self.source.ip())
    }

    /// Whether the foreign agent has proved itself, where it can and must: not on a
    /// deregistration, nor for a care-of address that is not the agent's.
    pub(super) fn foreign_agent_proved(&self, config: &FhaConfig) -> bool {
        let Some(agent) = self.foreign_agent(config) else { return true };
        if self.lifetime == 0 || self.care_of_address != *self.source.ip() {
            return true;
        }
        let Ok(Message::Request(message)) = Message::decode(&self.octets) else { return false };
        message
            .extensions
            .authenticator(AuthenticationKind::ForeignHome)
            .once()
            .is_some_and(|authenticator| authenticator.verify(&agent.context()))
    }

    /// Whether an agent with which there is no association has put in an authenticator.
    pub(super) fn is_by_unknown_agent(&self, config: &FhaConfig) -> bool {
        if self.foreign_agent(config).is_some() {
            return false;
        }
        let Ok(Message::Request(message)) = Message::decode(&self.octets) else { return false };
        message
            .extensions
            .authenticators()
            .any(|authenticator| authenticator.kind == AuthenticationKind::ForeignHome)
    }

    /// Fills the Access-Request of leg B.
    pub(super) fn access_request(
        &self,
        builder: &mut RequestBuilder,
        config: &FhaConfig,
        fha_spi: u32,
        current: Option<Ipv4Addr>,
    ) {
        //= registration.6.3
        builder.attribute(&Attribute::UserName(self.nai.octets()));
        if let Proof::Aaa { password, challenge } = &self.proof {
            let [identifier, response @ ..] = password;
            let password = ChapPassword { identifier: *identifier, response };
            builder.attribute(&Attribute::ChapPassword(password));
            builder.attribute(&Attribute::ChapChallenge(challenge));
        }
        //= registration.6.5
        builder.attribute(&Attribute::FramedIpv6Prefix(config.prefix));
        //= registration.6.6
        if let Some(thoav4) = current {
            builder.attribute(&Attribute::FramedIpAddress(thoav4));
        }
        let wanted = self
            .wanted
            .map(|flags| Parameter::BootstrapRequest(dsboot_codec::dsb::Wanted(flags)).into());
        //= registration.6.4
        let spis = [self.key_request.map(SubAttribute::MnSpi), Some(SubAttribute::FhaSpi(fha_spi))];
        for attribute in wanted.into_iter().chain(spis.into_iter().flatten()) {
            builder.sub_attribute(config.vendor_id, &attribute);
        }
    }

    /// The other end of the tunnel that the request asks for and the FHA grants.
    pub(super) fn tunnel_end(&self, config: &FhaConfig) -> TunnelEnd {
        let granted = self.tunnel.filter(|_| config.udp_keepalive.is_some());
        match granted {
            None => TunnelEnd::Ip,
            //= data-path.6.6
            Some(request) if request.registration_required && !self.tunnel_is_agents => {
                TunnelEnd::Udp(SocketAddrV4::new(self.care_of_address, 0))
            }
            Some(_) => TunnelEnd::Udp(self.source),
        }
    }

    /// Whether the request asks for UDP tunnelling, and whether it insists.
    pub(super) fn tunnel_request(&self) -> Option<UdpTunnelRequest> {
        self.tunnel
    }

    /// Whether the answer about the tunnel is for the foreign agent.
    pub(super) fn tunnel_is_agents(&self) -> bool {
        self.tunnel_is_agents
    }

    /// What tells it from others, also from the same that comes from another address.
    //= registration.7.19
    pub(super) fn digest(&self) -> [u8; 20] {
        crypto::sha1(&[&self.octets, &self.source.ip().octets()])
    }

    /// The datagram that takes `reply` back.
    pub(super) fn answer(&self, reply: Vec<u8>) -> Datagram {
        //= registration.8.7
        //= registration.8.9
        Datagram {
            source: SocketAddr::V4(self.destination),
            destination: SocketAddr::V4(self.source),
            ttl: registry::ip::DEFAULT_TTL,
            neighbour: None,
            payload: reply,
        }
    }
}

impl ForeignAgent {
    /// The association as a context.
    pub(super) fn context(&self) -> SecurityContext<'_> {
        SecurityContext { spi: self.spi, algorithm: Algorithm::HmacMd5, key: self.key.octets() }
    }
}

fn udp_tunnel_request(extension: Extension<'_>) -> Option<UdpTunnelRequest> {
    match extension {
        Extension::UdpTunnelRequest(request) => Some(request),
        _ => None,
    }
}
