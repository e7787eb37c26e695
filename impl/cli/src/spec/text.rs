//! The matrix for people to read.

use std::io::{self, Write};

use super::matrix::{Place, Sentence, Source};

/// Columns that words are broken at.
const WIDTH: usize = 98;

/// A requirement or a hole.
pub(super) fn source(source: &Source, out: &mut dyn Write) -> io::Result<()> {
    let Source { id, place, says, filled, sentences } = source;
    let place = if place.is_empty() { String::new() } else { format!(" ({place} of the draft)") };
    let filled = if filled.is_empty() { String::new() } else { format!(" Filled by: {filled}.") };
    wrapped(&format!("{id}{place}: {}{filled}", ended(says)), "", out)?;
    wrapped(&format!("taken up by {}", sentences.join(", ")), "  ", out)?;
    writeln!(out)
}

/// A sentence with all that witnesses it.
pub(super) fn at_length(sentence: &Sentence, out: &mut dyn Write) -> io::Result<()> {
    let Sentence { id, place, page, section, heading, text, sources, .. } = sentence;
    writeln!(out, "{id}  {}:{}  ({page} {section}. {heading})", place.file, place.line)?;
    wrapped(text, "  ", out)?;
    if !sources.is_empty() {
        writeln!(out, "  {:5}  {sources}", "from")?;
    }
    let places = sentence.witnesses().into_iter().flat_map(|(_, places)| places).map(at);
    let width = places.map(|place| place.len()).max().unwrap_or(0);
    for (kind, places) in sentence.witnesses() {
        for place in places {
            let shown = at(place);
            writeln!(out, "  {kind:5}  {shown:width$}  {}", cut(place.shows))?;
        }
        if places.is_empty() {
            let why = if sentence.needs.contains(&kind) { "MISSING" } else { "not needed" };
            writeln!(out, "  {kind:5}  {why}")?;
        }
    }
    writeln!(out)
}

/// A line for each sentence: the first place of each kind and how many more there are.
pub(super) fn in_short(sentences: &[&Sentence], out: &mut dyn Write) -> io::Result<()> {
    let mut lines = vec![["sentence", "model", "code", "test"].map(str::to_owned)];
    for sentence in sentences {
        let [model, code, test] = sentence.witnesses().map(|(kind, places)| match places {
            [] if sentence.needs.contains(&kind) => "MISSING".to_owned(),
            [] => "-".to_owned(),
            [only] => at(only),
            [first, more @ ..] => format!("{} +{}", at(first), more.len()),
        });
        lines.push([sentence.id.to_owned(), model, code, test]);
    }
    let mut widths = [0; 4];
    for line in &lines {
        for (width, text) in widths.iter_mut().zip(line) {
            *width = text.len().max(*width);
        }
    }
    let [a, b, c, _] = widths;
    for [id, model, code, test] in &lines {
        writeln!(out, "{id:a$}  {model:b$}  {code:c$}  {test}")?;
    }
    Ok(())
}

fn at(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}

fn ended(says: &str) -> String {
    if says.ends_with('.') { says.to_owned() } else { format!("{says}.") }
}

/// The beginning of a long line of code.
fn cut(code: &str) -> String {
    const MOST: usize = 60;
    if code.chars().count() <= MOST {
        return code.to_owned();
    }
    code.chars().take(MOST - 1).chain(['…']).collect()
}

fn wrapped(text: &str, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut line = String::new();
    for word in text.split_whitespace() {
        let long = line.chars().count() + 1 + word.chars().count() + indent.len() > WIDTH;
        if long && !line.is_empty() {
            writeln!(out, "{indent}{line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "{indent}{line}")
}
