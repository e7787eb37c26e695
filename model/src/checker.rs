//! The system as a stateright model.

use stateright::{Model, Property};

use crate::action::Action;
use crate::property;
use crate::state::State;
use crate::system::System;

impl Model for System {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        self.starts()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.offers(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        self.step(state, action)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        property::ALL.iter().map(|p| Property::always(p.name, p.holds)).collect()
    }
}
