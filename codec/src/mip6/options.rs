use core::net::Ipv6Addr;

use dsboot_spec::registry::mip6::authentication_subtype;

use super::option::{Authentication, Identifier, MobilityOption, split};
use super::value::{Lifetime, Timestamp};
use crate::{Error, ErrorKind, Found, Positioned};

/// The options of a message, in order, with padding; all whole, and those that have to end the
/// message at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options<'a> {
    octets: &'a [u8],
    offset: usize,
}

impl<'a> Options<'a> {
    /// No options.
    pub const NONE: Options<'static> = Options { octets: &[], offset: 0 };

    /// Validates the options in `octets`, which begin at octet `offset` of the mobility header.
    ///
    /// # Errors
    /// When an option does not end where the header does, or stands where it must not
    /// (RFC 6275 §6.2, §9.5.1; RFC 4285 §5).
    pub fn decode(octets: &'a [u8], offset: usize) -> Result<Options<'a>, Error> {
        let end = offset + octets.len();
        let mut order = Order::default();
        let mut rest = octets;
        while !rest.is_empty() {
            let option;
            (rest, option) = split(rest, end - rest.len())?;
            order.take(&option, rest.is_empty())?;
        }
        Ok(Options { octets, offset })
    }

    /// The options in order, padding among them.
    #[must_use]
    pub const fn iter(&self) -> OptionsIter<'a> {
        OptionsIter { rest: self.octets, offset: self.offset }
    }

    /// The options as received.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// What `pick` takes of the options, if it takes it of exactly one.
    pub fn find<T>(&self, pick: impl Fn(&MobilityOption<'a>) -> Option<T>) -> Found<T> {
        //= wire.9.3
        self.iter().filter_map(|option| pick(&option.value)).collect()
    }

    /// The care-of address of [`MobilityOption::AlternateCareOfAddress`].
    #[must_use]
    pub fn alternate_care_of_address(&self) -> Found<Ipv6Addr> {
        self.find(|option| match option {
            MobilityOption::AlternateCareOfAddress(address) => Some(*address),
            _ => None,
        })
    }

    /// The identifier of [`MobilityOption::MobileNodeIdentifier`].
    #[must_use]
    pub fn identifier(&self) -> Found<Identifier<'a>> {
        self.find(|option| match option {
            MobilityOption::MobileNodeIdentifier(identifier) => Some(*identifier),
            _ => None,
        })
    }

    /// The network access identifier, if there is exactly one.
    #[must_use]
    pub fn nai(&self) -> Option<&'a [u8]> {
        self.find(|option| match option {
            MobilityOption::MobileNodeIdentifier(identifier) => identifier.as_nai(),
            _ => None,
        })
        .once()
    }

    /// The timestamp of [`MobilityOption::MessageId`].
    #[must_use]
    pub fn message_id(&self) -> Found<Timestamp> {
        self.find(|option| match option {
            MobilityOption::MessageId(timestamp) => Some(*timestamp),
            _ => None,
        })
    }

    /// The interval of [`MobilityOption::BindingRefreshAdvice`].
    #[must_use]
    pub fn binding_refresh_advice(&self) -> Found<Lifetime> {
        self.find(|option| match option {
            MobilityOption::BindingRefreshAdvice(interval) => Some(*interval),
            _ => None,
        })
    }

    /// The MN-HA authentication option; there is never more than one.
    #[must_use]
    pub fn mn_ha(&self) -> Option<Positioned<'a, Authentication<'a>>> {
        self.authentications().find(|option| option.value.subtype == authentication_subtype::MN_HA)
    }

    /// The MN-AAA authentication option; there is never more than one.
    #[must_use]
    pub fn mn_aaa(&self) -> Option<Positioned<'a, Authentication<'a>>> {
        self.authentications().find(|option| option.value.subtype == authentication_subtype::MN_AAA)
    }

    /// The authentication options of any sub-type, in order.
    pub fn authentications(&self) -> impl Iterator<Item = Positioned<'a, Authentication<'a>>> {
        self.iter().filter_map(|Positioned { offset, raw, value }| match value {
            MobilityOption::Authentication(value) => Some(Positioned { offset, raw, value }),
            _ => None,
        })
    }
}

/// What has stood before an option, as far as the order of options asks.
#[derive(Default)]
struct Order {
    /// Whether there was an authentication option.
    authenticated: bool,
    /// A bit for each sub-type of authentication option that there was.
    subtypes: [u64; 4],
}

impl Order {
    /// Takes the next option.
    fn take(
        &mut self,
        option: &Positioned<'_, MobilityOption<'_>>,
        is_last: bool,
    ) -> Result<(), Error> {
        let misplaced = |sentence| Err(Error::new(ErrorKind::Misplaced, option.offset, sentence));
        match option.value {
            //= wire.9.7
            MobilityOption::BindingAuthorizationData(_) if !is_last => misplaced("wire.9.7"),
            //= wire.9.25
            MobilityOption::FastBindingAuthorizationData(_) if !is_last => misplaced("wire.9.25"),
            MobilityOption::Authentication(value) => {
                self.authenticated = true;
                //= wire.9.14
                if !self.is_new(value.subtype)
                    || (value.subtype == authentication_subtype::MN_AAA && !is_last)
                {
                    return misplaced("wire.9.14");
                }
                Ok(())
            }
            //= wire.9.13
            MobilityOption::Pad1 | MobilityOption::PadN(_) if !is_last => Ok(()),
            _ if self.authenticated => misplaced("wire.9.13"),
            _ => Ok(()),
        }
    }

    /// Whether a sub-type has not been there, and notes it.
    fn is_new(&mut self, subtype: u8) -> bool {
        let bit = 1 << (subtype % 64);
        self.subtypes.get_mut(usize::from(subtype / 64)).is_some_and(|bits| {
            let new = *bits & bit == 0;
            *bits |= bit;
            new
        })
    }
}

impl<'a> IntoIterator for Options<'a> {
    type Item = Positioned<'a, MobilityOption<'a>>;
    type IntoIter = OptionsIter<'a>;

    fn into_iter(self) -> OptionsIter<'a> {
        self.iter()
    }
}

/// Iterator over [`Options`].
#[derive(Clone, Debug)]
pub struct OptionsIter<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Iterator for OptionsIter<'a> {
    type Item = Positioned<'a, MobilityOption<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let (rest, option) = split(self.rest, self.offset).ok()?;
        self.rest = rest;
        self.offset += option.raw.len();
        Some(option)
    }
}
