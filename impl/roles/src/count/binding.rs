reasons! {
    /// Reasons of the Mobile IPv6 binding: those of the MN, then of the HA.
    Binding {
        /// Octets that are no mobility message, or one that must be discarded.
        Malformed = "binding.malformed",
        /// A mobility message of a type that this role does not take.
        Unexpected = "binding.unexpected",
        /// A message that could not be made, for the length of what should be in it.
        NotEncodable = "binding.not-encodable",

        /// MN: a binding update sent.
        Sent = "mn.binding.sent",
        /// MN: an acknowledgement that answers no update.
        Unsolicited = "mn.binding.unsolicited",
        /// MN: an acknowledgement whose authenticator is missing or wrong.
        Unproved = "mn.binding.unproved",
        /// MN: an acknowledgement that accepts.
        Acknowledged = "mn.binding.acknowledged",
        /// MN: an acknowledgement that the binding is ended.
        Released = "mn.binding.released",
        /// MN: an acknowledgement that refuses.
        Refused = "mn.binding.refused",
        /// MN: a binding that ended by its lifetime.
        Lost = "mn.binding.lost",

        /// HA: an update without NAI.
        NoNai = "ha.no-nai",
        /// HA: an update without MN–AAA authentication.
        NoAuthentication = "ha.no-authentication",
        /// HA: an update without Mesg-ID, for which there can be no key.
        NoMessageId = "ha.no-message-id",
        /// HA: a wrong MN–HA authenticator.
        BadAuthenticator = "ha.bad-authenticator",
        /// HA: an update while the AAAH is being asked about one of the same MN.
        Parallel = "ha.parallel",
        /// HA: the AAAH rejected the update.
        AaaRejected = "ha.aaa-rejected",
        /// HA: the AAAH did not answer.
        AaaSilent = "ha.aaa-silent",
        /// HA: an Access-Accept without a key that can be used.
        IncompleteAccept = "ha.incomplete-accept",
        /// HA: an update acknowledged.
        Accepted = "ha.accepted",
        /// HA: an update refused.
        Denied = "ha.denied",
        /// HA: a binding whose lifetime has run out.
        Expired = "ha.expired",
    }
}
