//! Tours that the model makes of a role: for every state that it can be in, every message of an
//! alphabet, allowed there or not, replayed as octets. What must come of each is asked of the model
//! while the case runs.

use std::collections::{BTreeSet, VecDeque};

use dsboot_model::{Action, Bootstrap, Config, Message, Network, Profile, Rule, Rules, State};
use dsboot_spec::{CareOf, Scenario, Setup};

use super::Stage;
use super::case::{Cases, Ending, Outcome};

/// Something that can be said to a role about one mobile node.
pub(super) trait Say: Copy + Ord + Send + Sync + 'static {
    /// All that can be.
    const ALPHABET: &'static [Self];

    /// In words.
    fn words(self) -> &'static str;

    /// What a target must claim to be told it, beside what it must claim for the whole tour.
    fn claim(self) -> Option<&'static str> {
        None
    }

    /// Whether it is a crash of the target, which no other case may see.
    fn is_crash(self) -> bool {
        false
    }
}

/// The model with one mobile node, and where it is: what an oracle asks.
#[derive(Clone)]
pub(super) struct Scene {
    pub(super) model: Bootstrap,
    pub(super) state: State,
}

/// A step of it.
pub(super) struct Step {
    /// The rules that were taken.
    pub(super) rules: Rules,
    /// What has been said that had not been said before.
    pub(super) said: Vec<Message>,
}

impl Step {
    /// The rule that was taken, the first where there are several.
    pub(super) fn rule(&self) -> Option<Rule> {
        first_of(self.rules)
    }
}

/// The first of some rules.
pub(super) fn first_of(rules: Rules) -> Option<Rule> {
    Rule::ALL.iter().copied().find(|rule| rules.contains(*rule))
}

/// How many events there may be: more than a tour has.
const EVENTS: u8 = 20;

impl Scene {
    /// The beginning, with a user of this kind.
    pub(super) fn new(scenario: Scenario, care_of: CareOf, user: Profile) -> Option<Scene> {
        let model = Bootstrap::new(Config::new(Setup::new(scenario, care_of)?, EVENTS));
        let state = model.starting(user)?;
        Some(Scene { model, state })
    }

    /// Goes on; `None` where the model cannot.
    pub(super) fn take(&mut self, action: Action) -> Option<Step> {
        self.state.environment.events = EVENTS;
        let step = self.model.step(&self.state, action)?;
        let said = step.state.network.since(&self.state.network).collect();
        self.state = step.state;
        Some(Step { rules: step.rules, said })
    }

    /// Has a message arrive, which is said now if it was not said before.
    pub(super) fn deliver(&mut self, message: Message) -> Option<Step> {
        if !self.state.network.send(message) {
            return None;
        }
        self.take(Action::Deliver(message))
    }

    /// Has a message arrive that nobody else says anything beside.
    pub(super) fn deliver_alone(&mut self, message: Message) -> Option<Step> {
        self.state.network = Network::EMPTY;
        self.deliver(message)
    }
}

/// The model's role, and what has been said to it.
pub(super) trait Oracle: Clone {
    /// What can be said.
    type Say: Say;
    /// What tells states apart.
    type Place: Ord;
    /// What the role does.
    type Does;

    /// One that nothing has been said to.
    fn new() -> Option<Self>;

    fn place(&self) -> Self::Place;

    /// Says something; `None` when it cannot be said here.
    fn say(&mut self, say: Self::Say) -> Option<Self::Does>;

    /// The rule that the role goes by, if it goes by one.
    fn rule(does: &Self::Does) -> Option<Rule>;

    /// Whether there is a case where the role goes by no rule, and does nothing.
    const IDLE: bool = false;
}

/// The same in octets.
pub(super) trait Walk: Sized + 'static {
    /// The model's.
    type Oracle: Oracle;

    /// One that has sent nothing.
    fn new(stage: &mut Stage<'_>) -> Result<Self, Ending>;

    /// Says something to the target, and judges what it does by what the model's role does.
    fn say(&mut self, stage: &mut Stage<'_>, say: SayOf<Self>, does: &DoesOf<Self>) -> Outcome;
}

type SayOf<W> = <<W as Walk>::Oracle as Oracle>::Say;
type DoesOf<W> = <<W as Walk>::Oracle as Oracle>::Does;

/// Adds a case for each state and message, for targets that claim that.
pub(super) fn add<W: Walk>(cases: &mut Cases, claim: &'static str, clauses: &'static str) {
    for (way, say, rule) in tours::<W::Oracle>() {
        let path: Vec<&str> = way.iter().map(|say| say.words()).collect();
        let after = if path.is_empty() {
            "at the beginning".to_owned()
        } else {
            format!("after {}", path.join(", then "))
        };
        let outcome = rule.map_or("nothing", Rule::name);
        let all: Vec<_> = way.iter().copied().chain([say]).collect();
        let case = cases
            .add(
                "tour",
                format!("{after}: {} has the outcome that the model has ({outcome})", say.words()),
                clauses,
                move |stage| walk::<W>(stage, &way, say),
            )
            .claims(claim);
        for claim in all.iter().filter_map(|say| say.claim()).collect::<BTreeSet<_>>() {
            case.claims(claim);
        }
        if all.iter().any(|say| say.is_crash()) {
            case.alone();
        }
        if let Some(rule) = rule {
            case.rule(rule);
        }
    }
}

/// A way to a state, a message there, and the rule that the model goes by.
type Tour<S> = (Vec<S>, S, Option<Rule>);

/// The shortest way to each state that can be told apart, then every message of the alphabet.
fn tours<O: Oracle>() -> Vec<Tour<O::Say>> {
    let Some(start) = O::new() else { return Vec::new() };
    let mut places = BTreeSet::from([start.place()]);
    let mut frontier = VecDeque::from([(start, Vec::new())]);
    let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
    while let Some((oracle, way)) = frontier.pop_front() {
        for say in O::Say::ALPHABET.iter().copied() {
            let mut next = oracle.clone();
            let Some(rule) = next.say(say).map(|does| O::rule(&does)) else { continue };
            if rule.is_none() && !O::IDLE {
                continue;
            }
            if seen.insert((oracle.place(), say)) {
                all.push((way.clone(), say, rule));
            }
            if places.insert(next.place()) {
                frontier.push_back((next, way.iter().copied().chain([say]).collect()));
            }
        }
    }
    all
}

fn walk<W: Walk>(stage: &mut Stage<'_>, way: &[SayOf<W>], say: SayOf<W>) -> Outcome {
    let lost = |what: &str| Err(Ending::Inconclusive(what.to_owned()));
    let Some(mut oracle) = W::Oracle::new() else { return lost("the model has no such setup") };
    let mut walk = W::new(stage)?;
    for (at, say) in way.iter().chain([&say]).enumerate() {
        let Some(does) = oracle.say(*say) else { return lost("the model cannot go this way") };
        match walk.say(stage, *say, &does) {
            Err(Ending::Fail { expected, seen }) if at < way.len() => {
                return lost(&format!("{}: {expected}; seen: {seen}", say.words()));
            }
            other => other?,
        }
    }
    Ok(())
}
