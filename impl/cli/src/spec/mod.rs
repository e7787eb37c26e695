//! `dsboot spec`: every sentence of the specification, and where it is modelled, carried out and
//! tested.

mod matrix;
mod select;
#[cfg(test)]
mod tests;
mod text;

use std::io::{self, Write};

use clap::Args;
use serde::Serialize;

pub use matrix::{Place, Sentence, Source, sentences, sources};
pub use select::{SelectError, Selection};

use crate::Exit;

/// The version of the JSON document's form.
const DOCUMENT_VERSION: u32 = 1;

/// Find a rule of the protocol: its sentence, the model's rule, the code and the tests
///
/// The matrix is that of the sources this command was built from.
#[derive(Clone, Debug, Default, Args)]
pub struct SpecArgs {
    /// What to show: a sentence (registration.3.4), section (registration.3) or page, a requirement
    /// or hole (H-7) of the draft, a source file, or words that the sentence has. Without
    /// any, a line for every sentence.
    #[arg(value_name = "WHAT")]
    pub what: Vec<String>,

    /// Only this page: access, registration, movement, home-binding, data-path, keys or wire.
    #[arg(long, value_name = "PAGE", value_parser = page)]
    pub page: Option<String>,

    /// Only sentences that lack a witness which they need; exit status 1 if there are any.
    #[arg(long)]
    pub missing: bool,

    /// A line for each sentence, whatever was asked for.
    #[arg(long)]
    pub short: bool,

    /// Write JSON (schemas/spec.schema.json) to standard output.
    #[arg(long)]
    pub json: bool,
}

/// What keeps the matrix from being shown.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// What was asked for is not there.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// It cannot be printed.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl SpecError {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        Exit::Usage
    }
}

/// What `--json` prints; `schemas/spec.schema.json` describes it.
#[derive(Serialize)]
struct Document {
    version: u32,
    sources: Vec<&'static Source>,
    sentences: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    sentence: &'static Sentence,
    missing: Vec<&'static str>,
}

/// Shows what `args` ask for. Returns whether nothing is missing, if that was asked.
///
/// # Errors
///
/// When there is nothing of that name.
pub fn run(args: &SpecArgs, out: &mut dyn Write) -> Result<bool, SpecError> {
    let selection = Selection::of(&args.what, args.page.as_deref(), args.missing)?;
    let found: Vec<&Sentence> = selection.sentences().collect();
    if args.json {
        let all = selection.is_all();
        let sources = if all { sources().iter().collect() } else { selection.sources().collect() };
        let row =
            |sentence: &&'static Sentence| Row { sentence, missing: sentence.missing().collect() };
        let sentences = found.iter().map(row).collect();
        let document = Document { version: DOCUMENT_VERSION, sources, sentences };
        serde_json::to_writer_pretty(&mut *out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        for source in selection.sources() {
            text::source(source, out)?;
        }
        if args.short || selection.is_all() {
            text::in_short(&found, out)?;
        } else {
            found.iter().try_for_each(|sentence| text::at_length(sentence, out))?;
        }
        let whole = found.iter().filter(|sentence| sentence.missing().next().is_none()).count();
        let sentences = if found.len() == 1 { "sentence" } else { "sentences" };
        writeln!(out, "{} {sentences}, {whole} with all witnesses needed", found.len())?;
    }
    Ok(!args.missing || found.is_empty())
}

fn page(name: &str) -> Result<String, String> {
    let mut pages: Vec<_> = sentences().iter().map(|sentence| sentence.page).collect();
    pages.dedup();
    if pages.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(format!("the pages are {}", pages.join(", ")))
}
