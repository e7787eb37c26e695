//! What the server answers, and how that stands in a packet.

use core::net::Ipv4Addr;

use dsboot_codec::dsb::{Fqdn, Parameter};
use dsboot_codec::radius::{Attribute, ResponseBuilder, SubAttribute};
use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::mip4::{replay_method, spi};
use dsboot_spec::registry::radius::code;

use super::config::{Fha, HomeRecord};
use super::mobility::Assignment;
use crate::fault::{Fault, is};
use crate::{Nai, Secret, count};

/// An answer.
pub(super) enum Reply {
    Challenge { eap: Vec<u8>, state: [u8; 16] },
    Access(AccessGrant),
    Mobility(MobilityGrant),
    Binding(BindingGrant),
    Reject { eap: Option<Vec<u8>> },
}

/// What a NAS is told about a user who is let in.
pub(super) struct AccessGrant {
    pub(super) nai: Nai,
    pub(super) eap: Vec<u8>,
    pub(super) fha: Option<Fha>,
    pub(super) care_of: Option<CareOf>,
    pub(super) lifetime: u32,
}

/// A co-located care-of address, or the word that the NAS is to choose one.
pub(super) struct CareOf {
    pub(super) address: Ipv4Addr,
    pub(super) prefix_length: Option<u8>,
}

/// What an FHA is told about an MN that may register.
pub(super) struct MobilityGrant {
    pub(super) nai: Nai,
    pub(super) home: HomeRecord,
    pub(super) assignment: Option<Assignment>,
    pub(super) key: Secret,
    pub(super) nonce: [u8; 16],
    pub(super) salt: u16,
    pub(super) lifetime: u32,
    pub(super) algorithm: u16,
}

/// What an HA is told about a binding update that holds.
pub(super) struct BindingGrant {
    pub(super) nai: Nai,
    pub(super) key: Secret,
    pub(super) spi: u32,
    pub(super) salt: u16,
    pub(super) lifetime: u32,
}

impl Reply {
    pub(super) const fn code(&self) -> u8 {
        match self {
            Reply::Challenge { .. } => code::ACCESS_CHALLENGE,
            Reply::Access(_) | Reply::Mobility(_) | Reply::Binding(_) => code::ACCESS_ACCEPT,
            Reply::Reject { .. } => code::ACCESS_REJECT,
        }
    }

    pub(super) const fn counted(&self) -> count::Radius {
        match self {
            Reply::Challenge { .. } => count::Radius::Challenged,
            Reply::Access(_) | Reply::Mobility(_) | Reply::Binding(_) => count::Radius::Accepted,
            Reply::Reject { .. } => count::Radius::Rejected,
        }
    }

    /// Adds the attributes of this answer to a packet for the client of that secret.
    pub(super) fn write(&self, vendor_id: u32, secret: &[u8], response: &mut ResponseBuilder) {
        match self {
            Reply::Challenge { eap, state } => {
                response.attribute(&Attribute::State(state)).eap_message(eap);
            }
            Reply::Access(grant) => grant.write(vendor_id, response),
            Reply::Mobility(grant) => grant.write(vendor_id, secret, response),
            Reply::Binding(grant) => grant.write(vendor_id, secret, response),
            Reply::Reject { eap } => {
                eap.iter().for_each(|eap| {
                    response.eap_message(eap);
                });
            }
        }
    }
}

impl AccessGrant {
    //= access.3.12
    fn write(&self, vendor_id: u32, response: &mut ResponseBuilder) {
        response.attribute(&Attribute::UserName(self.nai.octets()));
        if let Some(CareOf { address, prefix_length }) = self.care_of {
            //= access.3.9
            response.attribute(&Attribute::FramedIpAddress(address));
            if let Some(length) = prefix_length {
                response.attribute(&Attribute::FramedIpNetmask(mask(length)));
            }
        }
        //= access.3.11
        response.attribute(&Attribute::SessionTimeout(self.lifetime));
        //= access.3.7
        if let Some(fha) = self.fha.as_ref().filter(|_| !is(Fault::AaaOmitsFha)) {
            let name = fha.fqdn.as_deref().and_then(Fqdn::new).map(Parameter::FhaFqdn);
            for parameter in fha.address.map(Parameter::FhaAddress).into_iter().chain(name) {
                response.sub_attribute(vendor_id, &parameter.into());
            }
        }
        response.eap_message(&self.eap);
    }
}

impl MobilityGrant {
    fn write(&self, vendor_id: u32, secret: &[u8], response: &mut ResponseBuilder) {
        response.attribute(&Attribute::UserName(self.nai.octets()));
        if let Some(assignment) = &self.assignment {
            response.attribute(&Attribute::FramedIpAddress(assignment.thoav4));
        }
        response.attribute(&Attribute::SessionTimeout(self.lifetime));
        if let Some(assignment) = &self.assignment {
            let coa = assignment.ipv6_coa.map(Parameter::Ipv6Coa);
            //= movement.1.8
            let home = [
                Parameter::Ipv6Hoa(self.home.home_address),
                Parameter::HomeAgent(self.home.home_agent),
            ];
            for parameter in home.into_iter().chain(coa) {
                response.sub_attribute(vendor_id, &parameter.into());
            }
        }
        //= keys.1.5
        //= keys.4.1
        //= keys.4.2
        //= keys.4.4
        let key = self.key.octets();
        response.hidden_key(vendor_id, parameter::MN_FHA_KEY, key, self.salt, secret);
        for unit in [
            SubAttribute::KeyGenNonce(&self.nonce),
            SubAttribute::AaaSpi(spi::CHAP),
            //= keys.1.11
            SubAttribute::KeyLifetime(self.lifetime),
            //= keys.1.9
            SubAttribute::Algorithm(self.algorithm.into()),
            //= keys.1.10
            SubAttribute::ReplayMethod(replay_method::TIMESTAMPS.into()),
        ] {
            response.sub_attribute(vendor_id, &unit);
        }
    }
}

impl BindingGrant {
    fn write(&self, vendor_id: u32, secret: &[u8], response: &mut ResponseBuilder) {
        response.attribute(&Attribute::UserName(self.nai.octets()));
        response.attribute(&Attribute::SessionTimeout(self.lifetime));
        //= keys.3.3
        //= keys.4.1
        //= keys.4.4
        let key = self.key.octets();
        response.hidden_key(vendor_id, parameter::MIP6_MN_HA_KEY, key, self.salt, secret);
        response.sub_attribute(vendor_id, &SubAttribute::Mip6MnHaSpi(self.spi));
        response.sub_attribute(vendor_id, &SubAttribute::Mip6MsaLifetime(self.lifetime));
    }
}

/// The mask of a prefix of that length.
const fn mask(length: u8) -> Ipv4Addr {
    let host = u32::MAX.checked_shr(length as u32);
    Ipv4Addr::from_bits(match host {
        Some(host) => !host,
        None => u32::MAX,
    })
}
