//! How a message fits into 32 bits.

use super::{
    Ack, Admission, Authorisation, Code, Form, Hop, Leg, Message, Parameters, Reply, Request,
    Update,
};
use crate::{
    Address, CareOf4, CareOf6, FhaId, Ident, Link, Owner, Seq, Server, Session,
    bits::{Reader, Writer},
};

impl Message {
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
                .put(ack.accepted.into(), 1)
                .put(ack.intact.into(), 1),
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
                let (seq, care_of) = (r.seq()?, r.care_of6());
                Message::Ack(leg, Ack { seq, care_of, accepted: r.flag(), intact: r.flag() })
            }
            _ => return None,
        })
    }
}

impl Writer {
    pub(super) fn link(&mut self, link: Link) -> &mut Self {
        self.put(link as u32, 2)
    }

    pub(super) fn number(&mut self, number: u8) -> &mut Self {
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
        self.put(care_of.fha as u32, 1).put(care_of.address as u32, 2)
    }

    pub(super) fn leg(&mut self, leg: Leg) -> &mut Self {
        match leg {
            Leg::Plain => self.put(0, 4),
            Leg::Tunnel(care_of) => self.put(1, 1).care_of4(care_of),
        }
    }

    fn parameters(&mut self, parameters: Option<Parameters>) -> &mut Self {
        match parameters {
            None => self.put(0, 4),
            Some(Parameters { address, ipv6 }) => {
                self.put(1, 1).put(address as u32, 2).put(ipv6.into(), 1)
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
        CareOf6 { fha, address: Address::from_index(self.take(2)) }
    }

    fn leg(&mut self) -> Leg {
        let tunnel = self.flag();
        let care_of = self.care_of4();
        if tunnel { Leg::Tunnel(care_of) } else { Leg::Plain }
    }

    fn parameters(&mut self) -> Option<Parameters> {
        let there = self.flag();
        let address = Address::from_index(self.take(2));
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
