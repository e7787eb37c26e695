//! Tours that the model makes: for every state that its NAS can be in, every message of the alphabet,
//! allowed there or not, replayed as octets.

use std::time::Duration;

use dsboot_codec::eap::Code;
use dsboot_codec::pana::{Flags, Kind};
use dsboot_model::{
    Action, Admission, FhaId, Link, Message, Profile as User, Rule, Server, Session,
};
use dsboot_spec::registry::pana::{avp, result};
use dsboot_spec::registry::radius::code as radius_code;
use dsboot_spec::{CareOf, Scenario};

use super::pac::{Grant, accept, challenge, ending, radius, reply, secret};
use super::{Cases, Ending, Msg, Outcome, Pac, Stage, ensure, fail, missing, silent, unasked};
use crate::stage::Came;
use crate::tour::{self, Scene};

/// What can be said to a NAS about one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Say {
    /// A new session, up to the client's answer to the challenge.
    Begin,
    /// That answer once more.
    Repeat,
    /// The answer to the challenge of the session before.
    Old,
    /// The AAA server accepts, and names an FHA.
    Accept,
    /// It accepts, and names none.
    AcceptOnly,
    /// It rejects.
    Reject,
    /// What the AAA server said last, once more.
    AnswerAgain,
    /// The NAS crashes and is started again.
    Restart,
}

impl tour::Say for Say {
    const ALPHABET: &'static [Say] = &[
        Say::Begin,
        Say::Repeat,
        Say::Old,
        Say::Accept,
        Say::AcceptOnly,
        Say::Reject,
        Say::AnswerAgain,
        Say::Restart,
    ];

    fn words(self) -> &'static str {
        match self {
            Say::Begin => "a session up to the response",
            Say::Repeat => "the response once more",
            Say::Old => "the response of the session before",
            Say::Accept => "an Accept",
            Say::AcceptOnly => "an Accept without FHA",
            Say::Reject => "a Reject",
            Say::AnswerAgain => "the last answer once more",
            Say::Restart => "a restart",
        }
    }

    fn is_crash(self) -> bool {
        self == Say::Restart
    }
}

/// The model's NAS and what has been said to it.
#[derive(Clone)]
struct Oracle {
    scene: Scene,
    session: Option<Session>,
    answered: Option<(Session, Admission)>,
    /// Whether the NAS has crashed, and whether something was said since: each restart takes its time.
    restarted: Option<bool>,
}

/// What the model's NAS does.
#[derive(Clone, Copy, Debug, Default)]
struct Does {
    asks: bool,
    tells: Option<Admission>,
    rule: Option<Rule>,
}

impl tour::Oracle for Oracle {
    type Say = Say;
    type Place = (Option<bool>, bool, Option<Admission>, Option<bool>);
    type Does = Does;

    fn new() -> Option<Oracle> {
        let scene = Scene::new(Scenario::IntegratedColocated, CareOf::Colocated, User::Entitled)?;
        Some(Oracle { scene, session: None, answered: None, restarted: None })
    }

    /// What tells states apart: whether there is a session, and one before it; whether the server is
    /// being asked; what it said last; whether the NAS has forgotten everything.
    fn place(&self) -> Self::Place {
        let several = self.session.map(|session| session > Session::FIRST);
        let asks = self.scene.state.nas.of(Link::A).asking;
        (several, asks, self.answered.map(|(_, admission)| admission), self.restarted)
    }

    fn say(&mut self, say: Say) -> Option<Does> {
        let asks = self.scene.state.nas.of(Link::A).asking;
        self.restarted = match self.restarted {
            Some(true) => return None,
            said => said.map(|_| true),
        };
        let request = |session| Message::AccessRequest(session, Link::A, Server::Aaah);
        match say {
            Say::Begin => {
                // The client ends a session before it begins another one.
                if asks {
                    return None;
                }
                self.session = Some(Session::after(self.session)?);
                self.deliver(request(self.session?))
            }
            Say::Repeat => self.deliver(request(self.session?)),
            Say::Old => {
                let before = Session::new(self.session?.get().checked_sub(1)?)?;
                self.deliver(request(before))
            }
            Say::Accept | Say::AcceptOnly | Say::Reject => {
                if !asks {
                    return None;
                }
                let admission = match say {
                    Say::Accept => Admission::Granted(Some(FhaId::One)),
                    Say::AcceptOnly => Admission::Granted(None),
                    _ => Admission::Refused,
                };
                let session = self.session?;
                self.answered = Some((session, admission));
                self.deliver(Message::AccessAnswer(session, Link::A, Server::Aaah, admission))
            }
            Say::AnswerAgain => {
                let (session, admission) = self.answered?;
                self.deliver(Message::AccessAnswer(session, Link::A, Server::Aaah, admission))
            }
            Say::Restart => {
                let is_first = self.session == Some(Session::FIRST);
                if self.restarted.is_some() || !is_first {
                    return None;
                }
                self.restarted = Some(false);
                self.scene.state.mn.link = Some(Link::A);
                self.scene.take(Action::NasRestarts(Link::A)).map(does)
            }
        }
    }

    fn rule(does: &Does) -> Option<Rule> {
        does.rule
    }

    const IDLE: bool = true;
}

impl Oracle {
    fn deliver(&mut self, message: Message) -> Option<Does> {
        self.scene.state.mn.link = Some(Link::A);
        self.scene.deliver(message).map(does)
    }
}

/// What comes of a step of the NAS.
fn does(step: tour::Step) -> Does {
    let mut does = Does { rule: step.rule(), ..Does::default() };
    for said in step.said {
        match said {
            Message::AccessAsk(..) => does.asks = true,
            Message::AccessReply(_, _, admission) => does.tells = Some(admission),
            _ => {}
        }
    }
    does
}

pub(super) fn add(cases: &mut Cases) {
    tour::add::<Walk>(
        cases,
        "bootstrap",
        "access.3.1, access.4.1, access.4.6, access.4.8, access.5.8",
    );
}

/// The same in octets.
struct Walk {
    pac: Pac,
    /// The question that waits for its answer.
    ask: Option<Came>,
    /// The client's answer to the challenge, of this session and the one before.
    responses: Vec<Msg>,
    /// What the server said last, and to which question.
    answered: Option<(Came, Vec<u8>)>,
    /// Whether the client is inside.
    is_inside: bool,
}

impl tour::Walk for Walk {
    type Oracle = Oracle;

    fn new(stage: &mut Stage<'_>) -> Result<Walk, Ending> {
        let pac = Pac::new(stage)?;
        let (responses, answered) = (Vec::new(), None);
        Ok(Walk { pac, ask: None, responses, answered, is_inside: false })
    }

    fn say(&mut self, stage: &mut Stage<'_>, say: Say, does: &Does) -> Outcome {
        match say {
            Say::Begin => {
                self.begin(stage)?;
                return self.asks(stage, does);
            }
            Say::Repeat | Say::Old => {
                let at = if say == Say::Repeat { 1 } else { 2 };
                let at = self.responses.len().checked_sub(at);
                let Some(response) = at.and_then(|at| self.responses.get(at)).cloned() else {
                    return missing("a session before");
                };
                self.pac.send(stage, &response)?;
                self.asks(stage, does)?;
            }
            Say::Accept | Say::AcceptOnly | Say::Reject => {
                let Some(ask) = self.ask.take() else { return missing("a question") };
                let octets = answer(stage, &ask, say)?;
                self.answered = Some((ask, octets));
                self.answer(stage)?;
            }
            Say::AnswerAgain => self.answer(stage)?,
            Say::Restart => {
                self.is_inside = false;
                self.ask = None;
                return stage.restart();
            }
        }
        self.told(stage, does)
    }
}

impl Walk {
    /// A new session, up to the client's answer to the challenge.
    fn begin(&mut self, stage: &mut Stage<'_>) -> Outcome {
        if self.is_inside {
            let end = self.pac.request(Kind::Ptr, Flags::NONE);
            let end = end.with(avp::TERMINATION_CAUSE, &1_u32.to_be_bytes());
            self.pac.send(stage, &end)?;
            self.pac.heard(stage, "a PANA-Termination-Answer")?.is(Kind::Pta, Flags::NONE)?;
            self.is_inside = false;
        }
        let first = self.pac.open(stage, true)?;
        let identity = self.pac.identity(&first)?;
        self.pac.send(stage, &identity)?;
        let ask = self.pac.question(stage)?;
        let octets = challenge(stage, &ask)?;
        reply(stage, &ask, &octets)?;
        let request = self.pac.heard(stage, "a PANA-Auth-Request with the challenge")?;
        let response = self.pac.md5(&request)?;
        self.pac.send(stage, &response)?;
        self.responses.push(response);
        Ok(())
    }

    /// Whether there is a question where the model has one.
    fn asks(&mut self, stage: &mut Stage<'_>, does: &Does) -> Outcome {
        if !does.asks {
            // A question that waits may be said again, but not so soon.
            return unasked(stage, &self.pac);
        }
        self.ask = Some(self.pac.question(stage)?);
        Ok(())
    }

    fn answer(&self, stage: &mut Stage<'_>) -> Outcome {
        match &self.answered {
            Some((ask, octets)) => reply(stage, ask, octets),
            None => missing("an answer before"),
        }
    }

    /// Whether the client is told what the model has it told.
    fn told(&mut self, stage: &mut Stage<'_>, does: &Does) -> Outcome {
        let Some(admission) = does.tells else { return silent(stage, &mut self.pac) };
        let heard = self.pac.heard(stage, "a PANA-Auth-Request with C")?;
        let message = heard.is(Kind::Par, Flags::COMPLETE)?;
        let told = message.result_code().once();
        let code = match admission {
            Admission::Granted(_) => result::SUCCESS,
            Admission::Refused => result::AUTHENTICATION_REJECTED,
        };
        ensure(told == Some(code), format!("result {code}"), || format!("{told:?}"))?;
        let some = !message.parameters(stage.profile.vendor).fha_address.is_absent();
        match (admission, some) {
            (Admission::Granted(Some(_)), false) => return fail("the FHA's address", "none"),
            (Admission::Granted(None) | Admission::Refused, true) => {
                return fail("no FHA's address", "one");
            }
            _ => {}
        }
        self.is_inside = admission != Admission::Refused;
        let last = self.pac.answering(&heard)?;
        self.pac.send(stage, &last)?;
        // The target has to read it before anything else is said.
        stage.pause(Duration::from_millis(20));
        Ok(())
    }
}

/// What the AAA server says.
fn answer(stage: &Stage<'_>, ask: &Came, say: Say) -> Result<Vec<u8>, Ending> {
    if say == Say::Reject {
        return radius(stage, ask, radius_code::ACCESS_REJECT, &secret(stage), |builder, id| {
            builder.eap_message(&ending(Code::Failure, id));
        });
    }
    let mut grant = Grant::of(stage);
    if say == Say::AcceptOnly {
        grant.fha = None;
    }
    accept(stage, ask, &grant)
}
