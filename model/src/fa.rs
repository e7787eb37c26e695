//! The foreign agent of one link.

use crate::config::{Config, Fault};
use crate::message::{Code, Hop, Kind, Message, Rrp, Rrq};
use crate::network::Network;
use crate::places::{Link, Marks};

/// What the FA of one link holds.
///
/// Every request has a challenge of its own: the mobile node takes the one advertised last, and
/// the FA advertises a fresh one after each. So a challenge has the name of the request that
/// carries it. Advertisements are no messages here but a fact of the link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
//= registration.1.1
//= registration.1.8
pub struct Fa {
    /// Identifications of the requests relayed whose reply is awaited.
    pub pending: Marks,
    /// Challenges used.
    pub used: Marks,
    /// Identification of the registration by which the mobile node is a visitor; 0 for none.
    pub visitor: u8,
}

impl Fa {
    /// Takes a request from the link.
    //= registration.4.6
    pub fn on_request(&mut self, link: Link, rrq: &Rrq, net: &mut Network) {
        //= registration.5.8
        if rrq.link != link && rrq.kind != Kind::Release {
            return;
        }
        //= registration.5.11
        //= registration.5.13
        if self.used.has(rrq.ident) && !self.pending.has(rrq.ident) {
            self.deny(link, rrq, net);
            return;
        }
        self.used.add(rrq.ident);
        //= registration.5.5
        self.pending.add(rrq.ident);
        //= registration.5.1
        //= registration.5.2
        //= registration.5.6
        net.send(Message::Request(Hop::Core(link), *rrq));
    }

    /// Denies a request for its challenge.
    //= registration.5.12
    pub fn deny(&self, link: Link, rrq: &Rrq, net: &mut Network) {
        net.send(Message::Reply(
            Hop::Air(link),
            Rrp {
                ident: rrq.ident,
                agent: rrq.agent,
                code: Code::Challenge,
                grant: None,
                key: 0,
                intact: true,
            },
        ));
    }

    /// Takes a reply from the FHA.
    ///
    /// A reply that comes late does not put an older registration in the place of a newer one, nor
    /// does a late deregistration take the newer one away.
    //= registration.9.1
    pub fn on_reply(&mut self, link: Link, rrp: &Rrp, config: &Config, net: &mut Network) {
        if !self.pending.has(rrp.ident) {
            return;
        }
        self.pending.remove(rrp.ident);
        //= registration.9.7
        match rrp.code {
            Code::Accepted => self.visitor = self.visitor.max(rrp.ident),
            Code::Released if self.visitor <= rrp.ident => self.visitor = 0,
            _ => {}
        }
        //= registration.9.2
        let mut relayed = *rrp;
        let alters = config.broken(Fault::FaAltersReply) || config.broken(Fault::MnTrustsFa);
        if let (true, Some(grant)) = (alters, relayed.grant.as_mut()) {
            grant.address = 0;
            relayed.intact = false;
        }
        net.send(Message::Reply(Hop::Air(link), relayed));
    }

    /// The visitor's lifetime has run out.
    //= registration.9.9
    pub const fn expire(&mut self) {
        self.visitor = 0;
    }

    /// Whether it carries the mobile node's packets.
    #[must_use]
    //= data-path.2.3
    pub const fn carries(&self) -> bool {
        self.visitor != 0
    }
}
