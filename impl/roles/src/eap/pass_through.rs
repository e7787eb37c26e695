//! The EAP authenticator of a NAS (RFC 3748 §2.3, RFC 3579 §2): it asks for the identity itself
//! and passes everything after that between peer and server.

use dsboot_codec::eap::{self, Body, Code, Message, Packet};

use crate::{Nai, Random, count::Access};

/// The authenticator's side of one conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PassThrough {
    /// That of the last Request, be it our own or the server's.
    identifier: u8,
    /// Whether that Request waits for its Response.
    awaits: bool,
    identity: Option<Nai>,
}

impl PassThrough {
    /// Begins a conversation: asks for the identity, under a random Identifier. Returns the
    /// Request too.
    //
    // Without the round that an EAP-Start would take (RFC 3579 §2.1).
    #[must_use]
    pub fn start(random: &mut dyn Random) -> (PassThrough, Vec<u8>) {
        let [identifier] = random.octets();
        let request = eap::encode(identifier, &Body::Request(Message::Identity(b"")));
        (PassThrough { identifier, awaits: true, identity: None }, request.unwrap_or_default())
    }

    /// The identity that the peer gave, once it has.
    #[must_use]
    pub const fn identity(&self) -> Option<&Nai> {
        self.identity.as_ref()
    }

    /// Takes a packet of the peer. Returns the Response in it, cut to its Length, to be passed on
    /// together with the identity; the next Request has then to come from the server.
    ///
    /// # Errors
    /// Why the packet is dropped.
    pub fn respond<'p>(&mut self, packet: &'p [u8]) -> Result<(&Nai, &'p [u8]), Access> {
        //= access.2.25
        let packet = Packet::decode(packet).map_err(|_| Access::BadEap)?;
        if packet.code() != Code::Response {
            return Err(Access::UnexpectedEapCode);
        }
        if !self.awaits || packet.identifier() != self.identifier {
            return Err(Access::EapIdentifier);
        }
        let identity = match self.identity.take() {
            Some(identity) => identity,
            None => identity_in(&packet)?,
        };
        self.awaits = false;
        Ok((self.identity.insert(identity), packet.octets()))
    }

    /// Takes the packet that came with a challenge. Returns the Request in it, cut to its Length,
    /// to be passed on to the peer; `None` if it is no Request.
    pub fn ask<'p>(&mut self, packet: &'p [u8]) -> Option<&'p [u8]> {
        let packet = Packet::decode(packet).ok().filter(|p| p.code() == Code::Request)?;
        self.identifier = packet.identifier();
        self.awaits = true;
        Some(packet.octets())
    }
}

/// The identity in a Response that is to give it.
fn identity_in(response: &Packet<'_>) -> Result<Nai, Access> {
    match response.body() {
        Ok(Body::Response(Message::Identity(identity))) => {
            Nai::new(identity).ok_or(Access::NoIdentity)
        }
        _ => Err(Access::NoIdentity),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Octet(u8);

    impl Random for Octet {
        fn fill(&mut self, octets: &mut [u8]) {
            octets.fill(self.0);
        }
    }

    fn started() -> PassThrough {
        let (eap, request) = PassThrough::start(&mut Octet(0x41));
        assert_eq!(request, [1, 0x41, 0, 5, 1]);
        eap
    }

    const IDENTITY: [u8; 7] = [2, 0x41, 0, 7, 1, b'm', b'n'];

    //= access.2.25
    #[test]
    fn responses_to_the_request_outstanding_are_passed_on_once() {
        let mut eap = started();
        let padded: Vec<u8> = IDENTITY.iter().copied().chain([0; 3]).collect();
        let nai = Nai::new(b"mn").unwrap();
        assert_eq!(eap.respond(&padded), Ok((&nai, &IDENTITY[..])));
        assert_eq!(eap.respond(&IDENTITY), Err(Access::EapIdentifier));

        // Any type, however malformed, and the server's Identifier from now on.
        assert_eq!(eap.ask(&[1, 9, 0, 5, 13, 0, 0]), Some(&[1, 9, 0, 5, 13][..]));
        assert_eq!(eap.respond(&IDENTITY), Err(Access::EapIdentifier));
        assert_eq!(eap.respond(&[2, 9, 0, 5, 4]), Ok((&nai, &[2, 9, 0, 5, 4][..])));
        assert_eq!(eap.identity(), Some(&nai));
    }

    //= access.2.25
    #[test]
    fn other_packets_are_dropped_and_change_nothing() {
        let cases: [(&[u8], Access); 8] = [
            (b"", Access::BadEap),
            (&[2, 0x41, 0, 8, 1, b'm'], Access::BadEap),
            (&[1, 0x41, 0, 5, 1], Access::UnexpectedEapCode),
            (&[3, 0x41, 0, 4], Access::UnexpectedEapCode),
            (&[2, 0x42, 0, 6, 1, b'm'], Access::EapIdentifier),
            (&[2, 0x41, 0, 5, 1], Access::NoIdentity),
            (&[2, 0x41, 0, 6, 3, 4], Access::NoIdentity),
            (&[2, 0x41, 0, 7, 4, 1, 1], Access::NoIdentity),
        ];
        for (octets, reason) in cases {
            let mut eap = started();
            assert_eq!(eap.respond(octets), Err(reason), "{octets:?}");
            assert_eq!(eap, started());
        }
        let mut long = vec![2, 0x41, 1, 3, 1];
        long.extend([b'm'; 254]);
        assert_eq!(started().respond(&long), Err(Access::NoIdentity));
        assert!(
            started()
                .respond(&{
                    long[3] = 2;
                    long.pop();
                    long
                })
                .is_ok()
        );
    }

    #[test]
    fn a_challenge_must_bring_a_request() {
        for packet in [&b""[..], &[3, 9, 0, 4], &[2, 9, 0, 5, 1]] {
            let mut eap = started();
            assert_eq!(eap.ask(packet), None);
            assert_eq!(eap, started());
        }
    }
}
