//! Random walks: no proof of anything, but they go far.

use super::Trace;
use crate::{Action, Bootstrap, Rules, System};

/// What random walks have found.
#[derive(Clone, Debug)]
pub struct Simulation<M: System = Bootstrap> {
    /// Walks.
    pub walks: u64,
    /// Steps in all of them.
    pub steps: u64,
    /// Rules applied.
    pub rules: Rules,
    /// Promises about states and steps that a walk broke, by number, each with a run that has no
    /// step too many.
    pub broken: Vec<(usize, Trace<M>)>,
}

/// Walks `walks` times from an initial state, at most `steps` steps each. The same seed gives the
/// same walks.
#[must_use]
pub fn simulate<M: System>(model: M, seed: u64, walks: u64, steps: usize) -> Simulation<M> {
    let model = model.plain();
    let mut random = Random(seed);
    let mut found = Simulation { walks, steps: 0, rules: Rules::default(), broken: Vec::new() };
    let starts = model.init_states();
    for _ in 0..walks {
        let Some(start) = random.choose(&starts).copied() else { break };
        let mut trace = Trace { start, steps: Vec::new() };
        let mut actions = Vec::new();
        while trace.steps.len() < steps {
            actions.clear();
            model.actions(trace.end(), &mut actions);
            actions.retain(|action| model.next_state(trace.end(), *action).is_some());
            // The MN can go for good at any time, but seldom does, or no walk would go far.
            if actions.len() > 1 && !random.next().is_multiple_of(64) {
                actions.retain(|action| M::parts(*action).1 != Action::Depart);
            }
            let Some(action) = random.choose(&actions).copied() else { break };
            let Some(step) = model.take(trace.end(), action) else { break };
            found.steps += 1;
            found.rules.merge(step.rules);
            trace.steps.push((action, step.state));
        }
        for (promise, _) in trace.breaks(&model) {
            if found.broken.iter().all(|(known, _)| *known != promise) {
                found.broken.push((promise, trace.minimised(&model, promise)));
            }
        }
    }
    found.broken.sort_by_key(|(promise, _)| *promise);
    found
}

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn choose<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let many = u64::try_from(items.len()).ok().filter(|many| *many > 0)?;
        items.get(usize::try_from(self.next() % many).ok()?)
    }
}
