//! Attributes (RFC 2865 §5) and their typed values.

use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use cookie_factory::combinator::slice;
use dsboot_spec::registry::radius::{
    ATTRIBUTE_HEADER_LENGTH, AUTHENTICATOR_LENGTH, MAX_VALUE_LENGTH, MIN_CHAP_CHALLENGE_LENGTH,
    attribute,
};

use super::extended::{Extended, LongExtended};
use super::hidden::UserPassword;
use super::tagged::{
    TaggedInteger, TaggedIntegerForm, TaggedText, TaggedTextForm, TunnelPassword,
    TunnelPasswordForm,
};
use super::value::{
    Chap, ChapPassword, HomeIpv4, HomeIpv4Form, Ipv6Prefix, LinkPrefix, Password, Prefix6, Vendor,
    VendorSpecific,
};
use super::{Authenticator, Packet};
use crate::dsb::Prefixed;
use crate::form::{
    Address, Address6, Exactly, Form, Integer, LongInteger, Octets, ShortInteger, units,
};
use crate::wire::{self, Out, Written};
use crate::{Error, ErrorKind, Found};

/// Text and strings have one octet at least.
type Text = Octets<1>;

//= wire.5.8
//= wire.5.18
units! {
    /// An attribute: its type and what its value means.
    ///
    /// Text is given as octets: it should be UTF-8, but nothing holds a sender to it.
    pub enum Attribute<'a> in attribute: u8, found by Packet {
        /// Name of the user: here the NAI (RFC 2865 §5.1).
        UserName(&'a [u8]): Text = USER_NAME => user_name;
        /// Password of the user, hidden (RFC 2865 §5.2).
        UserPassword(UserPassword<'a>): Password = USER_PASSWORD => user_password;
        /// CHAP identifier and response (RFC 2865 §5.3).
        ChapPassword(ChapPassword<'a>): Chap = CHAP_PASSWORD => chap_password;
        /// IPv4 address of the client (RFC 2865 §5.4).
        NasIpAddress(Ipv4Addr): Address = NAS_IP_ADDRESS => nas_ip_address;
        /// Port of the client that the user is at (RFC 2865 §5.5).
        NasPort(u32): Integer = NAS_PORT => nas_port;
        /// A `service_type` (RFC 2865 §5.6).
        ServiceType(u32): Integer = SERVICE_TYPE => service_type;
        /// What runs in the frames (RFC 2865 §5.7).
        FramedProtocol(u32): Integer = FRAMED_PROTOCOL => framed_protocol;
        /// IPv4 address of the user: the co-located care-of address or the THOAv4 (RFC 2865 §5.8).
        FramedIpAddress(Ipv4Addr): Address = FRAMED_IP_ADDRESS => framed_ip_address;
        /// Mask that goes with Framed-IP-Address (RFC 2865 §5.9).
        FramedIpNetmask(Ipv4Addr): Address = FRAMED_IP_NETMASK => framed_ip_netmask;
        /// How the user's router routes (RFC 2865 §5.10).
        FramedRouting(u32): Integer = FRAMED_ROUTING => framed_routing;
        /// Name of a filter list (RFC 2865 §5.11).
        FilterId(&'a [u8]): Text = FILTER_ID;
        /// How long a concatenated EAP packet to the user may be, in octets (RFC 2865 §5.12).
        FramedMtu(u32): Integer = FRAMED_MTU => framed_mtu;
        /// A compression protocol (RFC 2865 §5.13).
        FramedCompression(u32): Integer = FRAMED_COMPRESSION;
        /// Where to log the user in (RFC 2865 §5.14).
        LoginIpHost(Ipv4Addr): Address = LOGIN_IP_HOST;
        /// How to log the user in (RFC 2865 §5.15).
        LoginService(u32): Integer = LOGIN_SERVICE => login_service;
        /// To which port to log the user in (RFC 2865 §5.16).
        LoginTcpPort(u32): Integer = LOGIN_TCP_PORT => login_tcp_port;
        /// Text to show to the user (RFC 2865 §5.18).
        ReplyMessage(&'a [u8]): Text = REPLY_MESSAGE;
        /// Where to call the user back (RFC 2865 §5.19).
        CallbackNumber(&'a [u8]): Text = CALLBACK_NUMBER => callback_number;
        /// Name of a place to call the user back (RFC 2865 §5.20).
        CallbackId(&'a [u8]): Text = CALLBACK_ID => callback_id;
        /// A route for the user (RFC 2865 §5.22).
        FramedRoute(&'a [u8]): Text = FRAMED_ROUTE;
        /// IPX network of the user (RFC 2865 §5.23).
        FramedIpxNetwork(u32): Integer = FRAMED_IPX_NETWORK => framed_ipx_network;
        /// Ties a request to the challenge before it (RFC 2865 §5.24).
        State(&'a [u8]): Text = STATE => state;
        /// For the client's accounting (RFC 2865 §5.25).
        Class(&'a [u8]): Text = CLASS;
        /// What a vendor has to say (RFC 2865 §5.26).
        VendorSpecific(VendorSpecific<'a>): Vendor = VENDOR_SPECIFIC;
        /// How long the service lasts, in seconds; in a challenge, how long to wait for EAP (RFC 2865 §5.27).
        SessionTimeout(u32): Integer = SESSION_TIMEOUT => session_timeout;
        /// After how many idle seconds the service ends (RFC 2865 §5.28).
        IdleTimeout(u32): Integer = IDLE_TIMEOUT => idle_timeout;
        /// A `termination_action` (RFC 2865 §5.29).
        TerminationAction(u32): Integer = TERMINATION_ACTION => termination_action;
        /// Where the user called (RFC 2865 §5.30).
        CalledStationId(&'a [u8]): Text = CALLED_STATION_ID => called_station_id;
        /// Where the user calls from (RFC 2865 §5.31).
        CallingStationId(&'a [u8]): Text = CALLING_STATION_ID => calling_station_id;
        /// Name of the client (RFC 2865 §5.32).
        NasIdentifier(&'a [u8]): Text = NAS_IDENTIFIER => nas_identifier;
        /// A proxy's mark (RFC 2865 §5.33).
        ProxyState(&'a [u8]): Text = PROXY_STATE;
        /// LAT service of the user (RFC 2865 §5.34).
        LoginLatService(&'a [u8]): Text = LOGIN_LAT_SERVICE => login_lat_service;
        /// LAT node of the user (RFC 2865 §5.35).
        LoginLatNode(&'a [u8]): Text = LOGIN_LAT_NODE => login_lat_node;
        /// LAT groups of the user, a bit each (RFC 2865 §5.36).
        LoginLatGroup(&'a [u8; 32]): Exactly<32> = LOGIN_LAT_GROUP => login_lat_group;
        /// AppleTalk network of the link (RFC 2865 §5.37).
        FramedAppletalkLink(u32): Integer = FRAMED_APPLETALK_LINK => framed_appletalk_link;
        /// AppleTalk network of the user (RFC 2865 §5.38).
        FramedAppletalkNetwork(u32): Integer = FRAMED_APPLETALK_NETWORK;
        /// AppleTalk zone of the user (RFC 2865 §5.39).
        FramedAppletalkZone(&'a [u8]): Text = FRAMED_APPLETALK_ZONE => framed_appletalk_zone;
        /// An `acct_status_type` (RFC 2866 §5.1).
        AcctStatusType(u32): Integer = ACCT_STATUS_TYPE => acct_status_type;
        /// For how many seconds the client has tried to send this (RFC 2866 §5.2).
        AcctDelayTime(u32): Integer = ACCT_DELAY_TIME => acct_delay_time;
        /// Octets from the user, modulo 2^32 (RFC 2866 §5.3).
        AcctInputOctets(u32): Integer = ACCT_INPUT_OCTETS => acct_input_octets;
        /// Octets to the user, modulo 2^32 (RFC 2866 §5.4).
        AcctOutputOctets(u32): Integer = ACCT_OUTPUT_OCTETS => acct_output_octets;
        /// The session, for accounting (RFC 2866 §5.5).
        AcctSessionId(&'a [u8]): Text = ACCT_SESSION_ID => acct_session_id;
        /// An `acct_authentic` (RFC 2866 §5.6).
        AcctAuthentic(u32): Integer = ACCT_AUTHENTIC => acct_authentic;
        /// How long the session has lasted, in seconds (RFC 2866 §5.7).
        AcctSessionTime(u32): Integer = ACCT_SESSION_TIME => acct_session_time;
        /// Packets from the user (RFC 2866 §5.8).
        AcctInputPackets(u32): Integer = ACCT_INPUT_PACKETS => acct_input_packets;
        /// Packets to the user (RFC 2866 §5.9).
        AcctOutputPackets(u32): Integer = ACCT_OUTPUT_PACKETS => acct_output_packets;
        /// An `acct_terminate_cause` (RFC 2866 §5.10).
        AcctTerminateCause(u32): Integer = ACCT_TERMINATE_CAUSE => acct_terminate_cause;
        /// Several sessions, for accounting (RFC 2866 §5.11).
        AcctMultiSessionId(&'a [u8]): Text = ACCT_MULTI_SESSION_ID => acct_multi_session_id;
        /// Links of those sessions (RFC 2866 §5.12).
        AcctLinkCount(u32): Integer = ACCT_LINK_COUNT => acct_link_count;
        /// How often Acct-Input-Octets wrapped (RFC 2869 §5.1).
        AcctInputGigawords(u32): Integer = ACCT_INPUT_GIGAWORDS => acct_input_gigawords;
        /// How often Acct-Output-Octets wrapped (RFC 2869 §5.2).
        AcctOutputGigawords(u32): Integer = ACCT_OUTPUT_GIGAWORDS => acct_output_gigawords;
        /// When it happened, in seconds since 1970 (RFC 2869 §5.3).
        EventTimestamp(u32): Integer = EVENT_TIMESTAMP => event_timestamp;
        /// A VLAN of the port, and whether it is tagged (RFC 4675 §2.1).
        EgressVlanid(u32): Integer = EGRESS_VLANID;
        /// Whether frames of other VLANs are dropped (RFC 4675 §2.2).
        IngressFilters(u32): Integer = INGRESS_FILTERS => ingress_filters;
        /// A VLAN of the port by name, and whether it is tagged (RFC 4675 §2.3).
        EgressVlanName(&'a [u8]): Text = EGRESS_VLAN_NAME;
        /// What becomes of each user priority (RFC 4675 §2.4).
        UserPriorityTable(&'a [u8; 8]): Exactly<8> = USER_PRIORITY_TABLE => user_priority_table;
        /// The challenge that CHAP-Password answers (RFC 2865 §5.40).
        ChapChallenge(&'a [u8]): Octets<MIN_CHAP_CHALLENGE_LENGTH> = CHAP_CHALLENGE => chap_challenge;
        /// A `nas_port_type` (RFC 2865 §5.41).
        NasPortType(u32): Integer = NAS_PORT_TYPE => nas_port_type;
        /// How many ports the user may have (RFC 2865 §5.42).
        PortLimit(u32): Integer = PORT_LIMIT => port_limit;
        /// LAT port of the user (RFC 2865 §5.43).
        LoginLatPort(&'a [u8]): Text = LOGIN_LAT_PORT => login_lat_port;
        /// A `tunnel_type` (RFC 2868 §3.1).
        TunnelType(TaggedInteger): TaggedIntegerForm = TUNNEL_TYPE;
        /// A `tunnel_medium_type` (RFC 2868 §3.2).
        TunnelMediumType(TaggedInteger): TaggedIntegerForm = TUNNEL_MEDIUM_TYPE;
        /// The tunnel's near end, an address or a name (RFC 2868 §3.3).
        TunnelClientEndpoint(TaggedText<'a>): TaggedTextForm = TUNNEL_CLIENT_ENDPOINT;
        /// The tunnel's far end, an address or a name (RFC 2868 §3.4).
        TunnelServerEndpoint(TaggedText<'a>): TaggedTextForm = TUNNEL_SERVER_ENDPOINT;
        /// The tunnel session, for accounting (RFC 2867 §4.1).
        AcctTunnelConnection(&'a [u8]): Text = ACCT_TUNNEL_CONNECTION => acct_tunnel_connection;
        /// Password of the tunnel, hidden (RFC 2868 §3.5).
        TunnelPassword(TunnelPassword<'a>): TunnelPasswordForm = TUNNEL_PASSWORD;
        /// ARAP challenge response (RFC 2869 §5.4).
        ArapPassword(&'a [u8; 16]): Exactly<16> = ARAP_PASSWORD => arap_password;
        /// What an ARAP user may do with passwords (RFC 2869 §5.5).
        ArapFeatures(&'a [u8; 14]): Exactly<14> = ARAP_FEATURES => arap_features;
        /// Which AppleTalk zones the user may reach (RFC 2869 §5.6).
        ArapZoneAccess(u32): Integer = ARAP_ZONE_ACCESS => arap_zone_access;
        /// An ARAP security module (RFC 2869 §5.7).
        ArapSecurity(u32): Integer = ARAP_SECURITY => arap_security;
        /// Challenge or response of that module (RFC 2869 §5.8).
        ArapSecurityData(&'a [u8]): Text = ARAP_SECURITY_DATA;
        /// How often the user may try again (RFC 2869 §5.9).
        PasswordRetry(u32): Integer = PASSWORD_RETRY => password_retry;
        /// Whether to echo what the user types (RFC 2869 §5.10).
        Prompt(u32): Integer = PROMPT => prompt;
        /// What the connection of the user is like (RFC 2869 §5.11).
        ConnectInfo(&'a [u8]): Text = CONNECT_INFO;
        /// A kind of user profile, between servers (RFC 2869 §5.12).
        ConfigurationToken(&'a [u8]): Text = CONFIGURATION_TOKEN;
        /// A piece of an EAP packet; empty, on its own, to ask for the start of EAP (RFC 3579 §3.1).
        EapMessage(&'a [u8]): Octets<0> = EAP_MESSAGE;
        /// HMAC-MD5 over the packet (RFC 3579 §3.2).
        MessageAuthenticator(&'a Authenticator): Exactly<AUTHENTICATOR_LENGTH> = MESSAGE_AUTHENTICATOR;
        /// The group that the tunnel session is of, such as a VLAN (RFC 2868 §3.6).
        TunnelPrivateGroupId(TaggedText<'a>): TaggedTextForm = TUNNEL_PRIVATE_GROUP_ID;
        /// Which tunnel the session goes into (RFC 2868 §3.7).
        TunnelAssignmentId(TaggedText<'a>): TaggedTextForm = TUNNEL_ASSIGNMENT_ID;
        /// The lower the more preferred (RFC 2868 §3.8).
        TunnelPreference(TaggedInteger): TaggedIntegerForm = TUNNEL_PREFERENCE;
        /// Response to the ARAP user's challenge (RFC 2869 §5.15).
        ArapChallengeResponse(&'a [u8; 8]): Exactly<8> = ARAP_CHALLENGE_RESPONSE => arap_challenge_response;
        /// Seconds between interim updates (RFC 2869 §5.16).
        AcctInterimInterval(u32): Integer = ACCT_INTERIM_INTERVAL => acct_interim_interval;
        /// Packets lost on the link (RFC 2867 §4.2).
        AcctTunnelPacketsLost(u32): Integer = ACCT_TUNNEL_PACKETS_LOST => acct_tunnel_packets_lost;
        /// Port of the client that the user is at, as text (RFC 2869 §5.17).
        NasPortId(&'a [u8]): Text = NAS_PORT_ID => nas_port_id;
        /// Name of a pool to take an address from (RFC 2869 §5.18).
        FramedPool(&'a [u8]): Text = FRAMED_POOL => framed_pool;
        /// Who pays; one zero octet asks for it (RFC 4372 §2.2).
        ChargeableUserIdentity(&'a [u8]): Text = CHARGEABLE_USER_IDENTITY => chargeable_user_identity;
        /// Name of the tunnel's near end (RFC 2868 §3.9).
        TunnelClientAuthId(TaggedText<'a>): TaggedTextForm = TUNNEL_CLIENT_AUTH_ID;
        /// Name of the tunnel's far end (RFC 2868 §3.10).
        TunnelServerAuthId(TaggedText<'a>): TaggedTextForm = TUNNEL_SERVER_AUTH_ID;
        /// A piece of a list of filter rules (RFC 4849 §2).
        NasFilterRule(&'a [u8]): Text = NAS_FILTER_RULE;
        /// Kind of line that the call comes from (RFC 7155 §4.2.8).
        OriginatingLineInfo(&'a [u8]): Text = ORIGINATING_LINE_INFO => originating_line_info;
        /// IPv6 address of the client (RFC 3162 §2.1).
        NasIpv6Address(Ipv6Addr): Address6 = NAS_IPV6_ADDRESS => nas_ipv6_address;
        /// Interface identifier of the user (RFC 3162 §2.2).
        FramedInterfaceId(u64): LongInteger = FRAMED_INTERFACE_ID => framed_interface_id;
        /// A prefix for the user; in a request, the prefix that the client can serve (RFC 3162 §2.3).
        FramedIpv6Prefix(Ipv6Prefix): Prefix6 = FRAMED_IPV6_PREFIX;
        /// Where to log the user in (RFC 3162 §2.4).
        LoginIpv6Host(Ipv6Addr): Address6 = LOGIN_IPV6_HOST;
        /// An IPv6 route for the user (RFC 3162 §2.5).
        FramedIpv6Route(&'a [u8]): Text = FRAMED_IPV6_ROUTE;
        /// Name of a pool to take a prefix from (RFC 3162 §2.6).
        FramedIpv6Pool(&'a [u8]): Text = FRAMED_IPV6_POOL => framed_ipv6_pool;
        /// An `error_cause` (RFC 5176 §3.5).
        ErrorCause(u32): Integer = ERROR_CAUSE => error_cause;
        /// Name of the EAP session's keys; a single NUL to ask for it (RFC 7268 §2.2).
        EapKeyName(&'a [u8]): Text = EAP_KEY_NAME => eap_key_name;
        /// HTTP digest: response (RFC 5090 §3.1).
        DigestResponse(&'a [u8]): Text = DIGEST_RESPONSE => digest_response;
        /// HTTP digest: realm (RFC 5090 §3.2).
        DigestRealm(&'a [u8]): Text = DIGEST_REALM => digest_realm;
        /// HTTP digest: nonce (RFC 5090 §3.3).
        DigestNonce(&'a [u8]): Text = DIGEST_NONCE => digest_nonce;
        /// HTTP digest: rspauth (RFC 5090 §3.4).
        DigestResponseAuth(&'a [u8]): Text = DIGEST_RESPONSE_AUTH => digest_response_auth;
        /// HTTP digest: nextnonce (RFC 5090 §3.5).
        DigestNextnonce(&'a [u8]): Text = DIGEST_NEXTNONCE => digest_nextnonce;
        /// HTTP digest: method (RFC 5090 §3.6).
        DigestMethod(&'a [u8]): Text = DIGEST_METHOD => digest_method;
        /// HTTP digest: URI (RFC 5090 §3.7).
        DigestUri(&'a [u8]): Text = DIGEST_URI => digest_uri;
        /// HTTP digest: qop (RFC 5090 §3.8).
        DigestQop(&'a [u8]): Text = DIGEST_QOP;
        /// HTTP digest: algorithm (RFC 5090 §3.9).
        DigestAlgorithm(&'a [u8]): Text = DIGEST_ALGORITHM => digest_algorithm;
        /// HTTP digest: hash of the body (RFC 5090 §3.10).
        DigestEntityBodyHash(&'a [u8]): Text = DIGEST_ENTITY_BODY_HASH => digest_entity_body_hash;
        /// HTTP digest: cnonce (RFC 5090 §3.11).
        DigestCnonce(&'a [u8]): Text = DIGEST_CNONCE => digest_cnonce;
        /// HTTP digest: nc (RFC 5090 §3.12).
        DigestNonceCount(&'a [u8]): Text = DIGEST_NONCE_COUNT => digest_nonce_count;
        /// HTTP digest: user name (RFC 5090 §3.13).
        DigestUsername(&'a [u8]): Text = DIGEST_USERNAME => digest_username;
        /// HTTP digest: opaque (RFC 5090 §3.14).
        DigestOpaque(&'a [u8]): Text = DIGEST_OPAQUE => digest_opaque;
        /// HTTP digest: another parameter (RFC 5090 §3.15).
        DigestAuthParam(&'a [u8]): Text = DIGEST_AUTH_PARAM;
        /// HTTP digest: auts (RFC 5090 §3.16).
        DigestAkaAuts(&'a [u8]): Text = DIGEST_AKA_AUTS => digest_aka_auts;
        /// HTTP digest: domain (RFC 5090 §3.17).
        DigestDomain(&'a [u8]): Text = DIGEST_DOMAIN;
        /// HTTP digest: stale (RFC 5090 §3.18).
        DigestStale(&'a [u8]): Text = DIGEST_STALE => digest_stale;
        /// HTTP digest: H(A1) (RFC 5090 §3.19).
        DigestHa1(&'a [u8]): Text = DIGEST_HA1 => digest_ha1;
        /// SIP address of record (RFC 5090 §3.20).
        SipAor(&'a [u8]): Text = SIP_AOR => sip_aor;
        /// A prefix that the user may delegate (RFC 4818 §3).
        DelegatedIpv6Prefix(Ipv6Prefix): Prefix6 = DELEGATED_IPV6_PREFIX;
        /// What the client or server can do for Mobile IPv6, a `mip6_feature` (RFC 5447 §4.2.5).
        Mip6FeatureVector(u64): LongInteger = MIP6_FEATURE_VECTOR => mip6_feature_vector;
        /// The mobile node's home prefix (RFC 5447 §4.2.4).
        Mip6HomeLinkPrefix(Prefixed<Ipv6Addr>): LinkPrefix = MIP6_HOME_LINK_PREFIX => mip6_home_link_prefix;
        /// Who runs the access network: name space and name (RFC 5580 §4.1).
        OperatorName(&'a [u8]): Text = OPERATOR_NAME => operator_name;
        /// About the location that is told (RFC 5580 §4.2).
        LocationInformation(&'a [u8]): Text = LOCATION_INFORMATION;
        /// A location (RFC 5580 §4.3).
        LocationData(&'a [u8]): Text = LOCATION_DATA;
        /// What may be done with the location (RFC 5580 §4.4).
        BasicLocationPolicyRules(&'a [u8]): Text = BASIC_LOCATION_POLICY_RULES => basic_location_policy_rules;
        /// Where the rest of these rules is (RFC 5580 §4.5).
        ExtendedLocationPolicyRules(&'a [u8]): Text = EXTENDED_LOCATION_POLICY_RULES => extended_location_policy_rules;
        /// Which locations the client can tell (RFC 5580 §4.6).
        LocationCapable(u32): Integer = LOCATION_CAPABLE => location_capable;
        /// Which locations are wanted (RFC 5580 §4.7).
        RequestedLocationInfo(u32): Integer = REQUESTED_LOCATION_INFO => requested_location_info;
        /// A management protocol in frames (RFC 5607 §6.1).
        FramedManagementProtocol(u32): Integer = FRAMED_MANAGEMENT_PROTOCOL => framed_management_protocol;
        /// How it has to be protected (RFC 5607 §6.2).
        ManagementTransportProtection(u32): Integer = MANAGEMENT_TRANSPORT_PROTECTION => management_transport_protection;
        /// Name of an access policy (RFC 5607 §6.3).
        ManagementPolicyId(&'a [u8]): Text = MANAGEMENT_POLICY_ID;
        /// Privilege of the user (RFC 5607 §6.4).
        ManagementPrivilegeLevel(u32): Integer = MANAGEMENT_PRIVILEGE_LEVEL => management_privilege_level;
        /// A piece of the subscriber station's certificate (RFC 5904 §3.1).
        PkmSsCert(&'a [u8]): Text = PKM_SS_CERT;
        /// A piece of the certificate authority's certificate (RFC 5904 §3.2).
        PkmCaCert(&'a [u8]): Text = PKM_CA_CERT;
        /// Timers of PKM (RFC 5904 §3.3).
        PkmConfigSettings(&'a [u8]): Text = PKM_CONFIG_SETTINGS => pkm_config_settings;
        /// Which ciphers the station has (RFC 5904 §3.4).
        PkmCryptosuiteList(&'a [u8]): Text = PKM_CRYPTOSUITE_LIST => pkm_cryptosuite_list;
        /// Identifier of a security association (RFC 5904 §3.5).
        PkmSaid(u16): ShortInteger = PKM_SAID => pkm_said;
        /// A security association (RFC 5904 §3.6).
        PkmSaDescriptor(&'a [u8]): Text = PKM_SA_DESCRIPTOR;
        /// Authorization key, encrypted (RFC 5904 §3.7).
        PkmAuthKey(&'a [u8]): Text = PKM_AUTH_KEY => pkm_auth_key;
        /// Name of the far end of a DS-Lite tunnel (RFC 6519 §4.1).
        DsLiteTunnelName(&'a [u8]): Text = DS_LITE_TUNNEL_NAME => ds_lite_tunnel_name;
        /// Who the mobile node is to its mobility anchor (RFC 6572 §4.2).
        MobileNodeIdentifier(&'a [u8]): Text = MOBILE_NODE_IDENTIFIER => mobile_node_identifier;
        /// The service that the mobile node is to get (RFC 6572 §4.3).
        ServiceSelection(&'a [u8]): Text = SERVICE_SELECTION => service_selection;
        /// The mobility anchor at home (RFC 6572 §4.4).
        Pmip6HomeLmaIpv6Address(Ipv6Addr): Address6 = PMIP6_HOME_LMA_IPV6_ADDRESS => pmip6_home_lma_ipv6_address;
        /// The mobility anchor where the mobile node is (RFC 6572 §4.5).
        Pmip6VisitedLmaIpv6Address(Ipv6Addr): Address6 = PMIP6_VISITED_LMA_IPV6_ADDRESS => pmip6_visited_lma_ipv6_address;
        /// The mobility anchor at home (RFC 6572 §4.6).
        Pmip6HomeLmaIpv4Address(Ipv4Addr): Address = PMIP6_HOME_LMA_IPV4_ADDRESS => pmip6_home_lma_ipv4_address;
        /// The mobility anchor where the mobile node is (RFC 6572 §4.7).
        Pmip6VisitedLmaIpv4Address(Ipv4Addr): Address = PMIP6_VISITED_LMA_IPV4_ADDRESS => pmip6_visited_lma_ipv4_address;
        /// A home network prefix of the anchor at home (RFC 6572 §4.8).
        Pmip6HomeHnPrefix(Ipv6Prefix): Prefix6 = PMIP6_HOME_HN_PREFIX;
        /// A home network prefix of the visited anchor (RFC 6572 §4.9).
        Pmip6VisitedHnPrefix(Ipv6Prefix): Prefix6 = PMIP6_VISITED_HN_PREFIX;
        /// Interface identifier that goes with it (RFC 6572 §4.10).
        Pmip6HomeInterfaceId(u64): LongInteger = PMIP6_HOME_INTERFACE_ID => pmip6_home_interface_id;
        /// Interface identifier that goes with it (RFC 6572 §4.11).
        Pmip6VisitedInterfaceId(u64): LongInteger = PMIP6_VISITED_INTERFACE_ID => pmip6_visited_interface_id;
        /// The IPv4 home address of the anchor at home (RFC 6572 §4.12).
        Pmip6HomeIpv4Hoa(HomeIpv4): HomeIpv4Form = PMIP6_HOME_IPV4_HOA => pmip6_home_ipv4_hoa;
        /// The IPv4 home address of the visited anchor (RFC 6572 §4.13).
        Pmip6VisitedIpv4Hoa(HomeIpv4): HomeIpv4Form = PMIP6_VISITED_IPV4_HOA => pmip6_visited_ipv4_hoa;
        /// A DHCPv4 server (RFC 6572 §4.14).
        Pmip6HomeDhcp4ServerAddress(Ipv4Addr): Address = PMIP6_HOME_DHCP4_SERVER_ADDRESS => pmip6_home_dhcp4_server_address;
        /// A DHCPv4 server (RFC 6572 §4.15).
        Pmip6VisitedDhcp4ServerAddress(Ipv4Addr): Address = PMIP6_VISITED_DHCP4_SERVER_ADDRESS => pmip6_visited_dhcp4_server_address;
        /// A DHCPv6 server (RFC 6572 §4.16).
        Pmip6HomeDhcp6ServerAddress(Ipv6Addr): Address6 = PMIP6_HOME_DHCP6_SERVER_ADDRESS => pmip6_home_dhcp6_server_address;
        /// A DHCPv6 server (RFC 6572 §4.17).
        Pmip6VisitedDhcp6ServerAddress(Ipv6Addr): Address6 = PMIP6_VISITED_DHCP6_SERVER_ADDRESS => pmip6_visited_dhcp6_server_address;
        /// The mobile node's IPv4 router (RFC 6572 §4.20).
        Pmip6HomeIpv4Gateway(Ipv4Addr): Address = PMIP6_HOME_IPV4_GATEWAY => pmip6_home_ipv4_gateway;
        /// The mobile node's IPv4 router (RFC 6572 §4.21).
        Pmip6VisitedIpv4Gateway(Ipv4Addr): Address = PMIP6_VISITED_IPV4_GATEWAY => pmip6_visited_ipv4_gateway;
        /// What carries the EAP packets (RFC 6677 §7.2).
        EapLowerLayer(u32): Integer = EAP_LOWER_LAYER => eap_lower_layer;
        /// Service name of the acceptor (RFC 7055 §7.4).
        GssAcceptorServiceName(&'a [u8]): Text = GSS_ACCEPTOR_SERVICE_NAME => gss_acceptor_service_name;
        /// Host name of the acceptor (RFC 7055 §7.4).
        GssAcceptorHostName(&'a [u8]): Text = GSS_ACCEPTOR_HOST_NAME => gss_acceptor_host_name;
        /// More of the acceptor's name (RFC 7055 §7.4).
        GssAcceptorServiceSpecifics(&'a [u8]): Text = GSS_ACCEPTOR_SERVICE_SPECIFICS => gss_acceptor_service_specifics;
        /// Realm of the acceptor (RFC 7055 §7.4).
        GssAcceptorRealmName(&'a [u8]): Text = GSS_ACCEPTOR_REALM_NAME => gss_acceptor_realm_name;
        /// An IPv6 address of the user (RFC 6911 §3.1).
        FramedIpv6Address(Ipv6Addr): Address6 = FRAMED_IPV6_ADDRESS;
        /// A name server for the user (RFC 6911 §3.2).
        DnsServerIpv6Address(Ipv6Addr): Address6 = DNS_SERVER_IPV6_ADDRESS;
        /// An IPv6 route for the user (RFC 6911 §3.3).
        RouteIpv6Information(Ipv6Prefix): Prefix6 = ROUTE_IPV6_INFORMATION;
        /// Name of a pool to take a prefix to delegate from (RFC 6911 §3.4).
        DelegatedIpv6PrefixPool(&'a [u8]): Text = DELEGATED_IPV6_PREFIX_POOL => delegated_ipv6_prefix_pool;
        /// Name of a pool to take an address from (RFC 6911 §3.5).
        StatefulIpv6AddressPool(&'a [u8]): Text = STATEFUL_IPV6_ADDRESS_POOL => stateful_ipv6_address_pool;
        /// 6rd configuration (RFC 6930 §4.1).
        Ipv66rdConfiguration(&'a [u8]): Text = IPV6_6RD_CONFIGURATION => ipv6_6rd_configuration;
        /// Where the user may be (RFC 7268 §2.1).
        AllowedCalledStationId(&'a [u8]): Text = ALLOWED_CALLED_STATION_ID;
        /// Peer-Id of the EAP method (RFC 7268 §2.3).
        EapPeerId(&'a [u8]): Text = EAP_PEER_ID;
        /// Server-Id of the EAP method (RFC 7268 §2.4).
        EapServerId(&'a [u8]): Text = EAP_SERVER_ID;
        /// Mobility domain of a wireless LAN (RFC 7268 §2.5).
        MobilityDomainId(u32): Integer = MOBILITY_DOMAIN_ID => mobility_domain_id;
        /// Seconds that a pre-authentication lasts (RFC 7268 §2.6).
        PreauthTimeout(u32): Integer = PREAUTH_TIMEOUT => preauth_timeout;
        /// Name of the network (RFC 7268 §2.7).
        NetworkIdName(&'a [u8]): Text = NETWORK_ID_NAME => network_id_name;
        /// A piece of an EAPOL announcement (RFC 7268 §2.8).
        EapolAnnouncement(&'a [u8]): Text = EAPOL_ANNOUNCEMENT;
        /// Homogeneous ESS identifier (RFC 7268 §2.9).
        WlanHessid(&'a [u8]): Text = WLAN_HESSID => wlan_hessid;
        /// Kind of venue (RFC 7268 §2.10).
        WlanVenueInfo(u32): Integer = WLAN_VENUE_INFO => wlan_venue_info;
        /// Language of the venue's name (RFC 7268 §2.11).
        WlanVenueLanguage(&'a [u8]): Text = WLAN_VENUE_LANGUAGE => wlan_venue_language;
        /// Name of the venue (RFC 7268 §2.12).
        WlanVenueName(&'a [u8]): Text = WLAN_VENUE_NAME;
        /// Why the station is sent away (RFC 7268 §2.13).
        WlanReasonCode(u32): Integer = WLAN_REASON_CODE => wlan_reason_code;
        /// Cipher of unicast frames (RFC 7268 §2.14).
        WlanPairwiseCipher(u32): Integer = WLAN_PAIRWISE_CIPHER => wlan_pairwise_cipher;
        /// Cipher of group frames (RFC 7268 §2.15).
        WlanGroupCipher(u32): Integer = WLAN_GROUP_CIPHER => wlan_group_cipher;
        /// How keys are managed (RFC 7268 §2.16).
        WlanAkmSuite(u32): Integer = WLAN_AKM_SUITE => wlan_akm_suite;
        /// Cipher of group management frames (RFC 7268 §2.17).
        WlanGroupMgmtCipher(u32): Integer = WLAN_GROUP_MGMT_CIPHER => wlan_group_mgmt_cipher;
        /// Radio band (RFC 7268 §2.18).
        WlanRfBand(u32): Integer = WLAN_RF_BAND => wlan_rf_band;
    }
    /// An attribute of an extended type space (RFC 6929 §2.1).
    with Extended(Extended<'a>) for [EXTENDED_TYPE_1, EXTENDED_TYPE_2, EXTENDED_TYPE_3, EXTENDED_TYPE_4]
    /// An attribute of a long extended type space, or a piece of one (RFC 6929 §2.2).
    with LongExtended(LongExtended<'a>) for [LONG_EXTENDED_TYPE_1, LONG_EXTENDED_TYPE_2]
}

impl Attribute<'_> {
    /// Type, Length and Value as they stand in a packet.
    ///
    /// # Errors
    /// When the value is longer than 253 octets, or does not have the form of its type.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut octets = Vec::new();
        self.append(&mut octets).map(|()| octets)
    }

    /// Appends Type, Length and Value to a packet. The offset of an error counts from the start
    /// of the attribute.
    pub(super) fn append(&self, octets: &mut Vec<u8>) -> Result<(), Error> {
        let start = octets.len();
        append(octets, self.kind(), MAX_VALUE_LENGTH, |out| self.write(out))?;
        //= wire.5.4
        if self.holds() {
            return Ok(());
        }
        octets.truncate(start);
        Err(Error::new(ErrorKind::BadValue, ATTRIBUTE_HEADER_LENGTH, "wire.5.4"))
    }
}

/// Appends a unit of one octet of type, one of length (with both) and at most `longest` of value.
pub(super) fn append(
    octets: &mut Vec<u8>,
    kind: u8,
    longest: usize,
    value: impl FnOnce(Out<'_>) -> Written<'_>,
) -> Result<(), Error> {
    let start = octets.len();
    wire::append(octets, |out| value(slice([kind, 0])(out)?));
    let length = octets.len() - start;
    //= wire.5.5
    let fits = length <= ATTRIBUTE_HEADER_LENGTH + longest;
    if let (Ok(length), true, Some(field)) = (u8::try_from(length), fits, octets.get_mut(start + 1))
    {
        *field = length;
        return Ok(());
    }
    octets.truncate(start);
    Err(Error::new(ErrorKind::TooLong, 1, "wire.5.5"))
}
