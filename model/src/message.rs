//! What the roles say to each other, as symbols, and how a message fits into 32 bits.
//!
//! Secrets are no part of a message, and the keys that travel in step 5 and in the HA's question and
//! answer are hidden from all but the two ends, so no message shows one.
//!
//! Authenticators are symbols too: a reply names the key that it is under, by the Identification
//! of the request that the key was made for; a request says whether its octets are those that its
//! authenticator was made over. PANA's own rounds, retransmissions of the same octets and
//! keep-alives change no role's state here and are left out.

use dsboot_spec::Role;

use crate::{
    Address, CareOf4, CareOf6, FhaId, Ident, Link, Owner, Seq, Server, Session,
    bits::{Reader, Writer},
};

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

    /// The message in 32 bits, with which bits 31 to 28 tell the kind.
    #[must_use]
    pub(crate) fn pack(self) -> u32 {
        let mut w = Writer::default();
        match self {
            Message::Advertisement(link) => w.put(0, 4).link(link),
            Message::AccessRequest(session, link, secret) => {
                w.put(1, 4).number(session.get()).link(link).put(secret as u32, 1)
            }
            Message::AccessAsk(session, link, secret, server) => w
                .put(2, 4)
                .number(session.get())
                .link(link)
                .put(secret as u32, 1)
                .put(server as u32, 1),
            Message::AccessAnswer(session, link, server, admission) => w
                .put(3, 4)
                .number(session.get())
                .link(link)
                .put(server as u32, 1)
                .admission(admission),
            Message::AccessReply(session, link, admission) => {
                w.put(4, 4).number(session.get()).link(link).admission(admission)
            }
            Message::Request(hop, request) => w.put(5, 4).put(hop as u32, 2).request(request),
            Message::RegistrationAsk(fha, ident, server, intact) => w
                .put(6, 4)
                .put(fha as u32, 1)
                .number(ident.get())
                .put(server as u32, 1)
                .put(intact.into(), 1),
            Message::RegistrationAnswer(fha, ident, Authorisation::Refused) => {
                w.put(7, 4).put(fha as u32, 1).number(ident.get()).put(0, 1)
            }
            Message::RegistrationAnswer(fha, ident, Authorisation::Granted(parameters)) => {
                w.put(7, 4).put(fha as u32, 1).number(ident.get()).put(1, 1).parameters(parameters)
            }
            Message::Reply(hop, reply) => w.put(8, 4).put(hop as u32, 2).reply(reply),
            Message::Update(leg, update) => w
                .put(9, 4)
                .leg(leg)
                .number(update.seq.get())
                .care_of6(update.care_of)
                .put(update.release.into(), 1)
                .put(update.intact.into(), 1),
            Message::BindingAsk(seq, care_of, server, intact) => w
                .put(10, 4)
                .number(seq.get())
                .care_of6(care_of)
                .put(server as u32, 1)
                .put(intact.into(), 1),
            Message::BindingAnswer(seq, accepted) => {
                w.put(11, 4).number(seq.get()).put(accepted.into(), 1)
            }
            Message::Ack(leg, ack) => w
                .put(12, 4)
                .leg(leg)
                .number(ack.seq.get())
                .care_of6(ack.care_of)
                .put(ack.accepted.into(), 1),
        };
        w.finish()
    }

    /// The message that was packed so.
    pub(crate) fn unpack(packed: u32) -> Option<Message> {
        let mut r = Reader::new(packed);
        Some(match r.take(4) {
            0 => Message::Advertisement(r.link()),
            1 => Message::AccessRequest(r.session()?, r.link(), r.server()),
            2 => Message::AccessAsk(r.session()?, r.link(), r.server(), r.server()),
            3 => Message::AccessAnswer(r.session()?, r.link(), r.server(), r.admission()),
            4 => Message::AccessReply(r.session()?, r.link(), r.admission()),
            5 => Message::Request(r.hop(), r.request()?),
            6 => Message::RegistrationAsk(r.fha(), r.ident()?, r.server(), r.flag()),
            7 => {
                let (fha, ident, granted) = (r.fha(), r.ident()?, r.flag());
                let answer = match granted {
                    false => Authorisation::Refused,
                    true => Authorisation::Granted(r.parameters()),
                };
                Message::RegistrationAnswer(fha, ident, answer)
            }
            8 => Message::Reply(r.hop(), r.reply()?),
            9 => {
                let leg = r.leg();
                let (seq, care_of) = (r.seq()?, r.care_of6());
                Message::Update(leg, Update { seq, care_of, release: r.flag(), intact: r.flag() })
            }
            10 => Message::BindingAsk(r.seq()?, r.care_of6(), r.server(), r.flag()),
            11 => Message::BindingAnswer(r.seq()?, r.flag()),
            12 => {
                let leg = r.leg();
                let (seq, care_of, accepted) = (r.seq()?, r.care_of6(), r.flag());
                Message::Ack(leg, Ack { seq, care_of, accepted })
            }
            _ => return None,
        })
    }
}

/// Messages that begin alike when packed, so that a sorted set has them side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alike {
    /// What a server has answered in that session.
    AccessAnswer(Session, Link),
    /// What a NAS has told the MN in that session.
    AccessReply(Session, Link),
    /// A request at that station of its way.
    Request(Hop, Ident),
    /// Requests at that station, with whatever Identification.
    Requests(Hop),
    /// The question about a request.
    RegistrationAsk(FhaId, Ident),
    /// The answer to that question.
    RegistrationAnswer(FhaId, Ident),
    /// All such answers.
    RegistrationAnswers,
    /// Replies to a request, at that station of their way.
    Reply(Hop, Ident),
    /// Replies at that station, to whatever request.
    Replies(Hop),
    /// The question about an update.
    BindingAsk(Seq),
    /// The answer to that question.
    BindingAnswer(Seq),
    /// An update, at that station of its way.
    Update(Leg, Seq),
    /// Acknowledgements of an update, at that station of their way.
    Ack(Leg, Seq),
    /// All acknowledgements.
    Acks,
    /// Acknowledgements in a tunnel.
    TunnelledAcks,
    /// Acknowledgements outside of it.
    PlainAcks,
    /// All updates.
    Updates,
    /// Updates outside of the tunnel.
    PlainUpdates,
    /// Questions and answers of leg C.
    OfLegC,
}

impl Alike {
    /// What they have in common, and how many bits that is.
    pub(crate) fn prefix(self) -> (u32, u32) {
        let mut w = Writer::default();
        match self {
            Alike::AccessAnswer(session, link) => w.put(3, 4).number(session.get()).link(link),
            Alike::AccessReply(session, link) => w.put(4, 4).number(session.get()).link(link),
            Alike::Request(hop, ident) => w.put(5, 4).put(hop as u32, 2).number(ident.get()),
            Alike::Requests(hop) => w.put(5, 4).put(hop as u32, 2),
            Alike::RegistrationAsk(fha, ident) => {
                w.put(6, 4).put(fha as u32, 1).number(ident.get())
            }
            Alike::RegistrationAnswer(fha, ident) => {
                w.put(7, 4).put(fha as u32, 1).number(ident.get())
            }
            Alike::RegistrationAnswers => w.put(7, 4),
            Alike::Reply(hop, ident) => w.put(8, 4).put(hop as u32, 2).number(ident.get()),
            Alike::Replies(hop) => w.put(8, 4).put(hop as u32, 2),
            Alike::BindingAsk(seq) => w.put(10, 4).number(seq.get()),
            Alike::BindingAnswer(seq) => w.put(11, 4).number(seq.get()),
            Alike::Update(leg, seq) => w.put(9, 4).leg(leg).number(seq.get()),
            Alike::Ack(leg, seq) => w.put(12, 4).leg(leg).number(seq.get()),
            Alike::Acks => w.put(12, 4),
            Alike::TunnelledAcks => w.put(12, 4).put(1, 1),
            Alike::PlainAcks => w.put(12, 4).put(0, 1),
            Alike::Updates => w.put(9, 4),
            Alike::PlainUpdates => w.put(9, 4).put(0, 1),
            // 1010 and 1011.
            Alike::OfLegC => w.put(0b101, 3),
        };
        w.end()
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

impl Writer {
    fn link(&mut self, link: Link) -> &mut Self {
        self.put(link as u32, 2)
    }

    fn number(&mut self, number: u8) -> &mut Self {
        self.put(number.into(), 5)
    }

    fn admission(&mut self, admission: Admission) -> &mut Self {
        self.put(
            match admission {
                Admission::Refused => 0,
                Admission::Granted(None) => 1,
                Admission::Granted(Some(fha)) => 2 + fha as u32,
            },
            2,
        )
    }

    fn care_of4(&mut self, care_of: CareOf4) -> &mut Self {
        self.link(care_of.link).put(care_of.owner as u32, 1)
    }

    fn care_of6(&mut self, care_of: CareOf6) -> &mut Self {
        self.put(care_of.fha as u32, 1).put(care_of.address as u32, 1)
    }

    fn leg(&mut self, leg: Leg) -> &mut Self {
        match leg {
            Leg::Plain => self.put(0, 4),
            Leg::Tunnel(care_of) => self.put(1, 1).care_of4(care_of),
        }
    }

    fn parameters(&mut self, parameters: Option<Parameters>) -> &mut Self {
        match parameters {
            None => self.put(0, 3),
            Some(Parameters { address, ipv6 }) => {
                self.put(1, 1).put(address as u32, 1).put(ipv6.into(), 1)
            }
        }
    }

    fn request(&mut self, request: Request) -> &mut Self {
        let key = match request.form {
            Form::First => 0,
            Form::Again(key) => key.get(),
        };
        self.number(request.ident.get())
            .put(request.fha as u32, 1)
            .care_of4(request.care_of)
            .number(key)
            .put(request.release.into(), 1)
            .number(request.challenge.map_or(0, Ident::get))
            .put(request.timely.into(), 1)
            .put(request.intact.into(), 1)
    }

    fn reply(&mut self, reply: Reply) -> &mut Self {
        self.number(reply.ident.get())
            .put(reply.fha as u32, 1)
            .link(reply.link)
            .put(reply.code as u32, 3)
            .parameters(reply.parameters)
            .number(reply.key.map_or(0, Ident::get))
    }
}

impl Reader {
    fn link(&mut self) -> Link {
        Link::from_index(self.take(2))
    }

    fn flag(&mut self) -> bool {
        self.take(1) == 1
    }

    fn fha(&mut self) -> FhaId {
        FhaId::from_index(self.take(1))
    }

    fn server(&mut self) -> Server {
        if self.flag() { Server::Aaah } else { Server::Aaaf }
    }

    fn session(&mut self) -> Option<Session> {
        Session::new(self.octet(5))
    }

    fn ident(&mut self) -> Option<Ident> {
        Ident::new(self.octet(5))
    }

    fn seq(&mut self) -> Option<Seq> {
        Seq::new(self.octet(5))
    }

    fn admission(&mut self) -> Admission {
        match self.take(2) {
            0 => Admission::Refused,
            1 => Admission::Granted(None),
            fha => Admission::Granted(Some(FhaId::from_index(fha - 2))),
        }
    }

    fn hop(&mut self) -> Hop {
        match self.take(2) {
            0 => Hop::Direct,
            1 => Hop::Link,
            _ => Hop::Relay,
        }
    }

    fn care_of4(&mut self) -> CareOf4 {
        let link = self.link();
        CareOf4 { link, owner: if self.flag() { Owner::Fa } else { Owner::Mn } }
    }

    fn care_of6(&mut self) -> CareOf6 {
        let fha = self.fha();
        CareOf6 { fha, address: Address::from_index(self.take(1)) }
    }

    fn leg(&mut self) -> Leg {
        let tunnel = self.flag();
        let care_of = self.care_of4();
        if tunnel { Leg::Tunnel(care_of) } else { Leg::Plain }
    }

    fn parameters(&mut self) -> Option<Parameters> {
        let there = self.flag();
        let address = Address::from_index(self.take(1));
        let ipv6 = self.flag();
        there.then_some(Parameters { address, ipv6 })
    }

    fn request(&mut self) -> Option<Request> {
        Some(Request {
            ident: self.ident()?,
            fha: self.fha(),
            care_of: self.care_of4(),
            form: self.ident().map_or(Form::First, Form::Again),
            release: self.flag(),
            challenge: self.ident(),
            timely: self.flag(),
            intact: self.flag(),
        })
    }

    fn reply(&mut self) -> Option<Reply> {
        Some(Reply {
            ident: self.ident()?,
            fha: self.fha(),
            link: self.link(),
            code: match self.take(3) {
                0 => Code::Accepted,
                1 => Code::Released,
                2 => Code::Stale,
                3 => Code::Unproved,
                4 => Code::NoAddress,
                5 => Code::Challenge,
                _ => Code::Timeout,
            },
            parameters: self.parameters(),
            key: self.ident(),
        })
    }
}
