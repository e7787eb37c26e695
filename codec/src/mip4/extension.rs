use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use dsboot_spec::registry::mip4::{
    FIRST_ROUTE_OPTIMIZATION_REFUSAL, extension, generalized_authentication,
    revocation_support_flag, route_optimization_flag, route_optimization_reply_flag,
    udp_tunnel_reply,
};

use super::discovery::CareOfAddresses;
use super::header::Identification;
use super::{read, write};
use crate::Error;
use crate::dsb::{Parameter, Prefixed};

/// An extension of a registration message, understood as far as its type allows.
///
/// Reserved fields are part of the value, so that what was read can be written again octet for
/// octet: they are sent as zero and ignored on receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum Extension<'a> {
    /// Type 0, a single octet.
    Pad,
    /// Type 32: between mobile node and home agent, here the FHA (RFC 3344 §3.5.2).
    MobileHomeAuthentication(Authentication<'a>),
    /// Type 33: between mobile node and foreign agent (RFC 3344 §3.5.3).
    MobileForeignAuthentication(Authentication<'a>),
    /// Type 34: between foreign agent and home agent (RFC 3344 §3.5.4).
    ForeignHomeAuthentication(Authentication<'a>),
    /// Type 36, sub-type 1: between mobile node and AAA server (RFC 4721 §6).
    MnAaaAuthentication(Authentication<'a>),
    /// Type 36, sub-type 2: between foreign agents (RFC 4857 §10.4).
    FaFaAuthentication(Authentication<'a>),
    /// Type 36, sub-type 3: between mobile node and gateway foreign agent (RFC 4857 §10.4).
    MnGfaAuthentication(Authentication<'a>),
    /// Type 36, sub-type 4: between mobile node and previous access router (RFC 4988 §8).
    MnParAuthentication(Authentication<'a>),
    /// Type 37: a vendor's, not to be skipped, under its old number (RFC 3025 §2.1).
    CvseOld(Vendor<'a>),
    /// Type 38: a vendor's, not to be skipped (RFC 3115 §2.1).
    Cvse(Vendor<'a>),
    /// Type 133: a vendor's, under its old number (RFC 3025 §2.2).
    NvseOld(Vendor<'a>),
    /// Type 134: a vendor's (RFC 3115 §2.2); [`Vendor::parameter`] reads the bootstrap's.
    Nvse(Vendor<'a>),
    /// Type 40: asks for a key with the foreign agent (RFC 3957 §6.1).
    MnFaKeyRequest {
        /// The SPI that the mobile node chose for it.
        mn_spi: u32,
    },
    /// Type 41: how to derive that key (RFC 3957 §6.2).
    MnFaKeyReply(MnFaKeyReply<'a>),
    /// Type 42: asks for a key with the home agent (RFC 3957 §6.3).
    MnHaKeyRequest {
        /// The SPI that the mobile node chose for it; the home agent uses it in replies.
        mn_spi: u32,
    },
    /// Type 43: how to derive that key (RFC 3957 §6.4).
    MnHaKeyReply(MnHaKeyReply<'a>),
    /// Type 44: whether UDP tunnelling will be done (RFC 3519 §3.2).
    UdpTunnelReply(UdpTunnelReply),
    /// Type 45: a foreign agent's status beside a reply of the home agent (RFC 4636 §3).
    FaError {
        /// A reply code from 64 to 127.
        status: u8,
    },
    /// Type 46: the gateway foreign agent (RFC 4857 §9.1).
    GfaAddress {
        /// Sent as zero, and ignored.
        reserved: u16,
        /// The gateway; 0.0.0.0 asks for one.
        address: Ipv4Addr,
    },
    /// Type 47, sub-type 1: messages are protected by the gateway's keys (RFC 5563 §5.1).
    PerNodeAuthentication {
        /// See `registry::mip4::per_node_method`.
        method: u8,
    },
    /// Type 48, sub-type 0: the key of GRE packets (RFC 6245 §5).
    GreKey {
        /// What stands in every packet.
        key: u32,
    },
    /// Type 49, sub-type 1: whether there will be route optimization (RFC 6521 §5.2).
    RouteOptimizationReply(RouteOptimizationReply),
    /// Type 49, sub-type 2: between mobile router and correspondent router (RFC 6521 §5.3).
    MobileCorrespondentAuthentication(MobileCorrespondentAuthentication<'a>),
    /// Type 49, sub-type 3: ends of tunnels, the most preferred first (RFC 6521 §5.4).
    CareOfAddresses {
        /// Sent as zero, and ignored.
        reserved: u8,
        /// At least one.
        addresses: CareOfAddresses<'a>,
    },
    /// Type 50, sub-type 1: networks of other mobile routers, compressed (RFC 6521 §5.5).
    PrefixAdvertisement(&'a [u8]),
    /// Type 127: an experiment's, not to be skipped (RFC 4064 §4.1).
    ExperimentalNonSkippable {
        /// The experiment's.
        sub_type: u8,
        /// The experiment's.
        data: &'a [u8],
    },
    /// Type 130: encapsulating delivery to the foreign agent (RFC 3024 §3.3).
    EncapsulatingDelivery,
    /// Type 131: who the mobile node is, 1 to 253 octets `user@realm` (RFC 2794 §2).
    Nai(&'a [u8]),
    /// Type 132: the foreign agent's challenge, at least one octet (RFC 4721 §4).
    Challenge(&'a [u8]),
    /// Type 136: who somebody else is (RFC 3846 §3).
    NaiCarrying {
        /// Who, see `registry::mip4::nai_carrying`.
        sub_type: u8,
        /// `user@realm` or `host@realm`, at least one octet.
        nai: &'a [u8],
    },
    /// Type 137: the sender understands revocations (RFC 3543 §3.2).
    RevocationSupport(RevocationSupport),
    /// Type 138: a link-layer address, or another one (RFC 4881 §9).
    LinkLayerAddress {
        /// Of which kind, see `registry::mip4::link_layer_address`.
        sub_type: u8,
        /// At least one octet.
        address: &'a [u8],
    },
    /// Type 139: a home agent's address (RFC 4433 §3.4).
    DynamicHa {
        /// Requested (1) or redirected (2), see `registry::mip4::dynamic_ha`.
        sub_type: u8,
        /// The home agent.
        home_agent: Ipv4Addr,
    },
    /// Type 140: the foreign agent below the gateway (RFC 4857 §9.2).
    HierarchicalForeignAgent {
        /// Sent as zero, and ignored.
        reserved: u16,
        /// The foreign agent.
        address: Ipv4Addr,
    },
    /// Type 141: how regional registrations are protected against replay (RFC 4857 §9.3).
    ReplayProtectionStyle {
        /// See `registry::mip4::regional_replay_style`.
        style: u16,
        /// To begin with.
        identification: Identification,
    },
    /// Type 142: how long the regional registration lasts, in seconds (RFC 4857 §9.4).
    RegionalLifetime {
        /// Sent as zero, and ignored.
        reserved: u16,
        /// The lifetime.
        seconds: u32,
    },
    /// Type 144: UDP tunnelling wanted (RFC 3519 §3.1).
    UdpTunnelRequest(UdpTunnelRequest),
    /// Type 145: text for people (RFC 4917 §3).
    MessageString {
        /// From home agent (1) or foreign agent (2), see `registry::mip4::message_string`.
        sub_type: u8,
        /// At least one octet.
        text: &'a str,
    },
    /// Type 147, sub-type 1: the mobile node's interface (RFC 5563 §5.2).
    InterfaceId(&'a [u8]),
    /// Type 147, sub-type 2: the mobile node's device (RFC 5563 §5.3).
    DeviceId {
        /// Of which kind, see `registry::mip4::device_id`.
        id_type: u8,
        /// At least one octet.
        identifier: &'a [u8],
    },
    /// Type 147, sub-type 3: the mobile node's subscription (RFC 5563 §5.4).
    SubscriberId {
        /// Of which kind, see `registry::mip4::subscriber_id`.
        id_type: u8,
        /// At least one octet.
        identifier: &'a [u8],
    },
    /// Type 147, sub-type 4: how the mobile node is attached, see
    /// `registry::mip4::access_technology` (RFC 5563 §5.5).
    AccessTechnology(u8),
    /// Type 148, sub-type 0: a network of a mobile router, or 0.0.0.0/0 (RFC 5177 §4.1).
    MobileNetworkRequest(Prefixed<Ipv4Addr>),
    /// Type 148, sub-types 1 and 2: what became of it (RFC 5177 §4.2).
    MobileNetworkAcknowledgement {
        /// Whether the mobile router asked for this network.
        explicit: bool,
        /// See `registry::mip4::mobile_network_code`.
        code: u8,
        /// Sent as zero, and ignored.
        reserved: u8,
        /// The network.
        prefix: Prefixed<Ipv4Addr>,
    },
    /// Type 151: the service that the registration is for, at least one octet (RFC 5446 §3).
    ServiceSelection(&'a str),
    /// Type 152, sub-type 1 (RFC 5454 §2.1).
    PrefixRequest {
        /// In bits.
        prefix_length: u8,
        /// The mobile IPv6 network prefix.
        prefix: Ipv6Addr,
    },
    /// Type 152, sub-type 2 (RFC 5454 §2.2).
    PrefixReply {
        /// See `registry::mip4::prefix_reply`.
        code: u8,
        /// In bits; 255 marks a link-local address.
        prefix_length: u8,
        /// Sent as zero, and ignored.
        reserved: u8,
        /// The prefix, or the link-local address.
        prefix: Ipv6Addr,
    },
    /// Type 152, sub-type 3: IPv6 may be tunnelled to the care-of address (RFC 5454 §2.3).
    TunnelingMode {
        /// Sent as zero, and ignored.
        reserved: u8,
    },
    /// Type 153, sub-type 1: what a mobile router asks for (RFC 6521 §5.1).
    RouteOptimizationCapability(RouteOptimizationCapability),
    /// Type 154, sub-type 1: one of several care-of addresses (RFC 7629 §4.1).
    Multipath(Multipath),
    /// Type 154, sub-type 2: which flows take which (RFC 7629 §4.2).
    FlowBinding(FlowBinding<'a>),
    /// Type 255: an experiment's (RFC 4064 §4.3).
    ExperimentalSkippable {
        /// The experiment's.
        sub_type: u8,
        /// The experiment's.
        data: &'a [u8],
    },
    /// Not understood: a skippable extension, or one that only tools keep.
    Unknown {
        /// The type.
        kind: u8,
        /// What Length counts, a sub-type included.
        data: &'a [u8],
    },
    /// Not understood, in the long form; only tools keep it.
    UnknownLong {
        /// The type.
        kind: u8,
        /// The sub-type.
        sub_type: u8,
        /// What Length counts.
        data: &'a [u8],
    },
}

/// SPI and authenticator, the same in all four authentication extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Authentication<'a> {
    /// Selects the security context.
    pub spi: u32,
    /// The authenticator; its length depends on the algorithm.
    pub authenticator: &'a [u8],
}

/// A vendor's extension, critical or normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Vendor<'a> {
    /// Sent as zero, and ignored: 8 bits in a critical extension, 16 in a normal one.
    pub reserved: u16,
    /// The enterprise number.
    pub vendor: u32,
    /// The vendor's type.
    pub kind: u16,
    /// The vendor's value.
    pub value: &'a [u8],
}

impl<'a> Vendor<'a> {
    /// What a vendor says, reserved bits zero.
    #[must_use]
    pub const fn new(vendor: u32, kind: u16, value: &'a [u8]) -> Vendor<'a> {
        Vendor { reserved: 0, vendor, kind, value }
    }

    /// The bootstrap parameter in it, if it is of `vendor` and understood.
    #[must_use]
    pub fn parameter(&self, vendor: u32) -> Option<Parameter<'a>> {
        //= wire.2.18
        if self.vendor == vendor { Parameter::decode(self.kind, self.value) } else { None }
    }
}

/// How to derive the key between mobile node and home agent (RFC 3957 §6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct MnHaKeyReply<'a> {
    /// Seconds that the key is good for.
    pub lifetime: u32,
    /// Which association with the AAA server to derive the key by.
    pub aaa_spi: u32,
    /// The SPI that the home agent chose; the mobile node uses it in requests.
    pub ha_spi: u32,
    /// Of the authenticators to come, see `registry::mip4::algorithm`.
    pub algorithm: u16,
    /// Of the requests to come, see `registry::mip4::replay_method`.
    pub replay_method: u16,
    /// At least 16 octets.
    pub nonce: &'a [u8],
}

/// How to derive the key between mobile node and foreign agent (RFC 3957 §6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct MnFaKeyReply<'a> {
    /// Seconds that the key is good for.
    pub lifetime: u32,
    /// Which association with the AAA server to derive the key by.
    pub aaa_spi: u32,
    /// The SPI that the foreign agent chose; the mobile node uses it in requests.
    pub fa_spi: u32,
    /// Of the authenticators to come, see `registry::mip4::algorithm`.
    pub algorithm: u16,
    /// At least 16 octets.
    pub nonce: &'a [u8],
}

/// Asks for UDP tunnelling (RFC 3519 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct UdpTunnelRequest {
    /// F: whatever NAT detection finds.
    pub force: bool,
    /// R: the care-of address is co-located, registered through a foreign agent.
    pub registration_required: bool,
    /// IP protocol number of what is tunnelled; 0 leaves it to the flags M and G.
    pub encapsulation: u8,
    /// Sent as zero, and ignored: the octet before the flags, and those flags that mean nothing.
    pub reserved: u16,
}

impl UdpTunnelRequest {
    /// A request that leaves what is tunnelled to the flags M and G.
    #[must_use]
    pub const fn new(force: bool, registration_required: bool) -> UdpTunnelRequest {
        UdpTunnelRequest { force, registration_required, encapsulation: 0, reserved: 0 }
    }
}

/// Answers a [`UdpTunnelRequest`] (RFC 3519 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct UdpTunnelReply {
    /// See `registry::mip4::udp_tunnel_reply`.
    pub code: u8,
    /// F: tunnelling is done because the request forced it.
    pub force: bool,
    /// Seconds without traffic after which to send a keepalive; 0 leaves it to the mobile node.
    pub keepalive: u16,
    /// Sent as zero, and ignored: the 15 bits behind F.
    pub reserved: u16,
}

impl UdpTunnelReply {
    /// An answer with a code of `registry::mip4::udp_tunnel_reply`.
    #[must_use]
    pub const fn new(code: u8, force: bool, keepalive: u16) -> UdpTunnelReply {
        UdpTunnelReply { code, force, keepalive, reserved: 0 }
    }

    /// Whether tunnelling will be done (RFC 3519 §3.2.1).
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        self.code < udp_tunnel_reply::DECLINED
    }
}

/// Says that the sender understands revocations (RFC 3543 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct RevocationSupport {
    /// I: the sender knows what I means in revocations.
    pub inform: bool,
    /// Sent as zero, and ignored: the 15 bits behind I.
    pub reserved: u16,
    /// The sender's clock, 4 octets.
    pub timestamp: u32,
}

impl RevocationSupport {
    pub(super) const fn of(flags: u16, timestamp: u32) -> RevocationSupport {
        RevocationSupport {
            inform: flags & revocation_support_flag::INFORM != 0,
            reserved: flags & !revocation_support_flag::INFORM,
            timestamp,
        }
    }

    pub(super) const fn flags(&self) -> u16 {
        self.reserved | if self.inform { revocation_support_flag::INFORM } else { 0 }
    }
}

/// What a home agent answers a mobile router (RFC 6521 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct RouteOptimizationReply {
    /// O, N and S: bits of `registry::mip4::route_optimization_reply_flag`.
    pub flags: u8,
    /// See `registry::mip4::route_optimization_code`; at most 31.
    pub code: u8,
}

impl RouteOptimizationReply {
    const FLAGS: u8 = route_optimization_reply_flag::OUTBOUND_ONLY
        | route_optimization_reply_flag::NAT
        | route_optimization_reply_flag::SOLICITED;

    /// Whether there will be route optimization.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        self.code < FIRST_ROUTE_OPTIMIZATION_REFUSAL
    }

    pub(super) const fn of(octet: u8) -> RouteOptimizationReply {
        RouteOptimizationReply { flags: octet & Self::FLAGS, code: octet & !Self::FLAGS }
    }

    pub(super) const fn octet(&self) -> u8 {
        self.flags | self.code
    }

    /// Whether flags and code have the bits that belong to them.
    pub(super) const fn fits(&self) -> bool {
        self.flags & !Self::FLAGS == 0 && self.code & Self::FLAGS == 0
    }
}

/// Between mobile router and correspondent router (RFC 6521 §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct MobileCorrespondentAuthentication<'a> {
    /// Sent as zero, and ignored.
    pub reserved: u8,
    /// Which nonce the home keygen token was made with.
    pub home_nonce_index: u16,
    /// Which nonce the care-of keygen token was made with.
    pub care_of_nonce_index: u16,
    /// The authenticator.
    pub authenticator: &'a [u8],
}

/// What a mobile router asks for (RFC 6521 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct RouteOptimizationCapability {
    /// A, R, S and O: bits of `registry::mip4::route_optimization_flag`; reserved ones are kept.
    pub flags: u8,
    /// The mobile router whose networks are wanted; with S and only with S.
    pub home_address: Option<Ipv4Addr>,
}

impl RouteOptimizationCapability {
    pub(super) fn of(flags: u8, home_address: Option<Ipv4Addr>) -> Option<Self> {
        let solicits = flags & route_optimization_flag::SOLICIT != 0;
        (solicits == home_address.is_some())
            .then_some(RouteOptimizationCapability { flags, home_address })
    }
}

/// One of several care-of addresses (RFC 7629 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Multipath {
    /// How it is attached, see `registry::mip6::access_technology`.
    pub access_technology: u8,
    /// Which interface, 1 to 255.
    pub label: u8,
    /// Which binding, 1 to 254.
    pub binding_id: u8,
    /// B and O: bits of `registry::mip4::multipath_flag`; reserved ones are kept.
    pub flags: u8,
}

/// Which flows take which care-of address (RFC 7629 §4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct FlowBinding<'a> {
    /// See `registry::mip4::flow_action`.
    pub action: u8,
    /// The bindings, an octet each, at least one.
    pub bindings: &'a [u8],
    /// How the selector is written: 1 for IPv4, 2 for IPv6 (RFC 6088).
    pub selector_format: u8,
    /// Which packets are meant.
    pub selector: &'a [u8],
}

impl<'a> Extension<'a> {
    /// The extension's type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        match self {
            Extension::Pad => extension::PAD,
            Extension::MobileHomeAuthentication(_) => extension::MOBILE_HOME_AUTHENTICATION,
            Extension::MobileForeignAuthentication(_) => extension::MOBILE_FOREIGN_AUTHENTICATION,
            Extension::ForeignHomeAuthentication(_) => extension::FOREIGN_HOME_AUTHENTICATION,
            Extension::MnAaaAuthentication(_) => extension::GENERALIZED_AUTHENTICATION,
            Extension::FaFaAuthentication(_)
            | Extension::MnGfaAuthentication(_)
            | Extension::MnParAuthentication(_) => extension::GENERALIZED_AUTHENTICATION,
            Extension::CvseOld(_) => extension::CVSE_OLD,
            Extension::Cvse(_) => extension::CVSE,
            Extension::NvseOld(_) => extension::NVSE_OLD,
            Extension::Nvse(_) => extension::NVSE,
            Extension::GfaAddress { .. } => extension::GFA_ADDRESS,
            Extension::PerNodeAuthentication { .. } => extension::PMIPV4_NON_SKIPPABLE,
            Extension::GreKey { .. } => extension::GRE_KEY,
            Extension::RouteOptimizationReply(_)
            | Extension::MobileCorrespondentAuthentication(_)
            | Extension::CareOfAddresses { .. } => extension::ROUTE_OPTIMIZATION_REPLY,
            Extension::PrefixAdvertisement(_) => extension::PREFIX_ADVERTISEMENT,
            Extension::ExperimentalNonSkippable { .. } => extension::EXPERIMENTAL_NON_SKIPPABLE,
            Extension::NaiCarrying { .. } => extension::NAI_CARRYING,
            Extension::RevocationSupport(_) => extension::REVOCATION_SUPPORT,
            Extension::LinkLayerAddress { .. } => extension::LINK_LAYER_ADDRESS,
            Extension::HierarchicalForeignAgent { .. } => extension::HIERARCHICAL_FOREIGN_AGENT,
            Extension::ReplayProtectionStyle { .. } => extension::REPLAY_PROTECTION_STYLE,
            Extension::RegionalLifetime { .. } => extension::REGIONAL_LIFETIME,
            Extension::InterfaceId(_)
            | Extension::DeviceId { .. }
            | Extension::SubscriberId { .. }
            | Extension::AccessTechnology(_) => extension::PMIPV4_SKIPPABLE,
            Extension::MobileNetworkRequest(_) | Extension::MobileNetworkAcknowledgement { .. } => {
                extension::MOBILE_NETWORK
            }
            Extension::ServiceSelection(_) => extension::SERVICE_SELECTION,
            Extension::RouteOptimizationCapability(_) => extension::ROUTE_OPTIMIZATION,
            Extension::Multipath(_) | Extension::FlowBinding(_) => extension::MULTIPATH,
            Extension::ExperimentalSkippable { .. } => extension::EXPERIMENTAL_SKIPPABLE,
            Extension::MnFaKeyRequest { .. } => extension::MN_FA_KEY_REQUEST,
            Extension::MnFaKeyReply(_) => extension::MN_FA_KEY_REPLY,
            Extension::MnHaKeyRequest { .. } => extension::MN_HA_KEY_REQUEST,
            Extension::MnHaKeyReply(_) => extension::MN_HA_KEY_REPLY,
            Extension::UdpTunnelReply(_) => extension::UDP_TUNNEL_REPLY,
            Extension::FaError { .. } => extension::FA_ERROR,
            Extension::EncapsulatingDelivery => extension::ENCAPSULATING_DELIVERY,
            Extension::Nai(_) => extension::NAI,
            Extension::Challenge(_) => extension::CHALLENGE,
            Extension::DynamicHa { .. } => extension::DYNAMIC_HA,
            Extension::UdpTunnelRequest(_) => extension::UDP_TUNNEL_REQUEST,
            Extension::MessageString { .. } => extension::MESSAGE_STRING,
            Extension::PrefixRequest { .. }
            | Extension::PrefixReply { .. }
            | Extension::TunnelingMode { .. } => extension::DUAL_STACK,
            Extension::Unknown { kind, .. } | Extension::UnknownLong { kind, .. } => *kind,
        }
    }

    /// The octets of the extension, as it stands in a message.
    ///
    /// # Errors
    /// When they would not be read as this extension again: a value too long for its Length, or
    /// one that the type does not allow.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut octets = Vec::new();
        write::append(self, &mut octets).map(|()| octets)
    }

    /// The extension of a type whose value is `data`, where the long form is used behind
    /// `sub_type`; unknown if the type does not allow it.
    #[must_use]
    pub fn from_parts(kind: u8, sub_type: u8, data: &'a [u8]) -> Extension<'a> {
        read::from_parts(kind, sub_type, data)
    }

    /// The sub-type of generalized authentication (type 36), if it is one and understood.
    pub(super) const fn generalized(&self) -> Option<(u8, Authentication<'a>)> {
        Some(match *self {
            Extension::MnAaaAuthentication(value) => (generalized_authentication::MN_AAA, value),
            Extension::FaFaAuthentication(value) => (generalized_authentication::FA_FA, value),
            Extension::MnGfaAuthentication(value) => (generalized_authentication::MN_GFA, value),
            Extension::MnParAuthentication(value) => (generalized_authentication::MN_PAR, value),
            _ => return None,
        })
    }

    /// Whether the extension was not understood.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Extension::Unknown { .. } | Extension::UnknownLong { .. })
    }
}
