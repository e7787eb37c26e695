//! Code points of RADIUS (RFC 2865 and its extensions).

mod attributes;
mod values;
mod vendors;

pub use attributes::attribute;
pub use values::*;
pub use vendors::{three_gpp2, vendor, wimax, wimax_authorization_status, wimax_flag};

use core::net::Ipv4Addr;

/// UDP port of authentication servers (RFC 2865 §3).
//= wire.11.1
pub const PORT: u16 = 1812;

/// Octets of Code, Identifier, Length and Authenticator: the shortest packet (RFC 2865 §3).
pub const HEADER_LENGTH: usize = 20;

/// The longest packet, in octets (RFC 2865 §3).
pub const MAX_LENGTH: usize = 4096;

/// Octets of every authenticator: Request, Response and Message-Authenticator.
pub const AUTHENTICATOR_LENGTH: usize = 16;

/// Octets of an attribute's Type and Length (RFC 2865 §5).
pub const ATTRIBUTE_HEADER_LENGTH: usize = 2;

/// The longest value of an attribute, in octets (RFC 2865 §5).
pub const MAX_VALUE_LENGTH: usize = 253;

/// The longest value of a vendor's sub-attribute, in octets (RFC 2865 §5.26).
pub const MAX_SUB_VALUE_LENGTH: usize = 247;

/// The longest password that User-Password takes, in octets (RFC 2865 §5.2).
pub const MAX_PASSWORD_LENGTH: usize = 128;

/// The longest value of an attribute of type 241 to 244, in octets (RFC 6929 §2.1).
pub const MAX_EXTENDED_VALUE_LENGTH: usize = 252;

/// The longest piece of an attribute of type 245 or 246, in octets (RFC 6929 §2.2).
pub const MAX_LONG_EXTENDED_VALUE_LENGTH: usize = 251;

/// The Extended-Type of a vendor's attribute in types 241 to 246 (RFC 6929 §2.4).
pub const EXTENDED_VENDOR_SPECIFIC: u8 = 26;

/// The most that an integer behind a tag can be: it has 3 octets (RFC 2868 §3.1).
pub const MAX_TAGGED_INTEGER: u32 = 0x00ff_ffff;

/// The highest octet that is a tag and not the first one of a text (RFC 2868 §3.3).
pub const MAX_TAG: u8 = 0x1f;

/// The shortest CHAP-Challenge, in octets (RFC 2865 §5.40).
pub const MIN_CHAP_CHALLENGE_LENGTH: usize = 5;

/// Framed-IP-Address: the user may choose (RFC 2865 §5.8).
pub const ADDRESS_USER_SELECTS: Ipv4Addr = Ipv4Addr::new(255, 255, 255, 255);

/// Framed-IP-Address: the NAS is to choose (RFC 2865 §5.8).
pub const ADDRESS_NAS_SELECTS: Ipv4Addr = Ipv4Addr::new(255, 255, 255, 254);

code_points! {
    /// The Code field (RFC 2865 §3, RFC 2866 §3, RFC 5176 §2.3).
    pub mod code: u8 {
        /// From client to server.
        ACCESS_REQUEST = 1, "Access-Request";
        /// The user is let in.
        ACCESS_ACCEPT = 2, "Access-Accept";
        /// The user is not let in.
        ACCESS_REJECT = 3, "Access-Reject";
        /// RFC 2866.
        ACCOUNTING_REQUEST = 4, "Accounting-Request";
        /// RFC 2866.
        ACCOUNTING_RESPONSE = 5, "Accounting-Response";
        /// The server asks for more.
        ACCESS_CHALLENGE = 11, "Access-Challenge";
        /// Is the server alive? (RFC 5997)
        STATUS_SERVER = 12, "Status-Server";
        /// Reserved by RFC 2865.
        STATUS_CLIENT = 13, "Status-Client";
        /// RFC 5176.
        DISCONNECT_REQUEST = 40, "Disconnect-Request";
        /// RFC 5176.
        DISCONNECT_ACK = 41, "Disconnect-ACK";
        /// RFC 5176.
        DISCONNECT_NAK = 42, "Disconnect-NAK";
        /// RFC 5176.
        COA_REQUEST = 43, "CoA-Request";
        /// RFC 5176.
        COA_ACK = 44, "CoA-ACK";
        /// RFC 5176.
        COA_NAK = 45, "CoA-NAK";
    }
}

/// Retransmission by clients (RFC 5080 §2.2.1).
pub mod retransmission {
    /// IRT: the first wait, in seconds.
    pub const INITIAL_SECONDS: u64 = 2;
    /// MRT: the longest wait, in seconds.
    pub const MAXIMUM_SECONDS: u64 = 16;
    /// MRC: how often a request is sent before it has failed.
    pub const MAXIMUM_COUNT: u32 = 5;
    /// MRD: how long after the first transmission it has failed, in seconds.
    pub const MAXIMUM_DURATION_SECONDS: u64 = 30;
    /// RAND: each wait is varied at random by up to one part in this many.
    pub const JITTER_DIVISOR: u64 = 10;
}

/// How long a server keeps its answers to find duplicates (RFC 5080 §2.2.2).
pub mod duplicate_detection {
    /// At least this many seconds.
    pub const MINIMUM_SECONDS: u64 = 5;
    /// At most this many seconds.
    pub const MAXIMUM_SECONDS: u64 = 30;
}
