//! Which cases are asked: globs over ids.

use globset::{Glob, GlobSet, GlobSetBuilder};

/// Which cases are asked.
#[derive(Clone, Debug)]
pub struct Selection {
    only: Option<GlobSet>,
    skip: GlobSet,
}

/// A glob that is none.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{glob:?} is no glob: {why}")]
pub struct SelectionError {
    glob: String,
    why: String,
}

impl Selection {
    /// Those that one of `only` names (all, when there is none) and none of `skip`.
    ///
    /// # Errors
    ///
    /// When one of them is no glob.
    pub fn new(only: &[String], skip: &[String]) -> Result<Selection, SelectionError> {
        let only = if only.is_empty() { None } else { Some(set(only)?) };
        Ok(Selection { only, skip: set(skip)? })
    }

    /// Whether a case is asked.
    #[must_use]
    pub fn takes(&self, id: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.is_match(id)) && !self.skip.is_match(id)
    }
}

/// A set of globs.
pub(super) fn set(globs: &[String]) -> Result<GlobSet, SelectionError> {
    let wrong = |glob: &str, error: &globset::Error| SelectionError {
        glob: glob.to_owned(),
        why: error.kind().to_string(),
    };
    let mut builder = GlobSetBuilder::new();
    for glob in globs {
        builder.add(Glob::new(glob).map_err(|error| wrong(glob, &error))?);
    }
    builder.build().map_err(|error| wrong("", &error))
}
