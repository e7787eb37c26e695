//! The RADIUS clients that an AAA server is tested with.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use dsboot_codec::crypto;
use dsboot_codec::eap::{self, Body, Md5Challenge};
use dsboot_codec::radius::{Attribute, Packet, RequestBuilder, SubAttribute};
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::radius::{attribute, code as radius_code};

use crate::Stage;
use crate::case::{Ending, Outcome, ensure, fail, missing};
use crate::profile::{Asker, User};
use crate::stage::{Came, Endpoint};

/// A client.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) endpoint: Endpoint,
    pub(super) server: SocketAddr,
    pub(super) secret: Vec<u8>,
    pub(super) name: String,
    pub(super) role: u32,
    identifier: u8,
}

/// An answer, with the request that it answers.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) came: Came,
    pub(super) request: Vec<u8>,
}

/// Attributes in a packet made by hand.
pub(super) type Attributes = Vec<(u8, Vec<u8>)>;

impl Client {
    /// The client that the profile describes, at a port of its own.
    pub(super) fn new(
        stage: &mut Stage<'_>,
        name: &'static str,
        asker: Option<&Asker>,
        role: u32,
    ) -> Result<Client, Ending> {
        let Some(asker) = asker else {
            return Err(Ending::Skip(format!("the profile has no tester.{}", name.to_lowercase())));
        };
        Client::at(stage, name, asker, role, asker.address)
    }

    /// The same at another address.
    pub(super) fn at(
        stage: &mut Stage<'_>,
        name: &'static str,
        asker: &Asker,
        role: u32,
        address: IpAddr,
    ) -> Result<Client, Ending> {
        let endpoint = stage.endpoint(name, address, 0, Protocol::Radius)?;
        stage.key(format!("[[radius]]\nsecret = \"{}\"\nclient = \"{address}\"\n", asker.secret));
        let [identifier] = stage.random();
        Ok(Client {
            endpoint,
            server: asker.server.unwrap_or(stage.profile.target.address),
            secret: asker.secret.clone().into_bytes(),
            name: asker.name.clone(),
            role,
            identifier,
        })
    }

    /// A signed request; `build` adds what it is about.
    pub(super) fn request(
        &mut self,
        stage: &mut Stage<'_>,
        build: impl FnOnce(&mut RequestBuilder),
    ) -> Result<Vec<u8>, Ending> {
        self.identifier = self.identifier.wrapping_add(1);
        let mut builder = RequestBuilder::new(self.identifier, stage.random());
        builder.attribute(&Attribute::NasIdentifier(self.name.as_bytes()));
        builder.sub_attribute(stage.profile.vendor, &SubAttribute::ClientRole(self.role));
        build(&mut builder);
        builder
            .sign_request(&self.secret)
            .map_err(|error| Ending::Inconclusive(format!("the request cannot be made: {error}")))
    }

    /// Sends octets.
    pub(super) fn send(&self, stage: &mut Stage<'_>, octets: &[u8]) -> Result<(), Ending> {
        stage.send(&self.endpoint, self.server, octets)
    }

    /// Sends a request, and the answer to it, if there is one.
    pub(super) fn ask(
        &self,
        stage: &mut Stage<'_>,
        request: &[u8],
        patience: Duration,
    ) -> Result<Option<Answer>, Ending> {
        self.send(stage, request)?;
        let came = stage.receive(&self.endpoint, patience);
        Ok(came.map(|came| Answer { came, request: request.to_vec() }))
    }

    /// Sends a request that must be answered.
    pub(super) fn answered(&self, stage: &mut Stage<'_>, request: &[u8]) -> Result<Answer, Ending> {
        match self.ask(stage, request, stage.patience())? {
            Some(answer) => Ok(answer),
            None => fail("an answer", format!("none within {} ms", stage.profile.patience)),
        }
    }

    /// Sends a request that is refused by one of `codes`. Silence is no refusal: what is not
    /// acceptable has to be rejected (RFC 2865 §4.3).
    pub(super) fn refused(&self, stage: &mut Stage<'_>, request: &[u8], codes: &[u8]) -> Outcome {
        self.answered(stage, request)?.is(codes)
    }

    /// Sends a request with an EAP packet that is none, or none that is due. What is fatal is rejected,
    /// what is not may be asked for again (RFC 3579 §2.2), or passed over (RFC 3748 §4).
    pub(super) fn not_accepted(&self, stage: &mut Stage<'_>, request: &[u8]) -> Outcome {
        match self.ask(stage, request, stage.patience())? {
            Some(answer) => answer.is(&[radius_code::ACCESS_CHALLENGE, radius_code::ACCESS_REJECT]),
            None => Ok(()),
        }
    }

    /// A request that begins EAP with an identity.
    pub(super) fn identity(
        &mut self,
        stage: &mut Stage<'_>,
        nai: &[u8],
    ) -> Result<Vec<u8>, Ending> {
        let response = encode(1, &Body::Response(eap::Message::Identity(nai)))?;
        self.eap(stage, nai, None, &response)
    }

    /// A request that carries an EAP packet.
    pub(super) fn eap(
        &mut self,
        stage: &mut Stage<'_>,
        user: &[u8],
        state: Option<&[u8]>,
        packet: &[u8],
    ) -> Result<Vec<u8>, Ending> {
        self.request(stage, |builder| {
            builder.attribute(&Attribute::UserName(user));
            if let Some(state) = state {
                builder.attribute(&Attribute::State(state));
            }
            builder.eap_message(packet);
        })
    }
}

/// An EAP packet.
pub(super) fn encode(identifier: u8, body: &Body<'_>) -> Result<Vec<u8>, Ending> {
    eap::encode(identifier, body)
        .map_err(|error| Ending::Inconclusive(format!("EAP cannot be made: {error}")))
}

impl Answer {
    /// The answer as a packet.
    pub(super) fn packet(&self) -> Result<Packet<'_>, Ending> {
        match Packet::decode(&self.came.octets) {
            Ok(packet) => Ok(packet),
            Err(error) => fail("a RADIUS packet", error.to_string()),
        }
    }

    /// Its code.
    pub(super) fn code(&self) -> u8 {
        self.came.octets.first().copied().unwrap_or_default()
    }

    /// The Request Authenticator that it answers.
    pub(super) fn request_authenticator(&self) -> [u8; 16] {
        self.request.get(4..20).and_then(|octets| octets.try_into().ok()).unwrap_or_default()
    }

    /// Asks for a right Response Authenticator.
    pub(super) fn responds(&self, secret: &[u8]) -> Outcome {
        let packet = self.packet()?;
        let octets = packet.octets();
        let [start, own, rest] =
            [0..4, 4..20, 20..octets.len()].map(|range| octets.get(range).unwrap_or_default());
        let right = crypto::md5(&[start, &self.request_authenticator(), rest, secret]);
        let expected = format!(
            "Response Authenticator {}, MD5 over Code, Identifier, Length, Request Authenticator, \
             attributes and secret",
            hex::encode(right)
        );
        ensure(own == right, expected, || hex::encode(own))
    }

    /// Asks for a right Response Authenticator and Message-Authenticator, and says what is wrong.
    pub(super) fn verified(&self, secret: &[u8]) -> Outcome {
        self.responds(secret)?;
        let packet = self.packet()?;
        let asked = self.request_authenticator();
        let Err(error) = packet.verify_response(&asked, secret) else { return Ok(()) };
        let octets = packet.octets();
        let (start, rest) = octets.split_at_checked(20).unwrap_or_default();
        let start = start.get(..4).unwrap_or_default();
        let clear = clear_signature(rest);
        let right = hex::encode(crypto::hmac_md5(secret, &[start, &asked, &clear]));
        fail(
            format!(
                "one Message-Authenticator, {right}: HMAC-MD5 under the secret over the answer with \
                 the Request Authenticator, and zeros in its own place"
            ),
            error.to_string(),
        )
    }

    /// The EAP packet in it.
    pub(super) fn eap(&self) -> Result<Vec<u8>, Ending> {
        match self.packet()?.eap_message() {
            Ok(Some(eap)) => Ok(eap.into_owned()),
            Ok(None) => fail("an EAP packet", "none"),
            Err(error) => fail("an EAP packet", error.to_string()),
        }
    }

    /// Its State.
    pub(super) fn state(&self) -> Result<Option<Vec<u8>>, Ending> {
        Ok(self.packet()?.state().once().map(<[u8]>::to_vec))
    }

    /// Asks for one of these codes.
    pub(super) fn is(&self, codes: &[u8]) -> Result<(), Ending> {
        let name = |code: &u8| match radius_code::name(*code) {
            Some(name) => name.to_owned(),
            None => format!("code {code}"),
        };
        if codes.contains(&self.code()) {
            return Ok(());
        }
        let wanted: Vec<String> = codes.iter().map(name).collect();
        fail(wanted.join(" or "), name(&self.code()))
    }
}

/// Attributes with zeros for the value of Message-Authenticator.
fn clear_signature(attributes: &[u8]) -> Vec<u8> {
    let mut clear = attributes.to_vec();
    let mut at = 0;
    while let (Some(kind), Some(length)) = (attributes.get(at), attributes.get(at + 1)) {
        let end = at + usize::from(*length).max(2);
        if *kind == attribute::MESSAGE_AUTHENTICATOR
            && let Some(value) = clear.get_mut(at + 2..end)
        {
            value.fill(0);
        }
        at = end;
    }
    clear
}

/// An EAP-MD5 conversation up to the challenge.
#[derive(Debug)]
pub(super) struct Challenged {
    pub(super) client: Client,
    pub(super) user: User,
    pub(super) answer: Answer,
    pub(super) state: Option<Vec<u8>>,
    pub(super) identifier: u8,
    pub(super) challenge: Vec<u8>,
}

impl Challenged {
    /// Begins a conversation of a user with an access secret.
    pub(super) fn begin(stage: &mut Stage<'_>) -> Result<Challenged, Ending> {
        let user = access_user(stage)?;
        let client = nas(stage)?;
        let (name, secret) = (&user.nai, user.access_secret.as_deref().unwrap_or_default());
        stage.key(format!("[[password]]\nuser = {name:?}\npassword = {secret:?}\n"));
        Challenged::with(stage, client, user)
    }

    /// Begins a conversation.
    pub(super) fn with(
        stage: &mut Stage<'_>,
        mut client: Client,
        user: User,
    ) -> Result<Challenged, Ending> {
        let request = client.identity(stage, user.nai.as_bytes())?;
        let answer = match client.ask(stage, &request, stage.patience())? {
            Some(answer) => answer,
            None => return missing("an answer to an identity"),
        };
        if answer.code() != radius_code::ACCESS_CHALLENGE {
            return missing(format!("a Challenge (it was code {})", answer.code()));
        }
        let packet = answer.eap()?;
        let state = answer.state()?;
        let (identifier, challenge) =
            match eap::Packet::decode(&packet).map(|p| (p.identifier(), p.body())) {
                Ok((identifier, Ok(Body::Request(eap::Message::Md5Challenge(asked))))) => {
                    (identifier, asked.value.to_vec())
                }
                _ => return missing("an MD5-Challenge"),
            };
        Ok(Challenged { client, user, answer, state, identifier, challenge })
    }

    /// The right value.
    pub(super) fn value(&self) -> [u8; 16] {
        let secret = self.user.access_secret.clone().unwrap_or_default();
        eap::md5_value(self.identifier, secret.as_bytes(), &self.challenge)
    }

    /// An EAP response with this value.
    pub(super) fn response(&self, value: &[u8]) -> Result<Vec<u8>, Ending> {
        let body = Body::Response(eap::Message::Md5Challenge(Md5Challenge { value, name: b"" }));
        encode(self.identifier, &body)
    }

    /// A request with an EAP packet and the State of the challenge.
    pub(super) fn request(
        &mut self,
        stage: &mut Stage<'_>,
        packet: &[u8],
    ) -> Result<Vec<u8>, Ending> {
        let state = self.state.clone();
        let nai = self.user.nai.clone();
        self.client.eap(stage, nai.as_bytes(), state.as_deref(), packet)
    }

    /// Sends an EAP packet with the State of the challenge.
    pub(super) fn go_on(&mut self, stage: &mut Stage<'_>, packet: &[u8]) -> Result<Answer, Ending> {
        let request = self.request(stage, packet)?;
        self.client.answered(stage, &request)
    }

    /// Answers rightly.
    pub(super) fn right(&mut self, stage: &mut Stage<'_>) -> Result<Answer, Ending> {
        let packet = self.response(&self.value())?;
        self.go_on(stage, &packet)
    }
}

/// That an answer is the one given before, octet for octet.
pub(super) fn same(first: &Answer, again: &Answer) -> Outcome {
    let octets = [&first.came.octets, &again.came.octets];
    let at = octets[0].iter().zip(octets[1]).position(|(one, other)| one != other);
    let at = at.unwrap_or_else(|| octets[0].len().min(octets[1].len()));
    ensure(octets[0] == octets[1], "the answer given before, octet for octet", || {
        format!("another answer, which differs from octet {at:#06x} on")
    })
}

/// The tester as NAS.
pub(super) fn nas(stage: &mut Stage<'_>) -> Result<Client, Ending> {
    let asker = stage.profile.tester.nas.clone();
    Client::new(stage, "NAS", asker.as_ref(), dsboot_spec::registry::dsb::client_role::NAS)
}

/// The tester as FHA.
pub(super) fn fha(stage: &mut Stage<'_>) -> Result<Client, Ending> {
    let asker = stage.profile.tester.fha.clone();
    Client::new(stage, "FHA", asker.as_ref(), dsboot_spec::registry::dsb::client_role::FHA)
}

/// The tester as home agent.
pub(super) fn ha(stage: &mut Stage<'_>) -> Result<Client, Ending> {
    let asker = stage.profile.tester.ha.clone();
    Client::new(stage, "HA", asker.as_ref(), dsboot_spec::registry::dsb::client_role::HA)
}

/// A user with an access secret and mobility; another one for each slot, as far as there are.
pub(super) fn access_user(stage: &Stage<'_>) -> Result<User, Ending> {
    let fits = |user: &&User| user.access_secret.is_some() && user.mobility;
    let users: Vec<&User> = stage.profile.users.iter().filter(fits).collect();
    match users.get(stage.slot % users.len().max(1)) {
        Some(user) => Ok((*user).clone()),
        None => Err(Ending::Skip("the profile has no user with an access_secret".to_owned())),
    }
}

/// A user with a mobility key and mobility.
pub(super) fn mobile_user(stage: &Stage<'_>) -> Result<User, Ending> {
    let fits = |user: &&User| user.mn_aaa_key.is_some() && user.mobility;
    let users: Vec<&User> = stage.profile.users.iter().filter(fits).collect();
    match users.get(stage.slot % users.len().max(1)) {
        Some(user) => Ok((*user).clone()),
        None => Err(Ending::Skip("the profile has no user with an mn_aaa_key".to_owned())),
    }
}

/// A packet made by hand, with its Message-Authenticator (where `attributes` have one of 16 octets)
/// filled in.
pub(super) fn by_hand(
    code: u8,
    identifier: u8,
    authenticator: [u8; 16],
    attributes: &[(u8, Vec<u8>)],
    secret: &[u8],
) -> Vec<u8> {
    let mut octets = vec![code, identifier, 0, 0];
    octets.extend(authenticator);
    let mut signature = None;
    for (kind, value) in attributes {
        if *kind == attribute::MESSAGE_AUTHENTICATOR && value.len() == 16 {
            signature = Some(octets.len() + 2);
        }
        octets.push(*kind);
        octets.push(u8::try_from(value.len() + 2).unwrap_or(u8::MAX));
        octets.extend(value);
    }
    let length = u16::try_from(octets.len()).unwrap_or(u16::MAX).to_be_bytes();
    if let Some(field) = octets.get_mut(2..4) {
        field.copy_from_slice(&length);
    }
    if let Some(at) = signature {
        let value = crypto::hmac_md5(secret, &[&octets]);
        if let Some(field) = octets.get_mut(at..at + 16) {
            field.copy_from_slice(&value);
        }
    }
    octets
}

/// The attributes of an identity request, by hand, for cases that change them.
pub(super) fn identity_attributes(stage: &Stage<'_>, client: &Client, nai: &[u8]) -> Attributes {
    let length = u16::try_from(nai.len() + 5).unwrap_or(u16::MAX).to_be_bytes();
    let response = [&[2_u8, 1][..], &length, &[1], nai].concat();
    let vendor = stage.profile.vendor.to_be_bytes();
    let role = [&vendor[..], &[11, 6], &client.role.to_be_bytes()].concat();
    vec![
        (attribute::MESSAGE_AUTHENTICATOR, vec![0; 16]),
        (attribute::USER_NAME, nai.to_vec()),
        (attribute::NAS_IDENTIFIER, client.name.clone().into_bytes()),
        (attribute::VENDOR_SPECIFIC, role),
        (attribute::EAP_MESSAGE, response),
    ]
}

/// Whether the target answers at all.
pub(crate) fn probe(stage: &mut Stage<'_>) -> bool {
    let claims = |claim| stage.profile.claims(claim);
    if !claims("eap") && (claims("pap") || claims("chap")) {
        return super::password::probe(stage);
    }
    let client = nas(stage).and_then(|client| access_user(stage).map(|user| (client, user)));
    if let Ok((mut client, user)) = client {
        let Ok(request) = client.identity(stage, user.nai.as_bytes()) else { return false };
        return client.ask(stage, &request, stage.patience()).is_ok_and(|answer| answer.is_some());
    }
    let client = fha(stage).or_else(|_| ha(stage));
    let Ok(mut client) = client else { return false };
    let request = client.request(stage, |builder| {
        builder.attribute(&Attribute::UserName(b"nobody@conform.example"));
        builder.attribute(&Attribute::ChapChallenge(&[7; 17]));
        builder.attribute(&Attribute::ChapPassword(dsboot_codec::radius::ChapPassword {
            identifier: 0,
            response: &[9; 16],
        }));
    });
    request.is_ok_and(|request| {
        client.ask(stage, &request, stage.patience()).is_ok_and(|answer| answer.is_some())
    })
}

/// Keeps a user's key for the capture.
pub(super) fn tell_key(stage: &mut Stage<'_>, user: &User) {
    if let Some(key) = &user.mn_aaa_key {
        let (nai, key) = (&user.nai, hex::encode(key.as_bytes()));
        stage.key(format!("[[mn_aaa]]\nnai = \"{nai}\"\nkey = \"hex:{key}\"\n"));
    }
}
