//! Tours that the model makes: for every state that its mobile node can be in after it has attached,
//! every answer of an alphabet, awaited there or not, replayed as octets; and what it does by itself
//! when no answer comes.

use dsboot_model::{
    Ack as ModelAck, Action, Address, Admission as ModelAdmission, Code as ModelCode, FhaId, Form,
    Hop, Leg, Link, Message, Mn, Parameters, Profile as User, Reply, Request, Rule, Update,
};
use dsboot_spec::registry::mip4::code;
use dsboot_spec::registry::mip6::status;
use dsboot_spec::{CareOf, Scenario};

use super::ack::{is_bound, is_unbound};
use super::fha::{Asked, Grant};
use super::ha::Bu;
use super::paa::Admission;
use super::world::{Said, World};
use super::{Cases, Ending, Outcome, Stage, ensure, fail, first, missing, update};
use crate::fha::rrq::Tweak;
use crate::tour::{self, Scene};

/// What can be said to a mobile node, and what can fail to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Say {
    /// Access, with an FHA.
    Admit,
    /// Access alone.
    AdmitOnly,
    /// No access.
    Refuse,
    /// A reply that accepts.
    Accept,
    /// One that lacks IPv6 parameters.
    AcceptPartly,
    /// One that accepts and is not proved.
    AcceptForged,
    /// One that accepts another request.
    AcceptOther,
    /// 133.
    Stale,
    /// 131.
    Unproved,
    /// 130.
    Deny,
    /// 130, not proved.
    DenyForged,
    /// No reply to the request.
    Silence,
    /// An acknowledgement that accepts.
    Ack,
    /// The same, altered on the way.
    AckForged,
    /// One to another update.
    AckOther,
    /// One that refuses.
    AckRefused,
    /// No acknowledgement.
    AckSilence,
}

impl tour::Say for Say {
    const ALPHABET: &'static [Say] = &[
        Say::Admit,
        Say::AdmitOnly,
        Say::Refuse,
        Say::Accept,
        Say::AcceptPartly,
        Say::AcceptForged,
        Say::AcceptOther,
        Say::Stale,
        Say::Unproved,
        Say::Deny,
        Say::DenyForged,
        Say::Silence,
        Say::Ack,
        Say::AckForged,
        Say::AckOther,
        Say::AckRefused,
        Say::AckSilence,
    ];

    fn words(self) -> &'static str {
        match self {
            Say::Admit => "access with an FHA",
            Say::AdmitOnly => "access without FHA",
            Say::Refuse => "a refusal of access",
            Say::Accept => "a reply that accepts",
            Say::AcceptPartly => "a reply that accepts without IPv6 parameters",
            Say::AcceptForged => "a reply that accepts under another key",
            Say::AcceptOther => "a reply that accepts another request",
            Say::Stale => "a 133",
            Say::Unproved => "a 131",
            Say::Deny => "a 130",
            Say::DenyForged => "a 130 under another key",
            Say::Silence => "no reply",
            Say::Ack => "an acknowledgement",
            Say::AckForged => "an altered acknowledgement",
            Say::AckOther => "an acknowledgement of another update",
            Say::AckRefused => "an acknowledgement that refuses",
            Say::AckSilence => "no acknowledgement",
        }
    }
}

/// The model's mobile node, and what it has sent last.
#[derive(Clone)]
struct Oracle {
    scene: Scene,
    request: Option<Request>,
    update: Option<Update>,
}

/// What the model's mobile node does, and how it is then.
#[derive(Clone, Copy, Debug)]
struct Does {
    rule: Option<Rule>,
    requests: bool,
    updates: bool,
    mn: Mn,
}

impl tour::Oracle for Oracle {
    type Say = Say;
    type Place = (bool, bool, Option<bool>, Option<bool>, bool);
    type Does = Does;

    fn new() -> Option<Oracle> {
        let scene = Scene::new(Scenario::IntegratedColocated, CareOf::Colocated, User::Entitled)?;
        let mut oracle = Oracle { scene, request: None, update: None };
        oracle.take(Action::Attach(Link::A))?;
        Some(oracle)
    }

    /// What tells states apart: what waits, and what is held.
    fn place(&self) -> Self::Place {
        let mn = &self.scene.state.mn;
        let held = mn.registration.map(|held| held.parameters.ipv6);
        let asking = mn.request.map(|request| request.form == Form::First);
        let may_ask = mn.access == dsboot_model::Access::Asking;
        (may_ask, mn.binding.is_some(), held, asking, mn.update.is_some())
    }

    /// Says something; `None` when it cannot be said here.
    fn say(&mut self, say: Say) -> Option<Does> {
        match say {
            Say::Admit | Say::AdmitOnly | Say::Refuse => {
                let is_asking = self.scene.state.mn.access == dsboot_model::Access::Asking;
                let session = self.scene.state.mn.session.filter(|_| is_asking)?;
                let admission = match say {
                    Say::Admit => ModelAdmission::Granted(Some(FhaId::One)),
                    Say::AdmitOnly => ModelAdmission::Granted(None),
                    _ => ModelAdmission::Refused,
                };
                self.hear(Message::AccessReply(session, Link::A, admission))
            }
            Say::Silence => {
                self.scene.state.mn.request?;
                self.take(Action::Repeat)
            }
            Say::AckSilence => {
                self.scene.state.mn.update?;
                self.take(Action::RepeatUpdate)
            }
            Say::Ack | Say::AckForged | Say::AckOther | Say::AckRefused => self.acknowledge(say),
            _ => self.reply(say),
        }
    }

    fn rule(does: &Does) -> Option<Rule> {
        does.rule
    }
}

impl Oracle {
    fn reply(&mut self, say: Say) -> Option<Does> {
        let request = self.request?;
        let key = match request.form {
            Form::First => request.ident,
            Form::Again(key) => key,
        };
        let parameters = Parameters { address: Address::One, ipv6: say != Say::AcceptPartly };
        let (code, parameters) = match say {
            Say::Stale => (ModelCode::Stale, None),
            Say::Unproved => (ModelCode::Unproved, None),
            Say::Deny | Say::DenyForged => (ModelCode::NoAddress, None),
            _ => (ModelCode::Accepted, Some(parameters)),
        };
        let is_forged = matches!(say, Say::AcceptForged | Say::DenyForged);
        let other = dsboot_model::Ident::after(Some(request.ident))?;
        let ident = if say == Say::AcceptOther { other } else { request.ident };
        let does = self.hear(Message::Reply(
            Hop::Direct,
            Reply {
                ident,
                fha: FhaId::One,
                link: Link::A,
                code,
                parameters,
                key: (!is_forged).then_some(key),
            },
        ))?;
        // To whom asks for nothing every reply is an old one.
        Some(Does { rule: does.rule.or(Some(Rule::MnDropsOldReply)), ..does })
    }

    fn acknowledge(&mut self, say: Say) -> Option<Does> {
        let update = self.update?;
        let held = self.scene.state.mn.registration.filter(|held| held.parameters.ipv6)?;
        let other = dsboot_model::Seq::after(Some(update.seq))?;
        let seq = if say == Say::AckOther { other } else { update.seq };
        let ack = ModelAck {
            seq,
            care_of: update.care_of,
            accepted: say != Say::AckRefused,
            intact: say != Say::AckForged,
        };
        let does = self.hear(Message::Ack(Leg::Tunnel(held.care_of), ack))?;
        Some(Does { rule: does.rule.or(Some(Rule::MnDropsOldAck)), ..does })
    }

    fn hear(&mut self, message: Message) -> Option<Does> {
        let mn = self.scene.state.mn;
        let step = self.scene.deliver_alone(message);
        // The model does not deliver what nothing comes of.
        Some(step.map_or(Does { rule: None, requests: false, updates: false, mn }, |step| {
            self.does(&step)
        }))
    }

    fn take(&mut self, action: Action) -> Option<Does> {
        self.scene.take(action).map(|step| self.does(&step))
    }

    fn does(&mut self, step: &tour::Step) -> Does {
        let mn = self.scene.state.mn;
        self.request = mn.request.or(self.request);
        self.update = mn.update.or(self.update);
        let requests = step.said.iter().any(|said| matches!(said, Message::Request(..)));
        let updates = step.said.iter().any(|said| matches!(said, Message::Update(..)));
        Does { rule: step.rule(), requests, updates, mn }
    }
}

pub(super) fn add(cases: &mut Cases) {
    tour::add::<Walk>(
        cases,
        "bootstrap",
        "registration.3.1, registration.10.1, registration.10.2, registration.10.5, home-binding.4.3",
    );
}

/// The same in octets.
struct Walk {
    world: World,
    asked: Option<Asked>,
    update: Option<Bu>,
}

impl tour::Walk for Walk {
    type Oracle = Oracle;

    fn new(stage: &mut Stage<'_>) -> Result<Walk, Ending> {
        if !stage.profile.claims("ipv6") {
            return Err(Ending::Skip("not claimed: ipv6".to_owned()));
        }
        Ok(Walk { world: World::new(stage)?, asked: None, update: None })
    }

    fn say(&mut self, stage: &mut Stage<'_>, say: Say, does: &Does) -> Outcome {
        self.take_newer(stage);
        match say {
            Say::Admit => {
                let admission = Admission::colocated(&self.world);
                self.world.admit(stage, &admission)?;
            }
            Say::AdmitOnly => {
                let admission = Admission { fha: None, ..Admission::colocated(&self.world) };
                self.world.admit(stage, &admission)?;
            }
            Say::Refuse => self.world.admit(stage, &Admission::refusal())?,
            Say::Silence => self.asked = Some(first::repeated(stage, &mut self.world)?),
            Say::AckSilence => self.update = Some(update::repeated(stage, &mut self.world)?),
            Say::Ack | Say::AckForged | Say::AckOther | Say::AckRefused => {
                self.acknowledge(stage, say)?;
            }
            _ => self.reply(stage, say, does)?,
        }
        let is_timer = matches!(say, Say::Silence | Say::AckSilence);
        self.judge(stage, does, is_timer)
    }
}

impl Walk {
    /// What has been sent again meanwhile is what is to be answered.
    fn take_newer(&mut self, stage: &mut Stage<'_>) {
        let short = std::time::Duration::from_millis(1);
        for said in self.world.hear_all(stage, short) {
            self.keep(said);
        }
    }

    fn keep(&mut self, said: Said) {
        match said {
            Said::Request(asked) => self.asked = Some(asked),
            Said::Tunnelled(tunnelled) => {
                if let Some(update) = Bu::read(&tunnelled) {
                    self.update = Some(update);
                }
            }
            _ => {}
        }
    }

    fn reply(&mut self, stage: &mut Stage<'_>, say: Say, does: &Does) -> Outcome {
        let Some(asked) = self.asked.clone() else { return missing("a request") };
        let mut grant: Grant = self.world.grant(stage);
        match say {
            Say::AcceptPartly => grant.agent6 = None,
            Say::Stale => grant.code = code::IDENTIFICATION_MISMATCH,
            Say::Unproved => grant.code = code::HA_MN_AUTHENTICATION,
            Say::Deny | Say::DenyForged => grant.code = code::HA_RESOURCES,
            _ => {}
        }
        let mut reply = self.world.rrp(stage, &asked, &grant)?;
        match say {
            Say::AcceptForged | Say::DenyForged => {
                reply.tweak(|_, tweak| *tweak = Tweak::Flip(5));
            }
            Say::AcceptOther => reply.header.identification.0 ^= 0x10,
            _ => {}
        }
        if matches!(
            does.rule,
            Some(Rule::MnIsRegistered | Rule::MnIsRegisteredAgain | Rule::MnIsIncomplete)
        ) {
            self.world.learn(&asked, &grant)?;
        }
        self.world.respond(stage, &asked, &reply.octets())
    }

    fn acknowledge(&mut self, stage: &mut Stage<'_>, say: Say) -> Outcome {
        let Some(update) = self.update.clone() else { return missing("an update") };
        let mut ack = self.world.ack(stage, &update);
        match say {
            Say::AckForged => ack.flip = Some((47, 1)),
            Say::AckOther => ack.sequence = ack.sequence.wrapping_add(1),
            Say::AckRefused => ack.status = status::ADMINISTRATIVELY_PROHIBITED,
            _ => {}
        }
        self.world.acknowledge(stage, &ack)
    }

    /// Whether the target does what the model does, and is then as the model is.
    fn judge(&mut self, stage: &mut Stage<'_>, does: &Does, is_timer: bool) -> Outcome {
        if does.requests && !is_timer {
            self.asked = Some(self.world.request(stage)?);
        }
        if does.updates && !is_timer {
            self.update = Some(self.world.update(stage)?);
        }
        let has_tunnel = does.mn.registration.is_some_and(|held| held.parameters.ipv6);
        let mut time = stage.silence();
        match (has_tunnel, does.mn.binding) {
            (true, Some(_)) => is_bound(stage, &mut self.world)?,
            (true, None) => {
                is_unbound(stage, &mut self.world)?;
                time = std::time::Duration::from_millis(1);
            }
            (false, _) => {}
        }
        if does.requests || does.updates {
            return Ok(());
        }
        // What waits may be sent again at any time.
        for said in self.world.hear_all(stage, time) {
            let is_request = matches!(said, Said::Request(_));
            ensure(!is_request || does.mn.request.is_some(), "no registration request", || {
                "one".to_owned()
            })?;
            if let Said::Tunnelled(tunnelled) = &said
                && Bu::read(tunnelled).is_some()
                && does.mn.update.is_none()
            {
                return fail("no binding update", "one");
            }
            self.keep(said);
        }
        Ok(())
    }
}
