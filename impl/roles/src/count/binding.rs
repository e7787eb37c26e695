reasons! {
    /// Reasons of the Mobile IPv6 binding.
    Binding {
        /// Octets that are no message of the protocol.
        Malformed = "binding.malformed",
    }
}
