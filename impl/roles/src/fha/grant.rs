use core::{net::Ipv4Addr, time::Duration};

use dsboot_spec::registry::mip4::{algorithm, replay_method};

use super::{Ipv6Parameters, KeyTold, request::Request};
use crate::{Association, Time, radius::Answer};

/// What the AAAH grants by an Access-Accept of leg B.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Grant {
    /// Temporary IPv4 home address; absent when the pool is used up.
    pub(super) thoav4: Option<Ipv4Addr>,
    /// What is copied into the reply.
    pub(super) ipv6: Ipv6Parameters,
    /// The new association with the MN.
    pub(super) association: Association,
    /// What the reply tells of the key.
    pub(super) key: KeyTold,
    /// When what is granted ends.
    pub(super) session_ends: Time,
}

impl Grant {
    /// Reads an Accept. `None` when it has no key, or none that can be used: without a key there
    /// is nothing to answer with.
    pub(super) fn read(
        answer: &Answer<'_>,
        request: &Request,
        fha_spi: u32,
        now: Time,
    ) -> Option<Grant> {
        let packet = answer.packet();
        let vendor = answer.vendor();
        let mn_spi = request.key_request?;
        let key = answer.reveal(vendor.mn_fha_key().once()?)?;
        let nonce = vendor.key_gen_nonce().once()?.into();
        let aaa_spi = vendor.aaa_spi().once()?;
        let key_lifetime = vendor.key_lifetime().once()?;
        let algorithm = u16::try_from(vendor.algorithm().once()?).ok()?;
        let replay_method = u16::try_from(vendor.replay_method().once()?).ok()?;
        //= keys.1.9
        //= keys.1.10
        if ![algorithm::HMAC_MD5, algorithm::HMAC_SHA1].contains(&algorithm)
            || replay_method != replay_method::TIMESTAMPS
        {
            return None;
        }
        let expires = now + Duration::from_secs(key_lifetime.into());
        let session = packet.session_timeout().once();
        let session_ends =
            session.map_or(expires, |seconds| now + Duration::from_secs(seconds.into()));
        let parameters = vendor.parameters();
        Some(Grant {
            thoav4: packet.framed_ip_address().once(),
            //= registration.6.20
            ipv6: Ipv6Parameters {
                home_address: parameters.ipv6_hoa.once(),
                home_agent: parameters.home_agent.once(),
                care_of_address: parameters.ipv6_coa.once(),
            },
            association: Association { mn_spi, fha_spi, key, algorithm, expires },
            key: KeyTold { nonce, aaa_spi, lifetime: key_lifetime, replay_method },
            session_ends,
        })
    }
}
