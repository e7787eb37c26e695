//! Code points of Mobile IPv6 (RFC 6275) and of the extensions to it that are decoded here:
//! NEMO (RFC 3963), identifiers (RFC 4283), authentication (RFC 4285), dual stack (RFC 5555).

/// Octets before the message data of a mobility header (RFC 6275 §6.1.1).
pub const HEADER_LENGTH: usize = 6;

/// The Next Header of the checksum's pseudo-header in RFC 3775 §6.1.1; RFC 6275 has 135.
pub const PSEUDO_HEADER_OF_RFC_3775: u8 = 2;

/// The unit of Header Len, in octets; the first unit is not counted (RFC 6275 §6.1.1).
pub const HEADER_UNIT: usize = 8;

/// The unit of lifetimes and refresh intervals, in seconds (RFC 6275 §6.1.7, §6.2.4).
pub const LIFETIME_UNIT_SECONDS: u32 = 4;

/// Statuses below this say that a binding update was accepted (RFC 6275 §6.1.8).
pub const FIRST_REJECTING_STATUS: u8 = 128;

code_points! {
    /// The MH Type field (RFC 6275 §6.1.2 to §6.1.9; the others from the registry of IANA).
    pub mod message: u8 {
        /// BRR: asks for a binding update (§6.1.2).
        BINDING_REFRESH_REQUEST = 0, "Binding Refresh Request";
        /// HoTI (§6.1.3).
        HOME_TEST_INIT = 1, "Home Test Init";
        /// CoTI (§6.1.4).
        CARE_OF_TEST_INIT = 2, "Care-of Test Init";
        /// HoT (§6.1.5).
        HOME_TEST = 3, "Home Test";
        /// CoT (§6.1.6).
        CARE_OF_TEST = 4, "Care-of Test";
        /// BU (§6.1.7).
        BINDING_UPDATE = 5, "Binding Update";
        /// BA (§6.1.8).
        BINDING_ACKNOWLEDGEMENT = 6, "Binding Acknowledgement";
        /// BE (§6.1.9).
        BINDING_ERROR = 7, "Binding Error";
        /// RFC 5568 §6.2.2.
        FAST_BINDING_UPDATE = 8, "Fast Binding Update";
        /// RFC 5568 §6.2.3.
        FAST_BINDING_ACKNOWLEDGEMENT = 9, "Fast Binding Acknowledgment";
        /// RFC 4068 §6.3.
        FAST_NEIGHBOUR_ADVERTISEMENT = 10, "Fast Neighbor Advertisement";
        /// RFC 5096 §3.
        EXPERIMENTAL = 11, "Experimental Mobility Header";
        /// RFC 5142 §4.
        HOME_AGENT_SWITCH = 12, "Home Agent Switch";
        /// RFC 5847 §3.3.
        HEARTBEAT = 13, "Heartbeat";
        /// RFC 5568 §6.2.1.1.
        HANDOVER_INITIATE = 14, "Handover Initiate";
        /// RFC 5568 §6.2.1.2.
        HANDOVER_ACKNOWLEDGE = 15, "Handover Acknowledge";
        /// RFC 5846 §5.
        BINDING_REVOCATION = 16, "Binding Revocation";
        /// RFC 6705 §10.1.
        LOCALIZED_ROUTING_INITIATION = 17, "Localized Routing Initiation";
        /// RFC 6705 §10.2.
        LOCALIZED_ROUTING_ACKNOWLEDGMENT = 18, "Localized Routing Acknowledgment";
    }
}

code_points! {
    /// Bits of the flags of a binding update.
    pub mod update_flag: u16 {
        /// Bulk binding update (RFC 6602).
        BULK = 0x0040, "B";
        /// TLV header in UDP (RFC 5845).
        TLV_HEADER = 0x0080, "T";
        /// UDP encapsulation wanted whatever is on the way (RFC 5555 §3.1.3).
        FORCE_UDP = 0x0100, "F";
        /// From a proxy (RFC 5213 §8.1).
        PROXY = 0x0200, "P";
        /// From a mobile router (RFC 3963 §4.1).
        MOBILE_ROUTER = 0x0400, "R";
        /// To a mobility anchor point (RFC 5380 §6.1).
        MAP_REGISTRATION = 0x0800, "M";
        /// Key management survives movement (RFC 6275 §6.1.7).
        KEY_MANAGEMENT = 0x1000, "K";
        /// The home address has the interface identifier of the link-local one (RFC 6275 §6.1.7).
        LINK_LOCAL_COMPATIBILITY = 0x2000, "L";
        /// The receiver is to be home agent (RFC 6275 §6.1.7).
        HOME_REGISTRATION = 0x4000, "H";
        /// An acknowledgement is wanted (RFC 6275 §6.1.7).
        ACKNOWLEDGE = 0x8000, "A";
    }
}

code_points! {
    /// Bits of the flags of a binding acknowledgement.
    pub mod acknowledgement_flag: u8 {
        /// Bulk binding update (RFC 6602).
        BULK = 0x08, "B";
        /// TLV header in UDP (RFC 5845).
        TLV_HEADER = 0x10, "T";
        /// To a proxy (RFC 5213 §8.2).
        PROXY = 0x20, "P";
        /// To a mobile router (RFC 3963 §4.2).
        MOBILE_ROUTER = 0x40, "R";
        /// Key management survives movement (RFC 6275 §6.1.8).
        KEY_MANAGEMENT = 0x80, "K";
    }
}

code_points! {
    /// The Status field of a binding acknowledgement (RFC 6275 §6.1.8).
    pub mod status: u8 {
        /// Accepted.
        ACCEPTED = 0, "Binding Update accepted";
        /// Accepted; the prefix of the home address may have changed.
        PREFIX_DISCOVERY_NECESSARY = 1, "Accepted but prefix discovery necessary";
        /// Refused for no reason listed here.
        UNSPECIFIED = 128, "Reason unspecified";
        /// Refused by policy.
        ADMINISTRATIVELY_PROHIBITED = 129, "Administratively prohibited";
        /// No room for one more binding.
        INSUFFICIENT_RESOURCES = 130, "Insufficient resources";
        /// Not a home agent.
        HOME_REGISTRATION_NOT_SUPPORTED = 131, "Home registration not supported";
        /// The home address is not of the home agent's prefix.
        NOT_HOME_SUBNET = 132, "Not home subnet";
        /// A home agent, but not this mobile node's.
        NOT_HOME_AGENT = 133, "Not home agent for this mobile node";
        /// Somebody else has the home address.
        DAD_FAILED = 134, "Duplicate Address Detection failed";
        /// The sequence number is not greater than the last one.
        SEQUENCE_OUT_OF_WINDOW = 135, "Sequence number out of window";
        /// Return routability.
        EXPIRED_HOME_NONCE = 136, "Expired home nonce index";
        /// Return routability.
        EXPIRED_CARE_OF_NONCE = 137, "Expired care-of nonce index";
        /// Return routability.
        EXPIRED_NONCES = 138, "Expired nonces";
        /// H differs from that of the binding there is.
        REGISTRATION_TYPE_CHANGE = 139, "Registration type change disallowed";
        /// NEMO (RFC 3963 §4.2).
        MOBILE_ROUTER_NOT_PERMITTED = 140, "Mobile Router Operation not permitted";
        /// NEMO (RFC 3963 §4.2).
        INVALID_PREFIX = 141, "Invalid Prefix";
        /// NEMO (RFC 3963 §4.2).
        NOT_AUTHORIZED_FOR_PREFIX = 142, "Not Authorized for Prefix";
        /// NEMO (RFC 3963 §4.2).
        FORWARDING_SETUP_FAILED = 143, "Forwarding Setup failed";
        /// The Mesg-ID timestamp is not close to the home agent's time (RFC 4285 §6).
        MIPV6_ID_MISMATCH = 144, "MIPV6-ID-MISMATCH";
        /// A Mesg-ID option is wanted (RFC 4285 §6).
        MIPV6_MESG_ID_REQD = 145, "MIPV6-MESG-ID-REQD";
        /// Authentication failed (RFC 4285 §5.3).
        MIPV6_AUTH_FAIL = 146, "MIPV6-AUTH-FAIL";
        /// Proxy Mobile IPv6: not the mobile node's anchor (RFC 5213 §8.9).
        NOT_LMA_FOR_THIS_MOBILE_NODE = 153, "NOT_LMA_FOR_THIS_MOBILE_NODE";
        /// Proxy Mobile IPv6: the gateway may not (RFC 5213 §8.9).
        MAG_NOT_AUTHORIZED = 154, "MAG_NOT_AUTHORIZED_FOR_PROXY_REG";
        /// Proxy Mobile IPv6: not the mobile node's prefix (RFC 5213 §8.9).
        NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX = 155, "NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX";
        /// Proxy Mobile IPv6: not close to the anchor's time (RFC 5213 §8.9).
        TIMESTAMP_MISMATCH = 156, "TIMESTAMP_MISMATCH";
        /// Proxy Mobile IPv6: older than the last one (RFC 5213 §8.9).
        TIMESTAMP_LOWER = 157, "TIMESTAMP_LOWER_THAN_PREV_ACCEPTED";
        /// Proxy Mobile IPv6: no home network prefix option (RFC 5213 §8.9).
        MISSING_HOME_NETWORK_PREFIX = 158, "MISSING_HOME_NETWORK_PREFIX_OPTION";
        /// Proxy Mobile IPv6: not the prefixes of the binding (RFC 5213 §8.9).
        PREFIX_SET_MISMATCH = 159, "BCE_PBU_PREFIX_SET_DO_NOT_MATCH";
        /// Proxy Mobile IPv6: no identifier (RFC 5213 §8.9).
        MISSING_MN_IDENTIFIER = 160, "MISSING_MN_IDENTIFIER_OPTION";
        /// Proxy Mobile IPv6: no handoff indicator (RFC 5213 §8.9).
        MISSING_HANDOFF_INDICATOR = 161, "MISSING_HANDOFF_INDICATOR_OPTION";
        /// Proxy Mobile IPv6: no access technology (RFC 5213 §8.9).
        MISSING_ACCESS_TECHNOLOGY = 162, "MISSING_ACCESS_TECH_TYPE_OPTION";
        /// The care-of address cannot be one.
        INVALID_CARE_OF_ADDRESS = 174, "Invalid Care-of Address";
    }
}

code_points! {
    /// The Status field of a binding error (RFC 6275 §6.1.9).
    pub mod error_status: u8 {
        /// There is no binding for the Home Address option.
        UNKNOWN_BINDING = 1, "Unknown binding for Home Address destination option";
        /// The MH Type is not known.
        UNKNOWN_MH_TYPE = 2, "Unrecognized MH Type value";
    }
}

code_points! {
    /// Types of mobility options.
    pub mod option: u8 {
        /// One octet of padding, without length (RFC 6275 §6.2.2).
        PAD1 = 0, "Pad1";
        /// Two or more octets of padding (RFC 6275 §6.2.3).
        PADN = 1, "PadN": Octets;
        /// When to refresh the binding (RFC 6275 §6.2.4).
        BINDING_REFRESH_ADVICE = 2, "Binding Refresh Advice": Short;
        /// The care-of address, if not the source address (RFC 6275 §6.2.5).
        ALTERNATE_CARE_OF_ADDRESS = 3, "Alternate Care-of Address": Ipv6;
        /// Return routability (RFC 6275 §6.2.6).
        NONCE_INDICES = 4, "Nonce Indices": Fields;
        /// Return routability (RFC 6275 §6.2.7).
        BINDING_AUTHORIZATION_DATA = 5, "Binding Authorization Data": Octets;
        /// NEMO (RFC 3963 §4.3).
        MOBILE_NETWORK_PREFIX = 6, "Mobile Network Prefix": Fields;
        /// A link-layer address (RFC 5568 §6.4.4).
        LINK_LAYER_ADDRESS = 7, "Mobility Header Link-Layer Address": Fields;
        /// See [`super::identifier_subtype`] (RFC 4283 §3).
        MOBILE_NODE_IDENTIFIER = 8, "Mobile Node Identifier": Fields;
        /// See [`super::authentication_subtype`] (RFC 4285 §5).
        AUTHENTICATION = 9, "Mobility Message Authentication": Fields;
        /// Timestamp against replay, Mesg-ID for short (RFC 4285 §6).
        MESSAGE_ID = 10, "Mobility Message Replay Protection": Ntp;
        /// Asks for CGA Parameters (RFC 4866 §5.6).
        CGA_PARAMETERS_REQUEST = 11, "CGA Parameters Request": Octets;
        /// A piece of what a cryptographically generated address was made of (RFC 4866 §5.1).
        CGA_PARAMETERS = 12, "CGA Parameters": Octets;
        /// By the key of that address (RFC 4866 §5.2).
        SIGNATURE = 13, "Signature": Octets;
        /// Encrypted (RFC 4866 §5.3).
        PERMANENT_HOME_KEYGEN_TOKEN = 14, "Permanent Home Keygen Token": Octets;
        /// A CoTI in an update (RFC 4866 §5.4).
        CARE_OF_TEST_INIT = 15, "Care-of Test Init": Octets;
        /// A CoT in an acknowledgement (RFC 4866 §5.5).
        CARE_OF_TEST = 16, "Care-of Test": Integer64;
        /// The name to be updated in the DNS (RFC 5026 §8.1).
        DNS_UPDATE = 17, "DNS-UPDATE-TYPE": Fields;
        /// RFC 5096 §4.
        EXPERIMENTAL = 18, "Experimental Mobility Option": Octets;
        /// RFC 5094 §3.
        VENDOR_SPECIFIC = 19, "Vendor-Specific Mobility Option": Vendor;
        /// The service that the binding is for (RFC 5149 §3).
        SERVICE_SELECTION = 20, "Service Selection": Text;
        /// Authenticator of fast handovers (RFC 5568 §6.4.5).
        FAST_BINDING_AUTHORIZATION_DATA = 21, "Binding Authorization Data for FMIPv6": Fields;
        /// Proxy Mobile IPv6 (RFC 5213 §8.3).
        HOME_NETWORK_PREFIX = 22, "Home Network Prefix": Fields;
        /// Proxy Mobile IPv6, see [`super::handoff_indicator`] (RFC 5213 §8.4).
        HANDOFF_INDICATOR = 23, "Handoff Indicator": Fields;
        /// Proxy Mobile IPv6, see [`super::access_technology`] (RFC 5213 §8.5).
        ACCESS_TECHNOLOGY_TYPE = 24, "Access Technology Type": Fields;
        /// Proxy Mobile IPv6 (RFC 5213 §8.6).
        LINK_LAYER_IDENTIFIER = 25, "Mobile Node Link-layer Identifier": Fields;
        /// Proxy Mobile IPv6 (RFC 5213 §8.7).
        LINK_LOCAL_ADDRESS = 26, "Link-local Address": Ipv6;
        /// Proxy Mobile IPv6 (RFC 5213 §8.8).
        TIMESTAMP = 27, "Timestamp": Integer64;
        /// How often the sender has restarted (RFC 5847 §3.4).
        RESTART_COUNTER = 28, "Restart Counter": Integer;
        /// Dual stack (RFC 5555 §3.1.1).
        IPV4_HOME_ADDRESS = 29, "IPv4 Home Address": Fields;
        /// Dual stack (RFC 5555 §3.2.1; its §9 misprints 29).
        IPV4_ADDRESS_ACKNOWLEDGEMENT = 30, "IPv4 Address Acknowledgement": Fields;
        /// Dual stack (RFC 5555 §3.2.2).
        NAT_DETECTION = 31, "NAT Detection": Fields;
        /// Dual stack (RFC 5555 §3.1.2).
        IPV4_CARE_OF_ADDRESS = 32, "IPv4 Care-of Address": Fields;
        /// Proxy Mobile IPv6 (RFC 5845 §3.1).
        GRE_KEY = 33, "GRE Key": Fields;
    }
}

code_points! {
    /// Sub-types of [`option::MOBILE_NODE_IDENTIFIER`] (RFC 4283 §3.1).
    pub mod identifier_subtype: u8 {
        /// Network access identifier.
        NAI = 1, "MN-NAI";
    }
}

code_points! {
    /// Bits of the octet behind the status of [`option::DNS_UPDATE`] (RFC 5026 §8.1).
    pub mod dns_update_flag: u8 {
        /// The entry is to be removed.
        REMOVE = 0x80, "R";
    }
}

code_points! {
    /// The Status field of [`option::DNS_UPDATE`] in an acknowledgement (RFC 5026 §8.1).
    pub mod dns_update_status: u8 {
        /// Done.
        PERFORMED = 0, "DNS update performed";
        /// Not done.
        UNSPECIFIED = 128, "Reason unspecified";
        /// Not done.
        ADMINISTRATIVELY_PROHIBITED = 129, "Administratively prohibited";
        /// Not done.
        FAILED = 130, "DNS update failed";
    }
}

code_points! {
    /// Values of [`option::HANDOFF_INDICATOR`] (RFC 5213 §8.4).
    pub mod handoff_indicator: u8 {
        /// A new attachment.
        NEW_INTERFACE = 1, "Attachment over a new interface";
        /// From one interface to another.
        BETWEEN_INTERFACES = 2, "Handoff between two different interfaces of the mobile node";
        /// From one gateway to another.
        BETWEEN_GATEWAYS = 3, "Handoff between mobile access gateways for the same interface";
        /// The gateway does not know.
        UNKNOWN = 4, "Handoff state unknown";
        /// Nothing has changed.
        NOT_CHANGED = 5, "Handoff state not changed";
    }
}

code_points! {
    /// Values of [`option::ACCESS_TECHNOLOGY_TYPE`] (RFC 5213 §8.5).
    pub mod access_technology: u8 {
        /// An interface without hardware.
        VIRTUAL = 1, "Virtual";
        /// PPP.
        PPP = 2, "PPP";
        /// A wire.
        IEEE_802_3 = 3, "IEEE 802.3";
        /// Wireless LAN.
        IEEE_802_11 = 4, "IEEE 802.11a/b/g";
        /// WiMAX.
        IEEE_802_16E = 5, "IEEE 802.16e";
    }
}

code_points! {
    /// Sub-types of [`option::AUTHENTICATION`] (RFC 4285 §5.1, §5.2).
    pub mod authentication_subtype: u8 {
        /// Under the association between mobile node and home agent.
        MN_HA = 1, "MN-HA";
        /// Under the association between mobile node and home AAA server.
        MN_AAA = 2, "MN-AAA";
    }
}

code_points! {
    /// SPIs that name an algorithm instead of an association (RFC 4285 §8).
    pub mod spi: u32 {
        /// HMAC-SHA1 over the digest of the mobility data.
        HMAC_SHA1 = 3, "HMAC_SHA1_SPI";
        /// Reserved for 3GPP2.
        THREE_GPP2 = 5, "3GPP2";
    }
}

/// The first SPI that can name an association (RFC 4285 §5.1).
pub const FIRST_SPI: u32 = 256;

/// Octets of the data of an MN-HA option: 96 bits (RFC 4285 §5.1).
pub const MN_HA_DATA_LENGTH: usize = 12;

/// Octets of the data of an MN-AAA option under [`spi::HMAC_SHA1`] (RFC 4285 §5.2).
pub const MN_AAA_DATA_LENGTH: usize = 20;

/// Octets of the MN-HA key (RFC 4285 §5.1).
pub const MN_HA_KEY_LENGTH: usize = 16;

/// Octets of an authentication option before its data: type, length, sub-type and SPI
/// (RFC 4285 §5).
pub const AUTHENTICATION_HEADER_LENGTH: usize = 7;

/// How far a Mesg-ID timestamp may be from the receiver's clock, in seconds (RFC 4285 §6).
pub const TIMESTAMP_TOLERANCE_SECONDS: u32 = 7;

code_points! {
    /// The Status field of [`option::IPV4_ADDRESS_ACKNOWLEDGEMENT`] (RFC 5555 §3.2.1).
    pub mod ipv4_status: u8 {
        /// Accepted.
        SUCCESS = 0, "Success";
        /// Refused for no reason listed here.
        UNSPECIFIED = 128, "Failure, reason unspecified";
        /// Refused by policy.
        ADMINISTRATIVELY_PROHIBITED = 129, "Administratively prohibited";
        /// The address is not the mobile node's.
        INCORRECT = 130, "Incorrect IPv4 home address";
        /// The address cannot be one.
        INVALID = 131, "Invalid IPv4 address";
        /// No address can be assigned.
        DYNAMIC_UNAVAILABLE = 132, "Dynamic IPv4 home address assignment not available";
        /// The prefix is not the mobile node's.
        PREFIX_UNAUTHORIZED = 133, "Prefix allocation unauthorized";
    }
}

code_points! {
    /// Bits of the first 16 of [`option::IPV4_HOME_ADDRESS`]; above them stands the prefix length
    /// in 6 bits (RFC 5555 §3.1.1).
    pub mod ipv4_home_address_flag: u16 {
        /// A prefix is asked for.
        PREFIX = 0x0200, "P";
    }
}

code_points! {
    /// Bits of the first 16 of [`option::NAT_DETECTION`] (RFC 5555 §3.2.2).
    pub mod nat_detection_flag: u16 {
        /// UDP encapsulation is to be used whatever is on the way.
        FORCE_UDP = 0x8000, "F";
    }
}

/// UDP port of dual-stack Mobile IPv6 (RFC 5555 §8).
pub const DSMIPV6_PORT: u16 = 4191;

/// Where an option has to begin: at an octet of the mobility header whose number is
/// `multiple` · n + `offset` (RFC 6275 §6.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alignment {
    /// The x of "xn + y".
    pub multiple: usize,
    /// The y of "xn + y".
    pub offset: usize,
}

impl Alignment {
    /// An alignment of `multiple` · n + `offset`.
    #[must_use]
    pub const fn new(multiple: usize, offset: usize) -> Alignment {
        Alignment { multiple, offset }
    }

    /// How many octets of padding take an option from `position` to where it may begin.
    #[inline]
    #[must_use]
    pub const fn padding(self, position: usize) -> usize {
        // Every multiple is a power of two.
        self.offset.wrapping_sub(position) & (self.multiple - 1)
    }
}

/// The alignment of the options of type `kind`, each from the section that defines it.
///
/// Binding Authorization Data and authentication options have more to obey: they also have to
/// end the header.
#[must_use]
pub const fn alignment(kind: u8) -> Alignment {
    match kind {
        option::BINDING_REFRESH_ADVICE | option::NONCE_INDICES => Alignment::new(2, 0),
        option::HOME_NETWORK_PREFIX => Alignment::new(8, 4),
        option::LINK_LOCAL_ADDRESS => Alignment::new(8, 6),
        option::TIMESTAMP => Alignment::new(8, 2),
        option::RESTART_COUNTER => Alignment::new(4, 2),
        option::ALTERNATE_CARE_OF_ADDRESS => Alignment::new(8, 6),
        option::MOBILE_NETWORK_PREFIX => Alignment::new(8, 4),
        option::AUTHENTICATION => Alignment::new(4, 1),
        option::MESSAGE_ID => Alignment::new(8, 2),
        option::IPV4_HOME_ADDRESS
        | option::IPV4_ADDRESS_ACKNOWLEDGEMENT
        | option::NAT_DETECTION
        | option::IPV4_CARE_OF_ADDRESS => Alignment::new(4, 0),
        _ => Alignment::new(1, 0),
    }
}

/// Retransmission of binding updates and other times of RFC 6275 §12.
pub mod timer {
    /// InitialBindackTimeoutFirstReg: the first wait when there is no binding yet, in
    /// milliseconds.
    pub const INITIAL_BINDACK_TIMEOUT_FIRST_MILLISECONDS: u64 = 1500;
    /// INITIAL_BINDACK_TIMEOUT: the first wait otherwise, in seconds.
    pub const INITIAL_BINDACK_TIMEOUT_SECONDS: u64 = 1;
    /// MAX_BINDACK_TIMEOUT: the longest wait, in seconds.
    pub const MAX_BINDACK_TIMEOUT_SECONDS: u64 = 32;
    /// MAX_UPDATE_RATE: binding updates a second.
    pub const MAX_UPDATE_RATE: u32 = 3;
    /// INITIAL_DHAAD_TIMEOUT: the first wait for a home agent discovery reply, in seconds.
    pub const INITIAL_DHAAD_TIMEOUT_SECONDS: u64 = 3;
    /// DHAAD_RETRIES: how often home agent discovery is tried again.
    pub const DHAAD_RETRIES: u32 = 4;
    /// NATKATIMEOUT: keepalives through an address translator, in seconds (RFC 5555 §6).
    pub const NAT_KEEPALIVE_SECONDS: u64 = 110;
}
