//! Paths through the graph.

use core::fmt;

use crate::{
    Action, Bootstrap, State,
    properties::{Kind, PROMISES, Verdict},
};

/// A path from an initial state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Where it begins.
    pub start: State,
    /// Its steps, each with the state that it leads to.
    pub steps: Vec<(Action, State)>,
}

/// A step that cannot be taken: its number, from 1, and the action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Impossible {
    /// The number of the step, from 1.
    pub step: usize,
    /// What was to happen.
    pub action: Action,
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} cannot happen there: {}", self.step, self.action)
    }
}

impl core::error::Error for Impossible {}

impl Trace {
    /// Where it ends.
    #[must_use]
    pub fn end(&self) -> &State {
        self.steps.last().map_or(&self.start, |(_, state)| state)
    }

    /// The path of these actions from a state.
    ///
    /// # Errors
    ///
    /// If one of them cannot happen where it is to.
    pub fn replay(
        model: &Bootstrap,
        start: State,
        actions: impl IntoIterator<Item = Action>,
    ) -> Result<Trace, Impossible> {
        let mut trace = Trace { start, steps: Vec::new() };
        for action in actions {
            let step = trace.steps.len() + 1;
            let taken = model.step(trace.end(), action).ok_or(Impossible { step, action })?;
            trace.steps.push((action, taken.state));
        }
        Ok(trace)
    }

    /// The promises about states and steps that it breaks, each with the number of the step that
    /// does it first; 0 is the state where it begins.
    #[must_use]
    pub fn breaks(&self, model: &Bootstrap) -> Vec<(usize, usize)> {
        let states = || core::iter::once(&self.start).chain(self.steps.iter().map(|(_, s)| s));
        let broken = |promise: usize, kind: Kind, state: &State| match kind {
            Kind::State(judge) => judge(&model.config, state) == Verdict::Broken,
            Kind::Step(_) => state.history.broken & (1 << promise) != 0,
            Kind::End(_) | Kind::Possible { .. } => false,
        };
        let first = |(number, promise): (usize, &crate::properties::Promise)| {
            let step = states().position(|state| broken(number, promise.kind, state))?;
            Some((number, step))
        };
        PROMISES.iter().enumerate().filter_map(first).collect()
    }

    /// The same with every step left out that is not needed to break the promise of that number.
    /// What is left cannot do with one step less.
    #[must_use]
    pub fn minimised(&self, model: &Bootstrap, promise: usize) -> Trace {
        let breaking = |trace: &Trace| {
            trace.breaks(model).iter().find(|(broken, _)| *broken == promise).map(|(_, at)| *at)
        };
        let Some(end) = breaking(self) else { return self.clone() };
        let mut best =
            Trace { start: self.start, steps: self.steps.iter().take(end).copied().collect() };
        let mut place = best.steps.len();
        while place > 0 {
            place -= 1;
            let others = best.steps.iter().enumerate().filter(|(at, _)| *at != place);
            let others: Vec<Action> = others.map(|(_, (action, _))| *action).collect();
            // A step that has lost its cause goes with it.
            let shorter = possible(model, best.start, &others);
            if let Some(end) = breaking(&shorter) {
                best = Trace {
                    start: best.start,
                    steps: shorter.steps.into_iter().take(end).collect(),
                };
                place = best.steps.len();
            }
        }
        best
    }
}

/// The path of those of the actions that can happen and change something.
fn possible(model: &Bootstrap, start: State, actions: &[Action]) -> Trace {
    let mut trace = Trace { start, steps: Vec::new() };
    for action in actions {
        if let Some(step) = model.step(trace.end(), *action)
            && step.state != *trace.end()
        {
            trace.steps.push((*action, step.state));
        }
    }
    trace
}
