//! Vendors with attributes of their own (RFC 2865 §5.26).

code_points! {
    /// Enterprise numbers (RFC 2865 §5.26).
    pub mod vendor: u32 {
        /// The 3rd Generation Partnership Project 2, see [`super::three_gpp2`] (RFC 5419 §6).
        THREE_GPP2 = 5535, "3GPP2";
        /// The WiMAX Forum, see [`super::wimax`] (RFC 5563 §10).
        WIMAX = 24757, "WiMAX";
        /// For documentation, and ours where none is configured (RFC 5612 §2).
        DOCUMENTATION = 32473, "Documentation";
    }
}

code_points! {
    /// Sub-attributes of 3GPP2 (X.S0011-D and X.S0047, as RFC 5419 §6 uses them): those about
    /// Mobile IP.
    pub mod three_gpp2: u8 {
        /// Whether the foreign agent tunnels back to the home agent.
        REVERSE_TUNNEL_SPECIFICATION = 4, "3GPP2-Reverse-Tunnel-Spec": Integer;
        /// The Mobile IPv4 home agent.
        HOME_AGENT_ADDRESS = 7, "3GPP2-Home-Agent-IP-Address": Ipv4;
        /// Simple IP (1) or Mobile IP (2).
        IP_TECHNOLOGY = 22, "3GPP2-IP-Technology": Integer;
        /// Secret from which the keys between foreign and home agent are made.
        S_KEY = 54, "3GPP2-S-Key": Octets;
        /// Whether that secret is wanted.
        S_REQUEST = 55, "3GPP2-S-Request": Integer;
        /// Until when that secret is good.
        S_LIFETIME = 56, "3GPP2-S-Lifetime": Date;
        /// SPI of the key between mobile node and home agent (RFC 4784 §4.7).
        MN_HA_SPI = 57, "3GPP2-MN-HA-SPI": Integer;
        /// That key, salt-hidden (RFC 4784 §4.7).
        MN_HA_SHARED_KEY = 58, "3GPP2-MN-HA-Shared-Key": Salted;
        /// The foreign agent.
        FOREIGN_AGENT_ADDRESS = 79, "3GPP2-Foreign-Agent-Address": Ipv4;
        /// Whether the foreign agent takes the MN-AAA extension out.
        MN_AAA_REMOVAL_INDICATION = 81, "3GPP2-MN-AAA-Removal-Indication": Integer;
        /// Lifetimes of Mobile IP.
        MIP_LIFETIME = 92, "3GPP2-MIP-Lifetime": Octets;
        /// The Mobile IPv6 home agent (RFC 5419 §6.2).
        MIP6_HOME_AGENT = 118, "3GPP2-MIP6-Home-Agent": Ipv6;
        /// The IPv6 care-of address (RFC 5419 §6.2).
        MIP6_COA = 119, "3GPP2-MIP6-CoA": Ipv6;
        /// The home address is not this mobile node's (RFC 5419 §6.2).
        MIP6_HOA_NOT_AUTHORIZED = 120, "3GPP2-MIP6-HoA-Not-Authorized": Integer;
        /// Key between mobile node and Mobile IPv6 home agent (RFC 5419 §6.2).
        MIP6_SESSION_KEY = 121, "3GPP2-MIP6-Session-Key": Octets;
        /// Mesg-ID option of the binding update (RFC 5419 §6.2).
        MIP6_MESG_ID = 123, "3GPP2-MIP6-Mesg-ID": Octets;
        /// Prefix of the home link.
        MIP6_HOME_LINK_PREFIX = 128, "3GPP2-MIP6-Home-Link-Prefix": Octets;
        /// Authentication data of the MN-AAA option (RFC 5419 §6.2).
        MIP6_AUTHENTICATOR = 134, "3GPP2-MIP6-Authenticator": Octets;
        /// What that data was made over (RFC 5419 §6.2).
        MIP6_MAC_MOBILITY_DATA = 138, "3GPP2-MIP6-MAC-Mobility-Data": Octets;
        /// A Mobile IPv6 home agent.
        MIP6_HOME_AGENT_B = 140, "3GPP2-MIP6-Home-Agent-Attr-B": Ipv6;
        /// The IPv6 home address (RFC 5419 §6.2).
        MIP6_HOA = 141, "3GPP2-MIP6-HoA": Ipv6;
        /// Whether a home agent is wanted.
        HA_REQUEST = 168, "3GPP2-HA-Request": Integer;
        /// Whether the home agent may be used.
        HA_AUTHORISED = 169, "3GPP2-HA-Authorised": Integer;
        /// Which versions of IP the user may have.
        IP_VERSION_AUTHORISED = 172, "3GPP2-IP-Ver-Authorised": Integer;
        /// Identification of the registration request.
        MIP4_MESG_ID = 173, "3GPP2-MIPv4-Mesg-Id": Octets;
    }
}

code_points! {
    /// Flags of the third octet of a WiMAX sub-attribute (WMF-T33-001, see RFC 5563 §10).
    pub mod wimax_flag: u8 {
        /// The value goes on in another attribute.
        CONTINUED = 0x80, "C";
    }
}

code_points! {
    /// Values of [`wimax::MIP_AUTHORIZATION_STATUS`] (WMF-T33-001, see RFC 5563 §10).
    pub mod wimax_authorization_status: u32 {
        /// No.
        FALSE = 0, "False";
        /// Yes.
        TRUE = 1, "True";
    }
}

code_points! {
    /// Sub-attributes of WiMAX (WMF-T33-001, see RFC 5563 §10): those about Mobile IP.
    pub mod wimax: u8 {
        /// The Mobile IPv4 home agent at home.
        HHA_IP_MIP4 = 6, "WiMAX-hHA-IP-MIP4": Ipv4;
        /// The Mobile IPv6 home agent at home.
        HHA_IP_MIP6 = 7, "WiMAX-hHA-IP-MIP6": Ipv6;
        /// Key between mobile node and that home agent, salt-hidden.
        MN_HHA_MIP4_KEY = 10, "WiMAX-MN-hHA-MIP4-Key": Salted;
        /// SPI that goes with it.
        MN_HHA_MIP4_SPI = 11, "WiMAX-MN-hHA-MIP4-SPI": Integer;
        /// Key between mobile node and the Mobile IPv6 home agent at home, salt-hidden.
        MN_HHA_MIP6_KEY = 12, "WiMAX-MN-hHA-MIP6-Key": Salted;
        /// SPI that goes with it.
        MN_HHA_MIP6_SPI = 13, "WiMAX-MN-hHA-MIP6-SPI": Integer;
        /// Root key of the foreign agent, salt-hidden.
        FA_RK_KEY = 14, "WiMAX-FA-RK-Key": Salted;
        /// Root key of the home agent, salt-hidden.
        HA_RK_KEY = 15, "WiMAX-HA-RK-Key": Salted;
        /// SPI that goes with it.
        HA_RK_SPI = 16, "WiMAX-HA-RK-SPI": Integer;
        /// How long that key lives, in seconds.
        HA_RK_LIFETIME = 17, "WiMAX-HA-RK-Lifetime": Integer;
        /// Home agent of the registration request: an IPv4 or IPv6 address.
        RRQ_HA_IP = 18, "WiMAX-RRQ-HA-IP": Fields;
        /// Key between mobile node and that home agent, salt-hidden.
        RRQ_MN_HA_KEY = 19, "WiMAX-RRQ-MN-HA-Key": Salted;
        /// SPI that goes with it.
        RRQ_MN_HA_SPI = 20, "WiMAX-RRQ-MN-HA-SPI": Integer;
        /// What mobility the session has.
        IP_TECHNOLOGY = 23, "WiMAX-IP-Technology": Integer;
        /// Whether the home agent's root key is wanted.
        HA_RK_KEY_REQUESTED = 58, "WiMAX-HA-RK-Key-Requested": Integer;
        /// SPI of the foreign agent's root key.
        FA_RK_SPI = 61, "WiMAX-FA-RK-SPI": Integer;
        /// The Mobile IPv4 home agent where the mobile node is.
        VHA_IP_MIP4 = 64, "WiMAX-vHA-IP-MIP4": Ipv4;
        /// The Mobile IPv6 home agent where the mobile node is.
        VHA_IP_MIP6 = 65, "WiMAX-vHA-IP-MIP6": Ipv6;
        /// Key between mobile node and the former, salt-hidden.
        VHA_MIP4_KEY = 66, "WiMAX-vHA-MIP4-Key": Salted;
        /// Root key of the visited home agent, salt-hidden.
        VHA_RK_KEY = 67, "WiMAX-vHA-RK-Key": Salted;
        /// SPI that goes with it.
        VHA_RK_SPI = 68, "WiMAX-vHA-RK-SPI": Integer;
        /// How long that key lives, in seconds.
        VHA_RK_LIFETIME = 69, "WiMAX-vHA-RK-Lifetime": Integer;
        /// Key between mobile node and the visited Mobile IPv6 home agent, salt-hidden.
        MN_VHA_MIP6_KEY = 70, "WiMAX-MN-vHA-MIP6-Key": Salted;
        /// SPI of the key between mobile node and visited Mobile IPv4 home agent.
        MN_VHA_MIP4_SPI = 71, "WiMAX-MN-vHA-MIP4-SPI": Integer;
        /// SPI of the key between mobile node and visited Mobile IPv6 home agent.
        MN_VHA_MIP6_SPI = 72, "WiMAX-MN-vHA-MIP6-SPI": Integer;
        /// A [`super::wimax_authorization_status`].
        MIP_AUTHORIZATION_STATUS = 82, "WiMAX-MIP-Authorization-Status": Integer;
    }
}
