//! The option of PPP's IPCP with which a mobile node tells its home address (RFC 2290).
//!
//! ```
//! use core::net::Ipv4Addr;
//! use dsboot_codec::ppp::MobileIpv4;
//!
//! let option = MobileIpv4 { home_address: Ipv4Addr::new(203, 0, 113, 9) };
//! let octets = option.encode();
//! assert_eq!(octets, [4, 6, 203, 0, 113, 9]);
//! assert_eq!(MobileIpv4::decode(&octets)?, (option, &[][..]));
//! # Ok::<(), dsboot_codec::Error>(())
//! ```

use alloc::vec::Vec;
use core::net::Ipv4Addr;

use crate::wire::number::{be_u32, u8 as octet};
use cookie_factory::combinator::slice;
use dsboot_spec::registry::ppp::ipcp_option;

use crate::wire::{parse, serialize};
use crate::{Error, ErrorKind};

/// Octets of the option, all of which its length counts.
const LENGTH: u8 = 6;

/// The Mobile-IPv4 configuration option of IPCP (RFC 2290 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct MobileIpv4 {
    /// The home address; 0.0.0.0 where there is none yet (RFC 2794 §4).
    pub home_address: Ipv4Addr,
}

impl MobileIpv4 {
    /// Decodes the option, and returns what stands behind it.
    ///
    /// # Errors
    /// When it has another type or length, or is not whole.
    pub fn decode(octets: &[u8]) -> Result<(MobileIpv4, &[u8]), Error> {
        //= wire.10.27
        let (rest, (kind, length)) = parse((octet, octet), octets, 0, "wire.10.27")?;
        if kind != ipcp_option::MOBILE_IPV4 {
            return Err(Error::new(ErrorKind::BadType, 0, "wire.10.27"));
        }
        if length != LENGTH {
            return Err(Error::new(ErrorKind::BadLength, 1, "wire.10.27"));
        }
        let (rest, address) = parse(be_u32, rest, 2, "wire.10.27")?;
        Ok((MobileIpv4 { home_address: Ipv4Addr::from_bits(address) }, rest))
    }

    /// The octets of the option.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        //= wire.10.27
        let head = [ipcp_option::MOBILE_IPV4, LENGTH];
        serialize(|out| slice(self.home_address.octets())(slice(head)(out)?))
    }
}
