//! The values of attributes.

code_points! {
    /// Values of Service-Type (RFC 2865 §5.6).
    pub mod service_type: u32 {
        /// A login session.
        LOGIN = 1, "Login";
        /// A protocol in frames, such as PPP.
        FRAMED = 2, "Framed";
        /// The user is called back for a login session.
        CALLBACK_LOGIN = 3, "Callback-Login";
        /// The user is called back for a protocol in frames.
        CALLBACK_FRAMED = 4, "Callback-Framed";
        /// The user reaches other hosts.
        OUTBOUND = 5, "Outbound";
        /// The user may administer the client.
        ADMINISTRATIVE = 6, "Administrative";
        /// The user may give commands to the client.
        NAS_PROMPT = 7, "NAS-Prompt";
        /// Only authenticate, give no service.
        AUTHENTICATE_ONLY = 8, "Authenticate-Only";
        /// The user is called back to give commands.
        CALLBACK_NAS_PROMPT = 9, "Callback-NAS-Prompt";
        /// Is the call to be taken?
        CALL_CHECK = 10, "Call-Check";
        /// The user is called back to administer.
        CALLBACK_ADMINISTRATIVE = 11, "Callback-Administrative";
        /// Only authorize (RFC 5176 §3.1).
        AUTHORIZE_ONLY = 17, "Authorize-Only";
    }
}

code_points! {
    /// Values of Framed-Protocol (RFC 2865 §5.7).
    pub mod framed_protocol: u32 {
        /// PPP.
        PPP = 1, "PPP";
        /// SLIP.
        SLIP = 2, "SLIP";
        /// AppleTalk remote access.
        ARAP = 3, "ARAP";
        /// A vendor's own.
        GANDALF = 4, "Gandalf-SLML";
        /// A vendor's own.
        XYLOGICS = 5, "Xylogics-IPX-SLIP";
        /// X.75.
        X75 = 6, "X.75-Synchronous";
    }
}

code_points! {
    /// Values of Framed-Routing (RFC 2865 §5.10).
    pub mod framed_routing: u32 {
        /// None.
        NONE = 0, "None";
        /// Sends routing packets.
        SEND = 1, "Broadcast";
        /// Listens to routing packets.
        LISTEN = 2, "Listen";
        /// Both.
        BOTH = 3, "Broadcast-Listen";
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
        /// A modem.
        ASYNC = 0, "Async";
        /// A synchronous line.
        SYNC = 1, "Sync";
        /// ISDN.
        ISDN = 2, "ISDN";
        /// ISDN with V.120.
        ISDN_V120 = 3, "ISDN-V120";
        /// ISDN with V.110.
        ISDN_V110 = 4, "ISDN-V110";
        /// No physical port.
        VIRTUAL = 5, "Virtual";
        /// PIAFS.
        PIAFS = 6, "PIAFS";
        /// HDLC.
        HDLC = 7, "HDLC-Clear-Channel";
        /// X.25.
        X25 = 8, "X.25";
        /// X.75.
        X75 = 9, "X.75";
        /// Fax.
        G3_FAX = 10, "G.3-Fax";
        /// Symmetric DSL.
        SDSL = 11, "SDSL";
        /// ADSL with CAP.
        ADSL_CAP = 12, "ADSL-CAP";
        /// ADSL with DMT.
        ADSL_DMT = 13, "ADSL-DMT";
        /// ISDN DSL.
        IDSL = 14, "IDSL";
        /// A wire.
        ETHERNET = 15, "Ethernet";
        /// DSL of a kind without a number of its own.
        XDSL = 16, "xDSL";
        /// A cable network.
        CABLE = 17, "Cable";
        /// Radio of a kind without a number of its own.
        WIRELESS_OTHER = 18, "Wireless-Other";
        /// Wireless LAN.
        WIRELESS_802_11 = 19, "Wireless-802.11";
    }
}

code_points! {
    /// Values of Acct-Status-Type (RFC 2866 §5.1).
    pub mod acct_status_type: u32 {
        /// The session begins.
        START = 1, "Start";
        /// The session has ended.
        STOP = 2, "Stop";
        /// The session goes on.
        INTERIM_UPDATE = 3, "Interim-Update";
        /// The client begins to account.
        ACCOUNTING_ON = 7, "Accounting-On";
        /// The client ends to account.
        ACCOUNTING_OFF = 8, "Accounting-Off";
        /// A tunnel begins (RFC 2867 §3.1).
        TUNNEL_START = 9, "Tunnel-Start";
        /// A tunnel has ended (RFC 2867 §3.2).
        TUNNEL_STOP = 10, "Tunnel-Stop";
        /// A tunnel was refused (RFC 2867 §3.3).
        TUNNEL_REJECT = 11, "Tunnel-Reject";
        /// A link in a tunnel begins (RFC 2867 §3.4).
        TUNNEL_LINK_START = 12, "Tunnel-Link-Start";
        /// A link in a tunnel has ended (RFC 2867 §3.5).
        TUNNEL_LINK_STOP = 13, "Tunnel-Link-Stop";
        /// A link in a tunnel was refused (RFC 2867 §3.6).
        TUNNEL_LINK_REJECT = 14, "Tunnel-Link-Reject";
        /// Reserved.
        FAILED = 15, "Failed";
    }
}

code_points! {
    /// Values of Acct-Authentic (RFC 2866 §5.6).
    pub mod acct_authentic: u32 {
        /// By RADIUS.
        RADIUS = 1, "RADIUS";
        /// By the client itself.
        LOCAL = 2, "Local";
        /// By another protocol.
        REMOTE = 3, "Remote";
    }
}

code_points! {
    /// Values of Acct-Terminate-Cause (RFC 2866 §5.10).
    pub mod acct_terminate_cause: u32 {
        /// The user asked.
        USER_REQUEST = 1, "User-Request";
        /// The line broke.
        LOST_CARRIER = 2, "Lost-Carrier";
        /// The service went.
        LOST_SERVICE = 3, "Lost-Service";
        /// Nothing was sent for too long.
        IDLE_TIMEOUT = 4, "Idle-Timeout";
        /// The time was over.
        SESSION_TIMEOUT = 5, "Session-Timeout";
        /// The administrator reset the port.
        ADMIN_RESET = 6, "Admin-Reset";
        /// The administrator is ending the service.
        ADMIN_REBOOT = 7, "Admin-Reboot";
        /// The port failed.
        PORT_ERROR = 8, "Port-Error";
        /// The client failed.
        NAS_ERROR = 9, "NAS-Error";
        /// The client ended it without a failure.
        NAS_REQUEST = 10, "NAS-Request";
        /// The client ended it to restart.
        NAS_REBOOT = 11, "NAS-Reboot";
        /// The port was not needed.
        PORT_UNNEEDED = 12, "Port-Unneeded";
        /// The port was needed otherwise.
        PORT_PREEMPTED = 13, "Port-Preempted";
        /// The session is suspended.
        PORT_SUSPENDED = 14, "Port-Suspended";
        /// The service cannot be given.
        SERVICE_UNAVAILABLE = 15, "Service-Unavailable";
        /// The user is to be called back.
        CALLBACK = 16, "Callback";
        /// The user did something wrong.
        USER_ERROR = 17, "User-Error";
        /// The host ended it.
        HOST_REQUEST = 18, "Host-Request";
    }
}

code_points! {
    /// Values of Tunnel-Type (RFC 2868 §3.1).
    pub mod tunnel_type: u32 {
        /// PPTP.
        PPTP = 1, "PPTP";
        /// L2F.
        L2F = 2, "L2F";
        /// L2TP.
        L2TP = 3, "L2TP";
        /// ATMP.
        ATMP = 4, "ATMP";
        /// VTP.
        VTP = 5, "VTP";
        /// IP authentication header in tunnel mode.
        AH = 6, "AH";
        /// IP in IP (RFC 2003).
        IP_IP = 7, "IP-IP";
        /// Minimal encapsulation (RFC 2004).
        MIN_IP_IP = 8, "MIN-IP-IP";
        /// ESP in tunnel mode.
        ESP = 9, "ESP";
        /// GRE.
        GRE = 10, "GRE";
        /// Bay dial virtual services.
        DVS = 11, "DVS";
        /// IP in IP tunnelling (RFC 1853).
        IP_IN_IP = 12, "IP-in-IP";
        /// A VLAN (RFC 3580 §3.31).
        VLAN = 13, "VLAN";
    }
}

code_points! {
    /// Values of Tunnel-Medium-Type (RFC 2868 §3.2).
    pub mod tunnel_medium_type: u32 {
        /// IPv4.
        IPV4 = 1, "IPv4";
        /// IPv6.
        IPV6 = 2, "IPv6";
        /// NSAP.
        NSAP = 3, "NSAP";
        /// HDLC.
        HDLC = 4, "HDLC";
        /// BBN-1822.
        BBN_1822 = 5, "BBN-1822";
        /// IEEE-802.
        IEEE_802 = 6, "IEEE-802";
        /// E.163.
        E_163 = 7, "E.163";
        /// E.164.
        E_164 = 8, "E.164";
        /// F.69.
        F_69 = 9, "F.69";
        /// X.121.
        X_121 = 10, "X.121";
        /// IPX.
        IPX = 11, "IPX";
        /// Appletalk.
        APPLETALK = 12, "Appletalk";
        /// DecNet-IV.
        DECNET_IV = 13, "DecNet-IV";
        /// Banyan-Vines.
        BANYAN_VINES = 14, "Banyan-Vines";
        /// E.164-NSAP.
        E_164_NSAP = 15, "E.164-NSAP";
    }
}

code_points! {
    /// Bits of MIP6-Feature-Vector (RFC 5447 §4.2.5).
    pub mod mip6_feature: u64 {
        /// Integrated bootstrapping of Mobile IPv6 (RFC 5447 §4.2.5).
        MIP6_INTEGRATED = 0x0000_0000_0000_0001, "MIP6_INTEGRATED";
        /// A home agent can be assigned where the mobile node is (RFC 5447 §4.2.5).
        LOCAL_HOME_AGENT_ASSIGNMENT = 0x0000_0000_0000_0002, "LOCAL_HOME_AGENT_ASSIGNMENT";
        /// Proxy Mobile IPv6 (RFC 5779 §5.5).
        PMIP6_SUPPORTED = 0x0000_0100_0000_0000, "PMIP6_SUPPORTED";
        /// IPv4 home addresses in it (RFC 5779 §5.5).
        IP4_HOA_SUPPORTED = 0x0000_0200_0000_0000, "IP4_HOA_SUPPORTED";
        /// Local routing in it (RFC 5779 §5.5).
        LOCAL_MAG_ROUTING_SUPPORTED = 0x0000_0400_0000_0000, "LOCAL_MAG_ROUTING_SUPPORTED";
        /// A local address may be assigned (3GPP TS 29.273).
        ASSIGN_LOCAL_IP = 0x0000_0800_0000_0000, "ASSIGN_LOCAL_IP";
        /// Mobile IPv4 (3GPP TS 29.273).
        MIP4_SUPPORTED = 0x0000_1000_0000_0000, "MIP4_SUPPORTED";
        /// Mobility of idle nodes (3GPP TS 29.273).
        OPTIMIZED_IDLE_MODE_MOBILITY = 0x0000_2000_0000_0000, "OPTIMIZED_IDLE_MODE_MOBILITY";
        /// IPv4 between gateway and anchor (RFC 6572 §4.1).
        IP4_TRANSPORT_SUPPORTED = 0x0000_8000_0000_0000, "IP4_TRANSPORT_SUPPORTED";
        /// Only IPv4 home addresses (RFC 6572 §4.1).
        IP4_HOA_ONLY_SUPPORTED = 0x0001_0000_0000_0000, "IP4_HOA_ONLY_SUPPORTED";
    }
}

code_points! {
    /// Flags of a long extended attribute (RFC 6929 §2.2).
    pub mod long_extended_flag: u8 {
        /// Another piece follows.
        MORE = 0x80, "M";
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
