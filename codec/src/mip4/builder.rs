use alloc::vec::Vec;

use dsboot_spec::registry::mip4::spi;

use super::auth::{Algorithm, AuthenticationKind, SecurityContext, chap};
use super::extension::{Authentication, Extension, Vendor};
use super::fixed::FixedPart;
use super::header::{ReplyHeader, RequestHeader};
use super::write;
use crate::dsb::Parameter;
use crate::wire::append;
use crate::{Error, ErrorKind, Positioned};

/// A registration message under construction: the fixed part, then extensions one after the
/// other, with each authenticator computed over what stands before it.
///
/// The first thing that cannot be encoded is reported by [`Builder::finish`].
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    octets: Vec<u8>,
    error: Option<Error>,
}

/// Octets that most messages fit into.
const USUAL_LENGTH: usize = 256;

impl Builder {
    /// A Registration Request.
    pub fn request(header: &RequestHeader) -> Builder {
        Builder::message(&FixedPart::Request(*header))
    }

    /// A Registration Reply.
    pub fn reply(header: &ReplyHeader) -> Builder {
        Builder::message(&FixedPart::Reply(*header))
    }

    /// A message of any type, with its fixed part.
    pub fn message(fixed: &FixedPart) -> Builder {
        //= wire.1.22
        let mut octets = Vec::with_capacity(USUAL_LENGTH);
        append(&mut octets, |out| fixed.write(out));
        Builder { octets, error: None }
    }

    /// A message that goes on with octets as they were received, as a foreign agent's: those of
    /// [`Extensions::octets_through`](super::Extensions::octets_through).
    pub fn relay(octets: &[u8]) -> Builder {
        //= wire.3.15
        Builder { octets: octets.to_vec(), error: None }
    }

    /// Appends an extension.
    #[inline]
    pub fn extension(mut self, extension: Extension<'_>) -> Builder {
        self.add(&extension);
        self
    }

    /// Appends extensions; also for one that is there or not.
    #[inline]
    pub fn extensions<'a>(self, extensions: impl IntoIterator<Item = Extension<'a>>) -> Builder {
        extensions.into_iter().fold(self, Builder::extension)
    }

    /// Appends a bootstrap parameter as extension (134) of `vendor`.
    pub fn parameter(self, vendor: u32, parameter: &Parameter<'_>) -> Builder {
        let value = parameter.encode();
        let kind = parameter.kind().into();
        self.extension(Extension::Nvse(Vendor::new(vendor, kind, &value)))
    }

    /// Appends an extension of another message, octet for octet.
    pub fn copy(self, extension: &Positioned<'_, Extension<'_>>) -> Builder {
        //= wire.1.11
        self.append(Ok(extension.raw.to_vec()))
    }

    /// Appends an authentication extension over everything so far. Of kind
    /// [`MnAaa`](AuthenticationKind::MnAaa) it is the one by HMAC; for CHAP_SPI see
    /// [`Builder::authenticate_chap`].
    pub fn authenticate(self, kind: AuthenticationKind, context: &SecurityContext<'_>) -> Builder {
        //= wire.3.7
        if !context.is_usable() {
            return self.fail(ErrorKind::BadValue, "wire.3.7");
        }
        self.append_authenticator(kind, context.spi, context.algorithm.length(), |covered| {
            Some(context.algorithm.authenticate(context.key, covered))
        })
    }

    /// Appends an MN–AAA authentication extension under CHAP_SPI (RFC 4721 §8) over everything so
    /// far, with the foreign agent's challenge or, where there is none, `COLOCATED_CHALLENGE` of
    /// the registry.
    pub fn authenticate_chap(self, key: &[u8], challenge: &[u8]) -> Builder {
        let length = Algorithm::HmacMd5.length();
        self.append_authenticator(AuthenticationKind::MnAaa, spi::CHAP, length, |covered| {
            chap(key, covered, challenge).map(Vec::from)
        })
    }

    /// The octets of the message.
    ///
    /// # Errors
    /// The first one that occurred: a value that is too long for its extension or not allowed in
    /// it ([`ErrorKind::TooLong`], [`ErrorKind::BadValue`]), padding ([`ErrorKind::BadType`]), an
    /// SPI that is reserved, or an empty challenge.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        match self.error {
            None => Ok(self.octets),
            Some(error) => Err(error),
        }
    }

    /// Appends an extension with an authenticator of `length` octets, which `authenticate` makes
    /// of the octets before it.
    fn append_authenticator(
        self,
        kind: AuthenticationKind,
        spi: u32,
        length: usize,
        authenticate: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
    ) -> Builder {
        let blank = alloc::vec![0; length];
        let blank = kind.extension(Authentication { spi, authenticator: &blank });
        let mut builder = self.extension(blank);
        if builder.error.is_some() {
            return builder;
        }
        //= wire.3.1
        builder.octets.truncate(builder.octets.len() - length);
        match authenticate(&builder.octets) {
            Some(authenticator) => builder.append(Ok(authenticator)),
            None => builder.fail(ErrorKind::BadValue, "wire.3.9"),
        }
    }

    fn add(&mut self, extension: &Extension<'_>) {
        if self.error.is_some() {
            return;
        }
        //= wire.2.3
        self.error = match extension {
            Extension::Pad => Some(Error::new(ErrorKind::BadType, self.octets.len(), "wire.2.3")),
            _ => write::append(extension, &mut self.octets).err(),
        };
    }

    fn append(mut self, octets: Result<Vec<u8>, Error>) -> Builder {
        match octets {
            _ if self.error.is_some() => {}
            Ok(octets) => self.octets.extend(octets),
            Err(error) => self.error = Some(error),
        }
        self
    }

    fn fail(self, kind: ErrorKind, sentence: &'static str) -> Builder {
        let offset = self.octets.len();
        self.append(Err(Error::new(kind, offset, sentence)))
    }
}
