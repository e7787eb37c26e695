//! Legs B and C: what the AAAH assigns, and which binding updates it accepts by that.

use std::net::Ipv6Addr;

use dsboot_model::{
    Action, Address, Authorisation, CareOf6, FhaId, Ident, Link, Message, Profile as Kind, Rule,
    Seq, Server,
};
use dsboot_spec::registry::radius::code as radius_code;
use dsboot_spec::{CareOf, Scenario};

use super::super::binding;
use super::super::peer::{Answer, fha, ha, mobile_user, tell_key};
use super::super::question::{Assigned, Question, assigned};
use super::{Last, is_same, once_more};
use crate::Stage;
use crate::case::{Ending, Outcome, ensure};
use crate::profile::User;
use crate::tour::{self, Scene};

/// What can be asked about one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Say {
    /// An FHA asks about a request that the user's key proves.
    Register,
    /// One about a request that it does not prove.
    RegisterUnproved,
    /// A home agent asks about an update of the care-of address that the user holds.
    Bind,
    /// The same, with another authenticator.
    BindUnproved,
    /// An update of a care-of address that the user does not hold.
    BindElsewhere,
    /// The last question once more, octet for octet.
    Again,
    /// The server crashes and is started again.
    Restart,
}

impl tour::Say for Say {
    const ALPHABET: &'static [Say] = &[
        Say::Register,
        Say::RegisterUnproved,
        Say::Bind,
        Say::BindUnproved,
        Say::BindElsewhere,
        Say::Again,
        Say::Restart,
    ];

    fn words(self) -> &'static str {
        match self {
            Say::Register => "a question about a registration",
            Say::RegisterUnproved => "a question about an unproved registration",
            Say::Bind => "a question about an update",
            Say::BindUnproved => "a question about an unproved update",
            Say::BindElsewhere => "a question about an update of an address not held",
            Say::Again => "the last question once more",
            Say::Restart => "a restart",
        }
    }

    fn claim(self) -> Option<&'static str> {
        match self {
            Say::Bind | Say::BindUnproved | Say::BindElsewhere => Some("binding"),
            Say::Again => Some("duplicates"),
            Say::Restart => Some("persistent"),
            Say::Register | Say::RegisterUnproved => None,
        }
    }

    fn is_crash(self) -> bool {
        self == Say::Restart
    }
}

/// The model's AAAH and what it has been asked.
#[derive(Clone)]
pub(super) struct Oracle {
    scene: Scene,
    ident: Option<Ident>,
    seq: Option<Seq>,
    last: Option<(Message, Does)>,
    /// Whether something was said since a restart: each takes its time.
    said: bool,
}

/// What the model's AAAH does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Does {
    rule: Option<Rule>,
    accepts: bool,
    /// Whether an answer is one that was given before.
    kept: bool,
}

impl tour::Oracle for Oracle {
    type Say = Say;
    type Place = (bool, bool, Option<(bool, bool)>);
    type Does = Does;

    fn new() -> Option<Oracle> {
        let scene = Scene::new(Scenario::IntegratedColocated, CareOf::Colocated, Kind::Entitled)?;
        Some(Oracle { scene, ident: None, seq: None, last: None, said: false })
    }

    /// What tells states apart: whether something is assigned, whether all answers are lost, and what
    /// was asked and answered last.
    fn place(&self) -> Self::Place {
        let is_binding = |message| matches!(message, Message::BindingAsk(..));
        let last = self.last.map(|(message, does)| (is_binding(message), does.accepts));
        (
            !self.scene.state.aaah.assigned.of(FhaId::One).is_empty(),
            self.scene.state.aaah.restarted,
            last,
        )
    }

    fn say(&mut self, say: Say) -> Option<Does> {
        if self.said {
            return None;
        }
        self.said = self.scene.state.aaah.restarted;
        let held = self.scene.state.aaah.assigned.of(FhaId::One).first();
        let message = match say {
            Say::Register | Say::RegisterUnproved => {
                self.ident = Some(Ident::after(self.ident)?);
                let intact = say == Say::Register;
                Message::RegistrationAsk(FhaId::One, self.ident?, Server::Aaah, intact)
            }
            Say::Bind | Say::BindUnproved | Say::BindElsewhere => {
                self.seq = Some(Seq::after(self.seq)?);
                let address = match say {
                    Say::BindElsewhere => held.map_or(Address::Two, Address::other),
                    _ => held?,
                };
                let care_of = CareOf6 { fha: FhaId::One, address };
                let intact = say != Say::BindUnproved;
                Message::BindingAsk(self.seq?, care_of, Server::Aaah, intact)
            }
            Say::Again => return self.again(),
            Say::Restart => {
                // One that has just assigned something has it to lose.
                if self.said
                    || !matches!(self.last?, (Message::RegistrationAsk(..), does) if does.accepts)
                {
                    return None;
                }
                return self.take(Action::AaahRestarts);
            }
        };
        if !self.scene.state.network.send(message) {
            return None;
        }
        let does = self.take(Action::Deliver(message))?;
        self.last = Some((message, does));
        Some(does)
    }

    fn rule(does: &Does) -> Option<Rule> {
        does.rule
    }
}

impl Oracle {
    fn again(&mut self) -> Option<Does> {
        let (message, before) = self.last?;
        let does = self.take(Action::Deliver(message))?;
        // The model repeats an answer by saying nothing.
        match does.rule {
            None => Some(Does { kept: true, ..before }),
            Some(_) => Some(does),
        }
    }

    fn take(&mut self, action: Action) -> Option<Does> {
        self.scene.state.mn.link = Some(Link::A);
        let step = self.scene.take(action)?;
        // What was said before may be said anew.
        let again = [Rule::AaahAssignsAgain, Rule::AaahAcceptsUpdate];
        let is_granted = |said: &Message| {
            matches!(
                said,
                Message::RegistrationAnswer(_, _, Authorisation::Granted(Some(_)))
                    | Message::BindingAnswer(_, true)
            )
        };
        let rule = step.rule();
        let accepts =
            rule.is_some_and(|rule| again.contains(&rule)) || step.said.iter().any(is_granted);
        Some(Does { rule, accepts, kept: false })
    }
}

/// The same in octets.
pub(super) struct Walk {
    user: User,
    last: Option<Last>,
    assigned: Option<Assigned>,
}

impl tour::Walk for Walk {
    type Oracle = Oracle;

    fn new(stage: &mut Stage<'_>) -> Result<Walk, Ending> {
        let user = mobile_user(stage)?;
        tell_key(stage, &user);
        Ok(Walk { user, last: None, assigned: None })
    }

    fn say(&mut self, stage: &mut Stage<'_>, say: Say, does: &Does) -> Outcome {
        match say {
            Say::Restart => stage.restart(),
            Say::Again => {
                let answer = once_more(stage, self.last.as_ref())?;
                if does.kept {
                    return is_same(&answer, self.last.as_ref());
                }
                self.judge(stage, &answer, does)
            }
            Say::Register | Say::RegisterUnproved => {
                let mut client = fha(stage)?;
                let mut question = Question::of(&self.user);
                if say == Say::RegisterUnproved {
                    question.key = b"another key 1234".to_vec();
                }
                let answer = question.ask(stage, &mut client)?;
                self.judge(stage, &answer, does)?;
                self.last = Some(Last { client, answer });
                Ok(())
            }
            Say::Bind | Say::BindUnproved | Say::BindElsewhere => {
                let mut client = ha(stage)?;
                let held = self.assigned.and_then(|(.., care_of)| care_of);
                let elsewhere = Ipv6Addr::new(0x2001, 0xdb8, 0xdead, 0, 0, 0, 0, 1);
                let care_of = if say == Say::BindElsewhere { Some(elsewhere) } else { held };
                let mut question = binding::Question::of(stage, &self.user, care_of);
                if say == Say::BindUnproved {
                    question.authenticator = Some([7; 20]);
                }
                let answer = question.ask(stage, &mut client)?;
                self.judge(stage, &answer, does)?;
                self.last = Some(Last { client, answer });
                Ok(())
            }
        }
    }
}

impl Walk {
    /// Accepts where the model does, and assigns the same again.
    fn judge(&mut self, stage: &Stage<'_>, answer: &Answer, does: &Does) -> Outcome {
        if !does.accepts {
            return answer.is(&[radius_code::ACCESS_REJECT]);
        }
        answer.is(&[radius_code::ACCESS_ACCEPT])?;
        let told = assigned(answer, stage.profile.vendor)?;
        if told.0.is_none() {
            // An Accept of leg C assigns nothing.
            return Ok(());
        }
        match self.assigned {
            Some(held) => ensure(told == held, format!("{held:?}"), || format!("{told:?}")),
            None => {
                self.assigned = Some(told);
                Ok(())
            }
        }
    }
}
