reasons! {
    /// Reasons of the data path.
    Data {
        /// Octets that are no message of the protocol.
        Malformed = "data.malformed",
    }
}
