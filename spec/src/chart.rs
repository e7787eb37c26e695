//! Message sequences as drawings: with letters, in Mermaid's language, and as SVG.
//!
//! A [`Chart`] says who takes part and what happened, line by line; it does not know whether the
//! lines come from a run on sockets, from the model or from somebody's capture. It is drawn with
//! letters by its `Display`, by [`Chart::mermaid`] as a sequence diagram, and by [`svg`] as a
//! picture.

mod mermaid;
mod picture;
#[cfg(test)]
mod tests;
mod text;

use alloc::{string::String, vec::Vec};

pub use picture::svg;

/// Who takes part, and what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chart {
    /// What is shown.
    pub title: String,
    /// The names of those who take part, from left to right.
    pub lifelines: Vec<String>,
    /// What happened, from top to bottom.
    pub rows: Vec<Row>,
}

/// A line of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When: a time, or the number of a step. Empty where it is that of the line above.
    pub stamp: String,
    /// What is drawn.
    pub what: What,
    /// The step of the draft's figures, `"0"` to `"6"` or a message's name; empty where there is
    /// none.
    pub label: String,
    /// What it is, in words.
    pub words: String,
}

/// What is drawn in a line, between lifelines that are given by their places from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A message goes from one to another.
    Arrow {
        /// Who sends.
        from: usize,
        /// To whom.
        to: usize,
        /// Whether it does not arrive.
        lost: bool,
    },
    /// Somebody does something that sends nothing, or nothing that arrives now.
    Mark {
        /// Who.
        at: usize,
    },
}

impl Chart {
    /// The step and the words of a line, as they are read: `4. Reg Req. …`, and `BU …` without a
    /// point.
    fn caption(row: &Row) -> String {
        let Row { label, words, .. } = row;
        match (label.is_empty(), label.parse::<u8>().is_ok()) {
            (true, _) => words.clone(),
            (false, true) => alloc::format!("{label}. {words}"),
            (false, false) => alloc::format!("{label}: {words}"),
        }
    }

    /// A line in words alone, for those who do not see the drawing.
    fn told(&self, row: &Row) -> String {
        let name = |place: usize| self.lifelines.get(place).map_or("", String::as_str);
        let caption = Chart::caption(row);
        match row.what {
            What::Arrow { from, to, lost } => {
                let verb = if lost { "to" } else { "reaches" };
                // Whoever made the words may have said so already.
                let is_told = !lost || row.words.ends_with(')');
                let end = if is_told { "" } else { " (does not arrive)" };
                alloc::format!("{} {verb} {}: {caption}{end}", name(from), name(to))
            }
            What::Mark { at } => alloc::format!("{}: {caption}", name(at)),
        }
    }
}
