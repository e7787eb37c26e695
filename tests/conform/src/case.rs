//! A case: one question to a target, and what can come of it.

use std::collections::BTreeMap;
use std::fmt;

use dsboot_model::Rule;
use serde::{Deserialize, Serialize};

use super::stage::Stage;

/// How binding the clause is that a case tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Breaking it is a failure.
    Must,
    /// Breaking it is a warning, a failure when strict.
    Should,
    /// Either way is right; the case is about not breaking anything by it.
    May,
}

/// What came of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The target does what the clause says.
    Pass,
    /// It does not.
    Fail,
    /// It does not do what it should.
    Warn,
    /// The target does not claim to do this, or the profile lacks what the case needs.
    Skipped,
    /// Something was missing for a judgement, and was missing again when repeated.
    Inconclusive,
    /// The target's process has ended.
    Crash,
    /// The target answers nothing any more, not even what it answered before.
    Hang,
}

impl Verdict {
    /// All of them, in the order of summaries.
    pub const ALL: [Verdict; 7] = [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Warn,
        Verdict::Skipped,
        Verdict::Inconclusive,
        Verdict::Crash,
        Verdict::Hang,
    ];

    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Warn => "warn",
            Verdict::Skipped => "skipped",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Crash => "crash",
            Verdict::Hang => "hang",
        }
    }

    /// Whether the target was gone.
    #[must_use]
    pub const fn is_gone(self) -> bool {
        matches!(self, Verdict::Crash | Verdict::Hang)
    }

    /// Whether the target is at fault.
    #[must_use]
    pub const fn is_bad(self) -> bool {
        matches!(self, Verdict::Fail | Verdict::Crash | Verdict::Hang)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why a case ends before its last line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The target did something else than it must.
    Fail {
        /// What the clause asks for.
        expected: String,
        /// What was seen instead.
        seen: String,
    },
    /// Something that is no part of the question was missing.
    Inconclusive(String),
    /// The case does not apply to this target.
    Skip(String),
}

/// How a case ends: `Ok` when everything was as it must be.
pub type Outcome = Result<(), Ending>;

type Run = Box<dyn Fn(&mut Stage<'_>) -> Outcome + Send + Sync>;

/// One question to a target.
pub struct Case {
    /// Its name, which stays: role, message or phase, clause, number.
    pub id: String,
    /// What it finds out, in one sentence.
    pub purpose: String,
    /// How binding the clause is.
    pub level: Level,
    /// Sentences of the specification, `registration.7.5`.
    pub sentences: Vec<&'static str>,
    /// Where the RFCs have it.
    pub rfcs: Vec<&'static str>,
    /// The model's rule that the target takes, where the model has one.
    pub rule: Option<Rule>,
    /// What a target must claim for the case to apply.
    pub claims: Vec<&'static str>,
    /// Whether the case wants the target for itself.
    pub alone: bool,
    run: Run,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Case {
    /// Asks the question.
    ///
    /// # Errors
    ///
    /// How it ended, when not well.
    pub fn ask(&self, stage: &mut Stage<'_>) -> Outcome {
        (self.run)(stage)
    }

    /// Puts the question at another level.
    pub(super) fn level(&mut self, level: Level) -> &mut Case {
        self.level = level;
        self
    }

    /// Names the model's rule.
    pub(super) fn rule(&mut self, rule: Rule) -> &mut Case {
        self.rule = Some(rule);
        self
    }

    /// Asks for one more claim.
    pub(super) fn claims(&mut self, claim: &'static str) -> &mut Case {
        self.claims.push(claim);
        self
    }

    /// Wants the target for itself.
    pub(super) fn alone(&mut self) -> &mut Case {
        self.alone = true;
        self
    }
}

/// A list of cases being made. The number at the end of an id counts within its group, so a group
/// may only be added to at its end.
#[derive(Debug, Default)]
pub(super) struct Cases {
    cases: Vec<Case>,
    counts: BTreeMap<String, usize>,
    prefix: &'static str,
    /// What a target must claim for the cases that are being added.
    claims: &'static [&'static str],
}

impl Cases {
    /// An empty list of a role.
    pub(super) fn of(prefix: &'static str) -> Cases {
        Cases { prefix, ..Cases::default() }
    }

    /// Adds cases all of which are for targets with these claims.
    pub(super) fn claiming(
        &mut self,
        claims: &'static [&'static str],
        add: impl FnOnce(&mut Cases),
    ) {
        self.claims = claims;
        add(self);
        self.claims = &[];
    }

    /// Adds a case at level MUST. `clauses` are sentences of the specification and sections of
    /// RFCs, separated by commas.
    pub(super) fn add(
        &mut self,
        group: &str,
        purpose: impl Into<String>,
        clauses: &'static str,
        run: impl Fn(&mut Stage<'_>) -> Outcome + Send + Sync + 'static,
    ) -> &mut Case {
        let count = self.counts.entry(group.to_owned()).or_default();
        *count += 1;
        let id = format!("{}.{group}.{count}", self.prefix);
        let clauses = clauses.split(',').map(str::trim).filter(|clause| !clause.is_empty());
        let (rfcs, sentences): (Vec<_>, Vec<_>) = clauses.partition(|c| c.starts_with("RFC"));
        let at = self.cases.len();
        self.cases.push(Case {
            id,
            purpose: purpose.into(),
            level: Level::Must,
            sentences,
            rfcs,
            rule: None,
            claims: self.claims.to_vec(),
            alone: false,
            run: Box::new(run),
        });
        // It has just been pushed.
        match self.cases.get_mut(at) {
            Some(case) => case,
            None => unreachable!(),
        }
    }

    pub(super) fn finish(self) -> Vec<Case> {
        self.cases
    }
}

/// A failure, in short.
pub(super) fn fail<T>(expected: impl Into<String>, seen: impl Into<String>) -> Result<T, Ending> {
    Err(Ending::Fail { expected: expected.into(), seen: seen.into() })
}

/// What a target did before something wrong was sent to it, and has to do after that.
pub(super) fn still<T>(expected: &str, outcome: Result<T, Ending>) -> Outcome {
    match outcome {
        Ok(_) => Ok(()),
        Err(Ending::Fail { seen, .. }) => fail(expected, seen),
        Err(other) => Err(other),
    }
}

/// Something was missing, in short.
pub(super) fn missing<T>(what: impl Into<String>) -> Result<T, Ending> {
    Err(Ending::Inconclusive(what.into()))
}

/// Fails unless something holds.
pub(super) fn ensure(
    holds: bool,
    expected: impl Into<String>,
    seen: impl FnOnce() -> String,
) -> Outcome {
    if holds { Ok(()) } else { fail(expected, seen()) }
}
