//! The FHA that a mobile node is tested with, and the foreign agent before it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4};
use std::time::{Duration, Instant};

use dsboot_codec::dsb::{Parameter, Prefixed};
use dsboot_codec::ip::{udp, v4};
use dsboot_codec::mip4::keys::{MnIdentifier, RegistrationKey};
use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Builder, Code, Extension, Message, MnHaKeyReply, ReplyHeader,
    Request, RequestHeader, UdpTunnelReply, Vendor,
};
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::{FIRST_FREE_SPI, PORT, algorithm, replay_method};

use super::world::{Form, Said, World, tunnel_data};
use super::{fail, missing};
use crate::Stage;
use crate::case::{Ending, Outcome};
use crate::fha::peer::Sa;
use crate::fha::rrq::{Part, Tweak};
use crate::link::Mac;

/// Seconds between keepalives that the FHA grants for UDP tunnels.
const KEEPALIVE: u16 = 110;

/// A registration request as it came.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) from: SocketAddrV4,
    pub(super) to: SocketAddrV4,
    pub(super) ttl: u8,
    /// To which link-layer address it went.
    pub(super) neighbour: Mac,
    pub(super) octets: Vec<u8>,
    pub(super) at: Instant,
}

impl Asked {
    /// What it says.
    pub(super) fn read(&self) -> Result<Request<'_>, Ending> {
        match Message::decode(&self.octets) {
            Ok(Message::Request(request)) => Ok(request),
            Ok(_) => fail("a registration request", "another message to port 434"),
            Err(error) => fail("a registration request", error.to_string()),
        }
    }

    pub(super) fn header(&self) -> Result<RequestHeader, Ending> {
        Ok(self.read()?.header)
    }
}

/// What the mobile node holds after a reply that accepts.
#[derive(Clone, Debug)]
pub(super) struct Registered {
    pub(super) key: Vec<u8>,
    pub(super) mn_spi: u32,
    pub(super) fha_spi: u32,
    pub(super) thoav4: Ipv4Addr,
    pub(super) care_of6: Option<Ipv6Addr>,
    pub(super) form: Form,
    /// The request that was accepted last.
    pub(super) asked: Asked,
}

/// What the FHA says in a reply; cases change what they are about.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) code: u8,
    /// As asked for, when this is `None`.
    pub(super) lifetime: Option<u16>,
    pub(super) thoav4: Ipv4Addr,
    pub(super) home6: Option<Ipv6Addr>,
    pub(super) agent6: Option<Ipv6Addr>,
    pub(super) care_of6: Option<Ipv6Addr>,
    /// A copy of the home address in a parameter.
    pub(super) mirror: Option<Ipv4Addr>,
    /// Whether a key generation reply is in it.
    pub(super) keyed: bool,
    pub(super) nonce: [u8; 16],
    pub(super) key_lifetime: u32,
    pub(super) algorithm: u16,
    pub(super) replay: u16,
    pub(super) fha_spi: u32,
    pub(super) udp: bool,
}

/// A reply being made up.
#[derive(Clone, Debug)]
pub(super) struct Rrp {
    pub(super) header: ReplyHeader,
    pub(super) parts: Vec<Part>,
}

impl Rrp {
    pub(super) fn octets(&self) -> Vec<u8> {
        let mut octets = Builder::reply(&self.header).finish().unwrap_or_default();
        for part in &self.parts {
            // A part that cannot be made is left out, and what misses it fails the case.
            let _ = part.append(&mut octets);
        }
        octets
    }

    /// Puts a part right before the authenticator.
    pub(super) fn before_auth(&mut self, part: Part) {
        let at = self.parts.iter().position(|part| matches!(part, Part::Auth { .. }));
        self.parts.insert(at.unwrap_or(self.parts.len()), part);
    }

    /// Changes the authenticator.
    pub(super) fn tweak(&mut self, change: impl FnOnce(&mut Sa, &mut Tweak)) {
        for part in &mut self.parts {
            if let Part::Auth { sa, tweak, .. } = part {
                return change(sa, tweak);
            }
        }
    }

    /// Leaves out extensions of a type.
    pub(super) fn without(&mut self, kind: u8) {
        self.parts.retain(|part| match part {
            Part::Raw(raw) => raw.first() != Some(&kind),
            Part::Aaa { .. } => kind != 36,
            Part::Auth { .. } => kind != 32,
        });
    }
}

impl World {
    /// The next registration request.
    pub(super) fn asked(&mut self, stage: &mut Stage<'_>, patience: Duration) -> Option<Asked> {
        self.next(stage, patience, |said| match said {
            Said::Request(asked) => Some(asked.clone()),
            _ => None,
        })
    }

    /// The same, which has to come.
    pub(super) fn request(&mut self, stage: &mut Stage<'_>) -> Result<Asked, Ending> {
        match self.asked(stage, stage.patience()) {
            Some(asked) => Ok(asked),
            None => {
                fail("a registration request", format!("none within {} ms", stage.profile.patience))
            }
        }
    }

    /// What the FHA grants where a case says nothing else.
    pub(super) fn grant(&self, stage: &mut Stage<'_>) -> Grant {
        let [_, _, high, low] = stage.number.to_be_bytes();
        let held = self.registered.as_ref();
        let fresh6 =
            Ipv6Addr::new(0x2001, 0xdb8, 5, 0x1000, 0, 0, 1, u16::from_be_bytes([high, low]));
        Grant {
            code: 0,
            lifetime: None,
            thoav4: held.map_or(Ipv4Addr::new(10, 203, high, low), |held| held.thoav4),
            home6: Some(self.who.home),
            agent6: Some(self.who.home_agent),
            care_of6: held.map_or(Some(fresh6), |held| held.care_of6),
            mirror: None,
            keyed: true,
            nonce: stage.random(),
            key_lifetime: 3600,
            algorithm: algorithm::HMAC_MD5,
            replay: replay_method::TIMESTAMPS,
            fha_spi: stage.random_u32() | FIRST_FREE_SPI,
            udp: true,
        }
    }

    /// The key that a nonce gives.
    pub(super) fn key(&self, nonce: &[u8]) -> Vec<u8> {
        let identifier = MnIdentifier::Nai(&self.who.nai);
        RegistrationKey::derive(&self.who.aaa_key, nonce, &identifier).octets().to_vec()
    }

    /// The association that protects the reply to a request.
    pub(super) fn association(&self, asked: &Asked, grant: &Grant) -> Result<Sa, Ending> {
        let wanted = asked.read()?.extensions.mn_ha_key_request().once();
        let algorithm = Algorithm::from_number(grant.algorithm).unwrap_or(Algorithm::HmacMd5);
        match (wanted, &self.registered) {
            (Some(spi), _) => Ok(Sa { spi, algorithm, key: self.key(&grant.nonce) }),
            (None, Some(held)) => Ok(Sa { spi: held.mn_spi, algorithm, key: held.key.clone() }),
            (None, None) => fail("a request for a key (42)", "none"),
        }
    }

    /// A reply as it must be.
    pub(super) fn rrp(
        &self,
        stage: &Stage<'_>,
        asked: &Asked,
        grant: &Grant,
    ) -> Result<Rrp, Ending> {
        let request = asked.read()?;
        let header = request.header;
        let sa = self.association(asked, grant)?;
        let wants_key = request.extensions.mn_ha_key_request().once().is_some();
        let wants_udp = request
            .extensions
            .iter()
            .any(|one| matches!(one.value, Extension::UdpTunnelRequest(_)));
        let accepts = grant.code <= 1;
        let mut parts = vec![Part::of(Extension::Nai(&self.who.nai))];
        if wants_key && grant.keyed {
            parts.push(Part::of(Extension::MnHaKeyReply(MnHaKeyReply {
                lifetime: grant.key_lifetime,
                aaa_spi: 0x100,
                ha_spi: grant.fha_spi,
                algorithm: grant.algorithm,
                replay_method: grant.replay,
                nonce: &grant.nonce,
            })));
        }
        let prefixed = |address| Prefixed::<Ipv6Addr>::new(address, 64);
        let parameters = [
            grant.mirror.map(Parameter::Thoav4),
            grant.home6.and_then(prefixed).map(Parameter::Ipv6Hoa),
            grant.agent6.map(Parameter::HomeAgent),
            grant.care_of6.and_then(prefixed).map(Parameter::Ipv6Coa),
        ];
        let ends = header.lifetime == 0;
        if accepts && !ends {
            let all = parameters.into_iter().flatten();
            parts.extend(all.map(|one| parameter(stage.profile.vendor, &one)));
        }
        if wants_udp && accepts && !ends {
            let reply = if grant.udp {
                UdpTunnelReply::new(0, true, KEEPALIVE)
            } else {
                UdpTunnelReply::new(64, false, 0)
            };
            parts.push(Part::of(Extension::UdpTunnelReply(reply)));
        }
        parts.push(Part::Auth { kind: AuthenticationKind::MobileHome, sa, tweak: Tweak::Right });
        let home_address = if accepts { grant.thoav4 } else { header.home_address };
        Ok(Rrp {
            header: ReplyHeader {
                code: Code(grant.code),
                lifetime: grant.lifetime.unwrap_or(header.lifetime),
                home_address,
                home_agent: header.home_agent,
                identification: header.identification,
            },
            parts,
        })
    }

    /// Sends octets back the way that a request came: straight, or by the foreign agent.
    pub(super) fn respond(&self, stage: &mut Stage<'_>, asked: &Asked, octets: &[u8]) -> Outcome {
        self.respond_from(stage, asked, (SocketAddr::V4(asked.to), octets))
    }

    /// The same from another address.
    pub(super) fn respond_from(
        &self,
        stage: &mut Stage<'_>,
        asked: &Asked,
        (from, octets): (SocketAddr, &[u8]),
    ) -> Outcome {
        let to = match *asked.from.ip() {
            Ipv4Addr::UNSPECIFIED => Ipv4Addr::BROADCAST,
            other => other,
        };
        let to = SocketAddr::from((to, asked.from.port()));
        let packet = match udp::packet(from, to, 64, octets) {
            Ok(packet) => packet,
            Err(error) => return missing(format!("a reply cannot be made: {error}")),
        };
        if IpAddr::V4(self.agent) == from.ip() {
            self.packet_of_agent(stage, &packet)
        } else {
            self.packet(stage, &packet)
        }
    }

    /// Answers a request as FHA.
    pub(super) fn reply(&mut self, stage: &mut Stage<'_>, asked: &Asked, grant: &Grant) -> Outcome {
        let reply = self.rrp(stage, asked, grant)?;
        self.learn(asked, grant)?;
        self.respond(stage, asked, &reply.octets())
    }

    /// What a mobile node holds once the reply to its request has accepted.
    pub(super) fn learn(&mut self, asked: &Asked, grant: &Grant) -> Outcome {
        if grant.code > 1 {
            return Ok(());
        }
        let request = asked.read()?;
        let header = request.header;
        let asks_for_udp = request
            .extensions
            .iter()
            .any(|one| matches!(one.value, Extension::UdpTunnelRequest(_)));
        let form = match (header.flags.decapsulation(), asks_for_udp && grant.udp) {
            (false, _) => Form::Agent,
            (true, true) => Form::Udp,
            (true, false) => Form::Ip,
        };
        let sa = self.association(asked, grant)?;
        let before = self.registered.as_ref();
        let is_new = request.extensions.mn_ha_key_request().once().is_some();
        let fha_spi = before.filter(|_| !is_new).map_or(grant.fha_spi, |held| held.fha_spi);
        self.registered = Some(Registered {
            key: sa.key,
            mn_spi: sa.spi,
            fha_spi,
            thoav4: grant.thoav4,
            care_of6: grant.care_of6,
            form,
            asked: asked.clone(),
        });
        Ok(())
    }

    /// Sends an IPv6 packet to the mobile node through its tunnel.
    pub(super) fn tunnel(&self, stage: &mut Stage<'_>, packet: &[u8]) -> Outcome {
        let Some(held) = &self.registered else { return missing("a registration") };
        let Ok(header) = held.asked.header() else { return missing("a request that can be read") };
        let around = |from, to, protocol, inside: &[u8]| {
            v4::Packet::new(from, to, protocol, inside)
                .encode()
                .map_err(|error| Ending::Inconclusive(format!("a tunnel cannot be made: {error}")))
        };
        let inner = around(header.home_agent, held.thoav4, protocol::IPV6, packet)?;
        match held.form {
            Form::Agent => self.packet_of_agent(stage, &inner),
            Form::Ip => {
                let outer =
                    around(header.home_agent, header.care_of_address, protocol::IPV4, &inner)?;
                self.packet(stage, &outer)
            }
            Form::Udp => {
                let from = SocketAddr::from((header.home_agent, PORT));
                let to = SocketAddr::from((header.care_of_address, held.asked.from.port()));
                self.datagram(stage, (from, to), &tunnel_data(&inner))
            }
        }
    }
}

/// A bootstrap parameter as extension 134.
pub(super) fn parameter(vendor: u32, parameter: &Parameter<'_>) -> Part {
    let value = parameter.encode();
    Part::of(Extension::Nvse(Vendor::new(vendor, parameter.kind().into(), &value)))
}
