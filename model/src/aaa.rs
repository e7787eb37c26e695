//! The AAA servers: AAAF and AAAH are one machine with different records.

use crate::config::{Config, Fault, User};
use crate::message::{Answer, Decision, Grant, Message, Server, Update};
use crate::network::Network;
use crate::places::{Agent, Link, PerAgent, PerLink};

/// What one AAA server has given out. What it knows of the user is [`User`].
///
/// An answer depends on the request only, so that a repeated request gets the same answer, as the
/// cache of answers wants it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Aaa {
    /// On which links it has assigned an FHA, and a care-of address where the setup wants one.
    pub access: PerLink<bool>,
    /// At each FHA, the number of the address last assigned; 0 for none.
    pub granted: PerAgent<u8>,
}

impl Aaa {
    /// Decides about access (leg A).
    ///
    /// The answer has no home address, home agent, IPv6 care-of address or key.
    //= access.3.5
    //= access.3.6
    //= access.3.12
    //= access.1.4
    //= access.1.5
    pub fn on_access(
        &mut self,
        session: u8,
        link: Link,
        server: Server,
        user: User,
        net: &mut Network,
    ) {
        let decision = match user {
            User::NoAccess => Decision::Refused,
            //= access.3.8
            User::AccessOnly => Decision::Granted { agent: None },
            //= access.3.7
            //= access.3.9
            //= access.3.10
            User::Subscribed | User::NoRegistration | User::NoBinding | User::Incomplete => {
                *self.access.at_mut(link) = true;
                Decision::Granted { agent: Some(link.agent()) }
            }
        };
        net.send(Message::AccessAnswer { session, link, server, decision });
    }

    /// Decides about a registration (leg B).
    //= registration.6.7
    //= registration.6.8
    pub fn on_registration(
        &mut self,
        ident: u8,
        agent: Agent,
        user: User,
        config: &Config,
        net: &mut Network,
    ) {
        let answer = match user {
            User::Subscribed | User::NoBinding | User::Incomplete => {
                let address = self.assign(agent, config);
                let home = match user {
                    User::Incomplete => 0,
                    _ if config.broken(Fault::AaahMovesHome) && agent == Agent::Two => 2,
                    _ => 1,
                };
                //= registration.6.9
                //= keys.1.1
                //= keys.1.4
                //= movement.1.8
                Answer::Accept(Grant { address, home, nonce: ident })
            }
            User::AccessOnly | User::NoAccess | User::NoRegistration => Answer::Reject,
        };
        net.send(Message::HomeAnswer { ident, agent, answer });
    }

    /// Decides about a registration while it has no address left.
    ///
    /// An address that it has assigned already it has.
    //= registration.6.13
    pub fn on_registration_no_address(
        &self,
        ident: u8,
        agent: Agent,
        user: User,
        net: &mut Network,
    ) {
        let provided = matches!(user, User::Subscribed | User::NoBinding | User::Incomplete);
        if provided && *self.granted.at(agent) == 0 {
            net.send(Message::HomeAnswer { ident, agent, answer: Answer::NoAddress(ident) });
        }
    }

    /// The address of the user at an FHA: always the same.
    //= registration.6.10
    //= registration.6.11
    //= movement.2.6
    fn assign(&mut self, agent: Agent, config: &Config) -> u8 {
        let first = match agent {
            Agent::Two if !config.broken(Fault::AaahSharesAddress) => 2,
            Agent::One | Agent::Two => 1,
        };
        let slot = self.granted.at_mut(agent);
        *slot = match *slot {
            0 => first,
            given if config.broken(Fault::AaahAssignsAnew) => given + 2,
            given => given,
        };
        *slot
    }

    /// Decides about a home binding (leg C).
    //= home-binding.2.5
    //= home-binding.2.6
    //= home-binding.2.7
    //= home-binding.2.8
    //= keys.2.5
    pub fn on_binding(&self, update: &Update, user: User, net: &mut Network) {
        let assigned = Agent::ALL.iter().any(|a| *self.granted.at(*a) == update.care_of);
        let accept = user == User::Subscribed && assigned && update.home != 0;
        net.send(Message::BindingAnswer { seq: update.seq, accept });
    }
}
