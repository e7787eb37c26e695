//! The protocol's model as something that the engine walks through.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::parts::{self, Ids, Next, Parts, Said};
use super::store::Origin;
use super::{Done, Failure, Judgement, Memory, Name, Notes, Place, Plan, Space, run};
use crate::explore::{Exploration, Fingerprint, Prehashed, Progress, of_has};
use crate::properties::{Kind, PROMISES, Verdict, as_delivery};
use crate::{Action, Bootstrap, Config, Guard, Rule, Rules, State, System};

/// What came up on the way.
#[derive(Debug, Default)]
pub struct Coverage {
    /// The rules that were applied.
    pub rules: Rules,
    /// The promises whose premise was met, each a bit.
    pub premises: u64,
    /// The steps that the HA sees, each with the first one that was found, as [`Origin`] writes it.
    pub(crate) views: HashMap<Fingerprint, u64, Prehashed>,
    /// The promises that the setup has, each a bit, once that was asked.
    asked: Option<u64>,
    /// Steps that were noted not long ago: half of a fingerprint, at a place told by the other half.
    recent: Vec<u64>,
}

/// How many steps that the HA sees are remembered as noted; a power of two.
const RECENT: usize = 1 << 14;

impl Coverage {
    /// The promises that the setup has, each a bit.
    pub(super) fn asked(&mut self, config: &Config) -> u64 {
        *self.asked.get_or_insert_with(|| {
            let applies = PROMISES.iter().zip(0_u32..);
            applies.fold(0, |all, (promise, bit)| all | u64::from(promise.applies(config)) << bit)
        })
    }

    /// Notes which premises a step of a mobile node meets that none has met so far.
    pub(super) fn step(&mut self, config: &Config, before: &State, action: Action, after: &State) {
        let unmet = self.asked(config) & !self.premises;
        if unmet & OF_STEPS == 0 {
            return;
        }
        let action = as_delivery(action);
        for (promise, bit) in PROMISES.iter().zip(0_u32..) {
            if let (Kind::Step(judge), 1) = (promise.kind, unmet >> bit & 1) {
                let met = judge(config, before, action, after) != Verdict::Vacuous;
                self.premises |= u64::from(met) << bit;
            }
        }
    }

    /// Notes a step that the HA sees.
    pub(super) fn view(&mut self, (before, after): (Fingerprint, Fingerprint), place: Place) {
        if before == after {
            return;
        }
        let step = before.and(after);
        self.recent.resize(RECENT, 0);
        let (half, place_of) = step.halves();
        let slot = self.recent.get_mut(super::size(place_of) % RECENT);
        if slot.map(|slot| std::mem::replace(slot, half)) != Some(half) {
            self.views.entry(step).or_insert_with(|| Origin::Step(place).word());
        }
    }
}

/// The promises about steps, each a bit.
const OF_STEPS: u64 = {
    let (mut bits, mut number) = (0, 0);
    while number < PROMISES.len() {
        #[expect(clippy::indexing_slicing, reason = "no further than there are promises")]
        if matches!(PROMISES[number].kind, Kind::Step(_)) {
            bits |= 1 << number;
        }
        number += 1;
    }
    bits
};

const _: () = assert!(PROMISES.len() <= super::walk::PROMISES);

impl Notes for Coverage {
    fn merge(&mut self, other: Coverage) {
        self.rules.merge(other.rules);
        self.premises |= other.premises;
        for (view, step) in other.views {
            self.views.entry(view).and_modify(|known| *known = step.min(*known)).or_insert(step);
        }
    }

    fn to_words(&self) -> Vec<u64> {
        let mut words = Vec::with_capacity(3 + 3 * self.views.len());
        words.extend(self.rules.to_words());
        words.push(self.premises);
        for (view, step) in &self.views {
            let (upper, lower) = view.halves();
            words.extend([upper, lower, *step]);
        }
        words
    }

    fn of_words(words: &[u64]) -> Option<Coverage> {
        let [a, b, premises, views @ ..] = words else { return None };
        let views = views
            .as_chunks()
            .0
            .iter()
            .map(|[upper, lower, step]| (Fingerprint::of_halves(*upper, *lower), *step));
        Some(Coverage {
            rules: Rules::of_words([*a, *b]),
            premises: *premises,
            views: views.collect(),
            ..Coverage::default()
        })
    }
}

/// What a worker knows of one mobile node's states.
#[derive(Debug, Default)]
pub struct Known {
    parts: Parts,
    next: Vec<Next>,
    /// States whose steps were taken.
    taken: u64,
}

impl Memory for Known {
    fn tell(&mut self, to: usize, state: &[u64], words: &mut Vec<u64>) -> Done {
        self.parts.tell(to, &parts::unpack(state)?, words);
        Ok(())
    }

    fn hear(&mut self, from: usize, mut words: &[u64], state: &mut Vec<u64>) -> Done {
        let ids = self.parts.hear(from, &mut words)?;
        state.extend(parts::pack(&ids, 0));
        Ok(())
    }

    fn to_words(&self) -> Vec<u64> {
        self.parts.to_words()
    }

    fn of_words(words: &[u64]) -> Option<Known> {
        Some(Known { parts: Parts::of_words(words)?, ..Known::default() })
    }
}

impl Space for Bootstrap {
    type Notes = Coverage;
    type Memory = Known;

    const GOALS: usize = 4;
    const IN_ORDER: bool = true;

    fn name(&self) -> String {
        name(self)
    }

    fn starts(&self, memory: &mut Known, mut visit: impl FnMut(Name, &[u64])) -> Done {
        for state in stateright::Model::init_states(self) {
            let ids = memory.parts.ids(&state)?;
            visit(memory.parts.name(&ids)?, &parts::pack(&ids, 0));
        }
        Ok(())
    }

    fn steps(
        &self,
        memory: &mut Known,
        (words, place): (&[u64], Place),
        notes: &mut Coverage,
        mut visit: impl FnMut(Name, &[u64]),
    ) -> Done {
        let Known { parts, next, taken } = memory;
        let ids = parts::unpack(words)?;
        let own = parts.fingerprint(&ids)?;
        next.clear();
        parts.steps((self, false), (&ids, own, parts::same(words)), notes, next)?;
        let mut view = None;
        for next in next.iter().filter(|next| next.fingerprint != own) {
            let name = Name { fingerprint: next.fingerprint, home: parts.home(&next.ids)? };
            visit(name, &parts::pack(&next.ids, next.same));
            if next.seen {
                let before = match view {
                    Some(view) => view,
                    None => parts.view(&ids)?,
                };
                view = Some(before);
                notes.view((before, parts.view(&next.ids)?), place);
            }
        }
        *taken += 1;
        match *taken % CHECK {
            1 => check(self, parts, &ids, next),
            _ => Ok(()),
        }
    }

    fn judge(
        &self,
        memory: &mut Known,
        words: &[u64],
        notes: &mut Coverage,
    ) -> Result<Judgement, Failure> {
        let ids = parts::unpack(words)?;
        let asked = notes.asked(&self.config);
        let same = parts::same(words);
        let said = memory.parts.said(&self.config, (&ids, same), asked)?;
        let judgement = of_said(&self.config, asked, &said, notes);
        if memory.taken.is_multiple_of(CHECK) {
            let said = memory.parts.said(&self.config, (&ids, 0), asked)?;
            let judgement = of_said(&self.config, asked, &said, notes);
            let plain = judge(self, &memory.parts.state(&ids)?, &mut Coverage::default());
            if plain != judgement {
                return Err(Failure::Internal("what is said of a state is not what it is"));
            }
        }
        Ok(judgement)
    }

    fn judge_end(
        &self,
        memory: &mut Known,
        words: &[u64],
        notes: &mut Coverage,
    ) -> Result<u64, Failure> {
        Ok(judge_end(self, &memory.parts.state(&parts::unpack(words)?)?, notes))
    }

    fn promise_of_goal(&self, goal: usize) -> Option<usize> {
        promise_of_goal(&self.config, goal)
    }
}

/// One of so many states is looked into twice.
pub(super) const CHECK: u64 = 1000;

/// Takes the steps once more as the model takes them: whether they are the same.
fn check(model: &Bootstrap, parts: &Parts, ids: &Ids, next: &[Next]) -> Done {
    let state = parts.state(ids)?;
    let mut plain = Vec::new();
    model.for_each_step(&state, |_, step| {
        if step.state != state {
            plain.push(parts::fingerprint(&step.state));
        }
    });
    let own = parts::fingerprint(&state);
    let next = next.iter().map(|next| next.fingerprint).filter(|next| *next != own);
    let mut found: Vec<Fingerprint> = next.collect();
    plain.sort_unstable();
    found.sort_unstable();
    let same = plain == found;
    same.then_some(()).ok_or(Failure::Internal("the steps that were found are not all steps"))
}

fn of_said(config: &Config, asked: u64, said: &Said, notes: &mut Coverage) -> Judgement {
    let mut judgement = Judgement { broken: said.broken, marks: 0 };
    notes.premises |= said.premises;
    let mut goals = said.goals.into_iter();
    let mut number = 0;
    for (promise, bit) in PROMISES.iter().zip(0_u32..).filter(|(p, _)| p.kind.has_goal()) {
        let goal = goals.next().filter(|_| asked >> bit & 1 == 1);
        let (from, goal) = match goal {
            Some(goal) => promise.of_each(config, core::iter::once(goal)),
            None => (false, false),
        };
        if matches!(promise.kind, Kind::Possible { .. }) {
            judgement.marks |= (u8::from(from) | u8::from(goal) << 1) << (2 * number);
            number += 1;
        }
        notes.premises |= u64::from(from) << bit;
    }
    judgement
}

/// Names whatever changes the state space, as far as names tell.
pub(super) fn name<M: System>(model: &M) -> String {
    let rules: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    let guards: Vec<&str> = Guard::ALL.iter().map(|guard| guard.name()).collect();
    let promises: Vec<&str> = PROMISES.iter().map(|promise| promise.says).collect();
    let content = Fingerprint::of(&(rules, guards, promises, size_of::<M::State>())).halves().1;
    let version = format!("dsboot {} with rules {content:016x}", env!("CARGO_PKG_VERSION"));
    format!("{version}\n{}", model.options().join("\n"))
}

/// Every step from a state, with what came up on it.
pub(super) fn each<M: System>(
    model: &M,
    state: &M::State,
    place: Place,
    notes: &mut Coverage,
    mut visit: impl FnMut(&M::State),
) {
    let mut view = None;
    model.for_each_step(state, |action, step| {
        notes.rules.merge(step.rules);
        let (mobile, action) = M::parts(action);
        let then = if step.exchanged { 1 - mobile } else { mobile };
        let of = |state, mobile: usize| M::mobiles(state).get(mobile);
        if let (Some(before), Some(after)) = (of(state, mobile), of(&step.state, then)) {
            notes.step(model.config(), before, action, after);
        }
        if step.state != *state {
            visit(&step.state);
            let before = *view.get_or_insert_with(|| of_has::<M>(state));
            notes.view((before, of_has::<M>(&step.state)), place);
        }
    });
}

fn judge<M: System>(model: &M, state: &M::State, notes: &mut Coverage) -> Judgement {
    let (config, mobiles) = (model.config(), M::mobiles(state));
    let asked = notes.asked(config);
    let mut judgement = Judgement::default();
    let mut goals = 0;
    for (promise, bit) in PROMISES.iter().zip(0_u32..) {
        let applies = asked >> bit & 1 == 1;
        let met = match promise.kind {
            Kind::State(_) | Kind::Together(_) if applies => {
                let verdict = promise.of_state(config, mobiles);
                judgement.broken |= u64::from(verdict == Verdict::Broken) << bit;
                verdict != Verdict::Vacuous
            }
            Kind::Possible { .. } => {
                let (from, goal) = match applies {
                    true => promise.of_possibility(config, mobiles),
                    false => (false, false),
                };
                judgement.marks |= (u8::from(from) | u8::from(goal) << 1) << (2 * goals);
                goals += 1;
                from
            }
            Kind::Eventually { .. } if applies => promise.of_possibility(config, mobiles).0,
            _ => false,
        };
        notes.premises |= u64::from(met) << bit;
    }
    mobiles.iter().for_each(|state| judgement.broken |= state.history.broken);
    judgement
}

pub(super) fn judge_end<M: System>(model: &M, state: &M::State, notes: &mut Coverage) -> u64 {
    let asked = notes.asked(model.config());
    let mut broken = 0;
    for (promise, bit) in PROMISES.iter().zip(0_u32..) {
        if let (Kind::End(is_end), 1) = (promise.kind, asked >> bit & 1) {
            notes.premises |= 1 << bit;
            broken |= u64::from(!M::mobiles(state).iter().all(is_end)) << bit;
        }
    }
    broken
}

pub(super) fn promise_of_goal(config: &Config, goal: usize) -> Option<usize> {
    let promises = PROMISES.iter().enumerate();
    let mut goals = promises.filter(|(_, p)| matches!(p.kind, Kind::Possible { .. }));
    let (number, promise) = goals.nth(goal)?;
    promise.applies(config).then_some(number)
}

/// [`explore`](crate::explore::explore) by this engine: the same counts, the same verdicts and runs
/// of the same length.
///
/// # Errors
///
/// If there is no result: see [`Failure`].
pub fn explore<M: System>(
    model: M,
    plan: &Plan,
    watch: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Exploration<M>, Failure> {
    Ok(Exploration::of(model, run(&model, plan, watch)?))
}
