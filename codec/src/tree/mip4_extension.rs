//! What stands in the extensions of messages on port 434.

use dsboot_spec::registry::ip::protocol;
use dsboot_spec::registry::mip4::{
    access_technology, algorithm, code, device_id, dual_stack, extension, fa_error, flow_action,
    key_generation, link_layer_address, message_string, mobile_network, mobile_network_code,
    multipath, nai_carrying, per_node_method, pmipv4, prefix_reply, regional_replay_style,
    replay_method, route_optimization, route_optimization_reply, spi, subscriber_id, udp_tunnel,
    udp_tunnel_reply,
};

use super::node::FlagSet;
use super::walk::{Field, Kind, Layout, Scope, each, field, layout, named, rest};
use crate::ErrorKind;
use crate::mip4::Body;

const SPI: Field = field("SPI", 4, Kind::HexNamed(named!(spi::name: u32)));
const AUTHENTICATOR: Field = rest("Authenticator", 0, Kind::Authenticator);

impl Scope<'_> {
    /// The bindings and the traffic selector of a flow binding; the unit begins at `at`.
    pub(super) fn flow_binding(&mut self, at: usize) {
        let bindings = self.ahead(1, 1).unwrap_or_default();
        self.fields(&[
            field("Action", 1, Kind::Named(named!(flow_action::name: u8))),
            field("BID Count", 1, Kind::Unsigned),
        ]);
        let whole = bindings > 0 && self.octets().len() > bindings;
        for _ in 0..bindings {
            self.field(&field("BID", 1, Kind::Unsigned));
        }
        self.fields(&[
            field("TS Format", 1, Kind::Unsigned),
            rest("Traffic Selector", 0, Kind::Octets),
        ]);
        if !whole {
            self.fault(ErrorKind::BadLength, at, "wire.2.45");
        }
    }
}

/// What stands in an extension behind its Length.
pub(super) fn layout(kind: u8, sub_type: Option<u8>, body: &Body<'_>) -> Layout {
    const RESERVED: Field = field("Reserved", 1, Kind::Hex);
    const RESERVED_2: Field = field("Reserved", 2, Kind::Hex);
    const MN_SPI: Field = field("Mobile Node SPI", 4, Kind::Hex);
    const AAA_SPI: Field = field("AAA SPI", 4, Kind::Hex);
    const KEY_LIFETIME: Field = field("Lifetime", 4, Kind::Seconds);
    const ALGORITHM: Field =
        field("Algorithm Identifier", 2, Kind::Named(named!(algorithm::name: u16)));
    const NONCE: Field = rest("Key Generation Nonce", 16, Kind::Octets);
    const TUNNEL: Field = field("Sub-Type", 1, Kind::Named(named!(udp_tunnel::name: u8)));
    const DUAL_STACK: Field = field("Sub-Type", 1, Kind::Named(named!(dual_stack::name: u8)));
    const ANSWER: Field =
        field("Sub-Type", 1, Kind::Named(named!(route_optimization_reply::name: u8)));
    const PROXY: Field = field("Sub-Type", 1, Kind::Named(named!(pmipv4::name: u8)));
    const NETWORK: Field = field("Sub-Type", 1, Kind::Named(named!(mobile_network::name: u8)));
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
        (extension::GFA_ADDRESS, _) => layout!(
            "RFC 4857 §9.1",
            "wire.2.36",
            [RESERVED_2, field("GFA IP Address", 4, Kind::Ipv4)]
        ),
        (extension::HIERARCHICAL_FOREIGN_AGENT, _) => layout!(
            "RFC 4857 §9.2",
            "wire.2.36",
            [RESERVED_2, field("FA IP Address", 4, Kind::Ipv4)]
        ),
        (extension::REPLAY_PROTECTION_STYLE, _) => layout!(
            "RFC 4857 §9.3",
            "wire.2.36",
            [
                field(
                    "Replay Protection Style",
                    2,
                    Kind::Named(named!(regional_replay_style::name: u16))
                ),
                field("Initial Identification", 8, Kind::Hex)
            ]
        ),
        (extension::REGIONAL_LIFETIME, _) => {
            layout!("RFC 4857 §9.4", "wire.2.36", [RESERVED_2, field("Lifetime", 4, Kind::Seconds)])
        }
        (extension::PMIPV4_NON_SKIPPABLE, _) => layout!(
            "RFC 5563 §5.1",
            "wire.2.40",
            [field("Method", 1, Kind::Named(named!(per_node_method::name: u8)))]
        ),
        (extension::GRE_KEY, _) => {
            layout!("RFC 6245 §5", "wire.2.43", [field("Key Identifier", 4, Kind::Hex)])
        }
        (extension::ROUTE_OPTIMIZATION_REPLY, _) => match sub_type {
            Some(route_optimization_reply::REPLY) => layout!(
                "RFC 6521 §5.2",
                "wire.2.44",
                [
                    ANSWER,
                    field(
                        "O, N, S and Code",
                        1,
                        Kind::Bits(&[("O", 1), ("N", 1), ("S", 1), ("Code", 5)])
                    )
                ]
            ),
            Some(route_optimization_reply::MOBILE_CORRESPONDENT_AUTHENTICATION) => layout!(
                "RFC 6521 §5.3",
                "wire.2.44",
                [
                    ANSWER,
                    RESERVED,
                    field("Home Nonce Index", 2, Kind::Unsigned),
                    field("Care-of Nonce Index", 2, Kind::Unsigned),
                    AUTHENTICATOR
                ]
            ),
            _ => layout!(
                "RFC 6521 §5.4",
                "wire.2.44",
                [ANSWER, RESERVED, each("Care-of Address", 4, Kind::Ipv4)]
            ),
        },
        (extension::PREFIX_ADVERTISEMENT, _) => {
            layout!("RFC 6521 §5.5", "wire.2.44", [rest("Compressed prefixes", 1, Kind::Octets)])
        }
        (extension::EXPERIMENTAL_NON_SKIPPABLE, _) => {
            layout!("RFC 4064 §4.1", "wire.2.46", [rest("Data", 0, Kind::Octets)])
        }
        (extension::EXPERIMENTAL_SKIPPABLE, _) => layout!(
            "RFC 4064 §4.3",
            "wire.2.46",
            [field("Sub-Type", 1, Kind::Unsigned), rest("Data", 0, Kind::Octets)]
        ),
        (extension::NAI_CARRYING, _) => layout!(
            "RFC 3846 §3",
            "wire.2.38",
            [
                field("Sub-Type", 1, Kind::Named(named!(nai_carrying::name: u8))),
                rest("NAI", 1, Kind::Text)
            ]
        ),
        (extension::LINK_LAYER_ADDRESS, _) => layout!(
            "RFC 4881 §9",
            "wire.2.38",
            [
                field("Sub-Type", 1, Kind::Named(named!(link_layer_address::name: u8))),
                rest("Address", 1, Kind::Octets)
            ]
        ),
        (extension::REVOCATION_SUPPORT, _) => layout!(
            "RFC 3543 §3.2",
            "wire.2.39",
            [
                field("I and Reserved", 2, Kind::Bits(&[("I", 1), ("Reserved", 15)])),
                field("Timestamp", 4, Kind::Hex)
            ]
        ),
        (extension::PMIPV4_SKIPPABLE, _) => match sub_type {
            Some(pmipv4::INTERFACE_ID) => layout!(
                "RFC 5563 §5.2",
                "wire.2.40",
                [PROXY, rest("Interface ID", 1, Kind::Octets)]
            ),
            Some(pmipv4::DEVICE_ID) => layout!(
                "RFC 5563 §5.3",
                "wire.2.40",
                [
                    PROXY,
                    field("ID-Type", 1, Kind::Named(named!(device_id::name: u8))),
                    rest("Identifier", 1, Kind::Octets)
                ]
            ),
            Some(pmipv4::SUBSCRIBER_ID) => layout!(
                "RFC 5563 §5.4",
                "wire.2.40",
                [
                    PROXY,
                    field("ID-Type", 1, Kind::Named(named!(subscriber_id::name: u8))),
                    rest("Identifier", 1, Kind::Octets)
                ]
            ),
            Some(pmipv4::ACCESS_TECHNOLOGY) => layout!(
                "RFC 5563 §5.5",
                "wire.2.40",
                [PROXY, field("Tech-Type", 1, Kind::Named(named!(access_technology::name: u8)))]
            ),
            _ => layout!("RFC 5563 §5", "wire.2.7", [rest("Data", 1, Kind::Octets)]),
        },
        (extension::MOBILE_NETWORK, _) => match sub_type {
            Some(mobile_network::REQUEST) => layout!(
                "RFC 5177 §4.1",
                "wire.2.41",
                [NETWORK, PREFIX_LENGTH, field("Prefix", 4, Kind::Ipv4)]
            ),
            _ => layout!(
                "RFC 5177 §4.2",
                "wire.2.41",
                [
                    NETWORK,
                    field("Code", 1, Kind::Named(named!(mobile_network_code::name: u8))),
                    PREFIX_LENGTH,
                    RESERVED,
                    field("Prefix", 4, Kind::Ipv4)
                ]
            ),
        },
        (extension::SERVICE_SELECTION, _) => {
            layout!("RFC 5446 §3", "wire.2.42", [rest("Identifier", 1, Kind::Text)])
        }
        (extension::ROUTE_OPTIMIZATION, _) => layout!(
            "RFC 6521 §5.1",
            "wire.2.44",
            [
                field("Sub-Type", 1, Kind::Named(named!(route_optimization::name: u8))),
                field(
                    "Flags",
                    1,
                    Kind::Bits(&[("A", 1), ("R", 1), ("S", 1), ("O", 1), ("Reserved", 4)])
                ),
                rest("Optional Mobile Router HoA", 0, Kind::Ipv4)
            ]
        ),
        (extension::MULTIPATH, Body::Long { sub_type: multipath::MULTIPATH, .. }) => layout!(
            "RFC 7629 §4.1",
            "wire.2.45",
            [
                field("If-ATT", 1, Kind::Unsigned),
                field("If-Label", 1, Kind::Unsigned),
                field("Binding-Id", 1, Kind::Unsigned),
                field("B, O and Reserved", 1, Kind::Bits(&[("B", 1), ("O", 1), ("Reserved", 6)]))
            ]
        ),
        (extension::MN_FA_KEY_REQUEST..=extension::MN_HA_KEY_REPLY, _) => {
            layout!("RFC 3957 §6", "wire.2.4", [rest("Data", 0, Kind::Octets)])
        }
        (..extension::ENCAPSULATING_DELIVERY, _) => {
            layout!("RFC 3344 §1.8", "wire.2.4", [rest("Data", 0, Kind::Octets)])
        }
        _ => layout!("RFC 3344 §1.8", "wire.2.5", [rest("Data", 0, Kind::Octets)]),
    }
}
