//! What replies say.

code_points! {
    /// Codes of a generic notification's acknowledgement (RFC 6098 §4.2).
    pub mod notification_code: u8 {
        /// Accepted.
        ACCEPTED = 0, "notification accepted";
        /// From the foreign agent.
        FA_UNSPECIFIED = 64, "FA: reason unspecified";
        /// From the foreign agent.
        FA_PROHIBITED = 65, "FA: administratively prohibited";
        /// From the foreign agent.
        FA_RESOURCES = 66, "FA: insufficient resources";
        /// From the foreign agent.
        FA_MN_AUTHENTICATION = 67, "FA: mobile node failed authentication";
        /// From the foreign agent.
        FA_HA_AUTHENTICATION = 68, "FA: home agent failed authentication";
        /// From the foreign agent.
        FA_IDENTIFICATION_MISMATCH = 69, "FA: notification Identification mismatch";
        /// From the home agent.
        HA_UNSPECIFIED = 128, "HA: reason unspecified";
        /// From the home agent.
        HA_PROHIBITED = 129, "HA: administratively prohibited";
        /// From the home agent.
        HA_RESOURCES = 130, "HA: insufficient resources";
        /// From the home agent.
        HA_MN_AUTHENTICATION = 131, "HA: mobile node failed authentication";
        /// From the home agent.
        HA_FA_AUTHENTICATION = 132, "HA: foreign agent failed authentication";
        /// From the home agent.
        HA_IDENTIFICATION_MISMATCH = 133, "HA: notification Identification mismatch";
        /// From the mobile node.
        MN_UNSPECIFIED = 192, "MN: reason unspecified";
        /// From the mobile node.
        MN_PROHIBITED = 193, "MN: administratively prohibited";
        /// From the mobile node.
        MN_RESOURCES = 194, "MN: insufficient resources";
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
        /// RFC 6521 §7.
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
        /// A vendor's.
        FA_VENDOR_SPECIFIC = 89, "FA: vendor-specific reason";
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
        /// RFC 4857 §10.3.
        UNKNOWN_GFA = 112, "FA: UNKNOWN_GFA";
        /// RFC 4857 §10.3.
        GFA_UNREACHABLE = 113, "FA: GFA_UNREACHABLE";
        /// RFC 4857 §10.3.
        GFA_HOST_UNREACHABLE = 114, "FA: GFA_HOST_UNREACHABLE";
        /// RFC 4857 §10.3.
        GFA_PORT_UNREACHABLE = 115, "FA: GFA_PORT_UNREACHABLE";
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
        /// RFC 4857 §9.5.
        ZERO_CAREOF_ADDRESS = 145, "HA: ZERO_CAREOF_ADDRESS";
        /// RFC 4857 §9.5.
        DYN_GFA_NOT_SUPP = 146, "HA: DYN_GFA_NOT_SUPP";
        /// RFC 5177 §7.
        HA_MOBNET_ERROR = 147, "HA: HA_MOBNET_ERROR";
        /// RFC 5177 §7.
        HA_MOBNET_DISALLOWED = 148, "HA: HA_MOBNET_DISALLOWED";
        /// RFC 5563 §8.1.
        PMIP_UNSUPPORTED = 149, "HA: PMIP_UNSUPPORTED";
        /// RFC 5563 §8.1.
        PMIP_DISALLOWED = 150, "HA: PMIP_DISALLOWED";
        /// RFC 5446.
        SERVICE_AUTHORIZATION_FAILED = 151, "HA: SERVICE_AUTHORIZATION_FAILED";
        /// RFC 7629 §4.3.
        MULTIPATH_NOT_ALLOWED = 152, "HA: MULTIPATH_NOT_ALLOWED";
        /// RFC 7629 §4.3.
        INVALID_FB_IDENTIFIER = 153, "HA: INVALID_FB_IDENTIFIER";
        /// RFC 4064 §5.
        HA_EXPERIMENTAL = 192, "HA: experimental";
        /// RFC 4857.
        NO_HOME_REG = 193, "GFA: NO_HOME_REG";
        /// From the foreign agent, in spite of its number (RFC 5944 §3.4).
        INVALID_HOME_AGENT = 194, "FA: invalid home agent address";
        /// RFC 6521 §7.
        CN_EXPIRED_HOME_NONCE = 201, "CN: expired Home nonce Index";
        /// RFC 6521 §7.
        CN_EXPIRED_CARE_OF_NONCE = 202, "CN: expired Care-of nonce Index";
        /// RFC 6521 §7.
        CN_EXPIRED_NONCES = 203, "CN: expired nonces";
    }
}
