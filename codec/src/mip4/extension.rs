use core::net::{Ipv4Addr, Ipv6Addr};

use dsboot_spec::registry::mip4::{extension, udp_tunnel_reply};

use crate::dsb::Parameter;

/// An extension of a registration message, understood as far as its type allows.
///
/// Reserved fields are not part of the value: they are sent as zero and ignored on receipt. The
/// octets as received stand beside the value in [`Positioned::raw`](crate::Positioned).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Type 38: a vendor's, not to be skipped (RFC 3115 §2.1).
    Cvse(Vendor<'a>),
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
    /// Type 130: encapsulating delivery to the foreign agent (RFC 3024 §3.3).
    EncapsulatingDelivery,
    /// Type 131: who the mobile node is, 1 to 253 octets `user@realm` (RFC 2794 §2).
    Nai(&'a [u8]),
    /// Type 132: the foreign agent's challenge, at least one octet (RFC 4721 §4).
    Challenge(&'a [u8]),
    /// Type 139: a home agent's address (RFC 4433 §3.4).
    DynamicHa {
        /// Requested (1) or redirected (2), see `registry::mip4::dynamic_ha`.
        sub_type: u8,
        /// The home agent.
        home_agent: Ipv4Addr,
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
        /// The prefix, or the link-local address.
        prefix: Ipv6Addr,
    },
    /// Type 152, sub-type 3: IPv6 may be tunnelled to the care-of address (RFC 5454 §2.3).
    TunnelingMode,
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
pub struct Authentication<'a> {
    /// Selects the security context.
    pub spi: u32,
    /// The authenticator; its length depends on the algorithm.
    pub authenticator: &'a [u8],
}

/// A vendor's extension, critical or normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Vendor<'a> {
    /// The enterprise number.
    pub vendor: u32,
    /// The vendor's type.
    pub kind: u16,
    /// The vendor's value.
    pub value: &'a [u8],
}

impl<'a> Vendor<'a> {
    /// The bootstrap parameter in it, if it is of `vendor` and understood.
    #[must_use]
    pub fn parameter(&self, vendor: u32) -> Option<Parameter<'a>> {
        //= wire.2.18
        if self.vendor == vendor { Parameter::decode(self.kind, self.value) } else { None }
    }
}

/// How to derive the key between mobile node and home agent (RFC 3957 §6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
pub struct UdpTunnelRequest {
    /// F: whatever NAT detection finds.
    pub force: bool,
    /// R: the care-of address is co-located, registered through a foreign agent.
    pub registration_required: bool,
    /// IP protocol number of what is tunnelled; 0 leaves it to the flags M and G.
    pub encapsulation: u8,
}

/// Answers a [`UdpTunnelRequest`] (RFC 3519 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UdpTunnelReply {
    /// See `registry::mip4::udp_tunnel_reply`.
    pub code: u8,
    /// F: tunnelling is done because the request forced it.
    pub force: bool,
    /// Seconds without traffic after which to send a keepalive; 0 leaves it to the mobile node.
    pub keepalive: u16,
}

impl UdpTunnelReply {
    /// Whether tunnelling will be done (RFC 3519 §3.2.1).
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        self.code < udp_tunnel_reply::DECLINED
    }
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
            Extension::Cvse(_) => extension::CVSE,
            Extension::Nvse(_) => extension::NVSE,
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
            | Extension::TunnelingMode => extension::DUAL_STACK,
            Extension::Unknown { kind, .. } | Extension::UnknownLong { kind, .. } => *kind,
        }
    }

    /// Whether the extension was not understood.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Extension::Unknown { .. } | Extension::UnknownLong { .. })
    }
}
