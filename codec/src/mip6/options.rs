use core::net::Ipv6Addr;

use dsboot_spec::registry::mip6::{authentication_subtype, option};

use super::option::{Authentication, Identifier, MobilityOption, cut};
use super::reading::FastAuthorizationLength;
use super::value::{Lifetime, Timestamp};
use crate::{Error, ErrorKind, Found, Positioned};

/// The options of a message, in order, with padding; all whole, and those that have to end the
/// message at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options<'a> {
    octets: &'a [u8],
    offset: usize,
    lengths: FastAuthorizationLength,
}

impl<'a> Options<'a> {
    /// No options.
    pub const NONE: Options<'static> =
        Options { octets: &[], offset: 0, lengths: FastAuthorizationLength::WholeData };

    /// Validates the options in `octets`, which begin at octet `offset` of the mobility header.
    ///
    /// # Errors
    /// When an option does not end where the header does, or stands where it must not
    /// (RFC 6275 §6.2, §9.5.1; RFC 4285 §5).
    pub fn decode(octets: &'a [u8], offset: usize) -> Result<Options<'a>, Error> {
        Options::decode_by(octets, offset, FastAuthorizationLength::WholeData)
    }

    pub(super) fn decode_by(
        octets: &'a [u8],
        offset: usize,
        lengths: FastAuthorizationLength,
    ) -> Result<Options<'a>, Error> {
        let end = offset + octets.len();
        let mut order = Order::default();
        let mut rest = octets;
        while !rest.is_empty() {
            order.goes_on()?;
            let at = end - rest.len();
            let option;
            (rest, option) = cut(rest, at, lengths)?;
            order.take(Next::of(option.kind, option.data), at)?;
        }
        order.ends()?;
        Ok(Options { octets, offset, lengths })
    }

    /// The options in order, padding among them.
    #[must_use]
    pub const fn iter(&self) -> OptionsIter<'a> {
        OptionsIter { rest: self.octets, offset: self.offset, lengths: self.lengths }
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

/// What an option is, as far as the order of options asks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    Padding,
    /// An option that nothing may follow, by this sentence.
    LastOne(&'static str),
    Authentication {
        subtype: u8,
    },
    Other,
}

impl Next {
    /// An option of this type with this data.
    #[inline]
    fn of(kind: u8, data: &[u8]) -> Next {
        match (kind, data) {
            (option::PAD1 | option::PADN, _) => Next::Padding,
            //= wire.9.7
            (option::BINDING_AUTHORIZATION_DATA, _) => Next::LastOne("wire.9.7"),
            //= wire.9.25
            (option::FAST_BINDING_AUTHORIZATION_DATA, [_, _, _, _, ..]) => {
                Next::LastOne("wire.9.25")
            }
            (option::AUTHENTICATION, [subtype, _, _, _, _, ..]) => {
                Next::Authentication { subtype: *subtype }
            }
            _ => Next::Other,
        }
    }

    /// This option.
    #[inline]
    pub(super) const fn from(option: &MobilityOption<'_>) -> Next {
        match option {
            MobilityOption::Pad1 | MobilityOption::PadN(_) => Next::Padding,
            MobilityOption::BindingAuthorizationData(_) => Next::LastOne("wire.9.7"),
            MobilityOption::FastBindingAuthorizationData(_) => Next::LastOne("wire.9.25"),
            MobilityOption::Authentication(Authentication { subtype, .. }) => {
                Next::Authentication { subtype: *subtype }
            }
            _ => Next::Other,
        }
    }
}

/// What has stood before an option, as far as the order of options asks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Order {
    /// Whether there was an authentication option.
    authenticated: bool,
    /// A bit for each sub-type of authentication option that there was.
    subtypes: [u64; 4],
    /// Where the last option stands.
    offset: usize,
    /// Which sentence is broken if another option follows the last one.
    if_more: Option<&'static str>,
    /// Which sentence is broken if none follows.
    if_last: Option<&'static str>,
}

impl Order {
    /// Whether another option may follow.
    #[inline]
    pub(super) fn goes_on(&self) -> Result<(), Error> {
        self.if_more.map_or(Ok(()), |sentence| Err(misplaced(self.offset, sentence)))
    }

    /// Whether the options may end here.
    #[inline]
    pub(super) fn ends(&self) -> Result<(), Error> {
        self.if_last.map_or(Ok(()), |sentence| Err(misplaced(self.offset, sentence)))
    }

    /// Takes the next option, which stands at octet `offset` of the mobility header.
    #[inline]
    pub(super) fn take(&mut self, next: Next, offset: usize) -> Result<(), Error> {
        (self.offset, self.if_more, self.if_last) = (offset, None, None);
        //= wire.9.13
        let behind_authentication = self.authenticated.then_some("wire.9.13");
        match next {
            Next::Padding => self.if_last = behind_authentication,
            Next::LastOne(sentence) => {
                (self.if_more, self.if_last) = (Some(sentence), behind_authentication);
            }
            Next::Authentication { subtype } => {
                self.authenticated = true;
                //= wire.9.14
                if !self.is_new(subtype) {
                    return Err(misplaced(offset, "wire.9.14"));
                }
                if subtype == authentication_subtype::MN_AAA {
                    self.if_more = Some("wire.9.14");
                }
            }
            Next::Other => {
                if let Some(sentence) = behind_authentication {
                    return Err(misplaced(offset, sentence));
                }
            }
        }
        Ok(())
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

#[cold]
const fn misplaced(offset: usize, sentence: &'static str) -> Error {
    Error::new(ErrorKind::Misplaced, offset, sentence)
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
    lengths: FastAuthorizationLength,
}

impl<'a> Iterator for OptionsIter<'a> {
    type Item = Positioned<'a, MobilityOption<'a>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (rest, option) = cut(self.rest, self.offset, self.lengths).ok()?;
        let option = option.read(self.offset);
        self.rest = rest;
        self.offset += option.raw.len();
        Some(option)
    }
}
