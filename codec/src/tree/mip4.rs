//! Mobile IPv4 on port 434 (RFC 3344 §3 and the RFCs that extend it).

use alloc::format;

use dsboot_spec::registry::dsb::access_message;
use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::{
    code, dynamic_ha, extension, generalized_authentication, gre_key, key_generation, message,
    multipath, notification_code, notification_direction, pmipv4_authentication,
    prefix_advertisement,
};

use super::node::FlagSet;
use super::walk::{Field, Kind, Layout, Scope, field, layout, named, rest};
use super::{MAX_DEPTH, Protocol};
use crate::mip4::access::AccessMessage;
use crate::mip4::{self, Body, Frame, Reader, Reading, Understood};

/// As one who understands all that this crate can read: what is left is unknown to everybody.
const READING: Reading =
    Reading { reader: Reader::Node(Understood::EVERYTHING), ..Reading::DEFAULT };

const TYPE: Field = field("Type", 1, Kind::Named(named!(message::name: u8)));
const LIFETIME: Field = field("Lifetime", 2, Kind::Lifetime);
const HOME_ADDRESS: Field = field("Home Address", 4, Kind::Ipv4);
const HOME_AGENT: Field = field("Home Agent", 4, Kind::Ipv4);
const IDENTIFICATION: Field = field("Identification", 8, Kind::Time);

/// Octets of tunnel data before the packet.
const TUNNEL_DATA_LENGTH: usize = 4;

const REQUEST: [Field; 7] = [
    TYPE,
    field("Flags", 1, Kind::Flags(FlagSet::Request)),
    LIFETIME,
    HOME_ADDRESS,
    HOME_AGENT,
    field("Care-of Address", 4, Kind::Ipv4),
    IDENTIFICATION,
];

const REPLY: [Field; 6] = [
    TYPE,
    field("Code", 1, Kind::Named(named!(code::name: u8))),
    LIFETIME,
    HOME_ADDRESS,
    HOME_AGENT,
    IDENTIFICATION,
];

impl Scope<'_> {
    pub(super) fn mip4(&mut self) {
        let octets = self.octets();
        let (base, decoded) = (self.at(), mip4::Message::decode_by(octets, &READING));
        let extensions = decoded.as_ref().ok().and_then(mip4::Message::extensions);
        let verdict = decoded.map(drop);
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok());
        let name = kind.and_then(message::name).unwrap_or("Mobile IPv4 message");
        let about = match kind {
            Some(message::REGISTRATION_REQUEST) => ("RFC 3344 §3.3", "wire.1.2"),
            Some(message::REGISTRATION_REPLY) => ("RFC 3344 §3.4", "wire.1.3"),
            Some(message::TUNNEL_DATA) => ("RFC 3519 §3.3", "wire.1.10"),
            Some(kind) => match others(kind) {
                Some(layout) => (layout.source, layout.sentence),
                None => ("RFC 3344 §1.8", "wire.1.1"),
            },
            None => ("RFC 3344 §1.8", "wire.1.1"),
        };
        self.message(Protocol::Mip4, name, octets.len(), about, verdict, |s| match kind {
            Some(message::REGISTRATION_REQUEST) => s.registration(&REQUEST),
            Some(message::REGISTRATION_REPLY) => s.registration(&REPLY),
            Some(message::TUNNEL_DATA) => s.tunnel_data(),
            Some(kind) if AccessMessage::decode(octets).is_ok() => {
                debug_assert_eq!(kind, message::EXPERIMENTAL);
                s.registration(&ACCESS);
            }
            Some(kind) => match others(kind) {
                Some(layout) => s.registration(layout.fields),
                None => {
                    s.fields(&[TYPE]);
                    s.raw("Data, not read further", usize::MAX);
                }
            },
            None => (),
        });
        for fault in extensions.iter().flat_map(mip4::Extensions::faults) {
            self.part_fault(fault.shifted(base));
        }
    }

    fn registration(&mut self, fixed: &[Field]) {
        self.fields(fixed);
        while !self.is_empty() {
            self.mip4_extension();
        }
    }

    fn tunnel_data(&mut self) {
        let whole = self.octets().len() >= TUNNEL_DATA_LENGTH;
        let next = self.ahead(1, 1).and_then(|next| u8::try_from(next).ok()).filter(|_| whole);
        self.fields(&[
            TYPE,
            field("Next Header", 1, Kind::Named(named!(protocol::name: u8))),
            field("Reserved", 2, Kind::Hex),
        ]);
        match next {
            _ if self.depth() >= MAX_DEPTH => (),
            Some(protocol::IPV4) => self.ipv4(),
            Some(protocol::IPV6) => self.ipv6(),
            Some(protocol::GRE) => self.gre(),
            Some(protocol::MINIMAL) => self.minimal(),
            _ => {
                self.raw("Packet", usize::MAX);
            }
        }
    }

    fn mip4_extension(&mut self) {
        let at = self.at();
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok()).unwrap_or_default();
        let title = format!("{} extension ({kind})", extension::name(kind).unwrap_or("unknown"));
        let frame = Frame::cut(self.octets(), 0).ok().map(|(_, frame)| frame);
        let Some(frame) = frame else {
            // What cannot be cut out ends the message; the decoder's error is said of it.
            self.group(title, usize::MAX, ("RFC 3344 §1.8", "wire.1.9"), |s| {
                s.field(&field("Type", 1, Kind::Unsigned));
                s.raw("Cut off", usize::MAX);
            });
            return;
        };
        let (sub_type, data) = match frame.body {
            Body::Pad => (None, [].as_slice()),
            Body::Simple(data) => (data.first().copied(), data),
            Body::Long { sub_type, data } => (Some(sub_type), data),
        };
        let layout = super::mip4_extension::layout(kind, sub_type, &frame.body);
        let about = (layout.source, layout.sentence);
        self.group(title, frame.raw.len(), about, |s| {
            s.field(&field("Type", 1, Kind::Unsigned));
            match frame.body {
                Body::Pad => return,
                Body::Simple(_) => s.fields(&[field("Length", 1, Kind::Length(2, 1))]),
                Body::Long { .. } => {
                    let second = match kind {
                        extension::CVSE | extension::CVSE_OLD => field("Reserved", 1, Kind::Hex),
                        _ => field("Sub-Type", 1, Kind::Named(sub_type_name(kind))),
                    };
                    s.fields(&[second, field("Length", 2, Kind::Length(4, 1))])
                }
            };
            let vendor_at = match kind {
                extension::CVSE | extension::CVSE_OLD => Some(0),
                extension::NVSE | extension::NVSE_OLD => Some(2),
                _ => None,
            };
            match vendor_at {
                Some(before) if data.len() >= before + 6 => s.vendor_extension(before, at),
                _ if (kind, sub_type) == FLOW_BINDING => s.flow_binding(at),
                _ => s.layout(&layout, at),
            }
        });
    }

    /// What a vendor says, behind so many reserved octets.
    fn vendor_extension(&mut self, reserved: usize, at: usize) {
        if reserved > 0 {
            self.field(&field("Reserved", reserved, Kind::Hex));
        }
        let vendor = self.ahead(0, 4).and_then(|vendor| u32::try_from(vendor).ok());
        let kind = self.ahead(4, 2).unwrap_or_default();
        let ours = vendor == Some(self.options.vendor);
        self.field(&field("Vendor/Org-ID", 4, Kind::Unsigned));
        if ours {
            self.field(&field("Vendor-Type", 2, Kind::Named(super::dsb::name_of)));
            self.parameter(kind, at, "wire.2.33");
        } else {
            self.fields(&[
                field("Vendor-Type", 2, Kind::Unsigned),
                rest("Vendor-Value", 0, Kind::Octets),
            ]);
        }
    }
}

/// The extension whose fields count others.
const FLOW_BINDING: (u8, Option<u8>) = (extension::MULTIPATH, Some(multipath::FLOW_BINDING));

/// The name function of an extension's sub-types.
fn sub_type_name(kind: u8) -> fn(u64) -> Option<&'static str> {
    match kind {
        extension::GENERALIZED_AUTHENTICATION => named!(generalized_authentication::name: u8),
        extension::MN_FA_KEY_REQUEST
        | extension::MN_FA_KEY_REPLY
        | extension::MN_HA_KEY_REQUEST
        | extension::MN_HA_KEY_REPLY => named!(key_generation::name: u8),
        extension::DYNAMIC_HA => named!(dynamic_ha::name: u8),
        extension::PMIPV4_NON_SKIPPABLE => named!(pmipv4_authentication::name: u8),
        extension::GRE_KEY => named!(gre_key::name: u8),
        extension::PREFIX_ADVERTISEMENT => named!(prefix_advertisement::name: u8),
        extension::MULTIPATH => named!(multipath::name: u8),
        _ => |_| None,
    }
}

/// An access message over this port.
const ACCESS: [Field; 5] = [
    TYPE,
    field("Sub-Type", 1, Kind::Named(named!(access_message::name: u8))),
    field("Code", 1, Kind::Named(named!(code::name: u8))),
    field("Reserved", 1, Kind::Hex),
    IDENTIFICATION,
];

/// The fixed parts of the messages that the bootstrap does not use.
fn others(kind: u8) -> Option<Layout> {
    const RESERVED: Field = field("Reserved", 1, Kind::Hex);
    const RESERVED_2: Field = field("Reserved", 2, Kind::Hex);
    const REVOCATION: Field = field("Revocation Identifier", 4, Kind::Hex);
    const COOKIE: Field = field("Init Cookie", 8, Kind::Hex);
    const CARE_OF: Field = field("Care-of Address", 4, Kind::Ipv4);
    const REQUEST_FLAGS: Field = field("Flags", 1, Kind::Flags(FlagSet::Request));
    const CODE: Field = field("Code", 1, Kind::Named(named!(code::name: u8)));
    const HANDOFF: Field = field(
        "Flags",
        1,
        Kind::Bits(&[
            ("H", 1),
            ("N", 1),
            ("R", 1),
            ("M", 1),
            ("G", 1),
            ("T", 1),
            ("B", 1),
            ("x", 1),
        ]),
    );
    const DIRECTION: Field =
        field("Direction", 1, Kind::Named(named!(notification_direction::name: u8)));
    Some(match kind {
        message::REVOCATION => layout!(
            "RFC 3543 §3.3",
            "wire.1.22",
            [
                TYPE,
                RESERVED,
                field("Flags", 2, Kind::Bits(&[("A", 1), ("I", 1), ("Reserved", 14)])),
                HOME_ADDRESS,
                field("Home Domain Address", 4, Kind::Ipv4),
                field("Foreign Domain Address", 4, Kind::Ipv4),
                REVOCATION
            ]
        ),
        message::REVOCATION_ACKNOWLEDGMENT => layout!(
            "RFC 3543 §3.4",
            "wire.1.22",
            [
                TYPE,
                RESERVED,
                field("Flags", 2, Kind::Bits(&[("I", 1), ("Reserved", 15)])),
                HOME_ADDRESS,
                REVOCATION
            ]
        ),
        message::HANDOFF_REQUEST => layout!(
            "RFC 4881 §4.5",
            "wire.1.22",
            [
                TYPE,
                HANDOFF,
                RESERVED_2,
                LIFETIME,
                RESERVED_2,
                HOME_ADDRESS,
                HOME_AGENT,
                IDENTIFICATION
            ]
        ),
        message::HANDOFF_REPLY => layout!(
            "RFC 4881 §4.6",
            "wire.1.22",
            [
                TYPE,
                HANDOFF,
                RESERVED,
                field("Code", 1, Kind::Unsigned),
                LIFETIME,
                RESERVED_2,
                HOME_ADDRESS,
                HOME_AGENT,
                IDENTIFICATION
            ]
        ),
        message::REGIONAL_REQUEST => layout!(
            "RFC 4857 §9.6",
            "wire.1.22",
            [TYPE, REQUEST_FLAGS, LIFETIME, HOME_ADDRESS, HOME_AGENT, CARE_OF, IDENTIFICATION]
        ),
        message::FAST_BINDING_UPDATE => layout!(
            "RFC 4988 §5.1",
            "wire.1.22",
            [TYPE, REQUEST_FLAGS, LIFETIME, HOME_ADDRESS, HOME_AGENT, CARE_OF, IDENTIFICATION]
        ),
        message::REGIONAL_REPLY => layout!(
            "RFC 4857 §9.7",
            "wire.1.22",
            [TYPE, CODE, LIFETIME, HOME_ADDRESS, HOME_AGENT, IDENTIFICATION]
        ),
        message::FAST_BINDING_ACKNOWLEDGMENT => layout!(
            "RFC 4988 §5.2",
            "wire.1.22",
            [TYPE, CODE, LIFETIME, HOME_ADDRESS, HOME_AGENT, IDENTIFICATION]
        ),
        message::GENERIC_NOTIFICATION => layout!(
            "RFC 6098 §4.1",
            "wire.1.22",
            [
                TYPE,
                DIRECTION,
                field("Flags", 2, Kind::Bits(&[("A", 1), ("Reserved", 15)])),
                HOME_ADDRESS,
                HOME_AGENT,
                CARE_OF,
                IDENTIFICATION
            ]
        ),
        message::GENERIC_NOTIFICATION_ACKNOWLEDGMENT => layout!(
            "RFC 6098 §4.2",
            "wire.1.22",
            [
                TYPE,
                DIRECTION,
                field("Code", 1, Kind::Named(named!(notification_code::name: u8))),
                RESERVED,
                HOME_ADDRESS,
                HOME_AGENT,
                CARE_OF,
                IDENTIFICATION
            ]
        ),
        message::HOME_TEST_INIT => layout!("RFC 6521 §5.6", "wire.1.22", [TYPE, RESERVED, COOKIE]),
        message::CARE_OF_TEST_INIT => {
            layout!("RFC 6521 §5.7", "wire.1.22", [TYPE, RESERVED, COOKIE])
        }
        message::HOME_TEST => layout!(
            "RFC 6521 §5.8",
            "wire.1.22",
            [
                TYPE,
                RESERVED,
                field("Home Nonce Index", 2, Kind::Unsigned),
                COOKIE,
                field("Home Keygen Token", 8, Kind::Hex)
            ]
        ),
        message::CARE_OF_TEST => layout!(
            "RFC 6521 §5.9",
            "wire.1.22",
            [
                TYPE,
                RESERVED,
                field("Care-of Nonce Index", 2, Kind::Unsigned),
                COOKIE,
                field("Care-of Keygen Token", 8, Kind::Hex)
            ]
        ),
        _ => return None,
    })
}
