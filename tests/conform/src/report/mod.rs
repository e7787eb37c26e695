//! What came of a run, and the forms in which it is told.

mod capture;
mod html;
mod junit;
mod matrix;
mod text;

use serde::{Deserialize, Serialize};

use super::{Level, Passed, Under, Verdict};

pub use capture::capture;
pub use matrix::{compare, matrix};

/// All that came of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// The version of the suite.
    pub version: String,
    /// What the target is called.
    pub target: String,
    /// The role that it plays.
    pub role: Under,
    /// The seed.
    pub seed: u64,
    /// When it began, in seconds since 1970.
    pub began: u64,
    /// How long it took.
    pub seconds: f64,
    /// The vendor number of the bootstrap parameters.
    pub vendor: u32,
    /// Case by case.
    pub results: Vec<Result>,
    /// Lines of the expectations that no case meets any more.
    pub unmet: Vec<String>,
}

/// What came of a case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Result {
    /// The case's id.
    pub id: String,
    /// What it finds out.
    pub purpose: String,
    /// How binding its clause is.
    pub level: Level,
    /// Sentences of the specification.
    pub sentences: Vec<String>,
    /// What these say, where the target did not do so.
    #[serde(default)]
    pub says: Vec<String>,
    /// Where the RFCs have it.
    pub rfcs: Vec<String>,
    /// The model's rule.
    pub rule: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// What the clause asks for, when it was not done.
    pub expected: String,
    /// What was seen, or missing, or not claimed.
    pub seen: String,
    /// Remarks.
    pub notes: Vec<String>,
    /// Why this verdict is expected of this target, when it is.
    pub known: Option<String>,
    /// The command that asks this case again.
    pub again: String,
    /// How long it took.
    pub seconds: f64,
    /// What passed, unless all was well.
    pub passed: Vec<Passed>,
}

/// A form of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JUnit's XML, as CI systems read it.
    Junit,
    /// Everything; also what `compare` and `matrix` read.
    Json,
    /// The Test Anything Protocol, version 14.
    Tap,
    /// A page for people, in Markdown.
    Markdown,
    /// A page for people that needs no other file.
    Html,
}

impl Form {
    /// All of them.
    pub const ALL: [Form; 5] = [Form::Junit, Form::Json, Form::Tap, Form::Markdown, Form::Html];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Form::Junit => "junit",
            Form::Json => "json",
            Form::Tap => "tap",
            Form::Markdown => "markdown",
            Form::Html => "html",
        }
    }

    /// The form of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.name() == name)
    }
}

/// Why a report cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written as {form}: {why}")]
pub struct ReportError {
    form: &'static str,
    why: String,
}

impl Report {
    /// The report in a form.
    ///
    /// # Errors
    ///
    /// When it holds something that the form cannot say.
    pub fn write(&self, form: Form) -> std::result::Result<String, ReportError> {
        let failed = |why: String| ReportError { form: form.name(), why };
        match form {
            Form::Junit => junit::write(self).map_err(failed),
            Form::Json => serde_json::to_string_pretty(self)
                .map(|text| text + "\n")
                .map_err(|error| failed(error.to_string())),
            Form::Tap => Ok(text::tap(self)),
            Form::Markdown => Ok(text::markdown(self)),
            Form::Html => html::write(self).map_err(failed),
        }
    }

    /// How many cases have that verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.results.iter().filter(|result| result.verdict == verdict).count()
    }

    /// Whether nothing is wrong that was not expected, and everything expected is still so.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.unmet.is_empty() && self.results.iter().all(|result| !result.is_unexpected())
    }

    /// Counts of all verdicts, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        let counts: Vec<String> = Verdict::ALL
            .into_iter()
            .map(|verdict| (verdict, self.count(verdict)))
            .filter(|(_, count)| *count > 0)
            .map(|(verdict, count)| format!("{count} {verdict}"))
            .collect();
        let known = self.results.iter().filter(|result| result.known.is_some()).count();
        let known = if known == 0 { String::new() } else { format!(", {known} of these expected") };
        format!("{} cases: {}{known}; {:.1} s", self.results.len(), counts.join(", "), self.seconds)
    }
}

/// What passed, as a ladder and octet by octet.
pub(super) fn ladder(passed: &[Passed], vendor: u32) -> String {
    text::ladder("what passed", passed, vendor)
}

impl Result {
    /// Whether the target is at fault and nobody expected it.
    #[must_use]
    pub const fn is_unexpected(&self) -> bool {
        self.known.is_none()
            && (self.verdict.is_bad() || matches!(self.verdict, Verdict::Inconclusive))
    }

    /// Clauses, in words.
    #[must_use]
    pub fn clauses(&self) -> String {
        let all: Vec<&str> = self.sentences.iter().chain(&self.rfcs).map(String::as_str).collect();
        all.join(", ")
    }

    /// All that there is to say of a failure: expected, seen, ladder, octets, clause, command.
    #[must_use]
    pub fn detail(&self, vendor: u32) -> String {
        text::detail(self, vendor)
    }
}
