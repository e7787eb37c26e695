//! Mobile IPv4 on port 434 (RFC 3344 §3 and the RFCs that extend it).

use alloc::format;

use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::{
    algorithm, code, dual_stack, dynamic_ha, extension, fa_error, generalized_authentication,
    key_generation, message, message_string, prefix_reply, replay_method, spi, udp_tunnel,
    udp_tunnel_reply,
};

use super::node::FlagSet;
use super::walk::{Field, Kind, Layout, Scope, field, layout, named, rest};
use super::{MAX_DEPTH, Protocol};
use crate::mip4::{self, Body, Frame};

const TYPE: Field = field("Type", 1, Kind::Named(named!(message::name: u8)));
const LIFETIME: Field = field("Lifetime", 2, Kind::Lifetime);
const HOME_ADDRESS: Field = field("Home Address", 4, Kind::Ipv4);
const HOME_AGENT: Field = field("Home Agent", 4, Kind::Ipv4);
const IDENTIFICATION: Field = field("Identification", 8, Kind::Time);
const SPI: Field = field("SPI", 4, Kind::HexNamed(named!(spi::name: u32)));
const AUTHENTICATOR: Field = rest("Authenticator", 0, Kind::Authenticator);

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
        let verdict = mip4::Message::decode(octets).map(drop);
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok());
        let name = kind.and_then(message::name).unwrap_or("Mobile IPv4 message");
        let about = match kind {
            Some(message::REGISTRATION_REQUEST) => ("RFC 3344 §3.3", "wire.1.2"),
            Some(message::REGISTRATION_REPLY) => ("RFC 3344 §3.4", "wire.1.3"),
            Some(message::TUNNEL_DATA) => ("RFC 3519 §3.3", "wire.1.10"),
            _ => ("RFC 3344 §1.8", "wire.1.1"),
        };
        self.message(Protocol::Mip4, name, octets.len(), about, verdict, |s| match kind {
            Some(message::REGISTRATION_REQUEST) => s.registration(&REQUEST),
            Some(message::REGISTRATION_REPLY) => s.registration(&REPLY),
            Some(message::TUNNEL_DATA) => s.tunnel_data(),
            _ => {
                s.fields(&[TYPE]);
                s.raw("Data, not read further", usize::MAX);
            }
        });
    }

    fn registration(&mut self, fixed: &[Field]) {
        self.fields(fixed);
        while !self.is_empty() {
            self.mip4_extension();
        }
    }

    fn tunnel_data(&mut self) {
        let next = self.ahead(1, 1).and_then(|next| u8::try_from(next).ok());
        self.fields(&[
            TYPE,
            field("Next Header", 1, Kind::Named(named!(protocol::name: u8))),
            field("Reserved", 2, Kind::Hex),
        ]);
        match next {
            _ if self.depth() >= MAX_DEPTH || self.is_empty() => (),
            Some(protocol::IPV4) => self.ipv4(),
            Some(protocol::IPV6) => self.ipv6(),
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
        let layout = layout(kind, sub_type, &frame.body);
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

/// The name function of an extension's sub-types.
fn sub_type_name(kind: u8) -> fn(u64) -> Option<&'static str> {
    match kind {
        extension::GENERALIZED_AUTHENTICATION => named!(generalized_authentication::name: u8),
        extension::MN_FA_KEY_REQUEST
        | extension::MN_FA_KEY_REPLY
        | extension::MN_HA_KEY_REQUEST
        | extension::MN_HA_KEY_REPLY => named!(key_generation::name: u8),
        extension::DYNAMIC_HA => named!(dynamic_ha::name: u8),
        _ => |_| None,
    }
}

/// What stands in an extension behind its Length.
fn layout(kind: u8, sub_type: Option<u8>, body: &Body<'_>) -> Layout {
    const MN_SPI: Field = field("Mobile Node SPI", 4, Kind::Hex);
    const AAA_SPI: Field = field("AAA SPI", 4, Kind::Hex);
    const KEY_LIFETIME: Field = field("Lifetime", 4, Kind::Seconds);
    const ALGORITHM: Field =
        field("Algorithm Identifier", 2, Kind::Named(named!(algorithm::name: u16)));
    const NONCE: Field = rest("Key Generation Nonce", 16, Kind::Octets);
    const TUNNEL: Field = field("Sub-Type", 1, Kind::Named(named!(udp_tunnel::name: u8)));
    const DUAL_STACK: Field = field("Sub-Type", 1, Kind::Named(named!(dual_stack::name: u8)));
    const PREFIX_LENGTH: Field = field("Prefix Length", 1, Kind::Unsigned);
    const PREFIX: Field = field("Mobile IPv6 Network Prefix", 16, Kind::Ipv6);
    let from_aaa = sub_type == Some(key_generation::FROM_AAA);
    match (kind, body) {
        (extension::PAD, _) => layout!("RFC 3344 §2.1.3", "wire.2.3", []),
        (extension::MOBILE_HOME_AUTHENTICATION, _) => {
            layout!("RFC 3344 §3.5.2", "wire.2.11", [SPI, AUTHENTICATOR])
        }
        (extension::MOBILE_FOREIGN_AUTHENTICATION, _) => {
            layout!("RFC 3344 §3.5.3", "wire.2.11", [SPI, AUTHENTICATOR])
        }
        (extension::FOREIGN_HOME_AUTHENTICATION, _) => {
            layout!("RFC 3344 §3.5.4", "wire.2.11", [SPI, AUTHENTICATOR])
        }
        (extension::GENERALIZED_AUTHENTICATION, _) => layout!(
            "RFC 4721 §5",
            "wire.2.12",
            [SPI, rest("Authenticator", 16, Kind::Authenticator)]
        ),
        (extension::CVSE | extension::CVSE_OLD, _) => {
            layout!("RFC 3115 §2.1", "wire.2.15", [rest("Value", 6, Kind::Octets)])
        }
        (extension::NVSE | extension::NVSE_OLD, _) => {
            layout!("RFC 3115 §2.2", "wire.2.17", [rest("Value", 8, Kind::Octets)])
        }
        (extension::MN_FA_KEY_REQUEST, _) if from_aaa => {
            layout!("RFC 3957 §6.1", "wire.2.13", [MN_SPI])
        }
        (extension::MN_HA_KEY_REQUEST, _) if from_aaa => {
            layout!("RFC 3957 §6.3", "wire.2.13", [MN_SPI])
        }
        (extension::MN_FA_KEY_REPLY, _) if from_aaa => layout!(
            "RFC 3957 §6.2",
            "wire.2.14",
            [KEY_LIFETIME, AAA_SPI, field("FA SPI", 4, Kind::Hex), ALGORITHM, NONCE]
        ),
        (extension::MN_HA_KEY_REPLY, _) if from_aaa => layout!(
            "RFC 3957 §6.4",
            "wire.2.14",
            [
                KEY_LIFETIME,
                AAA_SPI,
                field("HA SPI", 4, Kind::Hex),
                ALGORITHM,
                field("Replay Method", 2, Kind::Named(named!(replay_method::name: u16))),
                NONCE
            ]
        ),
        (extension::UDP_TUNNEL_REPLY, _) => layout!(
            "RFC 3519 §3.2",
            "wire.2.20",
            [
                TUNNEL,
                field("Reply Code", 1, Kind::Named(named!(udp_tunnel_reply::name: u8))),
                field("F and Reserved", 2, Kind::Bits(&[("F", 1), ("Reserved", 15)])),
                field("Keepalive Interval", 2, Kind::Seconds)
            ]
        ),
        (extension::UDP_TUNNEL_REQUEST, _) => layout!(
            "RFC 3519 §3.1",
            "wire.2.20",
            [
                TUNNEL,
                field("Reserved 1", 1, Kind::Hex),
                field("Flags", 1, Kind::Flags(FlagSet::UdpTunnel)),
                field("Encapsulation", 1, Kind::Named(named!(protocol::name: u8))),
                field("Reserved 3", 2, Kind::Hex)
            ]
        ),
        (extension::FA_ERROR, _) => layout!(
            "RFC 4636 §3",
            "wire.2.21",
            [
                field("Sub-Type", 1, Kind::Named(named!(fa_error::name: u8))),
                field("Status", 1, Kind::Named(named!(code::name: u8)))
            ]
        ),
        (extension::ENCAPSULATING_DELIVERY, _) => layout!("RFC 3024 §3.3", "wire.2.22", []),
        (extension::NAI, _) => {
            layout!("RFC 2794 §2", "wire.2.9", [rest("MN-NAI", 1, Kind::Text)])
        }
        (extension::CHALLENGE, _) => {
            layout!("RFC 4721 §4", "wire.2.10", [rest("Challenge", 1, Kind::Octets)])
        }
        (extension::DYNAMIC_HA, Body::Long { .. }) => {
            layout!("RFC 4433 §3.4", "wire.2.19", [field("HA-Address", 4, Kind::Ipv4)])
        }
        (extension::DYNAMIC_HA, _) => {
            layout!(
                "RFC 4433 §3.4",
                "wire.2.19",
                [rest("Data, not as RFC 4433 draws it", 0, Kind::Octets)]
            )
        }
        (extension::MESSAGE_STRING, _) => layout!(
            "RFC 4917 §3",
            "wire.2.22",
            [
                field("Sub-Type", 1, Kind::Named(named!(message_string::name: u8))),
                rest("Text", 1, Kind::Text)
            ]
        ),
        (extension::DUAL_STACK, _) => match sub_type {
            Some(dual_stack::PREFIX_REQUEST) => {
                layout!("RFC 5454 §2.1", "wire.2.23", [DUAL_STACK, PREFIX_LENGTH, PREFIX])
            }
            Some(dual_stack::PREFIX_REPLY) => layout!(
                "RFC 5454 §2.2",
                "wire.2.23",
                [
                    DUAL_STACK,
                    field("Code", 1, Kind::Named(named!(prefix_reply::name: u8))),
                    PREFIX_LENGTH,
                    field("Reserved", 1, Kind::Hex),
                    PREFIX
                ]
            ),
            Some(dual_stack::TUNNELING_MODE) => {
                layout!("RFC 5454 §2.3", "wire.2.23", [DUAL_STACK, field("Reserved", 1, Kind::Hex)])
            }
            _ => layout!("RFC 5454 §2", "wire.2.7", [rest("Data", 1, Kind::Octets)]),
        },
        (extension::MN_FA_KEY_REQUEST..=extension::MN_HA_KEY_REPLY, _) => {
            layout!("RFC 3957 §6", "wire.2.4", [rest("Data", 0, Kind::Octets)])
        }
        (..extension::NAI, _) => {
            layout!("RFC 3344 §1.8", "wire.2.4", [rest("Data", 0, Kind::Octets)])
        }
        _ => layout!("RFC 3344 §1.8", "wire.2.5", [rest("Data", 0, Kind::Octets)]),
    }
}
