//! Code points of Mobile IPv4 (RFC 3344 and 5944, and the RFCs that extend them).

mod codes;
mod extensions;
mod subtypes;

pub use codes::*;
pub use extensions::*;
pub use subtypes::*;

use core::net::Ipv4Addr;

/// UDP port of every Mobile IPv4 message (RFC 3344 §1.8).
//= wire.11.1
pub const PORT: u16 = 434;

/// Octets of a Registration Request before its extensions (RFC 3344 §3.3).
pub const REQUEST_LENGTH: usize = 24;

/// Octets of a Registration Reply before its extensions (RFC 3344 §3.4).
pub const REPLY_LENGTH: usize = 20;

/// Octets of a Registration Revocation before its extensions (RFC 3543 §3.3).
pub const REVOCATION_LENGTH: usize = 20;

/// Octets of a Registration Revocation Acknowledgment before its extensions (RFC 3543 §3.4).
pub const REVOCATION_ACKNOWLEDGMENT_LENGTH: usize = 12;

/// Octets of a Handoff Request or Reply before its extensions (RFC 4881 §4.5, §4.6).
pub const HANDOFF_LENGTH: usize = 24;

/// Octets of a Generic Notification or its acknowledgement before its extensions (RFC 6098 §4).
pub const NOTIFICATION_LENGTH: usize = 24;

/// Codes of a route optimization reply from this on refuse (RFC 6521 §5.2).
pub const FIRST_ROUTE_OPTIMIZATION_REFUSAL: u8 = 16;

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
        /// RFC 3543 §3.3.
        REVOCATION = 7, "Registration Revocation";
        /// RFC 3543 §3.4.
        REVOCATION_ACKNOWLEDGMENT = 15, "Registration Revocation Acknowledgment";
        /// RFC 4881 §4.5.
        HANDOFF_REQUEST = 16, "Handoff Request";
        /// RFC 4881 §4.6.
        HANDOFF_REPLY = 17, "Handoff Reply";
        /// RFC 4857 §10.1, laid out as a Registration Request.
        REGIONAL_REQUEST = 18, "Regional Registration Request";
        /// RFC 4857 §10.2, laid out as a Registration Reply.
        REGIONAL_REPLY = 19, "Regional Registration Reply";
        /// RFC 4988 §5.1, laid out as a Registration Request.
        FAST_BINDING_UPDATE = 20, "Fast Binding Update";
        /// RFC 4988 §5.2, laid out as a Registration Reply.
        FAST_BINDING_ACKNOWLEDGMENT = 21, "Fast Binding Acknowledgment";
        /// RFC 6098 §4.1.
        GENERIC_NOTIFICATION = 22, "Generic Notification";
        /// RFC 6098 §4.2.
        GENERIC_NOTIFICATION_ACKNOWLEDGMENT = 23, "Generic Notification Acknowledgment";
        /// RFC 6521 §5.6.
        HOME_TEST_INIT = 24, "Home-Test Init";
        /// RFC 6521 §5.7.
        CARE_OF_TEST_INIT = 25, "Care-of-Test Init";
        /// RFC 6521 §5.8.
        HOME_TEST = 26, "Home Test";
        /// RFC 6521 §5.9.
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
    /// The Code field of an agent advertisement (RFC 3344 §2.1).
    pub mod advertisement_code: u8 {
        /// The agent routes common traffic.
        ROUTES_COMMON_TRAFFIC = 0, "routes common traffic";
        /// The agent does not route common traffic.
        NO_COMMON_TRAFFIC = 16, "does not route common traffic";
    }
}

code_points! {
    /// Flags of a revocation and its acknowledgement (RFC 3543 §3.3, §3.4).
    pub mod revocation_flag: u16 {
        /// Revocation: the mobile node is to be informed.
        INFORM_REVOCATION = 0x4000, "I";
        /// Revocation: the sender serves the binding as home agent.
        AGENT = 0x8000, "A";
    }
}

code_points! {
    /// Flags of handoff requests and replies (RFC 4881 §4.5, §4.6).
    pub mod handoff_flag: u8 {
        /// The mobile node asked for a reverse tunnel to its home agent.
        REVERSE_TO_HOME = 0x02, "B";
        /// A reverse tunnel is wanted, or offered.
        REVERSE_TUNNEL = 0x04, "T";
        /// By GRE.
        GRE = 0x08, "G";
        /// By minimal encapsulation.
        MINIMAL_ENCAPSULATION = 0x10, "M";
        /// The tunnel is renewed.
        RENEW = 0x20, "R";
        /// The new agent began.
        TARGET_TRIGGERED = 0x40, "N";
        /// The old agent began.
        SOURCE_TRIGGERED = 0x80, "H";
    }
}

code_points! {
    /// Directions of generic notifications (RFC 6098 §4.1).
    pub mod notification_direction: u8 {
        /// To the mobile node.
        HA_TO_MN = 0, "HA to MN";
        /// To the foreign agent.
        HA_TO_FA = 1, "HA to FA";
        /// To the home agent.
        MN_TO_HA = 2, "MN to HA";
        /// To the foreign agent.
        MN_TO_FA = 3, "MN to FA";
        /// To the mobile node.
        FA_TO_MN = 4, "FA to MN";
        /// To the home agent.
        FA_TO_HA = 5, "FA to HA";
    }
}

code_points! {
    /// Flags of a generic notification (RFC 6098 §4.1).
    pub mod notification_flag: u16 {
        /// An acknowledgement is wanted.
        ACKNOWLEDGE = 0x8000, "A";
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
