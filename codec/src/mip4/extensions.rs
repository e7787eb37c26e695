use dsboot_spec::registry::mip4::{COLOCATED_CHALLENGE, extension};

use super::auth::{AuthenticationKind, Authenticator};
use super::extension::{Extension, MnFaKeyReply, MnHaKeyReply};
use super::fault::fault;
use super::frame::Frames;
use super::read::{check, read_leniently};
use super::reading::{Authorizations, Forms, MobileHome, ProtectedPart, Reading};
use crate::dsb::{Parameter, Parameters};
use crate::{Error, ErrorKind, Found, Positioned};

/// The extensions of a registration message, in their places.
///
/// They have been validated as a whole; iterating reads them one by one. Offsets count from the
/// start of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Extensions<'a> {
    /// The message up to the end of its last extension.
    message: &'a [u8],
    /// Where the first extension begins.
    start: usize,
    /// How they are cut and read.
    forms: Forms,
}

impl<'a> Extensions<'a> {
    /// Validates the extensions of `message` from octet `start` on.
    pub(super) fn decode(
        message: &'a [u8],
        start: usize,
        reading: &Reading,
    ) -> Result<Extensions<'a>, Error> {
        let extensions = Extensions { message, start, forms: reading.forms() };
        //= wire.1.9
        for frame in extensions.frames() {
            let frame = frame?;
            //= wire.2.5
            //= wire.2.7
            if !frame.is_skippable() {
                check(&frame, &reading.reader, extensions.forms)?;
            }
        }
        Ok(extensions)
    }

    /// Every extension, in order.
    #[inline]
    pub fn iter(&self) -> ExtensionsIter<'a> {
        ExtensionsIter { frames: self.frames(), forms: self.forms }
    }

    /// The octets of all of them, as received.
    #[inline]
    #[must_use]
    pub fn octets(&self) -> &'a [u8] {
        split(self.message, self.start).1
    }

    #[inline]
    fn frames(&self) -> Frames<'a> {
        Frames::of_registration(self.octets(), self.start, self.forms)
    }

    /// What is wrong with those extensions whose type and sub-type are known here, but whose
    /// Length or content these do not allow. A receiver goes on as if they were unknown.
    pub fn faults(&self) -> impl Iterator<Item = Error> + use<'a> {
        let forms = self.forms;
        self.frames().map_while(Result::ok).filter_map(move |frame| fault(&frame, forms))
    }

    /// Every extension of a type, see `registry::mip4::extension`, understood or not.
    pub fn of_kind(
        &self,
        kind: u8,
    ) -> impl Iterator<Item = Positioned<'a, Extension<'a>>> + use<'a> {
        self.iter().filter(move |extension| extension.value.kind() == kind)
    }

    /// The values that `pick` takes out of the extensions, if there is one at all, and only one.
    pub fn unique<T>(&self, pick: impl FnMut(Extension<'a>) -> Option<T>) -> Found<T> {
        //= wire.2.24
        self.iter().map(|extension| extension.value).filter_map(pick).collect()
    }

    /// The mobile node's NAI (type 131).
    #[must_use]
    pub fn nai(&self) -> Found<&'a [u8]> {
        self.unique(|extension| match extension {
            Extension::Nai(nai) => Some(nai),
            _ => None,
        })
    }

    /// The mobile-foreign challenge (type 132).
    #[must_use]
    pub fn challenge(&self) -> Found<&'a [u8]> {
        self.unique(|extension| match extension {
            Extension::Challenge(challenge) => Some(challenge),
            _ => None,
        })
    }

    /// The challenge that an MN–AAA authenticator of a request was made with: type 132 where it
    /// is present, and the value 0 in one octet where it is not; `None` if that is ambiguous.
    #[must_use]
    pub fn mn_aaa_challenge(&self) -> Option<&'a [u8]> {
        match self.challenge() {
            Found::Once(challenge) => Some(challenge),
            //= wire.3.11
            Found::Absent => Some(&COLOCATED_CHALLENGE),
            Found::Many => None,
        }
    }

    /// The SPI in an MN–HA key request (type 42).
    #[must_use]
    pub fn mn_ha_key_request(&self) -> Found<u32> {
        self.unique(|extension| match extension {
            Extension::MnHaKeyRequest { mn_spi } => Some(mn_spi),
            _ => None,
        })
    }

    /// The MN–HA key reply (type 43).
    #[must_use]
    pub fn mn_ha_key_reply(&self) -> Found<MnHaKeyReply<'a>> {
        self.unique(|extension| match extension {
            Extension::MnHaKeyReply(reply) => Some(reply),
            _ => None,
        })
    }

    /// The SPI in an MN–FA key request (type 40).
    #[must_use]
    pub fn mn_fa_key_request(&self) -> Found<u32> {
        self.unique(|extension| match extension {
            Extension::MnFaKeyRequest { mn_spi } => Some(mn_spi),
            _ => None,
        })
    }

    /// The MN–FA key reply (type 41).
    #[must_use]
    pub fn mn_fa_key_reply(&self) -> Found<MnFaKeyReply<'a>> {
        self.unique(|extension| match extension {
            Extension::MnFaKeyReply(reply) => Some(reply),
            _ => None,
        })
    }

    /// The status of an FA Error (type 45).
    #[must_use]
    pub fn fa_error(&self) -> Found<u8> {
        self.unique(|extension| match extension {
            Extension::FaError { status } => Some(status),
            _ => None,
        })
    }

    /// Every bootstrap parameter of `vendor` that is understood, in place.
    pub fn parameters(
        &self,
        vendor: u32,
    ) -> impl Iterator<Item = Positioned<'a, Parameter<'a>>> + use<'a> {
        //= wire.2.18
        self.iter().filter_map(move |extension| match extension.value {
            Extension::Nvse(nvse) => Some(Positioned {
                offset: extension.offset,
                raw: extension.raw,
                value: nvse.parameter(vendor)?,
            }),
            _ => None,
        })
    }

    /// What the bootstrap parameters of `vendor` tell. Parameters of a reply count only before
    /// its MN–FHA authenticator: ask [`Extensions::before`] it.
    #[must_use]
    pub fn bootstrap(&self, vendor: u32) -> Parameters<'a> {
        self.parameters(vendor).map(|parameter| parameter.value).collect()
    }

    /// Every authenticator, in order.
    pub fn authenticators(&self) -> impl Iterator<Item = Authenticator<'a>> + use<'a> {
        let message = self.message;
        self.iter().filter_map(move |extension| Authenticator::of(message, &extension))
    }

    /// The authenticator of a kind.
    #[must_use]
    pub fn authenticator(&self, kind: AuthenticationKind) -> Found<Authenticator<'a>> {
        //= wire.2.24
        self.authenticators().filter(|authenticator| authenticator.kind == kind).collect()
    }

    /// The last authorization-enabling extension: Mobile-Home (32) or MN–AAA (36). What stands
    /// up to its end a foreign agent must not touch.
    #[must_use]
    pub fn authorization(&self) -> Option<Authenticator<'a>> {
        //= wire.3.14
        self.authenticators().filter(|found| found.kind.enables_authorization()).last()
    }

    /// The extension up to whose end a foreign agent must not touch a message, by this reading.
    #[must_use]
    pub fn authorization_by(&self, reading: &Reading) -> Option<Authenticator<'a>> {
        //= wire.12.9
        match reading.protected_part {
            ProtectedPart::ThroughLast => self.authorization(),
            ProtectedPart::ThroughMobileHome => {
                let enabling =
                    || self.authenticators().filter(|found| found.kind.enables_authorization());
                let mobile_home =
                    |found: &Authenticator<'_>| found.kind == AuthenticationKind::MobileHome;
                enabling().find(mobile_home).or_else(|| enabling().next())
            }
        }
    }

    /// The extensions before an authenticator, which it covers.
    #[must_use]
    pub fn before(&self, authenticator: &Authenticator<'_>) -> Extensions<'a> {
        //= wire.2.35
        let (message, _) = split(self.message, authenticator.offset);
        Extensions { message, ..*self }
    }

    /// The extensions after an authenticator, which it does not cover.
    #[must_use]
    pub fn after(&self, authenticator: &Authenticator<'_>) -> Extensions<'a> {
        Extensions { start: self.start.max(authenticator.end()), ..*self }
    }

    /// The octets of the message up to and including an authenticator, as they were received:
    /// what a foreign agent relays.
    #[must_use]
    pub fn octets_through(&self, authenticator: &Authenticator<'_>) -> &'a [u8] {
        //= wire.3.15
        split(self.message, authenticator.end()).0
    }

    /// Whether the order that the RFCs demand is kept: what stands before and after each
    /// authenticator.
    ///
    /// # Errors
    /// The first extension that stands after one it should precede.
    pub fn check_order(&self) -> Result<(), Error> {
        self.check_order_by(&Reading::DEFAULT)
    }

    /// The same by another reading of what the RFCs contradict each other about: whether an
    /// MN–AAA authenticator needs a Mobile-Home one before it, and how many
    /// authorization-enabling extensions there may be.
    ///
    /// # Errors
    /// As [`Extensions::check_order`].
    pub fn check_order_by(&self, reading: &Reading) -> Result<(), Error> {
        //= wire.2.25
        let mut passed = [None; AuthenticationKind::COUNT];
        for extension in self.iter() {
            let misplaced =
                |sentence| Err(Error::new(ErrorKind::Misplaced, extension.offset, sentence));
            let authenticator = AuthenticationKind::of(&extension.value);
            let enabled = passed
                .iter()
                .flatten()
                .any(|kind: &AuthenticationKind| kind.enables_authorization());
            //= wire.12.8
            if reading.authorizations == Authorizations::ExactlyOne
                && enabled
                && authenticator.is_some_and(AuthenticationKind::enables_authorization)
            {
                return misplaced("wire.12.8");
            }
            //= wire.12.7
            if reading.mobile_home == MobileHome::Required
                && authenticator == Some(AuthenticationKind::MnAaa)
                && !passed.contains(&Some(AuthenticationKind::MobileHome))
            {
                return misplaced("wire.12.7");
            }
            let kind = extension.value.kind();
            if passed.iter().flatten().any(|authenticator| must_precede(kind, *authenticator)) {
                return misplaced("wire.2.25");
            }
            if let Some(authenticator) = authenticator
                && let Some(slot) = passed.get_mut(authenticator as usize)
            {
                *slot = Some(authenticator);
            }
        }
        Ok(())
    }
}

impl<'a> IntoIterator for Extensions<'a> {
    type Item = Positioned<'a, Extension<'a>>;
    type IntoIter = ExtensionsIter<'a>;

    fn into_iter(self) -> ExtensionsIter<'a> {
        self.iter()
    }
}

/// Iterator over [`Extensions`].
#[derive(Clone, Debug)]
pub struct ExtensionsIter<'a> {
    frames: Frames<'a>,
    forms: Forms,
}

impl<'a> Iterator for ExtensionsIter<'a> {
    type Item = Positioned<'a, Extension<'a>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let frame = self.frames.next()?.ok()?;
        let value = read_leniently(&frame, self.forms);
        Some(Positioned { offset: frame.offset, raw: frame.raw, value })
    }
}

/// Whether an extension type has to stand before an authenticator (RFC 2794 §2, RFC 3957 §6,
/// RFC 4721 §3.1 and §6, RFC 5454 §3.1, RFC 3024 §3.3).
const fn must_precede(kind: u8, authenticator: AuthenticationKind) -> bool {
    match authenticator {
        AuthenticationKind::MobileHome => {
            matches!(kind, extension::NAI | extension::MN_HA_KEY_REPLY | extension::DUAL_STACK)
        }
        AuthenticationKind::MnAaa => matches!(
            kind,
            extension::NAI
                | extension::MN_FA_KEY_REQUEST
                | extension::MN_HA_KEY_REQUEST
                | extension::CHALLENGE
                | extension::MOBILE_HOME_AUTHENTICATION
        ),
        AuthenticationKind::MobileForeign => matches!(
            kind,
            extension::NAI
                | extension::MN_FA_KEY_REPLY
                | extension::CHALLENGE
                | extension::GENERALIZED_AUTHENTICATION
                | extension::MOBILE_HOME_AUTHENTICATION
                | extension::ENCAPSULATING_DELIVERY
        ),
        AuthenticationKind::ForeignHome => matches!(
            kind,
            extension::MOBILE_HOME_AUTHENTICATION
                | extension::GENERALIZED_AUTHENTICATION
                | extension::CHALLENGE
        ),
        AuthenticationKind::FaFa | AuthenticationKind::MnGfa | AuthenticationKind::MnPar => false,
    }
}

#[inline]
fn split(octets: &[u8], at: usize) -> (&[u8], &[u8]) {
    octets.split_at(at.min(octets.len()))
}
