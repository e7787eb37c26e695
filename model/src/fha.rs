//! A foreign home agent.

use crate::config::{Config, Fault};
use crate::message::{Answer, Code, Grant, Hop, Kind, Message, Rrp, Rrq};
use crate::network::Network;
use crate::places::Link;

/// The binding of the mobile node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
//= registration.7.10
pub struct Binding {
    /// The Identification of the request last accepted.
    pub ident: u8,
    /// The link of the care-of address.
    pub link: Link,
    /// The addresses and the key.
    pub grant: Grant,
}

/// What one FHA holds of the mobile node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fha {
    /// The binding.
    pub binding: Option<Binding>,
    /// The request about which the AAAH was asked, and the way it came.
    pub asking: Option<(Hop, Rrq)>,
    /// The last Identification accepted, which outlives the binding; 0 for none.
    pub last: u8,
}

impl Fha {
    /// Takes a registration request.
    pub fn on_request(&mut self, hop: Hop, rrq: &Rrq, config: &Config, net: &mut Network) {
        //= registration.7.7
        //= movement.3.7
        if rrq.ident == self.last {
            // The reply already given is in the network for as long as anybody asks.
            return;
        }
        match rrq.kind {
            Kind::First => self.ask(hop, rrq, config, net),
            Kind::Again | Kind::Release => self.later(hop, rrq, config, net),
        }
    }

    /// A first request: asks the AAAH.
    //= registration.6.1
    //= registration.6.2
    //= registration.6.4
    //= registration.6.5
    //= access.1.6
    fn ask(&mut self, hop: Hop, rrq: &Rrq, config: &Config, net: &mut Network) {
        if self.asking.is_some() {
            return;
        }
        if config.broken(Fault::FhaRepliesBeforeAccept) {
            let invented = Grant { address: 1, home: 1, nonce: rrq.ident };
            self.bind(hop, rrq, invented, net);
        }
        self.asking = Some((hop, *rrq));
        net.send(Message::HomeAsk { ident: rrq.ident, agent: rrq.agent });
    }

    /// A later request: the key that it has is enough.
    //= registration.7.1
    fn later(&mut self, hop: Hop, rrq: &Rrq, config: &Config, net: &mut Network) {
        //= registration.7.3
        let Some(binding) = self.binding.filter(|b| b.grant.nonce == rrq.key && rrq.intact) else {
            return;
        };
        //= registration.7.4
        if self.is_stale(rrq, config) {
            reply(hop, rrq, Code::Identification, None, rrq.key, net);
            return;
        }
        if rrq.kind == Kind::Release {
            //= movement.3.3
            //= movement.3.4
            //= movement.3.5
            self.last = rrq.ident;
            if !config.broken(Fault::FhaKeepsBinding) {
                self.binding = None;
            }
            reply(hop, rrq, Code::Released, None, rrq.key, net);
        } else {
            //= movement.1.5
            //= movement.2.4
            let mut moved = *rrq;
            if config.broken(Fault::FhaKeepsCareOf) {
                moved.link = binding.link;
            }
            self.bind(hop, &moved, binding.grant, net);
        }
    }

    /// Takes the AAAH's answer. While there is none, it says nothing and keeps what it has.
    //= registration.6.15
    pub fn on_answer(&mut self, ident: u8, answer: Answer, config: &Config, net: &mut Network) {
        let Some((hop, rrq)) = self.asking.filter(|(_, rrq)| rrq.ident == ident) else { return };
        if !config.broken(Fault::FhaKeepsAsking) {
            self.asking = None;
        }
        match answer {
            //= registration.6.14
            //= registration.6.16
            Answer::Reject => {}
            //= registration.7.4
            //= registration.7.6
            Answer::Accept(Grant { nonce, .. }) | Answer::NoAddress(nonce)
                if self.is_stale(&rrq, config) =>
            {
                reply(hop, &rrq, Code::Identification, None, nonce, net);
            }
            //= registration.6.17
            Answer::NoAddress(nonce) => reply(hop, &rrq, Code::NoAddress, None, nonce, net),
            //= registration.6.19
            Answer::Accept(grant) => {
                let mut copied = grant;
                if config.broken(Fault::FhaAltersGrant) {
                    copied.address += 4;
                }
                self.bind(hop, &rrq, copied, net);
                if let (true, Some(held)) =
                    (config.broken(Fault::FhaHoldsOther), self.binding.as_mut())
                {
                    held.grant.address += 4;
                }
            }
        }
    }

    /// Takes the AAAH's answer while the mobile node's clock is too far from its own.
    //= registration.7.6
    pub fn on_answer_clocks_differ(&mut self, ident: u8, answer: Answer, net: &mut Network) {
        let Some((hop, rrq)) = self.asking.filter(|(_, rrq)| rrq.ident == ident) else { return };
        if let Answer::Accept(grant) = answer {
            self.asking = None;
            reply(hop, &rrq, Code::Identification, None, grant.nonce, net);
        }
    }

    fn is_stale(&self, rrq: &Rrq, config: &Config) -> bool {
        rrq.ident <= self.last && !config.broken(Fault::FhaTakesReplay)
    }

    /// Accepts: the one binding is this one now.
    //= registration.6.20
    //= registration.7.11
    //= registration.8.1
    //= keys.1.6
    fn bind(&mut self, hop: Hop, rrq: &Rrq, grant: Grant, net: &mut Network) {
        self.last = rrq.ident;
        self.binding = Some(Binding { ident: rrq.ident, link: rrq.link, grant });
        reply(hop, rrq, Code::Accepted, Some(grant), grant.nonce, net);
    }

    /// The binding's lifetime has run out. The last Identification stays known.
    //= registration.7.13
    //= registration.7.14
    pub const fn expire(&mut self) {
        self.binding = None;
    }

    /// To which link packets for an IPv6 care-of address go.
    #[must_use]
    //= registration.7.15
    //= data-path.3.5
    //= data-path.7.1
    pub fn carries(&self, address: u8) -> Option<Link> {
        self.binding.filter(|b| b.grant.address == address).map(|b| b.link)
    }
}

/// Answers a request by the way it came.
//= registration.8.2
//= registration.8.3
//= registration.8.6
//= registration.8.7
//= registration.8.8
//= registration.8.9
//= registration.2.1
//= keys.1.7
fn reply(hop: Hop, rrq: &Rrq, code: Code, grant: Option<Grant>, key: u8, net: &mut Network) {
    let rrp = Rrp { ident: rrq.ident, agent: rrq.agent, code, grant, key, intact: true };
    net.send(Message::Reply(hop, rrp));
}
