//! What load on a daemon takes, from its own configuration.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use dsboot_codec::radius::Ipv6Prefix;
use dsboot_roles::aaa;
use dsboot_spec::registry::mip4;

use super::build::Builder;
use super::config::ConfigError;
use crate::load::Leg;
use crate::load::ask::{Asker, User};

/// Load on an AAA server.
#[derive(Clone, Debug)]
pub struct AaaPlan {
    /// Where it hears.
    pub target: SocketAddr,
    /// Who asks.
    pub asker: Asker,
    /// Whom it is about.
    pub users: Vec<User>,
    /// Where their IPv6 care-of addresses are to be.
    pub prefix: Ipv6Prefix,
}

impl Builder {
    /// Load on the AAA server of the configuration, from this address.
    ///
    /// # Errors
    ///
    /// When something is not as it must be, or the server knows no client there that may ask that.
    pub fn load_on_aaa(&self, local: IpAddr, leg: Leg) -> Result<AaaPlan, ConfigError> {
        let config = self.aaa_config()?;
        let config = config.ok_or_else(|| self.wrong("aaa", "there is no such table"))?;
        let wanted = match leg {
            Leg::Access => aaa::Leg::Access,
            Leg::Mobility => aaa::Leg::Mobility,
        };
        let target = config.addresses.iter().find(|at| at.is_ipv4() == local.is_ipv4());
        let client = config.radius.clients.get(&local);
        let role = client.and_then(|client| {
            client.roles.iter().copied().find(|role| aaa::Leg::of(*role) == Some(wanted))
        });
        let (Some(target), Some(client), Some(role)) = (target, client, role) else {
            let reason = format!("no client at {local} may ask that");
            return Err(self.wrong("aaa.client", &reason));
        };
        let is_known = |name: &&String| match leg {
            Leg::Access => config.locations.contains_key(*name),
            Leg::Mobility => config.fhas.contains_key(*name),
        };
        let asker = Asker {
            name: client.names.iter().find(is_known).cloned(),
            role: Some(role),
            secret: client.secret.octets().to_vec(),
            vendor_id: config.vendor_id,
        };
        let prefix = Ipv6Prefix::new(Ipv6Addr::new(0x2001, 0xdb8, 8, 0, 0, 0, 0, 0), 64);
        let prefix = prefix.ok_or_else(|| self.wrong("aaa", "64 is no prefix length"))?;
        Ok(AaaPlan { target: *target, asker, users: users_of(&config), prefix })
    }

    /// The users of the AAA server of the configuration who have everything.
    ///
    /// # Errors
    ///
    /// When something is not as it must be, or there is no AAA server.
    pub fn users(&self) -> Result<Vec<User>, ConfigError> {
        let config = self.aaa_config()?;
        let config = config.ok_or_else(|| self.wrong("aaa", "there is no such table"))?;
        Ok(users_of(&config))
    }

    /// Where the FHA of the configuration hears registration requests.
    ///
    /// # Errors
    ///
    /// When there is no FHA.
    pub fn fha_address(&self) -> Result<(Ipv4Addr, u16), ConfigError> {
        let fha = self.fha_config().ok_or_else(|| self.wrong("fha", "there is no such table"))?;
        Ok((fha.address, mip4::PORT))
    }

    /// Where binding updates for the home agent of the configuration go.
    ///
    /// # Errors
    ///
    /// When there is no home agent.
    pub fn ha_address(&self) -> Result<Ipv6Addr, ConfigError> {
        let ha = self.ha_config().ok_or_else(|| self.wrong("ha", "there is no such table"))?;
        Ok(ha.address)
    }
}

fn users_of(config: &aaa::AaaConfig) -> Vec<User> {
    let whole = config.users.iter().filter_map(|(nai, user)| {
        let home = user.home.as_ref()?;
        Some(User {
            nai: nai.octets().to_vec(),
            access_secret: user.access.as_ref()?.octets().to_vec(),
            mn_aaa_key: home.mn_aaa_key.octets().to_vec(),
            home: home.home_address,
        })
    });
    whole.collect()
}
