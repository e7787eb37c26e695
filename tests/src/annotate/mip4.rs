//! Mobile IPv4: agent discovery, registration, tunnel data.

use dsboot_codec::Error;
use dsboot_codec::dsb::Parameter;
use dsboot_codec::ip::icmp;
use dsboot_codec::mip4::discovery::{Discovery, DiscoveryExtension};
use dsboot_codec::mip4::{Authentication, Extension, Message, Vendor};
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID, bootstrap_request, parameter};
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::{
    TUNNEL_DATA_HEADER_LENGTH, advertisement_flag, algorithm, code, discovery_extension, extension,
    generalized_authentication, key_generation, message, replay_method, request_flag, spi,
    udp_tunnel_reply,
};

use super::{Page, flags, named, text};

impl<'a> Page<'a> {
    /// A message to or from UDP port 434.
    pub(super) fn mip4(&mut self, octets: &'a [u8]) -> Result<(), Error> {
        let decoded = Message::decode(octets)?;
        let kind = decoded.kind();
        let kind = (1, format!("Type {}", named(kind, message::name(kind))));
        match decoded {
            Message::Request(request) => {
                let header = request.header;
                let fields = [
                    kind,
                    (1, format!("Flags {}", flags(header.flags.0, request_flag::TABLE))),
                    (2, format!("Lifetime {} s", header.lifetime)),
                    (4, format!("Home Address {}", header.home_address)),
                    (4, format!("Home Agent {}", header.home_agent)),
                    (4, format!("Care-of Address {}", header.care_of_address)),
                    (8, format!("Identification {:#018x}", header.identification.0)),
                ];
                self.fields(octets, &fields);
                self.units(request.extensions.iter(), registration_extension);
            }
            Message::Reply(reply) => {
                let header = reply.header;
                let fields = [
                    kind,
                    (1, format!("Code {}", named(header.code.0, code::name(header.code.0)))),
                    (2, format!("Lifetime {} s", header.lifetime)),
                    (4, format!("Home Address {}", header.home_address)),
                    (4, format!("Home Agent {}", header.home_agent)),
                    (8, format!("Identification {:#018x}", header.identification.0)),
                ];
                self.fields(octets, &fields);
                self.units(reply.extensions.iter(), registration_extension);
            }
            Message::TunnelData(data) => {
                let next = named(data.next_header, protocol::name(data.next_header));
                let fields = [
                    kind,
                    (1, format!("Next Header {next}")),
                    (TUNNEL_DATA_HEADER_LENGTH - 2, "Reserved".to_owned()),
                ];
                self.fields(octets, &fields);
                self.inside(|page| page.packet(data.packet))?;
            }
            Message::Unknown { octets, .. } => self.put(octets, "not known"),
        }
        Ok(())
    }

    /// What follows the ICMP header of agent discovery.
    pub(super) fn discovery(&mut self, message: &icmp::Message<'a>) -> Result<(), Error> {
        let Discovery::Advertisement(advertisement) = Discovery::from_icmp(message)? else {
            self.put(message.body, "Reserved");
            return Ok(());
        };
        let mut fields = vec![
            (1, format!("Num Addrs {}", advertisement.routers().count())),
            (1, "Addr Entry Size".to_owned()),
            (2, format!("Lifetime {} s", advertisement.lifetime)),
        ];
        for router in advertisement.routers() {
            fields.push((4, format!("Router Address {}", router.address)));
            fields.push((4, format!("Preference Level {}", router.preference)));
        }
        self.fields(message.body, &fields);
        self.units(advertisement.extensions(), discovery);
        Ok(())
    }
}

fn discovery(extension: &DiscoveryExtension<'_>) -> String {
    let (kind, meaning) = match extension {
        DiscoveryExtension::Pad => (discovery_extension::PAD, String::new()),
        DiscoveryExtension::MobilityAgent(agent) => {
            let addresses: Vec<String> =
                agent.care_of_addresses.iter().map(|address| address.to_string()).collect();
            let meaning = format!(
                "sequence {}, registration lifetime {} s, flags {}, care-of {}",
                agent.sequence,
                agent.lifetime,
                flags(agent.flags.0, advertisement_flag::TABLE),
                addresses.join(" "),
            );
            (discovery_extension::MOBILITY_AGENT, meaning)
        }
        DiscoveryExtension::PrefixLengths(lengths) => {
            (discovery_extension::PREFIX_LENGTHS, format!("{lengths:?}"))
        }
        DiscoveryExtension::Challenge(challenge) => {
            (discovery_extension::CHALLENGE, format!("{} octets", challenge.len()))
        }
        DiscoveryExtension::Unknown { kind, .. } => (*kind, String::new()),
    };
    let name = named(kind, discovery_extension::name(kind));
    format!("extension {name} {meaning}").trim_end().to_owned()
}

fn registration_extension(value: &Extension<'_>) -> String {
    let kind = value.kind();
    let meaning = match value {
        Extension::MobileHomeAuthentication(data)
        | Extension::MobileForeignAuthentication(data)
        | Extension::ForeignHomeAuthentication(data) => authentication(data),
        Extension::MnAaaAuthentication(data) => {
            let sub_type = generalized_authentication::MN_AAA;
            let name = named(sub_type, generalized_authentication::name(sub_type));
            format!("{name}, {}", authentication(data))
        }
        Extension::Nvse(data) | Extension::Cvse(data) => vendor(data),
        Extension::MnFaKeyRequest { mn_spi } | Extension::MnHaKeyRequest { mn_spi } => {
            format!("{}, mobile node SPI {mn_spi:#x}", from_aaa())
        }
        Extension::MnFaKeyReply(reply) => format!(
            "{}, lifetime {} s, AAA SPI {:#x}, FA SPI {:#x}, {}, nonce of {} octets",
            from_aaa(),
            reply.lifetime,
            reply.aaa_spi,
            reply.fa_spi,
            named(reply.algorithm, algorithm::name(reply.algorithm)),
            reply.nonce.len(),
        ),
        Extension::MnHaKeyReply(reply) => format!(
            "{}, lifetime {} s, AAA SPI {:#x}, HA SPI {:#x}, {}, {}, nonce of {} octets",
            from_aaa(),
            reply.lifetime,
            reply.aaa_spi,
            reply.ha_spi,
            named(reply.algorithm, algorithm::name(reply.algorithm)),
            named(reply.replay_method, replay_method::name(reply.replay_method)),
            reply.nonce.len(),
        ),
        Extension::UdpTunnelRequest(request) => format!(
            "F {}, R {}, encapsulation {}",
            request.force, request.registration_required, request.encapsulation
        ),
        Extension::UdpTunnelReply(reply) => format!(
            "{}, F {}, keepalive {} s",
            named(reply.code, udp_tunnel_reply::name(reply.code)),
            reply.force,
            reply.keepalive
        ),
        Extension::Nai(nai) => text(nai),
        Extension::Challenge(challenge) => format!("{} octets", challenge.len()),
        Extension::Pad => String::new(),
        other => format!("{other:?}"),
    };
    let name = named(kind, extension::name(kind));
    format!("extension {name} {meaning}").trim_end().to_owned()
}

fn from_aaa() -> String {
    named(key_generation::FROM_AAA, key_generation::name(key_generation::FROM_AAA))
}

fn authentication(data: &Authentication<'_>) -> String {
    let name = spi::name(data.spi).map(|name| format!(" {name}")).unwrap_or_default();
    format!("SPI {:#x}{name}, authenticator of {} octets", data.spi, data.authenticator.len())
}

fn vendor(data: &Vendor<'_>) -> String {
    let meaning = match data.parameter(DEFAULT_VENDOR_ID) {
        Some(parameter) => bootstrap_parameter(&parameter),
        None => format!("type {}", data.kind),
    };
    format!("vendor {}, {meaning}", data.vendor)
}

/// A bootstrap parameter, whatever carries it.
pub(super) fn bootstrap_parameter(value: &Parameter<'_>) -> String {
    let meaning = match value {
        Parameter::FhaAddress(address) | Parameter::Thoav4(address) => address.to_string(),
        Parameter::FhaFqdn(name) => name.as_str().to_owned(),
        Parameter::ColocatedAddress(address) => {
            format!("{}/{}", address.address(), address.prefix_length())
        }
        Parameter::Ipv6Hoa(address) | Parameter::Ipv6Coa(address) => {
            format!("{}/{}", address.address(), address.prefix_length())
        }
        Parameter::HomeAgent(address) => address.to_string(),
        Parameter::BootstrapRequest(wanted) => flags(wanted.0, bootstrap_request::TABLE),
    };
    format!("{} {meaning}", named(value.kind(), parameter::name(value.kind())))
}
