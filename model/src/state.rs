//! The state of everything.

use crate::aaa::Aaa;
use crate::config::User;
use crate::fa::Fa;
use crate::fha::Fha;
use crate::ha::Ha;
use crate::message::{Hop, Kind, Message, Update};
use crate::mn::{Access, Mn};
use crate::nas::Nas;
use crate::network::Network;
use crate::places::{Agent, Link, PerAgent, PerLink};

/// The states of all roles, the network, and what properties want to know of the past.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// What the AAA servers know of the user; it never changes in a run.
    pub user: User,
    /// The mobile node.
    pub mn: Mn,
    /// The NAS of each link.
    pub nas: PerLink<Nas>,
    /// The FA of each link; without use in a setup without FA.
    pub fa: PerLink<Fa>,
    /// The FHAs.
    pub fha: PerAgent<Fha>,
    /// The AAA server of the visited network; without use in an integrated setup.
    pub aaaf: Aaa,
    /// The AAA server of the home network.
    pub aaah: Aaa,
    /// The home agent.
    pub ha: Ha,
    /// Every message ever sent that can still have an effect.
    pub net: Network,
    /// How many incidents have happened.
    pub incidents: u8,
    /// What properties want to know of the past. No rule reads it.
    pub history: History,
}

/// What has happened, as far as the present states of the roles do not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct History {
    /// Whether the HA has acknowledged the release since the mobile node last came.
    pub unbound: bool,
    /// The FHA that has acknowledged the release since the mobile node last came.
    pub deregistered: Option<Agent>,
    /// The address that the AAAH first gave at each FHA, and the home that it first gave; 0 for
    /// none.
    pub given: (PerAgent<u8>, u8),
    /// What has happened and should not have.
    pub wrong: Wrong,
}

/// Steps that break a promise, noted when they are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wrong {
    /// A message was sent without the one before it in the figures.
    pub out_of_order: bool,
    /// An FA has relayed something else than it got.
    pub altered: bool,
    /// An FHA has put something else into a reply than the AAAH gave.
    pub unlike_accept: bool,
    /// A session, a binding or a home binding was made that no AAA server has accepted.
    pub unauthorised: bool,
    /// The AAAH has given two addresses at one FHA, or two homes.
    pub double: bool,
    /// The mobile node has taken parameters without proof.
    pub unproven: bool,
    /// The mobile node has sent a binding update without the parameters of a registration.
    pub early_update: bool,
    /// The mobile node counts as bound what the HA has not bound.
    pub unbound: bool,
    /// The mobile node has told the HA of something that does not concern it.
    pub needless_update: bool,
    /// A replayed message has moved an Identification or a sequence number backwards.
    pub went_back: bool,
}

impl State {
    /// The beginning: nobody has said anything.
    #[must_use]
    pub fn start(user: User) -> State {
        State {
            user,
            mn: Mn::default(),
            nas: PerLink::default(),
            fa: PerLink::default(),
            fha: PerAgent::default(),
            aaaf: Aaa::default(),
            aaah: Aaa::default(),
            ha: Ha::default(),
            net: Network::default(),
            incidents: 0,
            history: History::default(),
        }
    }

    /// Forgets the messages that their receivers ignore from now on, whatever comes.
    ///
    /// The mobile node takes answers only to what it sent last, and never sends anything with an
    /// old session, Identification or sequence number again; a NAS does nothing more about a
    /// session that is decided, an FA nothing about a reply that it does not await; RADIUS answers
    /// are for who has asked, and who asks again sends the request again. A late request under the
    /// MN–FHA key gets no answer that anybody takes. States that differ only in such messages are
    /// the same.
    pub fn settle(&mut self) {
        let State { mn, nas, fa, fha, ha, net, .. } = self;
        let decided = |link: Link, session: u8| {
            nas.at(link).open.has(session) || nas.at(link).closed.has(session)
        };
        net.retain(|message| match *message {
            Message::AccessRequest { session, link }
            | Message::AccessAsk { session, link, .. }
            | Message::AccessAnswer { session, link, .. } => !decided(link, session),
            Message::AccessReply { session, .. } => mn.access == Access::Asked(session),
            Message::AccessEnd { session, link } => !nas.at(link).closed.has(session),
            Message::AccessEnded { session, .. } => mn.access == Access::Ending(session),
            Message::Request(Hop::Air(link), rrq) => {
                let fa = fa.at(link);
                awaits(mn, rrq.ident) || fa.pending.has(rrq.ident) || !fa.used.has(rrq.ident)
            }
            Message::Request(_, rrq) => {
                let last = fha.at(rrq.agent).last;
                rrq.ident > last || (rrq.kind == Kind::First && rrq.ident < last)
            }
            Message::HomeAsk { ident, agent } | Message::HomeAnswer { ident, agent, .. } => {
                fha.at(agent).asking.is_some_and(|(_, rrq)| rrq.ident == ident)
            }
            Message::BindingAsk(Update { seq, .. }) | Message::BindingAnswer { seq, .. } => {
                ha.asking.is_some_and(|update| update.seq == seq)
            }
            Message::Reply(Hop::Core(link), rrp) => fa.at(link).pending.has(rrp.ident),
            Message::Reply(_, rrp) => awaits(mn, rrp.ident),
            Message::BindingAck { seq, .. } => mn.home.waiting == seq,
            _ => true,
        });
    }

    /// Whether the mobile node has everything and everybody agrees: the end of Figures 2, 3, 5
    /// and 6.
    #[must_use]
    pub fn is_bootstrapped(&self) -> bool {
        !self.mn.leaving
            && self.mn.pending.is_none()
            && self.mn.home.bound != 0
            && self.is_reached()
    }

    /// Whether a packet for the home address gets to the mobile node.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        let Some(registration) = self.mn.tunnel() else { return false };
        self.ha.forwards() == Some(registration.grant.address)
            && self.fha.at(registration.agent).carries(registration.grant.address)
                == Some(registration.link)
    }

    /// Whether the mobile node is nowhere and nobody holds anything for it.
    #[must_use]
    //= movement.3.10
    pub fn is_released(&self) -> bool {
        self.mn.link.is_none()
            && self.mn.access == Access::None
            && Link::ALL
                .iter()
                .all(|l| self.nas.at(*l).open.is_empty() && !self.fa.at(*l).carries())
            && Agent::ALL.iter().all(|a| self.fha.at(*a).binding.is_none())
            && self.ha.binding.is_none()
    }
}

/// Whether the mobile node awaits the answer to this request.
fn awaits(mn: &Mn, ident: u8) -> bool {
    mn.pending.is_some_and(|p| p.ident == ident)
}
