//! Code points of DHCP that bear on Mobile IP and PANA.

code_points! {
    /// DHCPv4 option codes (RFC 2132).
    pub mod option: u8 {
        /// Home agents that the client may use, the most preferred first (RFC 2132 §8.13).
        MOBILE_IP_HOME_AGENT = 68, "Mobile IP Home Agent": Ipv4List;
        /// PANA authentication agents, the most preferred first (RFC 5192 §3).
        PANA_AGENT = 136, "PANA Authentication Agent": Ipv4List;
    }
}

code_points! {
    /// DHCPv6 option codes (RFC 5192).
    pub mod option_v6: u16 {
        /// PANA authentication agents, the most preferred first (RFC 5192 §4).
        PANA_AGENT = 40, "PANA Authentication Agent": Fields;
    }
}
