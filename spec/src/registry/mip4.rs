//! Code points of Mobile IPv4 (RFC 3344 and 5944, and the RFCs that extend them).

use core::net::Ipv4Addr;

/// UDP port of every Mobile IPv4 message (RFC 3344 §1.8).
//= wire.11.1
pub const PORT: u16 = 434;

/// Octets of a Registration Request before its extensions (RFC 3344 §3.3).
pub const REQUEST_LENGTH: usize = 24;

/// Octets of a Registration Reply before its extensions (RFC 3344 §3.4).
pub const REPLY_LENGTH: usize = 20;

/// Octets of a Tunnel Data message before the packet (RFC 3519 §3.3).
pub const TUNNEL_DATA_HEADER_LENGTH: usize = 4;

/// The first extension type that a receiver skips when it does not know it (RFC 3344 §1.8).
pub const FIRST_SKIPPABLE: u8 = 128;

/// Lifetime without end, in requests, replies and advertisements (RFC 3344 §3.3).
pub const LIFETIME_INFINITE: u16 = 0xffff;

/// Registration lifetime in seconds where the link tells none (RFC 3344 §3.6.1.2).
pub const DEFAULT_LIFETIME: u16 = 1800;

/// How far a timestamp may be from the home agent's clock, in seconds (RFC 3344 §5.7.1).
pub const TIMESTAMP_TOLERANCE: u32 = 7;

/// Seconds from the NTP epoch (1900) to the Unix epoch (1970) (RFC 868).
pub const NTP_UNIX_OFFSET: u64 = 2_208_988_800;

/// Seconds after which a foreign agent may give up a pending request (RFC 3344 §3.7.1).
pub const PENDING_TIMEOUT: u32 = 7;

/// Pending requests a foreign agent keeps at most, by default (RFC 3344 §3.7.1).
pub const PENDING_LIMIT: usize = 5;

/// Least time between two requests, in seconds (RFC 3344 §3.6.3).
pub const MIN_RETRANSMIT_INTERVAL: u32 = 1;

/// How many advertised challenges a foreign agent takes (RFC 4721 §9).
pub const CHALLENGE_WINDOW: usize = 2;

/// The shortest challenge to advertise, in octets (RFC 4721 §2).
pub const MIN_CHALLENGE_LENGTH: usize = 4;

/// The challenge where no foreign agent gave one: the value 0, in one octet (RFC 4721 §3.5).
pub const COLOCATED_CHALLENGE: [u8; 1] = [0];

/// The first Security Parameter Index that is not reserved (RFC 3344 §1.6).
pub const FIRST_FREE_SPI: u32 = 256;

/// The octets of the challenge, counted from its end, that enter the authenticator under
/// [`spi::CHAP`] (RFC 4721 §8).
pub const CHAP_CHALLENGE_TAIL: usize = 237;

/// The shortest Generalized Authentication data: SPI and 16 octets (RFC 4721 §5).
pub const MIN_GENERALIZED_LENGTH: usize = 20;

/// The shortest Key Generation Nonce, in octets (RFC 3957 §5).
pub const MIN_NONCE_LENGTH: usize = 16;

/// The longest NAI, in octets: what RADIUS carries as User-Name (RFC 4282 §2.2).
pub const MAX_NAI_LENGTH: usize = 253;

/// The longest value of a Normal Vendor Specific Extension, in octets (RFC 3115 §2.2).
pub const MAX_NVSE_VALUE_LENGTH: usize = 247;

/// Addr Entry Size of an advertisement: 32-bit words of each router's entry (RFC 1256 §3).
pub const ADDRESS_ENTRY_WORDS: u8 = 2;

/// What follows 0xffff as sequence number of an advertisement (RFC 3344 §2.3.2).
pub const SEQUENCE_AFTER_WRAP: u16 = 256;

/// Where advertisements to everybody on a link go (RFC 1256 §3).
pub const ALL_SYSTEMS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 1);

/// All routers on a link (RFC 1256 §3).
pub const ALL_ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 2);

/// All mobility agents on a link (RFC 3344 §2.3).
pub const ALL_AGENTS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 11);

/// TTL of advertisements, solicitations and multicast requests (RFC 3344 §2.1, §3.6.1.1).
pub const LINK_TTL: u8 = 1;

/// TTL of a unicast request as the mobile node sends it (RFC 3024 §3.2).
pub const REQUEST_TTL: u8 = 255;

/// The prefix length that marks a link-local address in a prefix reply (RFC 5454 §2.2).
pub const PREFIX_LENGTH_LINK_LOCAL: u8 = 255;

code_points! {
    /// Types of messages on [`PORT`].
    pub mod message: u8 {
        /// RFC 3344 §3.3.
        REGISTRATION_REQUEST = 1, "Registration Request";
        /// RFC 3344 §3.4.
        REGISTRATION_REPLY = 3, "Registration Reply";
        /// RFC 3519 §3.3.
        TUNNEL_DATA = 4, "Tunnel Data";
        /// RFC 3543 §3.2.
        REVOCATION = 7, "Registration Revocation";
        /// RFC 3543 §3.3.
        REVOCATION_ACKNOWLEDGMENT = 15, "Registration Revocation Acknowledgment";
        /// RFC 4881.
        HANDOFF_REQUEST = 16, "Handoff Request";
        /// RFC 4881.
        HANDOFF_REPLY = 17, "Handoff Reply";
        /// RFC 6098.
        GENERIC_NOTIFICATION = 22, "Generic Notification";
        /// RFC 6098.
        GENERIC_NOTIFICATION_ACKNOWLEDGMENT = 23, "Generic Notification Acknowledgment";
        /// RFC 6521.
        HOME_TEST_INIT = 24, "Home-Test Init";
        /// RFC 6521.
        CARE_OF_TEST_INIT = 25, "Care-of-Test Init";
        /// RFC 6521.
        HOME_TEST = 26, "Home Test";
        /// RFC 6521.
        CARE_OF_TEST = 27, "Care-of Test";
        /// RFC 4064 §3.
        EXPERIMENTAL = 255, "Experimental";
    }
}

code_points! {
    /// Flags of the Registration Request (RFC 3344 §3.3).
    pub mod request_flag: u8 {
        /// Sent as 0, refused or ignored.
        RESERVED_X = 0x01, "x";
        /// Reverse tunnelling wanted (RFC 3024 §3.2).
        REVERSE_TUNNEL = 0x02, "T";
        /// Sent as 0, ignored on receipt.
        RESERVED_R = 0x04, "r";
        /// GRE wanted.
        GRE = 0x08, "G";
        /// Minimal encapsulation wanted.
        MINIMAL_ENCAPSULATION = 0x10, "M";
        /// The mobile node decapsulates: the care-of address is its own.
        DECAPSULATION = 0x20, "D";
        /// The home network's broadcasts wanted.
        BROADCAST = 0x40, "B";
        /// Earlier bindings are to be kept.
        SIMULTANEOUS = 0x80, "S";
    }
}

code_points! {
    /// Flags of the Mobility Agent Advertisement extension (RFC 3344 §2.1.1).
    pub mod advertisement_flag: u16 {
        /// Regional registration (RFC 4857).
        REGIONAL_REGISTRATION = 0x0020, "I";
        /// Registration revocation (RFC 3543 §3.1).
        REVOCATION = 0x0040, "X";
        /// UDP tunnelling (RFC 3519 §3.4).
        UDP_TUNNELLING = 0x0080, "U";
        /// Reverse tunnelling (RFC 3024 §3.1).
        REVERSE_TUNNEL = 0x0100, "T";
        /// Sent as 0, ignored on receipt.
        RESERVED_R = 0x0200, "r";
        /// Receives GRE.
        GRE = 0x0400, "G";
        /// Receives minimal encapsulation.
        MINIMAL_ENCAPSULATION = 0x0800, "M";
        /// Is a foreign agent on this link.
        FOREIGN_AGENT = 0x1000, "F";
        /// Is a home agent on this link.
        HOME_AGENT = 0x2000, "H";
        /// Takes no more mobile nodes; only with F.
        BUSY = 0x4000, "B";
        /// Register through a foreign agent even with a co-located care-of address; only with F.
        REGISTRATION_REQUIRED = 0x8000, "R";
    }
}

code_points! {
    /// Extension types in messages on [`PORT`].
    pub mod extension: u8 {
        /// A single octet without length (RFC 3344 §2.1.3, RFC 5944 §6.3).
        PAD = 0, "One-byte Padding";
        /// RFC 3344 §3.5.2.
        MOBILE_HOME_AUTHENTICATION = 32, "Mobile-Home Authentication";
        /// RFC 3344 §3.5.3.
        MOBILE_FOREIGN_AUTHENTICATION = 33, "Mobile-Foreign Authentication";
        /// RFC 3344 §3.5.4.
        FOREIGN_HOME_AUTHENTICATION = 34, "Foreign-Home Authentication";
        /// RFC 4721 §5, see [`super::generalized_authentication`].
        GENERALIZED_AUTHENTICATION = 36, "Generalized Mobile IP Authentication";
        /// RFC 3025 §2.1, the number before RFC 3115.
        CVSE_OLD = 37, "Critical Vendor/Organization Specific (old)";
        /// RFC 3115 §2.1.
        CVSE = 38, "Critical Vendor/Organization Specific";
        /// RFC 3957 §6.1, see [`super::key_generation`].
        MN_FA_KEY_REQUEST = 40, "MN-FA Key Generation Nonce Request";
        /// RFC 3957 §6.2.
        MN_FA_KEY_REPLY = 41, "MN-FA Key Generation Nonce Reply";
        /// RFC 3957 §6.3.
        MN_HA_KEY_REQUEST = 42, "MN-HA Key Generation Nonce Request";
        /// RFC 3957 §6.4.
        MN_HA_KEY_REPLY = 43, "MN-HA Key Generation Nonce Reply";
        /// RFC 3519 §3.2.
        UDP_TUNNEL_REPLY = 44, "UDP Tunnel Reply";
        /// RFC 4636 §3.
        FA_ERROR = 45, "FA Error";
        /// RFC 5563.
        PMIPV4_NON_SKIPPABLE = 47, "PMIPv4 Non-skippable";
        /// RFC 6245.
        GRE_KEY = 48, "GRE Key";
        /// RFC 6521.
        ROUTE_OPTIMIZATION_REPLY = 49, "Route Optimization Reply";
        /// RFC 6521.
        NETWORK_REALM = 50, "Mobile Network Realm";
        /// RFC 4064 §4.1.
        EXPERIMENTAL_NON_SKIPPABLE = 127, "Experimental Non-skippable";
        /// RFC 3024 §3.3.
        ENCAPSULATING_DELIVERY = 130, "Encapsulating Delivery Style";
        /// RFC 2794 §2.
        NAI = 131, "Mobile Node NAI";
        /// RFC 4721 §4.
        CHALLENGE = 132, "Mobile-Foreign Challenge";
        /// RFC 3025 §2.2, the number before RFC 3115.
        NVSE_OLD = 133, "Normal Vendor/Organization Specific (old)";
        /// RFC 3115 §2.2.
        NVSE = 134, "Normal Vendor/Organization Specific";
        /// RFC 3846 §3.
        NAI_CARRYING = 136, "NAI Carrying";
        /// RFC 3543 §3.1.
        REVOCATION_SUPPORT = 137, "Revocation Support";
        /// RFC 4433 §3.4, see [`super::dynamic_ha`].
        DYNAMIC_HA = 139, "Dynamic HA Address";
        /// RFC 3519 §3.1.
        UDP_TUNNEL_REQUEST = 144, "UDP Tunnel Request";
        /// RFC 4917 §3, see [`super::message_string`].
        MESSAGE_STRING = 145, "Message String";
        /// RFC 5563.
        PMIPV4_SKIPPABLE = 147, "PMIPv4 Skippable";
        /// RFC 5177.
        MOBILE_NETWORK = 148, "Mobile Network";
        /// RFC 5446 §3.
        SERVICE_SELECTION = 151, "Service Selection";
        /// RFC 5454 §2, see [`super::dual_stack`].
        DUAL_STACK = 152, "DSMIPv4";
        /// RFC 6521.
        ROUTE_OPTIMIZATION = 153, "Route Optimization";
        /// RFC 7629.
        MULTIPATH = 154, "Multipath";
        /// RFC 4064 §4.3.
        EXPERIMENTAL_SKIPPABLE = 255, "Experimental Skippable";
    }
}

code_points! {
    /// Extension types in ICMP router discovery messages, a number space of their own.
    pub mod discovery_extension: u8 {
        /// A single octet without length (RFC 3344 §2.1.3).
        PAD = 0, "One-byte Padding";
        /// RFC 3344 §2.1.1.
        MOBILITY_AGENT = 16, "Mobility Agent Advertisement";
        /// RFC 3344 §2.1.2.
        PREFIX_LENGTHS = 19, "Prefix-Lengths";
        /// RFC 4721 §2.
        CHALLENGE = 24, "Challenge";
        /// RFC 4064 §4.2.
        EXPERIMENTAL_NON_SKIPPABLE = 127, "Experimental Non-skippable";
        /// RFC 4064 §4.4.
        EXPERIMENTAL_SKIPPABLE = 255, "Experimental Skippable";
    }
}

code_points! {
    /// The Code field of an agent advertisement (RFC 3344 §2.1).
    pub mod advertisement_code: u8 {
        /// The agent routes common traffic.
        ROUTES_COMMON_TRAFFIC = 0, "routes common traffic";
        /// The agent does not route common traffic.
        NO_COMMON_TRAFFIC = 16, "does not route common traffic";
    }
}

code_points! {
    /// Sub-types of Generalized Authentication.
    pub mod generalized_authentication: u8 {
        /// RFC 4721 §6.
        MN_AAA = 1, "MN-AAA";
    }
}

code_points! {
    /// Sub-types of the key generation extensions.
    pub mod key_generation: u8 {
        /// RFC 3957 §6.
        FROM_AAA = 1, "From AAA";
    }
}

code_points! {
    /// Sub-types of Dynamic HA Address (RFC 4433 §3.4).
    pub mod dynamic_ha: u8 {
        /// RFC 4433 §3.4.1.
        REQUESTED = 1, "Requested HA";
        /// RFC 4433 §3.4.2.
        REDIRECTED = 2, "Redirected HA";
    }
}

code_points! {
    /// Sub-types of the UDP Tunnel Request and Reply (RFC 3519 §3.1, §3.2).
    pub mod udp_tunnel: u8 {
        /// The only one.
        TUNNEL = 0, "UDP Tunnel";
    }
}

code_points! {
    /// Flags of the UDP Tunnel Request and, of its first octet, the Reply (RFC 3519 §3.1, §3.2).
    pub mod udp_tunnel_flag: u8 {
        /// A co-located care-of address registered through a foreign agent; requests only.
        REGISTRATION_REQUIRED = 0x40, "R";
        /// Tunnelling is wanted, or done, whether there is a NAT or not.
        FORCE = 0x80, "F";
    }
}

code_points! {
    /// Reply codes of the UDP Tunnel Reply (RFC 3519 §3.2.1); below 64 means yes.
    pub mod udp_tunnel_reply: u8 {
        /// Will do tunnelling.
        ACCEPTED = 0, "will do tunnelling";
        /// Declined.
        DECLINED = 64, "tunnelling declined, reason unspecified";
    }
}

code_points! {
    /// Sub-types of FA Error (RFC 4636 §3).
    pub mod fa_error: u8 {
        /// The only one.
        STATUS = 0, "Status";
    }
}

code_points! {
    /// Sub-types of Message String (RFC 4917 §3).
    pub mod message_string: u8 {
        /// From the home agent.
        HOME_AGENT = 1, "Home Agent";
        /// From the foreign agent.
        FOREIGN_AGENT = 2, "Foreign Agent";
    }
}

code_points! {
    /// Sub-types of the dual-stack extension (RFC 5454 §2).
    pub mod dual_stack: u8 {
        /// RFC 5454 §2.1.
        PREFIX_REQUEST = 1, "IPv6 Prefix Request";
        /// RFC 5454 §2.2.
        PREFIX_REPLY = 2, "IPv6 Prefix Reply";
        /// RFC 5454 §2.3.
        TUNNELING_MODE = 3, "IPv6 Tunneling Mode";
    }
}

code_points! {
    /// Codes of the IPv6 Prefix Reply (RFC 5454 §2.2).
    pub mod prefix_reply: u8 {
        /// Accepted.
        ACCEPTED_HOME_ADDRESS = 0, "accepted, IPv6 tunnelled to the home address";
        /// Accepted.
        ACCEPTED_CARE_OF_ADDRESS = 1, "accepted, IPv6 tunnelled to the care-of address";
        /// Rejected.
        REJECTED = 8, "rejected, reason unspecified";
        /// Rejected.
        PROHIBITED = 9, "rejected, administratively prohibited";
    }
}

code_points! {
    /// Reserved Security Parameter Indexes (RFC 4721 §7, §11).
    pub mod spi: u32 {
        /// RADIUS-compatible CHAP (RFC 4721 §8).
        CHAP = 2, "CHAP_SPI";
    }
}

code_points! {
    /// Authentication algorithms: those of the IPsec DOI (RFC 2407 §4.5), as RFC 3957 §4 takes
    /// them over.
    pub mod algorithm: u16 {
        /// RFC 2104 with MD5: 16 octets.
        HMAC_MD5 = 1, "HMAC-MD5";
        /// RFC 2104 with SHA-1: 20 octets, not truncated.
        HMAC_SHA1 = 2, "HMAC-SHA1";
    }
}

code_points! {
    /// Replay protection styles (RFC 3957 §4).
    pub mod replay_method: u16 {
        /// RFC 3344 §5.7.1.
        TIMESTAMPS = 2, "Timestamps";
        /// RFC 3344 §5.7.2.
        NONCES = 3, "Nonces";
    }
}

code_points! {
    /// Codes of the Registration Reply, and of FA Error those from 64 to 127 (RFC 3344 §3.4).
    pub mod code: u8 {
        /// Accepted.
        ACCEPTED = 0, "registration accepted";
        /// Accepted.
        ACCEPTED_NOT_SIMULTANEOUS = 1,
            "registration accepted, but simultaneous mobility bindings unsupported";
        /// RFC 6521.
        CONCURRENT = 2, "concurrent registration (pre-accept)";
        /// From the foreign agent, as all up to 127.
        FA_UNSPECIFIED = 64, "FA: reason unspecified";
        /// RFC 3344.
        FA_PROHIBITED = 65, "FA: administratively prohibited";
        /// RFC 3344.
        FA_RESOURCES = 66, "FA: insufficient resources";
        /// RFC 3344.
        FA_MN_AUTHENTICATION = 67, "FA: mobile node failed authentication";
        /// RFC 3344.
        FA_HA_AUTHENTICATION = 68, "FA: home agent failed authentication";
        /// RFC 3344; the reply's Lifetime is the agent's longest.
        FA_LIFETIME_TOO_LONG = 69, "FA: requested Lifetime too long";
        /// RFC 3344.
        FA_POORLY_FORMED_REQUEST = 70, "FA: poorly formed Request";
        /// RFC 3344.
        FA_POORLY_FORMED_REPLY = 71, "FA: poorly formed Reply";
        /// RFC 3344.
        FA_ENCAPSULATION = 72, "FA: requested encapsulation unavailable";
        /// RFC 3024 §3.4.
        FA_REVERSE_TUNNEL = 74, "FA: requested reverse tunnel unavailable";
        /// RFC 3024 §3.4.
        FA_REVERSE_TUNNEL_MANDATORY = 75, "FA: reverse tunnel is mandatory and T bit not set";
        /// RFC 3024 §3.4.
        FA_TOO_DISTANT = 76, "FA: mobile node too distant";
        /// RFC 3344.
        FA_INVALID_CARE_OF_ADDRESS = 77, "FA: invalid care-of address";
        /// RFC 3344.
        FA_TIMEOUT = 78, "FA: registration timeout";
        /// RFC 3024 §3.4.
        FA_DELIVERY_STYLE = 79, "FA: delivery style not supported";
        /// RFC 3344.
        FA_HOME_NETWORK_UNREACHABLE = 80, "FA: home network unreachable";
        /// RFC 3344.
        FA_HA_HOST_UNREACHABLE = 81, "FA: home agent host unreachable";
        /// RFC 3344.
        FA_HA_PORT_UNREACHABLE = 82, "FA: home agent port unreachable";
        /// RFC 3344.
        FA_HA_UNREACHABLE = 88, "FA: home agent unreachable";
        /// RFC 4433 §3.
        FA_NONZERO_HA_REQUIRED = 90, "FA: non-zero home agent address required";
        /// RFC 2794 §5.
        NONZERO_HOMEADDR_REQD = 96, "FA: NONZERO_HOMEADDR_REQD";
        /// RFC 2794 §5.
        MISSING_NAI = 97, "FA: MISSING_NAI";
        /// RFC 2794 §5.
        MISSING_HOME_AGENT = 98, "FA: MISSING_HOME_AGENT";
        /// RFC 2794 §5.
        MISSING_HOMEADDR = 99, "FA: MISSING_HOMEADDR";
        /// RFC 3115 §2.4.
        FA_CVSE_FROM_MN = 100, "FA: unsupported CVSE from the mobile node";
        /// RFC 3115 §2.4.
        FA_CVSE_FROM_HA = 101, "FA: unsupported CVSE from the home agent";
        /// RFC 4721 §10.
        UNKNOWN_CHALLENGE = 104, "FA: unknown_challenge";
        /// RFC 4721 §10.
        MISSING_CHALLENGE = 105, "FA: missing_challenge";
        /// RFC 4721 §10.
        STALE_CHALLENGE = 106, "FA: stale_challenge";
        /// RFC 3957 §7.
        MISSING_MN_FA = 107, "FA: MISSING_MN_FA";
        /// RFC 4721 §10.
        FA_BAD_AAA_AUTH = 108, "FA: fa_bad_aaa_auth";
        /// RFC 4721 §10.
        HA_WRONG_CHALLENGE = 109, "FA: ha_wrong_challenge";
        /// RFC 4857.
        REPLAY_PROT_UNAVAIL = 110, "FA: REPLAY_PROT_UNAVAIL";
        /// RFC 4857.
        ZERO_COA_NOT_SUPP = 111, "FA: ZERO_COA_NOT_SUPP";
        /// RFC 4064 §5.
        FA_EXPERIMENTAL = 127, "FA: experimental";
        /// From the home agent, as all that follow up to 192.
        HA_UNSPECIFIED = 128, "HA: reason unspecified";
        /// RFC 3344.
        HA_PROHIBITED = 129, "HA: administratively prohibited";
        /// RFC 3344.
        HA_RESOURCES = 130, "HA: insufficient resources";
        /// RFC 3344.
        HA_MN_AUTHENTICATION = 131, "HA: mobile node failed authentication";
        /// RFC 3344.
        HA_FA_AUTHENTICATION = 132, "HA: foreign agent failed authentication";
        /// RFC 3344.
        IDENTIFICATION_MISMATCH = 133, "HA: registration Identification mismatch";
        /// RFC 3344.
        HA_POORLY_FORMED_REQUEST = 134, "HA: poorly formed Request";
        /// RFC 3344.
        TOO_MANY_BINDINGS = 135, "HA: too many simultaneous mobility bindings";
        /// RFC 3344.
        UNKNOWN_HOME_AGENT = 136, "HA: unknown home agent address";
        /// RFC 3024 §3.4.
        HA_REVERSE_TUNNEL = 137, "HA: requested reverse tunnel unavailable";
        /// RFC 3024 §3.4.
        HA_REVERSE_TUNNEL_MANDATORY = 138, "HA: reverse tunnel is mandatory and T bit not set";
        /// RFC 3024 §3.4.
        HA_ENCAPSULATION = 139, "HA: requested encapsulation unavailable";
        /// RFC 3115 §2.4.
        HA_CVSE_FROM_MN = 140, "HA: unsupported CVSE from the mobile node";
        /// RFC 3115 §2.4.
        HA_CVSE_FROM_FA = 141, "HA: unsupported CVSE from the foreign agent";
        /// RFC 3519 §3.5.
        UDP_ENCAP_UNAVAIL = 142, "HA: requested UDP tunnel encapsulation unavailable";
        /// RFC 4433 §3.4.2.
        REDIRECT_HA_REQ = 143, "HA: re-register with the redirected home agent";
        /// RFC 4721 §10.
        HA_BAD_AAA_AUTH = 144, "HA: ha_bad_aaa_auth";
        /// RFC 5563.
        PMIP_UNSUPPORTED = 149, "HA: PMIP_UNSUPPORTED";
        /// RFC 5563.
        PMIP_DISALLOWED = 150, "HA: PMIP_DISALLOWED";
        /// RFC 5446.
        SERVICE_AUTHORIZATION_FAILED = 151, "HA: SERVICE_AUTHORIZATION_FAILED";
        /// RFC 4064 §5.
        HA_EXPERIMENTAL = 192, "HA: experimental";
        /// RFC 4857.
        NO_HOME_REG = 193, "GFA: NO_HOME_REG";
        /// From the foreign agent, in spite of its number (RFC 5944 §3.4).
        INVALID_HOME_AGENT = 194, "FA: invalid home agent address";
    }
}
