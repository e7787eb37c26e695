//! Code points of IPv4, IPv6, UDP, ICMP and of the tunnels made of them.

/// Octets of an IPv4 header without options (RFC 791 §3.1).
pub const IPV4_HEADER_LENGTH: usize = 20;

/// The most octets of options that an IPv4 header can hold (RFC 791 §3.1).
pub const IPV4_OPTIONS_MAX_LENGTH: usize = 40;

/// Octets of the fixed IPv6 header (RFC 8200 §3).
pub const IPV6_HEADER_LENGTH: usize = 40;

/// Extension headers are made of units of this many octets (RFC 8200 §4).
pub const EXTENSION_UNIT: usize = 8;

/// Octets of a UDP header (RFC 768).
pub const UDP_HEADER_LENGTH: usize = 8;

/// Octets of type, code and checksum of an ICMP message (RFC 792, RFC 4443 §2.1).
pub const ICMP_HEADER_LENGTH: usize = 4;

/// Every IPv6 link carries packets of this many octets (RFC 8200 §5).
pub const IPV6_MINIMUM_MTU: usize = 1280;

/// The largest IPv6 packet, in octets, to be put into an IPv4 tunnel (RFC 4213 §3.2.1).
pub const IPV6_IN_IPV4_MTU: usize = 1280;

/// Time to live and hop limit where no rule says otherwise (RFC 1700).
pub const DEFAULT_TTL: u8 = 64;

/// What identifies a protocol inside an IPv4 packet, and the next header of an IPv6 header.
///
/// One number space for both (RFC 5237).
pub use protocol as next_header;

code_points! {
    /// The Protocol field of IPv4 and the Next Header field of IPv6.
    pub mod protocol: u8 {
        /// IPv6 hop-by-hop options header (RFC 8200 §4.3).
        HOP_BY_HOP_OPTIONS = 0, "Hop-by-Hop Options";
        /// ICMP for IPv4 (RFC 792).
        ICMP = 1, "ICMP";
        /// An IPv4 packet (RFC 2003).
        IPV4 = 4, "IPv4";
        /// TCP (RFC 9293).
        TCP = 6, "TCP";
        /// UDP (RFC 768).
        UDP = 17, "UDP";
        /// An IPv6 packet (RFC 4213, RFC 2473).
        IPV6 = 41, "IPv6";
        /// IPv6 routing header (RFC 8200 §4.4).
        ROUTING = 43, "Routing";
        /// IPv6 fragment header (RFC 8200 §4.5).
        FRAGMENT = 44, "Fragment";
        /// GRE (RFC 2784).
        GRE = 47, "GRE";
        /// Encapsulating security payload (RFC 4303).
        ESP = 50, "ESP";
        /// Authentication header (RFC 4302).
        AH = 51, "AH";
        /// Minimal encapsulation (RFC 2004).
        MINIMAL = 55, "Minimal Encapsulation";
        /// ICMP for IPv6 (RFC 4443).
        ICMPV6 = 58, "ICMPv6";
        /// Nothing follows (RFC 8200 §4.7).
        NO_NEXT_HEADER = 59, "No Next Header";
        /// IPv6 destination options header (RFC 8200 §4.6).
        DESTINATION_OPTIONS = 60, "Destination Options";
        /// Mobility header (RFC 6275 §6.1).
        MOBILITY = 135, "Mobility Header";
    }
}

code_points! {
    /// Bits of the 16 that hold flags and fragment offset of an IPv4 header (RFC 791 §3.1).
    pub mod ipv4_flag: u16 {
        /// More fragments follow.
        MORE_FRAGMENTS = 0x2000, "MF";
        /// Not to be fragmented on the way.
        DO_NOT_FRAGMENT = 0x4000, "DF";
    }
}

/// The bits beside [`ipv4_flag`] that hold the fragment offset, in units of 8 octets
/// (RFC 791 §3.1).
pub const IPV4_FRAGMENT_OFFSET_MASK: u16 = 0x1fff;

code_points! {
    /// Types of options in destination options and hop-by-hop options headers.
    pub mod ipv6_option: u8 {
        /// One octet of padding, without length (RFC 8200 §4.2).
        PAD1 = 0x00, "Pad1";
        /// Two or more octets of padding (RFC 8200 §4.2).
        PADN = 0x01, "PadN";
        /// How many more tunnels the packet may enter (RFC 2473 §4.1.1).
        TUNNEL_ENCAPSULATION_LIMIT = 0x04, "Tunnel Encapsulation Limit";
        /// The home address of the packet's sender (RFC 6275 §6.3).
        HOME_ADDRESS = 0xc9, "Home Address";
    }
}

code_points! {
    /// What a destination does about an option it does not know: the option type's two highest
    /// bits (RFC 8200 §4.2).
    pub mod unknown_option_action: u8 {
        /// Skip the option.
        SKIP = 0x00, "skip";
        /// Discard the packet.
        DISCARD = 0x40, "discard";
        /// Discard the packet and send ICMP Parameter Problem, code 2.
        DISCARD_AND_REPORT = 0x80, "discard and report";
        /// The same, but report only if the destination was no multicast address.
        DISCARD_AND_REPORT_UNICAST = 0xc0, "discard and report if unicast";
    }
}

/// The two bits of an option type that [`unknown_option_action`] lists.
pub const UNKNOWN_OPTION_ACTION_MASK: u8 = 0xc0;

code_points! {
    /// Types of routing headers.
    pub mod routing_type: u8 {
        /// Source route, deprecated (RFC 5095).
        SOURCE_ROUTE = 0, "Source Route";
        /// The home address of the packet's receiver (RFC 6275 §6.4).
        TYPE_2 = 2, "Type 2";
    }
}

code_points! {
    /// ICMP message types for IPv4 (RFC 792, RFC 1256).
    pub mod icmpv4: u8 {
        /// Answer to an echo request.
        ECHO_REPLY = 0, "Echo Reply";
        /// The packet could not be delivered.
        DESTINATION_UNREACHABLE = 3, "Destination Unreachable";
        /// Asks for an echo reply.
        ECHO_REQUEST = 8, "Echo Request";
        /// Router advertisement; with mobility extensions agent advertisement (RFC 5944 §2.1).
        ROUTER_ADVERTISEMENT = 9, "Router Advertisement";
        /// Router solicitation and agent solicitation (RFC 5944 §2.2).
        ROUTER_SOLICITATION = 10, "Router Solicitation";
        /// The time to live ran out.
        TIME_EXCEEDED = 11, "Time Exceeded";
        /// A field of the header makes no sense.
        PARAMETER_PROBLEM = 12, "Parameter Problem";
    }
}

code_points! {
    /// ICMP message types for IPv6 (RFC 4443, RFC 4861, RFC 6275 §6.5 to §6.8).
    pub mod icmpv6: u8 {
        /// The packet could not be delivered.
        DESTINATION_UNREACHABLE = 1, "Destination Unreachable";
        /// The packet is larger than the next link carries.
        PACKET_TOO_BIG = 2, "Packet Too Big";
        /// The hop limit ran out.
        TIME_EXCEEDED = 3, "Time Exceeded";
        /// A field of a header makes no sense.
        PARAMETER_PROBLEM = 4, "Parameter Problem";
        /// Asks for an echo reply.
        ECHO_REQUEST = 128, "Echo Request";
        /// Answer to an echo request.
        ECHO_REPLY = 129, "Echo Reply";
        /// RFC 4861 §4.1.
        ROUTER_SOLICITATION = 133, "Router Solicitation";
        /// RFC 4861 §4.2.
        ROUTER_ADVERTISEMENT = 134, "Router Advertisement";
        /// RFC 4861 §4.3.
        NEIGHBOUR_SOLICITATION = 135, "Neighbor Solicitation";
        /// RFC 4861 §4.4.
        NEIGHBOUR_ADVERTISEMENT = 136, "Neighbor Advertisement";
        /// RFC 6275 §6.5.
        HOME_AGENT_DISCOVERY_REQUEST = 144, "Home Agent Address Discovery Request";
        /// RFC 6275 §6.6.
        HOME_AGENT_DISCOVERY_REPLY = 145, "Home Agent Address Discovery Reply";
        /// RFC 6275 §6.7.
        MOBILE_PREFIX_SOLICITATION = 146, "Mobile Prefix Solicitation";
        /// RFC 6275 §6.8.
        MOBILE_PREFIX_ADVERTISEMENT = 147, "Mobile Prefix Advertisement";
    }
}

code_points! {
    /// Codes of [`icmpv6::PARAMETER_PROBLEM`] (RFC 4443 §3.4).
    pub mod icmpv6_parameter_problem: u8 {
        /// A header field has a wrong value.
        ERRONEOUS_FIELD = 0, "Erroneous header field";
        /// The next header is not known.
        UNKNOWN_NEXT_HEADER = 1, "Unrecognized Next Header";
        /// An option is not known.
        UNKNOWN_OPTION = 2, "Unrecognized IPv6 option";
    }
}

code_points! {
    /// Protocol types of GRE (RFC 2784 §2.4, RFC 7676 §3).
    pub mod gre_protocol: u16 {
        /// The payload is an IPv4 packet.
        IPV4 = 0x0800, "IPv4";
        /// The payload is an IPv6 packet.
        IPV6 = 0x86dd, "IPv6";
    }
}

code_points! {
    /// Bits of the first 16 of a GRE header (RFC 2784 §2, RFC 2890 §2).
    pub mod gre_flag: u16 {
        /// A sequence number is there.
        SEQUENCE = 0x1000, "S";
        /// A key is there.
        KEY = 0x2000, "K";
        /// A checksum is there.
        CHECKSUM = 0x8000, "C";
    }
}

/// Bits 1, 4 and 5 of a GRE header and its version: a packet that has one of them set is
/// discarded (RFC 2784 §2.3).
pub const GRE_MUST_BE_ZERO: u16 = 0x4c07;

/// The bit of a minimal forwarding header that says that the original source address is there
/// (RFC 2004 §3).
pub const MINIMAL_SOURCE_PRESENT: u8 = 0x80;

code_points! {
    /// Flags of the second octet of a Mobile Prefix Advertisement's fixed part (RFC 6275 §6.8).
    pub mod mobile_prefix_flag: u16 {
        /// Other configuration is to be had by DHCPv6.
        OTHER_CONFIGURATION = 0x4000, "O";
        /// Addresses are to be had by DHCPv6.
        MANAGED_ADDRESSES = 0x8000, "M";
    }
}

/// The interface identifier's last 7 bits of the anycast address of all home agents of a prefix
/// (RFC 2526 §2, RFC 6275 §5.3).
pub const HOME_AGENTS_ANYCAST: u8 = 0x7e;
