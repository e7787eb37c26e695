//! Leg A: what a server says at the end of a conversation.

use dsboot_model::{Action, Admission, Link, Message, Profile as Kind, Rule, Server, Session};
use dsboot_spec::registry::radius::code as radius_code;
use dsboot_spec::{CareOf, Scenario};

use super::super::peer::{Answer, Challenged, nas};
use super::{Last, is_same, once_more};
use crate::Stage;
use crate::case::{Ending, Outcome, ensure};
use crate::tour::{self, Scene};

/// How a conversation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Say {
    /// The right answer to the challenge.
    Right,
    /// Another one.
    Wrong,
    /// The right answer of a user without mobility.
    Plain,
    /// The right answer, in a conversation that the server does not know.
    Forgotten,
    /// The last answer once more, octet for octet.
    Again,
}

impl tour::Say for Say {
    const ALPHABET: &'static [Say] =
        &[Say::Right, Say::Wrong, Say::Plain, Say::Forgotten, Say::Again];

    fn words(self) -> &'static str {
        match self {
            Say::Right => "a right response",
            Say::Wrong => "a wrong response",
            Say::Plain => "a right response of a user without mobility",
            Say::Forgotten => "a right response of a conversation that is not known",
            Say::Again => "the last question once more",
        }
    }

    fn claim(self) -> Option<&'static str> {
        match self {
            Say::Again => Some("duplicates"),
            Say::Plain => Some("fha-assignment"),
            _ => None,
        }
    }
}

/// The model's server and what has been said to it.
#[derive(Clone)]
pub(super) struct Oracle {
    scene: Scene,
    session: Option<Session>,
    last: Option<(Message, Does)>,
}

/// What the model's server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Does {
    rule: Option<Rule>,
    admits: bool,
    assigns: bool,
}

impl tour::Oracle for Oracle {
    type Say = Say;
    type Place = Option<Does>;
    type Does = Does;

    fn new() -> Option<Oracle> {
        let scene = Scene::new(Scenario::IntegratedColocated, CareOf::Colocated, Kind::Entitled)?;
        Some(Oracle { scene, session: None, last: None })
    }

    /// What tells states apart: what was answered last.
    fn place(&self) -> Self::Place {
        self.last.map(|(_, does)| does)
    }

    fn say(&mut self, say: Say) -> Option<Does> {
        let does = match say {
            Say::Again => {
                let (message, does) = self.last?;
                // The model repeats an answer by saying nothing new.
                let step = self.scene.deliver(message)?;
                return step.said.is_empty().then_some(does);
            }
            Say::Forgotten => {
                let session = self.next()?;
                let nas = self.scene.state.nas.of_mut(Link::A);
                (nas.session, nas.asking) = (Some(session), true);
                does(self.scene.take(Action::AaaForgets(Link::A))?)
            }
            _ => {
                let session = self.next()?;
                self.scene.state.environment.profile = match say {
                    Say::Wrong => Kind::WrongAccessSecret,
                    Say::Plain => Kind::NoMobility,
                    _ => Kind::Entitled,
                };
                let ask = Message::AccessAsk(session, Link::A, Server::Aaah, Server::Aaah);
                let does = does(self.scene.deliver(ask)?);
                self.last = Some((ask, does));
                does
            }
        };
        Some(does)
    }

    fn rule(does: &Does) -> Option<Rule> {
        does.rule
    }
}

impl Oracle {
    fn next(&mut self) -> Option<Session> {
        self.session = Some(Session::after(self.session)?);
        self.session
    }
}

/// What comes of a step of the server.
fn does(step: tour::Step) -> Does {
    let mut does = Does { rule: step.rule(), admits: false, assigns: false };
    for said in step.said {
        if let Message::AccessAnswer(_, _, _, Admission::Granted(fha)) = said {
            (does.admits, does.assigns) = (true, fha.is_some());
        }
    }
    does
}

/// The same in octets.
pub(super) struct Walk {
    last: Option<Last>,
}

impl tour::Walk for Walk {
    type Oracle = Oracle;

    fn new(_: &mut Stage<'_>) -> Result<Walk, Ending> {
        Ok(Walk { last: None })
    }

    fn say(&mut self, stage: &mut Stage<'_>, say: Say, does: &Does) -> Outcome {
        if say == Say::Again {
            let answer = once_more(stage, self.last.as_ref())?;
            return is_same(&answer, self.last.as_ref());
        }
        let mut one = if say == Say::Plain {
            let fits =
                |user: &&crate::profile::User| user.access_secret.is_some() && !user.mobility;
            let Some(user) = stage.profile.users.iter().find(fits).cloned() else {
                let why = "the profile has no user with an access_secret and without mobility";
                return Err(Ending::Skip(why.to_owned()));
            };
            let client = nas(stage)?;
            Challenged::with(stage, client, user)?
        } else {
            Challenged::begin(stage)?
        };
        if say == Say::Forgotten
            && let Some(last) = one.state.as_mut().and_then(|state| state.last_mut())
        {
            *last ^= 0x2a;
        }
        let mut value = one.value();
        if say == Say::Wrong {
            value = [3; 16];
        }
        let packet = one.response(&value)?;
        let answer = one.go_on(stage, &packet)?;
        judge(stage, &answer, does)?;
        if say != Say::Forgotten {
            self.last = Some(Last { client: one.client, answer });
        }
        Ok(())
    }
}

fn judge(stage: &Stage<'_>, answer: &Answer, does: &Does) -> Outcome {
    if !does.admits {
        return answer.is(&[radius_code::ACCESS_REJECT]);
    }
    answer.is(&[radius_code::ACCESS_ACCEPT])?;
    if !stage.profile.claims("fha-assignment") {
        return Ok(());
    }
    let packet = answer.packet()?;
    let told = packet.vendor(stage.profile.vendor).parameters();
    let some = !(told.fha_address.is_absent() && told.fha_fqdn.is_absent());
    let words = |some| if some { "an FHA" } else { "no FHA" };
    ensure(some == does.assigns, words(does.assigns), || words(some).to_owned())
}
