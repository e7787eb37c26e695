//! The attributes.

code_points! {
    /// Attribute types (RFC 2865 §5).
    pub mod attribute: u8 {
        /// Name of the user: here the NAI (RFC 2865 §5.1).
        USER_NAME = 1, "User-Name": Text;
        /// Password of the user, hidden (RFC 2865 §5.2).
        USER_PASSWORD = 2, "User-Password": Password;
        /// CHAP identifier and response (RFC 2865 §5.3).
        CHAP_PASSWORD = 3, "CHAP-Password": Fields;
        /// IPv4 address of the client (RFC 2865 §5.4).
        NAS_IP_ADDRESS = 4, "NAS-IP-Address": Ipv4;
        /// Port of the client that the user is at (RFC 2865 §5.5).
        NAS_PORT = 5, "NAS-Port": Integer;
        /// See [`crate::registry::radius::service_type`] (RFC 2865 §5.6).
        SERVICE_TYPE = 6, "Service-Type": Integer;
        /// What runs in the frames (RFC 2865 §5.7).
        FRAMED_PROTOCOL = 7, "Framed-Protocol": Integer;
        /// IPv4 address of the user: the co-located care-of address or the THOAv4 (RFC 2865 §5.8).
        FRAMED_IP_ADDRESS = 8, "Framed-IP-Address": Ipv4;
        /// Mask that goes with Framed-IP-Address (RFC 2865 §5.9).
        FRAMED_IP_NETMASK = 9, "Framed-IP-Netmask": Ipv4;
        /// How the user's router routes (RFC 2865 §5.10).
        FRAMED_ROUTING = 10, "Framed-Routing": Integer;
        /// Name of a filter list (RFC 2865 §5.11).
        FILTER_ID = 11, "Filter-Id": Text;
        /// How long a concatenated EAP packet to the user may be, in octets (RFC 2865 §5.12).
        FRAMED_MTU = 12, "Framed-MTU": Integer;
        /// A compression protocol (RFC 2865 §5.13).
        FRAMED_COMPRESSION = 13, "Framed-Compression": Integer;
        /// Where to log the user in (RFC 2865 §5.14).
        LOGIN_IP_HOST = 14, "Login-IP-Host": Ipv4;
        /// How to log the user in (RFC 2865 §5.15).
        LOGIN_SERVICE = 15, "Login-Service": Integer;
        /// To which port to log the user in (RFC 2865 §5.16).
        LOGIN_TCP_PORT = 16, "Login-TCP-Port": Integer;
        /// Text to show to the user (RFC 2865 §5.18).
        REPLY_MESSAGE = 18, "Reply-Message": Text;
        /// Where to call the user back (RFC 2865 §5.19).
        CALLBACK_NUMBER = 19, "Callback-Number": Text;
        /// Name of a place to call the user back (RFC 2865 §5.20).
        CALLBACK_ID = 20, "Callback-Id": Text;
        /// A route for the user (RFC 2865 §5.22).
        FRAMED_ROUTE = 22, "Framed-Route": Text;
        /// IPX network of the user (RFC 2865 §5.23).
        FRAMED_IPX_NETWORK = 23, "Framed-IPX-Network": Integer;
        /// Ties a request to the challenge before it (RFC 2865 §5.24).
        STATE = 24, "State": Octets;
        /// For the client's accounting (RFC 2865 §5.25).
        CLASS = 25, "Class": Octets;
        /// What a vendor has to say (RFC 2865 §5.26).
        VENDOR_SPECIFIC = 26, "Vendor-Specific": Vendor;
        /// How long the service lasts, in seconds; in a challenge, how long to wait for EAP (RFC 2865 §5.27).
        SESSION_TIMEOUT = 27, "Session-Timeout": Integer;
        /// After how many idle seconds the service ends (RFC 2865 §5.28).
        IDLE_TIMEOUT = 28, "Idle-Timeout": Integer;
        /// See [`crate::registry::radius::termination_action`] (RFC 2865 §5.29).
        TERMINATION_ACTION = 29, "Termination-Action": Integer;
        /// Where the user called (RFC 2865 §5.30).
        CALLED_STATION_ID = 30, "Called-Station-Id": Text;
        /// Where the user calls from (RFC 2865 §5.31).
        CALLING_STATION_ID = 31, "Calling-Station-Id": Text;
        /// Name of the client (RFC 2865 §5.32).
        NAS_IDENTIFIER = 32, "NAS-Identifier": Text;
        /// A proxy's mark (RFC 2865 §5.33).
        PROXY_STATE = 33, "Proxy-State": Octets;
        /// LAT service of the user (RFC 2865 §5.34).
        LOGIN_LAT_SERVICE = 34, "Login-LAT-Service": Text;
        /// LAT node of the user (RFC 2865 §5.35).
        LOGIN_LAT_NODE = 35, "Login-LAT-Node": Text;
        /// LAT groups of the user, a bit each (RFC 2865 §5.36).
        LOGIN_LAT_GROUP = 36, "Login-LAT-Group": Octets;
        /// AppleTalk network of the link (RFC 2865 §5.37).
        FRAMED_APPLETALK_LINK = 37, "Framed-AppleTalk-Link": Integer;
        /// AppleTalk network of the user (RFC 2865 §5.38).
        FRAMED_APPLETALK_NETWORK = 38, "Framed-AppleTalk-Network": Integer;
        /// AppleTalk zone of the user (RFC 2865 §5.39).
        FRAMED_APPLETALK_ZONE = 39, "Framed-AppleTalk-Zone": Text;
        /// See [`crate::registry::radius::acct_status_type`] (RFC 2866 §5.1).
        ACCT_STATUS_TYPE = 40, "Acct-Status-Type": Integer;
        /// For how many seconds the client has tried to send this (RFC 2866 §5.2).
        ACCT_DELAY_TIME = 41, "Acct-Delay-Time": Integer;
        /// Octets from the user, modulo 2^32 (RFC 2866 §5.3).
        ACCT_INPUT_OCTETS = 42, "Acct-Input-Octets": Integer;
        /// Octets to the user, modulo 2^32 (RFC 2866 §5.4).
        ACCT_OUTPUT_OCTETS = 43, "Acct-Output-Octets": Integer;
        /// The session, for accounting (RFC 2866 §5.5).
        ACCT_SESSION_ID = 44, "Acct-Session-Id": Text;
        /// See [`crate::registry::radius::acct_authentic`] (RFC 2866 §5.6).
        ACCT_AUTHENTIC = 45, "Acct-Authentic": Integer;
        /// How long the session has lasted, in seconds (RFC 2866 §5.7).
        ACCT_SESSION_TIME = 46, "Acct-Session-Time": Integer;
        /// Packets from the user (RFC 2866 §5.8).
        ACCT_INPUT_PACKETS = 47, "Acct-Input-Packets": Integer;
        /// Packets to the user (RFC 2866 §5.9).
        ACCT_OUTPUT_PACKETS = 48, "Acct-Output-Packets": Integer;
        /// See [`crate::registry::radius::acct_terminate_cause`] (RFC 2866 §5.10).
        ACCT_TERMINATE_CAUSE = 49, "Acct-Terminate-Cause": Integer;
        /// Several sessions, for accounting (RFC 2866 §5.11).
        ACCT_MULTI_SESSION_ID = 50, "Acct-Multi-Session-Id": Text;
        /// Links of those sessions (RFC 2866 §5.12).
        ACCT_LINK_COUNT = 51, "Acct-Link-Count": Integer;
        /// How often Acct-Input-Octets wrapped (RFC 2869 §5.1).
        ACCT_INPUT_GIGAWORDS = 52, "Acct-Input-Gigawords": Integer;
        /// How often Acct-Output-Octets wrapped (RFC 2869 §5.2).
        ACCT_OUTPUT_GIGAWORDS = 53, "Acct-Output-Gigawords": Integer;
        /// When it happened, in seconds since 1970 (RFC 2869 §5.3).
        EVENT_TIMESTAMP = 55, "Event-Timestamp": Date;
        /// A VLAN of the port, and whether it is tagged (RFC 4675 §2.1).
        EGRESS_VLANID = 56, "Egress-VLANID": Integer;
        /// Whether frames of other VLANs are dropped (RFC 4675 §2.2).
        INGRESS_FILTERS = 57, "Ingress-Filters": Integer;
        /// A VLAN of the port by name, and whether it is tagged (RFC 4675 §2.3).
        EGRESS_VLAN_NAME = 58, "Egress-VLAN-Name": Octets;
        /// What becomes of each user priority (RFC 4675 §2.4).
        USER_PRIORITY_TABLE = 59, "User-Priority-Table": Octets;
        /// The challenge that CHAP-Password answers (RFC 2865 §5.40).
        CHAP_CHALLENGE = 60, "CHAP-Challenge": Octets;
        /// See [`crate::registry::radius::nas_port_type`] (RFC 2865 §5.41).
        NAS_PORT_TYPE = 61, "NAS-Port-Type": Integer;
        /// How many ports the user may have (RFC 2865 §5.42).
        PORT_LIMIT = 62, "Port-Limit": Integer;
        /// LAT port of the user (RFC 2865 §5.43).
        LOGIN_LAT_PORT = 63, "Login-LAT-Port": Text;
        /// See [`crate::registry::radius::tunnel_type`] (RFC 2868 §3.1).
        TUNNEL_TYPE = 64, "Tunnel-Type": TaggedInteger;
        /// See [`crate::registry::radius::tunnel_medium_type`] (RFC 2868 §3.2).
        TUNNEL_MEDIUM_TYPE = 65, "Tunnel-Medium-Type": TaggedInteger;
        /// The tunnel's near end, an address or a name (RFC 2868 §3.3).
        TUNNEL_CLIENT_ENDPOINT = 66, "Tunnel-Client-Endpoint": TaggedText;
        /// The tunnel's far end, an address or a name (RFC 2868 §3.4).
        TUNNEL_SERVER_ENDPOINT = 67, "Tunnel-Server-Endpoint": TaggedText;
        /// The tunnel session, for accounting (RFC 2867 §4.1).
        ACCT_TUNNEL_CONNECTION = 68, "Acct-Tunnel-Connection": Text;
        /// Password of the tunnel, hidden (RFC 2868 §3.5).
        TUNNEL_PASSWORD = 69, "Tunnel-Password": TaggedSalted;
        /// ARAP challenge response (RFC 2869 §5.4).
        ARAP_PASSWORD = 70, "ARAP-Password": Octets;
        /// What an ARAP user may do with passwords (RFC 2869 §5.5).
        ARAP_FEATURES = 71, "ARAP-Features": Octets;
        /// Which AppleTalk zones the user may reach (RFC 2869 §5.6).
        ARAP_ZONE_ACCESS = 72, "ARAP-Zone-Access": Integer;
        /// An ARAP security module (RFC 2869 §5.7).
        ARAP_SECURITY = 73, "ARAP-Security": Integer;
        /// Challenge or response of that module (RFC 2869 §5.8).
        ARAP_SECURITY_DATA = 74, "ARAP-Security-Data": Octets;
        /// How often the user may try again (RFC 2869 §5.9).
        PASSWORD_RETRY = 75, "Password-Retry": Integer;
        /// Whether to echo what the user types (RFC 2869 §5.10).
        PROMPT = 76, "Prompt": Integer;
        /// What the connection of the user is like (RFC 2869 §5.11).
        CONNECT_INFO = 77, "Connect-Info": Text;
        /// A kind of user profile, between servers (RFC 2869 §5.12).
        CONFIGURATION_TOKEN = 78, "Configuration-Token": Text;
        /// A piece of an EAP packet; empty, on its own, to ask for the start of EAP (RFC 3579 §3.1).
        EAP_MESSAGE = 79, "EAP-Message": Octets;
        /// HMAC-MD5 over the packet (RFC 3579 §3.2).
        MESSAGE_AUTHENTICATOR = 80, "Message-Authenticator": Octets;
        /// The group that the tunnel session is of, such as a VLAN (RFC 2868 §3.6).
        TUNNEL_PRIVATE_GROUP_ID = 81, "Tunnel-Private-Group-Id": TaggedText;
        /// Which tunnel the session goes into (RFC 2868 §3.7).
        TUNNEL_ASSIGNMENT_ID = 82, "Tunnel-Assignment-Id": TaggedText;
        /// The lower the more preferred (RFC 2868 §3.8).
        TUNNEL_PREFERENCE = 83, "Tunnel-Preference": TaggedInteger;
        /// Response to the ARAP user's challenge (RFC 2869 §5.15).
        ARAP_CHALLENGE_RESPONSE = 84, "ARAP-Challenge-Response": Octets;
        /// Seconds between interim updates (RFC 2869 §5.16).
        ACCT_INTERIM_INTERVAL = 85, "Acct-Interim-Interval": Integer;
        /// Packets lost on the link (RFC 2867 §4.2).
        ACCT_TUNNEL_PACKETS_LOST = 86, "Acct-Tunnel-Packets-Lost": Integer;
        /// Port of the client that the user is at, as text (RFC 2869 §5.17).
        NAS_PORT_ID = 87, "NAS-Port-Id": Text;
        /// Name of a pool to take an address from (RFC 2869 §5.18).
        FRAMED_POOL = 88, "Framed-Pool": Text;
        /// Who pays; one zero octet asks for it (RFC 4372 §2.2).
        CHARGEABLE_USER_IDENTITY = 89, "Chargeable-User-Identity": Octets;
        /// Name of the tunnel's near end (RFC 2868 §3.9).
        TUNNEL_CLIENT_AUTH_ID = 90, "Tunnel-Client-Auth-Id": TaggedText;
        /// Name of the tunnel's far end (RFC 2868 §3.10).
        TUNNEL_SERVER_AUTH_ID = 91, "Tunnel-Server-Auth-Id": TaggedText;
        /// A piece of a list of filter rules (RFC 4849 §2).
        NAS_FILTER_RULE = 92, "NAS-Filter-Rule": Octets;
        /// Kind of line that the call comes from (RFC 7155 §4.2.8).
        ORIGINATING_LINE_INFO = 94, "Originating-Line-Info": Octets;
        /// IPv6 address of the client (RFC 3162 §2.1).
        NAS_IPV6_ADDRESS = 95, "NAS-IPv6-Address": Ipv6;
        /// Interface identifier of the user (RFC 3162 §2.2).
        FRAMED_INTERFACE_ID = 96, "Framed-Interface-Id": InterfaceId;
        /// A prefix for the user; in a request, the prefix that the client can serve (RFC 3162 §2.3).
        FRAMED_IPV6_PREFIX = 97, "Framed-IPv6-Prefix": Ipv6Prefix;
        /// Where to log the user in (RFC 3162 §2.4).
        LOGIN_IPV6_HOST = 98, "Login-IPv6-Host": Ipv6;
        /// An IPv6 route for the user (RFC 3162 §2.5).
        FRAMED_IPV6_ROUTE = 99, "Framed-IPv6-Route": Text;
        /// Name of a pool to take a prefix from (RFC 3162 §2.6).
        FRAMED_IPV6_POOL = 100, "Framed-IPv6-Pool": Text;
        /// See [`crate::registry::radius::error_cause`] (RFC 5176 §3.5).
        ERROR_CAUSE = 101, "Error-Cause": Integer;
        /// Name of the EAP session's keys; empty to ask for it (RFC 7268 §2.2).
        EAP_KEY_NAME = 102, "EAP-Key-Name": Octets;
        /// HTTP digest: response (RFC 5090 §3.1).
        DIGEST_RESPONSE = 103, "Digest-Response": Text;
        /// HTTP digest: realm (RFC 5090 §3.2).
        DIGEST_REALM = 104, "Digest-Realm": Text;
        /// HTTP digest: nonce (RFC 5090 §3.3).
        DIGEST_NONCE = 105, "Digest-Nonce": Text;
        /// HTTP digest: rspauth (RFC 5090 §3.4).
        DIGEST_RESPONSE_AUTH = 106, "Digest-Response-Auth": Text;
        /// HTTP digest: nextnonce (RFC 5090 §3.5).
        DIGEST_NEXTNONCE = 107, "Digest-Nextnonce": Text;
        /// HTTP digest: method (RFC 5090 §3.6).
        DIGEST_METHOD = 108, "Digest-Method": Text;
        /// HTTP digest: URI (RFC 5090 §3.7).
        DIGEST_URI = 109, "Digest-URI": Text;
        /// HTTP digest: qop (RFC 5090 §3.8).
        DIGEST_QOP = 110, "Digest-Qop": Text;
        /// HTTP digest: algorithm (RFC 5090 §3.9).
        DIGEST_ALGORITHM = 111, "Digest-Algorithm": Text;
        /// HTTP digest: hash of the body (RFC 5090 §3.10).
        DIGEST_ENTITY_BODY_HASH = 112, "Digest-Entity-Body-Hash": Text;
        /// HTTP digest: cnonce (RFC 5090 §3.11).
        DIGEST_CNONCE = 113, "Digest-CNonce": Text;
        /// HTTP digest: nc (RFC 5090 §3.12).
        DIGEST_NONCE_COUNT = 114, "Digest-Nonce-Count": Text;
        /// HTTP digest: user name (RFC 5090 §3.13).
        DIGEST_USERNAME = 115, "Digest-Username": Text;
        /// HTTP digest: opaque (RFC 5090 §3.14).
        DIGEST_OPAQUE = 116, "Digest-Opaque": Text;
        /// HTTP digest: another parameter (RFC 5090 §3.15).
        DIGEST_AUTH_PARAM = 117, "Digest-Auth-Param": Text;
        /// HTTP digest: auts (RFC 5090 §3.16).
        DIGEST_AKA_AUTS = 118, "Digest-AKA-Auts": Text;
        /// HTTP digest: domain (RFC 5090 §3.17).
        DIGEST_DOMAIN = 119, "Digest-Domain": Text;
        /// HTTP digest: stale (RFC 5090 §3.18).
        DIGEST_STALE = 120, "Digest-Stale": Text;
        /// HTTP digest: H(A1) (RFC 5090 §3.19).
        DIGEST_HA1 = 121, "Digest-HA1": Text;
        /// SIP address of record (RFC 5090 §3.20).
        SIP_AOR = 122, "SIP-AOR": Text;
        /// A prefix that the user may delegate (RFC 4818 §3).
        DELEGATED_IPV6_PREFIX = 123, "Delegated-IPv6-Prefix": Ipv6Prefix;
        /// See [`crate::registry::radius::mip6_feature`] (RFC 5447 §4.2.5).
        MIP6_FEATURE_VECTOR = 124, "MIP6-Feature-Vector": Integer64;
        /// The mobile node's home prefix (RFC 5447 §4.2.4).
        MIP6_HOME_LINK_PREFIX = 125, "MIP6-Home-Link-Prefix": Ipv6WithLength;
        /// Who runs the access network: name space and name (RFC 5580 §4.1).
        OPERATOR_NAME = 126, "Operator-Name": Octets;
        /// About the location that is told (RFC 5580 §4.2).
        LOCATION_INFORMATION = 127, "Location-Information": Octets;
        /// A location (RFC 5580 §4.3).
        LOCATION_DATA = 128, "Location-Data": Octets;
        /// What may be done with the location (RFC 5580 §4.4).
        BASIC_LOCATION_POLICY_RULES = 129, "Basic-Location-Policy-Rules": Octets;
        /// Where the rest of these rules is (RFC 5580 §4.5).
        EXTENDED_LOCATION_POLICY_RULES = 130, "Extended-Location-Policy-Rules": Octets;
        /// Which locations the client can tell (RFC 5580 §4.6).
        LOCATION_CAPABLE = 131, "Location-Capable": Integer;
        /// Which locations are wanted (RFC 5580 §4.7).
        REQUESTED_LOCATION_INFO = 132, "Requested-Location-Info": Integer;
        /// A management protocol in frames (RFC 5607 §6.1).
        FRAMED_MANAGEMENT_PROTOCOL = 133, "Framed-Management-Protocol": Integer;
        /// How it has to be protected (RFC 5607 §6.2).
        MANAGEMENT_TRANSPORT_PROTECTION = 134, "Management-Transport-Protection": Integer;
        /// Name of an access policy (RFC 5607 §6.3).
        MANAGEMENT_POLICY_ID = 135, "Management-Policy-Id": Text;
        /// Privilege of the user (RFC 5607 §6.4).
        MANAGEMENT_PRIVILEGE_LEVEL = 136, "Management-Privilege-Level": Integer;
        /// A piece of the subscriber station's certificate (RFC 5904 §3.1).
        PKM_SS_CERT = 137, "PKM-SS-Cert": Octets;
        /// A piece of the certificate authority's certificate (RFC 5904 §3.2).
        PKM_CA_CERT = 138, "PKM-CA-Cert": Octets;
        /// Timers of PKM (RFC 5904 §3.3).
        PKM_CONFIG_SETTINGS = 139, "PKM-Config-Settings": Octets;
        /// Which ciphers the station has (RFC 5904 §3.4).
        PKM_CRYPTOSUITE_LIST = 140, "PKM-Cryptosuite-List": Octets;
        /// Identifier of a security association (RFC 5904 §3.5).
        PKM_SAID = 141, "PKM-SAID": Short;
        /// A security association (RFC 5904 §3.6).
        PKM_SA_DESCRIPTOR = 142, "PKM-SA-Descriptor": Octets;
        /// Authorization key, encrypted (RFC 5904 §3.7).
        PKM_AUTH_KEY = 143, "PKM-AUTH-Key": Octets;
        /// Name of the far end of a DS-Lite tunnel (RFC 6519 §4.1).
        DS_LITE_TUNNEL_NAME = 144, "DS-Lite-Tunnel-Name": Text;
        /// Who the mobile node is to its mobility anchor (RFC 6572 §4.2).
        MOBILE_NODE_IDENTIFIER = 145, "Mobile-Node-Identifier": Octets;
        /// The service that the mobile node is to get (RFC 6572 §4.3).
        SERVICE_SELECTION = 146, "Service-Selection": Text;
        /// The mobility anchor at home (RFC 6572 §4.4).
        PMIP6_HOME_LMA_IPV6_ADDRESS = 147, "PMIP6-Home-LMA-IPv6-Address": Ipv6;
        /// The mobility anchor where the mobile node is (RFC 6572 §4.5).
        PMIP6_VISITED_LMA_IPV6_ADDRESS = 148, "PMIP6-Visited-LMA-IPv6-Address": Ipv6;
        /// The mobility anchor at home (RFC 6572 §4.6).
        PMIP6_HOME_LMA_IPV4_ADDRESS = 149, "PMIP6-Home-LMA-IPv4-Address": Ipv4;
        /// The mobility anchor where the mobile node is (RFC 6572 §4.7).
        PMIP6_VISITED_LMA_IPV4_ADDRESS = 150, "PMIP6-Visited-LMA-IPv4-Address": Ipv4;
        /// A home network prefix of the anchor at home (RFC 6572 §4.8).
        PMIP6_HOME_HN_PREFIX = 151, "PMIP6-Home-HN-Prefix": Ipv6Prefix;
        /// A home network prefix of the visited anchor (RFC 6572 §4.9).
        PMIP6_VISITED_HN_PREFIX = 152, "PMIP6-Visited-HN-Prefix": Ipv6Prefix;
        /// Interface identifier that goes with it (RFC 6572 §4.10).
        PMIP6_HOME_INTERFACE_ID = 153, "PMIP6-Home-Interface-ID": InterfaceId;
        /// Interface identifier that goes with it (RFC 6572 §4.11).
        PMIP6_VISITED_INTERFACE_ID = 154, "PMIP6-Visited-Interface-ID": InterfaceId;
        /// The IPv4 home address of the anchor at home (RFC 6572 §4.12).
        PMIP6_HOME_IPV4_HOA = 155, "PMIP6-Home-IPv4-HoA": Fields;
        /// The IPv4 home address of the visited anchor (RFC 6572 §4.13).
        PMIP6_VISITED_IPV4_HOA = 156, "PMIP6-Visited-IPv4-HoA": Fields;
        /// A DHCPv4 server (RFC 6572 §4.14).
        PMIP6_HOME_DHCP4_SERVER_ADDRESS = 157, "PMIP6-Home-DHCP4-Server-Address": Ipv4;
        /// A DHCPv4 server (RFC 6572 §4.15).
        PMIP6_VISITED_DHCP4_SERVER_ADDRESS = 158, "PMIP6-Visited-DHCP4-Server-Address": Ipv4;
        /// A DHCPv6 server (RFC 6572 §4.16).
        PMIP6_HOME_DHCP6_SERVER_ADDRESS = 159, "PMIP6-Home-DHCP6-Server-Address": Ipv6;
        /// A DHCPv6 server (RFC 6572 §4.17).
        PMIP6_VISITED_DHCP6_SERVER_ADDRESS = 160, "PMIP6-Visited-DHCP6-Server-Address": Ipv6;
        /// The mobile node's IPv4 router (RFC 6572 §4.20).
        PMIP6_HOME_IPV4_GATEWAY = 161, "PMIP6-Home-IPv4-Gateway": Ipv4;
        /// The mobile node's IPv4 router (RFC 6572 §4.21).
        PMIP6_VISITED_IPV4_GATEWAY = 162, "PMIP6-Visited-IPv4-Gateway": Ipv4;
        /// What carries the EAP packets (RFC 6677 §7.2).
        EAP_LOWER_LAYER = 163, "EAP-Lower-Layer": Integer;
        /// Service name of the acceptor (RFC 7055 §7.4).
        GSS_ACCEPTOR_SERVICE_NAME = 164, "GSS-Acceptor-Service-Name": Text;
        /// Host name of the acceptor (RFC 7055 §7.4).
        GSS_ACCEPTOR_HOST_NAME = 165, "GSS-Acceptor-Host-Name": Text;
        /// More of the acceptor's name (RFC 7055 §7.4).
        GSS_ACCEPTOR_SERVICE_SPECIFICS = 166, "GSS-Acceptor-Service-Specifics": Text;
        /// Realm of the acceptor (RFC 7055 §7.4).
        GSS_ACCEPTOR_REALM_NAME = 167, "GSS-Acceptor-Realm-Name": Text;
        /// An IPv6 address of the user (RFC 6911 §3.1).
        FRAMED_IPV6_ADDRESS = 168, "Framed-IPv6-Address": Ipv6;
        /// A name server for the user (RFC 6911 §3.2).
        DNS_SERVER_IPV6_ADDRESS = 169, "DNS-Server-IPv6-Address": Ipv6;
        /// An IPv6 route for the user (RFC 6911 §3.3).
        ROUTE_IPV6_INFORMATION = 170, "Route-IPv6-Information": Ipv6Prefix;
        /// Name of a pool to take a prefix to delegate from (RFC 6911 §3.4).
        DELEGATED_IPV6_PREFIX_POOL = 171, "Delegated-IPv6-Prefix-Pool": Text;
        /// Name of a pool to take an address from (RFC 6911 §3.5).
        STATEFUL_IPV6_ADDRESS_POOL = 172, "Stateful-IPv6-Address-Pool": Text;
        /// 6rd configuration (RFC 6930 §4.1).
        IPV6_6RD_CONFIGURATION = 173, "IPv6-6rd-Configuration": Octets;
        /// Where the user may be (RFC 7268 §2.1).
        ALLOWED_CALLED_STATION_ID = 174, "Allowed-Called-Station-Id": Text;
        /// Peer-Id of the EAP method (RFC 7268 §2.3).
        EAP_PEER_ID = 175, "EAP-Peer-Id": Text;
        /// Server-Id of the EAP method (RFC 7268 §2.4).
        EAP_SERVER_ID = 176, "EAP-Server-Id": Text;
        /// Mobility domain of a wireless LAN (RFC 7268 §2.5).
        MOBILITY_DOMAIN_ID = 177, "Mobility-Domain-Id": Integer;
        /// Seconds that a pre-authentication lasts (RFC 7268 §2.6).
        PREAUTH_TIMEOUT = 178, "Preauth-Timeout": Integer;
        /// Name of the network (RFC 7268 §2.7).
        NETWORK_ID_NAME = 179, "Network-Id-Name": Octets;
        /// A piece of an EAPOL announcement (RFC 7268 §2.8).
        EAPOL_ANNOUNCEMENT = 180, "EAPoL-Announcement": Octets;
        /// Homogeneous ESS identifier (RFC 7268 §2.9).
        WLAN_HESSID = 181, "WLAN-HESSID": Text;
        /// Kind of venue (RFC 7268 §2.10).
        WLAN_VENUE_INFO = 182, "WLAN-Venue-Info": Integer;
        /// Language of the venue's name (RFC 7268 §2.11).
        WLAN_VENUE_LANGUAGE = 183, "WLAN-Venue-Language": Octets;
        /// Name of the venue (RFC 7268 §2.12).
        WLAN_VENUE_NAME = 184, "WLAN-Venue-Name": Text;
        /// Why the station is sent away (RFC 7268 §2.13).
        WLAN_REASON_CODE = 185, "WLAN-Reason-Code": Integer;
        /// Cipher of unicast frames (RFC 7268 §2.14).
        WLAN_PAIRWISE_CIPHER = 186, "WLAN-Pairwise-Cipher": Integer;
        /// Cipher of group frames (RFC 7268 §2.15).
        WLAN_GROUP_CIPHER = 187, "WLAN-Group-Cipher": Integer;
        /// How keys are managed (RFC 7268 §2.16).
        WLAN_AKM_SUITE = 188, "WLAN-AKM-Suite": Integer;
        /// Cipher of group management frames (RFC 7268 §2.17).
        WLAN_GROUP_MGMT_CIPHER = 189, "WLAN-Group-Mgmt-Cipher": Integer;
        /// Radio band (RFC 7268 §2.18).
        WLAN_RF_BAND = 190, "WLAN-RF-Band": Integer;
        /// An attribute of the extended type space 241 (RFC 6929 §3.1).
        EXTENDED_TYPE_1 = 241, "Extended-Type-1": Fields;
        /// An attribute of the extended type space 242 (RFC 6929 §3.2).
        EXTENDED_TYPE_2 = 242, "Extended-Type-2": Fields;
        /// An attribute of the extended type space 243 (RFC 6929 §3.3).
        EXTENDED_TYPE_3 = 243, "Extended-Type-3": Fields;
        /// An attribute of the extended type space 244 (RFC 6929 §3.4).
        EXTENDED_TYPE_4 = 244, "Extended-Type-4": Fields;
        /// An attribute of the extended type space 245, or a piece of one (RFC 6929 §3.5).
        LONG_EXTENDED_TYPE_1 = 245, "Long-Extended-Type-1": Fields;
        /// An attribute of the extended type space 246, or a piece of one (RFC 6929 §3.6).
        LONG_EXTENDED_TYPE_2 = 246, "Long-Extended-Type-2": Fields;
    }
}
