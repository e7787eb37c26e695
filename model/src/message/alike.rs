//! Messages that are alike.

use super::Hop;
use super::Leg;
use crate::{FhaId, Ident, Link, Seq, Session, bits::Writer};

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
