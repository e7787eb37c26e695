//! Which sentences are meant.

use super::matrix::{Sentence, Source, sentences, sources};

/// One of the things that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    /// A page, a section or a sentence: an identifier's first parts.
    Id(String),
    /// A requirement or a hole.
    Source(&'static Source),
    /// All that is cited in a file.
    File(String),
    /// A word of the sentence.
    Word(String),
}

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    wanted: Vec<Wanted>,
    /// Only those of this page.
    page: Option<String>,
    /// Only those that lack a witness.
    missing: bool,
}

/// What was asked for is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// No such sentence, section or page.
    #[error("there is no sentence {id}; {near}")]
    Id {
        /// What was asked for.
        id: String,
        /// What there is.
        near: String,
    },
    /// No such requirement or hole.
    #[error("there is no {0}; requirements are R-1 to R-{1}, holes H-1 to H-{2}")]
    Source(String, usize, usize),
    /// Nothing cites a sentence there.
    #[error("no file {0} cites a sentence; name it as seen from the root of the source tree")]
    File(String),
    /// No sentence has the words.
    #[error("no sentence has {0}")]
    Words(String),
}

impl Selection {
    /// Understands what was asked for.
    ///
    /// # Errors
    ///
    /// When there is nothing of that name.
    pub fn of(
        asked: &[String],
        page: Option<&str>,
        missing: bool,
    ) -> Result<Selection, SelectError> {
        let mut wanted = Vec::new();
        for text in asked.iter().flat_map(|text| text.split_whitespace()) {
            wanted.push(understand(text)?);
        }
        let selection = Selection { wanted, page: page.map(str::to_owned), missing };
        let words: Vec<_> = asked.iter().map(String::as_str).collect();
        if !missing && selection.sentences().next().is_none() {
            return Err(SelectError::Words(words.join(" ")));
        }
        Ok(selection)
    }

    /// Whether everything is meant.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.wanted.is_empty() && self.page.is_none() && !self.missing
    }

    /// The requirements and holes that were named.
    pub fn sources(&self) -> impl Iterator<Item = &'static Source> {
        self.wanted.iter().filter_map(|wanted| match wanted {
            Wanted::Source(source) => Some(*source),
            _ => None,
        })
    }

    /// The sentences meant: each is one of those named, if any are, and has all the words.
    pub fn sentences(&self) -> impl Iterator<Item = &'static Sentence> {
        let (words, names): (Vec<_>, Vec<_>) =
            self.wanted.iter().partition(|wanted| matches!(wanted, Wanted::Word(_)));
        sentences().iter().filter(move |sentence| {
            (names.is_empty() || names.iter().any(|wanted| wanted.is(sentence)))
                && words.iter().all(|wanted| wanted.is(sentence))
                && self.page.as_deref().is_none_or(|page| sentence.page == page)
                && (!self.missing || sentence.missing().next().is_some())
        })
    }
}

impl Wanted {
    fn is(&self, sentence: &Sentence) -> bool {
        match self {
            Wanted::Id(id) => begins(sentence.id, id),
            Wanted::Source(source) => source.sentences.contains(&sentence.id),
            Wanted::File(file) => is_cited_in(sentence, file),
            Wanted::Word(word) => has_word(sentence, word),
        }
    }
}

fn understand(text: &str) -> Result<Wanted, SelectError> {
    let is_page = sentences().iter().any(|sentence| sentence.page == text);
    let page = text.split('.').next().unwrap_or_default();
    let is_on_page = sentences().iter().any(|sentence| sentence.page == page);
    let upper = text.to_ascii_uppercase();
    let is_source =
        |prefix| upper.strip_prefix(prefix).is_some_and(|n: &str| n.parse::<u32>().is_ok());
    if is_page || (is_on_page && text.contains('.') && !is_file(text)) {
        let id = text.trim_end_matches('.').to_owned();
        if sentences().iter().any(|sentence| begins(sentence.id, &id)) {
            return Ok(Wanted::Id(id));
        }
        return Err(SelectError::Id { near: near(page, &id), id });
    }
    if is_source("R-") || is_source("H-") {
        let count = |prefix| sources().iter().filter(|s| s.id.starts_with(prefix)).count();
        let source = sources().iter().find(|source| source.id == upper);
        let unknown = || SelectError::Source(text.to_owned(), count("R-"), count("H-"));
        return source.map(Wanted::Source).ok_or_else(unknown);
    }
    if is_file(text) {
        let file = text.trim_start_matches("./").to_owned();
        let cited = sentences().iter().any(|sentence| is_cited_in(sentence, &file));
        return if cited { Ok(Wanted::File(file)) } else { Err(SelectError::File(file)) };
    }
    Ok(Wanted::Word(text.to_lowercase()))
}

fn is_file(text: &str) -> bool {
    text.contains('/') || [".rs", ".md"].iter().any(|end| text.ends_with(end))
}

/// Whether an identifier is the given one, or below the given page or section.
fn begins(id: &str, part: &str) -> bool {
    id.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What there is near an identifier that there is not.
fn near(page: &str, id: &str) -> String {
    let section = id.rsplit_once('.').map_or(page, |(section, _)| section);
    let in_section = |s: &&Sentence| begins(s.id, section);
    let (begin, place) = if sentences().iter().any(|s| in_section(&s)) {
        (section, format!("section {section}"))
    } else {
        (page, format!("page {page}"))
    };
    let mut ids = sentences().iter().map(|s| s.id).filter(|id| begins(id, begin));
    let first = ids.next().unwrap_or_default();
    format!("{place} has {first} to {}", ids.next_back().unwrap_or(first))
}

fn is_cited_in(sentence: &Sentence, file: &str) -> bool {
    let is_it =
        |at: &str| at == file || at.strip_suffix(file).is_some_and(|before| before.ends_with('/'));
    let mut cited = sentence.witnesses().into_iter().flat_map(|(_, places)| places);
    is_it(sentence.place.file) || cited.any(|place| is_it(place.file))
}

/// Whether a sentence has a word or a part of a sentence, however its letters are written. A
/// letter alone, as the name of a flag, must be there as it is.
fn has_word(sentence: &Sentence, word: &str) -> bool {
    let text = sentence.text.to_lowercase();
    if word.chars().count() > 1 {
        return text.contains(word) || sentence.heading.to_lowercase().contains(word);
    }
    let mut words = sentence.text.split(|c: char| !c.is_alphanumeric());
    words.any(|found| found.eq_ignore_ascii_case(word) && found != "a")
}
