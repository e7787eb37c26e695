//! PANA messages (RFC 5191).

use alloc::format;

use dsboot_spec::registry::pana::{
    AVP_ALIGNMENT, AVP_HEADER_LENGTH, HEADER_LENGTH, avp, avp_flag, encryption_algorithm,
    integrity_algorithm, message, prf_algorithm, result, termination_cause,
};

use super::node::{FlagSet, Role};
use super::walk::{Field, Kind, Layout, Scope, field, layout, named, rest};
use super::{MAX_DEPTH, Protocol};
use crate::{ErrorKind, pana};

const HEADER: [Field; 6] = [
    field("Reserved", 2, Kind::Hex),
    field("Message Length", 2, Kind::Length(0, 1)),
    field("Flags", 2, Kind::Flags(FlagSet::Pana)),
    field("Message Type", 2, Kind::Named(named!(message::name: u16))),
    field("Session Identifier", 4, Kind::Hex),
    field("Sequence Number", 4, Kind::Hex),
];

impl Scope<'_> {
    pub(super) fn pana(&mut self) {
        let octets = self.octets();
        let decoded = pana::Message::decode(octets);
        let kind = decoded.as_ref().ok().and_then(pana::Message::kind);
        let name = kind.map_or("PANA message".into(), |kind| format!("PANA-{}", kind.name()));
        let vendor = self.options.vendor;
        let verdict = decoded.and_then(|message| message.validate(vendor).map(drop));
        let about = ("RFC 5191 §6.2", "wire.6.1");
        let length =
            self.ahead(2, 2).filter(|length| (HEADER_LENGTH..octets.len()).contains(length));
        let length = length.unwrap_or(octets.len());
        self.message(Protocol::Pana, name, length, about, verdict, |s| {
            s.fields(&HEADER);
            while !s.is_empty() {
                s.pana_avp();
            }
        });
        self.raw("After the message's end", usize::MAX);
    }

    fn pana_avp(&mut self) {
        let (code, flags) = (self.ahead(0, 2), self.ahead(2, 2));
        let vendor_set = flags.is_some_and(|flags| flags & usize::from(avp_flag::VENDOR) != 0);
        let before = AVP_HEADER_LENGTH + if vendor_set { 4 } else { 0 };
        let length = self.ahead(4, 2).unwrap_or_default();
        let whole = before + length.next_multiple_of(AVP_ALIGNMENT);
        let code = code.and_then(|code| u16::try_from(code).ok()).unwrap_or_default();
        let vendor = self.ahead(8, 4).filter(|_| vendor_set);
        let ours = vendor.is_some_and(|vendor| Ok(self.options.vendor) == vendor.try_into());
        let name = if vendor_set { None } else { avp::name(code) };
        let title = match (vendor, ours, name) {
            (Some(_), true, _) => {
                format!("AVP {} ({code}) of ours", super::dsb::name(code.into()))
            }
            (Some(vendor), false, _) => format!("AVP {code} of vendor {vendor}"),
            (None, _, name) => format!("AVP {} ({code})", name.unwrap_or("unknown")),
        };
        let about = match (vendor, layout(code)) {
            (None, Some(layout)) => (layout.source, layout.sentence),
            (Some(_), _) => ("RFC 5191 §6.3", "wire.6.18"),
            _ => ("RFC 5191 §6.3", "wire.6.5"),
        };
        let at = self.at();
        self.group(title, whole, about, |s| {
            s.fields(&[
                field("AVP Code", 2, Kind::Unsigned),
                field("AVP Flags", 2, Kind::Flags(FlagSet::PanaAvp)),
                field("AVP Length", 2, Kind::Length(before, 1)),
                field("Reserved", 2, Kind::Hex),
            ]);
            if vendor_set {
                s.field(&field("Vendor-Id", 4, Kind::Unsigned));
            }
            let there = s.octets().len();
            let value = length.min(there);
            if vendor_set || value > 0 {
                s.pana_value(code, value, at, vendor.map(|_| ours));
            }
            if length < there
                && let Some(padding) = s.raw("Padding", usize::MAX)
            {
                padding.role = Role::Padding(AVP_ALIGNMENT);
            }
        });
    }

    /// The value of an AVP, in so many octets.
    fn pana_value(&mut self, code: u16, length: usize, at: usize, vendors: Option<bool>) {
        match (vendors, code) {
            (Some(true), _) => {
                self.inside(length, |s| s.parameter(code.into(), at, "wire.6.13"));
            }
            (Some(false), _) => {
                self.raw("Value", length);
            }
            (None, avp::EAP_PAYLOAD) if self.depth() < MAX_DEPTH => {
                self.inside(length, Scope::eap);
            }
            (None, avp::RELAYED_MESSAGE) if self.depth() < MAX_DEPTH => {
                self.inside(length, Scope::pana);
            }
            (None, avp::PAC_INFORMATION) => self.inside(length, |s| match s.octets().len() {
                6 => s.layout(&layout!("RFC 6345 §5.1", "wire.6.10", [IPV4, PORT]), at),
                18 => s.layout(&layout!("RFC 6345 §5.1", "wire.6.10", [IPV6, PORT]), at),
                _ => {
                    s.raw("Value, not of its type's form", usize::MAX);
                    s.fault(ErrorKind::BadLength, at, "wire.6.10");
                }
            }),
            (None, code) => match layout(code) {
                Some(layout) => self.inside(length, |s| s.layout(&layout, at)),
                None => {
                    self.raw("Value", length);
                }
            },
        }
    }
}

const IPV4: Field = field("Address", 4, Kind::Ipv4);
const IPV6: Field = field("Address", 16, Kind::Ipv6);
const PORT: Field = field("Port", 2, Kind::Unsigned);

/// The fields of an IETF AVP's value.
fn layout(code: u16) -> Option<Layout> {
    Some(match code {
        avp::AUTH => {
            layout!("RFC 5191 §8.1", "wire.6.15", [rest("AUTH value", 1, Kind::Authenticator)])
        }
        avp::EAP_PAYLOAD => layout!("RFC 5191 §8.2", "wire.6.10", [rest("EAP", 1, Kind::Octets)]),
        avp::INTEGRITY_ALGORITHM => layout!(
            "RFC 5191 §8.3",
            "wire.6.10",
            [field("Algorithm", 4, Kind::Named(named!(integrity_algorithm::name: u32)))]
        ),
        avp::KEY_ID => {
            layout!("RFC 5191 §8.4", "wire.6.10", [field("Key-Id", 4, Kind::Unsigned)])
        }
        avp::NONCE => layout!("RFC 5191 §8.5", "wire.6.11", [rest("Nonce", 8, Kind::Octets)]),
        avp::PRF_ALGORITHM => layout!(
            "RFC 5191 §8.6",
            "wire.6.10",
            [field("Algorithm", 4, Kind::Named(named!(prf_algorithm::name: u32)))]
        ),
        avp::RESULT_CODE => layout!(
            "RFC 5191 §8.7",
            "wire.6.10",
            [field("Result", 4, Kind::Named(named!(result::name: u32)))]
        ),
        avp::SESSION_LIFETIME => {
            layout!("RFC 5191 §8.8", "wire.6.10", [field("Lifetime", 4, Kind::Seconds)])
        }
        avp::TERMINATION_CAUSE => layout!(
            "RFC 5191 §8.9",
            "wire.6.10",
            [field("Cause", 4, Kind::Named(named!(termination_cause::name: u32)))]
        ),
        avp::PAC_INFORMATION => {
            layout!("RFC 6345 §5.1", "wire.6.10", [rest("Address and port", 1, Kind::Octets)])
        }
        avp::RELAYED_MESSAGE => {
            layout!("RFC 6345 §5.2", "wire.6.10", [rest("Message", 1, Kind::Octets)])
        }
        avp::ENCRYPTION_ENCAPSULATION => {
            layout!("RFC 6786 §5", "wire.6.13", [rest("Encrypted AVPs", 1, Kind::Octets)])
        }
        avp::ENCRYPTION_ALGORITHM => layout!(
            "RFC 6786 §4",
            "wire.6.10",
            [field("Algorithm", 4, Kind::Named(named!(encryption_algorithm::name: u32)))]
        ),
        _ => return None,
    })
}
