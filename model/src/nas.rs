//! The network access server of one link.

use crate::config::{Config, Fault};
use crate::message::{Decision, Message, Server};
use crate::network::Network;
use crate::places::{Link, Marks};

/// The sessions of one NAS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Nas {
    /// Those about which the AAA server was asked.
    pub asked: Marks,
    /// Those that are open.
    pub open: Marks,
    /// Those that were refused, released or ran out.
    pub closed: Marks,
}

impl Nas {
    /// Takes the response of a mobile node, and asks the server of its network.
    //= access.3.1
    //= access.1.2
    //= access.1.3
    pub fn on_request(&mut self, session: u8, link: Link, config: &Config, net: &mut Network) {
        if self.open.has(session) || self.closed.has(session) {
            return;
        }
        self.asked.add(session);
        let visited = config.setup.scenario().is_subscription();
        let visited = visited != config.broken(Fault::NasAsksOtherServer);
        let server = if visited { Server::Visited } else { Server::Home };
        net.send(Message::AccessAsk { session, link, server });
    }

    /// Takes the server's decision and hands it on as it is. Without one it says nothing.
    //= access.4.4
    //= access.4.9
    pub fn on_answer(
        &mut self,
        session: u8,
        link: Link,
        decision: Decision,
        config: &Config,
        net: &mut Network,
    ) {
        if !self.asked.has(session) {
            return;
        }
        self.asked.remove(session);
        let decision = match decision {
            Decision::Refused if config.broken(Fault::NasGrantsRefused) => {
                Decision::Granted { agent: Some(link.agent()) }
            }
            as_it_is => as_it_is,
        };
        match decision {
            //= access.4.1
            //= access.4.2
            Decision::Granted { .. } => self.open.add(session),
            //= access.4.6
            //= access.4.8
            Decision::Refused => self.closed.add(session),
        }
        net.send(Message::AccessReply { session, link, decision });
    }

    /// Ends a session at the mobile node's wish; a repeated wish changes nothing.
    pub fn on_end(&mut self, session: u8, link: Link, net: &mut Network) {
        if self.open.has(session) {
            self.open.remove(session);
            self.closed.add(session);
            net.send(Message::AccessEnded { session, link });
        }
    }

    /// The session's lifetime has run out.
    pub const fn expire(&mut self, session: u8) {
        self.open.remove(session);
        self.closed.add(session);
    }
}
