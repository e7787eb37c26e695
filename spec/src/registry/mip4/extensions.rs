//! Extension types, in the two spaces that there are.

code_points! {
    /// Extension types in messages on [`PORT`](crate::registry::mip4::PORT).
    pub mod extension: u8 {
        /// A single octet without length (RFC 3344 §2.1.3, RFC 5944 §6.3).
        PAD = 0, "One-byte Padding";
        /// RFC 3344 §3.5.2.
        MOBILE_HOME_AUTHENTICATION = 32, "Mobile-Home Authentication": Fields;
        /// RFC 3344 §3.5.3.
        MOBILE_FOREIGN_AUTHENTICATION = 33, "Mobile-Foreign Authentication": Fields;
        /// RFC 3344 §3.5.4.
        FOREIGN_HOME_AUTHENTICATION = 34, "Foreign-Home Authentication": Fields;
        /// RFC 4721 §5, see [`crate::registry::mip4::generalized_authentication`].
        GENERALIZED_AUTHENTICATION = 36, "Generalized Mobile IP Authentication": Fields;
        /// RFC 3025 §2.1, the number before RFC 3115.
        CVSE_OLD = 37, "Critical Vendor/Organization Specific (old)": Vendor;
        /// RFC 3115 §2.1.
        CVSE = 38, "Critical Vendor/Organization Specific": Vendor;
        /// RFC 3957 §6.1, see [`crate::registry::mip4::key_generation`].
        MN_FA_KEY_REQUEST = 40, "MN-FA Key Generation Nonce Request": Fields;
        /// RFC 3957 §6.2.
        MN_FA_KEY_REPLY = 41, "MN-FA Key Generation Nonce Reply": Fields;
        /// RFC 3957 §6.3.
        MN_HA_KEY_REQUEST = 42, "MN-HA Key Generation Nonce Request": Fields;
        /// RFC 3957 §6.4.
        MN_HA_KEY_REPLY = 43, "MN-HA Key Generation Nonce Reply": Fields;
        /// RFC 3519 §3.2.
        UDP_TUNNEL_REPLY = 44, "UDP Tunnel Reply": Fields;
        /// RFC 4636 §3.
        FA_ERROR = 45, "FA Error": Fields;
        /// RFC 4857 §9.1.
        GFA_ADDRESS = 46, "GFA IP Address": Ipv4;
        /// RFC 5563 §5.1.
        PMIPV4_NON_SKIPPABLE = 47, "PMIPv4 Non-skippable": Fields;
        /// RFC 6245 §5.
        GRE_KEY = 48, "GRE Key": Fields;
        /// RFC 6521 §5.2 to §5.4, see [`crate::registry::mip4::route_optimization_reply`].
        ROUTE_OPTIMIZATION_REPLY = 49, "Route Optimization Reply": Fields;
        /// RFC 6521 §5.5, see [`crate::registry::mip4::prefix_advertisement`].
        PREFIX_ADVERTISEMENT = 50, "Route Optimization Prefix Advertisement": Octets;
        /// RFC 4064 §4.1.
        EXPERIMENTAL_NON_SKIPPABLE = 127, "Experimental Non-skippable": Octets;
        /// RFC 3024 §3.3.
        ENCAPSULATING_DELIVERY = 130, "Encapsulating Delivery Style";
        /// RFC 2794 §2.
        NAI = 131, "Mobile Node NAI": Text;
        /// RFC 4721 §4.
        CHALLENGE = 132, "Mobile-Foreign Challenge": Octets;
        /// RFC 3025 §2.2, the number before RFC 3115.
        NVSE_OLD = 133, "Normal Vendor/Organization Specific (old)": Vendor;
        /// RFC 3115 §2.2.
        NVSE = 134, "Normal Vendor/Organization Specific": Vendor;
        /// RFC 3846 §3, see [`crate::registry::mip4::nai_carrying`].
        NAI_CARRYING = 136, "NAI Carrying": Fields;
        /// RFC 3543 §3.2.
        REVOCATION_SUPPORT = 137, "Revocation Support": Fields;
        /// RFC 4881 §9, see [`crate::registry::mip4::link_layer_address`].
        LINK_LAYER_ADDRESS = 138, "Generalized Link Layer and IPv4 Address": Fields;
        /// RFC 4433 §3.4, see [`crate::registry::mip4::dynamic_ha`].
        DYNAMIC_HA = 139, "Dynamic HA Address": Fields;
        /// RFC 4857 §9.2.
        HIERARCHICAL_FOREIGN_AGENT = 140, "Hierarchical Foreign Agent": Ipv4;
        /// RFC 4857 §9.3, see [`crate::registry::mip4::regional_replay_style`].
        REPLAY_PROTECTION_STYLE = 141, "Replay Protection Style": Fields;
        /// RFC 4857 §9.4.
        REGIONAL_LIFETIME = 142, "Regional Registration Lifetime": Integer;
        /// RFC 3519 §3.1.
        UDP_TUNNEL_REQUEST = 144, "UDP Tunnel Request": Fields;
        /// RFC 4917 §3, see [`crate::registry::mip4::message_string`].
        MESSAGE_STRING = 145, "Message String": Fields;
        /// RFC 5563 §5.2 to §5.5, see [`crate::registry::mip4::pmipv4`].
        PMIPV4_SKIPPABLE = 147, "PMIPv4 Skippable": Fields;
        /// RFC 5177 §4, see [`crate::registry::mip4::mobile_network`].
        MOBILE_NETWORK = 148, "Mobile Network": Fields;
        /// RFC 5446 §3.
        SERVICE_SELECTION = 151, "Service Selection": Text;
        /// RFC 5454 §2, see [`crate::registry::mip4::dual_stack`].
        DUAL_STACK = 152, "DSMIPv4": Fields;
        /// RFC 6521 §5.1, see [`crate::registry::mip4::route_optimization`].
        ROUTE_OPTIMIZATION = 153, "Route Optimization": Fields;
        /// RFC 7629 §4, see [`crate::registry::mip4::multipath`].
        MULTIPATH = 154, "Multipath": Fields;
        /// RFC 4064 §4.3.
        EXPERIMENTAL_SKIPPABLE = 255, "Experimental Skippable": Octets;
    }
}

code_points! {
    /// Extension types in ICMP router discovery messages, a number space of their own.
    pub mod discovery_extension: u8 {
        /// A single octet without length (RFC 3344 §2.1.3).
        PAD = 0, "One-byte Padding";
        /// RFC 3344 §2.1.1.
        MOBILITY_AGENT = 16, "Mobility Agent Advertisement": Fields;
        /// RFC 3344 §2.1.2.
        PREFIX_LENGTHS = 19, "Prefix-Lengths": Octets;
        /// RFC 4721 §2.
        CHALLENGE = 24, "Challenge": Octets;
        /// RFC 4064 §4.2.
        EXPERIMENTAL_NON_SKIPPABLE = 127, "Experimental Non-skippable": Octets;
        /// RFC 3846 §3, see [`crate::registry::mip4::nai_carrying`].
        NAI_CARRYING = 136, "NAI Carrying": Fields;
        /// RFC 4881 §9, see [`crate::registry::mip4::link_layer_address`].
        LINK_LAYER_ADDRESS = 140, "Generalized Link Layer and IPv4 Address": Fields;
        /// RFC 4064 §4.4.
        EXPERIMENTAL_SKIPPABLE = 255, "Experimental Skippable": Octets;
    }
}

/// Whether an extension has a 16-bit Length behind a sub-type or reserved octet (wire.2.2).
#[inline]
#[must_use]
pub const fn is_long_extension(kind: u8) -> bool {
    matches!(
        kind,
        extension::GENERALIZED_AUTHENTICATION
            | extension::CVSE_OLD
            | extension::CVSE
            | extension::MN_FA_KEY_REQUEST
            | extension::MN_FA_KEY_REPLY
            | extension::MN_HA_KEY_REQUEST
            | extension::MN_HA_KEY_REPLY
            | extension::PMIPV4_NON_SKIPPABLE
            | extension::GRE_KEY
            | extension::PREFIX_ADVERTISEMENT
            | extension::EXPERIMENTAL_NON_SKIPPABLE
    )
}
