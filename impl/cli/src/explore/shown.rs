//! The model as stateright's own Explorer shows it: actions and states in words, runs as ladders.

use dsboot_model::properties::{self, Kind, PROMISES};
use dsboot_model::{Action, Bootstrap, State, explore::Trace, ladder};
use dsboot_spec::chart::{self, Chart};
use stateright::{Model, Path, Property};

use super::portrait;

/// A model with words and pictures; what can happen in it is the same.
#[derive(Clone, Copy, Debug)]
pub struct Shown(pub Bootstrap);

impl Shown {
    /// An action in words, with who does it.
    #[must_use]
    pub fn action(action: Action) -> String {
        match action {
            Action::Deliver(message) => {
                format!("{} → {}: {message}", message.from(), message.to())
            }
            _ => format!("{} {action}", action.actor()),
        }
    }

    /// What every role holds, a line each.
    #[must_use]
    pub fn state(&self, state: &State) -> String {
        portrait::lines(&self.0, state).join("\n")
    }

    /// A run so far. What has not arrived may still do so.
    #[must_use]
    pub fn chart(&self, trace: &Trace) -> Chart {
        let mut chart = ladder::chart(&self.0.config, trace);
        for row in &mut chart.rows {
            row.words = row.words.replace("(does not arrive)", "(under way)");
        }
        chart
    }
}

impl Model for Shown {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        self.0.init_states()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.0.actions(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        self.0.next_state(state, action)
    }

    fn format_action(&self, action: &Action) -> String {
        Shown::action(*action)
    }

    fn format_step(&self, state: &State, action: Action) -> Option<String> {
        self.next_state(state, action).map(|next| self.state(&next))
    }

    fn as_svg(&self, path: Path<State, Action>) -> Option<String> {
        let steps = path.into_vec();
        let start = steps.first()?.0;
        let actions = steps.iter().filter_map(|(_, action)| *action);
        let trace = Trace::replay(&self.0, start, actions).ok()?;
        Some(chart::svg(&[self.chart(&trace)]))
    }

    fn properties(&self) -> Vec<Property<Shown>> {
        macro_rules! conditions {
            ($($promise:literal)+) => { [$(holds::<$promise>),+] };
        }
        const CONDITIONS: [fn(&Shown, &State) -> bool; 40] = conditions! {
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
            16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
            32 33 34 35 36 37 38 39
        };
        const { assert!(PROMISES.len() <= CONDITIONS.len()) };
        let told = PROMISES.iter().zip(CONDITIONS);
        let told = told.filter(|(p, _)| matches!(p.kind, Kind::State(_) | Kind::Step(_)));
        // stateright ends a search when every property has failed.
        let mut all = vec![Property::always(properties::TO_THE_END, |_: &Shown, _: &State| true)];
        all.extend(told.map(|(promise, condition)| Property::always(promise.name, condition)));
        all
    }
}

fn holds<const PROMISE: usize>(shown: &Shown, state: &State) -> bool {
    properties::is_kept(PROMISE, &shown.0.config, state)
}
