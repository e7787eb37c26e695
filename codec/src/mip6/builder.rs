use alloc::vec::Vec;

use cookie_factory::bytes::{be_u8, be_u16};
use cookie_factory::combinator::slice;
use cookie_factory::sequence::tuple;
use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::{
    AUTHENTICATION_HEADER_LENGTH, FIRST_SPI, HEADER_UNIT, MN_AAA_DATA_LENGTH, MN_HA_DATA_LENGTH,
    alignment, authentication_subtype, option, spi,
};

use super::auth::{MobilityData, mn_aaa};
use super::header::{CHECKSUM_OFFSET, Header};
use super::message::Message;
use super::option::{Authentication, MobilityOption};
use super::packet::{Addresses, Route};
use crate::wire::append as append_octets;
use crate::{Error, ErrorKind};

/// Makes a mobility header: fixed part, options each at its alignment, authenticators, length and
/// checksum.
///
/// What may not be received is not made either: the header is decoded before it is given out.
#[derive(Clone, Debug)]
pub struct Builder<'k> {
    /// The header so far, or what was wrong first.
    octets: Result<Vec<u8>, Error>,
    signatures: Vec<Signature<'k>>,
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
        append_octets(
            &mut octets,
            tuple((
                be_u8(next_header::NO_NEXT_HEADER),
                be_u8(0),
                be_u8(message.kind()),
                be_u8(0),
                be_u16(0),
                slice(message.fixed_part()),
                slice(message.options().octets()),
            )),
        );
        Builder { octets: Ok(octets), signatures: Vec::new() }
    }

    /// Sets the octet behind the MH Type, which is otherwise zero, as it has to be.
    #[must_use]
    pub fn reserved(mut self, reserved: u8) -> Builder<'k> {
        if let Ok([_, _, _, octet, ..]) = self.octets.as_deref_mut() {
            *octet = reserved;
        }
        self
    }

    /// Appends an option, with the padding before it that its alignment asks for.
    ///
    /// The authentication options that this makes have the data they are given; those to be
    /// computed are appended by [`Builder::sign_mn_ha`] and [`Builder::sign_mn_aaa`].
    #[must_use]
    pub fn option(mut self, option: &MobilityOption<'_>) -> Builder<'k> {
        self.octets = self.octets.and_then(|octets| append(octets, option));
        self
    }

    /// Appends an MN-HA authentication option under `spi`, to be computed with `key`.
    #[must_use]
    pub fn sign_mn_ha(self, spi: u32, key: &'k [u8]) -> Builder<'k> {
        //= wire.9.19
        if spi < FIRST_SPI {
            let error = Error::new(ErrorKind::BadValue, 0, "wire.9.19");
            return Builder { octets: self.octets.and(Err(error)), ..self };
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
        let mut octets = framed(self.octets?)?;
        let header = Header::decode_unverified(&octets)?;
        route.check(header.kind())?;
        let addresses = route.addresses(&header.message()?);
        for signature in &self.signatures {
            signature.write(addresses, &mut octets);
        }
        //= wire.8.2
        let checksum = route.pseudo().checksum(next_header::MOBILITY, &[&octets]);
        write(&mut octets, CHECKSUM_OFFSET, &checksum.to_be_bytes());
        Ok(octets)
    }

    fn sign(self, option: Authentication<'_>, key: &'k [u8]) -> Builder<'k> {
        let length = AUTHENTICATION_HEADER_LENGTH + option.data.len();
        let mut builder = self.option(&MobilityOption::Authentication(option));
        if let Ok(octets) = &builder.octets {
            let offset = octets.len() - length;
            builder.signatures.push(Signature { offset, subtype: option.subtype, key });
        }
        builder
    }
}

impl Signature<'_> {
    /// Computes the data over what stands before it, and puts it there.
    fn write(&self, addresses: Addresses, octets: &mut [u8]) {
        let Some(data) = MobilityData::up_to_spi(addresses, octets, self.offset) else { return };
        let place = self.offset + AUTHENTICATION_HEADER_LENGTH;
        if self.subtype == authentication_subtype::MN_HA {
            let authenticator = data.mn_ha(self.key);
            write(octets, place, &authenticator);
        } else {
            let authenticator = mn_aaa(self.key, &data.digest());
            write(octets, place, &authenticator);
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

/// Appends `option` where it may begin.
fn append(mut octets: Vec<u8>, option: &MobilityOption<'_>) -> Result<Vec<u8>, Error> {
    if ends_header(option.kind()) {
        let start = octets.len();
        option.append(&mut octets)?;
        //= wire.9.16
        let padding = octets.len().wrapping_neg() % HEADER_UNIT;
        pad(&mut octets, padding);
        // The padding belongs before the option.
        if let Some(option) = octets.get_mut(start..) {
            option.rotate_right(padding);
        }
        return Ok(octets);
    }
    //= wire.9.4
    let padding = alignment(option.kind()).padding(octets.len());
    pad(&mut octets, padding);
    option.append(&mut octets)?;
    Ok(octets)
}

/// Pads the header to whole units and sets its length.
fn framed(mut octets: Vec<u8>) -> Result<Vec<u8>, Error> {
    //= wire.9.4
    let padding = octets.len().wrapping_neg() % HEADER_UNIT;
    pad(&mut octets, padding);
    //= wire.8.1
    let length = u8::try_from(octets.len() / HEADER_UNIT - 1)
        .map_err(|_| Error::new(ErrorKind::TooLong, 1, "wire.8.1"))?;
    write(&mut octets, 1, &[length]);
    Ok(octets)
}

/// Whether options of this type have to be the last octets of the header.
const fn ends_header(kind: u8) -> bool {
    matches!(
        kind,
        option::AUTHENTICATION
            | option::BINDING_AUTHORIZATION_DATA
            | option::FAST_BINDING_AUTHORIZATION_DATA
    )
}

/// Appends `length` octets of padding, less than a unit: one Pad1, or one PadN of zeros.
fn pad(octets: &mut Vec<u8>, length: usize) {
    //= wire.9.4
    match length {
        0 => (),
        1 => octets.push(option::PAD1),
        _ => {
            let data = length.saturating_sub(2);
            octets.extend([option::PADN, u8::try_from(data).unwrap_or_default()]);
            octets.resize(octets.len() + data, 0);
        }
    }
}

/// Puts `value` at `offset`, where there is room for it.
fn write(octets: &mut [u8], offset: usize, value: &[u8]) {
    octets.iter_mut().skip(offset).zip(value).for_each(|(octet, value)| *octet = *value);
}
