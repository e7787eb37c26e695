//! The EAP server behind a pass-through authenticator (RFC 3748, RFC 4137 §5): it keeps no timer,
//! repeats nothing, and takes one response after the other.

use dsboot_codec::eap::{self, Body, Code, Md5Challenge, Message, Packet};
use dsboot_spec::registry::eap::{MD5_VALUE_LENGTH, method};

use crate::{Random, Secret};

/// A method by which a peer can prove itself. The set is open: a method is a variant here and
/// one of `Question`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// MD5-Challenge (RFC 3748 §5.4).
    Md5,
}

/// A conversation with a peer, waiting for the response to one request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Conversation {
    identifier: u8,
    question: Question,
}

/// What the request outstanding asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Question {
    /// Who are you?
    Identity,
    /// Prove that you know the secret.
    Md5 { challenge: [u8; MD5_VALUE_LENGTH] },
}

/// What comes of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The peer has proved itself.
    Proved,
    /// The peer has not proved itself.
    NotProved,
    /// The peer does not want the method; there is no other to offer.
    Declined,
    /// The response does not answer the request.
    Unrelated,
}

impl Conversation {
    /// Asks a peer of whom nothing is known for its identity: the conversation, and the request.
    #[must_use]
    pub fn ask_identity() -> (Conversation, Vec<u8>) {
        Conversation::ask(0, Question::Identity)
    }

    /// Asks a peer whose identity came under `identifier` to prove itself: the conversation, and
    /// the request.
    #[must_use]
    pub fn begin(
        method: Method,
        identifier: u8,
        random: &mut dyn Random,
    ) -> (Conversation, Vec<u8>) {
        // A new request has a new identifier (RFC 3748 §4.1).
        let identifier = identifier.wrapping_add(1);
        match method {
            Method::Md5 => {
                Conversation::ask(identifier, Question::Md5 { challenge: random.octets() })
            }
        }
    }

    /// Whether the response may be an identity.
    #[must_use]
    pub const fn awaits_identity(&self) -> bool {
        matches!(self.question, Question::Identity)
    }

    /// Whether the packet is a response to the request outstanding.
    #[must_use]
    pub fn is_answered_by(&self, response: &Packet<'_>) -> bool {
        response.code() == Code::Response && response.identifier() == self.identifier
    }

    /// Judges a response by the peer's secret. Without one, for a peer that is not known, nothing
    /// proves anything.
    #[must_use]
    pub fn judge(&self, response: &Packet<'_>, secret: Option<&Secret>) -> Verdict {
        if !self.is_answered_by(response) {
            return Verdict::Unrelated;
        }
        match (&self.question, response.body()) {
            //= access.2.26
            (Question::Md5 { challenge }, Ok(Body::Response(Message::Md5Challenge(answer)))) => {
                match secret {
                    Some(secret) if answer.proves(self.identifier, secret.octets(), challenge) => {
                        Verdict::Proved
                    }
                    _ => Verdict::NotProved,
                }
            }
            (
                Question::Md5 { .. },
                Ok(Body::Response(Message::Nak(_) | Message::ExpandedNak(_))),
            ) => Verdict::Declined,
            _ => Verdict::NotProved,
        }
    }

    fn ask(identifier: u8, question: Question) -> (Conversation, Vec<u8>) {
        let message = match &question {
            Question::Identity => Message::Identity(b""),
            Question::Md5 { challenge } => {
                Message::Md5Challenge(Md5Challenge { value: challenge, name: b"" })
            }
        };
        let request = packet(identifier, &Body::Request(message));
        (Conversation { identifier, question }, request)
    }
}

/// The Success that answers a response.
#[must_use]
pub fn success(response: &Packet<'_>) -> Vec<u8> {
    packet(response.identifier(), &Body::Success)
}

/// The Failure that answers a response.
#[must_use]
pub fn failure(response: &Packet<'_>) -> Vec<u8> {
    packet(response.identifier(), &Body::Failure)
}

/// The Nak, naming no method, that answers a request: a server answers to no one (RFC 3579
/// §2.6.2).
#[must_use]
pub fn no_role_reversal(request: &Packet<'_>) -> Vec<u8> {
    packet(request.identifier(), &Body::Response(Message::Nak(&[method::NONE])))
}

/// Encodes a packet of a size that is known to do.
fn packet(identifier: u8, body: &Body<'_>) -> Vec<u8> {
    eap::encode(identifier, body).unwrap_or_default()
}
