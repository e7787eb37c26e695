//! A mobile node as far as its FHA sees it: registration, and registration again.

use std::net::Ipv4Addr;
use std::time::Duration;

use dsboot_codec::mip4::{
    AuthenticationKind, Builder, Extension, Identification, Message, Reply, RequestFlags,
    RequestHeader,
};
use dsboot_roles::{Association, Nai, Secret, Time, keys};
use dsboot_spec::registry::mip4::{COLOCATED_CHALLENGE, FIRST_FREE_SPI, request_flag};

use super::ask::User;

/// A mobile node with a co-located care-of address.
#[derive(Clone, Debug)]
pub struct Mobile {
    user: User,
    fha: Ipv4Addr,
    care_of: Ipv4Addr,
    held: Option<(Ipv4Addr, Association)>,
    last: u64,
}

/// What a reply says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The mobile node is registered, with this temporary home address.
    Registered(Ipv4Addr),
    /// It is refused with this code.
    Refused(u8),
    /// Nothing proves the reply.
    Unproved,
}

impl Mobile {
    /// One that is not registered.
    #[must_use]
    pub const fn new(user: User, fha: Ipv4Addr, care_of: Ipv4Addr) -> Mobile {
        Mobile { user, fha, care_of, held: None, last: 0 }
    }

    /// Its temporary home address, while it is registered.
    #[must_use]
    pub fn home(&self) -> Option<Ipv4Addr> {
        self.held.as_ref().map(|(home, _)| *home)
    }

    /// A request of which the AAAH decides.
    #[must_use]
    pub fn first(&mut self, now: Time, lifetime: u16) -> Option<Vec<u8>> {
        let header = self.header(now, Ipv4Addr::UNSPECIFIED, lifetime);
        Builder::request(&header)
            .extension(Extension::Nai(&self.user.nai))
            .extension(Extension::MnHaKeyRequest { mn_spi: FIRST_FREE_SPI })
            .authenticate_chap(&self.user.mn_aaa_key, &COLOCATED_CHALLENGE)
            .finish()
            .ok()
    }

    /// A request under the association that it has.
    #[must_use]
    pub fn again(&mut self, now: Time, lifetime: u16) -> Option<Vec<u8>> {
        let (home, association) = self.held.clone()?;
        let header = self.header(now, home, lifetime);
        Builder::request(&header)
            .extension(Extension::Nai(&self.user.nai))
            .authenticate(AuthenticationKind::MobileHome, &association.of_requests()?)
            .finish()
            .ok()
    }

    /// Takes a reply.
    pub fn take(&mut self, now: Time, reply: &[u8]) -> Verdict {
        let Ok(Message::Reply(reply)) = Message::decode(reply) else { return Verdict::Unproved };
        let Some(association) = self.proved(now, &reply) else { return Verdict::Unproved };
        if !reply.header.code.is_accepted() {
            return Verdict::Refused(reply.header.code.0);
        }
        self.held = Some((reply.header.home_address, association));
        Verdict::Registered(reply.header.home_address)
    }

    /// The association that proves a reply: the one that it brings a key for, or the one there is.
    fn proved(&self, now: Time, reply: &Reply<'_>) -> Option<Association> {
        let proof = reply.extensions.authenticator(AuthenticationKind::MobileHome).once()?;
        let nai = Nai::new(&self.user.nai)?;
        let new = reply.extensions.before(&proof).mn_ha_key_reply().once().map(|key| Association {
            mn_spi: FIRST_FREE_SPI,
            fha_spi: key.ha_spi,
            key: keys::mn_fha_key(&Secret::new(self.user.mn_aaa_key.clone()), key.nonce, &nai),
            algorithm: key.algorithm,
            expires: now + Duration::from_secs(key.lifetime.into()),
        });
        let association = new.or_else(|| self.held.as_ref().map(|(_, held)| held.clone()))?;
        proof.verify(&association.of_replies()?).then_some(association)
    }

    fn header(&mut self, now: Time, home_address: Ipv4Addr, lifetime: u16) -> RequestHeader {
        // Each is greater than the one before, whatever the clock says.
        self.last = now.ntp().max(self.last + 1);
        RequestHeader {
            flags: RequestFlags(request_flag::REVERSE_TUNNEL | request_flag::DECAPSULATION),
            lifetime,
            home_address,
            home_agent: self.fha,
            care_of_address: self.care_of,
            identification: Identification(self.last),
        }
    }
}
