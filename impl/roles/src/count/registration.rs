reasons! {
    /// Reasons of Mobile IPv4 registration.
    Registration {
        /// Octets that are no message of the protocol.
        Malformed = "registration.malformed",
    }
}
