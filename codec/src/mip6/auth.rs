//! The authenticators of RFC 4285, over the octets of a mobility header as received.

use dsboot_spec::registry::mip6::{
    AUTHENTICATION_HEADER_LENGTH, MN_AAA_DATA_LENGTH, MN_HA_DATA_LENGTH, spi,
};

use super::header::{CHECKSUM_OFFSET, Header};
use super::option::Authentication;
use super::packet::Addresses;
use crate::{Positioned, crypto};

/// What the MN-AAA option of a binding update gives to the server that has the key: all that it
/// needs in order to verify the authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MnAaa<'a> {
    /// Which algorithm.
    pub spi: u32,
    /// Authentication data.
    pub authenticator: &'a [u8],
    /// MAC_Mobility_Data: the digest that the authentication data was made over.
    pub digest: [u8; 20],
}

impl MnAaa<'_> {
    /// Whether the authenticator is right under the MN-AAA `key`.
    #[must_use]
    pub fn verify(&self, key: &[u8]) -> bool {
        //= wire.9.20
        self.spi == spi::HMAC_SHA1 && crypto::equal(&mn_aaa(key, &self.digest), self.authenticator)
    }
}

/// The authentication data of an MN-AAA option under SPI 3 (RFC 4285 §5.2): all 20 octets.
#[must_use]
pub fn mn_aaa(key: &[u8], digest: &[u8; 20]) -> [u8; MN_AAA_DATA_LENGTH] {
    //= wire.9.20
    crypto::hmac_sha1(key, &[digest])
}

/// The octets that an authentication option covers (RFC 4285 §5.1): care-of address, home
/// address, and the mobility header from its first octet to the option's SPI, with a checksum of
/// zero.
#[derive(Clone, Copy, Debug)]
pub struct MobilityData<'a> {
    addresses: Addresses,
    before_checksum: &'a [u8],
    checksum: [u8; 2],
    after_checksum: &'a [u8],
}

impl<'a> MobilityData<'a> {
    /// What `option` covers of `header`; `None` if it does not stand there.
    #[must_use]
    pub fn of(
        addresses: Addresses,
        header: &Header<'a>,
        option: &Positioned<'_, Authentication<'_>>,
    ) -> Option<MobilityData<'a>> {
        MobilityData::up_to_spi(addresses, header.octets(), option.offset)
    }

    /// What an option that begins at octet `offset` of the mobility header covers of it.
    pub(super) fn up_to_spi(
        addresses: Addresses,
        octets: &'a [u8],
        offset: usize,
    ) -> Option<MobilityData<'a>> {
        //= wire.9.17
        let covered = octets.get(..offset + AUTHENTICATION_HEADER_LENGTH)?;
        Some(MobilityData {
            addresses,
            before_checksum: covered.get(..CHECKSUM_OFFSET)?,
            checksum: [0, 0],
            after_checksum: covered.get(CHECKSUM_OFFSET + 2..)?,
        })
    }

    /// The same with another checksum than zero.
    pub(super) const fn with_checksum(self, checksum: [u8; 2]) -> MobilityData<'a> {
        MobilityData { checksum, ..self }
    }

    /// MAC_Mobility_Data: what an MN-AAA authenticator is made over.
    #[must_use]
    pub fn digest(&self) -> [u8; 20] {
        //= wire.9.20
        self.with_parts(crypto::sha1)
    }

    /// The authentication data of an MN-HA option under `key`: the first 96 bits.
    #[must_use]
    pub fn mn_ha(&self, key: &[u8]) -> [u8; MN_HA_DATA_LENGTH] {
        //= wire.9.19
        let [data @ .., _, _, _, _, _, _, _, _] =
            self.with_parts(|parts| crypto::hmac_sha1(key, parts));
        data
    }

    fn with_parts<T>(&self, digest: impl FnOnce(&[&[u8]]) -> T) -> T {
        let Addresses { home, care_of } = self.addresses;
        //= wire.9.17
        digest(&[
            &care_of.octets(),
            &home.octets(),
            self.before_checksum,
            &self.checksum,
            self.after_checksum,
        ])
    }
}
