//! Code points of PANA (RFC 5191; relay, encryption and pre-authentication from RFC 6345, 6786
//! and 5873).

/// UDP port of every PANA peer (RFC 5191 §6.1).
//= wire.11.1
pub const PORT: u16 = 716;

/// Octets of the message header, which is the shortest message (RFC 5191 §6.2).
pub const HEADER_LENGTH: usize = 16;

/// Octets of an AVP's header without Vendor-Id (RFC 5191 §6.3).
pub const AVP_HEADER_LENGTH: usize = 8;

/// AVPs begin at multiples of this many octets (RFC 5191 §6.3).
pub const AVP_ALIGNMENT: usize = 4;

/// Shortest Nonce, in octets (RFC 5191 §8.5).
pub const NONCE_MIN_LENGTH: usize = 8;

/// Longest Nonce, in octets (RFC 5191 §8.5).
pub const NONCE_MAX_LENGTH: usize = 256;

/// Length of the Nonce to send, in octets: the key length of HMAC-SHA1 (RFC 5191 §8.5).
pub const NONCE_LENGTH: usize = 20;

/// Octets of the AUTH value and of PANA_AUTH_KEY with AUTH_HMAC_SHA1_160 (RFC 5191 §8.3).
pub const AUTH_LENGTH: usize = 20;

/// What the derivation of PANA_AUTH_KEY begins with (RFC 5191 §5.3).
pub const KEY_LABEL: &[u8] = b"IETF PANA";

code_points! {
    /// The Message Type field (RFC 5191 §7).
    pub mod message: u16 {
        /// PCI, from the PaC (RFC 5191 §7.1).
        CLIENT_INITIATION = 1, "PANA-Client-Initiation";
        /// PAR and PAN (RFC 5191 §7.2, §7.3).
        AUTH = 2, "PANA-Auth";
        /// PTR and PTA (RFC 5191 §7.4, §7.5).
        TERMINATION = 3, "PANA-Termination";
        /// PNR and PNA (RFC 5191 §7.6, §7.7).
        NOTIFICATION = 4, "PANA-Notification";
        /// PRY, between relay and PAA (RFC 6345).
        RELAY = 5, "PANA-Relay";
    }
}

code_points! {
    /// Bits of the message's Flags field (RFC 5191 §6.2).
    pub mod flag: u16 {
        /// Pre-authentication (RFC 5873); ignored here, as RFC 5191 says of bits it does not know.
        PRE_AUTHENTICATION = 0x0200, "E";
        /// The PaC has to get another IP address afterwards.
        IP_RECONFIGURATION = 0x0400, "I";
        /// Liveness test.
        PING = 0x0800, "P";
        /// Re-authentication.
        RE_AUTHENTICATION = 0x1000, "A";
        /// Last PAR and PAN of an authentication.
        COMPLETE = 0x2000, "C";
        /// First PAR and PAN of a session.
        START = 0x4000, "S";
        /// Request, as opposed to answer.
        REQUEST = 0x8000, "R";
    }
}

code_points! {
    /// AVP codes of the IETF (RFC 5191 §8).
    pub mod avp: u16 {
        /// Integrity value over the message (§8.1).
        AUTH = 1, "AUTH": Octets;
        /// One EAP packet (§8.2).
        EAP_PAYLOAD = 2, "EAP-Payload": Octets;
        /// See [`super::integrity_algorithm`] (§8.3).
        INTEGRITY_ALGORITHM = 3, "Integrity-Algorithm": Integer;
        /// Identifier of the MSK, chosen by the PAA (§8.4).
        KEY_ID = 4, "Key-Id": Integer;
        /// Random octets for the key derivation (§8.5).
        NONCE = 5, "Nonce": Octets;
        /// See [`super::prf_algorithm`] (§8.6).
        PRF_ALGORITHM = 6, "PRF-Algorithm": Integer;
        /// See [`super::result`] (§8.7).
        RESULT_CODE = 7, "Result-Code": Integer;
        /// What is left of the session, in seconds (§8.8).
        SESSION_LIFETIME = 8, "Session-Lifetime": Integer;
        /// See [`super::termination_cause`] (§8.9).
        TERMINATION_CAUSE = 9, "Termination-Cause": Integer;
        /// Address and port of a relayed PaC (RFC 6345).
        PAC_INFORMATION = 10, "PaC-Information": Fields;
        /// The message that is relayed (RFC 6345).
        RELAYED_MESSAGE = 11, "Relayed-Message": Octets;
        /// Encrypted AVPs (RFC 6786).
        ENCRYPTION_ENCAPSULATION = 12, "Encryption-Encap": Units;
        /// See [`super::encryption_algorithm`] (RFC 6786).
        ENCRYPTION_ALGORITHM = 13, "Encryption-Algorithm": Integer;
    }
}

code_points! {
    /// Bits of the AVP Flags field (RFC 5191 §6.3).
    pub mod avp_flag: u16 {
        /// A Vendor-Id follows the header, and the code is that vendor's.
        VENDOR = 0x8000, "V";
    }
}

code_points! {
    /// Values of Result-Code (RFC 5191 §8.7).
    pub mod result: u32 {
        /// Authenticated and authorised.
        SUCCESS = 0, "PANA_SUCCESS";
        /// Authentication failed, and authorisation with it.
        AUTHENTICATION_REJECTED = 1, "PANA_AUTHENTICATION_REJECTED";
        /// Authorisation failed; authentication may have succeeded.
        AUTHORIZATION_REJECTED = 2, "PANA_AUTHORIZATION_REJECTED";
    }
}

code_points! {
    /// Values of Termination-Cause (RFC 5191 §8.9).
    pub mod termination_cause: u32 {
        /// The client ends the session; from the PaC.
        LOGOUT = 1, "LOGOUT";
        /// Ended by the administration; from the PAA.
        ADMINISTRATIVE = 4, "ADMINISTRATIVE";
        /// The lifetime is over; from the PAA.
        SESSION_TIMEOUT = 8, "SESSION_TIMEOUT";
    }
}

code_points! {
    /// Values of PRF-Algorithm: IKEv2 transforms of type 2 (RFC 4306 §3.3.2).
    pub mod prf_algorithm: u32 {
        /// Mandatory (RFC 5191 §8.6).
        PRF_HMAC_SHA1 = 2, "PRF_HMAC_SHA1";
    }
}

code_points! {
    /// Values of Integrity-Algorithm: IKEv2 transforms of type 3 (RFC 4306 §3.3.2, RFC 4595 §6).
    pub mod integrity_algorithm: u32 {
        /// Mandatory; key and value of 20 octets (RFC 5191 §8.3).
        AUTH_HMAC_SHA1_160 = 7, "AUTH_HMAC_SHA1_160";
    }
}

code_points! {
    /// Values of Encryption-Algorithm (RFC 6786 §4).
    pub mod encryption_algorithm: u32 {
        /// AES-128 in counter mode.
        AES128_CTR = 1, "AES128_CTR";
    }
}

/// Retransmission of PANA-Client-Initiation (RFC 5191 §9.1).
pub mod initiation_retransmission {
    /// PCI_IRT: the first wait, in seconds.
    pub const INITIAL_SECONDS: u64 = 1;
    /// PCI_MRT: the longest wait, in seconds.
    pub const MAXIMUM_SECONDS: u64 = 120;
}

/// Retransmission of requests (RFC 5191 §9.1).
pub mod request_retransmission {
    /// REQ_IRT: the first wait, in seconds.
    pub const INITIAL_SECONDS: u64 = 1;
    /// REQ_MRT: the longest wait, in seconds.
    pub const MAXIMUM_SECONDS: u64 = 30;
    /// REQ_MRC: how often a request is sent in all before it has failed (RFC 5191 §9).
    pub const MAXIMUM_COUNT: u32 = 10;
}

/// RAND of RFC 5191 §9: each wait is varied at random by up to one part in this many.
pub const RETRANSMISSION_JITTER_DIVISOR: u64 = 10;
