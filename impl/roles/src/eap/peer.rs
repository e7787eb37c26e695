//! The EAP peer (RFC 3748, RFC 4137 §4): it answers requests, keeps no timer, and waits for the
//! result.

use dsboot_codec::eap::{self, Body, Code, Md5Challenge, Message, Packet, md5_value};
use dsboot_spec::registry::eap::method;

use crate::{Effects, Nai, Secret, count::Access};

/// Who a peer is, and how it can prove it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PeerConfig {
    /// What it answers when asked for its identity.
    pub identity: Nai,
    /// The methods that it does, the one it likes best first.
    pub credentials: Vec<Credential>,
}

/// A method with what the peer needs for it. The set is open: a method is a variant here and an
/// arm in `Credential::answer`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// MD5-Challenge with the password shared with the server (RFC 3748 §5.4).
    Md5(Secret),
}

/// What a conversation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Conclusion {
    /// The server has accepted the peer.
    Success,
    /// The server has not accepted the peer.
    Failure,
}

/// The peer's side of one conversation after the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Peer {
    config: PeerConfig,
    last: Option<Answered>,
    /// Whether the method has been answered, so that only the result is to come.
    done: bool,
}

/// The Request answered last, and its Response.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Answered {
    identifier: u8,
    response: Vec<u8>,
}

impl Peer {
    /// A peer that has not been asked anything.
    #[must_use]
    pub const fn new(config: PeerConfig) -> Peer {
        Peer { config, last: None, done: false }
    }

    /// Begins a new conversation.
    pub fn restart(&mut self) {
        self.last = None;
        self.done = false;
    }

    /// Whether the method has been answered.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.done
    }

    /// Takes a Request and returns the Response; `None` when it is dropped, which is counted.
    pub fn respond(&mut self, request: &[u8], effects: &mut Effects) -> Option<Vec<u8>> {
        match self.answer(request, effects) {
            Ok(response) => Some(response),
            Err(reason) => {
                effects.count(reason);
                None
            }
        }
    }

    /// Takes a Success or Failure; `None` when it is dropped, which is counted.
    pub fn conclude(&self, result: &[u8], effects: &mut Effects) -> Option<Conclusion> {
        match self.judge(result) {
            Ok(conclusion) => Some(conclusion),
            Err(reason) => {
                effects.count(reason);
                None
            }
        }
    }

    fn answer(&mut self, request: &[u8], effects: &mut Effects) -> Result<Vec<u8>, Access> {
        let packet = Packet::decode(request).map_err(|_| Access::BadEap)?;
        if packet.code() != Code::Request {
            return Err(Access::UnexpectedEapCode);
        }
        let identifier = packet.identifier();
        //= access.2.22
        if let Some(last) = self.last.as_ref().filter(|last| last.identifier == identifier) {
            effects.count(Access::RepeatedEapRequest);
            return Ok(last.response.clone());
        }
        let Body::Request(message) = packet.body().map_err(|_| Access::BadEap)? else {
            return Err(Access::UnexpectedEapCode);
        };
        let response = match message {
            Message::Notification(_) => encode(identifier, Message::Notification(b""))?,
            // No new identity and no second method in one conversation (RFC 3748 §2.1).
            _ if self.done => return Err(Access::UnexpectedEapRequest),
            Message::Identity(_) => {
                encode(identifier, Message::Identity(self.config.identity.octets()))?
            }
            method => match self.prove(identifier, &method) {
                Some(response) => {
                    self.done = true;
                    response?
                }
                None => {
                    effects.count(Access::EapNak);
                    encode(identifier, Message::Nak(&self.alternatives()))?
                }
            },
        };
        self.last = Some(Answered { identifier, response: response.clone() });
        Ok(response)
    }

    /// The Response to a method's Request; `None` if the peer does not do the method.
    fn prove(&self, identifier: u8, request: &Message<'_>) -> Option<Result<Vec<u8>, Access>> {
        let identity = &self.config.identity;
        self.config
            .credentials
            .iter()
            .find_map(|credential| credential.answer(identifier, identity, request))
    }

    /// The list of a Nak.
    //= access.2.23
    fn alternatives(&self) -> Vec<u8> {
        let methods: Vec<u8> = self.config.credentials.iter().map(Credential::method).collect();
        if methods.is_empty() { vec![method::NONE] } else { methods }
    }

    fn judge(&self, result: &[u8]) -> Result<Conclusion, Access> {
        let packet = Packet::decode(result).map_err(|_| Access::BadEap)?;
        let conclusion = match packet.code() {
            Code::Success => Conclusion::Success,
            Code::Failure => Conclusion::Failure,
            Code::Request | Code::Response => return Err(Access::UnexpectedEapCode),
        };
        //= access.2.24
        if self.last.as_ref().map(|last| last.identifier) != Some(packet.identifier()) {
            return Err(Access::EapIdentifier);
        }
        if conclusion == Conclusion::Success && !self.done {
            return Err(Access::EarlySuccess);
        }
        Ok(conclusion)
    }
}

impl Credential {
    /// The number of the method.
    const fn method(&self) -> u8 {
        match self {
            Credential::Md5(_) => method::MD5_CHALLENGE,
        }
    }

    /// The Response to a Request of this method; `None` for one of another method.
    fn answer(
        &self,
        identifier: u8,
        identity: &Nai,
        request: &Message<'_>,
    ) -> Option<Result<Vec<u8>, Access>> {
        match (self, request) {
            //= access.1.4
            (Credential::Md5(password), Message::Md5Challenge(challenge)) => {
                //= access.2.26
                let value = md5_value(identifier, password.octets(), challenge.value);
                let response = Md5Challenge { value: &value, name: identity.octets() };
                Some(encode(identifier, Message::Md5Challenge(response)))
            }
            _ => None,
        }
    }
}

/// A Response under the Identifier of its Request.
//= access.2.22
fn encode(identifier: u8, message: Message<'_>) -> Result<Vec<u8>, Access> {
    eap::encode(identifier, &Body::Response(message)).map_err(|_| Access::NotEncodable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dsboot_codec::eap::{Expanded, Method};

    const CHALLENGE: Message<'_> =
        Message::Md5Challenge(Md5Challenge { value: &[0xc5; 16], name: b"" });

    fn peer() -> Peer {
        Peer::new(PeerConfig {
            identity: Nai::new(b"mn1@example.net").unwrap(),
            credentials: vec![Credential::Md5(Secret::new(*b"mn1-eap-secret"))],
        })
    }

    fn request(identifier: u8, message: Message<'_>) -> Vec<u8> {
        eap::encode(identifier, &Body::Request(message)).unwrap()
    }

    fn reasons(effects: &Effects) -> Vec<&'static str> {
        effects
            .iter()
            .map(|effect| match effect {
                crate::Effect::Count(reason) => reason.name(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// What comes of one request, and the reason counted.
    fn ask(peer: &mut Peer, octets: &[u8]) -> (Option<Vec<u8>>, Vec<&'static str>) {
        let mut effects = Effects::new();
        let response = peer.respond(octets, &mut effects);
        (response, reasons(&effects))
    }

    fn conclude(peer: &Peer, octets: &[u8]) -> (Option<Conclusion>, Vec<&'static str>) {
        let mut effects = Effects::new();
        let conclusion = peer.conclude(octets, &mut effects);
        (conclusion, reasons(&effects))
    }

    //= access.2.22
    //= access.2.26
    //= access.1.4
    #[test]
    fn the_recorded_conversation() {
        let mut peer = peer();
        let identity = hex::decode("02410014016d6e31406578616d706c652e6e6574").unwrap();
        assert_eq!(ask(&mut peer, &[1, 0x41, 0, 5, 1]).0, Some(identity));
        let challenge = hex::decode("0142001604109dc9c942f5f53107eac9816c2f9ad9b8").unwrap();
        let response = "0242002504100620da41c51b3defcd95f5a48b498b216d6e31406578616d706c652e6e6574";
        assert_eq!(ask(&mut peer, &challenge).0, Some(hex::decode(response).unwrap()));
        assert_eq!(conclude(&peer, &[3, 0x42, 0, 4]), (Some(Conclusion::Success), vec![]));
        assert_eq!(conclude(&peer, &[4, 0x42, 0, 4]), (Some(Conclusion::Failure), vec![]));
    }

    //= access.2.22
    #[test]
    fn a_repeated_request_gets_the_stored_response_whatever_it_says_now() {
        let mut peer = peer();
        let (first, _) = ask(&mut peer, &request(7, CHALLENGE));
        let repeated = ask(&mut peer, &request(7, Message::Notification(b"again")));
        assert_eq!(repeated, (first, vec!["eap.peer.repeated-request"]));
        peer.restart();
        let fresh = ask(&mut peer, &request(7, Message::Notification(b"new")));
        assert_eq!(fresh, (Some(vec![2, 7, 0, 5, 2]), vec![]));
    }

    //= access.2.23
    #[test]
    fn another_method_gets_a_nak_but_not_after_the_method_was_answered() {
        let others = [
            Message::GenericTokenCard(b"x"),
            Message::Expanded(Expanded {
                method: Method { vendor_id: 311, number: 1 },
                data: b"x",
            }),
        ];
        for (other, identifier) in others.into_iter().zip(1..) {
            let mut peer = peer();
            let nak = Some(vec![2, identifier, 0, 6, method::NAK, method::MD5_CHALLENGE]);
            let answer = ask(&mut peer, &request(identifier, other));
            assert_eq!(answer, (nak, vec!["eap.peer.nak"]));
            assert!(ask(&mut peer, &request(identifier + 1, CHALLENGE)).0.is_some());
            let late = ask(&mut peer, &request(identifier + 2, other));
            assert_eq!(late, (None, vec!["eap.peer.unexpected-request"]));
        }
    }

    #[test]
    fn a_peer_without_a_method_names_none() {
        let config = PeerConfig { credentials: Vec::new(), ..peer().config };
        let nak = Some(vec![2, 1, 0, 6, method::NAK, method::NONE]);
        assert_eq!(ask(&mut Peer::new(config), &request(1, CHALLENGE)).0, nak);
    }

    #[test]
    fn no_identity_is_given_once_the_method_was_answered_but_notifications_are_taken() {
        let mut peer = peer();
        ask(&mut peer, &request(1, CHALLENGE));
        let late = ask(&mut peer, &request(2, Message::Identity(b"")));
        assert_eq!(late, (None, vec!["eap.peer.unexpected-request"]));
        let notified = ask(&mut peer, &request(3, Message::Notification(b"hello")));
        assert_eq!(notified.0, Some(vec![2, 3, 0, 5, 2]));
    }

    //= access.2.24
    #[test]
    fn a_result_counts_only_in_its_place() {
        let mut peer = peer();
        assert_eq!(conclude(&peer, &[4, 1, 0, 4]), (None, vec!["eap.identifier"]));
        ask(&mut peer, &request(1, Message::Identity(b"")));
        assert_eq!(conclude(&peer, &[3, 1, 0, 4]), (None, vec!["eap.peer.early-success"]));
        assert_eq!(conclude(&peer, &[4, 1, 0, 4]), (Some(Conclusion::Failure), vec![]));
        ask(&mut peer, &request(2, CHALLENGE));
        assert_eq!(conclude(&peer, &[3, 1, 0, 4]), (None, vec!["eap.identifier"]));
        assert_eq!(conclude(&peer, &[4, 3, 0, 4]), (None, vec!["eap.identifier"]));
        assert_eq!(conclude(&peer, &[3, 2, 0, 4]), (Some(Conclusion::Success), vec![]));
    }

    #[test]
    fn what_is_no_request_or_no_result_is_dropped() {
        let mut peer = peer();
        let cases: [(&[u8], &str); 5] = [
            (b"", "eap.malformed"),
            (&[5, 1, 0, 5, 1], "eap.malformed"),
            (&[1, 1, 0, 9, 4, 16, 1, 2, 3], "eap.malformed"),
            (&[2, 1, 0, 5, 1], "eap.unexpected-code"),
            (&[3, 1, 0, 4], "eap.unexpected-code"),
        ];
        for (octets, reason) in cases {
            assert_eq!(ask(&mut peer, octets), (None, vec![reason]), "{octets:?}");
        }
        assert_eq!(conclude(&peer, &[1, 1, 0, 5, 1]), (None, vec!["eap.unexpected-code"]));
        assert_eq!(peer, self::peer());
    }
}
