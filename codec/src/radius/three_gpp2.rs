//! The sub-attributes of 3GPP2 that are about Mobile IP: what other RADIUS servers know of it
//! (RFC 5419 §6).

use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use dsboot_spec::registry::radius::{
    ATTRIBUTE_HEADER_LENGTH, MAX_SUB_VALUE_LENGTH, three_gpp2, vendor,
};

use super::hidden::Salted;
use super::value::SaltHidden;
use super::vendor::BEFORE;
use super::{Attribute, Packet, Units, attribute};
use crate::form::{Address, Address6, Form, Integer, Octets, units};
use crate::{Error, ErrorKind, Found, Positioned};

//= wire.5.24
units! {
    /// A sub-attribute of 3GPP2: its type and what its value means.
    pub enum ThreeGpp2Attribute<'a> in three_gpp2: u8, found by ThreeGpp2 {
        /// Whether the foreign agent tunnels back to the home agent.
        ReverseTunnelSpecification(u32): Integer = REVERSE_TUNNEL_SPECIFICATION => reverse_tunnel_specification;
        /// The Mobile IPv4 home agent.
        HomeAgentAddress(Ipv4Addr): Address = HOME_AGENT_ADDRESS => home_agent_address;
        /// Simple IP or Mobile IP.
        IpTechnology(u32): Integer = IP_TECHNOLOGY => ip_technology;
        /// Secret from which the keys between foreign and home agent are made.
        SKey(&'a [u8]): Octets<1> = S_KEY => s_key;
        /// Whether that secret is wanted.
        SRequest(u32): Integer = S_REQUEST => s_request;
        /// Until when that secret is good, in seconds since 1970.
        SLifetime(u32): Integer = S_LIFETIME => s_lifetime;
        /// SPI of the key between mobile node and home agent.
        MnHaSpi(u32): Integer = MN_HA_SPI => mn_ha_spi;
        /// That key, hidden.
        MnHaSharedKey(Salted<'a>): SaltHidden = MN_HA_SHARED_KEY => mn_ha_shared_key;
        /// The foreign agent.
        ForeignAgentAddress(Ipv4Addr): Address = FOREIGN_AGENT_ADDRESS => foreign_agent_address;
        /// Whether the foreign agent takes the MN-AAA extension out.
        MnAaaRemovalIndication(u32): Integer = MN_AAA_REMOVAL_INDICATION => mn_aaa_removal_indication;
        /// Lifetimes of Mobile IP.
        MipLifetime(&'a [u8]): Octets<1> = MIP_LIFETIME => mip_lifetime;
        /// The Mobile IPv6 home agent.
        Mip6HomeAgent(Ipv6Addr): Address6 = MIP6_HOME_AGENT => mip6_home_agent;
        /// The IPv6 care-of address.
        Mip6CareOfAddress(Ipv6Addr): Address6 = MIP6_COA => mip6_care_of_address;
        /// The home address is not this mobile node's.
        Mip6HomeAddressNotAuthorized(u32): Integer = MIP6_HOA_NOT_AUTHORIZED => mip6_home_address_not_authorized;
        /// Key between mobile node and Mobile IPv6 home agent.
        Mip6SessionKey(&'a [u8]): Octets<1> = MIP6_SESSION_KEY => mip6_session_key;
        /// Mesg-ID option of the binding update.
        Mip6MessageId(&'a [u8]): Octets<1> = MIP6_MESG_ID => mip6_message_id;
        /// Prefix of the home link.
        Mip6HomeLinkPrefix(&'a [u8]): Octets<1> = MIP6_HOME_LINK_PREFIX => mip6_home_link_prefix;
        /// Authentication data of the MN-AAA option.
        Mip6Authenticator(&'a [u8]): Octets<1> = MIP6_AUTHENTICATOR => mip6_authenticator;
        /// What that data was made over.
        Mip6MacMobilityData(&'a [u8]): Octets<1> = MIP6_MAC_MOBILITY_DATA => mip6_mac_mobility_data;
        /// A Mobile IPv6 home agent.
        Mip6HomeAgentB(Ipv6Addr): Address6 = MIP6_HOME_AGENT_B => mip6_home_agent_b;
        /// The IPv6 home address.
        Mip6HomeAddress(Ipv6Addr): Address6 = MIP6_HOA => mip6_home_address;
        /// Whether a home agent is wanted.
        HomeAgentRequest(u32): Integer = HA_REQUEST => home_agent_request;
        /// Whether the home agent may be used.
        HomeAgentAuthorised(u32): Integer = HA_AUTHORISED => home_agent_authorised;
        /// Which versions of IP the user may have.
        IpVersionAuthorised(u32): Integer = IP_VERSION_AUTHORISED => ip_version_authorised;
        /// Identification of the registration request.
        Mip4MessageId(&'a [u8]): Octets<1> = MIP4_MESG_ID => mip4_message_id;
    }
}

impl ThreeGpp2Attribute<'_> {
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

/// What 3GPP2 says in a packet.
#[derive(Clone, Debug)]
pub struct ThreeGpp2<'a>(Units<'a, Attribute<'a>>);

impl<'a> Packet<'a> {
    /// The sub-attributes of 3GPP2.
    #[must_use]
    pub fn three_gpp2(&self) -> ThreeGpp2<'a> {
        ThreeGpp2(self.attributes())
    }
}

impl<'a> ThreeGpp2<'a> {
    /// All sub-attributes in their order, from however many attributes; what is not filled by
    /// sub-attributes is skipped.
    pub fn sub_attributes(&self) -> impl Iterator<Item = Positioned<'a, ThreeGpp2Attribute<'a>>> {
        //= wire.5.24
        let ours = self.0.clone().filter_map(|unit| match unit.value {
            Attribute::VendorSpecific(vsa) if vsa.vendor_id == vendor::THREE_GPP2 => {
                Units::new(vsa.data, unit.offset + BEFORE, ThreeGpp2Attribute::decode, "wire.5.13")
                    .ok()
            }
            _ => None,
        });
        ours.flatten()
    }

    /// The values that `pick` takes out of the sub-attributes, as one answer.
    //= wire.5.3
    pub fn find<T>(&self, pick: impl Fn(ThreeGpp2Attribute<'a>) -> Option<T>) -> Found<T> {
        self.sub_attributes().filter_map(|unit| pick(unit.value)).collect()
    }
}
