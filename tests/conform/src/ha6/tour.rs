//! Tours that the model makes: for every state that its home agent can be in, every message of the
//! alphabet, allowed there or not, replayed as octets.

use dsboot_model::{Address, CareOf6, FhaId, Leg, Message, Profile as User, Rule, Seq, Update};
use dsboot_spec::registry::radius::code as radius_code;
use dsboot_spec::{CareOf, Scenario};

use super::bu::{Bu, Part};
use super::{
    Allowed, Cases, Ending, Node, Outcome, SILENCE, Stage, fail, status, status_or_silence,
};
use crate::stage::Came;
use crate::tour::{self, Scene};

/// What can be said to a home agent about one mobile node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Say {
    /// A right update.
    Update,
    /// One from another care-of address.
    Moved,
    /// One altered on the way.
    Altered,
    /// The last one that was decided, octet for octet.
    Again,
    /// A right deregistration.
    Release,
    /// A deregistration altered on the way.
    ReleaseAltered,
    /// The AAAH accepts.
    Accept,
    /// The AAAH rejects.
    Reject,
}

impl tour::Say for Say {
    const ALPHABET: &'static [Say] = &[
        Say::Update,
        Say::Moved,
        Say::Altered,
        Say::Again,
        Say::Release,
        Say::ReleaseAltered,
        Say::Accept,
        Say::Reject,
    ];

    fn words(self) -> &'static str {
        match self {
            Say::Update => "an update",
            Say::Moved => "an update from elsewhere",
            Say::Altered => "an altered update",
            Say::Again => "an update once more",
            Say::Release => "a deregistration",
            Say::ReleaseAltered => "an altered deregistration",
            Say::Accept => "an Accept",
            Say::Reject => "a Reject",
        }
    }
}

/// The model's home agent and what has been said to it.
#[derive(Clone)]
struct Oracle {
    scene: Scene,
    last: Option<Seq>,
    decided: Option<Update>,
}

/// What the model's home agent does.
#[derive(Clone, Copy, Debug, Default)]
struct Does {
    asks: bool,
    rule: Option<Rule>,
}

impl tour::Oracle for Oracle {
    type Say = Say;
    type Place = (Option<bool>, bool, Option<(bool, bool)>);
    type Does = Does;

    fn new() -> Option<Oracle> {
        let scene = Scene::new(Scenario::IntegratedColocated, CareOf::Colocated, User::Entitled)?;
        Some(Oracle { scene, last: None, decided: None })
    }

    /// What tells states apart: what is bound, whether a number is remembered, and of what waits
    /// whether it is as it was made, and newer than that.
    fn place(&self) -> Self::Place {
        let ha = &self.scene.state.ha;
        let moved = ha.binding.map(|binding| binding.care_of.address == Address::Two);
        let waits = ha.pending.map(|own| (own.intact, ha.last.is_none_or(|last| own.seq > last)));
        (moved, ha.last.is_some(), waits)
    }

    /// Says something; `None` when it cannot be said here.
    fn say(&mut self, say: Say) -> Option<Does> {
        let message = match say {
            Say::Accept | Say::Reject => {
                let waits = self.scene.state.ha.pending?;
                // What was altered is not accepted.
                if say == Say::Accept && !waits.intact {
                    return None;
                }
                self.decided = Some(waits);
                Message::BindingAnswer(waits.seq, say == Say::Accept)
            }
            Say::Again => Message::Update(Leg::Plain, self.decided.filter(|own| own.intact)?),
            _ => {
                let seq = Seq::after(self.last)?;
                self.last = Some(seq);
                let address = if say == Say::Moved { Address::Two } else { Address::One };
                let intact = !matches!(say, Say::Altered | Say::ReleaseAltered);
                let release = matches!(say, Say::Release | Say::ReleaseAltered);
                let care_of = CareOf6 { fha: FhaId::One, address };
                Message::Update(Leg::Plain, Update { seq, care_of, release, intact })
            }
        };
        let step = self.scene.deliver_alone(message)?;
        let asks = step.said.iter().any(|said| matches!(said, Message::BindingAsk(..)));
        Some(Does { asks, rule: step.rule() })
    }

    fn rule(does: &Does) -> Option<Rule> {
        does.rule
    }
}

pub(super) fn add(cases: &mut Cases) {
    tour::add::<Walk>(
        cases,
        "bootstrap",
        "home-binding.2.1, home-binding.2.2, home-binding.3.2, home-binding.3.6",
    );
}

/// The same in octets.
struct Walk {
    node: Node,
    /// The question that waits, and the update that it is about.
    ask: Option<(Came, Bu)>,
    decided: Option<Bu>,
}

impl tour::Walk for Walk {
    type Oracle = Oracle;

    fn new(stage: &mut Stage<'_>) -> Result<Walk, Ending> {
        Ok(Walk { node: Node::new(stage)?, ask: None, decided: None })
    }

    fn say(&mut self, stage: &mut Stage<'_>, say: Say, does: &Does) -> Outcome {
        match say {
            Say::Accept | Say::Reject => return self.decide(stage, say, does),
            Say::Again => {
                let Some(update) = self.decided.clone() else {
                    return Err(Ending::Inconclusive("nothing was decided".to_owned()));
                };
                self.node.send(stage, &update.packet())?;
                return self.asks(stage, does, update);
            }
            _ => {}
        }
        let from = if say == Say::Moved { self.node.other_care_of } else { self.node.care_of };
        let mut update = self.node.update_from(stage, from);
        if matches!(say, Say::Release | Say::ReleaseAltered) {
            update.lifetime = 0;
        }
        if matches!(say, Say::Altered | Say::ReleaseAltered) {
            for part in &mut update.parts {
                if let Part::Aaa { flip, .. } = part {
                    *flip = Some(4);
                }
            }
        }
        self.node.send(stage, &update.packet())?;
        self.asks(stage, does, update)
    }
}

impl Walk {
    /// Whether there is a question where the model has one; nothing else comes of an update.
    fn asks(&mut self, stage: &mut Stage<'_>, does: &Does, update: Bu) -> Outcome {
        if does.asks {
            let Some(ask) = self.node.asked(stage, stage.patience()) else {
                return fail("an Access-Request", "none");
            };
            self.ask = Some((ask, update));
        } else if self.node.asked(stage, stage.silence()).is_some() {
            return fail("no Access-Request", "one");
        }
        self.node.judge(stage, SILENCE).map(|_| ())
    }

    fn decide(&mut self, stage: &mut Stage<'_>, say: Say, does: &Does) -> Outcome {
        let Some((ask, update)) = self.ask.take() else {
            return Err(Ending::Inconclusive("no question waits".to_owned()));
        };
        if say == Say::Reject {
            self.node.bare(stage, &ask, radius_code::ACCESS_REJECT)?;
        } else {
            let grant = self.node.grant(stage, &ask);
            self.node.accept(stage, &ask, &grant)?;
        }
        // The model has no refusals that its mobile node does not wait for, but the rule.
        let allowed: Allowed = match does.rule {
            Some(Rule::HaBinds | Rule::HaBindsAgain | Rule::HaReleases) => status(&[0, 1]),
            // The home agent may say that it was refused.
            Some(Rule::HaRefuses) => status_or_silence(&[146]),
            Some(Rule::HaRefusesStale) => status(&[135, 144]),
            _ => SILENCE,
        };
        self.node.judge(stage, allowed)?;
        self.decided = Some(update);
        Ok(())
    }
}
