//! Code points of EAP (RFC 3748).

code_points! {
    /// The Code field (RFC 3748 §4).
    pub mod code: u8 {
        /// From authenticator to peer.
        REQUEST = 1, "Request";
        /// From peer to authenticator.
        RESPONSE = 2, "Response";
        /// The authentication has succeeded.
        SUCCESS = 3, "Success";
        /// The authentication has failed.
        FAILURE = 4, "Failure";
    }
}

code_points! {
    /// The Type field of requests and responses (RFC 3748 §5).
    pub mod method: u8 {
        /// No alternative; only as the list of a Nak (§5.3.1).
        NONE = 0, "None";
        /// Who the peer is (§5.1).
        IDENTITY = 1, "Identity";
        /// A text to show (§5.2).
        NOTIFICATION = 2, "Notification";
        /// The method asked for is not acceptable (§5.3.1).
        NAK = 3, "Nak";
        /// CHAP with MD5 (§5.4).
        MD5_CHALLENGE = 4, "MD5-Challenge";
        /// One-time password (§5.5).
        OTP = 5, "OTP";
        /// Generic token card (§5.6).
        GTC = 6, "GTC";
        /// TLS (RFC 5216).
        TLS = 13, "EAP-TLS";
        /// SIM card (RFC 4186).
        SIM = 18, "EAP-SIM";
        /// TLS with another method inside (RFC 5281).
        TTLS = 21, "EAP-TTLS";
        /// USIM card (RFC 4187).
        AKA = 23, "EAP-AKA";
        /// TLS with EAP inside.
        PEAP = 25, "PEAP";
        /// MS-CHAPv2.
        MSCHAPV2 = 26, "EAP-MSCHAPv2";
        /// TLS with a ticket (RFC 4851).
        FAST = 43, "EAP-FAST";
        /// Pre-shared key (RFC 4764).
        PSK = 47, "EAP-PSK";
        /// IKEv2 (RFC 5106).
        IKEV2 = 49, "EAP-IKEv2";
        /// USIM card, the keys bound to the network's name (RFC 5448).
        AKA_PRIME = 50, "EAP-AKA'";
        /// Pre-shared key, any cipher (RFC 5433).
        GPSK = 51, "EAP-GPSK";
        /// Password (RFC 5931).
        PWD = 52, "EAP-pwd";
        /// A vendor's method, or any method in 32 bits (§5.7).
        EXPANDED = 254, "Expanded";
        /// For experiments (§5.8).
        EXPERIMENTAL = 255, "Experimental";
    }
}

/// Octets of Code, Identifier and Length: the whole of a Success or Failure (RFC 3748 §4).
pub const HEADER_LENGTH: usize = 4;

/// The lowest method type that authenticates, and that a Nak may name (RFC 3748 §5.3.1).
pub const FIRST_AUTHENTICATION_METHOD: u8 = 4;

/// Octets of an MD5-Challenge value: the digest in a response, and the challenge we send
/// (RFC 3748 §5.4).
pub const MD5_VALUE_LENGTH: usize = 16;

/// The size of EAP packet that every lower layer must carry, in octets (RFC 3748 §3.1).
pub const MINIMUM_MTU: usize = 1020;
