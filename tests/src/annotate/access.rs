//! PANA, EAP and RADIUS.

use dsboot_codec::radius::{Attribute, Packet, SubAttribute, VendorSpecific};
use dsboot_codec::{Error, Positioned, eap, pana};
use dsboot_spec::registry::dsb::{client_role, parameter};
use dsboot_spec::registry::eap as eap_registry;
use dsboot_spec::registry::pana as pana_registry;
use dsboot_spec::registry::radius::{
    ATTRIBUTE_HEADER_LENGTH, attribute, code, nas_port_type, service_type, termination_action,
};

use super::mip4::bootstrap_parameter;
use super::{Page, flags, named, text};

impl<'a> Page<'a> {
    /// A PANA message.
    pub(super) fn pana(&mut self, octets: &'a [u8]) -> Result<(), Error> {
        use pana_registry::{flag, message};

        let decoded = pana::Message::decode(octets)?;
        let header = decoded.header();
        let kind = header.message_type;
        let name = decoded.kind().map_or("unknown", pana::Kind::name);
        let fields = [
            (2, "Reserved".to_owned()),
            (2, format!("Message Length {}", octets.len())),
            (2, format!("Flags {}", flags(header.flags.0, flag::TABLE))),
            (2, format!("Message Type {}, {name}", named(kind, message::name(kind)))),
            (4, format!("Session Identifier {:#010x}", header.session_id)),
            (4, format!("Sequence Number {:#010x}", header.sequence)),
        ];
        self.fields(octets, &fields);
        for unit in decoded.avps() {
            match unit.value {
                pana::Avp::EapPayload(packet) => {
                    let head = unit.raw.get(..pana_registry::AVP_HEADER_LENGTH);
                    self.put(head.unwrap_or_default(), avp(&unit.value));
                    self.inside(|page| page.eap(packet))?;
                    let padding = pana_registry::AVP_HEADER_LENGTH + packet.len();
                    self.put(unit.raw.get(padding..).unwrap_or_default(), "padding");
                }
                value => self.put(unit.raw, avp(&value)),
            }
        }
        Ok(())
    }

    /// An EAP packet.
    fn eap(&mut self, octets: &'a [u8]) -> Result<(), Error> {
        use eap_registry::{code, method};

        let packet = eap::Packet::decode(octets)?;
        let number = packet.code().number();
        let mut fields = vec![
            (1, format!("EAP Code {}", named(number, code::name(number)))),
            (1, format!("Identifier {}", packet.identifier())),
            (2, format!("Length {}", packet.octets().len())),
        ];
        if let Some(kind) = packet.method() {
            fields.push((1, format!("Type {}", named(kind, method::name(kind)))));
        }
        match packet.body()? {
            eap::Body::Request(message) | eap::Body::Response(message) => match message {
                eap::Message::Identity(identity) => {
                    fields.push((identity.len(), format!("Identity {}", text(identity))));
                }
                eap::Message::Md5Challenge(md5) => {
                    fields.push((1, format!("Value-Size {}", md5.value.len())));
                    fields.push((md5.value.len(), "Value".to_owned()));
                    fields.push((md5.name.len(), format!("Name {}", text(md5.name))));
                }
                _ => fields.push((packet.octets().len(), "Type-Data".to_owned())),
            },
            eap::Body::Success | eap::Body::Failure => {}
        }
        let rest = self.fields(packet.octets(), &fields);
        self.put(rest, "more");
        self.put(packet.padding(), "after the packet's end");
        Ok(())
    }

    /// A RADIUS packet.
    pub(super) fn radius(&mut self, octets: &'a [u8]) -> Result<(), Error> {
        let packet = Packet::decode(octets)?;
        let fields = [
            (1, format!("Code {}", named(packet.code(), code::name(packet.code())))),
            (1, format!("Identifier {}", packet.identifier())),
            (2, format!("Length {}", packet.octets().len())),
            (packet.authenticator().len(), "Authenticator".to_owned()),
        ];
        self.fields(octets, &fields);
        for unit in packet.attributes() {
            match unit.value {
                Attribute::EapMessage(eap) => {
                    self.attribute_head(&unit, ATTRIBUTE_HEADER_LENGTH, "");
                    self.inside(|page| page.eap(eap))?;
                }
                Attribute::VendorSpecific(vendor) => self.vendor(&unit, &vendor)?,
                value => self.put(unit.raw, attribute_meaning(&value)),
            }
        }
        self.put(packet.padding(), "after the packet's end");
        Ok(())
    }

    fn vendor(
        &mut self,
        unit: &Positioned<'a, Attribute<'a>>,
        vendor: &VendorSpecific<'a>,
    ) -> Result<(), Error> {
        let length = unit.raw.len() - vendor.data.len();
        self.attribute_head(unit, length, &format!("vendor {}", vendor.vendor_id));
        let sub_attributes = vendor.sub_attributes(unit.offset)?;
        self.inside(|page| {
            page.units(sub_attributes, sub_attribute);
            Ok(())
        })
    }

    fn attribute_head(&mut self, unit: &Positioned<'a, Attribute<'a>>, length: usize, more: &str) {
        let kind = unit.value.kind();
        let name = named(kind, attribute::name(kind));
        let head = unit.raw.get(..length).unwrap_or_default();
        self.put(head, format!("attribute {name} {more}").trim_end());
    }
}

fn avp(value: &pana::Avp<'_>) -> String {
    use pana_registry::{avp, integrity_algorithm, prf_algorithm, result, termination_cause};

    let meaning = match value {
        pana::Avp::Vendor(vendor) => {
            let meaning = match vendor.parameter() {
                Some(parameter) => bootstrap_parameter(&parameter),
                None => format!("code {}", vendor.code),
            };
            return format!("AVP of vendor {}, {meaning}", vendor.vendor_id);
        }
        pana::Avp::ResultCode(number) => named(number, result::name(*number)),
        pana::Avp::SessionLifetime(seconds) => format!("{seconds} s"),
        pana::Avp::TerminationCause(number) => named(number, termination_cause::name(*number)),
        pana::Avp::PrfAlgorithm(number) => named(number, prf_algorithm::name(*number)),
        pana::Avp::IntegrityAlgorithm(number) => named(number, integrity_algorithm::name(*number)),
        pana::Avp::KeyId(number) => number.to_string(),
        _ => String::new(),
    };
    let name = named(value.kind(), avp::name(value.kind()));
    format!("AVP {name} {meaning}").trim_end().to_owned()
}

fn attribute_meaning(value: &Attribute<'_>) -> String {
    let kind = value.kind();
    let meaning = match value {
        Attribute::UserName(octets)
        | Attribute::NasIdentifier(octets)
        | Attribute::CallingStationId(octets)
        | Attribute::CalledStationId(octets)
        | Attribute::NasPortId(octets)
        | Attribute::ReplyMessage(octets) => text(octets),
        Attribute::NasIpAddress(address)
        | Attribute::FramedIpAddress(address)
        | Attribute::FramedIpNetmask(address) => address.to_string(),
        Attribute::NasIpv6Address(address) | Attribute::FramedIpv6Address(address) => {
            address.to_string()
        }
        Attribute::ServiceType(number) => named(number, service_type::name(*number)),
        Attribute::NasPortType(number) => named(number, nas_port_type::name(*number)),
        Attribute::TerminationAction(number) => named(number, termination_action::name(*number)),
        Attribute::NasPort(number) | Attribute::FramedMtu(number) => number.to_string(),
        Attribute::SessionTimeout(seconds) | Attribute::IdleTimeout(seconds) => {
            format!("{seconds} s")
        }
        Attribute::FramedIpv6Prefix(prefix) | Attribute::DelegatedIpv6Prefix(prefix) => {
            format!("{}/{}", prefix.address(), prefix.length())
        }
        Attribute::Mip6HomeLinkPrefix(prefix) => {
            format!("{}/{}", prefix.address(), prefix.prefix_length())
        }
        Attribute::ChapPassword(chap) => format!("identifier {}", chap.identifier),
        _ => String::new(),
    };
    format!("attribute {} {meaning}", named(kind, attribute::name(kind))).trim_end().to_owned()
}

fn sub_attribute(value: &SubAttribute<'_>) -> String {
    let kind = value.kind();
    let meaning = match value {
        SubAttribute::Parameter(parameter) => return bootstrap_parameter(parameter),
        SubAttribute::ClientRole(number) => named(number, client_role::name(*number)),
        SubAttribute::AaaSpi(spi)
        | SubAttribute::MnSpi(spi)
        | SubAttribute::FhaSpi(spi)
        | SubAttribute::MnFaMnSpi(spi)
        | SubAttribute::MnFaFaSpi(spi)
        | SubAttribute::Mip6MnAaaSpi(spi)
        | SubAttribute::Mip6MnHaSpi(spi) => format!("{spi:#x}"),
        SubAttribute::KeyLifetime(seconds)
        | SubAttribute::MnFaKeyLifetime(seconds)
        | SubAttribute::Mip6MsaLifetime(seconds) => format!("{seconds} s"),
        SubAttribute::Algorithm(number) | SubAttribute::ReplayMethod(number) => number.to_string(),
        SubAttribute::MnFhaKey(_) | SubAttribute::MnFaKey(_) | SubAttribute::Mip6MnHaKey(_) => {
            "salt and hidden key".to_owned()
        }
        SubAttribute::Mip6Timestamp(time) => format!("{time:#018x}"),
        _ => String::new(),
    };
    format!("{} {meaning}", named(kind, parameter::name(kind))).trim_end().to_owned()
}
