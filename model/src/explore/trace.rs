//! Paths through the graph.

use core::fmt;

use dsboot_spec::chart::Chart;

use crate::{
    Action, Bootstrap, Config, Step, System, Two, ladder,
    properties::{Kind, PROMISES, are_kept},
};

/// A path from an initial state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace<M: System = Bootstrap> {
    /// Where it begins.
    pub start: M::State,
    /// Its steps, each with the state that it leads to.
    pub steps: Vec<(M::Action, M::State)>,
}

/// A path of one mobile node or of two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// Of one alone.
    Alone(Box<Trace>),
    /// Of two.
    Two(Box<Trace<Two>>),
}

impl From<Trace> for Run {
    fn from(trace: Trace) -> Run {
        Run::Alone(Box::new(trace))
    }
}

impl From<Trace<Two>> for Run {
    fn from(trace: Trace<Two>) -> Run {
        Run::Two(Box::new(trace))
    }
}

impl Run {
    /// How many steps it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Run::Alone(trace) => trace.steps.len(),
            Run::Two(trace) => trace.steps.len(),
        }
    }

    /// Whether it ends where it begins.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The run, to be drawn.
    #[must_use]
    pub fn chart(&self, config: &Config) -> Chart {
        match self {
            Run::Alone(trace) => ladder::chart(config, trace),
            Run::Two(trace) => ladder::chart(config, trace),
        }
    }

    /// Draws the run with letters, its title above it.
    #[must_use]
    pub fn draw(&self, config: &Config) -> String {
        match self {
            Run::Alone(trace) => ladder::draw(config, trace),
            Run::Two(trace) => ladder::draw(config, trace),
        }
    }

    /// The promises about states and steps that it breaks, as [`Trace::breaks`].
    #[must_use]
    pub fn breaks(&self, config: Config) -> Vec<(usize, usize)> {
        match self {
            Run::Alone(trace) => trace.breaks(&Bootstrap::new(config)),
            Run::Two(trace) => trace.breaks(&Two::new(config)),
        }
    }
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

impl<M: System> Trace<M> {
    /// Where it ends.
    #[must_use]
    pub fn end(&self) -> &M::State {
        self.steps.last().map_or(&self.start, |(_, state)| state)
    }

    /// The path of these actions from a state.
    ///
    /// # Errors
    ///
    /// If one of them cannot happen where it is to.
    pub fn replay(
        model: &M,
        start: M::State,
        actions: impl IntoIterator<Item = M::Action>,
    ) -> Result<Trace<M>, Impossible> {
        let mut trace = Trace { start, steps: Vec::new() };
        for action in actions {
            let step = trace.steps.len() + 1;
            let impossible = Impossible { step, action: M::parts(action).1 };
            let taken = offered(model, trace.end(), action).ok_or(impossible)?;
            trace.steps.push((action, taken.state));
        }
        Ok(trace)
    }

    /// The promises about states and steps that it breaks, each with the number of the step that
    /// does it first; 0 is the state where it begins.
    #[must_use]
    pub fn breaks(&self, model: &M) -> Vec<(usize, usize)> {
        let states = || core::iter::once(&self.start).chain(self.steps.iter().map(|(_, s)| s));
        let is_told = |kind| matches!(kind, Kind::State(_) | Kind::Step(_) | Kind::Together(_));
        let told = PROMISES.iter().enumerate().filter(|(_, promise)| is_told(promise.kind));
        let first = |(number, _): (usize, _)| {
            let kept = |state| are_kept(number, model.config(), M::mobiles(state));
            Some((number, states().position(|state| !kept(state))?))
        };
        told.filter_map(first).collect()
    }

    /// The same with every step left out that is not needed to break the promise of that number.
    /// What is left cannot do with one step less.
    #[must_use]
    pub fn minimised(&self, model: &M, promise: usize) -> Trace<M> {
        let breaking = |trace: &Trace<M>| {
            trace.breaks(model).iter().find(|(broken, _)| *broken == promise).map(|(_, at)| *at)
        };
        let Some(end) = breaking(self) else { return self.clone() };
        let mut best =
            Trace { start: self.start, steps: self.steps.iter().take(end).copied().collect() };
        let mut place = best.steps.len();
        while place > 0 {
            place -= 1;
            let others = best.steps.iter().enumerate().filter(|(at, _)| *at != place);
            let others: Vec<M::Action> = others.map(|(_, (action, _))| *action).collect();
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
fn possible<M: System>(model: &M, start: M::State, actions: &[M::Action]) -> Trace<M> {
    let mut trace = Trace { start, steps: Vec::new() };
    for action in actions {
        if let Some(step) = offered(model, trace.end(), *action)
            && step.state != *trace.end()
        {
            trace.steps.push((*action, step.state));
        }
    }
    trace
}

/// What an action does where it is one of those that can happen: [`System::take`] alone would deliver
/// messages that nobody has sent.
fn offered<M: System>(model: &M, state: &M::State, action: M::Action) -> Option<Step<M::State>> {
    let mut actions = Vec::new();
    model.actions(state, &mut actions);
    if actions.contains(&action) { model.take(state, action) } else { None }
}
