use dsboot_codec::{
    dsb::Parameter,
    mip4::{
        AuthenticationKind, Builder, Code, Extension, Identification, MnHaKeyReply, ReplyHeader,
        UdpTunnelReply,
    },
};
use dsboot_spec::registry::mip4::{code, udp_tunnel_reply};

use super::{Binding, FhaConfig, Ipv6Parameters, KeyTold, grant::Grant, request::Request};
use crate::Association;

/// A reply under construction, up to its authenticator.
pub(super) struct Reply<'a> {
    request: &'a Request,
    config: &'a FhaConfig,
    header: ReplyHeader,
    key: Option<(&'a KeyTold, &'a Association)>,
    parameters: Option<&'a Ipv6Parameters>,
}

impl<'a> Reply<'a> {
    /// A reply that accepts, with `lifetime` seconds granted.
    pub(super) fn accept(
        request: &'a Request,
        config: &'a FhaConfig,
        binding: &'a Binding,
        lifetime: u16,
    ) -> Reply<'a> {
        //= registration.7.11
        let code = if request.flags.simultaneous() {
            code::ACCEPTED_NOT_SIMULTANEOUS
        } else {
            code::ACCEPTED
        };
        //= registration.8.1
        let mut reply = Reply::new(request, config, Code(code), lifetime);
        reply.header.home_address = binding.thoav4;
        reply.parameters = Some(&binding.ipv6);
        reply
    }

    /// A reply that confirms a deregistration.
    pub(super) fn released(request: &'a Request, config: &'a FhaConfig) -> Reply<'a> {
        //= movement.3.4
        Reply::new(request, config, Code(code::ACCEPTED), 0)
    }

    /// A reply that refuses; it carries none of the parameters.
    pub(super) fn refuse(
        request: &'a Request,
        config: &'a FhaConfig,
        code: Code,
        identification: Option<Identification>,
    ) -> Reply<'a> {
        //= registration.8.8
        let mut reply = Reply::new(request, config, code, request.lifetime);
        reply.header.identification = identification.unwrap_or(request.identification);
        reply
    }

    /// With the key generation reply.
    pub(super) fn key(self, grant: &'a Grant) -> Reply<'a> {
        self.maybe_key(Some(&grant.key), &grant.association)
    }

    /// With the key generation reply, if there is a key to tell of.
    pub(super) fn maybe_key(
        mut self,
        key: Option<&'a KeyTold>,
        association: &'a Association,
    ) -> Reply<'a> {
        //= registration.8.3
        self.key = key.map(|key| (key, association));
        self
    }

    /// The octets, signed for the MN under `association` and for the FA under theirs. `None` if
    /// a value does not fit into its extension.
    pub(super) fn sign(&self, association: &Association) -> Option<Vec<u8>> {
        //= registration.8.2
        let context = association.of_replies()?;
        //= registration.8.4
        let mut builder = self.unsigned().authenticate(AuthenticationKind::MobileHome, &context);
        //= registration.8.5
        if let Some(challenge) = &self.request.challenge {
            builder = builder.extension(Extension::Challenge(challenge));
        }
        if self.request.tunnel_is_agents() {
            builder = builder.extensions(self.tunnel());
        }
        self.sign_for_agent(builder).finish().ok()
    }

    /// The octets, signed for the FA alone; `None` without an association with it.
    pub(super) fn sign_for_agent_alone(&self) -> Option<Vec<u8>> {
        self.request.foreign_agent(self.config)?;
        self.sign_for_agent(self.unsigned()).finish().ok()
    }

    fn new(request: &'a Request, config: &'a FhaConfig, code: Code, lifetime: u16) -> Reply<'a> {
        //= registration.2.1
        //= registration.8.6
        let header = ReplyHeader {
            code,
            lifetime,
            home_address: request.home_address,
            home_agent: config.address,
            identification: request.identification,
        };
        Reply { request, config, header, key: None, parameters: None }
    }

    /// Everything that stands before the MN–FHA authenticator.
    fn unsigned(&self) -> Builder {
        let mut builder =
            Builder::reply(&self.header).extension(Extension::Nai(self.request.nai.octets()));
        if let Some((key, association)) = self.key {
            builder = builder.extension(Extension::MnHaKeyReply(MnHaKeyReply {
                lifetime: key.lifetime,
                aaa_spi: key.aaa_spi,
                ha_spi: association.fha_spi,
                algorithm: association.algorithm,
                replay_method: key.replay_method,
                nonce: &key.nonce,
            }));
        }
        for parameter in self.parameters.iter().flat_map(|parameters| parameters.iter()) {
            builder = builder.parameter(self.config.vendor_id, &parameter);
        }
        if !self.request.tunnel_is_agents() {
            builder = builder.extensions(self.tunnel());
        }
        builder
    }

    /// The answer about UDP tunnelling, to an accepted request that asks for it.
    fn tunnel(&self) -> Option<Extension<'static>> {
        //= data-path.6.3
        let request = self.request.tunnel_request()?;
        let _ = self.parameters?;
        let (code, keepalive) = match self.config.udp_keepalive {
            Some(keepalive) => (udp_tunnel_reply::ACCEPTED, keepalive),
            None => (udp_tunnel_reply::DECLINED, 0),
        };
        let force = request.force && self.config.udp_keepalive.is_some();
        Some(Extension::UdpTunnelReply(UdpTunnelReply::new(code, force, keepalive)))
    }

    fn sign_for_agent(&self, builder: Builder) -> Builder {
        match self.request.foreign_agent(self.config) {
            Some(agent) => builder.authenticate(AuthenticationKind::ForeignHome, &agent.context()),
            None => builder,
        }
    }
}

impl Ipv6Parameters {
    /// The parameters that are there, in the order of a reply.
    fn iter(&self) -> impl Iterator<Item = Parameter<'static>> {
        [
            self.home_address.map(Parameter::Ipv6Hoa),
            self.home_agent.map(Parameter::HomeAgent),
            self.care_of_address.map(Parameter::Ipv6Coa),
        ]
        .into_iter()
        .flatten()
    }
}
