//! RADIUS packets (RFC 2865).

use alloc::format;

use dsboot_spec::registry::radius::{
    ATTRIBUTE_HEADER_LENGTH, HEADER_LENGTH, attribute, code, error_cause, nas_port_type,
    service_type, termination_action,
};

use super::walk::{Field, Kind, Layout, Scope, field, layout, named, rest};
use super::{MAX_DEPTH, Protocol};
use crate::ErrorKind;
use crate::radius::{Attribute, Packet, SubAttribute};

const TYPE: Field = field("Type", 1, Kind::Unsigned);
const LENGTH: Field = field("Length", 1, Kind::Length(0, 1));

impl Scope<'_> {
    pub(super) fn radius(&mut self) {
        let octets = self.octets();
        let length =
            self.ahead(2, 2).filter(|length| (HEADER_LENGTH..=octets.len()).contains(length));
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok());
        let name = kind.and_then(code::name).unwrap_or("RADIUS packet");
        let decoded = Packet::decode(octets);
        let pieces = decoded
            .as_ref()
            .map_or(0, |packet| packet.attributes_of(attribute::EAP_MESSAGE).count());
        let verdict = decoded.and_then(|packet| packet.eap_message().map(drop));
        let about = ("RFC 2865 §3", "wire.4.1");
        let length = length.unwrap_or(octets.len());
        self.message(Protocol::Radius, name, length, about, verdict, |s| {
            s.fields(&[
                field("Code", 1, Kind::Named(named!(code::name: u8))),
                field("Identifier", 1, Kind::Unsigned),
                field("Length", 2, Kind::Length(0, 1)),
            ]);
            let authenticator = match kind {
                Some(code::ACCESS_REQUEST | code::STATUS_SERVER) => {
                    field("Request Authenticator", 16, Kind::Octets)
                }
                Some(code::ACCESS_ACCEPT | code::ACCESS_REJECT | code::ACCESS_CHALLENGE) => {
                    field("Response Authenticator", 16, Kind::Authenticator)
                }
                _ => field("Authenticator", 16, Kind::Authenticator),
            };
            s.field(&authenticator);
            let mut piece = 0;
            while !s.is_empty() {
                s.attribute(&mut piece, pieces);
            }
        });
        self.raw("After the packet's end", usize::MAX);
    }

    fn attribute(&mut self, piece: &mut usize, pieces: usize) {
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok()).unwrap_or_default();
        let length = self.ahead(1, 1).filter(|length| *length >= ATTRIBUTE_HEADER_LENGTH);
        let title = format!("{} ({kind})", attribute::name(kind).unwrap_or("unknown attribute"));
        let at = self.at();
        let layout = layout(kind);
        let about = layout
            .as_ref()
            .map_or(("RFC 2865 §5", "wire.5.1"), |layout| (layout.source, layout.sentence));
        let Some(length) = length else {
            // Where it ends is not known, so nothing behind it is either.
            self.group(title, usize::MAX, about, |s| {
                s.fields(&[TYPE, LENGTH]);
                s.raw("Not to be cut into attributes", usize::MAX);
            });
            return;
        };
        self.group(title, length, about, |s| {
            s.fields(&[TYPE, LENGTH]);
            let value = s.octets();
            if value.len() + ATTRIBUTE_HEADER_LENGTH != length {
                s.raw("Value, cut off", usize::MAX);
                return;
            }
            let decoded = Attribute::decode(kind, value);
            let is_malformed = matches!(decoded, Attribute::Malformed { .. });
            match decoded {
                Attribute::VendorSpecific(_) => s.vendor_specific(at),
                Attribute::EapMessage(_) => {
                    *piece += 1;
                    s.eap_message(*piece, pieces);
                }
                _ => match layout {
                    Some(layout) if layout.fits(value.len()) => {
                        s.fields(layout.fields);
                    }
                    _ => {
                        s.raw("Value", usize::MAX);
                    }
                },
            }
            if is_malformed {
                s.fault(ErrorKind::BadValue, at, "wire.5.2");
            }
        });
    }

    /// One of so many pieces of an EAP packet.
    fn eap_message(&mut self, piece: usize, pieces: usize) {
        if pieces > 1 {
            self.raw(format!("EAP packet, part {piece} of {pieces}"), usize::MAX);
        } else if !self.is_empty() && self.depth() < MAX_DEPTH {
            self.eap();
        }
    }

    fn vendor_specific(&mut self, at: usize) {
        let vendor = self.ahead(0, 4).and_then(|vendor| u32::try_from(vendor).ok());
        let ours = vendor == Some(self.options.vendor);
        self.field(&field("Vendor-Id", 4, Kind::Unsigned));
        if !sub_attributes(self.octets()) {
            self.raw("String", usize::MAX);
            if ours {
                self.fault(ErrorKind::BadLength, at, "wire.5.13");
            }
            return;
        }
        while !self.is_empty() {
            let kind = self.ahead(0, 1).unwrap_or_default();
            let length = self.ahead(1, 1).unwrap_or_default();
            let unit = self.at();
            let (title, sentence) = if ours {
                let layout = super::dsb::layout(kind);
                let sentence = layout.map_or("wire.5.1", |layout| layout.sentence);
                (format!("{} ({kind})", super::dsb::name(kind)), sentence)
            } else {
                (format!("Vendor's attribute {kind}"), "wire.5.12")
            };
            self.group(title, length, ("RFC 2865 §5.26", sentence), |s| {
                s.fields(&[
                    field("Vendor-Type", 1, Kind::Unsigned),
                    field("Vendor-Length", 1, Kind::Length(0, 1)),
                ]);
                if ours {
                    let decoded =
                        SubAttribute::decode(u8::try_from(kind).unwrap_or_default(), s.octets());
                    let is_malformed = matches!(decoded, SubAttribute::Malformed { .. });
                    s.sub_attribute(kind, unit, is_malformed);
                } else {
                    s.raw("Value", usize::MAX);
                }
            });
        }
    }
}

/// Whether octets are sub-attributes from the first to the last.
fn sub_attributes(octets: &[u8]) -> bool {
    let mut rest = octets;
    while let [_, length, ..] = *rest {
        match rest.get(usize::from(length)..) {
            Some(next) if usize::from(length) >= ATTRIBUTE_HEADER_LENGTH => rest = next,
            _ => return false,
        }
    }
    rest.is_empty() && !octets.is_empty()
}

/// The value of an attribute, as its section lays it out.
fn layout(kind: u8) -> Option<Layout> {
    const TEXT: Field = rest("Text", 1, Kind::Text);
    const OCTETS: Field = rest("String", 1, Kind::Octets);
    const INTEGER: Field = field("Value", 4, Kind::Unsigned);
    const SECONDS: Field = field("Value", 4, Kind::Seconds);
    const IPV4: Field = field("Address", 4, Kind::Ipv4);
    const IPV6: Field = field("Address", 16, Kind::Ipv6);
    const TAG: Field = field("Tag", 1, Kind::Unsigned);
    const PREFIX_LENGTH: Field = field("Prefix-Length", 1, Kind::Unsigned);
    Some(match kind {
        attribute::USER_NAME => layout!("RFC 2865 §5.1", "wire.5.8", [TEXT]),
        attribute::USER_PASSWORD => {
            layout!("RFC 2865 §5.2", "wire.4.13", [rest("Hidden password", 16, Kind::Octets)])
        }
        attribute::CHAP_PASSWORD => layout!(
            "RFC 2865 §5.3",
            "wire.5.8",
            [field("CHAP Ident", 1, Kind::Unsigned), field("Response", 16, Kind::Authenticator)]
        ),
        attribute::NAS_IP_ADDRESS => layout!("RFC 2865 §5.4", "wire.5.8", [IPV4]),
        attribute::NAS_PORT => layout!("RFC 2865 §5.5", "wire.5.8", [INTEGER]),
        attribute::SERVICE_TYPE => layout!(
            "RFC 2865 §5.6",
            "wire.5.8",
            [field("Value", 4, Kind::Named(named!(service_type::name: u32)))]
        ),
        attribute::FRAMED_PROTOCOL => layout!("RFC 2865 §5.7", "wire.5.8", [INTEGER]),
        attribute::FRAMED_IP_ADDRESS => layout!("RFC 2865 §5.8", "wire.5.8", [IPV4]),
        attribute::FRAMED_IP_NETMASK => layout!("RFC 2865 §5.9", "wire.5.8", [IPV4]),
        attribute::FRAMED_MTU => layout!("RFC 2865 §5.12", "wire.5.8", [INTEGER]),
        attribute::REPLY_MESSAGE => layout!("RFC 2865 §5.18", "wire.5.8", [TEXT]),
        attribute::STATE => layout!("RFC 2865 §5.24", "wire.5.8", [OCTETS]),
        attribute::CLASS => layout!("RFC 2865 §5.25", "wire.5.8", [OCTETS]),
        attribute::VENDOR_SPECIFIC => layout!("RFC 2865 §5.26", "wire.5.13", [OCTETS]),
        attribute::SESSION_TIMEOUT => layout!("RFC 2865 §5.27", "wire.5.8", [SECONDS]),
        attribute::IDLE_TIMEOUT => layout!("RFC 2865 §5.28", "wire.5.8", [SECONDS]),
        attribute::TERMINATION_ACTION => layout!(
            "RFC 2865 §5.29",
            "wire.5.8",
            [field("Value", 4, Kind::Named(named!(termination_action::name: u32)))]
        ),
        attribute::CALLED_STATION_ID => layout!("RFC 2865 §5.30", "wire.5.8", [TEXT]),
        attribute::CALLING_STATION_ID => layout!("RFC 2865 §5.31", "wire.5.8", [TEXT]),
        attribute::NAS_IDENTIFIER => layout!("RFC 2865 §5.32", "wire.5.8", [TEXT]),
        attribute::PROXY_STATE => layout!("RFC 2865 §5.33", "wire.4.18", [OCTETS]),
        attribute::EVENT_TIMESTAMP => {
            layout!("RFC 2869 §5.3", "wire.5.1", [field("Seconds since 1970", 4, Kind::Unsigned)])
        }
        attribute::CHAP_CHALLENGE => {
            layout!("RFC 2865 §5.40", "wire.5.8", [rest("CHAP challenge", 5, Kind::Octets)])
        }
        attribute::NAS_PORT_TYPE => layout!(
            "RFC 2865 §5.41",
            "wire.5.8",
            [field("Value", 4, Kind::Named(named!(nas_port_type::name: u32)))]
        ),
        attribute::TUNNEL_TYPE => {
            layout!("RFC 2868 §3.1", "wire.5.1", [TAG, field("Value", 3, Kind::Unsigned)])
        }
        attribute::TUNNEL_MEDIUM_TYPE => {
            layout!("RFC 2868 §3.2", "wire.5.1", [TAG, field("Value", 3, Kind::Unsigned)])
        }
        attribute::TUNNEL_PASSWORD => layout!(
            "RFC 2868 §3.5",
            "wire.5.1",
            [TAG, field("Salt", 2, Kind::Hex), rest("Hidden password", 16, Kind::Octets)]
        ),
        attribute::EAP_MESSAGE => layout!("RFC 3579 §3.1", "wire.5.9", [OCTETS]),
        attribute::MESSAGE_AUTHENTICATOR => layout!(
            "RFC 3579 §3.2",
            "wire.4.7",
            [field("Message-Authenticator", 16, Kind::Authenticator)]
        ),
        attribute::NAS_PORT_ID => layout!("RFC 2869 §5.17", "wire.5.8", [TEXT]),
        attribute::NAS_IPV6_ADDRESS => layout!("RFC 3162 §2.1", "wire.5.8", [IPV6]),
        attribute::FRAMED_INTERFACE_ID => {
            layout!("RFC 3162 §2.2", "wire.5.8", [field("Interface-Id", 8, Kind::Hex)])
        }
        attribute::FRAMED_IPV6_PREFIX => layout!(
            "RFC 3162 §2.3",
            "wire.5.6",
            [field("Reserved", 1, Kind::Hex), PREFIX_LENGTH, rest("Prefix", 0, Kind::Ipv6Prefix)]
        ),
        attribute::DELEGATED_IPV6_PREFIX => layout!(
            "RFC 4818 §3",
            "wire.5.6",
            [field("Reserved", 1, Kind::Hex), PREFIX_LENGTH, rest("Prefix", 0, Kind::Ipv6Prefix)]
        ),
        attribute::ERROR_CAUSE => layout!(
            "RFC 5176 §3.5",
            "wire.5.8",
            [field("Value", 4, Kind::Named(named!(error_cause::name: u32)))]
        ),
        attribute::MIP6_FEATURE_VECTOR => {
            layout!("RFC 5447 §4.2.5", "wire.5.8", [field("MIP6-Feature-Vector", 8, Kind::Hex)])
        }
        attribute::MIP6_HOME_LINK_PREFIX => {
            layout!("RFC 5447 §4.2.4", "wire.5.7", [PREFIX_LENGTH, field("Prefix", 16, Kind::Ipv6)])
        }
        attribute::FRAMED_IPV6_ADDRESS => layout!("RFC 6911 §3.1", "wire.5.8", [IPV6]),
        _ => return None,
    })
}
