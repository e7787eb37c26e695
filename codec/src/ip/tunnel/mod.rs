//! One packet as the payload of another.
//!
//! Every `wrap` makes the outer header as its RFC says, every `unwrap` checks what the receiving
//! end can check without knowing whose tunnel it is. Left to the caller: the addresses, the
//! tunnel's MTU, and to count the inner time to live down where it forwards (`forwarded()` of
//! the inner packet).

pub mod gre;
pub mod ipv4_in_ipv4;
pub mod ipv6_in_ipv4;
pub mod ipv6_in_ipv6;
pub mod minimal;

/// A packet out of a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tunnelled<'a, P> {
    /// The inner packet, decoded.
    pub packet: P,
    /// The inner packet as it stands, cut to its own length.
    pub octets: &'a [u8],
}

impl<'a, P> Tunnelled<'a, P> {
    /// The packet that `split` took off the start of `octets`, with what that left over.
    fn new(octets: &'a [u8], (packet, padding): (P, &[u8])) -> Tunnelled<'a, P> {
        let octets = octets.get(..octets.len() - padding.len()).unwrap_or(octets);
        Tunnelled { packet, octets }
    }
}
