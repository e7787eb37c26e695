reasons! {
    /// Reasons of the access leg: PANA and EAP.
    Access {
        /// Octets that are no message of the protocol.
        Malformed = "access.malformed",
    }
}
