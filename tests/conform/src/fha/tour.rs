//! Tours that the model makes: for every state that its FHA can be in, every message of the
//! alphabet, allowed there or not, replayed as octets. What must come of each is asked of the
//! model while the case runs.

use dsboot_model::{Address, Rule};
use dsboot_model::{
    Authorisation, CareOf4, Code, FhaId, Form, Hop, Ident, Link, Message, Owner, Parameters,
    Profile as User, Reply, Request, Rules,
};
use dsboot_spec::registry::radius::code as radius_code;
use dsboot_spec::{CareOf, Scenario};

use super::peer::Grant;
use super::rrq::Tweak;
use super::{Allowed, Cases, Ending, Mobile, Outcome, Rrq, fail};
use crate::Stage;
use crate::stage::Came;
use crate::tour::{self, Scene};

/// What can be said to an FHA about one mobile node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Say {
    /// A right first request.
    First,
    /// A first request with an Identification from long ago.
    FirstStale,
    /// The AAAH accepts.
    Accept,
    /// The AAAH accepts, and has no address.
    AcceptEmpty,
    /// The AAAH rejects.
    Reject,
    /// A right request under the association.
    Again,
    /// The same with an Identification before the last one.
    AgainStale,
    /// The same under another key.
    AgainForged,
    /// The same, altered on the way.
    AgainAltered,
    /// The request accepted last, octet for octet.
    Duplicate,
    /// A right deregistration.
    Release,
    /// A deregistration altered on the way.
    ReleaseAltered,
}

impl tour::Say for Say {
    const ALPHABET: &'static [Say] = &[
        Say::First,
        Say::FirstStale,
        Say::Accept,
        Say::AcceptEmpty,
        Say::Reject,
        Say::Again,
        Say::AgainStale,
        Say::AgainForged,
        Say::AgainAltered,
        Say::Duplicate,
        Say::Release,
        Say::ReleaseAltered,
    ];

    fn words(self) -> &'static str {
        match self {
            Say::First => "a first request",
            Say::FirstStale => "a stale first request",
            Say::Accept => "an Accept",
            Say::AcceptEmpty => "an Accept without address",
            Say::Reject => "a Reject",
            Say::Again => "a refresh",
            Say::AgainStale => "a stale refresh",
            Say::AgainForged => "a refresh under another key",
            Say::AgainAltered => "an altered refresh",
            Say::Duplicate => "a duplicate",
            Say::Release => "a deregistration",
            Say::ReleaseAltered => "an altered deregistration",
        }
    }
}

/// The model's FHA and what has been said to it.
#[derive(Clone)]
struct Oracle {
    scene: Scene,
    last: Option<Ident>,
    key: Option<Ident>,
    accepted: Option<Request>,
}

/// What the model's FHA does.
#[derive(Clone, Debug, Default)]
struct Does {
    asks: bool,
    reply: Option<Reply>,
    rules: Rules,
}

impl tour::Oracle for Oracle {
    type Say = Say;
    type Place = (bool, bool, bool);
    type Does = Does;

    fn new() -> Option<Oracle> {
        let scene = Scene::new(Scenario::IntegratedColocated, CareOf::Colocated, User::Entitled)?;
        Some(Oracle { scene, last: None, key: None, accepted: None })
    }

    /// What tells states apart: what waits, what is bound, whose key is remembered.
    fn place(&self) -> Self::Place {
        let fha = self.scene.state.fha.of(FhaId::One);
        (fha.pending.is_some(), fha.binding.is_some(), fha.mark.is_some())
    }

    /// Says something; `None` when it cannot be said here.
    fn say(&mut self, say: Say) -> Option<Does> {
        let waits = self.scene.state.fha.of(FhaId::One).pending;
        let message = match say {
            Say::First => self.request(Form::First)?,
            Say::FirstStale => Request { timely: false, ..self.request(Form::First)? },
            Say::Accept | Say::AcceptEmpty | Say::Reject => {
                let (request, _) = waits?;
                let answer = match say {
                    Say::Accept => Authorisation::Granted(Some(Parameters {
                        address: Address::One,
                        ipv6: true,
                    })),
                    Say::AcceptEmpty => Authorisation::Granted(None),
                    _ => Authorisation::Refused,
                };
                let message = Message::RegistrationAnswer(FhaId::One, request.ident, answer);
                let does = self.deliver(message)?;
                if does.reply.is_some_and(|reply| matches!(reply.code, Code::Accepted)) {
                    self.key = Some(request.ident);
                    self.accepted = Some(request);
                }
                return Some(does);
            }
            Say::Duplicate => self.accepted?,
            _ => {
                let known = Form::Again(self.key?);
                let request = self.request(known)?;
                match say {
                    Say::AgainStale => Request { timely: false, ..request },
                    Say::AgainForged => Request { form: Form::Again(request.ident), ..request },
                    Say::AgainAltered => Request { intact: false, ..request },
                    Say::Release => Request { release: true, ..request },
                    Say::ReleaseAltered => Request { release: true, intact: false, ..request },
                    _ => request,
                }
            }
        };
        let does = self.deliver(Message::Request(Hop::Direct, message))?;
        if does.reply.is_some_and(|reply| matches!(reply.code, Code::Accepted)) {
            self.accepted = Some(message);
        }
        Some(does)
    }

    fn rule(does: &Does) -> Option<Rule> {
        tour::first_of(does.rules)
    }
}

impl Oracle {
    fn request(&mut self, form: Form) -> Option<Request> {
        let ident = Ident::after(self.last)?;
        self.last = Some(ident);
        Some(Request {
            ident,
            fha: FhaId::One,
            care_of: CareOf4 { link: Link::A, owner: Owner::Mn },
            form,
            release: false,
            challenge: None,
            timely: true,
            intact: true,
        })
    }

    fn deliver(&mut self, message: Message) -> Option<Does> {
        self.scene.state.mn.link = Some(Link::A);
        // The model forgets refusals for which its mobile node does not wait.
        self.scene.state.mn.request = match message {
            Message::Request(_, request) => Some(request),
            _ => self.scene.state.fha.of(FhaId::One).pending.map(|(request, _)| request),
        };
        // The model repeats a reply by saying nothing new: it is still under way.
        let step = self.scene.deliver_alone(message)?;
        let mut does = Does { rules: step.rules, ..Does::default() };
        for said in step.said {
            match said {
                Message::RegistrationAsk(..) => does.asks = true,
                Message::Reply(_, reply) => does.reply = Some(reply),
                _ => {}
            }
        }
        Some(does)
    }
}

pub(super) fn add(cases: &mut Cases) {
    tour::add::<Walk>(
        cases,
        "bootstrap",
        "registration.6.1, registration.7.1, registration.7.4, registration.7.7",
    );
}

/// The same in octets.
struct Walk {
    mobile: Mobile,
    ask: Option<(Came, Grant)>,
    accepted: Option<Vec<u8>>,
    sent: Option<Vec<u8>>,
}

impl tour::Walk for Walk {
    type Oracle = Oracle;

    fn new(stage: &mut Stage<'_>) -> Result<Walk, Ending> {
        Ok(Walk { mobile: Mobile::new(stage)?, ask: None, accepted: None, sent: None })
    }

    fn say(&mut self, stage: &mut Stage<'_>, say: Say, does: &Does) -> Outcome {
        let octets = match say {
            Say::First => self.mobile.first(stage).octets(),
            Say::FirstStale => {
                let mut request = self.mobile.first(stage);
                request.header.identification.0 -= 3600 << 32;
                request.octets()
            }
            Say::Accept | Say::AcceptEmpty | Say::Reject => return self.decide(stage, say, does),
            Say::Duplicate => match &self.accepted {
                Some(octets) => octets.clone(),
                None => return Err(Ending::Inconclusive("no request was accepted".to_owned())),
            },
            _ => {
                let mut request = self.mobile.again(stage)?;
                match say {
                    Say::AgainStale => request.header.identification.0 -= 3600 << 32,
                    Say::AgainForged => {
                        request.tweak(|sa, _| sa.key = b"another key 1234".to_vec());
                    }
                    Say::AgainAltered => request.tweak(|_, tweak| *tweak = Tweak::Flip(5)),
                    Say::Release | Say::ReleaseAltered => release(&mut request, say),
                    _ => {}
                }
                request.octets()
            }
        };
        self.mobile.send(stage, &octets)?;
        self.sent = Some(octets.clone());
        if does.asks {
            let Some(ask) = self.mobile.asked(stage, stage.patience()) else {
                return fail("an Access-Request", "none");
            };
            let grant = self.mobile.grant(stage, &ask);
            self.ask = Some((ask, grant));
        } else if self.mobile.asked(stage, stage.silence()).is_some() {
            return fail("no Access-Request", "one");
        }
        let answer = allowed(say, does).judge(stage, &self.mobile)?;
        if answer.is_some_and(|answer| answer.code <= 1 && answer.lifetime > 0) {
            self.accepted = Some(octets);
        }
        Ok(())
    }
}

impl Walk {
    fn decide(&mut self, stage: &mut Stage<'_>, say: Say, does: &Does) -> Outcome {
        let Some((ask, mut grant)) = self.ask.take() else {
            return Err(Ending::Inconclusive("no question waits".to_owned()));
        };
        let answer = match say {
            Say::Reject => self.mobile.bare(stage, &ask, radius_code::ACCESS_REJECT)?,
            _ => {
                if say == Say::AcceptEmpty {
                    grant.thoav4 = None;
                }
                // Those of a user stay the same.
                if !self.mobile.home_address.is_unspecified() && grant.thoav4.is_some() {
                    grant.thoav4 = Some(self.mobile.home_address);
                }
                self.mobile.accept(stage, &ask, &grant)?
            }
        };
        self.mobile.answer(stage, &ask, &answer)?;
        let allowed = allowed(say, does);
        if let Some(answer) = allowed.judge(stage, &self.mobile)?
            && answer.code <= 1
            && answer.lifetime > 0
        {
            self.mobile.learn(&answer, &grant.nonce.unwrap_or_default())?;
            self.accepted = self.sent.clone();
        }
        Ok(())
    }
}

fn release(request: &mut Rrq, say: Say) {
    request.header.lifetime = 0;
    request.header.care_of_address = request.header.home_address;
    if say == Say::ReleaseAltered {
        request.tweak(|_, tweak| *tweak = Tweak::Flip(5));
    }
}

/// The codes that stand for what the model's FHA says.
fn allowed(say: Say, does: &Does) -> Allowed {
    if does.rules.contains(Rule::FhaAnswersDuplicate) {
        return Allowed { codes: &[0, 1], silence: false };
    }
    match does.reply.map(|reply| reply.code) {
        Some(Code::Accepted | Code::Released) => Allowed { codes: &[0, 1], silence: false },
        Some(Code::Stale) => Allowed { codes: &[133], silence: false },
        // Answered, if at all.
        Some(Code::Unproved) => Allowed { codes: &[131], silence: true },
        Some(Code::NoAddress) => Allowed { codes: &[129, 130], silence: say == Say::Again },
        Some(Code::Challenge | Code::Timeout) => Allowed { codes: &[], silence: true },
        // A refusal that another key protects is the target's to make.
        None if say == Say::Reject => Allowed { codes: &[131, 144], silence: true },
        None => Allowed { codes: &[], silence: true },
    }
}
