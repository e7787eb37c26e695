use alloc::vec::Vec;
use core::net::Ipv6Addr;

use cookie_factory::combinator::slice;
use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::{
    AUTHENTICATION_HEADER_LENGTH, FIRST_SPI, HEADER_LENGTH, HEADER_UNIT, MN_AAA_DATA_LENGTH,
    MN_HA_DATA_LENGTH, alignment, authentication_subtype, message, option, spi,
};

use super::auth::{MobilityData, mn_aaa};
use super::header::CHECKSUM_OFFSET;
use super::message::Message;
use super::option::{Authentication, MobilityOption};
use super::options::{Next, Order};
use super::packet::{Addresses, Route};
use super::reading::FastAuthorizationLength;
use crate::wire::{append as append_octets, overwrite};
use crate::{Error, ErrorKind, Found};

/// Makes a mobility header: fixed part, options each at its alignment, authenticators, length and
/// checksum.
///
/// What may not be received is not made either.
#[derive(Clone, Debug)]
pub struct Builder<'k> {
    octets: Vec<u8>,
    /// What was wrong first.
    failed: Option<Error>,
    /// What the message is as long as its options alone can make it wrong.
    frame: Frame,
    signatures: Vec<Signature<'k>>,
}

/// What a header that is being made is.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// The MH Type.
    kind: u8,
    /// Whether it was given as octets, so that nothing is known of its options.
    opaque: bool,
    /// What has stood among the options, and what was wrong with their order first.
    order: Result<Order, Error>,
    /// The care-of address among them.
    alternate: Found<Ipv6Addr>,
    /// Where an MN-AAA authentication stands.
    mn_aaa: Option<usize>,
}

/// Octets that most mobility headers fit into.
const USUAL_LENGTH: usize = 128;

/// An authentication option whose data is still zero.
#[derive(Clone, Copy)]
struct Signature<'k> {
    offset: usize,
    subtype: u8,
    key: &'k [u8],
}

impl<'k> Builder<'k> {
    /// Begins a header with `message`, whose options, if it has any, are taken octet for octet.
    #[must_use]
    pub fn new<'a>(message: impl Into<Message<'a>>) -> Builder<'k> {
        let message = message.into();
        //= wire.8.11
        let mut octets = Vec::with_capacity(USUAL_LENGTH);
        append_octets(&mut octets, |out| {
            let head = [next_header::NO_NEXT_HEADER, 0, message.kind(), 0, 0, 0];
            message.fixed_part(slice(head)(out)?)
        });
        let mut frame = Frame {
            kind: message.kind(),
            opaque: matches!(message, Message::Other { .. }),
            order: Ok(Order::default()),
            alternate: Found::Absent,
            mn_aaa: None,
        };
        let mut failed = None;
        for option in message.options().iter() {
            frame.take(&option.value, octets.len());
            match option.value {
                // Whose length its reading may have counted otherwise.
                MobilityOption::FastBindingAuthorizationData(_) => {
                    failed = failed.or(option.value.append(&mut octets).err());
                }
                _ => octets.extend_from_slice(option.raw),
            }
        }
        Builder { octets, failed, frame, signatures: Vec::new() }
    }

    /// Sets the octet behind the MH Type, which is otherwise zero, as it has to be.
    #[must_use]
    pub fn reserved(mut self, reserved: u8) -> Builder<'k> {
        if let [_, _, _, octet, ..] = self.octets.as_mut_slice() {
            *octet = reserved;
        }
        self
    }

    /// Appends an option, with the padding before it that its alignment asks for.
    ///
    /// The authentication options that this makes have the data they are given; those to be
    /// computed are appended by [`Builder::sign_mn_ha`] and [`Builder::sign_mn_aaa`].
    #[inline]
    #[must_use]
    pub fn option(mut self, option: &MobilityOption<'_>) -> Builder<'k> {
        self.add(option);
        self
    }

    /// Appends options, each as [`Builder::option`] does.
    #[inline]
    #[must_use]
    pub fn options<'o>(
        mut self,
        options: impl IntoIterator<Item = &'o MobilityOption<'o>>,
    ) -> Builder<'k> {
        options.into_iter().for_each(|option| self.add(option));
        self
    }

    /// Appends an MN-HA authentication option under `spi`, to be computed with `key`.
    #[must_use]
    pub fn sign_mn_ha(self, spi: u32, key: &'k [u8]) -> Builder<'k> {
        //= wire.9.19
        if spi < FIRST_SPI {
            let error = Error::new(ErrorKind::BadValue, 0, "wire.9.19");
            return Builder { failed: self.failed.or(Some(error)), ..self };
        }
        let subtype = authentication_subtype::MN_HA;
        self.sign(Authentication { subtype, spi, data: &[0; MN_HA_DATA_LENGTH] }, key)
    }

    /// Appends an MN-AAA authentication option under SPI 3, to be computed with the MN-AAA `key`.
    #[must_use]
    pub fn sign_mn_aaa(self, key: &'k [u8]) -> Builder<'k> {
        let (subtype, spi) = (authentication_subtype::MN_AAA, spi::HMAC_SHA1);
        self.sign(Authentication { subtype, spi, data: &[0; MN_AAA_DATA_LENGTH] }, key)
    }

    /// The whole IPv6 packet.
    ///
    /// # Errors
    /// The first of: an option is too long, misplaced or under a reserved SPI; the header is
    /// longer than 2048 octets; the message may not go by this route.
    pub fn packet(self, route: &Route) -> Result<Vec<u8>, Error> {
        route.packet(&self.header(route)?)
    }

    /// The mobility header alone.
    ///
    /// # Errors
    /// As [`Builder::packet`].
    pub fn header(self, route: &Route) -> Result<Vec<u8>, Error> {
        let Builder { mut octets, failed, mut frame, signatures } = self;
        failed.map_or(Ok(()), Err)?;
        let padding = octets.len().wrapping_neg() % HEADER_UNIT;
        //= wire.9.4
        frame.pad(&mut octets, padding);
        //= wire.8.1
        let length = u8::try_from(octets.len() / HEADER_UNIT - 1)
            .map_err(|_| Error::new(ErrorKind::TooLong, 1, "wire.8.1"))?;
        overwrite(&mut octets, 1, [length]);
        route.check(frame.kind)?;
        let alternate = frame.check(&octets)?;
        if !signatures.is_empty() {
            let addresses = route.addresses_of(frame.kind, alternate);
            signatures.iter().for_each(|signature| signature.write(addresses, &mut octets));
        }
        //= wire.8.2
        let checksum = route.pseudo().checksum(next_header::MOBILITY, &[&octets]);
        overwrite(&mut octets, CHECKSUM_OFFSET, checksum.to_be_bytes());
        Ok(octets)
    }

    fn sign(self, option: Authentication<'_>, key: &'k [u8]) -> Builder<'k> {
        let length = AUTHENTICATION_HEADER_LENGTH + option.data.len();
        let mut builder = self.option(&MobilityOption::Authentication(option));
        if builder.failed.is_none() {
            let offset = builder.octets.len() - length;
            builder.signatures.push(Signature { offset, subtype: option.subtype, key });
        }
        builder
    }

    fn add(&mut self, option: &MobilityOption<'_>) {
        if self.failed.is_none() {
            self.failed = self.append(option).err();
        }
    }

    /// Appends `option` where it may begin.
    #[inline]
    fn append(&mut self, option: &MobilityOption<'_>) -> Result<(), Error> {
        let Builder { octets, frame, .. } = self;
        let start = octets.len();
        let padding = match ending(option) {
            //= wire.9.16
            Some(length) => (start + length).wrapping_neg() % HEADER_UNIT,
            None => alignment(option.kind()).padding(start),
        };
        //= wire.9.4
        frame.pad(octets, padding);
        let at = octets.len();
        let appended = option.append(octets);
        match appended {
            Ok(()) => frame.take(option, at),
            Err(_) => octets.truncate(start),
        }
        appended
    }
}

impl Frame {
    /// Takes an option that stands at octet `at`.
    #[inline]
    fn take(&mut self, option: &MobilityOption<'_>, at: usize) {
        match option {
            MobilityOption::AlternateCareOfAddress(address) => {
                self.alternate = match self.alternate {
                    Found::Absent => Found::Once(*address),
                    Found::Once(_) | Found::Many => Found::Many,
                };
            }
            MobilityOption::Authentication(value)
                if value.subtype == authentication_subtype::MN_AAA =>
            {
                self.mn_aaa = self.mn_aaa.or(Some(at));
            }
            _ => {}
        }
        self.follow(Next::from(option), at);
    }

    fn follow(&mut self, next: Next, at: usize) {
        if let Ok(order) = &mut self.order
            && let Err(error) = order.goes_on().and_then(|()| order.take(next, at))
        {
            self.order = Err(error);
        }
    }

    /// Appends `length` octets of padding, less than a unit: one Pad1, or one PadN of zeros.
    #[inline]
    fn pad(&mut self, octets: &mut Vec<u8>, length: usize) {
        //= wire.9.4
        match length {
            0 => return,
            1 => octets.push(option::PAD1),
            _ => {
                const PADDING: [u8; HEADER_UNIT] = [option::PADN, 0, 0, 0, 0, 0, 0, 0];
                let start = octets.len();
                octets.extend_from_slice(PADDING.get(..length).unwrap_or(&PADDING));
                overwrite(octets, start + 1, [u8::try_from(length - 2).unwrap_or_default()]);
            }
        }
        self.follow(Next::Padding, octets.len() - length);
    }

    /// Whether the header, now whole, may be received: the care-of address among its options.
    fn check(&self, octets: &[u8]) -> Result<Found<Ipv6Addr>, Error> {
        if self.opaque {
            // Only what is there can tell what it is.
            let data = octets.get(HEADER_LENGTH..).unwrap_or_default();
            let lengths = FastAuthorizationLength::WholeData;
            let message = Message::decode(self.kind, data, lengths);
            return Ok(message?.options().alternate_care_of_address());
        }
        self.order.and_then(|order| order.ends())?;
        //= wire.9.15
        match self.mn_aaa {
            Some(at) if self.kind == message::BINDING_ACKNOWLEDGEMENT => {
                Err(Error::new(ErrorKind::Misplaced, at, "wire.9.15"))
            }
            _ => Ok(self.alternate),
        }
    }
}

impl Signature<'_> {
    /// Computes the data over what stands before it, and puts it there.
    fn write(&self, addresses: Addresses, octets: &mut [u8]) {
        let Some(data) = MobilityData::up_to_spi(addresses, octets, self.offset) else { return };
        let place = self.offset + AUTHENTICATION_HEADER_LENGTH;
        if self.subtype == authentication_subtype::MN_HA {
            let authenticator = data.mn_ha(self.key);
            overwrite(octets, place, authenticator);
        } else {
            let authenticator = mn_aaa(self.key, &data.digest());
            overwrite(octets, place, authenticator);
        }
    }
}

impl core::fmt::Debug for Signature<'_> {
    /// Without the key.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Signature")
            .field("offset", &self.offset)
            .field("subtype", &self.subtype)
            .finish_non_exhaustive()
    }
}

/// The length of an option, if it is of a type that has to be the last octets of the header.
const fn ending(option: &MobilityOption<'_>) -> Option<usize> {
    const HEAD: usize = 2;
    match option {
        MobilityOption::Authentication(value) => {
            Some(AUTHENTICATION_HEADER_LENGTH + value.data.len())
        }
        MobilityOption::FastBindingAuthorizationData(value) => {
            Some(HEAD + size_of::<u32>() + value.authenticator.len())
        }
        MobilityOption::BindingAuthorizationData(data) => Some(HEAD + data.len()),
        MobilityOption::Malformed {
            kind: option::AUTHENTICATION | option::FAST_BINDING_AUTHORIZATION_DATA,
            data,
        } => Some(HEAD + data.len()),
        _ => None,
    }
}
