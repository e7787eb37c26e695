//! Code points of PPP that bear on Mobile IP.

code_points! {
    /// Configuration options of IPCP (RFC 1332 §3).
    pub mod ipcp_option: u8 {
        /// The address of this end (RFC 1332 §3.3).
        IP_ADDRESS = 3, "IP-Address": Ipv4;
        /// The mobile node's home address (RFC 2290 §2.1).
        MOBILE_IPV4 = 4, "Mobile-IPv4": Ipv4;
    }
}
