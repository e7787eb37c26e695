//! Sub-types, flags and codes of extensions.

code_points! {
    /// Sub-types of Generalized Authentication.
    pub mod generalized_authentication: u8 {
        /// RFC 4721 §6.
        MN_AAA = 1, "MN-AAA": Fields;
        /// RFC 4857 §10.4.
        FA_FA = 2, "FA-FA": Fields;
        /// RFC 4857 §10.4.
        MN_GFA = 3, "MN-GFA": Fields;
        /// RFC 4988 §8.
        MN_PAR = 4, "MN-PAR": Fields;
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
    /// Bits of the 16 behind Type and Length of Revocation Support (RFC 3543 §3.2).
    pub mod revocation_support_flag: u16 {
        /// The sender knows what I means in revocations.
        INFORM = 0x8000, "I";
    }
}

code_points! {
    /// Sub-types of the non-skippable extension of Proxy Mobile IPv4 (RFC 5563 §5.1).
    pub mod pmipv4_authentication: u8 {
        /// The only one.
        PER_NODE = 1, "PMIPv4 Per-Node Authentication Method": Octet;
    }
}

code_points! {
    /// Methods of per-node authentication (RFC 5563 §5.1).
    pub mod per_node_method: u8 {
        /// By the foreign-home authentication extension.
        FA_HA = 1, "FA-HA Authentication";
        /// By IPsec.
        IPSEC = 2, "IPsec Authentication";
    }
}

code_points! {
    /// Sub-types of the skippable extension of Proxy Mobile IPv4 (RFC 5563 §5).
    pub mod pmipv4: u8 {
        /// The device's interface (RFC 5563 §5.2).
        INTERFACE_ID = 1, "PMIPv4 Interface ID": Octets;
        /// The device (RFC 5563 §5.3).
        DEVICE_ID = 2, "PMIPv4 Device ID": Fields;
        /// The subscriber (RFC 5563 §5.4).
        SUBSCRIBER_ID = 3, "PMIPv4 Subscriber ID": Fields;
        /// How the device is attached (RFC 5563 §5.5).
        ACCESS_TECHNOLOGY = 4, "Access Technology Type": Octet;
    }
}

code_points! {
    /// Kinds of device identifiers (RFC 5563 §5.3).
    pub mod device_id: u8 {
        /// An address.
        MAC = 1, "Ethernet MAC address";
        /// 3GPP2's.
        MEID = 2, "Mobile Equipment Identifier (MEID)";
        /// 3GPP's.
        IMEI = 3, "International Mobile Equipment Identity (IMEI)";
        /// The MEID's predecessor.
        ESN = 4, "Electronic Serial Number (ESN)";
    }
}

code_points! {
    /// Kinds of subscriber identifiers (RFC 5563 §5.4).
    pub mod subscriber_id: u8 {
        /// Of the SIM card.
        IMSI = 1, "International Mobile Subscriber Identity (IMSI)";
    }
}

code_points! {
    /// Access technologies (RFC 5563 §5.5).
    pub mod access_technology: u8 {
        /// A wire.
        IEEE_802_3 = 1, "802.3";
        /// Wireless LAN.
        IEEE_802_11 = 2, "802.11a/b/g";
        /// WiMAX.
        IEEE_802_16E = 3, "802.16e";
        /// WiMAX 2.
        IEEE_802_16M = 4, "802.16m";
        /// LTE.
        EUTRAN = 5, "3GPP EUTRAN/LTE";
        /// UMTS and GSM.
        UTRAN = 6, "3GPP UTRAN/GERAN";
        /// CDMA2000.
        HRPD = 7, "3GPP2 1xRTT/HRPD";
        /// UMB.
        UMB = 8, "3GPP2 UMB";
    }
}

code_points! {
    /// Sub-types of the GRE Key extension (RFC 6245 §5).
    pub mod gre_key: u8 {
        /// The only one.
        KEY = 0, "GRE Key": Integer;
    }
}

code_points! {
    /// Sub-types of the Route Optimization extension (RFC 6521 §5.1).
    pub mod route_optimization: u8 {
        /// What a mobile router asks for.
        CAPABILITY = 1, "Mobile Router Route Optimization Capability": Fields;
    }
}

code_points! {
    /// Flags of the mobile router's capability (RFC 6521 §5.1).
    pub mod route_optimization_flag: u8 {
        /// It can only begin connections.
        OUTBOUND_ONLY = 0x10, "O";
        /// Those of one mobile router are wanted, whose home address follows.
        SOLICIT = 0x20, "S";
        /// Networks of other mobile routers are wanted.
        REQUEST = 0x40, "R";
        /// Its networks may be told to others.
        ADVERTISE = 0x80, "A";
    }
}

code_points! {
    /// Sub-types of the Route Optimization Reply extension (RFC 6521 §5.2 to §5.4).
    pub mod route_optimization_reply: u8 {
        /// What a home agent answers (RFC 6521 §5.2).
        REPLY = 1, "Route Optimization Reply": Fields;
        /// Between mobile and correspondent router (RFC 6521 §5.3).
        MOBILE_CORRESPONDENT_AUTHENTICATION = 2, "Mobile-Correspondent Authentication": Fields;
        /// Ends of tunnels (RFC 6521 §5.4).
        CARE_OF_ADDRESS = 3, "Care-of Address": Ipv4List;
    }
}

code_points! {
    /// Flags of the home agent's answer; below them stands its code (RFC 6521 §5.2).
    pub mod route_optimization_reply_flag: u8 {
        /// S was set in the capability.
        SOLICITED = 0x20, "S";
        /// The mobile router is behind an address translator.
        NAT = 0x40, "N";
        /// O was set in the capability.
        OUTBOUND_ONLY = 0x80, "O";
    }
}

code_points! {
    /// Codes of the home agent's answer; below 16 means yes (RFC 6521 §5.2).
    pub mod route_optimization_code: u8 {
        /// Yes.
        ACCEPTED = 0, "will do route optimization";
        /// No.
        DECLINED = 16, "route optimization declined, reason unspecified";
    }
}

code_points! {
    /// Sub-types of the Route Optimization Prefix Advertisement extension (RFC 6521 §5.5).
    pub mod prefix_advertisement: u8 {
        /// Networks of other mobile routers.
        PREFIXES = 1, "Route Optimization Prefix Advertisement": Octets;
    }
}

code_points! {
    /// Sub-types of NAI Carrying (RFC 3846 §4, §5).
    pub mod nai_carrying: u8 {
        /// The home agent.
        HA_IDENTITY = 1, "HA Identity": Text;
        /// The home AAA server.
        AAAH_IDENTITY = 2, "AAAH Identity": Text;
    }
}

code_points! {
    /// Sub-types of the link-layer address extension (RFC 4881 §9).
    pub mod link_layer_address: u8 {
        /// 3GPP2's (RFC 4881 §9.1).
        IMSI_CONNECTION = 1, "3GPP2 IMSI Link Layer Address and Connection ID": Octets;
        /// 3GPP's (RFC 4881 §9.2).
        IMSI = 2, "3GPP IMSI Link Layer Address": Octets;
        /// 48 bits (RFC 4881 §9.3).
        ETHERNET = 3, "Ethernet Link Layer Address": Octets;
        /// 64 bits (RFC 4881 §9.4).
        EUI_64 = 4, "IEEE 64-Bit Global Identifier (EUI-64)": Octets;
        /// The agent asked for (RFC 4881 §9.5).
        SOLICITED_IPV4 = 5, "Solicited IPv4 Address": Ipv4;
        /// The access point (RFC 4881 §9.6).
        ACCESS_POINT = 6, "Access Point Identifier": Octets;
        /// The foreign agent (RFC 4881 §9.7).
        FA_IPV4 = 7, "FA IPv4 Address": Ipv4;
    }
}

code_points! {
    /// Styles of replay protection of regional registrations (RFC 4857 §9.3).
    pub mod regional_replay_style: u16 {
        /// RFC 3344 §5.7.1.
        TIMESTAMPS = 0, "timestamp";
        /// RFC 3344 §5.7.2.
        NONCES = 1, "nonce";
    }
}

code_points! {
    /// Sub-types of Mobile Network (RFC 5177 §4).
    pub mod mobile_network: u8 {
        /// A mobile router's (RFC 5177 §4.1).
        REQUEST = 0, "Mobile Network Request": Ipv4Prefix;
        /// To what was asked for (RFC 5177 §4.2).
        EXPLICIT = 1, "Explicit Mode Acknowledgement": Fields;
        /// To what the home agent knows (RFC 5177 §4.2).
        IMPLICIT = 2, "Implicit Mode Acknowledgement": Fields;
    }
}

code_points! {
    /// Codes of a mobile network's acknowledgement (RFC 5177 §4.2).
    pub mod mobile_network_code: u8 {
        /// Forwarding is set up.
        SUCCESS = 0, "Success";
        /// Not a prefix.
        INVALID_PREFIX_LENGTH = 1, "MOBNET_INVALID_PREFIX_LEN";
        /// Not this mobile router's.
        UNAUTHORIZED = 2, "MOBNET_UNAUTHORIZED";
        /// Forwarding cannot be set up.
        FORWARDING_SETUP_FAILED = 3, "MOBNET_FWDING_SETUP_FAILED";
    }
}

code_points! {
    /// Sub-types of the Multipath extensions (RFC 7629 §4).
    pub mod multipath: u8 {
        /// One of several care-of addresses (RFC 7629 §4.1).
        MULTIPATH = 1, "Multipath Extension": Fields;
        /// Which flows take which (RFC 7629 §4.2).
        FLOW_BINDING = 2, "Flow-Binding Extension": Fields;
    }
}

code_points! {
    /// Flags of the Multipath extension (RFC 7629 §4.1).
    pub mod multipath_flag: u8 {
        /// All other bindings go.
        OVERWRITE = 0x40, "O";
        /// All bindings are renewed.
        BULK = 0x80, "B";
    }
}

code_points! {
    /// Actions of a flow binding (RFC 7629 §4.2).
    pub mod flow_action: u8 {
        /// The packets are dropped.
        DROP = 0, "DROP";
        /// The packets take the first binding that is valid.
        FORWARD = 1, "FORWARD";
    }
}
