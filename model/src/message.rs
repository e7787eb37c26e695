//! The messages: what is said, not how it is written.
//!
//! Sessions, Identifications and sequence numbers are small counters of the mobile node. Keys are
//! named by the nonce that they are made of, nonces by the Identification of the request that they
//! were made for; an authenticator is the name of its key and whether it is still good.

use dsboot_spec::Role;

use crate::places::{Agent, Link};

/// What the AAAH gives for a first request, and the FHA copies into its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grant {
    /// THOAv4 and IPv6 care-of address, which are assigned together: one number for both.
    pub address: u8,
    /// IPv6 home address and HA address, likewise; 0 where the record has none.
    pub home: u8,
    /// The nonce of the MN–FHA key.
    pub nonce: u8,
}

/// What was decided about access (steps 2 and 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Granted, with the FHA, and with a care-of address where the setup wants one.
    Granted {
        /// The FHA; none for a user without mobility.
        agent: Option<Agent>,
    },
    /// Refused.
    Refused,
}

/// Which AAA server a NAS asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Server {
    /// That of the visited network.
    Visited,
    /// That of the home network.
    Home,
}

impl Server {
    /// The role of that server.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Server::Visited => Role::Aaaf,
            Server::Home => Role::Aaah,
        }
    }
}

/// What a registration request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Addresses and a key: Home Address 0, key request, MN–AAA authentication.
    First,
    /// The same binding again or from another place, under the MN–FHA key.
    Again,
    /// The end of the binding: lifetime 0, under the MN–FHA key.
    Release,
}

/// A registration request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rrq {
    /// The Identification.
    pub ident: u8,
    /// What is wanted.
    pub kind: Kind,
    /// The Home Agent field.
    pub agent: Agent,
    /// The link to which the care-of address belongs.
    pub link: Link,
    /// D: the care-of address is the mobile node's own and not the FA's.
    pub colocated: bool,
    /// The nonce of the key that authenticates it; 0 for the MN–AAA key.
    pub key: u8,
    /// Whether the authenticator is good for the rest.
    pub intact: bool,
}

/// The code of a registration reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// 0, with a lifetime.
    Accepted,
    /// 0, with lifetime 0.
    Released,
    /// 130: there is no address to give.
    NoAddress,
    /// 133: the Identification is not newer, or the clocks differ.
    Identification,
    /// 104, 105 or 106, by the FA: the challenge is unknown, missing or used.
    Challenge,
}

/// A registration reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rrp {
    /// The Identification of the request.
    pub ident: u8,
    /// The Home Agent field.
    pub agent: Agent,
    /// The code.
    pub code: Code,
    /// The parameters of an accepting reply.
    pub grant: Option<Grant>,
    /// The nonce of the key that authenticates it; 0 for a denial by the FA.
    pub key: u8,
    /// Whether the authenticator is good for the rest.
    pub intact: bool,
}

/// On which part of its way a registration message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hop {
    /// Between the mobile node and the FHA, no FA between them.
    Direct,
    /// Between the mobile node and the FA of this link.
    Air(Link),
    /// Between the FA of this link and the FHA.
    Core(Link),
}

/// What the AAAH answers to the FHA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Access-Accept with everything.
    Accept(Grant),
    /// Access-Accept without an address; it has a key, whose nonce this is.
    NoAddress(u8),
    /// Access-Reject.
    Reject,
}

/// A binding update, as far as the HA sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Update {
    /// Sequence number and Mesg-ID, which grow together.
    pub seq: u8,
    /// IPv6 care-of address.
    pub care_of: u8,
    /// IPv6 home address.
    pub home: u8,
    /// Whether a lifetime is asked for, or 0.
    pub alive: bool,
}

/// The status of a binding acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// 0.
    Accepted,
    /// 135 or 144: sequence number or Mesg-ID is not newer, or the clocks differ.
    Stale,
}

/// A message in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// MN to NAS: the response that proves the user (step 1).
    AccessRequest {
        /// The session.
        session: u8,
        /// The NAS's link.
        link: Link,
    },
    /// NAS to AAA server: the response within an Access-Request (step 2, leg A).
    AccessAsk {
        /// The session.
        session: u8,
        /// The NAS's link.
        link: Link,
        /// The server asked.
        server: Server,
    },
    /// AAA server to NAS: the decision (step 2, leg A).
    AccessAnswer {
        /// The session.
        session: u8,
        /// The NAS's link.
        link: Link,
        /// The server that decided.
        server: Server,
        /// Its decision.
        decision: Decision,
    },
    /// NAS to MN: the decision (step 3).
    AccessReply {
        /// The session.
        session: u8,
        /// The NAS's link.
        link: Link,
        /// The decision.
        decision: Decision,
    },
    /// MN to NAS: the session's end.
    AccessEnd {
        /// The session.
        session: u8,
        /// The NAS's link.
        link: Link,
    },
    /// NAS to MN: the end acknowledged.
    AccessEnded {
        /// The session.
        session: u8,
        /// The NAS's link.
        link: Link,
    },
    /// MN to FHA or FA, and FA to FHA (step 4).
    Request(Hop, Rrq),
    /// FHA to AAAH (step 5, leg B).
    HomeAsk {
        /// The Identification of the request.
        ident: u8,
        /// The FHA that asks.
        agent: Agent,
    },
    /// AAAH to FHA (step 5, leg B).
    HomeAnswer {
        /// The Identification of the request.
        ident: u8,
        /// The FHA that asked.
        agent: Agent,
        /// The answer.
        answer: Answer,
    },
    /// FHA to MN or FA, and FA to MN (step 6).
    Reply(Hop, Rrp),
    /// MN to HA.
    BindingUpdate(Update),
    /// HA to AAAH (leg C).
    BindingAsk(Update),
    /// AAAH to HA (leg C).
    BindingAnswer {
        /// The sequence number of the update.
        seq: u8,
        /// Access-Accept or Access-Reject.
        accept: bool,
    },
    /// HA to MN.
    BindingAck {
        /// The sequence number of the update.
        seq: u8,
        /// The status.
        status: Status,
    },
    /// FHA to HA: a Mobile IPv4 reply. The protocol has no such message; only a broken rule sends
    /// it.
    Leak(Rrp),
}

impl Message {
    /// Who sends it and who receives it.
    #[must_use]
    pub const fn ends(&self) -> (Role, Role) {
        match self {
            Message::AccessRequest { .. } | Message::AccessEnd { .. } => (Role::Mn, Role::Nas),
            Message::AccessAsk { server, .. } => (Role::Nas, server.role()),
            Message::AccessAnswer { server, .. } => (server.role(), Role::Nas),
            Message::AccessReply { .. } | Message::AccessEnded { .. } => (Role::Nas, Role::Mn),
            Message::Request(Hop::Direct, _) => (Role::Mn, Role::Fha),
            Message::Request(Hop::Air(_), _) => (Role::Mn, Role::Fa),
            Message::Request(Hop::Core(_), _) => (Role::Fa, Role::Fha),
            Message::HomeAsk { .. } => (Role::Fha, Role::Aaah),
            Message::HomeAnswer { .. } => (Role::Aaah, Role::Fha),
            Message::Reply(Hop::Direct, _) => (Role::Fha, Role::Mn),
            Message::Reply(Hop::Air(_), _) => (Role::Fa, Role::Mn),
            Message::Reply(Hop::Core(_), _) => (Role::Fha, Role::Fa),
            Message::BindingUpdate(_) => (Role::Mn, Role::Ha),
            Message::BindingAsk(_) => (Role::Ha, Role::Aaah),
            Message::BindingAnswer { .. } => (Role::Aaah, Role::Ha),
            Message::BindingAck { .. } => (Role::Ha, Role::Mn),
            Message::Leak(_) => (Role::Fha, Role::Ha),
        }
    }

    /// Whether it is an IPv4 or Mobile IPv4 message, in contrast to IPv6.
    #[must_use]
    pub const fn is_ipv4(&self) -> bool {
        !matches!(
            self,
            Message::BindingUpdate(_)
                | Message::BindingAsk(_)
                | Message::BindingAnswer { .. }
                | Message::BindingAck { .. }
        )
    }

    /// Whether a derived key travels in it, hidden from all but its two ends. The nonce travels
    /// in replies, the key itself never to the mobile node, and the secrets nowhere at all.
    #[must_use]
    //= keys.1.5
    //= keys.2.4
    //= keys.3.3
    //= keys.4.1
    //= keys.4.4
    pub const fn carries_key(&self) -> bool {
        matches!(
            self,
            Message::HomeAnswer { answer: Answer::Accept(_) | Answer::NoAddress(_), .. }
                | Message::BindingAnswer { accept: true, .. }
        )
    }
}
