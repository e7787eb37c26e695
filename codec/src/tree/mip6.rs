//! The mobility header (RFC 6275 §6).

use alloc::format;

use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::{
    HEADER_UNIT, access_technology, authentication_subtype, dns_update_status, error_status,
    handoff_indicator, identifier_subtype, ipv4_status, message, option, spi, status,
};

use super::Protocol;
use super::node::FlagSet;
use super::walk::{Field, Kind, Layout, Scope, field, layout, named, rest};
use crate::ip::Pseudo;
use crate::mip6::{MobilityOption, Route};
use crate::{Error, ErrorKind, mip6};

const HEADER: [Field; 4] = [
    field("Payload Proto", 1, Kind::Named(named!(next_header::name: u8))),
    field("Header Len", 1, Kind::Length(HEADER_UNIT, HEADER_UNIT)),
    field("MH Type", 1, Kind::Named(named!(message::name: u8))),
    field("Reserved", 1, Kind::Hex),
];

const RESERVED: Field = field("Reserved", 2, Kind::Hex);
const SEQUENCE: Field = field("Sequence #", 2, Kind::Unsigned);
const LIFETIME: Field = field("Lifetime", 2, Kind::FourSeconds);

/// What the IPv6 packet around a mobility header says about it.
pub(super) struct Around {
    pub(super) route: Route,
}

impl Scope<'_> {
    /// A mobility header; its checksum is verified when the way it went is known.
    pub(super) fn mobility(&mut self, around: Option<&Around>) {
        let octets = self.octets();
        let length = self.ahead(1, 1).map(|units| HEADER_UNIT * (1 + units));
        let length = length.unwrap_or(octets.len());
        let covered = octets.get(..length);
        let right = around.zip(covered);
        let right = right.map(|(around, octets)| checksum(octets, &around.route.pseudo()));
        let verdict = verdict(octets, around);
        let kind = self.ahead(2, 1).and_then(|kind| u8::try_from(kind).ok());
        let name = kind.and_then(message::name).unwrap_or("Mobility Header");
        let layout = message_layout(kind);
        let about = (layout.source, layout.sentence);
        self.message(Protocol::Mh, name, length, about, verdict, |s| {
            s.fields(&HEADER).checksum(right);
            let addresses = s.ahead(0, 1).filter(|_| kind == Some(message::HOME_AGENT_SWITCH));
            s.fields(layout.fields);
            for _ in 0..addresses.unwrap_or_default() {
                s.field(&field("Home Agent Address", 16, Kind::Ipv6));
            }
            while !s.is_empty() {
                s.mobility_option();
            }
        });
        self.raw("After the header's end", usize::MAX);
    }

    fn mobility_option(&mut self) {
        let kind = self.ahead(0, 1).and_then(|kind| u8::try_from(kind).ok()).unwrap_or_default();
        let title = format!("{} option ({kind})", option::name(kind).unwrap_or("unknown"));
        let at = self.at();
        let layout = option_layout(kind);
        let about = layout
            .map_or(("RFC 6275 §6.2.1", "wire.9.2"), |layout| (layout.source, layout.sentence));
        if kind == option::PAD1 {
            self.group(title, 1, about, |s| {
                s.field(&TYPE);
            });
            return;
        }
        let length = self.ahead(1, 1).unwrap_or_default();
        self.group(title, 2 + length, about, |s| {
            s.fields(&[TYPE, field("Length", 1, Kind::Length(2, 1))]);
            let decoded = MobilityOption::decode(kind, s.octets());
            let is_malformed = matches!(decoded, MobilityOption::Malformed { .. });
            match layout {
                Some(layout) if s.octets().len() == length => {
                    let fits = layout.fits(length);
                    s.layout(&layout, at);
                    if fits && is_malformed {
                        s.fault(ErrorKind::BadValue, at, layout.sentence);
                    }
                }
                _ => {
                    s.raw("Data", usize::MAX);
                }
            }
        });
    }
}

const TYPE: Field = field("Type", 1, Kind::Unsigned);

/// The checksum that a mobility header should have.
fn checksum(octets: &[u8], pseudo: &Pseudo) -> u16 {
    let (before, rest) = octets.split_at(octets.len().min(4));
    pseudo.checksum(next_header::MOBILITY, &[before, &[0, 0], rest.get(2..).unwrap_or_default()])
}

fn verdict(octets: &[u8], around: Option<&Around>) -> Result<(), Error> {
    match around {
        Some(around) => mip6::Packet::from_parts(around.route, octets).map(drop),
        None => mip6::Header::decode_unverified(octets)?.message().map(drop),
    }
}

/// What stands behind the checksum and before the options.
const fn message_layout(kind: Option<u8>) -> Layout {
    match kind {
        Some(message::BINDING_REFRESH_REQUEST) => {
            layout!("RFC 6275 §6.1.2", "wire.8.7", [RESERVED])
        }
        Some(message::HOME_TEST_INIT) => layout!(
            "RFC 6275 §6.1.3",
            "wire.8.7",
            [RESERVED, field("Home Init Cookie", 8, Kind::Hex)]
        ),
        Some(message::CARE_OF_TEST_INIT) => layout!(
            "RFC 6275 §6.1.4",
            "wire.8.7",
            [RESERVED, field("Care-of Init Cookie", 8, Kind::Hex)]
        ),
        Some(message::HOME_TEST) => layout!(
            "RFC 6275 §6.1.5",
            "wire.8.7",
            [
                field("Home Nonce Index", 2, Kind::Unsigned),
                field("Home Init Cookie", 8, Kind::Hex),
                field("Home Keygen Token", 8, Kind::Hex)
            ]
        ),
        Some(message::CARE_OF_TEST) => layout!(
            "RFC 6275 §6.1.6",
            "wire.8.7",
            [
                field("Care-of Nonce Index", 2, Kind::Unsigned),
                field("Care-of Init Cookie", 8, Kind::Hex),
                field("Care-of Keygen Token", 8, Kind::Hex)
            ]
        ),
        Some(message::BINDING_UPDATE) => layout!(
            "RFC 6275 §6.1.7",
            "wire.8.8",
            [SEQUENCE, field("Flags", 2, Kind::Flags(FlagSet::Update)), LIFETIME]
        ),
        Some(message::BINDING_ACKNOWLEDGEMENT) => layout!(
            "RFC 6275 §6.1.8",
            "wire.8.9",
            [
                field("Status", 1, Kind::Named(named!(status::name: u8))),
                field("Flags", 1, Kind::Flags(FlagSet::Acknowledgement)),
                SEQUENCE,
                LIFETIME
            ]
        ),
        Some(message::BINDING_ERROR) => layout!(
            "RFC 6275 §6.1.9",
            "wire.8.10",
            [
                field("Status", 1, Kind::Named(named!(error_status::name: u8))),
                field("Reserved", 1, Kind::Hex),
                field("Home Address", 16, Kind::Ipv6)
            ]
        ),
        Some(kind) => others(kind),
        None => layout!("RFC 6275 §6.1", "wire.8.6", []),
    }
}

/// The messages that the decoder keeps whole, since nobody here sends or answers them.
const fn others(kind: u8) -> Layout {
    const CODE: Field = field("Code", 1, Kind::Unsigned);
    match kind {
        message::FAST_BINDING_UPDATE => layout!(
            "RFC 5568 §6.2.2",
            "wire.8.6",
            [SEQUENCE, field("Flags", 2, Kind::Flags(FlagSet::Update)), LIFETIME]
        ),
        message::FAST_BINDING_ACKNOWLEDGEMENT => layout!(
            "RFC 5568 §6.2.3",
            "wire.8.6",
            [
                field("Status", 1, Kind::Unsigned),
                field("K and Reserved", 1, Kind::Bits(&[("K", 1), ("Reserved", 7)])),
                SEQUENCE,
                LIFETIME
            ]
        ),
        message::FAST_NEIGHBOUR_ADVERTISEMENT => {
            layout!("RFC 4068 §6.3.3", "wire.8.6", [RESERVED])
        }
        message::HEARTBEAT => layout!(
            "RFC 5847 §3.3",
            "wire.8.6",
            [
                field("Reserved, U and R", 2, Kind::Bits(&[("Reserved", 14), ("U", 1), ("R", 1)])),
                field("Sequence Number", 4, Kind::Unsigned)
            ]
        ),
        message::HANDOVER_INITIATE => layout!(
            "RFC 5568 §6.2.1.1, RFC 5949 §6.1.1",
            "wire.8.6",
            [
                SEQUENCE,
                field(
                    "S, U, P, F and Reserved",
                    1,
                    Kind::Bits(&[("S", 1), ("U", 1), ("P", 1), ("F", 1), ("Reserved", 4)])
                ),
                CODE
            ]
        ),
        message::HANDOVER_ACKNOWLEDGE => layout!(
            "RFC 5568 §6.2.1.2, RFC 5949 §6.1.2",
            "wire.8.6",
            [
                SEQUENCE,
                field(
                    "U, P, F and Reserved",
                    1,
                    Kind::Bits(&[("U", 1), ("P", 1), ("F", 1), ("Reserved", 5)])
                ),
                CODE
            ]
        ),
        message::BINDING_REVOCATION => layout!(
            "RFC 5846 §5",
            "wire.8.6",
            [
                field("B.R. Type", 1, Kind::Unsigned),
                field("R. Trigger or Status", 1, Kind::Unsigned),
                SEQUENCE,
                field(
                    "P, V, G and Reserved",
                    2,
                    Kind::Bits(&[("P", 1), ("V", 1), ("G", 1), ("Reserved", 13)])
                )
            ]
        ),
        message::LOCALIZED_ROUTING_INITIATION => layout!(
            "RFC 6705 §10.1",
            "wire.8.6",
            [SEQUENCE, RESERVED, field("Lifetime", 2, Kind::Lifetime)]
        ),
        message::LOCALIZED_ROUTING_ACKNOWLEDGMENT => layout!(
            "RFC 6705 §10.2",
            "wire.8.6",
            [
                SEQUENCE,
                field("U and Reserved", 1, Kind::Bits(&[("U", 1), ("Reserved", 7)])),
                field("Status", 1, Kind::Unsigned),
                field("Lifetime", 2, Kind::Lifetime)
            ]
        ),
        message::HOME_AGENT_SWITCH => layout!(
            "RFC 5142 §4",
            "wire.8.6",
            [field("Number of Addresses", 1, Kind::Unsigned), field("Reserved", 1, Kind::Hex)]
        ),
        message::EXPERIMENTAL => {
            layout!("RFC 5096 §3", "wire.8.6", [rest("Message Data", 0, Kind::Octets)])
        }
        _ => {
            layout!("RFC 6275 §6.1", "wire.8.6", [rest("Message Data, not known", 0, Kind::Octets)])
        }
    }
}

/// The data of an option.
const fn option_layout(kind: u8) -> Option<Layout> {
    Some(match kind {
        option::PAD1 => layout!("RFC 6275 §6.2.2", "wire.9.4", []),
        option::PADN => {
            layout!("RFC 6275 §6.2.3", "wire.9.4", [rest("Padding", 0, Kind::Octets)])
        }
        option::BINDING_REFRESH_ADVICE => layout!(
            "RFC 6275 §6.2.4",
            "wire.9.6",
            [field("Refresh Interval", 2, Kind::FourSeconds)]
        ),
        option::ALTERNATE_CARE_OF_ADDRESS => layout!(
            "RFC 6275 §6.2.5",
            "wire.9.5",
            [field("Alternate Care-of Address", 16, Kind::Ipv6)]
        ),
        option::NONCE_INDICES => layout!(
            "RFC 6275 §6.2.6",
            "wire.9.6",
            [
                field("Home Nonce Index", 2, Kind::Unsigned),
                field("Care-of Nonce Index", 2, Kind::Unsigned)
            ]
        ),
        option::BINDING_AUTHORIZATION_DATA => {
            layout!("RFC 6275 §6.2.7", "wire.9.7", [rest("Authenticator", 0, Kind::Authenticator)])
        }
        option::MOBILE_NETWORK_PREFIX => layout!(
            "RFC 3963 §4.3",
            "wire.9.8",
            [
                field("Reserved", 1, Kind::Hex),
                field("Prefix Length", 1, Kind::Unsigned),
                field("Mobile Network Prefix", 16, Kind::Ipv6)
            ]
        ),
        option::MOBILE_NODE_IDENTIFIER => layout!(
            "RFC 4283 §3",
            "wire.9.9",
            [
                field("Subtype", 1, Kind::Named(named!(identifier_subtype::name: u8))),
                rest("Identifier", 0, Kind::Text)
            ]
        ),
        option::AUTHENTICATION => layout!(
            "RFC 4285 §5",
            "wire.9.11",
            [
                field("Subtype", 1, Kind::Named(named!(authentication_subtype::name: u8))),
                field("Mobility SPI", 4, Kind::HexNamed(named!(spi::name: u32))),
                rest("Authentication Data", 0, Kind::Authenticator)
            ]
        ),
        option::MESSAGE_ID => {
            layout!("RFC 4285 §6", "wire.9.10", [field("Timestamp", 8, Kind::Time)])
        }
        option::IPV4_HOME_ADDRESS => layout!(
            "RFC 5555 §3.1.1",
            "wire.9.12",
            [
                field(
                    "Prefix-len, P and reserved",
                    2,
                    Kind::Bits(&[("Prefix-len", 6), ("P", 1), ("Reserved", 9)])
                ),
                field("IPv4 home address", 4, Kind::Ipv4)
            ]
        ),
        option::IPV4_ADDRESS_ACKNOWLEDGEMENT => layout!(
            "RFC 5555 §3.2.1",
            "wire.9.12",
            [
                field("Status", 1, Kind::Named(named!(ipv4_status::name: u8))),
                field("Pref-len and reserved", 1, Kind::Bits(&[("Pref-len", 6), ("Res", 2)])),
                field("IPv4 home address", 4, Kind::Ipv4)
            ]
        ),
        option::NAT_DETECTION => layout!(
            "RFC 5555 §3.2.2",
            "wire.9.12",
            [
                field("Flags", 2, Kind::Flags(FlagSet::NatDetection)),
                field("Refresh time", 4, Kind::Seconds)
            ]
        ),
        option::IPV4_CARE_OF_ADDRESS => layout!(
            "RFC 5555 §3.1.2",
            "wire.9.12",
            [field("Reserved", 2, Kind::Hex), field("IPv4 care-of address", 4, Kind::Ipv4)]
        ),
        option::LINK_LAYER_ADDRESS => layout!(
            "RFC 5568 §6.4.4",
            "wire.9.23",
            [field("Option-Code", 1, Kind::Unsigned), rest("LLA", 0, Kind::Octets)]
        ),
        option::CGA_PARAMETERS_REQUEST => layout!("RFC 4866 §5.6", "wire.9.23", []),
        option::CGA_PARAMETERS => {
            layout!("RFC 4866 §5.1", "wire.9.23", [rest("CGA Parameters", 1, Kind::Octets)])
        }
        option::SIGNATURE => {
            layout!("RFC 4866 §5.2", "wire.9.23", [rest("Signature", 1, Kind::Octets)])
        }
        option::PERMANENT_HOME_KEYGEN_TOKEN => layout!(
            "RFC 4866 §5.3",
            "wire.9.23",
            [rest("Permanent Home Keygen Token", 1, Kind::Octets)]
        ),
        option::CARE_OF_TEST_INIT => layout!("RFC 4866 §5.4", "wire.9.23", []),
        option::CARE_OF_TEST => {
            layout!("RFC 4866 §5.5", "wire.9.23", [field("Care-of Keygen Token", 8, Kind::Hex)])
        }
        option::DNS_UPDATE => layout!(
            "RFC 5026 §8.1",
            "wire.9.23",
            [
                field("Status", 1, Kind::Named(named!(dns_update_status::name: u8))),
                field("R and Reserved", 1, Kind::Bits(&[("R", 1), ("Reserved", 7)])),
                rest("MN identity (FQDN)", 0, Kind::Octets)
            ]
        ),
        option::EXPERIMENTAL => {
            layout!("RFC 5096 §4", "wire.9.23", [rest("Data", 0, Kind::Octets)])
        }
        option::VENDOR_SPECIFIC => layout!(
            "RFC 5094 §3",
            "wire.9.23",
            [
                field("Vendor ID", 4, Kind::Unsigned),
                field("Sub-Type", 1, Kind::Unsigned),
                rest("Data", 0, Kind::Octets)
            ]
        ),
        option::SERVICE_SELECTION => {
            layout!("RFC 5149 §3", "wire.9.23", [rest("Identifier", 1, Kind::Text)])
        }
        option::FAST_BINDING_AUTHORIZATION_DATA => layout!(
            "RFC 5568 §6.4.5",
            "wire.9.23",
            [field("SPI", 4, Kind::Hex), rest("Authenticator", 0, Kind::Authenticator)]
        ),
        option::HOME_NETWORK_PREFIX => layout!(
            "RFC 5213 §8.3",
            "wire.9.23",
            [
                field("Reserved", 1, Kind::Hex),
                field("Prefix Length", 1, Kind::Unsigned),
                field("Home Network Prefix", 16, Kind::Ipv6)
            ]
        ),
        option::HANDOFF_INDICATOR => layout!(
            "RFC 5213 §8.4",
            "wire.9.23",
            [
                field("Reserved", 1, Kind::Hex),
                field("HI", 1, Kind::Named(named!(handoff_indicator::name: u8)))
            ]
        ),
        option::ACCESS_TECHNOLOGY_TYPE => layout!(
            "RFC 5213 §8.5",
            "wire.9.23",
            [
                field("Reserved", 1, Kind::Hex),
                field("ATT", 1, Kind::Named(named!(access_technology::name: u8)))
            ]
        ),
        option::LINK_LAYER_IDENTIFIER => layout!(
            "RFC 5213 §8.6",
            "wire.9.23",
            [field("Reserved", 2, Kind::Hex), rest("Link-layer Identifier", 0, Kind::Octets)]
        ),
        option::LINK_LOCAL_ADDRESS => {
            layout!("RFC 5213 §8.7", "wire.9.23", [field("Link-local Address", 16, Kind::Ipv6)])
        }
        option::TIMESTAMP => {
            layout!("RFC 5213 §8.8", "wire.9.23", [field("Timestamp", 8, Kind::Hex)])
        }
        option::RESTART_COUNTER => {
            layout!("RFC 5847 §3.4", "wire.9.23", [field("Restart Counter", 4, Kind::Unsigned)])
        }
        option::GRE_KEY => layout!(
            "RFC 5845 §6.1",
            "wire.9.23",
            [field("Reserved", 2, Kind::Hex), rest("GRE Key Identifier", 0, Kind::Octets)]
        ),
        _ => return None,
    })
}
