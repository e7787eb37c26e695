//! What was found, over all setups.

use dsboot_model::System;
use dsboot_model::action::Kind;
use dsboot_model::explore::{Finding, Report, Second, Verdict};

use crate::Exit;

/// One setup, explored twice.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What was explored.
    pub system: System,
    /// What our search says.
    pub report: Report,
    /// What stateright's says; `None` if it was not run to the end.
    pub second: Option<Second>,
}

/// The verdict in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Every promise holds in every state.
    Holds,
    /// A limit has cut the search; nothing failed in what was seen.
    Incomplete,
    /// A promise fails, or the two searches do not agree.
    Fails,
}

impl Outcome {
    /// The word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Holds => "holds",
            Outcome::Incomplete => "incomplete",
            Outcome::Fails => "fails",
        }
    }
}

impl Checked {
    /// Whether both searches say the same; `None` if the second is not there.
    #[must_use]
    pub fn searches_agree(&self) -> Option<bool> {
        let second = self.second.as_ref()?;
        Some(
            second.states == self.report.states
                && second.broken.iter().all(|name| {
                    self.report
                        .findings
                        .iter()
                        .any(|f| f.name == *name && matches!(f.verdict, Verdict::Fails(_)))
                }),
        )
    }

    /// The verdict of this setup.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match (self.report.fails(), self.report.complete, self.searches_agree()) {
            (true, _, _) | (_, true, Some(false)) => Outcome::Fails,
            (false, true, Some(true)) => Outcome::Holds,
            (false, _, _) => Outcome::Incomplete,
        }
    }
}

/// All setups together.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Each setup.
    pub checked: Vec<Checked>,
}

/// The name of the promise that is about all setups at once.
pub(super) const SAME_VIEW: &str = "the HA's view is the same in all setups";

/// The sentence behind [`SAME_VIEW`].
pub(super) const SAME_VIEW_SENTENCE: &str = "home-binding.4.8";

impl Summary {
    /// Puts setups together.
    #[must_use]
    pub const fn new(checked: Vec<Checked>) -> Summary {
        Summary { checked }
    }

    /// Whether the HA received and held the same in every setup. It says nothing of one setup
    /// alone, nor of searches that were cut.
    #[must_use]
    //= home-binding.4.8
    pub fn same_view(&self) -> Option<bool> {
        let (first, others) = self.checked.split_first()?;
        if others.is_empty() || self.checked.iter().any(|c| !c.report.complete) {
            return None;
        }
        Some(others.iter().all(|c| c.report.ha_view == first.report.ha_view))
    }

    /// The verdict over everything.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let worst = self.checked.iter().map(Checked::outcome).max().unwrap_or(Outcome::Incomplete);
        if self.same_view() == Some(false) { Outcome::Fails } else { worst }
    }

    /// The exit status: a cut search gives no verdict, which is not the same as holding.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self.outcome() {
            Outcome::Holds => Exit::Holds,
            Outcome::Incomplete => Exit::Environment,
            Outcome::Fails => Exit::Fails,
        }
    }

    /// Promises by name, each with its verdict over all setups and whether any setup spoke of it.
    #[must_use]
    pub fn promises(&self) -> Vec<(&Finding, Outcome, bool)> {
        let Some(first) = self.checked.first() else { return Vec::new() };
        let over_all = |finding: &Finding| {
            let same = || {
                self.checked
                    .iter()
                    .filter_map(|c| c.report.findings.iter().find(|f| f.name == finding.name))
            };
            let outcome = same().map(outcome_of).max().unwrap_or(Outcome::Incomplete);
            (outcome, same().any(|f| f.spoken_of))
        };
        first
            .report
            .findings
            .iter()
            .map(|finding| {
                let (outcome, spoken_of) = over_all(finding);
                (finding, outcome, spoken_of)
            })
            .collect()
    }

    /// Actions that no setup that has them ever took.
    #[must_use]
    pub fn never_taken(&self) -> Vec<(Kind, &System)> {
        self.checked
            .iter()
            .flat_map(|c| c.report.never_taken(&c.system).into_iter().map(|k| (k, &c.system)))
            .collect()
    }
}

/// The verdict on one promise in one setup.
#[must_use]
pub(super) const fn outcome_of(finding: &Finding) -> Outcome {
    match finding.verdict {
        Verdict::Holds => Outcome::Holds,
        Verdict::Unknown => Outcome::Incomplete,
        Verdict::Fails(_) => Outcome::Fails,
    }
}
