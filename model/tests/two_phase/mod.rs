//! Two-phase commit, the model with which model checkers are compared: participants that prepare,
//! and a manager that commits when all have. A state fits into 64 bits.

#![allow(unreachable_pub, reason = "used by tests and benches, each by its path")]

use dsboot_model::engine::{Done, Failure, Judgement, Name, Place, Space};
use dsboot_model::explore::Fingerprint;
use stateright::{Model, Property};

/// So many participants.
#[derive(Clone, Copy, Debug)]
pub struct TwoPhase(pub u32);

/// Bits 0 to 31: two for each participant; from bit 32 one for each that the manager knows to be
/// prepared, from bit 44 one for each that has said so; 56: commit said, 57: abort said; 58, 59: the
/// manager.
pub type State = u64;

/// A step, with the participant that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    TmHears(u32),
    TmCommits,
    TmAborts,
    Prepares(u32),
    Aborts(u32),
    IsToldCommit(u32),
    IsToldAbort(u32),
}

const WORKING: u64 = 0;
const PREPARED: u64 = 1;
const COMMITTED: u64 = 2;
const ABORTED: u64 = 3;

const COMMIT: u64 = 1 << 56;
const ABORT: u64 = 1 << 57;
const TM: u64 = 0b11 << 58;
const TM_COMMITTED: u64 = 1 << 58;
const TM_ABORTED: u64 = 2 << 58;

const fn participant(state: State, n: u32) -> u64 {
    state >> (2 * n) & 0b11
}

const fn becomes(state: State, n: u32, what: u64) -> State {
    state & !(0b11 << (2 * n)) | what << (2 * n)
}

impl TwoPhase {
    fn each(self, state: State, mut take: impl FnMut(Action)) {
        let all = (1 << self.0) - 1;
        let begun = state & TM == 0;
        if begun && state >> 32 & all == all {
            take(Action::TmCommits);
        }
        if begun {
            take(Action::TmAborts);
        }
        for n in 0..self.0 {
            if begun && state >> (44 + n) & 1 == 1 {
                take(Action::TmHears(n));
            }
            if participant(state, n) == WORKING {
                take(Action::Prepares(n));
                take(Action::Aborts(n));
            }
            if state & COMMIT != 0 {
                take(Action::IsToldCommit(n));
            }
            if state & ABORT != 0 {
                take(Action::IsToldAbort(n));
            }
        }
    }

    fn step(self, state: State, action: Action) -> State {
        match action {
            Action::TmHears(n) => state | 1 << (32 + n),
            Action::TmCommits => state | TM_COMMITTED | COMMIT,
            Action::TmAborts => state | TM_ABORTED | ABORT,
            Action::Prepares(n) => becomes(state, n, PREPARED) | 1 << (44 + n),
            Action::Aborts(n) | Action::IsToldAbort(n) => becomes(state, n, ABORTED),
            Action::IsToldCommit(n) => becomes(state, n, COMMITTED),
        }
    }

    /// Nobody commits while another aborts.
    fn is_consistent(self, state: State) -> bool {
        let any = |what| (0..self.0).any(|n| participant(state, n) == what);
        !(any(COMMITTED) && any(ABORTED))
    }
}

impl Model for TwoPhase {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![0]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.each(*state, |action| actions.push(action));
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        Some(TwoPhase::step(*self, *state, action)).filter(|next| next != state)
    }

    fn properties(&self) -> Vec<Property<TwoPhase>> {
        vec![
            Property::always("consistent", |model: &TwoPhase, state| model.is_consistent(*state)),
            Property::always("to the end", |_, _| true),
        ]
    }
}

/// The promises: 0, nobody commits while another aborts; 1, everybody can still come to an end; 2,
/// which does not hold, everybody can still commit.
impl Space for TwoPhase {
    type Notes = ();
    type Memory = ();

    const GOALS: usize = 2;
    const IN_ORDER: bool = false;

    fn name(&self) -> String {
        format!("two-phase commit\n{} participants", self.0)
    }

    fn starts(&self, (): &mut (), mut visit: impl FnMut(Name, &[u64])) -> Done {
        visit(Fingerprint::of_words(&[0]).into(), &[0]);
        Ok(())
    }

    fn steps(
        &self,
        (): &mut (),
        (words, _): (&[u64], Place),
        (): &mut (),
        mut visit: impl FnMut(Name, &[u64]),
    ) -> Done {
        let state = of(words)?;
        self.each(state, |action| {
            let next = TwoPhase::step(*self, state, action);
            if next != state {
                visit(Fingerprint::of_words(&[next]).into(), &[next]);
            }
        });
        Ok(())
    }

    fn judge(&self, (): &mut (), words: &[u64], (): &mut ()) -> Result<Judgement, Failure> {
        let state = of(words)?;
        let all = |of: &dyn Fn(u64) -> bool| (0..self.0).all(|n| of(participant(state, n)));
        let ended = all(&|of| of >= COMMITTED);
        let committed = all(&|of| of == COMMITTED);
        let marks = 0b101 | u8::from(ended) << 1 | u8::from(committed) << 3;
        Ok(Judgement { broken: u64::from(!self.is_consistent(state)), marks })
    }

    fn judge_end(&self, (): &mut (), _: &[u64], (): &mut ()) -> Result<u64, Failure> {
        Ok(0)
    }

    fn promise_of_goal(&self, goal: usize) -> Option<usize> {
        Some(goal + 1)
    }
}

fn of(words: &[u64]) -> Result<State, Failure> {
    words.first().copied().ok_or(Failure::Internal("a state that is none"))
}
