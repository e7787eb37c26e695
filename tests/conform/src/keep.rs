//! The file of expectations: what is known to fail, with the reason.
//!
//! A line is a glob over ids, the verdict, and after `#` the reason, which must be there:
//!
//! ```text
//! aaa.radius.proxy.2  fail  # FreeRADIUS 3.2 reorders Proxy-State (bug 1234)
//! ```

use std::fs;
use std::path::Path;

use globset::{Glob, GlobMatcher};

use super::Verdict;

/// What is known of a target.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    number: usize,
    glob: GlobMatcher,
    verdicts: Vec<Verdict>,
    reason: String,
}

/// A line that cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ExpectationsError(String);

impl Expectations {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or a line has no reason, no glob or no verdict.
    pub fn read(path: &Path) -> Result<Expectations, ExpectationsError> {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| ExpectationsError(format!("cannot read {shown}: {error}")))?;
        Expectations::parse(&text)
            .map_err(|ExpectationsError(why)| ExpectationsError(format!("{shown}:{why}")))
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// As for [`Expectations::read`].
    pub fn parse(text: &str) -> Result<Expectations, ExpectationsError> {
        let mut lines = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let number = at + 1;
            let wrong = |why: &str| ExpectationsError(format!("{number}: {why}"));
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let (what, reason) =
                trimmed.split_once('#').ok_or_else(|| wrong("no reason; write it after a #"))?;
            let reason = reason.trim();
            if reason.is_empty() {
                return Err(wrong("no reason; write it after the #"));
            }
            let mut words = what.split_whitespace();
            let glob = words.next().ok_or_else(|| wrong("no id"))?;
            let glob = Glob::new(glob).map_err(|error| wrong(&error.to_string()))?;
            let verdicts = words
                .map(|word| {
                    let known = Verdict::ALL.into_iter().find(|verdict| verdict.name() == word);
                    known.ok_or_else(|| wrong(&format!("{word:?} is no verdict")))
                })
                .collect::<Result<Vec<_>, _>>()?;
            if verdicts.is_empty() {
                return Err(wrong("no verdict, such as `fail`"));
            }
            let (glob, reason) = (glob.compile_matcher(), reason.to_owned());
            lines.push(Line { number, glob, verdicts, reason });
        }
        Ok(Expectations { lines })
    }

    /// The reason why that verdict is expected of a case, if it is.
    #[must_use]
    pub fn reason(&self, id: &str, verdict: Verdict) -> Option<&str> {
        let fits = |line: &&Line| line.glob.is_match(id) && line.verdicts.contains(&verdict);
        self.lines.iter().find(fits).map(|line| line.reason.as_str())
    }

    /// Lines that speak of cases among `results` but of none that ended as they say.
    pub fn unmet<'e>(
        &'e self,
        results: &'e [(&'e str, Verdict)],
    ) -> impl Iterator<Item = (usize, &'e str)> + 'e {
        self.lines.iter().filter_map(|line| {
            let mut of_line = results.iter().filter(|(id, _)| line.glob.is_match(id)).peekable();
            of_line.peek()?;
            let met = of_line.any(|(_, verdict)| line.verdicts.contains(verdict));
            (!met).then_some((line.number, line.reason.as_str()))
        })
    }
}
