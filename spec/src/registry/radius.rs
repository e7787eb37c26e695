//! Code points of RADIUS (RFC 2865 and its extensions).

use core::net::Ipv4Addr;

/// UDP port of authentication servers (RFC 2865 §3).
//= wire.11.1
pub const PORT: u16 = 1812;

/// Octets of Code, Identifier, Length and Authenticator: the shortest packet (RFC 2865 §3).
pub const HEADER_LENGTH: usize = 20;

/// The longest packet, in octets (RFC 2865 §3).
pub const MAX_LENGTH: usize = 4096;

/// Octets of every authenticator: Request, Response and Message-Authenticator.
pub const AUTHENTICATOR_LENGTH: usize = 16;

/// Octets of an attribute's Type and Length (RFC 2865 §5).
pub const ATTRIBUTE_HEADER_LENGTH: usize = 2;

/// The longest value of an attribute, in octets (RFC 2865 §5).
pub const MAX_VALUE_LENGTH: usize = 253;

/// The longest value of a vendor's sub-attribute, in octets (RFC 2865 §5.26).
pub const MAX_SUB_VALUE_LENGTH: usize = 247;

/// The longest password that User-Password takes, in octets (RFC 2865 §5.2).
pub const MAX_PASSWORD_LENGTH: usize = 128;

/// The shortest CHAP-Challenge, in octets (RFC 2865 §5.40).
pub const MIN_CHAP_CHALLENGE_LENGTH: usize = 5;

/// Framed-IP-Address: the user may choose (RFC 2865 §5.8).
pub const ADDRESS_USER_SELECTS: Ipv4Addr = Ipv4Addr::new(255, 255, 255, 255);

/// Framed-IP-Address: the NAS is to choose (RFC 2865 §5.8).
pub const ADDRESS_NAS_SELECTS: Ipv4Addr = Ipv4Addr::new(255, 255, 255, 254);

code_points! {
    /// The Code field (RFC 2865 §3, RFC 2866 §3, RFC 5176 §2.3).
    pub mod code: u8 {
        /// From client to server.
        ACCESS_REQUEST = 1, "Access-Request";
        /// The user is let in.
        ACCESS_ACCEPT = 2, "Access-Accept";
        /// The user is not let in.
        ACCESS_REJECT = 3, "Access-Reject";
        /// RFC 2866.
        ACCOUNTING_REQUEST = 4, "Accounting-Request";
        /// RFC 2866.
        ACCOUNTING_RESPONSE = 5, "Accounting-Response";
        /// The server asks for more.
        ACCESS_CHALLENGE = 11, "Access-Challenge";
        /// Is the server alive? (RFC 5997)
        STATUS_SERVER = 12, "Status-Server";
        /// Reserved by RFC 2865.
        STATUS_CLIENT = 13, "Status-Client";
        /// RFC 5176.
        DISCONNECT_REQUEST = 40, "Disconnect-Request";
        /// RFC 5176.
        DISCONNECT_ACK = 41, "Disconnect-ACK";
        /// RFC 5176.
        DISCONNECT_NAK = 42, "Disconnect-NAK";
        /// RFC 5176.
        COA_REQUEST = 43, "CoA-Request";
        /// RFC 5176.
        COA_ACK = 44, "CoA-ACK";
        /// RFC 5176.
        COA_NAK = 45, "CoA-NAK";
    }
}

code_points! {
    /// Attribute types.
    pub mod attribute: u8 {
        /// RFC 2865 §5.1.
        USER_NAME = 1, "User-Name";
        /// Hidden (RFC 2865 §5.2).
        USER_PASSWORD = 2, "User-Password";
        /// CHAP identifier and response (RFC 2865 §5.3).
        CHAP_PASSWORD = 3, "CHAP-Password";
        /// RFC 2865 §5.4.
        NAS_IP_ADDRESS = 4, "NAS-IP-Address";
        /// RFC 2865 §5.5.
        NAS_PORT = 5, "NAS-Port";
        /// See [`super::service_type`] (RFC 2865 §5.6).
        SERVICE_TYPE = 6, "Service-Type";
        /// RFC 2865 §5.7.
        FRAMED_PROTOCOL = 7, "Framed-Protocol";
        /// Address for the user (RFC 2865 §5.8).
        FRAMED_IP_ADDRESS = 8, "Framed-IP-Address";
        /// RFC 2865 §5.9.
        FRAMED_IP_NETMASK = 9, "Framed-IP-Netmask";
        /// RFC 2865 §5.10.
        FRAMED_ROUTING = 10, "Framed-Routing";
        /// RFC 2865 §5.11.
        FILTER_ID = 11, "Filter-Id";
        /// Octets; limits EAP packets (RFC 2865 §5.12, RFC 3579 §2.4).
        FRAMED_MTU = 12, "Framed-MTU";
        /// RFC 2865 §5.13.
        FRAMED_COMPRESSION = 13, "Framed-Compression";
        /// RFC 2865 §5.14.
        LOGIN_IP_HOST = 14, "Login-IP-Host";
        /// RFC 2865 §5.15.
        LOGIN_SERVICE = 15, "Login-Service";
        /// RFC 2865 §5.16.
        LOGIN_TCP_PORT = 16, "Login-TCP-Port";
        /// Text to show to the user (RFC 2865 §5.18).
        REPLY_MESSAGE = 18, "Reply-Message";
        /// RFC 2865 §5.19.
        CALLBACK_NUMBER = 19, "Callback-Number";
        /// RFC 2865 §5.20.
        CALLBACK_ID = 20, "Callback-Id";
        /// RFC 2865 §5.22.
        FRAMED_ROUTE = 22, "Framed-Route";
        /// RFC 2865 §5.23.
        FRAMED_IPX_NETWORK = 23, "Framed-IPX-Network";
        /// The server's thread through a conversation (RFC 2865 §5.24).
        STATE = 24, "State";
        /// For accounting (RFC 2865 §5.25).
        CLASS = 25, "Class";
        /// A vendor's own attributes (RFC 2865 §5.26).
        VENDOR_SPECIFIC = 26, "Vendor-Specific";
        /// Seconds (RFC 2865 §5.27).
        SESSION_TIMEOUT = 27, "Session-Timeout";
        /// Seconds (RFC 2865 §5.28).
        IDLE_TIMEOUT = 28, "Idle-Timeout";
        /// See [`super::termination_action`] (RFC 2865 §5.29).
        TERMINATION_ACTION = 29, "Termination-Action";
        /// Where the user called (RFC 2865 §5.30).
        CALLED_STATION_ID = 30, "Called-Station-Id";
        /// Where the user calls from (RFC 2865 §5.31).
        CALLING_STATION_ID = 31, "Calling-Station-Id";
        /// RFC 2865 §5.32.
        NAS_IDENTIFIER = 32, "NAS-Identifier";
        /// A proxy's mark, copied into the reply (RFC 2865 §5.33).
        PROXY_STATE = 33, "Proxy-State";
        /// RFC 2865 §5.34.
        LOGIN_LAT_SERVICE = 34, "Login-LAT-Service";
        /// RFC 2865 §5.35.
        LOGIN_LAT_NODE = 35, "Login-LAT-Node";
        /// RFC 2865 §5.36.
        LOGIN_LAT_GROUP = 36, "Login-LAT-Group";
        /// RFC 2865 §5.37.
        FRAMED_APPLETALK_LINK = 37, "Framed-AppleTalk-Link";
        /// RFC 2865 §5.38.
        FRAMED_APPLETALK_NETWORK = 38, "Framed-AppleTalk-Network";
        /// RFC 2865 §5.39.
        FRAMED_APPLETALK_ZONE = 39, "Framed-AppleTalk-Zone";
        /// RFC 2866 §5.5.
        ACCT_SESSION_ID = 44, "Acct-Session-Id";
        /// RFC 2869 §5.3.
        EVENT_TIMESTAMP = 55, "Event-Timestamp";
        /// RFC 2865 §5.40.
        CHAP_CHALLENGE = 60, "CHAP-Challenge";
        /// See [`super::nas_port_type`] (RFC 2865 §5.41).
        NAS_PORT_TYPE = 61, "NAS-Port-Type";
        /// RFC 2865 §5.42.
        PORT_LIMIT = 62, "Port-Limit";
        /// RFC 2865 §5.43.
        LOGIN_LAT_PORT = 63, "Login-LAT-Port";
        /// RFC 2868 §3.1.
        TUNNEL_TYPE = 64, "Tunnel-Type";
        /// RFC 2868 §3.2.
        TUNNEL_MEDIUM_TYPE = 65, "Tunnel-Medium-Type";
        /// RFC 2868 §3.3.
        TUNNEL_CLIENT_ENDPOINT = 66, "Tunnel-Client-Endpoint";
        /// RFC 2868 §3.4.
        TUNNEL_SERVER_ENDPOINT = 67, "Tunnel-Server-Endpoint";
        /// Salt-hidden (RFC 2868 §3.5).
        TUNNEL_PASSWORD = 69, "Tunnel-Password";
        /// RFC 2869 §5.4.
        ARAP_PASSWORD = 70, "ARAP-Password";
        /// Part of an EAP packet (RFC 3579 §3.1).
        EAP_MESSAGE = 79, "EAP-Message";
        /// HMAC-MD5 over the packet (RFC 3579 §3.2).
        MESSAGE_AUTHENTICATOR = 80, "Message-Authenticator";
        /// RFC 2869 §5.17.
        NAS_PORT_ID = 87, "NAS-Port-Id";
        /// RFC 2869 §5.18.
        FRAMED_POOL = 88, "Framed-Pool";
        /// RFC 3162 §2.1.
        NAS_IPV6_ADDRESS = 95, "NAS-IPv6-Address";
        /// RFC 3162 §2.2.
        FRAMED_INTERFACE_ID = 96, "Framed-Interface-Id";
        /// RFC 3162 §2.3.
        FRAMED_IPV6_PREFIX = 97, "Framed-IPv6-Prefix";
        /// RFC 3162 §2.4.
        LOGIN_IPV6_HOST = 98, "Login-IPv6-Host";
        /// RFC 3162 §2.5.
        FRAMED_IPV6_ROUTE = 99, "Framed-IPv6-Route";
        /// RFC 3162 §2.6.
        FRAMED_IPV6_POOL = 100, "Framed-IPv6-Pool";
        /// See [`super::error_cause`] (RFC 3579 §3.3, RFC 5176 §3.5).
        ERROR_CAUSE = 101, "Error-Cause";
        /// RFC 4818 §3.
        DELEGATED_IPV6_PREFIX = 123, "Delegated-IPv6-Prefix";
        /// RFC 5447 §4.2.5.
        MIP6_FEATURE_VECTOR = 124, "MIP6-Feature-Vector";
        /// The mobile node's home prefix (RFC 5447 §4.2.4).
        MIP6_HOME_LINK_PREFIX = 125, "MIP6-Home-Link-Prefix";
        /// RFC 6572 §4.2.
        MOBILE_NODE_IDENTIFIER = 145, "Mobile-Node-Identifier";
        /// RFC 6572 §4.3.
        SERVICE_SELECTION = 146, "Service-Selection";
        /// RFC 6911 §3.1.
        FRAMED_IPV6_ADDRESS = 168, "Framed-IPv6-Address";
    }
}

code_points! {
    /// Values of Service-Type (RFC 2865 §5.6).
    pub mod service_type: u32 {
        /// A login session.
        LOGIN = 1, "Login";
        /// A protocol in frames, such as PPP.
        FRAMED = 2, "Framed";
        /// Only authenticate, give no service.
        AUTHENTICATE_ONLY = 8, "Authenticate-Only";
    }
}

code_points! {
    /// Values of Termination-Action (RFC 2865 §5.29).
    pub mod termination_action: u32 {
        /// End the session.
        DEFAULT = 0, "Default";
        /// Ask the server again.
        RADIUS_REQUEST = 1, "RADIUS-Request";
    }
}

code_points! {
    /// Values of NAS-Port-Type (RFC 2865 §5.41).
    pub mod nas_port_type: u32 {
        /// No physical port.
        VIRTUAL = 5, "Virtual";
        /// A wire.
        ETHERNET = 15, "Ethernet";
        /// Radio of a kind without a number of its own.
        WIRELESS_OTHER = 18, "Wireless-Other";
        /// Wireless LAN.
        WIRELESS_802_11 = 19, "Wireless-802.11";
    }
}

code_points! {
    /// Values of Error-Cause (RFC 5176 §3.5).
    pub mod error_cause: u32 {
        /// The session was gone, what was left of it is gone now too.
        RESIDUAL_CONTEXT_REMOVED = 201, "Residual-Context-Removed";
        /// The EAP response was not understood; the request is repeated (RFC 3579 §2.2).
        INVALID_EAP_PACKET = 202, "Invalid-EAP-Packet";
        /// An attribute is not supported.
        UNSUPPORTED_ATTRIBUTE = 401, "Unsupported-Attribute";
        /// An attribute is missing.
        MISSING_ATTRIBUTE = 402, "Missing-Attribute";
        /// The NAS named is not this one.
        NAS_IDENTIFICATION_MISMATCH = 403, "NAS-Identification-Mismatch";
        /// Something else is wrong with the request.
        INVALID_REQUEST = 404, "Invalid-Request";
        /// The Service-Type is not supported.
        UNSUPPORTED_SERVICE = 405, "Unsupported-Service";
        /// An extension is not supported.
        UNSUPPORTED_EXTENSION = 406, "Unsupported-Extension";
        /// An attribute has a value that is not supported.
        INVALID_ATTRIBUTE_VALUE = 407, "Invalid-Attribute-Value";
        /// Not allowed here.
        ADMINISTRATIVELY_PROHIBITED = 501, "Administratively-Prohibited";
        /// A proxy knows no way.
        REQUEST_NOT_ROUTABLE = 502, "Proxy-Request-Not-Routable";
        /// No such session.
        SESSION_CONTEXT_NOT_FOUND = 503, "Session-Context-Not-Found";
        /// The session cannot be ended.
        SESSION_CONTEXT_NOT_REMOVABLE = 504, "Session-Context-Not-Removable";
        /// Another error of a proxy.
        PROXY_PROCESSING_ERROR = 505, "Proxy-Processing-Error";
        /// No memory, address or the like is left.
        RESOURCES_UNAVAILABLE = 506, "Resources-Unavailable";
        /// The server asks for an Access-Request instead.
        REQUEST_INITIATED = 507, "Request-Initiated";
        /// Only one session may be named.
        MULTIPLE_SESSION_SELECTION = 508, "Multiple-Session-Selection-Unsupported";
    }
}

/// Retransmission by clients (RFC 5080 §2.2.1).
pub mod retransmission {
    /// IRT: the first wait, in seconds.
    pub const INITIAL_SECONDS: u64 = 2;
    /// MRT: the longest wait, in seconds.
    pub const MAXIMUM_SECONDS: u64 = 16;
    /// MRC: how often a request is sent before it has failed.
    pub const MAXIMUM_COUNT: u32 = 5;
    /// MRD: how long after the first transmission it has failed, in seconds.
    pub const MAXIMUM_DURATION_SECONDS: u64 = 30;
    /// RAND: each wait is varied at random by up to one part in this many.
    pub const JITTER_DIVISOR: u64 = 10;
}

/// How long a server keeps its answers to find duplicates (RFC 5080 §2.2.2).
pub mod duplicate_detection {
    /// At least this many seconds.
    pub const MINIMUM_SECONDS: u64 = 5;
    /// At most this many seconds.
    pub const MAXIMUM_SECONDS: u64 = 30;
}
