reasons! {
    /// Reasons of the RADIUS legs: first those of clients and servers alike, then of one of
    /// them, then what an AAA server decided and why.
    Radius {
        /// Octets that are no RADIUS packet.
        Malformed = "radius.malformed",
        /// A packet of a code that is not for this side.
        UnexpectedCode = "radius.unexpected-code",
        /// A wrong Response Authenticator: another secret, another request, or a forgery.
        BadResponseAuthenticator = "radius.bad-response-authenticator",
        /// A wrong, malformed or repeated Message-Authenticator.
        BadMessageAuthenticator = "radius.bad-message-authenticator",
        /// No Message-Authenticator where one is demanded.
        NoMessageAuthenticator = "radius.no-message-authenticator",
        /// A packet that could not be made, for the length of what should be in it.
        NotEncodable = "radius.not-encodable",

        /// Client: a packet from an address that is none of the servers'.
        UnknownServer = "radius.client.unknown-server",
        /// Client: an answer that matches no pending request: late, repeated or made up.
        Unsolicited = "radius.client.unsolicited",
        /// Client: a request sent again.
        Retransmission = "radius.client.retransmission",
        /// Client: a request sent anew to the next server.
        Failover = "radius.client.failover",
        /// Client: a request given up, no server having answered.
        NoAnswer = "radius.client.no-answer",
        /// Client: a request not sent because no server is configured that could be asked.
        NoServer = "radius.client.no-server",
        /// Client: a request not sent because as many as there may be are pending.
        TooManyPending = "radius.client.too-many-pending",

        /// Server: a request from an address that is no client's.
        UnknownClient = "radius.server.unknown-client",
        /// Server: a request answered before, answered again by the same octets.
        Duplicate = "radius.server.duplicate",

        /// A request of a leg that this server does not serve.
        LegNotServed = "aaa.leg-not-served",
        /// A client in a role, or under a name, that its entry does not allow.
        NotEntitled = "aaa.not-entitled",
        /// A request without what its leg demands.
        Incomplete = "aaa.incomplete",
        /// A user of whom there is no record.
        UnknownUser = "aaa.unknown-user",
        /// A response that does not prove the user's secret.
        WrongSecret = "aaa.wrong-secret",
        /// A user whose record does not allow what was asked for.
        NotSubscribed = "aaa.not-subscribed",
        /// A binding update for another home address than the user's.
        WrongHomeAddress = "aaa.wrong-home-address",
        /// A binding update for a care-of address that the user was not assigned.
        WrongCareOfAddress = "aaa.wrong-care-of-address",
        /// An EAP packet that a server cannot do anything with.
        BadEap = "aaa.bad-eap",
        /// An EAP response whose State is unknown, used, or another client's.
        UnknownState = "aaa.unknown-state",
        /// A User-Name that is not the identity given in EAP.
        IdentityMismatch = "aaa.identity-mismatch",
        /// A new EAP conversation while as many as there may be are open.
        TooManySessions = "aaa.too-many-sessions",
        /// A peer that wants none of the methods there are.
        NoCommonMethod = "aaa.no-common-method",
        /// A user let in without FHA: no subscription, or none for the location.
        NoFha = "aaa.no-fha",
        /// No address left to assign.
        PoolEmpty = "aaa.pool-empty",
        /// No IPv6 care-of address for want of a prefix in which one can be made.
        NoPrefix = "aaa.no-prefix",
        /// A request answered by Access-Challenge.
        Challenged = "aaa.challenged",
        /// A request answered by Access-Accept.
        Accepted = "aaa.accepted",
        /// A request answered by Access-Reject.
        Rejected = "aaa.rejected",
    }
}
