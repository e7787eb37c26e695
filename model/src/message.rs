//! What the roles say to each other, as symbols.
//!
//! Secrets are no part of a message, and the keys that travel in step 5 and in the HA's question and
//! answer are hidden from all but the two ends, so no message shows one.
//!
//! Authenticators are symbols too: a reply names the key that it is under, by the Identification
//! of the request that the key was made for; a request says whether its octets are those that its
//! authenticator was made over. PANA's own rounds, retransmissions of the same octets and
//! keep-alives change no role's state here and are left out.

mod alike;
mod packed;

use dsboot_spec::Role;

use crate::{Address, CareOf4, CareOf6, FhaId, Ident, Link, Seq, Server, Session};

pub(crate) use alike::Alike;

/// Between which of the two or three stations of its way a registration message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hop {
    /// Between MN and FHA, with nobody between.
    Direct,
    /// Between MN and FA.
    Link,
    /// Between FA and FHA.
    Relay,
}

/// Where on its way between MN and HA a packet of Mobile IPv6 is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leg {
    /// In the tunnel between this care-of address and the FHA.
    Tunnel(CareOf4),
    /// Between FHA and HA, as plain IPv6.
    Plain,
}

/// What the AAA server of step 2 says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Admission {
    /// Access-Reject.
    Refused,
    /// Access-Accept, with the FHA assigned, if one is, and the care-of address of that link.
    Granted(Option<FhaId>),
}

/// What a registration request asks for, and what proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Home Address 0, key request, MN–AAA authentication.
    First,
    /// Home Address = THOAv4, under the MN–FHA key made for that Identification.
    Again(Ident),
}

/// A registration request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    /// Identification.
    pub ident: Ident,
    /// Home Agent field.
    pub fha: FhaId,
    /// Care-of Address field, which also tells on which link it was sent.
    pub care_of: CareOf4,
    /// First or later form.
    pub form: Form,
    /// Whether the lifetime is 0.
    pub release: bool,
    /// The challenge of the FA that it answers, by the request that answered it first.
    pub challenge: Option<Ident>,
    /// Whether the Identification is near the FHA's clock.
    pub timely: bool,
    /// Whether the octets are those that the authenticator covers.
    pub intact: bool,
}

/// What the AAAH assigns and the reply carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Parameters {
    /// THOAv4, and the IPv6 care-of address made of it.
    pub address: Address,
    /// Whether IPv6 home address, HA and IPv6 care-of address are there.
    pub ipv6: bool,
}

impl Request {
    /// Whether this asks for the same as another, but for Identification, challenge and lifetime:
    /// with the same FHA, care-of address and home address, which a first request does not have.
    #[must_use]
    pub fn repeats(&self, other: &Request) -> bool {
        let is_first = |request: &Request| request.form == Form::First;
        (self.fha, self.care_of, is_first(self)) == (other.fha, other.care_of, is_first(other))
    }
}

/// What the AAAH says in step 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authorisation {
    /// Access-Reject.
    Refused,
    /// Access-Accept with a key; without parameters when the pool is used up.
    Granted(Option<Parameters>),
}

/// The code of a registration reply, as far as rules tell codes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// 0 or 1.
    Accepted,
    /// 0, with lifetime 0.
    Released,
    /// 133: the Identification is not greater than the last, or far from the FHA's clock.
    Stale,
    /// 131: wrong authenticator.
    Unproved,
    /// 129 or 130: no address to be had, or not this one.
    NoAddress,
    /// 104, 105 or 106, from the FA: challenge unknown, missing or used up.
    Challenge,
    /// 78, from the FA: no answer came in time.
    Timeout,
}

/// A registration reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reply {
    /// Identification of the request.
    pub ident: Ident,
    /// Home Agent field.
    pub fha: FhaId,
    /// The link that it goes to.
    pub link: Link,
    /// Code.
    pub code: Code,
    /// What an accepting reply carries.
    pub parameters: Option<Parameters>,
    /// The MN–FHA key that it is under, by the request it was made for.
    pub key: Option<Ident>,
}

/// A binding update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Update {
    /// Sequence number and Mesg-ID.
    pub seq: Seq,
    /// IPv6 care-of address: source and alternate.
    pub care_of: CareOf6,
    /// Whether the lifetime is 0.
    pub release: bool,
    /// Whether it is as its authenticator covers it.
    pub intact: bool,
}

/// A binding acknowledgement, under the key of its exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ack {
    /// Sequence number and Mesg-ID of the update.
    pub seq: Seq,
    /// Where it goes.
    pub care_of: CareOf6,
    /// Whether the status is below 128.
    pub accepted: bool,
    /// Whether it is as its authenticator covers it.
    pub intact: bool,
}

/// A message on the network.
//= keys.2.4
//= keys.4.1
//= keys.4.4
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// Step 0: the FA of a link is there. Each delivery is one advertisement, with a challenge
    /// that nobody has answered yet.
    Advertisement(Link),
    /// Step 1: the MN's EAP response to the NAS of its link, made with the secret that it shares
    /// with this server.
    AccessRequest(Session, Link, Server),
    /// Step 2: the NAS hands it to a server.
    AccessAsk(Session, Link, Server, Server),
    /// Step 2: that server's answer.
    AccessAnswer(Session, Link, Server, Admission),
    /// Step 3.
    AccessReply(Session, Link, Admission),
    /// Step 4.
    Request(Hop, Request),
    /// Step 5: the FHA asks a server about a request.
    RegistrationAsk(FhaId, Ident, Server, bool),
    /// Step 5: the AAAH's answer.
    RegistrationAnswer(FhaId, Ident, Authorisation),
    /// Step 6.
    Reply(Hop, Reply),
    /// The binding update.
    Update(Leg, Update),
    /// The HA asks a server about an update, which is as it was made or not.
    BindingAsk(Seq, CareOf6, Server, bool),
    /// The AAAH's answer.
    BindingAnswer(Seq, bool),
    /// The binding acknowledgement.
    Ack(Leg, Ack),
}

impl Message {
    /// Who receives it.
    #[must_use]
    pub const fn to(self) -> Role {
        match self {
            Message::Advertisement(_)
            | Message::AccessReply(..)
            | Message::Reply(Hop::Direct | Hop::Link, _)
            | Message::Ack(Leg::Tunnel(_), _) => Role::Mn,
            Message::AccessRequest(..) | Message::AccessAnswer(..) => Role::Nas,
            Message::Request(Hop::Link, _) | Message::Reply(Hop::Relay, _) => Role::Fa,
            Message::Request(Hop::Direct | Hop::Relay, _)
            | Message::RegistrationAnswer(..)
            | Message::Update(Leg::Tunnel(_), _)
            | Message::Ack(Leg::Plain, _) => Role::Fha,
            Message::AccessAsk(.., server)
            | Message::RegistrationAsk(_, _, server, _)
            | Message::BindingAsk(_, _, server, _) => server.role(),
            Message::Update(Leg::Plain, _) | Message::BindingAnswer(..) => Role::Ha,
        }
    }

    /// Who sends it.
    #[must_use]
    pub const fn from(self) -> Role {
        match self {
            Message::Advertisement(_)
            | Message::Request(Hop::Relay, _)
            | Message::Reply(Hop::Link, _) => Role::Fa,
            Message::AccessRequest(..)
            | Message::Request(Hop::Direct | Hop::Link, _)
            | Message::Update(Leg::Tunnel(_), _) => Role::Mn,
            Message::AccessAsk(..) | Message::AccessReply(..) => Role::Nas,
            Message::AccessAnswer(_, _, server, _) => server.role(),
            Message::RegistrationAsk(..)
            | Message::Reply(Hop::Direct | Hop::Relay, _)
            | Message::Update(Leg::Plain, _)
            | Message::Ack(Leg::Tunnel(_), _) => Role::Fha,
            Message::RegistrationAnswer(..) | Message::BindingAnswer(..) => Role::Aaah,
            Message::BindingAsk(..) | Message::Ack(Leg::Plain, _) => Role::Ha,
        }
    }

    /// Whether it is an IPv4 datagram, or carries Mobile IPv4.
    #[must_use]
    pub const fn is_ipv4(self) -> bool {
        !matches!(
            self,
            Message::Update(Leg::Plain, _)
                | Message::Ack(Leg::Plain, _)
                | Message::BindingAsk(..)
                | Message::BindingAnswer(..)
        )
    }
}

impl Server {
    /// The role that the server plays.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Server::Aaaf => Role::Aaaf,
            Server::Aaah => Role::Aaah,
        }
    }
}
