//! What RADIUS clients of each role ask an AAA server, with correct cryptography.

use std::net::{Ipv4Addr, Ipv6Addr};

use dsboot_codec::dsb::{Parameter, Prefixed};
use dsboot_codec::eap::{self, Body, Md5Challenge, Message};
use dsboot_codec::radius::{
    Attribute, Authenticator, ChapPassword, Ipv6Prefix, Packet, RequestBuilder, SubAttribute,
};
use dsboot_codec::{Error, crypto};
use dsboot_spec::registry::mip6::spi;

/// A RADIUS client.
#[derive(Clone, Debug)]
pub struct Asker {
    /// NAS-Identifier, if it says one.
    pub name: Option<String>,
    /// Client-Role, if it says one.
    pub role: Option<u32>,
    /// Shared with the server.
    pub secret: Vec<u8>,
    /// The vendor of the parameter space.
    pub vendor_id: u32,
}

/// A user, as the user's mobile node knows itself.
#[derive(Clone, Debug)]
pub struct User {
    /// Name.
    pub nai: Vec<u8>,
    /// Proves it for access.
    pub access_secret: Vec<u8>,
    /// Proves it for mobility.
    pub mn_aaa_key: Vec<u8>,
    /// IPv6 home address.
    pub home: Prefixed<Ipv6Addr>,
}

/// What tells a request from others: Identifier and Request Authenticator.
pub type Origin = (u8, Authenticator);

impl Asker {
    /// Step 2, first: who wants access.
    ///
    /// # Errors
    /// When it does not fit into a packet.
    pub fn identity(&self, origin: Origin, user: &User) -> Result<Vec<u8>, Error> {
        let response = eap::encode(origin.0, &Body::Response(Message::Identity(&user.nai)))?;
        let mut request = self.begin(origin, user);
        request.eap_message(&response).sign_request(&self.secret)
    }

    /// Step 2, then: the answer to the server's challenge. `None` if that is none.
    #[must_use]
    pub fn response(&self, origin: Origin, user: &User, challenge: &[u8]) -> Option<Vec<u8>> {
        let packet = Packet::decode(challenge).ok()?;
        let asked = packet.eap_message().ok()??;
        let asked = eap::Packet::decode(&asked).ok()?;
        let Ok(Body::Request(Message::Md5Challenge(challenge))) = asked.body() else { return None };
        let identifier = asked.identifier();
        let value = eap::md5_value(identifier, &user.access_secret, challenge.value);
        let answer = Md5Challenge { value: &value, name: &[] };
        let response = Body::Response(Message::Md5Challenge(answer));
        let response = eap::encode(identifier, &response).ok()?;
        let mut request = self.begin(origin, user);
        request.attribute(&Attribute::State(packet.state().once()?)).eap_message(&response);
        request.sign_request(&self.secret).ok()
    }

    /// Step 5: whether a mobile node may register, and with which addresses and key.
    ///
    /// # Errors
    /// When it does not fit into a packet.
    pub fn mobility(
        &self,
        origin: Origin,
        user: &User,
        prefix: Option<Ipv6Prefix>,
        current: Option<Ipv4Addr>,
    ) -> Result<Vec<u8>, Error> {
        let (identifier, challenge) = (origin.0, crypto::md5(&[&origin.1]));
        let response = &crypto::md5(&[&[identifier], &user.mn_aaa_key, &challenge]);
        let mut request = self.begin(origin, user);
        let password = ChapPassword { identifier, response };
        request.attribute(&Attribute::ChapPassword(password));
        request.attribute(&Attribute::ChapChallenge(&challenge));
        if let Some(prefix) = prefix {
            request.attribute(&Attribute::FramedIpv6Prefix(prefix));
        }
        if let Some(current) = current {
            request.attribute(&Attribute::FramedIpAddress(current));
        }
        request.sign_request(&self.secret)
    }

    /// Between binding update and acknowledgement: whether the update is the user's.
    ///
    /// # Errors
    /// When it does not fit into a packet.
    pub fn binding(
        &self,
        origin: Origin,
        user: &User,
        care_of: Ipv6Addr,
        timestamp: u64,
    ) -> Result<Vec<u8>, Error> {
        // The digest of a binding update, which the server takes as it is.
        let digest = crypto::sha1(&[&origin.1]);
        let authenticator = crypto::hmac_sha1(&user.mn_aaa_key, &[&digest]);
        let mut request = self.begin(origin, user);
        let care_of = Prefixed::<Ipv6Addr>::new(care_of, 128).map(Parameter::Ipv6Coa);
        let addresses = [Some(Parameter::Ipv6Hoa(user.home)), care_of];
        let units = addresses.into_iter().flatten().map(SubAttribute::from).chain([
            SubAttribute::Mip6MnAaaSpi(spi::HMAC_SHA1),
            SubAttribute::Mip6Authenticator(&authenticator),
            SubAttribute::Mip6MacMobilityData(&digest),
            SubAttribute::Mip6Timestamp(timestamp),
        ]);
        for unit in units {
            request.sub_attribute(self.vendor_id, &unit);
        }
        request.sign_request(&self.secret)
    }

    fn begin(&self, (identifier, authenticator): Origin, user: &User) -> RequestBuilder {
        let mut request = RequestBuilder::new(identifier, authenticator);
        request.attribute(&Attribute::UserName(&user.nai));
        request.attribute(&Attribute::NasIpAddress(Ipv4Addr::LOCALHOST));
        if let Some(name) = &self.name {
            request.attribute(&Attribute::NasIdentifier(name.as_bytes()));
        }
        if let Some(role) = self.role {
            request.sub_attribute(self.vendor_id, &SubAttribute::ClientRole(role));
        }
        request
    }
}
