//! The sub-attributes of this project's vendor (RFC 2865 §5.26).

use alloc::vec::Vec;

use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::radius::{ATTRIBUTE_HEADER_LENGTH, MAX_SUB_VALUE_LENGTH};

use super::hidden::Salted;
use super::value::SaltHidden;
use super::{Attribute, Units, VendorSpecific, attribute};
use crate::dsb::{Parameter, Parameters};
use crate::form::{Exactly, Form, Integer, LongInteger, Octets, units};
use crate::{Error, ErrorKind, Found, Positioned};

/// Octets before the sub-attributes: Type, Length and Vendor-Id.
pub(super) const BEFORE: usize = ATTRIBUTE_HEADER_LENGTH + size_of::<u32>();

/// The shortest nonce from which a key is derived, in octets.
const NONCE: usize = 16;

/// Octets of an authenticator or digest made with SHA-1.
const SHA1: usize = 20;

//= wire.5.16
units! {
    /// A sub-attribute: its type and what its value means.
    pub enum SubAttribute<'a> in parameter: u8, found by Vendor {
        /// The client's part, a `client_role`.
        ClientRole(u32): Integer = CLIENT_ROLE => client_role;
        /// The MN–FHA key, hidden.
        MnFhaKey(Salted<'a>): SaltHidden = MN_FHA_KEY => mn_fha_key;
        /// The nonce from which the MN derives the MN–FHA key.
        KeyGenNonce(&'a [u8]): Octets<NONCE> = KEY_GEN_NONCE => key_gen_nonce;
        /// SPI of the MN–AAA association under which keys are derived.
        AaaSpi(u32): Integer = AAA_SPI => aaa_spi;
        /// SPI chosen by the MN, for replies of the FHA.
        MnSpi(u32): Integer = MN_SPI => mn_spi;
        /// SPI chosen by the FHA, for requests of the MN.
        FhaSpi(u32): Integer = FHA_SPI => fha_spi;
        /// How long the MN–FHA key lives, in seconds.
        KeyLifetime(u32): Integer = KEY_LIFETIME => key_lifetime;
        /// Authentication algorithm of the MN–FHA key.
        Algorithm(u32): Integer = ALGORITHM => algorithm;
        /// Replay protection of the MN–FHA key.
        ReplayMethod(u32): Integer = REPLAY_METHOD => replay_method;
        /// The MN–FA key, hidden.
        MnFaKey(Salted<'a>): SaltHidden = MN_FA_KEY => mn_fa_key;
        /// The nonce from which the MN derives the MN–FA key.
        MnFaKeyGenNonce(&'a [u8]): Octets<NONCE> = MN_FA_KEY_GEN_NONCE => mn_fa_key_gen_nonce;
        /// SPI chosen by the MN for the MN–FA association.
        MnFaMnSpi(u32): Integer = MN_FA_MN_SPI => mn_fa_mn_spi;
        /// SPI chosen by the FA for the MN–FA association.
        MnFaFaSpi(u32): Integer = MN_FA_FA_SPI => mn_fa_fa_spi;
        /// How long the MN–FA key lives, in seconds.
        MnFaKeyLifetime(u32): Integer = MN_FA_KEY_LIFETIME => mn_fa_key_lifetime;
        /// SPI of the binding update's MN–AAA option.
        Mip6MnAaaSpi(u32): Integer = MIP6_MN_AAA_SPI => mip6_mn_aaa_spi;
        /// Authentication data of the binding update's MN–AAA option.
        Mip6Authenticator(&'a [u8; SHA1]): Exactly<SHA1> = MIP6_AUTHENTICATOR => mip6_authenticator;
        /// Digest over what the binding update's authenticator covers.
        Mip6MacMobilityData(&'a [u8; SHA1]): Exactly<SHA1> = MIP6_MAC_MOBILITY_DATA
            => mip6_mac_mobility_data;
        /// Timestamp of the binding update's Mesg-ID option, in NTP format.
        Mip6Timestamp(u64): LongInteger = MIP6_TIMESTAMP => mip6_timestamp;
        /// The MN–HA key, hidden.
        Mip6MnHaKey(Salted<'a>): SaltHidden = MIP6_MN_HA_KEY => mip6_mn_ha_key;
        /// SPI of the MN–HA association.
        Mip6MnHaSpi(u32): Integer = MIP6_MN_HA_SPI => mip6_mn_ha_spi;
        /// How long the MN–HA association lives, in seconds.
        Mip6MsaLifetime(u32): Integer = MIP6_MSA_LIFETIME => mip6_msa_lifetime;
    }
    /// A parameter that travels in other protocols too.
    with Parameter(Parameter<'a>) for [
        FHA_IPV4_ADDRESS, FHA_FQDN, COLOCATED_ADDRESS, THOAV4, IPV6_HOA, HA_IPV6_ADDRESS, IPV6_COA,
        BOOTSTRAP_REQUEST
    ]
}

impl<'a> From<Parameter<'a>> for SubAttribute<'a> {
    fn from(parameter: Parameter<'a>) -> SubAttribute<'a> {
        SubAttribute::Parameter(parameter)
    }
}

impl SubAttribute<'_> {
    /// Vendor-Type, Vendor-Length and value as they stand in a Vendor-Specific attribute.
    ///
    /// # Errors
    /// When the value is longer than 247 octets, or does not have the form of its type.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut octets = Vec::new();
        attribute::append(&mut octets, self.kind(), MAX_SUB_VALUE_LENGTH, |out| self.write(out))?;
        //= wire.5.4
        if self.holds() {
            return Ok(octets);
        }
        Err(Error::new(ErrorKind::BadValue, ATTRIBUTE_HEADER_LENGTH, "wire.5.4"))
    }
}

impl<'a> VendorSpecific<'a> {
    /// The sub-attributes in an attribute that begins at octet `offset` of its packet, read by
    /// this project's numbers.
    ///
    /// # Errors
    /// When the data is no sequence of sub-attributes; it then has no meaning here.
    pub fn sub_attributes(&self, offset: usize) -> Result<Units<'a, SubAttribute<'a>>, Error> {
        //= wire.5.13
        Units::new(self.data, offset + BEFORE, SubAttribute::decode, "wire.5.13")
    }
}

/// What one vendor says in a packet.
#[derive(Clone, Debug)]
pub struct Vendor<'a> {
    attributes: Units<'a, Attribute<'a>>,
    vendor_id: u32,
}

impl<'a> Vendor<'a> {
    pub(super) const fn new(attributes: Units<'a, Attribute<'a>>, vendor_id: u32) -> Vendor<'a> {
        Vendor { attributes, vendor_id }
    }

    /// All sub-attributes of the vendor in their order, from however many attributes.
    pub fn sub_attributes(&self) -> impl Iterator<Item = Positioned<'a, SubAttribute<'a>>> {
        let vendor_id = self.vendor_id;
        let attributes = self.attributes.clone();
        //= wire.5.12
        let ours = attributes.filter_map(move |unit| match unit.value {
            Attribute::VendorSpecific(vsa) if vsa.vendor_id == vendor_id => {
                vsa.sub_attributes(unit.offset).ok()
            }
            _ => None,
        });
        ours.flatten()
    }

    /// The values that `pick` takes out of the sub-attributes, as one answer.
    //= wire.5.3
    pub fn find<T>(&self, pick: impl Fn(SubAttribute<'a>) -> Option<T>) -> Found<T> {
        self.sub_attributes().filter_map(|unit| pick(unit.value)).collect()
    }

    /// The parameters that travel in other protocols too.
    #[must_use]
    pub fn parameters(&self) -> Parameters<'a> {
        //= wire.5.14
        let parameters = self.sub_attributes().filter_map(|unit| match unit.value {
            SubAttribute::Parameter(parameter) => Some(parameter),
            _ => None,
        });
        parameters.collect()
    }
}
