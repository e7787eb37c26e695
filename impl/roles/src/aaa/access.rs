//! Leg A: the NAS passes on EAP, and gets FHA and care-of address for a user who proves himself.

use core::net::{IpAddr, Ipv4Addr};
use core::time::Duration;

use dsboot_codec::Found;
use dsboot_codec::eap::{Body, Code, Message, Packet};
use dsboot_codec::radius::Credential;
use dsboot_spec::registry::radius::ADDRESS_NAS_SELECTS;

use super::config::{CareOfSource, Location, User};
use super::reply::{AccessGrant, CareOf, Reply};
use super::{Aaa, Key, LATE, Refusal};
use crate::eap::server::{Conversation, Verdict, failure, no_role_reversal, success};
use crate::radius::Request;
use crate::{Effects, Nai, Random, Time, count};

/// How long a conversation may wait for its next response.
const PATIENCE: Duration = Duration::from_secs(60);

/// An EAP conversation through a NAS.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Session {
    /// The client through which it runs.
    client: IpAddr,
    /// Whom it is with; `None` while the identity is asked for.
    user: Option<Nai>,
    conversation: Conversation,
}

impl Session {
    pub(super) const fn user(&self) -> Option<&Nai> {
        self.user.as_ref()
    }
}

impl Aaa {
    pub(super) fn access(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        nas: &str,
        request: &Request<'_>,
        effects: &mut Effects,
    ) -> Result<Reply, Refusal> {
        let Ok(Credential::Eap(octets)) = request.packet().credential() else {
            return Err(count::Radius::Incomplete.into());
        };
        let session = self.resume(request)?;
        let client = request.client();
        // EAP-Start (RFC 3579 §2.1).
        if octets.is_empty() {
            let (conversation, eap) = Conversation::ask_identity();
            return self.ask(now, random, Session { client, user: None, conversation }, eap);
        }
        let response = exact(&octets)?;
        match session {
            Some(Session { user: Some(nai), conversation, .. }) => {
                let judged = self.judge(request, &nai, &conversation, &response)?;
                Ok(Reply::Access(self.admit(now, nas, nai, judged, effects)))
            }
            Some(Session { user: None, conversation, .. })
                if !conversation.is_answered_by(&response) =>
            {
                Err(count::Radius::BadEap.into())
            }
            _ => {
                let nai = identity(request, &response)?;
                let (method, identifier) = (self.config.method, response.identifier());
                let (conversation, eap) = Conversation::begin(method, identifier, random);
                self.ask(now, random, Session { client, user: Some(nai), conversation }, eap)
            }
        }
    }

    /// Takes the conversation out that the request goes on with, if it does. What State was good
    /// for is thereby used up.
    fn resume(&mut self, request: &Request<'_>) -> Result<Option<Session>, count::Radius> {
        let state = match request.packet().state() {
            Found::Absent => return Ok(None),
            Found::Once(state) => state.try_into().ok(),
            Found::Many => None,
        };
        //= access.6.13
        state
            .filter(|state| {
                self.sessions.get(state).is_some_and(|session| session.client == request.client())
            })
            .and_then(|state| self.sessions.remove(&state))
            .map(Some)
            .ok_or(count::Radius::UnknownState)
    }

    /// Keeps the conversation under a new State and asks the next question.
    fn ask(
        &mut self,
        now: Time,
        random: &mut dyn Random,
        session: Session,
        eap: Vec<u8>,
    ) -> Result<Reply, Refusal> {
        // Conversations that have begun come first (RFC 5080 §2.2.3).
        //= access.6.14
        if self.sessions.len() >= self.config.max_sessions {
            return Err(Refusal::Silence(count::Radius::TooManySessions));
        }
        let state = random.octets();
        self.sessions.insert(state, session, now + PATIENCE);
        Ok(Reply::Challenge { eap, state })
    }

    /// Whether the response lets the user in: the record, and the EAP Success.
    fn judge(
        &self,
        request: &Request<'_>,
        nai: &Nai,
        conversation: &Conversation,
        response: &Packet<'_>,
    ) -> Result<Vec<u8>, Refusal> {
        if !names(request, nai) {
            return Err(count::Radius::IdentityMismatch.into());
        }
        let user = self.config.users.get(nai);
        let secret = user.and_then(|user| user.access.as_ref());
        let failed = |reason| Err(Refusal::RejectEap(reason, failure(response)));
        match conversation.judge(response, secret) {
            //= access.3.5
            Verdict::Proved => Ok(success(response)),
            //= access.3.6
            Verdict::NotProved if user.is_none() => failed(count::Radius::UnknownUser),
            Verdict::NotProved if secret.is_none() => failed(count::Radius::NotSubscribed),
            Verdict::NotProved => failed(count::Radius::WrongSecret),
            Verdict::Declined => failed(count::Radius::NoCommonMethod),
            Verdict::Unrelated => Err(count::Radius::BadEap.into()),
        }
    }

    /// What a user gets who has proved himself at a NAS.
    fn admit(
        &mut self,
        now: Time,
        nas: &str,
        nai: Nai,
        eap: Vec<u8>,
        effects: &mut Effects,
    ) -> AccessGrant {
        let location = self.config.locations.get(nas);
        let user = self.config.users.get(&nai);
        let fha = location.zip(user).and_then(|(location, user)| choose(location, user));
        let fha = fha.and_then(|name| self.config.fhas.get(name)).cloned();
        //= access.3.8
        if fha.is_none() {
            effects.count(count::Radius::NoFha);
        }
        let source = location.map_or(CareOfSource::None, |location| location.care_of);
        let care_of = match source {
            CareOfSource::None => None,
            //= access.3.9
            CareOfSource::Nas => Some(CareOf { address: ADDRESS_NAS_SELECTS, prefix_length: None }),
            CareOfSource::Pool { prefix_length, .. } => {
                let address = self.lease(now, &nai, nas);
                if address.is_none() {
                    effects.count(count::Radius::PoolEmpty);
                }
                address.map(|address| CareOf { address, prefix_length: Some(prefix_length) })
            }
        };
        //= access.3.7
        AccessGrant { nai, eap, fha, care_of, lifetime: self.config.access_lifetime }
    }

    /// The address that the user has at that NAS, or gets now.
    fn lease(&mut self, now: Time, nai: &Nai, nas: &str) -> Option<Ipv4Addr> {
        let ends = now + Duration::from_secs(self.config.access_lifetime.into()) + LATE;
        let key = (nai.clone(), nas.to_owned());
        //= access.3.10
        let address = match self.leases.get(&key) {
            Some(address) => *address,
            None => self.care_of_pools.get_mut(nas)?.take(None)?,
        };
        self.journal.note(&Key::Lease(nai.clone(), nas.to_owned()));
        self.leases.insert(key, address, ends);
        Some(address)
    }
}

/// The EAP packet, with nothing behind it.
fn exact(octets: &[u8]) -> Result<Packet<'_>, Refusal> {
    let packet = Packet::decode(octets).map_err(|_| count::Radius::BadEap)?;
    match packet.code() {
        _ if !packet.padding().is_empty() => Err(count::Radius::BadEap.into()),
        Code::Request => Err(Refusal::RejectEap(count::Radius::BadEap, no_role_reversal(&packet))),
        Code::Response => Ok(packet),
        Code::Success | Code::Failure => Err(count::Radius::BadEap.into()),
    }
}

/// The identity in a response that begins a conversation.
fn identity(request: &Request<'_>, response: &Packet<'_>) -> Result<Nai, Refusal> {
    match response.body() {
        Ok(Body::Response(Message::Identity(identity))) => Nai::new(identity)
            .filter(|nai| names(request, nai))
            .ok_or(count::Radius::IdentityMismatch.into()),
        // An answer to a question that no State says we asked.
        //= access.6.13
        Ok(_) => Err(count::Radius::UnknownState.into()),
        Err(_) => Err(count::Radius::BadEap.into()),
    }
}

/// Whether User-Name, where there is one, is that identity.
fn names(request: &Request<'_>, nai: &Nai) -> bool {
    //= access.3.2
    match request.packet().user_name() {
        Found::Absent => true,
        Found::Once(name) => name == nai.octets(),
        Found::Many => false,
    }
}

/// The name of the best FHA of a location that the user's subscription covers.
fn choose<'a>(location: &'a Location, user: &User) -> Option<&'a String> {
    //= access.3.7
    location.fhas.iter().find(|name| user.mobility.covers(name))
}
