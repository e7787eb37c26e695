reasons! {
    /// Reasons of the access leg: PANA, the EAP in it, and what the NAS decided and why.
    Access {
        /// Octets that are no PANA message.
        Malformed = "pana.malformed",
        /// A message of an unknown type, or with an R flag that its type does not take.
        UnknownMessage = "pana.unknown-message",
        /// Flags, a session identifier or a sequence number that the message may not have.
        BadHeader = "pana.bad-header",
        /// An AVP whose value does not have the form that its code demands.
        BadAvp = "pana.bad-avp",
        /// An AVP that is unknown, another vendor's, or encrypted.
        UnknownAvp = "pana.unknown-avp",
        /// An AVP that is forbidden in its message, out of place, or doubled.
        MisplacedAvp = "pana.misplaced-avp",
        /// No AVP where one is demanded.
        MissingAvp = "pana.missing-avp",
        /// A Nonce where none may be, or none where one must be.
        Nonce = "pana.nonce",
        /// A message for a security association, which a method without key cannot give.
        SecurityAssociation = "pana.security-association",
        /// A message from an address that is not that of the PAA.
        UnknownPeer = "pana.unknown-peer",
        /// A datagram for an address or port that is none of this role's.
        NotOurs = "pana.not-ours",
        /// A session identifier that is not, or no longer, in use.
        UnknownSession = "pana.unknown-session",
        /// A request whose sequence number is not the next one.
        BadSequence = "pana.bad-sequence",
        /// A request answered before, answered again by the same octets.
        Duplicate = "pana.duplicate",
        /// A request that does not fit the phase of the session.
        WrongPhase = "pana.wrong-phase",
        /// An answer to no request that is outstanding.
        UnexpectedAnswer = "pana.unexpected-answer",
        /// A message that could not be made, for the length of what should be in it.
        NotEncodable = "pana.not-encodable",
        /// A request or client initiation sent again.
        Retransmission = "pana.retransmission",
        /// A session ended because a request stayed without answer.
        NoAnswer = "pana.no-answer",
        /// A session ended because its authentication did not come to an end in time.
        Stalled = "pana.stalled",
        /// A session ended with its lifetime.
        LifetimeOver = "pana.lifetime-over",
        /// A session ended by a termination request.
        Terminated = "pana.terminated",
        /// A session moved to another address or port of the PaC.
        Moved = "pana.moved",

        /// Octets that are no EAP packet, or one whose type and data do not fit.
        BadEap = "eap.malformed",
        /// An EAP packet of a code that is not for this side, or not for this message.
        UnexpectedEapCode = "eap.unexpected-code",
        /// A Response, Success or Failure whose Identifier is not the one that counts.
        EapIdentifier = "eap.identifier",
        /// Peer: a Request for the identity or a method at a time when it may not come.
        UnexpectedEapRequest = "eap.peer.unexpected-request",
        /// Peer: a Request received before, answered again by the same octets.
        RepeatedEapRequest = "eap.peer.repeated-request",
        /// Peer: a method that it does not do, answered by a Nak.
        EapNak = "eap.peer.nak",
        /// Peer: a Success before the method was done.
        EarlySuccess = "eap.peer.early-success",
        /// Authenticator: a first Response without an identity that can be a User-Name.
        NoIdentity = "eap.no-identity",

        /// Not begun, or begun and forgotten, because there are as many sessions as there may be.
        TooManySessions = "nas.too-many-sessions",
        /// A session dropped because no AAA server answered.
        AaaSilent = "nas.aaa-silent",
        /// A session dropped because a challenge carried no EAP Request.
        EmptyChallenge = "nas.empty-challenge",
        /// A user let in.
        Granted = "nas.granted",
        /// A user that the AAA server rejected.
        AuthenticationRejected = "nas.authentication-rejected",
        /// An Accept without EAP Success, which the peer could not take for one.
        NoSuccess = "nas.no-success",
        /// An Accept that grants no time.
        NoLifetime = "nas.no-lifetime",
        /// No address left in the pool.
        PoolEmpty = "nas.pool-empty",
        /// An address assigned by the AAA server that another user holds.
        AddressTaken = "nas.address-taken",
        /// A session that gave way to another one of the same user with the same address.
        Superseded = "nas.superseded",
    }
}
