//! Sentence by sentence: model rule, code, tests.

use std::{collections::BTreeSet, fmt};

use super::{Place, Sentence, Witness};

/// A sentence with all its witnesses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The sentence.
    pub sentence: Sentence,
    /// Where the model has a rule for it.
    pub model: Vec<Place>,
    /// Where code carries it out.
    pub code: Vec<Place>,
    /// Where it is tested.
    pub tests: Vec<Place>,
}

impl Row {
    /// The witnesses of one kind.
    #[must_use]
    pub fn places(&self, witness: Witness) -> &[Place] {
        match witness {
            Witness::Model => &self.model,
            Witness::Code => &self.code,
            Witness::Test => &self.tests,
        }
    }

    /// What the sentence needs and has not.
    #[must_use]
    pub fn lacking(&self) -> BTreeSet<Witness> {
        let missing = |w: &&Witness| self.places(**w).is_empty();
        self.sentence.needs.iter().filter(missing).copied().collect()
    }
}

/// The requirement matrix. Its `Display` gives a line a sentence, with the first place of each kind
/// and how many more there are; the alternate form (`{:#}`) gives all places, and the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// A row for every sentence, by identifier.
    pub rows: Vec<Row>,
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() { self.at_length(f) } else { self.in_short(f) }?;
        let whole = self.rows.iter().filter(|row| row.lacking().is_empty()).count();
        writeln!(f, "{} sentences, {whole} with all the witnesses they need", self.rows.len())
    }
}

impl Matrix {
    fn in_short(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = |row: &Row| {
            let [model, code, test] = Witness::ALL.map(|witness| cell(row, witness));
            [row.sentence.id.to_string(), model, code, test]
        };
        let mut lines = vec![["sentence", "model", "code", "test"].map(str::to_owned)];
        lines.extend(self.rows.iter().map(cells));
        let mut widths = [0; 4];
        for line in &lines {
            for (width, text) in widths.iter_mut().zip(line) {
                *width = text.len().max(*width);
            }
        }
        let [id_width, model_width, code_width, _] = widths;
        for [id, model, code, test] in &lines {
            writeln!(f, "{id:id_width$}  {model:model_width$}  {code:code_width$}  {test}")?;
        }
        Ok(())
    }

    fn at_length(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            writeln!(f, "{}  {}", row.sentence.id, row.sentence.text)?;
            for witness in Witness::ALL {
                for place in row.places(witness) {
                    writeln!(f, "    {witness:5} {place}")?;
                }
                if row.lacking().contains(&witness) {
                    writeln!(f, "    {witness:5} missing")?;
                }
            }
        }
        Ok(())
    }
}

fn cell(row: &Row, witness: Witness) -> String {
    match row.places(witness) {
        [] if row.sentence.needs.contains(&witness) => "missing".to_owned(),
        [] => "-".to_owned(),
        [only] => only.to_string(),
        [first, more @ ..] => format!("{first} +{}", more.len()),
    }
}
