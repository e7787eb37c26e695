reasons! {
    /// Reasons of Mobile IPv4 registration: those of the FHA, of the FA, of the MN.
    Registration {
        /// Octets that are no message of the protocol, or one that must be discarded.
        Malformed = "registration.malformed",
        /// A message of a type that this role does not take.
        Unexpected = "registration.unexpected",
        /// A message that could not be made, for the length of what should be in it.
        NotEncodable = "registration.not-encodable",

        /// FHA: a request that nothing authorises.
        NoAuthorization = "fha.no-authorization",
        /// FHA: MN–AAA authentication by another algorithm than CHAP.
        NotChap = "fha.not-chap",
        /// FHA: MN–AAA authentication without a request for a key.
        NoKeyRequest = "fha.no-key-request",
        /// FHA: a request that tells neither NAI nor a home address assigned here.
        NoNai = "fha.no-nai",
        /// FHA: the request accepted last, again; answered by the same reply.
        Duplicate = "fha.duplicate",
        /// FHA: a request while the AAAH is being asked about one of the same MN.
        Parallel = "fha.parallel",
        /// FHA: an authenticator under an SPI of no association.
        NoAssociation = "fha.no-association",
        /// FHA: a wrong MN–FHA authenticator.
        BadAuthenticator = "fha.bad-authenticator",
        /// FHA: a foreign agent that did not prove itself, though it can.
        ForeignAgentUnproved = "fha.foreign-agent-unproved",
        /// FHA: the AAAH rejected the MN, or this FHA.
        AaaRejected = "fha.aaa-rejected",
        /// FHA: the AAAH did not answer.
        AaaSilent = "fha.aaa-silent",
        /// FHA: an Access-Accept without a key that can be used.
        IncompleteAccept = "fha.incomplete-accept",
        /// FHA: a request answered by a denial.
        Refused = "fha.refused",
        /// FHA: a registration accepted.
        Accepted = "fha.accepted",
        /// FHA: a deregistration answered.
        Released = "fha.released",
        /// FHA: a binding whose lifetime has run out.
        Expired = "fha.expired",

        /// FA: an agent solicitation, or MN: an advertisement, that must be discarded.
        BadDiscovery = "registration.bad-discovery",
        /// FA, MN: a reply that answers no pending request.
        Unsolicited = "registration.unsolicited",
        /// FA: as many visitors as there may be.
        Full = "fa.full",
        /// FA: a pending request, sent again from another place on the link.
        OtherStation = "fa.other-station",
        /// FA: a request relayed.
        RelayedRequest = "fa.relayed-request",
        /// FA: a reply relayed.
        RelayedReply = "fa.relayed-reply",
        /// FA: an accepting reply older than the one that its visitor was entered by.
        OldReply = "fa.old-reply",
        /// FA: a request that the agent itself denied.
        DeniedByAgent = "fa.denied",
        /// FA: a reply from an FHA that did not prove itself, though it can.
        HomeAgentUnproved = "fa.home-agent-unproved",
        /// FA: a visitor whose lifetime has run out.
        VisitorExpired = "fa.visitor-expired",

        /// MN: access granted without an FHA, so that there is nobody to register with.
        NoFha = "mn.no-fha",
        /// MN: an advertisement of an agent that takes no more mobile nodes.
        AgentBusy = "mn.agent-busy",
        /// MN: an agent solicitation sent.
        Solicited = "mn.solicited",
        /// MN: a registration request sent.
        Requested = "mn.requested",
        /// MN: a reply whose MN–FHA authenticator is missing or wrong.
        ReplyUnproved = "mn.reply-unproved",
        /// MN: an accepting reply to a request for a key, without a key.
        ReplyWithoutKey = "mn.reply-without-key",
        /// MN: an accepting reply without a home address, or with two that differ.
        ReplyWithoutHome = "mn.reply-without-home",
        /// MN: a registration accepted.
        Registered = "mn.registered",
        /// MN: a registration accepted for a lifetime of 0, which is none.
        NothingGranted = "mn.nothing-granted",
        /// MN: a registration accepted that lacks what Mobile IPv6 needs.
        Incomplete = "mn.incomplete",
        /// MN: a registration denied by the FHA.
        Denied = "mn.denied",
        /// MN: a registration ended as asked for.
        Ended = "mn.ended",
        /// MN: a registration that ended by its lifetime.
        Lost = "mn.lost",
    }
}
