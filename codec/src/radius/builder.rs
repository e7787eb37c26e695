//! Packets to send: attributes in the order they are added, signed at the end.

use alloc::vec::Vec;

use dsboot_spec::registry::radius::{
    ATTRIBUTE_HEADER_LENGTH, AUTHENTICATOR_LENGTH, HEADER_LENGTH, MAX_VALUE_LENGTH, attribute, code,
};

use super::auth::{
    NO_AUTHENTICATOR, is_authenticated_request, message_authenticator, response_authenticator,
};
use super::packet::frame;
use super::{Attribute, Authenticator, Packet, SubAttribute, VendorSpecific};
use super::{hide_key, hide_password};
use crate::{Error, ErrorKind};

/// Where the value of Message-Authenticator stands in what we send: it is the first attribute.
const SIGNATURE: usize = HEADER_LENGTH + ATTRIBUTE_HEADER_LENGTH;

/// Octets that the attributes of most packets fit into.
const USUAL_LENGTH: usize = 256;

/// A packet being made. An error in one step comes out at the end, when the packet is signed.
#[derive(Clone, Debug)]
pub struct Builder<K> {
    kind: K,
    attributes: Vec<u8>,
    failed: Option<Error>,
}

/// What a [`RequestBuilder`] knows of its packet.
#[derive(Clone, Debug)]
pub struct Request {
    identifier: u8,
    authenticator: Authenticator,
}

/// What a [`ResponseBuilder`] knows of its packet and of the request it answers.
#[derive(Clone, Debug)]
pub struct Response {
    code: u8,
    identifier: u8,
    request_authenticator: Authenticator,
    salts: Vec<[u8; 2]>,
}

/// An Access-Request being made.
pub type RequestBuilder = Builder<Request>;

/// What a [`SignedRequestBuilder`] knows of its packet.
#[derive(Clone, Debug)]
pub struct SignedRequest {
    code: u8,
    identifier: u8,
}

/// A request being made whose authenticator is a digest over it: accounting, disconnect or change
/// of authorization (RFC 2866 §3, RFC 5176 §2.3).
pub type SignedRequestBuilder = Builder<SignedRequest>;

/// A response being made: Access-Accept, -Reject or -Challenge, or any other.
pub type ResponseBuilder = Builder<Response>;

impl<K> Builder<K> {
    fn start(kind: K) -> Builder<K> {
        let attributes = Vec::with_capacity(USUAL_LENGTH);
        let mut builder = Builder { kind, attributes, failed: None };
        //= wire.4.10
        builder.attribute(&Attribute::MessageAuthenticator(&[0; AUTHENTICATOR_LENGTH]));
        builder
    }

    /// Adds an attribute.
    pub fn attribute(&mut self, attribute: &Attribute<'_>) -> &mut Self {
        let base = HEADER_LENGTH + self.attributes.len();
        if let Err(error) = attribute.append(&mut self.attributes) {
            self.failed.get_or_insert(error.shifted(base));
        }
        self
    }

    /// Adds a sub-attribute in a Vendor-Specific attribute of its own.
    pub fn sub_attribute(&mut self, vendor_id: u32, unit: &SubAttribute<'_>) -> &mut Self {
        //= wire.5.15
        self.add(unit.encode().and_then(|data| vendor_specific(vendor_id, &data)))
    }

    /// Adds an EAP packet in as many EAP-Messages as it takes; an empty one asks for the start of
    /// EAP (RFC 3579 §2.1).
    pub fn eap_message(&mut self, eap: &[u8]) -> &mut Self {
        //= wire.5.11
        let (first, rest) = eap.split_at(eap.len().min(MAX_VALUE_LENGTH));
        self.attribute(&Attribute::EapMessage(first));
        for piece in rest.chunks(MAX_VALUE_LENGTH) {
            self.attribute(&Attribute::EapMessage(piece));
        }
        self
    }

    fn add(&mut self, encoded: Result<Vec<u8>, Error>) -> &mut Self {
        match encoded {
            Ok(octets) => self.attributes.extend(octets),
            Err(error) => self.fail(error),
        }
        self
    }

    /// Keeps the first error, seen from the packet.
    fn fail(&mut self, error: Error) {
        let base = HEADER_LENGTH + self.attributes.len();
        self.failed.get_or_insert(error.shifted(base));
    }

    /// The packet with Message-Authenticator computed, `authenticator` in its header.
    fn signed(
        &self,
        code: u8,
        identifier: u8,
        authenticator: &Authenticator,
        secret: &[u8],
    ) -> Result<Vec<u8>, Error> {
        self.failed.map_or(Ok(()), Err)?;
        let mut octets = frame(code, identifier, authenticator, &self.attributes)?;
        let signature = message_authenticator(&octets, SIGNATURE, authenticator, secret);
        overwrite(&mut octets, SIGNATURE, &signature);
        Ok(octets)
    }
}

impl Builder<Request> {
    /// Starts an Access-Request. Both numbers are the caller's: the authenticator 16 random
    /// octets, the identifier one that is not in use.
    #[must_use]
    pub fn new(identifier: u8, authenticator: Authenticator) -> RequestBuilder {
        Builder::start(Request { identifier, authenticator })
    }

    /// Adds User-Password, hidden under the secret.
    pub fn user_password(&mut self, password: &[u8], secret: &[u8]) -> &mut Self {
        let hidden = hide_password(password, &self.kind.authenticator, secret)
            .and_then(|hidden| Attribute::decode(attribute::USER_PASSWORD, &hidden).encode());
        self.add(hidden)
    }

    /// The packet, signed.
    ///
    /// # Errors
    /// The first error of a step before, or that the packet is longer than 4096 octets.
    pub fn sign_request(&self, secret: &[u8]) -> Result<Vec<u8>, Error> {
        self.signed(code::ACCESS_REQUEST, self.kind.identifier, &self.kind.authenticator, secret)
    }

    /// The same as a Status-Server packet, which asks whether the server is alive (RFC 5997 §3).
    ///
    /// # Errors
    /// As [`RequestBuilder::sign_request`].
    pub fn sign_status_server(&self, secret: &[u8]) -> Result<Vec<u8>, Error> {
        //= wire.4.21
        self.signed(code::STATUS_SERVER, self.kind.identifier, &self.kind.authenticator, secret)
    }
}

impl Builder<SignedRequest> {
    /// Starts a request with the code of an accounting, disconnect or change of authorization
    /// request and an identifier that is not in use.
    #[must_use]
    pub fn new(code: u8, identifier: u8) -> SignedRequestBuilder {
        Builder::start(SignedRequest { code, identifier })
    }

    /// The packet, signed.
    ///
    /// # Errors
    /// The first error of a step before, that the code is that of another packet, or that the
    /// packet is longer than 4096 octets.
    pub fn sign(&self, secret: &[u8]) -> Result<Vec<u8>, Error> {
        let SignedRequest { code, identifier } = self.kind;
        if !is_authenticated_request(code) {
            return Err(Error::new(ErrorKind::BadType, 0, "wire.4.22"));
        }
        //= wire.4.22
        let mut octets = self.signed(code, identifier, &NO_AUTHENTICATOR, secret)?;
        let authenticator = response_authenticator(&octets, &NO_AUTHENTICATOR, secret);
        overwrite(&mut octets, HEADER_LENGTH - AUTHENTICATOR_LENGTH, &authenticator);
        Ok(octets)
    }
}

impl Builder<Response> {
    /// Starts the answer to a request: with its identifier, and with the marks that proxies left
    /// in it.
    #[must_use]
    pub fn new(code: u8, request: &Packet<'_>) -> ResponseBuilder {
        //= wire.4.11
        let mut builder = Builder::start(Response {
            code,
            identifier: request.identifier(),
            request_authenticator: *request.authenticator(),
            salts: Vec::new(),
        });
        //= wire.4.18
        for state in request.proxy_states() {
            builder.attribute(&Attribute::ProxyState(state));
        }
        builder
    }

    /// Adds a key as a salt-hidden sub-attribute of type `kind`. The salt is random; its top bit
    /// is set here.
    ///
    /// Fails when the type is not that of a hidden key, when the key is longer than 239 octets,
    /// and when the salt has been used in this packet.
    pub fn hidden_key(
        &mut self,
        vendor_id: u32,
        kind: u8,
        key: &[u8],
        salt: u16,
        secret: &[u8],
    ) -> &mut Self {
        let encoded = self.hide(kind, key, salt, secret);
        self.add(encoded.and_then(|data| vendor_specific(vendor_id, &data)))
    }

    /// A hidden key as a sub-attribute.
    fn hide(&mut self, kind: u8, key: &[u8], salt: u16, secret: &[u8]) -> Result<Vec<u8>, Error> {
        let hidden = hide_key(key, salt, &self.kind.request_authenticator, secret)?;
        let unit = SubAttribute::decode(kind, &hidden);
        //= wire.5.17
        let (SubAttribute::MnFhaKey(key)
        | SubAttribute::MnFaKey(key)
        | SubAttribute::Mip6MnHaKey(key)) = unit
        else {
            return Err(Error::new(ErrorKind::BadType, 0, "wire.5.17"));
        };
        //= wire.4.17
        if self.kind.salts.contains(&key.salt()) {
            return Err(Error::new(ErrorKind::BadValue, 0, "wire.4.17"));
        }
        self.kind.salts.push(key.salt());
        unit.encode()
    }

    /// The packet, signed.
    ///
    /// # Errors
    /// The first error of a step before, or that the packet is longer than 4096 octets.
    pub fn sign_response(&self, secret: &[u8]) -> Result<Vec<u8>, Error> {
        let Response { code, identifier, request_authenticator, .. } = &self.kind;
        //= wire.4.8
        let mut octets = self.signed(*code, *identifier, request_authenticator, secret)?;
        let authenticator = response_authenticator(&octets, request_authenticator, secret);
        overwrite(&mut octets, HEADER_LENGTH - AUTHENTICATOR_LENGTH, &authenticator);
        Ok(octets)
    }
}

fn vendor_specific(vendor_id: u32, data: &[u8]) -> Result<Vec<u8>, Error> {
    Attribute::VendorSpecific(VendorSpecific { vendor_id, data }).encode()
}

fn overwrite(octets: &mut [u8], at: usize, authenticator: &Authenticator) {
    if let Some(field) = octets.get_mut(at..at + AUTHENTICATOR_LENGTH) {
        field.copy_from_slice(authenticator);
    }
}
