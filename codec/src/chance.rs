//! What the `arbitrary` feature needs besides derives.

use core::net::{Ipv4Addr, Ipv6Addr};

use arbitrary::{Error, Result, Unstructured};
use dsboot_spec::registry::mip4::extension;
use dsboot_spec::registry::mip6::option;

use crate::dsb::{Fqdn, Prefixed};
use crate::eap::Methods;
use crate::mip4::Extension;
use crate::mip4::discovery::CareOfAddresses;
use crate::mip6::MobilityOption;
use crate::radius::{Ipv6Prefix, Salted, UserPassword};

/// Lengths that fixed forms have.
const LENGTHS: [usize; 16] = [0, 1, 2, 4, 5, 6, 7, 8, 10, 16, 17, 18, 20, 22, 24, 36];

/// Octets, often of a length that some form has.
pub(crate) fn value<'a>(u: &mut Unstructured<'a>) -> Result<&'a [u8]> {
    if u.arbitrary()? {
        return u.arbitrary();
    }
    let length = *u.choose(&LENGTHS)?;
    u.bytes(length)
}

/// A reference to `N` octets.
pub(crate) fn array<'a, const N: usize>(u: &mut Unstructured<'a>) -> Result<&'a [u8; N]> {
    u.bytes(N)?.try_into().map_err(|_| Error::NotEnoughData)
}

/// Declares how values whose fields cannot be anything are made: by their constructor, which
/// refuses what is not allowed.
macro_rules! constructed {
    ($($ty:ty: |$u:ident| $make:expr;)*) => {
        $(impl<'a> arbitrary::Arbitrary<'a> for $ty {
            fn arbitrary($u: &mut Unstructured<'a>) -> Result<Self> {
                $make.ok_or(Error::IncorrectFormat)
            }
        })*
    };
}

constructed! {
    Prefixed<Ipv4Addr>: |u| Prefixed::<Ipv4Addr>::new(u.arbitrary()?, u.int_in_range(0..=32)?);
    Prefixed<Ipv6Addr>: |u| Prefixed::<Ipv6Addr>::new(u.arbitrary()?, u.int_in_range(0..=128)?);
    Fqdn<'a>: |u| Fqdn::new(u.arbitrary()?);
    Ipv6Prefix: |u| Ipv6Prefix::new(u.arbitrary()?, u.int_in_range(0..=128)?);
    UserPassword<'a>: |u| {
        let blocks = u.int_in_range(1..=8_usize)?;
        UserPassword::new(u.bytes(16 * blocks)?)
    };
    Salted<'a>: |u| {
        let blocks = u.int_in_range(1..=3_usize)?;
        Salted::new(u.bytes(2 + 16 * blocks)?)
    };
    CareOfAddresses<'a>: |u| {
        let addresses = u.int_in_range(0..=3_usize)?;
        CareOfAddresses::new(u.bytes(4 * addresses)?)
    };
    Methods<'a>: |u| Methods::decode(u.arbitrary()?).ok();
}

impl<'a> arbitrary::Arbitrary<'a> for Extension<'a> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let (kind, _) = *u.choose(extension::TABLE)?;
        let kind = if u.ratio(1_u8, 8)? { u.arbitrary()? } else { kind };
        Ok(Extension::from_parts(kind, u.int_in_range(0..=4)?, value(u)?))
    }
}

impl<'a> arbitrary::Arbitrary<'a> for MobilityOption<'a> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let (kind, _) = *u.choose(option::TABLE)?;
        let kind = if u.ratio(1_u8, 8)? { u.arbitrary()? } else { kind };
        Ok(MobilityOption::decode(kind, value(u)?))
    }
}
