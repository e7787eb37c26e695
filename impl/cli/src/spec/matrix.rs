//! The matrix as it was when the command was built.

use serde::Serialize;

/// A sentence of the specification, and where it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// Page, section and number.
    pub id: &'static str,
    /// The page.
    pub page: &'static str,
    /// The section of the page.
    pub section: u32,
    /// That section's heading.
    pub heading: &'static str,
    /// The sentence.
    pub text: &'static str,
    /// Where it comes from, as written: requirements, holes, sections of RFCs.
    pub sources: &'static str,
    /// The requirements of the draft that it takes up.
    pub requirements: &'static [&'static str],
    /// The holes of the draft that it fills.
    pub holes: &'static [&'static str],
    /// The kinds of witnesses that it needs: `model`, `code`, `test`.
    pub needs: &'static [&'static str],
    /// Where the sentence stands.
    pub place: Place,
    /// Where the model has a rule for it.
    pub model: &'static [Place],
    /// Where code carries it out.
    pub code: &'static [Place],
    /// Where it is tested.
    pub tests: &'static [Place],
}

/// A line of a file of the source tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, seen from the root of the source tree.
    pub file: &'static str,
    /// The line, from 1.
    pub line: usize,
    /// The first line of what the citation stands above.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub shows: &'static str,
}

/// A requirement that the draft states, or a hole that it leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// H-1 to H-34.
    pub id: &'static str,
    /// The draft's section, of a requirement.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub place: &'static str,
    /// What the draft says, or leaves open.
    pub says: &'static str,
    /// How the hole is filled.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub filled: &'static str,
    /// The sentences that take it up.
    pub sentences: &'static [&'static str],
}

include!(concat!(env!("OUT_DIR"), "/matrix.rs"));

/// Every sentence, page by page.
#[must_use]
pub const fn sentences() -> &'static [Sentence] {
    SENTENCES
}

/// Every requirement, then every hole.
#[must_use]
pub const fn sources() -> &'static [Source] {
    SOURCES
}

impl Sentence {
    /// The places of its witnesses by their kind, in the order model, code, test.
    #[must_use]
    pub const fn witnesses(&self) -> [(&'static str, &'static [Place]); 3] {
        [("model", self.model), ("code", self.code), ("test", self.tests)]
    }

    /// The kinds of witnesses that it needs and has not.
    pub fn missing(&self) -> impl Iterator<Item = &'static str> {
        let lacks = |(kind, places): &(&'static str, &[Place])| {
            places.is_empty() && self.needs.contains(kind)
        };
        self.witnesses().into_iter().filter(lacks).map(|(kind, _)| kind)
    }
}
