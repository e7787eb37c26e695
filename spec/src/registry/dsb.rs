//! The private number space of this project (H-2 to H-9): one number for one parameter.
//!
//! The same type number is the Vendor-NVSE-Type of a Mobile IPv4 extension (RFC 3115), the
//! Vendor-Type of a RADIUS sub-attribute (RFC 2865 §5.26) and, for types 1 to 3 and 10, the code
//! of a PANA vendor AVP. The value octets are the same in all three.

/// The Vendor-ID that is used when none is configured: the documentation number of RFC 5612.
//= wire.11.3
pub const DEFAULT_VENDOR_ID: u32 = 32473;

code_points! {
    /// Parameter types (wire.11.4).
    pub mod parameter: u8 {
        /// Assigned FHA: IPv4 address (4 octets).
        FHA_IPV4_ADDRESS = 1, "FHA-IPv4-Address": Ipv4;
        /// Assigned FHA: domain name, 1 to 247 ASCII octets, no trailing dot.
        FHA_FQDN = 2, "FHA-FQDN": Text;
        /// Assigned care-of address: prefix length (1), IPv4 address (4).
        COLOCATED_ADDRESS = 3, "Co-located-Address": Ipv4Prefix;
        /// Optional copy of the reply's Home Address field (4 octets); must equal it.
        THOAV4 = 4, "THOAv4": Ipv4;
        /// IPv6 home address: prefix length (1), address (16).
        IPV6_HOA = 5, "IPv6-HoA": Ipv6WithLength;
        /// Mobile IPv6 home agent: address (16).
        HA_IPV6_ADDRESS = 6, "HA-IPv6-Address": Ipv6;
        /// IPv6 care-of address on the FHA's IPv6 side: prefix length (1), address (16).
        IPV6_COA = 7, "IPv6-CoA": Ipv6WithLength;
        /// Which parameters are wanted: bit 0 HoA6, 1 HA6, 2 CoA6, 3 MIPv6 key (1 octet).
        BOOTSTRAP_REQUEST = 10, "Bootstrap-Request": Octet;
        /// RADIUS client's role, see [`super::client_role`] (4 octets).
        CLIENT_ROLE = 11, "Client-Role": Integer;
        /// MN–FHA key, salt-hidden (RFC 2868 §3.5).
        MN_FHA_KEY = 16, "MN-FHA-Key": Salted;
        /// Nonce from which the MN derives the MN–FHA key (at least 16 octets).
        KEY_GEN_NONCE = 17, "Key-Gen-Nonce": Octets;
        /// SPI of the MN–AAA security association that the key derivation uses (4 octets).
        AAA_SPI = 18, "AAA-SPI": Integer;
        /// SPI chosen by the MN, used by the FHA in replies (4 octets).
        MN_SPI = 19, "MN-SPI": Integer;
        /// SPI chosen by the FHA, used by the MN in requests (4 octets).
        FHA_SPI = 20, "FHA-SPI": Integer;
        /// Lifetime of the MN–FHA key in seconds (4 octets).
        KEY_LIFETIME = 21, "Key-Lifetime": Integer;
        /// Authentication algorithm of the MN–FHA key (4 octets).
        ALGORITHM = 22, "Algorithm": Integer;
        /// Replay protection style of the MN–FHA key (4 octets).
        REPLAY_METHOD = 23, "Replay-Method": Integer;
        /// MN–FA key, salt-hidden.
        MN_FA_KEY = 24, "MN-FA-Key": Salted;
        /// Nonce for the MN–FA key (at least 16 octets).
        MN_FA_KEY_GEN_NONCE = 25, "MN-FA-Key-Gen-Nonce": Octets;
        /// SPI chosen by the MN for the MN–FA association (4 octets).
        MN_FA_MN_SPI = 26, "MN-FA-MN-SPI": Integer;
        /// SPI chosen by the FA for the MN–FA association (4 octets).
        MN_FA_FA_SPI = 27, "MN-FA-FA-SPI": Integer;
        /// Lifetime of the MN–FA key in seconds (4 octets).
        MN_FA_KEY_LIFETIME = 28, "MN-FA-Key-Lifetime": Integer;
        /// SPI of the binding update's MN–AAA option (4 octets).
        MIP6_MN_AAA_SPI = 32, "MIP6-MN-AAA-SPI": Integer;
        /// Authentication data of the binding update's MN–AAA option (20 octets).
        MIP6_AUTHENTICATOR = 33, "MIP6-Authenticator": Octets;
        /// SHA1 over care-of address, home address and mobility header (20 octets, RFC 4285).
        MIP6_MAC_MOBILITY_DATA = 34, "MIP6-MAC-Mobility-Data": Octets;
        /// Timestamp of the binding update's Mesg-ID option (8 octets, NTP format).
        MIP6_TIMESTAMP = 35, "MIP6-Timestamp": Ntp;
        /// MN–HA key, salt-hidden.
        MIP6_MN_HA_KEY = 36, "MIP6-MN-HA-Key": Salted;
        /// SPI of the MN–HA association (4 octets).
        MIP6_MN_HA_SPI = 37, "MIP6-MN-HA-SPI": Integer;
        /// Lifetime of the MN–HA association in seconds (4 octets).
        MIP6_MSA_LIFETIME = 38, "MIP6-MSA-Lifetime": Integer;
    }
}

code_points! {
    /// Values of [`parameter::CLIENT_ROLE`] (wire.5.16).
    pub mod client_role: u32 {
        /// A network access server without foreign agent.
        NAS = 1, "NAS";
        /// A network access server on the host of a foreign agent.
        NAS_FA = 2, "NAS/FA";
        /// A foreign home agent.
        FHA = 3, "FHA";
        /// A Mobile IPv6 home agent.
        HA = 4, "HA";
    }
}

code_points! {
    /// Bits of [`parameter::BOOTSTRAP_REQUEST`]: what the mobile node asks for
    /// (wire.2.31).
    pub mod bootstrap_request: u8 {
        /// An IPv6 home address.
        IPV6_HOA = 0x01, "IPv6-HoA";
        /// A Mobile IPv6 home agent.
        HA = 0x02, "HA";
        /// An IPv6 care-of address.
        IPV6_COA = 0x04, "IPv6-CoA";
        /// A Mobile IPv6 key between MN and HA.
        MIP6_KEY = 0x08, "MIP6-Key";
    }
}

/// Octets of an access message over Mobile IPv4's port before its extensions (wire.12.3).
pub const ACCESS_HEADER_LENGTH: usize = 12;

code_points! {
    /// Sub-types of access messages, experimental messages (255) over Mobile IPv4's port: another
    /// way to carry steps 1 and 3, which is read but not sent (wire.12.3).
    pub mod access_message: u8 {
        /// Step 1.
        REQUEST = 1, "Access Request";
        /// Step 3.
        REPLY = 2, "Access Reply";
    }
}

/// The longest FHA-FQDN, in octets: what a RADIUS sub-attribute and an NVSE both hold (H-4).
pub const FQDN_MAX_LENGTH: usize = 247;
