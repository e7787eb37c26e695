//! PANA: AUTH, under a key that is given or derived.

use dsboot_codec::pana::{AuthKey, Avp, Flags, KeyInput, Kind, Message};
use dsboot_spec::registry::pana::AVP_HEADER_LENGTH;

use super::config::PanaKey;
use super::eap::Carrier;
use super::engine::{Engine, Findings};

/// What PANA_AUTH_KEY is derived from besides the MSK.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    initial_request: Vec<u8>,
    initial_answer: Vec<u8>,
    pac_nonce: Vec<u8>,
    paa_nonce: Vec<u8>,
    key_id: Option<u32>,
}

impl Engine {
    pub(super) fn pana(&mut self, octets: &[u8], at: usize, found: &mut Findings) {
        let Ok(message) = Message::decode(octets) else { return };
        let id = message.session_id();
        if self.sessions.get(&id).is_none() {
            self.sessions.insert(id, Session::default());
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            session.note(&message, octets);
        }
        for unit in message.avps() {
            let start = at + unit.offset + AVP_HEADER_LENGTH;
            if let Avp::EapPayload(eap) = unit.value {
                self.eap(eap, |number| start + number, &Carrier::Pana(id), None, found);
            }
            let Avp::Auth(value) = unit.value else { continue };
            let place = start;
            let keys = self.keys.pana.iter();
            let key = keys.clone().find(|key| key.session == Some(id));
            let key = key.or_else(|| keys.clone().find(|key| key.session.is_none()));
            let derived = key.and_then(|key| self.auth_key(id, key));
            match (key, derived) {
                (_, Some(key)) => {
                    let right = key.auth_value(octets, unit.offset + AVP_HEADER_LENGTH);
                    found.check(place, value, &right, format!("PANA_AUTH_KEY of session {id:#x}"));
                }
                (Some(_), None) => found.no_key(place, "not all that the key is made of was seen"),
                (None, None) => found.no_key(place, format!("no key of session {id:#x}")),
            }
        }
    }

    fn auth_key(&self, id: u32, key: &PanaKey) -> Option<AuthKey> {
        if let Some(key) = &key.auth_key {
            return Some(AuthKey::from_octets(&key.0));
        }
        let session = self.sessions.get(&id)?;
        let ready = !session.initial_request.is_empty() && !session.initial_answer.is_empty();
        Some(AuthKey::derive(&KeyInput {
            msk: &key.msk.as_ref().filter(|_| ready)?.0,
            initial_request: &session.initial_request,
            initial_answer: &session.initial_answer,
            pac_nonce: &session.pac_nonce,
            paa_nonce: &session.paa_nonce,
            key_id: session.key_id?,
        }))
    }
}

impl Session {
    fn note(&mut self, message: &Message<'_>, octets: &[u8]) {
        let starts = message.flags().contains(Flags::START);
        let nonce = message.nonce().once();
        match message.kind() {
            Some(Kind::Par) => {
                if starts {
                    self.initial_request = octets.to_vec();
                }
                if let Some(nonce) = nonce {
                    self.paa_nonce = nonce.to_vec();
                }
                self.key_id = message.key_id().once().or(self.key_id);
            }
            Some(Kind::Pan) => {
                if starts {
                    self.initial_answer = octets.to_vec();
                }
                if let Some(nonce) = nonce {
                    self.pac_nonce = nonce.to_vec();
                }
            }
            _ => (),
        }
    }
}
