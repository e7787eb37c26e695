//! Tours that the model makes: for every state that its foreign agent can be in, every message of the
//! alphabet, allowed there or not, replayed as octets.

use std::time::Duration;

use dsboot_model::{
    Address, CareOf4, Code, FhaId, Form, Hop, Ident, Link, Message, Owner, Parameters,
    Profile as User, Reply, Request, Rule,
};
use dsboot_spec::registry::mip4::code;
use dsboot_spec::{CareOf, Scenario};

use super::visitor::Visitor;
use super::{Cases, Ending, Outcome, Rrq, Stage, fail, missing};
use crate::server::Desk;
use crate::stage::Came;
use crate::tour::{self, Scene};

/// How many requests a tour makes at most.
const REQUESTS: usize = 3;

/// What can be said to a foreign agent about one mobile node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Say {
    /// A right request, with a challenge that nobody has answered.
    Request,
    /// A right deregistration, the same.
    Release,
    /// The last request as a new one, with the challenge that it had.
    Repeat,
    /// A request with no challenge.
    Unchallenged,
    /// The home agent accepts the last request.
    Accept,
    /// It refuses the last request.
    Refuse,
    /// It accepts the request before the last.
    AcceptBefore,
    /// What the home agent said last, once more.
    ReplyAgain,
}

impl tour::Say for Say {
    const ALPHABET: &'static [Say] = &[
        Say::Request,
        Say::Release,
        Say::Repeat,
        Say::Unchallenged,
        Say::Accept,
        Say::Refuse,
        Say::AcceptBefore,
        Say::ReplyAgain,
    ];

    fn words(self) -> &'static str {
        match self {
            Say::Request => "a request",
            Say::Release => "a deregistration",
            Say::Repeat => "the last request again with its challenge",
            Say::Unchallenged => "a request without challenge",
            Say::Accept => "an accepting reply",
            Say::Refuse => "a refusal",
            Say::AcceptBefore => "an accepting reply to the request before",
            Say::ReplyAgain => "the last reply once more",
        }
    }
}

/// The model's foreign agent and what has been said to it.
#[derive(Clone)]
struct Oracle {
    scene: Scene,
    /// Requests relayed, first to last.
    relayed: Vec<Request>,
    last: Option<Ident>,
    replied: Option<Reply>,
}

/// What the model's foreign agent does.
#[derive(Clone, Copy, Debug, Default)]
struct Does {
    relays: bool,
    denies: bool,
    tells: bool,
    rule: Option<Rule>,
}

impl tour::Oracle for Oracle {
    type Say = Say;
    type Place = (Vec<bool>, bool);
    type Does = Does;

    fn new() -> Option<Oracle> {
        let mut scene = Scene::new(Scenario::IntegratedFa, CareOf::ForeignAgent, User::Entitled)?;
        scene.state.mn.link = Some(Link::A);
        Some(Oracle { scene, relayed: Vec::new(), last: None, replied: None })
    }

    /// What tells states apart: which of the last two requests relayed wait, and whether the last one
    /// is to release.
    fn place(&self) -> Self::Place {
        let fa = self.scene.state.fa.of(Link::A);
        let last = self.relayed.iter().rev().take(2);
        let waits = last.map(|own| fa.pending.contains(own.ident)).collect();
        (waits, self.relayed.last().is_some_and(|own| own.release))
    }

    fn say(&mut self, say: Say) -> Option<Does> {
        match say {
            Say::Request | Say::Release | Say::Repeat | Say::Unchallenged => {
                let repeated = self.relayed.last().copied();
                if self.relayed.len() >= REQUESTS {
                    return None;
                }
                let ident = Ident::after(self.last)?;
                self.last = Some(ident);
                let mut request = Request {
                    ident,
                    fha: FhaId::One,
                    care_of: CareOf4 { link: Link::A, owner: Owner::Fa },
                    form: Form::Again(Ident::FIRST),
                    release: say == Say::Release,
                    challenge: Some(ident),
                    timely: true,
                    intact: true,
                };
                match say {
                    Say::Repeat => {
                        request.challenge = repeated?.challenge;
                        request.release = repeated?.release;
                    }
                    Say::Unchallenged => request.challenge = None,
                    _ => {}
                }
                let does = self.deliver(Message::Request(Hop::Link, request))?;
                if does.relays {
                    self.relayed.push(request);
                    self.replied = None;
                }
                Some(does)
            }
            Say::Accept | Say::Refuse | Say::AcceptBefore => {
                let back = if say == Say::AcceptBefore { 2 } else { 1 };
                let request = *self.relayed.get(self.relayed.len().checked_sub(back)?)?;
                let parameters = Parameters { address: Address::One, ipv6: true };
                let (code, parameters) = match say {
                    Say::Refuse => (Code::Stale, None),
                    _ if request.release => (Code::Released, None),
                    _ => (Code::Accepted, Some(parameters)),
                };
                let reply = Reply {
                    ident: request.ident,
                    fha: FhaId::One,
                    link: Link::A,
                    code,
                    parameters,
                    key: Some(Ident::FIRST),
                };
                self.replied = Some(reply);
                self.deliver(Message::Reply(Hop::Relay, reply))
            }
            Say::ReplyAgain => self.deliver(Message::Reply(Hop::Relay, self.replied?)),
        }
    }

    fn rule(does: &Does) -> Option<Rule> {
        does.rule
    }
}

impl Oracle {
    fn deliver(&mut self, message: Message) -> Option<Does> {
        // The model forgets refusals for which its mobile node does not wait.
        self.scene.state.mn.request = match message {
            Message::Request(_, request) => Some(request),
            Message::Reply(_, reply) => {
                self.relayed.iter().find(|request| request.ident == reply.ident).copied()
            }
            _ => None,
        };
        let step = self.scene.deliver(message)?;
        let mut does = Does { rule: step.rule(), ..Does::default() };
        for said in step.said {
            match said {
                Message::Request(Hop::Relay, _) => does.relays = true,
                Message::Reply(Hop::Link, Reply { code: Code::Challenge, .. }) => {
                    does.denies = true;
                }
                Message::Reply(Hop::Link, _) => does.tells = true,
                _ => {}
            }
        }
        Some(does)
    }
}

pub(super) fn add(cases: &mut Cases) {
    tour::add::<Walk>(
        cases,
        "challenge",
        "registration.5.1, registration.5.12, registration.5.13, registration.9.1, registration.9.12",
    );
}

/// The same in octets.
struct Walk {
    visitor: Visitor,
    /// Requests relayed, as they were made and came, first to last.
    relayed: Vec<(Rrq, Came)>,
    replied: Option<(Came, Vec<u8>)>,
}

impl tour::Walk for Walk {
    type Oracle = Oracle;

    fn new(stage: &mut Stage<'_>) -> Result<Walk, Ending> {
        let visitor = Visitor::new(stage)?;
        Ok(Walk { visitor, relayed: Vec::new(), replied: None })
    }

    fn say(&mut self, stage: &mut Stage<'_>, say: Say, does: &Does) -> Outcome {
        match say {
            Say::Request | Say::Release | Say::Repeat | Say::Unchallenged => {
                let request = self.request(stage, say)?;
                self.ask(stage, request, does)
            }
            Say::Accept | Say::Refuse | Say::AcceptBefore => {
                let back = if say == Say::AcceptBefore { 2 } else { 1 };
                let at = self.relayed.len().checked_sub(back);
                let Some((request, came)) = at.and_then(|at| self.relayed.get(at)) else {
                    return missing("a request that was relayed");
                };
                let code = if say == Say::Refuse { code::IDENTIFICATION_MISMATCH } else { 0 };
                let octets = self.visitor.signed(&self.visitor.answer(request, code), &[])?;
                self.replied = Some((came.clone(), octets));
                self.reply(stage, does)
            }
            Say::ReplyAgain => self.reply(stage, does),
        }
    }
}

impl Walk {
    fn request(&mut self, stage: &mut Stage<'_>, say: Say) -> Result<Rrq, Ending> {
        if matches!(say, Say::Request | Say::Release) {
            self.visitor.agent = self.visitor.solicit(stage)?;
        }
        let mut request = self.visitor.request(stage);
        match say {
            Say::Release => request.header.lifetime = 0,
            Say::Repeat => {
                let Some((before, _)) = self.relayed.last() else {
                    return missing("a request that was relayed");
                };
                request.header.lifetime = before.header.lifetime;
                // The challenge that was heard last is that of the request before.
            }
            Say::Unchallenged => {
                request.without(132);
                request.without(36);
            }
            _ => {}
        }
        Ok(request)
    }

    fn ask(&mut self, stage: &mut Stage<'_>, request: Rrq, does: &Does) -> Outcome {
        let desk: Desk = self.visitor.home(stage, &request)?;
        self.visitor.send(stage, &request.octets())?;
        if does.relays {
            return match desk.receive(stage, stage.patience()) {
                Some(came) => {
                    self.relayed.push((request, came));
                    Ok(())
                }
                None => fail("it is relayed", "it is not"),
            };
        }
        let codes = [code::UNKNOWN_CHALLENGE, code::MISSING_CHALLENGE, code::STALE_CHALLENGE];
        match self.visitor.reply(stage, stage.patience()) {
            Some(reply) if codes.contains(&reply.code()) => {}
            Some(reply) => return fail("104, 105 or 106", format!("code {}", reply.code())),
            None => return fail("104, 105 or 106", "no reply"),
        }
        match desk.receive(stage, Duration::from_millis(50)) {
            Some(_) => fail("it is not relayed", "it is"),
            None => Ok(()),
        }
    }

    fn reply(&mut self, stage: &mut Stage<'_>, does: &Does) -> Outcome {
        let Some((came, octets)) = &self.replied else { return missing("a reply before") };
        self.visitor.respond(stage, came, octets)?;
        let patience = if does.tells { stage.patience() } else { stage.silence() };
        match (self.visitor.reply(stage, patience), does.tells) {
            (Some(reply), true) if reply.octets.get(..octets.len()) == Some(octets) => Ok(()),
            (Some(_), true) => fail("the octets of the home agent", "others"),
            (None, true) => fail("the reply is relayed", "nothing"),
            (Some(reply), false) => fail("nothing", format!("a reply with code {}", reply.code())),
            (None, false) => Ok(()),
        }
    }
}
