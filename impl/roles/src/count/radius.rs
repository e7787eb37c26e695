reasons! {
    /// Reasons of the RADIUS legs.
    Radius {
        /// Octets that are no message of the protocol.
        Malformed = "radius.malformed",
    }
}
