//! The sentences of a page.

use std::{collections::BTreeSet, fmt, str::FromStr};

use super::{Fault, Place};

/// The identifier of a sentence: page, section, number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    page: String,
    section: u32,
    number: u32,
}

impl Id {
    /// The name of the page, which is its file name without `.md`.
    #[must_use]
    pub fn page(&self) -> &str {
        &self.page
    }

    /// The number of the section on the page.
    #[must_use]
    pub fn section(&self) -> u32 {
        self.section
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}.{}", self.page, self.section, self.number))
    }
}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Id, NotAnId> {
        let (rest, number) = text.rsplit_once('.').ok_or(NotAnId)?;
        let (page, section) = rest.rsplit_once('.').ok_or(NotAnId)?;
        let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !page.starts_with(|c: char| c.is_ascii_lowercase()) || !page.chars().all(name) {
            return Err(NotAnId);
        }
        Ok(Id { page: page.to_owned(), section: counted(section)?, number: counted(number)? })
    }
}

/// A number from 1, written without sign and leading zeros.
fn counted(text: &str) -> Result<u32, NotAnId> {
    let plain = text.starts_with(|c: char| ('1'..='9').contains(&c));
    text.parse().ok().filter(|_| plain).ok_or(NotAnId)
}

/// The text is not of the form `page.section.number`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not of the form page.section.number")]
pub struct NotAnId;

/// What a sentence may need: a rule of the model, code that carries it out, a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Witness {
    /// A citation in `model/src`.
    Model,
    /// A citation in `codec/src`, `spec/src` or a crate below `impl/`.
    Code,
    /// A citation in a test.
    Test,
}

impl Witness {
    /// All three.
    pub const ALL: [Witness; 3] = [Witness::Model, Witness::Code, Witness::Test];

    /// The word for it in brackets after the identifier and in the list of what is pending.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Witness::Model => "model",
            Witness::Code => "code",
            Witness::Test => "test",
        }
    }

    /// The witnesses that a comma-separated list names, or `None` if it names anything else, or
    /// one of them twice.
    #[must_use]
    pub fn list(text: &str) -> Option<BTreeSet<Witness>> {
        let names = text.split(',').map(str::trim);
        let mut found = BTreeSet::new();
        for name in names {
            let witness = Witness::ALL.into_iter().find(|w| w.name() == name)?;
            if !found.insert(witness) {
                return None;
            }
        }
        Some(found)
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A testable sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Its identifier.
    pub id: Id,
    /// The witnesses that it needs.
    pub needs: BTreeSet<Witness>,
    /// Its words, without identifier, brackets and sources.
    pub text: String,
    /// The requirements of the draft that it takes up: the n of each R-n.
    pub requirements: BTreeSet<u32>,
    /// The holes of the draft that it fills: the n of each H-n.
    pub holes: BTreeSet<u32>,
    /// All its sources as written: requirements, holes and sections of RFCs.
    pub sources: String,
    /// Where it stands.
    pub place: Place,
}

/// The key words of BCP 14, one of which every sentence has.
const KEY_WORDS: [&str; 7] =
    ["MUST", "SHALL", "SHOULD", "MAY", "REQUIRED", "RECOMMENDED", "OPTIONAL"];

/// The sentences of a page, and what is wrong with its paragraphs.
pub(super) fn parse(file: &str, text: &str) -> (Vec<Sentence>, Vec<Fault>) {
    let (mut sentences, mut faults) = (Vec::new(), Vec::new());
    for (line, paragraph) in paragraphs(text) {
        let place = Place { file: file.to_owned(), line };
        match sentence(&place, &paragraph) {
            Some(Ok(sentence)) => sentences.push(sentence),
            Some(Err(what)) => faults.push(Fault::Malformed { place, what }),
            None => {}
        }
    }
    (sentences, faults)
}

/// The paragraphs with the line that each begins at, their lines joined.
fn paragraphs(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let starts = line.starts_with("**") || !inside;
        inside = !line.is_empty();
        match found.last_mut() {
            Some((_, paragraph)) if inside && !starts => {
                paragraph.push(' ');
                paragraph.push_str(line);
            }
            _ if inside => found.push((number + 1, line.to_owned())),
            _ => {}
        }
    }
    found
}

/// The sentence of a paragraph; `None` for prose.
fn sentence(place: &Place, paragraph: &str) -> Option<Result<Sentence, String>> {
    let (bold, rest) = paragraph.strip_prefix("**")?.split_once("**")?;
    if bold.contains(' ') || !bold.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let Ok(id) = bold.parse::<Id>() else {
        return Some(Err(format!("`{bold}` is {NotAnId}")));
    };
    Some(numbered(id, rest.trim(), place))
}

fn numbered(id: Id, rest: &str, place: &Place) -> Result<Sentence, String> {
    let page = place.file.rsplit('/').next().and_then(|name| name.strip_suffix(".md"));
    if page != Some(id.page()) {
        return Err(format!("sentence {id} stands on another page than its own"));
    }
    let (needs, rest) = needs(rest);
    let (text, sources) = rest
        .strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('))
        .ok_or_else(|| format!("sentence {id} does not end with its sources in parentheses"))?;
    let text = text.trim();
    if !text.split(|c: char| !c.is_ascii_alphabetic()).any(|word| KEY_WORDS.contains(&word)) {
        return Err(format!("sentence {id} has none of the key words of BCP 14"));
    }
    Ok(Sentence {
        needs,
        text: text.to_owned(),
        requirements: numbers(sources, "R-"),
        holes: numbers(sources, "H-"),
        sources: sources.to_owned(),
        place: place.clone(),
        id,
    })
}

/// The witnesses named in brackets at the beginning, or all of them, and what follows.
fn needs(text: &str) -> (BTreeSet<Witness>, &str) {
    text.strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
        .and_then(|(list, rest)| Some((Witness::list(list)?, rest.trim_start())))
        .unwrap_or_else(|| (Witness::ALL.into(), text))
}

/// The n of every source that is the prefix and n.
fn numbers(sources: &str, prefix: &str) -> BTreeSet<u32> {
    let words = sources.split([',', ';', ' ']);
    words.filter_map(|word| word.strip_prefix(prefix)?.parse().ok()).collect()
}
