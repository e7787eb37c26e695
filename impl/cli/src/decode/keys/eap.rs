//! EAP: MD5 responses, under the passwords of users.

use dsboot_codec::eap::{Body, Message, Packet, md5_value};

use super::engine::{Engine, Findings};

/// Octets of an EAP packet before the value of MD5.
const VALUE: usize = 6;

/// What carries a conversation, so that a response finds its challenge.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Carrier {
    /// RADIUS: the State that a challenge gives and the answer to it has.
    Radius(Option<std::net::IpAddr>, Vec<u8>),
    /// A PANA session.
    Pana(u32),
    /// Nothing.
    None,
}

/// What has been said in a conversation.
#[derive(Clone, Debug, Default)]
pub(super) struct Conversation {
    identity: Option<Vec<u8>>,
    /// Identifier and value of the last MD5 challenge.
    challenge: Option<(u8, Vec<u8>)>,
}

impl Engine {
    /// An EAP packet, whose octets are at `place` in all that was decoded; what carries it may say
    /// whose it is.
    pub(super) fn eap(
        &mut self,
        octets: &[u8],
        place: impl Fn(usize) -> usize,
        carrier: &Carrier,
        user: Option<&[u8]>,
        found: &mut Findings,
    ) {
        let Ok(packet) = Packet::decode(octets) else { return };
        let identifier = packet.identifier();
        if self.conversations.get(carrier).is_none() {
            self.conversations.insert(carrier.clone(), Conversation::default());
        }
        let Some(conversation) = self.conversations.get_mut(carrier) else { return };
        match packet.body() {
            Ok(Body::Response(Message::Identity(name))) => {
                conversation.identity = Some(name.to_vec());
            }
            Ok(Body::Request(Message::Md5Challenge(challenge))) => {
                conversation.challenge = Some((identifier, challenge.value.to_vec()));
            }
            Ok(Body::Response(Message::Md5Challenge(response))) => {
                let Conversation { identity, challenge } = conversation.clone();
                let named = Some(response.name).filter(|name| !name.is_empty());
                let user = user.map(<[u8]>::to_vec).or(identity).or(named.map(<[u8]>::to_vec));
                let challenge = challenge.filter(|(of, _)| *of == identifier);
                let at = place(VALUE);
                let Some((_, challenge)) = challenge else {
                    return found.no_key(at, "its challenge was not seen");
                };
                let Some(user) = user else {
                    return found.no_key(at, "whose it is was not seen");
                };
                let by = format!("password of {}", String::from_utf8_lossy(&user));
                let right = self.keys.passwords(&user).map(|password| {
                    let right = md5_value(identifier, password, &challenge).to_vec();
                    (right, by.clone())
                });
                found.any(at, response.value, right, &by);
            }
            _ => (),
        }
    }
}
