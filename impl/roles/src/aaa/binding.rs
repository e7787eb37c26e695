//! Leg C: the HA hands on what a binding update proves itself by, and gets the MN–HA key.

use core::net::Ipv6Addr;
use core::time::Duration;

use dsboot_codec::mip6::MnAaa;
use dsboot_codec::radius::Vendor;
use dsboot_spec::registry::mip6::FIRST_SPI;

use super::reply::{BindingGrant, Reply};
use super::{Aaa, Refusal};
use crate::radius::Request;
use crate::{Random, Time, count, keys};

impl Aaa {
    pub(super) fn binding(
        &self,
        now: Time,
        random: &mut dyn Random,
        request: &Request<'_>,
    ) -> Result<Reply, Refusal> {
        let (nai, user) = self.user(request)?;
        let home = user.home.as_ref().ok_or(count::Radius::UnknownUser)?;
        let vendor = request.packet().vendor(self.config.vendor_id);
        let update = Update::read(&vendor).ok_or(count::Radius::Incomplete)?;
        //= home-binding.2.5
        if !update.proof.verify(home.mn_aaa_key.octets()) {
            return Err(count::Radius::WrongSecret.into());
        }
        //= home-binding.2.6
        let home_address = home.home_address.address();
        if update.home_address != home_address {
            return Err(count::Radius::WrongHomeAddress.into());
        }
        //= home-binding.2.7
        let lifetime = if update.care_of == home_address {
            Duration::from_secs(self.config.mobility_lifetime.into())
        } else {
            self.care_of_remains(now, &nai, update.care_of)
                .ok_or(count::Radius::WrongCareOfAddress)?
        };
        //= home-binding.2.8
        Ok(Reply::Binding(BindingGrant {
            key: keys::mn_ha_key(&home.mn_aaa_key, update.timestamp, &nai),
            nai,
            //= keys.3.5
            spi: random.u32().max(FIRST_SPI),
            salt: u16::from_be_bytes(random.octets()),
            //= keys.3.6
            lifetime: u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX),
        }))
    }
}

/// A binding update as the HA tells of it.
struct Update<'a> {
    home_address: Ipv6Addr,
    care_of: Ipv6Addr,
    proof: MnAaa<'a>,
    timestamp: u64,
}

impl<'a> Update<'a> {
    fn read(vendor: &Vendor<'a>) -> Option<Update<'a>> {
        let parameters = vendor.parameters();
        Some(Update {
            home_address: parameters.ipv6_hoa.once()?.address(),
            care_of: parameters.ipv6_coa.once()?.address(),
            proof: MnAaa {
                spi: vendor.mip6_mn_aaa_spi().once()?,
                authenticator: vendor.mip6_authenticator().once()?,
                digest: *vendor.mip6_mac_mobility_data().once()?,
            },
            timestamp: vendor.mip6_timestamp().once()?,
        })
    }
}
