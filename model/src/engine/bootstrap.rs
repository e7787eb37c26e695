//! The protocol's model as something that the engine walks through.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::store::Origin;
use super::{Failure, Judgement, Notes, Place, Plan, Space, run};
use crate::explore::{Exploration, Fingerprint, Prehashed, Progress, of_has};
use crate::properties::{Kind, PROMISES, Promise, Verdict, as_delivery};
use crate::{Config, Guard, Rule, Rules, Step, System, pack};

/// What came up on the way.
#[derive(Debug, Default)]
pub struct Coverage {
    /// The rules that were applied.
    pub rules: Rules,
    /// The promises whose premise was met, each a bit.
    pub premises: u64,
    /// The steps that the HA sees, each with the first one that was found, as [`Origin`] writes it.
    pub(crate) views: HashMap<Fingerprint, u64, Prehashed>,
    /// The promises about steps that the setup has, once that was asked.
    of_steps: Option<u64>,
}

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
            of_steps: None,
        })
    }
}

impl<M: System> Space for M {
    type State = M::State;
    type Notes = Coverage;

    const GOALS: usize = 4;

    /// Names whatever changes the state space, as far as names tell.
    fn name(&self) -> String {
        let rules: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        let guards: Vec<&str> = Guard::ALL.iter().map(|guard| guard.name()).collect();
        let promises: Vec<&str> = PROMISES.iter().map(|promise| promise.says).collect();
        let content = Fingerprint::of(&(rules, guards, promises, size_of::<M::State>())).halves().1;
        format!("dsboot {} {content:016x} {self:?}", env!("CARGO_PKG_VERSION"))
    }

    fn starts(&self) -> Vec<M::State> {
        self.init_states()
    }

    fn pack(&self, state: &M::State, words: &mut Vec<u64>) {
        pack::pack(state, words);
    }

    fn unpack(&self, words: &[u64]) -> Option<M::State> {
        pack::unpack(words)
    }

    fn steps(
        &self,
        (state, place): (&M::State, Place),
        notes: &mut Coverage,
        mut visit: impl FnMut(u16, &M::State),
    ) {
        let mut number = 0_u16;
        let mut view = None;
        let of_steps = *notes.of_steps.get_or_insert_with(|| of_steps(self.config()));
        self.for_each_step(state, |action, step| {
            notes.rules.merge(step.rules);
            let unmet = of_steps & !notes.premises;
            if unmet != 0 {
                notes.premises |= premises::<M>(self.config(), state, action, step, unmet);
            }
            if step.state != *state {
                visit(number, &step.state);
                let before = *view.get_or_insert_with(|| of_has::<M>(state));
                let after = of_has::<M>(&step.state);
                if before != after {
                    let word = || Origin::Step(place, number).word();
                    notes.views.entry(before.and(after)).or_insert_with(word);
                }
            }
            number += 1;
        });
    }

    fn judge(&self, state: &M::State, notes: &mut Coverage) -> Judgement {
        let (config, mobiles) = (self.config(), M::mobiles(state));
        let mut judgement = Judgement::default();
        let mut goals = 0;
        for (promise, bit) in PROMISES.iter().zip(0_u32..) {
            let applies = promise.applies(config);
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

    fn judge_end(&self, state: &M::State, notes: &mut Coverage) -> u64 {
        let mut broken = 0;
        for (promise, bit) in PROMISES.iter().zip(0_u32..) {
            if let Kind::End(is_end) = promise.kind
                && promise.applies(self.config())
            {
                notes.premises |= 1 << bit;
                broken |= u64::from(!M::mobiles(state).iter().all(is_end)) << bit;
            }
        }
        broken
    }

    fn promise_of_goal(&self, goal: usize) -> Option<usize> {
        let promises = PROMISES.iter().enumerate();
        let mut goals = promises.filter(|(_, p)| matches!(p.kind, Kind::Possible { .. }));
        let (number, promise) = goals.nth(goal)?;
        promise.applies(self.config()).then_some(number)
    }
}

const _: () = assert!(PROMISES.len() <= super::walk::PROMISES);

/// The promises about steps that a setup has.
fn of_steps(config: &Config) -> u64 {
    let has = |promise: &Promise| matches!(promise.kind, Kind::Step(_)) && promise.applies(config);
    let bits = PROMISES.iter().zip(0_u32..).map(|(promise, bit)| u64::from(has(promise)) << bit);
    bits.fold(0, |all, bit| all | bit)
}

/// Those of the promises whose premise a step meets.
fn premises<M: System>(
    config: &Config,
    before: &M::State,
    action: M::Action,
    step: &Step<M::State>,
    promises: u64,
) -> u64 {
    let (mobile, action) = M::parts(action);
    let action = as_delivery(action);
    let then = if step.exchanged { 1 - mobile } else { mobile };
    let of = |state, mobile: usize| M::mobiles(state).get(mobile);
    let Some((before, after)) = of(before, mobile).zip(of(&step.state, then)) else { return 0 };
    let mut met = 0;
    for (promise, bit) in PROMISES.iter().zip(0_u32..) {
        if let (Kind::Step(judge), 1) = (promise.kind, promises >> bit & 1) {
            met |= u64::from(judge(config, before, action, after) != Verdict::Vacuous) << bit;
        }
    }
    met
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
