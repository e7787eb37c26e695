//! The mobile node.
//!
//! What it owes it sends in the same step as it receives what makes it owe it. What it does of its
//! own accord (retransmission, refresh, release) are the methods that [`crate::action::Action`]
//! names.

use dsboot_spec::CareOf;

use crate::config::{Config, Fault};
use crate::message::{Code, Decision, Grant, Hop, Kind, Message, Rrp, Rrq, Status, Update};
use crate::network::Network;
use crate::places::{Agent, Link};

/// How far network access is on the present link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Access {
    /// Not asked for.
    #[default]
    None,
    /// Asked for, in this session.
    Asked(u8),
    /// Granted.
    Granted {
        /// The session.
        session: u8,
        /// The FHA that step 3 named.
        agent: Option<Agent>,
    },
    /// Refused.
    Refused,
    /// Being ended, in this session.
    Ending(u8),
}

/// A registration in force, as the mobile node knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Registration {
    /// The Identification of the request that brought it.
    pub ident: u8,
    /// With which FHA.
    pub agent: Agent,
    /// From which link.
    pub link: Link,
    /// What the reply gave.
    pub grant: Grant,
}

/// The registration request last sent, while no answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pending {
    /// Its Identification.
    pub ident: u8,
    /// What it asks for.
    pub kind: Kind,
    /// To which FHA.
    pub agent: Agent,
    /// From which link.
    pub link: Link,
    /// Under which key.
    pub key: u8,
}

/// The home binding, as the mobile node knows it. Sequence numbers begin with 1; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Home {
    /// The update that was acknowledged last, while its lifetime runs.
    pub bound: u8,
    /// The update that was sent last, while no acknowledgement has come.
    pub waiting: u8,
    /// Whether that update has lifetime 0.
    pub leaving: bool,
}

impl Home {
    /// Whether there is, or may be, a binding at the HA.
    #[must_use]
    pub const fn is_wanted(&self) -> bool {
        self.bound != 0 || (self.waiting != 0 && !self.leaving)
    }
}

/// The mobile node. It starts with its NAI and its secrets, which never change and are no part of
/// this state, and with nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
//= access.1.1
pub struct Mn {
    /// The link it is on.
    pub link: Option<Link>,
    /// Network access there.
    pub access: Access,
    /// The registration in force.
    pub registration: Option<Registration>,
    /// The request outstanding.
    pub pending: Option<Pending>,
    /// The home binding.
    pub home: Home,
    /// Whether it is releasing everything.
    pub leaving: bool,
    /// Sessions opened so far.
    pub sessions: u8,
    /// Identifications used so far.
    pub idents: u8,
    /// Sequence numbers used so far.
    pub seqs: u8,
}

impl Mn {
    /// Comes to a link: the first one, or another one.
    //= access.2.1
    //= movement.1.1
    //= movement.1.10
    pub fn attach(&mut self, link: Link, net: &mut Network) {
        self.link = Some(link);
        self.pending = None;
        self.ask_access(net);
    }

    /// Asks for access on the present link, in a new session.
    pub fn ask_access(&mut self, net: &mut Network) {
        if let Some(link) = self.link {
            self.sessions = next(self.sessions);
            self.access = Access::Asked(self.sessions);
            net.send(Message::AccessRequest { session: self.sessions, link });
        }
    }

    /// Takes the answer of step 3, and goes on with step 4.
    //= access.4.12
    pub fn on_access(
        &mut self,
        session: u8,
        decision: Decision,
        config: &Config,
        net: &mut Network,
    ) {
        if self.access != Access::Asked(session) {
            return;
        }
        let Decision::Granted { agent } = decision else {
            self.access = Access::Refused;
            return;
        };
        self.access = Access::Granted { session, agent };
        if config.broken(Fault::MnUpdatesBeforeReply) {
            self.update(Grant { address: 0, home: 0, nonce: 0 }, true, net);
        }
        //= access.4.14
        //= movement.1.11
        let Some(agent) = agent else { return };
        let kind = match self.registration {
            //= movement.1.2
            Some(registration) if registration.agent == agent => Kind::Again,
            //= movement.1.6
            //= registration.3.1
            _ => Kind::First,
        };
        self.request(kind, config, net);
    }

    /// Sends a registration request: as new as every one, to the FHA or by way of the FA.
    //= registration.4.11
    //= registration.4.12
    //= movement.2.2
    pub fn request(&mut self, kind: Kind, config: &Config, net: &mut Network) {
        let (Some(link), Access::Granted { agent: Some(named), .. }) = (self.link, self.access)
        else {
            return;
        };
        let association = self.registration.map(|r| (r.agent, r.grant.nonce));
        let earlier = self.pending.map(|p| (p.agent, p.key));
        let (agent, key) = match kind {
            //= registration.4.1
            //= registration.4.2
            //= registration.4.3
            Kind::First => (named, 0),
            Kind::Again | Kind::Release => match association.or(earlier) {
                Some(known) => known,
                None => return,
            },
        };
        self.idents = next(self.idents);
        self.pending = Some(Pending { ident: self.idents, kind, agent, link, key });
        //= registration.2.1
        let rrq = Rrq {
            ident: self.idents,
            kind,
            agent,
            link,
            colocated: config.setup.care_of().is_colocated(),
            key,
            intact: true,
        };
        net.send(Message::Request(way(link, config), rrq));
    }

    /// Whether this reply would make it send a request again.
    #[must_use]
    pub fn asks_again(&self, rrp: &Rrp) -> bool {
        self.pending.is_some_and(|p| p.ident == rrp.ident)
            && matches!(rrp.code, Code::Challenge | Code::NoAddress | Code::Identification)
    }

    /// Takes a registration reply.
    pub fn on_reply(&mut self, rrp: &Rrp, config: &Config, net: &mut Network) {
        //= registration.10.1
        let Some(pending) = self.pending.filter(|p| p.ident == rrp.ident) else { return };
        //= registration.10.2
        //= registration.10.3
        //= registration.10.4
        //= keys.1.1
        //= access.4.13
        let proven = rrp.intact && rrp.key != 0 && (pending.key == 0 || pending.key == rrp.key)
            || config.broken(Fault::MnTrustsFa);
        match (rrp.code, rrp.grant) {
            //= registration.10.9
            //= registration.4.14
            (Code::Challenge, _) => self.request(pending.kind, config, net),
            _ if !proven => {}
            //= registration.10.8
            (Code::Identification | Code::NoAddress, _) => {
                self.request(pending.kind, config, net);
            }
            (Code::Accepted, Some(grant))
                if grant.home == 0 && config.broken(Fault::MnDropsIncomplete) => {}
            (Code::Accepted, Some(grant)) if pending.kind != Kind::Release => {
                self.registered(pending, grant, config, net);
            }
            (Code::Released, _) if pending.kind == Kind::Release => {
                self.pending = None;
                self.end_access(net);
            }
            _ => {}
        }
    }

    /// Has the parameters now, and binds at the HA where that is new to it.
    //= registration.10.5
    //= registration.10.12
    //= keys.1.6
    fn registered(&mut self, by: Pending, grant: Grant, config: &Config, net: &mut Network) {
        //= movement.1.3
        //= movement.2.4
        let same = self.registration.is_some_and(|old| old.grant.address == grant.address);
        self.pending = None;
        self.registration =
            Some(Registration { ident: by.ident, agent: by.agent, link: by.link, grant });
        //= movement.1.4
        //= movement.1.7
        //= home-binding.1.1
        let wanted = !same || !self.home.is_wanted() || config.broken(Fault::MnUpdatesOnSameAgent);
        //= registration.10.6
        if wanted && grant.home != 0 {
            self.update(grant, true, net);
        }
    }

    /// Sends a binding update, as new as every one.
    //= home-binding.1.2
    //= home-binding.1.4
    //= home-binding.1.5
    //= home-binding.1.6
    //= home-binding.1.9
    fn update(&mut self, grant: Grant, alive: bool, net: &mut Network) {
        self.seqs = next(self.seqs);
        self.home.waiting = self.seqs;
        self.home.leaving = !alive;
        net.send(Message::BindingUpdate(Update {
            seq: self.seqs,
            care_of: grant.address,
            home: grant.home,
            alive,
        }));
    }

    /// The registration that carries data: the one in force on the present link.
    #[must_use]
    //= data-path.1.5
    pub fn tunnel(&self) -> Option<Registration> {
        self.registration.filter(|r| Some(r.link) == self.link)
    }

    /// Whether it may send a binding update of its own accord.
    #[must_use]
    pub fn can_update(&self) -> bool {
        self.tunnel().is_some() && (self.home.bound != 0 || self.home.waiting != 0)
    }

    /// Sends the binding update again, or refreshes the home binding.
    //= movement.2.8
    pub fn update_again(&mut self, net: &mut Network) {
        if let Some(registration) = self.tunnel() {
            self.update(registration.grant, !self.home.leaving, net);
        }
    }

    /// Takes a binding acknowledgement.
    pub fn on_ack(&mut self, seq: u8, status: Status, config: &Config, net: &mut Network) {
        //= home-binding.4.1
        //= home-binding.4.2
        //= keys.3.1
        if self.home.waiting != seq {
            return;
        }
        match status {
            Status::Accepted if self.home.leaving => self.after_home(config, net),
            //= home-binding.4.3
            Status::Accepted => self.home = Home { bound: seq, waiting: 0, leaving: false },
            Status::Stale if config.broken(Fault::MnTakesRefusal) => {
                self.home = Home { bound: seq, waiting: 0, leaving: false };
            }
            //= home-binding.4.4
            //= home-binding.4.5
            //= home-binding.4.6
            Status::Stale => self.update_again(net),
        }
    }

    /// The registration's lifetime has run out.
    ///
    /// It was counted from the sending of the request, so that no other's lifetime for the same
    /// registration ends before; see [`Mn::claims_binding`].
    //= registration.10.11
    //= home-binding.4.7
    //= movement.2.7
    //= movement.3.10
    pub fn registration_over(&mut self, config: &Config, net: &mut Network) {
        self.registration = None;
        if !config.broken(Fault::MnOutlivesRegistration) {
            self.home = Home::default();
        }
        if self.pending.is_none_or(|p| p.kind != Kind::First) {
            self.pending = None;
            self.request(Kind::First, config, net);
        }
    }

    /// The home binding's lifetime has run out; it binds again.
    //= home-binding.1.7
    pub fn home_over(&mut self, net: &mut Network) {
        self.home = Home::default();
        self.update_again(net);
    }

    /// Begins to release everything, from the outside in, as far as it can be done from here.
    //= movement.3.1
    //= movement.3.8
    pub fn leave(&mut self, config: &Config, net: &mut Network) {
        self.leaving = true;
        self.pending = None;
        if !matches!(self.access, Access::Granted { .. }) {
            self.gone();
            return;
        }
        match self.tunnel() {
            Some(registration) if self.home.is_wanted() => {
                self.home.bound = 0;
                self.update(registration.grant, false, net);
                if config.broken(Fault::MnReleasesInsideOut) {
                    self.request(Kind::Release, config, net);
                }
            }
            _ => self.after_home(config, net),
        }
    }

    /// The home binding is released: now the registration.
    //= movement.3.2
    fn after_home(&mut self, config: &Config, net: &mut Network) {
        self.home = Home::default();
        if self.registration.is_some() {
            self.request(Kind::Release, config, net);
            self.registration = None;
        }
        if self.pending.is_none() {
            self.end_access(net);
        }
    }

    /// The registration is released: now access.
    fn end_access(&mut self, net: &mut Network) {
        if let (Some(link), Access::Granted { session, .. }) = (self.link, self.access) {
            self.access = Access::Ending(session);
            net.send(Message::AccessEnd { session, link });
        }
    }

    /// Takes the acknowledgement of the session's end.
    pub fn on_ended(&mut self, session: u8) {
        if self.access == Access::Ending(session) {
            self.gone();
        }
    }

    /// Whether it waits for an answer to a step of its release.
    #[must_use]
    pub fn can_give_up(&self) -> bool {
        self.leaving
    }

    /// Has sent the present step of its release for the last time, and goes on with the next.
    //= movement.3.2
    pub fn give_up(&mut self, config: &Config, net: &mut Network) {
        if self.home.waiting != 0 {
            self.after_home(config, net);
        } else if self.pending.is_some() {
            self.pending = None;
            self.end_access(net);
        } else {
            self.gone();
        }
    }

    /// Is nowhere and holds nothing, as before it came; only its counters go on.
    //= movement.3.6
    fn gone(&mut self) {
        let Mn { sessions, idents, seqs, .. } = *self;
        *self = Mn { sessions, idents, seqs, ..Mn::default() };
    }

    /// Whether it counts on a binding that this FHA made for this request or a later one.
    ///
    /// Lifetimes have no numbers here; what is kept is their order. The mobile node's begins with
    /// the sending of a request, that of the FHA with its acceptance, and the FHA grants what the
    /// mobile node counts with. So a binding does not end as long as the mobile node counts on its
    /// request or an older one.
    #[must_use]
    pub fn claims_binding(&self, agent: Agent, ident: u8) -> bool {
        self.registration.is_some_and(|r| r.agent == agent && r.ident <= ident)
            || self
                .pending
                .is_some_and(|p| p.kind != Kind::Release && p.agent == agent && p.ident <= ident)
    }

    /// The same for the entry of the FA of a link.
    #[must_use]
    pub fn claims_visit(&self, link: Link, ident: u8) -> bool {
        self.registration.is_some_and(|r| r.link == link && r.ident <= ident)
            || self
                .pending
                .is_some_and(|p| p.kind != Kind::Release && p.link == link && p.ident <= ident)
    }

    /// The same for the binding of the HA, which begins with the update.
    #[must_use]
    pub fn claims_home(&self, seq: u8) -> bool {
        (self.home.bound != 0 && self.home.bound <= seq)
            || (self.home.waiting != 0 && !self.home.leaving && self.home.waiting <= seq)
    }

    /// The session it uses, if it uses one.
    #[must_use]
    pub const fn session(&self) -> Option<u8> {
        match self.access {
            Access::Asked(session) | Access::Granted { session, .. } | Access::Ending(session) => {
                Some(session)
            }
            Access::None | Access::Refused => None,
        }
    }
}

/// Which way a request goes from a link, by whose care-of address it has and the R bit heard.
//= registration.3.2
//= registration.3.3
//= registration.3.4
//= registration.3.5
//= registration.1.2
//= access.4.16
fn way(link: Link, config: &Config) -> Hop {
    match config.setup.care_of() {
        CareOf::Colocated => Hop::Direct,
        CareOf::ForeignAgent | CareOf::ColocatedViaFa if config.broken(Fault::MnIgnoresFa) => {
            Hop::Direct
        }
        CareOf::ForeignAgent | CareOf::ColocatedViaFa => Hop::Air(link),
    }
}

/// The number after `last`. Numbers end at 15: no run within the bound of incidents gets there,
/// but a rule broken on purpose can, and its runs end there.
const fn next(last: u8) -> u8 {
    if last < 15 { last + 1 } else { last }
}
