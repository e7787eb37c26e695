//! Messages and actions in words, for ladders and reports.

use core::fmt;

use crate::{
    Address, Admission, Authorisation, CareOf4, CareOf6, Code, FhaId, Form, Leg, Link, Message,
    Owner, Profile, Reply, Request, Update,
};

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Profile::Entitled => "an entitled user",
            Profile::WrongClock => "an entitled user whose clock is wrong",
            Profile::WrongAccessSecret => "a user with a wrong secret for access",
            Profile::NoMobility => "a user without mobility service",
            Profile::WrongHomeSecret => "a user with a wrong secret for the home network",
            Profile::NoAgreement => "a user whose provider has no agreement with FHA 1",
            Profile::NoIpv6 => "a user whose record has no IPv6 parameters",
            Profile::SharedHome => "a user with whose home address another is recorded too",
        })
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Link::A => "A",
            Link::B => "B",
            Link::C => "C",
            Link::D => "D",
        })
    }
}

impl fmt::Display for FhaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            FhaId::One => "FHA 1",
            FhaId::Two => "FHA 2",
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Address::One => "1",
            Address::Two => "2",
            Address::Stray => "outside the prefix",
        })
    }
}

impl fmt::Display for CareOf4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.owner {
            Owner::Mn => write!(f, "CoA own on {}", self.link),
            Owner::Fa => write!(f, "CoA of FA {}", self.link),
        }
    }
}

impl fmt::Display for CareOf6 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CoA6 {} of {}", self.address, self.fha)
    }
}

impl fmt::Display for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Admission::Refused => f.write_str("refused"),
            Admission::Granted(None) => f.write_str("granted, no FHA"),
            Admission::Granted(Some(fha)) => write!(f, "granted, {fha}"),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Code::Accepted => "accepted",
            Code::Released => "released",
            Code::Stale => "133 stale",
            Code::Unproved => "131 unproved",
            Code::NoAddress => "130 no address",
            Code::Challenge => "106 challenge",
            Code::Timeout => "78 timeout",
        })
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.ident.get())?;
        match (self.release, self.form) {
            (true, _) => f.write_str(" release")?,
            (false, Form::First) => f.write_str(" first")?,
            (false, Form::Again(key)) => write!(f, " under key {}", key.get())?,
        }
        if !self.intact {
            f.write_str(", altered")?;
        }
        write!(f, ", {}", self.care_of)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.ident.get(), self.code)?;
        if let Some(parameters) = self.parameters {
            write!(f, ", THOAv4 {}", parameters.address)?;
            if !parameters.ipv6 {
                f.write_str(" only")?;
            }
        }
        match self.key {
            Some(key) => write!(f, ", key {}", key.get()),
            None => f.write_str(", no key"),
        }
    }
}

impl fmt::Display for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.release { " release" } else { "" };
        let altered = if self.intact { "" } else { ", altered" };
        write!(f, "{}{end}{altered}, {}", self.seq.get(), self.care_of)
    }
}

impl Message {
    /// The number of the step in the draft's figures, or the name where these give no number.
    #[must_use]
    pub const fn step(self) -> &'static str {
        match self {
            Message::Advertisement(_) => "0",
            Message::AccessRequest(..) => "1",
            Message::AccessAsk(..) | Message::AccessAnswer(..) => "2",
            Message::AccessReply(..) => "3",
            Message::Request(..) => "4",
            Message::RegistrationAsk(..) | Message::RegistrationAnswer(..) => "5",
            Message::Reply(..) => "6",
            Message::Update(..) => "BU",
            Message::BindingAsk(..) => "Access-Req",
            Message::BindingAnswer(..) => "Access-resp",
            Message::Ack(..) => "BA",
        }
    }
}

impl fmt::Display for Message {
    /// The step, and what the message says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Message::Advertisement(link) => write!(f, "0.Agent Adv. link {link}"),
            Message::AccessRequest(session, link, _) => {
                write!(f, "1.Access Req. {} on {link}", session.get())
            }
            Message::AccessAsk(session, ..) => write!(f, "2.Access Request {}", session.get()),
            Message::AccessAnswer(session, _, _, admission) => {
                write!(f, "2.Access Answer {} {admission}", session.get())
            }
            Message::AccessReply(session, _, admission) => {
                write!(f, "3.Access Rep. {} {admission}", session.get())
            }
            Message::Request(_, request) => write!(f, "4.Reg Req. {request}"),
            Message::RegistrationAsk(_, ident, ..) => write!(f, "5.Access Req {}", ident.get()),
            Message::RegistrationAnswer(_, ident, answer) => {
                write!(f, "5.Access Answer {} ", ident.get())?;
                match answer {
                    Authorisation::Refused => f.write_str("refused"),
                    Authorisation::Granted(None) => f.write_str("accepted, no address"),
                    Authorisation::Granted(Some(parameters)) => {
                        write!(f, "accepted, THOAv4 {}", parameters.address)
                    }
                }
            }
            Message::Reply(_, reply) => write!(f, "6.Reg Rep. {reply}"),
            Message::Update(Leg::Tunnel(_), update) => write!(f, "BU {update} (tunnel)"),
            Message::Update(Leg::Plain, update) => write!(f, "BU {update}"),
            Message::BindingAsk(seq, ..) => write!(f, "Access-Req {}", seq.get()),
            Message::BindingAnswer(seq, accepted) => {
                write!(f, "Access-resp {} {}", seq.get(), accepts(*accepted))
            }
            Message::Ack(leg, ack) => {
                let tunnel = if *leg == Leg::Plain { "" } else { " (tunnel)" };
                let altered = if ack.intact { "" } else { ", altered" };
                let says = accepts(ack.accepted);
                write!(f, "BA {} {says}{altered}{tunnel}", ack.seq.get())
            }
        }
    }
}

const fn accepts(accepted: bool) -> &'static str {
    if accepted { "accepted" } else { "refused" }
}
