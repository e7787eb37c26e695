//! What the walks need of a model, whether it has one mobile node or two.

use core::{
    fmt::{Debug, Display},
    hash::Hash,
};

use stateright::Model;

use crate::{
    Action, ActionCode, Bootstrap, Config, State, Step, effort,
    engine::{self, Coverage, Space},
    explore::Fingerprint,
    pack::Pack,
};

/// A model of one or more mobile nodes, each with its [`State`]: what promises say they say of each,
/// and of both.
pub trait System:
    Model<
        State: Copy + Debug + Eq + Hash + Pack + Send + Sync,
        Action: Copy + Debug + Display + Eq + Send + Sync,
    > + Space<Notes = Coverage>
    + Copy
    + Debug
    + PartialEq
    + Send
    + Sync
    + 'static
{
    /// What is fixed in a run.
    fn config(&self) -> &Config;

    /// What an action does in a state; `None` when it cannot happen there.
    fn take(&self, before: &Self::State, action: Self::Action) -> Option<Step<Self::State>>;

    /// Takes every step that can happen in a state, those included that change nothing, in the order
    /// of [`Model::actions`].
    fn for_each_step(
        &self,
        before: &Self::State,
        take: impl FnMut(Self::Action, &Step<Self::State>),
    );

    /// What concerns each mobile node.
    fn mobiles(state: &Self::State) -> &[State];

    /// Which mobile node an action is about, and the action.
    fn parts(action: Self::Action) -> (usize, Action);

    /// The action of a mobile node.
    fn whole(mobile: usize, action: Action) -> Self::Action;

    /// The action as a short word, for traces that are kept.
    fn code(action: Self::Action) -> String;

    /// The fingerprint of a state as the engine has it: of both in their order, where there are two.
    fn fingerprint(state: &Self::State) -> Fingerprint;

    /// The options of `dsboot check` that ask for this model, and no other one.
    fn options(&self) -> Vec<String> {
        self.config().options()
    }

    /// The same model, with states that differ only in which mobile node is which told apart.
    #[must_use]
    fn plain(self) -> Self;
}

impl System for Bootstrap {
    fn config(&self) -> &Config {
        &self.config
    }

    fn take(&self, before: &State, action: Action) -> Option<Step> {
        self.step(before, action)
    }

    fn for_each_step(&self, before: &State, mut take: impl FnMut(Action, &Step)) {
        effort::for_each(&self.config, before, |action, cost| {
            take(action, &self.step_at(before, action, cost));
        });
    }

    fn mobiles(state: &State) -> &[State] {
        core::slice::from_ref(state)
    }

    fn parts(action: Action) -> (usize, Action) {
        (0, action)
    }

    fn whole(_: usize, action: Action) -> Action {
        action
    }

    fn code(action: Action) -> String {
        ActionCode(action).to_string()
    }

    fn fingerprint(state: &State) -> Fingerprint {
        engine::fingerprint(state)
    }

    fn plain(self) -> Bootstrap {
        self
    }
}
