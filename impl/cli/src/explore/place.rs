//! A place in the state space: a run, by the numbers of its actions as stateright has them.

use dsboot_model::explore::Trace;
use dsboot_model::{Action, Bootstrap, State};
use dsboot_spec::Role;
use dsboot_spec::ladder::{Ladder, Message, Step};
use stateright::Model as _;

/// A run that was gone, and the numbers that lead along it: that of the initial state, then that
/// of each action among those that can happen.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The numbers.
    pub(super) path: Vec<usize>,
    /// The run; `None` before an initial state is chosen.
    pub(super) trace: Option<Trace>,
}

/// A path that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoPlace {
    /// It is not made of numbers.
    #[error("a path is numbers between slashes, and {0:?} is none")]
    NoNumber(String),
    /// A number is too large.
    #[error("step {0} of the path: there are only {1} choices")]
    NoChoice(usize, usize),
}

impl Place {
    /// The place at the end of a path such as `/0/3/2`.
    ///
    /// # Errors
    ///
    /// When it leads nowhere.
    pub(super) fn at(model: &Bootstrap, path: &str) -> Result<Place, NoPlace> {
        let parts = path.split('/').filter(|part| !part.is_empty());
        let number = |part: &str| part.parse().map_err(|_| NoPlace::NoNumber(part.to_owned()));
        let path = parts.map(number).collect::<Result<Vec<usize>, _>>()?;
        let Some((first, rest)) = path.split_first() else {
            return Ok(Place { path, trace: None });
        };
        let starts = model.init_states();
        let start = *starts.get(*first).ok_or(NoPlace::NoChoice(0, starts.len()))?;
        let mut trace = Trace { start, steps: Vec::new() };
        for (place, number) in rest.iter().enumerate() {
            let choices = choices(model, trace.end());
            let action =
                *choices.get(*number).ok_or(NoPlace::NoChoice(place + 1, choices.len()))?;
            // What changes nothing is a step too, as in stateright's Explorer.
            let state = model.next_state(trace.end(), action).unwrap_or(*trace.end());
            trace.steps.push((action, state));
        }
        Ok(Place { path, trace: Some(trace) })
    }

    /// The path of a run.
    #[must_use]
    pub(super) fn path_of(model: &Bootstrap, trace: &Trace) -> Option<Vec<usize>> {
        let start = model.init_states().iter().position(|state| *state == trace.start)?;
        let mut path = vec![start];
        let mut before = &trace.start;
        for (action, after) in &trace.steps {
            path.push(choices(model, before).iter().position(|choice| choice == action)?);
            before = after;
        }
        Some(path)
    }
}

/// All actions that can happen in a state, in stateright's order.
#[must_use]
pub(super) fn choices(model: &Bootstrap, state: &State) -> Vec<Action> {
    let mut actions = Vec::new();
    model.actions(state, &mut actions);
    actions
}

/// The arrows of the setup's figure, each with the number of the step of the run that was it, from
/// 1. The model has no solicitation: its agents show themselves when they like.
#[must_use]
pub(super) fn figure(model: &Bootstrap, trace: &Trace) -> Vec<(Step, Option<usize>)> {
    let mut after = 0;
    let mut seen = |step: &Step| {
        // An agent may show itself before access or after it.
        let any_time = step.message == Message::AgentAdvertisement;
        let mut later = trace.steps.iter().enumerate().skip(if any_time { 0 } else { after });
        let found = later.find(|(_, (action, _))| is(*action, step))?.0 + 1;
        after = if any_time { after } else { found };
        Some(found)
    };
    let steps = Ladder::of(model.config.setup).steps();
    let steps = steps.filter(|step| step.message != Message::AgentSolicitation);
    steps.map(|step| (step, seen(&step))).collect()
}

/// Whether an action is an arrow of a figure. The figures draw BU and BA from end to end, past the
/// agents that tunnel them.
fn is(action: Action, step: &Step) -> bool {
    let Action::Deliver(message) = action else { return false };
    let from = [Role::Mn, Role::Ha].contains(&step.from) && ["BU", "BA"].contains(&step.label);
    message.step() == step.label && message.to() == step.to && (from || message.from() == step.from)
}
