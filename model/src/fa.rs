//! The foreign agent of a link: step 0, and the relay of steps 4 and 6.

use crate::{
    Code, Config, Guard, Hop, Ident, IdentSet, Link, Message, Parameters, Reply, Request, Rule,
    message::Alike, state::Cx,
};

/// The FA of a link, as far as one mobile node goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fa {
    /// Relayed requests that are not answered yet.
    pub pending: IdentSet,
    /// Challenges used up.
    pub used: IdentSet,
    /// The mobile node in the visitor list, by the request that was accepted last.
    pub visitor: Option<Ident>,
}

impl Fa {
    /// Step 0. Each advertisement offers a challenge that nobody has answered yet.
    //= registration.1.1
    //= registration.1.8
    pub(crate) fn advertise(cx: &mut Cx<'_>, link: Link) {
        cx.rule(Rule::FaAdvertises);
        cx.send(Message::Advertisement(link));
    }

    /// Step 4. The care-of address of a request on this link is this agent's or the MN's own on it.
    //= registration.5.8
    pub(crate) fn on_request(&mut self, cx: &mut Cx<'_>, request: Request) {
        if !self.accepts_challenge(cx, &request) && cx.heeds(Guard::FaChecksChallenge) {
            cx.rule(Rule::FaDenies);
            return self.deny(cx, &request, Code::Challenge);
        }
        //= registration.5.1
        //= registration.5.6
        cx.rule(Rule::FaRelaysRequest);
        //= registration.5.5
        self.pending.insert(request.ident);
        if let Some(challenge) = request.challenge.filter(|_| cx.heeds(Guard::FaRemembersChallenge))
        {
            self.used.insert(challenge);
        }
        //= registration.5.2
        let intact = request.intact && cx.heeds(Guard::FaKeepsRequest);
        let fha = match cx.heeds(Guard::FaHeedsHomeAgent) {
            true => request.fha,
            false => request.fha.other(),
        };
        cx.send(Message::Request(Hop::Relay, Request { intact, fha, ..request }));
    }

    /// Whether the request answers a challenge of this agent that is new, or that a request which
    /// is still pending answers too.
    fn accepts_challenge(&self, cx: &Cx<'_>, request: &Request) -> bool {
        //= registration.5.11
        let Some(challenge) = request.challenge else {
            return !cx.heeds(Guard::FaNeedsChallenge);
        };
        //= registration.5.12
        //= registration.5.13
        let compares = cx.heeds(Guard::FaComparesRequests);
        let relayed = |ident| cx.kept(Alike::Request(Hop::Relay, ident));
        let answers = |sent| {
            matches!(sent, Message::Request(_, r)
                if r.challenge == Some(challenge) && (request.repeats(&r) || !compares))
        };
        !self.used.contains(challenge) || self.pending.iter().flat_map(relayed).any(answers)
    }

    /// Step 6.
    pub(crate) fn on_reply(&mut self, cx: &mut Cx<'_>, reply: Reply) {
        //= registration.9.1
        if !self.pending.contains(reply.ident) && cx.heeds(Guard::FaMatchesReply) {
            return cx.rule(Rule::FaDropsReply);
        }
        self.pending.remove(reply.ident);
        //= registration.9.7
        match reply.code {
            //= registration.9.12
            Code::Accepted | Code::Released
                if self.visitor > Some(reply.ident) && cx.heeds(Guard::FaIgnoresOldReply) =>
            {
                cx.rule(Rule::FaKeepsNewerVisitor);
            }
            Code::Accepted => {
                cx.rule(Rule::FaEntersVisitor);
                self.visitor = Some(reply.ident);
            }
            Code::Released => {
                cx.rule(Rule::FaDeletesVisitor);
                if cx.heeds(Guard::FaForgetsVisitor) {
                    self.visitor = None;
                }
            }
            _ => {
                cx.rule(Rule::FaRelaysRefusal);
                if !cx.heeds(Guard::FaRefusalKeepsVisitor) {
                    self.visitor = None;
                }
            }
        }
        //= registration.9.2
        let parameters = match cx.heeds(Guard::FaKeepsReply) {
            true => reply.parameters,
            false => reply.parameters.map(|p| Parameters { address: p.address.other(), ..p }),
        };
        cx.send(Message::Reply(Hop::Link, Reply { parameters, ..reply }));
    }

    /// A request has been pending for too long.
    pub(crate) fn give_up(&mut self, cx: &mut Cx<'_>, ident: Ident) {
        self.pending.remove(ident);
        let relayed = cx.kept(Alike::Request(Hop::Relay, ident)).next();
        if let Some(Message::Request(_, request)) = relayed {
            cx.rule(Rule::FaGivesUp);
            self.deny(cx, &request, Code::Timeout);
        }
    }

    /// Has crashed, and keeps its visitors. Who waits for a reply hears nothing.
    pub(crate) fn crash(&mut self, _: &Config) {
        self.pending = IdentSet::default();
    }

    /// The visitor's time has run out.
    //= movement.3.10
    //= registration.9.9
    pub(crate) const fn lose_visitor(&mut self, cx: &mut Cx<'_>) {
        cx.rule(Rule::FaLosesVisitor);
        self.visitor = None;
    }

    /// All that waits or has a lifetime is over.
    //= movement.3.10
    pub(crate) fn lapse(&mut self) {
        *self = Fa { used: self.used, ..Fa::default() };
    }

    fn deny(&self, cx: &mut Cx<'_>, request: &Request, code: Code) {
        let Request { ident, fha, care_of, .. } = *request;
        let reply = Reply { ident, fha, link: care_of.link, code, parameters: None, key: None };
        cx.send(Message::Reply(Hop::Link, reply));
    }
}
