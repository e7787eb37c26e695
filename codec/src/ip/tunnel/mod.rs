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
mod room;

pub use room::Roomy;

use crate::Error;

/// A packet out of a tunnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tunnelled<'a, P> {
    /// The inner packet, decoded.
    pub packet: P,
    /// The inner packet as it stands, cut to its own length.
    pub octets: &'a [u8],
}

impl<'a, P> Tunnelled<'a, P> {
    /// What `split` takes off the start of `octets`, which stand at `offset` of the outer packet.
    fn split(
        octets: &'a [u8],
        offset: usize,
        split: impl FnOnce(&'a [u8]) -> Result<(P, &'a [u8]), Error>,
    ) -> Result<Tunnelled<'a, P>, Error> {
        let (packet, padding) = split(octets).map_err(|error| error.shifted(offset))?;
        let octets = octets.get(..octets.len() - padding.len()).unwrap_or(octets);
        Ok(Tunnelled { packet, octets })
    }
}
