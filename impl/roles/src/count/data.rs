reasons! {
    /// Reasons of the data path: why a packet was not taken into or out of a tunnel.
    Data {
        /// Octets that are no packet, or no tunnel of the form that they say.
        Malformed = "data.malformed",
        /// Tunnel Data with another Next Header than IPv4, or reserved octets that are not zero.
        BadTunnelData = "data.bad-tunnel-data",
        /// A packet that is neither for this host nor for one that it serves.
        NotForUs = "data.not-for-us",
        /// No binding, visitor or registration that the packet belongs to.
        NoBinding = "data.no-binding",
        /// Tunnelled in UDP where raw IP was agreed, or the other way round.
        WrongTunnelForm = "data.wrong-tunnel-form",
        /// An outer source that is not the registered one.
        WrongOuterSource = "data.wrong-outer-source",
        /// An inner source that is not the one registered.
        WrongInnerSource = "data.wrong-inner-source",
        /// An IPv4 packet in the tunnel that is not IPv6 for the FHA.
        NotSixInFour = "data.not-six-in-four",
        /// A packet that lives no longer.
        HopLimit = "data.hop-limit",
        /// A fragment that does not fit with the others of its packet.
        BadFragment = "data.bad-fragment",
        /// A packet that is larger than the tunnel's MTU.
        TooBig = "data.too-big",
        /// A UDP tunnel whose other end has not shown its port yet.
        TunnelEndUnknown = "data.tunnel-end-unknown",
    }
}
